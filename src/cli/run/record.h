/*
 * What the collector keeps of a lane. Only collect.c may include it.
 */
#ifndef AG_CLI_RECORD_H
#define AG_CLI_RECORD_H

#include "cli/run/run.h"

enum record_state { EMPTY, ENDED, MATCHES };

/* Followed by the registers where they are needed, the captured memory, and the
   V registers, which the spool does not have where all of them are 0. */
typedef struct record {
    uint64_t lane;
    armgpu_lane_result result;
    uint32_t state; /* enum record_state; 0: not ended yet */
    uint32_t has_word, word, has_vectors;
    uint64_t text_bytes[AG_RUN_TEXTS]; /* in the spool, behind the record */
} record;

#define VECTOR_BYTES (AG_RUN_VECTORS * sizeof(uint64_t))

static const uint64_t no_vectors[AG_RUN_VECTORS];

static inline size_t register_bytes(const ag_run_collector *c)
{
    return c->has_registers ? AG_RUN_REGISTERS * sizeof(uint64_t) : 0;
}

static inline uint64_t *registers_of(record *rec)
{
    return (uint64_t *)(void *)(rec + 1);
}

static inline uint8_t *memory_of(const ag_run_collector *c, record *rec)
{
    return (uint8_t *)(rec + 1) + register_bytes(c);
}

static inline size_t vector_bytes(const ag_run_collector *c)
{
    return c->has_vectors ? VECTOR_BYTES : 0;
}

static inline uint64_t *vectors_of(const ag_run_collector *c, record *rec)
{
    return (uint64_t *)(void *)((uint8_t *)rec + c->record_bytes -
                                VECTOR_BYTES);
}

/* Of the lane at a place among those that run. */
static inline record *record_of(const ag_run_collector *c, uint64_t at)
{
    return (record *)(void *)(c->ring +
                              (at & (c->capacity - 1)) * c->record_bytes);
}

static inline ag_run_lane lane_of(const ag_run_collector *c, record *rec)
{
    return (ag_run_lane){.number = rec->lane,
                         .registers = registers_of(rec),
                         .vectors = rec->has_vectors != 0 ? vectors_of(c, rec)
                                                          : no_vectors,
                         .result = &rec->result,
                         .memory = memory_of(c, rec),
                         .collected = true,
                         .has_word = rec->has_word != 0,
                         .word = rec->word};
}

#endif
