/*
 * Flag manipulation: FEAT_FlagM and FEAT_FlagM2.
 */

/* Flags as bits 3:0 of a value, N highest. */
AG_ALU_RW(RMIF)
{
    ag_v x = R(n), old = GET_NZCV();
    SET_NZCV((old & ~imm) | (AG_ROR_64(x, a) & imm));
}
/* N and Z of the low bits, V where the bit above differs from the sign. */
AG_ALU_RW(SETF8)
{
    ag_v x = R(n), old = GET_NZCV();
    ag_v v = (x >> 8 ^ x >> 7) & 1;
    SET_NZCV((x >> 7 & 1) << 3 | BIT(EQ0(x << 56)) << 2 | (old & 2) | v);
}
AG_ALU_RW(SETF16)
{
    ag_v x = R(n), old = GET_NZCV();
    ag_v v = (x >> 16 ^ x >> 15) & 1;
    SET_NZCV((x >> 15 & 1) << 3 | BIT(EQ0(x << 48)) << 2 | (old & 2) | v);
}
AG_ALU_RW(CFINV)
{
    SET_NZCV(GET_NZCV() ^ 2);
}
/* N := !C && !Z, Z := Z && C, C := C || Z, V := !C && Z */
AG_ALU_RW(XAFLAG)
{
    ag_v f = GET_NZCV(), z = f >> 2 & 1, carry = f >> 1 & 1;
    SET_NZCV(((z | carry) ^ 1) << 3 | (z & carry) << 2 | (z | carry) << 1 |
             ((carry ^ 1) & z));
}
/* N := 0, Z := Z || V, C := C && !V, V := 0 */
AG_ALU_RW(AXFLAG)
{
    ag_v f = GET_NZCV(), z = f >> 2 & 1, carry = f >> 1 & 1, v = f & 1;
    SET_NZCV((z | v) << 2 | (carry & (v ^ 1)) << 1);
}
