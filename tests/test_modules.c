/*
 * Modules: several live on one device, each with kernels of its own, and a text
 * that does not compile leaves the others as they were; one that is kept on
 * disk does what it did. On the OpenCL backend where a driver is there, and
 * what the CPU backend refuses. There, with a compiler that waits, refuses or
 * makes something else as the test wants: a text for lanes that execute
 * together, of which the other one does not depend.
 */
#define _XOPEN_SOURCE 700
#include "backend/backend.h"
#include "backend/cpu/cpu.h"
/* After all that has an argument of a name that is its own. */
#include "cache_home.h"

#include <inttypes.h>
#include <stdbool.h>
#include <time.h>

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
static uint32_t
    together; /* lanes that the device's regions may have together */
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
    together = info.together;
}

static int32_t build(ag_module **module, const struct ag_kernel_source *text,
                     const char *defines, const char *name,
                     const ag_kernel **kernel)
{
    struct ag_module_kernel wanted = {.name = name, .lane_bytes = 8};
    struct ag_module_options options = {
        .source = text, .defines = defines, .kernels = &wanted, .count = 1};
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
    assert_int_equal(backend->download(device, words, buffer, 0, sizeof words),
                     0);
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
    assert_int_not_equal(build(&none, &source, "-DVALUE=3", "get", &nothing),
                         0);
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

/* -- Two texts on the CPU ---------------------------------------------------
 */

/* As ag_region_turn is called. */
#define TURN                                                                   \
    "unsigned ag_translated(void *b, void *args, unsigned long slot, "         \
    "unsigned fuel) { return 7; }\n"
static struct ag_module_info info;

/* The compiler, for the second text alone: waits while there is a file `wait`,
   refuses if there is `refuse`; writes a line into `started` each time. */
static void use_compiler(void)
{
    static const char script[] =
        "#!/bin/sh\n"
        "cd \"${0%/*}\" || exit 1\n"
        "echo once >> started\n"
        "for last do :; done\n"
        "if grep -q ag_together_lanes \"$last\"; then\n"
        "    while [ -e wait ]; do sleep 0.01; done\n"
        "    [ -e refuse ] && echo 'region.c:1: error: no' >&2 && exit 1\n"
        "fi\n"
        "exec cc \"$@\"\n";
    char path[512];
    join(path, home, "compiler");
    write_file(path, script, sizeof script - 1);
    assert_int_equal(chmod(path, 0700), 0);
    assert_int_equal(setenv("ARMGPU_CC", path, 1), 0);
}

static void tell_compiler(const char *name, bool is_wanted)
{
    char path[512];
    join(path, home, name);
    if (is_wanted)
        write_file(path, "", 0);
    else
        (void)unlink(path);
}

/* How often it was started. */
static size_t started(void)
{
    char path[512];
    unsigned char lines[256];
    join(path, home, "started");
    return access(path, F_OK) == 0
               ? read_file(path, lines, sizeof lines) / strlen("once\n")
               : 0;
}

/* Both texts; the second one says that it is for so many lanes. */
static const ag_kernel *build_both(ag_module **module, uint32_t lanes)
{
    static const char one[] = TURN;
    static char both[512];
    const int n = snprintf(
        both, sizeof both,
        "const unsigned ag_together_lanes = %" PRIu32 ";\n" TURN, lanes);
    const struct ag_kernel_source first = {one, sizeof one - 1, 1},
                                  second = {both, (size_t)n, 100 + lanes};
    struct ag_module_kernel wanted = {.name = "ag_translated"};
    struct ag_module_options options = {.source = &first,
                                        .together = &second,
                                        .defines = "",
                                        .kernels = &wanted,
                                        .count = 1,
                                        .keeps_refused = 1};
    if (backend->build(device, module, &options, &info) != ARMGPU_OK)
        fail_msg("%s", backend->message(device));
    return wanted.kernel;
}

static void open_together(void)
{
    open_on("cpu");
    if (together == 0) {
        backend->close(device);
        print_message("skipping: this processor has no vectors of lanes\n");
        skip();
    }
    use_compiler();
}

/* Until it is taken, or given up. */
static void look(const ag_kernel *kernel)
{
    const struct timespec nap = {0, 1000000};
    while (info.together == 0 && info.apart[0] == '\0') {
        nanosleep(&nap, NULL);
        ag_cpu_look(kernel);
    }
}

/* The first one does not wait for the second, which comes to a module that is
   in use; from the cache both are there at once. */
static void taken_later(void **state)
{
    ag_module *module;
    (void)state;
    open_together();
    tell_compiler("wait", true);
    const ag_kernel *kernel = build_both(&module, together);
    assert_non_null(kernel->regions.one);
    assert_null(kernel->regions.together);
    assert_int_equal(info.together, 0);
    tell_compiler("wait", false);
    look(kernel);
    assert_int_equal(info.together, together);
    assert_int_equal(kernel->regions.lanes, together);
    assert_int_equal(kernel->regions.together(NULL, NULL, 0, 0), 7);
    backend->unload(device, module);
    kernel = build_both(&module, together);
    assert_int_equal(info.together, together);
    assert_int_equal(info.was_cached, 1);
    assert_int_equal(started(), 2);
    backend->unload(device, module);
    /* One that is never done ends with its module. */
    tell_compiler("wait", true);
    (void)build_both(&module, together + 1);
    assert_int_equal(info.together, 0);
    backend->unload(device, module);
    backend->close(device);
}

/* It is said each time, and tried once. */
static void refused_once(void **state)
{
    ag_module *module;
    (void)state;
    open_together();
    tell_compiler("refuse", true);
    for (int time = 0; time < 3; time++) {
        const ag_kernel *kernel = build_both(&module, together);
        look(kernel);
        assert_non_null(strstr(info.apart, "region.c:1: error: no"));
        assert_int_equal(info.refused[0] != '\0', time == 0);
        assert_null(kernel->regions.together);
        assert_int_equal(kernel->regions.one(NULL, NULL, 0, 0), 7);
        assert_int_equal(started(), 2);
        backend->unload(device, module);
    }
    backend->close(device);
}

/* A library for another number of lanes is not taken, nor kept. */
static void not_what_it_should_be(void **state)
{
    ag_module *module;
    (void)state;
    open_together();
    for (size_t time = 0; time < 2; time++) {
        const ag_kernel *kernel = build_both(&module, together + 1);
        look(kernel);
        assert_non_null(strstr(info.apart, "is not for"));
        assert_null(kernel->regions.together);
        assert_int_equal(started(), 2 + time);
        backend->unload(device, module);
    }
    backend->close(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_beside_each_other),
        cmocka_unit_test_setup_teardown(kept_on_disk, setup, teardown),
        cmocka_unit_test(functions_by_name),
        cmocka_unit_test_setup_teardown(taken_later, setup, teardown),
        cmocka_unit_test_setup_teardown(refused_once, setup, teardown),
        cmocka_unit_test_setup_teardown(not_what_it_should_be, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
