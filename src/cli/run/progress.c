/*
 * What the progress line of a run says: for how long a compiler works that
 * lanes wait for or will have the code of; lanes done, since how much a lane
 * still has to do is not known; instructions, speed, time.
 */
#include "cli/run/run.h"

void ag_run_progress_begin(ag_run *r)
{
    const ag_run_settings *s = &r->settings;

    ag_cli_progress_begin(&r->progress, s->progress,
                          s->quiet || s->trace.given || s->strace.given ||
                              ag_run_is_direct(s));
}

/* "compiling for 3 s, ", or "". */
static void compiling_text(const ag_run *r, char text[48])
{
    armgpu_translation t = {.size = sizeof t};

    text[0] = '\0';
    if (armgpu_get_translation(r->g, &t) == ARMGPU_OK && t.compiling > 0)
        snprintf(text, 48, "compiling for %.1f s, ", t.compiling);
}

void ag_run_progress_draw(ag_run *r, uint64_t cycles, uint64_t live,
                          double seconds)
{
    uint64_t lanes = ag_run_count_lanes(&r->settings);
    uint64_t done = live < lanes ? lanes - live : 0;
    char instructions[AG_CLI_SCALED_SIZE], speed[AG_CLI_SCALED_SIZE];
    char text[192], compiling[48];

    if (!ag_cli_progress_is_due(&r->progress, seconds))
        return;
    compiling_text(r, compiling);
    snprintf(text, sizeof text,
             "%s%" PRIu64 "/%" PRIu64 " lanes, %.1f s, %s instr, %s instr/s",
             compiling, done, lanes, seconds,
             ag_cli_scaled((double)cycles, instructions),
             ag_cli_scaled((double)cycles / seconds, speed));
    ag_cli_progress_draw(&r->progress, (double)done / (double)lanes, seconds,
                         text);
}

void ag_run_progress_end(ag_run *r)
{
    ag_cli_progress_end(&r->progress);
}
