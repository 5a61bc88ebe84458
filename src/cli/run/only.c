/*
 * --only and --first-lane: the lanes that run, where not all of the sweep do.
 * What goes through all of them counts them from 0 in the order of their
 * numbers; a lane's place and its number are found here.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

static bool add_range(ag_run_settings *s, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    armgpu_lane_range range;
    uint64_t last;

    if (!ag_cli_number_of("--only: lane", text,
                          colon != NULL ? (size_t)(colon - text) : length, 0,
                          &range.first))
        return false;
    last = range.first;
    if (colon != NULL &&
        !ag_cli_number_of("--only: lane", colon + 1,
                          length - (size_t)(colon + 1 - text), 0, &last))
        return false;
    if (last < range.first) {
        ag_cli_say("--only: %" PRIu64 ":%" PRIu64 " is no range of lanes; "
                   "write the smaller number first",
                   range.first, last);
        return false;
    }
    range.n = last - range.first;
    range.n += range.n != UINT64_MAX; /* too many are refused later */
    s->only.items = ag_cli_grow(s->only.items, s->only.count, sizeof range);
    s->only.items[s->only.count++] = range;
    return true;
}

static int compare_ranges(const void *a, const void *b)
{
    const armgpu_lane_range *p = a, *q = b;

    return p->first < q->first ? -1 : p->first > q->first;
}

/* In order, and those that overlap are one. */
static void sort_ranges(ag_run_settings *s)
{
    armgpu_lane_range *ranges = s->only.items;
    size_t kept = 0;

    qsort(ranges, s->only.count, sizeof *ranges, compare_ranges);
    for (size_t i = 1; i < s->only.count; i++) {
        armgpu_lane_range *last = &ranges[kept];
        uint64_t ahead = ranges[i].first - last->first;

        if (ahead > last->n)
            ranges[++kept] = ranges[i];
        else if (ranges[i].n > last->n - ahead)
            last->n = ranges[i].n < UINT64_MAX - ahead ? ahead + ranges[i].n
                                                       : UINT64_MAX;
    }
    s->only.count = kept + 1;
}

bool ag_run_apply_only(void *settings, const char *text)
{
    ag_run_settings *s = settings;

    for (size_t length;; text += length + 1) {
        length = strcspn(text, ",");
        if (!add_range(s, text, length))
            return false;
        if (text[length] == '\0')
            break;
    }
    sort_ranges(s);
    return true;
}

/* -- Counting -------------------------------------------------------------- */

uint64_t ag_run_count_lanes(const ag_run_settings *s)
{
    uint64_t n = 0;

    if (s->only.count == 0)
        return s->lanes.value;
    for (size_t i = 0; i < s->only.count; i++)
        n += s->only.items[i].n;
    return n;
}

uint64_t ag_run_lane_at(const ag_run_settings *s, uint64_t place, uint64_t *n)
{
    for (size_t i = 0; i < s->only.count; i++) {
        const armgpu_lane_range *range = &s->only.items[i];

        if (place >= range->n) {
            place -= range->n;
            continue;
        }
        if (*n > range->n - place)
            *n = range->n - place;
        return range->first + place;
    }
    return place;
}

uint64_t ag_run_place_of_lane(const ag_run_settings *s, uint64_t lane)
{
    uint64_t before = 0;

    for (size_t i = 0; i < s->only.count; i++) {
        const armgpu_lane_range *range = &s->only.items[i];

        if (lane - range->first < range->n)
            return before + (lane - range->first);
        before += range->n;
    }
    return lane;
}

bool ag_run_has_lane(const ag_run_settings *s, uint64_t lane)
{
    for (size_t i = 0; i < s->only.count; i++) {
        if (lane - s->only.items[i].first < s->only.items[i].n)
            return true;
    }
    return s->only.count == 0 && lane < s->lanes.value;
}
