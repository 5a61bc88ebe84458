/*
 * The CPU's copies of cryptographic operations that use the processor's own
 * instructions against the one in software: COUNT random cases of each
 * operation for every copy that this processor can run. SEED=N chooses others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "backend/cpu/cpu.h"
#include "crypto/compare.h"

enum { DEFAULT_COUNT = 20000 };

extern const struct ag_backend ag_backend_cpu;

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 0) : otherwise;
}

static void compare(uint32_t copy)
{
    if (ag_cpu_best_crypto() < copy || ag_crypto_copies[copy] == NULL)
        skip();
    assert_int_equal(compare_copies(ag_crypto_copies[copy],
                                    ag_crypto_copies[AG_CRYPTO_SOFT],
                                    number_from("SEED", 1),
                                    number_from("COUNT", DEFAULT_COUNT)),
                     0);
}

static void aes(void **state)
{
    (void)state;
    compare(AG_CRYPTO_AES);
}

static void sha(void **state)
{
    (void)state;
    compare(AG_CRYPTO_SHA);
}

/* -- Which copy a device takes --------------------------------------------- */

static struct ag_cpu_engine engine_of(uint32_t device, bool is_soft)
{
    struct ag_device_options options = {
        .index = device, .lanes = 64, .threads = 1, .soft_float = is_soft};
    struct ag_device_info info = {0};
    char message[AG_MESSAGE_BYTES];
    struct ag_cpu_engine engine;
    ag_device *d;
    assert_int_equal(ag_backend_cpu.open(&d, &options, &info, message), 0);
    engine = d->engine;
    ag_backend_cpu.close(d);
    return engine;
}

/* What ARMGPU_FLOAT=soft is for floating point it is for these too. */
static void copies_of_devices(void **state)
{
    (void)state;
    for (uint32_t device = 0; device < 2; device++) {
        assert_int_equal(engine_of(device, false).crypto, ag_cpu_best_crypto());
        assert_int_equal(engine_of(device, true).crypto, AG_CRYPTO_SOFT);
        assert_int_equal(engine_of(device, true).simd, AG_SIMD_SOFT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aes),
        cmocka_unit_test(sha),
        cmocka_unit_test(copies_of_devices),
    };
    print_message("SEED=%llu\n", (unsigned long long)number_from("SEED", 1));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
