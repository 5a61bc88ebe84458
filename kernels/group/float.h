/*
 * Floating point on vectors of lanes: doubles and singles by the processor. The
 * rule by which its results are the architecture's is float/hardware.h's; here
 * it is asked of all elements at once. Lanes of which one is not proven keep
 * what they had and execute the instruction one by one. So do those whose FPCR
 * rounds or flushes in another way, and those without FPSR.IXC whose result is
 * not known to be exact: soon they have it.
 */
#ifndef AG_GROUP_FLOAT_H
#define AG_GROUP_FLOAT_H

#include "a64/decode_fp.h"
#include "group/float_elements.h"
#include "group/simd.h"

/* An instruction under way. */
typedef struct ag_fp_lanes {
    ag_group *g;
    u64 lanes;    /* that may execute it here */
    u64 rest;     /* that must not */
    u32 is_whole; /* all live lanes may */
    u32 is_exact; /* some of them must know that the result is exact */
} ag_fp_lanes;

typedef struct ag_halves {
    ag_vec low, high;
} ag_halves;

/* What `looked` lanes have in FPCR and FPSR. */
AG_FN __attribute__((noinline)) void ag_look_at_control(ag_group *g, u64 looked)
{
    for (; looked != 0; looked &= looked - 1) {
        const u32 k = ag_first(looked);
        const u64 both = g->state[k][AG_STATE_FPCONTROL * AG_BLOCK];
        if ((both & (AG_FPCR_FZ | (u64)3 << 22)) == 0)
            g->is_plain |= (u64)1 << k;
        if ((both >> 32 & AG_IXC) != 0)
            g->is_inexact |= (u64)1 << k;
    }
}

/* False if no lane may. */
AG_INLINE u32 ag_fp_begin(ag_group *g, ag_fp_lanes *f)
{
    const u64 unknown = g->active & ~(g->is_plain & g->is_inexact);
    if (unknown != 0)
        ag_look_at_control(g, unknown);
    f->g = g;
    f->lanes = g->active & g->is_plain;
    f->rest = g->active & ~f->lanes;
    f->is_whole = f->lanes == g->live;
    f->is_exact = (f->lanes & ~g->is_inexact) != 0;
    return f->lanes != 0;
}

/* Lanes of vector i that may and that nothing is in doubt about. */
AG_INLINE ag_vec ag_fp_mask(ag_fp_lanes *f, u32 i, ag_doubt doubt)
{
    ag_group *g = f->g;
    ag_vec mask = *ag_vector(g->mask, i), bad = doubt.bad;
    if (f->is_exact)
        bad |= doubt.inexact & ~ag_spread(g->is_inexact, i);
    if (AG_UNLIKELY(f->rest != 0))
        mask &= ag_spread(f->lanes, i);
    bad = (ag_vec)(bad != 0) & mask;
    if (AG_UNLIKELY(ag_any(bad))) {
        f->rest |= (u64)ag_top_bits(bad) << i * AG_VECTOR_LANES;
        f->is_whole = 0;
    }
    return mask & ~bad;
}

AG_INLINE void ag_fp_put(ag_fp_lanes *f, u32 row, u32 i, ag_vec mask, ag_vec v)
{
    ag_vec *p = ag_vector(f->g->x[row], i);
    *p = f->is_whole ? v : ag_select(mask, v, *p);
}

AG_INLINE void ag_fp_put_v(ag_fp_lanes *f, u32 d, u32 i, ag_doubt doubt,
                           ag_halves r)
{
    const ag_vec mask = ag_fp_mask(f, i, doubt);
    ag_fp_put(f, AG_ROW_V + AG_V_ROW(0, d), i, mask, r.low);
    ag_fp_put(f, AG_ROW_V + AG_V_ROW(1, d), i, mask, r.high);
}

/* -- Operands -------------------------------------------------------------- */

AG_INLINE ag_vec ag_half_of(const ag_group *g, u32 i, u32 part, u32 r)
{
    return *ag_vector((u64 *)(uintptr_t)g->x[AG_ROW_V + AG_V_ROW(part, r)], i);
}
AG_INLINE ag_halves ag_halves_of(const ag_group *g, u32 i, u32 r)
{
    return (ag_halves){ag_half_of(g, i, 0, r), ag_half_of(g, i, 1, r)};
}

/* V[m], one element of it, or zero. */
AG_INLINE ag_halves ag_second_of(const ag_group *g, u32 i, u32 m, u64 imm,
                                 const u32 is_double)
{
    const u32 at = AG_FP_FIRST_M(imm);
    ag_vec x = ag_splat(0);
    if ((imm & AG_FP_WITH_ZERO) != 0)
        return (ag_halves){x, x};
    if ((imm & AG_FP_ONE_ELEMENT) == 0)
        return ag_halves_of(g, i, m);
    x = ag_half_of(g, i, at >> 6, m);
    if (!is_double) {
        x = x >> (at & 63) & 0xffffffffu;
        x |= x << 32;
    }
    return (ag_halves){x, x};
}

/* A result of `width` bits: what is above is zero and in no doubt. */
AG_INLINE void ag_fp_end(ag_fp_lanes *f, u32 d, u32 i, u32 width,
                         ag_doubt *doubt, ag_halves r)
{
    if (width == 32) {
        doubt->bad &= 0xffffffffu;
        doubt->inexact &= 0xffffffffu;
        r.low &= 0xffffffffu;
    }
    if (width <= 64)
        r.high = ag_splat(0);
    ag_fp_put_v(f, d, i, *doubt, r);
}

/* The vectors of an instruction. */
#define AG_FP_EACH(f, i, doubt)                                                \
    for (u32 q_ = 0; q_ < (f)->g->used_count; q_++)                            \
        for (ag_doubt doubt = {ag_splat(0), ag_splat(0), (f)->is_exact},       \
                      *once_ = &doubt;                                         \
             once_ != 0; once_ = 0)                                      \
            for (u32 i = (f)->g->used[q_], go_ = 1; go_; go_ = 0)

/* -- Instructions ---------------------------------------------------------- */

AG_INLINE ag_vec ag_two_of(const u32 what, const u32 is_double, ag_vec x,
                           ag_vec y, ag_doubt *doubt)
{
    return is_double ? ag_two_64(what, x, y, doubt)
                     : ag_two_32(what, x, y, doubt);
}

AG_INLINE void ag_fp_two_rows(ag_fp_lanes *f, const u32 what, const u32 is_double,
                         u32 d, u32 n, u32 m, u64 imm)
{
    const u32 width = AG_FP_WIDTH(imm);
    AG_FP_EACH(f, i, doubt) {
        const ag_halves x = ag_halves_of(f->g, i, n);
        const ag_halves y = ag_second_of(f->g, i, m, imm, is_double);
        ag_halves r = x;
        r.low = ag_two_of(what, is_double, x.low, y.low, &doubt);
        if (width > 64)
            r.high = ag_two_of(what, is_double, x.high, y.high, &doubt);
        ag_fp_end(f, d, i, width, &doubt, r);
    }
}

/* Neighbours of V[n], then of V[m]. */
AG_INLINE void ag_fp_pairs(ag_fp_lanes *f, const u32 what, const u32 is_double,
                           u32 d, u32 n, u32 m, u64 imm)
{
    const u32 width = AG_FP_WIDTH(imm), size = is_double ? 3 : 2;
    AG_FP_EACH(f, i, doubt) {
        ag_halves x = ag_halves_of(f->g, i, n), y = ag_halves_of(f->g, i, m), r;
        if (width == 64) {
            x.high = y.low;
            y = x;
        }
        r.low = ag_two_of(what, is_double, ag_unzip(x.low, x.high, size, 0),
                          ag_unzip(x.low, x.high, size, 1), &doubt);
        r.high = r.low;
        if (width > 64)
            r.high = ag_two_of(what, is_double, ag_unzip(y.low, y.high, size, 0),
                               ag_unzip(y.low, y.high, size, 1), &doubt);
        ag_fp_end(f, d, i, width, &doubt, r);
    }
}

/* The two elements of V[n]. */
AG_INLINE void ag_fp_join_two(ag_fp_lanes *f, const u32 what,
                              const u32 is_double, u32 d, u32 n)
{
    AG_FP_EACH(f, i, doubt) {
        ag_halves x = ag_halves_of(f->g, i, n), r;
        if (!is_double)
            x.high = x.low >> 32;
        r.low = r.high = ag_two_of(what, is_double, x.low, x.high, &doubt);
        ag_fp_end(f, d, i, is_double ? 64 : 32, &doubt, r);
    }
}

/* The four singles of V[n]: pairs, and then those two. */
AG_INLINE void ag_fp_join_four(ag_fp_lanes *f, const u32 what, u32 d, u32 n)
{
    AG_FP_EACH(f, i, doubt) {
        const ag_halves x = ag_halves_of(f->g, i, n);
        const ag_vec pairs =
            ag_two_32(what, ag_unzip(x.low, x.high, 2, 0),
                      ag_unzip(x.low, x.high, 2, 1), &doubt);
        ag_halves r;
        doubt.bad |= doubt.bad >> 32;
        doubt.inexact |= doubt.inexact >> 32;
        r.low = r.high = ag_two_32(what, pairs, pairs >> 32, &doubt);
        ag_fp_end(f, d, i, 32, &doubt, r);
    }
}

#define AG_FP_SHAPE_FP2 0
#define AG_FP_SHAPE_FPPAIR 1
#define AG_FP_SHAPE_FPREDUCE 2
AG_INLINE void ag_fp_shape(ag_fp_lanes *f, u32 shape, const u32 what,
                           const u32 is_double, u32 d, u32 n, u32 m, u64 imm)
{
    if (shape == AG_FP_SHAPE_FP2)
        ag_fp_two_rows(f, what, is_double, d, n, m, imm);
    else if (shape == AG_FP_SHAPE_FPPAIR)
        ag_fp_pairs(f, what, is_double, d, n, m, imm);
    else if (!is_double && AG_FP_WIDTH(imm) == 128)
        ag_fp_join_four(f, what, d, n);
    else
        ag_fp_join_two(f, what, is_double, d, n);
}

/* False if this is not done here. */
AG_INLINE u32 ag_fp_two_operands(ag_fp_lanes *f, u32 shape, u32 d, u32 n, u32 m,
                                 u64 imm)
{
    const u32 is_double = AG_FP_FORMAT(imm) == AG_DOUBLE;
    if (!is_double && AG_FP_FORMAT(imm) != AG_SINGLE)
        return 0;
    switch (AG_FP_WHAT(imm)) {
#define AG_FP_CASE(what)                                                       \
    case AG_FP_##what:                                                         \
        if (is_double)                                                         \
            ag_fp_shape(f, shape, AG_FP_##what, 1, d, n, m, imm);              \
        else                                                                   \
            ag_fp_shape(f, shape, AG_FP_##what, 0, d, n, m, imm);              \
        return 1;
        AG_FP_CASE(add)
        AG_FP_CASE(max)
        AG_FP_CASE(maxnm)
        AG_FP_CASE(min)
        AG_FP_CASE(minnm)
    default:
        break;
    }
    if (shape != AG_FP_SHAPE_FP2)
        return 0;
    shape = AG_FP_SHAPE_FP2;
    switch (AG_FP_WHAT(imm)) {
        AG_FP_CASE(sub)
        AG_FP_CASE(mul)
        AG_FP_CASE(div)
        AG_FP_CASE(nmul)
        AG_FP_CASE(mulx)
        AG_FP_CASE(abd)
        AG_FP_CASE(cmeq)
        AG_FP_CASE(cmge)
        AG_FP_CASE(cmgt)
        AG_FP_CASE(cmle)
        AG_FP_CASE(cmlt)
        AG_FP_CASE(acge)
        AG_FP_CASE(acgt)
    default: /* steps */
        return 0;
    }
}

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
        const ag_u##bits##s ok = ag_is_proven_##bits(r);                       \
        doubt->bad |=                                                          \
            (ag_vec) ~(ok | (ag_is_zero_##bits(r) &                            \
                             (ag_is_zero_##bits(x) | ag_is_zero_##bits(y))));  \
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

AG_INLINE void ag_fp_three(ag_fp_lanes *f, const u32 is_double, u32 d, u32 n,
                           u32 m, u32 a, u64 imm)
{
    const u32 width = AG_FP_WIDTH(imm);
    const u64 tops = a64_tops(is_double ? 3 : 2);
    const u64 sign = imm >> 24 & 1 ? tops : 0, sign_a = imm >> 25 & 1 ? tops : 0;
    AG_FP_EACH(f, i, doubt) {
        const ag_halves x = ag_halves_of(f->g, i, n);
        const ag_halves y = ag_second_of(f->g, i, m, imm, is_double);
        const ag_halves z = ag_halves_of(f->g, i, a);
        ag_halves r = x;
#define AG_FUSED(part)                                                         \
    (is_double ? ag_fused_64(z.part ^ sign_a, x.part ^ sign, y.part, &doubt)   \
               : ag_fused_32(z.part ^ sign_a, x.part ^ sign, y.part, &doubt))
        r.low = AG_FUSED(low);
        if (width > 64)
            r.high = AG_FUSED(high);
#undef AG_FUSED
        ag_fp_end(f, d, i, width, &doubt, r);
    }
}
#endif

#include "group/float_convert.h"

/* Operations that ag_fp_vectors() has something for. */
AG_INLINE u32 ag_is_real(u32 op)
{
    return op == AG_OP_FP1 || op == AG_OP_FP2 || op == AG_OP_FP3 ||
           op == AG_OP_FPPAIR || op == AG_OP_FPREDUCE || op == AG_OP_FCVT ||
           op == AG_OP_FTOX || op == AG_OP_FFROMX || op == AG_OP_FCMP;
}

/* True if the operation was begun: f->rest are the lanes left. */
AG_INLINE u32 ag_fp_vectors(ag_fp_lanes *f, u32 op, u32 d, u32 n, u32 m, u32 a,
                            u64 imm)
{
    const u32 format = AG_FP_FORMAT(imm);
    switch (op) {
    case AG_OP_FP2:
        return ag_fp_two_operands(f, AG_FP_SHAPE_FP2, d, n, m, imm);
    case AG_OP_FPPAIR:
        return ag_fp_two_operands(f, AG_FP_SHAPE_FPPAIR, d, n, m, imm);
    case AG_OP_FPREDUCE:
        return ag_fp_two_operands(f, AG_FP_SHAPE_FPREDUCE, d, n, m, imm);
#if AG_HAS_FMA_VECTORS
    case AG_OP_FP3:
        if (format == AG_DOUBLE)
            ag_fp_three(f, 1, d, n, m, a, imm);
        else if (format == AG_SINGLE)
            ag_fp_three(f, 0, d, n, m, a, imm);
        else
            return 0;
        return 1;
#endif
    default:
        (void)a;
        (void)format;
        return ag_fp_convert_vectors(f, op, d, n, m, a, imm);
    }
}

#endif
