/*
 * Callbacks and executions. What became of lanes is compared by what finish()
 * saw of them; with waves that is all there is. An execution that was stopped
 * before it began leaves lanes that are resident where they were (API_HELD).
 */
#include "api.h"

#include <inttypes.h>

/* -- Callbacks ------------------------------------------------------------- */

static void set_prepare(struct api_sequence *s)
{
    API_EACH(s, h)
        armgpu_set_prepare(h->g, s->has_prepare ? api_on_prepare : NULL, h);
}

static void set_finish(struct api_sequence *s, bool has_finish)
{
    API_EACH(s, h)
        armgpu_set_finish(h->g, has_finish ? api_on_finish : NULL, h);
}

static void set_trace(struct api_sequence *s, uint64_t lane, bool has_trace)
{
    struct api_lanes none = API_NO_LANES;
    API_EACH(s, h)
        api_answer(s, h, none,
                   armgpu_set_trace(h->g, lane, has_trace ? api_on_trace : NULL,
                                    h));
}

/* Not while some handles have prepared more lanes than others. */
void api_set_prepare(struct api_sequence *s, struct random_source *r)
{
    if (s->phase == API_HELD && s->has_waves)
        return;
    s->has_prepare = !random_one_in(r, 3);
    s->prepare_stops = random_one_in(r, 8);
    s->prepare_seed = random_next(r);
    api_told(s, "set_prepare(%s)", !s->has_prepare     ? "NULL"
                                   : s->prepare_stops ? "stops"
                                                      : "goes on");
    set_prepare(s);
}

void api_set_finish(struct api_sequence *s, struct random_source *r)
{
    s->has_finish = !random_one_in(r, 3);
    s->finish_seed = random_next(r);
    api_told(s, "set_finish(%s)", s->has_finish ? "collects" : "NULL");
    set_finish(s, s->has_finish);
}

void api_set_trace(struct api_sequence *s, struct random_source *r)
{
    bool has_trace = !random_one_in(r, 3);
    uint64_t lane = random_one_in(r, 3) ? random_below(r, s->lanes + 1)
                                        : s->favourite;
    api_told(s, "set_trace(%" PRIu64 ", %s)", lane, has_trace ? "" : "NULL");
    set_trace(s, lane, has_trace);
    if (s->code != ARMGPU_OK)
        return;
    s->has_trace = has_trace;
    s->traced_lane = lane;
}

void api_request_stop(struct api_sequence *s, struct random_source *r)
{
    (void)r;
    api_told(s, "request_stop()");
    API_EACH(s, h)
        armgpu_request_stop(h->g);
    s->is_stop_requested = true;
}

/* -- Comparing ------------------------------------------------------------- */

/* What became of `n` lanes that a callback saw; of the others none. */
static void compare_seen(struct api_sequence *s, struct api_handle *h,
                         const char *what, const struct api_seen *expected,
                         const struct api_seen *found, uint64_t n)
{
    static const struct api_seen none;
    for (uint64_t lane = 0; lane < s->lanes; lane++) {
        const struct api_seen *a = lane < n ? &expected[lane] : &none;
        const struct api_seen *b = &found[lane];
        if (a->times != b->times && !s->keeps_first)
            api_differ(s, h, "%s() saw lane %" PRIu64 " %" PRIu64
                       " times, not %" PRIu64, what, lane, b->times, a->times);
        char text[64];
        snprintf(text, sizeof text, "what %s() saw of lane %" PRIu64, what,
                 lane);
        if (a->times == 0 && b->times == 0)
            continue;
        api_compare(s, h, text, &a->result, &b->result, sizeof a->result, 1);
        api_compare(s, h, text, &a->state, &b->state, sizeof a->state, 1);
        api_compare(s, h, text, a->bytes, b->bytes, 1, sizeof a->bytes);
    }
}

/* Totals without times; those of waves that are held or gone are known. */
static void compare_totals(struct api_sequence *s, struct api_handle *h,
                           armgpu_result *result, uint64_t n)
{
    armgpu_result *expected = (armgpu_result *)(void *)s->expected;
    result->elapsed_seconds = result->device_seconds = 0;
    if (h == s->handles)
        *expected = *result;
    if (n == s->lanes) {
        api_compare(s, h, "totals", expected, result, sizeof *result, 1);
        return;
    }
    uint64_t stops = 0;
    for (uint32_t i = 0; i < ARMGPU_STOP_COUNT; i++)
        stops += result->stops[i];
    if (result->total_cycles != 0 || stops != n ||
        result->stops[ARMGPU_STOP_INTERRUPTED] != n)
        api_differ(s, h, "%" PRIu64 " instructions, %" PRIu64
                   " lanes stopped, not %" PRIu64 " interrupted",
                   result->total_cycles, stops, n);
}

/* What finish() saw is what is there afterwards. */
static void compare_with_reference(struct api_sequence *s)
{
    struct api_handle *h = s->handles;
    for (uint64_t lane = 0; lane < s->lanes; lane++) {
        armgpu_state state = {.size = sizeof state};
        armgpu_lane_result result;
        if (h->finished[lane].times == 0)
            continue;
        armgpu_get_state(h->g, lane, 1, &state);
        armgpu_get_results(h->g, lane, 1, &result);
        api_clean_state(&state);
        api_clean_result(&result);
        if (memcmp(&state, &h->finished[lane].state, sizeof state) != 0 ||
            memcmp(&result, &h->finished[lane].result, sizeof result) != 0)
            api_differ(s, h, "lane %" PRIu64 " is not as finish() saw it",
                       lane);
    }
}

/* -- Executing ------------------------------------------------------------- */

static uint64_t choose_limit(struct api_sequence *s, struct random_source *r)
{
    static const uint32_t limits[] = {8, 40, 400, 3000};
    uint64_t limit = 1 + random_below(r, limits[random_below(r, 4)]);
    if (s->has_trace)
        return 1 + limit % 200;
    return s->is_wild || random_one_in(r, 2) ? limit : 0;
}

/* How many of the handle's lanes do what those of the reference do. */
static uint64_t count_alike(const struct api_sequence *s,
                            const struct api_handle *h, bool is_held)
{
    if (!h->has_waves)
        return s->lanes;
    return s->phase == API_RUN ? 0 : is_held ? h->resident : s->lanes;
}

static void clear(struct api_handle *h)
{
    memset(h->finished, 0, sizeof h->finished);
    h->trace = h->num_steps = h->num_finished = h->num_prepared = 0;
}

static void execute(struct api_sequence *s, struct api_handle *h,
                    uint64_t limit, bool is_held)
{
    armgpu_result result = {.size = sizeof result};
    uint64_t n = count_alike(s, h, is_held);
    clear(h);
    if (!api_answer(s, h, API_NO_LANES,
                    armgpu_execute(h->g, limit, &result)))
        return;
    compare_totals(s, h, &result, n);
    compare_seen(s, h, "finish", s->handles->finished, h->finished, n);
    compare_seen(s, h, "prepare", s->handles->prepared, h->prepared,
                 s->phase == API_RUN ? s->lanes : n);
    uint64_t steps = n == s->lanes ? s->handles->num_steps : 0;
    if (h->num_steps != steps ||
        (n == s->lanes && h->trace != s->handles->trace))
        api_differ(s, h, "traced %" PRIu64 " steps, not %" PRIu64
                   ", or others", h->num_steps, steps);
}

void api_execute(struct api_sequence *s, struct random_source *r)
{
    uint64_t limit = choose_limit(s, r);
    bool is_held = s->is_stop_requested ||
                   (s->phase == API_READY && s->has_prepare && s->prepare_stops);
    api_told(s, "execute(%" PRIu64 ")", limit);
    API_EACH(s, h)
        execute(s, h, limit, is_held);
    if (s->code != ARMGPU_OK)
        return;
    s->is_stop_requested = false;
    if (s->phase != API_RUN)
        s->phase = is_held ? API_HELD : API_RUN;
    compare_with_reference(s);
}

/* -- Stopping in the middle ------------------------------------------------ */

static void execute_in_two(struct api_sequence *s, struct api_handle *h,
                           enum api_stop by, uint64_t after)
{
    clear(h);
    h->stop = by;
    h->stop_after = after;
    int32_t code = armgpu_execute(h->g, 0, NULL);
    armgpu_set_trace(h->g, s->traced_lane, NULL, NULL);
    h->stop = API_BY_NOBODY;
    if (code == ARMGPU_OK)
        code = armgpu_execute(h->g, 0, NULL);
    if (api_answer(s, h, API_NO_LANES, code))
        compare_seen(s, h, "finish", s->handles->finished, h->finished,
                     s->lanes);
}

/* A callback says stop, another call goes on: how far lanes were differs, how
   each first ended does not. */
void api_stop_and_go_on(struct api_sequence *s, struct random_source *r)
{
    enum api_stop by = 1 + random_below(r, API_STOPS - 1);
    uint64_t after = 1 + random_below(r, by == API_BY_TRACE ? 8 : s->lanes);
    bool has_prepare = s->has_prepare;
    if (s->is_wild || s->is_stop_requested || s->phase != API_READY ||
        s->prepare_stops)
        return;
    api_told(s, "execute(0), %s after %" PRIu64 "; execute(0)",
             api_stop_names[by], after);
    s->has_prepare = has_prepare || by == API_BY_PREPARE;
    set_prepare(s);
    set_finish(s, true);
    set_trace(s, s->favourite, by == API_BY_TRACE);
    s->keeps_first = true;
    API_EACH(s, h)
        execute_in_two(s, h, by, after);
    s->keeps_first = false;
    s->has_prepare = has_prepare;
    set_prepare(s);
    set_finish(s, s->has_finish);
    set_trace(s, s->traced_lane, s->has_trace);
    api_reset(s, r);
}
