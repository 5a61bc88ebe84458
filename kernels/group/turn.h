/*
 * A lane group's turn: which lanes execute, and for how long.
 *
 * Of the lanes whose turn it is, those at the smallest PC execute until they
 * reach the smallest PC at which others wait, and join them: code that parts
 * comes together behind it, since compilers put it there. Where they do not, a
 * set that waits becomes late, the sooner the more lanes it has
 * (ag_set_deadline), and executes for as many steps as it has lanes, a step
 * being one run: lanes that left a loop catch up with the others before too
 * many have left it; a rare block behind a loop does not wait until everybody
 * has left the loop for good; a lane that spins does not keep the lock's holder
 * from executing.
 *
 * A set is late after AG_MOST_STEPS, and then waits for at most one turn of
 * each set that was late before it, those being AG_LATE_STEPS or their lanes:
 * 256 + 64 * 4 steps. A turn forgets who has waited, so sets that did not
 * execute in it do at its end: a lane's next instruction is about 1,024 steps
 * away at most, however the turns lie. A long run counts as several steps.
 *
 * Fuel is what the group executes, so no lane gets more of it than a turn.
 *
 * A lane that asks the host for something has left the group; the others go on,
 * or one that asks again and again would leave them an instruction a slice.
 * But they have no more than AG_FUEL_ONCE_ASKED of their turn, which in private
 * memory is long: what was asked for may be what they need next, and the lane
 * should find them near.
 */
#ifndef AG_GROUP_TURN_H
#define AG_GROUP_TURN_H

#include "group/run.h"
#include "group/sets.h"

#include "entry/entry.h"

#define AG_LATE_STEPS 4 /* at least */
#define AG_NEAR_LIMIT 64
#define AG_FUEL_ONCE_ASKED 4096 /* a turn in shared memory */

/* A set has waited for too long. */
AG_INLINE u32 ag_is_late(const ag_group *g)
{
    return g->steps >= g->deadline;
}

/* Chooses the set that executes next; nobody does now. */
AG_FN void ag_choose(ag_group *g)
{
    u32 i = g->waiting_count - 1;
    g->quantum = 0;
    if (g->waiting_count == 0)
        return;
    if (ag_is_late(g)) {
        while (g->waiting[i].deadline != g->deadline)
            i--;
        g->quantum = ag_count(g->waiting[i].lanes);
        if (g->quantum < AG_LATE_STEPS)
            g->quantum = AG_LATE_STEPS;
    }
    ag_resume(g, i);
}

/* The active lanes go on with those that wait where they are. */
AG_INLINE void ag_meet(ag_group *g)
{
    u32 i = ag_sets_from(g, g->at);
    if (i > 0 && g->waiting[i - 1].pc == g->at)
        ag_join(g, i - 1);
}

/* The active lanes went two ways: those at the smaller PC go on if they are
   the ones to choose, or most lanes of a late set. */
AG_INLINE void ag_part(ag_group *g)
{
    const u64 taken = g->taken & g->active, others = g->active & ~g->taken;
    u32 is_taken = g->target < g->next;
    if (g->quantum > 1) {
        g->quantum--;
        is_taken = ag_count(taken) > ag_count(others);
    } else if (g->quantum == 1 || ag_is_late(g) ||
               (is_taken ? g->target : g->next) >= g->meet) {
        ag_count_cycles(g);
        ag_wait(g, taken, g->target, g->flags);
        ag_wait(g, others, g->next, g->flags);
        g->active = 0;
        ag_choose(g);
        return;
    }
    ag_add_cycles(g, is_taken ? others : taken, g->pending);
    ag_wait(g, is_taken ? others : taken, is_taken ? g->next : g->target,
            g->flags);
    g->active = is_taken ? taken : others;
    g->at = is_taken ? g->target : g->next;
    ag_set_mask(g);
    ag_meet(g);
}

/* The active lanes are at another PC while others wait. Those that they join
   execute next, or it would be no joining but one more wait. */
AG_INLINE void ag_go_on(ag_group *g)
{
    g->quantum -= g->quantum > 0;
    if (g->quantum == 0 && (g->at > g->meet || ag_is_late(g))) {
        ag_park(g);
        ag_choose(g);
    } else {
        ag_meet(g);
    }
}

/* Stops the lanes of the i-th set that are at their limit; the least that
   another one has left. A set with a lane that is near does not wait for long:
   until it is there the group goes on in small steps. */
AG_INLINE u64 ag_check_set(ag_group *g, u32 i)
{
    ag_set *w = &g->waiting[i];
    u64 nearest = AG_NOBODY, over = 0, rest;
    for (rest = w->lanes; rest != 0; rest &= rest - 1) {
        u32 k = ag_first(rest);
        u64 left = g->limit[k] - g->cycles[k];
        if (left == 0)
            over |= (u64)1 << k;
        else if (left < nearest)
            nearest = left;
    }
    ag_pack_lanes(g, over, w->flags);
    w->lanes &= ~over;
    if (nearest < AG_NEAR_LIMIT && w->deadline > g->steps)
        w->deadline = g->steps;
    for (rest = over; rest != 0; rest &= rest - 1) {
        u32 k = ag_first(rest);
        ag_stop_at_limit(ag_take_lane(g, k, g->cycles[k]));
        ag_leave_group(g, k, w->pc, AG_LAYOUT_LINEAR);
    }
    return nearest;
}

/* The same for all sets, nobody executes: how far the nearest lane is. */
AG_FN __attribute__((noinline)) void ag_check_limits(ag_group *g)
{
    u32 i;
    g->quota = AG_NOBODY;
    for (i = g->waiting_count; i-- > 0;) {
        u64 nearest = ag_check_set(g, i);
        if (nearest < g->quota)
            g->quota = nearest;
        if (g->waiting[i].lanes == 0)
            ag_take_set(g, i);
    }
    ag_note_waiting(g);
}

/* The run at g->at, no lane's own code. Lanes of a group have one program; c,
   the lane at hand, is one of them; its memory is not read, so interleaved
   memory needs no copies of its own. */
AG_INLINE u32 ag_find_group_run(ag_group *g, ag_lane *c, const ag_buffers *b,
                                u32 most, ag_packed_entry *e, u32 *count)
{
    if (AG_IS_SHARED(g->layout))
        return ag_find_run(c, AG_LAYOUT_SHARED, b, g->args, 0, g->at, most,
                           &g->code, e, count);
    if (g->has_window)
        return ag_find_run(c, AG_LAYOUT_WINDOW_LINEAR, b, g->args, 0, g->at,
                           most, &g->code, e, count);
    return ag_find_run(c, AG_LAYOUT_LINEAR, b, g->args, 0, g->at, most,
                       &g->code, e, count);
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

/* How many of `most` instructions no active lane has as code of its own. Lanes
   that have the first one leave the group for this turn, and begin the next one
   by themselves (entry_group.c). */
AG_FN __attribute__((noinline)) u64 ag_before_own_lanes(ag_group *g, u64 most)
{
    const u64 at =
        ag_code_offset(&g->lane.view, g->lane.memory_size, g->at);
    u64 leave = 0, rest;
    for (rest = g->active & g->own_lanes; rest != 0; rest &= rest - 1) {
        u32 k = ag_first(rest);
        u64 n = ag_before_own_code(g->state[k][AG_STATE_OWN_CODE * AG_BLOCK],
                                   at);
        if (n == 0)
            leave |= (u64)1 << k;
        else if (n < most)
            most = n;
    }
    if (leave == 0)
        return most;
    ag_count_cycles(g);
    ag_pack_flags(g);
    for (; leave != 0; leave &= leave - 1) {
        u32 k = ag_first(leave);
        ag_take_lane(g, k, g->cycles[k]);
        ag_leave_group(g, k, g->at, AG_LAYOUT_LINEAR);
    }
    return 0;
}

/* At most `most` instructions of the active lanes; how many it were. */
AG_INLINE u32 ag_step_group(ag_group *g, const ag_buffers *b, u64 most)
{
    ag_packed_entry e;
    u32 count, executed;
    u64 meet = g->meet;
    const u32 first = ag_first(g->active);
    ag_lane *c = ag_take_lane(g, first, g->cycles[first] + g->pending);
    if (g->quantum > 0) { /* they need not be at the smallest PC */
        u32 i = ag_sets_from(g, g->at + 1);
        meet = i == 0 ? AG_NOBODY : g->waiting[i - 1].pc;
    }
    if (meet >= g->at + 4 && (meet - g->at) / 4 < most && meet % 4 == 0)
        most = (meet - g->at) / 4;
    if (AG_UNLIKELY((g->active & g->own_lanes) != 0)) {
        most = ag_before_own_lanes(g, most);
        if (most == 0)
            return 0;
    }
    if (ag_find_group_run(g, c, b, (u32)most, &e, &count) != AG_NEXT) {
        ag_leave_at(g, b);
        return 0;
    }
    /* There are no batches that could overrun: nothing is kept back. */
    count = (u32)e.low >> 16;
    count = most < count ? (u32)most : count;
    executed = (g->active == g->live && g->used_count * 2 > g->vectors
                    ? ag_run_whole
                    : ag_run_part)(g, e, g->code.at + 1, count);
    g->pending += executed;
    g->quota -= executed;
    g->steps += 1 + executed / 8;
    g->ran |= g->active;
    return executed;
}

/* One run of at most `most` instructions, and who goes on after it. */
AG_INLINE u32 ag_step(ag_group *g, const ag_buffers *b, u32 most)
{
    const u64 before = g->active;
    u32 executed;
    if (AG_UNLIKELY(g->quota == 0)) {
        ag_park(g);
        ag_check_limits(g);
        ag_choose(g);
        return 0;
    }
    executed = ag_step_group(g, b, g->quota < most ? g->quota : most);
    if (AG_UNLIKELY(g->active != before)) {
        ag_park(g);
        ag_choose(g);
    } else if (g->event == AG_EVENT_SPLIT) {
        ag_part(g);
    } else if (g->event == AG_EVENT_ROWS) {
        ag_park_rows(g);
        ag_choose(g);
    } else if (g->waiting_count != 0) {
        ag_go_on(g);
    }
    return executed;
}

/* A few runs of the set that has lane k. */
AG_FN __attribute__((noinline)) void ag_run_late(ag_group *g,
                                                 const ag_buffers *b, u32 k)
{
    u32 i = 0, n;
    ag_park(g);
    if (g->quota == 0) { /* it may have ended */
        ag_check_limits(g);
        return;
    }
    while ((g->waiting[i].lanes >> k & 1) == 0)
        i++;
    ag_resume(g, i);
    g->quantum = AG_LATE_STEPS;
    for (n = 0; n < AG_LATE_STEPS && g->active != 0; n++)
        ag_step(g, b, AG_PAGE_ENTRIES);
}

/* Up to `fuel` instructions of the group, and some of the lanes that got none
   of them; what is left of it. Ends early when no more than `few` can go on. */
AG_INLINE u32 ag_group_turn(ag_group *g, const ag_buffers *b, u32 fuel, u32 few)
{
    ag_choose(g);
    while (fuel > 0 && g->active != 0 && ag_count(g->live) > few &&
           !ag_is_told(b, AG_CONTROL_STOP)) {
        fuel -= ag_step(g, b, fuel);
        if (AG_UNLIKELY(g->has_asked) && fuel > AG_FUEL_ONCE_ASKED)
            fuel = AG_FUEL_ONCE_ASKED;
    }
    while (fuel == 0 && !ag_is_told(b, AG_CONTROL_STOP)) {
        const u64 rest = g->live & ~g->resting & ~g->ran;
        if (rest == 0)
            break;
        ag_run_late(g, b, ag_first(rest));
    }
    ag_park_all(g);
    return fuel;
}

#endif
