/*
 * What processes of Linux wrote: taken from where their slots' parts of OUTPUT
 * lie, and handed out.
 *
 * Invariant: of a slot's part everything before `bytes` of its ag_seen was
 * handed out, if lane and generation are the same. So it may be looked at as
 * often as one likes: when the lane asks, ends, is interrupted.
 */
#include "core/engine.h"
#include "linux/records.h"

#include <stdlib.h>
#include <string.h>

/* Buffers are closed with the others. */
void ag_process_close(struct armgpu *g)
{
    free(g->calls.seen);
    free(g->calls.fetched);
    ag_files_close(g);
}

int32_t ag_process_reset(struct armgpu *g)
{
    struct ag_calls *s = &g->calls;
    if (!s->is_on)
        return ARMGPU_OK;
    ag_files_reset(g);
    memset(s->seen, 0, (size_t)g->resident * sizeof *s->seen);
    return g->backend->fill(g->device, g->output, 0, 0,
                            g->resident * s->output_bytes)
               ? ag_device_failed(g)
               : ARMGPU_OK;
}

void ag_process_note(struct armgpu *g, uint64_t number)
{
    if (number < 512)
        g->calls.unknown[number / 64] |= UINT64_C(1) << number % 64;
}

/* A lane whose output is handed out. */
struct place {
    uint64_t lane;
    uint32_t slot;
    uint32_t at; /* which part of those fetched is its own */
};

/* Hands out a lane's records from byte `from` on; true if somebody wants an end.
   What was written is handed out all the same: it would be lost. */
static bool hand_records(struct armgpu *g, uint64_t lane, const uint64_t *words,
                         uint64_t from)
{
    struct ag_calls *s = &g->calls;
    bool stops = false;
    const uint64_t end = words[AG_OUTPUT_END];
    for (uint64_t at = AG_OUTPUT_FIRST, behind; at < end;
         at = (behind + 7) & ~UINT64_C(7)) {
        const uint64_t record = words[at / 8];
        const uint64_t first = from > at + 8 ? from : at + 8;
        behind = at + 8 + AG_OUTPUT_LENGTH(record);
        if (first >= behind)
            continue;
        s->drained += behind - first;
        if (s->output != NULL &&
            s->output(s->user, lane, (record & AG_OUTPUT_IS_ERROR) != 0 ? 2 : 1,
                      (const uint8_t *)words + first,
                      (size_t)(behind - first)) != 0)
            stops = true;
    }
    return stops;
}

static bool hand_out(struct armgpu *g, const struct place *p,
                     const uint64_t *words)
{
    struct ag_seen *seen = &g->calls.seen[p->slot];
    if (words[AG_OUTPUT_LANE] != p->lane + 1)
        return false; /* it has written nothing */
    if (seen->lane != p->lane + 1 ||
        seen->generation != words[AG_OUTPUT_GENERATION])
        *seen = (struct ag_seen){p->lane + 1, words[AG_OUTPUT_GENERATION],
                                 AG_OUTPUT_FIRST};
    bool stops = hand_records(g, p->lane, words, seen->bytes);
    seen->bytes = words[AG_OUTPUT_END];
    return stops;
}

static int compare_lanes(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    return a->lane < b->lane ? -1 : a->lane > b->lane;
}

static int compare_slots(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    return a->slot < b->slot ? -1 : a->slot > b->slot;
}

/* They often are in order already: slots of the first wave are its lanes. */
static void sort(struct place *places, uint64_t n,
                 int (*compare)(const void *, const void *))
{
    for (uint64_t i = 1; i < n; i++)
        if (compare(&places[i - 1], &places[i]) > 0) {
            qsort(places, (size_t)n, sizeof *places, compare);
            return;
        }
}

static int32_t download(struct armgpu *g, uint64_t at, uint64_t slot,
                        uint64_t n)
{
    const uint64_t size = g->calls.output_bytes;
    return g->backend->download(g->device, g->calls.fetched + at * size,
                                g->output, slot * size, n * size)
               ? ag_device_failed(g)
               : ARMGPU_OK;
}

/* Fetches what as many lanes as there is room for wrote, in few transfers: what
   lies between them as well where that is no more than they are. */
static int32_t fetch(struct armgpu *g, struct place *places, uint64_t n)
{
    int32_t error = ARMGPU_OK;
    sort(places, n, compare_slots);
    const uint64_t first = places[0].slot;
    const uint64_t span = places[n - 1].slot - first + 1;
    if (span <= 2 * n && span <= g->calls.fetches) {
        for (uint64_t i = 0; i < n; i++)
            places[i].at = (uint32_t)(places[i].slot - first);
        return download(g, 0, first, span);
    }
    for (uint64_t i = 0, next; i < n && error == ARMGPU_OK; i = next) {
        for (next = i; next < n && places[next].slot - places[i].slot ==
                                       next - i; next++)
            places[next].at = (uint32_t)next;
        error = download(g, i, places[i].slot, next - i);
    }
    return error;
}

/* Of n lanes, of whose parts all have room at one time. */
static int32_t drain_some(struct armgpu *g, struct place *places, uint64_t n,
                          bool *stops)
{
    struct ag_calls *s = &g->calls;
    const uint64_t size = s->output_bytes;
    int32_t error = s->outputs == NULL ? fetch(g, places, n) : ARMGPU_OK;
    if (s->outputs == NULL)
        sort(places, n, compare_lanes);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        const uint8_t *from = s->outputs != NULL
                                  ? (uint8_t *)s->outputs +
                                        places[i].slot * size
                                  : s->fetched + places[i].at * size;
        if (hand_out(g, &places[i], (const uint64_t *)(const void *)from))
            *stops = true;
    }
    return error;
}

int32_t ag_process_drain(struct armgpu *g, const uint32_t *slots, uint64_t n,
                         bool *stops)
{
    struct place *places = malloc((size_t)n * sizeof *places);
    const uint64_t most = g->calls.outputs != NULL ? n : g->calls.fetches;
    int32_t error = ARMGPU_OK;
    if (places == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    for (uint64_t i = 0; i < n; i++)
        places[i] = (struct place){ag_lane_of(g, slots[i]), slots[i], 0};
    sort(places, n, compare_lanes);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i += most)
        error = drain_some(g, places + i, n - i < most ? n - i : most, stops);
    free(places);
    return error;
}
