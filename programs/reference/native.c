/*
 * Computes what a guest program returns in each lane, natively: links with
 * the program's own C, or with the C in this folder that says the same as an
 * assembly program. Prints lane and X0 as programs/expected holds them, so
 * nothing of armgpu takes part in what its tests expect.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "guest.h"

int main(int argc, char **argv)
{
    uint64_t lanes = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    uint64_t argument = argc > 2 ? strtoull(argv[2], NULL, 0) : 0;

    printf("lane\tx0\n");
    for (uint64_t lane = 0; lane < lanes; lane++)
        printf("%" PRIu64 "\t0x%" PRIx64 "\n", lane, program(lane, argument));
    return 0;
}
