/*
 * Lanes that call one function of their program (armgpu_options.function): the
 * probes at which they begin and at which the call begins. A lane begins with
 * the function's arguments in its registers. They are put aside while it starts
 * up, and are there again when the function begins, which returns to where the
 * lane began. Registers are put aside once more while the function executes that
 * comes after it.
 */
#ifndef AG_ENGINE_FUNCTION_H
#define AG_ENGINE_FUNCTION_H

#include "engine/scalar.h"

#if AG_HAS_FUNCTION

#define AG_FUNCTION(ROW) (rows[AG_FUNCTION_##ROW * AG_BLOCK])
#define AG_FUNCTION_NTH(ROW, i) (rows[(AG_FUNCTION_##ROW + (i)) * AG_BLOCK])

/* The first registers of each kind into the plane, or back from there. */
AG_INLINE void ag_put_aside(AG_PRIVATE ag_lane *c, AG_GLOBAL u64 *rows,
                            u32 count, u32 vectors)
{
    u32 i;
    for (i = 0; i < count; i++)
        AG_FUNCTION_NTH(SAVED, i) = R(i);
#if AG_HAS_V
    for (i = 0; i < vectors && c->v != 0; i++) {
        AG_FUNCTION_NTH(LOW, i) = AG_V_HALF(0, i);
        AG_FUNCTION_NTH(HIGH, i) = AG_V_HALF(1, i);
    }
#else
    (void)vectors;
#endif
}

AG_INLINE void ag_take_back(AG_PRIVATE ag_lane *c, AG_GLOBAL u64 *rows,
                            u32 count, u32 vectors)
{
    u32 i;
    for (i = 0; i < count; i++)
        W(i, AG_FUNCTION_NTH(SAVED, i));
#if AG_HAS_V
    for (i = 0; i < vectors && c->v != 0; i++) {
        AG_V_PUT(0, i, AG_FUNCTION_NTH(LOW, i));
        AG_V_PUT(1, i, AG_FUNCTION_NTH(HIGH, i));
    }
#else
    (void)vectors;
#endif
}

/* A process begins with nothing in its registers. */
AG_INLINE void ag_clear_arguments(AG_PRIVATE ag_lane *c)
{
    u32 i;
    for (i = 0; i < AG_ARGUMENT_REGISTERS; i++)
        W(i, 0);
#if AG_HAS_V
    for (i = 0; i < AG_ARGUMENT_VECTORS && c->v != 0; i++) {
        AG_V_PUT(0, i, 0);
        AG_V_PUT(1, i, 0);
    }
#endif
}

AG_INLINE u32 ag_call_function(AG_PRIVATE ag_lane *c, AG_GLOBAL u64 *rows,
                               u64 phase, u64 address)
{
    AG_FUNCTION(PHASE) = phase;
    W(30, AG_FUNCTION(ENTRY));
    c->pc = address;
    return AG_END_TURN;
}

/* The function has returned. */
AG_INLINE u32 ag_function_returned(AG_PRIVATE ag_lane *c,
                                   AG_GLOBAL u64 *rows)
{
    if (AG_FUNCTION(PHASE) == AG_PHASE_CALLED && AG_FUNCTION(AFTER) != 0) {
        ag_put_aside(c, rows, 32, 32);
        AG_FUNCTION(NZCV) = c->nzcv;
        AG_FUNCTION(FPCONTROL) = AG_STATE(AG_STATE_FPCONTROL);
        W(0, 0);
        return ag_call_function(c, rows, AG_PHASE_AFTER, AG_FUNCTION(AFTER));
    }
    if (AG_FUNCTION(PHASE) == AG_PHASE_AFTER) {
        ag_take_back(c, rows, 32, 32);
        c->nzcv = (u32)AG_FUNCTION(NZCV);
        AG_STATE(AG_STATE_FPCONTROL) = AG_FUNCTION(FPCONTROL);
    }
    return ag_stop(c, AG_STOP_HALT, 0);
}

/* The lane is at a probe AG_PROBE_CALL: AG_NEXT if it is nothing to it and the
   instruction executes, AG_END_TURN if it goes on at another PC, AG_STOP. */
AG_INLINE u32 ag_at_function(AG_PRIVATE ag_lane *c, AG_GLOBAL u64 *rows)
{
    const u32 is_entry = c->pc == AG_FUNCTION(ENTRY);
    AG_STATE(AG_STATE_STATUS) &= ~AG_STATUS_CALLS;
    if (is_entry && AG_FUNCTION(PHASE) == AG_PHASE_BEGINS) {
        ag_put_aside(c, rows, AG_ARGUMENT_REGISTERS, AG_ARGUMENT_VECTORS);
        ag_clear_arguments(c);
        AG_FUNCTION(PHASE) = AG_PHASE_STARTS;
    }
    if (c->pc == AG_FUNCTION(AT) && AG_FUNCTION(PHASE) == AG_PHASE_STARTS) {
        ag_take_back(c, rows, AG_ARGUMENT_REGISTERS, AG_ARGUMENT_VECTORS);
        return ag_call_function(c, rows, AG_PHASE_CALLED,
                                AG_FUNCTION(ADDRESS));
    }
    return is_entry && AG_FUNCTION(PHASE) >= AG_PHASE_CALLED
               ? ag_function_returned(c, rows)
               : AG_NEXT;
}

#endif

#endif
