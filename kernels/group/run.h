/*
 * A run of straight code for the active lanes of a group: one dispatch an
 * instruction for all of them. A run ends early when lanes leave it (a stop, a
 * request, a turn that is over); where the active lanes go on afterwards is in
 * `at`, unless they part (`event`).
 */
#ifndef AG_GROUP_RUN_H
#define AG_GROUP_RUN_H

#include "group/group.h"
#include "group/memory.h"
#include "group/v.h"
#include "group/vregs.h"

#define AG_EVENT_NONE 0
#define AG_EVENT_SPLIT 1 /* `taken` go to `target`, others to `next` */
#define AG_EVENT_ROWS 2  /* to what the rows of PCs say */

/* Makes lane k the one at hand; what its bodies may ask for. */
AG_INLINE ag_lane *ag_take_lane(ag_group *g, u32 k, u64 cycles)
{
    ag_lane *c = &g->lane;
    c->x = &g->x[0][k];
    c->state = g->state[k];
    c->v = (g->v_lanes >> k & 1) != 0 ? &g->x[AG_ROW_V][k] : 0;
    c->pc = g->at;
    c->cycles = cycles;
    c->nzcv = (u32)g->nzcv[k];
    c->dirty = g->dirty[k];
    return c;
}

/* The lane at hand, k, does not go on with the others: its turn is over, it
   waits for the host or has stopped. Its flags are in c->nzcv. */
AG_INLINE void ag_leave_group(ag_group *g, u32 k, u64 pc, const u32 layout)
{
    ag_lane *c = &g->lane;
    const u64 lane = (u64)1 << k;
    c->pc = g->pc[k] = pc;
    g->cycles[k] = c->cycles;
    g->active &= ~lane;
    if (ag_can_go_on(c)) {
        g->resting |= lane;
        return;
    }
    g->live &= ~lane;
    g->has_asked |= AG_STATE(AG_STATE_REQUEST) != AG_REQUEST_NONE;
    ag_note_undefined(c, layout);
    ag_store_lane(c);
    ag_store_v_rows(g, lane);
}

/* One instruction of lane k, at g->at + 4 * i, as the interpreter for one lane
   executes it. The group's flags are packed. */
AG_INLINE void ag_step_lane(ag_group *g, u32 k, ag_packed_entry e,
                            const ag_entry *following, u32 i, const u32 layout)
{
    const u64 pc = g->at + (u64)i * 4;
    ag_lane *c = ag_take_lane(g, k, g->cycles[k] + g->pending + i);
    u64 start = c->cycles, next = pc;
    u32 executed = 0, result;
    u8 *memory = c->memory;
    c->memory = memory + g->base[k];
    result = ag_execute_run(c, layout, e, following, pc, 1, &executed, &next);
    c->cycles = start + executed;
    if (AG_UNLIKELY(result == AG_SYSTEM_CALL)) {
        c->pc = next;
        result = ag_serve_call(c, g->buffers, g->args, g->slot[k]);
        next = c->pc;
    }
    g->nzcv[k] = c->nzcv;
    g->dirty[k] = c->dirty;
    if ((result & AG_LEAVE) != 0 &&
        (AG_IS_SHARED(layout) || !ag_can_go_on(c)))
        ag_leave_group(g, k, next, layout);
    c->memory = memory;
}

/* The same for some active lanes, in order; true if all of them go on. */
AG_FN __attribute__((noinline)) u32 ag_by_lane_some(ag_group *g, u64 rest,
                                                    ag_packed_entry e,
                                                    const ag_entry *following,
                                                    u32 i)
{
    const u64 before = g->active;
    ag_pack_flags(g);
    for (; rest != 0; rest &= rest - 1) {
        switch (AG_LAYOUT_GENERAL(g->layout)) {
#define AG_STEP_IN_LAYOUT(NAME, value, is_shared, has_rows, has_window)        \
    case AG_LAYOUT_##NAME:                                                     \
        if ((is_shared) || (has_window)) /* AG_LAYOUT_GENERAL() */             \
            ag_step_lane(g, ag_first(rest), e, following, i,                   \
                         AG_LAYOUT_##NAME);                                    \
        break;
            AG_LAYOUTS(AG_STEP_IN_LAYOUT)
        default:
            break;
        }
    }
    return g->active == before;
}
AG_INLINE u32 ag_by_lane(ag_group *g, ag_packed_entry e,
                         const ag_entry *following, u32 i)
{
    return ag_by_lane_some(g, g->active, e, following, i);
}

/* All lanes' next PCs are in rows: one for all, or AG_EVENT_ROWS. */
AG_INLINE void ag_join_rows(ag_group *g)
{
    const u64 first = g->pc[ag_first(g->active)];
    ag_vec differ = ag_splat(0);
    u32 i;
    for (i = 0; i < g->vectors; i++)
        differ |= (*ag_vector(g->pc, i) ^ first) & *ag_vector(g->mask, i);
    if (ag_any(differ))
        g->event = AG_EVENT_ROWS;
    else
        g->at = first;
}

/* Ends a run whose branch goes to target where `holds` is set, else to next;
   in some active lane it does, in some it does not. */
AG_INLINE void ag_end_run(ag_group *g, u64 target, u64 next, u32 some_do,
                          u32 some_do_not)
{
    u32 i;
    if (!some_do_not && target == AG_TO_ROWS) {
        ag_join_rows(g);
        return;
    }
    g->at = some_do ? target : next;
    if (AG_LIKELY(!some_do || !some_do_not))
        return;
    g->taken = 0;
    for (i = 0; i < g->vectors; i++)
        g->taken |= (u64)ag_top_bits(*ag_vector(g->holds, i))
                    << i * AG_VECTOR_LANES;
    g->target = target;
    g->next = next;
    g->event = AG_EVENT_SPLIT;
}

/*
 * Lanes of a thread share its store buffer, but Arm has no lane see another
 * one's store before all can: a load waits until those before it are out. One
 * thread alone has nobody to be seen by.
 */
AG_INLINE void ag_before_load(ag_group *g)
{
    if (AG_UNLIKELY(g->has_stored)) {
        AG_FENCE();
        g->has_stored = 0;
    }
}
AG_INLINE void ag_before_store(ag_group *g)
{
    g->has_stored = g->has_watchers;
}

#define AG_IS_V_STORE(op)                                                      \
    ((op) == AG_OP_STR_V || (op) == AG_OP_ST_V_structs ||                      \
     (op) == AG_OP_ST_V_element)

/*
 * Executes `count` instructions from g->at; e is the first, `following` where
 * the second lies. Gives how many the lanes executed that are still active.
 */
AG_INLINE u32 ag_run_group(ag_group *g, ag_packed_entry e,
                           const ag_entry *following, u32 count,
                           const u32 masked)
{
    const ag_may_read may_read = {0};
    const ag_may_write may_write = {0};
    u32 executed = 0, j;
    u64 rest;
    g->event = AG_EVENT_NONE;
    for (;;) {
        const ag_packed_entry this_one = e;
        const u32 op = (u32)e.low & 0xffff, fields = (u32)(e.low >> 32);
        const u32 d = fields & 0xff, n = fields >> 8 & 0xff;
        const u32 m = fields >> 16 & 0xff, a = fields >> 24;
        const u64 imm = e.high;
        e = ag_fetch_entry(following++);
        AG_ASSUME(op < AG_OP_COUNT);
        switch (op) {
#define AG_LANES_VECTOR(op, flags) AG_EACH_VECTOR(agv_##op, AG_F AG_MAY_##flags)
#define AG_LANES_SCALAR(op, flags)                                             \
    for (rest = g->active; rest != 0; rest &= rest - 1) {                      \
        g->lane.x = &g->x[0][ag_first(rest)];                                  \
        a64_##op(&g->lane, AG_LAYOUT_LINEAR, AG_F AG_MAY_##flags);             \
    }
#define AG_GROUP_ALU(op, flags, form)                                          \
    case AG_OP_##op:                                                           \
        AG_LANES_##form(op, flags) break;
#define AG_GROUP_MEMORY(op, is_load, form, size, ext, is_pair, wb, order)      \
    case AG_OP_##op: {                                                         \
        const u32 columns = AG_ROW_COLUMNS(form, size, ext, is_pair, wb);      \
        if (is_load)                                                           \
            ag_before_load(g);                                                 \
        else                                                                   \
            ag_before_store(g);                                                \
        if ((AG_ORDER_##order != AG_RELAXED ||                                 \
             !(is_load  ? masked ? ag_load_group_1(g, columns, this_one)       \
                                 : ag_load_group_0(g, columns, this_one)       \
                : masked ? ag_store_group_1(g, columns, this_one)              \
                        : ag_store_group_0(g, columns, this_one))) &&          \
            !ag_by_lane(g, this_one, following, executed))                     \
            count = executed + 1;                                              \
        break;                                                                 \
    }
#define AG_GROUP_BY_LANE(op)                                                   \
    case AG_OP_##op:                                                           \
        ag_before_load(g);                                                     \
        ag_before_store(g);                                                    \
        if (!ag_by_lane(g, this_one, following, executed))                     \
            count = executed + 1;                                              \
        break;
/* What is known of FPCR and FPSR may change. */
#define AG_GROUP_SYSTEM(op, flags)                                             \
    case AG_OP_##op:                                                           \
        ag_before_load(g);                                                     \
        ag_before_store(g);                                                    \
        g->is_plain = g->is_inexact = 0;                                       \
        if (!ag_by_lane(g, this_one, following, executed))                     \
            count = executed + 1;                                              \
        break;
#define AG_GROUP_BRANCH(op, flags)                                             \
    case AG_OP_##op: {                                                         \
        const u64 pc = g->at + (u64)executed * 4;                              \
        u64 target = 0;                                                        \
        ag_vec all_do = ag_splat(~(u64)0), some_do = ag_splat(0);              \
        const u32 vectors = masked ? g->used_count : g->vectors;               \
        for (j = 0; j < vectors; j++) {                                        \
            const u32 i = masked ? g->used[j] : j;                             \
            ag_vec p = agv_##op(g, i, masked, j == 0, AG_F, pc,                \
                                &target AG_MAY_##flags);                       \
            ag_vec mask = *ag_vector(g->mask, i);                              \
            *ag_vector(g->holds, i) = p;                                       \
            all_do &= p | ~mask;                                               \
            some_do |= p & mask;                                               \
        }                                                                      \
        ag_end_run(g, target, NEXT_PC, ag_any(some_do), ag_any(~all_do));      \
        return executed + 1;                                                   \
    }
            AG_OPS(AG_GROUP_ALU, AG_GROUP_MEMORY, AG_GROUP_BY_LANE,
                   AG_GROUP_BRANCH, AG_GROUP_SYSTEM)
        default: /* V registers */
            if (op >= AG_OP_FIRST_VMEMORY) {
                if (AG_IS_V_STORE(op))
                    ag_before_store(g);
                else
                    ag_before_load(g);
            }
            ag_need_v_rows(g);
            rest = AG_GROUP_V_ENTRY(g, this_one);
            if (rest != 0 &&
                !ag_by_lane_some(g, rest, this_one, following, executed))
                count = executed + 1;
            break;
        }
        if (++executed == count)
            break;
    }
    g->at += (u64)executed * 4;
    return executed;
}

AG_FN __attribute__((noinline)) u32 ag_run_whole(ag_group *g, ag_packed_entry e,
                                                 const ag_entry *following,
                                                 u32 count)
{
    return ag_run_group(g, e, following, count, 0);
}
AG_FN __attribute__((noinline)) u32 ag_run_part(ag_group *g, ag_packed_entry e,
                                                const ag_entry *following,
                                                u32 count)
{
    return ag_run_group(g, e, following, count, 1);
}

#endif
