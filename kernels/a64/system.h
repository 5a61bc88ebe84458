/*
 * System instructions: exceptions that stop a lane, barriers, cache maintenance;
 * sysmove.h has those that move system registers. Bodies return what became of
 * the instruction (lane.h); a stop that does not count leaves everything as if
 * it had not begun.
 */
#ifndef AG_A64_SYSTEM_H
#define AG_A64_SYSTEM_H

#include "a64/sysmove.h"

/* Resumable: the PC is after the SVC, as ELR would be. Linux does not look at
   the number that is encoded. */
AG_SYSTEM_N(SVC)
{
#if AG_HAS_LINUX
    if ((c->machine & AG_MACHINE_LINUX) != 0)
        return AG_SYSTEM_CALL;
#endif
    ag_stop(c, AG_STOP_SYSCALL, imm);
    return AG_END_TURN;
}
#define AG_SEMIHOSTING_HLT 0xf000u
AG_SYSTEM_N(HLT)
{
#if AG_HAS_LINUX
    if (imm == AG_SEMIHOSTING_HLT &&
        (c->machine & AG_MACHINE_SEMIHOSTING) != 0)
        return AG_SYSTEM_CALL;
#endif
    ag_stop(c, AG_STOP_HALT, imm);
    return AG_HALTED;
}
AG_SYSTEM_N(BRK)
{
    ag_stop(c, AG_STOP_BREAKPOINT, imm);
    return AG_HALTED;
}

/* What executes only there, and does nothing. The run loop puts the word into
   the stop code. */
AG_SYSTEM_N(UNDEFINED)
{
    if (AG_STARTS() &&
        ag_is_start_instruction((u32)ag_load_32(AG_C, pc, AG_RELAXED)))
        return AG_NEXT;
    return ag_stop(c, AG_STOP_UNDEFINED, 0);
}
AG_SYSTEM_N(END_TURN)
{
    return AG_END_TURN;
}
AG_SYSTEM_N(CLREX)
{
    ag_close_monitor(c);
    return AG_NEXT;
}
/* DSB and ISB as well. ISB behind a branch that depends on a load orders later
   loads; for code it has nothing to do: a lane that invalidated some goes on
   only after the host dropped what it had decoded, so whoever learns of it
   learns later still. */
AG_SYSTEM_N(DMB)
{
    if (AG_IS_SHARED(layout))
        AG_FENCE();
    return ag_after_ordered(AG_C);
}
AG_INLINE u32 ag_invalidate(AG_CTX, u32 kind, u64 address)
{
    ag_request(c, kind, address);
    return AG_END_TURN;
}
AG_SYSTEM_N(IC_IVAU)
{
    return ag_invalidate(AG_C, AG_REQUEST_INVALIDATE,
                         R(n) & ~(u64)(AG_CACHE_LINE - 1));
}
AG_SYSTEM_N(IC_IALLU)
{
    return ag_invalidate(AG_C, AG_REQUEST_INVALIDATE_ALL, 0);
}

/* Zeroes the block of 64 bytes that holds X[n]. */
AG_SYSTEM_N(DC_ZVA)
{
    u64 address = R(n) & ~(u64)63;
    u32 result = ag_check(AG_C, address, 64, AG_ACCESS_WRITE, 0), i;
    if (result != AG_NEXT)
        return result;
    ag_mark(AG_C, address);
    for (i = 0; i < 64; i += 8)
        ag_write_64(AG_C, address + i, 0, AG_RELAXED);
    return AG_NEXT;
}

#endif
