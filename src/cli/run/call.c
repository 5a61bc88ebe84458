/*
 * --call: which function lanes call, where, and what may be set for it. What is
 * set goes to the function's arguments; all other registers are the program's.
 */
#include "cli/run/run.h"

#include <string.h>

/* Registers of arguments: x0 to x8, v0 to v7. */
static bool is_argument(enum ag_run_register number)
{
    return number <= 8 || (number >= AG_RUN_V0 && number < AG_RUN_V0 + 8);
}

static bool check_register(const char *option, enum ag_run_register number)
{
    char name[16];

    if (is_argument(number))
        return true;
    if (number >= AG_RUN_V0)
        snprintf(name, sizeof name, "v%d", (int)number - AG_RUN_V0);
    ag_cli_say("%s: with --call, %s is the program's own; the function's "
               "arguments are in x0 to x8 and v0 to v7",
               option,
               number >= AG_RUN_V0 ? name : ag_run_register_name(number, name));
    return false;
}

bool ag_run_check_call(const ag_run_settings *s)
{
    bool fine = true;

    if (s->process.call == NULL)
        return true;
    if (s->pc.given || s->sp.given)
        fine = check_register(s->pc.given ? "--pc" : "--sp",
                              s->pc.given ? AG_RUN_PC : AG_RUN_SP);
    for (size_t i = 0; fine && i < s->registers.count; i++)
        fine = check_register("--reg", s->registers.items[i].name.number);
    for (size_t i = 0; fine && i < s->lane_registers.count; i++)
        fine = check_register("--lane-reg",
                              s->lane_registers.items[i].name.number);
    for (size_t i = 0; fine && i < s->lane_files.count; i++)
        fine = check_register("--lane-files",
                              s->lane_files.items[i].length_register.number);
    for (size_t i = 0; fine && i < s->csv_files.count; i++) {
        const ag_run_csv *csv = &s->csv_files.items[i];

        for (size_t j = 0; fine && j < csv->column_count; j++)
            fine = check_register("--regs", csv->columns[j].number);
    }
    return fine;
}

/* Its address, 0: there is none. */
static uint64_t find(const ag_run *r, const char *name)
{
    uint64_t address = 0;

    return armgpu_program_find_symbol(r->elf, name, &address, NULL) == 0
               ? address
               : 0;
}

/* What C libraries have to write out what is buffered: the standard's own,
   where the program has it, or theirs (glibc's, musl's). */
static uint64_t find_flush(const ag_run *r)
{
    static const char *const names[] = {"fflush", "_IO_cleanup",
                                        "__stdio_exit"};
    uint64_t address = 0;

    for (size_t i = 0; address == 0 && i < 3; i++)
        address = find(r, names[i]);
    return address;
}

int ag_run_find_function(ag_run *r)
{
    const char *name = r->settings.process.call;
    armgpu_function *f = &r->function;

    f->size = sizeof *f;
    f->address = find(r, name);
    f->at = find(r, "main");
    f->after = f->at != 0 ? find_flush(r) : 0;
    if (f->address % 4 == 0 && f->address != 0)
        return AG_CLI_EXIT_OK;
    ag_cli_say("--call: '%s' has no function '%.80s'; nm says which it has",
               ag_cli_file_name(r->settings.program), name);
    return AG_CLI_EXIT_FAILED;
}
