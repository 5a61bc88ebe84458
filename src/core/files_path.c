/*
 * Paths of guests: names are looked up one by one, as files.h says.
 *
 * A walk has descriptors of the directories that it came through. A name is
 * opened relative to the last of them and never as a link (O_NOFOLLOW), so that
 * what a name turns into between being looked at and being opened gives an
 * error at worst. What is opened is looked at again by its descriptor.
 */
#define _POSIX_C_SOURCE 200809L
#include "core/files.h"
#include "linux/records.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define MOST_DEEP 64
#define MOST_LINKS 40

int ag_files_error(int host)
{
    switch (host) {
    case 0:
        return 0;
    case EPERM:
        return AG_E_PERM;
    case ENOENT:
        return AG_E_NOENT;
    case ENXIO:
        return AG_E_NXIO;
    case ENOMEM:
        return AG_E_NOMEM;
    case EACCES:
        return AG_E_ACCES;
    case ENOTDIR:
        return AG_E_NOTDIR;
    case EISDIR:
        return AG_E_ISDIR;
    case EMFILE:
    case ENFILE:
        return AG_E_NFILE;
    case ELOOP:
        return AG_E_LOOP;
    case ENAMETOOLONG:
        return AG_E_NAMETOOLONG;
    default:
        return AG_E_IO;
    }
}

/* Takes the name at *path, which is then behind it and the slashes that follow;
   its length, 0 at the end. */
static size_t next_name(const char **path, const char **name)
{
    *path += strspn(*path, "/");
    *name = *path;
    *path += strcspn(*path, "/");
    return (size_t)(*path - *name);
}

static bool is_name(const char *name, size_t length, const char *other)
{
    return length == strlen(other) && memcmp(name, other, length) == 0;
}

/* -- Names as such ---------------------------------------------------------- */

/* Adds a name to a path of AG_MOST_FOUND. */
static bool add_name(char *out, const char *name, size_t length)
{
    const size_t used = strlen(out), slash = used != 0;
    if (used + slash + length >= AG_MOST_FOUND)
        return false;
    if (slash)
        out[used] = '/';
    memcpy(out + used + slash, name, length);
    out[used + slash + length] = '\0';
    return true;
}

static void drop_name(char *out)
{
    char *slash = strrchr(out, '/');
    *(slash != NULL ? slash : out) = '\0';
}

static bool join(char *out, const char *path)
{
    const char *name;
    for (size_t n; (n = next_name(&path, &name)) != 0;) {
        if (is_name(name, n, ".."))
            drop_name(out);
        else if (!is_name(name, n, ".") && !add_name(out, name, n))
            return false;
    }
    return true;
}

bool ag_files_join(const char *base, const char *path, char *out)
{
    out[0] = '\0';
    return join(out, path[0] == '/' ? "" : base) && join(out, path);
}

/* -- Walks ------------------------------------------------------------------ */

struct walk {
    /* [0] is the root, which is not the walk's own; -1: the lane's own. */
    int dirs[MOST_DEEP];
    const struct ag_files *files;
    const struct ag_lane_files *lane;
    int depth, links;
    char rest[2 * AG_MOST_FOUND]; /* of the path */
    struct ag_found *out;
};

static void leave(struct walk *w)
{
    if (w->depth == 0)
        return;
    if (w->dirs[w->depth] >= 0)
        close(w->dirs[w->depth]);
    w->depth--;
    drop_name(w->out->path);
}

static int enter(struct walk *w, const char *name)
{
    if (w->out->own != NULL && !S_ISDIR(w->out->status.st_mode))
        return AG_E_NOTDIR;
    if (w->depth + 1 == MOST_DEEP || !add_name(w->out->path, name, strlen(name)))
        return AG_E_NAMETOOLONG;
    int fd = w->out->own != NULL
                 ? -1
                 : openat(w->dirs[w->depth], name,
                          O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && w->out->own == NULL) {
        drop_name(w->out->path);
        return errno == ELOOP ? AG_E_NOTDIR : ag_files_error(errno);
    }
    w->dirs[++w->depth] = fd;
    return 0;
}

/* Where the link leads that out->own or the name in the walk's directory is, into
   AG_MOST_FOUND bytes; an error. */
static int read_link(const struct walk *w, const char *name, char *text)
{
    const struct ag_own *own = w->out->own;
    if (own != NULL) {
        memcpy(text, own->content.bytes, (size_t)own->content.size);
        text[own->content.size] = '\0';
        return 0;
    }
    ssize_t n = readlinkat(w->dirs[w->depth], name, text, AG_MOST_FOUND - 1);
    if (n < 0) /* it is none any more */
        return errno == EINVAL ? AG_E_LOOP : ag_files_error(errno);
    text[n] = '\0';
    return 0;
}

/* What the link says takes the place of its name. */
static int follow(struct walk *w, const char *name, const char *behind)
{
    char text[AG_MOST_FOUND], *to = w->rest;
    int error = read_link(w, name, text);
    const size_t left = strlen(behind), n = error == 0 ? strlen(text) : 0;
    if (error != 0)
        return error;
    if (++w->links > MOST_LINKS)
        return AG_E_LOOP;
    if (n == 0)
        return AG_E_NOENT;
    if (n + left + 1 >= sizeof w->rest)
        return AG_E_NAMETOOLONG;
    memmove(to + n, behind, left + 1);
    memcpy(to, text, n);
    while (text[0] == '/' && w->depth > 0)
        leave(w);
    return 0;
}

/* The directory that the walk is in. */
static int take_directory(struct walk *w, unsigned how)
{
    struct ag_found *out = w->out;
    out->own = NULL;
    if (w->dirs[w->depth] < 0) {
        const struct ag_name *at = ag_name_find(w->lane, out->path);
        out->own = at != NULL ? at->own : NULL;
        if (out->own == NULL)
            return AG_E_NOENT;
        out->status = out->own->content.status;
        return 0;
    }
    if (fstat(w->dirs[w->depth], &out->status) != 0)
        return ag_files_error(errno);
    if ((how & AG_FIND_OPENS) == 0)
        return 0;
    out->fd = openat(w->dirs[w->depth], ".",
                     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return out->fd < 0 ? ag_files_error(errno) : 0;
}

/* Regular files only: a device would do something when it is opened. What else
   comes there meanwhile is not waited for, and closed again. */
static int open_file(int dir, const char *name, int flags, struct ag_found *out)
{
    if (!S_ISREG(out->status.st_mode))
        return AG_E_NXIO;
    if (out->own != NULL)
        return 0;
    out->fd = openat(dir, name,
                     O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags);
    if (out->fd < 0)
        return ag_files_error(errno);
    if (fstat(out->fd, &out->status) == 0 && S_ISREG(out->status.st_mode))
        return 0;
    close(out->fd);
    out->fd = -1;
    return AG_E_NXIO;
}

/* The last name of the path, which is no directory. */
static int take_last(struct walk *w, const char *name, unsigned how)
{
    struct ag_found *out = w->out;
    const int dir = w->dirs[w->depth];
    if (!add_name(out->path, name, strlen(name)))
        return AG_E_NAMETOOLONG;
    if (S_ISLNK(out->status.st_mode)) {
        int error = read_link(w, name, out->link);
        return error == 0 && (how & AG_FIND_OPENS) != 0 ? AG_E_LOOP : error;
    }
    return (how & AG_FIND_OPENS) != 0 ? open_file(dir, name, O_NOFOLLOW, out)
                                      : 0;
}

/* What the directory that the walk is in has by this name. */
static int look(struct walk *w, const char *name)
{
    struct ag_found *out = w->out;
    const int dir = w->dirs[w->depth];
    if (!add_name(out->path, name, strlen(name)))
        return AG_E_NAMETOOLONG;
    const struct ag_name *at = ag_name_find(w->lane, out->path);
    out->own = at != NULL ? at->own : NULL;
    drop_name(out->path);
    if (at == NULL && dir >= 0)
        return fstatat(dir, name, &out->status, AT_SYMLINK_NOFOLLOW) == 0
                   ? 0
                   : ag_files_error(errno);
    if (out->own == NULL)
        return AG_E_NOENT;
    out->status = out->own->content.status;
    return 0;
}

/* The path that somebody may make something at. */
static int say_new(struct walk *w, const char *name)
{
    w->out->own = NULL;
    w->out->is_new = add_name(w->out->path, name, strlen(name));
    return w->out->is_new ? AG_E_NOENT : AG_E_NAMETOOLONG;
}

/* One name, at the beginning of w->rest; *is_over: it was the last one. */
static int step(struct walk *w, unsigned how, bool *is_over)
{
    char name[NAME_MAX + 1];
    const char *at, *behind = w->rest;
    const size_t n = next_name(&behind, &at);
    const bool is_last = behind[strspn(behind, "/")] == '\0';
    if (n == 0) {
        *is_over = true;
        return take_directory(w, how);
    }
    if (n > NAME_MAX)
        return AG_E_NAMETOOLONG;
    memcpy(name, at, n);
    name[n] = '\0';
    int error = 0;
    if (strcmp(name, "..") == 0) {
        leave(w);
    } else if (strcmp(name, ".") != 0) {
        mode_t *mode = &w->out->status.st_mode;
        const bool is_folder = is_last && at[n] == '/';
        const bool needs_folder = is_folder && (how & AG_FIND_NAMES) == 0;
        w->out->is_folder_name = is_folder;
        error = look(w, name);
        if (error != 0)
            return error == AG_E_NOENT && is_last ? say_new(w, name) : error;
        if (S_ISLNK(*mode) &&
            (!is_last || needs_folder || (how & AG_FIND_FOLLOWS) != 0))
            return follow(w, name, behind);
        *is_over = is_last && !S_ISDIR(*mode);
        if (*is_over && needs_folder)
            return AG_E_NOTDIR;
        error = *is_over ? take_last(w, name, how) : enter(w, name);
    }
    memmove(w->rest, behind, strlen(behind) + 1);
    return error;
}

/* -- Files by name ---------------------------------------------------------- */

/* A file that the user named is where he says, links or not; the lane may have
   something else there by now. */
static int find_named(const char *host, const struct ag_lane_files *lane,
                      unsigned how, struct ag_found *out)
{
    const struct ag_name *at = ag_name_find(lane, out->path);
    if (at != NULL) {
        out->own = at->own;
        out->is_new = out->own == NULL;
        if (out->is_new)
            return AG_E_NOENT;
        out->status = out->own->content.status;
        return 0;
    }
    out->own = NULL; /* it may be a link that was followed */
    if (stat(host, &out->status) != 0)
        return ag_files_error(errno);
    return (how & AG_FIND_OPENS) != 0 ? open_file(AT_FDCWD, host, 0, out) : 0;
}

/* The lane has a link at such a name, `whole`: it is followed from the root. */
static int follow_named(struct walk *w, char *whole)
{
    struct ag_found *out = w->out;
    const bool is_absolute = out->link[0] == '/';
    while (w->depth > 0)
        leave(w);
    out->path[0] = '\0';
    drop_name(whole);
    if (++w->links > MOST_LINKS)
        return AG_E_LOOP;
    strcpy(w->rest, is_absolute ? "" : "/");
    strcat(w->rest, is_absolute ? "" : whole);
    strcat(w->rest, is_absolute ? "" : "/");
    strcat(w->rest, out->link);
    out->link[0] = '\0';
    return 0;
}

/* Whether what is left of the walk's path is one of those names: *is_over. */
static int try_names(struct walk *w, unsigned how, bool *is_over)
{
    const struct ag_files *s = w->files;
    char whole[AG_MOST_FOUND];
    if (s->num_named == 0)
        return 0;
    if (!ag_files_join(w->out->path, w->rest, whole))
        return AG_E_NAMETOOLONG;
    uint64_t i = 0;
    while (i < s->num_named && strcmp(s->guests[i], whole) != 0)
        i++;
    if (i == s->num_named)
        return 0;
    strcpy(w->out->path, whole);
    int error = find_named(s->hosts[i], w->lane, how, w->out);
    *is_over = error != 0 || !S_ISLNK(w->out->status.st_mode);
    if (!*is_over)
        error = read_link(w, NULL, w->out->link);
    if (*is_over || error != 0)
        return error;
    if ((how & AG_FIND_FOLLOWS) != 0)
        return follow_named(w, whole);
    *is_over = true;
    return (how & AG_FIND_OPENS) != 0 ? AG_E_LOOP : 0;
}

static int walk(struct walk *w, unsigned how)
{
    const bool has_none = w->files->root < 0 && w->files->is_read_only;
    bool is_over = false;
    int error = 0, links = -1; /* after which names were tried */
    w->out->path[0] = '\0';
    while (error == 0 && !is_over) {
        if (links != w->links) {
            links = w->links;
            error = try_names(w, how, &is_over);
        } else {
            error = has_none ? AG_E_NOENT : step(w, how, &is_over);
        }
    }
    for (; w->depth > 0; w->depth--)
        if (w->dirs[w->depth] >= 0)
            close(w->dirs[w->depth]);
    return error;
}

int ag_files_find(const struct ag_files *s, const struct ag_lane_files *lane,
                  const char *base, const char *path, unsigned how,
                  struct ag_found *out)
{
    struct walk w = {.dirs = {s->root}, .files = s, .lane = lane, .out = out};
    out->fd = -1;
    out->link[0] = '\0';
    out->own = NULL;
    out->is_new = out->is_folder_name = false;
    if (path[0] == '\0')
        return AG_E_NOENT;
    if (strlen(path) >= AG_MOST_FOUND ||
        !ag_files_join(base, path, out->path)) /* is too long whole */
        return AG_E_NAMETOOLONG;
    strcpy(w.rest, path[0] == '/' ? "" : base);
    strcat(w.rest, "/");
    strcat(w.rest, path);
    return walk(&w, how);
}
