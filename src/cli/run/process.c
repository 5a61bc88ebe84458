/*
 * What processes start with: arguments, environment, standard input, by lane.
 * Everything is read before the run, since lanes may begin in any order.
 */
#include "cli/run/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A file's lines. */
typedef struct lines {
    ag_cli_bytes bytes;
    size_t *starts; /* of lines, and where the last one ends */
    size_t count;
} lines;

struct ag_run_files {
    lines arguments, input_lines;
    ag_run_lane_files folder;
    ag_cli_bytes *contents; /* of the inputs; one for lines and files of many */
    size_t num_contents;
    armgpu_input *inputs;
    ag_run_words words;     /* of the lane that was asked for last */
    const char **arguments_of_all;
};

bool ag_run_apply_env(void *settings, const char *text)
{
    ag_run_process *p = &((ag_run_settings *)settings)->process;

    if (strchr(text, '=') == NULL || text[0] == '=') {
        ag_cli_say("--env: '%.80s' is not NAME=VALUE; the value may be empty",
                   text);
        return false;
    }
    p->environment.items = ag_cli_grow(p->environment.items,
                                       p->environment.count, sizeof text);
    p->environment.items[p->environment.count++] = text;
    return true;
}

bool ag_run_apply_file(void *settings, const char *text)
{
    ag_run_process *p = &((ag_run_settings *)settings)->process;
    const char *equals = strchr(text, '=');
    size_t length = equals != NULL ? (size_t)(equals - text) : 0;
    char *guest;

    if (length == 0 || equals[1] == '\0') {
        ag_cli_say("--file: '%.80s' is not GUEST=HOST, the name that lanes have "
                   "for a file and the file's own", text);
        return false;
    }
    guest = ag_cli_alloc(length + 1, 1);
    memcpy(guest, text, length);
    p->names.items = ag_cli_grow(p->names.items, p->names.count,
                                 sizeof *p->names.items);
    p->names.items[p->names.count++] =
        (armgpu_file_name){.guest = guest, .host = equals + 1};
    return true;
}

/* -- Files ----------------------------------------------------------------- */

bool ag_run_read_all(const char *option, const char *path, ag_cli_bytes *out)
{
    enum ag_cli_file why;
    FILE *file = ag_cli_open_file(path, &why);
    size_t room = 65536, got;
    bool fine;

    if (file == NULL)
        return false;
    out->data = ag_cli_grow(NULL, 0, room);
    errno = 0;
    while ((got = fread(out->data + out->size, 1, room - out->size, file)) !=
           0) {
        out->size += got;
        if (out->size < room)
            continue;
        out->data = ag_cli_grow(out->data, room, 1);
        room *= 2;
    }
    fine = ferror(file) == 0;
    if (!fine)
        ag_cli_say("%s: cannot read '%s': %s", option, ag_cli_file_name(path),
                   strerror(errno));
    if (file != stdin)
        fclose(file);
    return fine;
}

static void add_start(lines *l, size_t at)
{
    l->starts = ag_cli_grow(l->starts, l->count, sizeof at);
    l->starts[l->count++] = at;
}

/* Lines end in a newline, the last one may end without. */
static bool read_lines(const char *option, const char *path, lines *l)
{
    const char *text;

    if (!ag_run_read_all(option, path, &l->bytes))
        return false;
    text = (const char *)l->bytes.data;
    for (size_t at = 0; at < l->bytes.size;) {
        const char *end = memchr(text + at, '\n', l->bytes.size - at);

        add_start(l, at);
        at = end != NULL ? (size_t)(end - text) + 1 : l->bytes.size;
    }
    add_start(l, l->bytes.size);
    l->count--;
    if (l->count != 0)
        return true;
    ag_cli_say("%s: '%s' is empty, so there is nothing for lanes to do", option,
               ag_cli_file_name(path));
    return false;
}

static const char *line_of(const lines *l, size_t i, size_t *length)
{
    *length = l->starts[i + 1] - l->starts[i];
    return (const char *)l->bytes.data + l->starts[i];
}

/* Without its newline. */
static const char *add_arguments(struct ag_run_files *f, uint64_t lane)
{
    size_t length;
    const char *line = line_of(&f->arguments, (size_t)lane, &length);

    if (length != 0 && line[length - 1] == '\n')
        length--;
    return ag_run_add_line(&f->words, line, length, lane);
}

static bool check_lines(struct ag_run_files *f, const char *path,
                        uint64_t lanes)
{
    for (size_t i = 0; i < f->arguments.count && i < lanes; i++) {
        const char *problem;

        f->words.used = f->words.count = 0;
        problem = add_arguments(f, i);
        if (problem == NULL)
            continue;
        ag_cli_say("--args: line %zu of '%s' %s", i + 1, ag_cli_file_name(path),
                   problem);
        return false;
    }
    return true;
}

int ag_run_find_process(ag_run *r)
{
    ag_run_settings *s = &r->settings;
    const ag_run_process *p = &s->process;
    struct ag_run_files *f;

    if (!p->is_elf)
        return AG_CLI_EXIT_OK;
    f = r->files = ag_cli_alloc(1, sizeof *f);
    if (p->argument_lines != NULL) {
        if (!read_lines("--args", p->argument_lines, &f->arguments))
            return AG_CLI_EXIT_FAILED;
        ag_run_have_lanes(s, f->arguments.count);
    }
    if (p->input_lines != NULL) {
        if (!read_lines("--stdin-lines", p->input_lines, &f->input_lines))
            return AG_CLI_EXIT_FAILED;
        ag_run_have_lanes(s, f->input_lines.count);
    }
    if (p->input_folder != NULL) {
        f->folder.path = p->input_folder;
        if (!ag_run_list_files("--stdin-dir", &f->folder))
            return AG_CLI_EXIT_FAILED;
        ag_run_have_lanes(s, f->folder.count);
    }
    return AG_CLI_EXIT_OK;
}

/* `count` inputs of a kind, 0: that kind was not asked for. */
static bool check_count(const ag_run_settings *s, const char *option,
                        const char *path, size_t count, const char *what)
{
    if (count == 0 || count >= s->lanes.value)
        return true;
    ag_cli_say("%s: '%s' has %zu %s%s, not one for each of %" PRIu64
               " lanes; leave out --lanes",
               option, ag_cli_file_name(path), count, what,
               count == 1 ? "" : "s", s->lanes.value);
    return false;
}

int ag_run_check_process(ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    const ag_run_process *p = &s->process;
    struct ag_run_files *f = r->files;

    if (!p->is_elf)
        return AG_CLI_EXIT_OK;
    if (p->propagates && ag_run_count_lanes(s) != 1) {
        ag_cli_say("--propagate needs one lane, and %" PRIu64 " run",
                   ag_run_count_lanes(s));
        return AG_CLI_EXIT_FAILED;
    }
    return check_count(s, "--args", p->argument_lines, f->arguments.count,
                       "line") &&
                   check_count(s, "--stdin-lines", p->input_lines,
                               f->input_lines.count, "line") &&
                   check_count(s, "--stdin-dir", p->input_folder,
                               f->folder.count, "file") &&
                   check_lines(f, p->argument_lines, s->lanes.value)
               ? AG_CLI_EXIT_OK
               : AG_CLI_EXIT_FAILED;
}

/* -- Arguments ------------------------------------------------------------- */

/* armgpu_arguments_fn. The lines have been checked. */
static uint64_t arguments_of(void *user, uint64_t lane, const char **arguments,
                             uint64_t most)
{
    ag_run *r = user;
    const ag_run_process *p = &r->settings.process;
    struct ag_run_files *f = r->files;
    ag_run_words *w = &f->words;

    w->used = w->count = 0;
    for (size_t i = 0; i < p->num_arguments; i++)
        ag_run_add_word(w, p->arguments[i], lane);
    if (p->argument_lines != NULL)
        (void)add_arguments(f, lane);
    if (most != 0)
        arguments[0] = r->process.name;
    for (size_t i = 0; i < w->count && i + 1 < most; i++)
        arguments[i + 1] = w->bytes + w->starts[i];
    return w->count + 1;
}

static bool differs_by_lane(const ag_run_process *p)
{
    for (size_t i = 0; i < p->num_arguments; i++) {
        if (strstr(p->arguments[i], "{lane}") != NULL)
            return true;
    }
    return p->argument_lines != NULL;
}

static void set_arguments(ag_run *r)
{
    const ag_run_process *p = &r->settings.process;
    const char **all;

    if (differs_by_lane(p)) {
        r->process.arguments_of = arguments_of;
        return;
    }
    all = ag_cli_alloc(p->num_arguments + 1, sizeof *all);
    all[0] = r->process.name;
    for (size_t i = 0; i < p->num_arguments; i++)
        all[i + 1] = p->arguments[i];
    r->files->arguments_of_all = all;
    r->process.arguments = all;
    r->process.num_arguments = p->num_arguments + 1;
}

/* -- Standard input -------------------------------------------------------- */

static void set_lines(ag_run *r)
{
    struct ag_run_files *f = r->files;
    size_t lanes = (size_t)r->settings.lanes.value;

    f->inputs = ag_cli_alloc(lanes, sizeof *f->inputs);
    for (size_t i = 0; i < lanes; i++) {
        size_t length;

        f->inputs[i].bytes = line_of(&f->input_lines, i, &length);
        f->inputs[i].size = length;
    }
    r->process.num_inputs = lanes;
}

static bool read_contents(struct ag_run_files *f, size_t i, const char *option,
                          const char *path)
{
    bool fine = ag_run_read_all(option, path, &f->contents[i]);

    f->inputs[i].bytes = f->contents[i].data;
    f->inputs[i].size = f->contents[i].size;
    return fine;
}

/* Of lanes that do not run nothing is read. */
static bool set_files(ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    struct ag_run_files *f = r->files;
    size_t lanes = s->process.input != NULL ? 1 : (size_t)s->lanes.value;
    bool fine = true;

    f->contents = ag_cli_alloc(lanes, sizeof *f->contents);
    f->num_contents = lanes;
    f->inputs = ag_cli_alloc(lanes, sizeof *f->inputs);
    r->process.num_inputs = lanes;
    if (s->process.input != NULL)
        return read_contents(f, 0, "--stdin", s->process.input);
    for (size_t i = 0; fine && i < lanes; i++) {
        char *path;

        if (!ag_run_has_lane(s, i))
            continue;
        path = ag_run_lane_file_path(&f->folder, i);
        fine = read_contents(f, i, "--stdin-dir", path);
        free(path);
    }
    return fine;
}

/* -- The process ----------------------------------------------------------- */

int ag_run_make_process(ag_run *r)
{
    const ag_run_process *p = &r->settings.process;
    armgpu_process *to = &r->process;
    bool fine = true;

    to->size = sizeof *to;
    to->output = ag_run_take_text;
    to->user = r;
    if (!p->is_elf)
        return AG_CLI_EXIT_OK;
    to->name = strcmp(r->settings.program, "-") == 0 ? "program"
                                                     : r->settings.program;
    set_arguments(r);
    to->environment = p->environment.items;
    to->num_environment = p->environment.count;
    if (p->input_lines != NULL)
        set_lines(r);
    else if (p->input != NULL || p->input_folder != NULL)
        fine = set_files(r);
    to->inputs = r->files->inputs;
    to->seed = p->seed.value;
    to->output_bytes = p->output_bytes.value;
    to->strict = p->is_strict;
    to->semihosting = p->semihosting > 0 ? (uint32_t)p->semihosting
                                         : ARMGPU_SEMIHOSTING_AUTO;
    to->root = p->root;
    to->files = p->names.items;
    to->num_files = p->names.count;
    to->read_only = p->file_bytes.given && p->file_bytes.value == 0;
    to->file_bytes = p->file_bytes.value;
    to->collect = p->collect != NULL ? ag_run_take_written : NULL;
    return fine ? AG_CLI_EXIT_OK : AG_CLI_EXIT_FAILED;
}

static void free_lines(lines *l)
{
    free(l->bytes.data);
    free(l->starts);
}

void ag_run_free_process(ag_run *r)
{
    struct ag_run_files *f = r->files;

    free(r->settings.process.environment.items);
    for (size_t i = 0; i < r->settings.process.names.count; i++)
        free((char *)(uintptr_t)r->settings.process.names.items[i].guest);
    free(r->settings.process.names.items);
    if (f == NULL)
        return;
    free_lines(&f->arguments);
    free_lines(&f->input_lines);
    ag_run_free_files(&f->folder);
    for (size_t i = 0; i < f->num_contents; i++)
        free(f->contents[i].data);
    free(f->contents);
    free(f->inputs);
    free(f->words.bytes);
    free(f->words.starts);
    free(f->arguments_of_all);
    free(f);
    r->files = NULL;
}
