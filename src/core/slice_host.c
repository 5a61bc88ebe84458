/*
 * Slices on a device whose memory the host sees (the CPU).
 *
 * A slice takes the next few lanes of the list, as many as the device's fuel
 * for about 50 ms allows turns for, runs them, serves what they asked for in
 * lane order, and keeps those that go on. Sizes depend on constants alone,
 * never on the clock: with one thread every run repeats exactly. (But where code
 * is compiled beside the run; no result depends on it.)
 */
#define _POSIX_C_SOURCE 200809L
#include "core/run.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

/* Attempts a lane gets before the next one's turn in shared memory: a ticket
   lock over 128 lanes takes a thousandth of the time it takes with 50 ms. */
#define TURN_FUEL 4096

/* Chooses the lanes and the fuel of the next slice. */
static void plan_slice(const struct run *r, ag_slice_args *args)
{
    const struct armgpu *g = r->g;
    uint64_t left = r->count - r->cursor, fuel = g->info.slice_fuel;
    uint64_t count = fuel / TURN_FUEL;
    uint64_t room = g->lists[0].bytes / sizeof(uint32_t);
    if (count > left)
        count = left;
    if (count > room)
        count = room;
    ag_run_fill_args(r, args);
    args->count = (u32)count;
    fuel = fuel / count / TURN_FUEL * TURN_FUEL;
    if (r->is_tracing && !g->is_private)
        fuel = TURN_FUEL; /* then it is the traced lane's turn */
    if (fuel > UINT32_MAX / 2)
        fuel = UINT32_MAX / 2;
    args->fuel = ag_regions_fuel(g, (u32)fuel);
    args->turn = !g->is_private ? TURN_FUEL : args->fuel;
}

/* What lanes should have in common to execute together, and their place in the
   list, so that sorting is always the same. */
struct place {
    uint64_t program, pc;
    uint32_t slot, index;
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->program != b->program)
        return a->program < b->program ? -1 : 1;
    if (a->pc != b->pc)
        return a->pc < b->pc ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

/*
 * Lists lanes of one program, and of those the ones at one PC, behind each
 * other: neighbours become lane groups. In interleaved memory a group's lanes
 * should rather be neighbours there, which is worth more than one PC. Without
 * memory to sort in the list stays as it is.
 */
static void list_lanes(const struct run *r, uint32_t *out,
                       const uint32_t *lanes, uint32_t count)
{
    struct armgpu *g = r->g;
    uint64_t *state = ag_mirror_read(g, &g->state);
    struct place *places =
        g->info.forms_groups ? malloc(count * sizeof *places) : NULL;
    bool is_sorted = true;
    memcpy(out, lanes, count * sizeof *out);
    for (uint32_t i = 0; places != NULL && i < count; i++) {
        struct place *p = &places[i];
        *p = (struct place){.slot = lanes[i], .index = i};
        p->program = *ag_lane_row(state, lanes[i], AG_STATE_PROGRAM);
        if (!AG_HAS_ROWS(g->layout))
            p->pc = *ag_lane_row(state, lanes[i], AG_STATE_PC);
        is_sorted = is_sorted && (i == 0 || compare_places(p - 1, p) < 0);
    }
    if (places != NULL && !is_sorted) {
        qsort(places, count, sizeof *places, compare_places);
        for (uint32_t i = 0; i < count; i++)
            out[i] = places[i].slot;
    }
    free(places);
}

static int32_t launch(struct run *r, const uint32_t *lanes,
                      const ag_slice_args *args)
{
    struct ag_mirror *list = &r->g->lists[0];
    list_lanes(r, ag_mirror_write(r->g, list), lanes, args->count);
    return ag_run_launch(r, list->buffer, NULL, args);
}

/* A lane executes while nothing else runs. */
static int32_t run_alone(struct run *r, uint32_t slot, uint32_t fuel)
{
    ag_slice_args args;
    ag_run_fill_args(r, &args);
    args.count = args.alone = 1;
    args.fuel = args.turn = fuel;
    return launch(r, &slot, &args);
}

/* The page, and where pages are given up a turn with it: it may be gone before
   the lane's next slice. */
static int32_t serve_page(struct run *r, uint32_t slot, uint32_t program,
                          uint64_t request)
{
    int32_t error = ag_run_serve(r, slot, program, request);
    return error == ARMGPU_OK && r->g->code.gives_up
               ? run_alone(r, slot, TURN_FUEL)
               : error;
}

/* Until the lane has none: executing alone may need a page decoded first. For
   a second page it asks again, after the others. */
static int32_t serve_lane(struct run *r, uint32_t slot)
{
    for (bool has_page = false;;) {
        uint64_t *state = ag_mirror_write(r->g, &r->g->state);
        uint64_t *row = ag_lane_row(state, slot, AG_STATE_REQUEST);
        uint64_t request = *row;
        uint32_t program =
            (uint32_t)*ag_lane_row(state, slot, AG_STATE_PROGRAM);
        *row = AG_REQUEST_NONE;
        bool is_page = AG_REQUEST_KIND(request) == AG_REQUEST_DECODE;
        if (request == AG_REQUEST_NONE || (is_page && has_page))
            return ARMGPU_OK;
        has_page = has_page || is_page;
        if (request == AG_ASKS_DEVICE) {
            int32_t error = ag_access_serve(r, &slot, 1);
            if (error != ARMGPU_OK)
                return error;
            continue;
        }
        int32_t error = AG_REQUEST_DRAINS(request)
                            ? ag_waves_drain(r, &slot, 1)
                            : ARMGPU_OK;
        if (error != ARMGPU_OK)
            return error;
        error =
            AG_REQUEST_KIND(request) == AG_REQUEST_ALONE
                ? run_alone(r, slot, 1)
                : (is_page ? serve_page : ag_run_serve)(r, slot, program,
                                                        request);
        if (error != ARMGPU_OK)
            return error;
    }
}

static bool drains(uint64_t request)
{
    return AG_REQUEST_DRAINS(request);
}

static bool asks_device(uint64_t request)
{
    return request == AG_ASKS_DEVICE;
}

/* Lists the slice's lanes that ask for something of this kind in g->turned: how
   many. */
static uint64_t list_asking(struct run *r, uint64_t count,
                            bool (*is_asking)(uint64_t request))
{
    struct armgpu *g = r->g;
    uint64_t *state = ag_mirror_read(g, &g->state), n = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t slot = g->live[r->cursor + i];
        if (is_asking(*ag_lane_row(state, slot, AG_STATE_REQUEST)))
            g->turned[n++] = slot;
    }
    return n;
}

/* Output that has no room, of all lanes of the slice that say so, in order, and
   devices. One that says so only when it had its page comes later
   (serve_lane()). */
static int32_t serve_together(struct run *r, uint64_t count)
{
    struct armgpu *g = r->g;
    uint64_t n = 0;
    if (g->calls.is_on)
        n = list_asking(r, count, drains);
    int32_t error = ag_waves_drain(r, g->turned, n);
    if (error != ARMGPU_OK || g->mmio.count == 0)
        return error;
    n = list_asking(r, count, asks_device);
    return ag_access_serve(r, g->turned, n);
}

/* Requests of the slice's lanes, in their order. */
static int32_t serve_requests(struct run *r, uint64_t count)
{
    int32_t together = serve_together(r, count);
    if (together != ARMGPU_OK)
        return together;
    for (uint64_t i = 0; i < count; i++) {
        int32_t error = serve_lane(r, r->g->live[r->cursor + i]);
        if (error != ARMGPU_OK)
            return error;
    }
    return ARMGPU_OK;
}

/* Cycles of the next `count` lanes together. */
static uint64_t sum_cycles(struct run *r, uint64_t *state, uint64_t count)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++)
        sum += *ag_lane_row(state, r->g->live[r->cursor + i], AG_STATE_CYCLES);
    return sum;
}

/* Moves past the slice's lanes, keeping those that go on; lists the others in
   g->turned and returns how many they are. */
static uint64_t keep_live(struct run *r, uint64_t *state, uint64_t count)
{
    struct armgpu *g = r->g;
    uint64_t ended = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t slot = g->live[r->cursor++];
        if (ag_lane_stop(state, slot) == ARMGPU_STOP_RUNNING)
            g->live[r->kept++] = slot;
        else
            g->turned[ended++] = slot;
    }
    return ended;
}

/* Lanes that begin run in the next round. */
static int32_t begin_lanes(struct run *r)
{
    bool is_over = r->cursor == r->count;
    uint64_t end = is_over ? r->g->resident : r->cursor, n = 0;
    int32_t error = r->is_interrupted ? ARMGPU_OK
                                      : ag_waves_begin(r, r->g->live + r->kept,
                                                       end - r->kept, &n);
    r->kept += n;
    if (is_over) { /* the round is over */
        r->count = r->kept;
        r->cursor = r->kept = 0;
    }
    return error;
}

/* Of the next `count` lanes, which had these cycles together before a slice that
   began at these times. No request of theirs has been served. Processes beside
   this one take time, but not the processor's. */
static int32_t tell_regions(struct run *r, uint64_t count, uint64_t before,
                            double began, clock_t work_began)
{
    struct armgpu *g = r->g;
    const uint32_t *control = ag_mirror_read(g, &g->control);
    uint64_t *state = ag_mirror_read(g, &g->state);
    struct ag_work slice;
    if (!g->regions.is_wanted)
        return ARMGPU_OK;
    memcpy(&slice.translated, control + AG_CONTROL_TRANSLATED,
           sizeof slice.translated);
    slice.retired = sum_cycles(r, state, count) - before;
    slice.seconds = ag_now() - began;
    slice.cost = (double)(clock() - work_began) / CLOCKS_PER_SEC;
    return ag_regions_ran(g, &slice);
}

static int32_t execute(struct run *r)
{
    struct armgpu *g = r->g;
    const double began = ag_now();
    const clock_t work_began = clock();
    ag_slice_args args;
    int32_t error = ag_run_ready(r);
    if (error != ARMGPU_OK)
        return error;
    plan_slice(r, &args);
    uint64_t *state = ag_mirror_read(g, &g->state);
    uint64_t before = sum_cycles(r, state, args.count);
    error = launch(r, g->live + r->cursor, &args);
    if (error != ARMGPU_OK)
        return error;
    const uint32_t *control = ag_mirror_read(g, &g->control);
    const bool asks = control[AG_CONTROL_REQUESTS] != 0;
    int32_t served = ARMGPU_OK, begun = ARMGPU_OK;
    error = tell_regions(r, args.count, before, began, work_began);
    if (error != ARMGPU_OK)
        return error;
    if (asks)
        served = serve_requests(r, args.count);
    r->cycles += sum_cycles(r, state, args.count) - before;
    uint64_t ended = keep_live(r, state, args.count);
    if (r->tells_ended) /* also where requests could not be served */
        error = ag_waves_ended(r, g->turned, ended);
    if (served == ARMGPU_OK)
        begun = begin_lanes(r);
    return served != ARMGPU_OK ? served : error != ARMGPU_OK ? error : begun;
}

static uint64_t stop(struct run *r, uint32_t reason)
{
    struct armgpu *g = r->g;
    uint64_t *state = ag_mirror_write(g, &g->state), n = 0;
    for (uint64_t i = 0; i < r->count; i++) {
        uint32_t slot = g->live[i];
        if ((i >= r->kept && i < r->cursor) ||
            ag_lane_stop(state, slot) != ARMGPU_STOP_RUNNING)
            continue;
        ag_lane_set_stop(state, slot, reason);
        g->turned[n++] = slot;
    }
    return n;
}

/* g->live is what slices are taken from. A lane whose code is not there yet
   asks. */
static int32_t is_listed(struct run *r)
{
    (void)r;
    return ARMGPU_OK;
}

const struct ag_slices ag_host_slices = {
    .start = is_listed, .list = is_listed, .execute = execute, .stop = stop};
