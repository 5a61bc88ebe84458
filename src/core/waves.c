/*
 * Lanes that end and lanes that begin during a run: callbacks, counting, and,
 * where more lanes run than are resident, slots that are filled again. Slots are
 * filled as soon as they are free, by the device itself where nobody is told
 * (slice_device.c). To measure what that gains: ARMGPU_REFILL=0 waits until all
 * slots are free, ARMGPU_REFILL=1 fills them by the host.
 */
#include "core/run.h"
#include "core/program.h"

#include <stdlib.h>
#include <string.h>

#define FEW 32 /* lanes that are reported without memory of their own */

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

/* Something of the host's is to be done with each lane before it executes. */
static bool has_to_prepare(const struct armgpu *g)
{
    return g->prepare != NULL || g->process.arguments_of != NULL;
}

/* Arguments come first: prepare() may change what they led to. */
static int32_t prepare_some(struct run *r, uint64_t first, uint64_t n)
{
    struct armgpu *g = r->g;
    int32_t error = ARMGPU_OK;
    ag_run_leave(r);
    if (g->process.arguments_of != NULL)
        error = ag_process_prepare(g, first, n);
    if (error == ARMGPU_OK && g->prepare != NULL)
        r->is_interrupted = g->prepare(g->prepare_user, g, first, n) != 0;
    ag_run_enter(r);
    return error;
}

/* Shows n lanes, the first of them at a place among those that run, in these
   slots, to prepare(); at once those whose numbers follow each other. */
static int32_t prepare(struct run *r, uint64_t place, const uint32_t *slots,
                       uint64_t n)
{
    struct armgpu *g = r->g;
    int32_t error = ARMGPU_OK;
    g->prepared = place + n;
    if (!has_to_prepare(g) || n == 0)
        return ARMGPU_OK;
    if (slots != NULL)
        error = ag_part_begin(g, slots, n);
    for (uint64_t i = 0, m; i < n && error == ARMGPU_OK && !r->is_interrupted;
         i += m) {
        m = ag_numbers_follow(g, place + i, n - i);
        error = prepare_some(r, ag_number_of(g, place + i), m);
    }
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
    if (!has_to_prepare(g))
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
    return !g->has_waves || g->calls.is_on || g->mmio.count != 0 ||
           g->state.is_mapped ||
           has_to_prepare(g) ||
           g->finish != NULL || g->trace != NULL ||
           g->refill != AG_REFILL_THERE;
}

/* Lowest first: neighbours are written together. */
static void sort_free(struct ag_slots *s)
{
    qsort(s->free, (size_t)s->num_free, sizeof *s->free, compare_slots);
}

/* Takes the first n free slots. */
static void take_slots(struct armgpu *g, uint32_t *slots, uint64_t n)
{
    struct ag_slots *s = &g->slots;
    memcpy(slots, s->free, n * sizeof *slots);
    s->num_free -= n;
    memmove(s->free, s->free + n, s->num_free * sizeof *slots);
    for (uint64_t i = 0; i < n; i++)
        ag_slot_take(g, slots[i], s->next_lane + i);
    s->next_lane += n;
}

uint64_t ag_waves_set_apart(struct run *r, uint32_t *slots, uint64_t n)
{
    struct armgpu *g = r->g;
    for (uint64_t i = 0; g->trace != NULL && i < n; i++) {
        if (ag_lane_of(g, slots[i]) != g->trace_lane)
            continue;
        r->is_tracing = true;
        r->traced = slots[i];
        memmove(slots + i, slots + i + 1, (n - i - 1) * sizeof *slots);
        return n - 1;
    }
    return n;
}

/* Memory that is written before another lane is in the slot, at most. */
static uint64_t bytes_to_restore(const struct armgpu *g, uint32_t slot)
{
    uint64_t *state = (uint64_t *)(void *)g->state.host, bytes, dirty;
    if (!g->state.is_mapped || !g->has_marks)
        return g->memory_size;
    bytes = g->num_programs > 1 ? 2 * g->longest_image : 0;
    dirty = *ag_lane_row(state, slot, AG_STATE_DIRTY);
    for (; dirty != 0 && bytes < g->memory_size; dirty &= dirty - 1)
        bytes += UINT64_C(1) << ag_piece_shift(g->memory_size);
    return bytes < g->memory_size ? bytes : g->memory_size;
}

/* How many of the first `most` free slots are filled at a time. */
static uint64_t some_slots(const struct armgpu *g, uint64_t most)
{
    uint64_t n = 0, bytes = 0, limit = g->restore_bytes;
    for (; n < most && bytes <= limit; n++)
        bytes += bytes_to_restore(g, g->slots.free[n]);
    return bytes > limit && n > 1 ? n - 1 : n;
}

/* The first free slot alone, which has so much memory that somebody may ask for
   an end before all of it is restored. It is then neither the last lane's nor
   the next one's. */
static int32_t restore_in_steps(struct run *r)
{
    struct armgpu *g = r->g;
    uint32_t slot = g->slots.free[0];
    const uint64_t most = g->restore_bytes;
    int32_t error = ARMGPU_OK;
    for (uint64_t at = 0; at < g->memory_size && error == ARMGPU_OK;
         at += most) {
        uint64_t left = g->memory_size - at;
        ag_slice_args args = {.serve = AG_SERVE_RESTORE,
                              .program = AG_NO_PROGRAM,
                              .next_lane = g->slots.next_lane,
                              .begin = 1,
                              .address = at,
                              .size = left < most ? left : most};
        r->is_interrupted = !ag_run_goes_on(r);
        if (r->is_interrupted)
            break;
        error = ag_serve(g, &args, &slot, 1);
    }
    if (error != ARMGPU_OK || !r->is_interrupted)
        return error;
    uint64_t *state = ag_state_write(g, slot);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    *ag_lane_row(state, slot, AG_STATE_DIRTY) = UINT64_MAX;
    return ARMGPU_OK;
}

/* The next n lanes begin in the first free slots. */
static int32_t begin_some(struct run *r, uint32_t *slots, uint64_t n)
{
    struct armgpu *g = r->g;
    ag_slice_args args = {.serve = AG_SERVE_BEGIN,
                          .program = AG_NO_PROGRAM,
                          .next_lane = g->slots.next_lane,
                          .size = g->memory_size};
    int32_t error = ARMGPU_OK;
    if (n == 1 && g->has_marks && g->memory_size > g->restore_bytes) {
        error = restore_in_steps(r);
        args.size = 0;
    }
    if (error != ARMGPU_OK || r->is_interrupted)
        return error;
    take_slots(g, slots, n);
    error = ag_serve(g, &args, slots, n);
    if (error == ARMGPU_OK)
        error = prepare(r, args.next_lane, slots, n);
    return error != ARMGPU_OK ? error : set_limits(r, slots, n);
}

int32_t ag_waves_begin(struct run *r, uint32_t *slots, uint64_t room,
                       uint64_t *n)
{
    struct armgpu *g = r->g;
    uint64_t count = g->has_waves ? ag_slots_ready(g) : 0;
    int32_t error = ARMGPU_OK;
    *n = 0;
    if (count > room)
        count = room;
    if (count == 0 ||
        (g->refill == AG_REFILL_LATE && g->slots.num_free < g->resident))
        return ARMGPU_OK;
    sort_free(&g->slots);
    while (*n < count && error == ARMGPU_OK && !r->is_interrupted) {
        uint64_t some = some_slots(g, count - *n), before = g->slots.next_lane;
        error = begin_some(r, slots + *n, some);
        *n += g->slots.next_lane - before;
        if (*n < count && !r->is_interrupted)
            r->is_interrupted = !ag_run_goes_on(r);
    }
    *n = ag_waves_set_apart(r, slots, *n);
    return error;
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

/* The state of these slots alone, or of all if there is no memory for that
   (ag_state_read()). */
static int32_t fetch(struct armgpu *g, const uint32_t *slots, uint64_t n)
{
    int32_t error = ag_part_begin(g, slots, n);
    if (error != ARMGPU_ERROR_MEMORY)
        return error;
    g->message[0] = '\0';
    return ARMGPU_OK;
}

/* Where nobody is told the order does not matter. */
static int32_t count(struct run *r, const uint32_t *slots, uint64_t n)
{
    int32_t error = r->g->has_waves ? fetch(r->g, slots, n) : ARMGPU_OK;
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

/* Room to report some lanes. */
struct report {
    struct ended *ended;
    uint64_t *lanes;
    armgpu_lane_result *results;
};

static int32_t report(struct run *r, const struct report *with,
                      const uint32_t *slots, uint64_t n)
{
    struct armgpu *g = r->g;
    for (uint64_t i = 0; i < n; i++)
        with->ended[i] = (struct ended){ag_lane_of(g, slots[i]), slots[i]};
    qsort(with->ended, (size_t)n, sizeof *with->ended, compare_lanes);
    int32_t error =
        read_results(r, with->ended, n, with->lanes, with->results);
    if (error != ARMGPU_OK)
        return error;
    ag_run_leave(r);
    int32_t stops =
        g->finish(g->finish_user, g, with->lanes, with->results, n);
    ag_run_enter(r);
    if (stops != 0)
        r->is_interrupted = r->is_told_to_stop = true;
    return ARMGPU_OK;
}

/* Where there is no memory lanes are reported by and by: what ended is not
   lost, even if it is this that ends the run. */
static int32_t report_few(struct run *r, const uint32_t *slots, uint64_t n)
{
    struct ended ended[FEW];
    uint64_t lanes[FEW], some;
    armgpu_lane_result results[FEW];
    const struct report with = {ended, lanes, results};
    int32_t error = ARMGPU_OK;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i += some) {
        some = n - i < FEW ? n - i : FEW;
        error = r->is_told_to_stop ? count(r, slots + i, some)
                                   : report(r, &with, slots + i, some);
    }
    return error;
}

/* Counts and reports the lanes in these slots. */
static int32_t tell(struct run *r, const uint32_t *slots, uint64_t n)
{
    struct armgpu *g = r->g;
    if (n == 0)
        return ARMGPU_OK;
    if (g->finish == NULL || r->is_told_to_stop)
        return count(r, slots, n);
    int32_t error = fetch(g, slots, n);
    if (error != ARMGPU_OK)
        return error;
    const struct report with = {malloc(n * sizeof *with.ended),
                                malloc(n * sizeof *with.lanes),
                                malloc(n * sizeof *with.results)};
    bool has_room =
        with.ended != NULL && with.lanes != NULL && with.results != NULL;
    error = has_room ? report(r, &with, slots, n) : report_few(r, slots, n);
    free(with.ended);
    free(with.lanes);
    free(with.results);
    return error;
}

int32_t ag_waves_drain(struct run *r, const uint32_t *slots, uint64_t n)
{
    bool stops = false;
    if (!r->g->calls.is_on || n == 0)
        return ARMGPU_OK;
    ag_run_leave(r);
    int32_t error = ag_process_drain(r->g, slots, n, &stops);
    ag_run_enter(r);
    r->is_interrupted = r->is_interrupted || stops;
    return error;
}

static int32_t collect_files(struct run *r, const uint32_t *slots, uint64_t n)
{
    bool stops = false;
    ag_run_leave(r);
    int32_t error = ag_files_collect(r->g, slots, n, &stops);
    ag_run_enter(r);
    r->is_interrupted = r->is_interrupted || stops;
    return error;
}

/* What a lane wrote comes before the news that it has ended. */
static int32_t drain_and_tell(struct run *r, const uint32_t *slots, uint64_t n)
{
    int32_t error = ag_waves_drain(r, slots, n);
    int32_t collected = collect_files(r, slots, n);
    if (error == ARMGPU_OK)
        error = ag_call_trace_ended(r, slots, n);
    int32_t told = tell(r, slots, n);
    return error != ARMGPU_OK       ? error
           : collected != ARMGPU_OK ? collected
                                    : told;
}

/* Files of lanes that do not go on are closed. Without waves some may go on
   later. */
static int32_t close_files(struct armgpu *g, const uint32_t *slots, uint64_t n)
{
    const struct ag_files *s = &g->calls.files;
    for (uint64_t i = 0; s->is_on && i < n; i++) {
        uint64_t *state = NULL;
        if (s->lanes[slots[i]] == NULL)
            continue;
        if (!g->has_waves && (state = ag_state_read(g, slots[i])) == NULL)
            return ARMGPU_ERROR_DEVICE;
        const uint32_t stop =
            state == NULL ? ARMGPU_STOP_EXIT : ag_lane_stop(state, slots[i]);
        if (stop != ARMGPU_STOP_BREAKPOINT &&
            (armgpu_stop_traits(stop) & ARMGPU_STOP_GOES_ON) == 0)
            ag_files_end(g, slots[i]);
    }
    return ARMGPU_OK;
}

int32_t ag_waves_ended(struct run *r, uint32_t *slots, uint64_t n)
{
    int32_t error = drain_and_tell(r, slots, n);
    if (error == ARMGPU_OK)
        error = close_files(r->g, slots, n);
    for (uint64_t i = 0; i < n && r->g->has_waves; i++)
        ag_slot_give(r->g, slots[i]);
    return error;
}

int32_t ag_waves_interrupted(struct run *r, const uint32_t *slots, uint64_t n)
{
    return drain_and_tell(r, slots, n);
}
