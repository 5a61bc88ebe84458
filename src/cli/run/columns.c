/*
 * Columns: what --columns and --find can say about a lane, by name, and the
 * value of each.
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

const char *ag_run_find_column(const char *text, size_t length,
                               ag_run_column *c)
{
    memset(c, 0, sizeof *c);
    c->text = text;
    c->text_length = length;
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
    if (ag_run_find_register(text, length, &c->name))
        return NULL;
    return "is no column; the columns are " AG_RUN_COLUMN_NAMES;
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
        if (c->name.narrow)
            text[0] = 'w';
    } else {
        heading = fields[c->field].name;
    }
    *length = strlen(heading);
    return heading;
}

static uint64_t little_endian(const uint8_t *bytes, uint64_t length)
{
    uint64_t value = 0;

    for (uint64_t i = length; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

uint64_t ag_run_column_value(const ag_run *r, const ag_run_column *c,
                             const ag_run_lane *lane)
{
    const armgpu_lane_result *l = lane->result;
    uint64_t value;

    switch (c->field) {
    case AG_RUN_FIELD_LANE:
        return lane->number;
    case AG_RUN_FIELD_STOP_REASON:
        return l->stop_reason;
    case AG_RUN_FIELD_STOP_CODE:
        return l->stop_code;
    case AG_RUN_FIELD_CYCLES:
        return l->cycles;
    case AG_RUN_FIELD_PROGRAM:
        return ag_run_program_of(r, lane->number);
    case AG_RUN_FIELD_FAULT_ADDRESS:
        return ag_run_is_fault(l) ? l->stop_code : 0;
    case AG_RUN_FIELD_FAULT_ACCESS:
        return ag_run_is_fault(l) ? l->access : ARMGPU_ACCESS_NONE;
    case AG_RUN_FIELD_REGISTER:
        if (c->name.number == AG_RUN_PC)
            return l->pc; /* needs no registers */
        value = lane->registers[c->name.number];
        return c->name.narrow ? value & UINT32_MAX : value;
    case AG_RUN_FIELD_MEMORY:
        break;
    }
    return little_endian(lane->memory + c->offset, c->length);
}

/* -- --columns ------------------------------------------------------------- */

static void add_column(ag_run_columns *columns, const ag_run_column *c)
{
    columns->items = ag_cli_grow(columns->items, columns->count, sizeof *c);
    columns->items[columns->count++] = *c;
}

/* x0..x30: registers of one width, the first not after the last. */
static bool add_registers(ag_run_columns *columns, const char *text,
                          size_t first, size_t length)
{
    ag_run_column c = {.field = AG_RUN_FIELD_REGISTER};
    ag_run_name from, to;

    if (!ag_run_find_register(text, first, &from) ||
        !ag_run_find_register(text + first + 2, length - first - 2, &to) ||
        from.narrow != to.narrow || to.number > AG_RUN_LR ||
        from.number > to.number) {
        ag_cli_say("--columns: '%.*s' is no range of registers; write x0..x30",
                   length > 80 ? 80 : (int)length, text);
        return false;
    }
    c.name.narrow = from.narrow;
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
