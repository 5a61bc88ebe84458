/* Calls that say what lanes begin with: programs, data, which lane has which. */
#include "api.h"

#include <inttypes.h>

void api_was_reset(struct api_sequence *s)
{
    s->phase = API_READY;
    API_EACH(s, h)
        memset(h->prepared, 0, sizeof h->prepared);
}

bool api_may_set_all(const struct api_sequence *s)
{
    return s->phase != API_HELD || !s->has_waves || !s->has_prepare;
}

/* Now and then what is refused. */
static struct api_program choose_program(struct api_sequence *s,
                                         struct random_source *r,
                                         uint64_t *address)
{
    struct api_program p = api_choose_program(s, r, address);
    if (!random_one_in(r, 16))
        return p;
    switch (random_below(r, 4)) {
    case 0:
        p.size = 0;
        break;
    case 1:
        *address += 1 + random_below(r, 3);
        break;
    case 2:
        p.words[0] = 0x464c457f; /* "\x7f" "ELF" */
        break;
    default:
        *address = random_one_in(r, 2) ? s->memory : UINT64_MAX - 3;
    }
    return p;
}

void api_load_program(struct api_sequence *s, struct random_source *r)
{
    uint64_t address;
    struct api_program p = choose_program(s, r, &address);
    if (!api_may_set_all(s))
        return;
    api_told(s, "load_program(%s, 0x%" PRIx64 ")", p.name, address);
    API_EACH(s, h)
        api_answer(s, h, API_NO_LANES,
                   armgpu_load_program(h->g, p.words, p.size, address));
}

void api_load_data(struct api_sequence *s, struct random_source *r)
{
    struct api_piece piece;
    api_choose_piece(s, r, &piece);
    if (!api_may_set_all(s))
        return;
    api_told(s, "load_data(%zu bytes, 0x%" PRIx64 ")", piece.size,
             piece.address);
    API_EACH(s, h)
        api_answer(s, h, API_NO_LANES,
                   armgpu_load_data(h->g, piece.bytes, piece.size,
                                    piece.address));
}

void api_add_program(struct api_sequence *s, struct random_source *r)
{
    uint64_t address;
    struct api_program p = choose_program(s, r, &address);
    uint32_t id = 0;
    if (!api_may_set_all(s) || s->num_programs == API_PROGRAMS)
        return;
    api_told(s, "add_program(%s, 0x%" PRIx64 ")", p.name, address);
    API_EACH(s, h)
        if (api_answer(s, h, API_NO_LANES,
                       armgpu_add_program(h->g, p.words, p.size, address,
                                          &id)) &&
            id != s->num_programs)
            api_differ(s, h, "a program has number %" PRIu32 ", not %" PRIu32,
                       id, s->num_programs);
    s->num_programs += s->code == ARMGPU_OK;
}

/* One in so many does not exist. */
static uint32_t choose_id(const struct api_sequence *s, struct random_source *r,
                          uint32_t wrong)
{
    return random_one_in(r, wrong) ? s->num_programs
                                   : random_below(r, s->num_programs);
}

void api_assign_programs(struct api_sequence *s, struct random_source *r)
{
    uint32_t table[8], how = random_below(r, random_one_in(r, 16) ? 5 : 3);
    uint64_t count = random_below(r, 16) * LENGTH(table) / 15;
    for (size_t i = 0; i < LENGTH(table); i++)
        table[i] = choose_id(s, r, 64);
    api_told(s, "assign_programs(%s %" PRIu32 ", table of %" PRIu64
             ": %" PRIu32 " %" PRIu32 " %" PRIu32 " ...)", "how", how, count,
             table[0], table[1], table[2]);
    API_EACH(s, h)
        api_answer(s, h, API_NO_LANES,
                   armgpu_assign_programs(h->g, how, table, count));
    if (s->code == ARMGPU_OK)
        api_was_reset(s);
}

void api_assign_program(struct api_sequence *s, struct random_source *r)
{
    struct api_lanes at = api_choose_lanes(s, r, api_reach(s));
    uint32_t id = choose_id(s, r, 16);
    api_told(s, "assign_program(%" PRIu64 ", %" PRIu64 ", %" PRIu32 ")",
             at.first, at.n, id);
    API_EACH(s, h)
        api_answer(s, h, at, armgpu_assign_program(h->g, at.first, at.n, id));
}

void api_reset(struct api_sequence *s, struct random_source *r)
{
    (void)r;
    api_told(s, "reset()");
    API_EACH(s, h)
        api_answer(s, h, API_NO_LANES, armgpu_reset(h->g));
    if (s->code == ARMGPU_OK)
        api_was_reset(s);
}
