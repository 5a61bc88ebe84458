/*
 * armgpu bench --plot: instructions per second by lanes as SVG, both axes
 * logarithmic, a line for each backend and program with its name at its end.
 * Where lines of two backends cross, each backend has a panel of its own. This
 * part makes lines of runs and says where things are.
 */
#include "cli/bench/plot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_HEIGHT 480 /* of a panel; more where more names need it, */
#define LEAST_PANEL 280  /* less if it is one of several */
#define BOTTOM 56
#define PANEL_HEAD 30
#define LABEL_HEIGHT 15.0

/* -- From runs to lines ---------------------------------------------------- */

static size_t backend_index(ag_plot *p, const char *name)
{
    for (size_t i = 0; i < p->backend_count; i++) {
        if (strcmp(p->backends[i], name) == 0)
            return i;
    }
    if (p->backend_count == AG_PLOT_BACKENDS)
        return AG_PLOT_BACKENDS - 1;
    p->backends[p->backend_count] = name;
    return p->backend_count++;
}

static bool belongs(const ag_plot_series *s, const ag_bench_run *run)
{
    const ag_bench_task *first = &s->runs[0]->task;

    return first->program == run->task.program &&
           strcmp(first->backend, run->task.backend) == 0;
}

static ag_plot_series *series_of(ag_plot *p, const ag_bench_run *run)
{
    for (size_t i = 0; i < p->count; i++) {
        if (belongs(&p->series[i], run))
            return &p->series[i];
    }
    p->series = ag_cli_grow(p->series, p->count, sizeof *p->series);
    memset(&p->series[p->count], 0, sizeof *p->series);
    p->series[p->count].backend = backend_index(p, run->task.backend);
    return &p->series[p->count++];
}

/* In order of lanes, wherever --lanes had them. */
static void insert(ag_plot_series *s, const ag_bench_run *run)
{
    size_t at = s->count;

    s->runs = ag_cli_grow(s->runs, s->count, sizeof *s->runs);
    for (; at > 0 && s->runs[at - 1]->task.lanes > run->task.lanes; at--)
        s->runs[at] = s->runs[at - 1];
    s->runs[at] = run;
    s->count++;
}

static void widen(double *min, double *max, double value)
{
    *min = value < *min ? value : *min;
    *max = value > *max ? value : *max;
}

static const ag_bench_run *run_at(const ag_plot_series *s, uint64_t lanes)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->runs[i]->task.lanes == lanes)
            return s->runs[i];
    }
    return NULL;
}

/* One is the higher at some number of lanes, the other at another. */
static bool do_cross(const ag_plot_series *a, const ag_plot_series *b)
{
    bool is_above = false, is_below = false;

    for (size_t i = 0; i < a->count; i++) {
        const ag_bench_run *run = run_at(b, a->runs[i]->task.lanes);

        if (run == NULL)
            continue;
        is_above |= ag_plot_median(a->runs[i]) > ag_plot_median(run);
        is_below |= ag_plot_median(a->runs[i]) < ag_plot_median(run);
    }
    return is_above && is_below;
}

static bool do_backends_cross(const ag_plot *p)
{
    for (size_t i = 0; i < p->count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (p->series[i].backend != p->series[k].backend &&
                do_cross(&p->series[i], &p->series[k]))
                return true;
        }
    }
    return false;
}

static size_t names_in(const ag_plot *p, size_t panel)
{
    size_t n = 0;

    for (size_t i = 0; i < p->count; i++)
        n += p->series[i].panel == panel;
    return n;
}

/* Names may go down beside the axis of lanes. */
static double height_for(const ag_plot *p, double least)
{
    double height = least;

    for (size_t i = 0; i < p->panel_count; i++) {
        double names = LABEL_HEIGHT * (double)names_in(p, i) - BOTTOM;

        height = names > height ? names : height;
    }
    return height;
}

/* One under the other, all as high as one's names need. */
static void choose_panels(ag_plot *p)
{
    bool is_split = do_backends_cross(p);
    double top = AG_PLOT_TOP, height;

    p->panel_count = is_split ? p->backend_count : 1;
    for (size_t i = 0; i < p->count; i++)
        p->series[i].panel = is_split ? p->series[i].backend : 0;
    height = height_for(p, is_split ? LEAST_PANEL : LEAST_HEIGHT);
    for (size_t i = 0; i < p->panel_count; i++) {
        p->panels[i].top = top;
        p->panels[i].bottom = top + height;
        top += height + BOTTOM + PANEL_HEAD;
    }
    p->height = (int)(top - PANEL_HEAD);
}

/* The fastest and the slowest repetition are in the picture too. */
static void collect(ag_plot *p, const ag_bench_run *runs, size_t count)
{
    p->lanes_min = p->ips_min = 1e9;
    p->lanes_max = p->ips_max = -1e9;
    for (size_t i = 0; i < count; i++) {
        const ag_bench_run *r = &runs[i];

        if (r->outcome != AG_BENCH_MEASURED || ag_plot_median(r) <= 0)
            continue;
        insert(series_of(p, r), r);
        widen(&p->lanes_min, &p->lanes_max, log2((double)r->task.lanes));
        widen(&p->ips_min, &p->ips_max, log10(ag_bench_ips(r, r->seconds.max)));
        widen(&p->ips_min, &p->ips_max, log10(ag_bench_ips(r, r->seconds.min)));
    }
    choose_panels(p);
    p->ips_min = log10(ag_plot_step(p->ips_min, 0));
    p->ips_max = log10(ag_plot_step(p->ips_max, 1));
    /* A single number of lanes stands in the middle. */
    if (p->lanes_max - p->lanes_min < 1) {
        p->lanes_min -= 1;
        p->lanes_max += 1;
    }
}

/* -- Places ---------------------------------------------------------------- */

static int compare_labels(const void *a, const void *b)
{
    const ag_plot_series *s = a, *t = b;

    if (s->panel != t->panel)
        return s->panel < t->panel ? -1 : 1;
    return (s->label_y > t->label_y) - (s->label_y < t->label_y);
}

/* Moves names apart that touch, each of two by half of what is missing. */
static void push_apart(ag_plot_series *s, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        double missing = LABEL_HEIGHT - (s[i].label_y - s[i - 1].label_y);

        if (missing > 0) {
            s[i - 1].label_y -= missing / 2;
            s[i].label_y += missing / 2;
        }
    }
}

/* Names stand beside the ends of their lines, but apart and in the panel. */
static void place_panel(const ag_plot_panel *panel, ag_plot_series *s,
                        size_t count)
{
    double least = panel->top - 8, most = panel->bottom + BOTTOM - 8;

    for (int i = 0; i < 1000; i++)
        push_apart(s, count);
    for (size_t i = 0; i < count; i++, least += LABEL_HEIGHT) {
        if (s[i].label_y < least)
            s[i].label_y = least;
        least = s[i].label_y;
    }
    for (size_t i = count; i-- > 0; most -= LABEL_HEIGHT) {
        if (s[i].label_y > most)
            s[i].label_y = most;
        most = s[i].label_y;
    }
}

static void place_labels(ag_plot *p)
{
    size_t first = 0;

    for (size_t i = 0; i < p->count; i++) {
        ag_plot_series *s = &p->series[i];

        s->label_y =
            ag_plot_y(p, s->panel, ag_plot_median(s->runs[s->count - 1]));
    }
    qsort(p->series, p->count, sizeof *p->series, compare_labels);
    for (size_t i = 0; i < p->panel_count; i++) {
        size_t n = names_in(p, i);

        place_panel(&p->panels[i], p->series + first, n);
        first += n;
    }
}

/* -- The file -------------------------------------------------------------- */

static void free_plot(ag_plot *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->series[i].runs);
    free(p->series);
}

static bool write_file(const ag_plot *p, const char *path)
{
    FILE *out = fopen(path, "w");
    bool fine = out != NULL;

    if (fine) {
        ag_plot_write(p, out);
        fine = ferror(out) == 0;
        fine = fclose(out) == 0 && fine;
    }
    if (!fine)
        ag_cli_say("--plot: '%s' cannot be written: %s", path, strerror(errno));
    return fine;
}

bool ag_bench_plot(const char *path, const ag_bench_run *runs, size_t count)
{
    ag_plot p = {.count = 0};
    bool fine = false;

    collect(&p, runs, count);
    if (p.count == 0) {
        ag_cli_say("--plot: nothing was measured, so '%s' is not written",
                   path);
    } else {
        place_labels(&p);
        fine = write_file(&p, path);
    }
    free_plot(&p);
    return fine;
}
