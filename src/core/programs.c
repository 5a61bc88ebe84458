/*
 * Programs: what is loaded and added, which lane executes which, resets.
 */
#include "core/engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Writes an image into the memory of its lanes. */
static int32_t place_image(struct armgpu *g, const struct ag_image *image)
{
    ag_slice_args args = {.serve = AG_SERVE_IMAGE,
                          .program = image->program,
                          .address = image->address,
                          .size = image->size};
    if (image->size == 0)
        return ARMGPU_OK;
    if (g->is_private)
        return ag_serve(g, &args, NULL, g->resident);
    if (g->backend->upload(g->device, g->memory, image->address, image->bytes,
                           image->size))
        return ag_device_failed(g);
    return ARMGPU_OK;
}

int32_t ag_image_place(struct armgpu *g, const struct ag_image *image)
{
    struct ag_images before;
    int32_t error =
        ag_code_forget(g, g->view.code_base + image->address, image->size);
    if (error == ARMGPU_OK)
        error = ag_images_add(g, image, &before);
    if (error != ARMGPU_OK)
        return error;
    error = place_image(g, image);
    ag_images_settle(g, &before, error == ARMGPU_OK);
    g->has_program = g->has_program || error == ARMGPU_OK;
    return error;
}

int32_t armgpu_load_data(armgpu *g, const void *bytes, size_t size,
                         uint64_t address)
{
    int32_t error = ag_check_own(g, "data", address, size);
    struct ag_image image = {AG_EVERY_PROGRAM, address - g->view.base, size,
                             (uint8_t *)(uintptr_t)bytes};
    return error != ARMGPU_OK || size == 0 ? error
                                           : ag_image_place(g, &image);
}

/* ARMGPU_OK if a program can be placed there. */
static int32_t check_program(struct armgpu *g, const void *bytes, size_t size,
                             uint64_t address)
{
    armgpu_file file;
    if (g->program != NULL)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "lanes have the program that they were opened with: "
                       "another one needs another handle");
    if (size == 0)
        return ag_fail(g, ARMGPU_ERROR_FORMAT, "the program is empty");
    ag_identify(bytes, size, &file);
    if (file.format != ARMGPU_FILE_FLAT)
        return ag_fail(g, ARMGPU_ERROR_FORMAT,
                       "the program is %s, not a flat image of A64 "
                       "instructions%s", file.text,
                       file.format == ARMGPU_FILE_PROGRAM
                           ? "; objcopy -O binary makes one" : "");
    if (address % 4 != 0)
        return ag_fail(g, ARMGPU_ERROR_ALIGNMENT,
                       "load address 0x%" PRIx64 " is not a multiple of 4",
                       address);
    return ag_check_range(g, "a program", address, size);
}

/* The PCs that all lanes were given hold for those of other programs alone, and
   until a reset. */
static void forget_pcs(struct armgpu *g)
{
    bool has_pc = g->has_start_pc || g->has_later_pc;
    if (!g->has_later_pc) {
        g->later_factor = g->start_factor[AG_STATE_PC];
        g->later_constant = g->start_constant[AG_STATE_PC];
    }
    g->has_start_pc = false;
    g->has_later_pc = g->later_is_for_others = has_pc && g->num_programs > 1;
    g->start_is_stale = true;
}

/* Lanes of program 0 start at its address. */
static int32_t set_entry(struct armgpu *g, uint64_t address)
{
    g->program_entry[0] = address;
    forget_pcs(g);
    if (g->is_pristine && !g->has_later_pc)
        return ag_serve_begin_all(g, 0);
    if (g->num_programs == 1) {
        int32_t error = armgpu_set_pc_all(g, address);
        g->has_later_pc = false;
        return error;
    }
    for (uint64_t slot = 0; slot < g->resident; slot++) {
        uint64_t *state = ag_state_write(g, slot);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        if (ag_lane_of(g, slot) == AG_NO_LANE ||
            *ag_lane_row(state, slot, AG_STATE_PROGRAM) != 0)
            continue;
        ag_lane_set_pc(g, slot, address);
    }
    return ARMGPU_OK;
}

int32_t armgpu_load_program(armgpu *g, const void *bytes, size_t size,
                            uint64_t address)
{
    struct ag_image image = {0, address, size, (uint8_t *)(uintptr_t)bytes};
    int32_t error = check_program(g, bytes, size, address);
    if (!g->is_private)
        image.program = AG_EVERY_PROGRAM;
    if (error == ARMGPU_OK)
        error = ag_image_place(g, &image);
    return error != ARMGPU_OK ? error : set_entry(g, address);
}

int32_t armgpu_reset(armgpu *g)
{
    bool is_shared = !g->is_private;
    if (is_shared &&
        g->backend->fill(g->device, g->memory, 0, 0, g->memory_size))
        return ag_device_failed(g);
    for (size_t i = 0; is_shared && i < g->images.count; i++) {
        int32_t error = place_image(g, &g->images.list[i]);
        if (error != ARMGPU_OK)
            return error;
    }
    int32_t error =
        is_shared ? ag_code_forget(g, 0, g->memory_size) : ARMGPU_OK;
    return error != ARMGPU_OK
               ? error
               : ag_serve_begin_all(g, is_shared ? 0 : g->memory_size);
}

/* -- Several programs ------------------------------------------------------ */

int32_t armgpu_add_program(armgpu *g, const void *bytes, size_t size,
                           uint64_t address, uint32_t *id)
{
    bool is_shared = !g->is_private;
    int32_t error = check_program(g, bytes, size, address);
    if (error != ARMGPU_OK)
        return error;
    uint64_t *entries = realloc(g->program_entry, (g->num_programs + 1) *
                                                      sizeof *entries);
    if (entries == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    g->program_entry = entries;
    entries[g->num_programs] = address;
    struct ag_image image = {is_shared ? AG_EVERY_PROGRAM : g->num_programs,
                             address, size, (uint8_t *)(uintptr_t)bytes};
    error = ag_code_add_program(g);
    if (error == ARMGPU_OK)
        error = ag_image_place(g, &image);
    if (error != ARMGPU_OK)
        return error;
    *id = g->num_programs++;
    g->start_is_stale = true; /* what lanes begin from does not have it yet */
    return ARMGPU_OK;
}

static int32_t check_id(struct armgpu *g, uint32_t id)
{
    if (id < g->num_programs)
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                   "program %" PRIu32 " does not exist: there are programs 0 "
                   "to %" PRIu32, id, g->num_programs - 1);
}

static int32_t take_table(struct armgpu *g, const uint32_t *table,
                          uint64_t count)
{
    int32_t error = ARMGPU_OK;
    if (count == 0 || count > SIZE_MAX / 8)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "a table of %" PRIu64 " programs is of no use", count);
    for (uint64_t i = 0; i < count && error == ARMGPU_OK; i++)
        error = check_id(g, table[i]);
    if (error != ARMGPU_OK)
        return error;
    uint32_t *copy = malloc((size_t)count * sizeof *copy);
    if (copy == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    memcpy(copy, table, (size_t)count * sizeof *copy);
    free(g->assign_table);
    g->assign_table = copy;
    g->assign_count = count;
    return ARMGPU_OK;
}

int32_t armgpu_assign_programs(armgpu *g, uint32_t how, const uint32_t *table,
                               uint64_t count)
{
    int32_t error = ARMGPU_OK;
    if (how > ARMGPU_ASSIGN_TABLE)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "%" PRIu32 " is no way to assign programs", how);
    if (how == ARMGPU_ASSIGN_TABLE)
        error = take_table(g, table, count);
    if (error != ARMGPU_OK)
        return error;
    g->assign = how;
    g->assign_among = g->num_programs;
    return armgpu_reset(g);
}

/* Where armgpu_set_pc_all() has lanes of later waves start does not count. */
static int32_t begin_as_reset(struct armgpu *g, ag_slice_args *args,
                              const uint32_t *slots, uint64_t n)
{
    bool has_later_pc = g->has_later_pc;
    g->start_is_stale = g->start_is_stale || has_later_pc;
    g->has_later_pc = false;
    int32_t error = ag_serve(g, args, slots, n);
    g->has_later_pc = has_later_pc;
    g->start_is_stale = g->start_is_stale || has_later_pc;
    return error;
}

int32_t armgpu_assign_program(armgpu *g, uint64_t first, uint64_t n,
                              uint32_t id)
{
    int32_t error = check_id(g, id);
    if (error == ARMGPU_OK)
        error = ag_check_lanes(g, first, n);
    uint32_t *slots = error == ARMGPU_OK ? malloc((n + 1) * sizeof *slots)
                                         : NULL;
    if (error == ARMGPU_OK && slots == NULL)
        error = ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        uint64_t slot = 0;
        error = ag_slot_of(g, first + i, &slot);
        slots[i] = (uint32_t)slot;
    }
    ag_slice_args args = {
        .serve = AG_SERVE_BEGIN,
        .program = id,
        .next_lane = error == ARMGPU_OK ? ag_place_of(g, first) : 0,
        .size = !g->is_private ? 0 : g->memory_size};
    if (error == ARMGPU_OK)
        error = begin_as_reset(g, &args, slots, n);
    free(slots);
    return error;
}
