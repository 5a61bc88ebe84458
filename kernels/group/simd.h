/*
 * Operations on V registers for vectors of lanes: the second instantiation of
 * the integer bodies that are written for them (`vectors` in the table), with
 * accessors that name vector i of the group. A body writes no lane that is not
 * active.
 */
#ifndef AG_GROUP_SIMD_H
#define AG_GROUP_SIMD_H

#include "group/vregs.h"

typedef struct ag_simd_lanes {
    ag_group *g;
    u32 i;
    u32 masked; /* some lanes are not active */
} ag_simd_lanes;

#define AG_SIMD_CTX const ag_simd_lanes *c AG_UNUSED
#define AG_SIMD(op)                                                            \
    AG_INLINE void agv_##op(AG_SIMD_CTX, u32 d AG_UNUSED, u32 n AG_UNUSED,     \
                            u32 m AG_UNUSED, u32 a AG_UNUSED,                  \
                            u64 imm AG_UNUSED)
#define X(row) (*ag_vector(c->g->x[row], c->i))
#define X_SET(row, value)                                                      \
    ag_put(c->g, c->i, c->masked, c->g->x[row], (value))
#define V_HALF(part, r) X(AG_ROW_V + AG_V_ROW(part, r))
#define V_LO(r) V_HALF(0, r)
#define V_HI(r) V_HALF(1, r)
#define V_PUT(part, r, value) X_SET(AG_ROW_V + AG_V_ROW(part, r), value)
#define V_LATER(part, r, value) V_PUT(part, r, value)
#define AG_HOLDS_HALVES 0
#define V_SET(r, low, high) ag_set_v(c, (r), (low), (high))
#define RAISE_WHERE(value, flags) ag_raise_where(c, (value), (flags))
/* Of the one that was evaluated. */
#define HOLDS(mask) (*ag_vector(c->g->holds, c->i))

AG_INLINE void ag_set_v(AG_SIMD_CTX, u32 r, ag_vec low, ag_vec high)
{
    V_PUT(0, r, low);
    V_PUT(1, r, high);
}

/* Flags are raised seldom: lane by lane. */
AG_INLINE void ag_raise_where(AG_SIMD_CTX, ag_vec value, u32 flags)
{
    ag_group *g = c->g;
    u64 rest;
    value &= *ag_vector(g->mask, c->i);
    if (AG_LIKELY(!ag_any(value)))
        return;
    rest = ag_top_bits((ag_vec)(value != 0));
    for (; rest != 0; rest &= rest - 1)
        g->state[c->i * AG_VECTOR_LANES + ag_first(rest)]
                [AG_STATE_FPCONTROL * AG_BLOCK] |= (u64)flags << 32;
}

#include "group/elements.h"

#define ag_v ag_vec
#define ag_v32 ag_vec
#undef AG_NOINLINE
#define AG_NOINLINE AG_INLINE
#include "a64/simd_elements.h"
#include "a64/simd_same.h"
#include "a64/simd_shift.h"
#include "a64/simd_multiply.h"
#include "a64/simd_misc.h"
#include "a64/simd_copy.h"
#include "a64/fp_copy.h"
#undef ag_v
#undef ag_v32
#include "group/simd_values.h"

/* Executes it for the vectors in use; `a` says more than the entry does where
   it has a size that is a constant. */
#define AG_SIMD_EACH(op, a)                                                    \
    for (q = 0; q < vectors; q++) {                                            \
        c.i = g->used[q];                                                      \
        agv_##op(&c, d, n, m, (a), imm);                                       \
    }
#define AG_WITH_SIZE(size) ((a & ~12u) | (size) << 2)

/* What is compiled for each size of elements by itself: instructions that have
   another one for each. */
#define AG_SIZED_OPS(X)                                                        \
    X(VSUB) X(VCOMPARE) X(VCOMBINE) X(VPAIRWISE) X(VSHR) X(VSHL) X(VMUL)       \
    X(VLONG) X(VNARROW) X(VPERMUTE) X(VADDLP) X(VSHIFT) X(VCOUNT)

/* And what is for some kinds, in these sizes: compilers emit most of them. */
#define AG_KINDS(X)                                                            \
    X(VLOGIC, AG_AND, 0) X(VLOGIC, AG_ORR, 0) X(VLOGIC, AG_EOR, 0)             \
    X(VLOGIC, AG_BSL, 0) X(VMUL, AG_MUL, 1) X(VMUL, AG_MUL, 2)                 \
    X(VMUL, AG_MLA, 1) X(VMUL, AG_MLA, 2) X(VLONG, AG_MUL, 0)                  \
    X(VLONG, AG_MUL, 1) X(VLONG, AG_MUL, 2) X(VLONG, AG_MLA, 0)                \
    X(VLONG, AG_MLA, 1) X(VLONG, AG_MLA, 2) X(VLONG, AG_ADDL, 0)               \
    X(VLONG, AG_ADDL, 1) X(VLONG, AG_ADDL, 2)

AG_INLINE u32 ag_simd_kinds(ag_group *g, u32 op, u32 d, u32 n, u32 m, u32 a,
                            u64 imm)
{
    ag_simd_lanes c = {g, 0, g->active != g->live};
    const u32 vectors = g->used_count;
    u32 q;
    switch (op << 8 | a >> 2) {
#define AG_SIMD_KINDS(op, kind, size)                                          \
    case (u32)AG_OP_##op << 8 | (u32)(kind) << 2 | (size):                     \
        AG_SIMD_EACH(op, (a & 3) | (size) << 2 | (u32)(kind) << 4)             \
        return 1;
        AG_KINDS(AG_SIMD_KINDS)
    default:
        return 0;
    }
}

/* True if the operation was executed for all active lanes. */
AG_INLINE u32 ag_simd_sized(ag_group *g, u32 op, u32 d, u32 n, u32 m, u32 a,
                            u64 imm)
{
    ag_simd_lanes c = {g, 0, g->active != g->live};
    const u32 vectors = g->used_count;
    u32 q;
    switch (op) {
#define AG_SIMD_SIZED(op)                                                      \
    case AG_OP_##op:                                                           \
        switch (AG_SIMD_SIZE(a)) {                                             \
        case 0:                                                                \
            AG_SIMD_EACH(op, AG_WITH_SIZE(0u))                                 \
            return 1;                                                          \
        case 1:                                                                \
            AG_SIMD_EACH(op, AG_WITH_SIZE(1u))                                 \
            return 1;                                                          \
        case 2:                                                                \
            AG_SIMD_EACH(op, AG_WITH_SIZE(2u))                                 \
            return 1;                                                          \
        default:                                                               \
            AG_SIMD_EACH(op, AG_WITH_SIZE(3u))                                 \
            return 1;                                                          \
        }
        AG_SIZED_OPS(AG_SIMD_SIZED)
    default:
        return 0;
    }
}

AG_INLINE u32 ag_simd_vectors(ag_group *g, u32 op, u32 d, u32 n, u32 m, u32 a,
                              u64 imm)
{
    ag_simd_lanes c = {g, 0, g->active != g->live};
    const u32 vectors = g->used_count;
    u32 q;
    if (ag_is_shift_of_lanes(op, a))
        return 0;
    if (op == AG_OP_FCSEL)
        ag_evaluate_condition(g, imm);
    if (ag_simd_kinds(g, op, d, n, m, a, imm) ||
        ag_simd_sized(g, op, d, n, m, a, imm))
        return 1;
    switch (op) {
#define AG_SIMD_VECTORS(op)                                                    \
    case AG_OP_##op:                                                           \
        AG_SIMD_EACH(op, a)                                                    \
        return 1;
        AG_SIMD_VECTOR_OPS(AG_SIMD_VECTORS)
#if AG_HAS_BYTES
        AG_SIMD_VECTORS(VTBL)
#endif
    default:
        return 0;
    }
}

#endif
