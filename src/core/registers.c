/* Registers that all lanes start with, as functions of the lane's number. */
#include "core/engine.h"

#include <inttypes.h>

/* low and the `last` PCs that follow, `step` apart, where the last is one: the
   first that leaves low's extent is in the other. */
static int32_t check_between(struct armgpu *g, uint64_t low, uint64_t step,
                             uint64_t last)
{
    uint64_t bytes = ag_piece_at(g, low).bytes;
    uint64_t next = step == 0 ? UINT64_MAX : (bytes - 1) / step + 1;
    return next < last ? ag_check_pc(g, low + next * step) : ARMGPU_OK;
}

/* lane * factor + constant is a PC for every lane. */
static int32_t check_pcs(struct armgpu *g, uint64_t factor, uint64_t constant)
{
    uint64_t first = ag_number_of(g, 0);
    uint64_t last = ag_number_of(g, g->num_lanes - 1) - first;
    uint64_t pc = constant + factor * first, end = pc + factor * last;
    int32_t error = ag_check_pc(g, pc);
    if (error == ARMGPU_OK && last > 0)
        error = ag_check_pc(g, pc + factor);
    if (error == ARMGPU_OK && last > 1) {
        /* Between first and last, if it does not wrap on the way. */
        uint64_t room = (g->memory_size + g->view.readonly_bytes) / last;
        bool is_down = factor > UINT64_MAX / 2;
        uint64_t step = is_down ? 0 - factor : factor;
        error = step > room ? ag_check_pc(g, g->view.base + g->memory_size)
                            : ag_check_pc(g, end);
        if (error == ARMGPU_OK)
            error = check_between(g, is_down ? end : pc, step, last);
    }
    return error;
}

static int32_t state_row(struct armgpu *g, uint32_t reg, uint32_t *row)
{
    static const uint32_t rows[] = {AG_STATE_PC, AG_STATE_NZCV, AG_STATE_TPIDR};
    if (reg > ARMGPU_REGISTER_TPIDR)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "register %" PRIu32 " does not exist", reg);
    *row = reg < ARMGPU_REGISTER_PC ? reg : rows[reg - ARMGPU_REGISTER_PC];
    return ARMGPU_OK;
}

int32_t armgpu_set_register_all(armgpu *g, uint32_t reg, uint64_t factor,
                                uint64_t constant)
{
    uint32_t row = 0;
    int32_t error = state_row(g, reg, &row);
    if (error == ARMGPU_OK && row == AG_STATE_NZCV && factor != 0)
        error = ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                        "flags cannot count with the lane: give a factor of 0");
    if (error == ARMGPU_OK && row == AG_STATE_PC)
        error = check_pcs(g, factor, constant);
    if (error != ARMGPU_OK)
        return error;
    if (row == AG_STATE_NZCV)
        constant = constant >> 28 & 15;
    if (row == AG_STATE_PC) {
        g->has_start_pc = true;
        g->has_later_pc = false;
    }
    g->start_factor[row] = factor;
    g->start_constant[row] = constant;
    g->start_is_stale = true;
    if (g->is_pristine) /* nobody has touched them: they begin once more */
        return ag_serve_begin_all(g, 0);
    for (uint64_t slot = 0; slot < g->resident; slot++) {
        uint64_t lane = ag_lane_of(g, slot);
        uint64_t *state = ag_state_write(g, slot);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        if (lane == AG_NO_LANE)
            continue;
        if (row == AG_STATE_PC)
            ag_lane_set_pc(g, slot, lane * factor + constant);
        else
            *ag_lane_row(state, slot, row) = lane * factor + constant;
    }
    return ARMGPU_OK;
}
