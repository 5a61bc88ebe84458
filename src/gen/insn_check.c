/*
 * Checks the table that was read: expressions, templates, fields, rows against
 * each other, batches.
 */
#include "insn.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool insn_is_more_specific(const struct insn *a, const struct insn *b)
{
    return (a->mask & b->mask) == b->mask && a->mask != b->mask &&
           (a->value & b->mask) == (b->value & b->mask);
}

static struct field *find_field(struct insn *row, const char *name, size_t n)
{
    for (unsigned i = 0; i < row->num_fields; i++)
        if (strncmp(row->fields[i].name, name, n) == 0 &&
            row->fields[i].name[n] == '\0')
            return &row->fields[i];
    return NULL;
}

static bool is_known_word(const char *name, size_t n)
{
    static const char *const words[] = {"u64", "u32", "pc"};
    for (int i = 0; i < 3; i++)
        if (strlen(words[i]) == n && strncmp(words[i], name, n) == 0)
            return true;
    return n > 3 && strncmp(name, "AG_", 3) == 0;
}

void insn_expression(struct table *t, struct insn *row, const char *expression,
                     struct buffer *out)
{
    struct buffer scratch = {0};
    struct buffer *b = out != NULL ? out : &scratch;
    const char *c = expression;
    while (*c != '\0') {
        if (isdigit((unsigned char)*c)) { /* a number with its suffix */
            size_t n = strspn(c, "0123456789abcdefABCDEFxu");
            buffer_print(b, "%.*s", (int)n, c);
            c += n;
        } else if (isalpha((unsigned char)*c) || *c == '_') {
            size_t n = 1;
            while (isalnum((unsigned char)c[n]) || c[n] == '_')
                n++;
            struct field *f = find_field(row, c, n);
            if (c[n] == '(') {
                buffer_print(b, "a64_%.*s", (int)n, c);
            } else if (f != NULL) {
                f->used = true;
                buffer_print(b, "AG_BITS(w, %u, %u)", f->low, f->width);
            } else if (is_known_word(c, n)) {
                buffer_print(b, "%.*s", (int)n, c);
            } else {
                insn_error(t, row->file, row->line, "%s: unknown name '%.*s'",
                           row->name, (int)n, c);
            }
            c += n;
        } else {
            buffer_print(b, "%c", *c++);
        }
    }
    free(scratch.text);
}

/* {name word ...}: where the call at `text` ends, NULL if it is malformed. */
static const char *walk_call(const char *text, template_call_fn on_call,
                             void *context)
{
    size_t n = strcspn(text + 1, "{}");
    if (text[1 + n] != '}')
        return NULL;
    char *call = copy_text(text + 1, n), *words[MAX_CALL_WORDS + 1];
    unsigned count = 0;
    for (char *w = strtok(call, " "); w != NULL && count <= MAX_CALL_WORDS;
         w = strtok(NULL, " "))
        words[count++] = w;
    bool ok = count > 0 && count <= MAX_CALL_WORDS && is_identifier(words[0]);
    if (ok)
        on_call(context, words, count);
    free(call);
    return ok ? text + n + 2 : NULL;
}

bool insn_walk_template(const char *text, template_text_fn on_text,
                        template_call_fn on_call, void *context)
{
    while (text != NULL && *text != '\0') {
        size_t n = strcspn(text, "{}\"\\");
        if (n > 0 && on_text != NULL)
            on_text(context, text, (int)n);
        text += n;
        if (*text == '{')
            text = walk_call(text, on_call, context);
        else if (*text != '\0')
            return false;
    }
    return text != NULL;
}

struct use_context {
    struct table *table;
    struct insn *row;
};

static void use_call(void *context, char **words, unsigned count)
{
    struct use_context *u = context;
    for (unsigned i = 1; i < count; i++)
        insn_expression(u->table, u->row, words[i], NULL);
}

static void check_template(struct table *t, struct insn *row, const char *text)
{
    struct use_context u = {t, row};
    if (!insn_walk_template(text, NULL, use_call, &u))
        insn_error(t, row->file, row->line, "%s: bad {} or character in '%s'",
                   row->name, text);
}

/* Every expression names only fields of the row, and every field is used. */
static void check_fields(struct table *t, struct insn *row)
{
    for (int i = 0; i < SLOT_COUNT; i++)
        if (row->slots[i] != NULL)
            insn_expression(t, row, row->slots[i], NULL);
    if (row->where != NULL)
        insn_expression(t, row, row->where, NULL);
    if (row->assembly != NULL)
        check_template(t, row, row->assembly);
    else if (row->insn_class != CLASS_NAMED)
        insn_error(t, row->file, row->line, "%s has no asm line", row->name);
    for (unsigned i = 0; i < row->num_aliases; i++) {
        insn_expression(t, row, row->aliases[i].condition, NULL);
        check_template(t, row, row->aliases[i].text);
    }
    for (unsigned i = 0; i < row->num_fields; i++)
        if (!row->fields[i].used)
            insn_error(t, row->file, row->line, "%s: field '%s' is not used",
                       row->name, row->fields[i].name);
}

static void check_pair(struct table *t, struct insn *a, struct insn *b)
{
    uint32_t common = a->mask & b->mask;
    if (strcmp(a->name, b->name) == 0)
        insn_error(t, b->file, b->line, "%s is also at %s:%d", b->name,
                   a->file, a->line);
    else if (((a->value ^ b->value) & common) == 0 &&
             !insn_is_more_specific(a, b) && !insn_is_more_specific(b, a))
        insn_error(t, b->file, b->line,
                   "%s overlaps %s (%s:%d) and neither is more specific",
                   b->name, a->name, a->file, a->line);
    else if (b->insn_class == CLASS_NAMED && a->insn_class != CLASS_NAMED &&
             insn_is_more_specific(b, a))
        insn_error(t, b->file, b->line,
                   "%s is only named, but %s (%s:%d) executes its words",
                   b->name, a->name, a->file, a->line);
    if (b->insn_class == CLASS_NAMED || strcmp(a->op, b->op) != 0)
        return;
    if (a->insn_class != b->insn_class || a->scalar != b->scalar ||
        a->reads_flags != b->reads_flags || a->writes_flags != b->writes_flags)
        insn_error(t, b->file, b->line,
                   "operation %s differs in class, nzcv or scalar from %s:%d",
                   b->op, a->file, a->line);
}

/* Row ids are indices: the rows that execute come first. */
static void check_order(struct table *t, const struct insn *a,
                        const struct insn *b)
{
    if (a->insn_class == CLASS_NAMED && b->insn_class != CLASS_NAMED)
        insn_error(t, b->file, b->line, "%s comes after rows that are only "
                   "named", b->name);
}

/* Decoders without V registers tell by two bits which words are on them. */
static void check_v_space(struct table *t)
{
    unsigned count = count_implemented(t), any = 0;
    for (unsigned i = 0; i < count; i++)
        any += is_on_v(&t->rows[i]);
    for (unsigned i = 0; i < count && any > 0; i++) {
        const struct insn *row = &t->rows[i];
        bool is_inside = (row->mask & row->value & V_SPACE) == V_SPACE;
        bool may_be = ((row->value | ~row->mask) & V_SPACE) == V_SPACE;
        if (is_on_v(row) ? !is_inside : may_be)
            insn_error(t, row->file, row->line, "%s: bits 27 and 26 are set in "
                       "words on V registers, and in no others", row->name);
    }
}

static const struct insn *find_op(const struct table *t, const char *op)
{
    for (unsigned i = 0; i < t->count; i++)
        if (t->rows[i].insn_class != CLASS_NAMED &&
            strcmp(t->rows[i].op, op) == 0)
            return &t->rows[i];
    return NULL;
}

/* What may be in a batch goes on to the next instruction or leaves the run at
   once; only a branch may end it. */
static void check_member(struct table *t, const struct batch *b, unsigned index)
{
    const struct insn *row = b->rows[index];
    bool is_last = index + 1 == b->length;
    if (row == NULL)
        insn_error(t, b->file, b->line, "unknown operation '%s'",
                   b->ops[index]);
    else if (row->insn_class == CLASS_BRANCH && !is_last)
        insn_error(t, b->file, b->line, "%s ends a run: only the last of a "
                   "batch may", row->op);
    else if (row->insn_class != CLASS_ALU && row->insn_class != CLASS_MEMORY &&
             row->insn_class != CLASS_BRANCH)
        insn_error(t, b->file, b->line, "%s is of class %s, which is executed "
                   "alone", row->op, class_names[row->insn_class]);
    else if (row->order != NULL)
        insn_error(t, b->file, b->line, "%s is ordered, which is executed "
                   "alone", row->op);
}

static bool batches_are_equal(const struct batch *a, const struct batch *b)
{
    for (unsigned i = 0; i < a->length; i++)
        if (a->length != b->length || strcmp(a->ops[i], b->ops[i]) != 0)
            return false;
    return true;
}

static void check_batch(struct table *t, unsigned index)
{
    struct batch *b = &t->batches[index];
    for (unsigned i = 0; i < b->length; i++) {
        b->rows[i] = find_op(t, b->ops[i]);
        check_member(t, b, i);
    }
    for (unsigned i = 0; i < index; i++)
        if (batches_are_equal(&t->batches[i], b))
            insn_error(t, b->file, b->line, "this batch is also at %s:%d",
                       t->batches[i].file, t->batches[i].line);
}

/* Classes say for themselves what vectors of lanes execute, but for this. */
static void check_vector_op(struct table *t, unsigned index)
{
    const struct vector_op *v = &t->vector_ops[index];
    const struct insn *row = find_op(t, v->op);
    if (row == NULL)
        insn_error(t, v->file, v->line, "unknown operation '%s'", v->op);
    else if (row->insn_class != CLASS_SIMD)
        insn_error(t, v->file, v->line, "%s is of class %s: only those of "
                   "class simd may be told to be vectors", row->op,
                   class_names[row->insn_class]);
    for (unsigned i = 0; i < index; i++)
        if (strcmp(t->vector_ops[i].op, v->op) == 0)
            insn_error(t, v->file, v->line, "%s is also at %s:%d", v->op,
                       t->vector_ops[i].file, t->vector_ops[i].line);
}

void insn_check(struct table *t)
{
    for (unsigned i = 0; i < t->count; i++) {
        check_fields(t, &t->rows[i]);
        if (i > 0)
            check_order(t, &t->rows[i - 1], &t->rows[i]);
        for (unsigned k = 0; k < i; k++)
            check_pair(t, &t->rows[k], &t->rows[i]);
    }
    check_v_space(t);
    for (unsigned i = 0; i < t->num_batches; i++)
        check_batch(t, i);
    for (unsigned i = 0; i < t->num_vector_ops; i++)
        check_vector_op(t, i);
}
