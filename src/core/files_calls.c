/*
 * System calls that the host executes: on a lane whose state the host has, as it
 * asked for it. The answer lies in the plane's rows until the lane comes back to
 * the call (kernels/linux/call.h).
 */
#define _POSIX_C_SOURCE 200809L
#include "core/files_open.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- Opening ---------------------------------------------------------------- */

enum { /* as AArch64 has them */
    OPEN_MODE = 3,
    OPEN_CREATE = 0100,
    OPEN_NEW = 0200,
    OPEN_EMPTY = 01000,
    OPEN_DIRECTORY = 040000,
    OPEN_NOFOLLOW = 0100000,
    OPEN_CLOEXEC = 02000000,
    OPEN_UNNAMED = 020000000
};

/* What is to be written, which nothing can be; that there is something else
   wrong comes first. */
static int refuse(const struct ag_file_call *c, const char *base,
                  const char *path, uint32_t flags)
{
    struct ag_found found;
    int error =
        ag_files_find(c->files, c->lane, base, path, AG_FIND_FOLLOWS, &found);
    if (error == AG_E_NOENT && (flags & OPEN_CREATE) != 0)
        return AG_E_ROFS;
    if (error != 0)
        return error;
    if ((flags & (OPEN_CREATE | OPEN_NEW)) == (OPEN_CREATE | OPEN_NEW))
        return AG_E_EXIST;
    return S_ISDIR(found.status.st_mode) ? AG_E_ISDIR : AG_E_ROFS;
}

static bool is_for_writing(uint32_t flags)
{
    return (flags & (OPEN_MODE | OPEN_EMPTY)) != 0;
}

/* Nothing is there: it is made. */
static int make(struct ag_file_call *c, struct ag_found *found, uint32_t mode)
{
    if (found->is_folder_name)
        return AG_E_ISDIR;
    found->status = ag_new_status(c, c->lane, S_IFREG | (mode & 07777));
    return ag_own_add(c->lane, found->path, &found->status, &found->own);
}

/* A file without a name, in a directory. */
static int make_unnamed(struct ag_file_call *c, const char *base,
                        const char *path, struct ag_found *found)
{
    const uint32_t flags = (uint32_t)c->x[2];
    if ((flags & OPEN_MODE) == 0 || (flags & OPEN_DIRECTORY) == 0)
        return AG_E_INVAL;
    int error =
        ag_files_find(c->files, c->lane, base, path, AG_FIND_FOLLOWS, found);
    if (error == 0 && !S_ISDIR(found->status.st_mode))
        error = AG_E_NOTDIR;
    if (error != 0)
        return error;
    found->status =
        ag_new_status(c, c->lane, S_IFREG | ((uint32_t)c->x[3] & 07777));
    error = ag_own_add(c->lane, NULL, &found->status, &found->own);
    if (error == 0)
        found->own->is_unnamed = (flags & OPEN_NEW) == 0;
    return error;
}

/* What is there is to be opened so. */
static int check_found(const struct ag_found *found, uint32_t flags)
{
    const bool is_folder = S_ISDIR(found->status.st_mode);
    if ((flags & OPEN_DIRECTORY) != 0 && !is_folder)
        return AG_E_NOTDIR;
    if (is_folder)
        return (flags & OPEN_CREATE) != 0 || is_for_writing(flags)
                   ? AG_E_ISDIR
                   : 0;
    if (is_for_writing(flags) && (found->status.st_mode & 0222) == 0)
        return AG_E_ACCES;
    return found->own != NULL && (flags & OPEN_MODE) != 1 &&
                   (found->status.st_mode & 0444) == 0
               ? AG_E_ACCES
               : 0;
}

/* As check_found() allows: the lane's own if it is for writing. */
static int take_own(struct ag_file_call *c, struct ag_found *found,
                    uint32_t flags)
{
    const bool empties = (flags & OPEN_EMPTY) != 0;
    if (found->own == NULL)
        return is_for_writing(flags)
                   ? ag_copy_up(c, found, empties, &found->own)
                   : 0;
    if (empties) {
        int error = ag_own_resize(c->files, found->own, 0);
        ag_touch(c, found->own);
        return error;
    }
    return 0;
}

/* What openat() means, made if it is to be. A file without a name is used by
   nobody but the caller. */
static int find(struct ag_file_call *c, const char *base, const char *path,
                struct ag_found *found)
{
    const uint32_t flags = (uint32_t)c->x[2], mode = (uint32_t)c->x[3];
    const bool makes = (flags & OPEN_CREATE) != 0;
    const bool is_only_new = makes && (flags & OPEN_NEW) != 0;
    if (c->files->is_read_only &&
        (is_for_writing(flags) || makes || (flags & OPEN_UNNAMED) != 0)) {
        int error = refuse(c, base, path, flags);
        return error;
    }
    if ((flags & OPEN_UNNAMED) != 0)
        return make_unnamed(c, base, path, found);
    const unsigned follows =
        (flags & OPEN_NOFOLLOW) != 0 || is_only_new ? 0 : AG_FIND_FOLLOWS;
    int error = ag_files_find(c->files, c->lane, base, path,
                              follows | (is_only_new ? 0 : AG_FIND_OPENS),
                              found);
    if (error == AG_E_NOENT && makes && found->is_new)
        return make(c, found, mode);
    if (error == 0 && is_only_new)
        error = AG_E_EXIST;
    if (error == AG_E_LOOP && found->link[0] != '\0' &&
        (flags & OPEN_DIRECTORY) != 0)
        error = AG_E_NOTDIR; /* it is no folder, and not followed */
    if (error == 0)
        error = check_found(found, flags);
    if (error == 0)
        error = take_own(c, found, flags);
    if (error != 0 && found->fd >= 0)
        close(found->fd);
    return error;
}

/* From what was found, whose descriptor is closed. */
static int open_found(struct ag_file_call *c, const struct ag_found *found,
                      struct ag_open **out)
{
    struct ag_open *o = calloc(1, sizeof *o);
    int error = o == NULL || (o->path = strdup(found->path)) == NULL
                    ? AG_E_NOMEM
                    : 0;
    if (error == 0 && S_ISDIR(found->status.st_mode))
        error = ag_list_open(c, found, &o->content, &o->list);
    else if (error == 0 && found->own == NULL)
        error = ag_content_open(&c->files->contents, found, &o->content);
    else if (error == 0)
        o->content = &found->own->content;
    if (found->fd >= 0)
        close(found->fd);
    if (error == 0 && found->own != NULL) {
        o->own = found->own;
        o->own->uses++;
    } else if (error != 0 && o != NULL) {
        free(o->path);
        free(o);
        o = NULL;
    }
    *out = o;
    return error;
}

int64_t ag_file_openat(struct ag_file_call *c)
{
    const uint32_t flags = (uint32_t)c->x[2], fd = ag_fd_free(c, 0);
    char path[AG_MOST_FOUND];
    const char *base;
    struct ag_found found;
    struct ag_open *o = NULL;
    int error = ag_call_get_path(c, c->x[1], path);
    if (error == 0 && fd >= AG_DESCRIPTORS)
        error = AG_E_MFILE;
    if (error == 0)
        error = ag_call_base(c, c->x[0], path, &base);
    if (error == 0)
        error = find(c, base, path, &found);
    if (error != 0)
        return -error;
    error = open_found(c, &found, &o);
    if (found.own != NULL && found.own->content.status.st_nlink == 0)
        ag_own_drop(found.own); /* its descriptor has it now, if anybody */
    if (error != 0)
        return -error;
    o->flags = flags & (AG_OPEN_MODE | AG_OPEN_APPEND);
    ag_fd_set(c, fd,
              AG_STREAM_FILE |
                  ((flags & OPEN_CLOEXEC) != 0 ? AG_STREAM_CLOEXEC : 0),
              o);
    return fd;
}

/* -- Calls by number -------------------------------------------------------- */

static int64_t execute(struct ag_file_call *c)
{
    switch (c->number) {
#define CASE(number, name)                                                     \
    case number:                                                               \
        return ag_file_##name(c);
        AG_FILE_CALLS(CASE)
    default: /* kernels ask for no other */
        return -AG_E_NOSYS;
    }
}

static bool begin_lane(const struct ag_files *s, struct ag_lane_files **lane)
{
    if (*lane != NULL)
        return true;
    *lane = calloc(1, sizeof **lane);
    return *lane != NULL && ag_own_begin(s, *lane) == 0;
}

int32_t ag_files_call(struct armgpu *g, uint32_t slot)
{
    struct ag_files *files = &g->calls.files;
    uint64_t *state = NULL;
    /* Slices fetch all who ask together; this is for the traced lane. */
    if ((g->part.is_active && g->part.has[slot]) ||
        ag_part_begin(g, &slot, 1) == ARMGPU_OK)
        state = ag_state_write(g, slot);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    if (!begin_lane(files, &files->lanes[slot]))
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    struct ag_file_call c = {
        .g = g, .files = files, .lane = files->lanes[slot], .slot = slot};
    for (uint32_t i = 0; i < 6; i++)
        c.x[i] = *ag_lane_row(state, slot, AG_STATE_X0 + i);
    c.number = (uint32_t)*ag_lane_row(state, slot, AG_STATE_X0 + 8);
    const int64_t answer = execute(&c);
    *ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_ANSWER) = (uint64_t)answer;
    *ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_MADE) = c.lane->is_changed;
    *ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_ASKED) =
        AG_ASKED_ANSWERED(c.number);
    return c.error;
}
