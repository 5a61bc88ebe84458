/*
 * An SVC of a lane that has a turn. The call works on the state buffer, where
 * the lane is put for it, so that it is compiled once for all engines and the
 * lane at hand need not lie in memory for it.
 */
#ifndef AG_LINUX_SERVE_H
#define AG_LINUX_SERVE_H

#include "lane/buffers.h"
#include "lane/memory.h"
/* Here: the text of kernels has a file once, where it is included first. */
#include "lane/random.h"

#if AG_IS_COMPILED_ONCE
/* entry/entry_linux.c, for every layout of private memory. */
u32 ag_kernel_call(const ag_buffers *b, const ag_slice_args *args, u64 slot);
#elif AG_HAS_LINUX
#include "linux/execute.h"
AG_NOINLINE u32 ag_kernel_call(AG_PRIVATE const ag_buffers *b,
                               AG_PRIVATE const ag_slice_args *args, u64 slot)
{
    return ag_linux_call(b, args, slot, AG_LAYOUT);
}
#endif

#endif
