/*
 * Collatz: how many steps the 16 numbers from 16 * lane + 1 take down to 1, in
 * all. Lanes diverge at once and end at different times. Argument: how many
 * blocks of 16 to take, this lane's and those that follow; 1 if 0.
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
    uint64_t first = 16 * lane + 1;
    uint64_t count = 16 * (argument != 0 ? argument : 1);
    uint64_t steps = 0;

    for (uint64_t i = 0; i < count; i++)
        steps += steps_to_one(first + i);
    return steps;
}
