/* The kernels as CUDA C++. Group memory is given at launch. */
#include "entry/gpu.h"

extern __shared__ u64 ag_group[];

#define AG_PARAMETER(NAME, name, type, access, launches, held)                 \
    AG_ELEMENT_##access(type) *name,
#define AG_KERNEL_PARAMETERS AG_BUFFER_LIST(AG_PARAMETER) ag_slice_args args

extern "C" __global__ void ag_slice(AG_KERNEL_PARAMETERS)
{
    AG_KERNEL_BUFFERS(b);
    ag_slice_thread(&b, &args, ag_group, blockIdx.x * blockDim.x + threadIdx.x,
                    threadIdx.x);
}

extern "C" __global__ void ag_serve(AG_KERNEL_PARAMETERS)
{
    u32 index = blockIdx.x * blockDim.x + threadIdx.x;
    AG_KERNEL_BUFFERS(b);
    if (index < args.count)
        ag_serve_thread(&b, &args, AG_LAYOUT_OF_OWN(AG_LAYOUT), index);
}
