/* Advanced SIMD: of one register, of its elements' bits, across its lanes. */

/* 0101.., 00110011.., and so on: the lower of blocks of 1 << log2 bits. */
AG_TABLE u64 ag_lower_blocks[6] = {
    0x5555555555555555u, 0x3333333333333333u, 0x0f0f0f0f0f0f0f0fu,
    0x00ff00ff00ff00ffu, 0x0000ffff0000ffffu, 0x00000000ffffffffu,
};

/* REV16, REV32, REV64, RBIT: see a64_swaps(). */
AG_SIMD(VREV)
{
    u32 part, log2, to = (u32)(imm >> 8);
    AG_FOR_HALVES(part, a) {
        ag_v x = V_HALF(part, n);
        AG_ROLLED
        for (log2 = (u32)imm & 0xff; log2 < to; log2++) {
            u64 lower = ag_lower_blocks[log2];
            x = (x >> (1u << log2) & lower) | (x & lower) << (1u << log2);
        }
        V_LATER(part, d, x);
    }
    ag_end_v(c, d, a);
}

AG_INLINE ag_v ag_count_bits(ag_v x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    return (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
}

/* Neighbours as elements of twice the size, added. */
AG_FN ag_v ag_add_neighbours(ag_v x, u32 size, u32 is_unsigned)
{
    u64 evens = ag_evens(size);
    ag_v y = x >> (8u << size) & evens;
    x &= evens;
    if (!is_unsigned) {
        x = ag_sign_apart(x, size);
        y = ag_sign_apart(y, size);
    }
    return ag_add_elements(x, y, a64_tops(size + 1));
}

/* SADDLP, SADALP and unsigned. */
AG_SIMD(VADDLP)
{
    u32 part, kind = AG_SIMD_KIND(a), size = AG_SIMD_SIZE(a);
    AG_FOR_HALVES(part, a) {
        ag_v x = ag_add_neighbours(V_HALF(part, n), size, kind & AG_UNSIGNED);
        if (kind & AG_ACCUMULATE)
            x = ag_add_elements(x, V_HALF(part, d), a64_tops(size + 1));
        V_LATER(part, d, x);
    }
    ag_end_v(c, d, a);
}

/* One element of all: upper half and lower, then halves of what is left. */
AG_SIMD(VACROSS)
{
    u32 kind = AG_SIMD_KIND(a), size = AG_SIMD_SIZE(a), shift = 32;
    u32 is_full = AG_SIMD_IS_FULL(a);
    ag_v x = V_LO(n), y = V_HI(n), zero = SPLAT(0);
    if (kind >= AG_SADDL) {
        x = ag_add_neighbours(x, size, kind == AG_UADDL);
        y = ag_add_neighbours(y, size, kind == AG_UADDL);
        kind = AG_ADD;
        size++;
    }
    if (is_full)
        x = ag_combine_elements(kind, x, y, zero, size);
    AG_ROLLED
    for (; shift >= 8u << size; shift >>= 1)
        x = ag_combine_elements(kind, x, x >> shift, zero, size);
    V_SET(d, x & a64_ones(8u << size), zero);
}
