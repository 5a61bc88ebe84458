/*
 * One executing lane: what it keeps at hand while it has a turn, what the
 * bodies' results mean, and how it stops. What is rarely touched (monitor, stop
 * details, thread pointer) stays in the state buffer and is accessed there, so
 * that it takes no registers in the interpreter's loop. Loaded from and stored
 * to the state buffer by interp.h.
 */
#ifndef AG_LANE_H
#define AG_LANE_H

#include "lane/state.h"

#if AG_HAS_V && AG_IS_COMPILED_ONCE
/* AG_SIMD_ENTRY() of engine/simd_execute.h. */
typedef u32 ag_simd_function(u64 *x, u32 stride, u64 *state, u64 *v,
                             ag_packed_entry e, const ag_entry *following,
                             u32 most, u32 nzcv);
/* The CPU's copies of it (entry_simd.c), by ag_slice_args.simd; NULL: not in
   this build. */
#define AG_SIMD_SOFT 0 /* floating point in integers */
#define AG_SIMD_BASE 1 /* by what every processor of the architecture has */
#define AG_SIMD_FMA 2  /* x86-64 with AVX2, BMI2 and FMA */
#define AG_SIMD_COPIES 3
extern ag_simd_function *const ag_simd_copies[AG_SIMD_COPIES];

/* Executes an operation of class crypto for lanes whose V registers are columns
   of rows, `stride` words apart: lane k's from v + k on. */
typedef void ag_crypto_function(u64 *v, u32 stride, u64 lanes, u32 op,
                                u32 fields, u64 imm);
/* The CPU's copies of it (entry_crypto.c), by ag_slice_args.crypto. */
#define AG_CRYPTO_SOFT 0
#define AG_CRYPTO_AES 1 /* x86-64 with AES and PCLMULQDQ */
#define AG_CRYPTO_SHA 2 /* and SHA; Arm with AES, PMULL, SHA1 and SHA2 */
#define AG_CRYPTO_COPIES 3
extern ag_crypto_function *const ag_crypto_copies[AG_CRYPTO_COPIES];
#endif

typedef struct ag_lane {
#if AG_REGISTERS_IN_GROUP
    AG_GROUP u64 *x; /* rows are AG_REGISTER_STRIDE words apart */
#else
    u64 x[AG_REGISTER_ROWS];
#endif
    AG_GLOBAL u64 *state; /* row 0; AG_STATE() gives the others */
#if AG_HAS_V && AG_IS_REGION
    u64 v[2][32]; /* halves of those that the region names */
    AG_GLOBAL u64 *plane; /* where they come from; 0: it names none */
    u32 fpcr;     /* as float/format.h says */
    u32 fpsr;
#elif AG_HAS_V
    AG_GLOBAL u64 *v; /* row 0; NULL where the handle has no V plane */
#endif
    u64 pc;
    u64 cycles; /* exact at the end of a turn, and when bodies run that need
                   it: system, atomic, ordered memory */
    u64 slice_start; /* cycles when the slice began */
    u64 limit;
    u32 longest; /* way of a region; it takes no lane with less before the limit */
    u32 nzcv;
#if AG_IS_REGION
    u32 flags_kind; /* enum ag_flags_kind, and of what */
    u64 flags_x, flags_y;
    u32 is_outside; /* its PC is no entry */
#endif
    u32 alone;
#if AG_MAY_CAS_128
    u32 has_cas_128;
#endif
#if AG_HAS_V && AG_IS_COMPILED_ONCE
    ag_simd_function *simd;
    ag_crypto_function *crypto;
#endif
    u32 machine; /* AG_MACHINE_* */
    u64 own_code;
    u64 memory_size;
    AG_GLOBAL u8 *memory; /* of this lane, or of all */
    ag_view view;         /* of layouts with a window */
    AG_GLOBAL u8 *readonly; /* what is there once */
#if AG_MARKS
    u64 dirty; /* AG_STATE_DIRTY */
    u32 piece_shift;
#endif
    AG_GLOBAL u32 *control;
} ag_lane;

#define AG_STATE(row) (c->state[(row) * AG_BLOCK])
/* Words from a row of the lane's V registers to the next. */
#ifndef AG_V_STRIDE
#define AG_V_STRIDE AG_BLOCK
#endif
/* Half 0 or 1 of V[r], of a lane with a V plane. Numbers count modulo 32: lists
   of registers go on from 31 to 0, and a field that a row of the table leaves
   out is no V register (a64_decode() fills in a row of the general ones), but
   bodies for several shapes may read it. */
#if AG_IS_REGION
/* Which half may be known late: then both are there, and neither needs an
   address. */
#define AG_V_HALF(part, r) ((part) ? c->v[1][(r)&31] : c->v[0][(r)&31])
#define AG_V_PUT(part, r, value)                                               \
    do {                                                                       \
        const ag_v ag_half = (value);                                           \
        if (part)                                                              \
            c->v[1][(r)&31] = ag_half;                                         \
        else                                                                   \
            c->v[0][(r)&31] = ag_half;                                         \
    } while (0)
#else
#define AG_V_HALF(part, r) (c->v[AG_V_ROW(part, r) * AG_V_STRIDE])
#define AG_V_PUT(part, r, value) (AG_V_HALF(part, r) = (value))
#endif
#define AG_V_ROW(part, r)                                                      \
    (AG_V_LOW + (AG_V_HIGH - AG_V_LOW) * (part) + ((r)&31))

/* What became of an instruction: bits, so that the run loop needs no switch. */
#define AG_LEAVE 1u   /* the turn ends */
#define AG_NOT_RUN 2u /* it did not execute and does not count */
#define AG_PC_STAYS 4u

#define AG_NEXT 0u
#define AG_END_TURN AG_LEAVE
#define AG_HALTED (AG_LEAVE | AG_PC_STAYS)
#define AG_STOP (AG_LEAVE | AG_NOT_RUN | AG_PC_STAYS)
/* A system call, or a call of semihosting: whoever gave the lane its turn executes it
   (linux/serve.h), which then is what became of the instruction. */
#define AG_SYSTEM_CALL (AG_STOP | 8u)
/* At a probe AG_PROBE_CALL: so does it ag_at_function(). */
#define AG_AT_FUNCTION (AG_STOP | 16u)
/* The lane comes back to this instruction in the next slice. */
#define AG_WAIT AG_STOP

AG_INLINE void ag_close_monitor(AG_PRIVATE ag_lane *c)
{
    AG_STATE(AG_STATE_MONITOR_SIZE) = 0;
}

/* The lane has retired all that it may: nothing happened to the guest, so its
   monitor stays. */
AG_INLINE void ag_stop_at_limit(AG_PRIVATE ag_lane *c)
{
    AG_STATE(AG_STATE_STATUS) = AG_STATUS(AG_STOP_MAX_CYCLES, 0, 0);
    AG_STATE(AG_STATE_CODE) = 0;
}

/* The lane is at a probe that stops it: as at a limit. */
AG_INLINE u32 ag_stop_at_probe(AG_PRIVATE ag_lane *c)
{
    AG_STATE(AG_STATE_STATUS) = AG_STATUS(AG_STOP_BREAKPOINT, 0, 0);
    AG_STATE(AG_STATE_CODE) = AG_CODE_PROBE;
    return AG_STOP;
}

/* Ends the lane's run for what it did; returns AG_STOP for convenience. */
AG_INLINE u32 ag_stop_access(AG_PRIVATE ag_lane *c, u32 reason, u64 code,
                             u32 access, u32 bytes)
{
    AG_STATE(AG_STATE_STATUS) = AG_STATUS(reason, access, bytes);
    AG_STATE(AG_STATE_CODE) = code;
    ag_close_monitor(c);
    return AG_STOP;
}

AG_INLINE u32 ag_stop(AG_PRIVATE ag_lane *c, u32 reason, u64 code)
{
    return ag_stop_access(c, reason, code, AG_ACCESS_NONE, 0);
}

/* Asks the host for something and gives up the rest of the slice. */
AG_INLINE u32 ag_request(AG_PRIVATE ag_lane *c, u32 kind, u64 address)
{
    AG_STATE(AG_STATE_REQUEST) = address | kind;
    AG_ATOMIC_STORE(&c->control[AG_CONTROL_REQUESTS], 1u, AG_RELAXED);
    return AG_WAIT;
}

/* Neither stopped nor waiting for the host. */
AG_INLINE u32 ag_can_go_on(AG_PRIVATE const ag_lane *c)
{
    return AG_STATUS_STOP(AG_STATE(AG_STATE_STATUS)) == AG_STOP_RUNNING &&
           AG_STATE(AG_STATE_REQUEST) == AG_REQUEST_NONE;
}

#endif
