/*
 * The kernel in Metal Shading Language. AG_GROUP_LANES, the threads of a group,
 * is defined before this text: the group memory that a kernel declares itself
 * has a fixed size, and what a parameter gives is empty until the host says.
 */
#include "entry_gpu.h"

kernel void ag_slice(device u64 *state [[buffer(0)]],
                     device u8 *memory [[buffer(1)]],
                     device const ag_entry *entries [[buffer(2)]],
                     device const u32 *pages [[buffer(3)]],
                     device const u32 *lanes [[buffer(4)]],
                     device u32 *next [[buffer(5)]],
                     device ag_lane_request *requests [[buffer(6)]],
                     device u32 *control [[buffer(7)]],
                     constant ag_slice_args *from [[buffer(8)]],
                     uint index [[thread_position_in_grid]],
                     uint local_index [[thread_position_in_threadgroup]])
{
    threadgroup u64 group[AG_REGISTER_ROWS * AG_GROUP_LANES];
    ag_buffers b;
    ag_slice_args args;
    b.state = state;
    b.memory = memory;
    b.entries = entries;
    b.pages = pages;
    b.lanes = lanes;
    b.next = next;
    b.requests = requests;
    b.control = control;
    b.first_lane = 0;
    /* No whole structure can be copied from one address space to another. */
    args.memory_size = from->memory_size;
    args.memory_stride = from->memory_stride;
    args.layout = from->layout;
    args.count = from->count;
    args.fuel = from->fuel;
    args.turn = from->turn;
    args.alone = from->alone;
    args.reserved = 0;
    ag_slice_thread(&b, &args, group, index, local_index);
}
