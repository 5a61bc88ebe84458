/* The kernel as OpenCL C 1.2. Group memory is the last argument. */
#include "entry_gpu.h"

__kernel void ag_slice(__global u64 *state, __global u8 *memory,
                       __global const ag_entry *entries,
                       __global const u32 *pages, __global const u32 *lanes,
                       __global u32 *next, __global ag_lane_request *requests,
                       __global u32 *control, ag_slice_args args,
                       __local u64 *group)
{
    ag_buffers b;
    b.state = state;
    b.memory = memory;
    b.entries = entries;
    b.pages = pages;
    b.lanes = lanes;
    b.next = next;
    b.requests = requests;
    b.control = control;
    b.first_lane = 0;
    ag_slice_thread(&b, &args, group, (u32)get_global_id(0),
                    (u32)get_local_id(0));
}
