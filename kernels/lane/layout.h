/*
 * How lanes' memories lie in the buffer. Accessors (lane/memory.h) have the
 * layout as a parameter that is a constant in every instantiation; everything
 * else asks for what it is like.
 *
 * X(NAME, value, is_shared, has_rows, has_window)
 *   is_shared   one memory, other lanes see every access; else each lane has a
 *               memory of its own
 *   has_rows    the words of the slots of a block lie side by side, then their
 *               next words: an access of up to a word is whole, one that is
 *               wider goes by words
 *   has_window  a lane's own memory begins at an address of the program's
 *               (ag_view), and beside it is what all lanes read in one
 *               copy; else addresses begin at 0 and all memory is its own
 */
#ifndef AG_LAYOUT_H
#define AG_LAYOUT_H

#include "lane/rows.h"

#define AG_LAYOUTS(X)                                                          \
    X(SHARED, 0, 1, 0, 0)                                                      \
    X(LINEAR, 1, 0, 0, 0) /* slot k's bytes start at k * stride */             \
    X(INTERLEAVED, 2, 0, 1, 0)                                                 \
    X(WINDOW_LINEAR, 3, 0, 0, 1)                                               \
    X(WINDOW_INTERLEAVED, 4, 0, 1, 1)

#define AG_LAYOUT_NUMBER(NAME, value, is_shared, has_rows, has_window)         \
    AG_LAYOUT_##NAME = (value),
enum ag_layout { AG_LAYOUTS(AG_LAYOUT_NUMBER) AG_LAYOUT_COUNT };

/* Kernels that are compiled for one have it as an option of the compiler. */
#if !AG_IS_COMPILED_ONCE && !defined(AG_LAYOUT)
#define AG_LAYOUT AG_LAYOUT_SHARED
#endif

#define AG_LAYOUT_IF_SHARED(NAME, value, is_shared, has_rows, has_window)      \
    | (is_shared) << (value)
#define AG_LAYOUT_IF_ROWS(NAME, value, is_shared, has_rows, has_window)        \
    | (has_rows) << (value)
#define AG_LAYOUT_IF_WINDOW(NAME, value, is_shared, has_rows, has_window)      \
    | (has_window) << (value)
#define AG_IS_SHARED(layout)                                                   \
    (((0u AG_LAYOUTS(AG_LAYOUT_IF_SHARED)) >> (layout)&1) != 0)
#define AG_HAS_ROWS(layout)                                                    \
    (((0u AG_LAYOUTS(AG_LAYOUT_IF_ROWS)) >> (layout)&1) != 0)
#define AG_HAS_WINDOW(layout)                                                  \
    (((0u AG_LAYOUTS(AG_LAYOUT_IF_WINDOW)) >> (layout)&1) != 0)
/* How a lane's own memory lies, addressed from 0; and the layout that is the
   same with a window. */
#define AG_LAYOUT_OF_OWN(layout)                                               \
    (AG_HAS_WINDOW(layout)                                                     \
         ? (layout)-AG_LAYOUT_WINDOW_LINEAR + AG_LAYOUT_LINEAR                 \
         : (layout))
#define AG_LAYOUT_IN_WINDOW(layout)                                            \
    ((layout)-AG_LAYOUT_LINEAR + AG_LAYOUT_WINDOW_LINEAR)
/* For what is seldom executed and much to compile: without a window memory is as
   in one that begins at 0 with nothing beside it, as ag_view then says. */
#define AG_LAYOUT_GENERAL(layout)                                              \
    (AG_IS_SHARED(layout) || AG_HAS_WINDOW(layout)                             \
         ? (layout)                                                            \
         : AG_LAYOUT_IN_WINDOW(layout))

/* A word of a row: 4, 8 or 16 bytes. */
#ifndef AG_WORD_SHIFT
#define AG_WORD_SHIFT 3
#endif
#define AG_WORD (1u << AG_WORD_SHIFT)

/* Addresses in a lane's own memory. Text that is compiled for memory of one size,
   which is less than 4 GiB, counts in 32 bits. */
#ifndef AG_OFFSET
#define AG_OFFSET u64
#endif

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
    AG_OFFSET within = (AG_OFFSET)address & (AG_WORD - 1);
    if (!AG_HAS_ROWS(layout))
        return (AG_OFFSET)address;
    return (u64)((AG_OFFSET)address - within) * AG_BLOCK + within;
}
/*
 * Where a program's addresses lead. [base, base + a lane's memory) is its own;
 * [readonly, readonly + readonly_bytes) lies in one copy that all lanes read.
 * The two do not overlap and may touch. In the code table pages of the second
 * come first, those of a lane's own memory begin at `code_base` there. All are
 * multiples of 64. Without a window all are 0.
 */
typedef struct ag_view {
    u64 base, readonly, readonly_bytes, code_base;
} ag_view;

/* Where in the code table the instruction at an address is, AG_NO_CODE where
   there is no memory. */
#define AG_NO_CODE (~(u64)0)
AG_INLINE u64 ag_code_offset(AG_PRIVATE const ag_view *view, u64 memory_size,
                             u64 address)
{
    if (address - view->base < memory_size)
        return address - view->base + view->code_base;
    return address - view->readonly < view->readonly_bytes
               ? address - view->readonly
               : AG_NO_CODE;
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
