/*
 * armgpu_execute(): slices until every lane has stopped. How lanes are listed
 * and slices planned depends on whether the host sees the device's memory
 * (slice_host.c) or not (slice_device.c).
 */
#define _POSIX_C_SOURCE 200809L
#include "core/run.h"
#include "base/clock.h"
#include "base/sized.h"

#include <stdlib.h>
#include <string.h>

/* How often what lanes wrote is looked at, and how much of it at most: bytes of
   their buffers. */
#define OUTPUT_SECONDS 0.05
#define OUTPUT_SHOWN (UINT64_C(1) << 20)

#define CACHE_LINE 64
#define ASKED_AHEAD (4 * AG_BLOCK) /* lanes */

/* Just after a reset the device makes them anew, with this call's limit. */
static int32_t start_pristine_lanes(struct run *r)
{
    struct armgpu *g = r->g;
    ag_slice_args args = {.serve = AG_SERVE_BEGIN, .program = AG_NO_PROGRAM};
    for (uint64_t slot = 0; slot < g->resident; slot++)
        g->live[r->count++] = (uint32_t)slot;
    return ag_serve(g, &args, NULL, g->resident);
}

/* Rows of a block are far apart: each is a wait for memory, if it is not asked
   for before. */
static void ask_for_rows(uint64_t *state, uint64_t slot)
{
    static const uint32_t rows[] = {AG_STATE_CYCLES, AG_STATE_STATUS,
                                    AG_STATE_LIMIT, AG_STATE_START,
                                    AG_STATE_CODE,   AG_STATE_REQUEST};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (uint64_t lane = 0; lane < AG_BLOCK; lane += CACHE_LINE / 8)
            __builtin_prefetch(ag_lane_row(state, slot + lane, rows[i]));
}

static int32_t start_lanes(struct run *r)
{
    struct armgpu *g = r->g;
    if (g->is_pristine && !g->state.is_mapped)
        return start_pristine_lanes(r);
    g->is_pristine = false;
    int32_t error = ag_part_end(g);
    uint64_t *state = error == ARMGPU_OK ? ag_mirror_write(g, &g->state) : NULL;
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    for (uint64_t slot = 0; slot < g->resident; slot++) {
        if (slot % AG_BLOCK == 0 && slot + ASKED_AHEAD < g->resident)
            ask_for_rows(state, slot + ASKED_AHEAD);
        uint64_t cycles = *ag_lane_row(state, slot, AG_STATE_CYCLES);
        bool goes_on = ag_lane_of(g, slot) != AG_NO_LANE &&
                       ag_lane_go_on(state, slot);
        *ag_lane_row(state, slot, AG_STATE_START) = cycles;
        if (!goes_on)
            continue;
        *ag_lane_row(state, slot, AG_STATE_LIMIT) = ag_run_limit(r, cycles);
        g->live[r->count++] = (uint32_t)slot;
    }
    return ARMGPU_OK;
}

/* Slots that an earlier call left free. */
static int32_t fill_slots(struct run *r)
{
    uint64_t n = 0;
    int32_t error = ag_waves_begin(r, r->g->live + r->count,
                                   r->g->resident - r->count, &n);
    r->count += n;
    return error;
}

static int32_t start(struct run *r)
{
    struct armgpu *g = r->g;
    r->tells_ended = g->has_waves || g->finish != NULL || g->calls.is_on;
    r->turns_on_device = !ag_waves_need_host(r);
    r->tally.min_cycles = UINT64_MAX;
    g->limit = ag_run_limit(r, 0);
    int32_t error = ag_waves_prepare(r);
    if (error == ARMGPU_OK)
        error = start_lanes(r);
    if (error == ARMGPU_OK && !r->is_interrupted)
        error = ag_compile_look(g);
    if (error == ARMGPU_OK)
        r->count = ag_waves_set_apart(r, g->live, r->count);
    if (error == ARMGPU_OK && !r->is_interrupted)
        error = fill_slots(r);
    if (error == ARMGPU_OK)
        error = ag_run_ready(r);
    return error == ARMGPU_OK ? r->slices->start(r) : error;
}

/* With waves most lanes are gone: they were counted as they ended. */
static int32_t sum_up_waves(struct run *r, armgpu_result *out)
{
    double elapsed = out->elapsed_seconds, device = out->device_seconds;
    *out = r->tally;
    out->size = sizeof *out;
    out->num_lanes = r->g->num_lanes;
    out->elapsed_seconds = elapsed;
    out->device_seconds = device;
    if (out->min_cycles == UINT64_MAX)
        out->min_cycles = 0;
    return ARMGPU_OK;
}

static int32_t sum_up(struct run *r, armgpu_result *out)
{
    struct armgpu *g = r->g;
    if (g->has_waves)
        return sum_up_waves(r, out);
    out->num_lanes = g->num_lanes;
    out->min_cycles = UINT64_MAX;
    if (g->state.device_changed && !g->state.is_mapped)
        return ag_part_end(g) ? ARMGPU_ERROR_DEVICE : ag_serve_sum(g, out);
    uint64_t *state = ag_mirror_read(g, &g->state);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    for (uint64_t lane = 0; lane < g->num_lanes; lane++) {
        armgpu_lane_result result;
        ag_lane_result(state, lane, &result);
        ag_count_lane(out, &result, *ag_lane_row(state, lane, AG_STATE_START));
    }
    return ARMGPU_OK;
}

static void report(struct run *r, armgpu_result *out)
{
    armgpu_result result;
    memset(&result, 0, sizeof result);
    result.size = sizeof result;
    result.elapsed_seconds = ag_now() - r->start - /* when V came */
                             (r->g->module_info.compile_seconds - r->compiled);
    result.device_seconds = r->device_seconds;
    int32_t error = sum_up(r, &result);
    if (r->error == ARMGPU_OK)
        r->error = error;
    if (out != NULL)
        ag_give_sized(out, out->size, &result, sizeof result);
}

/* What was running stops; it is reported unless finish() said stop. */
static void stop_live(struct run *r)
{
    struct armgpu *g = r->g;
    uint32_t reason = r->error != ARMGPU_OK ? ARMGPU_STOP_DEVICE_FAULT
                                            : ARMGPU_STOP_INTERRUPTED;
    uint64_t n = r->slices->stop(r, reason);
    int32_t error = ARMGPU_OK;
    n += ag_trace_stop(r, reason, g->turned + n);
    if (r->tells_ended)
        error = ag_waves_interrupted(r, g->turned, n);
    if (r->error == ARMGPU_OK)
        r->error = error;
}

/* The traced lane's turn. It may have been the last on the device: others take
   its place then. */
static int32_t trace(struct run *r)
{
    int32_t error = ag_trace_turn(r);
    if (error != ARMGPU_OK || r->count > 0 || r->is_tracing ||
        r->is_interrupted)
        return error;
    error = fill_slots(r);
    return error == ARMGPU_OK ? r->slices->list(r) : error;
}

/* What a few lanes have written is handed out now and then while they execute:
   whoever reads it sees how far they are, and may say that it is enough. */
static int32_t show_output(struct run *r)
{
    struct armgpu *g = r->g;
    const uint64_t n = g->resident;
    double t = ag_now();
    if (!g->calls.is_on || g->calls.output == NULL ||
        t - r->last_shown < OUTPUT_SECONDS ||
        n > OUTPUT_SHOWN / g->calls.output_bytes)
        return ARMGPU_OK;
    r->last_shown = t;
    uint32_t *slots = malloc((size_t)n * sizeof *slots);
    if (slots == NULL) /* later, then */
        return ARMGPU_OK;
    for (uint64_t i = 0; i < n; i++)
        slots[i] = (uint32_t)i;
    int32_t error = ag_waves_drain(r, slots, n);
    free(slots);
    return error;
}

static void run(struct run *r)
{
    r->error = start(r);
    while (r->error == ARMGPU_OK && (r->count > 0 || r->is_tracing) &&
           !r->is_interrupted) {
        r->is_interrupted = !ag_run_goes_on(r);
        if (r->is_tracing && !r->is_interrupted)
            r->error = trace(r);
        if (r->count > 0 && !r->is_interrupted && r->error == ARMGPU_OK)
            r->error = r->slices->execute(r);
        if (r->error == ARMGPU_OK && !r->is_interrupted)
            r->error = show_output(r);
    }
    if (r->turns_on_device && r->error == ARMGPU_OK)
        r->error = ag_device_tally(r);
    if (r->error != ARMGPU_OK || r->is_interrupted)
        stop_live(r);
}

int32_t armgpu_execute(armgpu *g, uint64_t max_cycles, armgpu_result *out)
{
    struct run r = {.g = g, .max_cycles = max_cycles};
    r.slices = ag_host_lists_lanes(g) ? &ag_host_slices : &ag_device_slices;
    int32_t error =
        out != NULL ? ag_check_size(g, "armgpu_result", out->size) : ARMGPU_OK;
    if (error != ARMGPU_OK)
        return error;
    if (!g->has_program)
        return ag_fail(g, ARMGPU_ERROR_NO_PROGRAM,
                       "there is nothing to execute: load a program first");
    ag_run_enter(&r);
    r.start = r.last_progress = r.last_shown = ag_now();
    r.compiled = g->module_info.compile_seconds;
    run(&r);
    __atomic_store_n(&g->stop_requested, 0, __ATOMIC_SEQ_CST);
    report(&r, out);
    ag_run_leave(&r);
    return r.error;
}

void armgpu_request_stop(armgpu *g)
{
    __atomic_store_n(&g->stop_requested, 1, __ATOMIC_SEQ_CST);
    if (g->control.is_mapped)
        __atomic_store_n((uint32_t *)(void *)g->control.host + AG_CONTROL_STOP,
                         1u, __ATOMIC_SEQ_CST);
}

void armgpu_set_prepare(armgpu *g, armgpu_prepare_fn fn, void *user)
{
    g->prepare = fn;
    g->prepare_user = user;
}

void armgpu_set_finish(armgpu *g, armgpu_finish_fn fn, void *user)
{
    g->finish = fn;
    g->finish_user = user;
}

void armgpu_set_progress(armgpu *g, armgpu_progress_fn fn, void *user)
{
    g->progress = fn;
    g->progress_user = user;
}

int32_t armgpu_set_trace(armgpu *g, uint64_t lane, armgpu_trace_fn fn,
                         void *user)
{
    int32_t error = ag_check_lanes(g, lane, 1);
    if (error != ARMGPU_OK)
        return error;
    g->trace = fn;
    g->trace_user = user;
    g->trace_lane = lane;
    return ARMGPU_OK;
}

/* Quotients are computed in our environment, too: what they are made of is read
   and they are stored while it holds. */
double armgpu_avg_ips(const armgpu_result *r)
{
    struct ag_host_float caller = ag_host_float_enter();
    volatile double ips = 0;
    if (r->elapsed_seconds > 0)
        ips = (double)r->total_cycles / r->elapsed_seconds;
    ag_host_float_leave(caller);
    return ips;
}

uint64_t armgpu_min_cycles(const armgpu_result *r)
{
    return r->min_cycles;
}

uint64_t armgpu_max_cycles(const armgpu_result *r)
{
    return r->max_cycles;
}

double armgpu_lane_efficiency(const armgpu_result *r)
{
    struct ag_host_float caller = ag_host_float_enter();
    volatile double efficiency = 1;
    if (r->max_cycles > 0)
        efficiency = (double)r->min_cycles / (double)r->max_cycles;
    ag_host_float_leave(caller);
    return efficiency;
}
