/*
 * Writes what a person reads of the table: the rows for `armgpu insns`, the
 * disassembler's templates, the page of all instructions.
 */
#include "insn.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GENERATED "/* Generated from the instruction table by insngen. */\n"

/* -- Templates as people read them: <Xd|SP> for {xs Rd} -------------------- */

static void read_text(void *context, const char *text, int length)
{
    buffer_print(context, "%.*s", length, text);
}

/* Rn is <Xn>, the second of a pair of registers Rs*2+1 is <X(s+1)>. */
static void read_register(struct buffer *b, const char *formatter,
                          const char *expression)
{
    char kind = (char)toupper((unsigned char)formatter[0]);
    const char *name = expression + (*expression == 'R');
    int length = (int)strcspn(name, "*+");
    bool is_second = strstr(expression, "+1") != NULL;
    buffer_print(b, is_second ? "<%c(%.*s+1)" : "<%c%.*s", kind, length, name);
    if (formatter[1] == 's')
        buffer_print(b, kind == 'W' ? "|WSP" : "|SP");
    buffer_print(b, ">");
}

/* V registers as elements: <Vd>.<T>; one of them: <Vn>.<T>[<index>]; a scalar:
   <V><d>. */
static void read_v_register(struct buffer *b, const char *kind,
                            const char *expression)
{
    char letter = (char)(expression[0] == 'R' ? expression[1] : 'm');
    if (strcmp(kind, "vr") == 0)
        buffer_print(b, "<V><%c>", letter);
    else
        buffer_print(b, "<V%c>.<T>%s", letter,
                     strcmp(kind, "vt") == 0 ? "" : "[<index>]");
}

static bool is_register_formatter(const char *name)
{
    return (name[0] == 'x' || name[0] == 'w') &&
           (name[1] == '\0' || strcmp(name + 1, "s") == 0);
}

static void read_call(void *context, char **words, unsigned count)
{
    static const char *const forms[][2] = {
        {"addsub_imm", "#<imm>{, lsl #12}"},
        {"barrier", "<option>"},
        {"bcond", "<cond>"},
        {"bti_target", "{ <targets>}"},
        {"clrex_imm", "{ #<imm>}"},
        {"cond", "<cond>"},
        {"dcps_imm", "{ #<imm>}"},
        {"dec", "#<imm>"},
        {"disp", "{, #<imm>}"},
        {"extended", "<Wm|Xm>{, <extend> {#<amount>}}"},
        {"hex", "#<imm>"},
        {"index", "<Wm|Xm>{, <extend> {#<amount>}}"},
        {"isb_option", "{ <option>}"},
        {"movw_shift", "{, lsl #<amount>}"},
        {"pstate", "msr <pstatefield>, #<imm>"},
        {"ret_target", "{ <Xn>}"},
        {"second", "{2}"},
        {"simm", "#<imm>"},
        {"sys", "#<op1>, <Cn>, <Cm>, #<op2>{, <Xt>}"},
        {"sys_alias", "sys #<op1>, <Cn>, <Cm>, #<op2>{, <Xt>}"},
        {"sysl", "#<op1>, <Cn>, <Cm>, #<op2>"},
        {"tbx", "<Wt|Xt>"},
        {"two", "{2}"},
        {"v4b", "<Vm>.4B[<index>]"},
        {"vtable", "{ <list of Vn>.16B }"},
        {"velements", "{<Vt>.<T>, ...}[<index>]"},
        {"vlist", "{<Vt>.<T>, ...}"},
        {"vword", "<Vm>.S[<index>]"},
    };
    if (count > 1 && is_register_formatter(words[0])) {
        read_register(context, words[0], words[1]);
        return;
    }
    if (count > 2 && (strcmp(words[0], "vt") == 0 ||
                      strcmp(words[0], "ve") == 0)) {
        read_v_register(context, words[0], words[1]);
        return;
    }
    if (count > 2 && strcmp(words[0], "vr") == 0) {
        read_v_register(context, words[0], words[2]);
        return;
    }
    if (count > 1 && strcmp(words[0], "shift") == 0) {
        static const char *const shifts[4] = {"lsl", "lsr", "asr", "ror"};
        buffer_print(context, "{, %s #<amount>}", shifts[words[1][0] & 3]);
        return;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(words[0], forms[i][0]) == 0) {
            buffer_print(context, "%s", forms[i][1]);
            return;
        }
    buffer_print(context, "<%s>", words[0]);
}

/* The name that is always preferred, if there is just one, else the row's own;
   "" for a row that is only named. */
static char *readable_template(const struct insn *row)
{
    struct buffer b = {0};
    bool is_renamed =
        row->num_aliases == 1 && strcmp(row->aliases[0].condition, "1") == 0;
    buffer_print(&b, "%s", "");
    if (row->assembly != NULL)
        insn_walk_template(is_renamed ? row->aliases[0].text : row->assembly,
                           read_text, read_call, &b);
    return b.text;
}

/* -- Names and formats, for the host -------------------------------------- */

void emit_rows(struct table *t, struct buffer *b)
{
    unsigned implemented = count_implemented(t);
    buffer_print(b, GENERATED "#define AG_INSN_IMPLEMENTED %uu\n"
                 "#define AG_INSN_COUNT %uu\n\n"
                 "static const struct ag_insn_row ag_insn_rows[] = {\n",
                 implemented, t->count);
    for (unsigned i = 0; i < t->count; i++) {
        struct insn *r = &t->rows[i];
        char *assembly = readable_template(r);
        buffer_print(b, "    {\"%s\", \"%s\", \"%s\", \"%s\",\n     \"%s\", "
                     "0x%08xu, 0x%08xu, 0x%08xu, 0x%08xu},\n", r->name,
                     r->group, r->feature, class_names[r->insn_class],
                     assembly, r->mask, r->value, r->should_be,
                     r->should_value);
        free(assembly);
    }
    buffer_print(b, "};\n\nstatic int ag_insn_where(uint32_t index, uint32_t w)"
                 "\n{\n    switch (index) {\n");
    for (unsigned i = 0; i < t->count; i++) {
        if (t->rows[i].where == NULL)
            continue;
        buffer_print(b, "    case %u:\n        return (", i);
        insn_expression(t, &t->rows[i], t->rows[i].where, b);
        buffer_print(b, ") != 0;\n");
    }
    buffer_print(b, "    default:\n        return 1;\n    }\n}\n");
}

struct format_context {
    struct table *table;
    struct insn *row;
    struct buffer *out;
    const char *indent;
    bool has_tab;
};

static void format_text(void *context, const char *text, int length)
{
    struct format_context *f = context;
    buffer_print(f->out, "%sag_put(o, \"", f->indent);
    for (int i = 0; i < length; i++) {
        if (text[i] == ' ' && !f->has_tab) {
            buffer_print(f->out, "\\t");
            f->has_tab = true;
        } else {
            buffer_print(f->out, "%c", text[i]);
        }
    }
    buffer_print(f->out, "\");\n");
}

static void format_call(void *context, char **words, unsigned count)
{
    struct format_context *f = context;
    buffer_print(f->out, "%sag_fmt_%s(o", f->indent, words[0]);
    for (unsigned i = 1; i < count; i++) {
        buffer_print(f->out, ", (u64)(");
        insn_expression(f->table, f->row, words[i], f->out);
        buffer_print(f->out, ")");
    }
    buffer_print(f->out, ");\n");
}

static void emit_template(struct table *t, struct insn *row, const char *text,
                          const char *indent, struct buffer *b)
{
    struct format_context f = {t, row, b, indent, false};
    insn_walk_template(text, format_text, format_call, &f);
}

/* A function a row: compilers take minutes for one of all rows. */
static void emit_row_format(struct table *t, struct insn *row, struct buffer *b)
{
    buffer_print(b, "static void ag_format_%s(u32 w, u64 pc, int aliases, "
                 "struct ag_text *o)\n{\n    (void)w;\n    (void)pc;\n"
                 "    (void)aliases;\n", row->name);
    for (unsigned k = 0; k < row->num_aliases; k++) {
        buffer_print(b, "    if (aliases && (");
        insn_expression(t, row, row->aliases[k].condition, b);
        buffer_print(b, ")) {\n");
        emit_template(t, row, row->aliases[k].text, "        ", b);
        buffer_print(b, "        return;\n    }\n");
    }
    emit_template(t, row, row->assembly, "    ", b);
    buffer_print(b, "}\n\n");
}

void emit_format(struct table *t, struct buffer *b)
{
    unsigned count = count_implemented(t);
    buffer_print(b, GENERATED "\n");
    for (unsigned i = 0; i < count; i++)
        emit_row_format(t, &t->rows[i], b);
    buffer_print(b, "/* By A64_ROW_*, which begin at 1. */\n"
                 "static void (*const ag_formats[])(u32 w, u64 pc, int aliases, "
                 "struct ag_text *o) = {\n");
    for (unsigned i = 0; i < count; i++)
        buffer_print(b, "    [A64_ROW_%s] = ag_format_%s,\n", t->rows[i].name,
                     t->rows[i].name);
    buffer_print(b, "};\n");
}

/* -- docs/instructions.md ------------------------------------------------- */

static void emit_named_counts(struct table *t, struct buffer *b)
{
    unsigned i = count_implemented(t);
    buffer_print(b, "\n## Known by name only\n\nExecuting one of these stops "
                 "the lane as `undefined` and the message names it.\n\n"
                 "| feature | encodings |\n|---|---|\n");
    while (i < t->count) {
        unsigned n = 0;
        const char *feature = t->rows[i].feature;
        for (unsigned k = i; k < t->count; k++)
            n += strcmp(t->rows[k].feature, feature) == 0;
        buffer_print(b, "| %s | %u |\n", feature, n);
        while (i < t->count && strcmp(t->rows[i].feature, feature) == 0)
            i++;
    }
}

void emit_page(struct table *t, struct buffer *b)
{
    unsigned count = count_implemented(t);
    const char *group = "";
    buffer_print(b, "# Instructions\n\nGenerated from the instruction table by "
                 "`make docs/instructions.md`: %u rows are\nexecuted, %u more "
                 "are known by name. `armgpu insns` prints the same.\n",
                 count, t->count - count);
    for (unsigned i = 0; i < count; i++) {
        struct insn *row = &t->rows[i];
        if (strcmp(group, row->group) != 0) {
            group = row->group;
            buffer_print(b, "\n## %s\n\n| encoding | assembly | feature |\n"
                         "|---|---|---|\n", group);
        }
        char *text = readable_template(row);
        buffer_print(b, "| %s | `", row->name);
        for (const char *c = text; *c != '\0'; c++)
            buffer_print(b, *c == '|' ? "\\%c" : "%c", *c);
        buffer_print(b, "` | %s |\n", row->feature);
        free(text);
    }
    emit_named_counts(t, b);
}
