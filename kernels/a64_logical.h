/*
 * Logical operations, moves, bitfields, shifts, conditional selects and flag
 * manipulation. Field choices that change the operation are separate rows of
 * the table, so no body decides anything.
 */
#ifndef AG_A64_LOGICAL_H
#define AG_A64_LOGICAL_H

/* Rotate right; a 32-bit value holds nothing above bit 31. */
#define AG_ROR_64(v, s) ((v) >> (s) | (v) << ((64 - (s)) & 63))
#define AG_ROR_32(v, s) ((v) >> (s) | (v) << (32 - (s)))

#define AG_LOGICAL_OP(op, form, width, write, expression, operand)             \
    AG_ALU_N(op##_##form##_##width)                                            \
    {                                                                          \
        ag_v x = R(n), y = operand;                                            \
        write(d, expression);                                                  \
    }
#define AG_LOGICAL_FLAGS(op, form, width, write, expression, operand)          \
    AG_ALU_W(op##_##form##_##width)                                            \
    {                                                                          \
        ag_v x = R(n), y = operand, r = expression;                            \
        SET_FLAGS_LOGIC_##width(r);                                            \
        write(d, r);                                                           \
    }
#define AG_LOGICAL(form, width, write, operand)                                \
    AG_LOGICAL_OP(AND, form, width, write, x & y, operand)                      \
    AG_LOGICAL_OP(ORR, form, width, write, x | y, operand)                     \
    AG_LOGICAL_OP(EOR, form, width, write, x ^ y, operand)                     \
    AG_LOGICAL_FLAGS(ANDS, form, width, write, x & y, operand)
#define AG_LOGICAL_NOT(form, width, write, operand)                            \
    AG_LOGICAL_OP(BIC, form, width, write, x & ~y, operand)                    \
    AG_LOGICAL_OP(ORN, form, width, write, x | ~y, operand)                    \
    AG_LOGICAL_OP(EON, form, width, write, x ^ ~y, operand)                    \
    AG_LOGICAL_FLAGS(BICS, form, width, write, x & ~y, operand)
#define AG_LOGICAL_SHIFTED(form, operand_64, operand_32)                       \
    AG_LOGICAL(form, 64, W, operand_64)                                        \
    AG_LOGICAL_NOT(form, 64, W, operand_64)                                    \
    AG_LOGICAL(form, 32, W32, operand_32)                                      \
    AG_LOGICAL_NOT(form, 32, W32, operand_32)

AG_LOGICAL(imm, 64, W, SPLAT(imm))
AG_LOGICAL(imm, 32, W32, SPLAT(imm))
AG_LOGICAL_SHIFTED(LSL, R(m) << a, R(m) << a)
AG_LOGICAL_SHIFTED(LSR, R(m) >> a, AG_LOW32(R(m)) >> a)
AG_LOGICAL_SHIFTED(ASR, ASR(R(m), a), ASR(AG_SX32(R(m)), a))
AG_LOGICAL_SHIFTED(ROR, AG_ROR_64(R(m), a), AG_ROR_32(AG_LOW32(R(m)), a))

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

/* UBFM and SBFM: the decoder turned immr and imms into two shifts. */
AG_ALU_N(UBFM_64)
{
    W(d, R(n) << a >> imm);
}
AG_ALU_N(SBFM_64)
{
    W(d, ASR(R(n) << a, imm));
}
AG_ALU_N(UBFM_32)
{
    W(d, AG_LOW32(R(n) << a) >> imm);
}
AG_ALU_N(SBFM_32)
{
    W32(d, ASR(AG_SX32(R(n) << a), imm));
}
/* X[d] := the bits of imm from ROR(X[n], a), the others stay; m reads X[d]. */
AG_ALU_N(BFM_64)
{
    ag_v x = R(n), old = R(m);
    W(d, (old & ~imm) | (AG_ROR_64(x, a) & imm));
}
AG_ALU_N(BFM_32)
{
    ag_v x = AG_LOW32(R(n)), old = R(m);
    W32(d, (old & ~imm) | (AG_ROR_32(x, a) & imm));
}

/* X[d] := (X[n]:X[m])<a+63:a>. Shifting by 64 - a in two steps makes a = 0
   right. */
AG_ALU_N(EXTR_64)
{
    ag_v x = R(n), y = R(m);
    W(d, y >> a | x << 1 << (63 - a));
}
AG_ALU_N(EXTR_32)
{
    ag_v x = AG_LOW32(R(n)), y = AG_LOW32(R(m));
    W32(d, y >> a | x << (32 - a));
}

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
    W32(d, AG_LOW32(R(n)) >> s);
}
AG_ALU_N(ASRV_32)
{
    ag_v s = R(m) & 31;
    W32(d, ASR(AG_SX32(R(n)), s));
}
AG_ALU_N(RORV_32)
{
    ag_v x = AG_LOW32(R(n)), s = R(m) & 31;
    W32(d, AG_ROR_32(x, s));
}

/* X[d] := condition imm holds ? X[n] : X[m], +1, inverted, negated */
#define AG_SELECT(op, otherwise)                                               \
    AG_ALU_R(op##_64)                                                          \
    {                                                                          \
        ag_v x = R(n), y = R(m), z = otherwise;                                \
        W(d, SEL(COND(imm), x, z));                                            \
    }                                                                          \
    AG_ALU_R(op##_32)                                                          \
    {                                                                          \
        ag_v x = R(n), y = R(m), z = otherwise;                                \
        W32(d, SEL(COND(imm), x, z));                                          \
    }
AG_SELECT(CSEL, y)
AG_SELECT(CSINC, y + 1)
AG_SELECT(CSINV, ~y)
AG_SELECT(CSNEG, (u64)0 - y)

/* Reversals swap ever larger halves. */
#define AG_SWAP(v, mask, s) (((v) >> (s) & (mask)) | ((v) & (mask)) << (s))
#define AG_REV16(v) AG_SWAP(v, (u64)0x00ff00ff00ff00ff, 8)

AG_ALU_N(REV16_64)
{
    ag_v x = R(n);
    W(d, AG_REV16(x));
}
AG_ALU_N(REV16_32)
{
    ag_v x = R(n);
    W32(d, AG_REV16(x));
}
AG_ALU_N(REV32_64)
{
    ag_v x = R(n);
    x = AG_REV16(x);
    W(d, AG_SWAP(x, (u64)0x0000ffff0000ffff, 16));
}
AG_ALU_N(REV_32)
{
    ag_v x = R(n);
    x = AG_REV16(x);
    W32(d, AG_SWAP(x, (u64)0x0000ffff0000ffff, 16));
}
AG_ALU_N(REV_64)
{
    ag_v x = R(n);
    x = AG_REV16(x);
    x = AG_SWAP(x, (u64)0x0000ffff0000ffff, 16);
    W(d, x >> 32 | x << 32);
}
/* Every bit of every byte, then the bytes. */
#define AG_RBIT_BYTES(x)                                                       \
    x = AG_SWAP(x, (u64)0x5555555555555555, 1);                                \
    x = AG_SWAP(x, (u64)0x3333333333333333, 2);                                \
    x = AG_SWAP(x, (u64)0x0f0f0f0f0f0f0f0f, 4);                                \
    x = AG_REV16(x);                                                           \
    x = AG_SWAP(x, (u64)0x0000ffff0000ffff, 16)
AG_ALU_N(RBIT_64)
{
    ag_v x = R(n);
    AG_RBIT_BYTES(x);
    W(d, x >> 32 | x << 32);
}
AG_ALU_N(RBIT_32)
{
    ag_v x = R(n);
    AG_RBIT_BYTES(x);
    W32(d, x);
}

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

#undef AG_LOGICAL_OP
#undef AG_LOGICAL_FLAGS
#undef AG_LOGICAL
#undef AG_LOGICAL_NOT
#undef AG_LOGICAL_SHIFTED
#undef AG_SELECT
#undef AG_RBIT_BYTES

#endif
