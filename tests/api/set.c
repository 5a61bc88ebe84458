/* Calls that set registers and memory, of all lanes or of some. */
#include "api.h"

#include <inttypes.h>

/* Orderly lanes keep what they point with. */
static void choose_start(struct api_sequence *s, struct random_source *r,
                         uint32_t *reg, uint64_t *factor, uint64_t *constant)
{
    *reg = random_one_in(r, 2) ? random_below(r, 36)
           : random_one_in(r, 2) ? (uint32_t)ARMGPU_REGISTER_PC
                                 : random_below(r, 4);
    *factor = random_value(r);
    *constant = random_value(r);
    if (!s->is_wild && *reg >= 1 && *reg <= 5)
        *reg += 5;
    if (!s->is_wild && (*reg == 30 || *reg == ARMGPU_REGISTER_SP)) {
        *reg = ARMGPU_REGISTER_SP;
        *factor = API_SLICE;
        *constant = API_DATA + API_SLICE;
    } else if (*reg == ARMGPU_REGISTER_PC) {
        *factor = s->is_wild ? random_below(r, 3) * 4u : 0;
        *constant = api_choose_pc(s, r, false);
    } else if (*reg == ARMGPU_REGISTER_NZCV && !random_one_in(r, 8)) {
        *factor = 0;
    }
}

void api_set_register_all(struct api_sequence *s, struct random_source *r)
{
    uint32_t reg;
    uint64_t factor, constant;
    choose_start(s, r, &reg, &factor, &constant);
    if (!api_may_set_all(s))
        return;
    api_told(s, "set_register_all(%" PRIu32 ", 0x%" PRIx64 ", 0x%" PRIx64 ")",
             reg, factor, constant);
    API_EACH(s, h)
        api_answer(s, h, API_NO_LANES,
                   armgpu_set_register_all(h->g, reg, factor, constant));
}

void api_set_pc_all(struct api_sequence *s, struct random_source *r)
{
    uint64_t pc = api_choose_pc(s, r, false);
    if (!api_may_set_all(s))
        return;
    api_told(s, "set_pc_all(0x%" PRIx64 ")", pc);
    API_EACH(s, h)
        api_answer(s, h, API_NO_LANES, armgpu_set_pc_all(h->g, pc));
}

void api_set_pc(struct api_sequence *s, struct random_source *r)
{
    struct api_lanes at = api_choose_lanes(s, r, api_reach(s));
    uint64_t pcs[API_LANES];
    bool is_one = at.n == 1 && random_one_in(r, 2);
    for (size_t i = 0; i < API_LANES; i++)
        pcs[i] = api_choose_pc(s, r, !random_one_in(r, 8));
    api_told(s, "set_pc%s(%" PRIu64 ", %" PRIu64 ", 0x%" PRIx64 " ...)",
             is_one ? "_lane" : "", at.first, at.n, pcs[0]);
    API_EACH(s, h)
        api_answer(s, h, at,
                   is_one ? armgpu_set_pc_lane(h->g, at.first, pcs[0])
                          : armgpu_set_pc(h->g, at.first, at.n, pcs));
}

void api_set_registers(struct api_sequence *s, struct random_source *r)
{
    struct api_lanes at = api_choose_lanes(s, r, api_reach(s));
    uint64_t regs[API_LANES][32];
    bool is_one = at.n == 1 && random_one_in(r, 2);
    for (uint64_t i = 0; i < API_LANES; i++)
        api_fill_registers(s, r, at.first + i, regs[i]);
    api_told(s, "set_registers%s(%" PRIu64 ", %" PRIu64 ")",
             is_one ? "_lane" : "", at.first, at.n);
    API_EACH(s, h)
        api_answer(s, h, at,
                   is_one ? armgpu_set_registers_lane(h->g, at.first, regs[0])
                          : armgpu_set_registers(h->g, at.first, at.n,
                                                 regs[0]));
}

/* The last of them may be wrong. */
static void spoil_state(struct api_sequence *s, struct random_source *r,
                        armgpu_state *state)
{
    switch (random_below(r, 3)) {
    case 0:
        state->monitor_size = 3;
        break;
    case 1:
        state->pc = s->memory + random_below(r, 2);
        break;
    default:
        state->pc += 2;
    }
}

void api_set_state(struct api_sequence *s, struct random_source *r)
{
    struct api_lanes at = api_choose_lanes(s, r, api_reach(s));
    static armgpu_state states[API_LANES];
    for (uint64_t i = 0; i < API_LANES; i++)
        api_fill_state(s, r, at.first + i, &states[i]);
    if (at.n > 0 && at.n <= API_LANES && random_one_in(r, 16))
        spoil_state(s, r, &states[at.n - 1]);
    api_told(s, "set_state(%" PRIu64 ", %" PRIu64 "): pc 0x%" PRIx64, at.first,
             at.n, states[0].pc);
    API_EACH(s, h)
        api_answer(s, h, at, armgpu_set_state(h->g, at.first, at.n, states));
}

void api_write_memory(struct api_sequence *s, struct random_source *r)
{
    struct api_lanes at = api_choose_lane(s, r, api_reach(s));
    struct api_piece piece;
    api_choose_piece(s, r, &piece);
    api_told(s, "write_memory(%" PRIu64 ", 0x%" PRIx64 ", %zu bytes)", at.first,
             piece.address, piece.size);
    API_EACH(s, h)
        api_answer(s, h, at,
                   armgpu_write_memory(h->g, at.first, piece.address,
                                       piece.bytes, piece.size));
}

/* Every lane gets bytes of its own, or the same word of code. */
void api_write_range(struct api_sequence *s, struct random_source *r)
{
    struct api_lanes at = api_choose_lanes(s, r, api_reach(s));
    struct api_piece piece;
    uint8_t bytes[API_LANES * sizeof piece.bytes];
    api_choose_piece(s, r, &piece);
    for (size_t i = 0; i < API_LANES; i++) {
        if (piece.address >= API_DATA)
            api_fill_bytes(s, r, piece.bytes, piece.size);
        memcpy(bytes + i * piece.size, piece.bytes, piece.size);
    }
    api_told(s, "write_memory_range(%" PRIu64 ", %" PRIu64 ", 0x%" PRIx64
             ", %zu bytes)", at.first, at.n, piece.address, piece.size);
    API_EACH(s, h)
        api_answer(s, h, at,
                   armgpu_write_memory_range(h->g, at.first, at.n,
                                             piece.address, bytes, piece.size));
}
