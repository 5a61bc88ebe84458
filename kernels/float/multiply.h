/*
 * FPMul, FPMulX, FPMulAdd, FPMulAddH, FPRecipStepFused, FPRSqrtStepFused. The
 * last four are one fused arithmetic on unpacked numbers.
 */
#ifndef AG_FLOAT_MULTIPLY_H
#define AG_FLOAT_MULTIPLY_H

#include "float/round.h"
#include "float/wide.h"

/* w / 2^124 * 2^exponent as a number; w is not zero. */
AG_INLINE ag_number ag_fp_narrow(ag_wide w, i32 exponent, u32 sign, u32 flags)
{
    u32 shift;
    if (w.high == 0) {
        w.high = w.low;
        w.low = 0;
        exponent -= 64;
    }
    shift = AG_CLZ64(w.high);
    w.high = w.high << shift | w.low >> 1 >> (63 - shift);
    return ag_fp_number(w.high | (w.low << shift != 0),
                        exponent + 2 - (i32)shift, sign, flags);
}

/* `is_extended`: infinity times zero is two. */
AG_NOINLINE ag_float ag_fp_mul_rounding(u32 format, u64 a, u64 b,
                                        u32 is_extended, u32 fpcr, u32 rounding)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    ag_number y = ag_fp_unpack(format, b, fpcr);
    u32 kinds = x.kind | y.kind, flags = x.flags | y.flags;
    u32 sign = x.sign ^ y.sign;
    if (kinds & AG_IS_NAN)
        return ag_fp_process_nans(format, x, y, fpcr);
    if (kinds == (AG_IS_INFINITE | AG_IS_ZERO))
        return is_extended ? ag_fp_result(ag_fp_two(format, sign), flags)
                           : ag_fp_invalid(format, flags);
    if (kinds & AG_IS_INFINITE)
        return ag_fp_result(ag_fp_infinity(format, sign), flags);
    if (kinds & AG_IS_ZERO)
        return ag_fp_result(ag_fp_zero(format, sign), flags);
    x = ag_fp_narrow(ag_wide_product(x.significand, y.significand),
                     x.exponent + y.exponent, sign, flags);
    return ag_fp_round(format, x, fpcr, rounding);
}

AG_INLINE ag_float ag_fp_mul(u32 format, u64 x, u64 y, u32 fpcr)
{
    return ag_fp_mul_rounding(format, x, y, 0, fpcr, ag_fp_rounding(fpcr));
}

AG_INLINE ag_float ag_fp_mul_x(u32 format, u64 x, u64 y, u32 fpcr)
{
    return ag_fp_mul_rounding(format, x, y, 1, fpcr, ag_fp_rounding(fpcr));
}

/*
 * (a + x * y) * 2^scale for finite numbers. The product is exact and has 20
 * zero bits at the end, the addend 72: as in ag_fp_sum(), where alignment
 * loses bits nothing cancels.
 */
AG_NOINLINE ag_float ag_fp_fused(u32 format, ag_number a, ag_number x,
                                 ag_number y, i32 scale, u32 fpcr)
{
    ag_wide product = ag_wide_product(x.significand, y.significand), addend;
    i32 exponent = x.exponent + y.exponent, distance = a.exponent - exponent;
    u32 sign = x.sign ^ y.sign, flags = a.flags | x.flags | y.flags;
    u32 rounding = ag_fp_rounding(fpcr);
    addend.high = a.significand >> 2;
    addend.low = a.significand << 62;
    if (distance > 0) {
        product = ag_wide_shift_sticky(product, (u32)distance);
        exponent = a.exponent;
    } else {
        addend = ag_wide_shift_sticky(addend, (u32)-distance);
    }
    if (a.sign == sign) {
        product = ag_wide_sum(product, addend);
    } else if (ag_wide_is_less(product, addend)) {
        product = ag_wide_difference(addend, product);
        sign = a.sign;
    } else {
        product = ag_wide_difference(product, addend);
    }
    if ((product.high | product.low) == 0)
        return ag_fp_no_difference(format, flags, rounding);
    return ag_fp_round(format,
                       ag_fp_narrow(product, exponent + scale, sign, flags),
                       fpcr, rounding);
}

/* FPMulAdd from the point where operands are unpacked. */
AG_NOINLINE ag_float ag_fp_mul_add_unpacked(u32 format, ag_number a,
                                            ag_number x, ag_number y, u32 fpcr)
{
    u32 product = x.kind | y.kind, sign = x.sign ^ y.sign;
    u32 flags = a.flags | x.flags | y.flags;
    u32 is_invalid = product == (AG_IS_INFINITE | AG_IS_ZERO);
    if ((a.kind | product) & AG_IS_NAN) {
        if (is_invalid && a.kind == AG_IS_QNAN)
            return ag_fp_invalid(format, flags);
        return ag_fp_process_nans3(format, a, x, y, fpcr);
    }
    if (product & AG_IS_INFINITE) {
        if (is_invalid || (a.kind == AG_IS_INFINITE && a.sign != sign))
            return ag_fp_invalid(format, flags);
        return ag_fp_result(ag_fp_infinity(format, sign), flags);
    }
    if (a.kind == AG_IS_INFINITE)
        return ag_fp_result(ag_fp_infinity(format, a.sign), flags);
    if (a.kind == AG_IS_ZERO && (product & AG_IS_ZERO) && a.sign == sign)
        return ag_fp_result(ag_fp_zero(format, sign), flags);
    return ag_fp_fused(format, a, x, y, 0, fpcr);
}

/* FPMulAdd: addend + x * y */
AG_FN ag_float ag_fp_mul_add(u32 format, u64 addend, u64 x, u64 y, u32 fpcr)
{
    return ag_fp_mul_add_unpacked(format, ag_fp_unpack(format, addend, fpcr),
                                  ag_fp_unpack(format, x, fpcr),
                                  ag_fp_unpack(format, y, fpcr), fpcr);
}

/* A half as a factor of singles; its NaN keeps what it is. */
AG_INLINE ag_number ag_fp_unpack_factor(u64 x, u32 fpcr)
{
    ag_number n = ag_fp_unpack(AG_HALF, x, fpcr);
    if (n.kind & AG_IS_NAN)
        n.significand = ag_fp_convert_nan(AG_HALF, AG_SINGLE, n.significand);
    return n;
}

/* FPMulAddH: addend + x * y of a single and two halves. */
AG_FN ag_float ag_fp_mul_add_h(u64 addend, u64 x, u64 y, u32 fpcr)
{
    return ag_fp_mul_add_unpacked(
        AG_SINGLE, ag_fp_unpack(AG_SINGLE, addend, fpcr),
        ag_fp_unpack_factor(x, fpcr), ag_fp_unpack_factor(y, fpcr), fpcr);
}

/* (from - a * b) * 2^scale, where infinity times zero is zero. */
AG_NOINLINE ag_float ag_fp_step(u32 format, u64 a, u64 b, u64 from, i32 scale,
                                u32 fpcr)
{
    ag_number x = ag_fp_unpack(format, a ^ AG_SIGN_BIT(format), fpcr);
    ag_number y = ag_fp_unpack(format, b, fpcr);
    ag_number c = ag_fp_unpack(format, from, fpcr);
    u32 kinds = x.kind | y.kind, flags = x.flags | y.flags;
    if (kinds & AG_IS_NAN)
        return ag_fp_process_nans(format, x, y, fpcr);
    if (kinds == (AG_IS_INFINITE | AG_IS_ZERO)) {
        c.exponent += scale;
        c.flags = (u8)flags;
        return ag_fp_round(format, c, fpcr, AG_TIE_EVEN);
    }
    if (kinds & AG_IS_INFINITE)
        return ag_fp_result(ag_fp_infinity(format, x.sign ^ y.sign), flags);
    return ag_fp_fused(format, c, x, y, scale, fpcr);
}

/* FPRecipStepFused: 2 - x * y */
AG_INLINE ag_float ag_fp_recip_step_fused(u32 format, u64 x, u64 y, u32 fpcr)
{
    return ag_fp_step(format, x, y, ag_fp_two(format, 0), 0, fpcr);
}

/* FPRSqrtStepFused: (3 - x * y) / 2 */
AG_INLINE ag_float ag_fp_rsqrt_step_fused(u32 format, u64 x, u64 y, u32 fpcr)
{
    u64 three = ag_fp_two(format, 0) | ag_fp_quiet_bit(format);
    return ag_fp_step(format, x, y, three, -1, fpcr);
}

#endif
