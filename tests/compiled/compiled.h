/*
 * What each test program here is built against. A program is one function
 * from a 64-bit input to a 64-bit result, free of undefined behaviour and of
 * anything that differs between two 64-bit little-endian compilers: plain
 * char, layout of bit-fields in memory, long double.
 */
#ifndef COMPILED_H
#define COMPILED_H

#include <stddef.h>
#include <stdint.h>

uint64_t test(uint64_t input);

/* splitmix64: a well-mixed word from a counter, and the counter's next value. */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* FNV-1a over words, with a shift so that high bits reach low ones. */
static inline uint64_t hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x100000001B3u;
    return hash ^ hash >> 29;
}

/* Values at which arithmetic goes wrong if it does, then random ones. */
static inline uint64_t edge_value(uint64_t *state)
{
    static const uint64_t edges[] = {
        0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF,
        0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000,
        0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFE,
        0xFFFFFFFFFFFFFFFF,
    };
    uint64_t r = next_random(state);

    if ((r & 3) == 0)
        return edges[(r >> 8) % (sizeof edges / sizeof edges[0])];
    return next_random(state) >> ((r >> 16) & 63);
}

#endif
