/*
 * Conversions by the hardware, as hardware.h has arithmetic: AG_UNPROVEN is left
 * to integers.
 *   - From an integer: the exact value is rounded to nearest even, and is never
 *     tiny, so FZ does not matter; it is exact where no bit is below the format's.
 *   - To an integer, toward zero, of less than 2^63: the truncated value is exact,
 *     so it is inexact where it is not the operand. What does not fit the integer
 *     is invalid, and unproven here.
 *   - From single to double: always exact, and never tiny.
 *   - From double to single: as arithmetic; exact if it is still the operand.
 */
#ifndef AG_FLOAT_HARDWARE_CONVERT_H
#define AG_FLOAT_HARDWARE_CONVERT_H

#include "float/hardware.h"

#if AG_HAS_F64 || AG_HAS_F32

/* Whether a magnitude that is not zero has all its bits in the format. */
AG_INLINE u32 ag_fits_format(u32 format, u64 magnitude)
{
    return magnitude << AG_CLZ64(magnitude) << (AG_FRACTION_BITS(format) + 1) ==
           0;
}

/* FixedToFP, without bits below the point. */
AG_INLINE ag_float ag_hard_from_integer(u32 format, u64 a, u32 bits,
                                        u32 is_unsigned, u32 fpcr)
{
    u64 value = a << (64 - bits), r;
    value = is_unsigned ? value >> (64 - bits) : (u64)((i64)value >> (64 - bits));
    if ((fpcr & AG_FPCR_RMODE) != 0 || !ag_has_hardware(format))
        return ag_fp_unproven();
    if (is_unsigned)
        r = AG_HARD_CHOICE(AG_F64_BITS((ag_f64)value),
                           AG_F32_BITS((ag_f32)value));
    else
        r = AG_HARD_CHOICE(AG_F64_BITS((ag_f64)(i64)value),
                           AG_F32_BITS((ag_f32)(i64)value));
    if ((fpcr & AG_IXC) || value == 0)
        return ag_fp_result(r, 0);
    return ag_hard_result(
        r, ag_fits_format(format, (i64)value < 0 && !is_unsigned ? 0 - value
                                                                 : value));
}

/* FPToFixed, without bits below the point, to an integer of 32 or 64 bits. */
AG_INLINE ag_float ag_hard_to_integer(u32 format, u64 x, u32 bits,
                                      u32 is_unsigned, u32 fpcr)
{
    u64 limit = (u64)(AG_BIAS(format) + 63) << AG_FRACTION_BITS(format);
    u32 is_exact;
    i64 value;
    if (!ag_has_hardware(format) || ag_fp_size(format, x) >= limit ||
        ag_is_flushed(format, x, x, fpcr))
        return ag_fp_unproven();
    value = (i64)AG_HARD_CHOICE((i64)AG_F64(x), (i64)AG_F32(x));
    if (is_unsigned ? value < 0 || (bits == 32 && value != (i64)(u32)value)
                    : bits == 32 && value != (i64)(i32)value)
        return ag_fp_unproven();
    is_exact = (u32)AG_HARD_CHOICE((ag_f64)value == AG_F64(x),
                                   (ag_f32)value == AG_F32(x));
    return ag_hard_result((u64)value & ~(u64)0 >> (64 - bits), is_exact);
}

#else

AG_INLINE ag_float ag_hard_from_integer(u32 format AG_UNUSED, u64 a AG_UNUSED,
                                        u32 bits AG_UNUSED,
                                        u32 is_unsigned AG_UNUSED,
                                        u32 fpcr AG_UNUSED)
{
    return ag_fp_unproven();
}

AG_INLINE ag_float ag_hard_to_integer(u32 format AG_UNUSED, u64 x AG_UNUSED,
                                      u32 bits AG_UNUSED,
                                      u32 is_unsigned AG_UNUSED,
                                      u32 fpcr AG_UNUSED)
{
    return ag_fp_unproven();
}

#endif

/* FPConvert between single and double, rounded as FPCR says. */
#if AG_HAS_F64 && AG_HAS_F32
AG_INLINE ag_float ag_hard_convert(u32 from, u32 to, u64 x, u32 fpcr)
{
    u64 r, size;
    if (from == AG_SINGLE && to == AG_DOUBLE) {
        if (ag_fp_size(from, x) >= ag_fp_infinity(from, 0) ||
            ag_is_flushed(from, x, x, fpcr))
            return ag_fp_unproven();
        return ag_fp_result(AG_F64_BITS((ag_f64)AG_F32(x)), 0);
    }
    if (from != AG_DOUBLE || to != AG_SINGLE || (fpcr & AG_FPCR_RMODE) != 0)
        return ag_fp_unproven();
    r = AG_F32_BITS((ag_f32)AG_F64(x));
    size = ag_fp_size(to, r);
    if (!ag_size_is_proven(to, size) && ag_fp_size(from, x) != 0)
        return ag_fp_unproven();
    return ag_hard_result(r, (fpcr & AG_IXC) != 0 ||
                                 (ag_f64)AG_F32(r) == AG_F64(x));
}
#else
AG_INLINE ag_float ag_hard_convert(u32 from AG_UNUSED, u32 to AG_UNUSED,
                                   u64 x AG_UNUSED, u32 fpcr AG_UNUSED)
{
    return ag_fp_unproven();
}
#endif

#endif
