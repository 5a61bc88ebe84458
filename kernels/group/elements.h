/*
 * Elements of vectors of lanes: what simd_elements.h and its kin do to 64 bits
 * by themselves the processor has instructions for. `size` is mostly a constant
 * where these are inlined (simd.h), so that one of the cases is left. After
 * values.h.
 */
#ifndef AG_GROUP_ELEMENTS_H
#define AG_GROUP_ELEMENTS_H

#include "group/isa.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

#define AG_NATIVE_ELEMENTS 1

#define AG_NATIVE_TYPES(bits)                                                  \
    typedef u##bits ag_e##bits                                                 \
        __attribute__((vector_size(AG_VECTOR_BYTES), may_alias));              \
    typedef i##bits ag_s##bits                                                 \
        __attribute__((vector_size(AG_VECTOR_BYTES), may_alias));
AG_NATIVE_TYPES(8)
AG_NATIVE_TYPES(16)
AG_NATIVE_TYPES(32)
AG_NATIVE_TYPES(64)
#undef AG_NATIVE_TYPES

/* An expression in operands of the element's size. */
#define AG_BY_ELEMENT_SIZE(size, call)                                         \
    switch (size) {                                                            \
    case 0:                                                                    \
        return call(8);                                                        \
    case 1:                                                                    \
        return call(16);                                                       \
    case 2:                                                                    \
        return call(32);                                                       \
    default:                                                                   \
        return call(64);                                                       \
    }
#define AG_SIZE_OF_TOPS(tops)                                                  \
    ((tops) >> 32 == 0x80000000u && ((tops)&0xffffffffu) == 0 ? 3u             \
     : ((tops)&0x80) != 0                                     ? 0u             \
     : ((tops)&0x8000) != 0                                   ? 1u             \
                                                              : 2u)

AG_INLINE ag_vec ag_add_elements(ag_vec x, ag_vec y, u64 tops)
{
#define AG_CALL(bits) ((ag_vec)((ag_e##bits)x + (ag_e##bits)y))
    AG_BY_ELEMENT_SIZE(AG_SIZE_OF_TOPS(tops), AG_CALL)
#undef AG_CALL
}
AG_INLINE ag_vec ag_sub_elements(ag_vec x, ag_vec y, u64 tops)
{
#define AG_CALL(bits) ((ag_vec)((ag_e##bits)x - (ag_e##bits)y))
    AG_BY_ELEMENT_SIZE(AG_SIZE_OF_TOPS(tops), AG_CALL)
#undef AG_CALL
}
AG_INLINE ag_vec ag_multiply_elements(ag_vec x, ag_vec y, u32 size)
{
#define AG_CALL(bits) ((ag_vec)((ag_e##bits)x * (ag_e##bits)y))
    AG_BY_ELEMENT_SIZE(size, AG_CALL)
#undef AG_CALL
}
AG_INLINE ag_vec ag_zero_elements(ag_vec x, u32 size)
{
#define AG_CALL(bits) ((ag_vec)((ag_e##bits)x == 0))
    AG_BY_ELEMENT_SIZE(size, AG_CALL)
#undef AG_CALL
}
AG_INLINE ag_vec ag_less_elements(ag_vec x, ag_vec y, u32 size, u32 is_unsigned)
{
#define AG_CALL(bits) ((ag_vec)((ag_e##bits)x < (ag_e##bits)y))
    if (is_unsigned)
        AG_BY_ELEMENT_SIZE(size, AG_CALL)
#undef AG_CALL
#define AG_CALL(bits) ((ag_vec)((ag_s##bits)x < (ag_s##bits)y))
    AG_BY_ELEMENT_SIZE(size, AG_CALL)
#undef AG_CALL
}
/* By 1 to all bits of an element. */
AG_INLINE ag_vec ag_shr_elements(ag_vec x, u32 shift, u32 size, u32 is_unsigned)
{
    const u32 bits = 8u << size;
    if (shift == bits && is_unsigned)
        return ag_splat(0);
    if (shift == bits)
        shift--;
#define AG_CALL(bits) ((ag_vec)((ag_e##bits)x >> shift))
    if (is_unsigned)
        AG_BY_ELEMENT_SIZE(size, AG_CALL)
#undef AG_CALL
#define AG_CALL(bits) ((ag_vec)((ag_s##bits)x >> shift))
    AG_BY_ELEMENT_SIZE(size, AG_CALL)
#undef AG_CALL
}

/* ag_pick(): of each 64 bits the bytes that the low three bits of those of `at`
   say; zero where they are 0x80 and more. */
#define AG_SECOND UINT64_C(0x0808080808080808) /* the other half of 16 bytes */
#if AG_VECTOR_BYTES == 64
#define AG_HAS_BYTES 1
AG_INLINE ag_vec ag_pick(ag_vec x, ag_vec at)
{
    at |= (ag_vec){0, AG_SECOND, 0, AG_SECOND, 0, AG_SECOND, 0, AG_SECOND};
    return (ag_vec)_mm512_shuffle_epi8((__m512i)x, (__m512i)at);
}
#elif AG_VECTOR_BYTES == 32
#define AG_HAS_BYTES 1
AG_INLINE ag_vec ag_pick(ag_vec x, ag_vec at)
{
    at |= (ag_vec){0, AG_SECOND, 0, AG_SECOND};
    return (ag_vec)_mm256_shuffle_epi8((__m256i)x, (__m256i)at);
}
#elif defined(__aarch64__)
#define AG_HAS_BYTES 1
AG_INLINE ag_vec ag_pick(ag_vec x, ag_vec at)
{
    at |= (ag_vec){0, AG_SECOND};
    return (ag_vec)vqtbl1q_u8((uint8x16_t)x, (uint8x16_t)at);
}
#else
#define AG_HAS_BYTES 0
#endif
#undef AG_SECOND

#if AG_HAS_BYTES
AG_INLINE ag_vec ag_bytes(ag_vec x, u64 at)
{
    return ag_pick(x, ag_splat(at));
}
/* An element, without anything above it, as all elements. */
AG_INLINE ag_vec ag_repeat(ag_vec x, u32 size)
{
    return ag_bytes(x, size == 0   ? 0
                       : size == 1 ? 0x0100010001000100u
                       : size == 2 ? 0x0302010003020100u
                                   : 0x0706050403020100u);
}
/* The lowest elements, 32 bits of them, as numbers of twice the size. */
AG_INLINE ag_vec ag_widen(ag_vec x, u32 size, u32 is_unsigned)
{
    if (size == 2)
        return is_unsigned ? (ag_vec)(x & 0xffffffffu) : ASR(x << 32, 32);
    if (is_unsigned)
        return ag_bytes(x, size == 0 ? 0x8003800280018000u
                                     : 0x8080030280800100u);
    x = ag_bytes(x, size == 0 ? 0x0380028001800080u : 0x0302808001008080u);
    return size == 0 ? (ag_vec)((ag_s16)x >> 8) : (ag_vec)((ag_s32)x >> 16);
}
/* Even elements, or odd ones, in 32 bits. */
AG_INLINE ag_vec ag_together(ag_vec x, u32 size, u32 is_odd)
{
    if (size == 2)
        return x >> (is_odd ? 32 : 0) & 0xffffffffu;
    if (size == 1)
        return ag_bytes(x, is_odd ? 0x8080808007060302u : 0x8080808005040100u);
    return ag_bytes(x, is_odd ? 0x8080808007050301u : 0x8080808006040200u);
}
#endif

#endif
