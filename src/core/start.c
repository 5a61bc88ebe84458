/* Start values for all lanes, and which lane executes which program. */
#include "core/engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint32_t program_of(const struct armgpu *g, uint64_t lane)
{
    uint64_t block = (g->num_lanes + g->num_programs - 1) / g->num_programs;
    if (g->assign == ARMGPU_ASSIGN_BLOCK)
        return (uint32_t)(lane / block);
    if (g->assign == ARMGPU_ASSIGN_TABLE)
        return g->assign_table[lane % g->assign_count];
    return (uint32_t)(lane % g->num_programs);
}

int32_t armgpu_add_program(armgpu *g, const void *bytes, size_t size,
                           uint64_t address, uint32_t *id)
{
    int32_t error = ag_check_program(g, bytes, size, address);
    if (error == ARMGPU_OK && g->layout == AG_LAYOUT_SHARED)
        error = armgpu_load_data(g, bytes, size, address);
    if (error != ARMGPU_OK)
        return error;
    if (g->num_programs == 0)
        g->num_programs = 1;
    struct ag_image *programs =
        realloc(g->programs, g->num_programs * sizeof *programs);
    uint8_t *copy = malloc(size);
    g->programs = programs != NULL ? programs : g->programs;
    if (programs == NULL || copy == NULL) {
        free(copy);
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    }
    memcpy(copy, bytes, size);
    programs[g->num_programs - 1] = (struct ag_image){address, size, copy};
    *id = g->num_programs++;
    return ARMGPU_OK;
}

void ag_programs_close(struct armgpu *g)
{
    for (uint32_t i = 1; i < g->num_programs; i++)
        free(g->programs[i - 1].bytes);
    free(g->programs);
    free(g->assign_table);
}

int32_t armgpu_assign_program(armgpu *g, uint64_t first, uint64_t n,
                              uint32_t id)
{
    int32_t error = ag_check_lanes(g, first, n);
    if (error == ARMGPU_OK && id >= (g->num_programs ? g->num_programs : 1))
        error = ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                        "program %" PRIu32 " does not exist", id);
    for (uint64_t lane = first; lane < first + n && error == ARMGPU_OK && id;
         lane++) {
        const struct ag_image *p = &g->programs[id - 1];
        if (g->layout != AG_LAYOUT_SHARED)
            error = armgpu_write_memory(g, lane, p->address, p->bytes, p->size);
        if (error == ARMGPU_OK)
            error = armgpu_set_pc_lane(g, lane, p->address);
    }
    return error;
}

int32_t armgpu_assign_programs(armgpu *g, uint32_t how, const uint32_t *table,
                               uint64_t count)
{
    uint32_t *copy = NULL;
    if (how > ARMGPU_ASSIGN_TABLE || (how == ARMGPU_ASSIGN_TABLE && count == 0))
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "this is no way to assign programs");
    if (how == ARMGPU_ASSIGN_TABLE) {
        copy = malloc(count * sizeof *copy);
        if (copy == NULL)
            return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
        memcpy(copy, table, count * sizeof *copy);
    }
    free(g->assign_table);
    g->assign_table = copy;
    g->assign_count = count;
    g->assign = how;
    int32_t error = armgpu_reset(g);
    for (uint64_t i = 0; i < g->num_lanes && error == ARMGPU_OK; i++)
        error = armgpu_assign_program(g, i, 1, program_of(g, i));
    return error;
}

int32_t armgpu_set_register_all(armgpu *g, uint32_t reg, uint64_t factor,
                                uint64_t constant)
{
    static const uint32_t rows[] = {AG_STATE_PC, AG_STATE_NZCV,
                                    AG_STATE_TPIDR};
    if (reg > ARMGPU_REGISTER_TPIDR)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "register %" PRIu32 " does not exist", reg);
    uint32_t row = reg < ARMGPU_REGISTER_PC ? reg
                                            : rows[reg - ARMGPU_REGISTER_PC];
    uint64_t *state = ag_mirror_write(g, &g->state);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    if (reg == ARMGPU_REGISTER_NZCV)
        constant >>= 28;
    g->has_start[row] = true;
    g->start_factor[row] = factor;
    g->start_constant[row] = constant;
    for (uint64_t lane = 0; lane < g->num_lanes; lane++)
        *ag_lane_row(state, lane, row) = lane * factor + constant;
    return ARMGPU_OK;
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

uint64_t armgpu_get_num_resident(const armgpu *g)
{
    return g->num_lanes;
}

int32_t armgpu_read_memory_range(armgpu *g, uint64_t first, uint64_t n,
                                 uint64_t address, void *bytes, size_t size)
{
    int32_t error = ag_check_lanes(g, first, n);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        error = armgpu_read_memory(g, first + i, address,
                                   (char *)bytes + i * size, size);
    return error;
}

int32_t armgpu_read_memory_lanes(armgpu *g, const uint64_t *lanes, uint64_t n,
                                 uint64_t address, void *bytes, size_t size)
{
    int32_t error = ARMGPU_OK;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        error = armgpu_read_memory(g, lanes[i], address,
                                   (char *)bytes + i * size, size);
    return error;
}

int32_t armgpu_write_memory_range(armgpu *g, uint64_t first, uint64_t n,
                                  uint64_t address, const void *bytes,
                                  size_t size)
{
    int32_t error = ag_check_lanes(g, first, n);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        error = armgpu_write_memory(g, first + i, address,
                                    (const char *)bytes + i * size, size);
    return error;
}
