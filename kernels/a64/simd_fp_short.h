/*
 * The short way of what programs mostly compute: sums, differences, products,
 * quotients, fused sums and roots of doubles and singles, in shapes that are
 * constants here, by the hardware. FPCR is what it mostly is, rounding to
 * nearest without FZ, and FPSR.IXC is set, as it is soon: so of hardware.h
 * nothing is left but the operation and the bounds of its result, and there is
 * nothing to raise. Else, and where an element is not proven, nothing has
 * happened yet and the instruction's body does it all.
 */

/* Which kind an instruction is of; AG_SHORT_KINDS: of none. */
AG_INLINE u32 ag_short_kind(u32 op, u64 imm)
{
    if (op == AG_OP_FP3)
        return AG_SHORT_FUSED;
    if (op == AG_OP_FP2 && AG_FP_WHAT(imm) <= AG_FP_div)
        return AG_FP_WHAT(imm);
    return op == AG_OP_FP1 && AG_FP_WHAT(imm) == AG_FP_sqrt ? AG_SHORT_ROOT
                                                            : AG_SHORT_KINDS;
}

#if AG_HAS_F64 && AG_HAS_F32

typedef struct ag_short_operands {
    u64 x, y, z;
} ag_short_operands;

/* One element, of the operands' lowest bits. */
AG_INLINE ag_float ag_short_element(u32 what, u32 format, ag_short_operands v)
{
    const u32 fpcr = AG_IXC;
    switch (what) {
    case AG_FP_mul:
        return ag_hard_mul_in(format, v.x, v.y, fpcr);
    case AG_FP_div:
        return ag_hard_div_in(format, v.x, v.y, fpcr);
    case AG_SHORT_FUSED:
        return ag_hard_mul_add_in(format, v.z, v.x, v.y, fpcr);
    case AG_SHORT_ROOT:
        return ag_hard_sqrt_in(format, v.x, fpcr);
    case AG_FP_sub:
        return ag_hard_sub_in(format, v.x, v.y, fpcr);
    }
    return ag_hard_add_in(format, v.x, v.y, fpcr);
}

/* All elements of 64 bits. */
AG_INLINE ag_float ag_short_half(u32 what, u32 shape, ag_short_operands v)
{
    ag_float low, high;
    if (shape == AG_SHAPE_D || shape == AG_SHAPE_2D)
        return ag_short_element(what, AG_DOUBLE, v);
    low = ag_short_element(what, AG_SINGLE, v);
    if (shape == AG_SHAPE_S)
        return low;
    v.x >>= 32;
    v.y >>= 32;
    v.z >>= 32;
    high = ag_short_element(what, AG_SINGLE, v);
    return ag_fp_result(low.value | high.value << 32, low.flags | high.flags);
}

/* The operands in one half of the registers: FP3's bits of imm negate. */
AG_INLINE ag_short_operands ag_short_take(AG_SIMD_CTX, u32 part, u32 n, u32 m,
                                          u32 a, u64 imm, u32 what, u32 shape)
{
    u64 signs = shape == AG_SHAPE_D || shape == AG_SHAPE_2D
                    ? (u64)1 << 63
                    : (u64)1 << 63 | (u64)1 << 31;
    ag_short_operands v;
    v.x = V_HALF(part, n);
    v.y = v.z = 0;
    if (what != AG_SHORT_ROOT) {
        v.y = ag_fp_half_m(c, imm, m, part);
        if ((imm & AG_FP_ONE_ELEMENT) &&
            (shape == AG_SHAPE_2S || shape == AG_SHAPE_4S))
            v.y = (u64)(u32)v.y << 32 | (u32)v.y;
    }
    if (what == AG_SHORT_FUSED) {
        v.z = V_HALF(part, a) ^ (imm >> 25 & 1 ? signs : 0);
        v.x ^= imm >> 24 & 1 ? signs : 0;
    }
    return v;
}

/* Whether FPCR and FPSR are what the short way is for. */
AG_INLINE u32 ag_may_be_short(AG_SIMD_CTX)
{
    return (FPCR & (AG_FPCR_RMODE | AG_FPCR_FZ | AG_IXC)) == AG_IXC;
}

/* What d's halves become; flags: 0 if that is proven. `what` and `shape` are
   constants. */
typedef struct ag_short_value {
    u64 low, high;
    u32 flags;
} ag_short_value;

AG_INLINE ag_short_value ag_short_compute(AG_SIMD_CTX, u32 n, u32 m, u32 a,
                                          u64 imm, u32 what, u32 shape)
{
    const ag_float low = ag_short_half(
        what, shape, ag_short_take(c, 0, n, m, a, imm, what, shape));
    ag_short_value v;
    v.low = low.value;
    v.high = 0;
    v.flags = low.flags;
    if (shape == AG_SHAPE_4S || shape == AG_SHAPE_2D) {
        const ag_float high = ag_short_half(
            what, shape, ag_short_take(c, 1, n, m, a, imm, what, shape));
        v.high = high.value;
        v.flags |= high.flags;
    }
    return v;
}

/* True if it has been done. */
AG_INLINE u32 ag_short_shape(AG_SIMD_CTX, u32 d, u32 n, u32 m, u32 a, u64 imm,
                             u32 what, u32 shape)
{
    const ag_short_value v = ag_short_compute(c, n, m, a, imm, what, shape);
    if (AG_UNLIKELY(v.flags != 0))
        return 0;
    V_SET(d, v.low, v.high);
    return 1;
}

/* ag_short_shape() as a form. */
AG_INLINE u32 ag_short_form(AG_SIMD_CTX, u32 d, u32 n, u32 m, u32 a, u64 imm,
                            u32 what, u32 shape)
{
    return ag_may_be_short(c) &&
           ag_short_shape(c, d, n, m, a, imm, what, shape);
}

AG_INLINE u32 ag_short_way(AG_SIMD_CTX, u32 op, u32 d, u32 n, u32 m, u32 a,
                           u64 imm)
{
    const u32 what = ag_short_kind(op, imm);
    if (what == AG_SHORT_KINDS || !ag_may_be_short(c))
        return 0;
    switch (AG_FP_SHAPE(imm) * AG_SHORT_KINDS + what) {
#define AG_SHORT_CASE(what, shape)                                             \
    case (shape)*AG_SHORT_KINDS + (what):                                      \
        return ag_short_shape(c, d, n, m, a, imm, what, shape);
#define AG_SHORT_CASES(shape)                                                  \
    AG_SHORT_CASE(AG_FP_add, shape)                                            \
    AG_SHORT_CASE(AG_FP_sub, shape)                                            \
    AG_SHORT_CASE(AG_FP_mul, shape)                                            \
    AG_SHORT_CASE(AG_SHORT_FUSED, shape)                                       \
    AG_SHORT_RARE(shape)
/* Kernels that are compiled at run time have it as a form, or not at all: it is
   much to compile. */
#if AG_IS_COMPILED_ONCE
#define AG_SHORT_RARE(shape)                                                   \
    AG_SHORT_CASE(AG_FP_div, shape)                                            \
    AG_SHORT_CASE(AG_SHORT_ROOT, shape)
#else
#define AG_SHORT_RARE(shape)
#endif
        AG_SHORT_CASES(AG_SHAPE_S)
        AG_SHORT_CASES(AG_SHAPE_D)
        AG_SHORT_CASES(AG_SHAPE_2S)
        AG_SHORT_CASES(AG_SHAPE_4S)
        AG_SHORT_CASES(AG_SHAPE_2D)
    default:
        return 0;
    }
}

#else

#define ag_short_form(c, d, n, m, a, imm, what, shape) ((void)(c), 0)
#define ag_short_way(c, op, d, n, m, a, imm) 0

#endif
