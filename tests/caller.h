/*
 * A guest program that calls functions all over memory, for tests of code that
 * changes or is many: what each function adds to X0 tells which ones it called.
 */
#ifndef AG_TESTS_CALLER_H
#define AG_TESTS_CALLER_H

#include <stdint.h>

/* Calls function X1 mod X2 of those at X3, X4 apart; X5 times, X8 further on. */
static const uint32_t caller[] = {
    0x9ac20826, /* loop: udiv x6, x1, x2 */
    0x9b0284c6, /* msub x6, x6, x2, x1 */
    0x9b040cc7, /* madd x7, x6, x4, x3 */
    0xd63f00e0, /* blr x7 */
    0x8b080021, /* add x1, x1, x8 */
    0xf10004a5, /* subs x5, x5, #1 */
    0x54ffff41, /* b.ne loop */
    0xd4400000, /* hlt #0 */
};

static inline uint32_t add_to_x0(uint32_t n)
{
    return UINT32_C(0x91000000) | n << 10;
}

#endif
