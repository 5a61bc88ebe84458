/*
 * Integer operations that depend on a lane's values, for vectors of lanes: what
 * a64/simd_one_lane.h has for one. Included by simd.h.
 */
#ifndef AG_GROUP_SIMD_VALUES_H
#define AG_GROUP_SIMD_VALUES_H

/* Numbers of 32 or 64 bits, each by its own count, to the right if negative.
   Instruction sets shift by less than the bits of a number, and AVX2 has no
   arithmetic shift of 64 bits: negative numbers are turned over instead. */
#define AG_SHIFTS_BY(bits)                                                     \
    AG_INLINE ag_vec ag_shift_by_##bits(ag_vec number, ag_vec count, u32 how)  \
    {                                                                          \
        const ag_e##bits x = (ag_e##bits)number;                               \
        const ag_s##bits left = (ag_s##bits)count;                             \
        const ag_s##bits right = -left - ((how & AG_ROUND) != 0 ? 1 : 0);      \
        ag_e##bits flip = x ^ x, r, shifted;                                   \
        if (!(how & AG_UNSIGNED))                                              \
            flip = (ag_e##bits)((ag_s##bits)x < 0);                            \
        r = (x ^ flip) >> (ag_e##bits)(right & ((bits)-1));                    \
        r = (r & (ag_e##bits)(right < (bits))) ^ flip;                         \
        if ((how & AG_ROUND) && (how & AG_UNSIGNED))                           \
            r = (r >> 1) + (r & 1);                                            \
        else if (how & AG_ROUND)                                               \
            r = (ag_e##bits)((ag_s##bits)r >> 1) + (r & 1);                    \
        shifted = (x << (ag_e##bits)(left & ((bits)-1))) &                     \
                  (ag_e##bits)(left < (bits));                                 \
        return ag_select((ag_vec)(left < 0), (ag_vec)r, (ag_vec)shifted);      \
    }
AG_SHIFTS_BY(32)
AG_SHIFTS_BY(64)
#undef AG_SHIFTS_BY

/* Elements by the low bytes of those of `by`; small ones as numbers of 32 bits,
   every second or fourth at a time. */
AG_INLINE ag_vec ag_shift_by_elements(ag_vec v, ag_vec by, u32 size, u32 how)
{
    const u32 bits = 8u << size;
    ag_vec r = ag_splat(0);
    u32 at;
    if (size == 3)
        return ag_shift_by_64(v, ASR(by << 56, 56), how);
    for (at = 0; at < 32; at += bits) {
        const ag_e32 x = (ag_e32)v << (32 - bits - at);
        const ag_s32 count = (ag_s32)((ag_e32)by << (24 - at)) >> 24;
        ag_vec number = (ag_vec)(x >> (32 - bits));
        if (!(how & AG_UNSIGNED))
            number = (ag_vec)((ag_s32)x >> (32 - bits));
        number = ag_shift_by_32(number, (ag_vec)count, how);
        r |= (ag_vec)((ag_e32)number << (32 - bits) >> (32 - bits - at));
    }
    return r;
}

/* SSHL, SRSHL and unsigned. */
AG_INLINE void agv_VSHIFT(AG_SIMD_CTX, u32 d, u32 n, u32 m, u32 a,
                          u64 imm AG_UNUSED)
{
    u32 part;
    AG_FOR_HALVES(part, a)
        V_PUT(part, d,
              ag_shift_by_elements(V_HALF(part, n), V_HALF(part, m),
                                   AG_SIMD_SIZE(a), AG_SIMD_KIND(a)));
    ag_end_v(c, d, a);
}

/* CLZ: the bits that no bit set is above of. */
AG_INLINE ag_vec ag_leading_zeros(ag_vec x, u32 size)
{
    u32 k;
    for (k = 1; k < 8u << size; k <<= 1)
        x |= ag_shr_elements(x, k, size, 1);
    x = ag_count_bits(~x);
    for (k = 0; k < size; k++)
        x = ag_add_neighbours(x, k, 1);
    return x;
}

/* CNT, CLZ, CLS: which is how often the sign is repeated. */
AG_INLINE void agv_VCOUNT(AG_SIMD_CTX, u32 d, u32 n, u32 m AG_UNUSED, u32 a,
                          u64 imm AG_UNUSED)
{
    const u32 kind = AG_SIMD_KIND(a), size = AG_SIMD_SIZE(a);
    u32 part;
    AG_FOR_HALVES(part, a) {
        ag_vec x = V_HALF(part, n);
        if (kind == AG_CLS)
            x ^= ag_shr_elements(x, 1, size, 0);
        x = kind == AG_CNT ? ag_count_bits(x) : ag_leading_zeros(x, size);
        if (kind == AG_CLS)
            x -= a64_bottoms(size);
        V_PUT(part, d, x);
    }
    ag_end_v(c, d, a);
}

#if AG_HAS_BYTES
/* TBL and TBX: bytes of one half of the table after the other. */
AG_INLINE void agv_VTBL(AG_SIMD_CTX, u32 d, u32 n, u32 m, u32 a, u64 imm)
{
    const u32 halves = (u32)imm / 8;
    ag_vec result[2] = {ag_splat(0), ag_splat(0)};
    u32 part, k;
    AG_FOR_HALVES(part, a) {
        const ag_vec at = V_HALF(part, m);
        const ag_vec which = at >> 3 & 0x1f1f1f1f1f1f1f1fu;
        const ag_vec from = at & 0x0707070707070707u;
        ag_vec r = ag_splat(0);
        if (AG_SIMD_KIND(a)) /* what no half has */
            r = V_HALF(part, d) & (ag_vec)((ag_e8)which >= (u8)halves);
        for (k = 0; k < halves; k++)
            r |= ag_pick(V_HALF(k & 1, n + k / 2), from) &
                 (ag_vec)((ag_e8)which == (u8)k);
        result[part] = r;
    }
    V_SET(d, result[0], result[1]);
}
#endif

#endif
