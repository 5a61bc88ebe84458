/*
 * Rigs of the conformance test: one handle of the reference and one of the
 * backend under test with the same memory and lane states. Rigs are kept open,
 * since opening a device may compile kernels.
 */
#include "cli/check/check.h"

#include <stdlib.h>
#include <string.h>

/* -- Opening --------------------------------------------------------------- */

static int32_t open_handle(const ag_check_device *d, armgpu_options *o,
                           armgpu **out)
{
    o->backend = d->backend;
    o->device = d->device;
    o->threads = d->threads;
    o->spread = d->spread;
    o->engine = d->engine;
    o->helper = d->helper;
    return armgpu_open(out, o);
}

static void say_line(void *user, const char *line)
{
    ag_check_say(user, "  %s\n", line);
}

bool ag_check_opens(ag_check *c, char *text, size_t size)
{
    armgpu_options o;
    armgpu *g;
    int32_t error;

    c->report[0] = '\0';
    c->differences = 0;
    armgpu_options_init(&o);
    o.lanes = 1;
    o.memory_size = AG_CHECK_CODE;
    error = open_handle(&c->devices[AG_CHECK_TESTED], &o, &g);
    if (g == NULL)
        snprintf(text, size, "out of memory");
    else
        snprintf(text, size, "%s",
                 error == ARMGPU_OK ? armgpu_get_device(g)
                                    : armgpu_error_message(g));
    if (error == ARMGPU_OK)
        c->differences = (uint64_t)armgpu_inspect_device(g, say_line, c);
    armgpu_close(g);
    return error == ARMGPU_OK;
}

static void close_rig(ag_check_rig *rig)
{
    if (rig == NULL)
        return;
    for (int s = 0; s < AG_CHECK_SIDES; s++) {
        armgpu_close(rig->g[s]);
        free(rig->end[s]);
        free(rig->results[s]);
        free(rig->memory[s]);
    }
    free(rig->image);
    free(rig->start);
    free(rig);
}

void ag_check_close_rigs(ag_check *c)
{
    for (size_t i = 0; i < AG_CHECK_RIGS; i++) {
        close_rig(c->rigs[i]);
        c->rigs[i] = NULL;
    }
}

/* The device under test, as one side of a rig that is_float needs it. */
static int32_t open_float(const ag_check *c, enum ag_check_side side,
                          armgpu_options *o, armgpu **out)
{
    o->float_mode =
        side == AG_CHECK_REFERENCE ? ARMGPU_FLOAT_SOFT : ARMGPU_FLOAT_AUTO;
    return open_handle(&c->devices[AG_CHECK_TESTED], o, out);
}

static ag_check_rig *open_rig(ag_check *c, uint32_t mode, uint32_t layout,
                              uint64_t lanes, uint64_t memory_size,
                              bool is_float)
{
    ag_check_rig *rig = ag_cli_alloc(1, sizeof *rig);
    armgpu_options o;

    armgpu_options_init(&o);
    o.lanes = rig->lanes = lanes;
    o.memory_mode = rig->mode = mode;
    rig->layout = layout;
    rig->is_float = is_float;
    o.memory_size = rig->memory_size = memory_size;
    rig->check = c;
    rig->image = ag_cli_alloc((size_t)memory_size, 1);
    rig->start = ag_cli_alloc((size_t)lanes, sizeof *rig->start);
    for (int s = 0; s < AG_CHECK_SIDES; s++) {
        rig->end[s] = ag_cli_alloc((size_t)lanes, sizeof *rig->end[s]);
        rig->results[s] = ag_cli_alloc((size_t)lanes, sizeof *rig->results[s]);
        rig->memory[s] = ag_cli_alloc((size_t)memory_size, 1);
        o.private_layout = s == AG_CHECK_TESTED ? layout : 1;
        if (!ag_check_called(
                rig, (enum ag_check_side)s,
                is_float ? open_float(c, (enum ag_check_side)s, &o, &rig->g[s])
                         : open_handle(&c->devices[s], &o, &rig->g[s]),
                "armgpu_open")) {
            close_rig(rig);
            return NULL;
        }
    }
    return rig;
}

static uint64_t default_size(uint32_t mode, uint64_t lanes)
{
    uint64_t windows = mode == ARMGPU_MEMORY_SHARED ? lanes : 1;

    return AG_CHECK_CODE + windows * AG_CHECK_WINDOW;
}

/* Private memory lies in either way by turns; the reference's is linear. */
static uint32_t layout_of(uint32_t mode, uint64_t round)
{
    if (mode == ARMGPU_MEMORY_SHARED)
        return 0;
    return (round / 2 + round / 16) % 2 == 0 ? 2 : 1;
}

static ag_check_rig *take(ag_check *c, uint32_t mode, uint64_t lanes,
                          uint64_t memory_size, bool is_float)
{
    ag_check_rig **slot;
    uint32_t layout = layout_of(mode, c->round);

    if (memory_size == 0)
        memory_size = default_size(mode, lanes);
    for (size_t i = 0; i < AG_CHECK_RIGS; i++) {
        ag_check_rig *rig = c->rigs[i];

        if (rig != NULL && rig->mode == mode && rig->layout == layout &&
            rig->lanes == lanes && rig->memory_size == memory_size &&
            rig->is_float == is_float)
            return rig;
    }
    slot = &c->rigs[c->next_rig++ % AG_CHECK_RIGS];
    close_rig(*slot);
    *slot = open_rig(c, mode, layout, lanes, memory_size, is_float);
    return *slot;
}

ag_check_rig *ag_check_rig_take(ag_check *c, uint32_t mode, uint64_t lanes,
                                uint64_t memory_size)
{
    return take(c, mode, lanes, memory_size, false);
}

ag_check_rig *ag_check_rig_take_float(ag_check *c, uint64_t lanes)
{
    return take(c, ag_check_mode_of(c, 1), lanes,
                default_size(ARMGPU_MEMORY_PRIVATE, lanes), true);
}

uint32_t ag_check_mode_of(const ag_check *c, uint64_t round)
{
    return round % 2 == 0 || ag_check_is_translated(c) ? ARMGPU_MEMORY_PRIVATE
                                                       : ARMGPU_MEMORY_SHARED;
}

ag_check_rig *ag_check_rig_of(ag_check *c, uint64_t round)
{
    static const uint64_t lanes[] = {1000, 128, 33, 1, 1000, 128, 1000, 33};
    static const uint64_t translated[] = {4000, 1000, 4000, 33,
                                          4000, 128,  1000, 1};

    return ag_check_rig_take(c, ag_check_mode_of(c, round),
                             ag_check_is_translated(c) ? translated[round % 8]
                                                       : lanes[round / 2 % 8],
                             0);
}

/* -- Running --------------------------------------------------------------- */

static int32_t load(armgpu *g, const ag_check_rig *rig)
{
    /* Loaded before the reset: what is decoded comes from the image. */
    int32_t error =
        armgpu_load_data(g, rig->image, (size_t)rig->memory_size, 0);

    return error == ARMGPU_OK ? armgpu_reset(g) : error;
}

void ag_check_begin(ag_check *c, const char *subject)
{
    c->subject = subject;
    c->round = 0;
    c->cases = c->differences = 0;
    c->executed = c->translated = 0;
    c->report[0] = '\0';
    c->is_broken = c->is_listed = false;
}

static int32_t get_states(armgpu *g, const ag_check_rig *rig, armgpu_state *s)
{
    s->size = sizeof *s;
    return armgpu_get_state(g, 0, rig->lanes, s);
}

bool ag_check_load(ag_check_rig *rig)
{
    return AG_CHECK_BOTH(rig, load, rig) &&
           ag_check_called(
               rig, AG_CHECK_REFERENCE,
               get_states(rig->g[AG_CHECK_REFERENCE], rig, rig->start),
               "armgpu_get_state");
}

bool ag_check_start(ag_check_rig *rig)
{
    return AG_CHECK_BOTH(rig, armgpu_set_state, 0, rig->lanes, rig->start);
}

bool ag_check_execute(ag_check_rig *rig, uint64_t max_cycles)
{
    for (int s = 0; s < AG_CHECK_SIDES; s++) {
        rig->totals[s].size = sizeof rig->totals[s];
        if (!ag_check_called(
                rig, (enum ag_check_side)s,
                armgpu_execute(rig->g[s], max_cycles, &rig->totals[s]),
                "armgpu_execute"))
            return false;
    }
    ag_check_count_retired(rig);
    return true;
}

/* A compiler that refuses what it was given is a difference: lanes were then
   interpreted, and all the same. */
void ag_check_count_retired(ag_check_rig *rig)
{
    armgpu_translation t = {.size = sizeof t};

    (void)armgpu_get_translation(rig->g[AG_CHECK_TESTED], &t);
    rig->check->executed += rig->totals[AG_CHECK_TESTED].total_cycles;
    rig->check->translated += t.cycles - rig->translated;
    rig->translated = t.cycles;
    if (t.failed != 0)
        ag_check_fail(rig->check, "translated code does not compile: %s%s%s",
                      t.apart[0] != '\0' ? t.apart : t.reason,
                      t.refused[0] != '\0' ? "; the text is in " : "",
                      t.refused);
}

bool ag_check_read(ag_check_rig *rig, uint64_t lane)
{
    for (int s = 0; s < AG_CHECK_SIDES; s++) {
        if (!ag_check_called(rig, (enum ag_check_side)s,
                             armgpu_read_memory(rig->g[s], lane, 0,
                                                rig->memory[s],
                                                (size_t)rig->memory_size),
                             "armgpu_read_memory"))
            return false;
    }
    return true;
}

/* An open monitor's address and values mean nothing. */
static void forget_open_monitors(ag_check_rig *rig, armgpu_state *s)
{
    for (uint64_t i = 0; i < rig->lanes; i++) {
        if (s[i].monitor_size != 0)
            continue;
        s[i].monitor_address = 0;
        s[i].monitor_value[0] = s[i].monitor_value[1] = 0;
    }
}

bool ag_check_read_lanes(ag_check_rig *rig, enum ag_check_side side)
{
    armgpu *g = rig->g[side];

    if (!ag_check_called(rig, side, get_states(g, rig, rig->end[side]),
                         "armgpu_get_state") ||
        !ag_check_called(
            rig, side, armgpu_get_results(g, 0, rig->lanes, rig->results[side]),
            "armgpu_get_results"))
        return false;
    forget_open_monitors(rig, rig->end[side]);
    return true;
}
