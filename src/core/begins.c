/*
 * Where the host has told lanes to begin, which is where their code is looked
 * at (regions.c): addresses in ascending order, each once, of lanes that were
 * given a PC since they began all anew. Nothing is kept where nothing is
 * translated.
 */
#include "core/engine.h"

#include <stdlib.h>
#include <string.h>

void ag_begins_add(struct armgpu *g, uint64_t pc)
{
    struct ag_regions *r = &g->regions;
    uint32_t low = 0, high = r->num_begins;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (r->begins[middle] < pc)
            low = middle + 1;
        else
            high = middle;
    }
    if (!r->is_wanted || (low < r->num_begins && r->begins[low] == pc) ||
        r->num_begins == AG_MOST_BEGINS)
        return;
    if (r->begins == NULL)
        r->begins = malloc(AG_MOST_BEGINS * sizeof *r->begins);
    if (r->begins == NULL)
        return; /* those lanes are interpreted */
    memmove(r->begins + low + 1, r->begins + low,
            (r->num_begins - low) * sizeof *r->begins);
    r->begins[low] = pc;
    r->num_begins++;
}

void ag_begins_clear(struct armgpu *g)
{
    g->regions.num_begins = 0;
}

void ag_begins_close(struct armgpu *g)
{
    free(g->regions.begins);
}
