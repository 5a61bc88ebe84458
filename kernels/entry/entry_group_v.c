/* V registers of lane groups, compiled as entry_group.c is. */
#include "group/v.h"

#include "group/memory_v.h"
#include "group/float.h"

/* ARMGPU_FLOAT=soft */
static u32 is_soft(const ag_group *g)
{
    return g->lane.simd == ag_simd_copies[AG_SIMD_SOFT];
}

u64 AG_GROUP_V_ENTRY(ag_group *g, ag_packed_entry e)
{
    const u32 op = (u32)e.low & 0xffff, fields = (u32)(e.low >> 32);
    const u32 d = fields & 0xff, n = fields >> 8 & 0xff;
    const u32 m = fields >> 16 & 0xff, a = fields >> 24;
    ag_fp_lanes f;
    if (g->v_lanes == 0) /* they must ask the host for them */
        return g->active;
    if (op >= AG_OP_FIRST_VMEMORY)
        return ag_memory_vectors(g, op, fields, e.high) ? 0 : g->active;
    if (op >= AG_OP_FIRST_CRYPTO) {
        g->lane.crypto(g->x[AG_ROW_V], AG_V_STRIDE, g->active, op, fields,
                       e.high);
        return 0;
    }
    if (!ag_is_real(op))
        return ag_simd_vectors(g, op, d, n, m, a, e.high) ? 0 : g->active;
    if (is_soft(g) || !ag_fp_begin(g, &f) ||
        !ag_fp_vectors(&f, op, d, n, m, a, e.high))
        return g->active;
    return f.rest;
}
