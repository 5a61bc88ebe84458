/*
 * The Metal backend, in C: kernels/entry/entry.metal on a Mac's GPU through
 * objc_msgSend. Buffers are in memory that the GPU and the host share, and the
 * host uses them in place. Here are opening, buffers, inspection and the table
 * of functions.
 *
 * For measuring and finding faults: ARMGPU_METAL_GROUP lanes a threadgroup (32,
 * 64 or 96), ARMGPU_METAL_TIMEOUT seconds that a launch may take.
 */
#include "backend/listing.h"
#include "backend/metal/metal.h"
#include "backend/metal/metal_inspect.h"
#include "base/environment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A lane's registers take 272 bytes of threadgroup memory in a small group and
   in a large one. Small groups spread few lanes over many cores; with many
   lanes larger ones are fewer to start. */
#define LARGE_GROUPS_FROM 4096
#define SCHEDULERS 4 /* SIMD groups that a core issues for at one time */

extern const struct ag_backend ag_backend_metal;
extern const struct ag_kernel_source ag_kernel_source_metal;

/* -- Opening --------------------------------------------------------------- */

static int32_t choose_device(ag_device *d, uint32_t index)
{
    ag_id devices[AG_METAL_MAX_DEVICES];
    uint32_t count = ag_metal_find(devices);
    for (uint32_t i = 0; i < count; i++)
        if (i == index)
            d->device = devices[i];
        else
            ag_metal_release(devices[i]);
    if (count == 0)
        snprintf(d->message, sizeof d->message, "%s", AG_METAL_NO_DEVICE);
    else if (d->device == NULL)
        snprintf(d->message, sizeof d->message,
                 "Metal has no device %" PRIu32 ": 'armgpu devices' lists "
                 "the devices",
                 index);
    if (d->device == NULL)
        return ARMGPU_ERROR_BACKEND;
    snprintf(d->name, sizeof d->name, "%s",
             ag_mtl_utf8(ag_mtl_device_name(d->device)));
    if (ag_metal_is_usable(d->device))
        return ARMGPU_OK;
    ag_metal_fail(d, AG_METAL_OLD_DEVICE, NULL);
    return ARMGPU_ERROR_BACKEND;
}

static int32_t read_settings(ag_device *d, uint64_t lanes)
{
    double group;
    if (!ag_env_number(AG_ARMGPU_METAL_TIMEOUT, &d->timeout, d->message,
                       sizeof d->message) ||
        !ag_env_number(AG_ARMGPU_METAL_GROUP, &group, d->message,
                       sizeof d->message))
        return ARMGPU_ERROR_ARGUMENT;
    d->group = group > 0                   ? (uint32_t)group / AG_WARP * AG_WARP
               : lanes < LARGE_GROUPS_FROM ? AG_WARP
                                           : AG_METAL_MAX_GROUP;
    return ARMGPU_OK;
}

static int32_t open_all(ag_device *d, const struct ag_device_options *options,
                        struct ag_device_info *info)
{
    ag_metal_prepare();
    int32_t error = read_settings(d, options->lanes);
    if (error == ARMGPU_OK)
        error = choose_device(d, options->index);
    if (error != ARMGPU_OK)
        return error;
    d->system = ag_metal_system();
    d->queue = ag_mtl_new_queue(d->device);
    if (d->queue == NULL)
        return ag_metal_fail(d, "there is no command queue to be had", NULL);
    snprintf(info->name, sizeof info->name, "%s", d->name);
    info->warps = AG_METAL_FEWEST_CORES * SCHEDULERS;
    info->memory_bytes = ag_mtl_working_set(d->device);
    info->buffer_bytes = ag_mtl_max_buffer(d->device);
    return ARMGPU_OK;
}

static void metal_close(ag_device *d)
{
    if (d == NULL)
        return;
    void *pool = objc_autoreleasePoolPush();
    ag_metal_release(d->launched);
    ag_metal_release(d->queue);
    ag_metal_release(d->device);
    objc_autoreleasePoolPop(pool);
    free(d);
}

static int32_t metal_open(ag_device **out,
                          const struct ag_device_options *options,
                          struct ag_device_info *info,
                          char message[AG_MESSAGE_BYTES])
{
    ag_device *d = calloc(1, sizeof *d);
    int32_t error = ARMGPU_ERROR_MEMORY;
    void *pool = objc_autoreleasePoolPush();
    if (d != NULL)
        error = open_all(d, options, info);
    objc_autoreleasePoolPop(pool);
    return ag_opened(&ag_backend_metal, d, error, out, message);
}

/* It launches nothing, and has no queue. */
static int32_t metal_open_builder(ag_device *d, ag_device **out)
{
    ag_device *b = *out = malloc(sizeof *b);
    if (b == NULL) {
        snprintf(d->message, sizeof d->message, "out of memory");
        return ARMGPU_ERROR_MEMORY;
    }
    *b = *d;
    b->queue = b->launched = NULL;
    b->message[0] = '\0';
    void *pool = objc_autoreleasePoolPush();
    b->device = ag_mtl_retain(d->device);
    objc_autoreleasePoolPop(pool);
    return ARMGPU_OK;
}

static const char *metal_message(const ag_device *d)
{
    return d->message;
}

/* -- Buffers --------------------------------------------------------------- */

static void metal_release(ag_device *d, ag_buffer *buffer)
{
    (void)d;
    if (buffer == NULL)
        return;
    void *pool = objc_autoreleasePoolPush();
    ag_metal_release(buffer->object);
    objc_autoreleasePoolPop(pool);
    free(buffer);
}

/* The system clears new buffers. */
static ag_buffer *metal_alloc(ag_device *d, uint64_t bytes)
{
    ag_buffer *buffer = calloc(1, sizeof *buffer);
    void *pool = objc_autoreleasePoolPush();
    uint64_t most = ag_mtl_max_buffer(d->device);
    if (buffer != NULL && bytes <= most)
        buffer->object = ag_mtl_new_buffer(d->device, bytes > 0 ? bytes : 16,
                                           AG_MTL_STORAGE_SHARED);
    if (buffer != NULL && buffer->object != NULL)
        buffer->contents = ag_mtl_contents(buffer->object);
    objc_autoreleasePoolPop(pool);
    if (buffer != NULL && buffer->contents != NULL)
        return buffer;
    snprintf(d->message, sizeof d->message,
             "Metal on %s: there is no buffer of %.0f MiB to be had (one has "
             "at most %.0f MiB): use fewer lanes or less memory",
             d->name, (double)bytes / AG_METAL_MIB,
             (double)most / AG_METAL_MIB);
    metal_release(d, buffer);
    return NULL;
}

static void *metal_map(ag_device *d, ag_buffer *buffer)
{
    (void)d;
    return buffer->contents;
}

static int32_t metal_upload(ag_device *d, ag_buffer *to, uint64_t offset,
                            const void *from, uint64_t bytes)
{
    (void)d;
    memcpy(to->contents + offset, from, (size_t)bytes);
    return ARMGPU_OK;
}

static int32_t metal_download(ag_device *d, void *to, const ag_buffer *from,
                              uint64_t offset, uint64_t bytes)
{
    (void)d;
    memcpy(to, from->contents + offset, (size_t)bytes);
    return ARMGPU_OK;
}

static int32_t metal_fill(ag_device *d, ag_buffer *to, uint64_t offset,
                          uint8_t value, uint64_t bytes)
{
    (void)d;
    memset(to->contents + offset, value, (size_t)bytes);
    return ARMGPU_OK;
}

/* -- Inspection ------------------------------------------------------------ */

static void say_limits(const ag_device *d, const ag_kernel *kernel,
                       ag_line_fn line, void *user)
{
    ag_mtl_size most = ag_mtl_max_group_size(d->device);
    ag_ns_uint language = ag_metal_language(d->system);
    char text[200];
    snprintf(text, sizeof text,
             "macOS %ld.%ld.%ld, language %lu.%lu, threadgroups of %" PRIu32
             " lanes",
             d->system.major, d->system.minor, d->system.patch, language >> 16,
             language & 0xffff, kernel->group);
    line(user, text);
    snprintf(text, sizeof text,
             "threads %lu x %lu x %lu, threadgroup memory %lu of %lu bytes, "
             "pipeline's threads %lu, SIMD width %lu",
             most.width, most.height, most.depth,
             ag_mtl_group_memory(kernel->pipeline),
             ag_mtl_max_group_memory(d->device),
             ag_mtl_max_threads(kernel->pipeline),
             ag_mtl_simd_width(kernel->pipeline));
    line(user, text);
    snprintf(text, sizeof text, "working set %.0f MiB, one buffer %.0f MiB, %s",
             (double)ag_mtl_working_set(d->device) / AG_METAL_MIB,
             (double)ag_mtl_max_buffer(d->device) / AG_METAL_MIB,
             ag_mtl_has_unified_memory(d->device) ? "unified memory"
                                                  : "memory of its own");
    line(user, text);
}

/* Objects of all kinds that messages are sent to; nothing of it is launched. */
static uint32_t metal_inspect(ag_device *d, const ag_module *module,
                              ag_line_fn line, void *user)
{
    void *pool = objc_autoreleasePoolPush();
    uint32_t differences;
    const ag_kernel *kernel = ag_metal_first_kernel(module);
    ag_id library = ag_metal_new_library(module);
    ag_id options = ag_metal_new_options(d);
    ag_id buffer = ag_mtl_new_buffer(d->device, 16, AG_MTL_STORAGE_SHARED);
    ag_id commands = ag_mtl_command_buffer(d->queue);
    ag_id encoder = ag_mtl_encoder(commands);
    const struct ag_metal_object objects[] = {
        {"NSObject", d->device},
        {"MTLDevice", d->device},
        {"MTLLibrary", library},
        {"MTLCompileOptions", options},
        {"MTLComputePipelineState", kernel->pipeline},
        {"MTLBuffer", buffer},
        {"MTLCommandQueue", d->queue},
        {"MTLCommandBuffer", commands},
        {"MTLComputeCommandEncoder", encoder},
    };
    say_limits(d, kernel, line, user);
    differences = ag_metal_compare(
        objects, (int)(sizeof objects / sizeof *objects), line, user);
    if (encoder != NULL)
        ag_mtl_end_encoding(encoder);
    ag_metal_release(library);
    ag_metal_release(options);
    ag_metal_release(buffer);
    objc_autoreleasePoolPop(pool);
    return differences;
}

const struct ag_backend ag_backend_metal = {
    .name = "metal",
    .auto_lanes = 32,
    .private_layout = AG_LAYOUT_INTERLEAVED,
    .source = &ag_kernel_source_metal,
    .region_source = &ag_region_source_metal,
    .list = ag_metal_list,
    .open = metal_open,
    .close = metal_close,
    .open_builder = metal_open_builder,
    .build = ag_metal_build,
    .unload = ag_metal_unload,
    .message = metal_message,
    .alloc = metal_alloc,
    .release = metal_release,
    .map = metal_map,
    .upload = metal_upload,
    .download = metal_download,
    .fill = metal_fill,
    .launch = ag_metal_launch,
    .wait = ag_metal_wait,
    .inspect = metal_inspect,
};
