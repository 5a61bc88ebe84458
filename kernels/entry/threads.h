/* What the kernels of GPUs begin and end with: parameters, which lane is a
   thread's, what it retired. */
#ifndef AG_ENTRY_THREADS_H
#define AG_ENTRY_THREADS_H

#include "lane/buffers.h"

/* Declares b, the buffers that a kernel's parameters name. */
#define AG_BUFFER_NAME(NAME, name, type, access, launches, held) name,
#define AG_KERNEL_BUFFERS(b) ag_buffers b = {AG_BUFFER_LIST(AG_BUFFER_NAME)}

/* A thread's place in the list of lanes, of which it has none from args->count
   on. */
AG_INLINE u32 ag_place_of_thread(AG_PRIVATE const ag_slice_args *args, u32 index)
{
    if (args->spread == 0)
        return index;
    return index % args->warp < args->spread
               ? index / args->warp * args->spread + index % args->warp
               : 0xffffffffu;
}

/* into: AG_CONTROL_CYCLES or AG_CONTROL_TRANSLATED, whole 64-bit words. */
AG_INLINE void ag_count_cycles(AG_GLOBAL u32 *control, u32 into, u64 cycles)
{
#ifdef AG_ADD_64
    AG_ADD_64((AG_GLOBAL u64 *)&control[into], cycles);
#else
    u32 low = (u32)cycles;
    u32 old = AG_ADD_32(&control[into], low);
    u32 high = (u32)(cycles >> 32) + (old + low < old);
    if (high != 0)
        AG_ADD_32(&control[into + 1], high);
#endif
}

#endif
