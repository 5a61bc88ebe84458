/*
 * Programs: PROG, or several by --program and --assign. Which lane executes
 * which is a rule (in turn, in blocks) or a file; without a row there a lane
 * executes the first program.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

bool ag_run_apply_program(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_program program = {.path = text};
    char *at = strrchr(text, '@');

    /* Names may have an @: what follows is an address only if it reads so. */
    if (at != NULL && at != text &&
        ag_cli_read_number(at + 1, strlen(at + 1), 0, &program.address.value) ==
            NULL) {
        program.address.given = true;
        *at = '\0'; /* argv is ours: the path ends here */
    }
    s->programs.items =
        ag_cli_grow(s->programs.items, s->programs.count, sizeof program);
    s->programs.items[s->programs.count++] = program;
    return true;
}

static bool is_assigned(const ag_run_settings *s, const char *how)
{
    return strcmp(s->assign, how) == 0;
}

static bool is_assigned_by_file(const ag_run_settings *s)
{
    return !is_assigned(s, "roundrobin") && !is_assigned(s, "block");
}

uint64_t ag_run_program_of(const ag_run *r, uint64_t lane)
{
    const ag_run_settings *s = &r->settings;
    uint64_t programs = s->programs.count, lanes = s->lanes.value;
    size_t row;

    if (programs < 2)
        return 0;
    if (is_assigned(s, "roundrobin"))
        return lane % programs;
    if (is_assigned(s, "block"))
        return lane / (lanes / programs + (lanes % programs != 0));
    row = ag_run_csv_find(&s->assign_file, lane);
    if (row == s->assign_file.row_count ||
        ag_run_csv_row(&s->assign_file, row)[0] != lane)
        return 0;
    return ag_run_csv_row(&s->assign_file, row)[2];
}

/* -- Reading --------------------------------------------------------------- */

static int check_address(const ag_run_settings *s, const ag_run_program *p)
{
    uint64_t address = p->address.value;

    if (address % 4 != 0)
        ag_cli_say("--program: address 0x%" PRIx64 " is not a multiple of 4, "
                   "the size of an instruction",
                   address);
    else if (address >= s->memory.value)
        ag_cli_say("--program: address 0x%" PRIx64 " is outside memory, which "
                   "ends at 0x%" PRIx64 "; give more with --memory",
                   address, s->memory.value - 1);
    else
        return AG_CLI_EXIT_OK;
    return AG_CLI_EXIT_FAILED;
}

/* PROG could be read only once, and was, to see whether it is an ELF program.*/
static enum ag_cli_file take_program(ag_run_process *from, uint64_t room,
                                     ag_cli_bytes *to)
{
    *to = from->taken;
    from->taken = (ag_cli_bytes){NULL, 0};
    return to->size > room ? AG_CLI_FILE_TOO_LARGE : AG_CLI_FILE_OK;
}

/* Reads no more than fits, so that a device as PROG ends as well. */
static int read_program(ag_run_settings *s, ag_run_program *p)
{
    enum ag_cli_file outcome;
    uint64_t room;

    if (!p->address.given)
        p->address.value = s->load_addr.value;
    if (check_address(s, p) != AG_CLI_EXIT_OK)
        return AG_CLI_EXIT_FAILED;
    room = s->memory.value - p->address.value;
    outcome = s->process.taken.data != NULL
                  ? take_program(&s->process, room, &p->bytes)
                  : ag_cli_read_file(p->path, room, &p->bytes);
    /* What it is comes first: a size for it would be no help. */
    if (p->bytes.data != NULL &&
        !ag_cli_is_image(p->path, &p->bytes, outcome == AG_CLI_FILE_OK, "run"))
        return AG_CLI_EXIT_NOT_A_PROGRAM;
    switch (outcome) {
    case AG_CLI_FILE_OK:
        return AG_CLI_EXIT_OK;
    case AG_CLI_FILE_NOT_FOUND:
        return AG_CLI_EXIT_NOT_FOUND;
    case AG_CLI_FILE_UNUSABLE:
        return AG_CLI_EXIT_NOT_A_PROGRAM;
    case AG_CLI_FILE_TOO_LARGE:
        break;
    }
    ag_cli_say("'%s' does not fit into memory, which has %" PRIu64
               " bytes from "
               "%s 0x%" PRIx64 " on; give more with --memory",
               ag_cli_file_name(p->path), room,
               p->address.given ? "address" : "load address", p->address.value);
    return AG_CLI_EXIT_FAILED;
}

/* Lanes that share memory see every program: no two may overlap. */
static int check_overlap(const ag_run_settings *s)
{
    for (size_t i = 0; i < s->programs.count; i++) {
        for (size_t j = 0; j < i; j++) {
            const ag_run_program *a = &s->programs.items[i];
            const ag_run_program *b = &s->programs.items[j];

            if (a->address.value >= b->address.value + b->bytes.size ||
                b->address.value >= a->address.value + a->bytes.size)
                continue;
            ag_cli_say("--program: '%s' at 0x%" PRIx64 " and '%s' at 0x%" PRIx64
                       " overlap in shared memory; give them addresses with "
                       "FILE@ADDR, or use --memory-mode private",
                       b->path, b->address.value, a->path, a->address.value);
            return AG_CLI_EXIT_FAILED;
        }
    }
    return AG_CLI_EXIT_OK;
}

int ag_run_read_programs(ag_run *r)
{
    ag_run_settings *s = &r->settings;
    int status = AG_CLI_EXIT_OK;

    if (s->programs.count == 0) {
        s->programs.items = ag_cli_alloc(1, sizeof *s->programs.items);
        s->programs.items[0].path = s->program;
        s->programs.count = 1;
    }
    if (s->process.is_elf) /* it has been read */
        return AG_CLI_EXIT_OK;
    for (size_t i = 0; status == 0 && i < s->programs.count; i++)
        status = read_program(s, &s->programs.items[i]);
    if (status == 0 && s->memory_mode == ARMGPU_MEMORY_SHARED)
        status = check_overlap(s);
    if (status == 0 && is_assigned_by_file(s)) {
        s->assign_file.path = s->assign;
        s->assign_file.programs = s->programs.count;
        status = ag_run_read_csv(&s->assign_file, s->lanes.value, s->quiet);
    }
    return status;
}

/* -- Placing --------------------------------------------------------------- */

int ag_run_place_programs(ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    uint32_t how = is_assigned(s, "block") ? ARMGPU_ASSIGN_BLOCK
                                           : ARMGPU_ASSIGN_ROUND_ROBIN;
    static const uint32_t first = 0;

    /* An ELF program was loaded when the handle was opened. */
    for (size_t i = 0; !s->process.is_elf && i < s->programs.count; i++) {
        const ag_run_program *p = &s->programs.items[i];
        uint32_t id;
        int32_t error =
            i == 0 ? armgpu_load_program(r->g, p->bytes.data, p->bytes.size,
                                         p->address.value)
                   : armgpu_add_program(r->g, p->bytes.data, p->bytes.size,
                                        p->address.value, &id);

        if (error != ARMGPU_OK)
            return ag_run_library_failed(r, ag_cli_file_name(p->path), error);
    }
    if (s->programs.count > 1) {
        int32_t error =
            is_assigned_by_file(s)
                ? armgpu_assign_programs(r->g, ARMGPU_ASSIGN_TABLE, &first, 1)
                : armgpu_assign_programs(r->g, how, NULL, 0);

        if (error != ARMGPU_OK)
            return ag_run_library_failed(r, "--assign", error);
    }
    return AG_CLI_EXIT_OK;
}

/* The rows of the file for lanes [first, first + n), in runs of one program. */
int ag_run_assign_rows(ag_run *r, uint64_t first, uint64_t n)
{
    const ag_run_csv *f = &r->settings.assign_file;
    size_t i = ag_run_csv_find(f, first), m;

    for (; i < f->row_count && ag_run_csv_row(f, i)[0] < first + n; i += m) {
        const uint64_t *row = ag_run_csv_row(f, i);
        int32_t error;

        for (m = 1; i + m < f->row_count; m++) {
            const uint64_t *next = ag_run_csv_row(f, i + m);

            if (next[0] >= first + n || next[0] != row[0] + m ||
                next[2] != row[2])
                break;
        }
        error = armgpu_assign_program(r->g, row[0], m, (uint32_t)row[2]);
        if (error != ARMGPU_OK)
            return ag_run_library_failed(r, "--assign", error);
    }
    return AG_CLI_EXIT_OK;
}
