/*
 * One lane that asks the host for something again and again (IC IVAU) does not
 * slow those beside it: they use up the turns that they have lane by lane, so
 * that slices of many lanes are as many as their own work makes. Nothing here
 * depends on time: lanes listed in slices are counted.
 */
#include "counting.h"

#define LANES 64
#define WORD 0x1000
#define TURN 4096 /* instructions of a turn in which somebody asked */
#define ASKS 300
#define TURNS 50 /* that the others' work takes */

static void start_lanes(armgpu *g, uint64_t asks, uint64_t rounds)
{
    for (uint64_t lane = 0; lane < LANES; lane++) {
        uint64_t regs[32] = {0};
        regs[1] = lane == 0 ? asks : rounds;
        regs[2] = WORD;
        assert_ok(g, armgpu_set_registers_lane(g, lane, regs));
    }
}

/* Lanes listed in all slices in which lane 0 asks while the others count. */
static uint64_t listed(armgpu *g)
{
    static const uint32_t code[] = {
        0xd53bd060, /* mrs x0, tpidrro_el0 */
        0xb50000a0, /* cbnz x0, work */
        0xd50b7522, /* ask: ic ivau, x2 */
        0xf1000421, /* subs x1, x1, #1 */
        0x54ffffc1, /* b.ne ask */
        HLT,
        0xf1000421, /* work: subs x1, x1, #1 */
        0x54ffffe1, /* b.ne work */
        HLT,
    };
    armgpu_result r = {.size = sizeof r};
    check_text(code[2], "ic ivau, x2");
    load_words(g, 0, code, LENGTH(code));
    start_lanes(g, ASKS, TURNS * TURN / 2);
    count_launches(g);
    assert_ok(g, armgpu_execute(g, 0, &r));
    g->backend = counted.backend;
    assert_int_equal(r.stops[ARMGPU_STOP_HALT], LANES);
    check_stop(g, 0, ARMGPU_STOP_HALT, 0, 20, 3 + ASKS * 3);
    check_stop(g, 63, ARMGPU_STOP_HALT, 0, 32, 3 + TURNS * TURN);
    assert_in_range(counted.slices, ASKS, ASKS + 10);
    return counted.listed;
}

static void test_others_have_their_turns(void **state)
{
    (void)state;
    for (uint32_t mode = 0; mode < 2; mode++)
        for (uint32_t e = 0; e < MOST_ENGINES; e++)
            for (uint32_t threads = 1; threads <= 3; threads++) {
                armgpu *g = open_engine(e, LANES, mode, threads);
                if (g == NULL)
                    continue;
                uint64_t n = listed(g);
                if (n > ASKS + (TURNS + 5) * LANES)
                    fail_msg("engine %u, mode %u, %u threads: %llu lanes", e,
                             mode, threads, (unsigned long long)n);
                armgpu_close(g);
            }
}

/* As a thread finds it that wakes up after another one's lane has asked: its
   lanes have their turn all the same. */
static void test_late_threads(void **state)
{
    static const uint32_t code[] = {
        0xf1000421, /* work: subs x1, x1, #1 */
        0x54ffffe1, /* b.ne work */
        HLT,
    };
    (void)state;
    for (uint32_t e = 0; e < MOST_ENGINES; e++) {
        armgpu *g = open_engine(e, LANES, ARMGPU_MEMORY_SHARED, 2);
        armgpu_result r = {.size = sizeof r};
        if (g == NULL)
            continue;
        load_words(g, 0, code, LENGTH(code));
        start_lanes(g, TURN, TURN);
        count_launches(g);
        counted.told =
            (uint32_t *)(void *)g->control.host + AG_CONTROL_REQUESTS;
        assert_ok(g, armgpu_execute(g, 0, &r));
        g->backend = counted.backend;
        assert_int_equal(r.stops[ARMGPU_STOP_HALT], LANES);
        assert_in_range(counted.slices, 3, 4);
        armgpu_close(g);
    }
}

/* What lanes left in a word that they all change without a lock. */
static uint64_t race(uint32_t engine)
{
    static const uint32_t code[] = {
        0xd53bd060, /* mrs x0, tpidrro_el0 */
        0xb50000a0, /* cbnz x0, race */
        0xd50b7522, /* ask: ic ivau, x2 */
        0xf1000421, /* subs x1, x1, #1 */
        0x54ffffc1, /* b.ne ask */
        HLT,
        0xf9400044, /* race: ldr x4, [x2] */
        0x8b000084, /* add x4, x4, x0 */
        0xf9000044, /* str x4, [x2] */
        0xf1000421, /* subs x1, x1, #1 */
        0x54ffff81, /* b.ne race */
        HLT,
    };
    armgpu *g = open_engine(engine, LANES, ARMGPU_MEMORY_SHARED, 1);
    if (g == NULL)
        return 0;
    load_words(g, 0, code, LENGTH(code));
    start_lanes(g, ASKS, 3 * TURN);
    assert_ok(g, armgpu_execute(g, 0, NULL));
    uint64_t word = memory_word(g, 0, WORD);
    armgpu_close(g);
    return word;
}

/* One thread: every run is the same. */
static void test_repeats(void **state)
{
    (void)state;
    for (uint32_t e = 0; e < MOST_ENGINES; e++)
        assert_int_equal(race(e), race(e));
}

/* The lane that asks is waited for by all others, who spin. */
static void test_waiting(void **state)
{
    static const uint32_t code[] = {
        0xd53bd060, /* mrs x0, tpidrro_el0 */
        0xb50000c0, /* cbnz x0, wait */
        0xd50b7522, /* ask: ic ivau, x2 */
        0xf1000421, /* subs x1, x1, #1 */
        0x54ffffc1, /* b.ne ask */
        0xf9000042, /* str x2, [x2] */
        HLT,
        0xf9400044, /* wait: ldr x4, [x2] */
        0xb4ffffe4, /* cbz x4, wait */
        HLT,
    };
    (void)state;
    check_text(code[5], "str x2, [x2]");
    for (uint32_t e = 0; e < MOST_ENGINES; e++)
        for (uint32_t threads = 1; threads <= 2; threads++) {
            armgpu *g = open_engine(e, LANES, ARMGPU_MEMORY_SHARED, threads);
            armgpu_result r = {.size = sizeof r};
            if (g == NULL)
                continue;
            load_words(g, 0, code, LENGTH(code));
            start_lanes(g, 20, 0);
            count_launches(g);
            assert_ok(g, armgpu_execute(g, 0, &r));
            g->backend = counted.backend;
            assert_int_equal(r.stops[ARMGPU_STOP_HALT], LANES);
            assert_in_range(counted.slices, 20, 30);
            armgpu_close(g);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_others_have_their_turns),
        cmocka_unit_test(test_late_threads),
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
