/*
 * Advanced SIMD "three same" and its kin, but for multiplications and shifts:
 * element by element from V[n] and V[m], all elements of 64 bits at once.
 */

AG_SIMD(VADD)
{
    u64 tops = imm;
    ag_v low = ag_add_elements(V_LO(n), V_LO(m), tops);
    ag_v high = SPLAT(0);
    if (a)
        high = ag_add_elements(V_HI(n), V_HI(m), tops);
    V_SET(d, low, high);
}

/* SUB, NEG, ABS. */
AG_SIMD(VSUB)
{
    u32 part, kind = AG_SIMD_KIND(a), size = AG_SIMD_SIZE(a);
    u64 tops = a64_tops(size);
    AG_FOR_HALVES(part, a) {
        ag_v x = kind == AG_SUB ? V_HALF(part, n) : SPLAT(0);
        ag_v y = V_HALF(part, m);
        if (kind == AG_ABS) {
            x = ag_fill(y & tops, size);
            y ^= x;
            V_LATER(part, d, ag_sub_elements(y, x, tops));
        } else {
            V_LATER(part, d, ag_sub_elements(x, y, tops));
        }
    }
    ag_end_v(c, d, a);
}

AG_INLINE ag_v ag_logic(u32 kind, ag_v x, ag_v y, ag_v old)
{
    switch (kind) {
    case AG_AND:
        return x & y;
    case AG_BIC:
        return x & ~y;
    case AG_ORR:
        return x | y;
    case AG_ORN:
        return x | ~y;
    case AG_EOR:
        return x ^ y;
    case AG_NOT:
        return ~y;
    case AG_BSL:
        return (x & old) | (y & ~old);
    case AG_BIT:
        return (old & ~y) | (x & y);
    case AG_BIF:
        return (old & y) | (x & ~y);
    default:
        return y;
    }
}

AG_SIMD(VLOGIC)
{
    u32 part;
    AG_FOR_HALVES(part, a)
        V_LATER(part, d, ag_logic(AG_SIMD_KIND(a), V_HALF(part, n),
                                   V_HALF(part, m), V_HALF(part, d)));
    ag_end_v(c, d, a);
}

/* Modified immediate: MOVI and MVNI, and ORR and BIC with it. */
AG_SIMD(VIMM)
{
    u32 kind = AG_SIMD_KIND(a);
    u64 keep = kind == AG_MOVI ? 0 : kind == AG_BIC ? ~imm : ~(u64)0;
    u64 set = kind == AG_BIC ? 0 : imm;
    ag_v low = (V_LO(d) & keep) | set, high = (V_HI(d) & keep) | set;
    V_SET(d, low, AG_SIMD_IS_FULL(a) ? high : SPLAT(0));
}

AG_INLINE ag_v ag_compare_elements(u32 kind, ag_v x, ag_v y, u32 size)
{
    u32 is_unsigned = kind == AG_HI || kind == AG_HS;
    if (kind == AG_EQ)
        return ag_zero_elements(x ^ y, size);
    if (kind == AG_TST)
        return ~ag_zero_elements(x & y, size);
    if (kind == AG_LT)
        return ag_less_elements(x, y, size, 0);
    if (kind == AG_GE || kind == AG_HS)
        return ~ag_less_elements(x, y, size, is_unsigned);
    x = ag_less_elements(y, x, size, is_unsigned);
    return kind == AG_LE ? ~x : x;
}

AG_SIMD(VCOMPARE)
{
    u32 part, kind = AG_SIMD_KIND(a);
    AG_FOR_HALVES(part, a)
        V_LATER(part, d, ag_compare_elements(
            kind & 7, V_HALF(part, n), kind & AG_ZERO ? SPLAT(0) : V_HALF(part, m),
            AG_SIMD_SIZE(a)));
    ag_end_v(c, d, a);
}

/* z is what SABA and UABA add to. */
AG_NOINLINE ag_v ag_combine_elements(u32 kind, ag_v x, ag_v y, ag_v z,
                                     u32 size)
{
    u64 tops = a64_tops(size);
    ag_v less, most, least;
    if (kind == AG_ADD)
        return ag_add_elements(x, y, tops);
    less = ag_less_elements(x, y, size, kind & 1);
    most = (y & less) | (x & ~less);
    least = (x & less) | (y & ~less);
    if (kind <= AG_UMAX)
        return most;
    if (kind <= AG_UMIN)
        return least;
    most = ag_sub_elements(most, least, tops);
    return kind <= AG_UABD ? most : ag_add_elements(z, most, tops);
}

AG_SIMD(VCOMBINE)
{
    u32 part;
    AG_FOR_HALVES(part, a)
        V_LATER(part, d, ag_combine_elements(AG_SIMD_KIND(a), V_HALF(part, n),
                                              V_HALF(part, m), V_HALF(part, d),
                                              AG_SIMD_SIZE(a)));
    ag_end_v(c, d, a);
}

/* Neighbours in V[n], then in V[m]. */
AG_SIMD(VPAIRWISE)
{
    u32 kind = AG_SIMD_KIND(a), size = AG_SIMD_SIZE(a);
    u32 is_full = AG_SIMD_IS_FULL(a);
    ag_v zero = SPLAT(0), x = V_LO(n), y = is_full ? V_HI(n) : V_LO(m);
    ag_v low, high = zero;
    low = ag_combine_elements(kind, ag_unzip(x, y, size, 0),
                              ag_unzip(x, y, size, 1), zero, size);
    if (is_full) {
        x = V_LO(m);
        y = V_HI(m);
        high = ag_combine_elements(kind, ag_unzip(x, y, size, 0),
                                   ag_unzip(x, y, size, 1), zero, size);
    }
    V_SET(d, low, high);
}

/* Sums are carries and a half of what differs, so that no bit is lost. */
AG_INLINE ag_v ag_halve_elements(u32 kind, ag_v x, ag_v y, u32 size)
{
    u64 tops = a64_tops(size), flip = kind & 1 ? 0 : tops;
    ag_v rest;
    x ^= flip;
    y ^= flip;
    rest = ((x ^ y) & ~a64_bottoms(size)) >> 1;
    if (kind <= AG_UHADD)
        return ((x & y) + rest) ^ flip;
    if (kind <= AG_URHADD)
        return ((x | y) - rest) ^ flip;
    return ag_sub_elements(rest, ~x & y, tops);
}

AG_SIMD(VHALVE)
{
    u32 part;
    AG_FOR_HALVES(part, a)
        V_LATER(part, d, ag_halve_elements(AG_SIMD_KIND(a), V_HALF(part, n),
                                            V_HALF(part, m), AG_SIMD_SIZE(a)));
    ag_end_v(c, d, a);
}

/* Which top bits say that an element of r, the result modulo 2^n, is wrong. */
AG_INLINE ag_v ag_overflows(u32 kind, ag_v x, ag_v y, ag_v r)
{
    ag_v carries = (x & y) | ((x | y) & ~r);
    switch (kind) {
    case AG_UQADD:
        return carries;
    case AG_UQSUB:
        return (~x & y) | (~(x ^ y) & r);
    case AG_USQADD:
        return carries ^ y;
    case AG_SQADD:
        return ~(x ^ y) & (x ^ r);
    case AG_SQABS:
        return r;
    default:
        return (x ^ y) & (x ^ r);
    }
}

AG_NOINLINE ag_elements ag_saturating_add(u32 kind, ag_v x, ag_v y, u32 size)
{
    u64 tops = a64_tops(size), flip = kind == AG_SUQADD ? tops : 0;
    ag_v r, limit;
    u32 is_sum = kind == AG_SQADD || kind == AG_UQADD || kind >= AG_SUQADD;
    ag_elements result;
    if (kind == AG_SUQADD) /* as unsigned numbers that are 2^(n-1) too high */
        kind = AG_UQADD;
    x ^= flip;
    if (kind == AG_SQNEG) {
        x = SPLAT(0);
        is_sum = 0;
    }
    if (kind == AG_SQABS) { /* two's complement: invert and subtract ones */
        x = ag_fill(y & tops, size);
        r = ag_sub_elements(y ^ x, x, tops);
    } else {
        r = is_sum ? ag_add_elements(x, y, tops) : ag_sub_elements(x, y, tops);
    }
    if (kind == AG_UQADD)
        limit = SPLAT(~(u64)0);
    else if (kind == AG_UQSUB)
        limit = SPLAT(0);
    else if (kind == AG_USQADD)
        limit = ~ag_fill(y & tops, size);
    else if (kind == AG_SQABS)
        limit = SPLAT(~tops);
    else
        limit = ag_fill(x & tops, size) ^ ~tops;
    result.saturated = ag_overflows(kind, x, y, r) & tops;
    x = ag_fill(result.saturated, size);
    result.value = ((r & ~x) | (limit & x)) ^ flip;
    return result;
}

AG_SIMD(VSATADD)
{
    u32 part;
    u64 mask = ag_mask(a);
    ag_v saturated = SPLAT(0);
    AG_FOR_HALVES(part, a) {
        ag_elements r =
            ag_saturating_add(AG_SIMD_KIND(a), V_HALF(part, n) & mask,
                              V_HALF(part, m) & mask, AG_SIMD_SIZE(a));
        V_LATER(part, d, r.value & mask);
        saturated |= r.saturated & mask;
    }
    ag_end_v(c, d, a);
    ag_raise_qc(c, saturated);
}
