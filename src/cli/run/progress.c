/*
 * What the progress line of a run says: lanes done, since how much a lane still
 * has to do is not known, instructions, speed, time.
 */
#include "cli/run/run.h"

void ag_run_progress_begin(ag_run *r)
{
    const ag_run_settings *s = &r->settings;

    ag_cli_progress_begin(&r->progress, s->progress,
                          s->quiet || s->trace.given || s->strace.given ||
                              ag_run_is_direct(s));
}

void ag_run_progress_draw(ag_run *r, uint64_t cycles, uint64_t live,
                          double seconds)
{
    uint64_t lanes = ag_run_count_lanes(&r->settings);
    uint64_t done = live < lanes ? lanes - live : 0;
    char instructions[AG_CLI_SCALED_SIZE], speed[AG_CLI_SCALED_SIZE];
    char text[192];

    if (!ag_cli_progress_is_due(&r->progress, seconds))
        return;
    snprintf(text, sizeof text,
             "%" PRIu64 "/%" PRIu64 " lanes, %.1f s, %s instr, %s instr/s",
             done, lanes, seconds, ag_cli_scaled((double)cycles, instructions),
             ag_cli_scaled((double)cycles / seconds, speed));
    ag_cli_progress_draw(&r->progress, (double)done / (double)lanes, seconds,
                         text);
}

void ag_run_progress_end(ag_run *r)
{
    ag_cli_progress_end(&r->progress);
}
