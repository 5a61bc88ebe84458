/*
 * The subcommands, for those who print or search them. main.c says which they
 * are, so that this file needs none of them.
 */
#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

const ag_cli_command *const *ag_cli_commands;

#define MOST_COMMANDS 32

static void say_unknown(const char *name, const char *near)
{
    /* The most likely mistakes: a slip of the fingers, a forgotten `run`. */
    if (name[0] == '-')
        ag_cli_say("unknown option '%s'. Try 'armgpu help'.", name);
    else if (near != NULL)
        ag_cli_say("unknown subcommand '%s'; did you mean '%s'? Try 'armgpu "
                   "help'.",
                   name, near);
    else if (access(name, F_OK) == 0)
        ag_cli_say("unknown subcommand '%s'; to run that file, write 'armgpu "
                   "run %s'",
                   name, name);
    else
        ag_cli_say("unknown subcommand '%s'. Try 'armgpu help'.", name);
}

const ag_cli_command *ag_cli_find_command(const char *name)
{
    const char *names[MOST_COMMANDS];
    size_t count = 0;

    for (; count < MOST_COMMANDS && ag_cli_commands[count] != NULL; count++) {
        names[count] = ag_cli_commands[count]->name;
        if (strcmp(name, names[count]) == 0)
            return ag_cli_commands[count];
    }
    say_unknown(name, ag_cli_nearest(name, names, count));
    return NULL;
}
