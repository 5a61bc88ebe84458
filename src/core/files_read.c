/* Calls that read files and directories that are open. */
#include "core/files_open.h"

#include <string.h>

/* To the lane's memory; how many, or an error. */
static int64_t read_at(struct ag_file_call *c, const struct ag_open *o,
                       uint64_t offset, uint64_t address, uint64_t bytes)
{
    const uint64_t size = o->content->size;
    if ((o->flags & AG_OPEN_MODE) == 1 || (o->flags & AG_OPEN_MODE) == 3)
        return -AG_E_BADF;
    if (S_ISDIR(o->content->status.st_mode))
        return -AG_E_ISDIR;
    if (bytes > AG_MOST_AT_ONCE)
        bytes = AG_MOST_AT_ONCE;
    if (offset >= size)
        return 0;
    if (bytes > size - offset)
        bytes = size - offset;
    return ag_call_put(c, address, o->content->bytes + offset, (size_t)bytes)
               ? (int64_t)bytes
               : -AG_E_FAULT;
}

/* From the offset, which then is behind it. */
static int64_t read_next(struct ag_file_call *c, struct ag_open *o,
                         uint64_t address, uint64_t bytes)
{
    const int64_t n = read_at(c, o, o->offset, address, bytes);
    o->offset += n > 0 ? (uint64_t)n : 0;
    return n;
}

int64_t ag_file_read(struct ag_file_call *c)
{
    struct ag_open *o = ag_fd_file(c, c->x[0]);
    return o != NULL ? read_next(c, o, c->x[1], c->x[2]) : -AG_E_BADF;
}

int64_t ag_file_pread64(struct ag_file_call *c)
{
    const struct ag_open *o = ag_fd_file(c, c->x[0]);
    if (o == NULL)
        return -AG_E_BADF;
    if (c->x[3] >> 63 != 0)
        return -AG_E_INVAL;
    return read_at(c, o, c->x[3], c->x[1], c->x[2]);
}

int64_t ag_file_readv(struct ag_file_call *c)
{
    struct ag_open *o = ag_fd_file(c, c->x[0]);
    return o != NULL ? ag_call_pieces(c, o, read_next) : -AG_E_BADF;
}

/* The kernel has mapped pages, which are 0: the file's bytes go there. */
int64_t ag_file_mmap(struct ag_file_call *c)
{
    const uint64_t address =
        *ag_plane_row(c->g, AG_PLANE_LINUX, c->slot, AG_LINUX_TAKEN);
    const struct ag_open *o = ag_fd_file(c, c->x[4]);
    if (o == NULL)
        return -AG_E_BADF;
    if (c->x[5] >> 63 != 0)
        return -AG_E_OVERFLOW;
    const int64_t n = read_at(c, o, c->x[5], address, c->x[1]);
    return n == -AG_E_BADF    ? -AG_E_ACCES
           : n == -AG_E_ISDIR ? -AG_E_NODEV
           : n < 0            ? n
                              : (int64_t)address;
}

/* -- Places ----------------------------------------------------------------- */

int64_t ag_file_lseek(struct ag_file_call *c)
{
    struct ag_open *o = ag_fd_file(c, c->x[0]);
    if (o == NULL)
        return -AG_E_BADF;
    const uint64_t size = o->content->size, by = c->x[1];
    uint64_t from = 0;
    switch ((uint32_t)c->x[2]) {
    case 0: /* SEEK_SET */
        break;
    case 1: /* SEEK_CUR */
        from = o->offset;
        break;
    case 2: /* SEEK_END */
        from = size;
        break;
    default: /* SEEK_DATA, SEEK_HOLE: there is one hole, at the end */
        if (by >= size)
            return -AG_E_NXIO;
        o->offset = (uint32_t)c->x[2] == 3 ? by : size;
        return (int64_t)o->offset;
    }
    /* Neither below 0 nor beyond what an off_t holds. */
    if ((from + by) >> 63 != 0)
        return -AG_E_INVAL;
    o->offset = from + by;
    return (int64_t)o->offset;
}

/* Where the record begins that is the first not before the offset: a lane may
   have sought into one. */
static uint64_t find_record(const struct ag_content *c, uint64_t offset)
{
    uint64_t at = 0;
    uint16_t length;
    while (at < offset && at < c->size) {
        memcpy(&length, c->bytes + at + 16, sizeof length);
        at += length;
    }
    return at;
}

int64_t ag_file_getdents64(struct ag_file_call *c)
{
    struct ag_open *o = ag_fd_file(c, c->x[0]);
    if (o == NULL)
        return -AG_E_BADF;
    if (!S_ISDIR(ag_open_status(o)->st_mode))
        return -AG_E_NOTDIR;
    int error = o->offset == 0 ? ag_list_again(c, o) : 0;
    if (error != 0)
        return -error;
    const struct ag_content *all = o->content;
    const uint64_t first = find_record(all, o->offset);
    const uint64_t most = (uint32_t)c->x[2];
    uint64_t end = first;
    uint16_t length = 0;
    while (end < all->size) {
        memcpy(&length, all->bytes + end + 16, sizeof length);
        if (end + length - first > most)
            break;
        end += length;
    }
    if (end == first)
        return first == all->size ? 0 : -AG_E_INVAL;
    if (!ag_call_put(c, c->x[1], all->bytes + first, (size_t)(end - first)))
        return -AG_E_FAULT;
    o->offset = end;
    return (int64_t)(end - first);
}
