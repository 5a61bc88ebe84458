/* The CUDA driver, found by dlopen: its errors, contexts and devices. */
#include "backend/cuda/cuda.h"
#include "backend/library.h"
#include "backend/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MIN_DRIVER 11000   /* CUDA 11.0 */
#define MIN_CAPABILITY 70u /* lanes of a warp progress independently */

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

int32_t ag_cu_check(ag_device *d, ag_cu_result code, const char *doing)
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

int32_t ag_cu_enter(ag_device *d)
{
    if (d->is_lost)
        return ARMGPU_ERROR_DEVICE;
    return ag_cu_check(d, d->cu.context_push(d->context), "taking the context");
}

int32_t ag_cu_leave(ag_device *d, ag_cu_result code, const char *doing)
{
    ag_cu_context popped;
    int32_t error = ag_cu_check(d, code, doing);
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

int32_t ag_cu_start(struct ag_cuda *cu, int *version, int *count,
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
                             struct ag_cu_properties *p)
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
    p->clock_khz = attribute(cu, ordinal, AG_CU_DEVICE_CLOCK_KHZ);
    p->shared_bytes =
        attribute(cu, ordinal, AG_CU_DEVICE_MAX_SHARED_PER_BLOCK_OPTIN);
    if (p->shared_bytes == 0)
        p->shared_bytes =
            attribute(cu, ordinal, AG_CU_DEVICE_MAX_SHARED_PER_BLOCK);
    return code;
}

static int32_t check_capability(const struct ag_cu_properties *p,
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

int32_t ag_cu_look_at(const struct ag_cuda *cu, int ordinal,
                      struct ag_cu_properties *p,
                      char message[AG_MESSAGE_BYTES])
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
    struct ag_cu_properties p;
    char message[AG_MESSAGE_BYTES], module[32];
    struct ag_nvrtc_target target;
    int32_t error = ag_cu_look_at(cu, ordinal, &p, message);
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
    out->issue_peak = (uint64_t)p.multiprocessors * AG_CU_SCHEDULERS * AG_WARP *
                      p.clock_khz * 1000;
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

uint32_t ag_cu_list(armgpu_device *out, uint32_t n)
{
    struct ag_cuda cu;
    struct ag_nvrtc nvrtc;
    char message[AG_MESSAGE_BYTES];
    int version = 0, count = 0;
    int32_t error = ag_cu_start(&cu, &version, &count, message);
    int32_t no_nvrtc = error;
    uint32_t total = error == ARMGPU_OK ? (uint32_t)count : 1;
    if (error == ARMGPU_OK && n > 0)
        no_nvrtc = ag_nvrtc_load(&nvrtc, version / 1000, message);
    for (uint32_t i = 0; i < n && i < total; i++) {
        ag_list_entry(&out[i], "cuda");
        if (error == ARMGPU_OK)
            list_one(&cu, version, (int)i, &nvrtc,
                     no_nvrtc == ARMGPU_OK ? NULL : message, &out[i]);
        else
            snprintf(out[i].detail, sizeof out[i].detail, "%.255s", message);
    }
    return total;
}
