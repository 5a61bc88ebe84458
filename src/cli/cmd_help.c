/*
 * armgpu help: the overview, a subcommand's or a topic's page, and, for
 * packaging, the manual page and the shell completions.
 */
#include "cli/cli.h"

typedef struct help_settings {
    bool manual;
    int shell; /* -1: none */
} help_settings;

#define SHELLS "bash|zsh|fish"

static const ag_cli_option options[] = {
    {"Options", "man", 0, NULL, AG_CLI_FLAG, offsetof(help_settings, manual),
     NULL, NULL, "Print the manual page in mdoc."},
    {"Options", "completions", 0, "SHELL", AG_CLI_CHOICE,
     offsetof(help_settings, shell), SHELLS, NULL,
     "Print what a shell loads to complete command lines; make install does."},
    {NULL, NULL, 0, NULL, AG_CLI_FLAG, 0, NULL, NULL, NULL},
};

static int help(int argc, char **argv)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    help_settings settings = {false, -1};
    const ag_cli_command *command;
    const ag_cli_topic *topic;
    const char *name = NULL;
    int status = AG_CLI_EXIT_OK;

    if (!ag_cli_parse_one(&ag_cli_help, argc, argv, &settings, &name, &status))
        return status;
    if (settings.manual) {
        ag_cli_print_manual(stdout);
    } else if (settings.shell >= 0) {
        (void)ag_cli_print_completions(stdout, shells[settings.shell]);
    } else if (name == NULL) {
        ag_cli_print_overview(stdout);
    } else if (!ag_cli_find_page(name, &command, &topic)) {
        return AG_CLI_EXIT_FAILED;
    } else if (topic != NULL) {
        ag_cli_print_topic(stdout, topic);
    } else {
        ag_cli_print_help(stdout, command);
    }
    return AG_CLI_EXIT_OK;
}

const ag_cli_command ag_cli_help = {
    "help",
    help,
    "explain a subcommand or a topic",
    "[NAME]",
    "Prints what a subcommand does and its options, the page of a topic, or "
    "the list of both.",
    options,
};
