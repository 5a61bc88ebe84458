/* What a rig's memory begins with, and where in it a lane's data are. */
#include "cli/check/check.h"

#include <string.h>

uint64_t ag_check_low(const ag_check_rig *rig, uint64_t lane)
{
    return AG_CHECK_CODE +
           (rig->mode == ARMGPU_MEMORY_SHARED ? lane * AG_CHECK_WINDOW : 0);
}

uint64_t ag_check_high(const ag_check_rig *rig, uint64_t lane)
{
    return ag_check_low(rig, lane) + AG_CHECK_WINDOW;
}

uint64_t ag_check_get(const uint8_t *at, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

void ag_check_put(uint8_t *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

void ag_check_put_words(ag_check_rig *rig, uint64_t address,
                        const uint32_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ag_check_put(rig->image + address + 4 * i, words[i], 4);
}

void ag_check_random_data(ag_check_rig *rig, ag_check_random *r)
{
    memset(rig->image, 0, AG_CHECK_CODE);
    for (uint64_t i = AG_CHECK_CODE; i < rig->memory_size; i += 8)
        ag_check_put(rig->image + i, ag_check_next(r), 8);
}
