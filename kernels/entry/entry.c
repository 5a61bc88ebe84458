/*
 * The kernels as C11: what the CPU backend calls. A range of the listed lanes
 * is executed by one thread; in shared memory its lanes take turns until the
 * slice's fuel is used, so that lanes that wait for each other get on.
 */
#include "entry/entry.h"

#include "serve/block.h"

static u32 ag_turn_shared(const ag_buffers *b, const ag_slice_args *args,
                          u64 lane, u32 fuel)
{
    /* What the lane before stored is seen by all before this one can see it. */
    if (args->threads > 1)
        AG_FENCE();
    return ag_turn_of(b, args, lane, fuel, AG_LAYOUT_SHARED);
}

static u32 ag_turn_linear(const ag_buffers *b, const ag_slice_args *args,
                          u64 lane, u32 fuel)
{
    return ag_turn_of(b, args, lane, fuel, AG_LAYOUT_LINEAR);
}

static u32 ag_turn_interleaved(const ag_buffers *b, const ag_slice_args *args,
                               u64 lane, u32 fuel)
{
    return ag_turn_of(b, args, lane, fuel, AG_LAYOUT_INTERLEAVED);
}

u32 ag_kernel_turn(const ag_buffers *b, const ag_slice_args *args, u64 slot,
                   u32 fuel)
{
    if (args->layout == AG_LAYOUT_SHARED)
        return ag_turn_shared(b, args, slot, fuel);
    if (args->layout == AG_LAYOUT_LINEAR)
        return ag_turn_linear(b, args, slot, fuel);
    return ag_turn_interleaved(b, args, slot, fuel);
}

void ag_kernel_slice(const ag_buffers *b, const ag_slice_args *args, u32 first,
                     u32 count)
{
    u32 fuel = args->fuel, any = 1, owed = args->layout == AG_LAYOUT_SHARED;
    while (fuel > 0 && any &&
           (owed || !ag_is_told(b, AG_CONTROL_REQUESTS))) {
        u32 turn = fuel < args->turn ? fuel : args->turn, i;
        any = owed = 0;
        for (i = first; i < first + count; i++) {
            any |= ag_kernel_turn(b, args, b->lanes[i], turn);
            if (ag_is_told(b, AG_CONTROL_STOP))
                return;
        }
        fuel -= turn;
    }
}

static void serve_linear(const ag_buffers *b, const ag_slice_args *args,
                         u32 first, u32 count)
{
    u32 i;
    for (i = first; i < first + count; i++)
        ag_serve_thread(b, args, AG_LAYOUT_LINEAR, i);
}

static void serve_interleaved(const ag_buffers *b, const ag_slice_args *args,
                              u32 first, u32 count)
{
    u32 i, end = first + count;
    if (args->serve == AG_SERVE_BEGIN && args->parts == 1 && args->size > 0) {
        end = end < args->listed ? end : args->listed;
        for (i = first; i < end;)
            i += ag_begin_block(b, args, i, end);
        return;
    }
    for (i = first; i < end; i++)
        ag_serve_thread(b, args, AG_LAYOUT_INTERLEAVED, i);
}

/* Shared memory is not served, state lies as in every layout. */
void ag_kernel_serve(const ag_buffers *b, const ag_slice_args *args, u32 first,
                     u32 count)
{
    if (args->layout == AG_LAYOUT_INTERLEAVED)
        serve_interleaved(b, args, first, count);
    else
        serve_linear(b, args, first, count);
}
