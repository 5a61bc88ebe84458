/*
 * Start values of registers: --pc, --sp and --reg for all lanes, then --regs,
 * then --lane-reg, put into the lanes' states in ranges.
 */
#include "run.h"

#include <stdlib.h>

#define RANGE 1024

bool ag_run_sets_registers(const ag_run_settings *s)
{
    return s->pc.given || s->sp.given || s->registers.count != 0 ||
           s->lane_registers.count != 0 || s->csv_files.count != 0;
}

static void set(armgpu_state *s, ag_run_name name, uint64_t value)
{
    *ag_run_register_slot(s, name.number) =
        name.narrow ? value & UINT32_MAX : value;
}

static void set_from_options(const ag_run_settings *s, uint64_t lane,
                             armgpu_state *state)
{
    if (s->pc.given)
        state->pc = s->pc.value;
    if (s->sp.given)
        state->sp = s->sp.value;
    for (size_t i = 0; i < s->registers.count; i++) {
        const ag_run_assignment *a = &s->registers.items[i];

        set(state, a->name, lane * a->factor + a->constant);
    }
}

/* Lanes come in ascending order, as the rows do. */
static void set_from_csv(ag_run_csv *csv, uint64_t lane, armgpu_state *state)
{
    size_t width = csv->column_count + 2;
    const uint64_t *row = csv->rows + csv->next * width;

    if (csv->next == csv->row_count || row[0] != lane)
        return;
    for (size_t i = 0; i < csv->column_count; i++)
        set(state, csv->columns[i], row[i + 2]);
    csv->next++;
}

/* States of lanes first to first + n - 1. --lane-reg lists are short. */
static void set_range(ag_run_settings *s, uint64_t first, uint64_t n,
                      armgpu_state *states)
{
    for (uint64_t i = 0; i < n; i++) {
        set_from_options(s, first + i, &states[i]);
        for (size_t j = 0; j < s->csv_files.count; j++)
            set_from_csv(&s->csv_files.items[j], first + i, &states[i]);
    }
    for (size_t j = 0; j < s->lane_registers.count; j++) {
        const ag_run_assignment *a = &s->lane_registers.items[j];

        if (a->lane >= first && a->lane - first < n)
            set(&states[a->lane - first], a->name, a->constant);
    }
}

/* Expressions can give any lane a bad value, so every lane is checked. */
static bool check_state(const ag_run_settings *s, uint64_t lane,
                        const armgpu_state *state)
{
    if (state->pc % 4 != 0)
        ag_cli_say("lane %" PRIu64 ": the start PC 0x%" PRIx64 " is not a "
                   "multiple of 4, the size of an instruction",
                   lane, state->pc);
    else if (state->pc >= s->memory.value)
        ag_cli_say("lane %" PRIu64 ": the start PC 0x%" PRIx64 " is outside "
                   "memory, which ends at 0x%" PRIx64
                   "; check --pc, or give more with --memory",
                   lane, state->pc, s->memory.value - 1);
    else if ((state->nzcv & ~UINT64_C(0xf0000000)) != 0)
        ag_cli_say("lane %" PRIu64 ": 0x%" PRIx64 " is not NZCV, whose flags "
                   "are bits 31 to 28",
                   lane, state->nzcv);
    else
        return true;
    return false;
}

static int set_lanes(ag_run *r, uint64_t first, uint64_t n,
                     armgpu_state *states)
{
    int32_t error;

    error = armgpu_get_state(r->g, first, n, states);
    if (error == ARMGPU_OK) {
        set_range(&r->settings, first, n, states);
        for (uint64_t i = 0; i < n; i++) {
            if (!check_state(&r->settings, first + i, &states[i]))
                return AG_CLI_EXIT_FAILED;
        }
        error = armgpu_set_state(r->g, first, n, states);
    }
    if (error != ARMGPU_OK)
        return ag_run_library_failed(r, NULL, error);
    return AG_CLI_EXIT_OK;
}

int ag_run_set_registers(ag_run *r)
{
    armgpu_state *states = ag_cli_alloc(RANGE, sizeof *states);
    uint64_t lanes = r->settings.lanes.value;
    int status = AG_CLI_EXIT_OK;

    for (size_t i = 0; i < RANGE; i++)
        states[i].size = sizeof states[i];
    for (uint64_t i = 0; status == 0 && i < lanes; i += RANGE)
        status = set_lanes(r, i, lanes - i < RANGE ? lanes - i : RANGE, states);
    free(states);
    return status;
}
