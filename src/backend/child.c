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

/* In a group of its own, without the signals that a thread of ours has blocked,
   nor what the caller's program ignores. */
static bool set_signals(posix_spawnattr_t *a)
{
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGCHLD);
    sigaddset(&defaults, SIGXFSZ);
    return posix_spawnattr_setflags(a, POSIX_SPAWN_SETPGROUP |
                                           POSIX_SPAWN_SETSIGMASK |
                                           POSIX_SPAWN_SETSIGDEF) == 0 &&
           posix_spawnattr_setpgroup(a, 0) == 0 &&
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

static bool set_files(posix_spawn_file_actions_t *f, const char *complaints)
{
    return posix_spawn_file_actions_addopen(f, 0, "/dev/null", O_RDONLY, 0) ==
               0 &&
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

static bool spawn(struct ag_child *c, char **words,
                  const char *const *environment)
{
    char complaints[AG_CHILD_PATH_BYTES];
    posix_spawnattr_t a;
    posix_spawn_file_actions_t f;
    bool ok = false;
    ag_child_path(c->folder, AG_CHILD_COMPLAINTS, complaints);
    if (posix_spawnattr_init(&a) != 0)
        return false;
    if (posix_spawn_file_actions_init(&f) == 0) {
        ok = set_signals(&a) && set_files(&f, complaints) &&
             posix_spawn(&c->process, words[0], &f, &a, words,
                         (char *const *)(uintptr_t)environment) == 0;
        posix_spawn_file_actions_destroy(&f);
    }
    posix_spawnattr_destroy(&a);
    return ok;
}

bool ag_child_start(struct ag_child *c, char **words,
                    const char *const *environment)
{
    char folder[AG_CHILD_PATH_BYTES];
    double seconds;
    (void)ag_env_number(AG_ARMGPU_CC_SECONDS, &seconds, NULL, 0);
    snprintf(folder, sizeof folder, "TMPDIR=%s", c->folder);
    const char **all = make_environment(folder, environment);
    c->end = ag_now() + seconds;
    c->is_over = all == NULL || !spawn(c, words, all);
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
