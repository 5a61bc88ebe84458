/* V registers of lane groups, compiled as entry_group.c is. */
#include "group/v.h"

#include "group/memory_v.h"
#include "group/simd.h"

u64 AG_GROUP_V_ENTRY(ag_group *g, ag_packed_entry e)
{
    const u32 op = (u32)e.low & 0xffff, fields = (u32)(e.low >> 32);
    if (g->v_lanes == 0) /* they must ask the host for them */
        return g->active;
    if (op >= AG_OP_FIRST_VMEMORY)
        return ag_memory_vectors(g, op, fields, e.high) ? 0 : g->active;
    return ag_simd_vectors(g, op, fields & 0xff, fields >> 8 & 0xff,
                           fields >> 16 & 0xff, fields >> 24, e.high)
               ? 0
               : g->active;
}
