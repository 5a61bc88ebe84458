/*
 * The subcommands, for those who print or search them. main.c says which they
 * are, so that this file needs none of them.
 */
#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

const ag_cli_command *const *ag_cli_commands;

#define MOST_NAMES 48

/* Options that may stand in the place of a subcommand. */
static const char *const options[] = {"--help", "--version"};

/* The most likely mistakes: a slip of the fingers, a forgotten `run`. */
static void say_unknown(const char *what, const char *name, const char *near)
{
    if (near != NULL)
        ag_cli_say("unknown %s '%s'; did you mean '%s'? Try 'armgpu help'.",
                   what, name, near);
    else if (name[0] != '-' && access(name, F_OK) == 0)
        ag_cli_say("unknown %s '%s'; to run that file, write 'armgpu run %s'",
                   what, name, name);
    else
        ag_cli_say("unknown %s '%s'. Try 'armgpu help'.", what, name);
}

static size_t add_commands(const char **names)
{
    size_t n = 0;

    while (n < MOST_NAMES && ag_cli_commands[n] != NULL) {
        names[n] = ag_cli_commands[n]->name;
        n++;
    }
    return n;
}

static const ag_cli_command *command_of(const char *name)
{
    for (size_t i = 0; ag_cli_commands[i] != NULL; i++) {
        if (strcmp(name, ag_cli_commands[i]->name) == 0)
            return ag_cli_commands[i];
    }
    return NULL;
}

const ag_cli_command *ag_cli_find_command(const char *name)
{
    const ag_cli_command *command = command_of(name);
    const char *names[MOST_NAMES];

    if (command != NULL)
        return command;
    if (ag_cli_find_topic(name) != NULL)
        ag_cli_say("'%s' is a topic: write 'armgpu help %s'", name, name);
    else if (name[0] == '-')
        say_unknown("option", name, ag_cli_nearest(name, options, 2));
    else
        say_unknown("subcommand", name,
                    ag_cli_nearest(name, names, add_commands(names)));
    return NULL;
}

bool ag_cli_find_page(const char *name, const ag_cli_command **command,
                      const ag_cli_topic **topic)
{
    const char *names[MOST_NAMES];
    size_t n = add_commands(names);

    *command = command_of(name);
    *topic = ag_cli_find_topic(name);
    if (*command != NULL || *topic != NULL)
        return true;
    for (size_t i = 0; ag_cli_topics[i].name != NULL && n < MOST_NAMES; i++)
        names[n++] = ag_cli_topics[i].name;
    say_unknown("subcommand or topic", name, ag_cli_nearest(name, names, n));
    return false;
}
