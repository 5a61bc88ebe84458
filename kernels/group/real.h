/*
 * Floating point on vectors of lanes: doubles and singles by the processor.
 * What an instruction gives for a vector of lanes, and which of its elements are
 * in doubt by the rule of float/hardware.h: the architecture's is what is in
 * none. Written with accessors as engine/simd.h lists them, where HOLDS() gives
 * a mask; whoever includes this has lanes that are in doubt execute the
 * instruction one by one.
 */
#ifndef AG_GROUP_REAL_H
#define AG_GROUP_REAL_H

#include "a64/decode_fp.h"
#include "group/float_elements.h"
#include "group/real_ops.h"

typedef struct ag_halves {
    ag_vec low, high;
} ag_halves;

/* -- Operands -------------------------------------------------------------- */

AG_INLINE ag_halves ag_halves_of(AG_SIMD_CTX, u32 r)
{
    return (ag_halves){V_LO(r), V_HI(r)};
}

/* V[m], one element of it, or zero. */
AG_INLINE ag_halves ag_second_of(AG_SIMD_CTX, u32 m, u64 imm,
                                 const u32 is_double)
{
    const u32 at = AG_FP_FIRST_M(imm);
    ag_vec x = ag_splat(0);
    if ((imm & AG_FP_WITH_ZERO) != 0)
        return (ag_halves){x, x};
    if ((imm & AG_FP_ONE_ELEMENT) == 0)
        return ag_halves_of(c, m);
    x = V_HALF(at >> 6, m);
    if (!is_double) {
        x = x >> (at & 63) & 0xffffffffu;
        x |= x << 32;
    }
    return (ag_halves){x, x};
}

/* A result of `width` bits: what is above is zero and in no doubt. */
AG_INLINE ag_halves ag_real_end(ag_halves r, u32 width, ag_doubt *doubt)
{
    if (width == 32) {
        doubt->bad &= 0xffffffffu;
        doubt->first &= 0xffffffffu;
        doubt->inexact &= 0xffffffffu;
        r.low &= 0xffffffffu;
    }
    if (width <= 64)
        r.high = ag_splat(0);
    return r;
}

/* -- Two operands ---------------------------------------------------------- */

AG_INLINE ag_vec ag_two_of(const u32 what, const u32 is_double, ag_vec x,
                           ag_vec y, ag_doubt *doubt)
{
    return is_double ? ag_two_64(what, x, y, doubt)
                     : ag_two_32(what, x, y, doubt);
}

AG_INLINE ag_halves ag_real_rows(AG_SIMD_CTX, const u32 what,
                                 const u32 is_double, u32 n, u32 m, u64 imm,
                                 ag_doubt *doubt)
{
    const u32 width = AG_FP_WIDTH(imm);
    const ag_halves x = ag_halves_of(c, n);
    const ag_halves y = ag_second_of(c, m, imm, is_double);
    ag_halves r = x;
    r.low = ag_two_of(what, is_double, x.low, y.low, doubt);
    if (width > 64)
        r.high = ag_two_of(what, is_double, x.high, y.high, doubt);
    return ag_real_end(r, width, doubt);
}

/* Neighbours of V[n], then of V[m]. */
AG_INLINE ag_halves ag_real_pairs(AG_SIMD_CTX, const u32 what,
                                  const u32 is_double, u32 n, u32 m, u64 imm,
                                  ag_doubt *doubt)
{
    const u32 width = AG_FP_WIDTH(imm), size = is_double ? 3 : 2;
    ag_halves x = ag_halves_of(c, n), y = ag_halves_of(c, m), r;
    if (width == 64) {
        x.high = y.low;
        y = x;
    }
    r.low = ag_two_of(what, is_double, ag_unzip(x.low, x.high, size, 0),
                      ag_unzip(x.low, x.high, size, 1), doubt);
    r.high = r.low;
    if (width > 64)
        r.high = ag_two_of(what, is_double, ag_unzip(y.low, y.high, size, 0),
                           ag_unzip(y.low, y.high, size, 1), doubt);
    return ag_real_end(r, width, doubt);
}

/* The two elements of V[n]. */
AG_INLINE ag_halves ag_real_join_two(AG_SIMD_CTX, const u32 what,
                                     const u32 is_double, u32 n,
                                     ag_doubt *doubt)
{
    ag_halves x = ag_halves_of(c, n), r;
    if (!is_double)
        x.high = x.low >> 32;
    r.low = r.high = ag_two_of(what, is_double, x.low, x.high, doubt);
    return ag_real_end(r, is_double ? 64 : 32, doubt);
}

/* The four singles of V[n]: pairs, and then those two. */
AG_INLINE ag_halves ag_real_join_four(AG_SIMD_CTX, const u32 what, u32 n,
                                      ag_doubt *doubt)
{
    const ag_halves x = ag_halves_of(c, n);
    const ag_vec pairs = ag_two_32(what, ag_unzip(x.low, x.high, 2, 0),
                                   ag_unzip(x.low, x.high, 2, 1), doubt);
    ag_halves r;
    doubt->bad |= doubt->bad >> 32;
    doubt->first |= doubt->first >> 32;
    doubt->inexact |= doubt->inexact >> 32;
    r.low = r.high = ag_two_32(what, pairs, pairs >> 32, doubt);
    return ag_real_end(r, 32, doubt);
}

enum ag_real_shape { AG_REAL_FP2, AG_REAL_FPPAIR, AG_REAL_FPREDUCE };

AG_INLINE ag_halves ag_real_two(AG_SIMD_CTX, u32 shape, const u32 what,
                                const u32 is_double, u32 n, u32 m, u64 imm,
                                ag_doubt *doubt)
{
    if (shape == AG_REAL_FP2)
        return ag_real_rows(c, what, is_double, n, m, imm, doubt);
    if (shape == AG_REAL_FPPAIR)
        return ag_real_pairs(c, what, is_double, n, m, imm, doubt);
    return !is_double && AG_FP_WIDTH(imm) == 128
               ? ag_real_join_four(c, what, n, doubt)
               : ag_real_join_two(c, what, is_double, n, doubt);
}

/* -- Three operands -------------------------------------------------------- */

#if AG_HAS_FMA_VECTORS
/* z + x * y. A zero is proven where the product is a zero; the exact result is
   known where the product is exact, as in ag_hard_exact_mul_add(). */
#define AG_FP_FUSED(bits)                                                      \
    AG_INLINE ag_vec ag_fused_##bits(ag_vec c, ag_vec a, ag_vec b,             \
                                     ag_doubt *doubt)                          \
    {                                                                          \
        const ag_f##bits##s x = (ag_f##bits##s)a, y = (ag_f##bits##s)b;        \
        const ag_f##bits##s z = (ag_f##bits##s)c;                              \
        const ag_f##bits##s r = AG_FMA_##bits(x, y, z);                        \
        ag_doubt_unless(                                                       \
            doubt, ag_unproven_##bits(r),                                      \
            (ag_vec)(ag_is_zero_##bits(r) &                                    \
                     (ag_is_zero_##bits(x) | ag_is_zero_##bits(y))));          \
        if (doubt->asks) {                                                     \
            const ag_f##bits##s p = x * y;                                     \
            doubt->inexact |= (ag_vec) ~(ag_is_product_##bits(x, y, p) &       \
                                         ag_is_sum_##bits(z, p, r));           \
        }                                                                      \
        return (ag_vec)r;                                                      \
    }
AG_FP_FUSED(64)
AG_FP_FUSED(32)
#undef AG_FP_FUSED

AG_INLINE ag_halves ag_real_three(AG_SIMD_CTX, const u32 is_double, u32 n,
                                  u32 m, u32 a, u64 imm, ag_doubt *doubt)
{
    const u32 width = AG_FP_WIDTH(imm);
    const u64 tops = a64_tops(is_double ? 3 : 2);
    const u64 sign = imm >> 24 & 1 ? tops : 0, sign_a = imm >> 25 & 1 ? tops : 0;
    const ag_halves x = ag_halves_of(c, n), z = ag_halves_of(c, a);
    const ag_halves y = ag_second_of(c, m, imm, is_double);
    ag_halves r = x;
#define AG_FUSED(part)                                                         \
    (is_double ? ag_fused_64(z.part ^ sign_a, x.part ^ sign, y.part, doubt)    \
               : ag_fused_32(z.part ^ sign_a, x.part ^ sign, y.part, doubt))
    r.low = AG_FUSED(low);
    if (width > 64)
        r.high = AG_FUSED(high);
#undef AG_FUSED
    return ag_real_end(r, width, doubt);
}
#endif

#include "group/real_convert.h"

#endif
