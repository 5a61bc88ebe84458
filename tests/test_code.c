/*
 * Code that changes: a program that follows the architecture's rules (store,
 * DC CVAU, DSB, IC IVAU, DSB, ISB) sees its new code, in shared and in private
 * memory; host writes are seen by the next call; resets bring the old code
 * back; code runs across pages and from the last word of memory.
 */
#include "guest.h"

#define MEMORY 65536

/*
 * X0 is the result, X2 the word to store at X1 (`site`). The site is executed
 * before and after: first it adds 1, then whatever X2 says.
 */
static const uint32_t patcher[] = {
    0x100001c1, /*  0 adr x1, site */
    0xd2800003, /*  4 mov x3, #0 */
    0x1400000c, /*  8 b site */
    0x35000143, /*  c back: cbnz w3, done */
    0xd2800023, /* 10 mov x3, #1 */
    0xb9000022, /* 14 str w2, [x1] */
    0xd50b7b21, /* 18 dc cvau, x1 */
    0xd5033b9f, /* 1c dsb ish */
    0xd50b7521, /* 20 ic ivau, x1 */
    0xd5033b9f, /* 24 dsb ish */
    0xd5033fdf, /* 28 isb */
    0x14000003, /* 2c b site */
    0xd503201f, /* 30 nop */
    0xd4400000, /* 34 done: hlt #0 */
    0x91000400, /* 38 site: add x0, x0, #1 */
    0x17fffff4, /* 3c b back */
};
#define SITE 0x38
#define ADD_16 0x91004000 /* add x0, x0, #16 */
#define ADD_2 0x91000800

static void set_patch(armgpu *g, uint64_t lane, uint32_t word)
{
    uint64_t regs[32];
    assert_ok(g, armgpu_get_lane_registers(g, lane, regs));
    regs[0] = 0;
    regs[2] = word;
    assert_ok(g, armgpu_set_registers_lane(g, lane, regs));
}

static void test_patching(void **state)
{
    (void)state;
    check_text(patcher[0], "adr x1, 0x38");
    check_text(patcher[3], "cbnz w3, 0x28");
    for (uint32_t mode = 0; mode < 2; mode++) {
        armgpu *g = open_guest(1, MEMORY, mode, 1);
        load_words(g, 0, patcher, LENGTH(patcher));
        set_patch(g, 0, ADD_16);
        assert_ok(g, armgpu_execute(g, 1000, NULL));
        assert_int_equal(result_of(g, 0).stop_reason, ARMGPU_STOP_HALT);
        assert_int_equal(state_of(g, 0).x[0], 17);
        /* 3 + (site 2) + back 9 (cbnz..b) + site 2 + cbnz + hlt */
        assert_int_equal(result_of(g, 0).cycles, 18);
        assert_ok(g, armgpu_reset(g));
        set_patch(g, 0, ADD_2);
        assert_ok(g, armgpu_execute(g, 1000, NULL));
        assert_int_equal(state_of(g, 0).x[0], 3);
        armgpu_close(g);
    }
}

/* In private memory every lane patches its own copy. */
static void test_private_patches(void **state)
{
    (void)state;
    armgpu *g = open_guest(40, MEMORY, ARMGPU_MEMORY_PRIVATE, 2);
    load_words(g, 0, patcher, LENGTH(patcher));
    for (uint64_t lane = 0; lane < 40; lane++) /* add x0, x0, #lane */
        set_patch(g, lane, 0x91000000 | (uint32_t)lane << 10);
    assert_ok(g, armgpu_execute(g, 1000, NULL));
    for (uint64_t lane = 0; lane < 40; lane++) {
        assert_int_equal(state_of(g, lane).x[0], 1 + lane);
        assert_int_equal(result_of(g, lane).cycles, 18);
    }
    armgpu_close(g);
}

/* Lanes of one memory: the first one to come patches, the others wait for its
   flag and, after an ISB, execute the new word. */
static void test_shared_patch(void **state)
{
    static const uint32_t code[] = {
        0xd53bd064, /*  0 mrs x4, tpidrro_el0 */
        0xd2820005, /*  4 mov x5, #0x1000: the flag */
        0x10000281, /*  8 adr x1, site */
        0x94000013, /*  c bl site: everyone executes the old one */
        0xb50000e4, /* 10 cbnz x4, wait */
        0xb9000022, /* 14 str w2, [x1] */
        0xd5033b9f, /* 18 dsb ish */
        0xd50b7521, /* 1c ic ivau, x1 */
        0xd5033b9f, /* 20 dsb ish */
        0xd2800026, /* 24 mov x6, #1 */
        0xc89ffca6, /* 28 stlr x6, [x5] */
        0xc8dffca6, /* 2c wait: ldar x6, [x5] */
        0xb4ffffe6, /* 30 cbz x6, wait */
        0xd5033fdf, /* 34 isb */
        0x94000008, /* 38 bl site */
        0xd4400000, /* 3c hlt #0 */
        0xd503201f, 0xd503201f, 0xd503201f, 0xd503201f, 0xd503201f,
        0xd503201f,
        0x91000400, /* 58 site: add x0, x0, #1 */
        0xd65f03c0, /* 5c ret */
    };
    (void)state;
    check_text(code[2], "adr x1, 0x50");
    check_text(code[4], "cbnz x4, 0x1c");
    for (uint32_t threads = 1; threads <= 8; threads += 7) {
        armgpu *g = open_guest(64, MEMORY, ARMGPU_MEMORY_SHARED, threads);
        armgpu_result r = {.size = sizeof r};
        load_words(g, 0, code, LENGTH(code));
        for (uint64_t lane = 0; lane < 64; lane++)
            set_patch(g, lane, ADD_16);
        assert_ok(g, armgpu_execute(g, 1000000, &r));
        assert_int_equal(r.stops[ARMGPU_STOP_HALT], 64);
        assert_int_equal(state_of(g, 0).x[0], 17);
        for (uint64_t lane = 1; lane < 64; lane++) {
            /* a late lane may see the new word both times */
            uint64_t x0 = state_of(g, lane).x[0];
            if (x0 != 17 && x0 != 32)
                fail_msg("lane %d has x0 = %d", (int)lane, (int)x0);
        }
        armgpu_close(g);
    }
}

/* Between calls the host may write code; no lane has to do anything. */
static void test_host_writes(void **state)
{
    const uint32_t code[] = {0x91000400, 0xd4000001, 0x17fffffe}; /* add svc b */
    const uint8_t add_16[] = {0x00, 0x40, 0x00, 0x91};
    (void)state;
    for (uint32_t mode = 0; mode < 2; mode++) {
        armgpu *g = open_guest(2, MEMORY, mode, 1);
        load_words(g, 0xff8, code, 3); /* across a page */
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(state_of(g, 1).x[0], 2);
        assert_ok(g, armgpu_write_memory(g, 1, 0xff8, add_16, 4));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(state_of(g, 1).x[0], 18);
        assert_int_equal(state_of(g, 0).x[0],
                         mode == ARMGPU_MEMORY_SHARED ? 18 : 3);
        assert_ok(g, armgpu_load_data(g, add_16, 4, 0xff8));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(state_of(g, 1).x[0], 34);
        assert_int_equal(state_of(g, 0).x[0],
                         mode == ARMGPU_MEMORY_SHARED ? 34 : 19);
        armgpu_close(g);
    }
}

/* Straight code over page ends, and up to the last word of an odd memory. */
static void test_pages(void **state)
{
    enum { SIZE = 3 * 4096 + 64 };
    uint32_t words[SIZE / 4];
    (void)state;
    for (size_t i = 0; i < LENGTH(words); i++)
        words[i] = 0x91000400;
    words[LENGTH(words) - 1] = HLT;
    for (uint32_t mode = 0; mode < 2; mode++) {
        armgpu *g = open_guest(3, SIZE, mode, 1);
        load_words(g, 0, words, LENGTH(words));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 2, ARMGPU_STOP_HALT, 0, SIZE - 4, SIZE / 4);
        assert_int_equal(state_of(g, 2).x[0], SIZE / 4 - 1);
        armgpu_close(g);
    }
}

/* More pages than the code table begins with. */
static void test_many_pages(void **state)
{
    enum { PAGES = 200 };
    (void)state;
    armgpu *g = open_guest(1, (PAGES + 1) * 4096, ARMGPU_MEMORY_SHARED, 1);
    for (uint32_t p = 0; p < PAGES; p++) {
        const uint32_t hop[] = {0x91000400, 0x14000000 | 1023};
        load_words(g, (uint64_t)p * 4096, hop, 2);
    }
    const uint32_t end[] = {HLT};
    load_words(g, PAGES * 4096, end, 1);
    assert_ok(g, armgpu_set_pc_all(g, 0));
    assert_ok(g, armgpu_execute(g, 0, NULL));
    check_stop(g, 0, ARMGPU_STOP_HALT, 0, PAGES * 4096, PAGES * 2 + 1);
    armgpu_close(g);
}

/* A lane that drops all decoded code and one that must execute alone, in the
   same round: the second needs its page again first. */
static void test_alone_after_forget(void **state)
{
    const uint32_t code[] = {
        0xd53bd060, /* mrs x0, tpidrro_el0 */
        0xd2820001, /* mov x1, #0x1000 */
        0xb4000060, /* cbz x0, ic */
        0x48247c26, /* casp x4, x5, x6, x7, [x1] */
        0xd4400000, /* hlt */
        0xd508751f, /* ic: ic iallu */
        0xd4400000, /* hlt */
    };
    armgpu_result r = {.size = sizeof r};
    (void)state;
    check_text(code[3], "casp x4, x5, x6, x7, [x1]");
    check_text(code[5], "ic iallu");
    armgpu *g = open_guest(8, MEMORY, ARMGPU_MEMORY_SHARED, 1);
    load_words(g, 0, code, LENGTH(code));
    assert_ok(g, armgpu_execute(g, 1000, &r));
    assert_int_equal(r.stops[ARMGPU_STOP_HALT], 8);
    armgpu_close(g);
}

/* YIELD, WFE, WFI and failed store-exclusives in private memory. */
static void test_private_yield(void **state)
{
    /* mov x0, #3000; loop: yield; wfe; wfi; stxr; subs; b.ne; hlt */
    const uint32_t code[] = {0xd2817700, 0xd503203f, 0xd503205f,
                             0xd503207f, 0xc8027c23, 0xf1000400,
                             0x54ffff61, HLT};
    (void)state;
    check_text(code[6], "b.ne");
    armgpu *g = open_guest(3, MEMORY, ARMGPU_MEMORY_PRIVATE, 1);
    load_words(g, 0, code, LENGTH(code));
    armgpu_state s = state_of(g, 1);
    s.x[1] = 0x1000;
    assert_ok(g, armgpu_set_state(g, 1, 1, &s));
    assert_ok(g, armgpu_execute(g, 0, NULL));
    check_stop(g, 1, ARMGPU_STOP_HALT, 0, 28, 2 + 3000 * 6);
    armgpu_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patching),
        cmocka_unit_test(test_private_patches),
        cmocka_unit_test(test_shared_patch),
        cmocka_unit_test(test_host_writes),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_many_pages),
        cmocka_unit_test(test_alone_after_forget),
        cmocka_unit_test(test_private_yield),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
