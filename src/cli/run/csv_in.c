/*
 * --regs: start values from a CSV file. The first line names the columns, lane
 * and registers; every other line sets them for one lane. What else --csv and
 * --out write is passed over, so that lanes begin as others ended. --assign:
 * the columns are lane and program. Lines are read one at
 * a time, and only values are kept, so a million lanes need no million strings.
 * Cells may be in double quotes and have blanks around them; blank lines and a
 * byte order mark are passed over.
 */
#include "cli/run/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_LINE 4096
#define MOST_COLUMNS ((size_t)128)

typedef struct reader {
    FILE *file;
    const char *path;
    uint64_t line; /* of the text, from 1 */
    char text[LONGEST_LINE + 1];
    struct {
        const char *text;
        size_t length;
    } cells[MOST_COLUMNS];
    size_t cell_count;
    size_t column_count; /* that the first line names */
    bool is_passed[MOST_COLUMNS];
    char passed[128]; /* their names */
} reader;

enum line { LINE_READ, LINE_END, LINE_BAD };

/* A sentence that begins with file:line. `text` may be NULL. */
static void say_at(const reader *r, const char *what, const char *text,
                   size_t length, const char *problem)
{
    ag_cli_say("%s:%" PRIu64 ": %s%s%.*s%s%s", r->path, r->line, what,
               text != NULL ? "'" : "", length > 80 ? 80 : (int)length,
               text != NULL ? text : "", text != NULL ? "' " : "", problem);
}

static enum line read_line(reader *r)
{
    size_t n = 0;
    int c;

    r->line++;
    while ((c = getc(r->file)) != EOF && c != '\n') {
        if (c == '\0' || n == LONGEST_LINE) {
            say_at(r, "", NULL, 0,
                   c == '\0' ? "a NUL byte; this is no text file"
                             : "the line is longer than 4096 characters");
            return LINE_BAD;
        }
        r->text[n++] = (char)c;
    }
    if (ferror(r->file)) {
        ag_cli_say("cannot read '%s': %s", r->path, strerror(errno));
        return LINE_BAD;
    }
    if (n > 0 && r->text[n - 1] == '\r')
        n--;
    r->text[n] = '\0';
    if (r->line == 1 && strncmp(r->text, "\xef\xbb\xbf", 3) == 0)
        memmove(r->text, r->text + 3, n - 2);
    return c == EOF && n == 0 ? LINE_END : LINE_READ;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Removes blanks, then one pair of quotes. */
static void trim(const char **text, size_t *length)
{
    while (*length > 0 && is_blank(**text)) {
        (*text)++;
        (*length)--;
    }
    while (*length > 0 && is_blank((*text)[*length - 1]))
        (*length)--;
    if (*length >= 2 && **text == '"' && (*text)[*length - 1] == '"') {
        (*text)++;
        *length -= 2;
    }
}

/* Commas between quotes are text; a quote without its second is one too. */
static size_t cell_length(const char *text)
{
    const char *p = text + strspn(text, " \t");

    if (*p++ != '"')
        return strcspn(text, ",");
    while (*p != '\0' && (*p != '"' || p[1] == '"'))
        p += *p == '"' ? 2 : 1;
    return *p == '\0' ? strcspn(text, ",")
                      : (size_t)(p - text) + strcspn(p, ",");
}

static bool split(reader *r)
{
    const char *text = r->text;

    r->cell_count = 0;
    for (;;) {
        size_t n = cell_length(text);

        if (r->cell_count == MOST_COLUMNS) {
            say_at(r, "", NULL, 0, "more than 128 columns");
            return false;
        }
        r->cells[r->cell_count].text = text;
        r->cells[r->cell_count].length = n;
        trim(&r->cells[r->cell_count].text, &r->cells[r->cell_count].length);
        r->cell_count++;
        if (text[n] == '\0')
            return true;
        text += n + 1;
    }
}

/* The next line that is not blank, in cells. */
static enum line read_cells(reader *r)
{
    enum line line;

    do {
        line = read_line(r);
    } while (line == LINE_READ && r->text[strspn(r->text, " \t")] == '\0');
    if (line == LINE_READ && !split(r))
        return LINE_BAD;
    return line;
}

static bool is_lane(const char *text, size_t length)
{
    return length == 4 && strncmp(text, "lane", 4) == 0;
}

/* Keeps column i, a register's; programs have a name that is never looked at.*/
static bool add_column(reader *r, ag_run_csv *csv, size_t i, ag_run_name name)
{
    for (size_t j = 0; j < csv->column_count; j++) {
        if (csv->columns[j].number == name.number) {
            say_at(r, "column ", r->cells[i].text, r->cells[i].length,
                   "is there twice");
            return false;
        }
    }
    csv->columns[csv->column_count++] = name;
    csv->width += name.view == AG_RUN_WIDE ? 2 : 1;
    return true;
}

static bool is_program(const ag_run_csv *csv, const char *text, size_t length)
{
    return csv->programs != 0 && length == 7 &&
           strncmp(text, "program", 7) == 0;
}

static const char *unknown_column(const ag_run_csv *csv)
{
    return csv->programs != 0
               ? "is not known; the columns are lane and program"
               : "is no register; the names are lane, " AG_RUN_ALL_NAMES;
}

static void pass_over(reader *r, size_t i)
{
    size_t used = strlen(r->passed);

    r->is_passed[i] = true;
    snprintf(r->passed + used, sizeof r->passed - used, "%s%.*s",
             used == 0 ? "" : ", ", (int)r->cells[i].length, r->cells[i].text);
}

/* One name of the first line. fp and x29 are one register, w0 and x0 too. */
static bool read_column(reader *r, ag_run_csv *csv, size_t i, bool *lane_seen)
{
    const char *text = r->cells[i].text;
    size_t length = r->cells[i].length;
    ag_run_column column = {.name = {.narrow = false}};

    if (is_lane(text, length) && !*lane_seen) {
        *lane_seen = true;
        csv->lane_column = i;
        return true;
    }
    if (!is_program(csv, text, length) &&
        (csv->programs != 0 || is_lane(text, length) ||
         ag_run_find_column(text, length, &column) != NULL)) {
        say_at(r, "column ", text, length,
               is_lane(text, length) ? "is there twice" : unknown_column(csv));
        return false;
    }
    if (csv->programs == 0 && column.field != AG_RUN_FIELD_REGISTER) {
        pass_over(r, i);
        return true;
    }
    return add_column(r, csv, i, column.name);
}

static bool read_header(reader *r, ag_run_csv *csv)
{
    enum line line = read_cells(r);
    const char *such_as = csv->programs != 0 ? "lane,program" : "lane,x0,x1";
    bool lane_seen = false;
    char sentence[96];

    csv->width = 2;
    if (line == LINE_BAD)
        return false;
    if (line == LINE_END) {
        ag_cli_say("'%s' is empty; its first line must name the columns, such "
                   "as %s",
                   r->path, such_as);
        return false;
    }
    r->column_count = r->cell_count;
    for (size_t i = 0; i < r->cell_count; i++) {
        if (!read_column(r, csv, i, &lane_seen))
            return false;
    }
    if (!lane_seen || csv->column_count == 0) {
        snprintf(sentence, sizeof sentence,
                 "no column %s; write a first line such as %s",
                 !lane_seen           ? "is called lane"
                 : csv->programs != 0 ? "is called program"
                                      : "names a register",
                 such_as);
        say_at(r, "", NULL, 0, sentence);
        return false;
    }
    return true;
}

static bool read_lane(const reader *r, const ag_run_csv *csv, uint64_t lanes,
                      uint64_t *lane)
{
    const char *text = r->cells[csv->lane_column].text;
    size_t length = r->cells[csv->lane_column].length;
    const char *problem = ag_cli_read_number(text, length, 0, lane);
    char sentence[96];

    if (problem == NULL && *lane >= lanes) {
        snprintf(sentence, sizeof sentence,
                 "does not exist; the run has lanes 0 to %" PRIu64 " (--lanes)",
                 lanes - 1);
        problem = sentence;
    }
    if (problem != NULL)
        say_at(r, "lane ", text, length, problem);
    return problem == NULL;
}

/* A cell's value; NULL, or what is wrong with it. */
static const char *read_value(const ag_run_csv *csv, const char *text,
                              size_t length, ag_run_name name,
                              ag_run_value *value)
{
    const char *problem;

    if (csv->programs == 0)
        return ag_run_read_value(text, length, name, value);
    problem = ag_cli_read_number(text, length, 0, &value->low);
    if (problem == NULL && value->low >= csv->programs)
        return "is no program; they are counted from 0 in the order of "
               "--program";
    return problem;
}

/* The values of the line in r, into row[0..]. */
static bool read_row(const reader *r, const ag_run_csv *csv, uint64_t lanes,
                     uint64_t *row)
{
    size_t column = 0;

    if (r->cell_count != r->column_count) {
        char sentence[96];

        snprintf(sentence, sizeof sentence,
                 "%zu values, but the first line names %zu columns",
                 r->cell_count, r->column_count);
        say_at(r, "", NULL, 0, sentence);
        return false;
    }
    if (!read_lane(r, csv, lanes, &row[0]))
        return false;
    row[1] = r->line;
    row += 2;
    for (size_t i = 0; i < r->cell_count; i++) {
        ag_run_name name = csv->columns[column % AG_RUN_NUMBERS];
        ag_run_value value = {0, 0};
        const char *problem;

        if (i == csv->lane_column || r->is_passed[i])
            continue;
        problem = read_value(csv, r->cells[i].text, r->cells[i].length, name,
                             &value);
        if (problem != NULL) {
            say_at(r, "", r->cells[i].text, r->cells[i].length, problem);
            return false;
        }
        column++;
        *row++ = value.low;
        if (name.view == AG_RUN_WIDE)
            *row++ = value.high;
    }
    return true;
}

/* Rows beyond the lanes' number must repeat a lane: no need to read them. */
static bool read_rows(reader *r, ag_run_csv *csv, uint64_t lanes)
{
    size_t width = csv->width;
    enum line line = LINE_END;

    while (csv->row_count <= lanes && (line = read_cells(r)) == LINE_READ) {
        csv->rows =
            ag_cli_grow(csv->rows, csv->row_count, width * sizeof *csv->rows);
        if (!read_row(r, csv, lanes, csv->rows + csv->row_count * width))
            return false;
        csv->row_count++;
    }
    return line != LINE_BAD;
}

static int compare_rows(const void *a, const void *b)
{
    const uint64_t *p = a, *q = b;

    if (p[0] != q[0])
        return p[0] < q[0] ? -1 : 1;
    return p[1] < q[1] ? -1 : p[1] > q[1];
}

/* Puts the rows in order of lanes, in which they are applied. */
static bool sort_rows(ag_run_csv *csv)
{
    size_t width = csv->width;

    if (csv->row_count == 0)
        return true;
    qsort(csv->rows, csv->row_count, width * sizeof *csv->rows, compare_rows);
    for (size_t i = 1; i < csv->row_count; i++) {
        const uint64_t *row = csv->rows + i * width;
        const uint64_t *before = row - width;

        if (row[0] == before[0]) {
            ag_cli_say("%s:%" PRIu64 ": lane %" PRIu64 " is there already, in "
                       "line %" PRIu64,
                       ag_cli_file_name(csv->path), row[1], row[0], before[1]);
            return false;
        }
    }
    return true;
}

const uint64_t *ag_run_csv_row(const ag_run_csv *csv, size_t i)
{
    return csv->rows + i * csv->width;
}

ag_run_value ag_run_csv_next(const ag_run_csv *csv, size_t j,
                             const uint64_t **from)
{
    ag_run_value value = {*(*from)++, 0};

    if (csv->columns[j].view == AG_RUN_WIDE)
        value.high = *(*from)++;
    return value;
}

size_t ag_run_csv_find(const ag_run_csv *csv, uint64_t lane)
{
    size_t low = 0, high = csv->row_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (ag_run_csv_row(csv, middle)[0] < lane)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int ag_run_read_csv(ag_run_csv *csv, uint64_t lanes, bool quiet)
{
    enum ag_cli_file why;
    reader *r;
    bool fine;

    r = ag_cli_alloc(1, sizeof *r);
    r->path = ag_cli_file_name(csv->path);
    r->file = ag_cli_open_file(csv->path, &why);
    fine = r->file != NULL && read_header(r, csv) && read_rows(r, csv, lanes) &&
           sort_rows(csv);
    if (fine && !quiet && r->passed[0] != '\0')
        ag_cli_say("%s: no register, sets nothing: %s", r->path, r->passed);
    if (r->file != NULL && r->file != stdin)
        fclose(r->file);
    free(r);
    return fine ? AG_CLI_EXIT_OK : AG_CLI_EXIT_FAILED;
}
