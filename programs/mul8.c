/*
 * Checks an 8 x 8-bit multiplication by shifts and additions, one pair of
 * operands a lane: 65,536 lanes try them all. X0 is 0 where the product is
 * right, else what differs. The argument is the accumulator's width, 16 bits
 * unless set; a narrower one loses the top of large products.
 */
#include "guest.h"

static uint32_t multiply(uint32_t a, uint32_t b, uint64_t width)
{
    uint32_t sum = 0;

    for (; b != 0; b >>= 1, a <<= 1) {
        if (b & 1)
            sum += a;
    }
    return sum & ((UINT32_C(1) << width) - 1);
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint32_t a = lane & 0xff, b = lane >> 8 & 0xff;

    return multiply(a, b, argument == 0 ? 16 : argument & 31) ^ (a * b);
}
