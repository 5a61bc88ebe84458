/*
 * Conditional select.
 */

/* X[d] := condition imm holds ? X[n] : X[m], +1, inverted, negated */
#define AG_SELECT(op, otherwise)                                               \
    AG_ALU_R(op##_64)                                                          \
    {                                                                          \
        ag_v x = R(n), y = R(m), z = HERE(otherwise);                                \
        W(d, SEL(COND(imm), x, z));                                            \
    }                                                                          \
    AG_ALU_R(op##_32)                                                          \
    {                                                                          \
        ag_v x = R(n), y = R(m), z = HERE(otherwise);                                \
        W32(d, SEL(COND(imm), x, z));                                          \
    }
AG_SELECT(CSEL, y)
AG_SELECT(CSINC, y + 1)
AG_SELECT(CSINV, ~y)
AG_SELECT(CSNEG, (u64)0 - y)

#undef AG_SELECT
