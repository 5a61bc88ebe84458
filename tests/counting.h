/*
 * For tests of how the CPU backend is asked to execute: its engines one after
 * the other, and what is launched on a handle, counted. One handle at a time.
 */
#ifndef AG_TESTS_COUNTING_H
#define AG_TESTS_COUNTING_H

#include "guest.h"

#include "core/engine.h"

/* Every engine of the CPU backend has a number below; 1 is lane by lane. */
#define MOST_ENGINES 8
#define MOST_TOLD 100 /* slices: what fails does not hang */

/* A handle whose lanes that engine executes; NULL: it cannot here. */
static inline armgpu *open_engine(uint32_t engine, uint64_t lanes,
                                  uint32_t mode, uint32_t threads)
{
    armgpu_options o;
    armgpu *g;
    armgpu_options_init(&o);
    o.lanes = lanes;
    o.memory_size = 65536;
    o.memory_mode = mode;
    o.threads = threads;
    o.backend = "cpu";
    o.device = engine;
    if (armgpu_open(&g, &o) == ARMGPU_OK)
        return g;
    armgpu_close(g);
    return NULL;
}

static struct {
    const struct ag_backend *backend;
    struct ag_backend counting;
    const ag_kernel *slice;
    uint64_t slices; /* launches of several lanes' turns, or of one's; */
    uint64_t listed; /* lanes that these listed, all together */
    uint32_t *told;  /* set before slices: as if somebody had asked already */
    uint64_t alone;  /* launches of one instruction that nothing else may be
                        executed with */
} counted;

static inline int32_t count_launch(ag_device *device, const ag_kernel *kernel,
                                   ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                                   const ag_slice_args *args)
{
    if (kernel == counted.slice && args->alone)
        counted.alone++;
    else if (kernel == counted.slice) {
        counted.slices++;
        counted.listed += args->count;
        if (counted.told != NULL && counted.slices <= MOST_TOLD)
            *counted.told = 1;
    }
    return counted.backend->launch(device, kernel, buffers, args);
}

/* Counts what is launched on the handle from now on. */
static inline void count_launches(armgpu *g)
{
    counted.backend = g->backend;
    counted.counting = *g->backend;
    counted.counting.launch = count_launch;
    counted.slice = g->kernels[AG_KERNEL_SLICE].kernel;
    counted.told = NULL;
    counted.slices = counted.listed = counted.alone = 0;
    g->backend = &counted.counting;
}

#endif
