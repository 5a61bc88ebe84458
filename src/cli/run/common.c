/*
 * What parts of a run ask that follows from the settings, a result or the
 * handle alone; uses only.c and no other part.
 */
#include "cli/run/run.h"
#include "base/bytes.h"

#include <string.h>

int ag_run_library_failed(const ag_run *r, const char *subject, int32_t error)
{
    const char *message = r->g != NULL ? armgpu_error_message(r->g) : "";

    if (message[0] == '\0')
        message = armgpu_error_name(error);
    if (subject != NULL)
        ag_cli_say("%s: %s", subject, message);
    else
        ag_cli_say("%s", message);
    return error == ARMGPU_ERROR_FORMAT ? AG_CLI_EXIT_NOT_A_PROGRAM
                                        : AG_CLI_EXIT_FAILED;
}

bool ag_run_split_at(const char *name, const char *form, const char *text,
                     uint64_t *address, const char **rest)
{
    char *at = strrchr(text, '@');
    const char *colon = at != NULL ? strchr(at, ':') : NULL;
    size_t length;
    char what[64];

    if (at == NULL || at == text) {
        ag_cli_say("%s: '%s' is not %s", name, text, form);
        return false;
    }
    *rest = colon != NULL ? colon + 1 : NULL;
    length = colon != NULL ? (size_t)(colon - at) - 1 : strlen(at + 1);
    snprintf(what, sizeof what, "%s: address", name);
    if (!ag_cli_number_of(what, at + 1, length, 0, address))
        return false;
    *at = '\0'; /* argv is ours: the path ends here */
    return true;
}

/* [base, base + bytes) has [address, address + length), of at least 1 byte. */
static bool is_within(uint64_t base, uint64_t bytes, uint64_t address,
                      uint64_t length)
{
    return address >= base && address - base < bytes &&
           length <= bytes - (address - base);
}

bool ag_run_is_memory(const ag_run_settings *s, uint64_t address,
                      uint64_t length)
{
    const armgpu_program_info *i = &s->process.info;

    if (!s->process.is_elf)
        return is_within(0, s->memory.value, address, length);
    return is_within(i->readonly_address, i->readonly_bytes, address, length) ||
           is_within(i->writable_address, i->writable_bytes, address, length);
}

const char *ag_run_memory_text(const ag_run_settings *s,
                               char text[AG_RUN_MEMORY_TEXT])
{
    const armgpu_program_info *i = &s->process.info;

    if (!s->process.is_elf)
        snprintf(text, AG_RUN_MEMORY_TEXT, "memory, which ends at 0x%" PRIx64,
                 s->memory.value - 1);
    else
        snprintf(text, AG_RUN_MEMORY_TEXT,
                 "the program's memory, 0x%" PRIx64 "..0x%" PRIx64
                 " (read-only) and 0x%" PRIx64 "..0x%" PRIx64,
                 i->readonly_address, i->readonly_address + i->readonly_bytes,
                 i->writable_address, i->writable_address + i->writable_bytes);
    return text;
}

bool ag_run_has_output(const ag_run_settings *s)
{
    return s->process.is_elf || s->devices.count != 0;
}

bool ag_run_rows_to_stdout(const ag_run_settings *s)
{
    return s->out != NULL && strcmp(s->out, "-") == 0;
}

bool ag_run_is_fault(const armgpu_lane_result *result)
{
    return result->stop_reason == ARMGPU_STOP_DATA_FAULT ||
           result->stop_reason == ARMGPU_STOP_ALIGNMENT_FAULT;
}

/* A system call's PC is behind it. */
uint64_t ag_run_stopped_at(const armgpu_lane_result *l)
{
    return l->stop_reason == ARMGPU_STOP_SYSCALL ? l->pc - 4 : l->pc;
}

const char *ag_run_access_name(uint32_t access)
{
    return access == ARMGPU_ACCESS_WRITE ? "write" : "read";
}

uint64_t ag_run_shown_lanes(const ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    bool limited = !s->all && (s->show.given || (!s->json && !s->csv));
    uint64_t lanes = ag_run_count_lanes(s);
    uint64_t most = limited ? s->show.value : lanes;

    if (s->summary)
        most = 0;
    else if (limited && s->first.given && !s->show.given)
        most = s->first.value;
    return most < lanes ? most : lanes;
}

bool ag_run_shows_lanes(const ag_run_settings *s)
{
    if (s->csv || s->summary || ag_run_rows_to_stdout(s))
        return false;
    return s->json || !s->no_table || s->dumps.count != 0;
}

bool ag_run_read_word(const ag_run *r, uint64_t lane, uint64_t pc,
                      uint32_t *word)
{
    uint8_t b[4];

    if (pc % 4 != 0 ||
        armgpu_read_memory(r->g, lane, pc, b, sizeof b) != ARMGPU_OK)
        return false;
    *word = ag_get_32(b);
    return true;
}

/* Also asked by the trace, where slices are single instructions. */
bool ag_run_must_stop(ag_run *r)
{
    r->timed_out = ag_cli_time_is_over();
    return ag_cli_caught_signal() != 0 || r->timed_out;
}
