/*
 * Launches of the CPU backend, on POSIX threads: kernels/entry/entry.c and
 * entry_group.c. Lanes run in groups with the widest vectors that the processor
 * has, a few of them one by one.
 *
 * Every thread has a fixed part of the listed lanes. In shared memory it keeps
 * to it, so that one thread alone runs them in list order, every time the same;
 * in private memory a thread that is done takes from the others' parts.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/cpu/cpu.h"
#include "base/clock.h"
#include "base/float_environment.h"

#include <string.h>

/* Less fuel is a trace, which wants every lane to get its instruction. */
#define LEAST_FUEL 64
#define SMALL_BYTES (UINT64_C(1) << 18)

static void run_range(ag_device *device, uint64_t first, uint32_t count)
{
    ag_kernel_entry *run =
        count > device->engine.few ? device->many : device->kernel->entry;
    if (count > 0 && device->ways.one != NULL)
        ag_kernel_regions(&device->buffers, &device->args, (uint32_t)first,
                          count, &device->ways);
    else if (count > 0)
        run(&device->buffers, &device->args, (uint32_t)first, count);
}

static void cut_parts(ag_device *device)
{
    device->unit = ag_cpu_parts_unit(device->args.count, device->threads,
                                     device->engine.unit);
    ag_cpu_parts_cut(device->parts, device->args.count, device->threads,
                     device->unit);
}

/* Runs what is left of a part. */
static void drain(ag_device *device, struct ag_cpu_part *part)
{
    uint64_t first;
    uint32_t count;
    while ((count = ag_cpu_part_take(part, device->unit, &first)) > 0)
        run_range(device, first, count);
}

/* Everything, or one thread's part of the launch, then what others have not
   begun. */
static void run_lanes(ag_device *device, uint32_t index, bool is_all)
{
    if (is_all) {
        run_range(device, 0, device->args.count);
        return;
    }
    if (AG_IS_SHARED(device->args.layout) && device->kernel->is_slice) {
        const struct ag_cpu_part *part = &device->parts[index];
        run_range(device, part->next, (uint32_t)(part->end - part->next));
        return;
    }
    for (uint32_t i = 0; i < device->threads; i++)
        drain(device, &device->parts[(index + i) % device->threads]);
}

/* The same with the floating point that lanes with V registers compute in. */
static void run(ag_device *device, uint32_t index, bool is_all)
{
    struct ag_host_float caller;
    if (device->buffers.v == NULL || !device->kernel->is_slice) {
        run_lanes(device, index, is_all);
        return;
    }
    caller = ag_host_float_enter();
    run_lanes(device, index, is_all);
    ag_host_float_leave(caller);
}

static void *worker_main(void *argument)
{
    struct ag_cpu_worker *w = argument;
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
        run(device, w->index, false);
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
        struct ag_cpu_worker *w = &device->workers[device->started];
        w->device = device;
        w->index = device->started + 1;
        if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
            break;
        device->started++;
    }
    device->threads = device->started + 1;
}

void ag_cpu_stop_workers(ag_device *device)
{
    pthread_mutex_lock(&device->mutex);
    device->is_closing = 1;
    pthread_cond_broadcast(&device->work);
    pthread_mutex_unlock(&device->mutex);
    for (uint32_t i = 0; i < device->started; i++)
        pthread_join(device->workers[i].thread, NULL);
}

/* Serving so little is over before a thread wakes up. */
static int is_small(const ag_kernel *kernel, const ag_slice_args *args)
{
    return !kernel->is_slice &&
           args->count * (args->size + AG_MOST_STATE_BYTES) < SMALL_BYTES;
}

static void *bytes_of(ag_buffer *buffer)
{
    return buffer == NULL ? NULL : buffer->bytes;
}

/* Which engine runs the launch's lanes, where there are more than a few. */
static ag_kernel_entry *choose(const ag_device *device, const ag_kernel *kernel,
                               const ag_slice_args *args)
{
    return kernel->is_slice && !args->alone && args->fuel >= LEAST_FUEL
               ? device->engine.slice
               : kernel->entry;
}

int32_t ag_cpu_launch(ag_device *device, const ag_kernel *kernel,
                      ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                      const ag_slice_args *args)
{
    double start = ag_now();
    device->ways = ag_cpu_look(kernel);
    if (kernel->regions.together != NULL)
        device->work_began = clock();
#define BIND(NAME, name, type, access, launches, held)                         \
    device->buffers.name = bytes_of(buffers[AG_ARGUMENT_##NAME]);
    AG_BUFFER_LIST(BIND)
#undef BIND
    device->args = *args;
    device->args.threads = device->threads;
    device->args.has_cas_128 = device->has_cas_128;
    device->args.simd = device->engine.simd;
    device->args.crypto = device->engine.crypto;
    device->kernel = kernel;
    device->many = choose(device, kernel, args);
    if (args->count == 1 || is_small(kernel, args)) {
        run(device, 0, true);
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
        run(device, 0, false);
    }
    device->seconds = ag_now() - start;
    return ARMGPU_OK;
}

/* What a launch's regions retired, in how much of the processors' time:
   processes beside this one take none of that. */
static void tell(ag_device *device)
{
    uint64_t retired;
    if (device->kernel == NULL || device->kernel->regions.together == NULL)
        return;
    memcpy(&retired, device->buffers.control + AG_CONTROL_TRANSLATED,
           sizeof retired);
    ag_cpu_tell(device->kernel, retired,
                (double)(clock() - device->work_began) / CLOCKS_PER_SEC);
}

int32_t ag_cpu_wait(ag_device *device, double *seconds)
{
    double start = ag_now();
    pthread_mutex_lock(&device->mutex);
    while (device->busy > 0)
        pthread_cond_wait(&device->done, &device->mutex);
    pthread_mutex_unlock(&device->mutex);
    *seconds = device->seconds + (ag_now() - start);
    tell(device);
    device->kernel = NULL;
    return ARMGPU_OK;
}
