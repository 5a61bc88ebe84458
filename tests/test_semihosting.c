/*
 * Semihosting on every backend: what each operation gives, what it does to
 * memory, what of output and input arrives, how lanes end; and that blocks and
 * numbers that no program would use do no harm but to their own lane.
 *
 * COUNT=N hostile calls a lane, SEED=N.
 */
#include "linux_guest.h"
#include "random.h"

#include "linux/records.h"
#include "linux/semihosting.h"

#define OPERATION(number, name, fields) S_##name = (number),
enum { AG_SEMIHOSTING(OPERATION) S_unknown = 0x99 };

#define FAILED (-1)
#define ANY INT64_MIN /* not the same in all lanes */
#define BUFFER_AT (DATA_AT + 0x8000)
#define STACK_AT UINT64_C(0xfc000)

/* What lanes have at DATA_AT: blocks and strings, put there one by one. */
static struct {
    uint8_t bytes[0x4000];
    size_t used;
    struct call calls[400];
    int64_t want[400];
    size_t count;
} plan;

static void begin_plan(void)
{
    memset(&plan, 0, sizeof plan);
}

static uint64_t put(const void *bytes, size_t n)
{
    const uint64_t at = DATA_AT + plan.used;
    assert_true(plan.used + n <= sizeof plan.bytes);
    memcpy(plan.bytes + plan.used, bytes, n);
    plan.used += (n + 7) / 8 * 8;
    return at;
}
static uint64_t text(const char *s)
{
    return put(s, strlen(s) + 1);
}

/* A call, and what it is to give. */
static void ask_at(uint64_t operation, uint64_t x1, int64_t want)
{
    plan.calls[plan.count] = (struct call){{operation, x1}, 0};
    plan.want[plan.count++] = want;
}
static void ask(uint64_t operation, uint64_t a, uint64_t b, uint64_t c,
                int64_t want)
{
    const uint64_t block[] = {a, b, c};
    ask_at(operation, put(block, sizeof block), want);
}
static void ask_open(const char *name, uint64_t mode, int64_t want)
{
    ask(S_open, text(name), mode, strlen(name), want);
}
static void ask_error(int64_t want)
{
    ask_at(S_last_error, 0, want);
}
static void ask_exit(uint64_t status)
{
    ask(S_exit, 0x20026, status, 0, 0);
}

static struct ag_process_setup semihosting_setup(void)
{
    struct ag_process_setup s = process_setup();
    s.is_semihosting = true;
    s.heap = HEAP_AT + 16; /* no multiple of a page */
    s.heap_end = STACK_AT;
    s.stack = STACK_AT;
    s.stack_top = MEMORY;
    return s;
}

/* Runs the plan, and checks what every call but the last, an exit, gave. */
static armgpu *run_plan(const struct target *t, uint64_t lanes,
                        uint64_t resident, const struct ag_process_setup *setup)
{
    armgpu *g = open_process(t, lanes, resident, setup);
    assert_ok(g, armgpu_load_data(g, plan.bytes, sizeof plan.bytes, DATA_AT));
    load_calls(g, plan.calls, plan.count);
    assert_ok(g, armgpu_execute(g, 0, NULL));
    if (resident < lanes)
        return g;
    for (uint64_t lane = 0; lane < lanes; lane++)
        for (size_t k = 0; k + 1 < plan.count; k++)
            if (plan.want[k] != ANY)
                check_given(g, lane, k, plan.want[k]);
    return g;
}

static void check_written(uint64_t lane, uint32_t descriptor, const char *want)
{
    const struct written *w = &written.of[lane][descriptor - 1];
    if (w->n != strlen(want) || memcmp(w->bytes, want, w->n) != 0)
        fail_msg("lane %llu wrote '%.*s' to %u, not '%s'",
                 (unsigned long long)lane, (int)w->n, (const char *)w->bytes,
                 (unsigned)descriptor, want);
}

static void test_output(void **state)
{
    struct ag_process_setup setup = semihosting_setup();
    char long_text[700], all[1500];
    (void)state;
    memset(long_text, 'x', sizeof long_text);
    long_text[699] = '\0';
    begin_plan();
    ask_at(S_writec, text("c"), 0);
    ask_at(S_write0, text("string\n"), 0);
    ask_at(S_write0, text(""), 0);
    ask(S_write, 2, text("error"), 5, 0);
    ask_at(S_write0, text(long_text), 0);
    ask(S_write, 1, text("written"), 4, 0);
    ask_open(":tt", 0, 3);
    ask_open(":tt", 4, 4);
    ask_open(":tt", 8, 5);
    ask(S_write, 3, text("none"), 4, 4);
    ask_error(AG_E_BADF);
    ask(S_write, 4, text("out"), 3, 0);
    ask(S_write, 5, text("err"), 3, 0);
    ask(S_write, 1, text(long_text), 699, 0);
    ask(S_write, 1, MEMORY - 2, 3, 3);
    ask_error(AG_E_FAULT);
    ask(S_write, 1, 0, 0, 0);
    ask_exit(0);
    snprintf(all, sizeof all, "cstring\n%swritout%s", long_text, long_text);
    for (size_t i = 0; i < target_count; i++)
        for (setup.output_bytes = 128; setup.output_bytes <= 4096;
             setup.output_bytes *= 32) {
            armgpu *g = run_plan(&targets[i], 70, 70, &setup);
            for (uint64_t lane = 0; lane < 70; lane += 23) {
                check_stop(g, lane, ARMGPU_STOP_EXIT, 0, 20,
                           plan.count * 8 - 3);
                check_written(lane, 1, all);
                check_written(lane, 2, "errorerr");
                assert_string_equal(written.order[lane], "12121");
            }
            armgpu_close(g);
        }
}

static void test_input(void **state)
{
    struct ag_process_setup setup = semihosting_setup();
    const armgpu_input in = {"abcdefgh", 8};
    (void)state;
    setup.inputs = &in;
    setup.num_inputs = 1;
    begin_plan();
    ask(S_read, 0, BUFFER_AT, 2, 0);
    ask_at(S_readc, 0, 'c');
    ask_open(":tt", 1, 3);
    ask(S_read, 3, BUFFER_AT + 3, 3, 0);
    ask(S_read, 1, BUFFER_AT, 3, 3);
    ask_error(AG_E_BADF);
    ask(S_read, 0, MEMORY - 2, 3, 3);
    ask_error(AG_E_FAULT);
    ask(S_read, 0, 0, 0, 0);
    ask(S_read, 3, BUFFER_AT + 6, 10, 8);
    ask(S_read, 0, BUFFER_AT + 8, 10, 10);
    ask_at(S_readc, 0, 0);
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = run_plan(&targets[i], 6, 6, &setup);
        for (uint64_t lane = 0; lane < 6; lane++) {
            check_stop(g, lane, ARMGPU_STOP_DEADLOCK, S_readc, 16,
                       plan.count * 8 - 4);
            assert_memory_equal(
                (uint64_t[]){memory_word(g, lane, BUFFER_AT)}, "ab\0defgh", 8);
            assert_int_equal(memory_word(g, lane, BUFFER_AT + 8), 0);
        }
        armgpu_close(g);
    }
}

static void plan_features(void)
{
    ask_open(":semihosting-features", 0, 3);
    ask(S_flen, 3, 0, 0, 5);
    ask(S_read, 3, BUFFER_AT, 4, 0);
    ask(S_read, 3, BUFFER_AT + 4, 4, 3);
    ask(S_read, 3, BUFFER_AT + 8, 4, 4);
    ask(S_seek, 3, 1, 0, 0);
    ask(S_read, 3, BUFFER_AT + 8, 1, 0);
    ask_open(":semihosting-features", 1, 4); /* a place of its own */
    ask(S_read, 4, BUFFER_AT + 16, 1, 0);
    ask(S_seek, 3, 6, 0, FAILED);
    ask_error(AG_E_INVAL);
    ask(S_write, 3, BUFFER_AT, 1, 1);
    ask(S_close, 4, 0, 0, 0);
}

static void test_handles(void **state)
{
    const struct ag_process_setup setup = semihosting_setup();
    (void)state;
    begin_plan();
    plan_features();
    ask_open(":tt", 11, 4);
    ask_open(":tt", 12, FAILED);
    ask_error(AG_E_INVAL);
    ask_open("file", 0, FAILED);
    ask_error(AG_E_NOENT);
    ask_open(":semihosting-features", 4, FAILED);
    ask_error(AG_E_ROFS);
    ask(S_open, MEMORY - 2, 0, 3, FAILED);
    ask_error(AG_E_FAULT);
    ask(S_open, DATA_AT, 0, 5000, FAILED);
    ask_error(AG_E_NAMETOOLONG);
    for (int64_t h = 5; h < AG_HANDLES; h++)
        ask_open(":tt", 0, h);
    ask_open(":tt", 0, FAILED);
    ask_error(AG_E_MFILE);
    ask(S_close, 1, 0, 0, 0);
    ask(S_close, 1, 0, 0, FAILED);
    ask_error(AG_E_BADF);
    ask(S_close, AG_HANDLES, 0, 0, FAILED);
    ask(S_close, (uint64_t)1 << 32, 0, 0, FAILED); /* no handle 0 */
    ask_open(":tt", 4, 1);
    ask(S_istty, 0, 0, 0, 0);
    ask(S_istty, 99, 0, 0, FAILED);
    ask(S_flen, 0, 0, 0, 0);
    ask(S_flen, 99, 0, 0, FAILED);
    ask(S_seek, 0, 0, 0, FAILED);
    ask_error(AG_E_SPIPE);
    ask(S_seek, 99, 0, 0, FAILED);
    ask_exit(0);
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = run_plan(&targets[i], 3, 3, &setup);
        assert_memory_equal(
            (uint64_t[]){memory_word(g, 2, BUFFER_AT)}, "SHFB\3\0\0\0", 8);
        assert_int_equal(memory_word(g, 2, BUFFER_AT + 8), 'H');
        assert_int_equal(memory_word(g, 2, BUFFER_AT + 16), 'S');
        armgpu_close(g);
    }
}

/* Command lines whose rooms are exact and one too small. */
static void plan_lines(void)
{
    ask(S_get_cmdline, BUFFER_AT, 5, 0, 0);
    ask(S_get_cmdline, BUFFER_AT + 8, 4, 0, FAILED);
    ask_error(AG_E_RANGE);
    ask(S_get_cmdline, MEMORY - 4, 100, 0, FAILED);
    ask_error(AG_E_FAULT);
}

static void test_rest(void **state)
{
    struct ag_process_setup setup = semihosting_setup();
    const armgpu_input line = {"a b ", 4};
    (void)state;
    setup.lines = &line;
    setup.num_lines = 1;
    begin_plan();
    plan_lines();
    const uint64_t length = plan.calls[0].x[1] + 8;
    ask(S_heapinfo, BUFFER_AT + 32, 0, 0, 0);
    ask(S_heapinfo, MEMORY - 31, 0, 0, FAILED);
    ask_at(S_clock, 0, 0);
    ask_at(S_time, 0, 0);
    ask_at(S_tickfreq, 0, 1000000000);
    ask_at(S_elapsed, BUFFER_AT + 64, 0);
    const int64_t ticks = (int64_t)plan.count * 8 - 4;
    ask_at(S_elapsed, 0xffffffffffffffff, FAILED);
    ask(S_iserror, 0x7fffffffffffffff, 0, 0, 0);
    ask(S_iserror, (uint64_t)-3, 0, 0, 1);
    ask_at(S_remove, 0, FAILED);
    ask_error(AG_E_ROFS);
    ask_at(S_rename, 0, FAILED);
    ask_at(S_tmpnam, 0, FAILED);
    ask_at(S_system, 0, FAILED);
    ask_error(AG_E_NOSYS);
    ask_at(S_unknown, 0, FAILED);
    ask_at(S_open, MEMORY - 23, FAILED);
    ask_error(AG_E_FAULT);
    ask_at((uint64_t)1 << 32 | S_tickfreq, 0, 1000000000); /* W0 */
    ask(S_exit_extended, 0x20026, 0x1234, 0, 0);
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = run_plan(&targets[i], 3, 3, &setup);
        check_stop(g, 1, ARMGPU_STOP_EXIT, 0x34, 20, plan.count * 8 - 3);
        assert_int_equal(memory_word(g, 1, length), 4);
        assert_memory_equal(
            (uint64_t[]){memory_word(g, 1, BUFFER_AT)}, "a b \0\0\0\0", 8);
        assert_int_equal(memory_word(g, 1, BUFFER_AT + 8), 0);
        assert_int_equal(memory_word(g, 1, BUFFER_AT + 32), HEAP_AT + 16);
        assert_int_equal(memory_word(g, 1, BUFFER_AT + 40), STACK_AT);
        assert_int_equal(memory_word(g, 1, BUFFER_AT + 48), MEMORY);
        assert_int_equal(memory_word(g, 1, BUFFER_AT + 56), STACK_AT);
        assert_int_equal(memory_word(g, 1, BUFFER_AT + 64), ticks);
        armgpu_close(g);
    }
}

static void check_end(const struct target *t, uint32_t stop, uint64_t code)
{
    struct ag_process_setup setup = semihosting_setup();
    setup.is_strict = stop == ARMGPU_STOP_SYSCALL;
    armgpu *g = run_plan(t, 2, 2, &setup);
    check_stop(g, 1, stop, code, 20, 5);
    armgpu_close(g);
}

static void test_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        begin_plan();
        ask(S_exit, 0x20023, 0, 0, 0); /* an error of the run time */
        check_end(&targets[i], ARMGPU_STOP_EXIT, 1);
        begin_plan();
        ask_at(S_exit, MEMORY - 8, 0);
        check_end(&targets[i], ARMGPU_STOP_EXIT, 1);
        begin_plan();
        ask_at(S_unknown, 0, 0);
        check_end(&targets[i], ARMGPU_STOP_SYSCALL, S_unknown);
    }
}

/* An SVC is no system call, and without semihosting the HLT stops. */
static void test_others(void **state)
{
    const struct ag_process_setup setup = semihosting_setup();
    (void)state;
    begin_plan();
    ask_exit(0);
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_process(&targets[i], 2, 2, &setup);
        load_caller(g);
        load_calls(g, plan.calls, plan.count);
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 1, ARMGPU_STOP_SYSCALL, 0, 20, 5);
        armgpu_close(g);
        g = open_target(&targets[i], 2, 2, MEMORY);
        load_caller_by(g, HLT_F000);
        load_calls(g, plan.calls, plan.count);
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 1, ARMGPU_STOP_HALT, 0xf000, 16, 5);
        armgpu_close(g);
    }
}

/* Lanes with inputs and command lines of their own, all there and in waves. */
#define LANES 130
static void test_lanes(void **state)
{
    struct ag_process_setup setup = semihosting_setup();
    static char names[LANES][8];
    armgpu_input in[LANES], lines[LANES];
    char want[64];
    (void)state;
    for (size_t k = 0; k < LANES; k++)
        snprintf(names[k], sizeof names[k], "%zu", k * 7);
    for (size_t k = 0; k < LANES; k++) {
        in[k] = (armgpu_input){names[k], k == 99 ? 0 : strlen(names[k])};
        lines[k] = (armgpu_input){names[LANES - 1 - k],
                                  strlen(names[LANES - 1 - k])};
    }
    setup.inputs = in;
    setup.lines = lines;
    setup.num_inputs = setup.num_lines = LANES;
    begin_plan();
    ask(S_read, 0, BUFFER_AT, 10, ANY);
    ask_at(S_write0, BUFFER_AT, 0);
    ask(S_get_cmdline, BUFFER_AT, 10, 0, 0);
    ask_at(S_write0, text(" "), 0);
    ask_at(S_write0, BUFFER_AT, 0);
    ask_exit(0);
    for (size_t i = 0; i < target_count; i++)
        for (uint64_t resident = 6; resident <= LANES; resident += 31) {
            armgpu *g = run_plan(&targets[i], LANES, resident, &setup);
            for (size_t k = 0; k < LANES; k++) {
                snprintf(want, sizeof want, "%s %s", k == 99 ? "" : names[k],
                         names[LANES - 1 - k]);
                check_written(k, 1, want);
            }
            armgpu_close(g);
        }
}

/* -- Hostile ---------------------------------------------------------------- */

#define HOSTILE_LANES 5
#define BATCH 400
#define LIMIT 5000 /* cycles: calls may have overwritten the program */
#define AGAIN 20

static uint64_t number(struct random_source *r)
{
    static const uint64_t ends[] = {0,       RESULTS_AT, DATA_AT,
                                    HEAP_AT, HEAP_END,   MEMORY,
                                    UINT64_C(1) << 48, UINT64_C(1) << 63};
    switch (random_below(r, 4)) {
    case 0:
        return random_value(r);
    case 1:
        return ends[random_below(r, LENGTH(ends))] - 32 + random_below(r, 41);
    case 2:
        return DATA_AT + random_below(r, 4096);
    default:
        return random_below(r, 40);
    }
}

static void check_rows(armgpu *g)
{
    assert_true(ag_planes_read(g));
    for (uint64_t slot = 0; slot < HOSTILE_LANES; slot++) {
        armgpu_lane_result result = result_of(g, slot);
        assert_true(result.cycles <= (AGAIN + 1) * LIMIT);
        assert_true(result.stop_reason != ARMGPU_STOP_RUNNING &&
                    result.stop_reason != ARMGPU_STOP_DEVICE_FAULT);
        for (uint32_t i = 0; i < AG_HANDLES; i++)
            assert_in_range(*ag_plane_row(g, AG_PLANE_LINUX, slot,
                                          AG_LINUX_REGION + i),
                            0, AG_FEATURES_BYTES);
        assert_true(*ag_plane_row(g, AG_PLANE_LINUX, slot,
                                  AG_LINUX_INPUT_AT) <= 3000);
    }
}

/* Blocks of random fields; names among them, or no handle would be open. */
static void fill_blocks(struct random_source *r)
{
    begin_plan();
    const uint64_t names[] = {text(":tt"), text(":semihosting-features")};
    while (plan.used + 24 <= 4096) {
        const bool is_name = random_one_in(r, 3);
        const uint64_t which = random_below(r, 2);
        const uint64_t block[] = {is_name ? names[which] : number(r),
                                  is_name ? random_below(r, 12) : number(r),
                                  is_name ? (which == 0 ? 3u : 21u)
                                          : number(r)};
        put(block, sizeof block);
    }
}

static void check_hostile(const struct target *t, size_t count, uint64_t seed)
{
    static const uint32_t operations[] = {
#define NUMBER(number, name, fields) (number),
        AG_SEMIHOSTING(NUMBER)};
    static const uint8_t zeros[3000];
    const armgpu_input in = {zeros, sizeof zeros};
    struct ag_process_setup setup = semihosting_setup();
    struct call calls[BATCH];
    setup.output = NULL;
    setup.output_bytes = 1024;
    setup.inputs = setup.lines = &in;
    setup.num_inputs = setup.num_lines = 1;
    armgpu *g = open_process(t, HOSTILE_LANES, HOSTILE_LANES, &setup);
    for (size_t at = 0; at < count; at += BATCH) {
        struct random_source r = random_for(seed, 3, at);
        fill_blocks(&r);
        assert_ok(g, armgpu_load_data(g, plan.bytes, sizeof plan.bytes,
                                      DATA_AT));
        for (size_t k = 0; k < BATCH; k++) {
            uint64_t *x = calls[k].x;
            memset(x, 0, sizeof calls[k].x);
            do
                x[0] = random_one_in(&r, 20)
                           ? random_value(&r)
                           : operations[random_below(&r, LENGTH(operations))];
            while ((uint32_t)x[0] == S_exit ||
                   (uint32_t)x[0] == S_exit_extended);
            x[1] = random_one_in(&r, 4)
                       ? number(&r)
                       : DATA_AT + 32 + random_below(&r, 160) * 24;
        }
        assert_ok(g, armgpu_reset(g));
        make_calls(g, calls, BATCH, LIMIT);
        for (int again = 0; again < AGAIN; again++) {
            /* Lanes that ended in a call go on with the next one. */
            check_rows(g);
            assert_ok(g, armgpu_set_pc_all(g, 0));
            assert_ok(g, armgpu_execute(g, LIMIT, NULL));
        }
        check_rows(g);
    }
    armgpu_close(g);
}

static void test_hostile(void **state)
{
    const char *count = getenv("COUNT"), *seed = getenv("SEED");
    uint64_t first = seed == NULL ? 1 : strtoull(seed, NULL, 0);
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        check_hostile(&targets[i], 2000, first + i);
    check_hostile(&targets[0],
                  count == NULL ? 20000 : (size_t)strtoull(count, NULL, 0),
                  first + 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output),  cmocka_unit_test(test_input),
        cmocka_unit_test(test_handles), cmocka_unit_test(test_rest),
        cmocka_unit_test(test_ends),    cmocka_unit_test(test_others),
        cmocka_unit_test(test_lanes),   cmocka_unit_test(test_hostile),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
