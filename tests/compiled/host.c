/*
 * The test programs as one ordinary program, for the host and for
 * qemu-aarch64: prints name, input and result of each, 64 inputs a name.
 * TESTS is the list of names, as X(arith) X(bits) ...
 */
#include <inttypes.h>
#include <stdio.h>

#define X(name) uint64_t test_##name(uint64_t input);
TESTS
#undef X

static const struct {
    const char *name;
    uint64_t (*run)(uint64_t input);
} tests[] = {
#define X(name) {#name, test_##name},
    TESTS
#undef X
};

int main(void)
{
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        for (uint64_t input = 0; input < 64; input++)
            printf("%s,%" PRIu64 ",0x%" PRIx64 "\n", tests[i].name, input,
                   tests[i].run(input));
    return 0;
}
