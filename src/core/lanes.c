/* Lane state: registers, PCs, whole states, results. */
#include "base/sized.h"
#include "core/engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int32_t armgpu_set_pc_all(armgpu *g, uint64_t pc)
{
    int32_t error = ag_check_pc(g, pc);
    if (error != ARMGPU_OK)
        return error;
    for (uint64_t slot = 0; slot < g->resident; slot++) {
        uint64_t *state = ag_state_write(g, slot);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        if (ag_lane_of(g, slot) != AG_NO_LANE)
            ag_lane_set_pc(g, slot, pc);
    }
    ag_begins_add(g, pc);
    g->has_later_pc = true;
    g->later_is_for_others = false;
    g->later_factor = 0;
    g->later_constant = pc;
    g->start_is_stale = true;
    return ARMGPU_OK;
}

/* The slot of lane first + i and the state it is in; NULL if there is none. */
static uint64_t *find_lane(struct armgpu *g, uint64_t lane, bool is_write,
                           uint64_t *slot, int32_t *error)
{
    uint64_t *state = NULL;
    *error = ag_slot_of(g, lane, slot);
    if (*error == ARMGPU_OK)
        state = is_write ? ag_state_write(g, *slot) : ag_state_read(g, *slot);
    if (*error == ARMGPU_OK && state == NULL)
        *error = ARMGPU_ERROR_DEVICE;
    return state;
}

/* Lanes that are about to be read. */
static int32_t want_lanes(struct armgpu *g, uint64_t first, uint64_t n)
{
    int32_t error = ag_check_lanes(g, first, n);
    return error != ARMGPU_OK ? error : ag_part_want(g, first, n);
}

int32_t armgpu_set_pc(armgpu *g, uint64_t first, uint64_t n,
                      const uint64_t *pcs)
{
    int32_t error = ag_check_lanes(g, first, n);
    uint64_t slot;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        error = ag_check_pc(g, pcs[i]);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        uint64_t *state = find_lane(g, first + i, true, &slot, &error);
        if (state == NULL)
            break;
        ag_lane_set_pc(g, slot, pcs[i]);
        ag_begins_add(g, pcs[i]);
    }
    return error;
}

int32_t armgpu_set_pc_lane(armgpu *g, uint64_t lane, uint64_t pc)
{
    return armgpu_set_pc(g, lane, 1, &pc);
}

int32_t armgpu_set_registers(armgpu *g, uint64_t first, uint64_t n,
                             const uint64_t *regs)
{
    int32_t error = ag_check_lanes(g, first, n);
    uint64_t slot;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        uint64_t *state = find_lane(g, first + i, true, &slot, &error);
        for (uint32_t r = 0; r < 32 && state != NULL; r++)
            *ag_lane_row(state, slot, r) = regs[i * 32 + r];
    }
    return error;
}

int32_t armgpu_get_registers(armgpu *g, uint64_t first, uint64_t n,
                             uint64_t *regs)
{
    int32_t error = want_lanes(g, first, n);
    uint64_t slot;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        uint64_t *state = find_lane(g, first + i, false, &slot, &error);
        for (uint32_t r = 0; r < 32 && state != NULL; r++)
            regs[i * 32 + r] = *ag_lane_row(state, slot, r);
    }
    return error;
}

int32_t armgpu_set_registers_lane(armgpu *g, uint64_t lane,
                                  const uint64_t regs[32])
{
    return armgpu_set_registers(g, lane, 1, regs);
}

int32_t armgpu_get_lane_registers(armgpu *g, uint64_t lane, uint64_t regs[32])
{
    return armgpu_get_registers(g, lane, 1, regs);
}

/* Entry i of the caller's states, of `size` bytes each. */
static armgpu_state *entry_of(const armgpu_state *s, uint64_t size, uint64_t i)
{
    return (armgpu_state *)(void *)((char *)(uintptr_t)s + i * size);
}

int32_t armgpu_get_state(armgpu *g, uint64_t first, uint64_t n, armgpu_state *s)
{
    int32_t error = want_lanes(g, first, n);
    uint64_t size, slot;
    if (error == ARMGPU_OK && n > 0)
        error = ag_check_size(g, "armgpu_state", s->size);
    if (error != ARMGPU_OK || n == 0)
        return error;
    size = s->size;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        armgpu_state full;
        uint64_t *state = find_lane(g, first + i, false, &slot, &error);
        if (state == NULL)
            break;
        memset(&full, 0, sizeof full);
        ag_state_get(g, slot, &full);
        ag_give_sized(entry_of(s, size, i), size, &full, sizeof full);
    }
    return error;
}

/*
 * The state that the caller's structure means: that itself, or if it is shorter
 * *room, where what it lacks stays as it is in the lane, but for the monitor,
 * which closes. NULL after a failure.
 */
static const armgpu_state *whole_state(struct armgpu *g, uint64_t lane,
                                       const armgpu_state *from, uint64_t size,
                                       armgpu_state *room, int32_t *error)
{
    uint64_t slot;
    if (size >= sizeof *room) {
        *error = ag_check_known(g, "armgpu_state", from, size, sizeof *room);
        return *error == ARMGPU_OK ? from : NULL;
    }
    uint64_t *state = find_lane(g, lane, false, &slot, error);
    if (state == NULL)
        return NULL;
    memset(room, 0, sizeof *room);
    ag_state_get(g, slot, room);
    room->monitor_size = 0;
    ag_take_sized(room, sizeof *room, from, size);
    return room;
}

static int32_t check_state(struct armgpu *g, const armgpu_state *s)
{
    if (s->monitor_size > 16 || (s->monitor_size & (s->monitor_size - 1)) != 0)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "monitor_size %" PRIu64 " is not 0, 1, 2, 4, 8 or 16",
                       s->monitor_size);
    int32_t error = ag_check_pc(g, s->pc);
    for (uint32_t i = 0; i < AG_PLANE_COUNT && error == ARMGPU_OK; i++)
        if (ag_plane_mirror(g, i) == NULL && ag_state_wants(s, i))
            error = ag_plane_need(g, i);
    return error;
}

/* All are checked before the first is set. */
int32_t armgpu_set_state(armgpu *g, uint64_t first, uint64_t n,
                         const armgpu_state *s)
{
    int32_t error = ag_check_lanes(g, first, n);
    armgpu_state room;
    const armgpu_state *whole;
    uint64_t slot;
    if (error == ARMGPU_OK && n > 0)
        error = ag_check_size(g, "armgpu_state", s->size);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        whole = whole_state(g, first + i, entry_of(s, s->size, i), s->size,
                            &room, &error);
        if (whole != NULL)
            error = check_state(g, whole);
    }
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        whole = whole_state(g, first + i, entry_of(s, s->size, i), s->size,
                            &room, &error);
        uint64_t *state = whole != NULL
                              ? find_lane(g, first + i, true, &slot, &error)
                              : NULL;
        if (state == NULL)
            break;
        ag_state_set(g, slot, whole);
        ag_begins_add(g, whole->pc);
    }
    return error;
}

int32_t armgpu_get_results(armgpu *g, uint64_t first, uint64_t n,
                           armgpu_lane_result *out)
{
    int32_t error = want_lanes(g, first, n);
    uint64_t slot;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        uint64_t *state = find_lane(g, first + i, false, &slot, &error);
        if (state != NULL)
            ag_lane_result(state, slot, &out[i]);
    }
    return error;
}
