/*
 * V registers in lane groups against lanes one by one: the same program from
 * the same state on every engine of the CPU, in both layouts of private memory,
 * on 64, 37 and 5 lanes. Directed cases first, for bounds and masks that random
 * sequences seldom meet; then random sequences in which few lanes have what the
 * group's vectors leave to a lane by itself, lanes part, and runs stop on the
 * way and go on.
 *
 *   SEED=N     seed (default 1, printed)
 *   CASES=N    random sequences (default 150)
 */
#include "guest.h"
#include "random.h"

#include "code/insn.h"

#include <stdbool.h>

enum {
    ONE_BY_ONE = 1, /* devices of the cpu backend: groups come behind */
    MOST_DEVICES = 8,
    MOST_LANES = 64,
    MEMORY = 0x8000,
    DATA = 0x1000,
    MOST_WORDS = 64,
    UFC = 0x8,
    IXC = 0x10
};
static const uint64_t lane_counts[] = {37, 64, 5};

static struct random_source source;
static uint32_t words[MOST_WORDS];
static size_t num_words;
static armgpu_state begin[MOST_LANES];

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 0) : otherwise;
}

/* -- Engines --------------------------------------------------------------- */

struct engine {
    uint32_t device, layout;
    uint64_t lanes;
    armgpu *g;
};
static struct engine engines[3 * 2 * MOST_DEVICES];
static size_t num_engines;

static void open_engine(uint32_t device, uint32_t layout, uint64_t lanes)
{
    armgpu_options o;
    armgpu *g;
    armgpu_options_init(&o);
    o.lanes = lanes;
    o.memory_size = MEMORY;
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.private_layout = layout;
    o.threads = 1;
    o.backend = "cpu";
    o.device = device;
    if (armgpu_open(&g, &o) == ARMGPU_OK)
        engines[num_engines++] = (struct engine){device, layout, lanes, g};
    else
        armgpu_close(g);
}

static bool is_release(void)
{
    return strcmp(ARMGPU_MODE, "release") == 0;
}

/* For each number of lanes those one by one come first. With sanitizers, which
   make this slow, there is one number, of a group that is full and one not. */
static int open_engines(void **state)
{
    (void)state;
    for (size_t n = 0; n < (is_release() ? LENGTH(lane_counts) : 1); n++)
        for (uint32_t d = ONE_BY_ONE; d < MOST_DEVICES; d++)
            for (uint32_t layout = 1; layout <= 2; layout++)
                open_engine(d, layout, lane_counts[n]);
    return 0;
}

static int close_engines(void **state)
{
    (void)state;
    for (size_t i = 0; i < num_engines; i++)
        armgpu_close(engines[i].g);
    return 0;
}

/* -- One program on all of them -------------------------------------------- */

static void clear(void)
{
    num_words = 0;
    memset(begin, 0, sizeof begin);
    for (uint64_t k = 0; k < MOST_LANES; k++) {
        begin[k].size = sizeof begin[k];
        begin[k].x[30] = k;
    }
}

static void add(uint32_t word, const char *text)
{
    check_text(word, text);
    words[num_words++] = word;
}

static void print_program(void)
{
    for (size_t i = 0; i < num_words; i++) {
        char text[128];
        armgpu_disassemble(words[i], i * 4, 0, text, sizeof text);
        printf("  %2zu: %08x %s\n", i * 4, words[i], text);
    }
}

/* A pattern that differs between lanes, and code of one lane's own. */
static void fill_memory(const struct engine *e, uint64_t alone)
{
    static uint8_t bytes[MEMORY - DATA];
    for (uint64_t k = 0; k < e->lanes; k++) {
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)(i * 7 + (i >> 8) + k * 31);
        assert_ok(e->g, armgpu_write_memory(e->g, k, DATA, bytes,
                                            sizeof bytes));
    }
    if (alone < e->lanes)
        assert_ok(e->g, armgpu_write_memory(e->g, alone, 4, &words[1], 4));
}

/* Programs are all of one length, so that none is left of a longer one. */
static void run(const struct engine *e, uint64_t stop_after, uint64_t alone)
{
    for (size_t i = num_words; i < MOST_WORDS; i++)
        words[i] = HLT;
    assert_ok(e->g, armgpu_reset(e->g));
    load_words(e->g, 0, words, MOST_WORDS);
    fill_memory(e, alone);
    assert_ok(e->g, armgpu_set_state(e->g, 0, e->lanes, begin));
    if (stop_after != 0) {
        assert_ok(e->g, armgpu_execute(e->g, stop_after, NULL));
        for (uint64_t k = 0; k < e->lanes; k += 3) {
            armgpu_state s = state_of(e->g, k);
            s.v[k & 31][1] ^= k;
            assert_ok(e->g, armgpu_set_state(e->g, k, 1, &s));
        }
    }
    assert_ok(e->g, armgpu_execute(e->g, 1000, NULL));
}

static void fail_lane(const struct engine *e, uint64_t k, const char *what)
{
    print_program();
    fail_msg("device %u, layout %u, %d lanes: lane %d: %s", e->device,
             e->layout, (int)e->lanes, (int)k, what);
}

static void compare(const struct engine *e, const struct engine *one)
{
    static uint8_t a[MEMORY], b[MEMORY];
    char text[64];
    for (uint64_t k = 0; k < e->lanes; k++) {
        const armgpu_state s = state_of(e->g, k), t = state_of(one->g, k);
        const armgpu_lane_result r = result_of(e->g, k);
        const armgpu_lane_result q = result_of(one->g, k);
        for (int i = 0; i < 32; i++) {
            snprintf(text, sizeof text, "v%d is %016llx%016llx", i,
                     (unsigned long long)s.v[i][1],
                     (unsigned long long)s.v[i][0]);
            if (memcmp(s.v[i], t.v[i], 16) != 0)
                fail_lane(e, k, text);
        }
        if (s.nzcv != t.nzcv)
            fail_lane(e, k, "NZCV");
        if (s.fpsr != t.fpsr)
            fail_lane(e, k, "FPSR");
        if (memcmp(&s, &t, sizeof s) != 0)
            fail_lane(e, k, "state");
        if (memcmp(&r, &q, sizeof r) != 0)
            fail_lane(e, k, "result");
        assert_ok(e->g, armgpu_read_memory(e->g, k, 0, a, MEMORY));
        assert_ok(one->g, armgpu_read_memory(one->g, k, 0, b, MEMORY));
        if (memcmp(a, b, MEMORY) != 0)
            fail_lane(e, k, "memory");
    }
}

static void run_all(uint64_t stop_after, uint64_t alone)
{
    const struct engine *one = NULL;
    for (size_t i = 0; i < num_engines; i++) {
        const struct engine *e = &engines[i];
        run(e, stop_after, alone);
        if (one == NULL || one->lanes != e->lanes)
            one = e;
        else
            compare(e, one);
    }
}

/* The lanes one by one also do what is said here. */
static void assert_flags(uint64_t nzcv, uint64_t fpsr)
{
    for (uint64_t k = 0; k < engines[0].lanes; k++) {
        const armgpu_state s = state_of(engines[0].g, k);
        assert_int_equal(s.nzcv, nzcv);
        assert_int_equal(s.fpsr, fpsr);
    }
}

/* -- Inexact products whose residual no number is small enough for --------- */

/* 2^exponent * (1 + ulps), as it is and in both halves of 64 bits. */
static uint64_t of_double(int exponent, unsigned ulps)
{
    return (uint64_t)(exponent + 1023) << 52 | ulps;
}
static uint64_t of_singles(int exponent, unsigned ulps)
{
    return (uint64_t)((uint32_t)(exponent + 127) << 23 | ulps) * 0x100000001u;
}

struct tiny {
    uint32_t word;
    const char *text;
    bool is_single;
    unsigned n, m; /* ulps of operands; the exponent is with n */
};
static const struct tiny tiny[] = {
    {0x1e610802, "fmul d2, d0, d1", false, 1, 1},
    {0x1e611802, "fdiv d2, d0, d1", false, 2, 1},
    {0x1e61c002, "fsqrt d2, d0", false, 2, 0},
    {0x1f410c02, "fmadd d2, d0, d1, d3", false, 1, 1},
    {0x6e61dc02, "fmul v2.2d, v0.2d, v1.2d", false, 1, 1},
    {0x4e61cc03, "fmla v3.2d, v0.2d, v1.2d", false, 1, 1},
    {0x1e210802, "fmul s2, s0, s1", true, 1, 1},
    {0x1e211802, "fdiv s2, s0, s1", true, 2, 1},
    {0x1e21c002, "fsqrt s2, s0", true, 2, 0},
    {0x1f010c02, "fmadd s2, s0, s1, s3", true, 1, 1},
    {0x6e21dc02, "fmul v2.4s, v0.4s, v1.4s", true, 1, 1},
    {0x4e21cc03, "fmla v3.4s, v0.4s, v1.4s", true, 1, 1},
};

/* (1 + u)^2 is 1 + 2u but for u^2, which is below what is a number from
   2^-970 (2^-103) on: a product seems exact to who looks at the residual. Lanes
   have different exponents, down to the smallest normal number's neighbour. */
static void inexact_and_tiny(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(tiny); i++) {
        const struct tiny *t = &tiny[i];
        clear();
        add(t->word, t->text);
        add(HLT, "hlt");
        for (uint64_t k = 0; k < MOST_LANES; k++)
            for (int half = 0; half < 2; half++) {
                const int from = t->is_single ? -78 : -960;
                const int e = from - (int)(k % (t->is_single ? 24 : 31)) * 2;
                begin[k].v[0][half] = t->is_single ? of_singles(e, t->n)
                                                   : of_double(e, t->n);
                begin[k].v[1][half] = t->is_single ? of_singles(0, t->m)
                                                   : of_double(0, t->m);
            }
        run_all(0, MOST_LANES);
        assert_flags(0, IXC);
    }
}

/* -- Results that only rounding makes the smallest normal number ---------- */

static const struct {
    uint32_t word;
    const char *text;
    uint64_t n, m;
} rounded_up[] = {
    {0x1e610802, "fmul d2, d0, d1", 0x3fefffffffffffff, 0x0010000000000000},
    {0x1e611802, "fdiv d2, d0, d1", 0x001fffffffffffff, 0x4000000000000000},
    {0x1f410c02, "fmadd d2, d0, d1, d3", 0x3fefffffffffffff,
     0x0010000000000000},
    {0x1e210802, "fmul s2, s0, s1", 0x3f7fffff, 0x00800000},
    {0x1e211802, "fdiv s2, s0, s1", 0x00ffffff, 0x40000000},
    {0x1f010c02, "fmadd s2, s0, s1, s3", 0x3f7fffff, 0x00800000},
    {0x1e624002, "fcvt s2, d0", 0x380fffffffffffff, 0},
};

/* They underflow: Arm looks before it rounds. IXC is not in question. */
static void rounded_up_to_normal(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(rounded_up); i++) {
        clear();
        add(rounded_up[i].word, rounded_up[i].text);
        add(HLT, "hlt");
        for (uint64_t k = 0; k < MOST_LANES; k++) {
            begin[k].v[0][0] = rounded_up[i].n | (k & 1) << 63;
            if (rounded_up[i].n >> 32 == 0)
                begin[k].v[0][0] = rounded_up[i].n | (k & 1) << 31;
            begin[k].v[1][0] = rounded_up[i].m;
            begin[k].fpsr = IXC;
        }
        run_all(0, MOST_LANES);
        assert_flags(0, UFC | IXC);
    }
}

/* -- Flags of lanes that a comparison leaves to themselves ----------------- */

static const struct {
    uint32_t word;
    const char *text;
} operand_flags[] = {
    {0xeb02003f, "cmp x1, x2"},
    {0x6b02003f, "cmp w1, w2"},
    {0xab02003f, "cmn x1, x2"},
    {0xea02003f, "tst x1, x2"},
}, compares[] = {
    {0x1e610405, "fccmp d0, d1, #0x5, eq"},
    {0x1e210405, "fccmp s0, s1, #0x5, eq"},
    {0x1e612000, "fcmp d0, d1"},
    {0x1e212010, "fcmpe s0, s1"},
};

/* Some lanes have a NaN, some round in another way; NZCV says the opposite of
   what the operands say, X3 and V4 are what the flags choose. */
static void begin_compare(void)
{
    for (uint64_t k = 0; k < MOST_LANES; k++) {
        armgpu_state *s = &begin[k];
        const bool is_equal = (k / 2 & 1) != 0;
        s->x[1] = 0x500000005;
        s->x[2] = is_equal ? s->x[1] : 0xfffffffe00000006;
        if (k % 5 == 4)
            s->x[2] = -s->x[1];
        s->nzcv = is_equal ? 0x80000000 : 0x60000000;
        s->v[0][0] = k & 4 ? of_double(1, 0) : of_singles(1, 0);
        s->v[1][0] = k & 8 ? of_double(1, 0) : of_singles(1, 0);
        if (k % 7 == 3)
            s->v[k & 1][0] = UINT64_C(0x7ff800007fc00000);
        if (k % 7 == 5)
            s->fpcr = 1u << 22;
    }
}

/* `how` 0: all lanes are together; 1: others wait with flags of their own. */
static void compare_after(size_t before, size_t compare, uint32_t cond, int how)
{
    const bool has_cond = compare < 2;
    clear();
    begin_compare();
    if (how != 0) {
        add(0xab02003f, "cmn x1, x2");
        add(0x3600005e, "tbz w30, #0, 0x8");
        words[1] = 0x3600009e; /* over the three behind it */
    }
    add(operand_flags[before].word, operand_flags[before].text);
    add(compares[compare].word, compares[compare].text);
    if (has_cond)
        words[num_words - 1] ^= cond << 12;
    add(0x1e611c04, "fcsel d4, d0, d1, ne");
    add(0x9a9f07e3, "cset x3, ne");
    add(HLT, "hlt");
    run_all(0, MOST_LANES);
}

static void flags_of_lanes_left(void **state)
{
    (void)state;
    for (size_t b = 0; b < LENGTH(operand_flags); b++)
        for (size_t c = 0; c < LENGTH(compares); c++)
            for (uint32_t cond = 0; cond < (c < 2 ? 14 : 1); cond++)
                compare_after(b, c, cond, (int)(cond & 1));
    for (size_t b = 0; b < LENGTH(operand_flags); b++)
        for (uint32_t cond = 0; cond < 14; cond++)
            compare_after(b, 0, cond, (int)(~cond & 1));
}

/* -- Stores of some lanes -------------------------------------------------- */

static const struct {
    uint32_t word;
    const char *text;
} stores[] = {
    {0x3d800020, "str q0, [x1]"},
    {0x3c803020, "stur q0, [x1, #3]"},
    {0xfd000c20, "str d0, [x1, #24]"},
    {0xbd002c20, "str s0, [x1, #44]"},
    {0x7d006020, "str h0, [x1, #48]"},
    {0x3d00cc20, "str b0, [x1, #51]"},
    {0xad020420, "stp q0, q1, [x1, #64]"},
    {0x6d060420, "stp d0, d1, [x1, #96]"},
    {0x4c002c20, "st1 {v0.2d-v3.2d}, [x1]"},
    {0x0c9f7020, "st1 {v0.8b}, [x1], #8"},
    {0x4c008020, "st2 {v0.16b, v1.16b}, [x1]"},
    {0x4c008820, "st2 {v0.4s, v1.4s}, [x1]"},
    {0x0c9f4420, "st3 {v0.4h-v2.4h}, [x1], #24"},
    {0x4c004c20, "st3 {v0.2d-v2.2d}, [x1]"},
    {0x4c000020, "st4 {v0.16b-v3.16b}, [x1]"},
    {0x0d001820, "st1 {v0.b}[6], [x1]"},
    {0x4d009020, "st1 {v0.s}[3], [x1]"},
    {0x4d207820, "st4 {v0.h-v3.h}[7], [x1]"},
    {0xfc005420, "str d0, [x1], #5"},
    {0xfc007c20, "str d0, [x1, #7]!"},
};

/* Lanes whose bit in W30 is set store, alone; lanes' addresses are the same, or
   apart; aligned, odd, or one of them outside memory. */
static void store_some(size_t i, uint32_t bit, uint64_t apart, uint64_t odd,
                       bool faults)
{
    clear();
    words[num_words++] = 0x3600005e | bit << 19; /* tbz w30, #bit, .+8 */
    add(stores[i].word, stores[i].text);
    add(HLT, "hlt");
    for (uint64_t k = 0; k < MOST_LANES; k++) {
        begin[k].x[1] = DATA + k * apart + odd;
        if (faults && k % 11 == 3)
            begin[k].x[1] = MEMORY - 2;
        for (int r = 0; r < 4; r++)
            for (int half = 0; half < 2; half++)
                begin[k].v[r][half] = random_next(&source);
    }
    run_all(0, MOST_LANES);
}

static void stores_of_some_lanes(void **state)
{
    (void)state;
    source = random_for(1, 0x67, 1);
    for (size_t i = 0; i < LENGTH(stores); i++)
        for (uint32_t bit = 0; bit < 3; bit += 2) {
            store_some(i, bit, 0, 0, false);
            store_some(i, bit, 0, 5, bit != 0);
            store_some(i, bit, 136, bit, bit == 0);
        }
}

/* -- Random sequences ------------------------------------------------------ */

/* At the bounds of what vectors may do, and what they may not. */
static uint64_t special_double(void)
{
    static const uint64_t bits[] = {
        0x0010000000000000, 0x0010000000000001, 0x000fffffffffffff,
        0x0000000000000001, 0x7ff0000000000000, 0x7ff8000000000001,
        0x7ff0000000000001, 0x7fefffffffffffff, 0x4320000000000000,
        0x432fffffffffffff, 0x41e0000000000000, 0x41dfffffffc00000,
        0x41efffffffe00000, 0x3fe0000000000000, 0x0000000000000000,
        0x36a0000000000000, 0x3810000000000000, 0x380fffffffffffff,
        0x47efffffe0000000, 0x47effffff0000000, 0x07b0000000000001,
        0x3ff0000000000001, 0x4330000000000001, 0x3fdfffffffffffff};
    return bits[random_below(&source, LENGTH(bits))] |
           random_next(&source) << 63;
}
static uint32_t special_single(void)
{
    static const uint32_t bits[] = {
        0x00800000, 0x00800001, 0x007fffff, 0x00000001, 0x7f800000,
        0x7fc00001, 0x7f800001, 0x7f7fffff, 0x4f000000, 0x4effffff,
        0x4f7fffff, 0x3f000000, 0x00000000, 0x4b800000, 0x4b800001,
        0x17800001, 0x3f800001, 0x4b000001, 0x3effffff};
    return bits[random_below(&source, LENGTH(bits))] |
           (uint32_t)random_next(&source) << 31;
}

/* Numbers near 1 with few bits or many; `odds`: one in so many is special. */
static uint64_t half_value(bool is_single, uint32_t odds)
{
    const uint64_t bits = random_next(&source);
    const uint64_t keep = random_one_in(&source, 2) ? ~(uint64_t)0 << 46
                                                    : ~(uint64_t)0;
    uint32_t part[2];
    if (!is_single && random_one_in(&source, odds))
        return special_double();
    if (!is_single)
        return (bits & keep & 0x800fffffffffffff) |
               (uint64_t)(1015 + random_below(&source, 16)) << 52;
    for (int i = 0; i < 2; i++)
        part[i] = random_one_in(&source, odds)
                      ? special_single()
                      : ((uint32_t)(bits >> i * 32) & (uint32_t)(keep >> 32) &
                         0x807fffff) |
                            (119 + random_below(&source, 16)) << 23;
    return part[0] | (uint64_t)part[1] << 32;
}

static void begin_lane(armgpu_state *s, uint32_t odds, bool is_exact)
{
    const uint64_t same = DATA + 0x400 + random_below(&source, 64) * 8;
    for (int r = 0; r < 32; r++)
        for (int half = 0; half < 2; half++)
            s->v[r][half] = half_value(r & 1, odds);
    for (int r = 0; r < 30; r++)
        s->x[r] = r >= 16                     ? random_below(&source, 256)
                  : random_one_in(&source, 8) ? same + random_below(&source, 8)
                                              : same;
    if (random_one_in(&source, odds))
        s->fpcr = random_next(&source) & ARMGPU_FPCR_BITS;
    if (!is_exact || random_one_in(&source, odds))
        s->fpsr = random_one_in(&source, 3) ? 0x0800009f : IXC;
    s->nzcv = (uint64_t)random_below(&source, 16) << 28;
}

/* Bases that all lanes have, mostly. */
static void same_bases(void)
{
    for (uint64_t k = 1; k < MOST_LANES; k++)
        for (int r = 0; r < 14; r++)
            if (!random_one_in(&source, 64) && begin[0].x[r] % 16 != 8)
                begin[k].x[r] = begin[0].x[r];
}

/* Bases are X0 to X15, indices the others; offsets are small. */
static uint32_t as_memory(uint32_t w)
{
    if ((w >> 27 & 7) == 7 && (w >> 24 & 1) != 0)
        w &= ~UINT32_C(0x3f0000);
    return (w & ~UINT32_C(0x200)) | (w >> 21 & 1 ? 0x100000 : 0);
}

static uint32_t random_word(void)
{
    for (;;) {
        const uint32_t at = random_below(&source, ag_insn_implemented());
        const struct ag_insn_row *r = ag_insn_row(at);
        const bool is_memory = strcmp(r->insn_class, "vmemory") == 0;
        uint32_t w = (uint32_t)random_next(&source);
        if ((!is_memory && strcmp(r->insn_class, "simd") != 0 &&
             strcmp(r->insn_class, "crypto") != 0) ||
            strstr(r->group, "loadlit") != NULL)
            continue;
        if (!is_memory && strstr(r->group, "float") == NULL &&
            random_one_in(&source, 2))
            continue; /* as many of floating point as of the rest */
        w = ((is_memory ? as_memory(w) : w) & ~r->mask) | r->value;
        if (armgpu_find_instruction(w) == at)
            return w;
    }
}

/* Branches go forward, over a few words, from a bit of the lane's number. */
static void random_program(void)
{
    const size_t count = 10 + random_below(&source, 20);
    while (num_words < count) {
        const uint32_t bit = random_below(&source, 6);
        switch (random_below(&source, 8)) {
        case 0: /* tbz, tbnz w30 */
            words[num_words++] = 0x3600001e | bit << 19 |
                                 random_below(&source, 2) << 24 |
                                 (2 + random_below(&source, 4)) << 5;
            break;
        case 1: /* cmp, cmn, of X and W */
            words[num_words++] = (random_one_in(&source, 2) ? 0x6b00001f
                                                            : 0x2b00001f) |
                                 random_below(&source, 2) << 31 |
                                 random_below(&source, 32) << 16 |
                                 random_below(&source, 32) << 5;
            break;
        default:
            words[num_words++] = random_word();
        }
    }
    for (int i = 0; i < 6; i++)
        words[num_words++] = HLT;
}

static void random_sequences(void **state)
{
    const uint64_t seed = number_from("SEED", 1);
    const uint64_t cases = number_from("CASES", is_release() ? 150 : 40);
    uint64_t i;
    (void)state;
    printf("SEED=%d\n", (int)seed);
    for (i = number_from("CASE", 0); i < cases; i++) {
        source = random_for(seed, 0x67, i);
        clear();
        const uint32_t odds = random_one_in(&source, 2) ? 200 : 20;
        const bool is_exact = random_one_in(&source, 2);
        for (uint64_t k = 0; k < MOST_LANES; k++)
            begin_lane(&begin[k], odds, is_exact);
        same_bases();
        random_program();
        run_all(random_one_in(&source, 3) ? 1 + random_below(&source, 15) : 0,
                random_one_in(&source, 3) ? random_below(&source, 64)
                                          : MOST_LANES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inexact_and_tiny),
        cmocka_unit_test(rounded_up_to_normal),
        cmocka_unit_test(flags_of_lanes_left),
        cmocka_unit_test(stores_of_some_lanes),
        cmocka_unit_test(random_sequences),
    };
    return cmocka_run_group_tests(tests, open_engines, close_engines);
}
