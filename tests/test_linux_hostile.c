/*
 * System calls with numbers and arguments that no program would use, on memory
 * of random bytes: whatever they do, they do it to their own lane. Sanitizers
 * look at the accesses; here it is the rows of the plane that must stay what
 * they may be.
 *
 * COUNT=N calls a lane (10^7 by hand), SEED=N.
 */
#include "linux_guest.h"
#include "random.h"

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

static void test_random_calls(void **state)
{
    const char *count = getenv("COUNT"), *seed = getenv("SEED");
    uint64_t first = seed == NULL ? 1 : strtoull(seed, NULL, 0);
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        check_target(&targets[i], 4000, first + i);
    check_target(&targets[0],
                 count == NULL ? 100000 : (size_t)strtoull(count, NULL, 0),
                 first + 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_calls),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
