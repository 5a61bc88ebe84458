/*
 * The CPU backend: here are opening, buffers, which are plain memory, and the
 * table of functions.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/cpu/cpu.h"
#include "backend/cpu/cpu_compiler.h"
#include "backend/host_memory.h"
#include "backend/listing.h"
#include "backend/zero.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_THREADS 1024
#define ALIGNMENT 64
#define PAGE_ALIGNMENT 4096  /* a stack takes no page more than it needs */
#define LARGE_BYTES (UINT64_C(1) << 20)

extern const struct ag_backend ag_backend_cpu;

static uint32_t core_count(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : (uint32_t)n;
}

static uint32_t cpu_list(armgpu_device *out, uint32_t n)
{
    struct ag_cpu_compiler c;
    char message[AG_MESSAGE_BYTES];
    if (n == 0)
        return 1;
    ag_list_entry(out, "cpu");
    out->memory_bytes = ag_host_memory("");
    out->usable = 1;
    out->compute_units = core_count();
    ag_cpu_name(out->name, sizeof out->name);
    if (ag_cpu_find_compiler(&c, message))
        snprintf(out->driver, sizeof out->driver,
                 "built in, compiles with %.30s", c.path);
    else
        snprintf(out->driver, sizeof out->driver, "built in, no C compiler");
    return 1;
}

static uint32_t choose_threads(const struct ag_device_options *options)
{
    uint32_t n = options->threads != 0 ? options->threads : core_count();
    if (n > MAX_THREADS)
        n = MAX_THREADS;
    return n > options->lanes ? (uint32_t)options->lanes : n;
}

static void fill_info(const ag_device *device,
                      const struct ag_device_options *options,
                      struct ag_device_info *info)
{
    struct ag_cpu_compiler compiler;
    char message[AG_MESSAGE_BYTES];
    ag_cpu_name(info->name, sizeof info->name);
    if (options->index != 0) {
        size_t used = strlen(info->name);
        snprintf(info->name + used, sizeof info->name - used, ", %s",
                 device->engine.name);
    }
    info->forms_groups = device->engine.forms_groups;
    info->joins_regions = 1;
    info->together =
        device->engine.vectors != NULL ? device->engine.vectors->lanes : 0;
    info->translates_after =
        ag_cpu_find_compiler(&compiler, message) ? AG_TRANSLATES_AFTER : 0;
    info->slice_fuel = device->threads * (uint64_t)device->engine.fuel;
    info->memory_bytes = ag_host_memory("");
}

static void cpu_close(ag_device *device)
{
    if (device == NULL)
        return;
    ag_cpu_stop_workers(device);
    pthread_cond_destroy(&device->work);
    pthread_cond_destroy(&device->done);
    pthread_mutex_destroy(&device->mutex);
    free(device->workers);
    free(device->parts);
    free(device);
}

static void start_locks(ag_device *device)
{
    pthread_mutex_init(&device->mutex, NULL);
    pthread_cond_init(&device->work, NULL);
    pthread_cond_init(&device->done, NULL);
}

static int32_t cpu_open(ag_device **out,
                        const struct ag_device_options *options,
                        struct ag_device_info *info,
                        char message[AG_MESSAGE_BYTES])
{
    int32_t error = ag_cpu_check_index(options->index, message);
    ag_device *device = NULL;
    *out = NULL;
    if (error != ARMGPU_OK)
        return error;
    device = calloc(1, sizeof *device);
    if (device == NULL)
        return ag_opened(&ag_backend_cpu, NULL, ARMGPU_ERROR_MEMORY, out,
                         message);
    snprintf(device->message, sizeof device->message, "out of memory");
    start_locks(device);
    device->threads = choose_threads(options);
    device->workers = calloc(device->threads, sizeof *device->workers);
    device->parts = aligned_alloc(_Alignof(struct ag_cpu_part),
                                  device->threads * sizeof *device->parts);
    if (device->workers == NULL || device->parts == NULL)
        error = ARMGPU_ERROR_MEMORY;
    device->engine = ag_cpu_take_engine(options->index, options->lanes);
    device->has_cas_128 = ag_cpu_has_cas_128();
    if (options->soft_float) {
        device->engine.simd = AG_SIMD_SOFT;
        device->engine.crypto = AG_CRYPTO_SOFT;
    }
    fill_info(device, options, info);
    return ag_opened(&ag_backend_cpu, device, error, out, message);
}

/* It has no threads: nothing is launched with it. */
static int32_t cpu_open_builder(ag_device *device, ag_device **out)
{
    ag_device *builder = *out = calloc(1, sizeof *builder);
    if (builder == NULL) {
        snprintf(device->message, sizeof device->message, "out of memory");
        return ARMGPU_ERROR_MEMORY;
    }
    start_locks(builder);
    builder->threads = device->threads;
    builder->engine = device->engine;
    return ARMGPU_OK;
}

static void cpu_give_up(ag_device *builder)
{
    __atomic_store_n(&builder->is_given_up, 1, __ATOMIC_RELAXED);
}

static const char *cpu_message(const ag_device *device)
{
    return device->message;
}

static ag_buffer *cpu_alloc(ag_device *device, uint64_t bytes)
{
    (void)device;
    size_t alignment = bytes < LARGE_BYTES ? ALIGNMENT : PAGE_ALIGNMENT;
    ag_buffer *buffer = bytes > SIZE_MAX ? NULL : malloc(sizeof *buffer);
    if (buffer == NULL)
        return NULL;
    /* calloc: pages that nobody touches cost nothing */
    buffer->allocated = bytes > SIZE_MAX - alignment
                            ? NULL
                            : calloc(1, (size_t)bytes + alignment);
    if (buffer->allocated == NULL) {
        free(buffer);
        return NULL;
    }
    buffer->bytes = (char *)buffer->allocated +
                    (alignment - (uintptr_t)buffer->allocated % alignment);
    buffer->size = bytes;
    return buffer;
}

static void cpu_release(ag_device *device, ag_buffer *buffer)
{
    (void)device;
    if (buffer != NULL)
        free(buffer->allocated);
    free(buffer);
}

static void *cpu_map(ag_device *device, ag_buffer *buffer)
{
    (void)device;
    return buffer->bytes;
}

static int32_t cpu_upload(ag_device *device, ag_buffer *to, uint64_t offset,
                          const void *from, uint64_t bytes)
{
    (void)device;
    memcpy((char *)to->bytes + offset, from, (size_t)bytes);
    return ARMGPU_OK;
}

static int32_t cpu_download(ag_device *device, void *to, const ag_buffer *from,
                            uint64_t offset, uint64_t bytes)
{
    (void)device;
    memcpy(to, (const char *)from->bytes + offset, (size_t)bytes);
    return ARMGPU_OK;
}

static int32_t cpu_fill(ag_device *device, ag_buffer *to, uint64_t offset,
                        uint8_t value, uint64_t bytes)
{
    (void)device;
    if (value == 0)
        ag_zero((char *)to->bytes + offset, (size_t)bytes);
    else
        memset((char *)to->bytes + offset, value, (size_t)bytes);
    return ARMGPU_OK;
}

const struct ag_backend ag_backend_cpu = {
    .name = "cpu",
    .region_source = &ag_region_source_c,
    .together_source = &ag_region_source_together,
    .private_layout = AG_LAYOUT_INTERLEAVED,
    .region_layout = AG_LAYOUT_LINEAR,
    .interleaved_lanes = AG_GROUP_FEW_LANES + 1,
    .list = cpu_list,
    .open = cpu_open,
    .close = cpu_close,
    .open_builder = cpu_open_builder,
    .give_up = cpu_give_up,
    .build = ag_cpu_build,
    .unload = ag_cpu_unload,
    .message = cpu_message,
    .alloc = cpu_alloc,
    .release = cpu_release,
    .map = cpu_map,
    .upload = cpu_upload,
    .download = cpu_download,
    .fill = cpu_fill,
    .launch = ag_cpu_launch,
    .wait = ag_cpu_wait,
};
