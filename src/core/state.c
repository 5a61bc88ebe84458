/*
 * Lane state as the host sees it: rows of a slot, why its lane stopped, what
 * that adds to a result. Everything else in src/core may use this.
 */
#include "core/engine.h"

#include <inttypes.h>
#include <string.h>

/* Kernels and armgpu.h mean the same. */
#define ARMGPU_X(name, value, text, pc, code, traits, colour)                  \
    _Static_assert((int)AG_STOP_##name == value, #name);
ARMGPU_STOPS(ARMGPU_X)
#undef ARMGPU_X
#define ARMGPU_X(name, value, text, pc, code, traits, colour)                  \
    | ((traits)&ARMGPU_STOP_HAS_STATUS ? 1u << (value) : 0u)
_Static_assert(AG_STOPS_WITH_STATUS == (0u ARMGPU_STOPS(ARMGPU_X)), "status");
#undef ARMGPU_X
_Static_assert(ARMGPU_STOP_COUNT <= AG_TALLY_ROWS - AG_TALLY_STOPS, "tallies");

bool ag_host_lists_lanes(const struct armgpu *g)
{
    return g->info.slice_fuel != 0;
}

uint64_t *ag_lane_row(uint64_t *state, uint64_t slot, uint32_t row)
{
    return state + ag_state_index(slot, row);
}

uint32_t ag_lane_stop(uint64_t *state, uint64_t slot)
{
    return AG_STATUS_STOP(*ag_lane_row(state, slot, AG_STATE_STATUS));
}

/* Stop details go with the old reason; flags and monitor stay: this is the
   host's doing, not the guest's. */
void ag_lane_set_stop(uint64_t *state, uint64_t slot, uint32_t reason)
{
    *ag_lane_row(state, slot, AG_STATE_STATUS) = AG_STATUS(reason, 0, 0);
    *ag_lane_row(state, slot, AG_STATE_CODE) = 0;
    *ag_lane_row(state, slot, AG_STATE_REQUEST) = AG_REQUEST_NONE;
}

void ag_lane_set_pc(uint64_t *state, uint64_t slot, uint64_t pc)
{
    *ag_lane_row(state, slot, AG_STATE_PC) = pc;
    *ag_lane_row(state, slot, AG_STATE_MONITOR_SIZE) = 0;
    ag_lane_set_stop(state, slot, ARMGPU_STOP_RUNNING);
}

int32_t ag_check_pc(struct armgpu *g, uint64_t pc)
{
    if (pc % 4 != 0)
        return ag_fail(g, ARMGPU_ERROR_ALIGNMENT,
                       "PC 0x%" PRIx64 " is not a multiple of 4", pc);
    if (pc >= g->memory_size)
        return ag_fail(g, ARMGPU_ERROR_RANGE,
                       "PC 0x%" PRIx64 " is outside memory, which ends at "
                       "0x%" PRIx64, pc, g->memory_size);
    return ARMGPU_OK;
}

int32_t ag_check_range(struct armgpu *g, const char *what, uint64_t address,
                       uint64_t size)
{
    char text[32];
    if (address <= g->memory_size && size <= g->memory_size - address)
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_RANGE,
                   "%s of %" PRIu64 " bytes at 0x%" PRIx64
                   " does not fit memory, which ends at 0x%" PRIx64 " (%s)",
                   what, size, address, g->memory_size,
                   ag_format_bytes(g->memory_size, text));
}

void ag_lane_result(uint64_t *state, uint64_t slot, armgpu_lane_result *out)
{
    uint64_t status = *ag_lane_row(state, slot, AG_STATE_STATUS);
    memset(out, 0, sizeof *out);
    out->cycles = *ag_lane_row(state, slot, AG_STATE_CYCLES);
    out->pc = *ag_lane_row(state, slot, AG_STATE_PC);
    out->stop_code = *ag_lane_row(state, slot, AG_STATE_CODE);
    out->stop_reason = AG_STATUS_STOP(status);
    out->access = AG_STATUS_ACCESS(status);
    out->access_size = AG_STATUS_SIZE(status);
}

void ag_count_lane(armgpu_result *t, const armgpu_lane_result *lane,
                   uint64_t start)
{
    uint64_t cycles = lane->cycles - start;
    t->total_cycles += cycles;
    if (cycles < t->min_cycles)
        t->min_cycles = cycles;
    if (cycles > t->max_cycles)
        t->max_cycles = cycles;
    if (lane->stop_reason < ARMGPU_STOP_COUNT)
        t->stops[lane->stop_reason]++;
    t->nonzero_codes += lane->stop_code != 0 &&
                        (armgpu_stop_traits(lane->stop_reason) &
                         ARMGPU_STOP_HAS_STATUS) != 0;
}
