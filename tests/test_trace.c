/*
 * The traced lane advances one instruction at a time; the others run as they do
 * without a trace, and wait for nothing but what it does in shared memory.
 */
#include "targets.h"

#include "core/engine.h"

#define MEMORY 4096
#define LANES 40

struct trace {
    uint64_t lane;      /* that is traced */
    uint64_t steps;     /* shown so far */
    uint64_t stop_at;   /* interrupts before this one */
    uint64_t other;     /* a lane, and what had been shown when it ended */
    uint64_t steps_then;
    bool stops_then;    /* the run is told to stop then */
    uint64_t ended[LANES], stops[LANES]; /* reports of each lane, and how */
};

static int32_t on_step(void *user, uint64_t lane, const armgpu_state *s,
                       uint32_t word)
{
    struct trace *t = user;
    assert_int_equal(lane, t->lane);
    assert_int_equal(s->cycles, t->steps);
    assert_int_not_equal(word, 0);
    return ++t->steps == t->stop_at;
}

static int32_t on_finish(void *user, armgpu *g, const uint64_t *lanes,
                         const armgpu_lane_result *results, uint64_t n)
{
    struct trace *t = user;
    bool is_other = false;
    (void)g;
    for (uint64_t i = 0; i < n; i++) {
        t->ended[lanes[i]]++;
        t->stops[lanes[i]] = results[i].stop_reason;
        if (lanes[i] == t->lane)
            assert_true(t->steps >= results[i].cycles);
        if (lanes[i] == t->other) {
            is_other = true;
            t->steps_then = t->steps;
        }
    }
    return is_other && t->stops_then;
}

/* 16,386 instructions, of which few are shown before another lane is through:
   it does not wait for each. */
static void test_others_run(void **state)
{
    /* movz x0, #0x2000; subs x0, x0, #1; cbnz; hlt #0 */
    const uint32_t code[] = {0xd2840000, 0xf1000400, 0xb5ffffe0, HLT};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        struct trace t = {.lane = 3, .other = 2, .stops_then = true};
        armgpu *g = open_target(&targets[i], LANES, 0, MEMORY);
        load_words(g, 0, code, LENGTH(code));
        armgpu_set_finish(g, on_finish, &t);
        assert_ok(g, armgpu_set_trace(g, 3, on_step, &t));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(t.ended[2], 1);
        assert_true(t.steps_then < 10000);
        armgpu_close(g);
    }
}

/* What the host has to do for an instruction does not hide the next one. */
static void test_invalidate(void **state)
{
    /* ic ivau, x0; nop; ic iallu; nop; hlt #0 */
    const uint32_t code[] = {0xd50b7520, 0xd503201f, 0xd508751f, 0xd503201f, HLT};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        struct trace t = {.lane = 1};
        armgpu *g = open_target(&targets[i], 2, 0, MEMORY);
        load_words(g, 0, code, LENGTH(code));
        assert_ok(g, armgpu_set_trace(g, 1, on_step, &t));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 1, ARMGPU_STOP_HALT, 0, 16, 5);
        assert_int_equal(t.steps, 5);
        armgpu_close(g);
    }
}

/* subs x0, x0, #1 from the lane's number + 1; b.ne; hlt #0 */
static void open_count(armgpu *g)
{
    const uint32_t code[] = {0xf1000400, 0x54ffffe1, HLT};
    load_words(g, 0, code, LENGTH(code));
    assert_ok(g, armgpu_set_register_all(g, 0, 1, 1));
}

static void check_counts(const struct target *target, uint64_t lane,
                         uint64_t resident)
{
    struct trace t = {.lane = lane, .other = UINT64_MAX};
    armgpu_result r = {.size = sizeof r};
    armgpu *g = open_target(target, LANES, resident, MEMORY);
    open_count(g);
    armgpu_set_finish(g, on_finish, &t);
    assert_ok(g, armgpu_set_trace(g, lane, on_step, &t));
    assert_ok(g, armgpu_execute(g, 0, &r));
    assert_int_equal(t.steps, 2 * (lane + 1) + 1);
    assert_int_equal(r.stops[ARMGPU_STOP_HALT], LANES);
    assert_int_equal(r.total_cycles, LANES * (LANES + 1) + LANES);
    for (int i = 0; i < LANES; i++)
        assert_int_equal(t.ended[i], 1);
    armgpu_close(g);
}

/* Wherever the lane is in its wave, and where it is alone in it. */
static void test_waves(void **state)
{
    const uint64_t residents[] = {0, 1, 2, 7};
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        for (size_t j = 0; j < LENGTH(residents); j++) {
            check_counts(&targets[i], 0, residents[j]);
            check_counts(&targets[i], 11, residents[j]);
            check_counts(&targets[i], LANES - 1, residents[j]);
        }
}

/* A run that the trace interrupts reports the lane as every other; the next one
   goes on with it. */
static void test_interrupted(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        struct trace t = {.lane = 11, .other = UINT64_MAX, .stop_at = 5};
        armgpu_lane_result l;
        armgpu *g = open_target(&targets[i], LANES, 0, MEMORY);
        open_count(g);
        armgpu_set_finish(g, on_finish, &t);
        assert_ok(g, armgpu_set_trace(g, 11, on_step, &t));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(t.ended[11], 1);
        assert_int_equal(t.stops[11], ARMGPU_STOP_INTERRUPTED);
        assert_ok(g, armgpu_get_results(g, 11, 1, &l));
        assert_int_equal(l.cycles, 4);
        t.steps = 4;
        t.stop_at = 0;
        assert_ok(g, armgpu_execute(g, 3, NULL));
        assert_int_equal(t.steps, 7);
        assert_int_equal(t.stops[11], ARMGPU_STOP_MAX_CYCLES);
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(t.steps, 25);
        assert_int_equal(t.stops[11], ARMGPU_STOP_HALT);
        armgpu_close(g);
    }
}

/* -- A device that fails --------------------------------------------------- */

static struct {
    const struct ag_backend *backend;
    uint64_t until_failure; /* calls that succeed */
    bool has_failed;
} device;

static bool must_fail(void)
{
    device.has_failed = device.has_failed || device.until_failure == 0;
    device.until_failure -= !device.has_failed;
    return device.has_failed; /* and it does not come back */
}
static int32_t fail_download(ag_device *d, void *to, const ag_buffer *from,
                             uint64_t offset, uint64_t bytes)
{
    return must_fail() ? ARMGPU_ERROR_DEVICE
                       : device.backend->download(d, to, from, offset, bytes);
}
static int32_t fail_upload(ag_device *d, ag_buffer *to, uint64_t offset,
                           const void *from, uint64_t bytes)
{
    return must_fail() ? ARMGPU_ERROR_DEVICE
                       : device.backend->upload(d, to, offset, from, bytes);
}
static int32_t fail_launch(ag_device *d, const ag_kernel *kernel,
                           ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                           const ag_slice_args *args)
{
    return must_fail() ? ARMGPU_ERROR_DEVICE
                       : device.backend->launch(d, kernel, buffers, args);
}

/* False if the run made no more calls than that. */
static bool run_failing(const struct target *target, uint64_t calls)
{
    struct trace t = {.lane = 0, .other = UINT64_MAX};
    armgpu_result r = {.size = sizeof r};
    armgpu *g = open_target(target, 2, 0, MEMORY);
    struct ag_backend failing = *g->backend;
    open_count(g);
    assert_ok(g, armgpu_set_trace(g, 0, on_step, &t));
    device.backend = g->backend;
    device.until_failure = calls;
    device.has_failed = false;
    failing.download = fail_download;
    failing.upload = fail_upload;
    failing.launch = fail_launch;
    g->backend = &failing;
    int32_t error = armgpu_execute(g, 0, &r);
    g->backend = device.backend;
    assert_int_equal(error, device.has_failed ? ARMGPU_ERROR_DEVICE : ARMGPU_OK);
    assert_int_equal(r.stops[ARMGPU_STOP_INTERRUPTED], 0);
    armgpu_close(g);
    return device.has_failed;
}

/* Whatever fails, the state that is to be shown included, is said, and no lane
   was interrupted. */
static void test_failures(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i += 2) /* of one layout */
        for (uint64_t calls = 0; run_failing(&targets[i], calls); calls++)
            ;
}

/* Two lanes that wait for each other, with and without YIELD: the lane with an
   even number writes first. */
static void test_shared(void **state)
{
    uint32_t code[] = {
        0xd2810001, /* movz x1, #0x800 */
        0xd53bd060, /* mrs x0, tpidrro_el0 */
        0xb40000a0, /* cbz x0, first */
        0xd503203f, /* yield */
        0xc8dffc22, /* ldar x2, [x1] */
        0xb4ffffc2, /* cbz x2, -8 */
        0x91002021, /* add x1, x1, #8 */
        0xd2800023, /* first: movz x3, #1 */
        0xc89ffc23, /* stlr x3, [x1] */
        0xd2810101, /* movz x1, #0x808 */
        0xd503203f, /* yield */
        0xc8dffc22, /* ldar x2, [x1] */
        0xb4ffffc2, /* cbz x2, -8 */
        HLT,
    };
    (void)state;
    for (size_t i = 0; i < target_count; i += 2)
        for (uint64_t lane = 0; lane < 2; lane++) {
            struct trace t = {.lane = lane};
            armgpu_result r = {.size = sizeof r};
            armgpu_options o;
            armgpu_options_init(&o);
            o.lanes = 2;
            o.backend = targets[i].backend;
            o.threads = targets[i].threads;
            o.memory_size = 65536;
            armgpu *g = open_with(&o);
            load_words(g, 0, code, LENGTH(code));
            assert_ok(g, armgpu_set_trace(g, lane, on_step, &t));
            assert_ok(g, armgpu_execute(g, 10000000, &r));
            assert_int_equal(r.stops[ARMGPU_STOP_HALT], 2);
            armgpu_close(g);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_others_run),
        cmocka_unit_test(test_invalidate),
        cmocka_unit_test(test_waves),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_shared),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
