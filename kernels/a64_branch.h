/*
 * Branches return the next PC. Targets of immediate branches are absolute: the
 * decoder knew the PC. A target that is not a multiple of 4 or outside memory
 * stops the lane when it is fetched from.
 */
#ifndef AG_A64_BRANCH_H
#define AG_A64_BRANCH_H

AG_BRANCH_N(B)
{
    return SPLAT(imm);
}
AG_BRANCH_N(BL)
{
    W(30, SPLAT(NEXT_PC));
    return SPLAT(imm);
}
/* The condition mask lies above a 48-bit target. */
AG_BRANCH_R(B_cond)
{
    u64 target = (u64)((i64)(imm << 16) >> 16);
    return SEL(COND(imm >> 48), SPLAT(target), SPLAT(NEXT_PC));
}
AG_BRANCH_N(CBZ_64)
{
    return SEL(EQ0(R(n)), SPLAT(imm), SPLAT(NEXT_PC));
}
AG_BRANCH_N(CBZ_32)
{
    return SEL(EQ0(AG_LOW32(R(n))), SPLAT(imm), SPLAT(NEXT_PC));
}
AG_BRANCH_N(CBNZ_64)
{
    return SEL(EQ0(R(n)), SPLAT(NEXT_PC), SPLAT(imm));
}
AG_BRANCH_N(CBNZ_32)
{
    return SEL(EQ0(AG_LOW32(R(n))), SPLAT(NEXT_PC), SPLAT(imm));
}
AG_BRANCH_N(TBZ)
{
    return SEL(EQ0(R(n) >> a & 1), SPLAT(imm), SPLAT(NEXT_PC));
}
AG_BRANCH_N(TBNZ)
{
    return SEL(EQ0(R(n) >> a & 1), SPLAT(NEXT_PC), SPLAT(imm));
}
AG_BRANCH_N(BR)
{
    return R(n);
}
AG_BRANCH_N(RET)
{
    return R(n);
}
/* BLR X30 branches to the old X30. */
AG_BRANCH_N(BLR)
{
    ag_v target = R(n);
    W(30, SPLAT(NEXT_PC));
    return target;
}

#endif
