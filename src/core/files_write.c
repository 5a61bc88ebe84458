/* Calls that write files that are open, which are the lane's own. */
#include "core/files_open.h"

static bool can_write(const struct ag_open *o)
{
    const uint32_t how = o->flags & AG_OPEN_MODE;
    return o->own != NULL && (how == 1 || how == 2);
}

/* From the lane's memory; how many, or an error. Where there is no room for all
   of it, as much as there is. */
static int64_t write_at(struct ag_file_call *c, struct ag_own *own,
                        uint64_t offset, uint64_t address, uint64_t bytes)
{
    const uint64_t most = ag_own_most(c->files, own);
    if (bytes > AG_MOST_AT_ONCE)
        bytes = AG_MOST_AT_ONCE;
    if (bytes == 0)
        return 0;
    if (offset >= most)
        return -AG_E_NOSPC;
    if (bytes > most - offset)
        bytes = most - offset;
    if (ag_memory_room(c->g, address, bytes, false) != bytes)
        return -AG_E_FAULT;
    int error = offset + bytes > own->content.size
                    ? ag_own_resize(c->files, own, offset + bytes)
                    : 0;
    if (error != 0)
        return -error;
    ag_touch(c, own);
    return ag_call_get(c, address, own->content.bytes + offset, (size_t)bytes)
               ? (int64_t)bytes
               : -AG_E_FAULT;
}

/* At the offset, or at the end, and behind it. */
static int64_t write_next(struct ag_file_call *c, struct ag_open *o,
                          uint64_t address, uint64_t bytes)
{
    if ((o->flags & AG_OPEN_APPEND) != 0)
        o->offset = o->own->content.size;
    const int64_t n = write_at(c, o->own, o->offset, address, bytes);
    o->offset += n > 0 ? (uint64_t)n : 0;
    return n;
}

int64_t ag_file_write(struct ag_file_call *c)
{
    struct ag_open *o = ag_fd_file(c, c->x[0]);
    return o != NULL && can_write(o) ? write_next(c, o, c->x[1], c->x[2])
                                     : -AG_E_BADF;
}

/* O_APPEND comes before what the offset says, as on Linux. */
int64_t ag_file_pwrite64(struct ag_file_call *c)
{
    struct ag_open *o = ag_fd_file(c, c->x[0]);
    if (o == NULL)
        return -AG_E_BADF;
    if (c->x[3] >> 63 != 0)
        return -AG_E_INVAL;
    if (!can_write(o))
        return -AG_E_BADF;
    return write_at(c, o->own,
                    (o->flags & AG_OPEN_APPEND) != 0 ? o->own->content.size
                                                     : c->x[3],
                    c->x[1], c->x[2]);
}

int64_t ag_file_writev(struct ag_file_call *c)
{
    struct ag_open *o = ag_fd_file(c, c->x[0]);
    return o != NULL && can_write(o) ? ag_call_pieces(c, o, write_next)
                                     : -AG_E_BADF;
}

int64_t ag_file_ftruncate(struct ag_file_call *c)
{
    struct ag_open *o = ag_fd_file(c, c->x[0]);
    if (o == NULL)
        return -AG_E_BADF;
    if (c->x[1] >> 63 != 0 || !can_write(o))
        return -AG_E_INVAL;
    int error = ag_own_resize(c->files, o->own, c->x[1]);
    if (error == 0)
        ag_touch(c, o->own);
    return -error;
}
