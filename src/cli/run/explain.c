/*
 * Why lanes ended badly, in words: for the table and for --json.
 */
#include "cli/run/run.h"

#include <stdarg.h>
#include <string.h>

/* Adds to the text as far as there is room. */
static void add(char *text, const char *format, ...) AG_CLI_PRINTF(2, 3);

static void add(char *text, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + used, AG_RUN_EXPLANATION - used, format, arguments);
    va_end(arguments);
}

bool ag_run_has_code(const armgpu_lane_result *l)
{
    static const char *const codes[ARMGPU_MAX_STOPS] = {
#define ARMGPU_X(name, value, text, pc, code, traits, colour) [value] = code,
        ARMGPU_STOPS(ARMGPU_X)
#undef ARMGPU_X
    };
    const char *code = codes[l->stop_reason % ARMGPU_MAX_STOPS];

    return code != NULL && strcmp(code, "-") != 0;
}

/* Lanes at one place may have touched different addresses: the first is told.*/
static void explain_access(const ag_run *r, const ag_run_place *p, char *text)
{
    const armgpu_lane_result *l = &p->first;

    add(text, ": %" PRIu32 "-byte %s at 0x%" PRIx64, l->access_size,
        ag_run_access_name(l->access), l->stop_code);
    if (!p->same_code)
        add(text, " (lane %" PRIu64 ")", p->ranges[0].first);
    if (l->stop_reason == ARMGPU_STOP_ALIGNMENT_FAULT)
        add(text, ", which is not aligned as this instruction needs it");
    else
        add(text, ", outside memory, which ends at 0x%" PRIx64,
            armgpu_get_memory_size(r->g) - 1);
}

static void explain_fetch(const ag_run *r, const ag_run_place *p, char *text)
{
    if (p->first.pc % 4 != 0)
        add(text, ": the PC is not a multiple of 4");
    else
        add(text, ": the PC is outside memory, which ends at 0x%" PRIx64,
            armgpu_get_memory_size(r->g) - 1);
}

static void explain_undefined(const ag_run_place *p, char *text)
{
    char why[512];

    if (armgpu_explain_undefined((uint32_t)p->first.stop_code, why,
                                 sizeof why) > 0)
        add(text, ": %s", why);
}

/* A system call's PC is behind it. */
uint64_t ag_run_stopped_at(const armgpu_lane_result *l)
{
    return l->stop_reason == ARMGPU_STOP_SYSCALL ? l->pc - 4 : l->pc;
}

/* What the row does not say already; stops that mean themselves say nothing. */
void ag_run_explain(const ag_run *r, const ag_run_place *p,
                    char text[AG_RUN_EXPLANATION])
{
    const armgpu_lane_result *l = &p->first;

    text[0] = '\0';
    add(text, "%s at 0x%" PRIx64, armgpu_stop_name(l->stop_reason),
        ag_run_stopped_at(l));
    switch (l->stop_reason) {
    case ARMGPU_STOP_DATA_FAULT:
    case ARMGPU_STOP_ALIGNMENT_FAULT:
        explain_access(r, p, text);
        break;
    case ARMGPU_STOP_FETCH_FAULT:
        explain_fetch(r, p, text);
        break;
    case ARMGPU_STOP_UNDEFINED:
        explain_undefined(p, text);
        break;
    case ARMGPU_STOP_SYSCALL:
        add(text, ": there is no operating system to call; a program ends "
                  "well with hlt #0");
        break;
    default:
        if (p->same_code && ag_run_has_code(l))
            add(text, " with code 0x%" PRIx64, l->stop_code);
        break;
    }
}
