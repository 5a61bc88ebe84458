/* What the process of armgpu_options.helper does: the backends' own. */
#include "backend/backend.h"

#include <string.h>

#define NOT_A_HELPER 2

/* PROGRAM ARMGPU_HELPER BACKEND ... */
int armgpu_helper(int argc, char **argv)
{
    if (argc < 3 || strcmp(argv[1], ARMGPU_HELPER) != 0)
        return NOT_A_HELPER;
    for (int i = 0; ag_backends[i] != NULL; i++)
        if (strcmp(ag_backends[i]->name, argv[2]) == 0 &&
            ag_backends[i]->helper_main != NULL)
            return ag_backends[i]->helper_main(argc - 3, argv + 3);
    return NOT_A_HELPER;
}
