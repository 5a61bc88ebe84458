/* Memory of a lane whose call the host executes. */
#include "core/files_open.h"

#include <string.h>

bool ag_call_get(struct ag_file_call *c, uint64_t address, void *bytes,
                 size_t size)
{
    if (ag_memory_room(c->g, address, size, false) != size)
        return false;
    if (c->error == ARMGPU_OK)
        c->error = ag_memory_get(c->g, c->slot, address, bytes, size);
    return c->error == ARMGPU_OK;
}

bool ag_call_put(struct ag_file_call *c, uint64_t address, const void *bytes,
                 size_t size)
{
    if (ag_memory_room(c->g, address, size, true) != size)
        return false;
    if (c->error == ARMGPU_OK)
        c->error = ag_memory_put(c->g, c->slot, address, bytes, size);
    return c->error == ARMGPU_OK;
}

/* Most are short: the first piece has them. */
int ag_call_get_path(struct ag_file_call *c, uint64_t address, char *out)
{
    const size_t piece = 256;
    for (size_t at = 0; at < AG_MOST_FOUND; at += piece) {
        const size_t n =
            (size_t)ag_memory_room(c->g, address + at, piece, false);
        if (n == 0 || !ag_call_get(c, address + at, out + at, n))
            return AG_E_FAULT;
        if (memchr(out + at, '\0', n) != NULL)
            return 0;
        if (n < piece)
            return AG_E_FAULT;
    }
    return AG_E_NAMETOOLONG;
}

/* The list is read before anything is written over it. */
int64_t ag_call_pieces(struct ag_file_call *c, struct ag_open *o,
                       ag_piece_fn *next)
{
    uint64_t list[AG_MOST_VECTORS][2], total = 0;
    if (c->x[2] > AG_MOST_VECTORS)
        return -AG_E_INVAL;
    if (!ag_call_get(c, c->x[1], list, (size_t)c->x[2] * sizeof list[0]))
        return -AG_E_FAULT;
    for (uint64_t i = 0; i < c->x[2]; i++) {
        uint64_t bytes = list[i][1];
        if (bytes > AG_MOST_AT_ONCE - total)
            bytes = AG_MOST_AT_ONCE - total;
        const int64_t n = next(c, o, list[i][0], bytes);
        if (n < 0)
            return total != 0 ? (int64_t)total : n;
        total += (uint64_t)n;
        if ((uint64_t)n < bytes)
            break;
    }
    return (int64_t)total;
}
