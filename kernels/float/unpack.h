/*
 * FPUnpack: a bit pattern as sign, exponent, significand and kind.
 */
#ifndef AG_FLOAT_UNPACK_H
#define AG_FLOAT_UNPACK_H

#include "float/format.h"

/* Kinds are bits, so that several operands are tested at once. */
#define AG_IS_ZERO 0x01u
#define AG_IS_FINITE 0x02u /* and not zero */
#define AG_IS_INFINITE 0x04u
#define AG_IS_QNAN 0x08u
#define AG_IS_SNAN 0x10u
#define AG_IS_NAN (AG_IS_QNAN | AG_IS_SNAN)

/* The exponent of zero: so far below all others that additions, which align
   by exponents, need no case for it. */
#define AG_ZERO_EXPONENT (-0x4000)

/*
 * significand / 2^62 * 2^exponent. Operands that are finite and not zero have
 * bit 62 set and none above; zero and infinity have no significand; the
 * significand of a NaN is its bit pattern.
 */
typedef struct ag_number {
    u64 significand;
    i32 exponent;
    u8 sign;
    u8 kind;
    u8 flags; /* IDC, or what led to this number */
    u8 unused;
} ag_number; /* 16 bytes: in two registers where functions pass it */
AG_ASSERT_SIZE(ag_number, 16);

AG_INLINE ag_number ag_fp_number(u64 significand, i32 exponent, u32 sign,
                                 u32 flags)
{
    ag_number n;
    n.significand = significand;
    n.exponent = exponent;
    n.sign = (u8)sign;
    n.kind = AG_IS_FINITE;
    n.flags = (u8)flags;
    n.unused = 0;
    return n;
}

AG_INLINE ag_number ag_fp_unpack_denormal(u32 format, ag_number n, u64 fraction,
                                          u32 fpcr)
{
    if (fraction == 0 || ag_fp_flushes(format, fpcr)) {
        n.kind = AG_IS_ZERO;
        n.exponent = AG_ZERO_EXPONENT;
        if (fraction != 0 && format != AG_HALF)
            n.flags = AG_IDC;
    } else {
        u32 shift = AG_CLZ64(fraction) - 1;
        n.significand = fraction << shift;
        n.exponent =
            63 - AG_BIAS(format) - (i32)(AG_FRACTION_BITS(format) + shift);
    }
    return n;
}

/* FPUnpackBase */
AG_NOINLINE ag_number ag_fp_unpack_base(u32 format, u64 x, u32 fpcr)
{
    u32 width = AG_FRACTION_BITS(format), top = AG_EXPONENT_MAX(format);
    u64 fraction = x & (((u64)1 << width) - 1);
    u32 exponent = (u32)(x >> width) & top;
    u32 sign = (x & AG_SIGN_BIT(format)) != 0;
    ag_number n = ag_fp_number(0, (i32)exponent - AG_BIAS(format), sign, 0);
    if (exponent == 0)
        return ag_fp_unpack_denormal(format, n, fraction, fpcr);
    if (exponent == top && !(format == AG_HALF && (fpcr & AG_FPCR_AHP))) {
        n.kind = AG_IS_INFINITE;
        if (fraction != 0) {
            n.kind = fraction >> (width - 1) ? AG_IS_QNAN : AG_IS_SNAN;
            n.significand = ag_fp_infinity(format, sign) | fraction;
        }
        return n;
    }
    n.significand = ((u64)1 << width | fraction) << (62 - width);
    return n;
}

/* FPUnpack: for arithmetic, which has no alternative half precision. */
AG_INLINE ag_number ag_fp_unpack(u32 format, u64 x, u32 fpcr)
{
    return ag_fp_unpack_base(format, x, fpcr & ~AG_FPCR_AHP);
}

/* FPUnpackCV: for conversions, which do not flush halves. */
AG_INLINE ag_number ag_fp_unpack_cv(u32 format, u64 x, u32 fpcr)
{
    return ag_fp_unpack_base(format, x, fpcr & ~AG_FPCR_FZ16);
}

#endif
