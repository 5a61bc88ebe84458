/*
 * One look at every lane's result: the exit status, and where lanes ended
 * otherwise than in halt 0, grouped by place so that a million lanes with one
 * cause are one line. In shared memory also whether SP left the lane's stack.
 */
#include "cli/run/run.h"

#include <stdlib.h>

#define RANGE 4096

static bool has_trait(uint32_t stop_reason, enum armgpu_stop_trait trait)
{
    return (armgpu_stop_traits(stop_reason) & (uint32_t)trait) != 0;
}

static bool ended_well(const armgpu_lane_result *l)
{
    return has_trait(l->stop_reason, ARMGPU_STOP_HAS_STATUS) &&
           l->stop_code == 0;
}

static bool was_limited(const armgpu_lane_result *l)
{
    return has_trait(l->stop_reason, ARMGPU_STOP_IS_LIMIT);
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

static const ag_run_word *find_word(const ag_run_summary *s,
                                    const armgpu_lane_result *l)
{
    for (size_t i = 0; i < s->word_count; i++) {
        if (same_place(&s->words[i].place, l))
            return &s->words[i];
    }
    return NULL;
}

/* Of a process; else 0. */
static uint64_t read_sp(const ag_run *r, uint64_t lane)
{
    uint64_t x[32];

    return r->elf != NULL && armgpu_get_lane_registers(r->g, lane, x) ==
                                 ARMGPU_OK
               ? x[AG_RUN_SP]
               : 0;
}

void ag_run_notice_place(ag_run *r, uint64_t lane, const armgpu_lane_result *l)
{
    ag_run_summary *s = &r->summary;
    ag_run_word *w = &s->words[s->word_count];

    if (ended_well(l) || was_limited(l) || s->word_count == AG_RUN_WORDS ||
        find_word(s, l) != NULL)
        return;
    if (ag_run_read_word(r, lane, ag_run_stopped_at(l), &w->word)) {
        w->place = *l;
        w->sp = read_sp(r, lane);
        s->word_count++;
    }
}


bool ag_run_place_word(const ag_run *r, const ag_run_place *place,
                       uint32_t *word)
{
    const ag_run_word *w = find_word(&r->summary, &place->first);

    if (w != NULL)
        *word = w->word;
    return w != NULL;
}

static void add_to_place(const ag_run_summary *s, ag_run_place *place,
                         uint64_t lane, const armgpu_lane_result *l)
{
    const ag_run_word *w = place->lanes == 0 ? find_word(s, l) : NULL;
    size_t n = place->range_count;

    if (w != NULL)
        place->sp = w->sp;
    place->lanes++;
    place->same_code &= l->stop_code == place->first.stop_code;
    if (n > 0 && place->ranges[n - 1].last + 1 == lane) {
        place->ranges[n - 1].last = lane;
    } else if (n < AG_RUN_RANGES) {
        place->ranges[n].first = place->ranges[n].last = lane;
        place->range_count++;
    }
}

void ag_run_summarize_lane(ag_run *r, uint64_t lane,
                           const armgpu_lane_result *l)
{
    ag_run_summary *s = &r->summary;
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
        add_to_place(s, place, lane, l);
}

/* An empty stack's SP is its top, where the stack of the lane before ends. */
void ag_run_summarize_sp(ag_run *r, uint64_t lane, uint64_t sp)
{
    ag_run_summary *s = &r->summary;
    uint64_t top = armgpu_get_memory_size(r->g) / 16 * 16;

    top -= lane * s->stack_bytes;
    if (sp <= top && top - sp <= s->stack_bytes)
        return;
    if (s->lost_lanes++ == 0)
        s->first_lost = lane;
}

/* --summary: from the totals alone, without looking at a lane. */
static void summarize_totals(ag_run *r)
{
    const armgpu_result *result = &r->result;
    ag_run_summary *s = &r->summary;
    uint64_t well = 0;

    for (uint32_t i = 0; i < ARMGPU_STOP_COUNT; i++) {
        s->bad_lanes += result->stops[i];
        if (has_trait(i, ARMGPU_STOP_HAS_STATUS))
            well += result->stops[i];
        if (has_trait(i, ARMGPU_STOP_IS_LIMIT))
            s->limited_lanes += result->stops[i];
    }
    well -= result->nonzero_codes;
    s->device_lanes = result->stops[ARMGPU_STOP_DEVICE_FAULT];
    s->bad_lanes -= well + s->limited_lanes;
}

static int32_t summarize_range(ag_run *r, uint64_t first, uint64_t n,
                               armgpu_lane_result *results, uint64_t *registers)
{
    bool has_stacks = r->summary.stack_bytes != 0;
    int32_t error = armgpu_get_results(r->g, first, n, results);

    if (error == ARMGPU_OK && has_stacks)
        error = armgpu_get_registers(r->g, first, n, registers);
    for (uint64_t i = 0; error == ARMGPU_OK && i < n; i++) {
        if (r->settings.json || r->elf != NULL)
            ag_run_notice_place(r, first + i, &results[i]);
        ag_run_summarize_lane(r, first + i, &results[i]);
        if (has_stacks)
            ag_run_summarize_sp(r, first + i, registers[32 * i + AG_RUN_SP]);
    }
    return error;
}

static int summarize_lanes(ag_run *r)
{
    armgpu_lane_result *results = ag_cli_alloc(RANGE, sizeof *results);
    uint64_t *registers = ag_cli_alloc(RANGE, 32 * sizeof *registers);
    uint64_t lanes = ag_run_count_lanes(&r->settings);
    int32_t error = ARMGPU_OK;

    for (uint64_t at = 0, n; error == ARMGPU_OK && at < lanes; at += n) {
        uint64_t first;

        n = lanes - at < RANGE ? lanes - at : RANGE;
        first = ag_run_lane_at(&r->settings, at, &n);
        error = summarize_range(r, first, n, results, registers);
    }
    free(results);
    free(registers);
    if (error != ARMGPU_OK)
        return ag_run_library_failed(r, NULL, error);
    return AG_CLI_EXIT_OK;
}

int ag_run_summarize(ag_run *r)
{
    if (!r->settings.summary)
        return summarize_lanes(r);
    summarize_totals(r);
    return AG_CLI_EXIT_OK;
}

/* Lanes that had not ended, those of waves that never began included. */
static uint64_t unfinished(const ag_run *r)
{
    uint64_t ended = 0;

    for (uint32_t i = 0; i < ARMGPU_STOP_COUNT; i++)
        ended += i != ARMGPU_STOP_INTERRUPTED ? r->result.stops[i] : 0;
    return ag_run_count_lanes(&r->settings) - ended;
}

uint64_t ag_run_unbegun(const ag_run *r)
{
    return unfinished(r) - r->result.stops[ARMGPU_STOP_INTERRUPTED];
}

static void narrate_find(const ag_run *r)
{
    const ag_run_collector *c = &r->collector;
    uint64_t lanes = ag_run_count_lanes(&r->settings);

    if (r->settings.conditions.count == 0)
        return;
    if (c->is_done && c->matches == 1)
        ag_cli_say("stopped at the first lane that matches (--first); later "
                   "lanes were not looked at");
    else if (c->is_done)
        ag_cli_say("stopped at the first %" PRIu64 " lanes that match "
                   "(--first); later lanes were not looked at",
                   c->matches);
    else if (c->matches == 0 && c->ended < lanes)
        ag_cli_say("no lane matches --find; %" PRIu64 " of %" PRIu64 " lanes "
                   "were examined",
                   c->ended, lanes);
    else if (c->matches == 0 && unfinished(r) != 0)
        ag_cli_say("no lane matches --find, of %" PRIu64 " that ended",
                   lanes - unfinished(r));
    else if (c->matches == 0)
        ag_cli_say("no lane matches --find");
}

/*
 * The worst lane decides, but interrupting a run outranks its lanes. Of lanes
 * that never began nobody knows whether they match, so 1 needs all of them.
 */
static int worst_status(const ag_run *r)
{
    const ag_run_summary *s = &r->summary;
    bool was_cut = r->timed_out && unfinished(r) != 0;

    if (s->device_lanes != 0 || r->has_failed)
        return AG_CLI_EXIT_FAILED;
    if (r->ended_by != 0)
        return AG_CLI_EXIT_SIGNAL + r->ended_by;
    if (r->settings.require_match && r->collector.matches == 0 && !was_cut)
        return AG_CLI_EXIT_NO_MATCH;
    if (s->bad_lanes != 0)
        return AG_CLI_EXIT_LANES;
    return s->limited_lanes != 0 || was_cut ? AG_CLI_EXIT_LIMIT
                                            : AG_CLI_EXIT_OK;
}

/* --propagate: of one lane that ended by itself, as a shell has statuses. */
int ag_run_exit_status(const ag_run *r)
{
    int status = worst_status(r);
    armgpu_lane_result l;
    uint64_t n = 1;

    if (!r->settings.process.propagates || status != AG_CLI_EXIT_LANES ||
        armgpu_get_results(r->g, ag_run_lane_at(&r->settings, 0, &n), 1, &l) !=
            ARMGPU_OK ||
        !has_trait(l.stop_reason, ARMGPU_STOP_HAS_STATUS))
        return status;
    return (int)(l.stop_code & 255);
}

/* What a table would have said, where there is none. */
static void narrate_faults(const ag_run *r)
{
    const ag_run_summary *s = &r->summary;

    for (size_t i = 0; i < s->place_count; i++) {
        char text[AG_RUN_EXPLANATION];
        uint64_t lanes = s->places[i].lanes;

        if (r->settings.process.propagates &&
            has_trait(s->places[i].first.stop_reason, ARMGPU_STOP_HAS_STATUS))
            continue;
        ag_run_explain(r, &s->places[i], text);
        if (ag_run_count_lanes(&r->settings) == 1)
            ag_cli_say("%s", text);
        else
            ag_cli_say("lane %" PRIu64 "%s: %s", s->places[i].ranges[0].first,
                       lanes == 1 ? "" : " and others", text);
    }
}

/* Programs that miss one may do without. */
static void narrate_calls(const ag_run *r)
{
    char names[1024];

    if (ag_run_list_calls(r, ", ", names, sizeof names))
        ag_cli_say("system calls that there are not%s: %s",
                   r->settings.process.is_strict ? "" : ", and got ENOSYS",
                   names);
}

void ag_run_narrate(const ag_run *r)
{
    uint64_t limited = r->result.stops[ARMGPU_STOP_MAX_CYCLES];
    uint64_t left = unfinished(r), lanes = ag_run_count_lanes(&r->settings);

    if (r->settings.quiet)
        return;
    fflush(stdout); /* the remark comes after what it is about */
    if (r->ended_by != 0)
        ag_cli_say("interrupted; %" PRIu64 " of %" PRIu64 " lanes had not "
                   "finished, and these are the results so far",
                   left, lanes);
    else if (left != 0 && r->timed_out)
        ag_cli_say("stopped after %g s (--timeout); %" PRIu64 " of %" PRIu64
                   " lanes had not finished",
                   r->settings.timeout, left, lanes);
    narrate_find(r);
    if (r->settings.process.says_faults)
        narrate_faults(r);
    narrate_calls(r);
    if (limited != 0 && !r->collector.is_done)
        ag_cli_say("%" PRIu64 " of %" PRIu64 " lanes reached the limit of "
                   "%" PRIu64 " instructions; raise it with --max-cycles",
                   limited, lanes,
                   r->settings.max_cycles.value);
}
