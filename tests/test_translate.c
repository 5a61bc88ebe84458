/*
 * Regions of guest code, as C that the system's compiler compiles, against the
 * interpreter and against Unicorn: the random sequences of differential tests,
 * a hundred in one module. Lanes take turns of random lengths in their region,
 * and where it leaves one instruction of the interpreter's, up to a random
 * limit: registers, flags, PC, cycles, memory and stops end as without regions,
 * and where they have not faulted as Unicorn has them.
 *
 * One module in eight has everything in it that there is, the others hardly
 * anything but what is translated, so that lanes stay in their regions.
 *
 * SEED, COUNT (translated instructions) choose others.
 */
#define _POSIX_C_SOURCE 200809L
#include "counted_loops.h"

#define BUDGET 1000
/* The two compilers' runs have sequences of their own. */
#ifdef __clang__
#define FIRST_SEED 2
#else
#define FIRST_SEED 1
#endif

enum { MIXED = 8, WHOLE = 16 }; /* one module in so many */

static struct diff_generator translated, mixed;
static struct diff_case cases[CASES];

static bool is_left(uint32_t word)
{
    return !is_translated(word);
}

static const struct diff_exclusion exclusions[] = {
    NO_CACHES,
    DIFF_UNICORN_EXCLUSIONS,
    {NULL, NULL, NULL, NULL},
};
static const struct diff_exclusion exclusions_and_left[] = {
    NO_CACHES,
    DIFF_UNICORN_EXCLUSIONS,
    {"", "", "it leaves its region", is_left},
    {NULL, NULL, NULL, NULL},
};

/* -- Modules -------------------------------------------------------------- */

/* These V registers begin with nothing in their upper halves. */
static void empty_halves(struct diff_case *c, uint32_t registers)
{
    for (uint32_t r = 0; r < 32; r++)
        for (uint32_t lane = 0; lane < LANES; lane++)
            if (registers >> r & 1)
                c->start[lane].v[r][1] = 0;
}

static void emit_case(struct diff_case *c, unsigned number,
                      struct random_source *random, bool is_on_v, int repeats,
                      FILE *out)
{
    const struct ag_code_source source = {word_of_case, c, is_on_v};
    uint64_t entries[DIFF_CODE_WORDS + 1];
    const size_t n = choose_entries(c, random, entries);
    struct ag_region r;
    assert_true(ag_region_open(&r, &source, entries, n, BUDGET, NULL));
    for (uint32_t i = 0; i < r.num_instructions; i++)
        seen.instructions += is_translated(r.instructions[i].word);
    for (uint32_t i = 0; i < r.num_blocks; i++)
        seen.repeated += r.blocks[i].turns > 1 &&
                         (r.blocks[i].is_left ? repeats > 1 : repeats > 0);
    seen.counted += count_counted(&r);
    if (is_on_v && number != 0) /* else it may be that no lane comes in */
        empty_halves(c, r.v.changed & ~r.v.filled);
    ag_region_emit(&r, number, out);
    emit_turn(number, out);
    ag_region_close(&r);
}

/* Most modules are compiled in a fifth of the time, without bodies being put
   into the functions that call them; the text is the same. */
static void *compile(uint32_t layout, bool has_goto, bool is_whole,
                     bool is_on_v, int repeats, struct random_source *random)
{
    char flags[128];
    FILE *out = create_module();
    fputs("#include \"engine/region.h\"\n", out);
    for (unsigned i = 0; i < CASES; i++)
        emit_case(&cases[i], i, random, is_on_v, repeats, out);
    assert_int_equal(fclose(out), 0);
    snprintf(flags, sizeof flags, "%s -DAG_HAS_GOTO=%d -DAG_REPEATS_LOOPS=%d",
             is_whole ? "-O1" : "-O0 -Dalways_inline=unused", has_goto,
             repeats);
    return compile_module(layout, flags);
}

/* -- Tests ---------------------------------------------------------------- */

/* Number `n`. */
static void run_module(uint64_t n, struct random_source *r)
{
    const uint32_t layout = 1 + (uint32_t)(n % 2);
    const bool is_mixed = n % MIXED == 0, is_whole = n % WHOLE == 4;
    armgpu *expected = open_lanes(layout), *found = open_lanes(layout);
    for (unsigned i = 0; i < CASES; i++)
        diff_make_sequence(is_mixed ? &mixed : &translated, n * CASES + i,
                           &cases[i]);
    void *module = compile(found->layout, n % 3 != 2, is_whole, is_mixed,
                           (int)(n / 2 % 3), r);
    for (unsigned i = 0; i < CASES; i++) {
        const uint64_t limit =
            random_below(r, 2) == 0 ? 3000 : 1 + random_below(r, 300);
        compare_to_limit(expected, found, module, cases, i, 1, limit, r);
        compare_all_with_unicorn(found, &cases[i], i);
    }
    dlclose(module);
    armgpu_close(expected);
    armgpu_close(found);
}

/* Adds to two registers. */
static void put_adds(struct diff_case *c, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        c->code[c->length++] = i % 2 == 0 ? 0x91000442u : 0x91000c63u;
}

/* A loop of X1 turns that is left in its middle, before a long way to the end,
   or with a load in it. */
static void make_loop(struct diff_case *c, unsigned number)
{
    memset(c, 0, sizeof *c);
    c->code[c->length++] = 0xd2800000; /* mov x0, #0 */
    const unsigned head = c->length;
    put_adds(c, number % 5);
    if (number % 3 == 2)
        c->code[c->length++] = 0xf94003e4; /* ldr x4, [sp] */
    c->code[c->length++] = 0xeb01001f;     /* cmp x0, x1 */
    const unsigned leaves = c->length++;
    put_adds(c, number * 7 % 19);
    c->code[c->length++] = 0x91000400; /* add x0, x0, #1 */
    c->code[c->length] =
        diff_with_bits(0x14000000, 0, 26, head - c->length); /* b head */
    c->length++;
    c->code[leaves] = diff_with_bits(0x5400000a, 5, 19, c->length - leaves);
    put_adds(c, number * 13 % 60);
    c->code[c->length] = HLT;
    for (uint64_t lane = 0; lane < LANES; lane++) {
        c->start[lane].size = sizeof c->start[lane];
        c->start[lane].pc = CODE;
        c->start[lane].sp = 0x1000;
        c->start[lane].x[1] = lane;
    }
}

/* At every limit: between two tests of what is left no more is retired than the
   region's `longest` (structure.c), whatever loop is written how often. */
static void test_limits_in_loops(void **state)
{
    struct random_source r = {1};
    (void)state;
    for (unsigned i = 0; i < CASES; i++)
        make_loop(&cases[i], i);
    seen.repeated = 0;
    for (uint32_t layout = 1; layout <= 2; layout++) {
        armgpu *expected = open_lanes(layout), *found = open_lanes(layout);
        void *module = compile(found->layout, layout == 1, false, false, 2, &r);
        for (unsigned i = 0; i < CASES; i++)
            for (uint64_t limit = 1; limit < 200; limit++)
                compare_to_limit(expected, found, module, cases, i, 1, limit,
                                 &r);
        dlclose(module);
        armgpu_close(expected);
        armgpu_close(found);
    }
    assert_true(seen.repeated > CASES / 2); /* entries part some */
}

/* What is told of how often they go round is so, and a lane that is inside
   one, or ends there, is the interpreter's. */
static void test_counted_loops(void **state)
{
    struct random_source r = {1};
    (void)state;
    seen.counted = 0;
    for (uint32_t n = 0; n < 4; n++) {
        armgpu *expected = open_lanes(1 + n % 2),
               *found = open_lanes(1 + n % 2);
        for (unsigned i = 0; i < CASES; i++)
            make_counted(&cases[i], i, &r);
        void *module = compile(found->layout, n % 2 == 1, n == 3, false, 2, &r);
        for (unsigned i = 0; i < CASES; i++)
            for (uint64_t k = 0; k < 40; k++)
                compare_to_limit(expected, found, module, cases, i, 1,
                                 k == 0 ? 3000 : 1 + random_below(&r, 400), &r);
        dlclose(module);
        armgpu_close(expected);
        armgpu_close(found);
    }
    assert_in_range(seen.counted, CASES, 2 * CASES); /* entries part some */
}

/* Loops of three instructions that go round 24 times; one of them is branched
   to by what a register holds, or by what a call left there. */
static void make_many(struct diff_case *c, uint32_t branch)
{
    memset(c, 0, sizeof *c);
    while (c->length + 5 < DIFF_CODE_WORDS) {
        put_word(c, 0xd2800305); /* mov x5, #24 */
        put_word(c, 0x91000442); /* add x2, x2, #1 */
        put_word(c, 0xf10004a5); /* subs x5, x5, #1 */
        put_back(c, 0x54000001, c->length - 2);
    }
    put_word(c, branch);
    c->code[c->length] = HLT;
}

/* All together they are written no more often than keeps the text in proportion
   to the region; none is where it may have to be a way in. */
static void test_most_counted(void **state)
{
    static const uint32_t branches[] = {0xd65f03c0 /* ret */,
                                        0xd61f0120 /* br x9 */};
    const uint64_t entry = CODE;
    (void)state;
    for (unsigned i = 0; i < LENGTH(branches); i++) {
        const struct ag_code_source source = {word_of_case, &cases[0], false};
        struct ag_region r;
        uint32_t written = 0;
        make_many(&cases[0], branches[i]);
        assert_true(
            ag_region_open(&r, &source, &entry, 1, DIFF_CODE_WORDS, NULL));
        for (uint32_t k = 0; k < r.num_blocks; k++)
            written += ag_block_retires(&r.blocks[k]);
        if (i == 0)
            assert_in_range(written, r.num_instructions + 1,
                            2 * r.num_instructions);
        else
            assert_int_equal(written, r.num_instructions);
        ag_region_close(&r);
    }
}

static void test_sequences(void **state)
{
    const char *seed = getenv("SEED"), *count = getenv("COUNT");
    const uint64_t number =
        seed == NULL ? FIRST_SEED : strtoull(seed, NULL, 10);
    const bool is_release = strcmp(ARMGPU_MODE, "release") == 0;
    const uint64_t wanted = count != NULL ? strtoull(count, NULL, 10)
                            : is_release  ? 100000
                                          : 1;
    struct random_source r = {number};
    (void)state;
    memset(&seen, 0, sizeof seen);
    struct diff_scope scope = {
        .window = {.begin = 0, .end = WINDOW, .code = CODE},
        .lanes = LANES,
        .faults = true,
        .num_registers = DIFF_SYSTEM_REGISTERS,
        .exclusions = exclusions};
    diff_generator_init(&mixed, &scope, number, image);
    scope.exclusions = exclusions_and_left;
    open_oracle(&scope, &r);
    diff_generator_init(&translated, &scope, number, image);
    for (uint64_t i = 0; seen.instructions < wanted; i++)
        run_module(i, &r);
    diff_unicorn_close(&unicorn);
    diff_generator_free(&translated);
    diff_generator_free(&mixed);
    print_message("%" PRIu64 " instructions translated; %" PRIu64
                  " retired, %" PRIu64 " of them in %" PRIu64
                  " turns of regions, %" PRIu64 " by Unicorn as well; %" PRIu64
                  " faults, %" PRIu64 " limits, %" PRIu64 " loops written "
                  "several times\n",
                  seen.instructions, seen.compared, seen.translated, seen.turns,
                  seen.by_unicorn, seen.faults, seen.limits, seen.repeated);
    assert_true(seen.by_unicorn > seen.compared / 2);
    assert_true(seen.faults > 0 && seen.limits > 0);
    if (wanted > 1) /* the first module has everything */
        assert_true(seen.translated > seen.compared / 3 && seen.repeated > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_limits_in_loops),
                                       cmocka_unit_test(test_counted_loops),
                                       cmocka_unit_test(test_most_counted),
                                       cmocka_unit_test(test_sequences)};
    if (!make_directory())
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(directory);
    return failed;
}
