/* What the text of regions stands behind in Metal's language, and their kernel. */
#define AG_IS_REGION 1
#include "entry/metal.h"
#include "engine/region.h"

#define AG_REGION_KERNEL(number)                                               \
    kernel void ag_translated(AG_KERNEL_PARAMETERS)                            \
    {                                                                          \
        AG_KERNEL_BEGINS                                                       \
        AG_REGION_THREAD(number, &b, &args, index);                            \
    }
