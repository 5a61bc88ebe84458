/*
 * --trace: one line an instruction. The library calls before an instruction
 * executes, so a line is printed at the following call, when the registers that
 * it changed are known, and the last one when the lane has ended, or after a run
 * that stopped before. With waves the lane's state is gone once its end has been
 * reported.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX_WIDTH 28 /* address, word and their blanks */
#define TEXT_WIDTH 32

/* A line is built whole, because stderr writes every piece at once. Each of the
   registers needs at most 27 characters, V registers as many as their text. */
typedef struct line {
    char text[256 + AG_RUN_REGISTERS * 32 + 32 * AG_RUN_VECTOR_TEXT];
    int length;
} line;

static void add_change(line *l, enum ag_run_register number, uint64_t value)
{
    char name[8], flags[5];
    char *end = l->text + l->length;
    size_t room = sizeof l->text - (size_t)l->length;

    if (number == AG_RUN_NZCV)
        l->length +=
            snprintf(end, room, " nzcv=%s", ag_run_flags_text(value, flags));
    else
        l->length += snprintf(end, room, " %s=0x%" PRIx64,
                              ag_run_register_name(number, name), value);
}

static void add_vector(line *l, unsigned number, const uint64_t v[2])
{
    char text[AG_RUN_VECTOR_TEXT];

    ag_run_vector_text(number, v, text);
    l->length += snprintf(l->text + l->length,
                          sizeof l->text - (size_t)l->length, " %s", text);
}

/* Before the first change. */
static void align(line *l)
{
    while (l->length < PREFIX_WIDTH + TEXT_WIDTH)
        l->text[l->length++] = ' ';
}

/* Registers that the instruction changed, from a column on. */
static void add_changes(line *l, const armgpu_state *before,
                        const armgpu_state *after)
{
    armgpu_state old = *before, new = *after;
    int length = l->length;

    for (int i = 0; i < AG_RUN_REGISTERS; i++) {
        enum ag_run_register number = (enum ag_run_register)i;
        uint64_t value = *ag_run_register_slot(&new, number);

        if (number == AG_RUN_PC || value == *ag_run_register_slot(&old, number))
            continue;
        if (l->length == length)
            align(l);
        add_change(l, number, value);
    }
    for (unsigned i = 0; i < 32; i++) {
        if (memcmp(old.v[i], new.v[i], sizeof new.v[i]) == 0)
            continue;
        if (l->length == length)
            align(l);
        add_vector(l, i, new.v[i]);
    }
}

static void print_pending(ag_run *r, const armgpu_state *after)
{
    const armgpu_state *before = &r->trace.before;
    char text[128];
    line l;

    if (!r->trace.pending)
        return;
    r->trace.pending = false;
    ag_cli_disassemble(r->trace.word, before->pc,
                       r->settings.no_aliases ? ARMGPU_NO_ALIASES : 0, text,
                       sizeof text);
    l.length =
        snprintf(l.text, sizeof l.text, "0x%016" PRIx64 " %08" PRIx32 " %s",
                 before->pc, r->trace.word, text);
    add_changes(&l, before, after);
    fprintf(stderr, "%.*s\n", l.length, l.text);
}

static int32_t trace_step(void *user, uint64_t lane, const armgpu_state *s,
                          uint32_t word)
{
    ag_run *r = user;

    (void)lane;
    print_pending(r, s);
    if (ag_run_must_stop(r))
        return 1;
    r->trace.before = *s;
    r->trace.word = word;
    r->trace.pending = true;
    return 0;
}

int32_t ag_run_trace_end(ag_run *r)
{
    armgpu_state *after;
    int32_t error;

    if (!r->trace.pending)
        return ARMGPU_OK;
    after = ag_cli_alloc(1, sizeof *after);
    after->size = sizeof *after;
    error = armgpu_get_state(r->g, r->settings.trace.value, 1, after);
    if (error == ARMGPU_OK)
        print_pending(r, after);
    free(after);
    return error;
}

void ag_run_trace_finished(ag_run *r, const uint64_t *lanes, uint64_t n)
{
    for (uint64_t i = 0; r->trace.pending && i < n; i++) {
        if (lanes[i] == r->settings.trace.value)
            (void)ag_run_trace_end(r); /* a failure is said in the end */
    }
}

static int32_t on_finish(void *user, armgpu *g, const uint64_t *lanes,
                         const armgpu_lane_result *results, uint64_t n)
{
    (void)g, (void)results;
    ag_run_trace_finished(user, lanes, n);
    return 0;
}

int32_t ag_run_trace_begin(ag_run *r)
{
    const ag_run_settings *s = &r->settings;

    if (!s->trace.given)
        return ARMGPU_OK;
    if (!r->collector.wanted)
        armgpu_set_finish(r->g, on_finish, r);
    return armgpu_set_trace(r->g, s->trace.value, trace_step, r);
}
