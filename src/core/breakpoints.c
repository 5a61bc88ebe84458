/*
 * Breakpoints: probes that stop lanes.
 */
#include "core/engine.h"

#include <inttypes.h>

int32_t armgpu_set_breakpoint(armgpu *g, uint64_t address)
{
    int32_t error = ag_check_range(g, "a breakpoint", address, 4);
    if (error == ARMGPU_OK && address % 4 != 0)
        error = ag_fail(g, ARMGPU_ERROR_ALIGNMENT,
                        "a breakpoint's address is a multiple of 4, "
                        "0x%" PRIx64 " is not", address);
    if (error == ARMGPU_OK && ag_probe_at(g, address) == AG_PROBE_CALL)
        error = ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                        "there can be no breakpoint at 0x%" PRIx64 ", where "
                        "lanes begin or call their function", address);
    if (error != ARMGPU_OK || ag_probe_at(g, address) == AG_PROBE_STOP)
        return error;
    error = ag_probe_set(g, address, AG_PROBE_STOP);
    return error != ARMGPU_OK ? error : ag_code_forget(g, ag_code_of(g, address), 4);
}

int32_t armgpu_clear_breakpoint(armgpu *g, uint64_t address)
{
    if (ag_probe_at(g, address) != AG_PROBE_STOP)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "there is no breakpoint at 0x%" PRIx64, address);
    ag_probe_clear(g, address);
    return ag_code_forget(g, ag_code_of(g, address), 4);
}
