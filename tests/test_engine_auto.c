/*
 * What the CPU does where nobody says which engine is to execute: lanes are
 * interpreted until a run has lasted, then translated beside it, and
 * interpreted again where that is slower. Lanes always are as an interpreter
 * alone has them.
 *
 * The backend is the CPU's with a `build` of this test's own, which counts, and
 * makes regions slow where a test says so. No test asks how long something
 * takes: they go on until it has happened.
 */
#define _XOPEN_SOURCE 700
#include "guest.h"

#include "backend/backend.h"
#include "backend/cpu/cpu.h"
/* After all that has an argument of a name that is its own. */
#include "cache_home.h"

#include <time.h>

enum { LANES = 3, MEMORY = 4096, TURN = 20000, TURNS = 10000000 };

static const uint32_t loop[] = {
    0x8b010000, /* add x0, x0, x1 */
    0xca000c84, /* eor x4, x4, x0, lsl #3 */
    0x91000421, /* add x1, x1, #1 */
    0xb5ffffa2, /* cbnz x2, .-12 */
    0xd4400000, /* hlt #0 */
};

extern const struct ag_backend ag_backend_cpu;
static struct ag_backend backend;
const struct ag_backend *const ag_backends[] = {&backend, NULL};

/* Atomic: builds of regions that are over. */
static int built;
static bool is_slow, is_patient;
static uint64_t lanes = LANES;
static uint64_t text; /* atomic: hash of the last one for lanes together */
static ag_region_turn *fast;

/* Of the time that the processor has, not of what others leave of it. */
static u32 slow(const ag_buffers *b, const ag_slice_args *args, u64 slot,
                u32 fuel)
{
    const clock_t end = clock() + CLOCKS_PER_SEC / 50;
    while (clock() < end)
        continue;
    return fast(b, args, slot, fuel);
}

static int32_t build(ag_device *device, ag_module **out,
                     const struct ag_module_options *options,
                     struct ag_module_info *info)
{
    int32_t error = ag_backend_cpu.build(device, out, options, info);
    if (strcmp(options->kernels[0].name, "ag_translated") != 0)
        return error;
    if (error == ARMGPU_OK && is_slow) {
        ag_kernel *kernel = (ag_kernel *)(uintptr_t)options->kernels[0].kernel;
        fast = kernel->regions.one;
        kernel->regions = (ag_region_ways){slow, NULL, 0};
    }
    if (options->together != NULL)
        __atomic_store_n(&text, options->together->hash, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&built, 1, __ATOMIC_SEQ_CST);
    return error;
}

static int32_t open_device(ag_device **out,
                           const struct ag_device_options *options,
                           struct ag_device_info *info,
                           char message[AG_MESSAGE_BYTES])
{
    int32_t error = ag_backend_cpu.open(out, options, info, message);
    if (is_patient)
        info->translates_after = 1e9;
    return error;
}

static armgpu *open_lanes(uint32_t engine)
{
    armgpu_options o;
    armgpu_options_init(&o);
    assert_int_equal(o.engine, ARMGPU_ENGINE_AUTO);
    o.lanes = lanes;
    o.memory_size = MEMORY;
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.backend = "cpu";
    o.threads = 1;
    o.engine = engine;
    armgpu *g = open_with(&o);
    load_words(g, 0, loop, LENGTH(loop));
    assert_ok(g, armgpu_set_register_all(g, 0, 3, 1));
    assert_ok(g, armgpu_set_register_all(g, 1, 5, 2));
    assert_ok(g, armgpu_set_register_all(g, 2, 0, 1));
    return g;
}

static uint64_t turn(armgpu *g, uint64_t *turns)
{
    armgpu_result r = {.size = sizeof r};
    const uint64_t before = translation_of(g).cycles;
    assert_ok(g, armgpu_execute(g, TURN, &r));
    ++*turns;
    assert_true(*turns < TURNS);
    return translation_of(g).cycles - before;
}

/* Both have had as many turns. */
static void compare(armgpu *g, uint64_t turns)
{
    armgpu *other = open_lanes(ARMGPU_ENGINE_INTERPRETER);
    assert_ok(other, armgpu_execute(other, turns * TURN, NULL));
    for (uint64_t i = 0; i < LANES; i++) {
        armgpu_state one = state_of(g, i), two = state_of(other, i);
        assert_memory_equal(&one, &two, sizeof one);
    }
    armgpu_close(other);
}

static armgpu *start(bool slow_regions, const char *compiler)
{
    built = 0;
    is_slow = slow_regions;
    if (compiler == NULL)
        unsetenv("ARMGPU_CC");
    else
        setenv("ARMGPU_CC", compiler, 1);
    return open_lanes(ARMGPU_ENGINE_AUTO);
}

/* -- Tests ----------------------------------------------------------------- */

static void what_lasts_is_translated(void **state)
{
    armgpu *g = start(false, NULL);
    uint64_t turns = 0;
    (void)state;
    assert_int_equal(turn(g, &turns), 0);
    assert_string_equal(translation_of(g).reason, "");
    while (turn(g, &turns) < (uint64_t)LANES * TURN / 2)
        continue;
    assert_int_equal(translation_of(g).compiled, 1);
    assert_in_range(translation_of(g).instructions, 4, 6);
    assert_int_equal(__atomic_load_n(&built, __ATOMIC_SEQ_CST), 1);
    compare(g, turns);
    armgpu_close(g);
}

static void what_is_slower_is_not(void **state)
{
    armgpu *g = start(true, NULL);
    uint64_t turns = 0;
    (void)state;
    while (translation_of(g).compiled == 0)
        turn(g, &turns);
    while (translation_of(g).instructions != 0)
        turn(g, &turns);
    const armgpu_translation t = translation_of(g);
    assert_non_null(strstr(t.reason, "slower"));
    assert_int_equal(t.instructions, 0);
    assert_in_range(t.last, 4, 6);
    for (int i = 0; i < 100; i++)
        assert_int_equal(turn(g, &turns), 0);
    assert_int_equal(translation_of(g).compiled, 1);
    compare(g, turns);
    armgpu_close(g);
}

/* Nobody has to have a compiler, or to hear of it. */
static void without_a_compiler(void **state)
{
    armgpu *g = start(false, "/nowhere/cc");
    const clock_t begun = clock();
    uint64_t turns = 0;
    (void)state;
    while (clock() - begun < CLOCKS_PER_SEC)
        assert_int_equal(turn(g, &turns), 0);
    assert_int_equal(built, 0);
    assert_string_equal(translation_of(g).reason, "");
    compare(g, turns);
    armgpu_close(g);
}

/* What an earlier run found hot is translated without waiting, if it is this
   program's. */
static void what_is_known_is_not_looked_for(void **state)
{
    const uint32_t other = 0x8b020000; /* add x0, x0, x2 */
    char path[512];
    uint64_t turns = 0;
    setenv("ARMGPU_CACHE", "on", 1);
    setup(state);
    armgpu *g = start(false, NULL);
    while (count_files(path) < 2)
        turn(g, &turns);
    armgpu_close(g);
    is_patient = true;
    g = start(false, NULL);
    turns = 0;
    while (turn(g, &turns) < (uint64_t)LANES * TURN / 2)
        continue;
    assert_int_equal(translation_of(g).cached, 1);
    compare(g, turns);
    armgpu_close(g);
    g = start(false, NULL);
    load_words(g, 0, &other, 1);
    const clock_t begun = clock();
    while (clock() - begun < CLOCKS_PER_SEC / 2)
        assert_int_equal(turn(g, &turns), 0);
    armgpu_close(g);
    is_patient = false;
    teardown(state);
    setenv("ARMGPU_CACHE", "off", 1);
}

/* Registers that lanes begin with alike and then do not, and that the host sets
   as they begin: it is the same text, made at once or beside the run. */
static void text_depends_on_no_time(void **state)
{
    (void)state;
    lanes = 8;
    for (int touched = 0; touched < 2; touched++) {
        uint64_t turns = 0, texts[2];
        for (int late = 0; late < 2; late++) {
            armgpu *g = late ? start(false, NULL)
                             : open_lanes(ARMGPU_ENGINE_TRANSLATED);
            armgpu_state first = state_of(g, 0);
            first.x[9] = 7;
            if (touched)
                assert_ok(g, armgpu_set_state(g, 0, 1, &first));
            while (translation_of(g).compiled == 0)
                turn(g, &turns);
            texts[late] = __atomic_load_n(&text, __ATOMIC_SEQ_CST);
            armgpu_close(g);
        }
        assert_int_equal(texts[0], texts[1]);
    }
    lanes = LANES;
}

int main(void)
{
    backend = ag_backend_cpu;
    backend.build = build;
    backend.open = open_device;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lasts_is_translated),
        cmocka_unit_test(what_is_slower_is_not),
        cmocka_unit_test(without_a_compiler),
        cmocka_unit_test(what_is_known_is_not_looked_for),
        cmocka_unit_test(text_depends_on_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
