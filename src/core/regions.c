/*
 * Translated code: regions of a program as a kernel of their own, beside the
 * interpreter's. A slice launches both over all live lanes, the
 * regions' first: a lane that is at one of their entries takes its turn there,
 * and the interpreter, which ends its turn where a region begins, has all
 * others and what regions leave. Which of the two executed an instruction no
 * result says.
 *
 * A small program is translated whole before anything executes, a larger one
 * whole beside the run, while lanes are interpreted, and of a large one the
 * code that is hot, while they are or have the regions that there were. What
 * was compiled beside the run is taken between two slices.
 *
 * Invariant: while there is a module its entries, and no other instructions,
 * have the probe AG_PROBE_REGION, and what it was made from is what lanes begin
 * with. Whoever changes that (ag_code_forget()) says so in `is_stale`, and
 * nothing is launched before ag_regions_ready() has looked; what is being
 * compiled then is dropped when it is over. A lane whose own memory differs has
 * AG_STATE_OWN_CODE, and takes no turns there.
 *
 * Instructions on V registers are translated from when lanes have such: as the
 * interpreter is then compiled anew (planes.c), so is this.
 */
#define _POSIX_C_SOURCE 200809L
#include "core/regions.h"

#include "base/hash.h"
#include "base/sized.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of the budget, for hot code: it is compiled soon; and at first. */
#define HOT_PART 4
#define MOST_FIRST 250
#define MOST_COMPILES 8
#define KNOWN_SECONDS 0.02 /* of a run, before what is known is looked for */
#define NOT_YET "its code was not compiled when the run ended"

static void give_reason(struct armgpu *g, const char *why)
{
    snprintf(g->regions.reason, sizeof g->regions.reason, "%.*s",
             (int)sizeof g->regions.reason - 1, why);
}

/* -- What lanes have ------------------------------------------------------- */

static int32_t mark(struct armgpu *g, const struct ag_region *r)
{
    int32_t error = ARMGPU_OK;
    for (uint32_t i = 0; i < r->num_blocks && error == ARMGPU_OK; i++)
        if (ag_region_is_entered(&r->blocks[i]))
            error = ag_probe_set(g, r->blocks[i].pc, AG_PROBE_REGION);
    return error != ARMGPU_OK ? error : ag_code_forget(g, 0, ag_code_size(g));
}

static void close_current(struct armgpu *g)
{
    struct ag_regions *r = &g->regions;
    ag_compile_close(g, r->current);
    r->current = NULL;
    r->kernel = NULL;
    r->longest = 0;
}

/* Nothing is left of it. */
static int32_t drop(struct armgpu *g)
{
    if (g->regions.current == NULL)
        return ARMGPU_OK;
    close_current(g);
    ag_probes_clear(g, AG_PROBE_REGION);
    return ag_code_forget(g, 0, ag_code_size(g));
}

/* What was compiled takes the place of what there was. What a compiler has to
   complain of is no failure: lanes go on as they did. */
static int32_t install(struct armgpu *g, struct ag_compile *c)
{
    struct ag_regions *r = &g->regions;
    const struct ag_module_info *info = ag_compile_info(c);
    r->compile_seconds += info->compile_seconds;
    if (ag_compile_kernel(c) == NULL) {
        r->has_refused = true;
        give_reason(g, ag_compile_message(c));
        memcpy(r->refused, info->refused, sizeof r->refused);
        ag_compile_close(g, c);
        return ARMGPU_OK;
    }
    int32_t error = drop(g);
    if (error == ARMGPU_OK)
        error = mark(g, ag_compile_region(c));
    r->current = c;
    r->kernel = ag_compile_kernel(c);
    r->longest = ag_compile_region(c)->longest;
    r->last = ag_compile_region(c)->num_instructions;
    r->compiled++;
    r->cached += info->was_cached;
    give_reason(g, "");
    return error;
}

/* -- A program whole ------------------------------------------------------- */

static bool is_probed(const struct armgpu *g)
{
    for (size_t i = 0; i < g->probes.count; i++)
        if (g->probes.list[i].kind != AG_PROBE_REGION)
            return true;
    return false;
}

/* Why code is not translated, NULL if it is. */
static const char *why_not(const struct armgpu *g)
{
    return g->backend->region_source == NULL ? "this backend compiles none"
           : !g->is_private                  ? "lanes share memory; with "
                                               "--memory-mode private each "
                                               "has its own"
           : g->num_programs != 1            ? "lanes have several programs"
           : !g->has_program                 ? "there is no program"
           : g->trace != NULL                ? "a lane is traced (--trace)"
           : g->mmio.count != 0              ? "there are devices (--mmio)"
           : is_probed(g)                    ? "lanes stop at addresses "
                                               "(breakpoints, --call)"
                                             : NULL;
}

static uint64_t begins_hash(const struct armgpu *g)
{
    const struct ag_regions *r = &g->regions;
    return r->num_begins == 0 ? 0
                              : ag_hash(AG_HASH_START, r->begins,
                                        r->num_begins * sizeof *r->begins);
}

/* Where that can be given up a thread does it, and whoever called
   ag_regions_ready() waits, as long as the run goes on: then the compiler does,
   as for a larger program. */
static int32_t compile_whole(struct armgpu *g, struct ag_region *region)
{
    struct ag_regions *r = &g->regions;
    struct ag_compile *c = ag_compile_new(g, region);
    if (c == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    if (g->backend->give_up != NULL && r->next == NULL) {
        give_reason(g, NOT_YET);
        r->next = c;
        r->is_awaited = true;
        ag_compile_start(g, c);
        return ARMGPU_OK;
    }
    ag_compile_run(g, c);
    g->module_info.compile_seconds += ag_compile_info(c)->compile_seconds;
    return install(g, c);
}

/* Nothing is begun while what is void is compiled: ag_regions_ready() comes
   again. */
static int32_t compile_beside(struct armgpu *g, struct ag_region *region)
{
    struct ag_regions *r = &g->regions;
    give_reason(g, NOT_YET);
    if (!r->is_auto)
        snprintf(r->reason, sizeof r->reason,
                 NOT_YET " (with --translate-budget %" PRIu32
                         " lanes wait for it)",
                 r->budget);
    if (r->next != NULL)
        return ARMGPU_OK;
    r->next = ag_compile_new(g, region);
    if (r->next == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    ag_compile_start(g, r->next);
    return ARMGPU_OK;
}

/* Where nobody asked for it, until it is slower than what lanes had. */
static int32_t compile_if_faster(struct armgpu *g, struct ag_region *region)
{
    struct ag_regions *r = &g->regions;
    if (r->compiled >= MOST_COMPILES) {
        give_reason(g, "its code has changed often");
        return ARMGPU_OK;
    }
    r->profile = ag_profile_open_whole(g);
    return r->profile != NULL
               ? compile_beside(g, region)
               : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
}

/* Whether an earlier run knew what is hot; looked for once, of the handle's
   first program. */
static bool is_known(struct armgpu *g)
{
    struct ag_regions *r = &g->regions;
    struct ag_known *known = r->has_looked ? NULL : malloc(sizeof *known);
    r->has_looked = true;
    if (known != NULL && ag_known_load(g, known))
        r->known = known;
    else
        free(known);
    return r->known != NULL;
}

/* It has so many instructions. */
static int32_t profile(struct armgpu *g, uint32_t most)
{
    struct ag_regions *r = &g->regions;
    r->profile = ag_profile_open(g);
    if (r->profile == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    if (is_known(g) && r->known->n > 0)
        ag_profile_recall(r->profile, r->known);
    snprintf(r->reason, sizeof r->reason,
             "it has %" PRIu32
             " instructions or more (--translate-budget), and its hot code "
             "was not known or not compiled when the run ended",
             most);
    return ARMGPU_OK;
}

/* Instructions of the first region of hot code. */
static uint32_t first_most(const struct ag_regions *r)
{
    const uint32_t most = r->budget / HOT_PART;
    return most < MOST_FIRST ? most : MOST_FIRST;
}

/* Smaller programs are translated whole. What nobody waits for is to be had
   soon, of it as well what is hot first: but not where lanes change between
   engines by a launch of each, so that a part of a program does not pay. */
static uint32_t most_whole(const struct armgpu *g)
{
    return g->regions.is_auto && g->info.joins_regions ? first_most(&g->regions)
                                                       : g->regions.budget;
}

static int32_t translate(struct armgpu *g)
{
    const uint32_t whole = most_whole(g);
    struct ag_region r;
    int32_t error = ag_program_region(g, &r, false);
    if (error == ARMGPU_OK && r.num_instructions >= whole)
        error = profile(g, whole);
    else if (error == ARMGPU_OK &&
             (r.longest == 0 || ag_region_entries(&r) == 0))
        give_reason(g, "it begins with nothing that is translated");
    else if (error == ARMGPU_OK && g->regions.is_auto)
        error = compile_if_faster(g, &r);
    else if (error == ARMGPU_OK && g->regions.num_begins == 0 &&
             r.num_instructions >= g->regions.waits)
        error = compile_beside(g, &r);
    else if (error == ARMGPU_OK)
        error = compile_whole(g, &r);
    ag_region_close(&r); /* empty, if it was taken */
    return error;
}

/* What was translated, or is being, is what is still there; or of an ELF
   program nothing is, and its functions are where they were. */
static bool is_as_it_was(struct armgpu *g)
{
    const struct ag_regions *r = &g->regions;
    return r->first_pc == ag_program_begin(g) &&
           r->begins_hash == begins_hash(g) &&
           r->is_on_v == (armgpu_has_vectors(g) != 0) && !r->is_next_void &&
           (r->current != NULL || r->next != NULL ||
            (r->profile != NULL && g->program != NULL)) &&
           (r->current == NULL ||
            ag_program_has(g, ag_compile_region(r->current))) &&
           (r->next == NULL || ag_program_has(g, ag_compile_region(r->next)));
}

static int32_t renew(struct armgpu *g)
{
    struct ag_regions *r = &g->regions;
    const char *why = why_not(g);
    if (why == NULL && is_as_it_was(g))
        return ARMGPU_OK;
    int32_t error = drop(g);
    if (r->has_begun) {
        free(r->known);
        r->known = NULL;
        r->has_looked = true;
    }
    r->has_begun = true;
    r->is_next_void = r->next != NULL;
    ag_profile_close(r->profile);
    r->profile = NULL;
    r->refused[0] = '\0';
    r->has_refused = false;
    give_reason(g, why != NULL ? why : "");
    if (error != ARMGPU_OK || why != NULL)
        return error;
    r->first_pc = ag_program_begin(g);
    r->begins_hash = begins_hash(g);
    r->is_on_v = armgpu_has_vectors(g) != 0;
    return translate(g);
}

/* -- Hot code of a larger one ---------------------------------------------- */

static const struct ag_region *current_region(const struct armgpu *g)
{
    return g->regions.current != NULL ? ag_compile_region(g->regions.current)
                                      : NULL;
}

static int32_t take_next(struct armgpu *g)
{
    struct ag_regions *r = &g->regions;
    struct ag_compile *c = r->next;
    const bool is_void = r->is_next_void;
    if (r->is_awaited)
        g->module_info.compile_seconds += ag_compile_info(c)->compile_seconds;
    r->next = NULL;
    r->is_next_void = r->is_awaited = false;
    if (is_void) {
        ag_compile_close(g, c);
        return ARMGPU_OK;
    }
    const bool is_there = ag_compile_kernel(c) != NULL;
    int32_t error = install(g, c);
    if (r->profile != NULL)
        ag_profile_enter(r->profile,
                         is_there ? AG_PROFILE_JUDGES : AG_PROFILE_ENDED);
    return error;
}

/* There is nothing to compile. */
static void stay(struct armgpu *g, bool goes_on)
{
    struct ag_regions *r = &g->regions;
    struct ag_profile *p = r->profile;
    if (r->current == NULL && !p->is_slow)
        give_reason(g, "its hot code has nothing that is translated");
    goes_on = goes_on && r->current != NULL && r->compiled < MOST_COMPILES;
    p->patience *= 2;
    ag_profile_enter(p, goes_on ? AG_PROFILE_WATCHES : AG_PROFILE_ENDED);
}

/* Where lanes do less than they did interpreted (they leave regions at every
   turn, say) they are interpreted again. */
static int32_t take_judgement(struct armgpu *g)
{
    struct ag_profile *p = g->regions.profile;
    int32_t error = ARMGPU_OK;
    p->is_judged = false;
    if (!p->is_slow) {
        ag_known_store(g, &p->chosen);
        return ARMGPU_OK;
    }
    error = drop(g);
    give_reason(g, "its hot code was slower translated than interpreted");
    return error;
}

/* Instructions of the next region. */
static uint32_t most_of(const struct ag_regions *r)
{
    return r->compiled != 0                      ? r->budget / HOT_PART
           : r->known != NULL && r->known->n > 0 ? r->known->most
                                                 : first_most(r);
}

/* Begins to compile what is hot, if that is more than there is. Where there is
   no memory for it lanes go on as they do. */
static int32_t choose(struct armgpu *g)
{
    struct ag_regions *r = &g->regions;
    struct ag_profile *p = r->profile;
    struct ag_region region;
    if (r->next != NULL) /* void, and not over */
        return ARMGPU_OK;
    const bool ok = ag_profile_region(g, most_of(r), &region);
    const bool pays = ok && region.longest != 0 &&
                      ag_profile_gains(p, current_region(g), &region);
    if (!pays || r->compiled >= MOST_COMPILES) {
        ag_region_close(&region);
        stay(g, ok);
        return ARMGPU_OK;
    }
    r->next = ag_compile_new(g, &region);
    if (r->next != NULL)
        ag_compile_start(g, r->next);
    ag_profile_enter(p,
                     r->next != NULL ? AG_PROFILE_COMPILES : AG_PROFILE_ENDED);
    return ARMGPU_OK;
}

/* -- For slices ------------------------------------------------------------ */

/* Nobody asked for it, and the run may still be a short one. */
static bool waits(const struct armgpu *g)
{
    const struct ag_regions *r = &g->regions;
    return r->is_auto && r->known == NULL &&
           (g->info.translates_after == 0 ||
            r->interpreted.seconds < g->info.translates_after);
}

int32_t ag_regions_ready(struct armgpu *g)
{
    struct ag_regions *r = &g->regions;
    int32_t error = ARMGPU_OK;
    if (!r->is_wanted || waits(g))
        return ARMGPU_OK;
    if (r->next != NULL && r->is_next_void && ag_compile_is_over(r->next)) {
        error = take_next(g);
        r->is_stale = r->is_stale || r->profile == NULL || r->profile->is_whole;
    }
    if (r->is_stale && error == ARMGPU_OK) {
        error = renew(g);
        r->is_stale = error != ARMGPU_OK;
    }
    if (r->next != NULL && error == ARMGPU_OK && !r->is_next_void &&
        ag_compile_is_over(r->next)) {
        error = take_next(g);
        r->is_stale = error != ARMGPU_OK;
    }
    return error;
}

uint32_t ag_regions_fuel(const struct armgpu *g, uint32_t fuel)
{
    return g->regions.profile != NULL
               ? ag_profile_fuel(g->regions.profile, fuel)
               : fuel;
}

int32_t ag_regions_look(struct armgpu *g, const ag_buffer *lanes,
                        uint64_t count)
{
    return g->regions.profile != NULL
               ? ag_profile_sample(g, current_region(g), lanes, count)
               : ARMGPU_OK;
}

int32_t ag_regions_ran(struct armgpu *g, const struct ag_work *slice)
{
    struct ag_regions *r = &g->regions;
    struct ag_profile *p = r->profile;
    int32_t error = ARMGPU_OK;
    r->cycles += slice->translated;
    if (waits(g)) {
        ag_work_add(&r->interpreted, slice);
        if (g->info.translates_after != 0 && why_not(g) == NULL &&
            r->interpreted.seconds >= KNOWN_SECONDS)
            (void)is_known(g);
    }
    if (p == NULL || r->is_stale)
        return ARMGPU_OK;
    ag_profile_ran(p, slice);
    if (p->is_judged)
        error = take_judgement(g);
    if (p->phase == AG_PROFILE_KNOWS && error == ARMGPU_OK)
        error = choose(g);
    r->is_stale = error != ARMGPU_OK;
    return error;
}

void ag_regions_close(struct armgpu *g)
{
    struct ag_regions *r = &g->regions;
    ag_compile_close(g, r->next);
    close_current(g);
    ag_profile_close(r->profile);
    free(r->known);
    if (r->builder != NULL)
        g->backend->close(r->builder);
}

/* -- For who wants to know ------------------------------------------------- */

int32_t armgpu_get_translation(const armgpu *g, armgpu_translation *out)
{
    const struct ag_regions *r = &g->regions;
    const struct ag_region *region = current_region(g);
    armgpu_translation all = {.cycles = r->cycles,
                              .compiled = r->compiled,
                              .cached = r->cached,
                              .last = r->last,
                              .compile_seconds = r->compile_seconds,
                              .failed = r->has_refused};
    if (out->size < sizeof out->size)
        return ARMGPU_ERROR_ARGUMENT;
    if (r->next != NULL && !r->is_next_void && !ag_compile_is_over(r->next))
        all.compiling = ag_compile_age(r->next);
    memcpy(all.reason, r->reason, sizeof all.reason);
    memcpy(all.refused, r->refused, sizeof all.refused);
    if (region != NULL) {
        all.instructions = region->num_instructions;
        all.entries = ag_region_entries(region);
        ag_compile_tell(r->current, &all);
    }
    ag_give_sized(out, out->size, &all, sizeof all);
    return ARMGPU_OK;
}
