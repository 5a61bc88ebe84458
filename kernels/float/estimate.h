/*
 * FPRecipEstimate, FPRSqrtEstimate, UnsignedRecipEstimate,
 * UnsignedRSqrtEstimate, FPRecpX.
 */
#ifndef AG_FLOAT_ESTIMATE_H
#define AG_FLOAT_ESTIMATE_H

#include "float/round.h"

/* RecipEstimate: of 256 to 511 as 0.5 to 1, 256 to 511 as 1 to 2. */
AG_INLINE u32 ag_recip_estimate(u32 a)
{
    return ((1u << 19) / (a * 2 + 1) + 1) / 2;
}

/* RecipSqrtEstimate: of 128 to 511 as 0.25 to 1, 256 to 511 as 1 to 2. The
   largest b below 1024 with a * b * b < 2^28 is found bit by bit. */
AG_INLINE u32 ag_rsqrt_estimate(u32 a)
{
    u32 b = 512, bit;
    a = a < 256 ? a * 2 + 1 : (a | 1) * 2;
    for (bit = 256; bit != 0; bit >>= 1)
        if (a * (b + bit) * (b + bit) < 1u << 28)
            b += bit;
    return (b + 1) / 2;
}

AG_FN u32 ag_unsigned_recip_estimate(u32 x)
{
    return x >> 31 ? ag_recip_estimate(x >> 23) << 23 : 0xffffffffu;
}

AG_FN u32 ag_unsigned_rsqrt_estimate(u32 x)
{
    return x >> 30 ? ag_rsqrt_estimate(x >> 23) << 23 : 0xffffffffu;
}

/* FPRecipEstimate of what is finite and not zero. */
AG_INLINE ag_float ag_fp_recip_estimate_finite(u32 format, ag_number x,
                                               u32 fpcr)
{
    i32 bias = AG_BIAS(format), exponent = bias - 1 - x.exponent;
    u32 width = AG_FRACTION_BITS(format);
    u64 estimate;
    if (x.exponent < -bias - 1)
        return ag_fp_result(
            ag_fp_overflow(format, x.sign, ag_fp_rounding(fpcr)),
            x.flags | AG_OFC | AG_IXC);
    if (exponent <= 0 && ag_fp_flushes(format, fpcr))
        return ag_fp_result(ag_fp_zero(format, x.sign), x.flags | AG_UFC);
    estimate = (u64)ag_recip_estimate((u32)(x.significand >> 54))
               << (width - 8);
    if (exponent <= 0) {
        estimate >>= 1 - exponent;
        exponent = 1;
    }
    return ag_fp_result(ag_fp_zero(format, x.sign) |
                            (((u64)(u32)(exponent - 1) << width) + estimate),
                        x.flags);
}

AG_NOINLINE ag_float ag_fp_recip_estimate(u32 format, u64 a, u32 fpcr)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    if (x.kind & AG_IS_NAN)
        return ag_fp_process_nan(format, x, fpcr);
    if (x.kind == AG_IS_INFINITE)
        return ag_fp_result(ag_fp_zero(format, x.sign), x.flags);
    if (x.kind == AG_IS_ZERO)
        return ag_fp_result(ag_fp_infinity(format, x.sign), x.flags | AG_DZC);
    return ag_fp_recip_estimate_finite(format, x, fpcr);
}

AG_NOINLINE ag_float ag_fp_rsqrt_estimate(u32 format, u64 a, u32 fpcr)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    u32 width = AG_FRACTION_BITS(format), biased, estimate;
    if (x.kind & AG_IS_NAN)
        return ag_fp_process_nan(format, x, fpcr);
    if (x.kind == AG_IS_ZERO)
        return ag_fp_result(ag_fp_infinity(format, x.sign), x.flags | AG_DZC);
    if (x.sign)
        return ag_fp_invalid(format, x.flags);
    if (x.kind == AG_IS_INFINITE)
        return ag_fp_result(0, x.flags);
    biased = (u32)(x.exponent + AG_BIAS(format)); /* wraps where denormal */
    estimate =
        ag_rsqrt_estimate((u32)(x.significand >> (biased & 1 ? 55 : 54)));
    biased = ((u32)AG_BIAS(format) * 3 - 1 - biased) / 2;
    return ag_fp_result(
        (u64)biased << width | (u64)(estimate & 0xff) << (width - 8), x.flags);
}

/* FPRecpX: 1 / x of the exponent alone. */
AG_NOINLINE ag_float ag_fp_recp_x(u32 format, u64 a, u32 fpcr)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    u32 width = AG_FRACTION_BITS(format), top = AG_EXPONENT_MAX(format);
    u32 exponent = (u32)(a >> width) & top;
    if (x.kind & AG_IS_NAN)
        return ag_fp_process_nan(format, x, fpcr);
    exponent = exponent == 0 ? top - 1 : exponent ^ top;
    return ag_fp_result(ag_fp_zero(format, x.sign) | (u64)exponent << width,
                        x.flags);
}

#endif
