/*
 * Writes the generated files. The decoder is a tree of switches on bit ranges
 * that all remaining rows fix; where rows overlap it becomes a chain of tests,
 * most specific first. Everything else is the table in another shape.
 */
#include "insn.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GENERATED "/* Generated from the instruction table by insngen. */\n"

static bool is_implemented(const struct insn *row)
{
    return row->insn_class != CLASS_NAMED;
}

static unsigned count_implemented(const struct table *t)
{
    unsigned n = 0;
    while (n < t->count && is_implemented(&t->rows[n]))
        n++;
    return n;
}

/* -- Operations ----------------------------------------------------------- */

static const char *flags_name(const struct insn *row)
{
    return row->reads_flags ? (row->writes_flags ? "RW" : "R")
                            : (row->writes_flags ? "W" : "N");
}

static bool is_first_with_op(const struct table *t, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (is_implemented(&t->rows[i]) &&
            strcmp(t->rows[i].op, t->rows[index].op) == 0)
            return false;
    return true;
}

static const char *or_none(const char *text)
{
    return text == NULL ? "none" : text;
}

static void emit_op_entry(const struct insn *row, struct buffer *b)
{
    if (row->insn_class == CLASS_MEMORY)
        buffer_print(b, "    MEMORY(%s, %d, %s, %s, %s, %d, %s, %s) \\\n",
                     row->op, row->is_load, row->address, row->size,
                     or_none(row->ext), row->pair != NULL, or_none(row->wb),
                     or_none(row->order));
    else if (row->insn_class == CLASS_ALU)
        buffer_print(b, "    ALU(%s, %s, %s) \\\n", row->op, flags_name(row),
                     row->scalar ? "SCALAR" : "VECTOR");
    else if (row->insn_class == CLASS_BRANCH)
        buffer_print(b, "    BRANCH(%s, %s) \\\n", row->op, flags_name(row));
    else if (row->insn_class == CLASS_ATOMIC)
        buffer_print(b, "    ATOMIC(%s) \\\n", row->op);
    else
        buffer_print(b, "    SYSTEM(%s, %s) \\\n", row->op, flags_name(row));
}

/* Operations in class order, so that one comparison tells what ends a run. */
static void for_each_op(struct table *t, struct buffer *b,
                        void (*visit)(const struct insn *, struct buffer *))
{
    for (int c = 0; c < CLASS_NAMED; c++)
        for (unsigned i = 0; i < t->count; i++)
            if ((int)t->rows[i].insn_class == c && is_first_with_op(t, i))
                visit(&t->rows[i], b);
}

static void emit_op_name(const struct insn *row, struct buffer *b)
{
    buffer_print(b, "    AG_OP_%s,\n", row->op);
}

static void emit_batch_name(const struct batch *batch, struct buffer *b)
{
    for (unsigned i = 0; i < batch->length; i++)
        buffer_print(b, i == 0 ? "%s" : "_then_%s", batch->ops[i]);
}

static unsigned longest_batch(const struct table *t)
{
    unsigned longest = 1;
    for (unsigned i = 0; i < t->num_batches; i++)
        if (t->batches[i].length > longest)
            longest = t->batches[i].length;
    return longest;
}

/* Batches are numbered from AG_OP_COUNT on, in the table's order. */
static void emit_batch_names(const struct table *t, struct buffer *b)
{
    buffer_print(b, "    AG_OP_BEFORE_BATCHES = AG_OP_COUNT - 1,\n");
    for (unsigned i = 0; i < t->num_batches; i++) {
        buffer_print(b, "    AG_OP_");
        emit_batch_name(&t->batches[i], b);
        buffer_print(b, ",\n");
    }
    buffer_print(b, "    AG_OP_END\n};\n\n#define AG_LONGEST_BATCH %u\n\n",
                 longest_batch(t));
}

static void emit_batch_list(const struct table *t, struct buffer *b)
{
    buffer_print(b,
                 "/* Each batch is BEGIN(name), its operations with THEN() "
                 "between them, END() */\n"
                 "#define AG_BATCHES(BEGIN, ALU, MEMORY, BRANCH, THEN, END) "
                 "\\\n");
    for (unsigned i = 0; i < t->num_batches; i++) {
        const struct batch *batch = &t->batches[i];
        buffer_print(b, "    BEGIN(");
        emit_batch_name(batch, b);
        buffer_print(b, ") \\\n");
        for (unsigned k = 0; k < batch->length; k++) {
            if (k > 0)
                buffer_print(b, "    THEN() \\\n");
            emit_op_entry(batch->rows[k], b);
        }
        buffer_print(b, "    END() \\\n");
    }
    buffer_print(b, "    /* end */\n\n");
}

static const struct insn *first_ending(const struct table *t)
{
    for (int c = CLASS_BRANCH; c < CLASS_NAMED; c++)
        for (unsigned i = 0; i < t->count; i++)
            if ((int)t->rows[i].insn_class == c)
                return &t->rows[i];
    return NULL;
}

void emit_ops(struct table *t, struct buffer *b)
{
    const struct insn *ending = first_ending(t);
    buffer_print(b, GENERATED
                 "#ifndef AG_A64_OPS_H\n#define AG_A64_OPS_H\n\n"
                 "enum ag_op {\n    AG_OP_UNDECODED,\n");
    for_each_op(t, b, emit_op_name);
    buffer_print(b, "    AG_OP_COUNT, /* of single instructions */\n");
    emit_batch_names(t, b);
    if (ending != NULL)
        buffer_print(b, "/* This operation and those after it end a run. */\n"
                     "#define AG_OP_FIRST_ENDING AG_OP_%s\n\n", ending->op);
    buffer_print(b,
                 "/* ALU(op, flags, form) BRANCH(op, flags) SYSTEM(op, flags)\n"
                 "   ATOMIC(op) MEMORY(op, is_load, address, size, ext, "
                 "is_pair, wb, order) */\n"
                 "#define AG_OPS(ALU, MEMORY, ATOMIC, BRANCH, SYSTEM) \\\n");
    for_each_op(t, b, emit_op_entry);
    buffer_print(b, "    /* end */\n\n");
    emit_batch_list(t, b);
    buffer_print(b, "#endif\n");
}

/* -- Decoder -------------------------------------------------------------- */

static int compare_specific(const void *left, const void *right)
{
    const struct insn *const *a = left, *const *b = right;
    int bits = 0;
    for (int i = 0; i < 32; i++)
        bits += (int)((*b)->mask >> i & 1) - (int)((*a)->mask >> i & 1);
    return bits != 0 ? bits : (*a)->line - (*b)->line;
}

static void emit_tests(struct table *t, struct insn **rows, unsigned count,
                       int indent, struct buffer *b)
{
    qsort(rows, count, sizeof *rows, compare_specific);
    for (unsigned i = 0; i < count; i++) {
        buffer_print(b, "%*sif ((w & 0x%08xu) == 0x%08xu", indent, "",
                     rows[i]->mask, rows[i]->value);
        if (rows[i]->where != NULL) {
            buffer_print(b, " && (");
            insn_expression(t, rows[i], rows[i]->where, b);
            buffer_print(b, ")");
        }
        buffer_print(b, ")\n%*sreturn A64_ROW_%s;\n", indent + 4, "",
                     rows[i]->name);
    }
    buffer_print(b, "%*sreturn 0;\n", indent, "");
}

static unsigned distinct_values(struct insn **rows, unsigned count,
                                unsigned low, unsigned width)
{
    bool seen[64] = {false};
    unsigned n = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned v = rows[i]->value >> low & ((1u << width) - 1);
        n += !seen[v];
        seen[v] = true;
    }
    return n;
}

/* The widest-spreading range of up to six bits within `common`. */
static unsigned best_range(struct insn **rows, unsigned count, uint32_t common,
                           unsigned *low, unsigned *width)
{
    unsigned best = 1;
    for (unsigned l = 0; l < 32; l++)
        for (unsigned n = 1; n <= 6 && l + n <= 32; n++) {
            uint32_t range = ((UINT32_C(1) << n) - 1) << l;
            if ((common & range) != range)
                break;
            unsigned d = distinct_values(rows, count, l, n);
            if (d > best) {
                best = d;
                *low = l;
                *width = n;
            }
        }
    return best;
}

static void emit_tree(struct table *t, struct insn **rows, unsigned count,
                      uint32_t tested, int indent, struct buffer *b)
{
    uint32_t common = ~tested;
    unsigned low = 0, width = 0;
    for (unsigned i = 0; i < count; i++)
        common &= rows[i]->mask;
    if (count <= 2 || best_range(rows, count, common, &low, &width) == 1) {
        emit_tests(t, rows, count, indent, b);
        return;
    }
    uint32_t values = UINT32_C(1) << width;
    struct insn **subset = must_alloc(NULL, count * sizeof *subset);
    buffer_print(b, "%*sswitch (AG_BITS(w, %u, %u)) {\n", indent, "", low,
                 width);
    for (uint32_t v = 0; v < values; v++) {
        unsigned n = 0;
        for (unsigned i = 0; i < count; i++)
            if ((rows[i]->value >> low & (values - 1)) == v)
                subset[n++] = rows[i];
        if (n == 0)
            continue;
        buffer_print(b, "%*scase %u:\n", indent, "", v);
        emit_tree(t, subset, n, tested | (values - 1) << low, indent + 4, b);
    }
    buffer_print(b, "%*s}\n%*sreturn 0;\n", indent, "", indent, "");
    free(subset);
}

/* The statements that fill an entry, as text: equal texts share a case. */
static char *operand_text(struct table *t, struct insn *row)
{
    struct buffer b = {0};
    buffer_print(&b, " ");
    for (int i = 0; i < SLOT_COUNT; i++) {
        if (row->slots[i] == NULL)
            continue;
        buffer_print(&b, "        e->%s = (%s)(", slot_names[i],
                     i == SLOT_IMM ? "u64" : "u8");
        insn_expression(t, row, row->slots[i], &b);
        buffer_print(&b, ");\n");
    }
    return b.text;
}

static void emit_operands(struct table *t, unsigned count, struct buffer *b)
{
    char **texts = must_alloc(NULL, count * sizeof *texts);
    for (unsigned i = 0; i < count; i++)
        texts[i] = operand_text(t, &t->rows[i]);
    buffer_print(b, "    switch (row) {\n");
    for (unsigned i = 0; i < count; i++) {
        if (texts[i] == NULL || texts[i][1] == '\0')
            continue;
        for (unsigned k = i + 1; k < count; k++)
            if (texts[k] != NULL && strcmp(texts[i], texts[k]) == 0) {
                buffer_print(b, "    case A64_ROW_%s:\n", t->rows[k].name);
                free(texts[k]);
                texts[k] = NULL;
            }
        buffer_print(b, "    case A64_ROW_%s:\n%s        break;\n",
                     t->rows[i].name, texts[i] + 1);
    }
    buffer_print(b, "    default:\n        break;\n    }\n");
    for (unsigned i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

/* A row of 0 at the end: a table must not be empty. */
static void emit_batch_table(const struct table *t, struct buffer *b)
{
    buffer_print(b, "/* The operations of batch AG_OP_COUNT + i, 0 after the "
                 "last. */\nAG_TABLE u16 a64_batch_ops[AG_OP_END - AG_OP_COUNT "
                 "+ 1][AG_LONGEST_BATCH] = {\n");
    for (unsigned i = 0; i < t->num_batches; i++) {
        buffer_print(b, "    {");
        for (unsigned k = 0; k < t->batches[i].length; k++)
            buffer_print(b, k == 0 ? "AG_OP_%s" : ", AG_OP_%s",
                         t->batches[i].ops[k]);
        buffer_print(b, "},\n");
    }
    buffer_print(b, "    {0}\n};\n\n");
}

void emit_decoder(struct table *t, struct buffer *b)
{
    unsigned count = count_implemented(t);
    struct insn **rows = must_alloc(NULL, (count + 1) * sizeof *rows);
    buffer_print(b, GENERATED "enum a64_row {\n    A64_ROW_NONE,\n");
    for (unsigned i = 0; i < count; i++) {
        rows[i] = &t->rows[i];
        buffer_print(b, "    A64_ROW_%s,\n", t->rows[i].name);
    }
    buffer_print(b, "    A64_ROW_COUNT\n};\n\n"
                 "AG_TABLE u16 a64_row_ops[A64_ROW_COUNT] = {\n"
                 "    AG_OP_UNDEFINED,\n");
    for (unsigned i = 0; i < count; i++)
        buffer_print(b, "    AG_OP_%s,\n", t->rows[i].op);
    buffer_print(b, "};\n\n");
    emit_batch_table(t, b);
    buffer_print(b, "AG_FN u32 a64_find_row(u32 w)\n{\n");
    emit_tree(t, rows, count, 0, 4, b);
    buffer_print(b, "}\n\nAG_FN void a64_operands(u32 row, u32 w, u64 pc, "
                 "AG_PRIVATE ag_entry *e)\n{\n    (void)pc;\n");
    emit_operands(t, count, b);
    buffer_print(b, "}\n");
    free(rows);
}

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
        {"simm", "#<imm>"},
        {"sys", "#<op1>, <Cn>, <Cm>, #<op2>{, <Xt>}"},
        {"sys_alias", "sys #<op1>, <Cn>, <Cm>, #<op2>{, <Xt>}"},
        {"sysl", "#<op1>, <Cn>, <Cm>, #<op2>"},
        {"tbx", "<Wt|Xt>"},
    };
    if (count > 1 && is_register_formatter(words[0])) {
        read_register(context, words[0], words[1]);
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

void emit_format(struct table *t, struct buffer *b)
{
    unsigned count = count_implemented(t);
    buffer_print(b, GENERATED
                 "static void ag_format_row(u32 row, u32 w, u64 pc, "
                 "int aliases, struct ag_text *o)\n{\n    (void)pc;\n"
                 "    switch (row) {\n");
    for (unsigned i = 0; i < count; i++) {
        struct insn *row = &t->rows[i];
        buffer_print(b, "    case A64_ROW_%s:\n", row->name);
        for (unsigned k = 0; k < row->num_aliases; k++) {
            buffer_print(b, "        if (aliases && (");
            insn_expression(t, row, row->aliases[k].condition, b);
            buffer_print(b, ")) {\n");
            emit_template(t, row, row->aliases[k].text, "            ", b);
            buffer_print(b, "            return;\n        }\n");
        }
        emit_template(t, row, row->assembly, "        ", b);
        buffer_print(b, "        return;\n");
    }
    buffer_print(b, "    default:\n        return;\n    }\n}\n");
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
