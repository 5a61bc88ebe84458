/*
 * What is in files and directories: read once, when the first lane opens them,
 * and for as long as they are what they were by number, size and times.
 */
#define _POSIX_C_SOURCE 200809L
#include "core/files.h"
#include "linux/records.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_FILE (UINT64_C(1) << 30)
#define MOST_KEPT (UINT64_C(1) << 28) /* beyond it only what is open stays */

/* -- Files ------------------------------------------------------------------ */

static bool add_bytes(struct ag_content *c, uint64_t *room, const void *bytes,
                      size_t n)
{
    while (*room - c->size < n) {
        uint8_t *more = realloc(c->bytes, (size_t)*room * 2);
        if (more == NULL)
            return false;
        c->bytes = more;
        *room *= 2;
    }
    memcpy(c->bytes + c->size, bytes, n);
    c->size += n;
    return true;
}

/* To its end, whatever its size was said to be. */
static int read_file(int fd, struct ag_content *c, uint64_t *room)
{
    char some[65536];
    for (;;) {
        ssize_t n = pread(fd, some, sizeof some, (off_t)c->size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ag_files_error(errno);
        if (n == 0)
            return 0;
        if (c->size + (uint64_t)n > MOST_FILE)
            return AG_E_FBIG;
        if (!add_bytes(c, room, some, (size_t)n))
            return AG_E_NOMEM;
    }
}

/* -- Directories ------------------------------------------------------------ */

struct entry {
    char *name;
    uint64_t number;
    uint8_t kind;
};

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    return strcmp(a->name, b->name);
}

/* A record of getdents64(): number, where the next one begins, length, kind,
   name. */
bool ag_content_add_entry(struct ag_content *c, uint64_t *room,
                          const char *name, uint64_t number, uint8_t kind)
{
    uint8_t record[AG_MOST_FOUND] = {0};
    const size_t length = (19 + strlen(name) + 1 + 7) / 8 * 8;
    const uint64_t next = c->size + length;
    const uint16_t bytes = (uint16_t)length;
    memcpy(record, &number, 8);
    memcpy(record + 8, &next, 8);
    memcpy(record + 16, &bytes, 2);
    record[18] = kind;
    memcpy(record + 19, name, strlen(name));
    return add_bytes(c, room, record, length);
}

static bool add_entry(struct ag_content *c, uint64_t *room,
                      const struct entry *e)
{
    return ag_content_add_entry(c, room, e->name, e->number, e->kind);
}

static bool list_entry(DIR *dir, const struct dirent *from, struct entry *e)
{
    struct stat status;
    e->name = strdup(from->d_name);
    e->number = from->d_ino;
    e->kind = 0;
    if (fstatat(dirfd(dir), from->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        e->kind = (uint8_t)((status.st_mode & S_IFMT) >> 12);
    return e->name != NULL;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* All but . and ..; NULL: no memory. */
static struct entry *list_entries(DIR *dir, size_t *count)
{
    size_t room = 64;
    struct entry *all = malloc(room * sizeof *all);
    for (struct dirent *d; all != NULL && (d = readdir(dir)) != NULL;) {
        if (is_dots(d->d_name))
            continue;
        if (*count == room) {
            struct entry *more = realloc(all, 2 * room * sizeof *all);
            if (more == NULL)
                break;
            all = more;
            room *= 2;
        }
        if (list_entry(dir, d, &all[*count]))
            ++*count;
    }
    return all;
}

/* By name, so that it is the same everywhere. What is above the directory has
   its own number: it may be outside. */
static int read_directory(int fd, struct ag_content *c, uint64_t *room)
{
    const struct entry dots[] = {{(char[]){"."}, c->status.st_ino, 4},
                                 {(char[]){".."}, c->status.st_ino, 4}};
    int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = own < 0 ? NULL : fdopendir(own);
    size_t count = 0;
    if (dir == NULL) {
        if (own >= 0)
            close(own);
        return AG_E_NFILE;
    }
    struct entry *all = list_entries(dir, &count);
    bool fine = all != NULL && add_entry(c, room, &dots[0]) &&
                add_entry(c, room, &dots[1]);
    closedir(dir);
    if (all != NULL)
        qsort(all, count, sizeof *all, compare_entries);
    for (size_t i = 0; i < count; i++) {
        fine = fine && add_entry(c, room, &all[i]);
        free(all[i].name);
    }
    free(all);
    return fine ? 0 : AG_E_NOMEM;
}

/* -- All of them ------------------------------------------------------------ */

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
           a->st_size == b->st_size &&
           memcmp(&a->AG_MODIFIED, &b->AG_MODIFIED, sizeof a->AG_MODIFIED) == 0 &&
           memcmp(&a->AG_CHANGED, &b->AG_CHANGED, sizeof a->AG_CHANGED) == 0;
}

static struct ag_content **place_of(struct ag_contents *all,
                                    const struct stat *status)
{
    const uint64_t number = (uint64_t)status->st_ino;
    return &all->by_hash[(number ^ number >> 10) % AG_CONTENT_HASHES];
}

static void free_content(struct ag_contents *all, struct ag_content *c)
{
    all->bytes -= c->size;
    free(c->bytes);
    free(c);
}

/* Those that nobody has open, or all. */
static void forget(struct ag_contents *all, bool used_too)
{
    for (size_t i = 0; i < AG_CONTENT_HASHES; i++)
        for (struct ag_content **at = &all->by_hash[i], *c; (c = *at) != NULL;)
            if (c->uses == 0 || used_too) {
                *at = c->next;
                free_content(all, c);
            } else {
                at = &c->next;
            }
}

static int read_content(const struct ag_found *found, struct ag_content **out)
{
    struct ag_content *c = calloc(1, sizeof *c);
    uint64_t room = 4096;
    int error = AG_E_NOMEM;
    *out = NULL;
    if (c != NULL) {
        c->status = found->status;
        c->bytes = malloc((size_t)room);
    }
    if (c != NULL && c->bytes != NULL)
        error = S_ISDIR(found->status.st_mode)
                    ? read_directory(found->fd, c, &room)
                    : read_file(found->fd, c, &room);
    if (error == 0) {
        *out = c;
        return 0;
    }
    if (c != NULL)
        free(c->bytes);
    free(c);
    return error;
}

int ag_content_open(struct ag_contents *all, const struct ag_found *found,
                    struct ag_content **out)
{
    struct ag_content **place = place_of(all, &found->status), *c = *place;
    int error = 0;
    while (c != NULL && !is_same(&c->status, &found->status))
        c = c->next;
    if (c == NULL) {
        if (all->bytes > MOST_KEPT)
            forget(all, false);
        error = read_content(found, &c);
        if (error != 0)
            return error;
        c->next = *place;
        *place = c;
        all->bytes += c->size;
    }
    c->uses++;
    *out = c;
    return 0;
}

void ag_content_close(struct ag_contents *all, struct ag_content *content)
{
    content->uses--;
    if (content->uses == 0 && all->bytes > MOST_KEPT)
        forget(all, false);
}

void ag_contents_free(struct ag_contents *all)
{
    forget(all, true);
}
