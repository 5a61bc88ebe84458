/*
 * The CUDA kernel compiles for every architecture that we promise, which needs
 * NVRTC but neither a GPU nor its driver. Skipped, with the reason, where NVRTC
 * is not found.
 */
#include "backend/cuda/nvrtc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Guest registers are in group memory and the rest of a lane is in hardware
   registers. Local memory is slow: spills would be a mistake in the kernel. */
#define REPORT_OPTIONS "--ptxas-options=-v"

extern const struct ag_backend ag_backend_cuda;

static struct ag_nvrtc nvrtc;
static char message[AG_MESSAGE_BYTES];
static bool is_there;

static int find_nvrtc(void **state)
{
    (void)state;
    is_there = ag_nvrtc_load(&nvrtc, 0, message) == ARMGPU_OK;
    if (is_there)
        print_message("NVRTC %d.%d: %s\n", nvrtc.major, nvrtc.minor,
                      nvrtc.path);
    else
        print_message("skipping: %s\n", message);
    return 0;
}

static void need_nvrtc(void)
{
    if (!is_there)
        skip();
}

#define HAS_V " -DAG_HAS_V=1"
#define FORMS HAS_V " -DAG_HAS_FORMS=1"
#define MOST_SPILLED 64 /* bytes, where nvrtc.c's bound of registers matters */
#define OWN_CODE " -DAG_HAS_OWN_CODE=1"
#define PROCESS " -DAG_HAS_LINUX=1"

static struct ag_image compile(uint32_t arch, uint32_t layout,
                                     uint32_t marks, const char *has)
{
    struct ag_nvrtc_target target;
    struct ag_image image = {0};
    char more[128], options[AG_NVRTC_OPTIONS_BYTES];
    snprintf(more, sizeof more,
             "-DAG_LAYOUT=%u -DAG_MARKS=%u %s " REPORT_OPTIONS, layout, marks,
             has);
    if (ag_nvrtc_choose(&nvrtc, arch, &target, message) != ARMGPU_OK ||
        ag_nvrtc_options(&target, AG_NVRTC_REGISTERS, more, options,
                         message) != ARMGPU_OK ||
        ag_nvrtc_compile(&nvrtc, ag_backend_cuda.source, &target, options, &image,
                         message) != ARMGPU_OK)
        fail_msg("sm_%u, layout %u: %s", arch, layout, message);
    assert_int_equal(target.arch, arch);
    assert_false(target.is_ptx);
    return image;
}

/* The number in front of `words` where the compiler reports on the kernel. */
static int reported(const char *log, const char *words)
{
    const char *at = log == NULL ? NULL : strstr(log, "'ag_slice'");
    at = at == NULL ? NULL : strstr(at, words);
    if (at == NULL || at - log < 8)
        fail_msg("the compiler did not report '%s':\n%s", words, log);
    while (at[-1] == ' ')
        at--;
    while (at[-1] >= '0' && at[-1] <= '9')
        at--;
    return atoi(at);
}

static void check_image(uint32_t arch, uint32_t layout, uint32_t marks,
                        const char *has)
{
    struct ag_image image = compile(arch, layout, marks, has);
    assert_true(image.size > 4);
    assert_memory_equal(image.bytes, "\177ELF", 4);
    int stack = reported(image.log, "bytes stack frame");
    int spilled = reported(image.log, "bytes spill stores");
    int registers = reported(image.log, "registers");
    print_message("sm_%u, layout %u, marks %u%s: %zu bytes, %d registers, "
                  "%d bytes of stack, %d spilled\n",
                  arch, layout, marks, has, image.size, registers, stack,
                  spilled);
    assert_true(registers <= 128);
    assert_true(spilled <= (strstr(has, HAS_V) != NULL ? MOST_SPILLED : 0));
    ag_image_free(&image);
}

static void test_architectures(void **state)
{
    (void)state;
    need_nvrtc();
    check_image(75, AG_LAYOUT_SHARED, 0, ""); /* about 10 s each */
    check_image(80, AG_LAYOUT_LINEAR, 0, OWN_CODE);
    check_image(90, AG_LAYOUT_INTERLEAVED, 1, FORMS PROCESS); /* 70 s */
}

/* What has less in it than one of those above: with KERNELS=all. */
static void test_others(void **state)
{
    const char *kernels = getenv("KERNELS");
    (void)state;
    need_nvrtc();
    if (kernels == NULL || strcmp(kernels, "all") != 0)
        return;
    check_image(75, AG_LAYOUT_SHARED, 0, FORMS);
    check_image(90, AG_LAYOUT_INTERLEAVED, 0, OWN_CODE);
    check_image(90, AG_LAYOUT_INTERLEAVED, 1, FORMS OWN_CODE);
    check_image(90, AG_LAYOUT_SHARED, 0, "");
    check_image(90, AG_LAYOUT_LINEAR, 0, "");
    check_image(90, AG_LAYOUT_INTERLEAVED, 1, "");
    check_image(90, AG_LAYOUT_INTERLEAVED, 1, PROCESS);
    check_image(90, AG_LAYOUT_INTERLEAVED, 1, HAS_V); /* ARMGPU_FORMS=0 */
}

/* Devices that this NVRTC does not know yet translate PTX themselves. */
static void test_newer_device(void **state)
{
    struct ag_nvrtc_target target;
    struct ag_image image;
    struct ag_kernel_source source = {
        .text = "extern \"C\" __global__ void k(int *p) { *p = 1; }\n"};
    char options[AG_NVRTC_OPTIONS_BYTES];
    (void)state;
    need_nvrtc();
    assert_int_equal(ag_nvrtc_choose(&nvrtc, 999, &target, message), 0);
    assert_true(target.is_ptx);
    assert_true(target.arch >= 75 && target.arch < 999);
    assert_int_equal(ag_nvrtc_options(&target, AG_NVRTC_REGISTERS, NULL,
                                      options, message),
                     0);
    assert_int_equal(
        ag_nvrtc_compile(&nvrtc, &source, &target, options, &image, message),
        0);
    assert_non_null(strstr(image.bytes, ".entry k("));
    ag_image_free(&image);
}

static void test_older_device(void **state)
{
    struct ag_nvrtc_target target;
    (void)state;
    need_nvrtc();
    assert_int_not_equal(ag_nvrtc_choose(&nvrtc, 20, &target, message), 0);
    assert_non_null(strstr(message, "compute capability 2.0"));
}

/* Errors name the file and line that #line gave. */
static void test_error_message(void **state)
{
    struct ag_nvrtc_target target;
    struct ag_image image;
    struct ag_kernel_source source = {
        .text = "#line 40 \"kernels/engine/interp.h\"\n"
                "static int f(int x) { int unused; return x; }\n"
                "extern \"C\" __global__ void k(int *p) { *p = missing; }\n"};
    char options[AG_NVRTC_OPTIONS_BYTES];
    (void)state;
    need_nvrtc();
    assert_int_equal(ag_nvrtc_choose(&nvrtc, 75, &target, message), 0);
    assert_int_equal(ag_nvrtc_options(&target, AG_NVRTC_REGISTERS, "-DX=1",
                                      options, message),
                     0);
    assert_int_not_equal(
        ag_nvrtc_compile(&nvrtc, &source, &target, options, &image, message),
        0);
    print_message("%s\n", message);
    assert_non_null(strstr(message, "kernels/engine/interp.h(41): error: "));
    assert_non_null(strstr(message, "\"missing\""));
    assert_null(strchr(message, '\n'));
    assert_null(image.bytes);
}

static void test_long_options(void **state)
{
    struct ag_nvrtc_target target = {.arch = 90};
    char more[AG_NVRTC_OPTIONS_BYTES], options[AG_NVRTC_OPTIONS_BYTES];
    (void)state;
    memset(more, 'x', sizeof more - 1);
    more[sizeof more - 1] = '\0';
    assert_int_not_equal(ag_nvrtc_options(&target, AG_NVRTC_REGISTERS, more,
                                          options, message),
                         0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_architectures),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_newer_device),
        cmocka_unit_test(test_older_device),
        cmocka_unit_test(test_error_message),
        cmocka_unit_test(test_long_options),
    };
    return cmocka_run_group_tests(tests, find_nvrtc, NULL);
}
