/*
 * Rows of the instruction table at run time, and names of system registers.
 * For src/code and tests. Row ids of the decoder (A64_ROW_*) are table indices
 * plus one; rows that execute come first, then those that are only named.
 */
#ifndef AG_INSN_H
#define AG_INSN_H

#include <stddef.h>
#include <stdint.h>

struct ag_insn_row {
    const char *name;
    const char *group; /* the Arm ARM's class of encodings */
    const char *feature;
    const char *insn_class; /* "alu", ..., "named" */
    const char *assembly;   /* template for readers; "" if only named */
    uint32_t mask, value;
    uint32_t should_be, should_value; /* bits the decoder does not check */
};

uint32_t ag_insn_count(void);
uint32_t ag_insn_implemented(void);

/* NULL past the end. */
const struct ag_insn_row *ag_insn_row(uint32_t index);

/* The row's bits and its constraint hold for w; a more specific row may too. */
int ag_insn_matches(uint32_t index, uint32_t w);

/* The most specific named row that w belongs to, or -1. */
int64_t ag_insn_find_named(uint32_t w);

/* What reading (is_write 0) or writing the register of a64_sysreg() number is
   called in lower case, s3_0_c15_c2_0 if it has no name. Cuts to size. */
void ag_sysreg_name(uint32_t number, int is_write, char *name, size_t size);

/* "dc zva", or NULL; number is op1:CRn:CRm:op2. */
const char *ag_sysop_name(uint32_t number, int *takes_register);

/* The processor state field of MSR (immediate), "daifset"; NULL if none. */
const char *ag_pstate_name(uint32_t op1, uint32_t crm, uint32_t op2);

#endif
