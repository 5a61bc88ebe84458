/*
 * V registers of a lane group: rows behind those of the general registers,
 * filled when a turn comes to the first instruction that is about them and
 * written back when a lane leaves, so that turns without one cost nothing and
 * lanes may lie in the group in any order.
 */
#ifndef AG_GROUP_VREGS_H
#define AG_GROUP_VREGS_H

#include "group/group.h"

/* Fills the rows of all lanes that have V registers and are not resting. */
AG_FN __attribute__((noinline)) void ag_load_v_rows(ag_group *g)
{
    u64 lanes = 0, rest;
    u32 row;
    for (rest = g->live & ~g->resting; rest != 0; rest &= rest - 1)
        if (g->v[ag_first(rest)] != 0)
            lanes |= rest & (~rest + 1);
    for (row = 0; row < AG_V_ROWS; row++)
        for (rest = lanes; rest != 0; rest &= rest - 1) {
            const u32 k = ag_first(rest);
            g->x[AG_ROW_V + row][k] = g->v[k][row * AG_BLOCK];
        }
    g->v_lanes = lanes;
}

/* Before an instruction on V registers. A handle has them for all lanes or for
   none, and those that have left do not come back in this turn. */
AG_INLINE void ag_need_v_rows(ag_group *g)
{
    if (AG_UNLIKELY(g->v_lanes == 0))
        ag_load_v_rows(g);
}

/* Writes these lanes' V registers back. */
AG_FN __attribute__((noinline)) void ag_write_v_rows(ag_group *g, u64 lanes)
{
    u64 rest;
    u32 row;
    for (row = 0; row < AG_V_ROWS; row++)
        for (rest = lanes; rest != 0; rest &= rest - 1) {
            const u32 k = ag_first(rest);
            g->v[k][row * AG_BLOCK] = g->x[AG_ROW_V + row][k];
        }
}
AG_INLINE void ag_store_v_rows(ag_group *g, u64 lanes)
{
    if (AG_UNLIKELY((g->v_lanes & lanes) != 0))
        ag_write_v_rows(g, g->v_lanes & lanes);
}

#endif
