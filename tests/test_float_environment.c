/*
 * The floating-point environment of the host program: whatever its rounding,
 * flushing, exception masks and flags are, lanes end with the same registers,
 * and every call leaves them as they were. Signals would end the test.
 */
#define _GNU_SOURCE
#include "armgpu.h"

#include <fenv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What stays and what a call may not change, as the processor has it. */
#if defined(__x86_64__)
#define MASKED 0x1f80u
#define FLUSHES 0x8040u /* results and operands */
#define FLAGS 0x003fu
/* All exceptions but inexact, which measuring time raises as well. */
#define UNMASKED (MASKED & ~0x0f80u)
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
#define RAISED_BY_TIME 0x20u
#elif defined(__aarch64__)
#define FLUSHES (1u << 24)
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
#define RAISED_BY_TIME 0x10u
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

/* All calls of a run, in the environment `control`. */
static void run(uint32_t threads, uint32_t device, uint32_t control,
                armgpu_state *end)
{
    static armgpu_state start[LANES];
    armgpu_options options;
    armgpu_result result = {.size = sizeof result};
    armgpu *g = NULL;
    int32_t error;
    uint32_t after;
    armgpu_options_init(&options);
    options.backend = "cpu";
    options.device = device;
    options.threads = threads;
    options.lanes = LANES;
    set_control(control);
    error = armgpu_open(&g, &options);
    if (error == ARMGPU_OK)
        error = armgpu_load_program(g, program, sizeof program, 0);
    if (error == ARMGPU_OK) {
        prepare(g, start);
        error = armgpu_execute(g, 0, &result);
    }
    after = get_control();
    set_control(controls[0]);
    assert_int_equal(error, ARMGPU_OK);
    assert_int_equal(after & ~RAISED_BY_TIME, control & ~RAISED_BY_TIME);
    end->size = sizeof *end;
    assert_int_equal(armgpu_get_state(g, 0, LANES, end), ARMGPU_OK);
    assert_int_equal(result.stops[ARMGPU_STOP_HALT], LANES);
    armgpu_close(g);
}

static void compare(uint32_t threads, uint32_t device)
{
    static armgpu_state want[LANES], is[LANES];
    run(1, 1, controls[0], want);
    assert_int_equal(want[0].fpsr & 0x1f, 0x1f);
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
        print_message("threads %u, device %u, control %#x\n", threads, device,
                      controls[i]);
        run(threads, device, controls[i], is);
        assert_memory_equal(is, want, sizeof want);
    }
}

static void test_calling_thread(void **state)
{
    (void)state;
    compare(1, 0);
    compare(1, 1);
}

/* A thread begins with the environment of the one that made it. */
static void test_workers(void **state)
{
    (void)state;
    compare(3, 0);
    compare(3, 1);
}

static void test_soft(void **state)
{
    (void)state;
    setenv("ARMGPU_FLOAT", "soft", 1);
    compare(3, 1);
    unsetenv("ARMGPU_FLOAT");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calling_thread), cmocka_unit_test(test_workers),
        cmocka_unit_test(test_soft)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
