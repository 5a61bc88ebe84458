/*
 * What the text of regions is written with for a vector of lanes that execute
 * together on a CPU (src/translate/emit.c, `is_together`; region.h first): the
 * vector goes through the region, its registers locals that are vectors over
 * its lanes, as long as all of them go the same way.
 *
 * What all lanes hold alike is there once: registers and flags of a lane
 * `alike`, on which the bodies of one lane are executed. Which registers these
 * are is known of every place of the text (src/translate/alike.c), and `same`
 * has a bit for each, and bit 32 for the flags.
 *
 * Invariant: where a bit of `same` is set the register is that of `alike`, and
 * what `x` has of it may be old; else it is that of `x`. AG_SPREAD makes `x` as
 * `alike` is, for instructions on both kinds, and on the way to where less is
 * alike. Lanes come in together only where they are at one address, and hold
 * alike what is so there (AG_ALIKE_AT); they leave together, before the
 * instruction of which they go different ways (AG_PARTS_*).
 */
#ifndef AG_TOGETHER_H
#define AG_TOGETHER_H

/* Whoever has text compiled that has V registers says so. */
#ifndef AG_HAS_V
#define AG_HAS_V 0
#endif
#define AG_IS_TOGETHER 1
#include "a64/operands.h" /* outside of conditions, by which it is left out */
#include "engine/region.h"
#include "group/isa.h"

#if AG_HAS_V
/* Rows of registers, for what goes lane by lane (together_v.h). */
typedef struct ag_lanes_rows {
    ag_vec x[AG_REGISTER_ROWS], v[AG_V_ROWS], nzcv;
} ag_lanes_rows;
#endif

/* Bodies on vectors, of lanes. */
typedef struct ag_lanes {
    ag_vec x[AG_REGISTER_ROWS];
    u32 flags_kind; /* enum ag_lanes_flags, and of what */
    ag_vec flags_x, flags_y, nzcv;
    /* What all hold alike: x where `same` has a bit, flags_* and nzcv where it
       has bit 32; always memory and what that is found by, state as the first
       lane's, and `dirty` what all have changed alike. Nothing else of it is
       set. */
    ag_lane alike;
    /* Set where they leave, for ag_lanes_store(); in the text it is a local,
       of constants alone (AG_SAME). */
    u64 same;
    u64 pc;
    u64 memory_size; /* as ag_lane has them: `memory` is the first lane's, */
    u8 *memory;
    u64 next; /* the next one's lies so much further */
    ag_view view;
    u8 *readonly;
    u64 *state;
    u32 is_outside;
#if AG_MARKS
    ag_vec dirty;
    u32 piece_shift;
#endif
#if AG_HAS_V
    ag_vec v[2][32]; /* halves of those that the region names */
    u64 *plane;      /* where the first lane's come from */
    ag_lanes_rows *rows;
    ag_vec doubted;  /* lanes whose floating point goes lane by lane */
    u32 is_at_one; /* the access at hand is at an address that is alike */
#endif
} ag_lanes;

/* The flags of vectors as group/flags.h has them. */
enum ag_lanes_flags { AG_LANES_PACKED, AG_LANES_SUB, AG_LANES_ADD };

#define AG_ALIKE_C &c->alike, layout

#include "group/values.h"
#define AG_CTX ag_lanes *c AG_UNUSED, const u32 layout AG_UNUSED
#define AG_C c, layout
#define R(row) (c->x[row])
#define W(row, v) (c->x[row] = (v))
#define COND(mask) ag_lanes_cond(c, may_read, (mask))
#define GET_NZCV() ag_lanes_nzcv(c, may_read)
#define SET_NZCV(v) ag_lanes_keep(c, may_write, AG_LANES_PACKED, (v), (v))
#define SET_FLAGS_ADD_64(x, y, r)                                              \
    ag_lanes_keep(c, may_write, AG_LANES_ADD, (x), (y))
#define SET_FLAGS_SUB_64(x, y, r)                                              \
    ag_lanes_keep(c, may_write, AG_LANES_SUB, (x), (y))

/* Branches give where all lanes go, or that they part; those to a value are
   asked only where that is the same (AG_PARTS_AT). */
#define AG_PARTED ((u64)1) /* where no instruction is */
#define AG_BRANCH_N(op)                                                        \
    AG_INLINE u64 agv_##op(AG_CTX, AG_FIELDS, u64 pc AG_UNUSED)
#define AG_BRANCH_R(op)                                                        \
    AG_INLINE u64 agv_##op(AG_CTX, AG_FIELDS, u64 pc AG_UNUSED,                \
                           ag_may_read may_read AG_UNUSED)
#define BRANCH(to) (to)
#define BRANCH_IF(p, to) ag_lanes_go((p), (to), NEXT_PC)
#define BRANCH_UNLESS(p, to) ag_lanes_go((p), NEXT_PC, (to))
#define BRANCH_TO(v) ((v)[0])

AG_INLINE u64 ag_lanes_go(ag_vec p, u64 yes, u64 no)
{
    const u32 bits = ag_top_bits(p);
    return bits == (1u << AG_VECTOR_LANES) - 1 ? yes
           : bits == 0                         ? no
                                               : AG_PARTED;
}

/* -- Flags ----------------------------------------------------------------- */

AG_INLINE void ag_lanes_keep(ag_lanes *c, ag_may_write w, u32 kind, ag_vec x,
                             ag_vec y)
{
    (void)w;
    c->flags_kind = kind;
    if (kind == AG_LANES_PACKED) {
        c->nzcv = x;
        return;
    }
    c->flags_x = x;
    c->flags_y = y;
}

AG_INLINE ag_vec ag_lanes_nzcv(const ag_lanes *c, ag_may_read r)
{
    const ag_vec x = c->flags_x, y = c->flags_y;
    (void)r;
    if (c->flags_kind == AG_LANES_SUB)
        return AG_NZCV_SUB_64(x, y, x - y);
    if (c->flags_kind == AG_LANES_ADD)
        return AG_NZCV_ADD_64(x, y, x + y);
    return c->nzcv;
}

#include "group/conditions.h"

AG_INLINE ag_vec ag_lanes_cond(const ag_lanes *c, ag_may_read r, u64 mask)
{
    const ag_vec x = c->flags_x, y = c->flags_y;
    const u32 m = (u32)mask & 0xffff;
#define AG_HOLDS(of, expression)                                               \
    case of:                                                                   \
        return (expression);
    if (m == 0xffff)
        return ag_splat(~(u64)0);
    if (c->flags_kind == AG_LANES_SUB)
        switch (m) {
            AG_SUB_CONDITIONS(AG_HOLDS)
        default:
            break;
        }
    if (c->flags_kind == AG_LANES_ADD)
        switch (m) {
            AG_ADD_CONDITIONS(AG_HOLDS)
        default:
            break;
        }
#undef AG_HOLDS
    return ~EQ0(ag_splat(m) >> ag_lanes_nzcv(c, r) & 1);
}

/* -- Bodies ---------------------------------------------------------------- */

#define ag_v ag_vec
#define ag_multiply_high agv_multiply_high
#include "a64/on_vectors.h" /* again */
#undef ag_v
#undef ag_multiply_high

/* What has its fields, for one lane at a time. */
typedef struct ag_lanes_fields {
    const ag_lanes *c;
    u32 d, n, m, a;
    u64 imm;
} ag_lanes_fields;

/* Bodies that go lane by lane read X[n] and X[m]. */
#define AG_LANES_VECTOR(op)
#define AG_LANES_SCALAR(op)                                                    \
    AG_INLINE u64 ag_one_##op(const ag_lanes_fields *f, u32 k)                 \
    {                                                                          \
        ag_lane one;                                                           \
        one.x[f->n] = f->c->x[f->n][k];                                        \
        one.x[f->m] = f->c->x[f->m][k];                                        \
        a64_##op(&one, AG_LAYOUT_LINEAR, f->d, f->n, f->m, f->a, f->imm);      \
        return one.x[f->d];                                                    \
    }                                                                          \
    AG_INLINE void agv_##op(AG_CTX, AG_FIELDS)                                 \
    {                                                                          \
        const ag_lanes_fields f = {c, d, n, m, a, imm};                        \
        W(d, AG_VECTOR_OF(ag_one_##op, &f, 0));                                \
    }
#define AG_LANES_ALU(op, touches, form) AG_LANES_##form(op)
#define AG_LANES_NO_MEMORY(op, loads, form, bytes, ext, pair, back, order)
#define AG_LANES_NO_ATOMIC(op)
#define AG_LANES_NO_OTHER(op, touches)
AG_OPS(AG_LANES_ALU, AG_LANES_NO_MEMORY, AG_LANES_NO_ATOMIC, AG_LANES_NO_OTHER,
       AG_LANES_NO_OTHER)

/* Of system registers, which are the lanes' own. */
AG_INLINE u64 ag_one_MRS(const ag_lanes_fields *f, u32 k)
{
    const ag_may_read may_read = {0};
    ag_lane one;
    one.state = f->c->state + k;
    one.view = f->c->view;
    a64_MRS(&one, AG_LAYOUT_LINEAR, f->d, f->n, f->m, f->a, f->imm, 0,
            may_read);
    return one.x[f->d];
}
AG_INLINE void agv_MRS(AG_CTX, AG_FIELDS, u64 pc, ag_may_read may_read)
{
    const ag_lanes_fields f = {c, d, n, m, a, imm};
    (void)pc;
    (void)may_read;
    W(d, AG_VECTOR_OF(ag_one_MRS, &f, 0));
}

/* -- What is alike --------------------------------------------------------- */

#define AG_SAME(mask) same = (mask)

#define AG_SPREAD(row) c->x[row] = ag_splat(c->alike.x[row])

/* Operands of 32 bits lie in the upper halves of those of vectors. */
AG_INLINE void ag_lanes_spread_flags(ag_lanes *c)
{
    const ag_lane *l = &c->alike;
    const u32 kind = l->flags_kind;
    const u32 is_32 = kind == AG_FLAGS_ADD_32 || kind == AG_FLAGS_SUB_32 ||
                      kind == AG_FLAGS_LOGIC_32;
    c->flags_kind = kind == AG_FLAGS_PACKED ? AG_LANES_PACKED
                    : kind == AG_FLAGS_SUB_32 || kind == AG_FLAGS_SUB_64
                        ? AG_LANES_SUB
                        : AG_LANES_ADD;
    c->nzcv = ag_splat(l->nzcv);
    c->flags_x = ag_splat(l->flags_x << (is_32 ? 32 : 0));
    c->flags_y = ag_splat(l->flags_y << (is_32 ? 32 : 0));
}
#define AG_SPREAD_FLAGS() ag_lanes_spread_flags(c)

/*
 * What lanes must hold alike to come in at an address (ag_region_is_entered());
 * at others, where nothing is for them, everything.
 *
 * Invariant: a block is executed by lanes that hold alike what ag_block.alike
 * says, on whatever way they came. Inside a region alike.c proves that for
 * every edge; for lanes that come from outside nothing is proved, wherever they
 * were before, and ag_lanes_load() compares what these lines say. So a wrong
 * guess of what lanes begin with costs time and changes no result.
 */
#define AG_COME_ALIKE_BEGINS(number)                                           \
    AG_INLINE u64 ag_alike_at_##number(u64 pc)                                 \
    {                                                                          \
        switch (pc) {
#define AG_COME_ALIKE(address, mask)                                           \
    case (u64)0x##address:                                                     \
        return (mask);
#define AG_COME_ALIKE_ENDS                                                     \
    default:                                                                   \
        return ~(u64)0;                                                        \
        }                                                                      \
    }

/* -- Control --------------------------------------------------------------- */

/* Lanes part by the branch at `address`, behind so many instructions of its
   block: by its condition, `to`, or by what the row holds. */
#define AG_PARTS(loop, address, retired, to)                                   \
    if (AG_UNLIKELY((to) == AG_PARTED))                                        \
    AG_LEAVE_FOR(loop, address, retired)
#define AG_PARTS_AT(loop, address, retired, row)                               \
    if (AG_UNLIKELY(ag_any(c->x[row] ^ ag_splat(c->x[row][0]))))               \
    AG_LEAVE_FOR(loop, address, retired)

/* A branch to what a register holds may lead to a loop, of which it is not
   known what lanes then hold alike: they leave, and come in there anew. Of
   entries it is (alike.c, leave_block()). */
#undef AG_SWITCH
#define AG_SWITCH()                                                            \
    do {                                                                       \
        is_inside = 1;                                                         \
        goto ag_switch;                                                        \
    } while (0)
#undef AG_WAY_IN
#define AG_WAY_IN(address, number, entry)                                      \
    case AG_ADDRESS_OF(address):                                               \
        if (is_inside)                                                         \
            AG_LEAVE_FOR(region, to, 0);                                       \
        in = (number);                                                         \
        goto ag_at_##entry;

#undef AG_REGION_BEGINS_V
#define AG_REGION_BEGINS_V(number, changes, v_changes)                         \
    AG_INLINE i32 ag_region_##number(AG_CTX, u64 to, const i32 whole,          \
                                     const i32 floor)                          \
    {                                                                          \
        i32 left = whole;                                                      \
        const ag_may_read may_read AG_UNUSED = {0};                            \
        const ag_may_write may_write AG_UNUSED = {0};                          \
        u32 in AG_UNUSED = 0, is_inside AG_UNUSED = 0;                         \
        u64 same = 0;                                                          \
        AG_SWITCHES                                                            \
        {
#undef AG_END_REGION
#define AG_END_REGION()                                                        \
    c->pc = to;                                                                \
    c->same = same;                                                            \
    return left
#undef AG_LAST_LEAVE
#define AG_LAST_LEAVE                                                          \
    ag_leave_region:                                                           \
    AG_END_REGION();

/* Words of a state row, of all lanes. */
#define AG_LANES_STATE(row) (*(ag_vec *)(void *)(c->state + (row) * AG_BLOCK))

#include "engine/together_memory.h"
#if AG_HAS_V
#include "engine/together_v.h"
#define AG_LANES_ROWS ag_lanes_rows rows_at_hand;
#define AG_LANES_LOAD_PLANES(named)                                            \
    ag_lanes_load_v(c, b->v + ag_v_index(slot, 0), (named), &rows_at_hand);
#define AG_LANES_STORE_PLANES(changed) ag_lanes_store_v(c, (changed));
#else
#define AG_TOGETHER_FUNCTIONS
#define AG_LANES_ROWS
#define AG_LANES_LOAD_PLANES(named)
#define AG_LANES_STORE_PLANES(changed)
#endif

/* -- In and out ------------------------------------------------------------ */

/* How much they may be given before they are to test, as ag_region_left(); 0 if
   one of them is the interpreter's, or is elsewhere. */
AG_INLINE i32 ag_lanes_left(const ag_lanes *c, u32 fuel, u32 longest,
                            i32 *floor)
{
    const u64 *pc = c->state + AG_STATE_PC * AG_BLOCK;
    i32 least = 0x7fffffff;
    u32 k;
    *floor = -0x7fffffff;
    for (k = 0; k < AG_VECTOR_LANES; k++) {
        ag_lane one;
        i32 his_floor = 0, left;
        one.state = c->state + k;
        one.limit = one.state[AG_STATE_LIMIT * AG_BLOCK];
        one.cycles = one.state[AG_STATE_CYCLES * AG_BLOCK];
        left = ag_region_left(&one, fuel, longest, &his_floor);
        if (left == 0 || pc[k] != pc[0])
            return 0;
        least = left < least ? left : least;
        *floor = his_floor > *floor ? his_floor : *floor;
    }
    return least;
}

/* Takes registers into both kinds of them; false: not all is alike that `same`
   says. */
AG_INLINE u32 ag_lanes_load(ag_lanes *c, u64 same)
{
    ag_vec differ = {0};
#define AG_LANES_LOAD(i)                                                       \
    c->x[i] = AG_LANES_STATE(i);                                               \
    c->alike.x[i] = c->x[i][0];                                                \
    if ((same >> (i) & 1) != 0)                                                \
        differ |= c->x[i] ^ ag_splat(c->alike.x[i]);
    AG_EACH_REGISTER(AG_LANES_LOAD)
    c->nzcv = AG_LANES_STATE(AG_STATE_NZCV);
    c->alike.nzcv = (u32)c->nzcv[0];
    if ((same >> 32 & 1) != 0)
        differ |= c->nzcv ^ ag_splat(c->nzcv[0]);
    c->x[AG_ROW_ZERO] = c->x[AG_ROW_SINK] = ag_splat(0);
    c->alike.x[AG_ROW_ZERO] = c->alike.x[AG_ROW_SINK] = 0;
    c->flags_kind = AG_LANES_PACKED;
    c->alike.flags_kind = AG_FLAGS_PACKED;
    c->flags_x = c->flags_y = ag_splat(0);
    c->alike.flags_x = c->alike.flags_y = 0;
    c->is_outside = 0;
    return !ag_any(differ);
}

AG_INLINE void ag_lanes_store(ag_lanes *c, u32 retired, i32 left, u64 changed)
{
    const ag_may_read may_read = {0};
#define AG_LANES_STORE(i)                                                      \
    if ((changed >> (i) & 1) != 0)                                             \
    {                                                                          \
        if ((c->same >> (i) & 1) != 0)                                         \
            AG_SPREAD(i);                                                      \
        AG_LANES_STATE(i) = c->x[i];                                           \
    }
    AG_EACH_REGISTER(AG_LANES_STORE)
    if ((changed >> 32) != 0) {
        if ((c->same >> 32 & 1) != 0)
            AG_SPREAD_FLAGS();
        AG_LANES_STATE(AG_STATE_NZCV) = ag_lanes_nzcv(c, may_read);
    }
    AG_LANES_STATE(AG_STATE_PC) = ag_splat(c->pc);
    AG_LANES_STATE(AG_STATE_CYCLES) += retired;
    AG_LANES_STATE(AG_STATE_STATUS) =
        ag_splat(ag_region_status(left, retired, c->is_outside));
#if AG_MARKS
    AG_LANES_STATE(AG_STATE_DIRTY) = c->dirty | ag_splat(c->alike.dirty);
#endif
}

/* One turn of the lanes of slots `slot` on, as ag_region_turn of one; how many
   each of them retired. */
#undef AG_REGION_TURN
#define AG_REGION_TURN(number, longest, changes, named, v_changes, halves)     \
    AG_INLINE u32 ag_region_turn_##number(const ag_buffers *b,                 \
                                          const ag_slice_args *args, u64 slot, \
                                          u32 fuel, const u32 layout)          \
    {                                                                          \
        ag_lanes lanes_at_hand;                                                \
        AG_LANES_ROWS                                                          \
        ag_lanes *c = &lanes_at_hand;                                          \
        i32 left, rest, floor;                                                 \
        u64 pc;                                                                \
        c->state = b->state + ag_state_index(slot, 0);                         \
        left = ag_lanes_left(c, fuel, (longest), &floor);                      \
        pc = c->state[AG_STATE_PC * AG_BLOCK];                                 \
        if (left == 0 || !ag_lanes_load(c, ag_alike_at_##number(pc)))          \
            return 0;                                                          \
        ag_lanes_find_memory(AG_C, b, args, slot);                             \
        AG_LANES_LOAD_PLANES(named)                                            \
        rest = ag_region_##number(AG_C, pc, left, floor);                      \
        ag_lanes_store(c, (u32)(left - rest), rest, (changes));                \
        AG_LANES_STORE_PLANES(v_changes)                                       \
        return (u32)(left - rest);                                             \
    }

#endif
