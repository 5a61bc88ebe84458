/*
 * Random numbers, instruction words, short programs and register values for the
 * conformance test. What a word may be comes from the library's instruction
 * table; only where a load or store goes is decoded here, to give it an address
 * inside (or on purpose outside) what its lane may touch.
 */
#include "cli/check/check.h"

#include <stdlib.h>
#include <string.h>

/* Registers of generated programs. Nothing else writes them. */
#define BASE 20   /* four addresses in the lane's window */
#define INDEX 24  /* small */
#define TARGET 28 /* where BR, BLR and RET go */

#define BITS(w, low, n) ((w) >> (low) & ((UINT32_C(1) << (n)) - 1))
#define HLT(code) (UINT32_C(0xd4400000) | (uint32_t)(code) << 5)

/* -- Random numbers -------------------------------------------------------- */

/* -- Rows ------------------------------------------------------------------ */

static enum ag_check_group group_of(uint32_t value)
{
    uint32_t op = BITS(value, 25, 4);

    if (op == 8 || op == 9 || (op & 7) == 5)
        return AG_CHECK_ALU;
    if ((op & 5) == 4)
        return AG_CHECK_MEMORY;
    if (op == 10 || op == 11)
        return value >> 24 == 0xd5 || value >> 24 == 0xd4 ? AG_CHECK_SYSTEM
                                                          : AG_CHECK_BRANCH;
    return AG_CHECK_OTHER;
}

static void add_system_move(ag_check *c, uint32_t word)
{
    c->system_moves = ag_cli_grow(c->system_moves, c->system_move_count,
                                  sizeof *c->system_moves);
    c->system_moves[c->system_move_count++] = word;
}

/* Random fields hardly ever name a system register that exists, so those are
   looked up once: op0 is 3, op1 to op2 are any. Most are ID registers (op1 and
   CRn are 0), constants; the others count four times. */
static void find_system_moves(ag_check *c)
{
    for (uint32_t field = 0; field < 1u << 14; field++) {
        for (uint32_t is_read = 0; is_read < 2; is_read++) {
            uint32_t word = UINT32_C(0xd5180000) | is_read << 21 | field << 5;

            if (armgpu_explain_undefined(word, NULL, 0) != 0)
                continue;
            for (int i = 0; i < (field >> 7 == 0 ? 1 : 4); i++)
                add_system_move(c, word);
        }
    }
}

static void add_row(ag_check *c, const armgpu_instruction *row, uint32_t index)
{
    ag_check_row *to;

    c->rows = ag_cli_grow(c->rows, c->row_count, sizeof *c->rows);
    to = &c->rows[c->row_count++];
    to->mask = row->mask;
    to->value = row->value;
    to->index = index;
    to->implemented = row->implemented != 0;
    to->group = (uint8_t)group_of(row->value);
    c->implemented_count += to->implemented;
    c->memory_count += to->implemented && to->group == AG_CHECK_MEMORY;
}

/* Loads and stores, other rows that are implemented, then the rest. */
static int order(const void *a, const void *b)
{
    const ag_check_row *x = a, *y = b;
    int key_x =
        2 * x->implemented + (x->implemented && x->group == AG_CHECK_MEMORY);
    int key_y =
        2 * y->implemented + (y->implemented && y->group == AG_CHECK_MEMORY);

    if (key_x != key_y)
        return key_y - key_x;
    return x->index < y->index ? -1 : x->index > y->index;
}

void ag_check_read_rows(ag_check *c)
{
    armgpu_instruction row = {.size = sizeof row};

    for (uint32_t i = 0; armgpu_get_instruction(i, &row) == ARMGPU_OK; i++) {
        add_row(c, &row, i);
        row.size = sizeof row;
    }
    c->retired = ag_cli_alloc(c->row_count, sizeof *c->retired);
    qsort(c->rows, c->row_count, sizeof *c->rows, order);
    find_system_moves(c);
}

const ag_check_row *ag_check_pick_row(const ag_check *c,
                                      enum ag_check_group group,
                                      ag_check_random *r)
{
    for (;;) {
        const ag_check_row *row =
            &c->rows[ag_check_below(r, c->implemented_count)];

        if (row->group == group)
            return row;
    }
}

/* -- Words ----------------------------------------------------------------- */

/* Sets the bits of a field that the row leaves open. */
static uint32_t with_field(uint32_t word, const ag_check_row *row, uint32_t low,
                           uint32_t value)
{
    uint32_t open = UINT32_C(31) << low & ~row->mask;

    return (word & ~open) | (value << low & open);
}

/* Register 31, and instructions that use a register twice. */
static uint32_t with_odd_registers(uint32_t word, const ag_check_row *row,
                                   ag_check_random *r)
{
    static const uint8_t lows[] = {0, 5, 10, 16};
    uint32_t low = lows[ag_check_below(r, 4)];
    uint32_t from = lows[ag_check_below(r, 4)];

    switch (ag_check_below(r, 8)) {
    case 0:
        return with_field(word, row, low, 31);
    case 1:
    case 2:
        return with_field(word, row, low, BITS(word, from, 5));
    default:
        return word;
    }
}

static bool is_system_move(const ag_check_row *row)
{
    return (row->value & UINT32_C(0xffdfffff)) == UINT32_C(0xd5100000);
}

uint32_t ag_check_word(const ag_check *c, const ag_check_row *row,
                       ag_check_random *r)
{
    uint32_t word = row->value;

    if (is_system_move(row) && ag_check_below(r, 4) != 0) {
        word = c->system_moves[ag_check_below(r, c->system_move_count)];
        return word | (uint32_t)ag_check_below(r, 32);
    }
    /* Fields may make it another row, or none. */
    for (int i = 0; i < 64; i++) {
        word = row->value | ((uint32_t)ag_check_next(r) & ~row->mask);
        word = with_odd_registers(word, row, r);
        if (armgpu_find_instruction(word) == (int64_t)row->index)
            break;
    }
    return word;
}

/* -- Where loads and stores go --------------------------------------------- */

static int64_t sign_extend(uint32_t value, uint32_t bits)
{
    int64_t sign = INT64_C(1) << (bits - 1);

    return ((int64_t)value ^ sign) - sign;
}

/* Of V registers. */
#define IS_VECTOR(w) (BITS(w, 26, 1) != 0)

/* STR, LDR and their kin: size 111, and the atomics among them. */
static void decode_single(uint32_t w, ag_check_access *a)
{
    uint32_t size = BITS(w, 30, 2) | (IS_VECTOR(w) ? BITS(w, 23, 1) << 2 : 0);

    a->bytes = 1u << size;
    if (BITS(w, 24, 1) == 1) {
        a->offset = (int64_t)BITS(w, 10, 12) << size;
    } else if (BITS(w, 21, 1) == 0) {
        if (BITS(w, 10, 2) != 1) /* post-indexed: at the base */
            a->offset = sign_extend(BITS(w, 12, 9), 9);
    } else if (BITS(w, 10, 2) == 2) {
        a->index = BITS(w, 16, 5);
        a->extend = BITS(w, 13, 3);
        a->shift = BITS(w, 12, 1) ? size : 0;
    }
}

static void decode_pair(uint32_t w, ag_check_access *a)
{
    uint32_t size = IS_VECTOR(w)    ? 4u << BITS(w, 30, 2)
                    : BITS(w, 31, 1) ? 8
                                     : 4;

    a->bytes = 2 * size;
    if (BITS(w, 23, 3) != 1)
        a->offset = sign_extend(BITS(w, 15, 7), 7) * (int64_t)size;
}

/* Exclusives, ordered accesses, CAS and CASP. */
static void decode_exclusive(uint32_t w, ag_check_access *a)
{
    bool is_pair = BITS(w, 21, 1) == 1 && BITS(w, 23, 1) == 0;

    a->bytes = 1u << BITS(w, 30, 2);
    if (is_pair) /* the size is in bit 30 alone */
        a->bytes = 8u << BITS(w, 30, 1);
}

/* LD1 to ST4, at the base: whole registers, or an element of each. */
static uint32_t structure_bytes(uint32_t w)
{
    static const uint8_t registers[16] = {4, 0, 4, 0, 3, 0, 3, 1, 2, 0, 2};
    uint32_t count = BITS(w, 13, 1) * 2 + BITS(w, 21, 1) + 1;
    uint32_t scale = BITS(w, 14, 2), size = BITS(w, 10, 2);

    if (BITS(w, 24, 1) == 0)
        return registers[BITS(w, 12, 4)] * (BITS(w, 30, 1) ? 16u : 8u);
    return count << (scale == 3 ? size : scale == 2 && size & 1 ? 3 : scale);
}

ag_check_access ag_check_decode_access(uint32_t w)
{
    ag_check_access a = {.base = BITS(w, 5, 5), .index = 31, .bytes = 1};

    a.is_access = group_of(w) == AG_CHECK_MEMORY;
    switch (BITS(w, 24, 6)) {
    case 0x38:
    case 0x39:
    case 0x3c:
    case 0x3d:
        decode_single(w, &a);
        break;
    case 0x28:
    case 0x29:
    case 0x2c:
    case 0x2d:
        decode_pair(w, &a);
        break;
    case 0x08:
        decode_exclusive(w, &a);
        break;
    case 0x0c:
    case 0x0d:
        a.bytes = structure_bytes(w);
        break;
    case 0x18:
    case 0x1c:
        a.is_literal = true;
        a.bytes = IS_VECTOR(w)           ? 4u << BITS(w, 30, 2)
                  : BITS(w, 30, 2) == 1 ? 8
                                        : 4;
        break;
    case 0x19:
        a.bytes = 1u << BITS(w, 30, 2);
        a.offset = sign_extend(BITS(w, 12, 9), 9);
        break;
    case 0x15: /* SYS: DC and IC take their address from Rt */
        a.is_access = a.is_system =
            (w & UINT32_C(0xfff80000)) == UINT32_C(0xd5080000);
        a.base = BITS(w, 0, 5);
        break;
    default:
        break;
    }
    return a;
}

uint64_t ag_check_index_value(const ag_check_access *a, const armgpu_state *s)
{
    uint64_t v = a->index == 31 ? 0 : s->x[a->index];

    if (a->extend == 2)
        v = (uint32_t)v;
    if (a->extend == 6)
        v = (uint64_t)sign_extend((uint32_t)v, 32);
    return v << a->shift;
}

/* -- Short programs -------------------------------------------------------- */

/* Moves a register field out of the reserved ones; parity stays for CASP. */
static uint32_t spare(uint32_t word, const ag_check_row *row, uint32_t low)
{
    uint32_t field = BITS(word, low, 5);

    if (field < BASE || field > TARGET)
        return word;
    return with_field(word, row, low, field - 16);
}

/* V registers have up to 16 bytes: offsets as far as those of others, and no
   write-back by a register. */
static uint32_t tame_vector(uint32_t word)
{
    uint32_t sign = BITS(word, 21, 1);

    if (BITS(word, 24, 6) == 0x3d)
        return word & ~UINT32_C(0x3f8000); /* imm12 to 31 */
    if (BITS(word, 25, 5) == 0x16) /* imm7 from -16 to 15 */
        return (word & ~UINT32_C(0x180000)) | sign << 20 | sign << 19;
    if (BITS(word, 24, 6) == 0x3c && BITS(word, 21, 1) == 1)
        return word & ~UINT32_C(0x1000); /* the index is not shifted */
    if (BITS(word, 25, 5) == 0x06 && BITS(word, 23, 1) == 1)
        return word | UINT32_C(31) << 16;
    return word;
}

/* A load or store that stays near the lane's base registers. */
static uint32_t tame_access(uint32_t word, const ag_check_row *row, uint32_t i,
                            ag_check_random *r)
{
    ag_check_access a = ag_check_decode_access(word);
    uint32_t base = BASE + (uint32_t)ag_check_below(r, 4);

    if (a.is_system) /* IC and DC: without an address, Rt is part of the mask */
        return with_field(word, row, 0, base);
    if (a.is_literal) {
        uint32_t to = (uint32_t)ag_check_below(r, AG_CHECK_SEQUENCE);

        return (word & UINT32_C(0xff00001f)) | ((to - i) & 0x7ffff) << 5;
    }
    word = spare(spare(word, row, 10), row, 16);
    if (BITS(word, 24, 6) == 0x39)
        word &= ~UINT32_C(0x3f0000); /* imm12 to 63 */
    if (BITS(word, 25, 5) == 0x14)   /* pairs: by 256 bytes at most */
        word = (word & ~UINT32_C(0x100000)) | (word >> 1 & 0x100000);
    if (IS_VECTOR(word))
        word = tame_vector(word);
    if (a.extend != 0)
        word = with_field(word, row, 16, INDEX);
    return with_field(word, row, 5, base);
}

/* A branch that goes forward, to the HLT at the end at most. */
static uint32_t tame_branch(uint32_t word, uint32_t i, uint32_t end,
                            ag_check_random *r)
{
    uint32_t to = 1 + (uint32_t)ag_check_below(r, end - i);

    if (BITS(word, 25, 7) == 0x6b) /* but ERET and DRPS */
        return BITS(word, 23, 1) ? word
                                 : (word & ~UINT32_C(0x3e0)) | TARGET << 5;
    if (BITS(word, 26, 5) == 5) /* B, BL */
        return (word & UINT32_C(0xfc000000)) | to;
    if (BITS(word, 25, 6) == 0x1b) /* TBZ, TBNZ */
        return (word & ~(UINT32_C(0x3fff) << 5)) | to << 5;
    return (word & ~(UINT32_C(0x7ffff) << 5)) | to << 5;
}

/* The mix of a program: half arithmetic, a third loads and stores. */
static enum ag_check_group random_group(ag_check_random *r)
{
    uint64_t choice = ag_check_below(r, 24);

    return choice < 12   ? AG_CHECK_ALU
           : choice < 19 ? AG_CHECK_MEMORY
           : choice < 22 ? AG_CHECK_BRANCH
                         : AG_CHECK_SYSTEM;
}

/* Of the system rows, half are moves from and to registers. */
static const ag_check_row *pick_any(const ag_check *c, ag_check_random *r)
{
    enum ag_check_group group = random_group(r);
    bool want_move = group == AG_CHECK_SYSTEM && ag_check_below(r, 2) == 0;
    const ag_check_row *row;

    do
        row = ag_check_pick_row(c, group, r);
    while (want_move && !is_system_move(row));
    return row;
}

static uint32_t sequence_word(const ag_check *c, uint32_t i, uint32_t end,
                              ag_check_random *r)
{
    const ag_check_row *row = pick_any(c, r);
    uint32_t word = ag_check_word(c, row, r);

    word = spare(word, row, 0);
    if (row->group == AG_CHECK_BRANCH)
        return tame_branch(word, i, end, r);
    if (ag_check_decode_access(word).is_access)
        return tame_access(word, row, i, r);
    return word;
}

/* Fills up with HLT, so that whatever is jumped to ends. */
static uint32_t begin_program(ag_check_random *r,
                              uint32_t words[AG_CHECK_SEQUENCE])
{
    for (uint32_t i = 0; i < AG_CHECK_SEQUENCE; i++)
        words[i] = HLT(i);
    return 4 + (uint32_t)ag_check_below(r, 9);
}

void ag_check_sequence(const ag_check *c, ag_check_random *r,
                       uint32_t words[AG_CHECK_SEQUENCE])
{
    uint32_t end = begin_program(r, words);

    for (uint32_t i = 0; i < end; i++)
        words[i] = sequence_word(c, i, end, r);
}

static bool is_exclusive(const ag_check_row *row)
{
    return (row->value & UINT32_C(0x3f000000)) == UINT32_C(0x08000000);
}

/* Exclusives of one size follow each other often enough to succeed. */
static const ag_check_row *pick_exclusive(const ag_check *c, uint32_t key,
                                          ag_check_random *r)
{
    bool is_any = ag_check_below(r, 4) == 0;

    for (;;) {
        const ag_check_row *row = ag_check_pick_row(c, AG_CHECK_MEMORY, r);

        if (is_exclusive(row) &&
            (is_any || (row->value & UINT32_C(0xc0200000)) == key))
            return row;
    }
}

void ag_check_exclusives(const ag_check *c, ag_check_random *r,
                         uint32_t words[AG_CHECK_SEQUENCE])
{
    static const uint32_t clrex = UINT32_C(0xd503305f);
    uint32_t end = begin_program(r, words);
    uint32_t key;
    const ag_check_row *first;

    do
        first = ag_check_pick_row(c, AG_CHECK_MEMORY, r);
    while (!is_exclusive(first));
    key = first->value & UINT32_C(0xc0200000);
    for (uint32_t i = 0; i < end; i++) {
        const ag_check_row *row = pick_exclusive(c, key, r);
        uint32_t word = ag_check_word(c, row, r);

        words[i] = tame_access(spare(word, row, 0), row, i, r);
        switch (ag_check_below(r, 24)) {
        case 0:
            words[i] = clrex;
            break;
        case 1:
        case 2:
            words[i] = sequence_word(c, i, end, r);
            break;
        default:
            break;
        }
    }
}

/* -- Registers ------------------------------------------------------------- */

/* Bases are mid-window, because write-back moves them: at most by 256 bytes an
   instruction, and a program has at most 12. Some are not aligned. */
void ag_check_sequence_state(const ag_check_rig *rig, uint64_t lane,
                             uint64_t at, ag_check_random *r)
{
    armgpu_state *s = &rig->start[lane];
    uint64_t middle = ag_check_low(rig, lane) + AG_CHECK_WINDOW / 2;
    uint64_t unaligned = ag_check_below(r, 4) == 0 ? 15 : 0;

    ag_check_random_state(s, r);
    ag_check_random_vectors(s, r);
    for (uint32_t i = 0; i < 4; i++)
        s->x[BASE + i] =
            middle + ag_check_below(r, 4) * 16 + (ag_check_next(r) & unaligned);
    s->x[INDEX] = ag_check_below(r, 64);
    s->x[TARGET] = at + 4 * (4 + ag_check_below(r, AG_CHECK_SEQUENCE - 4));
    s->sp = middle & ~UINT64_C(15);
    s->pc = at;
}
