/*
 * Elements of vectors, and floating point on one of them. What is done to it is
 * a number in the instruction's entry: one body loops over elements for all
 * instructions of a shape, scalars being one element.
 */

typedef struct ag_v128 {
    u64 low, high;
} ag_v128;

/* What is read of V[r]: `width` bits. GPUs have it in global memory. */
AG_INLINE ag_v128 ag_v128_of(AG_SIMD_CTX, u32 r, u32 width)
{
    ag_v128 v;
    v.low = V_LO(r);
    v.high = 0;
    if (width > 64)
        v.high = V_HI(r);
    return v;
}

/* What begins at a bit; what is above the element is not cleared. */
AG_INLINE u64 ag_fp_element(ag_v128 v, u32 at)
{
    return (at & 64 ? v.high : v.low) >> (at & 63);
}

/* The same of V[r] itself: less is kept where a loop computes in between. */
AG_INLINE u64 ag_fp_at(AG_SIMD_CTX, u32 r, u32 at)
{
    return V_HALF(at >> 6, r) >> (at & 63);
}

/* V[m]'s half, or from its one element on, where that is for all. */
AG_INLINE u64 ag_fp_half_m(AG_SIMD_CTX, u64 imm, u32 m, u32 part)
{
    return imm & AG_FP_ONE_ELEMENT ? ag_fp_at(c, m, AG_FP_FIRST_M(imm))
                                   : V_HALF(part, m);
}

/* Into what is still zero; the value has no bits above the element's. */
AG_INLINE ag_v128 ag_fp_insert(ag_v128 v, u32 at, u64 value)
{
    value <<= at & 63;
    if (at & 64)
        v.high |= value;
    else
        v.low |= value;
    return v;
}

AG_INLINE u32 ag_fp_bits(u32 format)
{
    return AG_EXPONENT_BITS(format) + AG_FRACTION_BITS(format) + 1;
}

/* Of all instructions here: V[d], then FPSR. */
AG_INLINE void ag_fp_finish(AG_SIMD_CTX, u32 d, ag_v128 v, u32 flags)
{
    V_SET(d, v.low, v.high);
    RAISE(flags);
}

AG_INLINE u32 ag_fp_rounding_of(u32 rounding, u32 fpcr)
{
    return rounding == AG_AS_FPCR ? ag_fp_rounding(fpcr) : rounding;
}

/* A mask of all bits if the predicate of a comparison holds. */
AG_INLINE ag_float ag_fp_mask(u32 format, ag_float r)
{
    r.value = r.value ? AG_SIGN_BIT(format) * 2 - 1 : 0;
    return r;
}

/* Comparisons that give a mask. */
AG_FN ag_float ag_fp_compare_mask(u32 what, u32 format, u64 x, u64 y, u32 fpcr)
{
    u32 is_equal = what == AG_FP_cmeq;
    u32 is_strict =
        what == AG_FP_cmgt || what == AG_FP_cmlt || what == AG_FP_acgt;
    ag_float r;
    if (what == AG_FP_cmle || what == AG_FP_cmlt) {
        u64 other = x;
        x = y;
        y = other;
    } else if (what >= AG_FP_acge) {
        x &= AG_SIGN_BIT(format) - 1;
        y &= AG_SIGN_BIT(format) - 1;
    }
    r = ag_fp_compare(format, x, y, !is_equal, fpcr);
    r.value = r.value == 2 ? !is_equal : r.value == 6 ? !is_strict : 0;
    return ag_fp_mask(format, r);
}

/* In integers: what the hardware is not known to do rightly. */
AG_NOINLINE ag_float ag_fp_two_operands_soft(u32 what, u32 format, u64 x, u64 y,
                                             u32 fpcr)
{
    u32 rounding = ag_fp_rounding(fpcr);
    ag_float r;
    switch (what) {
    case AG_FP_add:
    case AG_FP_sub:
    case AG_FP_abd:
        r = ag_fp_add_rounding(format, x, y, what != AG_FP_add, fpcr, rounding);
        if (what == AG_FP_abd)
            r.value &= AG_SIGN_BIT(format) - 1;
        return r;
    case AG_FP_mul:
    case AG_FP_nmul:
    case AG_FP_mulx:
        r = ag_fp_mul_rounding(format, x, y, what == AG_FP_mulx, fpcr,
                               rounding);
        if (what == AG_FP_nmul)
            r.value ^= AG_SIGN_BIT(format);
        return r;
    case AG_FP_div:
        return ag_fp_div(format, x, y, fpcr);
    case AG_FP_max:
    case AG_FP_min:
    case AG_FP_maxnm:
    case AG_FP_minnm:
        return ag_fp_choose(format, x, y,
                            what == AG_FP_min || what == AG_FP_minnm,
                            what >= AG_FP_maxnm, fpcr);
    case AG_FP_recps:
        return ag_fp_recip_step_fused(format, x, y, fpcr);
    case AG_FP_rsqrts:
        return ag_fp_rsqrt_step_fused(format, x, y, fpcr);
    default:
        return ag_fp_compare_mask(what, format, x, y, fpcr);
    }
}

/* By the hardware, or AG_UNPROVEN. */
AG_INLINE ag_float ag_fp_two_operands_hard(u32 what, u32 format, u64 x, u64 y,
                                           u32 fpcr)
{
    ag_float r;
    switch (what) {
    case AG_FP_add:
        return ag_hard_add(format, x, y, fpcr);
    case AG_FP_sub:
        return ag_hard_add(format, x, y ^ AG_SIGN_BIT(format), fpcr);
    case AG_FP_mul:
    case AG_FP_mulx:
        return ag_hard_mul(format, x, y, fpcr);
    case AG_FP_nmul:
        r = ag_hard_mul(format, x, y, fpcr);
        r.value ^= AG_SIGN_BIT(format);
        return r;
    case AG_FP_div:
        return ag_hard_div(format, x, y, fpcr);
    case AG_FP_abd:
        r = ag_hard_add(format, x, y ^ AG_SIGN_BIT(format), fpcr);
        r.value &= AG_SIGN_BIT(format) - 1;
        return r;
    default:
        return ag_fp_unproven();
    }
}

AG_NOINLINE ag_float ag_fp_two_operands(u32 what, u32 format, u64 x, u64 y,
                                        u32 fpcr)
{
    ag_float r = ag_fp_two_operands_hard(what, format, x, y, fpcr);
    if (AG_UNLIKELY(r.flags & AG_UNPROVEN))
        return ag_fp_two_operands_soft(what, format, x, y, fpcr);
    return r;
}

/* z + x * y */
AG_NOINLINE ag_float ag_fp_three_operands(u32 format, u64 z, u64 x, u64 y,
                                          u32 fpcr)
{
    ag_float r = ag_hard_mul_add(format, z, x, y, fpcr);
    if (AG_UNLIKELY(r.flags & AG_UNPROVEN))
        return ag_fp_mul_add(format, z, x, y, fpcr);
    return r;
}

AG_NOINLINE ag_float ag_fp_root(u32 format, u64 x, u32 fpcr)
{
    ag_float r = ag_hard_sqrt(format, x, fpcr);
    if (AG_UNLIKELY(r.flags & AG_UNPROVEN))
        return ag_fp_sqrt(format, x, fpcr);
    return r;
}

/* Conversions by the hardware are short enough to be in regions. */
#if AG_IS_REGION
#define AG_CONVERSION AG_INLINE
#else
#define AG_CONVERSION AG_NOINLINE
#endif
AG_CONVERSION ag_float ag_fp_to_integer(u32 format, u64 x, u32 bits,
                                        u32 fraction_bits, u32 is_unsigned,
                                        u32 fpcr, u32 rounding)
{
    ag_float r = ag_fp_unproven();
    if (rounding == AG_TOWARD_ZERO && fraction_bits == 0)
        r = ag_hard_to_integer(format, x, bits, is_unsigned, fpcr);
    if (r.flags & AG_UNPROVEN)
        r = ag_fp_to_fixed(format, x, bits, fraction_bits, is_unsigned, fpcr,
                           rounding);
    return r;
}

/* Rounded as FPCR says. */
AG_CONVERSION ag_float ag_fp_from_integer(u32 format, u64 x, u32 bits,
                                          u32 fraction_bits, u32 is_unsigned,
                                          u32 fpcr)
{
    ag_float r = ag_fp_unproven();
    if (fraction_bits == 0)
        r = ag_hard_from_integer(format, x, bits, is_unsigned, fpcr);
    if (r.flags & AG_UNPROVEN)
        r = ag_fixed_to_fp(format, x, bits, fraction_bits, is_unsigned, fpcr,
                           ag_fp_rounding(fpcr));
    return r;
}

/* imm as FP1 has it. */
AG_NOINLINE ag_float ag_fp_one_operand(u64 imm, u64 x, u32 fpcr)
{
    u32 format = AG_FP_FORMAT(imm), what = AG_FP_WHAT(imm);
    u32 rounding = ag_fp_rounding_of(AG_FP_ROUNDING(imm), fpcr);
    u32 fraction_bits = AG_FP_FRACTION(imm), bits = ag_fp_bits(format);
    switch (what) {
    case AG_FP_sqrt:
        return ag_fp_root(format, x, fpcr);
    case AG_FP_recpe:
        return ag_fp_recip_estimate(format, x, fpcr);
    case AG_FP_rsqrte:
        return ag_fp_rsqrt_estimate(format, x, fpcr);
    case AG_FP_recpx:
        return ag_fp_recp_x(format, x, fpcr);
    case AG_FP_rint:
    case AG_FP_rintx:
        return ag_fp_round_int(format, x, fpcr, rounding, what == AG_FP_rintx);
    case AG_FP_rint32:
    case AG_FP_rint64:
        return ag_fp_round_int_n(format, x, fpcr, rounding,
                                 what == AG_FP_rint32 ? 32 : 64);
    case AG_FP_to_signed:
    case AG_FP_to_unsigned:
        return ag_fp_to_integer(format, x, bits, fraction_bits,
                                what == AG_FP_to_unsigned, fpcr, rounding);
    default:
        return ag_fp_from_integer(format, x, bits, fraction_bits,
                                  what == AG_FP_from_unsigned, fpcr);
    }
}
