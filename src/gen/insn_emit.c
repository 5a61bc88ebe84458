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
    else if (row->insn_class == CLASS_SIMD || row->insn_class == CLASS_CRYPTO)
        buffer_print(b, "    SIMD(%s) \\\n", row->op);
    else if (row->insn_class == CLASS_VMEMORY)
        buffer_print(b, "    VMEMORY(%s) \\\n", row->op);
    else
        buffer_print(b, "    SYSTEM(%s, %s) \\\n", row->op, flags_name(row));
}

/* Operations of classes from `first` on, before `end`, in class order, so that
   one comparison tells what a class is or what ends a run. */
static void for_each_op(struct table *t, struct buffer *b, int first, int end,
                        void (*visit)(const struct insn *, struct buffer *))
{
    for (int c = first; c < end; c++)
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

/* Where the operations of a class begin: it or those after it have one. */
static void emit_first(const struct table *t, struct buffer *b, int first,
                       const char *name)
{
    for (int c = first; c < CLASS_NAMED; c++)
        for (unsigned i = 0; i < t->count; i++)
            if ((int)t->rows[i].insn_class == c) {
                buffer_print(b, "#define AG_OP_FIRST_%s AG_OP_%s\n", name,
                             t->rows[i].op);
                return;
            }
}

void emit_ops(struct table *t, struct buffer *b)
{
    buffer_print(b, GENERATED
                 "#ifndef AG_A64_OPS_H\n#define AG_A64_OPS_H\n\n"
                 "enum ag_op {\n    AG_OP_UNDECODED,\n");
    for_each_op(t, b, 0, CLASS_NAMED, emit_op_name);
    buffer_print(b, "    AG_OP_COUNT, /* of single instructions */\n");
    emit_batch_names(t, b);
    emit_first(t, b, CLASS_SIMD, "SIMD");
    emit_first(t, b, CLASS_CRYPTO, "CRYPTO");
    emit_first(t, b, CLASS_VMEMORY, "VMEMORY");
    buffer_print(b, "/* This operation and those after it end a run. */\n");
    emit_first(t, b, CLASS_BRANCH, "ENDING");
    buffer_print(b,
                 "\n/* ALU(op, flags, form) BRANCH(op, flags) SYSTEM(op, flags)\n"
                 "   ATOMIC(op) MEMORY(op, is_load, address, size, ext, "
                 "is_pair, wb, order) */\n"
                 "#define AG_OPS(ALU, MEMORY, ATOMIC, BRANCH, SYSTEM) \\\n");
    for_each_op(t, b, 0, CLASS_SIMD, emit_op_entry);
    for_each_op(t, b, CLASS_BRANCH, CLASS_NAMED, emit_op_entry);
    buffer_print(b, "    /* end */\n\n"
                 "/* Those on V registers: SIMD(op) VMEMORY(op) */\n"
                 "#define AG_SIMD_OPS(SIMD) \\\n");
    for_each_op(t, b, CLASS_SIMD, CLASS_CRYPTO, emit_op_entry);
    buffer_print(b, "    /* end */\n#define AG_CRYPTO_OPS(SIMD) \\\n");
    for_each_op(t, b, CLASS_CRYPTO, CLASS_VMEMORY, emit_op_entry);
    buffer_print(b, "    /* end */\n#define AG_VMEMORY_OPS(VMEMORY) \\\n");
    for_each_op(t, b, CLASS_VMEMORY, CLASS_BRANCH, emit_op_entry);
    buffer_print(b, "    /* end */\n\n"
                 "/* Those of them that are executed on vectors of lanes. */\n"
                 "#define AG_SIMD_VECTOR_OPS(SIMD) \\\n");
    for (unsigned i = 0; i < t->num_vector_ops; i++)
        buffer_print(b, "    SIMD(%s) \\\n", t->vector_ops[i].op);
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

static void emit_cases(struct table *t, struct insn **rows, unsigned count,
                       struct buffer *b)
{
    char **texts = must_alloc(NULL, (count + 1) * sizeof *texts);
    for (unsigned i = 0; i < count; i++)
        texts[i] = operand_text(t, rows[i]);
    for (unsigned i = 0; i < count; i++) {
        if (texts[i] == NULL || texts[i][1] == '\0')
            continue;
        for (unsigned k = i + 1; k < count; k++)
            if (texts[k] != NULL && strcmp(texts[i], texts[k]) == 0) {
                buffer_print(b, "    case A64_ROW_%s:\n", rows[k]->name);
                free(texts[k]);
                texts[k] = NULL;
            }
        buffer_print(b, "    case A64_ROW_%s:\n%s        break;\n",
                     rows[i]->name, texts[i] + 1);
    }
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

/* Rows that are executed, on V registers or not. */
static unsigned rows_of(struct table *t, bool on_v, struct insn **rows)
{
    unsigned n = 0;
    for (unsigned i = 0; i < count_implemented(t); i++)
        if (is_on_v(&t->rows[i]) == on_v)
            rows[n++] = &t->rows[i];
    return n;
}

/*
 * Rows on V registers are two thirds of all. Kernels that do not know these do
 * not decode them: any word there may be is taken for the first row, whose
 * operation has them replaced by kernels that do.
 */
static void emit_find_row(struct table *t, struct insn **rows, struct buffer *b)
{
    unsigned n = rows_of(t, true, rows);
    const char *first = n > 0 ? rows[0]->name : NULL;
    if (first != NULL) {
        buffer_print(b, "#if AG_HAS_V\nAG_FN u32 a64_find_v_row(u32 w)\n{\n");
        emit_tree(t, rows, n, 0, 4, b);
        buffer_print(b, "}\n#else\n#define a64_find_v_row(w) A64_ROW_%s\n"
                     "#endif\n\n", first);
    }
    buffer_print(b, "AG_FN u32 a64_find_row(u32 w)\n{\n");
    if (first != NULL)
        buffer_print(b, "    if ((w & 0x%08xu) == 0x%08xu)\n"
                     "        return a64_find_v_row(w);\n", V_SPACE, V_SPACE);
    emit_tree(t, rows, rows_of(t, false, rows), 0, 4, b);
    buffer_print(b, "}\n\n");
}

static void emit_operands(struct table *t, struct insn **rows, struct buffer *b)
{
    buffer_print(b, "AG_FN void a64_operands(u32 row, u32 w, u64 pc, "
                 "AG_PRIVATE ag_entry *e)\n{\n    (void)pc;\n"
                 "    switch (row) {\n");
    emit_cases(t, rows, rows_of(t, false, rows), b);
    buffer_print(b, "#if AG_HAS_V\n");
    emit_cases(t, rows, rows_of(t, true, rows), b);
    buffer_print(b, "#endif\n    default:\n        break;\n    }\n}\n");
}

void emit_decoder(struct table *t, struct buffer *b)
{
    unsigned count = count_implemented(t);
    struct insn **rows = must_alloc(NULL, (count + 1) * sizeof *rows);
    buffer_print(b, GENERATED);
    emit_batch_table(t, b);
    buffer_print(b, "#if AG_HAS_OWN_CODE\nenum a64_row {\n"
                 "    A64_ROW_NONE,\n");
    for (unsigned i = 0; i < count; i++)
        buffer_print(b, "    A64_ROW_%s,\n", t->rows[i].name);
    buffer_print(b, "    A64_ROW_COUNT\n};\n\n"
                 "AG_TABLE u16 a64_row_ops[A64_ROW_COUNT] = {\n"
                 "    AG_OP_UNDEFINED,\n");
    for (unsigned i = 0; i < count; i++)
        buffer_print(b, "    AG_OP_%s,\n", t->rows[i].op);
    buffer_print(b, "};\n\n");
    emit_find_row(t, rows, b);
    emit_operands(t, rows, b);
    buffer_print(b, "#endif\n");
    free(rows);
}
