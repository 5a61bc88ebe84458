/*
 * Tests of what the oracles get wrong, cannot judge or leave open, against the
 * Arm ARM's pseudocode. They are cmocka tests; call diff_arm_open() first.
 */
#ifndef DIFF_ARM_H
#define DIFF_ARM_H

void diff_arm_open(void);
void diff_arm_close(void);

/* Unicorn 2.0.1 compares LDSMAX, LDSMIN of bytes, halfwords and words unsigned,
   and LDUMAX, LDUMIN with all of Rs; VIXL 5.1 sign-extends what LDSMAX and
   LDSMIN of bytes and halfwords return. */
void diff_test_minimum_maximum(void **state);

/* VIXL 5.1 keeps the upper half of the register in MOVK Wd. */
void diff_test_movk_clears_upper_half(void **state);

/* Unicorn's MAX model and VIXL have FEAT_PAuth, where XPACLRI has an effect. */
void diff_test_hints_do_nothing(void **state);

/* QEMU does not check all of them. Alignment outranks range. */
void diff_test_unaligned_stops(void **state);

/* QEMU does not access memory if the monitor is closed; here the address is
   checked first. */
void diff_test_store_exclusive_alone(void **state);

/* QEMU 5 executes at odd addresses. */
void diff_test_branch_to_unaligned(void **state);

/* Unicorn 2.0.1 and VIXL 5.1 as it is set up here have no FEAT_I8MM. */
void diff_test_products_of_mixed_signs(void **state);

#endif
