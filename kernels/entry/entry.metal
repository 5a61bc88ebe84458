/*
 * The kernels in Metal Shading Language. AG_GROUP_LANES, the threads of a group,
 * is defined before this text: the group memory that a kernel declares itself
 * has a fixed size, and what a parameter gives is empty until the host says.
 */
#include "entry/gpu.h"

#define AG_PARAMETER(NAME, name, type, access, launches, held)                 \
    device AG_ELEMENT_##access(type) *name [[buffer(AG_ARGUMENT_##NAME)]],
#define AG_KERNEL_PARAMETERS                                                   \
    AG_BUFFER_LIST(AG_PARAMETER)                                               \
    constant ag_slice_args *from [[buffer(AG_ARGUMENT_COUNT)]],                \
        uint index [[thread_position_in_grid]]

kernel void ag_slice(AG_KERNEL_PARAMETERS,
                     uint local_index [[thread_position_in_threadgroup]])
{
    threadgroup u64 group[AG_REGISTER_ROWS * AG_GROUP_LANES];
    AG_KERNEL_BUFFERS(b);
    ag_slice_args args;
    AG_COPY_SLICE_ARGS(args, *from);
    ag_slice_thread(&b, &args, group, index, local_index);
}

kernel void ag_serve(AG_KERNEL_PARAMETERS)
{
    AG_KERNEL_BUFFERS(b);
    ag_slice_args args;
    AG_COPY_SLICE_ARGS(args, *from);
    if (index < args.count)
        ag_serve_thread(&b, &args, AG_LAYOUT_OF_OWN(AG_LAYOUT), index);
}
