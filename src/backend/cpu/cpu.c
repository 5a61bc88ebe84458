/*
 * The CPU backend: kernels/entry/entry.c and entry_group.c on POSIX threads. Buffers
 * are plain memory. Lanes run in groups with the widest vectors that the
 * processor has, a few of them one by one.
 *
 * Every thread has a fixed part of the listed lanes. In shared memory it keeps
 * to it, so that one thread alone runs them in list order, every time the same;
 * in private memory a thread that is done takes from the others' parts.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/backend.h"
#include "backend/zero.h"
#include "base/clock.h"
#include "entry/entry.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* About 50 ms of one core at 170 million instructions/s; lane groups take 20 to
   300 ms. A constant, not a measurement, so that slices end at the same
   instructions in every run. */
#define FUEL_PER_THREAD (8u << 20)
#define FUEL_PER_THREAD_OF_GROUPS (64u << 20)
/* Lanes a thread takes at a time: enough to make taking them cheap. */
#define BATCH 16
/* Less fuel is a trace, which wants every lane to get its instruction. */
#define LEAST_FUEL 64
#define MAX_THREADS 1024
#define ALIGNMENT 64
#define PAGE_ALIGNMENT 4096 /* a stack takes no page more than it needs */
#define LARGE_BYTES (UINT64_C(1) << 20)
#define SMALL_BYTES (UINT64_C(1) << 18)

struct ag_buffer {
    void *allocated;
    void *bytes; /* of it, aligned for any vector */
    uint64_t size;
};

/* A thread's part of the listed lanes in private memory. */
struct part {
    _Alignas(64) uint32_t next; /* atomic: the next lane nobody has taken */
    uint32_t end;
};

struct worker {
    ag_device *device;
    pthread_t thread;
    uint32_t index;
};

struct ag_device {
    uint32_t threads; /* including the caller's */
    uint32_t started; /* workers that exist */
    struct worker *workers;
    pthread_mutex_t mutex;
    pthread_cond_t work, done;
    uint64_t generation; /* counts launches; guarded by mutex, as the next */
    uint32_t busy;
    int is_closing;
    ag_buffers buffers; /* of the launch in progress */
    ag_slice_args args;
    enum ag_kernel kernel;
    ag_kernel_entry *group; /* NULL: lanes run one by one */
    uint32_t few;           /* that many lanes run one by one anyway */
    struct part *parts;     /* one a thread */
    uint32_t unit;          /* lanes taken from a part at a time */
    double seconds;
};

/* A way of executing lanes; its place in engines[] is the device's number. */
struct engine {
    const char *name;
    ag_kernel_entry *group; /* NULL: lanes run one by one */
    int (*is_usable)(void);
};

static int is_usable(void)
{
    return 1;
}
#if defined(__x86_64__)
static int has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}
static int has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
}
#endif
/* Device 0 is the last that is usable, and runs few lanes one by one. The
   others are for comparisons and tests: they do what they say to any number of
   lanes. The Makefile says which copies of lane groups the build has: devices
   keep their numbers where it lacks some. */
static const struct engine engines[] = {
    {"the best there is", NULL, is_usable},
    {"one by one", NULL, is_usable},
#if defined(__x86_64__)
    {"groups, SSE2", AG_GROUP_sse2, is_usable},
    {"groups, AVX2", AG_GROUP_avx2, has_avx2},
    {"groups, AVX-512", AG_GROUP_avx512, has_avx512},
#elif defined(__aarch64__)
    {"groups, NEON", AG_GROUP_neon, is_usable},
#endif
};
#define ENGINES (uint32_t)(sizeof engines / sizeof *engines)
#define FIRST_OF_GROUPS 2

/* Why the engine cannot be used; NULL: it can. */
static const char *what_it_lacks(const struct engine *e)
{
    if (e->group == NULL && e - engines >= FIRST_OF_GROUPS)
        return "is not in this build";
    return e->is_usable() ? NULL : "needs another processor";
}

static ag_kernel_entry *choose_group(uint32_t index)
{
    if (index != 0)
        return engines[index].group;
    for (index = ENGINES - 1; what_it_lacks(&engines[index]) != NULL;)
        index--;
    return engines[index].group;
}

static uint32_t core_count(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : (uint32_t)n;
}

static uint64_t physical_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages < 1 || size < 1 ? 0 : (uint64_t)pages * (uint64_t)size;
}

static void cpu_name(char *out, size_t size)
{
    char line[256];
    FILE *in = fopen("/proc/cpuinfo", "r");
    snprintf(out, size, "CPU");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || colon == NULL)
            continue;
        colon[strcspn(colon, "\n")] = '\0';
        snprintf(out, size, "%s", colon + 2);
        break;
    }
    if (in != NULL)
        fclose(in);
}

static uint32_t cpu_list(armgpu_device *out, uint32_t n)
{
    if (n == 0)
        return 1;
    memset(out, 0, sizeof *out);
    out->size = sizeof *out;
    out->memory_bytes = physical_memory();
    out->usable = 1;
    out->compute_units = core_count();
    snprintf(out->backend, sizeof out->backend, "cpu");
    cpu_name(out->name, sizeof out->name);
    snprintf(out->driver, sizeof out->driver, "built in");
    return 1;
}

static void run_range(ag_device *device, uint32_t first, uint32_t count)
{
    ag_kernel_entry *run = ag_kernel_slice;
    if (device->kernel == AG_KERNEL_SERVE)
        run = ag_kernel_serve;
    else if (device->group != NULL && count > device->few &&
             !device->args.alone && device->args.fuel >= LEAST_FUEL)
        run = device->group;
    if (count > 0)
        run(&device->buffers, &device->args, first, count);
}

/* Thread `index` of all, without those that have no part. */
static uint32_t part_start(const ag_device *device, uint32_t index)
{
    uint64_t count = device->args.count;
    uint64_t units = (count + device->unit - 1) / device->unit;
    uint64_t start = units * index / device->threads * device->unit;
    return (uint32_t)(start < count ? start : count);
}

static void cut_parts(ag_device *device)
{
    uint32_t each =
        (device->args.count + device->threads - 1) / device->threads;
    uint32_t most = device->group != NULL ? AG_GROUP_MOST_LANES : BATCH;
    device->unit = (each + 7) / 8 * 8;
    if (device->unit > most)
        device->unit = most;
    for (uint32_t i = 0; i < device->threads; i++) {
        device->parts[i].next = part_start(device, i);
        device->parts[i].end = part_start(device, i + 1);
    }
}

/* Runs what is left of a part. */
static void drain(ag_device *device, struct part *part)
{
    for (;;) {
        uint32_t first =
            __atomic_fetch_add(&part->next, device->unit, __ATOMIC_RELAXED);
        if (first >= part->end)
            return;
        run_range(device, first,
                  part->end - first < device->unit ? part->end - first
                                                   : device->unit);
    }
}

/* One thread's part of the launch, then what others have not begun. */
static void run_part(ag_device *device, uint32_t index)
{
    if (device->args.layout == AG_LAYOUT_SHARED &&
        device->kernel == AG_KERNEL_SLICE) {
        uint32_t first = part_start(device, index);
        run_range(device, first, part_start(device, index + 1) - first);
        return;
    }
    for (uint32_t i = 0; i < device->threads; i++)
        drain(device, &device->parts[(index + i) % device->threads]);
}

static void *worker_main(void *argument)
{
    struct worker *w = argument;
    ag_device *device = w->device;
    uint64_t seen = 0;
    pthread_mutex_lock(&device->mutex);
    for (;;) {
        while (device->generation == seen && !device->is_closing)
            pthread_cond_wait(&device->work, &device->mutex);
        if (device->is_closing)
            break;
        seen = device->generation;
        pthread_mutex_unlock(&device->mutex);
        run_part(device, w->index);
        pthread_mutex_lock(&device->mutex);
        if (--device->busy == 0)
            pthread_cond_signal(&device->done);
    }
    pthread_mutex_unlock(&device->mutex);
    return NULL;
}

/* Threads start with the first launch that has work for them: a program on one
   lane never pays for them. What cannot be started is done without. */
static void start_workers(ag_device *device)
{
    uint32_t want = device->threads - 1;
    while (device->started < want) {
        struct worker *w = &device->workers[device->started];
        w->device = device;
        w->index = device->started + 1;
        if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
            break;
        device->started++;
    }
    device->threads = device->started + 1;
}

/* Is there such a device? */
static int32_t check_index(uint32_t index, char message[AG_MESSAGE_BYTES])
{
    const char *lacks;
    if (index >= ENGINES) {
        size_t used = (size_t)snprintf(
            message, AG_MESSAGE_BYTES,
            "device %u does not exist: the cpu backend has", index);
        for (uint32_t i = 0; i < ENGINES && used < AG_MESSAGE_BYTES; i++)
            used += (size_t)snprintf(message + used, AG_MESSAGE_BYTES - used,
                                     "%s %u (%s)", i == 0 ? "" : ",", i,
                                     engines[i].name);
        return ARMGPU_ERROR_BACKEND;
    }
    lacks = what_it_lacks(&engines[index]);
    if (lacks == NULL)
        return ARMGPU_OK;
    snprintf(message, AG_MESSAGE_BYTES, "device %u of the cpu backend (%s) %s",
             index, engines[index].name, lacks);
    return ARMGPU_ERROR_BACKEND;
}

static int32_t cpu_open(ag_device **out,
                        const struct ag_device_options *options,
                        struct ag_device_info *info,
                        char message[AG_MESSAGE_BYTES])
{
    ag_device *device = NULL;
    int32_t error = check_index(options->index, message);
    *out = NULL;
    if (error != ARMGPU_OK)
        return error;
    device = calloc(1, sizeof *device);
    if (device == NULL)
        goto no_memory;
    device->threads = options->threads != 0 ? options->threads : core_count();
    if (device->threads > MAX_THREADS)
        device->threads = MAX_THREADS;
    if (device->threads > options->lanes)
        device->threads = (uint32_t)options->lanes;
    device->workers = calloc(device->threads, sizeof *device->workers);
    device->parts = aligned_alloc(_Alignof(struct part),
                                  device->threads * sizeof *device->parts);
    if (device->workers == NULL || device->parts == NULL)
        goto no_memory;
    device->group = choose_group(options->index);
    device->few = options->index == 0 ? AG_GROUP_FEW_LANES : 0;
    pthread_mutex_init(&device->mutex, NULL);
    pthread_cond_init(&device->work, NULL);
    pthread_cond_init(&device->done, NULL);
    cpu_name(info->name, sizeof info->name);
    if (options->index != 0) {
        size_t used = strlen(info->name);
        snprintf(info->name + used, sizeof info->name - used, ", %s",
                 engines[options->index].name);
    }
    info->workers = device->threads;
    info->forms_groups = device->group != NULL && options->lanes > device->few;
    info->slice_fuel = device->threads *
                       (uint64_t)(info->forms_groups ? FUEL_PER_THREAD_OF_GROUPS
                                                     : FUEL_PER_THREAD);
    info->memory_bytes = physical_memory();
    *out = device;
    return ARMGPU_OK;
no_memory:
    if (device != NULL) {
        free(device->workers);
        free(device->parts);
    }
    free(device);
    snprintf(message, AG_MESSAGE_BYTES, "out of memory");
    return ARMGPU_ERROR_MEMORY;
}

static void cpu_close(ag_device *device)
{
    if (device == NULL)
        return;
    pthread_mutex_lock(&device->mutex);
    device->is_closing = 1;
    pthread_cond_broadcast(&device->work);
    pthread_mutex_unlock(&device->mutex);
    for (uint32_t i = 0; i < device->started; i++)
        pthread_join(device->workers[i].thread, NULL);
    pthread_cond_destroy(&device->work);
    pthread_cond_destroy(&device->done);
    pthread_mutex_destroy(&device->mutex);
    free(device->workers);
    free(device->parts);
    free(device);
}

static const char *cpu_message(const ag_device *device)
{
    (void)device;
    return "out of memory";
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

/* Serving so little is over before a thread wakes up. */
static int is_small(enum ag_kernel kernel, const ag_slice_args *args)
{
    return kernel == AG_KERNEL_SERVE &&
           args->count * (args->size + AG_STATE_BYTES_PER_LANE) < SMALL_BYTES;
}

static void *bytes_of(ag_buffer *buffer)
{
    return buffer == NULL ? NULL : buffer->bytes;
}

static int32_t cpu_launch(ag_device *device, enum ag_kernel kernel,
                          ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                          const ag_slice_args *args)
{
    double start = ag_now();
#define BIND(NAME, name, type, access, launches, held)                         \
    device->buffers.name = bytes_of(buffers[AG_ARGUMENT_##NAME]);
    AG_BUFFER_LIST(BIND)
#undef BIND
    device->args = *args;
    device->args.threads = device->threads;
    device->kernel = kernel;
    if (args->count == 1 || is_small(kernel, args)) {
        run_range(device, 0, args->count);
    } else {
        start_workers(device);
        cut_parts(device);
        if (device->started > 0) {
            pthread_mutex_lock(&device->mutex);
            device->busy = device->started;
            device->generation++;
            pthread_cond_broadcast(&device->work);
            pthread_mutex_unlock(&device->mutex);
        }
        run_part(device, 0);
    }
    device->seconds = ag_now() - start;
    return ARMGPU_OK;
}

static int32_t cpu_wait(ag_device *device, double *seconds)
{
    double start = ag_now();
    pthread_mutex_lock(&device->mutex);
    while (device->busy > 0)
        pthread_cond_wait(&device->done, &device->mutex);
    pthread_mutex_unlock(&device->mutex);
    *seconds = device->seconds + (ag_now() - start);
    return ARMGPU_OK;
}

const struct ag_backend ag_backend_cpu = {
    .name = "cpu",
    .private_layout = AG_LAYOUT_INTERLEAVED,
    .interleaved_lanes = AG_GROUP_FEW_LANES + 1,
    .list = cpu_list,
    .open = cpu_open,
    .close = cpu_close,
    .message = cpu_message,
    .alloc = cpu_alloc,
    .release = cpu_release,
    .map = cpu_map,
    .upload = cpu_upload,
    .download = cpu_download,
    .fill = cpu_fill,
    .launch = cpu_launch,
    .wait = cpu_wait,
};
