/*
 * Slots: places for lanes on the device. Where all lanes are resident lane k is
 * in slot k and nothing of this is allocated. With waves a hash table (linear
 * probing) finds a lane's slot, and a window keeps lanes that began close to
 * the oldest that has not ended. Tables and window have lanes as only.c counts
 * them; numbers are what ag_slot_of() takes and ag_lane_of() returns.
 */
#include "core/engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_FACTOR 8
#define WINDOW_MORE 1024
/* Some 0.1 s where what changed is known to the host; on a device all of a
   slot's memory is counted. */
#define HOST_RESTORE_BYTES (UINT64_C(64) << 20)
#define DEVICE_RESTORE_BYTES (UINT64_C(1) << 30)

int32_t ag_slots_open(struct armgpu *g)
{
    struct ag_slots *s = &g->slots;
    size_t n = (size_t)g->resident;
    if (!g->has_waves)
        return ARMGPU_OK;
    g->restore_bytes = g->state.is_mapped ? HOST_RESTORE_BYTES
                                          : DEVICE_RESTORE_BYTES;
    s->window = g->resident * WINDOW_FACTOR + WINDOW_MORE;
    s->capacity = 16;
    while (s->capacity < g->resident * 2)
        s->capacity *= 2;
    s->lane = malloc(n * sizeof *s->lane);
    s->free = malloc(n * sizeof *s->free);
    s->scratch = malloc(n * sizeof *s->scratch);
    s->keys = malloc((size_t)s->capacity * sizeof *s->keys);
    s->values = malloc((size_t)s->capacity * sizeof *s->values);
    if (s->lane == NULL || s->free == NULL || s->scratch == NULL ||
        s->keys == NULL || s->values == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    return ARMGPU_OK;
}

void ag_slots_close(struct armgpu *g)
{
    free(g->slots.lane);
    free(g->slots.free);
    free(g->slots.scratch);
    free(g->slots.keys);
    free(g->slots.values);
}

void ag_slots_reset(struct armgpu *g)
{
    struct ag_slots *s = &g->slots;
    if (!g->has_waves)
        return;
    s->num_free = 0;
    s->next_lane = g->resident;
    for (uint64_t i = 0; i < s->capacity; i++)
        s->keys[i] = AG_NO_LANE;
    for (uint64_t i = 0; i < g->resident; i++)
        ag_slot_take(g, i, i);
}

/* Where a lane is in the table, or where it would be put. */
static uint64_t find(const struct ag_slots *s, uint64_t lane)
{
    uint64_t mask = s->capacity - 1;
    uint64_t i = (lane * UINT64_C(0x9e3779b97f4a7c15)) >> 20 & mask;
    while (s->keys[i] != lane && s->keys[i] != AG_NO_LANE)
        i = (i + 1) & mask;
    return i;
}

int32_t ag_slot_of(struct armgpu *g, uint64_t lane, uint64_t *slot)
{
    int32_t error = ag_check_lanes(g, lane, 1);
    *slot = error == ARMGPU_OK ? ag_place_of(g, lane) : lane;
    if (error != ARMGPU_OK || !g->has_waves)
        return error;
    uint64_t i = find(&g->slots, *slot);
    if (g->slots.keys[i] == AG_NO_LANE)
        return ag_fail(g, ARMGPU_ERROR_NOT_RESIDENT,
                       "lane %" PRIu64 " is not on the device now: it has "
                       "ended or has not begun; %" PRIu64 " lanes are there "
                       "at one time", lane, g->resident);
    *slot = g->slots.values[i];
    return ARMGPU_OK;
}

uint64_t ag_lane_of(const struct armgpu *g, uint64_t slot)
{
    uint64_t place = g->has_waves ? g->slots.lane[slot] : slot;
    return place == AG_NO_LANE ? AG_NO_LANE : ag_number_of(g, place);
}

void ag_slot_take(struct armgpu *g, uint64_t slot, uint64_t place)
{
    struct ag_slots *s = &g->slots;
    uint64_t i = find(s, place);
    s->keys[i] = place;
    s->values[i] = (uint32_t)slot;
    s->lane[slot] = place;
}

/* What lies behind the one that goes is put anew: it may move up. */
static void erase(struct ag_slots *s, uint64_t lane)
{
    uint64_t mask = s->capacity - 1, i = find(s, lane), key;
    s->keys[i] = AG_NO_LANE;
    for (i = (i + 1) & mask; (key = s->keys[i]) != AG_NO_LANE;
         i = (i + 1) & mask) {
        uint32_t value = s->values[i];
        s->keys[i] = AG_NO_LANE;
        uint64_t place = find(s, key);
        s->keys[place] = key;
        s->values[place] = value;
    }
}

void ag_slot_give(struct armgpu *g, uint64_t slot)
{
    struct ag_slots *s = &g->slots;
    uint64_t lane = s->lane[slot];
    erase(s, lane);
    s->lane[slot] = AG_NO_LANE;
    s->free[s->num_free++] = (uint32_t)slot;
}

int32_t ag_slots_rebuild(struct armgpu *g)
{
    struct ag_slots *s = &g->slots;
    uint64_t *state = ag_mirror_read(g, &g->state);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    s->num_free = 0;
    for (uint64_t i = 0; i < s->capacity; i++)
        s->keys[i] = AG_NO_LANE;
    for (uint64_t slot = 0; slot < g->resident; slot++) {
        s->lane[slot] = AG_NO_LANE;
        if (ag_lane_stop(state, slot) == ARMGPU_STOP_RUNNING)
            ag_slot_take(g, slot, ag_place_of(g, *ag_lane_row(state, slot,
                                                              AG_STATE_LANE)));
        else
            s->free[s->num_free++] = (uint32_t)slot;
    }
    return ARMGPU_OK;
}

static uint64_t oldest_lane(const struct armgpu *g)
{
    uint64_t oldest = g->slots.next_lane;
    for (uint64_t i = 0; i < g->resident; i++)
        if (g->slots.lane[i] < oldest)
            oldest = g->slots.lane[i];
    return oldest;
}

/* Where nobody is told who ended, nothing needs to be bounded. */
uint64_t ag_slots_ready(const struct armgpu *g)
{
    const struct ag_slots *s = &g->slots;
    uint64_t n = g->num_lanes - s->next_lane, begun;
    if (n > s->num_free)
        n = s->num_free;
    if (n == 0 || g->finish == NULL)
        return n;
    begun = s->next_lane - oldest_lane(g);
    if (begun >= s->window)
        return 0;
    return n < s->window - begun ? n : s->window - begun;
}
