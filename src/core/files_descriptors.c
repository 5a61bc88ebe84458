/* Calls of descriptors that are files, whatever they are open for. */
#include "core/files_open.h"

#include <string.h>

#define CWD 0xffffff9cu /* AT_FDCWD */

/* -- Rows ------------------------------------------------------------------- */

static uint64_t *row_of(const struct ag_file_call *c, uint64_t fd)
{
    return ag_plane_row(c->g, AG_PLANE_LINUX, c->slot,
                        AG_LINUX_DESCRIPTORS + (uint32_t)fd / 16);
}

uint32_t ag_fd_get(const struct ag_file_call *c, uint64_t fd)
{
    fd = (uint32_t)fd;
    if (fd >= AG_DESCRIPTORS)
        return 0;
    const uint64_t row = *row_of(c, fd) ^ (fd < 16 ? AG_STREAMS_AT_START : 0);
    return (uint32_t)(row >> fd % 16 * 4) & 15;
}

void ag_fd_set(const struct ag_file_call *c, uint64_t fd, uint32_t bits,
               struct ag_open *o)
{
    const uint64_t change = ag_fd_get(c, fd) ^ bits;
    if (o != NULL)
        o->uses++;
    ag_open_drop(c->g, c->lane->of[fd]);
    c->lane->of[fd] = o;
    *row_of(c, fd) ^= change << fd % 16 * 4;
}

struct ag_open *ag_fd_file(const struct ag_file_call *c, uint64_t fd)
{
    return (ag_fd_get(c, fd) & 7) == AG_STREAM_FILE
               ? c->lane->of[(uint32_t)fd]
               : NULL;
}

uint32_t ag_fd_free(const struct ag_file_call *c, uint64_t least)
{
    uint32_t fd = (uint32_t)least;
    while (fd < AG_DESCRIPTORS && ag_fd_get(c, fd) != 0)
        fd++;
    return fd;
}

const struct stat *ag_open_status(const struct ag_open *o)
{
    return o->own != NULL ? &o->own->content.status : &o->content->status;
}

const char *ag_open_path(const struct ag_lane_files *lane,
                         const struct ag_open *o)
{
    if (o->own == NULL)
        return o->path;
    for (uint64_t i = 0; i < lane->count; i++)
        if (lane->names[i]->own == o->own)
            return lane->names[i]->path;
    return NULL;
}

int ag_call_base(const struct ag_file_call *c, uint64_t fd, const char *path,
                 const char **base)
{
    const struct ag_open *o = ag_fd_file(c, fd);
    *base = "";
    if (path[0] == '\0')
        return AG_E_NOENT;
    if (path[0] == '/' || (uint32_t)fd == CWD)
        return 0;
    if (ag_fd_get(c, fd) == 0)
        return AG_E_BADF;
    if (o == NULL || !S_ISDIR(ag_open_status(o)->st_mode))
        return AG_E_NOTDIR;
    *base = ag_open_path(c->lane, o);
    return *base != NULL ? 0 : AG_E_NOENT;
}

int ag_call_find(struct ag_file_call *c, unsigned at, unsigned how,
                 struct ag_found *out, char path[AG_MOST_FOUND])
{
    const char *base;
    int error = ag_call_get_path(c, c->x[at + 1], path);
    out->is_new = false;
    if (error == 0)
        error = ag_call_base(c, c->x[at], path, &base);
    return error != 0
               ? error
               : ag_files_find(c->files, c->lane, base, path, how, out);
}

int ag_call_find_at(struct ag_file_call *c, uint64_t flags,
                    struct ag_found *out, struct ag_open **open)
{
    char path[AG_MOST_FOUND];
    const char *base;
    int error = ag_call_get_path(c, c->x[1], path);
    *open = NULL;
    if (error == 0 && path[0] == '\0' && (flags & AG_AT_EMPTY) != 0) {
        *open = ag_fd_file(c, c->x[0]);
        if (*open != NULL) {
            out->status = *ag_open_status(*open);
            return 0;
        }
        strcpy(path, ".");
    }
    if (error == 0)
        error = ag_call_base(c, c->x[0], path, &base);
    return error != 0 ? error
                      : ag_files_find(c->files, c->lane, base, path,
                                      (flags & AG_AT_NOFOLLOW) != 0
                                          ? 0
                                          : AG_FIND_FOLLOWS,
                                      out);
}

/* -- Calls ------------------------------------------------------------------ */

static int64_t duplicate(const struct ag_file_call *c, uint64_t least,
                         uint32_t cloexec)
{
    struct ag_open *o = ag_fd_file(c, c->x[0]);
    const uint32_t fd = ag_fd_free(c, least);
    if (o == NULL)
        return -AG_E_BADF;
    if (fd >= AG_DESCRIPTORS)
        return -AG_E_MFILE;
    ag_fd_set(c, fd, AG_STREAM_FILE | cloexec, o);
    return fd;
}

int64_t ag_file_dup(struct ag_file_call *c)
{
    return duplicate(c, 0, 0);
}

/* From a file, onto one, or both; the kernel has looked at the flags. */
int64_t ag_file_dup3(struct ag_file_call *c)
{
    const uint64_t to = (uint32_t)c->x[1];
    const uint32_t bits = ag_fd_get(c, c->x[0]) & 7;
    if (bits == 0 || to >= AG_DESCRIPTORS || (uint32_t)c->x[0] == to)
        return -AG_E_BADF;
    ag_fd_set(c, to, bits | ((uint32_t)c->x[2] != 0 ? AG_STREAM_CLOEXEC : 0),
              ag_fd_file(c, c->x[0]));
    return (int64_t)to;
}

int64_t ag_file_fcntl(struct ag_file_call *c)
{
    struct ag_open *o = ag_fd_file(c, c->x[0]);
    switch ((uint32_t)c->x[1]) {
    case 0: /* F_DUPFD */
        return duplicate(c, c->x[2], 0);
    case 1030: /* F_DUPFD_CLOEXEC */
        return duplicate(c, c->x[2], AG_STREAM_CLOEXEC);
    case 3: /* F_GETFL: with O_LARGEFILE */
        return o != NULL ? 0400000 | (int64_t)o->flags : -AG_E_BADF;
    case 4: /* F_SETFL: of what there is, O_APPEND is of consequence */
        if (o == NULL)
            return -AG_E_BADF;
        o->flags = (o->flags & AG_OPEN_MODE) |
                   ((uint32_t)c->x[2] & AG_OPEN_APPEND);
        return 0;
    default:
        return -AG_E_INVAL;
    }
}

/* FIONREAD */
int64_t ag_file_ioctl(struct ag_file_call *c)
{
    const struct ag_open *o = ag_fd_file(c, c->x[0]);
    if (o == NULL)
        return -AG_E_BADF;
    const uint64_t left =
        o->offset < o->content->size ? o->content->size - o->offset : 0;
    const uint32_t n = left > INT32_MAX ? INT32_MAX : (uint32_t)left;
    return ag_call_put(c, c->x[2], &n, sizeof n) ? 0 : -AG_E_FAULT;
}

int64_t ag_file_close(struct ag_file_call *c)
{
    if (ag_fd_get(c, c->x[0]) == 0)
        return -AG_E_BADF;
    ag_fd_set(c, (uint32_t)c->x[0], 0, NULL);
    return 0;
}

/* Without CLOSE_RANGE_CLOEXEC, which is the kernel's. */
int64_t ag_file_close_range(struct ag_file_call *c)
{
    for (uint64_t fd = (uint32_t)c->x[0];
         fd <= (uint32_t)c->x[1] && fd < AG_DESCRIPTORS; fd++)
        ag_fd_set(c, fd, 0, NULL);
    return 0;
}
