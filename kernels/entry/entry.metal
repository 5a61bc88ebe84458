/*
 * The kernels in Metal Shading Language. AG_GROUP_LANES, the threads of a group,
 * is defined before this text: the group memory that a kernel declares itself
 * has a fixed size, and what a parameter gives is empty until the host says.
 */
#include "entry/gpu.h"
#include "entry/metal.h"

kernel void ag_slice(AG_KERNEL_PARAMETERS,
                     uint local_index [[thread_position_in_threadgroup]])
{
    threadgroup u64 group[AG_REGISTER_ROWS * AG_GROUP_LANES];
    AG_KERNEL_BEGINS
    ag_slice_thread(&b, &args, group, index, local_index);
}

kernel void ag_serve(AG_KERNEL_PARAMETERS)
{
    AG_KERNEL_BEGINS
    if (index < args.count)
        ag_serve_thread(&b, &args, AG_LAYOUT_OF_OWN(AG_LAYOUT), index);
}
