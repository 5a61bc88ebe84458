/*
 * System calls that the host executes: on a lane whose state the host has, as it
 * asked for it. The answer lies in the plane's rows until the lane comes back to
 * the call (kernels/linux/call.h).
 */
#define _POSIX_C_SOURCE 200809L
#include "core/files_open.h"

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
    int error = ag_files_find(c->files, base, path, AG_FIND_FOLLOWS, &found);
    if (error == AG_E_NOENT && (flags & OPEN_CREATE) != 0)
        return AG_E_ROFS;
    if (error != 0)
        return error;
    if ((flags & (OPEN_CREATE | OPEN_NEW)) == (OPEN_CREATE | OPEN_NEW))
        return AG_E_EXIST;
    return S_ISDIR(found.status.st_mode) ? AG_E_ISDIR : AG_E_ROFS;
}

/* From a file of the host, which is closed, to one of the lane. */
static int open_found(struct ag_file_call *c, const struct ag_found *found,
                      struct ag_open **out)
{
    struct ag_open *o = calloc(1, sizeof *o);
    int error = o == NULL ? AG_E_NOMEM : 0;
    if (error == 0 && (o->path = strdup(found->path)) == NULL)
        error = AG_E_NOMEM;
    if (error == 0)
        error = ag_content_open(&c->files->contents, found, &o->content);
    close(found->fd);
    if (error != 0 && o != NULL) {
        free(o->path);
        free(o);
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
    struct ag_open *o;
    int error = ag_call_get_path(c, c->x[1], path);
    if (error == 0)
        error = ag_call_base(c, path, &base);
    if (error == 0 && (flags & (OPEN_MODE | OPEN_CREATE | OPEN_EMPTY |
                                OPEN_UNNAMED)) != 0)
        error = refuse(c, base, path, flags);
    if (error == 0 && fd >= AG_DESCRIPTORS)
        error = AG_E_MFILE;
    if (error == 0)
        error = ag_files_find(
            c->files, base, path,
            AG_FIND_OPENS | ((flags & OPEN_NOFOLLOW) ? 0 : AG_FIND_FOLLOWS),
            &found);
    if (error != 0)
        return -error;
    if ((flags & OPEN_DIRECTORY) != 0 && !S_ISDIR(found.status.st_mode)) {
        close(found.fd);
        return -AG_E_NOTDIR;
    }
    error = open_found(c, &found, &o);
    if (error != 0)
        return -error;
    ag_fd_set(c, fd,
              AG_STREAM_FILE |
                  ((flags & OPEN_CLOEXEC) != 0 ? AG_STREAM_CLOEXEC : 0),
              o);
    return fd;
}

/* -- Calls by number -------------------------------------------------------- */

static int64_t execute(struct ag_file_call *c, uint64_t number)
{
    switch (number) {
#define CASE(number, name)                                                     \
    case number:                                                               \
        return ag_file_##name(c);
        AG_FILE_CALLS(CASE)
    default: /* kernels ask for no other */
        return -AG_E_NOSYS;
    }
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
    if (files->lanes[slot] == NULL)
        files->lanes[slot] = calloc(1, sizeof *files->lanes[slot]);
    if (files->lanes[slot] == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    struct ag_file_call c = {
        .g = g, .files = files, .lane = files->lanes[slot], .slot = slot};
    for (uint32_t i = 0; i < 6; i++)
        c.x[i] = *ag_lane_row(state, slot, AG_STATE_X0 + i);
    const uint64_t number = (uint32_t)*ag_lane_row(state, slot, AG_STATE_X0 + 8);
    const int64_t answer = execute(&c, number);
    *ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_ANSWER) = (uint64_t)answer;
    *ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_ASKED) =
        AG_ASKED_ANSWERED(number);
    return c.error;
}
