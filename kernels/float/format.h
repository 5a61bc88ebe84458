/*
 * What floating point is made of here: formats, FPCR, flags, results. Formats
 * are run-time parameters, so that one function serves every width. Values are
 * bit patterns in a u64; what is above the format in an operand is ignored,
 * and zero in a result.
 */
#ifndef AG_FLOAT_FORMAT_H
#define AG_FLOAT_FORMAT_H

#include "lane/dialect.h"

/* A format: bits of the exponent, bits of the fraction. */
#define AG_HALF 0x050au
#define AG_SINGLE 0x0817u
#define AG_DOUBLE 0x0b34u
#define AG_BFLOAT 0x0807u /* what values are rounded to, nothing else */

#define AG_FRACTION_BITS(format) ((format)&0xff)
#define AG_EXPONENT_BITS(format) ((format) >> 8)
#define AG_EXPONENT_MAX(format) ((1u << AG_EXPONENT_BITS(format)) - 1)
#define AG_BIAS(format) ((i32)(AG_EXPONENT_MAX(format) >> 1))
#define AG_SIGN_BIT(format)                                                    \
    ((u64)1 << (AG_EXPONENT_BITS(format) + AG_FRACTION_BITS(format)))

/* FPCR. Bodies hand it down with one bit more, in a place where it has none:
   AG_IXC, where it lies in FPSR, if that is set there already; then nobody needs
   to know whether a result is inexact (hardware.h). */
#define AG_FPCR_FZ16 (1u << 19)
#define AG_FPCR_RMODE (3u << 22)
#define AG_FPCR_FZ (1u << 24)
#define AG_FPCR_DN (1u << 25)
#define AG_FPCR_AHP (1u << 26)

/* Flags, as they lie in FPSR. */
#define AG_IOC 0x01u /* invalid operation */
#define AG_DZC 0x02u /* division by zero */
#define AG_OFC 0x04u /* overflow */
#define AG_UFC 0x08u /* underflow */
#define AG_IXC 0x10u /* inexact */
#define AG_IDC 0x80u /* a denormal operand was taken as zero */

/* Rounding: FPCR.RMode's four, and what single instructions ask for. */
#define AG_TIE_EVEN 0u
#define AG_UPWARD 1u
#define AG_DOWNWARD 2u
#define AG_TOWARD_ZERO 3u
#define AG_TIE_AWAY 4u      /* to integers only */
#define AG_TO_ODD 5u        /* FCVTXN */
#define AG_TO_ODD_BFLOAT 6u /* BFDOT: to odd, but overflow gives infinity */

/* What an operation gives. Flags are cumulative: the caller ORs them. */
typedef struct ag_float {
    u64 value;
    u32 flags;
} ag_float;

AG_INLINE ag_float ag_fp_result(u64 value, u32 flags)
{
    ag_float result;
    result.value = value;
    result.flags = flags;
    return result;
}

/* The format of so many bits: 16, 32 or 64. */
AG_INLINE u32 ag_fp_format(u32 bits)
{
    return bits == 64 ? AG_DOUBLE : bits == 32 ? AG_SINGLE : AG_HALF;
}

/* FPRoundingMode */
AG_INLINE u32 ag_fp_rounding(u32 fpcr)
{
    return fpcr >> 22 & 3;
}

/* Whether denormal operands and results of this format become zero. */
AG_INLINE u32 ag_fp_flushes(u32 format, u32 fpcr)
{
    return fpcr & (format == AG_HALF ? AG_FPCR_FZ16 : AG_FPCR_FZ);
}

AG_INLINE u64 ag_fp_zero(u32 format, u32 sign)
{
    return sign ? AG_SIGN_BIT(format) : 0;
}

AG_INLINE u64 ag_fp_infinity(u32 format, u32 sign)
{
    return ag_fp_zero(format, sign) | (u64)AG_EXPONENT_MAX(format)
                                          << AG_FRACTION_BITS(format);
}

/* 2.0 */
AG_INLINE u64 ag_fp_two(u32 format, u32 sign)
{
    return ag_fp_zero(format, sign) | (u64)(AG_BIAS(format) + 1)
                                          << AG_FRACTION_BITS(format);
}

#endif
