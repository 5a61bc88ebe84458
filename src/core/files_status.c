/* Calls that say what a path or an open file is. */
#define _POSIX_C_SOURCE 200809L
#include "core/files_open.h"

#include <string.h>

#define AT_EACCES 0x200u
#define AT_NO_AUTOMOUNT 0x800u
#define AT_SYNC 0x6000u

/* -- Structures ------------------------------------------------------------- */

static void put(uint8_t *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static void put_time(uint8_t *at, const struct timespec *t, size_t bytes)
{
    put(at, (uint64_t)t->tv_sec, 8);
    put(at + 8, (uint64_t)t->tv_nsec, bytes);
}

/* struct stat. */
static bool put_stat(struct ag_file_call *c, uint64_t address,
                     const struct stat *s)
{
    uint8_t out[128] = {0};
    put(out, (uint64_t)s->st_dev, 8);
    put(out + 8, (uint64_t)s->st_ino, 8);
    put(out + 16, (uint64_t)s->st_mode, 4);
    put(out + 20, (uint64_t)s->st_nlink, 4);
    put(out + 24, (uint64_t)s->st_uid, 4);
    put(out + 28, (uint64_t)s->st_gid, 4);
    put(out + 32, (uint64_t)s->st_rdev, 8);
    put(out + 48, (uint64_t)s->st_size, 8);
    put(out + 56, (uint64_t)s->st_blksize, 4);
    put(out + 64, (uint64_t)s->st_blocks, 8);
    put_time(out + 72, &s->AG_ACCESSED, 8);
    put_time(out + 88, &s->AG_MODIFIED, 8);
    put_time(out + 104, &s->AG_CHANGED, 8);
    return ag_call_put(c, address, out, sizeof out);
}

/* struct statx, of which all but the time of birth is known. */
static bool put_statx(struct ag_file_call *c, uint64_t address,
                      const struct stat *s)
{
    uint8_t out[256] = {0};
    put(out, 0x7ff, 4);
    put(out + 4, (uint64_t)s->st_blksize, 4);
    put(out + 16, (uint64_t)s->st_nlink, 4);
    put(out + 20, (uint64_t)s->st_uid, 4);
    put(out + 24, (uint64_t)s->st_gid, 4);
    put(out + 28, (uint64_t)s->st_mode, 2);
    put(out + 32, (uint64_t)s->st_ino, 8);
    put(out + 40, (uint64_t)s->st_size, 8);
    put(out + 48, (uint64_t)s->st_blocks, 8);
    put_time(out + 64, &s->AG_ACCESSED, 4);
    put_time(out + 96, &s->AG_CHANGED, 4);
    put_time(out + 112, &s->AG_MODIFIED, 4);
    put(out + 136, (uint64_t)s->st_dev >> 8, 4); /* whole is what counts */
    put(out + 140, (uint64_t)s->st_dev & 255, 4);
    return ag_call_put(c, address, out, sizeof out);
}

/* -- Paths ------------------------------------------------------------------ */

static int find(struct ag_file_call *c, uint64_t flags, struct ag_found *out)
{
    struct ag_open *open;
    return ag_call_find_at(c, flags, out, &open);
}

int64_t ag_file_fstat(struct ag_file_call *c)
{
    const struct ag_open *o = ag_fd_file(c, c->x[0]);
    if (o == NULL)
        return -AG_E_BADF;
    return put_stat(c, c->x[1], ag_open_status(o)) ? 0 : -AG_E_FAULT;
}

int64_t ag_file_newfstatat(struct ag_file_call *c)
{
    struct ag_found found;
    int error = find(c, c->x[3], &found);
    if (error != 0)
        return -error;
    return put_stat(c, c->x[2], &found.status) ? 0 : -AG_E_FAULT;
}

int64_t ag_file_statx(struct ag_file_call *c)
{
    const uint32_t known = AG_AT_NOFOLLOW | AT_NO_AUTOMOUNT | AG_AT_EMPTY | AT_SYNC;
    struct ag_found found;
    if (((uint32_t)c->x[2] & ~known) != 0 || (uint32_t)c->x[3] >> 31 != 0)
        return -AG_E_INVAL;
    int error = find(c, c->x[2], &found);
    if (error != 0)
        return -error;
    return put_statx(c, c->x[4], &found.status) ? 0 : -AG_E_FAULT;
}

/* As the mode says; whether the host may read it turns out when it is opened. */
static int64_t check_access(struct ag_file_call *c, uint64_t flags)
{
    const uint32_t wanted = (uint32_t)c->x[2];
    struct ag_found found;
    if ((wanted & ~7u) != 0 ||
        ((uint32_t)flags & ~(AG_AT_NOFOLLOW | AT_EACCES | AG_AT_EMPTY)) != 0)
        return -AG_E_INVAL;
    int error = find(c, flags, &found);
    if (error != 0)
        return -error;
    if ((wanted & 2) != 0 && c->files->is_read_only)
        return -AG_E_ROFS;
    return ((wanted & 2) != 0 && (found.status.st_mode & 0222) == 0) ||
                   ((wanted & 4) != 0 && (found.status.st_mode & 0444) == 0) ||
                   ((wanted & 1) != 0 && (found.status.st_mode & 0111) == 0)
               ? -AG_E_ACCES
               : 0;
}
int64_t ag_file_faccessat(struct ag_file_call *c)
{
    return check_access(c, 0);
}
int64_t ag_file_faccessat2(struct ag_file_call *c)
{
    return check_access(c, c->x[3]);
}

int64_t ag_file_readlinkat(struct ag_file_call *c)
{
    struct ag_found found;
    int error = find(c, AG_AT_NOFOLLOW, &found);
    if (error != 0)
        return -error;
    if (!S_ISLNK(found.status.st_mode))
        return -AG_E_INVAL;
    size_t n = strlen(found.link);
    if (n > (uint32_t)c->x[3])
        n = (uint32_t)c->x[3];
    return ag_call_put(c, c->x[2], found.link, n) ? (int64_t)n : -AG_E_FAULT;
}
