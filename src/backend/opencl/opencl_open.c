/* Opening devices of the OpenCL backend, and which device that is. */
#include "backend/listing.h"
#include "backend/opencl/opencl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- Opening --------------------------------------------------------------- */

static int32_t refuse(ag_device *d, const char *why)
{
    snprintf(d->message, sizeof d->message, "%s", why);
    return ARMGPU_ERROR_BACKEND;
}

static int32_t choose_device(ag_device *d, uint32_t index)
{
    struct ag_cl_place found[AG_CL_MAX_DEVICES];
    char reason[AG_CL_WORDS_BYTES] = "";
    uint32_t count = ag_cl_find(&d->cl, found, reason);
    if (count == 0)
        return refuse(d, reason);
    if (index >= count)
        return ag_no_device(d->message, "opencl", index, count);
    d->index = index;
    d->id = found[index].id;
    d->platform = found[index].platform;
    ag_cl_string(&d->cl, d->id, CL_DEVICE_NAME, d->name, sizeof d->name);
    if (ag_cl_is_usable(&d->cl, d->id, reason))
        return ARMGPU_OK;
    snprintf(d->message, sizeof d->message, "OpenCL on %s cannot be used: %s",
             d->name, reason);
    return ARMGPU_ERROR_BACKEND;
}

static int32_t open_queue(ag_device *d)
{
    const intptr_t properties[] = {CL_CONTEXT_PLATFORM, (intptr_t)d->platform,
                                   0};
    cl_int error = CL_SUCCESS;
    d->context =
        d->cl.clCreateContext(properties, 1, &d->id, ag_cl_notice, d, &error);
    if (error != CL_SUCCESS)
        return ag_cl_fail(d, "clCreateContext", error);
    d->queue = d->cl.clCreateCommandQueue(d->context, d->id,
                                          CL_QUEUE_PROFILING_ENABLE, &error);
    if (error != CL_SUCCESS)
        return ag_cl_fail(d, "clCreateCommandQueue", error);
    d->memory_bytes = ag_cl_number(&d->cl, d->id, CL_DEVICE_GLOBAL_MEM_SIZE);
    d->buffer_bytes = ag_cl_number(&d->cl, d->id, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    return ARMGPU_OK;
}

ag_device *ag_cl_open(uint32_t index, uint64_t lanes, int32_t *error)
{
    ag_device *d = calloc(1, sizeof *d);
    *error = ARMGPU_ERROR_MEMORY;
    if (d == NULL)
        return NULL;
    pthread_mutex_init(&d->mutex, NULL);
    d->lanes = lanes;
    *error = choose_device(d, index);
    if (*error == ARMGPU_OK)
        *error = open_queue(d);
    return d;
}

/* A launch that never ended still uses the context, and ag_cl_notice() the
   device: both are left to the end of the process. */
void ag_cl_close(ag_device *d)
{
    if (d == NULL || d->is_hung)
        return;
    if (d->event != NULL)
        (void)d->cl.clReleaseEvent(d->event);
    if (d->queue != NULL)
        (void)d->cl.clReleaseCommandQueue(d->queue);
    if (d->context != NULL)
        (void)d->cl.clReleaseContext(d->context);
    pthread_mutex_destroy(&d->mutex);
    free(d->helper);
    free(d);
}

/* It has a queue of its own, so that slices do not wait for what a driver
   compiles when kernels are launched first. */
static int32_t open_own(ag_device *d, ag_device *b)
{
    cl_int code = CL_SUCCESS;
    int32_t error = ag_apart_take_helper(&b->helper, d->helper, d->message);
    if (error != ARMGPU_OK)
        return error;
    b->queue = d->cl.clCreateCommandQueue(d->context, d->id,
                                          CL_QUEUE_PROFILING_ENABLE, &code);
    if (code != CL_SUCCESS)
        return ag_cl_fail(d, "clCreateCommandQueue", code);
    (void)d->cl.clRetainContext(d->context);
    return ARMGPU_OK;
}

int32_t ag_cl_open_builder(ag_device *d, ag_device **out)
{
    ag_device *b = *out = malloc(sizeof *b);
    if (b == NULL) {
        snprintf(d->message, sizeof d->message, "out of memory");
        return ARMGPU_ERROR_MEMORY;
    }
    pthread_mutex_lock(&d->mutex); /* the driver may be saying something */
    memcpy(b, d, sizeof *b);
    pthread_mutex_unlock(&d->mutex);
    pthread_mutex_init(&b->mutex, NULL);
    b->event = NULL;
    b->message[0] = b->words[0] = '\0';
    int32_t error = open_own(d, b);
    if (error == ARMGPU_OK)
        return error;
    pthread_mutex_destroy(&b->mutex);
    free(b->helper);
    free(b);
    *out = NULL;
    return error;
}

/* -- Which it is ----------------------------------------------------------- */

void ag_cl_identify(ag_device *d, struct ag_cl_identity *out)
{
    char platform[128] = "", release[128] = "", version[128], driver[128];
    (void)d->cl.clGetPlatformInfo(d->platform, CL_PLATFORM_NAME,
                                  sizeof platform - 1, platform, NULL);
    (void)d->cl.clGetPlatformInfo(d->platform, CL_PLATFORM_VERSION,
                                  sizeof release - 1, release, NULL);
    ag_cl_string(&d->cl, d->id, CL_DEVICE_VERSION, version, sizeof version);
    ag_cl_string(&d->cl, d->id, CL_DRIVER_VERSION, driver, sizeof driver);
    snprintf(out->device, sizeof out->device, "%s, %s", d->name, platform);
    snprintf(out->driver, sizeof out->driver, "%s, %s, %s", driver, version,
             release);
}

int ag_cl_is_cpu(const ag_device *d)
{
    return (ag_cl_number(&d->cl, d->id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU) !=
           0;
}
