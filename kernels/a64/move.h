/*
 * Move wide, PC-relative addresses and NOP: the decoder knows the PC, so most are
 * constants.
 */

/* X[d] := imm, for MOVZ, MOVN, ADR and ADRP */
AG_ALU_N(MOV_imm)
{
    W(d, SPLAT(imm));
}
/* X[d]<a+15:a> := imm */
AG_ALU_N(MOVK_64)
{
    W(d, (R(n) & ~((u64)0xffff << a)) | imm << a);
}
AG_ALU_N(MOVK_32)
{
    W32(d, (R(n) & ~((u64)0xffff << a)) | imm << a);
}

AG_ALU_N(NOP)
{
}
