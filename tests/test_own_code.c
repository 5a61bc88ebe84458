/*
 * Private memory that the host wrote: where it is code, the lane executes what
 * was written, whenever that was, before or after lanes executed there; where
 * it is data, the lane stays as fast as others. Lanes call functions all over
 * memory, of which the host has changed some for some lanes.
 */
#include "targets.h"

#include "caller.h"
#include "core/engine.h"
#include "random.h"

#define LANES 70
#define FUNCTIONS 24
#define BASE 0x200
#define STRIDE 0x3a0 /* several a page, at all offsets in a line */
#define CALLS 12
#define NOPS 15 /* before the changed word, often in the line before its */
#define WORD (NOPS * 4)
#define MEMORY 0x8000

struct model {
    uint32_t adds[LANES][FUNCTIONS];
};

static void place_functions(armgpu *g, struct model *m)
{
    for (uint32_t f = 0; f < FUNCTIONS; f++) {
        uint32_t code[NOPS + 2];
        for (size_t i = 0; i < NOPS; i++)
            code[i] = UINT32_C(0xd503201f);
        code[NOPS] = add_to_x0(f);
        code[NOPS + 1] = UINT32_C(0xd65f03c0); /* ret */
        load_words(g, BASE + f * STRIDE, code, LENGTH(code));
        for (uint32_t lane = 0; lane < LANES; lane++)
            m->adds[lane][f] = f;
    }
    load_words(g, 0, caller, LENGTH(caller));
}

/* Some lane's function now adds something else. */
static void change_function(armgpu *g, struct model *m, struct random_source *r)
{
    uint32_t lane = random_below(r, LANES), f = random_below(r, FUNCTIONS);
    uint32_t n = random_below(r, 4096), word = add_to_x0(n);
    uint8_t bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(word >> 8 * i);
    m->adds[lane][f] = n;
    assert_ok(g, armgpu_write_memory(g, lane, BASE + f * STRIDE + WORD, bytes, 4));
}

/* Behind a function, where nobody executes. */
static void write_data(armgpu *g, struct random_source *r)
{
    uint32_t first = random_below(r, LANES);
    uint32_t n = 1 + random_below(r, LANES - first);
    uint64_t at = BASE + random_below(r, FUNCTIONS) * STRIDE + WORD + 8 +
                  random_below(r, STRIDE - WORD - 16);
    uint64_t bytes[LANES];
    for (uint32_t i = 0; i < n; i++)
        bytes[i] = random_next(r);
    assert_ok(g, armgpu_write_memory_range(g, first, n, at, bytes, 8));
}

static void start(armgpu *g, uint64_t lane, uint64_t first, uint64_t step)
{
    armgpu_state s = state_of(g, lane);
    memset(s.x, 0, sizeof s.x);
    s.pc = 0;
    s.x[1] = first;
    s.x[2] = FUNCTIONS;
    s.x[3] = BASE;
    s.x[4] = STRIDE;
    s.x[5] = CALLS;
    s.x[8] = step;
    assert_ok(g, armgpu_set_state(g, lane, 1, &s));
}

static uint64_t sum_of(const struct model *m, uint64_t lane, uint64_t first,
                       uint64_t step)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < CALLS; i++)
        sum += m->adds[lane][(first + i * step) % FUNCTIONS];
    return sum;
}

static void call_functions(armgpu *g, const struct model *m,
                           struct random_source *r)
{
    uint64_t first[LANES], step[LANES];
    bool all_alike = random_one_in(r, 2);
    for (uint64_t lane = 0; lane < LANES; lane++) {
        bool is_own = lane == 0 || !all_alike;
        first[lane] = is_own ? random_below(r, 1000) : first[0];
        step[lane] = is_own ? random_below(r, 50) : step[0];
        start(g, lane, first[lane], step[lane]);
    }
    assert_ok(g, armgpu_execute(g, 1000, NULL));
    for (uint64_t lane = 0; lane < LANES; lane++) {
        armgpu_state s = state_of(g, lane);
        assert_int_equal(result_of(g, lane).stop_reason, ARMGPU_STOP_HALT);
        assert_int_equal(s.x[0], sum_of(m, lane, first[lane], step[lane]));
    }
}

static void random_changes(const struct target *t, uint64_t number)
{
    struct random_source r = random_for(1, 0x6f776e, number);
    struct model *m = malloc(sizeof *m);
    armgpu *g = open_target(t, LANES, 0, MEMORY);
    assert_non_null(m);
    place_functions(g, m);
    for (int round = 0; round < 6; round++) {
        for (uint32_t n = random_below(&r, 10); n > 0; n--)
            change_function(g, m, &r);
        for (uint32_t n = random_below(&r, 10); n > 0; n--)
            write_data(g, &r);
        call_functions(g, m, &r);
        if (random_one_in(&r, 4)) {
            place_functions(g, m);
            assert_ok(g, armgpu_reset(g));
        }
    }
    armgpu_close(g);
    free(m);
}

static void test_random_changes(void **state)
{
    (void)state;
    for (size_t t = 0; t < target_count; t++)
        for (uint64_t i = 0; i < (targets[t].threads == 0 ? 6 : 60); i++)
            random_changes(&targets[t], i);
}

/* Lanes whose row says that they decode for themselves. */
static uint64_t lanes_with_own_code(armgpu *g)
{
    uint64_t n = 0;
    for (uint64_t lane = 0; lane < LANES; lane++) {
        uint64_t *rows = ag_state_read(g, lane);
        assert_non_null(rows);
        n += *ag_lane_row(rows, lane, AG_STATE_OWN_CODE) != 0;
    }
    return n;
}

/* Data below and above the code, in pages where nobody executes. */
static void test_data_is_not_code(void **state)
{
    const uint32_t code[] = {0x91000400, HLT};
    uint64_t data[LANES] = {1};
    (void)state;
    for (size_t t = 0; t < target_count; t++) {
        armgpu *g = open_target(&targets[t], LANES, 0, MEMORY);
        load_words(g, 0x4000, code, LENGTH(code));
        assert_ok(g, armgpu_set_pc_all(g, 0x4000));
        for (int round = 0; round < 2; round++) {
            assert_ok(g, armgpu_write_memory_range(g, 0, LANES, 0x1000, data,
                                                   8));
            assert_ok(g, armgpu_write_memory_range(g, 0, LANES, 0x7000, data,
                                                   8));
            assert_ok(g, armgpu_execute(g, 1, NULL));
            assert_int_equal(lanes_with_own_code(g), 0);
        }
        /* and where somebody does, it is that lane's */
        assert_ok(g, armgpu_write_memory(g, 3, 0x4000, data, 4));
        assert_int_equal(lanes_with_own_code(g), 1);
        /* for which GPUs get other kernels when it is executed */
        assert_false(g->decodes_own_code);
        assert_ok(g, armgpu_execute(g, 1, NULL));
        assert_false(g->decodes_own_code);
        assert_ok(g, armgpu_reset(g));
        assert_ok(g, armgpu_write_memory(g, 3, 0x4000, data, 4));
        assert_ok(g, armgpu_set_pc_all(g, 0x4000));
        assert_ok(g, armgpu_execute(g, 1, NULL));
        assert_int_equal(result_of(g, 3).stop_reason, ARMGPU_STOP_UNDEFINED);
        assert_int_equal(g->decodes_own_code, g->backend->source != NULL);
        armgpu_close(g);
    }
}

/* More places than are kept apart. */
static void test_many_places(void **state)
{
    enum { PLACES = 40 };
    const uint32_t code[] = {0xd61f0020}; /* br x1 */
    (void)state;
    for (size_t t = 0; t < target_count; t++) {
        armgpu *g = open_target(&targets[t], LANES, 0, 0x40000);
        load_words(g, 0, code, LENGTH(code));
        for (uint32_t i = 0; i < PLACES; i++) {
            uint32_t word = HLT | (i + 1) << 5;
            uint64_t at = 0x1000 + (uint64_t)(i * 7 % PLACES) * 0x1810;
            assert_ok(g, armgpu_write_memory(g, i, at, &word, 4));
            assert_ok(g, armgpu_write_memory(g, 64, at, &word, 4));
        }
        for (uint32_t i = 0; i < PLACES; i++) {
            uint64_t x[32] = {0};
            x[1] = 0x1000 + (uint64_t)(i * 7 % PLACES) * 0x1810;
            assert_ok(g, armgpu_set_pc_all(g, 0));
            assert_ok(g, armgpu_set_registers_lane(g, i, x));
            assert_ok(g, armgpu_set_registers_lane(g, 64, x));
            assert_ok(g, armgpu_execute(g, 10, NULL));
            assert_int_equal(result_of(g, i).stop_code, i + 1);
            assert_int_equal(result_of(g, 64).stop_code, i + 1);
        }
        armgpu_close(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_changes),
        cmocka_unit_test(test_data_is_not_code),
        cmocka_unit_test(test_many_places),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
