/*
 * Processes that the host stops and lets go on: cut at every instruction, at
 * breakpoints on their system calls, in the middle of a write, and put
 * elsewhere there; and one of which every call is told.
 */
#include "linux_guest.h"
#include "linux/records.h"

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

/* -- Calls that are told --------------------------------------------------- */

#define TOLD 2 /* the lane */

struct told {
    armgpu_call calls[64];
    size_t n, written; /* bytes, when the last one was told */
    size_t stop_at;    /* interrupts at this one */
};

static int32_t take_call(void *user, armgpu *g, uint64_t lane,
                         const armgpu_call *call)
{
    struct told *t = user;
    uint8_t byte = 0;
    assert_int_equal(lane, TOLD);
    assert_int_equal(call->size, sizeof *call);
    assert_true(t->n < LENGTH(t->calls));
    assert_ok(g, armgpu_read_memory(g, lane, DATA_AT + 1, &byte, 1));
    assert_int_equal(byte, 7);
    t->calls[t->n] = *call;
    t->written = written.of[TOLD][0].n + written.of[TOLD][1].n;
    return ++t->n == t->stop_at;
}

/* Each of `mixed` once, in order, with what it gave. */
static void check_told(armgpu *g, const struct told *t)
{
    assert_int_equal(t->n, LENGTH(mixed));
    for (size_t k = 0; k < t->n; k++) {
        const armgpu_call *c = &t->calls[k];
        assert_int_equal(c->number, mixed[k].number);
        assert_memory_equal(c->arguments, mixed[k].x, sizeof mixed[k].x);
        if (k + 1 == t->n) {
            assert_int_equal(c->stop, ARMGPU_STOP_EXIT);
            continue;
        }
        assert_int_equal(c->stop, ARMGPU_STOP_RUNNING);
        assert_int_equal(c->result, given(g, TOLD, k));
    }
}

/* Nothing but the telling is different, however the run is cut. */
static void test_told(void **state)
{
    static const uint64_t steps[] = {0, 1, 3};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        struct seen *whole = see(), *with;
        armgpu *g = open_mixed(&targets[i]);
        run_in_steps(g, 0);
        look(g, whole);
        for (size_t k = 0; k < LENGTH(steps); k++) {
            const struct ag_calls before = g->calls;
            struct told t = {.n = 0};
            assert_ok(g, armgpu_reset(g));
            assert_ok(g, armgpu_set_call_trace(g, TOLD, take_call, &t));
            with = see();
            run_in_steps(g, steps[k]);
            check_told(g, &t);
            look(g, with);
            with->drained -= before.drained;
            with->host -= before.host;
            compare(whole, with);
            free_seen(with);
        }
        struct told none = {.n = 0};
        assert_ok(g, armgpu_set_call_trace(g, TOLD, NULL, &none));
        assert_ok(g, armgpu_reset(g));
        run_in_steps(g, 0);
        assert_int_equal(none.n, 0);
        free_seen(whole);
        armgpu_close(g);
    }
}

static int32_t no_step(void *user, uint64_t lane, const armgpu_state *s,
                       uint32_t word)
{
    (void)user, (void)lane, (void)s, (void)word;
    return 0;
}

/* The lane is not resident at first, and traced. */
static void test_told_in_waves(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        const struct call calls[] = {{{1, DATA_AT, 300}, N_write},
                                     {{9}, N_exit_group}};
        uint8_t bytes[300];
        struct ag_process_setup setup = process_setup();
        struct told t = {.n = 0};
        armgpu *g = open_process(&targets[i], LANES, 2, &setup);
        memset(bytes, 7, sizeof bytes);
        assert_ok(g, armgpu_load_data(g, bytes, sizeof bytes, DATA_AT));
        load_calls(g, calls, LENGTH(calls));
        assert_ok(g, armgpu_set_call_trace(g, TOLD, take_call, &t));
        if (i % 2 == 1)
            assert_ok(g, armgpu_set_trace(g, TOLD, no_step, NULL));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(t.n, 2);
        assert_int_equal(t.calls[0].result, 300);
        assert_int_equal(t.calls[1].stop, ARMGPU_STOP_EXIT);
        assert_int_equal(t.written, 300);
        armgpu_close(g);
    }
}

/* Calls that do not come back, and a run that is told to end at the first. */
static void test_told_ends(void **state)
{
    static const struct {
        struct call last;
        uint32_t stop;
    } ends[] = {{{{0, 0, 0}, N_ppoll}, ARMGPU_STOP_DEADLOCK},
                {{{2, 9}, N_kill}, ARMGPU_STOP_EXIT},
                {{{0}, N_unknown}, ARMGPU_STOP_SYSCALL}};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        for (size_t k = 0; k < LENGTH(ends); k++) {
            const struct call calls[] = {{{3}, N_close}, ends[k].last};
            const uint8_t bytes[] = {7, 7};
            struct ag_process_setup setup = process_setup();
            struct told t = {.stop_at = 1};
            setup.is_strict = true;
            armgpu *g = open_process(&targets[i], LANES, LANES, &setup);
            assert_ok(g, armgpu_load_data(g, bytes, sizeof bytes, DATA_AT));
            load_calls(g, calls, LENGTH(calls));
            assert_ok(g, armgpu_set_call_trace(g, TOLD, take_call, &t));
            assert_ok(g, armgpu_execute(g, 0, NULL));
            assert_int_equal(t.n, 1);
            assert_int_equal(t.calls[0].result, (uint64_t)-9);
            check_stop(g, TOLD, ARMGPU_STOP_INTERRUPTED, 0, SVC_AT, 4);
            assert_ok(g, armgpu_execute(g, 0, NULL));
            assert_int_equal(t.n, 2);
            assert_int_equal(t.calls[1].stop, ends[k].stop);
            assert_int_equal(t.calls[1].number, ends[k].last.number);
            /* A strict lane goes on behind the call, which is not told again. */
            assert_ok(g, armgpu_execute(g, 0, NULL));
            assert_int_equal(t.n, 2);
            armgpu_close(g);
        }
    }
}

/* In the middle of a write the host ends the run: what was begun is told, and
   again when it is done. */
static void test_told_unfinished(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        const struct call large = {{1, DATA_AT, 1000}, N_write};
        uint8_t bytes[1000];
        struct ag_process_setup setup = process_setup();
        struct told t = {.n = 0};
        memset(bytes, 7, sizeof bytes);
        setup.output_bytes = 256;
        armgpu *g = open_process(&targets[i], LANES, LANES, &setup);
        assert_ok(g, armgpu_load_data(g, bytes, sizeof bytes, DATA_AT));
        load_calls(g, &large, 1);
        written.stop_after = 1;
        assert_ok(g, armgpu_set_call_trace(g, TOLD, take_call, &t));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(t.n, 1);
        assert_int_equal(t.calls[0].stop, ARMGPU_STOP_INTERRUPTED);
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(t.n, 2);
        assert_int_equal(t.calls[1].stop, ARMGPU_STOP_RUNNING);
        assert_int_equal(t.calls[1].result, 1000);
        assert_int_equal(t.written, 1000);
        check_given(g, TOLD, 0, 1000);
        armgpu_close(g);
    }
}

static void test_told_of_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        const struct ag_process_setup setup = process_setup();
        struct told t = {.n = 0};
        armgpu *g = open_target(&targets[i], 4, 4, MEMORY);
        assert_int_equal(armgpu_set_call_trace(g, 0, take_call, &t),
                         ARMGPU_ERROR_ARGUMENT);
        armgpu_close(g);
        g = open_process(&targets[i], 4, 4, &setup);
        assert_int_equal(armgpu_set_call_trace(g, 4, take_call, &t),
                         ARMGPU_ERROR_LANE);
        armgpu_close(g);
    }
}

/* A lane that has the host's answer to a call, and is put elsewhere, does not have
   it for the next one. */
static void check_answered(const struct target *t)
{
    static const char names[] = "/tmp\0\0\0\0/t";
    const struct call opens = {{(uint64_t)-100, DATA_AT, 0}, N_openat};
    const struct call large = {{1, DATA_AT, 1000}, N_write};
    const struct call calls[] = {{{(uint64_t)-100, DATA_AT + 8, 0}, N_openat},
                                 {{0}, N_exit_group}};
    const armgpu_process p = {.size = sizeof p};
    struct ag_process_setup setup = process_setup();
    armgpu_result r = {.size = sizeof r};
    setup.output_bytes = 256;
    setup.files = ag_files_kinds(&p);
    armgpu *g = open_process(t, LANES, LANES, &setup);
    assert_ok(g, ag_files_start(g, &p));
    assert_ok(g, armgpu_load_data(g, names, sizeof names, DATA_AT));
    load_calls(g, &opens, 1);
    assert_ok(g, armgpu_write_memory(g, 4, CALLS_AT, &large, sizeof large));
    written.stop_after = 1;
    assert_ok(g, armgpu_execute(g, 0, &r));
    assert_int_equal(r.stops[ARMGPU_STOP_INTERRUPTED], LANES);
    armgpu_state s = state_of(g, 0);
    assert_int_equal(s.pc, SVC_AT);
    s.x[20] = CALLS_AT;
    s.x[21] = LENGTH(calls);
    s.pc = 0;
    assert_ok(g, armgpu_set_state(g, 0, 1, &s));
    assert_ok(g, armgpu_write_memory(g, 0, CALLS_AT, calls, sizeof calls));
    assert_ok(g, armgpu_execute(g, 0, NULL));
    check_given(g, 0, 0, -AG_E_NOENT);
    check_given(g, 1, 0, 3);
    armgpu_close(g);
}

static void test_answered(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        check_answered(&targets[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_breakpoint),
        cmocka_unit_test(test_elsewhere),
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_told_in_waves),
        cmocka_unit_test(test_told_ends),
        cmocka_unit_test(test_told_unfinished),
        cmocka_unit_test(test_told_of_none),
        cmocka_unit_test(test_answered),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
