/*
 * A lane group's turn: which lanes execute, and for how long.
 *
 * Of the lanes whose turn it is, those at the smallest PC execute until they
 * reach the smallest PC at which others wait, and join them: code that parts
 * comes together behind it, since compilers put it there. Where they do not (a
 * rare block after the end of a loop would wait until all others have left the
 * loop for good; a lane that spins at a smaller PC than the lock's holder), a
 * round of AG_ROUND_STEPS is followed by AG_LATE_STEPS for each lane that did
 * not execute in it: every lane executes within 16 + 64 * 2 steps, a step being
 * one run. Insertion sort takes a fifth of the steps that it takes without.
 *
 * Fuel is what the group executes, so no lane gets more of it than a turn.
 */
#ifndef AG_GROUP_TURN_H
#define AG_GROUP_TURN_H

#include "group_run.h"
#include "entry.h"

#define AG_ROUND_STEPS 16
#define AG_LATE_STEPS 2
#define AG_NOBODY (~(u64)0)

/* Where lanes go on and what they executed is brought up to date. */
AG_INLINE void ag_count_cycles(ag_group *g)
{
    u32 i;
    for (i = 0; i < g->vectors; i++)
        *ag_vector(g->cycles, i) += *ag_vector(g->mask, i) & g->pending;
    g->pending = 0;
}

/* Rows of PCs of the active lanes, if they are at `at`. */
AG_INLINE void ag_park(ag_group *g)
{
    u32 i;
    for (i = 0; i < g->vectors; i++)
        ag_put(g, i, 1, g->pc, ag_splat(g->at));
}

/* The lanes of a set at this PC. */
AG_INLINE u64 ag_lanes_at(const ag_group *g, u64 set, u64 pc)
{
    u64 lanes = 0;
    u32 i;
    for (i = 0; i < g->vectors; i++)
        lanes |= (u64)ag_top_bits(
                     (ag_vec)(*(const ag_vec *)(const void *)&g->pc[i * AG_VECTOR_LANES] == pc))
                 << i * AG_VECTOR_LANES;
    return lanes & set;
}

/* The smallest PC of a set, AG_NOBODY if it is empty. */
AG_INLINE u64 ag_smallest_pc(ag_group *g, u64 set)
{
    ag_vec least = ag_splat(AG_NOBODY);
    u64 smallest = AG_NOBODY;
    u32 i;
    for (i = 0; i < g->vectors; i++) {
        ag_vec pc = ag_select(ag_spread(set, i), *ag_vector(g->pc, i), least);
        least = ag_select(LT(pc, least), pc, least);
    }
    for (i = 0; i < AG_VECTOR_LANES; i++)
        smallest = least[i] < smallest ? least[i] : smallest;
    return smallest;
}

AG_INLINE void ag_activate(ag_group *g, u64 lanes)
{
    u32 i;
    g->active = lanes;
    g->used_count = 0;
    for (i = 0; i < g->vectors; i++) {
        *ag_vector(g->mask, i) = ag_spread(lanes, i);
        g->used[g->used_count] = (u8)i;
        g->used_count += ag_active_of(g, i) != 0;
    }
}

/* Chooses the lanes that execute next; all that can are in rows. */
AG_FN void ag_choose(ag_group *g)
{
    const u64 ready = g->live & ~g->resting;
    g->quantum = 0;
    if (ready == 0) {
        g->active = 0;
        return;
    }
    g->late &= ready;
    g->at = ag_smallest_pc(g, ready);
    if (g->steps >= AG_ROUND_STEPS && g->late != 0) {
        g->at = g->pc[ag_first(g->late)];
        g->quantum = AG_LATE_STEPS;
    } else if (g->steps >= AG_ROUND_STEPS) {
        g->steps = 0;
        g->late = ready;
    }
    ag_activate(g, ag_lanes_at(g, ready, g->at));
    g->late &= ~g->active;
    g->waiting = ready & ~g->active;
    g->meet = ag_smallest_pc(g, g->waiting);
}

/* The active lanes went different ways. */
AG_INLINE void ag_split(ag_group *g)
{
    u32 i;
    if (g->event == AG_EVENT_SPLIT)
        for (i = 0; i < g->vectors; i++)
            ag_put(g, i, 1, g->pc,
                   ag_select(*ag_vector(g->holds, i), ag_splat(g->target),
                             ag_splat(g->next)));
}

/* Stops the lanes that are at their limit; how far all others are from it. */
AG_FN __attribute__((noinline)) void ag_check_limits(ag_group *g)
{
    u64 rest;
    u64 ready = g->live & ~g->resting;
    ag_count_cycles(g);
    ag_pack_flags(g);
    g->quota = AG_NOBODY;
    for (rest = ready; rest != 0; rest &= rest - 1) {
        u32 k = ag_first(rest);
        u64 left = g->limit[k] - g->cycles[k];
        if (left == 0) {
            ag_lane *c = ag_take_lane(g, k, g->cycles[k]);
            ag_stop(c, AG_STOP_MAX_CYCLES, 0);
            ag_leave_group(g, k, g->pc[k], AG_LAYOUT_LINEAR);
        } else if (left < g->quota) {
            g->quota = left;
        }
    }
}

/* The run at g->at. Lanes of a group have one program and no code of their own;
   c, the lane at hand, is one of them. */
AG_INLINE u32 ag_find_group_run(ag_group *g, ag_lane *c, const ag_buffers *b,
                                u32 most, ag_packed_entry *e, u32 *count)
{
    if (g->layout == AG_LAYOUT_SHARED)
        return ag_find_run(c, AG_LAYOUT_SHARED, b, g->at, most, &g->code, e,
                           count);
    return ag_find_run(c, AG_LAYOUT_LINEAR, b, g->at, most, &g->code, e, count);
}

/* Nothing can be executed at g->at: all active lanes stop or ask for it. */
AG_FN __attribute__((noinline)) void ag_leave_at(ag_group *g,
                                                 const ag_buffers *b)
{
    u64 rest;
    ag_count_cycles(g);
    ag_pack_flags(g);
    for (rest = g->active; rest != 0; rest &= rest - 1) {
        u32 k = ag_first(rest), count;
        ag_packed_entry e;
        ag_lane *c = ag_take_lane(g, k, g->cycles[k]);
        ag_find_group_run(g, c, b, 1, &e, &count);
        ag_leave_group(g, k, g->at, AG_LAYOUT_SHARED);
    }
}

/* At most `most` instructions of the active lanes; how many it were. */
AG_INLINE u32 ag_step_group(ag_group *g, const ag_buffers *b, u64 most)
{
    ag_packed_entry e;
    u32 count, executed;
    ag_lane *c = ag_take_lane(g, ag_first(g->active), 0);
    if (g->meet > g->at && (g->meet - g->at) / 4 < most && g->meet % 4 == 0)
        most = (g->meet - g->at) / 4;
    if (ag_find_group_run(g, c, b, (u32)most, &e, &count) != AG_NEXT) {
        ag_leave_at(g, b);
        return 0;
    }
    count = (u32)e.low >> 16; /* there are no batches that could overrun */
    count = most < count ? (u32)most : count;
    executed = (g->active == g->live ? ag_run_whole : ag_run_part)(
        g, e, g->code.at + 1, count);
    g->pending += executed;
    g->quota -= executed;
    return executed;
}

/* True if the active lanes, all at `at`, should not just go on. */
AG_INLINE u32 ag_must_choose(ag_group *g)
{
    if (g->waiting == 0)
        return 0;
    g->steps++;
    if (g->quantum > 0) {
        g->quantum--;
        return g->quantum == 0;
    }
    return g->at >= g->meet || g->steps >= AG_ROUND_STEPS;
}

/* Up to `fuel` instructions of the group; what is left of it. */
AG_INLINE u32 ag_group_turn(ag_group *g, const ag_buffers *b, u32 fuel)
{
    ag_choose(g);
    while (fuel > 0 && g->active != 0 && !g->is_asking &&
           !ag_is_told(b, AG_CONTROL_STOP)) {
        u64 before = g->active;
        u32 executed;
        if (AG_UNLIKELY(g->quota == 0)) {
            ag_park(g);
            ag_check_limits(g);
            ag_choose(g);
            continue;
        }
        executed = ag_step_group(g, b, g->quota < fuel ? g->quota : fuel);
        fuel -= executed;
        if (AG_UNLIKELY(g->active != before)) {
            /* who left has its own counts; the mask says who is still here */
            ag_activate(g, g->active);
            ag_count_cycles(g);
            ag_park(g);
            ag_choose(g);
        } else if (g->event != AG_EVENT_NONE) {
            ag_split(g);
            ag_count_cycles(g);
            ag_choose(g);
        } else if (ag_must_choose(g)) {
            ag_park(g);
            ag_count_cycles(g);
            ag_choose(g);
        }
    }
    ag_park(g);
    ag_count_cycles(g);
    return fuel;
}

#endif
