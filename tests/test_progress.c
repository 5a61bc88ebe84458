/*
 * The text of the progress line: per cent and time left, and no wider than the
 * terminal whatever is said and however narrow it is.
 */
#include "cli/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char text[] = "4/8 lanes, 12.3 s, 1.2 G instr, 450 M instr/s";

static void check_line(int columns, double done, double seconds,
                       const char *expected)
{
    char line[256];

    ag_cli_progress_line(line, sizeof line, columns, done, seconds, text);
    assert_string_equal(line, expected);
}

static void test_texts(void **state)
{
    (void)state;
    check_line(100, 0.5, 12.3,
               "[==========          ] 50%, 12 s left, 4/8 lanes, 12.3 s, "
               "1.2 G instr, 450 M instr/s");
    check_line(80, 0.5, 12.3,
               "[=====     ] 50%, 12 s left, 4/8 lanes, 12.3 s, 1.2 G instr, "
               "450 M instr/s");
    check_line(60, 0.25, 100,
               " 25%, 5 min left, 4/8 lanes, 12.3 s, 1.2 G instr");
    check_line(40, 0.99, 1e6, " 99%, 2.8 h left, 4/8 lanes, 12.3 s");
    check_line(20, 1, 5, "100%, 0 s left");
    check_line(30, 0, 5, "  0%, 4/8 lanes, 12.3 s");
    check_line(4, 0.5, 5, " 50");
    check_line(1, 0.5, 5, "");
    check_line(0, 0.5, 5, "");
}

static void test_widths(void **state)
{
    char line[256];

    (void)state;
    for (int columns = 0; columns <= 256; columns++) {
        for (int k = -1; k <= 101; k++) {
            ag_cli_progress_line(line, sizeof line, columns, k / 100.0, 1e9,
                                 text);
            assert_true((int)strlen(line) < (columns > 0 ? columns : 1));
            if (columns > 5)
                assert_non_null(strchr(line, '%'));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts),
                                       cmocka_unit_test(test_widths)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
