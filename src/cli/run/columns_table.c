/*
 * The table for people with the columns that --columns asks for: names to the
 * left, decimal numbers to the right.
 */
#include "cli/run/run.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* Rows that decide the columns' widths; later ones may stick out. */
#define MEASURED 1024
/* What programs print gets what the other columns leave, but no less. */
#define NARROWEST 16
#define WIDEST 1024
/* For names of files, and for programs' output, every byte of it escaped. */
#define LONGEST_TEXT 8192

typedef struct grid {
    const ag_run_columns *columns;
    int *widths;
    int output_width; /* of what programs print, in characters */
    char *cell;
} grid;

static bool is_output(const ag_run_column *c)
{
    return c->field == AG_RUN_FIELD_STDOUT || c->field == AG_RUN_FIELD_STDERR;
}

/* Characters of UTF-8. */
static int width_of(const char *text)
{
    int n = 0;

    for (; *text != '\0'; text++)
        n += (*text & 0xc0) != 0x80;
    return n;
}

/* One character, escaped if it is none that a terminal should get. */
static size_t put_character(char *to, const char *text, size_t *length)
{
    unsigned char c = (unsigned char)*text;
    size_t n = ag_utf8_length((const unsigned char *)text);

    *length = n == 0 ? 1 : n;
    if (c == '\t')
        return (size_t)snprintf(to, 8, "\\t");
    if (n == 0 || c < 0x20 || c == 0x7f || (c == 0xc2 && n == 2 &&
                                           (unsigned char)text[1] < 0xa0))
        return (size_t)snprintf(to, 8, "\\x%02x", c);
    memcpy(to, text, n);
    return n;
}

/* The first line, cut to the width with dots. */
static const char *fill_output(const grid *g, const ag_run_text *text)
{
    char *cut = g->cell, *end = g->cell;
    int width = 0;

    for (size_t at = 0, n; at < text->size && text->bytes[at] != '\n';
         at += n) {
        char character[8];
        size_t bytes = put_character(character, text->bytes + at, &n);
        int more = bytes == n ? 1 : (int)bytes;

        if (text->bytes[at] == '\r' && at + 1 < text->size &&
            text->bytes[at + 1] == '\n')
            break;
        if (width + more > g->output_width) {
            memcpy(cut, "...", 3);
            end = cut + 3;
            break;
        }
        memcpy(end, character, bytes);
        end += bytes;
        width += more;
        if (width <= g->output_width - 3)
            cut = end;
    }
    *end = '\0';
    return g->cell;
}

/* One printable cell: names of files may have anything in them. */
static const char *fill(const ag_run *r, const grid *g, size_t i,
                        const ag_run_lane *lane)
{
    const ag_run_column *c = &g->columns->items[i];
    char *end = g->cell;

    if (is_output(c))
        return fill_output(g, &lane->texts[c->field - AG_RUN_FIELD_STDOUT]);
    if (ag_run_is_absent(c, lane))
        *end++ = '-';
    else
        end = ag_run_put_cell(g->cell, r, c, lane);
    *end = '\0';
    for (char *p = g->cell; p < end; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    }
    return g->cell;
}

static bool measure(const ag_run *r, const ag_run_lane *lane, void *user)
{
    const grid *g = user;

    for (size_t i = 0; i < g->columns->count; i++) {
        int n = width_of(fill(r, g, i, lane));

        if (n > g->widths[i])
            g->widths[i] = n;
    }
    return true;
}

/* Once all have their widths: what programs print gets the rest. */
static void share_rest(grid *g)
{
    int rest = ag_cli_columns(stdout), outputs = 0;

    for (size_t i = 0; i < g->columns->count; i++) {
        bool shares = is_output(&g->columns->items[i]);

        rest -= (shares ? 0 : g->widths[i]) + (i != 0 ? 2 : 0);
        outputs += shares;
    }
    if (outputs == 0)
        return;
    g->output_width = rest / outputs > NARROWEST ? rest / outputs : NARROWEST;
    for (size_t i = 0; i < g->columns->count; i++) {
        if (is_output(&g->columns->items[i]) &&
            g->widths[i] > g->output_width)
            g->widths[i] = g->output_width;
    }
}

static void print_cell(const grid *g, size_t i, const char *text)
{
    bool is_last = i + 1 == g->columns->count;
    int blanks = g->widths[i] - width_of(text);

    if (blanks < 0)
        blanks = 0;
    if (ag_run_is_decimal(&g->columns->items[i]))
        printf("%*s%s", blanks, "", text);
    else
        printf("%s%*s", text, is_last ? 0 : blanks, "");
    fputs(is_last ? "\n" : "  ", stdout);
}

static bool print_row(const ag_run *r, const ag_run_lane *lane, void *user)
{
    const grid *g = user;

    for (size_t i = 0; i < g->columns->count; i++)
        print_cell(g, i, fill(r, g, i, lane));
    return !ferror(stdout);
}

/* The heading of column i, in g->cell. */
static const char *heading(const grid *g, size_t i)
{
    char name[32];
    size_t length;
    const char *text =
        ag_run_column_heading(&g->columns->items[i], name, &length);

    memcpy(g->cell, text, length);
    g->cell[length] = '\0';
    return g->cell;
}

int ag_run_print_columns(const ag_run *r, uint64_t shown, uint64_t lanes)
{
    grid g = {.columns = &r->table.columns};
    int status;

    g.widths = ag_cli_alloc(g.columns->count, sizeof *g.widths);
    g.cell = ag_cli_alloc(ag_run_headings_size(g.columns) + LONGEST_TEXT, 1);
    g.output_width = WIDEST;
    for (size_t i = 0; i < g.columns->count; i++)
        g.widths[i] = (int)strlen(heading(&g, i));
    status =
        ag_run_each_lane(r, shown < MEASURED ? shown : MEASURED, measure, &g);
    share_rest(&g);
    for (size_t i = 0; shown != 0 && lanes != 0 && i < g.columns->count; i++)
        print_cell(&g, i, heading(&g, i));
    if (status == AG_CLI_EXIT_OK)
        status = ag_run_each_lane(r, shown, print_row, &g);
    free(g.widths);
    free(g.cell);
    return status;
}
