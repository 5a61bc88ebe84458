/*
 * What a lane has made, changed and taken away: by names, which are paths, above
 * what the host has; a file or link may have several. Of the host's files none is
 * ever changed; the name of one that is taken away leads to nothing. All of it is
 * the lane's alone, and goes with it.
 */
#define _POSIX_C_SOURCE 200809L
#include "base/hash.h"
#include "core/files_open.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define MOST_OWN 4096 /* names of a lane */

/* -- Finding ---------------------------------------------------------------- */

static uint64_t hash_of(const char *path)
{
    return ag_hash(AG_HASH_START, path, strlen(path));
}

struct ag_name *ag_name_find(const struct ag_lane_files *lane, const char *path)
{
    const uint64_t hash = lane->count != 0 ? hash_of(path) : 0;
    for (uint64_t i = 0; i < lane->count; i++)
        if (lane->names[i]->hash == hash &&
            strcmp(lane->names[i]->path, path) == 0)
            return lane->names[i];
    return NULL;
}

/* -- Names ------------------------------------------------------------------ */

static bool set_path(struct ag_name *name, const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return false;
    free(name->path);
    name->path = copy;
    name->hash = hash_of(path);
    return true;
}

/* The list has room for one more; an error. */
static int make_room(struct ag_lane_files *lane)
{
    if (lane->count == MOST_OWN)
        return AG_E_NOSPC;
    if (lane->count < lane->room)
        return 0;
    const uint64_t room = lane->room == 0 ? 8 : 2 * lane->room;
    struct ag_name **more =
        realloc(lane->names, (size_t)room * sizeof *lane->names);
    if (more == NULL)
        return AG_E_NOMEM;
    lane->names = more;
    lane->room = room;
    return 0;
}

/* own: NULL if nothing is there any more. */
static int enter(struct ag_lane_files *lane, const char *path,
                 struct ag_own *own, bool hides)
{
    int error = make_room(lane);
    struct ag_name *name = error == 0 ? calloc(1, sizeof *name) : NULL;
    if (name == NULL || !set_path(name, path)) {
        free(name);
        return error != 0 ? error : AG_E_NOMEM;
    }
    name->own = own;
    name->hides = hides;
    if (own != NULL)
        own->uses++;
    if (own != NULL && !S_ISDIR(own->content.status.st_mode))
        own->content.status.st_nlink++;
    lane->names[lane->count++] = name;
    lane->is_changed = true;
    return 0;
}

static void free_name(struct ag_name *name)
{
    if (name->own != NULL)
        ag_own_drop(name->own);
    free(name->path);
    free(name);
}

/* Out of the list. */
static void leave(struct ag_lane_files *lane, struct ag_name *name)
{
    uint64_t i = 0;
    while (lane->names[i] != name)
        i++;
    lane->names[i] = lane->names[--lane->count];
    lane->is_changed = true;
    if (name->own != NULL && S_ISDIR(name->own->content.status.st_mode))
        name->own->content.status.st_nlink = 0;
    else if (name->own != NULL)
        name->own->content.status.st_nlink--;
    free_name(name);
}

void ag_name_undo(struct ag_lane_files *lane, const char *path)
{
    leave(lane, ag_name_find(lane, path));
}

/* What is gone makes room for something new. */
static bool take_gone(struct ag_lane_files *lane, const char *path)
{
    struct ag_name *gone = ag_name_find(lane, path);
    if (gone == NULL)
        return false;
    leave(lane, gone);
    return true;
}

int ag_name_add(struct ag_lane_files *lane, const char *path,
                struct ag_own *own)
{
    const bool hides = take_gone(lane, path);
    return enter(lane, path, own, hides);
}

/* -- Making ----------------------------------------------------------------- */

int ag_own_add(struct ag_lane_files *lane, const char *path,
               const struct stat *status, struct ag_own **out)
{
    struct ag_own *own = calloc(1, sizeof *own);
    if (own == NULL)
        return AG_E_NOMEM;
    own->uses = 1;
    own->total = &lane->bytes;
    own->content.status = *status;
    own->content.status.st_size = 0;
    if (!S_ISDIR(status->st_mode))
        own->content.status.st_nlink = 0; /* names count */
    int error = path != NULL ? ag_name_add(lane, path, own) : 0;
    if (path != NULL)
        ag_own_drop(own); /* its name has it, if anybody */
    *out = error == 0 ? own : NULL;
    return error;
}

void ag_own_drop(struct ag_own *own)
{
    if (--own->uses != 0)
        return;
    *own->total -= own->content.size;
    free(own->content.bytes);
    free(own);
}

/* -- Taking away, moving ---------------------------------------------------- */

static bool is_below(const char *path, const char *folder)
{
    const size_t n = strlen(folder);
    return strncmp(path, folder, n) == 0 && path[n] == '/';
}

/* What was gone below a folder that is gone itself. */
static void forget_below(struct ag_lane_files *lane, const char *path)
{
    for (uint64_t i = lane->count; i-- > 0;) {
        if (is_below(lane->names[i]->path, path))
            leave(lane, lane->names[i]);
    }
}

int ag_name_remove(struct ag_lane_files *lane, const char *path)
{
    struct ag_name *name = ag_name_find(lane, path);
    const bool hides = name == NULL || name->hides;
    forget_below(lane, path);
    if (name != NULL)
        leave(lane, name);
    return hides ? enter(lane, path, NULL, true) : 0;
}

int ag_name_move(struct ag_lane_files *lane, const char *from, const char *path)
{
    struct ag_name *name = ag_name_find(lane, from);
    char to[AG_MOST_FOUND];
    int error = 0;
    const size_t n = strlen(from), more = strlen(path);
    if (name->hides && (error = make_room(lane)) != 0)
        return error;
    for (uint64_t i = 0; i < lane->count; i++)
        if (is_below(lane->names[i]->path, from) &&
            strlen(lane->names[i]->path) - n + more >= sizeof to)
            return AG_E_NAMETOOLONG;
    const bool hid = name->hides;
    name->hides = take_gone(lane, path);
    for (uint64_t i = 0; i < lane->count && error == 0; i++) {
        struct ag_name *at = lane->names[i];
        if (at != name && !is_below(at->path, from))
            continue;
        strcpy(to, path);
        strcat(to, at->path + n);
        error = set_path(at, to) ? 0 : AG_E_NOMEM;
    }
    lane->is_changed = true;
    return error == 0 && hid ? enter(lane, from, NULL, true) : error;
}

/* -- Bytes ------------------------------------------------------------------ */

uint64_t ag_own_most(const struct ag_files *s, const struct ag_own *own)
{
    return s->most_bytes - *own->total + own->content.size;
}

int ag_own_resize(const struct ag_files *s, struct ag_own *own, uint64_t size)
{
    struct ag_content *c = &own->content;
    if (size > ag_own_most(s, own))
        return AG_E_NOSPC;
    if (size > own->room) {
        uint64_t room = own->room < 128 ? 256 : 2 * own->room;
        room = room < size ? size : room;
        uint8_t *more = realloc(c->bytes, (size_t)room);
        if (more == NULL)
            return AG_E_NOMEM;
        c->bytes = more;
        own->room = room;
    }
    if (size > c->size)
        memset(c->bytes + c->size, 0, (size_t)(size - c->size));
    *own->total += size - c->size;
    c->size = size;
    c->status.st_size = (off_t)size;
    c->status.st_blocks = (off_t)((size + 511) / 512);
    return 0;
}

void ag_list_free(struct ag_content *list)
{
    if (list == NULL)
        return;
    free(list->bytes);
    free(list);
}

/* -- Lanes ------------------------------------------------------------------ */

static int give_folder(struct ag_lane_files *lane, const char *path,
                       uint32_t mode)
{
    const struct stat status = {.st_mode = (mode_t)(S_IFDIR | mode),
                                .st_dev = 1,
                                .st_ino = ++lane->numbers,
                                .st_nlink = 2,
                                .st_blksize = AG_PAGE_BYTES};
    struct ag_own *own;
    int error = ag_own_add(lane, path, &status, &own);
    if (error == 0)
        own->is_given = true;
    return error;
}

int ag_own_begin(const struct ag_files *s, struct ag_lane_files *lane)
{
    int error = 0;
    if (s->root < 0 && !s->is_read_only) {
        error = give_folder(lane, "", 0777);
        if (error == 0)
            error = give_folder(lane, "tmp", 01777);
    }
    lane->is_changed = false;
    return error;
}

void ag_own_end(struct ag_lane_files *lane)
{
    for (uint64_t i = 0; i < lane->count; i++)
        free_name(lane->names[i]);
    free(lane->names);
    lane->names = NULL;
    lane->count = lane->room = 0;
}
