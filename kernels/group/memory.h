/*
 * Loads and stores of a lane group. All lanes' addresses are computed and
 * checked as vectors first (address.h); unless every access is inside memory and
 * naturally aligned the instruction is left to ag_by_lane(), which stops exactly
 * the lanes that must stop. Included by run.h.
 */
#ifndef AG_GROUP_MEMORY_H
#define AG_GROUP_MEMORY_H

#include "group/address.h"

/* Fewer active lanes than this load one by one. */
#define AG_FEW_LOADS 16

AG_INLINE ag_vec ag_extend_row(ag_vec v, u32 bytes, u32 ext)
{
    u32 up = 64 - 8 * bytes;
    if (ext == AG_EXT_none)
        return v;
    v = ASR(v << up, up);
    return ext == AG_EXT_s32 ? (ag_vec)(v & 0xffffffffu) : v;
}

/* Every lane of the vectors in use is active. */
#define AG_IS_WHOLE(g) (ag_count((g)->active) == (g)->vectors * AG_VECTOR_LANES)

/* Loads and stores of one size. Other threads' lanes may access the same
   memory: single accesses, as memory.h has them. */
#define AG_SIZED_ROWS(bits)                                                    \
    AG_INLINE ag_mem##bits *ag_pointer_##bits(const ag_group *g, u32 k)        \
    {                                                                          \
        return (ag_mem##bits *)((uintptr_t)g->lane.memory + g->place[k]);      \
    }                                                                          \
    AG_INLINE u64 ag_load_one_##bits(const ag_group *g, u32 k)                 \
    {                                                                          \
        return AG_ATOMIC_LOAD(ag_pointer_##bits(g, k), AG_RELAXED);            \
    }                                                                          \
    AG_INLINE void ag_load_rows_##bits(ag_group *g, const u32 masked,          \
                                       const ag_group_access *s, u32 d)        \
    {                                                                          \
        const u32 vectors = AG_VECTORS;                                        \
        u32 q, i;                                                              \
        AG_EACH(i)                                                             \
            ag_put(g, i, masked, g->x[d],                                      \
                   ag_extend_row(AG_VECTOR_OF(ag_load_one_##bits, g,           \
                                              AG_VECTOR_LANES *i),             \
                                 s->bytes, s->ext));                           \
    }                                                                          \
    AG_INLINE void ag_load_lanes_##bits(ag_group *g, u64 lanes,                \
                                        const ag_group_access *s, u32 d)       \
    {                                                                          \
        for (; lanes != 0; lanes &= lanes - 1) {                               \
            u32 k = ag_first(lanes);                                           \
            g->x[d][k] =                                                       \
                ag_extend(ag_load_one_##bits(g, k), s->bytes, s->ext);         \
        }                                                                      \
    }                                                                          \
    AG_INLINE void ag_store_lanes_##bits(ag_group *g, u64 lanes, u32 d)        \
    {                                                                          \
        for (; lanes != 0; lanes &= lanes - 1) {                               \
            u32 k = ag_first(lanes);                                           \
            AG_ATOMIC_STORE(ag_pointer_##bits(g, k), (u##bits)g->x[d][k],      \
                            AG_RELAXED);                                       \
        }                                                                      \
    }
AG_SIZED_ROWS(8)
AG_SIZED_ROWS(16)
AG_SIZED_ROWS(32)
AG_SIZED_ROWS(64)
#undef AG_SIZED_ROWS

#define AG_BY_SIZE(bytes, call)                                                \
    switch (bytes) {                                                           \
    case 1:                                                                    \
        call(8);                                                               \
        break;                                                                 \
    case 2:                                                                    \
        call(16);                                                              \
        break;                                                                 \
    case 4:                                                                    \
        call(32);                                                              \
        break;                                                                 \
    default:                                                                   \
        call(64);                                                              \
        break;                                                                 \
    }

AG_INLINE void ag_load_some(ag_group *g, u64 lanes, const ag_group_access *s,
                            u32 d)
{
#define AG_CALL(bits) ag_load_lanes_##bits(g, lanes, s, d)
    AG_BY_SIZE(s->bytes, AG_CALL);
#undef AG_CALL
}

AG_INLINE void ag_store_some(ag_group *g, u64 lanes, const ag_group_access *s,
                             u32 d)
{
#define AG_CALL(bits) ag_store_lanes_##bits(g, lanes, d)
    AG_BY_SIZE(s->bytes, AG_CALL);
#undef AG_CALL
}

/* One register from memory that lanes share, the same address in all lanes. */
AG_INLINE void ag_load_uniform(ag_group *g, const u32 masked,
                               const ag_group_access *s, u32 d, u64 offset)
{
    const u32 k = ag_first(g->active), vectors = AG_VECTORS;
    u64 v = 0;
    u32 q, i;
    g->place[k] = s->first + offset + (s->is_once ? g->once : 0);
#define AG_CALL(bits) v = ag_load_one_##bits(g, k)
    AG_BY_SIZE(s->bytes, AG_CALL);
#undef AG_CALL
    v = ag_extend(v, s->bytes, s->ext);
    AG_EACH(i)
        ag_put(g, i, masked, g->x[d], ag_splat(v));
}

#if AG_CAN_GATHER
/* From private memory, where a whole word may be read for a part of it. */
AG_INLINE void ag_gather_rows(ag_group *g, const u32 masked,
                              const ag_group_access *s, u32 d)
{
    const u64 low = ~(u64)0 >> (64 - s->bytes * 8);
    const u32 vectors = AG_VECTORS;
    u32 q, i;
    AG_EACH(i) {
        const ag_vec place = *ag_vector(g->place, i);
        const ag_vec word =
            ag_gather(g->lane.memory, place & ~(u64)(AG_WORD - 1),
                      *ag_vector(g->mask, i));
        ag_put(g, i, masked, g->x[d],
               ag_extend_row(word >> (place & (AG_WORD - 1)) * 8 & low,
                             s->bytes, s->ext));
    }
}

/* Words and halves of them, to private memory. */
AG_INLINE void ag_scatter_rows(ag_group *g, const u32 masked,
                               const ag_group_access *s, u32 d)
{
    const u32 vectors = AG_VECTORS;
    u32 q, i;
    AG_EACH(i)
        ag_scatter(g->lane.memory, *ag_vector(g->place, i),
                   *ag_vector(g->mask, i), *ag_vector(g->x[d], i), s->bytes);
}
#endif

/* No other thread accesses memory of vector i's lanes. */
AG_INLINE u32 ag_is_owned(const ag_group *g, u32 i)
{
    const u64 lanes = ((u64)1 << AG_VECTOR_LANES) - 1;
    return (~g->owned >> i * AG_VECTOR_LANES & lanes) == 0;
}

/* Whole words of interleaved memory that vector i's lanes have at an address.
 */
AG_INLINE ag_vec *ag_word_row(const ag_group *g, u32 i, u64 address)
{
    return (ag_vec *)(void *)(g->lane.memory + g->base[i * AG_VECTOR_LANES] +
                              (address & ~(u64)(AG_WORD - 1)) * AG_BLOCK);
}

/* The same address in all lanes of interleaved memory, all of them active. */
AG_INLINE void ag_load_whole_row(ag_group *g, const ag_group_access *s, u32 d,
                                 u64 address)
{
    const u32 shift = (u32)(address & (AG_WORD - 1)) * 8;
    const u64 low = ~(u64)0 >> (64 - s->bytes * 8);
    const u32 vectors = g->vectors;
    u32 i;
    if (s->bytes == AG_WORD)
        for (i = 0; i < vectors; i += 2) {
            *ag_vector(g->x[d], i) = *ag_word_row(g, i, address);
            *ag_vector(g->x[d], i + 1) = *ag_word_row(g, i + 1, address);
        }
    else if (s->ext == AG_EXT_none)
        for (i = 0; i < vectors; i++)
            *ag_vector(g->x[d], i) = *ag_word_row(g, i, address) >> shift & low;
    else
        for (i = 0; i < vectors; i++)
            *ag_vector(g->x[d], i) = ag_extend_row(
                *ag_word_row(g, i, address) >> shift & low, s->bytes, s->ext);
}

AG_INLINE void ag_store_whole_row(ag_group *g, const ag_group_access *s, u32 d,
                                  u64 address)
{
    const u32 shift = (u32)(address & (AG_WORD - 1)) * 8;
    const u64 bits = ~(u64)0 >> (64 - s->bytes * 8) << shift;
    const u32 vectors = g->vectors;
    u32 i;
    if (s->bytes == AG_WORD)
        for (i = 0; i < vectors; i += 2) {
            *ag_word_row(g, i, address) = *ag_vector(g->x[d], i);
            *ag_word_row(g, i + 1, address) = *ag_vector(g->x[d], i + 1);
        }
    else
        for (i = 0; i < vectors; i++) {
            ag_vec *p = ag_word_row(g, i, address);
            *p = (*p & ~bits) | (*ag_vector(g->x[d], i) << shift & bits);
        }
}

/* The same address in all lanes of interleaved memory: by vectors whose lanes
   are all this group's. In others a word may be in use by another thread: their
   active lanes are given back. */
AG_INLINE u64 ag_load_row(ag_group *g, const u32 masked,
                          const ag_group_access *s, u32 d, u64 address)
{
    const u32 shift = (u32)(address & (AG_WORD - 1)) * 8;
    const u64 low = ~(u64)0 >> (64 - s->bytes * 8);
    const u32 vectors = AG_VECTORS;
    u64 rest = 0;
    u32 q, i;
    AG_EACH(i)
        if (AG_LIKELY(ag_is_owned(g, i)))
            ag_put(g, i, 1, g->x[d],
                   ag_extend_row(*ag_word_row(g, i, address) >> shift & low,
                                 s->bytes, s->ext));
        else
            rest |= ag_active_of(g, i) << i * AG_VECTOR_LANES;
    return rest;
}

AG_INLINE u64 ag_store_row(ag_group *g, const u32 masked,
                           const ag_group_access *s, u32 d, u64 address)
{
    const u32 shift = (u32)(address & (AG_WORD - 1)) * 8;
    const u64 bits = ~(u64)0 >> (64 - s->bytes * 8) << shift;
    const u32 vectors = AG_VECTORS;
    u64 rest = 0;
    u32 q, i;
    AG_EACH(i)
        if (AG_LIKELY(ag_is_owned(g, i))) {
            ag_vec *p = ag_word_row(g, i, address);
            *p = ag_select(*ag_vector(g->mask, i) & bits,
                           *ag_vector(g->x[d], i) << shift, *p);
        } else {
            rest |= ag_active_of(g, i) << i * AG_VECTOR_LANES;
        }
    return rest;
}

/* Register d from `offset` beyond the addresses. */
AG_INLINE void ag_load_register(ag_group *g, const u32 masked,
                                const ag_group_access *s, u32 d, u64 offset)
{
    u64 rest = g->active;
    if (s->is_row && AG_IS_WHOLE(g)) {
        ag_load_whole_row(g, s, d, s->first + offset);
        return;
    }
    if (s->is_uniform && (AG_IS_SHARED(g->layout) || s->is_once)) {
        ag_load_uniform(g, masked, s, d, offset);
        return;
    }
    if (s->is_row)
        rest = ag_load_row(g, masked, s, d, s->first + offset);
    if (rest == 0)
        return;
    ag_place_rows(g, masked, s, offset);
#if AG_CAN_GATHER
    if (!AG_IS_SHARED(g->layout) && rest == g->active) {
        ag_gather_rows(g, masked, s, d);
        return;
    }
#endif
    if (s->is_row || (masked && ag_count(rest) < AG_FEW_LOADS)) {
        ag_load_some(g, rest, s, d);
    } else {
#define AG_CALL(bits) ag_load_rows_##bits(g, masked, s, d)
        AG_BY_SIZE(s->bytes, AG_CALL);
#undef AG_CALL
    }
}

AG_INLINE void ag_store_register(ag_group *g, const u32 masked,
                                 const ag_group_access *s, u32 d, u64 offset)
{
    u64 rest = g->active;
    if (s->is_row && AG_IS_WHOLE(g)) {
        ag_store_whole_row(g, s, d, s->first + offset);
        return;
    }
    if (s->is_row)
        rest = ag_store_row(g, masked, s, d, s->first + offset);
    if (rest == 0)
        return;
    ag_place_rows(g, masked, s, offset);
#if AG_CAN_GATHER
    if (!AG_IS_SHARED(g->layout) && rest == g->active && s->bytes >= 4) {
        ag_scatter_rows(g, masked, s, d);
        return;
    }
#endif
    ag_store_some(g, rest, s, d);
}

/* The active lanes change what they address, or `offset` beyond it. */
AG_INLINE void ag_mark_rows(ag_group *g, const u32 masked,
                            const ag_group_access *s, u64 offset)
{
    const u32 vectors = AG_VECTORS, shift = g->lane.piece_shift;
    u64 piece = (u64)1 << ((s->first + offset) >> shift);
    u32 q, i;
    if (s->is_uniform) {
        if (AG_LIKELY((g->marked & piece) != 0))
            return;
        AG_EACH(i)
            *ag_vector(g->dirty, i) |= *ag_vector(g->mask, i) & piece;
        if (g->active == g->live)
            g->marked |= piece;
        return;
    }
    AG_EACH(i) {
        const ag_vec mask = *ag_vector(g->mask, i);
        const ag_vec x = (*ag_vector(g->address, i) & mask) + offset;
        *ag_vector(g->dirty, i) |= ag_splat(1) << (x >> shift) & mask;
    }
}

/* Executes a load; false (and nothing done) if it must go lane by lane. */
AG_INLINE u32 ag_load_group(ag_group *g, const u32 masked, u32 columns,
                            ag_packed_entry e)
{
    ag_group_access s;
    ag_take_columns(&s, columns, e);
    if (AG_UNLIKELY(!ag_check_rows(g, masked, &s, columns & 15, 1)))
        return 0;
    if (s.wb != AG_WB_none)
        ag_write_back(g, masked, &s);
    ag_load_register(g, masked, &s, s.d, 0);
    if (s.is_pair)
        ag_load_register(g, masked, &s, s.a, s.bytes);
    return 1;
}

AG_INLINE u32 ag_store_group(ag_group *g, const u32 masked, u32 columns,
                             ag_packed_entry e)
{
    ag_group_access s;
    ag_take_columns(&s, columns, e);
    if (AG_UNLIKELY(!ag_check_rows(g, masked, &s, columns & 15, 0)))
        return 0;
    if (!AG_IS_SHARED(g->layout)) {
        ag_mark_rows(g, masked, &s, 0);
        if (s.is_pair)
            ag_mark_rows(g, masked, &s, s.bytes);
    }
    ag_store_register(g, masked, &s, s.d, 0);
    if (s.is_pair)
        ag_store_register(g, masked, &s, s.a, s.bytes);
    if (s.wb != AG_WB_none)
        ag_write_back(g, masked, &s);
    return 1;
}

#define AG_OUT_OF_LINE(name, masked)                                           \
    AG_FN __attribute__((noinline))                                            \
    u32 name##_##masked(ag_group *g, u32 columns, ag_packed_entry e)           \
    {                                                                          \
        return name(g, masked, columns, e);                                    \
    }
AG_OUT_OF_LINE(ag_load_group, 0)
AG_OUT_OF_LINE(ag_load_group, 1)
AG_OUT_OF_LINE(ag_store_group, 0)
AG_OUT_OF_LINE(ag_store_group, 1)
#undef AG_OUT_OF_LINE

#endif
