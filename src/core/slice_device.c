/*
 * Slices on a device with memory of its own. Lane state stays there during a
 * run: a launch takes all live lanes, and the kernel writes out who goes on (in
 * any order: the next launch's list), who asked for something, and how much was
 * retired, so that the host reads a few words after each slice.
 *
 * Fuel is adapted to launches of about 50 ms, at most doubling.
 */
#include "core/run.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_FUEL 4096
#define SLICE_SECONDS 0.05

/* Pages that lanes begin on, so that the first slice need not ask for them. */
static int32_t decode_first_pages(struct run *r)
{
    struct armgpu *g = r->g;
    uint64_t *state = ag_mirror_read(g, &g->state), last = UINT64_MAX;
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    for (uint64_t i = 0; i < r->count; i++) {
        uint64_t pc = *ag_lane_row(state, g->live[i], AG_STATE_PC);
        if (pc >= g->memory_size || pc >> AG_PAGE_SHIFT == last)
            continue;
        last = pc >> AG_PAGE_SHIFT;
        int32_t error = ag_code_decode(g, pc);
        if (error != ARMGPU_OK)
            return error;
    }
    return ARMGPU_OK;
}

int32_t ag_device_start(struct run *r)
{
    struct armgpu *g = r->g;
    r->fuel = FIRST_FUEL;
    if (g->backend->upload(g->device, g->lists[0].buffer, 0, g->live,
                           r->count * sizeof *g->live))
        return ag_device_failed(g);
    return decode_first_pages(r);
}

static void adapt_fuel(struct run *r)
{
    double wanted = r->last_seconds > 0
                        ? r->fuel * (SLICE_SECONDS / r->last_seconds)
                        : 2.0 * r->fuel;
    if (wanted > 2.0 * r->fuel)
        wanted = 2.0 * r->fuel;
    if (wanted > UINT32_MAX / 2)
        wanted = UINT32_MAX / 2;
    r->fuel = wanted < FIRST_FUEL ? FIRST_FUEL : (uint32_t)wanted;
}

static int compare_lanes(const void *left, const void *right)
{
    const ag_lane_request *a = left, *b = right;
    return a->lane < b->lane ? -1 : a->lane > b->lane;
}

/* Lanes whose instruction must execute alone, in lane order, in one launch. */
static int32_t run_alone(struct run *r, const ag_lane_request *asked,
                         uint64_t count)
{
    struct armgpu *g = r->g;
    ag_buffer *lanes = g->lists[1 - r->list].buffer;
    uint64_t n = 0;
    ag_slice_args args;
    for (uint64_t i = 0; i < count; i++)
        if (AG_REQUEST_KIND(asked[i].request) == AG_REQUEST_ALONE)
            g->live[n++] = asked[i].lane;
    if (n == 0)
        return ARMGPU_OK;
    if (g->backend->upload(g->device, lanes, 0, g->live, n * sizeof *g->live))
        return ag_device_failed(g);
    ag_run_fill_args(r, &args);
    args.count = (u32)n;
    args.fuel = args.turn = args.alone = 1;
    return ag_run_launch(r, lanes, lanes, &args);
}

/* In lane order: what changed code first, then those that execute alone. A
   lane that needs a page again before it can do that asks once more. */
static int32_t serve_requests(struct run *r, uint64_t count)
{
    struct armgpu *g = r->g;
    int32_t error = ARMGPU_OK;
    ag_lane_request *asked = malloc(count * sizeof *asked);
    if (asked == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    if (g->backend->download(g->device, asked, g->requests, 0,
                             count * sizeof *asked))
        error = ag_device_failed(g);
    if (error == ARMGPU_OK)
        qsort(asked, (size_t)count, sizeof *asked, compare_lanes);
    for (uint64_t i = 0; i < count && error == ARMGPU_OK; i++)
        if (AG_REQUEST_KIND(asked[i].request) != AG_REQUEST_ALONE)
            error = ag_run_serve(r, asked[i].lane, asked[i].request);
    if (error == ARMGPU_OK)
        error = run_alone(r, asked, count);
    free(asked);
    return error;
}

int32_t ag_device_slice(struct run *r)
{
    struct armgpu *g = r->g;
    ag_slice_args args;
    ag_run_fill_args(r, &args);
    args.count = (u32)r->count;
    args.fuel = args.turn = g->trace != NULL ? 1 : r->fuel;
    double before = r->device_seconds;
    int32_t error = ag_run_launch(r, g->lists[r->list].buffer,
                                  g->lists[1 - r->list].buffer, &args);
    if (error != ARMGPU_OK)
        return error;
    r->last_seconds = r->device_seconds - before;
    uint32_t *control = ag_mirror_read(g, &g->control);
    if (control == NULL)
        return ARMGPU_ERROR_DEVICE;
    uint64_t asked = control[AG_CONTROL_ASKED];
    r->list = 1 - r->list;
    r->count = control[AG_CONTROL_LIVE];
    r->cycles += control[AG_CONTROL_CYCLES] |
                 (uint64_t)control[AG_CONTROL_CYCLES + 1] << 32;
    adapt_fuel(r);
    return asked == 0 ? ARMGPU_OK : serve_requests(r, asked);
}

void ag_device_stop_live(struct run *r, uint32_t reason)
{
    struct armgpu *g = r->g;
    uint64_t *state = ag_mirror_write(g, &g->state);
    /* A device that failed gives nothing back: what was known stands. */
    bool has_list =
        state != NULL &&
        g->backend->download(g->device, g->live, g->lists[r->list].buffer, 0,
                             r->count * sizeof *g->live) == 0;
    if (state == NULL)
        state = ag_mirror_abandon(&g->state);
    for (uint64_t i = 0; i < (has_list ? r->count : g->num_lanes); i++) {
        uint64_t lane = has_list ? g->live[i] : i;
        if (ag_lane_stop(state, lane) == ARMGPU_STOP_RUNNING)
            ag_lane_set_stop(state, lane, reason);
    }
}
