/* The library's contracts: options, errors with sentences, state, resets,
   results, tracing, thread counts, system registers. */
#include "guest.h"

#include <inttypes.h>
#include <stdbool.h>

static void expect_open_error(armgpu_options o, int32_t code, const char *words)
{
    armgpu *g = NULL;
    int32_t error = armgpu_open(&g, &o);
    assert_non_null(g);
    if (error != code || strstr(armgpu_error_message(g), words) == NULL)
        fail_msg("%s: '%s', expected %s with '%s'", armgpu_error_name(error),
                 armgpu_error_message(g), armgpu_error_name(code), words);
    armgpu_close(g);
}

static void test_open_errors(void **state)
{
    armgpu_options o;
    (void)state;
    armgpu_options_init(&o);
    assert_int_equal(o.lanes, 32);
    assert_int_equal(o.memory_size, 0);
    o.memory_size = 4 << 20;
#define WITH(field, value, code, words)                                        \
    do {                                                                       \
        armgpu_options changed = o;                                            \
        changed.field = (value);                                               \
        expect_open_error(changed, ARMGPU_ERROR_##code, words);                \
    } while (0)
    WITH(size, 7, ARGUMENT, "armgpu_options_init");
    WITH(lanes, 0, ARGUMENT, "0 lanes");
    WITH(lanes, UINT64_C(1) << 40, ARGUMENT, "too many");
    WITH(memory_size, 100, ARGUMENT, "multiple of 64");
    WITH(memory_size, UINT64_C(1) << 50, ARGUMENT, "multiple of 64");
    WITH(memory_mode, 2, ARGUMENT, "shared");
    WITH(private_layout, 3, ARGUMENT, "layout");
    WITH(resident, UINT64_C(1) << 40, ARGUMENT, "one time");
    WITH(stack_size, 24, ARGUMENT, "multiple of 16");
    WITH(stack_size, 1 << 20, ARGUMENT, "stacks");
    WITH(backend, "vulkan", BACKEND, "cpu");
    WITH(device, 7, ARGUMENT, "device 7 needs a backend");
    o.backend = "cpu";
    WITH(device, 7, BACKEND, "device 7 does not exist");
    o.backend = NULL;
#undef WITH
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.lanes = o.resident = 100000000;
    expect_open_error(o, ARMGPU_ERROR_MEMORY, "fewer lanes");
    assert_string_equal(armgpu_error_message(NULL), "out of memory");
    armgpu_close(NULL);
}

#define expect_error(g, call, code, words)                                     \
    do {                                                                       \
        int32_t got = (call);                                                  \
        if (got != ARMGPU_ERROR_##code ||                                      \
            strstr(armgpu_error_message(g), words) == NULL)                    \
            fail_msg("%s: '%s'", armgpu_error_name(got),                       \
                     armgpu_error_message(g));                                 \
    } while (0)

/* No bytes are nowhere. */
static void test_nothing(void **state)
{
    armgpu *g = open_guest(1, 4096, ARMGPU_MEMORY_SHARED, 1);
    (void)state;
    assert_ok(g, armgpu_load_data(g, NULL, 0, 16));
    assert_ok(g, armgpu_read_memory(g, 0, 16, NULL, 0));
    assert_ok(g, armgpu_write_memory(g, 0, 16, NULL, 0));
    assert_ok(g, armgpu_get_state(g, 0, 0, NULL));
    assert_ok(g, armgpu_set_state(g, 0, 0, NULL));
    assert_ok(g, armgpu_get_results(g, 0, 0, NULL));
    assert_ok(g, armgpu_get_registers(g, 0, 0, NULL));
    armgpu_close(g);
}

static void test_call_errors(void **state)
{
    uint64_t regs[64] = {0};
    uint8_t bytes[128] = {0};
    armgpu_lane_result results[2];
    (void)state;
    armgpu *g = open_guest(4, 4096, ARMGPU_MEMORY_SHARED, 1);
    expect_error(g, armgpu_execute(g, 1, NULL), NO_PROGRAM, "load a program");
    expect_error(g, armgpu_load_program(g, bytes, 0, 0), FORMAT, "empty");
    expect_error(g, armgpu_load_program(g, bytes, 64, 2), ALIGNMENT, "0x2");
    expect_error(g, armgpu_load_program(g, bytes, 64, 4064), RANGE, "0x1000");
    expect_error(g, armgpu_load_program(g, bytes, 64, UINT64_MAX - 3), RANGE,
                 "0x1000");
    expect_error(g, armgpu_load_program(g, "\177ELF\2\1\1", 8, 0), FORMAT,
                 "objcopy");
    expect_error(g, armgpu_load_program(g, "\317\372\355\376", 4, 0), FORMAT,
                 "Mach-O");
    bytes[0] = 'M';
    bytes[1] = 'Z';
    assert_ok(g, armgpu_load_program(g, bytes, 128, 0)); /* no PE header */
    bytes[0x3c] = 0x40;
    memcpy(bytes + 0x40, "PE\0\0", 4);
    expect_error(g, armgpu_load_program(g, bytes, 128, 0), FORMAT, "PE");
    expect_error(g, armgpu_set_pc_all(g, 2), ALIGNMENT, "multiple of 4");
    expect_error(g, armgpu_set_pc_lane(g, 0, 4096), RANGE, "outside");
    expect_error(g, armgpu_set_pc_lane(g, 4, 0), LANE, "lanes 0 to 3");
    expect_error(g, armgpu_get_registers(g, 3, 2, regs), LANE, "lane 4");
    expect_error(g, armgpu_get_results(g, UINT64_MAX, 2, results), LANE,
                 "lane");
    expect_error(g, armgpu_read_memory(g, 0, 4090, bytes, 8), RANGE, "0xffa");
    expect_error(g, armgpu_write_memory(g, 9, 0, bytes, 8), LANE, "lane 9");
    expect_error(g, armgpu_set_trace(g, 4, NULL, NULL), LANE, "lane 4");
    armgpu_state s = {.size = 7};
    expect_error(g, armgpu_set_state(g, 0, 1, &s), ARGUMENT, "size");
    s = (armgpu_state){.size = sizeof s, .monitor_size = 3};
    expect_error(g, armgpu_set_state(g, 0, 1, &s), ARGUMENT, "monitor_size");
    armgpu_close(g);
    for (int32_t e = 0; e > -11; e--)
        assert_string_not_equal(armgpu_error_name(e), "unknown");
    assert_string_equal(armgpu_error_name(-99), "unknown");
    for (uint32_t r = 0; r < ARMGPU_STOP_COUNT; r++)
        assert_string_not_equal(armgpu_stop_name(r), "unknown");
    assert_string_equal(armgpu_stop_name(99), "unknown");
}

static void keep_first(void *user, const char *line)
{
    char *first = user;
    if (first[0] == '\0')
        snprintf(first, 64, "%s", line);
}

static void test_languages(void **state)
{
    const uint32_t code[] = {HLT};
    char first[64] = "";
    (void)state;
    armgpu *g = open_guest(1, 4096, ARMGPU_MEMORY_PRIVATE, 1);
    expect_error(g, armgpu_translate_for(g, 0, keep_first, first), ARGUMENT,
                 "one program");
    load_words(g, 0, code, 1);
    expect_error(g, armgpu_translate_for(g, 4, keep_first, first), ARGUMENT,
                 "language 4");
    assert_string_equal(first, "");
    for (uint32_t l = ARMGPU_LANGUAGE_C; l <= ARMGPU_LANGUAGE_OPENCL; l++) {
        first[0] = '\0';
        assert_ok(g, armgpu_translate_for(g, l, keep_first, first));
        assert_non_null(strstr(first, "/* options: -DAG_LAYOUT="));
    }
    armgpu_close(g);
}

static void test_start_state(void **state)
{
    const uint32_t code[] = {HLT};
    (void)state;
    armgpu *g = open_guest(40, 1 << 20, ARMGPU_MEMORY_SHARED, 1);
    load_words(g, 64, code, 1);
    for (uint64_t lane = 0; lane < 40; lane++) {
        armgpu_state s = state_of(g, lane);
        assert_int_equal(s.pc, 64);
        assert_int_equal(s.sp, (1 << 20) - lane * 8192); /* <= half: 8 KiB */
        assert_int_equal(s.tpidr, lane);
        assert_int_equal(s.nzcv | s.cycles | s.x[0] | s.x[30] | s.fpcr, 0);
    }
    assert_string_equal(armgpu_get_warning(g), "");
    armgpu_close(g);
    g = open_guest(1, 4096 + 64, ARMGPU_MEMORY_PRIVATE, 1);
    assert_int_equal(state_of(g, 0).sp, 4096 + 64);
    armgpu_close(g);
    g = open_guest(100, 1024, ARMGPU_MEMORY_SHARED, 1);
    assert_int_equal(state_of(g, 50).sp, 0);
    assert_non_null(strstr(armgpu_get_warning(g), "SP"));
    armgpu_close(g);
}

static void test_state_round_trip(void **state)
{
    armgpu_state s[3], back[3];
    const uint32_t code[] = {HLT};
    (void)state;
    armgpu *g = open_guest(5, 65536, ARMGPU_MEMORY_PRIVATE, 1);
    load_words(g, 0, code, 1);
    for (unsigned lane = 0; lane < 3; lane++) {
        memset(&s[lane], (int)(lane * 16 + 5), sizeof s[lane]);
        s[lane].size = sizeof s[lane];
        s[lane].pc = 64 * lane;
        s[lane].nzcv = (uint64_t)(lane + 3) << 28;
        s[lane].fpcr = 0x5050505;
        s[lane].fpsr = 0x6060606;
        s[lane].monitor_size = 8;
    }
    assert_int_equal(armgpu_has_vectors(g), 0);
    assert_ok(g, armgpu_set_state(g, 1, 3, s));
    assert_int_equal(armgpu_has_vectors(g), 1);
    back[0].size = sizeof back[0];
    assert_ok(g, armgpu_get_state(g, 1, 3, back));
    assert_memory_equal(s, back, sizeof s);
    assert_int_equal(state_of(g, 0).v[3][1], 0);
    assert_int_equal(state_of(g, 4).x[3], 0);
    armgpu_close(g);
}

static void test_reset(void **state)
{
    /* mov x0, #0x70; str x0, [x0, #0x1000]; str x0, [x0]; hlt */
    const uint32_t code[] = {0xd2800e00, 0xf9080000, 0xf9000000, HLT};
    (void)state;
    for (uint32_t mode = 0; mode < 2; mode++) {
        armgpu *g = open_guest(33, 16384, mode, 1);
        uint8_t before[16384], after[16384];
        load_words(g, 0, code, LENGTH(code));
        assert_ok(g, armgpu_load_data(g, "data", 4, 0x70));
        assert_ok(g, armgpu_read_memory(g, 32, 0, before, sizeof before));
        armgpu_state first = state_of(g, 32);
        for (int round = 0; round < 3; round++) {
            assert_ok(g, armgpu_execute(g, 0, NULL));
            assert_int_equal(result_of(g, 32).cycles, 4);
            assert_int_equal(memory_word(g, 32, 0x70), 0x70);
            assert_int_equal(memory_word(g, 32, 0x1070), 0x70);
            assert_ok(g, armgpu_reset(g));
            armgpu_state again = state_of(g, 32);
            assert_memory_equal(&first, &again, sizeof first);
            assert_ok(g, armgpu_read_memory(g, 32, 0, after, sizeof after));
            assert_memory_equal(before, after, sizeof before);
        }
        armgpu_close(g);
    }
}

struct trace {
    uint64_t pcs[32], x0[32];
    uint32_t words[32];
    unsigned count;
};

static int32_t on_trace(void *user, uint64_t lane, const armgpu_state *s,
                        uint32_t word)
{
    struct trace *t = user;
    assert_int_equal(lane, 1);
    assert_true(t->count < 32);
    t->pcs[t->count] = s->pc;
    t->x0[t->count] = s->x[0];
    t->words[t->count++] = word;
    return 0;
}

/* One call an instruction, exclusives work, the budget holds. */
static void test_trace(void **state)
{
    const uint32_t code[] = {0xd2820001, 0xc85f7c20, 0x91000400, 0xc8027c20,
                             0xb5ffffa2, HLT};
    struct trace t = {.count = 0};
    armgpu_result r = {.size = sizeof r};
    (void)state;
    armgpu *g = open_guest(2, 65536, ARMGPU_MEMORY_SHARED, 1);
    load_words(g, 0, code, LENGTH(code));
    assert_ok(g, armgpu_set_trace(g, 1, on_trace, &t));
    assert_ok(g, armgpu_execute(g, 3, &r));
    assert_int_equal(t.count, 3);
    assert_int_equal(r.stops[ARMGPU_STOP_MAX_CYCLES], 2);
    assert_ok(g, armgpu_set_pc_all(g, 4));
    assert_ok(g, armgpu_execute(g, 0, &r));
    assert_int_equal(r.stops[ARMGPU_STOP_HALT], 2);
    assert_int_equal(memory_word(g, 0, 0x1000), 2);
    assert_true(t.count >= 8);
    assert_int_equal(t.pcs[3], 4);
    assert_int_equal(t.words[3], code[1]);
    assert_int_equal(t.pcs[t.count - 1], 20);
    assert_ok(g, armgpu_set_trace(g, 1, NULL, NULL));
    armgpu_close(g);
}

/* Private lanes give the same at every thread count. */
static void test_thread_counts(void **state)
{
    /* a loop whose length depends on the lane, with memory traffic */
    const uint32_t code[] = {
        0xd53bd060, /* mrs x0, tpidrro_el0 */
        0xd2822222, /* mov x2, #0x1111 */
        0x9b027c00, /* mul x0, x0, x2 */
        0x92400c03, /* and x3, x0, #0xf */
        0xd36c3063, /* lsl x3, x3, #20 ... a long loop for some */
        0x8b000463, /* add x3, x3, x0, lsl #1 */
        0xd34efc63, /* lsr x3, x3, #14 */
        0xd1000463, /* sub x3, x3, #1 */
        0xf81f8fe3, /* str x3, [sp, #-8]! */
        0xf84087e4, /* ldr x4, [sp], #8 */
        0x8b0400a5, /* add x5, x5, x4 */
        0xb5ffff83, /* cbnz x3, back to sub */
        HLT};
    enum { LANES = 200 };
    static armgpu_state first[LANES], now[LANES];
    (void)state;
    for (uint32_t threads = 1; threads <= 8; threads *= 2) {
        armgpu *g = open_guest(LANES, 4096, ARMGPU_MEMORY_PRIVATE, threads);
        load_words(g, 0, code, LENGTH(code));
        assert_ok(g, armgpu_execute(g, 20000, NULL));
        now[0].size = sizeof now[0];
        assert_ok(g, armgpu_get_state(g, 0, LANES, now));
        if (threads == 1)
            memcpy(first, now, sizeof now);
        assert_memory_equal(first, now, sizeof now);
        armgpu_close(g);
    }
}

struct sysreg {
    uint32_t word; /* mrs x0, ... */
    const char *text;
    uint64_t value; /* in lane 300 */
};

static void test_system_registers(void **state)
{
    static const struct sysreg registers[] = {
        {0xd5380000, "mrs x0, midr_el1", 0x000fa640},
        {0xd53800a0, "mrs x0, mpidr_el1", 0x8000012c},
        {0xd5380400, "mrs x0, id_aa64pfr0_el1", 0x110011},
        {0xd5380600, "mrs x0, id_aa64isar0_el1", 0x0021111110212120},
        {0xd5380620, "mrs x0, id_aa64isar1_el1", 0x0010100100211000},
        {0xd5380700, "mrs x0, id_aa64mmfr0_el1", 0},
        {0xd5384240, "mrs x0, currentel", 4},
        {0xd53b0020, "mrs x0, ctr_el0", 0x9444c004},
        {0xd53b00e0, "mrs x0, dczid_el0", 4},
        {0xd53bd040, "mrs x0, tpidr_el0", 300},
        {0xd53bd060, "mrs x0, tpidrro_el0", 300},
        {0xd53be000, "mrs x0, cntfrq_el0", 1000000000},
        {0xd53be040, "mrs x0, cntvct_el0", 1},
        {0xd53b4200, "mrs x0, nzcv", 0},
        {0xd53b4400, "mrs x0, fpcr", 0},
        {0xd53b4420, "mrs x0, fpsr", 0},
    };
    (void)state;
    armgpu *g = open_guest(301, 65536, ARMGPU_MEMORY_SHARED, 1);
    for (size_t i = 0; i < LENGTH(registers); i++) {
        const uint32_t code[] = {0xd503201f, registers[i].word, HLT};
        check_text(registers[i].word, registers[i].text);
        load_words(g, 0, code, 3);
        assert_ok(g, armgpu_reset(g));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        if (state_of(g, 300).x[0] != registers[i].value)
            fail_msg("%s gave 0x%" PRIx64, registers[i].text,
                     state_of(g, 300).x[0]);
    }
    /* writable ones keep the bits that exist */
    static const uint32_t writes[][2] = {{0xd51bd041, 0xd53bd040},
                                         {0xd51b4201, 0xd53b4200},
                                         {0xd51b4401, 0xd53b4400},
                                         {0xd51b4421, 0xd53b4420}};
    static const uint64_t kept[] = {UINT64_MAX, 0xf0000000, 0x07c80000,
                                    0x0800009f};
    for (size_t i = 0; i < LENGTH(writes); i++) {
        const uint32_t code[] = {0x92800001, writes[i][0], writes[i][1], HLT};
        load_words(g, 0, code, 4);
        assert_ok(g, armgpu_reset(g));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_true(state_of(g, 300).x[0] == kept[i]);
    }
    armgpu_close(g);
}

static void test_statistics(void **state)
{
    /* x0 = lane; loop: sub x0, x0, #1; tbz x0, #63, loop; hlt */
    const uint32_t code[] = {0xd53bd060, 0xd1000400, 0xb6ffffe0, HLT};
    armgpu_result r = {.size = sizeof r};
    (void)state;
    armgpu *g = open_guest(10, 65536, ARMGPU_MEMORY_SHARED, 1);
    load_words(g, 0, code, LENGTH(code));
    assert_ok(g, armgpu_execute(g, 0, &r));
    assert_int_equal(r.num_lanes, 10);
    assert_int_equal(armgpu_min_cycles(&r), 4);
    assert_int_equal(armgpu_max_cycles(&r), 22);
    assert_int_equal(r.total_cycles, 130);
    assert_true(armgpu_lane_efficiency(&r) > 0.181 &&
                armgpu_lane_efficiency(&r) < 0.182);
    assert_true(0 <= r.device_seconds && r.device_seconds <= r.elapsed_seconds);
    r.elapsed_seconds = 0.5;
    assert_true(armgpu_avg_ips(&r) == 260);
    r.elapsed_seconds = 0; /* less than the clock shows */
    assert_true(armgpu_avg_ips(&r) == 0);
    armgpu_close(g);
}

static void test_devices(void **state)
{
    armgpu_device d[8] = {{.size = sizeof d[0]}};
    (void)state;
    uint64_t n = armgpu_list_devices(NULL, 0);
    assert_true(n >= 1);
    assert_int_equal(armgpu_list_devices(d, 8), n);
    assert_int_equal(armgpu_list_devices(d, 1), n);
    assert_true(n <= 8);
    bool has_cpu = false;
    for (uint64_t i = 0; i < n; i++) {
        assert_int_equal(d[i].size, sizeof d[i]);
        assert_true(strlen(d[i].backend) > 0);
        /* what is not usable says why */
        assert_true(strlen(d[i].usable ? d[i].name : d[i].detail) > 0);
        has_cpu |= d[i].usable && strcmp(d[i].backend, "cpu") == 0;
    }
    assert_true(has_cpu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_errors),
        cmocka_unit_test(test_call_errors),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_start_state),
        cmocka_unit_test(test_state_round_trip),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_trace),
        cmocka_unit_test(test_thread_counts),
        cmocka_unit_test(test_system_registers),
        cmocka_unit_test(test_statistics),
        cmocka_unit_test(test_devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
