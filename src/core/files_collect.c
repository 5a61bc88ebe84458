/* What lanes have of their own is handed out: when they stop, in the order of
   their numbers, of each by names. */
#include "core/files_open.h"

#include <stdlib.h>
#include <string.h>

struct place {
    uint64_t lane;
    const struct ag_lane_files *files;
};

static int compare_lanes(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    return a->lane < b->lane ? -1 : a->lane > b->lane;
}

static int compare_paths(const void *left, const void *right)
{
    const struct ag_name *const *a = left, *const *b = right;
    return strcmp((*a)->path, (*b)->path);
}

/* true if somebody wants an end. */
static bool hand_out(const struct armgpu *g, const struct place *p)
{
    const struct ag_files *s = &g->calls.files;
    bool stops = false;
    qsort(p->files->names, (size_t)p->files->count, sizeof *p->files->names,
          compare_paths);
    for (uint64_t i = 0; i < p->files->count; i++) {
        const struct ag_own *own = p->files->names[i]->own;
        if (own == NULL || own->is_given)
            continue;
        const struct ag_content *c = &own->content;
        if (s->collect(g->calls.user, p->lane, p->files->names[i]->path,
                       (uint32_t)c->status.st_mode, c->bytes, c->size) != 0)
            stops = true;
    }
    return stops;
}

int32_t ag_files_collect(struct armgpu *g, const uint32_t *slots, uint64_t n,
                         bool *stops)
{
    const struct ag_files *s = &g->calls.files;
    uint64_t count = 0;
    struct place *places;
    if (!s->is_on || s->collect == NULL || n == 0)
        return ARMGPU_OK;
    places = malloc((size_t)n * sizeof *places);
    if (places == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    for (uint64_t i = 0; i < n; i++)
        if (s->lanes[slots[i]] != NULL && s->lanes[slots[i]]->is_changed)
            places[count++] =
                (struct place){ag_lane_of(g, slots[i]), s->lanes[slots[i]]};
    qsort(places, (size_t)count, sizeof *places, compare_lanes);
    for (uint64_t i = 0; i < count; i++)
        if (hand_out(g, &places[i]))
            *stops = true;
    free(places);
    return ARMGPU_OK;
}
