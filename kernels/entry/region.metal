/* What the text of regions stands behind in Metal's language, and their kernel. */
#define AG_IS_REGION 1
#include "entry/threads.h"
#include "engine/region.h"

#define AG_PARAMETER(NAME, name, type, access, launches, held)                 \
    device AG_ELEMENT_##access(type) *name [[buffer(AG_ARGUMENT_##NAME)]],
#define AG_REGION_KERNEL(number)                                               \
    kernel void ag_translated(                                                 \
        AG_BUFFER_LIST(AG_PARAMETER)                                           \
        constant ag_slice_args *from [[buffer(AG_ARGUMENT_COUNT)]],            \
        uint index [[thread_position_in_grid]])                                \
    {                                                                          \
        AG_KERNEL_BUFFERS(b);                                                  \
        ag_slice_args args;                                                    \
        AG_COPY_SLICE_ARGS(args, *from);                                       \
        AG_REGION_THREAD(number, &b, &args, index);                            \
    }
