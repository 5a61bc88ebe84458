/*
 * FPMax, FPMin, FPMaxNum, FPMinNum.
 */
#ifndef AG_FLOAT_MINMAX_H
#define AG_FLOAT_MINMAX_H

#include "float/compare.h"

/* One quiet NaN counts as the infinity that any number wins against. */
AG_INLINE ag_number ag_fp_as_loser(ag_number n, u32 sign)
{
    n.kind = AG_IS_INFINITE;
    n.sign = (u8)sign;
    return n;
}

/* The larger (is_min: smaller) operand; -0 is less than +0. `numbers`: of a
   quiet NaN and a number, the number. */
AG_NOINLINE ag_float ag_fp_choose(u32 format, u64 a, u64 b, u32 is_min,
                                  u32 numbers, u32 fpcr)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    ag_number y = ag_fp_unpack(format, b, fpcr);
    u32 flags = x.flags | y.flags;
    i64 left, right;
    if (numbers && x.kind == AG_IS_QNAN && y.kind != AG_IS_QNAN) {
        x = ag_fp_as_loser(x, is_min ^ 1);
        a = ag_fp_infinity(format, x.sign);
    } else if (numbers && y.kind == AG_IS_QNAN && x.kind != AG_IS_QNAN) {
        y = ag_fp_as_loser(y, is_min ^ 1);
        b = ag_fp_infinity(format, y.sign);
    }
    if ((x.kind | y.kind) & AG_IS_NAN)
        return ag_fp_process_nans(format, x, y, fpcr);
    left = ag_fp_key(format, a, x.kind);
    right = ag_fp_key(format, b, y.kind);
    if (left == right) { /* the same, or two zeros */
        y.sign = is_min ? x.sign | y.sign : x.sign & y.sign;
    } else if ((left < right) == (is_min != 0)) {
        y.sign = x.sign;
        right = left;
    }
    return ag_fp_result(
        ag_fp_zero(format, y.sign) | (u64)(right < 0 ? -right : right), flags);
}

AG_INLINE ag_float ag_fp_max(u32 format, u64 x, u64 y, u32 fpcr)
{
    return ag_fp_choose(format, x, y, 0, 0, fpcr);
}

AG_INLINE ag_float ag_fp_min(u32 format, u64 x, u64 y, u32 fpcr)
{
    return ag_fp_choose(format, x, y, 1, 0, fpcr);
}

AG_INLINE ag_float ag_fp_max_num(u32 format, u64 x, u64 y, u32 fpcr)
{
    return ag_fp_choose(format, x, y, 0, 1, fpcr);
}

AG_INLINE ag_float ag_fp_min_num(u32 format, u64 x, u64 y, u32 fpcr)
{
    return ag_fp_choose(format, x, y, 1, 1, fpcr);
}

#endif
