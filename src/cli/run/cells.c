/*
 * One column of one lane as a number and as text, and a lane as a JSON object.
 * Text is put together by hand, because a sweep writes more numbers than
 * anything else.
 */
#include "cli/run/run.h"

#include <string.h>

#define LONGEST_CELL 96   /* of a column that is not memory, with its heading */
#define LONGEST_NAME 8192 /* of a file, every byte of it escaped */

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
    case AG_RUN_FIELD_FILE:
        return 0; /* is text */
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
           field == AG_RUN_FIELD_PROGRAM;
}

bool ag_run_is_decimal(const ag_run_column *c)
{
    return c->format == AG_RUN_DECIMAL || c->format == AG_RUN_SIGNED ||
           (c->format == AG_RUN_USUAL && is_count(c->field));
}

bool ag_run_is_absent(const ag_run_column *c, const ag_run_lane *lane)
{
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

char *ag_run_put_cell(char *to, const ag_run *r, const ag_run_column *c,
                      const ag_run_lane *lane)
{
    uint64_t value;
    char flags[5];

    if (c->field == AG_RUN_FIELD_FILE)
        return put_word(to, ag_run_lane_file_name(&r->settings, lane->number));
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

size_t ag_run_row_size(const ag_run_columns *columns)
{
    size_t bytes = 4;

    for (size_t i = 0; i < columns->count; i++) {
        const ag_run_column *c = &columns->items[i];

        bytes += LONGEST_CELL + c->text_length + (size_t)c->length * 2;
        if (c->field == AG_RUN_FIELD_FILE)
            bytes += LONGEST_NAME;
    }
    return bytes;
}

/* As in --json: decimal numbers are numbers, all else is a string. */
char *ag_run_put_object(char *to, const ag_run *r,
                        const ag_run_columns *columns, const ag_run_lane *lane)
{
    for (size_t i = 0; i < columns->count; i++) {
        const ag_run_column *c = &columns->items[i];
        bool quoted = !ag_run_is_decimal(c) && !ag_run_is_absent(c, lane);
        char name[32];
        size_t length;
        const char *heading = ag_run_column_heading(c, name, &length);

        to = put_word(to, i == 0 ? "{\"" : ",\"");
        to = put_text(to, heading, length);
        to = put_word(to, "\":");
        if (c->field == AG_RUN_FIELD_FILE) {
            to = ag_cli_json_quote(
                to, ag_run_lane_file_name(&r->settings, lane->number));
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
