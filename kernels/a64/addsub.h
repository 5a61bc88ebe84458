/*
 * Addition and subtraction: immediate, shifted and extended register, with
 * carry, and the conditional compares built on them. AddWithCarry() gives the
 * flags: carry out of the top bit, overflow when two equal signs give another.
 */
#include "a64/value.h"

/* X[d] := X[n] +- operand, eight rows for each form of the operand. */
#define AG_ADDSUB(form, operand_64, operand_32)                                \
    AG_ALU_N(ADD_##form##_64)                                                  \
    {                                                                          \
        ag_v x = R(n), y = operand_64;                                         \
        W(d, x + y);                                                           \
    }                                                                          \
    AG_ALU_N(SUB_##form##_64)                                                  \
    {                                                                          \
        ag_v x = R(n), y = operand_64;                                         \
        W(d, x - y);                                                           \
    }                                                                          \
    AG_ALU_N(ADD_##form##_32)                                                  \
    {                                                                          \
        ag_v x = R(n), y = operand_32;                                         \
        W32(d, x + y);                                                         \
    }                                                                          \
    AG_ALU_N(SUB_##form##_32)                                                  \
    {                                                                          \
        ag_v x = R(n), y = operand_32;                                         \
        W32(d, x - y);                                                         \
    }                                                                          \
    AG_ALU_W(ADDS_##form##_64)                                                 \
    {                                                                          \
        ag_v x = R(n), y = operand_64, r = x + y;                              \
        SET_FLAGS_ADD_64(x, y, r);                                             \
        W(d, r);                                                               \
    }                                                                          \
    AG_ALU_W(SUBS_##form##_64)                                                 \
    {                                                                          \
        ag_v x = R(n), y = operand_64, r = x - y;                              \
        SET_FLAGS_SUB_64(x, y, r);                                             \
        W(d, r);                                                               \
    }                                                                          \
    AG_ALU_W(ADDS_##form##_32)                                                 \
    {                                                                          \
        ag_v x = AG_LOW32(R(n)), y = AG_LOW32(operand_32);                     \
        ag_v r = AG_LOW32(x + y);                                              \
        SET_FLAGS_ADD_32(x, y, r);                                             \
        W32(d, r);                                                             \
    }                                                                          \
    AG_ALU_W(SUBS_##form##_32)                                                 \
    {                                                                          \
        ag_v x = AG_LOW32(R(n)), y = AG_LOW32(operand_32);                     \
        ag_v r = AG_LOW32(x - y);                                              \
        SET_FLAGS_SUB_32(x, y, r);                                             \
        W32(d, r);                                                             \
    }

AG_ADDSUB(imm, SPLAT(imm), SPLAT(imm))
/* ShiftReg(): a is the amount. */
AG_ADDSUB(LSL, R(m) << a, R(m) << a)
AG_ADDSUB(LSR, R(m) >> a, LSR_32(R(m), a))
AG_ADDSUB(ASR, ASR(R(m), a), ASR_32(R(m), a))
/* ExtendReg(): unsigned keeps the bits of imm, signed shifts up and down by
   imm; a is the shift after that. */
AG_ADDSUB(UXT, (R(m) & imm) << a, (R(m) & imm) << a)
AG_ADDSUB(SXT, ASR(R(m) << imm, imm) << a, ASR(R(m) << imm, imm) << a)

/* AddWithCarry(X[n], X[m] or NOT(X[m]), PSTATE.C) */
#define AG_WITH_CARRY(op, invert)                                              \
    AG_ALU_R(op##_64)                                                          \
    {                                                                          \
        ag_v x = R(n), y = R(m) ^ (invert), carry = GET_NZCV() >> 1 & 1;       \
        W(d, x + y + carry);                                                   \
    }                                                                          \
    AG_ALU_R(op##_32)                                                          \
    {                                                                          \
        ag_v x = R(n), y = R(m) ^ (invert), carry = GET_NZCV() >> 1 & 1;       \
        W32(d, x + y + carry);                                                 \
    }                                                                          \
    AG_ALU_RW(op##S_64)                                                        \
    {                                                                          \
        ag_v x = R(n), y = R(m) ^ (invert), carry = GET_NZCV() >> 1 & 1;       \
        ag_v r = x + y + carry;                                                \
        SET_FLAGS_64(r, AG_CARRY_OUT(x, y, r, 63),                             \
                     AG_ADD_OVERFLOW(x, y, r, 63));                            \
        W(d, r);                                                               \
    }                                                                          \
    AG_ALU_RW(op##S_32)                                                        \
    {                                                                          \
        ag_v x = R(n), y = R(m) ^ (invert), carry = GET_NZCV() >> 1 & 1;       \
        ag_v r = x + y + carry;                                                \
        SET_FLAGS_32(r, AG_CARRY_OUT(x, y, r, 31),                             \
                     AG_ADD_OVERFLOW(x, y, r, 31));                            \
        W32(d, r);                                                             \
    }
AG_WITH_CARRY(ADC, (u64)0)
AG_WITH_CARRY(SBC, ~(u64)0)

/* Condition mask in the upper half of imm; a is the NZCV if it fails. */
#define AG_COND_COMPARE(form, operand)                                         \
    AG_ALU_RW(CCMN_##form##_64)                                                \
    {                                                                          \
        ag_v x = R(n), y = operand, r = x + y;                                 \
        SET_FLAGS_IF(COND(imm >> 32), AG_NZCV_ADD_64(x, y, r),                 \
                     SPLAT(a));                                                \
    }                                                                          \
    AG_ALU_RW(CCMP_##form##_64)                                                \
    {                                                                          \
        ag_v x = R(n), y = operand, r = x - y;                                 \
        SET_FLAGS_IF(COND(imm >> 32), AG_NZCV_SUB_64(x, y, r),                 \
                     SPLAT(a));                                                \
    }                                                                          \
    AG_ALU_RW(CCMN_##form##_32)                                                \
    {                                                                          \
        ag_v x = AG_LOW32(R(n)), y = AG_LOW32(operand);                        \
        ag_v r = AG_LOW32(x + y);                                              \
        SET_FLAGS_IF(COND(imm >> 32), AG_NZCV_ADD_32(x, y, r),                 \
                     SPLAT(a));                                                \
    }                                                                          \
    AG_ALU_RW(CCMP_##form##_32)                                                \
    {                                                                          \
        ag_v x = AG_LOW32(R(n)), y = AG_LOW32(operand);                        \
        ag_v r = AG_LOW32(x - y);                                              \
        SET_FLAGS_IF(COND(imm >> 32), AG_NZCV_SUB_32(x, y, r),                 \
                     SPLAT(a));                                                \
    }
AG_COND_COMPARE(reg, R(m))
AG_COND_COMPARE(imm, SPLAT(imm & 31))

#undef AG_ADDSUB
#undef AG_WITH_CARRY
#undef AG_COND_COMPARE
