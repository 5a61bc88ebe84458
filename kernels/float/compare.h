/*
 * FPCompare, FPCompareEQ, FPCompareGE, FPCompareGT.
 */
#ifndef AG_FLOAT_COMPARE_H
#define AG_FLOAT_COMPARE_H

#include "float/nan.h"

/* Operands that are no NaNs, as numbers of the same order; of kind AG_IS_ZERO:
   it was flushed. */
AG_INLINE i64 ag_fp_key(u32 format, u64 x, u32 kind)
{
    u64 size = x & (AG_SIGN_BIT(format) - 1);
    if (kind == AG_IS_ZERO)
        return 0;
    return x & AG_SIGN_BIT(format) ? -(i64)size : (i64)size;
}

/* NZCV of numbers' order, N in bit 3. */
AG_INLINE u32 ag_fp_order(i64 left, i64 right)
{
    return left == right ? 6 : left < right ? 8 : 2;
}

/* Operands that are flushed or NaNs. */
AG_NOINLINE ag_float ag_fp_compare_special(u32 format, u64 a, u64 b,
                                           u32 signals, u32 fpcr)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    ag_number y = ag_fp_unpack(format, b, fpcr);
    u32 kinds = x.kind | y.kind, flags = x.flags | y.flags;
    if (kinds & AG_IS_NAN)
        return ag_fp_result(3, kinds & AG_IS_SNAN || signals ? flags | AG_IOC
                                                             : flags);
    return ag_fp_result(
        ag_fp_order(ag_fp_key(format, a, x.kind), ag_fp_key(format, b, y.kind)),
        flags);
}

/* NZCV of a comparison; `signals`: quiet NaNs are invalid too. Rounding has no
   part in it. */
AG_INLINE ag_float ag_fp_compare(u32 format, u64 a, u64 b, u32 signals,
                                 u32 fpcr)
{
    u64 sizes = AG_SIGN_BIT(format) - 1, infinity = ag_fp_infinity(format, 0);
    if (AG_UNLIKELY(ag_fp_flushes(format, fpcr) || (a & sizes) > infinity ||
                    (b & sizes) > infinity))
        return ag_fp_compare_special(format, a, b, signals, fpcr);
    return ag_fp_result(
        ag_fp_order(ag_fp_key(format, a, 0), ag_fp_key(format, b, 0)), 0);
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
