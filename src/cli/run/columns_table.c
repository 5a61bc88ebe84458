/*
 * The table for people with the columns that --columns asks for: names to the
 * left, decimal numbers to the right.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

/* Rows that decide the columns' widths; later ones may stick out. */
#define MEASURED 1024

typedef struct grid {
    const ag_run_columns *columns;
    int *widths;
    char *cell;
} grid;

/* One printable cell: names of files may have anything in them. */
static const char *fill(const ag_run *r, const grid *g, size_t i,
                        const ag_run_lane *lane)
{
    const ag_run_column *c = &g->columns->items[i];
    char *end = g->cell;

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
        int n = (int)strlen(fill(r, g, i, lane));

        if (n > g->widths[i])
            g->widths[i] = n;
    }
    return true;
}

static void print_cell(const grid *g, size_t i, const char *text)
{
    bool is_last = i + 1 == g->columns->count;

    if (ag_run_is_decimal(&g->columns->items[i]))
        printf("%*s", g->widths[i], text);
    else
        printf("%-*s", is_last ? 0 : g->widths[i], text);
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
    g.cell = ag_cli_alloc(ag_run_row_size(g.columns), 1);
    for (size_t i = 0; i < g.columns->count; i++)
        g.widths[i] = (int)strlen(heading(&g, i));
    status =
        ag_run_each_lane(r, shown < MEASURED ? shown : MEASURED, measure, &g);
    for (size_t i = 0; shown != 0 && lanes != 0 && i < g.columns->count; i++)
        print_cell(&g, i, heading(&g, i));
    if (status == AG_CLI_EXIT_OK)
        status = ag_run_each_lane(r, shown, print_row, &g);
    free(g.widths);
    free(g.cell);
    return status;
}
