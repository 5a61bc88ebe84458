/*
 * BFloat16: BFCVT, and the arithmetic of BFDOT and BFMMLA, which flushes,
 * rounds to odd, gives default NaNs, and neither reads FPCR nor sets flags.
 * BFMLAL is ag_fp_mul_add() of widened values: x << 16.
 */
#ifndef AG_FLOAT_BFLOAT_H
#define AG_FLOAT_BFLOAT_H

#include "float/add.h"
#include "float/multiply.h"

/* FPConvertBF: from single precision. */
AG_NOINLINE ag_float ag_fp_convert_bf(u64 a, u32 fpcr)
{
    ag_number x = ag_fp_unpack(AG_SINGLE, a, fpcr);
    ag_float r;
    if (x.kind & AG_IS_NAN) {
        r = ag_fp_process_nan(AG_SINGLE, x, fpcr);
        r.value >>= 16;
        return r;
    }
    if (x.kind == AG_IS_INFINITE)
        return ag_fp_result(ag_fp_infinity(AG_BFLOAT, x.sign), x.flags);
    if (x.kind == AG_IS_ZERO)
        return ag_fp_result(ag_fp_zero(AG_BFLOAT, x.sign), x.flags);
    return ag_fp_round(AG_BFLOAT, x, fpcr, ag_fp_rounding(fpcr));
}

/* BFAdd: singles. */
AG_FN u32 ag_bf_add(u32 x, u32 y)
{
    return (u32)ag_fp_add_rounding(AG_SINGLE, x, y, 0, AG_FPCR_FZ | AG_FPCR_DN,
                                   AG_TO_ODD_BFLOAT)
        .value;
}

/* BFMul: a single from two BFloat16. */
AG_FN u32 ag_bf_mul(u32 x, u32 y)
{
    return (u32)ag_fp_mul_rounding(AG_SINGLE, (u64)x << 16, (u64)y << 16, 0,
                                   AG_FPCR_FZ | AG_FPCR_DN, AG_TO_ODD_BFLOAT)
        .value;
}

/* One step of BFDOT and BFMMLA: the products of two pairs, added to a sum. */
AG_FN u32 ag_bf_dot_add(u32 sum, u32 x, u32 y)
{
    u32 low = ag_bf_mul(x & 0xffff, y & 0xffff);
    u32 high = ag_bf_mul(x >> 16, y >> 16);
    return ag_bf_add(sum, ag_bf_add(low, high));
}

#endif
