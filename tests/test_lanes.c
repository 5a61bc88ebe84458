/*
 * Lanes that differ: waves of any size, callbacks as lanes begin and end, slots
 * that are filled again, start values, programs of their own, memory of many
 * lanes at once. Everything is run in both layouts of private memory on all of
 * targets.h.
 */
#define _POSIX_C_SOURCE 200809L
#include "targets.h"

#define MEMORY 8192
#define DATA 0x1000

static armgpu *open_on(const struct target *t, uint64_t lanes,
                       uint64_t resident)
{
    return open_target(t, lanes, resident, MEMORY);
}

/* Loops x0 % 64 * x1 times, leaves its number at DATA + 4, unaligned too. */
static const uint32_t code[] = {
    0xd53bd062, /* mrs x2, tpidrro_el0 */
    0xd2820003, /* mov x3, #0x1000 */
    0xf9400065, /* ldr x5, [x3] */
    0xf8004062, /* stur x2, [x3, #4] */
    0xf800d062, /* stur x2, [x3, #13] */
    0x92401404, /* and x4, x0, #0x3f */
    0x9b017c84, /* mul x4, x4, x1 */
    0x910004c6, /* add x6, x6, #1 */
    0xd1000484, /* sub x4, x4, #1 */
    0xb6ffffc4, /* tbz x4, #63, back to the add */
    HLT};
#define CYCLES(lane, factor) (8 + 3 * ((lane) % 64 * (factor) + 1))

#define expect_code(g, call, code)                                             \
    do {                                                                       \
        int32_t got = (call);                                                  \
        if (got != ARMGPU_ERROR_##code)                                        \
            fail_msg("%s: '%s'", armgpu_error_name(got),                       \
                     armgpu_error_message(g));                                 \
    } while (0)

/* -- Waves ----------------------------------------------------------------- */

struct seen {
    uint64_t lanes, resident, factor;
    uint64_t prepared, finished, calls;
    uint64_t stop_after; /* lanes; 0: never */
    uint64_t order;      /* hash of the sequence of lanes */
    uint8_t *has_ended;
    bool sets;           /* prepare() sets what start values set otherwise */
};

static int32_t on_prepare(void *user, armgpu *g, uint64_t first, uint64_t n)
{
    struct seen *s = user;
    assert_int_equal(first, s->prepared);
    assert_in_range(n, 1, s->resident);
    s->prepared += n;
    assert_true(s->prepared <= s->lanes);
    for (uint64_t lane = first; lane < first + n; lane++) {
        uint64_t regs[32], data = lane * 3;
        assert_ok(g, armgpu_get_lane_registers(g, lane, regs));
        assert_int_equal(regs[31], MEMORY);
        assert_int_equal(memory_word(g, lane, DATA + 8), 0);
        regs[0] = lane;
        regs[1] = s->factor;
        if (s->sets)
            assert_ok(g, armgpu_set_registers_lane(g, lane, regs));
        assert_ok(g, armgpu_write_memory(g, lane, DATA, &data, sizeof data));
    }
    return 0;
}

static int32_t on_finish(void *user, armgpu *g, const uint64_t *lanes,
                         const armgpu_lane_result *results, uint64_t n)
{
    struct seen *s = user;
    uint64_t *words = malloc(n * 3 * sizeof *words);
    assert_non_null(words);
    assert_ok(g, armgpu_read_memory_lanes(g, lanes, n, DATA + 4, words, 24));
    s->calls++;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t lane = lanes[i], regs[32], unaligned;
        assert_true(lane < s->lanes && (i == 0 || lanes[i - 1] < lane));
        assert_int_equal(s->has_ended[lane], 0);
        s->has_ended[lane] = 1;
        s->order = (s->order ^ lane) * UINT64_C(0x9e3779b97f4a7c15);
        assert_int_equal(results[i].stop_reason, ARMGPU_STOP_HALT);
        assert_int_equal(results[i].cycles, CYCLES(lane, s->factor));
        assert_int_equal(results[i].pc, 4 * (LENGTH(code) - 1));
        assert_ok(g, armgpu_get_lane_registers(g, lane, regs));
        assert_int_equal(regs[0], lane);
        assert_int_equal(regs[2], lane);
        assert_int_equal(regs[6], lane % 64 * s->factor + 1);
        assert_int_equal(words[i * 3], lane);
        memcpy(&unaligned, (uint8_t *)&words[i * 3] + 9, 8);
        assert_int_equal(unaligned, lane);
        if (s->prepared != 0)
            assert_int_equal(regs[5], lane * 3);
    }
    s->finished += n;
    free(words);
    return s->stop_after != 0 && s->finished >= s->stop_after;
}

/* No lane begins far from the oldest that has not ended. */
static void check_window(const struct seen *s)
{
    uint64_t oldest = 0;
    while (oldest < s->lanes && s->has_ended[oldest])
        oldest++;
    assert_true(s->prepared <= oldest + 8 * s->resident + 1024);
}

static int32_t on_finish_checked(void *user, armgpu *g, const uint64_t *lanes,
                                 const armgpu_lane_result *results, uint64_t n)
{
    int32_t stop = on_finish(user, g, lanes, results, n);
    check_window(user);
    return stop;
}

static void set_start(armgpu *g, uint64_t factor)
{
    assert_ok(g, armgpu_set_register_all(g, 0, 1, 0));
    assert_ok(g, armgpu_set_register_all(g, 1, 0, factor));
}

static void check_totals(const armgpu_result *r, uint64_t lanes,
                         uint64_t factor)
{
    uint64_t total = 0, most = 0;
    for (uint64_t lane = 0; lane < lanes; lane++) {
        total += CYCLES(lane, factor);
        if (CYCLES(lane, factor) > most)
            most = CYCLES(lane, factor);
    }
    assert_int_equal(r->num_lanes, lanes);
    assert_int_equal(r->stops[ARMGPU_STOP_HALT], lanes);
    assert_int_equal(r->total_cycles, total);
    assert_int_equal(r->min_cycles, CYCLES(0, factor));
    assert_int_equal(r->max_cycles, most);
}

/* All lanes, `resident` at one time; returns the order in which they ended. */
static uint64_t run_waves(const struct target *t, uint64_t lanes,
                          uint64_t resident, uint64_t factor, bool sets)
{
    struct seen s = {.lanes = lanes, .factor = factor, .sets = sets};
    armgpu_result r = {.size = sizeof r};
    armgpu *g = open_on(t, lanes, resident);
    s.resident = armgpu_get_num_resident(g);
    s.has_ended = calloc(lanes, 1);
    assert_non_null(s.has_ended);
    assert_int_equal(s.resident, resident == 0 || resident > lanes ? lanes
                                                                   : resident);
    load_words(g, 0, code, LENGTH(code));
    if (!sets)
        set_start(g, factor);
    armgpu_set_prepare(g, on_prepare, &s);
    armgpu_set_finish(g, on_finish_checked, &s);
    for (int round = 0; round < 2; round++) {
        s.prepared = s.finished = 0;
        memset(s.has_ended, 0, lanes);
        assert_ok(g, armgpu_execute(g, 0, &r));
        check_totals(&r, lanes, factor);
        assert_int_equal(s.finished, lanes);
        assert_int_equal(s.prepared, lanes);
        assert_ok(g, armgpu_reset(g));
    }
    armgpu_close(g);
    free(s.has_ended);
    return s.order;
}

static void test_waves(void **state)
{
    static const uint64_t sizes[][2] = {{10, 1},   {100, 32},  {100, 33},
                                        {100, 0},  {999, 1000}, {2500, 1000},
                                        {3000, 33}};
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        for (size_t j = 0; j < LENGTH(sizes); j++)
            run_waves(&targets[i], sizes[j][0], sizes[j][1], 20 + j, j % 2);
}

/* On a CPU the order of callbacks is the same every time. */
static void test_order(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 3; threads++) {
        const struct target t = {"cpu", threads, 1, 0};
        uint64_t first = run_waves(&t, 5000, 300, 20, false);
        for (int round = 0; round < 3; round++)
            assert_true(run_waves(&t, 5000, 300, 20, false) == first);
    }
}

/* Lanes differ in length; totals only, with slots filled by the device, by the
   host, and only when all are free. */
static void test_without_callbacks(void **state)
{
    armgpu_result r = {.size = sizeof r};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_on(&targets[i], 3000, 70);
        load_words(g, 0, code, LENGTH(code));
        set_start(g, 50);
        for (int round = 0; round < 3; round++) {
            if (round > 0)
                setenv("ARMGPU_REFILL", round == 1 ? "1" : "0", 1);
            assert_ok(g, armgpu_execute(g, 0, &r));
            check_totals(&r, 3000, 50);
            /* all have ended: nothing to do */
            assert_ok(g, armgpu_execute(g, 0, &r));
            assert_int_equal(r.total_cycles | r.stops[ARMGPU_STOP_HALT], 0);
            assert_int_equal(r.min_cycles | r.max_cycles, 0);
            assert_ok(g, armgpu_reset(g));
        }
        unsetenv("ARMGPU_REFILL");
        armgpu_close(g);
    }
}

/* finish() ends the run; another call goes on with what is left. */
static void test_stop_and_go_on(void **state)
{
    armgpu_result r = {.size = sizeof r};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        struct seen s = {.lanes = 2000, .factor = 30, .stop_after = 600};
        armgpu *g = open_on(&targets[i], s.lanes, 100);
        s.resident = 100;
        s.has_ended = calloc(s.lanes, 1);
        assert_non_null(s.has_ended);
        load_words(g, 0, code, LENGTH(code));
        set_start(g, s.factor);
        armgpu_set_finish(g, on_finish, &s);
        assert_ok(g, armgpu_execute(g, 0, &r));
        assert_in_range(s.finished, 600, 1000);
        assert_int_equal(r.stops[ARMGPU_STOP_HALT], s.finished);
        assert_true(r.stops[ARMGPU_STOP_INTERRUPTED] <= 100);
        s.stop_after = 0;
        uint64_t before = s.finished;
        assert_ok(g, armgpu_execute(g, 0, &r));
        assert_int_equal(s.finished, 2000);
        assert_int_equal(r.stops[ARMGPU_STOP_HALT], 2000 - before);
        armgpu_close(g);
        free(s.has_ended);
    }
}

/* What was running when the run was stopped goes on, then the lanes that had
   not begun; nobody is told of them. */
static void test_interrupted(void **state)
{
    armgpu_result r = {.size = sizeof r};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_on(&targets[i], 500, 64);
        load_words(g, 0, code, LENGTH(code));
        set_start(g, 9);
        armgpu_request_stop(g);
        assert_ok(g, armgpu_execute(g, 0, &r));
        assert_int_equal(r.stops[ARMGPU_STOP_INTERRUPTED], 64);
        assert_int_equal(r.total_cycles, 0);
        assert_ok(g, armgpu_execute(g, 0, &r));
        check_totals(&r, 500, 9);
        armgpu_close(g);
    }
}

static int32_t count_lanes(void *user, armgpu *g, const uint64_t *lanes,
                           const armgpu_lane_result *results, uint64_t n)
{
    uint64_t *counts = user;
    (void)g;
    (void)lanes;
    for (uint64_t i = 0; i < n; i++)
        counts[results[i].stop_reason]++;
    return 0;
}

/* Limits hold for lanes of every wave. */
static void test_limits(void **state)
{
    armgpu_result r = {.size = sizeof r};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        uint64_t counts[ARMGPU_STOP_COUNT] = {0};
        armgpu *g = open_on(&targets[i], 640, 50);
        load_words(g, 0, code, LENGTH(code));
        set_start(g, 1);
        armgpu_set_finish(g, count_lanes, counts);
        assert_ok(g, armgpu_execute(g, CYCLES(31, 1), &r));
        assert_int_equal(r.stops[ARMGPU_STOP_HALT], 320);
        assert_int_equal(r.stops[ARMGPU_STOP_MAX_CYCLES], 320);
        assert_int_equal(r.max_cycles, CYCLES(31, 1));
        assert_memory_equal(counts, r.stops, sizeof counts);
        armgpu_close(g);
    }
}

/* -- Start values, residency ----------------------------------------------- */

static void test_start_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_on(&targets[i], 40, 0);
        load_words(g, 0, code, LENGTH(code));
        assert_ok(g, armgpu_set_register_all(g, 7, 5, UINT64_MAX));
        assert_ok(g, armgpu_set_register_all(g, ARMGPU_REGISTER_SP, 0, 64));
        assert_ok(g, armgpu_set_register_all(g, ARMGPU_REGISTER_NZCV, 0,
                                             UINT64_C(0xa0000000)));
        assert_ok(g, armgpu_set_register_all(g, ARMGPU_REGISTER_PC, 4, 256));
        for (int round = 0; round < 2; round++) {
            armgpu_state s = state_of(g, 39);
            assert_true(s.x[7] == 39 * 5 - 1 && s.sp == 64 && s.pc == 412);
            assert_true(s.nzcv == UINT64_C(0xa0000000) && s.tpidr == 39);
            assert_ok(g, armgpu_set_pc_all(g, 0));
            assert_int_equal(state_of(g, 39).pc, 0);
            assert_ok(g, armgpu_reset(g));
        }
        expect_code(g, armgpu_set_register_all(g, 35, 0, 0), ARGUMENT);
        expect_code(g, armgpu_set_register_all(g, ARMGPU_REGISTER_NZCV, 1, 0),
                    ARGUMENT);
        expect_code(g, armgpu_set_register_all(g, ARMGPU_REGISTER_PC, 0, 2),
                    ALIGNMENT);
        expect_code(g, armgpu_set_register_all(g, ARMGPU_REGISTER_PC, 256, 0),
                    RANGE);
        expect_code(g, armgpu_set_register_all(g, ARMGPU_REGISTER_PC,
                                               UINT64_MAX / 4 * 2 + 2, 0),
                    RANGE);
        load_words(g, 8, code, LENGTH(code));
        assert_ok(g, armgpu_reset(g));
        assert_int_equal(state_of(g, 39).pc, 8);
        armgpu_close(g);
    }
}

static void test_not_resident(void **state)
{
    uint64_t regs[32], word = 0;
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_on(&targets[i], 100, 32);
        load_words(g, 0, code, LENGTH(code));
        assert_ok(g, armgpu_get_lane_registers(g, 31, regs));
        expect_code(g, armgpu_get_lane_registers(g, 32, regs), NOT_RESIDENT);
        expect_code(g, armgpu_read_memory(g, 99, 0, &word, 8), NOT_RESIDENT);
        expect_code(g, armgpu_write_memory_range(g, 20, 20, 0, code, 1),
                    NOT_RESIDENT);
        expect_code(g, armgpu_get_lane_registers(g, 100, regs), LANE);
        assert_ok(g, armgpu_execute(g, 0, NULL));
        expect_code(g, armgpu_get_lane_registers(g, 0, regs), NOT_RESIDENT);
        assert_ok(g, armgpu_reset(g));
        assert_ok(g, armgpu_get_lane_registers(g, 0, regs));
        armgpu_close(g);
    }
}

/* -- Memory of many lanes -------------------------------------------------- */

static void test_ranges(void **state)
{
    enum { LANES = 70, SIZE = 117 };
    static uint8_t in[LANES * SIZE], out[LANES * SIZE], one[SIZE];
    static const uint64_t some[] = {69, 3, 33, 0};
    (void)state;
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i * 7 + i / 256);
    for (size_t i = 0; i < target_count; i++)
        for (uint64_t at = 0x7f; at < 0x89; at++) {
            armgpu *g = open_on(&targets[i], LANES, 0);
            assert_ok(g, armgpu_write_memory_range(g, 0, LANES, at, in, SIZE));
            assert_ok(g, armgpu_read_memory_range(g, 0, LANES, at, out, SIZE));
            assert_memory_equal(in, out, sizeof in);
            assert_ok(g, armgpu_write_memory(g, 5, at + 1, in, SIZE - 2));
            memcpy(one, in + 5 * SIZE, SIZE);
            memcpy(one + 1, in, SIZE - 2);
            assert_ok(g, armgpu_read_memory(g, 5, at, out, SIZE));
            assert_memory_equal(out, one, SIZE);
            assert_ok(g, armgpu_read_memory_lanes(g, some, 4, at, out, SIZE));
            for (size_t k = 0; k < 4; k++)
                assert_memory_equal(out + k * SIZE, in + some[k] * SIZE, SIZE);
            assert_ok(g, armgpu_read_memory(g, 4, at - 8, out, 8));
            assert_int_equal(out[0] | out[7], 0);
            armgpu_close(g);
        }
}

/* A reset restores images that overlap, from any address on. */
static void test_images(void **state)
{
    static uint8_t first[MEMORY], now[MEMORY];
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_on(&targets[i], 45, 0);
        load_words(g, 0, code, LENGTH(code));
        assert_ok(g, armgpu_load_data(g, "0123456789abcdef!", 17, 0x7d));
        assert_ok(g, armgpu_load_data(g, "XYZ", 3, 0x83));
        assert_ok(g, armgpu_load_data(g, "end", 3, MEMORY - 3));
        assert_ok(g, armgpu_read_memory(g, 44, 0, first, MEMORY));
        assert_memory_equal(first + 0x7d, "012345XYZ9abcdef!", 17);
        assert_memory_equal(first + MEMORY - 3, "end", 3);
        for (uint64_t lane = 0; lane < 45; lane += 11)
            assert_ok(g, armgpu_write_memory(g, lane, 0x70, first, 0x100));
        assert_ok(g, armgpu_reset(g));
        for (uint64_t lane = 0; lane < 45; lane += 11) {
            assert_ok(g, armgpu_read_memory(g, lane, 0, now, MEMORY));
            assert_memory_equal(first, now, MEMORY);
        }
        armgpu_close(g);
    }
}

/* -- Programs -------------------------------------------------------------- */

static const uint32_t program_b[] = {0xd2800149, 0xf94003e0, HLT + (1 << 5)};
static const uint32_t program_c[] = {0xd2800169, 0xd2800029, HLT + (2 << 5)};

static uint64_t expected_program(uint32_t how, uint64_t lane)
{
    static const uint32_t table[] = {2, 2, 0, 1, 0};
    return how == ARMGPU_ASSIGN_ROUND_ROBIN ? lane % 3
           : how == ARMGPU_ASSIGN_BLOCK     ? lane / 34
                                            : table[lane % 5];
}

/* Programs overlap at their addresses; each lane ends as its program does. */
static int32_t check_programs(void *user, armgpu *g, const uint64_t *lanes,
                              const armgpu_lane_result *results, uint64_t n)
{
    static const uint64_t pcs[] = {4 * (LENGTH(code) - 1), 16 + 8, 8 + 8};
    uint32_t how = *(uint32_t *)user;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t program = expected_program(how, lanes[i]);
        assert_int_equal(results[i].stop_code, program == 0 ? 0 : program);
        assert_int_equal(results[i].pc, pcs[program]);
        assert_int_equal(memory_word(g, lanes[i], 0x700), 0x6968);
    }
    return 0;
}

static void test_programs(void **state)
{
    static const uint32_t table[] = {2, 2, 0, 1, 0};
    static const uint32_t wrong[] = {0, 3};
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        for (uint64_t resident = 0; resident <= 40; resident += 40) {
            armgpu *g = open_on(&targets[i], 100, resident);
            uint32_t b, c, how = 0;
            load_words(g, 0, code, LENGTH(code));
            set_start(g, 3);
            assert_ok(g, armgpu_add_program(g, program_b, sizeof program_b, 16,
                                            &b));
            assert_ok(g, armgpu_add_program(g, program_c, sizeof program_c, 8,
                                            &c));
            assert_true(b == 1 && c == 2);
            assert_ok(g, armgpu_load_data(g, "hi", 2, 0x700));
            assert_ok(g, armgpu_set_register_all(g, 31, 0, 0x700));
            expect_code(g, armgpu_assign_programs(g, 3, NULL, 0), ARGUMENT);
            expect_code(g, armgpu_assign_programs(g, 2, wrong, 2), ARGUMENT);
            armgpu_set_finish(g, check_programs, &how);
            for (how = 0; how < 3; how++) {
                armgpu_result r = {.size = sizeof r};
                assert_ok(g, armgpu_assign_programs(g, how, table, 5));
                assert_ok(g, armgpu_execute(g, 0, &r));
                assert_int_equal(r.stops[ARMGPU_STOP_HALT], 100);
            }
            armgpu_close(g);
        }
}

/* Totals that nobody was told of say how lanes halted. */
static void test_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        for (uint64_t resident = 0; resident <= 40; resident += 40) {
            armgpu *g = open_on(&targets[i], 100, resident);
            armgpu_result r = {.size = sizeof r};
            uint32_t id;
            load_words(g, 0, code, LENGTH(code));
            assert_ok(g, armgpu_add_program(g, program_b, sizeof program_b, 16,
                                            &id));
            assert_ok(g, armgpu_set_register_all(g, 31, 0, 0x700));
            assert_ok(g, armgpu_assign_programs(
                             g, ARMGPU_ASSIGN_ROUND_ROBIN, NULL, 0));
            assert_ok(g, armgpu_execute(g, 0, &r));
            assert_int_equal(r.stops[ARMGPU_STOP_HALT], 100);
            assert_int_equal(r.nonzero_codes, 50);
            armgpu_close(g);
        }
}

static int32_t assign_here(void *user, armgpu *g, uint64_t first, uint64_t n)
{
    (void)user;
    for (uint64_t lane = first; lane < first + n; lane++)
        assert_ok(g, armgpu_assign_program(
                         g, lane, 1,
                         (uint32_t)expected_program(2, lane)));
    return 0;
}

/* prepare() may choose programs as well. */
static void test_prepare_programs(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_on(&targets[i], 60, 20);
        uint32_t id, how = 2;
        load_words(g, 0, code, LENGTH(code));
        assert_ok(g, armgpu_add_program(g, program_b, sizeof program_b, 16,
                                        &id));
        assert_ok(g, armgpu_add_program(g, program_c, sizeof program_c, 8,
                                        &id));
        assert_ok(g, armgpu_load_data(g, "hi", 2, 0x700));
        assert_ok(g, armgpu_set_register_all(g, 31, 0, 0x700));
        armgpu_set_prepare(g, assign_here, NULL);
        armgpu_set_finish(g, check_programs, &how);
        assert_ok(g, armgpu_execute(g, 1000, NULL));
        armgpu_close(g);
    }
}

/* Shared memory: programs side by side. */
static void test_shared_programs(void **state)
{
    (void)state;
    armgpu *g = open_guest(9, 65536, ARMGPU_MEMORY_SHARED, 1);
    uint32_t id;
    load_words(g, 0, code, LENGTH(code));
    assert_ok(g, armgpu_add_program(g, program_b, sizeof program_b, 0x400,
                                    &id));
    assert_ok(g, armgpu_assign_programs(g, ARMGPU_ASSIGN_ROUND_ROBIN, NULL, 0));
    assert_ok(g, armgpu_execute(g, 0, NULL));
    check_stop(g, 1, ARMGPU_STOP_HALT, 1, 0x408, 3);
    check_stop(g, 8, ARMGPU_STOP_HALT, 0, 40, 11);
    armgpu_close(g);
}

/* All that fit, or as many as two threads of the CPU are fast with. */
static void test_resident_lanes(void **state)
{
    static const struct {
        uint64_t lanes, memory, resident, expected;
    } cases[] = {{3000, 4096, 0, 3000},
                 {3000, 4096, ARMGPU_RESIDENT_FAST, 1024},
                 {3000, 1 << 20, ARMGPU_RESIDENT_FAST, 512},
                 {3000, 1 << 22, ARMGPU_RESIDENT_FAST, 256},
                 {100, 4096, ARMGPU_RESIDENT_FAST, 100},
                 {3000, 4096, 2000, 2000}};
    const struct target cpu = {"cpu", 2, 0, 0};
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        armgpu *g = open_target(&cpu, cases[i].lanes, cases[i].resident,
                                cases[i].memory);
        assert_int_equal(armgpu_get_num_resident(g), cases[i].expected);
        armgpu_close(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resident_lanes),
        cmocka_unit_test(test_waves),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_without_callbacks),
        cmocka_unit_test(test_stop_and_go_on),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_start_values),
        cmocka_unit_test(test_not_resident),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_images),
        cmocka_unit_test(test_programs),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_prepare_programs),
        cmocka_unit_test(test_shared_programs),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
