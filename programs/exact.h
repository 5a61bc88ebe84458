/*
 * Floating point whose every bit is the same on any machine: a guest program
 * that includes this computes on the host what it computes as ARM64 code.
 * Operations are those of IEEE 754 in the type that the source says, and are
 * fused where the source says FUSED, which ARM64 has an instruction for; files
 * are compiled with -ffp-contract=off, so that nothing else is.
 */
#ifndef EXACT_H
#define EXACT_H

#include <float.h>

#if FLT_EVAL_METHOD != 0
#error "float and double are computed in a wider type here"
#endif

#define FUSED(x, y, z) __builtin_fma(x, y, z) /* x * y + z, rounded once */
#define FUSED_FLOAT(x, y, z) __builtin_fmaf(x, y, z)

static inline uint64_t bits_of(double x)
{
    uint64_t bits;

    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double of_bits(uint64_t bits)
{
    double x;

    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

/* Of a random number: from 0 up to 1, all 53 bits. */
static inline double fraction_of(uint64_t random)
{
    return (double)(random >> 11) * 0x1p-53;
}

#endif
