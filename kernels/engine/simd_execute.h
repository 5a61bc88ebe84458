/* ag_simd_execute() of simd.h; on the CPU, AG_SIMD_ENTRY(). */
#ifndef AG_SIMD_EXECUTE_H
#define AG_SIMD_EXECUTE_H

#include "a64/forms.h"
#include "engine/simd_lane.h"
#include "float/float.h"

/* Bodies that there are twice, where a language can have two functions of one
   name (engine/forms.h). */
#if AG_HAS_NAMESPACES
namespace ag_bodies
{
#endif
#include "a64/simd_elements.h"
#include "a64/simd_same.h"
#include "a64/simd_shift.h"
#include "a64/simd_multiply.h"
#include "a64/simd_misc.h"
#include "a64/simd_copy.h"
#include "a64/simd_one_lane.h"
#if !AG_IS_COMPILED_ONCE /* the CPU's are in entry_crypto.c */
#include "a64/crypto.h"
#endif
#include "a64/simd_fp_element.h"
#include "a64/simd_fp_short.h"
#include "a64/fp_copy.h"
#include "a64/fp_move.h"
#include "a64/simd_fp_complex.h"
#include "a64/simd_fp_pair.h"
#include "a64/simd_fp_same.h"
#include "a64/simd_fp_wide.h"
#if AG_HAS_NAMESPACES
} // namespace ag_bodies
using namespace ag_bodies;
#endif

/* A function of the CPU's is one that saves few registers where the short way
   is all there is to do. */
#if AG_IS_COMPILED_ONCE
#define AG_SIMD_REST AG_NOINLINE
#else
#define AG_SIMD_REST AG_INLINE
#endif
AG_SIMD_REST u32 ag_simd_body(AG_GROUP u64 *x, u32 stride, AG_GLOBAL u64 *state,
                              AG_GLOBAL u64 *v, u32 op, u32 fields, u64 imm,
                              u32 nzcv)
{
    ag_simd lane_at_hand;
    AG_PRIVATE ag_simd *c = &lane_at_hand;
    const u32 d = fields & 0xff, n = fields >> 8 & 0xff;
    const u32 m = fields >> 16 & 0xff, a = fields >> 24;
    c->x = x;
    c->state = state;
    c->v = v;
    c->stride = stride;
    c->nzcv = nzcv;
#if AG_IS_COMPILED_ONCE
    c->v_stride = stride == 1 ? AG_BLOCK : stride;
#endif
    switch (op) {
#define AG_SIMD_CASE(op)                                                       \
    case AG_OP_##op:                                                           \
        a64_##op(c, d, n, m, a, imm);                                          \
        break;
        AG_SIMD_OPS(AG_SIMD_CASE)
#if !AG_IS_COMPILED_ONCE
        AG_CRYPTO_OPS(AG_SIMD_CASE)
#endif
    default:
        break;
    }
    return c->nzcv;
}

/* x and state, v: row 0 of the lane's; fields: d in bits 7:0, then n, m, a. The
   flags are NZCV in four bits. */
#if AG_IS_COMPILED_ONCE
/* Executes e and what follows it in straight line as long as that is of this
   class too, at most `most`: much of an instruction is the way to it. Returns
   the flags, and from bit 4 on how many it were. One entry more is read. */
u32 AG_SIMD_ENTRY(u64 *x, u32 stride, u64 *state, u64 *v, ag_packed_entry e,
                  const ag_entry *following, u32 most, u32 nzcv)
{
    const u32 count = (u32)AG_OP_FIRST_CRYPTO - (u32)AG_OP_FIRST_SIMD;
    ag_simd lane_at_hand, *c = &lane_at_hand;
    u32 op = (u32)e.low & 0xffff, done = 0;
    c->state = state;
    c->v = v;
    c->v_stride = stride == 1 ? AG_BLOCK : stride;
    do {
        const u32 fields = (u32)(e.low >> 32), at_hand = op;
        const u64 imm = e.high;
        e = ag_fetch_entry(following++);
        if (!ag_short_way(c, at_hand, fields & 0xff, fields >> 8 & 0xff,
                          fields >> 16 & 0xff, fields >> 24, imm))
            nzcv = ag_simd_body(x, stride, state, v, at_hand, fields, imm,
                                nzcv);
        op = (u32)e.low & 0xffff;
    } while (++done < most && op - AG_OP_FIRST_SIMD < count);
    return nzcv | done << 4;
}
#else
/* Executes one; returns the flags. Where there are forms the short way is one. */
AG_NOINLINE u32 ag_simd_execute(AG_GROUP u64 *x, u32 stride,
                                AG_GLOBAL u64 *state, AG_GLOBAL u64 *v, u32 op,
                                u32 fields, u64 imm, u32 nzcv)
{
#if !AG_HAS_FORMS
    ag_simd lane_at_hand;
    AG_PRIVATE ag_simd *c = &lane_at_hand;
    c->x = x;
    c->state = state;
    c->v = v;
    if (ag_short_way(c, op, fields & 0xff, fields >> 8 & 0xff,
                     fields >> 16 & 0xff, fields >> 24, imm))
        return nzcv;
#endif
    return ag_simd_body(x, stride, state, v, op, fields, imm, nzcv);
}
#endif

#endif
