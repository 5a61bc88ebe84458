/*
 * Floating point of lanes that execute together: what group/real.h gives where
 * none of it is in doubt. Whatever else an instruction may be (FPSR is to get
 * something, FPCR rounds or flushes in another way, NaNs), all lanes execute it
 * one by one. Included by together_v.h.
 *
 * Instructions are tried by names that emit.c writes (src/translate/vectors.c),
 * so that each has no more to compile than what it does.
 */
#ifndef AG_TOGETHER_REAL_H
#define AG_TOGETHER_REAL_H

#include "group/real.h"

/* Lanes whose results are never taken from here: FPSR has no IXC, which nobody
   then needs to look for, or FPCR is not what it mostly is. */
AG_INLINE ag_vec ag_lanes_doubted(ag_lanes *c)
{
#if AG_FLOAT_SOFT
    (void)c;
    return ag_splat(~(u64)0);
#else
    const ag_vec both = AG_LANES_STATE(AG_STATE_FPCONTROL);
    return (ag_vec)((both & ((u64)AG_IXC << 32 | AG_FPCR_FZ | AG_FPCR_RMODE)) !=
                    (u64)AG_IXC << 32);
#endif
}

/* Where what is written with `doubt` is not taken, nothing is done. */
#define AG_TRY_REAL(name, has, set)                                            \
    AG_TRY(name)                                                               \
    {                                                                          \
        ag_doubt ag_d = {.asks = 0}, *const doubt = &ag_d;                     \
        if (!(has))                                                            \
            return 0;                                                          \
        set;                                                                   \
        return 1;                                                              \
    }
#define AG_TAKE_REAL(type, value, put)                                         \
    const type r = (value);                                                    \
    if (AG_UNLIKELY(ag_any(doubt->first | c->doubted)) &&                      \
        ag_any(doubt->bad | c->doubted))                                       \
        return 0;                                                              \
    put
#define AG_TRY_REAL_V(name, has, value)                                        \
    AG_TRY_REAL(name, has,                                                     \
                AG_TAKE_REAL(ag_halves, value, V_SET(d, r.low, r.high)))

#define AG_TRY_TWO(shape, what)                                                \
    AG_TRY_REAL_V(shape##_##what##_64, 1,                                      \
                  ag_real_two(c, AG_REAL_##shape, AG_FP_##what, 1, n, m, imm,  \
                              doubt))                                          \
    AG_TRY_REAL_V(shape##_##what##_32, 1,                                      \
                  ag_real_two(c, AG_REAL_##shape, AG_FP_##what, 0, n, m, imm,  \
                              doubt))
#define AG_TRY_ROWS(what) AG_TRY_TWO(FP2, what)
#define AG_TRY_PAIRS(what) AG_TRY_TWO(FPPAIR, what)
#define AG_TRY_REDUCE(what) AG_TRY_TWO(FPREDUCE, what)
AG_REAL_TWO_OF_ANY(AG_TRY_ROWS)
AG_REAL_TWO_OF_ROWS(AG_TRY_ROWS)
AG_REAL_TWO_OF_ANY(AG_TRY_PAIRS)
AG_REAL_TWO_OF_ANY(AG_TRY_REDUCE)

#define AG_TRY_ONE(what)                                                       \
    AG_TRY_REAL_V(FP1_##what##_64, ag_has_real_one(AG_FP_##what, imm),         \
                  ag_real_one(c, AG_FP_##what, 1, n, imm, doubt))              \
    AG_TRY_REAL_V(FP1_##what##_32, ag_has_real_one(AG_FP_##what, imm),         \
                  ag_real_one(c, AG_FP_##what, 0, n, imm, doubt))
AG_REAL_ONE(AG_TRY_ONE)

#if AG_HAS_FMA_VECTORS
AG_TRY_REAL_V(FP3_64, 1, ag_real_three(c, 1, n, m, a, imm, doubt))
AG_TRY_REAL_V(FP3_32, 1, ag_real_three(c, 0, n, m, a, imm, doubt))
#else
AG_TRY(FP3_64)
{
    return 0;
}
AG_TRY(FP3_32)
{
    return 0;
}
#endif

AG_TRY_REAL_V(FCVT_lengthen, 1, ag_real_lengthen(c, n, imm, doubt))
AG_TRY_REAL_V(FCVT_shorten, 1, ag_real_shorten(c, d, n, imm, doubt))
AG_TRY_REAL_V(FFROMX, ag_has_real_from_x(imm), ag_real_from_x(c, n, imm, doubt))
AG_TRY_REAL(FTOX, ag_has_real_to_x(imm),
            AG_TAKE_REAL(ag_vec, ag_real_to_x(c, n, imm, doubt), X_SET(d, r)))
AG_TRY_REAL(FCMP, ag_has_real_compare(imm),
            AG_TAKE_REAL(ag_vec, ag_real_compare(c, n, m, a, imm, doubt),
                         ag_lanes_pack(c, r)))

#endif
