/*
 * The one rule of a run's outputs: none is a file that the run reads, and no
 * two are one file, the standard output's included, whatever the paths are
 * called. Asked before any is opened. An option that reads or writes a file has
 * its line here.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

typedef struct output {
    const char *option, *path;
    bool is_there; /* a regular file; only such can be written over */
    ag_cli_identity identity;
} output;

static output look_at(const char *option, const char *path)
{
    output o = {.option = option, .path = path};

    /* `--out -` is the standard output. */
    o.is_there = path != NULL && strcmp(path, "-") != 0 &&
                 ag_cli_identify(path, &o.identity);
    return o;
}

static bool is_kept(const output *o, const char *what, const char *path)
{
    ag_cli_identity input;

    if (!ag_cli_identify(path, &input) ||
        !ag_cli_is_same_file(&o->identity, &input))
        return true;
    ag_cli_say("%s: '%s' is %s '%s', which writing would destroy; give another "
               "name",
               o->option, o->path, what, ag_cli_file_name(path));
    return false;
}

static bool is_no_lane_file(const output *o, const ag_run_lane_files *f)
{
    bool fine = true;

    for (size_t i = 0; fine && i < f->count; i++) {
        char *path = ag_run_lane_file_path(f, i);

        fine = is_kept(o, "the file of --lane-files", path);
        free(path);
    }
    return fine;
}

static bool is_no_input(const ag_run_settings *s, output o)
{
    bool fine = true;

    if (!o.is_there)
        return true;
    for (size_t i = 0; fine && i < s->programs.count; i++)
        fine = is_kept(&o, "the program", s->programs.items[i].path);
    for (size_t i = 0; fine && i < s->data.count; i++)
        fine = is_kept(&o, "the file of --data", s->data.items[i].path);
    for (size_t i = 0; fine && i < s->csv_files.count; i++)
        fine = is_kept(&o, "the file of --regs", s->csv_files.items[i].path);
    if (fine && s->assign_file.path != NULL)
        fine = is_kept(&o, "the file of --assign", s->assign_file.path);
    for (size_t i = 0; fine && i < s->lane_data.count; i++)
        fine =
            is_kept(&o, "the file of --lane-data", s->lane_data.items[i].path);
    for (size_t i = 0; fine && i < s->lane_files.count; i++)
        fine = is_no_lane_file(&o, &s->lane_files.items[i]);
    if (fine && s->process.argument_lines != NULL)
        fine = is_kept(&o, "the file of --args", s->process.argument_lines);
    if (fine && s->process.input != NULL)
        fine = is_kept(&o, "the file of --stdin", s->process.input);
    if (fine && s->process.input_lines != NULL)
        fine = is_kept(&o, "the file of --stdin-lines", s->process.input_lines);
    return fine;
}

/* --stdout's path, if it is that of one file. */
static const char *output_file(const ag_run_settings *s)
{
    const ag_run_process *p = &s->process;

    return p->output_kind == AG_RUN_OUTPUT_FILE ? p->output : NULL;
}

static bool differ(const output *a, const output *b)
{
    bool is_one_name = a->path != NULL && b->path != NULL &&
                       strcmp(a->path, b->path) == 0;

    if (!is_one_name && !(a->is_there && b->is_there &&
                          ag_cli_is_same_file(&a->identity, &b->identity)))
        return true;
    ag_cli_say("%s and %s: '%s' and '%s' are one file, and it cannot have "
               "both; give another name",
               a->option, b->option, a->path, b->path);
    return false;
}

bool ag_run_outputs_differ(const ag_run_settings *s)
{
    output out = look_at("--out", s->out), map = look_at("--map", s->map);
    output text = look_at("--stdout", output_file(s));

    return differ(&out, &map) && differ(&out, &text) && differ(&map, &text);
}

/* Where nothing is printed, --out /dev/stdout may be a file. */
static bool is_not_stdout(const ag_run_settings *s)
{
    bool has_rows = ag_run_rows_to_stdout(s);
    bool prints =
        has_rows || !s->no_table || s->json || s->csv || s->dumps.count != 0;

    if (!prints)
        return true;
    return (s->out == NULL || has_rows ||
            ag_cli_is_not_stdout("--out", s->out)) &&
           (s->map == NULL || ag_cli_is_not_stdout("--map", s->map)) &&
           (output_file(s) == NULL || strcmp(output_file(s), "-") == 0 ||
            ag_cli_is_not_stdout("--stdout", output_file(s)));
}

int ag_run_check_outputs(const ag_run_settings *s)
{
    bool fine = ag_run_outputs_differ(s) && is_not_stdout(s) &&
                is_no_input(s, look_at("--out", s->out)) &&
                is_no_input(s, look_at("--map", s->map)) &&
                is_no_input(s, look_at("--stdout", output_file(s)));

    return fine ? AG_CLI_EXIT_OK : AG_CLI_EXIT_FAILED;
}
