/* What is in a folder, as a lane sees it: what the host has there without what
   the lane took away, and what the lane has made. */
#define _POSIX_C_SOURCE 200809L
#include "core/files_open.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The last name of a path that is in the folder; NULL: it is not. */
static const char *name_in(const char *path, const char *folder)
{
    const size_t n = strlen(folder);
    if (path[0] == '\0')
        return NULL;
    if (n != 0 && (strncmp(path, folder, n) != 0 || path[n] != '/'))
        return NULL;
    path += n != 0 ? n + 1 : 0;
    return strchr(path, '/') == NULL ? path : NULL;
}

static bool has_own(const struct ag_lane_files *lane, const char *folder)
{
    for (uint64_t i = 0; i < lane->count; i++)
        if (name_in(lane->names[i]->path, folder) != NULL)
            return true;
    return false;
}

/* An entry, of the host's list or of the lane's own. */
struct entry {
    const char *name;
    uint64_t number;
    uint8_t kind;
};

static int compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static bool is_own(const struct ag_lane_files *lane, const char *folder,
                   const char *name)
{
    for (uint64_t i = 0; i < lane->count; i++) {
        const char *other = name_in(lane->names[i]->path, folder);
        if (other != NULL && strcmp(other, name) == 0)
            return true;
    }
    return false;
}

/* Of the host's list those that the lane has nothing of its own for. */
static size_t take_hosts(const struct ag_lane_files *lane, const char *folder,
                         const struct ag_content *from, struct entry *out)
{
    size_t n = 0;
    uint16_t length;
    for (uint64_t at = 0; from != NULL && at < from->size; at += length) {
        const uint8_t *record = from->bytes + at;
        const char *name = (const char *)record + 19;
        memcpy(&length, record + 16, sizeof length);
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            is_own(lane, folder, name))
            continue;
        out[n].name = name;
        out[n].kind = record[18];
        memcpy(&out[n++].number, record, 8);
    }
    return n;
}

static size_t take_own(const struct ag_lane_files *lane, const char *folder,
                       struct entry *out)
{
    size_t n = 0;
    for (uint64_t i = 0; i < lane->count; i++) {
        const struct ag_own *own = lane->names[i]->own;
        const char *name = name_in(lane->names[i]->path, folder);
        if (name != NULL && own != NULL)
            out[n++] = (struct entry){
                name, own->content.status.st_ino,
                (uint8_t)((own->content.status.st_mode & S_IFMT) >> 12)};
    }
    return n;
}

/* By name, as lists of the host are. */
static int merge(const struct ag_lane_files *lane, const char *folder,
                 const struct stat *status, const struct ag_content *from,
                 struct ag_content **out)
{
    const size_t most = (size_t)lane->count +
                        (from != NULL ? (size_t)(from->size / 24) : 0) + 1;
    struct entry *all = malloc(most * sizeof *all);
    struct ag_content *list = calloc(1, sizeof *list);
    uint64_t room = 256;
    if (list != NULL)
        list->bytes = malloc((size_t)room);
    bool fine = all != NULL && list != NULL && list->bytes != NULL;
    if (fine) {
        size_t n = take_hosts(lane, folder, from, all);
        n += take_own(lane, folder, all + n);
        qsort(all, n, sizeof *all, compare);
        list->status = *status;
        fine = ag_content_add_entry(list, &room, ".", status->st_ino, 4) &&
               ag_content_add_entry(list, &room, "..", status->st_ino, 4);
        for (size_t i = 0; fine && i < n; i++)
            fine = ag_content_add_entry(list, &room, all[i].name, all[i].number,
                                        all[i].kind);
    }
    free(all);
    if (!fine) {
        ag_list_free(list);
        list = NULL;
    }
    *out = list;
    return fine ? 0 : AG_E_NOMEM;
}

int ag_list_open(struct ag_file_call *c, const struct ag_found *found,
                 struct ag_content **content, struct ag_content **list)
{
    struct ag_content *hosts = NULL;
    int error = found->own != NULL
                    ? 0
                    : ag_content_open(&c->files->contents, found, &hosts);
    *list = NULL;
    *content = hosts;
    if (error != 0 || (hosts != NULL && !has_own(c->lane, found->path)))
        return error;
    error = merge(c->lane, found->path, &found->status, hosts, list);
    *content = *list;
    if (hosts != NULL)
        ag_content_close(&c->files->contents, hosts);
    return error;
}

int ag_list_again(struct ag_file_call *c, struct ag_open *o)
{
    const char *path = ag_open_path(c->lane, o);
    struct ag_found found;
    struct ag_content *content, *list;
    if (path == NULL)
        return AG_E_NOENT;
    if (!c->lane->is_changed)
        return 0;
    int error = ag_files_find(c->files, c->lane, "", path[0] == '\0' ? "/" : path,
                              AG_FIND_OPENS, &found);
    if (error == 0 && !S_ISDIR(found.status.st_mode))
        error = AG_E_NOENT;
    if (error == 0)
        error = ag_list_open(c, &found, &content, &list);
    if (error == 0 && o->list == NULL && o->own == NULL)
        ag_content_close(&c->files->contents, o->content);
    if (error == 0) {
        ag_list_free(o->list);
        o->content = content;
        o->list = list;
    }
    if (found.fd >= 0)
        close(found.fd);
    return error;
}
