/*
 * FPCompare, FPCompareEQ, FPCompareGE, FPCompareGT.
 */
#ifndef AG_FLOAT_COMPARE_H
#define AG_FLOAT_COMPARE_H

#include "float/nan.h"

/* Operands that are no NaNs, as numbers of the same order. */
AG_INLINE i64 ag_fp_key(u32 format, u64 x, ag_number n)
{
    u64 magnitude = x & (AG_SIGN_BIT(format) - 1);
    if (n.kind == AG_IS_ZERO)
        return 0;
    return n.sign ? -(i64)magnitude : (i64)magnitude;
}

/* NZCV of a comparison, N in bit 3; `signals`: quiet NaNs are invalid too. */
AG_NOINLINE ag_float ag_fp_compare(u32 format, u64 a, u64 b, u32 signals,
                                   u32 fpcr)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    ag_number y = ag_fp_unpack(format, b, fpcr);
    u32 kinds = x.kind | y.kind, flags = x.flags | y.flags;
    i64 left, right;
    if (kinds & AG_IS_NAN)
        return ag_fp_result(3, kinds & AG_IS_SNAN || signals ? flags | AG_IOC
                                                             : flags);
    left = ag_fp_key(format, a, x);
    right = ag_fp_key(format, b, y);
    return ag_fp_result(left == right ? 6 : left < right ? 8 : 2, flags);
}

/* Comparisons for masks give 1 or 0. */
AG_INLINE ag_float ag_fp_compare_eq(u32 format, u64 x, u64 y, u32 fpcr)
{
    ag_float r = ag_fp_compare(format, x, y, 0, fpcr);
    r.value = r.value >> 2 & 1;
    return r;
}

AG_INLINE ag_float ag_fp_compare_ge(u32 format, u64 x, u64 y, u32 fpcr)
{
    ag_float r = ag_fp_compare(format, x, y, 1, fpcr);
    r.value = r.value == 2 || r.value == 6;
    return r;
}

AG_INLINE ag_float ag_fp_compare_gt(u32 format, u64 x, u64 y, u32 fpcr)
{
    ag_float r = ag_fp_compare(format, x, y, 1, fpcr);
    r.value = r.value == 2;
    return r;
}

#endif
