/*
 * Advanced SIMD multiplications, and what has results of twice the size: "three
 * different", by element, dot products.
 */

/* Polynomials over {0, 1}: y has no bits but the low 8 of an element. */
AG_INLINE ag_v ag_multiply_polynomials(ag_v x, ag_v y, u32 size)
{
    u64 bottoms = a64_bottoms(size), ones = a64_ones(8u << size);
    ag_v r = SPLAT(0);
    u32 i;
    AG_ROLLED
    for (i = 0; i < 8; i++) {
        r ^= x & (y >> i & bottoms) * ones;
        x = x << 1 & ~bottoms;
    }
    return r;
}

AG_NOINLINE ag_v ag_multiply(u32 kind, ag_v x, ag_v y, ag_v z, u32 size)
{
    if (kind == AG_PMUL)
        return ag_multiply_polynomials(x, y, size);
    x = ag_multiply_elements(x, y, size);
    if (kind == AG_MLA)
        return ag_add_elements(z, x, a64_tops(size));
    return kind == AG_MLS ? ag_sub_elements(z, x, a64_tops(size)) : x;
}

/* The element of V[m] that imm says, as all elements. */
AG_INLINE ag_v ag_by_element(AG_SIMD_CTX, u32 m, u32 size, u64 imm)
{
    if (!(imm & AG_BY_ELEMENT))
        return SPLAT(0);
    return ag_repeat(ag_v_element(c, m, size, (u32)(imm >> 8)), size);
}

/* MUL, MLA, MLS, PMUL. */
AG_SIMD(VMUL)
{
    u32 part, size = AG_SIMD_SIZE(a);
    ag_v all = ag_by_element(c, m, size, imm);
    AG_FOR_HALVES(part, a)
        V_LATER(part, d, ag_multiply(
            AG_SIMD_KIND(a), V_HALF(part, n),
            imm & AG_BY_ELEMENT ? all : V_HALF(part, m), V_HALF(part, d), size));
    ag_end_v(c, d, a);
}

/* The upper half of twice the product, which is at most 2^63: half of all that
   the Arm ARM adds up is exact in 64 bits. */
AG_NOINLINE ag_elements ag_double_product(u32 kind, ag_v x, ag_v y, ag_v z,
                                          u32 size)
{
    u32 bits = 8u << size, at;
    ag_elements r;
    r.value = r.saturated = SPLAT(0);
    AG_FOR_ELEMENTS(at, bits) {
        ag_v sum = ag_sx(x >> at, bits) * ag_sx(y >> at, bits), clipped;
        if (kind == AG_RDMLSH)
            sum = SPLAT(0) - sum;
        if (kind >= AG_RDMLAH)
            sum += ag_sx(z >> at, bits) << (bits - 1);
        if (kind != AG_DMULH)
            sum += (u64)1 << (bits - 2);
        sum = ag_asr(sum, bits - 1);
        clipped = ag_clip(sum, bits, 0);
        r.saturated |= clipped ^ sum;
        r.value |= (clipped & a64_ones(bits)) << at;
    }
    return r;
}

AG_SIMD(VMULH)
{
    u32 part, size = AG_SIMD_SIZE(a);
    u64 mask = ag_mask(a);
    ag_v all = ag_by_element(c, m, size, imm), saturated = SPLAT(0);
    AG_FOR_HALVES(part, a) {
        ag_elements r = ag_double_product(
            AG_SIMD_KIND(a), V_HALF(part, n) & mask,
            (imm & AG_BY_ELEMENT ? all : V_HALF(part, m)) & mask,
            V_HALF(part, d) & mask, size);
        V_LATER(part, d, r.value);
        saturated |= r.saturated;
    }
    ag_end_v(c, d, a);
    ag_raise_qc(c, saturated);
}

/* Elements of twice the size, x and y already widened; z is the old result. */
AG_NOINLINE ag_elements ag_long(u32 kind, ag_v x, ag_v y, ag_v z, u32 size,
                                u32 shift)
{
    u64 tops = a64_tops(size);
    ag_elements r, product;
    r.saturated = SPLAT(0);
    if (kind == AG_ADDL) {
        r.value = ag_add_elements(x, y, tops);
    } else if (kind == AG_SUBL) {
        r.value = ag_sub_elements(x, y, tops);
    } else if (kind == AG_SHLL) {
        r.value = x << shift & ag_bits_of_all(shift, 8u << size, size);
    } else if (kind >= AG_ABDL) {
        r.value = ag_combine_elements(kind == AG_ABDL ? AG_SABD : AG_SABA, x, y,
                                      z, size);
    } else {
        r.value =
            ag_multiply(kind < AG_QDMUL ? kind : (u32)AG_MUL, x, y, z, size);
    }
    if (kind < AG_QDMUL || kind > AG_QDMLS)
        return r;
    product = ag_saturating_add(AG_SQADD, r.value, r.value, size);
    if (kind == AG_QDMUL)
        return product;
    r = ag_saturating_add(kind == AG_QDMLA ? AG_SQADD : AG_SQSUB, z,
                          product.value, size);
    r.saturated |= product.saturated;
    return r;
}

/* Sources are the lower halves, of SADDL2 and so on the upper ones. */
AG_SIMD(VLONG)
{
    u32 part, size = AG_SIMD_SIZE(a), upper = AG_SIMD_IS_FULL(a);
    u32 is_unsigned = imm & AG_UNSIGNED_LONG ? 1 : 0;
    u64 mask = ag_mask(a);
    ag_v saturated = SPLAT(0);
    ag_v xs = V_HALF(upper, n) & mask, ys = V_HALF(upper, m);
    if (imm & AG_BY_ELEMENT)
        ys = ag_by_element(c, m, size, imm);
    ys &= mask;
    AG_ROLLED
    for (part = 0; part <= 1; part++) {
        ag_v x = ag_widen(xs >> 32 * part, size, is_unsigned);
        ag_v y = ag_widen(ys >> 32 * part, size, is_unsigned);
        ag_v z = V_HALF(part, d);
        ag_elements r;
        if (imm & AG_WIDE)
            x = V_HALF(part, n);
        if (AG_SIMD_IS_ONE(a))
            z &= part ? 0 : a64_ones(16u << size);
        r = ag_long(AG_SIMD_KIND(a), x, y, z, size + 1, (u32)(imm >> 8));
        V_LATER(part, d, r.value);
        saturated |= r.saturated;
    }
    ag_end_v(c, d, AG_ALL);
    if (AG_SIMD_KIND(a) >= AG_QDMUL && AG_SIMD_KIND(a) <= AG_QDMLS)
        ag_raise_qc(c, saturated);
}

/* The sum of the products of eight bytes. */
AG_NOINLINE ag_v32 ag_dot(ag_v x, ag_v y, u32 kind)
{
    ag_v32 sum = (ag_v32)SPLAT(0);
    u32 at;
    AG_FOR_ELEMENTS(at, 8) {
        ag_v32 p = (ag_v32)(x >> at) & 0xff, q = (ag_v32)(y >> at) & 0xff;
        if (!(kind & AG_DOT_UNSIGNED_N))
            p -= (p & 0x80) << 1;
        if (!(kind & AG_DOT_UNSIGNED_M))
            q -= (q & 0x80) << 1;
        sum += p * q;
    }
    return sum;
}

AG_SIMD(VDOT)
{
    u32 part, kind = AG_SIMD_KIND(a);
    u64 low = 0xffffffffu;
    ag_v all = ag_by_element(c, m, 2, imm);
    AG_FOR_HALVES(part, a) {
        ag_v x = V_HALF(part, n), z = V_HALF(part, d);
        ag_v y = imm & AG_BY_ELEMENT ? all : V_HALF(part, m);
        V_LATER(part, d, ((z + ag_dot(x & low, y, kind)) & low) |
                          ((z >> 32) + ag_dot(x & ~low, y, kind)) << 32);
    }
    ag_end_v(c, d, a);
}

/* Rows of V[n] times rows of V[m], eight bytes each. */
AG_SIMD(VMMLA)
{
    u32 part, kind = AG_SIMD_KIND(a);
    u64 low = 0xffffffffu;
    ag_v first = V_LO(m), second = V_HI(m);
    AG_ROLLED
    for (part = 0; part <= 1; part++) {
        ag_v x = V_HALF(part, n), z = V_HALF(part, d);
        V_LATER(part, d, ((z + ag_dot(x, first, kind)) & low) |
                          ((z >> 32) + ag_dot(x, second, kind)) << 32);
    }
    ag_end_v(c, d, AG_ALL);
}
