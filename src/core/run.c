/*
 * What every slice does: its arguments, the launch, and serving what lanes
 * asked for.
 */
#define _POSIX_C_SOURCE 200809L
#include "core/run.h"
#include "base/clock.h"

#include <string.h>
#include <time.h>

#define PROGRESS_SECONDS 0.05
/* Nanoseconds: what is in the cache is there soon. */
#define SHORTEST_NAP 20000
#define LONGEST_NAP 1000000

uint64_t ag_run_limit(const struct run *r, uint64_t cycles)
{
    return r->max_cycles == 0 || r->max_cycles > UINT64_MAX - cycles
               ? UINT64_MAX
               : cycles + r->max_cycles;
}

void ag_run_fill_args(const struct run *r, ag_slice_args *args)
{
    memset(args, 0, sizeof *args);
    args->memory_size = r->g->memory_size;
    args->memory_stride = r->g->memory_stride;
    args->layout = r->g->layout;
    args->machine = r->g->machine;
    args->view = r->g->view;
    args->longest = r->g->regions.longest;
}

static int32_t launch_one(struct run *r, const ag_kernel *kernel,
                          ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                          const ag_slice_args *args)
{
    struct armgpu *g = r->g;
    double seconds = 0;
    if (g->backend->launch(g->device, kernel, buffers, args) ||
        g->backend->wait(g->device, &seconds))
        return ag_device_failed(g);
    r->device_seconds += seconds;
    return ARMGPU_OK;
}

int32_t ag_run_launch(struct run *r, ag_buffer *lanes, ag_buffer *next,
                      const ag_slice_args *args)
{
    struct armgpu *g = r->g;
    int32_t error = ag_part_end(g);
    uint32_t *control =
        error == ARMGPU_OK ? ag_mirror_write(g, &g->control) : NULL;
    if (control == NULL)
        return ARMGPU_ERROR_DEVICE;
    memset(control, 0, AG_CONTROL_WORDS * sizeof *control);
    g->part.fetched = 0;
    control[AG_CONTROL_DEVICES] =
        g->mmio.count != 0 && args->alone != AG_ALONE_ACCESS;
    /* Set after the clearing, or seen here: a request to stop is not lost. */
    if (__atomic_load_n(&g->stop_requested, __ATOMIC_SEQ_CST))
        control[AG_CONTROL_STOP] = 1;
    if (ag_buffers_to_device(g) != ARMGPU_OK)
        return ARMGPU_ERROR_DEVICE;
    ag_buffer *buffers[AG_ARGUMENT_COUNT];
    ag_buffers_bind(g, AG_KERNEL_SLICE, buffers);
    buffers[AG_ARGUMENT_LANES] = lanes;
    buffers[AG_ARGUMENT_NEXT] = next;
    const bool has_regions = g->regions.kernel != NULL && !args->alone;
    error =
        has_regions ? launch_one(r, g->regions.kernel, buffers, args)
                    : ARMGPU_OK;
    if (error == ARMGPU_OK && !args->alone)
        error = ag_regions_look(g, lanes, args->count);
    if (error == ARMGPU_OK && !(has_regions && g->info.joins_regions))
        error = launch_one(r, g->kernels[AG_KERNEL_SLICE].kernel, buffers,
                           args);
    if (error == ARMGPU_OK)
        ag_buffers_device_wrote(g);
    return error;
}

/* Lanes that have not ended. */
static uint64_t live_lanes(const struct run *r)
{
    uint64_t n = r->count - r->cursor + r->kept + r->is_tracing;
    return r->g->has_waves ? n + r->g->num_lanes - r->g->slots.next_lane : n;
}

bool ag_run_goes_on(struct run *r)
{
    struct armgpu *g = r->g;
    double t = ag_now();
    if (__atomic_load_n(&g->stop_requested, __ATOMIC_SEQ_CST))
        return false;
    if (g->progress == NULL || t - r->last_progress < PROGRESS_SECONDS)
        return true;
    r->last_progress = t;
    uint64_t live = live_lanes(r);
    double seconds = t - r->start;
    ag_run_leave(r);
    int32_t stops = g->progress(g->progress_user, r->cycles, live, seconds);
    ag_run_enter(r);
    return stops == 0;
}

int32_t ag_run_ready(struct run *r)
{
    struct timespec nap = {0, SHORTEST_NAP};
    struct armgpu *g = r->g;
    int32_t error = ag_regions_ready(g);
    while (error == ARMGPU_OK && g->regions.is_awaited) {
        if (ag_run_goes_on(r)) {
            nanosleep(&nap, NULL);
            if (nap.tv_nsec < LONGEST_NAP)
                nap.tv_nsec *= 2;
            error = ag_regions_ready(g);
        } else {
            g->regions.is_awaited = false;
            __atomic_store_n(&g->stop_requested, 1, __ATOMIC_SEQ_CST);
        }
    }
    return error;
}

/* -- Requests -------------------------------------------------------------- */

static int32_t serve_decode(struct armgpu *g, uint32_t slot, uint32_t program,
                            uint64_t at)
{
    (void)slot;
    return ag_code_decode(g, program, at);
}

static int32_t serve_invalidate(struct armgpu *g, uint32_t slot,
                                uint32_t program, uint64_t address)
{
    (void)program;
    const uint64_t at = ag_code_of(g, address);
    if (at < g->view.code_base) /* cannot have changed */
        return ARMGPU_OK;
    return ag_code_changed(g, &slot, 1, at, AG_CACHE_LINE);
}

static int32_t serve_invalidate_all(struct armgpu *g, uint32_t slot,
                                    uint32_t program, uint64_t address)
{
    (void)program, (void)address;
    return ag_code_changed(g, &slot, 1, g->view.code_base, g->memory_size);
}

static int32_t serve_v(struct armgpu *g, uint32_t slot, uint32_t program,
                       uint64_t address)
{
    (void)slot, (void)program, (void)address;
    return ag_plane_need(g, AG_PLANE_V);
}

static int32_t serve_own_code(struct armgpu *g, uint32_t slot,
                              uint32_t program, uint64_t address)
{
    (void)slot, (void)program, (void)address;
    return ag_module_need_own_code(g);
}

/* Output is taken away of all who ask together (ag_waves_drain()). A call of
   files is no address: it is executed here. */
static int32_t serve_call(struct armgpu *g, uint32_t slot, uint32_t program,
                          uint64_t address)
{
    (void)program;
    g->calls.host++;
    if (address == AG_REQUEST_FILES)
        return ag_files_call(g, slot);
    if (address != AG_REQUEST_DRAIN)
        ag_process_note(g, AG_REQUEST_NOTED(address));
    return ARMGPU_OK;
}

/* By kind. AG_REQUEST_ALONE is a launch of its own, which slices do. */
static int32_t (*const requests[])(struct armgpu *g, uint32_t slot,
                                   uint32_t program, uint64_t address) = {
    [AG_REQUEST_DECODE] = serve_decode,
    [AG_REQUEST_INVALIDATE] = serve_invalidate,
    [AG_REQUEST_INVALIDATE_ALL] = serve_invalidate_all,
    [AG_REQUEST_V] = serve_v,
    [AG_REQUEST_OWN_CODE] = serve_own_code,
    [AG_REQUEST_CALL] = serve_call,
};

int32_t ag_run_serve(struct run *r, uint32_t slot, uint32_t program,
                     uint64_t request)
{
    if (request == (AG_REQUEST_SHOW | AG_REQUEST_CALL))
        return ag_call_trace(r, slot);
    return requests[AG_REQUEST_KIND(request)](r->g, slot, program,
                                              AG_REQUEST_ADDRESS(request));
}
