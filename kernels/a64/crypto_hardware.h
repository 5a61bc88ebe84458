/*
 * The bodies of crypto_aes.h and crypto_sha.h once more, by the processor's own
 * instructions, for the CPU's copies that may use them. What has no body here is
 * a few operations in any case (SHA1H, SHA1SU0, SHA1SU1, SHA3), or what few
 * processors have (SHA512, SM3, SM4).
 */
#include "lane/dialect_crypto.h"

#if AG_HAS_AES

#define V_128(r) ag_128_of(V_LO(r), V_HI(r))
#define V_SET_128(r, v) ag_set_v_128(c, (r), (v))

AG_INLINE void ag_set_v_128(AG_SIMD_CTX, u32 r, ag_128 v)
{
    V_SET(r, ag_128_low(v), ag_128_high(v));
}

AG_SIMD(hard_AES_round)
{
    V_SET_128(d, ag_hw_aes_round(V_128(d), V_128(n), a));
}
AG_SIMD(hard_AES_mix)
{
    V_SET_128(d, ag_hw_aes_mix(V_128(n), a));
}
AG_SIMD(hard_PMULL_64)
{
    V_SET_128(d, ag_hw_product(V_128(n), V_128(m), a));
}
#define AG_HARD_AES_OPS(SIMD) SIMD(AES_round) SIMD(AES_mix) SIMD(PMULL_64)

#else
#define AG_HARD_AES_OPS(SIMD)
#endif

#if AG_HAS_SHA

AG_SIMD(hard_SHA1_rounds)
{
    V_SET_128(d, ag_hw_sha1_rounds(V_128(d), ag_128_of((u32)V_LO(n), 0),
                                   V_128(m), a));
}
AG_SIMD(hard_SHA256H)
{
    V_SET_128(d, ag_hw_sha256_hash(V_128(a ? n : d), V_128(a ? d : n),
                                   V_128(m), a));
}
AG_SIMD(hard_SHA256SU0)
{
    V_SET_128(d, ag_hw_sha256_su0(V_128(d), V_128(n)));
}
AG_SIMD(hard_SHA256SU1)
{
    V_SET_128(d, ag_hw_sha256_su1(V_128(d), V_128(n), V_128(m)));
}
#define AG_HARD_SHA_OPS(SIMD)                                                  \
    SIMD(SHA1_rounds) SIMD(SHA256H) SIMD(SHA256SU0) SIMD(SHA256SU1)

#else
#define AG_HARD_SHA_OPS(SIMD)
#endif
