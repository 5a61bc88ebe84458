/*
 * The kernels in Metal Shading Language. AG_GROUP_LANES, the threads of a group,
 * is defined before this text: the group memory that a kernel declares itself
 * has a fixed size, and what a parameter gives is empty until the host says.
 */
#include "entry/gpu.h"

#define AG_KERNEL_PARAMETERS                                                   \
    device u64 *state [[buffer(0)]], device u8 *memory [[buffer(1)]],          \
        device const ag_entry *entries [[buffer(2)]],                          \
        device const u32 *pages [[buffer(3)]],                                 \
        device const u32 *lanes [[buffer(4)]],                                 \
        device u32 *next [[buffer(5)]],                                        \
        device ag_lane_request *requests [[buffer(6)]],                        \
        device u32 *control [[buffer(7)]],                                     \
        device const u64 *start [[buffer(8)]],                                 \
        device u8 *staging [[buffer(9)]],                                      \
        constant ag_slice_args *from [[buffer(10)]],                           \
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
        ag_serve_thread(&b, &args, AG_LAYOUT, index);
}
