/*
 * What the table's rows of floating point call to fill their entries: the
 * layouts of `imm` that bodies in fp_*.h and simd_fp_*.h take apart. Sizes are
 * log2 of an element's bytes, widths are bits of all elements.
 *
 *   FP1    15:0 format, 23:16 width, 31:24 ag_fp_unary, 34:32 rounding,
 *          46:40 fraction bits
 *   FP2    15:0 format, 23:16 width, 31:24 ag_fp_binary, 39:32 first bit of m's
 *          elements, 40 one element of m for all, 41 m is zero
 *   FP3    as FP2; 24 negates the product, 25 the addend
 *   FCMLA  as FP2; 25:24 the rotation
 *   FTOX   15:0 format, 23:16 bits of the integer, 24 unsigned, 34:32 rounding,
 *          46:40 fraction bits
 *   FCVT   15:0 from, 23:16 width of what is read, 26:24 rounding, 47:32 to,
 *          55:48 first bit that is read, 56 the upper half is written
 *   FCMP   15:0 format, 16 with zero, 17 quiet NaNs are invalid too, 47:32 the
 *          condition's mask
 *   FMULL  7:0 first bit of n, 15:8 of m, 16 one element of m, 17 negates the
 *          product, 18 BFloat16, 19 every second element
 */
#ifndef AG_A64_DECODE_FP_H
#define AG_A64_DECODE_FP_H

#include "float/format.h"

/* Rounding as the rows have it: FPCR's codes, 4 for ties away, 5 to odd, and
   this one where FPCR says. */
#define AG_AS_FPCR 7u

/* clang-format off */
#define AG_FP_UNARY(M)                                                         \
    M(sqrt) M(recpe) M(rsqrte) M(recpx) M(rint) M(rintx) M(rint32) M(rint64)   \
    M(to_signed) M(to_unsigned) M(from_signed) M(from_unsigned)
#define AG_FP_BINARY(M)                                                        \
    M(add) M(sub) M(mul) M(div) M(max) M(min) M(maxnm) M(minnm) M(nmul)        \
    M(mulx) M(abd) M(recps) M(rsqrts) M(cmeq) M(cmge) M(cmgt) M(cmle) M(cmlt)  \
    M(acge) M(acgt)
/* clang-format on */

#define AG_FP_NUMBER(name) AG_FP_##name,
enum ag_fp_unary { AG_FP_UNARY(AG_FP_NUMBER) AG_FP_UNARY_COUNT };
enum ag_fp_binary { AG_FP_BINARY(AG_FP_NUMBER) AG_FP_BINARY_COUNT };
#undef AG_FP_NUMBER

/* What most of them have in common. */
#define AG_FP_FORMAT(imm) ((u32)(imm)&0xffff)
#define AG_FP_WIDTH(imm) ((u32)(imm) >> 16 & 0xff)
#define AG_FP_WHAT(imm) ((u32)(imm) >> 24 & 0xff)
#define AG_FP_ROUNDING(imm) ((u32)((imm) >> 32) & 7)
#define AG_FP_FRACTION(imm) ((u32)((imm) >> 40) & 0x7f)
/* What a64_fp() adds in 62:60: the whole of format and width, where they have a
   short way (simd_fp_short.h); 0: they have none. */
#define AG_SHAPE_S 1
#define AG_SHAPE_D 2
#define AG_SHAPE_2S 3
#define AG_SHAPE_4S 4
#define AG_SHAPE_2D 5
#define AG_FP_SHAPE(imm) ((u32)((imm) >> 60) & 7)
/* Kinds of the short way: AG_FP_add, sub, mul and div, then these. */
#define AG_SHORT_FUSED 4
#define AG_SHORT_ROOT 5
#define AG_SHORT_KINDS 6
#define AG_FP_FIRST_M(imm) ((u32)((imm) >> 32) & 0xff)
#define AG_FP_ONE_ELEMENT ((u64)1 << 40)
#define AG_FP_WITH_ZERO ((u64)1 << 41)

AG_INLINE u64 a64_shape(u32 size, u32 width)
{
    if (size < 2)
        return 0;
    if (size == 3)
        return width == 64 ? AG_SHAPE_D : AG_SHAPE_2D;
    return width == 32   ? AG_SHAPE_S
           : width == 64 ? AG_SHAPE_2S
                         : AG_SHAPE_4S;
}
AG_INLINE u64 a64_fp(u32 what, u32 size, u32 width)
{
    return ag_fp_format(8u << size) | width << 16 | (u64)what << 24 |
           a64_shape(size, width) << 60;
}
/* fp_add(size, width) and so on. */
#define AG_FP_DECODE(name)                                                     \
    AG_INLINE u64 a64_fp_##name(u32 size, u32 width)                           \
    {                                                                          \
        return a64_fp(AG_FP_##name, size, width);                              \
    }
AG_FP_UNARY(AG_FP_DECODE)
AG_FP_BINARY(AG_FP_DECODE)
#undef AG_FP_DECODE

AG_INLINE u64 a64_rounds(u32 rounding)
{
    return (u64)rounding << 32;
}
AG_INLINE u64 a64_fraction(u32 bits)
{
    return (u64)bits << 40;
}

/* The second operand is one element; or zero. */
AG_INLINE u64 a64_fp_element(u32 size, u32 index)
{
    return (u64)index << (35 + size) | AG_FP_ONE_ELEMENT;
}
AG_INLINE u64 a64_fp_with_zero(u32 is_zero)
{
    return is_zero ? AG_FP_WITH_ZERO : 0;
}

/* An element's number: H:L:M of halves, H:L of singles, H of doubles. */
AG_INLINE u32 a64_fp_index(u32 size, u32 h, u32 l, u32 m)
{
    return size == 1 ? h << 2 | l << 1 | m : size == 2 ? h << 1 | l : h;
}

AG_INLINE u64 a64_fp_to_x(u32 size, u32 bits, u32 is_unsigned)
{
    return a64_fp(is_unsigned, size, bits);
}

AG_INLINE u64 a64_fcvt(u32 from, u32 to, u32 width, u32 is_upper_read)
{
    return a64_fp(AG_AS_FPCR, from, width) | (u64)ag_fp_format(8u << to) << 32 |
           (u64)is_upper_read << 54;
}
AG_INLINE u64 a64_fcvt_bf(u32 width)
{
    return a64_fp(AG_AS_FPCR, 2, width) | (u64)AG_BFLOAT << 32;
}
AG_INLINE u64 a64_to_upper(u32 is_upper)
{
    return (u64)is_upper << 56;
}
/* FCVTXN */
AG_INLINE u64 a64_fcvt_to_odd(u32 width)
{
    return a64_fp(AG_TO_ODD, 3, width) | (u64)AG_SINGLE << 32;
}

AG_INLINE u64 a64_fmull(u32 first, u32 first_m, u32 one, u32 negates)
{
    return first | first_m << 8 | one << 16 | (u64)negates << 17;
}
AG_INLINE u64 a64_bfmull(u32 first, u32 first_m, u32 one)
{
    return first | first_m << 8 | one << 16 | (u64)3 << 18;
}

/* BFDOT: one pair of V[m] for all. */
AG_INLINE u64 a64_bfdot_element(u32 index)
{
    return index << 5 | AG_FP_ONE_ELEMENT;
}

AG_INLINE u64 a64_fcmp(u32 size, u32 with_zero, u32 signals, u32 cond)
{
    u64 mask = a64_cond_mask(cond);
    return a64_fp(0, size, with_zero | signals << 1) | mask << 32;
}

/* Shift by immediate: the element's size, and bits below the point. */
AG_INLINE u32 a64_fixed_size(u32 immh)
{
    return immh >= 8 ? 3 : immh >= 4 ? 2 : 1;
}
AG_INLINE u32 a64_fixed_width(u32 immh)
{
    return 8u << a64_fixed_size(immh);
}
AG_INLINE u32 a64_fixed_bits(u32 immh, u32 immb)
{
    return (16u << a64_fixed_size(immh)) - (immh << 3 | immb);
}

/* VFPExpandImm() */
AG_INLINE u64 a64_fp_imm(u32 size, u32 imm8)
{
    u32 format = ag_fp_format(8u << size);
    u32 top = AG_EXPONENT_MAX(format) >> 1; /* of exponents, all below it */
    u32 exponent = imm8 >> 6 & 1 ? top - 3 : top + 1;
    exponent += imm8 >> 4 & 3;
    return ag_fp_zero(format, imm8 >> 7) |
           (u64)exponent << AG_FRACTION_BITS(format) |
           (u64)(imm8 & 15) << (AG_FRACTION_BITS(format) - 4);
}
/* The same in every element of 64 bits. */
AG_INLINE u64 a64_fp_imms(u32 size, u32 imm8)
{
    return a64_fp_imm(size, imm8) * a64_bottoms(size);
}

#endif
