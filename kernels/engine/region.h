/*
 * What the text of regions is written with (src/translate/emit.c). A region is
 * guest code that was translated: its instructions are the bodies of a64/ with
 * constant fields, on a lane whose registers are locals of one function and whose
 * flags are operands (AG_IS_REGION is 1).
 *
 * A region executes whole blocks and leaves at any instruction: with the PC of
 * the next one, exact cycles, and everything before it done. What it cannot do
 * (an access that may not be, or is unaligned where that matters; an operation
 * that is none of its own) it leaves to the interpreter, which does it or stops
 * there; so a region stops no lane and asks the host for nothing.
 *
 * Invariant: between two tests of `left` no path retires more than the region's
 * LONGEST instructions, and a region begins with that many more in hand than
 * `left`, and `floor` below it, say. So it ends before the lane's limit, and the interpreter has the rest.
 */
#ifndef AG_REGION_H
#define AG_REGION_H

#include "lane/buffers.h"
#include "lane/memory.h"
#include "a64/on_vectors.h"
#include "a64/one_lane.h"
#include "a64/sysmove.h"

/* Written out: compilers take arrays for registers only where no loop is left, and
   not all of them unroll one before they look. */
#define AG_EACH_REGISTER(X)                                                    \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13)  \
    X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25)    \
    X(26) X(27) X(28) X(29) X(30) X(31)
#if AG_HAS_V && !AG_IS_TOGETHER /* together_v.h */
#include "engine/region_v.h"
#endif

/* For tests: lanes are in regions wherever they can be, however little that is. */
#ifndef AG_ALL_TRANSLATED
#define AG_ALL_TRANSLATED 0
#endif

/* A region: `to` is where it goes on, `in` the loop that it comes in by, or 0;
   gives what is left of `whole`, or ends the thread. `changes` has a bit for each
   register that it may change, and bit 32 for the flags. A switch, in a loop where
   there is no goto. */
#define AG_REGION_BEGINS(number, changes) AG_REGION_BEGINS_V(number, changes, 0)
#define AG_REGION_BEGINS_V(number, changes, v_changes)                         \
    AG_INLINE i32 ag_region_##number(AG_CTX, u64 to, const i32 whole,          \
                                     const i32 floor)                          \
    {                                                                          \
        const u64 changed AG_UNUSED = (changes);                               \
        const u32 v_changed AG_UNUSED = (v_changes);                           \
        i32 left = whole;                                                      \
        const ag_may_read may_read AG_UNUSED = {0};                            \
        const ag_may_write may_write AG_UNUSED = {0};                          \
        u32 in AG_UNUSED = 0;                                                  \
        AG_SWITCHES                                                            \
        {
#define AG_REGION_ENDS(number, longest, changes)                               \
    AG_REGION_ENDS_V(number, longest, changes, 0, 0, 0)
/* With bits for the V registers that it names, that it may change (as at its
   beginning), and of those the ones that it puts nothing into the upper halves
   of. */
#define AG_REGION_ENDS_V(number, longest, changes, named, v_changes, halves)   \
    default:                                                                   \
        c->is_outside = 1;                                                     \
        AG_LEAVE_FOR(region, to, 0);                                           \
        }                                                                      \
        AG_LAST_LEAVE                                                          \
    }                                                                          \
    AG_REGION_TURN(number, longest, changes, named, v_changes, halves)

/*
 * Control, by addresses in hexadecimal without 0x. AG_GO leads to a label, which
 * stands behind braces around it (AG_AROUND), or to an entry; AG_AGAIN to the
 * beginning of braces around it (AG_LOOP); AG_SWITCH to the entry at `to`.
 *   AG_BEHIND(address, is_passed)   closes AG_AROUND: the label is behind it, and
 *       whether something in the braces leads further out
 *   AG_LOOP_ENDS(address)   closes AG_LOOP, whose end nothing comes to
 *   AG_WAY_IN(address, number, entry)   lanes come in at a loop of an entry's tree
 *   AG_COMES_IN(number)   this is the loop that they come in at, if it is
 *   AG_IS_IN(first, end)   they have come in by one of the loops [first, end)
 */
#define AG_ADDRESS_OF(address) ((u64)0x##address)
#define AG_COMES_IN(number)                                                    \
    if (in == (number))                                                        \
        in = 0;
#define AG_IS_IN(first, end) (in - (first) < (u32)((end) - (first)))
/* Whether short loops are there as often as they are written: for compilers of
   GPUs, which make one test of several; 2: those too that may be left inside
   (src/translate/turns.c). Those of CPUs need not have it. */
#ifndef AG_REPEATS_LOOPS
#define AG_REPEATS_LOOPS (!AG_IS_COMPILED_ONCE)
#endif

#ifndef AG_HAS_GOTO /* Metal's language has none */
#define AG_HAS_GOTO 1
#endif
#if AG_HAS_GOTO
#define AG_SWITCHES                                                            \
    ag_switch:                                                                 \
    switch (to)
#define AG_SWITCH() goto ag_switch
#define AG_GO(address) goto ag_at_##address
#define AG_ENTRY(address)                                                      \
    case AG_ADDRESS_OF(address):                                               \
    ag_at_##address:;
#define AG_WAY_IN(address, number, entry)                                      \
    case AG_ADDRESS_OF(address):                                               \
        in = (number);                                                         \
        goto ag_at_##entry;
#define AG_LABEL(address) ag_at_##address:;
#define AG_AROUND
#define AG_BEHIND(address, is_passed)
#define AG_AGAIN(address) goto ag_again_##address
#define AG_LOOP(address) ag_again_##address:;
#define AG_LOOP_ENDS(address)
#else
#define AG_SWITCHES                                                            \
    for (;;)                                                                   \
    switch (to)
#define AG_SWITCH() break
#define AG_GO(address)                                                         \
    to = AG_ADDRESS_OF(address);                                               \
    break
#define AG_ENTRY(address) case AG_ADDRESS_OF(address):
#define AG_WAY_IN(address, number, entry)                                      \
    case AG_ADDRESS_OF(address):                                               \
        in = (number);                                                         \
        to = AG_ADDRESS_OF(entry);                                             \
        break;
#define AG_LABEL(address)
#define AG_AROUND do
#define AG_BEHIND(address, is_passed)                                          \
    while (0)                                                                  \
        ;                                                                      \
    if ((is_passed) && to != AG_ADDRESS_OF(address))                           \
        break;
#define AG_AGAIN AG_GO
#define AG_LOOP(address)                                                       \
    for (;;) {                                                                 \
        do
#define AG_LOOP_ENDS(address)                                                  \
        while (0)                                                              \
            ;                                                                  \
        if (to != AG_ADDRESS_OF(address))                                      \
            break;                                                             \
    }                                                                          \
    break;
#endif

/*
 * Ways out, for `address`, `retired` instructions of the block being done: those of a
 * loop (named by its address) lead to one place behind its braces, all others to the
 * region's end. Where a thread can end anywhere it does so there, and the lane is
 * stored: lanes of a warp would come together again at a common end of all loops,
 * and not before. A place for each way out would be much text, and few enough of
 * them are what ptxas keeps apart from the loops themselves.
 */
#if AG_HAS_GOTO
#define AG_LEAVE_FOR(loop, address, retired)                                   \
    do {                                                                       \
        to = (address);                                                        \
        left -= (retired);                                                     \
        goto ag_leave_##loop;                                                  \
    } while (0)
#define AG_LEAVES(loop)                                                        \
    ag_leave_##loop:                                                           \
    AG_END_REGION();
#define AG_LAST_LEAVE                                                          \
    ag_leave_region:                                                           \
    c->pc = to;                                                                \
    return left;
#else
#define AG_LEAVE_FOR(loop, address, retired)                                   \
    do {                                                                       \
        c->pc = (address);                                                     \
        return left - (retired);                                               \
    } while (0)
#define AG_LEAVES(loop)
#define AG_LAST_LEAVE
#endif
#ifdef AG_END_THREAD
#define AG_END_REGION()                                                        \
    c->pc = to;                                                                \
    AG_REGION_STORE_V(v_changed)                                               \
    ag_count_cycles(c->control, AG_CONTROL_TRANSLATED,                         \
                    ag_region_store(c, whole, left, changed));                 \
    AG_END_THREAD()
#else
#define AG_END_REGION()                                                        \
    c->pc = to;                                                                \
    return left
#endif

/* What a lane executes in a region at least if it is to come back in the same
   turn. Else it has met something that regions have no way of executing, which it
   may meet again at once; to change between kernels takes longer. */
#define AG_WORTH_COMING                                                        \
    (AG_ALL_TRANSLATED ? 0 : AG_IS_COMPILED_ONCE ? 32 : 256)

/* On the way to an entry, or back to a loop; back to one inside another. Lanes of a
   warp that all leave by the same outer loop are in step when they come back: inner
   loops let them go on until then, within bounds. */
#define AG_TEST_LEFT(loop, address)                                            \
    if (AG_UNLIKELY(left < 0))                                                 \
    AG_LEAVE_FOR(loop, address, 0)
#define AG_TEST_FLOOR(loop, address)                                           \
    if (AG_UNLIKELY(left < floor))                                             \
    AG_LEAVE_FOR(loop, address, 0)

/* Tests are single branches, whose ways out ptxas tells from loops: of values, not
   of conditions. */
/* Whether all of [at, at + size), which begins with an element of `bytes`, lies in
   the lane's own memory, and elements are aligned; what is unaligned is rare, and
   much text for each access. Of less than 4 GiB the upper half of an address tells
   nothing but that it is outside. */
AG_INLINE u32 ag_region_owns(AG_CTX, u64 at, u32 bytes, u32 size)
{
    const u64 own = AG_OWN_OFFSET(at);
    if (size > AG_OWN_BYTES) /* a test of several accesses may be so wide */
        return 0;
    if (sizeof(AG_OFFSET) == 8)
        return (u32)((at & (bytes - 1)) == 0) &
               (u32)(own <= AG_OWN_BYTES - size);
    if (size == bytes && (AG_OWN_BYTES & (AG_OWN_BYTES - 1)) == 0)
        return ((u32)(own >> 32) |
                ((u32)own & ((bytes - 1) | ~((u32)AG_OWN_BYTES - 1)))) == 0;
    return (u32)(((u32)(own >> 32) | ((u32)own & (bytes - 1))) == 0) &
           (u32)((u32)own <= (u32)AG_OWN_BYTES - size);
}

/* The same, or nothing is stored there and it lies in what is there once. */
AG_INLINE u32 ag_region_may(AG_CTX, u32 is_load, u64 at, u32 bytes, u32 size)
{
    const u64 once = at - AG_ONCE_BASE, end = AG_ONCE_BYTES;
    const u32 is_once = (u32)(AG_HAS_WINDOW(layout) && is_load && end >= size) &
                        (u32)((at & (bytes - 1)) == 0) &
                        (u32)(once <= end - size);
    return ag_region_owns(AG_C, at, bytes, size) | is_once;
}

/* An access without order and exclusiveness that was found to be possible. */
#define AG_REGION_ACCESS(bytes)                                                \
    AG_INLINE void ag_region_access_##bytes(AG_CTX, u32 is_load, u64 address,  \
                                            u32 ext, u32 is_pair, u32 wb,      \
                                            AG_FIELDS)                         \
    {                                                                          \
        const u64 at = wb == AG_WB_post ? R(n) : address;                      \
        AG_ASSUME((at & (bytes - 1)) == 0);                                    \
        ag_memory_access_##bytes(AG_C, is_load, at, address, ext, is_pair, wb, \
                                 AG_RELAXED, AG_F);                            \
    }
AG_REGION_ACCESS(1)
AG_REGION_ACCESS(2)
AG_REGION_ACCESS(4)
AG_REGION_ACCESS(8)
#undef AG_REGION_ACCESS

/* A memory row: the columns of its operation, its fields. */
#define AG_ACCESS(is_load, form, bytes, ext, is_pair, wb, d, n, m, a, imm)     \
    ag_region_access_##bytes(AG_C, is_load,                                    \
                             a64_address_##form(AG_C, d, n, m, a, imm),        \
                             AG_EXT_##ext, is_pair, AG_WB_##wb, d, n, m, a,    \
                             imm)

/* One that is tested by itself, at `address`. */
#define AG_ACCESS_AT(loop, address, retired, is_load, form, bytes, ext,        \
                     is_pair, wb, d, n, m, a, imm)                             \
    if (AG_UNLIKELY(!ag_region_may(                                            \
            AG_C, is_load,                                                     \
            AG_WB_##wb == AG_WB_post                                           \
                ? R(n)                                                         \
                : a64_address_##form(AG_C, d, n, m, a, imm),                   \
            bytes, (bytes) << (is_pair))))                                     \
        AG_LEAVE_FOR(loop, address, retired);                                  \
    AG_ACCESS(is_load, form, bytes, ext, is_pair, wb, d, n, m, a, imm)

/* Of accesses that are `size` bytes from X[row] + first on, the first of them at
   `address` or behind it. A test that fails says nothing of any of them. */
#define AG_CHECK(loop, address, retired, row, first, size, bytes, is_load)     \
    if (AG_UNLIKELY(                                                           \
            !ag_region_may(AG_C, is_load, R(row) + (first), bytes, size)))     \
    AG_LEAVE_FOR(loop, address, retired)

/* Whoever has text compiled may know what memory its lanes have: bytes of a lane's
   own, and a view's. */
#ifdef AG_KNOWN_MEMORY
#define AG_KNOW_MEMORY(c)                                                      \
    c->memory_size = (AG_KNOWN_MEMORY);                                        \
    c->view.base = (AG_KNOWN_BASE);                                            \
    c->view.readonly = (AG_KNOWN_READONLY);                                    \
    c->view.readonly_bytes = (AG_KNOWN_READONLY_BYTES)
#else
#define AG_KNOW_MEMORY(c)
#endif

/* A lane from the state buffer, as what regions work on. */
AG_INLINE void ag_region_load(AG_CTX, AG_PRIVATE const ag_buffers *b,
                              AG_PRIVATE const ag_slice_args *args, u64 slot)
{
    ag_find_memory(AG_C, b, args, slot);
    AG_KNOW_MEMORY(c);
#define AG_LOAD_REGISTER(i) c->x[i] = AG_STATE(i);
    AG_EACH_REGISTER(AG_LOAD_REGISTER)
    c->x[AG_ROW_ZERO] = 0;
    c->x[AG_ROW_SINK] = 0;
    c->pc = AG_STATE(AG_STATE_PC);
    c->cycles = AG_STATE(AG_STATE_CYCLES);
    c->limit = AG_STATE(AG_STATE_LIMIT);
    c->nzcv = (u32)AG_STATE(AG_STATE_NZCV);
    c->flags_kind = AG_FLAGS_PACKED;
    c->flags_x = c->flags_y = 0;
    c->is_outside = 0;
#if AG_HAS_V
    c->plane = 0;
#endif
    if ((AG_STATE(AG_STATE_STATUS) & AG_STATUS_LEFT) != 0)
        AG_STATE(AG_STATE_STATUS) &= ~AG_STATUS_LEFT;
}

/* AG_STATE_STATUS of a lane that leaves. */
AG_INLINE u64 ag_region_status(i32 left, u32 retired, u32 is_outside)
{
    return left >= 0 && retired + 1 <= AG_WORTH_COMING &&
                   (retired != 0 || !is_outside)
               ? AG_STATUS_LEFT
               : 0;
}

/* What a region may have changed, where so much of `whole` is left; gives the
   number of instructions that it has retired. */
AG_INLINE u32 ag_region_store(AG_PRIVATE ag_lane *c, i32 whole, i32 left,
                              u64 changed)
{
    const u32 retired = (u32)(whole - left);
#define AG_STORE_REGISTER(i)                                                   \
    if ((changed >> (i) & 1) != 0)                                             \
        AG_STATE(i) = c->x[i];
    AG_EACH_REGISTER(AG_STORE_REGISTER)
    if ((changed >> 32) != 0)
        AG_STATE(AG_STATE_NZCV) = ag_flags(c);
    AG_STATE(AG_STATE_PC) = c->pc;
    AG_STATE(AG_STATE_CYCLES) += retired;
    AG_STATE(AG_STATE_STATUS) = ag_region_status(left, retired, c->is_outside);
#if AG_MARKS
    AG_STATE(AG_STATE_DIRTY) = c->dirty;
#endif
    return retired;
}

/* How much a region may be given before it is to test, `fuel` if the lane's limit
   allows, and how far below 0 that may get in inner loops, as far again; 0 if the
   lane is the interpreter's, as it is near its limit, with code of its own, and
   where it stopped or waits. */
AG_INLINE i32 ag_region_left(AG_PRIVATE ag_lane *c, u32 fuel, u32 longest,
                             AG_PRIVATE i32 *floor)
{
    const u64 room = c->limit - c->cycles;
    u32 most = 0x3fffffff, left;
    if (AG_STATUS_STOP(AG_STATE(AG_STATE_STATUS)) != AG_STOP_RUNNING ||
        AG_STATE(AG_STATE_REQUEST) != AG_REQUEST_NONE ||
        AG_STATE(AG_STATE_OWN_CODE) != 0 || room <= longest)
        return 0;
    if (most > room - longest)
        most = (u32)(room - longest);
    left = most < fuel ? most : fuel;
    *floor = -(i32)(most - left < left ? most - left : left);
    return (i32)left;
}

/* Those that a region names; it names some where it has an instruction on V
   registers. */
#if AG_HAS_V
#define AG_REGION_LOAD_V(named, halves)                                        \
    if ((named) != 0 && !ag_region_load_v(c, b->v + ag_v_index(slot, 0),       \
                                          (named),                             \
                                          AG_ALL_TRANSLATED ? 0 : (halves)))   \
        return 0;
#define AG_REGION_STORE_V(v_changes)                                           \
    if (c->plane != 0)                                                         \
        ag_region_store_v(c, (v_changes));
#else
#define AG_REGION_LOAD_V(named, halves)
#define AG_REGION_STORE_V(v_changes)
#endif

/* One turn of a slot's lane in region `number`; how many it retired. */
#define AG_REGION_TURN(number, longest, changes, named, v_changes, halves)     \
    AG_INLINE u32 ag_region_turn_##number(                                     \
        AG_PRIVATE const ag_buffers *b, AG_PRIVATE const ag_slice_args *args,  \
        u64 slot, u32 fuel, const u32 layout)                                  \
    {                                                                          \
        ag_lane lane_at_hand;                                                  \
        AG_PRIVATE ag_lane *c = &lane_at_hand;                                 \
        i32 left, rest, floor = 0;                                             \
        ag_region_load(AG_C, b, args, slot);                                   \
        left = ag_region_left(c, fuel, (longest), &floor);                     \
        if (left == 0)                                                         \
            return 0;                                                          \
        AG_REGION_LOAD_V(named, halves)                                        \
        rest = ag_region_##number(AG_C, c->pc, left, floor);                   \
        AG_REGION_STORE_V(v_changes)                                           \
        return ag_region_store(c, left, rest, (changes));                      \
    }

/* One thread's lane. */
#define AG_REGION_THREAD(number, b, args, index)                               \
    do {                                                                       \
        const u32 place = ag_place_of_thread((args), (index));                 \
        u32 retired = 0;                                                       \
        if (place < (args)->count)                                             \
            retired = ag_region_turn_##number((b), (args), (b)->lanes[place],  \
                                              (args)->fuel, AG_LAYOUT);        \
        if (retired != 0)                                                      \
            ag_count_cycles((b)->control, AG_CONTROL_TRANSLATED, retired);     \
    } while (0)

#endif
