/*
 * Loads and stores of one or two V registers. One body for all sizes and ways
 * to form the address, which are operands (decode_ldst_v.h) that lanes at one
 * instruction have in common. The whole range is checked before anything is
 * accessed.
 */

#if AG_HAS_V
/*
 * What bodies access memory with; whoever has values that are not one lane's
 * defines all of it (engine/together_v.h). Of one access all is at one AG_AT:
 *   AT_ADDRESS(form, offset)   where an address expression leads, imm being
 *       offset; AT_BASE(n) what X[n] or SP has, AT_SUM(n, m, more) a sum
 *   AT_CHECK(at, bytes, unit, access)   AG_NEXT, or why it may not be
 *   AT_IS_IN_WORDS(at)   each 8 bytes there are a word of memory
 *   AT_LOAD(at, offset, bytes)  AT_STORE(at, offset, bytes, v)  AT_LOAD_64(at,
 *       offset)  AT_STORE_64(at, offset, v)   so far behind it, once checked;
 *       AT_LOAD_TWO(at, offset, x, y)  AT_STORE_TWO(at, offset, x, y)   a word
 *       and the next
 *   AT_BECOMES(n, at)   writes the base back
 */
#ifndef AG_AT
#define AG_AT u64
#define AT_ADDRESS(form, offset) a64_address_##form(AG_C, d, n, m, a, (offset))
#define AT_BASE(n) R(n)
#define AT_SUM(n, m, more) (R(n) + R(m) + (more))
#define AT_BECOMES(n, at) W(n, at)
#define AT_CHECK(at, bytes, unit, access)                                      \
    ag_check_units(AG_C, (at), (bytes), (unit), (access))
/* In regions it is known (ag_check_units()), to every compiler. */
#define AT_IS_IN_WORDS(at) (AG_IS_REGION || ((at)&7) == 0)
#define AT_LOAD(at, offset, bytes)                                             \
    ag_load(AG_C, (at) + (offset), (bytes), AG_RELAXED)
#define AT_LOAD_64(at, offset) ag_load_64(AG_C, (at) + (offset), AG_RELAXED)
#define AT_STORE(at, offset, bytes, v)                                         \
    ag_store(AG_C, (at) + (offset), (v), (bytes), AG_RELAXED)
#define AT_STORE_64(at, offset, v)                                             \
    ag_store_64(AG_C, (at) + (offset), (v), AG_RELAXED)
#define AG_VMEMORY(op) AG_INLINE u32 a64_##op(AG_CTX, AG_FIELDS)
#endif
#ifndef AT_LOAD_TWO
#define AT_LOAD_TWO(at, offset, x, y)                                          \
    x = AT_LOAD_64(at, offset);                                                \
    y = AT_LOAD_64(at, (offset) + 8)
#define AT_STORE_TWO(at, offset, x, y)                                         \
    AT_STORE_64(at, offset, x);                                                \
    AT_STORE_64(at, (offset) + 8, y)
#endif

/* V[r] = the 1 << size bytes at a checked place. */
AG_INLINE void ag_load_v(AG_CTX, AG_AT at, u64 offset, u32 size, u32 r)
{
    ag_v low = AT_LOAD(at, offset, size >= 3 ? 8 : 1u << size);
    ag_v high = SPLAT(0);
    if (size == 4)
        high = AT_LOAD(at, offset + 8, 8);
    AG_V_PUT(0, r, low);
    AG_V_PUT(1, r, high);
}

AG_INLINE void ag_store_v(AG_CTX, AG_AT at, u64 offset, u32 size, u32 r)
{
    AT_STORE(at, offset, size >= 3 ? 8 : 1u << size, AG_V_HALF(0, r));
    if (size == 4)
        AT_STORE(at, offset + 8, 8, AG_V_HALF(1, r));
}

/* Words of registers of 8 or 16 bytes, one or two of them, at a checked place
   that is aligned to words: all are read before any is written, so that memory
   is waited for once. */
AG_INLINE void ag_load_words_v(AG_CTX, AG_AT at, u32 is_q, u32 is_pair, u32 d,
                               u32 a)
{
    ag_v first, second, third, fourth, zero = SPLAT(0);
    second = third = fourth = zero;
    if (is_q || is_pair) {
        AT_LOAD_TWO(at, 0, first, second);
    } else {
        first = AT_LOAD_64(at, 0);
    }
    if (is_q && is_pair) {
        AT_LOAD_TWO(at, 16, third, fourth);
    }
    AG_V_PUT(0, d, first);
    AG_V_PUT(1, d, is_q ? second : zero);
    if (is_pair) {
        AG_V_PUT(0, a, is_q ? third : second);
        AG_V_PUT(1, a, fourth);
    }
}

AG_INLINE void ag_store_words_v(AG_CTX, AG_AT at, u32 is_q, u32 is_pair, u32 d,
                                u32 a)
{
    ag_v first = AG_V_HALF(0, d), second = first, third = first, fourth = first;
    if (is_q)
        second = AG_V_HALF(1, d);
    if (is_pair)
        third = AG_V_HALF(0, a);
    if (is_q && is_pair)
        fourth = AG_V_HALF(1, a);
    if (is_pair && !is_q)
        second = third;
    if (is_q || is_pair) {
        AT_STORE_TWO(at, 0, first, second);
    } else {
        AT_STORE_64(at, 0, first);
    }
    if (is_q && is_pair) {
        AT_STORE_TWO(at, 16, third, fourth);
    }
}

/* The base's new value of post-indexing, else what is accessed. */
AG_INLINE AG_AT ag_address_v(AG_CTX, AG_FIELDS)
{
    u64 offset = a64_sx(imm, AG_V_OFFSET_BITS);
    u32 option = AG_V_OPTION(imm);
    if (option == 0)
        return AT_ADDRESS(base_imm, offset);
    if (option == 2)
        return AT_ADDRESS(base_uxtw, offset);
    if (option == 6)
        return AT_ADDRESS(base_sxtw, offset);
    return AT_ADDRESS(base_lsl, offset);
}

AG_INLINE u32 ag_memory_v(AG_CTX, u32 is_load, AG_FIELDS)
{
    AG_AT address = ag_address_v(AG_C, AG_F);
    AG_AT at = AG_V_WB(imm) == AG_WB_post ? AT_BASE(n) : address;
    u32 size = AG_V_SIZE(imm), is_pair = AG_V_IS_PAIR(imm), i;
    u32 result =
        AT_CHECK(at, 1u << (size + is_pair), size >= 3 ? 8 : 1u << size,
                 is_load ? AG_ACCESS_READ : AG_ACCESS_WRITE);
    if (AG_UNLIKELY(result != AG_NEXT))
        return result;
    if (size >= 3 && AT_IS_IN_WORDS(at)) {
        if (is_load)
            ag_load_words_v(AG_C, at, size == 4, is_pair, d, a);
        else
            ag_store_words_v(AG_C, at, size == 4, is_pair, d, a);
    } else {
        for (i = 0; i <= is_pair; i++) {
            u32 r = i == 0 ? d : a;
            if (is_load)
                ag_load_v(AG_C, at, (u64)i << size, size, r);
            else
                ag_store_v(AG_C, at, (u64)i << size, size, r);
        }
    }
    if (AG_V_WB(imm) != AG_WB_none)
        AT_BECOMES(n, address);
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
