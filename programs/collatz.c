/*
 * Collatz: how many steps the 16 numbers from 16 * lane + 1 take down to 1, in
 * all. Lanes diverge at once and end at different times.
 */
#include "guest.h"

static uint64_t steps_to_one(uint64_t n)
{
    uint64_t steps = 0;

    for (; n != 1; steps++)
        n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    return steps;
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint64_t steps = 0;

    (void)argument;
    for (uint64_t i = 1; i <= 16; i++)
        steps += steps_to_one(16 * lane + i);
    return steps;
}
