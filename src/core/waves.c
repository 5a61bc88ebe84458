/*
 * Lanes that end and lanes that begin during a run: callbacks, counting, and,
 * where more lanes run than are resident, slots that are filled again. Slots are
 * filled as soon as they are free, by the device itself where nobody is told
 * (slice_device.c). To measure what that gains: ARMGPU_REFILL=0 waits until all
 * slots are free, ARMGPU_REFILL=1 fills them by the host.
 */
#include "core/run.h"

#include <stdlib.h>
#include <string.h>

/* A lane that ended and where it is. */
struct ended {
    uint64_t lane;
    uint32_t slot;
};

static int compare_lanes(const void *left, const void *right)
{
    const struct ended *a = left, *b = right;
    return a->lane < b->lane ? -1 : a->lane > b->lane;
}

static int compare_slots(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

/* -- Lanes that begin ------------------------------------------------------ */

/* Shows lanes [first, first + n), in these slots, to prepare(). */
static int32_t prepare(struct run *r, uint64_t first, const uint32_t *slots,
                       uint64_t n)
{
    struct armgpu *g = r->g;
    int32_t error = ARMGPU_OK;
    g->prepared = first + n;
    if (g->prepare == NULL || n == 0)
        return ARMGPU_OK;
    if (slots != NULL)
        error = ag_part_begin(g, slots, n);
    if (error == ARMGPU_OK && g->prepare(g->prepare_user, g, first, n) != 0)
        r->is_interrupted = true;
    return error;
}

int32_t ag_waves_prepare(struct run *r)
{
    struct armgpu *g = r->g;
    uint64_t known = g->has_waves ? g->slots.next_lane : g->num_lanes;
    return prepare(r, g->prepared, NULL, known - g->prepared);
}

/* What prepare() set may have moved the lane's counter. */
static int32_t set_limits(struct run *r, const uint32_t *slots, uint64_t n)
{
    struct armgpu *g = r->g;
    if (g->prepare == NULL)
        return ARMGPU_OK;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t *state = ag_state_read(g, slots[i]);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        uint64_t cycles = *ag_lane_row(state, slots[i], AG_STATE_CYCLES);
        if (cycles == 0)
            continue;
        state = ag_state_write(g, slots[i]);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        *ag_lane_row(state, slots[i], AG_STATE_START) = cycles;
        *ag_lane_row(state, slots[i], AG_STATE_LIMIT) = ag_run_limit(r, cycles);
    }
    return ag_part_end(g);
}

bool ag_waves_need_host(const struct run *r)
{
    const struct armgpu *g = r->g;
    return !g->has_waves || g->state.is_mapped || g->prepare != NULL ||
           g->finish != NULL || g->trace != NULL || g->vectors != NULL ||
           g->refill != AG_REFILL_THERE;
}

/* Takes n free slots, lowest first: neighbours are written together. */
static void take_slots(struct armgpu *g, uint32_t *slots, uint64_t n)
{
    struct ag_slots *s = &g->slots;
    qsort(s->free, (size_t)s->num_free, sizeof *s->free, compare_slots);
    memcpy(slots, s->free, n * sizeof *slots);
    s->num_free -= n;
    memmove(s->free, s->free + n, s->num_free * sizeof *slots);
    for (uint64_t i = 0; i < n; i++) {
        ag_slot_take(g, slots[i], s->next_lane + i);
        if (g->vectors != NULL)
            memset(g->vectors[slots[i]], 0, sizeof g->vectors[0]);
    }
    s->next_lane += n;
}

int32_t ag_waves_begin(struct run *r, uint32_t *slots, uint64_t room,
                       uint64_t *n)
{
    struct armgpu *g = r->g;
    uint64_t count = g->has_waves ? ag_slots_ready(g) : 0;
    *n = 0;
    if (count > room)
        count = room;
    if (count == 0 ||
        (g->refill == AG_REFILL_LATE && g->slots.num_free < g->resident))
        return ARMGPU_OK;
    ag_slice_args args = {.serve = AG_SERVE_BEGIN,
                          .program = AG_NO_PROGRAM,
                          .next_lane = g->slots.next_lane,
                          .size = g->memory_size};
    take_slots(g, slots, count);
    *n = count;
    int32_t error = ag_serve(g, &args, slots, count);
    if (error == ARMGPU_OK)
        error = prepare(r, args.next_lane, slots, count);
    return error != ARMGPU_OK ? error : set_limits(r, slots, count);
}

/* -- Lanes that end -------------------------------------------------------- */

/* Results of lanes in the order of their numbers; counts them. */
static int32_t read_results(struct run *r, const struct ended *ended,
                            uint64_t n, uint64_t *lanes,
                            armgpu_lane_result *results)
{
    for (uint64_t i = 0; i < n; i++) {
        uint64_t *state = ag_state_read(r->g, ended[i].slot);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        lanes[i] = ended[i].lane;
        ag_lane_result(state, ended[i].slot, &results[i]);
        ag_count_lane(&r->tally, &results[i],
                  *ag_lane_row(state, ended[i].slot, AG_STATE_START));
    }
    return ARMGPU_OK;
}

static int32_t report(struct run *r, const struct ended *ended, uint64_t n)
{
    struct armgpu *g = r->g;
    uint64_t *lanes = malloc(n * sizeof *lanes);
    armgpu_lane_result *results = malloc(n * sizeof *results);
    int32_t error = lanes == NULL || results == NULL
                        ? ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory")
                        : read_results(r, ended, n, lanes, results);
    if (error == ARMGPU_OK &&
        g->finish(g->finish_user, g, lanes, results, n) != 0)
        r->is_interrupted = r->is_told_to_stop = true;
    free(lanes);
    free(results);
    return error;
}

/* Where nobody is told the order does not matter. */
static int32_t count(struct run *r, const uint32_t *slots, uint64_t n)
{
    int32_t error = r->g->has_waves ? ag_part_begin(r->g, slots, n) : ARMGPU_OK;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK && r->g->has_waves; i++) {
        armgpu_lane_result result;
        uint64_t *state = ag_state_read(r->g, slots[i]);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        ag_lane_result(state, slots[i], &result);
        ag_count_lane(&r->tally, &result,
                  *ag_lane_row(state, slots[i], AG_STATE_START));
    }
    return error;
}

/* Counts and reports the lanes in these slots. */
static int32_t tell(struct run *r, const uint32_t *slots, uint64_t n)
{
    struct armgpu *g = r->g;
    struct ended *ended = n == 0 ? NULL : malloc(n * sizeof *ended);
    int32_t error = ARMGPU_OK;
    if (n == 0)
        return ARMGPU_OK;
    if (g->finish == NULL || r->is_told_to_stop) {
        free(ended);
        return count(r, slots, n);
    }
    if (ended == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    for (uint64_t i = 0; i < n; i++) {
        ended[i].slot = slots[i];
        ended[i].lane = ag_lane_of(g, slots[i]);
    }
    qsort(ended, (size_t)n, sizeof *ended, compare_lanes);
    error = ag_part_begin(g, slots, n);
    if (error == ARMGPU_OK)
        error = report(r, ended, n);
    free(ended);
    return error;
}

int32_t ag_waves_ended(struct run *r, uint32_t *slots, uint64_t n)
{
    int32_t error = tell(r, slots, n);
    for (uint64_t i = 0; i < n && r->g->has_waves; i++)
        ag_slot_give(r->g, slots[i]);
    return error;
}

int32_t ag_waves_interrupted(struct run *r, const uint32_t *slots, uint64_t n)
{
    return tell(r, slots, n);
}
