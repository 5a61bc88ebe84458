/*
 * Rows to files, one lane at a time: --out in three formats, and --csv.
 *
 * bin has no header: rows of fixed width, the columns in order without gaps,
 * little-endian; docs/sweeps.md has the width of each.
 */
#include "cli/run/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES (1 << 20)

/* -- Rows ------------------------------------------------------------------ */

static bool needs_quotes(const ag_run_text *text)
{
    for (size_t i = 0; i < text->size; i++) {
        if (text->bytes[i] == '\0' ||
            strchr(",\" \t\r\n", text->bytes[i]) != NULL)
            return true;
    }
    return false;
}

/* Quotes around text that would be read otherwise without. */
static char *put_quoted(char *to, const ag_run *r, const ag_run_column *c,
                        const ag_run_lane *lane)
{
    char symbol[AG_RUN_COLUMN_TEXT];
    ag_run_text text;

    if (!ag_run_is_text_column(c))
        return ag_run_put_cell(to, r, c, lane);
    text = ag_run_column_text(r, c, lane, symbol);
    if (!needs_quotes(&text))
        return ag_run_put_cell(to, r, c, lane);
    *to++ = '"';
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] == '"')
            *to++ = '"';
        *to++ = text.bytes[i];
    }
    *to++ = '"';
    return to;
}

static char *put_csv(char *to, const ag_run *r, const ag_run_writer *w,
                     const ag_run_lane *lane)
{
    for (size_t i = 0; i < w->columns.count; i++) {
        if (i != 0)
            *to++ = ',';
        if (!ag_run_is_absent(&w->columns.items[i], lane))
            to = put_quoted(to, r, &w->columns.items[i], lane);
    }
    *to++ = '\n';
    return to;
}

static char *put_jsonl(char *to, const ag_run *r, const ag_run_writer *w,
                       const ag_run_lane *lane)
{
    to = ag_run_put_object(to, r, &w->columns, lane);
    *to++ = '\n';
    return to;
}

/* Bytes of a column in bin. */
static uint64_t width(const ag_run_column *c)
{
    switch (c->field) {
    case AG_RUN_FIELD_MEMORY:
        return c->length;
    case AG_RUN_FIELD_STOP_REASON:
    case AG_RUN_FIELD_FAULT_ACCESS:
    case AG_RUN_FIELD_PROGRAM:
    case AG_RUN_FIELD_EXIT:
        return 4;
    case AG_RUN_FIELD_REGISTER:
        if (c->name.number >= AG_RUN_V0)
            return ag_run_column_bits(c) / 8; /* of V the halves, apart */
        return c->name.narrow || c->name.number == AG_RUN_NZCV ? 4 : 8;
    default:
        return 8;
    }
}

static char *put_number(char *to, uint64_t value, uint64_t bytes)
{
    for (; bytes > 0; bytes--, value >>= 8)
        *to++ = (char)(value & 0xff);
    return to;
}

static char *put_bin(char *to, const ag_run *r, const ag_run_writer *w,
                     const ag_run_lane *lane)
{
    for (size_t i = 0; i < w->columns.count; i++) {
        const ag_run_column *c = &w->columns.items[i];

        if (c->field == AG_RUN_FIELD_MEMORY) {
            memcpy(to, lane->memory + c->offset, (size_t)c->length);
            to += c->length;
            continue;
        }
        to = put_number(to, ag_run_column_value(r, c, lane), width(c));
        if (c->name.view == AG_RUN_WIDE)
            to = put_number(
                to, lane->vectors[2 * (c->name.number - AG_RUN_V0) + 1], 8);
    }
    return to;
}

static bool say_write_failed(const ag_run_writer *w)
{
    ag_cli_say("cannot write '%s': %s; the rows are incomplete", w->path,
               errno != 0 ? strerror(errno) : "write error");
    return false;
}

void ag_run_fit_line(const ag_run *r, ag_run_writer *w,
                     const ag_run_lane *lane)
{
    size_t bytes = ag_run_row_size(r, &w->columns, lane);

    if (bytes <= w->line_bytes)
        return;
    free(w->line);
    w->line_bytes = 2 * bytes;
    w->line = ag_cli_alloc(w->line_bytes, 1);
}

bool ag_run_write_row(const ag_run *r, ag_run_writer *w,
                      const ag_run_lane *lane)
{
    char *end;

    ag_run_fit_line(r, w, lane);
    end = w->line;
    switch (w->format) {
    case AG_RUN_CSV:
        end = put_csv(end, r, w, lane);
        break;
    case AG_RUN_JSONL:
        end = put_jsonl(end, r, w, lane);
        break;
    case AG_RUN_BIN:
        end = put_bin(end, r, w, lane);
        break;
    }
    errno = 0;
    if (fwrite(w->line, 1, (size_t)(end - w->line), w->file) ==
        (size_t)(end - w->line))
        return true;
    return w->file == stdout ? false : say_write_failed(w);
}

/* -- Opening and closing --------------------------------------------------- */

static void write_headings(const ag_run_writer *w)
{
    for (size_t i = 0; i < w->columns.count; i++) {
        char name[32];
        size_t length;
        const char *heading =
            ag_run_column_heading(&w->columns.items[i], name, &length);

        if (i != 0)
            putc(',', w->file);
        fwrite(heading, 1, length, w->file);
    }
    putc('\n', w->file);
}

static bool open_writer(ag_run_writer *w, const char *path,
                        enum ag_run_format format)
{
    w->path = path;
    w->format = format;
    w->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    if (w->file == NULL) {
        ag_cli_say("--out: cannot write '%s': %s; check the path and its "
                   "permissions",
                   path, strerror(errno));
        return false;
    }
    if (w->file != stdout)
        setvbuf(w->file, NULL, _IOFBF, BUFFER_BYTES);
    if (format == AG_RUN_CSV)
        write_headings(w);
    return true;
}

/* What a file has unless --columns says otherwise; --csv has everything. */
#define OUT_COLUMNS "lane,stop_reason,stop_code,pc,cycles,x0"
#define CSV_COLUMNS                                                            \
    "lane,stop_reason,stop_code,pc,sp,nzcv,cycles,x0..x30,fault_address,"      \
    "fault_access"
#define CSV_FP_COLUMNS CSV_COLUMNS ",fpcr,fpsr,v0..v31"
/* Of ELF programs. */
#define ELF_COLUMNS "lane,stop_reason,stop_code,exit,pc,cycles,stdout,stderr"
#define TABLE_COLUMNS "lane,stop,exit,stdout"
/* Of those whose function is called: what it returns too. */
#define CALL_COLUMNS                                                           \
    "lane,stop_reason,stop_code,exit,pc,cycles,x0,stdout,stderr"
#define CALL_TABLE_COLUMNS "lane,stop,cycles,x0"

/* What one lane prints has appeared as it came. */
static const char *table_columns(const ag_run_settings *s)
{
    if (s->process.call == NULL)
        return TABLE_COLUMNS;
    return ag_run_is_direct(s) ? CALL_TABLE_COLUMNS
                               : CALL_TABLE_COLUMNS ",stdout";
}

static const char *elf_columns(const ag_run_settings *s)
{
    return s->process.call != NULL ? CALL_COLUMNS : ELF_COLUMNS;
}

static const char *csv_columns(const ag_run_settings *s)
{
    if (s->process.is_elf && !s->fp)
        return elf_columns(s);
    return s->fp ? CSV_FP_COLUMNS : CSV_COLUMNS;
}

static const char *out_columns(const ag_run_settings *s)
{
    return s->process.is_elf && s->out_format != AG_RUN_BIN ? elf_columns(s)
                                                            : OUT_COLUMNS;
}

/* The table of processes has columns of its own. */
static bool has_table_columns(const ag_run_settings *s)
{
    return s->process.is_elf && !s->json && !s->no_table && !s->summary &&
           !ag_run_rows_to_stdout(s);
}

static void choose_columns(ag_run_writer *w, const ag_run_columns *asked,
                           const char *usual)
{
    if (asked->count == 0) {
        (void)ag_run_read_columns(&w->columns, usual);
        return;
    }
    w->columns.items = ag_cli_alloc(asked->count, sizeof *asked->items);
    w->columns.count = asked->count;
    memcpy(w->columns.items, asked->items, asked->count * sizeof *asked->items);
}

void ag_run_plan_writers(ag_run *r)
{
    static const ag_run_columns none = {NULL, 0};
    const ag_run_settings *s = &r->settings;

    if (s->csv)
        choose_columns(&r->table, &s->columns, csv_columns(s));
    else if (s->out == NULL && s->columns.count != 0)
        choose_columns(&r->table, &s->columns, NULL);
    else if (has_table_columns(s))
        choose_columns(&r->table, &none, table_columns(s));
    if (s->out != NULL)
        choose_columns(&r->out, &s->columns, out_columns(s));
}

int ag_run_open_writers(ag_run *r)
{
    const ag_run_settings *s = &r->settings;

    if (s->csv && !open_writer(&r->table, "-", AG_RUN_CSV))
        return AG_CLI_EXIT_FAILED;
    if (s->out != NULL &&
        !open_writer(&r->out, s->out, (enum ag_run_format)s->out_format))
        return AG_CLI_EXIT_FAILED;
    return AG_CLI_EXIT_OK;
}

static int close_writer(ag_run_writer *w)
{
    FILE *file = w->file;

    free(w->columns.items);
    free(w->line);
    w->columns.items = NULL;
    w->line = NULL;
    w->line_bytes = 0;
    w->file = NULL;
    errno = 0;
    if (file == NULL || file == stdout || fclose(file) == 0)
        return AG_CLI_EXIT_OK;
    (void)say_write_failed(w);
    return AG_CLI_EXIT_FAILED;
}

int ag_run_close_writers(ag_run *r)
{
    int table = close_writer(&r->table), out = close_writer(&r->out);

    return table != AG_CLI_EXIT_OK ? table : out;
}
