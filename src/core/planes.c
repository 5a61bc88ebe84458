/*
 * Planes of lane state come when they are needed: V when the first instruction
 * on V registers is about to execute, or a state with some is set. Lanes go on
 * from where they are.
 *
 * Invariant: on GPUs the kernels know exactly the planes that are there, and
 * before the first launch those that a program is known to need (has_planes).
 */
#include "core/engine.h"

int32_t ag_plane_need(struct armgpu *g, uint32_t plane)
{
    struct ag_mirror *m = ag_plane_of(g, plane);
    if (m->buffer != NULL)
        return ARMGPU_OK;
    int32_t error = ag_part_end(g); /* its transfers are of the planes before */
    if (error == ARMGPU_OK)
        error = ag_mirror_open(g, m, ag_plane_bytes(g, plane),
                               "the lanes' registers");
    if (plane == AG_PLANE_V) /* which is not translated without */
        g->regions.is_stale = true;
    if (error != ARMGPU_OK || plane == AG_PLANE_STATE ||
        g->has_planes[plane] || g->backend->source == NULL)
        return error;
    error = ag_module_open(g);
    if (error != ARMGPU_OK)
        ag_mirror_close(g, m);
    return error;
}

int32_t armgpu_has_vectors(const armgpu *g)
{
    return ag_plane_mirror(g, AG_PLANE_V) != NULL;
}
