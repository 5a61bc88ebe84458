/*
 * Loops over arrays of float and double, as compilers vectorise them: sums and
 * extremes (in any order with -ffast-math), fused steps, roots, quotients,
 * roundings, selections, conversions to and from integers of all widths, and
 * elements in structures.
 */
#include "compiled.h"
#include <string.h>

#define N 75

#define LOOPS(NAME, T, I, U, SHIFT)                                            \
    static uint64_t mix_##NAME(uint64_t hash, const T *from)                   \
    {                                                                          \
        for (int i = 0; i < N; i++) {                                          \
            U bits;                                                            \
                                                                               \
            memcpy(&bits, &from[i], sizeof bits);                              \
            hash = hash_word(hash, bits);                                      \
        }                                                                      \
        return hash;                                                           \
    }                                                                          \
                                                                               \
    static __attribute__((noinline)) void reduce_##NAME(                       \
        T *restrict to, const T *restrict a, const T *restrict b)              \
    {                                                                          \
        T sum = 0, product = 0, least = a[0], most = a[0];                     \
                                                                               \
        for (int i = 0; i < N; i++)                                            \
            sum += a[i];                                                       \
        for (int i = 0; i < N; i++)                                            \
            product += a[i] * b[i];                                            \
        for (int i = 0; i < N; i++) {                                          \
            least = a[i] < least ? a[i] : least;                               \
            most = b[i] > most ? b[i] : most;                                  \
        }                                                                      \
        to[0] = sum;                                                           \
        to[1] = product;                                                       \
        to[2] = least;                                                         \
        to[3] = most;                                                          \
    }                                                                          \
                                                                               \
    static __attribute__((noinline)) void map_##NAME(                          \
        T *restrict to, const T *restrict a, const T *restrict b)              \
    {                                                                          \
        for (int i = 0; i < N; i++)                                            \
            to[i] = a[i] * b[i] - a[N - 1 - i];                                \
        for (int i = 0; i < N; i++)                                            \
            to[i] += __builtin_sqrt(a[i] * a[i] + b[i] * b[i]);                \
        for (int i = 0; i < N; i++)                                            \
            to[i] = b[i] != 0 ? to[i] / b[i] : -to[i];                         \
        for (int i = 0; i < N; i++)                                            \
            to[i] -= __builtin_floor(a[i]) - __builtin_trunc(b[i]) +           \
                     __builtin_ceil(to[i]) * (T)0.25;                          \
        for (int i = 0; i < N; i++)                                            \
            to[i] = __builtin_fabs(a[i]) < __builtin_fabs(b[i])                \
                        ? __builtin_copysign(to[i], a[i])                      \
                        : to[i] * (T)0.5;                                      \
    }                                                                          \
                                                                               \
    static __attribute__((noinline)) void convert_##NAME(                      \
        T *restrict to, const T *restrict a, I *restrict whole,                \
        U *restrict bare, int8_t *restrict bytes, uint16_t *restrict halves)   \
    {                                                                          \
        for (int i = 0; i < N; i++)                                            \
            whole[i] = (I)(a[i] * 1000);                                       \
        for (int i = 0; i < N; i++)                                            \
            bare[i] = (U)(a[i] * a[i]);                                        \
        for (int i = 0; i < N; i++) {                                          \
            bytes[i] = (int8_t)(whole[i] & 127);                               \
            halves[i] = (uint16_t)(bare[i] & 0xFFFF);                          \
        }                                                                      \
        for (int i = 0; i < N; i++)                                            \
            to[i] = (T)whole[i] + (T)bare[i];                                  \
        for (int i = 0; i < N; i++)                                            \
            to[i] += (T)bytes[i] * (T)halves[i];                               \
    }                                                                          \
                                                                               \
    static __attribute__((noinline)) void restructure_##NAME(                  \
        T *restrict to, const T *restrict a, const T *restrict b)              \
    {                                                                          \
        for (int i = 0; i < N / 2; i++) { /* products of complex numbers */    \
            to[2 * i] = a[2 * i] * b[2 * i] - a[2 * i + 1] * b[2 * i + 1];     \
            to[2 * i + 1] = a[2 * i] * b[2 * i + 1] + a[2 * i + 1] * b[2 * i]; \
        }                                                                      \
        for (int i = 0; i < N / 3; i++) { /* of vectors */                     \
            T x = a[3 * i], y = a[3 * i + 1], z = a[3 * i + 2];                \
                                                                               \
            to[3 * i] += y * b[3 * i + 2] - z * b[3 * i + 1];                  \
            to[3 * i + 1] += z * b[3 * i] - x * b[3 * i + 2];                  \
            to[3 * i + 2] += x * b[3 * i + 1] - y * b[3 * i];                  \
        }                                                                      \
        for (int i = 0; i < N / 4; i++) { /* of quaternions, a part */         \
            T x = to[4 * i], y = to[4 * i + 1];                                \
            T z = to[4 * i + 2], w = to[4 * i + 3];                            \
                                                                               \
            to[4 * i] = x * w - y * z;                                         \
            to[4 * i + 1] = x * y + z;                                         \
            to[4 * i + 2] = z * w - x;                                         \
            to[4 * i + 3] = w + y;                                             \
        }                                                                      \
    }                                                                          \
                                                                               \
    static uint64_t run_##NAME(uint64_t hash, uint64_t *state)                 \
    {                                                                          \
        T a[N], b[N], c[N] = {0}, d[N] = {0};                                  \
        I whole[N];                                                            \
        U bare[N];                                                             \
        int8_t bytes[N];                                                       \
        uint16_t halves[N];                                                    \
                                                                               \
        for (int i = 0; i < N; i++) {                                          \
            a[i] = (T)(int64_t)next_random(state) * (T)0x1p-58;                \
            b[i] = (T)((int64_t)next_random(state) >> SHIFT) * (T)0x1p-20;     \
            if ((hash >> (i & 63) & 3) == 0)                                   \
                b[i] = 0;                                                      \
        }                                                                      \
        reduce_##NAME(c, a, b);                                                \
        map_##NAME(d, a, b);                                                   \
        hash = mix_##NAME(mix_##NAME(hash, c), d);                             \
        convert_##NAME(c, a, whole, bare, bytes, halves);                      \
        hash = mix_##NAME(hash, c);                                            \
        for (int i = 0; i < N; i++)                                            \
            hash = hash_word(hash, (uint64_t)whole[i] ^ bare[i] << 7 ^         \
                                       (uint64_t)bytes[i] ^ halves[i]);        \
        restructure_##NAME(d, a, b);                                           \
        return mix_##NAME(hash, d);                                            \
    }

LOOPS(singles, float, int32_t, uint32_t, 37)
LOOPS(doubles, double, int64_t, uint64_t, 20)

static __attribute__((noinline)) void widen(double *restrict to,
                                            float *restrict back,
                                            const float *restrict a)
{
    for (int i = 0; i < N; i++)
        to[i] = (double)a[i] * 0.1;
    for (int i = 0; i < N; i++)
        back[i] = (float)(to[i] * to[i]);
}

uint64_t test(uint64_t input)
{
    uint64_t state = input, hash = input;
    float singles[N], back[N];
    double doubles[N];

    hash = run_singles(hash, &state);
    hash = run_doubles(hash, &state);
    for (int i = 0; i < N; i++)
        singles[i] = (float)(int64_t)next_random(&state);
    widen(doubles, back, singles);
    return mix_doubles(mix_singles(hash, back), doubles);
}
