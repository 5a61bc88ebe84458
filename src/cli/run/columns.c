/*
 * Columns: what --columns and --find can say about a lane, by name. cells.c has
 * the value of each.
 */
#include "cli/run/run.h"

#include <string.h>

static const struct {
    const char *name;
    enum ag_run_field field;
} fields[] = {
    {"lane", AG_RUN_FIELD_LANE},
    {"stop_reason", AG_RUN_FIELD_STOP_REASON},
    {"stop_code", AG_RUN_FIELD_STOP_CODE},
    {"cycles", AG_RUN_FIELD_CYCLES},
    {"program", AG_RUN_FIELD_PROGRAM},
    {"fault_address", AG_RUN_FIELD_FAULT_ADDRESS},
    {"fault_access", AG_RUN_FIELD_FAULT_ACCESS},
    {"exit", AG_RUN_FIELD_EXIT},
    {"stdout", AG_RUN_FIELD_STDOUT},
    {"stderr", AG_RUN_FIELD_STDERR},
    {"symbol", AG_RUN_FIELD_SYMBOL},
    {"file", AG_RUN_FIELD_FILE},
    {"stop", AG_RUN_FIELD_STOP_REASON}, /* short forms, for conditions */
    {"code", AG_RUN_FIELD_STOP_CODE},
};

/* mem:ADDR:LEN, after the first colon. */
static const char *read_memory(const char *text, size_t length,
                               ag_run_column *c)
{
    const char *colon = memchr(text, ':', length);
    size_t n = colon != NULL ? (size_t)(colon - text) : 0;

    c->field = AG_RUN_FIELD_MEMORY;
    if (colon == NULL || ag_cli_read_number(text, n, 0, &c->address) != NULL ||
        ag_cli_read_number(colon + 1, length - n - 1, AG_CLI_SUFFIX,
                           &c->length) != NULL)
        return "is not mem:ADDR:LEN, such as mem:0x1000:16";
    return c->length == 0 ? "shows no memory; LEN is 1 or more" : NULL;
}

/* Takes :d, :i or :x from the end. */
static enum ag_run_number_format read_format(const char *text, size_t *length)
{
    static const char letters[] = {[AG_RUN_DECIMAL] = 'd',
                                   [AG_RUN_SIGNED] = 'i',
                                   [AG_RUN_HEX] = 'x'};

    for (int i = AG_RUN_DECIMAL; i <= AG_RUN_HEX; i++) {
        if (*length > 2 && text[*length - 2] == ':' &&
            text[*length - 1] == letters[i]) {
            *length -= 2;
            return (enum ag_run_number_format)i;
        }
    }
    return AG_RUN_USUAL;
}

static const char *find_field(const char *text, size_t length, ag_run_column *c)
{
    if (length >= 4 && strncmp(text, "mem:", 4) == 0)
        return read_memory(text + 4, length - 4, c);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strlen(fields[i].name) == length &&
            strncmp(fields[i].name, text, length) == 0) {
            c->field = fields[i].field;
            return NULL;
        }
    }
    c->field = AG_RUN_FIELD_REGISTER;
    if (ag_run_find_name(text, length, &c->name))
        return NULL;
    return "is no column; the columns are " AG_RUN_COLUMN_NAMES;
}

const char *ag_run_find_column(const char *text, size_t length,
                               ag_run_column *c)
{
    const char *problem;

    memset(c, 0, sizeof *c);
    c->text = text;
    c->text_length = length;
    c->format = read_format(text, &length);
    problem = find_field(text, length, c);
    if (problem != NULL || c->format == AG_RUN_USUAL)
        return problem;
    c->name.is_bits = ag_run_is_real(c->name.view);
    if (c->name.view == AG_RUN_WIDE && c->format != AG_RUN_HEX)
        return "has 128 bits, which are written in 0x only";
    if (ag_run_is_text_column(c))
        return "is text; :d, :i and :x are for numbers";
    if (c->field == AG_RUN_FIELD_MEMORY && c->length != 1 && c->length != 2 &&
        c->length != 4 && c->length != 8)
        return "is no number; :d, :i and :x need a LEN of 1, 2, 4 or 8";
    return NULL;
}

bool ag_run_is_text_column(const ag_run_column *c)
{
    return c->field >= AG_RUN_FIELD_STDOUT && c->field <= AG_RUN_FIELD_FILE;
}

bool ag_run_is_process_column(const ag_run_column *c)
{
    return c->field >= AG_RUN_FIELD_EXIT && c->field < AG_RUN_FIELD_FILE;
}

bool ag_run_is_real_column(const ag_run_column *c)
{
    return ag_run_is_real(c->name.view) && !c->name.is_bits;
}

unsigned ag_run_column_bits(const ag_run_column *c)
{
    if (ag_run_is_real(c->name.view))
        return ag_run_real_width(c->name.view);
    if (c->field == AG_RUN_FIELD_MEMORY)
        return (unsigned)c->length * 8;
    return c->field == AG_RUN_FIELD_REGISTER && c->name.narrow ? 32 : 64;
}

const char *ag_run_column_heading(const ag_run_column *c, char text[32],
                                  size_t *length)
{
    const char *heading = c->text;

    *length = c->text_length;
    if (heading != NULL)
        return heading;
    if (c->field == AG_RUN_FIELD_REGISTER) {
        heading = ag_run_register_name(c->name.number, text);
        if (c->name.number < AG_RUN_SP && c->name.narrow)
            text[0] = 'w';
        if (c->name.number >= AG_RUN_V0)
            text[0] = " vdsh"[c->name.view];
        if (c->format != AG_RUN_USUAL) {
            *length = strlen(text);
            snprintf(text + *length, 32 - *length, ":%c", " dix"[c->format]);
        }
    } else {
        heading = fields[c->field].name;
    }
    *length = strlen(heading);
    return heading;
}

/* -- --columns ------------------------------------------------------------- */

static void add_column(ag_run_columns *columns, const ag_run_column *c)
{
    columns->items = ag_cli_grow(columns->items, columns->count, sizeof *c);
    columns->items[columns->count++] = *c;
}

/* x0..x30, x0..x30:d: registers of one kind, the first not after the last. */
static bool is_range(ag_run_name from, ag_run_name to)
{
    return from.narrow == to.narrow && from.view == to.view &&
           from.number <= to.number &&
           (to.number <= AG_RUN_LR || from.number >= AG_RUN_V0);
}

static bool add_registers(ag_run_columns *columns, const char *text,
                          size_t first, size_t length)
{
    ag_run_column c = {.field = AG_RUN_FIELD_REGISTER};
    size_t end = length;
    ag_run_name from, to;

    c.format = read_format(text, &end);
    if (!ag_run_find_name(text, first, &from) ||
        !ag_run_find_name(text + first + 2, end - first - 2, &to) ||
        !is_range(from, to)) {
        ag_cli_say("--columns: '%.*s' is no range of registers; write x0..x30",
                   length > 80 ? 80 : (int)length, text);
        return false;
    }
    if (from.view == AG_RUN_WIDE && c.format != AG_RUN_USUAL &&
        c.format != AG_RUN_HEX) {
        ag_cli_say("--columns: '%.*s' have 128 bits, which are written in 0x "
                   "only",
                   length > 80 ? 80 : (int)length, text);
        return false;
    }
    c.name = from;
    c.name.is_bits = ag_run_is_real(from.view) && c.format != AG_RUN_USUAL;
    for (int i = (int)from.number; i <= (int)to.number; i++) {
        c.name.number = (enum ag_run_register)i;
        add_column(columns, &c);
    }
    return true;
}

/* One item between commas. */
static bool add_item(ag_run_columns *columns, const char *text, size_t length)
{
    const char *problem;
    ag_run_column c;

    for (size_t i = 0; i + 1 < length; i++) {
        if (text[i] == '.' && text[i + 1] == '.')
            return add_registers(columns, text, i, length);
    }
    problem = ag_run_find_column(text, length, &c);
    if (problem != NULL) {
        ag_cli_say("--columns: '%.*s' %s", length > 80 ? 80 : (int)length, text,
                   problem);
        return false;
    }
    add_column(columns, &c);
    return true;
}

bool ag_run_read_columns(ag_run_columns *columns, const char *text)
{
    for (;;) {
        size_t n = strcspn(text, ",");

        if (!add_item(columns, text, n))
            return false;
        if (text[n] == '\0')
            return true;
        text += n + 1;
    }
}

bool ag_run_apply_columns(void *settings, const char *text)
{
    return ag_run_read_columns(&((ag_run_settings *)settings)->columns, text);
}
