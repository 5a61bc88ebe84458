/*
 * Executes forms (a64/forms.h): for interp.h, whose loop they are cases of, so
 * that nobody calls them and their operands' constants reach the bodies.
 */
#ifndef AG_ENGINE_FORMS_H
#define AG_ENGINE_FORMS_H

#include "a64/forms.h"
#include "engine/simd.h"

#if AG_HAS_FORMS

/*
 * The bodies once more, with nothing left to be called and no loop kept rolled:
 * there is less to compile of what is said where all of it is a constant. A
 * language without namespaces has the bodies that it has. SIMD forms are of
 * operations in these files; what SHORT and VMEMORY forms execute is inlined
 * wherever it is.
 */
#if AG_HAS_NAMESPACES
#pragma push_macro("AG_FN")
#pragma push_macro("AG_NOINLINE")
#pragma push_macro("AG_ROLLED")
#undef AG_FN
#undef AG_NOINLINE
#undef AG_ROLLED
#define AG_FN AG_INLINE
#define AG_NOINLINE AG_INLINE
#define AG_ROLLED
/* What is read is read before anything is written: one wait for memory. */
#undef V_LATER
#undef AG_HOLDS_HALVES
#define V_LATER(part, r, value) (c->held[part] = (value))
#define AG_HOLDS_HALVES 1
namespace ag_forms
{
#include "a64/simd_elements.h" /* again */
#include "a64/simd_same.h" /* again */
#include "a64/simd_shift.h" /* again */
#include "a64/simd_multiply.h" /* again */
#include "a64/simd_misc.h" /* again */
#include "a64/simd_copy.h" /* again */
#include "a64/simd_one_lane.h" /* again */
#include "a64/fp_copy.h" /* again */
#include "a64/fp_move.h" /* again */
#include "a64/simd_fp_same.h" /* again */
} // namespace ag_forms
#pragma pop_macro("AG_FN")
#pragma pop_macro("AG_NOINLINE")
#pragma pop_macro("AG_ROLLED")
#define AG_FORM_BODY(op) ag_forms::a64_##op
#else
#define AG_FORM_BODY(op) a64_##op
#endif

AG_INLINE void ag_take_simd(AG_PRIVATE ag_simd *s, AG_PRIVATE const ag_lane *c)
{
    s->x = c->x;
    s->state = c->state;
    s->v = c->v;
    s->stride = AG_SIMD_STRIDE;
    s->nzcv = c->nzcv;
}

/* What is known is said, what is not is the entry's. */
#define AG_FORM_OPERAND(operand, mask, value)                                  \
    (((operand) & ~(mask)) | (value))

/* Where a form has done nothing, its operation is in `rest` and will do it. */
#define AG_SIMD_FORM_CASE(name, op, a_mask, a_value, imm_mask, imm_value)      \
    case AG_OP_##name: {                                                       \
        ag_simd s;                                                             \
        ag_take_simd(&s, c);                                                   \
        AG_FORM_BODY(op)                                                       \
        (&s, d, n, m, AG_FORM_OPERAND(a, a_mask, a_value),                     \
         AG_FORM_OPERAND(imm, imm_mask, imm_value));                           \
        c->nzcv = s.nzcv;                                                      \
        break;                                                                 \
    }
#define AG_SHORT_FORM_CASE(name, op, kind, shape, imm_mask, imm_value)         \
    case AG_OP_##name: {                                                       \
        ag_simd s;                                                             \
        ag_take_simd(&s, c);                                                   \
        if (!ag_short_form(&s, d, n, m, a,                                     \
                           AG_FORM_OPERAND(imm, imm_mask, imm_value), kind,    \
                           shape))                                             \
            rest = AG_OP_##op;                                                 \
        break;                                                                 \
    }
#define AG_VMEMORY_FORM_CASE(name, op, a_mask, a_value, imm_mask, imm_value)   \
    case AG_OP_##name:                                                         \
        result = a64_##op(AG_C, d, n, m, AG_FORM_OPERAND(a, a_mask, a_value),  \
                          AG_FORM_OPERAND(imm, imm_mask, imm_value));          \
        if (AG_UNLIKELY(result != AG_NEXT)) {                                  \
            AG_LEAVE_RUN();                                                    \
        }                                                                      \
        break;
#define AG_FORM_CASES()                                                        \
    if (op >= AG_OP_END) {                                                     \
        AG_ASSUME(op < AG_OP_FORMS_END);                                       \
        switch (op) {                                                          \
            AG_V_FORMS(AG_SIMD_FORM_CASE, AG_SHORT_FORM_CASE,                  \
                       AG_VMEMORY_FORM_CASE)                                   \
        default:                                                               \
            break;                                                             \
        }                                                                      \
    } else

/* Nothing behind this is written with accessors of V registers. */
#undef X
#undef X_SET
#undef V_LATER
#undef AG_HOLDS_HALVES
#else
#define AG_FORM_CASES()
#endif

#endif
