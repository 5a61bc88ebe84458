/*
 * Integer operations that are not written for vectors of lanes: what they do
 * depends on a lane's values.
 */

/* x is a number; a shift of more than its bits gives its sign. */
AG_INLINE u64 ag_shift_right(u64 x, u32 shift, u32 how)
{
    if (shift == 0)
        return x;
    shift -= (how & AG_ROUND) >> 1;
    if (how & AG_UNSIGNED)
        x = shift > 63 ? 0 : x >> shift;
    else
        x = ag_asr(x, shift > 63 ? 63 : shift);
    if (!(how & AG_ROUND))
        return x;
    return (how & AG_UNSIGNED ? x >> 1 : ag_asr(x, 1)) + (x & 1);
}

/* x is a number; the result has more than `bits` only if it may. */
AG_INLINE ag_elements ag_shift_left(u64 x, u32 shift, u32 bits, u32 how)
{
    ag_elements r;
    u32 fits;
    r.saturated = 0;
    r.value = shift > 63 ? 0 : x << shift;
    if (!(how & AG_SATURATE))
        return r;
    if (how & AG_TO_UNSIGNED) {
        r.saturated = x >> 63;
        r.value = r.saturated ? 0 : r.value;
        x = r.saturated ? 0 : x;
        how |= AG_UNSIGNED;
    }
    if (shift > 63)
        fits = x == 0;
    else
        fits = x ==
               (how & AG_UNSIGNED ? r.value >> shift : ag_asr(r.value, shift));
    if (!fits)
        r.value = how & AG_UNSIGNED ? ~(u64)0 : ~((u64)1 << 63) ^ ag_asr(x, 63);
    x = ag_clip(r.value, bits, how & AG_UNSIGNED);
    r.saturated |= (u64)!fits | (x ^ r.value);
    r.value = x;
    return r;
}

/* By the low byte of every element of `shifts`: to the right if negative. */
AG_NOINLINE ag_elements ag_shift_elements(u64 x, u64 shifts, u32 size, u32 how)
{
    u32 bits = 8u << size, at;
    ag_elements r, e;
    r.value = r.saturated = 0;
    AG_FOR_ELEMENTS(at, bits) {
        u32 shift = (u32)a64_sx(shifts >> at, 8);
        u64 v = x >> at & a64_ones(bits);
        v = how & AG_UNSIGNED ? v : a64_sx(v, bits);
        if (shift >> 31) {
            r.value |= (ag_shift_right(v, 0 - shift, how) & a64_ones(bits))
                       << at;
        } else {
            e = ag_shift_left(v, shift, bits, how);
            r.value |= (e.value & a64_ones(bits)) << at;
            r.saturated |= e.saturated;
        }
    }
    return r;
}

AG_INLINE void ag_shift_v(AG_SIMD_CTX, u32 d, u32 n, u32 m, u32 a, u64 shifts)
{
    u32 part;
    u64 mask = ag_mask(a), saturated = 0;
    AG_FOR_HALVES(part, a) {
        ag_elements r =
            ag_shift_elements(V_HALF(part, n) & mask,
                              (shifts >> 63 ? V_HALF(part, m) : shifts) & mask,
                              AG_SIMD_SIZE(a), AG_SIMD_KIND(a));
        V_LATER(part, d, r.value & mask);
        saturated |= r.saturated;
    }
    ag_end_v(c, d, a);
    ag_raise_qc(c, saturated);
}

/* imm is the shift of every element; none is to the right. */
#define AG_SHIFT_BY_REGISTER ((u64)1 << 63)
AG_SIMD(VSHIFT)
{
    ag_shift_v(c, d, n, m, a, imm);
}

/* CNT, CLZ, CLS: which is how often the sign is repeated. */
AG_SIMD(VCOUNT)
{
    u32 part, at, kind = AG_SIMD_KIND(a), bits = 8u << AG_SIMD_SIZE(a);
    AG_FOR_HALVES(part, a) {
        u64 x = V_HALF(part, n), r = 0;
        for (at = 0; at < 64 && kind != AG_CNT; at += bits) {
            u64 e = x >> at & a64_ones(bits), zeros;
            if (kind == AG_CLS)
                e = (e ^ ag_asr(a64_sx(e, bits), 1)) & a64_ones(bits);
            zeros = e == 0 ? bits : bits - 64 + AG_CLZ64(e);
            r |= (kind == AG_CLS ? zeros - 1 : zeros) << at;
        }
        V_LATER(part, d, kind == AG_CNT ? ag_count_bits(x) : r);
    }
    ag_end_v(c, d, a);
}

/* URECPE, URSQRTE. */
AG_SIMD(VESTIMATE)
{
    u32 part, at;
    AG_FOR_HALVES(part, a) {
        u64 x = V_HALF(part, n), r = 0;
        AG_FOR_ELEMENTS(at, 32) {
            u32 e = (u32)(x >> at);
            e = AG_SIMD_KIND(a) ? ag_unsigned_rsqrt_estimate(e)
                                : ag_unsigned_recip_estimate(e);
            r |= (u64)e << at;
        }
        V_LATER(part, d, r);
    }
    ag_end_v(c, d, a);
}

/* The bytes of low and high that four indices name, zero where they name none. */
AG_INLINE u32 ag_look_up(u64 low, u64 high, u32 indices)
{
    u32 upper = (indices >> 3 & 0x01010101u) * 0xff;
    u32 beyond = indices & 0xf0f0f0f0u;
    beyond = ((((beyond & 0x7f7f7f7fu) + 0x7f7f7f7fu) | beyond) >> 7 &
              0x01010101u) * 0xff;
    return ((ag_pick_bytes(low, indices) & ~upper) |
            (ag_pick_bytes(high, indices) & upper)) & ~beyond;
}

/* TBL with one register: as it is mostly used. */
AG_INLINE void ag_table_of_one(AG_SIMD_CTX, u32 d, u32 n, u32 m, u32 a)
{
    u64 low = V_LO(n), high = V_HI(n), x = V_LO(m), y = V_HI(m);
    x = ag_look_up(low, high, (u32)x) |
        (u64)ag_look_up(low, high, (u32)(x >> 32)) << 32;
    y = ag_look_up(low, high, (u32)y) |
        (u64)ag_look_up(low, high, (u32)(y >> 32)) << 32;
    V_SET(d, x, AG_SIMD_IS_FULL(a) ? y : 0);
}

/* TBL, and TBX if the kind is 1: imm bytes from V[n] on, indices in V[m]. */
AG_SIMD(VTBL)
{
    u32 part, at;
    u64 low = 0, high = 0;
    if (imm == 16 && AG_SIMD_KIND(a) == 0) {
        ag_table_of_one(c, d, n, m, a);
        return;
    }
    AG_FOR_HALVES(part, a) {
        u64 indices = V_HALF(part, m);
        u64 r = AG_SIMD_KIND(a) ? V_HALF(part, d) : 0;
        AG_FOR_ELEMENTS(at, 8) {
            u32 i = (u32)(indices >> at) & 0xff;
            u64 byte;
            if (i >= imm)
                continue;
            byte = V_HALF(i >> 3 & 1, n + (i >> 4)) >> (i & 7) * 8;
            r = (r & ~((u64)0xff << at)) | (byte & 0xff) << at;
        }
        low = part ? low : r;
        high = part ? r : 0;
    }
    V_SET(d, low, high);
}
