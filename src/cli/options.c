/*
 * Parsing of any command's option list through getopt_long. The list decides
 * everything; what getopt reports is turned into one sentence each, with a
 * near miss where there is one.
 */
#include "cli/cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* getopt_long's values for long options, clear of every letter. */
#define FIRST_LONG 256

/* Without the row that ends the list. */
static size_t count_options(const ag_cli_option *options)
{
    size_t n = 0;

    while (options[n].name != NULL)
        n++;
    return n;
}

/* getopt's two tables; the last long option is --help. */
typedef struct getopt_tables {
    struct option *longs;
    char *letters;
} getopt_tables;

static getopt_tables make_tables(const ag_cli_option *options, size_t n)
{
    getopt_tables t = {ag_cli_alloc(n + 2, sizeof *t.longs),
                       ag_cli_alloc(2 * n + 4, 1)};
    char *letter = t.letters;

    *letter++ = ':'; /* missing arguments come back as ':' */
    *letter++ = 'h';
    for (size_t i = 0; i < n; i++) {
        t.longs[i].name = options[i].name;
        t.longs[i].has_arg =
            options[i].argument != NULL ? required_argument : no_argument;
        t.longs[i].val = FIRST_LONG + (int)i;
        if (options[i].letter == '\0')
            continue;
        *letter++ = options[i].letter;
        if (options[i].argument != NULL)
            *letter++ = ':';
    }
    t.longs[n].name = "help";
    t.longs[n].val = 'h';
    return t;
}

/* The row that getopt's value means, or NULL. */
static const ag_cli_option *row_of(const ag_cli_option *options, size_t n,
                                   int value)
{
    if (value >= FIRST_LONG)
        return (size_t)(value - FIRST_LONG) < n ? &options[value - FIRST_LONG]
                                                : NULL;
    for (size_t i = 0; i < n; i++) {
        if (options[i].letter != '\0' && options[i].letter == value)
            return &options[i];
    }
    return NULL;
}

static void say_choices(const char *option, const char *values,
                        const char *text)
{
    char choices[128] = "";
    size_t n = 0;

    for (const char *p = values; *p != '\0' && n + 3 < sizeof choices; p++) {
        if (*p == '|')
            choices[n++] = ',';
        choices[n++] = *p == '|' ? ' ' : *p;
    }
    choices[n] = '\0';
    ag_cli_say("--%s: '%s' is not one of its values: %s", option, text,
               choices);
}

bool ag_cli_choose(const char *option, const char *values, const char *text,
                   int *chosen)
{
    const size_t length = strlen(text);
    const char *value;
    int n;

    for (int i = 0; (value = ag_cli_choice(values, i, &n)) != NULL; i++) {
        if ((size_t)n == length && memcmp(value, text, length) == 0) {
            *chosen = i;
            return true;
        }
    }
    say_choices(option, values, text);
    return false;
}

/* `given` tells a default from the same value on the command line. */
static bool apply_number(const ag_cli_option *o, ag_cli_number *field,
                         const char *text)
{
    unsigned forms = o->kind == AG_CLI_SIZE ? AG_CLI_SUFFIX : 0;
    char what[64];

    snprintf(what, sizeof what, "--%s", o->name);
    field->given = true;
    return ag_cli_number_of(what, text, strlen(text), forms, &field->value);
}

/* Stores an option's text where its kind says; the one place that writes to
   settings by offset. */
static bool apply(const ag_cli_option *o, void *settings, const char *text)
{
    void *field = (char *)settings + o->offset;

    switch (o->kind) {
    case AG_CLI_FLAG:
        *(bool *)field = true;
        return true;
    case AG_CLI_NUMBER:
    case AG_CLI_SIZE:
        return apply_number(o, field, text);
    case AG_CLI_CHOICE:
        return ag_cli_choose(o->name, o->values, text, field);
    case AG_CLI_TEXT:
        *(const char **)field = text;
        return true;
    case AG_CLI_CALL:
        break;
    }
    return o->apply(settings, text);
}

/* The long options that `word` abbreviates; *last is one of them. */
static size_t count_prefixes(const ag_cli_option *options, const char *word,
                             const char **first, const char **last)
{
    size_t found = 0;

    for (size_t i = 0; options[i].name != NULL; i++) {
        if (strncmp(options[i].name, word, strlen(word)) != 0)
            continue;
        if (found++ == 0)
            *first = options[i].name;
        *last = options[i].name;
    }
    return found;
}

/* Hidden options are not suggested. */
static const char *nearest_option(const ag_cli_option *options, size_t n,
                                  const char *word)
{
    const char **names = ag_cli_alloc(n + 1, sizeof *names);
    size_t visible = 0;
    const char *nearest;

    for (size_t i = 0; i < n; i++) {
        if (options[i].group[0] != '\0')
            names[visible++] = options[i].name;
    }
    names[visible++] = "help";
    nearest = ag_cli_nearest(word, names, visible);
    free(names);
    return nearest;
}

/* An abbreviation of several options is no misspelling: name two of them. */
static void say_unknown_long(const ag_cli_command *command, const char *given)
{
    const char *first = NULL, *last = NULL, *near;
    char word[64];

    snprintf(word, sizeof word, "%.*s", (int)strcspn(given + 2, "="),
             given + 2);
    if (count_prefixes(command->options, word, &first, &last) > 1) {
        ag_cli_say("option '--%s' could be --%s or --%s; write it in full. "
                   "Try 'armgpu help %s'.",
                   word, first, last, command->name);
        return;
    }
    near =
        nearest_option(command->options, count_options(command->options), word);
    if (near != NULL)
        ag_cli_say("unknown option '--%s'; did you mean '--%s'? Try 'armgpu "
                   "help %s'.",
                   word, near, command->name);
    else
        ag_cli_say("unknown option '--%s'. Try 'armgpu help %s'.", word,
                   command->name);
}

/* getopt returned '?' or ':'. */
static void say_misuse(const ag_cli_command *command, int what,
                       const char *given)
{
    size_t n = count_options(command->options);
    const ag_cli_option *o = row_of(command->options, n, optopt);

    if (what == ':' && o != NULL)
        ag_cli_say("option '--%s' needs an argument (%s). Try 'armgpu "
                   "help %s'.",
                   o->name, o->argument, command->name);
    else if (optopt != 0 && strncmp(given, "--", 2) == 0)
        ag_cli_say("option '%.*s' takes no argument. Try 'armgpu help %s'.",
                   (int)strcspn(given, "="), given, command->name);
    else if (optopt != 0)
        ag_cli_say("unknown option '-%c'. Try 'armgpu help %s'.", optopt,
                   command->name);
    else
        say_unknown_long(command, given);
}

/* One option. Returns false when the command is over. */
static bool handle(const ag_cli_command *command, int value, const char *given,
                   void *settings, int *status)
{
    size_t n = count_options(command->options);
    const ag_cli_option *o = row_of(command->options, n, value);

    *status = AG_CLI_EXIT_FAILED;
    if (value == 'h' && o == NULL) {
        ag_cli_print_help(stdout, command);
        *status = AG_CLI_EXIT_OK;
        return false;
    }
    if (o == NULL) {
        say_misuse(command, value, given);
        return false;
    }
    return apply(o, settings, optarg);
}

int ag_cli_parse(const ag_cli_command *command, int argc, char **argv,
                 void *settings, int *status)
{
    size_t n = count_options(command->options);
    getopt_tables t = make_tables(command->options, n);
    bool going = true;
    int value;

    /* Messages are ours: getopt's do not say what to do next. */
    opterr = 0;
    while (going &&
           (value = getopt_long(argc, argv, t.letters, t.longs, NULL)) != -1)
        going = handle(command, value, argv[optind - 1], settings, status);
    free(t.letters);
    free(t.longs);
    return going ? optind : -1;
}

bool ag_cli_parse_one(const ag_cli_command *command, int argc, char **argv,
                      void *settings, const char **operand, int *status)
{
    int first = ag_cli_parse(command, argc, argv, settings, status);

    if (first < 0)
        return false;
    if (argc - first > 1) {
        ag_cli_say("unexpected operand '%s' after '%s'. Try 'armgpu help %s'.",
                   argv[first + 1], argv[first], command->name);
        *status = AG_CLI_EXIT_FAILED;
        return false;
    }
    if (first < argc)
        *operand = argv[first];
    return true;
}
