/*
 * Which backend `auto` takes where a GPU is there that fails, or that is too
 * small. The GPU is made up: this file has a list of backends of its own.
 */
#include "armgpu.h"
#include "backend/backend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct {
    int32_t open, build; /* what these return */
    struct ag_device_info info;
    int opened, closed, unloaded;
} gpu;

struct ag_device {
    int unused;
};
static ag_device the_device;

static uint32_t fake_list(armgpu_device *out, uint32_t n)
{
    if (n == 0)
        return 1;
    memset(out, 0, sizeof *out);
    out->size = sizeof *out;
    out->usable = out->is_gpu = 1;
    return 1;
}

static int32_t fake_open(ag_device **out,
                         const struct ag_device_options *options,
                         struct ag_device_info *info,
                         char message[AG_MESSAGE_BYTES])
{
    (void)options;
    *info = gpu.info;
    *out = gpu.open == ARMGPU_OK ? &the_device : NULL;
    gpu.opened += gpu.open == ARMGPU_OK;
    snprintf(message, AG_MESSAGE_BYTES, "it does not open");
    return gpu.open;
}

static void fake_close(ag_device *device)
{
    assert_ptr_equal(device, &the_device);
    gpu.closed++;
}

static int32_t fake_build(ag_device *device, ag_module **out,
                          const struct ag_module_options *options,
                          struct ag_module_info *info)
{
    (void)device;
    *out = NULL;
    info->compile_seconds = 5;
    for (uint32_t i = 0; i < options->count; i++)
        options->kernels[i].workers = options->kernels[i].warp_threads = 32;
    return gpu.build;
}

static void fake_unload(ag_device *device, ag_module *module)
{
    assert_ptr_equal(device, &the_device);
    assert_null(module);
    gpu.unloaded++;
}

static const char *fake_message(const ag_device *device)
{
    (void)device;
    return "it does not compile";
}

static void fake_release(ag_device *device, ag_buffer *buffer)
{
    (void)device;
    assert_null(buffer);
}

static const struct ag_backend fake = {
    .name = "fake",
    .private_layout = AG_LAYOUT_INTERLEAVED,
    .auto_lanes = 64,
    .list = fake_list,
    .open = fake_open,
    .close = fake_close,
    .build = fake_build,
    .unload = fake_unload,
    .message = fake_message,
    .release = fake_release,
};

extern const struct ag_backend ag_backend_cpu;
const struct ag_backend *const ag_backends[] = {&fake, &ag_backend_cpu, NULL};

/* A GPU with room for everything, but for what a test changes. */
static int reset(void **state)
{
    (void)state;
    memset(&gpu, 0, sizeof gpu);
    snprintf(gpu.info.name, sizeof gpu.info.name, "Made-up GPU");
    gpu.info.memory_bytes = UINT64_C(1) << 40;
    return 0;
}

/* Opens 64 lanes, runs nothing, and expects the CPU for a reason like this. */
static void expect_cpu(armgpu_options options, const char *reason)
{
    armgpu *g;
    options.lanes = 64;
    if (armgpu_open(&g, &options) != ARMGPU_OK)
        fail_msg("%s", armgpu_error_message(g));
    assert_string_equal(armgpu_get_backend(g), "cpu");
    assert_null(strstr(armgpu_get_device(g), "Made-up"));
    assert_non_null(strstr(armgpu_get_backend_reason(g), reason));
    assert_true(armgpu_get_compile_seconds(g) == 0);
    assert_int_equal(gpu.closed, gpu.opened);
    assert_int_equal(gpu.unloaded, gpu.opened);
    assert_int_equal(armgpu_get_num_resident(g), 64);
    armgpu_close(g);
}

/* What it said of itself does not hold for the CPU. */
static void does_not_open(void **state)
{
    armgpu_options options;
    (void)state;
    armgpu_options_init(&options);
    gpu.open = ARMGPU_ERROR_DEVICE;
    gpu.info.buffer_bytes = 4096;
    expect_cpu(options, "it does not open");
}

static void does_not_compile(void **state)
{
    armgpu_options options;
    (void)state;
    armgpu_options_init(&options);
    gpu.build = ARMGPU_ERROR_BACKEND;
    gpu.info.buffer_bytes = 4096;
    expect_cpu(options, "it does not compile");
    assert_int_equal(gpu.opened, 1);
}

static void too_small_for_stacks(void **state)
{
    armgpu_options options;
    (void)state;
    armgpu_options_init(&options);
    gpu.info.memory_bytes = 1 << 20;
    expect_cpu(options, "Made-up GPU has");
    assert_int_equal(gpu.opened, 1);
}

static void too_small_a_buffer(void **state)
{
    armgpu_options options;
    (void)state;
    armgpu_options_init(&options);
    gpu.info.buffer_bytes = 1 << 20;
    expect_cpu(options, "for one buffer");
}

/* Waves that would have been needed there are not needed here. */
static void too_small_for_waves(void **state)
{
    armgpu_options options;
    (void)state;
    armgpu_options_init(&options);
    options.memory_mode = ARMGPU_MEMORY_PRIVATE;
    gpu.info.memory_bytes = 1 << 12;
    expect_cpu(options, "Made-up GPU has");
}

/* Who asked for it by name is told. */
static void by_name(void **state)
{
    armgpu_options options;
    armgpu *g;
    (void)state;
    armgpu_options_init(&options);
    options.lanes = 64;
    options.backend = "fake";
    gpu.info.memory_bytes = 1 << 20;
    assert_int_equal(armgpu_open(&g, &options), ARMGPU_ERROR_MEMORY);
    assert_non_null(strstr(armgpu_error_message(g), "Made-up GPU has"));
    armgpu_close(g);
    assert_int_equal(gpu.closed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(does_not_open, reset),
        cmocka_unit_test_setup(does_not_compile, reset),
        cmocka_unit_test_setup(too_small_for_stacks, reset),
        cmocka_unit_test_setup(too_small_a_buffer, reset),
        cmocka_unit_test_setup(too_small_for_waves, reset),
        cmocka_unit_test_setup(by_name, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
