/*
 * Advanced SIMD shifts by an immediate, and into elements of
 * half the size.
 */

/* x is a number; a shift of more than its bits gives its sign. */
AG_INLINE ag_v ag_shift_right(ag_v x, u32 shift, u32 how)
{
    if (shift == 0)
        return x;
    shift -= (how & AG_ROUND) >> 1;
    if (how & AG_UNSIGNED)
        x = shift > 63 ? SPLAT(0) : x >> shift;
    else
        x = ag_asr(x, shift > 63 ? 63 : shift);
    if (!(how & AG_ROUND))
        return x;
    return (how & AG_UNSIGNED ? x >> 1 : ag_asr(x, 1)) + (x & 1);
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
        ag_v x = V_HALF(part, n), old = V_HALF(part, d), r;
        r = SPLAT(0);
        if (shift <= 63)
            r = x >> shift & keep;
        if (!(kind & AG_UNSIGNED))
            r |= ag_fill(x & tops, size) & ~keep;
        if (kind & AG_ROUND)
            r = ag_add_elements(r, x >> (shift - 1) & a64_bottoms(size), tops);
        if (kind & AG_ACCUMULATE)
            r = ag_add_elements(r, old, tops);
        if (kind & AG_INSERT)
            r |= old & ~keep;
        V_PUT(part, d, r);
    }
    ag_end_v(c, d, a);
}

/* To the left by imm, 0 to below the bits of an element. */
AG_SIMD(VSHL)
{
    u32 part, shift = (u32)imm, size = AG_SIMD_SIZE(a);
    u64 keep = ag_bits_of_all(shift, 8u << size, size);
    AG_FOR_HALVES(part, a) {
        ag_v old = SPLAT(0);
        if (AG_SIMD_KIND(a) & AG_INSERT)
            old = V_HALF(part, d) & ~keep;
        V_PUT(part, d, (V_HALF(part, n) << shift & keep) | old);
    }
    ag_end_v(c, d, a);
}

/* Elements of twice the size, shifted to the right, to 32 bits of elements of
   this size. */
AG_NOINLINE ag_elements ag_narrow(ag_v x, u32 size, u32 shift, u32 how)
{
    u32 bits = 8u << size, at;
    ag_elements r;
    r.saturated = SPLAT(0);
    if (!(how & (AG_ROUND | AG_SATURATE))) {
        r.value = ag_together(x >> shift, size, 0);
        return r;
    }
    r.value = SPLAT(0);
    AG_FOR_ELEMENTS(at, 2 * bits) {
        ag_v v = x >> at & a64_ones(2 * bits), narrow;
        v = how & AG_UNSIGNED ? v : ag_sx(v, 2 * bits);
        v = ag_shift_right(v, shift, how);
        narrow = how & AG_SATURATE ? ag_clip(v, bits, how) : v;
        r.saturated |= narrow ^ v;
        r.value |= (narrow & a64_ones(bits)) << (at >> 1);
    }
    return r;
}

/* XTN2 and the like leave the lower half. */
AG_INLINE void ag_narrow_v(AG_SIMD_CTX, u32 d, u32 a, ag_v low, ag_v high)
{
    low |= high << 32;
    if (AG_SIMD_IS_FULL(a))
        V_PUT(1, d, low);
    else
        V_SET(d, low, SPLAT(0));
}

/* XTN and its like, by imm to the right. */
AG_SIMD(VNARROW)
{
    u32 size = AG_SIMD_SIZE(a), kind = AG_SIMD_KIND(a), shift = (u32)imm;
    ag_v low = V_LO(n), high = V_HI(n);
    ag_elements x, y;
    if (AG_SIMD_IS_ONE(a)) {
        low &= a64_ones(16u << size);
        high = SPLAT(0);
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
    u64 tops = a64_tops(size + 1);
    ag_v low = SPLAT(0), high = low;
    AG_ROLLED
    for (part = 0; part <= 1; part++) {
        ag_v x = V_HALF(part, n), y = V_HALF(part, m);
        x = kind & AG_SUBTRACT ? ag_sub_elements(x, y, tops)
                               : ag_add_elements(x, y, tops);
        low = high;
        high = ag_narrow(x, size, 8u << size, how).value;
    }
    ag_narrow_v(c, d, a, low, high);
}
