/*
 * Floating point in a lane group: what real.h computes, vector by vector. Lanes
 * of which an element is in doubt keep what they had and execute the instruction
 * one by one. So do those whose FPCR rounds or flushes in another way, and those
 * without FPSR.IXC whose result is not known to be exact: soon they have it.
 */
#ifndef AG_GROUP_FLOAT_H
#define AG_GROUP_FLOAT_H

#include "group/simd.h"
/* After that. */
#include "group/real.h"

/* An instruction under way. */
typedef struct ag_fp_lanes {
    ag_group *g;
    u64 lanes;    /* that may execute it here */
    u64 rest;     /* that must not */
    u32 is_whole; /* all live lanes may */
    u32 is_exact; /* some of them must know that the result is exact */
} ag_fp_lanes;

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

/* -- Instructions ---------------------------------------------------------- */

/* The vectors of an instruction. */
#define AG_FP_EACH(f, c, doubt)                                                \
    for (u32 q_ = 0; q_ < (f)->g->used_count; q_++)                            \
        for (ag_doubt doubt = {.asks = (f)->is_exact},                         \
                      *once_ = &doubt;                                         \
             once_ != 0; once_ = 0)                                            \
            for (const ag_simd_lanes at_ = {(f)->g, (f)->g->used[q_], 1},      \
                                     *c = &at_;                                \
                 c != 0; c = 0)
/* V[d] = value, which is written with c and doubt. */
#define AG_FP_EACH_V(f, d, value)                                              \
    AG_FP_EACH(f, c, doubt) {                                                  \
        const ag_halves r = (value);                                           \
        ag_fp_put_v(f, d, c->i, doubt, r);                                     \
    }

AG_INLINE void ag_fp_two_of(ag_fp_lanes *f, u32 shape, const u32 what,
                         const u32 is_double, u32 d, u32 n, u32 m, u64 imm)
{
    AG_FP_EACH_V(f, d,
                 ag_real_two(c, shape, what, is_double, n, m, imm, &doubt))
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
            ag_fp_two_of(f, shape, AG_FP_##what, 1, d, n, m, imm);                \
        else                                                                   \
            ag_fp_two_of(f, shape, AG_FP_##what, 0, d, n, m, imm);                \
        return 1;
        AG_REAL_TWO_OF_ANY(AG_FP_CASE)
    default:
        break;
    }
    if (shape != AG_REAL_FP2)
        return 0;
    shape = AG_REAL_FP2;
    switch (AG_FP_WHAT(imm)) {
        AG_REAL_TWO_OF_ROWS(AG_FP_CASE)
    default:
        return 0;
    }
}

#if AG_HAS_FMA_VECTORS
AG_INLINE void ag_fp_three(ag_fp_lanes *f, const u32 is_double, u32 d, u32 n,
                           u32 m, u32 a, u64 imm)
{
    AG_FP_EACH_V(f, d, ag_real_three(c, is_double, n, m, a, imm, &doubt))
}
#endif

AG_INLINE void ag_fp_one(ag_fp_lanes *f, const u32 what, const u32 is_double,
                         u32 d, u32 n, u64 imm)
{
    AG_FP_EACH_V(f, d, ag_real_one(c, what, is_double, n, imm, &doubt))
}

AG_INLINE u32 ag_fp_one_operand(ag_fp_lanes *f, u32 d, u32 n, u64 imm)
{
    const u32 is_double = AG_FP_FORMAT(imm) == AG_DOUBLE;
    const u32 what = AG_FP_WHAT(imm);
    if ((!is_double && AG_FP_FORMAT(imm) != AG_SINGLE) ||
        !ag_has_real_one(what, imm))
        return 0;
    switch (what) {
#define AG_FP_CASE_1(what)                                                     \
    case AG_FP_##what:                                                         \
        if (is_double)                                                         \
            ag_fp_one(f, AG_FP_##what, 1, d, n, imm);                          \
        else                                                                   \
            ag_fp_one(f, AG_FP_##what, 0, d, n, imm);                          \
        return 1;
        AG_REAL_ONE(AG_FP_CASE_1)
    default: /* estimates */
        return 0;
    }
}

AG_INLINE u32 ag_fp_convert(ag_fp_lanes *f, u32 d, u32 n, u64 imm)
{
    switch (ag_fp_cvt_of(imm)) {
    case AG_FP_LENGTHENS:
        AG_FP_EACH_V(f, d, ag_real_lengthen(c, n, imm, &doubt))
        return 1;
    case AG_FP_SHORTENS:
        AG_FP_EACH_V(f, d, ag_real_shorten(c, d, n, imm, &doubt))
        return 1;
    default:
        return 0;
    }
}

AG_INLINE u32 ag_fp_to_x(ag_fp_lanes *f, u32 d, u32 n, u64 imm)
{
    if (!ag_has_real_to_x(imm))
        return 0;
    AG_FP_EACH(f, c, doubt) {
        const ag_vec x = ag_real_to_x(c, n, imm, &doubt);
        ag_fp_put(f, d, c->i, ag_fp_mask(f, c->i, doubt), x);
    }
    return 1;
}

AG_INLINE u32 ag_fp_from_x(ag_fp_lanes *f, u32 d, u32 n, u64 imm)
{
    if (!ag_has_real_from_x(imm))
        return 0;
    AG_FP_EACH_V(f, d, ag_real_from_x(c, n, imm, &doubt))
    return 1;
}

/* NZCV into a row of its own: lanes that are left need their old flags. */
AG_INLINE u32 ag_fp_compare(ag_fp_lanes *f, u32 n, u32 m, u32 a, u64 imm)
{
    ag_group *g = f->g;
    u32 q;
    if (!ag_has_real_compare(imm))
        return 0;
    if ((imm >> 32 & 0xffff) != 0xffff)
        ag_evaluate_condition(g, imm >> 32);
    AG_FP_EACH(f, c, doubt) {
        *ag_vector(g->place, c->i) = ag_real_compare(c, n, m, a, imm, &doubt);
        *ag_vector(g->address, c->i) = ag_fp_mask(f, c->i, doubt);
    }
    if (f->rest != 0)
        ag_pack_flags(g);
    for (q = 0; q < g->used_count; q++) {
        const u32 i = g->used[q];
        ag_vec *p = ag_vector(g->nzcv, i);
        *p = ag_select(*ag_vector(g->address, i), *ag_vector(g->place, i), *p);
    }
    g->flags = AG_FLAGS_PACKED;
    return 1;
}

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
    const u32 format AG_UNUSED = AG_FP_FORMAT(imm);
    switch (op) {
    case AG_OP_FP1:
        return ag_fp_one_operand(f, d, n, imm);
    case AG_OP_FP2:
        return ag_fp_two_operands(f, AG_REAL_FP2, d, n, m, imm);
    case AG_OP_FPPAIR:
        return ag_fp_two_operands(f, AG_REAL_FPPAIR, d, n, m, imm);
    case AG_OP_FPREDUCE:
        return ag_fp_two_operands(f, AG_REAL_FPREDUCE, d, n, m, imm);
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
    case AG_OP_FCVT:
        return ag_fp_convert(f, d, n, imm);
    case AG_OP_FTOX:
        return ag_fp_to_x(f, d, n, imm);
    case AG_OP_FFROMX:
        return ag_fp_from_x(f, d, n, imm);
    case AG_OP_FCMP:
        return ag_fp_compare(f, n, m, a, imm);
    default:
        return 0;
    }
}

#endif
