/*
 * armgpu bench --plot: instructions per second by lanes as SVG, both axes
 * logarithmic, a line for each backend and program with its name at its end.
 * There is no background, and colours stand out from white and from black:
 * the picture can lie on either.
 */
#include "cli/bench/bench.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 960
#define LEAST_HEIGHT 600 /* more where more names need it */
#define LEFT 76
#define RIGHT 226 /* room for names */
#define TOP 64
#define BOTTOM 56
#define LABEL_HEIGHT 15.0

/* A colour a program, by its place in the list of programs. */
static const char *const colours[AG_BENCH_PROGRAMS] = {
    "#4c7fd6", "#d9822b", "#3f9b5f", "#d1495b", "#9467bd",
    "#a0703c", "#2a9d9d", "#d16ba5", "#8f9a2e",
};
/* A dash pattern a backend, in the order in which they were measured. */
static const char *const dashes[] = {"none", "8 4", "2 4", "10 3 2 3"};

/* One line: the runs of one backend and program, in the order of lanes. */
typedef struct series {
    const ag_bench_run **runs;
    size_t count;
    size_t backend; /* index of the dash pattern */
    double label_y;
} series;

typedef struct plot {
    FILE *out;
    series *series;
    size_t count;
    const char *backends[sizeof dashes / sizeof dashes[0]];
    size_t backend_count;
    double lanes_min, lanes_max; /* log2 */
    double ips_min, ips_max;     /* log10 */
    int height;
} plot;

static double median_ips(const ag_bench_run *r)
{
    return ag_bench_ips(r, r->seconds.median);
}

/* -- From runs to lines ---------------------------------------------------- */

static size_t backend_index(plot *p, const char *name)
{
    size_t most = sizeof dashes / sizeof dashes[0];

    for (size_t i = 0; i < p->backend_count; i++) {
        if (strcmp(p->backends[i], name) == 0)
            return i;
    }
    if (p->backend_count == most)
        return most - 1;
    p->backends[p->backend_count] = name;
    return p->backend_count++;
}

static bool belongs(const series *s, const ag_bench_run *run)
{
    const ag_bench_task *first = &s->runs[0]->task;

    return first->program == run->task.program &&
           strcmp(first->backend, run->task.backend) == 0;
}

static series *series_of(plot *p, const ag_bench_run *run)
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
static void insert(series *s, const ag_bench_run *run)
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

/* The last of 1, 2, 5, 10, 20... that is not above 10^exponent (which may be
   one of them but for rounding), or the `next` one after it. */
static double step_at(double exponent, int next)
{
    static const double steps[] = {1, 2, 5, 10, 20};
    double decade = pow(10, floor(exponent + 1e-9));
    int i = 0;

    while (steps[i + 1] * decade <= pow(10, exponent) * (1 + 1e-9))
        i++;
    return steps[i + next] * decade;
}

static void collect(plot *p, const ag_bench_run *runs, size_t count)
{
    int names;

    p->lanes_min = p->ips_min = 1e9;
    p->lanes_max = p->ips_max = -1e9;
    for (size_t i = 0; i < count; i++) {
        if (runs[i].outcome != AG_BENCH_MEASURED || median_ips(&runs[i]) <= 0)
            continue;
        insert(series_of(p, &runs[i]), &runs[i]);
        widen(&p->lanes_min, &p->lanes_max, log2((double)runs[i].task.lanes));
        widen(&p->ips_min, &p->ips_max, log10(median_ips(&runs[i])));
    }
    names = TOP + (int)(LABEL_HEIGHT * (double)p->count);
    p->height = names > LEAST_HEIGHT ? names : LEAST_HEIGHT;
    p->ips_min = log10(step_at(p->ips_min, 0));
    p->ips_max = log10(step_at(p->ips_max, 1));
    /* A single number of lanes stands in the middle. */
    if (p->lanes_max - p->lanes_min < 1) {
        p->lanes_min -= 1;
        p->lanes_max += 1;
    }
}

/* -- Places ---------------------------------------------------------------- */

static double x_of(const plot *p, double lanes)
{
    return LEFT + (log2(lanes) - p->lanes_min) / (p->lanes_max - p->lanes_min) *
                      (WIDTH - LEFT - RIGHT);
}

static double y_of(const plot *p, double ips)
{
    return p->height - BOTTOM -
           (log10(ips) - p->ips_min) / (p->ips_max - p->ips_min) *
               (p->height - TOP - BOTTOM);
}

static double end_y(const plot *p, const series *s)
{
    return y_of(p, median_ips(s->runs[s->count - 1]));
}

static int compare_label_y(const void *a, const void *b)
{
    double x = ((const series *)a)->label_y, y = ((const series *)b)->label_y;

    return (x > y) - (x < y);
}

/* Moves names apart that touch, each of two by half of what is missing. */
static void push_apart(plot *p)
{
    for (size_t i = 1; i < p->count; i++) {
        double *above = &p->series[i - 1].label_y, *y = &p->series[i].label_y;
        double missing = LABEL_HEIGHT - (*y - *above);

        if (missing > 0) {
            *above -= missing / 2;
            *y += missing / 2;
        }
    }
}

/* Names stand beside the ends of their lines, but apart and in the picture. */
static void place_labels(plot *p)
{
    double least = TOP - 8, most = p->height - 8;

    for (size_t i = 0; i < p->count; i++)
        p->series[i].label_y = end_y(p, &p->series[i]);
    qsort(p->series, p->count, sizeof *p->series, compare_label_y);
    for (int i = 0; i < 1000; i++)
        push_apart(p);
    for (size_t i = 0; i < p->count; i++, least += LABEL_HEIGHT) {
        if (p->series[i].label_y < least)
            p->series[i].label_y = least;
        least = p->series[i].label_y;
    }
    for (size_t i = p->count; i-- > 0; most -= LABEL_HEIGHT) {
        if (p->series[i].label_y > most)
            p->series[i].label_y = most;
        most = p->series[i].label_y;
    }
}

/* -- Writing --------------------------------------------------------------- */

static void put_escaped(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else if ((unsigned char)*text >= 0x20 && (unsigned char)*text < 0x7f)
            putc(*text, out);
        else
            putc('?', out);
    }
}

/* The style's plain colours are for programs that do not know the query. */
static void put_head(const plot *p)
{
    fprintf(p->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            "width=\"%d\" height=\"%d\" font-family=\"system-ui, sans-serif\" "
            "font-size=\"12\">\n"
            "<style>\n"
            ".text { fill: #767c85 } .grid { stroke: #767c85; "
            "stroke-opacity: 0.25 }\n"
            ".line { fill: none; stroke-width: 2; stroke-linejoin: round }\n"
            ".leader { fill: none; stroke-width: 1; stroke-opacity: 0.5 }\n"
            "@media (prefers-color-scheme: dark) { .text { fill: #c9d1d9 } }\n"
            "@media (prefers-color-scheme: light) { .text { fill: #40464e } }\n"
            "</style>\n",
            WIDTH, p->height, WIDTH, p->height);
}

/* The devices, each once. */
static void put_title(const plot *p)
{
    size_t done = 0;

    fprintf(p->out,
            "<text class=\"text\" x=\"%d\" y=\"24\" font-size=\"16\" "
            "font-weight=\"bold\">Instructions per second by lanes"
            "</text>\n<text class=\"text\" x=\"%d\" y=\"44\">",
            LEFT, LEFT);
    for (size_t i = 0; i < p->count; i++) {
        const ag_bench_run *r = p->series[i].runs[0];

        if ((done >> p->series[i].backend & 1) != 0)
            continue;
        fputs(done == 0 ? "" : ", ", p->out);
        done |= (size_t)1 << p->series[i].backend;
        put_escaped(p->out, r->task.backend);
        fputs(": ", p->out);
        put_escaped(p->out, r->device_name);
    }
    fputs("</text>\n", p->out);
}

static void put_horizontal(const plot *p, double ips)
{
    static const char *const units[] = {"", " k", " M", " G", " T", " P"};
    double y = y_of(p, ips);
    size_t unit = 0;

    for (; ips >= 999 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        ips /= 1000;

    fprintf(p->out,
            "<path class=\"grid\" d=\"M%d %.1fH%d\"/>\n"
            "<text class=\"text\" x=\"%d\" y=\"%.1f\" "
            "text-anchor=\"end\">%.3g%s</text>\n",
            LEFT, y, WIDTH - RIGHT, LEFT - 8, y + 4, ips, units[unit]);
}

/* Decades, and where there are few of them 2 and 5 between them. */
static void put_ips_axis(const plot *p)
{
    bool few = p->ips_max - p->ips_min < 3.5;
    double most = pow(10, p->ips_max) * (1 + 1e-9);

    for (double at = step_at(p->ips_min, 0); at <= most;
         at = step_at(log10(at), 1)) {
        if (few || fabs(log10(at) - round(log10(at))) < 1e-6)
            put_horizontal(p, at);
    }
    fprintf(p->out,
            "<text class=\"text\" x=\"%d\" y=\"%d\" "
            "text-anchor=\"end\">instr/s</text>\n",
            LEFT - 8, TOP - 14);
}

/* Powers of two; every other one or fewer where they would touch. */
static void put_lanes_axis(const plot *p)
{
    double per_power = (WIDTH - LEFT - RIGHT) / (p->lanes_max - p->lanes_min);
    int step = (int)ceil(44 / per_power);

    for (int power = 0; power <= (int)p->lanes_max; power += step) {
        double x = x_of(p, exp2(power));

        if (power < p->lanes_min - 1e-9)
            continue;
        fprintf(p->out,
                "<path class=\"grid\" d=\"M%.1f %dV%d\"/>\n"
                "<text class=\"text\" x=\"%.1f\" y=\"%d\" "
                "text-anchor=\"middle\">%.0f</text>\n",
                x, TOP, p->height - BOTTOM, x, p->height - BOTTOM + 20,
                exp2(power));
    }
    fprintf(p->out,
            "<text class=\"text\" x=\"%d\" y=\"%d\" "
            "text-anchor=\"middle\">lanes</text>\n",
            (LEFT + WIDTH - RIGHT) / 2, p->height - BOTTOM + 42);
}

static void put_line(const plot *p, const series *s, const char *colour)
{
    fprintf(p->out,
            "<path class=\"line\" stroke=\"%s\" "
            "stroke-dasharray=\"%s\" d=\"",
            colour, dashes[s->backend]);
    for (size_t i = 0; i < s->count; i++)
        fprintf(p->out, "%c%.1f %.1f", i == 0 ? 'M' : 'L',
                x_of(p, (double)s->runs[i]->task.lanes),
                y_of(p, median_ips(s->runs[i])));
    fprintf(p->out, "\"/>\n");
    for (size_t i = 0; i < s->count; i++)
        fprintf(p->out,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" "
                "fill=\"%s\"/>\n",
                x_of(p, (double)s->runs[i]->task.lanes),
                y_of(p, median_ips(s->runs[i])), colour);
}

/* "cuda alu 370 G", with a thin line to where it belongs. */
static void put_label(const plot *p, const series *s, const char *colour)
{
    const ag_bench_run *last = s->runs[s->count - 1];
    char speed[AG_CLI_SCALED_SIZE];
    double x = x_of(p, (double)last->task.lanes);

    fprintf(p->out,
            "<path class=\"leader\" stroke=\"%s\" d=\"M%.1f %.1fL%d %.1f\"/>\n"
            "<text x=\"%d\" y=\"%.1f\" fill=\"%s\">",
            colour, x + 5, end_y(p, s), WIDTH - RIGHT + 22, s->label_y,
            WIDTH - RIGHT + 26, s->label_y + 4, colour);
    put_escaped(p->out, last->task.backend);
    fprintf(p->out, " %s %s</text>\n", last->task.program->name,
            ag_cli_scaled(median_ips(last), speed));
}

static void put_all(plot *p)
{
    put_head(p);
    put_title(p);
    put_ips_axis(p);
    put_lanes_axis(p);
    place_labels(p);
    for (size_t i = 0; i < p->count; i++) {
        const series *s = &p->series[i];
        size_t k = (size_t)(s->runs[0]->task.program - ag_bench_programs);

        put_line(p, s, colours[k]);
        put_label(p, s, colours[k]);
    }
    fputs("</svg>\n", p->out);
}

static void free_plot(plot *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->series[i].runs);
    free(p->series);
}

bool ag_bench_plot(const char *path, const ag_bench_run *runs, size_t count)
{
    plot p = {.out = NULL};
    bool fine;

    collect(&p, runs, count);
    if (p.count == 0) {
        ag_cli_say("--plot: nothing was measured, so '%s' is not written",
                   path);
        return false;
    }
    p.out = fopen(path, "w");
    fine = p.out != NULL;
    if (fine) {
        put_all(&p);
        fine = ferror(p.out) == 0;
        fine = fclose(p.out) == 0 && fine;
    }
    if (!fine)
        ag_cli_say("--plot: '%s' cannot be written: %s", path, strerror(errno));
    free_plot(&p);
    return fine;
}
