/*
 * Floating point on vectors of lanes, the rest: moves, comparisons, roots,
 * roundings and conversions. Included by float.h.
 */
#ifndef AG_GROUP_FLOAT_CONVERT_H
#define AG_GROUP_FLOAT_CONVERT_H

/* A lane's lowest 32 bits as a single, and back. */
AG_INLINE ag_f32_lanes ag_singles_of(ag_vec x)
{
    return (ag_f32_lanes)__builtin_convertvector(x, ag_u32_lanes);
}
AG_INLINE ag_vec ag_from_singles(ag_f32_lanes x)
{
    return (ag_vec)__builtin_convertvector((ag_u32_lanes)x, ag_u64s);
}

/* -- One operand ----------------------------------------------------------- */

/* Integers below that as doubles, and singles, are numbers of them. */
#define AG_WHOLE_64 0x1p51
#define AG_WHOLE_32 0x1p22f

/* 2^52 and a half of it: what is added to it loses what is below the point. */
#define AG_MAGIC 0x1.8p52

AG_INLINE ag_f64s ag_size_of_64(ag_f64s x)
{
    return (ag_f64s)((ag_u64s)x & 0x7fffffffffffffffu);
}
AG_INLINE ag_f32s ag_size_of_32(ag_f32s x)
{
    return (ag_f32s)((ag_u32s)x & 0x7fffffffu);
}

/* FRINTN and so on; FRINTX says that it is inexact, the others do not. */
#define AG_FP_ROUNDS(bits)                                                     \
    AG_INLINE ag_vec ag_whole_##bits(ag_vec a, u32 rounding, u32 tells,        \
                                     ag_doubt *doubt)                          \
    {                                                                          \
        const ag_f##bits##s x = (ag_f##bits##s)a;                              \
        const ag_f##bits##s r = ag_round_##bits(x, rounding);                  \
        doubt->bad |= (ag_vec)~ag_is_number_##bits(x);                         \
        if (tells)                                                             \
            doubt->inexact |= (ag_vec)(r != x);                                \
        return (ag_vec)r;                                                      \
    }
AG_FP_ROUNDS(64)
AG_FP_ROUNDS(32)
#undef AG_FP_ROUNDS

/* A double as an integer in [least, most], which are no more than 2^51. */
AG_INLINE ag_vec ag_integer_of(ag_f64s x, u32 rounding, double least,
                               double most, ag_doubt *doubt)
{
    const ag_f64s r = ag_round_64(x, rounding);
    doubt->bad |= ~((ag_vec)(r >= least) & (ag_vec)(r <= most));
    doubt->inexact |= (ag_vec)(r != x);
    return (ag_vec)(r + AG_MAGIC) - 0x4338000000000000u;
}

/* Times 2^by, for fixed point: exact, because what overflows is in doubt
   afterwards and what it makes of integers is far from the smallest number. */
AG_INLINE ag_vec ag_scaled_64(ag_vec x, int by)
{
    if (by == 0)
        return x;
    return (ag_vec)((ag_f64s)x * (ag_f64s)ag_splat((u64)(1023 + by) << 52));
}
AG_INLINE ag_vec ag_scaled_32(ag_vec x, int by)
{
    const u64 power = (u64)(127 + by) << 23;
    if (by == 0)
        return x;
    return (ag_vec)((ag_f32s)x * (ag_f32s)ag_splat(power << 32 | power));
}

/* An integer, signed, as a double; exact below 2^51. */
AG_INLINE ag_vec ag_double_of(ag_vec x, ag_doubt *doubt)
{
    const ag_vec above = ASR(x, 51);
    doubt->bad |= ~((ag_vec)(above == 0) | (ag_vec)(above == ~(u64)0));
    return (ag_vec)((ag_f64s)(x + 0x4338000000000000u) - AG_MAGIC);
}

/* `fraction`: bits of the integer that are below the point. */
AG_INLINE ag_vec ag_one_64(const u32 what, u32 rounding, int fraction, ag_vec x,
                           ag_doubt *doubt)
{
    switch (what) {
    case AG_FP_sqrt:
        return ag_root_64((ag_f64s)x, doubt);
    case AG_FP_rint:
    case AG_FP_rintx:
        return ag_whole_64(x, rounding, what == AG_FP_rintx, doubt);
    case AG_FP_to_signed:
        return ag_integer_of((ag_f64s)ag_scaled_64(x, fraction), rounding,
                             -AG_WHOLE_64, AG_WHOLE_64, doubt);
    case AG_FP_to_unsigned:
        return ag_integer_of((ag_f64s)ag_scaled_64(x, fraction), rounding, 0,
                             AG_WHOLE_64, doubt);
    case AG_FP_from_unsigned:
        doubt->bad |= ASR(x, 63);
        return ag_scaled_64(ag_double_of(x, doubt), -fraction);
    default:
        return ag_scaled_64(ag_double_of(x, doubt), -fraction);
    }
}

AG_INLINE ag_vec ag_one_32(const u32 what, u32 rounding, int fraction, ag_vec a,
                           ag_doubt *doubt)
{
    ag_f32s x = (ag_f32s)a, r;
    ag_i32s whole;
    switch (what) {
    case AG_FP_sqrt:
        return ag_root_32(x, doubt);
    case AG_FP_rint:
    case AG_FP_rintx:
        return ag_whole_32(a, rounding, what == AG_FP_rintx, doubt);
    case AG_FP_to_signed:
    case AG_FP_to_unsigned:
        x = (ag_f32s)ag_scaled_32(a, fraction);
        r = ag_round_32(x, rounding);
        doubt->bad |= (ag_vec)~(ag_size_of_32(r) < 0x1p31f);
        if (what == AG_FP_to_unsigned)
            doubt->bad |= (ag_vec)(r < 0);
        doubt->inexact |= (ag_vec)(r != x);
        r = (ag_f32s)((ag_u32s)r & (ag_u32s)(ag_size_of_32(r) < 0x1p31f));
        return (ag_vec)__builtin_convertvector(r, ag_i32s);
    default:
        whole = (ag_i32s)a;
        if (what == AG_FP_from_unsigned)
            doubt->bad |= (ag_vec)(whole < 0);
        doubt->inexact |= (ag_vec)((whole > 0x1000000) | (whole < -0x1000000));
        return ag_scaled_32((ag_vec)__builtin_convertvector(whole, ag_f32s),
                            -fraction);
    }
}

AG_INLINE void ag_fp_one(ag_fp_lanes *f, const u32 what, const u32 is_double,
                         u32 d, u32 n, u64 imm)
{
    const u32 width = AG_FP_WIDTH(imm);
    const int fraction = (int)AG_FP_FRACTION(imm);
    u32 rounding = AG_FP_ROUNDING(imm);
    if (rounding == AG_AS_FPCR)
        rounding = AG_TIE_EVEN;
    AG_FP_EACH(f, i, doubt) {
        const ag_halves x = ag_halves_of(f->g, i, n);
        ag_halves r = x;
#define AG_ONE_PART(part)                                                           \
    (is_double ? ag_one_64(what, rounding, fraction, x.part, &doubt)           \
               : ag_one_32(what, rounding, fraction, x.part, &doubt))
        r.low = AG_ONE_PART(low);
        if (width > 64)
            r.high = AG_ONE_PART(high);
#undef AG_ONE_PART
        ag_fp_end(f, d, i, width, &doubt, r);
    }
}

AG_INLINE u32 ag_fp_one_operand(ag_fp_lanes *f, u32 d, u32 n, u64 imm)
{
    const u32 is_double = AG_FP_FORMAT(imm) == AG_DOUBLE;
    const u32 what = AG_FP_WHAT(imm);
    if ((!is_double && AG_FP_FORMAT(imm) != AG_SINGLE) ||
        AG_FP_ROUNDING(imm) == AG_TIE_AWAY ||
        (!AG_HAS_ROUND && what != AG_FP_sqrt && what != AG_FP_from_signed &&
         what != AG_FP_from_unsigned))
        return 0;
    switch (what) {
#define AG_FP_CASE_1(what)                                                     \
    case AG_FP_##what:                                                         \
        if (is_double)                                                         \
            ag_fp_one(f, AG_FP_##what, 1, d, n, imm);                          \
        else                                                                   \
            ag_fp_one(f, AG_FP_##what, 0, d, n, imm);                          \
        return 1;
        AG_FP_CASE_1(sqrt)
        AG_FP_CASE_1(rint)
        AG_FP_CASE_1(rintx)
        AG_FP_CASE_1(to_signed)
        AG_FP_CASE_1(to_unsigned)
        AG_FP_CASE_1(from_signed)
        AG_FP_CASE_1(from_unsigned)
    default: /* estimates */
        return 0;
    }
}

/* -- Between formats and registers ----------------------------------------- */

/* The double that a single is; exact. */
AG_INLINE ag_vec ag_widened(ag_vec x)
{
    return (ag_vec)__builtin_convertvector(ag_singles_of(x), ag_f64s);
}

/* Of 64 bits of singles two doubles, or the other way round. */
AG_INLINE void ag_fp_lengthen(ag_fp_lanes *f, u32 d, u32 n, u64 imm)
{
    const u32 at = imm >> 48 & 0xff, width = imm >> 16 & 0xff;
    AG_FP_EACH(f, i, doubt) {
        const ag_vec x = ag_half_of(f->g, i, at >> 6, n);
        ag_halves r;
        r.low = ag_widened(x);
        r.high = ag_splat(0);
        doubt.bad |= (ag_vec)~ag_is_number_64((ag_f64s)r.low);
        if (width > 32) {
            r.high = ag_widened(x >> 32);
            doubt.bad |= (ag_vec)~ag_is_number_64((ag_f64s)r.high);
        }
        ag_fp_put_v(f, d, i, doubt, r);
    }
}

AG_INLINE ag_vec ag_narrowed(ag_vec a, ag_doubt *doubt)
{
    const ag_f64s x = (ag_f64s)a;
    const ag_f32_lanes r = __builtin_convertvector(x, ag_f32_lanes);
    const ag_vec bits = ag_from_singles(r), size = bits & 0x7fffffffu;
    doubt->bad |=
        ~(((ag_vec)((ag_signed_vec)size > 0x00800000) &
           (ag_vec)((ag_signed_vec)size < 0x7f800000)) |
          (ag_vec)(x == 0));
    doubt->inexact |= (ag_vec)(__builtin_convertvector(r, ag_f64s) != x);
    return bits;
}

AG_INLINE void ag_fp_shorten(ag_fp_lanes *f, u32 d, u32 n, u64 imm)
{
    const u32 width = imm >> 16 & 0xff, is_upper = imm >> 56 & 1;
    AG_FP_EACH(f, i, doubt) {
        const ag_halves x = ag_halves_of(f->g, i, n);
        ag_halves r;
        r.low = ag_narrowed(x.low, &doubt);
        if (width > 64)
            r.low |= ag_narrowed(x.high, &doubt) << 32;
        r.high = ag_splat(0);
        if (is_upper) {
            r.high = r.low;
            r.low = ag_half_of(f->g, i, 0, d);
        }
        ag_fp_put_v(f, d, i, doubt, r);
    }
}

AG_INLINE u32 ag_fp_convert(ag_fp_lanes *f, u32 d, u32 n, u64 imm)
{
    const u32 from = imm & 0xffff, to = imm >> 32 & 0xffff;
    if ((imm >> 24 & 7) != AG_AS_FPCR)
        return 0;
    if (from == AG_SINGLE && to == AG_DOUBLE)
        ag_fp_lengthen(f, d, n, imm);
    else if (from == AG_DOUBLE && to == AG_SINGLE)
        ag_fp_shorten(f, d, n, imm);
    else
        return 0;
    return 1;
}

/* FCVTZS and so on, to X[d]. */
AG_INLINE u32 ag_fp_to_x(ag_fp_lanes *f, u32 d, u32 n, u64 imm)
{
    const u32 format = AG_FP_FORMAT(imm), is_unsigned = imm >> 24 & 1;
    const u32 is_word = AG_FP_WIDTH(imm) == 32, rounding = AG_FP_ROUNDING(imm);
    const double most = is_word ? is_unsigned ? 0xffffffffp0 : 0x7fffffffp0
                                : AG_WHOLE_64;
    const double least = is_unsigned ? 0 : is_word ? -0x1p31 : -AG_WHOLE_64;
    const int fraction = (int)AG_FP_FRACTION(imm);
    if ((format != AG_DOUBLE && format != AG_SINGLE) || !AG_HAS_ROUND ||
        rounding > AG_TOWARD_ZERO)
        return 0;
    AG_FP_EACH(f, i, doubt) {
        ag_vec x = ag_half_of(f->g, i, 0, n);
        if (format == AG_SINGLE)
            x = ag_widened(x);
        x = ag_scaled_64(x, fraction);
        x = ag_integer_of((ag_f64s)x, rounding, least, most, &doubt);
        if (is_word)
            x &= 0xffffffffu;
        ag_fp_put(f, d, i, ag_fp_mask(f, i, doubt), x);
    }
    return 1;
}

/* SCVTF, UCVTF of X[n]. */
AG_INLINE u32 ag_fp_from_x(ag_fp_lanes *f, u32 d, u32 n, u64 imm)
{
    const u32 format = AG_FP_FORMAT(imm), is_unsigned = imm >> 24 & 1;
    const u32 is_word = AG_FP_WIDTH(imm) == 32;
    const int fraction = (int)AG_FP_FRACTION(imm);
    if (format != AG_DOUBLE && format != AG_SINGLE)
        return 0;
    AG_FP_EACH(f, i, doubt) {
        ag_vec x = *ag_vector(f->g->x[n], i);
        ag_halves r;
        if (is_word)
            x = is_unsigned ? (ag_vec)(x & 0xffffffffu) : ASR(x << 32, 32);
        else if (is_unsigned)
            doubt.bad |= ASR(x, 63);
        r.low = ag_scaled_64(ag_double_of(x, &doubt), -fraction);
        r.high = ag_splat(0);
        if (format == AG_SINGLE)
            r.low = ag_narrowed(r.low, &doubt);
        ag_fp_put_v(f, d, i, doubt, r);
    }
    return 1;
}

/* -- Comparisons ----------------------------------------------------------- */

/* NZCV into a row of its own: lanes that are left need their old flags. */
AG_INLINE void ag_fp_compare_rows(ag_fp_lanes *f, u32 n, u32 m, u64 imm, u32 a)
{
    ag_group *g = f->g;
    const u32 is_single = AG_FP_FORMAT(imm) == AG_SINGLE;
    const u32 is_always = (imm >> 32 & 0xffff) == 0xffff;
    AG_FP_EACH(f, i, doubt) {
        ag_vec x = ag_half_of(g, i, 0, n), y = ag_splat(0), v;
        if ((imm >> 16 & 1) == 0)
            y = ag_half_of(g, i, 0, m);
        if (is_single) {
            x = ag_widened(x);
            y = ag_widened(y);
        }
        v = ((ag_vec)((ag_f64s)x == (ag_f64s)y) & 4) +
            ((ag_vec)((ag_f64s)x < (ag_f64s)y) & 6) + 2;
        doubt.bad = (ag_vec) ~(ag_is_number_64((ag_f64s)x) &
                               ag_is_number_64((ag_f64s)y));
        if (!is_always) {
            v = ag_select(*ag_vector(g->holds, i), v, ag_splat(a));
            doubt.bad &= *ag_vector(g->holds, i);
        }
        *ag_vector(g->address, i) = ag_fp_mask(f, i, doubt);
        *ag_vector(g->place, i) = v;
    }
}

AG_INLINE u32 ag_fp_compare_vectors(ag_fp_lanes *f, u32 n, u32 m, u32 a,
                                    u64 imm)
{
    ag_group *g = f->g;
    const u32 format = AG_FP_FORMAT(imm);
    u32 q;
    if (format != AG_DOUBLE && format != AG_SINGLE)
        return 0;
    if ((imm >> 32 & 0xffff) != 0xffff)
        ag_evaluate_condition(g, imm >> 32);
    ag_fp_compare_rows(f, n, m, imm, a);
    if (f->rest != 0)
        ag_pack_flags(g);
    for (q = 0; q < g->used_count; q++) {
        const u32 i = g->used[q];
        ag_vec *p = ag_vector(g->nzcv, i);
        *p = ag_select(*ag_vector(g->address, i), *ag_vector(g->place, i), *p);
    }
    g->flags = AG_FLAGS_PACKED;
    return 1;
}

/* True if the operation was begun: f->rest are the lanes left. */
AG_INLINE u32 ag_fp_convert_vectors(ag_fp_lanes *f, u32 op, u32 d, u32 n, u32 m,
                                    u32 a, u64 imm)
{
    switch (op) {
    case AG_OP_FP1:
        return ag_fp_one_operand(f, d, n, imm);
    case AG_OP_FCVT:
        return ag_fp_convert(f, d, n, imm);
    case AG_OP_FTOX:
        return ag_fp_to_x(f, d, n, imm);
    case AG_OP_FFROMX:
        return ag_fp_from_x(f, d, n, imm);
    case AG_OP_FCMP:
        return ag_fp_compare_vectors(f, n, m, a, imm);
    default:
        return 0;
    }
}

/* -- What looks at no number ----------------------------------------------- */

AG_INLINE u32 ag_fp_moves(ag_group *g, u32 op, u32 d, u32 n, u32 m, u32 a,
                          u64 imm)
{
    ag_simd_lanes lanes = {g, 0, g->active != g->live}, *c = &lanes;
    const u64 keep = m == 1 ? ~imm : ~(u64)0, flip = m == 2 ? imm : 0;
    const ag_vec zero = ag_splat(0);
    u32 q;
    if (op == AG_OP_FCSEL)
        ag_evaluate_condition(g, imm);
    for (q = 0; q < g->used_count; q++) {
        c->i = g->used[q];
        switch (op) {
        case AG_OP_FMOV_imm:
            V_SET(d, ag_splat(imm), ag_splat(a ? imm : 0));
            break;
        case AG_OP_FMOV_to_x:
            X_SET(d, V_HALF(a & 1, n) & imm);
            break;
        case AG_OP_FMOV_from_x:
            if (a)
                V_PUT(1, d, X(n) & imm);
            else
                V_SET(d, X(n) & imm, zero);
            break;
        case AG_OP_FCSEL:
            V_SET(d,
                  ag_select(*ag_vector(g->holds, c->i), V_LO(n), V_LO(m)) &
                      ~(u64)0 >> (64 - (8 << a)),
                  zero);
            break;
        case AG_OP_FPSIGN: {
            const ag_vec low =
                ((V_LO(n) & (a ? ~(u64)0 : imm * 2 - 1)) & keep) ^ flip;
            V_SET(d, low, a == 2 ? (ag_vec)((V_HI(n) & keep) ^ flip) : zero);
            break;
        }
        default:
            return 0;
        }
    }
    return 1;
}

#endif
