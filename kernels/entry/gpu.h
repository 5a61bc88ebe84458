/*
 * One GPU thread's part of a slice: its lane's turn, and what the host has to
 * know afterwards, gathered so that it need not look at every lane: who goes
 * on, who asked for something, how much was retired.
 */
#ifndef AG_ENTRY_GPU_H
#define AG_ENTRY_GPU_H

#include "entry/threads.h"
#include "serve/serve.h"

/* The slot's lane has ended. */
AG_INLINE void ag_tell_ended(AG_PRIVATE const ag_buffers *b,
                             AG_PRIVATE const ag_slice_args *args, u32 slot)
{
    u32 n = AG_ADD_32(&b->control[AG_CONTROL_ENDED], 1u);
    b->next[args->count - 1 - n] = slot;
}

AG_INLINE void ag_tell_host(AG_PRIVATE ag_lane *c,
                            AG_PRIVATE const ag_buffers *b,
                            AG_PRIVATE const ag_slice_args *args, u32 slot)
{
    u64 request = AG_STATE(AG_STATE_REQUEST);
    if (c->cycles != c->slice_start)
        ag_count_cycles(b->control, AG_CONTROL_CYCLES,
                        c->cycles - c->slice_start);
    if (AG_STATUS_STOP(AG_STATE(AG_STATE_STATUS)) == AG_STOP_RUNNING)
        b->next[AG_ADD_32(&b->control[AG_CONTROL_LIVE], 1u)] = slot;
    else
        ag_tell_ended(b, args, slot);
    if (request != AG_REQUEST_NONE) {
        u32 n = AG_ADD_32(&b->control[AG_CONTROL_ASKED], 1u);
        b->requests[n].slot = slot;
        b->requests[n].program = (u32)AG_STATE(AG_STATE_PROGRAM);
        b->requests[n].request = request;
    }
}

/* registers: this lane's column of group memory. */
AG_INLINE void ag_slice_lane(AG_PRIVATE const ag_buffers *b,
                             AG_PRIVATE const ag_slice_args *args,
                             AG_GROUP u64 *registers, u32 slot)
{
    ag_lane lane_at_hand;
    AG_PRIVATE ag_lane *c = &lane_at_hand;
    c->x = registers;
    c->state = b->state + ag_state_index(slot, 0);
    if (AG_STATUS_STOP(AG_STATE(AG_STATE_STATUS)) != AG_STOP_RUNNING) {
        if (!args->alone) /* it ended in what it executed alone */
            ag_tell_ended(b, args, slot);
        return;
    }
    AG_STATE(AG_STATE_REQUEST) = AG_REQUEST_NONE; /* it has been served */
    ag_load_lane(c, AG_LAYOUT, b, args, slot);
    ag_turn(c, AG_LAYOUT, b, args, slot, args->fuel);
    ag_store_lane(c);
    if (!args->alone)
        ag_tell_host(c, b, args, slot);
}

/* index: this thread's among all; local_index: in its group. */
AG_INLINE void ag_slice_thread(AG_PRIVATE const ag_buffers *b,
                               AG_PRIVATE const ag_slice_args *args,
                               AG_GROUP u64 *group, u32 index, u32 local_index)
{
    AG_GROUP u64 *registers =
        group + local_index / AG_WARP * (AG_REGISTER_ROWS * AG_WARP) +
        local_index % AG_WARP;
    u32 i, last;
    index = ag_place_of_thread(args, index);
    last = args->alone == AG_ALONE_IN_TURN && index == 0 ? args->count
                                                         : index + 1;
    if (index >= (args->alone == AG_ALONE_IN_TURN ? 1 : args->count))
        return;
    for (i = index; i < last; i++)
        ag_slice_lane(b, args, registers, b->lanes[i]);
}

#endif
