/*
 * Loads and stores of structures in a lane group. Included by memory_v.h, which
 * has the pieces that they consist of.
 */
#ifndef AG_GROUP_MEMORY_V_STRUCT_H
#define AG_GROUP_MEMORY_V_STRUCT_H

/* An access at what X[n] or SP has: what is added to it comes afterwards. */
AG_INLINE void ag_begin_at_base(ag_v_access *v, u32 fields)
{
    v->s.d = v->s.m = v->s.a = 0;
    v->s.n = fields >> 8 & 0xff;
    v->s.imm = 0;
}

AG_INLINE void ag_post_index_v(ag_group *g, u32 n, u32 m, u64 imm)
{
    u32 q;
    if (!AG_STRUCTS_IS_POST(imm))
        return;
    for (q = 0; q < g->used_count; q++) {
        const u32 i = g->used[q];
        ag_put(g, i, 1, g->x[n],
               *ag_vector(g->x[n], i) + *ag_vector(g->x[m], i) +
                   AG_STRUCTS_BYTES(imm));
    }
}

/* LD2 to LD4 and back. Half `part` of all registers, which take turns, lies in
   as many words as there are registers, from word part * turns on: element k of
   register i is element k * turns + i there. A mask has for each byte of a
   result the byte of a source that it is, or 0x80 where it is in another source,
   as ag_pick() takes it. */
#define AG_BYTE_OF_WORD(turns, size, i, b)                                     \
    ((((b) >> (size)) * (turns) + (i)) << (size) | ((b) & ((1u << (size)) - 1)))
#define AG_ELEMENT_AT(size, j, b) ((8u * (j) + (b)) >> (size))
#define AG_BYTE_OF_HALF(turns, size, j, b)                                     \
    (AG_ELEMENT_AT(size, j, b) / (turns) << (size) | ((b) & ((1u << (size)) - 1)))
#define AG_BYTE_FROM(b, is_there, at)                                          \
    ((u64)((is_there) ? (at)&7u : 0x80u) << 8 * (b))
/* Register `to` from word `from`, and word `to` from register `from`. */
#define AG_LOADED(turns, size, to, from, b)                                    \
    AG_BYTE_FROM(b, AG_BYTE_OF_WORD(turns, size, to, b) >> 3 == (from),        \
                 AG_BYTE_OF_WORD(turns, size, to, b))
#define AG_STORED(turns, size, to, from, b)                                    \
    AG_BYTE_FROM(b, AG_ELEMENT_AT(size, to, b) % (turns) == (from),            \
                 AG_BYTE_OF_HALF(turns, size, to, b))
/* clang-format off */
#define AG_MASK(M, turns, size, to, from)                                      \
    (M(turns, size, to, from, 0u) | M(turns, size, to, from, 1u) |             \
     M(turns, size, to, from, 2u) | M(turns, size, to, from, 3u) |             \
     M(turns, size, to, from, 4u) | M(turns, size, to, from, 5u) |             \
     M(turns, size, to, from, 6u) | M(turns, size, to, from, 7u))
#define AG_MASKS_TO(M, turns, size, to)                                        \
    {AG_MASK(M, turns, size, to, 0u), AG_MASK(M, turns, size, to, 1u),         \
     AG_MASK(M, turns, size, to, 2u), AG_MASK(M, turns, size, to, 3u)}
#define AG_MASKS_OF_SIZE(M, turns, size)                                       \
    {AG_MASKS_TO(M, turns, size, 0u), AG_MASKS_TO(M, turns, size, 1u),         \
     AG_MASKS_TO(M, turns, size, 2u), AG_MASKS_TO(M, turns, size, 3u)}
#define AG_MASKS_OF(M, turns)                                                  \
    {AG_MASKS_OF_SIZE(M, turns, 0u), AG_MASKS_OF_SIZE(M, turns, 1u),           \
     AG_MASKS_OF_SIZE(M, turns, 2u)}
/* clang-format on */
/* By turns - 2, size, result and source. */
typedef u64 ag_turn_masks[3][3][4][4];
static const ag_turn_masks ag_loaded = {
    AG_MASKS_OF(AG_LOADED, 2u), AG_MASKS_OF(AG_LOADED, 3u),
    AG_MASKS_OF(AG_LOADED, 4u)};
static const ag_turn_masks ag_stored = {
    AG_MASKS_OF(AG_STORED, 2u), AG_MASKS_OF(AG_STORED, 3u),
    AG_MASKS_OF(AG_STORED, 4u)};

#define AG_ROW_WORD(k) (AG_ROW_SPARE + (k))

#if AG_HAS_BYTES
/* Words to halves of registers from V[d] on, or the other way round. */
AG_INLINE void ag_take_turns(ag_group *g, u32 is_load, u32 turns, u32 size,
                             u32 part, u32 d)
{
    const ag_turn_masks *all = is_load ? &ag_loaded : &ag_stored;
    const u64(*masks)[4] = (*all)[turns - 2][size];
    u32 q, to, from;
    for (to = 0; to < turns; to++) {
        u64 *const out = g->x[is_load ? AG_V_ROW_OF(part, d + to)
                                      : AG_ROW_WORD(part * turns + to)];
        for (q = 0; q < g->used_count; q++) {
            const u32 i = g->used[q];
            ag_vec r = ag_splat(0);
            for (from = 0; from < turns; from++) {
                const u32 row = is_load ? AG_ROW_WORD(part * turns + from)
                                        : AG_V_ROW_OF(part, d + from);
                r |= ag_pick(*ag_vector(g->x[row], i),
                             ag_splat(masks[to][from]));
            }
            ag_put(g, i, 1, out, r);
        }
    }
}
#endif

/* Elements of 64 bits are words. */
AG_INLINE u32 ag_row_of_turn(u32 size, u32 turns, u32 k, u32 d)
{
    return size == 3 ? AG_V_ROW_OF(k / turns, d + k % turns) : AG_ROW_WORD(k);
}

AG_INLINE u32 ag_turns_v(ag_group *g, ag_v_access *v, u32 is_load, u32 d, u32 a)
{
    const u32 turns = AG_STRUCTS_TURNS(a), size = AG_STRUCTS_SIZE(a);
    const u32 halves = 1 + AG_STRUCTS_IS_LONG(a);
    u32 k, part;
#if !AG_HAS_BYTES
    if (size < 3)
        return 0;
#endif
    if (!ag_check_v(g, v, is_load, AG_FORM_base, turns * halves * 8, 8))
        return 0;
    if (!is_load)
        ag_mark_v(g, v, turns * halves * 8);
#if AG_HAS_BYTES
    for (part = 0; part < halves && size < 3 && !is_load; part++)
        ag_take_turns(g, 0, turns, size, part, d);
#endif
    for (k = 0; k < turns * halves; k++) {
        const u32 row = ag_row_of_turn(size, turns, k, d);
        if (is_load)
            ag_load_piece(g, v, row, (u64)k * 8, 8);
        else
            ag_store_piece(g, v, row, (u64)k * 8, 8);
    }
#if AG_HAS_BYTES
    for (part = 0; part < halves && size < 3 && is_load; part++)
        ag_take_turns(g, 1, turns, size, part, d);
#endif
    for (part = 0; part < turns && halves == 1 && is_load; part++)
        ag_clear_row(g, AG_V_ROW_OF(1, d + part));
    return 1;
}

/* LD1 and ST1 of whole registers, LD2 to LD4 and ST2 to ST4. */
AG_INLINE u32 ag_structs_v(ag_group *g, u32 is_load, u32 fields, u64 imm)
{
    const u32 d = fields & 0xff, a = fields >> 24;
    const u32 count = AG_STRUCTS_COUNT(a), size = 3 + AG_STRUCTS_IS_LONG(a);
    const u32 total = count << size;
    ag_v_access v;
    u32 i;
    ag_begin_at_base(&v, fields);
    if (AG_STRUCTS_TURNS(a) != 1) {
        if (!ag_turns_v(g, &v, is_load, d, a))
            return 0;
    } else {
        if (!ag_check_v(g, &v, is_load, AG_FORM_base, total, 8))
            return 0;
        if (!is_load)
            ag_mark_v(g, &v, total);
        for (i = 0; i < count; i++)
            ag_access_register(g, &v, is_load, d + i, (u64)i << size, size);
    }
    ag_post_index_v(g, v.s.n, fields >> 16 & 0xff, imm);
    return 1;
}

/* One element of each register, the others stay: by way of a row of its own. */
AG_INLINE void ag_access_element(ag_group *g, ag_v_access *v, u32 is_load,
                                 u32 row, u32 shift, u64 offset, u32 bytes)
{
    const u64 mask = ~(u64)0 >> (64 - bytes * 8) << shift;
    u64 *const spare = g->x[AG_ROW_SPARE];
    u32 q;
    if (is_load)
        ag_load_piece(g, v, AG_ROW_SPARE, offset, bytes);
    for (q = 0; q < g->used_count; q++) {
        const u32 i = g->used[q];
        const ag_vec x = *ag_vector(g->x[row], i);
        if (is_load)
            ag_put(g, i, 1, g->x[row],
                   (x & ~mask) | *ag_vector(spare, i) << shift);
        else
            *ag_vector(spare, i) = x >> shift;
    }
    if (!is_load)
        ag_store_piece(g, v, AG_ROW_SPARE, offset, bytes);
}

AG_INLINE u32 ag_element_v(ag_group *g, u32 is_load, u32 fields, u64 imm)
{
    const u32 d = fields & 0xff, a = fields >> 24;
    const u32 count = AG_STRUCTS_COUNT(a), size = AG_STRUCTS_SIZE(a);
    const u32 place = AG_STRUCTS_ELEMENT(imm) << size;
    ag_v_access v;
    u32 i;
    ag_begin_at_base(&v, fields);
    if (!ag_check_v(g, &v, is_load, AG_FORM_base, count << size, 1u << size))
        return 0;
    if (!is_load)
        ag_mark_v(g, &v, count << size);
    for (i = 0; i < count; i++)
        ag_access_element(g, &v, is_load, AG_V_ROW_OF(place >> 3, d + i),
                          8 * (place & 7), (u64)i << size, 1u << size);
    ag_post_index_v(g, v.s.n, fields >> 16 & 0xff, imm);
    return 1;
}

/* LD1R to LD4R. */
AG_INLINE u32 ag_replicate_v(ag_group *g, u32 fields, u64 imm)
{
    const u32 d = fields & 0xff, a = fields >> 24;
    const u32 count = AG_STRUCTS_COUNT(a), size = AG_STRUCTS_SIZE(a);
    ag_v_access v;
    u32 i, q;
    ag_begin_at_base(&v, fields);
    if (!ag_check_v(g, &v, 1, AG_FORM_base, count << size, 1u << size))
        return 0;
    for (i = 0; i < count; i++) {
        const u32 low = AG_V_ROW_OF(0, d + i), high = AG_V_ROW_OF(1, d + i);
        ag_load_piece(g, &v, low, (u64)i << size, 1u << size);
        for (q = 0; q < g->used_count; q++) {
            const u32 k = g->used[q];
            const ag_vec x = *ag_vector(g->x[low], k) * a64_bottoms(size);
            ag_put(g, k, 1, g->x[low], x);
            ag_put(g, k, 1, g->x[high],
                   AG_STRUCTS_IS_LONG(a) ? x : ag_splat(0));
        }
    }
    ag_post_index_v(g, v.s.n, fields >> 16 & 0xff, imm);
    return 1;
}

#endif
