/* What mixed.s computes, in C. */
#include "guest.h"

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint64_t table[512] = {0};
    uint64_t state = lane + 1;
    uint64_t sum = 0;

    for (uint64_t i = argument != 0 ? argument : 1000; i != 0; i--) {
        uint64_t x = guest_random(&state);
        uint64_t *slot = &table[x % 4096 / 8];

        *slot += x;
        sum += *slot;
    }
    return sum;
}
