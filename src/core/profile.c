/*
 * What of a large program is worth a region. Nothing is counted where lanes
 * execute: between slices the host reads the PCs of some of them. After a
 * while, so that what only starts a program does not count, a few slices are
 * short and of different lengths, so that lanes that all do the same are seen
 * at different places. Once there are regions, what lanes retire without them
 * tells whether they lack something, and what they cost whether they pay. What
 * is seen depends on time, and so does which engine executes what: no result
 * does.
 */
#include "core/regions.h"

#include <stdlib.h>
#include <string.h>

#define WAIT_SECONDS 0.2
/* Of so many slices at least, and until so many lanes were seen, but not for
   ever; slices are shorter than others by SHORT, and of few lanes by that more.
 */
#define SAMPLES 16
#define MOST_SAMPLES 256
#define LEAST_SEEN 512
#define SHORT 8
#define LEAST_FUEL 64
#define WATCH_SECONDS 0.5
#define JUDGE_SECONDS 0.5
#define JUDGE_SLICES 2
#define JUDGE_PART                                                             \
    4 /* slices are shorter by so much, for regions may be slow */
#define MOST_LOSSES 2
#define LOSS                                                                   \
    0.5 /* of what lanes did before: others may have used the machine */
#define MOST_BLOCKS (4096 / AG_BLOCK)
#define ROWS (AG_STATE_STATUS - AG_STATE_PC + 1)

_Static_assert(AG_STATE_PC < AG_STATE_STATUS, "one transfer has both");

/* -- Places ---------------------------------------------------------------- */

static void add_place(struct ag_profile *p, uint64_t pc, uint64_t count)
{
    uint32_t at = (uint32_t)((pc >> 2) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
    while (p->places[at % AG_PROFILE_PLACES].count != 0 &&
           p->places[at % AG_PROFILE_PLACES].pc != pc)
        at++;
    struct ag_hot_pc *place = &p->places[at % AG_PROFILE_PLACES];
    if (place->count == 0) {
        if (p->num_places == AG_PROFILE_PLACES - 1) /* what is hot is there */
            return;
        p->num_places++;
        place->pc = pc;
    }
    place->count += count;
}

/* All of them; how many. */
static uint32_t list_places(const struct ag_profile *p,
                            struct ag_hot_pc out[AG_PROFILE_PLACES])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < AG_PROFILE_PLACES; i++)
        if (p->places[i].count != 0)
            out[n++] = p->places[i];
    return n;
}

/* What is new soon counts more than what was. */
static void halve_places(struct ag_profile *p)
{
    struct ag_hot_pc list[AG_PROFILE_PLACES];
    const uint32_t n = list_places(p, list);
    memset(p->places, 0, sizeof p->places);
    p->num_places = 0;
    for (uint32_t i = 0; i < n; i++)
        if (list[i].count > 1)
            add_place(p, list[i].pc, list[i].count / 2);
}

bool ag_profile_region(struct armgpu *g, uint32_t budget, struct ag_region *r)
{
    struct ag_profile *p = g->regions.profile;
    struct ag_known *c = &p->chosen;
    struct ag_hot_pc list[AG_PROFILE_PLACES];
    struct ag_program_code code;
    const uint32_t n = list_places(p, list);
    qsort(list, n, sizeof *list, ag_compare_heat);
    c->most = budget;
    c->n = n < AG_HOT_PCS ? n : AG_HOT_PCS;
    memset(c->pcs, 0, sizeof c->pcs);
    memcpy(c->pcs, list, c->n * sizeof *list);
    ag_program_code_open(&code, g);
    return ag_hot_region(r, &code.source, &p->functions, c->pcs, c->n, budget);
}

bool ag_profile_gains(const struct ag_profile *p,
                      const struct ag_region *current,
                      const struct ag_region *next)
{
    uint64_t all = 0, gained = 0;
    for (uint32_t i = 0; i < AG_PROFILE_PLACES; i++) {
        const struct ag_hot_pc *place = &p->places[i];
        all += place->count;
        if (place->count != 0 && ag_region_has(next, place->pc) &&
            (current == NULL || !ag_region_has(current, place->pc)))
            gained += place->count;
    }
    return gained > all / 5;
}

/* Interpreted instructions take about so much longer than translated ones. */
#define SLOWER 16

/* -- Looking at lanes ------------------------------------------------------ */

static int32_t look_at_block(struct armgpu *g, const struct ag_region *current,
                             uint64_t first)
{
    struct ag_profile *p = g->regions.profile;
    uint64_t rows[ROWS][AG_BLOCK];
    if (g->backend->download(g->device, rows, g->state.buffer,
                             ag_state_index(first, AG_STATE_PC) * 8,
                             sizeof rows))
        return ag_device_failed(g);
    for (uint32_t i = 0; i < AG_BLOCK && first + i < g->resident; i++) {
        const uint64_t pc = rows[0][i], status = rows[ROWS - 1][i];
        if (AG_STATUS_STOP(status) != AG_STOP_RUNNING)
            continue;
        p->seen++;
        /* Where a launch is of both engines it ends in each as often as that
           has retired something. */
        add_place(p, pc,
                  g->info.joins_regions && current != NULL &&
                          !ag_region_has(current, pc)
                      ? SLOWER
                      : 1);
    }
    return ARMGPU_OK;
}

int32_t ag_profile_sample(struct armgpu *g, const struct ag_region *current,
                          const ag_buffer *lanes, uint64_t count)
{
    const uint64_t blocks = (count + AG_BLOCK - 1) / AG_BLOCK;
    const uint64_t n = blocks < MOST_BLOCKS ? blocks : MOST_BLOCKS;
    uint64_t last = UINT64_MAX;
    int32_t error = ARMGPU_OK;
    if (g->regions.profile->phase != AG_PROFILE_SAMPLES)
        return ARMGPU_OK;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        uint32_t slot;
        if (g->backend->download(g->device, &slot, lanes,
                                 count * i / n * sizeof slot, sizeof slot))
            return ag_device_failed(g);
        if (slot / AG_BLOCK == last)
            continue;
        last = slot / AG_BLOCK;
        error = look_at_block(g, current, last * AG_BLOCK);
    }
    g->regions.profile->samples++;
    return error;
}

uint32_t ag_profile_fuel(const struct ag_profile *p, uint32_t fuel)
{
    uint32_t part =
        fuel / SHORT / (p->seen < SAMPLES * (p->samples + 1) ? SHORT : 1);
    if (p->phase == AG_PROFILE_JUDGES && fuel / JUDGE_PART >= LEAST_FUEL)
        return fuel / JUDGE_PART;
    if (p->phase != AG_PROFILE_SAMPLES || part < LEAST_FUEL)
        return fuel;
    return part / 2 + (p->samples + 1) * 2654435761u % part;
}

/* -- Phases ---------------------------------------------------------------- */

static struct ag_profile *open_empty(struct armgpu *g)
{
    struct ag_profile *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->patience = WATCH_SECONDS;
    p->is_interpreted = true;
    /* Of what is known there is little to compare it with. */
    p->loss = g->regions.is_auto && g->regions.known == NULL ? 1 : LOSS;
    p->done = g->regions.interpreted;
    return p;
}

struct ag_profile *ag_profile_open_whole(struct armgpu *g)
{
    struct ag_profile *p = open_empty(g);
    if (p == NULL)
        return NULL;
    p->is_whole = true;
    p->phase = AG_PROFILE_COMPILES;
    return p;
}

struct ag_profile *ag_profile_open(struct armgpu *g)
{
    struct ag_profile *p = open_empty(g);
    if (p == NULL)
        return NULL;
    if (g->regions.is_auto) /* it has waited */
        p->phase = AG_PROFILE_SAMPLES;
    if (ag_program_functions(g, &p->functions))
        return p;
    ag_profile_close(p);
    return NULL;
}

void ag_profile_recall(struct ag_profile *p, const struct ag_known *known)
{
    for (uint32_t i = 0; i < known->n; i++)
        add_place(p, known->pcs[i].pc, known->pcs[i].count);
    p->phase = AG_PROFILE_KNOWS;
}

void ag_profile_close(struct ag_profile *p)
{
    if (p == NULL)
        return;
    ag_functions_close(&p->functions);
    free(p);
}

void ag_work_add(struct ag_work *work, const struct ag_work *more)
{
    work->retired += more->retired;
    work->translated += more->translated;
    work->seconds += more->seconds;
    work->cost += more->cost;
}

static double rate(const struct ag_work *work)
{
    return work->cost > 0 ? (double)work->retired / work->cost : 0;
}

void ag_profile_enter(struct ag_profile *p, enum ag_profile_phase phase)
{
    const bool is_measured = p->done.cost > 0;
    if (phase == AG_PROFILE_JUDGES && p->is_interpreted && is_measured)
        p->rate_before = rate(&p->done);
    if (phase == AG_PROFILE_JUDGES)
        p->is_interpreted = false;
    if (phase == AG_PROFILE_JUDGES || p->phase == AG_PROFILE_JUDGES ||
        p->phase == AG_PROFILE_WATCHES)
        p->done = (struct ag_work){0};
    if (phase == AG_PROFILE_COMPILES)
        halve_places(p);
    p->phase = phase;
    p->samples = p->slices = 0;
    p->seen = 0;
    p->seconds = 0;
}

/* Lanes do so much less that regions do not pay. */
static bool loses(const struct ag_profile *p)
{
    return p->done.cost > 0 && rate(&p->done) < p->loss * p->rate_before;
}

/* Lanes take a third of the time or more for what regions lack. */
static bool is_elsewhere(const struct ag_profile *p)
{
    const uint64_t outside = p->done.retired - p->done.translated;
    return outside * SLOWER > p->done.retired / 2;
}

/* Where regions are slow, and that may be for what they lack, lanes are
   interpreted until that has been looked at, and measured as they are now; not
   for ever. */
static void judge(struct ag_profile *p)
{
    p->is_judged = true;
    p->is_slow = p->is_interpreted = loses(p);
    p->losses += p->is_slow;
    p->watched = 0;
    ag_profile_enter(p, p->is_whole || p->losses == MOST_LOSSES
                            ? AG_PROFILE_ENDED
                        : p->is_slow || is_elsewhere(p) ? AG_PROFILE_SAMPLES
                                                        : AG_PROFILE_WATCHES);
}

/* Now and then whether lanes are elsewhere, and always whether they do less. */
static void watch(struct ag_profile *p)
{
    p->watched += p->seconds;
    if (loses(p)) {
        judge(p);
        return;
    }
    const bool is_time = p->watched >= p->patience;
    if (is_time)
        p->watched = 0;
    ag_profile_enter(p, is_time && is_elsewhere(p) ? AG_PROFILE_SAMPLES
                                                   : AG_PROFILE_WATCHES);
}

static bool has_seen_enough(const struct ag_profile *p)
{
    return p->samples >= MOST_SAMPLES ||
           (p->samples >= SAMPLES && p->seen >= LEAST_SEEN);
}

void ag_profile_ran(struct ag_profile *p, const struct ag_work *slice)
{
    p->seconds += slice->seconds;
    p->slices++;
    if (p->phase != AG_PROFILE_SAMPLES)
        ag_work_add(&p->done, slice);
    if (p->phase == AG_PROFILE_WAITS && p->seconds >= WAIT_SECONDS)
        ag_profile_enter(p, AG_PROFILE_SAMPLES);
    else if (p->phase == AG_PROFILE_SAMPLES && has_seen_enough(p))
        ag_profile_enter(p, AG_PROFILE_KNOWS);
    else if (p->seconds < JUDGE_SECONDS || p->slices < JUDGE_SLICES)
        return;
    else if (p->phase == AG_PROFILE_JUDGES)
        judge(p);
    else if (p->phase == AG_PROFILE_WATCHES)
        watch(p);
}
