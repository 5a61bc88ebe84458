/*
 * Floating point on the elements of vectors of lanes, one or two of each half
 * register: results, and which of them are in doubt by float/hardware.h's rule.
 */
#ifndef AG_GROUP_FLOAT_ELEMENTS_H
#define AG_GROUP_FLOAT_ELEMENTS_H

#include "a64/decode_fp.h"
#include "group/isa_real.h"

/* Elements of a half that are not proven, and that may be inexact. */
typedef struct ag_doubt {
    ag_vec bad, inexact;
    ag_vec first; /* more than bad: what takes less to find out */
    u32 asks; /* is_exact of the instruction: or `inexact` is not looked for */
} ag_doubt;

/* These elements are in doubt; or those that are not excused. */
AG_INLINE void ag_doubt_in(ag_doubt *doubt, ag_vec elements)
{
    doubt->bad |= elements;
    doubt->first |= elements;
}
AG_INLINE void ag_doubt_unless(ag_doubt *doubt, ag_vec elements, ag_vec excused)
{
    doubt->bad |= elements & ~excused;
    doubt->first |= elements;
}

/* Products whose exact residual is a number of the format. */
#define AG_RESIDUAL_64 0x1p-900
#define AG_RESIDUAL_32 0x1p-80f

#if AG_HAS_FMA_VECTORS
#define AG_NO_RESIDUAL(bits, x, y, z) (AG_FMA_##bits((x), (y), -(z)) == 0)
#else
#define AG_NO_RESIDUAL(bits, x, y, z) ((x) != (x)) /* not known */
#endif

#define AG_FP_ELEMENTS(bits, least_above, most)                                \
    /* Not finite, or not above the smallest normal number: not within          \
       (least_above, most - least_above], for which one comparison of signed    \
       numbers is enough where the least of them becomes the least that there   \
       is. */                                                                  \
    AG_INLINE ag_vec ag_unproven_##bits(ag_f##bits##s r)                       \
    {                                                                          \
        const ag_u##bits##s size = (ag_u##bits##s)r & (most);                  \
        const u##bits least = (u##bits)(most) + 1;                             \
        return (ag_vec)((ag_i##bits##s)(size + (least - (least_above)-1)) >    \
                        (i##bits)(least + ((most)-2 * (least_above)-1)));      \
    }                                                                          \
    AG_INLINE ag_u##bits##s ag_is_zero_##bits(ag_f##bits##s x)                 \
    {                                                                          \
        return (ag_u##bits##s)(x == 0);                                        \
    }                                                                          \
    AG_INLINE ag_u##bits##s ag_is_number_##bits(ag_f##bits##s x)               \
    {                                                                          \
        return (ag_u##bits##s)(x == x);                                        \
    }                                                                          \
    /* x * y, which is z rounded, is z. */                                     \
    AG_INLINE ag_u##bits##s ag_is_product_##bits(                              \
        ag_f##bits##s x, ag_f##bits##s y, ag_f##bits##s z)                     \
    {                                                                          \
        const ag_f##bits##s size =                                             \
            (ag_f##bits##s)((ag_u##bits##s)z & (most));                        \
        return (ag_u##bits##s)AG_NO_RESIDUAL(bits, x, y, z) &                  \
               ((ag_u##bits##s)(size > AG_RESIDUAL_##bits) |                   \
                ag_is_zero_##bits(x) | ag_is_zero_##bits(y));                  \
    }                                                                          \
    AG_INLINE ag_u##bits##s ag_is_sum_##bits(                                  \
        ag_f##bits##s x, ag_f##bits##s y, ag_f##bits##s r)                     \
    {                                                                          \
        return (ag_u##bits##s)(r - x == y) & (ag_u##bits##s)(r - y == x);      \
    }                                                                          \
    AG_INLINE ag_vec ag_sum_##bits(ag_f##bits##s x, ag_f##bits##s y,           \
                                   ag_doubt *doubt)                            \
    {                                                                          \
        const ag_f##bits##s r = x + y;                                         \
        ag_doubt_unless(doubt, ag_unproven_##bits(r),                          \
                        (ag_vec)ag_is_zero_##bits(r));                         \
        if (doubt->asks)                                                       \
            doubt->inexact |= (ag_vec)~ag_is_sum_##bits(x, y, r);              \
        return (ag_vec)r;                                                      \
    }                                                                          \
    AG_INLINE ag_vec ag_product_##bits(ag_f##bits##s x, ag_f##bits##s y,       \
                                       ag_doubt *doubt)                        \
    {                                                                          \
        const ag_f##bits##s r = x * y;                                         \
        ag_doubt_unless(                                                       \
            doubt, ag_unproven_##bits(r),                                      \
            (ag_vec)(ag_is_zero_##bits(r) &                                    \
                     (ag_is_zero_##bits(x) | ag_is_zero_##bits(y))));          \
        if (doubt->asks)                                                       \
            doubt->inexact |= (ag_vec)~ag_is_product_##bits(x, y, r);          \
        return (ag_vec)r;                                                      \
    }                                                                          \
    AG_INLINE ag_vec ag_quotient_##bits(ag_f##bits##s x, ag_f##bits##s y,      \
                                        ag_doubt *doubt)                       \
    {                                                                          \
        const ag_f##bits##s r = x / y;                                         \
        ag_doubt_unless(                                                       \
            doubt, ag_unproven_##bits(r),                                      \
            (ag_vec)(ag_is_zero_##bits(r) & ag_is_zero_##bits(x)));            \
        if (doubt->asks)                                                       \
            doubt->inexact |= (ag_vec)~ag_is_product_##bits(r, y, x);          \
        return (ag_vec)r;                                                      \
    }                                                                          \
    AG_INLINE ag_vec ag_root_##bits(ag_f##bits##s x, ag_doubt *doubt)          \
    {                                                                          \
        const ag_f##bits##s r = AG_SQRT_##bits(x);                             \
        ag_doubt_unless(doubt, ag_unproven_##bits(r),                          \
                        (ag_vec)ag_is_zero_##bits(r));                         \
        if (doubt->asks)                                                       \
            doubt->inexact |= (ag_vec)~ag_is_product_##bits(r, r, x);          \
        return (ag_vec)r;                                                      \
    }                                                                          \
    /* Of numbers; where they are equal only zeros' signs may differ. */       \
    AG_INLINE ag_vec ag_choice_##bits(u32 is_min, ag_f##bits##s x,             \
                                      ag_f##bits##s y, ag_doubt *doubt)        \
    {                                                                          \
        const ag_vec a = (ag_vec)x, b = (ag_vec)y;                             \
        const ag_vec less = (ag_vec)(x < y), same = (ag_vec)(x == y);          \
        ag_doubt_in(doubt, (ag_vec) ~(ag_is_number_##bits(x) &                 \
                                      ag_is_number_##bits(y)));                \
        if (is_min)                                                            \
            return ag_select(same, a | b, ag_select(less, a, b));              \
        return ag_select(same, a & b, ag_select(less, b, a));                  \
    }                                                                          \
    AG_INLINE ag_vec ag_comparison_##bits(u32 what, ag_f##bits##s x,           \
                                          ag_f##bits##s y, ag_doubt *doubt)    \
    {                                                                          \
        ag_doubt_in(doubt, (ag_vec) ~(ag_is_number_##bits(x) &                 \
                                      ag_is_number_##bits(y)));                \
        if (what >= AG_FP_acge) {                                              \
            x = (ag_f##bits##s)((ag_u##bits##s)x & (most));                    \
            y = (ag_f##bits##s)((ag_u##bits##s)y & (most));                    \
        }                                                                      \
        switch (what) {                                                        \
        case AG_FP_cmeq:                                                       \
            return (ag_vec)(x == y);                                           \
        case AG_FP_cmge:                                                       \
        case AG_FP_acge:                                                       \
            return (ag_vec)(x >= y);                                           \
        case AG_FP_cmle:                                                       \
            return (ag_vec)(x <= y);                                           \
        case AG_FP_cmlt:                                                       \
            return (ag_vec)(x < y);                                            \
        default:                                                               \
            return (ag_vec)(x > y);                                            \
        }                                                                      \
    }                                                                          \
    AG_INLINE ag_vec ag_two_##bits(const u32 what, ag_vec a, ag_vec b,         \
                                   ag_doubt *doubt)                            \
    {                                                                          \
        const ag_f##bits##s x = (ag_f##bits##s)a, y = (ag_f##bits##s)b;        \
        const ag_u##bits##s sign = ~((ag_u##bits##s){0} + (most));             \
        switch (what) {                                                        \
        case AG_FP_add:                                                        \
            return ag_sum_##bits(x, y, doubt);                                 \
        case AG_FP_sub:                                                        \
            return ag_sum_##bits(x, -y, doubt);                                \
        case AG_FP_abd:                                                        \
            return ag_sum_##bits(x, -y, doubt) & ~(ag_vec)sign;                \
        case AG_FP_mul:                                                        \
        case AG_FP_mulx:                                                       \
            return ag_product_##bits(x, y, doubt);                             \
        case AG_FP_nmul:                                                       \
            return ag_product_##bits(x, y, doubt) ^ (ag_vec)sign;              \
        case AG_FP_div:                                                        \
            return ag_quotient_##bits(x, y, doubt);                            \
        case AG_FP_max:                                                        \
        case AG_FP_maxnm:                                                      \
            return ag_choice_##bits(0, x, y, doubt);                           \
        case AG_FP_min:                                                        \
        case AG_FP_minnm:                                                      \
            return ag_choice_##bits(1, x, y, doubt);                           \
        default:                                                               \
            return ag_comparison_##bits(what, x, y, doubt);                    \
        }                                                                      \
    }
AG_FP_ELEMENTS(64, 0x0010000000000000, 0x7fffffffffffffffu)
AG_FP_ELEMENTS(32, 0x00800000, 0x7fffffffu)
#undef AG_FP_ELEMENTS

#endif
