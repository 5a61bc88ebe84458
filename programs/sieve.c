/*
 * The sieve of Eratosthenes over a bitmap on the stack. Returns how many
 * primes lie below 1,024 + 64 * (lane % 64), and the largest of them in the
 * upper half.
 */
#include "guest.h"

#define MAX_LIMIT 5120u

static int is_marked(const uint64_t *map, uint32_t n)
{
    return (int)(map[n / 64] >> (n % 64) & 1);
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint64_t map[MAX_LIMIT / 64] = {0};
    uint32_t limit = 1024 + 64 * (uint32_t)(lane % 64);
    uint32_t count = 0;
    uint32_t last = 0;

    (void)argument;
    for (uint32_t n = 2; n < limit; n++) {
        if (is_marked(map, n))
            continue;
        count++;
        last = n;
        for (uint32_t k = n * n; k < limit; k += n)
            map[k / 64] |= (uint64_t)1 << (k % 64);
    }
    return (uint64_t)last << 32 | count;
}
