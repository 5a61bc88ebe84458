/*
 * Where a guest address leads: lanes' own memory, which everything else here
 * counts from 0, what they read in one copy, or nowhere; and where the code
 * table has it.
 */
#include "core/engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool ag_has_view(const struct armgpu *g)
{
    return g->program != NULL;
}

struct ag_piece ag_piece_at(const struct armgpu *g, uint64_t address)
{
    const ag_view *v = &g->view;
    const uint64_t own = address - v->base, once = address - v->readonly;
    if (own < g->memory_size)
        return (struct ag_piece){own, g->memory_size - own, false};
    if (once < v->readonly_bytes)
        return (struct ag_piece){once, v->readonly_bytes - once, true};
    return (struct ag_piece){0, 0, false};
}

uint64_t ag_code_size(const struct armgpu *g)
{
    return g->view.code_base + g->memory_size;
}

uint64_t ag_code_of(const struct armgpu *g, uint64_t address)
{
    return ag_code_offset(&g->view, g->memory_size, address);
}

uint64_t ag_code_address(const struct armgpu *g, uint64_t at)
{
    return at < g->view.code_base ? g->view.readonly + at
                                  : g->view.base + (at - g->view.code_base);
}

/* "which is 0x1000 to 0x1fff and ..." */
static const char *describe(const struct armgpu *g, char text[128])
{
    const ag_view *v = &g->view;
    char bytes[32];
    if (!ag_has_view(g))
        snprintf(text, 128, "which ends at 0x%" PRIx64 " (%s)", g->memory_size,
                 ag_format_bytes(g->memory_size, bytes));
    else
        snprintf(text, 128,
                 "which is 0x%" PRIx64 " to 0x%" PRIx64 " and, to read, 0x%"
                 PRIx64 " to 0x%" PRIx64,
                 v->base, v->base + g->memory_size, v->readonly,
                 v->readonly + v->readonly_bytes);
    return text;
}

int32_t ag_check_pc(struct armgpu *g, uint64_t pc)
{
    char text[128];
    if (pc % 4 != 0)
        return ag_fail(g, ARMGPU_ERROR_ALIGNMENT,
                       "PC 0x%" PRIx64 " is not a multiple of 4", pc);
    if (ag_code_of(g, pc) == AG_NO_CODE)
        return ag_fail(g, ARMGPU_ERROR_RANGE,
                       "PC 0x%" PRIx64 " is outside memory, %s", pc,
                       describe(g, text));
    return ARMGPU_OK;
}

int32_t ag_check_range(struct armgpu *g, const char *what, uint64_t address,
                       uint64_t size)
{
    const struct ag_piece first = ag_piece_at(g, address);
    char text[128];
    if (first.bytes != 0 &&
        (size <= first.bytes ||
         size - first.bytes <= ag_piece_at(g, address + first.bytes).bytes))
        return ARMGPU_OK;
    if (size == 0 && ag_piece_at(g, address - 1).bytes == 1) /* at an end */
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_RANGE,
                   "%s of %" PRIu64 " bytes at 0x%" PRIx64
                   " does not fit memory, %s",
                   what, size, address, describe(g, text));
}

int32_t ag_check_own(struct armgpu *g, const char *what, uint64_t address,
                     uint64_t size)
{
    int32_t error = ag_check_range(g, what, address, size);
    if (error != ARMGPU_OK || size == 0 || !ag_has_view(g))
        return error;
    const struct ag_piece piece = ag_piece_at(g, address);
    if (!piece.is_once && size <= piece.bytes)
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_RANGE,
                   "%s of %" PRIu64 " bytes at 0x%" PRIx64
                   " is not possible: all lanes have one copy of what is there",
                   what, size, address);
}
