/*
 * Links, modes, owners and times of files that lanes make: what calls give that
 * tests/linux/files/entries.c cannot compare with Linux, because who is 0 there
 * may do it or a C library does not ask for it, and the lane's clock.
 */
#include "linux_guest.h"

#include "core/files_open.h"

#define LANES 3
#define FILE_BYTES 3000
#define CWD ((uint64_t)-100)
#define NOFOLLOW 0x100
#define EMPTY_PATH 0x1000

/* Strings of 16 bytes. */
#define NAME(n) (DATA_AT + 16 * (n))
static const char names[][16] = {"",  "a", "l",    "b", "x",   "t",
                                 "u", ".", "none", "f", "f/x", "a/x"};
enum { NONE, A, L, B, X, T, U, DOT, NOTHING, F, FX, AX };
#define LONG (DATA_AT + 0x1000)   /* 4095 letters */
#define LONGER (DATA_AT + 0x2fff) /* 4096 */
#define TIMES (DATA_AT + 0x4100)  /* 7 s 8, 9 s 10 */
#define OMITS (DATA_AT + 0x4120)  /* neither */
#define STATUS (DATA_AT + 0x4200) /* 128 bytes, of several files */
#define CLOCK (DATA_AT + 0x4800)
#define UNNAMED 020040002

static const struct expected {
    struct call call;
    int64_t gives;
} expected[] = {
    {{{CWD, NAME(A), 0102, 0666}, N_openat}, 3},
    {{{3, DATA_AT, 5}, N_write}, 5},
    /* symbolic links */
    {{{NAME(A), CWD, NAME(L)}, N_symlinkat}, 0},
    {{{NAME(A), CWD, NAME(L)}, N_symlinkat}, -17},
    {{{NAME(NONE), CWD, NAME(L)}, N_symlinkat}, -2},
    {{{NAME(A), CWD, NAME(NONE)}, N_symlinkat}, -2},
    {{{NAME(A), CWD, NAME(AX)}, N_symlinkat}, -20},
    {{{NAME(A), CWD, NAME(FX)}, N_symlinkat}, -2},
    {{{LONGER, CWD, NAME(X)}, N_symlinkat}, -36},
    {{{NAME(A), CWD, LONGER}, N_symlinkat}, -36},
    {{{LONG, CWD, NAME(X)}, N_symlinkat}, -28},
    {{{CWD, NAME(X), STATUS, NOFOLLOW}, N_newfstatat}, -2},
    {{{MEMORY, CWD, NAME(X)}, N_symlinkat}, -14},
    {{{NAME(A), CWD, MEMORY}, N_symlinkat}, -14},
    {{{NAME(A), 9, NAME(X)}, N_symlinkat}, -9},
    {{{NAME(A), 1, NAME(X)}, N_symlinkat}, -20},
    {{{NAME(A), 3, NAME(X)}, N_symlinkat}, -20},
    /* second names */
    {{{CWD, NAME(NOTHING), CWD, MEMORY, 0}, N_linkat}, -2},
    {{{CWD, NAME(A), CWD, MEMORY, 0}, N_linkat}, -14},
    {{{CWD, NAME(A), CWD, LONGER, 0}, N_linkat}, -36},
    {{{CWD, NAME(A), 9, NAME(B), 0}, N_linkat}, -9},
    {{{9, NAME(A), CWD, NAME(B), 0}, N_linkat}, -9},
    {{{CWD, NAME(A), CWD, NAME(B), 0x100}, N_linkat}, -22},
    {{{CWD, NAME(DOT), CWD, NAME(B), 0}, N_linkat}, -1},
    {{{1, NAME(NONE), CWD, NAME(B), EMPTY_PATH}, N_linkat}, -18},
    {{{CWD, NAME(NONE), CWD, NAME(B), 0}, N_linkat}, -2},
    {{{CWD, NAME(A), CWD, NAME(B), 0}, N_linkat}, 0},
    {{{CWD, NAME(B), STATUS, 0}, N_newfstatat}, 0},
    /* without a name, then with one; none that may not have one */
    {{{CWD, NAME(DOT), UNNAMED, 0600}, N_openat}, 4},
    {{{4, STATUS + 128}, N_fstat}, 0},
    {{{4, NAME(NONE), CWD, NAME(T), EMPTY_PATH}, N_linkat}, 0},
    {{{4, NAME(NONE), CWD, NAME(U), EMPTY_PATH}, N_linkat}, 0},
    {{{4, STATUS + 256}, N_fstat}, 0},
    {{{CWD, NAME(T), 0}, N_unlinkat}, 0},
    {{{CWD, NAME(U), 0}, N_unlinkat}, 0},
    {{{4, NAME(NONE), CWD, NAME(T), EMPTY_PATH}, N_linkat}, -2},
    {{{CWD, NAME(DOT), UNNAMED | 0200, 0600}, N_openat}, 5},
    {{{5, NAME(NONE), CWD, NAME(T), EMPTY_PATH}, N_linkat}, -2},
    /* modes */
    {{{CWD, NAME(L), 0600, NOFOLLOW}, N_fchmodat2}, -95},
    {{{CWD, NAME(A), 0604, NOFOLLOW}, N_fchmodat2}, 0},
    {{{CWD, NAME(A), 0600, 0x200}, N_fchmodat2}, -22},
    {{{3, NAME(NONE), 06711, EMPTY_PATH}, N_fchmodat2}, 0},
    {{{3, NAME(NONE), 0600, 0}, N_fchmodat2}, -2},
    {{{CWD, NAME(NONE), 0700, EMPTY_PATH}, N_fchmodat2}, 0},
    {{{CWD, NAME(DOT), STATUS + 384, 0}, N_newfstatat}, 0},
    {{{CWD, NAME(B), STATUS + 512, 0}, N_newfstatat}, 0},
    /* owners */
    {{{3, 7, UINT32_MAX}, N_fchown}, -1},
    {{{3, 1000, 0}, N_fchown}, -1},
    {{{CWD, NAME(L), UINT32_MAX, 0, NOFOLLOW}, N_fchownat}, -1},
    {{{CWD, NAME(A), 1000, 1000, 0x400}, N_fchownat}, -22},
    {{{3, STATUS + 640}, N_fstat}, 0}, /* it is what it was */
    {{{3, 1000, 1000}, N_fchown}, 0},
    {{{3, STATUS + 768}, N_fstat}, 0},
    /* times */
    {{{3, 0, TIMES, 0}, N_utimensat}, 0},
    {{{CWD, NAME(B), STATUS + 896, 0}, N_newfstatat}, 0},
    {{{9, 1, OMITS, 99}, N_utimensat}, 0},
    {{{CWD, 0, MEMORY - 31, 99}, N_utimensat}, -14},
    {{{CWD, NAME(L), 0, NOFOLLOW}, N_utimensat}, 0},
    {{{1, CLOCK}, N_clock_gettime}, 0},
    {{{CWD, NAME(L), STATUS + 1024, NOFOLLOW}, N_newfstatat}, 0},
    {{{0}, N_exit_group}, 0},
};

static void fill_data(armgpu *g)
{
    static char long_name[4096];
    const uint64_t times[4] = {7, 8, 9, 10};
    const uint64_t omits[4] = {7, 0x3ffffffe, 9, 0x3ffffffe};
    memset(long_name, 'x', sizeof long_name);
    assert_ok(g, armgpu_load_data(g, names, sizeof names, DATA_AT));
    assert_ok(g, armgpu_load_data(g, long_name, 4095, LONG));
    assert_ok(g, armgpu_load_data(g, long_name, 4096, LONGER));
    assert_ok(g, armgpu_load_data(g, times, sizeof times, TIMES));
    assert_ok(g, armgpu_load_data(g, omits, sizeof omits, OMITS));
}

/* The k-th status that was asked for. */
static uint64_t of_status(armgpu *g, uint64_t k, uint64_t at, uint64_t bytes)
{
    uint64_t value = 0;
    assert_ok(g, armgpu_read_memory(g, LANES - 1, STATUS + 128 * k + at, &value,
                                    bytes));
    return value;
}
#define MODE_OF(k) of_status(g, k, 16, 4)
#define NAMES_OF(k) of_status(g, k, 20, 4)
#define SIZE_OF(k) of_status(g, k, 48, 8)

static void check_status(armgpu *g)
{
    uint64_t clock[2];
    assert_int_equal(NAMES_OF(0), 2);
    assert_int_equal(SIZE_OF(0), 5);
    assert_int_equal(NAMES_OF(1), 0);
    assert_int_equal(NAMES_OF(2), 2);
    assert_int_equal(MODE_OF(3), 040700);
    assert_int_equal(MODE_OF(4), 0106711);
    assert_int_equal(MODE_OF(5), 0106711);
    assert_int_equal(MODE_OF(6), 0100711); /* as its new owner's */
    assert_int_equal(of_status(g, 7, 72, 8), 7);
    assert_int_equal(of_status(g, 7, 80, 8), 8);
    assert_int_equal(of_status(g, 7, 88, 8), 9);
    assert_int_equal(of_status(g, 7, 96, 8), 10);
    /* The clock was asked one call later. */
    assert_int_equal(SIZE_OF(8), 1);
    assert_int_equal(of_status(g, 8, 72, 8), 0);
    assert_ok(g, armgpu_read_memory(g, LANES - 1, CLOCK, clock, sizeof clock));
    assert_int_equal(of_status(g, 8, 80, 8), clock[1] - 8);
    assert_int_equal(of_status(g, 8, 96, 8), clock[1] - 8);
    assert_int_equal(of_status(g, 8, 112, 8), clock[1] - 8);
}

static armgpu *open_lanes(const struct target *t, const armgpu_process *p)
{
    struct ag_process_setup setup = process_setup();
    setup.files = ag_files_kinds(p);
    armgpu *g = open_process(t, LANES, LANES, &setup);
    assert_ok(g, ag_files_start(g, p));
    fill_data(g);
    return g;
}

static void test_results(void **state)
{
    const armgpu_process p = {.size = sizeof p, .file_bytes = FILE_BYTES};
    struct call calls[LENGTH(expected)];
    (void)state;
    for (size_t k = 0; k < LENGTH(expected); k++)
        calls[k] = expected[k].call;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_lanes(&targets[i], &p);
        load_calls(g, calls, LENGTH(calls));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        for (size_t k = 0; k + 1 < LENGTH(expected); k++)
            check_given(g, LANES - 1, k, expected[k].gives);
        check_status(g);
        armgpu_close(g);
    }
}

/* -- What is handed out ---------------------------------------------------- */

static char handed_out[256];

static int32_t take_file(void *user, uint64_t lane, const char *path,
                         uint32_t mode, const void *bytes, uint64_t n)
{
    char one[64];
    (void)user;
    if (lane == 1) {
        snprintf(one, sizeof one, "%s %o %.*s\n", path, mode, (int)n,
                 (const char *)bytes);
        strcat(handed_out, one);
    }
    return 0;
}

static void test_collect(void **state)
{
    static const struct call calls[] = {
        {{CWD, NAME(A), 0102, 0666}, N_openat},
        {{3, NAME(NOTHING), 4}, N_write},
        {{CWD, NAME(A), CWD, NAME(B), 0}, N_linkat},
        {{NAME(AX), CWD, NAME(L)}, N_symlinkat},
        {{3, 0711}, N_fchmod},
        {{CWD, NAME(B), CWD, NAME(X), 0}, N_linkat},
        {{CWD, NAME(A), 0}, N_unlinkat},
        {{0}, N_exit_group},
    };
    const armgpu_process p = {.size = sizeof p, .collect = take_file};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_lanes(&targets[i], &p);
        handed_out[0] = '\0';
        load_calls(g, calls, LENGTH(calls));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_string_equal(handed_out, "b 100711 none\nl 120777 a/x\n"
                                        "x 100711 none\n");
        armgpu_close(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_collect),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
