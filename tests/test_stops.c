/*
 * Stops: every reason, with code, PC and cycles; and that a stopped access of
 * any size has changed nothing. Registers: X1 is the address, X2 and up the
 * data.
 */
#include "guest.h"

#define MEMORY 65536

struct access {
    uint32_t word;
    const char *text;
    uint32_t bytes;
    uint32_t access;
    int is_ordered; /* must be naturally aligned */
};

#define RD ARMGPU_ACCESS_READ
#define WR ARMGPU_ACCESS_WRITE
static const struct access accesses[] = {
    {0x39400022, "ldrb w2, [x1]", 1, RD, 0},
    {0x79400022, "ldrh w2, [x1]", 2, RD, 0},
    {0xb9400022, "ldr w2, [x1]", 4, RD, 0},
    {0xf9400022, "ldr x2, [x1]", 8, RD, 0},
    {0x39800022, "ldrsb x2, [x1]", 1, RD, 0},
    {0x79c00022, "ldrsh w2, [x1]", 2, RD, 0},
    {0xb9800022, "ldrsw x2, [x1]", 4, RD, 0},
    {0xf8408422, "ldr x2, [x1], #8", 8, RD, 0},
    {0x38401422, "ldrb w2, [x1], #1", 1, RD, 0},
    {0x39000022, "strb w2, [x1]", 1, WR, 0},
    {0x79000022, "strh w2, [x1]", 2, WR, 0},
    {0xb9000022, "str w2, [x1]", 4, WR, 0},
    {0xf9000022, "str x2, [x1]", 8, WR, 0},
    {0xf8008422, "str x2, [x1], #8", 8, WR, 0},
    {0x29400c22, "ldp w2, w3, [x1]", 8, RD, 0},
    {0xa9400c22, "ldp x2, x3, [x1]", 16, RD, 0},
    {0x69400c22, "ldpsw x2, x3, [x1]", 8, RD, 0},
    {0xa8c10c22, "ldp x2, x3, [x1], #16", 16, RD, 0},
    {0x29000c22, "stp w2, w3, [x1]", 8, WR, 0},
    {0xa9000c22, "stp x2, x3, [x1]", 16, WR, 0},
    {0xa8810c22, "stp x2, x3, [x1], #16", 16, WR, 0},
    {0xa8400c22, "ldnp x2, x3, [x1]", 16, RD, 0},
    {0x085f7c22, "ldxrb w2, [x1]", 1, RD, 1},
    {0x485f7c22, "ldxrh w2, [x1]", 2, RD, 1},
    {0x885f7c22, "ldxr w2, [x1]", 4, RD, 1},
    {0xc85f7c22, "ldxr x2, [x1]", 8, RD, 1},
    {0x887f0c22, "ldxp w2, w3, [x1]", 8, RD, 1},
    {0xc87f0c22, "ldxp x2, x3, [x1]", 16, RD, 1},
    {0x08047c22, "stxrb w4, w2, [x1]", 1, WR, 1},
    {0x48047c22, "stxrh w4, w2, [x1]", 2, WR, 1},
    {0x88047c22, "stxr w4, w2, [x1]", 4, WR, 1},
    {0xc8047c22, "stxr w4, x2, [x1]", 8, WR, 1},
    {0x88240c22, "stxp w4, w2, w3, [x1]", 8, WR, 1},
    {0xc8240c22, "stxp w4, x2, x3, [x1]", 16, WR, 1},
    {0x08dffc22, "ldarb w2, [x1]", 1, RD, 1},
    {0x48dffc22, "ldarh w2, [x1]", 2, RD, 1},
    {0x88dffc22, "ldar w2, [x1]", 4, RD, 1},
    {0xc8dffc22, "ldar x2, [x1]", 8, RD, 1},
    {0x089ffc22, "stlrb w2, [x1]", 1, WR, 1},
    {0x489ffc22, "stlrh w2, [x1]", 2, WR, 1},
    {0x889ffc22, "stlr w2, [x1]", 4, WR, 1},
    {0xc89ffc22, "stlr x2, [x1]", 8, WR, 1},
    {0xf8bfc022, "ldapr x2, [x1]", 8, RD, 1},
    {0xd9400022, "ldapur x2, [x1]", 8, RD, 1},
    {0xd9000022, "stlur x2, [x1]", 8, WR, 1},
    {0x38220023, "ldaddb w2, w3, [x1]", 1, RD, 1},
    {0x78220023, "ldaddh w2, w3, [x1]", 2, RD, 1},
    {0xb8220023, "ldadd w2, w3, [x1]", 4, RD, 1},
    {0xf8220023, "ldadd x2, x3, [x1]", 8, RD, 1},
    {0xf8228023, "swp x2, x3, [x1]", 8, RD, 1},
    {0x08a27c23, "casb w2, w3, [x1]", 1, RD, 1},
    {0x48a27c23, "cash w2, w3, [x1]", 2, RD, 1},
    {0x88a27c23, "cas w2, w3, [x1]", 4, RD, 1},
    {0xc8a27c23, "cas x2, x3, [x1]", 8, RD, 1},
    {0x08227c24, "casp w2, w3, w4, w5, [x1]", 8, RD, 1},
    {0x48227c24, "casp x2, x3, x4, x5, [x1]", 16, RD, 1},
};

static const uint32_t modes[] = {ARMGPU_MEMORY_SHARED, ARMGPU_MEMORY_PRIVATE};

/* Every register and flag has a value of its own; X1 is the address. */
static armgpu_state start_state(uint64_t address)
{
    armgpu_state s = {.size = sizeof s};
    for (unsigned i = 0; i < 31; i++)
        s.x[i] = UINT64_C(0x1111111111111111) * (i % 15 + 1) + i;
    s.x[1] = address;
    s.sp = 0x8000;
    s.nzcv = UINT64_C(0xa0000000);
    return s;
}

/* Runs one word at 0 with X1 = address and returns how it ended. */
static armgpu_lane_result run_word(armgpu *g, uint32_t word, uint64_t address,
                                   armgpu_state *before, armgpu_state *after)
{
    const uint32_t code[] = {word, HLT};
    load_words(g, 0, code, 2);
    *before = start_state(address);
    assert_ok(g, armgpu_set_state(g, 0, 1, before));
    assert_ok(g, armgpu_execute(g, 10, NULL));
    *after = state_of(g, 0);
    return result_of(g, 0);
}

static void fill_memory(armgpu *g, uint8_t *copy)
{
    for (size_t i = 8; i < MEMORY; i++)
        copy[i] = (uint8_t)(i * 7 + i / 256);
    assert_ok(g, armgpu_load_data(g, copy + 8, MEMORY - 8, 8));
}

static void check_unchanged(armgpu *g, const struct access *a,
                            const armgpu_state *before,
                            const armgpu_state *after, const uint8_t *copy)
{
    static uint8_t now[MEMORY];
    if (memcmp(before, after, sizeof *before) != 0)
        fail_msg("%s changed registers although it stopped", a->text);
    assert_ok(g, armgpu_read_memory(g, 0, 0, now, MEMORY));
    if (memcmp(now + 8, copy + 8, MEMORY - 8) != 0)
        fail_msg("%s changed memory although it stopped", a->text);
}

static void check_fault(armgpu *g, const struct access *a, uint64_t address,
                        uint32_t reason, const uint8_t *copy)
{
    armgpu_state before, after;
    armgpu_lane_result r = run_word(g, a->word, address, &before, &after);
    if (r.stop_reason != reason || r.stop_code != address || r.pc != 0 ||
        r.cycles != 0 || r.access != a->access || r.access_size != a->bytes)
        fail_msg("%s at 0x%llx: %s code 0x%llx access %u size %u cycles %llu",
                 a->text, (unsigned long long)address,
                 armgpu_stop_name(r.stop_reason),
                 (unsigned long long)r.stop_code, r.access, r.access_size,
                 (unsigned long long)r.cycles);
    check_unchanged(g, a, &before, &after, copy);
}

/* At the last place inside memory it works; one byte further it does not, nor
   at addresses that wrap; ordered accesses stop where they are not aligned. */
static void test_accesses(void **state)
{
    static uint8_t copy[MEMORY];
    (void)state;
    for (size_t m = 0; m < LENGTH(modes); m++) {
        armgpu *g = open_guest(1, MEMORY, modes[m], 1);
        armgpu_state before, after;
        for (size_t i = 0; i < LENGTH(accesses); i++) {
            const struct access *a = &accesses[i];
            check_text(a->word, a->text);
            fill_memory(g, copy);
            check_fault(g, a, MEMORY, ARMGPU_STOP_DATA_FAULT, copy);
            check_fault(g, a, UINT64_C(1) << 63, ARMGPU_STOP_DATA_FAULT, copy);
            check_fault(g, a, (uint64_t)0 - a->bytes, ARMGPU_STOP_DATA_FAULT,
                        copy);
            if (a->bytes > 1)
                check_fault(g, a, MEMORY - a->bytes + 1,
                            a->is_ordered ? ARMGPU_STOP_ALIGNMENT_FAULT
                                          : ARMGPU_STOP_DATA_FAULT, copy);
            if (a->is_ordered && a->bytes > 1) {
                check_fault(g, a, 0x1000 + a->bytes / 2,
                            ARMGPU_STOP_ALIGNMENT_FAULT, copy);
                check_fault(g, a, UINT64_MAX, ARMGPU_STOP_ALIGNMENT_FAULT,
                            copy);
            }
            armgpu_lane_result r =
                run_word(g, a->word, MEMORY - a->bytes, &before, &after);
            assert_int_equal(r.stop_reason, ARMGPU_STOP_HALT);
            assert_int_equal(r.cycles, 2);
        }
        armgpu_close(g);
    }
}

/* Ordinary accesses work at every alignment. */
static void test_unaligned(void **state)
{
    static uint8_t copy[MEMORY];
    (void)state;
    for (size_t m = 0; m < LENGTH(modes); m++) {
        armgpu *g = open_guest(1, MEMORY, modes[m], 1);
        fill_memory(g, copy);
        for (uint64_t at = 0x100; at < 0x110; at++) {
            armgpu_state before, after;
            uint64_t expected;
            run_word(g, 0xf9400022, at, &before, &after);
            expected = 0;
            for (unsigned b = 0; b < 8; b++)
                expected |= (uint64_t)copy[at + b] << (8 * b);
            assert_true(after.x[2] == expected);
            run_word(g, 0xf9000022, at + 0x1000, &before, &after);
            assert_true(memory_word(g, 0, at + 0x1000) == before.x[2]);
        }
        armgpu_close(g);
    }
}

/* DC ZVA zeroes its block, or stops with the block's address. */
static void test_dc_zva(void **state)
{
    static uint8_t copy[MEMORY];
    (void)state;
    armgpu *g = open_guest(1, MEMORY, ARMGPU_MEMORY_SHARED, 1);
    armgpu_state before, after;
    const struct access zva = {0xd50b7421, "dc zva, x1", 64, WR, 0};
    check_text(zva.word, zva.text);
    fill_memory(g, copy);
    run_word(g, zva.word, 0x1234, &before, &after);
    for (uint64_t at = 0x1200; at < 0x1240; at += 8)
        assert_int_equal(memory_word(g, 0, at), 0);
    assert_true(memory_word(g, 0, 0x1240) != 0);
    assert_true(memory_word(g, 0, 0x11f8) != 0);
    fill_memory(g, copy);
    armgpu_lane_result r = run_word(g, zva.word, MEMORY + 5, &before, &after);
    assert_int_equal(r.stop_reason, ARMGPU_STOP_DATA_FAULT);
    assert_int_equal(r.stop_code, MEMORY);
    check_unchanged(g, &zva, &before, &after, copy);
    armgpu_close(g);
}

static void check_one(uint32_t word, const char *text, uint32_t reason,
                      uint64_t code, uint64_t pc, uint64_t cycles)
{
    for (size_t m = 0; m < LENGTH(modes); m++) {
        armgpu *g = open_guest(1, MEMORY, modes[m], 1);
        const uint32_t code_words[] = {0xd503201f, word, HLT};
        check_text(word, text);
        load_words(g, 0x100, code_words, 3);
        assert_ok(g, armgpu_execute(g, 100, NULL));
        check_stop(g, 0, reason, code, pc, cycles);
        armgpu_close(g);
    }
}

static void test_exceptions(void **state)
{
    (void)state;
    check_one(0xd4400540, "hlt #0x2a", ARMGPU_STOP_HALT, 0x2a, 0x104, 2);
    check_one(0xd4200540, "brk #0x2a", ARMGPU_STOP_BREAKPOINT, 0x2a, 0x104, 2);
    check_one(0xd4000541, "svc #0x2a", ARMGPU_STOP_SYSCALL, 0x2a, 0x108, 2);
    check_one(0xd4000002, "hvc #0x0", ARMGPU_STOP_UNDEFINED, 0xd4000002, 0x104,
              1);
    check_one(0xd4000003, "smc #0x0", ARMGPU_STOP_UNDEFINED, 0xd4000003, 0x104,
              1);
    check_one(0xd69f03e0, "eret", ARMGPU_STOP_UNDEFINED, 0xd69f03e0, 0x104, 1);
    check_one(0xd6bf03e0, "drps", ARMGPU_STOP_UNDEFINED, 0xd6bf03e0, 0x104, 1);
    check_one(0xd4a00001, "dcps1", ARMGPU_STOP_UNDEFINED, 0xd4a00001, 0x104, 1);
    check_one(0x00000007, "udf #7", ARMGPU_STOP_UNDEFINED, 7, 0x104, 1);
    check_one(0x1e7a0000, ".inst 0x1e7a0000", ARMGPU_STOP_UNDEFINED,
              0x1e7a0000, 0x104, 1); /* FCVTAS Sd, Dn */
    check_one(0xffffffff, ".inst 0xffffffff", ARMGPU_STOP_UNDEFINED,
              0xffffffff, 0x104, 1);
    check_one(0xd5381000, "mrs x0, sctlr_el1", ARMGPU_STOP_UNDEFINED,
              0xd5381000, 0x104, 1);
    check_one(0xd51bd060, "msr tpidrro_el0, x0", ARMGPU_STOP_UNDEFINED,
              0xd51bd060, 0x104, 1);
    check_one(0xd50342df, "msr daifset, #0x2", ARMGPU_STOP_UNDEFINED,
              0xd50342df, 0x104, 1);
    check_one(0x14000000, "b 0x0", ARMGPU_STOP_MAX_CYCLES, 0, 0x104, 100);
}

static void test_fetch_faults(void **state)
{
    (void)state;
    /* br x1 with addresses that cannot be fetched from */
    static const uint64_t bad[] = {MEMORY, 0x102, UINT64_MAX - 3, 1,
                                   UINT64_C(1) << 40};
    for (size_t m = 0; m < LENGTH(modes); m++) {
        armgpu *g = open_guest(1, MEMORY, modes[m], 1);
        for (size_t i = 0; i < LENGTH(bad); i++) {
            armgpu_state before, after;
            check_text(0xd61f0020, "br x1");
            run_word(g, 0xd61f0020, bad[i], &before, &after);
            check_stop(g, 0, ARMGPU_STOP_FETCH_FAULT, 0, bad[i], 1);
        }
        /* running off the end: the last instruction executes */
        const uint32_t nops[] = {0xd503201f, 0xd503201f};
        armgpu_state s = start_state(0);
        s.pc = MEMORY - 8;
        load_words(g, MEMORY - 8, nops, 2);
        assert_ok(g, armgpu_set_state(g, 0, 1, &s));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 0, ARMGPU_STOP_FETCH_FAULT, 0, MEMORY, 2);
        armgpu_close(g);
    }
}

/* svc #1, svc #2, add x0, x0, #1, hlt */
static const uint32_t resume_code[] = {0xd4000021, 0xd4000041, 0x91000400, HLT};

static void test_resume(void **state)
{
    (void)state;
    armgpu *g = open_guest(3, MEMORY, ARMGPU_MEMORY_SHARED, 1);
    armgpu_result r = {.size = sizeof r};
    load_words(g, 0, resume_code, LENGTH(resume_code));
    assert_ok(g, armgpu_execute(g, 0, &r));
    assert_int_equal(r.stops[ARMGPU_STOP_SYSCALL], 3);
    assert_int_equal(r.total_cycles, 3);
    check_stop(g, 1, ARMGPU_STOP_SYSCALL, 1, 4, 1);
    assert_ok(g, armgpu_execute(g, 0, &r));
    check_stop(g, 2, ARMGPU_STOP_SYSCALL, 2, 8, 2);
    assert_ok(g, armgpu_execute(g, 1, &r)); /* a budget is per call */
    check_stop(g, 0, ARMGPU_STOP_MAX_CYCLES, 0, 12, 3);
    assert_ok(g, armgpu_execute(g, 1, &r));
    check_stop(g, 0, ARMGPU_STOP_HALT, 0, 12, 4);
    assert_int_equal(r.total_cycles, 3);
    assert_int_equal(r.min_cycles, 1);
    assert_ok(g, armgpu_execute(g, 1, &r)); /* halted lanes stay */
    assert_int_equal(r.total_cycles, 0);
    assert_int_equal(r.stops[ARMGPU_STOP_HALT], 3);
    assert_ok(g, armgpu_set_pc_lane(g, 1, 8));
    assert_ok(g, armgpu_execute(g, 0, &r));
    check_stop(g, 1, ARMGPU_STOP_HALT, 0, 12, 6);
    check_stop(g, 0, ARMGPU_STOP_HALT, 0, 12, 4);
    assert_int_equal(state_of(g, 1).x[0], 2);
    armgpu_close(g);
}

/* A budget that ends anywhere in a program leaves the same state as stepping. */
static void test_budgets(void **state)
{
    /* x0 = 3; loop: subs x0, x0, #1; add x1, x1, x0; b.ne loop; hlt */
    const uint32_t code[] = {0xd2800060, 0xf1000400, 0x8b000021, 0x54ffffc1,
                             HLT};
    (void)state;
    for (uint64_t budget = 1; budget < 12; budget++) {
        armgpu *g = open_guest(1, MEMORY, ARMGPU_MEMORY_PRIVATE, 1);
        armgpu *h = open_guest(1, MEMORY, ARMGPU_MEMORY_PRIVATE, 1);
        load_words(g, 0, code, LENGTH(code));
        load_words(h, 0, code, LENGTH(code));
        assert_ok(g, armgpu_execute(g, budget, NULL));
        for (uint64_t i = 0; i < budget; i++)
            assert_ok(h, armgpu_execute(h, 1, NULL));
        armgpu_state a = state_of(g, 0), b = state_of(h, 0);
        assert_memory_equal(&a, &b, sizeof a);
        assert_int_equal(a.cycles, budget < 11 ? budget : 11);
        armgpu_close(g);
        armgpu_close(h);
    }
}

struct progress {
    uint64_t cycles, live;
    double seconds;
};

/* Stops what has begun: a machine may be so slow that time is up before. */
static int32_t stop_now(void *user, uint64_t cycles, uint64_t live,
                        double seconds)
{
    *(struct progress *)user = (struct progress){cycles, live, seconds};
    return cycles > 0;
}

static void test_interrupted(void **state)
{
    const uint32_t code[] = {0x91000400, 0x17ffffff}; /* add; b back */
    struct progress seen = {0};
    armgpu_result r = {.size = sizeof r};
    (void)state;
    armgpu *g = open_guest(4, MEMORY, ARMGPU_MEMORY_SHARED, 2);
    load_words(g, 0, code, 2);
    armgpu_set_progress(g, stop_now, &seen);
    assert_ok(g, armgpu_execute(g, 0, &r));
    assert_int_equal(seen.live, 4);
    assert_int_equal(r.stops[ARMGPU_STOP_INTERRUPTED], 4);
    assert_int_equal(r.total_cycles, seen.cycles);
    assert_true(r.elapsed_seconds >= seen.seconds && seen.seconds > 0);
    assert_true(r.device_seconds > 0 && r.device_seconds <= r.elapsed_seconds);
    armgpu_request_stop(g); /* before the call: honoured, once */
    assert_ok(g, armgpu_execute(g, 0, &r));
    assert_int_equal(r.stops[ARMGPU_STOP_INTERRUPTED], 4);
    armgpu_set_progress(g, NULL, NULL);
    assert_ok(g, armgpu_execute(g, 1000, &r)); /* and lanes go on */
    assert_int_equal(r.stops[ARMGPU_STOP_MAX_CYCLES], 4);
    assert_int_equal(r.total_cycles, 4000);
    armgpu_close(g);
}

/* Each lane stops for its own reason. */
static void test_mixed_reasons(void **state)
{
    /* mrs x0, tpidrro_el0; adr x1, table; add x1, x1, x0, lsl #2; br x1 */
    const uint32_t code[] = {0xd53bd060, 0x10000061, 0x8b000821, 0xd61f0020,
                             HLT,        0xd4200000, 0xd4000001, 0x14000000,
                             0x00000000, 0xf94003e0};
    static const uint32_t expected[] = {
        ARMGPU_STOP_HALT,       ARMGPU_STOP_BREAKPOINT, ARMGPU_STOP_SYSCALL,
        ARMGPU_STOP_MAX_CYCLES, ARMGPU_STOP_UNDEFINED,  ARMGPU_STOP_DATA_FAULT};
    armgpu_result r = {.size = sizeof r};
    (void)state;
    armgpu *g = open_guest(6, MEMORY, ARMGPU_MEMORY_PRIVATE, 2);
    load_words(g, 0, code, LENGTH(code));
    assert_ok(g, armgpu_execute(g, 100, &r));
    for (uint64_t lane = 0; lane < 6; lane++) {
        assert_int_equal(result_of(g, lane).stop_reason, expected[lane]);
        assert_int_equal(r.stops[expected[lane]], 1);
    }
    armgpu_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accesses),   cmocka_unit_test(test_unaligned),
        cmocka_unit_test(test_dc_zva),     cmocka_unit_test(test_exceptions),
        cmocka_unit_test(test_fetch_faults), cmocka_unit_test(test_resume),
        cmocka_unit_test(test_budgets),    cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_mixed_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
