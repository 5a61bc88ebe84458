/*
 * Sines, exponentials and logarithms of random numbers, in double precision as
 * a mathematical library without tables computes them: the argument is
 * reduced, a polynomial evaluated, the result put together, each in a function
 * of its own. Returns a hash of the results.
 */
#include "guest.h"

#include "exact.h"

#define LIBRARY static __attribute__((noinline))

/* Adding it rounds to an integer, which is then in the low bits. */
#define ROUNDER 0x1.8p52

#define PI_HIGH 0x1.921fb54442d18p+1
#define PI_LOW 0x1.1a62633145c07p-53
#define LN2_HIGH 0x1.62e42fefa39efp-1
#define LN2_LOW 0x1.abc9e3b39803fp-56
#define ROOT_HALF_BITS 0x3fe6a09e667f3bcdu

/* 2^k and more times the number 1 is what `x` is not: neither infinite. */
static int is_huge(double x, uint64_t k)
{
    return (bits_of(x) >> 52 & 0x7ff) >= 1023 + k;
}

/* x - n pi is at most pi/2, and Taylor's series enough: 1 / 21! */
LIBRARY double sine(double x)
{
    double n, r, square, p;
    uint64_t bits;

    if (is_huge(x, 20))
        return 0;
    n = FUSED(x, 0x1.45f306dc9c883p-2, ROUNDER);
    bits = bits_of(n);
    n -= ROUNDER;
    r = FUSED(-n, PI_HIGH, x);
    r = FUSED(-n, PI_LOW, r);
    square = r * r;
    p = FUSED(square, -1.0 / 121645100408832000, 1.0 / 355687428096000);
    p = FUSED(square, p, -1.0 / 1307674368000);
    p = FUSED(square, p, 1.0 / 6227020800);
    p = FUSED(square, p, -1.0 / 39916800);
    p = FUSED(square, p, 1.0 / 362880);
    p = FUSED(square, p, -1.0 / 5040);
    p = FUSED(square, p, 1.0 / 120);
    p = FUSED(square, p, -1.0 / 6);
    p = FUSED(p * square, r, r);
    return of_bits(bits_of(p) ^ bits << 63);
}

/* 2^n e^r with |r| at most ln(2)/2. */
LIBRARY double exponential(double x)
{
    double n, r, p;
    uint64_t bits;

    if (is_huge(x, 9))
        return x > 0 ? DBL_MAX : 0;
    n = FUSED(x, 0x1.71547652b82fep+0, ROUNDER);
    bits = bits_of(n);
    n -= ROUNDER;
    r = FUSED(-n, LN2_HIGH, x);
    r = FUSED(-n, LN2_LOW, r);
    p = FUSED(r, 1.0 / 6227020800, 1.0 / 479001600);
    p = FUSED(r, p, 1.0 / 39916800);
    p = FUSED(r, p, 1.0 / 3628800);
    p = FUSED(r, p, 1.0 / 362880);
    p = FUSED(r, p, 1.0 / 40320);
    p = FUSED(r, p, 1.0 / 5040);
    p = FUSED(r, p, 1.0 / 720);
    p = FUSED(r, p, 1.0 / 120);
    p = FUSED(r, p, 1.0 / 24);
    p = FUSED(r, p, 1.0 / 6);
    p = FUSED(r, p, 0.5);
    p = FUSED(r, p, 1);
    p = FUSED(r, p, 1);
    return p * of_bits((bits + 1023) << 52);
}

/* x = 2^n (1 + f) with 1 + f from the root of 1/2 to that of 2; with
   s = f / (2 + f), log(1 + f) is 2 (s + s^3/3 + s^5/5 + ...). */
LIBRARY double logarithm(double x)
{
    uint64_t bits = bits_of(x);
    uint64_t above = bits - ROOT_HALF_BITS;
    double n, f, s, square, p;

    if (bits - (UINT64_C(1) << 52) >= UINT64_C(0x7fe) << 52)
        return 0;
    n = (double)((int64_t)above >> 52);
    f = of_bits(bits - (above >> 52 << 52)) - 1;
    s = f / (2 + f);
    square = s * s;
    p = FUSED(square, 2.0 / 19, 2.0 / 17);
    p = FUSED(square, p, 2.0 / 15);
    p = FUSED(square, p, 2.0 / 13);
    p = FUSED(square, p, 2.0 / 11);
    p = FUSED(square, p, 2.0 / 9);
    p = FUSED(square, p, 2.0 / 7);
    p = FUSED(square, p, 2.0 / 5);
    p = FUSED(square, p, 2.0 / 3);
    p = FUSED(p * square, s, n * LN2_LOW);
    return FUSED(n, LN2_HIGH, FUSED(2, s, p));
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint64_t state = guest_seed(lane);
    uint64_t hash = 0xCBF29CE484222325u;

    for (uint64_t i = argument != 0 ? argument : 1; i != 0; i--) {
        double x = fraction_of(guest_random(&state));
        double s = sine(FUSED(x, 200, -100));
        double e = exponential(s * 8);
        double l = logarithm(e + x);

        hash = guest_hash(hash, bits_of(s) ^ bits_of(e));
        hash = guest_hash(hash, bits_of(l));
    }
    return hash;
}
