/*
 * Launches of the OpenCL backend, and waiting for them. Commands go through one
 * in-order queue.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/opencl/opencl.h"
#include "backend/wait.h"
#include "base/clock.h"

#include <stdio.h>

/* Slices take 50 ms: a launch that takes this long will not end. */
#define WAIT_SECONDS 60
/* The first one may be when the driver compiles. */
#define COMPILE_SECONDS 600
#define NAP_NANOSECONDS 500000

static int32_t hang(ag_device *d, int seconds)
{
    d->is_hung = 1;
    snprintf(d->message, sizeof d->message,
             "OpenCL on %s: a launch did not end within %d seconds: the device "
             "hangs",
             d->name, seconds);
    return ARMGPU_ERROR_DEVICE;
}

static cl_int set_arguments(ag_device *d, const ag_kernel *kernel,
                            ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                            const ag_slice_args *args)
{
    cl_int error = CL_SUCCESS;
    cl_uint i;
    for (i = 0; i < AG_ARGUMENT_COUNT && error == CL_SUCCESS; i++) {
        cl_mem mem = buffers[i] != NULL ? buffers[i]->mem : NULL;
        error = d->cl.clSetKernelArg(kernel->object, i, sizeof mem, &mem);
    }
    if (error == CL_SUCCESS)
        error = d->cl.clSetKernelArg(kernel->object, i, sizeof *args, args);
    if (error == CL_SUCCESS)
        error = d->cl.clSetKernelArg(
            kernel->object, i + 1,
            (size_t)kernel->group * kernel->head.lane_bytes, NULL);
    return error;
}

int32_t ag_cl_launch(ag_device *d, const ag_kernel *kernel,
                     ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                     const ag_slice_args *args)
{
    size_t group = kernel->group;
    /* Alone: one thread works. A group of another size would be compiled anew
       by drivers for CPUs. */
    size_t groups = ((size_t)ag_launch_threads(args) + group - 1) / group;
    size_t items = groups * group;
    cl_int error;
    if (d->is_hung)
        return ARMGPU_ERROR_DEVICE;
    if (items == 0)
        return ARMGPU_OK;
    error = set_arguments(d, kernel, buffers, args);
    if (error != CL_SUCCESS)
        return ag_cl_fail(d, "clSetKernelArg", error);
    d->launched = ag_now();
    error = d->cl.clEnqueueNDRangeKernel(d->queue, kernel->object, 1, NULL,
                                         &items, &group, 0, NULL, &d->event);
    if (error != CL_SUCCESS) {
        d->event = NULL;
        return ag_cl_fail(d, "clEnqueueNDRangeKernel", error);
    }
    error = d->cl.clFlush(d->queue);
    return error == CL_SUCCESS ? ARMGPU_OK : ag_cl_fail(d, "clFlush", error);
}

/* A question to the driver about the launch, and its answer. */
struct question {
    ag_device *device;
    cl_int error, status;
};

static bool is_over(void *user)
{
    struct question *q = user;
    q->error = q->device->cl.clGetEventInfo(q->device->event,
                                            CL_EVENT_COMMAND_EXECUTION_STATUS,
                                            sizeof q->status, &q->status, NULL);
    return q->error != CL_SUCCESS || q->status <= CL_COMPLETE;
}

/* Blocking calls would never come back from a device that hangs. */
static int32_t await(ag_device *d, int seconds)
{
    struct question q = {d, CL_SUCCESS, CL_COMPLETE};
    if (!ag_wait_until(is_over, &q, seconds, NAP_NANOSECONDS))
        return hang(d, seconds);
    if (q.error == CL_SUCCESS && q.status == CL_COMPLETE)
        return ARMGPU_OK;
    return ag_cl_fail(d, "the launch",
                      q.error != CL_SUCCESS ? q.error : q.status);
}

/* The device's clock, or ours if it has none. */
static double event_seconds(ag_device *d)
{
    cl_ulong start = 0, end = 0;
    if (d->cl.clGetEventProfilingInfo(d->event, CL_PROFILING_COMMAND_START,
                                      sizeof start, &start, NULL) != 0 ||
        d->cl.clGetEventProfilingInfo(d->event, CL_PROFILING_COMMAND_END,
                                      sizeof end, &end, NULL) != 0 ||
        end <= start)
        return ag_now() - d->launched;
    return 1e-9 * (double)(end - start);
}

/* Takes leave of the event of a launch that has ended. */
static int32_t end_launch(ag_device *d, int32_t error)
{
    if (d->event != NULL && !d->is_hung)
        (void)d->cl.clReleaseEvent(d->event);
    d->event = NULL;
    return error;
}

int32_t ag_cl_wait(ag_device *d, double *seconds)
{
    int32_t error;
    *seconds = 0;
    if (d->is_hung)
        return ARMGPU_ERROR_DEVICE;
    if (d->event == NULL)
        return ARMGPU_OK;
    error = await(d, WAIT_SECONDS);
    if (error == ARMGPU_OK)
        *seconds = event_seconds(d);
    return end_launch(d, error);
}

int32_t ag_cl_launch_nothing(ag_device *d, const ag_kernel *kernel)
{
    ag_buffer *const buffers[AG_ARGUMENT_COUNT] = {NULL};
    const ag_slice_args args = {.alone = 1};
    int32_t error = ag_cl_launch(d, kernel, buffers, &args);
    if (error == ARMGPU_OK)
        error = await(d, COMPILE_SECONDS);
    return end_launch(d, error);
}
