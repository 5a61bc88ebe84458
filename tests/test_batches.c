/*
 * Batches of instructions (kernels/table/batch.insn): each one is formed where its
 * operations follow each other, and whatever it executes ends as the same
 * instructions do one by one: every limit, every way in, every stop in between,
 * and code that changes under it.
 */
#define _POSIX_C_SOURCE 200809L
#include "guest.h"
#include "decoded.h"
#include "random.h"

#include "a64/decode.h"
#include "code/decode.h"
#include "core/engine.h"
#include "code/insn.h"

enum { LANES = 4, MEMORY = 16384, CODE = 0x1000, BATCHES = AG_OP_END - AG_OP_COUNT,
       CASES = 24, MAX_WORDS = 2 * AG_LONGEST_BATCH + 3 };

static uint64_t stopped_inside; /* runs in which a fault cut a batch */

/* The same lanes with batches and without. */
struct both {
    armgpu *with, *without;
};

static armgpu *open_one(const char *batches, uint64_t lanes, uint32_t mode)
{
    setenv("ARMGPU_BATCH", batches, 1);
    armgpu *g = open_guest(lanes, MEMORY, mode, 1);
    unsetenv("ARMGPU_BATCH");
    return g;
}

static struct both open_both(uint64_t lanes, uint32_t mode)
{
    struct both b = {open_one("1", lanes, mode), open_one("0", lanes, mode)};
    return b;
}

static void close_both(struct both *b)
{
    armgpu_close(b->with);
    armgpu_close(b->without);
}

static uint32_t batch_length(uint32_t b)
{
    uint32_t n = 0;
    while (n < AG_LONGEST_BATCH && a64_batch_ops[b][n] != 0)
        n++;
    return n;
}

/* A random word that `op` executes. */
static uint32_t word_of(struct random_source *r, uint32_t op)
{
    for (;;) {
        uint32_t row = 1 + random_below(r, A64_ROW_COUNT - 1);
        const struct ag_insn_row *info = ag_insn_row(row - 1);
        if (a64_row_ops[row] != op)
            continue;
        uint32_t fixed = info->mask | info->should_be;
        uint32_t w = ((uint32_t)random_next(r) & ~fixed) | info->value |
                     info->should_value;
        if (a64_row_ops[ag_decoded_row(w)] == op)
            return w;
    }
}

static uint32_t put_batch(struct random_source *r, uint32_t b, uint32_t *words)
{
    uint32_t n = batch_length(b);
    for (uint32_t i = 0; i < n; i++)
        words[i] = word_of(r, a64_batch_ops[b][i]);
    return n;
}

/* Mostly addresses that an access can begin at. */
static void random_registers(struct random_source *r, armgpu_state *s)
{
    for (int i = 0; i < 31; i++)
        s->x[i] = random_one_in(r, 3) ? random_value(r)
                                      : random_below(r, MEMORY);
    s->sp = random_below(r, MEMORY);
    s->nzcv = (uint64_t)random_below(r, 16) << 28;
}

static void start(armgpu *g, const uint32_t *words, uint32_t count,
                  struct random_source r, uint64_t pc)
{
    assert_ok(g, armgpu_reset(g));
    load_words(g, CODE, words, count);
    for (uint64_t lane = 0; lane < armgpu_get_num_lanes(g); lane++) {
        armgpu_state s = state_of(g, lane);
        random_registers(&r, &s);
        s.pc = pc;
        assert_ok(g, armgpu_set_state(g, lane, 1, &s));
    }
}

static void compare_lane(struct both *b, uint64_t lane, const char *what)
{
    armgpu_state with = state_of(b->with, lane);
    armgpu_state without = state_of(b->without, lane);
    armgpu_lane_result r = result_of(b->with, lane);
    armgpu_lane_result expected = result_of(b->without, lane);
    if (memcmp(&with, &without, sizeof with) != 0 ||
        memcmp(&r, &expected, sizeof r) != 0)
        fail_msg("%s: lane %llu ends as %s at 0x%llx after %llu, without "
                 "batches as %s at 0x%llx after %llu, or with other registers",
                 what, (unsigned long long)lane,
                 armgpu_stop_name(r.stop_reason), (unsigned long long)r.pc,
                 (unsigned long long)r.cycles,
                 armgpu_stop_name(expected.stop_reason),
                 (unsigned long long)expected.pc,
                 (unsigned long long)expected.cycles);
}

static void compare_memory(struct both *b, uint64_t lane, const char *what)
{
    static uint8_t with[MEMORY], without[MEMORY];
    assert_ok(b->with, armgpu_read_memory(b->with, lane, 0, with, MEMORY));
    assert_ok(b->without,
              armgpu_read_memory(b->without, lane, 0, without, MEMORY));
    if (memcmp(with, without, MEMORY) != 0)
        fail_msg("%s: lane %llu leaves other memory", what,
                 (unsigned long long)lane);
}

/* Runs both from pc and compares all that can be seen. */
static void run_both(struct both *b, const uint32_t *words, uint32_t count,
                     struct random_source registers, uint64_t pc,
                     uint64_t limit, const char *what)
{
    start(b->with, words, count, registers, pc);
    start(b->without, words, count, registers, pc);
    assert_ok(b->with, armgpu_execute(b->with, limit, NULL));
    assert_ok(b->without, armgpu_execute(b->without, limit, NULL));
    for (uint64_t lane = 0; lane < armgpu_get_num_lanes(b->with); lane++) {
        compare_lane(b, lane, what);
        compare_memory(b, lane, what);
    }
}

static void count_stops_inside(struct both *b, uint32_t count)
{
    for (uint64_t lane = 0; lane < armgpu_get_num_lanes(b->with); lane++) {
        armgpu_lane_result r = result_of(b->with, lane);
        stopped_inside += r.stop_reason == ARMGPU_STOP_DATA_FAULT &&
                          r.cycles > 0 && r.cycles + 1 < count;
    }
}

static void try_batch(struct both *b, uint32_t number, uint64_t seed)
{
    struct random_source r = random_for(seed, 1, number);
    uint32_t words[MAX_WORDS], count = random_below(&r, 2);
    char what[80];
    snprintf(what, sizeof what, "batch %u of the table, seed %llu", number + 1,
             (unsigned long long)seed);
    if (count == 1)
        words[0] = word_of(&r, AG_OP_ADD_imm_64);
    count += put_batch(&r, number, words + count);
    count += put_batch(&r, number, words + count);
    words[count++] = HLT;
    for (uint64_t limit = 1; limit <= count; limit++)
        run_both(b, words, count, r, CODE, limit, what);
    count_stops_inside(b, count);
    for (uint32_t i = 0; i < count; i++)
        run_both(b, words, count, r, CODE + i * 4, 40, what);
}

/* Limits from 1 instruction on, entries at every instruction, faults inside. */
static void test_like_one_by_one(void **state)
{
    (void)state;
    for (uint32_t mode = 0; mode < 2; mode++) {
        struct both b = open_both(mode == ARMGPU_MEMORY_PRIVATE ? LANES : 1,
                                  mode);
        for (uint32_t number = 0; number < BATCHES; number++)
            for (uint64_t seed = 0; seed < CASES; seed++)
                try_batch(&b, number, seed);
        close_both(&b);
    }
    assert_in_range(stopped_inside, 100, UINT64_MAX);
}

/* Nothing else in the table can stand for exactly these instructions. */
static void test_each_is_formed(void **state)
{
    (void)state;
    struct both b = open_both(1, ARMGPU_MEMORY_SHARED);
    for (uint32_t number = 0; number < BATCHES; number++) {
        struct random_source r = random_for(7, 2, number);
        uint32_t words[MAX_WORDS], count = put_batch(&r, number, words);
        words[count++] = HLT;
        run_both(&b, words, count, r, CODE, 1, "first instruction");
        assert_int_equal(operation_at(b.with, CODE), AG_OP_COUNT + number);
        assert_int_equal(operation_at(b.without, CODE),
                         a64_batch_ops[number][0]);
    }
    close_both(&b);
}

/* The second half of a page's last instruction lies in another run. */
static void test_end_of_page(void **state)
{
    (void)state;
    struct both b = open_both(1, ARMGPU_MEMORY_SHARED);
    for (uint32_t number = 0; number < BATCHES; number++) {
        struct random_source r = random_for(8, 3, number);
        uint32_t words[AG_PAGE_ENTRIES + MAX_WORDS];
        uint32_t at = AG_PAGE_ENTRIES - 1, count = at;
        for (uint32_t i = 0; i < at; i++)
            words[i] = HLT;
        count += put_batch(&r, number, words + at);
        words[count++] = HLT;
        run_both(&b, words, count, r, CODE + at * 4, 40, "end of page");
        assert_int_equal(operation_at(b.with, CODE + at * 4),
                         a64_batch_ops[number][0]);
    }
    close_both(&b);
}

static const uint32_t patcher[] = {
    0x10000161, /*  0 adr x1, site + 4 */
    0x94000009, /*  4 bl site */
    0xaa0003e4, /*  8 mov x4, x0 */
    0xb9000022, /*  c str w2, [x1] */
    0xd50b7b21, /* 10 dc cvau, x1 */
    0xd5033b9f, /* 14 dsb ish */
    0xd50b7521, /* 18 ic ivau, x1 */
    0xd5033b9f, /* 1c dsb ish */
    0xd5033fdf, /* 20 isb */
    0x94000001, /* 24 bl site */
    0xd28000e0, /* 28 site: mov x0, #7 */
    0xd65f03c0, /* 2c ret, later add x0, x0, #16 */
    HLT,        /* 30: not reached by the first call */
};

/* The guest, and then the host, change an instruction that a batch ends with. */
static void test_second_half_changes(void **state)
{
    (void)state;
    check_text(patcher[0], "adr x1, 0x2c");
    for (uint32_t mode = 0; mode < 2; mode++) {
        armgpu *g = open_one("1", 1, mode);
        load_words(g, 0, patcher, LENGTH(patcher));
        assert_ok(g, armgpu_reset(g));
        armgpu_state s = state_of(g, 0);
        s.x[2] = 0x91004000; /* add x0, x0, #16 */
        assert_ok(g, armgpu_set_state(g, 0, 1, &s));
        assert_ok(g, armgpu_execute(g, 3, NULL));
        assert_int_equal(operation_at(g, 0x28) >= AG_OP_COUNT, 1);
        assert_ok(g, armgpu_execute(g, 100, NULL));
        check_stop(g, 0, ARMGPU_STOP_HALT, 0, 0x30, 15);
        assert_int_equal(state_of(g, 0).x[4], 7);
        assert_int_equal(state_of(g, 0).x[0], 23);
        static const uint8_t halt[] = {0, 0, 0x40, 0xd4};
        assert_ok(g, armgpu_write_memory(g, 0, 0x2c, halt, sizeof halt));
        assert_ok(g, armgpu_set_pc_lane(g, 0, 0x28));
        assert_ok(g, armgpu_execute(g, 100, NULL));
        check_stop(g, 0, ARMGPU_STOP_HALT, 0, 0x2c, 17);
        assert_int_equal(state_of(g, 0).x[0], 7);
        armgpu_close(g);
    }
}

enum { DOUBLED = 5 };
static const uint32_t run_of_v[] = {
    0x4ee08400, /* add v0.2d, v0.2d, v0.2d, DOUBLED times */
    0x4ee08400, 0x4ee08400, 0x4ee08400, 0x4ee08400,
    0x1e602008, /* fcmp d0, #0.0: d0 is a small positive number */
    HLT,
};

/* From instruction `first` of the run at `pc` on, at most `limit`. */
static void double_v0(armgpu *g, uint64_t pc, uint32_t first, uint64_t limit)
{
    uint64_t left = DOUBLED + 1 - first, done = limit < left ? limit : left;
    armgpu_state s = {.size = sizeof s, .pc = pc + first * 4, .v = {{1, 1}}};
    assert_ok(g, armgpu_reset(g));
    assert_ok(g, armgpu_set_state(g, 0, 1, &s));
    assert_ok(g, armgpu_execute(g, limit, NULL));
    s = state_of(g, 0);
    assert_int_equal(result_of(g, 0).cycles, done + (limit > left));
    assert_int_equal(s.pc, pc + (first + done) * 4);
    assert_int_equal(s.nzcv, done == left ? 0x20000000 : 0);
    assert_int_equal(s.v[0][0], 1u << (done == left ? done - 1 : done));
    assert_int_equal(s.v[0][1], s.v[0][0]);
}

/* What follows each other on V registers is executed together on the CPU: it
   ends at limits, breakpoints and a page's end all the same. */
static void test_runs_on_v_registers(void **state)
{
    (void)state;
    check_text(run_of_v[0], "add v0.2d, v0.2d, v0.2d");
    check_text(run_of_v[DOUBLED], "fcmp d0, #0.0");
    for (uint32_t i = 0; i < 6; i++) {
        const uint64_t pc = CODE + AG_PAGE_BYTES - i * 4;
        armgpu *g = open_one("1", 1, i & 1);
        load_words(g, pc, run_of_v, LENGTH(run_of_v));
        for (uint32_t first = 0; first <= DOUBLED; first++)
            for (uint64_t limit = 1; limit < DOUBLED + 3; limit++)
                double_v0(g, pc, first, limit);
        for (uint32_t at = 1; at <= DOUBLED; at++) {
            assert_ok(g, armgpu_set_breakpoint(g, pc + at * 4));
            armgpu_state s = {.size = sizeof s, .pc = pc, .v = {{1, 1}}};
            assert_ok(g, armgpu_reset(g));
            assert_ok(g, armgpu_set_state(g, 0, 1, &s));
            assert_ok(g, armgpu_execute(g, 100, NULL));
            check_stop(g, 0, ARMGPU_STOP_BREAKPOINT, ARMGPU_CODE_BREAKPOINT,
                       pc + at * 4, at);
            assert_int_equal(state_of(g, 0).v[0][1], 1u << at);
            assert_ok(g, armgpu_clear_breakpoint(g, pc + at * 4));
        }
        armgpu_close(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_on_v_registers),
        cmocka_unit_test(test_each_is_formed),
        cmocka_unit_test(test_like_one_by_one),
        cmocka_unit_test(test_end_of_page),
        cmocka_unit_test(test_second_half_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
