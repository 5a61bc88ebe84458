/*
 * Operands for tests of floating point: the values that break it, more often
 * than uniform bits would have them, and operands that have to do with each
 * other: equal or neighbouring exponents, opposite values an ulp apart, addends
 * that cancel a product.
 */
#ifndef TEST_FLOAT_OPERANDS_H
#define TEST_FLOAT_OPERANDS_H

#include "float/float.h"
#include "random.h"

/* A fraction with few changes from 0 to 1: ties, and all but a tie. */
static inline uint64_t random_fraction(struct random_source *r, uint32_t width)
{
    uint64_t v = random_next(r), mask = (UINT64_C(1) << width) - 1;
    uint32_t at = (uint32_t)(random_below(r, width));
    switch (random_below(r, 8)) {
    case 0:
        return 0;
    case 1:
        return UINT64_C(1) << at;
    case 2:
        return (UINT64_C(1) << at) - 1;
    case 3:
        return ~((UINT64_C(1) << at) - 1) & mask;
    case 4:
        return ((UINT64_C(1) << at) + 1 - (v & 2)) & mask;
    case 5:
        return (UINT64_C(3) << at) & mask;
    default:
        return v & mask;
    }
}

static inline uint32_t random_exponent(struct random_source *r, uint32_t format)
{
    uint32_t top = AG_EXPONENT_MAX(format), bias = top >> 1;
    uint32_t width = AG_FRACTION_BITS(format);
    switch (random_below(r, 8)) {
    case 0:
        return 0;
    case 1:
        return (uint32_t)random_below(r, 4);
    case 2:
        return top - (uint32_t)random_below(r, 4);
    case 3:
        return (bias + (uint32_t)random_below(r, 66)) % (top + 1);
    case 4:
    case 5: /* around one, as far as the fraction reaches */
        return (bias + top + 1 - width - 2 +
                (uint32_t)random_below(r, 2 * width + 4)) %
               (top + 1);
    default:
        return (uint32_t)random_below(r, top + 1);
    }
}

static inline uint64_t random_float(struct random_source *r, uint32_t format)
{
    uint64_t sign = random_below(r, 2) ? AG_SIGN_BIT(format) : 0;
    uint64_t mask = AG_SIGN_BIT(format) - 1;
    switch (random_below(r, 16)) {
    case 0:
        return sign;
    case 1: /* infinity and its neighbours, the largest and a signalling NaN */
        return sign | (ag_fp_infinity(format, 0) + random_below(r, 3) - 1);
    case 2:
        return sign | ag_fp_infinity(format, 0) | (random_next(r) & mask);
    case 3: /* around the smallest normal number */
        return sign | ((ag_fp_quiet_bit(format) * 2 + random_below(r, 5) - 2));
    case 4: /* denormals of any length */
        return sign | ((random_next(r) & mask) >>
                       (random_below(r, AG_FRACTION_BITS(format)) +
                        AG_EXPONENT_BITS(format)));
    case 5:
        return sign | (random_next(r) & mask);
    default:
        return sign |
               (uint64_t)random_exponent(r, format)
                   << AG_FRACTION_BITS(format) |
               random_fraction(r, AG_FRACTION_BITS(format));
    }
}

/* A value near x: some ulps away, or of almost its exponent; either sign. */
static inline uint64_t random_near(struct random_source *r, uint32_t format,
                                   uint64_t x)
{
    uint32_t width = AG_FRACTION_BITS(format);
    uint64_t y = x + random_below(r, 5) - 2;
    uint64_t steps = random_below(r, 5);
    if (random_below(r, 2))
        y = (x >> width << width | random_fraction(r, width)) +
            (steps << width) - (UINT64_C(2) << width);
    if (random_below(r, 4))
        y ^= AG_SIGN_BIT(format);
    return y & (AG_SIGN_BIT(format) * 2 - 1);
}

/* Three operands; the third often almost cancels the product of the others. */
static inline void random_floats(struct random_source *r, uint32_t format,
                                 uint64_t x[3])
{
    for (int i = 0; i < 3; i++)
        x[i] = random_float(r, format);
    if (random_below(r, 3) == 0)
        x[1] = random_near(r, format, x[0]);
    if (random_below(r, 3) == 0)
        x[2] = random_near(
            r, format,
            ag_fp_mul(format, x[0], x[1], random_next(r) & 0xc00000).value);
}

/* What lies above an operand in its register does not matter. */
static inline uint64_t with_garbage(struct random_source *r, uint32_t format,
                                    uint64_t x)
{
    return format == AG_DOUBLE || random_below(r, 2)
               ? x
               : x | random_next(r) << (AG_EXPONENT_BITS(format) +
                                        AG_FRACTION_BITS(format) + 1);
}

#endif
