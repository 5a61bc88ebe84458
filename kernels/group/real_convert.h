/*
 * Floating point on vectors of lanes, the rest: comparisons, roots, roundings
 * and conversions. Included by real.h.
 */
#ifndef AG_GROUP_REAL_CONVERT_H
#define AG_GROUP_REAL_CONVERT_H

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
        ag_doubt_in(doubt, (ag_vec)~ag_is_number_##bits(x));                   \
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
    ag_doubt_in(doubt, ~((ag_vec)(r >= least) & (ag_vec)(r <= most)));
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
    ag_doubt_in(doubt, ~((ag_vec)(above == 0) | (ag_vec)(above == ~(u64)0)));
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
        ag_doubt_in(doubt, ASR(x, 63));
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
        ag_doubt_in(doubt, (ag_vec)~(ag_size_of_32(r) < 0x1p31f));
        if (what == AG_FP_to_unsigned)
            ag_doubt_in(doubt, (ag_vec)(r < 0));
        doubt->inexact |= (ag_vec)(r != x);
        r = (ag_f32s)((ag_u32s)r & (ag_u32s)(ag_size_of_32(r) < 0x1p31f));
        return (ag_vec)__builtin_convertvector(r, ag_i32s);
    default:
        whole = (ag_i32s)a;
        if (what == AG_FP_from_unsigned)
            ag_doubt_in(doubt, (ag_vec)(whole < 0));
        doubt->inexact |= (ag_vec)((whole > 0x1000000) | (whole < -0x1000000));
        return ag_scaled_32((ag_vec)__builtin_convertvector(whole, ag_f32s),
                            -fraction);
    }
}

/* Whether that is there: directed roundings of what processors round. */
AG_INLINE u32 ag_has_real_one(const u32 what, u64 imm)
{
    return AG_FP_ROUNDING(imm) != AG_TIE_AWAY &&
           (AG_HAS_ROUND || what == AG_FP_sqrt || what == AG_FP_from_signed ||
            what == AG_FP_from_unsigned);
}

AG_INLINE ag_halves ag_real_one(AG_SIMD_CTX, const u32 what,
                                const u32 is_double, u32 n, u64 imm,
                                ag_doubt *doubt)
{
    const u32 width = AG_FP_WIDTH(imm);
    const int fraction = (int)AG_FP_FRACTION(imm);
    const ag_halves x = ag_halves_of(c, n);
    u32 rounding = AG_FP_ROUNDING(imm);
    ag_halves r = x;
    if (rounding == AG_AS_FPCR)
        rounding = AG_TIE_EVEN;
#define AG_ONE_PART(part)                                                      \
    (is_double ? ag_one_64(what, rounding, fraction, x.part, doubt)            \
               : ag_one_32(what, rounding, fraction, x.part, doubt))
    r.low = AG_ONE_PART(low);
    if (width > 64)
        r.high = AG_ONE_PART(high);
#undef AG_ONE_PART
    return ag_real_end(r, width, doubt);
}

/* -- Between formats and registers ----------------------------------------- */

/* The double that a single is; exact. */
AG_INLINE ag_vec ag_widened(ag_vec x)
{
    return (ag_vec)__builtin_convertvector(ag_singles_of(x), ag_f64s);
}

/* Of 64 bits of singles two doubles, or the other way round. */
AG_INLINE ag_halves ag_real_lengthen(AG_SIMD_CTX, u32 n, u64 imm,
                                     ag_doubt *doubt)
{
    const u32 at = imm >> 48 & 0xff, width = imm >> 16 & 0xff;
    const ag_vec x = V_HALF(at >> 6, n);
    ag_halves r;
    r.low = ag_widened(x);
    r.high = ag_splat(0);
    ag_doubt_in(doubt, (ag_vec)~ag_is_number_64((ag_f64s)r.low));
    if (width > 32) {
        r.high = ag_widened(x >> 32);
        ag_doubt_in(doubt, (ag_vec)~ag_is_number_64((ag_f64s)r.high));
    }
    return r;
}

AG_INLINE ag_vec ag_narrowed(ag_vec a, ag_doubt *doubt)
{
    const ag_f64s x = (ag_f64s)a;
    const ag_f32_lanes r = __builtin_convertvector(x, ag_f32_lanes);
    const ag_vec bits = ag_from_singles(r), size = bits & 0x7fffffffu;
    ag_doubt_unless(doubt,
                    ~((ag_vec)((ag_signed_vec)size > 0x00800000) &
                      (ag_vec)((ag_signed_vec)size < 0x7f800000)),
                    (ag_vec)(x == 0));
    doubt->inexact |= (ag_vec)(__builtin_convertvector(r, ag_f64s) != x);
    return bits;
}

AG_INLINE ag_halves ag_real_shorten(AG_SIMD_CTX, u32 d, u32 n, u64 imm,
                                    ag_doubt *doubt)
{
    const u32 width = imm >> 16 & 0xff, is_upper = imm >> 56 & 1;
    const ag_halves x = ag_halves_of(c, n);
    ag_halves r;
    r.low = ag_narrowed(x.low, doubt);
    if (width > 64)
        r.low |= ag_narrowed(x.high, doubt) << 32;
    r.high = ag_splat(0);
    if (is_upper) {
        r.high = r.low;
        r.low = V_LO(d);
    }
    return r;
}

/* FCVTZS and so on: what becomes X[d]. */
AG_INLINE u32 ag_has_real_to_x(u64 imm)
{
    const u32 format = AG_FP_FORMAT(imm);
    return (format == AG_DOUBLE || format == AG_SINGLE) && AG_HAS_ROUND &&
           AG_FP_ROUNDING(imm) <= AG_TOWARD_ZERO;
}
AG_INLINE ag_vec ag_real_to_x(AG_SIMD_CTX, u32 n, u64 imm, ag_doubt *doubt)
{
    const u32 is_unsigned = imm >> 24 & 1, is_word = AG_FP_WIDTH(imm) == 32;
    const double most = is_word ? is_unsigned ? 0xffffffffp0 : 0x7fffffffp0
                                : AG_WHOLE_64;
    const double least = is_unsigned ? 0 : is_word ? -0x1p31 : -AG_WHOLE_64;
    ag_vec x = V_LO(n);
    if (AG_FP_FORMAT(imm) == AG_SINGLE)
        x = ag_widened(x);
    x = ag_scaled_64(x, (int)AG_FP_FRACTION(imm));
    x = ag_integer_of((ag_f64s)x, AG_FP_ROUNDING(imm), least, most, doubt);
    return is_word ? (ag_vec)(x & 0xffffffffu) : x;
}

/* SCVTF, UCVTF of X[n]. */
AG_INLINE u32 ag_has_real_from_x(u64 imm)
{
    const u32 format = AG_FP_FORMAT(imm);
    return format == AG_DOUBLE || format == AG_SINGLE;
}
AG_INLINE ag_halves ag_real_from_x(AG_SIMD_CTX, u32 n, u64 imm,
                                   ag_doubt *doubt)
{
    const u32 is_unsigned = imm >> 24 & 1, is_word = AG_FP_WIDTH(imm) == 32;
    ag_vec x = X(n);
    ag_halves r;
    if (is_word)
        x = is_unsigned ? (ag_vec)(x & 0xffffffffu) : ASR(x << 32, 32);
    else if (is_unsigned)
        ag_doubt_in(doubt, ASR(x, 63));
    r.low = ag_scaled_64(ag_double_of(x, doubt), -(int)AG_FP_FRACTION(imm));
    r.high = ag_splat(0);
    if (AG_FP_FORMAT(imm) == AG_SINGLE)
        r.low = ag_narrowed(r.low, doubt);
    return r;
}

/* -- Comparisons ----------------------------------------------------------- */

/* FCMP, FCCMP: NZCV. */
AG_INLINE u32 ag_has_real_compare(u64 imm)
{
    return ag_has_real_from_x(imm);
}
AG_INLINE ag_vec ag_real_compare(AG_SIMD_CTX, u32 n, u32 m, u32 a, u64 imm,
                                 ag_doubt *doubt)
{
    const u32 is_always = (imm >> 32 & 0xffff) == 0xffff;
    ag_vec x = V_LO(n), y = ag_splat(0), v, bad;
    if ((imm >> 16 & 1) == 0)
        y = V_LO(m);
    if (AG_FP_FORMAT(imm) == AG_SINGLE) {
        x = ag_widened(x);
        y = ag_widened(y);
    }
    v = ((ag_vec)((ag_f64s)x == (ag_f64s)y) & 4) +
        ((ag_vec)((ag_f64s)x < (ag_f64s)y) & 6) + 2;
    bad = (ag_vec) ~(ag_is_number_64((ag_f64s)x) &
                     ag_is_number_64((ag_f64s)y));
    if (!is_always) {
        const ag_vec holds = HOLDS(imm >> 32);
        v = ag_select(holds, v, ag_splat(a));
        bad &= holds;
    }
    ag_doubt_in(doubt, bad);
    return v;
}

#endif
