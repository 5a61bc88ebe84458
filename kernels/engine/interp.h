/*
 * The interpreter: loads a lane, gives it a turn, stores it. A turn executes
 * runs of the code table (straight stretches inside a page), so that limits are
 * checked once a run and not once an instruction. The host has put batches where
 * their operations follow each other: one dispatch executes several entries.
 */
#ifndef AG_INTERP_H
#define AG_INTERP_H

#include "a64/decode.h"
#include "lane/buffers.h"
#include "lane/memory.h"
#include "a64/on_vectors.h"
#include "a64/one_lane.h"
#include "a64/atomic.h"
#include "a64/system.h"
#include "a64/ldst_v.h"
#include "a64/ldst_v_struct.h"
#include "engine/forms.h"
#include "engine/find.h"
#include "engine/function.h"
#include "engine/serve_call.h"

AG_INLINE void ag_load_lane(AG_CTX, AG_PRIVATE const ag_buffers *b,
                            AG_PRIVATE const ag_slice_args *args, u64 slot)
{
    u32 i;
    ag_find_memory(AG_C, b, args, slot);
#if AG_HAS_V
    c->v = b->v != 0 ? b->v + ag_v_index(slot, 0) : 0;
#endif
    for (i = 0; i < 32; i++)
        W(i, AG_STATE(i));
    W(AG_ROW_ZERO, 0);
    W(AG_ROW_SINK, 0);
    c->pc = AG_STATE(AG_STATE_PC);
    c->cycles = AG_STATE(AG_STATE_CYCLES);
    c->slice_start = c->cycles;
    c->limit = AG_STATE(AG_STATE_LIMIT);
    c->longest = args->longest;
    c->nzcv = (u32)AG_STATE(AG_STATE_NZCV);
    c->alone = args->alone;
#if AG_MAY_CAS_128
    c->has_cas_128 = args->has_cas_128;
#endif
#if AG_HAS_V && AG_IS_COMPILED_ONCE
    c->simd = ag_simd_copies[args->simd];
    c->crypto = ag_crypto_copies[args->crypto];
#endif
    c->machine = args->machine;
    c->own_code = AG_STATE(AG_STATE_OWN_CODE);
}


/* Operations on V registers. Where there are none the host is asked for them
   first; kernels that do not know them are then replaced. */
#define AG_V_OPS ((u32)AG_OP_FIRST_ENDING - (u32)AG_OP_FIRST_SIMD)
/* Kernels that are given no forms may still find one (pages.c). */
#define AG_IS_ON_V(op)                                                         \
    ((op)-AG_OP_FIRST_SIMD < AG_V_OPS ||                                       \
     (!AG_IS_COMPILED_ONCE && (op) >= (u32)AG_OP_END))
#define AG_HAS_V_RUNS (AG_HAS_V && AG_IS_COMPILED_ONCE)
#if AG_HAS_V_RUNS
/* The CPU's switch has those that access memory, and of the others as many are
   executed as follow each other, at most `most`: returns how many. Class crypto
   is executed one by one. */
AG_INLINE u32 ag_execute_simd(AG_CTX, u64 low, u64 imm,
                              const ag_entry *following, u32 most)
{
    const ag_packed_entry e = {low, imm};
    u32 both, op = (u32)low & 0xffff;
    if (AG_UNLIKELY(c->v == 0)) {
        ag_request(c, AG_REQUEST_V, 0);
        return 0;
    }
    if (op >= AG_OP_FIRST_CRYPTO) {
        c->crypto(c->v, AG_V_STRIDE, 1, op, (u32)(low >> 32), imm);
        return 1;
    }
    both = c->simd(c->x, AG_SIMD_STRIDE, c->state, c->v, e, following, most,
                   c->nzcv);
    c->nzcv = both & 15;
    return both >> 4;
}
#else
AG_INLINE u32 ag_execute_v(AG_CTX, u32 op, AG_FIELDS)
{
#if AG_HAS_V
    if (AG_UNLIKELY(c->v == 0))
        return ag_request(c, AG_REQUEST_V, 0);
    if (op < AG_OP_FIRST_VMEMORY) {
        c->nzcv = ag_simd_execute(c->x, AG_SIMD_STRIDE, c->state, c->v, op,
                                  d | n << 8 | m << 16 | a << 24, imm, c->nzcv);
        return AG_NEXT;
    }
    switch (op) {
#define AG_VMEMORY_OF(op)                                                      \
    case AG_OP_##op:                                                           \
        return a64_##op(AG_C, AG_F);
        AG_VMEMORY_OPS(AG_VMEMORY_OF)
    default:
        return AG_NEXT;
    }
#else
    (void)op;
    return ag_request(c, AG_REQUEST_V, 0);
#endif
}
#endif

/*
 * Executes `count` instructions, the ones at `pc`; all but the last are in
 * straight line. A batch is several of them: one that begins inside the count
 * is executed whole, so up to AG_LONGEST_BATCH - 1 more may be executed unless
 * the run ends there. e is the first, already fetched; `following` is where the
 * second lies. Each fetch overlaps with executing the one before (one entry
 * after the last may be read: the table has room for it). Sets *executed to how
 * many were retired and *next to where to go on; returns what became of the
 * last.
 */
AG_INLINE u32 ag_execute_run(AG_CTX, ag_packed_entry e,
                             AG_GLOBAL const ag_entry *following, u64 pc,
                             u32 count, AG_PRIVATE u32 *executed,
                             AG_PRIVATE u64 *next)
{
    const ag_may_read may_read = {0};
    const ag_may_write may_write = {0};
    u64 start = c->cycles;
    u32 i = 0, result = AG_NEXT;
#if !AG_HAS_V_RUNS
    u32 rest = 0; /* an operation on V registers that is still to be executed */
#endif
    for (;;) {
        const u32 op = (u32)e.low & 0xffff;
        u32 fields, d, n, m, a;
        u64 imm;
/* Takes the fetched entry's fields and fetches the one after it. */
#define AG_TAKE_ENTRY()                                                        \
    fields = (u32)(e.low >> 32);                                               \
    d = fields & 0xff;                                                         \
    n = fields >> 8 & 0xff;                                                    \
    m = fields >> 16 & 0xff;                                                   \
    a = fields >> 24;                                                          \
    imm = e.high;                                                              \
    e = ag_fetch_entry(following++)
        AG_TAKE_ENTRY();
#define AG_LEAVE_RUN()                                                         \
    *executed = i + !(result & AG_NOT_RUN);                                    \
    *next = pc + (u64)(i + !(result & AG_PC_STAYS)) * 4;                       \
    return result
        AG_ASSUME(op < (AG_IS_COMPILED_ONCE ? (u32)AG_OP_END
                                            : (u32)AG_OP_FORMS_END));
        AG_FORM_CASES()
        switch (op) {
#define AG_MAY_N
#define AG_MAY_R , may_read
#define AG_MAY_W , may_write
#define AG_MAY_RW , may_read, may_write
/* One instruction, alone or in a batch. */
#define AG_ALU_STEP(op, flags, form) a64_##op(AG_C, AG_F AG_MAY_##flags);
#define AG_MEMORY_STEP(op, is_load, address, size, ext, is_pair, wb, order)    \
    if (AG_ORDER_##order != AG_RELAXED)                                        \
        c->cycles = start + i;                                                 \
    result = ag_memory_##size(AG_C, is_load,                                   \
                              a64_address_##address(AG_C, AG_F), AG_EXT_##ext, \
                              is_pair, AG_WB_##wb, AG_ORDER_##order, AG_F);    \
    if (AG_UNLIKELY(result != AG_NEXT)) {                                      \
        AG_LEAVE_RUN();                                                        \
    }
#define AG_BRANCH_STEP(op, flags)                                              \
    *next = a64_##op(AG_C, AG_F, pc + (u64)i * 4 AG_MAY_##flags);              \
    *executed = i + 1;                                                         \
    return AG_NEXT;
#define AG_ALU_CASE(op, flags, form)                                           \
    case AG_OP_##op:                                                           \
        AG_ALU_STEP(op, flags, form)                                           \
        break;
#define AG_MEMORY_CASE(op, is_load, address, size, ext, is_pair, wb, order)    \
    case AG_OP_##op:                                                           \
        AG_MEMORY_STEP(op, is_load, address, size, ext, is_pair, wb, order)    \
        break;
#define AG_ATOMIC_CASE(op)                                                     \
    case AG_OP_##op:                                                           \
        c->cycles = start + i;                                                 \
        result = a64_##op(AG_C, AG_F);                                         \
        if (result != AG_NEXT) {                                               \
            AG_LEAVE_RUN();                                                    \
        }                                                                      \
        break;
#define AG_BRANCH_CASE(op, flags)                                              \
    case AG_OP_##op:                                                           \
        AG_BRANCH_STEP(op, flags)
#define AG_SYSTEM_CASE(op, flags)                                              \
    case AG_OP_##op:                                                           \
        c->cycles = start + i;                                                 \
        result = a64_##op(AG_C, AG_F, pc + (u64)i * 4 AG_MAY_##flags);         \
        AG_LEAVE_RUN();
#define AG_VMEMORY_CASE(op)                                                    \
    case AG_OP_##op:                                                           \
        result = AG_UNLIKELY(c->v == 0) ? ag_request(c, AG_REQUEST_V, 0)       \
                                        : a64_##op(AG_C, AG_F);                \
        if (AG_UNLIKELY(result != AG_NEXT)) {                                  \
            AG_LEAVE_RUN();                                                    \
        }                                                                      \
        break;
#define AG_NO_ALU(op, flags, form)
#define AG_NO_MEMORY(op, is_load, address, size, ext, is_pair, wb, order)
#define AG_NO_ATOMIC(op)
#define AG_NO_BRANCH(op, flags)
#define AG_NO_SYSTEM(op, flags)
#define AG_BATCH_BEGIN(name) case AG_OP_##name:
#define AG_BATCH_THEN()                                                        \
    i++;                                                                       \
    AG_TAKE_ENTRY();
#define AG_BATCH_END() break;
            AG_OPS(AG_ALU_CASE, AG_MEMORY_CASE, AG_NO_ATOMIC, AG_BRANCH_CASE,
                   AG_NO_SYSTEM)
            AG_BATCHES(AG_BATCH_BEGIN, AG_ALU_STEP, AG_MEMORY_STEP,
                       AG_BRANCH_STEP, AG_BATCH_THEN, AG_BATCH_END)
#if AG_HAS_V_RUNS
            AG_VMEMORY_OPS(AG_VMEMORY_CASE)
#endif
        default:
            if (AG_IS_ON_V(op)) {
#if AG_HAS_V_RUNS
                const u32 done =
                    ag_execute_simd(AG_C, op | (u64)fields << 32, imm,
                                    following - 1, count - i);
                if (AG_UNLIKELY(done == 0)) {
                    result = AG_WAIT;
                    AG_LEAVE_RUN();
                }
                if (done > 1) {
                    i += done - 1;
                    following += done - 1;
                    e = ag_fetch_entry(following - 1);
                }
#else
                rest = op;
#endif
                break;
            }
            /* What is rare stays out of the switch that everything passes:
               some GPUs make a tree of compares of it. */
            switch (op) {
                AG_OPS(AG_NO_ALU, AG_NO_MEMORY, AG_ATOMIC_CASE, AG_NO_BRANCH,
                       AG_SYSTEM_CASE)
            default:
                break;
            }
            break;
        }
#if !AG_HAS_V_RUNS
        if (rest != 0) {
            result = ag_execute_v(AG_C, rest, AG_F);
            if (result != AG_NEXT) {
                AG_LEAVE_RUN();
            }
            rest = 0;
        }
#endif
        if (++i >= count)
            break;
    }
    *executed = i;
    *next = pc + (u64)i * 4;
    return AG_NEXT;
}

/* A lane that stopped as undefined says which word it was. */
AG_INLINE void ag_note_undefined(AG_CTX)
{
    if (AG_STATUS_STOP(AG_STATE(AG_STATE_STATUS)) == AG_STOP_UNDEFINED)
        AG_STATE(AG_STATE_CODE) = ag_load_32(AG_C, c->pc, AG_RELAXED);
}

/* Up to `fuel` attempts of a running lane. */
AG_INLINE void ag_turn(AG_CTX, AG_PRIVATE const ag_buffers *b,
                       AG_PRIVATE const ag_slice_args *args, u64 slot,
                       u32 fuel)
{
    u32 result = AG_NEXT;
    ag_place_in_code place = {~(u64)0, b->entries, b->entries};
    while (result == AG_NEXT && fuel > 0) {
        u64 left = c->limit - c->cycles, next = c->pc, start = c->cycles;
        u32 count = 0, executed = 0;
        ag_packed_entry e;
        if (left == 0) {
            ag_stop_at_limit(c);
            return;
        }
        result = ag_find_run(AG_C, b, args, slot, c->pc,
                             left < fuel ? (u32)left : fuel, &place, &e,
                             &count);
#if AG_HAS_FUNCTION
        if (AG_UNLIKELY(result == AG_AT_FUNCTION)) {
            result = ag_at_function(c, b->function_state +
                                           ag_plane_index(AG_FUNCTION_ROWS,
                                                          slot, 0));
            if (AG_IS_COMPILED_ONCE || c->alone)
                fuel = 1; /* lanes go on in their groups */
            else if (result == AG_END_TURN) {
                result = AG_NEXT;
                continue;
            }
        }
#endif
        if (result != AG_NEXT)
            return;
        result = ag_execute_run(AG_C, e, place.at + 1, c->pc, count,
                                &executed, &next);
        c->cycles = start + executed;
        c->pc = next;
        fuel -= executed < fuel ? executed : fuel;
#if AG_HAS_LINUX
        if (AG_UNLIKELY(result == AG_SYSTEM_CALL)) {
            result = ag_serve_call(c, b, args, slot);
            fuel -= fuel > 0;
        }
#endif
        /* A private lane has nobody to give its turn to. */
        if (!AG_IS_SHARED(layout) && result == AG_END_TURN &&
            ag_can_go_on(c))
            result = AG_NEXT;
    }
    ag_note_undefined(AG_C);
}

/* One lane's turn from and to the state buffer; true if it can go on. */
AG_INLINE u32 ag_turn_of(AG_PRIVATE const ag_buffers *b,
                         AG_PRIVATE const ag_slice_args *args, u64 slot,
                         u32 fuel, const u32 layout)
{
    ag_lane lane_at_hand;
    AG_PRIVATE ag_lane *c = &lane_at_hand;
    c->state = b->state + ag_state_index(slot, 0);
    if (!ag_can_go_on(c))
        return 0;
    ag_load_lane(AG_C, b, args, slot);
    ag_turn(AG_C, b, args, slot, fuel);
    ag_store_lane(c);
    return ag_can_go_on(c);
}

#endif
