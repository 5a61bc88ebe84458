/* Opening and closing: a device is chosen (choose.c), buffers are made. */
#include "base/sized.h"
#include "core/caller.h"
#include "core/program.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SLICE (UINT64_C(1) << 20) /* lanes the host lists at a time */

const char *armgpu_version(void)
{
    return ARMGPU_VERSION;
}

/* The CPU's slices list a few lanes; a GPU lists all live ones, and what they
   ask for. */
static int32_t open_lists(struct armgpu *g)
{
    bool by_host = ag_host_lists_lanes(g);
    uint64_t most = by_host && g->resident > MAX_SLICE ? MAX_SLICE
                                                       : g->resident;
    int32_t error = ag_mirror_open(g, &g->lists[0], most * sizeof(uint32_t),
                                   "the list of lanes");
    if (error != ARMGPU_OK || by_host)
        return error;
    error = ag_mirror_open(g, &g->lists[1], most * sizeof(uint32_t),
                           "the list of lanes");
    if (error != ARMGPU_OK)
        return error;
    g->requests = g->backend->alloc(g->device, most * sizeof(ag_lane_request));
    return g->requests != NULL
               ? ARMGPU_OK
               : ag_fail(g, ARMGPU_ERROR_MEMORY, "%s",
                         g->backend->message(g->device));
}

static int32_t open_memory(struct armgpu *g)
{
    uint64_t bytes = ag_memory_bytes(g->layout, g->memory_size,
                                     g->memory_stride, g->resident);
    char text[32];
    g->memory = g->backend->alloc(g->device, bytes);
    g->served = g->backend->alloc(g->device, g->resident * sizeof(uint32_t));
    g->live = calloc((size_t)g->resident, sizeof *g->live);
    g->turned = calloc((size_t)g->resident, sizeof *g->turned);
    if (g->memory != NULL && g->served != NULL && g->live != NULL &&
        g->turned != NULL)
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_MEMORY,
                   "%s has no %s for the memory of %" PRIu64
                   " lanes: use fewer lanes or less memory", g->info.name,
                   ag_format_bytes(bytes, text), g->resident);
}

static int32_t open_buffers(struct armgpu *g)
{
    int32_t error = ag_plane_need(g, AG_PLANE_STATE);
    if (error == ARMGPU_OK)
        error = ag_mirror_open(g, &g->control,
                               AG_CONTROL_WORDS * sizeof(uint32_t), "control");
    if (error == ARMGPU_OK)
        error = open_lists(g);
    if (error == ARMGPU_OK)
        error = ag_code_open(g);
    if (error == ARMGPU_OK)
        error = open_memory(g);
    if (error == ARMGPU_OK)
        error = ag_start_open(g);
    if (error == ARMGPU_OK)
        error = ag_slots_open(g);
    if (error == ARMGPU_OK)
        error = ag_mmio_open(g);
    if (error == ARMGPU_OK)
        error = ag_serve_begin_all(g, 0);
    return error != ARMGPU_OK || g->program == NULL
               ? error
               : ag_program_start(g);
}

int32_t armgpu_open(armgpu **out, const armgpu_options *options)
{
    armgpu *g = *out = calloc(1, sizeof *g);
    if (g == NULL)
        return ARMGPU_ERROR_MEMORY;
    g->environment = ag_environment_copy();
    armgpu_options o;
    struct ag_caller caller = ag_caller_enter(g);
    int32_t error = ag_take_options(g, options, &o);
    if (error == ARMGPU_OK)
        error = ag_choose(g, &o);
    if (error == ARMGPU_OK)
        error = open_buffers(g);
    ag_caller_leave(caller);
    return error;
}

void armgpu_close(armgpu *g)
{
    if (g == NULL)
        return;
    if (g->device != NULL) {
        ag_mirror_close(g, &g->lists[0]);
        ag_mirror_close(g, &g->lists[1]);
        ag_code_close(g);
        ag_own_close(g);
        ag_probes_close(g);
        ag_regions_close(g);
        ag_begins_close(g);
        ag_start_close(g);
        ag_process_close(g);
        g->backend->release(g->device, g->served);
        g->backend->release(g->device, g->staging);
        g->backend->release(g->device, g->tally);
        ag_buffers_close(g);
    }
    ag_choose_close(g);
    ag_images_close(g);
    ag_slots_close(g);
    ag_only_close(g);
    ag_mmio_close(g);
    free(g->part.has);
    free(g->part.slots);
    free(g->turned);
    free(g->live);
    free(g->environment);
    free(g);
}

uint64_t armgpu_get_num_lanes(const armgpu *g)
{
    return g->num_lanes;
}

uint64_t armgpu_get_num_resident(const armgpu *g)
{
    return g->resident;
}

uint64_t armgpu_get_memory_size(const armgpu *g)
{
    return g->memory_size;
}

uint64_t armgpu_get_stack_size(const armgpu *g)
{
    return g->is_private ? 0 : g->stack_size;
}

const char *armgpu_get_backend(const armgpu *g)
{
    return g->backend == NULL ? "" : g->backend->name;
}

const char *armgpu_get_device(const armgpu *g)
{
    return g->info.name;
}

const char *armgpu_get_backend_reason(const armgpu *g)
{
    return g->reason;
}

int32_t armgpu_is_gpu_refused(const armgpu *g)
{
    return g->gpu_refused;
}

double armgpu_get_compile_seconds(const armgpu *g)
{
    return g->module_info.compile_seconds;
}

const char *armgpu_get_warning(const armgpu *g)
{
    return g->warning;
}

struct inspection {
    armgpu_line_fn line;
    void *user;
};

static void pass_line(void *user, const char *line)
{
    const struct inspection *i = user;
    if (i->line != NULL)
        i->line(i->user, line);
}

int64_t armgpu_inspect_device(armgpu *g, armgpu_line_fn line, void *user)
{
    struct inspection i = {line, user};
    return g->backend->inspect == NULL
               ? 0
               : g->backend->inspect(g->device, g->module, pass_line, &i);
}

static uint64_t list_all(armgpu_device *out, uint64_t n)
{
    uint64_t count = 0;
    struct ag_host_float caller = ag_host_float_enter();
    for (int i = 0; ag_backends[i] != NULL; i++) {
        uint64_t room = count < n ? n - count : 0;
        count += ag_backends[i]->list(out == NULL ? NULL : out + count,
                                      room > UINT32_MAX ? UINT32_MAX
                                                        : (uint32_t)room);
    }
    ag_host_float_leave(caller);
    return count;
}

/* Ours are described, then copied to where the caller's are. */
uint64_t armgpu_list_devices(armgpu_device *out, uint64_t n)
{
    uint64_t size = n == 0 || out == NULL ? 0 : out->size, count;
    armgpu_device *all =
        size < sizeof size ? NULL : calloc((size_t)n, sizeof *all);
    if (all == NULL)
        return list_all(NULL, 0);
    count = list_all(all, n);
    for (uint64_t i = 0; i < n && i < count; i++)
        ag_give_sized((char *)out + i * size, size, &all[i], sizeof all[i]);
    free(all);
    return count;
}
