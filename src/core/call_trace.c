/*
 * The lane whose system calls are told of. Its calls come here when they are
 * done and before the lane has what they gave (kernels/linux/execute.h), so
 * that its registers are still those that the call began with. One that ends
 * the lane never comes: it is found where lanes end.
 */
#include "core/run.h"
#include "linux/records.h"

int32_t armgpu_set_call_trace(armgpu *g, uint64_t lane, armgpu_call_fn fn,
                              void *user)
{
    const uint64_t word = fn != NULL ? lane + 1 : 0;
    int32_t error = ag_check_lanes(g, lane, 1);
    if (error == ARMGPU_OK && !g->calls.is_on)
        error = ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                        "lanes are no processes, which alone have system "
                        "calls: open the handle with a Linux program");
    if (error != ARMGPU_OK)
        return error;
    g->calls.told = fn;
    g->calls.told_user = user;
    g->calls.told_lane = lane;
    return g->backend->upload(g->device, g->input, AG_INPUT_SHOWN * sizeof word,
                              &word, sizeof word)
               ? ag_device_failed(g)
               : ARMGPU_OK;
}

/* The state of the slot is here. */
static void tell(struct run *r, uint64_t *state, uint32_t slot)
{
    struct armgpu *g = r->g;
    armgpu_call call = {.size = sizeof call};
    call.number = (uint32_t)*ag_lane_row(state, slot, AG_STATE_X0 + 8);
    for (uint32_t i = 0; i < 6; i++)
        call.arguments[i] = *ag_lane_row(state, slot, AG_STATE_X0 + i);
    call.stop = ag_lane_stop(state, slot);
    if (call.stop == ARMGPU_STOP_RUNNING)
        call.result = *ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_ANSWER);
    ag_run_leave(r);
    if (g->calls.told(g->calls.told_user, g, g->calls.told_lane, &call) != 0)
        r->is_interrupted = true;
    ag_run_enter(r);
}

int32_t ag_call_trace(struct run *r, uint32_t slot)
{
    struct armgpu *g = r->g;
    int32_t error = ag_part_begin(g, &slot, 1);
    if (error != ARMGPU_OK || g->calls.told == NULL)
        return error;
    uint64_t *state = ag_state_read(g, slot);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    tell(r, state, slot);
    return ARMGPU_OK;
}

/* The lane in a slot has stopped, maybe in a call. It is told of once: the lane
   may be made to go on behind it. */
static int32_t tell_ended(struct run *r, uint32_t slot)
{
    struct armgpu *g = r->g;
    int32_t error = ag_part_begin(g, &slot, 1);
    uint64_t *state = error == ARMGPU_OK ? ag_state_read(g, slot) : NULL;
    if (state == NULL)
        return error != ARMGPU_OK ? error : ARMGPU_ERROR_DEVICE;
    if (*ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_SHOWN) !=
        AG_SHOWN_BEGUN)
        return ARMGPU_OK;
    if (ag_lane_stop(state, slot) != ARMGPU_STOP_INTERRUPTED) {
        if (ag_state_write(g, slot) == NULL)
            return ARMGPU_ERROR_DEVICE;
        *ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_SHOWN) = 0;
    }
    tell(r, state, slot);
    return ARMGPU_OK;
}

int32_t ag_call_trace_ended(struct run *r, const uint32_t *slots, uint64_t n)
{
    struct armgpu *g = r->g;
    if (g->calls.told == NULL || r->error != ARMGPU_OK)
        return ARMGPU_OK;
    for (uint64_t i = 0; i < n; i++)
        if (ag_lane_of(g, slots[i]) == g->calls.told_lane)
            return tell_ended(r, slots[i]);
    return ARMGPU_OK;
}
