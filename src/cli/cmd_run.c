/*
 * armgpu run: reads, checks and loads everything, executes, prints. Each step
 * is a function of run.h.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

static bool put_on_map(const ag_run *r, const ag_run_lane *lane, void *user)
{
    (void)user;
    ag_run_map_take(r, lane);
    return true;
}

/* Lanes that were collected were put on it as they ended. */
static int draw_map(const ag_run *r, bool has_table)
{
    int status = AG_CLI_EXIT_OK;

    if (!r->collector.wanted)
        status = ag_run_each_lane(r, ag_run_count_lanes(&r->settings),
                                  put_on_map, NULL);
    return status == AG_CLI_EXIT_OK ? ag_run_draw_map(r, has_table)
                                    : status;
}

static int print_results(ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    bool is_for_people = !s->json && !s->csv && !ag_run_rows_to_stdout(s);
    bool has_table = is_for_people && !s->no_table;
    int status = AG_CLI_EXIT_OK;

    if (s->json)
        status = ag_run_print_json(r);
    else if (s->csv)
        status = ag_run_print_csv(r);
    else if (has_table)
        status = ag_run_print_table(r);
    if (status == AG_CLI_EXIT_OK && s->map != NULL)
        status = draw_map(r, has_table);
    if (status == AG_CLI_EXIT_OK && is_for_people)
        status = ag_run_print_dumps(r);
    return status;
}

static int run_and_print(ag_run *r)
{
    int status = ag_run_load(r);

    if (status == AG_CLI_EXIT_OK)
        status = ag_run_execute(r);
    if (status == AG_CLI_EXIT_OK)
        status = r->collector.wanted ? ag_run_collect_end(r)
                                     : ag_run_summarize(r);
    if (status == AG_CLI_EXIT_OK) {
        ag_run_find_sources(r);
        status = print_results(r);
    }
    if (status != AG_CLI_EXIT_OK)
        return status;
    r->ended_by = ag_cli_caught_signal();
    ag_run_narrate(r);
    return ag_run_exit_status(r);
}

/* What follows -- is the program's, without PROG before it the program too.
   Returns how many arguments come before. */
static int split_arguments(ag_run_process *p, int argc, char **argv)
{
    int n = 0;

    while (n < argc && strcmp(argv[n], "--") != 0)
        n++;
    if (n == argc)
        return argc;
    p->arguments = argv + n + 1;
    p->num_arguments = (size_t)(argc - n - 1);
    return n;
}

static void take_program(ag_run_settings *s)
{
    ag_run_process *p = &s->process;

    if (s->program != NULL || s->programs.count != 0 || p->num_arguments == 0)
        return;
    s->program = p->arguments[0];
    p->arguments++;
    p->num_arguments--;
}

static int parse_and_run(ag_run *r, int argc, char **argv)
{
    int status = AG_CLI_EXIT_OK;

    argc = split_arguments(&r->settings.process, argc, argv);
    if (!ag_cli_parse_one(&ag_cli_run, argc, argv, &r->settings,
                          &r->settings.program, &status))
        return status;
    take_program(&r->settings);
    status = ag_run_open_elf(r);
    if (status == AG_CLI_EXIT_OK)
        status = ag_run_check_settings(&r->settings);
    return status == AG_CLI_EXIT_OK ? run_and_print(r) : status;
}

static int run(int argc, char **argv)
{
    ag_run *r = ag_cli_alloc(1, sizeof *r);
    int status;

    ag_run_settings_init(&r->settings);
    status = parse_and_run(r, argc, argv);
    if (ag_run_close_writers(r) != AG_CLI_EXIT_OK)
        status = AG_CLI_EXIT_FAILED;
    if (ag_run_texts_end(r) != AG_CLI_EXIT_OK)
        status = AG_CLI_EXIT_FAILED;
    if (ag_run_written_end(r) != AG_CLI_EXIT_OK)
        status = AG_CLI_EXIT_FAILED;
    ag_run_collect_free(r);
    ag_run_map_free(r);
    ag_run_free_sources(r);
    armgpu_close(r->g);
    armgpu_program_close(r->elf);
    ag_run_free_process(r);
    ag_run_settings_free(&r->settings);
    free(r);
    return status;
}

const ag_cli_command ag_cli_run = {
    "run",
    run,
    "run a program on N lanes and print how each ended",
    "PROG",
    "Runs PROG on N lanes at once and prints how each of them ended. PROG is a "
    "flat A64 image or an ELF program that is linked statically: of that each "
    "lane is a process, whose arguments follow the options behind --; {lane} "
    "in one is the lane's number. PROG may be - for the standard input; "
    "--program takes its place where lanes execute different images. Numbers "
    "are decimal or 0x, or multiples with K, M or G (of 1024).",
    ag_run_options,
};
