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
 * SEED, COUNT (translated instructions) choose others. COMPILER, which is cc,
 * CFLAGS and where kernels/ is come from the Makefile.
 */
#define _POSIX_C_SOURCE 200809L
#include "guest.h"

#include "code/decode.h"
#include "core/engine.h"
#include "diff/unicorn.h"
#include "random.h"
#include "translate/translate.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <unistd.h>

enum { WINDOW = 0x5000, CODE = 0x2000, LANES = 8, CASES = 25 };
#define BUDGET 1000

typedef u32 turn_fn(const ag_buffers *b, const ag_slice_args *args, u64 slot,
                    u32 fuel);

enum { MIXED = 8, WHOLE = 16 }; /* one module in so many */

static uint8_t image[WINDOW];
static struct diff_generator translated, mixed;
static struct diff_case cases[CASES];
static char directory[64];

/* Whether regions execute it. */
static bool is_translated(uint32_t word)
{
    ag_entry e;
    ag_decode(word, CODE, &e);
    const struct ag_operation *o = ag_operation_of(e.op);
    return o->class == AG_CLASS_SYSTEM
               ? ag_is_still_read(&e)
               : o->class != AG_CLASS_OTHER && !o->is_ordered;
}

static bool is_left(uint32_t word)
{
    return !is_translated(word);
}

#define NO_CACHES                                                              \
    {                                                                          \
        "IC_", "", "a lane that invalidates code has no regions from then on", \
            NULL                                                               \
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

static struct diff_oracle oracle = {.name = "Unicorn"};
static struct diff_unicorn unicorn;

/* What was seen, so that the test shows something. */
static struct {
    uint64_t compared, translated, instructions, faults, limits, turns;
    uint64_t by_unicorn, repeated;
} seen;

/* -- Modules -------------------------------------------------------------- */

static bool word_of_case(void *user, uint64_t pc, uint32_t *word)
{
    const struct diff_case *c = user;
    const uint64_t k = (pc - CODE) / 4;
    if (pc < CODE || k >= DIFF_CODE_WORDS)
        return false;
    *word = c->code[k];
    return true;
}

/* These V registers begin with nothing in their upper halves. */
static void empty_halves(struct diff_case *c, uint32_t registers)
{
    for (uint32_t r = 0; r < 32; r++)
        for (uint32_t lane = 0; lane < LANES; lane++)
            if (registers >> r & 1)
                c->start[lane].v[r][1] = 0;
}

/* The beginning, and in most cases some of the other instructions: where lanes
   come back, and what is reached in several ways. */
static size_t choose_entries(const struct diff_case *c,
                             struct random_source *random,
                             uint64_t entries[DIFF_CODE_WORDS + 1])
{
    static const unsigned parts[] = {4, 8, 32, DIFF_CODE_WORDS};
    const unsigned part = parts[random_below(random, 4)];
    size_t n = 0;
    entries[n++] = CODE;
    for (unsigned i = 0; i < c->length; i++)
        if (random_below(random, part) == 0)
            entries[n++] = CODE + 4 * (uint64_t)i;
    return n;
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
    if (is_on_v && number != 0) /* else it may be that no lane comes in */
        empty_halves(c, r.v.changed & ~r.v.filled);
    ag_region_emit(&r, number, out);
    fprintf(
        out,
        "u32 turn_%u(const ag_buffers *b, const ag_slice_args *args, "
        "u64 slot, u32 fuel)\n"
        "{\n    return ag_region_turn_%u(b, args, slot, fuel, LAYOUT);\n}\n",
        number, number);
    ag_region_close(&r);
}

/* Most modules are compiled in a fifth of the time, without bodies being put
   into the functions that call them; the text is the same. */
static void *compile(uint32_t layout, bool has_goto, bool is_whole,
                     bool is_on_v, int repeats, struct random_source *random)
{
    char path[128], command[1024];
    snprintf(path, sizeof path, "%s/module.c", directory);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs("#include \"engine/region.h\"\n", out);
    for (unsigned i = 0; i < CASES; i++)
        emit_case(&cases[i], i, random, is_on_v, repeats, out);
    assert_int_equal(fclose(out), 0);
    snprintf(command, sizeof command,
             "%s -std=c11 -w %s -fPIC -shared -ffp-contract=off "
             "-fno-math-errno %s -DAG_IS_REGION=1 "
             "-DLAYOUT=%" PRIu32 " -DAG_HAS_GOTO=%d -DAG_REPEATS_LOOPS=%d "
             "-o %s/module.so %s",
             COMPILER, is_whole ? "-O1" : "-O0 -Dalways_inline=unused",
             COMPILER_FLAGS, layout, has_goto, repeats, directory, path);
    if (system(command) != 0)
        fail_msg("does not compile: %s", command);
    snprintf(path, sizeof path, "%s/module.so", directory);
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (module == NULL)
        fail_msg("%s", dlerror());
    unlink(path);
    snprintf(path, sizeof path, "%s/module.c", directory);
    unlink(path);
    return module;
}

/* A function, which no object pointer may be converted to. */
static turn_fn *turn_of(void *module, unsigned number)
{
    char name[32];
    turn_fn *turn;
    snprintf(name, sizeof name, "turn_%u", number);
    void *symbol = dlsym(module, name);
    assert_non_null(symbol);
    memcpy(&turn, &symbol, sizeof turn);
    return turn;
}

/* -- Lanes ---------------------------------------------------------------- */

static armgpu *open_lanes(uint32_t layout)
{
    armgpu_options o;
    armgpu_options_init(&o);
    o.lanes = LANES;
    o.memory_size = WINDOW;
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.private_layout = layout;
    o.backend = "cpu";
    o.device = 1; /* one by one */
    o.threads = 1;
    armgpu *g = open_with(&o);
    assert_ok(g, armgpu_load_data(g, image, sizeof image, 0));
    assert_ok(g, ag_plane_need(g, AG_PLANE_V));
    return g;
}

static void start(armgpu *g, const struct diff_case *c)
{
    assert_ok(g, armgpu_load_data(g, c->code, sizeof c->code, CODE));
    assert_ok(g, armgpu_reset(g));
    assert_ok(g, armgpu_set_state(g, 0, LANES, c->start));
}

static uint64_t *row(armgpu *g, uint64_t lane, u32 number)
{
    uint64_t *state = (uint64_t *)ag_mirror_write(g, &g->state);
    assert_non_null(state);
    return ag_lane_row(state, lane, number);
}

static bool is_over(armgpu *g, uint64_t lane, uint64_t limit)
{
    const uint32_t stop = AG_STATUS_STOP(*row(g, lane, AG_STATE_STATUS));
    return (stop != AG_STOP_RUNNING && stop != AG_STOP_MAX_CYCLES) ||
           *row(g, lane, AG_STATE_CYCLES) >= limit;
}

/* Turns in the region until one does nothing. */
static void take_turns(armgpu *g, turn_fn *turn, uint64_t lane, uint64_t limit,
                       struct random_source *r)
{
    const ag_slice_args args = {.memory_size = g->memory_size,
                                .memory_stride = g->memory_stride,
                                .layout = g->layout};
    const ag_buffers b = {.state = (u64 *)ag_mirror_write(g, &g->state),
                          .v = (u64 *)ag_mirror_write(g, &g->v),
                          .memory = g->backend->map(g->device, g->memory),
                          .control = (u32 *)ag_mirror_write(g, &g->control)};
    u32 retired;
    *row(g, lane, AG_STATE_STATUS) = 0;
    *row(g, lane, AG_STATE_LIMIT) = limit;
    do {
        retired = turn(&b, &args, lane, 1 + random_below(r, 400));
        seen.translated += retired;
        seen.turns += retired > 0;
    } while (retired > 0);
}

/* What is over executes no more. */
static void run_translated(armgpu *g, turn_fn *turn, uint64_t limit,
                           struct random_source *r)
{
    uint64_t ends[LANES] = {0}, left = LANES;
    while (left > 0) {
        left = 0;
        for (uint64_t lane = 0; lane < LANES; lane++) {
            if (ends[lane] == 0 && !is_over(g, lane, limit))
                take_turns(g, turn, lane, limit, r);
            if (ends[lane] == 0 && is_over(g, lane, limit)) {
                ends[lane] = *row(g, lane, AG_STATE_STATUS) + 1;
                *row(g, lane, AG_STATE_STATUS) = AG_STOP_BREAKPOINT;
            }
            left += ends[lane] == 0;
        }
        if (left > 0)
            assert_ok(g, armgpu_execute(g, 1, NULL));
    }
    for (uint64_t lane = 0; lane < LANES; lane++)
        *row(g, lane, AG_STATE_STATUS) = ends[lane] - 1;
}

static void compare(armgpu *expected, armgpu *found, unsigned number,
                    uint64_t limit)
{
    static uint8_t memory[2][WINDOW];
    for (uint64_t lane = 0; lane < LANES; lane++) {
        const armgpu_state e = state_of(expected, lane);
        const armgpu_state f = state_of(found, lane);
        const armgpu_lane_result a = result_of(expected, lane);
        const armgpu_lane_result b = result_of(found, lane);
        if (memcmp(&e, &f, sizeof e) != 0)
            fail_msg("case %u, lane %" PRIu64 ": pc 0x%" PRIx64
                     " not 0x%" PRIx64 ", cycles %" PRIu64 " not %" PRIu64,
                     number, lane, f.pc, e.pc, f.cycles, e.cycles);
        if (a.cycles < limit) {
            assert_int_equal(b.stop_reason, a.stop_reason);
            assert_int_equal(b.stop_code, a.stop_code);
        }
        seen.faults += a.stop_reason == ARMGPU_STOP_DATA_FAULT;
        seen.limits += a.stop_reason == ARMGPU_STOP_MAX_CYCLES;
        seen.compared += a.cycles;
        assert_ok(expected,
                  armgpu_read_memory(expected, lane, 0, memory[0], WINDOW));
        assert_ok(found, armgpu_read_memory(found, lane, 0, memory[1], WINDOW));
        assert_memory_equal(memory[0], memory[1], WINDOW);
    }
}

/* -- Unicorn -------------------------------------------------------------- */

/* One lane, which came to its HLT or to the limit: faults are left in the
   middle of an instruction there. The HLT is not executed. */
static void compare_with_unicorn(armgpu *found, const struct diff_case *c,
                                 uint64_t lane, unsigned number)
{
    static uint8_t memory[WINDOW];
    const armgpu_state f = state_of(found, lane);
    const armgpu_lane_result end = result_of(found, lane);
    const bool is_halted = end.stop_reason == ARMGPU_STOP_HALT;
    const struct diff_bounds bounds = {
        .until = CODE + 4 * (uint64_t)c->length,
        .limit = is_halted ? 0 : (unsigned)end.cycles};
    struct diff_outcome outcome;
    armgpu_state u = c->start[lane];
    if (!is_halted && end.stop_reason != ARMGPU_STOP_MAX_CYCLES)
        return;
    memcpy(oracle.memory, oracle.image, WINDOW);
    oracle.run(oracle.context, &bounds, &u, &outcome);
    assert_int_equal(outcome.end, DIFF_DONE);
    assert_int_equal(outcome.executed + is_halted, end.cycles);
    for (int i = 0; i < 31; i++)
        if (u.x[i] != f.x[i])
            fail_msg("case %u, lane %" PRIu64 ": x%d is 0x%" PRIx64
                     ", Unicorn has 0x%" PRIx64,
                     number, lane, i, f.x[i], u.x[i]);
    assert_int_equal(u.sp, f.sp);
    assert_int_equal(u.pc, f.pc);
    assert_int_equal(u.nzcv, f.nzcv);
    assert_int_equal(u.fpcr, f.fpcr);
    assert_int_equal(u.fpsr, f.fpsr);
    assert_memory_equal(u.v, f.v, sizeof u.v);
    assert_ok(found, armgpu_read_memory(found, lane, 0, memory, WINDOW));
    assert_memory_equal(oracle.memory, memory, WINDOW);
    seen.by_unicorn += end.cycles;
}

static void compare_all_with_unicorn(armgpu *found, const struct diff_case *c,
                                     unsigned number)
{
    memcpy(image + CODE, c->code, sizeof c->code);
    memcpy(oracle.memory, image, WINDOW);
    oracle.code_changed(oracle.context);
    for (uint64_t lane = 0; lane < LANES; lane++)
        compare_with_unicorn(found, c, lane, number);
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
        start(expected, &cases[i]);
        start(found, &cases[i]);
        assert_ok(expected, armgpu_execute(expected, limit, NULL));
        run_translated(found, turn_of(module, i), limit, r);
        compare(expected, found, i, limit);
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
            for (uint64_t limit = 1; limit < 200; limit++) {
                start(expected, &cases[i]);
                start(found, &cases[i]);
                assert_ok(expected, armgpu_execute(expected, limit, NULL));
                run_translated(found, turn_of(module, i), limit, &r);
                compare(expected, found, i, limit);
            }
        dlclose(module);
        armgpu_close(expected);
        armgpu_close(found);
    }
    assert_true(seen.repeated > CASES / 2); /* entries part some */
}

static void test_sequences(void **state)
{
    const char *seed = getenv("SEED"), *count = getenv("COUNT");
    const uint64_t number = seed == NULL ? 1 : strtoull(seed, NULL, 10);
    const bool is_release = strcmp(ARMGPU_MODE, "release") == 0;
    const uint64_t wanted = count != NULL ? strtoull(count, NULL, 10)
                            : is_release  ? 80000
                                          : 1;
    struct random_source r = {number};
    (void)state;
    memset(&seen, 0, sizeof seen);
    for (uint64_t i = 0; i < sizeof image; i++)
        image[i] = (uint8_t)random_below(&r, 256);
    struct diff_scope scope = {
        .window = {.begin = 0, .end = WINDOW, .code = CODE},
        .lanes = LANES,
        .faults = true,
        .num_registers = DIFF_SYSTEM_REGISTERS,
        .exclusions = exclusions};
    diff_generator_init(&mixed, &scope, number, image);
    scope.exclusions = exclusions_and_left;
    diff_generator_init(&translated, &scope, number, image);
    oracle.scope = scope;
    oracle.image = image;
    diff_unicorn_open(&unicorn, &oracle);
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
                                       cmocka_unit_test(test_sequences)};
    snprintf(directory, sizeof directory, "/tmp/armgpu-translate-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(directory);
    return failed;
}
