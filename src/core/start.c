/*
 * What lanes start with: registers, which program, its image. It is kept on the
 * device (enum ag_start_word), so that lanes begin there.
 */
#include "core/engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Tops of stacks: private lanes have all memory to themselves. */
static void set_sp(struct armgpu *g)
{
    uint64_t top = (g->view.base + g->memory_size) & ~(uint64_t)15;
    bool has_stacks = !g->is_private;
    g->start_factor[AG_ROW_SP] = has_stacks ? 0 - g->stack_size : 0;
    g->start_constant[AG_ROW_SP] = has_stacks && g->stack_size == 0 ? 0 : top;
}

/* All planes' rows as rows.h says. */
static void fill_rows(uint64_t *words)
{
#define ROW(PLANE, ROW, count, factor, constant, map)                          \
    for (uint32_t i = 0; i < (count); i++) {                                   \
        uint64_t *word = words + AG_START_##PLANE;                             \
        word[2 * (AG_##PLANE##_##ROW + i)] = (factor);                         \
        word[2 * (AG_##PLANE##_##ROW + i) + 1] = (constant);                   \
    }
#define PLANE(NAME, name) AG_##NAME##_PLANE(ROW)
    AG_PLANES(PLANE)
#undef ROW
#undef PLANE
}

int32_t ag_start_open(struct armgpu *g)
{
    uint64_t words[AG_START_PROGRAMS];
    fill_rows(words);
    for (uint32_t row = 0; row < AG_STATE_ROWS; row++) {
        g->start_factor[row] = words[AG_START_STATE + 2 * row];
        g->start_constant[row] = words[AG_START_STATE + 2 * row + 1];
    }
    set_sp(g);
    g->start_is_stale = true;
    g->num_programs = 1;
    g->assign = AG_ASSIGN_NONE;
    g->program_entry = calloc(1, sizeof *g->program_entry);
    return g->program_entry != NULL
               ? ARMGPU_OK
               : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
}

void ag_start_close(struct armgpu *g)
{
    free(g->program_entry);
    free(g->assign_table);
}

/* Lanes of later waves are dealt as the first were: programs added since do
   not count. */
static uint64_t divisor(const struct armgpu *g)
{
    if (g->assign == ARMGPU_ASSIGN_TABLE)
        return g->assign_count;
    if (g->assign == ARMGPU_ASSIGN_BLOCK)
        return (g->lanes_end + g->assign_among - 1) / g->assign_among;
    return g->assign == ARMGPU_ASSIGN_ROUND_ROBIN ? g->assign_among : 1;
}

/* A program's image; shared memory has been written by the host. */
static void image_range(const struct armgpu *g, uint32_t program, uint64_t *low,
                        uint64_t *high)
{
    *low = *high = 0;
    if (!g->is_private)
        return;
    ag_image_range(g, program, false, low, high);
    *low &= ~(uint64_t)15;
    *high = (*high + 15) & ~(uint64_t)15;
}

static uint64_t table_at(const struct armgpu *g)
{
    return AG_START_PROGRAMS + (uint64_t)g->num_programs * AG_PROGRAM_WORDS;
}

static uint64_t only_at(const struct armgpu *g)
{
    uint64_t table = g->assign == ARMGPU_ASSIGN_TABLE ? g->assign_count : 0;
    return (table_at(g) + (table + 1) / 2 + 1) & ~(uint64_t)1;
}

static uint64_t images_at(const struct armgpu *g)
{
    return only_at(g) + 2 * g->only.count;
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

static void fill_programs(struct armgpu *g, uint64_t *words)
{
    const uint64_t piece = UINT64_C(1) << ag_piece_shift(g->memory_size);
    uint64_t at = images_at(g), low, high, own;
    g->longest_image = 0;
    for (uint32_t i = 0; i < g->num_programs; i++) {
        uint64_t *p = words + AG_START_PROGRAMS + i * AG_PROGRAM_WORDS;
        image_range(g, i, &low, &high);
        p[AG_PROGRAM_ENTRY] = g->program_entry[i];
        p[AG_PROGRAM_LOW] = low;
        p[AG_PROGRAM_HIGH] = high;
        p[AG_PROGRAM_IMAGE] = at;
        ag_image_read(g, i, low, (uint8_t *)(words + at), (size_t)(high - low));
        at += (high - low) / 8;
        ag_image_range(g, i, true, &p[AG_PROGRAM_OWN_LOW],
                       &p[AG_PROGRAM_OWN_HIGH]);
        own = p[AG_PROGRAM_OWN_HIGH] - p[AG_PROGRAM_OWN_LOW] + 2 * piece;
        if (own > g->longest_image)
            g->longest_image = own;
    }
}

/* How many programs' lanes start at their address. */
static uint64_t num_own_pcs(const struct armgpu *g)
{
    if (g->has_later_pc)
        return g->later_is_for_others ? 1 : 0;
    return g->has_start_pc ? 0 : g->num_programs;
}

/* Constants of its rows. */
static void fill_function(const struct armgpu *g, uint64_t *rows)
{
    rows[2 * AG_FUNCTION_ENTRY + 1] = g->program_entry[0];
    rows[2 * AG_FUNCTION_AT + 1] = g->function.at;
    rows[2 * AG_FUNCTION_ADDRESS + 1] = g->function.address;
    rows[2 * AG_FUNCTION_AFTER + 1] = g->function.after;
}

static void fill_start(struct armgpu *g, uint64_t *words)
{
    words[AG_START_ASSIGN] = g->assign;
    words[AG_START_DIVISOR] = divisor(g);
    words[AG_START_TABLE] = table_at(g);
    words[AG_START_OWN_PC] = num_own_pcs(g);
    words[AG_START_RANDOM] = g->random_offset;
    words[AG_START_SEED] = g->seed;
    fill_rows(words);
    for (uint32_t row = 0; row < AG_STATE_ROWS; row++) {
        words[AG_START_STATE + 2 * row] = g->start_factor[row];
        words[AG_START_STATE + 2 * row + 1] = g->start_constant[row];
    }
    if (g->has_later_pc) {
        words[AG_START_STATE + 2 * AG_STATE_PC] = g->later_factor;
        words[AG_START_STATE + 2 * AG_STATE_PC + 1] = g->later_constant;
    }
    fill_function(g, words + AG_START_FUNCTION);
    if (g->assign == ARMGPU_ASSIGN_TABLE)
        memcpy(words + table_at(g), g->assign_table,
               g->assign_count * sizeof *g->assign_table);
    words[AG_START_ONLY] = only_at(g);
    words[AG_START_STRETCHES] = g->only.count;
    for (uint64_t i = 0; i < g->only.count; i++) {
        words[only_at(g) + 2 * i] = g->only.list[i].before;
        words[only_at(g) + 2 * i + 1] = g->only.list[i].first;
    }
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
