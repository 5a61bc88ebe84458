/*
 * Forms: operations on V registers with constants for operands. Many rows share
 * a body that is told which of them it is (a, imm); where GPUs spend most of
 * their time, the body of one row alone is several times shorter. A form is
 * OP's own body with some bits of a and imm known to the compiler. The host
 * puts it in place of OP where an entry has those bits (src/code/pages.c), as
 * it puts batches; what decodes for itself, and lane groups, know none. So a
 * form changes no result, and one more is one more line here (docs/kernels.md,
 * "Forms").
 *
 *   SIMD(name, op, a_mask, a, imm_mask, imm)    class simd
 *   SHORT(name, op, kind, shape, imm_mask, imm) by simd_fp_short.h, where that
 *                                               proves the result; else as OP
 *   VMEMORY(name, op, a_mask, a, imm_mask, imm) class vmemory
 *
 * An entry of OP is of the form if its a and imm have these values where the
 * masks are 1; what is outside of a mask is the entry's own, so the values
 * are 0 there. No entry is of two forms. `kind` and `shape` are what imm
 * says already (ag_short_kind(), AG_FP_SHAPE()):
 * simd_fp_short.h takes them by themselves. tests/test_forms.c looks at all
 * of this.
 *
 * Names say the instruction, then what it works on: _d and _s scalars, _2d
 * to _16b all elements, _q all 128 bits; or of loads and stores the register
 * and how the address comes about.
 *
 * Which there are was chosen by how often programs execute them
 * (docs/performance.md).
 */
#ifndef AG_A64_FORMS_H
#define AG_A64_FORMS_H

#include "a64/decode.h"

/* Masks of a: all, all but the elements' size, all but which half of V[n] and
   V[m] VLONG reads. */
#define AG_FORM_A 0xffu
#define AG_FORM_ANY_SIZE 0xf3u
#define AG_FORM_ANY_HALF 0xfeu
/* Masks of imm: all; of FP3, all but the signs; of FP3 by element, not which
   element either; of FP2 by element; of loads and stores, all but the offset;
   of VLONG, all but the element; of FCMP, the format. */
#define AG_FORM_IMM (~(u64)0)
#define AG_FORM_FUSED (~((u64)3 << 24))
#define AG_FORM_FUSED_ELEMENT (~((u64)3 << 24 | (u64)0xff << 32))
#define AG_FORM_ELEMENT (~((u64)0xff << 32))
#define AG_FORM_AT (~(((u64)1 << AG_V_OFFSET_BITS) - 1))
#define AG_FORM_LONG_KIND ((u64)0xff)
#define AG_FORM_FORMAT ((u64)0xffff)

/* clang-format off */
#define AG_FORMS_SCALAR(SHORT, s, shape, size, width)                          \
    SHORT(FADD_##s, FP2, AG_FP_add, shape, AG_FORM_IMM,                        \
          a64_fp_add(size, width))                                             \
    SHORT(FSUB_##s, FP2, AG_FP_sub, shape, AG_FORM_IMM,                        \
          a64_fp_sub(size, width))                                             \
    SHORT(FMUL_##s, FP2, AG_FP_mul, shape, AG_FORM_IMM,                        \
          a64_fp_mul(size, width))                                             \
    SHORT(FMADD_##s, FP3, AG_SHORT_FUSED, shape, AG_FORM_FUSED,                \
          a64_fp(0, size, width))
#define AG_FORMS_ROOT(SHORT, s, shape, size, width)                            \
    SHORT(FDIV_##s, FP2, AG_FP_div, shape, AG_FORM_IMM,                        \
          a64_fp_div(size, width))                                             \
    SHORT(FSQRT_##s, FP1, AG_SHORT_ROOT, shape, AG_FORM_IMM,                   \
          a64_fp_sqrt(size, width))
#define AG_FORMS_ELEMENT(SHORT, s, shape, size, width)                         \
    SHORT(FMUL_##s##_element, FP2, AG_FP_mul, shape, AG_FORM_ELEMENT,          \
          a64_fp_mul(size, width) | AG_FP_ONE_ELEMENT)                         \
    SHORT(FMADD_##s##_element, FP3, AG_SHORT_FUSED, shape,                     \
          AG_FORM_FUSED_ELEMENT, a64_fp(0, size, width) | AG_FP_ONE_ELEMENT)

#define AG_FORM_LDST(VMEMORY, name, imm)                                       \
    VMEMORY(LDR_V_##name, LDR_V, 0, 0, AG_FORM_AT, imm)                        \
    VMEMORY(STR_V_##name, STR_V, 0, 0, AG_FORM_AT, imm)
#define AG_FORMS_LDST(VMEMORY, s, size)                                        \
    AG_FORM_LDST(VMEMORY, s, a64_v_at(size, 0))                                \
    AG_FORM_LDST(VMEMORY, s##_post, a64_v_post(size, 0))                       \
    AG_FORM_LDST(VMEMORY, s##_lsl, a64_v_index(size, 3, 0))
#define AG_FORMS_PAIR(VMEMORY, s, size)                                        \
    AG_FORM_LDST(VMEMORY, s##_pair, a64_v_pair(a64_v_at(size, 0)))
#define AG_FORMS_REPLICATE(VMEMORY, s, size)                                   \
    VMEMORY(LD1R_##s, LD_V_replicate, AG_FORM_A, a64_structs(1, 1, size, 1),   \
            0, 0)

/* Elements of one size; of any; where `a` is written as it is. */
#define AG_FORM_Q(SIMD, name, op, size, kind)                                  \
    SIMD(name, op, AG_FORM_A, a64_simd(AG_ALL, size, kind), 0, 0)
#define AG_FORM_ANY(SIMD, name, op, kind)                                      \
    SIMD(name, op, AG_FORM_ANY_SIZE, a64_simd(AG_ALL, 0, kind), 0, 0)
#define AG_FORM_WHERE_A_IS(SIMD, name, op, a) SIMD(name, op, AG_FORM_A, a, 0, 0)

#define AG_FORMS_SAME(SIMD)                                                    \
    AG_FORM_WHERE_A_IS(SIMD, ADD_q, VADD, AG_ALL)                              \
    AG_FORM_ANY(SIMD, SUB_q, VSUB, AG_SUB)                                     \
    AG_FORM_Q(SIMD, AND_q, VLOGIC, 0, AG_AND)                                  \
    AG_FORM_Q(SIMD, BIC_q, VLOGIC, 0, AG_BIC)                                  \
    AG_FORM_Q(SIMD, ORR_q, VLOGIC, 0, AG_ORR)                                  \
    AG_FORM_Q(SIMD, EOR_q, VLOGIC, 0, AG_EOR)                                  \
    AG_FORM_Q(SIMD, MOVI_q, VIMM, 0, AG_MOVI)                                  \
    AG_FORM_Q(SIMD, BSL_q, VLOGIC, 0, AG_BSL)                                  \
    AG_FORM_Q(SIMD, MUL_4s, VMUL, 2, AG_MUL)                                   \
    AG_FORM_Q(SIMD, MLA_4s, VMUL, 2, AG_MLA)                                   \
    AG_FORM_Q(SIMD, MUL_8h, VMUL, 1, AG_MUL)                                   \
    AG_FORM_Q(SIMD, MLA_8h, VMUL, 1, AG_MLA)
#define AG_FORMS_SHIFT(SIMD)                                                   \
    AG_FORM_Q(SIMD, SHL_4s, VSHL, 2, 0)                                        \
    AG_FORM_Q(SIMD, SHL_2d, VSHL, 3, 0)                                        \
    AG_FORM_Q(SIMD, SLI_4s, VSHL, 2, AG_INSERT)                                \
    AG_FORM_Q(SIMD, USHR_4s, VSHR, 2, AG_UNSIGNED)                             \
    AG_FORM_Q(SIMD, USHR_2d, VSHR, 3, AG_UNSIGNED)                             \
    AG_FORM_Q(SIMD, SRI_4s, VSHR, 2, AG_UNSIGNED | AG_INSERT)                  \
    AG_FORM_Q(SIMD, SSHR_4s, VSHR, 2, 0)                                       \
    SIMD(USHR_d, VSHR, AG_FORM_A, a64_simd(AG_LOW_HALF, 3, AG_UNSIGNED), 0, 0) \
    SIMD(SHL_d, VSHL, AG_FORM_A, a64_simd(AG_LOW_HALF, 3, 0), 0, 0)
/* SMULL and SMULL2 are one form. */
#define AG_FORM_LONG(SIMD, name, size, kind, how)                              \
    SIMD(name, VLONG, AG_FORM_ANY_HALF, a64_simd(0, size, kind),               \
         AG_FORM_LONG_KIND, how)
#define AG_FORMS_LONG(SIMD, u, how)                                            \
    AG_FORM_LONG(SIMD, u##MULL_h, 1, AG_MUL, how)                              \
    AG_FORM_LONG(SIMD, u##MLAL_h, 1, AG_MLA, how)                              \
    AG_FORM_LONG(SIMD, u##MULL_h_element, 1, AG_MUL, (how) | AG_BY_ELEMENT)    \
    AG_FORM_LONG(SIMD, u##MLAL_h_element, 1, AG_MLA, (how) | AG_BY_ELEMENT)    \
    AG_FORM_LONG(SIMD, u##MULL_s, 2, AG_MUL, how)                              \
    AG_FORM_LONG(SIMD, u##MLAL_s, 2, AG_MLA, how)
#define AG_FORMS_COPY(SIMD)                                                    \
    AG_FORM_WHERE_A_IS(SIMD, EXT_q, VEXT, a64_simd(AG_ALL, 0, 0))              \
    SIMD(REV32_8h, VREV, AG_FORM_A, a64_simd(AG_ALL, 1, 0), AG_FORM_IMM,       \
         a64_swaps(4, 5))                                                      \
    SIMD(REV32_16b, VREV, AG_FORM_A, a64_simd(AG_ALL, 0, 0), AG_FORM_IMM,      \
         a64_swaps(3, 5))                                                      \
    SIMD(TBL_16b, VTBL, AG_FORM_A, a64_simd(AG_ALL, 0, 0), AG_FORM_IMM, 16)    \
    AG_FORM_Q(SIMD, TRN1_4s, VPERMUTE, 2, AG_TRN1)                             \
    AG_FORM_Q(SIMD, TRN2_4s, VPERMUTE, 2, AG_TRN2)                             \
    AG_FORM_Q(SIMD, ZIP1_2d, VPERMUTE, 3, AG_ZIP1)                             \
    AG_FORM_Q(SIMD, ZIP2_2d, VPERMUTE, 3, AG_ZIP2)                             \
    AG_FORM_Q(SIMD, DUP_2d, VDUP, 3, 0)                                        \
    AG_FORM_Q(SIMD, DUP_4s, VDUP, 2, 0)                                        \
    SIMD(DUP_d, VDUP, AG_FORM_A, a64_simd(AG_ONE, 3, 0), 0, 0)                 \
    AG_FORM_Q(SIMD, DUP_general_4s, VDUP_general, 2, 0)                        \
    AG_FORM_Q(SIMD, INS_d, VINS, 3, 0)                                         \
    AG_FORM_Q(SIMD, INS_s, VINS, 2, 0)                                         \
    AG_FORM_Q(SIMD, INS_general_d, VINS_general, 3, 0)
#define AG_FORMS_MOVE(SIMD)                                                    \
    AG_FORM_WHERE_A_IS(SIMD, FMOV_imm_d, FMOV_imm, 0)                          \
    AG_FORM_WHERE_A_IS(SIMD, FMOV_to_x_d, FMOV_to_x, 0)                        \
    AG_FORM_WHERE_A_IS(SIMD, FMOV_from_x_d, FMOV_from_x, 0)                    \
    AG_FORM_WHERE_A_IS(SIMD, FPSIGN_d, FPSIGN, 0)                              \
    AG_FORM_WHERE_A_IS(SIMD, FCSEL_d, FCSEL, 3)                                \
    SIMD(FCMP_d, FCMP, 0, 0, AG_FORM_FORMAT, AG_DOUBLE)

#define AG_V_FORMS(SIMD, SHORT, VMEMORY)                                       \
    AG_FORMS_SAME(SIMD)                                                        \
    AG_FORMS_SHIFT(SIMD)                                                       \
    AG_FORMS_LONG(SIMD, S, 0)                                                  \
    AG_FORMS_LONG(SIMD, U, AG_UNSIGNED_LONG)                                   \
    AG_FORMS_COPY(SIMD)                                                        \
    AG_FORMS_MOVE(SIMD)                                                        \
    AG_FORMS_SCALAR(SHORT, d, AG_SHAPE_D, 3, 64)                               \
    AG_FORMS_SCALAR(SHORT, s, AG_SHAPE_S, 2, 32)                               \
    AG_FORMS_SCALAR(SHORT, 2d, AG_SHAPE_2D, 3, 128)                            \
    AG_FORMS_SCALAR(SHORT, 4s, AG_SHAPE_4S, 2, 128)                            \
    AG_FORMS_ROOT(SHORT, d, AG_SHAPE_D, 3, 64)                                 \
    AG_FORMS_ROOT(SHORT, s, AG_SHAPE_S, 2, 32)                                 \
    AG_FORMS_ELEMENT(SHORT, 2d, AG_SHAPE_2D, 3, 128)                           \
    AG_FORMS_ELEMENT(SHORT, 4s, AG_SHAPE_4S, 2, 128)                           \
    AG_FORMS_LDST(VMEMORY, s, 2)                                               \
    AG_FORMS_LDST(VMEMORY, d, 3)                                               \
    AG_FORMS_LDST(VMEMORY, q, 4)                                               \
    AG_FORMS_PAIR(VMEMORY, d, 3)                                               \
    AG_FORMS_PAIR(VMEMORY, q, 4)                                               \
    AG_FORMS_REPLICATE(VMEMORY, 4s, 2)                                         \
    AG_FORMS_REPLICATE(VMEMORY, 2d, 3)
/* clang-format on */

/* Numbered from AG_OP_END on, behind operations and batches. */
#define AG_FORM_NAME(name, op, x, y, imm_mask, imm) AG_OP_##name,
enum ag_v_form {
    AG_OP_BEFORE_FORMS = AG_OP_END - 1,
    AG_V_FORMS(AG_FORM_NAME, AG_FORM_NAME, AG_FORM_NAME)
    AG_OP_FORMS_END
};

/* The operation of form AG_OP_END + i: where a limit cuts (ag_cut_run()). */
#define AG_FORM_OP(name, op, x, y, imm_mask, imm) AG_OP_##op,
AG_TABLE u16 ag_v_form_ops[(u32)AG_OP_FORMS_END - (u32)AG_OP_END] = {
    AG_V_FORMS(AG_FORM_OP, AG_FORM_OP, AG_FORM_OP)};

#endif
