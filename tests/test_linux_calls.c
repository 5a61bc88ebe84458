/*
 * System calls of Linux processes on every backend: what they give, what they
 * do to memory, what of output and input arrives, how lanes end.
 */
#include "linux_guest.h"

/* Exit statuses, and that registers but X0 stay as they were. */
static void test_exit(void **state)
{
    static const struct call calls[] = {
        {{DATA_AT, 0, 0, 0, 0, 0}, N_brk},
        {{0x1ff, 11, 12, 13, 14, 15}, N_exit_group},
    };
    const struct ag_process_setup setup = process_setup();
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_process(&targets[i], 70, 70, &setup);
        load_calls(g, calls, LENGTH(calls));
        armgpu_result r = {.size = sizeof r};
        assert_ok(g, armgpu_execute(g, 0, &r));
        assert_int_equal(r.stops[ARMGPU_STOP_EXIT], 70);
        assert_int_equal(r.nonzero_codes, 70);
        for (uint64_t lane = 0; lane < 70; lane += 23) {
            check_stop(g, lane, ARMGPU_STOP_EXIT, 0xff, 20, 13);
            check_given(g, lane, 0, HEAP_AT);
            armgpu_state s = state_of(g, lane);
            for (uint64_t k = 1; k < 6; k++)
                assert_int_equal(s.x[k], 10 + k);
            assert_int_equal(s.x[0], 0x1ff);
        }
        armgpu_close(g);
    }
}

/* Without a process SVC stops. */
static void test_without_process(void **state)
{
    static const struct call calls[] = {{{0}, N_exit}};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_target(&targets[i], 4, 4, MEMORY);
        load_caller(g);
        load_calls(g, calls, LENGTH(calls));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 3, ARMGPU_STOP_SYSCALL, 0, 20, 5);
        armgpu_close(g);
    }
}

/* Writes of many sizes and alignments to two descriptors, by as few bytes of
   room as there may be and by more: nothing is lost, and all is in order. */
#define WRITES 40
static size_t plan_writes(struct call *calls, size_t *bytes, char *order)
{
    size_t n = 0, last = 9;
    bytes[0] = bytes[1] = 0;
    for (size_t k = 0; k < WRITES; k++) {
        size_t d = k % 7 == 3 || k % 11 == 5, size = k * k * 5 % 1400;
        calls[n++] = (struct call){{1 + d, DATA_AT + k % 13, size}, N_write};
        bytes[d] += size;
        if (d != last && size > 0)
            *order++ = (char)('1' + d);
        last = size > 0 ? d : last;
    }
    *order = '\0';
    calls[n++] = (struct call){{0}, N_exit_group};
    return n;
}

/* What the k-th write's bytes are. */
static void check_writes(uint64_t lane, const struct call *calls,
                         const uint8_t *data)
{
    size_t at[2] = {0, 0};
    for (size_t k = 0; k < WRITES; k++) {
        size_t d = (size_t)calls[k].x[0] - 1, n = (size_t)calls[k].x[2];
        const uint8_t *bytes = data + (calls[k].x[1] - DATA_AT);
        if (n > 0 && memcmp(written.of[lane][d].bytes + at[d], bytes, n) != 0)
            fail_msg("lane %llu, write %zu", (unsigned long long)lane, k);
        at[d] += n;
    }
}

static void check_output(const struct target *t, uint64_t lanes,
                         uint64_t resident, uint64_t room)
{
    struct ag_process_setup setup = process_setup();
    struct call calls[WRITES + 1];
    size_t bytes[2];
    char order[64];
    uint8_t data[2048];
    setup.output_bytes = room;
    size_t n = plan_writes(calls, bytes, order);
    armgpu *g = open_process(t, lanes, resident, &setup);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
    assert_ok(g, armgpu_load_data(g, data, sizeof data, DATA_AT));
    load_calls(g, calls, n);
    assert_ok(g, armgpu_execute(g, 0, NULL));
    for (uint64_t lane = 0; lane < lanes; lane++) {
        assert_int_equal(written.of[lane][0].n, bytes[0]);
        assert_int_equal(written.of[lane][1].n, bytes[1]);
        assert_string_equal(written.order[lane], order);
        check_writes(lane, calls, data);
    }
    assert_int_equal(g->calls.drained, lanes * (bytes[0] + bytes[1]));
    for (size_t k = 0; k < WRITES && resident == lanes; k++)
        check_given(g, lanes - 1, k, (int64_t)calls[k].x[2]);
    armgpu_close(g);
}

static void test_output(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        check_output(&targets[i], 5, 5, 128);
        check_output(&targets[i], 100, 100, 4096);
        check_output(&targets[i], 130, 40, 256); /* waves */
    }
}

/* Cut into pieces by limits and by who takes the output, and again after a
   reset: still nothing is lost or comes twice. */
static void test_output_in_pieces(void **state)
{
    struct ag_process_setup setup = process_setup();
    struct call calls[WRITES + 1];
    size_t bytes[2], n;
    char order[64];
    (void)state;
    setup.output_bytes = 512;
    n = plan_writes(calls, bytes, order);
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_process(&targets[i], 6, 6, &setup);
        load_calls(g, calls, n);
        for (uint64_t round = 0; round < 2; round++) {
            armgpu_result r = {.size = sizeof r};
            uint64_t limit = 7;
            do {
                written.stop_after = written.calls + 5;
                assert_ok(g, armgpu_execute(g, limit, &r));
                limit = limit * 5 % 23 + 1;
            } while (r.stops[ARMGPU_STOP_EXIT] < 6);
            for (uint64_t lane = 0; lane < 6; lane++)
                for (size_t d = 0; d < 2; d++)
                    assert_int_equal(written.of[lane][d].n,
                                     (round + 1) * bytes[d]);
            assert_int_equal(g->calls.drained,
                             (round + 1) * 6 * (bytes[0] + bytes[1]));
            assert_ok(g, armgpu_reset(g));
        }
        armgpu_close(g);
    }
}

/* -- Input ------------------------------------------------------------------ */

/* Lane k reads the k-th of `count` inputs, of one that there is all read it. */
static void check_input(const struct target *t, uint64_t count)
{
    static const char *const texts[] = {"", "a", "0123456789abcdef0123456789",
                                        "x\ny"};
    static const struct call calls[] = {
        {{0, DATA_AT, 0}, N_read},
        {{0, DATA_AT + 3, 10}, N_read},
        {{0, DATA_AT + 100, 2}, N_readv},
        {{0, DATA_AT + 50, 4096}, N_read},
        {{0, DATA_AT + 50, 4096}, N_read},
        {{0}, N_exit_group},
    };
    const uint64_t vectors[4] = {DATA_AT + 13, 3, DATA_AT + 16, 4};
    struct ag_process_setup setup = process_setup();
    armgpu_input inputs[LENGTH(texts)];
    for (size_t i = 0; i < LENGTH(texts); i++)
        inputs[i] = (armgpu_input){texts[i], strlen(texts[i])};
    setup.inputs = count == 1 ? &inputs[2] : inputs;
    setup.num_inputs = count;
    armgpu *g = open_process(t, 6, 6, &setup);
    assert_ok(g, armgpu_load_data(g, vectors, sizeof vectors, DATA_AT + 100));
    load_calls(g, calls, LENGTH(calls));
    assert_ok(g, armgpu_execute(g, 0, NULL));
    for (uint64_t lane = 0; lane < 6; lane++) {
        uint64_t which = count == 1 ? 2 : lane;
        const char *text = which < count || count == 1 ? texts[which] : "";
        size_t n = strlen(text), first = n < 10 ? n : 10;
        size_t second = n - first < 7 ? n - first : 7;
        char got[4096];
        check_given(g, lane, 0, 0);
        check_given(g, lane, 1, (int64_t)first);
        check_given(g, lane, 2, (int64_t)second);
        check_given(g, lane, 3, (int64_t)(n - first - second));
        check_given(g, lane, 4, 0);
        assert_ok(g, armgpu_read_memory(g, lane, DATA_AT, got, sizeof got));
        assert_memory_equal(got + 3, text, first + second);
        assert_memory_equal(got + 50, text + first + second,
                            n - first - second);
    }
    armgpu_close(g);
}

static void test_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        check_input(&targets[i], 0);
        check_input(&targets[i], 1);
        check_input(&targets[i], 4);
    }
}

/* -- What calls give -------------------------------------------------------- */

#define OUTSIDE (MEMORY - 4)
#define PATH (DATA_AT + 0x100)
#define EMPTY (DATA_AT + 0x120)
#define HALF_SECOND (DATA_AT + 0x140)
#define BAD_TIME (DATA_AT + 0x150)
#define POLLS (DATA_AT + 0x160)
#define SETS (DATA_AT + 0x180)
#define IGNORE (DATA_AT + 0x1a0)
#define MASK (DATA_AT + 0x1d0)
#define WORD (DATA_AT + 0x1e0)
#define STACK (DATA_AT + 0x1f0)
#define OUT (DATA_AT + 0x400)

static const struct expected {
    struct call call;
    int64_t gives;
} expected[] = {
    /* output and input */
    {{{0, DATA_AT, 1}, N_write}, -9},
    {{{3, DATA_AT, 1}, N_write}, -9},
    {{{1, OUTSIDE, 5}, N_write}, -14},
    {{{1, OUTSIDE, 4}, N_write}, 4},
    {{{1, UINT64_MAX, 1}, N_write}, -14},
    {{{1, 0, UINT64_MAX}, N_write}, -14},
    {{{2, UINT64_MAX, 0}, N_write}, 0},
    {{{1, DATA_AT, 1025}, N_writev}, -22},
    {{{1, UINT64_MAX, 1}, N_writev}, -14},
    {{{9, UINT64_MAX, 1}, N_writev}, -9},
    {{{1, UINT64_MAX, 0}, N_writev}, 0},
    {{{1, DATA_AT, 1}, N_read}, -9},
    {{{0, OUTSIDE, 8}, N_read}, -14},
    {{{0, DATA_AT, 8}, N_read}, 3},
    {{{0, DATA_AT, 8}, N_read}, 0},
    /* descriptors */
    {{{1}, N_dup}, 3},
    {{{3, DATA_AT, 2}, N_write}, 2},
    {{{3, 1, 0}, N_fcntl}, 0},
    {{{1, 1030, 10}, N_fcntl}, 10},
    {{{10, 1, 0}, N_fcntl}, 1},
    {{{10, 3, 0}, N_fcntl}, 1},
    {{{0, 3, 0}, N_fcntl}, 0},
    {{{1, 0, 64}, N_fcntl}, -22},
    {{{1, 99}, N_fcntl}, -22},
    {{{11, 3}, N_fcntl}, -9},
    {{{2, 31, 02000000}, N_dup3}, 31},
    {{{2, 64, 0}, N_dup3}, -9},
    {{{2, 2, 0}, N_dup3}, -22},
    {{{2, 5, 1}, N_dup3}, -22},
    {{{30, 5, 0}, N_dup3}, -9},
    {{{3}, N_close}, 0},
    {{{3}, N_close}, -9},
    {{{10, 31, 0}, N_close_range}, 0},
    {{{31}, N_close}, -9},
    {{{0, 0x5401, OUT}, N_ioctl}, -25},
    {{{1, 0x5413, OUT}, N_ioctl}, -25},
    {{{7, 0x5413, OUT}, N_ioctl}, -9},
    {{{0, 0, 1}, N_lseek}, -29},
    {{{0, 0, 9}, N_lseek}, -22},
    {{{5, 0, 9}, N_lseek}, -9},
    {{{0, OUT, 1, 0}, N_pread64}, -29},
    {{{1, OUT}, N_fstat}, 0},
    {{{4, OUT}, N_fstat}, -9},
    {{{1, MEMORY - 127}, N_fstat}, -14},
    {{{1, EMPTY, OUT, 0x1000}, N_newfstatat}, 0},
    {{{1, EMPTY, OUT, 0}, N_newfstatat}, -2},
    {{{(uint64_t)-100, PATH, OUT, 0}, N_newfstatat}, -2},
    {{{1, EMPTY, OUT, 0x4000}, N_newfstatat}, -22},
    {{{(uint64_t)-100, PATH, 0}, N_openat}, -2},
    {{{(uint64_t)-100, UINT64_MAX, 0}, N_openat}, -14},
    {{{(uint64_t)-100, PATH, OUT, 100}, N_readlinkat}, -2},
    {{{(uint64_t)-100, PATH, OUT, 0}, N_readlinkat}, -22},
    {{{EMPTY, (uint64_t)-100, PATH}, N_symlinkat}, -2},
    {{{UINT64_MAX, (uint64_t)-100, PATH}, N_symlinkat}, -14},
    {{{PATH, (uint64_t)-100, PATH}, N_symlinkat}, -2},
    {{{(uint64_t)-100, PATH, (uint64_t)-100, PATH, 0}, N_linkat}, -2},
    {{{(uint64_t)-100, PATH, (uint64_t)-100, PATH, 1}, N_linkat}, -22},
    {{{1, EMPTY, (uint64_t)-100, PATH, 0x1000}, N_linkat}, -18},
    {{{1, 0600}, N_fchmod}, 0},
    {{{9, 0600}, N_fchmod}, -9},
    {{{(uint64_t)-100, PATH, 0600}, N_fchmodat}, -2},
    {{{1, EMPTY, 0600, 0x1000}, N_fchmodat2}, 0},
    {{{1, EMPTY, 0600, 0}, N_fchmodat2}, -2},
    {{{1, EMPTY, 0600, 0x1200}, N_fchmodat2}, -22},
    {{{1, 1000, UINT32_MAX}, N_fchown}, 0},
    {{{1, 1000, 7}, N_fchown}, -1},
    {{{9, 1000, 7}, N_fchown}, -9},
    {{{(uint64_t)-100, PATH, 0, 0, 0}, N_fchownat}, -2},
    {{{2, EMPTY, 0, 1000, 0x1000}, N_fchownat}, -1},
    {{{1, 0, 0, 0}, N_utimensat}, 0},
    {{{1, 0, 0, 1}, N_utimensat}, -22},
    {{{9, 0, 0, 0}, N_utimensat}, -9},
    {{{1, 0, BAD_TIME, 0}, N_utimensat}, -22},
    {{{1, 0, MEMORY - 31, 0}, N_utimensat}, -14},
    {{{(uint64_t)-100, PATH, 0, 0}, N_utimensat}, -2},
    {{{OUT, 100}, N_getcwd}, 2},
    {{{OUT, 1}, N_getcwd}, -34},
    {{{POLLS, 3, 0, 0, 0}, N_ppoll}, 3},
    {{{POLLS, 65, 0, 0, 0}, N_ppoll}, -22},
    {{{POLLS, 3, BAD_TIME, 0, 0}, N_ppoll}, -22},
    {{{0, 0, HALF_SECOND, 0, 0}, N_ppoll}, 0},
    {{{3, SETS, SETS + 8, 0, HALF_SECOND}, N_pselect6}, 3},
    {{{4, SETS + 16, 0, 0, HALF_SECOND}, N_pselect6}, -9},
    /* the process */
    {{{OUT}, N_set_tid_address}, 2},
    {{{OUT, 24}, N_set_robust_list}, 0},
    {{{OUT, 23}, N_set_robust_list}, -22},
    {{{0}, N_getpid}, 2},
    {{{0}, N_getuid}, 1000},
    {{{1000}, N_setuid}, 0},
    {{{0}, N_setuid}, -1},
    {{{UINT64_MAX}, N_setgid}, -22},
    {{{1000, UINT64_MAX}, N_setreuid}, 0},
    {{{UINT64_MAX, 0}, N_setregid}, -1},
    {{{UINT64_MAX, 1000, UINT64_MAX}, N_setresuid}, 0},
    {{{1000, 1000, 7}, N_setresgid}, -1},
    {{{OUT}, N_uname}, 0},
    {{{MEMORY - 389}, N_uname}, -14},
    {{{0, 3, 0, OUT}, N_prlimit64}, 0},
    {{{0, 16, 0, OUT}, N_prlimit64}, -22},
    {{{77, 3, 0, OUT}, N_prlimit64}, -3},
    {{{0, 128, OUT}, N_sched_getaffinity}, 8},
    {{{0, 7, OUT}, N_sched_getaffinity}, -22},
    {{{077}, N_umask}, 022},
    {{{022}, N_umask}, 077},
    {{{0}, N_wait4}, -10},
    {{{0, 0, 0}, N_rseq}, -38},
    {{{0}, N_clone}, -11},
    {{{0}, N_unknown}, -38},
    /* time */
    {{{1, OUT}, N_clock_gettime}, 0},
    {{{12, OUT}, N_clock_gettime}, -22},
    {{{1, MEMORY - 8}, N_clock_gettime}, -14},
    {{{HALF_SECOND, 0}, N_nanosleep}, 0},
    {{{BAD_TIME, 0}, N_nanosleep}, -22},
    {{{0, 0}, N_nanosleep}, -14},
    {{{1, 0, HALF_SECOND, 0}, N_clock_nanosleep}, 0},
    {{{1, 1, HALF_SECOND, 0}, N_clock_nanosleep}, 0},
    {{{3, 0, HALF_SECOND, 0}, N_clock_nanosleep}, -22},
    {{{0}, N_times}, 150},
    {{{OUT, 0}, N_gettimeofday}, 0},
    /* random, signals, futexes */
    {{{OUT, 13, 1}, N_getrandom}, 13},
    {{{OUT, 13, 8}, N_getrandom}, -22},
    {{{OUT, 13, 6}, N_getrandom}, -22},
    {{{OUTSIDE, 13, 0}, N_getrandom}, -14},
    {{{13, IGNORE, 0, 8}, N_rt_sigaction}, 0},
    {{{13, 0, OUT, 8}, N_rt_sigaction}, 0},
    {{{9, IGNORE, 0, 8}, N_rt_sigaction}, -22},
    {{{65, 0, 0, 8}, N_rt_sigaction}, -22},
    {{{13, 0, 0, 16}, N_rt_sigaction}, -22},
    {{{2, 13}, N_kill}, 0},
    {{{0, 17}, N_kill}, 0},
    {{{1, 13}, N_kill}, -1},
    {{{77, 13}, N_kill}, -3},
    {{{2, 65}, N_kill}, -22},
    {{{2, 2, 0}, N_tgkill}, 0},
    {{{2, 3, 6}, N_tgkill}, -3},
    {{{0, MASK, 0, 8}, N_rt_sigprocmask}, 0},
    {{{2, 2, 6}, N_tgkill}, 0},
    {{{OUT + 64, 8}, N_rt_sigpending}, 0},
    {{{3, MASK, 0, 8}, N_rt_sigprocmask}, -22},
    {{{STACK, 0}, N_sigaltstack}, 0},
    {{{STACK + 24, 0}, N_sigaltstack}, -12},
    {{{WORD, 129, 1}, N_futex}, 0},
    {{{WORD + 1, 129, 1}, N_futex}, -22},
    {{{WORD, 128, 8, 0}, N_futex}, -11},
    {{{WORD, 128, 7, HALF_SECOND}, N_futex}, -110},
    {{{WORD, 128, 7, BAD_TIME}, N_futex}, -22},
    {{{WORD, 137, 7, HALF_SECOND, 0, 0}, N_futex}, -22},
    {{{UINT64_MAX - 3, 128, 7, 0}, N_futex}, -14},
    /* unblocks SIGABRT, which is pending */
    {{{1, MASK, 0, 8}, N_rt_sigprocmask}, 0},
};

static void fill_data(armgpu *g)
{
    uint8_t d[0x400] = {0};
    uint64_t half[2] = {0, 500000000}, bad[2] = {0, 1000000000};
    /* descriptors, then events: input, output, closed */
    uint32_t polls[6] = {0, 0x41, 1, 0x4, 20, 0x41};
    uint64_t sets[3] = {3, 6, 8}, ignore[4] = {1, 0, 0, 0};
    uint64_t mask = 1 << 5, stack[6] = {OUT, 0, 8192, OUT, 0, 100};
    uint32_t word = 7;
    memcpy(d + (PATH - DATA_AT), "/etc/x", 7);
    memcpy(d + (HALF_SECOND - DATA_AT), half, sizeof half);
    memcpy(d + (BAD_TIME - DATA_AT), bad, sizeof bad);
    memcpy(d + (POLLS - DATA_AT), polls, sizeof polls);
    memcpy(d + (SETS - DATA_AT), sets, sizeof sets);
    memcpy(d + (IGNORE - DATA_AT), ignore, sizeof ignore);
    memcpy(d + (MASK - DATA_AT), &mask, sizeof mask);
    memcpy(d + (STACK - DATA_AT), stack, sizeof stack);
    memcpy(d + (WORD - DATA_AT), &word, sizeof word);
    assert_ok(g, armgpu_load_data(g, d, sizeof d, DATA_AT));
}

static void test_results(void **state)
{
    struct ag_process_setup setup = process_setup();
    const armgpu_input input = {"abc", 3};
    struct call calls[LENGTH(expected)];
    (void)state;
    setup.inputs = &input;
    setup.num_inputs = 1;
    for (size_t k = 0; k < LENGTH(expected); k++)
        calls[k] = expected[k].call;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_process(&targets[i], 5, 5, &setup);
        fill_data(g);
        load_calls(g, calls, LENGTH(calls));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        for (size_t k = 0; k + 1 < LENGTH(expected); k++)
            check_given(g, 4, k, expected[k].gives);
        armgpu_lane_result r = result_of(g, 4);
        assert_int_equal(r.stop_reason, ARMGPU_STOP_EXIT);
        assert_int_equal(r.stop_code, 128 + 6);
        assert_int_equal(g->calls.unknown[220 / 64], UINT64_C(1) << 220 % 64);
        assert_int_equal(g->calls.unknown[500 / 64], UINT64_C(1) << 500 % 64);
        armgpu_close(g);
    }
}

/* -- How lanes end ---------------------------------------------------------- */

static void check_end(const struct target *t, struct call call, bool is_strict,
                      uint32_t reason, uint64_t code, uint64_t pc)
{
    struct ag_process_setup setup = process_setup();
    setup.is_strict = is_strict;
    armgpu *g = open_process(t, 5, 5, &setup);
    fill_data(g);
    load_calls(g, &call, 1);
    assert_ok(g, armgpu_execute(g, 0, NULL));
    check_stop(g, 4, reason, code, pc, pc / 4);
    armgpu_close(g);
}

static void test_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        const struct target *t = &targets[i];
        check_end(t, (struct call){{WORD, 128, 7, 0}, N_futex}, false,
                  ARMGPU_STOP_DEADLOCK, N_futex, 16);
        check_end(t, (struct call){{0, 0, 0}, N_ppoll}, false,
                  ARMGPU_STOP_DEADLOCK, N_ppoll, 16);
        check_end(t, (struct call){{2, 9}, N_kill}, false, ARMGPU_STOP_EXIT,
                  137, 20);
        check_end(t, (struct call){{2, 2, 6}, N_tgkill}, false,
                  ARMGPU_STOP_EXIT, 134, 20);
        check_end(t, (struct call){{0}, N_unknown}, true, ARMGPU_STOP_SYSCALL,
                  0, 20);
        check_end(t, (struct call){{256 + 3}, N_exit}, true, ARMGPU_STOP_EXIT,
                  3, 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit),
        cmocka_unit_test(test_without_process),
        cmocka_unit_test(test_output),
        cmocka_unit_test(test_output_in_pieces),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_ends),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
