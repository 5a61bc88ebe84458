/*
 * FPToFixed, FixedToFP, FPToFixedJS: between floating point and integers or
 * fixed point.
 */
#ifndef AG_FLOAT_FIXED_H
#define AG_FLOAT_FIXED_H

#include "float/round.h"

/* A magnitude below 2^64: its integer part, and the rest as a fraction of
   2^64, exact or on the right side of 0 and a half. */
typedef struct ag_split {
    u64 whole, rest;
} ag_split;

/* Of significand / 2^62 * 2^exponent, where exponent < 64; not zero. */
AG_INLINE ag_split ag_fp_split(u64 significand, i32 exponent)
{
    ag_split s;
    i32 shift = 62 - exponent;
    s.whole = 0;
    s.rest = 0;
    if (shift <= 0) {
        s.whole = significand << -shift;
    } else if (shift < 64) {
        s.whole = significand >> shift;
        s.rest = significand << (64 - shift);
    } else {
        s.rest = 1; /* less than a half, which is all that matters */
    }
    return s;
}

/* The same rounded to an integer; `rest` stays. */
AG_INLINE ag_split ag_fp_split_rounded(ag_number n, i32 exponent, u32 rounding)
{
    ag_split s = ag_fp_split(n.significand, exponent);
    s.whole += ag_fp_rounds_up(rounding, n.sign, (u32)s.whole & 1, s.rest);
    return s;
}

/* The largest magnitude of an integer of so many bits and this sign. */
AG_INLINE u64 ag_integer_limit(u32 bits, u32 is_unsigned, u32 sign)
{
    if (is_unsigned)
        return sign ? 0 : ~(u64)0 >> (64 - bits);
    return ((u64)1 << (bits - 1)) - (sign ? 0 : 1);
}

/* FPToFixed: to an integer of 16, 32 or 64 bits, `fraction_bits` of which are
   below the point. Bits above the integer's are zero. */
AG_NOINLINE ag_float ag_fp_to_fixed(u32 format, u64 a, u32 bits,
                                    u32 fraction_bits, u32 is_unsigned,
                                    u32 fpcr, u32 rounding)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    i32 exponent = x.exponent + (i32)fraction_bits;
    u32 flags = x.flags;
    u64 limit = ag_integer_limit(bits, is_unsigned, x.sign), value;
    if (x.kind & AG_IS_NAN)
        return ag_fp_result(0, AG_IOC);
    if (x.kind == AG_IS_ZERO)
        return ag_fp_result(0, flags);
    if (x.kind == AG_IS_INFINITE || exponent > 63) {
        value = limit;
        flags |= AG_IOC;
    } else {
        ag_split s = ag_fp_split_rounded(x, exponent, rounding);
        value = s.whole > limit ? limit : s.whole;
        flags |= s.whole > limit ? AG_IOC : s.rest != 0 ? AG_IXC : 0;
    }
    if (x.sign)
        value = 0 - value;
    return ag_fp_result(value & ~(u64)0 >> (64 - bits), flags);
}

/* FixedToFP: from an integer of 16, 32 or 64 bits; what is above is ignored. */
AG_NOINLINE ag_float ag_fixed_to_fp(u32 format, u64 a, u32 bits,
                                    u32 fraction_bits, u32 is_unsigned,
                                    u32 fpcr, u32 rounding)
{
    u32 sign = !is_unsigned && (a >> (bits - 1) & 1);
    u64 magnitude = (sign ? 0 - a : a) & ~(u64)0 >> (64 - bits);
    ag_number n = ag_fp_number(magnitude, 62 - (i32)fraction_bits, sign, 0);
    if (magnitude == 0)
        return ag_fp_result(0, 0);
    return ag_fp_round(format, n, fpcr, rounding);
}

/* FPToFixedJS: a double modulo 2^32, rounded toward zero, in bits 31:0; bit 32
   is Z: whether nothing was lost, a zero's sign included. */
AG_NOINLINE ag_float ag_fp_to_fixed_js(u64 a, u32 fpcr)
{
    ag_number x = ag_fp_unpack(AG_DOUBLE, a, fpcr);
    u64 value = 0, rest = 0;
    u32 is_large = 0;
    if (x.kind & AG_IS_NAN)
        return ag_fp_result(0, AG_IOC);
    if (x.kind == AG_IS_ZERO)
        return ag_fp_result((u64)(a == 0) << 32, x.flags);
    if (x.kind == AG_IS_INFINITE || x.exponent > 93) {
        is_large = 1;
    } else if (x.exponent > 62) {
        value = x.significand << (x.exponent - 62);
        is_large = 1;
    } else {
        ag_split s = ag_fp_split(x.significand, x.exponent);
        value = s.whole;
        rest = s.rest;
        is_large = value > ag_integer_limit(32, 0, x.sign);
    }
    value = (u32)(x.sign ? 0 - value : value);
    if (is_large || rest != 0)
        return ag_fp_result(value, is_large ? AG_IOC : AG_IXC);
    return ag_fp_result(value | (u64)1 << 32, 0);
}

#endif
