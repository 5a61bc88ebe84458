/* Stacks of lanes that share memory: as much memory as they need by default,
   a refusal or a warning where there is less. */
#include "guest.h"

#include <inttypes.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

static armgpu_options options_of(uint64_t lanes, uint64_t stack)
{
    armgpu_options o;
    armgpu_options_init(&o);
    o.lanes = lanes;
    o.stack_size = stack;
    o.backend = "cpu";
    return o;
}

static void test_memory_of_options(void **state)
{
    static const uint64_t cases[][3] = {
        {0, 0, 4 * MIB},
        {1, 0, 4 * MIB},
        {32, 0, 4 * MIB},
        {128, 0, 4 * MIB},
        {129, 0, 8 * MIB},
        {256, 0, 8 * MIB},
        {8192, 0, 256 * MIB},
        {65536, 0, 2 * GIB},
        {1000000, 0, 32 * GIB},
        {4194304, 0, 128 * GIB},
        {4194305, 0, 256 * GIB},
        {UINT32_MAX, 0, 128 * 1024 * GIB},
        {32, 64 * KIB, 4 * MIB},
        {32, 64 * KIB + 16, 8 * MIB},
        {65536, 32, 4 * MIB},
        {65536, 4 * KIB, 512 * MIB},
        {1, UINT64_C(1) << 62, UINT64_C(1) << 63},
        {UINT64_MAX, UINT64_MAX - 15, UINT64_C(1) << 63},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        armgpu_options o = options_of(cases[i][0], cases[i][1]);
        assert_true(o.memory_size == 0);
        if (armgpu_options_memory(&o) != cases[i][2])
            fail_msg("%" PRIu64 " lanes, stacks of %" PRIu64 ": %" PRIu64,
                     o.lanes, o.stack_size, armgpu_options_memory(&o));
        o.memory_mode = ARMGPU_MEMORY_PRIVATE;
        assert_int_equal(armgpu_options_memory(&o), 4 * MIB);
        o.memory_mode = ARMGPU_MEMORY_SHARED;
        o.memory_size = 8192;
        assert_int_equal(armgpu_options_memory(&o), 8192);
    }
}

/* Memory, stack and the last lane's SP are what was promised. */
static void check_opened(armgpu_options o, uint64_t memory, uint64_t stack)
{
    const uint32_t code[] = {HLT};
    armgpu *g;
    if (armgpu_open(&g, &o) != ARMGPU_OK)
        fail_msg("%s", armgpu_error_message(g));
    load_words(g, 0, code, 1);
    assert_int_equal(armgpu_get_memory_size(g), memory);
    assert_int_equal(armgpu_get_stack_size(g), stack);
    assert_int_equal(state_of(g, o.lanes - 1).sp,
                     memory - (o.lanes - 1) * stack);
    assert_string_equal(armgpu_get_warning(g), "");
    armgpu_close(g);
}

static void test_default_sizes(void **state)
{
    (void)state;
    check_opened(options_of(1, 0), 4 * MIB, 64 * KIB);
    check_opened(options_of(32, 0), 4 * MIB, 64 * KIB);
    check_opened(options_of(128, 0), 4 * MIB, 16 * KIB);
    check_opened(options_of(129, 0), 8 * MIB, 16 * KIB);
    check_opened(options_of(1000, 0), 32 * MIB, 16 * KIB);
    check_opened(options_of(65536, 0), 2 * GIB, 16 * KIB);
    check_opened(options_of(65536, 32), 4 * MIB, 32);
    check_opened(options_of(32, 128 * KIB), 8 * MIB, 128 * KIB);
    armgpu_options o = options_of(1000, 0);
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.resident = 32;
    armgpu *g;
    assert_int_equal(armgpu_open(&g, &o), ARMGPU_OK);
    assert_int_equal(armgpu_get_memory_size(g), 4 * MIB);
    assert_int_equal(armgpu_get_stack_size(g), 0);
    armgpu_close(g);
}

/* Lanes that find anything but their number in 512 bytes of stack. */
static uint64_t overrun_lanes(armgpu_options o)
{
    static const uint32_t code[] = {
        0xd53bd060, /* mrs x0, tpidrro_el0 */
        0xd10803ff, /* sub sp, sp, #0x200 */
        0xd2800801, /* mov x1, #0x40 */
        0xd1000421, /* sub x1, x1, #0x1 */
        0xf8217be0, /* str x0, [sp, x1, lsl #3] */
        0xb5ffffc1, /* cbnz x1, back to sub */
        0xd503203f, /* yield */
        0xd2800801, /* mov x1, #0x40 */
        0xd1000421, /* sub x1, x1, #0x1 */
        0xf8617be2, /* ldr x2, [sp, x1, lsl #3] */
        0xeb00005f, /* cmp x2, x0 */
        0x54000081, /* b.ne to the last */
        0xb5ffff81, /* cbnz x1, back to sub */
        0x910803ff, /* add sp, sp, #0x200 */
        HLT,
        0xd4400020, /* hlt #0x1 */
    };
    armgpu_result r = {.size = sizeof r};
    armgpu *g;
    if (armgpu_open(&g, &o) != ARMGPU_OK)
        fail_msg("%s", armgpu_error_message(g));
    load_words(g, 0, code, LENGTH(code));
    assert_ok(g, armgpu_execute(g, 0, &r));
    assert_int_equal(r.stops[ARMGPU_STOP_HALT], o.lanes);
    armgpu_close(g);
    return r.nonzero_codes;
}

static void test_nobody_overruns(void **state)
{
    (void)state;
    for (uint64_t lanes = 64; lanes <= 8192; lanes *= 2)
        assert_int_equal(overrun_lanes(options_of(lanes, 0)), 0);
    assert_int_equal(overrun_lanes(options_of(8192, 512)), 0);
    assert_int_not_equal(overrun_lanes(options_of(8192, 256)), 0);
}

static void expect_refusal(armgpu_options o, const char *words)
{
    armgpu *g;
    assert_int_equal(armgpu_open(&g, &o), ARMGPU_ERROR_MEMORY);
    if (strstr(armgpu_error_message(g), words) == NULL ||
        strstr(armgpu_error_message(g), "--memory-mode private") == NULL ||
        strstr(armgpu_error_message(g), "--stack") == NULL)
        fail_msg("'%s' is not about '%s'", armgpu_error_message(g), words);
    armgpu_close(g);
}

/* The smallest power of two that is more than half of the CPU's memory. */
static uint64_t too_much(void)
{
    static armgpu_device devices[16] = {{.size = sizeof devices[0]}};
    uint64_t n = armgpu_list_devices(devices, 16), bytes = 4 * MIB;
    for (uint64_t i = 0; i < n && i < 16; i++)
        while (strcmp(devices[i].backend, "cpu") == 0 &&
               bytes <= devices[i].memory_bytes / 2)
            bytes *= 2;
    return bytes;
}

static void test_refusals(void **state)
{
    uint64_t bytes = too_much();
    (void)state;
    expect_refusal(options_of(5000000, 0),
                   "5000000 lanes with stacks of 16384 bytes need 256.0 GiB");
    expect_refusal(options_of(UINT32_MAX - 1023, 0), "128 GiB is the most");
    expect_refusal(options_of(1, UINT64_C(1) << 62), "128 GiB is the most");
    if (bytes > 128 * GIB)
        return;
    expect_refusal(options_of(bytes / 2 / (16 * KIB), 0), "more than half");
    expect_refusal(options_of(32, bytes / 2 / 32), "more than half");
}

/* Whoever gives a size for the memory gets it, and hears what it means. */
static void test_warnings(void **state)
{
    static const struct {
        uint64_t lanes, memory, stack;
        const char *warning;
    } cases[] = {
        {512, 4 * MIB, 0, ""}, /* 4 KiB */
        {513, 4 * MIB, 0, "513 lanes have stacks of 2048 bytes each in 4194"},
        {65536, 4 * MIB, 0, "stacks of 32 bytes"},
        {100, 1024, 0, "shared memory, so SP starts at 0"},
        {65536, 4 * MIB, 32, ""},
        {65536, 0, 32, ""},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        armgpu_options o = options_of(cases[i].lanes, cases[i].stack);
        o.memory_size = cases[i].memory;
        armgpu *g;
        assert_int_equal(armgpu_open(&g, &o), ARMGPU_OK);
        const char *got = armgpu_get_warning(g);
        if ((cases[i].warning[0] == '\0') != (got[0] == '\0') ||
            strstr(got, cases[i].warning) == NULL)
            fail_msg("'%s' is not '%s'", got, cases[i].warning);
        if (got[0] != '\0')
            assert_non_null(strstr(got, "--memory-mode private"));
        armgpu_close(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_of_options),
        cmocka_unit_test(test_default_sizes),
        cmocka_unit_test(test_nobody_overruns),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
