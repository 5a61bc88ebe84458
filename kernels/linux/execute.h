/* Which call an SVC or a HLT is, and what comes of it. */
#ifndef AG_LINUX_EXECUTE_H
#define AG_LINUX_EXECUTE_H

#include "linux/calls.h"
#include "linux/entries.h"
#include "linux/files.h"
#include "linux/processes.h"
#include "linux/semihosting.h"
#include "linux/signals.h"

/* A call that there is none of: the host is told, once in a row, then it gives
   an error; or it stops the lane, which may be made to go on behind it. */
AG_CALL_FN u64 ag_call_unknown(AG_CALL_CTX, u64 error)
{
    if (k->input[AG_INPUT_STRICT] != 0) {
        ag_stop(c, AG_STOP_SYSCALL, 0);
        k->became = AG_END_TURN;
        return k->x[0];
    }
    if (AG_LINUX(ASKED) != k->number + 1)
        return ag_call_asks(AG_CALL_C, k->number + 1,
                            AG_REQUEST_NOTE(k->number));
    return error;
}

/* clone(): there is one thread. C libraries try it where clone3() is not there. */
#define AG_CALL_CLONE 220
#define AG_CALL_MMAP 222
#define AG_CALL_DEVICE(number, name)                                           \
    case number:                                                               \
        return ag_call_##name(AG_CALL_C);
#define AG_CALL_NEVER(number, name)
AG_INLINE u64 ag_call_of(AG_CALL_CTX)
{
    if (AG_LINUX(ASKED) == AG_ASKED_ANSWERED(k->number)) {
        AG_LINUX(ASKED) = 0;
        return k->number == AG_CALL_MMAP ? ag_map_answered(AG_CALL_C)
                                         : AG_LINUX(ANSWER);
    }
    switch (k->number) {
#define AG_CALL_CASE(number, name, where, shape) AG_CALL_##where(number, name)
        AG_LINUX_CALLS(AG_CALL_CASE)
    case AG_CALL_CLONE:
        return ag_call_unknown(AG_CALL_C, AG_FAILS(AGAIN));
    default:
        return ag_call_unknown(AG_CALL_C, AG_FAILS(NOSYS));
    }
}

/* Of a lane whose calls are shown the host learns what each gives before the
   lane has it: its registers are then those that the call began with. */
AG_INLINE void ag_call_show(AG_CALL_CTX, u64 result)
{
    AG_LINUX(SHOWN) = AG_SHOWN_BEGUN;
    if (k->became != AG_NEXT)
        return;
    AG_LINUX(ANSWER) = result;
    AG_LINUX(SHOWN) = AG_SHOWN_TOLD;
    k->became = ag_request(c, AG_REQUEST_CALL, AG_REQUEST_SHOW);
}

/* What it gives; of a call that was told that is known. */
AG_INLINE u64 ag_call_once(AG_CALL_CTX)
{
    u64 result;
    if (AG_LINUX(SHOWN) == AG_SHOWN_TOLD) {
        AG_LINUX(SHOWN) = 0;
        return AG_LINUX(ANSWER);
    }
    result = ag_call_of(AG_CALL_C);
    if (k->input[AG_INPUT_SHOWN] == AG_STATE(AG_STATE_LANE) + 1)
        ag_call_show(AG_CALL_C, result);
    return result;
}

/* The call at which the slot's lane is, which lies in the state buffer; what
   became of the SVC. */
AG_INLINE u32 ag_linux_call(AG_PRIVATE const ag_buffers *b,
                            AG_PRIVATE const ag_slice_args *args, u64 slot,
                            const u32 layout)
{
    ag_lane lane_at_hand;
    AG_PRIVATE ag_lane *c = &lane_at_hand;
    ag_call call;
    u64 result;
    u32 i;
    ag_find_memory(AG_C, b, args, slot);
    c->cycles = AG_STATE(AG_STATE_CYCLES);
    call.rows = b->linux_state + ag_plane_index(AG_LINUX_ROWS, slot, 0);
    call.input = b->input;
    call.output = b->output + slot * (b->input[AG_INPUT_OUTPUT_BYTES] / 8);
    for (i = 0; i < 6; i++)
        call.x[i] = AG_STATE(AG_STATE_X0 + i);
    call.became = AG_NEXT;
    if ((args->machine & AG_MACHINE_SEMIHOSTING) != 0) {
        call.number = (u32)call.x[0];
        result = ag_semihosting_of(AG_C, &call);
    } else {
        call.number = (u32)AG_STATE(AG_STATE_X0 + 8);
        result = ag_call_once(AG_C, &call);
    }
    if (call.became == AG_NEXT)
        AG_STATE(AG_STATE_X0) = result;
#if AG_MARKS
    AG_STATE(AG_STATE_DIRTY) = c->dirty;
#endif
    return call.became;
}

#endif
