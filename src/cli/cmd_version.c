/*
 * armgpu version: the release, which backends are compiled in and usable here,
 * how much of the instruction set is there, and how it was built.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static const ag_cli_option options[] = {
    {NULL, NULL, 0, NULL, AG_CLI_FLAG, 0, NULL, NULL, NULL},
};

/* Backends in the list's order, each once: usable if any of its devices is. */
static void print_backends(void)
{
    uint64_t n;
    armgpu_device *devices = ag_cli_list_devices(&n);

    printf("backends:");
    for (uint64_t i = 0; i < n; i++) {
        bool seen = false, usable = false;

        for (uint64_t j = 0; j < n; j++) {
            if (strcmp(devices[i].backend, devices[j].backend) != 0)
                continue;
            seen |= j < i;
            usable |= devices[j].usable != 0;
        }
        if (!seen)
            printf("%s %s%s", i == 0 ? "" : ",", devices[i].backend,
                   usable ? "" : " (not usable here)");
    }
    printf("\n");
    free(devices);
}

/* Rows that are only named are not counted as instructions that work. */
static void print_instructions(void)
{
    armgpu_instruction row = {.size = sizeof row};
    uint64_t implemented = 0, i = 0;

    for (; armgpu_get_instruction(i, &row) == ARMGPU_OK; i++) {
        implemented += row.implemented != 0;
        row.size = sizeof row;
    }
    printf("instructions: %" PRIu64 " implemented, %" PRIu64 " more named\n",
           implemented, i - implemented);
}

static void print_build(void)
{
#if defined(__clang__)
    printf("built by: clang %s\n", __clang_version__);
#elif defined(__GNUC__)
    printf("built by: gcc %s\n", __VERSION__);
#endif
#ifdef ARMGPU_MODE
    printf("mode: %s\n", ARMGPU_MODE);
#endif
}

static int version(int argc, char **argv)
{
    int status = AG_CLI_EXIT_OK, first;

    first = ag_cli_parse(&ag_cli_version, argc, argv, NULL, &status);
    if (first < 0)
        return status;
    if (first < argc) {
        ag_cli_say("version takes no operand, but '%s' was given", argv[first]);
        return AG_CLI_EXIT_FAILED;
    }
    printf("armgpu %s\n", armgpu_version());
    print_backends();
    print_instructions();
    print_build();
    return AG_CLI_EXIT_OK;
}

const ag_cli_command ag_cli_version = {
    "version",
    version,
    "print the version and what is compiled in",
    "",
    "Prints the version, the backends that are compiled in and whether they "
    "can be used here, the number of instructions, and the compiler.",
    options,
};
