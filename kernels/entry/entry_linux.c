/* System calls as C11: what all of the CPU's engines call. */
#include "linux/execute.h"
#include "linux/serve.h"

/* Shared memory has no processes. */
#define AG_CALL_FUNCTION(NAME, value, is_shared, has_rows, has_window)         \
    case AG_LAYOUT_##NAME:                                                     \
        return (has_window)                                                    \
                   ? ag_linux_call(b, args, slot, AG_LAYOUT_##NAME)            \
                   : AG_STOP;

u32 ag_kernel_call(const ag_buffers *b, const ag_slice_args *args, u64 slot)
{
    switch (AG_LAYOUT_GENERAL(args->layout)) {
        AG_LAYOUTS(AG_CALL_FUNCTION)
    default:
        return AG_STOP;
    }
}
