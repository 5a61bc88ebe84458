/*
 * Floating point between formats: conversions, products that are added to wider
 * elements, and BFloat16.
 */

AG_INLINE ag_float ag_fp_convert_to(u32 from, u32 to, u64 x, u32 fpcr,
                                    u32 rounding)
{
    ag_float r = ag_fp_unproven();
    if (to == AG_BFLOAT)
        return ag_fp_convert_bf(x, fpcr);
    if (rounding == ag_fp_rounding(fpcr))
        r = ag_hard_convert(from, to, x, fpcr);
    if (r.flags & AG_UNPROVEN)
        r = ag_fp_convert(from, to, x, fpcr, rounding);
    return r;
}

AG_SIMD(FCVT)
{
    u32 from = imm & 0xffff, to = imm >> 32 & 0xffff, fpcr = FPCR, flags = 0;
    u32 at = imm >> 48 & 0xff, end = at + (imm >> 16 & 0xff), at_d = 0;
    u32 rounding = ag_fp_rounding_of(imm >> 24 & 7, fpcr);
    ag_v128 x = ag_v128_of(c, n, 128), v;
    v.low = v.high = 0;
    if (imm >> 56 & 1) {
        v.low = V_LO(d);
        at_d = 64;
    }
    for (; at < end; at += ag_fp_bits(from)) {
        ag_float r =
            ag_fp_convert_to(from, to, ag_fp_element(x, at), fpcr, rounding);
        v = ag_fp_insert(v, at_d, r.value);
        flags |= r.flags;
        at_d += ag_fp_bits(to);
    }
    ag_fp_finish(c, d, v, flags);
}

/* FMLAL, BFMLAL: singles of V[d] + halves or BFloat16 of V[n] and V[m]; a: 128
   bits of them. */
AG_SIMD(FMULL)
{
    u32 at, at_n = imm & 0xff, at_m = imm >> 8 & 0xff,
            is_bfloat = imm >> 18 & 1;
    u32 step = imm >> 19 & 1 ? 32 : 16, step_m = imm >> 16 & 1 ? 0 : step;
    u32 flags = 0, fpcr = FPCR;
    u64 sign = imm >> 17 & 1 ? 0x8000 : 0;
    ag_v128 z = ag_v128_of(c, d, 128), x = ag_v128_of(c, n, 128),
            y = ag_v128_of(c, m, 128), v;
    v.low = v.high = 0;
    for (at = 0; at < (a ? 128u : 64u); at += 32) {
        u64 left = ag_fp_element(x, at_n) ^ sign, right = ag_fp_element(y, at_m);
        ag_float r =
            is_bfloat ? ag_fp_mul_add(AG_SINGLE, ag_fp_element(z, at),
                                      (left & 0xffff) << 16,
                                      (right & 0xffff) << 16, fpcr)
                      : ag_fp_mul_add_h(ag_fp_element(z, at), left, right, fpcr);
        v = ag_fp_insert(v, at, r.value);
        flags |= r.flags;
        at_n += step;
        at_m += step_m;
    }
    ag_fp_finish(c, d, v, flags);
}

/* imm: the first bit of V[m]'s pair, 40: it is one for all; a: 128 bits. */
AG_SIMD(BFDOT)
{
    u32 at, at_m = imm & 0xff, step = imm & AG_FP_ONE_ELEMENT ? 0 : 32;
    ag_v128 z = ag_v128_of(c, d, 128), x = ag_v128_of(c, n, 128),
            y = ag_v128_of(c, m, 128), v;
    v.low = v.high = 0;
    for (at = 0; at < (a ? 128u : 64u); at += 32) {
        v = ag_fp_insert(v, at,
                      ag_bf_dot_add((u32)ag_fp_element(z, at),
                                    (u32)ag_fp_element(x, at),
                                    (u32)ag_fp_element(y, at_m)));
        at_m += step;
    }
    V_SET(d, v.low, v.high);
}

/* V[d], two by two, += V[n], two rows of four, times V[m] transposed. */
AG_SIMD(BFMMLA)
{
    ag_v128 z = ag_v128_of(c, d, 128), x = ag_v128_of(c, n, 128),
            y = ag_v128_of(c, m, 128), v;
    u32 at;
    v.low = v.high = 0;
    for (at = 0; at < 128; at += 32) {
        u64 left = at & 64 ? x.high : x.low, right = at & 32 ? y.high : y.low;
        u32 sum = ag_bf_dot_add((u32)ag_fp_element(z, at), (u32)left, (u32)right);
        sum = ag_bf_dot_add(sum, (u32)(left >> 32), (u32)(right >> 32));
        v = ag_fp_insert(v, at, sum);
    }
    V_SET(d, v.low, v.high);
}
