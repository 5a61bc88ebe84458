/*
 * Disassembly. insn_format.h, generated from the table's templates, has a
 * function for each row, which calls ag_fmt_f() here for {f ...}. The text is
 * what GNU objdump 2.40 prints, comments included; only what follows `.inst` is ours, and LDPSW has a text
 * where it is CONSTRAINED UNPREDICTABLE, as other loads have in objdump.
 */
#include "insn.h"

#include "code/decode.h"

#include "a64/decode.h"
#include "armgpu.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A line being written. The comment goes behind everything else. */
struct ag_text {
    char text[192];
    char comment[48];
    size_t length;
};

__attribute__((noinline))
static void ag_put(struct ag_text *o, const char *text)
{
    size_t n = strlen(text), room = sizeof o->text - 1 - o->length;
    if (n > room)
        n = room;
    memcpy(o->text + o->length, text, n);
    o->length += n;
    o->text[o->length] = '\0';
}

__attribute__((format(printf, 2, 3)))
static void put_format(struct ag_text *o, const char *format, ...)
{
    char text[96];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ag_put(o, text);
}

/* -- Registers ------------------------------------------------------------- */

__attribute__((noinline))
static void put_register(struct ag_text *o, char kind, u64 r, const char *r31)
{
    if (r == 31)
        ag_put(o, r31);
    else
        put_format(o, "%c%u", kind, (unsigned)r);
}

static void ag_fmt_x(struct ag_text *o, u64 r)
{
    put_register(o, 'x', r, "xzr");
}

static void ag_fmt_w(struct ag_text *o, u64 r)
{
    put_register(o, 'w', r, "wzr");
}

static void ag_fmt_xs(struct ag_text *o, u64 r)
{
    put_register(o, 'x', r, "sp");
}

static void ag_fmt_ws(struct ag_text *o, u64 r)
{
    put_register(o, 'w', r, "wsp");
}

/* TBZ: the register is as narrow as the bit's number allows. */
static void ag_fmt_tbx(struct ag_text *o, u64 r, u64 is_wide)
{
    if (is_wide)
        ag_fmt_x(o, r);
    else
        ag_fmt_w(o, r);
}

/* -- Numbers --------------------------------------------------------------- */

static void ag_fmt_dec(struct ag_text *o, u64 v)
{
    put_format(o, "#%" PRIu64, v);
}

static void ag_fmt_hex(struct ag_text *o, u64 v)
{
    put_format(o, "#0x%" PRIx64, v);
}

static void ag_fmt_simm(struct ag_text *o, u64 v)
{
    put_format(o, "#%" PRId64, (i64)v);
}

/* An address's offset, which is left out if it is zero. */
static void ag_fmt_disp(struct ag_text *o, u64 v)
{
    if (v != 0)
        put_format(o, ", #%" PRId64, (i64)v);
}

/* MOV: hexadecimal in a column, decimal with its sign behind it. */
static void ag_fmt_movimm(struct ag_text *o, u64 width, u64 v)
{
    i64 decimal = width == 32 ? (i64)a64_sx(v, 32) : (i64)v;
    put_format(o, "#0x%-20" PRIx64 "\t// #%" PRId64, v, decimal);
}

static void ag_fmt_addsub_imm(struct ag_text *o, u64 imm12, u64 is_shifted)
{
    put_format(o, "#0x%x%s", (unsigned)imm12, is_shifted ? ", lsl #12" : "");
}

static void ag_fmt_movw_shift(struct ag_text *o, u64 hw)
{
    if (hw != 0)
        put_format(o, ", lsl #%u", (unsigned)hw * 16);
}

static void ag_fmt_label(struct ag_text *o, u64 address)
{
    put_format(o, "0x%" PRIx64, address);
}

/* -- Shifts and extensions ------------------------------------------------- */

static void ag_fmt_shift(struct ag_text *o, u64 type, u64 amount)
{
    static const char *const names[4] = {"lsl", "lsr", "asr", "ror"};
    if (type != 0 || amount != 0)
        put_format(o, ", %s #%u", names[type & 3], (unsigned)amount);
}

static const char *const extensions[8] = {"uxtb", "uxth", "uxtw", "uxtx",
                                          "sxtb", "sxth", "sxtw", "sxtx"};

/* With SP as result or first operand the idle extension is written LSL. */
static void ag_fmt_extended(struct ag_text *o, u64 width, u64 option, u64 rm,
                            u64 amount, u64 rd, u64 rn)
{
    const char *name = extensions[option & 7];
    int is_lsl = (rd == 31 || rn == 31) && option == (width == 64 ? 3u : 2u);
    if (width == 64 && (option & 3) == 3)
        ag_fmt_x(o, rm);
    else
        ag_fmt_w(o, rm);
    if (is_lsl && amount == 0)
        return;
    put_format(o, ", %s", is_lsl ? "lsl" : name);
    if (amount != 0)
        put_format(o, " #%u", (unsigned)amount);
}

/* Register offset; is_shifted shows the amount even where it is zero. */
static void ag_fmt_index(struct ag_text *o, u64 option, u64 rm, u64 is_shifted,
                         u64 amount)
{
    if (option & 1)
        ag_fmt_x(o, rm);
    else
        ag_fmt_w(o, rm);
    if (option == 3 && !is_shifted)
        return;
    put_format(o, ", %s", option == 3 ? "lsl" : extensions[option & 7]);
    if (is_shifted)
        put_format(o, " #%u", (unsigned)amount);
}

/* -- Conditions ------------------------------------------------------------ */

/* The name and its synonyms: those of SVE and of unsigned comparison. */
static const char *const conditions[16][4] = {
    {"eq", "none", NULL, NULL}, {"ne", "any", NULL, NULL},
    {"cs", "hs", "nlast", NULL}, {"cc", "lo", "ul", "last"},
    {"mi", "first", NULL, NULL}, {"pl", "nfrst", NULL, NULL},
    {"vs", NULL, NULL, NULL}, {"vc", NULL, NULL, NULL},
    {"hi", "pmore", NULL, NULL}, {"ls", "plast", NULL, NULL},
    {"ge", "tcont", NULL, NULL}, {"lt", "tstop", NULL, NULL},
    {"gt", NULL, NULL, NULL}, {"le", NULL, NULL, NULL},
    {"al", NULL, NULL, NULL}, {"nv", NULL, NULL, NULL},
};

/* The comment: `first` before the first synonym, `next` before the others. */
static void note_synonyms(struct ag_text *o, u64 cond, const char *first,
                          const char *next)
{
    const char *const *names = conditions[cond & 15];
    for (int i = 1; i < 4 && names[i] != NULL; i++) {
        size_t used = strlen(o->comment);
        (void)snprintf(o->comment + used, sizeof o->comment - used, "%s%s",
                       i == 1 ? first : next, names[i]);
    }
}

static void ag_fmt_cond(struct ag_text *o, u64 cond)
{
    char first[16];
    ag_put(o, conditions[cond & 15][0]);
    (void)snprintf(first, sizeof first, "\t// %s = ", conditions[cond & 15][0]);
    note_synonyms(o, cond, first, ", ");
}

/* B.cond, where objdump puts the synonyms as mnemonics. */
static void ag_fmt_bcond(struct ag_text *o, u64 cond)
{
    ag_put(o, conditions[cond & 15][0]);
    note_synonyms(o, cond, "  // b.", ", b.");
}

/* -- System ---------------------------------------------------------------- */

static void ag_fmt_barrier(struct ag_text *o, u64 crm)
{
    static const char *const names[16] = {
        NULL, "oshld", "oshst", "osh", NULL, "nshld", "nshst", "nsh",
        NULL, "ishld", "ishst", "ish", NULL, "ld",    "st",    "sy"};
    if (names[crm & 15] != NULL)
        ag_put(o, names[crm & 15]);
    else
        put_format(o, "#0x%02x", (unsigned)crm);
}

/* An optional operand that is left out when it has its default. */
static void put_optional(struct ag_text *o, u64 v, u64 usual)
{
    if (v != usual)
        put_format(o, "\t#0x%x", (unsigned)v);
}

static void ag_fmt_isb_option(struct ag_text *o, u64 crm)
{
    put_optional(o, crm, 15);
}

static void ag_fmt_clrex_imm(struct ag_text *o, u64 crm)
{
    put_optional(o, crm, 15);
}

static void ag_fmt_dcps_imm(struct ag_text *o, u64 imm16)
{
    put_optional(o, imm16, 0);
}

static void ag_fmt_ret_target(struct ag_text *o, u64 rn)
{
    if (rn == 30)
        return;
    ag_put(o, "\t");
    ag_fmt_x(o, rn);
}

static void ag_fmt_bti_target(struct ag_text *o, u64 op2)
{
    static const char *const targets[4] = {"", "\tc", "\tj", "\tjc"};
    ag_put(o, targets[op2 & 3]);
}

static void ag_fmt_prfop(struct ag_text *o, u64 prfop)
{
    static const char *const types[3] = {"pld", "pli", "pst"};
    if (prfop < 24 && (prfop >> 1 & 3) != 3)
        put_format(o, "%sl%u%s", types[prfop >> 3],
                   (unsigned)(prfop >> 1 & 3) + 1, prfop & 1 ? "strm" : "keep");
    else
        put_format(o, "#0x%02x", (unsigned)prfop);
}

static void ag_fmt_sysreg(struct ag_text *o, u64 number, u64 is_write)
{
    char name[32];
    ag_sysreg_name((u32)number, is_write != 0, name, sizeof name);
    ag_put(o, name);
}

/* MSR (immediate), all of it: SVCR's fields have mnemonics of their own, and
   objdump shows what is unallocated as a register. */
static void ag_fmt_pstate(struct ag_text *o, u64 op1, u64 crm, u64 op2)
{
    static const char *const svcr[4] = {"", "\tsm", "\tza", ""};
    const char *name = ag_pstate_name((u32)op1, (u32)crm, (u32)op2);
    if (name == NULL)
        put_format(o, "msr\ts0_%u_c4_c%u_%u, xzr", (unsigned)op1, (unsigned)crm,
                   (unsigned)op2);
    else if (strcmp(name, "svcr") == 0)
        put_format(o, "%s%s", crm & 1 ? "smstart" : "smstop",
                   svcr[crm >> 1 & 3]);
    else
        put_format(o, "msr\t%s, #0x%x", name, (unsigned)crm);
}

static void ag_fmt_sysl(struct ag_text *o, u64 op1, u64 crn, u64 crm, u64 op2)
{
    put_format(o, "#%u, C%u, C%u, #%u", (unsigned)op1, (unsigned)crn,
               (unsigned)crm, (unsigned)op2);
}

static void ag_fmt_sys(struct ag_text *o, u64 op1, u64 crn, u64 crm, u64 op2,
                       u64 rt)
{
    ag_fmt_sysl(o, op1, crn, crm, op2);
    if (rt != 31)
        put_format(o, ", x%u", (unsigned)rt);
}

/* SYS with its mnemonic: "tlbi\tvae1, x0" where there is a name. */
static void ag_fmt_sys_alias(struct ag_text *o, u64 op1, u64 crn, u64 crm,
                             u64 op2, u64 rt)
{
    int takes_register = 0;
    u32 number = (u32)(op1 << 11 | crn << 7 | crm << 3 | op2);
    const char *name = ag_sysop_name(number, &takes_register);
    if (name == NULL) {
        ag_put(o, "sys\t");
        ag_fmt_sys(o, op1, crn, crm, op2, rt);
        return;
    }
    int mnemonic = (int)strcspn(name, " ");
    put_format(o, "%.*s\t%s", mnemonic, name, name + mnemonic + 1);
    if (takes_register) {
        ag_put(o, ", ");
        ag_fmt_x(o, rt);
    }
}

/* Whether MOVZ or MOVN can make v: objdump's test, which is wider than the Arm
   ARM's MoveWidePreferred(). Called by alias conditions. */
static u32 a64_is_wide(u32 width, u64 v)
{
    u64 inverse = ~v & a64_ones(width);
    for (u32 shift = 0; shift < width; shift += 16) {
        u64 others = ~((u64)0xffff << shift);
        if ((v & others) == 0 || (inverse & others) == 0)
            return 1;
    }
    return 0;
}

#include "code/disasm_v.h"
#include "code/disasm_v_ldst.h"
#include "code/disasm_v_crypto.h"
#include "code/disasm_v_fp.h"
#include "insn_format.h"

/* -- The public functions -------------------------------------------------- */

/* A word that does not decode: named, or nothing at all. */
static void put_word(struct ag_text *o, uint32_t word)
{
    int64_t named = ag_insn_find_named(word);
    put_format(o, ".inst\t0x%08" PRIx32 " // ", word);
    if (named < 0) {
        ag_put(o, "unallocated");
        return;
    }
    const struct ag_insn_row *row = ag_insn_row((uint32_t)named);
    put_format(o, "%s (%s)", row->name, row->feature);
}

size_t armgpu_disassemble(uint32_t word, uint64_t address, uint32_t flags,
                          char *text, size_t size)
{
    struct ag_text o = {.length = 0};
    u32 row = ag_decoded_row(word);
    if (row == A64_ROW_NONE)
        put_word(&o, word);
    else
        ag_formats[row](word, address, !(flags & ARMGPU_NO_ALIASES), &o);
    ag_put(&o, o.comment);
    if (size > 0)
        (void)snprintf(text, size, "%s", o.text);
    return o.length;
}
