/* The kernel entries of entry.c, for backend/cpu.c. */
#ifndef AG_ENTRY_H
#define AG_ENTRY_H

#include "interp.h"

/*
 * Runs the lanes b->lanes[first .. first + count). Ends early when the control
 * buffer says so: after a turn (AG_CONTROL_STOP) or after every lane of the
 * range had one (AG_CONTROL_REQUESTS).
 */
void ag_kernel_slice(const ag_buffers *b, const ag_slice_args *args, u32 first,
                     u32 count);

/* Threads [first, first + count) of the serving kernel. */
void ag_kernel_serve(const ag_buffers *b, const ag_slice_args *args, u32 first,
                     u32 count);

#endif
