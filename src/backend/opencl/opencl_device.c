/*
 * The OpenCL backend: kernels/entry/entry.cl on any device of any OpenCL 1.2
 * driver. Here are opening, buffers and the table of functions.
 */
#include "backend/listing.h"
#include "backend/opencl/opencl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Warps that a GPU's compute unit issues at one time: NVIDIA's 4 and AMD's 2 to
   4; OpenCL does not say. */
#define SCHEDULERS 4

extern const struct ag_backend ag_backend_opencl;
extern const struct ag_kernel_source ag_kernel_source_cl; /* entry.cl */

/* -- Opening --------------------------------------------------------------- */

static void fill_info(ag_device *d, struct ag_device_info *info)
{
    uint64_t units = ag_cl_number(&d->cl, d->id, CL_DEVICE_MAX_COMPUTE_UNITS);
    uint64_t kind = ag_cl_number(&d->cl, d->id, CL_DEVICE_TYPE);
    snprintf(info->name, sizeof info->name, "%s", d->name);
    info->warps = kind & CL_DEVICE_TYPE_CPU ? 0 : (uint32_t)units * SCHEDULERS;
    info->wants_forms = (kind & CL_DEVICE_TYPE_GPU) != 0;
    info->memory_bytes = d->memory_bytes;
    info->buffer_bytes = d->buffer_bytes;
    /* Not on CPUs: the compiler would take the lanes' own time, and who wants
       translated code there has it from the CPU's backend. Without a helper the
       end of a run would wait for the compiler. */
    if (d->helper != NULL && (kind & CL_DEVICE_TYPE_GPU) != 0)
        info->translates_after = AG_TRANSLATES_AFTER;
}

static int32_t opencl_open(ag_device **out,
                           const struct ag_device_options *options,
                           struct ag_device_info *info,
                           char message[AG_MESSAGE_BYTES])
{
    int32_t error;
    ag_device *d = ag_cl_open(options->index, options->lanes, &error);
    if (error == ARMGPU_OK)
        error = ag_apart_take_helper(&d->helper, options->helper, d->message);
    if (error == ARMGPU_OK)
        fill_info(d, info);
    return ag_opened(&ag_backend_opencl, d, error, out, message);
}

static void opencl_give_up(ag_device *builder)
{
    __atomic_store_n(&builder->is_given_up, 1, __ATOMIC_RELAXED);
}

static const char *opencl_message(const ag_device *device)
{
    return device->message;
}

/* -- Buffers --------------------------------------------------------------- */

static int32_t opencl_fill(ag_device *d, ag_buffer *to, uint64_t offset,
                           uint8_t value, uint64_t bytes)
{
    uint8_t pattern[16];
    /* Wide patterns are much faster on some drivers. */
    size_t width = offset % 16 == 0 && bytes % 16 == 0 ? 16 : 1;
    cl_int error;
    if (d->is_hung)
        return ARMGPU_ERROR_DEVICE;
    if (bytes == 0)
        return ARMGPU_OK;
    memset(pattern, value, sizeof pattern);
    error =
        d->cl.clEnqueueFillBuffer(d->queue, to->mem, pattern, width,
                                  (size_t)offset, (size_t)bytes, 0, NULL, NULL);
    return error == CL_SUCCESS ? ARMGPU_OK
                               : ag_cl_fail(d, "clEnqueueFillBuffer", error);
}

/* Puts into the message why there is no room, if that can be known before. */
static int has_room(ag_device *d, uint64_t bytes)
{
    if (bytes > SIZE_MAX || bytes > d->buffer_bytes) {
        snprintf(d->message, sizeof d->message,
                 "OpenCL on %s: one buffer can have %.0f MiB and %.0f MiB are "
                 "needed: use fewer lanes or less memory",
                 d->name, (double)d->buffer_bytes / AG_CL_MIB,
                 (double)bytes / AG_CL_MIB);
        return 0;
    }
    if (bytes > d->memory_bytes - d->used_bytes) {
        snprintf(d->message, sizeof d->message,
                 "OpenCL on %s: %.0f MiB are needed and %.0f of %.0f MiB are "
                 "left: use fewer lanes or less memory",
                 d->name, (double)bytes / AG_CL_MIB,
                 (double)(d->memory_bytes - d->used_bytes) / AG_CL_MIB,
                 (double)d->memory_bytes / AG_CL_MIB);
        return 0;
    }
    return 1;
}

static void opencl_release(ag_device *d, ag_buffer *buffer)
{
    if (buffer == NULL)
        return;
    if (!d->is_hung)
        (void)d->cl.clReleaseMemObject(buffer->mem);
    d->used_bytes -= buffer->bytes;
    free(buffer);
}

/* Drivers may take memory only when a buffer is first used: zeroing it, and
   waiting for that, finds out. */
static ag_buffer *opencl_alloc(ag_device *d, uint64_t bytes)
{
    ag_buffer *buffer = NULL;
    cl_int error = CL_SUCCESS;
    if (bytes == 0)
        bytes = 16; /* a buffer cannot be empty */
    if (d->is_hung || !has_room(d, bytes))
        return NULL;
    buffer = calloc(1, sizeof *buffer);
    if (buffer == NULL) {
        snprintf(d->message, sizeof d->message, "out of memory");
        return NULL;
    }
    buffer->mem = d->cl.clCreateBuffer(d->context, CL_MEM_READ_WRITE,
                                       (size_t)bytes, NULL, &error);
    if (error != CL_SUCCESS) {
        (void)ag_cl_fail(d, "clCreateBuffer", error);
        free(buffer);
        return NULL;
    }
    buffer->bytes = bytes;
    d->used_bytes += bytes;
    if (opencl_fill(d, buffer, 0, 0, bytes) == ARMGPU_OK) {
        error = d->cl.clFinish(d->queue);
        if (error == CL_SUCCESS)
            return buffer;
        (void)ag_cl_fail(d, "zeroing a buffer", error);
    }
    opencl_release(d, buffer);
    return NULL;
}

static void *opencl_map(ag_device *d, ag_buffer *buffer)
{
    (void)d;
    (void)buffer;
    return NULL;
}

static int32_t opencl_upload(ag_device *d, ag_buffer *to, uint64_t offset,
                             const void *from, uint64_t bytes)
{
    cl_int error;
    if (d->is_hung)
        return ARMGPU_ERROR_DEVICE;
    if (bytes == 0)
        return ARMGPU_OK;
    error =
        d->cl.clEnqueueWriteBuffer(d->queue, to->mem, CL_TRUE, (size_t)offset,
                                   (size_t)bytes, from, 0, NULL, NULL);
    return error == CL_SUCCESS ? ARMGPU_OK
                               : ag_cl_fail(d, "clEnqueueWriteBuffer", error);
}

static int32_t opencl_download(ag_device *d, void *to, const ag_buffer *from,
                               uint64_t offset, uint64_t bytes)
{
    cl_int error;
    if (d->is_hung)
        return ARMGPU_ERROR_DEVICE;
    if (bytes == 0)
        return ARMGPU_OK;
    error =
        d->cl.clEnqueueReadBuffer(d->queue, from->mem, CL_TRUE, (size_t)offset,
                                  (size_t)bytes, to, 0, NULL, NULL);
    return error == CL_SUCCESS ? ARMGPU_OK
                               : ag_cl_fail(d, "clEnqueueReadBuffer", error);
}

const struct ag_backend ag_backend_opencl = {
    .name = "opencl",
    .auto_lanes = 4096,
    .private_layout = AG_LAYOUT_INTERLEAVED,
    .source = &ag_kernel_source_cl,
    .region_source = &ag_region_source_cl,
    .list = ag_cl_list,
    .open = opencl_open,
    .close = ag_cl_close,
    .open_builder = ag_cl_open_builder,
    .give_up = opencl_give_up,
    .helper_main = ag_cl_helper_main,
    .build = ag_cl_build,
    .unload = ag_cl_unload,
    .message = opencl_message,
    .alloc = opencl_alloc,
    .release = opencl_release,
    .map = opencl_map,
    .upload = opencl_upload,
    .download = opencl_download,
    .fill = opencl_fill,
    .launch = ag_cl_launch,
    .wait = ag_cl_wait,
};
