/* System calls as C11: what all of the CPU's engines call. */
#include "linux/execute.h"
#include "linux/serve.h"

/* Shared memory has no processes. */
#define AG_CALL_FUNCTION(NAME, value, is_shared, has_rows, has_window)         \
    static u32 call_##NAME(const ag_buffers *b, const ag_slice_args *args,     \
                           u64 slot)                                           \
    {                                                                          \
        return (is_shared) ? AG_STOP                                           \
                           : ag_linux_call(b, args, slot, AG_LAYOUT_##NAME);   \
    }
AG_LAYOUTS(AG_CALL_FUNCTION)

u32 ag_kernel_call(const ag_buffers *b, const ag_slice_args *args, u64 slot)
{
#define AG_CALL_NAME(NAME, value, is_shared, has_rows, has_window)             \
    call_##NAME,
    static u32 (*const calls[AG_LAYOUT_COUNT])(
        const ag_buffers *, const ag_slice_args *, u64) = {
        AG_LAYOUTS(AG_CALL_NAME)};
    return calls[args->layout](b, args, slot);
}
