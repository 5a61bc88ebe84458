/*
 * Guest memory: range and alignment checks, reads and writes of 1 to 8 bytes,
 * compare-and-swap, and the one routine that executes every load and store row.
 * `layout` (AG_LAYOUT_*) is a constant in every instantiation. In shared memory
 * naturally aligned accesses are relaxed atomics and others go by bytes, so that
 * racing guests never harm the host. A private access that is not naturally
 * aligned, and one that is wider than a word of the interleaved layout, goes by
 * bytes or by words.
 */
#ifndef AG_MEMORY_H
#define AG_MEMORY_H

#include "engine/scalar.h"
#include "lane/buffers.h"

/* 1: this is the text of regions (engine/region.h). */
#ifndef AG_IS_REGION
#define AG_IS_REGION 0
#endif

/* Columns of memory rows. */
#define AG_EXT_none 0
#define AG_EXT_s32 1
#define AG_EXT_s64 2
#define AG_WB_none 0
#define AG_WB_pre 1
#define AG_WB_post 2
#define AG_ORDER_none AG_RELAXED
#define AG_ORDER_acquire AG_ACQUIRE
#define AG_ORDER_sc AG_SC

/* 1: what is known of a region's accesses is there for the C compiler to read; it
   takes less time so. Not on GPUs: LLVM finds the same there, but gives ptxas
   branches in another form, and lanes of a warp that part do not meet again
   (docs/translation.md, "What had stopped sort": 138 G instr/s of 1.74 T). */
#define AG_IS_FOLDED (AG_IS_REGION && AG_IS_COMPILED_ONCE)

/* What memory the lane has. Regions are compiled for one program, of which that
   is known (-DAG_KNOWN_MEMORY and the like): constants, which a compiler need not
   find behind what a lane holds. */
#if defined(AG_KNOWN_MEMORY) && AG_IS_FOLDED
#define AG_OWN_BYTES ((u64)(AG_KNOWN_MEMORY))
#define AG_OWN_BASE ((u64)(AG_KNOWN_BASE))
#define AG_ONCE_BASE ((u64)(AG_KNOWN_READONLY))
#define AG_ONCE_BYTES ((u64)(AG_KNOWN_READONLY_BYTES))
#else
#define AG_OWN_BYTES (c->memory_size)
#define AG_OWN_BASE (c->view.base)
#define AG_ONCE_BASE (c->view.readonly)
#define AG_ONCE_BYTES (c->view.readonly_bytes)
#endif

/* Where an address is in the lane's own memory, if it is there. */
#define AG_OWN_OFFSET(address)                                                 \
    (AG_HAS_WINDOW(layout) ? (address)-AG_OWN_BASE : (address))

/* How much of memory that may be read begins at an address and lies in one
   piece, bytes; 0: it is none. */
AG_INLINE u64 ag_readable_from(AG_CTX, u64 address)
{
    u64 own = AG_OWN_OFFSET(address);
    u64 once = address - AG_ONCE_BASE;
    if (own < AG_OWN_BYTES)
        return AG_OWN_BYTES - own;
    return AG_HAS_WINDOW(layout) && once < AG_ONCE_BYTES ? AG_ONCE_BYTES - once
                                                         : 0;
}

/* Whether [address, address + bytes) may be accessed. */
AG_INLINE u32 ag_is_writable(AG_CTX, u64 address, u64 bytes)
{
    return bytes <= AG_OWN_BYTES &&
           AG_OWN_OFFSET(address) <= AG_OWN_BYTES - bytes;
}
AG_INLINE u32 ag_is_readable(AG_CTX, u64 address, u64 bytes)
{
    u64 here = ag_readable_from(AG_C, address);
    if (here >= bytes || here == 0)
        return here >= bytes;
    return AG_HAS_WINDOW(layout) &&
           ag_readable_from(AG_C, address + here) >= bytes - here;
}

/* An access outside memory: a data fault, or a device that the host knows. Then
   nothing has happened to the lane, which comes back to the instruction. */
AG_INLINE u32 ag_access_outside(AG_CTX, u64 address, u32 bytes, u32 access)
{
    if (c->control[AG_CONTROL_DEVICES] == 0)
        return ag_stop_access(c, AG_STOP_DATA_FAULT, address, access, bytes);
    AG_STATE(AG_STATE_STATUS) =
        (AG_STATE(AG_STATE_STATUS) & AG_STATUS_PASSES) |
        AG_STATUS(AG_STOP_RUNNING, access, bytes);
    AG_STATE(AG_STATE_CODE) = address;
    return ag_request(c, AG_REQUEST_CALL, AG_REQUEST_DEVICE);
}

/*
 * AG_NEXT if [address, address + bytes) may be accessed and is, where asked,
 * naturally aligned; else stops the lane. bytes is at most 64, and a power of two
 * if alignment is asked for. Memory is at least 64 bytes. Alignment outranks
 * range.
 */
AG_INLINE u32 ag_check(AG_CTX, u64 address, u32 bytes, u32 access, u32 aligned)
{
    if (aligned && AG_UNLIKELY((address & (bytes - 1)) != 0))
        return ag_stop_access(c, AG_STOP_ALIGNMENT_FAULT, address, access,
                              bytes);
    if (AG_LIKELY(AG_OWN_OFFSET(address) <= AG_OWN_BYTES - bytes))
        return AG_NEXT;
    if (AG_HAS_WINDOW(layout) && access == AG_ACCESS_READ &&
        ag_is_readable(AG_C, address, bytes))
        return AG_NEXT;
    return ag_access_outside(AG_C, address, bytes, access);
}

/* What reads and may write: what cannot be read is a fault of the read. */
AG_INLINE u32 ag_check_update(AG_CTX, u64 address, u32 bytes)
{
    u32 result = ag_check(AG_C, address, bytes, AG_ACCESS_READ, 1);
    if (AG_HAS_WINDOW(layout) && result == AG_NEXT &&
        AG_UNLIKELY(!ag_is_writable(AG_C, address, bytes)))
        return ag_access_outside(AG_C, address, bytes, AG_ACCESS_WRITE);
    return result;
}

/* The same without consequences, for any number of bytes: none are inside
   wherever they are. */
AG_INLINE u32 ag_is_inside(AG_CTX, u64 address, u64 bytes, u32 access)
{
    return bytes == 0 || (access == AG_ACCESS_READ
                              ? ag_is_readable(AG_C, address, bytes)
                              : ag_is_writable(AG_C, address, bytes));
}

/* The same of V registers: regions leave what may not be, and what is not aligned
   to `unit`, to the interpreter. */
AG_INLINE u32 ag_check_units(AG_CTX, u64 address, u32 bytes,
                             u32 unit AG_UNUSED, u32 access)
{
#if AG_IS_REGION
    if ((address & (unit - 1)) != 0 ||
        !ag_is_inside(AG_C, address, bytes, access))
        return AG_STOP;
    AG_ASSUME((address & (unit - 1)) == 0);
    return AG_NEXT;
#else
    return ag_check(AG_C, address, bytes, access, 0);
#endif
}

/*
 * Without a fence for all lanes only a launch orders accesses. What must come
 * after everything before it waits for the next slice unless nothing of this
 * lane has executed in this one; what must come before everything after it ends
 * the turn.
 */
AG_INLINE u32 ag_must_wait(AG_CTX)
{
    return !AG_HAS_FENCE && AG_IS_SHARED(layout) && !c->alone &&
           c->cycles != c->slice_start;
}
AG_INLINE u32 ag_after_ordered(AG_CTX)
{
    return !AG_HAS_FENCE && AG_IS_SHARED(layout) ? AG_END_TURN : AG_NEXT;
}

/* Where the byte at a checked address lies: of the lane's own memory, or of all
   that may be read. */
AG_INLINE AG_GLOBAL u8 *ag_place(AG_CTX, u64 address)
{
    return c->memory + ag_byte_offset(layout, AG_OWN_OFFSET(address));
}
AG_INLINE AG_GLOBAL u8 *ag_place_to_read(AG_CTX, u64 address)
{
    if (AG_HAS_WINDOW(layout) && AG_OWN_OFFSET(address) >= AG_OWN_BYTES)
        return c->readonly + (address - AG_ONCE_BASE);
    return ag_place(AG_C, address);
}

/* The byte at a checked address is about to change. Every store marks what it
   changes by this; ag_write_*() are for those that have, and for who restores
   memory. */
AG_INLINE void ag_mark(AG_CTX, u64 address)
{
#if AG_MARKS
    if (!AG_IS_SHARED(layout))
        c->dirty |= (u64)1 << (AG_OWN_OFFSET(address) >> c->piece_shift);
#else
    (void)address;
#endif
}

/* The device that the lane asked for takes the place of all other memory, in
   whole lines, which no memory has a part of. Places in the code table stay
   (interp.h). */
AG_INLINE void ag_move_to_device(AG_CTX, AG_PRIVATE const ag_slice_args *args)
{
    const u64 line = AG_CACHE_LINE - 1, status = AG_STATE(AG_STATE_STATUS);
    const u64 address = AG_STATE(AG_STATE_CODE);
    c->memory += ag_byte_offset(layout, args->address);
    c->view.base = address & ~line;
    c->memory_size =
        ((address + AG_STATUS_SIZE(status) + line) & ~line) - c->view.base;
    c->view.readonly_bytes = 0;
    c->view.code_base =
        args->view.code_base + args->memory_size - c->memory_size;
    AG_STATE(AG_STATE_STATUS) = status & AG_STATUS_PASSES;
    AG_STATE(AG_STATE_CODE) = 0;
}

/* What accesses and stops need of a slot's lane: where its state and its memory
   are. */
AG_INLINE void ag_find_memory(AG_CTX, AG_PRIVATE const ag_buffers *b,
                              AG_PRIVATE const ag_slice_args *args, u64 slot)
{
    c->state = b->state + ag_state_index(slot, 0);
    c->memory_size = args->memory_size;
    c->memory = b->memory + ag_slot_offset(layout, args->memory_stride, slot);
    c->view.base = args->view.base;
    c->view.readonly = args->view.readonly;
    c->view.readonly_bytes = args->view.readonly_bytes;
    c->view.code_base = args->view.code_base;
    c->readonly = (AG_GLOBAL u8 *)b->readonly;
#if AG_MARKS
    c->dirty = AG_STATE(AG_STATE_DIRTY);
    c->piece_shift = ag_piece_shift(args->memory_size);
#endif
    c->control = b->control;
    if (AG_HAS_WINDOW(layout) && args->alone == AG_ALONE_ACCESS)
        ag_move_to_device(AG_C, args);
}

/* Accesses that are whole where they lie. */
#define AG_WHOLE_ACCESS(type, bits)                                            \
    AG_INLINE u64 ag_load_whole_##bits(AG_CTX, u64 address, const int order)   \
    {                                                                          \
        AG_GLOBAL type *p = (AG_GLOBAL type *)ag_place_to_read(AG_C, address); \
        return AG_IS_SHARED(layout) ? AG_ATOMIC_LOAD(p, order) : *p;           \
    }                                                                          \
    AG_INLINE void ag_write_whole_##bits(AG_CTX, u64 address, u64 v,           \
                                         const int order)                      \
    {                                                                          \
        AG_GLOBAL type *p = (AG_GLOBAL type *)ag_place(AG_C, address);         \
        if (AG_IS_SHARED(layout))                                        \
            AG_ATOMIC_STORE(p, (u##bits)v, order);                             \
        else                                                                   \
            *p = (u##bits)v;                                                   \
    }
AG_WHOLE_ACCESS(ag_mem8, 8)
AG_WHOLE_ACCESS(ag_mem16, 16)
AG_WHOLE_ACCESS(ag_mem32, 32)
AG_WHOLE_ACCESS(ag_mem64, 64)
#undef AG_WHOLE_ACCESS

/* Naturally aligned accesses; those of 8 bytes are two where words are 4. */
#define AG_IS_HALVED (AG_HAS_ROWS(layout) && AG_WORD < 8)
#define AG_TYPED_ACCESS(type, bits)                                            \
    AG_INLINE u64 ag_load_##bits(AG_CTX, u64 address, const int order)         \
    {                                                                          \
        if (AG_IS_HALVED && bits == 64)                                        \
            return ag_load_whole_32(AG_C, address, order) |                    \
                   ag_load_whole_32(AG_C, address + 4, order) << 32;           \
        return ag_load_whole_##bits(AG_C, address, order);                     \
    }                                                                          \
    AG_INLINE void ag_write_##bits(AG_CTX, u64 address, u64 v,                 \
                                   const int order)                            \
    {                                                                          \
        if (AG_IS_HALVED && bits == 64) {                                      \
            ag_write_whole_32(AG_C, address, v, order);                        \
            ag_write_whole_32(AG_C, address + 4, v >> 32, order);              \
            return;                                                            \
        }                                                                      \
        ag_write_whole_##bits(AG_C, address, v, order);                        \
    }                                                                          \
    AG_INLINE void ag_store_##bits(AG_CTX, u64 address, u64 v,                 \
                                   const int order)                            \
    {                                                                          \
        ag_mark(AG_C, address);                                                \
        ag_write_##bits(AG_C, address, v, order);                              \
    }                                                                          \
    AG_INLINE u32 ag_swap_##bits(AG_CTX, u64 address,                          \
                                 AG_PRIVATE u64 *expected, u64 v)              \
    {                                                                          \
        u##bits old = (u##bits)*expected;                                      \
        u32 done;                                                              \
        if (AG_IS_SHARED(layout)) {                                      \
            done = AG_CAS_##bits((AG_GLOBAL type *)ag_place(AG_C, address),    \
                                 &old, (u##bits)v);                            \
        } else {                                                               \
            u##bits seen =                                                     \
                (u##bits)ag_load_##bits(AG_C, address, AG_RELAXED);            \
            done = seen == old;                                                \
            old = seen;                                                        \
            if (done)                                                          \
                ag_store_##bits(AG_C, address, v, AG_RELAXED);                 \
        }                                                                      \
        *expected = old;                                                       \
        return done;                                                           \
    }
AG_TYPED_ACCESS(ag_mem8, 8)
AG_TYPED_ACCESS(ag_mem16, 16)
AG_TYPED_ACCESS(ag_mem32, 32)
AG_TYPED_ACCESS(ag_mem64, 64)
#undef AG_TYPED_ACCESS

/* Naturally aligned access of 1, 2, 4 or 8 bytes at a checked address. */
AG_INLINE u64 ag_load_aligned(AG_CTX, u64 address, u32 bytes, const int order)
{
    if (bytes == 1)
        return ag_load_8(AG_C, address, order);
    if (bytes == 2)
        return ag_load_16(AG_C, address, order);
    if (bytes == 4)
        return ag_load_32(AG_C, address, order);
    return ag_load_64(AG_C, address, order);
}

AG_INLINE void ag_store_aligned(AG_CTX, u64 address, u64 v, u32 bytes,
                                const int order)
{
    if (bytes == 1)
        ag_store_8(AG_C, address, v, order);
    else if (bytes == 2)
        ag_store_16(AG_C, address, v, order);
    else if (bytes == 4)
        ag_store_32(AG_C, address, v, order);
    else
        ag_store_64(AG_C, address, v, order);
}

/* Compare and swap: *expected becomes what was there; true if it was equal. */
AG_INLINE u32 ag_swap(AG_CTX, u64 address, AG_PRIVATE u64 *expected, u64 v,
                      u32 bytes)
{
    if (bytes == 1)
        return ag_swap_8(AG_C, address, expected, v);
    if (bytes == 2)
        return ag_swap_16(AG_C, address, expected, v);
    if (bytes == 4)
        return ag_swap_32(AG_C, address, expected, v);
    return ag_swap_64(AG_C, address, expected, v);
}

/* Any alignment. */
AG_INLINE u64 ag_load(AG_CTX, u64 address, u32 bytes, const int order)
{
    u64 v = 0;
    u32 i;
    if (AG_LIKELY((address & (bytes - 1)) == 0))
        return ag_load_aligned(AG_C, address, bytes, order);
    for (i = 0; i < bytes; i++)
        v |= ag_load_8(AG_C, address + i, AG_RELAXED) << (8 * i);
    return v;
}

AG_INLINE void ag_store(AG_CTX, u64 address, u64 v, u32 bytes, const int order)
{
    u32 i;
    if (AG_LIKELY((address & (bytes - 1)) == 0)) {
        ag_store_aligned(AG_C, address, v, bytes, order);
        return;
    }
    ag_mark(AG_C, address);
    ag_mark(AG_C, address + bytes - 1);
    for (i = 0; i < bytes; i++)
        ag_write_8(AG_C, address + i, v >> (8 * i), AG_RELAXED);
}

AG_INLINE u64 ag_extend(u64 v, u32 bytes, u32 ext)
{
    u32 s = 64 - 8 * bytes;
    if (ext == AG_EXT_none)
        return v;
    v = ASR(v << s, s);
    return ext == AG_EXT_s32 ? (u32)v : v;
}

/* The same of so many bytes; in regions, which leave what is not aligned to the
   interpreter, only what is. */
#define AG_ACCESS_OF(bytes, bits)                                              \
    AG_INLINE u64 ag_load_of_##bytes(AG_CTX, u64 address, const int order)     \
    {                                                                          \
        return AG_IS_FOLDED ? ag_load_##bits(AG_C, address, order)             \
                            : ag_load(AG_C, address, bytes, order);            \
    }                                                                          \
    AG_INLINE void ag_store_of_##bytes(AG_CTX, u64 address, u64 v,             \
                                       const int order)                        \
    {                                                                          \
        if (AG_IS_FOLDED)                                                      \
            ag_store_##bits(AG_C, address, v, order);                          \
        else                                                                   \
            ag_store(AG_C, address, v, bytes, order);                          \
    }
AG_ACCESS_OF(1, 8)
AG_ACCESS_OF(2, 16)
AG_ACCESS_OF(4, 32)
AG_ACCESS_OF(8, 64)
#undef AG_ACCESS_OF

/*
 * What a memory row does once the range at `at` is checked, for each size:
 * accesses it, then writes all registers. `address` is that of the address body;
 * with post-indexing that is the base's new value. With write-back to a loaded
 * register (CONSTRAINED UNPREDICTABLE) the loaded value stays; a store stores the
 * old base. A load is no release, a store no acquire: not in a dead branch either.
 *
 * ag_memory_*() execute a memory row: the whole range is checked once, so a stop
 * changes nothing.
 */
#define AG_MEMORY_ACCESS(bytes)                                                \
    AG_INLINE void ag_memory_access_##bytes(                                   \
        AG_CTX, u32 is_load, u64 at, u64 address, u32 ext, u32 is_pair,        \
        u32 wb, const int order, AG_FIELDS)                                    \
    {                                                                          \
        const int load_order = is_load ? order : AG_RELAXED;                   \
        const int store_order = is_load ? AG_RELAXED : order;                  \
        u64 first = 0, second = 0;                                             \
        if (is_load) {                                                         \
            first = ag_extend(ag_load_of_##bytes(AG_C, at, load_order), bytes, \
                              ext);                                            \
            if (is_pair)                                                       \
                second = ag_extend(                                            \
                    ag_load_of_##bytes(AG_C, at + bytes, load_order), bytes,   \
                    ext);                                                      \
        } else {                                                               \
            ag_store_of_##bytes(AG_C, at, R(d), store_order);                  \
            if (is_pair)                                                       \
                ag_store_of_##bytes(AG_C, at + bytes, R(a), store_order);      \
        }                                                                      \
        if (wb != AG_WB_none)                                                  \
            W(n, address);                                                     \
        if (is_load) {                                                         \
            W(d, first);                                                       \
            if (is_pair)                                                       \
                W(a, second);                                                  \
        }                                                                      \
    }                                                                          \
    AG_INLINE u32 ag_memory_##bytes(AG_CTX, u32 is_load, u64 address, u32 ext, \
                                    u32 is_pair, u32 wb, const int order,      \
                                    AG_FIELDS)                                 \
    {                                                                          \
        u64 at = wb == AG_WB_post ? R(n) : address;                            \
        u32 result =                                                           \
            ag_check(AG_C, at, (u32)(bytes) << is_pair,                        \
                     is_load ? AG_ACCESS_READ : AG_ACCESS_WRITE,               \
                     order != AG_RELAXED);                                     \
        if (AG_UNLIKELY(result != AG_NEXT))                                    \
            return result;                                                     \
        if (order != AG_RELAXED && !is_load && ag_must_wait(AG_C))             \
            return AG_WAIT;                                                    \
        ag_memory_access_##bytes(AG_C, is_load, at, address, ext, is_pair, wb, \
                                 order, AG_F);                                 \
        return order != AG_RELAXED ? ag_after_ordered(AG_C) : AG_NEXT;         \
    }
AG_MEMORY_ACCESS(1)
AG_MEMORY_ACCESS(2)
AG_MEMORY_ACCESS(4)
AG_MEMORY_ACCESS(8)
#undef AG_MEMORY_ACCESS

#endif
