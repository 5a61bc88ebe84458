/*
 * Subjects on generated code: single words of every row, words that stop as
 * undefined, addresses at every edge, short programs, programs that lanes
 * decode for themselves, exclusives, and programs cut short by their limit.
 *
 * Code lies in one image with many snippets. Lanes are spread over them in
 * several ways, because backends take other paths when neighbours agree.
 */
#include "cli/check/check.h"

#include <string.h>

#define WORD_PLACE 8   /* bytes: the word, then HLT */
#define FIRST_PLACE 64 /* edges reach into the first bytes of memory */
#define SEQUENCES 128
#define SEQUENCE_BYTES (4 * AG_CHECK_SEQUENCE)
#define HLT UINT32_C(0xd4400000)
#define QUICK_PART 8
/* More than any of these programs executes unless it loops. */
#define LIMIT 64

/* Of n snippets so many: what is compiled for --quick is a part. */
static uint64_t snippets(const ag_check *c, uint64_t n)
{
    return ag_check_is_translated(c) && c->is_quick ? n / QUICK_PART : n;
}

/* Which of n snippets a lane gets: one each, one for neighbours, for a warp,
   or for all. */
static uint64_t place_of(uint64_t lane, uint64_t round, uint64_t n)
{
    static const uint64_t together[] = {1, 32, 1, 8, 1, UINT64_MAX};

    return lane / together[round / 2 % 6] % n;
}

/* -- Single words ---------------------------------------------------------- */

static void set_base(armgpu_state *s, const ag_check_access *a, uint64_t target)
{
    uint64_t base = target - (uint64_t)a->offset - ag_check_index_value(a, s);

    if (a->base != 31)
        s->x[a->base] = base;
    else
        s->sp = base;
}

/* A literal's address is in its word: in the code, or before memory. */
static uint32_t with_literal(uint32_t word, uint64_t at, ag_check_random *r)
{
    uint64_t to = ag_check_below(r, 8) == 0
                      ? 0 - 4 * ag_check_below(r, 64)
                      : 4 * ag_check_below(r, AG_CHECK_CODE / 4 - 2);

    return (word & UINT32_C(0xff00001f)) | (uint32_t)((to - at) >> 2 & 0x7ffff)
                                               << 5;
}

/* What makes a word safe wherever it is: literals stay in the code, and cache
   maintenance by XZR would be of address 0, which is code. */
static uint32_t settle(uint32_t word, uint64_t at, ag_check_random *r)
{
    ag_check_access a = ag_check_decode_access(word);

    if (a.is_literal)
        return with_literal(word, at, r);
    if (a.is_system && a.base == 31)
        return word & ~UINT32_C(1);
    return word;
}

/* An address for an access: mostly in the lane's window, sometimes one where
   some byte is outside memory. */
static uint64_t target_of(const ag_check_rig *rig, uint64_t lane,
                          uint32_t bytes, ag_check_random *r)
{
    uint64_t low = ag_check_low(rig, lane);
    uint64_t place = ag_check_below(r, AG_CHECK_WINDOW - 64);
    uint64_t far;

    switch (ag_check_below(r, 16)) {
    case 0:
        return bytes == 1 ? rig->memory_size
                          : rig->memory_size - 1 - ag_check_below(r, bytes - 1);
    case 1:
        far = ag_check_value(r);
        return far < rig->memory_size ? rig->memory_size + far : far;
    case 2:
    case 3:
        return low + place;
    default:
        return low + (place & ~(uint64_t)(bytes - 1));
    }
}

/* A monitor that a store-exclusive of these bytes finds closed on it. */
static void close_monitor(const ag_check_rig *rig, armgpu_state *s,
                          uint64_t target, uint32_t bytes, ag_check_random *r)
{
    s->monitor_size = bytes;
    s->monitor_address = target;
    s->monitor_value[0] = s->monitor_value[1] = 0;
    if (target > rig->memory_size - 16 || ag_check_below(r, 4) == 0)
        return;
    s->monitor_value[0] =
        ag_check_get(rig->image + target, bytes < 8 ? bytes : 8);
    if (bytes == 16)
        s->monitor_value[1] = ag_check_get(rig->image + target + 8, 8);
}

/* Where the base is also the index, no value gives every address: this one is
   outside memory with every extension. */
#define NOWHERE (UINT64_C(1) << 62)

static void aim(ag_check_rig *rig, uint64_t lane, uint32_t word,
                uint64_t target, ag_check_random *r)
{
    ag_check_access a = ag_check_decode_access(word);
    armgpu_state *s = &rig->start[lane];

    if (!a.is_access || a.is_literal)
        return;
    if (a.index != 31 && a.index == a.base)
        s->x[a.base] = NOWHERE;
    else
        set_base(s, &a, target);
    if (ag_check_below(r, 4) != 0 && !a.is_system && a.bytes <= 16 &&
        (a.bytes & (a.bytes - 1)) == 0)
        close_monitor(rig, s, target, a.bytes, r);
}

static uint32_t word_at(const ag_check_rig *rig, uint64_t at)
{
    return (uint32_t)ag_check_get(rig->image + at, 4);
}

/* A branch leads anywhere. That is as good as any other place in private
   memory; in shared memory a lane must not get to other lanes' snippets. */
static uint64_t word_limit(const ag_check_rig *rig, uint64_t round)
{
    if (rig->mode == ARMGPU_MEMORY_SHARED)
        return 1;
    return round % 3 == 0 && !ag_check_is_translated(rig->check) ? 1 : LIMIT;
}

/* Of lanes that were compared: a word retires unless it stops its lane. */
static void count_retired(ag_check_rig *rig)
{
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        const armgpu_state *start = &rig->start[lane];
        const armgpu_state *end = &rig->end[AG_CHECK_TESTED][lane];
        int64_t row = armgpu_find_instruction(word_at(rig, start->pc));

        if (row >= 0 && end->cycles != start->cycles)
            rig->check->retired[row]++;
    }
}

static bool run_words(ag_check_rig *rig, uint64_t round, uint64_t places,
                      ag_check_random *r)
{
    if (!ag_check_load(rig))
        return false;
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        uint64_t at = FIRST_PLACE + place_of(lane, round, places) * WORD_PLACE;
        uint32_t word = word_at(rig, at);
        ag_check_access a = ag_check_decode_access(word);

        ag_check_random_state(&rig->start[lane], r);
        ag_check_random_vectors(&rig->start[lane], r);
        rig->start[lane].pc = at;
        aim(rig, lane, word, target_of(rig, lane, a.bytes, r), r);
    }
    if (!ag_check_start(rig) ||
        !ag_check_execute(rig, word_limit(rig, round)) ||
        !ag_check_compare(rig))
        return false;
    count_retired(rig);
    return true;
}

static void put_word(ag_check_rig *rig, uint64_t place, uint32_t word,
                     ag_check_random *r)
{
    uint64_t at = FIRST_PLACE + place * WORD_PLACE;
    uint32_t words[2] = {settle(word, at, r), HLT};

    ag_check_put_words(rig, at, words, 2);
}

void ag_check_round_words(ag_check *c, uint64_t round, ag_check_random *r)
{
    ag_check_rig *rig = ag_check_rig_of(c, round);
    uint64_t places = snippets(c, 1000), first = ag_check_next(r) >> 1;

    if (rig == NULL)
        return;
    ag_check_random_data(rig, r);
    for (uint64_t i = 0; i < places; i++) {
        const ag_check_row *row = &c->rows[(first + i) % c->implemented_count];

        put_word(rig, i, ag_check_word(c, row, r), r);
    }
    (void)run_words(rig, round, places, r);
}

static bool is_implemented(int64_t index)
{
    armgpu_instruction row = {.size = sizeof row};

    return armgpu_get_instruction((uint64_t)index, &row) == ARMGPU_OK &&
           row.implemented != 0;
}

/* Half of the words have no pattern, the others come from the table's rows;
   those that would execute are passed over. */
static uint32_t undefined_word(const ag_check *c, ag_check_random *r)
{
    for (;;) {
        const ag_check_row *row = &c->rows[ag_check_below(r, c->row_count)];
        uint32_t word = (uint32_t)ag_check_next(r);
        int64_t found;

        if (ag_check_below(r, 2) == 0)
            word = row->value | (word & ~row->mask);
        found = armgpu_find_instruction(word);
        if (found < 0 || !is_implemented(found))
            return word;
    }
}

void ag_check_round_undefined(ag_check *c, uint64_t round, ag_check_random *r)
{
    ag_check_rig *rig = ag_check_rig_of(c, round);
    uint64_t places = snippets(c, 1000);

    if (rig == NULL)
        return;
    ag_check_random_data(rig, r);
    for (uint64_t i = 0; i < places; i++) {
        uint32_t words[2] = {undefined_word(c, r), HLT};

        ag_check_put_words(rig, FIRST_PLACE + i * WORD_PLACE, words, 2);
    }
    (void)run_words(rig, round, places, r);
}

/* -- Edges ----------------------------------------------------------------- */

#define EDGES 18

/* Addresses at the ends of memory and where accesses cross something. In shared
   memory those that can be written are in the lane's window. */
static uint64_t edge(const ag_check_rig *rig, uint64_t lane, uint64_t bytes,
                     uint64_t which)
{
    bool is_private = rig->mode == ARMGPU_MEMORY_PRIVATE;
    uint64_t size = rig->memory_size;
    uint64_t low = ag_check_low(rig, lane), high = ag_check_high(rig, lane);
    const uint64_t edges[EDGES] = {
        is_private ? size - bytes : high - bytes,
        bytes > 1 ? size - bytes + 1 : size,
        bytes > 1 ? size - 1 : size,
        size,
        size + bytes,
        UINT64_MAX,
        0 - bytes,
        UINT64_C(1) << 63,
        UINT64_C(1) << 32,
        is_private ? 0 : low,
        low + 1,
        low + bytes,
        low + bytes / 2,
        low + 4096 - 1, /* a page */
        low + 4096 - bytes / 2,
        low + 64 - 1, /* a line */
        low + 8 - 1,
        low + 16 - 1,
    };

    return edges[which % EDGES];
}

/* Round after round goes through all rows of loads and stores and all edges. */
void ag_check_round_edges(ag_check *c, uint64_t round, ag_check_random *r)
{
    uint64_t lanes = snippets(c, 1000);
    ag_check_rig *rig =
        ag_check_rig_take(c, ag_check_mode_of(c, round), lanes, 0);
    uint64_t first = (ag_check_is_translated(c) ? round : round / 2) * lanes;

    if (rig == NULL)
        return;
    ag_check_random_data(rig, r);
    for (uint64_t i = 0; i < rig->lanes; i++) {
        const ag_check_row *row =
            &c->rows[(first + i) / EDGES % c->memory_count];

        put_word(rig, i, ag_check_word(c, row, r), r);
    }
    if (!ag_check_load(rig))
        return;
    for (uint64_t i = 0; i < rig->lanes; i++) {
        uint64_t at = FIRST_PLACE + i * WORD_PLACE;
        uint32_t word = word_at(rig, at);
        uint32_t bytes = ag_check_decode_access(word).bytes;

        ag_check_random_state(&rig->start[i], r);
        rig->start[i].pc = at;
        aim(rig, i, word, edge(rig, i, bytes, first + i), r);
    }
    (void)(ag_check_start(rig) && ag_check_execute(rig, LIMIT) &&
           ag_check_compare(rig));
}

/* -- Short programs -------------------------------------------------------- */

typedef void (*generator)(const ag_check *c, ag_check_random *r,
                          uint32_t words[AG_CHECK_SEQUENCE]);

/* Programs into the image and lanes at their beginnings. */
static bool start_programs(ag_check_rig *rig, uint64_t round,
                           generator generate, ag_check_random *r)
{
    uint64_t n = snippets(rig->check, SEQUENCES);

    ag_check_random_data(rig, r);
    for (uint64_t i = 0; i < n; i++) {
        uint32_t words[AG_CHECK_SEQUENCE];

        generate(rig->check, r, words);
        ag_check_put_words(rig, i * SEQUENCE_BYTES, words, AG_CHECK_SEQUENCE);
    }
    if (!ag_check_load(rig))
        return false;
    for (uint64_t lane = 0; lane < rig->lanes; lane++)
        ag_check_sequence_state(rig, lane,
                                place_of(lane, round, n) * SEQUENCE_BYTES, r);
    return ag_check_start(rig);
}

void ag_check_round_sequences(ag_check *c, uint64_t round, ag_check_random *r)
{
    ag_check_rig *rig = ag_check_rig_of(c, round);

    (void)(rig != NULL && start_programs(rig, round, ag_check_sequence, r) &&
           ag_check_execute(rig, LIMIT) && ag_check_compare(rig));
}

void ag_check_round_exclusives(ag_check *c, uint64_t round, ag_check_random *r)
{
    ag_check_rig *rig = ag_check_rig_of(c, round);

    (void)(rig != NULL && start_programs(rig, round, ag_check_exclusives, r) &&
           ag_check_execute(rig, LIMIT) && ag_check_compare(rig));
}

/* A few instructions at a time; in between, everything is compared, and lanes
   that stopped by their limit go on. */
void ag_check_round_limits(ag_check *c, uint64_t round, ag_check_random *r)
{
    ag_check_rig *rig = ag_check_rig_of(c, round);
    uint64_t left = LIMIT;
    /* So much is left to the interpreter before a limit. */
    uint64_t most = ag_check_is_translated(c) ? LIMIT / 2 : 7;

    if (rig == NULL ||
        !start_programs(rig, round,
                        round % 4 < 2 ? ag_check_sequence : ag_check_exclusives,
                        r))
        return;
    while (left > 0) {
        uint64_t cycles = 1 + ag_check_below(r, left < most ? left : most);

        left -= cycles;
        if (!ag_check_execute(rig, cycles) || !ag_check_compare_lanes(rig))
            return;
    }
    (void)ag_check_compare(rig);
}

/* Every lane's program is written into its own copy of memory, so that it is
   not the image's: the lane decodes it as it goes. */
void ag_check_round_own_code(ag_check *c, uint64_t round, ag_check_random *r)
{
    static const uint64_t lanes[] = {128, 33, 1000, 1};
    ag_check_rig *rig =
        ag_check_rig_take(c, ARMGPU_MEMORY_PRIVATE, lanes[round % 4], 0);

    if (rig == NULL)
        return;
    ag_check_random_data(rig, r);
    if (!ag_check_load(rig))
        return;
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        uint32_t words[AG_CHECK_SEQUENCE];
        uint8_t bytes[SEQUENCE_BYTES];
        uint64_t at = 4 * ag_check_below(r, (AG_CHECK_CODE - sizeof bytes) / 4);

        ag_check_sequence(c, r, words);
        for (size_t i = 0; i < AG_CHECK_SEQUENCE; i++)
            ag_check_put(bytes + 4 * i, words[i], 4);
        if (!AG_CHECK_BOTH(rig, armgpu_write_memory, lane, at, bytes,
                           sizeof bytes))
            return;
        ag_check_sequence_state(rig, lane, at, r);
    }
    (void)(ag_check_start(rig) && ag_check_execute(rig, LIMIT) &&
           ag_check_compare(rig));
}
