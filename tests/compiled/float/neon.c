/*
 * arm_neon.h: what compilers do not make of loops. Saturating and rounding
 * arithmetic, tables, polynomials, permutations, structures and their elements,
 * estimates; and what later architectures have, where it is compiled for them.
 */
#include "compiled.h"
#include <arm_neon.h>
#include <string.h>

static uint8x16_t mixed; /* with every result */

static void mix(uint8x16_t v)
{
    uint64x2_t words = vreinterpretq_u64_u8(veorq_u8(mixed, v));

    words = veorq_u64(vshlq_n_u64(words, 7), vshrq_n_u64(words, 57));
    words = vaddq_u64(words, vdupq_n_u64(0x9E3779B97F4A7C15u));
    mixed = vextq_u8(vreinterpretq_u8_u64(words),
                     vreinterpretq_u8_u64(words), 5);
}

#define M(v) mix((uint8x16_t)(v))
#define M8(v) mix(vcombine_u8((uint8x8_t)(v), vdup_n_u8(9)))

/* Sums and differences that saturate, halve and round; bits counted; what is
   next to each other, and across. */
#define SAME(t, ut, v, uv, n)                                                  \
    static void same_##t(v a, v b)                                             \
    {                                                                          \
        uv ua = vreinterpretq_##ut##_##t(a), ub = vreinterpretq_##ut##_##t(b); \
                                                                               \
        M(vqaddq_##t(a, b));                                                   \
        M(vqsubq_##t(a, b));                                                   \
        M(vqaddq_##ut(ua, ub));                                                \
        M(vqsubq_##ut(ua, ub));                                                \
        M(vqshlq_##t(a, b));                                                   \
        M(vqrshlq_##ut(ua, b));                                                \
        M(vrshlq_##t(a, b));                                                   \
        M(vqshlq_n_##t(a, 3));                                                 \
        M(vqshluq_n_##t(a, 2));                                                \
        M(vrsraq_n_##t(a, b, n / 2 - 1));                                      \
        M(vsriq_n_##ut(ua, ub, n / 2));                                        \
        M(vsliq_n_##t(a, b, 3));                                               \
        M(vqabsq_##t(a));                                                      \
        M(vqnegq_##t(b));                                                      \
        M(vpaddq_##t(a, b));                                                   \
        M(vuqaddq_##t(a, ub));                                                 \
        M(vsqaddq_##ut(ua, b));                                                \
        M(vtstq_##t(a, b));                                                    \
        M(vtrn1q_##t(a, b));                                                   \
        M(vzip2q_##t(a, b));                                                   \
        M(vuzp2q_##t(b, a));                                                   \
    }

SAME(s8, u8, int8x16_t, uint8x16_t, 8)
SAME(s16, u16, int16x8_t, uint16x8_t, 16)
SAME(s32, u32, int32x4_t, uint32x4_t, 32)
SAME(s64, u64, int64x2_t, uint64x2_t, 64)

#define SHORT(t, ut, v, uv, n)                                                 \
    static void short_##t(v a, v b)                                            \
    {                                                                          \
        uv ua = vreinterpretq_##ut##_##t(a), ub = vreinterpretq_##ut##_##t(b); \
                                                                               \
        M(vhaddq_##t(a, b));                                                   \
        M(vrhaddq_##ut(ua, ub));                                               \
        M(vhsubq_##t(a, b));                                                   \
        M(vabaq_##t(a, b, vmaxq_##t(b, a)));                                   \
        M(vabdq_##ut(ua, ub));                                                 \
        M(vmlsq_##t(a, b, b));                                                 \
        M(vpmaxq_##ut(ua, ub));                                                \
        M(vpminq_##t(a, b));                                                   \
        M(vclzq_##t(a));                                                       \
        M(vclsq_##t(b));                                                       \
        M(vsetq_lane_##t(vaddvq_##t(a), b, 1));                                \
        M(vdupq_n_##ut(vmaxvq_##ut(ub)));                                      \
        M(vdupq_laneq_##t(a, 3));                                              \
        M(vrev64q_##t(a));                                                     \
    }

SHORT(s8, u8, int8x16_t, uint8x16_t, 8)
SHORT(s16, u16, int16x8_t, uint16x8_t, 16)
SHORT(s32, u32, int32x4_t, uint32x4_t, 32)

/* From one width to the other: t has elements of n bits, w of 2n. */
#define WIDTHS(t, ut, v, w, uw, vw, n)                                         \
    static void widths_##t(v a, v b, vw c)                                     \
    {                                                                          \
        M8(vqmovn_##w(c));                                                     \
        M8(vqmovun_##w(c));                                                    \
        M8(vqmovn_##uw(vreinterpretq_##uw##_##w(c)));                          \
        M(vqrshrn_high_n_##w(vqshrn_n_##w(c, 3), c, n));                       \
        M8(vqrshrun_n_##w(c, n / 2));                                          \
        M8(vraddhn_##w(c, vshll_high_n_##t(a, 1)));                            \
        M8(vsubhn_##w(c, vmovl_##t(vget_low_##t(b))));                         \
        M(vaddw_high_##t(c, a));                                               \
        M(vsubl_##t(vget_low_##t(a), vget_high_##t(b)));                       \
        M(vabal_high_##t(c, a, b));                                            \
        M(vmlsl_##t(c, vget_low_##t(a), vget_low_##t(b)));                     \
        M(vpadalq_##t(c, a));                                                  \
        M(vpaddlq_##ut(vreinterpretq_##ut##_##t(b)));                          \
    }

WIDTHS(s8, u8, int8x16_t, s16, u16, int16x8_t, 8)
WIDTHS(s16, u16, int16x8_t, s32, u32, int32x4_t, 16)
WIDTHS(s32, u32, int32x4_t, s64, u64, int64x2_t, 32)

static void products(int16x8_t a, int16x8_t b, int32x4_t c, int32x4_t d)
{
    const int64x2_t long_sum = vreinterpretq_s64_s32(c);

    M(vqdmulhq_s16(a, b));
    M(vqrdmulhq_lane_s16(a, vget_low_s16(b), 2));
    M(vqdmulhq_laneq_s32(c, d, 3));
    M(vqrdmulhq_s32(c, d));
    M(vqdmull_high_s16(a, b));
    M(vqdmlal_s16(c, vget_low_s16(a), vget_low_s16(b)));
    M(vqdmlsl_high_s32(long_sum, c, d));
    M(vmlal_laneq_s32(long_sum, vget_low_s32(c), d, 1));
    M(vmlaq_laneq_s32(c, d, c, 2));
}

static void bytes(uint8x16_t a, uint8x16_t b, uint8x16x4_t table)
{
    const uint8x16x2_t two = {{table.val[0], table.val[1]}};
    const uint8x16x3_t three = {{table.val[1], table.val[2], table.val[3]}};
    const poly8x16_t p = vreinterpretq_p8_u8(a), q = vreinterpretq_p8_u8(b);

    mix(vqtbl1q_u8(a, vandq_u8(b, vdupq_n_u8(31))));
    mix(vqtbl2q_u8(two, vshrq_n_u8(a, 2)));
    mix(vqtbx3q_u8(b, three, vshrq_n_u8(a, 2)));
    mix(vqtbl4q_u8(table, vshrq_n_u8(b, 1)));
    mix(vqtbx4q_u8(a, table, b));
    M(vmulq_p8(p, q));
    M(vmull_high_p8(p, q));
    mix(vcntq_u8(a));
    mix(vrbitq_u8(b));
    mix(vrev16q_u8(a));
    mix(vrev32q_u8(b));
    mix(vextq_u8(a, b, 11));
    mix(vbslq_u8(a, b, table.val[0]));
    M(vqtbl1q_s8(vreinterpretq_s8_u8(b), vshrq_n_u8(a, 4)));
    mix(vcombine_u8(vtbl2_u8((uint8x8x2_t){{vget_low_u8(a), vget_high_u8(b)}},
                             vshr_n_u8(vget_low_u8(b), 3)),
                    vqtbl1_u8(a, vget_high_u8(a))));
}

/* Structures in memory, whole and by element. */
static void structures(uint8_t *memory)
{
    uint16x8x3_t three = vld3q_u16((uint16_t *)memory);
    uint32x4x4_t four = vld4q_u32((uint32_t *)(memory + 16));
    uint64x2x2_t two = vld2q_u64((uint64_t *)(memory + 40));
    uint8x16x4_t bare = vld1q_u8_x4(memory + 3);
    uint8x8x3_t small = vld3_u8(memory + 7);

    three.val[0] = vaddq_u16(three.val[1], three.val[2]);
    three = vld3q_lane_u16((uint16_t *)(memory + 90), three, 5);
    vst3q_u16((uint16_t *)(memory + 1), three);
    four.val[2] = vmulq_u32(four.val[0], four.val[3]);
    vst4q_lane_u32((uint32_t *)(memory + 65), four, 3);
    vst4q_u32((uint32_t *)(memory + 80), four);
    two = vld2q_lane_u64((uint64_t *)(memory + 101), two, 1);
    vst2q_u64((uint64_t *)(memory + 20), two);
    bare.val[3] = vaddq_u8(bare.val[0], bare.val[1]);
    vst1q_u8_x4(memory + 60, bare);
    small.val[1] = vqadd_u8(small.val[0], small.val[2]);
    vst3_u8(memory + 130, small);
    vst1q_lane_u16((uint16_t *)(memory + 33), three.val[2], 6);
    vst2q_lane_u8(memory + 41, (uint8x16x2_t){{bare.val[0], bare.val[2]}}, 13);
    M(vld1q_dup_u32((uint32_t *)(memory + 55)));
    M(vld4q_dup_u16((uint16_t *)(memory + 66)).val[3]);
    for (int i = 0; i < 160; i += 16)
        mix(vld1q_u8(memory + i));
}

static void reals(float32x4_t a, float32x4_t b, float64x2_t c, float64x2_t d)
{
    M(vmaxnmq_f32(a, b));
    M(vminq_f32(a, b));
    M(vpaddq_f32(a, b));
    M(vpmaxnmq_f64(c, d));
    M(vabdq_f32(a, b));
    M(vmulxq_f32(a, b));
    M(vfmsq_laneq_f64(c, d, c, 1));
    M(vfmaq_laneq_f32(a, b, a, 2));
    M(vrecpsq_f32(vrecpeq_f32(a), a));
    M(vrsqrtsq_f64(vrsqrteq_f64(d), d));
    M(vrecpeq_u32(vreinterpretq_u32_f32(a)));
    M(vrsqrteq_u32(vreinterpretq_u32_f32(b)));
    M(vcageq_f32(a, b));
    M(vcltq_f64(c, d));
    M(vcvtaq_s32_f32(a));
    M(vcvtmq_u32_f32(b));
    M(vcvtpq_s64_f64(c));
    M(vcvtnq_u64_f64(d));
    M(vcvtq_n_s32_f32(a, 9));
    M(vcvtq_n_f64_u64(vreinterpretq_u64_f64(c), 33));
    M(vrndaq_f32(a));
    M(vrndiq_f32(b));
    M(vrndxq_f64(d));
    M(vcvtx_high_f32_f64(vcvtx_f32_f64(c), d));
    M(vdupq_n_f32(vmaxvq_f32(a) + vminnmvq_f32(b)));
    M(vcvt_f32_f16(vcvt_f16_f32(a)));
}

/* What armv8-a does not have. */
static void later(uint8x16_t a, uint8x16_t b, float32x4_t c, float32x4_t d)
{
#ifdef __ARM_FEATURE_DOTPROD
    M(vdotq_u32(vreinterpretq_u32_f32(c), a, b));
    M(vdotq_laneq_s32(vreinterpretq_s32_f32(d), vreinterpretq_s8_u8(a),
                           vreinterpretq_s8_u8(b), 2));
#endif
#ifdef __ARM_FEATURE_QRDMX
    M(vqrdmlahq_s16(vreinterpretq_s16_f32(c), vreinterpretq_s16_u8(a),
                         vreinterpretq_s16_u8(b)));
#endif
#ifdef __ARM_FEATURE_MATMUL_INT8
    M(vusmmlaq_s32(vreinterpretq_s32_f32(c), a, vreinterpretq_s8_u8(b)));
#endif
#ifdef __ARM_FEATURE_COMPLEX
    M(vcmlaq_rot90_f32(c, d, c));
    M(vcaddq_rot270_f32(c, d));
#endif
#ifdef __ARM_FEATURE_FP16_VECTOR_ARITHMETIC
    M(vfmaq_f16(vreinterpretq_f16_u8(a), vreinterpretq_f16_u8(b),
                     vreinterpretq_f16_f32(c)));
    M(vsqrtq_f16(vreinterpretq_f16_u8(b)));
#endif
#ifdef __ARM_FEATURE_CRYPTO
    mix(vaesmcq_u8(vaeseq_u8(a, b)));
    M(vsha256hq_u32(vreinterpretq_u32_u8(a), vreinterpretq_u32_u8(b),
                         vreinterpretq_u32_f32(c)));
#endif
#ifdef __ARM_FEATURE_CRC32
    M(vdupq_n_u32(__builtin_aarch64_crc32cw(
               7, vgetq_lane_u32(vreinterpretq_u32_u8(a), 2))));
#endif
    mix(veorq_u8(a, b));
    M(vaddq_f32(c, d));
}

static uint8x16_t draw(uint64_t *state)
{
    return vreinterpretq_u8_u64(
        (uint64x2_t){next_random(state), edge_value(state)});
}

uint64_t test(uint64_t input)
{
    uint64_t state = input, memory[24], result[2];

    mixed = vdupq_n_u8((uint8_t)input);
    for (int i = 0; i < 24; i++)
        memory[i] = next_random(&state);
    for (int round = 0; round < 12; round++) {
        uint8x16_t a = draw(&state), b = draw(&state), c = draw(&state);
        float64x2_t d = {(double)(int64_t)next_random(&state) * 0x1p-40, -2.5};
        float32x4_t e = vcvt_high_f32_f64(vcvt_f32_f64(d), d);

#define AS(type, v) vreinterpretq_##type##_u8(v)
        same_s8(AS(s8, a), AS(s8, b));
        same_s16(AS(s16, b), AS(s16, c));
        same_s32(AS(s32, c), AS(s32, a));
        same_s64(AS(s64, b), AS(s64, a));
        short_s8(AS(s8, c), AS(s8, b));
        short_s16(AS(s16, a), AS(s16, c));
        short_s32(AS(s32, b), AS(s32, a));
        widths_s8(AS(s8, a), AS(s8, c), AS(s16, b));
        widths_s16(AS(s16, a), AS(s16, b), AS(s32, c));
        widths_s32(AS(s32, b), AS(s32, c), AS(s64, a));
        products(AS(s16, a), AS(s16, b), AS(s32, c), AS(s32, b));
        bytes(a, b, (uint8x16x4_t){{a, b, c, mixed}});
        structures((uint8_t *)memory);
        reals(e, AS(f32, a), d, AS(f64, b));
        later(a, c, e, AS(f32, b));
    }
    memcpy(result, &mixed, sizeof result);
    return hash_word(hash_word(input, result[0]), result[1]);
}
