/*
 * Regions that are compiled beside a run, on OpenCL: of a program that is
 * larger than the budget what is hot is translated, and something else when
 * that is hot; one that is not small is translated whole; a handle is closed,
 * and its program replaced, while a compiler works; a compiler that fails
 * leaves its text, and so does one in a process of its own that takes too long;
 * where nobody says which engine is to execute, what lasts is translated. Lanes
 * always end as the CPU has them.
 *
 * The backend is OpenCL's with a `build` of this test's own: it waits where a
 * test says so, and spoils texts. This executable is the helper too.
 */
#define _XOPEN_SOURCE 700
#include "guest.h"
#include "targets.h"

#include "backend/backend.h"
#include "base/environment.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LANES = 40, MEMORY = 4096, BUDGET = 64, TURN = 20000, TURNS = 100000 };

/* Padding, so that the program has more than BUDGET, or is not small; two
   loops, each until the host clears a register, too far from each other for one
   region of hot code. */
enum { NOPS = BUDGET, MOST_NOPS = 600 };
static size_t nops;
/* Handles have a helper; and nobody says which engine. */
static bool has_helper, is_auto;
static const char *own_path; /* of this executable */
#define NOP 0xd503201f
#define NOPS_4 NOP, NOP, NOP, NOP
static const uint32_t loops[] = {
    0x8b010000,                                     /* add x0, x0, x1 */
    0xca000c84,                                     /* eor x4, x4, x0, lsl #3 */
    0x91000421,                                     /* add x1, x1, #1 */
    0xb5ffffa2,                                     /* cbnz x2, .-12 */
    NOPS_4,     NOPS_4, NOPS_4, NOPS_4, 0xcb000084, /* sub x4, x4, x0 */
    0x8b446000, /* add x0, x0, x4, lsr #24 */
    0xd1000421, /* sub x1, x1, #1 */
    0xb5ffffa3, /* cbnz x3, .-12 */
    0xd4400000, /* hlt #0 */
};

/* -- The backend ----------------------------------------------------------- */

extern const struct ag_backend ag_backend_opencl, ag_backend_cpu;
static struct ag_backend backend;
const struct ag_backend *const ag_backends[] = {&backend, &ag_backend_cpu,
                                                NULL};
/* All are atomic: builds of regions that have begun, whether they wait, whether
   they fail, and how many are over. */
static int begun, waits, fails, over;

static int get(const int *value)
{
    return __atomic_load_n(value, __ATOMIC_SEQ_CST);
}
static void set(int *value, int to)
{
    __atomic_store_n(value, to, __ATOMIC_SEQ_CST);
}

static void nap(void)
{
    const struct timespec time = {0, 2000000};
    nanosleep(&time, NULL);
}

static int32_t spoiled(ag_device *device, ag_module **out,
                       const struct ag_module_options *options,
                       struct ag_module_info *info)
{
    static const char wrong[] = "\nthis is no kernel\n";
    struct ag_kernel_source source = *options->source;
    struct ag_module_options with = *options;
    char *text = malloc(source.length + sizeof wrong);
    assert_non_null(text);
    memcpy(text, source.text, source.length);
    memcpy(text + source.length, wrong, sizeof wrong);
    source.text = text;
    source.length += sizeof wrong - 1;
    source.hash++;
    with.source = &source;
    int32_t error = ag_backend_opencl.build(device, out, &with, info);
    free(text);
    return error;
}

/* Not kept, whatever a test says of regions: PoCL would compile it once more.
 */
static int32_t build_interpreter(ag_device *device, ag_module **out,
                                 const struct ag_module_options *options,
                                 struct ag_module_info *info)
{
    static char off[] = "ARMGPU_CACHE=off";
    static char *environment[] = {off, NULL};
    char **before = ag_environment_use(environment);
    int32_t error = ag_backend_opencl.build(device, out, options, info);
    ag_environment_use(before);
    return error;
}

static int32_t build(ag_device *device, ag_module **out,
                     const struct ag_module_options *options,
                     struct ag_module_info *info)
{
    int32_t error;
    if (strcmp(options->kernels[0].name, "ag_translated") != 0)
        return build_interpreter(device, out, options, info);
    __atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
    while (get(&waits))
        nap();
    error = get(&fails) ? spoiled(device, out, options, info)
                        : ag_backend_opencl.build(device, out, options, info);
    __atomic_add_fetch(&over, 1, __ATOMIC_SEQ_CST);
    return error;
}

/* PoCL is a CPU, where nothing is translated unless somebody asks. */
static int32_t open_device(ag_device **out,
                           const struct ag_device_options *options,
                           struct ag_device_info *info,
                           char message[AG_MESSAGE_BYTES])
{
    int32_t error = ag_backend_opencl.open(out, options, info, message);
    if (is_auto)
        info->translates_after = AG_TRANSLATES_AFTER;
    return error;
}

/* -- Lanes ----------------------------------------------------------------- */

static armgpu *open_lanes(const char *name)
{
    armgpu_options o;
    armgpu_options_init(&o);
    o.lanes = LANES;
    o.memory_size = MEMORY;
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.backend = name;
    if (strcmp(name, "cpu") != 0) {
        o.engine = is_auto ? ARMGPU_ENGINE_AUTO : ARMGPU_ENGINE_TRANSLATED;
        o.helper = has_helper ? own_path : NULL;
    }
    o.translate_budget = nops > BUDGET ? 0 : BUDGET;
    return open_with(&o);
}

static void load(armgpu *g, uint32_t first_word)
{
    uint32_t words[MOST_NOPS + LENGTH(loops)];
    for (size_t i = 0; i < nops; i++)
        words[i] = NOP;
    memcpy(words + nops, loops, sizeof loops);
    words[nops] = first_word;
    load_words(g, 0, words, nops + LENGTH(loops));
    assert_ok(g, armgpu_set_register_all(g, 0, 3, 1));
    assert_ok(g, armgpu_set_register_all(g, 1, 5, 2));
    assert_ok(g, armgpu_set_register_all(g, 2, 0, 1));
    assert_ok(g, armgpu_set_register_all(g, 3, 0, 1));
}

static armgpu *start_with(size_t padding)
{
    nops = padding;
    set(&begun, 0);
    set(&over, 0);
    set(&waits, 0);
    set(&fails, 0);
    if (!is_tested("opencl")) {
        print_message("skipping: no OpenCL\n");
        skip();
    }
    armgpu *g = open_lanes("opencl");
    load(g, loops[0]);
    return g;
}

static armgpu *start(void)
{
    return start_with(NOPS);
}

/* Of the lanes' instructions in one turn, those that were translated. */
static double turn(armgpu *g, uint64_t *turns)
{
    const uint64_t before = translation_of(g).cycles;
    armgpu_result r = {.size = sizeof r};
    assert_ok(g, armgpu_execute(g, TURN, &r));
    ++*turns;
    assert_true(*turns < TURNS);
    assert_int_equal(r.total_cycles, (uint64_t)LANES * TURN);
    return (double)(translation_of(g).cycles - before) / (double)r.total_cycles;
}

static uint64_t turn_until_translated(armgpu *g)
{
    uint64_t turns = 0;
    while (turn(g, &turns) < 0.5)
        if (get(&begun) != get(&over))
            nap(); /* the compiler's turn */
    return turns;
}

static uint64_t turn_until_begun(armgpu *g, int n)
{
    uint64_t turns = 0;
    while (get(&begun) < n)
        turn(g, &turns);
    return turns;
}

static void clear(armgpu *g, int reg)
{
    uint64_t registers[LANES][32];
    assert_ok(g, armgpu_get_registers(g, 0, LANES, registers[0]));
    for (int i = 0; i < LANES; i++)
        registers[i][reg] = 0;
    assert_ok(g, armgpu_set_registers(g, 0, LANES, registers[0]));
}

/* Lanes end as the CPU has them after so many turns in each loop. */
static void finish(armgpu *g, uint32_t first_word, uint64_t first,
                   uint64_t second)
{
    armgpu *cpu = open_lanes("cpu");
    load(cpu, first_word);
    assert_ok(cpu, armgpu_execute(cpu, first * TURN, NULL));
    clear(cpu, 2);
    if (second != 0) /* 0 would be no limit */
        assert_ok(cpu, armgpu_execute(cpu, second * TURN, NULL));
    clear(cpu, 3);
    clear(g, 3);
    assert_ok(cpu, armgpu_execute(cpu, 0, NULL));
    assert_ok(g, armgpu_execute(g, 0, NULL));
    for (uint64_t i = 0; i < LANES; i++) {
        armgpu_state one = state_of(g, i), other = state_of(cpu, i);
        assert_memory_equal(&one, &other, sizeof one);
        assert_int_equal(result_of(g, i).stop_reason, ARMGPU_STOP_HALT);
    }
    armgpu_close(cpu);
}

/* -- Tests ----------------------------------------------------------------- */

static void what_is_hot_changes(void **state)
{
    armgpu *g = start();
    (void)state;
    uint64_t first = turn_until_translated(g);
    armgpu_translation t = translation_of(g);
    assert_string_equal(t.reason, "");
    assert_int_equal(t.compiled, 1);
    assert_in_range(t.instructions, 1, BUDGET / 4);
    clear(g, 2);
    uint64_t second = turn_until_translated(g);
    assert_in_range(translation_of(g).compiled, 2, 8);
    finish(g, loops[0], first, second);
    armgpu_close(g);
}

static void *release_later(void *user)
{
    (void)user;
    for (int i = 0; i < 50; i++)
        nap();
    set(&waits, 0);
    return NULL;
}

/* A run ends without it, a handle after it. */
static void closed_while_compiling(void **state)
{
    armgpu *g = start();
    pthread_t thread;
    (void)state;
    set(&waits, 1);
    uint64_t first = turn_until_begun(g, 1);
    clear(g, 2);
    finish(g, loops[0], first, 0);
    assert_int_equal(get(&over), 0);
    assert_int_equal(translation_of(g).instructions, 0);
    assert_int_equal(pthread_create(&thread, NULL, release_later, NULL), 0);
    armgpu_close(g);
    assert_int_equal(get(&over), 1);
    pthread_join(thread, NULL);
}

/* What was made of another program is not used. */
static void replaced_while_compiling(void **state)
{
    const uint32_t other = 0x8b020000; /* add x0, x0, x2 */
    armgpu *g = start();
    (void)state;
    set(&waits, 1);
    turn_until_begun(g, 1);
    load(g, other);
    assert_ok(g, armgpu_reset(g));
    uint64_t first = 0;
    for (int i = 0; i < 20; i++)
        turn(g, &first);
    assert_int_equal(get(&begun), 1);
    set(&waits, 0);
    first += turn_until_translated(g);
    assert_int_equal(translation_of(g).compiled, 1);
    assert_int_equal(get(&begun), 2);
    clear(g, 2);
    finish(g, other, first, 0);
    armgpu_close(g);
}

/* Lanes do not wait for the compiler of a program that is not small; nor is
   what it makes of another one used. */
static void whole_beside_the_run(void **state)
{
    const uint32_t other = 0x8b020000; /* add x0, x0, x2 */
    armgpu *g = start_with(MOST_NOPS);
    uint64_t turns = 0, first = 0;
    (void)state;
    set(&waits, 1);
    assert_true(turn(g, &turns) == 0);
    while (get(&begun) == 0)
        nap(); /* it is a thread's */
    load(g, other);
    assert_ok(g, armgpu_reset(g));
    for (int i = 0; i < 5; i++)
        assert_true(turn(g, &first) == 0);
    assert_int_equal(get(&begun), 1);
    set(&waits, 0);
    first += turn_until_translated(g);
    assert_int_equal(get(&begun), 2);
    const armgpu_translation t = translation_of(g);
    assert_string_equal(t.reason, "");
    assert_int_equal(t.compiled, 1);
    assert_in_range(t.instructions, MOST_NOPS, MOST_NOPS + LENGTH(loops) + 1);
    clear(g, 2);
    finish(g, other, first, 0);
    armgpu_close(g);
}

/* Data beside the code leaves what was translated. */
static void data_beside_the_code(void **state)
{
    armgpu *g = start();
    uint64_t first, turns = 0;
    (void)state;
    first = turn_until_translated(g);
    assert_ok(g, armgpu_load_data(g, "data", 4, MEMORY / 2));
    assert_true(turn(g, &turns) > 0.5);
    assert_int_equal(get(&begun), 1);
    clear(g, 2);
    finish(g, loops[0], first + turns, 0);
    armgpu_close(g);
}

/* Lanes go on, and the text can be looked at. */
static void check_refused(armgpu *g, const char *why)
{
    char line[64] = "";
    const armgpu_translation t = translation_of(g);
    assert_int_equal(t.instructions, 0);
    if (strstr(t.reason, why) == NULL)
        fail_msg("'%s' is not in: %s", why, t.reason);
    FILE *in = fopen(t.refused, "r");
    assert_non_null(in);
    assert_non_null(fgets(line, sizeof line, in));
    fclose(in);
    assert_non_null(strstr(line, "-DAG_LAYOUT="));
}

/* What it says is the driver's, or of a process that takes too long. */
static void refused(void **state)
{
    char home[] = "/tmp/armgpu-regions-XXXXXX", path[512];
    (void)state;
    assert_non_null(mkdtemp(home));
    setenv("XDG_CACHE_HOME", home, 1);
    setenv("ARMGPU_CACHE", "on", 1); /* whatever run.sh says; as it is opened */
    for (int apart = 0; apart < 2; apart++) {
        has_helper = apart != 0;
        if (has_helper)
            setenv("ARMGPU_CC_SECONDS", "0.001", 1);
        armgpu *g = start();
        uint64_t first = 0, turns = 0;
        turn(g, &first);
        set(&fails, !has_helper);
        do {
            turn(g, &turns);
            nap();
        } while (translation_of(g).refused[0] == '\0');
        check_refused(g, has_helper ? "took too long" : "compiling");
        snprintf(path, sizeof path, "%s", translation_of(g).refused);
        for (int i = 0; i < 20; i++) /* it is not tried again and again */
            turn(g, &turns);
        assert_int_equal(get(&begun), 1);
        clear(g, 2);
        finish(g, loops[0], first + turns, 0);
        armgpu_close(g);
        assert_int_equal(unlink(path), 0);
    }
    has_helper = false;
    unsetenv("ARMGPU_CC_SECONDS");
    snprintf(path, sizeof path, "rm -rf %s", home); /* PoCL has a cache too */
    assert_int_equal(system(path), 0);
}

/* Whether they keep it depends on what is faster here. */
static void what_lasts_is_translated(void **state)
{
    (void)state;
    has_helper = is_auto = true;
    armgpu *g = start_with(0);
    uint64_t turns = 0;
    while (translation_of(g).cycles == 0)
        turn(g, &turns);
    assert_int_equal(translation_of(g).compiled, 1);
    clear(g, 2);
    finish(g, loops[0], turns, 0);
    armgpu_close(g);
    has_helper = is_auto = false;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_hot_changes),
        cmocka_unit_test(closed_while_compiling),
        cmocka_unit_test(replaced_while_compiling),
        cmocka_unit_test(whole_beside_the_run),
        cmocka_unit_test(data_beside_the_code),
        cmocka_unit_test(what_lasts_is_translated),
        cmocka_unit_test(refused), /* the last: it has another cache */
    };
    backend = ag_backend_opencl;
    backend.build = build;
    backend.open = open_device;
    own_path = argv[0];
    if (argc > 1 && strcmp(argv[1], ARMGPU_HELPER) == 0)
        return armgpu_helper(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
