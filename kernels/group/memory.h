/*
 * Loads and stores of a lane group. All lanes' addresses are computed and
 * checked as vectors first; unless every access is inside memory and naturally
 * aligned the instruction is left to ag_by_lane(), which stops exactly the
 * lanes that must stop. Included by run.h.
 */
#ifndef AG_GROUP_MEMORY_H
#define AG_GROUP_MEMORY_H

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
    u64 first;      /* address of the first active lane */
    u32 is_uniform; /* all active lanes have it */
    u32 is_row;     /* and it is a row of interleaved memory */
} ag_group_access;

/* Fewer active lanes than this load one by one. */
#define AG_FEW_LOADS 16

/* The vectors of an instruction: all, or those in use. */
#define AG_EACH(i)                                                             \
    for (q = 0; q < vectors && (i = masked ? g->used[q] : q, 1); q++)
#define AG_VECTORS (masked ? g->used_count : g->vectors)

/* Where in a slot's memory the bytes at these addresses lie. */
AG_INLINE ag_vec ag_offset_rows(const ag_group *g, ag_vec x)
{
    ag_vec within = x & (AG_WORD - 1);
    return g->layout == AG_LAYOUT_INTERLEAVED
               ? (ag_vec)((x - within) * AG_BLOCK + within)
               : x;
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

/* Where vector i's lanes have the bytes at these addresses. An inactive lane
   gets `first`, a place that it may load from. */
AG_INLINE ag_vec ag_places(ag_group *g, u32 i, ag_vec x, ag_vec first)
{
    return ag_select(*ag_vector(g->mask, i),
                     *ag_vector(g->base, i) + ag_offset_rows(g, x), first);
}

/*
 * Rows of addresses and places of the vectors in use. False if some access is
 * unaligned or outside. An address is at most `most` if neither it nor
 * most - address has the top bit set.
 */
AG_INLINE u32 ag_address_rows(ag_group *g, const u32 masked,
                              const ag_group_access *s, u32 form)
{
    const u64 most = g->lane.memory_size - (s->bytes << s->is_pair);
    const ag_vec first = ag_splat(g->base[ag_first(g->active)]) +
                         ag_offset_rows(g, ag_splat(s->first));
    const u32 vectors = AG_VECTORS;
    ag_vec outside = ag_splat(0), odd = outside, x;
    u32 q, i;
#define AG_FORM_CASE(form)                                                     \
    case AG_FORM_##form:                                                       \
        AG_EACH(i) {                                                           \
            x = agv_address_##form(g, i, 0, 0, s->d, s->n, s->m, s->a,         \
                                   s->imm);                                    \
            *ag_vector(g->address, i) = x;                                     \
            *ag_vector(g->place, i) = ag_places(g, i, x, first);               \
            x &= *ag_vector(g->mask, i);                                       \
            outside |= x | (most - x);                                         \
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

/* Rows of places of the bytes `offset` beyond the addresses, unless
   ag_address_rows() left them. */
AG_INLINE void ag_place_rows(ag_group *g, const u32 masked,
                             const ag_group_access *s, u64 offset)
{
    const u32 vectors = AG_VECTORS;
    const ag_vec first = ag_splat(g->base[ag_first(g->active)]) +
                         ag_offset_rows(g, ag_splat(s->first + offset));
    u32 q, i;
    if (!s->is_uniform && offset == 0)
        return;
    AG_EACH(i)
        *ag_vector(g->place, i) =
            ag_places(g, i,
                      offset + (s->is_uniform ? ag_splat(s->first)
                                              : *ag_vector(g->address, i)),
                      first);
}

/* Finds the addresses accessed: one for all, or rows of them and their places.
   False if some access is unaligned or outside. */
AG_INLINE u32 ag_check_rows(ag_group *g, const u32 masked, ag_group_access *s,
                            u32 form)
{
    const u64 most = g->lane.memory_size - (s->bytes << s->is_pair);
    if (s->wb == AG_WB_post)
        form = AG_FORM_base;
    s->first = 0;
    s->is_uniform = ag_is_first(g, masked, s, form, ag_first(g->active));
    s->is_row = s->is_uniform && g->has_rows;
    if (s->is_uniform)
        return s->first <= most && (s->first & (s->bytes - 1)) == 0;
    return ag_address_rows(g, masked, s, form);
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
        return (ag_mem##bits *)(void *)(g->lane.memory + g->place[k]);         \
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

/* One register from shared memory, the same address in all lanes. */
AG_INLINE void ag_load_uniform(ag_group *g, const u32 masked,
                               const ag_group_access *s, u32 d, u64 offset)
{
    const u32 k = ag_first(g->active), vectors = AG_VECTORS;
    u64 v = 0;
    u32 q, i;
    g->place[k] = s->first + offset;
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
    if (s->is_uniform && g->layout == AG_LAYOUT_SHARED) {
        ag_load_uniform(g, masked, s, d, offset);
        return;
    }
    if (s->is_row)
        rest = ag_load_row(g, masked, s, d, s->first + offset);
    if (rest == 0)
        return;
    ag_place_rows(g, masked, s, offset);
#if AG_CAN_GATHER
    if (g->layout != AG_LAYOUT_SHARED && rest == g->active) {
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
    if (g->layout != AG_LAYOUT_SHARED && rest == g->active && s->bytes >= 4) {
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
    if (AG_UNLIKELY(!ag_check_rows(g, masked, &s, columns & 15)))
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
    if (AG_UNLIKELY(!ag_check_rows(g, masked, &s, columns & 15)))
        return 0;
    if (g->layout != AG_LAYOUT_SHARED) {
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
