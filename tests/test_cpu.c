/*
 * The CPU backend's own parts: how lanes are dealt among threads, up to the most
 * lanes there can be, and what the processor is called. Which way of floating
 * point a handle takes is seen here, as no result tells.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/cpu/cpu.h"
#include "backend/cpu/cpu_trial.h"
#include "core/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* -- Parts ----------------------------------------------------------------- */

/* All lanes are in one part each, and units are what groups want. */
static void check_parts(uint64_t count, uint32_t threads)
{
    struct ag_cpu_part *parts = aligned_alloc(64, threads * sizeof *parts);
    uint32_t unit = ag_cpu_parts_unit(count, threads, 64);
    uint64_t at = 0;
    assert_non_null(parts);
    assert_true(unit >= 8 && unit <= 64 && unit % 8 == 0);
    ag_cpu_parts_cut(parts, count, threads, unit);
    for (uint32_t i = 0; i < threads; i++) {
        assert_true(parts[i].next == at && parts[i].end >= at);
        at = parts[i].end;
    }
    assert_true(at == count);
    free(parts);
}

static void parts_are_all(void **state)
{
    static const uint64_t counts[] = {1, 7, 64, 1000, UINT32_MAX - 4095,
                                      AG_MAX_RESIDENT, UINT32_MAX};
    static const uint32_t threads[] = {1, 2, 3, 64, 1024};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (size_t k = 0; k < sizeof threads / sizeof *threads; k++)
            check_parts(counts[i], threads[k]);
    assert_int_equal(ag_cpu_parts_unit(UINT32_MAX, 1024, 64), 64);
}

/* Each of many threads counts once past the end of a part. */
static void nothing_is_taken_twice(void **state)
{
    struct ag_cpu_part part = {.next = UINT32_MAX - 70, .end = UINT32_MAX};
    uint64_t first;
    (void)state;
    assert_int_equal(ag_cpu_part_take(&part, 64, &first), 64);
    assert_true(first == UINT32_MAX - 70);
    assert_int_equal(ag_cpu_part_take(&part, 64, &first), 6);
    for (int i = 0; i < 1024; i++)
        assert_int_equal(ag_cpu_part_take(&part, 64, &first), 0);
}

/* Kernels number their threads in 32 bits. Rounded up to groups of any size
   that is in use, there are never more. */
static void threads_fit_32_bits(void **state)
{
    static const uint64_t groups[] = {32, 64, 96, 128, 512, 992, 1024};
    uint64_t most = AG_MAX_RESIDENT;
    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        assert_true((most + groups[i] - 1) / groups[i] * groups[i] <=
                    UINT32_MAX);
    assert_true(AG_SERVE_THREADS(most) <= UINT32_MAX);
    assert_int_equal((u32)AG_SERVE_THREADS((u32)most), AG_SERVE_THREADS(most));
}

static void no_more_than_that_are_opened(void **state)
{
    armgpu_options options;
    armgpu *g;
    (void)state;
    armgpu_options_init(&options);
    options.lanes = UINT64_C(1) << 40;
    options.resident = (uint64_t)AG_MAX_RESIDENT + 1;
    options.memory_mode = ARMGPU_MEMORY_PRIVATE;
    assert_int_equal(armgpu_open(&g, &options), ARMGPU_ERROR_ARGUMENT);
    armgpu_close(g);
}

/* -- Names ----------------------------------------------------------------- */

static void check_name(const char *text, const char *name)
{
    char out[128] = "";
    FILE *in = tmpfile();
    assert_non_null(in);
    fputs(text, in);
    rewind(in);
    bool has_name = ag_cpu_name_in(in, out, sizeof out);
    fclose(in);
    assert_int_equal(has_name, name != NULL);
    if (name != NULL)
        assert_string_equal(out, name);
}

#define AARCH64(implementer, part)                                             \
    "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n"                \
    "CPU implementer\t: " implementer "\nCPU architecture: 8\n"                \
    "CPU variant\t: 0x3\nCPU part\t: " part "\nCPU revision\t: 1\n\n"

static void names(void **state)
{
    char name[128] = "";
    (void)state;
    check_name("processor\t: 0\nmodel name\t: Some CPU @ 2.0GHz\n",
               "Some CPU @ 2.0GHz");
    check_name(AARCH64("0x41", "0xd0c"), "Arm Neoverse N1");
    check_name(AARCH64("0x41", "0xd03") AARCH64("0x41", "0xd08"),
               "Arm Cortex-A53");
    check_name(AARCH64("0x41", "0xfff"), "Arm CPU, part 0xfff");
    check_name(AARCH64("0x61", "0x022"), "Apple CPU, part 0x22");
    check_name(AARCH64("0x99", "0x001"), "CPU of implementer 0x99, part 0x1");
    check_name("processor\t: 0\nmodel name\t:\n", NULL);
    check_name("", NULL);
    ag_cpu_name(name, sizeof name);
    assert_true(name[0] != '\0');
}

/* -- Floating point -------------------------------------------------------- */

/* What a handle takes: 1 integers, 0 the hardware, or the error of opening it. */
static int32_t taken(const armgpu_options *o)
{
    armgpu *g;
    int32_t taken = armgpu_open(&g, o);
    if (taken == ARMGPU_OK) {
        taken = g->soft_float;
        assert_int_equal(taken, g->device->engine.simd == AG_SIMD_SOFT);
    }
    armgpu_close(g);
    return taken;
}

/* The option, else the environment, else the hardware. */
static void float_modes(void **state)
{
    static const struct {
        const char *variable;
        int32_t by_mode[4];
    } cases[] = {
        {NULL, {0, 0, 1, ARMGPU_ERROR_ARGUMENT}},
        {"", {0, 0, 1, ARMGPU_ERROR_ARGUMENT}},
        {"auto", {0, 0, 1, ARMGPU_ERROR_ARGUMENT}},
        {"soft", {1, 0, 1, ARMGPU_ERROR_ARGUMENT}},
        {"hard", {ARMGPU_ERROR_ARGUMENT, 0, 1, ARMGPU_ERROR_ARGUMENT}},
    };
    armgpu_options o;
    (void)state;
    armgpu_options_init(&o);
    assert_int_equal(o.float_mode, ARMGPU_FLOAT_DEFAULT);
    o.backend = "cpu";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].variable == NULL)
            unsetenv("ARMGPU_FLOAT");
        else
            setenv("ARMGPU_FLOAT", cases[i].variable, 1);
        o.size = sizeof o;
        for (o.float_mode = 0; o.float_mode < 4; o.float_mode++)
            assert_int_equal(taken(&o), cases[i].by_mode[o.float_mode]);
        o.size = offsetof(armgpu_options, float_mode); /* a caller without */
        assert_int_equal(taken(&o), cases[i].by_mode[ARMGPU_FLOAT_DEFAULT]);
    }
    unsetenv("ARMGPU_FLOAT");
}

/* -- Two ways -------------------------------------------------------------- */

/* How many of 1,000 turns go the first way, where that takes so many times as long
   as the other. */
static uint32_t turns_of_first(struct ag_cpu_trial *t, double times)
{
    uint32_t n = 0;
    for (int i = 0; i < 1000; i++) {
        const bool is_first = ag_cpu_trial_way(t);
        n += is_first;
        ag_cpu_trial_ran(t, 1u << 24, is_first ? times : 1);
        ag_cpu_trial_ran(t, 10, is_first ? 1 : times); /* too little to tell */
    }
    return n;
}

/* The slower one has a turn now and then, and all once it is faster. */
static void faster_way_is_taken(void **state)
{
    struct ag_cpu_trial t;
    (void)state;
    ag_cpu_trial_begin(&t);
    assert_true(ag_cpu_trial_way(&t));
    assert_in_range(turns_of_first(&t, 0.5), 985, 998);
    assert_in_range(turns_of_first(&t, 2), 3, 270);
    assert_in_range(turns_of_first(&t, 1.01), 3, 15);
    assert_in_range(turns_of_first(&t, 0.5), 740, 997);
    ag_cpu_trial_begin(&t);
    assert_in_range(turns_of_first(&t, 2), 3, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_all),
        cmocka_unit_test(nothing_is_taken_twice),
        cmocka_unit_test(threads_fit_32_bits),
        cmocka_unit_test(no_more_than_that_are_opened),
        cmocka_unit_test(names),
        cmocka_unit_test(float_modes),
        cmocka_unit_test(faster_way_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
