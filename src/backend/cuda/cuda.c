/*
 * The CUDA backend: the driver by dlopen, kernels compiled by NVRTC for the
 * device at hand and kept in the cache. A handle uses the device's primary
 * context and its default stream, so that transfers and launches follow each
 * other in the order of the calls. No call waits for a launch but wait(), which
 * gives up on a device that hangs.
 *
 * For measuring and finding faults: ARMGPU_VERBOSE=1 prints what was opened,
 * ARMGPU_CUDA_BLOCK lanes a block, ARMGPU_CUDA_CARVEOUT percent of L1 that is
 * shared memory, ARMGPU_CUDA_OPTIONS more compiler options, ARMGPU_CUDA_TIMEOUT
 * seconds that a launch may take (0: any).
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/backend.h"
#include "backend/cache.h"
#include "backend/cuda/cuda_api.h"
#include "backend/library.h"
#include "backend/cuda/nvrtc.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MIN_DRIVER 11000   /* CUDA 11.0 */
#define MIN_CAPABILITY 70u /* lanes of a warp progress independently */
#define MAX_BLOCK 1024     /* threads, of every device */
#define AUTO_BLOCKS 4      /* choices of the block size: 1 to 4 warps */
#define SERVE_BLOCK 128    /* threads of the serving kernel's blocks */
#define SCHEDULERS 4       /* of a multiprocessor, since MIN_CAPABILITY */
#define FREE_SHARED 49152  /* what a block may have without asking */
#define SPIN_SECONDS 50e-6
#define POLL_NANOSECONDS 50000
#define TIMEOUT_SECONDS 120

struct ag_buffer {
    ag_cu_address address;
    uint64_t bytes;
};

struct properties {
    char name[128];
    uint64_t memory;
    uint32_t capability; /* 90 is 9.0 */
    uint32_t multiprocessors;
    uint32_t shared_bytes; /* a block's, at most */
};

struct ag_device {
    struct ag_cuda cu;
    int driver_version; /* 13000 is 13.0 */
    ag_cu_device ordinal;
    struct properties properties;
    ag_cu_context context;
    ag_cu_module module;
    const struct ag_kernel_source *source;
    ag_cu_function kernels[AG_KERNEL_COUNT];
    ag_cu_event before, after;
    uint32_t marks; /* as in ag_device_options */
    uint32_t lane_bytes;            /* of group memory */
    uint32_t block;                 /* asked for; 0: by the number of lanes */
    uint64_t resident[AUTO_BLOCKS]; /* lanes at one time, by warps a block */
    double timeout;
    bool is_lost; /* nothing can be done with it any more */
    bool is_hung; /* and calling the driver may never return */
    char message[AG_MESSAGE_BYTES];
};

/* -- Errors ---------------------------------------------------------------- */

#define OUR_FAULT                                                              \
    "this is a fault of armgpu's kernel, not of the program it runs: please "  \
    "report it"
#define OLD_DRIVER                                                             \
    "NVRTC may be newer than the driver: update the driver, or set "           \
    "ARMGPU_NVRTC to an older one"

/* What to do about an error, and whether it leaves a context of any use. */
static const struct {
    uint32_t code;
    bool is_final;
    const char *advice;
} advices[] = {
    {AG_CU_OUT_OF_MEMORY, false,
     "use fewer lanes or less memory, or end what else uses the device "
     "(nvidia-smi shows it)"},
    {AG_CU_STUB_LIBRARY, false,
     "a toolkit's stub of libcuda.so.1 is found before the driver's: check "
     "LD_LIBRARY_PATH"},
    {AG_CU_REQUIRES_NEWER_DRIVER, false, "update the NVIDIA driver"},
    {AG_CU_DEVICE_UNAVAILABLE, false,
     "another process may have it for itself (nvidia-smi shows the compute "
     "mode)"},
    {AG_CU_NO_DEVICE, false, "no NVIDIA GPU is visible to this process"},
    {AG_CU_INVALID_IMAGE, false, OLD_DRIVER},
    {AG_CU_NO_BINARY_FOR_GPU, false, OLD_DRIVER},
    {AG_CU_ECC_UNCORRECTABLE, true,
     "the GPU's memory has a fault; nvidia-smi -q tells more"},
    {AG_CU_INVALID_PTX, false, OLD_DRIVER},
    {AG_CU_NVLINK_UNCORRECTABLE, true,
     "the GPU's links have a fault; nvidia-smi nvlink -e tells more"},
    {AG_CU_UNSUPPORTED_PTX_VERSION, false, OLD_DRIVER},
    {AG_CU_CONTAINED, true,
     "the GPU's memory has a fault; nvidia-smi -q tells more"},
    {AG_CU_ILLEGAL_ADDRESS, true, OUR_FAULT},
    {AG_CU_LAUNCH_OUT_OF_RESOURCES, false,
     "a block of lanes needs more registers or shared memory than this GPU "
     "has: lower ARMGPU_CUDA_BLOCK if it is set"},
    {AG_CU_LAUNCH_TIMEOUT, true,
     "the driver ended a kernel that kept the display waiting: use fewer "
     "lanes, or a GPU without a display"},
    {AG_CU_CONTEXT_IS_DESTROYED, true, "the GPU was reset"},
    {AG_CU_ASSERT, true, OUR_FAULT},
    {AG_CU_HARDWARE_STACK_ERROR, true, OUR_FAULT},
    {AG_CU_ILLEGAL_INSTRUCTION, true, OUR_FAULT},
    {AG_CU_MISALIGNED_ADDRESS, true, OUR_FAULT},
    {AG_CU_INVALID_ADDRESS_SPACE, true, OUR_FAULT},
    {AG_CU_INVALID_PC, true, OUR_FAULT},
    {AG_CU_LAUNCH_FAILED, true,
     "the GPU gave up a kernel; the system's log (dmesg, \"Xid\") tells more"},
    {AG_CU_SYSTEM_NOT_READY, false, "start nvidia-fabricmanager, or wait"},
    {AG_CU_SYSTEM_DRIVER_MISMATCH, false,
     "libcuda and the kernel module are of different versions: reboot"},
    {AG_CU_COMPAT_NOT_SUPPORTED, false, "update the NVIDIA driver"},
    {AG_CU_UNKNOWN, false,
     "check that nvidia-smi works and that /dev/nvidia* is accessible"},
};

/* "DOING failed: the driver's words (NAME): what to do". True if the context
   is of no use any more. */
static bool explain(const struct ag_cuda *cu, ag_cu_result code,
                    const char *doing, char message[AG_MESSAGE_BYTES])
{
    const char *name = NULL, *text = NULL, *advice = NULL;
    bool is_final = false;
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++) {
        if (advices[i].code != code)
            continue;
        advice = advices[i].advice;
        is_final = advices[i].is_final;
    }
    if (cu->error_name(code, &name) != AG_CU_SUCCESS || name == NULL)
        name = "unknown error";
    if (cu->error_text(code, &text) != AG_CU_SUCCESS || text == NULL)
        text = "the driver has no words for it";
    snprintf(message, AG_MESSAGE_BYTES, "%s failed: %s (%s, %" PRIu32 ")%s%s",
             doing, text, name, code, advice == NULL ? "" : ": ",
             advice == NULL ? "" : advice);
    return is_final;
}

/* 0, or the code of a failure whose sentence is then the device's message. */
static int32_t check(ag_device *d, ag_cu_result code, const char *doing)
{
    char subject[256];
    if (code == AG_CU_SUCCESS)
        return ARMGPU_OK;
    snprintf(subject, sizeof subject, "%.120s on %s", doing,
             d->properties.name);
    d->is_lost = explain(&d->cu, code, subject, d->message);
    return code == AG_CU_OUT_OF_MEMORY ? ARMGPU_ERROR_MEMORY
                                       : ARMGPU_ERROR_DEVICE;
}

/* Every use of the device is between these two, so that the caller's own CUDA
   context stays what it was. A lost device keeps its first message. */
static int32_t enter(ag_device *d)
{
    if (d->is_lost)
        return ARMGPU_ERROR_DEVICE;
    return check(d, d->cu.context_push(d->context), "taking the context");
}

static int32_t leave(ag_device *d, ag_cu_result code, const char *doing)
{
    ag_cu_context popped;
    int32_t error = check(d, code, doing);
    d->cu.context_pop(&popped);
    return error;
}

/* -- The driver and its devices -------------------------------------------- */

static const struct ag_symbol symbols[] = {
#define X(member, symbol, parameters)                                          \
    {#symbol, offsetof(struct ag_cuda, member)},
    AG_CUDA_FUNCTIONS(X)
#undef X
};

static int32_t find_driver(struct ag_cuda *cu, char message[AG_MESSAGE_BYTES])
{
    void *library = ag_library_open("libcuda.so.1");
    if (library == NULL) /* where WSL has it */
        library = ag_library_open("/usr/lib/wsl/lib/libcuda.so.1");
    if (library == NULL) {
        snprintf(message, AG_MESSAGE_BYTES,
                 "there is no NVIDIA driver (libcuda.so.1 was not found)");
        return ARMGPU_ERROR_BACKEND;
    }
    const char *missing = ag_library_symbols(
        library, symbols, sizeof symbols / sizeof *symbols, cu);
    if (missing == NULL)
        return ARMGPU_OK;
    snprintf(message, AG_MESSAGE_BYTES,
             "the NVIDIA driver is too old (libcuda has no %s): armgpu needs "
             "CUDA %d.%d or later",
             missing, MIN_DRIVER / 1000, MIN_DRIVER % 1000 / 10);
    return ARMGPU_ERROR_BACKEND;
}

/* Finds and starts the driver; *count devices, at least 1. */
static int32_t start_driver(struct ag_cuda *cu, int *version, int *count,
                            char message[AG_MESSAGE_BYTES])
{
    const char *doing = "starting CUDA";
    int32_t error = find_driver(cu, message);
    if (error != ARMGPU_OK)
        return error;
    ag_cu_result code = cu->driver_version(version);
    if (code == AG_CU_SUCCESS && *version < MIN_DRIVER) {
        snprintf(message, AG_MESSAGE_BYTES,
                 "the NVIDIA driver is for CUDA %d.%d: armgpu needs %d.%d or "
                 "later",
                 *version / 1000, *version % 1000 / 10, MIN_DRIVER / 1000,
                 MIN_DRIVER % 1000 / 10);
        return ARMGPU_ERROR_BACKEND;
    }
    if (code == AG_CU_SUCCESS)
        code = cu->init(0);
    if (code == AG_CU_SUCCESS)
        code = cu->device_count(count);
    if (code == AG_CU_SUCCESS && *count < 1)
        code = AG_CU_NO_DEVICE;
    if (code == AG_CU_SUCCESS)
        return ARMGPU_OK;
    explain(cu, code, doing, message);
    return ARMGPU_ERROR_BACKEND;
}

static uint32_t attribute(const struct ag_cuda *cu, ag_cu_device ordinal,
                          enum ag_cu_device_attribute which)
{
    int value = 0;
    ag_cu_result code = cu->device_attribute(&value, which, ordinal);
    return code != AG_CU_SUCCESS || value < 0 ? 0 : (uint32_t)value;
}

static ag_cu_result describe(const struct ag_cuda *cu, ag_cu_device ordinal,
                             struct properties *p)
{
    size_t bytes = 0;
    memset(p, 0, sizeof *p);
    snprintf(p->name, sizeof p->name, "CUDA device %d", ordinal);
    ag_cu_result code =
        cu->device_name(p->name, (int)sizeof p->name - 1, ordinal);
    if (code == AG_CU_SUCCESS)
        code = cu->device_memory(&bytes, ordinal);
    p->memory = bytes;
    p->capability = attribute(cu, ordinal, AG_CU_DEVICE_CAPABILITY_MAJOR) * 10 +
                    attribute(cu, ordinal, AG_CU_DEVICE_CAPABILITY_MINOR);
    p->multiprocessors = attribute(cu, ordinal, AG_CU_DEVICE_MULTIPROCESSORS);
    p->shared_bytes =
        attribute(cu, ordinal, AG_CU_DEVICE_MAX_SHARED_PER_BLOCK_OPTIN);
    if (p->shared_bytes == 0)
        p->shared_bytes =
            attribute(cu, ordinal, AG_CU_DEVICE_MAX_SHARED_PER_BLOCK);
    return code;
}

static int32_t check_capability(const struct properties *p,
                                char message[AG_MESSAGE_BYTES])
{
    if (p->capability >= MIN_CAPABILITY)
        return ARMGPU_OK;
    snprintf(message, AG_MESSAGE_BYTES,
             "%s has compute capability %u.%u: armgpu needs %u.%u or later",
             p->name, p->capability / 10, p->capability % 10,
             MIN_CAPABILITY / 10, MIN_CAPABILITY % 10);
    return ARMGPU_ERROR_BACKEND;
}

/* Version of the kernel module, which libcuda does not tell; "" if unknown. */
static void module_version(char *text, size_t size)
{
    char line[256];
    FILE *in = fopen("/proc/driver/nvidia/version", "r");
    text[0] = '\0';
    if (in != NULL && fgets(line, sizeof line, in) != NULL) {
        const char *at = strpbrk(line, "0123456789");
        while (at != NULL && at[strspn(at, "0123456789")] != '.') {
            at += strspn(at, "0123456789"); /* the 86 of x86_64 */
            at = strpbrk(at, "0123456789");
        }
        if (at != NULL)
            snprintf(text, size, ", driver %.*s",
                     (int)strspn(at, "0123456789."), at);
    }
    if (in != NULL)
        fclose(in);
}

/* What the driver says of a device, and whether armgpu can use it. */
static int32_t look_at(const struct ag_cuda *cu, int ordinal,
                       struct properties *p, char message[AG_MESSAGE_BYTES])
{
    ag_cu_result code = describe(cu, ordinal, p);
    if (code == AG_CU_SUCCESS)
        return check_capability(p, message);
    explain(cu, code, "looking at the device", message);
    return ARMGPU_ERROR_BACKEND;
}

static void list_one(const struct ag_cuda *cu, int version, int ordinal,
                     const struct ag_nvrtc *nvrtc, const char *why_not,
                     armgpu_device *out)
{
    struct properties p;
    char message[AG_MESSAGE_BYTES], module[32];
    struct ag_nvrtc_target target;
    int32_t error = look_at(cu, ordinal, &p, message);
    if (error == ARMGPU_OK && why_not == NULL)
        error = ag_nvrtc_choose(nvrtc, p.capability, &target, message);
    if (error != ARMGPU_OK)
        why_not = message;
    module_version(module, sizeof module);
    out->index = (uint32_t)ordinal;
    out->usable = why_not == NULL;
    out->is_gpu = 1;
    out->memory_bytes = p.memory;
    out->compute_units = p.multiprocessors;
    snprintf(out->name, sizeof out->name, "%s", p.name);
    snprintf(out->driver, sizeof out->driver, "CUDA %d.%d%s", version / 1000,
             version % 1000 / 10, module);
    if (why_not != NULL)
        snprintf(out->detail, sizeof out->detail, "%.255s", why_not);
    else
        snprintf(out->detail, sizeof out->detail,
                 "compute capability %u.%u, %u KiB of shared memory a block, "
                 "NVRTC %d.%d",
                 p.capability / 10, p.capability % 10, p.shared_bytes / 1024,
                 nvrtc->major, nvrtc->minor);
}

static uint32_t cuda_list(armgpu_device *out, uint32_t n)
{
    struct ag_cuda cu;
    struct ag_nvrtc nvrtc;
    char message[AG_MESSAGE_BYTES];
    int version = 0, count = 0;
    int32_t error = start_driver(&cu, &version, &count, message);
    int32_t no_nvrtc = error;
    uint32_t total = error == ARMGPU_OK ? (uint32_t)count : 1;
    if (error == ARMGPU_OK && n > 0)
        no_nvrtc = ag_nvrtc_load(&nvrtc, version / 1000, message);
    for (uint32_t i = 0; i < n && i < total; i++) {
        memset(&out[i], 0, sizeof out[i]);
        out[i].size = sizeof out[i];
        snprintf(out[i].backend, sizeof out[i].backend, "cuda");
        if (error == ARMGPU_OK)
            list_one(&cu, version, (int)i, &nvrtc,
                     no_nvrtc == ARMGPU_OK ? NULL : message, &out[i]);
        else
            snprintf(out[i].detail, sizeof out[i].detail, "%.255s", message);
    }
    return total;
}

/* -- Kernels --------------------------------------------------------------- */

static bool is_verbose(void)
{
    const char *text = getenv("ARMGPU_VERBOSE");
    return text != NULL && text[0] != '\0' && strcmp(text, "0") != 0;
}

/* Loads compiled bytes; PTX that cannot be translated gives a log. */
static int32_t load_module(ag_device *d, const void *bytes)
{
    char log[96] = "", doing[128];
    uint32_t options[] = {AG_CU_JIT_ERROR_LOG, AG_CU_JIT_ERROR_LOG_BYTES};
    void *values[] = {log, (void *)(uintptr_t)(sizeof log - 1)};
    ag_cu_result code =
        d->cu.module_load(&d->module, bytes, 2, options, values);
    if (code != AG_CU_SUCCESS)
        d->module = NULL;
    log[strcspn(log, "\n")] = '\0';
    snprintf(doing, sizeof doing, "loading the kernel%s%s%s",
             log[0] == '\0' ? "" : " (", log, log[0] == '\0' ? "" : ")");
    return check(d, code, doing);
}

/* Compiles, loads, and keeps what could be loaded. */
static int32_t compile(ag_device *d, const struct ag_nvrtc *nvrtc,
                       const struct ag_nvrtc_target *target,
                       const struct ag_cache_key *key)
{
    struct ag_nvrtc_image image;
    int32_t error = ag_nvrtc_compile(nvrtc, d->source, target,
                                     key->options, &image, d->message);
    if (error != ARMGPU_OK)
        return error;
    if (is_verbose() && image.log != NULL)
        fputs(image.log, stderr);
    error = load_module(d, image.bytes);
    if (error == ARMGPU_OK)
        ag_cache_store(key, image.bytes, image.size);
    ag_nvrtc_image_free(&image);
    return error;
}

/* From the cache if it is there and the driver takes it. */
static int32_t load_cached(ag_device *d, const struct ag_cache_key *key)
{
    size_t size;
    void *bytes = ag_cache_load(key, &size);
    int32_t error =
        bytes == NULL ? ARMGPU_ERROR_BACKEND : load_module(d, bytes);
    free(bytes);
    return error;
}

static int32_t make_module(ag_device *d, const struct ag_nvrtc *nvrtc,
                           uint32_t layout, struct ag_device_info *info)
{
    char device[192], driver[64], more[AG_NVRTC_OPTIONS_BYTES];
    char options[AG_NVRTC_OPTIONS_BYTES];
    const char *asked = getenv("ARMGPU_CUDA_OPTIONS");
    struct ag_nvrtc_target target;
    struct ag_cache_key key = {.source_hash = d->source->hash,
                               .backend = "cuda",
                               .device = device,
                               .driver = driver,
                               .options = options};
    int32_t error =
        ag_nvrtc_choose(nvrtc, d->properties.capability, &target, d->message);
    snprintf(more, sizeof more, "-DAG_LAYOUT=%" PRIu32 "%s %s", layout,
             d->marks ? " -DAG_MARKS=1" : "", asked == NULL ? "" : asked);
    if (error == ARMGPU_OK)
        error = ag_nvrtc_options(&target, more, options, d->message);
    if (error != ARMGPU_OK)
        return error;
    snprintf(device, sizeof device, "%s sm_%u", d->properties.name,
             d->properties.capability);
    snprintf(driver, sizeof driver, "CUDA %d, NVRTC %d.%d", d->driver_version,
             nvrtc->major, nvrtc->minor);
    info->was_cached = load_cached(d, &key) == ARMGPU_OK;
    return info->was_cached ? ARMGPU_OK : compile(d, nvrtc, &target, &key);
}

static int32_t find_kernels(ag_device *d)
{
    ag_cu_result code = AG_CU_SUCCESS;
    for (int i = 0; i < AG_KERNEL_COUNT && code == AG_CU_SUCCESS; i++)
        code =
            d->cu.module_function(&d->kernels[i], d->module,
                                  ag_kernel_names[i]);
    return check(d, code, "finding the kernel");
}

/* A whole number from the environment, `otherwise` if it is not set. */
static int32_t setting(ag_device *d, const char *name, uint32_t max,
                       uint32_t otherwise, uint32_t *value)
{
    const char *text = getenv(name);
    char *end;
    *value = otherwise;
    if (text == NULL || text[0] == '\0')
        return ARMGPU_OK;
    unsigned long number = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && number <= max) {
        *value = (uint32_t)number;
        return ARMGPU_OK;
    }
    snprintf(d->message, sizeof d->message,
             "%s is '%.64s': it must be a number from 0 to %" PRIu32, name,
             text, max);
    return ARMGPU_ERROR_ARGUMENT;
}

static int32_t read_settings(ag_device *d)
{
    uint32_t seconds = 0, carveout = UINT32_MAX;
    int32_t error = setting(d, "ARMGPU_CUDA_TIMEOUT", UINT32_MAX,
                            TIMEOUT_SECONDS, &seconds);
    d->timeout = seconds;
    if (error == ARMGPU_OK)
        error = setting(d, "ARMGPU_CUDA_BLOCK", MAX_BLOCK, 0, &d->block);
    if (error == ARMGPU_OK)
        error = setting(d, "ARMGPU_CUDA_CARVEOUT", 100, UINT32_MAX, &carveout);
    if (error == ARMGPU_OK && d->block % AG_WARP != 0) {
        snprintf(d->message, sizeof d->message,
                 "ARMGPU_CUDA_BLOCK is %" PRIu32 ": it must be a multiple of "
                 "%d",
                 d->block, AG_WARP);
        error = ARMGPU_ERROR_ARGUMENT;
    }
    if (error != ARMGPU_OK || carveout == UINT32_MAX)
        return error;
    return check(d,
                 d->cu.function_set(d->kernels[AG_KERNEL_SLICE],
                                    AG_CU_FUNCTION_SHARED_CARVEOUT,
                                    (int)carveout),
                 "setting the carveout");
}

/* Lanes that run at one time with this block size; 0 if it is impossible. */
static uint64_t resident_lanes(ag_device *d, uint32_t block)
{
    size_t shared = (size_t)block * d->lane_bytes;
    int blocks = 0;
    if (d->cu.occupancy(&blocks, d->kernels[AG_KERNEL_SLICE], (int)block,
                        shared) != AG_CU_SUCCESS ||
        blocks < 0)
        return 0;
    return (uint64_t)blocks * block * d->properties.multiprocessors;
}

/* More than FREE_SHARED has to be asked for. */
static int32_t allow_shared(ag_device *d, uint32_t block)
{
    uint32_t bytes = block * d->lane_bytes;
    ag_cu_result code = AG_CU_SUCCESS;
    if (bytes > FREE_SHARED)
        code =
            d->cu.function_set(d->kernels[AG_KERNEL_SLICE],
                               AG_CU_FUNCTION_MAX_DYNAMIC_SHARED, (int)bytes);
    return check(d, code, "asking for the shared memory of ARMGPU_CUDA_BLOCK");
}

/* How many lanes run at one time, by block size. */
static int32_t measure_blocks(ag_device *d, struct ag_device_info *info)
{
    uint64_t most = 0;
    int32_t error = allow_shared(d, d->block);
    if (error != ARMGPU_OK)
        return error;
    for (uint32_t i = 0; i < AUTO_BLOCKS; i++) {
        d->resident[i] = resident_lanes(d, (i + 1) * AG_WARP);
        most = d->resident[i] > most ? d->resident[i] : most;
    }
    if (d->block != 0)
        most = resident_lanes(d, d->block);
    info->workers = most > UINT32_MAX ? UINT32_MAX : (uint32_t)most;
    info->warp_threads = AG_WARP;
    info->warps = d->properties.multiprocessors * SCHEDULERS;
    return check(d, most > 0 ? AG_CU_SUCCESS : AG_CU_LAUNCH_OUT_OF_RESOURCES,
                 "finding room for the kernel");
}

static int kernel_attribute(const ag_device *d,
                            enum ag_cu_function_attribute which)
{
    int value = -1;
    d->cu.function_attribute(&value, which, d->kernels[AG_KERNEL_SLICE]);
    return value;
}

static void print_kernel(const ag_device *d, const struct ag_nvrtc *nvrtc,
                         const struct ag_device_info *info)
{
    if (!is_verbose())
        return;
    fprintf(stderr,
            "armgpu: cuda: %s, sm_%u, %u multiprocessors, %.1f GiB free, "
            "CUDA %d.%d, NVRTC %d.%d (%s)\n",
            d->properties.name, d->properties.capability,
            d->properties.multiprocessors,
            (double)info->memory_bytes / (1 << 30), d->driver_version / 1000,
            d->driver_version % 1000 / 10, nvrtc->major, nvrtc->minor,
            nvrtc->path);
    fprintf(stderr,
            "armgpu: cuda: %s: %d registers, %d bytes of local memory, %d of "
            "static shared memory; lanes at one time:",
            ag_kernel_names[0], kernel_attribute(d, AG_CU_FUNCTION_REGISTERS),
            kernel_attribute(d, AG_CU_FUNCTION_LOCAL_BYTES),
            kernel_attribute(d, AG_CU_FUNCTION_SHARED_BYTES));
    for (uint32_t i = 0; i < AUTO_BLOCKS; i++)
        fprintf(stderr, " %" PRIu64 " (blocks of %u)", d->resident[i],
                (i + 1) * AG_WARP);
    fprintf(stderr, "\narmgpu: cuda: kernel %s in %.3f s\n",
            info->was_cached ? "from the cache" : "compiled",
            info->compile_seconds);
}

/* -- Opening --------------------------------------------------------------- */

/* Everything that needs no context. */
static int32_t choose_device(ag_device *d, uint32_t index,
                             struct ag_nvrtc *nvrtc)
{
    int count = 0;
    int32_t error =
        start_driver(&d->cu, &d->driver_version, &count, d->message);
    if (error != ARMGPU_OK)
        return error;
    if (index >= (uint32_t)count) {
        snprintf(d->message, sizeof d->message,
                 "device %" PRIu32 " does not exist: the cuda backend has "
                 "devices 0 to %d",
                 index, count - 1);
        return ARMGPU_ERROR_BACKEND;
    }
    error = check(d, d->cu.device_get(&d->ordinal, (int)index), "opening");
    if (error == ARMGPU_OK)
        error = look_at(&d->cu, d->ordinal, &d->properties, d->message);
    if (error == ARMGPU_OK)
        error = ag_nvrtc_load(nvrtc, d->driver_version / 1000, d->message);
    return error;
}

/* With the context current. */
static int32_t prepare(ag_device *d, const struct ag_nvrtc *nvrtc,
                       uint32_t layout, struct ag_device_info *info)
{
    size_t free_bytes = 0, total_bytes = 0;
    double start = ag_now();
    int32_t error = make_module(d, nvrtc, layout, info);
    if (error == ARMGPU_OK)
        error = find_kernels(d);
    info->compile_seconds = ag_now() - start;
    if (error == ARMGPU_OK)
        error = read_settings(d);
    if (error == ARMGPU_OK)
        error = measure_blocks(d, info);
    if (error == ARMGPU_OK)
        error = check(d, d->cu.event_create(&d->before, 0), "making an event");
    if (error == ARMGPU_OK)
        error = check(d, d->cu.event_create(&d->after, 0), "making an event");
    if (error == ARMGPU_OK)
        error = check(d, d->cu.memory_info(&free_bytes, &total_bytes),
                      "asking for free memory");
    info->memory_bytes = free_bytes;
    snprintf(info->name, sizeof info->name, "%s", d->properties.name);
    if (error == ARMGPU_OK)
        print_kernel(d, nvrtc, info);
    return error;
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
        if (d->module != NULL)
            d->cu.module_unload(d->module);
        d->cu.context_pop(&popped);
    }
    if (d->context != NULL && !d->is_hung)
        d->cu.context_release(d->ordinal);
    free(d);
}

static int32_t cuda_open(ag_device **out,
                         const struct ag_device_options *options,
                         struct ag_device_info *info,
                         char message[AG_MESSAGE_BYTES])
{
    struct ag_nvrtc nvrtc;
    ag_cu_context popped;
    ag_device *d = *out = calloc(1, sizeof *d);
    memset(info, 0, sizeof *info);
    if (d == NULL) {
        snprintf(message, AG_MESSAGE_BYTES, "out of memory");
        return ARMGPU_ERROR_MEMORY;
    }
    d->source =
        options->source != NULL ? options->source : &ag_kernel_source_cu;
    d->marks = options->marks;
    d->lane_bytes = options->source != NULL ? AG_OTHER_BYTES_PER_LANE
                                            : AG_GROUP_BYTES_PER_LANE;
    int32_t error = choose_device(d, options->index, &nvrtc);
    if (error == ARMGPU_OK)
        error = check(d, d->cu.context_retain(&d->context, d->ordinal),
                      "making a context");
    if (error == ARMGPU_OK)
        error = enter(d);
    if (error == ARMGPU_OK) {
        error = prepare(d, &nvrtc, options->layout, info);
        d->cu.context_pop(&popped);
    }
    if (error == ARMGPU_OK)
        return ARMGPU_OK;
    snprintf(message, AG_MESSAGE_BYTES, "%s", d->message);
    cuda_close(d);
    *out = NULL;
    return error;
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
    if (buffer == NULL || bytes > SIZE_MAX || enter(d) != ARMGPU_OK) {
        free(buffer);
        return NULL;
    }
    buffer->bytes = bytes > 0 ? bytes : 1; /* 0 is an error to the driver */
    size_t size = (size_t)buffer->bytes;
    ag_cu_result code = d->cu.memory_alloc(&buffer->address, size);
    bool is_there = code == AG_CU_SUCCESS;
    if (is_there)
        code = d->cu.memory_set(buffer->address, 0, size);
    if (leave(d, code, "allocating memory") == ARMGPU_OK)
        return buffer;
    if (!d->is_lost && enter(d) == ARMGPU_OK) {
        if (is_there)
            d->cu.memory_free(buffer->address);
        if (code == AG_CU_OUT_OF_MEMORY)
            explain_no_memory(d, bytes);
        leave(d, AG_CU_SUCCESS, "");
    }
    free(buffer);
    return NULL;
}

/* Memory of a lost device goes with its context. */
static void cuda_release(ag_device *d, ag_buffer *buffer)
{
    if (buffer != NULL && enter(d) == ARMGPU_OK)
        leave(d, d->cu.memory_free(buffer->address), "freeing memory");
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
    int32_t error = enter(d);
    if (error != ARMGPU_OK)
        return error;
    return leave(d, d->cu.copy_in(to->address + offset, from, (size_t)bytes),
                 "a transfer to the device");
}

static int32_t cuda_download(ag_device *d, void *to, const ag_buffer *from,
                             uint64_t offset, uint64_t bytes)
{
    int32_t error = enter(d);
    if (error != ARMGPU_OK)
        return error;
    return leave(d, d->cu.copy_out(to, from->address + offset, (size_t)bytes),
                 "a transfer from the device");
}

static int32_t cuda_fill(ag_device *d, ag_buffer *to, uint64_t offset,
                         uint8_t value, uint64_t bytes)
{
    int32_t error = enter(d);
    if (error != ARMGPU_OK)
        return error;
    return leave(d,
                 d->cu.memory_set(to->address + offset, value, (size_t)bytes),
                 "filling memory");
}

/* -- Launches -------------------------------------------------------------- */

/* Small blocks balance best. Larger ones are taken only where more lanes would
   run at one time, since a multiprocessor has so many blocks at most. */
static uint32_t choose_block(const ag_device *d, uint64_t threads)
{
    uint32_t best = 0;
    if (d->block != 0)
        return d->block;
    for (uint32_t i = 0; i < AUTO_BLOCKS; i++) {
        if (d->resident[i] >= threads)
            return (i + 1) * AG_WARP;
        if (d->resident[i] > d->resident[best])
            best = i;
    }
    return (best + 1) * AG_WARP;
}

static int32_t cuda_launch(ag_device *d, enum ag_kernel kernel,
                           ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                           const ag_slice_args *args)
{
    ag_cu_address addresses[AG_ARGUMENT_COUNT];
    void *parameters[AG_ARGUMENT_COUNT + 1];
    ag_slice_args copy = *args;
    uint64_t threads = args->count == 0 ? 1 : ag_launch_threads(args);
    bool is_slice = kernel == AG_KERNEL_SLICE;
    uint32_t block = args->alone ? AG_WARP
                     : is_slice  ? choose_block(d, threads)
                                 : SERVE_BLOCK;
    uint32_t shared = is_slice ? block * d->lane_bytes : 0;
    uint32_t grid = (uint32_t)((threads + block - 1) / block);
    for (int i = 0; i < AG_ARGUMENT_COUNT; i++) {
        addresses[i] = buffers[i] == NULL ? 0 : buffers[i]->address;
        parameters[i] = &addresses[i];
    }
    parameters[AG_ARGUMENT_COUNT] = &copy;
    int32_t error = enter(d);
    if (error != ARMGPU_OK)
        return error;
    ag_cu_result code = d->cu.event_record(d->before, NULL);
    if (code == AG_CU_SUCCESS)
        code = d->cu.launch(d->kernels[kernel], grid, 1, 1, block, 1, 1,
                            shared, NULL, parameters, NULL);
    if (code == AG_CU_SUCCESS)
        code = d->cu.event_record(d->after, NULL);
    return leave(d, code, "starting the kernel");
}

static int32_t give_up(ag_device *d)
{
    d->is_lost = d->is_hung = true;
    snprintf(d->message, sizeof d->message,
             "%s did not finish a launch in %.0f s and is taken for hung: see "
             "dmesg and nvidia-smi (ARMGPU_CUDA_TIMEOUT changes the limit)",
             d->properties.name, d->timeout);
    return ARMGPU_ERROR_DEVICE;
}

/* The driver's own waits have no end where a device hangs, so this asks. */
static int32_t cuda_wait(ag_device *d, double *seconds)
{
    const struct timespec pause = {0, POLL_NANOSECONDS};
    float milliseconds = 0;
    double start = ag_now();
    ag_cu_result code;
    int32_t error = enter(d);
    *seconds = 0;
    if (error != ARMGPU_OK)
        return error;
    while ((code = d->cu.event_query(d->after)) == AG_CU_NOT_READY) {
        double spent = ag_now() - start;
        if (d->timeout > 0 && spent > d->timeout)
            break;
        if (spent > SPIN_SECONDS)
            nanosleep(&pause, NULL);
    }
    if (code == AG_CU_NOT_READY) {
        leave(d, AG_CU_SUCCESS, "");
        return give_up(d);
    }
    if (code == AG_CU_SUCCESS)
        code = d->cu.event_elapsed(&milliseconds, d->before, d->after);
    *seconds = 1e-3 * (double)milliseconds;
    return leave(d, code, "executing lanes");
}

const struct ag_backend ag_backend_cuda = {
    .name = "cuda",
    .auto_lanes = 4096,
    .private_layout = AG_LAYOUT_INTERLEAVED,
    .list = cuda_list,
    .open = cuda_open,
    .close = cuda_close,
    .message = cuda_message,
    .alloc = cuda_alloc,
    .release = cuda_release,
    .map = cuda_map,
    .upload = cuda_upload,
    .download = cuda_download,
    .fill = cuda_fill,
    .launch = cuda_launch,
    .wait = cuda_wait,
};
