/*
 * The cache of compiled kernels: one file a key in $XDG_CACHE_HOME/armgpu. A
 * file is a header, the key as text and the compiled bytes; its name is a hash
 * of the key, and the text inside decides. Files are written under another name
 * and renamed, so a reader sees a whole file or none; what else can go wrong
 * (a full disk, a crash, a flipped bit) the lengths and the checksum find.
 *
 * The bytes are executed, so a directory that others can write to is not used.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "armgpuK1" in the byte order of the machine that wrote the file. */
#define MAGIC UINT64_C(0x314b757067616d72)
#define DIRECTORY_BYTES 4096
#define KEY_BYTES 4096
#define MAX_BYTES (UINT64_C(1) << 30)
/* A new version of the kernels, a driver or a device adds a file; the ones not
   used for longest go. */
#define MAX_FILES 64

struct header {
    uint64_t magic;
    uint64_t key_bytes;
    uint64_t bytes;
    uint64_t checksum; /* of the key's text and the bytes */
};

/* A file of the cache: where it is and the key that it must hold. */
struct entry {
    char directory[DIRECTORY_BYTES];
    char path[DIRECTORY_BYTES + 64];
    char key[KEY_BYTES];
    size_t key_bytes;
};

/* FNV-1a. */
static uint64_t hash(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

#define HASH_START UINT64_C(0xcbf29ce484222325)

static uint64_t checksum(const struct entry *e, const void *bytes, size_t n)
{
    return hash(hash(HASH_START, e->key, e->key_bytes), bytes, n);
}

/* The XDG specification: relative paths are to be ignored. */
static const char *absolute(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] == '/' ? value : NULL;
}

static int find_directory(char out[DIRECTORY_BYTES])
{
    const char *off = getenv("ARMGPU_CACHE");
    const char *xdg = absolute("XDG_CACHE_HOME"), *home = absolute("HOME");
#ifdef __APPLE__
    const char *below_home = "/Library/Caches/armgpu";
#else
    const char *below_home = "/.cache/armgpu";
#endif
    int n = -1;
    if (off != NULL && strcmp(off, "off") == 0)
        return 0;
    if (xdg != NULL)
        n = snprintf(out, DIRECTORY_BYTES, "%s/armgpu", xdg);
    else if (home != NULL)
        n = snprintf(out, DIRECTORY_BYTES, "%s%s", home, below_home);
    return n > 0 && n < DIRECTORY_BYTES;
}

int ag_cache_is_on(void)
{
    char directory[DIRECTORY_BYTES];
    return find_directory(directory);
}

/* Creates the directory and those above it. */
static void make_directory(char *path)
{
    for (char *p = path + 1; *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        (void)mkdir(path, 0700);
        *p = '/';
    }
    (void)mkdir(path, 0700);
}

/* Nobody else may have put files there. */
static int is_own_directory(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == geteuid() &&
           (s.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static const char *text(const char *s)
{
    return s != NULL ? s : "";
}

/* Returns 0 if there is no cache for this key. */
static int find_entry(struct entry *e, const struct ag_cache_key *key)
{
    int n = snprintf(e->key, sizeof e->key, "%s\n%016" PRIx64 "\n%s\n%s\n%s\n",
                     text(key->backend), key->source_hash, text(key->device),
                     text(key->driver), text(key->options));
    if (n < 0 || (size_t)n >= sizeof e->key || !find_directory(e->directory))
        return 0;
    e->key_bytes = (size_t)n;
    snprintf(e->path, sizeof e->path, "%s/%.16s-%016" PRIx64, e->directory,
             text(key->backend), hash(HASH_START, e->key, e->key_bytes));
    return 1;
}

static int read_all(int fd, void *to, size_t n)
{
    char *p = to;
    while (n > 0) {
        ssize_t got = read(fd, p, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return 0;
        p += got;
        n -= (size_t)got;
    }
    return 1;
}

static int write_all(int fd, const void *from, size_t n)
{
    const char *p = from;
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return 0;
        p += put;
        n -= (size_t)put;
    }
    return 1;
}

/* Lengths first: nothing is allocated on a damaged header's word. */
static int is_plausible(const struct header *h, const struct entry *e, int fd)
{
    struct stat s;
    return fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && h->magic == MAGIC &&
           h->key_bytes == e->key_bytes && h->bytes > 0 &&
           h->bytes <= MAX_BYTES &&
           (uint64_t)s.st_size == sizeof *h + h->key_bytes + h->bytes;
}

static void *read_entry(int fd, const struct entry *e, size_t *length)
{
    struct header h;
    char key[KEY_BYTES];
    void *bytes;
    if (!read_all(fd, &h, sizeof h) || !is_plausible(&h, e, fd) ||
        !read_all(fd, key, e->key_bytes) ||
        memcmp(key, e->key, e->key_bytes) != 0)
        return NULL;
    bytes = malloc((size_t)h.bytes);
    if (bytes == NULL || !read_all(fd, bytes, (size_t)h.bytes) ||
        checksum(e, bytes, (size_t)h.bytes) != h.checksum) {
        free(bytes);
        return NULL;
    }
    *length = (size_t)h.bytes;
    return bytes;
}

void *ag_cache_load(const struct ag_cache_key *key, size_t *length)
{
    struct entry e = {.key_bytes = 0};
    void *bytes = NULL;
    int fd;
    *length = 0;
    if (!find_entry(&e, key) || !is_own_directory(e.directory))
        return NULL;
    /* Not blocking: a FIFO in the file's place must not hold us up. */
    fd = open(e.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    bytes = read_entry(fd, &e, length);
    if (bytes != NULL)
        (void)futimens(fd, NULL); /* last used now, for trim() */
    close(fd);
    return bytes;
}

/* Counts the directory's files and finds the one not used for longest. */
static int count_files(DIR *directory, char oldest[256])
{
    int n = 0;
    time_t first = 0;
    struct dirent *d;
    rewinddir(directory);
    while ((d = readdir(directory)) != NULL) {
        struct stat s;
        if (fstatat(dirfd(directory), d->d_name, &s, AT_SYMLINK_NOFOLLOW) ||
            !S_ISREG(s.st_mode))
            continue;
        if (n++ == 0 || s.st_mtime < first) {
            first = s.st_mtime;
            snprintf(oldest, 256, "%s", d->d_name);
        }
    }
    return n;
}

static void trim(const char *path)
{
    char oldest[256];
    DIR *directory = opendir(path);
    if (directory == NULL)
        return;
    while (count_files(directory, oldest) > MAX_FILES)
        if (unlinkat(dirfd(directory), oldest, 0) != 0)
            break;
    closedir(directory);
}

static int write_entry(int fd, const struct entry *e, const void *bytes,
                       size_t length)
{
    struct header h = {MAGIC, e->key_bytes, length, checksum(e, bytes, length)};
    return write_all(fd, &h, sizeof h) && write_all(fd, e->key, e->key_bytes) &&
           write_all(fd, bytes, length);
}

void ag_cache_store(const struct ag_cache_key *key, const void *bytes,
                    size_t length)
{
    struct entry e = {.key_bytes = 0};
    char temporary[sizeof e.path + 8];
    int fd, is_written;
    if (length == 0 || length > MAX_BYTES || !find_entry(&e, key))
        return;
    make_directory(e.directory);
    if (!is_own_directory(e.directory))
        return;
    snprintf(temporary, sizeof temporary, "%s.XXXXXX", e.path);
    fd = mkstemp(temporary); /* a name of its own, mode 0600 */
    if (fd < 0)
        return;
    is_written = write_entry(fd, &e, bytes, length);
    if (close(fd) != 0 || !is_written || rename(temporary, e.path) != 0)
        (void)unlink(temporary);
    trim(e.directory);
}
