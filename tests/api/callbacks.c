/*
 * What is called back: what it sees of a lane is kept by the lane's number, what
 * it sets depends on that alone. How it looks and sets depends on the seed that
 * the callback was set with.
 */
#include "api.h"

#include <inttypes.h>

const char *const api_stop_names[API_STOPS] = {
    [API_BY_NOBODY] = "not stopped",
    [API_BY_PREPARE] = "stopped by prepare()",
    [API_BY_FINISH] = "stopped by finish()",
    [API_BY_REQUEST] = "request_stop() by finish()",
    [API_BY_TRACE] = "stopped by a trace"};

static bool must_stop(const struct api_handle *h, enum api_stop by, uint64_t n)
{
    return h->stop == by && n >= h->stop_after;
}

static void must(struct api_handle *h, const char *what, int32_t code)
{
    if (code != ARMGPU_OK)
        api_differ(h->sequence, h, "%s: %s '%s'", what,
                   armgpu_error_name(code), armgpu_error_message(h->g));
}

/* Bytes of all of them: each its own slice, or the same address of a list that
   names everyone twice. Shared memory may be changing under lanes that go on. */
static void see_bytes(struct api_handle *h, const uint64_t *lanes, uint64_t n,
                      uint64_t seed, uint8_t (*bytes)[API_SLICE])
{
    struct random_source r = random_for(seed, 1, 0);
    uint64_t list[2 * API_LANES];
    if (!h->sequence->is_private || random_one_in(&r, 2)) {
        for (uint64_t i = 0; i < n; i++)
            must(h, "read_memory",
                 armgpu_read_memory(h->g, lanes[i],
                                    API_DATA + lanes[i] * API_SLICE, bytes[i],
                                    API_SLICE));
        return;
    }
    for (uint64_t i = 0; i < 2 * n; i++)
        list[i] = lanes[i / 2];
    uint64_t address = random_below(&r, h->sequence->memory - API_SLICE);
    must(h, "read_memory_lanes",
         armgpu_read_memory_lanes(h->g, list, 2 * n, address, bytes, API_SLICE));
    for (uint64_t i = 0; i < n; i++)
        memmove(bytes[i], bytes[2 * i], API_SLICE);
}

static void see_state(struct api_handle *h, uint64_t lane, armgpu_state *state)
{
    state->size = sizeof *state;
    must(h, "get_state", armgpu_get_state(h->g, lane, 1, state));
    api_clean_state(state);
}

static bool is_listed(struct api_handle *h, const uint64_t *lanes, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        if (lanes[i] >= h->sequence->lanes ||
            (i > 0 && lanes[i] <= lanes[i - 1])) {
            api_differ(h->sequence, h, "lane %" PRIu64 " after %" PRIu64,
                       lanes[i], i > 0 ? lanes[i - 1] : 0);
            return false;
        }
    return true;
}

/* -- finish() -------------------------------------------------------------- */

static void see_finished(struct api_handle *h, uint64_t lane,
                         const armgpu_lane_result *result, const uint8_t *bytes)
{
    struct api_seen *seen = &h->finished[lane], before = *seen;
    armgpu_lane_result again;
    seen->times++;
    if (h->sequence->keeps_first && before.times > 0 &&
        before.result.stop_reason != ARMGPU_STOP_INTERRUPTED)
        return;
    seen->result = *result;
    must(h, "get_results", armgpu_get_results(h->g, lane, 1, &again));
    if (memcmp(&again, result, sizeof again) != 0)
        api_differ(h->sequence, h, "finish() was given another result for "
                   "lane %" PRIu64 " than get_results() gives", lane);
    api_clean_result(&seen->result);
    see_state(h, lane, &seen->state);
    memcpy(seen->bytes, bytes, API_SLICE);
}

int32_t api_on_finish(void *user, armgpu *g, const uint64_t *lanes,
                      const armgpu_lane_result *results, uint64_t n)
{
    struct api_handle *h = user;
    uint8_t bytes[2 * API_LANES][API_SLICE];
    if (!is_listed(h, lanes, n))
        return 1;
    see_bytes(h, lanes, n, h->sequence->finish_seed, bytes);
    for (uint64_t i = 0; i < n; i++)
        see_finished(h, lanes[i], &results[i], bytes[i]);
    h->num_finished += n;
    if (must_stop(h, API_BY_REQUEST, h->num_finished))
        armgpu_request_stop(g);
    return must_stop(h, API_BY_FINISH, h->num_finished);
}

/* -- prepare() ------------------------------------------------------------- */

static void set_lane(struct api_handle *h, uint64_t lane)
{
    struct api_sequence *s = h->sequence;
    struct random_source r = random_for(s->prepare_seed, 2, lane);
    armgpu_state state;
    uint64_t regs[32];
    uint8_t bytes[40];
    switch (random_below(&r, 8)) {
    case 0:
        api_fill_registers(s, &r, lane, regs);
        must(h, "set_registers_lane",
             armgpu_set_registers_lane(h->g, lane, regs));
        break;
    case 1:
        must(h, "set_pc_lane",
             armgpu_set_pc_lane(h->g, lane, api_choose_pc(s, &r, true)));
        break;
    case 2:
        api_fill_bytes(s, &r, bytes, sizeof bytes);
        must(h, "write_memory",
             armgpu_write_memory(h->g, lane, API_DATA + lane * API_SLICE + 3,
                                 bytes, sizeof bytes));
        break;
    case 3:
        api_fill_state(s, &r, lane, &state);
        must(h, "set_state", armgpu_set_state(h->g, lane, 1, &state));
        break;
    case 4:
        must(h, "assign_program",
             armgpu_assign_program(h->g, lane, 1,
                                   random_below(&r, s->num_programs)));
    }
}

/* The same for all of them in one call. */
static void set_lanes(struct api_handle *h, uint64_t first, uint64_t n)
{
    struct api_sequence *s = h->sequence;
    struct random_source r = random_for(s->prepare_seed, 3, 0);
    uint64_t regs[API_LANES][32], address = API_DATA + random_below(&r, 100);
    uint8_t bytes[API_LANES][19];
    for (uint64_t i = 0; i < n; i++) {
        struct random_source of_lane = random_for(s->prepare_seed, 4, first + i);
        api_fill_registers(s, &of_lane, first + i, regs[i]);
        api_fill_bytes(s, &of_lane, bytes[i], sizeof bytes[i]);
    }
    if (random_one_in(&r, 2))
        must(h, "set_registers", armgpu_set_registers(h->g, first, n, regs[0]));
    if (random_one_in(&r, 2))
        must(h, "write_memory_range",
             armgpu_write_memory_range(h->g, first, n, address, bytes,
                                       sizeof bytes[0]));
}

static void see_prepared(struct api_handle *h, uint64_t first, uint64_t n)
{
    uint8_t bytes[2 * API_LANES][API_SLICE];
    uint64_t lanes[API_LANES] = {0};
    for (uint64_t i = 0; i < n; i++)
        lanes[i] = first + i;
    see_bytes(h, lanes, n, h->sequence->prepare_seed, bytes);
    for (uint64_t i = 0; i < n; i++) {
        see_state(h, lanes[i], &h->prepared[lanes[i]].state);
        memcpy(h->prepared[lanes[i]].bytes, bytes[i], API_SLICE);
    }
}

int32_t api_on_prepare(void *user, armgpu *g, uint64_t first, uint64_t n)
{
    struct api_handle *h = user;
    struct api_sequence *s = h->sequence;
    (void)g;
    if (n > s->lanes || first > s->lanes - n) {
        api_differ(s, h, "prepare(%" PRIu64 ", %" PRIu64 ")", first, n);
        return 1;
    }
    for (uint64_t lane = first; lane < first + n; lane++)
        h->prepared[lane].times++;
    struct random_source r = random_for(s->prepare_seed, 5, 0);
    if (random_one_in(&r, 2))
        see_prepared(h, first, n);
    if (random_one_in(&r, 2))
        set_lanes(h, first, n);
    bool sets_each = !random_one_in(&r, 3);
    for (uint64_t lane = first; lane < first + n && sets_each; lane++)
        set_lane(h, lane);
    h->num_prepared += n;
    return (s->prepare_stops && first == 0) ||
           must_stop(h, API_BY_PREPARE, h->num_prepared);
}

/* -- Traces ---------------------------------------------------------------- */

int32_t api_on_trace(void *user, uint64_t lane, const armgpu_state *state,
                     uint32_t word)
{
    struct api_handle *h = user;
    const uint64_t seen[] = {lane,        state->pc, state->cycles, word,
                             state->x[0], state->x[3], state->sp, state->nzcv};
    for (size_t i = 0; i < LENGTH(seen); i++)
        h->trace = (h->trace ^ seen[i]) * UINT64_C(0x9e3779b97f4a7c15);
    h->num_steps++;
    return must_stop(h, API_BY_TRACE, h->num_steps);
}
