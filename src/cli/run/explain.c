/*
 * Why lanes ended badly, in words: for the table and for --json.
 */
#include "cli/run/run.h"

#include <stdarg.h>
#include <string.h>

#define NULL_PAGE 4096

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
    else if (!r->settings.process.is_elf)
        add(text, ", outside memory, which ends at 0x%" PRIx64,
            armgpu_get_memory_size(r->g) - 1);
    else if (ag_run_is_memory(&r->settings, l->stop_code, l->access_size))
        add(text, ", which is read-only: one copy for all lanes");
    else if (l->stop_code < NULL_PAGE)
        add(text, ", a null pointer");
    else
        add(text, ", outside the program's memory");
}

static void explain_fetch(const ag_run *r, const ag_run_place *p, char *text)
{
    if (p->first.pc % 4 != 0)
        add(text, ": the PC is not a multiple of 4");
    else if (r->settings.process.is_elf)
        add(text, ": the PC is outside the program's memory");
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

/* ", main+0x10 at hello.c:12" */
static void explain_place(const ag_run *r, uint64_t address, char *text)
{
    char symbol[AG_RUN_SYMBOL];
    const char *source = ag_run_source(r, address);

    if (ag_run_symbol(r, address, symbol)[0] == '\0')
        return;
    add(text, source[0] != '\0' ? " (%s, %s)" : " (%s)", symbol, source);
}

/* Processes end by themselves, at one place whatever the status. */
static void explain_exit(const ag_run_place *p, char *text)
{
    if (p->same_code)
        add(text, "exit with status %" PRIu64, p->first.stop_code);
    else
        add(text, "exit with other statuses than 0");
}

static bool is_bare_metal(const ag_run *r)
{
    const ag_run_process *p = &r->settings.process;

    return p->is_elf && p->info.kind == ARMGPU_PROGRAM_BARE_METAL;
}

/* The stack has no guard: what runs over it goes through the heap. Where a
   program may have stacks of its own too: nobody knows. */
static void explain_stack(const ag_run *r, const ag_run_place *p, char *text)
{
    const armgpu_program_info *i = &r->settings.process.info;

    if (p->sp != 0 && i->kind == ARMGPU_PROGRAM_LINUX && p->sp < i->stack &&
        p->sp >= i->readonly_address)
        add(text, "; SP is 0x%" PRIx64 ": unless the program has a stack there, "
            "its stack of %" PRIu64 " bytes has run over (--stack)",
            p->sp, i->stack_bytes);
}

/* What the row does not say already; stops that mean themselves say nothing. */
void ag_run_explain(const ag_run *r, const ag_run_place *p,
                    char text[AG_RUN_EXPLANATION])
{
    const armgpu_lane_result *l = &p->first;

    text[0] = '\0';
    if (l->stop_reason == ARMGPU_STOP_EXIT) {
        explain_exit(p, text);
        explain_stack(r, p, text);
        return;
    }
    add(text, "%s at 0x%" PRIx64, armgpu_stop_name(l->stop_reason),
        ag_run_stopped_at(l));
    explain_place(r, ag_run_stopped_at(l), text);
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
        if (r->settings.process.is_strict) {
            add(text, ": there is no such system call (--strict-syscalls)");
            break;
        }
        add(text, ": there is no operating system to call; a program ends "
                  "well with hlt #0");
        break;
    case ARMGPU_STOP_DEADLOCK:
        if (is_bare_metal(r)) {
            add(text, ": it waits for input, which is at its end");
            break;
        } /* fall through */
    default:
        if (p->same_code && ag_run_has_code(l))
            add(text, " with code 0x%" PRIx64, l->stop_code);
        break;
    }
    explain_stack(r, p, text);
}
