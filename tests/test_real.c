/*
 * Floating-point numbers of the command line (src/cli/run/real.c): every half,
 * and random singles and doubles, read back from their text as they were;
 * halves are rounded to nearest, even of two, next to the middle of each two,
 * from doubles and from text that no double holds.
 */
#include "cli/run/real.h"

#include "random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_returns(enum ag_run_view view, uint64_t bits)
{
    char text[AG_RUN_REAL_TEXT];
    size_t n = ag_run_real_text(view, bits, text);
    uint64_t again = ~bits;

    assert_int_equal(n, strlen(text));
    assert_null(ag_run_read_real(text, n, view, &again));
    assert_int_equal(again, bits);
}

static void test_halves(void **state)
{
    (void)state;
    for (uint64_t bits = 0; bits < 65536; bits++) {
        double value = ag_run_real_of(AG_RUN_HALF, bits);

        assert_returns(AG_RUN_HALF, bits);
        if (!isnan(value))
            assert_int_equal(ag_run_round(AG_RUN_HALF, value), bits);
    }
}

static void test_middles(void **state)
{
    (void)state;
    for (uint64_t bits = 0; bits < 0x7c00; bits++) {
        double low = ag_run_real_of(AG_RUN_HALF, bits);
        double high = bits == 0x7bff ? 65536
                                     : ag_run_real_of(AG_RUN_HALF, bits + 1);
        double middle = (low + high) / 2;
        uint64_t even = bits + (bits & 1);

        assert_true(low < high);
        assert_int_equal(ag_run_round(AG_RUN_HALF, middle), even);
        assert_int_equal(ag_run_round(AG_RUN_HALF, -middle), even | 0x8000);
        assert_int_equal(ag_run_round(AG_RUN_HALF, nextafter(middle, 0)), bits);
        assert_int_equal(ag_run_round(AG_RUN_HALF, nextafter(middle, 1e9)),
                         bits + 1);
    }
}

static void test_random(void **state)
{
    struct random_source r = random_for(1, 0, 0);

    (void)state;
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = random_next(&r);

        assert_returns(AG_RUN_DOUBLE, bits);
        assert_returns(AG_RUN_SINGLE, bits & UINT32_MAX);
        assert_returns(AG_RUN_DOUBLE, bits & 0x800fffffffffffff);
        assert_returns(AG_RUN_SINGLE, bits & 0x807fffff);
    }
}

static void assert_text(enum ag_run_view view, uint64_t bits, const char *text)
{
    char has[AG_RUN_REAL_TEXT];

    (void)ag_run_real_text(view, bits, has);
    assert_string_equal(has, text);
}

static void test_text(void **state)
{
    (void)state;
    assert_text(AG_RUN_DOUBLE, 0x3ff8000000000000, "1.5");
    assert_text(AG_RUN_DOUBLE, 0x3fb999999999999a, "0.1");
    assert_text(AG_RUN_DOUBLE, 0x3fd3333333333334, "0.30000000000000004");
    assert_text(AG_RUN_DOUBLE, 1, "5e-324");
    assert_text(AG_RUN_DOUBLE, 0x8000000000000000, "-0");
    assert_text(AG_RUN_DOUBLE, 0xfff0000000000000, "-inf");
    assert_text(AG_RUN_DOUBLE, 0x7ff8000000000000, "nan");
    assert_text(AG_RUN_DOUBLE, 0xfff8000000000000, "nan:0xfff8000000000000");
    assert_text(AG_RUN_SINGLE, 0x3dcccccd, "0.1");
    assert_text(AG_RUN_DOUBLE, 0x4341c37937e08000, "1e+16");
    assert_text(AG_RUN_DOUBLE, 0x430c6bf526340000, "1e+15");
    assert_text(AG_RUN_DOUBLE, 0x42d6bcc41e900000, "100000000000000");
    assert_text(AG_RUN_SINGLE, 0x7f800001, "nan:0x7f800001");
    assert_text(AG_RUN_HALF, 0x2e66, "0.1");
    assert_text(AG_RUN_HALF, 0x7bff, "65504");
}

static void assert_reads(enum ag_run_view view, const char *text, uint64_t bits)
{
    uint64_t has = ~bits;

    assert_null(ag_run_read_real(text, strlen(text), view, &has));
    assert_int_equal(has, bits);
}

static void test_reading(void **state)
{
    static const char *const refused[] = {
        "",   "-",    "1e",     "e1",    ".",     "0x",  "0x.p1", "1.5.2",
        "+1", "1f",   "infi",   "nan(1)", "nan:1", "nan:", "1e999", "--1",
        " 1", "1 ",   "-1e400", "nan:0x7ff0000000000000"};
    uint64_t bits;

    (void)state;
    assert_reads(AG_RUN_DOUBLE, "0x1.8p3", 0x4028000000000000);
    assert_reads(AG_RUN_DOUBLE, "-.5e1", 0xc014000000000000);
    assert_reads(AG_RUN_DOUBLE, "0x10", 0x4030000000000000);
    assert_reads(AG_RUN_DOUBLE, "1E-400", 0);
    assert_reads(AG_RUN_DOUBLE, "-INF", 0xfff0000000000000);
    assert_reads(AG_RUN_DOUBLE, "-nan", 0xfff8000000000000);
    /* Once: through a double it would be the middle, and then 0x3f800000. */
    assert_reads(AG_RUN_SINGLE, "1.000000059604644775390626", 0x3f800001);
    assert_reads(AG_RUN_HALF, "65519.9", 0x7bff);
    assert_reads(AG_RUN_HALF, "65519.99999999999999999999", 0x7bff);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_non_null(ag_run_read_real(refused[i], strlen(refused[i]),
                                         AG_RUN_DOUBLE, &bits));
    assert_non_null(ag_run_read_real("65520", 5, AG_RUN_HALF, &bits));
    assert_non_null(ag_run_read_real("1e39", 4, AG_RUN_SINGLE, &bits));
}

/* Text next to the middle of two halves, nearer than any double: below it, on
   it, above it; with an exponent and in hexadecimal too. */
static void test_next_to_middles(void **state)
{
    char text[800], zeros[601];

    (void)state;
    memset(zeros, '0', 600);
    zeros[600] = '\0';
    for (uint64_t bits = 0; bits < 0x7bff; bits++) {
        double middle = (ag_run_real_of(AG_RUN_HALF, bits) +
                         ag_run_real_of(AG_RUN_HALF, bits + 1)) / 2;
        int n = snprintf(text, sizeof text, "%.60f", middle);

        assert_reads(AG_RUN_HALF, text, bits + (bits & 1));
        snprintf(text + n, sizeof text - (size_t)n, "%s1", zeros);
        assert_reads(AG_RUN_HALF, text, bits + 1);
        snprintf(text, sizeof text, "%.60f", nextafter(middle, 0));
        assert_reads(AG_RUN_HALF, text, bits);
        n = snprintf(text, sizeof text, "%.40e", middle);
        snprintf(strchr(text, 'e'), 400, "%.300s1e%d", zeros,
                 atoi(strchr(text, 'e') + 1));
        assert_reads(AG_RUN_HALF, text, bits + 1);
        snprintf(text, sizeof text, "0x%llx.00%s1p-25",
                 (unsigned long long)(middle * 33554432), zeros);
        assert_reads(AG_RUN_HALF, text, bits + 1);
    }
    assert_reads(AG_RUN_HALF, "1.00048828125", 0x3c00);
    assert_reads(AG_RUN_HALF, "1.0004882812499999999999", 0x3c00);
    assert_reads(AG_RUN_HALF, "1.0004882812500000000001", 0x3c01);
    assert_reads(AG_RUN_HALF, "0x1.002p0", 0x3c00);
    assert_reads(AG_RUN_HALF, "0x1.00200000000000001", 0x3c01);
    assert_reads(AG_RUN_HALF, "0x1.005fffffffffffffff", 0x3c01);
    assert_reads(AG_RUN_HALF, "1.00146484374999999999999", 0x3c01);
    assert_reads(AG_RUN_HALF, "0.000100146484374999999999999e4", 0x3c01);
    assert_reads(AG_RUN_HALF, "0x0.000000000000000000p9999", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_halves), cmocka_unit_test(test_middles),
        cmocka_unit_test(test_random), cmocka_unit_test(test_text),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_next_to_middles)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
