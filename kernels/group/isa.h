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
/* Tests have our functions called; these must be inlined. */
#pragma push_macro("always_inline")
#undef always_inline
#include <immintrin.h>
#pragma pop_macro("always_inline")
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
