/*
 * The progress line: lanes done, instructions, speed, time. It is drawn on
 * stderr over itself, at most six times a second, begins only when a run takes
 * longer than people notice, and leaves nothing behind.
 */
#include "cli/run/run.h"

#include <unistd.h>

#define FIRST_SECONDS 0.4
#define BETWEEN_SECONDS (1.0 / 6)
#define BAR 20

void ag_run_progress_begin(ag_run *r)
{
    const ag_run_settings *s = &r->settings;

    r->progress.wanted = s->progress == AG_RUN_ALWAYS;
    if (s->progress == AG_RUN_AUTO)
        r->progress.wanted = !s->quiet && !s->trace.given && isatty(2) != 0;
    r->progress.drawn = false;
    r->progress.last_seconds = 0;
}

/* Lanes done, since how much a lane still has to do is not known. */
static void draw_bar(uint64_t done, uint64_t lanes)
{
    int filled = (int)((double)done / (double)lanes * BAR);

    fprintf(stderr, "\r[%.*s%*s] ", filled,
            "====================", BAR - filled, "");
}

void ag_run_progress_draw(ag_run *r, uint64_t cycles, uint64_t live,
                          double seconds)
{
    ag_run_progress *p = &r->progress;
    uint64_t lanes = ag_run_count_lanes(&r->settings);
    uint64_t done = live < lanes ? lanes - live : 0;
    char instructions[AG_CLI_SCALED_SIZE], speed[AG_CLI_SCALED_SIZE];

    if (!p->wanted || seconds < FIRST_SECONDS ||
        (p->drawn && seconds - p->last_seconds < BETWEEN_SECONDS))
        return;
    p->drawn = true;
    p->last_seconds = seconds;
    draw_bar(done, lanes);
    fprintf(stderr,
            "%" PRIu64 "/%" PRIu64 " lanes, %s instr, %s "
            "instr/s, %.1f s\033[K",
            done, lanes, ag_cli_scaled((double)cycles, instructions),
            ag_cli_scaled((double)cycles / seconds, speed), seconds);
    fflush(stderr);
}

void ag_run_progress_end(ag_run *r)
{
    if (r->progress.drawn)
        fputs("\r\033[K", stderr);
    r->progress.drawn = false;
}
