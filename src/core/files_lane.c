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
