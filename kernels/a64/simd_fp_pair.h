/*
 * Floating point on neighbouring elements: pairwise, and all of a vector.
 */

typedef struct ag_fp_pairs {
    ag_v128 v;
    u32 flags;
} ag_fp_pairs;

/* Each pair of `width` bits of v becomes one element. */
AG_NOINLINE ag_fp_pairs ag_fp_join(u64 imm, ag_v128 v, u32 width, u32 fpcr)
{
    u32 format = AG_FP_FORMAT(imm), what = AG_FP_WHAT(imm);
    u32 bits = ag_fp_bits(format), at;
    ag_fp_pairs p;
    p.v.low = p.v.high = 0;
    p.flags = 0;
    for (at = 0; at < width; at += bits * 2) {
        ag_float r = ag_fp_two_operands(what, format, ag_fp_element(v, at),
                                        ag_fp_element(v, at + bits), fpcr);
        p.v = ag_fp_insert(p.v, at >> 1, r.value);
        p.flags |= r.flags;
    }
    return p;
}

/* Pairs of V[n], then of V[m]. */
AG_SIMD(FPPAIR)
{
    u32 width = AG_FP_WIDTH(imm), fpcr = FPCR;
    ag_fp_pairs x = ag_fp_join(imm, ag_v128_of(c, n, width), width, fpcr);
    ag_fp_pairs y = ag_fp_join(imm, ag_v128_of(c, m, width), width, fpcr);
    ag_fp_finish(c, d, ag_fp_insert(x.v, width >> 1, y.v.low), x.flags | y.flags);
}

/* All elements of V[n], joined in pairs until there is one. */
AG_SIMD(FPREDUCE)
{
    u32 width = AG_FP_WIDTH(imm), bits = ag_fp_bits(AG_FP_FORMAT(imm));
    u32 fpcr = FPCR, flags = 0;
    ag_fp_pairs p;
    p.v = ag_v128_of(c, n, width);
    for (; width > bits; width >>= 1) {
        p = ag_fp_join(imm, p.v, width, fpcr);
        flags |= p.flags;
    }
    ag_fp_finish(c, d, p.v, flags);
}
