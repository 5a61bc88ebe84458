/* Compilers as processes: see child.h. */
#define _GNU_SOURCE 1 /* addclosefrom_np */
#include "backend/child.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAP_NANOSECONDS 2000000
#define NAME_BYTES 64

#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
#define AG_HAS_CLOSEFROM 1
#endif
#endif
#ifndef AG_HAS_CLOSEFROM
#define AG_HAS_CLOSEFROM 0
#endif

struct ag_child {
    char folder[AG_CHILD_PATH_BYTES - NAME_BYTES];
    pid_t process;
    pid_t watch;     /* 0: there is none */
    int life;        /* what it waits for the end of; -1: nothing */
    double end;      /* when it has taken too long */
    bool is_over;    /* and nothing is left of it */
    const char *why; /* it is no success; NULL: it is, as far as is known */
};

/* It said no: else it did not come to that. */
const char ag_child_refused[] = "failed";

/* -- Its folder ------------------------------------------------------------ */

struct ag_child *ag_child_open(char message[AG_MESSAGE_BYTES])
{
    const char *asked = ag_getenv("TMPDIR");
    const char *parent = asked != NULL && asked[0] == '/' ? asked : "/tmp";
    struct ag_child *c = calloc(1, sizeof *c);
    if (c == NULL) {
        snprintf(message, AG_MESSAGE_BYTES, "out of memory");
        return NULL;
    }
    const int n =
        snprintf(c->folder, sizeof c->folder, "%s/armgpu-XXXXXX", parent);
    if (n < (int)sizeof c->folder && mkdtemp(c->folder) != NULL) {
        c->is_over = true;
        c->life = -1;
        return c;
    }
    snprintf(message, AG_MESSAGE_BYTES, "no directory could be made in %.300s",
             parent);
    free(c);
    return NULL;
}

const char *ag_child_folder(const struct ag_child *c)
{
    return c->folder;
}

void ag_child_path(const char *folder, const char *name,
                   char path[AG_CHILD_PATH_BYTES])
{
    snprintf(path, AG_CHILD_PATH_BYTES, "%.*s/%.*s",
             AG_CHILD_PATH_BYTES - NAME_BYTES, folder, NAME_BYTES - 2, name);
}

bool ag_child_write(const char *folder, const char *name, const void *bytes,
                    size_t length, char message[AG_MESSAGE_BYTES])
{
    char path[AG_CHILD_PATH_BYTES];
    ag_child_path(folder, name, path);
    FILE *out = fopen(path, "wb");
    bool ok = out != NULL && fwrite(bytes, 1, length, out) == length;
    ok = (out != NULL && fclose(out) == 0) && ok;
    if (!ok)
        snprintf(message, AG_MESSAGE_BYTES, "%.300s could not be written",
                 path);
    return ok;
}

void *ag_child_read(const char *folder, const char *name, size_t *length)
{
    char path[AG_CHILD_PATH_BYTES];
    ag_child_path(folder, name, path);
    FILE *in = fopen(path, "rb");
    long size = -1;
    char *bytes = NULL;
    if (in != NULL && fseek(in, 0, SEEK_END) == 0)
        size = ftell(in);
    if (size > 0 && fseek(in, 0, SEEK_SET) == 0)
        bytes = calloc(1, (size_t)size + 1);
    if (bytes != NULL && fread(bytes, 1, (size_t)size, in) != (size_t)size) {
        free(bytes);
        bytes = NULL;
    }
    if (in != NULL)
        fclose(in);
    *length = bytes != NULL ? (size_t)size : 0;
    return bytes;
}

/* That the linker has failed is said behind its reasons. */
void ag_child_complain(const struct ag_child *c, const char *who,
                       const char *how, char message[AG_MESSAGE_BYTES])
{
    char path[AG_CHILD_PATH_BYTES], line[384] = "", first[384] = "";
    ag_child_path(c->folder, AG_CHILD_COMPLAINTS, path);
    FILE *in = fopen(path, "r");
    bool is_error = false;
    while (in != NULL && !is_error && fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        is_error =
            strstr(line, "error") != NULL && strncmp(line, "collect2:", 9) != 0;
        if (first[0] == '\0' || is_error)
            memcpy(first, line, sizeof first);
    }
    if (in != NULL)
        fclose(in);
    snprintf(message, AG_MESSAGE_BYTES, "%.60s %s%s%s", who, how,
             first[0] != '\0' ? ": " : "", first);
}

/* -- The process ----------------------------------------------------------- */

/* In a group, without the signals that a thread of ours has blocked, nor what
   the caller's program ignores. */
static bool set_signals(posix_spawnattr_t *a, pid_t group)
{
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGTERM); /* by which they end with us */
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGCHLD);
    sigaddset(&defaults, SIGXFSZ);
    return posix_spawnattr_setflags(a, POSIX_SPAWN_SETPGROUP |
                                           POSIX_SPAWN_SETSIGMASK |
                                           POSIX_SPAWN_SETSIGDEF) == 0 &&
           posix_spawnattr_setpgroup(a, group) == 0 &&
           posix_spawnattr_setsigmask(a, &none) == 0 &&
           posix_spawnattr_setsigdefault(a, &defaults) == 0;
}

/* Others are the caller's: who reads a pipe would wait for a compiler that had
   its other end too. */
static bool close_others(posix_spawn_file_actions_t *f)
{
#if AG_HAS_CLOSEFROM
    return posix_spawn_file_actions_addclosefrom_np(f, 3) == 0;
#else
    (void)f;
    return true;
#endif
}

/* Input from an open file, or none (-1). */
static bool set_files(posix_spawn_file_actions_t *f, int input,
                      const char *complaints)
{
    const int error =
        input < 0
            ? posix_spawn_file_actions_addopen(f, 0, "/dev/null", O_RDONLY, 0)
            : posix_spawn_file_actions_adddup2(f, input, 0);
    return error == 0 &&
           posix_spawn_file_actions_addopen(f, 1, "/dev/null", O_WRONLY, 0) ==
               0 &&
           posix_spawn_file_actions_addopen(
               f, 2, complaints, O_WRONLY | O_CREAT | O_TRUNC, 0600) == 0 &&
           close_others(f);
}

/* Whether two "NAME=VALUE" have one name. */
static bool is_same_name(const char *a, const char *b)
{
    const size_t n = strcspn(a, "=");
    return strncmp(a, b, n) == 0 && b[n] == '=';
}

/* Ours, but that these are in the place of those of their names. For free(). */
static const char **make_environment(const char *folder,
                                     const char *const *others)
{
    char **ours = ag_environ();
    size_t n = 0, added = 0, kept = 0;
    while (ours[n] != NULL)
        n++;
    while (others != NULL && others[added] != NULL)
        added++;
    const char **all = calloc(n + added + 2, sizeof *all);
    if (all == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        bool is_other = is_same_name(folder, ours[i]);
        for (size_t k = 0; k < added; k++)
            is_other = is_other || is_same_name(others[k], ours[i]);
        if (!is_other)
            all[kept++] = ours[i];
    }
    all[kept++] = folder;
    if (added != 0)
        memcpy(&all[kept], others, added * sizeof *all);
    return all;
}

/* In this group (0: of its own); 0: it did not start. */
static pid_t spawn(pid_t group, int input, const char *complaints, char **words,
                   const char *const *environment)
{
    posix_spawnattr_t a;
    posix_spawn_file_actions_t f;
    pid_t process = 0;
    if (posix_spawnattr_init(&a) != 0)
        return 0;
    if (posix_spawn_file_actions_init(&f) == 0) {
        if (!set_signals(&a, group) || !set_files(&f, input, complaints) ||
            posix_spawn(&process, words[0], &f, &a, words,
                        (char *const *)(uintptr_t)environment) != 0)
            process = 0;
        posix_spawn_file_actions_destroy(&f);
    }
    posix_spawnattr_destroy(&a);
    return process;
}

/* -- Its end with ours ----------------------------------------------------- */

/*
 * A process that is killed ends nothing and removes nothing. So a shell in the
 * compiler's group reads a pipe that this process alone holds open for writing:
 * at its end, and so however this process went, it ends the group and removes
 * the folder. (What Linux has for that, PR_SET_PDEATHSIG, goes by the thread
 * that started the compiler, which may be over before, and does not reach what
 * the compiler has started.) Where there is no shell, compilers end by
 * themselves.
 */
static char watch_script[] =
    "trap '' TERM; read -r end || :; kill -TERM 0; sleep 1; "
    "rm -rf -- \"$0\"; kill -KILL 0";

/* Not 0 to 2, which who has closed them may take for what they were. */
static bool open_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        const int high = fcntl(ends[i], F_DUPFD_CLOEXEC, 3);
        close(ends[i]);
        ends[i] = high;
    }
    if (ends[0] >= 0 && ends[1] >= 0)
        return true;
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    return false;
}

static void start_watch(struct ag_child *c, const char *const *environment)
{
    char shell[] = "/bin/sh", option[] = "-c";
    char *words[] = {shell, option, watch_script, c->folder, NULL};
    int ends[2];
    if (!open_pipe(ends))
        return;
    c->watch = spawn(c->process, ends[0], "/dev/null", words, environment);
    c->life = ends[1];
    close(ends[0]);
}

/* It is over: nothing is to be ended any more. Who was killed with the group
   may be another process by now, where nobody waits for processes. */
static void end_watch(struct ag_child *c, bool is_killed)
{
    if (c->watch != 0 && !is_killed)
        (void)kill(c->watch, SIGKILL);
    while (c->watch != 0 && waitpid(c->watch, NULL, 0) < 0 && errno == EINTR)
        continue;
    if (c->life >= 0)
        close(c->life);
    c->watch = 0;
    c->life = -1;
}

/* -- Beginning and end ----------------------------------------------------- */

bool ag_child_start(struct ag_child *c, char **words,
                    const char *const *environment)
{
    char folder[AG_CHILD_PATH_BYTES], complaints[AG_CHILD_PATH_BYTES];
    double seconds;
    (void)ag_env_number(AG_ARMGPU_CC_SECONDS, &seconds, NULL, 0);
    snprintf(folder, sizeof folder, "TMPDIR=%s", c->folder);
    const char **all = make_environment(folder, environment);
    c->end = ag_now() + seconds;
    ag_child_path(c->folder, AG_CHILD_COMPLAINTS, complaints);
    if (all != NULL)
        c->process = spawn(0, -1, complaints, words, all);
    c->is_over = c->process == 0;
    if (!c->is_over)
        start_watch(c, all);
    free(all);
    return !c->is_over;
}

/* Ends it, with all that it has started. */
static void kill_group(struct ag_child *c, const char *why)
{
    if (c->why == NULL)
        c->why = why;
    (void)kill(-c->process, SIGKILL);
}

bool ag_child_is_over(struct ag_child *c)
{
    int status = 0;
    if (c->is_over)
        return true;
    const pid_t got = waitpid(c->process, &status, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR)) {
        if (ag_now() > c->end)
            kill_group(c, "took too long");
        return false;
    }
    c->is_over = true;
    end_watch(c, c->why != NULL);
    if (c->why != NULL)
        return true;
    if (got < 0) /* who ignores SIGCHLD is told nothing */
        c->why = "ended, and nobody says how: SIGCHLD is ignored";
    else if (WIFSIGNALED(status))
        c->why = "was ended by a signal";
    else if (WEXITSTATUS(status) != 0)
        c->why = ag_child_refused;
    return true;
}

static void nap(void)
{
    const struct timespec short_time = {0, NAP_NANOSECONDS};
    nanosleep(&short_time, NULL);
}

bool ag_child_await(struct ag_child *c, const int *is_given_up, double end)
{
    while (!ag_child_is_over(c)) {
        if (__atomic_load_n(is_given_up, __ATOMIC_RELAXED) || ag_now() > end)
            return false;
        nap();
    }
    return true;
}

const char *ag_child_finish(struct ag_child *c, const int *is_given_up)
{
    while (!ag_child_await(c, is_given_up, DBL_MAX)) {
        kill_group(c, "was not waited for");
        nap();
    }
    return c->why;
}

void ag_child_close(struct ag_child *c)
{
    if (c == NULL)
        return;
    ag_remove_folder(c->folder);
    free(c);
}
