/*
 * FPConvert: from one format to another. FCVTXN rounds to odd.
 */
#ifndef AG_FLOAT_CONVERT_H
#define AG_FLOAT_CONVERT_H

#include "float/round.h"

AG_NOINLINE ag_float ag_fp_convert(u32 from, u32 to, u64 a, u32 fpcr,
                                   u32 rounding)
{
    ag_number x = ag_fp_unpack_cv(from, a, fpcr);
    u32 is_alternative = to == AG_HALF && (fpcr & AG_FPCR_AHP);
    if (x.kind & AG_IS_NAN) {
        u64 nan = is_alternative        ? ag_fp_zero(to, x.sign)
                  : (fpcr & AG_FPCR_DN) ? ag_fp_default_nan(to)
                                        : ag_fp_convert_nan(from, to, a);
        u32 is_invalid = x.kind == AG_IS_SNAN || is_alternative;
        return ag_fp_result(nan, is_invalid ? AG_IOC : 0);
    }
    if (x.kind == AG_IS_INFINITE) {
        if (is_alternative)
            return ag_fp_result(ag_fp_zero(to, x.sign) | 0x7fff, AG_IOC);
        return ag_fp_result(ag_fp_infinity(to, x.sign), 0);
    }
    if (x.kind == AG_IS_ZERO)
        return ag_fp_result(ag_fp_zero(to, x.sign), x.flags);
    return ag_fp_round_cv(to, x, fpcr, rounding);
}

#endif
