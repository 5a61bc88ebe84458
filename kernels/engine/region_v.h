/*
 * V registers in the text of regions: those that a region names are locals of
 * its function, as the general ones are, and so are FPCR and FPSR. Instructions
 * are the bodies of a64/, written with what engine/simd.h lists; for region.h.
 *
 * Floating point that the hardware is not known to do rightly is a call, of a
 * function that is given values: no region has an address.
 */
#ifndef AG_REGION_V_H
#define AG_REGION_V_H

#include "a64/operands.h"
#include "lane/memory.h"
#include "float/float.h"

#define AG_SIMD_CTX AG_PRIVATE ag_lane *c AG_UNUSED
#define AG_SIMD(op)                                                            \
    AG_INLINE void a64_##op(AG_SIMD_CTX, u32 d AG_UNUSED, u32 n AG_UNUSED,     \
                            u32 m AG_UNUSED, u32 a AG_UNUSED,                  \
                            u64 imm AG_UNUSED)
#define X(row) R(row)
#define X_SET(row, value) W(row, value)
#define V_HALF(part, r) AG_V_HALF(part, r)
#define V_LO(r) V_HALF(0, r)
#define V_HI(r) V_HALF(1, r)
#define V_PUT(part, r, value) AG_V_PUT(part, r, value)
#define V_LATER(part, r, value) V_PUT(part, r, value)
#define AG_HOLDS_HALVES 0
#define V_SET(r, low, high) ag_set_v(c, (r), (low), (high))
#define FPCR (c->fpcr)
#define HOLDS(mask) ag_holds(c, (mask))
#define NZCV_SET(v) ag_put_nzcv(c, (v))
#define RAISE(flags) ag_raise(c, (flags))
#define RAISE_WHERE(value, flags) RAISE((value) != 0 ? (flags) : 0)

AG_INLINE u64 ag_holds(AG_SIMD_CTX, u64 mask)
{
    const ag_may_read may_read = {0};
    return ag_cond(c, may_read, mask);
}
AG_INLINE void ag_put_nzcv(AG_SIMD_CTX, u32 nzcv)
{
    const ag_may_write may_write = {0};
    ag_set_nzcv(c, may_write, nzcv);
}

AG_INLINE void ag_raise(AG_SIMD_CTX, u32 flags)
{
    c->fpsr |= flags;
    c->fpcr |= flags & AG_IXC;
}

/* A body may name one register twice: halves were read before. */
AG_INLINE void ag_set_v(AG_SIMD_CTX, u32 r, u64 low, u64 high)
{
    V_PUT(0, r, low);
    V_PUT(1, r, high);
}

/* Functions stay functions in what calls floating point. */
#include "a64/simd_fp_element.h"
#include "a64/simd_fp_short.h"
#include "a64/simd_fp_pair.h"
#include "a64/simd_fp_complex.h"
#include "a64/simd_fp_wide.h"
#include "a64/simd_fp_same.h"
/* Of all others what is known is most: they become part of where they are. */
#undef AG_FN
#undef AG_NOINLINE
#undef AG_ROLLED
#define AG_FN AG_INLINE
#define AG_NOINLINE AG_INLINE
#define AG_ROLLED AG_UNROLLED
#include "a64/simd_elements.h"
#include "a64/simd_same.h"
#include "a64/simd_shift.h"
#include "a64/simd_multiply.h"
#include "a64/simd_misc.h"
#include "a64/simd_copy.h"
#include "a64/simd_one_lane.h"
#include "a64/crypto.h"
#include "a64/fp_copy.h"
#include "a64/fp_move.h"
#include "a64/ldst_v.h"
#include "a64/ldst_v_struct.h"

/* What has a short way (simd_fp_short.h), of constant kind and shape. Whether it
   may be is asked last, with what is proven: one branch, behind which a GPU's
   lanes meet. */
#if AG_HAS_F64 && AG_HAS_F32
#define AG_SHORT_V(op, kind, shape, d, n, m, a, imm)                           \
    {                                                                          \
        const ag_short_value ag_v =                                            \
            ag_short_compute(c, n, m, a, imm, kind, shape);                    \
        if (AG_UNLIKELY((u32)(ag_v.flags != 0) | (u32)!ag_may_be_short(c)))    \
            a64_##op(c, d, n, m, a, imm);                                      \
        else                                                                   \
            V_SET(d, ag_v.low, ag_v.high);                                     \
    }
#else
#define AG_SHORT_V(op, kind, shape, d, n, m, a, imm)                           \
    a64_##op(c, d, n, m, a, imm)
#endif

/* A load or store of V registers at `address`. */
#define AG_ACCESS_V_AT(loop, address, retired, op, d, n, m, a, imm)            \
    if (AG_UNLIKELY(a64_##op(AG_C, d, n, m, a, imm) != AG_NEXT))               \
    AG_LEAVE_FOR(loop, address, retired)

/* The registers in `named`, a constant, from the lane's plane. Those in
   `halves` have nothing above bit 63, so that none of it has to be kept. False:
   one has, and the lane is the interpreter's. */
AG_INLINE u32 ag_region_load_v(AG_SIMD_CTX, AG_GLOBAL u64 *v, u32 named,
                               u32 halves)
{
    const u64 both = AG_STATE(AG_STATE_FPCONTROL);
    u64 above = 0;
    c->plane = v;
    c->fpsr = (u32)(both >> 32);
    c->fpcr = (u32)both | (c->fpsr & AG_IXC);
#define AG_LOAD_V(r)                                                           \
    if (named >> (r)&1) {                                                      \
        c->v[0][r] = v[AG_V_ROW(0, r) * AG_V_STRIDE];                          \
        c->v[1][r] = v[AG_V_ROW(1, r) * AG_V_STRIDE];                          \
        if (halves >> (r)&1) {                                                 \
            above |= c->v[1][r];                                               \
            c->v[1][r] = 0;                                                    \
        }                                                                      \
    }
    AG_EACH_REGISTER(AG_LOAD_V)
    return above == 0;
}
/* Those in `changed` to it. */
AG_INLINE void ag_region_store_v(AG_SIMD_CTX, u32 changed)
{
    AG_GLOBAL u64 *v = c->plane;
    AG_STATE(AG_STATE_FPCONTROL) |= (u64)c->fpsr << 32;
#define AG_STORE_V(r)                                                          \
    if (changed >> (r)&1) {                                                    \
        v[AG_V_ROW(0, r) * AG_V_STRIDE] = c->v[0][r];                          \
        v[AG_V_ROW(1, r) * AG_V_STRIDE] = c->v[1][r];                          \
    }
    AG_EACH_REGISTER(AG_STORE_V)
}

#endif
