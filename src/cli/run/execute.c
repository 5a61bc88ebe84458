/*
 * Executes. Callbacks end it early when asked.
 */
#include "cli/run/run.h"

#include <string.h>

static int32_t on_progress(void *user, uint64_t cycles, uint64_t live,
                           double seconds)
{
    ag_run *r = user;

    if (ag_run_must_stop(r))
        return 1;
    ag_run_progress_draw(r, cycles, live, seconds);
    return 0;
}

/* The choice is no news, but that a GPU is there and not used is. */
static void say_backend(const ag_run *r)
{
    const char *reason = armgpu_get_backend_reason(r->g);
    bool is_news = r->settings.verbose || armgpu_is_gpu_refused(r->g) != 0;

    if (is_news && !r->settings.quiet && reason[0] != '\0')
        ag_cli_say("backend %s: %s", armgpu_get_backend(r->g), reason);
}

/* A device that failed, or memory that ran out, leaves results; they are
   printed. */
static bool has_given_out(int32_t error)
{
    return error == ARMGPU_ERROR_DEVICE || error == ARMGPU_ERROR_MEMORY;
}

double ag_run_translated_share(const ag_run *r, const armgpu_translation *t)
{
    return r->result.total_cycles == 0
               ? 0
               : (double)t->cycles / (double)r->result.total_cycles;
}

/* ", also for 4 lanes together", or "". */
static const char *say_together(const armgpu_translation *t, char text[48])
{
    text[0] = '\0';
    if (t->together != 0)
        snprintf(text, 48, ", also for %" PRIu64 " lanes together",
                 t->together);
    return text;
}

static void say_why(const char *what, const char *why, const char *refused)
{
    ag_cli_say("%s: %s%s%s", what, why,
               refused[0] != '\0' ? "; the text is in " : "", refused);
}

/* "compiled once in 0.4 s", "2 times from the cache in 0.001 s", or of both. */
static void say_compiled(const armgpu_translation *t, char text[96])
{
    const uint64_t fresh = t->compiled - t->cached;
    char times[64] = "";

    if (fresh == 1)
        snprintf(times, sizeof times, "compiled once");
    else if (fresh > 1)
        snprintf(times, sizeof times, "compiled %" PRIu64 " times", fresh);
    if (t->cached != 0)
        snprintf(times + strlen(times), sizeof times - strlen(times),
                 "%s%sfrom the cache", fresh != 0 ? ", " : "",
                 t->cached > 1 ? "several times " : fresh != 0 ? "once " : "");
    snprintf(text, 96, "%s in %.3g s", times, t->compile_seconds);
}

/* What lanes have, or had and have no more. */
static void say_translated(const ag_run *r, const armgpu_translation *t)
{
    const double percent = 100 * ag_run_translated_share(r, t);
    char together[48], compiled[96];

    say_compiled(t, compiled);
    if (t->instructions != 0)
        ag_cli_say("translated %" PRIu64 " instructions, %" PRIu64
                   " of them entries%s; %s; %.1f%% of what lanes executed was "
                   "translated",
                   t->instructions, t->entries, say_together(t, together),
                   compiled, percent);
    else
        ag_cli_say("for a while %" PRIu64 " instructions were translated; %s; "
                   "%.1f%% of what lanes executed was translated",
                   t->last, compiled, percent);
}

/* Who asked for translated code is told where there is none, and where a
   compiler failed; who did not, only if asked. */
static void say_engine(const ag_run *r)
{
    armgpu_translation t = {.size = sizeof t};
    bool wants = r->settings.engine == ARMGPU_ENGINE_TRANSLATED ||
                 (r->settings.engine == ARMGPU_ENGINE_AUTO &&
                  r->settings.verbose);

    if (!wants || r->settings.quiet ||
        armgpu_get_translation(r->g, &t) != ARMGPU_OK)
        return;
    if (t.reason[0] != '\0')
        say_why(t.instructions != 0 ? "not all that is hot is translated"
                : t.compiled != 0   ? "interpreted again"
                                    : "interpreted",
                t.reason, t.refused);
    if (r->settings.verbose && t.apart[0] != '\0')
        say_why("no lanes go together", t.apart,
                t.reason[0] == '\0' ? t.refused : "");
    if (r->settings.verbose && t.compiled != 0)
        say_translated(r, &t);
}

int ag_run_execute(ag_run *r)
{
    int32_t error, traced;
    int status;

    say_backend(r);
    if (r->elf != NULL)
        ag_run_say_elf(r);
    status = ag_run_begin_output(r);
    if (status != AG_CLI_EXIT_OK)
        return status;
    error = ag_run_trace_begin(r);
    if (error != ARMGPU_OK)
        return ag_run_library_failed(r, "--trace", error);
    error = ag_run_strace_begin(r);
    if (error != ARMGPU_OK)
        return ag_run_library_failed(r, "--strace", error);
    armgpu_set_progress(r->g, on_progress, r);
    ag_run_progress_begin(r);
    r->result.size = sizeof r->result;
    ag_cli_catch_signals(r->g);
    if (r->settings.timeout > 0)
        ag_cli_stop_after(r->settings.timeout);
    error = armgpu_execute(r->g, r->settings.max_cycles.value, &r->result);
    ag_cli_has_executed();
    r->timed_out = ag_cli_time_is_over();
    ag_run_progress_end(r);
    say_engine(r);
    traced = ag_run_trace_end(r);
    if (r->prepare_status != AG_CLI_EXIT_OK)
        return r->prepare_status;
    if (error == ARMGPU_OK && has_given_out(traced))
        error = traced; /* the last line is missing */
    if (error == ARMGPU_OK)
        return AG_CLI_EXIT_OK;
    r->has_failed = has_given_out(error);
    snprintf(r->failure, sizeof r->failure, "%s", armgpu_error_message(r->g));
    status = ag_run_library_failed(r, NULL, error);
    return r->has_failed ? AG_CLI_EXIT_OK : status;
}
