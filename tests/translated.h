/*
 * What tests of translated code share (test_translate.c, test_together.c):
 * regions of random sequences compiled as C, and lanes that take turns in them
 * and in the interpreter, compared with the interpreter alone and with Unicorn.
 */
#ifndef TRANSLATED_H
#define TRANSLATED_H

#include "guest.h"
#include "window_image.h"

#include "code/decode.h"
#include "core/engine.h"
#include "diff/unicorn.h"
#include "random.h"
#include "translate/translate.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <unistd.h>

/* In layouts with a window the memory before ONCE is there once for all lanes.
 */
enum { WINDOW = 0x5000, ONCE = 0x800, CODE = 0x2000, LANES = 8, CASES = 25 };
typedef u32 turn_fn(const ag_buffers *b, const ag_slice_args *args, u64 slot,
                    u32 fuel);

static uint8_t image[WINDOW];
static char directory[64];
static struct diff_oracle oracle = {.name = "Unicorn"};
static struct diff_unicorn unicorn;

/* What was seen, so that the test shows something. */
static struct {
    uint64_t compared, translated, instructions, faults, limits, turns;
    uint64_t by_unicorn, repeated, counted;
} seen;

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

#define NO_CACHES                                                              \
    {                                                                          \
        "IC_", "", "a lane that invalidates code has no regions from then on", \
            NULL                                                               \
    }
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

static void emit_turn(unsigned number, FILE *out)
{
    fprintf(
        out,
        "u32 turn_%u(const ag_buffers *b, const ag_slice_args *args, "
        "u64 slot, u32 fuel)\n"
        "{\n    return ag_region_turn_%u(b, args, slot, fuel, LAYOUT);\n}\n",
        number, number);
}

/* A module of that text, which is in the test's directory; COMPILER, which is
   cc, and where kernels/ is come from the Makefile. */
static void *compile_module(uint32_t layout, const char *flags)
{
    char path[128], command[1024];
    snprintf(command, sizeof command,
             "%s -std=c11 -w %s -fPIC -shared -ffp-contract=off "
             "-fno-math-errno %s -DAG_IS_REGION=1 -DLAYOUT=%" PRIu32
             " -o %s/module.so %s/module.c",
             COMPILER, flags, COMPILER_FLAGS, layout, directory, directory);
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

static FILE *create_module(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/module.c", directory);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    return out;
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

/* The program that brings a window; `image` is as it will be. */
static const armgpu_program *window_program(void)
{
    static const struct window_shape shape = {
        "window", ARMGPU_PROGRAM_BARE_METAL, 0, ONCE, ONCE, 64, 64, WINDOW};
    static struct window_image window;
    if (window.program == NULL) {
        shape_image(&window, &shape);
        memcpy(window.text, image, ONCE);
        open_image(&window, &shape);
    }
    return window.program;
}

static armgpu *open_engine(uint32_t layout, uint32_t engine, uint64_t lanes)
{
    armgpu_options o;
    armgpu_options_init(&o);
    o.lanes = lanes;
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.private_layout = AG_LAYOUT_OF_OWN(layout);
    o.engine = engine;
    o.backend = "cpu";
    o.threads = 1;
    if (engine == ARMGPU_ENGINE_INTERPRETER)
        o.device = 1; /* one by one */
    if (AG_HAS_WINDOW(layout))
        o.program = window_program();
    else
        o.memory_size = WINDOW;
    armgpu *g = open_with(&o);
    const uint64_t own = g->view.base;
    assert_int_equal(g->layout, layout);
    assert_int_equal(own, AG_HAS_WINDOW(layout) ? ONCE : 0);
    assert_int_equal(own, g->view.readonly_bytes);
    assert_int_equal(own + g->memory_size, WINDOW);
    assert_ok(g, armgpu_load_data(g, image + own, WINDOW - own, own));
    return g;
}

static armgpu *open_lanes(uint32_t layout)
{
    armgpu *g = open_engine(layout, ARMGPU_ENGINE_INTERPRETER, LANES);
    assert_ok(g, ag_plane_need(g, AG_PLANE_V));
    return g;
}

/* What a lane sees. */
static void read_window(armgpu *g, uint64_t lane, uint8_t memory[WINDOW])
{
    assert_ok(g, armgpu_read_memory(g, lane, 0, memory, ONCE));
    assert_ok(g,
              armgpu_read_memory(g, lane, ONCE, memory + ONCE, WINDOW - ONCE));
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

/* Turns in the region until one does nothing, of so many lanes together. */
static void take_turns(armgpu *g, turn_fn *turn, uint64_t lane, unsigned width,
                       uint64_t limit, struct random_source *r)
{
    const ag_slice_args args = {.memory_size = g->memory_size,
                                .memory_stride = g->memory_stride,
                                .layout = g->layout,
                                .view = g->view};
    const ag_buffers b = {.state = (u64 *)ag_mirror_write(g, &g->state),
                          .v = (u64 *)ag_mirror_write(g, &g->v),
                          .memory = g->backend->map(g->device, g->memory),
                          .readonly =
                              AG_HAS_WINDOW(g->layout)
                                  ? g->backend->map(g->device, g->readonly)
                                  : NULL,
                          .control = (u32 *)ag_mirror_write(g, &g->control)};
    u32 retired;
    for (unsigned i = 0; i < width; i++) {
        if (is_over(g, lane + i, limit))
            return;
        *row(g, lane + i, AG_STATE_STATUS) = 0;
        *row(g, lane + i, AG_STATE_LIMIT) = limit;
    }
    do {
        retired = turn(&b, &args, lane, 1 + random_below(r, 400));
        seen.translated += (uint64_t)retired * width;
        seen.turns += retired > 0;
    } while (retired > 0);
}

/* One instruction of the interpreter's; of lanes that go together only those
   that are behind, so that they meet again: others wait, as stopped ones do. */
static void step(armgpu *g, unsigned width)
{
    bool waits[LANES] = {false};
    for (uint64_t lane = 0; lane < LANES && width > 1; lane++) {
        const uint64_t first = lane / width * width;
        for (uint64_t other = first; other < first + width; other++)
            if (*row(g, other, AG_STATE_STATUS) != AG_STOP_BREAKPOINT &&
                *row(g, other, AG_STATE_PC) < *row(g, lane, AG_STATE_PC))
                waits[lane] =
                    *row(g, lane, AG_STATE_STATUS) != AG_STOP_BREAKPOINT;
    }
    for (uint64_t lane = 0; lane < LANES; lane++)
        if (waits[lane])
            *row(g, lane, AG_STATE_STATUS) = AG_STOP_BREAKPOINT;
    assert_ok(g, armgpu_execute(g, 1, NULL));
    for (uint64_t lane = 0; lane < LANES; lane++)
        if (waits[lane])
            *row(g, lane, AG_STATE_STATUS) = AG_STOP_RUNNING;
}

/* What is over executes no more. */
static void run_translated(armgpu *g, turn_fn *turn, unsigned width,
                           uint64_t limit, struct random_source *r)
{
    uint64_t ends[LANES] = {0}, left = LANES;
    while (left > 0) {
        left = 0;
        for (uint64_t lane = 0; lane < LANES; lane += width)
            take_turns(g, turn, lane, width, limit, r);
        for (uint64_t lane = 0; lane < LANES; lane++) {
            if (ends[lane] == 0 && is_over(g, lane, limit)) {
                ends[lane] = *row(g, lane, AG_STATE_STATUS) + 1;
                *row(g, lane, AG_STATE_STATUS) = AG_STOP_BREAKPOINT;
            }
            left += ends[lane] == 0;
        }
        if (left > 0)
            step(g, width);
    }
    for (uint64_t lane = 0; lane < LANES; lane++)
        *row(g, lane, AG_STATE_STATUS) = ends[lane] - 1;
}

static void compare_lane(armgpu *expected, armgpu *found, unsigned number,
                         uint64_t lane, uint64_t limit)
{
    static uint8_t memory[2][WINDOW];
    const armgpu_state e = state_of(expected, lane);
    const armgpu_state f = state_of(found, lane);
    const armgpu_lane_result a = result_of(expected, lane);
    const armgpu_lane_result b = result_of(found, lane);
    if (memcmp(&e, &f, sizeof e) != 0)
        fail_msg("case %u, lane %" PRIu64 ": pc 0x%" PRIx64 " not 0x%" PRIx64
                 ", cycles %" PRIu64 " not %" PRIu64,
                 number, lane, f.pc, e.pc, f.cycles, e.cycles);
    if (a.cycles < limit) {
        assert_int_equal(b.stop_reason, a.stop_reason);
        assert_int_equal(b.stop_code, a.stop_code);
    }
    seen.faults += a.stop_reason == ARMGPU_STOP_DATA_FAULT;
    seen.limits += a.stop_reason == ARMGPU_STOP_MAX_CYCLES;
    seen.compared += a.cycles;
    read_window(expected, lane, memory[0]);
    read_window(found, lane, memory[1]);
    assert_memory_equal(memory[0], memory[1], WINDOW);
}

static void compare(armgpu *expected, armgpu *found, unsigned number,
                    uint64_t limit)
{
    for (uint64_t lane = 0; lane < LANES; lane++)
        compare_lane(expected, found, number, lane, limit);
}

/* A case up to a limit, without regions and with its own, which so many lanes
   take turns in together. */
static void compare_to_limit(armgpu *expected, armgpu *found, void *module,
                             const struct diff_case *list, unsigned number,
                             unsigned width, uint64_t limit,
                             struct random_source *r)
{
    start(expected, &list[number]);
    start(found, &list[number]);
    assert_ok(expected, armgpu_execute(expected, limit, NULL));
    run_translated(found, turn_of(module, number), width, limit, r);
    compare(expected, found, number, limit);
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
    read_window(found, lane, memory);
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

/* Random memory, a generator for the scope, and Unicorn. */
static void open_oracle(const struct diff_scope *scope, struct random_source *r)
{
    for (uint64_t i = 0; i < sizeof image; i++)
        image[i] = (uint8_t)random_below(r, 256);
    oracle.scope = *scope;
    oracle.image = image;
    diff_unicorn_open(&unicorn, &oracle);
}

/* In which modules are compiled. */
static bool make_directory(void)
{
    snprintf(directory, sizeof directory, "/tmp/armgpu-translate-XXXXXX");
    return mkdtemp(directory) != NULL;
}

#endif
