/*
 * Floating point on vectors of lanes: what the operators of C cannot say. With
 * isa.h the other file of a lane group that knows the instruction set.
 *
 *   AG_HAS_FMA_VECTORS   AG_FMA_64(x, y, z) and _32: x * y + z by an instruction
 *   AG_HAS_ROUND         ag_round_64(x, rounding) and _32: to an integer, by
 *                        FPCR's codes
 *   AG_SQRT_64(x) AG_SQRT_32(x)
 */
#ifndef AG_GROUP_ISA_REAL_H
#define AG_GROUP_ISA_REAL_H

#include "group/isa.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

/* Elements of a vector of lanes, one or two of each half register. */
#define AG_ELEMENTS_OF(type, name)                                             \
    typedef type name __attribute__((vector_size(AG_VECTOR_BYTES), may_alias))
AG_ELEMENTS_OF(double, ag_f64s);
AG_ELEMENTS_OF(float, ag_f32s);
AG_ELEMENTS_OF(u64, ag_u64s);
AG_ELEMENTS_OF(i64, ag_i64s);
AG_ELEMENTS_OF(u32, ag_u32s);
AG_ELEMENTS_OF(i32, ag_i32s);

/* One of each lane, of 32 bits. */
typedef float ag_f32_lanes
    __attribute__((vector_size(AG_VECTOR_BYTES / 2), may_alias));
typedef u32 ag_u32_lanes
    __attribute__((vector_size(AG_VECTOR_BYTES / 2), may_alias));

#if AG_VECTOR_BYTES == 64
#define AG_SQRT_64(x) ((ag_f64s)_mm512_sqrt_pd((__m512d)(x)))
#define AG_SQRT_32(x) ((ag_f32s)_mm512_sqrt_ps((__m512)(x)))
#define AG_FMA_64(x, y, z)                                                     \
    ((ag_f64s)_mm512_fmadd_pd((__m512d)(x), (__m512d)(y), (__m512d)(z)))
#define AG_FMA_32(x, y, z)                                                     \
    ((ag_f32s)_mm512_fmadd_ps((__m512)(x), (__m512)(y), (__m512)(z)))
#define AG_ROUND_64(x, how)                                                    \
    ((ag_f64s)_mm512_roundscale_pd((__m512d)(x), (how) | 8))
#define AG_ROUND_32(x, how)                                                    \
    ((ag_f32s)_mm512_roundscale_ps((__m512)(x), (how) | 8))
#elif AG_VECTOR_BYTES == 32
#define AG_SQRT_64(x) ((ag_f64s)_mm256_sqrt_pd((__m256d)(x)))
#define AG_SQRT_32(x) ((ag_f32s)_mm256_sqrt_ps((__m256)(x)))
#define AG_FMA_64(x, y, z)                                                     \
    ((ag_f64s)_mm256_fmadd_pd((__m256d)(x), (__m256d)(y), (__m256d)(z)))
#define AG_FMA_32(x, y, z)                                                     \
    ((ag_f32s)_mm256_fmadd_ps((__m256)(x), (__m256)(y), (__m256)(z)))
#define AG_ROUND_64(x, how)                                                    \
    ((ag_f64s)_mm256_round_pd((__m256d)(x), (how) | 8))
#define AG_ROUND_32(x, how) ((ag_f32s)_mm256_round_ps((__m256)(x), (how) | 8))
#elif defined(__SSE2__)
#define AG_SQRT_64(x) ((ag_f64s)_mm_sqrt_pd((__m128d)(x)))
#define AG_SQRT_32(x) ((ag_f32s)_mm_sqrt_ps((__m128)(x)))
#elif defined(__aarch64__)
#define AG_SQRT_64(x) ((ag_f64s)vsqrtq_f64((float64x2_t)(x)))
#define AG_SQRT_32(x) ((ag_f32s)vsqrtq_f32((float32x4_t)(x)))
#define AG_FMA_64(x, y, z)                                                     \
    ((ag_f64s)vfmaq_f64((float64x2_t)(z), (float64x2_t)(x), (float64x2_t)(y)))
#define AG_FMA_32(x, y, z)                                                     \
    ((ag_f32s)vfmaq_f32((float32x4_t)(z), (float32x4_t)(x), (float32x4_t)(y)))
#endif

#ifdef AG_FMA_64
#define AG_HAS_FMA_VECTORS 1
#else
#define AG_HAS_FMA_VECTORS 0
#endif

/* FPCR's codes to the instructions': nearest 0, up 2, down 1, to zero 3. */
#ifdef AG_ROUND_64
#define AG_HAS_ROUND 1
#define AG_ROUND_BY(bits)                                                      \
    AG_INLINE ag_f##bits##s ag_round_##bits(ag_f##bits##s x, u32 rounding)     \
    {                                                                          \
        switch (rounding) {                                                    \
        case AG_UPWARD:                                                        \
            return AG_ROUND_##bits(x, 2);                                      \
        case AG_DOWNWARD:                                                      \
            return AG_ROUND_##bits(x, 1);                                      \
        case AG_TOWARD_ZERO:                                                   \
            return AG_ROUND_##bits(x, 3);                                      \
        default:                                                               \
            return AG_ROUND_##bits(x, 0);                                      \
        }                                                                      \
    }
#elif defined(__aarch64__)
#define AG_HAS_ROUND 1
#define AG_ROUND_BY(bits)                                                      \
    AG_INLINE ag_f##bits##s ag_round_##bits(ag_f##bits##s x, u32 rounding)     \
    {                                                                          \
        switch (rounding) {                                                    \
        case AG_UPWARD:                                                        \
            return (ag_f##bits##s)AG_NEON_##bits(vrndpq)(x);                   \
        case AG_DOWNWARD:                                                      \
            return (ag_f##bits##s)AG_NEON_##bits(vrndmq)(x);                   \
        case AG_TOWARD_ZERO:                                                   \
            return (ag_f##bits##s)AG_NEON_##bits(vrndq)(x);                    \
        default:                                                               \
            return (ag_f##bits##s)AG_NEON_##bits(vrndnq)(x);                   \
        }                                                                      \
    }
#define AG_NEON_64(name) name##_f64
#define AG_NEON_32(name) name##_f32
#else
#define AG_HAS_ROUND 0
#define AG_ROUND_BY(bits)                                                      \
    AG_INLINE ag_f##bits##s ag_round_##bits(ag_f##bits##s x, u32 rounding)     \
    {                                                                          \
        (void)rounding;                                                        \
        return x;                                                              \
    }
#endif
AG_ROUND_BY(64)
AG_ROUND_BY(32)

#endif
