/* Calls that read: what they leave is compared at once. */
#include "api.h"

#include <inttypes.h>

/* Of lanes that all handles have, mostly. */
static struct api_lanes choose_lanes(struct api_sequence *s,
                                     struct random_source *r)
{
    return api_choose_lanes(s, r, random_one_in(r, 4) ? s->lanes : api_reach(s));
}

static void look_at_registers(struct api_sequence *s, struct api_lanes at)
{
    API_EACH(s, h) {
        uint64_t *regs = api_room(s, h);
        int32_t code = at.n == 1
                           ? armgpu_get_lane_registers(h->g, at.first, regs)
                           : armgpu_get_registers(h->g, at.first, at.n, regs);
        if (api_answer(s, h, at, code))
            api_compare(s, h, "registers", s->expected, regs,
                        32 * sizeof *regs, at.n);
    }
}

void api_look_at_registers(struct api_sequence *s, struct random_source *r)
{
    struct api_lanes at = choose_lanes(s, r);
    api_told(s, "get_registers(%" PRIu64 ", %" PRIu64 ")", at.first, at.n);
    look_at_registers(s, at);
}

static void look_at_states(struct api_sequence *s, struct api_lanes at)
{
    API_EACH(s, h) {
        armgpu_state *states = api_room(s, h);
        states->size = sizeof *states;
        if (!api_answer(s, h, at,
                        armgpu_get_state(h->g, at.first, at.n, states)))
            continue;
        for (uint64_t i = 0; i < at.n; i++)
            api_clean_state(&states[i]);
        api_compare(s, h, "states", s->expected, states, sizeof *states, at.n);
    }
}

void api_look_at_states(struct api_sequence *s, struct random_source *r)
{
    struct api_lanes at = choose_lanes(s, r);
    api_told(s, "get_state(%" PRIu64 ", %" PRIu64 ")", at.first, at.n);
    look_at_states(s, at);
}

static void look_at_results(struct api_sequence *s, struct api_lanes at)
{
    API_EACH(s, h) {
        armgpu_lane_result *results = api_room(s, h);
        if (!api_answer(s, h, at,
                        armgpu_get_results(h->g, at.first, at.n, results)))
            continue;
        for (uint64_t i = 0; i < at.n; i++)
            api_clean_result(&results[i]);
        api_compare(s, h, "results", s->expected, results, sizeof *results,
                    at.n);
    }
}

void api_look_at_results(struct api_sequence *s, struct random_source *r)
{
    struct api_lanes at = choose_lanes(s, r);
    api_told(s, "get_results(%" PRIu64 ", %" PRIu64 ")", at.first, at.n);
    look_at_results(s, at);
}

static void look_at_range(struct api_sequence *s, struct api_lanes at,
                          uint64_t address, size_t size)
{
    API_EACH(s, h) {
        uint8_t *bytes = api_room(s, h);
        int32_t code =
            at.n == 1 ? armgpu_read_memory(h->g, at.first, address, bytes, size)
                      : armgpu_read_memory_range(h->g, at.first, at.n, address,
                                                 bytes, size);
        if (api_answer(s, h, at, code) && size > 0)
            api_compare(s, h, "memory", s->expected, bytes, size, at.n);
    }
}

void api_look_at_memory(struct api_sequence *s, struct random_source *r)
{
    struct api_lanes at = api_choose_lane(s, r, s->lanes);
    size_t size;
    uint64_t address = api_choose_range(s, r, &size);
    api_told(s, "read_memory(%" PRIu64 ", 0x%" PRIx64 ", %zu bytes)", at.first,
             address, size);
    look_at_range(s, at, address, size);
}

void api_look_at_range(struct api_sequence *s, struct random_source *r)
{
    struct api_lanes at = choose_lanes(s, r);
    size_t size;
    uint64_t address = api_choose_range(s, r, &size);
    api_told(s, "read_memory_range(%" PRIu64 ", %" PRIu64 ", 0x%" PRIx64
             ", %zu bytes)", at.first, at.n, address, size);
    look_at_range(s, at, address, size);
}

/* Lanes may be listed more than once, and more of them than there are. */
void api_look_at_list(struct api_sequence *s, struct random_source *r)
{
    uint64_t lanes[3 * API_LANES], n = random_below(r, 3 * s->lanes + 1);
    struct api_lanes most = {0, n > 0};
    size_t size;
    uint64_t address = api_choose_range(s, r, &size);
    for (uint64_t i = 0; i < n; i++) {
        lanes[i] = random_below(r, api_reach(s));
        if (random_one_in(r, 2000))
            lanes[i] = s->lanes + random_below(r, 2);
        most.n = lanes[i] >= most.n ? lanes[i] + 1 : most.n;
    }
    api_told(s, "read_memory_lanes(%" PRIu64 " lanes, 0x%" PRIx64
             ", %zu bytes)", n, address, size);
    API_EACH(s, h) {
        uint8_t *bytes = api_room(s, h);
        if (api_answer(s, h, most,
                       armgpu_read_memory_lanes(h->g, lanes, n, address, bytes,
                                                size)) &&
            size > 0)
            api_compare(s, h, "listed memory", s->expected, bytes, size, n);
    }
}

void api_look_at_all(struct api_sequence *s)
{
    const size_t piece = 2048;
    struct api_lanes at = {0, api_reach(s)};
    api_told(s, "all of lanes 0 to %" PRIu64, at.n - 1);
    look_at_states(s, at);
    look_at_registers(s, at);
    look_at_results(s, at);
    if (!s->is_private)
        at.n = 1;
    for (uint64_t address = 0; address < s->memory; address += piece)
        look_at_range(s, at, address,
                      s->memory - address < piece ? s->memory - address
                                                  : piece);
}
