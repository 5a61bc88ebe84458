/* Resets of large shared memory: all of it is 0 afterwards, and what was never
   touched takes no memory of the computer. */
#include "guest.h"

#include <sys/resource.h>

#define MIB (UINT64_C(1) << 20)

/* Memory is as it was loaded. Pages that were read are there from then on, so a
   round that shall find some missing ends with this. */
static void check_memory(armgpu *g, uint64_t image)
{
    size_t size = (size_t)armgpu_get_memory_size(g);
    uint8_t *want = calloc(1, size), *got = malloc(size);
    assert_non_null(want);
    assert_non_null(got);
    memcpy(want + 64, (const uint8_t[]){0, 0, 0x40, 0xd4}, 4);
    memcpy(want + image, "image", 5);
    assert_ok(g, armgpu_read_memory(g, 0, 0, got, size));
    assert_memory_equal(want, got, size);
    free(want);
    free(got);
}

/* Pieces that were written all over, here and there, not at all, and the first
   and the last bytes. */
static void test_reset_of_large_memory(void **state)
{
    const uint32_t code[] = {HLT};
    static uint8_t ones[4 * MIB];
    armgpu *g = open_guest(2, 32 * MIB, ARMGPU_MEMORY_SHARED, 1);
    (void)state;
    memset(ones, 0xff, sizeof ones);
    load_words(g, 64, code, 1);
    assert_ok(g, armgpu_load_data(g, "image", 5, 20 * MIB));
    for (int round = 0; round < 2; round++) {
        assert_ok(g, armgpu_write_memory(g, 0, 0, ones, 1));
        assert_ok(g, armgpu_write_memory(g, 0, 32 * MIB - 1, ones, 1));
        assert_ok(g, armgpu_write_memory(g, 0, 5 * MIB + 3, ones, sizeof ones));
        for (uint64_t at = 12 * MIB; at < 24 * MIB; at += 100003)
            assert_ok(g, armgpu_write_memory(g, 0, at, ones, 5));
        assert_ok(g, armgpu_reset(g));
        check_memory(g, 20 * MIB);
    }
    armgpu_close(g);
}

/* 2 GiB of which next to nothing is used: Linux tells how much memory there was
   at most, in KiB. */
static void test_reset_takes_no_memory(void **state)
{
#ifdef __linux__
    const uint32_t code[] = {HLT};
    struct rusage before, after;
    armgpu *g;
    (void)state;
    g = open_guest(2, 2048 * MIB, ARMGPU_MEMORY_SHARED, 1);
    load_words(g, 0, code, 1);
    assert_ok(g, armgpu_execute(g, 0, NULL));
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    assert_ok(g, armgpu_reset(g));
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    armgpu_close(g);
    assert_true(after.ru_maxrss - before.ru_maxrss < 1024 * 1024);
#else
    (void)state;
    skip();
#endif
}

/* The peak of the process is measured, so that test comes first. */
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reset_takes_no_memory),
        cmocka_unit_test(test_reset_of_large_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
