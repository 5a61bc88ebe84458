/*
 * One look at every lane's result: the exit status, and where lanes ended
 * otherwise than in halt 0, grouped by place so that a million lanes with one
 * cause are one line.
 */
#include "run.h"

#include <stdlib.h>

#define RANGE 4096

static bool ended_well(const armgpu_lane_result *l)
{
    return (l->stop_reason == ARMGPU_STOP_HALT ||
            l->stop_reason == ARMGPU_STOP_EXIT) &&
           l->stop_code == 0;
}

static bool was_limited(const armgpu_lane_result *l)
{
    return l->stop_reason == ARMGPU_STOP_MAX_CYCLES ||
           l->stop_reason == ARMGPU_STOP_INTERRUPTED;
}

/* Codes may differ: lanes that fault in one loop fault at many addresses. */
static bool same_place(const armgpu_lane_result *a, const armgpu_lane_result *b)
{
    return a->stop_reason == b->stop_reason && a->pc == b->pc &&
           a->access == b->access && a->access_size == b->access_size;
}

/* The place of `l`, new if need be; NULL if there is no more room. */
static ag_run_place *place_of(ag_run_summary *s, const armgpu_lane_result *l)
{
    ag_run_place *place;

    for (size_t i = 0; i < s->place_count; i++) {
        if (same_place(&s->places[i].first, l))
            return &s->places[i];
    }
    if (s->place_count == AG_RUN_PLACES)
        return NULL;
    place = &s->places[s->place_count++];
    place->first = *l;
    place->same_code = true;
    return place;
}

static void add_to_place(ag_run_place *place, uint64_t lane,
                         const armgpu_lane_result *l)
{
    size_t n = place->range_count;

    place->lanes++;
    place->same_code &= l->stop_code == place->first.stop_code;
    if (n > 0 && place->ranges[n - 1].last + 1 == lane) {
        place->ranges[n - 1].last = lane;
    } else if (n < AG_RUN_RANGES) {
        place->ranges[n].first = place->ranges[n].last = lane;
        place->range_count++;
    }
}

static void add_lane(ag_run_summary *s, uint64_t lane,
                     const armgpu_lane_result *l)
{
    ag_run_place *place;

    if (ended_well(l))
        return;
    if (was_limited(l)) {
        s->limited_lanes++;
        return;
    }
    s->bad_lanes++;
    s->device_lanes += l->stop_reason == ARMGPU_STOP_DEVICE_FAULT;
    place = place_of(s, l);
    if (place == NULL)
        s->other_lanes++;
    else
        add_to_place(place, lane, l);
}

int ag_run_summarize(ag_run *r)
{
    armgpu_lane_result *results = ag_cli_alloc(RANGE, sizeof *results);
    uint64_t lanes = r->settings.lanes.value;
    int32_t error = ARMGPU_OK;

    for (uint64_t first = 0; error == ARMGPU_OK && first < lanes;
         first += RANGE) {
        uint64_t n = lanes - first < RANGE ? lanes - first : RANGE;

        error = armgpu_get_results(r->g, first, n, results);
        for (uint64_t i = 0; error == ARMGPU_OK && i < n; i++)
            add_lane(&r->summary, first + i, &results[i]);
    }
    free(results);
    if (error != ARMGPU_OK)
        return ag_run_library_failed(r, NULL, error);
    return AG_CLI_EXIT_OK;
}

/* The worst lane decides, but interrupting a run outranks its lanes. */
int ag_run_exit_status(const ag_run *r)
{
    const ag_run_summary *s = &r->summary;

    if (s->device_lanes != 0 || r->device_failed)
        return AG_CLI_EXIT_FAILED;
    if (r->interrupted)
        return AG_CLI_EXIT_INTERRUPTED;
    if (s->bad_lanes != 0)
        return AG_CLI_EXIT_LANES;
    return s->limited_lanes != 0 ? AG_CLI_EXIT_LIMIT : AG_CLI_EXIT_OK;
}

void ag_run_narrate(const ag_run *r)
{
    uint64_t limited = r->result.stops[ARMGPU_STOP_MAX_CYCLES];
    uint64_t stopped = r->result.stops[ARMGPU_STOP_INTERRUPTED];

    if (r->settings.quiet)
        return;
    fflush(stdout); /* the remark comes after what it is about */
    if (r->interrupted)
        ag_cli_say("interrupted; %" PRIu64 " of %" PRIu64 " lanes had not "
                   "finished, and these are the results so far",
                   stopped, r->settings.lanes.value);
    else if (stopped != 0 && r->timed_out)
        ag_cli_say("stopped after %g s (--timeout); %" PRIu64 " of %" PRIu64
                   " lanes had not finished",
                   r->settings.timeout, stopped, r->settings.lanes.value);
    if (limited != 0)
        ag_cli_say("%" PRIu64 " of %" PRIu64 " lanes reached the limit of "
                   "%" PRIu64 " instructions; raise it with --max-cycles",
                   limited, r->settings.lanes.value,
                   r->settings.max_cycles.value);
}
