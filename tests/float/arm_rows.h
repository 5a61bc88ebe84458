/*
 * Instructions for tests/float/arm.c: ARM_ROWS(X) is
 * X(id, needs, operands, format of operands, bits of the result, text, call)
 * for every one. `call` has x[] and fpcr.
 */
#ifndef TEST_FLOAT_ARM_ROWS_H
#define TEST_FLOAT_ARM_ROWS_H

enum {
    NEEDS_NOTHING,
    NEEDS_FP16,
    NEEDS_JSCVT,
    NEEDS_FHM,
    NEEDS_FRINT,
    NEEDS_BF16
};

/* M(X, letter of the registers, its needs, format, bits, rest...) */
#define EACH_WIDTH(M, X, ...)                                                  \
    M(X, h, NEEDS_FP16, AG_HALF, 16, __VA_ARGS__)                              \
    M(X, s, NEEDS_NOTHING, AG_SINGLE, 32, __VA_ARGS__)                         \
    M(X, d, NEEDS_NOTHING, AG_DOUBLE, 64, __VA_ARGS__)

#define ONE_OPERAND(X, w, needs, format, bits, name, call)                     \
    X(name##_##w, needs, FLOATS, format, bits, #name " " #w "0, " #w "0",      \
      call(format, x[0], fpcr))
#define TWO_OPERANDS(X, w, needs, format, bits, name, call)                    \
    X(name##_##w, needs, FLOATS, format, bits,                                 \
      #name " " #w "0, " #w "0, " #w "1", call(format, x[0], x[1], fpcr))
#define WITH_ADDEND(X, w, needs, format, bits, name, call)                     \
    X(name##_##w, needs, FLOATS, format, bits,                                 \
      #name " " #w "0, " #w "0, " #w "1, " #w "2",                             \
      call(format, x[2], x[0], x[1], fpcr))
#define MASK(X, w, needs, format, bits, name, call)                            \
    X(name##_##w, needs, FLOATS, format, bits,                                 \
      #name " " #w "0, " #w "0, " #w "1",                                      \
      arm_mask(call(format, x[0], x[1], fpcr), bits))
#define COMPARE(X, w, needs, format, bits, name, signals)                      \
    X(name##_##w, needs, FLOATS, format, 64,                                   \
      #name " " #w "0, " #w "1\n\tmrs x9, nzcv\n\tlsr x9, x9, #28\n\t"         \
            "fmov d0, x9",                                                     \
      ag_fp_compare(format, x[0], x[1], signals, fpcr))

#define ARITHMETIC(X)                                                          \
    EACH_WIDTH(TWO_OPERANDS, X, fadd, ag_fp_add)                               \
    EACH_WIDTH(TWO_OPERANDS, X, fsub, ag_fp_sub)                               \
    EACH_WIDTH(TWO_OPERANDS, X, fmul, ag_fp_mul)                               \
    EACH_WIDTH(TWO_OPERANDS, X, fmulx, ag_fp_mul_x)                            \
    EACH_WIDTH(TWO_OPERANDS, X, fdiv, ag_fp_div)                               \
    EACH_WIDTH(TWO_OPERANDS, X, fmax, ag_fp_max)                               \
    EACH_WIDTH(TWO_OPERANDS, X, fmin, ag_fp_min)                               \
    EACH_WIDTH(TWO_OPERANDS, X, fmaxnm, ag_fp_max_num)                         \
    EACH_WIDTH(TWO_OPERANDS, X, fminnm, ag_fp_min_num)                         \
    EACH_WIDTH(TWO_OPERANDS, X, frecps, ag_fp_recip_step_fused)                \
    EACH_WIDTH(TWO_OPERANDS, X, frsqrts, ag_fp_rsqrt_step_fused)               \
    EACH_WIDTH(WITH_ADDEND, X, fmadd, ag_fp_mul_add)                           \
    EACH_WIDTH(ONE_OPERAND, X, fsqrt, ag_fp_sqrt)                              \
    EACH_WIDTH(ONE_OPERAND, X, frecpe, ag_fp_recip_estimate)                   \
    EACH_WIDTH(ONE_OPERAND, X, frsqrte, ag_fp_rsqrt_estimate)                  \
    EACH_WIDTH(ONE_OPERAND, X, frecpx, ag_fp_recp_x)                           \
    X(urecpe, NEEDS_NOTHING, INTEGERS, AG_SINGLE, 32, "urecpe v0.2s, v0.2s",   \
      ag_fp_result(ag_unsigned_recip_estimate((uint32_t)x[0]), 0))             \
    X(ursqrte, NEEDS_NOTHING, INTEGERS, AG_SINGLE, 32, "ursqrte v0.2s, v0.2s", \
      ag_fp_result(ag_unsigned_rsqrt_estimate((uint32_t)x[0]), 0))             \
    EACH_WIDTH(COMPARE, X, fcmp, 0)                                            \
    EACH_WIDTH(COMPARE, X, fcmpe, 1)                                           \
    EACH_WIDTH(MASK, X, fcmeq, ag_fp_compare_eq)                               \
    EACH_WIDTH(MASK, X, fcmge, ag_fp_compare_ge)                               \
    EACH_WIDTH(MASK, X, fcmgt, ag_fp_compare_gt)

#define ROUND_INT(X, w, needs, format, bits, name, rounding, is_exact)         \
    X(name##_##w, needs, FLOATS, format, bits, #name " " #w "0, " #w "0",      \
      ag_fp_round_int(format, x[0], fpcr, rounding, is_exact))
#define ROUND_INT_N(X, w, format, bits, name, rounding, size)                  \
    X(name##_##w, NEEDS_FRINT, FLOATS, format, bits,                           \
      #name " " #w "0, " #w "0",                                               \
      ag_fp_round_int_n(format, x[0], fpcr, rounding, size))

#define ROUND_TO_INTEGERS(X)                                                   \
    EACH_WIDTH(ROUND_INT, X, frintn, AG_TIE_EVEN, 0)                           \
    EACH_WIDTH(ROUND_INT, X, frintp, AG_UPWARD, 0)                             \
    EACH_WIDTH(ROUND_INT, X, frintm, AG_DOWNWARD, 0)                           \
    EACH_WIDTH(ROUND_INT, X, frintz, AG_TOWARD_ZERO, 0)                        \
    EACH_WIDTH(ROUND_INT, X, frinta, AG_TIE_AWAY, 0)                           \
    EACH_WIDTH(ROUND_INT, X, frinti, ag_fp_rounding(fpcr), 0)                  \
    EACH_WIDTH(ROUND_INT, X, frintx, ag_fp_rounding(fpcr), 1)                  \
    ROUND_INT_N(X, s, AG_SINGLE, 32, frint32x, ag_fp_rounding(fpcr), 32)       \
    ROUND_INT_N(X, d, AG_DOUBLE, 64, frint32x, ag_fp_rounding(fpcr), 32)       \
    ROUND_INT_N(X, s, AG_SINGLE, 32, frint32z, AG_TOWARD_ZERO, 32)             \
    ROUND_INT_N(X, d, AG_DOUBLE, 64, frint32z, AG_TOWARD_ZERO, 32)             \
    ROUND_INT_N(X, s, AG_SINGLE, 32, frint64x, ag_fp_rounding(fpcr), 64)       \
    ROUND_INT_N(X, d, AG_DOUBLE, 64, frint64x, ag_fp_rounding(fpcr), 64)       \
    ROUND_INT_N(X, s, AG_SINGLE, 32, frint64z, AG_TOWARD_ZERO, 64)             \
    ROUND_INT_N(X, d, AG_DOUBLE, 64, frint64z, AG_TOWARD_ZERO, 64)

/* To general registers, and to vector registers of the same width. */
#define TO_INTEGER(X, w, needs, format, bits, name, is_unsigned, rounding)     \
    X(name##_w_##w, needs, FLOATS, format, 32,                                 \
      #name " w9, " #w "0\n\tfmov d0, x9",                                     \
      ag_fp_to_fixed(format, x[0], 32, 0, is_unsigned, fpcr, rounding))        \
    X(name##_x_##w, needs, FLOATS, format, 64,                                 \
      #name " x9, " #w "0\n\tfmov d0, x9",                                     \
      ag_fp_to_fixed(format, x[0], 64, 0, is_unsigned, fpcr, rounding))        \
    X(name##_v_##w, needs, FLOATS, format, bits, #name " " #w "0, " #w "0",    \
      ag_fp_to_fixed(format, x[0], bits, 0, is_unsigned, fpcr, rounding))
#define TO_FIXED(X, w, needs, format, bits, name, is_unsigned, point)          \
    X(name##_w_##w##_##point, needs, FLOATS, format, 32,                       \
      #name " w9, " #w "0, #" #point "\n\tfmov d0, x9",                        \
      ag_fp_to_fixed(format, x[0], 32, point, is_unsigned, fpcr,               \
                     AG_TOWARD_ZERO))                                          \
    X(name##_x_##w##_##point, needs, FLOATS, format, 64,                       \
      #name " x9, " #w "0, #2 * " #point "\n\tfmov d0, x9",                    \
      ag_fp_to_fixed(format, x[0], 64, 2 * point, is_unsigned, fpcr,           \
                     AG_TOWARD_ZERO))                                          \
    X(name##_v_##w##_##point, needs, FLOATS, format, bits,                     \
      #name " " #w "0, " #w "0, #" #point " * " #bits " / 32",                 \
      ag_fp_to_fixed(format, x[0], bits, (point)*bits / 32, is_unsigned, fpcr, \
                     AG_TOWARD_ZERO))
#define FROM_FIXED(X, w, needs, format, bits, name, is_unsigned, point)        \
    X(name##_w_##w##_##point, needs, INTEGERS, format, bits,                   \
      #name " " #w "0, w9, #" #point,                                          \
      ag_fixed_to_fp(format, x[0], 32, point, is_unsigned, fpcr,               \
                     ag_fp_rounding(fpcr)))                                    \
    X(name##_x_##w##_##point, needs, INTEGERS, format, bits,                   \
      #name " " #w "0, x9, #2 * " #point,                                      \
      ag_fixed_to_fp(format, x[0], 64, 2 * point, is_unsigned, fpcr,           \
                     ag_fp_rounding(fpcr)))                                    \
    X(name##_v_##w##_##point, needs, INTEGERS, format, bits,                   \
      #name " " #w "0, " #w "0, #" #point " * " #bits " / 32",                 \
      ag_fixed_to_fp(format, x[0], bits, (point)*bits / 32, is_unsigned, fpcr, \
                     ag_fp_rounding(fpcr)))
#define FROM_INTEGER(X, w, needs, format, bits, name, is_unsigned)             \
    X(name##_w_##w, needs, INTEGERS, format, bits, #name " " #w "0, w9",       \
      ag_fixed_to_fp(format, x[0], 32, 0, is_unsigned, fpcr,                   \
                     ag_fp_rounding(fpcr)))                                    \
    X(name##_x_##w, needs, INTEGERS, format, bits, #name " " #w "0, x9",       \
      ag_fixed_to_fp(format, x[0], 64, 0, is_unsigned, fpcr,                   \
                     ag_fp_rounding(fpcr)))                                    \
    X(name##_v_##w, needs, INTEGERS, format, bits, #name " " #w "0, " #w "0",  \
      ag_fixed_to_fp(format, x[0], bits, 0, is_unsigned, fpcr,                 \
                     ag_fp_rounding(fpcr)))

#define INTEGER_CONVERSIONS(X)                                                 \
    EACH_WIDTH(TO_INTEGER, X, fcvtns, 0, AG_TIE_EVEN)                          \
    EACH_WIDTH(TO_INTEGER, X, fcvtnu, 1, AG_TIE_EVEN)                          \
    EACH_WIDTH(TO_INTEGER, X, fcvtps, 0, AG_UPWARD)                            \
    EACH_WIDTH(TO_INTEGER, X, fcvtpu, 1, AG_UPWARD)                            \
    EACH_WIDTH(TO_INTEGER, X, fcvtms, 0, AG_DOWNWARD)                          \
    EACH_WIDTH(TO_INTEGER, X, fcvtmu, 1, AG_DOWNWARD)                          \
    EACH_WIDTH(TO_INTEGER, X, fcvtas, 0, AG_TIE_AWAY)                          \
    EACH_WIDTH(TO_INTEGER, X, fcvtau, 1, AG_TIE_AWAY)                          \
    EACH_WIDTH(TO_INTEGER, X, fcvtzs, 0, AG_TOWARD_ZERO)                       \
    EACH_WIDTH(TO_INTEGER, X, fcvtzu, 1, AG_TOWARD_ZERO)                       \
    EACH_WIDTH(TO_FIXED, X, fcvtzs, 0, 2)                                      \
    EACH_WIDTH(TO_FIXED, X, fcvtzs, 0, 18)                                     \
    EACH_WIDTH(TO_FIXED, X, fcvtzs, 0, 32)                                     \
    EACH_WIDTH(TO_FIXED, X, fcvtzu, 1, 2)                                      \
    EACH_WIDTH(TO_FIXED, X, fcvtzu, 1, 18)                                     \
    EACH_WIDTH(TO_FIXED, X, fcvtzu, 1, 32)                                     \
    EACH_WIDTH(FROM_INTEGER, X, scvtf, 0)                                      \
    EACH_WIDTH(FROM_INTEGER, X, ucvtf, 1)                                      \
    EACH_WIDTH(FROM_FIXED, X, scvtf, 0, 2)                                     \
    EACH_WIDTH(FROM_FIXED, X, scvtf, 0, 18)                                    \
    EACH_WIDTH(FROM_FIXED, X, scvtf, 0, 32)                                    \
    EACH_WIDTH(FROM_FIXED, X, ucvtf, 1, 2)                                     \
    EACH_WIDTH(FROM_FIXED, X, ucvtf, 1, 18)                                    \
    EACH_WIDTH(FROM_FIXED, X, ucvtf, 1, 32)                                    \
    X(fjcvtzs, NEEDS_JSCVT, FLOATS, AG_DOUBLE, 33,                             \
      "fjcvtzs w9, d0\n\tmrs x10, nzcv\n\tlsr x10, x10, #30\n\t"               \
      "bfi x9, x10, #32, #1\n\tfmov d0, x9",                                   \
      ag_fp_to_fixed_js(x[0], fpcr))

#define CONVERT(X, to_w, to, bits, from_w, from)                               \
    X(fcvt_##to_w##_##from_w, NEEDS_NOTHING, FLOATS, from, bits,               \
      "fcvt " #to_w "0, " #from_w "0",                                         \
      ag_fp_convert(from, to, x[0], fpcr, ag_fp_rounding(fpcr)))

#define FLOAT_CONVERSIONS(X)                                                   \
    CONVERT(X, h, AG_HALF, 16, s, AG_SINGLE)                                   \
    CONVERT(X, h, AG_HALF, 16, d, AG_DOUBLE)                                   \
    CONVERT(X, s, AG_SINGLE, 32, h, AG_HALF)                                   \
    CONVERT(X, s, AG_SINGLE, 32, d, AG_DOUBLE)                                 \
    CONVERT(X, d, AG_DOUBLE, 64, h, AG_HALF)                                   \
    CONVERT(X, d, AG_DOUBLE, 64, s, AG_SINGLE)                                 \
    X(fcvtxn, NEEDS_NOTHING, FLOATS, AG_DOUBLE, 32, "fcvtxn s0, d0",           \
      ag_fp_convert(AG_DOUBLE, AG_SINGLE, x[0], fpcr, AG_TO_ODD))

/* Vectors whose other elements are zero. */
#define MIXED(X)                                                               \
    X(fmlal, NEEDS_FHM, WITH_HALVES, AG_SINGLE, 32,                            \
      "fmlal v0.2s, v1.2h, v2.2h", ag_fp_mul_add_h(x[0], x[1], x[2], fpcr))    \
    X(bfcvt, NEEDS_BF16, FLOATS, AG_SINGLE, 16, "bfcvt h0, s0",                \
      ag_fp_convert_bf(x[0], fpcr))                                            \
    X(bfdot, NEEDS_BF16, WITH_PAIRS, AG_SINGLE, 32,                            \
      "bfdot v0.2s, v1.4h, v2.4h",                                             \
      ag_fp_result(                                                            \
          ag_bf_dot_add((uint32_t)x[0], (uint32_t)x[1], (uint32_t)x[2]), 0))   \
    X(bfmlalb, NEEDS_BF16, WITH_BFLOATS, AG_SINGLE, 32,                        \
      "bfmlalb v0.4s, v1.8h, v2.8h",                                           \
      ag_fp_mul_add(AG_SINGLE, x[0], x[1] << 16, x[2] << 16, fpcr))

#define ARM_ROWS(X)                                                            \
    ARITHMETIC(X)                                                              \
    ROUND_TO_INTEGERS(X)                                                       \
    INTEGER_CONVERSIONS(X)                                                     \
    FLOAT_CONVERSIONS(X)                                                       \
    MIXED(X)

/* A comparison's result as its instruction gives it: all bits or none. */
#define arm_mask(r, bits)                                                      \
    ag_fp_result((r).value ? ~(uint64_t)0 >> (64 - (bits)) : 0, (r).flags)

#endif
