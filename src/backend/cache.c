/*
 * The cache of compiled kernels: one file a key in $XDG_CACHE_HOME/armgpu. A
 * file is a header, the key as text and the compiled bytes; its name is a hash
 * of the key, and the text inside decides. Files are written under another name
 * and renamed, so a reader sees a whole file or none; what else can go wrong
 * (a full disk, a crash, a flipped bit) the lengths and the checksum find.
 *
 * The bytes are executed: nobody else may have a hand in them. The directory is
 * opened once, asked whose it is, and all else is done through its descriptor,
 * which stays with it whatever becomes of its path. The directories above are
 * not asked. Who may write there can put another directory in the place of
 * ours: their own is refused, and in one that is this user's and closed to
 * others nothing is either loaded or deleted that is not the cache's by owner,
 * name and contents. That is asked of every file, since a directory called
 * armgpu may also have been there before, and be for something else.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/cache.h"
#include "base/environment.h"
#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* "armgpuK1" in the byte order of the machine that wrote the file. */
#define MAGIC UINT64_C(0x314b757067616d72)
#define DIRECTORY_BYTES 4096
#define KEY_BYTES 4096
#define MAX_BYTES (UINT64_C(1) << 30)
/* A new version of the kernels, a driver or a device adds a file; the ones not
   used for longest go. */
#define MAX_FILES 64
/* No process takes as long to write a file: what is older was left behind. */
#define TEMPORARY_SECONDS 3600

/* "opencl-0123456789abcdef", and with ".0123456789abcdef" while it is written:
   parse_name() and its callers know it too. */
#define BACKEND_BYTES 16
#define DIGITS 16
#define NAME_BYTES (BACKEND_BYTES + 1 + DIGITS + 1)
#define TEMPORARY_BYTES (NAME_BYTES + 1 + DIGITS)
/* No file of the cache has such a name. */
#define REFUSED "refused.txt"

struct header {
    uint64_t magic;
    uint64_t key_bytes;
    uint64_t bytes;
    uint64_t checksum; /* of the key's text and the bytes */
};

/* A file of the cache: its name and the key that it must hold. */
struct entry {
    char name[NAME_BYTES];
    char key[KEY_BYTES];
    size_t key_bytes;
};

static uint64_t checksum(const struct entry *e, const void *bytes, size_t n)
{
    return ag_hash(ag_hash(AG_HASH_START, e->key, e->key_bytes), bytes, n);
}

/* The XDG specification: relative paths are to be ignored. */
static const char *absolute(const char *variable)
{
    const char *value = ag_getenv(variable);
    return value != NULL && value[0] == '/' ? value : NULL;
}

/* Slashes after the first `start` bytes end directories that may be made. */
static int find_directory(char out[DIRECTORY_BYTES], size_t *start)
{
    const char *off = ag_getenv("ARMGPU_CACHE");
    const char *xdg = absolute("XDG_CACHE_HOME"), *home = absolute("HOME");
#ifdef __APPLE__
    const char *below_home = "/Library/Caches/armgpu";
#else
    const char *below_home = "/.cache/armgpu";
#endif
    int n = -1;
    if (off != NULL && strcmp(off, "off") == 0)
        return 0;
    if (xdg != NULL) {
        n = snprintf(out, DIRECTORY_BYTES, "%s/armgpu", xdg);
        *start = strlen(xdg);
    } else if (home != NULL) {
        n = snprintf(out, DIRECTORY_BYTES, "%s%s", home, below_home);
        *start = strlen(home) + 1;
    }
    return n > 0 && n < DIRECTORY_BYTES;
}

int ag_cache_is_on(void)
{
    char directory[DIRECTORY_BYTES];
    size_t start;
    return find_directory(directory, &start);
}

/* A home that does not exist was not meant to: nothing is created in its place,
   nor above what XDG_CACHE_HOME names. */
static void make_directory(char *path, size_t start)
{
    char *p = path + start;
    while ((p = strchr(p, '/')) != NULL) {
        *p = '\0';
        (void)mkdir(path, 0700);
        *p++ = '/';
    }
    (void)mkdir(path, 0700);
}

/* Nobody else has written it, nor can. */
static int is_ours_alone(const struct stat *s)
{
    return s->st_uid == geteuid() && (s->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Returns -1 if there is no directory that may be used. */
static int open_directory(int is_to_be_made)
{
    char path[DIRECTORY_BYTES];
    size_t start;
    struct stat s;
    int fd;
    if (!find_directory(path, &start))
        return -1;
    if (is_to_be_made)
        make_directory(path, start);
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && (fstat(fd, &s) != 0 || !is_ours_alone(&s))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Opens a regular file for reading and says what it is; -1 if it is anything
   else, or a link. */
static int open_file(int directory, const char *name, struct stat *s)
{
    /* Not blocking: a FIFO in the file's place must not hold us up. */
    int fd =
        openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && (fstat(fd, s) != 0 || !S_ISREG(s->st_mode))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static const char *text(const char *s)
{
    return s != NULL ? s : "";
}

/* Returns 0 if the cache takes no such key. */
static int make_entry(struct entry *e, const struct ag_cache_key *key)
{
    int n = snprintf(e->key, sizeof e->key, "%s\n%016" PRIx64 "\n%s\n%s\n%s\n",
                     text(key->backend), key->source_hash, text(key->device),
                     text(key->driver), text(key->options));
    if (n < 0 || (size_t)n >= sizeof e->key)
        return 0;
    e->key_bytes = (size_t)n;
    snprintf(e->name, sizeof e->name, "%.*s-%016" PRIx64, BACKEND_BYTES,
             text(key->backend), ag_hash(AG_HASH_START, e->key, e->key_bytes));
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
static int is_plausible(const struct header *h, const struct entry *e,
                        const struct stat *s)
{
    return h->magic == MAGIC && h->key_bytes == e->key_bytes && h->bytes > 0 &&
           h->bytes <= MAX_BYTES &&
           (uint64_t)s->st_size == sizeof *h + h->key_bytes + h->bytes;
}

static void *read_entry(int fd, const struct stat *s, const struct entry *e,
                        size_t *length)
{
    struct header h;
    char key[KEY_BYTES];
    void *bytes;
    if (!read_all(fd, &h, sizeof h) || !is_plausible(&h, e, s) ||
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

/* A file that has a second name may be for something else too. */
static void *load_entry(int directory, const struct entry *e, size_t *length)
{
    struct stat s;
    void *bytes = NULL;
    int fd = open_file(directory, e->name, &s);
    if (fd < 0)
        return NULL;
    /* No name at all: somebody has just put a newer one in its place. */
    if (is_ours_alone(&s) && s.st_nlink <= 1)
        bytes = read_entry(fd, &s, e, length);
    if (bytes != NULL)
        (void)futimens(fd, NULL); /* last used now, for trim() */
    close(fd);
    return bytes;
}

void *ag_cache_load(const struct ag_cache_key *key, size_t *length)
{
    struct entry e = {.key_bytes = 0};
    void *bytes;
    int directory;
    *length = 0;
    if (!make_entry(&e, key))
        return NULL;
    directory = open_directory(0);
    if (directory < 0)
        return NULL;
    bytes = load_entry(directory, &e, length);
    close(directory);
    return bytes;
}

static int begins_with_digits(const char *s)
{
    return strspn(s, "0123456789abcdef") == DIGITS;
}

/* What comes after an entry's name: "" if it is one, a suffix if it is almost
   one; NULL if it is not. */
static const char *parse_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789");
    const char *digits = name + n + 1;
    if (n > BACKEND_BYTES || name[n] != '-' || !begins_with_digits(digits))
        return NULL;
    return digits + DIGITS;
}

static int is_temporary_suffix(const char *s)
{
    return s[0] == '.' && begins_with_digits(s + 1) && s[1 + DIGITS] == '\0';
}

/* The name alone must do: nothing may have been written into it. */
static void remove_if_left_behind(int directory, const char *temporary)
{
    struct stat s;
    if (fstatat(directory, temporary, &s, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(s.st_mode) && s.st_uid == geteuid() &&
        s.st_mtime < time(NULL) - TEMPORARY_SECONDS)
        (void)unlinkat(directory, temporary, 0);
}

/* Whether the file is the cache's, and when it was used last. */
static int is_entry(int directory, const char *name, time_t *used)
{
    struct stat s;
    uint64_t magic = 0;
    int fd = open_file(directory, name, &s), is_whole;
    if (fd < 0)
        return 0;
    is_whole = read_all(fd, &magic, sizeof magic);
    close(fd);
    *used = s.st_mtime;
    return is_whole && magic == MAGIC && s.st_uid == geteuid();
}

/* The files used last, but for the one that was just stored. */
struct recent {
    int files;
    struct {
        time_t used;
        char name[NAME_BYTES];
    } file[MAX_FILES - 1];
};

/* Makes room by deleting the oldest file, if that is not the one to come. */
static int find_place(int directory, struct recent *r, time_t used)
{
    int oldest = 0;
    if (r->files < MAX_FILES - 1)
        return r->files++;
    for (int i = 1; i < r->files; i++)
        if (r->file[i].used < r->file[oldest].used)
            oldest = i;
    if (used <= r->file[oldest].used)
        return -1;
    (void)unlinkat(directory, r->file[oldest].name, 0);
    return oldest;
}

static void keep_or_delete(int directory, struct recent *r, const char *name)
{
    time_t used;
    int place;
    if (!is_entry(directory, name, &used))
        return;
    place = find_place(directory, r, used);
    if (place < 0) {
        (void)unlinkat(directory, name, 0);
        return;
    }
    r->file[place].used = used;
    snprintf(r->file[place].name, NAME_BYTES, "%.*s", NAME_BYTES - 1, name);
}

/* `newest` stays, whatever the clock says. */
static void trim(int directory, const char *newest)
{
    struct recent recent = {.files = 0};
    const struct dirent *d;
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    while (list != NULL && (d = readdir(list)) != NULL) {
        const char *suffix = parse_name(d->d_name);
        if (suffix == NULL || strcmp(d->d_name, newest) == 0)
            continue;
        if (is_temporary_suffix(suffix))
            remove_if_left_behind(directory, d->d_name);
        else if (*suffix == '\0')
            keep_or_delete(directory, &recent, d->d_name);
    }
    if (list != NULL)
        closedir(list);
    else if (fd >= 0)
        close(fd);
}

/* A new file, mode 0600. A name may be taken: by another thread, by a process
   with the same number in another container, or by one that was killed. */
static int create_temporary(int directory, const struct entry *e,
                            char name[TEMPORARY_BYTES])
{
    int fd = -1;
    for (unsigned i = 0; i < 1000 && fd < 0; i++) {
        uint64_t number = (uint64_t)getpid() << 16 | i;
        snprintf(name, TEMPORARY_BYTES, "%s.%016" PRIx64, e->name, number);
        fd = openat(directory, name,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

static int write_entry(int fd, const struct entry *e, const void *bytes,
                       size_t length)
{
    struct header h = {MAGIC, e->key_bytes, length, checksum(e, bytes, length)};
    return write_all(fd, &h, sizeof h) && write_all(fd, e->key, e->key_bytes) &&
           write_all(fd, bytes, length);
}

static void store_entry(int directory, const struct entry *e, const void *bytes,
                        size_t length)
{
    char temporary[TEMPORARY_BYTES];
    int fd = create_temporary(directory, e, temporary), is_written;
    if (fd < 0)
        return;
    is_written = write_entry(fd, e, bytes, length);
    if (close(fd) != 0 || !is_written ||
        renameat(directory, temporary, directory, e->name) != 0)
        (void)unlinkat(directory, temporary, 0);
}

void ag_cache_store(const struct ag_cache_key *key, const void *bytes,
                    size_t length)
{
    struct entry e = {.key_bytes = 0};
    int directory;
    if (length == 0 || length > MAX_BYTES || !make_entry(&e, key))
        return;
    directory = open_directory(1);
    if (directory < 0)
        return;
    store_entry(directory, &e, bytes, length);
    trim(directory, e.name);
    close(directory);
}

/* Under one name, so that there is one at most. */
static int write_refused(int directory, const void *text, size_t length,
                         const char *note)
{
    const struct entry e = {.name = "refused-0000000000000000"};
    char temporary[TEMPORARY_BYTES];
    int fd = create_temporary(directory, &e, temporary), is_kept;
    if (fd < 0)
        return 0;
    is_kept = write_all(fd, "/* ", 3) && write_all(fd, note, strlen(note)) &&
              write_all(fd, " */\n", 4) && write_all(fd, text, length);
    is_kept = close(fd) == 0 && is_kept &&
              renameat(directory, temporary, directory, REFUSED) == 0;
    if (!is_kept)
        (void)unlinkat(directory, temporary, 0);
    return is_kept;
}

int ag_cache_keep_refused(const void *text, size_t length, const char *note,
                          char *path, size_t size)
{
    char place[DIRECTORY_BYTES];
    size_t start;
    int directory = open_directory(1), is_kept, n;
    path[0] = '\0';
    if (directory < 0)
        return 0;
    is_kept = write_refused(directory, text, length, note);
    close(directory);
    if (!is_kept || !find_directory(place, &start))
        return 0;
    n = snprintf(path, size, "%s/%s", place, REFUSED);
    if (n < 0 || (size_t)n >= size) /* a name cut short is none */
        path[0] = '\0';
    return 1;
}
