/*
 * armgpu devices: what could execute lanes on this machine, and why a backend
 * that is compiled in cannot be used.
 */
#include "cli/cli.h"

#include <stdlib.h>

typedef struct devices_settings {
    bool json;
} devices_settings;

static const ag_cli_option options[] = {
    {"Options", "json", 0, NULL, AG_CLI_FLAG, offsetof(devices_settings, json),
     NULL, NULL, "Print one JSON object."},
    {NULL, NULL, 0, NULL, AG_CLI_FLAG, 0, NULL, NULL, NULL},
};

/* 1024-based with one letter, as --memory takes it; "-" if unknown. */
static void memory_text(uint64_t bytes, char text[24])
{
    static const char units[] = {'K', 'M', 'G', 'T'};
    double value = (double)bytes / 1024;
    size_t unit = 0;

    if (bytes == 0) {
        snprintf(text, 24, "-");
        return;
    }
    while (value >= 1024 && unit + 1 < sizeof units) {
        value /= 1024;
        unit++;
    }
    snprintf(text, 24, "%.1f%c", value, units[unit]);
}

static void print_table(const armgpu_device *devices, uint64_t n)
{
    printf("%-8s %6s %6s %9s  %s\n", "backend", "device", "units", "memory",
           "name");
    for (uint64_t i = 0; i < n; i++) {
        const armgpu_device *d = &devices[i];
        char memory[24];

        memory_text(d->memory_bytes, memory);
        if (d->usable == 0) {
            printf("%-8s %6s %6s %9s  not usable: %s\n", d->backend, "-", "-",
                   "-", d->detail);
            continue;
        }
        printf("%-8s %6" PRIu32 " %6" PRIu32 " %9s  %s", d->backend, d->index,
               d->compute_units, memory, d->name);
        if (d->driver[0] != '\0')
            printf(" (%s)", d->driver);
        printf("\n");
    }
}

static void print_string(const char *name, const char *value)
{
    printf(",\"%s\":", name);
    ag_cli_json_string(stdout, value);
}

static void print_json(const armgpu_device *devices, uint64_t n)
{
    printf("{\"schema\":\"armgpu.devices/1\",\"devices\":[");
    for (uint64_t i = 0; i < n; i++) {
        const armgpu_device *d = &devices[i];

        printf("%s\n{\"index\":%" PRIu32 ",\"usable\":%s,"
               "\"compute_units\":%" PRIu32 ",\"memory_bytes\":%" PRIu64,
               i == 0 ? "" : ",", d->index, d->usable != 0 ? "true" : "false",
               d->compute_units, d->memory_bytes);
        print_string("backend", d->backend);
        print_string("name", d->name);
        print_string("driver", d->driver);
        print_string("detail", d->detail);
        printf("}");
    }
    printf("\n]}\n");
}

static int devices(int argc, char **argv)
{
    devices_settings settings = {false};
    armgpu_device *list;
    int status = AG_CLI_EXIT_OK, first;
    uint64_t n;

    first = ag_cli_parse(&ag_cli_devices, argc, argv, &settings, &status);
    if (first < 0)
        return status;
    if (first < argc) {
        ag_cli_say("devices takes no operand, but '%s' was given", argv[first]);
        return AG_CLI_EXIT_FAILED;
    }
    list = ag_cli_list_devices(&n);
    if (settings.json)
        print_json(list, n);
    else
        print_table(list, n);
    free(list);
    return AG_CLI_EXIT_OK;
}

const ag_cli_command ag_cli_devices = {
    "devices",
    devices,
    "list what can execute lanes here",
    "",
    "Lists the devices that can execute lanes on this machine, for run's "
    "--backend and --device, and why a backend cannot be used. What the cpu "
    "backend has from device 1 on is not listed: ways of executing that are "
    "there to be compared with, such as lanes one by one (1).",
    options,
};
