/*
 * The traced lane: it is in no list of slices, but executes one instruction at
 * a time between them, while nothing else runs. Lanes that share memory may
 * wait for each other: they take turns with it, SHARED_TURN instructions, or up
 * to one that gives its turn to others. In private memory nothing depends on it.
 */
#include "core/run.h"
#include "base/bytes.h"

#define SHARED_TURN 4096 /* as others have (slice_host.c) */
#define PRIVATE_TURN 256

static bool gives_turn(uint32_t word)
{
    return word == 0xd503203f || word == 0xd503205f || /* YIELD, WFE, */
           word == 0xd503207f;                         /* WFI */
}

/* The state mirror's host copy, up to date in the lane's slot. */
static int32_t read_state(struct run *r, uint64_t **state)
{
    int32_t error = ag_part_begin(r->g, &r->traced, 1);
    *state = error == ARMGPU_OK ? ag_state_read(r->g, r->traced) : NULL;
    return error == ARMGPU_OK && *state == NULL ? ARMGPU_ERROR_DEVICE : error;
}

/* Shows the next instruction to the caller; *word is it, 0 outside memory. */
static int32_t show(struct run *r, uint32_t *word)
{
    struct armgpu *g = r->g;
    armgpu_state s = {.size = sizeof s};
    uint8_t b[4] = {0};
    int32_t error = armgpu_get_state(g, g->trace_lane, 1, &s);
    if (error == ARMGPU_OK && s.pc % 4 == 0 &&
        ag_code_of(g, s.pc) != AG_NO_CODE)
        error = armgpu_read_memory(g, g->trace_lane, s.pc, b, sizeof b);
    *word = ag_get_32(b);
    if (error != ARMGPU_OK)
        return error;
    ag_run_leave(r);
    if (g->trace(g->trace_user, g->trace_lane, &s, *word) != 0)
        r->is_interrupted = true;
    ag_run_enter(r);
    return ARMGPU_OK;
}

static int32_t launch(struct run *r)
{
    struct armgpu *g = r->g;
    uint32_t spare = ag_host_lists_lanes(g) ? 0 : 1 - r->list;
    ag_buffer *list = g->lists[spare].buffer;
    ag_slice_args args;
    ag_run_fill_args(r, &args);
    args.count = args.fuel = args.turn = args.alone = 1;
    if (g->backend->upload(g->device, list, 0, &r->traced, sizeof r->traced))
        return ag_device_failed(g);
    return ag_run_launch(r, list, list, &args);
}

/* What the lane waits for, if it does; *again: it has been done. */
static int32_t serve(struct run *r, uint64_t *state, bool *again)
{
    uint64_t *row = ag_lane_row(state, r->traced, AG_STATE_REQUEST);
    uint32_t program =
        (uint32_t)*ag_lane_row(state, r->traced, AG_STATE_PROGRAM);
    uint64_t request = *row;
    *again = request != AG_REQUEST_NONE;
    if (!*again)
        return ARMGPU_OK;
    if (ag_host_lists_lanes(r->g)) /* kernels of GPUs do it themselves */
        *row = AG_REQUEST_NONE;
    if (AG_REQUEST_DRAINS(request)) {
        uint32_t slot = r->traced;
        int32_t error = ag_waves_drain(r, &slot, 1);
        if (error != ARMGPU_OK)
            return error;
    }
    return request == AG_ASKS_DEVICE
               ? ag_access_serve(r, &r->traced, 1)
               : ag_run_serve(r, r->traced, program, request);
}

/* Whether the lane, which has retired `before`, has not got on, and whether it
   has ended. */
static int32_t look(struct run *r, uint64_t before, uint64_t **state,
                    bool *goes_on, bool *has_ended)
{
    int32_t error = read_state(r, state);
    if (error != ARMGPU_OK)
        return error;
    *has_ended = ag_lane_stop(*state, r->traced) != ARMGPU_STOP_RUNNING;
    *goes_on = !*has_ended &&
               *ag_lane_row(*state, r->traced, AG_STATE_CYCLES) == before;
    return ARMGPU_OK;
}

/* Executes one instruction of the lane, which has retired `before`; whether it
   has ended is in *has_ended. What asks for something when it is done (IC IVAU)
   is not executed again. */
static int32_t step(struct run *r, uint64_t before, bool *has_ended)
{
    bool again = true, goes_on = true;
    while (again && goes_on) {
        uint64_t *state;
        int32_t error = launch(r);
        if (error == ARMGPU_OK)
            error = look(r, before, &state, &goes_on, has_ended);
        if (error == ARMGPU_OK)
            error = serve(r, state, &again);
        if (error == ARMGPU_OK && again) /* a device has let it get on */
            error = look(r, before, &state, &goes_on, has_ended);
        if (error != ARMGPU_OK)
            return error;
    }
    return ARMGPU_OK;
}

static int32_t end(struct run *r)
{
    uint32_t slot = r->traced;
    r->is_tracing = false;
    return r->tells_ended ? ag_waves_ended(r, &slot, 1) : ARMGPU_OK;
}

/* The lane is at a breakpoint that it does not pass: nothing to show yet. */
static bool will_break(const struct run *r, uint64_t *state)
{
    return ag_probe_at(r->g, *ag_lane_row(state, r->traced, AG_STATE_PC)) ==
               AG_PROBE_STOP &&
           !ag_lane_passes(state, r->traced);
}

/* The lane is where it calls a function, or at that one's end: it goes on
   elsewhere without an instruction. */
static bool will_call(const struct run *r, uint64_t *state)
{
    const struct armgpu *g = r->g;
    const uint64_t pc = *ag_lane_row(state, r->traced, AG_STATE_PC);
    if (ag_probe_at(g, pc) != AG_PROBE_CALL)
        return false;
    const uint64_t phase =
        *ag_plane_row(g, AG_PLANE_FUNCTION, r->traced, AG_FUNCTION_PHASE);
    return pc == g->program_entry[0] && phase >= AG_PHASE_CALLED
               ? true
               : pc == g->function.at && (phase == AG_PHASE_STARTS ||
                                          pc == g->program_entry[0]);
}

/* One instruction, or the end at the limit; *ends_turn: others are next. */
static int32_t trace_one(struct run *r, bool *ends_turn)
{
    uint64_t *state, before, after;
    uint32_t word = 0;
    bool has_ended = false;
    int32_t error = read_state(r, &state);
    if (error != ARMGPU_OK)
        return error;
    before = *ag_lane_row(state, r->traced, AG_STATE_CYCLES);
    if (before < *ag_lane_row(state, r->traced, AG_STATE_LIMIT) &&
        !will_break(r, state) && !will_call(r, state))
        error = show(r, &word);
    if (error != ARMGPU_OK || r->is_interrupted)
        return error;
    error = step(r, before, &has_ended);
    if (error == ARMGPU_OK)
        error = read_state(r, &state);
    if (error != ARMGPU_OK)
        return error;
    after = *ag_lane_row(state, r->traced, AG_STATE_CYCLES);
    r->cycles += after - before;
    *ends_turn = has_ended ||
                 (!r->g->is_private && gives_turn(word));
    return has_ended ? end(r) : ARMGPU_OK;
}

int32_t ag_trace_turn(struct run *r)
{
    uint32_t left = !r->g->is_private ? SHARED_TURN
                                                     : PRIVATE_TURN;
    bool ends_turn = false;
    int32_t error = ARMGPU_OK;
    while (left-- > 0 && !ends_turn && error == ARMGPU_OK &&
           !r->is_interrupted) {
        if (__atomic_load_n(&r->g->stop_requested, __ATOMIC_SEQ_CST))
            break; /* seen before the next slice */
        error = trace_one(r, &ends_turn);
    }
    return error;
}

uint64_t ag_trace_stop(struct run *r, uint32_t reason, uint32_t *slots)
{
    struct armgpu *g = r->g;
    if (!r->is_tracing)
        return 0;
    r->is_tracing = false;
    uint64_t *state = ag_part_end(g) ? NULL : ag_mirror_write(g, &g->state);
    if (state == NULL)
        state = ag_mirror_abandon(&g->state);
    if (ag_lane_stop(state, r->traced) != ARMGPU_STOP_RUNNING)
        return 0;
    ag_lane_set_stop(state, r->traced, reason);
    slots[0] = r->traced;
    return 1;
}
