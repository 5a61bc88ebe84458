/*
 * Unicorn (QEMU's translator) as an oracle of session.h, for programs that link
 * libunicorn.
 */
#ifndef DIFF_UNICORN_H
#define DIFF_UNICORN_H

#include "session.h"

/* Where Unicorn 2.0.1 is wrong, or has more than this machine. */
/* clang-format off */
#define DIFF_UNICORN_EXCLUSIONS                                                \
    {"LDSMAX", "_32_memop", "Unicorn compares unsigned", NULL},                \
    {"LDSMIN", "_32_memop", "Unicorn compares unsigned", NULL},                \
    {"LDUMAX", "_32_memop", "Unicorn compares all of Rs", NULL},               \
    {"LDUMIN", "_32_memop", "Unicorn compares all of Rs", NULL},               \
    {"XPACLRI", "", "Unicorn has FEAT_PAuth", NULL},                           \
    {"BFD", "", "Unicorn has no FEAT_BF16", NULL},                             \
    {"BFML", "", "Unicorn has no FEAT_BF16", NULL},                            \
    {"BFMM", "", "Unicorn has no FEAT_BF16", NULL},                            \
    {"BFCVT", "", "Unicorn has no FEAT_BF16", NULL},                           \
    {"FCMLA", "_elt", "Unicorn raises flags of the upper half", diff_is_half}, \
    {"FCVTZ", "_asisdshf", "Unicorn writes 32 bits", diff_is_half_shift},      \
    {"FJCVTZS", "", "Unicorn sets Z for a flushed denormal", NULL},            \
    {"WFI", "", "Unicorn halts", NULL},                                        \
    DIFF_I8MM_EXCLUSIONS
/* clang-format on */

struct uc_struct;

/* Two engines on the same memory: one runs whole sequences at full speed and
   counts by blocks, one has a hook before every instruction and stops there. */
struct diff_unicorn {
    struct uc_struct *whole, *stepped;
    struct diff_oracle *oracle;
    const struct diff_bounds *bounds; /* of the run in progress */
    uint64_t executed, vectors, path;
    bool is_vector; /* the instruction that was counted last */
    unsigned cases; /* since the engines were opened */
};

/* Fills in all of the oracle but its name and scope. */
void diff_unicorn_open(struct diff_unicorn *u, struct diff_oracle *oracle);
void diff_unicorn_close(struct diff_unicorn *u);

#endif
