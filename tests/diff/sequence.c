/*
 * Random sequences. Some registers keep a role for a whole sequence, so that
 * memory accesses can be placed without knowing what the rest computes:
 *
 *   pointers  hold addresses in a known interval; "fixed" ones are 16-byte
 *             aligned and never written back to; SP may be one
 *   indexes   hold small offsets
 *   wild      holds a good pointer in some lanes and a bad one in others, and
 *             is used at most once: lanes that fault stop there
 *   ordinal   holds the lane's number
 *
 * Nothing else writes them. Branches go forward, to the beginning of an
 * instruction or of a group that belongs together, but for the ends of loops,
 * which end because they shift their counter to zero.
 *
 * For lanes that run together some pointers and indexes have one value in all
 * lanes. Where lanes share memory these point into what all only read.
 */
#include "generate.h"

#include <string.h>

enum { NUM_POINTERS = 7, NUM_FIXED = 4, NUM_INDEXES = 3 };

struct pointer {
    unsigned reg; /* 31 is SP */
    bool fixed;
    bool odd;          /* unaligned in some lanes */
    bool uniform;      /* `value` in all lanes */
    uint64_t value;
    uint64_t center;   /* lanes start within SPREAD of it */
    int64_t low, high; /* what write-back may have added */
};
enum { SPREAD = 0x400 };

struct index_register {
    unsigned reg;
    bool word; /* meaningful in its low half only */
    bool odd, uniform;
    int64_t value;
};

/* Where a lane's bad pointer has its access: far outside, just outside, half of
   it outside, at the end but inside, or inside but unaligned. */
enum wild_kind {
    WILD_FAR,
    WILD_PAST,
    WILD_HALF,
    WILD_LAST,
    WILD_ODD,
    WILD_KINDS /* any */
};

struct builder {
    const struct diff_generator *g;
    struct random_source *r;
    struct diff_case *c;
    struct pointer pointers[NUM_POINTERS];
    struct index_register indexes[NUM_INDEXES];
    unsigned wild, ordinal;
    struct diff_access wild_access; /* no bytes if there is none */
    enum wild_kind wild_kind;
    unsigned wild_one_in; /* lanes */
    unsigned counter;             /* of loops; never above 255 */
    unsigned loop;                /* where the loop's body begins, or 0 */
    bool together;                /* see generate.h */
    uint32_t reserved;            /* registers with a role */
    bool starts[DIFF_CODE_WORDS]; /* a branch may come here */
    bool branch[DIFF_CODE_WORDS]; /* needs a target */
};

/* -- Roles ----------------------------------------------------------------- */

static unsigned take_register(struct builder *b)
{
    unsigned n;
    do
        n = random_below(b->r, 30);
    while (b->reserved >> n & 1);
    b->reserved |= UINT32_C(1) << n;
    return n;
}

/* The middle of the data below or above the code. */
static uint64_t region_center(struct builder *b)
{
    const struct diff_window *w = &b->g->scope.window;
    uint64_t middle = random_one_in(b->r, 2)
                          ? (w->begin + w->code) / 2
                          : (w->code + DIFF_CODE_BYTES + w->end) / 2;
    return (middle & ~UINT64_C(15)) + 16 * random_below(b->r, 64);
}

/* An address near the pointer's center. */
static uint64_t near_center(struct random_source *r, const struct pointer *p,
                            bool odd)
{
    uint64_t v = p->center +
                 (uint64_t)(16 * random_between(r, -SPREAD / 16, SPREAD / 16));
    return odd ? v + (uint64_t)random_between(r, -8, 8) : v;
}

static int64_t index_near(struct random_source *r,
                          const struct index_register *x, bool is_signed)
{
    int64_t v = random_between(r, is_signed ? -255 : 0, 255);
    return x->odd ? v : v & ~INT64_C(7);
}

static void give_pointer(struct builder *b, int i)
{
    struct pointer *p = &b->pointers[i];
    bool use_sp = i == 0 ? random_one_in(b->r, 2)
                         : i == NUM_FIXED && !(b->reserved >> 31) &&
                               !b->g->scope.aligned_sp;
    p->reg = use_sp ? 31 : take_register(b);
    b->reserved |= UINT32_C(1) << p->reg;
    p->fixed = i < NUM_FIXED;
    p->center = region_center(b);
    p->low = p->high = 0;
    p->odd = !p->fixed && (!b->together || random_one_in(b->r, 4));
    p->uniform = b->together && random_one_in(b->r, 2);
    if (p->uniform)
        p->value = near_center(b->r, p, p->odd && random_one_in(b->r, 2));
}

static void give_index(struct builder *b, int i)
{
    struct index_register *x = &b->indexes[i];
    x->reg = take_register(b);
    x->word = i == 1;
    x->odd = !b->together || random_one_in(b->r, 4);
    x->uniform = b->together && random_one_in(b->r, 2);
    if (x->uniform)
        x->value = index_near(b->r, x, i == 2);
}

static void give_roles(struct builder *b)
{
    int i;
    for (i = 0; i < NUM_POINTERS; i++)
        give_pointer(b, i);
    for (i = 0; i < NUM_INDEXES; i++)
        give_index(b, i);
    b->wild = take_register(b);
    b->counter = take_register(b);
    b->wild_one_in = 2;
    if (!b->together)
        return;
    b->ordinal = take_register(b);
    if (!random_one_in(b->r, 4))
        b->wild_one_in = 8;
    b->wild_kind = (enum wild_kind)random_below(b->r, WILD_KINDS + 1);
}

static uint64_t lane_pointer(const struct builder *b, const struct pointer *p,
                             unsigned lane)
{
    bool odd = p->odd && (!b->together || random_one_in(b->r, 16));
    if (p->uniform)
        return p->value;
    return near_center(b->r, p, odd) +
           diff_lane_shift(&b->g->scope.window, lane);
}

/* Bad ones are aligned and far from wrapping, so that no access straddles the
   end of memory: oracles may have stored the half that fits. */
static uint64_t far_wild(const struct builder *b)
{
    uint64_t v = random_next(b->r);
    v >>= random_below(b->r, 32) + 1;
    return (v & ~UINT64_C(0xfff)) + diff_memory_end(&b->g->scope.window) +
           0x10000;
}

static uint64_t good_wild(const struct builder *b, unsigned lane)
{
    return near_center(b->r, &b->pointers[0], false) +
           diff_lane_shift(&b->g->scope.window, lane);
}

/* In memory that lanes share the end is the last lane's: there no access may
   fit. One that must be aligned would not be if half of it did. */
static uint64_t wild_of_kind(const struct builder *b, enum wild_kind kind,
                             unsigned lane)
{
    const struct diff_window *w = &b->g->scope.window;
    const struct diff_access *a = &b->wild_access;
    const uint64_t end = diff_memory_end(w) - (uint64_t)a->offset;
    switch (kind) {
    case WILD_ODD:
        return good_wild(b, lane) + random_below(b->r, 16);
    case WILD_LAST:
        return w->apart != 0 ? end : end - a->bytes;
    case WILD_HALF:
        return a->must_align ? end : end - a->bytes / 2;
    case WILD_PAST:
        return end;
    default:
        return far_wild(b);
    }
}

/* A bad one in some lanes. Those that run together have the same kind of them
   in most sequences, since one lane can hide from what all others are. */
static uint64_t lane_wild(const struct builder *b, unsigned lane)
{
    enum wild_kind kind = b->wild_kind;
    if (!b->g->scope.faults || !random_one_in(b->r, b->wild_one_in))
        return good_wild(b, lane);
    if (kind == WILD_KINDS)
        kind = (enum wild_kind)random_below(b->r, WILD_KINDS);
    return wild_of_kind(b, kind, lane);
}

static void give_values(struct builder *b, unsigned lane, armgpu_state *s)
{
    int i;
    for (i = 0; i < NUM_POINTERS; i++)
        diff_write_base(s, b->pointers[i].reg,
                        lane_pointer(b, &b->pointers[i], lane));
    for (i = 0; i < NUM_INDEXES; i++) {
        const struct index_register *x = &b->indexes[i];
        int64_t v = x->uniform ? x->value : index_near(b->r, x, i == 2);
        uint64_t garbage =
            x->word ? random_next(b->r) & ~UINT64_C(0xffffffff) : 0;
        s->x[x->reg] = (uint64_t)v | garbage;
    }
    s->x[b->wild] = lane_wild(b, lane);
    s->x[b->counter] = random_below(b->r, 256);
    if (b->together)
        s->x[b->ordinal] = lane;
}

/* -- Placing accesses ------------------------------------------------------ */

/* [low, high) around a pointer stays in its data region, whatever write-back
   has happened and wherever in the spread the lane began. */
static bool stays_inside(const struct builder *b, const struct pointer *p,
                         int64_t low, int64_t high)
{
    const struct diff_window *w = &b->g->scope.window;
    bool below = p->center < w->code;
    int64_t begin = (int64_t)(below ? w->begin : w->code + DIFF_CODE_BYTES);
    int64_t end = (int64_t)(below ? w->code : w->end);
    int64_t margin = SPREAD + 16;
    return (int64_t)p->center + p->low - margin + low >= begin &&
           (int64_t)p->center + p->high + margin + high <= end;
}

static struct pointer *pick_pointer(struct builder *b,
                                    const struct diff_access *a)
{
    if (a->must_align)
        return &b->pointers[random_below(b->r, NUM_FIXED)];
    if (a->write_back)
        return &b->pointers[NUM_FIXED +
                            random_below(b->r, NUM_POINTERS - NUM_FIXED)];
    return &b->pointers[random_below(b->r, NUM_POINTERS)];
}

/* An index register that the word's extension keeps small; 31 is zero. */
static uint32_t pick_index(struct builder *b, uint32_t word)
{
    uint32_t option = diff_bits(word, 13, 3);
    if (option == 2) /* UXTW */
        return b->indexes[random_below(b->r, 2)].reg;
    if (option == 6) /* SXTW */
        return b->indexes[random_below(b->r, NUM_INDEXES)].reg;
    if (random_one_in(b->r, 8))
        return 31;
    return b->indexes[2 * random_below(b->r, 2)].reg;
}

/* A literal anywhere in the data. */
static uint32_t place_literal(struct builder *b, uint32_t word)
{
    const struct diff_window *w = &b->g->scope.window;
    uint64_t pc = w->code + 4 * (uint64_t)b->c->length;
    bool below = random_one_in(b->r, 2);
    uint64_t begin = below ? w->begin : w->code + DIFF_CODE_BYTES;
    uint64_t end = below ? w->code : w->end;
    uint64_t to = begin + random_below(b->r, end - begin - 16);
    return diff_with_bits(word, 5, 19, (uint32_t)((to - pc) >> 2));
}

/* Scaled offsets reach beyond the data; most should be small anyway. */
static uint32_t place_scaled(struct builder *b, uint32_t word,
                             const struct pointer *p, unsigned bytes)
{
    int64_t room = 0x4000;
    uint32_t limit;
    while (room > 0 && !stays_inside(b, p, 0, room))
        room -= 0x400;
    limit = (uint32_t)room / bytes;
    if (limit > 4096)
        limit = 4096;
    if (random_one_in(b->r, 2) && limit > 16)
        limit = 16;
    return diff_with_bits(word, 10, 12,
                          limit == 0 ? 0 : random_below(b->r, limit));
}

/* An immediate that leaves an aligned base's address aligned. */
static uint32_t align_immediate(uint32_t word, const struct diff_access *a)
{
    switch (a->address) {
    case ADDRESS_IMM9:
        return word & ~((uint32_t)(a->bytes - 1) << 12);
    case ADDRESS_POST9:
    case ADDRESS_PRE9: /* for wider accesses that follow */
        return word & ~(UINT32_C(7) << 12);
    case ADDRESS_POST7:
    case ADDRESS_PRE7:
        return word & ~(UINT32_C(1) << 15);
    default:
        return word;
    }
}

/* Post-index by the bytes accessed or by an index. */
static uint32_t place_structure(struct builder *b, uint32_t word)
{
    return diff_with_bits(word, 16, 5,
                          random_one_in(b->r, 2)
                              ? 31
                              : b->indexes[2 * random_below(b->r, 2)].reg);
}

/* What all lanes point at in memory that they share is for reading. */
static bool may_access(const struct builder *b, const struct pointer *p,
                       const struct diff_access *a)
{
    return !(p->uniform && a->is_store && b->g->scope.window.apart != 0);
}

/* Gives the word a base that is a pointer, and operands that keep the access
   inside. */
static bool place_access(struct builder *b, const struct diff_row *row,
                         uint32_t *word, struct pointer **pointer)
{
    struct diff_access a;
    struct pointer *p;
    diff_decode_access(row, *word, &a);
    if (a.write_back && b->loop != 0) /* would move with every round */
        return false;
    p = *pointer = pick_pointer(b, &a);
    if (a.address == ADDRESS_LITERAL) {
        *word = place_literal(b, *word);
        return true;
    }
    if (!may_access(b, p, &a))
        return false;
    if (a.address == ADDRESS_BLOCK) {
        *word = diff_with_bits(*word, 0, 5, p->reg);
        return p->reg != 31 && stays_inside(b, p, -64, 64);
    }
    *word = diff_with_bits(*word, 5, 5, p->reg);
    if (a.address == ADDRESS_INDEX) {
        *word = diff_with_bits(*word, 16, 5, pick_index(b, *word));
        int64_t reach = 0x100 * (a.bytes > 8 ? a.bytes : 8);
        return stays_inside(b, p, -reach, reach);
    }
    if (a.address == ADDRESS_POST_STRUCTURE)
        *word = place_structure(b, *word);
    if (a.address == ADDRESS_SCALED)
        *word = place_scaled(b, *word, p, a.bytes);
    if (b->together ? a.must_align || !random_one_in(b->r, 16)
                    : a.must_align && a.address == ADDRESS_IMM9)
        *word = align_immediate(*word, &a);
    diff_decode_access(row, *word, &a);
    return stays_inside(b, p, a.offset, a.offset + a.bytes) &&
           stays_inside(b, p, a.step - 0x200, a.step + 0x200);
}

/* -- Emitting -------------------------------------------------------------- */

static void emit(struct builder *b, uint32_t word)
{
    b->c->code[b->c->length++] = word;
}

static void begin_group(struct builder *b)
{
    b->starts[b->c->length] = true;
}

static const struct diff_row *pick_row(struct builder *b, enum diff_kind kind)
{
    size_t n = b->g->num_rows[kind];
    return n == 0 ? NULL : b->g->rows[kind][random_below(b->r, n)];
}

/* Any word of the row that leaves registers with a role alone. */
static bool free_word(struct builder *b, const struct diff_row *row,
                      uint32_t *word)
{
    int tries;
    for (tries = 0; tries < 16; tries++)
        if (diff_case_word(&b->g->scope, b->r, row, word) &&
            (diff_written(row, *word) & b->reserved) == 0)
            return true;
    return false;
}

/* The same for a load or store, whose write-back moves its pointer. */
static bool placed_word(struct builder *b, const struct diff_row *row,
                        uint32_t *word)
{
    struct pointer *p;
    struct diff_access a;
    int tries;
    for (tries = 0; tries < 16; tries++) {
        uint32_t written;
        if (!diff_random_word(b->r, row, word) ||
            !place_access(b, row, word, &p) ||
            diff_is_unpredictable(row, *word))
            continue;
        diff_decode_access(row, *word, &a);
        written = diff_written(row, *word);
        if (a.write_back)
            written &= ~(UINT32_C(1) << p->reg);
        if ((written & b->reserved) != 0)
            continue;
        p->low += a.step < 0 ? a.step : 0;
        p->high += a.step > 0 ? a.step : 0;
        if (a.address == ADDRESS_POST_STRUCTURE && DIFF_RM(*word) != 31) {
            p->low -= 0x100;
            p->high += 0x100;
        }
        return true;
    }
    return false;
}

static void emit_free(struct builder *b, enum diff_kind kind)
{
    const struct diff_row *row = pick_row(b, kind);
    uint32_t word;
    if (row != NULL && free_word(b, row, &word))
        emit(b, word);
}

static void emit_access(struct builder *b, enum diff_kind kind)
{
    const struct diff_row *row = pick_row(b, kind);
    uint32_t word;
    if (row != NULL && placed_word(b, row, &word))
        emit(b, word);
}

/* Half of the compare-and-swaps are preceded by a load of what they expect. */
static void emit_atomic(struct builder *b)
{
    const struct diff_row *row = pick_row(b, DIFF_ATOMIC);
    uint32_t word, rs, rn, load;
    if (row == NULL || !placed_word(b, row, &word))
        return;
    rs = DIFF_RM(word);
    rn = DIFF_RN(word);
    if (strncmp(row->group, "ldst/comswap", 12) == 0 &&
        random_one_in(b->r, 2)) {
        if (strcmp(row->group, "ldst/comswappr") == 0) /* LDP */
            load = (diff_bits(word, 30, 1) ? 0xa9400000 : 0x29400000) |
                   (rs | 1) << 10;
        else /* LDR */
            load = 0x39400000 | diff_bits(word, 30, 2) << 30;
        emit(b, load | rn << 5 | rs);
    }
    emit(b, word);
}

/* Load-exclusive, at most two instructions, store-exclusive of the same size
   (another is CONSTRAINED UNPREDICTABLE); sometimes the monitor is closed or
   elsewhere, or the store comes twice. */
static void emit_exclusive(struct builder *b)
{
    const struct diff_row *row = pick_row(b, DIFF_STORE_EXCLUSIVE), *load_row;
    uint32_t store, load;
    unsigned between = random_below(b->r, 3);
    if (row == NULL || !placed_word(b, row, &store))
        return;
    do {
        load = (store & 0xc820ffe0) | 0x085f0000 | random_below(b->r, 32);
        load = diff_with_bits(
            load, 10, 5, diff_bits(store, 21, 1) ? random_below(b->r, 32) : 31);
        load_row = diff_find_row(load);
    } while (load_row == NULL || diff_is_unpredictable(load_row, load) ||
             (diff_written(load_row, load) & b->reserved) != 0);
    if (random_one_in(b->r, 8)) /* elsewhere */
        load = diff_with_bits(load, 5, 5,
                              b->pointers[random_below(b->r, NUM_FIXED)].reg);
    emit(b, random_one_in(b->r, 8) ? DIFF_CLREX : load);
    while (between-- > 0)
        if (random_one_in(b->r, 4))
            emit_access(b, DIFF_MEMORY);
        else
            emit_free(b, DIFF_ALU);
    if (random_one_in(b->r, 16))
        emit(b, DIFF_CLREX);
    emit(b, store);
    if (random_one_in(b->r, 8)) /* which closed the monitor */
        emit(b, store);
}

/* MSR gets a value that all bits can hold: AND with a mask comes first. */
static void emit_system_register(struct builder *b)
{
    bool read = random_one_in(b->r, 2);
    unsigned i = random_below(b->r, b->g->scope.num_registers);
    const struct diff_system_register *s = &diff_system_registers[i];
    uint32_t rt = random_below(b->r, 31);
    if (b->reserved >> rt & 1)
        return;
    if (read || s->writable == 0) {
        emit(b, 0xd5300000 | s->number << 5 | rt);
        return;
    }
    if (i == 1) /* and xt, xt, #0x7c00000 */
        emit(b, 0x926a1000 | rt << 5 | rt);
    if (i == 2) /* and xt, xt, #0x1f */
        emit(b, 0x92401000 | rt << 5 | rt);
    emit(b, 0xd5100000 | s->number << 5 | rt);
}

static void emit_to_target(struct builder *b, uint32_t word)
{
    b->branch[b->c->length] = true;
    emit(b, word);
}

/* To what a register holds: one address, or for lanes that run together another
   one where a condition does not hold. */
static void emit_register_branch(struct builder *b, uint32_t word)
{
    uint32_t rn = random_below(b->r, 31), rm = random_below(b->r, 31);
    if (b->reserved >> rn & 1)
        return;
    emit_to_target(b, 0x10000000 | rn); /* adr rn, target */
    if (b->together && !(b->reserved >> rm & 1) && random_one_in(b->r, 2)) {
        emit_to_target(b, 0x10000000 | rm); /* csel rn, rn, rm, condition */
        emit(b, 0x9a800000 | rm << 16 | random_below(b->r, 16) << 12 |
                    rn << 5 | rn);
    }
    emit(b, diff_with_bits(word, 5, 5, rn));
}

static void emit_branch(struct builder *b)
{
    const struct diff_row *row = pick_row(b, DIFF_BRANCH);
    uint32_t word;
    if (row == NULL || !free_word(b, row, &word))
        return;
    if (strcmp(row->group, "control/branch_reg") == 0)
        emit_register_branch(b, word);
    else
        emit_to_target(b, word);
}

/* A branch at which lanes part: on a bit of the lane's number (vectors that go
   one way as a whole) or of anything, or on flags that were just set. */
static void emit_parting(struct builder *b)
{
    uint32_t rn = random_below(b->r, 31), rm = random_below(b->r, 31);
    uint32_t bits = random_below(b->r, 32), invert = random_below(b->r, 2);
    switch (random_below(b->r, 4)) {
    case 0: /* tbz, tbnz */
        emit_to_target(b, 0x36000000 | invert << 24 | bits % 6 << 19 |
                              b->ordinal);
        break;
    case 1:
        emit_to_target(b, 0x36000000 | invert << 24 | bits << 19 | rn);
        break;
    default: /* cmn or cmp, of 32 or 64 bits; b.cond */
        emit(b, 0x2b00001f | invert << 30 | bits << 31 | rm << 16 | rn << 5);
        emit_to_target(b, 0x54000000 | random_below(b->r, 14));
        break;
    }
}

/* A row whose offsets are small. Few have write-back that moves with every
   round of a loop. */
static const struct diff_row *pick_wild_row(struct builder *b)
{
    static const enum diff_kind aligned[] = {DIFF_ORDERED, DIFF_ATOMIC,
                                             DIFF_LOAD_EXCLUSIVE};
    const struct diff_row *row;
    if (b->together && random_one_in(b->r, 4))
        return pick_row(b, aligned[random_below(b->r, 3)]);
    for (;;) {
        row = pick_row(b, DIFF_MEMORY);
        switch (row->address) {
        case ADDRESS_IMM9:
            return row;
        case ADDRESS_IMM7:
            if (b->together)
                return row;
            break;
        case ADDRESS_POST9:
        case ADDRESS_PRE9:
        case ADDRESS_POST7:
        case ADDRESS_PRE7:
            if (b->together && b->loop == 0)
                return row;
            break;
        default:
            break;
        }
    }
}

/* The one access that some lanes do not survive. */
static void emit_wild(struct builder *b)
{
    const struct diff_row *row = pick_wild_row(b);
    struct diff_access a;
    uint32_t word, written;
    int tries;
    for (tries = 0; tries < 16; tries++) {
        if (!diff_random_word(b->r, row, &word))
            continue;
        word = diff_with_bits(word, 5, 5, b->wild);
        diff_decode_access(row, word, &a);
        written = diff_written(row, word);
        if (a.write_back)
            written &= ~(UINT32_C(1) << b->wild);
        if ((written & b->reserved) != 0 || diff_is_unpredictable(row, word))
            continue;
        if (a.must_align)
            word = align_immediate(word, &a);
        if (b->together) {
            diff_decode_access(row, word, &b->wild_access);
            b->c->trap = b->c->length;
        }
        emit(b, word);
        return;
    }
}

/* Lanes whose access at the trap is unaligned, or partly outside memory. */
static void find_trapped(struct builder *b)
{
    struct diff_case *c = b->c;
    const struct diff_access *a = &b->wild_access;
    const uint64_t end = diff_memory_end(&b->g->scope.window);
    unsigned i;
    for (i = 0; i < c->lanes && a->bytes != 0; i++) {
        uint64_t at =
            diff_access_address(c->code[c->trap], a, &c->start[i]);
        if ((a->must_align && at % a->bytes != 0) ||
            (at < end && a->bytes > end - at))
            c->trapped |= UINT64_C(1) << i;
    }
}

/* As many rounds as the counter has bits: mov xc, #1 to #15, or for lanes that
   run together any register's low bits */
static void begin_loop(struct builder *b)
{
    bool is_parting = b->together && !random_one_in(b->r, 4);
    begin_group(b);
    if (is_parting) /* and xc, xn, #0x3f */
        emit(b, 0x92401400 | random_below(b->r, 31) << 5 | b->counter);
    else
        emit(b, 0xd2800020 + (random_below(b->r, 15) << 5) + b->counter);
    b->loop = b->c->length;
}

/* lsr xc, xc, #1; cbnz xc, body */
static void end_loop(struct builder *b)
{
    uint32_t back;
    begin_group(b);
    emit(b, 0xd341fc00 | b->counter << 5 | b->counter);
    back = b->loop - b->c->length;
    emit(b, diff_with_bits(0xb5000000 | b->counter, 5, 19, back));
    b->loop = 0;
}

static void emit_any(struct builder *b)
{
    unsigned pick = random_below(b->r, 100);
    begin_group(b);
    if (b->together && random_one_in(b->r, 12))
        emit_parting(b);
    else if (pick < 26)
        emit_free(b, DIFF_ALU);
    else if (pick < 53)
        emit_free(b, DIFF_SIMD);
    else if (pick < 71)
        emit_access(b, DIFF_MEMORY);
    else if (pick < 76)
        emit_access(b, DIFF_STRUCTURE);
    else if (pick < 83)
        emit_branch(b);
    else if (pick < 86)
        emit_access(b, DIFF_ORDERED);
    else if (pick < 92)
        emit_atomic(b);
    else if (pick < 94)
        emit_exclusive(b);
    else if (pick < 95)
        emit_access(b, DIFF_LOAD_EXCLUSIVE);
    else if (pick < 96)
        emit_access(b, DIFF_ZERO_BLOCK);
    else if (pick < 98)
        emit_system_register(b);
    else
        emit_free(b, DIFF_NOTHING);
}

/* -- Branch targets -------------------------------------------------------- */

/* A group a few instructions further on. */
static unsigned forward_target(struct builder *b, unsigned from)
{
    unsigned far = b->together && random_one_in(b->r, 4) ? 16 : 4;
    unsigned skip = random_below(b->r, far), to = from + 1;
    while (to < b->c->length && (!b->starts[to] || skip-- > 0))
        to++;
    return to;
}

static uint32_t with_target(uint32_t word, uint32_t distance)
{
    if (diff_bits(word, 24, 5) == 0x10) /* ADR */
        return diff_with_bits(word, 5, 19, distance);
    if (diff_bits(word, 26, 5) == 0x05) /* B, BL */
        return diff_with_bits(word, 0, 26, distance);
    if (diff_bits(word, 25, 6) == 0x1b) /* TBZ, TBNZ */
        return diff_with_bits(word, 5, 14, distance);
    return diff_with_bits(word, 5, 19, distance); /* B.cond, CBZ, CBNZ */
}

static void set_targets(struct builder *b)
{
    unsigned i;
    for (i = 0; i < b->c->length; i++)
        if (b->branch[i])
            b->c->code[i] =
                with_target(b->c->code[i], forward_target(b, i) - i);
}

void diff_make_sequence(const struct diff_generator *g, uint64_t number,
                        struct diff_case *c)
{
    struct random_source r = random_for(g->seed, 2, number);
    struct builder b;
    enum diff_calm calm;
    unsigned length = 20 + random_below(&r, 300), wild_at, i;
    memset(&b, 0, sizeof b);
    b.g = g;
    b.r = &r;
    b.c = c;
    b.together = g->scope.together;
    diff_case_clear(c, &g->scope);
    if (b.together && random_one_in(&r, 4))
        c->pause = 1 + random_below(&r, length);
    give_roles(&b);
    wild_at = random_one_in(&r, b.together ? 2 : 8) ? random_below(&r, length)
                                                    : UINT32_MAX;
    if (c->pause != 0 && wild_at > c->pause) /* some lanes do not go on */
        wild_at = random_below(&r, c->pause);
    emit(&b, DIFF_CLREX);
    while (c->length < length) {
        if (c->length >= wild_at) {
            begin_group(&b);
            emit_wild(&b);
            wild_at = UINT32_MAX;
        }
        if (b.loop == 0 && random_one_in(&r, 60))
            begin_loop(&b);
        else if (b.loop != 0 && random_one_in(&r, 15))
            end_loop(&b);
        emit_any(&b);
    }
    if (b.loop != 0)
        end_loop(&b);
    if (random_one_in(&r, 16))
        c->limit = 1 + random_below(&r, c->length);
    set_targets(&b);
    calm = diff_random_calm(&r, &g->scope);
    for (i = 0; i < c->lanes; i++) {
        diff_random_state(&r, &g->scope, &c->start[i]);
        diff_calm_state(&r, calm, &c->start[i]);
        give_values(&b, i, &c->start[i]);
    }
    find_trapped(&b);
}
