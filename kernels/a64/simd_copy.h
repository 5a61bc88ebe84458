/* Advanced SIMD: elements to other places, from and to general registers. */

AG_INLINE ag_v ag_transpose(ag_v x, ag_v y, u32 size, u32 second)
{
    u64 evens = ag_evens(size);
    u32 bits = 8u << size;
    return second ? (x >> bits & evens) | (y & ~evens)
                  : (x & evens) | (y & evens) << bits;
}

AG_INLINE ag_v ag_zip(ag_v x, ag_v y, u32 size)
{
    return ag_widen(x, size, 1) | ag_widen(y, size, 1) << (8u << size);
}

/* UZP, TRN, ZIP; of two elements they are all the same. */
AG_SIMD(VPERMUTE)
{
    u32 kind = AG_SIMD_KIND(a), size = AG_SIMD_SIZE(a), second = kind & 1;
    u32 is_full = AG_SIMD_IS_FULL(a);
    ag_v nl = V_LO(n), nh = V_HI(n), ml = V_LO(m), mh = V_HI(m), low, high;
    if (kind <= AG_UZP2 || size == 3) {
        low = ag_unzip(nl, is_full ? nh : ml, size, second);
        high = ag_unzip(ml, mh, size, second);
    } else if (kind <= AG_TRN2) {
        low = ag_transpose(nl, ml, size, second);
        high = ag_transpose(nh, mh, size, second);
    } else {
        if (second) {
            nl = is_full ? nh : nl >> 32;
            ml = is_full ? mh : ml >> 32;
        }
        low = ag_zip(nl, ml, size);
        high = ag_zip(nl >> 32, ml >> 32, size);
    }
    V_SET(d, low, is_full ? high : SPLAT(0));
}

/* 8 bytes of 16, from byte `first` on, 0 to 7. */
AG_INLINE ag_v ag_extract(ag_v low, ag_v high, u32 first)
{
    if (first != 0)
        low = low >> first * 8 | high << (64 - first * 8);
    return low;
}

AG_SIMD(VEXT)
{
    u32 first = (u32)imm & 7;
    ag_v x = V_LO(n), y = V_HI(n), z = V_LO(m), low, high = SPLAT(0);
    if (!AG_SIMD_IS_FULL(a)) {
        low = ag_extract(x, z, first);
    } else if (imm < 8) {
        low = ag_extract(x, y, first);
        high = ag_extract(y, z, first);
    } else {
        low = ag_extract(y, z, first);
        high = ag_extract(z, V_HI(m), first);
    }
    V_SET(d, low, high);
}

/* DUP of element imm; the scalar form is a move. */
AG_SIMD(VDUP)
{
    u32 size = AG_SIMD_SIZE(a);
    ag_v x = ag_v_element(c, n, size, (u32)imm);
    if (!AG_SIMD_IS_ONE(a))
        x = ag_repeat(x, size);
    V_SET(d, x, AG_SIMD_IS_FULL(a) ? x : SPLAT(0));
}

AG_SIMD(VDUP_general)
{
    u32 size = AG_SIMD_SIZE(a);
    ag_v x = ag_repeat(X(n) & a64_ones(8u << size), size);
    V_SET(d, x, AG_SIMD_IS_FULL(a) ? x : SPLAT(0));
}

AG_INLINE void ag_insert_element(AG_SIMD_CTX, u32 d, u32 size, u32 index,
                                 ag_v x)
{
    u32 at = index << size, shift = (at & 7) * 8;
    u64 mask = a64_ones(8u << size);
    x = (x & mask) << shift;
    V_PUT(at >> 3, d, (V_HALF(at >> 3, d) & ~(mask << shift)) | x);
}

/* Element m of V[d] is element imm of V[n]. */
AG_SIMD(VINS)
{
    u32 size = AG_SIMD_SIZE(a);
    ag_insert_element(c, d, size, m, ag_v_element(c, n, size, (u32)imm));
}

AG_SIMD(VINS_general)
{
    ag_insert_element(c, d, AG_SIMD_SIZE(a), m, X(n));
}

/* UMOV, SMOV: element m; imm has the bits that an extended sign may set. */
AG_SIMD(VMOV_general)
{
    u32 size = AG_SIMD_SIZE(a);
    ag_v x = ag_v_element(c, n, size, m);
    X_SET(d, x | (ag_sx(x, 8u << size) & imm));
}
