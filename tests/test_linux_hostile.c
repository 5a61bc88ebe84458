/*
 * System calls with numbers and arguments that no program would use, on memory
 * of random bytes: whatever they do, they do it to their own lane. Sanitizers
 * look at the accesses; here it is the rows of the plane that must stay what
 * they may be. The same of calls on files that lanes make, with names that lead to
 * each other.
 *
 * COUNT=N calls a lane (10^7 by hand), SEED=N.
 */
#include "linux_guest.h"
#include "random.h"

#include "core/files_open.h"
#include "linux/records.h"

#define LANES 5
#define BATCH 400
#define LIMIT 5000 /* cycles: calls may have overwritten the program */
#define AGAIN 20

static const uint32_t numbers[] = {
#define NUMBER(number, name, where, shape) (number),
    AG_LINUX_CALLS(NUMBER)};

/* Near the ends of what there is, and beyond. */
static uint64_t argument(struct random_source *r)
{
    static const uint64_t ends[] = {0,       RESULTS_AT, DATA_AT,
                                    HEAP_AT, HEAP_END,   MEMORY,
                                    UINT64_C(1) << 48, UINT64_C(1) << 63};
    switch (random_below(r, 6)) {
    case 0:
        return random_value(r);
    case 1:
        return ends[random_below(r, LENGTH(ends))] - 16 + random_below(r, 33);
    case 2:
        return DATA_AT + random_below(r, 4096);
    case 3:
        return HEAP_AT + random_below(r, 16) * 4096;
    case 4:
        return (uint64_t)1 << random_below(r, 14);
    default:
        return random_below(r, 40);
    }
}

static void check_rows(armgpu *g, uint64_t slot)
{
    const uint64_t pages = (HEAP_END - HEAP_AT) / 4096;
#define ROW(name) (*ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_##name))
    assert_true(ROW(BREAK) <= HEAP_END - HEAP_AT);
    assert_true(ROW(REGIONS) <= AG_REGIONS);
    uint64_t before = (ROW(BREAK) + 4095) / 4096;
    for (uint32_t i = 0; i < ROW(REGIONS); i++) {
        uint64_t region = *ag_plane_row(g, AG_PLANE_LINUX, slot,
                                        AG_LINUX_REGION + i);
        uint64_t first = region & 0xffffffff, end = region >> 32;
        /* They may touch the break, not each other. */
        assert_true(i == 0 ? first >= before : first > before);
        assert_true(first < end && end <= pages);
        before = end;
    }
    assert_true(ROW(SLEPT) >> 63 == 0);
    assert_true(ROW(UMASK) <= 0777);
#undef ROW
}

static void check_lanes(armgpu *g)
{
    assert_true(ag_planes_read(g));
    for (uint64_t lane = 0; lane < LANES; lane++) {
        armgpu_lane_result result = result_of(g, lane);
        check_rows(g, lane);
        assert_true(result.cycles <= (AGAIN + 1) * LIMIT);
        assert_true(result.stop_reason != ARMGPU_STOP_RUNNING &&
                    result.stop_reason != ARMGPU_STOP_DEVICE_FAULT);
    }
}

static void check_target(const struct target *t, size_t count, uint64_t seed)
{
    static uint8_t bytes[0x10000];
    const armgpu_input in = {bytes, 3000};
    struct ag_process_setup setup = process_setup();
    struct call calls[BATCH];
    setup.output = NULL;
    setup.output_bytes = 1024;
    setup.inputs = &in;
    setup.num_inputs = 1;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 >> 3);
    armgpu *g = open_process(t, LANES, LANES, &setup);
    assert_ok(g, armgpu_load_data(g, bytes, sizeof bytes, DATA_AT));
    for (size_t at = 0; at < count; at += BATCH) {
        struct random_source r = random_for(seed, 2, at);
        for (size_t k = 0; k < BATCH; k++) {
            for (size_t i = 0; i < 6; i++)
                calls[k].x[i] = argument(&r);
            do
                calls[k].number = random_one_in(&r, 20)
                                      ? random_value(&r)
                                      : numbers[random_below(&r,
                                                             LENGTH(numbers))];
            while (calls[k].number == N_exit || calls[k].number == N_exit_group);
        }
        assert_ok(g, armgpu_reset(g));
        make_calls(g, calls, BATCH, LIMIT);
        for (int again = 0; again < AGAIN; again++) {
            /* Lanes that ended in a call go on with the next one. */
            check_lanes(g);
            assert_ok(g, armgpu_set_pc_all(g, 0));
            assert_ok(g, armgpu_execute(g, LIMIT, NULL));
        }
        check_lanes(g);
    }
    armgpu_close(g);
}

/* -- Files ------------------------------------------------------------------ */

#define FILE_BYTES 3000
#define NAME_BYTES 16
static const char names[][NAME_BYTES] = {
    "a",     "b",      "a/b",  "a/b/c", "a/c/",    "/",   "..",    ".",
    "/tmp",  "tmp/x",  "b/..", "a//b",  "../../d", "d",   "a/b/.", "",
    "/tmp/", "a/../b", "e/",   "tmp/e", "a/b/c/d", "./e", "b/c",   "a/.."};

static const uint32_t file_numbers[] = {
#define FILE_NUMBER(number, name) (number),
    AG_FILE_CALLS(FILE_NUMBER)};

static uint64_t handed_out;

/* No path leads anywhere but into the folder that it is written to. */
static int32_t take_file(void *user, uint64_t lane, const char *path,
                         uint32_t mode, const void *bytes, uint64_t n)
{
    (void)user;
    assert_true(lane < LANES && n <= FILE_BYTES);
    assert_true(path[0] != '\0' && path[0] != '/');
    assert_true(path[strlen(path) - 1] != '/' && strstr(path, "//") == NULL);
    for (const char *at = path; at != NULL; at = strchr(at, '/')) {
        at += *at == '/';
        assert_true(at[0] != '.' && at[0] != '\0');
    }
    assert_true(S_ISDIR(mode) ? n == 0 : S_ISREG(mode) || S_ISLNK(mode));
    for (uint64_t i = 0; i < n; i++) /* sanitizers look whether it is there */
        handed_out += ((const uint8_t *)bytes)[i];
    handed_out++;
    return 0;
}

static struct call file_call(struct random_source *r)
{
    static const uint32_t flags[] = {0,    1,     2,      0102, 0302,
                                     01101, 02101, 040000, 020040002};
    struct call k = {.number = file_numbers[random_below(
                         r, LENGTH(file_numbers))]};
    const uint64_t fd = 3 + random_below(r, 8);
    const bool has_two = k.number == N_renameat || k.number == N_renameat2 ||
                         k.number == N_linkat;
    const bool is_named = k.number == N_openat || k.number == N_mkdirat ||
                          k.number == N_unlinkat || has_two ||
                          k.number == N_newfstatat ||
                          k.number == N_faccessat || k.number == N_fchmodat ||
                          k.number == N_fchownat || k.number == N_utimensat;
    if (random_one_in(r, 3))
        k.number = random_one_in(r, 2) ? N_openat : N_write;
    for (size_t i = 0; i < 6; i++)
        k.x[i] = random_one_in(r, 4) ? argument(r) : random_below(r, 4000);
    k.x[0] = fd;
    if (k.number == N_openat || is_named) {
        k.x[0] = random_one_in(r, 3) ? fd : (uint64_t)-100;
        k.x[1] = DATA_AT + NAME_BYTES * random_below(r, LENGTH(names));
        k.x[2] = k.number == N_openat ? flags[random_below(r, LENGTH(flags))]
                                      : random_below(r, 2) * 0x200;
    } else if (random_below(r, 4) != 0) {
        k.x[1] = k.number == N_ftruncate || k.number == N_lseek
                     ? random_below(r, 4000)
                     : HEAP_AT + random_below(r, 4096);
    }
    if (k.number == N_mmap) {
        k.x[0] = random_one_in(r, 2) ? 0 : HEAP_AT + random_below(r, 60) * 4096;
        k.x[1] = random_below(r, 9000);
        k.x[3] = 2 | (random_below(r, 2) << 4);
        k.x[4] = fd;
        k.x[5] = random_below(r, 2) << 12;
    }
    if (has_two) {
        k.x[2] = random_one_in(r, 3) ? fd : (uint64_t)-100;
        k.x[3] = DATA_AT + NAME_BYTES * random_below(r, LENGTH(names));
        k.x[4] = k.number == N_linkat ? random_below(r, 2) * 0x400
                                      : random_below(r, 2);
    }
    if (k.number == N_symlinkat) {
        k.x[0] = DATA_AT + NAME_BYTES * random_below(r, LENGTH(names));
        k.x[1] = random_one_in(r, 3) ? fd : (uint64_t)-100;
        k.x[2] = DATA_AT + NAME_BYTES * random_below(r, LENGTH(names));
    }
    if (k.number == N_fchmodat)
        k.x[2] = 0600;
    if (k.number == N_fchownat || k.number == N_utimensat) {
        k.x[2] = k.number == N_fchownat ? AG_USER : 0;
        k.x[3] = k.number == N_fchownat ? AG_USER : random_below(r, 2) << 8;
        k.x[4] = random_below(r, 2) << 8;
    }
    return k;
}

/* No name before it is of the same file; all together are as many as it says. */
static bool is_first(const struct ag_lane_files *lane, uint64_t which)
{
    const struct ag_own *own = lane->names[which]->own;
    uint64_t all = 0, before = 0;
    for (uint64_t i = 0; i < lane->count; i++) {
        all += lane->names[i]->own == own;
        before += i < which && lane->names[i]->own == own;
    }
    assert_int_equal(own->content.status.st_nlink,
                     S_ISDIR(own->content.status.st_mode) ? 2 : all);
    assert_true(own->uses >= all);
    return before == 0;
}

static void check_files(const armgpu *g)
{
    for (uint64_t slot = 0; slot < LANES; slot++) {
        const struct ag_lane_files *lane = g->calls.files.lanes[slot];
        uint64_t bytes = 0;
        assert_true(lane == NULL || lane->bytes <= FILE_BYTES);
        for (uint64_t i = 0; lane != NULL && i < lane->count; i++) {
            const struct ag_name *name = lane->names[i];
            assert_ptr_equal(ag_name_find(lane, name->path), name);
            if (name->own != NULL && is_first(lane, i))
                bytes += name->own->content.size;
        }
        assert_true(lane == NULL || bytes <= lane->bytes);
    }
}

static void check_files_of(const struct target *t, size_t count, uint64_t seed)
{
    const armgpu_process p = {.size = sizeof p,
                              .file_bytes = FILE_BYTES,
                              .collect = take_file};
    struct ag_process_setup setup = process_setup();
    struct call calls[BATCH];
    setup.output = NULL;
    setup.files = ag_files_kinds(&p);
    armgpu *g = open_process(t, LANES, LANES, &setup);
    assert_ok(g, ag_files_start(g, &p));
    assert_ok(g, armgpu_load_data(g, names, sizeof names, DATA_AT));
    handed_out = 0;
    for (size_t at = 0; at < count; at += BATCH) {
        struct random_source r = random_for(seed, 3, at);
        for (size_t k = 0; k < BATCH; k++)
            calls[k] = file_call(&r);
        assert_ok(g, armgpu_reset(g));
        make_calls(g, calls, BATCH, 10 * BATCH);
        check_lanes(g);
        check_files(g);
    }
    assert_true(handed_out > count / 100);
    armgpu_close(g);
}

/* Sanitizers make each call several times as slow. */
static size_t usual(size_t in_release)
{
    return strcmp(ARMGPU_MODE, "release") == 0 ? in_release : in_release / 5;
}

/* Calls of the target that has most of them. */
static size_t most_calls(size_t in_release)
{
    const char *count = getenv("COUNT");
    return count == NULL ? usual(in_release)
                         : (size_t)strtoull(count, NULL, 0);
}

static void test_random_calls_on_files(void **state)
{
    const char *seed = getenv("SEED");
    uint64_t first = seed == NULL ? 1 : strtoull(seed, NULL, 0);
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        check_files_of(&targets[i], usual(2000), first + i);
    check_files_of(&targets[0], most_calls(40000), first + 100);
}

static void test_random_calls(void **state)
{
    const char *seed = getenv("SEED");
    uint64_t first = seed == NULL ? 1 : strtoull(seed, NULL, 0);
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        check_target(&targets[i], usual(4000), first + i);
    check_target(&targets[0], most_calls(100000), first + 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_calls),
        cmocka_unit_test(test_random_calls_on_files),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
