/* Floating point that there is on vectors of lanes (real.h): of doubles and of
   singles. X(what), of ag_fp_unary and ag_fp_binary. After a64/decode_fp.h. */
#ifndef AG_GROUP_REAL_OPS_H
#define AG_GROUP_REAL_OPS_H

/* clang-format off */
/* FP1 */
#define AG_REAL_ONE(X)                                                         \
    X(sqrt) X(rint) X(rintx) X(to_signed) X(to_unsigned) X(from_signed)        \
    X(from_unsigned)
/* FP2, FPPAIR, FPREDUCE */
#define AG_REAL_TWO_OF_ANY(X) X(add) X(max) X(maxnm) X(min) X(minnm)
/* FP2 alone: but for steps of divisions and roots all others. */
#define AG_REAL_TWO_OF_ROWS(X)                                                 \
    X(sub) X(mul) X(div) X(nmul) X(mulx) X(abd) X(cmeq) X(cmge) X(cmgt)        \
    X(cmle) X(cmlt) X(acge) X(acgt)
/* clang-format on */

/* FCVT, as FPCR rounds: of singles, of doubles to singles, or another one. */
enum ag_fp_cvt { AG_FP_CONVERTS, AG_FP_LENGTHENS, AG_FP_SHORTENS };
AG_INLINE u32 ag_fp_cvt_of(u64 imm)
{
    const u32 from = imm & 0xffff, to = imm >> 32 & 0xffff;
    if ((imm >> 24 & 7) != AG_AS_FPCR)
        return AG_FP_CONVERTS;
    return from == AG_SINGLE && to == AG_DOUBLE   ? AG_FP_LENGTHENS
           : from == AG_DOUBLE && to == AG_SINGLE ? AG_FP_SHORTENS
                                                  : AG_FP_CONVERTS;
}

#endif
