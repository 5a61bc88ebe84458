/* What the text of regions stands behind as OpenCL C 1.2, and their kernel. */
#define AG_IS_REGION 1
#include "entry/threads.h"
#include "engine/region.h"

#define AG_PARAMETER(NAME, name, type, access, launches, held)                 \
    __global AG_ELEMENT_##access(type) *name,
#define AG_REGION_KERNEL(number)                                               \
    __kernel void ag_translated(AG_BUFFER_LIST(AG_PARAMETER) ag_slice_args args, \
                                __local u64 *group)                            \
    {                                                                          \
        AG_KERNEL_BUFFERS(b);                                                  \
        AG_REGION_THREAD(number, &b, &args, (u32)get_global_id(0));            \
    }
