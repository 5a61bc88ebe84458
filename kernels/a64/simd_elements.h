/*
 * Integer elements side by side in 64 bits, for the bodies of simd_*.h. `size`
 * is log2 of an element's bytes. Where a function takes `tops`, that is the top
 * bit of every element: what it does not let carries pass.
 */

#define AG_QC (1u << 27) /* FPSR: a result was saturated */

/* `part` is 0, then 1 if the upper half takes part; `at` is where an element of
   `bits` bits begins. */
#define AG_FOR_HALVES(part, a)                                                 \
    AG_ROLLED                                                                  \
    for (part = 0; part <= AG_SIMD_IS_FULL(a); part++)
#define AG_FOR_ELEMENTS(at, bits)                                              \
    AG_ROLLED                                                                  \
    for (at = 0; at < 64; at += (bits))

/* Elements, and something other than zero if one of them was saturated. */
typedef struct ag_elements {
    ag_v value, saturated;
} ag_elements;

/* The lower half of every pair of elements; size is not 3. */
AG_INLINE u64 ag_evens(u32 size)
{
    return size == 0   ? (u64)0x00ff00ff00ff00ffu
           : size == 1 ? (u64)0x0000ffff0000ffffu
                       : (u64)0xffffffffu;
}
/* Bits of a half that the operation is about. */
AG_INLINE u64 ag_mask(u32 a)
{
    return AG_SIMD_IS_ONE(a) ? a64_ones(8u << AG_SIMD_SIZE(a)) : ~(u64)0;
}

AG_INLINE ag_v ag_asr(ag_v x, u32 shift)
{
    return ASR(x, shift);
}
/* SignExtend() of the low `bits` bits. */
AG_INLINE ag_v ag_sx(ag_v x, u32 bits)
{
    return ASR(x << (64 - bits), 64 - bits);
}

/* Elements with zeros above, as signed numbers of twice the size. */
AG_INLINE ag_v ag_sign_apart(ag_v x, u32 size)
{
    u32 bits = 8u << size;
    ag_v above = (x & a64_tops(size)) << 1;
    return x | ((above << bits) - above);
}

/* The elements' bits from `low` to below `high`. */
AG_INLINE u64 ag_bits_of_all(u32 low, u32 high, u32 size)
{
    if (low >= high)
        return 0;
    return (a64_ones(high - low) << low) * a64_bottoms(size);
}

/* Regions, where sizes are constants: elements that are the machine's words. */
#define AG_HAS_WORDS (AG_IS_REGION && !AG_NATIVE_ELEMENTS)
#if AG_HAS_WORDS
AG_INLINE u64 ag_two_words(u32 low, u32 high)
{
    return low | (u64)high << 32;
}
#define AG_IF_WORDS(tops, x, op, y)                                            \
    if ((tops) == a64_tops(3))                                                 \
        return (x)op(y);                                                       \
    if ((tops) == a64_tops(2))                                                 \
        return ag_two_words((u32)(x)op(u32)(y),                                \
                            (u32)((x) >> 32) op(u32)((y) >> 32));
#else
#define AG_IF_WORDS(tops, x, op, y)
#endif

#if !AG_NATIVE_ELEMENTS /* group/elements.h has them on vectors */
AG_INLINE ag_v ag_add_elements(ag_v x, ag_v y, u64 tops)
{
    AG_IF_WORDS(tops, x, +, y)
    return ((x & ~tops) + (y & ~tops)) ^ ((x ^ y) & tops);
}
AG_INLINE ag_v ag_sub_elements(ag_v x, ag_v y, u64 tops)
{
    AG_IF_WORDS(tops, x, -, y)
    return ((x | tops) - (y & ~tops)) ^ ((x ^ ~y) & tops);
}

/* Fills elements with their top bits; `t` has no others. */
AG_INLINE ag_v ag_fill(ag_v t, u32 size)
{
    return (t - (t >> ((8u << size) - 1))) | t;
}

/* Top bits of the elements that are below, unsigned; that are not zero. */
AG_INLINE ag_v ag_below(ag_v x, ag_v y, u64 tops)
{
    return ((~x & y) | (~(x ^ y) & ag_sub_elements(x, y, tops))) & tops;
}
AG_INLINE ag_v ag_not_zero(ag_v x, u64 tops)
{
    return (((x & ~tops) + ~tops) | x) & tops;
}

/* All bits of the elements that are zero; of those of x that are less. */
AG_INLINE ag_v ag_zero_elements(ag_v x, u32 size)
{
    u64 tops = a64_tops(size);
    return ag_fill(ag_not_zero(x, tops) ^ tops, size);
}
AG_INLINE ag_v ag_less_elements(ag_v x, ag_v y, u32 size, u32 is_unsigned)
{
    u64 tops = a64_tops(size), flip = is_unsigned ? 0 : tops;
    return ag_fill(ag_below(x ^ flip, y ^ flip, tops), size);
}

/* Each to the right, by 1 to all its bits. */
AG_INLINE ag_v ag_shr_elements(ag_v x, u32 shift, u32 size, u32 is_unsigned)
{
    u64 keep = ag_bits_of_all(0, (8u << size) - shift, size);
    ag_v r = SPLAT(0);
#if AG_HAS_WORDS
    if (size == 3 && !is_unsigned)
        return ag_asr(x, shift > 63 ? 63 : shift);
    if (size == 2 && shift <= 31)
        return is_unsigned
                   ? ag_two_words((u32)x >> shift, (u32)(x >> 32) >> shift)
                   : ag_two_words((u32)((i32)(u32)x >> shift),
                                  (u32)((i32)(u32)(x >> 32) >> shift));
#endif
    if (shift <= 63)
        r = x >> shift & keep;
    if (!is_unsigned)
        r |= ag_fill(x & a64_tops(size), size) & ~keep;
    return r;
}

/* Products modulo 2^n. */
AG_INLINE ag_v ag_multiply_elements(ag_v x, ag_v y, u32 size)
{
    u32 bits = 8u << size, at;
    ag_v r = SPLAT(0);
    AG_IF_WORDS(a64_tops(size), x, *, y)
    AG_FOR_ELEMENTS(at, bits)
        r |= ((x >> at) * (y >> at) & a64_ones(bits)) << at;
    return r;
}

#else
AG_INLINE ag_v ag_fill(ag_v t, u32 size)
{
    return ag_shr_elements(t, (8u << size) - 1, size, 0);
}
#endif

/* Each to the left, by 0 to below its bits. */
AG_INLINE ag_v ag_shl_elements(ag_v x, u32 shift, u32 size)
{
#if AG_HAS_WORDS
    if (size == 2)
        return ag_two_words((u32)x << shift, (u32)(x >> 32) << shift);
#endif
    return x << shift & ag_bits_of_all(shift, 8u << size, size);
}

#if !AG_NATIVE_ELEMENTS || !AG_HAS_BYTES
/* The lowest elements, 32 bits of them, with as many zeros above each. */
AG_INLINE ag_v ag_apart(ag_v x, u32 size)
{
    x &= 0xffffffffu;
    if (size <= 1)
        x = (x | x << 16) & ag_evens(1);
    if (size == 0)
        x = (x | x << 8) & ag_evens(0);
    return x;
}
/* Its inverse: even elements, or odd ones, in 32 bits. */
AG_INLINE ag_v ag_together(ag_v x, u32 size, u32 is_odd)
{
    x = x >> (is_odd ? 8u << size : 0) & ag_evens(size);
    if (size == 0)
        x = (x | x >> 8) & ag_evens(1);
    if (size <= 1)
        x = (x | x >> 16) & 0xffffffffu;
    return x;
}

/* An element, without anything above it, as all elements. */
AG_INLINE ag_v ag_repeat(ag_v x, u32 size)
{
    return x * a64_bottoms(size);
}

AG_FN ag_v ag_widen(ag_v x, u32 size, u32 is_unsigned)
{
#if AG_HAS_WORDS
    if (size == 2)
        return is_unsigned ? (u32)x : ag_sx(x, 32);
    if (size == 1 && !is_unsigned)
        return ag_two_words((u32)(i32)(i16)x, (u32)((i32)(u32)x >> 16));
#endif
    x = ag_apart(x, size);
    return is_unsigned ? x : ag_sign_apart(x, size);
}
#endif

/* Even or odd elements of 128 bits. */
AG_INLINE ag_v ag_unzip(ag_v low, ag_v high, u32 size, u32 is_odd)
{
    if (size == 3)
        return is_odd ? high : low;
    high = ag_together(high, size, is_odd);
    return ag_together(low, size, is_odd) | high << 32;
}

/* Clips the number v to an element of `bits`, AG_UNSIGNED or AG_TO_UNSIGNED. */
AG_INLINE ag_v ag_clip(ag_v v, u32 bits, u32 how)
{
    ag_v most = SPLAT(a64_ones(bits)), least;
    if (how & (AG_UNSIGNED | AG_TO_UNSIGNED)) {
        if (!(how & AG_UNSIGNED))
            v &= ~ag_asr(v, 63);
        return SEL(LT(most, v), most, v);
    }
    most >>= 1;
    least = ~most;
    v = SEL(LT_SIGNED(most, v), most, v);
    return SEL(LT_SIGNED(v, least), least, v);
}

/* Element `index` of V[r]. */
AG_INLINE ag_v ag_v_element(AG_SIMD_CTX, u32 r, u32 size, u32 index)
{
    u32 at = index << size;
    ag_v from = at >> 3 ? V_HI(r) : V_LO(r);
    return from >> (at & 7) * 8 & a64_ones(8u << size);
}

/* V[d] is what V_LATER() said; zero above a result that has no upper half. */
AG_INLINE void ag_end_v(AG_SIMD_CTX, u32 d, u32 a)
{
#if AG_HOLDS_HALVES
    V_PUT(0, d, c->held[0]);
    if (AG_SIMD_IS_FULL(a))
        V_PUT(1, d, c->held[1]);
#endif
    if (!AG_SIMD_IS_FULL(a))
        V_PUT(1, d, SPLAT(0));
}
AG_INLINE void ag_raise_qc(AG_SIMD_CTX, ag_v saturated)
{
    RAISE_WHERE(saturated, AG_QC);
}
