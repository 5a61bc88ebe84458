/*
 * Processes that the host stops and lets go on: cut at every instruction, at
 * breakpoints on their system calls, in the middle of a write, and put
 * elsewhere there.
 */
#include "linux_guest.h"

#define LANES 5
#define SVC_AT 16 /* load_caller() */
#define BLOCK_AT (DATA_AT + 0x1000)
#define TIME_AT (DATA_AT + 0x100)

/* Calls that wait for the host, that keep something from one to the next, and
   that depend on how many instructions came before. */
static const struct call mixed[] = {
    {{1, DATA_AT, 700}, N_write},
    {{0}, N_unknown},
    {{2, DATA_AT + 1, 333}, N_write},
    {{0}, N_unknown},
    {{0}, N_clone},
    {{0, BLOCK_AT, 5}, N_read},
    {{1, BLOCK_AT, 5}, N_write},
    {{TIME_AT, 0}, N_nanosleep},
    {{1, BLOCK_AT + 16}, N_clock_gettime},
    {{BLOCK_AT + 32, 40, 0}, N_getrandom},
    {{1, BLOCK_AT, 72}, N_write},
    {{HEAP_AT + 100}, N_brk},
    {{0, 0x3000, 3, 0x22, UINT64_MAX, 0}, N_mmap},
    {{0, BLOCK_AT + 80, 100}, N_read},
    {{BLOCK_AT + 96, 2}, N_set_tid_address},
    {{1, DATA_AT + 0x200, 3}, N_writev},
    {{1}, N_dup},
    {{3, DATA_AT, 129}, N_write},
    {{7}, N_exit_group},
};

static const armgpu_input inputs[LANES] = {
    {"", 0}, {"abc", 3}, {"some more than five", 19}, {"12345", 5}, {"x", 1}};

static armgpu *open_mixed(const struct target *t)
{
    const uint64_t time[2] = {1, 5};
    const uint64_t list[6] = {DATA_AT, 100, DATA_AT + 7, 1, DATA_AT + 9, 200};
    uint8_t bytes[1024];
    struct ag_process_setup setup = process_setup();
    setup.inputs = inputs;
    setup.num_inputs = LANES;
    setup.output_bytes = 128;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    memcpy(bytes + (TIME_AT - DATA_AT), time, sizeof time);
    memcpy(bytes + 0x200, list, sizeof list);
    armgpu *g = open_process(t, LANES, LANES, &setup);
    assert_ok(g, armgpu_load_data(g, bytes, sizeof bytes, DATA_AT));
    load_calls(g, mixed, LENGTH(mixed));
    return g;
}

/* All that can be seen of a run. */
struct seen {
    armgpu_state states[LANES];
    armgpu_lane_result results[LANES];
    uint8_t memory[LANES][MEMORY];
    struct written of[LANES][2];
    uint64_t drained, host;
};

static void look(armgpu *g, struct seen *s)
{
    for (size_t i = 0; i < LANES; i++)
        s->states[i].size = sizeof s->states[i];
    assert_ok(g, armgpu_get_state(g, 0, LANES, s->states));
    assert_ok(g, armgpu_get_results(g, 0, LANES, s->results));
    assert_ok(g, armgpu_read_memory_range(g, 0, LANES, 0, s->memory, MEMORY));
    s->drained = g->calls.drained;
    s->host = g->calls.host;
    for (size_t i = 0; i < LANES; i++)
        for (size_t d = 0; d < 2; d++) {
            s->of[i][d] = written.of[i][d];
            written.of[i][d] = (struct written){NULL, 0, 0};
        }
}

static void compare(struct seen *a, struct seen *b)
{
    for (size_t i = 0; i < LANES; i++) {
        assert_memory_equal(&a->states[i], &b->states[i],
                            sizeof a->states[i]);
        assert_memory_equal(&a->results[i], &b->results[i],
                            sizeof a->results[i]);
        assert_memory_equal(a->memory[i], b->memory[i], MEMORY);
        for (size_t d = 0; d < 2; d++) {
            assert_int_equal(a->of[i][d].n, b->of[i][d].n);
            assert_memory_equal(a->of[i][d].bytes, b->of[i][d].bytes,
                                a->of[i][d].n);
        }
    }
    assert_int_equal(a->drained, b->drained);
    assert_int_equal(a->host, b->host);
}

static void free_seen(struct seen *s)
{
    for (size_t i = 0; i < LANES; i++)
        for (size_t d = 0; d < 2; d++)
            free(s->of[i][d].bytes);
    free(s);
}

static struct seen *see(void)
{
    struct seen *s = calloc(1, sizeof *s);
    assert_non_null(s);
    return s;
}

/* Runs to the end, `step` instructions at a time; 0: without a limit. */
static void run_in_steps(armgpu *g, uint64_t step)
{
    armgpu_result r = {.size = sizeof r};
    do
        assert_ok(g, armgpu_execute(g, step, &r));
    while (r.stops[ARMGPU_STOP_EXIT] < LANES);
}

/* Also after a reset, and however it is cut. */
static void test_cut(void **state)
{
    static const uint64_t steps[] = {1, 0, 2, 3, 11};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        struct seen *whole = see(), *cut;
        armgpu *g = open_mixed(&targets[i]);
        run_in_steps(g, 0);
        look(g, whole);
        check_stop(g, 2, ARMGPU_STOP_EXIT, 7, 20, 18 * 8 + 5);
        for (size_t k = 0; k < LENGTH(steps); k++) {
            const struct ag_calls before = g->calls;
            assert_ok(g, armgpu_reset(g));
            cut = see();
            run_in_steps(g, steps[k]);
            look(g, cut);
            cut->drained -= before.drained;
            cut->host -= before.host;
            compare(whole, cut);
            free_seen(cut);
        }
        free_seen(whole);
        armgpu_close(g);
    }
}

/* A lane stops once at each call, however often it comes back to it. */
static void test_breakpoint(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        struct seen *whole = see(), *cut = see();
        armgpu_result r = {.size = sizeof r};
        armgpu *g = open_mixed(&targets[i]);
        run_in_steps(g, 0);
        look(g, whole);
        armgpu_close(g);
        g = open_mixed(&targets[i]);
        assert_ok(g, armgpu_set_breakpoint(g, SVC_AT));
        for (size_t k = 0; k < LENGTH(mixed); k++) {
            assert_ok(g, armgpu_execute(g, 0, &r));
            assert_int_equal(r.stops[ARMGPU_STOP_BREAKPOINT], LANES);
            check_stop(g, 1, ARMGPU_STOP_BREAKPOINT,
                       result_of(g, 1).stop_code, SVC_AT, k * 8 + 4);
        }
        assert_ok(g, armgpu_execute(g, 0, &r));
        assert_int_equal(r.stops[ARMGPU_STOP_EXIT], LANES);
        look(g, cut);
        compare(whole, cut);
        free_seen(whole);
        free_seen(cut);
        armgpu_close(g);
    }
}

/* Lanes that are in the middle of a write and put elsewhere: what they write
   next is whole. As they are, they go on with it. */
static void check_elsewhere(const struct target *t, bool by_state)
{
    const struct call large = {{1, DATA_AT, 1000}, N_write};
    const struct call calls[] = {{{1, DATA_AT + 3, 500}, N_write},
                                 {{0}, N_exit_group}};
    struct ag_process_setup setup = process_setup();
    armgpu_result r = {.size = sizeof r};
    setup.output_bytes = 256;
    armgpu *g = open_process(t, LANES, LANES, &setup);
    load_calls(g, &large, 1);
    written.stop_after = 1;
    assert_ok(g, armgpu_execute(g, 0, &r));
    assert_int_equal(r.stops[ARMGPU_STOP_INTERRUPTED], LANES);
    const uint64_t before = written.of[4][0].n;
    assert_in_range(before, 1, 999);
    for (uint64_t lane = 0; lane < LANES; lane++) {
        armgpu_state s = state_of(g, lane);
        assert_int_equal(s.pc, SVC_AT);
        assert_ok(g, armgpu_set_state(g, lane, 1, &s)); /* goes on with it */
        s.x[19] = RESULTS_AT;
        s.x[20] = CALLS_AT;
        s.x[21] = LENGTH(calls);
        s.pc = 0;
        if (lane == 0)
            continue;
        if (by_state)
            assert_ok(g, armgpu_set_state(g, lane, 1, &s));
        else
            assert_ok(g, armgpu_set_registers(g, lane, 1, s.x));
        if (!by_state)
            assert_ok(g, armgpu_set_pc_lane(g, lane, 0));
        assert_ok(g, armgpu_write_memory(g, lane, CALLS_AT, calls,
                                         sizeof calls));
    }
    assert_ok(g, armgpu_execute(g, 0, NULL));
    check_given(g, 0, 0, 1000);
    check_given(g, 4, 0, 500);
    assert_int_equal(written.of[0][0].n, 1000);
    for (uint64_t lane = 1; lane < LANES; lane++)
        assert_int_equal(written.of[lane][0].n, before + 500);
    armgpu_close(g);
}

static void test_elsewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        check_elsewhere(&targets[i], true);
        check_elsewhere(&targets[i], false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_breakpoint),
        cmocka_unit_test(test_elsewhere),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
