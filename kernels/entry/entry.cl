/* The kernels as OpenCL C 1.2. Group memory is a slice's last argument. */
#include "entry/gpu.h"

#define AG_PARAMETER(NAME, name, type, access, launches, held)                 \
    __global AG_ELEMENT_##access(type) *name,
#define AG_KERNEL_PARAMETERS                                                   \
    AG_BUFFER_LIST(AG_PARAMETER) ag_slice_args args, __local u64 *group

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
        ag_serve_thread(&b, &args, AG_LAYOUT_OF_OWN(AG_LAYOUT), (u32)get_global_id(0));
}
