/*
 * What the lanes of a group address: a memory row's columns, all addresses as
 * vectors, whether each is inside memory and aligned, and where in the buffer
 * that is. Addresses are kept as offsets in the lanes' own memory; with a window
 * what lies elsewhere is read in the one copy, g->once bytes beyond its offset.
 */
#ifndef AG_GROUP_ADDRESS_H
#define AG_GROUP_ADDRESS_H

#include "group/group.h"

/* Whole rows and gathering take a word for a register. */
_Static_assert(AG_WORD == 8, "lane groups need words of 8 bytes");

/* A memory row's columns in a word. */
#define AG_FORMS(X)                                                            \
    X(base) X(base_imm) X(base_lsl) X(base_uxtw) X(base_sxtw) X(absolute)
#define AG_FORM_NUMBER(form) AG_FORM_##form,
enum ag_form { AG_FORMS(AG_FORM_NUMBER) AG_FORM_COUNT };
#undef AG_FORM_NUMBER
#define AG_ROW_COLUMNS(form, size, ext, is_pair, wb)                           \
    ((u32)AG_FORM_##form | (u32)(size) << 4 | (u32)AG_EXT_##ext << 8 |         \
     (u32)(is_pair) << 10 | (u32)AG_WB_##wb << 11)

typedef struct ag_group_access {
    u32 bytes, ext, is_pair, wb;
    u32 d, n, m, a;
    u64 imm;
    u64 first;      /* offset of the first active lane */
    u32 is_uniform; /* all active lanes have it */
    u32 is_row;     /* and it is a row of interleaved memory */
    u32 is_once;    /* or in what all lanes read in one copy */
} ag_group_access;

/* The vectors of an instruction: all, or those in use. */
#define AG_EACH(i)                                                             \
    for (q = 0; q < vectors && (i = masked ? g->used[q] : q, 1); q++)
#define AG_VECTORS (masked ? g->used_count : g->vectors)

/* Where in a slot's memory the bytes at these addresses lie. */
AG_INLINE ag_vec ag_offset_rows(const ag_group *g, ag_vec x)
{
    ag_vec within = x & (AG_WORD - 1);
    return AG_HAS_ROWS(g->layout)
               ? (ag_vec)((x - within) * AG_BLOCK + within)
               : x;
}

/* Where in the buffer lane k has the bytes at an offset. */
AG_INLINE u64 ag_place_of(const ag_group *g, u32 k, u64 x)
{
    if (g->has_window && x >= g->lane.memory_size)
        return x + g->once;
    return g->base[k] + ag_byte_offset(AG_HAS_ROWS(g->layout)
                                           ? AG_LAYOUT_INTERLEAVED
                                           : AG_LAYOUT_LINEAR,
                                       x);
}

/* True if all active lanes have the address of lane k, s->first. */
AG_INLINE u32 ag_is_first(ag_group *g, const u32 masked, ag_group_access *s,
                          u32 form, u32 k)
{
    const u32 vectors = AG_VECTORS;
    ag_vec differ = ag_splat(0), first = differ;
    u32 q, i;
#define AG_FORM_CASE(form)                                                     \
    case AG_FORM_##form:                                                       \
        *ag_vector(g->address, 0) = agv_address_##form(                        \
            g, k / AG_VECTOR_LANES, 0, 0, s->d, s->n, s->m, s->a, s->imm);     \
        s->first = g->address[k % AG_VECTOR_LANES];                            \
        first = ag_splat(s->first);                                            \
        differ = (*ag_vector(g->address, 0) ^ first) &                         \
                 *ag_vector(g->mask, k / AG_VECTOR_LANES);                     \
        if (ag_any(differ))                                                    \
            return 0;                                                          \
        AG_EACH(i)                                                             \
            differ |= (agv_address_##form(g, i, 0, 0, s->d, s->n, s->m, s->a,  \
                                          s->imm) ^                            \
                       first) &                                                \
                      *ag_vector(g->mask, i);                                  \
        break;
    switch (form) {
        AG_FORMS(AG_FORM_CASE)
    default:
        break;
    }
#undef AG_FORM_CASE
    return !ag_any(differ);
}

/* Where vector i's lanes have the bytes at these offsets. An inactive lane gets
   `first`, a place that it may load from. */
AG_INLINE ag_vec ag_places(ag_group *g, const u32 has_window, u32 i, ag_vec x,
                           ag_vec first)
{
    ag_vec place = *ag_vector(g->base, i) + ag_offset_rows(g, x);
    if (has_window)
        place = ag_select(LT(x, ag_splat(g->lane.memory_size)), place,
                          x + g->once);
    return ag_select(*ag_vector(g->mask, i), place, first);
}

/* Has its top bit set where an access of so many bytes is outside memory. An
   offset is at most `most` if neither it nor most - offset has the top bit
   set; `most` must not have it, so nothing to read is no extent of 0 bytes. */
AG_INLINE ag_vec ag_outside(const ag_group *g, const u32 has_window,
                            u32 is_load, ag_vec x, u32 bytes)
{
    const u64 most = g->lane.memory_size - bytes;
    ag_vec outside = x | (most - x);
    if (has_window && is_load && g->lane.view.readonly_bytes != 0) {
        const ag_vec once = x + (g->lane.view.base - g->lane.view.readonly);
        outside &= once | (g->lane.view.readonly_bytes - bytes - once);
    }
    return outside;
}

/*
 * Rows of offsets and places of the vectors in use. False if some access is
 * unaligned or outside, or begins where may be read and ends where may be
 * written.
 */
AG_INLINE u32 ag_address_rows(ag_group *g, const u32 masked,
                              const u32 has_window, const ag_group_access *s,
                              u32 form, u32 is_load)
{
    const u32 bytes = s->bytes << s->is_pair;
    const ag_vec first =
        ag_splat(ag_place_of(g, ag_first(g->active), s->first));
    const u32 vectors = AG_VECTORS;
    ag_vec outside = ag_splat(0), odd = outside, x;
    u32 q, i;
#define AG_FORM_CASE(form)                                                     \
    case AG_FORM_##form:                                                       \
        AG_EACH(i) {                                                           \
            x = agv_address_##form(g, i, 0, 0, s->d, s->n, s->m, s->a,         \
                                   s->imm);                                    \
            if (has_window)                                                    \
                x -= g->lane.view.base;                                        \
            *ag_vector(g->address, i) = x;                                     \
            *ag_vector(g->place, i) = ag_places(g, has_window, i, x, first);   \
            x &= *ag_vector(g->mask, i);                                       \
            outside |= ag_outside(g, has_window, is_load, x, bytes);           \
            odd |= x;                                                          \
        }                                                                      \
        break;
    switch (form) {
        AG_FORMS(AG_FORM_CASE)
    default:
        break;
    }
#undef AG_FORM_CASE
    return ag_top_bits(outside) == 0 && !ag_any(odd & (s->bytes - 1));
}

/* The same by how the group's memory lies. */
AG_INLINE u32 ag_find_rows(ag_group *g, const u32 masked,
                           const ag_group_access *s, u32 form, u32 is_load)
{
    return AG_UNLIKELY(g->has_window)
               ? ag_address_rows(g, masked, 1, s, form, is_load)
               : ag_address_rows(g, masked, 0, s, form, is_load);
}

/* Rows of places of the bytes `offset` beyond the addresses, unless
   ag_address_rows() left them. */
AG_INLINE void ag_place_rows(ag_group *g, const u32 masked,
                             const ag_group_access *s, u64 offset)
{
    const u32 vectors = AG_VECTORS;
    const ag_vec first =
        ag_splat(ag_place_of(g, ag_first(g->active), s->first + offset));
    u32 q, i;
    if (!s->is_uniform && offset == 0)
        return;
    AG_EACH(i)
        *ag_vector(g->place, i) =
            ag_places(g, g->has_window, i,
                      offset + (s->is_uniform ? ag_splat(s->first)
                                              : *ag_vector(g->address, i)),
                      first);
}

/* All lanes access `bytes` at one offset: true if they may. */
AG_INLINE u32 ag_check_first(const ag_group *g, ag_group_access *s, u32 is_load,
                             u32 bytes)
{
    u64 once;
    if (AG_LIKELY(s->first <= g->lane.memory_size - bytes))
        return 1;
    once = s->first + (g->lane.view.base - g->lane.view.readonly);
    s->is_row = 0;
    s->is_once = is_load && bytes <= g->lane.view.readonly_bytes &&
                 once <= g->lane.view.readonly_bytes - bytes;
    return s->is_once;
}

/* Where lanes access memory: at one offset all, or not. */
AG_INLINE void ag_find_first(ag_group *g, const u32 masked, ag_group_access *s,
                             u32 form)
{
    s->first = 0;
    s->is_uniform = ag_is_first(g, masked, s, form, ag_first(g->active));
    s->is_row = s->is_uniform && g->has_rows;
    s->is_once = 0;
    s->first -= g->lane.view.base;
}

/* Finds the addresses accessed: one for all, or rows of them and their places.
   False if some access is unaligned or outside. */
AG_INLINE u32 ag_check_rows(ag_group *g, const u32 masked, ag_group_access *s,
                            u32 form, u32 is_load)
{
    if (s->wb == AG_WB_post)
        form = AG_FORM_base;
    ag_find_first(g, masked, s, form);
    if (s->is_uniform)
        return (s->first & (s->bytes - 1)) == 0 &&
               ag_check_first(g, s, is_load, s->bytes << s->is_pair);
    return ag_find_rows(g, masked, s, form, is_load);
}

AG_INLINE void ag_take_columns(ag_group_access *s, u32 columns,
                               ag_packed_entry e)
{
    s->bytes = columns >> 4 & 15;
    s->ext = columns >> 8 & 3;
    s->is_pair = columns >> 10 & 1;
    s->wb = columns >> 11 & 3;
    s->d = (u32)(e.low >> 32) & 0xff;
    s->n = (u32)(e.low >> 40) & 0xff;
    s->m = (u32)(e.low >> 48) & 0xff;
    s->a = (u32)(e.low >> 56);
    s->imm = e.high;
}

/* X[n] := the base plus the offset, before or after the access. */
AG_INLINE void ag_write_back(ag_group *g, const u32 masked,
                             const ag_group_access *s)
{
    const u32 vectors = AG_VECTORS;
    u32 q, i;
    AG_EACH(i)
        ag_put(
            g, i, masked, g->x[s->n],
            agv_address_base_imm(g, i, 0, 0, s->d, s->n, s->m, s->a, s->imm));
}

#endif
