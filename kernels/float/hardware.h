/*
 * Arithmetic of doubles and singles by the hardware, where its result is
 * provably the architecture's, flags included. Everything else is AG_UNPROVEN
 * and left to the functions in integers, which say what is right.
 *
 * Why the values agree: hardware rounds the exact result to nearest even, with
 * denormals (dialect_real.h). So does the architecture with RMode 0, except that
 *   - FZ takes denormal operands as zero: with FZ they are unproven;
 *   - FZ flushes a result that is tiny before rounding: |r| above the smallest
 *     normal number was not tiny, rounding being monotonic;
 *   - NaNs are chosen and made in its own way: r is finite, and sums, products
 *     and fused sums of what is not finite are not; a quotient by infinity is
 *     zero, see below.
 * A zero is proven where it is exact: as a sum (it never underflows to zero), a
 * square root (of zero alone), and as a product or quotient with an operand
 * that is zero; the signs are IEEE 754's. DN is only about NaNs.
 *
 * Why the flags agree: finite results that are zero or not tiny raise nothing
 * but IXC. (IOC and DZC come with NaNs and infinities, OFC with infinity, UFC
 * with what is tiny, IDC with FZ and a denormal operand.) IXC is looked for only
 * while it is clear, AG_IXC in fpcr:
 *   - sums: r - x == y and r - y == x, rounded. If r is exact both hold. If not,
 *     let x be the larger operand: then r - x is exact (Dekker), not y;
 *   - products, quotients, roots: ag_is_product(), of normal numbers;
 *   - fused sums: where the product is exact, p, it is the sum of p and z.
 */
#ifndef AG_FLOAT_HARDWARE_H
#define AG_FLOAT_HARDWARE_H

#include "float/format.h"
#include "lane/dialect_real.h"

/* As flags: the hardware's result is not proven; the value means nothing. */
#define AG_UNPROVEN (1u << 31)

AG_INLINE ag_float ag_fp_unproven(void)
{
    return ag_fp_result(0, AG_UNPROVEN);
}

/* Whether functions here that are given this format may prove anything. */
AG_INLINE u32 ag_has_hardware(u32 format)
{
    return (u32)((AG_HAS_F64 & (format == AG_DOUBLE)) |
                 (AG_HAS_F32 & (format == AG_SINGLE)));
}

#if AG_HAS_F64 || AG_HAS_F32

/* A number without its sign, and what is above it. */
AG_INLINE u64 ag_fp_size(u32 format, u64 x)
{
    return x & (AG_SIGN_BIT(format) - 1);
}

/* Finite, and above (not at) the smallest normal number: of a double by its
   upper half alone, which is one comparison on GPUs, and leaves out the 2^32
   smallest of them. */
AG_INLINE u32 ag_size_is_proven(u32 format, u64 size)
{
    const u32 below = format == AG_DOUBLE ? 32 : 0;
    const u32 least = ((u32)1 << (AG_FRACTION_BITS(format) - below)) + 1;
    return (u32)(size >> below) - least <
           (u32)(ag_fp_infinity(format, 0) >> below) - least;
}

AG_INLINE u32 ag_is_denormal(u32 format, u64 x)
{
    return ag_fp_size(format, x) - 1 <
           ((u64)1 << AG_FRACTION_BITS(format)) - 1;
}

AG_INLINE u32 ag_is_normal(u32 format, u64 x)
{
    u64 least = (u64)1 << AG_FRACTION_BITS(format);
    return ag_fp_size(format, x) - least < ag_fp_infinity(format, 0) - least;
}

/* Whether FZ makes zero of an operand. */
AG_INLINE u32 ag_is_flushed(u32 format, u64 x, u64 y, u32 fpcr)
{
    return (fpcr & AG_FPCR_FZ) &&
           (ag_is_denormal(format, x) || ag_is_denormal(format, y));
}

/* The operations themselves. `format` is a constant. */
#if AG_HAS_F64 && AG_HAS_F32
#define AG_HARD_CHOICE(d, s) (format == AG_DOUBLE ? (u64)(d) : (u64)(s))
#elif AG_HAS_F64
#define AG_HARD_CHOICE(d, s) ((u64)(d))
#else
#define AG_HARD_CHOICE(d, s) ((u64)(s))
#endif
#define AG_HARD_TWO(op)                                                        \
    AG_HARD_CHOICE(AG_F64_BITS(AG_F64_##op(AG_F64(x), AG_F64(y))),             \
                   AG_F32_BITS(AG_F32_##op(AG_F32(x), AG_F32(y))))
AG_INLINE u64 ag_hard_add_bits(u32 format AG_UNUSED, u64 x, u64 y)
{
    return AG_HARD_TWO(ADD);
}
AG_INLINE u64 ag_hard_sub_bits(u32 format AG_UNUSED, u64 x, u64 y)
{
    return AG_HARD_TWO(SUB);
}
AG_INLINE u64 ag_hard_mul_bits(u32 format AG_UNUSED, u64 x, u64 y)
{
    return AG_HARD_TWO(MUL);
}
AG_INLINE u64 ag_hard_div_bits(u32 format AG_UNUSED, u64 x, u64 y)
{
    return AG_HARD_TWO(DIV);
}
AG_INLINE u64 ag_hard_sqrt_bits(u32 format AG_UNUSED, u64 x)
{
    return AG_HARD_CHOICE(AG_F64_BITS(AG_F64_SQRT(AG_F64(x))),
                          AG_F32_BITS(AG_F32_SQRT(AG_F32(x))));
}
#if AG_HAS_FMA
AG_INLINE u64 ag_hard_fma_bits(u32 format AG_UNUSED, u64 x, u64 y, u64 z)
{
    return AG_HARD_CHOICE(
        AG_F64_BITS(AG_F64_FMA(AG_F64(x), AG_F64(y), AG_F64(z))),
        AG_F32_BITS(AG_F32_FMA(AG_F32(x), AG_F32(y), AG_F32(z))));
}
#endif

/* Whether r, which is x + y rounded, is x + y. */
AG_INLINE u32 ag_is_sum(u32 format AG_UNUSED, u64 x, u64 y, u64 r)
{
    return (u32)AG_HARD_CHOICE(
        AG_F64_SUB(AG_F64(r), AG_F64(x)) == AG_F64(y) &&
            AG_F64_SUB(AG_F64(r), AG_F64(y)) == AG_F64(x),
        AG_F32_SUB(AG_F32(r), AG_F32(x)) == AG_F32(y) &&
            AG_F32_SUB(AG_F32(r), AG_F32(y)) == AG_F32(x));
}

/*
 * Whether x * y is z, for normal numbers of which z is the product rounded, or
 * x the quotient, or x and y both the root. Their significands then differ by
 * less than 2^64 as integers of one exponent, so the lower 64 bits tell: in
 * units of z's last place a rounded product is off by a half, so by 2^53 here;
 * a quotient by y / 2; a root by itself.
 */
AG_INLINE u32 ag_is_product(u32 format, u64 x, u64 y, u64 z)
{
    u32 width = AG_FRACTION_BITS(format);
    u64 one = (u64)1 << width, fraction = one - 1;
    u32 exponent = (u32)(ag_fp_size(format, x) >> width) +
                   (u32)(ag_fp_size(format, y) >> width);
    u32 shift = width + (u32)AG_BIAS(format) +
                (u32)(ag_fp_size(format, z) >> width) - exponent;
    return (one | (x & fraction)) * (one | (y & fraction)) ==
           (one | (z & fraction)) << (shift & 63);
}

/* The same where they may be zero or denormal: 1 or 0, AG_UNPROVEN. */
AG_INLINE u32 ag_product_exactness(u32 format, u64 x, u64 y, u64 z)
{
    if (!ag_is_normal(format, x) || !ag_is_normal(format, y) ||
        !ag_is_normal(format, z))
        return AG_UNPROVEN;
    return ag_is_product(format, x, y, z);
}

/* The result r, where `exact` is what ag_product_exactness() gives. */
AG_INLINE ag_float ag_hard_result(u64 r, u32 exact)
{
    return ag_fp_result(r, exact & AG_UNPROVEN ? exact : exact ? 0 : AG_IXC);
}

/* Where r is x + y, rounded. */
AG_INLINE ag_float ag_hard_sum(u32 format, u64 x, u64 y, u64 r, u32 fpcr)
{
    u64 size = ag_fp_size(format, r);
    if ((fpcr & AG_FPCR_RMODE) != 0 ||
        !(ag_size_is_proven(format, size) || size == 0) ||
        ag_is_flushed(format, x, y, fpcr))
        return ag_fp_result(r, AG_UNPROVEN);
    if (fpcr & AG_IXC)
        return ag_fp_result(r, 0);
    return ag_hard_result(r, ag_is_sum(format, x, y, r));
}

AG_INLINE ag_float ag_hard_add_in(u32 format, u64 x, u64 y, u32 fpcr)
{
    return ag_hard_sum(format, x, y, ag_hard_add_bits(format, x, y), fpcr);
}

/* The sign of y is a matter of the hardware's instruction. */
AG_INLINE ag_float ag_hard_sub_in(u32 format, u64 x, u64 y, u32 fpcr)
{
    return ag_hard_sum(format, x, y ^ AG_SIGN_BIT(format),
                       ag_hard_sub_bits(format, x, y), fpcr);
}

AG_INLINE ag_float ag_hard_mul_in(u32 format, u64 x, u64 y, u32 fpcr)
{
    u64 r = ag_hard_mul_bits(format, x, y), size = ag_fp_size(format, r);
    if ((fpcr & AG_FPCR_RMODE) != 0 || ag_is_flushed(format, x, y, fpcr))
        return ag_fp_result(r, AG_UNPROVEN);
    if (!ag_size_is_proven(format, size))
        return size == 0 && (ag_fp_size(format, x) == 0 ||
                             ag_fp_size(format, y) == 0)
                   ? ag_fp_result(r, 0)
                   : ag_fp_result(r, AG_UNPROVEN);
    if (fpcr & AG_IXC)
        return ag_fp_result(r, 0);
    return ag_hard_result(r, ag_product_exactness(format, x, y, r));
}

AG_INLINE ag_float ag_hard_div_in(u32 format, u64 x, u64 y, u32 fpcr)
{
    u64 r = ag_hard_div_bits(format, x, y), size = ag_fp_size(format, r);
    if ((fpcr & AG_FPCR_RMODE) != 0 || ag_is_flushed(format, x, y, fpcr))
        return ag_fp_result(r, AG_UNPROVEN);
    if (!ag_size_is_proven(format, size))
        return size == 0 && ag_fp_size(format, x) == 0
                   ? ag_fp_result(r, 0)
                   : ag_fp_result(r, AG_UNPROVEN);
    if (fpcr & AG_IXC)
        return ag_fp_result(r, 0);
    return ag_hard_result(r, ag_product_exactness(format, r, y, x));
}

AG_INLINE ag_float ag_hard_sqrt_in(u32 format, u64 x, u32 fpcr)
{
    u64 r = ag_hard_sqrt_bits(format, x), size = ag_fp_size(format, r);
    if ((fpcr & AG_FPCR_RMODE) != 0 || ag_is_flushed(format, x, x, fpcr))
        return ag_fp_result(r, AG_UNPROVEN);
    if (!ag_size_is_proven(format, size))
        return ag_fp_result(r, size == 0 ? 0 : AG_UNPROVEN);
    if (fpcr & AG_IXC)
        return ag_fp_result(r, 0);
    return ag_hard_result(r, ag_product_exactness(format, r, r, x));
}

/* z + x * y, where x * y is known to be exact: then nothing is rounded before
   the sum is. */
AG_INLINE ag_float ag_hard_exact_mul_add(u32 format, u64 z, u64 x, u64 y,
                                         u32 fpcr)
{
    ag_float p = ag_hard_mul_in(format, x, y, fpcr & ~AG_IXC);
    return p.flags != 0 ? ag_fp_unproven()
                        : ag_hard_add_in(format, z, p.value, fpcr);
}

AG_INLINE ag_float ag_hard_mul_add_in(u32 format, u64 z, u64 x, u64 y, u32 fpcr)
{
#if !AG_HAS_FMA
    if (fpcr & AG_IXC) /* products are rarely exact then: no time for it */
        return ag_fp_unproven();
#else
    u64 r;
    if (fpcr & AG_IXC) {
        r = ag_hard_fma_bits(format, x, y, z);
        if ((fpcr & AG_FPCR_RMODE) != 0 ||
            !ag_size_is_proven(format, ag_fp_size(format, r)) ||
            ag_is_flushed(format, x, y, fpcr) ||
            ag_is_flushed(format, z, z, fpcr))
            return ag_fp_result(r, AG_UNPROVEN);
        return ag_fp_result(r, 0);
    }
#endif
    return ag_hard_exact_mul_add(format, z, x, y, fpcr);
}

/* The same where the format is a variable. */
AG_INLINE ag_float ag_hard_add(u32 format, u64 x, u64 y, u32 fpcr)
{
    if (AG_HAS_F64 && format == AG_DOUBLE)
        return ag_hard_add_in(AG_DOUBLE, x, y, fpcr);
    if (AG_HAS_F32 && format == AG_SINGLE)
        return ag_hard_add_in(AG_SINGLE, x, y, fpcr);
    return ag_fp_unproven();
}

AG_INLINE ag_float ag_hard_mul(u32 format, u64 x, u64 y, u32 fpcr)
{
    if (AG_HAS_F64 && format == AG_DOUBLE)
        return ag_hard_mul_in(AG_DOUBLE, x, y, fpcr);
    if (AG_HAS_F32 && format == AG_SINGLE)
        return ag_hard_mul_in(AG_SINGLE, x, y, fpcr);
    return ag_fp_unproven();
}

AG_INLINE ag_float ag_hard_div(u32 format, u64 x, u64 y, u32 fpcr)
{
    if (AG_HAS_F64 && format == AG_DOUBLE)
        return ag_hard_div_in(AG_DOUBLE, x, y, fpcr);
    if (AG_HAS_F32 && format == AG_SINGLE)
        return ag_hard_div_in(AG_SINGLE, x, y, fpcr);
    return ag_fp_unproven();
}

AG_INLINE ag_float ag_hard_sqrt(u32 format, u64 x, u32 fpcr)
{
    if (AG_HAS_F64 && format == AG_DOUBLE)
        return ag_hard_sqrt_in(AG_DOUBLE, x, fpcr);
    if (AG_HAS_F32 && format == AG_SINGLE)
        return ag_hard_sqrt_in(AG_SINGLE, x, fpcr);
    return ag_fp_unproven();
}

AG_INLINE ag_float ag_hard_mul_add(u32 format, u64 z, u64 x, u64 y,
                                   u32 fpcr)
{
    if (AG_HAS_F64 && format == AG_DOUBLE)
        return ag_hard_mul_add_in(AG_DOUBLE, z, x, y, fpcr);
    if (AG_HAS_F32 && format == AG_SINGLE)
        return ag_hard_mul_add_in(AG_SINGLE, z, x, y, fpcr);
    return ag_fp_unproven();
}

#else

#define AG_NO_HARDWARE(name)                                                   \
    AG_INLINE ag_float name(u32 format AG_UNUSED, u64 x AG_UNUSED,             \
                            u64 y AG_UNUSED, u32 fpcr AG_UNUSED)               \
    {                                                                          \
        return ag_fp_unproven();                                               \
    }
AG_NO_HARDWARE(ag_hard_add)
AG_NO_HARDWARE(ag_hard_mul)
AG_NO_HARDWARE(ag_hard_div)
#undef AG_NO_HARDWARE
AG_INLINE ag_float ag_hard_sqrt(u32 format AG_UNUSED, u64 x AG_UNUSED,
                                u32 fpcr AG_UNUSED)
{
    return ag_fp_unproven();
}
AG_INLINE ag_float ag_hard_mul_add(u32 format AG_UNUSED, u64 z AG_UNUSED,
                                   u64 x AG_UNUSED, u64 y AG_UNUSED,
                                   u32 fpcr AG_UNUSED)
{
    return ag_fp_unproven();
}

#endif
#endif
