/* What the text of regions stands behind as CUDA C++, and their kernel. */
#define AG_IS_REGION 1
#include "entry/threads.h"
#include "engine/region.h"

#define AG_PARAMETER(NAME, name, type, access, launches, held)                 \
    AG_ELEMENT_##access(type) *name,
#define AG_REGION_KERNEL(number)                                               \
    extern "C" __global__ void ag_translated(AG_BUFFER_LIST(AG_PARAMETER)      \
                                                 ag_slice_args args)           \
    {                                                                          \
        AG_KERNEL_BUFFERS(b);                                                  \
        AG_REGION_THREAD(number, &b, &args,                                    \
                         blockIdx.x * blockDim.x + threadIdx.x);               \
    }
