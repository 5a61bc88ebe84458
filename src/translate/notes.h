/*
 * A lane on which bodies only note which X registers they read and write, for
 * those who execute them to find that out: after engine/scalar.h, before
 * bodies. Notes are bits as struct ag_use has them, in fields that these bodies
 * do not look at: what was read in `cycles`, what was written in `limit`. Rows
 * beyond 31 are no registers.
 */
#ifndef AG_NOTES_H
#define AG_NOTES_H

#include "engine/scalar.h"

static u64 note_read(ag_lane *c, u32 row)
{
    if (row < 32)
        c->cycles |= UINT64_C(1) << row;
    return c->x[row];
}
static void note_written(ag_lane *c, u32 row)
{
    if (row < 32)
        c->limit |= UINT64_C(1) << row;
}
#undef R
#undef W
#undef W32
#define R(row) note_read(c, (row))
#define W(row, v) ((void)(v), note_written(c, (row)))
#define W32(row, v) W(row, v)

#endif
