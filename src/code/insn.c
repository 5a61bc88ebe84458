/*
 * The instruction table at run time: rows, finding a word's row, names of
 * system registers, and why a word is undefined. Pure functions of their
 * arguments; every string returned lives as long as the program.
 */
#include "insn.h"

#include "code/decode.h"

#include "base/sized.h"

#include "a64/decode.h"
#include "a64/sysreg.h"
#include "armgpu.h"
#include "insn_rows.h"
#include "sysreg_names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Kernels and armgpu.h mean the same. */
_Static_assert(AG_FPCR_MASK == ARMGPU_FPCR_BITS, "FPCR");
_Static_assert(AG_FPSR_MASK == ARMGPU_FPSR_BITS, "FPSR");

/* -- Rows ------------------------------------------------------------------ */

uint32_t ag_insn_count(void)
{
    return AG_INSN_COUNT;
}

uint32_t ag_insn_implemented(void)
{
    return AG_INSN_IMPLEMENTED;
}

const struct ag_insn_row *ag_insn_row(uint32_t index)
{
    return index < AG_INSN_COUNT ? &ag_insn_rows[index] : NULL;
}

int ag_insn_matches(uint32_t index, uint32_t w)
{
    const struct ag_insn_row *row = &ag_insn_rows[index];
    return (w & row->mask) == row->value && ag_insn_where(index, w);
}

static uint32_t count_bits(uint32_t v)
{
    uint32_t n = 0;
    for (; v != 0; v &= v - 1)
        n++;
    return n;
}

int64_t ag_insn_find_named(uint32_t w)
{
    int64_t best = -1;
    uint32_t best_bits = 0;
    for (uint32_t i = AG_INSN_IMPLEMENTED; i < AG_INSN_COUNT; i++) {
        uint32_t mask = ag_insn_rows[i].mask;
        if ((w & mask) != ag_insn_rows[i].value || !ag_insn_where(i, w) ||
            count_bits(mask) <= best_bits)
            continue;
        best = i;
        best_bits = count_bits(mask);
    }
    return best;
}

/* Fills as much as the caller's structure has, and leaves its size alone. */
int32_t armgpu_get_instruction(uint64_t index, armgpu_instruction *out)
{
    armgpu_instruction i;
    if (out == NULL || out->size < sizeof out->size || index >= AG_INSN_COUNT)
        return ARMGPU_ERROR_ARGUMENT;
    const struct ag_insn_row *row = &ag_insn_rows[index];
    memset(&i, 0, sizeof i);
    i.mask = row->mask;
    i.value = row->value;
    i.implemented = index < AG_INSN_IMPLEMENTED;
    i.name = row->name;
    i.feature = row->feature;
    i.assembly = row->assembly;
    ag_give_sized(out, out->size, &i, sizeof i);
    return ARMGPU_OK;
}

int64_t armgpu_find_instruction(uint32_t word)
{
    u32 row = ag_decoded_row(word);
    return row != A64_ROW_NONE ? (int64_t)row - 1 : ag_insn_find_named(word);
}

/* -- Names ----------------------------------------------------------------- */

/* The first row with that number; the name for writing may be in the next. */
static const struct ag_sysreg_name *find_sysreg(uint32_t number)
{
    size_t low = 0, high = LENGTH(ag_sysreg_names);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ag_sysreg_names[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == LENGTH(ag_sysreg_names) || ag_sysreg_names[low].number != number)
        return NULL;
    return &ag_sysreg_names[low];
}

void ag_sysreg_name(uint32_t number, int is_write, char *name, size_t size)
{
    const struct ag_sysreg_name *found = find_sysreg(number);
    if (found == NULL) {
        (void)snprintf(name, size, "s%u_%u_c%u_c%u_%u", number >> 14,
                       number >> 11 & 7, number >> 7 & 15, number >> 3 & 15,
                       number & 7);
        return;
    }
    if (is_write && found + 1 < ag_sysreg_names + LENGTH(ag_sysreg_names) &&
        found[1].number == number)
        found++;
    (void)snprintf(name, size, "%s", found->name);
}

const char *ag_sysop_name(uint32_t number, int *takes_register)
{
    for (size_t i = 0; i < LENGTH(ag_sysop_names); i++)
        if (ag_sysop_names[i].number == number) {
            *takes_register = ag_sysop_names[i].takes_register;
            return ag_sysop_names[i].name;
        }
    return NULL;
}

/* Fields of one bit take CRm 0 or 1; SVCR's CRm says which bits to set. */
const char *ag_pstate_name(uint32_t op1, uint32_t crm, uint32_t op2)
{
    static const struct {
        uint8_t op1, op2, first_crm, last_crm;
        const char *name;
    } fields[] = {
        {0, 3, 0, 1, "uao"},      {0, 4, 0, 1, "pan"},
        {0, 5, 0, 1, "spsel"},    {1, 0, 0, 1, "allint"},
        {3, 1, 0, 1, "ssbs"},     {3, 2, 0, 1, "dit"},
        {3, 3, 2, 7, "svcr"},     {3, 4, 0, 1, "tco"},
        {3, 6, 0, 15, "daifset"}, {3, 7, 0, 15, "daifclr"},
    };
    for (size_t i = 0; i < LENGTH(fields); i++)
        if (fields[i].op1 == op1 && fields[i].op2 == op2 &&
            crm >= fields[i].first_crm && crm <= fields[i].last_crm)
            return fields[i].name;
    return NULL;
}

/* -- Why a word is undefined ----------------------------------------------- */

/* Whether MRS or MSR executes: kernels/a64/sysreg.h, and the part of the ID
   space that reads as zero. */
static int sysreg_executes(uint32_t number, int is_write)
{
    static const struct {
        uint32_t number;
        const char *set; /* what MSR does, as text */
    } known[] = {
#define AG_X(name, op0, op1, crn, crm, op2, get, set)                          \
    {AG_SYSREG(op0, op1, crn, crm, op2), #set},
        AG_SYSREGS(AG_X)
#undef AG_X
    };
    for (size_t i = 0; i < LENGTH(known); i++)
        if (known[i].number == number)
            return !is_write || strcmp(known[i].set, "AG_READ_ONLY") != 0;
    return !is_write && number >= AG_SYSREG(3, 0, 0, 1, 0) &&
           number <= AG_SYSREG(3, 0, 0, 7, 7);
}

static void to_upper(char *text)
{
    for (; *text != '\0'; text++)
        *text = (char)toupper((unsigned char)*text);
}

static int explain_sysreg(uint32_t number, int is_write, char *text,
                          size_t size)
{
    const char *mnemonic = is_write ? "MSR" : "MRS";
    const char *why = "is not implemented";
    const struct ag_sysreg_name *found = find_sysreg(number);
    char name[32];
    if (sysreg_executes(number, is_write))
        return snprintf(text, size, "%s", "");
    ag_sysreg_name(number, is_write, name, sizeof name);
    to_upper(name);
    if (is_write && (sysreg_executes(number, 0) ||
                     (found != NULL && found->access == R)))
        why = "is read-only";
    else if (!is_write && found != NULL && found->access == W)
        why = "is write-only";
    return snprintf(text, size, "%s %s: the system register %s", mnemonic, name,
                    why);
}

static int explain_pstate(uint32_t w, char *text, size_t size)
{
    const char *found = ag_pstate_name(AG_BITS(w, 16, 3), AG_BITS(w, 8, 4),
                                       AG_BITS(w, 5, 3));
    char name[32];
    if (found == NULL)
        return snprintf(text, size, "MSR (immediate) 0x%08x names no field of "
                        "the processor state", w);
    (void)snprintf(name, sizeof name, "%s", found);
    to_upper(name);
    return snprintf(text, size, "MSR %s: the field of the processor state is "
                    "not implemented", name);
}

static int explain_sys(uint32_t w, const char *mnemonic, char *text,
                       size_t size)
{
    int takes_register;
    const char *found = ag_sysop_name(AG_BITS(w, 5, 14), &takes_register);
    char name[32];
    if (found == NULL || mnemonic[3] == 'L')
        return snprintf(text, size, "%s #%u, C%u, C%u, #%u: the system "
                        "instruction is not implemented", mnemonic,
                        AG_BITS(w, 16, 3), AG_BITS(w, 12, 4), AG_BITS(w, 8, 4),
                        AG_BITS(w, 5, 3));
    (void)snprintf(name, sizeof name, "%s", found);
    to_upper(name);
    return snprintf(text, size, "%s: the system instruction is not implemented",
                    name);
}

/* Rows that are decoded and undefined by what they are. */
static const char *undefined_always(u32 row)
{
    switch (row) {
    case A64_ROW_UDF_only_perm_undef:
        return "UDF is undefined for ever, by design of the architecture";
    case A64_ROW_HVC_EX_exception:
        return "HVC calls a hypervisor: lanes run at EL1 and there is no EL2";
    case A64_ROW_SMC_EX_exception:
        return "SMC calls a secure monitor: lanes run at EL1 and there is no "
               "EL3";
    case A64_ROW_ERET_64E_branch_reg:
        return "ERET returns from an exception: lanes take none";
    case A64_ROW_DRPS_64E_branch_reg:
        return "DRPS restores state from debug state: lanes never enter it";
    case A64_ROW_DCPS1_DC_exception:
    case A64_ROW_DCPS2_DC_exception:
    case A64_ROW_DCPS3_DC_exception:
        return "DCPS changes the exception level in debug state: lanes never "
               "enter it";
    default:
        return "";
    }
}

/* SVE has op0 0010 to itself; SME op0 0000 with bit 31. */
static int explain_undecoded(uint32_t w, char *text, size_t size)
{
    int64_t named = ag_insn_find_named(w);
    const char *space = AG_BITS(w, 25, 4) == 2               ? "SVE"
                        : AG_BITS(w, 25, 4) == 0 && w >> 31 ? "SME"
                                                             : NULL;
    if (named >= 0) {
        const struct ag_insn_row *row = &ag_insn_rows[named];
        return snprintf(text, size, "%.*s (encoding %s) needs %s, which is not "
                        "implemented", (int)strcspn(row->name, "_"), row->name,
                        row->name, row->feature);
    }
    if (space != NULL)
        return snprintf(text, size, "0x%08x lies among the encodings of %s, "
                        "which is not implemented", w, space);
    return snprintf(text, size, "0x%08x is not an A64 instruction: the "
                    "encoding is unallocated", w);
}

size_t armgpu_explain_undefined(uint32_t word, char *text, size_t size)
{
    u32 row = ag_decoded_row(word);
    u32 number = a64_sysreg(AG_BITS(word, 19, 1), AG_BITS(word, 16, 3),
                            AG_BITS(word, 12, 4), AG_BITS(word, 8, 4),
                            AG_BITS(word, 5, 3));
    int n;
    switch (row) {
    case A64_ROW_NONE:
        n = explain_undecoded(word, text, size);
        break;
    case A64_ROW_MRS_RS_systemmove:
    case A64_ROW_MSR_SR_systemmove:
        n = explain_sysreg(number, row == A64_ROW_MSR_SR_systemmove, text,
                           size);
        break;
    case A64_ROW_MSR_SI_pstate:
        n = explain_pstate(word, text, size);
        break;
    case A64_ROW_SYS_CR_systeminstrs:
        n = explain_sys(word, "SYS", text, size);
        break;
    case A64_ROW_SYSL_RC_systeminstrs:
        n = explain_sys(word, "SYSL", text, size);
        break;
    default:
        n = snprintf(text, size, "%s", undefined_always(row));
    }
    return n < 0 ? 0 : (size_t)n;
}
