/*
 * Memory of lanes that execute together (together.h): an access at an address
 * that is theirs alike is one of a row where lanes lie side by side, others go
 * lane by lane. What they may access is tested for all of them at once; where
 * one may not all leave.
 */
#ifndef AG_TOGETHER_MEMORY_H
#define AG_TOGETHER_MEMORY_H

/* Of a row each lane's word is an element of a vector. */
_Static_assert(AG_WORD == sizeof(u64), "a lane's word is an ag_vec's element");

/* Where the first lane's memory is, the others' behind it. */
AG_INLINE void ag_lanes_find_memory(AG_CTX, const ag_buffers *b,
                                    const ag_slice_args *args, u64 slot)
{
    ag_find_memory(AG_ALIKE_C, b, args, slot);
    AG_KNOW_MEMORY((&c->alike));
    c->memory_size = c->alike.memory_size;
    c->memory = c->alike.memory;
    c->view = c->alike.view;
    c->readonly = c->alike.readonly;
    c->next = ag_slot_offset(layout, args->memory_stride, 1);
#if AG_MARKS
    c->dirty = AG_LANES_STATE(AG_STATE_DIRTY);
    c->alike.dirty = 0;
    c->piece_shift = c->alike.piece_shift;
#endif
}

/* Has its top bit set where [x, x + size) does not lie in the first `bytes`,
   which are as many at least: an offset is at most `most` if neither it nor
   most - offset has that bit. */
AG_INLINE ag_vec ag_lanes_beyond(ag_vec x, u64 bytes, u64 size)
{
    return x | (bytes - size - x);
}

/* AG_OWN_OFFSET() of each lane. */
#define AG_OWN_OFFSETS(at) ((at) - (AG_HAS_WINDOW(layout) ? c->view.base : 0))

/* As ag_region_may(), of all lanes. */
AG_INLINE u32 ag_lanes_may(AG_CTX, u32 is_load, ag_vec at, u32 bytes, u32 size)
{
    const u64 top = (u64)1 << 63;
    ag_vec outside = ag_splat(top);
    if (size <= c->memory_size)
        outside = ag_lanes_beyond(AG_OWN_OFFSETS(at), c->memory_size, size);
    if (AG_HAS_WINDOW(layout) && is_load && size <= c->view.readonly_bytes)
        outside &= ag_lanes_beyond(at - c->view.readonly,
                                   c->view.readonly_bytes, size);
    return !ag_any((outside & top) | (at & (bytes - 1)));
}

/* An access of lanes: at `at`, lane k's element k. */
typedef struct ag_lanes_access {
    const ag_lanes *c;
    ag_vec at, value;
    u32 layout, bytes;
} ag_lanes_access;

/* Where lane k has the byte at a checked address. */
AG_INLINE u8 *ag_place_of_lane(AG_CTX, u32 k, u64 address, u32 is_load)
{
    const u64 own = AG_OWN_OFFSET(address);
    if (AG_HAS_WINDOW(layout) && is_load && own >= c->memory_size)
        return c->readonly + (address - c->view.readonly);
    return c->memory + k * c->next + ag_byte_offset(layout, own);
}

AG_INLINE u64 ag_load_place(const u8 *p, u32 bytes)
{
    return bytes == 1   ? *(const ag_mem8 *)p
           : bytes == 2 ? *(const ag_mem16 *)p
           : bytes == 4 ? *(const ag_mem32 *)p
                        : *(const ag_mem64 *)p;
}
AG_INLINE void ag_store_place(u8 *p, u32 bytes, u64 v)
{
    if (bytes == 1)
        *(ag_mem8 *)p = (u8)v;
    else if (bytes == 2)
        *(ag_mem16 *)p = (u16)v;
    else if (bytes == 4)
        *(ag_mem32 *)p = (u32)v;
    else
        *(ag_mem64 *)p = v;
}

AG_INLINE u64 ag_load_of_lane(const ag_lanes_access *s, u32 k)
{
    return ag_load_place(
        ag_place_of_lane((ag_lanes *)s->c, s->layout, k, s->at[k], 1),
        s->bytes);
}
/* Gives something, as AG_VECTOR_OF wants. */
AG_INLINE u64 ag_store_of_lane(const ag_lanes_access *s, u32 k)
{
    ag_store_place(
        ag_place_of_lane((ag_lanes *)s->c, s->layout, k, s->at[k], 0), s->bytes,
        s->value[k]);
    return 0;
}

/* Notes that something is stored at each lane's address; at one for all. */
AG_INLINE void ag_lanes_mark(AG_CTX, ag_vec at AG_UNUSED)
{
#if AG_MARKS
    c->dirty |= ag_splat(1) << (AG_OWN_OFFSETS(at) >> c->piece_shift);
#endif
}
AG_INLINE void ag_lanes_mark_alike(AG_CTX, u64 at AG_UNUSED)
{
#if AG_MARKS
    c->alike.dirty |= (u64)1 << (AG_OWN_OFFSET(at) >> c->piece_shift);
#endif
}

AG_INLINE ag_vec ag_lanes_load_at(AG_CTX, ag_vec at, u32 bytes)
{
    const ag_lanes_access s = {c, at, at, layout, bytes};
    return AG_VECTOR_OF(ag_load_of_lane, &s, 0);
}
AG_INLINE void ag_lanes_store_at(AG_CTX, ag_vec at, u32 bytes, ag_vec v)
{
    const ag_lanes_access s = {c, at, v, layout, bytes};
    (void)AG_VECTOR_OF(ag_store_of_lane, &s, 0);
    ag_lanes_mark(AG_C, at);
}

/* At one address for all: of a row, whose words are as wide as its lanes are
   far apart, the part of each. */
AG_INLINE ag_vec *ag_lanes_row(AG_CTX, u64 own)
{
    const u64 word = own & ~(u64)(AG_WORD - 1);
    return (ag_vec *)(void *)(c->memory + ag_byte_offset(layout, word));
}
AG_INLINE u64 ag_ones_of(u32 bytes)
{
    return ~(u64)0 >> (64 - 8 * bytes);
}

AG_INLINE ag_vec ag_lanes_load_alike(AG_CTX, u64 at, u32 bytes)
{
    const u64 own = AG_OWN_OFFSET(at);
    if (AG_HAS_WINDOW(layout) && own >= c->memory_size)
        return ag_splat(
            ag_load_place(c->readonly + (at - c->view.readonly), bytes));
    if (AG_HAS_ROWS(layout))
        return *ag_lanes_row(AG_C, own) >> (own & (AG_WORD - 1)) * 8 &
               ag_ones_of(bytes);
    return ag_lanes_load_at(AG_C, ag_splat(at), bytes);
}
AG_INLINE void ag_lanes_store_alike(AG_CTX, u64 at, u32 bytes, ag_vec v)
{
    const u64 own = AG_OWN_OFFSET(at);
    if (AG_HAS_ROWS(layout)) {
        const u64 shift = (own & (AG_WORD - 1)) * 8, ones = ag_ones_of(bytes);
        ag_vec *row = ag_lanes_row(AG_C, own);
        if (bytes < AG_WORD)
            v = (*row & ~(ones << shift)) | (v & ones) << shift;
        *row = v;
    } else {
        const ag_lanes_access s = {c, ag_splat(at), v, layout, bytes};
        (void)AG_VECTOR_OF(ag_store_of_lane, &s, 0);
    }
    ag_lanes_mark_alike(AG_C, at);
}

AG_INLINE ag_vec ag_lanes_extend(ag_vec v, u32 bytes, u32 ext)
{
    const u32 s = 64 - 8 * bytes;
    if (ext == AG_EXT_none)
        return v;
    v = ASR(v << s, s);
    if (ext == AG_EXT_s32)
        v &= 0xffffffffu;
    return v;
}

/* What a memory row does (ag_memory_access_*()), at an address that is alike or
   not: of the two only that one is looked at. */
AG_INLINE void ag_lanes_memory(AG_CTX, const u32 is_alike, u32 is_load, u64 one,
                               ag_vec each, u32 bytes, u32 ext, u32 is_pair,
                               AG_FIELDS)
{
    ag_vec first = {0}, second = {0};
    if (is_load) {
        first = is_alike ? ag_lanes_load_alike(AG_C, one, bytes)
                         : ag_lanes_load_at(AG_C, each, bytes);
        if (is_pair)
            second = is_alike ? ag_lanes_load_alike(AG_C, one + bytes, bytes)
                              : ag_lanes_load_at(AG_C, each + bytes, bytes);
        W(d, ag_lanes_extend(first, bytes, ext));
        if (is_pair)
            W(a, ag_lanes_extend(second, bytes, ext));
        return;
    }
    if (is_alike) {
        ag_lanes_store_alike(AG_C, one, bytes, R(d));
        if (is_pair)
            ag_lanes_store_alike(AG_C, one + bytes, bytes, R(a));
        return;
    }
    ag_lanes_store_at(AG_C, each, bytes, R(d));
    if (is_pair)
        ag_lanes_store_at(AG_C, each + bytes, bytes, R(a));
}

AG_INLINE void ag_lanes_each(AG_CTX, u32 is_load, ag_vec address, u32 bytes,
                             u32 ext, u32 is_pair, u32 wb, AG_FIELDS)
{
    const ag_vec at = wb == AG_WB_post ? R(n) : address;
    if (!is_load)
        ag_lanes_memory(AG_C, 0, 0, 0, at, bytes, ext, is_pair, AG_F);
    if (wb != AG_WB_none)
        W(n, address);
    if (is_load)
        ag_lanes_memory(AG_C, 0, 1, 0, at, bytes, ext, is_pair, AG_F);
}

/* The same where the address is alike, and so the base is after it. */
AG_INLINE void ag_lanes_all(AG_CTX, u32 is_load, u64 address, u32 bytes,
                            u32 ext, u32 is_pair, u32 wb, AG_FIELDS)
{
    const u64 at = wb == AG_WB_post ? c->alike.x[n] : address;
    if (wb != AG_WB_none && is_load)
        c->alike.x[n] = address;
    ag_lanes_memory(AG_C, 1, is_load, at, ag_splat(0), bytes, ext, is_pair,
                    AG_F);
    if (wb != AG_WB_none && !is_load)
        c->alike.x[n] = address;
}

#undef AG_ACCESS
#define AG_ACCESS(is_load, form, bytes, ext, is_pair, wb, d, n, m, a, imm)     \
    ag_lanes_each(AG_C, is_load, agv_address_##form(AG_C, d, n, m, a, imm),    \
                  bytes, AG_EXT_##ext, is_pair, AG_WB_##wb, d, n, m, a, imm)
#define AG_ACCESS_ALIKE(is_load, form, bytes, ext, is_pair, wb, d, n, m, a,    \
                        imm)                                                   \
    ag_lanes_all(AG_C, is_load,                                                \
                 a64_address_##form(AG_ALIKE_C, d, n, m, a, imm), bytes,       \
                 AG_EXT_##ext, is_pair, AG_WB_##wb, d, n, m, a, imm)

#undef AG_ACCESS_AT
#define AG_ACCESS_AT(loop, address, retired, is_load, form, bytes, ext,        \
                     is_pair, wb, d, n, m, a, imm)                             \
    if (AG_UNLIKELY(!ag_lanes_may(                                             \
            AG_C, is_load,                                                     \
            AG_WB_##wb == AG_WB_post                                           \
                ? R(n)                                                         \
                : agv_address_##form(AG_C, d, n, m, a, imm),                   \
            bytes, (bytes) << (is_pair))))                                     \
        AG_LEAVE_FOR(loop, address, retired);                                  \
    AG_ACCESS(is_load, form, bytes, ext, is_pair, wb, d, n, m, a, imm)
#define AG_ACCESS_ALIKE_AT(loop, address, retired, is_load, form, bytes, ext,  \
                           is_pair, wb, d, n, m, a, imm)                       \
    if (AG_UNLIKELY(!ag_region_may(                                            \
            AG_ALIKE_C, is_load,                                               \
            AG_WB_##wb == AG_WB_post                                           \
                ? c->alike.x[n]                                                \
                : a64_address_##form(AG_ALIKE_C, d, n, m, a, imm),             \
            bytes, (bytes) << (is_pair))))                                     \
        AG_LEAVE_FOR(loop, address, retired);                                  \
    AG_ACCESS_ALIKE(is_load, form, bytes, ext, is_pair, wb, d, n, m, a, imm)

#undef AG_CHECK
#define AG_CHECK(loop, address, retired, row, first, size, bytes, is_load)     \
    if (AG_UNLIKELY(                                                           \
            !ag_lanes_may(AG_C, is_load, R(row) + (first), bytes, size)))      \
    AG_LEAVE_FOR(loop, address, retired)
#define AG_CHECK_ALIKE(loop, address, retired, row, first, size, bytes,        \
                       is_load)                                                \
    if (AG_UNLIKELY(!ag_region_may(AG_ALIKE_C, is_load,                        \
                                   c->alike.x[row] + (first), bytes, size)))   \
    AG_LEAVE_FOR(loop, address, retired)

#endif
