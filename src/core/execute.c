/*
 * armgpu_execute(): slices until every lane has stopped. How lanes are listed
 * and slices planned depends on whether the host sees the device's memory
 * (slice_host.c) or not (slice_device.c).
 */
#define _POSIX_C_SOURCE 200809L
#include "core/run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PROGRESS_SECONDS 0.05

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Lanes that had stopped by one of these go on with the next call. */
static bool can_resume(uint32_t stop)
{
    return stop == ARMGPU_STOP_RUNNING || stop == ARMGPU_STOP_MAX_CYCLES ||
           stop == ARMGPU_STOP_SYSCALL || stop == ARMGPU_STOP_INTERRUPTED;
}

static int32_t start_lanes(struct run *r, uint64_t max_cycles)
{
    struct armgpu *g = r->g;
    uint64_t *state = ag_mirror_write(g, &g->state);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    for (uint64_t lane = 0; lane < g->num_lanes; lane++) {
        uint64_t cycles = *ag_lane_row(state, lane, AG_STATE_CYCLES);
        uint32_t stop = ag_lane_stop(state, lane);
        *ag_lane_row(state, lane, AG_STATE_START) = cycles;
        if (!can_resume(stop))
            continue;
        if (stop != ARMGPU_STOP_RUNNING) /* a fresh state keeps its monitor */
            ag_lane_set_stop(state, lane, ARMGPU_STOP_RUNNING);
        *ag_lane_row(state, lane, AG_STATE_LIMIT) =
            max_cycles == 0 || max_cycles > UINT64_MAX - cycles
                ? UINT64_MAX
                : cycles + max_cycles;
        g->live[r->count++] = (uint32_t)lane;
    }
    return ARMGPU_OK;
}

void ag_run_fill_args(const struct run *r, ag_slice_args *args)
{
    memset(args, 0, sizeof *args);
    args->memory_size = r->g->memory_size;
    args->memory_stride = r->g->memory_stride;
    args->layout = r->g->layout;
}

int32_t ag_run_launch(struct run *r, ag_buffer *lanes, ag_buffer *next,
                      const ag_slice_args *args)
{
    struct armgpu *g = r->g;
    double seconds = 0;
    uint32_t *control = ag_mirror_write(g, &g->control);
    if (control == NULL)
        return ARMGPU_ERROR_DEVICE;
    memset(control, 0, AG_CONTROL_WORDS * sizeof *control);
    /* Set after the clearing, or seen here: a request to stop is not lost. */
    if (__atomic_load_n(&g->stop_requested, __ATOMIC_SEQ_CST))
        control[AG_CONTROL_STOP] = 1;
    struct ag_mirror *mirrors[] = {&g->state, &g->entries, &g->pages,
                                   &g->control};
    for (int i = 0; i < 4; i++)
        if (ag_mirror_to_device(g, mirrors[i]) != ARMGPU_OK)
            return ARMGPU_ERROR_DEVICE;
    ag_buffer *const buffers[AG_ARGUMENT_COUNT] = {
        [AG_ARGUMENT_STATE] = g->state.buffer,
        [AG_ARGUMENT_MEMORY] = g->memory,
        [AG_ARGUMENT_ENTRIES] = g->entries.buffer,
        [AG_ARGUMENT_PAGES] = g->pages.buffer,
        [AG_ARGUMENT_LANES] = lanes,
        [AG_ARGUMENT_NEXT] = next,
        [AG_ARGUMENT_REQUESTS] = g->requests,
        [AG_ARGUMENT_CONTROL] = g->control.buffer,
    };
    if (g->backend->launch(g->device, AG_KERNEL_SLICE, buffers, args) ||
        g->backend->wait(g->device, &seconds))
        return ag_device_failed(g);
    r->device_seconds += seconds;
    ag_mirror_device_wrote(&g->state);
    ag_mirror_device_wrote(&g->control);
    return ARMGPU_OK;
}

int32_t ag_run_serve(struct run *r, uint32_t lane, uint64_t request)
{
    struct armgpu *g = r->g;
    uint64_t address = AG_REQUEST_ADDRESS(request);
    uint32_t kind = AG_REQUEST_KIND(request);
    bool is_shared = g->layout == AG_LAYOUT_SHARED;
    if (kind == AG_REQUEST_DECODE)
        return ag_code_decode(g, address);
    if (kind == AG_REQUEST_INVALIDATE_ALL)
        return is_shared ? ag_code_forget_all(g)
                         : ag_code_own(g, lane, 0, g->memory_size);
    return is_shared ? ag_code_forget(g, address, AG_CACHE_LINE)
                     : ag_code_own(g, lane, address, AG_CACHE_LINE);
}

static bool ask_progress(struct run *r)
{
    struct armgpu *g = r->g;
    double t = now();
    if (__atomic_load_n(&g->stop_requested, __ATOMIC_SEQ_CST))
        return false;
    if (g->progress == NULL || t - r->last_progress < PROGRESS_SECONDS)
        return true;
    r->last_progress = t;
    return g->progress(g->progress_user, r->cycles,
                       r->count - r->cursor + r->kept, t - r->start) == 0;
}

/* Shows the traced lane its next instruction, once. */
static bool ask_trace(struct run *r)
{
    struct armgpu *g = r->g;
    armgpu_state s = {.size = sizeof s};
    uint8_t b[4] = {0};
    uint64_t *state = g->trace == NULL ? NULL : ag_mirror_read(g, &g->state);
    if (state == NULL ||
        ag_lane_stop(state, g->trace_lane) != ARMGPU_STOP_RUNNING)
        return true;
    if (armgpu_get_state(g, g->trace_lane, 1, &s) != ARMGPU_OK)
        return false;
    uint64_t limit = *ag_lane_row(state, g->trace_lane, AG_STATE_LIMIT);
    if (s.cycles == r->traced_cycles || s.cycles >= limit)
        return true;
    r->traced_cycles = s.cycles;
    if (s.pc % 4 == 0 && s.pc < g->memory_size &&
        armgpu_read_memory(g, g->trace_lane, s.pc, b, 4) != ARMGPU_OK)
        return false;
    uint32_t word = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
                    (uint32_t)b[3] << 24;
    return g->trace(g->trace_user, g->trace_lane, &s, word) == 0;
}

static int32_t sum_up(struct run *r, armgpu_result *out)
{
    struct armgpu *g = r->g;
    uint64_t *state = ag_mirror_read(g, &g->state);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    out->num_lanes = g->num_lanes;
    out->min_cycles = UINT64_MAX;
    for (uint64_t lane = 0; lane < g->num_lanes; lane++) {
        uint64_t cycles = *ag_lane_row(state, lane, AG_STATE_CYCLES) -
                          *ag_lane_row(state, lane, AG_STATE_START);
        uint32_t stop = ag_lane_stop(state, lane);
        out->total_cycles += cycles;
        if (cycles < out->min_cycles)
            out->min_cycles = cycles;
        if (cycles > out->max_cycles)
            out->max_cycles = cycles;
        if (stop < ARMGPU_STOP_COUNT)
            out->stops[stop]++;
        out->nonzero_codes +=
            (stop == ARMGPU_STOP_HALT || stop == ARMGPU_STOP_EXIT) &&
            *ag_lane_row(state, lane, AG_STATE_CODE) != 0;
    }
    return ARMGPU_OK;
}

static void report(struct run *r, armgpu_result *out)
{
    armgpu_result result;
    memset(&result, 0, sizeof result);
    result.size = sizeof result;
    result.elapsed_seconds = now() - r->start;
    result.device_seconds = r->device_seconds;
    int32_t error = sum_up(r, &result);
    if (r->error == ARMGPU_OK)
        r->error = error;
    if (out != NULL)
        *out = result;
}

bool ag_host_lists_lanes(const struct armgpu *g)
{
    return g->info.slice_fuel != 0;
}

static int32_t finish_all(struct armgpu *g)
{
    uint64_t n = g->num_lanes;
    uint64_t *lanes = malloc(n * sizeof *lanes);
    armgpu_lane_result *results = malloc(n * sizeof *results);
    int32_t error = lanes == NULL || results == NULL
                        ? ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory")
                        : armgpu_get_results(g, 0, n, results);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        lanes[i] = i;
    if (error == ARMGPU_OK)
        (void)g->finish(g->finish_user, g, lanes, results, n);
    free(lanes);
    free(results);
    return error;
}

int32_t armgpu_execute(armgpu *g, uint64_t max_cycles, armgpu_result *out)
{
    struct run r = {.g = g, .traced_cycles = UINT64_MAX};
    bool by_host = ag_host_lists_lanes(g);
    if (!g->has_program)
        return ag_fail(g, ARMGPU_ERROR_NO_PROGRAM,
                       "there is nothing to execute: load a program first");
    r.start = r.last_progress = now();
    if (g->prepare != NULL && !g->is_prepared &&
        g->prepare(g->prepare_user, g, 0, g->num_lanes) != 0)
        r.is_interrupted = true;
    g->is_prepared = true;
    r.error = start_lanes(&r, max_cycles);
    if (r.error == ARMGPU_OK && !by_host)
        r.error = ag_device_start(&r);
    while (r.error == ARMGPU_OK && r.count > 0 && !r.is_interrupted) {
        if (ask_progress(&r) && ask_trace(&r))
            r.error = by_host ? ag_host_slice(&r) : ag_device_slice(&r);
        else
            r.is_interrupted = true;
    }
    if (r.error != ARMGPU_OK || r.is_interrupted)
        (by_host ? ag_host_stop_live : ag_device_stop_live)(
            &r, r.error != ARMGPU_OK ? ARMGPU_STOP_DEVICE_FAULT
                                     : ARMGPU_STOP_INTERRUPTED);
    __atomic_store_n(&g->stop_requested, 0, __ATOMIC_SEQ_CST);
    report(&r, out);
    if (r.error == ARMGPU_OK && g->finish != NULL)
        r.error = finish_all(g);
    return r.error;
}

void armgpu_request_stop(armgpu *g)
{
    __atomic_store_n(&g->stop_requested, 1, __ATOMIC_SEQ_CST);
    if (g->control.is_mapped)
        __atomic_store_n((uint32_t *)(void *)g->control.host + AG_CONTROL_STOP,
                         1u, __ATOMIC_SEQ_CST);
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

double armgpu_avg_ips(const armgpu_result *r)
{
    return r->elapsed_seconds > 0 ? (double)r->total_cycles / r->elapsed_seconds
                                  : 0;
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
    return r->max_cycles > 0 ? (double)r->min_cycles / (double)r->max_cycles
                             : 1;
}
