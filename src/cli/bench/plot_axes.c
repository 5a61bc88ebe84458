/*
 * Where things are on the axes of bench --plot, which are logarithmic.
 */
#include "cli/bench/plot.h"

#include <math.h>

double ag_plot_median(const ag_bench_run *r)
{
    return ag_bench_ips(r, r->seconds.median);
}

double ag_plot_step(double exponent, int next)
{
    static const double steps[] = {1, 2, 5, 10, 20};
    double decade = pow(10, floor(exponent + 1e-9));
    int i = 0;

    while (steps[i + 1] * decade <= pow(10, exponent) * (1 + 1e-9))
        i++;
    return steps[i + next] * decade;
}

double ag_plot_x(const ag_plot *p, double lanes)
{
    return AG_PLOT_LEFT + (log2(lanes) - p->lanes_min) /
                              (p->lanes_max - p->lanes_min) *
                              (AG_PLOT_WIDTH - AG_PLOT_LEFT - AG_PLOT_RIGHT);
}

double ag_plot_y(const ag_plot *p, size_t panel, double ips)
{
    const ag_plot_panel *at = &p->panels[panel];

    return at->bottom - (log10(ips) - p->ips_min) / (p->ips_max - p->ips_min) *
                            (at->bottom - at->top);
}
