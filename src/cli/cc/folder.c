/*
 * The folder that a program is made in: the recipe's files, what the compiler
 * writes for itself, and its result. A signal ends the compiler, and then the
 * folder goes as it does at every other end.
 */
#include "cli/cc/cc.h"

#include "base/folder.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A signal handler has no argument: the one place that needs globals. */
static volatile sig_atomic_t caught;
static volatile pid_t compiler; /* with all that it starts; 0: none executes */

static void on_signal(int signal_number)
{
    int error = errno;

    caught = signal_number;
    if (compiler != 0)
        (void)kill(-compiler, signal_number);
    errno = error;
}

int ag_cc_caught_signal(void)
{
    return (int)caught;
}

/* -- The folder ------------------------------------------------------------ */

static bool write_file(const char *folder, const ag_cc_file *f)
{
    char path[AG_CC_PATH_BYTES];
    FILE *file;
    bool fine;

    snprintf(path, sizeof path, "%s/%s", folder, f->name);
    file = fopen(path, "wb");
    fine = file != NULL && fwrite(f->bytes, 1, f->size, file) == f->size;
    return file != NULL && fclose(file) == 0 && fine;
}

int ag_cc_open_folder(char folder[AG_CC_PATH_BYTES])
{
    const char *parent = ag_cli_temporary_folder();
    bool fine = true;

    /* Names of files are added to it. */
    if (strlen(parent) > AG_CC_PATH_BYTES - 512) {
        ag_cli_say("TMPDIR is too long a path");
        return AG_CLI_EXIT_FAILED;
    }
    snprintf(folder, AG_CC_PATH_BYTES, "%s/armgpu-cc.XXXXXX", parent);
    ag_cli_handle_endings(on_signal);
    if (mkdtemp(folder) == NULL) {
        ag_cli_say("cannot make a folder for the work in '%s': %s; say where "
                   "with TMPDIR",
                   parent, strerror(errno));
        return AG_CLI_EXIT_FAILED;
    }
    for (const ag_cc_file *f = ag_cc_recipe; fine && f->name != NULL; f++)
        fine = write_file(folder, f);
    if (fine)
        return AG_CLI_EXIT_OK;
    ag_cli_say("cannot write into '%s': %s", folder, strerror(errno));
    ag_remove_folder(folder);
    return AG_CLI_EXIT_FAILED;
}

/* -- Commands -------------------------------------------------------------- */

static void become(const char *folder, const ag_cc_words *words,
                   const sigset_t *mask)
{
    (void)setenv("TMPDIR", folder, 1);
    (void)sigprocmask(SIG_SETMASK, mask, NULL);
    execv(words->list[0], words->list);
    ag_cli_say("cannot execute '%s': %s", words->list[0], strerror(errno));
    fflush(stderr);
    _exit(AG_CLI_EXIT_FAILED);
}

/* Signals wait until the handler knows whom to end. */
static pid_t start(const char *folder, const ag_cc_words *words)
{
    sigset_t mask, before;
    pid_t child;

    sigemptyset(&mask);
    for (size_t i = 0; i < AG_CLI_ENDING_SIGNALS; i++)
        sigaddset(&mask, ag_cli_ending_signals[i]);
    fflush(stdout);
    (void)sigprocmask(SIG_BLOCK, &mask, &before);
    child = fork();
    if (child >= 0)
        (void)setpgid(child, 0); /* whoever of both is first */
    if (child == 0) {
        /* Only what exec resets is ours: the handlers, until then. */
        for (size_t i = 0; i < AG_CLI_ENDING_SIGNALS; i++) {
            struct sigaction now;

            if (sigaction(ag_cli_ending_signals[i], NULL, &now) == 0 &&
                now.sa_handler == on_signal)
                (void)signal(ag_cli_ending_signals[i], SIG_DFL);
        }
        become(folder, words, &before);
    }
    compiler = child > 0 ? child : 0;
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return child;
}

int ag_cc_execute(const char *folder, const ag_cc_words *words)
{
    int status = 0;
    pid_t child;

    if (caught != 0)
        return AG_CLI_EXIT_SIGNAL + (int)caught;
    child = start(folder, words);
    if (child < 0) {
        ag_cli_say("cannot start '%s': %s", words->list[0], strerror(errno));
        return AG_CLI_EXIT_FAILED;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    compiler = 0;
    if (caught != 0)
        return AG_CLI_EXIT_SIGNAL + (int)caught;
    if (WIFSIGNALED(status)) {
        ag_cli_say("'%s' was ended by signal %d", words->list[0],
                   WTERMSIG(status));
        return AG_CLI_EXIT_FAILED;
    }
    if (WEXITSTATUS(status) == AG_CLI_EXIT_FAILED)
        return AG_CLI_EXIT_FAILED;
    return WEXITSTATUS(status) == 0 ? AG_CLI_EXIT_OK
                                    : AG_CLI_EXIT_NOT_A_PROGRAM;
}
