/* A lane at hand back in the state buffer, and a system call that it makes. */
#ifndef AG_ENGINE_SERVE_CALL_H
#define AG_ENGINE_SERVE_CALL_H

#include "engine/scalar.h"
#include "linux/serve.h"

AG_INLINE void ag_store_lane(AG_PRIVATE ag_lane *c)
{
    u32 i;
    for (i = 0; i < 32; i++)
        AG_STATE(i) = R(i);
    AG_STATE(AG_STATE_PC) = c->pc;
    AG_STATE(AG_STATE_CYCLES) = c->cycles;
    AG_STATE(AG_STATE_NZCV) = c->nzcv;
#if AG_MARKS
    AG_STATE(AG_STATE_DIRTY) = c->dirty;
#endif
}

#if AG_HAS_LINUX
/* The SVC, or HLT, that the lane is at: what became of it. Exact cycles and PC
   before and after. */
AG_INLINE u32 ag_serve_call(AG_PRIVATE ag_lane *c, AG_PRIVATE const ag_buffers *b,
                            AG_PRIVATE const ag_slice_args *args, u64 slot)
{
    u32 result;
    ag_store_lane(c);
    result = ag_kernel_call(b, args, slot);
    W(0, AG_STATE(AG_STATE_X0));
#if AG_MARKS
    c->dirty = AG_STATE(AG_STATE_DIRTY);
#endif
    c->cycles += !(result & AG_NOT_RUN);
    c->pc += (result & AG_PC_STAYS) != 0 ? 0 : 4;
    return result;
}
#endif

#endif
