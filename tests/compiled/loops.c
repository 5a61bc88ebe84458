/*
 * Loops over arrays of all widths of integers, as compilers vectorise them:
 * sums, extremes, distances, averages, clamped sums, products, shifts, widening
 * and narrowing, selections, elements in reverse and in structures of 2 to 4.
 */
#include "compiled.h"

#define N 75 /* no multiple of a vector */

/* Eight and more bytes at a time, or one. */
#define MIX(hash, array)                                                       \
    for (int mix = 0; mix < N; mix++)                                          \
        hash = hash_word(hash, (uint64_t)(array)[mix])

#define LOOPS(NAME, T, U, W, BITS)                                             \
    static __attribute__((noinline)) uint64_t reduce_##NAME(                   \
        const T *restrict a, const T *restrict b)                              \
    {                                                                          \
        W sum = 0, distance = 0, product = 0;                                  \
        U low = (U)-1, high = 0, odd = 0;                                      \
        T least = a[0], most = a[0];                                           \
        int below = 0;                                                         \
                                                                               \
        for (int i = 0; i < N; i++)                                            \
            sum += (W)(U)a[i];                                                 \
        for (int i = 0; i < N; i++)                                            \
            distance += (W)(a[i] > b[i] ? (U)a[i] - (U)b[i]                    \
                                        : (U)b[i] - (U)a[i]);                  \
        for (int i = 0; i < N; i++)                                            \
            product += (W)(U)a[i] * (W)(U)b[i];                                \
        for (int i = 0; i < N; i++) {                                          \
            least = a[i] < least ? a[i] : least;                               \
            most = a[i] > most ? a[i] : most;                                  \
        }                                                                      \
        for (int i = 0; i < N; i++) {                                          \
            low = (U)b[i] < low ? (U)b[i] : low;                               \
            high = (U)b[i] > high ? (U)b[i] : high;                            \
            odd ^= (U)(a[i] | b[i]);                                           \
        }                                                                      \
        for (int i = 0; i < N; i++)                                            \
            below += a[i] < b[i];                                              \
        return (uint64_t)sum + 3 * (uint64_t)distance +                        \
               5 * (uint64_t)product + 7 * (uint64_t)least +                   \
               11 * (uint64_t)most + 13 * (uint64_t)low +                      \
               17 * (uint64_t)high + 19 * (uint64_t)odd + (uint64_t)below;     \
    }                                                                          \
                                                                               \
    static __attribute__((noinline)) void map_##NAME(                          \
        T *restrict to, const T *restrict a, const T *restrict b, int s)       \
    {                                                                          \
        const T most = (T)((U)-1 >> 1), least = (T)(-most - 1);                \
                                                                               \
        for (int i = 0; i < N; i++)                                            \
            to[i] = (T)((U)a[i] + (U)b[i]);                                    \
        for (int i = 0; i < N; i++) /* clamped */                              \
            to[i] = (T)(to[i] ^                                                \
                        (b[i] > 0 && a[i] > most - b[i]    ? most              \
                         : b[i] < 0 && a[i] < least - b[i] ? least             \
                                                           : a[i] + b[i]));    \
        for (int i = 0; i < N; i++)                                            \
            to[i] = (T)((U)to[i] + (U)((U)a[i] * (W)(U)b[i]));                 \
        for (int i = 0; i < N; i++) /* rounded averages */                     \
            to[i] = (T)(to[i] ^                                                \
                        (T)((U)a[i] / 2 + (U)b[i] / 2 + ((a[i] | b[i]) & 1))); \
        for (int i = 0; i < N; i++)                                            \
            to[i] = (T)(to[i] + ((U)a[i] >> (b[i] & (BITS - 1))) +             \
                        (a[i] >> s) - (T)((U)b[i] << s));                      \
        for (int i = 0; i < N; i++)                                            \
            to[i] = (T)(a[i] & 4 ? to[i] : ~b[i]);                             \
        for (int i = 0; i < N; i++)                                            \
            to[i] = (T)(to[i] ^ (a[N - 1 - i] & ~b[i]));                       \
    }                                                                          \
                                                                               \
    static __attribute__((noinline)) void change_width_##NAME(                 \
        W *restrict wide, U *restrict narrow, const T *restrict a,             \
        const T *restrict b)                                                   \
    {                                                                          \
        for (int i = 0; i < N; i++)                                            \
            wide[i] = (W)((W)(U)a[i] * (W)(U)b[i] + (W)a[i]);                  \
        for (int i = 0; i < N; i++)                                            \
            narrow[i] = (U)(wide[i] >> BITS / 2);                              \
        for (int i = 0; i < N; i++)                                            \
            wide[i] = (W)(wide[i] - (W)narrow[i] - (W)(U)b[i]);                \
    }                                                                          \
                                                                               \
    static __attribute__((noinline)) void restructure_##NAME(                  \
        T *restrict to, const T *restrict a)                                   \
    {                                                                          \
        for (int i = 0; i < N / 2; i++) {                                      \
            to[2 * i] = (T)((U)a[2 * i] - (U)a[2 * i + 1]);                    \
            to[2 * i + 1] = (T)(a[2 * i] & a[2 * i + 1]);                      \
        }                                                                      \
        for (int i = 0; i < N / 3; i++) {                                      \
            T x = to[3 * i], y = to[3 * i + 1], z = to[3 * i + 2];             \
                                                                               \
            to[3 * i] = (T)((U)y + (U)z);                                      \
            to[3 * i + 1] = (T)((U)z ^ (U)x);                                  \
            to[3 * i + 2] = (T)((U)x - (U)y);                                  \
        }                                                                      \
        for (int i = 0; i < N / 4; i++) {                                      \
            T x = to[4 * i], y = to[4 * i + 1];                                \
            T z = to[4 * i + 2], w = to[4 * i + 3];                            \
                                                                               \
            to[4 * i] = w;                                                     \
            to[4 * i + 1] = (T)((U)x + (U)y + 1);                              \
            to[4 * i + 2] = (T)(y | z);                                        \
            to[4 * i + 3] = (T)((U)z - (U)w);                                  \
        }                                                                      \
    }                                                                          \
                                                                               \
    static uint64_t run_##NAME(uint64_t hash, uint64_t *state)                 \
    {                                                                          \
        T a[N], b[N], c[N] = {0}, d[N] = {0};                                  \
        U narrow[N];                                                           \
        W wide[N];                                                             \
                                                                               \
        for (int i = 0; i < N; i++) {                                          \
            a[i] = (T)(next_random(state) >> (next_random(state) & 63));       \
            b[i] = (T)edge_value(state);                                       \
        }                                                                      \
        hash = hash_word(hash, reduce_##NAME(a, b));                           \
        map_##NAME(c, a, b, (int)(hash & (BITS - 1)));                         \
        MIX(hash, c);                                                          \
        change_width_##NAME(wide, narrow, a, c);                               \
        MIX(hash, wide);                                                       \
        MIX(hash, narrow);                                                     \
        restructure_##NAME(d, c);                                              \
        MIX(hash, d);                                                          \
        return hash_word(hash, reduce_##NAME(c, d));                           \
    }

LOOPS(bytes, int8_t, uint8_t, uint16_t, 8)
LOOPS(halves, int16_t, uint16_t, uint32_t, 16)
LOOPS(words, int32_t, uint32_t, uint64_t, 32)
LOOPS(longs, int64_t, uint64_t, uint64_t, 64)

uint64_t test(uint64_t input)
{
    uint64_t state = input, hash = input;

    hash = run_bytes(hash, &state);
    hash = run_halves(hash, &state);
    hash = run_words(hash, &state);
    return run_longs(hash, &state);
}
