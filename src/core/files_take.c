/* What the lane makes now, and what it changes: the host's files and links then
   become the lane's own. */
#define _POSIX_C_SOURCE 200809L
#include "core/files_open.h"

#include <string.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

/* -- Status ---------------------------------------------------------------- */

static uint64_t row(const struct ag_file_call *c, uint32_t number)
{
    return *ag_plane_row(c->g, AG_PLANE_LINUX, c->slot, number);
}

/* As kernels/linux/clock.h has it. */
struct timespec ag_lane_time(const struct ag_file_call *c)
{
    const uint64_t time =
        *ag_plane_row(c->g, AG_PLANE_STATE, c->slot, AG_STATE_CYCLES) +
        row(c, AG_LINUX_SLEPT);
    return (struct timespec){.tv_sec = (time_t)(time / SECOND),
                             .tv_nsec = (long)(time % SECOND)};
}

struct stat ag_new_status(const struct ag_file_call *c,
                          struct ag_lane_files *lane, uint32_t mode)
{
    const uint32_t mask = (uint32_t)row(c, AG_LINUX_UMASK) ^ 022;
    const struct timespec time = ag_lane_time(c);
    return (struct stat){.st_dev = 1,
                         .st_ino = ++lane->numbers,
                         .st_mode = (mode_t)(mode & ~mask),
                         .st_nlink = S_ISDIR(mode) ? 2 : 1,
                         .st_uid = AG_USER,
                         .st_gid = AG_USER,
                         .st_blksize = AG_PAGE_BYTES,
                         .AG_ACCESSED = time,
                         .AG_MODIFIED = time,
                         .AG_CHANGED = time};
}

void ag_touch(const struct ag_file_call *c, struct ag_own *own)
{
    own->content.status.AG_MODIFIED = own->content.status.AG_CHANGED =
        ag_lane_time(c);
}

/* -- The host's become the lane's own -------------------------------------- */

/* Who has the host's file open has the lane's from now on. */
static void change_over(struct ag_file_call *c, const char *path,
                        struct ag_own *own)
{
    for (uint32_t fd = 0; fd < AG_DESCRIPTORS; fd++) {
        struct ag_open *o = c->lane->of[fd];
        if (o == NULL || o->own != NULL || strcmp(o->path, path) != 0)
            continue;
        ag_content_close(&c->files->contents, o->content);
        o->own = own;
        o->content = &own->content;
        own->uses++;
    }
}

/* At a path of the host's, or (NULL) at none; then it is used by the caller. */
static int copy(struct ag_file_call *c, const char *path,
                const struct stat *status, const void *bytes, uint64_t size,
                struct ag_own **out)
{
    struct ag_own *own;
    int error = ag_own_add(c->lane, path, status, &own);
    if (error != 0)
        return error;
    error = ag_own_resize(c->files, own, size);
    if (error == 0 && size != 0)
        memcpy(own->content.bytes, bytes, (size_t)size);
    if (error == 0 && path != NULL)
        ag_name_find(c->lane, path)->hides = true;
    else if (error != 0 && path != NULL)
        ag_name_undo(c->lane, path);
    else if (error != 0)
        ag_own_drop(own);
    *out = error == 0 ? own : NULL;
    return error;
}

int ag_copy_up(struct ag_file_call *c, const struct ag_found *found,
               bool is_emptied, struct ag_own **out)
{
    struct ag_content *from;
    *out = NULL;
    int error = ag_content_open(&c->files->contents, found, &from);
    if (error != 0)
        return error;
    error = copy(c, found->path, &found->status, from->bytes,
                 is_emptied ? 0 : from->size, out);
    if (error == 0 && is_emptied)
        ag_touch(c, *out);
    if (error == 0)
        change_over(c, found->path, *out);
    ag_content_close(&c->files->contents, from);
    return error;
}

int ag_take_found(struct ag_file_call *c, struct ag_found *found)
{
    char path[AG_MOST_FOUND];
    if (found->own != NULL)
        return 0;
    if (S_ISLNK(found->status.st_mode))
        return copy(c, found->path, &found->status, found->link,
                    strlen(found->link), &found->own);
    if (!S_ISREG(found->status.st_mode))
        return AG_E_XDEV;
    strcpy(path, found->path);
    int error =
        ag_files_find(c->files, c->lane, "", path, AG_FIND_OPENS, found);
    if (error == 0)
        error = ag_copy_up(c, found, false, &found->own);
    if (found->fd >= 0)
        close(found->fd);
    return error;
}

/* The path of what is open still leads to it. */
static bool is_there(const struct ag_file_call *c, const struct ag_open *o)
{
    struct ag_found found;
    const struct stat *a = &found.status, *b = &o->content->status;
    return ag_files_find(c->files, c->lane, "", o->path, 0, &found) == 0 &&
           found.own == NULL && a->st_dev == b->st_dev &&
           a->st_ino == b->st_ino;
}

int ag_take_open(struct ag_file_call *c, struct ag_open *o)
{
    struct ag_own *own;
    if (o->own != NULL)
        return 0;
    if (!S_ISREG(o->content->status.st_mode))
        return AG_E_XDEV;
    const bool has_path = is_there(c, o);
    int error = copy(c, has_path ? o->path : NULL, &o->content->status,
                     o->content->bytes, o->content->size, &own);
    if (error != 0)
        return error;
    change_over(c, o->path, own);
    if (!has_path)
        ag_own_drop(own); /* who has it open has it now */
    return 0;
}
