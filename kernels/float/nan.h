/*
 * NaNs: which operand's an operation gives, and as what.
 */
#ifndef AG_FLOAT_NAN_H
#define AG_FLOAT_NAN_H

#include "float/unpack.h"

AG_INLINE u64 ag_fp_quiet_bit(u32 format)
{
    return (u64)1 << (AG_FRACTION_BITS(format) - 1);
}

/* FPDefaultNaN */
AG_INLINE u64 ag_fp_default_nan(u32 format)
{
    return ag_fp_infinity(format, 0) | ag_fp_quiet_bit(format);
}

/* The result of an invalid operation. */
AG_INLINE ag_float ag_fp_invalid(u32 format, u32 flags)
{
    return ag_fp_result(ag_fp_default_nan(format), flags | AG_IOC);
}

/* FPProcessNaN */
AG_FN ag_float ag_fp_process_nan(u32 format, ag_number n, u32 fpcr)
{
    u32 flags = n.flags | (n.kind == AG_IS_SNAN ? AG_IOC : 0);
    if (fpcr & AG_FPCR_DN)
        return ag_fp_result(ag_fp_default_nan(format), flags);
    return ag_fp_result(n.significand | ag_fp_quiet_bit(format), flags);
}

/* FPProcessNaNs3: the first signalling NaN, else the first NaN; there is one.
 */
AG_NOINLINE ag_float ag_fp_process_nans3(u32 format, ag_number x, ag_number y,
                                         ag_number z, u32 fpcr)
{
    u32 kinds = x.kind | y.kind | z.kind;
    u32 wanted = kinds & AG_IS_SNAN ? AG_IS_SNAN : AG_IS_QNAN;
    ag_number n = x.kind == wanted ? x : y.kind == wanted ? y : z;
    n.flags = x.flags | y.flags | z.flags;
    return ag_fp_process_nan(format, n, fpcr);
}

/* FPProcessNaNs */
AG_INLINE ag_float ag_fp_process_nans(u32 format, ag_number x, ag_number y,
                                      u32 fpcr)
{
    return ag_fp_process_nans3(format, x, y, y, fpcr);
}

/* FPConvertNaN: quiet, with the upper bits of the payload. */
AG_FN u64 ag_fp_convert_nan(u32 from, u32 to, u64 x)
{
    u32 given = AG_FRACTION_BITS(from), wanted = AG_FRACTION_BITS(to);
    u64 fraction = x & (((u64)1 << given) - 1);
    fraction = given > wanted ? fraction >> (given - wanted)
                              : fraction << (wanted - given);
    return ag_fp_infinity(to, (x & AG_SIGN_BIT(from)) != 0) |
           ag_fp_quiet_bit(to) | fraction;
}

#endif
