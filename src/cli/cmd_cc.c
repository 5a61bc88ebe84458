/*
 * armgpu cc: a flat image from C, with whatever compiler makes AArch64 programs
 * here and the recipe of programs/lib, which is in the executable.
 */
#include "cli/cc/cc.h"

#include "base/folder.h"

#include <stdlib.h>
#include <string.h>

typedef struct cc_settings {
    const char *output, *compiler;
    bool verbose;
} cc_settings;

#define AT(field) offsetof(cc_settings, field)

static const ag_cli_option options[] = {
    {"Options", "output", 'o', "FILE", AG_CLI_TEXT, AT(output), NULL, NULL,
     "Write the image to FILE (default: the first source's name with .bin, in "
     "this folder)."},
    {"Options", "compiler", 0, "NAME", AG_CLI_TEXT, AT(compiler), NULL, NULL,
     "Use this gcc or clang (default: clang with ld.lld or a linker for "
     "AArch64, else aarch64-linux-gnu-gcc or the like)."},
    {"Options", "verbose", 'v', NULL, AG_CLI_FLAG, AT(verbose), NULL, NULL,
     "Print the compiler's command."},
    {NULL, NULL, 0, NULL, AG_CLI_FLAG, 0, NULL, NULL, NULL},
};

/* "src/prog.c" gives "prog.bin". */
static char *default_output(const char *source)
{
    const char *slash = strrchr(source, '/');
    const char *name = slash == NULL ? source : slash + 1;
    const char *dot = strrchr(name, '.');
    size_t length =
        dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
    char *output = ag_cli_alloc(length + sizeof ".bin", 1);

    snprintf(output, length + sizeof ".bin", "%.*s.bin", (int)length, name);
    return output;
}

/* Sources are there, and writing the output destroys none. */
static int check_sources(char **sources, int count, const char *output)
{
    ag_cli_identity to, from;
    bool is_there = ag_cli_identify(output, &to);

    if (strcmp(output, "-") == 0) {
        ag_cli_say("-o: an image is not for the standard output; give a file");
        return AG_CLI_EXIT_FAILED;
    }
    for (int i = 0; i < count; i++) {
        enum ag_cli_file why;
        FILE *file = strcmp(sources[i], "-") == 0
                         ? NULL
                         : ag_cli_open_file(sources[i], &why);

        if (strcmp(sources[i], "-") == 0) {
            ag_cli_say("cc cannot read the standard input; give a file");
            return AG_CLI_EXIT_FAILED;
        }
        if (file == NULL)
            return why == AG_CLI_FILE_NOT_FOUND ? AG_CLI_EXIT_NOT_FOUND
                                                : AG_CLI_EXIT_NOT_A_PROGRAM;
        fclose(file);
        if (is_there && ag_cli_identify(sources[i], &from) &&
            ag_cli_is_same_file(&to, &from)) {
            ag_cli_say("-o: '%s' is the source '%s', which writing would "
                       "destroy; give another name",
                       output, sources[i]);
            return AG_CLI_EXIT_FAILED;
        }
    }
    return AG_CLI_EXIT_OK;
}

static void add_recipe(ag_cc_words *w, const ag_cc_compiler *c,
                       const char *folder)
{
    ag_cc_add(w, "%s", c->path);
    if (c->is_clang)
        ag_cc_add(w, "--target=aarch64-linux-gnu");
    if (c->linker[0] != '\0')
        ag_cc_add(w, "%s", c->linker);
    ag_cc_add_flags(w, "link");
    ag_cc_add_flags(w, "c");
    ag_cc_add_flags(w, c->is_clang ? "clang" : "gcc");
    ag_cc_add(w, "-T");
    ag_cc_add(w, "%s/flat.ld", folder);
    ag_cc_add(w, "-I%s", folder); /* guest.h */
}

/* The user's flags come after ours, and win. A name may begin with a dash. */
static void add_rest(ag_cc_words *w, char **sources, int count, char **flags,
                     const char *folder)
{
    for (int i = 0; flags[i] != NULL; i++)
        ag_cc_add(w, "%s", flags[i]);
    ag_cc_add(w, "-o");
    ag_cc_add(w, "%s/program", folder);
    ag_cc_add(w, "%s/start.s", folder);
    ag_cc_add(w, "%s/rt.c", folder);
    for (int i = 0; i < count; i++)
        ag_cc_add(w, "%s%s", sources[i][0] == '-' ? "./" : "", sources[i]);
}

static void print_words(const ag_cc_words *w)
{
    for (size_t i = 0; i < w->count; i++)
        fprintf(stderr, "%s%s", i == 0 ? "" : " ", w->list[i]);
    fputc('\n', stderr);
}

static int build(const cc_settings *s, const ag_cc_compiler *compiler,
                 char **sources, int count, char **flags, const char *output)
{
    char folder[AG_CC_PATH_BYTES], program[AG_CC_PATH_BYTES + 16];
    ag_cc_words words = {NULL, 0};
    int status = ag_cc_open_folder(folder);

    if (status != AG_CLI_EXIT_OK)
        return status;
    add_recipe(&words, compiler, folder);
    add_rest(&words, sources, count, flags, folder);
    if (s->verbose)
        print_words(&words);
    words.list = ag_cli_grow(words.list, words.count, sizeof *words.list);
    words.list[words.count] = NULL;
    status = ag_cc_execute(folder, &words);
    snprintf(program, sizeof program, "%s/program", folder);
    if (status == AG_CLI_EXIT_OK)
        status = ag_cc_write_image(program, output);
    ag_remove_folder(folder);
    ag_cc_free_words(&words);
    return ag_cc_caught_signal() != 0
               ? AG_CLI_EXIT_SIGNAL + ag_cc_caught_signal()
               : status;
}

static int make_program(const cc_settings *s, char **sources, int count,
                        char **flags)
{
    ag_cc_compiler compiler;
    char *output = s->output != NULL ? NULL : default_output(sources[0]);
    const char *path = output != NULL ? output : s->output;
    int status = check_sources(sources, count, path);

    if (status == AG_CLI_EXIT_OK)
        status = ag_cc_find_compiler(&compiler, s->compiler);
    if (status == AG_CLI_EXIT_OK)
        status = build(s, &compiler, sources, count, flags, path);
    free(output);
    return status;
}

/* What follows -- is the compiler's. */
static int cc(int argc, char **argv)
{
    cc_settings s = {NULL, NULL, false};
    int ours = 1, first, status = AG_CLI_EXIT_OK;

    while (ours < argc && strcmp(argv[ours], "--") != 0)
        ours++;
    first = ag_cli_parse(&ag_cli_cc, ours, argv, &s, &status);
    if (first < 0)
        return status;
    if (first == ours) {
        ag_cli_say("cc needs a source: armgpu cc FILE.c... Try 'armgpu help "
                   "cc'.");
        return AG_CLI_EXIT_FAILED;
    }
    return make_program(&s, argv + first, ours - first,
                        argv + ours + (ours < argc));
}

const ag_cli_command ag_cli_cc = {
    "cc",
    cc,
    "make a program of C sources, for armgpu run",
    "FILE.c...",
    "Makes a flat image of C that defines uint64_t program(uint64_t lane, "
    "uint64_t argument): lane is the lane's number, argument what X1 begins "
    "with, and what it returns is X0 at the end. There is no C library but "
    "memcpy, memmove, memset and memcmp; guest.h can be included. What "
    "follows -- is given to the compiler after its own flags: armgpu cc prog.c "
    "-- -O1 -DN=3. The exit status is 0; 126 if the compiler refuses the "
    "sources, 127 if one is not there; 125, 129, 130 and 143 as of run.",
    options,
};
