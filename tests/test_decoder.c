/*
 * The generated decoder against a linear scan of the table: both must name the
 * same row for random words, most of which are unallocated or another row's
 * neighbours, and for words made for every row. Then what it puts into entries.
 *
 *   SEED=N   seed of the random words (default 1, printed)
 *   WORDS=N  random words (default 100 million)
 *
 * The scan shares no code with the decoder: it tries the rows by mask, value
 * and constraint, most specific first. To be fast enough it keeps one list of
 * rows for each value of the word's upper bits.
 */
#include "armgpu.h"
#include "a64/decode.h"
#include "code/decode.h"
#include "code/insn.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BUCKET_BITS 11
#define BUCKETS (1u << BUCKET_BITS)
#define BUCKET_MASK (~(0xffffffffu >> BUCKET_BITS))

struct candidate {
    uint32_t mask, value, row; /* row is the index plus one */
};

/* Candidates of bucket b are all[first[b]] to all[first[b + 1] - 1]. */
static struct candidate *all;
static size_t first[BUCKETS + 1];

static uint32_t number_from(const char *name, uint32_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? (uint32_t)strtoul(text, NULL, 0) : otherwise;
}

static struct random_source seeded(uint64_t kind)
{
    uint32_t seed = number_from("SEED", 1);
    print_message("SEED=%u\n", seed);
    return random_for(seed, kind, 0);
}

static unsigned fixed_bits(uint32_t mask)
{
    unsigned n = 0;
    for (; mask != 0; mask &= mask - 1)
        n++;
    return n;
}

static int most_specific_first(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    return (int)fixed_bits(b->mask) - (int)fixed_bits(a->mask);
}

static int build_buckets(void **state)
{
    uint32_t count = ag_insn_implemented();
    struct candidate *sorted = malloc(count * sizeof *sorted);
    size_t n = 0;
    (void)state;
    all = malloc(sizeof *all * count * BUCKETS);
    if (sorted == NULL || all == NULL)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        const struct ag_insn_row *row = ag_insn_row(i);
        sorted[i] = (struct candidate){row->mask, row->value, i + 1};
    }
    qsort(sorted, count, sizeof *sorted, most_specific_first);
    for (uint32_t b = 0; b < BUCKETS; b++) {
        uint32_t top = b << (32 - BUCKET_BITS);
        first[b] = n;
        for (uint32_t i = 0; i < count; i++)
            if (((sorted[i].value ^ top) & sorted[i].mask & BUCKET_MASK) == 0)
                all[n++] = sorted[i];
    }
    first[BUCKETS] = n;
    free(sorted);
    return 0;
}

static int free_buckets(void **state)
{
    (void)state;
    free(all);
    return 0;
}

static uint32_t scan(uint32_t w)
{
    uint32_t bucket = w >> (32 - BUCKET_BITS);
    for (size_t i = first[bucket]; i < first[bucket + 1]; i++)
        if ((w & all[i].mask) == all[i].value &&
            ag_insn_matches(all[i].row - 1, w))
            return all[i].row;
    return 0;
}

static const char *row_name(uint32_t row)
{
    return row == 0 ? "nothing" : ag_insn_row(row - 1)->name;
}

static void expect_same(uint32_t w)
{
    uint32_t decoded = ag_decoded_row(w), scanned = scan(w);
    if (decoded != scanned)
        fail_msg("0x%08x decodes to %s, but the table has %s", w,
                 row_name(decoded), row_name(scanned));
}

static uint32_t word_in(struct random_source *r, const struct ag_insn_row *row)
{
    return ((uint32_t)random_next(r) & ~row->mask) | row->value;
}

static void test_random_words(void **state)
{
    const bool is_release = strcmp(ARMGPU_MODE, "release") == 0;
    struct random_source r = seeded(1);
    uint32_t words = number_from("WORDS", is_release ? 100000000 : 10000000);
    uint32_t allocated = 0;
    (void)state;
    for (uint32_t i = 0; i < words; i += 2) {
        uint64_t two = random_next(&r);
        uint32_t a = (uint32_t)two, b = (uint32_t)(two >> 32);
        expect_same(a);
        expect_same(b);
        allocated += ag_decoded_row(a) != 0;
    }
    print_message("%u random words, about %.1f%% of them allocated\n", words,
                  200.0 * allocated / words);
    assert_true(allocated > words / 20);
}

/* Words of every row, and those that differ from them in one bit. */
static void test_words_of_every_row(void **state)
{
    struct random_source r = seeded(2);
    (void)state;
    for (uint32_t i = 0; i < ag_insn_implemented(); i++)
        for (int k = 0; k < 1000; k++) {
            uint32_t w = word_in(&r, ag_insn_row(i));
            expect_same(w);
            expect_same(w ^ UINT32_C(1) << random_below(&r, 32));
        }
}

static void test_every_row_is_reachable(void **state)
{
    struct random_source r = seeded(3);
    (void)state;
    for (uint32_t i = 0; i < ag_insn_implemented(); i++) {
        int tries = 0;
        while (ag_decoded_row(word_in(&r, ag_insn_row(i))) != i + 1)
            if (++tries == 100000)
                fail_msg("no word decodes to %s", row_name(i + 1));
    }
    for (uint32_t i = ag_insn_implemented(); i < ag_insn_count(); i++) {
        int tries = 0;
        while (armgpu_find_instruction(word_in(&r, ag_insn_row(i))) != i)
            if (++tries == 100000)
                fail_msg("no word is %s", row_name(i + 1));
    }
}

/* Of V registers, a is whatever the bodies are told. */
static int is_on_v(const ag_entry *e)
{
    return e->op >= AG_OP_FIRST_SIMD && e->op < AG_OP_FIRST_ENDING;
}

/* Registers are rows of the register file, small numbers are small. */
static void test_entries_are_sane(void **state)
{
    struct random_source r = seeded(4);
    (void)state;
    for (uint32_t i = 0; i < ag_insn_implemented() * 1000; i++) {
        uint32_t w = word_in(&r, ag_insn_row(i / 1000));
        ag_entry e;
        memset(&e, 0xff, sizeof e);
        u32 row = ag_decode(w, random_next(&r), &e);
        assert_int_equal(row, ag_decoded_row(w));
        assert_int_equal(e.op, a64_row_ops[row]);
        assert_in_range(e.op, 1, AG_OP_COUNT - 1);
        assert_int_equal(e.run, 1);
        if (e.d >= AG_REGISTER_ROWS || e.n >= AG_REGISTER_ROWS ||
            e.m >= AG_REGISTER_ROWS || (e.a >= 64 && !is_on_v(&e)))
            fail_msg("0x%08x (%s): d=%u n=%u m=%u a=%u", w, row_name(row), e.d,
                     e.n, e.m, e.a);
        /* Nothing writes the zero register and nothing reads the sink. */
        if (e.n == AG_ROW_SINK || e.m == AG_ROW_SINK)
            fail_msg("0x%08x (%s) reads the sink", w, row_name(row));
    }
}

static void test_what_is_undefined_decodes_to_undefined(void **state)
{
    static const uint32_t words[] = {0x00010000, 0xffffffff, 0x1e7a0000};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        ag_entry e;
        assert_int_equal(ag_decode(words[i], 0, &e), 0);
        assert_int_equal(e.op, AG_OP_UNDEFINED);
    }
}

static void test_entries(void **state)
{
    static const struct {
        uint32_t word;
        uint16_t op;
        uint8_t d, n, m, a;
        uint64_t imm;
    } samples[] = {
        /* add sp, x1, #0x10 */
        {0x9100403f, AG_OP_ADD_imm_64, 31, 1, 32, 0, 16},
        /* add x0, sp, #1, lsl #12 */
        {0x914007e0, AG_OP_ADD_imm_64, 0, 31, 32, 0, 0x1000},
        /* cmp x1, #1: the result goes to the sink */
        {0xf100043f, AG_OP_SUBS_imm_64, 33, 1, 32, 0, 1},
        /* add x0, xzr, x2, lsl #3 */
        {0x8b020fe0, AG_OP_ADD_LSL_64, 0, 32, 2, 3, 0},
        /* and x0, x1, #0xff00ff00ff00ff00 */
        {0x92089c20, AG_OP_AND_imm_64, 0, 1, 32, 0,
         UINT64_C(0xff00ff00ff00ff00)},
        /* and w0, w1, #0x80000001 */
        {0x12010420, AG_OP_AND_imm_32, 0, 1, 32, 0, 0x80000001},
        /* mov w0, #-1: 32 bits of it */
        {0x12800000, AG_OP_MOV_imm, 0, 32, 32, 0, 0xffffffff},
        /* mov x0, #-2 */
        {0x92800020, AG_OP_MOV_imm, 0, 32, 32, 0, UINT64_C(0xfffffffffffffffe)},
        /* adr x0, pc-4; adrp x0, the page before */
        {0x10ffffe0, AG_OP_MOV_imm, 0, 32, 32, 0, 0x11ffc},
        {0xf0ffffe0, AG_OP_MOV_imm, 0, 32, 32, 0, 0x11000},
        /* b pc-4 */
        {0x17ffffff, AG_OP_B, 33, 32, 32, 0, 0x11ffc},
        /* b.ne pc+8: the mask of NE above how far that is from pc+4 */
        {0x54000041, AG_OP_B_cond, 33, 32, 32, 0, UINT64_C(0x0f0f000000000004)},
        /* tbnz x3, #35, pc+4 */
        {0xb7180023, AG_OP_TBNZ, 33, 3, 32, 35, 0x12004},
        /* madd x0, x1, x2, xzr */
        {0x9b027c20, AG_OP_MADD_64, 0, 1, 2, 32, 0},
        /* svc #0xffff */
        {0xd41fffe1, AG_OP_SVC, 33, 32, 32, 0, 0xffff},
        /* ldp xzr, x2, [sp], #-16 */
        {0xa8ff0bff, AG_OP_load_pair_base_imm_8_post, 33, 31, 32, 2,
         UINT64_C(0xfffffffffffffff0)},
        /* str xzr, [x1, #8] */
        {0xf900043f, AG_OP_store_base_imm_8, 32, 1, 32, 0, 8},
        /* mrs x0, nzcv */
        {0xd53b4200, AG_OP_MRS, 0, 32, 32, 0, 0xda10},
        /* swp x1, xzr, [x2] */
        {0xf821805f, AG_OP_RMW, 33, 2, 1, AG_RMW_SWP, 8},
    };
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        ag_entry e;
        assert_int_not_equal(ag_decode(samples[i].word, 0x12000, &e), 0);
        if (e.op != samples[i].op || e.d != samples[i].d ||
            e.n != samples[i].n || e.m != samples[i].m ||
            e.a != samples[i].a || e.imm != samples[i].imm)
            fail_msg("0x%08x: op=%u d=%u n=%u m=%u a=%u imm=0x%llx",
                     samples[i].word, e.op, e.d, e.n, e.m, e.a,
                     (unsigned long long)e.imm);
    }
}

/* DecodeBitMasks() by its definition, against all 8,192 encodings. */
static void test_bitmasks(void **state)
{
    uint32_t valid = 0;
    (void)state;
    for (uint32_t n = 0; n < 2; n++)
        for (uint32_t i = 0; i < 4096; i++) {
            uint32_t immr = i >> 6, imms = i & 63, size = 64;
            uint64_t expected = 0;
            if (!n)
                for (size = 32; size > 1 && (imms & size) != 0;)
                    size /= 2;
            uint32_t ones = (imms & (size - 1)) + 1;
            int is_valid = size > 1 && ones < size;
            assert_int_equal(a64_is_bitmask(n, immr, imms) != 0, is_valid);
            if (!is_valid)
                continue;
            for (uint32_t bit = 0; bit < 64; bit++)
                if ((bit + immr) % size < ones)
                    expected |= UINT64_C(1) << bit;
            assert_true(a64_bitmask(n, immr, imms, 64) == expected);
            assert_true(a64_bitmask(n, immr, imms, 32) == (uint32_t)expected);
            valid++;
        }
    /* 63 * 64 of 64 bits, and so on down to 1 * 2 of 2, in unused bits too */
    assert_int_equal(valid, 63 * 64 + 64 * (31 + 15 + 7 + 3 + 1));
}

/* Condition masks by ConditionHolds(). */
static void test_condition_masks(void **state)
{
    (void)state;
    for (uint32_t cond = 0; cond < 16; cond++)
        for (uint32_t nzcv = 0; nzcv < 16; nzcv++) {
            int n = nzcv >> 3 & 1, z = nzcv >> 2 & 1, c = nzcv >> 1 & 1,
                v = nzcv & 1;
            const int holds[8] = {z, c, n, v, c && !z, n == v, n == v && !z, 1};
            int expected = holds[cond >> 1];
            if ((cond & 1) != 0 && cond != 15)
                expected = !expected;
            assert_int_equal(a64_cond_mask(cond) >> nzcv & 1, expected);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_words),
        cmocka_unit_test(test_words_of_every_row),
        cmocka_unit_test(test_every_row_is_reachable),
        cmocka_unit_test(test_entries_are_sane),
        cmocka_unit_test(test_what_is_undefined_decodes_to_undefined),
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_bitmasks),
        cmocka_unit_test(test_condition_masks),
    };
    return cmocka_run_group_tests(tests, build_buckets, free_buckets);
}
