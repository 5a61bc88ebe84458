/*
 * Compare and swap of 16 bytes on the CPU: lanes of several threads count in
 * both halves of one pair, half of them with CASP, half with LDAXP and STLXP.
 * On every engine the sums are exact and no lane ever sees halves that were not
 * there together; where the processor has the instruction nothing is executed
 * alone for it, and where it lacks it everything is.
 */
#include "counting.h"

#include "backend/cpu/cpu.h"

#define LANES 100
#define PAIR 0x1000
#define STEP_HIGH 3 /* the upper half counts so for 1 in the lower one */

/* X1 is the pair's address, X2 the rounds left, X12 counts halves that do not
   belong together. */
static const uint32_t code[] = {
    0xd53bd060, /* mrs x0, tpidrro_el0 */
    0x370001e0, /* tbnz w0, #0, exclusives */
    0xaa0403e6, /* again: mov x6, x4 */
    0xaa0503e7, /* mov x7, x5 */
    0x91000488, /* add x8, x4, #1 */
    0x91000ca9, /* add x9, x5, #3 */
    0x48247c28, /* casp x4, x5, x8, x9, [x1] */
    0x8b04048b, /* add x11, x4, x4, lsl #1 */
    0xeb05017f, /* cmp x11, x5 */
    0x9a8c058c, /* cinc x12, x12, ne */
    0xeb06009f, /* cmp x4, x6 */
    0xfa4700a0, /* ccmp x5, x7, #0, eq */
    0x54fffec1, /* b.ne again */
    0xf1000442, /* subs x2, x2, #1 */
    0x54fffe81, /* b.ne again */
    HLT,
    0xc87f9424, /* exclusives: ldaxp x4, x5, [x1] */
    0x91000488, /* add x8, x4, #1 */
    0x91000ca9, /* add x9, x5, #3 */
    0xc82aa428, /* stlxp w10, x8, x9, [x1] */
    0x35ffff8a, /* cbnz w10, exclusives */
    0x8b04048b, /* add x11, x4, x4, lsl #1 */
    0xeb05017f, /* cmp x11, x5 */
    0x9a8c058c, /* cinc x12, x12, ne */
    0xf1000442, /* subs x2, x2, #1 */
    0x54fffee1, /* b.ne exclusives */
    HLT,
};

static void start_lanes(armgpu *g, uint64_t rounds)
{
    for (uint64_t lane = 0; lane < LANES; lane++) {
        uint64_t regs[32] = {0};
        regs[1] = PAIR;
        regs[2] = rounds;
        assert_ok(g, armgpu_set_registers_lane(g, lane, regs));
    }
}

static void check_sums(armgpu *g, uint64_t rounds)
{
    armgpu_result r = {.size = sizeof r};
    load_words(g, 0, code, LENGTH(code));
    start_lanes(g, rounds);
    count_launches(g);
    assert_ok(g, armgpu_execute(g, 0, &r));
    g->backend = counted.backend;
    assert_int_equal(r.stops[ARMGPU_STOP_HALT], LANES);
    assert_int_equal(memory_word(g, 0, PAIR), LANES * rounds);
    assert_int_equal(memory_word(g, 0, PAIR + 8), STEP_HIGH * LANES * rounds);
    for (uint64_t lane = 0; lane < LANES; lane++)
        assert_int_equal(state_of(g, lane).x[12], 0);
}

static void test_sums(void **state)
{
    static const uint32_t threads[] = {1, 2, 5};
    (void)state;
    check_text(code[6], "casp x4, x5, x8, x9, [x1]");
    check_text(code[16], "ldaxp x4, x5, [x1]");
    check_text(code[19], "stlxp w10, x8, x9, [x1]");
    for (uint32_t e = 0; e < MOST_ENGINES; e++)
        for (size_t t = 0; t < LENGTH(threads); t++) {
            armgpu *g = open_engine(e, LANES, ARMGPU_MEMORY_SHARED, threads[t]);
            if (g == NULL)
                continue;
            check_sums(g, g->device->has_cas_128 ? 500 : 5);
            if (g->device->has_cas_128)
                assert_int_equal(counted.alone, 0);
            armgpu_close(g);
        }
}

/* As on a processor without the instruction. */
static void test_without(void **state)
{
    (void)state;
    for (uint32_t e = 0; e < MOST_ENGINES; e++)
        for (uint32_t threads = 1; threads <= 3; threads += 2) {
            armgpu *g = open_engine(e, LANES, ARMGPU_MEMORY_SHARED, threads);
            if (g == NULL)
                continue;
            g->device->has_cas_128 = 0;
            check_sums(g, 5);
            assert_in_range(counted.alone, LANES * 5, UINT64_MAX);
            armgpu_close(g);
        }
}

/* Private memory needs neither the instruction nor anybody's help. */
static void test_private(void **state)
{
    (void)state;
    for (uint32_t e = 0; e < MOST_ENGINES; e++) {
        armgpu *g = open_engine(e, LANES, ARMGPU_MEMORY_PRIVATE, 2);
        if (g == NULL)
            continue;
        g->device->has_cas_128 = 0;
        load_words(g, 0, code, LENGTH(code));
        start_lanes(g, 7);
        count_launches(g);
        assert_ok(g, armgpu_execute(g, 0, NULL));
        g->backend = counted.backend;
        assert_int_equal(counted.alone, 0);
        for (uint64_t lane = 0; lane < LANES; lane++) {
            assert_int_equal(memory_word(g, lane, PAIR), 7);
            assert_int_equal(memory_word(g, lane, PAIR + 8), 7 * STEP_HIGH);
        }
        armgpu_close(g);
    }
}

/* A pair that is not aligned, or not in memory, is a fault as ever. */
static void test_faults(void **state)
{
    const uint32_t word[] = {0x48247c28, HLT};
    (void)state;
    for (uint32_t e = 0; e < MOST_ENGINES; e++) {
        armgpu *g = open_engine(e, 6, ARMGPU_MEMORY_SHARED, 1);
        if (g == NULL)
            continue;
        load_words(g, 0, word, 2);
        for (uint64_t lane = 0; lane < 6; lane++) {
            uint64_t regs[32] = {0};
            regs[1] = lane % 2 == 0 ? PAIR + 8 : 65536;
            assert_ok(g, armgpu_set_registers_lane(g, lane, regs));
        }
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 4, ARMGPU_STOP_ALIGNMENT_FAULT, PAIR + 8, 0, 0);
        check_stop(g, 5, ARMGPU_STOP_DATA_FAULT, 65536, 0, 0);
        armgpu_close(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_without),
        cmocka_unit_test(test_private),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
