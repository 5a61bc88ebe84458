/*
 * The OpenCL backend: kernels/entry/entry.cl on any device of any OpenCL 1.2 driver.
 * The loader is found with dlopen, so an executable with this file in it runs
 * where there is none. Commands go through one in-order queue.
 *
 * GPUs come first in the list. CPU devices (PoCL) follow and work, for those
 * who ask for them and for tests.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/backend.h"
#include "backend/cache.h"
#include "backend/library.h"
#include "backend/opencl/opencl_api.h"
#include "base/clock.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_PLATFORMS 16
#define MAX_DEVICES 64
#define WORDS_BYTES 256
/* Slices take 50 ms: a launch that takes this long will not end. */
#define WAIT_SECONDS 60
/* The first one may be when the driver compiles. */
#define COMPILE_SECONDS 600
/* Groups are larger than a warp only while this many are left for every
   compute unit, and never larger than MAX_GROUP: a lane's registers take as
   much group memory in a small group, and small ones pack better. */
#define GROUPS_PER_UNIT 16
#define MAX_GROUP 128
#define MIB 1048576.0
/* Warps that a GPU's compute unit issues at one time: NVIDIA's 4 and AMD's 2 to
   4; OpenCL does not say. */
#define SCHEDULERS 4

struct ag_buffer {
    cl_mem mem;
    uint64_t bytes;
};

struct ag_device {
    struct ag_cl cl;
    cl_device_id id;
    cl_platform_id platform;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    const struct ag_kernel_source *source;
    cl_kernel kernels[AG_KERNEL_COUNT];
    char options[64];                    /* for the compiler */
    uint32_t group;                      /* lanes, a multiple of AG_WARP */
    uint32_t lane_bytes;                 /* of group memory */
    uint64_t memory_bytes, buffer_bytes; /* altogether, and one at most */
    uint64_t used_bytes;
    cl_event event; /* of the launch in progress */
    double launched;
    int is_hung; /* a launch did not end, as the message says: the driver is
                    not called any more */
    struct ag_cache_key key;
    char key_device[300], key_driver[400];
    char name[128];
    char message[AG_MESSAGE_BYTES];
    pthread_mutex_t mutex;
    char words[WORDS_BYTES]; /* what the driver last said; guarded by mutex */
};

/* Where a device is; one that the list shows. */
struct found {
    cl_platform_id platform;
    cl_device_id id;
};

/* -- Errors ---------------------------------------------------------------- */

static const char *error_name(cl_int error, char text[32])
{
#define AG_X(name, number)                                                     \
    if (error == (number))                                                     \
        return #name;
    AG_CL_ERRORS(AG_X)
#undef AG_X
    snprintf(text, 32, "error %" PRId32, error);
    return text;
}

/* Called by the driver, from a thread of its own perhaps. */
static void notice(const char *words, const void *data, size_t size, void *user)
{
    ag_device *d = user;
    (void)data;
    (void)size;
    pthread_mutex_lock(&d->mutex);
    snprintf(d->words, sizeof d->words, "%s", words);
    pthread_mutex_unlock(&d->mutex);
}

/* Puts a failure of `what`, a function's name or the like, into the message. */
static int32_t fail(ag_device *d, const char *what, cl_int error)
{
    char text[32], words[WORDS_BYTES];
    pthread_mutex_lock(&d->mutex);
    memcpy(words, d->words, sizeof words);
    d->words[0] = '\0';
    pthread_mutex_unlock(&d->mutex);
    snprintf(d->message, sizeof d->message, "OpenCL on %s: %s failed: %s%s%s",
             d->name, what, error_name(error, text), words[0] ? ": " : "",
             words);
    return error == CL_OUT_OF_HOST_MEMORY ||
                   error == CL_MEM_OBJECT_ALLOCATION_FAILURE
               ? ARMGPU_ERROR_MEMORY
               : ARMGPU_ERROR_DEVICE;
}

static int32_t hang(ag_device *d, int seconds)
{
    d->is_hung = 1;
    snprintf(d->message, sizeof d->message,
             "OpenCL on %s: a launch did not end within %d seconds: the device "
             "hangs",
             d->name, seconds);
    return ARMGPU_ERROR_DEVICE;
}

/* -- The library ----------------------------------------------------------- */

static const struct ag_symbol symbols[] = {
#define AG_X(result, name, parameters) {#name, offsetof(struct ag_cl, name)},
    AG_CL_FUNCTIONS(AG_X)
#undef AG_X
};

static void *open_library(char reason[WORDS_BYTES])
{
    static const char *const names[] = {
#ifdef __APPLE__
        "/System/Library/Frameworks/OpenCL.framework/OpenCL",
#endif
        "libOpenCL.so.1", "libOpenCL.so"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *library = ag_library_open(names[i]);
        const char *why = library == NULL ? dlerror() : NULL;
        if (library != NULL)
            return library;
        if (i == 0)
            snprintf(reason, WORDS_BYTES, "there is no OpenCL loader (%.200s)",
                     why != NULL ? why : names[i]);
    }
    return NULL;
}

static int load(struct ag_cl *cl, char reason[WORDS_BYTES])
{
    void *library = open_library(reason);
    const char *missing =
        library == NULL
            ? NULL
            : ag_library_symbols(library, symbols,
                                 sizeof symbols / sizeof *symbols, cl);
    if (missing != NULL)
        snprintf(reason, WORDS_BYTES,
                 "the OpenCL loader is older than OpenCL 1.2: it has no %s",
                 missing);
    return library != NULL && missing == NULL;
}

/* -- Devices --------------------------------------------------------------- */

/* 0 if the device does not say. Numbers are 4 or 8 bytes in OpenCL. */
static uint64_t number(const struct ag_cl *cl, cl_device_id id, cl_uint what)
{
    uint64_t value = 0;
    uint32_t half;
    size_t size = 0;
    if (cl->clGetDeviceInfo(id, what, sizeof value, &value, &size) != 0)
        return 0;
    memcpy(&half, &value, sizeof half);
    return size == sizeof half ? half : value;
}

/* "" if the device does not say; blanks at the ends are taken off. */
static void string(const struct ag_cl *cl, cl_device_id id, cl_uint what,
                   char *out, size_t size)
{
    char text[1024] = "";
    size_t skip, n;
    if (cl->clGetDeviceInfo(id, what, sizeof text - 1, text, NULL) != 0)
        text[0] = '\0';
    skip = strspn(text, " \t\n");
    n = strlen(text + skip);
    while (n > 0 && strchr(" \t\n", text[skip + n - 1]) != NULL)
        n--;
    snprintf(out, size, "%.*s", (int)n, text + skip);
}

static int has_extension(const struct ag_cl *cl, cl_device_id id,
                         const char *name)
{
    size_t size = 0;
    char *list = NULL;
    int is_there = 0;
    if (cl->clGetDeviceInfo(id, CL_DEVICE_EXTENSIONS, 0, NULL, &size) == 0)
        list = calloc(1, size + 1);
    if (list != NULL &&
        cl->clGetDeviceInfo(id, CL_DEVICE_EXTENSIONS, size, list, NULL) == 0)
        is_there = strstr(list, name) != NULL;
    free(list);
    return is_there;
}

static uint32_t find_devices(const struct ag_cl *cl,
                             struct found out[MAX_DEVICES],
                             char reason[WORDS_BYTES])
{
    static const cl_bitfield kinds[] = {
        CL_DEVICE_TYPE_GPU | CL_DEVICE_TYPE_ACCELERATOR, CL_DEVICE_TYPE_CPU};
    cl_platform_id platforms[MAX_PLATFORMS];
    cl_device_id ids[MAX_DEVICES];
    cl_uint count = 0, n = 0;
    uint32_t found = 0;
    char text[32];
    cl_int error = cl->clGetPlatformIDs(MAX_PLATFORMS, platforms, &count);
    if (error != CL_SUCCESS || count == 0) {
        snprintf(reason, WORDS_BYTES,
                 "no OpenCL driver is installed (clGetPlatformIDs: %s)",
                 error != CL_SUCCESS ? error_name(error, text) : "none");
        return 0;
    }
    if (count > MAX_PLATFORMS)
        count = MAX_PLATFORMS;
    for (cl_uint i = 0; i < 2 * count; i++) {
        struct found f = {platforms[i % count], NULL};
        error = cl->clGetDeviceIDs(f.platform, kinds[i / count], MAX_DEVICES,
                                   ids, &n);
        for (cl_uint k = 0; error == CL_SUCCESS && k < n && k < MAX_DEVICES &&
                            found < MAX_DEVICES;
             k++) {
            f.id = ids[k];
            out[found++] = f;
        }
    }
    snprintf(reason, WORDS_BYTES, "the OpenCL drivers here found no device");
    return found;
}

static int is_version_1_2(const char *version)
{
    unsigned major = 0, minor = 0;
    return sscanf(version, "OpenCL %u.%u", &major, &minor) == 2 &&
           (major > 1 || minor >= 2);
}

/* Whether kernels can run at all; if not, `reason` says why. */
static int is_usable(const struct ag_cl *cl, cl_device_id id,
                     char reason[WORDS_BYTES])
{
    char version[128], profile[32];
    uint64_t local = number(cl, id, CL_DEVICE_LOCAL_MEM_SIZE);
    uint64_t group = number(cl, id, CL_DEVICE_MAX_WORK_GROUP_SIZE);
    string(cl, id, CL_DEVICE_VERSION, version, sizeof version);
    string(cl, id, CL_DEVICE_PROFILE, profile, sizeof profile);
    reason[0] = '\0';
    if (number(cl, id, CL_DEVICE_AVAILABLE) == 0)
        snprintf(reason, WORDS_BYTES, "its driver says it is not available");
    else if (!is_version_1_2(version) || strcmp(profile, "FULL_PROFILE") != 0)
        snprintf(reason, WORDS_BYTES,
                 "it has %s (%s), and 1.2 with the full profile is needed",
                 version, profile);
    else if (number(cl, id, CL_DEVICE_COMPILER_AVAILABLE) == 0)
        snprintf(reason, WORDS_BYTES, "its driver has no compiler");
    else if (number(cl, id, CL_DEVICE_ENDIAN_LITTLE) == 0)
        snprintf(reason, WORDS_BYTES, "it is big-endian");
    else if (local < AG_WARP * AG_GROUP_BYTES_PER_LANE || group < AG_WARP)
        snprintf(reason, WORDS_BYTES,
                 "its groups are too small: %" PRIu64 " bytes of local memory "
                 "and %" PRIu64 " work items, where %d and %d are needed",
                 local, group, AG_WARP * AG_GROUP_BYTES_PER_LANE, AG_WARP);
    return reason[0] == '\0';
}

static void describe_limits(const struct ag_cl *cl, cl_device_id id, char *out,
                            size_t size)
{
    uint64_t kind = number(cl, id, CL_DEVICE_TYPE);
    char version[64];
    string(cl, id, CL_DEVICE_VERSION, version, sizeof version);
    snprintf(out, size,
             "%s, %s, local memory %" PRIu64 " KiB, groups of %" PRIu64
             ", one buffer %.0f MiB, %s 64-bit atomics",
             kind & CL_DEVICE_TYPE_CPU   ? "CPU"
             : kind & CL_DEVICE_TYPE_GPU ? "GPU"
                                         : "accelerator",
             version, number(cl, id, CL_DEVICE_LOCAL_MEM_SIZE) / 1024,
             number(cl, id, CL_DEVICE_MAX_WORK_GROUP_SIZE),
             (double)number(cl, id, CL_DEVICE_MAX_MEM_ALLOC_SIZE) / MIB,
             has_extension(cl, id, "cl_khr_int64_base_atomics") ? "with"
                                                                : "without");
}

static void describe(const struct ag_cl *cl, cl_device_id id, uint32_t index,
                     armgpu_device *out)
{
    char reason[WORDS_BYTES];
    out->index = index;
    out->is_gpu = number(cl, id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_GPU ? 1 : 0;
    out->memory_bytes = number(cl, id, CL_DEVICE_GLOBAL_MEM_SIZE);
    out->compute_units = (uint32_t)number(cl, id, CL_DEVICE_MAX_COMPUTE_UNITS);
    string(cl, id, CL_DEVICE_NAME, out->name, sizeof out->name);
    string(cl, id, CL_DRIVER_VERSION, out->driver, sizeof out->driver);
    out->usable = is_usable(cl, id, reason) ? 1 : 0;
    if (out->usable)
        describe_limits(cl, id, out->detail, sizeof out->detail);
    else
        snprintf(out->detail, sizeof out->detail, "%s", reason);
}

static uint32_t opencl_list(armgpu_device *out, uint32_t n)
{
    struct ag_cl cl;
    struct found found[MAX_DEVICES];
    char reason[WORDS_BYTES] = "";
    uint32_t count = load(&cl, reason) ? find_devices(&cl, found, reason) : 0;
    uint32_t entries = count > 0 ? count : 1;
    for (uint32_t i = 0; i < entries && i < n; i++) {
        memset(&out[i], 0, sizeof out[i]);
        out[i].size = sizeof out[i];
        snprintf(out[i].backend, sizeof out[i].backend, "opencl");
        if (count > 0)
            describe(&cl, found[i].id, i, &out[i]);
        else
            snprintf(out[i].detail, sizeof out[i].detail, "%s", reason);
    }
    return entries;
}

/* -- Launches -------------------------------------------------------------- */

static cl_int set_arguments(ag_device *d, cl_kernel kernel,
                            ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                            const ag_slice_args *args)
{
    cl_int error = CL_SUCCESS;
    cl_uint i;
    for (i = 0; i < AG_ARGUMENT_COUNT && error == CL_SUCCESS; i++) {
        cl_mem mem = buffers[i] != NULL ? buffers[i]->mem : NULL;
        error = d->cl.clSetKernelArg(kernel, i, sizeof mem, &mem);
    }
    if (error == CL_SUCCESS)
        error = d->cl.clSetKernelArg(kernel, i, sizeof *args, args);
    if (error == CL_SUCCESS)
        error = d->cl.clSetKernelArg(
            kernel, i + 1, (size_t)d->group * d->lane_bytes, NULL);
    return error;
}

static int32_t opencl_launch(ag_device *d, enum ag_kernel kernel,
                             ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                             const ag_slice_args *args)
{
    size_t group = d->group;
    /* Alone: one thread works. A group of another size would be compiled anew
       by drivers for CPUs. */
    size_t groups = ((size_t)ag_launch_threads(args) + group - 1) / group;
    size_t items = groups * group;
    cl_int error;
    if (d->is_hung)
        return ARMGPU_ERROR_DEVICE;
    if (items == 0)
        return ARMGPU_OK;
    error = set_arguments(d, d->kernels[kernel], buffers, args);
    if (error != CL_SUCCESS)
        return fail(d, "clSetKernelArg", error);
    d->launched = ag_now();
    error = d->cl.clEnqueueNDRangeKernel(d->queue, d->kernels[kernel], 1, NULL,
                                         &items, &group, 0, NULL, &d->event);
    if (error != CL_SUCCESS) {
        d->event = NULL;
        return fail(d, "clEnqueueNDRangeKernel", error);
    }
    error = d->cl.clFlush(d->queue);
    return error == CL_SUCCESS ? ARMGPU_OK : fail(d, "clFlush", error);
}

/* Asks until the event is over. Blocking calls would never come back from a
   device that hangs. */
static int32_t await(ag_device *d, int seconds)
{
    struct timespec pause = {0, 20000};
    for (;;) {
        cl_int status = CL_COMPLETE;
        cl_int error =
            d->cl.clGetEventInfo(d->event, CL_EVENT_COMMAND_EXECUTION_STATUS,
                                 sizeof status, &status, NULL);
        double waited = ag_now() - d->launched;
        if (error != CL_SUCCESS || status < 0)
            return fail(d, "the launch", error != CL_SUCCESS ? error : status);
        if (status == CL_COMPLETE)
            return ARMGPU_OK;
        if (waited > seconds)
            return hang(d, seconds);
        if (waited < 1e-4) {
            sched_yield();
            continue;
        }
        nanosleep(&pause, NULL);
        if (pause.tv_nsec < 500000)
            pause.tv_nsec += pause.tv_nsec / 4;
    }
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

static int32_t opencl_wait(ag_device *d, double *seconds)
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
    if (!d->is_hung)
        (void)d->cl.clReleaseEvent(d->event);
    d->event = NULL;
    return error;
}

/* -- Opening --------------------------------------------------------------- */

static int32_t refuse(ag_device *d, const char *why)
{
    snprintf(d->message, sizeof d->message, "%s", why);
    return ARMGPU_ERROR_BACKEND;
}

static int32_t choose_device(ag_device *d, uint32_t index)
{
    struct found found[MAX_DEVICES];
    char reason[WORDS_BYTES] = "";
    uint32_t count =
        load(&d->cl, reason) ? find_devices(&d->cl, found, reason) : 0;
    if (count == 0)
        return refuse(d, reason);
    if (index >= count) {
        snprintf(d->message, sizeof d->message,
                 "device %" PRIu32 " does not exist: the opencl backend has "
                 "devices 0 to %" PRIu32,
                 index, count - 1);
        return ARMGPU_ERROR_BACKEND;
    }
    d->id = found[index].id;
    d->platform = found[index].platform;
    string(&d->cl, d->id, CL_DEVICE_NAME, d->name, sizeof d->name);
    if (is_usable(&d->cl, d->id, reason))
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
        d->cl.clCreateContext(properties, 1, &d->id, notice, d, &error);
    if (error != CL_SUCCESS)
        return fail(d, "clCreateContext", error);
    d->queue = d->cl.clCreateCommandQueue(d->context, d->id,
                                          CL_QUEUE_PROFILING_ENABLE, &error);
    if (error != CL_SUCCESS)
        return fail(d, "clCreateCommandQueue", error);
    d->memory_bytes = number(&d->cl, d->id, CL_DEVICE_GLOBAL_MEM_SIZE);
    d->buffer_bytes = number(&d->cl, d->id, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    return ARMGPU_OK;
}

/* Adds the log's first lines about errors, or its first lines. */
static void add_log_lines(char *out, size_t size, const char *log)
{
    int wants_errors = strstr(log, "error") != NULL, lines = 0;
    size_t used = strlen(out);
    while (*log != '\0' && lines < 3 && used < size) {
        size_t n = strcspn(log, "\n");
        const char *error = strstr(log, "error");
        int is_error = error != NULL && error < log + n;
        if (n > 0 && (is_error || !wants_errors)) {
            int put = snprintf(out + used, size - used, "%s%.*s",
                               lines++ == 0 ? ": " : "; ", (int)n, log);
            used += put > 0 ? (size_t)put : 0;
        }
        log += n + (log[n] == '\n');
    }
}

static int32_t fail_build(ag_device *d, cl_program program, cl_int error)
{
    size_t size = 0;
    char *log = NULL;
    (void)fail(d, "compiling the kernels", error);
    if (d->cl.clGetProgramBuildInfo(program, d->id, CL_PROGRAM_BUILD_LOG, 0,
                                    NULL, &size) == CL_SUCCESS)
        log = calloc(1, size + 1);
    if (log != NULL &&
        d->cl.clGetProgramBuildInfo(program, d->id, CL_PROGRAM_BUILD_LOG, size,
                                    log, NULL) == CL_SUCCESS)
        add_log_lines(d->message, sizeof d->message, log);
    free(log);
    return ARMGPU_ERROR_BACKEND;
}

static int32_t build_source(ag_device *d)
{
    const char *text = d->source->text;
    size_t length = d->source->length;
    cl_int error = CL_SUCCESS;
    d->program =
        d->cl.clCreateProgramWithSource(d->context, 1, &text, &length, &error);
    if (error != CL_SUCCESS)
        return fail(d, "clCreateProgramWithSource", error);
    error = d->cl.clBuildProgram(d->program, 1, &d->id, d->options, NULL, NULL);
    return error == CL_SUCCESS ? ARMGPU_OK : fail_build(d, d->program, error);
}

static int32_t create_kernels(ag_device *d)
{
    for (int i = 0; i < AG_KERNEL_COUNT; i++) {
        cl_int error = CL_SUCCESS;
        d->kernels[i] =
            d->cl.clCreateKernel(d->program, ag_kernel_names[i], &error);
        if (error != CL_SUCCESS) {
            d->kernels[i] = NULL;
            return fail(d, "clCreateKernel", error);
        }
    }
    return ARMGPU_OK;
}

static void release_program(ag_device *d)
{
    for (int i = 0; i < AG_KERNEL_COUNT; i++) {
        if (d->kernels[i] != NULL)
            (void)d->cl.clReleaseKernel(d->kernels[i]);
        d->kernels[i] = NULL;
    }
    if (d->program != NULL)
        (void)d->cl.clReleaseProgram(d->program);
    d->program = NULL;
}

/* Returns 0, and leaves no program, if the driver does not want the bytes. */
static int build_cached(ag_device *d)
{
    size_t length = 0;
    unsigned char *bytes = ag_cache_load(&d->key, &length);
    const unsigned char *constant = bytes;
    cl_int status = CL_SUCCESS, error = CL_SUCCESS;
    if (bytes == NULL)
        return 0;
    d->program = d->cl.clCreateProgramWithBinary(d->context, 1, &d->id, &length,
                                                 &constant, &status, &error);
    free(bytes);
    if (error != CL_SUCCESS)
        d->program = NULL;
    if (d->program != NULL && status == CL_SUCCESS &&
        d->cl.clBuildProgram(d->program, 1, &d->id, d->options, NULL, NULL) ==
            CL_SUCCESS &&
        create_kernels(d) == ARMGPU_OK)
        return 1;
    release_program(d);
    return 0;
}

/* The context has one device, so there is one binary. */
static void store_binary(ag_device *d)
{
    size_t length = 0;
    unsigned char *bytes = NULL;
    if (d->cl.clGetProgramInfo(d->program, CL_PROGRAM_BINARY_SIZES,
                               sizeof length, &length, NULL) == CL_SUCCESS &&
        length > 0)
        bytes = malloc(length);
    if (bytes != NULL &&
        d->cl.clGetProgramInfo(d->program, CL_PROGRAM_BINARIES, sizeof bytes,
                               &bytes, NULL) == CL_SUCCESS)
        ag_cache_store(&d->key, bytes, length);
    free(bytes);
}

static uint64_t kernel_number(ag_device *d, cl_uint what)
{
    uint64_t value = 0;
    uint32_t half;
    size_t size = 0;
    if (d->cl.clGetKernelWorkGroupInfo(d->kernels[AG_KERNEL_SLICE], d->id, what,
                                       sizeof value, &value, &size) != 0)
        return 0;
    memcpy(&half, &value, sizeof half);
    return size == sizeof half ? half : value;
}

/* Lanes of a group at most, a multiple of AG_WARP. */
static uint64_t largest_group(ag_device *d)
{
    uint64_t items = kernel_number(d, CL_KERNEL_WORK_GROUP_SIZE);
    uint64_t local = number(&d->cl, d->id, CL_DEVICE_LOCAL_MEM_SIZE);
    uint64_t taken = kernel_number(d, CL_KERNEL_LOCAL_MEM_SIZE);
    uint64_t lanes =
        (local > taken ? local - taken : 0) / d->lane_bytes;
    return (lanes < items ? lanes : items) / AG_WARP * AG_WARP;
}

/* Work items that the hardware executes together (64 on some), in whole warps
   of ours. A CPU takes them one by one. */
static uint32_t warp_threads(ag_device *d)
{
    uint64_t together =
        kernel_number(d, CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE);
    if (number(&d->cl, d->id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU ||
        together > MAX_GROUP)
        together = AG_WARP;
    return (uint32_t)(together + AG_WARP - 1) / AG_WARP * AG_WARP;
}

/* One warp at least, and what the hardware executes together. */
static int32_t choose_group(ag_device *d, uint64_t lanes)
{
    uint64_t most = largest_group(d);
    uint64_t units = number(&d->cl, d->id, CL_DEVICE_MAX_COMPUTE_UNITS);
    uint64_t together = warp_threads(d);
    if (most < AG_WARP) {
        snprintf(d->message, sizeof d->message,
                 "OpenCL on %s cannot be used: its groups hold %" PRIu64
                 " work items of the kernel, and %d are needed",
                 d->name, kernel_number(d, CL_KERNEL_WORK_GROUP_SIZE), AG_WARP);
        return ARMGPU_ERROR_BACKEND;
    }
    d->group = AG_WARP;
    if (number(&d->cl, d->id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU)
        return ARMGPU_OK; /* one thread runs a group, whatever its size */
    while (d->group * 2 <= most && d->group * 2 <= MAX_GROUP &&
           (d->group < together ||
            lanes / (d->group * 2) >= GROUPS_PER_UNIT * units))
        d->group *= 2;
    return ARMGPU_OK;
}

/* A launch that has no lanes: drivers that put off compiling do it now, and
   what they make is in the binary that the cache gets. */
static int32_t launch_nothing(ag_device *d)
{
    ag_buffer *const buffers[AG_ARGUMENT_COUNT] = {NULL};
    const ag_slice_args args = {.alone = 1};
    for (int i = 0; i < AG_KERNEL_COUNT; i++) {
        int32_t error = opencl_launch(d, (enum ag_kernel)i, buffers, &args);
        if (error == ARMGPU_OK)
            error = await(d, COMPILE_SECONDS);
        if (d->event != NULL && !d->is_hung)
            (void)d->cl.clReleaseEvent(d->event);
        d->event = NULL;
        if (error != ARMGPU_OK)
            return error;
    }
    return ARMGPU_OK;
}

static void make_key(ag_device *d)
{
    char platform[128] = "", release[128] = "", version[128], driver[128];
    (void)d->cl.clGetPlatformInfo(d->platform, CL_PLATFORM_NAME,
                                  sizeof platform - 1, platform, NULL);
    (void)d->cl.clGetPlatformInfo(d->platform, CL_PLATFORM_VERSION,
                                  sizeof release - 1, release, NULL);
    string(&d->cl, d->id, CL_DEVICE_VERSION, version, sizeof version);
    string(&d->cl, d->id, CL_DRIVER_VERSION, driver, sizeof driver);
    snprintf(d->key_device, sizeof d->key_device, "%s, %s", d->name, platform);
    snprintf(d->key_driver, sizeof d->key_driver, "%s, %s, %s", driver, version,
             release);
    d->key.source_hash = d->source->hash;
    d->key.backend = "opencl";
    d->key.device = d->key_device;
    d->key.driver = d->key_driver;
    d->key.options = d->options;
}

static int32_t open_program(ag_device *d,
                            const struct ag_device_options *options,
                            struct ag_device_info *info)
{
    double start = ag_now();
    int32_t error = ARMGPU_OK;
    snprintf(d->options, sizeof d->options,
             "-cl-std=CL1.2 -DAG_LAYOUT=%" PRIu32 "%s", options->layout,
             options->marks ? " -DAG_MARKS=1" : "");
    make_key(d);
    info->was_cached = build_cached(d) ? 1 : 0;
    if (!info->was_cached)
        error = build_source(d);
    if (error == ARMGPU_OK && !info->was_cached)
        error = create_kernels(d);
    if (error == ARMGPU_OK)
        error = choose_group(d, options->lanes);
    if (error == ARMGPU_OK)
        error = launch_nothing(d);
    if (error == ARMGPU_OK && !info->was_cached && ag_cache_is_on())
        store_binary(d);
    info->compile_seconds = ag_now() - start;
    return error;
}

static void fill_info(ag_device *d, struct ag_device_info *info)
{
    uint64_t units = number(&d->cl, d->id, CL_DEVICE_MAX_COMPUTE_UNITS);
    uint64_t kind = number(&d->cl, d->id, CL_DEVICE_TYPE);
    snprintf(info->name, sizeof info->name, "%s", d->name);
    info->workers =
        (uint32_t)(kind & CL_DEVICE_TYPE_CPU ? units
                                             : units * largest_group(d));
    info->slice_fuel = 0;
    info->warp_threads = warp_threads(d);
    info->warps =
        kind & CL_DEVICE_TYPE_CPU ? 0 : (uint32_t)units * SCHEDULERS;
    info->memory_bytes = d->memory_bytes;
    info->buffer_bytes = d->buffer_bytes;
}

/* A launch that never ended still uses the context, and `notice` the device:
   both are left to the end of the process. */
static void opencl_close(ag_device *d)
{
    if (d == NULL || d->is_hung)
        return;
    if (d->event != NULL)
        (void)d->cl.clReleaseEvent(d->event);
    release_program(d);
    if (d->queue != NULL)
        (void)d->cl.clReleaseCommandQueue(d->queue);
    if (d->context != NULL)
        (void)d->cl.clReleaseContext(d->context);
    pthread_mutex_destroy(&d->mutex);
    free(d);
}

static int32_t opencl_open(ag_device **out,
                           const struct ag_device_options *options,
                           struct ag_device_info *info,
                           char message[AG_MESSAGE_BYTES])
{
    ag_device *d = calloc(1, sizeof *d);
    int32_t error;
    *out = NULL;
    if (d == NULL) {
        snprintf(message, AG_MESSAGE_BYTES, "out of memory");
        return ARMGPU_ERROR_MEMORY;
    }
    pthread_mutex_init(&d->mutex, NULL);
    d->source =
        options->source != NULL ? options->source : &ag_kernel_source_cl;
    d->lane_bytes = options->source != NULL ? AG_OTHER_BYTES_PER_LANE
                                            : AG_GROUP_BYTES_PER_LANE;
    error = choose_device(d, options->index);
    if (error == ARMGPU_OK)
        error = open_queue(d);
    if (error == ARMGPU_OK)
        error = open_program(d, options, info);
    if (error != ARMGPU_OK) {
        snprintf(message, AG_MESSAGE_BYTES, "%s", d->message);
        opencl_close(d);
        return error;
    }
    fill_info(d, info);
    *out = d;
    return ARMGPU_OK;
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
                               : fail(d, "clEnqueueFillBuffer", error);
}

/* Puts into the message why there is no room, if that can be known before. */
static int has_room(ag_device *d, uint64_t bytes)
{
    if (bytes > SIZE_MAX || bytes > d->buffer_bytes) {
        snprintf(d->message, sizeof d->message,
                 "OpenCL on %s: one buffer can have %.0f MiB and %.0f MiB are "
                 "needed: use fewer lanes or less memory",
                 d->name, (double)d->buffer_bytes / MIB, (double)bytes / MIB);
        return 0;
    }
    if (bytes > d->memory_bytes - d->used_bytes) {
        snprintf(d->message, sizeof d->message,
                 "OpenCL on %s: %.0f MiB are needed and %.0f of %.0f MiB are "
                 "left: use fewer lanes or less memory",
                 d->name, (double)bytes / MIB,
                 (double)(d->memory_bytes - d->used_bytes) / MIB,
                 (double)d->memory_bytes / MIB);
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
        (void)fail(d, "clCreateBuffer", error);
        free(buffer);
        return NULL;
    }
    buffer->bytes = bytes;
    d->used_bytes += bytes;
    if (opencl_fill(d, buffer, 0, 0, bytes) == ARMGPU_OK) {
        error = d->cl.clFinish(d->queue);
        if (error == CL_SUCCESS)
            return buffer;
        (void)fail(d, "zeroing a buffer", error);
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
                               : fail(d, "clEnqueueWriteBuffer", error);
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
                               : fail(d, "clEnqueueReadBuffer", error);
}

const struct ag_backend ag_backend_opencl = {
    .name = "opencl",
    .auto_lanes = 4096,
    .private_layout = AG_LAYOUT_INTERLEAVED,
    .list = opencl_list,
    .open = opencl_open,
    .close = opencl_close,
    .message = opencl_message,
    .alloc = opencl_alloc,
    .release = opencl_release,
    .map = opencl_map,
    .upload = opencl_upload,
    .download = opencl_download,
    .fill = opencl_fill,
    .launch = opencl_launch,
    .wait = opencl_wait,
};
