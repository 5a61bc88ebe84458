/*
 * The Metal backend, in C: kernels/entry/entry.metal on a Mac's GPU through
 * objc_msgSend. Buffers are in memory that the GPU and the host share, and the
 * host uses them in place. One launch is in flight at a time, and its end is
 * polled for, because waiting in the system has no time limit.
 *
 * Every function that sends messages has an autorelease pool of its own around
 * it, so it does not matter which thread calls.
 *
 * For measuring and finding faults: ARMGPU_METAL_GROUP lanes a threadgroup (32,
 * 64 or 96), ARMGPU_METAL_TIMEOUT seconds that a launch may take.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/backend.h"
#include "backend/metal/metal_api.h"
#include "backend/metal/metal_inspect.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_DEVICES 16
/* Slices take 50 ms; the system itself ends a launch after some seconds. */
#define TIMEOUT_SECONDS 60
#define POLL_MIN_NANOSECONDS 20000
#define POLL_MAX_NANOSECONDS 500000
/* A lane's registers take 272 bytes of threadgroup memory in a small group and
   in a large one. Small groups spread few lanes over many cores; with many
   lanes larger ones are fewer to start. 96 lanes leave room in 32 KiB. */
#define MAX_GROUP 96
#define LARGE_GROUPS_FROM 4096
/* Metal does not say how many cores a GPU has: those of a first M1, each of
   which issues for 4 SIMD groups at one time. */
#define FEWEST_CORES 8
#define SCHEDULERS 4
#define MIB 1048576.0

struct ag_buffer {
    ag_id object;
    uint8_t *contents;
};

struct ag_device {
    ag_id device, queue;
    ag_id pipelines[AG_KERNEL_COUNT];
    ag_id launched; /* the command buffer in flight; NULL if none is */
    ag_ns_version system;
    uint32_t group; /* lanes of a threadgroup */
    uint32_t marks; /* as in ag_device_options */
    double timeout;
    int is_lost; /* nothing can be done with it any more */
    char name[128];
    char message[AG_MESSAGE_BYTES];
};

static ag_id new_string(const char *text)
{
    return ag_mtl_string((ag_id)(void *)objc_getClass("NSString"), text);
}

static void release(ag_id object)
{
    if (object != NULL)
        ag_mtl_release(object);
}

/* -- Errors ---------------------------------------------------------------- */

/* "" where there is no error object: Metal may fail without one. */
static const char *error_words(ag_id error)
{
    const char *words =
        error == NULL ? NULL : ag_mtl_utf8(ag_mtl_error_text(error));
    return words != NULL ? words : "";
}

static int32_t fail(ag_device *d, const char *what, ag_id error)
{
    const char *words = error_words(error);
    snprintf(d->message, sizeof d->message, "Metal on %s: %s%s%s", d->name,
             what, words[0] != '\0' ? ": " : "", words);
    return ARMGPU_ERROR_DEVICE;
}

static const char *advice(ag_ns_int code)
{
    switch (code) {
    case AG_MTL_ERROR_TIMEOUT:
        return "the system ended a launch that took too long: use fewer lanes";
    case AG_MTL_ERROR_INTERACTIVITY:
        return "the system ended a launch that kept the display waiting: use "
               "fewer lanes, or leave the display alone";
    case AG_MTL_ERROR_ACCESS_REVOKED:
        return "after several failures the system lets this process use the "
               "GPU no more: start again";
    case AG_MTL_ERROR_OUT_OF_MEMORY:
        return "use fewer lanes or less memory";
    case AG_MTL_ERROR_DEVICE_REMOVED:
        return "the GPU is gone";
    default:
        return "if it happens again, please report it with what 'armgpu check "
               "--backend metal' prints";
    }
}

/* What became of lanes in a launch that failed is not known: the device is not
   used again. */
static int32_t lose(ag_device *d, const char *words, const char *what_to_do)
{
    d->is_lost = 1;
    snprintf(d->message, sizeof d->message, "Metal on %s: %s: %s", d->name,
             words, what_to_do);
    return ARMGPU_ERROR_DEVICE;
}

/* -- Devices --------------------------------------------------------------- */

/* The default device and then the others, each with a reference. Either source
   may be empty where the other is not: without a login session there is no
   default, in a sandbox no list. */
static uint32_t find_devices(ag_id out[MAX_DEVICES])
{
    ag_id first = MTLCreateSystemDefaultDevice(), all = MTLCopyAllDevices();
    uint32_t n = 0;
    if (first != NULL)
        out[n++] = first;
    for (ag_ns_uint i = 0; all != NULL && i < ag_mtl_array_count(all); i++) {
        ag_id device = ag_mtl_array_at(all, i);
        if (n < MAX_DEVICES &&
            (first == NULL ||
             ag_mtl_registry_id(device) != ag_mtl_registry_id(first)))
            out[n++] = ag_mtl_retain(device);
    }
    release(all);
    return n;
}

static int is_usable(ag_id device)
{
    return ag_mtl_supports_family(device, AG_MTL_FAMILY_APPLE7);
}

#define NO_DEVICE                                                              \
    "Metal has no device here: this process may run without a login session "  \
    "or in a virtual machine"
#define OLD_DEVICE                                                             \
    "an Apple GPU of family 7 (M1) or later is needed: this one has another "  \
    "width of its SIMD groups or less memory for them"

static ag_ns_version system_version(void)
{
    ag_class class = objc_getClass("NSProcessInfo");
    return ag_mtl_system_version(ag_mtl_process_info((ag_id)(void *)class));
}

static void describe(ag_id device, uint32_t index, armgpu_device *out)
{
    ag_ns_version v = system_version();
    out->index = index;
    out->is_gpu = 1;
    out->memory_bytes = ag_mtl_working_set(device);
    out->usable = is_usable(device) ? 1 : 0;
    snprintf(out->name, sizeof out->name, "%s",
             ag_mtl_utf8(ag_mtl_device_name(device)));
    snprintf(out->driver, sizeof out->driver, "macOS %ld.%ld.%ld", v.major,
             v.minor, v.patch);
    if (out->usable)
        snprintf(out->detail, sizeof out->detail,
                 "GPU, threadgroup memory %lu KiB, one buffer %.0f MiB, %s",
                 ag_mtl_max_group_memory(device) / 1024,
                 (double)ag_mtl_max_buffer(device) / MIB,
                 ag_mtl_has_unified_memory(device) ? "unified memory"
                                                   : "memory of its own");
    else
        snprintf(out->detail, sizeof out->detail, "%s", OLD_DEVICE);
}

static uint32_t metal_list(armgpu_device *out, uint32_t n)
{
    ag_id devices[MAX_DEVICES];
    void *pool = objc_autoreleasePoolPush();
    ag_metal_prepare();
    uint32_t count = find_devices(devices);
    for (uint32_t i = 0; i < (count > 0 ? count : 1) && i < n; i++) {
        memset(&out[i], 0, sizeof out[i]);
        out[i].size = sizeof out[i];
        snprintf(out[i].backend, sizeof out[i].backend, "metal");
        if (count > 0)
            describe(devices[i], i, &out[i]);
        else
            snprintf(out[i].detail, sizeof out[i].detail, "%s", NO_DEVICE);
    }
    for (uint32_t i = 0; i < count; i++)
        release(devices[i]);
    objc_autoreleasePoolPop(pool);
    return count > 0 ? count : 1;
}

/* -- Compiling ------------------------------------------------------------- */

/* The newest language that this system surely has, up to the newest that is of
   use; 64-bit integers in buffers came with 2.3. */
static ag_ns_uint language_version(ag_ns_version system)
{
    static const struct {
        ag_ns_int system;
        ag_ns_uint language;
    } versions[] = {{15, 0x30002}, {14, 0x30001}, {13, 0x30000}, {12, 0x20004}};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        if (system.major >= versions[i].system)
            return versions[i].language;
    return 0x20003;
}

static ag_id new_options(const ag_device *d)
{
    ag_class class = objc_getClass("MTLCompileOptions");
    ag_id options = ag_mtl_new_object((ag_id)(void *)class);
    /* The older of the two was replaced in macOS 15. */
    if (ag_mtl_responds(options, AG_SELECTOR(set_math_mode)))
        ag_mtl_set_math_mode(options, AG_MTL_MATH_SAFE);
    else
        ag_mtl_set_fast_math(options, 0);
    ag_mtl_set_language(options, language_version(d->system));
    return options;
}

/* The kernels' text after the constants that it is compiled for. */
static char *write_source(const ag_device *d, uint32_t layout)
{
    const struct ag_kernel_source *k = &ag_kernel_source_metal;
    size_t size = k->length + 128;
    char *text = malloc(size);
    if (text != NULL) {
        int head = snprintf(text, size,
                            "#define AG_LAYOUT %" PRIu32
                            "\n#define AG_GROUP_LANES %" PRIu32
                            "\n#define AG_MARKS %" PRIu32 "\n",
                            layout, d->group, d->marks);
        memcpy(text + head, k->text, k->length);
        text[(size_t)head + k->length] = '\0';
    }
    return text;
}

static ag_id compile(ag_device *d, uint32_t layout)
{
    ag_id error = NULL, library = NULL, options = new_options(d);
    char *text = write_source(d, layout);
    if (text == NULL) {
        snprintf(d->message, sizeof d->message, "out of memory");
    } else {
        library =
            ag_mtl_new_library(d->device, new_string(text), options, &error);
        /* An error beside a library is a warning. */
        if (library == NULL)
            fail(d, "compiling the kernels failed", error);
    }
    free(text);
    release(options);
    return library;
}

static int32_t create_pipeline(ag_device *d, ag_id library, int kernel)
{
    ag_id error = NULL;
    ag_id function =
        ag_mtl_new_function(library, new_string(ag_kernel_names[kernel]));
    if (function == NULL)
        return fail(d, "the compiled kernels lack one", NULL);
    d->pipelines[kernel] = ag_mtl_new_pipeline(d->device, function, &error);
    release(function);
    return d->pipelines[kernel] != NULL
               ? ARMGPU_OK
               : fail(d, "making a pipeline failed", error);
}

/* The device must take groups as they were compiled. */
static int32_t check_pipeline(ag_device *d, int kernel)
{
    ag_id pipeline = d->pipelines[kernel];
    if (ag_mtl_simd_width(pipeline) != AG_WARP)
        return fail(d, OLD_DEVICE, NULL);
    if (ag_mtl_group_memory(pipeline) > ag_mtl_max_group_memory(d->device))
        return fail(d, "the lanes' registers do not fit threadgroup memory",
                    NULL);
    return ARMGPU_OK;
}

static uint32_t most_threads(const ag_device *d)
{
    ag_ns_uint most = MAX_GROUP;
    for (int i = 0; i < AG_KERNEL_COUNT; i++) {
        ag_ns_uint threads = ag_mtl_max_threads(d->pipelines[i]);
        most = threads < most ? threads : most;
    }
    return (uint32_t)most / AG_WARP * AG_WARP;
}

static void release_pipelines(ag_device *d)
{
    for (int i = 0; i < AG_KERNEL_COUNT; i++) {
        release(d->pipelines[i]);
        d->pipelines[i] = NULL;
    }
}

static int32_t build(ag_device *d, uint32_t layout)
{
    ag_id library = compile(d, layout);
    int32_t error = library == NULL ? ARMGPU_ERROR_DEVICE : ARMGPU_OK;
    for (int i = 0; i < AG_KERNEL_COUNT && error == ARMGPU_OK; i++) {
        error = create_pipeline(d, library, i);
        if (error == ARMGPU_OK)
            error = check_pipeline(d, i);
    }
    release(library);
    return error;
}

static uint32_t choose_group(uint64_t lanes)
{
    const char *asked = getenv("ARMGPU_METAL_GROUP");
    unsigned long n = asked == NULL ? 0 : strtoul(asked, NULL, 10);
    if (n >= AG_WARP && n <= MAX_GROUP)
        return (uint32_t)n / AG_WARP * AG_WARP;
    return lanes < LARGE_GROUPS_FROM ? AG_WARP : MAX_GROUP;
}

/* A group's size is in the kernel's text; where registers allow fewer threads,
   the text is compiled again for those. */
static int32_t open_kernels(ag_device *d,
                            const struct ag_device_options *options)
{
    d->group = choose_group(options->lanes);
    d->marks = options->marks;
    int32_t error = build(d, options->layout);
    if (error != ARMGPU_OK || most_threads(d) >= d->group)
        return error;
    d->group = most_threads(d);
    release_pipelines(d);
    if (d->group == 0)
        return fail(d, "the kernels need too many registers", NULL);
    return build(d, options->layout);
}

/* -- Opening --------------------------------------------------------------- */

static int32_t choose_device(ag_device *d, uint32_t index)
{
    ag_id devices[MAX_DEVICES];
    uint32_t count = find_devices(devices);
    for (uint32_t i = 0; i < count; i++)
        if (i == index)
            d->device = devices[i];
        else
            release(devices[i]);
    if (count == 0)
        snprintf(d->message, sizeof d->message, "%s", NO_DEVICE);
    else if (d->device == NULL)
        snprintf(d->message, sizeof d->message,
                 "Metal has no device %" PRIu32 ": 'armgpu devices' lists "
                 "the devices", index);
    if (d->device == NULL)
        return ARMGPU_ERROR_BACKEND;
    snprintf(d->name, sizeof d->name, "%s",
             ag_mtl_utf8(ag_mtl_device_name(d->device)));
    if (is_usable(d->device))
        return ARMGPU_OK;
    fail(d, OLD_DEVICE, NULL);
    return ARMGPU_ERROR_BACKEND;
}

static void read_timeout(ag_device *d)
{
    const char *asked = getenv("ARMGPU_METAL_TIMEOUT");
    d->timeout = asked == NULL ? 0 : strtod(asked, NULL);
    if (!(d->timeout > 0))
        d->timeout = TIMEOUT_SECONDS;
}

static int32_t open_all(ag_device *d, const struct ag_device_options *options,
                        struct ag_device_info *info)
{
    double start = ag_now();
    ag_metal_prepare();
    read_timeout(d);
    int32_t error = choose_device(d, options->index);
    if (error != ARMGPU_OK)
        return error;
    d->system = system_version();
    d->queue = ag_mtl_new_queue(d->device);
    if (d->queue == NULL)
        return fail(d, "there is no command queue to be had", NULL);
    error = open_kernels(d, options);
    snprintf(info->name, sizeof info->name, "%s", d->name);
    info->workers = d->group;
    info->warp_threads = AG_WARP;
    info->warps = FEWEST_CORES * SCHEDULERS;
    info->memory_bytes = ag_mtl_working_set(d->device);
    info->buffer_bytes = ag_mtl_max_buffer(d->device);
    info->compile_seconds = ag_now() - start;
    return error;
}

static void metal_close(ag_device *d)
{
    if (d == NULL)
        return;
    void *pool = objc_autoreleasePoolPush();
    release(d->launched);
    release_pipelines(d);
    release(d->queue);
    release(d->device);
    objc_autoreleasePoolPop(pool);
    free(d);
}

static int32_t metal_open(ag_device **out,
                          const struct ag_device_options *options,
                          struct ag_device_info *info,
                          char message[AG_MESSAGE_BYTES])
{
    ag_device *d = calloc(1, sizeof *d);
    *out = NULL;
    if (d == NULL) {
        snprintf(message, AG_MESSAGE_BYTES, "out of memory");
        return ARMGPU_ERROR_MEMORY;
    }
    void *pool = objc_autoreleasePoolPush();
    int32_t error = open_all(d, options, info);
    objc_autoreleasePoolPop(pool);
    if (error == ARMGPU_OK) {
        *out = d;
        return ARMGPU_OK;
    }
    snprintf(message, AG_MESSAGE_BYTES, "%s", d->message);
    metal_close(d);
    return error;
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
    release(buffer->object);
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
        buffer->object = ag_mtl_new_buffer(
            d->device, bytes > 0 ? bytes : 16, AG_MTL_STORAGE_SHARED);
    if (buffer != NULL && buffer->object != NULL)
        buffer->contents = ag_mtl_contents(buffer->object);
    objc_autoreleasePoolPop(pool);
    if (buffer != NULL && buffer->contents != NULL)
        return buffer;
    snprintf(d->message, sizeof d->message,
             "Metal on %s: there is no buffer of %.0f MiB to be had (one has "
             "at most %.0f MiB): use fewer lanes or less memory",
             d->name, (double)bytes / MIB, (double)most / MIB);
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

/* -- Launches -------------------------------------------------------------- */

static void encode(const ag_device *d, ag_id encoder, int kernel,
                   ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                   const ag_slice_args *args)
{
    ag_ns_uint threads = (ag_ns_uint)ag_launch_threads(args);
    ag_mtl_size groups = {(threads + d->group - 1) / d->group, 1, 1};
    ag_mtl_size group = {d->group, 1, 1};
    ag_mtl_set_pipeline(encoder, d->pipelines[kernel]);
    for (unsigned i = 0; i < AG_ARGUMENT_COUNT; i++) {
        /* What a launch does not touch must be some buffer nonetheless. */
        const ag_buffer *b =
            buffers[buffers[i] != NULL ? i : AG_ARGUMENT_CONTROL];
        ag_mtl_set_buffer(encoder, b->object, 0, i);
    }
    ag_mtl_set_bytes(encoder, args, sizeof *args, AG_ARGUMENT_COUNT);
    ag_mtl_dispatch(encoder, groups, group);
}

static int32_t metal_launch(ag_device *d, enum ag_kernel kernel,
                            ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                            const ag_slice_args *args)
{
    int32_t error = ARMGPU_OK;
    if (d->is_lost)
        return ARMGPU_ERROR_DEVICE;
    void *pool = objc_autoreleasePoolPush();
    ag_id commands = ag_mtl_command_buffer(d->queue);
    ag_id encoder = commands == NULL ? NULL : ag_mtl_encoder(commands);
    if (encoder == NULL) {
        error = fail(d, "there is no command buffer to be had", NULL);
    } else {
        encode(d, encoder, (int)kernel, buffers, args);
        ag_mtl_end_encoding(encoder);
        ag_mtl_commit(commands);
        d->launched = ag_mtl_retain(commands); /* beyond this pool */
    }
    objc_autoreleasePoolPop(pool);
    return error;
}

/* The status when the launch has ended or its time is up. */
static ag_ns_uint poll_status(const ag_device *d)
{
    double deadline = ag_now() + d->timeout;
    struct timespec nap = {0, POLL_MIN_NANOSECONDS};
    ag_ns_uint status = ag_mtl_status(d->launched);
    while (status < AG_MTL_STATUS_COMPLETED && ag_now() < deadline) {
        nanosleep(&nap, NULL);
        nap.tv_nsec = nap.tv_nsec * 5 / 4;
        if (nap.tv_nsec > POLL_MAX_NANOSECONDS)
            nap.tv_nsec = POLL_MAX_NANOSECONDS;
        status = ag_mtl_status(d->launched);
    }
    return status;
}

static int32_t finish(ag_device *d, double *seconds)
{
    ag_ns_uint status = poll_status(d);
    char words[200];
    if (status == AG_MTL_STATUS_COMPLETED) {
        *seconds = ag_mtl_gpu_end(d->launched) - ag_mtl_gpu_start(d->launched);
        return ARMGPU_OK;
    }
    if (status == AG_MTL_STATUS_ERROR) {
        ag_id error = ag_mtl_error(d->launched);
        snprintf(words, sizeof words, "a launch failed%s%.150s",
                 error != NULL ? ": " : "", error_words(error));
        return lose(d, words,
                    advice(error == NULL ? 0 : ag_mtl_error_code(error)));
    }
    snprintf(words, sizeof words, "a launch did not end within %.0f seconds",
             d->timeout);
    return lose(d, words, "the device hangs");
}

static int32_t metal_wait(ag_device *d, double *seconds)
{
    void *pool = objc_autoreleasePoolPush();
    int32_t error = finish(d, seconds);
    release(d->launched);
    d->launched = NULL;
    objc_autoreleasePoolPop(pool);
    return error;
}

/* -- Inspection ------------------------------------------------------------ */

static void say_limits(const ag_device *d, ag_line_fn line, void *user)
{
    ag_mtl_size most = ag_mtl_max_group_size(d->device);
    ag_ns_uint language = language_version(d->system);
    char text[200];
    snprintf(text, sizeof text,
             "macOS %ld.%ld.%ld, language %lu.%lu, threadgroups of %" PRIu32
             " lanes",
             d->system.major, d->system.minor, d->system.patch, language >> 16,
             language & 0xffff, d->group);
    line(user, text);
    snprintf(text, sizeof text,
             "threads %lu x %lu x %lu, threadgroup memory %lu of %lu bytes, "
             "pipeline's threads %lu, SIMD width %lu",
             most.width, most.height, most.depth,
             ag_mtl_group_memory(d->pipelines[0]),
             ag_mtl_max_group_memory(d->device),
             ag_mtl_max_threads(d->pipelines[0]),
             ag_mtl_simd_width(d->pipelines[0]));
    line(user, text);
    snprintf(text, sizeof text,
             "working set %.0f MiB, one buffer %.0f MiB, %s",
             (double)ag_mtl_working_set(d->device) / MIB,
             (double)ag_mtl_max_buffer(d->device) / MIB,
             ag_mtl_has_unified_memory(d->device) ? "unified memory"
                                                  : "memory of its own");
    line(user, text);
}

/* Objects of all kinds that messages are sent to; nothing of it is launched. */
static uint32_t metal_inspect(ag_device *d, ag_line_fn line, void *user)
{
    void *pool = objc_autoreleasePoolPush();
    uint32_t differences;
    ag_id library = compile(d, AG_LAYOUT_SHARED);
    ag_id options = new_options(d);
    ag_id buffer = ag_mtl_new_buffer(d->device, 16, AG_MTL_STORAGE_SHARED);
    ag_id commands = ag_mtl_command_buffer(d->queue);
    ag_id encoder = ag_mtl_encoder(commands);
    const struct ag_metal_object objects[] = {
        {"NSObject", d->device},
        {"MTLDevice", d->device},
        {"MTLLibrary", library},
        {"MTLCompileOptions", options},
        {"MTLComputePipelineState", d->pipelines[0]},
        {"MTLBuffer", buffer},
        {"MTLCommandQueue", d->queue},
        {"MTLCommandBuffer", commands},
        {"MTLComputeCommandEncoder", encoder},
    };
    say_limits(d, line, user);
    differences = ag_metal_compare(
        objects, (int)(sizeof objects / sizeof *objects), line, user);
    if (encoder != NULL)
        ag_mtl_end_encoding(encoder);
    release(library);
    release(options);
    release(buffer);
    objc_autoreleasePoolPop(pool);
    return differences;
}

const struct ag_backend ag_backend_metal = {
    .name = "metal",
    .auto_lanes = 32,
    .private_layout = AG_LAYOUT_INTERLEAVED,
    .list = metal_list,
    .open = metal_open,
    .close = metal_close,
    .message = metal_message,
    .alloc = metal_alloc,
    .release = metal_release,
    .map = metal_map,
    .upload = metal_upload,
    .download = metal_download,
    .fill = metal_fill,
    .launch = metal_launch,
    .wait = metal_wait,
    .inspect = metal_inspect,
};
