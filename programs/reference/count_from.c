/*
 * What count_from.s computes, in C. The empty statement keeps the loop, which
 * a compiler would otherwise replace by its result.
 */
#include "guest.h"

uint64_t program(uint64_t lane, uint64_t argument)
{
    (void)lane;
    do
        __asm__ volatile("" : "+r"(argument));
    while (--argument != 0);
    return argument;
}
