/*
 * How many lanes of a sweep the Metal backend has on the device at one time: 8
 * for each that executes there, where there is memory for them. The stand-ins'
 * GPU has 32 KiB of threadgroup memory, which hold the registers of 96 lanes,
 * and is taken to have 8 cores.
 */
#include "armgpu.h"

#include <stdio.h>

int main(void)
{
    armgpu_options options;
    armgpu *g;
    uint64_t resident = 0;
    armgpu_options_init(&options);
    options.backend = "metal";
    options.lanes = UINT64_C(1) << 40;
    options.memory_mode = ARMGPU_MEMORY_PRIVATE;
    options.memory_size = 4096;
    if (armgpu_open(&g, &options) != ARMGPU_OK)
        printf("%s\n", armgpu_error_message(g));
    else
        resident = armgpu_get_num_resident(g);
    armgpu_close(g);
    printf("%llu lanes are there\n", (unsigned long long)resident);
    return resident == 8 * 8 * 96 ? 0 : 1;
}
