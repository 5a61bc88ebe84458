/*
 * What a lane has made, changed and taken away: nodes by their paths, above what
 * the host has. Of the host's files none is ever changed; one that is taken away
 * is noted as gone. All of it is the lane's alone, and goes with it.
 */
#define _POSIX_C_SOURCE 200809L
#include "base/hash.h"
#include "core/files_open.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define MOST_OWN 4096 /* nodes of a lane */

/* -- Finding ---------------------------------------------------------------- */

static uint64_t hash_of(const char *path)
{
    return ag_hash(AG_HASH_START, path, strlen(path));
}

struct ag_own *ag_own_find(const struct ag_lane_files *lane, const char *path)
{
    const uint64_t hash = lane->count != 0 ? hash_of(path) : 0;
    for (uint64_t i = 0; i < lane->count; i++)
        if (lane->own[i]->hash == hash && strcmp(lane->own[i]->path, path) == 0)
            return lane->own[i];
    return NULL;
}

/* -- Making ----------------------------------------------------------------- */

static bool set_path(struct ag_own *own, const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return false;
    free(own->path);
    own->path = copy;
    own->hash = hash_of(path);
    return true;
}

static int enter(struct ag_lane_files *lane, struct ag_own *own,
                 const char *path)
{
    if (lane->count == MOST_OWN)
        return AG_E_NOSPC;
    if (lane->count == lane->room) {
        const uint64_t room = lane->room == 0 ? 8 : 2 * lane->room;
        struct ag_own **more =
            realloc(lane->own, (size_t)room * sizeof *lane->own);
        if (more == NULL)
            return AG_E_NOMEM;
        lane->own = more;
        lane->room = room;
    }
    if (!set_path(own, path))
        return AG_E_NOMEM;
    lane->own[lane->count++] = own;
    lane->is_changed = true;
    return 0;
}

/* Out of the list, without its path. */
static void leave(struct ag_lane_files *lane, struct ag_own *own)
{
    uint64_t i = 0;
    while (lane->own[i] != own)
        i++;
    lane->own[i] = lane->own[--lane->count];
    free(own->path);
    own->path = NULL;
    lane->is_changed = true;
}

void ag_own_undo(struct ag_lane_files *lane, struct ag_own *own)
{
    leave(lane, own);
    ag_own_drop(own);
}

/* What is gone makes room for something new. */
static bool take_gone(struct ag_lane_files *lane, const char *path)
{
    struct ag_own *gone = ag_own_find(lane, path);
    if (gone == NULL)
        return false;
    ag_own_undo(lane, gone);
    return true;
}

int ag_own_add(struct ag_lane_files *lane, enum ag_own_kind kind,
               const char *path, const struct stat *status,
               struct ag_own **out)
{
    struct ag_own *own = calloc(1, sizeof *own);
    if (own == NULL)
        return AG_E_NOMEM;
    own->kind = kind;
    own->uses = 1;
    own->total = &lane->bytes;
    if (status != NULL)
        own->content.status = *status;
    own->content.status.st_size = 0;
    own->hides = path != NULL && take_gone(lane, path);
    int error = path != NULL ? enter(lane, own, path) : 0;
    if (error != 0)
        ag_own_drop(own);
    *out = error == 0 ? own : NULL;
    return error;
}

void ag_own_drop(struct ag_own *own)
{
    if (--own->uses != 0)
        return;
    *own->total -= own->content.size;
    free(own->content.bytes);
    free(own->path);
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
        if (is_below(lane->own[i]->path, path))
            ag_own_undo(lane, lane->own[i]);
    }
}

int ag_own_remove(struct ag_lane_files *lane, const char *path,
                  struct ag_own *own)
{
    const bool hides = own == NULL || own->hides;
    char copy[AG_MOST_FOUND];
    struct ag_own *gone;
    strcpy(copy, path);
    forget_below(lane, copy);
    if (own != NULL)
        ag_own_undo(lane, own);
    if (!hides)
        return 0;
    int error = ag_own_add(lane, AG_OWN_GONE, copy, NULL, &gone);
    if (error == 0)
        gone->hides = true;
    return error;
}

int ag_own_move(struct ag_lane_files *lane, struct ag_own *own,
                const char *path)
{
    char from[AG_MOST_FOUND], to[AG_MOST_FOUND];
    struct ag_own *gone;
    int error = 0;
    strcpy(from, own->path);
    const size_t n = strlen(from), more = strlen(path);
    for (uint64_t i = 0; i < lane->count; i++)
        if (is_below(lane->own[i]->path, from) &&
            strlen(lane->own[i]->path) - n + more >= sizeof to)
            return AG_E_NAMETOOLONG;
    const bool hid = own->hides;
    own->hides = take_gone(lane, path);
    for (uint64_t i = 0; i < lane->count && error == 0; i++) {
        struct ag_own *at = lane->own[i];
        if (at != own && !is_below(at->path, from))
            continue;
        strcpy(to, path);
        strcat(to, at->path + n);
        error = set_path(at, to) ? 0 : AG_E_NOMEM;
    }
    lane->is_changed = true;
    if (error != 0 || !hid)
        return error;
    error = ag_own_add(lane, AG_OWN_GONE, from, NULL, &gone);
    if (error == 0)
        gone->hides = true;
    return error;
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
    int error = ag_own_add(lane, AG_OWN_FOLDER, path, &status, &own);
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
        ag_own_drop(lane->own[i]);
    free(lane->own);
    lane->own = NULL;
    lane->count = lane->room = 0;
}
