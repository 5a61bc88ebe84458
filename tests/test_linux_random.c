/*
 * Random numbers that processes ask for: a sequence of each seed and lane, the
 * same on all targets, in waves and after a reset, in which what AT_RANDOM leads
 * to does not come again.
 */
#include "linux_guest.h"

#include "lane/random.h"

#define LANES 70
#define WORDS 8 /* a lane's */

static const struct call calls[] = {
    {{DATA_AT, 16, 0}, N_getrandom},
    {{DATA_AT + 16, 13, 0}, N_getrandom},
    {{DATA_AT + 32, 32, 1}, N_getrandom},
    {{1, DATA_AT, WORDS * 8}, N_write},
    {{0}, N_exit_group},
};

static void ask(const struct target *t, uint64_t seed, uint64_t resident,
                bool again, uint64_t words[LANES][WORDS])
{
    struct ag_process_setup setup = process_setup();
    setup.seed = seed;
    armgpu *g = open_process(t, LANES, resident, &setup);
    load_calls(g, calls, LENGTH(calls));
    assert_ok(g, armgpu_execute(g, 0, NULL));
    if (again) {
        forget_written();
        assert_ok(g, armgpu_reset(g));
        assert_ok(g, armgpu_execute(g, 0, NULL));
    }
    for (uint64_t lane = 0; lane < LANES; lane++) {
        assert_int_equal(written.of[lane][0].n, WORDS * 8);
        memcpy(words[lane], written.of[lane][0].bytes, WORDS * 8);
    }
    armgpu_close(g);
}

static int compare_words(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

/* Whole words of two seeds and those of AT_RANDOM: no two are the same. */
static void check_differ(uint64_t a[LANES][WORDS], uint64_t b[LANES][WORDS])
{
    static uint64_t all[LANES * (2 * WORDS + 4)];
    size_t n = 0;
    for (uint64_t lane = 0; lane < LANES; lane++) {
        for (size_t i = 0; i < WORDS; i++) {
            if (i == 3) /* five bytes of it */
                continue;
            all[n++] = a[lane][i];
            all[n++] = b[lane][i];
        }
        for (uint64_t i = 0; i < AG_RANDOM_BYTES / 8; i++) {
            all[n++] = ag_random_64(1, lane, i);
            all[n++] = ag_random_64(2, lane, i);
        }
    }
    qsort(all, n, sizeof *all, compare_words);
    for (size_t i = 1; i < n; i++)
        assert_true(all[i - 1] != all[i]);
}

static void test_random(void **state)
{
    static uint64_t first[LANES][WORDS], other[LANES][WORDS],
        more[LANES][WORDS];
    (void)state;
    ask(&targets[0], 1, LANES, false, first);
    ask(&targets[0], 2, LANES, false, other);
    check_differ(first, other);
    for (size_t i = 0; i < target_count; i++) {
        ask(&targets[i], 1, LANES, true, more);
        assert_memory_equal(first, more, sizeof more);
        ask(&targets[i], 1, 9, false, more);
        assert_memory_equal(first, more, sizeof more);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
