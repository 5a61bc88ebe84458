/*
 * Regions of guest code, as C that the system's compiler compiles, against the
 * interpreter: the random sequences of differential tests, a hundred in one
 * module. Lanes take turns of random lengths in their region, and where it
 * leaves one instruction of the interpreter's, up to a random limit: registers,
 * flags, PC, cycles, memory and stops end as without regions.
 *
 * SEED, COUNT (instructions to compare) choose others. COMPILER, which is cc,
 * CFLAGS and where kernels/ is come from the Makefile.
 */
#define _POSIX_C_SOURCE 200809L
#include "guest.h"

#include "core/engine.h"
#include "diff/generate.h"
#include "random.h"
#include "translate/translate.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <unistd.h>

enum { WINDOW = 0x5000, CODE = 0x2000, LANES = 8, CASES = 100 };
#define BUDGET 1000

typedef u32 turn_fn(const ag_buffers *b, const ag_slice_args *args, u64 slot,
                    u32 fuel);

static uint8_t image[WINDOW];
static struct diff_generator generator;
static struct diff_case cases[CASES];
static char directory[64];

static const struct diff_exclusion exclusions[] = {
    {"IC_", "",
     "a lane that invalidates code decodes its own, and has no regions", NULL},
    {NULL, NULL, NULL, NULL},
};

/* What was seen, so that the test shows something. */
static struct {
    uint64_t compared, translated, instructions, faults, limits, turns;
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

static void emit_case(struct diff_case *c, unsigned number, FILE *out)
{
    const struct ag_code_source source = {word_of_case, c};
    const uint64_t entry = CODE;
    struct ag_region r;
    assert_true(ag_region_open(&r, &source, &entry, 1, BUDGET));
    seen.instructions += r.num_instructions;
    ag_region_emit(&r, number, out);
    fprintf(
        out,
        "u32 turn_%u(const ag_buffers *b, const ag_slice_args *args, "
        "u64 slot, u32 fuel)\n"
        "{\n    return ag_region_turn_%u(b, args, slot, fuel, LAYOUT);\n}\n",
        number, number);
    ag_region_close(&r);
}

static void *compile(uint32_t layout, bool has_goto)
{
    char path[128], command[1024];
    snprintf(path, sizeof path, "%s/module.c", directory);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs("#include \"engine/region.h\"\n", out);
    for (unsigned i = 0; i < CASES; i++)
        emit_case(&cases[i], i, out);
    assert_int_equal(fclose(out), 0);
    snprintf(command, sizeof command,
             "%s -std=c11 -w -O1 -fPIC -shared %s -DAG_IS_REGION=1 "
             "-DLAYOUT=%" PRIu32 " -DAG_HAS_GOTO=%d -o %s/module.so %s",
             COMPILER, COMPILER_FLAGS, layout, has_goto, directory, path);
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

/* -- Tests ---------------------------------------------------------------- */

static void run_module(uint32_t layout, bool has_goto, uint64_t first,
                       struct random_source *r)
{
    armgpu *expected = open_lanes(layout), *found = open_lanes(layout);
    for (unsigned i = 0; i < CASES; i++)
        diff_make_sequence(&generator, first + i, &cases[i]);
    void *module = compile(found->layout, has_goto);
    for (unsigned i = 0; i < CASES; i++) {
        const uint64_t limit =
            random_below(r, 2) == 0 ? 3000 : 1 + random_below(r, 300);
        start(expected, &cases[i]);
        start(found, &cases[i]);
        assert_ok(expected, armgpu_execute(expected, limit, NULL));
        run_translated(found, turn_of(module, i), limit, r);
        compare(expected, found, i, limit);
    }
    dlclose(module);
    armgpu_close(expected);
    armgpu_close(found);
}

static void test_sequences(void **state)
{
    const char *seed = getenv("SEED"), *count = getenv("COUNT");
    const uint64_t number = seed == NULL ? 1 : strtoull(seed, NULL, 10);
    const bool is_release = strcmp(ARMGPU_MODE, "release") == 0;
    const uint64_t wanted = count != NULL ? strtoull(count, NULL, 10)
                            : is_release  ? 60000
                                          : 1;
    struct random_source r = {number};
    (void)state;
    for (uint64_t i = 0; i < sizeof image; i++)
        image[i] = (uint8_t)random_below(&r, 256);
    const struct diff_scope scope = {
        .window = {.begin = 0, .end = WINDOW, .code = CODE},
        .lanes = LANES,
        .faults = true,
        .num_registers = DIFF_SYSTEM_REGISTERS,
        .exclusions = exclusions};
    diff_generator_init(&generator, &scope, number, image);
    for (uint64_t i = 0; seen.instructions < wanted; i++)
        run_module(1 + (uint32_t)(i % 2), i % 3 != 2, i * CASES, &r);
    diff_generator_free(&generator);
    print_message("%" PRIu64 " instructions translated; %" PRIu64
                  " retired, %" PRIu64 " of them in %" PRIu64
                  " turns of regions; %" PRIu64 " faults, %" PRIu64 " limits\n",
                  seen.instructions, seen.compared, seen.translated, seen.turns,
                  seen.faults, seen.limits);
    assert_true(seen.translated > seen.compared / 4);
    assert_true(seen.faults > 0 && seen.limits > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sequences)};
    snprintf(directory, sizeof directory, "/tmp/armgpu-translate-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(directory);
    return failed;
}
