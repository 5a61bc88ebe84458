/* What fib.s computes, in C: the same calls. */
#include "guest.h"

static uint64_t fib(uint64_t n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint64_t sum = 0;
    uint64_t times = argument != 0 ? argument : 1;

    for (uint64_t i = 0; i < times; i++)
        sum += fib(8 + (lane + i) % 8);
    return sum;
}
