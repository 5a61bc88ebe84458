/*
 * FPDiv.
 */
#ifndef AG_FLOAT_DIVIDE_H
#define AG_FLOAT_DIVIDE_H

#include "float/round.h"

/*
 * floor(x * 2^56 / y) with a sticky bit below it, for x and y from 2^52 to
 * 2^53 - 1: two digits of 28 bits from one reciprocal. The reciprocal is of y's
 * upper 32 bits rounded up: of 31 bits or more, at most four too small. A digit
 * is then less than three too small, so the remainder stays below 3 * y, its
 * upper part times the reciprocal fits 64 bits, and the remainder is exact
 * although the products that it is a difference of overflow.
 */
AG_INLINE u64 ag_quotient_sticky(u64 x, u64 y)
{
    u64 reciprocal = (((u64)1 << 63) - 1) / ((y >> 21) + 1);
    u64 digit = (x >> 23) * reciprocal >> 33, quotient = digit;
    u64 remainder = (x << 28) - digit * y;
    digit = (remainder >> 23) * reciprocal >> 33;
    quotient = (quotient << 28) + digit;
    remainder = (remainder << 28) - digit * y;
    for (; remainder >= y; remainder -= y)
        quotient++;
    return quotient << 1 | (remainder != 0);
}

AG_NOINLINE ag_float ag_fp_div(u32 format, u64 a, u64 b, u32 fpcr)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    ag_number y = ag_fp_unpack(format, b, fpcr);
    u32 kinds = x.kind | y.kind;
    x.flags |= y.flags;
    if (kinds & AG_IS_NAN)
        return ag_fp_process_nans(format, x, y, fpcr);
    if (kinds == AG_IS_INFINITE || kinds == AG_IS_ZERO)
        return ag_fp_invalid(format, x.flags);
    x.sign ^= y.sign;
    if (x.kind == AG_IS_INFINITE)
        return ag_fp_result(ag_fp_infinity(format, x.sign), x.flags);
    if (y.kind == AG_IS_ZERO)
        return ag_fp_result(ag_fp_infinity(format, x.sign), x.flags | AG_DZC);
    if (kinds != AG_IS_FINITE)
        return ag_fp_result(ag_fp_zero(format, x.sign), x.flags);
    x.significand =
        ag_quotient_sticky(x.significand >> 10, y.significand >> 10);
    x.exponent += 5 - y.exponent;
    return ag_fp_round(format, x, fpcr, ag_fp_rounding(fpcr));
}

#endif
