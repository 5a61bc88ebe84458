/*
 * Atomics between lanes: every lane adds to one counter in every way the
 * architecture has, 128 lanes on 1 to 8 threads, and the sum is exact. Locks
 * and waiting make progress even with one thread. X1 is the counter's address,
 * X2 the number of rounds, X3 = 1.
 */
#include "guest.h"

#define LANES 128
#define ROUNDS 500
#define COUNTER 0x1000

#define MAX_WORDS 12
struct way {
    const char *name;
    uint32_t words[MAX_WORDS];
    uint64_t mask; /* of the counter */
    int is_pair;   /* counts in the upper 8 bytes as well */
};

/* subs x2, x2, #1 */
#define SUBS 0xf1000442
#define BNE(words) (0x54000001u | ((uint32_t)(-(words)) & 0x7ffff) << 5)
#define CBNZ_W4(words) (0x35000004u | ((uint32_t)(-(words)) & 0x7ffff) << 5)

static const struct way ways[] = {
    {"ldxr/stxr",
     {0xc85f7c25,  /* ldxr x5, [x1] */
      0x8b0300a5,  /* add x5, x5, x3 */
      0xc8047c25,  /* stxr w4, x5, [x1] */
      CBNZ_W4(3), SUBS, BNE(5), HLT},
     UINT64_MAX, 0},
    {"ldaxr/stlxr w",
     {0x885ffc25, 0x8b0300a5, 0x8804fc25, CBNZ_W4(3), SUBS, BNE(5), HLT},
     UINT32_MAX, 0},
    {"ldxrh/stxrh",
     {0x485f7c25, 0x8b0300a5, 0x48047c25, CBNZ_W4(3), SUBS, BNE(5), HLT},
     UINT16_MAX, 0},
    {"ldxrb/stxrb",
     {0x085f7c25, 0x8b0300a5, 0x08047c25, CBNZ_W4(3), SUBS, BNE(5), HLT},
     UINT8_MAX, 0},
    {"ldxp/stxp",
     {0xc87f1825,  /* ldxp x5, x6, [x1] */
      0x8b0300a5, 0x8b0300c6,
      0xc8241825,  /* stxp w4, x5, x6, [x1] */
      CBNZ_W4(4), SUBS, BNE(6), HLT},
     UINT64_MAX, 1},
    {"ldadd x", {0xf8230024, SUBS, BNE(2), HLT}, UINT64_MAX, 0},
    {"ldaddal w", {0xb8e30024, SUBS, BNE(2), HLT}, UINT32_MAX, 0},
    {"ldaddh", {0x78230024, SUBS, BNE(2), HLT}, UINT16_MAX, 0},
    {"ldaddb", {0x38230024, SUBS, BNE(2), HLT}, UINT8_MAX, 0},
    {"cas",
     {0xf9400025,  /* ldr x5, [x1] */
      0xaa0503e6,  /* mov x6, x5 */
      0x8b0300a7,  /* add x7, x5, x3 */
      0xc8a57c27,  /* cas x5, x7, [x1] */
      0xeb0600bf,  /* cmp x5, x6 */
      BNE(5), SUBS, BNE(7), HLT},
     UINT64_MAX, 0},
    {"casp",
     {0xa9401824 + 0,  /* ldp x4, x6, [x1] */
      0xaa0603e5,      /* mov x5, x6 */
      0xaa0403e8,      /* mov x8, x4 */
      0x8b03008a,      /* add x10, x4, x3 */
      0x8b0300ab,      /* add x11, x5, x3 */
      0x48247c2a,      /* casp x4, x5, x10, x11, [x1] */
      0xeb08009f,      /* cmp x4, x8 */
      BNE(7), SUBS, BNE(9), HLT},
     UINT64_MAX, 1},
};

static void start(armgpu *g, uint64_t lane)
{
    uint64_t regs[32];
    assert_ok(g, armgpu_get_lane_registers(g, lane, regs));
    regs[1] = COUNTER;
    regs[2] = ROUNDS;
    regs[3] = 1;
    assert_ok(g, armgpu_set_registers_lane(g, lane, regs));
}

static void check_way(const struct way *w, uint32_t threads, uint64_t rounds)
{
    armgpu *g = open_guest(LANES, 1 << 20, ARMGPU_MEMORY_SHARED, threads);
    armgpu_result r = {.size = sizeof r};
    load_words(g, 0, w->words, MAX_WORDS);
    for (uint64_t lane = 0; lane < LANES; lane++) {
        uint64_t regs[32];
        start(g, lane);
        assert_ok(g, armgpu_get_lane_registers(g, lane, regs));
        regs[2] = rounds;
        assert_ok(g, armgpu_set_registers_lane(g, lane, regs));
    }
    assert_ok(g, armgpu_execute(g, 0, &r));
    uint64_t sum = LANES * rounds & w->mask, got = memory_word(g, 0, COUNTER);
    if (r.stops[ARMGPU_STOP_HALT] != LANES || got != sum ||
        memory_word(g, 0, COUNTER + 8) != (w->is_pair ? sum : 0))
        fail_msg("%s on %u threads: %llu halted, counter %llu of %llu",
                 w->name, threads,
                 (unsigned long long)r.stops[ARMGPU_STOP_HALT],
                 (unsigned long long)got, (unsigned long long)sum);
    armgpu_close(g);
}

static void test_counters(void **state)
{
    static const uint32_t threads[] = {1, 2, 8};
    (void)state;
    check_text(0xc87f1825, "ldxp x5, x6, [x1]");
    check_text(0x48247c2a, "casp x4, x5, x10, x11, [x1]");
    check_text(0xa9401824, "ldp x4, x6, [x1]");
    for (size_t t = 0; t < LENGTH(threads); t++)
        for (size_t i = 0; i < LENGTH(ways); i++)
            check_way(&ways[i], threads[t], ways[i].is_pair ? 50 : ROUNDS);
}

/* A ticket lock taken with plain spinning: waiters never yield. */
static void test_ticket_lock(void **state)
{
    static const uint32_t code[] = {
        0xb8230024, /* ldadd w3, w4, [x1]: my ticket */
        0x91001025, /* add x5, x1, #4 */
        0x88dffca6, /* ldar w6, [x5] */
        0x6b0400df, /* cmp w6, w4 */
        0x54ffffc1, /* b.ne to ldar */
        0xf9400827, /* ldr x7, [x1, #16] */
        0x910004e7, /* add x7, x7, #1 */
        0xf9000827, /* str x7, [x1, #16] */
        0x110004c6, /* add w6, w6, #1 */
        0x889ffca6, /* stlr w6, [x5] */
        SUBS, BNE(11), HLT};
    (void)state;
    check_text(0x88dffca6, "ldar w6, [x5]");
    for (uint32_t threads = 1; threads <= 8; threads *= 8) {
        armgpu *g = open_guest(LANES, 1 << 20, ARMGPU_MEMORY_SHARED, threads);
        armgpu_result r = {.size = sizeof r};
        load_words(g, 0, code, LENGTH(code));
        for (uint64_t lane = 0; lane < LANES; lane++) {
            uint64_t regs[32] = {0};
            regs[1] = COUNTER;
            regs[2] = 3;
            regs[3] = 1;
            assert_ok(g, armgpu_set_registers_lane(g, lane, regs));
        }
        assert_ok(g, armgpu_execute(g, 0, &r));
        assert_int_equal(r.stops[ARMGPU_STOP_HALT], LANES);
        assert_int_equal(memory_word(g, 0, COUNTER + 16), LANES * 3);
        armgpu_close(g);
    }
}

/* STXR without a monitor fails; CLREX and SVC close it; another lane's store
   in between is noticed. */
static void test_monitor(void **state)
{
    const uint32_t lone[] = {0xc8047c22, HLT}; /* stxr w4, x2, [x1] */
    const uint32_t cleared[] = {0xc85f7c25, 0xd5033f5f, 0xc8047c22, HLT};
    const uint32_t stopped[] = {0xc85f7c25, 0xd4000001, 0xc8047c22, HLT};
    const uint32_t good[] = {0xc85f7c25, 0xd503201f, 0xc8047c22, HLT};
    const uint32_t changed[] = {0xc85f7c25, 0xf9000023, 0xc8047c22, HLT};
    const uint32_t *programs[] = {lone, cleared, stopped, good, changed};
    static const uint64_t failed[] = {1, 1, 1, 0, 1};
    (void)state;
    check_text(0xd5033f5f, "clrex");
    for (size_t i = 0; i < LENGTH(programs); i++)
        for (uint32_t mode = 0; mode < 2; mode++) {
            armgpu *g = open_guest(1, 65536, mode, 1);
            uint64_t regs[32] = {0};
            load_words(g, 0, programs[i], i == 0 ? 2 : 4);
            regs[1] = COUNTER;
            regs[2] = 77;
            regs[3] = 5;
            regs[4] = 99;
            assert_ok(g, armgpu_set_registers_lane(g, 0, regs));
            assert_ok(g, armgpu_execute(g, 0, NULL));
            assert_ok(g, armgpu_execute(g, 0, NULL)); /* past the SVC */
            assert_ok(g, armgpu_get_lane_registers(g, 0, regs));
            assert_int_equal(regs[4], failed[i]);
            assert_int_equal(memory_word(g, 0, COUNTER),
                             failed[i] ? (i == 4 ? 5 : 0) : 77);
            armgpu_close(g);
        }
}

/* The monitor is state: it can be saved and put back between the two. */
static void test_monitor_state(void **state)
{
    const uint32_t code[] = {0xc87f1825, 0xc8241825, HLT}; /* ldxp, stxp */
    (void)state;
    armgpu *g = open_guest(1, 65536, ARMGPU_MEMORY_PRIVATE, 1);
    load_words(g, 0, code, 3);
    armgpu_state s = state_of(g, 0);
    s.x[1] = COUNTER;
    s.pc = 4;
    s.monitor_address = COUNTER;
    s.monitor_size = 16;
    s.x[5] = 11;
    s.x[6] = 12;
    assert_ok(g, armgpu_set_state(g, 0, 1, &s));
    armgpu_state back = state_of(g, 0);
    assert_memory_equal(&s, &back, sizeof s);
    assert_ok(g, armgpu_execute(g, 0, NULL));
    assert_int_equal(state_of(g, 0).x[4], 0);
    assert_int_equal(memory_word(g, 0, COUNTER), 11);
    assert_int_equal(memory_word(g, 0, COUNTER + 8), 12);
    armgpu_close(g);
}

/* With one thread even a racing program repeats exactly: every lane reads,
   waits a while that depends on the lane, and writes back. */
static void test_one_thread_repeats(void **state)
{
    static const uint32_t code[] = {
        0xd53bd060, /* mrs x0, tpidrro_el0 */
        0xf9400025, /* ldr x5, [x1] */
        0x910004a5, /* add x5, x5, #1 */
        0xd37ff808, /* lsl x8, x0, #1 */
        0xf1000508, /* subs x8, x8, #1 */
        0x54ffffec, /* b.gt back */
        0xf9000025, /* str x5, [x1] */
        0xf8230026, /* ldadd x3, x6, [x1] */
        SUBS, BNE(8), HLT};
    uint64_t first = 0, first_x6 = 0;
    (void)state;
    check_text(0x54ffffec, "b.gt");
    for (int run = 0; run < 3; run++) {
        armgpu *g = open_guest(LANES, 1 << 20, ARMGPU_MEMORY_SHARED, 1);
        load_words(g, 0, code, LENGTH(code));
        for (uint64_t lane = 0; lane < LANES; lane++)
            start(g, lane);
        assert_ok(g, armgpu_execute(g, 0, NULL));
        uint64_t sum = memory_word(g, 0, COUNTER), x6 = state_of(g, 77).x[6];
        if (run == 0) {
            first = sum;
            first_x6 = x6;
        }
        assert_true(sum == first && x6 == first_x6);
        armgpu_close(g);
    }
}

/* 63 lanes spin, each at a place of its own or all at one, before the code of
   the lane that they wait for. X3 is the flag's address, X4 the worker's
   rounds, X5 the bytes from one place to the next, or 0. */
static const uint32_t waiting_code[] = {
    0xd53bd060, /* mrs x0, tpidrro_el0 */
    0xf100fc1f, /* cmp x0, #63 */
    0x54000000, /* b.eq to the worker: is filled in */
    0x10000081, /* adr x1, the first place to wait */
    0x9b050401, /* madd x1, x0, x5, x1 */
    0xd61f0020, /* br x1 */
    0xd503201f};
static const uint32_t worker_code[] = {
    0xf1000484, /* subs x4, x4, #1 */
    0x54ffffe1, /* b.ne back */
    0x52800022, /* mov w2, #1 */
    0xb9000062, /* str w2, [x3] */
    HLT};
#define SPINNERS 63
#define FLAG 0xf0000
#define MOST_ADDS 500
#define MOST_WORDS                                                             \
    (LENGTH(waiting_code) + SPINNERS * (MOST_ADDS + 3) + LENGTH(worker_code))

/* Waiting is ldr w2, [x3], `adds` additions, cbz w2 back, hlt. */
static size_t write_waiting(uint32_t *words, size_t adds)
{
    size_t n = LENGTH(waiting_code);
    memcpy(words, waiting_code, sizeof waiting_code);
    for (size_t i = 0; i < SPINNERS; i++) {
        words[n++] = 0xb9400062; /* ldr w2, [x3] */
        for (size_t k = 0; k < adds; k++)
            words[n++] = 0x910004c6; /* add x6, x6, #1 */
        words[n++] = 0x34000002 | (-(uint32_t)(adds + 1) & 0x7ffff) << 5;
        words[n++] = HLT;
    }
    words[2] |= (uint32_t)(n - 2) << 5;
    memcpy(words + n, worker_code, sizeof worker_code);
    return n + LENGTH(worker_code);
}

/* Instructions of all lanes until the worker is done; 0 without the device. */
static uint64_t wait_for_worker(uint32_t device, size_t adds, int are_apart,
                                uint64_t rounds)
{
    static uint32_t words[MOST_WORDS];
    armgpu_options o;
    armgpu_result result = {.size = sizeof result};
    armgpu *g;
    armgpu_options_init(&o);
    o.backend = "cpu";
    o.device = device;
    o.threads = 1;
    o.lanes = SPINNERS + 1;
    o.memory_size = 1 << 20;
    if (armgpu_open(&g, &o) != ARMGPU_OK) {
        armgpu_close(g);
        return 0;
    }
    load_words(g, 0, words, write_waiting(words, adds));
    assert_ok(g, armgpu_set_register_all(g, 3, 0, FLAG));
    assert_ok(g, armgpu_set_register_all(g, 4, 0, rounds));
    assert_ok(g, armgpu_set_register_all(g, 5, 0,
                                         are_apart ? (adds + 3) * 4 : 0));
    assert_ok(g, armgpu_execute(g, 10000000, &result));
    assert_int_equal(result.stops[ARMGPU_STOP_HALT], SPINNERS + 1);
    armgpu_close(g);
    return result.total_cycles;
}

/* A lane in a group is not much more than 1,024 runs from its next one, however
   the others' sets and the turns lie. */
static void test_everybody_executes(void **state)
{
    static const size_t adds[] = {0, 2, 12, 60, MOST_ADDS};
    const uint64_t rounds = 40;
    (void)state;
    check_text(0x9b050401, "madd");
    for (uint32_t device = 0; device < 5; device++)
        for (size_t i = 0; i < LENGTH(adds); i++) {
            uint64_t most = (rounds + 4) * 1024 * (adds[i] + 2);
            uint64_t apart = wait_for_worker(device, adds[i], 1, rounds);
            uint64_t together = wait_for_worker(device, adds[i], 0, rounds);
            if (apart == 0 || device == 1)
                continue; /* one by one there are no runs of groups */
            assert_true(apart < most);
            assert_true(together < most * SPINNERS);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counters),
        cmocka_unit_test(test_ticket_lock),
        cmocka_unit_test(test_monitor),
        cmocka_unit_test(test_monitor_state),
        cmocka_unit_test(test_one_thread_repeats),
        cmocka_unit_test(test_everybody_executes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
