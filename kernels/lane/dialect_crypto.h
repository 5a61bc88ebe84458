/*
 * The processor's own instructions for AES, SHA and products without carries,
 * for a64/crypto_hardware.h alone; with dialect.h and dialect_real.h the third
 * file that tests a compiler. 1 means that there are:
 *
 * AG_HAS_AES   ag_hw_aes_round(), _aes_mix(), _product(): AES and PMULL
 * AG_HAS_SHA   ag_hw_sha1_rounds(), _sha256_hash(), _sha256_su0(), _su1()
 *
 * on ag_128, with ag_128_of(low, high), ag_128_low(), ag_128_high(). They do what
 * Arm's do. Where x86-64 cuts the same computation in other places, one of its
 * instructions undoes a step of the one before.
 *
 * AG_CRYPTO_SOFTWARE=1 forces both to 0.
 */
#ifndef AG_DIALECT_CRYPTO_H
#define AG_DIALECT_CRYPTO_H

#include "lane/dialect.h"

#ifndef AG_CRYPTO_SOFTWARE
#define AG_CRYPTO_SOFTWARE 0
#endif

#if AG_CRYPTO_SOFTWARE

#elif defined(__x86_64__) && defined(__AES__) && defined(__PCLMUL__) &&        \
    defined(__SSE4_1__)
#include <immintrin.h>
#define AG_HAS_AES 1

typedef __m128i ag_128;

AG_INLINE ag_128 ag_128_of(u64 low, u64 high)
{
    return _mm_set_epi64x((i64)high, (i64)low);
}
AG_INLINE u64 ag_128_low(ag_128 v)
{
    return (u64)_mm_cvtsi128_si64(v);
}
AG_INLINE u64 ag_128_high(ag_128 v)
{
    return (u64)_mm_extract_epi64(v, 1);
}

/* The last round's instruction mixes nothing, and adds the key at the end. */
AG_INLINE ag_128 ag_hw_aes_round(ag_128 state, ag_128 key, u32 is_inverse)
{
    const ag_128 none = _mm_setzero_si128(), v = _mm_xor_si128(state, key);
    return is_inverse ? _mm_aesdeclast_si128(v, none)
                      : _mm_aesenclast_si128(v, none);
}

/* AESENC substitutes and shifts before it mixes: what AESDECLAST undoes. */
AG_INLINE ag_128 ag_hw_aes_mix(ag_128 state, u32 is_inverse)
{
    const ag_128 none = _mm_setzero_si128();
    return is_inverse ? _mm_aesimc_si128(state)
                      : _mm_aesenc_si128(_mm_aesdeclast_si128(state, none),
                                         none);
}

/* Of the lower halves, or the upper ones. */
AG_INLINE ag_128 ag_hw_product(ag_128 x, ag_128 y, u32 is_upper)
{
    return is_upper ? _mm_clmulepi64_si128(x, y, 0x11)
                    : _mm_clmulepi64_si128(x, y, 0);
}

#if defined(__SHA__)
#define AG_HAS_SHA 1

/* Word 0 is the highest here, and constants are added that Arm's programs have
   added already. */
AG_INLINE ag_128 ag_hw_sha1_rounds(ag_128 abcd, ag_128 e, ag_128 words,
                                   u32 which)
{
    const ag_128 k = _mm_set1_epi32(which == 0   ? 0x5a827999
                                    : which == 1 ? 0x6ed9eba1
                                                 : (i32)0x8f1bbcdc);
    const ag_128 v = _mm_shuffle_epi32(abcd, 0x1b);
    words = _mm_shuffle_epi32(_mm_sub_epi32(words, k), 0x1b);
    words = _mm_add_epi32(words, _mm_slli_si128(e, 12));
    return _mm_shuffle_epi32(which == 0   ? _mm_sha1rnds4_epu32(v, words, 0)
                             : which == 1 ? _mm_sha1rnds4_epu32(v, words, 1)
                                          : _mm_sha1rnds4_epu32(v, words, 2),
                             0x1b);
}

/* Two rounds at a time, on words F, E, B, A and H, G, D, C from the lowest. */
AG_INLINE ag_128 ag_hw_sha256_hash(ag_128 abcd, ag_128 efgh, ag_128 words,
                                   u32 is_second)
{
    const ag_128 badc = _mm_shuffle_epi32(abcd, 0xb1);
    const ag_128 fehg = _mm_shuffle_epi32(efgh, 0xb1);
    const ag_128 feba = _mm_unpacklo_epi64(fehg, badc);
    const ag_128 hgdc = _mm_unpackhi_epi64(fehg, badc);
    const ag_128 first = _mm_sha256rnds2_epu32(hgdc, feba, words);
    const ag_128 last = _mm_sha256rnds2_epu32(feba, first,
                                              _mm_srli_si128(words, 8));
    return _mm_shuffle_epi32(is_second ? _mm_unpacklo_epi64(last, first)
                                       : _mm_unpackhi_epi64(last, first),
                             0xb1);
}

AG_INLINE ag_128 ag_hw_sha256_su0(ag_128 d, ag_128 n)
{
    return _mm_sha256msg1_epu32(d, n);
}

/* The words 9 before those to come are between n's and m's. */
AG_INLINE ag_128 ag_hw_sha256_su1(ag_128 d, ag_128 n, ag_128 m)
{
    const ag_128 between = _mm_or_si128(_mm_srli_si128(n, 4),
                                        _mm_slli_si128(m, 12));
    return _mm_sha256msg2_epu32(_mm_add_epi32(d, between), m);
}
#endif

#elif defined(__aarch64__) &&                                                  \
    (defined(__ARM_FEATURE_CRYPTO) ||                                          \
     (defined(__ARM_FEATURE_AES) && defined(__ARM_FEATURE_SHA2)))
#include <arm_neon.h>
#define AG_HAS_AES 1
#define AG_HAS_SHA 1

typedef uint64x2_t ag_128;

AG_INLINE ag_128 ag_128_of(u64 low, u64 high)
{
    return vcombine_u64(vcreate_u64(low), vcreate_u64(high));
}
AG_INLINE u64 ag_128_low(ag_128 v)
{
    return vgetq_lane_u64(v, 0);
}
AG_INLINE u64 ag_128_high(ag_128 v)
{
    return vgetq_lane_u64(v, 1);
}
AG_INLINE uint8x16_t ag_bytes_of(ag_128 v)
{
    return vreinterpretq_u8_u64(v);
}
AG_INLINE uint32x4_t ag_words_of(ag_128 v)
{
    return vreinterpretq_u32_u64(v);
}

AG_INLINE ag_128 ag_hw_aes_round(ag_128 state, ag_128 key, u32 is_inverse)
{
    return vreinterpretq_u64_u8(
        is_inverse ? vaesdq_u8(ag_bytes_of(state), ag_bytes_of(key))
                   : vaeseq_u8(ag_bytes_of(state), ag_bytes_of(key)));
}
AG_INLINE ag_128 ag_hw_aes_mix(ag_128 state, u32 is_inverse)
{
    return vreinterpretq_u64_u8(is_inverse ? vaesimcq_u8(ag_bytes_of(state))
                                           : vaesmcq_u8(ag_bytes_of(state)));
}
AG_INLINE ag_128 ag_hw_product(ag_128 x, ag_128 y, u32 is_upper)
{
    return vreinterpretq_u64_p128(
        is_upper ? vmull_high_p64(vreinterpretq_p64_u64(x),
                                  vreinterpretq_p64_u64(y))
                 : vmull_p64((poly64_t)ag_128_low(x),
                             (poly64_t)ag_128_low(y)));
}

AG_INLINE ag_128 ag_hw_sha1_rounds(ag_128 abcd, ag_128 e, ag_128 words,
                                   u32 which)
{
    const uint32x4_t v = ag_words_of(abcd), w = ag_words_of(words);
    const u32 y = vgetq_lane_u32(ag_words_of(e), 0);
    return vreinterpretq_u64_u32(which == 0   ? vsha1cq_u32(v, y, w)
                                 : which == 1 ? vsha1pq_u32(v, y, w)
                                              : vsha1mq_u32(v, y, w));
}
AG_INLINE ag_128 ag_hw_sha256_hash(ag_128 abcd, ag_128 efgh, ag_128 words,
                                   u32 is_second)
{
    const uint32x4_t x = ag_words_of(abcd), y = ag_words_of(efgh);
    const uint32x4_t w = ag_words_of(words);
    return vreinterpretq_u64_u32(is_second ? vsha256h2q_u32(y, x, w)
                                           : vsha256hq_u32(x, y, w));
}
AG_INLINE ag_128 ag_hw_sha256_su0(ag_128 d, ag_128 n)
{
    return vreinterpretq_u64_u32(
        vsha256su0q_u32(ag_words_of(d), ag_words_of(n)));
}
AG_INLINE ag_128 ag_hw_sha256_su1(ag_128 d, ag_128 n, ag_128 m)
{
    return vreinterpretq_u64_u32(
        vsha256su1q_u32(ag_words_of(d), ag_words_of(n), ag_words_of(m)));
}
#endif

#ifndef AG_HAS_AES
#define AG_HAS_AES 0
#endif
#ifndef AG_HAS_SHA
#define AG_HAS_SHA 0
#endif

#endif
