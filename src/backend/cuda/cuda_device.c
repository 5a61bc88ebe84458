/*
 * The CUDA backend: the driver by dlopen, kernels compiled by NVRTC for the
 * device at hand and kept in the cache. A handle uses the device's primary
 * context and its default stream, so that transfers and launches follow each
 * other in the order of the calls. Here are opening, buffers and the table of
 * functions.
 *
 * For measuring and finding faults: ARMGPU_VERBOSE=1 prints what was opened,
 * ARMGPU_CUDA_BLOCK lanes a block, ARMGPU_CUDA_CARVEOUT percent of L1 that is
 * shared memory, ARMGPU_CUDA_OPTIONS more compiler options, ARMGPU_CUDA_TIMEOUT
 * seconds that a launch may take (0: any).
 */
#include "backend/cuda/cuda.h"
#include "backend/listing.h"
#include "base/environment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct ag_backend ag_backend_cuda;
extern const struct ag_kernel_source ag_kernel_source_cu; /* entry.cu */

/* -- Settings -------------------------------------------------------------- */

static bool is_verbose(void)
{
    const char *text = ag_getenv("ARMGPU_VERBOSE");
    return text != NULL && text[0] != '\0' && strcmp(text, "0") != 0;
}

/* False: it is no number that may be, and the message says so. */
static bool setting(ag_device *d, enum ag_number which, double *value)
{
    return ag_env_number(which, value, d->message, sizeof d->message);
}

static int32_t read_settings(ag_device *d)
{
    struct ag_cu_settings *s = &d->settings;
    const char *options = ag_getenv("ARMGPU_CUDA_OPTIONS");
    double block = 0, carveout = 0;
    int32_t error = setting(d, AG_ARMGPU_CUDA_TIMEOUT, &s->timeout) &&
                            setting(d, AG_ARMGPU_CUDA_BLOCK, &block) &&
                            setting(d, AG_ARMGPU_CUDA_CARVEOUT, &carveout)
                        ? ARMGPU_OK
                        : ARMGPU_ERROR_ARGUMENT;
    if (error != ARMGPU_OK)
        return error;
    s->is_verbose = is_verbose();
    s->block = (uint32_t)block;
    s->carveout = carveout < 0 ? AG_CU_AS_IT_IS : (uint32_t)carveout;
    if (options != NULL &&
        strlen(options) >= sizeof s->options) {
        snprintf(d->message, sizeof d->message,
                 "ARMGPU_CUDA_OPTIONS is too long");
        error = ARMGPU_ERROR_ARGUMENT;
    } else if (options != NULL) {
        snprintf(s->options, sizeof s->options, "%s", options);
    }
    if (error != ARMGPU_OK || s->block % AG_WARP == 0)
        return error;
    snprintf(d->message, sizeof d->message,
             "ARMGPU_CUDA_BLOCK is %" PRIu32 ": it must be a multiple of %d",
             s->block, AG_WARP);
    return ARMGPU_ERROR_ARGUMENT;
}

/* -- Opening --------------------------------------------------------------- */

/* Everything that needs no context. */
static int32_t choose_device(ag_device *d, uint32_t index)
{
    int count = 0;
    int32_t error = ag_cu_start(&d->cu, &d->driver_version, &count, d->message);
    if (error != ARMGPU_OK)
        return error;
    if (index >= (uint32_t)count)
        return ag_no_device(d->message, "cuda", index, (uint32_t)count);
    error =
        ag_cu_check(d, d->cu.device_get(&d->ordinal, (int)index), "opening");
    if (error == ARMGPU_OK)
        error = ag_cu_look_at(&d->cu, d->ordinal, &d->properties, d->message);
    if (error == ARMGPU_OK)
        error = ag_nvrtc_load(&d->nvrtc, d->driver_version / 1000, d->message);
    return error;
}

/* With the context current. */
static int32_t prepare(ag_device *d, struct ag_device_info *info)
{
    size_t free_bytes = 0, total_bytes = 0;
    int32_t error =
        ag_cu_check(d, d->cu.event_create(&d->before, 0), "making an event");
    if (error == ARMGPU_OK)
        error =
            ag_cu_check(d, d->cu.event_create(&d->after, 0), "making an event");
    if (error == ARMGPU_OK)
        error = ag_cu_check(d, d->cu.memory_info(&free_bytes, &total_bytes),
                            "asking for free memory");
    info->memory_bytes = free_bytes;
    info->warps = d->properties.multiprocessors * AG_CU_SCHEDULERS;
    info->wants_forms = 1;
    /* Else the end of a run would wait for the compiler. */
    info->translates_after = d->helper != NULL ? AG_TRANSLATES_AFTER : 0;
    snprintf(info->name, sizeof info->name, "%s", d->properties.name);
    return error;
}

static void print_device(const ag_device *d, const struct ag_device_info *info)
{
    fprintf(stderr,
            "armgpu: cuda: %s, sm_%u, %u multiprocessors, %.1f GiB free, "
            "CUDA %d.%d, NVRTC %d.%d (%s)\n",
            d->properties.name, d->properties.capability,
            d->properties.multiprocessors,
            (double)info->memory_bytes / (1 << 30), d->driver_version / 1000,
            d->driver_version % 1000 / 10, d->nvrtc.major, d->nvrtc.minor,
            d->nvrtc.path);
}

static void cuda_close(ag_device *d)
{
    ag_cu_context popped;
    if (d == NULL)
        return;
    if (d->context != NULL && !d->is_hung &&
        d->cu.context_push(d->context) == AG_CU_SUCCESS) {
        if (d->before != NULL)
            d->cu.event_destroy(d->before);
        if (d->after != NULL)
            d->cu.event_destroy(d->after);
        d->cu.context_pop(&popped);
    }
    if (d->context != NULL && !d->is_hung)
        d->cu.context_release(d->ordinal);
    free(d->helper);
    free(d);
}

static int32_t cuda_open(ag_device **out,
                         const struct ag_device_options *options,
                         struct ag_device_info *info,
                         char message[AG_MESSAGE_BYTES])
{
    ag_cu_context popped;
    ag_device *d = calloc(1, sizeof *d);
    int32_t error =
        d == NULL ? ARMGPU_ERROR_MEMORY : choose_device(d, options->index);
    if (error == ARMGPU_OK)
        error = read_settings(d);
    if (error == ARMGPU_OK) {
        d->lanes = options->lanes;
        error = ag_apart_take_helper(&d->helper, options->helper, d->message);
    }
    if (error == ARMGPU_OK)
        error = ag_cu_check(d, d->cu.context_retain(&d->context, d->ordinal),
                            "making a context");
    if (error == ARMGPU_OK)
        error = ag_cu_enter(d);
    if (error == ARMGPU_OK) {
        error = prepare(d, info);
        d->cu.context_pop(&popped);
    }
    if (error == ARMGPU_OK && d->settings.is_verbose)
        print_device(d, info);
    return ag_opened(&ag_backend_cuda, d, error, out, message);
}

/* It has a reference to the primary context of its own, and launches nothing.
 */
static int32_t cuda_open_builder(ag_device *d, ag_device **out)
{
    ag_device *b = *out = malloc(sizeof *b);
    if (b == NULL) {
        snprintf(d->message, sizeof d->message, "out of memory");
        return ARMGPU_ERROR_MEMORY;
    }
    *b = *d;
    b->before = b->after = NULL;
    b->message[0] = '\0';
    int32_t error = ag_apart_take_helper(&b->helper, d->helper, d->message);
    if (error == ARMGPU_OK)
        error = ag_cu_check(d, d->cu.context_retain(&b->context, d->ordinal),
                            "making a context");
    if (error == ARMGPU_OK)
        return error;
    free(b->helper);
    free(b);
    *out = NULL;
    return error;
}

static void cuda_give_up(ag_device *builder)
{
    __atomic_store_n(&builder->is_given_up, 1, __ATOMIC_RELAXED);
}

static const char *cuda_message(const ag_device *d)
{
    return d->message;
}

/* -- Buffers --------------------------------------------------------------- */

/* Says what was asked for and what there is; the context is current. */
static void explain_no_memory(ag_device *d, uint64_t bytes)
{
    size_t free_bytes = 0, total_bytes = 0;
    d->cu.memory_info(&free_bytes, &total_bytes);
    snprintf(d->message, sizeof d->message,
             "%s has %.1f MiB free of %.1f, and %.1f were asked for: use fewer "
             "lanes or less memory",
             d->properties.name, (double)free_bytes / (1 << 20),
             (double)total_bytes / (1 << 20), (double)bytes / (1 << 20));
}

static ag_buffer *cuda_alloc(ag_device *d, uint64_t bytes)
{
    ag_buffer *buffer = calloc(1, sizeof *buffer);
    if (buffer == NULL || bytes > SIZE_MAX || ag_cu_enter(d) != ARMGPU_OK) {
        free(buffer);
        return NULL;
    }
    buffer->bytes = bytes > 0 ? bytes : 1; /* 0 is an error to the driver */
    size_t size = (size_t)buffer->bytes;
    ag_cu_result code = d->cu.memory_alloc(&buffer->address, size);
    bool is_there = code == AG_CU_SUCCESS;
    if (is_there)
        code = d->cu.memory_set(buffer->address, 0, size);
    if (ag_cu_leave(d, code, "allocating memory") == ARMGPU_OK)
        return buffer;
    if (!d->is_lost && ag_cu_enter(d) == ARMGPU_OK) {
        if (is_there)
            d->cu.memory_free(buffer->address);
        if (code == AG_CU_OUT_OF_MEMORY)
            explain_no_memory(d, bytes);
        ag_cu_leave(d, AG_CU_SUCCESS, "");
    }
    free(buffer);
    return NULL;
}

/* Memory of a lost device goes with its context. */
static void cuda_release(ag_device *d, ag_buffer *buffer)
{
    if (buffer != NULL && ag_cu_enter(d) == ARMGPU_OK)
        ag_cu_leave(d, d->cu.memory_free(buffer->address), "freeing memory");
    free(buffer);
}

static void *cuda_map(ag_device *d, ag_buffer *buffer)
{
    (void)d;
    (void)buffer;
    return NULL;
}

static int32_t cuda_upload(ag_device *d, ag_buffer *to, uint64_t offset,
                           const void *from, uint64_t bytes)
{
    int32_t error = ag_cu_enter(d);
    if (error != ARMGPU_OK)
        return error;
    return ag_cu_leave(d,
                       d->cu.copy_in(to->address + offset, from, (size_t)bytes),
                       "a transfer to the device");
}

static int32_t cuda_download(ag_device *d, void *to, const ag_buffer *from,
                             uint64_t offset, uint64_t bytes)
{
    int32_t error = ag_cu_enter(d);
    if (error != ARMGPU_OK)
        return error;
    return ag_cu_leave(
        d, d->cu.copy_out(to, from->address + offset, (size_t)bytes),
        "a transfer from the device");
}

static bool cuda_pin(ag_device *d, void *memory, uint64_t bytes)
{
    ag_cu_context popped;
    if (d->is_lost || d->cu.context_push(d->context) != AG_CU_SUCCESS)
        return false;
    const bool ok =
        d->cu.host_register(memory, (size_t)bytes, 0) == AG_CU_SUCCESS;
    d->cu.context_pop(&popped);
    return ok;
}

static bool cuda_unpin(ag_device *d, void *memory)
{
    ag_cu_context popped;
    if (d->is_hung || d->cu.context_push(d->context) != AG_CU_SUCCESS)
        return false;
    const bool ok = d->cu.host_unregister(memory) == AG_CU_SUCCESS;
    d->cu.context_pop(&popped);
    return ok;
}

static int32_t cuda_fill(ag_device *d, ag_buffer *to, uint64_t offset,
                         uint8_t value, uint64_t bytes)
{
    int32_t error = ag_cu_enter(d);
    if (error != ARMGPU_OK)
        return error;
    return ag_cu_leave(
        d, d->cu.memory_set(to->address + offset, value, (size_t)bytes),
        "filling memory");
}

const struct ag_backend ag_backend_cuda = {
    .name = "cuda",
    .auto_lanes = 4096,
    .private_layout = AG_LAYOUT_INTERLEAVED,
    .source = &ag_kernel_source_cu,
    .region_source = &ag_region_source_cu,
    .list = ag_cu_list,
    .open = cuda_open,
    .close = cuda_close,
    .open_builder = cuda_open_builder,
    .give_up = cuda_give_up,
    .helper_main = ag_nvrtc_helper_main,
    .build = ag_cu_build,
    .unload = ag_cu_unload,
    .message = cuda_message,
    .alloc = cuda_alloc,
    .release = cuda_release,
    .map = cuda_map,
    .upload = cuda_upload,
    .download = cuda_download,
    .fill = cuda_fill,
    .pin = cuda_pin,
    .unpin = cuda_unpin,
    .launch = ag_cu_launch,
    .wait = ag_cu_wait,
};
