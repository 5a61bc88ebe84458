/*
 * What the writers share: lanes and memory fetched in pieces, so that output
 * for any number of lanes needs a fixed amount of memory.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

#define RANGE 1024

typedef struct lane_range {
    armgpu_state *states;
    armgpu_lane_result *results;
} lane_range;

/* Returns false when fn ended the iteration or the library failed. */
static bool each_of_range(const ag_run *r, const lane_range *range,
                          uint64_t first, uint64_t n, ag_run_lane_fn fn,
                          void *user, int *status)
{
    int32_t error = armgpu_get_state(r->g, first, n, range->states);

    if (error == ARMGPU_OK)
        error = armgpu_get_results(r->g, first, n, range->results);
    if (error != ARMGPU_OK) {
        *status = ag_run_library_failed(r, NULL, error);
        return false;
    }
    for (uint64_t i = 0; i < n; i++) {
        uint64_t registers[AG_RUN_REGISTERS];
        ag_run_lane lane = {.number = first + i,
                            .registers = registers,
                            .vectors = range->states[i].v[0],
                            .result = &range->results[i]};

        ag_run_copy_registers(registers, &range->states[i]);
        if (!fn(r, &lane, user))
            return false;
    }
    return true;
}

static int each_resident(const ag_run *r, uint64_t count, ag_run_lane_fn fn,
                         void *user)
{
    lane_range range = {ag_cli_alloc(RANGE, sizeof *range.states),
                        ag_cli_alloc(RANGE, sizeof *range.results)};
    int status = AG_CLI_EXIT_OK;
    bool going = true;

    for (size_t i = 0; i < RANGE; i++)
        range.states[i].size = sizeof range.states[i];
    for (uint64_t at = 0, n; going && at < count; at += n) {
        uint64_t first;

        n = count - at < RANGE ? count - at : RANGE;
        first = ag_run_lane_at(&r->settings, at, &n);
        going = each_of_range(r, &range, first, n, fn, user, &status);
    }
    free(range.states);
    free(range.results);
    return status;
}

int ag_run_each_lane(const ag_run *r, uint64_t count, ag_run_lane_fn fn,
                     void *user)
{
    return r->collector.wanted ? ag_run_each_kept(r, count, fn, user)
                               : each_resident(r, count, fn, user);
}

/* -- Memory ---------------------------------------------------------------- */

typedef struct kept_block {
    const ag_run_dump *dump;
    ag_run_block_fn fn;
    void *user;
    bool fine;
} kept_block;

static bool put_kept_block(const ag_run *r, const ag_run_lane *lane, void *user)
{
    kept_block *k = user;
    ag_run_block block = {k->dump->address, k->dump->length, lane->number, true,
                          lane->memory + k->dump->offset};

    k->fine = k->fn(r, &block, k->user);
    return k->fine;
}

/* Collected lanes brought the block with them. */
static bool each_kept_block(const ag_run *r, const ag_run_dump *dump,
                            ag_run_block_fn fn, void *user)
{
    kept_block k = {dump, fn, user, true};

    return ag_run_each_kept(r, UINT64_MAX, put_kept_block, &k) ==
               AG_CLI_EXIT_OK &&
           k.fine;
}

/* Private memory: the block of every lane that the output shows. */
static bool each_lanes_block(const ag_run *r, ag_run_block block,
                             ag_run_block_fn fn, void *user)
{
    uint64_t lanes = ag_run_shown_lanes(r), n = 1;

    block.of_lane = true;
    for (uint64_t at = 0; at < lanes; at++) {
        block.lane = ag_run_lane_at(&r->settings, at, &n);
        if (!fn(r, &block, user))
            return false;
    }
    return true;
}

/* A lane of a wave that never ended has left no memory to print. */
static bool has_bytes(const ag_run *r, const ag_run_dump *dump)
{
    if (!r->collector.wanted || dump->bytes != NULL ||
        r->settings.memory_mode == ARMGPU_MEMORY_SHARED)
        return true;
    ag_cli_say("--dump: lane %" PRIu64 " had not ended when the run stopped",
               dump->lane);
    return false;
}

int ag_run_each_block(const ag_run *r, ag_run_block_fn fn, void *user)
{
    const ag_run_settings *s = &r->settings;
    bool private = s->memory_mode == ARMGPU_MEMORY_PRIVATE;

    for (size_t i = 0; i < s->dumps.count; i++) {
        const ag_run_dump *dump = &s->dumps.items[i];
        ag_run_block block = {dump->address, dump->length, dump->lane,
                              dump->lane_given, dump->bytes};
        bool fine;

        if (!private || dump->lane_given)
            fine = has_bytes(r, dump) && fn(r, &block, user);
        else if (r->collector.wanted)
            fine = each_kept_block(r, dump, fn, user);
        else
            fine = each_lanes_block(r, block, fn, user);
        if (!fine)
            return AG_CLI_EXIT_FAILED;
    }
    return AG_CLI_EXIT_OK;
}

bool ag_run_read_block(const ag_run *r, const ag_run_block *block,
                       uint64_t offset, uint8_t *bytes, size_t size)
{
    int32_t error;

    if (block->bytes != NULL) {
        memcpy(bytes, block->bytes + offset, size);
        return true;
    }
    error = armgpu_read_memory(r->g, block->lane, block->address + offset,
                               bytes, size);
    if (error != ARMGPU_OK)
        (void)ag_run_library_failed(r, "--dump", error);
    return error == ARMGPU_OK;
}

static void print_line(uint64_t address, const uint8_t *bytes, size_t n)
{
    printf("%08" PRIx64 " ", address);
    for (size_t i = 0; i < 16; i++) {
        fputs(i == 8 ? " " : "", stdout);
        if (i < n)
            printf(" %02x", bytes[i]);
        else
            fputs("   ", stdout);
    }
    fputs("  |", stdout);
    for (size_t i = 0; i < n; i++)
        putchar(bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '.');
    fputs("|\n", stdout);
}

static bool print_block(const ag_run *r, const ag_run_block *block, void *user)
{
    uint8_t bytes[16];
    bool *first = user;

    /* A blank line before each block, but not at the top of the output. */
    printf("%smemory 0x%" PRIx64 ", %" PRIu64 " bytes", *first ? "" : "\n",
           block->address, block->length);
    *first = false;
    if (block->of_lane)
        printf(", lane %" PRIu64, block->lane);
    printf(":\n");
    for (uint64_t at = 0; at < block->length; at += sizeof bytes) {
        size_t n = sizeof bytes;

        if (block->length - at < n)
            n = (size_t)(block->length - at);
        if (ferror(stdout) || !ag_run_read_block(r, block, at, bytes, n))
            return false;
        print_line(block->address + at, bytes, n);
    }
    return true;
}

int ag_run_print_dumps(const ag_run *r)
{
    bool first = r->settings.no_table;

    return ag_run_each_block(r, print_block, &first);
}

/* -- Rows ------------------------------------------------------------------ */

static bool write_row(const ag_run *r, const ag_run_lane *lane, void *user)
{
    return ag_run_write_row(r, user, lane);
}

int ag_run_begin_output(ag_run *r)
{
    int status;

    ag_run_plan_writers(r);
    status = ag_run_texts_begin(r);
    if (status == AG_CLI_EXIT_OK)
        status = ag_run_written_begin(r);
    if (status == AG_CLI_EXIT_OK)
        status = ag_run_map_begin(r);
    if (status == AG_CLI_EXIT_OK)
        status = ag_run_collect_begin(r);
    /* Two names that led nowhere: --map's file is there now, but empty. */
    if (status == AG_CLI_EXIT_OK && !ag_run_outputs_differ(&r->settings))
        status = AG_CLI_EXIT_FAILED;
    return status == AG_CLI_EXIT_OK ? ag_run_open_writers(r) : status;
}

int ag_run_print_csv(ag_run *r)
{
    if (r->collector.wanted)
        return AG_CLI_EXIT_OK;
    return ag_run_each_lane(r, ag_run_shown_lanes(r), write_row, &r->table);
}
