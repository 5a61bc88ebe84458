/*
 * 128-bit integers: products, carries, shifts, comparisons, division; and
 * 256-bit sums by carry chains.
 */
#include "compiled.h"

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 s128;

static u128 make(uint64_t high, uint64_t low)
{
    return (u128)high << 64 | low;
}

static uint64_t fold(uint64_t hash, u128 x)
{
    return hash_word(hash_word(hash, (uint64_t)x), (uint64_t)(x >> 64));
}

/* Returns the carry out. */
static unsigned add256(uint64_t sum[4], const uint64_t a[4], const uint64_t b[4])
{
    unsigned carry = 0;

    for (int i = 0; i < 4; i++) {
        u128 s = (u128)a[i] + b[i] + carry;

        sum[i] = (uint64_t)s;
        carry = (unsigned)(s >> 64);
    }
    return carry;
}

static unsigned subtract256(uint64_t d[4], const uint64_t a[4], const uint64_t b[4])
{
    unsigned borrow = 0;

    for (int i = 0; i < 4; i++) {
        uint64_t t = a[i] - b[i];
        unsigned out = a[i] < b[i];

        out |= t < borrow;
        d[i] = t - borrow;
        borrow = out;
    }
    return borrow;
}

static uint64_t power_modulo(uint64_t base, uint64_t exponent, uint64_t modulus)
{
    uint64_t result = 1;

    for (; exponent != 0; exponent >>= 1) {
        if (exponent & 1)
            result = (uint64_t)((u128)result * base % modulus);
        base = (uint64_t)((u128)base * base % modulus);
    }
    return result;
}

static uint64_t arithmetic(uint64_t hash, u128 x, u128 y, unsigned n)
{
    s128 a = (s128)x;
    s128 b = (s128)(y >> 1);

    hash = fold(hash, x + y);
    hash = fold(hash, x - y);
    hash = fold(hash, x * y);
    hash = fold(hash, x << (n & 127));
    hash = fold(hash, x >> (n & 127));
    hash = fold(hash, (u128)(a >> (n & 127)));
    hash = hash_word(hash, (uint64_t)(x < y) | (uint64_t)(a < b) << 1);
    hash = fold(hash, x / (y | 1));
    hash = fold(hash, x % (y | 1));
    hash = fold(hash, (u128)(a / (b | 1)));
    return fold(hash, (u128)((s128)(int64_t)x * (int64_t)y));
}

uint64_t test(uint64_t input)
{
    uint64_t state = input * 5;
    uint64_t hash = 9;
    uint64_t a[4];
    uint64_t b[4];

    for (int i = 0; i < 20; i++) {
        for (int k = 0; k < 4; k++) {
            a[k] = edge_value(&state);
            b[k] = edge_value(&state);
        }
        hash = arithmetic(hash, make(a[0], a[1]), make(b[0], b[1]), (unsigned)a[2]);
        hash = hash_word(hash, add256(a, a, b));
        hash = hash_word(hash, subtract256(b, b, a));
        hash = hash_word(hash, a[0] ^ a[3] ^ b[1] ^ b[2]);
        hash = hash_word(hash, power_modulo(a[1], b[0] & 0xFFFF, a[2] | 3));
    }
    return hash;
}
