/*
 * The interpreter: loads a lane, gives it a turn, stores it. A turn executes
 * runs of the code table (straight stretches inside a page), so that limits are
 * checked once a run and not once an instruction.
 */
#ifndef AG_INTERP_H
#define AG_INTERP_H

#include "a64_decode.h"
#include "memory.h"
#include "a64_addsub.h"
#include "a64_logical.h"
#include "a64_multiply.h"
#include "a64_scalar.h"
#include "a64_branch.h"
#include "a64_ldst.h"
#include "a64_atomic.h"
#include "a64_system.h"

/* The buffers of a slice; every kernel entry is handed these. */
typedef struct ag_buffers {
    AG_GLOBAL u64 *state;
    AG_GLOBAL u8 *memory;
    AG_GLOBAL const ag_entry *entries; /* pages of AG_PAGE_ENTRIES; 0 is empty */
    AG_GLOBAL const u32 *pages;        /* by page number: index in entries */
    AG_GLOBAL const u32 *lanes;        /* the listed lanes */
    AG_GLOBAL u32 *next;               /* GPUs: out, see ag_argument */
    AG_GLOBAL ag_lane_request *requests;
    AG_GLOBAL u32 *control;
    u64 first_lane;                    /* number of the lane in state block 0 */
} ag_buffers;

AG_INLINE void ag_load_lane(AG_PRIVATE ag_lane *c, AG_PRIVATE const ag_buffers *b,
                            AG_PRIVATE const ag_slice_args *args, u64 lane)
{
    AG_GLOBAL const u64 *s = b->state + ag_state_index(lane, 0);
    u64 status = s[AG_STATE_STATUS * AG_BLOCK];
    u32 i;
    for (i = 0; i < 32; i++)
        W(i, s[i * AG_BLOCK]);
    W(AG_ROW_ZERO, 0);
    W(AG_ROW_SINK, 0);
    c->pc = s[AG_STATE_PC * AG_BLOCK];
    c->cycles = s[AG_STATE_CYCLES * AG_BLOCK];
    c->slice_start = c->cycles;
    c->limit = s[AG_STATE_LIMIT * AG_BLOCK];
    c->nzcv = AG_STATUS_NZCV(status);
    c->stop = AG_STATUS_STOP(status);
    c->access = AG_STATUS_ACCESS(status);
    c->access_size = AG_STATUS_SIZE(status);
    c->stop_code = s[AG_STATE_CODE * AG_BLOCK];
    c->request = s[AG_STATE_REQUEST * AG_BLOCK];
    c->number = b->first_lane + lane;
    c->tpidr = s[AG_STATE_TPIDR * AG_BLOCK];
    c->fpcontrol = s[AG_STATE_FPCONTROL * AG_BLOCK];
    c->monitor_size = AG_STATUS_MONITOR(status);
    c->monitor_address = s[AG_STATE_MONITOR * AG_BLOCK];
    c->monitor_lo = s[AG_STATE_MONITOR_LO * AG_BLOCK];
    c->monitor_hi = s[AG_STATE_MONITOR_HI * AG_BLOCK];
    c->own_code = s[AG_STATE_OWN_CODE * AG_BLOCK];
    c->memory_size = args->memory_size;
    c->memory = b->memory + lane * args->memory_stride;
    c->control = b->control;
    c->alone = args->alone;
}

AG_INLINE void ag_store_lane(AG_PRIVATE ag_lane *c,
                             AG_PRIVATE const ag_buffers *b, u64 lane)
{
    AG_GLOBAL u64 *s = b->state + ag_state_index(lane, 0);
    u32 i;
    for (i = 0; i < 32; i++)
        s[i * AG_BLOCK] = R(i);
    s[AG_STATE_PC * AG_BLOCK] = c->pc;
    s[AG_STATE_CYCLES * AG_BLOCK] = c->cycles;
    s[AG_STATE_STATUS * AG_BLOCK] = AG_STATUS(
        c->stop, c->access, c->access_size, c->monitor_size, c->nzcv);
    s[AG_STATE_CODE * AG_BLOCK] = c->stop_code;
    s[AG_STATE_REQUEST * AG_BLOCK] = c->request;
    s[AG_STATE_TPIDR * AG_BLOCK] = c->tpidr;
    s[AG_STATE_FPCONTROL * AG_BLOCK] = c->fpcontrol;
    s[AG_STATE_MONITOR * AG_BLOCK] = c->monitor_address;
    s[AG_STATE_MONITOR_LO * AG_BLOCK] = c->monitor_lo;
    s[AG_STATE_MONITOR_HI * AG_BLOCK] = c->monitor_hi;
}

/* How many instructions from pc lie before the lane's own code begins; 0 if pc
   is inside it. */
AG_INLINE u64 ag_before_own_code(AG_PRIVATE const ag_lane *c, u64 pc)
{
    u64 low = (c->own_code & 0xffffffffu) * AG_CACHE_LINE;
    u64 high = (c->own_code >> 32) * AG_CACHE_LINE;
    if (pc >= high)
        return AG_PAGE_ENTRIES;
    return pc < low ? (low - pc) / 4 : 0;
}

/* Decodes the word at pc from the lane's own memory. */
AG_INLINE void ag_decode_own(AG_CTX, u64 pc, AG_PRIVATE ag_entry *e)
{
    u32 w = (u32)ag_load_32(AG_C, pc, AG_RELAXED);
    a64_decode(w, pc, e);
}

/*
 * Executes up to `count` entries from `first`, the instructions at `pc`; all but
 * the last are in straight line. Sets *executed to how many were retired and
 * *next to where to go on; returns what became of the last.
 */
AG_INLINE u32 ag_execute_run(AG_CTX, AG_GLOBAL const ag_entry *first, u64 pc,
                             u32 count, u32 is_own, AG_PRIVATE u32 *executed,
                             AG_PRIVATE u64 *next)
{
    const ag_may_read may_read = {0};
    const ag_may_write may_write = {0};
    u64 start = c->cycles;
    u32 i = 0, result = AG_NEXT;
    do {
        ag_entry own;
        u32 d, n, m, a, op;
        u64 imm;
        if (layout != AG_LAYOUT_SHARED && AG_UNLIKELY(is_own)) {
            ag_decode_own(AG_C, pc, &own);
            op = own.op;
            d = own.d;
            n = own.n;
            m = own.m;
            a = own.a;
            imm = own.imm;
        } else {
            op = first[i].op;
            d = first[i].d;
            n = first[i].n;
            m = first[i].m;
            a = first[i].a;
            imm = first[i].imm;
        }
        switch (op) {
#define AG_CALL_N(op, ...) a64_##op(__VA_ARGS__)
#define AG_CALL_R(op, ...) a64_##op(__VA_ARGS__, may_read)
#define AG_CALL_W(op, ...) a64_##op(__VA_ARGS__, may_write)
#define AG_CALL_RW(op, ...) a64_##op(__VA_ARGS__, may_read, may_write)
#define AG_ALU_CASE(op, flags, form)                                           \
    case AG_OP_##op:                                                           \
        AG_CALL_##flags(op, AG_C, AG_F);                                       \
        break;
#define AG_MEMORY_CASE(op, is_load, address, size, ext, is_pair, wb, order)    \
    case AG_OP_##op:                                                           \
        if (AG_ORDER_##order != AG_RELAXED)                                    \
            c->cycles = start + i;                                             \
        result = ag_memory(AG_C, is_load, a64_address_##address(AG_C, AG_F),   \
                           size, AG_EXT_##ext, is_pair, AG_WB_##wb,            \
                           AG_ORDER_##order, AG_F);                            \
        break;
#define AG_ATOMIC_CASE(op)                                                     \
    case AG_OP_##op:                                                           \
        c->cycles = start + i;                                                 \
        result = a64_##op(AG_C, AG_F);                                         \
        break;
#define AG_BRANCH_CASE(op, flags)                                              \
    case AG_OP_##op:                                                           \
        *next = AG_CALL_##flags(op, AG_C, AG_F, pc + (u64)i * 4);              \
        *executed = i + 1;                                                     \
        return AG_NEXT;
#define AG_SYSTEM_CASE(op, flags)                                              \
    case AG_OP_##op:                                                           \
        c->cycles = start + i;                                                 \
        result = AG_CALL_##flags(op, AG_C, AG_F, pc + (u64)i * 4);             \
        break;
            AG_OPS(AG_ALU_CASE, AG_MEMORY_CASE, AG_ATOMIC_CASE, AG_BRANCH_CASE,
                   AG_SYSTEM_CASE)
        default:
            break;
        }
        if (AG_UNLIKELY(result != AG_NEXT))
            break;
        i++;
    } while (i < count);
    if (result != AG_NEXT && !(result & AG_NOT_RUN)) {
        i++;
        *next = pc + (u64)(result & AG_PC_STAYS ? i - 1 : i) * 4;
    } else {
        *next = pc + (u64)i * 4;
    }
    *executed = i;
    return result;
}

/*
 * The run at pc: sets *count (at most `left`) and *is_own, or returns AG_WAIT
 * or AG_STOP if nothing can be executed there.
 */
AG_INLINE u32 ag_find_run(AG_CTX, AG_PRIVATE const ag_buffers *b, u64 pc,
                          u64 left, AG_PRIVATE u32 *count,
                          AG_PRIVATE u32 *is_own,
                          AG_GLOBAL const ag_entry *AG_PRIVATE *first)
{
    u64 n = AG_PAGE_ENTRIES;
    *is_own = 0;
    if (AG_UNLIKELY((pc & 3) != 0 || pc >= c->memory_size))
        return ag_stop(c, AG_STOP_FETCH_FAULT, 0);
    *first = b->entries +
             ((u64)b->pages[pc >> AG_PAGE_SHIFT] * AG_PAGE_ENTRIES +
              (pc >> 2) % AG_PAGE_ENTRIES);
    if (layout != AG_LAYOUT_SHARED && AG_UNLIKELY(c->own_code != 0)) {
        n = ag_before_own_code(c, pc);
        if (n == 0) {
            *is_own = 1;
            *count = 1;
            return AG_NEXT;
        }
    }
    if (AG_UNLIKELY((*first)->run == 0))
        return ag_request(c, AG_REQUEST_DECODE,
                          pc & ~(u64)(AG_PAGE_BYTES - 1));
    if (n > (*first)->run)
        n = (*first)->run;
    *count = (u32)(n < left ? n : left);
    return AG_NEXT;
}

AG_INLINE u32 ag_can_go_on(AG_PRIVATE const ag_lane *c)
{
    return c->stop == AG_STOP_RUNNING && c->request == AG_REQUEST_NONE;
}

/* Up to `fuel` attempts of a running lane. */
AG_INLINE void ag_turn(AG_CTX, AG_PRIVATE const ag_buffers *b, u32 fuel)
{
    u32 result = AG_NEXT;
    while (result == AG_NEXT && fuel > 0) {
        u64 left = c->limit - c->cycles, next = c->pc;
        u32 count = 0, executed = 0, is_own = 0;
        AG_GLOBAL const ag_entry *first;
        if (left == 0) {
            ag_stop(c, AG_STOP_MAX_CYCLES, 0);
            return;
        }
        result = ag_find_run(AG_C, b, c->pc, left < fuel ? left : fuel, &count,
                             &is_own, &first);
        if (result != AG_NEXT)
            return;
        u64 start = c->cycles;
        result = ag_execute_run(AG_C, first, c->pc, count, is_own, &executed,
                                &next);
        c->cycles = start + executed;
        c->pc = next;
        fuel -= executed < fuel ? executed : fuel;
        if (result == AG_STOP && c->stop == AG_STOP_UNDEFINED)
            c->stop_code = ag_load_32(AG_C, c->pc, AG_RELAXED);
        /* A private lane has nobody to give its turn to. */
        if (layout != AG_LAYOUT_SHARED && result == AG_END_TURN &&
            ag_can_go_on(c))
            result = AG_NEXT;
    }
}

/* One lane's turn from and to the state buffer; true if it can go on. */
AG_INLINE u32 ag_turn_of(AG_PRIVATE const ag_buffers *b,
                         AG_PRIVATE const ag_slice_args *args, u64 lane,
                         u32 fuel, const u32 layout)
{
    ag_lane c;
    u64 status = b->state[ag_state_index(lane, AG_STATE_STATUS)];
    if (AG_STATUS_STOP(status) != AG_STOP_RUNNING ||
        b->state[ag_state_index(lane, AG_STATE_REQUEST)] != AG_REQUEST_NONE)
        return 0;
    ag_load_lane(&c, b, args, lane);
    ag_turn(&c, layout, b, fuel);
    ag_store_lane(&c, b, lane);
    return ag_can_go_on(&c);
}

#endif
