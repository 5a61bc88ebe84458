/*
 * Address expressions of loads and stores; everything else about them is in the
 * table's columns and executed by ag_memory_*().
 */
#include "a64/value.h"

AG_ADDRESS(base)
{
    return R(n);
}
AG_ADDRESS(base_imm)
{
    return R(n) + SPLAT(imm);
}
/* imm is the shift */
AG_ADDRESS(base_lsl)
{
    return R(n) + (R(m) << imm);
}
AG_ADDRESS(base_uxtw)
{
    return R(n) + (AG_LOW32(R(m)) << imm);
}
AG_ADDRESS(base_sxtw)
{
    return R(n) + (AG_SX32(R(m)) << imm);
}
AG_ADDRESS(absolute)
{
    return SPLAT(imm);
}
