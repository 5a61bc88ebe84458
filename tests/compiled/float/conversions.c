/* Between half, float, double and integers, with edges and NaNs. */
#include "compiled.h"
#include <string.h>

#define HASH(type, value) \
    do { \
        type hashed_ = (value); \
        uint64_t word_ = 0; \
        memcpy(&word_, &hashed_, sizeof hashed_); \
        hash = hash_word(hash, word_); \
    } while (0)

uint64_t test(uint64_t input)
{
    uint64_t state = input;
    uint64_t hash = input;

    for (int i = 0; i < 40; i++) {
        uint64_t bits = edge_value(&state) ^ next_random(&state) << 52;
        double d;
        float f;
        __fp16 h;

        memcpy(&d, &bits, 8);
        memcpy(&f, &bits, 4);
        memcpy(&h, &bits, 2);
        HASH(float, (float)d);
        HASH(__fp16, (__fp16)d);
        HASH(__fp16, (__fp16)f);
        HASH(double, (double)f);
        HASH(double, (double)h);
        HASH(float, (float)h + f);
        HASH(__fp16, (__fp16)(h * h + 1));
        HASH(double, (double)(int64_t)bits);
        HASH(float, (float)bits);
        HASH(float, (float)(int32_t)bits);
        HASH(double, __builtin_trunc(d));
        HASH(float, __builtin_roundf(f));
        HASH(double, d + f);
        HASH(uint64_t, (uint64_t)(d < f) * 2 + (f >= h));
        f = (float)(int32_t)bits * 0x1p-3f;
        HASH(int64_t, (int64_t)f);
        HASH(uint16_t, (uint16_t)(int32_t)(f * 0x1p-14f));
    }
    return hash;
}
