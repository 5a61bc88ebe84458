/*
 * The armgpu executable: finds the subcommand, runs it, makes sure that its
 * output was written. A subcommand is one cmd_*.c with one ag_cli_command and
 * one line in AG_CLI_COMMANDS.
 */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const ag_cli_command *const commands[] = {
#define AG_CLI_X(name) &ag_cli_##name,
    AG_CLI_COMMANDS(AG_CLI_X)
#undef AG_CLI_X
        NULL};

/* The options that may stand in the place of a subcommand. */
static const char *alias_of(const char *argument)
{
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0)
        return "help";
    if (strcmp(argument, "--version") == 0 || strcmp(argument, "-V") == 0)
        return "version";
    return argument;
}

/* Without arguments it is misuse: the overview goes to stderr. */
static int dispatch(int argc, char **argv)
{
    const ag_cli_command *command;

    if (argc < 2) {
        ag_cli_print_overview(stderr);
        return AG_CLI_EXIT_FAILED;
    }
    command = ag_cli_find_command(alias_of(argv[1]));
    if (command == NULL)
        return AG_CLI_EXIT_FAILED;
    return command->run(argc - 1, argv + 1);
}

/*
 * A file that is opened gets the lowest free number: one of a closed standard
 * descriptor would receive messages or the table. What takes the number here
 * cannot be read or written, so that using it fails as it did. The outputs get
 * a directory, because /dev/stdout cannot open that for writing either.
 */
static bool hold_closed_descriptors(void)
{
    for (int i = 0; i <= 2; i++) {
        if (fcntl(i, F_GETFD) == -1 && errno == EBADF &&
            (i == 0 ? open("/dev/null", O_WRONLY) : open("/", O_RDONLY)) != i)
            return false;
    }
    return true;
}

/* A file that may not become larger is a failure to write, which is said; and
   children are waited for, whatever the caller does with its own. */
static void take_signals(void)
{
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL);
}

int main(int argc, char **argv)
{
    int status;

    if (argc > 1 && strcmp(argv[1], ARMGPU_HELPER) == 0)
        return armgpu_helper(argc, argv);
    take_signals();
    ag_cli_commands = commands;
    if (!hold_closed_descriptors()) {
        ag_cli_say("a standard descriptor is closed, and nothing can take its "
                   "place: %s",
                   strerror(errno));
        return AG_CLI_EXIT_FAILED;
    }
    status = dispatch(argc, argv);
    return ag_cli_finish_output() ? status : AG_CLI_EXIT_FAILED;
}
