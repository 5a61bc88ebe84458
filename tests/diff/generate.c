/*
 * Single cases, and what they share with sequences. Registers start at values
 * of random_value(); an instruction that accesses memory has its base set so
 * that most accesses hit, in every alignment, and some fall off either end.
 */
#include "generate.h"

#include <stdlib.h>
#include <string.h>

const struct diff_system_register diff_system_registers[DIFF_SYSTEM_REGISTERS] =
    {
        {0x5a10, UINT64_C(0xf0000000)}, /* NZCV */
        {0x5a20, UINT64_C(0x07c80000)}, /* FPCR: AHP, DN, FZ, RMode, FZ16 */
        {0x5a21, UINT64_C(0x0800009f)}, /* FPSR */
        {0x5e82, UINT64_MAX},           /* TPIDR_EL0 */
        {0x4212, 0},                    /* CurrentEL */
        {0x5807, 0},                    /* DCZID_EL0 */
};

static bool matches(const struct diff_exclusion *e, const struct diff_row *row)
{
    size_t length = strlen(e->prefix);
    return strncmp(row->name, e->prefix, length) == 0 &&
           strstr(row->name, e->part) != NULL;
}

const char *diff_excluded(const struct diff_scope *scope,
                          const struct diff_row *row)
{
    const struct diff_exclusion *e;
    if (row->kind == DIFF_STOP)
        return "stops the lane";
    for (e = scope->exclusions; e->prefix != NULL; e++)
        if (e->when == NULL && matches(e, row))
            return e->why;
    return NULL;
}

bool diff_case_word(const struct diff_scope *scope, struct random_source *r,
                    const struct diff_row *row, uint32_t *word)
{
    const struct diff_exclusion *e;
    int tries;
    for (tries = 0; tries < 64; tries++) {
        if (!diff_random_word(r, row, word))
            return false;
        for (e = scope->exclusions; e->prefix != NULL; e++)
            if (e->when != NULL && matches(e, row) && e->when(*word))
                break;
        if (e->prefix == NULL)
            return true;
    }
    return false;
}

static const struct diff_row **row_list(size_t count)
{
    const struct diff_row **list = calloc(count, sizeof *list);
    if (list == NULL)
        abort();
    return list;
}

void diff_generator_init(struct diff_generator *g,
                         const struct diff_scope *scope, uint64_t seed,
                         const uint8_t *image)
{
    size_t i, count;
    const struct diff_row *rows = diff_rows(&count);
    memset(g, 0, sizeof *g);
    g->scope = *scope;
    g->seed = seed;
    g->image = image;
    for (i = 0; i < DIFF_KINDS; i++)
        g->rows[i] = row_list(count);
    g->singles = row_list(count);
    for (i = 0; i < count; i++) {
        enum diff_kind kind = rows[i].kind;
        if (diff_excluded(scope, &rows[i]) != NULL)
            continue;
        g->rows[kind][g->num_rows[kind]++] = &rows[i];
        g->singles[g->num_singles++] = &rows[i];
    }
}

void diff_generator_free(struct diff_generator *g)
{
    int i;
    for (i = 0; i < DIFF_KINDS; i++)
        free(g->rows[i]);
    free(g->singles);
}

uint64_t diff_lane_shift(const struct diff_window *w, uint64_t lane)
{
    return w->apart == 0 ? 0 : w->end - w->begin + lane * w->apart;
}

uint64_t diff_memory_end(const struct diff_window *w)
{
    return w->end + DIFF_MOST_LANES * w->apart;
}

uint64_t diff_memory_bytes(const struct diff_window *w)
{
    return diff_memory_end(w) - w->begin;
}

/* All but the lanes' states, which are large. */
void diff_case_clear(struct diff_case *c, const struct diff_scope *scope)
{
    int i;
    memset(c, 0, offsetof(struct diff_case, start));
    c->lanes = scope->lanes;
    for (i = 0; i < DIFF_CODE_WORDS; i++)
        c->code[i] = DIFF_HLT;
}

/* One lane of a few bits of exponent and of fraction: mostly what is special, or
   near a power of two, or near another exponent. */
static uint64_t random_float(struct random_source *r, unsigned exponent,
                             unsigned fraction)
{
    uint64_t ones = (UINT64_C(1) << fraction) - 1, v = random_next(r) & ones;
    uint64_t most = (UINT64_C(1) << exponent) - 1, e = most / 2;
    switch (random_below(r, 8)) {
    case 0:
        e = 0;
        break;
    case 1:
        e = most;
        break;
    case 2:
        e = random_below(r, most + 1);
        break;
    case 3: /* about where integers end */
        e += random_below(r, 66);
        break;
    case 4:
        e = random_one_in(r, 2) ? 1 : most - 1;
        break;
    default:
        e += random_below(r, 8) - 4;
        break;
    }
    if (random_one_in(r, 3))
        v = random_one_in(r, 2) ? 0 : ones;
    else if (random_one_in(r, 3))
        v = UINT64_C(1) << random_below(r, fraction);
    return (e & most) << fraction | v |
           (random_next(r) & 1) << (exponent + fraction);
}

static void random_vector(struct random_source *r, uint64_t v[2])
{
    unsigned shape = random_below(r, 6), i;
    for (i = 0; i < 2; i++)
        if (shape < 2)
            v[i] = random_float(r, 11, 52);
        else if (shape < 4)
            v[i] = random_float(r, 8, 23) | random_float(r, 8, 23) << 32;
        else if (shape < 5)
            v[i] = random_float(r, 5, 10) | random_float(r, 5, 10) << 16 |
                   random_float(r, 5, 10) << 32 | random_float(r, 5, 10) << 48;
        else
            v[i] = random_value(r);
}

void diff_random_state(struct random_source *r, const struct diff_scope *scope,
                       armgpu_state *s)
{
    int i;
    memset(s, 0, sizeof *s);
    s->size = sizeof *s;
    for (i = 0; i < 31; i++)
        s->x[i] = random_value(r);
    s->sp = random_value(r);
    for (i = 0; i < 32; i++)
        random_vector(r, s->v[i]);
    s->pc = scope->window.code;
    s->nzcv = (uint64_t)random_below(r, 16) << 28;
    if (scope->num_registers > 1) {
        s->fpcr = random_next(r) & diff_system_registers[1].writable;
        s->fpsr = random_next(r) & diff_system_registers[2].writable;
        s->tpidr = random_value(r);
    }
}

enum diff_calm diff_random_calm(struct random_source *r,
                                const struct diff_scope *scope)
{
    if (!scope->together || random_one_in(r, 3))
        return DIFF_WILD;
    if (random_one_in(r, 2))
        return DIFF_CALM_MOSTLY;
    return random_one_in(r, 3) ? DIFF_CALM_CLEAR : DIFF_CALM;
}

/* Singles about 1, which are such doubles as well; or doubles. */
static void calm_vector(struct random_source *r, uint64_t v[2])
{
    unsigned i;
    for (i = 0; i < 2; i++) {
        uint64_t sign = random_next(r) & UINT64_C(0x8000000080000000);
        uint64_t near = (120 + random_below(r, 16)) << 23;
        near |= (uint64_t)(120 + random_below(r, 16)) << 55;
        v[i] = sign | near | (random_next(r) & UINT64_C(0x007fffff007fffff));
        if (random_one_in(r, 3))
            v[i] = (v[i] & ~UINT64_C(0xffffffff)) | (uint32_t)random_next(r);
        if (random_one_in(r, 4)) /* sums and products of these are exact */
            v[i] &= UINT64_C(0xfff80000fff80000);
    }
}

void diff_calm_state(struct random_source *r, enum diff_calm calm,
                     armgpu_state *s)
{
    const bool may_differ = calm == DIFF_CALM_MOSTLY;
    int i;
    if (calm == DIFF_WILD)
        return;
    if (!may_differ || !random_one_in(r, 24))
        s->fpcr &= ~UINT64_C(0x01c00000); /* FZ, RMode */
    if (calm == DIFF_CALM_CLEAR || (may_differ && random_one_in(r, 24)))
        s->fpsr &= ~UINT64_C(0x10); /* IXC */
    else
        s->fpsr |= 0x10;
    for (i = 0; i < 32; i++)
        if (!may_differ || !random_one_in(r, 24))
            calm_vector(r, s->v[i]);
}

/* -- Single cases ---------------------------------------------------------- */

/* An address for an access of a->bytes: mostly anywhere inside, else at an end
   of memory, across it, or far away. */
static uint64_t random_target(struct random_source *r,
                              const struct diff_window *w,
                              const struct diff_access *a, bool may_fault)
{
    uint64_t room = w->end - w->begin - a->bytes;
    uint32_t pick = random_below(r, 24);
    if (!may_fault && pick >= 2)
        pick = 6;
    switch (pick) {
    case 0:
        return w->end - a->bytes;
    case 1:
        return w->begin;
    case 2:
        return w->end - random_below(r, a->bytes);
    case 3:
        return w->end + random_below(r, 0x10000);
    case 4:
        return UINT64_MAX - random_below(r, 2 * a->bytes);
    case 5:
        return random_value(r);
    default:
        return w->begin + random_below(r, room + 1);
    }
}

/* Sets the base register so that the word accesses `target`. */
static void aim(uint32_t word, const struct diff_access *a, armgpu_state *s,
                uint64_t target)
{
    if (a->address == ADDRESS_LITERAL)
        return;
    if (a->address == ADDRESS_BLOCK) {
        if (a->base != 31)
            s->x[a->base] = target;
        return;
    }
    if (a->address == ADDRESS_INDEX)
        target -= diff_index_value(word, s);
    diff_write_base(s, a->base, target - (uint64_t)a->offset);
}

/* The nearest aligned SP that keeps the access inside. */
static void align_sp(const struct diff_window *w, uint32_t word,
                     const struct diff_access *a, armgpu_state *s)
{
    if (a->address == ADDRESS_LITERAL || a->base != 31)
        return;
    s->sp &= ~UINT64_C(15);
    if (diff_access_address(word, a, s) - w->begin >= w->end - w->begin)
        s->sp += 16;
}

static uint64_t image_value(const uint8_t *bytes, unsigned n)
{
    uint64_t v = 0;
    while (n-- > 0)
        v = v << 8 | bytes[n];
    return v;
}

/* Makes a compare-and-swap succeed: its register gets what memory holds, under
   garbage where the access is narrower. */
static void match_memory(const struct diff_generator *g,
                         const struct diff_row *row, uint32_t word,
                         const struct diff_access *a, armgpu_state *s)
{
    const struct diff_window *w = &g->scope.window;
    uint64_t at = diff_access_address(word, a, s) - w->begin;
    bool pair = strcmp(row->group, "ldst/comswappr") == 0;
    unsigned rs = DIFF_RM(word), n = pair ? a->bytes / 2 : a->bytes, i;

    if (at > w->end - w->begin - a->bytes)
        return;
    for (i = 0; i <= (unsigned)pair && rs + i < 31; i++) {
        uint64_t *x = &s->x[rs + i], mask = UINT64_MAX >> (64 - 8 * n);
        if (rs + i != a->base)
            *x = (*x & ~mask) | image_value(g->image + at + i * n, n);
    }
}

/* Whether the access is, or with another SP could be, at the case's own code:
   an oracle may read that again while it executes. */
static bool is_at_code(const struct diff_window *w,
                       const struct diff_access *a, uint64_t target)
{
    return target < w->code + 64 && target + a->bytes + 16 > w->code;
}

/* Points lane state at memory for a row that accesses it. */
static void set_up_access(struct random_source *r,
                          const struct diff_generator *g,
                          const struct diff_row *row, uint32_t word,
                          armgpu_state *s)
{
    struct diff_access a;
    bool may_fault = g->scope.faults && row->kind != DIFF_STORE_EXCLUSIVE;
    uint64_t target;
    if (!diff_decode_access(row, word, &a))
        return;
    do
        target = random_target(r, &g->scope.window, &a, may_fault);
    while (is_at_code(&g->scope.window, &a, target));
    if (a.must_align)
        target &= ~(uint64_t)(a.bytes - 1);
    aim(word, &a, s, target);
    if (g->scope.aligned_sp)
        align_sp(&g->scope.window, word, &a, s);
    if (strncmp(row->group, "ldst/comswap", 12) == 0 && random_one_in(r, 2))
        match_memory(g, row, word, &a, s);
}

static void set_up_state(struct random_source *r,
                         const struct diff_generator *g,
                         const struct diff_row *row, uint32_t word,
                         armgpu_state *s)
{
    const struct diff_window *w = &g->scope.window;
    unsigned rn = DIFF_RN(word), rt = DIFF_RD(word);
    diff_random_state(r, &g->scope, s);
    set_up_access(r, g, row, word, s);
    if (strcmp(row->group, "control/branch_reg") == 0 && rn != 31) {
        uint64_t to = w->begin + random_below(r, w->end - w->begin);
        if (g->scope.faults && random_one_in(r, 8))
            to = random_value(r);
        s->x[rn] = to & ~UINT64_C(3);
    }
    if (row->kind == DIFF_REGISTER_WRITE && rt != 31) {
        int i;
        for (i = 0; i < DIFF_SYSTEM_REGISTERS; i++)
            if (diff_bits(word, 5, 15) == diff_system_registers[i].number)
                s->x[rt] &= diff_system_registers[i].writable;
    }
}

/* Fields that uniform numbers would waste: a literal's offset and the system
   register. False if the word cannot stay inside where it has to. */
static bool refine_word(struct random_source *r, const struct diff_generator *g,
                        const struct diff_row *row, uint32_t *word)
{
    const struct diff_window *w = &g->scope.window;
    struct diff_access a;
    unsigned n = g->scope.num_registers;
    if (row->address == ADDRESS_LITERAL) {
        diff_decode_access(row, *word, &a);
        *word = diff_with_bits(
            *word, 5, 19,
            (uint32_t)((random_target(r, w, &a, g->scope.faults) - w->code) >>
                       2));
    }
    if (row->kind == DIFF_REGISTER_WRITE && n > 4)
        n = 4;
    if (row->kind == DIFF_REGISTER_READ || row->kind == DIFF_REGISTER_WRITE)
        *word = diff_with_bits(
            *word, 5, 15, diff_system_registers[random_below(r, n)].number);
    if (!diff_decode_access(row, *word, &a) || g->scope.faults)
        return true;
    if (a.base == 31 && g->scope.aligned_sp && /* VIXL leaves it as it was */
        a.address == ADDRESS_POST_STRUCTURE)
        return false;
    if (a.base == 31)
        return a.address != ADDRESS_BLOCK &&
               !(g->scope.aligned_sp && a.must_align && a.offset % a.bytes);
    return a.address != ADDRESS_INDEX || DIFF_RM(*word) != a.base;
}

/* The load-exclusive that opens the monitor for a store-exclusive, into
   registers that the store does not use. */
static uint32_t exclusive_load(struct random_source *r, uint32_t store)
{
    uint32_t w = diff_with_bits(store, 22, 1, 1), rt2 = 31;
    if (diff_bits(store, 21, 1))
        do
            rt2 = random_below(r, 31);
        while (rt2 == DIFF_RD(store) || rt2 == DIFF_RN(store) ||
               rt2 == DIFF_RT2(store));
    w = diff_with_bits(w, 16, 5, 31);
    w = diff_with_bits(w, 10, 5, rt2);
    return diff_with_bits(w, 0, 5, 31);
}

bool diff_make_single(const struct diff_generator *g, uint64_t number,
                      struct diff_case *c)
{
    struct random_source r = random_for(g->seed, 1, number);
    const struct diff_row *row = g->singles[number % g->num_singles];
    enum diff_calm calm;
    uint32_t word;
    unsigned i;
    diff_case_clear(c, &g->scope);
    do {
        if (!diff_case_word(&g->scope, &r, row, &word))
            return false;
    } while (!refine_word(&r, g, row, &word));
    c->row = row;
    if (row->kind == DIFF_STORE_EXCLUSIVE && random_one_in(&r, 2))
        c->code[c->length++] = exclusive_load(&r, word);
    else if (row->kind == DIFF_STORE_EXCLUSIVE)
        c->code[c->length++] = DIFF_CLREX;
    c->code[c->length++] = word;
    c->limit = c->length;
    calm = diff_random_calm(&r, &g->scope);
    for (i = 0; i < c->lanes; i++) {
        set_up_state(&r, g, row, word, &c->start[i]);
        diff_calm_state(&r, calm, &c->start[i]);
    }
    return true;
}
