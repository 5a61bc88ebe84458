/*
 * How lanes' memories lie in the buffer. Accessors (lane/memory.h) have the
 * layout as a parameter that is a constant in every instantiation; everything
 * else asks for what it is like.
 *
 * X(NAME, value, is_shared, has_rows)
 *   is_shared   one memory, other lanes see every access; else each lane has a
 *               memory of its own
 *   has_rows    the words of the slots of a block lie side by side, then their
 *               next words: an access of up to a word is whole, one that is
 *               wider goes by words
 */
#ifndef AG_LAYOUT_H
#define AG_LAYOUT_H

#include "lane/rows.h"

#define AG_LAYOUTS(X)                                                          \
    X(SHARED, 0, 1, 0)                                                         \
    X(LINEAR, 1, 0, 0) /* slot k's bytes start at k * stride */                \
    X(INTERLEAVED, 2, 0, 1)

#define AG_LAYOUT_NUMBER(NAME, value, is_shared, has_rows)                     \
    AG_LAYOUT_##NAME = (value),
enum ag_layout { AG_LAYOUTS(AG_LAYOUT_NUMBER) AG_LAYOUT_COUNT };

#define AG_LAYOUT_IF_SHARED(NAME, value, is_shared, has_rows)                  \
    | (is_shared) << (value)
#define AG_LAYOUT_IF_ROWS(NAME, value, is_shared, has_rows)                    \
    | (has_rows) << (value)
#define AG_IS_SHARED(layout)                                                   \
    (((0u AG_LAYOUTS(AG_LAYOUT_IF_SHARED)) >> (layout)&1) != 0)
#define AG_HAS_ROWS(layout)                                                    \
    (((0u AG_LAYOUTS(AG_LAYOUT_IF_ROWS)) >> (layout)&1) != 0)

/* A word of a row: 4, 8 or 16 bytes. */
#ifndef AG_WORD_SHIFT
#define AG_WORD_SHIFT 3
#endif
#define AG_WORD (1u << AG_WORD_SHIFT)

/* Byte `address` of a slot's memory is at ag_slot_offset() + ag_byte_offset();
   a naturally aligned access of up to AG_WORD bytes (8 without rows) is whole
   there. `stride` is the bytes from one private memory to the next. */
AG_INLINE u64 ag_slot_offset(u32 layout, u64 stride, u64 slot)
{
    if (AG_IS_SHARED(layout))
        return 0;
    if (!AG_HAS_ROWS(layout))
        return slot * stride;
    return slot / AG_BLOCK * (stride * AG_BLOCK) + slot % AG_BLOCK * AG_WORD;
}
AG_INLINE u64 ag_byte_offset(u32 layout, u64 address)
{
    u64 within = address & (AG_WORD - 1);
    if (!AG_HAS_ROWS(layout))
        return address;
    return (address - within) * AG_BLOCK + within;
}
/* Bytes of the buffer for so many slots, of which a block is whole. */
AG_INLINE u64 ag_memory_bytes(u32 layout, u64 size, u64 stride, u64 slots)
{
    if (AG_IS_SHARED(layout))
        return size;
    if (AG_HAS_ROWS(layout))
        slots = (slots + AG_BLOCK - 1) / AG_BLOCK * AG_BLOCK;
    return slots * stride;
}

#endif
