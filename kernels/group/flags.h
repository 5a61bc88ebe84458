/*
 * Flags of a lane group, computed when something reads them. Lanes keep either
 * NZCV itself or the operands of a 64-bit subtraction or addition that gives
 * their flags (those of 32 bits are shifted into the upper half; a logical
 * result is added to zero). A comparison then costs two stores, and the
 * conditions that follow it in practice one operation on the operands.
 *
 * Lanes that execute together have one form, sets that wait have each its own;
 * those that meet with different forms become packed. Included by group.h.
 */
#ifndef AG_GROUP_FLAGS_H
#define AG_GROUP_FLAGS_H

#include "group/conditions.h"

AG_INLINE ag_vec ag_nzcv_of(u32 form, ag_vec x, ag_vec y)
{
    ag_vec r = form == AG_FLAGS_SUB ? x - y : x + y;
    return form == AG_FLAGS_SUB ? AG_NZCV_SUB_64(x, y, r)
                                : AG_NZCV_ADD_64(x, y, r);
}

/* Writes NZCV of these lanes, whose flags have that form. */
AG_FN __attribute__((noinline)) void ag_pack_lanes(ag_group *g, u64 lanes,
                                                   u32 form)
{
    u32 i;
    if (form == AG_FLAGS_PACKED)
        return;
    for (i = 0; i < g->vectors; i++) {
        const ag_vec x = *ag_vector(g->flag_x, i), y = *ag_vector(g->flag_y, i);
        ag_vec *nzcv = ag_vector(g->nzcv, i);
        *nzcv = ag_select(ag_spread(lanes, i),
                          form == AG_FLAGS_SUB ? ag_nzcv_of(AG_FLAGS_SUB, x, y)
                                               : ag_nzcv_of(AG_FLAGS_ADD, x, y),
                          *nzcv);
    }
}

/* From now on `nzcv` holds the flags of the active lanes. */
AG_INLINE void ag_pack_flags(ag_group *g)
{
    ag_pack_lanes(g, g->active, g->flags);
    g->flags = AG_FLAGS_PACKED;
}

#define AG_HOLDS(cond, expression)                                             \
    case cond:                                                                 \
        for (i = 0; i < vectors; i += 2) {                                     \
            {                                                                  \
                ag_vec x = *ag_vector(g->flag_x, i);                           \
                ag_vec y = *ag_vector(g->flag_y, i);                           \
                *ag_vector(g->holds, i) = (expression);                        \
            }                                                                  \
            {                                                                  \
                ag_vec x = *ag_vector(g->flag_x, i + 1);                       \
                ag_vec y = *ag_vector(g->flag_y, i + 1);                       \
                *ag_vector(g->holds, i + 1) = (expression);                    \
            }                                                                  \
        }                                                                      \
        return;

/* Fills `holds` for the condition with this mask (a64_condition_masks). */
AG_FN __attribute__((noinline)) void ag_evaluate_condition(ag_group *g,
                                                           u64 mask)
{
    const u32 vectors = g->vectors;
    u32 i, cond = (u32)mask & 0xffff;
    if (g->flags == AG_FLAGS_SUB) {
        switch (cond) {
            AG_SUB_CONDITIONS(AG_HOLDS)
        default:
            break;
        }
    } else if (g->flags == AG_FLAGS_ADD) {
        switch (cond) {
            AG_ADD_CONDITIONS(AG_HOLDS)
        default:
            break;
        }
    }
    ag_pack_flags(g);
    for (i = 0; i < g->vectors; i++)
        *ag_vector(g->holds, i) =
            ~EQ0(ag_splat(cond) >> *ag_vector(g->nzcv, i) & 1);
}
#undef AG_HOLDS

/* The accessors. What concerns all lanes is done with the first vector: reads
   come before writes, since a body reads its operands first. */
AG_INLINE ag_vec ag_condition(ag_group *g, u32 i, u32 leads, ag_may_read r,
                              u64 mask)
{
    (void)r;
    if (leads)
        ag_evaluate_condition(g, mask);
    return *ag_vector(g->holds, i);
}
AG_INLINE ag_vec ag_packed_flags(ag_group *g, u32 i, u32 leads, ag_may_read r)
{
    (void)r;
    if (leads)
        ag_pack_flags(g);
    return *ag_vector(g->nzcv, i);
}
AG_INLINE void ag_set_packed(AG_CTX, ag_may_write w, ag_vec v)
{
    (void)w;
    if (leads)
        g->flags = AG_FLAGS_PACKED;
    ag_put(g, i, masked, g->nzcv, v);
}
AG_INLINE void ag_set_operands(AG_CTX, ag_may_write w, const u32 form, ag_vec x,
                               ag_vec y)
{
    (void)w;
    if (leads)
        g->flags = form;
    ag_put(g, i, masked, g->flag_x, x);
    ag_put(g, i, masked, g->flag_y, y);
}

#endif
