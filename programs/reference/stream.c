/* What stream.s computes, in C. */
#include "guest.h"

#define WORDS 256

static uint64_t pass(const uint64_t *from, uint64_t *to, uint64_t sum)
{
    for (int i = 0; i < WORDS; i += 4) {
        uint64_t a = from[i] + sum;
        uint64_t b = from[i + 1] + a;
        uint64_t c = from[i + 2] ^ b;
        uint64_t d = from[i + 3] + c;

        to[i] = a;
        to[i + 1] = b;
        to[i + 2] = c;
        to[i + 3] = d;
        sum += d;
    }
    return sum;
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint64_t tables[2][WORDS] = {{0}};
    uint64_t sum = lane + 1;
    uint64_t passes = argument != 0 ? argument : 100;

    for (uint64_t i = 0; i < passes; i++)
        sum = pass(tables[i % 2], tables[(i + 1) % 2], sum);
    return sum;
}
