/* What the text of regions for lanes that execute together stands behind, and
   its kernel: an ag_region_turn of entry.h for as many lanes, from a slot on
   that is a multiple of that. */
#define AG_IS_REGION 1
#include "engine/together.h"

#define AG_REGION_KERNEL(number)                                               \
    const u32 ag_together_lanes = AG_VECTOR_LANES;                             \
    AG_TOGETHER_FUNCTIONS                                                      \
    u32 ag_translated(const ag_buffers *b, const ag_slice_args *args,          \
                      u64 slot, u32 fuel)                                      \
    {                                                                          \
        return ag_region_turn_##number(b, args, slot, fuel, AG_LAYOUT);        \
    }
