/*
 * Launches of a device that lists its lanes itself: the first is an amount of
 * work however many lanes there are, others grow with what lanes execute, and
 * time in which this process was stopped is not taken for a device that hangs.
 */
#define _POSIX_C_SOURCE 200809L
#include "targets.h"

#include "backend/wait.h"
#include "core/engine.h"

#include <time.h>

/* -- Mirrors --------------------------------------------------------------- */

/* Whether either side has what the other has not; where they are one, never. */
static void check_mirror(armgpu *g, struct ag_mirror *m)
{
    if (m->is_mapped)
        assert_false(m->host_changed || m->device_changed);
    assert_non_null(ag_mirror_read(g, m));
    assert_false(m->device_changed);
    assert_int_equal(ag_mirror_to_device(g, m), ARMGPU_OK);
    assert_false(m->host_changed);
    assert_non_null(ag_mirror_write(g, m));
    assert_int_equal(m->host_changed, !m->is_mapped);
}

static void test_mirrors(void **state)
{
    const uint32_t code[] = {0x91000400, HLT};
    (void)state;
    for (size_t t = 0; t < target_count; t++) {
        armgpu *g = open_target(&targets[t], 70, 0, 0x40000);
        load_words(g, 0, code, LENGTH(code));
        for (uint64_t page = 0; page < 40; page++) { /* the table grows */
            assert_ok(g, armgpu_load_data(g, code, sizeof code, page << 12));
            assert_ok(g, armgpu_reset(g));
            assert_ok(g, armgpu_set_pc_all(g, page << 12));
            assert_ok(g, armgpu_execute(g, 0, NULL));
        }
        check_mirror(g, &g->state);
        check_mirror(g, &g->pages);
        check_mirror(g, &g->entries);
        check_mirror(g, &g->control);
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_int_equal(result_of(g, 69).pc, (39 << 12) + 4);
        armgpu_close(g);
    }
}

/* -- How much a launch is -------------------------------------------------- */

static struct {
    const struct ag_backend *backend;
    uint64_t launches, first_work, most_work;
} seen;

static int32_t count_launch(ag_device *device, const ag_kernel *kernel,
                            ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                            const ag_slice_args *args)
{
    const uint64_t work = (uint64_t)args->count * args->fuel;
    if (args->fuel != 0 && !args->alone) { /* a slice, of whichever kernel */
        if (seen.launches++ == 0)
            seen.first_work = work;
        if (work > seen.most_work)
            seen.most_work = work;
    }
    return seen.backend->launch(device, kernel, buffers, args);
}

/* Counts the launches in which so many lanes execute this. */
static void see_launches(const struct target *t, uint64_t lanes,
                         const uint32_t *code, size_t words)
{
    armgpu *g = open_target(t, lanes, 0, 256);
    struct ag_backend counting = *g->backend;
    load_words(g, 0, code, words);
    seen.backend = g->backend;
    seen.launches = seen.first_work = seen.most_work = 0;
    counting.launch = count_launch;
    g->backend = &counting;
    assert_ok(g, armgpu_execute(g, 0, NULL));
    g->backend = seen.backend;
    assert_int_equal(result_of(g, lanes - 1).stop_reason, ARMGPU_STOP_HALT);
    armgpu_close(g);
}

static uint64_t first_work(const struct target *t, uint64_t lanes)
{
    const uint32_t code[] = {0x91000400, 0x91000400, HLT};
    see_launches(t, lanes, code, LENGTH(code));
    return seen.first_work;
}

static bool lists_its_lanes(const struct target *t)
{
    return strcmp(t->backend, "cpu") != 0 && t->spread == 0;
}

static void test_first_work(void **state)
{
    (void)state;
    for (size_t t = 0; t < target_count; t++) {
        if (!lists_its_lanes(&targets[t]))
            continue;
        assert_in_range(first_work(&targets[t], 1), 1000, 1 << 24);
        assert_in_range(first_work(&targets[t], 100000), 1000, 1 << 24);
        assert_in_range(first_work(&targets[t], 300000), 1000, 1 << 24);
    }
}

/* Launches that end because all lanes ask for something are short, and may not
   be taken for a fast device: the next one, without, would take for ever. */
static void test_lanes_that_ask(void **state)
{
    const uint32_t code[] = {0xd2800801, /* movz x1, #64 */
                             0xd50b7520, /* ic ivau, x0 */
                             0xf1000421, /* subs x1, x1, #1 */
                             0x54ffffc1, /* b.ne 4 */
                             HLT};
    (void)state;
    for (size_t t = 0; t < target_count; t++) {
        if (!lists_its_lanes(&targets[t]))
            continue;
        see_launches(&targets[t], 64, code, LENGTH(code));
        assert_in_range(seen.launches, 64, 1000);
        assert_in_range(seen.most_work, 1, 2 * seen.first_work);
    }
}

/* -- Waiting --------------------------------------------------------------- */

/* Over at the third look, before which nothing is looked at for a time that is
   longer than what may be waited for. */
static bool is_over_after_pause(void *user)
{
    const struct timespec pause = {0, 900000000};
    int *looks = user;
    if (++*looks == 2)
        nanosleep(&pause, NULL);
    return *looks == 3;
}

static bool is_never_over(void *user)
{
    int *looks = user;
    ++*looks;
    return false;
}

static void test_pauses(void **state)
{
    int looks = 0;
    (void)state;
    assert_true(ag_wait_until(is_over_after_pause, &looks, 0.8, 20000));
    looks = 0;
    assert_false(ag_wait_until(is_never_over, &looks, 0.01, 20000));
    assert_in_range(looks, 1, 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mirrors),
        cmocka_unit_test(test_first_work),
        cmocka_unit_test(test_lanes_that_ask),
        cmocka_unit_test(test_pauses),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
