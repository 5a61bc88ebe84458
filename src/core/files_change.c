/* Calls that make, rename and take away files and folders, which then are the
   lane's own; of the host's folders none can be renamed. */
#define _POSIX_C_SOURCE 200809L
#include "core/files_open.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define AT_REMOVE_FOLDER 0x200u
#define RENAMEAT2 276 /* with flags */
#define DOTS_ENTRIES 48 /* bytes of a list with . and .. alone */

/* -- Paths ------------------------------------------------------------------ */

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
    int error = ag_call_find(c, 0, AG_FIND_NAMES, &found, path);
    if (error == 0)
        return -AG_E_EXIST;
    if (error != AG_E_NOENT || !found.is_new)
        return -error;
    if (c->files->is_read_only)
        return -AG_E_ROFS;
    found.status =
        ag_new_status(c, c->lane, S_IFDIR | ((uint32_t)c->x[2] & 01777));
    return -ag_own_add(c->lane, found.path, &found.status, &own);
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
    int error = ag_call_find(c, 0, AG_FIND_NAMES, &found, path);
    if (error == 0 && c->files->is_read_only)
        error = AG_E_ROFS;
    if (error == 0 && ((uint32_t)c->x[2] & AT_REMOVE_FOLDER) != 0)
        error = remove_folder(c, path, &found);
    else if (error == 0 && S_ISDIR(found.status.st_mode))
        error = AG_E_ISDIR;
    else if (error == 0 && found.is_folder_name)
        error = AG_E_NOTDIR;
    if (error == 0 && found.own != NULL) /* it may have other names */
        found.own->content.status.AG_CHANGED = ag_lane_time(c);
    return error != 0 ? -error : -ag_name_remove(c->lane, found.path);
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
    if (is_folder != (bool)S_ISDIR(to->status.st_mode))
        return is_folder ? AG_E_NOTDIR : AG_E_ISDIR;
    return is_folder ? check_empty(c, to->path) : 0;
}

static int move(struct ag_file_call *c, struct ag_found *from,
                const struct ag_found *to, bool is_new)
{
    int error = is_new ? 0 : check_replaces(c, from, to);
    if (error == 0)
        error = ag_take_found(c, from);
    if (error == 0 && !is_new)
        error = ag_name_remove(c->lane, to->path);
    if (error == 0)
        error = ag_name_move(c->lane, from->path, to->path);
    if (error == 0)
        from->own->content.status.AG_CHANGED = ag_lane_time(c);
    return error;
}

int64_t ag_file_renameat(struct ag_file_call *c)
{
    char path[AG_MOST_FOUND], other[AG_MOST_FOUND];
    struct ag_found from, to;
    int error = ag_call_find(c, 0, AG_FIND_NAMES, &from, path);
    if (error != 0)
        return -error;
    error = ag_call_find(c, 2, AG_FIND_NAMES, &to, other);
    const bool is_new = error == AG_E_NOENT && to.is_new;
    if (error != 0 && !is_new)
        return -error;
    if (dots_of(path) != 0 || dots_of(other) != 0 || from.path[0] == '\0' ||
        to.path[0] == '\0')
        return -AG_E_BUSY;
    if (c->files->is_read_only)
        return -AG_E_ROFS;
    if (!is_new && is_without_replacing(c))
        return -AG_E_EXIST;
    if ((from.is_folder_name || to.is_folder_name) &&
        !S_ISDIR(from.status.st_mode))
        return -AG_E_NOTDIR;
    const size_t n = strlen(from.path);
    if (strcmp(from.path, to.path) == 0 ||
        (!is_new && from.own != NULL && from.own == to.own))
        return 0;
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
