/*
 * What the writers share: lanes and memory fetched in pieces, so that output
 * for any number of lanes needs a fixed amount of memory, and the CSV table,
 * which is little more than that.
 */
#include "run.h"

#include <stdlib.h>

#define RANGE 1024

uint64_t ag_run_shown_lanes(const ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    bool limited = !s->all && (s->show.given || (!s->json && !s->csv));

    return limited && s->show.value < s->lanes.value ? s->show.value
                                                     : s->lanes.value;
}

bool ag_run_is_fault(const armgpu_lane_result *result)
{
    return result->stop_reason == ARMGPU_STOP_DATA_FAULT ||
           result->stop_reason == ARMGPU_STOP_ALIGNMENT_FAULT;
}

const char *ag_run_access_name(uint32_t access)
{
    return access == ARMGPU_ACCESS_WRITE ? "write" : "read";
}

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
        ag_run_lane lane = {first + i, &range->states[i], &range->results[i]};

        if (!fn(r, &lane, user))
            return false;
    }
    return true;
}

int ag_run_each_lane(const ag_run *r, uint64_t count, ag_run_lane_fn fn,
                     void *user)
{
    lane_range range = {ag_cli_alloc(RANGE, sizeof *range.states),
                        ag_cli_alloc(RANGE, sizeof *range.results)};
    int status = AG_CLI_EXIT_OK;
    bool going = true;

    for (size_t i = 0; i < RANGE; i++)
        range.states[i].size = sizeof range.states[i];
    for (uint64_t first = 0; going && first < count; first += RANGE)
        going = each_of_range(r, &range, first,
                              count - first < RANGE ? count - first : RANGE, fn,
                              user, &status);
    free(range.states);
    free(range.results);
    return status;
}

/* -- Memory ---------------------------------------------------------------- */

/* Private memory: the block of every lane that the output shows. */
static bool each_lanes_block(const ag_run *r, ag_run_block block,
                             ag_run_block_fn fn, void *user)
{
    uint64_t lanes = ag_run_shown_lanes(r);

    block.of_lane = true;
    for (block.lane = 0; block.lane < lanes; block.lane++) {
        if (!fn(r, &block, user))
            return false;
    }
    return true;
}

int ag_run_each_block(const ag_run *r, ag_run_block_fn fn, void *user)
{
    const ag_run_settings *s = &r->settings;
    bool private = s->memory_mode == ARMGPU_MEMORY_PRIVATE;

    for (size_t i = 0; i < s->dumps.count; i++) {
        const ag_run_dump *dump = &s->dumps.items[i];
        ag_run_block block = {dump->address, dump->length, dump->lane,
                              dump->lane_given};

        if (private && !dump->lane_given) {
            if (!each_lanes_block(r, block, fn, user))
                return AG_CLI_EXIT_FAILED;
        } else if (!fn(r, &block, user)) {
            return AG_CLI_EXIT_FAILED;
        }
    }
    return AG_CLI_EXIT_OK;
}

bool ag_run_read_block(const ag_run *r, const ag_run_block *block,
                       uint64_t offset, uint8_t *bytes, size_t size)
{
    int32_t error = armgpu_read_memory(r->g, block->lane,
                                       block->address + offset, bytes, size);

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
    bool first = r->settings.quiet;

    return ag_run_each_block(r, print_block, &first);
}

/* -- CSV ------------------------------------------------------------------- */

/* Columns are fixed, whatever the lanes' stop reasons are. */
static bool print_csv_lane(const ag_run *r, const ag_run_lane *lane, void *user)
{
    const armgpu_state *s = lane->state;
    const armgpu_lane_result *l = lane->result;
    char flags[5];

    (void)r;
    (void)user;
    printf("%" PRIu64 ",%s,0x%" PRIx64 ",0x%" PRIx64 ",0x%" PRIx64
           ",%s,%" PRIu64,
           lane->number, armgpu_stop_name(l->stop_reason), l->stop_code, l->pc,
           s->sp, ag_run_flags_text(s->nzcv, flags), l->cycles);
    for (size_t i = 0; i < 31; i++)
        printf(",0x%" PRIx64, s->x[i]);
    if (ag_run_is_fault(l))
        printf(",0x%" PRIx64 ",%s\n", l->stop_code,
               ag_run_access_name(l->access));
    else
        printf(",,\n");
    return !ferror(stdout);
}

int ag_run_print_csv(const ag_run *r)
{
    printf("lane,stop_reason,stop_code,pc,sp,nzcv,cycles");
    for (int i = 0; i < 31; i++)
        printf(",x%d", i);
    printf(",fault_address,fault_access\n");
    return ag_run_each_lane(r, ag_run_shown_lanes(r), print_csv_lane, NULL);
}
