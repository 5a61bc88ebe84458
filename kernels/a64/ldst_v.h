/*
 * Loads and stores of one or two V registers. One body for all sizes and ways
 * to form the address, which are operands (decode_ldst_v.h) that lanes at one
 * instruction have in common. The whole range is checked before anything is
 * accessed.
 */

#if AG_HAS_V
#define AG_VMEMORY(op) AG_INLINE u32 a64_##op(AG_CTX, AG_FIELDS)

/* In regions it is known (ag_check_units()), to every compiler. */
#define AG_IS_IN_WORDS(address) (AG_IS_REGION || ((address)&7) == 0)

/* V[r] = the 1 << size bytes at a checked address. */
AG_INLINE void ag_load_v(AG_CTX, u64 address, u32 size, u32 r)
{
    u64 low = ag_load(AG_C, address, size >= 3 ? 8 : 1u << size, AG_RELAXED);
    u64 high = size == 4 ? ag_load(AG_C, address + 8, 8, AG_RELAXED) : 0;
    AG_V_PUT(0, r, low);
    AG_V_PUT(1, r, high);
}

AG_INLINE void ag_store_v(AG_CTX, u64 address, u32 size, u32 r)
{
    ag_store(AG_C, address, AG_V_HALF(0, r), size >= 3 ? 8 : 1u << size,
             AG_RELAXED);
    if (size == 4)
        ag_store(AG_C, address + 8, AG_V_HALF(1, r), 8, AG_RELAXED);
}

/* Words of registers of 8 or 16 bytes, one or two of them, at a checked address
   that is aligned to words: all are read before any is written, so that memory
   is waited for once. */
AG_INLINE void ag_load_words_v(AG_CTX, u64 at, u32 is_q, u32 is_pair, u32 d,
                               u32 a)
{
    u64 first = ag_load_64(AG_C, at, AG_RELAXED), second = 0, third = 0;
    u64 fourth = 0;
    if (is_q || is_pair)
        second = ag_load_64(AG_C, at + 8, AG_RELAXED);
    if (is_q && is_pair) {
        third = ag_load_64(AG_C, at + 16, AG_RELAXED);
        fourth = ag_load_64(AG_C, at + 24, AG_RELAXED);
    }
    AG_V_PUT(0, d, first);
    AG_V_PUT(1, d, is_q ? second : 0);
    if (is_pair) {
        AG_V_PUT(0, a, is_q ? third : second);
        AG_V_PUT(1, a, fourth);
    }
}

AG_INLINE void ag_store_words_v(AG_CTX, u64 at, u32 is_q, u32 is_pair, u32 d,
                                u32 a)
{
    u64 first = AG_V_HALF(0, d), second = is_q ? AG_V_HALF(1, d) : 0;
    u64 third = is_pair ? AG_V_HALF(0, a) : 0;
    u64 fourth = is_q && is_pair ? AG_V_HALF(1, a) : 0;
    ag_store_64(AG_C, at, first, AG_RELAXED);
    if (is_q)
        ag_store_64(AG_C, at + 8, second, AG_RELAXED);
    if (is_pair)
        ag_store_64(AG_C, at + (8u << is_q), third, AG_RELAXED);
    if (is_q && is_pair)
        ag_store_64(AG_C, at + 24, fourth, AG_RELAXED);
}

/* The base's new value of post-indexing, else what is accessed. */
AG_INLINE u64 ag_address_v(AG_CTX, AG_FIELDS)
{
    u64 offset = a64_sx(imm, AG_V_OFFSET_BITS);
    u32 option = AG_V_OPTION(imm);
    if (option == 0)
        return a64_address_base_imm(AG_C, d, n, m, a, offset);
    if (option == 2)
        return a64_address_base_uxtw(AG_C, d, n, m, a, offset);
    if (option == 6)
        return a64_address_base_sxtw(AG_C, d, n, m, a, offset);
    return a64_address_base_lsl(AG_C, d, n, m, a, offset);
}

AG_INLINE u32 ag_memory_v(AG_CTX, u32 is_load, AG_FIELDS)
{
    u64 address = ag_address_v(AG_C, AG_F);
    u64 at = AG_V_WB(imm) == AG_WB_post ? R(n) : address;
    u32 size = AG_V_SIZE(imm), is_pair = AG_V_IS_PAIR(imm), i;
    u32 result = ag_check_units(AG_C, at, 1u << (size + is_pair),
                                size >= 3 ? 8 : 1u << size,
                                is_load ? AG_ACCESS_READ : AG_ACCESS_WRITE);
    if (AG_UNLIKELY(result != AG_NEXT))
        return result;
    if (size >= 3 && AG_IS_IN_WORDS(at)) {
        if (is_load)
            ag_load_words_v(AG_C, at, size == 4, is_pair, d, a);
        else
            ag_store_words_v(AG_C, at, size == 4, is_pair, d, a);
    } else {
        for (i = 0; i <= is_pair; i++) {
            u32 r = i == 0 ? d : a;
            if (is_load)
                ag_load_v(AG_C, at + ((u64)i << size), size, r);
            else
                ag_store_v(AG_C, at + ((u64)i << size), size, r);
        }
    }
    if (AG_V_WB(imm) != AG_WB_none)
        W(n, address);
    return AG_NEXT;
}

/* What programs mostly execute, as a64_v_at() and so on put it together, is
   compiled by itself: D, Q and pairs of them at an offset, Q with what is added
   to the base afterwards. GPUs have forms of it (a64/forms.h). */
#define AG_V_SHAPES(X) X(3) X(4) X(3 | 8) X(4 | 8) X(4 | 2 << 4)
AG_INLINE u32 ag_memory_v_shaped(AG_CTX, u32 is_load, AG_FIELDS)
{
#if AG_IS_COMPILED_ONCE && !AG_IS_REGION
    const u64 offset = imm & (((u64)1 << AG_V_OFFSET_BITS) - 1);
    switch (imm >> AG_V_OFFSET_BITS) {
#define AG_V_SHAPED(shape)                                                     \
    case (shape):                                                              \
        return ag_memory_v(AG_C, is_load, d, n, m, a,                          \
                           offset | (u64)(shape) << AG_V_OFFSET_BITS);
        AG_V_SHAPES(AG_V_SHAPED)
    default:
        break;
    }
#endif
    return ag_memory_v(AG_C, is_load, AG_F);
}

AG_VMEMORY(LDR_V)
{
    return ag_memory_v_shaped(AG_C, 1, AG_F);
}
AG_VMEMORY(STR_V)
{
    return ag_memory_v_shaped(AG_C, 0, AG_F);
}
#endif
