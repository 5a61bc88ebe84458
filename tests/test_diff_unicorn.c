/*
 * The library against Unicorn (QEMU's translator): every implemented row with
 * random fields, registers and memory, then random sequences until at least
 * COUNT instructions have been compared. Where Unicorn 2.0.1 is wrong the Arm
 * ARM wins: those rows are excluded here by name and tested against its
 * pseudocode by tests/diff/arm.c.
 *
 * tests/diff/session.h says what is compared and which variables of the
 * environment choose seed, length and single cases.
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

#include "diff/arm.h"
#include "diff/session.h"
#include "diff/unicorn.h"

enum { MEMORY = 0x10000, CODE = 0x8000 };
enum { RELEASE_COUNT = 3000000, OTHER_COUNT = 400000 };

static const struct diff_exclusion exclusions[] = {
    DIFF_UNICORN_EXCLUSIONS,
    {NULL, NULL, NULL, NULL},
};

static struct diff_session session;

static void test_every_row(void **state)
{
    (void)state;
    diff_run_singles(&session);
    assert_int_equal(session.differences, 0);
    assert_int_equal(diff_rows_missed(&session), 0);
}

static void test_sequences(void **state)
{
    uint64_t before = session.differences;
    (void)state;
    diff_run_sequences(&session);
    assert_int_equal(session.differences, before);
    if (getenv("CASE") != NULL)
        return;
    assert_true(session.executed >= session.count);
    assert_true(session.vectors >= session.count / 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row),
        cmocka_unit_test(test_sequences),
        cmocka_unit_test(diff_test_minimum_maximum),
        cmocka_unit_test(diff_test_movk_clears_upper_half),
        cmocka_unit_test(diff_test_hints_do_nothing),
        cmocka_unit_test(diff_test_unaligned_stops),
        cmocka_unit_test(diff_test_store_exclusive_alone),
        cmocka_unit_test(diff_test_branch_to_unaligned),
        cmocka_unit_test(diff_test_products_of_mixed_signs),
    };
    struct diff_unicorn unicorn;
    struct diff_oracle oracle = {
        .name = "Unicorn",
        .scope = {.window = {.begin = 0, .end = MEMORY, .code = CODE},
                  .lanes = DIFF_LANES,
                  .faults = true,
                  .num_registers = DIFF_SYSTEM_REGISTERS,
                  .exclusions = exclusions},
    };
    const bool is_release = strcmp(ARMGPU_MODE, "release") == 0;
    int failed;
    diff_unicorn_open(&unicorn, &oracle);
    diff_session_open(&session, &oracle,
                      is_release ? RELEASE_COUNT : OTHER_COUNT);
    diff_arm_open();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    diff_print_summary(&session);
    diff_arm_close();
    diff_session_close(&session);
    diff_unicorn_close(&unicorn);
    return failed;
}
