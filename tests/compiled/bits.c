/*
 * Bit tricks: leading and trailing zeros, byte and bit reversal, population
 * count, parity, interleaving, Gray code, next permutation, roots, saturation,
 * conditional moves and absolute values.
 */
#include "compiled.h"

static unsigned population(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555;
    x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0F;
    return (unsigned)(x * 0x0101010101010101 >> 56);
}

static uint64_t reverse(uint64_t x)
{
    x = (x >> 1 & 0x5555555555555555) | (x & 0x5555555555555555) << 1;
    x = (x >> 2 & 0x3333333333333333) | (x & 0x3333333333333333) << 2;
    x = (x >> 4 & 0x0F0F0F0F0F0F0F0F) | (x & 0x0F0F0F0F0F0F0F0F) << 4;
    return __builtin_bswap64(x);
}

static uint64_t interleave(uint32_t a, uint32_t b)
{
    uint64_t z = 0;

    for (unsigned i = 0; i < 32; i++)
        z |= (uint64_t)(a >> i & 1) << (2 * i) | (uint64_t)(b >> i & 1) << (2 * i + 1);
    return z;
}

static uint64_t next_permutation(uint64_t x)
{
    uint64_t t = x | (x - 1);

    return (t + 1) | (((~t & -~t) - 1) >> (__builtin_ctzll(x) + 1));
}

static uint32_t square_root(uint64_t x)
{
    uint64_t root = 0;

    for (uint64_t bit = (uint64_t)1 << 31; bit != 0; bit >>= 1)
        if ((root | bit) * (root | bit) <= x)
            root |= bit;
    return (uint32_t)root;
}

static uint8_t saturate(int64_t x)
{
    return (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x);
}

static uint64_t counts(uint64_t hash, uint64_t x)
{
    hash = hash_word(hash, x != 0 ? (uint64_t)__builtin_clzll(x) : 64);
    hash = hash_word(hash, x != 0 ? (uint64_t)__builtin_ctzll(x) : 64);
    hash = hash_word(hash, (uint32_t)x != 0 ? (uint64_t)__builtin_clz((uint32_t)x) : 32);
    hash = hash_word(hash, (uint32_t)x != 0 ? (uint64_t)__builtin_ctz((uint32_t)x) : 32);
    hash = hash_word(hash, (uint64_t)__builtin_clrsbll((long long)x));
    hash = hash_word(hash, (uint64_t)__builtin_clrsb((int)x));
    hash = hash_word(hash, (uint64_t)__builtin_ffsll((long long)x));
    return hash_word(hash, population(x) * 2 + (population(x) & 1));
}

static uint64_t orders(uint64_t hash, uint64_t x)
{
    hash = hash_word(hash, reverse(x));
    hash = hash_word(hash, __builtin_bswap32((uint32_t)x));
    hash = hash_word(hash, __builtin_bswap16((uint16_t)x));
    hash = hash_word(hash, x ^ x >> 1);
    hash = hash_word(hash, (x & 0xFF00FF00FF00FF00) >> 8 | (x & 0x00FF00FF00FF00FF) << 8);
    return hash_word(hash, interleave((uint32_t)x, (uint32_t)(x >> 32)));
}

static uint64_t choices(uint64_t hash, int64_t a, int64_t b)
{
    int64_t least = a < b ? a : b;
    uint64_t distance = a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
    uint64_t magnitude = a < 0 ? -(uint64_t)a : (uint64_t)a;

    hash = hash_word(hash, (uint64_t)least);
    hash = hash_word(hash, distance);
    hash = hash_word(hash, magnitude);
    hash = hash_word(hash, (uint64_t)((a > 0) - (a < 0)));
    hash = hash_word(hash, a == b ? 1 : (uint64_t)a > (uint64_t)b ? ~(uint64_t)a : (uint64_t)b + 1);
    hash = hash_word(hash, saturate(a) + saturate(b >> 50));
    return hash_word(hash, (a > 5 && b > 5) || (a < -5 && b != 0 && b < a));
}

uint64_t test(uint64_t input)
{
    uint64_t state = input;
    uint64_t hash = 17;

    for (int i = 0; i < 30; i++) {
        uint64_t x = edge_value(&state);
        uint64_t y = edge_value(&state);

        hash = counts(hash, x);
        hash = orders(hash, y);
        hash = choices(hash, (int64_t)x, (int64_t)y);
        hash = hash_word(hash, next_permutation((x & 0xFFFFFFFFFFFF) | 1));
        hash = hash_word(hash, square_root(x));
    }
    return hash;
}
