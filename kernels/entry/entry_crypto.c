/*
 * Operations of class crypto for all of the CPU's kernels: one lane, or those of
 * a group one after the other. Compiled several times: with bodies in software
 * alone, and with those that the processor has instructions for; AG_CRYPTO_ENTRY
 * is what this copy is called.
 */
#include "entry/entry.h"

#include "engine/simd_lane.h"
#include "a64/crypto.h"
#include "a64/crypto_hardware.h"

/* A loop for each operation: nothing is chosen for a lane. */
#define EACH_LANE(op, body)                                                    \
    case AG_OP_##op:                                                           \
        for (; lanes != 0; lanes &= lanes - 1) {                               \
            c->v = v + __builtin_ctzll(lanes);                                 \
            body(c, d, n, m, a, imm);                                          \
        }                                                                      \
        break;
#define SOFT(op) EACH_LANE(op, a64_##op)
#define HARD(op) EACH_LANE(op, a64_hard_##op)

void AG_CRYPTO_ENTRY(u64 *v, u32 stride, u64 lanes, u32 op, u32 fields, u64 imm)
{
    const u32 d = fields & 0xff, n = fields >> 8 & 0xff;
    const u32 m = fields >> 16 & 0xff, a = fields >> 24;
    ag_simd lane_at_hand = {.v_stride = stride}, *c = &lane_at_hand;
    switch (op) { /* what is left for the next has no case here */
        AG_HARD_AES_OPS(HARD)
        AG_HARD_SHA_OPS(HARD)
    default:
        switch (op) {
            AG_CRYPTO_OPS(SOFT)
        default:
            break;
        }
    }
}
