/*
 * Memory that runs out: every allocation of every call fails once. The call says
 * so, leaves the handle as it was, and works when it is made again. The linker
 * gives the library the allocating functions below in place of its own.
 */
#define _POSIX_C_SOURCE 200809L
#include "guest.h"

#include <stdbool.h>

#define LANES 40

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

static uint64_t until_failure = UINT64_MAX; /* allocations that succeed */

static bool must_fail(void)
{
    return until_failure != UINT64_MAX && until_failure-- == 0;
}

void *__wrap_malloc(size_t size)
{
    return must_fail() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t n, size_t size)
{
    return must_fail() ? NULL : __real_calloc(n, size);
}
void *__wrap_realloc(void *p, size_t size)
{
    return must_fail() ? NULL : __real_realloc(p, size);
}

/* mov x0, #N; ldr x1, [0x800]; hlt #N */
#define PROGRAM(n)                                                             \
    {0xd2800000 | (n) << 5, 0xd2810001, 0xf9400021, HLT | (n) << 5}
static const uint32_t first[] = PROGRAM(1), second[] = PROGRAM(2),
                      third[] = PROGRAM(3);
static const uint64_t data = 77;

struct world {
    armgpu *g;
    uint64_t resident;
    uint32_t id;
    uint64_t x0[LANES], words[LANES];
};

static int32_t open_world(struct world *w)
{
    const armgpu_lane_range all = {0, LANES};
    armgpu_options o;
    armgpu_options_init(&o);
    o.lanes = LANES;
    o.only = &all;
    o.num_only = 1;
    o.resident = w->resident;
    o.memory_size = 8192;
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.backend = "cpu";
    o.threads = 1;
    int32_t error = armgpu_open(&w->g, &o);
    if (error != ARMGPU_OK) {
        armgpu_close(w->g);
        w->g = NULL;
    }
    return error;
}

static int32_t load(struct world *w)
{
    return armgpu_load_program(w->g, third, sizeof third, 0);
}
/* Covers what was there. */
static int32_t load_again(struct world *w)
{
    return armgpu_load_program(w->g, first, sizeof first, 0);
}
static int32_t load_data(struct world *w)
{
    return armgpu_load_data(w->g, &data, sizeof data, 0x800);
}
static int32_t add(struct world *w)
{
    int32_t error = armgpu_add_program(w->g, second, sizeof second, 0x1000,
                                       &w->id);
    if (error == ARMGPU_OK)
        assert_int_equal(w->id, 1);
    return error;
}
static int32_t assign(struct world *w)
{
    const uint32_t table[] = {0, 1, 1};
    return armgpu_assign_programs(w->g, ARMGPU_ASSIGN_TABLE, table, 3);
}

static int32_t on_finish(void *user, armgpu *g, const uint64_t *lanes,
                         const armgpu_lane_result *results, uint64_t n)
{
    struct world *w = user;
    (void)results;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t regs[32];
        if (armgpu_get_lane_registers(g, lanes[i], regs) != ARMGPU_OK)
            return 1;
        w->x0[lanes[i]] = regs[0];
        w->words[lanes[i]] = regs[1];
    }
    return 0;
}
/* Lanes that a failure ended begin again. */
static int32_t execute(struct world *w)
{
    armgpu_result r = {.size = sizeof r};
    int32_t error = armgpu_reset(w->g);
    armgpu_set_finish(w->g, on_finish, w);
    return error != ARMGPU_OK ? error : armgpu_execute(w->g, 100, &r);
}
static int32_t read_again(struct world *w)
{
    uint64_t words[3], lanes[] = {3, 1, 3};
    return w->resident != 0 ? ARMGPU_OK
                            : armgpu_read_memory_lanes(w->g, lanes, 3, 0x800,
                                                       words, 8);
}

static const struct {
    const char *name;
    int32_t (*run)(struct world *w);
} steps[] = {{"armgpu_open", open_world},
             {"armgpu_load_program", load},
             {"armgpu_load_program again", load_again},
             {"armgpu_load_data", load_data},
             {"armgpu_add_program", add},
             {"armgpu_assign_programs", assign},
             {"armgpu_execute", execute},
             {"armgpu_read_memory_lanes", read_again}};

/* Allocation number `failing` of step `where` fails; false if there are fewer.
 */
static bool run_steps(struct world *w, size_t where, uint64_t failing)
{
    bool has_failed = false;
    for (size_t i = 0; i < LENGTH(steps); i++) {
        if (i == where) {
            until_failure = failing;
            int32_t error = steps[i].run(w);
            has_failed = until_failure == UINT64_MAX; /* wrapped round */
            until_failure = UINT64_MAX;
            if (error == ARMGPU_OK)
                continue; /* done without that memory */
            if (!has_failed || error != ARMGPU_ERROR_MEMORY)
                fail_msg("%s: %s", steps[i].name, armgpu_error_name(error));
        }
        if (steps[i].run(w) != ARMGPU_OK)
            fail_msg("%s, after allocation %llu of %s failed: %s",
                     steps[i].name, (unsigned long long)failing,
                     steps[where].name, armgpu_error_message(w->g));
    }
    return has_failed;
}

static void check_lanes(const struct world *w, size_t where, uint64_t failing)
{
    for (uint64_t lane = 0; lane < LANES; lane++) {
        uint64_t want = lane % 3 == 0 ? 1 : 2;
        if (w->x0[lane] != want || w->words[lane] != data)
            fail_msg("lane %llu has %llu and %llu after allocation %llu of %s "
                     "failed", (unsigned long long)lane,
                     (unsigned long long)w->x0[lane],
                     (unsigned long long)w->words[lane],
                     (unsigned long long)failing, steps[where].name);
    }
}

static void test_every_allocation(void **state)
{
    uint64_t failures = 0;
    (void)state;
    for (uint64_t resident = 0; resident <= 8; resident += 8)
        for (size_t where = 0; where < LENGTH(steps); where++) {
            bool has_failed = true;
            for (uint64_t k = 0; has_failed; k++) {
                struct world w = {.resident = resident};
                has_failed = run_steps(&w, where, k);
                check_lanes(&w, where, k);
                armgpu_close(w.g);
                failures += has_failed;
            }
        }
    printf("%llu allocations failed\n", (unsigned long long)failures);
    assert_true(failures > 50);
}

/* A program that could not be loaded leaves the one that was there. */
static void test_what_was_there(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 100; k++) {
        struct world w = {.resident = 0};
        assert_int_equal(open_world(&w), ARMGPU_OK);
        assert_int_equal(load(&w), ARMGPU_OK);
        until_failure = k;
        int32_t error = load_again(&w);
        until_failure = UINT64_MAX;
        assert_int_equal(execute(&w), ARMGPU_OK);
        assert_int_equal(w.x0[5], error == ARMGPU_OK ? 1 : 3);
        armgpu_close(w.g);
        if (error == ARMGPU_OK)
            return;
    }
    fail_msg("loading allocates for ever");
}

/* Lanes of which every second one tells of code that it changed, which the
   library notes: memory that it first asks for then. */
static const uint32_t changers[] = {
    0xd53bd040, /* mrs x0, tpidr_el0 */
    0x37000040, /* tbnz w0, #0, . + 8 */
    HLT,        /* the others have ended when these are next */
    0xd50b7521, /* ic ivau, x1 */
    HLT,
};

struct told {
    uint64_t lanes[LANES], ended, failed;
};

static int32_t on_told(void *user, armgpu *g, const uint64_t *lanes,
                       const armgpu_lane_result *results, uint64_t n)
{
    struct told *t = user;
    (void)g;
    for (uint64_t i = 0; i < n; i++) {
        assert_true(i == 0 || lanes[i] > lanes[i - 1]);
        t->lanes[lanes[i]]++;
        t->ended += results[i].stop_reason == ARMGPU_STOP_HALT;
        t->failed += results[i].stop_reason == ARMGPU_STOP_DEVICE_FAULT;
    }
    return 0;
}

/* False if nothing failed. Lanes that do not need what there is no memory for
   have ended, and everybody who began is reported once. */
static bool run_changers(uint64_t failing, uint64_t resident, bool *is_partial)
{
    struct told t = {.ended = 0};
    struct world w = {.resident = resident};
    armgpu_result r = {.size = sizeof r};
    assert_int_equal(open_world(&w), ARMGPU_OK);
    load_words(w.g, 0, changers, LENGTH(changers));
    armgpu_set_finish(w.g, on_told, &t);
    until_failure = failing;
    int32_t error = armgpu_execute(w.g, 100, &r);
    bool has_failed = until_failure == UINT64_MAX;
    until_failure = UINT64_MAX;
    uint64_t began = error == ARMGPU_OK || resident == 0 ? LANES : resident;
    for (uint64_t lane = 0; lane < LANES; lane++)
        if (t.lanes[lane] != (lane < began))
            fail_msg("lane %llu was reported %llu times after allocation %llu "
                     "failed", (unsigned long long)lane,
                     (unsigned long long)t.lanes[lane],
                     (unsigned long long)failing);
    assert_int_equal(t.ended + t.failed, began);
    assert_int_equal(r.stops[ARMGPU_STOP_HALT], t.ended);
    if (error != ARMGPU_OK) {
        assert_int_equal(error, ARMGPU_ERROR_MEMORY);
        assert_string_equal(armgpu_error_message(w.g), "out of memory");
        assert_in_range(t.ended, began / 2, began);
        *is_partial = true;
    }
    armgpu_close(w.g);
    return has_failed;
}

static void test_in_the_middle(void **state)
{
    (void)state;
    for (uint64_t resident = 0; resident <= 8; resident += 8) {
        bool is_partial = false;
        for (uint64_t k = 0; run_changers(k, resident, &is_partial); k++)
            ;
        assert_true(is_partial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation),
        cmocka_unit_test(test_what_was_there),
        cmocka_unit_test(test_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
