/* What kernels in Metal's language begin with: their parameters, and what they
   make of them. */
#ifndef AG_ENTRY_METAL_H
#define AG_ENTRY_METAL_H

#include "entry/threads.h"

/* The buffers, the slice's arguments, and which planes there are, a bit each:
   Metal gives kernels no buffer that is NULL, so that a launch has some other in
   the place of one that is not there. */
#define AG_PARAMETER(NAME, name, type, access, launches, held)                 \
    device AG_ELEMENT_##access(type) *name [[buffer(AG_ARGUMENT_##NAME)]],
#define AG_KERNEL_PARAMETERS                                                   \
    AG_BUFFER_LIST(AG_PARAMETER)                                               \
    constant ag_slice_args *from [[buffer(AG_ARGUMENT_COUNT)]],                \
        constant u32 *planes [[buffer(AG_ARGUMENT_COUNT + 1)]],                \
        uint index [[thread_position_in_grid]]

#define AG_DROP_PLANE(NAME, name)                                              \
    if ((*planes >> AG_PLANE_##NAME & 1) == 0)                                 \
        b.name = 0;
#define AG_KERNEL_BEGINS                                                       \
    AG_KERNEL_BUFFERS(b);                                                      \
    ag_slice_args args;                                                        \
    AG_COPY_SLICE_ARGS(args, *from);                                           \
    AG_PLANES(AG_DROP_PLANE)

#endif
