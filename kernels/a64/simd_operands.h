/*
 * What integer Advanced SIMD rows (kernels/table/simd*.insn) tell their bodies:
 * one body serves a family of instructions and is told which of them, the
 * elements' size and how many elements there are. For decode.h.
 */
#ifndef AG_A64_SIMD_OPERANDS_H
#define AG_A64_SIMD_OPERANDS_H

/* a: which elements, log2 of an element's bytes, which of the family. */
#define AG_LOW_HALF 0u
#define AG_ALL 1u
#define AG_ONE 2u /* scalar forms: the lowest element */
AG_INLINE u32 a64_simd(u32 elements, u32 size, u32 kind)
{
    return elements | size << 2 | kind << 4;
}
#define AG_SIMD_IS_FULL(a) ((a)&1)
#define AG_SIMD_IS_ONE(a) ((a)&AG_ONE)
#define AG_SIMD_SIZE(a) ((a) >> 2 & 3)
#define AG_SIMD_KIND(a) ((a) >> 4)

/* VLOGIC and, but for the last, VIMM. */
enum ag_logic {
    AG_AND,
    AG_BIC,
    AG_ORR,
    AG_ORN,
    AG_EOR,
    AG_NOT,
    AG_BSL,
    AG_BIT,
    AG_BIF,
    AG_MOVI
};

enum ag_subtract { AG_SUB, AG_NEG, AG_ABS };

/* VCOMPARE; with zero instead of V[m]. */
enum ag_compare { AG_EQ, AG_TST, AG_GT, AG_GE, AG_HI, AG_HS, AG_LE, AG_LT };
#define AG_ZERO 8u

/* VCOMBINE, VPAIRWISE, VACROSS; bit 0 of all but addition: unsigned. */
enum ag_combine {
    AG_SMAX,
    AG_UMAX,
    AG_SMIN,
    AG_UMIN,
    AG_SABD,
    AG_UABD,
    AG_SABA,
    AG_UABA,
    AG_ADD,
    AG_SADDL, /* VACROSS alone: as elements of twice the size */
    AG_UADDL
};

/* VHALVE; bit 0: unsigned. */
enum ag_halve { AG_SHADD, AG_UHADD, AG_SRHADD, AG_URHADD, AG_SHSUB, AG_UHSUB };

/* VSATADD; bit 0 of the first six: the result is unsigned. */
enum ag_saturate {
    AG_SQADD,
    AG_UQADD,
    AG_SQSUB,
    AG_UQSUB,
    AG_SUQADD,
    AG_USQADD,
    AG_SQNEG,
    AG_SQABS
};

/* Shifts and narrowing: a kind is a sum of these. */
#define AG_UNSIGNED 1u /* the source */
#define AG_ROUND 2u
#define AG_SATURATE 4u    /* VSHIFT, VSHIFT_imm, VNARROW */
#define AG_TO_UNSIGNED 8u /* signed to unsigned, with AG_SATURATE */
#define AG_ACCUMULATE 4u  /* VSHR */
#define AG_INSERT 8u      /* VSHR, VSHL */

/* Those that saturate have no body on vectors of lanes, by an immediate too. */
AG_INLINE u32 ag_is_shift_of_lanes(u32 op, u32 a)
{
    return op == AG_OP_VSHIFT && (AG_SIMD_KIND(a) & AG_SATURATE) != 0;
}

/* VADDHN: bit 0 subtracts; AG_ROUND. */
#define AG_SUBTRACT 1u

/* VLONG; the first four are also VMUL. */
enum ag_long {
    AG_MUL,
    AG_MLA,
    AG_MLS,
    AG_PMUL,
    AG_QDMUL,
    AG_QDMLA,
    AG_QDMLS,
    AG_ADDL,
    AG_SUBL,
    AG_ABDL,
    AG_ABAL,
    AG_SHLL
};
enum ag_multiply_high { AG_DMULH, AG_RDMULH, AG_RDMLAH, AG_RDMLSH };

/* imm of VLONG, VMUL, VMULH and VDOT: these, and the index from bit 8 on; of
   AG_SHLL, the shift there. */
#define AG_BY_ELEMENT 1u
#define AG_UNSIGNED_LONG 2u
#define AG_WIDE 4u /* V[n] has elements of the result's size */

/* VDOT, VMMLA. */
#define AG_DOT_UNSIGNED_N 1u
#define AG_DOT_UNSIGNED_M 2u

enum ag_count { AG_CNT, AG_CLZ, AG_CLS };
enum ag_permute { AG_UZP1, AG_UZP2, AG_TRN1, AG_TRN2, AG_ZIP1, AG_ZIP2 };

/* imm of VREV: blocks of 1 << log2 bits trade places in pairs, for each log2
   from `from` to below `to`. */
AG_INLINE u64 a64_swaps(u32 from, u32 to)
{
    return from | (u64)to << 8;
}

/* By element: V[m] and the element, as size says. */
AG_INLINE u32 a64_elem_reg(u32 size, u32 m, u32 rm)
{
    return size == 1 ? rm : m << 4 | rm;
}
AG_INLINE u32 a64_elem_index(u32 size, u32 h, u32 l, u32 m)
{
    return size == 1 ? h << 2 | l << 1 | m : h << 1 | l;
}
AG_INLINE u64 a64_by_element(u32 size, u32 h, u32 l, u32 m)
{
    return AG_BY_ELEMENT | (u64)a64_elem_index(size, h, l, m) << 8;
}

/* immh:immb, whose highest bit is the size of an element. */
AG_INLINE u32 a64_shift_size(u32 immhb)
{
    return immhb >= 64 ? 3 : immhb >= 32 ? 2 : immhb >= 16 ? 1 : 0;
}
AG_INLINE u32 a64_left(u32 immhb)
{
    return immhb - (8u << a64_shift_size(immhb));
}
AG_INLINE u32 a64_right(u32 immhb)
{
    return (16u << a64_shift_size(immhb)) - immhb;
}

/* imm5, whose lowest bit is the size; the index is above it. */
AG_INLINE u32 a64_copy_size(u32 imm5)
{
    return imm5 & 1 ? 0 : imm5 & 2 ? 1 : imm5 & 4 ? 2 : 3;
}
AG_INLINE u32 a64_copy_index(u32 imm5)
{
    return imm5 >> (a64_copy_size(imm5) + 1);
}

/* Every element of 8 << size bits is `value`. */
AG_INLINE u64 a64_elements(u32 size, u64 value)
{
    return value * (~(u64)0 / a64_ones(8u << size));
}

/* Every bit of imm8 becomes a byte. */
AG_INLINE u64 a64_bytes(u32 imm8)
{
    u64 bytes = 0;
    u32 i;
    for (i = 0; i < 8; i++)
        bytes |= (imm8 >> i & 1 ? (u64)0xff : 0) << i * 8;
    return bytes;
}

#endif
