/*
 * Logical (immediate) and (shifted register). Field choices that change the
 * operation are separate rows of the table, so no body decides anything.
 */
#include "a64/value.h"

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
AG_LOGICAL_SHIFTED(LSR, R(m) >> a, LSR_32(R(m), a))
AG_LOGICAL_SHIFTED(ASR, ASR(R(m), a), ASR_32(R(m), a))
AG_LOGICAL_SHIFTED(ROR, AG_ROR_64(R(m), a), ROR_32(R(m), a))

#undef AG_LOGICAL_OP
#undef AG_LOGICAL_FLAGS
#undef AG_LOGICAL
#undef AG_LOGICAL_NOT
#undef AG_LOGICAL_SHIFTED
