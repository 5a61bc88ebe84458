/*
 * Breakpoints, and what else stops a lane without being its program's doing: a
 * run that is cut anywhere, however often, ends as one that is not. Lanes have
 * loops of different length with LDXR and STXR in them.
 */
#include "targets.h"

#include "random.h"

#define LANES 70
#define WORDS 17
#define MEMORY 0x8000

static const uint32_t program[WORDS] = {
    0xd53bd040, /* mrs x0, tpidr_el0 */
    0xd2880001, /* mov x1, #0x4000 */
    0x8b000c21, /* add x1, x1, x0, lsl #3 */
    0x92400802, /* and x2, x0, #7 */
    0x91000842, /* add x2, x2, #2 */
    0xc85f7c23, /* loop: ldxr x3, [x1] */
    0x8b020063, /* add x3, x3, x2 */
    0xcac31c84, /* eor x4, x4, x3, ror #7 */
    0xc8057c23, /* stxr w5, x3, [x1] */
    0x35ffff85, /* cbnz w5, loop */
    0xf9400026, /* ldr x6, [x1] */
    0x8b060084, /* add x4, x4, x6 */
    0xf1000442, /* subs x2, x2, #1 */
    0x54ffff01, /* b.ne loop */
    0xab020087, /* adds x7, x4, x2 */
    0xd53b4208, /* mrs x8, nzcv */
    0xd44000a0, /* hlt #5 */
};

static armgpu *open_program(const struct target *t, bool is_shared)
{
    armgpu_options o = options_for(t, LANES, 0, MEMORY);
    if (is_shared) {
        o.memory_mode = ARMGPU_MEMORY_SHARED;
        o.private_layout = 0;
        o.stack_size = 16;
    }
    armgpu *g = open_with(&o);
    load_words(g, 0, program, WORDS);
    return g;
}

static bool all_halted(armgpu *g)
{
    for (uint64_t lane = 0; lane < LANES; lane++)
        if (result_of(g, lane).stop_reason != ARMGPU_STOP_HALT)
            return false;
    return true;
}

/* Both have ended, as in every register, count and byte. */
static void check_alike(armgpu *cut, armgpu *whole)
{
    for (uint64_t lane = 0; lane < LANES; lane++) {
        armgpu_state a = state_of(cut, lane), b = state_of(whole, lane);
        assert_memory_equal(&a, &b, sizeof a);
        check_stop(cut, lane, ARMGPU_STOP_HALT, 5, (WORDS - 1) * 4, b.cycles);
        assert_int_equal(memory_word(cut, lane, 0x4000 + lane * 8),
                         memory_word(whole, lane, 0x4000 + lane * 8));
    }
}

static void for_each(void (*test)(const struct target *t, armgpu *g,
                                  armgpu *whole))
{
    for (size_t t = 0; t < target_count; t++)
        for (int is_shared = 0; is_shared < 2; is_shared++) {
            armgpu *g = open_program(&targets[t], is_shared);
            armgpu *whole = open_program(&targets[t], is_shared);
            assert_ok(whole, armgpu_execute(whole, 0, NULL));
            assert_true(all_halted(whole));
            test(&targets[t], g, whole);
            armgpu_close(g);
            armgpu_close(whole);
        }
}

/* Every lane stops before each instruction that it executes, HLT too. */
static void at_every_word(const struct target *t, armgpu *g, armgpu *whole)
{
    uint64_t stops = 0, cycles = 0;
    armgpu_result r = {.size = sizeof r};
    (void)t;
    for (uint64_t i = 0; i < WORDS; i++)
        assert_ok(g, armgpu_set_breakpoint(g, i * 4));
    do {
        armgpu_lane_result lane;
        assert_ok(g, armgpu_execute(g, 0, &r));
        assert_int_equal(r.stops[ARMGPU_STOP_HALT] +
                             r.stops[ARMGPU_STOP_BREAKPOINT], LANES);
        lane = result_of(g, 7); /* the longest */
        if (lane.stop_reason == ARMGPU_STOP_BREAKPOINT) {
            assert_int_equal(lane.stop_code, ARMGPU_CODE_BREAKPOINT);
            assert_int_equal(lane.cycles, stops);
            stops++;
        }
        cycles += r.total_cycles;
    } while (r.stops[ARMGPU_STOP_BREAKPOINT] > 0);
    check_alike(g, whole);
    assert_int_equal(stops, result_of(g, 7).cycles);
    for (uint64_t lane = 0; lane < LANES; lane++)
        cycles -= result_of(g, lane).cycles;
    assert_int_equal(cycles, 0);
}

static void one_by_one(const struct target *t, armgpu *g, armgpu *whole)
{
    (void)t;
    while (!all_halted(g))
        assert_ok(g, armgpu_execute(g, 1, NULL));
    check_alike(g, whole);
}

/* Limits, breakpoints that come and go, and an end before it began. */
static void at_random(const struct target *t, armgpu *g, armgpu *whole)
{
    struct random_source r = random_for(1, 0x70726f62, t->threads);
    bool has[WORDS] = {false};
    while (!all_halted(g)) {
        uint32_t i = random_below(&r, WORDS);
        assert_ok(g, has[i] ? armgpu_clear_breakpoint(g, i * 4)
                            : armgpu_set_breakpoint(g, i * 4));
        has[i] = !has[i];
        if (random_one_in(&r, 4)) {
            armgpu_request_stop(g);
            assert_ok(g, armgpu_execute(g, 0, NULL));
        }
        assert_ok(g, armgpu_execute(g, random_below(&r, 9), NULL));
    }
    check_alike(g, whole);
}

static void test_every_word(void **state)
{
    (void)state;
    for_each(at_every_word);
}
static void test_one_by_one(void **state)
{
    (void)state;
    for_each(one_by_one);
}
static void test_random(void **state)
{
    (void)state;
    for_each(at_random);
}

/* An end in between does not make a lane stop twice where it was, nor pass the
   next breakpoint. */
static void test_interrupted(void **state)
{
    const uint64_t at[] = {0, 8, 0x20};
    (void)state;
    for (size_t t = 0; t < target_count; t++) {
        armgpu *g = open_program(&targets[t], false);
        for (size_t i = 0; i < LENGTH(at); i++)
            assert_ok(g, armgpu_set_breakpoint(g, at[i]));
        for (size_t i = 0; i < LENGTH(at); i++) {
            assert_ok(g, armgpu_execute(g, 0, NULL));
            check_stop(g, 69, ARMGPU_STOP_BREAKPOINT, ARMGPU_CODE_BREAKPOINT,
                       at[i], at[i] / 4);
            armgpu_request_stop(g);
            assert_ok(g, armgpu_execute(g, 0, NULL));
            check_stop(g, 69, ARMGPU_STOP_INTERRUPTED, 0, at[i], at[i] / 4);
        }
        /* where the lane is put it begins */
        assert_ok(g, armgpu_set_pc_all(g, 8));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 69, ARMGPU_STOP_BREAKPOINT, ARMGPU_CODE_BREAKPOINT, 8, 8);
        armgpu_close(g);
    }
}

static int stop_before_8(void *user, uint64_t lane, const armgpu_state *s,
                         uint32_t word)
{
    (void)lane, (void)word;
    assert_int_not_equal(s->pc, 8); /* where it stops there is nothing to show */
    if (s->pc == 4)
        armgpu_request_stop(user);
    return 0;
}

/* A lane that passed one breakpoint and is then interrupted at the next one has
   not passed that. */
static void test_interrupted_at_next(void **state)
{
    (void)state;
    for (size_t t = 0; t < target_count; t++) {
        armgpu *g = open_program(&targets[t], false);
        assert_ok(g, armgpu_set_trace(g, 3, stop_before_8, g));
        assert_ok(g, armgpu_set_breakpoint(g, 0));
        assert_ok(g, armgpu_set_breakpoint(g, 8));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 3, ARMGPU_STOP_INTERRUPTED, 0, 8, 2);
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 3, ARMGPU_STOP_BREAKPOINT, ARMGPU_CODE_BREAKPOINT, 8, 2);
        armgpu_close(g);
    }
}

/* Lanes that went on from a breakpoint one by one are in groups again when they
   come to the next. */
static void test_far(void **state)
{
    const uint32_t code[] = {0xd2984801,  /* mov x1, #49728 */
                             0xf1000421,  /* loop: subs x1, x1, #1 */
                             0x54ffffe1,  /* b.ne loop */
                             0xd503201f,  /* nop */
                             0xd4400000}; /* hlt #0 */
    const uint64_t at = 1 + 2 * UINT64_C(0xc240);
    (void)state;
    for (size_t t = 0; t < target_count; t++)
        for (int is_shared = 0; is_shared < 2; is_shared++) {
            armgpu *g = open_program(&targets[t], is_shared);
            load_words(g, 0, code, LENGTH(code));
            assert_ok(g, armgpu_set_breakpoint(g, 0));
            assert_ok(g, armgpu_set_breakpoint(g, 12));
            assert_ok(g, armgpu_execute(g, 0, NULL));
            assert_ok(g, armgpu_execute(g, 0, NULL));
            for (uint64_t lane = 0; lane < LANES; lane++)
                check_stop(g, lane, ARMGPU_STOP_BREAKPOINT,
                           ARMGPU_CODE_BREAKPOINT, 12, at);
            assert_ok(g, armgpu_execute(g, 0, NULL));
            check_stop(g, 0, ARMGPU_STOP_HALT, 0, 16, at + 2);
            armgpu_close(g);
        }
}

/* Lanes' own code, other programs, and after a reset. */
static void test_everywhere(void **state)
{
    const uint32_t other[] = {0x91000400, 0x91000400, 0x91000400, HLT};
    (void)state;
    for (size_t t = 0; t < target_count; t++) {
        armgpu *g = open_program(&targets[t], false);
        uint32_t nop = UINT32_C(0xd503201f), number;
        assert_ok(g, armgpu_add_program(g, other, sizeof other, 0, &number));
        assert_ok(g, armgpu_assign_programs(g, ARMGPU_ASSIGN_ROUND_ROBIN, NULL,
                                            0));
        assert_ok(g, armgpu_set_breakpoint(g, 8));
        for (int round = 0; round < 2; round++) {
            assert_ok(g, armgpu_execute(g, 1, NULL));
            assert_ok(g, armgpu_write_memory(g, 4, 8, &nop, 4));
            assert_ok(g, armgpu_write_memory(g, 5, 4, &nop, 4));
            assert_ok(g, armgpu_execute(g, 0, NULL));
            for (uint64_t lane = 0; lane < LANES; lane++)
                check_stop(g, lane, ARMGPU_STOP_BREAKPOINT,
                           ARMGPU_CODE_BREAKPOINT, 8, 2);
            assert_ok(g, armgpu_execute(g, 0, NULL));
            for (uint64_t lane = 0; lane < LANES; lane++)
                assert_int_equal(result_of(g, lane).stop_reason,
                                 ARMGPU_STOP_HALT);
            assert_int_equal(state_of(g, 4).x[1], 0x4000); /* the NOP */
            assert_int_equal(state_of(g, 5).x[0], 2); /* of three */
            assert_ok(g, armgpu_reset(g));
        }
        armgpu_close(g);
    }
}

static void test_bad(void **state)
{
    armgpu *g = open_guest(4, 4096, ARMGPU_MEMORY_SHARED, 1);
    (void)state;
    assert_int_equal(armgpu_set_breakpoint(g, 4096), ARMGPU_ERROR_RANGE);
    assert_int_equal(armgpu_set_breakpoint(g, UINT64_MAX - 1),
                     ARMGPU_ERROR_RANGE);
    assert_int_equal(armgpu_set_breakpoint(g, 2), ARMGPU_ERROR_ALIGNMENT);
    assert_int_equal(armgpu_clear_breakpoint(g, 8), ARMGPU_ERROR_ARGUMENT);
    assert_ok(g, armgpu_set_breakpoint(g, 8));
    assert_ok(g, armgpu_set_breakpoint(g, 8));
    assert_ok(g, armgpu_clear_breakpoint(g, 8));
    assert_int_equal(armgpu_clear_breakpoint(g, 8), ARMGPU_ERROR_ARGUMENT);
    armgpu_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_word), cmocka_unit_test(test_one_by_one),
        cmocka_unit_test(test_random),     cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_interrupted_at_next),
        cmocka_unit_test(test_far),
        cmocka_unit_test(test_everywhere), cmocka_unit_test(test_bad),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
