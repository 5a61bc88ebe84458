/* The kernel as CUDA C++. Group memory is given at launch. */
#include "entry_gpu.h"

extern __shared__ u64 ag_group[];

extern "C" __global__ void ag_slice(u64 *state, u8 *memory,
                                    const ag_entry *entries, const u32 *pages,
                                    const u32 *lanes, u32 *next,
                                    ag_lane_request *requests, u32 *control,
                                    ag_slice_args args)
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
    ag_slice_thread(&b, &args, ag_group, blockIdx.x * blockDim.x + threadIdx.x,
                    threadIdx.x);
}
