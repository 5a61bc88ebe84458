/*
 * Reads the instruction table (its form is described at the top of
 * kernels/table/base.insn). Every complaint is one line,
 * `file:line: why`, so that editors can jump to it.
 */
#include "insn.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const slot_names[SLOT_COUNT] = {"d", "n", "m", "a", "imm"};
const char *const class_names[CLASS_COUNT] = {
    "alu",     "memory", "atomic", "simd", "crypto",
    "vmemory", "branch", "system", "named"};

/* Where the reader is: the file, and the section that holds for its rows. */
struct reader {
    struct table *table;
    const char *file;
    int line;
    const char *group, *feature;
    enum insn_class insn_class;
    bool row_failed; /* its continuations would be taken for another row's */
};

static char *trimmed(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
    return text;
}

#define FAIL(r, ...) insn_error((r)->table, (r)->file, (r)->line, __VA_ARGS__)

static bool class_by_name(const char *name, enum insn_class *out)
{
    for (int i = 0; i < CLASS_COUNT; i++)
        if (strcmp(name, class_names[i]) == 0) {
            *out = (enum insn_class)i;
            return true;
        }
    return false;
}

/* [group class feature] */
static void read_section(struct reader *r, char *text)
{
    char *end = strchr(text, ']');
    char *group, *name, *feature, *rest;
    if (end == NULL || end[1] != '\0') {
        FAIL(r, end ? "text after a section's ']'" : "section without ']'");
        return;
    }
    *end = '\0';
    group = strtok(text + 1, " ");
    name = strtok(NULL, " ");
    feature = strtok(NULL, " ");
    rest = strtok(NULL, " ");
    if (feature == NULL || rest != NULL) {
        FAIL(r, "a section is [group class feature]");
        return;
    }
    if (!class_by_name(name, &r->insn_class))
        FAIL(r, "unknown class '%s'", name);
    r->group = copy_text(group, strlen(group));
    r->feature = copy_text(feature, strlen(feature));
}

/* Digits of the bits column, placed below `*position`; (01) should be 01. */
static bool read_digits(struct reader *r, struct insn *row, const char *token,
                        int *position)
{
    bool should_be = false;
    for (const char *c = token; *c != '\0'; c++) {
        if (*c == (should_be ? ')' : '(')) {
            should_be = !should_be;
            continue;
        }
        if (strchr("01x", *c) == NULL) {
            FAIL(r, "bits hold '%c' in '%s'", *c, token);
            return false;
        }
        if (--*position < 0)
            continue;
        uint32_t bit = UINT32_C(1) << *position;
        if (*c == 'x')
            continue;
        *(should_be ? &row->should_be : &row->mask) |= bit;
        if (*c == '1')
            *(should_be ? &row->should_value : &row->value) |= bit;
    }
    if (should_be)
        FAIL(r, "bits without ')' in '%s'", token);
    return !should_be;
}

/* `name` or `name:width`, placed below `*position`. */
static bool read_field(struct reader *r, struct insn *row, char *token,
                       int *position)
{
    unsigned long width = 1;
    char *colon = strchr(token, ':'), *end = NULL;
    if (colon != NULL) {
        *colon = '\0';
        width = strtoul(colon + 1, &end, 10);
        if (end == colon + 1 || *end != '\0' || width < 1 || width > 32) {
            FAIL(r, "field '%s' has no width from 1 to 32", token);
            return false;
        }
    }
    if (!is_identifier(token)) {
        FAIL(r, "'%s' is neither bits nor a field's name", token);
        return false;
    }
    for (unsigned i = 0; i < row->num_fields; i++)
        if (strcmp(row->fields[i].name, token) == 0) {
            FAIL(r, "field '%s' occurs twice", token);
            return false;
        }
    if (row->num_fields == MAX_FIELDS) {
        FAIL(r, "more than %d fields", MAX_FIELDS);
        return false;
    }
    *position -= (int)width;
    struct field *f = &row->fields[row->num_fields++];
    f->name = copy_text(token, strlen(token));
    f->width = (unsigned)width;
    f->low = *position < 0 ? 0 : (unsigned)*position;
    f->used = false;
    return true;
}

static bool read_bits_token(struct reader *r, struct insn *row, char *token,
                            int *position)
{
    if (isdigit((unsigned char)*token) || *token == '(' ||
        strspn(token, "01x()") == strlen(token))
        return read_digits(r, row, token, position);
    return read_field(r, row, token, position);
}

static bool read_bits(struct reader *r, struct insn *row, char *text)
{
    int position = 32;
    for (char *token = strtok(text, " \t"); token != NULL;
         token = strtok(NULL, " \t"))
        if (!read_bits_token(r, row, token, &position))
            return false;
    if (position != 0) {
        FAIL(r, "%s has %d bits, not 32", row->name, 32 - position);
        return false;
    }
    return true;
}

static bool read_flags(struct reader *r, struct insn *row, const char *value)
{
    row->reads_flags = strchr(value, 'r') != NULL;
    row->writes_flags = strchr(value, 'w') != NULL;
    if (strcmp(value, "r") == 0 || strcmp(value, "w") == 0 ||
        strcmp(value, "rw") == 0)
        return true;
    FAIL(r, "nzcv is r, w or rw, not '%s'", value);
    return false;
}

/* `words` are separated by single spaces. */
static bool is_one_of(const char *word, const char *words)
{
    size_t n = strlen(word);
    for (const char *w = words; *w != '\0';) {
        size_t length = strcspn(w, " ");
        if (length == n && strncmp(w, word, n) == 0)
            return true;
        w += length + (w[length] == ' ');
    }
    return false;
}

static bool set_text(struct reader *r, char **text, const char *name,
                     const char *value)
{
    if (*text != NULL) {
        FAIL(r, "%s= is given twice", name);
        return false;
    }
    *text = copy_text(value, strlen(value));
    return true;
}

/* The columns of memory rows; `values` are separated by spaces, NULL: any. */
static bool read_memory_attribute(struct reader *r, struct insn *row,
                                  const char *name, const char *value)
{
    const struct {
        const char *name, *values;
        char **text;
    } columns[] = {
        {"address", NULL, &row->address},
        {"size", "1 2 4 8", &row->size},
        {"ext", "s32 s64", &row->ext},
        {"pair", "1", &row->pair},
        {"wb", "pre post", &row->wb},
        {"order", "acquire sc", &row->order},
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (strcmp(name, columns[i].name) != 0)
            continue;
        if (columns[i].values != NULL && !is_one_of(value, columns[i].values)) {
            FAIL(r, "%s= is one of '%s', not '%s'", name, columns[i].values,
                 value);
            return false;
        }
        return set_text(r, columns[i].text, name, value);
    }
    FAIL(r, "unknown attribute '%s'", name);
    return false;
}

/* key=value of the operation column. */
static bool read_attribute(struct reader *r, struct insn *row, char *token)
{
    char *value = strchr(token, '=');
    if (strcmp(token, "scalar") == 0) {
        row->scalar = true;
        return true;
    }
    if (value == NULL || value[1] == '\0') {
        FAIL(r, "attribute '%s' has no value", token);
        return false;
    }
    *value++ = '\0';
    for (int i = 0; i < SLOT_COUNT; i++)
        if (strcmp(token, slot_names[i]) == 0)
            return set_text(r, &row->slots[i], token, value);
    if (strcmp(token, "nzcv") == 0)
        return read_flags(r, row, value);
    if (strcmp(token, "class") == 0) {
        if (class_by_name(value, &row->insn_class))
            return true;
        FAIL(r, "unknown class '%s'", value);
        return false;
    }
    return read_memory_attribute(r, row, token, value);
}

/* A memory row's operation is its columns: load_base_imm_8_post. */
static bool name_memory_op(struct reader *r, struct insn *row)
{
    struct buffer b = {0};
    row->is_load = strcmp(row->op, "load") == 0;
    if (!row->is_load && strcmp(row->op, "store") != 0) {
        FAIL(r, "a memory row loads or stores, not '%s'", row->op);
        return false;
    }
    if (row->address == NULL || row->size == NULL) {
        FAIL(r, "a memory row needs address= and size=");
        return false;
    }
    buffer_print(&b, "%s%s_%s_%s", row->op, row->pair ? "_pair" : "",
                 row->address, row->size);
    const char *rest[] = {row->ext, row->wb, row->order};
    for (int i = 0; i < 3; i++)
        if (rest[i] != NULL)
            buffer_print(&b, "_%s", rest[i]);
    row->op = b.text;
    return true;
}

static bool read_operation(struct reader *r, struct insn *row, char *text)
{
    char *token = strtok(text, " \t");
    if (token == NULL || !is_identifier(token)) {
        FAIL(r, "'%s' is not an operation's name", token == NULL ? "" : token);
        return false;
    }
    row->op = copy_text(token, strlen(token));
    while ((token = strtok(NULL, " \t")) != NULL)
        if (!read_attribute(r, row, token))
            return false;
    if (row->insn_class == CLASS_MEMORY)
        return name_memory_op(r, row);
    if (row->address || row->size || row->ext || row->pair || row->wb ||
        row->order) {
        FAIL(r, "%s is no memory row but has a memory row's attributes",
             row->name);
        return false;
    }
    return true;
}

static struct insn *new_row(struct table *t)
{
    if (t->count == t->capacity) {
        t->capacity = t->capacity * 2 + 64;
        t->rows = must_alloc(t->rows, t->capacity * sizeof *t->rows);
    }
    struct insn *row = &t->rows[t->count++];
    memset(row, 0, sizeof *row);
    return row;
}

static void read_row(struct reader *r, char *text)
{
    char *bits = strstr(text, " | ");
    char *op = bits == NULL ? NULL : strstr(bits + 3, " | ");
    r->row_failed = true;
    if (op == NULL) {
        FAIL(r, "a row is name | bits | operation");
        return;
    }
    if (r->group == NULL) {
        FAIL(r, "a row before the first section");
        return;
    }
    *bits = *op = '\0';
    char *name = trimmed(text);
    if (!is_identifier(name)) {
        FAIL(r, "'%s' is not a row's name", name);
        return;
    }
    struct insn *row = new_row(r->table);
    row->file = r->file;
    row->line = r->line;
    row->name = copy_text(name, strlen(name));
    row->group = r->group;
    row->feature = r->feature;
    row->insn_class = r->insn_class;
    r->row_failed =
        !read_bits(r, row, bits + 3) || !read_operation(r, row, op + 3);
    if (r->row_failed)
        r->table->count--;
}

/* batch OP OP...: rows are looked up when all have been read. */
static void read_batch(struct reader *r, char *text)
{
    struct table *t = r->table;
    struct batch b = {.file = r->file, .line = r->line};
    r->row_failed = true;
    strtok(text, " \t");
    for (char *op; (op = strtok(NULL, " \t")) != NULL;) {
        if (b.length == MAX_BATCH) {
            FAIL(r, "a batch has at most %d operations", MAX_BATCH);
            return;
        }
        b.ops[b.length++] = copy_text(op, strlen(op));
    }
    if (b.length < 2) {
        FAIL(r, "a batch has at least two operations");
        return;
    }
    t->batches = must_alloc(t->batches,
                            (t->num_batches + 1) * sizeof *t->batches);
    t->batches[t->num_batches++] = b;
}

/* vectors OP OP... */
static void read_vectors(struct reader *r, char *text)
{
    struct table *t = r->table;
    r->row_failed = true;
    strtok(text, " \t");
    for (char *op; (op = strtok(NULL, " \t")) != NULL;) {
        t->vector_ops = must_alloc(t->vector_ops, (t->num_vector_ops + 1) *
                                                      sizeof *t->vector_ops);
        t->vector_ops[t->num_vector_ops++] = (struct vector_op){
            .file = r->file, .line = r->line, .op = copy_text(op, strlen(op))};
    }
}

static void read_alias(struct reader *r, struct insn *row, char *text)
{
    char *arrow = strstr(text, " => ");
    if (arrow == NULL || row->num_aliases == MAX_ALIASES) {
        FAIL(r, arrow ? "too many aliases" : "an alias is COND => TEXT");
        return;
    }
    *arrow = '\0';
    struct alias *a = &row->aliases[row->num_aliases++];
    char *condition = trimmed(text), *form = trimmed(arrow + 4);
    a->condition = copy_text(condition, strlen(condition));
    a->text = copy_text(form, strlen(form));
}

static void read_continuation(struct reader *r, char *text)
{
    struct table *t = r->table;
    if (r->row_failed)
        return;
    text = trimmed(text);
    struct insn *row = t->count > 0 ? &t->rows[t->count - 1] : NULL;
    if (row == NULL || row->file != r->file) {
        FAIL(r, "a continuation without a row");
        return;
    }
    if (strncmp(text, "asm ", 4) == 0 && row->assembly == NULL)
        row->assembly = copy_text(text + 4, strlen(text + 4));
    else if (strncmp(text, "where ", 6) == 0 && row->where == NULL)
        row->where = copy_text(text + 6, strlen(text + 6));
    else if (strncmp(text, "alias ", 6) == 0)
        read_alias(r, row, text + 6);
    else
        FAIL(r, "expected one asm or where line, or alias lines: '%s'", text);
}

bool insn_read(struct table *t, const char *path)
{
    static char line[4096];
    struct reader r = {.table = t, .file = path};
    FILE *in = fopen(path, "r");
    if (in == NULL)
        return false;
    while (fgets(line, sizeof line, in) != NULL) {
        r.line++;
        bool is_continuation = line[0] == ' ' || line[0] == '\t';
        if (strchr(line, '\n') == NULL && !feof(in)) {
            FAIL(&r, "line longer than %d bytes", (int)sizeof line - 2);
            for (int c = fgetc(in); c != '\n' && c != EOF;)
                c = fgetc(in);
            continue;
        }
        char *text = trimmed(line);
        if (*text == '\0' || *text == '#')
            continue;
        if (*text == '[')
            read_section(&r, text);
        else if (is_continuation)
            read_continuation(&r, text);
        else if (strncmp(text, "batch ", 6) == 0)
            read_batch(&r, text);
        else if (strncmp(text, "vectors ", 8) == 0)
            read_vectors(&r, text);
        else
            read_row(&r, text);
    }
    bool ok = !ferror(in);
    fclose(in);
    return ok;
}
