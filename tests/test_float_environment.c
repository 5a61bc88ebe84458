/*
 * The floating-point environment of the host program: whatever its rounding,
 * flushing, exception masks and flags are, lanes end with the same registers,
 * and every call leaves them as they were, inexact included, which measuring
 * time would raise. Functions that the host is called back by find its own.
 * Signals would end the test.
 */
#define _GNU_SOURCE
#include "armgpu.h"

#include <fenv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* What stays and what a call may not change, as the processor has it. */
#if defined(__x86_64__)
#define MASKED 0x1f80u
#define FLUSHES 0x8040u /* results and operands */
#define FLAGS 0x003fu
#define UNMASKED (MASKED & ~0x1f80u)
#define INVALID 0x01u
static uint32_t get_control(void)
{
    uint32_t control;
    __asm__ volatile("stmxcsr %0" : "=m"(control));
    return control;
}
static void set_control(uint32_t control)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(control) : "memory");
}
static const uint32_t controls[] = {
    MASKED,
    MASKED | 1u << 13, /* down */
    MASKED | 2u << 13, /* up */
    MASKED | 3u << 13, /* toward zero */
    MASKED | FLUSHES,
    UNMASKED,
    UNMASKED | FLUSHES | 2u << 13,
    MASKED | FLAGS,
};
#elif defined(__aarch64__)
#define FLUSHES (1u << 24)
#define INVALID 0x01u
static uint32_t get_control(void)
{
    uint64_t control, status;
    __asm__ volatile("mrs %0, fpcr\n\tmrs %1, fpsr"
                     : "=r"(control), "=r"(status));
    return (uint32_t)(control | (status & 0x9f));
}
static void set_control(uint32_t control)
{
    uint64_t status = control & 0x9f, wanted = control & ~UINT32_C(0x9f);
    __asm__ volatile("msr fpcr, %0\n\tmsr fpsr, %1"
                     :
                     : "r"(wanted), "r"(status)
                     : "memory");
}
static const uint32_t controls[] = {
    0,       1u << 22, 2u << 22, 3u << 22,
    FLUSHES, FLUSHES | 1u << 22, 0x9f,
};
#else
#define NOTHING_TO_TEST
#endif

#ifndef NOTHING_TO_TEST

/* On D1 = 1 + lane / 3 or so and D2, S1 and S2: what rounds, what is tiny,
   what is a division by zero and invalid, of doubles and of singles. */
static const uint32_t program[] = {
    0x1e622823, /* fadd d3, d1, d2 */
    0x1e621824, /* fdiv d4, d1, d2 */
    0x1e61c025, /* fsqrt d5, d1 */
    0x1f420c26, /* fmadd d6, d1, d2, d3 */
    0x1e620827, /* fmul d7, d1, d2 */
    0x1e6008e8, /* fmul d8, d7, d0: tiny */
    0x1e602909, /* fadd d9, d8, d0: of denormals */
    0x1e7f184a, /* fdiv d10, d2, d31: by zero */
    0x1e7f1beb, /* fdiv d11, d31, d31 */
    0x1e62402c, /* fcvt s12, d1 */
    0x1e2c298d, /* fadd s13, s12, s12 */
    0x1e2d198e, /* fdiv s14, s12, s13 */
    0x4e22d42f, /* fadd v15.4s, v1.4s, v2.4s */
    0x4e62cc30, /* fmla v16.2d, v1.2d, v2.2d */
    0x9e780031, /* fcvtzs x17, d1 */
    0x9e620032, /* scvtf d18, x1 */
    0x1e600813, /* fmul d19, d0, d0: underflows */
    0x1e750ab4, /* fmul d20, d21, d21: overflows */
    0xf1000421, /* subs x1, x1, #1 */
    0x54fffda1, /* b.ne back to the first */
    0xd4400000, /* hlt #0 */
};

enum { LANES = 40 };

static void prepare(armgpu *g, armgpu_state *s)
{
    s->size = sizeof *s;
    assert_int_equal(armgpu_get_state(g, 0, LANES, s), ARMGPU_OK);
    for (uint64_t i = 0; i < LANES; i++) {
        s[i].x[1] = 9;
        s[i].v[0][0] = UINT64_C(0x0010000000000003) << (i % 2); /* about tiny */
        s[i].v[1][0] = UINT64_C(0x3ff5555555555555) + i * 0x100000000003;
        s[i].v[2][0] = UINT64_C(0x3fb999999999999a) + i;
        s[i].v[16][1] = UINT64_C(0x3ff0000000000001);
        s[i].v[21][0] = UINT64_C(0x7fefffffffffffff);
    }
    assert_int_equal(armgpu_set_state(g, 0, LANES, s), ARMGPU_OK);
}

static armgpu_state start[LANES];

static void set_options(armgpu_options *o, uint32_t threads, uint32_t device,
                        uint32_t float_mode)
{
    armgpu_options_init(o);
    o->backend = "cpu";
    o->device = device;
    o->threads = threads;
    o->lanes = LANES;
    o->float_mode = float_mode;
}

/* Executes from the start in the environment `control`. */
static void execute(armgpu *g, uint32_t control)
{
    armgpu_result result = {.size = sizeof result};
    int32_t error;
    uint32_t after;
    volatile double ratio = 0;
    set_control(control);
    error = armgpu_reset(g);
    if (error == ARMGPU_OK) {
        prepare(g, start);
        error = armgpu_execute(g, 0, &result);
        result.min_cycles = 1; /* of which a third is no binary number */
        result.max_cycles = 3;
        ratio = armgpu_lane_efficiency(&result);
        ratio = armgpu_avg_ips(&result);
        (void)ratio;
    }
    after = get_control();
    set_control(controls[0]);
    assert_int_equal(error, ARMGPU_OK);
    assert_int_equal(after, control);
    assert_int_equal(result.stops[ARMGPU_STOP_HALT], LANES);
}

static void get_end(armgpu *g, armgpu_state *end)
{
    end->size = sizeof *end;
    assert_int_equal(armgpu_get_state(g, 0, LANES, end), ARMGPU_OK);
}

/* A handle with the program, opened in the environment `control`. */
static armgpu *open_in(const armgpu_options *o, uint32_t control)
{
    armgpu *g = NULL;
    int32_t error;
    uint32_t after;
    set_control(control);
    error = armgpu_open(&g, o);
    if (error == ARMGPU_OK)
        error = armgpu_load_program(g, program, sizeof program, 0);
    after = get_control();
    set_control(controls[0]);
    assert_int_equal(error, ARMGPU_OK);
    assert_int_equal(after, control);
    return g;
}

/* All calls of a run, in the environment `control`. */
static void run(const armgpu_options *o, uint32_t control, armgpu_state *end)
{
    armgpu *g = open_in(o, control);
    uint32_t after;
    execute(g, control);
    set_control(control);
    get_end(g, end);
    armgpu_close(g);
    (void)armgpu_list_devices(NULL, 0);
    after = get_control();
    set_control(controls[0]);
    assert_int_equal(after, control);
}

static armgpu_state want[LANES], is[LANES];

static void get_wanted(void)
{
    armgpu_options o;
    set_options(&o, 1, 1, ARMGPU_FLOAT_AUTO);
    run(&o, controls[0], want);
    assert_int_equal(want[0].fpsr & 0x1f, 0x1f);
}

static void compare(uint32_t threads, uint32_t device, uint32_t float_mode)
{
    armgpu_options o;
    get_wanted();
    set_options(&o, threads, device, float_mode);
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
        print_message("threads %u, device %u, control %#x\n", threads, device,
                      controls[i]);
        run(&o, controls[i], is);
        assert_memory_equal(is, want, sizeof want);
    }
}

static void test_calling_thread(void **state)
{
    (void)state;
    compare(1, 0, ARMGPU_FLOAT_AUTO);
    compare(1, 1, ARMGPU_FLOAT_AUTO);
}

/* A thread begins with the environment of the one that made it. */
static void test_workers(void **state)
{
    (void)state;
    compare(3, 0, ARMGPU_FLOAT_AUTO);
    compare(3, 1, ARMGPU_FLOAT_AUTO);
}

static void test_soft(void **state)
{
    (void)state;
    compare(3, 0, ARMGPU_FLOAT_SOFT);
    compare(3, 1, ARMGPU_FLOAT_SOFT);
}

/* One handle, whose threads start with the first launch, in an environment that
   is another one at each call. */
static void test_changes(void **state)
{
    size_t n = sizeof controls / sizeof *controls;
    (void)state;
    get_wanted();
    for (uint32_t device = 0; device < 2; device++) {
        armgpu_options o;
        armgpu *g;
        set_options(&o, 3, device, ARMGPU_FLOAT_AUTO);
        for (size_t first = 0; first < n; first++) {
            g = open_in(&o, controls[first]);
            for (size_t i = 1; i <= n; i++) {
                execute(g, controls[(first + i) % n]);
                get_end(g, is);
                assert_memory_equal(is, want, sizeof want);
            }
            armgpu_close(g);
        }
    }
}

/* -- Functions that the host is called back by ----------------------------- */

static uint32_t found[4], calls[4];

static int32_t note(uint32_t which)
{
    uint32_t control = get_control();
    found[which] |= control;
    calls[which]++;
    set_control(control | INVALID);
    return 0;
}

static int32_t note_prepare(void *user, armgpu *g, uint64_t first, uint64_t n)
{
    (void)user, (void)g, (void)first, (void)n;
    return note(0);
}

static int32_t note_finish(void *user, armgpu *g, const uint64_t *lanes,
                           const armgpu_lane_result *results, uint64_t n)
{
    (void)user, (void)g, (void)lanes, (void)results, (void)n;
    return note(1);
}

static int32_t note_trace(void *user, uint64_t lane, const armgpu_state *s,
                          uint32_t word)
{
    (void)user, (void)lane, (void)s, (void)word;
    return note(2);
}

static int32_t note_progress(void *user, uint64_t cycles, uint64_t live,
                             double seconds)
{
    (void)user, (void)cycles, (void)live, (void)seconds;
    note(3);
    return 1;
}

/* Executes in the environment `control`, where functions raise INVALID. */
static void execute_and_note(armgpu *g, uint32_t control)
{
    int32_t error;
    uint32_t after;
    set_control(control);
    error = armgpu_execute(g, 0, NULL);
    after = get_control();
    set_control(controls[0]);
    assert_int_equal(error, ARMGPU_OK);
    assert_int_equal(after, control | INVALID);
}

/* They find the host's environment, and what they raise stays raised. */
static void test_callbacks(void **state)
{
    /* fadd; b to itself: until progress() is called */
    static const uint32_t forever[] = {0x1e622823, 0x14000000};
    uint32_t control = controls[2];
    armgpu_options o;
    armgpu *g;
    (void)state;
    set_options(&o, 2, 0, ARMGPU_FLOAT_AUTO);
    g = open_in(&o, control);
    prepare(g, start);
    armgpu_set_prepare(g, note_prepare, NULL);
    armgpu_set_finish(g, note_finish, NULL);
    assert_int_equal(armgpu_set_trace(g, 1, note_trace, NULL), ARMGPU_OK);
    execute_and_note(g, control);
    assert_int_equal(armgpu_load_program(g, forever, sizeof forever, 0), 0);
    armgpu_set_progress(g, note_progress, NULL);
    assert_int_equal(armgpu_set_trace(g, 1, NULL, NULL), ARMGPU_OK);
    execute_and_note(g, control);
    for (int i = 0; i < 4; i++) {
        assert_int_not_equal(calls[i], 0);
        assert_int_equal(found[i] & ~INVALID, control);
    }
    armgpu_close(g);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calling_thread), cmocka_unit_test(test_workers),
        cmocka_unit_test(test_soft), cmocka_unit_test(test_changes),
        cmocka_unit_test(test_callbacks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
