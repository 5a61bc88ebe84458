/*
 * FPAdd and FPSub.
 */
#ifndef AG_FLOAT_ADD_H
#define AG_FLOAT_ADD_H

#include "float/round.h"

/*
 * The sum of finite numbers; its significand is zero if it is. Operands have
 * nine zero bits at the end, so that a bit is only lost where exponents differ
 * by more, and then no more than one leading bit cancels: the sticky bit stays
 * below what is rounded.
 */
AG_INLINE ag_number ag_fp_sum(ag_number x, ag_number y)
{
    if (x.exponent < y.exponent) {
        ag_number other = x;
        x = y;
        y = other;
    }
    y.significand =
        ag_shift_sticky(y.significand, (u32)(x.exponent - y.exponent));
    x.flags |= y.flags;
    if (x.sign == y.sign) {
        x.significand += y.significand;
    } else if (x.significand >= y.significand) {
        x.significand -= y.significand;
    } else {
        x.significand = y.significand - x.significand;
        x.sign = y.sign;
    }
    return x;
}

/* x + y with y's sign changed by `negate`, which no NaN's is. */
AG_NOINLINE ag_float ag_fp_add_rounding(u32 format, u64 a, u64 b, u32 negate,
                                        u32 fpcr, u32 rounding)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    ag_number y = ag_fp_unpack(format, b, fpcr);
    u32 kinds = x.kind | y.kind, flags = x.flags | y.flags;
    if (kinds & AG_IS_NAN)
        return ag_fp_process_nans(format, x, y, fpcr);
    y.sign ^= (u8)negate;
    if (kinds & AG_IS_INFINITE) {
        if (kinds == AG_IS_INFINITE && x.sign != y.sign)
            return ag_fp_invalid(format, flags);
        return ag_fp_result(
            ag_fp_infinity(format, x.kind == AG_IS_INFINITE ? x.sign : y.sign),
            flags);
    }
    if (kinds == AG_IS_ZERO && x.sign == y.sign)
        return ag_fp_result(ag_fp_zero(format, x.sign), flags);
    x = ag_fp_sum(x, y);
    if (x.significand == 0)
        return ag_fp_no_difference(format, flags, rounding);
    return ag_fp_round(format, x, fpcr, rounding);
}

AG_INLINE ag_float ag_fp_add(u32 format, u64 x, u64 y, u32 fpcr)
{
    return ag_fp_add_rounding(format, x, y, 0, fpcr, ag_fp_rounding(fpcr));
}

AG_INLINE ag_float ag_fp_sub(u32 format, u64 x, u64 y, u32 fpcr)
{
    return ag_fp_add_rounding(format, x, y, 1, fpcr, ag_fp_rounding(fpcr));
}

#endif
