/*
 * Scalar floating point: comparisons, and conversions to and from general
 * registers.
 */

/* FCMP, FCCMP: imm has the format, 16: with zero, 17: quiet NaNs are invalid,
   47:32: the condition's mask; a is NZCV where it does not hold. */
AG_SIMD(FCMP)
{
    ag_float r;
    if (!HOLDS(imm >> 32)) {
        NZCV_SET(a);
        return;
    }
    r = ag_fp_compare(AG_FP_FORMAT(imm), V_LO(n), imm >> 16 & 1 ? 0 : V_LO(m),
                      imm >> 17 & 1, FPCR);
    NZCV_SET((u32)r.value);
    RAISE(r.flags);
}

AG_SIMD(FTOX)
{
    u32 fpcr = FPCR;
    ag_float r =
        ag_fp_to_integer(AG_FP_FORMAT(imm), V_LO(n), AG_FP_WIDTH(imm),
                         AG_FP_FRACTION(imm), imm >> 24 & 1, fpcr,
                         AG_FP_ROUNDING(imm));
    X_SET(d, r.value);
    RAISE(r.flags);
}
AG_SIMD(FFROMX)
{
    u32 fpcr = FPCR;
    ag_float r =
        ag_fp_from_integer(AG_FP_FORMAT(imm), X(n), AG_FP_WIDTH(imm),
                           AG_FP_FRACTION(imm), imm >> 24 & 1, fpcr);
    V_SET(d, r.value, 0);
    RAISE(r.flags);
}
AG_SIMD(FJCVTZS)
{
    ag_float r = ag_fp_to_fixed_js(V_LO(n), FPCR);
    X_SET(d, (u32)r.value);
    NZCV_SET((u32)(r.value >> 32) << 2);
    RAISE(r.flags);
}
