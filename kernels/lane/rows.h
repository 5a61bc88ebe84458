/*
 * Lane state: its planes and their rows, each listed once. From the lists come
 * the numbers of rows, what lanes begin with, how states are moved to and from
 * a device, and on the host how armgpu_state is read and written
 * (src/core/state.c).
 *
 * A plane is a set of rows that is there or not as a whole, in a buffer of its
 * own: an array of blocks of AG_BLOCK slots, a block being the plane's rows of
 * AG_BLOCK 64-bit words, so that neighbouring lanes' registers are neighbouring
 * words (coalesced on a GPU, vectors on a CPU). What is not needed costs none:
 * a handle has STATE, and others from when somebody needs them. Kernels that
 * know a plane have AG_HAS_<PLANE> 1: on GPUs they are compiled anew when the
 * handle gets it, on the CPU all know all and are given NULL until then.
 */
#ifndef AG_ROWS_H
#define AG_ROWS_H

#include "lane/dialect.h"

/* P(X, NAME, name): the planes that devices have. */
#define AG_PLANES_WITH(P, X)                                                   \
    P(X, STATE, state) P(X, V, v) P(X, LINUX, linux_state)                     \
    P(X, FUNCTION, function_state)
#define AG_PLANE_ALONE(X, NAME, name) X(NAME, name)
#define AG_PLANES(X) AG_PLANES_WITH(AG_PLANE_ALONE, X) /* X(NAME, name) */

/* Compile-time features: planes, -DAG_HAS_<PLANE>=1; whether lanes can decode code
   of their own, which is much to compile and seldom needed; forms. */
#define AG_HAS_STATE 1
#ifndef AG_HAS_V
#define AG_HAS_V AG_IS_COMPILED_ONCE
#endif
#ifndef AG_HAS_LINUX
#define AG_HAS_LINUX AG_IS_COMPILED_ONCE
#endif
#ifndef AG_HAS_FUNCTION
#define AG_HAS_FUNCTION AG_IS_COMPILED_ONCE
#endif
/* And forms of operations on V registers (engine/forms.h), which kernels that are
   compiled once have faster ways than. */
#ifndef AG_HAS_FORMS
#define AG_HAS_FORMS 0
#endif
#ifndef AG_HAS_OWN_CODE
#define AG_HAS_OWN_CODE AG_IS_COMPILED_ONCE
#endif

/*
 * X(PLANE, ROW, count, factor, constant, map): `count` rows from
 * AG_<PLANE>_<ROW> on.
 *   factor, constant   a lane begins with lane * factor + constant
 *   map                what armgpu_state has of it:
 *     WORDS(field, first, step)  row k is the field's word first + k * step
 *     FLAGS(field)               bits 31:28 of the field
 *     HALVES(low, high)          two fields of 32 bits
 *     CLEARED, KEPT              nothing; a new state clears it, or does not
 * X0 to SP are the registers that a lane executes with.
 */
#define AG_STATE_PLANE(X)                                                      \
    X(STATE, X0, 31, 0, 0, WORDS(x, 0, 1))                                     \
    X(STATE, SP, 1, 0, 0, WORDS(sp, 0, 1)) /* by the handle's stacks */        \
    X(STATE, PC, 1, 0, 0, WORDS(pc, 0, 1)) /* by the lane's program */         \
    X(STATE, CYCLES, 1, 0, 0, WORDS(cycles, 0, 1)) /* retired since reset */   \
    X(STATE, LIMIT, 1, 0, 0, KEPT) /* cycles at which it is max-cycles */      \
    X(STATE, STATUS, 1, 0, 0, CLEARED)   /* AG_STATUS() */                     \
    X(STATE, NZCV, 1, 0, 0, FLAGS(nzcv)) /* 0 to 15, N highest */              \
    X(STATE, CODE, 1, 0, 0, CLEARED)     /* stop code */                       \
    X(STATE, TPIDR, 1, 1, 0, WORDS(tpidr, 0, 1))                               \
    X(STATE, FPCONTROL, 1, 0, 0, HALVES(fpcr, fpsr))                           \
    X(STATE, MONITOR, 1, 0, 0, WORDS(monitor_address, 0, 1))                   \
    X(STATE, MONITOR_SIZE, 1, 0, 0, WORDS(monitor_size, 0, 1)) /* 0: open */   \
    /* The value that the load-exclusive read. */                              \
    X(STATE, MONITOR_LO, 1, 0, 0, WORDS(monitor_value, 0, 1))                  \
    X(STATE, MONITOR_HI, 1, 0, 0, WORDS(monitor_value, 1, 1))                  \
    /* What the lane waits for, AG_REQUEST_*. */                               \
    X(STATE, REQUEST, 1, 0, 0, CLEARED)                                        \
    /* Cache lines [low half, high half) where a private lane's code is not */ \
    /* what the code table holds. */                                           \
    X(STATE, OWN_CODE, 1, 0, 0, KEPT)                                          \
    X(STATE, START, 1, 0, 0, KEPT) /* cycles when execute was called */        \
    X(STATE, LANE, 1, 1, 0, KEPT)  /* number of the lane in this slot */       \
    X(STATE, PROGRAM, 1, 0, 0, KEPT) /* its number: whose pages, whose image */\
    X(STATE, DIRTY, 1, 0, 0, KEPT) /* pieces of memory not as it began */

#define AG_V_PLANE(X)                                                          \
    X(V, LOW, 32, 0, 0, WORDS(v, 0, 2))                                        \
    X(V, HIGH, 32, 0, 0, WORDS(v, 1, 2))

/* What the kernel of an operating system keeps of a process (kernels/linux/);
   all of it is 0 when one begins. */
#define AG_REGIONS 32
#define AG_LINUX_PLANE(X)                                                      \
    /* What the lane asked the host for, AG_ASKED_*. */                        \
    X(LINUX, ASKED, 1, 0, 0, KEPT)                                             \
    X(LINUX, ANSWER, 1, 0, 0, KEPT) /* the host's: what X0 becomes */          \
    X(LINUX, SHOWN, 1, 0, 0, KEPT)  /* AG_SHOWN_* */                           \
    /* Bytes of the write that it is at; where it maps a file. */              \
    X(LINUX, TAKEN, 1, 0, 0, KEPT)                                             \
    X(LINUX, INPUT_AT, 1, 0, 0, KEPT)                                          \
    /* Bytes of heap, less than mappings begin at. */                          \
    X(LINUX, BREAK, 1, 0, 0, KEPT)                                             \
    X(LINUX, REGIONS, 1, 0, 0, KEPT) /* how many there are */                  \
    X(LINUX, REGION, AG_REGIONS, 0, 0, KEPT)                                   \
    X(LINUX, DESCRIPTORS, 4, 0, 0, KEPT)                                       \
    X(LINUX, MADE, 1, 0, 0, KEPT) /* not 0: files, or took some away */        \
    X(LINUX, SLEPT, 1, 0, 0, KEPT)  /* nanoseconds */                          \
    X(LINUX, RANDOM, 1, 0, 0, KEPT) /* words given */                          \
    /* Signals, bit k - 1 is k. */                                             \
    X(LINUX, BLOCKED, 1, 0, 0, KEPT)                                           \
    X(LINUX, PENDING, 1, 0, 0, KEPT)                                           \
    X(LINUX, IGNORED, 1, 0, 0, KEPT)                                           \
    X(LINUX, STACK, 1, 0, 0, KEPT) /* for signals */                           \
    X(LINUX, STACK_SIZE, 1, 0, 0, KEPT)                                        \
    X(LINUX, UMASK, 1, 0, 0, KEPT) /* and what lanes begin with */             \
    X(LINUX, ERRNO, 1, 0, 0, KEPT) /* semihosting: of what failed last */

/* Of lanes that call one function (engine/function.h): how far they are; where
   they begin, which the function returns to, where the call begins, the function
   and what comes after it (0: nothing); registers that are put aside. */
#define AG_FUNCTION_PLANE(X)                                                   \
    X(FUNCTION, PHASE, 1, 0, 0, KEPT) /* AG_PHASE_* */                         \
    X(FUNCTION, ENTRY, 1, 0, 0, KEPT)                                          \
    X(FUNCTION, AT, 1, 0, 0, KEPT)                                             \
    X(FUNCTION, ADDRESS, 1, 0, 0, KEPT)                                        \
    X(FUNCTION, AFTER, 1, 0, 0, KEPT)                                          \
    X(FUNCTION, SAVED, 32, 0, 0, KEPT)                                         \
    X(FUNCTION, NZCV, 1, 0, 0, KEPT)                                           \
    X(FUNCTION, FPCONTROL, 1, 0, 0, KEPT)                                      \
    X(FUNCTION, LOW, 32, 0, 0, KEPT)                                           \
    X(FUNCTION, HIGH, 32, 0, 0, KEPT)

#define AG_PHASE_BEGINS 0 /* it has not executed */
#define AG_PHASE_STARTS 1
#define AG_PHASE_CALLED 2 /* the function executes */
#define AG_PHASE_AFTER 3  /* it has returned */

/* What arguments are in: X0 to X8, where the eighth is for a large result, and
   V0 to V7. */
#define AG_ARGUMENT_REGISTERS 9
#define AG_ARGUMENT_VECTORS 8

#define AG_ROW_NUMBER(PLANE, ROW, count, factor, constant, map)                \
    AG_##PLANE##_##ROW,                                                        \
        AG_##PLANE##_##ROW##_LAST = AG_##PLANE##_##ROW + (count)-1,
#define AG_ROW_NUMBERS(NAME, name)                                             \
    enum ag_row_of_##name{AG_##NAME##_PLANE(AG_ROW_NUMBER) AG_##NAME##_ROWS};
AG_PLANES(AG_ROW_NUMBERS)

#define AG_PLANE_NUMBER(NAME, name) AG_PLANE_##NAME,
enum ag_plane { AG_PLANES(AG_PLANE_NUMBER) AG_PLANE_COUNT };

#define AG_BLOCK 32

/* What a slot takes where all planes are there but a process's. */
#define AG_MOST_STATE_BYTES (((u32)AG_STATE_ROWS + (u32)AG_V_ROWS) * 8)

/* Word index of a slot's row in a plane of so many. */
AG_INLINE u64 ag_plane_index(u32 rows, u64 slot, u32 row)
{
    return slot / AG_BLOCK * (rows * AG_BLOCK) + (u64)row * AG_BLOCK +
           slot % AG_BLOCK;
}
AG_INLINE u64 ag_state_index(u64 slot, u32 row)
{
    return ag_plane_index(AG_STATE_ROWS, slot, row);
}
AG_INLINE u64 ag_v_index(u64 slot, u32 row)
{
    return ag_plane_index(AG_V_ROWS, slot, row);
}

#endif
