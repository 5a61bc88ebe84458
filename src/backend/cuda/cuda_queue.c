/*
 * Launches of the CUDA backend, and waiting for them, on the context's default
 * stream. Nothing but waiting waits, and it gives up on a device that hangs.
 */
#include "backend/cuda/cuda.h"
#include "backend/wait.h"

#include <stdio.h>

#define SERVE_BLOCK 128 /* threads of a block without shared memory */
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

int32_t ag_cu_launch(ag_device *d, const ag_kernel *kernel,
                     ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                     const ag_slice_args *args)
{
    ag_cu_address addresses[AG_ARGUMENT_COUNT];
    void *parameters[AG_ARGUMENT_COUNT + 1];
    ag_slice_args copy = *args;
    uint64_t threads = args->count == 0 ? 1 : ag_launch_threads(args);
    uint32_t block = SERVE_BLOCK;
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
    parameters[AG_ARGUMENT_COUNT] = &copy;
    int32_t error = ag_cu_enter(d);
    if (error != ARMGPU_OK)
        return error;
    ag_cu_result code = d->cu.event_record(d->before, NULL);
    if (code == AG_CU_SUCCESS)
        code = d->cu.launch(kernel->function, grid, 1, 1, block, 1, 1, shared,
                            NULL, parameters, NULL);
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
