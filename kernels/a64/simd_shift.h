/*
 * Advanced SIMD shifts by an immediate, and into elements of
 * half the size.
 */

/* To the right by imm, 1 to all bits of an element. */
AG_SIMD(VSHR)
{
    u32 part, shift = (u32)imm, kind = AG_SIMD_KIND(a), size = AG_SIMD_SIZE(a);
    u32 bits = 8u << size;
    u64 tops = a64_tops(size), keep = ag_bits_of_all(0, bits - shift, size);
    AG_FOR_HALVES(part, a) {
        ag_v x = V_HALF(part, n), old = V_HALF(part, d);
        ag_v r = ag_shr_elements(x, shift, size, kind & AG_UNSIGNED);
        if (kind & AG_ROUND)
            r = ag_add_elements(r, x >> (shift - 1) & a64_bottoms(size), tops);
        if (kind & AG_ACCUMULATE)
            r = ag_add_elements(r, old, tops);
        if (kind & AG_INSERT)
            r |= old & ~keep;
        V_LATER(part, d, r);
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
        V_LATER(part, d, ag_shl_elements(V_HALF(part, n), shift, size) | old);
    }
    ag_end_v(c, d, a);
}

/* Elements of twice the size, shifted to the right, to 32 bits of elements of
   this size. */
AG_NOINLINE ag_elements ag_narrow(ag_v x, u32 size, u32 shift, u32 how)
{
    u32 wide = size + 1, is_unsigned = how & AG_UNSIGNED;
    u64 most = a64_ones(8u << size), bottoms = a64_bottoms(wide);
    ag_elements r;
    ag_v less, v;
    if (how & AG_ROUND) {
        if (shift > 1)
            x = ag_shr_elements(x, shift - 1, wide, is_unsigned);
        x = ag_add_elements(ag_shr_elements(x, 1, wide, is_unsigned),
                            x & bottoms, a64_tops(wide));
    } else if (shift > 0) {
        x = ag_shr_elements(x, shift, wide, is_unsigned);
    }
    v = x;
    if (how & AG_SATURATE) {
        ag_v limit;
        if (!(how & (AG_UNSIGNED | AG_TO_UNSIGNED)))
            most >>= 1;
        limit = SPLAT(most * bottoms);
        less = ag_less_elements(limit, v, wide, is_unsigned);
        v = (limit & less) | (v & ~less);
        if (!is_unsigned) {
            limit = how & AG_TO_UNSIGNED ? SPLAT(0) : ~limit;
            less = ag_less_elements(v, limit, wide, 0);
            v = (limit & less) | (v & ~less);
        }
    }
    r.saturated = v ^ x;
    r.value = ag_together(v, size, 0);
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
