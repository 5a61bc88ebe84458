/*
 * armgpu translate: the text that a program is translated to where lanes of
 * devices do not interpret it, for people to read, or for their compilers.
 */
#include "cli/cli.h"

#include <stdlib.h>

#define LARGEST_PROGRAM (UINT64_C(1) << 30)
#define HIGHEST_ADDRESS (UINT64_C(1) << 32)

#define NO_LANGUAGE (-1)

typedef struct translate_settings {
    ag_cli_number load_addr;
    int language;
} translate_settings;

#define AT(field) offsetof(translate_settings, field)

static const ag_cli_option options[] = {
    {"Options", "load-addr", 0, "A", AG_CLI_NUMBER, AT(load_addr), NULL, NULL,
     "The address of a flat image's first byte, where lanes begin (default "
     "0)."},
    {"Options", "language", 0, "L", AG_CLI_CHOICE, AT(language),
     AG_CLI_LANGUAGES, NULL,
     "Print all that a compiler of this language is given: what the text "
     "stands behind as well, and in a comment the -D options that belong to "
     "it."},
    {NULL, NULL, 0, NULL, AG_CLI_FLAG, 0, NULL, NULL, NULL},
};

/* Names come from the user: no second line, and no end of the comment. */
static void print_name(const char *name)
{
    fputs("/* ", stdout);
    for (; *name != '\0'; name++)
        putchar((unsigned char)*name < 0x20 || *name == 0x7f || *name == '*'
                    ? '?'
                    : *name);
    puts(" */");
}

/* The name, if there is one, goes before the first line, once that is there. */
static void print_line(void *user, const char *line)
{
    const char **name = user;
    if (*name != NULL)
        print_name(*name);
    *name = NULL;
    puts(line);
}

static int32_t translate_lane(const translate_settings *s, const char *path,
                              armgpu *g)
{
    const char *none = NULL, *name = ag_cli_file_name(path);
    if (s->language == NO_LANGUAGE)
        return armgpu_translate(g, print_line, &none);
    return armgpu_translate_for(g, (uint32_t)s->language, print_line, &name);
}

/* A lane that has the program: nothing is executed. */
static int print_text(const translate_settings *s, const char *path, armgpu *g,
                      int32_t error)
{
    if (error == ARMGPU_OK)
        error = translate_lane(s, path, g);
    if (error != ARMGPU_OK)
        ag_cli_say("%s", g != NULL ? armgpu_error_message(g) : "out of memory");
    armgpu_close(g);
    return error == ARMGPU_OK ? AG_CLI_EXIT_OK : AG_CLI_EXIT_FAILED;
}

/* A flat image may begin with anything, but not a program with what does not
   execute: most files that are none do. False: it was said. */
static bool begins_with_code(const char *path, const ag_cli_bytes *image)
{
    const uint8_t *bytes = image->data;
    uint32_t word = 0;
    char why[512];

    for (size_t i = 0; i < 4 && i < image->size; i++)
        word |= (uint32_t)bytes[i] << 8 * i;
    if (armgpu_explain_undefined(word, why, sizeof why) == 0)
        return true;
    ag_cli_say("'%s' does not begin with an instruction: %s; "
               "'armgpu help images' says what a program is",
               ag_cli_file_name(path), why);
    return false;
}

static int translate_image(const translate_settings *s, const char *path,
                           const ag_cli_bytes *image)
{
    armgpu_options o;
    armgpu *g = NULL;
    int32_t error;

    if (!ag_cli_is_image(path, image, true, "translate") ||
        !begins_with_code(path, image))
        return AG_CLI_EXIT_NOT_A_PROGRAM;
    if (s->load_addr.value % 4 != 0 || s->load_addr.value > HIGHEST_ADDRESS) {
        ag_cli_say("--load-addr 0x%" PRIx64
                   " is no multiple of 4 up to 0x%" PRIx64,
                   s->load_addr.value, HIGHEST_ADDRESS);
        return AG_CLI_EXIT_FAILED;
    }
    armgpu_options_init(&o);
    o.lanes = 1;
    o.backend = "cpu";
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.memory_size = (s->load_addr.value + image->size + 63) / 64 * 64;
    error = armgpu_open(&g, &o);
    if (error == ARMGPU_OK)
        error = armgpu_load_program(g, image->data, image->size,
                                    s->load_addr.value);
    return print_text(s, path, g, error);
}

static int translate_program(const translate_settings *s, const char *path,
                             const ag_cli_bytes *file)
{
    armgpu_program *program = NULL;
    armgpu_options o;
    armgpu *g = NULL;
    char sentence[ARMGPU_SENTENCE];
    int32_t error;
    int status;

    error =
        armgpu_program_open(&program, file->data, file->size, NULL, sentence);
    if (error != ARMGPU_OK) {
        ag_cli_say("%s: %s", ag_cli_file_name(path), sentence);
        return AG_CLI_EXIT_NOT_A_PROGRAM;
    }
    armgpu_options_init(&o);
    o.lanes = 1;
    o.backend = "cpu";
    o.program = program;
    error = armgpu_open(&g, &o);
    status = print_text(s, path, g, error);
    armgpu_program_close(program);
    return status;
}

static int read_file(const char *path, ag_cli_bytes *bytes)
{
    switch (ag_cli_read_file(path, LARGEST_PROGRAM, bytes)) {
    case AG_CLI_FILE_OK:
        return AG_CLI_EXIT_OK;
    case AG_CLI_FILE_NOT_FOUND:
        return AG_CLI_EXIT_NOT_FOUND;
    case AG_CLI_FILE_TOO_LARGE:
        ag_cli_say("'%s' has more than 1 GiB, which no program here has", path);
        break;
    case AG_CLI_FILE_UNUSABLE:
        break;
    }
    return AG_CLI_EXIT_NOT_A_PROGRAM;
}

static int translate(int argc, char **argv)
{
    translate_settings s = {{0, false}, NO_LANGUAGE};
    armgpu_file f = {.size = sizeof f};
    ag_cli_bytes bytes = {NULL, 0};
    const char *path = NULL;
    int status = AG_CLI_EXIT_OK;

    if (!ag_cli_parse_one(&ag_cli_translate, argc, argv, &s, &path, &status))
        return status;
    if (path == NULL) {
        ag_cli_say("translate needs a program: armgpu translate PROG. Try "
                   "'armgpu help translate'.");
        return AG_CLI_EXIT_FAILED;
    }
    status = read_file(path, &bytes);
    if (status == AG_CLI_EXIT_OK) {
        (void)armgpu_identify(bytes.data, bytes.size, &f);
        status = f.format == ARMGPU_FILE_PROGRAM
                     ? translate_program(&s, path, &bytes)
                     : translate_image(&s, path, &bytes);
    }
    free(bytes.data);
    return status;
}

const ag_cli_command ag_cli_translate = {
    "translate",
    translate,
    "show a program as it is compiled",
    "PROG",
    "Prints the text that 'armgpu run --engine translated' compiles for PROG, "
    "a "
    "flat image or an ELF program, with its instructions as comments: what is "
    "reached from where lanes begin, at most 4000 instructions (of a larger "
    "program 'run' compiles what is hot instead). It is C, CUDA C++, OpenCL C "
    "and Metal's language alike.",
    options,
};
