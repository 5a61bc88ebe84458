/*
 * The lanes of a group as sets: those that execute now, and those that wait, a
 * set for each PC at which some do. Parting and meeting cost what the lanes
 * cost that do it, not what the group does: cycles of active lanes are counted
 * together (`pending`), and flags stay in the form that each set has them in.
 */
#ifndef AG_GROUP_SETS_H
#define AG_GROUP_SETS_H

#include "group/group.h"

#define AG_NOBODY (~(u64)0)
/* A set waits for AG_PATIENCE steps divided by its lanes before it is late, and
   not for more than AG_MOST_STEPS. */
#define AG_PATIENCE 512
#define AG_MOST_STEPS 256
/* Up to so many lanes one by one are faster than all vectors. */
#define AG_FEW_IN_SET 4

/* Adds n to the cycles of these lanes. */
AG_INLINE void ag_add_cycles(ag_group *g, u64 lanes, u64 n)
{
    u32 i;
    if (ag_count(lanes) <= AG_FEW_IN_SET)
        for (; lanes != 0; lanes &= lanes - 1)
            g->cycles[ag_first(lanes)] += n;
    else
        for (i = 0; i < g->vectors; i++)
            *ag_vector(g->cycles, i) += ag_spread(lanes, i) & n;
}

/* The cycles of the active lanes are brought up to date. */
AG_INLINE void ag_count_cycles(ag_group *g)
{
    ag_add_cycles(g, g->active, g->pending);
    g->pending = 0;
}

/* The first lane of each vector that has a lane of the set. */
AG_INLINE u64 ag_vectors_of(u64 lanes)
{
    u32 k;
    u64 firsts = 1;
    for (k = 1; k < AG_VECTOR_LANES; k *= 2)
        lanes |= lanes >> k;
    for (k = AG_VECTOR_LANES; k < AG_GROUP_LANES; k *= 2)
        firsts |= firsts << k;
    return lanes & firsts;
}

/* Makes the mask that of the active lanes. */
AG_INLINE void ag_set_mask(ag_group *g)
{
    u64 rest = ag_vectors_of(g->mask_lanes ^ g->active);
    for (; rest != 0; rest &= rest - 1) {
        u32 i = ag_first(rest) / AG_VECTOR_LANES;
        *ag_vector(g->mask, i) = ag_spread(g->active, i);
    }
    g->mask_lanes = g->active;
    rest = ag_vectors_of(g->active);
    if (rest == g->used_bits)
        return;
    g->used_bits = rest;
    for (g->used_count = 0; rest != 0; rest &= rest - 1)
        g->used[g->used_count++] = (u8)(ag_first(rest) / AG_VECTOR_LANES);
}

/* After `waiting` changed. */
AG_INLINE void ag_note_waiting(ag_group *g)
{
    u32 i;
    g->deadline = AG_NOBODY;
    for (i = 0; i < g->waiting_count; i++)
        if (g->waiting[i].deadline < g->deadline)
            g->deadline = g->waiting[i].deadline;
    g->meet =
        g->waiting_count == 0 ? AG_NOBODY : g->waiting[g->waiting_count - 1].pc;
}

/* Lanes of two sets become one: in what form its flags are. */
AG_INLINE u32 ag_join_flags(ag_group *g, u64 some, u32 form, u64 others,
                            u32 their_form)
{
    if (form == their_form)
        return form;
    ag_pack_lanes(g, some, form);
    ag_pack_lanes(g, others, their_form);
    return AG_FLAGS_PACKED;
}

/* The more lanes wait, the less long. */
AG_INLINE void ag_set_deadline(ag_set *w)
{
    u32 steps = AG_PATIENCE / ag_count(w->lanes);
    w->deadline = w->since + (steps < AG_MOST_STEPS ? steps : AG_MOST_STEPS);
}

/* How many sets wait at this PC or behind it: they are the first. */
AG_INLINE u32 ag_sets_from(const ag_group *g, u64 pc)
{
    u32 i = g->waiting_count;
    while (i > 0 && g->waiting[i - 1].pc < pc)
        i--;
    return i;
}

/* Lanes wait at pc, with those that already do. Their cycles are exact. */
AG_FN void ag_wait(ag_group *g, u64 lanes, u64 pc, u32 flags)
{
    u32 i = ag_sets_from(g, pc), j;
    ag_set *w = &g->waiting[i];
    if (i > 0 && g->waiting[i - 1].pc == pc) {
        w = &g->waiting[i - 1];
        w->flags = ag_join_flags(g, w->lanes, w->flags, lanes, flags);
        w->lanes |= lanes;
    } else {
        for (j = g->waiting_count++; j > i; j--)
            g->waiting[j] = g->waiting[j - 1];
        *w = (ag_set){
            .pc = pc, .lanes = lanes, .since = g->steps, .flags = flags};
    }
    ag_set_deadline(w);
    ag_note_waiting(g);
}

/* The i-th set does not wait any longer. */
AG_INLINE ag_set ag_take_set(ag_group *g, u32 i)
{
    const ag_set taken = g->waiting[i];
    for (g->waiting_count--; i < g->waiting_count; i++)
        g->waiting[i] = g->waiting[i + 1];
    ag_note_waiting(g);
    return taken;
}

/* The active lanes wait at `at`; nobody is active. */
AG_INLINE void ag_park(ag_group *g)
{
    if (g->active == 0)
        return;
    ag_count_cycles(g);
    ag_wait(g, g->active, g->at, g->flags);
    g->active = 0;
}

/* Active lanes wait, each where its row of PCs says. */
AG_FN void ag_park_rows(ag_group *g)
{
    u64 rest = g->active;
    ag_count_cycles(g);
    while (rest != 0) {
        u64 pc = g->pc[ag_first(rest)], lanes = 0;
        u32 i;
        for (i = 0; i < g->vectors; i++)
            lanes |= (u64)ag_top_bits((ag_vec)(*ag_vector(g->pc, i) == pc))
                     << i * AG_VECTOR_LANES;
        lanes &= rest;
        ag_wait(g, lanes, pc, g->flags);
        rest &= ~lanes;
    }
    g->active = 0;
}

/* The i-th set executes; nobody did. */
AG_INLINE void ag_resume(ag_group *g, u32 i)
{
    const ag_set w = ag_take_set(g, i);
    g->active = w.lanes;
    g->at = w.pc;
    g->flags = w.flags;
    g->pending = 0;
    ag_set_mask(g);
}

/* The i-th set waits where the active lanes are, and goes on with them. */
AG_INLINE void ag_join(ag_group *g, u32 i)
{
    const ag_set w = ag_take_set(g, i);
    g->flags = ag_join_flags(g, g->active, g->flags, w.lanes, w.flags);
    ag_add_cycles(g, w.lanes, (u64)0 - g->pending);
    g->active |= w.lanes;
    if (g->waiting_count == 0)
        g->quantum = 0;
    ag_set_mask(g);
}

/* Everybody's PC, cycles and NZCV are in rows; nobody executes or waits. */
AG_FN void ag_park_all(ag_group *g)
{
    u64 rest;
    ag_park(g);
    for (; g->waiting_count > 0; g->waiting_count--) {
        const ag_set *w = &g->waiting[g->waiting_count - 1];
        ag_pack_lanes(g, w->lanes, w->flags);
        for (rest = w->lanes; rest != 0; rest &= rest - 1)
            g->pc[ag_first(rest)] = w->pc;
    }
}

#endif
