/*
 * armgpu bench --plot, shared by its parts: plot.c makes lines of runs,
 * plot_axes.c says where things are, plot_svg.c writes them.
 */
#ifndef AG_CLI_BENCH_PLOT_H
#define AG_CLI_BENCH_PLOT_H

#include "cli/bench/bench.h"

#define AG_PLOT_WIDTH 960
#define AG_PLOT_LEFT 76
#define AG_PLOT_RIGHT 226 /* room for names */
#define AG_PLOT_TOP 64
#define AG_PLOT_BACKENDS 4 /* dash patterns, and panels at most */

/* One line: the runs of one backend and program, in the order of lanes. */
typedef struct ag_plot_series {
    const ag_bench_run **runs;
    size_t count;
    size_t backend; /* index of the dash pattern */
    size_t panel;
    double label_y;
} ag_plot_series;

/* A pair of axes; all panels have the same ranges, so that heights compare. */
typedef struct ag_plot_panel {
    double top, bottom;
} ag_plot_panel;

typedef struct ag_plot {
    ag_plot_series *series; /* in the end by panel, then from the top */
    size_t count;
    const char *backends[AG_PLOT_BACKENDS];
    size_t backend_count;
    ag_plot_panel panels[AG_PLOT_BACKENDS];
    size_t panel_count;          /* 1: all lines are in one */
    double lanes_min, lanes_max; /* log2 */
    double ips_min, ips_max;     /* log10 */
    int height;
} ag_plot;

double ag_plot_x(const ag_plot *p, double lanes);
double ag_plot_y(const ag_plot *p, size_t panel, double ips);
double ag_plot_median(const ag_bench_run *r);
/* The last of 1, 2, 5, 10, 20... that is not above 10^exponent (which may be
   one of them but for rounding), or the `next` one after it. */
double ag_plot_step(double exponent, int next);

/* Everything in its place: the whole picture. */
void ag_plot_write(const ag_plot *p, FILE *out);

#endif
