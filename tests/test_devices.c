/*
 * Devices outside lanes' memory: what lanes read, what of their writes is
 * output, and that nothing else is different: cycles, write-back, memory, runs
 * that are cut, breakpoints, traces, waves, code of a lane's own. And functions
 * that return at once.
 */
#include "targets.h"

#define LANES 70
#define MEMORY 0x8000
#define UART UINT64_C(0x9000000)
#define VALUE UINT64_C(0x8877665544332211)
#define TEXT "device"
#define ROUNDS (sizeof TEXT - 1)
#define CYCLES (2 + 5 * ROUNDS + 2 + 3)

/* Echoes what it reads up to a 0. */
static const uint32_t echo[] = {
    0xd2a12001, /* mov x1, #0x9000000 */
    0xd2800003, /* mov x3, #0x0 */
    0x39400022, /* ldrb w2, [x1] */
    0x34000082, /* cbz w2, 0x10 */
    0x8b020063, /* add x3, x3, x2 */
    0xb8000422, /* str w2, [x1], #0 */
    0x17fffffc, /* b ldrb */
    0xf8440c24, /* ldr x4, [x1, #64]! */
    0x29411825, /* ldp w5, w6, [x1, #8] */
    HLT,
};
#define READ_AT 8 /* of the ldrb */

static const armgpu_mmio devices[] = {
    {.address = UART, .bytes = 64, .kind = ARMGPU_MMIO_INPUT, .input = TEXT,
     .input_bytes = ROUNDS},
    {.address = UART + 64, .bytes = 16, .value = 7, .kind = ARMGPU_MMIO_CONST},
    /* of the first in part, and of the second: later ones come before */
    {.address = UART + 60, .bytes = 20, .value = VALUE,
     .kind = ARMGPU_MMIO_CONST},
};

/* What lanes wrote. */
static struct {
    char text[LANES][32];
    size_t bytes[LANES];
    uint64_t stop_after; /* bytes of all lanes; 0: never */
    uint64_t all;
} output;

static int32_t take(void *user, uint64_t lane, uint32_t descriptor,
                    const void *bytes, uint64_t n)
{
    (void)user;
    assert_true(lane < LANES);
    assert_int_equal(descriptor, 1);
    assert_true(output.bytes[lane] + n < sizeof output.text[lane]);
    memcpy(output.text[lane] + output.bytes[lane], bytes, (size_t)n);
    output.bytes[lane] += (size_t)n;
    output.all += n;
    return output.stop_after != 0 && output.all >= output.stop_after;
}

static armgpu *open_devices(const struct target *t, uint64_t lanes,
                            uint64_t resident, const uint32_t *words,
                            size_t count, uint64_t address)
{
    static const armgpu_process process = {.size = sizeof process,
                                           .output = take};
    armgpu_options o = options_for(t, lanes, resident, MEMORY);
    uint8_t top[256];
    o.process = &process;
    o.mmio = devices;
    o.num_mmio = LENGTH(devices);
    armgpu *g = open_with(&o);
    memset(&output, 0, sizeof output);
    for (size_t i = 0; i < sizeof top; i++)
        top[i] = (uint8_t)(i * 3 + 1);
    assert_ok(g, armgpu_load_data(g, top, sizeof top, MEMORY - sizeof top));
    load_words(g, address, words, count);
    return g;
}

static void check_lane(armgpu *g, uint64_t lane, uint64_t at)
{
    armgpu_state s = state_of(g, lane);
    uint8_t top[256];
    uint64_t sum = 0;
    for (size_t i = 0; i < ROUNDS; i++)
        sum += (uint8_t)TEXT[i];
    check_stop(g, lane, ARMGPU_STOP_HALT, 0, at + 36, CYCLES);
    assert_int_equal(s.x[1], UART + 64);
    assert_int_equal(s.x[2], 0);
    assert_int_equal(s.x[3], sum);
    assert_int_equal(s.x[4], VALUE);
    assert_int_equal(s.x[5], (uint32_t)VALUE); /* behind the later device */
    assert_int_equal(s.x[6], VALUE >> 32);
    assert_ok(g, armgpu_read_memory(g, lane, MEMORY - sizeof top, top,
                                    sizeof top));
    for (size_t i = 0; i < sizeof top; i++)
        assert_int_equal(top[i], (uint8_t)(i * 3 + 1));
}

static void check_output(uint64_t lanes)
{
    for (uint64_t i = 0; i < lanes; i++) {
        assert_int_equal(output.bytes[i], ROUNDS);
        assert_memory_equal(output.text[i], TEXT, ROUNDS);
    }
}

/* -- Tests ----------------------------------------------------------------- */

static int32_t finish(void *user, armgpu *g, const uint64_t *lanes,
                      const armgpu_lane_result *results, uint64_t n)
{
    (void)results;
    for (uint64_t i = 0; i < n; i++)
        check_lane(g, lanes[i], 0);
    *(uint64_t *)user += n;
    return 0;
}

static void test_everywhere(void **state)
{
    static const struct {
        uint64_t lanes, resident;
    } shapes[] = {{1, 0}, {LANES, 0}, {LANES, 20}};
    (void)state;
    check_text(echo[5], "str w2, [x1], #0");
    check_text(echo[8], "ldp w5, w6, [x1, #8]");
    for (size_t i = 0; i < target_count; i++)
        for (size_t j = 0; j < LENGTH(shapes); j++) {
            uint64_t lanes = shapes[j].lanes, finished = 0;
            if (!is_tried(&targets[i], shapes[j].resident != 0))
                continue;
            armgpu *g = open_devices(&targets[i], lanes, shapes[j].resident,
                                     echo, LENGTH(echo), 0);
            armgpu_set_finish(g, finish, &finished);
            assert_ok(g, armgpu_execute(g, 0, NULL));
            assert_int_equal(finished, lanes);
            check_output(lanes);
            /* Again, and from the beginning of what is read. */
            memset(&output, 0, sizeof output);
            assert_ok(g, armgpu_reset(g));
            assert_ok(g, armgpu_execute(g, 0, NULL));
            assert_int_equal(finished, 2 * lanes);
            check_output(lanes);
            armgpu_close(g);
        }
}

/* A run that is cut at every instruction. */
static void test_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        if (!is_tried(&targets[i], false))
            continue;
        armgpu *g = open_devices(&targets[i], 3, 0, echo, LENGTH(echo), 0);
        for (size_t k = 0; k < CYCLES; k++)
            assert_ok(g, armgpu_execute(g, 1, NULL));
        for (uint64_t lane = 0; lane < 3; lane++)
            check_lane(g, lane, 0);
        check_output(3);
        armgpu_close(g);
    }
}

/* Whoever takes the output ends the run, which then goes on. */
static void test_stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        if (!is_tried(&targets[i], false))
            continue;
        armgpu *g = open_devices(&targets[i], 40, 0, echo, LENGTH(echo), 0);
        output.stop_after = 50;
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(result_of(g, 39).stop_reason,
                         ARMGPU_STOP_INTERRUPTED);
        output.stop_after = 0;
        assert_ok(g, armgpu_execute(g, 0, NULL));
        for (uint64_t lane = 0; lane < 40; lane++)
            check_lane(g, lane, 0);
        check_output(40);
        armgpu_close(g);
    }
}

static void test_breakpoint(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        if (!is_tried(&targets[i], false))
            continue;
        armgpu *g = open_devices(&targets[i], 5, 0, echo, LENGTH(echo), 0);
        assert_ok(g, armgpu_set_breakpoint(g, READ_AT));
        for (size_t k = 0; k <= ROUNDS; k++) {
            assert_ok(g, armgpu_execute(g, 0, NULL));
            check_stop(g, 4, ARMGPU_STOP_BREAKPOINT, ARMGPU_CODE_BREAKPOINT,
                       READ_AT, 2 + 5 * k);
        }
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_lane(g, 4, 0);
        check_output(5);
        armgpu_close(g);
    }
}

static int32_t count(void *user, uint64_t lane, const armgpu_state *s,
                     uint32_t word)
{
    (void)lane, (void)s, (void)word;
    ++*(uint64_t *)user;
    return 0;
}

static void test_trace(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        if (!is_tried(&targets[i], false))
            continue;
        armgpu *g = open_devices(&targets[i], 5, 0, echo, LENGTH(echo), 0);
        uint64_t shown = 0;
        assert_ok(g, armgpu_set_trace(g, 2, count, &shown));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(shown, CYCLES);
        for (uint64_t lane = 0; lane < 5; lane++)
            check_lane(g, lane, 0);
        check_output(5);
        armgpu_close(g);
    }
}

/* Code that the host wrote for one lane, at both ends of memory and between. */
static void test_own_code(void **state)
{
    static const uint64_t places[] = {0, 0x1000, MEMORY - 256 - sizeof echo};
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        for (size_t k = 0; k < LENGTH(places) && is_tried(&targets[i], false);
             k++) {
            armgpu *g = open_devices(&targets[i], 5, 0, echo, LENGTH(echo),
                                     0x2000);
            uint8_t bytes[sizeof echo];
            for (size_t b = 0; b < sizeof bytes; b++)
                bytes[b] = (uint8_t)(echo[b / 4] >> 8 * (b % 4));
            assert_ok(g, armgpu_write_memory(g, 3, places[k], bytes,
                                             sizeof bytes));
            assert_ok(g, armgpu_set_pc_lane(g, 3, places[k]));
            assert_ok(g, armgpu_execute(g, 0, NULL));
            for (uint64_t lane = 0; lane < 5; lane++)
                check_lane(g, lane, lane == 3 ? places[k] : 0x2000);
            check_output(5);
            armgpu_close(g);
        }
}

/* The same at the very end, where the part of memory is that a device has. */
static void test_last_code(void **state)
{
    const uint64_t at = MEMORY - 64;
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        if (!is_tried(&targets[i], false))
            continue;
        armgpu *g = open_devices(&targets[i], 2, 0, echo, LENGTH(echo), 0);
        uint8_t bytes[sizeof echo];
        for (size_t b = 0; b < sizeof bytes; b++)
            bytes[b] = (uint8_t)(echo[b / 4] >> 8 * (b % 4));
        assert_ok(g, armgpu_write_memory(g, 1, at, bytes, sizeof bytes));
        assert_ok(g, armgpu_set_pc_lane(g, 1, at));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 1, ARMGPU_STOP_HALT, 0, at + 36, CYCLES);
        assert_int_equal(state_of(g, 1).x[4], VALUE);
        check_output(2);
        armgpu_close(g);
    }
}

/* What no device has all of is the fault that it is without. */
static void test_faults(void **state)
{
    static const uint32_t words[] = {
        0xd2a12001, /* mov x1, #0x9000000 */
        0x3943fc20, /* ldrb w0, [x1, #255] */
        HLT,
        0xd2a12001, /* mov x1, #0x9000000 */
        0xf8044c20, /* str x0, [x1, #68]! */
        0xf8048c20, /* str x0, [x1, #72]! */
    };
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        if (!is_tried(&targets[i], false))
            continue;
        armgpu *g = open_devices(&targets[i], LANES, 0, words, LENGTH(words),
                                 0);
        for (uint64_t lane = 1; lane < LANES; lane += 2)
            assert_ok(g, armgpu_set_pc_lane(g, lane, 12));
        armgpu_result r = {.size = sizeof r};
        assert_ok(g, armgpu_execute(g, 0, &r));
        assert_int_equal(r.stops[ARMGPU_STOP_DATA_FAULT], LANES);
        for (uint64_t lane = 0; lane < LANES; lane++) {
            armgpu_lane_result l = result_of(g, lane);
            bool is_odd = lane % 2 != 0;
            check_stop(g, lane, ARMGPU_STOP_DATA_FAULT,
                       UART + (is_odd ? 68 + 72 : 255), is_odd ? 20 : 4,
                       is_odd ? 2 : 1);
            assert_int_equal(l.access, is_odd ? ARMGPU_ACCESS_WRITE
                                              : ARMGPU_ACCESS_READ);
            assert_int_equal(l.access_size, is_odd ? 8 : 1);
        }
        assert_int_equal(output.all, 0);
        armgpu_close(g);
    }
}

static void check_refused(armgpu_options o, armgpu_mmio m, const char *why)
{
    armgpu *g;
    o.mmio = &m;
    o.num_mmio = 1;
    assert_int_not_equal(armgpu_open(&g, &o), ARMGPU_OK);
    if (strstr(armgpu_error_message(g), why) == NULL)
        fail_msg("'%s' does not say '%s'", armgpu_error_message(g), why);
    armgpu_close(g);
}

static void test_refusals(void **state)
{
    const struct target t = {"cpu", 1, 0, 0};
    const armgpu_options good = options_for(&t, 1, 0, MEMORY);
    armgpu_options shared = good, small = good;
    (void)state;
    shared.memory_mode = ARMGPU_MEMORY_SHARED;
    small.memory_size = 192;
    const armgpu_mmio fine = {.address = UART, .bytes = 4};
    check_refused(shared, fine, "private memory");
    check_refused(small, fine, "256 bytes");
    check_refused(good, (armgpu_mmio){.address = UART}, "of 0 bytes");
    check_refused(good, (armgpu_mmio){.address = UART, .bytes = 1, .kind = 3},
                  "kind 3");
    check_refused(good, (armgpu_mmio){.address = MEMORY - 1, .bytes = 4},
                  "lanes have memory there");
    check_refused(good, (armgpu_mmio){.address = UINT64_MAX - 100, .bytes = 4},
                  "last addresses");
    check_refused(good, (armgpu_mmio){.address = 1, .bytes = UINT64_MAX},
                  "last addresses");
}

/* What a stub returns, and that it is as short as can be. */
static void test_stubs(void **state)
{
    static const struct {
        uint64_t value;
        size_t words;
    } stubs[] = {{0, 2},          {1, 2},
                 {UINT64_MAX, 2}, {UINT64_MAX - 0xffff, 2},
                 {0x10000, 2},    {UINT64_C(0xffff1234ffff5678), 3},
                 {UINT64_C(1) << 63, 2},
                 {UINT64_C(0x123456789abcdef0), 5}};
    static const uint32_t call[] = {0x94000002 /* bl 0x8 */, HLT};
    (void)state;
    for (size_t i = 0; i < LENGTH(stubs); i++) {
        armgpu *g = open_guest(1, 4096, ARMGPU_MEMORY_PRIVATE, 1);
        uint8_t code[ARMGPU_STUB_BYTES];
        size_t n = armgpu_stub_code(stubs[i].value, code);
        assert_int_equal(n, 4 * stubs[i].words);
        load_words(g, 0, call, LENGTH(call));
        assert_ok(g, armgpu_load_data(g, code, n, 8));
        assert_ok(g, armgpu_execute(g, 100, NULL));
        check_stop(g, 0, ARMGPU_STOP_HALT, 0, 4, stubs[i].words + 2);
        assert_int_equal(state_of(g, 0).x[0], stubs[i].value);
        armgpu_close(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everywhere), cmocka_unit_test(test_cut),
        cmocka_unit_test(test_stop),       cmocka_unit_test(test_breakpoint),
        cmocka_unit_test(test_trace),      cmocka_unit_test(test_own_code),
        cmocka_unit_test(test_last_code),  cmocka_unit_test(test_faults),
        cmocka_unit_test(test_refusals),   cmocka_unit_test(test_stubs),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
