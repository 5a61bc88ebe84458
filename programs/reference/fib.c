/* What fib.s computes, in C: without its recursion. */
#include "guest.h"

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint64_t a = 0;
    uint64_t b = 1;

    (void)argument;
    for (uint64_t n = 8 + lane % 8; n != 0; n--) {
        uint64_t next = a + b;

        a = b;
        b = next;
    }
    return a;
}
