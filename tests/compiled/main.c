/* A test program as a guest: the lane's number is its input. */
#include "compiled.h"

uint64_t program(uint64_t lane, uint64_t argument);

uint64_t program(uint64_t lane, uint64_t argument)
{
    (void)argument;
    return test(lane);
}
