/*
 * The CPU's way to begin lanes in slots of one block of interleaved memory: a
 * piece that one of them changed is restored for all of them, row by row of
 * words. One by one each slot would go through the same cache lines again.
 */
#ifndef AG_SERVE_BLOCK_H
#define AG_SERVE_BLOCK_H

#include "serve/serve.h"

#include <string.h>

_Static_assert(AG_WORD == 8, "rows are of words of 8 bytes");

/* Lanes that begin together: slots of one block, one program. */
typedef struct ag_block_start {
    u64 *rows;    /* the block's memory: a row is AG_BLOCK words */
    u64 stale;    /* pieces to restore */
    u32 program;
    u32 n;
    u8 columns[AG_BLOCK]; /* of the slots */
} ag_block_start;

AG_INLINE u64 ag_listed_slot(const ag_buffers *b, const ag_slice_args *args,
                             u32 k)
{
    return args->is_all ? k : b->lanes[args->first + k];
}

/* The lane that begins there. */
AG_INLINE u64 ag_listed_lane(const ag_buffers *b, const ag_slice_args *args,
                             u32 k)
{
    return ag_lane_number(b->start, args->next_lane + k);
}

AG_INLINE u32 ag_beginning_program(const ag_buffers *b,
                                   const ag_slice_args *args, u32 k)
{
    return args->program != AG_NO_PROGRAM
               ? args->program
               : ag_program_of(b->start, ag_listed_lane(b, args, k));
}

/* Those of the listed slots [k, end) that begin together with the k-th. */
static void ag_find_block(ag_block_start *s, const ag_buffers *b,
                          const ag_slice_args *args, u32 k, u32 end)
{
    const u64 slot = ag_listed_slot(b, args, k), block = slot / AG_BLOCK;
    const u32 shift = ag_piece_shift(args->memory_size);
    s->rows = (u64 *)(void *)(b->memory +
                              ag_slot_offset(AG_LAYOUT_INTERLEAVED,
                                             args->memory_stride,
                                             block * AG_BLOCK));
    s->program = ag_beginning_program(b, args, k);
    s->stale = s->n = 0;
    for (; k < end && s->n < AG_BLOCK; k++) {
        ag_lane c;
        const u64 next = ag_listed_slot(b, args, k);
        if (next / AG_BLOCK != block ||
            ag_beginning_program(b, args, k) != s->program)
            return;
        c.state = b->state + ag_state_index(next, 0);
        s->stale |= ag_stale_pieces(&c, b->start, s->program, shift);
        s->columns[s->n++] = (u8)(next % AG_BLOCK);
    }
}

/* Words [low, high) of these slots: those at `image`, or zeros. */
static void ag_fill_rows(const ag_block_start *s, u64 low, u64 high,
                         const u64 *image)
{
    u64 *row = s->rows + low * AG_BLOCK, w;
    u32 i;
    if (s->n == AG_BLOCK && image == NULL && low < high) {
        memset(row, 0, (size_t)(high - low) * AG_BLOCK * sizeof *row);
        return;
    }
    for (w = low; w < high; w++, row += AG_BLOCK) {
        const u64 v = image == NULL ? 0 : image[w - low];
        for (i = 0; i < s->n; i++)
            row[s->columns[i]] = v;
    }
}

/* [low, high) of these slots as their program begins. */
static void ag_restore_rows(const ag_block_start *s, const u64 *start, u64 low,
                            u64 high)
{
    const u64 *p = ag_program(start, s->program);
    u64 first = p[AG_PROGRAM_LOW] / 8, end = p[AG_PROGRAM_HIGH] / 8;
    low /= 8;
    high /= 8;
    first = first < low ? low : first < high ? first : high;
    end = end < first ? first : end < high ? end : high;
    ag_fill_rows(s, low, first, NULL);
    if (first < end)
        ag_fill_rows(s, first, end,
                     start + p[AG_PROGRAM_IMAGE] +
                         (first - p[AG_PROGRAM_LOW] / 8));
    ag_fill_rows(s, end, high, NULL);
}

/* Lets lanes begin in the listed slot k and those that go with it, of [k, end);
   how many they are. */
static u32 ag_begin_block(const ag_buffers *b, const ag_slice_args *args, u32 k,
                          u32 end)
{
    const u32 shift = ag_piece_shift(args->memory_size);
    ag_block_start s;
    u64 rest;
    u32 i;
    ag_find_block(&s, b, args, k, end);
    for (rest = s.stale; rest != 0; rest &= rest - 1) {
        u64 low = (u64)__builtin_ctzll(rest) << shift;
        u64 high = low + ((u64)1 << shift);
        if (low < args->size)
            ag_restore_rows(&s, b->start, low,
                            high < args->size ? high : args->size);
    }
    for (i = 0; i < s.n; i++) {
        ag_lane c;
        const u64 slot = ag_listed_slot(b, args, k + i);
        const u64 lane = ag_listed_lane(b, args, k + i);
        c.state = b->state + ag_state_index(slot, 0);
        c.memory = b->memory + ag_slot_offset(AG_LAYOUT_INTERLEAVED,
                                              args->memory_stride, slot);
        ag_begin_random(&c, AG_LAYOUT_INTERLEAVED, b->start, lane, 0,
                        args->size);
        ag_begin_state(&c, b, slot, lane, s.program, args->limit);
    }
    return s.n;
}

#endif
