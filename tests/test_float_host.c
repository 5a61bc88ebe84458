/*
 * kernels/float against this processor's own arithmetic: COUNT random cases of
 * single and double precision in four roundings, results and flags. What is
 * Arm's alone is left out: NaNs, and underflow, which others find after
 * rounding. SEED=N chooses other cases.
 */
#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "float/operands.h"

/* Sanitizers look at the code more than at what it computes. */
enum { RELEASE_COUNT = 12000000, OTHER_COUNT = 2000000, SHOWN = 20 };

enum operation { ADD, SUB, MUL, DIV, SQRT, FMA, NUM_OPERATIONS };
static const char *const names[] = {"add", "sub", "mul", "div", "sqrt", "fma"};

static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD,
                            FE_TOWARDZERO};

/* `volatile`, so that nothing is computed before the rounding is set. */
#define HOST(type, bits, fused, root)                                          \
    static uint64_t host_##type(enum operation op, const uint64_t x[3])        \
    {                                                                          \
        volatile type v[3], r = 0;                                             \
        bits result;                                                           \
        for (int i = 0; i < 3; i++) {                                          \
            bits part = (bits)x[i];                                            \
            type value;                                                        \
            memcpy(&value, &part, sizeof part);                                \
            v[i] = value;                                                      \
        }                                                                      \
        feclearexcept(FE_ALL_EXCEPT);                                          \
        r = op == ADD    ? v[0] + v[1]                                         \
            : op == SUB  ? v[0] - v[1]                                         \
            : op == MUL  ? v[0] * v[1]                                         \
            : op == DIV  ? v[0] / v[1]                                         \
            : op == SQRT ? root(v[0])                                          \
                         : fused(v[0], v[1], v[2]);                            \
        {                                                                      \
            type value = r;                                                    \
            memcpy(&result, &value, sizeof result);                            \
        }                                                                      \
        return result;                                                         \
    }
HOST(float, uint32_t, fmaf, sqrtf)
HOST(double, uint64_t, fma, sqrt)

static uint32_t host_flags(void)
{
    int raised = fetestexcept(FE_ALL_EXCEPT);
    return (raised & FE_INVALID ? AG_IOC : 0) |
           (raised & FE_DIVBYZERO ? AG_DZC : 0) |
           (raised & FE_OVERFLOW ? AG_OFC : 0) |
           (raised & FE_INEXACT ? AG_IXC : 0);
}

static ag_float ours(enum operation op, uint32_t format, const uint64_t x[3],
                     uint32_t fpcr)
{
    switch (op) {
    case ADD:
        return ag_fp_add(format, x[0], x[1], fpcr);
    case SUB:
        return ag_fp_sub(format, x[0], x[1], fpcr);
    case MUL:
        return ag_fp_mul(format, x[0], x[1], fpcr);
    case DIV:
        return ag_fp_div(format, x[0], x[1], fpcr);
    case SQRT:
        return ag_fp_sqrt(format, x[0], fpcr);
    default:
        return ag_fp_mul_add(format, x[2], x[0], x[1], fpcr);
    }
}

static bool is_nan(uint32_t format, uint64_t x)
{
    return (x & (AG_SIGN_BIT(format) - 1)) > ag_fp_infinity(format, 0);
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

static void test_host(void **state)
{
    uint64_t seed = number("SEED", 1), count = number("COUNT", default_count());
    uint64_t compared = 0, differences = 0, x[3];
    struct random_source r = {seed};
    (void)state;
    while (compared < count) {
        enum operation op = (enum operation)random_below(&r, NUM_OPERATIONS);
        uint32_t format = random_below(&r, 2) ? AG_SINGLE : AG_DOUBLE;
        uint32_t rounding = (uint32_t)random_below(&r, 4), flags;
        uint64_t theirs;
        ag_float result;
        random_floats(&r, format, x);
        if (is_nan(format, x[0]) || is_nan(format, x[1]) ||
            is_nan(format, x[2]))
            continue;
        fesetround(modes[rounding]);
        theirs = format == AG_SINGLE ? host_float(op, x) : host_double(op, x);
        flags = host_flags();
        fesetround(FE_TONEAREST);
        result = ours(op, format, x, rounding << 22);
        compared++;
        if ((result.value == theirs ||
             (is_nan(format, result.value) && is_nan(format, theirs))) &&
            (result.flags & ~AG_UFC) == flags)
            continue;
        if (differences++ < SHOWN)
            print_error("%s.%u(%llx, %llx, %llx) rounding %u: %llx flags %02x, "
                        "processor %llx flags %02x\n",
                        names[op], format, (unsigned long long)x[0],
                        (unsigned long long)x[1], (unsigned long long)x[2],
                        rounding, (unsigned long long)result.value,
                        result.flags, (unsigned long long)theirs, flags);
    }
    print_message("seed %llu: %llu cases\n", (unsigned long long)seed,
                  (unsigned long long)compared);
    assert_int_equal(differences, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_host)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
