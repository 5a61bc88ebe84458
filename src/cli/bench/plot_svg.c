/*
 * The picture of bench --plot in SVG. There is no background, and colours stand
 * out from white and from black: it can lie on either.
 */
#include "cli/bench/plot.h"

#include <math.h>
#include <string.h>

#define RIGHT_EDGE (AG_PLOT_WIDTH - AG_PLOT_RIGHT)

/* A colour a program, by its place in the list of programs. */
static const char *const colours[AG_BENCH_PROGRAMS] = {
    "#4c7fd6", "#d9822b", "#3f9b5f", "#d1495b", "#9467bd",
    "#a0703c", "#2a9d9d", "#d16ba5", "#8f9a2e", "#6f7d8c",
    "#1f9bcf", "#b8860b", "#5b6fd8", "#c2553a", "#4aa86f",
};
/* A dash pattern a backend, in the order in which they were measured. */
static const char *const dashes[AG_PLOT_BACKENDS] = {"none", "8 4", "2 4",
                                                     "10 3 2 3"};

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
static void put_head(const ag_plot *p, FILE *out)
{
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            "width=\"%d\" height=\"%d\" font-family=\"system-ui, sans-serif\" "
            "font-size=\"12\">\n"
            "<style>\n"
            ".text { fill: #767c85 } .grid { stroke: #767c85; "
            "stroke-opacity: 0.25 }\n"
            ".line { fill: none; stroke-width: 2; stroke-linejoin: round }\n"
            ".whisker { fill: none; stroke-width: 1; stroke-opacity: 0.8 }\n"
            ".leader { fill: none; stroke-width: 1; stroke-opacity: 0.5 }\n"
            "@media (prefers-color-scheme: dark) { .text { fill: #c9d1d9 } }\n"
            "@media (prefers-color-scheme: light) { .text { fill: #40464e } }\n"
            "</style>\n",
            AG_PLOT_WIDTH, p->height, AG_PLOT_WIDTH, p->height);
}

/* NULL if a panel has no line of a backend. */
static const ag_bench_run *run_of(const ag_plot *p, size_t panel,
                                  size_t backend)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->series[i].panel == panel && p->series[i].backend == backend)
            return p->series[i].runs[0];
    }
    return NULL;
}

/* "cuda: NVIDIA H100" of each backend in a panel. */
static void put_devices(const ag_plot *p, FILE *out, size_t panel)
{
    bool is_first = true;

    for (size_t i = 0; i < p->backend_count; i++) {
        const ag_bench_run *run = run_of(p, panel, i);

        if (run == NULL)
            continue;
        fputs(is_first ? "" : ", ", out);
        is_first = false;
        put_escaped(out, run->task.backend);
        fputs(": ", out);
        put_escaped(out, run->device_name);
    }
}

static void put_title(const ag_plot *p, FILE *out)
{
    fprintf(out,
            "<text class=\"text\" x=\"%d\" y=\"24\" font-size=\"16\" "
            "font-weight=\"bold\">Instructions per second by lanes"
            "</text>\n",
            AG_PLOT_LEFT);
    for (size_t i = 0; i < p->panel_count; i++) {
        fprintf(out, "<text class=\"text\" x=\"%d\" y=\"%.0f\">", AG_PLOT_LEFT,
                p->panels[i].top - 20);
        put_devices(p, out, i);
        fputs("</text>\n", out);
    }
}

/* -- Axes ------------------------------------------------------------------ */

static void put_horizontal(const ag_plot *p, FILE *out, size_t panel,
                           double ips)
{
    static const char *const units[] = {"", " k", " M", " G", " T", " P"};
    double y = ag_plot_y(p, panel, ips);
    size_t unit = 0;

    for (; ips >= 999 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        ips /= 1000;
    fprintf(out,
            "<path class=\"grid\" d=\"M%d %.1fH%d\"/>\n"
            "<text class=\"text\" x=\"%d\" y=\"%.1f\" "
            "text-anchor=\"end\">%.3g%s</text>\n",
            AG_PLOT_LEFT, y, RIGHT_EDGE, AG_PLOT_LEFT - 8, y + 4, ips,
            units[unit]);
}

/* Decades, and where there are few of them 2 and 5 between them. */
static void put_ips_axis(const ag_plot *p, FILE *out, size_t panel)
{
    bool few = p->ips_max - p->ips_min < (p->panel_count > 1 ? 2 : 3.5);
    double most = pow(10, p->ips_max) * (1 + 1e-9);

    for (double at = ag_plot_step(p->ips_min, 0); at <= most;
         at = ag_plot_step(log10(at), 1)) {
        if (few || fabs(log10(at) - round(log10(at))) < 1e-6)
            put_horizontal(p, out, panel, at);
    }
    fprintf(out,
            "<text class=\"text\" x=\"%d\" y=\"%.0f\" "
            "text-anchor=\"end\">instr/s</text>\n",
            AG_PLOT_LEFT - 8, p->panels[panel].top - 14);
}

/* Powers of two; every other one or fewer where they would touch. */
static void put_lanes_axis(const ag_plot *p, FILE *out, size_t panel)
{
    double per_power =
        (RIGHT_EDGE - AG_PLOT_LEFT) / (p->lanes_max - p->lanes_min);
    double top = p->panels[panel].top, bottom = p->panels[panel].bottom;
    int step = (int)ceil(44 / per_power);

    for (int power = 0; power <= (int)p->lanes_max; power += step) {
        double x = ag_plot_x(p, exp2(power));

        if (power < p->lanes_min - 1e-9)
            continue;
        fprintf(out,
                "<path class=\"grid\" d=\"M%.1f %.0fV%.0f\"/>\n"
                "<text class=\"text\" x=\"%.1f\" y=\"%.0f\" "
                "text-anchor=\"middle\">%.0f</text>\n",
                x, top, bottom, x, bottom + 20, exp2(power));
    }
    fprintf(out,
            "<text class=\"text\" x=\"%d\" y=\"%.0f\" "
            "text-anchor=\"middle\">lanes</text>\n",
            (AG_PLOT_LEFT + RIGHT_EDGE) / 2, bottom + 42);
}

/* -- Lines ----------------------------------------------------------------- */

/* From the slowest repetition to the fastest, with the median on it. */
static void put_whisker(const ag_plot *p, FILE *out, size_t panel,
                        const ag_bench_run *run, const char *colour)
{
    double x = ag_plot_x(p, (double)run->task.lanes);
    double low = ag_plot_y(p, panel, ag_bench_ips(run, run->seconds.max));
    double high = ag_plot_y(p, panel, ag_bench_ips(run, run->seconds.min));

    fprintf(out,
            "<path class=\"whisker\" stroke=\"%s\" d=\"M%.1f %.1fh6m-3 "
            "0V%.1fm-3 0h6\"/>\n"
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>\n",
            colour, x - 3, low, high, x,
            ag_plot_y(p, panel, ag_plot_median(run)), colour);
}

static void put_line(const ag_plot *p, FILE *out, const ag_plot_series *s,
                     const char *colour)
{
    fprintf(out,
            "<path class=\"line\" stroke=\"%s\" "
            "stroke-dasharray=\"%s\" d=\"",
            colour, dashes[p->panel_count > 1 ? 0 : s->backend]);
    for (size_t i = 0; i < s->count; i++)
        fprintf(out, "%c%.1f %.1f", i == 0 ? 'M' : 'L',
                ag_plot_x(p, (double)s->runs[i]->task.lanes),
                ag_plot_y(p, s->panel, ag_plot_median(s->runs[i])));
    fprintf(out, "\"/>\n");
    for (size_t i = 0; i < s->count; i++)
        put_whisker(p, out, s->panel, s->runs[i], colour);
}

/* "cuda alu 370 G", with a thin line to where it belongs. */
static void put_label(const ag_plot *p, FILE *out, const ag_plot_series *s,
                      const char *colour)
{
    const ag_bench_run *last = s->runs[s->count - 1];
    char speed[AG_CLI_SCALED_SIZE];

    fprintf(out,
            "<path class=\"leader\" stroke=\"%s\" d=\"M%.1f %.1fL%d %.1f\"/>\n"
            "<text x=\"%d\" y=\"%.1f\" fill=\"%s\">",
            colour, ag_plot_x(p, (double)last->task.lanes) + 5,
            ag_plot_y(p, s->panel, ag_plot_median(last)), RIGHT_EDGE + 22,
            s->label_y, RIGHT_EDGE + 26, s->label_y + 4, colour);
    put_escaped(out, last->task.backend);
    fprintf(out, " %s %s</text>\n", last->task.program->name,
            ag_cli_scaled(ag_plot_median(last), speed));
}

void ag_plot_write(const ag_plot *p, FILE *out)
{
    put_head(p, out);
    put_title(p, out);
    for (size_t i = 0; i < p->panel_count; i++) {
        put_ips_axis(p, out, i);
        put_lanes_axis(p, out, i);
    }
    for (size_t i = 0; i < p->count; i++) {
        const ag_plot_series *s = &p->series[i];
        size_t k = (size_t)(s->runs[0]->task.program - ag_bench_programs);

        put_line(p, out, s, colours[k]);
        put_label(p, out, s, colours[k]);
    }
    fputs("</svg>\n", out);
}
