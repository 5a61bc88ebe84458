/*
 * Branches return the next PC. Targets of immediate branches but B_cond are
 * absolute: the decoder knew the PC. A target that is not a multiple of 4 or
 * outside memory stops the lane when it is fetched from.
 */
#include "a64/value.h"

AG_BRANCH_N(B)
{
    return BRANCH(imm);
}
AG_BRANCH_N(BL)
{
    W(30, SPLAT(NEXT_PC));
    return BRANCH(imm);
}
/* The condition mask lies above 48 bits that are added to the next PC: they
   would not hold every address. */
AG_BRANCH_R(B_cond)
{
    u64 target = NEXT_PC + (u64)((i64)(imm << 16) >> 16);
    return BRANCH_IF(COND(imm >> 48), target);
}
AG_BRANCH_N(CBZ_64)
{
    return BRANCH_IF(EQ0(R(n)), imm);
}
AG_BRANCH_N(CBZ_32)
{
    return BRANCH_IF(EQ0(AG_LOW32(R(n))), imm);
}
AG_BRANCH_N(CBNZ_64)
{
    return BRANCH_UNLESS(EQ0(R(n)), imm);
}
AG_BRANCH_N(CBNZ_32)
{
    return BRANCH_UNLESS(EQ0(AG_LOW32(R(n))), imm);
}
AG_BRANCH_N(TBZ)
{
    return BRANCH_IF(EQ0(R(n) >> a & 1), imm);
}
AG_BRANCH_N(TBNZ)
{
    return BRANCH_UNLESS(EQ0(R(n) >> a & 1), imm);
}
AG_BRANCH_N(BR)
{
    return BRANCH_TO(R(n));
}
AG_BRANCH_N(RET)
{
    return BRANCH_TO(R(n));
}
/* BLR X30 branches to the old X30. */
AG_BRANCH_N(BLR)
{
    ag_v target = R(n);
    W(30, SPLAT(NEXT_PC));
    return BRANCH_TO(target);
}
