/*
 * MRS and MSR, in a file that regions include too: the registers of
 * AG_IS_STILL_SYSREG() they read. Bodies return what became of the instruction
 * (lane.h).
 */
#ifndef AG_A64_SYSMOVE_H
#define AG_A64_SYSMOVE_H

#include "a64/sysreg.h"

/* Whether start-up code of bare metal finds what it expects. Memory is then in a
   window: kernels for others are compiled without. */
#define AG_STARTS()                                                            \
    (AG_HAS_WINDOW(layout) && (c->machine & AG_MACHINE_STARTS) != 0)

AG_SYSTEM_R(MRS)
{
    u64 v = 0;
    switch (imm) {
#define AG_CASE(name, op0, op1, crn, crm, op2, get, set)                       \
    case AG_SYSREG(op0, op1, crn, crm, op2):                                   \
        v = (get);                                                             \
        break;
        AG_SYSREGS(AG_CASE)
#undef AG_CASE
    default:
        if (AG_STARTS() && ag_is_start_register(imm, &v))
            break;
        if (imm < AG_SYSREG(3, 0, 0, 1, 0) || imm > AG_SYSREG(3, 0, 0, 7, 7))
            return ag_stop(c, AG_STOP_UNDEFINED, 0);
    }
    W(d, v);
    return AG_NEXT;
}

AG_SYSTEM_W(MSR)
{
    u64 v = R(n), at_reset;
    u32 is_known = 1;
    switch (imm) {
#define AG_READ_ONLY is_known = 0
#define AG_CASE(name, op0, op1, crn, crm, op2, get, set)                       \
    case AG_SYSREG(op0, op1, crn, crm, op2):                                   \
        set;                                                                   \
        break;
        AG_SYSREGS(AG_CASE)
#undef AG_CASE
#undef AG_READ_ONLY
    default:
        is_known = AG_STARTS() && ag_is_start_register(imm, &at_reset);
    }
    return is_known ? AG_NEXT : ag_stop(c, AG_STOP_UNDEFINED, 0);
}

#endif
