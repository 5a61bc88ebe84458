/*
 * Vectors over lanes on a CPU, of its lane groups and of regions whose lanes
 * execute together (engine/together.h, where AG_IS_REGION is 1): exactly as
 * wide as the instruction set that they are compiled for (wider ones fall apart
 * in gcc and clang): the compiler's options choose, and nothing else in
 * kernels/ knows. What the operators of C cannot say is here: one bit an
 * element, and whether any is set. Regions are compiled while lanes wait, by
 * the user's compiler: for them it is by builtins that gcc and clang share,
 * without gathers; but where they have V registers, which take long anyway.
 */
#ifndef AG_GROUP_ISA_H
#define AG_GROUP_ISA_H

#if (!AG_IS_REGION || AG_HAS_V) && defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define AG_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define AG_VECTOR_BYTES 32
#else
#define AG_VECTOR_BYTES 16
#endif

/* Lanes of a vector. */
#define AG_VECTOR_LANES (AG_VECTOR_BYTES / 8)

typedef u64 ag_vec __attribute__((vector_size(AG_VECTOR_BYTES), may_alias));
typedef i64 ag_signed_vec
    __attribute__((vector_size(AG_VECTOR_BYTES), may_alias));

/* f(g, k), f(g, k + 1), ... as a vector. A loop over elements would go through
   memory. */
#if AG_VECTOR_BYTES == 64
#define AG_VECTOR_OF(f, g, k)                                                  \
    ((ag_vec){f(g, k), f(g, (k) + 1), f(g, (k) + 2), f(g, (k) + 3),            \
              f(g, (k) + 4), f(g, (k) + 5), f(g, (k) + 6), f(g, (k) + 7)})
#elif AG_VECTOR_BYTES == 32
#define AG_VECTOR_OF(f, g, k)                                                  \
    ((ag_vec){f(g, k), f(g, (k) + 1), f(g, (k) + 2), f(g, (k) + 3)})
#else
#define AG_VECTOR_OF(f, g, k) ((ag_vec){f(g, k), f(g, (k) + 1)})
#endif

/* AVX2 could gather too; on the processor where that was measured (Zen 3) loads
   one by one are faster. */
#if AG_VECTOR_BYTES == 64 && !AG_IS_REGION
#define AG_CAN_GATHER 1

/* The words that lie `offsets` beyond base, of elements whose mask is set; 0 in
   others. */
AG_INLINE ag_vec ag_gather(const u8 *base, ag_vec offsets, ag_vec mask)
{
    return (ag_vec)_mm512_mask_i64gather_epi64(
        _mm512_setzero_si512(), _mm512_movepi64_mask((__m512i)mask),
        (__m512i)offsets, base, 1);
}

/* Stores 4 or 8 bytes of each element whose mask is set. */
AG_INLINE void ag_scatter(u8 *base, ag_vec offsets, ag_vec mask, ag_vec v,
                          u32 bytes)
{
    const __mmask8 k = _mm512_movepi64_mask((__m512i)mask);
    if (bytes == 8)
        _mm512_mask_i64scatter_epi64(base, k, (__m512i)offsets, (__m512i)v, 1);
    else
        _mm512_mask_i64scatter_epi32(base, k, (__m512i)offsets,
                                     _mm512_cvtepi64_epi32((__m512i)v), 1);
}
#else
#define AG_CAN_GATHER 0
#endif

/* Two words of each lane that lie behind each other, at P(0), P(1), ...: from
   memory, or to it. */
#if AG_IS_REGION && AG_HAS_V && defined(__SSE2__)
#define AG_HAS_TWO_WORDS 1
#define AG_TWO_FROM(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define AG_TWO_TO(p, v) _mm_storeu_si128((__m128i *)(void *)(p), (v))
#if AG_VECTOR_BYTES == 64
#define AG_TWO_OF(name) _mm512_##name
typedef __m512i ag_two_words;
#define AG_FOUR_FROM(P, a, b, c, d)                                            \
    _mm512_inserti64x2(                                                        \
        _mm512_inserti64x2(                                                    \
            _mm512_inserti64x2(_mm512_castsi128_si512(AG_TWO_FROM(P(a))),      \
                               AG_TWO_FROM(P(b)), 1),                          \
            AG_TWO_FROM(P(c)), 2),                                             \
        AG_TWO_FROM(P(d)), 3)
#define AG_EVENS_FROM(P) AG_FOUR_FROM(P, 0, 2, 4, 6)
#define AG_ODDS_FROM(P) AG_FOUR_FROM(P, 1, 3, 5, 7)
#define AG_EVENS_TO(P, v, first)                                               \
    AG_TWO_TO(P(first), _mm512_castsi512_si128(v));                            \
    AG_TWO_TO(P((first) + 2), _mm512_extracti64x2_epi64((v), 1));              \
    AG_TWO_TO(P((first) + 4), _mm512_extracti64x2_epi64((v), 2));              \
    AG_TWO_TO(P((first) + 6), _mm512_extracti64x2_epi64((v), 3))
#elif AG_VECTOR_BYTES == 32
#define AG_TWO_OF(name) _mm256_##name
typedef __m256i ag_two_words;
#define AG_BOTH_FROM(P, a, b)                                                  \
    _mm256_inserti128_si256(_mm256_castsi128_si256(AG_TWO_FROM(P(a))),         \
                            AG_TWO_FROM(P(b)), 1)
#define AG_EVENS_FROM(P) AG_BOTH_FROM(P, 0, 2)
#define AG_ODDS_FROM(P) AG_BOTH_FROM(P, 1, 3)
#define AG_EVENS_TO(P, v, first)                                               \
    AG_TWO_TO(P(first), _mm256_castsi256_si128(v));                            \
    AG_TWO_TO(P((first) + 2), _mm256_extracti128_si256((v), 1))
#else
#define AG_TWO_OF(name) _mm_##name
typedef __m128i ag_two_words;
#define AG_EVENS_FROM(P) AG_TWO_FROM(P(0))
#define AG_ODDS_FROM(P) AG_TWO_FROM(P(1))
#define AG_EVENS_TO(P, v, first) AG_TWO_TO(P(first), (v))
#endif
#define AG_LOAD_TWO_WORDS(P, low, high)                                        \
    do {                                                                       \
        const ag_two_words evens_ = AG_EVENS_FROM(P), odds_ = AG_ODDS_FROM(P); \
        (low) = (ag_vec)AG_TWO_OF(unpacklo_epi64)(evens_, odds_);              \
        (high) = (ag_vec)AG_TWO_OF(unpackhi_epi64)(evens_, odds_);             \
    } while (0)
#define AG_STORE_TWO_WORDS(P, low, high)                                       \
    do {                                                                       \
        const ag_two_words x_ = (ag_two_words)(low);                           \
        const ag_two_words y_ = (ag_two_words)(high);                          \
        const ag_two_words evens_ = AG_TWO_OF(unpacklo_epi64)(x_, y_);         \
        const ag_two_words odds_ = AG_TWO_OF(unpackhi_epi64)(x_, y_);          \
        AG_EVENS_TO(P, evens_, 0);                                             \
        AG_EVENS_TO(P, odds_, 1);                                              \
    } while (0)
#else
#define AG_HAS_TWO_WORDS 0
#endif

/* Half of what it takes to compile a region would be reading immintrin.h. */
typedef long long ag_long_vec
    __attribute__((vector_size(AG_VECTOR_BYTES), may_alias));
typedef double ag_double_vec
    __attribute__((vector_size(AG_VECTOR_BYTES), may_alias));

/* The top bit of each element; element 0 is bit 0. */
AG_INLINE u32 ag_top_bits(ag_vec v)
{
#if AG_VECTOR_BYTES == 64
    return (u8)__builtin_ia32_cvtq2mask512((ag_long_vec)v);
#elif AG_VECTOR_BYTES == 32
    return (u32)__builtin_ia32_movmskpd256((ag_double_vec)v);
#elif defined(__SSE2__)
    return (u32)__builtin_ia32_movmskpd((ag_double_vec)v);
#else
    return (u32)(v[0] >> 63 | v[1] >> 63 << 1);
#endif
}

/* True if any bit of any element is set. */
AG_INLINE u32 ag_any(ag_vec v)
{
#if AG_VECTOR_BYTES == 64 && (!AG_IS_REGION || AG_HAS_V)
    return _mm512_test_epi64_mask((__m512i)v, (__m512i)v) != 0;
#elif AG_VECTOR_BYTES == 64
    return (u8)__builtin_ia32_cvtq2mask512((ag_long_vec)(v != 0)) != 0;
#elif AG_VECTOR_BYTES == 32
    return !__builtin_ia32_ptestz256((ag_long_vec)v, (ag_long_vec)v);
#else
    return (v[0] | v[1]) != 0;
#endif
}

AG_INLINE ag_vec ag_splat(u64 v)
{
    return (ag_vec){0} + v;
}
AG_INLINE ag_vec ag_select(ag_vec p, ag_vec yes, ag_vec no)
{
    return (p & yes) | (~p & no);
}

#endif
