/*
 * What of hardware's floating point a language promises, for float/hardware.h
 * alone; with dialect.h the second file that tests a compiler. 1 means IEEE 754
 * in every bit, rounded to nearest even, denormals included:
 *
 * AG_HAS_F64 AG_HAS_F32   sum, difference, product, quotient, square root,
 *              comparison and conversion of doubles (and of singles, if both)
 * AG_HAS_FMA   the fused operation of those, by an instruction
 *
 * Then there are, with F32 as well: ag_f64, the type; AG_F64(bits) and
 * AG_F64_BITS(x); AG_F64_ADD(x, y), _SUB, _MUL, _DIV, AG_F64_SQRT(x),
 * AG_F64_FMA(x, y, z), which is x * y + z. What converts is written as a cast.
 *
 * AG_FLOAT_SOFT=1 forces all to 0: an option of the compiler, for
 * ARMGPU_FLOAT=soft; entry_simd.c is compiled with it once more.
 */
#ifndef AG_DIALECT_REAL_H
#define AG_DIALECT_REAL_H

#include "lane/dialect.h"

#ifndef AG_FLOAT_SOFT
#define AG_FLOAT_SOFT 0
#endif

#if AG_FLOAT_SOFT
#undef AG_HAS_F64
#undef AG_HAS_F32
#undef AG_HAS_FMA

#elif defined(__METAL_VERSION__)
/* No doubles, and singles may be flushed. */

#elif defined(__OPENCL_C_VERSION__)
/* The host says -DAG_HAS_F64=1 and so on, by what the device promises. */
#if defined(AG_HAS_F64) || defined(AG_HAS_F32)
#pragma OPENCL FP_CONTRACT OFF
#define AG_REAL_OPERATORS 1
#define AG_F32_SQRT(x) sqrt(x)
#define AG_F32_FMA(x, y, z) fma((x), (y), (z))
#define AG_F64_SQRT(x) sqrt(x)
#define AG_F64_FMA(x, y, z) fma((x), (y), (z))
#ifdef AG_HAS_F64
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
#define AG_F64(bits) as_double((u64)(bits))
#define AG_F64_BITS(x) as_ulong(x)
#endif
#define AG_F32(bits) as_float((u32)(bits))
#define AG_F32_BITS(x) as_uint(x)
#endif

#elif defined(__CUDACC__)
#define AG_HAS_F64 1
#if !defined(__CUDA_FTZ) || !__CUDA_FTZ /* -use_fast_math; NVRTC: 0 */
#define AG_HAS_F32 1
#endif
#define AG_HAS_FMA 1
#define AG_F64(bits) __longlong_as_double((i64)(bits))
#define AG_F64_BITS(x) ((u64)__double_as_longlong(x))
#define AG_F64_ADD(x, y) __dadd_rn((x), (y))
#define AG_F64_SUB(x, y) __dsub_rn((x), (y))
#define AG_F64_MUL(x, y) __dmul_rn((x), (y))
#define AG_F64_DIV(x, y) __ddiv_rn((x), (y))
#define AG_F64_SQRT(x) __dsqrt_rn(x)
#define AG_F64_FMA(x, y, z) __fma_rn((x), (y), (z))
#define AG_F32(bits) __uint_as_float((u32)(bits))
#define AG_F32_BITS(x) __float_as_uint(x)
#define AG_F32_ADD(x, y) __fadd_rn((x), (y))
#define AG_F32_SUB(x, y) __fsub_rn((x), (y))
#define AG_F32_MUL(x, y) __fmul_rn((x), (y))
#define AG_F32_DIV(x, y) __fdiv_rn((x), (y))
#define AG_F32_SQRT(x) __fsqrt_rn(x)
#define AG_F32_FMA(x, y, z) __fmaf_rn((x), (y), (z))

#elif (defined(__aarch64__) || defined(__x86_64__)) &&                         \
    __FLT_EVAL_METHOD__ == 0 && !defined(__FAST_MATH__)
/* Compiled with -ffp-contract=off -fno-math-errno; the backend has set the
   processor to round to nearest and to flush nothing (float_environment.h). */
#define AG_HAS_F64 1
#define AG_HAS_F32 1
#if defined(__aarch64__) || defined(__FMA__)
#define AG_HAS_FMA 1
#endif
#define AG_REAL_OPERATORS 1
#define AG_F64_SQRT(x) __builtin_sqrt(x)
#define AG_F32_SQRT(x) __builtin_sqrtf(x)
#define AG_F64_FMA(x, y, z) __builtin_fma((x), (y), (z))
#define AG_F32_FMA(x, y, z) __builtin_fmaf((x), (y), (z))
AG_INLINE double ag_f64_of(u64 bits)
{
    double x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}
AG_INLINE u64 ag_f64_bits(double x)
{
    u64 bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}
AG_INLINE float ag_f32_of(u32 bits)
{
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}
AG_INLINE u32 ag_f32_bits(float x)
{
    u32 bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}
#define AG_F64(bits) ag_f64_of(bits)
#define AG_F64_BITS(x) ag_f64_bits(x)
#define AG_F32(bits) ag_f32_of((u32)(bits))
#define AG_F32_BITS(x) ag_f32_bits(x)
#endif

#ifdef AG_REAL_OPERATORS
#define AG_F64_ADD(x, y) ((x) + (y))
#define AG_F64_SUB(x, y) ((x) - (y))
#define AG_F64_MUL(x, y) ((x) * (y))
#define AG_F64_DIV(x, y) ((x) / (y))
#define AG_F32_ADD(x, y) ((x) + (y))
#define AG_F32_SUB(x, y) ((x) - (y))
#define AG_F32_MUL(x, y) ((x) * (y))
#define AG_F32_DIV(x, y) ((x) / (y))
#endif

#ifndef AG_HAS_F64
#define AG_HAS_F64 0
#endif
#ifndef AG_HAS_F32
#define AG_HAS_F32 0
#endif
#ifndef AG_HAS_FMA
#define AG_HAS_FMA 0
#endif

#if AG_HAS_F64
typedef double ag_f64;
#endif
#if AG_HAS_F32
typedef float ag_f32;
#endif

#endif
