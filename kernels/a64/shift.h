/*
 * Data-processing (2 source): shifts by a register. Division and CRC32 are in
 * one_lane.h.
 */
#include "a64/value.h"

/* Shifts by register, modulo the width. */
AG_ALU_N(LSLV_64)
{
    ag_v s = R(m) & 63;
    W(d, R(n) << s);
}
AG_ALU_N(LSRV_64)
{
    ag_v s = R(m) & 63;
    W(d, R(n) >> s);
}
AG_ALU_N(ASRV_64)
{
    ag_v s = R(m) & 63;
    W(d, ASR(R(n), s));
}
AG_ALU_N(RORV_64)
{
    ag_v x = R(n), s = R(m) & 63;
    W(d, AG_ROR_64(x, s));
}
AG_ALU_N(LSLV_32)
{
    ag_v s = R(m) & 31;
    W32(d, R(n) << s);
}
AG_ALU_N(LSRV_32)
{
    ag_v s = R(m) & 31;
    W32(d, LSR_32(R(n), s));
}
AG_ALU_N(ASRV_32)
{
    ag_v s = R(m) & 31;
    W32(d, ASR_32(R(n), s));
}
AG_ALU_N(RORV_32)
{
    ag_v x = R(n), s = R(m) & 31;
    W32(d, ROR_32(x, s));
}
