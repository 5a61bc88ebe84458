/*
 * Modules: several live on one device, each with kernels of its own, and a text
 * that does not compile leaves the others as they were; one that is kept on disk
 * does what it did. On the OpenCL backend where a driver is there, and what the
 * CPU backend refuses.
 */
#include "cache_home.h"

#include "backend/backend.h"

#include <stdbool.h>

#define PARAMETER(NAME, name, type, access, launches, held)                    \
    "__global ulong *" #name ", "
#define ONE_TEXT                                                               \
    "typedef struct { ulong words[20]; } slice;\n"                             \
    "__kernel void put(" AG_BUFFER_LIST(PARAMETER) "slice args, "              \
    "__local ulong *group)\n"                                                  \
    "{ group[get_local_id(0)] = VALUE; if (get_global_id(0) < "                \
    "(uint)(args.words[2] >> 32)) state[get_global_id(0)] = "                  \
    "group[get_local_id(0)]; }\n"

_Static_assert(sizeof(ag_slice_args) == 20 * 8, "what ONE_TEXT has");

static const struct ag_kernel_source source = {ONE_TEXT, sizeof ONE_TEXT - 1,
                                               12345};
static const struct ag_backend *backend;
static ag_device *device;
static struct ag_module_info built; /* what was built last */

/* `make check-core` keeps drivers out of sanitizer builds: PoCL leaks where it
   refuses a text. */
static bool is_for(const char *name)
{
    const char *named = getenv("ARMGPU_TEST_BACKENDS");
    return named == NULL || strstr(named, name) != NULL;
}

static void open_on(const char *name)
{
    struct ag_device_options options = {.threads = 1, .lanes = 64};
    struct ag_device_info info;
    char message[AG_MESSAGE_BYTES];
    memset(&info, 0, sizeof info);
    if (strcmp(name, "cpu") != 0 && !is_for(name)) {
        print_message("skipping: ARMGPU_TEST_BACKENDS has no %s\n", name);
        skip();
    }
    for (int i = 0; ag_backends[i] != NULL; i++)
        if (strcmp(ag_backends[i]->name, name) == 0)
            backend = ag_backends[i];
    if (backend->open(&device, &options, &info, message) != ARMGPU_OK) {
        print_message("skipping: %s\n", message);
        skip();
    }
}

static int32_t build(ag_module **module, const struct ag_kernel_source *text,
                     const char *defines, const char *name,
                     const ag_kernel **kernel)
{
    struct ag_module_kernel wanted = {.name = name, .lane_bytes = 8};
    struct ag_module_options options = {text, defines, &wanted, 1, 0};
    int32_t error = backend->build(device, module, &options, &built);
    *kernel = wanted.kernel;
    assert_true((*module != NULL) == (error == ARMGPU_OK) || text == NULL);
    return error;
}

/* What the kernel puts into the first and the last word. */
static void expect(const ag_kernel *kernel, ag_buffer *buffer, uint64_t value)
{
    ag_buffer *const buffers[AG_ARGUMENT_COUNT] = {buffer};
    const ag_slice_args args = {.count = 64};
    uint64_t words[64];
    double seconds;
    assert_int_equal(backend->launch(device, kernel, buffers, &args), 0);
    assert_int_equal(backend->wait(device, &seconds), 0);
    assert_int_equal(
        backend->download(device, words, buffer, 0, sizeof words), 0);
    assert_int_equal(words[0], value);
    assert_int_equal(words[63], value);
}

static void two_beside_each_other(void **state)
{
    ag_module *one, *two, *none;
    const ag_kernel *puts_one, *puts_two, *nothing;
    (void)state;
    open_on("opencl");
    ag_buffer *buffer = backend->alloc(device, 4096);
    assert_non_null(buffer);
    if (build(&one, &source, "-DVALUE=1", "put", &puts_one))
        fail_msg("%s", backend->message(device));
    assert_int_equal(build(&two, &source, "-DVALUE=2", "put", &puts_two), 0);
    expect(puts_one, buffer, 1);
    expect(puts_two, buffer, 2);
    assert_int_not_equal(build(&none, &source, "", "put", &nothing), 0);
    assert_non_null(strstr(backend->message(device), "VALUE"));
    assert_int_not_equal(build(&none, &source, "-DVALUE=3", "get", &nothing), 0);
    backend->unload(device, one);
    expect(puts_two, buffer, 2);
    backend->unload(device, two);
    backend->release(device, buffer);
    backend->close(device);
}

/* The second time from a file, which the driver takes for what it was. */
static void kept_on_disk(void **state)
{
    char path[512];
    (void)state;
    open_on("opencl");
    ag_buffer *buffer = backend->alloc(device, 4096);
    assert_non_null(buffer);
    for (uint32_t time = 0; time < 2; time++) {
        ag_module *module;
        const ag_kernel *puts_four;
        assert_int_equal(
            build(&module, &source, "-DVALUE=4", "put", &puts_four), 0);
        assert_int_equal(built.was_cached, time);
        assert_int_equal(count_files(path), 1);
        expect(puts_four, buffer, 4);
        backend->unload(device, module);
    }
    backend->release(device, buffer);
    backend->close(device);
}

static void functions_by_name(void **state)
{
    ag_module *module;
    const ag_kernel *kernel;
    (void)state;
    open_on("cpu");
    assert_int_equal(build(&module, NULL, "", "ag_serve", &kernel), 0);
    assert_non_null(kernel);
    backend->unload(device, module);
    assert_int_not_equal(build(&module, NULL, "", "put", &kernel), 0);
    assert_non_null(strstr(backend->message(device), "'put'"));
    assert_int_not_equal(build(&module, &source, "", "ag_slice", &kernel), 0);
    backend->close(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_beside_each_other),
        cmocka_unit_test_setup_teardown(kept_on_disk, setup, teardown),
        cmocka_unit_test(functions_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
