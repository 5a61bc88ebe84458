/*
 * What is hot in a program, from one run to the next: addresses that lanes were
 * seen at, of which a region was made that proved faster. It is kept where
 * compiled code is, by the program's code, how many lanes there are and what
 * else decides what pays, so that the same region is made of it, and the cache
 * has what was compiled of that. Nothing but time depends on it.
 */
#include "core/regions.h"

#include "backend/cache.h"
#include "base/hash.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Counts up when samples are made into regions in another way. */
#define FORMAT "1"

struct key {
    char options[64];
    struct ag_cache_key key;
};

/* Twice as many lanes are another thing. */
static uint32_t magnitude(uint64_t lanes)
{
    uint32_t n = 0;
    while (lanes > 1) {
        lanes /= 2;
        n++;
    }
    return n;
}

static void make_key(struct armgpu *g, struct key *k)
{
    snprintf(k->options, sizeof k->options,
             "layout %" PRIu32 ", lanes 2^%" PRIu32 ", V %d, budget %" PRIu32,
             g->layout, magnitude(g->resident), armgpu_has_vectors(g) != 0,
             g->regions.budget);
    k->key = (struct ag_cache_key){.source_hash = ag_program_hash(g),
                                   .backend = "hot",
                                   .device = g->backend->name,
                                   .driver = FORMAT,
                                   .options = k->options};
}

/* What is there may be anything, but no more than there is room for. */
bool ag_known_load(struct armgpu *g, struct ag_known *known)
{
    struct key k;
    size_t length = 0;
    if (!ag_cache_is_on())
        return false;
    make_key(g, &k);
    void *bytes = ag_cache_load(&k.key, &length);
    const bool ok = bytes != NULL && length == sizeof *known;
    if (ok)
        memcpy(known, bytes, sizeof *known);
    free(bytes);
    return ok && known->n <= AG_HOT_PCS && known->most <= g->regions.budget;
}

void ag_known_store(struct armgpu *g, const struct ag_known *known)
{
    struct key k;
    if (!ag_cache_is_on())
        return;
    make_key(g, &k);
    ag_cache_store(&k.key, known, sizeof *known);
}
