/*
 * The interpreter's module: the backend's text, compiled for the memory's
 * layout, for the planes of lane state that the handle has, and for code of
 * lanes' own where one has asked for it. What is not needed costs no time to
 * compile and no registers.
 */
#include "core/caller.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void name_kernels(struct ag_module_kernel *kernels)
{
    memset(kernels, 0, AG_KERNEL_COUNT * sizeof *kernels);
    kernels[AG_KERNEL_SLICE] = (struct ag_module_kernel){
        .name = "ag_slice", .lane_bytes = AG_GROUP_BYTES_PER_LANE};
    kernels[AG_KERNEL_SERVE] = (struct ag_module_kernel){.name = "ag_serve"};
}

/* Kernels are to know the plane. */
static bool knows(const struct armgpu *g, uint32_t plane)
{
    return g->has_planes[plane] || ag_plane_mirror(g, plane) != NULL;
}

/* In place of one that there is, which stays where this fails. */
int32_t ag_module_open(struct armgpu *g)
{
    char defines[160];
    bool has_v = knows(g, AG_PLANE_V);
    struct ag_module_kernel kernels[AG_KERNEL_COUNT];
    struct ag_module_options options = {.source = g->backend->source,
                                        .defines = defines,
                                        .kernels = kernels,
                                        .count = AG_KERNEL_COUNT};
    struct ag_module_info info = {0};
    ag_module *module;
    name_kernels(kernels);
    snprintf(defines, sizeof defines, "-DAG_LAYOUT=%" PRIu32 "%s%s%s%s%s%s%s",
             g->layout, g->has_marks ? " -DAG_MARKS=1" : "",
             has_v ? " -DAG_HAS_V=1" : "",
             has_v && g->forms ? " -DAG_HAS_FORMS=1" : "",
             has_v && g->soft_float ? " -DAG_FLOAT_SOFT=1" : "",
             knows(g, AG_PLANE_LINUX) ? " -DAG_HAS_LINUX=1" : "",
             knows(g, AG_PLANE_FUNCTION) ? " -DAG_HAS_FUNCTION=1" : "",
             g->decodes_own_code ? " -DAG_HAS_OWN_CODE=1" : "");
    struct ag_caller caller = ag_caller_enter(g);
    int32_t error = g->backend->build(g->device, &module, &options, &info);
    ag_caller_leave(caller);
    if (error != ARMGPU_OK) {
        snprintf(g->message, sizeof g->message, "%s",
                 g->backend->message(g->device));
        return error;
    }
    if (g->module != NULL)
        ag_module_close(g);
    g->module = module;
    memcpy(g->kernels, kernels, sizeof kernels);
    g->module_info.compile_seconds += info.compile_seconds;
    g->module_info.was_cached = info.was_cached;
    return ARMGPU_OK;
}

int32_t ag_module_need_own_code(struct armgpu *g)
{
    if (g->decodes_own_code || g->backend->source == NULL)
        return ARMGPU_OK;
    g->decodes_own_code = true;
    int32_t error = ag_module_open(g);
    g->decodes_own_code = error == ARMGPU_OK;
    return error;
}

void ag_module_close(struct armgpu *g)
{
    g->backend->unload(g->device, g->module);
    g->module = NULL;
}
