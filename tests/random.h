/*
 * Random numbers for tests: seeded, the same on every machine, and cheap
 * (SplitMix64). Two generators seeded with different words are independent, so
 * a test case can be made from its seed and number alone.
 *
 * random_value() gives what breaks integer code more often than uniform numbers
 * do: zero, all ones, sign boundaries, neighbours of powers of two, small and
 * sign-extended values.
 */
#ifndef TEST_RANDOM_H
#define TEST_RANDOM_H

#include <stdint.h>

struct random_source {
    uint64_t state;
};

static inline uint64_t random_next(struct random_source *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* A source for case `number` of `seed`; `kind` separates uses. */
static inline struct random_source random_for(uint64_t seed, uint64_t kind,
                                              uint64_t number)
{
    struct random_source r = {seed};
    r.state = random_next(&r) ^ kind;
    r.state = random_next(&r) ^ number;
    r.state = random_next(&r);
    return r;
}

/* 0 to n - 1, n at most 2^32. */
static inline uint32_t random_below(struct random_source *r, uint64_t n)
{
    return (uint32_t)((random_next(r) >> 32) * n >> 32);
}

static inline int random_one_in(struct random_source *r, uint32_t n)
{
    return random_below(r, n) == 0;
}

/* low to high, both included. */
static inline int64_t random_between(struct random_source *r, int64_t low,
                                     int64_t high)
{
    return low + (int64_t)random_below(r, (uint64_t)(high - low) + 1);
}

static inline uint64_t random_value(struct random_source *r)
{
    static const uint64_t edges[] = {
        0,
        1,
        UINT64_MAX,
        UINT64_C(0x7fffffffffffffff),
        UINT64_C(0x8000000000000000),
        UINT64_C(0x7fffffff),
        UINT64_C(0x80000000),
        UINT64_C(0xffffffff),
        UINT64_C(0x100000000),
        UINT64_C(0xffffffff80000000),
        UINT64_C(0xffffffff7fffffff),
        UINT64_C(0x00ff00ff00ff00ff),
    };
    static const uint16_t narrow[] = {0,    1,      0x7f,   0x80,
                                      0xff, 0x7fff, 0x8000, 0xffff};
    uint64_t v = random_next(r);
    switch (random_below(r, 16)) {
    case 0:
    case 1:
    case 2:
        return edges[random_below(r, sizeof edges / sizeof edges[0])];
    case 3:
        return v & 0xff;
    case 4:
        return ~(v & 0xff);
    case 5:
        return UINT64_C(1) << (v & 63);
    case 6:
        return (UINT64_C(1) << (v & 63)) - 1;
    case 7:
        return (UINT64_C(1) << (v & 63)) + 1;
    case 8:
        return ~(UINT64_C(1) << (v & 63));
    case 9:
        return v & 0xffffffff;
    case 10:
        return (uint64_t)(int64_t)(int32_t)v;
    case 11:
        return v >> (v & 63);
    case 12: /* an edge of a narrow type under garbage */
        return (v & ~UINT64_C(0xffff)) | narrow[random_below(r, 8)];
    default:
        return v;
    }
}

#endif
