/* What the text of regions stands behind as C11, and their kernel: an
   ag_region_turn of entry.h. */
#define AG_IS_REGION 1
#include "entry/threads.h"
#include "engine/region.h"

#define AG_REGION_KERNEL(number)                                               \
    u32 ag_translated(const ag_buffers *b, const ag_slice_args *args,          \
                      u64 slot, u32 fuel)                                      \
    {                                                                          \
        return ag_region_turn_##number(b, args, slot, fuel, AG_LAYOUT);        \
    }
