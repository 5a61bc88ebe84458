/*
 * What lanes start with: registers, which program, its image. It is kept on the
 * device (enum ag_start_word), so that lanes begin there.
 */
#include "core/engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Until something else is said: program 0. */
#define ASSIGN_NONE UINT32_MAX

/* Tops of stacks: private lanes have all memory to themselves. */
static void set_sp(struct armgpu *g)
{
    uint64_t top = g->memory_size & ~(uint64_t)15;
    bool has_stacks = g->layout == AG_LAYOUT_SHARED;
    g->start_factor[AG_ROW_SP] = has_stacks ? 0 - g->stack_size : 0;
    g->start_constant[AG_ROW_SP] = has_stacks && g->stack_size == 0 ? 0 : top;
}

int32_t ag_start_open(struct armgpu *g)
{
    set_sp(g);
    g->start_factor[AG_STATE_TPIDR] = 1;
    g->start_is_stale = true;
    g->num_programs = 1;
    g->assign = ASSIGN_NONE;
    g->program_entry = calloc(1, sizeof *g->program_entry);
    return g->program_entry != NULL
               ? ARMGPU_OK
               : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
}

void ag_start_close(struct armgpu *g)
{
    ag_mirror_close(g, &g->start);
    free(g->program_entry);
    free(g->assign_table);
}

/* -- The buffer ------------------------------------------------------------ */

/* Lanes of later waves are dealt as the first were: programs added since do
   not count. */
static uint64_t divisor(const struct armgpu *g)
{
    if (g->assign == ARMGPU_ASSIGN_TABLE)
        return g->assign_count;
    if (g->assign == ARMGPU_ASSIGN_BLOCK)
        return (g->num_lanes + g->assign_among - 1) / g->assign_among;
    return g->assign == ARMGPU_ASSIGN_ROUND_ROBIN ? g->assign_among : 1;
}

/* A program's image; shared memory has been written by the host. */
static void image_range(const struct armgpu *g, uint32_t program, uint64_t *low,
                        uint64_t *high)
{
    *low = *high = 0;
    if (g->layout == AG_LAYOUT_SHARED)
        return;
    ag_image_range(g, program, low, high);
    *low &= ~(uint64_t)15;
    *high = (*high + 15) & ~(uint64_t)15;
}

static uint64_t table_at(const struct armgpu *g)
{
    return AG_START_PROGRAMS + (uint64_t)g->num_programs * AG_PROGRAM_WORDS;
}

static uint64_t images_at(const struct armgpu *g)
{
    uint64_t table = g->assign == ARMGPU_ASSIGN_TABLE ? g->assign_count : 0;
    return (table_at(g) + (table + 1) / 2 + 1) & ~(uint64_t)1;
}

static uint64_t start_words(const struct armgpu *g)
{
    uint64_t words = images_at(g), low, high;
    for (uint32_t i = 0; i < g->num_programs; i++) {
        image_range(g, i, &low, &high);
        words += (high - low) / 8;
    }
    return words;
}

static void fill_programs(const struct armgpu *g, uint64_t *words)
{
    uint64_t at = images_at(g), low, high;
    for (uint32_t i = 0; i < g->num_programs; i++) {
        uint64_t *p = words + AG_START_PROGRAMS + i * AG_PROGRAM_WORDS;
        image_range(g, i, &low, &high);
        p[AG_PROGRAM_ENTRY] = g->program_entry[i];
        p[AG_PROGRAM_LOW] = low;
        p[AG_PROGRAM_HIGH] = high;
        p[AG_PROGRAM_IMAGE] = at;
        ag_image_read(g, i, low, (uint8_t *)(words + at), (size_t)(high - low));
        at += (high - low) / 8;
    }
}

static void fill_start(const struct armgpu *g, uint64_t *words)
{
    words[AG_START_ASSIGN] = g->assign;
    words[AG_START_DIVISOR] = divisor(g);
    words[AG_START_TABLE] = table_at(g);
    words[AG_START_OWN_PC] = !g->has_start_pc && !g->has_later_pc;
    for (uint32_t row = 0; row < AG_STATE_ROWS; row++) {
        words[AG_START_ROWS + 2 * row] = g->start_factor[row];
        words[AG_START_ROWS + 2 * row + 1] = g->start_constant[row];
    }
    if (g->has_later_pc) {
        words[AG_START_ROWS + 2 * AG_STATE_PC] = 0;
        words[AG_START_ROWS + 2 * AG_STATE_PC + 1] = g->later_pc;
    }
    if (g->assign == ARMGPU_ASSIGN_TABLE)
        memcpy(words + table_at(g), g->assign_table,
               g->assign_count * sizeof *g->assign_table);
    fill_programs(g, words);
}

int32_t ag_start_ready(struct armgpu *g)
{
    uint64_t bytes = start_words(g) * sizeof(uint64_t);
    int32_t error = ARMGPU_OK;
    if (!g->start_is_stale)
        return ARMGPU_OK;
    if (bytes > g->start.bytes) {
        ag_mirror_close(g, &g->start);
        error = ag_mirror_open(g, &g->start, bytes, "what lanes start with");
    }
    if (error != ARMGPU_OK)
        return error;
    fill_start(g, ag_mirror_write(g, &g->start));
    g->start_is_stale = false;
    return ag_mirror_to_device(g, &g->start);
}

/* -- Registers ------------------------------------------------------------- */

/* lane * factor + constant is a PC for every lane. */
static int32_t check_pcs(struct armgpu *g, uint64_t factor, uint64_t constant)
{
    uint64_t last = g->num_lanes - 1;
    int32_t error = ag_check_pc(g, constant);
    if (error == ARMGPU_OK && last > 0)
        error = ag_check_pc(g, constant + factor);
    if (error == ARMGPU_OK && last > 1) {
        /* Between first and last, if it does not wrap on the way. */
        uint64_t room = g->memory_size / last;
        bool is_down = factor > UINT64_MAX / 2;
        uint64_t step = is_down ? 0 - factor : factor;
        error = step > room ? ag_check_pc(g, g->memory_size)
                            : ag_check_pc(g, constant + factor * last);
    }
    return error;
}

static int32_t state_row(struct armgpu *g, uint32_t reg, uint32_t *row)
{
    static const uint32_t rows[] = {AG_STATE_PC, AG_STATE_NZCV, AG_STATE_TPIDR};
    if (reg > ARMGPU_REGISTER_TPIDR)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "register %" PRIu32 " does not exist", reg);
    *row = reg < ARMGPU_REGISTER_PC ? reg : rows[reg - ARMGPU_REGISTER_PC];
    return ARMGPU_OK;
}

int32_t armgpu_set_register_all(armgpu *g, uint32_t reg, uint64_t factor,
                                uint64_t constant)
{
    uint32_t row = 0;
    int32_t error = state_row(g, reg, &row);
    if (error == ARMGPU_OK && row == AG_STATE_NZCV && factor != 0)
        error = ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                        "flags cannot count with the lane: give a factor of 0");
    if (error == ARMGPU_OK && row == AG_STATE_PC)
        error = check_pcs(g, factor, constant);
    if (error != ARMGPU_OK)
        return error;
    if (row == AG_STATE_NZCV)
        constant = constant >> 28 & 15;
    if (row == AG_STATE_PC)
        g->has_start_pc = true;
    g->start_factor[row] = factor;
    g->start_constant[row] = constant;
    g->start_is_stale = true;
    if (g->is_pristine) /* nobody has touched them: they begin once more */
        return ag_serve_begin_all(g, 0);
    for (uint64_t slot = 0; slot < g->resident; slot++) {
        uint64_t lane = ag_lane_of(g, slot);
        uint64_t *state = ag_state_write(g, slot);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        if (lane == AG_NO_LANE)
            continue;
        *ag_lane_row(state, slot, row) = lane * factor + constant;
        if (row == AG_STATE_PC)
            ag_lane_set_stop(state, slot, ARMGPU_STOP_RUNNING);
    }
    return ARMGPU_OK;
}

/* -- Programs -------------------------------------------------------------- */

int32_t armgpu_add_program(armgpu *g, const void *bytes, size_t size,
                           uint64_t address, uint32_t *id)
{
    bool is_shared = g->layout == AG_LAYOUT_SHARED;
    int32_t error = ag_check_program(g, bytes, size, address);
    if (error != ARMGPU_OK)
        return error;
    uint64_t *entries = realloc(g->program_entry, (g->num_programs + 1) *
                                                      sizeof *entries);
    if (entries == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    g->program_entry = entries;
    entries[g->num_programs] = address;
    g->start_is_stale = true;
    error = ag_code_add_program(g);
    if (error != ARMGPU_OK)
        return error;
    *id = g->num_programs++;
    struct ag_image image = {is_shared ? AG_EVERY_PROGRAM : *id, address, size,
                             (uint8_t *)(uintptr_t)bytes};
    return ag_image_add(g, &image);
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
        if (g->vectors != NULL && error == ARMGPU_OK)
            memset(g->vectors[slot], 0, sizeof g->vectors[slot]);
    }
    ag_slice_args args = {
        .serve = AG_SERVE_BEGIN,
        .program = id,
        .next_lane = first,
        .size = g->layout == AG_LAYOUT_SHARED ? 0 : g->memory_size};
    if (error == ARMGPU_OK)
        error = ag_serve(g, &args, slots, n);
    free(slots);
    return error;
}

/* -- Callbacks ------------------------------------------------------------- */

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
    return g->resident;
}
