/*
 * FPRound: the one place where a value becomes a format's. All numbers with
 * more bits than a format has come here with a sticky lowest bit: it is set
 * where anything below it is not zero.
 */
#ifndef AG_FLOAT_ROUND_H
#define AG_FLOAT_ROUND_H

#include "float/nan.h"

/* A shift to the right by any count, with a sticky lowest bit. */
AG_INLINE u64 ag_shift_sticky(u64 x, u32 count)
{
    if (count > 63)
        return x != 0;
    return x >> count | ((x & (((u64)1 << count) - 1)) != 0);
}

/* Whether a magnitude is rounded up: `rest` is what is below its lowest bit,
   as a fraction of 2^64. */
AG_INLINE u32 ag_fp_rounds_up(u32 rounding, u32 sign, u32 is_odd, u64 rest)
{
    const u64 middle = (u64)1 << 63;
    if (rounding == AG_TIE_EVEN)
        return rest > middle - is_odd;
    if (rounding == AG_TIE_AWAY)
        return rest >= middle;
    return rest != 0 && rounding == (sign ? AG_DOWNWARD : AG_UPWARD);
}

/* What is too large becomes: infinity or the largest number. */
AG_INLINE u64 ag_fp_overflow(u32 format, u32 sign, u32 rounding)
{
    u32 is_infinite = rounding == AG_TIE_EVEN || rounding == AG_TO_ODD_BFLOAT ||
                      rounding == (sign ? AG_DOWNWARD : AG_UPWARD);
    return ag_fp_infinity(format, sign) - (is_infinite ? 0 : 1);
}

/* FPRoundBase, of a number that is not zero and may have its highest bit
   anywhere. Tininess is found before rounding; a flushed result is no inexact
   one. */
AG_NOINLINE ag_float ag_fp_round_base(u32 format, ag_number n, u32 fpcr,
                                      u32 rounding)
{
    u32 width = AG_FRACTION_BITS(format), drop = 63 - width;
    u32 shift = AG_CLZ64(n.significand), flags = n.flags, is_tiny;
    u64 significand = n.significand << shift, whole, rest, packed;
    i32 biased = n.exponent + 1 - (i32)shift + AG_BIAS(format);
    u32 is_alternative = format == AG_HALF && (fpcr & AG_FPCR_AHP);

    is_tiny = biased <= 0;
    if (is_tiny) {
        if (ag_fp_flushes(format, fpcr))
            return ag_fp_result(ag_fp_zero(format, n.sign), flags | AG_UFC);
        significand = ag_shift_sticky(significand, (u32)(1 - biased));
        biased = 1;
    }
    whole = significand >> drop;
    rest = significand << (64 - drop);
    /* The leading bit, and a carry out of rounding, add one to the exponent. */
    packed = ((u64)(u32)(biased - 1) << width) + whole +
             ag_fp_rounds_up(rounding, n.sign, (u32)whole & 1, rest);
    if (rest != 0 && rounding >= AG_TO_ODD)
        packed |= 1;

    if (packed >> width >= AG_EXPONENT_MAX(format) + (is_alternative ? 1 : 0)) {
        if (is_alternative)
            return ag_fp_result(ag_fp_zero(format, n.sign) | 0x7fff,
                                flags | AG_IOC);
        return ag_fp_result(ag_fp_overflow(format, n.sign, rounding),
                            flags | AG_OFC | AG_IXC);
    }
    if (rest != 0)
        flags |= is_tiny ? AG_UFC | AG_IXC : AG_IXC;
    return ag_fp_result(ag_fp_zero(format, n.sign) | packed, flags);
}

/* FPRound: for arithmetic. */
AG_INLINE ag_float ag_fp_round(u32 format, ag_number n, u32 fpcr, u32 rounding)
{
    return ag_fp_round_base(format, n, fpcr & ~AG_FPCR_AHP, rounding);
}

/* FPRoundCV: for conversions. */
AG_INLINE ag_float ag_fp_round_cv(u32 format, ag_number n, u32 fpcr,
                                  u32 rounding)
{
    return ag_fp_round_base(format, n, fpcr & ~AG_FPCR_FZ16, rounding);
}

/* A difference that is exactly zero. */
AG_INLINE ag_float ag_fp_no_difference(u32 format, u32 flags, u32 rounding)
{
    return ag_fp_result(ag_fp_zero(format, rounding == AG_DOWNWARD), flags);
}

#endif
