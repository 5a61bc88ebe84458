/*
 * What stands in for a machine's devices: --mmio, ranges of addresses that lanes
 * read and write, and --stub, functions that return at once.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

/* -- Reading --------------------------------------------------------------- */

static bool is_not_mmio(const char *text)
{
    ag_cli_say("--mmio: '%.80s' is not ADDR:LEN=const:V, ADDR:LEN=file:FILE or "
               "ADDR:LEN=null, such as 0x9000000:4=null",
               text);
    return false;
}

bool ag_run_apply_mmio(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_device device = {.path = NULL};
    armgpu_mmio *m = &device.mmio;
    const char *colon = strchr(text, ':'), *equals = strchr(text, '=');

    if (colon == NULL || equals == NULL || colon > equals)
        return is_not_mmio(text);
    if (!ag_cli_number_of("--mmio: address", text, (size_t)(colon - text), 0,
                          &m->address) ||
        !ag_cli_number_of("--mmio: length", colon + 1,
                          (size_t)(equals - colon - 1), AG_CLI_SUFFIX,
                          &m->bytes))
        return false;
    if (strcmp(equals, "=null") == 0) {
        m->kind = ARMGPU_MMIO_NULL;
    } else if (strncmp(equals, "=const:", 7) == 0) {
        m->kind = ARMGPU_MMIO_CONST;
        if (!ag_cli_number_of("--mmio: value", equals + 7, strlen(equals + 7),
                              AG_CLI_NEGATIVE, &m->value))
            return false;
    } else if (strncmp(equals, "=file:", 6) == 0 && equals[6] != '\0') {
        m->kind = ARMGPU_MMIO_INPUT;
        device.path = equals + 6;
    } else {
        return is_not_mmio(text);
    }
    s->devices.items =
        ag_cli_grow(s->devices.items, s->devices.count, sizeof device);
    s->devices.items[s->devices.count++] = device;
    return true;
}

bool ag_run_apply_stub(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_stub stub = {.name = text};
    char *equals = strrchr(text, '=');

    if (equals == NULL || equals == text) {
        ag_cli_say("--stub: '%.80s' is not SYMBOL=VALUE or ADDR=VALUE, such as "
                   "uart_init=0",
                   text);
        return false;
    }
    if (!ag_cli_number_of("--stub: value", equals + 1, strlen(equals + 1),
                          AG_CLI_NEGATIVE, &stub.value))
        return false;
    *equals = '\0'; /* argv is ours: the name ends here */
    if (ag_cli_read_number(text, strlen(text), 0, &stub.address) == NULL)
        stub.name = NULL;
    s->stubs.items = ag_cli_grow(s->stubs.items, s->stubs.count, sizeof stub);
    s->stubs.items[s->stubs.count++] = stub;
    return true;
}

/* -- Stubs ----------------------------------------------------------------- */

int ag_run_stub_elf(ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    char sentence[ARMGPU_SENTENCE];

    for (size_t i = 0; i < s->stubs.count; i++) {
        const ag_run_stub *x = &s->stubs.items[i];

        if (armgpu_program_stub(r->elf, x->name, x->address, x->value,
                                sentence) == ARMGPU_OK)
            continue;
        ag_cli_say("--stub: %s: %s", ag_cli_file_name(s->program), sentence);
        return AG_CLI_EXIT_FAILED;
    }
    return AG_CLI_EXIT_OK;
}

int ag_run_stub_images(ag_run *r)
{
    const ag_run_settings *s = &r->settings;

    for (size_t i = 0; !s->process.is_elf && i < s->stubs.count; i++) {
        const ag_run_stub *x = &s->stubs.items[i];
        uint8_t code[ARMGPU_STUB_BYTES];
        size_t n = armgpu_stub_code(x->value, code);
        int32_t error = armgpu_load_data(r->g, code, n, x->address);

        if (error != ARMGPU_OK)
            return ag_run_library_failed(r, "--stub", error);
    }
    return AG_CLI_EXIT_OK;
}

bool ag_run_check_stubs(const ag_run_settings *s)
{
    for (size_t i = 0; !s->process.is_elf && i < s->stubs.count; i++) {
        const ag_run_stub *x = &s->stubs.items[i];

        if (x->name != NULL)
            ag_cli_say("--stub: '%.80s' is no address, and a flat image has no "
                       "symbols; write one such as 0x1000=0",
                       x->name);
        else if (x->address % 4 != 0)
            ag_cli_say("--stub: address 0x%" PRIx64 " is not a multiple of 4, "
                       "the size of an instruction",
                       x->address);
        else
            continue;
        return false;
    }
    return true;
}

/* -- Devices --------------------------------------------------------------- */

int ag_run_read_devices(ag_run *r)
{
    ag_run_settings *s = &r->settings;

    s->mmio = ag_cli_alloc(s->devices.count + 1, sizeof *s->mmio);
    for (size_t i = 0; i < s->devices.count; i++) {
        ag_run_device *d = &s->devices.items[i];

        if (d->path != NULL && !ag_run_read_all("--mmio", d->path, &d->input))
            return AG_CLI_EXIT_FAILED;
        d->mmio.input = d->input.data;
        d->mmio.input_bytes = d->input.size;
        s->mmio[i] = d->mmio;
    }
    return AG_CLI_EXIT_OK;
}

void ag_run_free_devices(ag_run_settings *s)
{
    for (size_t i = 0; i < s->devices.count; i++)
        free(s->devices.items[i].input.data);
    free(s->devices.items);
    free(s->stubs.items);
    free(s->mmio);
}
