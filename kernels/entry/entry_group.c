/*
 * Lane groups as a kernel of the CPU: entry.c's work, up to AG_GROUP_LANES
 * lanes at a time. Compiled several times, for different instruction sets;
 * AG_GROUP_ENTRY is what this copy is called.
 */
#include "group/turn.h"

#include "entry/entry.h"

_Static_assert(AG_GROUP_LANES == AG_GROUP_MOST_LANES, "what the backend counts on");

static void open_group(ag_group *g, const ag_buffers *b,
                       const ag_slice_args *args)
{
    g->buffers = b;
    g->args = args;
    g->layout = args->layout;
    g->has_window = AG_HAS_WINDOW(args->layout);
    g->once = (u64)(uintptr_t)b->readonly - (u64)(uintptr_t)b->memory +
              (args->view.base - args->view.readonly);
    g->live = g->resting = g->active = g->owned = 0;
    g->own_lanes = g->marked = g->v_lanes = 0;
    g->is_plain = g->is_inexact = 0;
    g->vectors = g->waiting_count = 0;
    g->code.page = ~(u64)0;
    g->has_watchers = AG_IS_SHARED(g->layout) && args->threads > 1;
    g->has_stored = g->has_watchers;
    g->lane.memory = b->memory;
}

/* Brings a lane in as the group's k-th. */
static void load_lane(ag_group *g, const ag_buffers *b,
                      const ag_slice_args *args, u64 lane, u32 k)
{
    ag_lane *c = &g->lane;
    c->x = &g->x[0][k];
    ag_load_lane(c, AG_LAYOUT_SHARED, b, args, lane);
    g->state[k] = c->state;
    g->v[k] = c->v;
    g->slot[k] = (u32)lane;
    g->pc[k] = c->pc;
    g->cycles[k] = c->cycles;
    g->limit[k] = c->limit;
    g->nzcv[k] = c->nzcv;
    g->dirty[k] = c->dirty;
    g->live |= (u64)1 << k;
    if (c->own_code != 0)
        g->own_lanes |= (u64)1 << k;
    c->own_code = 0; /* that of the lane at hand is looked at once for all */
}

static void store_group(ag_group *g)
{
    u64 rest;
    for (rest = g->live; rest != 0; rest &= rest - 1) {
        u32 k = ag_first(rest);
        ag_lane *c = ag_take_lane(g, k, g->cycles[k]);
        c->pc = g->pc[k];
        ag_store_lane(c);
    }
    ag_store_v_rows(g, g->live);
}

static int can_run(const u64 *state)
{
    return AG_STATUS_STOP(state[AG_STATE_STATUS * AG_BLOCK]) ==
               AG_STOP_RUNNING &&
           state[AG_STATE_REQUEST * AG_BLOCK] == AG_REQUEST_NONE;
}

/* The lane is at code of its own, passes a probe that others stop at, or is at
   one that may lead it elsewhere. */
static int runs_alone(const u64 *state, const ag_slice_args *args)
{
    const u64 at = ag_code_offset(&args->view, args->memory_size,
                                  state[AG_STATE_PC * AG_BLOCK]);
    return (state[AG_STATE_STATUS * AG_BLOCK] & AG_STATUS_CALLS) != 0 ||
           ag_before_own_code(state[AG_STATE_OWN_CODE * AG_BLOCK], at) == 0 ||
           ag_passes(state[AG_STATE_STATUS * AG_BLOCK],
                     state[AG_STATE_CYCLES * AG_BLOCK],
                     state[AG_STATE_START * AG_BLOCK]);
}

/* How many of the slots ascend and fit a group that begins with the block of
   the first. */
static u32 count_near(const u32 *slots, u32 count)
{
    const u32 from = slots[0] / AG_BLOCK * AG_BLOCK;
    u32 n = 1;
    while (n < count && slots[n] > slots[n - 1] &&
           slots[n] - from < AG_GROUP_LANES)
        n++;
    return n;
}

/*
 * Loads those of `count` listed slots, all of one program, that can go on.
 * Those that run alone are written to rest, *n of them. In interleaved memory
 * lanes lie in the group as they lie in their blocks, `from` first, if they are
 * fewer than AG_GROUP_LANES apart.
 */
static void load_group(ag_group *g, const ag_buffers *b,
                       const ag_slice_args *args, const u32 *slots, u32 count,
                       u32 rest[AG_GROUP_LANES], u32 *n)
{
    const u32 from = slots[0] / AG_BLOCK * AG_BLOCK;
    u32 i, k = 0, end = 0;
    open_group(g, b, args);
    *n = 0;
    g->has_rows = AG_HAS_ROWS(args->layout) &&
                  count_near(slots, count) == count;
    for (i = 0; i < count; i++) {
        const u64 *state = b->state + ag_state_index(slots[i], 0);
        k = g->has_rows ? slots[i] - from : end;
        g->base[k] =
            ag_slot_offset(args->layout, args->memory_stride, slots[i]);
        if (g->has_rows) /* a place in rows, whether it executes or not */
            g->owned |= (u64)1 << k;
        if (!can_run(state))
            continue;
        if (runs_alone(state, args)) {
            rest[(*n)++] = slots[i];
            continue;
        }
        load_lane(g, b, args, slots[i], k);
        end = k + 1;
    }
    g->vectors = (end + AG_VECTOR_LANES - 1) / AG_VECTOR_LANES;
    g->vectors = (g->vectors + AG_UNROLL - 1) / AG_UNROLL * AG_UNROLL;
    for (i = 0; i < g->vectors * AG_VECTOR_LANES; i++)
        if (g->live != 0 && ((g->live | g->owned) >> i & 1) == 0)
            g->base[i] = g->base[ag_first(g->live)];
}

/* How many of the `count` listed slots make the next group: of one program, and
   in interleaved memory near each other where that gives enough. */
static u32 next_group(const ag_buffers *b, const ag_slice_args *args,
                      const u32 *slots, u32 count)
{
    const u64 program = b->state[ag_state_index(slots[0], AG_STATE_PROGRAM)];
    u32 most = 1, near;
    if (count > AG_GROUP_LANES)
        count = AG_GROUP_LANES;
    while (most < count &&
           b->state[ag_state_index(slots[most], AG_STATE_PROGRAM)] == program)
        most++;
    if (!AG_HAS_ROWS(args->layout))
        return most;
    near = count_near(slots, most);
    return near >= AG_BLOCK / 2 ? near : most;
}

/* The turn itself, everything is loaded. Lanes that are alone in the end have
   the rest of it one by one. */
static void run_group(ag_group *g, const ag_buffers *b,
                      const ag_slice_args *args, u32 fuel)
{
    u64 rest;
    const u32 few =
        ag_count(g->live) > AG_GROUP_FEW_LANES ? AG_GROUP_FEW_LANES : 0;
    g->pending = g->steps = g->ran = 0;
    g->has_asked = 0;
    g->active = g->live;
    g->flags = AG_FLAGS_PACKED;
    ag_park_rows(g);
    ag_check_limits(g);
    fuel = ag_group_turn(g, b, fuel, few);
    store_group(g);
    rest = g->live & ~g->resting;
    if (fuel == 0 || ag_count(g->live) > few)
        return;
    for (; rest != 0 && !ag_is_told(b, AG_CONTROL_STOP); rest &= rest - 1) {
        u32 k = ag_first(rest);
        if (!ag_kernel_turn(b, args, g->slot[k], fuel))
            g->live &= ~((u64)1 << k);
    }
}

/* A turn of up to AG_GROUP_LANES listed lanes; true if any can go on. */
static u32 turn_of_group(ag_group *g, const ag_buffers *b,
                         const ag_slice_args *args, const u32 *lanes, u32 count,
                         u32 fuel)
{
    u32 rest[AG_GROUP_LANES], n, i, any;
    load_group(g, b, args, lanes, count, rest, &n);
    if (g->live != 0)
        run_group(g, b, args, fuel);
    any = g->live != 0;
    for (i = 0; i < n; i++)
        any |= ag_kernel_turn(b, args, rest[i], fuel);
    return any;
}

void AG_GROUP_ENTRY(const ag_buffers *b, const ag_slice_args *args, u32 first,
                    u32 count)
{
    ag_group group = {0};
    u32 fuel = args->fuel, any = 1, i, n;
    while (fuel > 0 && any) {
        u32 turn = fuel < args->turn ? fuel : args->turn;
        any = 0;
        for (i = 0; i < count; i += n) {
            const u32 *slots = b->lanes + first + i;
            n = next_group(b, args, slots, count - i);
            any |= turn_of_group(&group, b, args, slots, n, turn);
            if (ag_is_told(b, AG_CONTROL_STOP))
                return;
        }
        fuel -= turn;
        if (ag_is_told(b, AG_CONTROL_REQUESTS))
            return;
    }
}
