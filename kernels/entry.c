/*
 * The kernels as C11: what the CPU backend calls. A range of the listed lanes
 * is executed by one thread; in shared memory its lanes take turns until the
 * slice's fuel is used, so that lanes that wait for each other get on.
 */
#include "entry.h"

static u32 ag_turn_shared(const ag_buffers *b, const ag_slice_args *args,
                          u64 lane, u32 fuel)
{
    return ag_turn_of(b, args, lane, fuel, AG_LAYOUT_SHARED);
}

static u32 ag_turn_linear(const ag_buffers *b, const ag_slice_args *args,
                          u64 lane, u32 fuel)
{
    return ag_turn_of(b, args, lane, fuel, AG_LAYOUT_LINEAR);
}

static u32 is_told_to_end(const ag_buffers *b, u32 word)
{
    return AG_ATOMIC_LOAD(&b->control[word], AG_RELAXED) != 0;
}

void ag_kernel_slice(const ag_buffers *b, const ag_slice_args *args, u32 first,
                     u32 count)
{
    u32 fuel = args->fuel, any = 1;
    while (fuel > 0 && any && !is_told_to_end(b, AG_CONTROL_REQUESTS)) {
        u32 turn = fuel < args->turn ? fuel : args->turn, i;
        any = 0;
        for (i = first; i < first + count; i++) {
            any |= args->layout == AG_LAYOUT_SHARED
                       ? ag_turn_shared(b, args, b->lanes[i], turn)
                       : ag_turn_linear(b, args, b->lanes[i], turn);
            if (is_told_to_end(b, AG_CONTROL_STOP))
                return;
        }
        fuel -= turn;
    }
}
