/*
 * kernels/float/hardware.h against the arithmetic in integers beside it, for
 * each instruction set that the CPU's copies are compiled for: what it calls
 * proven has the same bits and flags, and what its rules prove is not left to
 * integers. COUNT random cases of each, half of them with results around the
 * smallest normal number, the largest and one half of an ulp between two
 * numbers; every FPCR, FPSR.IXC clear and set. SEED=N chooses other cases.
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

#include "float/hardware_case.h"
#include "float/operands.h"

/* Sanitizers look at the code more than at what it computes. */
enum { RELEASE_COUNT = 20000000, OTHER_COUNT = 2000000, SHOWN = 10 };

static const char *const names[] = {
    "add",     "sub",          "mul",        "div",    "sqrt",
    "mul_add", "from_integer", "to_integer", "convert"};

static ag_float soft(const struct hardware_case *c)
{
    const uint64_t *x = c->x;
    switch (c->operation) {
    case ADD:
        return ag_fp_add(c->format, x[0], x[1], c->fpcr);
    case SUB:
        return ag_fp_sub(c->format, x[0], x[1], c->fpcr);
    case MUL:
        return ag_fp_mul(c->format, x[0], x[1], c->fpcr);
    case DIV:
        return ag_fp_div(c->format, x[0], x[1], c->fpcr);
    case SQRT:
        return ag_fp_sqrt(c->format, x[0], c->fpcr);
    case MUL_ADD:
        return ag_fp_mul_add(c->format, x[2], x[0], x[1], c->fpcr);
    case FROM_INTEGER:
        return ag_fixed_to_fp(c->format, x[0], c->bits, 0, c->is_unsigned,
                              c->fpcr, ag_fp_rounding(c->fpcr));
    case TO_INTEGER:
        return ag_fp_to_fixed(c->format, x[0], c->bits, 0, c->is_unsigned,
                              c->fpcr, AG_TOWARD_ZERO);
    default:
        return ag_fp_convert(c->format, other_format(c->format), x[0], c->fpcr,
                             ag_fp_rounding(c->fpcr));
    }
}

/* ---- cases */

/* The smallest result that is taken: above the smallest normal number. */
static uint64_t least_proven(uint32_t format)
{
    return (UINT64_C(1) << AG_FRACTION_BITS(format)) +
           (format == AG_DOUBLE ? UINT64_C(1) << 32 : 1);
}

/* Around where a result may no longer be taken, or anything. */
static uint64_t border(struct random_source *r, uint32_t format)
{
    uint64_t smallest = UINT64_C(1) << AG_FRACTION_BITS(format);
    switch (random_below(r, 4)) {
    case 0:
        return smallest + random_below(r, 9) - 4;
    case 1:
        return least_proven(format) + random_below(r, 9) - 4;
    case 2:
        return ag_fp_infinity(format, 0) - 1 - random_below(r, 4);
    default:
        return random_float(r, format);
    }
}

/* x[0] and perhaps others become such that the result is near a border. */
static void aim(struct random_source *r, struct hardware_case *c)
{
    uint32_t format = c->format, fpcr = (uint32_t)random_below(r, 4) << 22;
    uint64_t z = border(r, format), y = random_float(r, format), p;
    if (random_below(r, 2))
        z ^= AG_SIGN_BIT(format);
    c->x[1] = y;
    switch (c->operation) {
    case ADD:
        c->x[0] = ag_fp_sub(format, z, y, fpcr).value;
        break;
    case SUB:
        c->x[0] = ag_fp_add(format, z, y, fpcr).value;
        break;
    case MUL:
        c->x[0] = ag_fp_div(format, z, y, fpcr).value;
        break;
    case DIV:
        c->x[0] = ag_fp_mul(format, z, y, fpcr).value;
        break;
    case SQRT:
        c->x[0] = ag_fp_mul(format, y, y, fpcr).value;
        break;
    case MUL_ADD:
        if (random_below(r, 2)) { /* the product is near it, the rest small */
            c->x[0] = ag_fp_div(format, z, y, fpcr).value;
            p = z & ~(AG_SIGN_BIT(format) - 1);
            c->x[2] = p | random_below(r, UINT64_C(1)
                                              << AG_FRACTION_BITS(format));
        } else {
            p = ag_fp_mul(format, c->x[0], y, fpcr).value;
            c->x[2] = ag_fp_sub(format, z, p, fpcr).value;
        }
        break;
    case TO_INTEGER: /* around 2^31, 2^32, 2^63, 2^64, and whole numbers */
        p = (uint64_t)(AG_BIAS(format) + 31 + (int)random_below(r, 34))
            << AG_FRACTION_BITS(format);
        c->x[0] = (p + random_below(r, 5) - 2) ^
                  (random_below(r, 2) ? AG_SIGN_BIT(format) : 0);
        break;
    case CONVERT:
        if (format == AG_DOUBLE) { /* a single with bits far below it */
            c->x[0] = ag_fp_convert(AG_SINGLE, AG_DOUBLE, border(r, AG_SINGLE),
                                    0, 0)
                          .value;
            c->x[0] += random_below(r, 3) - 1 + (random_below(r, 3) << 28);
        } else {
            c->x[0] = z;
        }
        break;
    default:
        break;
    }
}

/* Integers whose bits just fit a format, or do not. */
static uint64_t random_integer(struct random_source *r, uint32_t format)
{
    uint64_t x = random_value(r);
    if (random_below(r, 2))
        x = (UINT64_C(1) << AG_FRACTION_BITS(format) |
             random_fraction(r, AG_FRACTION_BITS(format)))
                << random_below(r, 12) ^
            random_below(r, 4);
    return random_below(r, 2) ? x : 0 - x;
}

static struct hardware_case random_case(struct random_source *r)
{
    struct hardware_case c = {0};
    c.operation = (enum operation)random_below(r, NUM_OPERATIONS);
    c.format = random_below(r, 2) ? AG_DOUBLE : AG_SINGLE;
    c.fpcr = (uint32_t)random_next(r) & (AG_FPCR_FZ | AG_FPCR_DN |
                                         AG_FPCR_FZ16 | AG_FPCR_AHP | AG_IXC);
    if (random_below(r, 2))
        c.fpcr &= AG_IXC;
    if (random_below(r, 8) == 0)
        c.fpcr |= (uint32_t)random_below(r, 4) << 22;
    c.bits = random_below(r, 2) ? 64 : 32;
    c.is_unsigned = (uint32_t)random_below(r, 2);
    random_floats(r, c.format, c.x);
    if (random_below(r, 2))
        aim(r, &c);
    if (c.operation == FROM_INTEGER)
        c.x[0] = random_integer(r, c.format);
    else
        for (int i = 0; i < 3; i++)
            c.x[i] = with_garbage(r, c.format, c.x[i]);
    return c;
}

/* ---- comparison */

static uint32_t num_operands(enum operation operation)
{
    return operation == MUL_ADD ? 3 : operation <= DIV ? 2 : 1;
}

static bool is_normal(uint32_t format, uint64_t x)
{
    uint64_t smallest = UINT64_C(1) << AG_FRACTION_BITS(format);
    uint64_t size = x & (AG_SIGN_BIT(format) - 1);
    return size >= smallest && size < ag_fp_infinity(format, 0);
}

/* What the rules of hardware.h promise of arithmetic on normal numbers. */
static bool must_be_proven(const struct hardware_case *c, ag_float right,
                           uint32_t has_fma)
{
    uint64_t least = least_proven(c->format);
    for (uint32_t i = 0; i < num_operands(c->operation); i++)
        if (!is_normal(c->format, c->x[i]))
            return false;
    return c->operation <= MUL_ADD && ag_fp_rounding(c->fpcr) == 0 &&
           is_normal(c->format, right.value) &&
           (right.value & (AG_SIGN_BIT(c->format) - 1)) >= least &&
           (right.flags & ~AG_IXC) == 0 &&
           (c->operation != MUL_ADD || (has_fma && (c->fpcr & AG_IXC)));
}

static void show(const struct hardware_case *c, ag_float hard, ag_float right)
{
    print_error("%s.%x(%llx, %llx, %llx) fpcr %08x, %u bits, unsigned %u: "
                "%llx flags %02x, in integers %llx flags %02x\n",
                names[c->operation], c->format, (unsigned long long)c->x[0],
                (unsigned long long)c->x[1], (unsigned long long)c->x[2],
                c->fpcr, c->bits, c->is_unsigned,
                (unsigned long long)hard.value, hard.flags,
                (unsigned long long)right.value, right.flags);
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

static void compare(const char *name, ag_float (*copy)(const struct hardware_case *),
                    uint32_t has_fma)
{
    uint64_t seed = number("SEED", 1), count = number("COUNT", default_count());
    struct random_source r = {seed};
    uint64_t proven = 0, inexact = 0, wrong = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct hardware_case c = random_case(&r);
        uint32_t known = c.fpcr & AG_IXC;
        ag_float hard = copy(&c), right = soft(&c);
        bool is_proven = (hard.flags & AG_UNPROVEN) == 0;
        proven += is_proven;
        inexact += is_proven && hard.flags == AG_IXC;
        if (is_proven ? hard.value == right.value &&
                            (hard.flags | known) == (right.flags | known)
                      : !must_be_proven(&c, right, has_fma))
            continue;
        if (wrong++ < SHOWN)
            show(&c, hard, right);
    }
    print_message("%s: %llu cases, %llu proven, %llu of them found inexact; "
                  "seed %llu\n",
                  name, (unsigned long long)count, (unsigned long long)proven,
                  (unsigned long long)inexact, (unsigned long long)seed);
    assert_int_equal(wrong, 0);
    assert_true(proven > count / 4 && inexact > count / 20);
}

static void test_base(void **state)
{
    (void)state;
    compare("base", hardware_base, has_fma_base());
}

static void test_fma(void **state)
{
    (void)state;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma")) {
        assert_true(has_fma_fma());
        compare("fma", hardware_fma, has_fma_fma());
        return;
    }
#endif
    print_message("skipped: no FMA on this processor, or always\n");
    skip();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_base),
                                              cmocka_unit_test(test_fma)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
