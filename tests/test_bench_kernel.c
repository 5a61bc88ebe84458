/*
 * Benchmark programs as CUDA kernels compile, which needs NVRTC but no GPU.
 * OpenCL's are compiled and executed by tests/test_bench.sh.
 */
#include "cli/bench/kernel.h"

#include "backend/cuda/nvrtc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void compile(const struct ag_nvrtc *nvrtc, const char *name,
                    const struct ag_kernel_source *source)
{
    struct ag_nvrtc_target target;
    struct ag_image image = {0};
    char options[AG_NVRTC_OPTIONS_BYTES], message[AG_MESSAGE_BYTES] = "";

    if (ag_nvrtc_choose(nvrtc, 80, &target, message) != ARMGPU_OK ||
        ag_nvrtc_options(&target, AG_NVRTC_REGISTERS, NULL, options, message) !=
            ARMGPU_OK ||
        ag_nvrtc_compile(nvrtc, source, &target, options, &image, message) !=
            ARMGPU_OK)
        fail_msg("%s: %s", name, message);
    assert_true(image.size > 4);
    assert_memory_equal(image.bytes, "\177ELF", 4);
    ag_image_free(&image);
}

static void all_compile(void **state)
{
    struct ag_nvrtc nvrtc;
    char message[AG_MESSAGE_BYTES];
    int kernels = 0;

    (void)state;
    if (ag_nvrtc_load(&nvrtc, 0, message) != ARMGPU_OK) {
        print_message("skipping: %s\n", message);
        skip();
    }
    for (size_t i = 0; i < AG_BENCH_PROGRAMS; i++) {
        const ag_bench_program *p = &ag_bench_programs[i];
        struct ag_kernel_source source;

        if (!ag_bench_kernel_source(p, false, &source))
            continue;
        compile(&nvrtc, p->name, &source);
        free((void *)source.text);
        kernels++;
    }
    assert_int_equal(kernels, 10);
}

static void recursion_empty_loops_and_floating_point_are_none(void **state)
{
    struct ag_kernel_source source;

    (void)state;
    assert_false(
        ag_bench_kernel_source(ag_bench_find_program("calls"), true, &source));
    assert_false(
        ag_bench_kernel_source(ag_bench_find_program("count"), true, &source));
    assert_false(
        ag_bench_kernel_source(ag_bench_find_program("nbody"), true, &source));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_compile),
        cmocka_unit_test(recursion_empty_loops_and_floating_point_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
