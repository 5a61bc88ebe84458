/*
 * Everything before the first instruction: files, handle, program, data. All
 * of it is checked before anything executes, and nothing is printed to stdout.
 */
#include "cli/run/run.h"

#include <string.h>

static int read_data(const ag_run_settings *s, ag_run_data *data)
{
    uint64_t room = 0;

    if (data->address < s->memory.value)
        room = s->memory.value - data->address;
    if (room == 0) {
        ag_cli_say("--data: address 0x%" PRIx64 " is outside memory, which "
                   "ends at 0x%" PRIx64 "; give more with --memory",
                   data->address, s->memory.value - 1);
        return AG_CLI_EXIT_FAILED;
    }
    switch (ag_cli_read_file(data->path, room, &data->bytes)) {
    case AG_CLI_FILE_OK:
        return AG_CLI_EXIT_OK;
    case AG_CLI_FILE_TOO_LARGE:
        ag_cli_say("--data: '%s' does not fit into memory, which ends at "
                   "0x%" PRIx64 ", from 0x%" PRIx64 " on; give more with "
                   "--memory",
                   ag_cli_file_name(data->path), s->memory.value - 1,
                   data->address);
        break;
    case AG_CLI_FILE_NOT_FOUND:
    case AG_CLI_FILE_UNUSABLE:
        break;
    }
    return AG_CLI_EXIT_FAILED;
}

/* The number of lanes comes first: everything else is checked against it. */
static int read_files(ag_run *r)
{
    ag_run_settings *s = &r->settings;
    int status = ag_run_find_inputs(r);

    if (status == 0)
        status = ag_run_find_process(r);
    if (status == 0)
        status = ag_run_check_lanes(s);
    if (status == 0)
        status = ag_run_check_process(r);
    if (status == 0)
        status = ag_run_read_programs(r);
    if (status == 0)
        status = ag_run_read_devices(r);
    for (size_t i = 0; status == 0 && i < s->data.count; i++)
        status = read_data(s, &s->data.items[i]);
    for (size_t i = 0; status == 0 && i < s->csv_files.count; i++)
        status = ag_run_read_csv(&s->csv_files.items[i], s->lanes.value,
                                 s->quiet);
    if (status == 0 && !ag_run_check_call(s))
        status = AG_CLI_EXIT_FAILED;
    if (status == 0)
        status = ag_run_check_registers(s);
    if (status == 0)
        status = ag_run_check_inputs(r);
    if (status == 0)
        status = ag_run_check_outputs(s);
    return status;
}

static int open_handle(ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    armgpu_options o;
    int32_t error;
    int status = ag_run_make_process(r);

    if (status == AG_CLI_EXIT_OK && s->process.call != NULL)
        status = ag_run_find_function(r);
    if (status != AG_CLI_EXIT_OK)
        return status;
    armgpu_options_init(&o);
    if (s->process.is_elf) {
        o.program = r->elf;
        o.function = s->process.call != NULL ? &r->function : NULL;
    } else {
        o.stack_size = s->stack.value;
    }
    if (ag_run_has_output(s))
        o.process = &r->process;
    o.mmio = s->mmio;
    o.num_mmio = s->devices.count;
    o.lanes = s->lanes.value;
    o.only = s->only.items;
    o.num_only = s->only.count;
    o.memory_size = s->memory.given ? s->memory.value : 0;
    o.memory_mode = (uint32_t)s->memory_mode;
    o.backend = s->backend;
    o.device = (uint32_t)s->device.value;
    o.threads = (uint32_t)s->threads.value;
    o.spread = (uint32_t)s->spread.value;
    o.float_mode = (uint32_t)(s->float_mode + 1); /* default, auto, soft */
    o.engine = (uint32_t)s->engine;
    o.helper = ag_cli_own_path();
    o.translate_budget = (uint32_t)s->translate_budget.value;
    o.resident = s->resident.value != 0 ? s->resident.value
                                        : ARMGPU_RESIDENT_FAST;
    error = armgpu_open(&r->g, &o);
    if (error != ARMGPU_OK)
        return ag_run_library_failed(r, NULL, error);
    return AG_CLI_EXIT_OK;
}

static int place_data(ag_run *r, const ag_run_data *data)
{
    int32_t error = armgpu_load_data(r->g, data->bytes.data, data->bytes.size,
                                     data->address);

    if (error != ARMGPU_OK)
        return ag_run_library_failed(r, ag_cli_file_name(data->path), error);
    return AG_CLI_EXIT_OK;
}

/* Too little room for stacks does not matter to those who set SP. */
static void print_warning(const ag_run *r)
{
    const char *warning = armgpu_get_warning(r->g);

    if (!r->settings.quiet && !ag_run_sets_every_sp(&r->settings) &&
        warning[0] != '\0')
        ag_cli_say("warning: %s", warning);
}

/* Data comes after the programs and may replace parts of them. */
static int set_up(ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    int status = ag_run_place_programs(r);

    if (status == 0)
        print_warning(r);
    for (size_t i = 0; status == 0 && i < s->data.count; i++)
        status = place_data(r, &s->data.items[i]);
    if (status == 0)
        status = ag_run_stub_images(r);
    if (status == 0)
        status = ag_run_set_registers(r);
    return status;
}

int ag_run_load(ag_run *r)
{
    int status = read_files(r);

    if (status == 0)
        status = open_handle(r);
    if (status == 0)
        status = set_up(r);
    return status;
}
