/* The kernels as OpenCL C 1.2. Group memory is a slice's last argument. */
#include "entry_gpu.h"

#define AG_KERNEL_PARAMETERS                                                   \
    __global u64 *state, __global u8 *memory,                                  \
        __global const ag_entry *entries, __global const u32 *pages,           \
        __global const u32 *lanes, __global u32 *next,                         \
        __global ag_lane_request *requests, __global u32 *control,             \
        __global const u64 *start, __global u8 *staging, ag_slice_args args,   \
        __local u64 *group

__kernel void ag_slice(AG_KERNEL_PARAMETERS)
{
    AG_KERNEL_BUFFERS(b);
    ag_slice_thread(&b, &args, group, (u32)get_global_id(0),
                    (u32)get_local_id(0));
}

__kernel void ag_serve(AG_KERNEL_PARAMETERS)
{
    AG_KERNEL_BUFFERS(b);
    if (get_global_id(0) < args.count)
        ag_serve_thread(&b, &args, AG_LAYOUT, (u32)get_global_id(0));
}
