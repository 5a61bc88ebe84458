/*
 * A flat image with --semihosting on: it becomes a program of bare metal as a
 * linker would make it, so that from there on there is one kind of them.
 */
#include "cli/run/run.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER = 64, SEGMENT = 56 };

bool ag_run_is_flat_program(const ag_run_settings *s)
{
    return s->process.semihosting == ARMGPU_SEMIHOSTING_ON &&
           !s->process.is_missing;
}

static void put_16(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

/* For AArch64, of no system, with one program header behind this one. */
static void put_header(uint8_t *to, uint64_t entry)
{
    static const uint8_t identity[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};

    memcpy(to, identity, sizeof identity);
    put_16(to + 16, 2); /* ET_EXEC */
    put_16(to + 18, 183);
    put_16(to + 20, 1);
    ag_set_64(to + 24, entry);
    ag_set_64(to + 32, HEADER);
    put_16(to + 52, HEADER);
    put_16(to + 54, SEGMENT);
    put_16(to + 56, 1);
    put_16(to + 58, 64); /* of a section header, of which there are none */
}

static void put_segment(uint8_t *to, uint64_t address, uint64_t bytes)
{
    put_16(to, 1);     /* PT_LOAD */
    put_16(to + 4, 7); /* read, write, execute */
    ag_set_64(to + 8, HEADER + SEGMENT);
    ag_set_64(to + 16, address);
    ag_set_64(to + 24, address);
    ag_set_64(to + 32, bytes);
    ag_set_64(to + 40, bytes);
    ag_set_64(to + 48, 1);
}

int ag_run_wrap_flat(const ag_run_settings *s, ag_cli_bytes *bytes)
{
    const uint64_t address = s->load_addr.value;
    uint8_t *file;

    if (!ag_cli_is_image(s->program, bytes, true, "run"))
        return AG_CLI_EXIT_NOT_A_PROGRAM;
    if (address % 4 != 0 || address > UINT64_MAX / 2) {
        ag_cli_say("--load-addr 0x%" PRIx64 " is not a multiple of 4 below "
                   "2^63, where a program can begin",
                   address);
        return AG_CLI_EXIT_FAILED;
    }
    file = ag_cli_alloc(HEADER + SEGMENT + bytes->size, 1);
    put_header(file, address);
    put_segment(file + HEADER, address, bytes->size);
    memcpy(file + HEADER + SEGMENT, bytes->data, bytes->size);
    free(bytes->data);
    bytes->data = file;
    bytes->size += HEADER + SEGMENT;
    return AG_CLI_EXIT_OK;
}
