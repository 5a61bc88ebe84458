/* The Arm copies of entry_crypto.c, for tests/test_crypto_arm.sh: prints what
   is different; fails if anything is. Arguments: seed, cases of each. */
#include <stdbool.h>
#include <stdlib.h>

#include "crypto/compare.h"

int main(int argc, char **argv)
{
    const uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    const uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 0) : 2000;
    printf("# seed %llu\n", (unsigned long long)seed);
    if (compare_copies(ag_kernel_crypto_sha, ag_kernel_crypto_soft, seed,
                       count) != 0)
        return 1;
    printf("%d operations, %llu cases of each\n", CRYPTO_OPS,
           (unsigned long long)count);
    return 0;
}
