/*
 * kernels/float against Berkeley SoftFloat 3e, an independent implementation,
 * set to find tininess before rounding: results and flags of at least COUNT
 * random cases, and all halves where there is one operand. Which NaN comes out,
 * flushing and alternative halves are Arm's own: tests/test_float_arm.sh.
 *
 * `make deps` fetches SoftFloat; without it nothing is compared, which fails in
 * CI. SEED=N chooses other cases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifndef HAVE_SOFTFLOAT

static void test_nothing(void **state)
{
    const char *ci = getenv("CI");
    (void)state;
    if (ci != NULL && strcmp(ci, "true") == 0)
        fail_msg("CI must have SoftFloat: make deps");
    print_message("skipped: no SoftFloat, make deps fetches it\n");
    skip();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

#include "float/operands.h"

#include <softfloat.h>

/* Sanitizers look at the code more than at what it computes. */
enum { RELEASE_COUNT = 40000000, OTHER_COUNT = 4000000, SHOWN = 20 };

/* One case: what is done to which operands. */
struct float_case {
    uint32_t format, rounding, fpcr;
    uint64_t x[3];
    uint32_t to;          /* conversions: the other format */
    uint32_t bits, point; /* integers: width, bits below the point */
    uint32_t is_unsigned, option;
};

struct float_row {
    const char *name;
    ag_float (*ours)(const struct float_case *);
    ag_float (*theirs)(const struct float_case *);
    uint32_t roundings; /* how many of AG_TIE_EVEN.. */
    bool has_one_operand, is_to_integer, is_from_integer, has_other_format;
    bool is_wide; /* no halves */
};

/* ---- SoftFloat's side */

static const uint8_t their_rounding[] = {
    softfloat_round_near_even,   softfloat_round_max,
    softfloat_round_min,         softfloat_round_minMag,
    softfloat_round_near_maxMag, softfloat_round_odd};

static uint32_t their_flags(void)
{
    uint32_t f = softfloat_exceptionFlags, flags = 0;
    flags |= f & softfloat_flag_inexact ? AG_IXC : 0;
    flags |= f & softfloat_flag_underflow ? AG_UFC : 0;
    flags |= f & softfloat_flag_overflow ? AG_OFC : 0;
    flags |= f & softfloat_flag_infinite ? AG_DZC : 0;
    flags |= f & softfloat_flag_invalid ? AG_IOC : 0;
    return flags;
}

static ag_float gives(uint64_t value)
{
    return ag_fp_result(value, their_flags());
}

static float16_t h(uint64_t x)
{
    return (float16_t){(uint16_t)x};
}
static float32_t s(uint64_t x)
{
    return (float32_t){(uint32_t)x};
}
static float64_t d(uint64_t x)
{
    return (float64_t){x};
}

#define ONE(of) of(c->x[0])
#define TWO(of) of(c->x[0]), of(c->x[1])
#define THREE(of) of(c->x[0]), of(c->x[1]), of(c->x[2])
#define TO_INTEGER(of) of(c->x[0]), softfloat_roundingMode, c->option != 0
#define THEIRS(name, function, operands)                                       \
    static ag_float their_##name(const struct float_case *c)                   \
    {                                                                          \
        return c->format == AG_HALF ? gives(f16_##function(operands(h)).v)     \
               : c->format == AG_SINGLE                                        \
                   ? gives(f32_##function(operands(s)).v)                      \
                   : gives(f64_##function(operands(d)).v);                     \
    }
THEIRS(add, add, TWO)
THEIRS(sub, sub, TWO)
THEIRS(mul, mul, TWO)
THEIRS(div, div, TWO)
THEIRS(sqrt, sqrt, ONE)
THEIRS(mul_add, mulAdd, THREE)
THEIRS(round_int, roundToInt, TO_INTEGER)

static float128_t as_quad(uint32_t format, uint64_t x)
{
    return format == AG_HALF     ? f16_to_f128(h(x))
           : format == AG_SINGLE ? f32_to_f128(s(x))
                                 : f64_to_f128(d(x));
}

static uint64_t from_quad(uint32_t format, float128_t q)
{
    return format == AG_HALF     ? f128_to_f16(q).v
           : format == AG_SINGLE ? f128_to_f32(q).v
                                 : f128_to_f64(q).v;
}

/* All formats are exact in 128 bits. */
static ag_float their_convert(const struct float_case *c)
{
    return gives(from_quad(c->to, as_quad(c->format, c->x[0])));
}

static ag_float their_round_int_n(const struct float_case *c)
{
    ag_float r = their_round_int(c);
    uint64_t limit = (uint64_t)(1022 + c->option) << 52;
    float64_t smallest = d(limit | AG_SIGN_BIT(AG_DOUBLE));
    float64_t whole =
        c->format == AG_SINGLE ? f32_to_f64(s(r.value)) : d(r.value);
    if (f64_lt_quiet(whole, d(limit)) && f64_le_quiet(smallest, whole))
        return r;
    return ag_fp_result(
        c->format == AG_SINGLE ? f64_to_f32(smallest).v : smallest.v, AG_IOC);
}

static uint64_t largest(const struct float_case *c)
{
    return ~UINT64_C(0) >> (64 - c->bits) >> !c->is_unsigned;
}

/* Arm's integers for what is none: 0 for NaNs, else the nearest. */
static ag_float their_to_fixed(const struct float_case *c)
{
    uint8_t mode = softfloat_roundingMode;
    float64_t x = c->format == AG_HALF     ? f16_to_f64(h(c->x[0]))
                  : c->format == AG_SINGLE ? f32_to_f64(s(c->x[0]))
                                           : d(c->x[0]);
    uint64_t value, mask = ~UINT64_C(0) >> (64 - c->bits);
    x = f64_mul(x, d((uint64_t)(1023 + c->point) << 52));
    if (!f64_eq(x, x))
        return ag_fp_result(0, AG_IOC);
    softfloat_exceptionFlags = 0;
    value = c->is_unsigned ? f64_to_ui64(x, mode, true)
                           : (uint64_t)f64_to_i64(x, mode, true);
    if (c->bits != 64) {
        int64_t v = (int64_t)value, top = (int64_t)largest(c);
        int64_t bottom = c->is_unsigned ? 0 : -top - 1;
        if (c->is_unsigned ? value > (uint64_t)top : v > top || v < bottom) {
            value = (uint64_t)(c->is_unsigned || v > 0 ? top : bottom);
            softfloat_exceptionFlags = softfloat_flag_invalid;
        }
    }
    return gives(value & mask);
}

static ag_float their_from_fixed(const struct float_case *c)
{
    uint64_t v = c->x[0] & ~UINT64_C(0) >> (64 - c->bits);
    float128_t q;
    if (c->is_unsigned)
        q = ui64_to_f128(v);
    else
        q = i64_to_f128((int64_t)(v << (64 - c->bits)) >> (64 - c->bits));
    q = f128_mul(q, f64_to_f128(d((uint64_t)(1023 - c->point) << 52)));
    return gives(from_quad(c->format, q));
}

/* 128 bits rounded to odd, then rounded as wanted, are rounded once. */
static ag_float their_step(const struct float_case *c, int constant)
{
    uint8_t mode = softfloat_roundingMode;
    float128_t x = as_quad(c->format, c->x[0] ^ AG_SIGN_BIT(c->format));
    float128_t y = as_quad(c->format, c->x[1]), product, r;
    product = f128_mul(x, y);
    if (!f128_eq(product, product) && f128_eq(x, x) && f128_eq(y, y)) {
        r = i32_to_f128(constant); /* infinity times zero */
        softfloat_exceptionFlags = 0;
    } else {
        softfloat_roundingMode = softfloat_round_odd;
        r = f128_mulAdd(x, y, i32_to_f128(constant));
        softfloat_roundingMode = mode;
        if (f128_eq(r, i32_to_f128(0))) /* exact, and of the mode's sign */
            r = f128_sub(i32_to_f128(1), i32_to_f128(1));
        softfloat_exceptionFlags &= softfloat_flag_invalid;
    }
    if (constant == 3)
        r = f128_mul(r, f64_to_f128(d(UINT64_C(1022) << 52)));
    return gives(from_quad(c->format, r));
}
static ag_float their_recip_step(const struct float_case *c)
{
    return their_step(c, 2);
}
static ag_float their_rsqrt_step(const struct float_case *c)
{
    return their_step(c, 3);
}

static ag_float their_mul_add_h(const struct float_case *c)
{
    return gives(
        f32_mulAdd(f16_to_f32(h(c->x[0])), f16_to_f32(h(c->x[1])), s(c->x[2]))
            .v);
}

static ag_float their_convert_bf(const struct float_case *c)
{
    return gives(f32_to_bf16(s(c->x[0])).v);
}

/* NZCV of quiet comparisons; option: of signalling ones. */
static ag_float their_compare(const struct float_case *c)
{
    float128_t x = as_quad(c->format, c->x[0]);
    float128_t y = as_quad(c->format, c->x[1]);
    uint64_t nzcv = f128_eq(x, y)         ? 6
                    : f128_lt_quiet(x, y) ? 8
                    : f128_lt_quiet(y, x) ? 2
                                          : 3;
    if (c->option)
        f128_le(x, y);
    return gives(nzcv);
}

/* ---- ours */

#define OURS(name, call)                                                       \
    static ag_float our_##name(const struct float_case *c)                     \
    {                                                                          \
        return call;                                                           \
    }
#define XY c->format, c->x[0], c->x[1]
OURS(add, c->rounding < 4 ? ag_fp_add(XY, c->fpcr)
                          : ag_fp_add_rounding(XY, 0, c->fpcr, c->rounding))
OURS(sub, c->rounding < 4 ? ag_fp_sub(XY, c->fpcr)
                          : ag_fp_add_rounding(XY, 1, c->fpcr, c->rounding))
OURS(mul, c->rounding < 4 ? ag_fp_mul(XY, c->fpcr)
                          : ag_fp_mul_rounding(XY, 0, c->fpcr, c->rounding))
OURS(div, ag_fp_div(XY, c->fpcr))
OURS(sqrt, ag_fp_sqrt(c->format, c->x[0], c->fpcr))
OURS(mul_add, ag_fp_mul_add(c->format, c->x[2], c->x[0], c->x[1], c->fpcr))
OURS(mul_add_h, ag_fp_mul_add_h(c->x[2], c->x[0], c->x[1], c->fpcr))
OURS(recip_step, ag_fp_recip_step_fused(XY, c->fpcr))
OURS(rsqrt_step, ag_fp_rsqrt_step_fused(XY, c->fpcr))
OURS(compare, ag_fp_compare(XY, c->option, c->fpcr))
OURS(convert, ag_fp_convert(c->format, c->to, c->x[0], c->fpcr, c->rounding))
OURS(convert_bf, ag_fp_convert_bf(c->x[0], c->fpcr))
OURS(round_int,
     ag_fp_round_int(c->format, c->x[0], c->fpcr, c->rounding, c->option))
OURS(round_int_n,
     ag_fp_round_int_n(c->format, c->x[0], c->fpcr, c->rounding, c->option))
OURS(to_fixed, ag_fp_to_fixed(c->format, c->x[0], c->bits, c->point,
                              c->is_unsigned, c->fpcr, c->rounding))
OURS(from_fixed, ag_fixed_to_fp(c->format, c->x[0], c->bits, c->point,
                                c->is_unsigned, c->fpcr, c->rounding))

#define ROW(name) #name, our_##name, their_##name
static const struct float_row rows[] = {
    {ROW(add), .roundings = 6},
    {ROW(sub), .roundings = 6},
    {ROW(mul), .roundings = 6},
    {ROW(div), .roundings = 4},
    {ROW(sqrt), .roundings = 4, .has_one_operand = true},
    {ROW(mul_add), .roundings = 4},
    {ROW(mul_add), .roundings = 4}, /* the most there is to go wrong */
    {ROW(mul_add_h), .roundings = 4},
    {ROW(recip_step), .roundings = 4},
    {ROW(rsqrt_step), .roundings = 4},
    {ROW(compare), .roundings = 4},
    {ROW(convert), .roundings = 6, .has_one_operand = true,
     .has_other_format = true},
    {ROW(convert_bf), .roundings = 4, .has_one_operand = true, .is_wide = true},
    {ROW(round_int), .roundings = 5, .has_one_operand = true},
    {ROW(round_int_n), .roundings = 5, .has_one_operand = true,
     .is_wide = true},
    {ROW(to_fixed), .roundings = 5, .has_one_operand = true,
     .is_to_integer = true},
    {ROW(from_fixed), .roundings = 4, .is_from_integer = true},
};
enum { NUM_ROWS = sizeof rows / sizeof rows[0] };

/* ---- comparison */

static const uint32_t formats[] = {AG_HALF, AG_SINGLE, AG_DOUBLE};
static uint64_t num_cases, num_differences;

static bool is_row(const struct float_row *row, const char *name)
{
    return strcmp(row->name, name) == 0;
}

static uint32_t result_format(const struct float_row *row,
                              const struct float_case *c)
{
    return row->has_other_format       ? c->to
           : is_row(row, "mul_add_h")  ? AG_SINGLE
           : is_row(row, "convert_bf") ? AG_BFLOAT
                                       : c->format;
}

static bool is_nan(uint32_t format, uint64_t x)
{
    return (x & (AG_SIGN_BIT(format) - 1)) > ag_fp_infinity(format, 0);
}

static void compare(const struct float_row *row, const struct float_case *given,
                    struct random_source *r)
{
    struct float_case c = *given;
    uint32_t format = result_format(row, &c);
    ag_float ours, theirs;
    softfloat_exceptionFlags = 0;
    softfloat_roundingMode = their_rounding[c.rounding];
    theirs = row->theirs(&c);
    for (int i = 0; i < 3 && !row->is_from_integer; i++)
        c.x[i] = with_garbage(r, c.format, c.x[i]);
    if (is_row(row, "mul_add_h"))
        c.x[2] = given->x[2];
    ours = row->ours(&c);
    num_cases++;
    if (ours.flags == theirs.flags &&
        (ours.value == theirs.value ||
         (!row->is_to_integer && row->theirs != their_compare &&
          is_nan(format, ours.value) && is_nan(format, theirs.value))))
        return;
    if (num_differences++ < SHOWN)
        print_error("%s.%u(%llx, %llx, %llx) rounding %u, to %u, %u bits, "
                    "point %u, unsigned %u, option %u: %llx flags %02x, "
                    "SoftFloat %llx flags %02x\n",
                    row->name, c.format, (unsigned long long)c.x[0],
                    (unsigned long long)c.x[1], (unsigned long long)c.x[2],
                    c.rounding, c.to, c.bits, c.point, c.is_unsigned, c.option,
                    (unsigned long long)ours.value, ours.flags,
                    (unsigned long long)theirs.value, theirs.flags);
}

/* Everything about a case but its operands. */
static struct float_case random_case(const struct float_row *row,
                                     struct random_source *r)
{
    struct float_case c = {0};
    c.format =
        formats[row->is_wide ? 1 + random_below(r, 2) : random_below(r, 3)];
    do
        c.rounding = (uint32_t)random_below(r, row->roundings);
    while (row->roundings == 6 && c.rounding == AG_TIE_AWAY);
    c.fpcr = (c.rounding & 3) << 22;
    do
        c.to = formats[random_below(r, 3)];
    while (c.to == c.format);
    c.bits = 16u << random_below(r, 3);
    c.point = random_below(r, 2) ? (uint32_t)random_below(r, c.bits + 1) : 0;
    c.is_unsigned = random_below(r, 2) != 0;
    c.option = (uint32_t)random_below(r, 2);
    if (is_row(row, "round_int_n"))
        c.option = c.option ? 64 : 32;
    if (is_row(row, "mul_add_h"))
        c.format = AG_HALF;
    if (is_row(row, "convert_bf"))
        c.format = AG_SINGLE;
    return c;
}

static void random_operands(const struct float_row *row, struct float_case *c,
                            struct random_source *r)
{
    if (row->is_from_integer) {
        c->x[0] = random_value(r);
        if (random_below(r, 2)) /* ties of every format */
            c->x[0] = (UINT64_C(1) << 63 | random_fraction(r, 52) << 11 |
                       (random_next(r) & 0x7ff)) >>
                      random_below(r, 64);
        return;
    }
    random_floats(r, c->format, c->x);
    if (is_row(row, "mul_add_h")) {
        c->x[2] = random_float(r, AG_SINGLE);
        if (random_below(r, 3) == 0)
            c->x[2] = random_near(
                r, AG_SINGLE, ag_fp_mul_add_h(0, c->x[0], c->x[1], 0).value);
    }
}

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 0);
}

static uint64_t default_count(void)
{
    const bool is_release = strcmp(ARMGPU_MODE, "release") == 0;
    return is_release ? RELEASE_COUNT : OTHER_COUNT;
}

static void test_random_cases(void **state)
{
    uint64_t seed = number("SEED", 1), count = number("COUNT", default_count());
    uint64_t each = count / NUM_ROWS + 1;
    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int row = 0; row < NUM_ROWS; row++) {
        struct random_source r = {seed * 100 + (uint64_t)row};
        uint64_t before = num_differences;
        for (uint64_t i = 0; i < each; i++) {
            struct float_case c = random_case(&rows[row], &r);
            random_operands(&rows[row], &c, &r);
            compare(&rows[row], &c, &r);
        }
        print_message("%-12s %9llu cases, %llu differences\n", rows[row].name,
                      (unsigned long long)each,
                      (unsigned long long)(num_differences - before));
    }
    assert_true(num_cases >= count);
    assert_int_equal(num_differences, 0);
}

/* Every half, in every rounding and with every option. */
static void test_all_halves(void **state)
{
    struct random_source r = {0};
    uint64_t before = num_differences, counted = num_cases;
    (void)state;
    for (int row = 0; row < NUM_ROWS; row++) {
        if (!rows[row].has_one_operand || rows[row].is_wide)
            continue;
        for (int i = 0; i < 64; i++) {
            struct float_case c = random_case(&rows[row], &r);
            c.format = AG_HALF;
            c.to = i & 1 ? AG_SINGLE : AG_DOUBLE;
            for (uint64_t x = 0; x < 0x10000; x++) {
                c.x[0] = x;
                compare(&rows[row], &c, &r);
            }
        }
    }
    print_message("all halves: %llu cases\n",
                  (unsigned long long)(num_cases - counted));
    assert_int_equal(num_differences, before);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_cases),
        cmocka_unit_test(test_all_halves),
    };
    softfloat_detectTininess = softfloat_tininess_beforeRounding;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
