/* Calls that make links: symbolic ones, and second names of files. */
#define _POSIX_C_SOURCE 200809L
#include "core/files_open.h"

#include <fcntl.h>
#include <string.h>

#define AT_FOLLOW 0x400u

/* Where something is to be made that is no folder, by the descriptor in an
   argument and the path in the next one. */
static int find_place(struct ag_file_call *c, unsigned at, struct ag_found *out)
{
    char path[AG_MOST_FOUND];
    int error = ag_call_find(c, at, AG_FIND_NAMES, out, path);
    if (error == 0)
        return AG_E_EXIST;
    if (error != AG_E_NOENT || !out->is_new || out->is_folder_name)
        return error;
    return c->files->is_read_only ? AG_E_ROFS : 0;
}

int64_t ag_file_symlinkat(struct ag_file_call *c)
{
    char text[AG_MOST_FOUND];
    struct ag_found to;
    int error = ag_call_get_path(c, c->x[0], text);
    if (error == 0)
        error = find_place(c, 1, &to);
    if (error != 0)
        return -error;
    to.status = ag_new_status(c, c->lane, S_IFLNK | 0777);
    to.status.st_mode = S_IFLNK | 0777; /* whatever the mask is */
    error = ag_own_add(c->lane, to.path, &to.status, &to.own);
    if (error != 0)
        return -error;
    const size_t n = strlen(text);
    error = ag_own_resize(c->files, to.own, n);
    if (error != 0) {
        ag_name_undo(c->lane, to.path);
        return -error;
    }
    memcpy(to.own->content.bytes, text, n);
    to.own->content.status.st_blocks = 0; /* it lies where its status does */
    return 0;
}

/* What gets a second name. */
static int find_old(struct ag_file_call *c, struct ag_found *found,
                    struct ag_open **open)
{
    const uint64_t flags = (uint32_t)c->x[4];
    return ag_call_find_at(c,
                           (flags & AG_AT_EMPTY) |
                               ((flags & AT_FOLLOW) != 0 ? 0 : AG_AT_NOFOLLOW),
                           found, open);
}

/* It is the lane's own then. A folder has one name, and a file that lost all
   its names has none again, but for one that was made without. */
static int take(struct ag_file_call *c, struct ag_found *found,
                struct ag_open *open, struct ag_own **own)
{
    if (S_ISDIR(found->status.st_mode))
        return AG_E_PERM;
    int error = open != NULL ? ag_take_open(c, open) : ag_take_found(c, found);
    if (error != 0)
        return error;
    *own = open != NULL ? open->own : found->own;
    return (*own)->content.status.st_nlink == 0 && !(*own)->is_unnamed
               ? AG_E_NOENT
               : 0;
}

int64_t ag_file_linkat(struct ag_file_call *c)
{
    struct ag_found found, to;
    struct ag_open *open;
    struct ag_own *own;
    int error = find_old(c, &found, &open);
    if (error == 0)
        error = find_place(c, 2, &to);
    if (error == 0)
        error = take(c, &found, open, &own);
    if (error == 0)
        error = ag_name_add(c->lane, to.path, own);
    if (error != 0)
        return -error;
    own->is_unnamed = false;
    own->content.status.AG_CHANGED = ag_lane_time(c);
    return 0;
}
