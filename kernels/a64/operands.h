/*
 * What the instruction table's expressions call to fill an entry's operands,
 * a64_f() for f() there. Bit fields of the word arrive unshifted. Rules are the
 * Arm ARM's shared pseudocode functions, named where they are followed.
 */
#ifndef AG_A64_OPERANDS_H
#define AG_A64_OPERANDS_H

#include "lane/state.h"
#include "a64_ops.h"

/* Register field to row: as a result, as an operand, where 31 means SP. */
AG_INLINE u32 a64_dst(u32 r)
{
    return r == 31 ? AG_ROW_SINK : r;
}
AG_INLINE u32 a64_src(u32 r)
{
    return r == 31 ? AG_ROW_ZERO : r;
}
AG_INLINE u32 a64_sp(u32 r)
{
    return r;
}

/* The low n bits set, 1 to 64. */
AG_INLINE u64 a64_ones(u32 n)
{
    return ~(u64)0 >> (64 - n);
}

/* SignExtend() of the low `bits` bits. */
AG_INLINE u64 a64_sx(u64 value, u32 bits)
{
    return (u64)((i64)(value << (64 - bits)) >> (64 - bits));
}

AG_INLINE u64 a64_branch_to(u64 pc, u32 offset, u32 bits)
{
    return pc + (a64_sx(offset, bits) << 2);
}
AG_INLINE u64 a64_adr(u64 pc, u32 offset)
{
    return pc + a64_sx(offset, 21);
}
AG_INLINE u64 a64_adrp(u64 pc, u32 offset)
{
    return (pc & ~(u64)0xfff) + (a64_sx(offset, 21) << 12);
}

/* DecodeBitMasks(): log2 of the element size; 0 if there is none. */
AG_INLINE u32 a64_bitmask_len(u32 n, u32 imms)
{
    u32 v = n << 6 | (~imms & 63);
    return v < 2 ? 0 : 63 - AG_CLZ64((u64)v);
}

/* DecodeBitMasks() with immediate TRUE would not be UNDEFINED. */
AG_INLINE u32 a64_is_bitmask(u32 n, u32 immr, u32 imms)
{
    u32 len = a64_bitmask_len(n, imms);
    u32 levels = (1u << len) - 1;
    (void)immr;
    return len >= 1 && (imms & levels) != levels;
}

/* DecodeBitMasks(), wmask; width is 32 or 64. Arguments as checked above. */
AG_FN u64 a64_bitmask(u32 n, u32 immr, u32 imms, u32 width)
{
    u32 len = a64_bitmask_len(n, imms);
    u32 size = 1u << len;
    u32 ones = (imms & (size - 1)) + 1;
    u32 rotate = immr & (size - 1);
    u64 element = a64_ones(ones);
    u32 have = size;
    if (rotate != 0)
        element = (element >> rotate | element << (size - rotate)) &
                  a64_ones(size);
    while (have < 64) {
        element |= element << have;
        have *= 2;
    }
    return element & a64_ones(width);
}

/* The bits that BFM inserts: DecodeBitMasks() with immediate FALSE gives wmask
   and tmask; only their intersection matters. */
AG_FN u64 a64_bitfield_mask(u32 immr, u32 imms, u32 width)
{
    u64 wmask = a64_ones(imms + 1);
    u64 tmask = a64_ones(((imms - immr) & (width - 1)) + 1);
    if (immr != 0)
        wmask = (wmask >> immr | wmask << (width - immr)) & a64_ones(width);
    return wmask & tmask;
}

/* ConditionHolds() for every NZCV at once: bit i is the result for NZCV i. */
AG_TABLE u16 a64_condition_masks[16] = {
    0xf0f0, 0x0f0f, /* EQ NE */
    0xcccc, 0x3333, /* CS CC */
    0xff00, 0x00ff, /* MI PL */
    0xaaaa, 0x5555, /* VS VC */
    0x0c0c, 0xf3f3, /* HI LS */
    0xaa55, 0x55aa, /* GE LT */
    0x0a05, 0xf5fa, /* GT LE */
    0xffff, 0xffff, /* AL NV */
};
AG_INLINE u64 a64_cond_mask(u32 cond)
{
    return a64_condition_masks[cond];
}

/* A conditional branch's immediate: condition mask above 48 bits of how far its
   target is from the next instruction. */
AG_INLINE u64 a64_cond_target(u32 cond, u64 offset)
{
    return a64_cond_mask(cond) << 48 | (offset & a64_ones(48));
}

/* CASP: the size of a register, then the rows of the second registers. */
AG_INLINE u64 a64_casp(u32 size, u32 rs2, u32 rt2)
{
    return size | a64_dst(rs2) << 8 | a64_src(rs2) << 16 | a64_src(rt2) << 24;
}

/* Elements of 8 << size bits, side by side in 64: the top bit of each, the
   lowest, by which a product repeats an element. */
AG_INLINE u64 a64_tops(u32 size)
{
    const u64 bytes = 0x8080808080808080u, halves = 0x8000800080008000u;
    return size == 0   ? bytes
           : size == 1 ? halves
           : size == 2 ? (u64)0x8000000080000000u
                       : (u64)1 << 63;
}
AG_INLINE u64 a64_bottoms(u32 size)
{
    return a64_tops(size) >> ((8u << size) - 1);
}

/* A system register's number: op0:op1:CRn:CRm:op2. */
AG_INLINE u32 a64_sysreg(u32 o0, u32 op1, u32 crn, u32 crm, u32 op2)
{
    return (2 + o0) << 14 | op1 << 11 | crn << 7 | crm << 3 | op2;
}

/* Ordering of atomics, in bits 33:32 of their immediate. */
#define AG_ORDERED_ACQUIRE ((u64)1 << 32)
#define AG_ORDERED_RELEASE ((u64)2 << 32)
#define AG_ORDERED (AG_ORDERED_ACQUIRE | AG_ORDERED_RELEASE)

/* Operations of RMW, in the order of the encoding's o3:opc. */
enum ag_rmw {
    AG_RMW_ADD,
    AG_RMW_CLR,
    AG_RMW_EOR,
    AG_RMW_SET,
    AG_RMW_SMAX,
    AG_RMW_SMIN,
    AG_RMW_UMAX,
    AG_RMW_UMIN,
    AG_RMW_SWP
};

#include "a64/decode_fp.h"
#include "a64/decode_ldst_v.h"
#include "a64/simd_operands.h"

#endif
