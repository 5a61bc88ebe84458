/* Lane state: start values, registers, PCs, whole states, results. */
#include "core/engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

uint64_t *ag_lane_row(uint64_t *state, uint64_t lane, uint32_t row)
{
    return state + ag_state_index(lane, row);
}

uint32_t ag_lane_stop(uint64_t *state, uint64_t lane)
{
    return AG_STATUS_STOP(*ag_lane_row(state, lane, AG_STATE_STATUS));
}

/* Monitor and stop details go with the old reason; the flags stay. */
void ag_lane_set_stop(uint64_t *state, uint64_t lane, uint32_t reason)
{
    *ag_lane_row(state, lane, AG_STATE_STATUS) = AG_STATUS(reason, 0, 0);
    *ag_lane_row(state, lane, AG_STATE_MONITOR_SIZE) = 0;
    *ag_lane_row(state, lane, AG_STATE_CODE) = 0;
    *ag_lane_row(state, lane, AG_STATE_REQUEST) = AG_REQUEST_NONE;
}

/* Tops of stacks: private lanes have all memory to themselves. */
static uint64_t start_sp(const struct armgpu *g, uint64_t lane)
{
    if (g->layout != AG_LAYOUT_SHARED)
        return g->memory_size & ~(uint64_t)15;
    if (g->stack_size == 0)
        return 0;
    return (g->memory_size & ~(uint64_t)15) - lane * g->stack_size;
}

int32_t ag_lanes_reset(struct armgpu *g)
{
    uint64_t *state = ag_mirror_write(g, &g->state);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    memset(state, 0, (size_t)g->state.bytes);
    for (uint64_t lane = 0; lane < g->num_lanes; lane++) {
        *ag_lane_row(state, lane, AG_ROW_SP) = start_sp(g, lane);
        *ag_lane_row(state, lane, AG_STATE_PC) = g->entry;
        *ag_lane_row(state, lane, AG_STATE_TPIDR) = lane;
        for (uint32_t row = 0; row < AG_STATE_ROWS; row++)
            if (g->has_start[row])
                *ag_lane_row(state, lane, row) =
                    lane * g->start_factor[row] + g->start_constant[row];
    }
    g->is_prepared = false;
    free(g->vectors);
    g->vectors = NULL;
    return ARMGPU_OK;
}

static int32_t check_pc(struct armgpu *g, uint64_t pc)
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

static void set_pc(uint64_t *state, uint64_t lane, uint64_t pc)
{
    *ag_lane_row(state, lane, AG_STATE_PC) = pc;
    ag_lane_set_stop(state, lane, ARMGPU_STOP_RUNNING);
}

int32_t armgpu_set_pc_all(armgpu *g, uint64_t pc)
{
    uint64_t *state = ag_mirror_write(g, &g->state);
    int32_t error = state == NULL ? ARMGPU_ERROR_DEVICE : check_pc(g, pc);
    if (error != ARMGPU_OK)
        return error;
    for (uint64_t lane = 0; lane < g->num_lanes; lane++)
        set_pc(state, lane, pc);
    return ARMGPU_OK;
}

int32_t armgpu_set_pc(armgpu *g, uint64_t first, uint64_t n,
                      const uint64_t *pcs)
{
    uint64_t *state = ag_mirror_write(g, &g->state);
    int32_t error =
        state == NULL ? ARMGPU_ERROR_DEVICE : ag_check_lanes(g, first, n);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        error = check_pc(g, pcs[i]);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        set_pc(state, first + i, pcs[i]);
    return error;
}

int32_t armgpu_set_pc_lane(armgpu *g, uint64_t lane, uint64_t pc)
{
    return armgpu_set_pc(g, lane, 1, &pc);
}

int32_t armgpu_set_registers(armgpu *g, uint64_t first, uint64_t n,
                             const uint64_t *regs)
{
    uint64_t *state = ag_mirror_write(g, &g->state);
    int32_t error =
        state == NULL ? ARMGPU_ERROR_DEVICE : ag_check_lanes(g, first, n);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        for (uint32_t r = 0; r < 32; r++)
            *ag_lane_row(state, first + i, r) = regs[i * 32 + r];
    return error;
}

int32_t armgpu_get_registers(armgpu *g, uint64_t first, uint64_t n,
                             uint64_t *regs)
{
    uint64_t *state = ag_mirror_read(g, &g->state);
    int32_t error =
        state == NULL ? ARMGPU_ERROR_DEVICE : ag_check_lanes(g, first, n);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        for (uint32_t r = 0; r < 32; r++)
            regs[i * 32 + r] = *ag_lane_row(state, first + i, r);
    return error;
}

int32_t armgpu_set_registers_lane(armgpu *g, uint64_t lane,
                                  const uint64_t regs[32])
{
    return armgpu_set_registers(g, lane, 1, regs);
}

int32_t armgpu_get_lane_registers(armgpu *g, uint64_t lane, uint64_t regs[32])
{
    return armgpu_get_registers(g, lane, 1, regs);
}

static void get_state(struct armgpu *g, uint64_t *state, uint64_t lane,
                      armgpu_state *s)
{
#define ROW(row) (*ag_lane_row(state, lane, (row)))
    uint64_t fp = ROW(AG_STATE_FPCONTROL);
    for (uint32_t r = 0; r < 31; r++)
        s->x[r] = ROW(r);
    s->sp = ROW(AG_ROW_SP);
    s->pc = ROW(AG_STATE_PC);
    s->nzcv = ROW(AG_STATE_NZCV) << 28;
    s->tpidr = ROW(AG_STATE_TPIDR);
    s->fpcr = fp & 0xffffffff;
    s->fpsr = fp >> 32;
    if (g->vectors != NULL)
        memcpy(s->v, g->vectors[lane], sizeof s->v);
    s->cycles = ROW(AG_STATE_CYCLES);
    s->monitor_address = ROW(AG_STATE_MONITOR);
    s->monitor_size = ROW(AG_STATE_MONITOR_SIZE);
    s->monitor_value[0] = ROW(AG_STATE_MONITOR_LO);
    s->monitor_value[1] = ROW(AG_STATE_MONITOR_HI);
}

static void set_state(uint64_t *state, uint64_t lane, const armgpu_state *s)
{
    for (uint32_t r = 0; r < 31; r++)
        ROW(r) = s->x[r];
    ROW(AG_ROW_SP) = s->sp;
    ROW(AG_STATE_PC) = s->pc;
    ROW(AG_STATE_TPIDR) = s->tpidr;
    ROW(AG_STATE_FPCONTROL) = (s->fpcr & 0xffffffff) | s->fpsr << 32;
    ROW(AG_STATE_CYCLES) = s->cycles;
    ROW(AG_STATE_CODE) = 0;
    ROW(AG_STATE_REQUEST) = AG_REQUEST_NONE;
    ROW(AG_STATE_MONITOR) = s->monitor_address;
    ROW(AG_STATE_MONITOR_LO) = s->monitor_value[0];
    ROW(AG_STATE_MONITOR_HI) = s->monitor_value[1];
    ROW(AG_STATE_MONITOR_SIZE) = s->monitor_size;
    ROW(AG_STATE_NZCV) = s->nzcv >> 28 & 15;
    ROW(AG_STATE_STATUS) = AG_STATUS(ARMGPU_STOP_RUNNING, 0, 0);
}
#undef ROW

/* Entry i of an array of structures that the caller compiled with another size
   is at i times that size; ours is written up to the smaller of the two. */
static const armgpu_state *state_at(const armgpu_state *s, uint64_t i)
{
    return (const armgpu_state *)(const void *)((const char *)s + i * s->size);
}

int32_t armgpu_get_state(armgpu *g, uint64_t first, uint64_t n, armgpu_state *s)
{
    uint64_t *state = ag_mirror_read(g, &g->state), size = s->size;
    int32_t error =
        state == NULL ? ARMGPU_ERROR_DEVICE : ag_check_lanes(g, first, n);
    if (error == ARMGPU_OK && size < sizeof(uint64_t))
        error = ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                        "armgpu_state.size is not set");
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        armgpu_state full;
        memset(&full, 0, sizeof full);
        get_state(g, state, first + i, &full);
        full.size = size;
        memcpy((char *)s + i * size, &full,
               size < sizeof full ? (size_t)size : sizeof full);
    }
    return error;
}

static bool has_vectors(const armgpu_state *s)
{
    for (int i = 0; i < 32; i++)
        if (s->v[i][0] != 0 || s->v[i][1] != 0)
            return true;
    return false;
}

static int32_t check_state(struct armgpu *g, const armgpu_state *s)
{
    if (s->size < sizeof *s)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "armgpu_state.size is %" PRIu64 ", not %zu", s->size,
                       sizeof *s);
    if (s->monitor_size > 16 || (s->monitor_size & (s->monitor_size - 1)) != 0)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "monitor_size %" PRIu64 " is not 0, 1, 2, 4, 8 or 16",
                       s->monitor_size);
    if (g->vectors == NULL && has_vectors(s)) {
        g->vectors = calloc(g->num_lanes, sizeof *g->vectors);
        if (g->vectors == NULL)
            return ag_fail(g, ARMGPU_ERROR_MEMORY,
                           "no memory for the V registers of %" PRIu64
                           " lanes", g->num_lanes);
    }
    return check_pc(g, s->pc);
}

int32_t armgpu_set_state(armgpu *g, uint64_t first, uint64_t n,
                         const armgpu_state *s)
{
    uint64_t *state = ag_mirror_write(g, &g->state);
    int32_t error =
        state == NULL ? ARMGPU_ERROR_DEVICE : ag_check_lanes(g, first, n);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        error = check_state(g, state_at(s, i));
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        set_state(state, first + i, state_at(s, i));
        if (g->vectors != NULL)
            memcpy(g->vectors[first + i], state_at(s, i)->v,
                   sizeof g->vectors[0]);
    }
    return error;
}

int32_t armgpu_get_results(armgpu *g, uint64_t first, uint64_t n,
                           armgpu_lane_result *out)
{
    uint64_t *state = ag_mirror_read(g, &g->state);
    int32_t error =
        state == NULL ? ARMGPU_ERROR_DEVICE : ag_check_lanes(g, first, n);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        uint64_t lane = first + i;
        uint64_t status = *ag_lane_row(state, lane, AG_STATE_STATUS);
        memset(&out[i], 0, sizeof out[i]);
        out[i].cycles = *ag_lane_row(state, lane, AG_STATE_CYCLES);
        out[i].pc = *ag_lane_row(state, lane, AG_STATE_PC);
        out[i].stop_code = *ag_lane_row(state, lane, AG_STATE_CODE);
        out[i].stop_reason = AG_STATUS_STOP(status);
        out[i].access = AG_STATUS_ACCESS(status);
        out[i].access_size = AG_STATUS_SIZE(status);
    }
    return error;
}
