/*
 * FPRoundInt and FPRoundIntN: to integers that stay floating point.
 */
#ifndef AG_FLOAT_ROUND_INT_H
#define AG_FLOAT_ROUND_INT_H

#include "float/fixed.h"

/* An integer below 2^64 that the format has. */
AG_INLINE ag_float ag_fp_from_whole(u32 format, ag_number n, u64 whole,
                                    u32 flags)
{
    if (whole == 0)
        return ag_fp_result(ag_fp_zero(format, n.sign), flags);
    n = ag_fp_number(whole, 62, n.sign, flags);
    return ag_fp_round(format, n, 0, AG_TOWARD_ZERO);
}

/* FPRoundInt; `is_exact`: a change is inexact (FRINTX). */
AG_NOINLINE ag_float ag_fp_round_int(u32 format, u64 a, u32 fpcr, u32 rounding,
                                     u32 is_exact)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    ag_split s;
    if (x.kind & AG_IS_NAN)
        return ag_fp_process_nan(format, x, fpcr);
    if (x.kind == AG_IS_ZERO)
        return ag_fp_result(ag_fp_zero(format, x.sign), x.flags);
    if (x.kind == AG_IS_INFINITE)
        return ag_fp_result(ag_fp_infinity(format, x.sign), x.flags);
    if (x.exponent >= (i32)AG_FRACTION_BITS(format))
        return ag_fp_result(a & (AG_SIGN_BIT(format) * 2 - 1), x.flags);
    s = ag_fp_split_rounded(x, x.exponent, rounding);
    return ag_fp_from_whole(format, x, s.whole,
                            is_exact && s.rest != 0 ? AG_IXC : 0);
}

/* FPRoundIntN: to integers of 32 or 64 bits; the smallest stands for all that
   is none. */
AG_NOINLINE ag_float ag_fp_round_int_n(u32 format, u64 a, u32 fpcr,
                                       u32 rounding, u32 bits)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    u64 smallest =
        ag_fp_zero(format, 1) | (u64)((u32)AG_BIAS(format) + bits - 1)
                                    << AG_FRACTION_BITS(format);
    ag_split s;
    if (x.kind == AG_IS_ZERO)
        return ag_fp_result(ag_fp_zero(format, x.sign), x.flags);
    if (x.kind != AG_IS_FINITE || x.exponent > 63)
        return ag_fp_result(smallest, AG_IOC);
    s = ag_fp_split_rounded(x, x.exponent, rounding);
    if (s.whole > ag_integer_limit(bits, 0, x.sign))
        return ag_fp_result(smallest, AG_IOC);
    return ag_fp_from_whole(format, x, s.whole, s.rest != 0 ? AG_IXC : 0);
}

#endif
