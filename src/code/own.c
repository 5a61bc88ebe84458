/*
 * Code of a private lane's own. The code table holds what a program's lanes
 * began with; where a lane's memory was changed since, the lane must decode what
 * it fetches itself (AG_STATE_OWN_CODE, a range of cache lines), which is slow
 * and in a lane group not together with others. Most of what the host writes is
 * data, so it only notes here what it wrote, a few ranges a slot, and a lane's
 * row says no more than it has to:
 *
 * Invariant: where a page of the slot's memory was changed by the host, or
 * announced as changed by the lane, and some program has that page in the code
 * table, the row of the slot has these lines. So lines enter the row when the
 * second of the two happens, a change or a decoding.
 */
#include "core/engine.h"

#include <stdlib.h>

#define LINES_A_PAGE (AG_PAGE_BYTES / AG_CACHE_LINE)

static int32_t open_notes(struct armgpu *g)
{
    if (g->own_notes != NULL)
        return ARMGPU_OK;
    g->own_notes = calloc((size_t)g->resident, sizeof *g->own_notes);
    g->noted_pages = calloc((size_t)ag_page_count(g), 1);
    if (g->own_notes != NULL && g->noted_pages != NULL)
        return ARMGPU_OK;
    ag_own_close(g);
    return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
}

void ag_own_close(struct armgpu *g)
{
    free(g->own_notes);
    free(g->noted_pages);
    g->own_notes = NULL;
    g->noted_pages = NULL;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}
static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* How far apart they are; 0: they touch. */
static uint32_t gap(struct ag_lines a, struct ag_lines b)
{
    if (a.low > b.high)
        return a.low - b.high;
    return b.low > a.high ? b.low - a.high : 0;
}

/* Takes in `more`, by itself if there is room, else with the nearest range and
   what is between them. */
static void note(struct ag_own_notes *notes, struct ag_lines more)
{
    struct ag_lines *of = notes->of, *nearest = of;
    for (uint32_t i = 0; i < AG_OWN_RANGES; i++) {
        if (of[i].high == 0) {
            of[i] = more;
            return;
        }
        if (gap(of[i], more) < gap(*nearest, more))
            nearest = &of[i];
        if (gap(*nearest, more) == 0)
            break;
    }
    nearest->low = smaller(nearest->low, more.low);
    nearest->high = larger(nearest->high, more.high);
}

/* Whether some program's lanes execute what the table has of a page. */
static int32_t is_decoded(struct armgpu *g, uint64_t page, bool *is)
{
    const u32 *pages = ag_mirror_read(g, &g->pages);
    if (pages == NULL)
        return ARMGPU_ERROR_DEVICE;
    *is = false;
    for (uint64_t i = page; i < g->pages.bytes / sizeof *pages;
         i += ag_page_count(g))
        *is = *is || pages[i] != 0;
    return ARMGPU_OK;
}

/* Lines of r that are in the page into the slot's row. */
static int32_t mark_page(struct armgpu *g, uint64_t slot, struct ag_lines r,
                         uint64_t page)
{
    uint32_t first = (uint32_t)(page * LINES_A_PAGE);
    uint32_t low = larger(r.low, first);
    uint32_t high = smaller(r.high, first + LINES_A_PAGE);
    if (low >= high)
        return ARMGPU_OK;
    u64 *state = ag_state_write(g, slot);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    u64 *row = ag_lane_row(state, slot, AG_STATE_OWN_CODE);
    if (*row != 0) {
        low = smaller(low, (uint32_t)*row);
        high = larger(high, (uint32_t)(*row >> 32));
    }
    *row = low | (u64)high << 32;
    return ARMGPU_OK;
}

/* The part of r in a page, which was changed. */
static int32_t changed_page(struct armgpu *g, uint64_t slot, struct ag_lines r,
                            uint64_t page)
{
    bool is = false;
    int32_t error = is_decoded(g, page, &is);
    g->noted_pages[page] = 1;
    return error != ARMGPU_OK || !is ? error : mark_page(g, slot, r, page);
}

int32_t ag_own_changed(struct armgpu *g, uint64_t slot, uint64_t at,
                       uint64_t bytes)
{
    if (bytes == 0 || at >= ag_code_size(g))
        return ARMGPU_OK;
    if (bytes > ag_code_size(g) - at)
        bytes = ag_code_size(g) - at;
    uint64_t last = at + bytes - 1;
    struct ag_lines r = {(uint32_t)(at / AG_CACHE_LINE),
                         (uint32_t)(last / AG_CACHE_LINE + 1)};
    int32_t error = open_notes(g);
    if (error == ARMGPU_OK)
        note(&g->own_notes[slot], r);
    for (uint64_t p = at >> AG_PAGE_SHIFT;
         error == ARMGPU_OK && p <= last >> AG_PAGE_SHIFT; p++)
        error = changed_page(g, slot, r, p);
    return error;
}

int32_t ag_own_decoded(struct armgpu *g, uint64_t page)
{
    int32_t error = ARMGPU_OK;
    if (g->own_notes == NULL || !g->noted_pages[page])
        return ARMGPU_OK;
    for (uint64_t slot = 0; slot < g->resident; slot++)
        for (uint32_t i = 0; i < AG_OWN_RANGES && error == ARMGPU_OK; i++)
            error = mark_page(g, slot, g->own_notes[slot].of[i], page);
    return error;
}
