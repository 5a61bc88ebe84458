/*
 * Flags as what gives them: an instruction that sets them keeps its operands and
 * which kind of instruction it was, and they are computed where something reads
 * them. In the text of a region (engine/region.h) the kind is a constant wherever
 * the instruction that set them is known, so that a compare and the branch behind
 * it become one comparison, and flags that nothing reads nothing.
 */
#ifndef AG_LAZY_FLAGS_H
#define AG_LAZY_FLAGS_H

/* AG_FLAGS_PACKED: as c->nzcv has them. LOGIC: x is the result. Operands of 32
   bits hold nothing above bit 31. */
enum ag_flags_kind {
    AG_FLAGS_PACKED,
    AG_FLAGS_ADD_64,
    AG_FLAGS_ADD_32,
    AG_FLAGS_SUB_64,
    AG_FLAGS_SUB_32,
    AG_FLAGS_LOGIC_64,
    AG_FLAGS_LOGIC_32
};

AG_INLINE void ag_keep_flags(AG_PRIVATE ag_lane *c, ag_may_write w, u32 kind,
                             u64 x, u64 y)
{
    (void)w;
    c->flags_kind = kind;
    c->flags_x = x;
    c->flags_y = y;
}

/* NZCV, a number from 0 to 15, without branches: of a kind that is not known they
   would stand in every way out of a region (AG_LEAVE_FOR). Flags of 32 bits are
   those of the operands in the upper half, and a result's those of adding 0. */
AG_INLINE u32 ag_flags(AG_PRIVATE const ag_lane *c)
{
    const u32 kind = c->flags_kind;
    const u32 is_32 = kind == AG_FLAGS_ADD_32 || kind == AG_FLAGS_SUB_32 ||
                      kind == AG_FLAGS_LOGIC_32;
    const u32 is_sub = kind == AG_FLAGS_SUB_64 || kind == AG_FLAGS_SUB_32;
    const u64 x = c->flags_x << (is_32 ? 32 : 0);
    const u64 y = c->flags_y << (is_32 ? 32 : 0);
    const u64 r = is_sub ? x - y : x + y;
    const u64 carry = is_sub ? AG_SUB_CARRY(x, y) : AG_ADD_CARRY(x, r);
    const u64 overflow = is_sub ? AG_SUB_OVERFLOW(x, y, r, 63)
                                : AG_ADD_OVERFLOW(x, y, r, 63);
    const u32 nzcv = (u32)AG_NZCV_64(r, carry, overflow);
    return kind == AG_FLAGS_PACKED ? c->nzcv : nzcv;
}

/* Masks of conditions: bit k says that it holds where NZCV is k. */
#define AG_MASK_EQ 0xf0f0u
#define AG_MASK_CS 0xccccu
#define AG_MASK_MI 0xff00u
#define AG_MASK_HI 0x0c0cu
#define AG_MASK_GE 0xaa55u
#define AG_MASK_GT 0x0a05u

/* The condition of this mask, or of its complement, on values of 64 or 32 bits, and
   their result r. False: the flags have to be looked at. */
#define AG_COMPARE(bits)                                                       \
    AG_INLINE u32 ag_compare_##bits(u32 mask, u##bits x, u##bits y, u##bits r, \
                                    AG_PRIVATE u32 *holds)                     \
    {                                                                          \
        switch (mask) {                                                        \
        case AG_MASK_EQ:                                                       \
            *holds = x == y;                                                   \
            return 1;                                                          \
        case AG_MASK_CS:                                                       \
            *holds = x >= y;                                                   \
            return 1;                                                          \
        case AG_MASK_MI:                                                       \
            *holds = (i##bits)r < 0;                                           \
            return 1;                                                          \
        case AG_MASK_HI:                                                       \
            *holds = x > y;                                                    \
            return 1;                                                          \
        case AG_MASK_GE:                                                       \
            *holds = (i##bits)x >= (i##bits)y;                                 \
            return 1;                                                          \
        case AG_MASK_GT:                                                       \
            *holds = (i##bits)x > (i##bits)y;                                  \
            return 1;                                                          \
        default:                                                               \
            return 0;                                                          \
        }                                                                      \
    }
AG_COMPARE(64)
AG_COMPARE(32)
#undef AG_COMPARE

/* The same for flags of each kind: a result is compared with zero, where C and V
   are clear CS and HI never hold. */
AG_INLINE u32 ag_condition(AG_PRIVATE const ag_lane *c, u32 mask,
                           AG_PRIVATE u32 *holds)
{
    const u64 x = c->flags_x, y = c->flags_y;
    switch (c->flags_kind) {
    case AG_FLAGS_SUB_64:
        return ag_compare_64(mask, x, y, x - y, holds);
    case AG_FLAGS_SUB_32:
        return ag_compare_32(mask, (u32)x, (u32)y, (u32)(x - y), holds);
    case AG_FLAGS_LOGIC_64:
        return mask != AG_MASK_CS && mask != AG_MASK_HI &&
               ag_compare_64(mask, x, 0, x, holds);
    case AG_FLAGS_LOGIC_32:
        return mask != AG_MASK_CS && mask != AG_MASK_HI &&
               ag_compare_32(mask, (u32)x, 0, (u32)x, holds);
    case AG_FLAGS_ADD_64:
        return (mask == AG_MASK_EQ || mask == AG_MASK_MI) &&
               ag_compare_64(mask, x + y, 0, x + y, holds);
    case AG_FLAGS_ADD_32:
        return (mask == AG_MASK_EQ || mask == AG_MASK_MI) &&
               ag_compare_32(mask, (u32)(x + y), 0, (u32)(x + y), holds);
    default:
        return 0;
    }
}

AG_INLINE ag_v ag_cond(AG_PRIVATE ag_lane *c, ag_may_read may_read, u64 mask)
{
    const u32 m = (u32)mask & 0xffff;
    u32 holds = 0;
    (void)may_read;
    if (m == 0xffff)
        return 1;
    if (ag_condition(c, m, &holds))
        return holds;
    if (ag_condition(c, m ^ 0xffff, &holds))
        return holds ^ 1;
    return m >> ag_flags(c) & 1;
}
AG_INLINE ag_v ag_get_nzcv(AG_PRIVATE ag_lane *c, ag_may_read may_read)
{
    (void)may_read;
    return ag_flags(c);
}
AG_INLINE void ag_set_nzcv(AG_PRIVATE ag_lane *c, ag_may_write may_write, ag_v v)
{
    (void)may_write;
    c->flags_kind = AG_FLAGS_PACKED;
    c->nzcv = (u32)v;
}

#define SET_FLAGS_ADD_64(x, y, r)                                              \
    ag_keep_flags(c, may_write, AG_FLAGS_ADD_64, (x), (y))
#define SET_FLAGS_SUB_64(x, y, r)                                              \
    ag_keep_flags(c, may_write, AG_FLAGS_SUB_64, (x), (y))
#define SET_FLAGS_ADD_32(x, y, r)                                              \
    ag_keep_flags(c, may_write, AG_FLAGS_ADD_32, (x), (y))
#define SET_FLAGS_SUB_32(x, y, r)                                              \
    ag_keep_flags(c, may_write, AG_FLAGS_SUB_32, (x), (y))
#define SET_FLAGS_LOGIC_64(r)                                                  \
    ag_keep_flags(c, may_write, AG_FLAGS_LOGIC_64, (r), 0)
#define SET_FLAGS_LOGIC_32(r)                                                  \
    ag_keep_flags(c, may_write, AG_FLAGS_LOGIC_32, (r), 0)

#endif
