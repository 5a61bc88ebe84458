/* What is said of a difference: the first few in full, then how to see it
 * again.
 */
#include "cli/check/check.h"

#include <stdarg.h>
#include <string.h>

/* Lanes of a subject that are described in full. */
#define DESCRIBED 2

const char *ag_check_device_text(const ag_check_device *d, char text[64])
{
    const char *engine =
        d->engine == ARMGPU_ENGINE_TRANSLATED ? ", translated" : "";

    if (strcmp(d->backend, "cpu") != 0 && d->spread != 0)
        snprintf(text, 64,
                 "%.8s device %" PRIu32 ", %" PRIu32 " lanes a warp%s",
                 d->backend, d->device, d->spread, engine);
    else if (strcmp(d->backend, "cpu") != 0)
        snprintf(text, 64, "%.20s device %" PRIu32 "%s", d->backend, d->device,
                 engine);
    else if (d->threads == 0)
        snprintf(text, 64, "cpu");
    else if (d->device == 0 || d->device == AG_CHECK_ONE_BY_ONE)
        snprintf(text, 64, "cpu, %" PRIu32 " thread%s%s", d->threads,
                 d->threads == 1 ? "" : "s",
                 d->device == 0 ? "" : ", lanes one by one");
    else
        snprintf(text, 64, "cpu device %" PRIu32 ", %" PRIu32 " thread%s",
                 d->device, d->threads, d->threads == 1 ? "" : "s");
    return text;
}

void ag_check_say(ag_check *c, const char *format, ...)
{
    size_t used = strlen(c->report);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(c->report + used, sizeof c->report - used, format, arguments);
    va_end(arguments);
}

void ag_check_say_again(ag_check *c)
{
    const ag_check_device *d = &c->devices[AG_CHECK_TESTED];

    if (!c->is_listed)
        return;
    ag_check_say(c, "  again: armgpu check --backend %s", d->backend);
    if (strcmp(d->backend, "cpu") == 0)
        ag_check_say(c, " --threads %" PRIu32, d->threads);
    if (strcmp(d->backend, "cpu") != 0 || d->device != 0)
        ag_check_say(c, " --device %" PRIu32, d->device);
    if (d->spread != 0)
        ag_check_say(c, " --spread %" PRIu32, d->spread);
    if (ag_check_is_translated(c))
        ag_check_say(c, " --engine translated%s",
                     c->is_quick ? " --quick" : "");
    ag_check_say(c, " --seed %" PRIu64 " --only %s:%" PRIu64 "\n", c->seed,
                 c->subject, c->round);
}

bool ag_check_count(ag_check *c)
{
    return c->differences++ < DESCRIBED;
}

bool ag_check_fail(ag_check *c, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    if (!ag_check_count(c))
        return false;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ag_check_say(c, "%s round %" PRIu64 ": %s\n", c->subject, c->round, text);
    ag_check_say_again(c);
    return true;
}

const char *ag_check_side_text(const ag_check_rig *rig,
                               enum ag_check_side side, char text[96])
{
    char name[64];
    bool is_soft = rig->is_float && side == AG_CHECK_REFERENCE;

    snprintf(text, 96, "%s%s",
             ag_check_device_text(
                 &rig->check->devices[is_soft ? AG_CHECK_TESTED : side], name),
             is_soft ? " with floating point in integers" : "");
    return text;
}

bool ag_check_called(ag_check_rig *rig, enum ag_check_side side, int32_t error,
                     const char *what)
{
    char name[96];

    if (error == ARMGPU_OK)
        return true;
    rig->check->is_broken = true;
    ag_check_fail(rig->check, "%s failed on %s: %s", what,
                  ag_check_side_text(rig, side, name),
                  armgpu_error_message(rig->g[side]));
    return false;
}
