/*
 * A lane group: up to AG_GROUP_LANES lanes that a CPU executes together, every
 * register a row of vectors over them. This is the second instantiation of the
 * instruction bodies, on vectors; interp.h is the first, here on one column of
 * the rows, for what must be done lane by lane.
 *
 * A body is called for vector i of the group. `masked` is a constant: without,
 * it writes all lanes; with, those whose mask is set, through a selection.
 * `leads` is true for the first vector of an instruction.
 *
 * Only C11 compiles this: it is the CPU's.
 */
#ifndef AG_GROUP_H
#define AG_GROUP_H

/* Bits of a u64 are lanes: no more than 64. entry.h tells the backend. */
#define AG_GROUP_LANES 64
#define AG_REGISTERS_IN_GROUP 1
#define AG_REGISTER_STRIDE AG_GROUP_LANES
#define AG_V_STRIDE AG_GROUP_LANES

#include "engine/interp.h"

#include "group/isa.h"

/* What the flags of lanes are kept as: NZCV itself, or the operands of the
   64-bit subtraction or addition that gives them (flags.h). */
#define AG_FLAGS_PACKED 0
#define AG_FLAGS_SUB 1
#define AG_FLAGS_ADD 2

typedef u64 ag_row[AG_GROUP_LANES];

#define AG_ROW_V AG_REGISTER_ROWS /* and AG_V_ROW() of them */
/* What an instruction keeps while it executes: LD4 has 8 words. */
#define AG_ROW_SPARE (AG_REGISTER_ROWS + AG_V_ROWS)
#define AG_SPARE_ROWS 8

/* Lanes that wait for their part of the turn, all at one PC: a bit a lane. */
typedef struct ag_set {
    u64 pc;
    u64 lanes;
    u64 since;    /* step */
    u64 deadline; /* the step from which on it is late */
    u32 flags;    /* AG_FLAGS_* */
} ag_set;

typedef struct ag_group {
    /* Those of V registers follow from AG_ROW_V on, once they are needed in a
       turn (vregs.h). */
    _Alignas(64) ag_row x[AG_ROW_SPARE + AG_SPARE_ROWS];
    ag_row flag_x, flag_y; /* operands, see above */
    ag_row nzcv;
    ag_row holds;   /* all ones where the condition at hand holds */
    ag_row mask;    /* all ones in lanes of `active` */
    ag_row address; /* of the memory access at hand (address.h) */
    ag_row base;    /* where each lane's memory lies in the buffer */
    ag_row place;   /* and the access at hand */
    ag_row pc;      /* of resting lanes; of all while loading and storing; where
                       BRANCH_TO leads the active ones */
    ag_row cycles;  /* of active lanes: `pending` more */
    ag_row limit;
    ag_row dirty;   /* AG_STATE_DIRTY */

    u64 live;    /* lanes that can go on; others may hold anything */
    u64 resting; /* of those, whose turn is over */
    u64 active;  /* lanes that execute now, all at `at` */
    u64 at;
    u64 mask_lanes; /* the lanes that `mask` has */
    u64 ran;        /* lanes that executed in this turn */
    u64 owned;      /* lanes whose memory no other thread accesses now */
    u64 marked;     /* pieces that all live lanes have in `dirty` */
    u64 pending;    /* instructions of the active lanes since `cycles` */
    u64 quota;      /* no live lane reaches its limit before that many more */
    u64 steps;      /* runs executed; a long one is several */
    u64 meet;       /* smallest PC at which lanes wait, AG_NOBODY if none do */
    u64 deadline;   /* of the set that has the first */
    u32 quantum;    /* runs that a late set still has for itself */
    u32 waiting_count;
    ag_set waiting[AG_GROUP_LANES]; /* PCs descend */

    u32 vectors;    /* in use, a multiple of AG_UNROLL */
    u32 used_count; /* of those, with an active lane; masked work is on them */
    u8 used[AG_GROUP_LANES / AG_VECTOR_LANES];
    u64 used_bits; /* the first lane of each of them */
    u32 flags;     /* AG_FLAGS_* of the active lanes */
    u32 layout;
    u32 has_window; /* AG_HAS_WINDOW() */
    u64 once; /* from an offset to the byte there in the one copy (address.h) */
    u32 has_rows;  /* vectors of lanes are neighbours in interleaved memory */
    u32 has_asked; /* some lane waits for the host: the turn ends soon */
    u32 event;     /* AG_EVENT_* of the last run */
    u64 taken, target, next; /* AG_EVENT_SPLIT */

    ag_lane lane; /* the lane at hand when bodies run lane by lane */
    u64 *state[AG_GROUP_LANES]; /* all of one program */
    u64 *v[AG_GROUP_LANES];     /* where a lane's V registers lie, or NULL */
    u64 v_lanes;    /* whose V registers are in rows */
    u64 is_plain;   /* lanes known to round to nearest and to flush nothing */
    u64 is_inexact; /* lanes known to have FPSR.IXC */
    u32 has_watchers; /* other threads execute lanes of the same memory */
    u32 has_stored;   /* and what lanes here stored they may not see yet */
    u64 own_lanes; /* that have code of their own; none executes it here */
    u32 slot[AG_GROUP_LANES];
    const ag_buffers *buffers; /* of the launch, and its arguments */
    const ag_slice_args *args;
    ag_place_in_code code;
} ag_group;

AG_INLINE ag_vec *ag_vector(u64 *row, u32 i)
{
    return (ag_vec *)(void *)row + i;
}
AG_INLINE u32 ag_first(u64 lanes)
{
    return (u32)__builtin_ctzll(lanes);
}
AG_INLINE u32 ag_count(u64 lanes)
{
    return (u32)__builtin_popcountll(lanes);
}
/* The lanes of vector i that are in the set, as a mask. */
AG_INLINE ag_vec ag_spread(u64 lanes, u32 i)
{
    ag_vec bits;
    u32 k;
    for (k = 0; k < AG_VECTOR_LANES; k++)
        bits[k] = (u64)1 << k;
    return (ag_vec)((ag_splat(lanes >> i * AG_VECTOR_LANES) & bits) != 0);
}
/* The active lanes of vector i, as bits. */
AG_INLINE u64 ag_active_of(const ag_group *g, u32 i)
{
    return g->active >> i * AG_VECTOR_LANES & (((u64)1 << AG_VECTOR_LANES) - 1);
}
/* Writes a row's vector: all lanes, or the active ones. */
AG_INLINE void ag_put(ag_group *g, u32 i, const u32 masked, u64 *row, ag_vec v)
{
    ag_vec *p = ag_vector(row, i);
    *p = masked ? ag_select(*ag_vector(g->mask, i), v, *p) : v;
}

/* Vectors are worked on in such steps when all of them are. */
#define AG_UNROLL 4
/* Calls body(g, i, masked, leads, ...) for the vectors of an instruction: all,
   or those in use. */
#define AG_EACH_VECTOR(body, ...)                                              \
    if (masked) {                                                              \
        const u32 n_used = g->used_count;                                      \
        for (j = 0; j < n_used; j++)                                           \
            body(g, g->used[j], 1, j == 0, __VA_ARGS__);                       \
    } else {                                                                   \
        const u32 n_all = g->vectors;                                          \
        for (j = 0; j < n_all; j += AG_UNROLL) {                               \
            body(g, j, 0, j == 0, __VA_ARGS__);                                \
            body(g, j + 1, 0, 0, __VA_ARGS__);                                 \
            body(g, j + 2, 0, 0, __VA_ARGS__);                                 \
            body(g, j + 3, 0, 0, __VA_ARGS__);                                 \
        }                                                                      \
    }

/* -- The bodies on vectors ------------------------------------------------- */

#include "group/values.h"
#define AG_CTX                                                                 \
    ag_group *g AG_UNUSED, const u32 i AG_UNUSED, const u32 masked AG_UNUSED,  \
        const u32 leads AG_UNUSED
#define AG_C g, i, masked, leads
/* Give a mask of the lanes that branch to *goes_to; with AG_TO_ROWS there, all
   lanes do, to what the rows of PCs say. */
#define AG_TO_ROWS ((u64)1)
#define AG_BRANCH_N(op)                                                        \
    AG_INLINE ag_vec agv_##op(AG_CTX, AG_FIELDS, u64 pc AG_UNUSED,             \
                              u64 *goes_to AG_UNUSED)
#define AG_BRANCH_R(op)                                                        \
    AG_INLINE ag_vec agv_##op(AG_CTX, AG_FIELDS, u64 pc AG_UNUSED,             \
                              u64 *goes_to AG_UNUSED,                          \
                              ag_may_read may_read AG_UNUSED)

#define R(row) (*ag_vector(g->x[row], i))
#define W(row, v) ag_put(g, i, masked, g->x[row], (v))
#define COND(cond) ag_condition(g, i, leads, may_read, (cond))
#define GET_NZCV() ag_packed_flags(g, i, leads, may_read)
#define SET_NZCV(v) ag_set_packed(AG_C, may_write, (v))
#define SET_FLAGS_ADD_64(x, y, r)                                              \
    ag_set_operands(AG_C, may_write, AG_FLAGS_ADD, (x), (y))
#define SET_FLAGS_SUB_64(x, y, r)                                              \
    ag_set_operands(AG_C, may_write, AG_FLAGS_SUB, (x), (y))
#define BRANCH(to) (*goes_to = (to), ag_splat(~(u64)0))
#define BRANCH_IF(p, to) (*goes_to = (to), (p))
#define BRANCH_UNLESS(p, to) (*goes_to = (to), ~(p))
#define BRANCH_TO(v)                                                           \
    (*goes_to = AG_TO_ROWS, ag_put(g, i, masked, g->pc, (v)), ag_splat(~(u64)0))

#include "group/flags.h"

#define ag_v ag_vec
#define ag_multiply_high agv_multiply_high
#include "a64/on_vectors.h"
#undef ag_v
#undef ag_multiply_high

/* Lane by lane again: the bodies of interp.h take a lane and the layout. */
#undef AG_C
#undef AG_CTX

#endif
