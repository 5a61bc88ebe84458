/*
 * Advanced SIMD shifts: by a register, by an immediate, and into elements of
 * half the size.
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
        V_HALF(part, d) = r.value & mask;
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

/* The elements' bits from `low` to below `high`. */
AG_INLINE u64 ag_bits_of_all(u32 low, u32 high, u32 size)
{
    if (low >= high)
        return 0;
    return (a64_ones(high - low) << low) * a64_bottoms(size);
}

/* To the right by imm, 1 to all bits of an element. */
AG_SIMD(VSHR)
{
    u32 part, shift = (u32)imm, kind = AG_SIMD_KIND(a), size = AG_SIMD_SIZE(a);
    u32 bits = 8u << size;
    u64 tops = a64_tops(size), keep = ag_bits_of_all(0, bits - shift, size);
    AG_FOR_HALVES(part, a) {
        u64 x = V_HALF(part, n), old = V_HALF(part, d), r;
        r = shift > 63 ? 0 : x >> shift & keep;
        if (!(kind & AG_UNSIGNED))
            r |= ag_spread(x & tops, size) & ~keep;
        if (kind & AG_ROUND)
            r = ag_add_elements(r, x >> (shift - 1) & a64_bottoms(size), tops);
        if (kind & AG_ACCUMULATE)
            r = ag_add_elements(r, old, tops);
        if (kind & AG_INSERT)
            r |= old & ~keep;
        V_HALF(part, d) = r;
    }
    ag_end_v(c, d, a);
}

/* To the left by imm, 0 to below the bits of an element. */
AG_SIMD(VSHL)
{
    u32 part, shift = (u32)imm, size = AG_SIMD_SIZE(a);
    u64 keep = ag_bits_of_all(shift, 8u << size, size);
    AG_FOR_HALVES(part, a) {
        u64 old = AG_SIMD_KIND(a) & AG_INSERT ? V_HALF(part, d) & ~keep : 0;
        V_HALF(part, d) = (V_HALF(part, n) << shift & keep) | old;
    }
    ag_end_v(c, d, a);
}

/* Elements of twice the size, shifted to the right, to 32 bits of elements of
   this size. */
AG_NOINLINE ag_elements ag_narrow(u64 x, u32 size, u32 shift, u32 how)
{
    u32 bits = 8u << size, at;
    ag_elements r;
    r.saturated = 0;
    if (!(how & (AG_ROUND | AG_SATURATE))) {
        r.value = ag_together(x >> shift, size, 0);
        return r;
    }
    r.value = 0;
    AG_FOR_ELEMENTS(at, 2 * bits) {
        u64 v = x >> at & a64_ones(2 * bits), narrow;
        v = how & AG_UNSIGNED ? v : a64_sx(v, 2 * bits);
        v = ag_shift_right(v, shift, how);
        narrow = how & AG_SATURATE ? ag_clip(v, bits, how) : v;
        r.saturated |= narrow ^ v;
        r.value |= (narrow & a64_ones(bits)) << (at >> 1);
    }
    return r;
}

/* XTN2 and the like leave the lower half. */
AG_INLINE void ag_narrow_v(AG_SIMD_CTX, u32 d, u32 a, u64 low, u64 high)
{
    if (AG_SIMD_IS_FULL(a)) {
        V_HI(d) = low | high << 32;
    } else {
        V_LO(d) = low | high << 32;
        V_HI(d) = 0;
    }
}

/* XTN and its like, by imm to the right. */
AG_SIMD(VNARROW)
{
    u32 size = AG_SIMD_SIZE(a), kind = AG_SIMD_KIND(a), shift = (u32)imm;
    u64 low = V_LO(n), high = V_HI(n);
    ag_elements x, y;
    if (AG_SIMD_IS_ONE(a)) {
        low &= a64_ones(16u << size);
        high = 0;
    }
    x = ag_narrow(low, size, shift, kind);
    y = ag_narrow(high, size, shift, kind);
    ag_narrow_v(c, d, a, x.value, y.value);
    if (kind & AG_SATURATE)
        ag_raise_qc(c, x.saturated | y.saturated);
}

/* ADDHN, SUBHN, and rounded. */
AG_SIMD(VADDHN)
{
    u32 size = AG_SIMD_SIZE(a), kind = AG_SIMD_KIND(a), part;
    u32 how = (kind & AG_ROUND) | AG_UNSIGNED;
    u64 tops = a64_tops(size + 1), low = 0, high = 0;
    AG_ROLLED
    for (part = 0; part <= 1; part++) {
        u64 x = V_HALF(part, n), y = V_HALF(part, m);
        x = kind & AG_SUBTRACT ? ag_sub_elements(x, y, tops)
                               : ag_add_elements(x, y, tops);
        low = high;
        high = ag_narrow(x, size, 8u << size, how).value;
    }
    ag_narrow_v(c, d, a, low, high);
}
