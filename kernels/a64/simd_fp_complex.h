/*
 * Complex numbers: real parts in even elements, imaginary ones in odd ones.
 */

/* V[n] + V[m] turned by 90 degrees, 270 where imm's bit 24 is set. */
AG_SIMD(FCADD)
{
    u32 format = AG_FP_FORMAT(imm), width = AG_FP_WIDTH(imm);
    u32 bits = ag_fp_bits(format), at, flags = 0, fpcr = FPCR;
    u32 is_270 = imm >> 24 & 1;
    ag_v128 x = ag_v128_of(c, n, 128), y = ag_v128_of(c, m, 128), v;
    v.low = v.high = 0;
    for (at = 0; at < width; at += bits) {
        u32 is_odd = at / bits & 1; /* takes the other part of m's */
        u64 part = ag_fp_element(y, is_odd ? at - bits : at + bits);
        ag_float r;
        if (is_odd == is_270)
            part ^= AG_SIGN_BIT(format);
        r = ag_fp_two_operands(AG_FP_add, format, ag_fp_element(x, at), part,
                               fpcr);
        v = ag_fp_insert(v, at, r.value);
        flags |= r.flags;
    }
    ag_fp_finish(c, d, v, flags);
}

/*
 * V[d] + V[n] * V[m], half of it: one part of V[n]'s elements (the imaginary
 * one for 90 and 270 degrees) times V[m] turned.
 */
AG_SIMD(FCMLA)
{
    u32 format = AG_FP_FORMAT(imm), width = AG_FP_WIDTH(imm);
    u32 bits = ag_fp_bits(format), turn = imm >> 24 & 3;
    u32 at, at_m = AG_FP_FIRST_M(imm), step = imm & AG_FP_ONE_ELEMENT ? 0 : bits;
    u32 flags = 0, fpcr = FPCR, swaps = turn & 1;
    ag_v128 z = ag_v128_of(c, d, 128), x = ag_v128_of(c, n, 128),
            y = ag_v128_of(c, m, 128), v;
    v.low = v.high = 0;
    for (at = 0; at < width; at += bits) {
        u32 is_odd = at / bits & 1, pair = at - is_odd * bits;
        u32 pair_m = step ? pair : at_m;
        /* Negated: real parts at 90 and 180, imaginary ones at 180 and 270. */
        u32 negates = is_odd ? turn >= 2 : turn == 1 || turn == 2;
        u64 part = ag_fp_element(y, pair_m + (is_odd ^ swaps) * bits);
        ag_float r = ag_fp_three_operands(
            format, ag_fp_element(z, at), ag_fp_element(x, pair + swaps * bits),
            negates ? part ^ AG_SIGN_BIT(format) : part, fpcr);
        v = ag_fp_insert(v, at, r.value);
        flags |= r.flags;
    }
    ag_fp_finish(c, d, v, flags);
}
