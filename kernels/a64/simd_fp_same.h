/*
 * Floating point on each element: of one, two or three registers, vectors and
 * scalars alike. imm is as decode_fp.h says.
 */

AG_SIMD(FP1)
{
    u32 format = AG_FP_FORMAT(imm), width = AG_FP_WIDTH(imm);
    u32 bits = ag_fp_bits(format), at, flags = 0, fpcr = FPCR;
    ag_v128 x = ag_v128_of(c, n, width), v;
    v.low = v.high = 0;
    for (at = 0; at < width; at += bits) {
        ag_float r = ag_fp_one_operand(imm, ag_fp_element(x, at), fpcr);
        v = ag_fp_insert(v, at, r.value);
        flags |= r.flags;
    }
    ag_fp_finish(c, d, v, flags);
}

AG_SIMD(FP2)
{
    u32 format = AG_FP_FORMAT(imm), width = AG_FP_WIDTH(imm);
    u32 what = AG_FP_WHAT(imm);
    u32 bits = ag_fp_bits(format), step = imm & AG_FP_ONE_ELEMENT ? 0 : bits;
    u32 at, at_m = AG_FP_FIRST_M(imm), flags = 0, fpcr = FPCR;
    ag_v128 x = ag_v128_of(c, n, width);
    ag_v128 y = ag_v128_of(c, m, step ? width : 128), v;
    v.low = v.high = 0;
    if (imm & AG_FP_WITH_ZERO)
        y = v;
    for (at = 0; at < width; at += bits) {
        ag_float r = ag_fp_two_operands(what, format, ag_fp_element(x, at),
                                        ag_fp_element(y, at_m), fpcr);
        v = ag_fp_insert(v, at, r.value);
        flags |= r.flags;
        at_m += step;
    }
    ag_fp_finish(c, d, v, flags);
}

/* V[a] + V[n] * V[m] */
AG_SIMD(FP3)
{
    u32 format = AG_FP_FORMAT(imm), width = AG_FP_WIDTH(imm);
    u32 bits = ag_fp_bits(format), step = imm & AG_FP_ONE_ELEMENT ? 0 : bits;
    u32 at, at_m = AG_FP_FIRST_M(imm), flags = 0, fpcr = FPCR;
    u64 sign = imm >> 24 & 1 ? AG_SIGN_BIT(format) : 0;
    u64 sign_a = imm >> 25 & 1 ? AG_SIGN_BIT(format) : 0;
    ag_v128 z = ag_v128_of(c, a, width), x = ag_v128_of(c, n, width);
    ag_v128 y = ag_v128_of(c, m, step ? width : 128), v;
    v.low = v.high = 0;
    for (at = 0; at < width; at += bits) {
        ag_float r = ag_fp_three_operands(
            format, ag_fp_element(z, at) ^ sign_a, ag_fp_element(x, at) ^ sign,
            ag_fp_element(y, at_m), fpcr);
        v = ag_fp_insert(v, at, r.value);
        flags |= r.flags;
        at_m += step;
    }
    ag_fp_finish(c, d, v, flags);
}

/* Signs: imm has each element's, a is 0 for a scalar, which is below imm, else
   how many halves there are; m is 0 to move, 1 for FABS, 2 for FNEG. */
AG_SIMD(FPSIGN)
{
    u64 keep = a ? ~(u64)0 : imm * 2 - 1, flip = m == 2 ? imm : 0;
    u64 low, high = 0;
    if (m == 1)
        keep &= ~imm;
    low = (V_LO(n) & keep) ^ flip;
    if (a == 2)
        high = (V_HI(n) & keep) ^ flip;
    V_SET(d, low, high);
}
