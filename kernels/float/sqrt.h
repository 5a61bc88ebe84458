/*
 * FPSqrt.
 */
#ifndef AG_FLOAT_SQRT_H
#define AG_FLOAT_SQRT_H

#include "float/round.h"

/* A root and what its square lacks: at most twice the root. */
typedef struct ag_root {
    u64 root, rest;
} ag_root;

/*
 * `bits` more bits of a root, from twice as many of the radicand in `next`: a
 * digit of a division by twice the root, at most one too large as the root has
 * as many bits and its highest is set (Zimmermann's Karatsuba square root).
 */
AG_INLINE ag_root ag_root_extend(ag_root r, u64 next, u32 bits)
{
    u64 mask = ((u64)1 << bits) - 1;
    u64 numerator = r.rest << bits | next >> bits;
    u64 digit = numerator / (r.root << 1);
    u64 left = numerator - digit * (r.root << 1);
    u64 have = left << bits | (next & mask), square = digit * digit;
    r.root = (r.root << bits) + digit;
    if (have < square) {
        have += (r.root << 1) - 1;
        r.root--;
    }
    r.rest = have - square;
    return r;
}

/* The root of x * 2^48 with a sticky bit below it, for x from 2^62: 56 bits. */
AG_INLINE u64 ag_root_sticky(u64 x)
{
    u32 top = (u32)(x >> 48), root = 128, bit;
    ag_root r;
    for (bit = 64; bit != 0; bit >>= 1)
        if ((root + bit) * (root + bit) <= top)
            root += bit;
    r.root = root;
    r.rest = top - root * root;
    r = ag_root_extend(r, x >> 32 & 0xffff, 8);
    r = ag_root_extend(r, x & 0xffffffff, 16);
    r = ag_root_extend(r, 0, 24);
    return r.root << 1 | (r.rest != 0);
}

AG_NOINLINE ag_float ag_fp_sqrt(u32 format, u64 a, u32 fpcr)
{
    ag_number x = ag_fp_unpack(format, a, fpcr);
    u32 is_odd = (u32)x.exponent & 1;
    if (x.kind & AG_IS_NAN)
        return ag_fp_process_nan(format, x, fpcr);
    if (x.kind == AG_IS_ZERO)
        return ag_fp_result(ag_fp_zero(format, x.sign), x.flags);
    if (x.sign)
        return ag_fp_invalid(format, x.flags);
    if (x.kind == AG_IS_INFINITE)
        return ag_fp_result(ag_fp_infinity(format, 0), x.flags);
    x.significand = ag_root_sticky(x.significand << is_odd);
    x.exponent = (x.exponent - (i32)is_odd) / 2 + 6;
    return ag_fp_round(format, x, fpcr, ag_fp_rounding(fpcr));
}

#endif
