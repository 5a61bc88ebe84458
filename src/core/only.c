/*
 * Of all lanes of a sweep only some may run (armgpu_options.only). These are
 * counted from 0 in the order of their numbers: the library counts what it runs
 * (slots, waves, what has been prepared), and a lane has its own number
 * wherever the guest or the caller sees it.
 */
#include "core/engine.h"

#include <inttypes.h>
#include <stdlib.h>

/* Ranges that follow each other without a gap become one. */
static void add_range(struct ag_only *o, const armgpu_lane_range *range)
{
    struct ag_stretch *last = o->count > 0 ? &o->list[o->count - 1] : NULL;
    if (last != NULL && last->first + last->n == range->first) {
        last->n += range->n;
        return;
    }
    o->list[o->count++] = (struct ag_stretch){
        .before = last == NULL ? 0 : last->before + last->n,
        .first = range->first,
        .n = range->n};
}

static int32_t check_range(struct armgpu *g, const armgpu_lane_range *range,
                           uint64_t from)
{
    uint64_t lanes = g->lanes_end;
    if (range->n == 0)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "a range of 0 lanes from lane %" PRIu64 " on would run "
                       "nothing", range->first);
    if (range->first < from)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "the range of lanes from lane %" PRIu64 " on is not "
                       "behind the one before it", range->first);
    if (range->first >= lanes || range->n > lanes - range->first)
        return ag_fail(g, ARMGPU_ERROR_LANE,
                       "lane %" PRIu64 " does not exist: there are lanes 0 to "
                       "%" PRIu64,
                       range->first >= lanes ? range->first : lanes, lanes - 1);
    return ARMGPU_OK;
}

int32_t ag_only_open(struct armgpu *g, const armgpu_lane_range *ranges,
                     uint64_t n)
{
    struct ag_only *o = &g->only;
    uint64_t from = 0;
    if (n == 0)
        return ARMGPU_OK;
    if (ranges == NULL || n > SIZE_MAX / sizeof *o->list)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "there is no list of %" PRIu64 " ranges of lanes", n);
    o->list = malloc((size_t)n * sizeof *o->list);
    if (o->list == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    for (uint64_t i = 0; i < n; i++) {
        int32_t error = check_range(g, &ranges[i], from);
        if (error != ARMGPU_OK)
            return error;
        from = ranges[i].first + ranges[i].n;
        add_range(o, &ranges[i]);
    }
    g->num_lanes = o->list[o->count - 1].before + o->list[o->count - 1].n;
    return ARMGPU_OK;
}

void ag_only_close(struct armgpu *g)
{
    free(g->only.list);
}

/* The last stretch that begins at or before `key`, which is the number of a
   lane (by_number) or its place among those that run; NULL: there is none. */
static const struct ag_stretch *find(const struct ag_only *o, uint64_t key,
                                     bool by_number)
{
    uint64_t low = 0, high = o->count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct ag_stretch *s = &o->list[middle];
        if ((by_number ? s->first : s->before) <= key)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : &o->list[low - 1];
}

uint64_t ag_number_of(const struct armgpu *g, uint64_t place)
{
    if (g->only.count == 0)
        return place;
    const struct ag_stretch *s = find(&g->only, place, false);
    return s->first + (place - s->before);
}

uint64_t ag_numbers_follow(const struct armgpu *g, uint64_t place, uint64_t n)
{
    if (g->only.count == 0)
        return n;
    const struct ag_stretch *s = find(&g->only, place, false);
    uint64_t left = s->n - (place - s->before);
    return left < n ? left : n;
}

uint64_t ag_place_of(const struct armgpu *g, uint64_t lane)
{
    if (g->only.count == 0)
        return lane;
    const struct ag_stretch *s = find(&g->only, lane, true);
    return s->before + (lane - s->first);
}

int32_t ag_check_lanes(struct armgpu *g, uint64_t first, uint64_t n)
{
    uint64_t end = g->lanes_end;
    if (first >= end || n > end - first)
        return ag_fail(g, ARMGPU_ERROR_LANE,
                       "lane %" PRIu64 " does not exist: there are lanes 0 to "
                       "%" PRIu64,
                       first < end ? first + n - 1 : first, end - 1);
    if (g->only.count == 0)
        return ARMGPU_OK;
    const struct ag_stretch *s = find(&g->only, first, true);
    uint64_t there = s == NULL || first - s->first >= s->n
                         ? 0 : s->n - (first - s->first);
    if (there > 0 && n <= there)
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_LANE,
                   "lane %" PRIu64 " is none of those that run", first + there);
}
