/* Calls that make, rename and take away files and folders, which then are the
   lane's own. */
#define _POSIX_C_SOURCE 200809L
#include "core/files_open.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)
#define AT_REMOVE_FOLDER 0x200u
#define RENAMEAT2 276 /* with flags */
#define DOTS_ENTRIES 48 /* bytes of a list with . and .. alone */

/* -- Status ----------------------------------------------------------------- */

static uint64_t row(const struct ag_file_call *c, uint32_t number)
{
    return *ag_plane_row(c->g, AG_PLANE_LINUX, c->slot, number);
}

/* The lane's clock (kernels/linux/clock.h). */
static struct timespec now(const struct ag_file_call *c)
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
    const struct timespec time = now(c);
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
    own->content.status.AG_MODIFIED = own->content.status.AG_CHANGED = now(c);
}

/* -- The host's become the lane's own --------------------------------------- */

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

int ag_copy_up(struct ag_file_call *c, const struct ag_found *found,
               bool is_emptied, struct ag_own **out)
{
    struct ag_content *from;
    struct ag_own *own;
    int error = ag_content_open(&c->files->contents, found, &from);
    if (error != 0)
        return error;
    error = ag_own_add(c->lane, AG_OWN_FILE, found->path, &found->status, &own);
    const uint64_t size = is_emptied ? 0 : from->size;
    if (error == 0) {
        own->hides = true;
        error = ag_own_resize(c->files, own, size);
        if (error == 0 && size != 0)
            memcpy(own->content.bytes, from->bytes, (size_t)size);
        if (error == 0 && is_emptied)
            ag_touch(c, own);
        if (error == 0)
            change_over(c, found->path, own);
        else
            ag_own_undo(c->lane, own);
    }
    ag_content_close(&c->files->contents, from);
    *out = error == 0 ? own : NULL;
    return error;
}

/* -- Paths ------------------------------------------------------------------ */

/* What a descriptor and a path, by their arguments, lead to. */
static int find(struct ag_file_call *c, unsigned at, unsigned how,
                struct ag_found *out, char path[AG_MOST_FOUND])
{
    const char *base;
    int error = ag_call_get_path(c, c->x[at + 1], path);
    if (error == 0)
        error = ag_call_base(c, c->x[at], path, &base);
    return error != 0
               ? error
               : ag_files_find(c->files, c->lane, base, path, how, out);
}

/* How many dots the path's last name has, if it has nothing else: 0 to 2. */
static int dots_of(const char *path)
{
    size_t n = strlen(path), dots = 0;
    while (n > 0 && path[n - 1] == '/')
        n--;
    while (n > 0 && path[n - 1] == '.' && dots < 3)
        n--, dots++;
    return (n == 0 || path[n - 1] == '/') && dots < 3 ? (int)dots : 0;
}

/* 0 if nothing is in the folder. */
static int check_empty(struct ag_file_call *c, const char *path)
{
    struct ag_found found;
    struct ag_content *content = NULL, *list = NULL;
    int error =
        ag_files_find(c->files, c->lane, "", path, AG_FIND_OPENS, &found);
    if (error == 0)
        error = ag_list_open(c, &found, &content, &list);
    if (error == 0 && content->size > DOTS_ENTRIES)
        error = AG_E_NOTEMPTY;
    if (found.fd >= 0)
        close(found.fd);
    if (list != NULL)
        ag_list_free(list);
    else if (content != NULL)
        ag_content_close(&c->files->contents, content);
    return error;
}

/* -- Calls ------------------------------------------------------------------ */

int64_t ag_file_mkdirat(struct ag_file_call *c)
{
    char path[AG_MOST_FOUND];
    struct ag_found found;
    struct ag_own *own;
    int error = find(c, 0, 0, &found, path);
    if (error == 0)
        return -AG_E_EXIST;
    if (error != AG_E_NOENT || !found.is_new)
        return -error;
    if (c->files->is_read_only)
        return -AG_E_ROFS;
    found.status =
        ag_new_status(c, c->lane, S_IFDIR | ((uint32_t)c->x[2] & 01777));
    return -ag_own_add(c->lane, AG_OWN_FOLDER, found.path, &found.status, &own);
}

static int remove_folder(struct ag_file_call *c, const char *path,
                         const struct ag_found *found)
{
    if (!S_ISDIR(found->status.st_mode))
        return AG_E_NOTDIR;
    if (dots_of(path) == 1)
        return AG_E_INVAL;
    if (dots_of(path) == 2)
        return AG_E_NOTEMPTY;
    if (found->path[0] == '\0')
        return AG_E_BUSY;
    return check_empty(c, found->path);
}

int64_t ag_file_unlinkat(struct ag_file_call *c)
{
    char path[AG_MOST_FOUND];
    struct ag_found found;
    if (((uint32_t)c->x[2] & ~AT_REMOVE_FOLDER) != 0)
        return -AG_E_INVAL;
    int error = find(c, 0, 0, &found, path);
    if (error == 0 && c->files->is_read_only)
        error = AG_E_ROFS;
    if (error == 0 && ((uint32_t)c->x[2] & AT_REMOVE_FOLDER) != 0)
        error = remove_folder(c, path, &found);
    else if (error == 0 && S_ISDIR(found.status.st_mode))
        error = AG_E_ISDIR;
    return error != 0 ? -error
                      : -ag_own_remove(c->lane, found.path, found.own);
}

static bool is_without_replacing(const struct ag_file_call *c)
{
    return c->number == RENAMEAT2 && ((uint32_t)c->x[4] & 1) != 0;
}

/* `from` takes the place of `to`, which is there. */
static int check_replaces(struct ag_file_call *c, const struct ag_found *from,
                          const struct ag_found *to)
{
    const bool is_folder = S_ISDIR(from->status.st_mode);
    if (is_without_replacing(c))
        return AG_E_EXIST;
    if (is_folder != (bool)S_ISDIR(to->status.st_mode))
        return is_folder ? AG_E_NOTDIR : AG_E_ISDIR;
    return is_folder ? check_empty(c, to->path) : 0;
}

/* Only files of the host can be moved: they are then the lane's own. */
static int own_source(struct ag_file_call *c, struct ag_found *from)
{
    if (from->own != NULL)
        return 0;
    if (!S_ISREG(from->status.st_mode))
        return AG_E_XDEV;
    char path[AG_MOST_FOUND];
    strcpy(path, from->path);
    int error = ag_files_find(c->files, c->lane, "", path, AG_FIND_OPENS, from);
    if (error == 0)
        error = ag_copy_up(c, from, false, &from->own);
    if (from->fd >= 0)
        close(from->fd);
    return error;
}

static int move(struct ag_file_call *c, struct ag_found *from,
                const struct ag_found *to, bool is_new)
{
    int error = is_new ? 0 : check_replaces(c, from, to);
    if (error == 0)
        error = own_source(c, from);
    if (error == 0 && !is_new)
        error = ag_own_remove(c->lane, to->path, to->own);
    if (error == 0)
        error = ag_own_move(c->lane, from->own, to->path);
    return error;
}

int64_t ag_file_renameat(struct ag_file_call *c)
{
    char path[AG_MOST_FOUND], other[AG_MOST_FOUND];
    struct ag_found from, to;
    int error = find(c, 0, 0, &from, path);
    if (error != 0)
        return -error;
    error = find(c, 2, 0, &to, other);
    const bool is_new = error == AG_E_NOENT && to.is_new;
    if (error != 0 && !is_new)
        return -error;
    if (dots_of(path) != 0 || dots_of(other) != 0 || from.path[0] == '\0' ||
        to.path[0] == '\0')
        return -AG_E_BUSY;
    if (c->files->is_read_only)
        return -AG_E_ROFS;
    if (is_new && to.is_folder_name && !S_ISDIR(from.status.st_mode))
        return -AG_E_NOTDIR;
    const size_t n = strlen(from.path);
    if (strcmp(from.path, to.path) == 0)
        return is_without_replacing(c) ? -AG_E_EXIST : 0;
    if (strncmp(from.path, to.path, n) == 0 && to.path[n] == '/')
        return -AG_E_INVAL;
    if (strncmp(from.path, to.path, strlen(to.path)) == 0 &&
        from.path[strlen(to.path)] == '/')
        return -AG_E_NOTEMPTY;
    return -move(c, &from, &to, is_new);
}

int64_t ag_file_renameat2(struct ag_file_call *c)
{
    return ag_file_renameat(c);
}
