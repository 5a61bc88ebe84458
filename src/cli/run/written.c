/*
 * --collect: what lanes wrote to files goes to DIR/LANE/path, as they end; with
 * --find when it is known that the lane matches. Names are a program's: none is
 * followed as a link on the way, so that nothing is written outside DIR. Nor do
 * links that lanes have made lead out of DIR/LANE when they are followed later.
 */
#define _POSIX_C_SOURCE 200809L
#include "cli/run/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file or folder of a lane that is not written yet. */
typedef struct kept {
    struct kept *next;
    uint64_t lane;
    char *path;
    uint32_t mode;
    uint8_t *bytes;
    size_t size;
} kept;

struct ag_run_written {
    int dir; /* its descriptor */
    kept *first, **last;
    bool has_failed, has_left_out;
};

int ag_run_written_begin(ag_run *r)
{
    const char *path = r->settings.process.collect;
    struct ag_run_written *w;

    if (path == NULL)
        return AG_CLI_EXIT_OK;
    w = r->written = ag_cli_alloc(1, sizeof *w);
    w->last = &w->first;
    w->dir = -1;
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        w->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w->dir >= 0)
        return AG_CLI_EXIT_OK;
    ag_cli_say("--collect: cannot write to '%s': %s; check the path and its "
               "permissions",
               path, strerror(errno));
    return AG_CLI_EXIT_FAILED;
}

/* -- Writing --------------------------------------------------------------- */

static bool write_failed(ag_run *r, uint64_t lane)
{
    if (!r->written->has_failed)
        ag_cli_say("--collect: cannot write all files of lane %" PRIu64
                   " to '%s': %s; what is there is incomplete",
                   lane, r->settings.process.collect, strerror(errno));
    r->written->has_failed = true;
    return false;
}

/* The folder of this name in `dir`, which is closed unless it is DIR; made
   where there is none, or something else. */
static int enter(const ag_run *r, int dir, const char *name)
{
    const int how = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int error, fd = openat(dir, name, how);

    if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
        (void)unlinkat(dir, name, 0);
    if (fd < 0 && (mkdirat(dir, name, 0755) == 0 || errno == EEXIST))
        fd = openat(dir, name, how);
    error = errno;
    if (dir != r->written->dir)
        close(dir);
    errno = error;
    return fd;
}

/* The folder that a path's last name is in; -1: errno says why. */
static int enter_all(const ag_run *r, uint64_t lane, const char *path,
                     const char **name)
{
    char one[256];
    int dir;

    snprintf(one, sizeof one, "%" PRIu64, lane);
    dir = enter(r, r->written->dir, one);
    for (const char *slash; dir >= 0 && (slash = strchr(path, '/')) != NULL;
         path = slash + 1) {
        snprintf(one, sizeof one, "%.*s", (int)(slash - path), path);
        dir = enter(r, dir, one);
    }
    *name = path;
    return dir;
}

static bool write_all(int fd, const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t n = write(fd, bytes + at, size - at);

        if (n < 0 && errno != EINTR)
            return false;
        at += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* New, in place of what an earlier run left there. */
static bool write_file(int dir, const char *name, uint32_t mode,
                       const uint8_t *bytes, size_t size)
{
    int fd = -1;
    bool fine;

    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
        fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                    (mode & 0111) != 0 ? 0755 : 0644);
    fine = fd >= 0 && write_all(fd, bytes, size);
    if (fd >= 0 && close(fd) != 0)
        fine = false;
    return fine;
}

/* Whether a link at `path` leads to what is in the lane's folder, whatever
   other links that do are on the way: it goes up first, if at all, from
   folders, which are no links, and then only down. */
static bool stays_inside(const char *path, const char *text)
{
    size_t depth = 0;

    if (text[0] == '/')
        return false;
    for (; *path != '\0'; path++)
        depth += *path == '/';
    for (; text[0] == '.' &&
           (text[1] == '/' || (text[1] == '.' && strchr("/", text[2]) != NULL));
         text += strspn(text, "/")) {
        if (text[1] == '.' && depth-- == 0)
            return false;
        text += text[1] == '.' ? 2 : 1;
    }
    for (const char *slash = text; (slash = strchr(slash, '/')) != NULL;) {
        slash += strspn(slash, "/");
        if (slash[0] == '.' && slash[1] == '.' && strchr("/", slash[2]) != NULL)
            return false;
    }
    return true;
}

/* In place of what an earlier run left there, even where it is left out. */
static bool write_link(ag_run *r, uint64_t lane, const char *path, int dir,
                       const char *name, const uint8_t *bytes, size_t size)
{
    char text[4096];

    if (unlinkat(dir, name, 0) != 0 && errno != ENOENT)
        return false;
    snprintf(text, sizeof text, "%.*s", (int)size, (const char *)bytes);
    if (stays_inside(path, text))
        return symlinkat(text, dir, name) == 0;
    if (!r->written->has_left_out)
        ag_cli_say("--collect: links of lane %" PRIu64
                   " that are absolute or lead out of its folder are left out; "
                   "those of other lanes are not said",
                   lane);
    r->written->has_left_out = true;
    return true;
}

static bool put(ag_run *r, uint64_t lane, const char *path, uint32_t mode,
                const uint8_t *bytes, size_t size)
{
    const char *name;
    int error, dir = enter_all(r, lane, path, &name);
    bool fine = dir >= 0;

    if (fine && S_ISDIR(mode))
        fine = (dir = enter(r, dir, name)) >= 0;
    else if (fine && S_ISLNK(mode))
        fine = write_link(r, lane, path, dir, name, bytes, size);
    else if (fine)
        fine = write_file(dir, name, mode, bytes, size);
    error = errno;
    if (dir >= 0)
        close(dir);
    errno = error;
    return fine || write_failed(r, lane);
}

/* -- Taking in ------------------------------------------------------------- */

static void keep(struct ag_run_written *w, uint64_t lane, const char *path,
                 uint32_t mode, const void *bytes, size_t size)
{
    kept *k = ag_cli_alloc(1, sizeof *k);

    k->lane = lane;
    k->mode = mode;
    k->path = ag_cli_alloc(strlen(path) + 1, 1);
    memcpy(k->path, path, strlen(path));
    k->bytes = ag_cli_alloc(size + 1, 1);
    k->size = size;
    if (size != 0)
        memcpy(k->bytes, bytes, size);
    *w->last = k;
    w->last = &k->next;
}

int32_t ag_run_take_written(void *user, uint64_t lane, const char *path,
                            uint32_t mode, const void *bytes, uint64_t n)
{
    ag_run *r = user;

    if (r->settings.conditions.count != 0)
        keep(r->written, lane, path, mode, bytes, (size_t)n);
    else if (!put(r, lane, path, mode, bytes, (size_t)n))
        return 1;
    return 0;
}

bool ag_run_put_written(ag_run *r, uint64_t lane, bool matches)
{
    struct ag_run_written *w = r->written;
    bool fine = true;

    if (w == NULL)
        return true;
    w->last = &w->first;
    for (kept *k; (k = *w->last) != NULL;) {
        if (k->lane != lane) {
            w->last = &k->next;
            continue;
        }
        if (matches)
            fine &= put(r, lane, k->path, k->mode, k->bytes, k->size);
        *w->last = k->next;
        free(k->path);
        free(k->bytes);
        free(k);
    }
    return fine;
}

/* What no lane that was reported has is dropped. */
int ag_run_written_end(ag_run *r)
{
    struct ag_run_written *w = r->written;
    int status;

    if (w == NULL)
        return AG_CLI_EXIT_OK;
    while (w->first != NULL)
        (void)ag_run_put_written(r, w->first->lane, false);
    if (w->dir >= 0)
        close(w->dir);
    status = w->has_failed ? AG_CLI_EXIT_FAILED : AG_CLI_EXIT_OK;
    free(w);
    r->written = NULL;
    return status;
}
