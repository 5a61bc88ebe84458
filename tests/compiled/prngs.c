/*
 * Random number generators, whose every bit depends on all arithmetic before:
 * Mersenne twister, PCG, xoshiro256**, MINSTD by Schrage's method, a linear
 * feedback register, RC4.
 */
#include "compiled.h"

#define N 624

static uint32_t twister(uint32_t *mt, uint32_t seed, int draws)
{
    uint32_t sum = 0;

    mt[0] = seed;
    for (uint32_t i = 1; i < N; i++)
        mt[i] = 1812433253u * (mt[i - 1] ^ mt[i - 1] >> 30) + i;
    for (int i = 0; i < draws; i++) {
        uint32_t y = (mt[i] & 0x80000000) | (mt[(i + 1) % N] & 0x7FFFFFFF);

        mt[i] = mt[(i + 397) % N] ^ y >> 1 ^ (y & 1 ? 0x9908B0DF : 0);
        y = mt[i];
        y ^= y >> 11;
        y ^= y << 7 & 0x9D2C5680;
        y ^= y << 15 & 0xEFC60000;
        sum = sum * 31 + (y ^ y >> 18);
    }
    return sum;
}

static uint32_t pcg(uint64_t *state)
{
    uint64_t old = *state;
    uint32_t x = (uint32_t)((old >> 18 ^ old) >> 27);
    unsigned rotation = (unsigned)(old >> 59);

    *state = old * 6364136223846793005u + 1442695040888963407u;
    return x >> rotation | x << (-rotation & 31);
}

static uint64_t xoshiro(uint64_t s[4])
{
    uint64_t x = s[1] * 5;
    uint64_t t = s[1] << 17;

    x = (x << 7 | x >> 57) * 9;
    s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return x;
}

static int32_t minstd(int32_t seed)
{
    int32_t next = 16807 * (seed % 127773) - 2836 * (seed / 127773);

    return next <= 0 ? next + 2147483647 : next;
}

static uint16_t feedback(uint16_t r)
{
    return (uint16_t)(r >> 1 ^ (-(r & 1) & 0xB400));
}

static uint64_t rc4(uint64_t key, int draws)
{
    uint8_t s[256];
    uint8_t i = 0, j = 0;
    uint64_t hash = 0;

    for (int k = 0; k < 256; k++)
        s[k] = (uint8_t)k;
    for (int k = 0; k < 256 + draws; k++) {
        uint8_t t;

        i = (uint8_t)(k < 256 ? k : i + 1);
        j = (uint8_t)(j + s[i] + (k < 256 ? (uint8_t)(key >> (k % 8 * 8)) : 0));
        t = s[i];
        s[i] = s[j];
        s[j] = t;
        if (k >= 256)
            hash = hash << 8 ^ hash >> 51 ^ s[(uint8_t)(s[i] + s[j])];
    }
    return hash;
}

uint64_t test(uint64_t input)
{
    uint32_t mt[N];
    uint64_t s[4] = {input + 1, 2, 3, 4};
    uint64_t state = input;
    uint64_t hash = hash_word(29, twister(mt, 5489 + (uint32_t)input, 100));
    int32_t seed = (int32_t)input + 1;
    uint16_t r = (uint16_t)(input * 17 + 1);

    for (int i = 0; i < 60; i++) {
        hash = hash_word(hash, pcg(&state) + xoshiro(s));
        seed = minstd(seed);
        r = feedback(r);
        hash = hash_word(hash, (uint64_t)seed << 16 | r);
    }
    return hash_word(hash, rc4(state, 100));
}
