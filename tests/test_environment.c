/*
 * The environment is read when a handle is opened, never while lanes execute:
 * another thread may change it then. The linker puts __wrap_getenv() in the
 * place of getenv().
 */
#define _POSIX_C_SOURCE 200809L
#include "armgpu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

char *__real_getenv(const char *name);
char *__wrap_getenv(const char *name);

static int calls;

char *__wrap_getenv(const char *name)
{
    calls++;
    return __real_getenv(name);
}

static const uint32_t halt[] = {0xd4400000}; /* hlt #0 */

static int32_t prepare(void *user, armgpu *g, uint64_t first, uint64_t n)
{
    (void)user, (void)g, (void)first, (void)n;
    return 0;
}

static void run(const char *backend, int has_prepare)
{
    armgpu_options options;
    armgpu_result result = {.size = sizeof result};
    armgpu *g;
    armgpu_options_init(&options);
    options.backend = backend;
    options.lanes = 96;
    options.resident = 32;
    options.memory_mode = ARMGPU_MEMORY_PRIVATE;
    options.memory_size = 4096;
    if (armgpu_open(&g, &options) != ARMGPU_OK) {
        print_message("skipping: %s\n", armgpu_error_message(g));
        armgpu_close(g);
        skip();
    }
    assert_int_equal(armgpu_load_program(g, halt, sizeof halt, 0), 0);
    if (has_prepare)
        armgpu_set_prepare(g, prepare, NULL);
    calls = 0;
    assert_int_equal(armgpu_execute(g, 0, &result), ARMGPU_OK);
    assert_int_equal(armgpu_reset(g), ARMGPU_OK);
    assert_int_equal(armgpu_execute(g, 0, &result), ARMGPU_OK);
    assert_int_equal(calls, 0);
    armgpu_close(g);
}

static const uint32_t add[] = {0x91000400, 0xd4400000}; /* add, hlt */

/* A compiler beside the run is found where PATH was, is given what there was,
   and asks no more: the caller may change all of it meanwhile. */
static void translated(void **state)
{
    armgpu_options options;
    armgpu_result result = {.size = sizeof result};
    armgpu_translation translation = {.size = sizeof translation};
    const char *now = __real_getenv("PATH");
    char *path = now != NULL ? strdup(now) : NULL;
    armgpu *g;
    (void)state;
    if (path == NULL)
        skip();
    setenv("ARMGPU_CACHE", "off", 1); /* it is compiled, and not found there */
    armgpu_options_init(&options);
    options.lanes = 2;
    options.memory_mode = ARMGPU_MEMORY_PRIVATE;
    options.memory_size = 4096;
    options.engine = ARMGPU_ENGINE_TRANSLATED;
    assert_int_equal(armgpu_open(&g, &options), ARMGPU_OK);
    assert_int_equal(armgpu_load_program(g, add, sizeof add, 0), 0);
    setenv("PATH", "/nonexistent", 1);
    calls = 0;
    assert_int_equal(armgpu_execute(g, 0, &result), ARMGPU_OK);
    assert_int_equal(calls, 0);
    setenv("PATH", path, 1);
    free(path);
    assert_int_equal(armgpu_get_translation(g, &translation), ARMGPU_OK);
    assert_string_equal(translation.reason, "");
    assert_int_equal(translation.compiled, 1);
    armgpu_close(g);
}

/* What is no number, or none that may be, is refused when a handle is opened.
 */
static void numbers(void **state)
{
    static const char *const wrong[] = {"abc", "0",   "-1", "1e9", " 5",
                                        "5.",  "5 ",  ".5", "0x5", "86401",
                                        "inf", "nan", "5,5"},
                             *const right[] = {"", "0.001", "86400", "0.25"};
    armgpu_options options;
    armgpu *g;
    (void)state;
    armgpu_options_init(&options);
    options.backend = "cpu";
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char said[128];
        setenv("ARMGPU_CC_SECONDS", wrong[i], 1);
        snprintf(said, sizeof said,
                 "ARMGPU_CC_SECONDS is '%s': it must be a number from 0.001 to "
                 "86400",
                 wrong[i]);
        assert_int_equal(armgpu_open(&g, &options), ARMGPU_ERROR_ARGUMENT);
        assert_string_equal(armgpu_error_message(g), said);
        armgpu_close(g);
    }
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        setenv("ARMGPU_CC_SECONDS", right[i], 1);
        assert_int_equal(armgpu_open(&g, &options), ARMGPU_OK);
        armgpu_close(g);
    }
    unsetenv("ARMGPU_CC_SECONDS");
    setenv("ARMGPU_CODE_PAGES", "2.5", 1);
    assert_int_equal(armgpu_open(&g, &options), ARMGPU_ERROR_ARGUMENT);
    armgpu_close(g);
    unsetenv("ARMGPU_CODE_PAGES");
}

static void cpu(void **state)
{
    (void)state;
    run("cpu", 0);
    run("cpu", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cpu),
                                       cmocka_unit_test(numbers),
                                       cmocka_unit_test(translated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
