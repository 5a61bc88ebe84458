/*
 * Regions of guest code for lanes that execute together (engine/together.h), as
 * C that the system's compiler compiles, against the interpreter and against
 * Unicorn: random sequences for such lanes, of which some registers begin alike
 * in all of them. Vectors of as many lanes as this processor has, and of two,
 * take turns of random lengths in their region; where they part, and where it
 * leaves, those that are behind have an instruction of the interpreter's, until
 * they meet. Everything ends as without regions. In all layouts of private
 * memory.
 *
 * And as lanes are run (entry_regions.c): by the engine, several vectors of
 * them and some more, between limits, of which some have stopped.
 *
 * SEED, COUNT (translated instructions) choose others.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/cpu/cpu.h"
/* After all that has variables of names that are its own. */
#include "counted_loops.h"

#include <time.h>

#define BUDGET 1000
enum { MIXED = 9, MOST_WIDTHS = 3, LAYOUTS = 4 };
enum { MANY = 3 * LANES + 1, SLICES = 12 };

static struct diff_generator translated, mixed;
static struct diff_case cases[CASES];
static uint64_t instructions_alike, partings;
/* Instructions on V registers: by enum ag_on_vectors, and accesses. */
static uint64_t on_v[3], accesses_v;

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

/* -- Widths ---------------------------------------------------------------- */

struct width {
    unsigned lanes;
    const char *flags;
};
static struct width widths[MOST_WIDTHS];
static unsigned num_widths;

static void find_widths(void)
{
    widths[num_widths++] = (struct width){2, ""};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        widths[num_widths++] = (struct width){4, "-mavx2 -mfma"};
    if (__builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        widths[num_widths++] = (struct width){
            8, "-mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma"};
#endif
}

/* -- Modules --------------------------------------------------------------- */

/* Some registers of all lanes begin as those of the first. */
static void begin_alike(struct diff_case *c, struct random_source *random)
{
    const uint32_t rows = (uint32_t)random_below(random, 0x7fffffff) &
                          (random_below(random, 3) == 0
                               ? UINT32_MAX
                               : (uint32_t)random_below(random, 0x7fffffff));
    for (uint32_t lane = 1; lane < LANES; lane++) {
        for (uint32_t i = 0; i < 31; i++)
            if (rows >> i & 1)
                c->start[lane].x[i] = c->start[0].x[i];
        if (random_below(random, 2) == 0)
            c->start[lane].nzcv = c->start[0].nzcv;
    }
}

/* What all lanes begin with. */
static uint64_t alike_in(const struct diff_case *c)
{
    uint64_t alike = AG_USE_FLAGS | UINT32_MAX;
    for (uint32_t lane = 1; lane < LANES; lane++) {
        for (uint32_t i = 0; i < 31; i++)
            if (c->start[lane].x[i] != c->start[0].x[i])
                alike &= ~(UINT64_C(1) << i);
        if (c->start[lane].sp != c->start[0].sp)
            alike &= ~(UINT64_C(1) << 31);
        if (c->start[lane].nzcv != c->start[0].nzcv)
            alike &= ~AG_USE_FLAGS;
    }
    return alike;
}

static void count_on_v(const ag_entry *e)
{
    char name[AG_TRIED_BYTES];
    const uint8_t class = ag_operation_of(e->op)->class;
    accesses_v += class == AG_CLASS_VMEMORY;
    if (class == AG_CLASS_SIMD)
        on_v[ag_on_vectors(e, name)]++;
}

static void count_alike(const struct ag_region *r)
{
    for (uint32_t i = 0; i < r->num_ordered; i++) {
        const struct ag_block *b = &r->blocks[r->by_order[i]];
        uint64_t alike = b->alike;
        for (uint32_t k = 0; k < b->count; k++) {
            const struct ag_region_instruction *at =
                &r->instructions[b->first + k];
            seen.instructions += is_translated(at->word);
            count_on_v(&at->entry);
            instructions_alike += ag_is_alike(at, alike);
            partings += k + 1 == b->count && b->end == AG_ENDS_CONDITIONAL &&
                        !ag_is_alike(at, alike);
            alike = ag_alike_after(at, alike);
        }
    }
}

static void emit_case(struct diff_case *c, unsigned number,
                      struct random_source *random, FILE *out)
{
    const struct ag_code_source source = {word_of_case, c, true};
    uint64_t entries[DIFF_CODE_WORDS + 1];
    const size_t n = choose_entries(c, random, entries);
    struct ag_region r;
    begin_alike(c, random);
    assert_true(ag_region_open(&r, &source, entries, n, BUDGET, NULL));
    ag_region_find_alike(&r, CODE, alike_in(c));
    count_alike(&r);
    seen.counted += count_counted(&r);
    ag_region_emit_together(&r, number, out);
    emit_turn(number, out);
    ag_region_close(&r);
}

static void *compile(uint32_t layout, const struct width *width, bool is_whole,
                     struct random_source *random)
{
    char flags[160];
    FILE *out = create_module();
    fputs("#include \"engine/together.h\"\n"
          "const u32 lanes = AG_VECTOR_LANES;\n"
          "AG_TOGETHER_FUNCTIONS\n",
          out);
    for (unsigned i = 0; i < CASES; i++)
        emit_case(&cases[i], i, random, out);
    assert_int_equal(fclose(out), 0);
    snprintf(flags, sizeof flags, "%s %s -DAG_HAS_V=1",
             is_whole ? "-O2" : "-O0 -Dalways_inline=unused", width->flags);
    void *module = compile_module(layout, flags);
    const u32 *lanes = dlsym(module, "lanes");
    assert_non_null(lanes);
    assert_int_equal(*lanes, width->lanes);
    ag_simd_function **simd = dlsym(module, "ag_together_simd");
    ag_crypto_function **crypto = dlsym(module, "ag_together_crypto");
    assert_non_null(simd);
    assert_non_null(crypto);
    *simd = ag_simd_copies[AG_SIMD_BASE];
    *crypto = ag_crypto_copies[AG_CRYPTO_SOFT];
    return module;
}

/* -- Tests ----------------------------------------------------------------- */

/* Number `n`. */
static void run_module(uint64_t n, struct random_source *r)
{
    const uint32_t layout = 1 + (uint32_t)(n % LAYOUTS);
    const bool is_mixed = n % MIXED == MIXED - 1;
    const struct width *width = &widths[n / LAYOUTS % num_widths];
    armgpu *expected = open_lanes(layout), *found = open_lanes(layout);
    for (unsigned i = 0; i < CASES; i++)
        diff_make_sequence(is_mixed ? &mixed : &translated, n * CASES + i,
                           &cases[i]);
    void *module = compile(found->layout, width, n % MIXED == 2, r);
    for (unsigned i = 0; i < CASES; i++) {
        const uint64_t limit =
            random_below(r, 2) == 0 ? 3000 : 1 + random_below(r, 300);
        compare_to_limit(expected, found, module, cases, i, width->lanes, limit,
                         r);
        compare_all_with_unicorn(found, &cases[i], i);
    }
    dlclose(module);
    armgpu_close(expected);
    armgpu_close(found);
}

/* X0 is counted alike in a loop, and differs when a branch to a register leads
   to the loop's beginning, or there it is alike again. The block before the
   loop does not tell how often that goes round (counted_loops.h). */
static void make_comings(struct diff_case *c, bool differs)
{
    static const uint32_t words[] = {
        0xd53bd061, /* mrs x1, tpidrro_el0 */
        0xd2800000, /* mov x0, #0 */
        0xd2800062, /* mov x2, #3 */
        0x10000085, /* adr x5, loop */
        0xd2800084, /* mov x4, #4 */
        0x14000001, /* b .+4 */
        0xd503201f, /* nop */
        0x91000400, /* loop: add x0, x0, #1 */
        0xf1000484, /* subs x4, x4, #1 */
        0x54ffffc1, /* b.ne loop */
        0xb40000a2, /* cbz x2, end */
        0xd1000442, /* sub x2, x2, #1 */
        0xaa0103e0, /* mov x0, x1 */
        0xd2800084, /* mov x4, #4 */
        0xd61f00a0, /* br x5 */
        HLT,        /* end: */
    };
    memset(c, 0, sizeof *c);
    c->length = LENGTH(words) - 1;
    memcpy(c->code, words, sizeof words);
    if (!differs)
        c->code[12] = 0xd2800000; /* mov x0, #0 */
    for (uint64_t lane = 0; lane < LANES; lane++) {
        c->start[lane].size = sizeof c->start[lane];
        c->start[lane].pc = CODE;
        c->start[lane].sp = 0x1000;
    }
}

static void test_comings(void **state)
{
    struct random_source r = {1};
    (void)state;
    for (unsigned i = 0; i < CASES; i++)
        make_comings(&cases[i], i % 2 == 0);
    for (unsigned w = 0; w < num_widths; w++) {
        armgpu *expected = open_lanes(1), *found = open_lanes(1);
        void *module = compile(found->layout, &widths[w], false, &r);
        for (unsigned i = 0; i < CASES; i++)
            compare_to_limit(expected, found, module, cases, i, widths[w].lanes,
                             3000, &r);
        dlclose(module);
        armgpu_close(expected);
        armgpu_close(found);
    }
}

static void test_counted_loops(void **state)
{
    struct random_source r = {1};
    (void)state;
    seen.counted = 0;
    for (unsigned n = 0; n < 2 * num_widths; n++) {
        const uint32_t layout = 1 + n % 2; /* no window yet */
        const struct width *width = &widths[n / 2];
        armgpu *expected = open_lanes(layout), *found = open_lanes(layout);
        for (unsigned i = 0; i < CASES; i++)
            make_counted(&cases[i], i, &r);
        void *module = compile(found->layout, width, n == 1, &r);
        for (unsigned i = 0; i < CASES; i++)
            for (uint64_t k = 0; k < 20; k++)
                compare_to_limit(expected, found, module, cases, i,
                                 width->lanes,
                                 k == 0 ? 3000 : 1 + random_below(&r, 400), &r);
        dlclose(module);
        armgpu_close(expected);
        armgpu_close(found);
    }
    assert_in_range(seen.counted, CASES / 4 * num_widths,
                    CASES * num_widths); /* entries part some */
}

static void test_sequences(void **state)
{
    const char *seed = getenv("SEED"), *count = getenv("COUNT");
    const uint64_t number = seed == NULL ? 1 : strtoull(seed, NULL, 10);
    const bool is_release = strcmp(ARMGPU_MODE, "release") == 0;
    const uint64_t wanted = count != NULL ? strtoull(count, NULL, 10)
                            : is_release  ? 8000
                                          : 1;
    struct random_source r = {number};
    struct diff_scope scope = {
        .window = {.begin = 0, .end = WINDOW, .code = CODE},
        .lanes = LANES,
        .together = true,
        .faults = true,
        .num_registers = DIFF_SYSTEM_REGISTERS,
        .exclusions = exclusions};
    (void)state;
    memset(&seen, 0, sizeof seen);
    diff_generator_init(&mixed, &scope, number, image);
    scope.exclusions = exclusions_and_left;
    open_oracle(&scope, &r);
    diff_generator_init(&translated, &scope, number, image);
    for (uint64_t i = 0; seen.instructions < wanted; i++)
        run_module(i, &r);
    diff_unicorn_close(&unicorn);
    diff_generator_free(&translated);
    diff_generator_free(&mixed);
    print_message("%" PRIu64 " instructions translated, %" PRIu64
                  " of them once for all lanes; on V registers %" PRIu64
                  " on vectors, %" PRIu64 " tried on vectors, %" PRIu64
                  " lane by lane, %" PRIu64 " accesses; %" PRIu64
                  " branches at which lanes may part; %" PRIu64
                  " retired, %" PRIu64 " of them in %" PRIu64
                  " turns together, %" PRIu64 " by Unicorn as well; %" PRIu64
                  " faults, %" PRIu64 " limits\n",
                  seen.instructions, instructions_alike, on_v[AG_ON_VECTORS],
                  on_v[AG_ON_VECTORS_TRIED], on_v[AG_ON_VECTORS_NEVER],
                  accesses_v, partings, seen.compared, seen.translated,
                  seen.turns, seen.by_unicorn, seen.faults, seen.limits);
    assert_true(instructions_alike > 0 && partings > 0);
    assert_true(on_v[AG_ON_VECTORS] > 0 && on_v[AG_ON_VECTORS_NEVER] > 0 &&
                accesses_v > 0);
    assert_true(seen.translated > seen.compared / 4);
    assert_true(seen.faults > 0 && seen.limits > 0);
}

/* -- Slices ---------------------------------------------------------------- */

static void start_many(armgpu *g, const struct diff_case *c)
{
    assert_ok(g, armgpu_load_program(g, c->code, sizeof c->code, CODE));
    assert_ok(g, armgpu_reset(g));
    for (uint64_t lane = 0; lane < MANY; lane++)
        assert_ok(g, armgpu_set_state(g, lane, 1, &c->start[lane % LANES]));
}

/* The text for lanes together may come to a module that is in use. */
static void await_together(armgpu *g)
{
    const struct timespec nap = {0, 1000000};
    armgpu_translation t = translation_of(g);
    while (g->info.together != 0 && t.instructions != 0 && t.together == 0 &&
           t.apart[0] == '\0') {
        nanosleep(&nap, NULL);
        ag_cpu_look(g->regions.kernel);
        t = translation_of(g);
    }
}

/* A few instructions, so that lanes stop and part in the middle of a slice, and
   then many. */
static void run_slices(const struct diff_case *c, unsigned number,
                       struct random_source *r)
{
    static const unsigned most[] = {1, 100, 100, 100000};
    const uint32_t layout = 1 + number % 2;
    armgpu *expected = open_engine(layout, ARMGPU_ENGINE_INTERPRETER, MANY);
    armgpu *found = open_engine(layout, ARMGPU_ENGINE_TRANSLATED, MANY);
    start_many(expected, c);
    start_many(found, c);
    for (unsigned turn = 0; turn < 4; turn++) {
        const uint64_t limit = 1 + random_below(r, most[turn]);
        assert_ok(expected, armgpu_execute(expected, limit, NULL));
        assert_ok(found, armgpu_execute(found, limit, NULL));
        await_together(found);
        for (uint64_t lane = 0; lane < MANY; lane++)
            compare_lane(expected, found, number, lane, 0);
    }
    const armgpu_translation t = translation_of(found);
    assert_int_equal(t.failed, 0);
    seen.translated += t.cycles;
    seen.turns += t.together != 0;
    armgpu_close(expected);
    armgpu_close(found);
}

static void test_slices(void **state)
{
    const char *seed = getenv("SEED");
    const uint64_t number = seed == NULL ? 1 : strtoull(seed, NULL, 10);
    struct random_source r = {number};
    struct diff_scope scope = {
        .window = {.begin = 0, .end = WINDOW, .code = CODE},
        .lanes = LANES,
        .together = true,
        .faults = true,
        .num_registers = DIFF_SYSTEM_REGISTERS,
        .exclusions = exclusions_and_left};
    (void)state;
    memset(&seen, 0, sizeof seen);
    /* Nothing but the sequence is an instruction. */
    for (unsigned i = 0; i < WINDOW; i++)
        image[i] = i % 4 < 2 ? (uint8_t)random_below(&r, 256) : 0;
    diff_generator_init(&translated, &scope, number, image);
    for (unsigned i = 0; i < SLICES; i++) {
        diff_make_sequence(&translated, number * SLICES + i, &cases[0]);
        begin_alike(&cases[0], &r);
        run_slices(&cases[0], i, &r);
    }
    make_comings(&cases[0], true);
    run_slices(&cases[0], SLICES, &r);
    diff_generator_free(&translated);
    print_message(
        "%" PRIu64 " retired, %" PRIu64 " of them translated; %" PRIu64
        " programs of %u for lanes together; %" PRIu64 " faults\n",
        seen.compared, seen.translated, seen.turns, SLICES + 1, seen.faults);
    assert_true(seen.translated > 0);
    if (num_widths > 1)
        assert_true(seen.turns > SLICES / 2);
}

/* As quick as can be: how fast its code is does not matter. */
static void use_compiler(void)
{
    setenv("ARMGPU_CC", COMPILER " -O0 -Dalways_inline=unused", 1);
    setenv("ARMGPU_CACHE", "off", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comings), cmocka_unit_test(test_counted_loops),
        cmocka_unit_test(test_sequences), cmocka_unit_test(test_slices)};
    if (!make_directory())
        return 1;
    find_widths();
    use_compiler();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(directory);
    return failed;
}
