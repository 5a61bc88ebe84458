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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit),
        cmocka_unit_test(test_without_process),
        cmocka_unit_test(test_output),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
