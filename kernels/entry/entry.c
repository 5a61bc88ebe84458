/*
 * The kernels as C11: what the CPU backend calls. A range of the listed lanes
 * is executed by one thread; in shared memory its lanes take turns until the
 * slice's fuel is used, so that lanes that wait for each other get on.
 */
#include "entry/entry.h"

#include "entry/threads.h"
#include "serve/block.h"

/* The Makefile says which there are. */
ag_simd_function *const ag_simd_copies[AG_SIMD_COPIES] = {
    ag_kernel_simd_soft, ag_kernel_simd_base, AG_COPY_SIMD_fma};
ag_crypto_function *const ag_crypto_copies[AG_CRYPTO_COPIES] = {
    ag_kernel_crypto_soft, AG_COPY_CRYPTO_aes, AG_COPY_CRYPTO_sha};

/* A copy of the interpreter for each layout. */
#define AG_TURN_FUNCTION(NAME, value, is_shared, has_rows, has_window)         \
    static u32 ag_turn_##NAME(const ag_buffers *b, const ag_slice_args *args,  \
                              u64 slot, u32 fuel)                              \
    {                                                                          \
        /* What the lane before stored is seen by all before this one can see  \
           it. */                                                              \
        if ((is_shared) && args->threads > 1)                                  \
            AG_FENCE();                                                        \
        return ag_turn_of(b, args, slot, fuel, AG_LAYOUT_##NAME);              \
    }
AG_LAYOUTS(AG_TURN_FUNCTION)

u32 ag_kernel_turn(const ag_buffers *b, const ag_slice_args *args, u64 slot,
                   u32 fuel)
{
#define AG_TURN_NAME(NAME, value, is_shared, has_rows, has_window)             \
    ag_turn_##NAME,
    static u32 (*const turns[AG_LAYOUT_COUNT])(
        const ag_buffers *, const ag_slice_args *, u64, u32) = {
        AG_LAYOUTS(AG_TURN_NAME)};
    return turns[args->layout](b, args, slot, fuel);
}

void ag_kernel_slice(const ag_buffers *b, const ag_slice_args *args, u32 first,
                     u32 count)
{
    u32 fuel = args->fuel, any = 1;
    while (fuel > 0 && any) {
        u32 turn = fuel < args->turn ? fuel : args->turn, i;
        any = 0;
        for (i = first; i < first + count; i++) {
            any |= ag_kernel_turn(b, args, b->lanes[i], turn);
            if (ag_is_told(b, AG_CONTROL_STOP))
                return;
        }
        fuel -= turn;
        if (ag_is_told(b, AG_CONTROL_REQUESTS))
            return;
    }
}

static void serve_linear(const ag_buffers *b, const ag_slice_args *args,
                         u32 first, u32 count)
{
    u32 i;
    for (i = first; i < first + count; i++)
        ag_serve_thread(b, args, AG_LAYOUT_LINEAR, i);
}

static void serve_interleaved(const ag_buffers *b, const ag_slice_args *args,
                              u32 first, u32 count)
{
    u32 i, end = first + count;
    if (args->serve == AG_SERVE_BEGIN && args->parts == 1 && args->size > 0) {
        end = end < args->listed ? end : args->listed;
        for (i = first; i < end;)
            i += ag_begin_block(b, args, i, end);
        return;
    }
    for (i = first; i < end; i++)
        ag_serve_thread(b, args, AG_LAYOUT_INTERLEAVED, i);
}

/* Shared memory is not served, state lies as in every layout. */
void ag_kernel_serve(const ag_buffers *b, const ag_slice_args *args, u32 first,
                     u32 count)
{
    if (AG_HAS_ROWS(args->layout))
        serve_interleaved(b, args, first, count);
    else
        serve_linear(b, args, first, count);
}
