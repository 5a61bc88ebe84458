/*
 * Floating point on each element: of one, two or three registers, vectors and
 * scalars alike. imm is as decode_fp.h says.
 */

/*
 * A half of V[d] at a time, so that little has to be kept while an element is
 * computed: `width` is what of it is left. What is above an element in what it
 * is taken from is ignored.
 */

AG_SIMD(FP1)
{
    u32 width = AG_FP_WIDTH(imm), bits = ag_fp_bits(AG_FP_FORMAT(imm));
    u32 part, at, flags = 0, fpcr = FPCR;
    ag_v128 v;
    v.low = v.high = 0;
    for (part = 0; part * 64 < width; part++) {
        u64 x = V_HALF(part, n), result = 0;
        for (at = 0; at < 64 && at < width; at += bits) {
            ag_float r = ag_fp_one_operand(imm, x >> at, fpcr);
            result |= r.value << at;
            flags |= r.flags;
        }
        v = ag_fp_insert(v, part * 64, result);
    }
    ag_fp_finish(c, d, v, flags);
}

AG_SIMD(FP2)
{
    u32 format = AG_FP_FORMAT(imm), width = AG_FP_WIDTH(imm);
    u32 what = AG_FP_WHAT(imm), bits = ag_fp_bits(format);
    u32 step = imm & AG_FP_ONE_ELEMENT ? 0 : bits;
    u32 part, at, flags = 0, fpcr = FPCR;
    ag_v128 v;
    v.low = v.high = 0;
    for (part = 0; part * 64 < width; part++) {
        u64 x = V_HALF(part, n), result = 0;
        u64 y = imm & AG_FP_WITH_ZERO ? 0 : ag_fp_half_m(c, imm, m, part);
        for (at = 0; at < 64 && at < width; at += bits) {
            ag_float r = ag_fp_two_operands(what, format, x >> at, y, fpcr);
            result |= r.value << at;
            flags |= r.flags;
            y >>= step & 63;
        }
        v = ag_fp_insert(v, part * 64, result);
    }
    ag_fp_finish(c, d, v, flags);
}

/* V[a] + V[n] * V[m] */
AG_SIMD(FP3)
{
    u32 format = AG_FP_FORMAT(imm), width = AG_FP_WIDTH(imm);
    u32 bits = ag_fp_bits(format), step = imm & AG_FP_ONE_ELEMENT ? 0 : bits;
    u32 part, at, flags = 0, fpcr = FPCR;
    u64 sign = imm >> 24 & 1 ? AG_SIGN_BIT(format) : 0;
    u64 sign_a = imm >> 25 & 1 ? AG_SIGN_BIT(format) : 0;
    ag_v128 v;
    v.low = v.high = 0;
    for (part = 0; part * 64 < width; part++) {
        u64 x = V_HALF(part, n), z = V_HALF(part, a);
        u64 y = ag_fp_half_m(c, imm, m, part), result = 0;
        for (at = 0; at < 64 && at < width; at += bits) {
            ag_float r = ag_fp_three_operands(format, (z >> at) ^ sign_a,
                                              (x >> at) ^ sign, y, fpcr);
            result |= r.value << at;
            flags |= r.flags;
            y >>= step & 63;
        }
        v = ag_fp_insert(v, part * 64, result);
    }
    ag_fp_finish(c, d, v, flags);
}
