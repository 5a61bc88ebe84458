/*
 * One column of one lane as a number and as text, and a lane as a JSON object.
 * Text is put together by hand, because a sweep writes more numbers than
 * anything else.
 */
#include "cli/run/run.h"

#include <math.h>
#include <string.h>

#define LONGEST_CELL 96 /* of a column of numbers, with its heading */

static uint64_t little_endian(const uint8_t *bytes, uint64_t length)
{
    uint64_t value = 0;

    for (uint64_t i = length; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

/* Of V registers a half, or as much as D, S or H have. */
static uint64_t register_value(const ag_run_column *c, const ag_run_lane *lane)
{
    enum ag_run_register number = c->name.number;
    uint64_t value;

    if (number == AG_RUN_PC)
        return lane->result->pc; /* needs no registers */
    if (number >= AG_RUN_V0) {
        value = lane->vectors[2 * (number - AG_RUN_V0) + c->is_high];
        return value & UINT64_MAX >> (64 - ag_run_column_bits(c));
    }
    value = lane->registers[number];
    return c->name.narrow ? value & UINT32_MAX : value;
}

uint64_t ag_run_column_value(const ag_run *r, const ag_run_column *c,
                             const ag_run_lane *lane)
{
    const armgpu_lane_result *l = lane->result;

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
        return register_value(c, lane);
    case AG_RUN_FIELD_EXIT: /* of others a number that no status is */
        return ag_run_is_absent(c, lane) ? UINT64_MAX : l->stop_code;
    case AG_RUN_FIELD_STDOUT:
    case AG_RUN_FIELD_STDERR:
    case AG_RUN_FIELD_SYMBOL:
    case AG_RUN_FIELD_FILE:
        return 0; /* are text */
    case AG_RUN_FIELD_MEMORY:
        break;
    }
    return little_endian(lane->memory + c->offset, c->length);
}

/* -- Text ------------------------------------------------------------------ */

static char *put_text(char *to, const char *text, size_t length)
{
    memcpy(to, text, length);
    return to + length;
}

static char *put_word(char *to, const char *text)
{
    return put_text(to, text, strlen(text));
}

static char *put_decimal(char *to, uint64_t value)
{
    char digits[20];
    size_t n = sizeof digits;

    do {
        digits[--n] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    return put_text(to, digits + n, sizeof digits - n);
}

static char *put_hex(char *to, uint64_t value)
{
    char digits[16];
    size_t n = sizeof digits;

    do {
        digits[--n] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value != 0);
    *to++ = '0';
    *to++ = 'x';
    return put_text(to, digits + n, sizeof digits - n);
}

static char *put_bytes(char *to, const uint8_t *bytes, uint64_t length)
{
    for (uint64_t i = 0; i < length; i++) {
        *to++ = "0123456789abcdef"[bytes[i] >> 4];
        *to++ = "0123456789abcdef"[bytes[i] & 15];
    }
    return to;
}

static bool is_count(enum ag_run_field field)
{
    return field == AG_RUN_FIELD_LANE || field == AG_RUN_FIELD_CYCLES ||
           field == AG_RUN_FIELD_PROGRAM || field == AG_RUN_FIELD_EXIT;
}

bool ag_run_is_decimal(const ag_run_column *c)
{
    return c->format == AG_RUN_DECIMAL || c->format == AG_RUN_SIGNED ||
           (c->format == AG_RUN_USUAL &&
            (is_count(c->field) || ag_run_is_real_column(c)));
}

bool ag_run_is_absent(const ag_run_column *c, const ag_run_lane *lane)
{
    if (c->field == AG_RUN_FIELD_EXIT)
        return lane->result->stop_reason != ARMGPU_STOP_EXIT;
    return (c->field == AG_RUN_FIELD_FAULT_ADDRESS ||
            c->field == AG_RUN_FIELD_FAULT_ACCESS) &&
           !ag_run_is_fault(lane->result);
}

static char *put_formatted(char *to, const ag_run_column *c, uint64_t value)
{
    unsigned bits = ag_run_column_bits(c);

    if (c->format == AG_RUN_HEX)
        return put_hex(to, value);
    if (c->format == AG_RUN_DECIMAL || value >> (bits - 1) == 0)
        return put_decimal(to, value);
    *to++ = '-';
    return put_decimal(to, (0 - value) & UINT64_MAX >> (64 - bits));
}

static char *put_vector(char *to, const ag_run *r, const ag_run_column *c,
                        const ag_run_lane *lane)
{
    const uint64_t *v = &lane->vectors[2 * (c->name.number - AG_RUN_V0)];
    uint64_t value = ag_run_column_value(r, c, lane);
    char text[AG_RUN_REAL_TEXT] = "";

    if (ag_run_is_real_column(c)) {
        size_t length = ag_run_real_text(c->name.view, value, text);

        return put_text(to, text, length);
    }
    if (c->name.view != AG_RUN_WIDE)
        return put_formatted(to, c, value);
    if (v[1] == 0)
        return put_hex(to, v[0]);
    to = put_hex(to, v[1]);
    for (int shift = 60; shift >= 0; shift -= 4)
        *to++ = "0123456789abcdef"[v[0] >> shift & 15];
    return to;
}

char *ag_run_put_cell(char *to, const ag_run *r, const ag_run_column *c,
                      const ag_run_lane *lane)
{
    uint64_t value;
    char flags[5];

    if (c->name.view != AG_RUN_INTEGER)
        return put_vector(to, r, c, lane);
    if (ag_run_is_text_column(c)) {
        char symbol[AG_RUN_COLUMN_TEXT];
        ag_run_text text = ag_run_column_text(r, c, lane, symbol);

        return put_text(to, text.bytes, text.size);
    }
    if (c->field == AG_RUN_FIELD_MEMORY && c->format == AG_RUN_USUAL)
        return put_bytes(to, lane->memory + c->offset, c->length);
    value = ag_run_column_value(r, c, lane);
    if (c->format != AG_RUN_USUAL)
        return put_formatted(to, c, value);
    if (is_count(c->field))
        return put_decimal(to, value);
    if (c->field == AG_RUN_FIELD_STOP_REASON)
        return put_word(to, armgpu_stop_name((uint32_t)value));
    if (c->field == AG_RUN_FIELD_FAULT_ACCESS)
        return put_word(to, ag_run_access_name((uint32_t)value));
    if (c->field == AG_RUN_FIELD_REGISTER && c->name.number == AG_RUN_NZCV)
        return put_word(to, ag_run_flags_text(value, flags));
    return put_hex(to, value);
}

ag_run_text ag_run_column_text(const ag_run *r, const ag_run_column *c,
                               const ag_run_lane *lane,
                               char symbol[AG_RUN_COLUMN_TEXT])
{
    ag_run_text text = {"", 0};

    if (c->field == AG_RUN_FIELD_STDOUT || c->field == AG_RUN_FIELD_STDERR)
        return lane->texts[c->field - AG_RUN_FIELD_STDOUT];
    if (c->field == AG_RUN_FIELD_FILE)
        text.bytes = ag_run_lane_file_name(&r->settings, lane->number);
    else if (c->field == AG_RUN_FIELD_SYMBOL)
        text.bytes =
            ag_run_symbol(r, ag_run_stopped_at(lane->result), symbol);
    text.size = strlen(text.bytes);
    return text;
}

size_t ag_run_headings_size(const ag_run_columns *columns)
{
    size_t bytes = 4;

    for (size_t i = 0; i < columns->count; i++)
        bytes += LONGEST_CELL + columns->items[i].text_length +
                 (size_t)columns->items[i].length * 2;
    return bytes;
}

/* A byte of text is at most 6 in JSON, and in base64 2 more. */
size_t ag_run_row_size(const ag_run *r, const ag_run_columns *columns,
                       const ag_run_lane *lane)
{
    size_t bytes = ag_run_headings_size(columns);

    for (size_t i = 0; i < columns->count; i++) {
        char symbol[AG_RUN_COLUMN_TEXT];

        if (ag_run_is_text_column(&columns->items[i]))
            bytes += 8 * ag_run_column_text(r, &columns->items[i], lane,
                                            symbol).size +
                     LONGEST_CELL;
    }
    return bytes;
}

/* JSON has no infinity and no NaN: they are strings. */
static bool is_json_number(const ag_run *r, const ag_run_column *c,
                           const ag_run_lane *lane)
{
    return ag_run_is_decimal(c) &&
           (!ag_run_is_real_column(c) ||
            isfinite(ag_run_real_of(c->name.view,
                                    ag_run_column_value(r, c, lane))));
}

/* Of bytes that are no UTF-8 the column behind it has base64. */
static char *put_json_text(char *to, const ag_run *r, const ag_run_column *c,
                           const ag_run_lane *lane)
{
    char symbol[AG_RUN_COLUMN_TEXT], name[32];
    ag_run_text text = ag_run_column_text(r, c, lane, symbol);
    size_t length;
    const char *heading;

    to = ag_cli_json_quote(to, text.bytes, text.size);
    if (!ag_run_is_process_column(c) || ag_cli_is_utf8(text.bytes, text.size))
        return to;
    heading = ag_run_column_heading(c, name, &length);
    to = put_word(to, ",\"");
    to = put_text(to, heading, length);
    to = put_word(to, "_base64\":\"");
    to = ag_cli_base64(to, text.bytes, text.size);
    return put_word(to, "\"");
}

/* As in --json: decimal numbers are numbers, all else is a string. */
char *ag_run_put_object(char *to, const ag_run *r,
                        const ag_run_columns *columns, const ag_run_lane *lane)
{
    for (size_t i = 0; i < columns->count; i++) {
        const ag_run_column *c = &columns->items[i];
        bool quoted = !is_json_number(r, c, lane) && !ag_run_is_absent(c, lane);
        char name[32];
        size_t length;
        const char *heading = ag_run_column_heading(c, name, &length);

        to = put_word(to, i == 0 ? "{\"" : ",\"");
        to = put_text(to, heading, length);
        to = put_word(to, "\":");
        if (ag_run_is_text_column(c)) {
            to = put_json_text(to, r, c, lane);
            continue;
        }
        if (quoted)
            *to++ = '"';
        to = ag_run_is_absent(c, lane) ? put_word(to, "null")
                                       : ag_run_put_cell(to, r, c, lane);
        if (quoted)
            *to++ = '"';
    }
    return put_word(to, "}");
}
