/*
 * Shifts and rotates by constants and by variables in all widths, sign and
 * zero extension between them, funnel shifts, masks of computed width.
 */
#include "compiled.h"

static uint64_t rotate_left64(uint64_t x, unsigned n)
{
    return x << (n & 63) | x >> (-n & 63);
}

static uint32_t rotate_right32(uint32_t x, unsigned n)
{
    return x >> (n & 31) | x << (-n & 31);
}

static uint16_t rotate_left16(uint16_t x, unsigned n)
{
    return (uint16_t)(x << (n & 15) | x >> (-n & 15));
}

static uint64_t funnel(uint64_t high, uint64_t low, unsigned n)
{
    return (n &= 63) == 0 ? high : high << n | low >> (64 - n);
}

/* Right shifts of negative values are arithmetic in both compilers. */
static uint64_t by_variable(uint64_t hash, uint64_t a, unsigned n)
{
    hash = hash_word(hash, a << (n & 63));
    hash = hash_word(hash, a >> (n & 63));
    hash = hash_word(hash, (uint64_t)((int64_t)a >> (n & 63)));
    hash = hash_word(hash, (uint32_t)a << (n & 31));
    hash = hash_word(hash, (uint32_t)a >> (n & 31));
    hash = hash_word(hash, (uint64_t)((int32_t)a >> (n & 31)));
    hash = hash_word(hash, (uint64_t)((int16_t)a >> (n & 15)));
    hash = hash_word(hash, (uint64_t)((int8_t)a >> (n & 7)));
    hash = hash_word(hash, rotate_left64(a, n));
    hash = hash_word(hash, rotate_right32((uint32_t)a, n));
    hash = hash_word(hash, rotate_left16((uint16_t)a, n));
    hash = hash_word(hash, a & (((uint64_t)1 << (n & 63)) - 1));
    return hash;
}

static uint64_t by_constant(uint64_t hash, uint64_t a, uint64_t b)
{
    hash = hash_word(hash, (a << 13) + (b >> 7));
    hash = hash_word(hash, a - (uint64_t)((int64_t)b >> 63));
    hash = hash_word(hash, a ^ rotate_left64(b, 17));
    hash = hash_word(hash, a & ~(b << 3));
    hash = hash_word(hash, (a | ~(b >> 11)) ^ (b << 40));
    hash = hash_word(hash, rotate_right32((uint32_t)a, 9) ^ (uint32_t)b << 5);
    hash = hash_word(hash, funnel(a, b, 23));
    hash = hash_word(hash, (a >> 12 & 0x1FF) << 30 | (b >> 3 & 0x3F));
    return hash;
}

static uint64_t extend(uint64_t hash, uint64_t a)
{
    int64_t sum = (int64_t)(int8_t)a + (int16_t)(a >> 8) + (int32_t)(a >> 16);

    hash = hash_word(hash, (uint64_t)sum);
    hash = hash_word(hash, (uint64_t)(uint8_t)a + (uint16_t)(a >> 8) + (uint32_t)(a >> 16));
    hash = hash_word(hash, (uint64_t)((int64_t)(int32_t)a * 8));
    return hash_word(hash, (uint64_t)(int64_t)(int8_t)(a << 3));
}

uint64_t test(uint64_t input)
{
    uint64_t state = input * 3;
    uint64_t hash = ~input;

    for (int i = 0; i < 50; i++) {
        uint64_t a = edge_value(&state);
        uint64_t b = edge_value(&state);

        hash = by_variable(hash, a, (unsigned)b);
        hash = by_constant(hash, a, b);
        hash = extend(hash, a);
    }
    return hash;
}
