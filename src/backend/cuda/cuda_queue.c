/*
 * Launches of the CUDA backend, and waiting for them, on the context's default
 * stream. Nothing but waiting waits, and it gives up on a device that hangs.
 */
#include "backend/cuda/cuda.h"
#include "backend/wait.h"

#include <stdio.h>

#define MOST_PARTS 4
#define NAP_NANOSECONDS 50000
#define NO_END 1e18 /* seconds */

/* Small blocks balance best. Larger ones are taken only where more lanes would
   run at one time, since a multiprocessor has so many blocks at most. */
static uint32_t choose_block(const ag_device *d, const ag_kernel *kernel,
                             uint64_t threads)
{
    uint32_t best = 0;
    if (d->settings.block != 0)
        return d->settings.block;
    for (uint32_t i = 0; i < AG_CU_AUTO_BLOCKS; i++) {
        if (kernel->resident[i] >= threads)
            return (i + 1) * AG_WARP;
        if (kernel->resident[i] > kernel->resident[best])
            best = i;
    }
    return (best + 1) * AG_WARP;
}

/*
 * Lanes of a launch at one time. Where not all of a few times as many as fit
 * have room, those that come last would have the device for themselves, and
 * most of it would wait: equal parts, one after the other, have it all.
 * (SHA-256 has 24 of 31 warps of a multiprocessor: 16 and 15 are 4% faster.)
 */
static uint64_t lanes_of_part(const ag_kernel *kernel,
                              const ag_slice_args *args)
{
    const uint64_t parts =
        kernel->part == 0 || args->alone || args->spread != 0
            ? 1
            : (args->count + kernel->part - 1) / kernel->part;
    if (parts <= 1 || parts > MOST_PARTS)
        return args->count;
    const uint64_t each = (args->count + parts - 1) / parts;
    return (each + AG_CU_BLOCK - 1) / AG_CU_BLOCK * AG_CU_BLOCK;
}

/* On args->count lanes of the list from `first` on. */
static ag_cu_result launch_part(ag_device *d, const ag_kernel *kernel,
                                ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                                ag_slice_args *args, uint64_t first)
{
    ag_cu_address addresses[AG_ARGUMENT_COUNT];
    void *parameters[AG_ARGUMENT_COUNT + 1];
    uint64_t threads = args->count == 0 ? 1 : ag_launch_threads(args);
    uint32_t block = AG_CU_BLOCK;
    if (args->alone)
        block = AG_WARP;
    else if (kernel->head.lane_bytes != 0)
        block = choose_block(d, kernel, threads);
    uint32_t shared = block * kernel->head.lane_bytes;
    uint32_t grid = (uint32_t)((threads + block - 1) / block);
    for (int i = 0; i < AG_ARGUMENT_COUNT; i++) {
        addresses[i] = buffers[i] == NULL ? 0 : buffers[i]->address;
        parameters[i] = &addresses[i];
    }
    if (first != 0)
        addresses[AG_ARGUMENT_LANES] += first * sizeof(u32);
    parameters[AG_ARGUMENT_COUNT] = args;
    return d->cu.launch(kernel->function, grid, 1, 1, block, 1, 1, shared, NULL,
                        parameters, NULL);
}

int32_t ag_cu_launch(ag_device *d, const ag_kernel *kernel,
                     ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                     const ag_slice_args *args)
{
    const uint64_t part = lanes_of_part(kernel, args);
    ag_slice_args copy = *args;
    int32_t error = ag_cu_enter(d);
    if (error != ARMGPU_OK)
        return error;
    ag_cu_result code = d->cu.event_record(d->before, NULL);
    uint64_t first = 0;
    do { /* of no lanes as well, see struct ag_module_kernel */
        const uint64_t left = args->count - first;
        copy.count = (u32)(left < part ? left : part);
        if (code == AG_CU_SUCCESS)
            code = launch_part(d, kernel, buffers, &copy, first);
        first += copy.count;
    } while (first < args->count);
    if (code == AG_CU_SUCCESS)
        code = d->cu.event_record(d->after, NULL);
    return ag_cu_leave(d, code, "starting the kernel");
}

static int32_t give_up(ag_device *d)
{
    d->is_lost = d->is_hung = true;
    snprintf(d->message, sizeof d->message,
             "%s did not finish a launch in %.0f s and is taken for hung: see "
             "dmesg and nvidia-smi (ARMGPU_CUDA_TIMEOUT changes the limit)",
             d->properties.name, d->settings.timeout);
    return ARMGPU_ERROR_DEVICE;
}

/* A question to the driver about the launch, and its answer. */
struct question {
    ag_device *device;
    ag_cu_result code;
};

static bool is_over(void *user)
{
    struct question *q = user;
    q->code = q->device->cu.event_query(q->device->after);
    return q->code != AG_CU_NOT_READY;
}

int32_t ag_cu_wait(ag_device *d, double *seconds)
{
    struct question q = {d, AG_CU_SUCCESS};
    double limit = d->settings.timeout > 0 ? d->settings.timeout : NO_END;
    float milliseconds = 0;
    int32_t error = ag_cu_enter(d);
    *seconds = 0;
    if (error != ARMGPU_OK)
        return error;
    if (!ag_wait_until(is_over, &q, limit, NAP_NANOSECONDS)) {
        ag_cu_leave(d, AG_CU_SUCCESS, "");
        return give_up(d);
    }
    if (q.code == AG_CU_SUCCESS)
        q.code = d->cu.event_elapsed(&milliseconds, d->before, d->after);
    *seconds = 1e-3 * (double)milliseconds;
    return ag_cu_leave(d, q.code, "executing lanes");
}
