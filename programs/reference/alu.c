/* What alu.s computes, in C. */
#include "guest.h"

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint64_t a = lane + 1;
    uint64_t b = 0x5A5A;

    for (uint64_t i = argument != 0 ? argument : 1000; i != 0; i--) {
        uint64_t difference;

        a += b << 3;
        b ^= a >> 5;
        difference = a - b;
        a = difference >> 11 | difference << 53;
        b += difference | b << 1;
    }
    return a;
}
