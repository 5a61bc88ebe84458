/*
 * Probes: marks on instructions in the code table (kernels/lane/state.h), and
 * here by address of what kind. Who changes them has the page decoded anew, so
 * nothing that executes pays for those that there are not.
 *
 * Invariant: a decoded entry has the mark of its address's probe, in the pages
 * of every program, whatever bytes are there.
 */
#include "core/engine.h"

#include <stdlib.h>
#include <string.h>

/* Where the first probe is whose address is not smaller. */
static size_t find(const struct ag_probes *p, uint64_t address)
{
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->list[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_there(const struct ag_probes *p, size_t i, uint64_t address)
{
    return i < p->count && p->list[i].address == address;
}

uint32_t ag_probe_at(const struct armgpu *g, uint64_t address)
{
    size_t i = find(&g->probes, address);
    return is_there(&g->probes, i, address) ? g->probes.list[i].kind
                                            : AG_PROBE_NONE;
}

void ag_probes_close(struct armgpu *g)
{
    free(g->probes.list);
}

int32_t ag_probe_set(struct armgpu *g, uint64_t address, uint32_t kind)
{
    struct ag_probes *p = &g->probes;
    size_t i = find(p, address);
    if (!is_there(p, i, address)) {
        struct ag_probe *list = realloc(p->list, (p->count + 1) * sizeof *list);
        if (list == NULL)
            return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
        memmove(list + i + 1, list + i, (p->count - i) * sizeof *list);
        p->list = list;
        p->count++;
    }
    p->list[i] = (struct ag_probe){address, kind};
    return ARMGPU_OK;
}

void ag_probe_clear(struct armgpu *g, uint64_t address)
{
    struct ag_probes *p = &g->probes;
    size_t i = find(p, address);
    if (!is_there(p, i, address))
        return;
    p->count--;
    memmove(p->list + i, p->list + i + 1, (p->count - i) * sizeof *p->list);
}

void ag_probes_clear(struct armgpu *g, uint32_t kind)
{
    struct ag_probes *p = &g->probes;
    size_t n = 0;
    for (size_t i = 0; i < p->count; i++)
        if (p->list[i].kind != kind)
            p->list[n++] = p->list[i];
    p->count = n;
}
