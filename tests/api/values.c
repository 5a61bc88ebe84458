/*
 * Arguments. Most are valid: a sequence that is refused everything shows
 * nothing.
 */
#include "api.h"

uint64_t api_reach(const struct api_sequence *s)
{
    return s->has_waves && s->phase != API_RUN ? s->least_resident : s->lanes;
}

struct api_lanes api_choose_lane(struct api_sequence *s,
                                 struct random_source *r, uint64_t limit)
{
    uint64_t lane = random_one_in(r, 4) ? random_below(r, limit) : s->favourite;
    if (random_one_in(r, 24))
        lane = random_one_in(r, 2) ? s->lanes : UINT64_MAX;
    return (struct api_lanes){lane, 1};
}

static struct api_lanes choose_wrong(const struct api_sequence *s,
                                     struct random_source *r)
{
    switch (random_below(r, 4)) {
    case 0:
        return (struct api_lanes){s->lanes, 1};
    case 1:
        return (struct api_lanes){s->lanes - 1, 2};
    case 2:
        return (struct api_lanes){1, UINT64_MAX};
    default:
        return (struct api_lanes){UINT64_MAX - random_below(r, 2), 1};
    }
}

struct api_lanes api_choose_lanes(struct api_sequence *s,
                                  struct random_source *r, uint64_t limit)
{
    uint64_t first = random_below(r, limit);
    if (random_one_in(r, 24))
        return choose_wrong(s, r);
    switch (random_below(r, 8)) {
    case 0:
    case 1:
        return (struct api_lanes){0, limit};
    case 2:
    case 3:
        return (struct api_lanes){first, random_below(r, limit - first + 1)};
    default:
        return api_choose_lane(s, r, limit);
    }
}

uint64_t api_choose_pc(struct api_sequence *s, struct random_source *r,
                       bool is_valid)
{
    uint64_t pc;
    api_choose_program(s, r, &pc);
    if (s->is_wild && random_one_in(r, 2))
        pc = random_below(r, s->memory / 4) * 4u;
    if (is_valid || !random_one_in(r, 24))
        return pc;
    return random_one_in(r, 2) ? pc + 1 + random_below(r, 3)
                               : s->memory + random_below(r, 2) * 4u;
}

void api_fill_bytes(struct api_sequence *s, struct random_source *r,
                    uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(random_next(r) & (s->is_wild ? 0xff : 1));
}

/* Data, or one word of code. */
void api_choose_piece(struct api_sequence *s, struct random_source *r,
                      struct api_piece *piece)
{
    uint64_t low = API_DATA, high = API_DATA + s->lanes * API_SLICE;
    if (s->is_wild && random_one_in(r, 2)) {
        low = 0;
        high = s->memory;
    }
    piece->size = random_one_in(r, 16) ? 0 : 1 + random_below(r, 64);
    piece->address = low + random_below(r, high - low - piece->size + 1);
    api_fill_bytes(s, r, piece->bytes, piece->size);
    if (random_one_in(r, 4)) {
        uint32_t word = api_choose_patch(s, r);
        piece->size = sizeof word;
        piece->address = random_below(r, API_CODE_END / 4) * 4u;
        memcpy(piece->bytes, &word, sizeof word);
    }
    if (random_one_in(r, 24))
        piece->address = random_one_in(r, 2) ? s->memory - piece->size + 1
                                             : UINT64_MAX - 2;
}

uint64_t api_choose_range(struct api_sequence *s, struct random_source *r,
                          size_t *size)
{
    *size = random_one_in(r, 16) ? 0 : 1 + random_below(r, 256);
    if (random_one_in(r, 24))
        return random_one_in(r, 2) ? s->memory - *size + 1 : UINT64_MAX - 2;
    return random_one_in(r, 2)
               ? random_below(r, s->memory - *size + 1)
               : API_DATA + random_below(r, s->lanes * API_SLICE - *size % 128);
}

/* What programs point with, and what one of them writes and executes. */
static void tame_registers(struct random_source *r, uint64_t lane,
                           uint64_t regs[32])
{
    uint64_t slice = API_DATA + lane * API_SLICE;
    regs[1] = slice;
    regs[2] = regs[30] = API_NOTHING;
    regs[3] = random_next(r) & 0x01010101;
    regs[4] = random_next(r) & 0x01010101;
    regs[5] = API_COUNTER;
    regs[ARMGPU_REGISTER_SP] = slice + API_SLICE;
}

void api_fill_registers(struct api_sequence *s, struct random_source *r,
                        uint64_t lane, uint64_t regs[32])
{
    for (int i = 0; i < 32; i++)
        regs[i] = random_value(r);
    if (!s->is_wild)
        tame_registers(r, lane, regs);
}

static uint64_t choose_monitor_size(struct random_source *r)
{
    static const uint8_t sizes[] = {0, 0, 0, 1, 2, 4, 8, 16};
    return sizes[random_below(r, LENGTH(sizes))];
}

void api_fill_state(struct api_sequence *s, struct random_source *r,
                    uint64_t lane, armgpu_state *state)
{
    uint64_t regs[32];
    api_fill_registers(s, r, lane, regs);
    memset(state, 0, sizeof *state);
    state->size = sizeof *state;
    memcpy(state->x, regs, sizeof state->x);
    state->sp = regs[31];
    state->pc = api_choose_pc(s, r, true);
    state->nzcv = random_value(r);
    state->tpidr = random_value(r);
    state->fpcr = random_value(r);
    state->fpsr = random_value(r);
    state->cycles = random_one_in(r, 8) ? UINT64_C(1) << 40
                                        : random_below(r, 1000);
    state->monitor_address = API_DATA + lane * API_SLICE;
    state->monitor_size = choose_monitor_size(r);
    state->monitor_value[0] = random_below(r, 3);
    for (int i = 0; i < 64 && random_one_in(r, 3); i++)
        state->v[i / 2][i % 2] = random_value(r);
}
