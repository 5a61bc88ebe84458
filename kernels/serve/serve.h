/*
 * The serving kernel: what the host wants done to many slots at once where the
 * memory is. Starting lanes, memory as it began (of a slot that was in use the
 * pieces that changed, where stores mark them), ranges of memory and whole
 * states to and from a staging buffer. One thread has one slot, or a part of
 * its range; neighbouring threads have neighbouring slots, so that interleaved
 * memory is accessed in whole lines.
 */
#ifndef AG_SERVE_H
#define AG_SERVE_H

#include "engine/interp.h"
#include "lane/random.h"

/* The number of the lane at a place among those that run. */
AG_INLINE u64 ag_lane_number(AG_GLOBAL const u64 *start, u64 place)
{
    AG_GLOBAL const u64 *only = start + start[AG_START_ONLY];
    u64 low = 0, high = start[AG_START_STRETCHES];
    if (high == 0)
        return place;
    while (high - low > 1) {
        u64 middle = low + (high - low) / 2;
        if (only[2 * middle] <= place)
            low = middle;
        else
            high = middle;
    }
    return only[2 * low + 1] + (place - only[2 * low]);
}

/* Which program a lane executes. */
AG_INLINE u32 ag_program_of(AG_GLOBAL const u64 *start, u64 lane)
{
    u64 divisor = start[AG_START_DIVISOR];
    AG_GLOBAL const u32 *table =
        (AG_GLOBAL const u32 *)(start + start[AG_START_TABLE]);
    if (start[AG_START_ASSIGN] == AG_ASSIGN_BLOCK)
        return (u32)(lane / divisor);
    if (start[AG_START_ASSIGN] == AG_ASSIGN_TABLE)
        return table[lane % divisor];
    return (u32)(lane % divisor);
}

AG_INLINE AG_GLOBAL const u64 *ag_program(AG_GLOBAL const u64 *start,
                                          u32 program)
{
    return start + AG_START_PROGRAMS + program * AG_PROGRAM_WORDS;
}

/* A plane's rows of a slot as its lane begins. */
AG_INLINE void ag_begin_rows(AG_GLOBAL u64 *rows, u32 count,
                             AG_GLOBAL const u64 *start, u64 lane)
{
    u32 row;
    for (row = 0; row < count; row++)
        rows[row * AG_BLOCK] = lane * start[2 * row] + start[2 * row + 1];
}

/* All state as lane number `lane` starts. */
AG_INLINE void ag_begin_state(AG_PRIVATE ag_lane *c,
                              AG_PRIVATE const ag_buffers *b, u64 slot,
                              u64 lane, u32 program, u64 limit)
{
#define AG_BEGIN_PLANE(NAME, name)                                             \
    if (AG_HAS_##NAME && b->name != 0)                                         \
        ag_begin_rows(b->name + ag_plane_index(AG_##NAME##_ROWS, slot, 0),     \
                      AG_##NAME##_ROWS, b->start + AG_START_##NAME, lane);
    AG_PLANES(AG_BEGIN_PLANE)
    AG_STATE(AG_STATE_PROGRAM) = program;
    AG_STATE(AG_STATE_LIMIT) = limit;
    if (program < b->start[AG_START_OWN_PC])
        AG_STATE(AG_STATE_PC) = ag_program(b->start, program)[AG_PROGRAM_ENTRY];
}

/* Words of [a, high), multiples of 8; simple loops that compilers know. */
AG_INLINE u64 ag_zero_words(AG_CTX, u64 a, u64 high)
{
    for (; a < high; a += 8)
        ag_write_64(AG_C, a, 0, AG_RELAXED);
    return a;
}
AG_INLINE u64 ag_image_words(AG_CTX, AG_GLOBAL const u64 *image, u64 first,
                             u64 a, u64 high)
{
    for (; a < high; a += 8)
        ag_write_64(AG_C, a, image[(a - first) / 8], AG_RELAXED);
    return a;
}

/* [low, high) of the lane's memory as its program began. */
AG_INLINE void ag_begin_memory(AG_CTX, AG_GLOBAL const u64 *start, u32 program,
                               u64 low, u64 high)
{
    AG_GLOBAL const u64 *p = ag_program(start, program);
    AG_GLOBAL const u64 *image = start + p[AG_PROGRAM_IMAGE];
    u64 first = p[AG_PROGRAM_LOW], end = p[AG_PROGRAM_HIGH], a = low;
    u64 words = high & ~(u64)7;
    while (a < high) {
        u64 word = a & ~(u64)7;
        if (a == word && a < words) {
            a = ag_zero_words(AG_C, a, first < words ? first : words);
            if (a >= first && a < end)
                a = ag_image_words(AG_C, image, first, a,
                                   end < words ? end : words);
            if (a >= end)
                a = ag_zero_words(AG_C, a, words);
        } else {
            u64 v = word >= first && word < end ? image[(word - first) / 8] : 0;
            ag_write_8(AG_C, a, v >> (8 * (a - word)), AG_RELAXED);
            a++;
        }
    }
}

/* What of [low, high) a lane has random bytes in. */
AG_INLINE void ag_begin_random(AG_CTX, AG_GLOBAL const u64 *start, u64 lane,
                               u64 low, u64 high)
{
    u64 at = start[AG_START_RANDOM];
    u32 i;
    for (i = 0; at != 0 && i < AG_RANDOM_BYTES / 8; i++, at += 8)
        if (at >= low && at < high)
            ag_write_64(AG_C, at, ag_random_64(start[AG_START_SEED], lane, i),
                        AG_RELAXED);
}

/* Where memory of a program may begin unlike that of others. */
AG_INLINE u64 ag_own_pieces(AG_GLOBAL const u64 *start, u32 program,
                              u32 shift)
{
    AG_GLOBAL const u64 *p = ag_program(start, program);
    return ag_pieces(shift, p[AG_PROGRAM_OWN_LOW], p[AG_PROGRAM_OWN_HIGH]);
}

/* The pieces of a slot that may not be as memory of `program` begins. */
AG_INLINE u64 ag_stale_pieces(AG_PRIVATE const ag_lane *c,
                              AG_GLOBAL const u64 *start, u32 program,
                              u32 shift)
{
    u32 before = (u32)AG_STATE(AG_STATE_PROGRAM);
    if (!AG_MARKS)
        return ~(u64)0;
    if (before == program)
        return AG_STATE(AG_STATE_DIRTY);
    return AG_STATE(AG_STATE_DIRTY) | ag_own_pieces(start, before, shift) |
           ag_own_pieces(start, program, shift);
}

/* Those of [low, high) as the program begins. */
AG_INLINE void ag_restore_memory(AG_CTX, AG_GLOBAL const u64 *start,
                                 u32 program, u32 shift, u64 low, u64 high)
{
    u64 stale = ag_stale_pieces(c, start, program, shift);
    if (stale == ~(u64)0) {
        ag_begin_memory(AG_C, start, program, low, high);
        return;
    }
    stale &= ag_pieces(shift, low, high);
    while (stale != 0) {
        u64 piece = 63 - AG_CLZ64(stale);
        u64 a = piece << shift, end = (piece + 1) << shift;
        ag_begin_memory(AG_C, start, program, a > low ? a : low,
                        end < high ? end : high);
        stale &= ~((u64)1 << piece);
    }
}

/* [low, high) of the lane's memory to or from `bytes`. */
AG_INLINE void ag_copy_memory(AG_CTX, AG_GLOBAL u8 *bytes, u64 low, u64 high,
                              u32 is_read)
{
    u64 a = low;
    u32 is_aligned = ((low | (u64)bytes) & 7) == 0;
    while (a < high) {
        AG_GLOBAL u8 *p = bytes + (a - low);
        if (is_aligned && high - a >= 8) {
            AG_GLOBAL ag_mem64 *q = (AG_GLOBAL ag_mem64 *)p;
            if (is_read)
                *q = ag_load_64(AG_C, a, AG_RELAXED);
            else
                ag_write_64(AG_C, a, *q, AG_RELAXED);
            a += 8;
        } else {
            if (is_read)
                *p = (u8)ag_load_8(AG_C, a, AG_RELAXED);
            else
                ag_write_8(AG_C, a, *p, AG_RELAXED);
            a++;
        }
    }
}

/* A plane's rows of a slot to or from words that lie `listed` apart; gives the
   word after the last. */
AG_INLINE AG_GLOBAL u64 *ag_copy_rows(AG_GLOBAL u64 *rows, u32 count,
                                      AG_GLOBAL u64 *words, u32 listed,
                                      u32 is_read)
{
    u32 row;
    for (row = 0; row < count; row++) {
        if (is_read)
            words[(u64)row * listed] = rows[row * AG_BLOCK];
        else
            rows[row * AG_BLOCK] = words[(u64)row * listed];
    }
    return words + (u64)count * listed;
}

AG_INLINE void ag_copy_state(AG_PRIVATE const ag_buffers *b, u64 slot,
                             AG_GLOBAL u64 *words, u32 listed, u32 is_read)
{
#define AG_COPY_PLANE(NAME, name)                                              \
    if (AG_HAS_##NAME && b->name != 0)                                         \
        words = ag_copy_rows(                                                  \
            b->name + ag_plane_index(AG_##NAME##_ROWS, slot, 0),               \
            AG_##NAME##_ROWS, words, listed, is_read);
    AG_PLANES(AG_COPY_PLANE)
}

/* The lane that ended in this slot. */
AG_INLINE void ag_count_lane(AG_PRIVATE ag_lane *c, AG_GLOBAL u64 *tally)
{
    u64 cycles = AG_STATE(AG_STATE_CYCLES) - AG_STATE(AG_STATE_START);
    u32 stop = AG_STATUS_STOP(AG_STATE(AG_STATE_STATUS));
    tally[AG_TALLY_CYCLES * AG_BLOCK] += cycles;
    if (cycles > tally[AG_TALLY_MOST * AG_BLOCK])
        tally[AG_TALLY_MOST * AG_BLOCK] = cycles;
    if (~cycles > tally[AG_TALLY_LEAST * AG_BLOCK])
        tally[AG_TALLY_LEAST * AG_BLOCK] = ~cycles;
    if ((AG_STOPS_WITH_STATUS >> stop & 1) != 0 &&
        AG_STATE(AG_STATE_CODE) != 0)
        tally[AG_TALLY_CODES * AG_BLOCK]++;
    tally[(AG_TALLY_STOPS + stop) * AG_BLOCK]++;
}

/* The k-th lane begins: its memory, then its state, from which others that have
   a part of the memory may not have to read (AG_SERVE_RESTORE). */
AG_INLINE void ag_begin_slot(AG_CTX, AG_PRIVATE const ag_buffers *b,
                             AG_PRIVATE const ag_slice_args *args, u32 k,
                             u64 slot, u64 low, u64 high)
{
    u64 lane = ag_lane_number(b->start, args->next_lane + k);
    u32 program = args->program;
    if (program == AG_NO_PROGRAM)
        program = ag_program_of(b->start, lane);
    if (low < high) {
        ag_restore_memory(AG_C, b->start, program,
                          ag_piece_shift(args->memory_size), low, high);
        ag_begin_random(AG_C, b->start, lane, low, high);
    }
    if (low == args->address && args->serve != AG_SERVE_RESTORE)
        ag_begin_state(c, b, slot, lane, program, args->limit);
}

/* Slot number k of those listed, [low, high) of it. */
AG_INLINE void ag_serve_slot(AG_CTX, AG_PRIVATE const ag_buffers *b,
                             AG_PRIVATE const ag_slice_args *args, u32 k,
                             u64 slot, u64 low, u64 high)
{
    AG_GLOBAL u8 *bytes = b->staging + k * args->size + (low - args->address);
    u32 serve = args->serve, program = args->program;
    if (serve == AG_SERVE_SUM) {
        for (; slot < args->begin; slot += args->listed) {
            c->state = b->state + ag_state_index(slot, 0);
            ag_count_lane(c, (AG_GLOBAL u64 *)b->staging + ag_tally_index(k, 0));
        }
        return;
    }
    if (serve == AG_SERVE_TURN && low == args->address)
        ag_count_lane(c, (AG_GLOBAL u64 *)b->staging + ag_tally_index(slot, 0));
    if (serve == AG_SERVE_BEGIN || serve == AG_SERVE_TURN ||
        serve == AG_SERVE_RESTORE) {
        if (serve == AG_SERVE_BEGIN || k < args->begin)
            ag_begin_slot(AG_C, b, args, k, slot, low, high);
        return;
    }
    if (serve == AG_SERVE_IMAGE) {
        u32 own = (u32)AG_STATE(AG_STATE_PROGRAM);
        if (program != AG_NO_PROGRAM && program != own)
            return;
        program = own;
    } else if (serve == AG_SERVE_READ || serve == AG_SERVE_WRITE) {
        ag_copy_memory(AG_C, bytes, low, high, serve == AG_SERVE_READ);
        return;
    } else {
        ag_copy_state(b, slot, (AG_GLOBAL u64 *)b->staging + k, args->listed,
                      serve == AG_SERVE_GET_STATE);
        return;
    }
    ag_begin_memory(AG_C, b->start, program, low, high);
    ag_begin_random(AG_C, b->start, AG_STATE(AG_STATE_LANE), low, high);
}

/* Thread `index` of args->count: parts of AG_SERVE_THREADS(listed) threads. */
AG_INLINE void ag_serve_thread(AG_PRIVATE const ag_buffers *b,
                               AG_PRIVATE const ag_slice_args *args,
                               const u32 layout, u32 index)
{
    ag_lane lane_at_hand;
    AG_PRIVATE ag_lane *c = &lane_at_hand;
    u32 threads = AG_SERVE_THREADS(args->listed), k = index % threads;
    u64 chunk = (args->size / args->parts + AG_CACHE_LINE) / AG_CACHE_LINE *
                AG_CACHE_LINE;
    u64 low = args->address + index / threads * chunk, slot;
    u64 high = args->address + args->size;
    if (k >= args->listed || (index >= threads && low >= high))
        return;
    if (high - low > chunk)
        high = low + chunk;
    slot = args->is_all ? k : b->lanes[args->first + k];
    c->state = b->state + ag_state_index(slot, 0);
    c->memory = b->memory + ag_slot_offset(layout, args->memory_stride, slot);
    ag_serve_slot(AG_C, b, args, k, slot, low, high);
}

#endif
