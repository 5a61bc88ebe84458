/* One lane as bodies of classes simd and crypto have it: what simd.h lists. */
#ifndef AG_SIMD_LANE_H
#define AG_SIMD_LANE_H

#include "float/format.h"
#include "lane/lane.h"

typedef struct ag_simd {
    AG_GROUP u64 *x;
    AG_GLOBAL u64 *state;
    AG_GLOBAL u64 *v;
    u32 stride;
    u32 nzcv;
    u64 held[2]; /* V_LATER(), where AG_HOLDS_HALVES */
#if AG_IS_COMPILED_ONCE
    u32 v_stride;
#endif
} ag_simd;

/* A lane group has V registers as it has the general ones. */
#if AG_IS_COMPILED_ONCE
#undef AG_V_STRIDE
#define AG_V_STRIDE c->v_stride
#endif

#define AG_SIMD_CTX AG_PRIVATE ag_simd *c AG_UNUSED
#define AG_SIMD(op)                                                            \
    AG_INLINE void a64_##op(AG_SIMD_CTX, u32 d AG_UNUSED, u32 n AG_UNUSED,     \
                            u32 m AG_UNUSED, u32 a AG_UNUSED,                  \
                            u64 imm AG_UNUSED)

#define X(row) (c->x[(row)*c->stride])
#define X_SET(row, value) (c->x[(row)*c->stride] = (value))
#define V_HALF(part, r) AG_V_HALF(part, r)
#define V_LO(r) V_HALF(0, r)
#define V_HI(r) V_HALF(1, r)
#define V_PUT(part, r, value) AG_V_PUT(part, r, value)
#define V_LATER(part, r, value) V_PUT(part, r, value)
#define AG_HOLDS_HALVES 0
#define V_SET(r, low, high) ag_set_v(c, (r), (low), (high))
#define FPCR ag_fp_control(c)
#define HOLDS(mask) ((mask) >> c->nzcv & 1)
#define NZCV_SET(v) (c->nzcv = (v))
#define RAISE(flags) ag_raise(c, (flags))
#define RAISE_WHERE(value, flags) RAISE((value) != 0 ? (flags) : 0)

/* As float/format.h says: FPCR, and FPSR's IXC at its own place. */
AG_INLINE u32 ag_fp_control(AG_SIMD_CTX)
{
    u64 both = c->state[AG_STATE_FPCONTROL * AG_BLOCK];
    return (u32)both | ((u32)(both >> 32) & AG_IXC);
}

/* Most instructions raise nothing: memory is written only where some do. */
AG_INLINE void ag_raise(AG_SIMD_CTX, u32 flags)
{
    if (flags != 0)
        c->state[AG_STATE_FPCONTROL * AG_BLOCK] |= (u64)flags << 32;
}

AG_INLINE void ag_set_v(AG_SIMD_CTX, u32 r, u64 low, u64 high)
{
    V_PUT(0, r, low);
    V_PUT(1, r, high);
}

#endif
