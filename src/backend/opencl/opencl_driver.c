/*
 * OpenCL's loader, found with dlopen, so that an executable with this in it
 * runs where there is none; its errors, and its devices: GPUs come first in the
 * list. CPU devices (PoCL) follow and work, for those who ask for them and for
 * tests.
 */
#include "backend/library.h"
#include "backend/listing.h"
#include "backend/opencl/opencl.h"
#include "base/environment.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLATFORMS 16

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

void ag_cl_notice(const char *words, const void *data, size_t size, void *user)
{
    ag_device *d = user;
    (void)data;
    (void)size;
    pthread_mutex_lock(&d->mutex);
    snprintf(d->words, sizeof d->words, "%s", words);
    pthread_mutex_unlock(&d->mutex);
}

int32_t ag_cl_fail(ag_device *d, const char *what, cl_int error)
{
    char text[32], words[AG_CL_WORDS_BYTES];
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

/* -- The library ----------------------------------------------------------- */

static const struct ag_symbol symbols[] = {
#define AG_X(result, name, parameters) {#name, offsetof(struct ag_cl, name)},
    AG_CL_FUNCTIONS(AG_X)
#undef AG_X
};

/* "NAME=VALUE", or NULL: as it was before the loader, Khronos's, puts an end
   behind each name of it where it is, in the environment. */
#define ICD_FILENAMES "OCL_ICD_FILENAMES"
static pthread_once_t keeps_once = PTHREAD_ONCE_INIT;
static char *icd_filenames;

static void keep_icd_filenames(void)
{
    const char *value = getenv(ICD_FILENAMES);
    const size_t size =
        value == NULL ? 0 : strlen(value) + sizeof ICD_FILENAMES "=";
    icd_filenames = value == NULL ? NULL : malloc(size);
    if (icd_filenames != NULL)
        snprintf(icd_filenames, size, ICD_FILENAMES "=%s", value);
}

const char *ag_cl_icd_filenames(void)
{
    return icd_filenames;
}

/* $ARMGPU_OPENCL alone if that is set. */
static void *open_library(char reason[AG_CL_WORDS_BYTES])
{
    static const char *const names[] = {
#ifdef __APPLE__
        "/System/Library/Frameworks/OpenCL.framework/OpenCL",
#endif
        "libOpenCL.so.1", "libOpenCL.so"};
    const char *named = ag_getenv("ARMGPU_OPENCL");
    const bool is_named = named != NULL && named[0] != '\0';
    (void)pthread_once(&keeps_once, keep_icd_filenames);
    const size_t n = is_named ? 1 : sizeof names / sizeof *names;
    for (size_t i = 0; i < n; i++) {
        const char *name = is_named ? named : names[i];
        void *library = ag_library_open(name);
        const char *why = library == NULL ? dlerror() : NULL;
        if (library != NULL)
            return library;
        if (i == 0)
            snprintf(reason, AG_CL_WORDS_BYTES,
                     "there is no OpenCL loader (%.200s)",
                     why != NULL ? why : name);
    }
    return NULL;
}

static int load(struct ag_cl *cl, char reason[AG_CL_WORDS_BYTES])
{
    void *library = open_library(reason);
    const char *missing =
        library == NULL
            ? NULL
            : ag_library_symbols(library, symbols,
                                 sizeof symbols / sizeof *symbols, cl);
    if (missing != NULL)
        snprintf(reason, AG_CL_WORDS_BYTES,
                 "the OpenCL loader is older than OpenCL 1.2: it has no %s",
                 missing);
    return library != NULL && missing == NULL;
}

/* -- Devices --------------------------------------------------------------- */

/* Numbers are 4 or 8 bytes in OpenCL. */
uint64_t ag_cl_number(const struct ag_cl *cl, cl_device_id id, cl_uint what)
{
    uint64_t value = 0;
    uint32_t half;
    size_t size = 0;
    if (cl->clGetDeviceInfo(id, what, sizeof value, &value, &size) != 0)
        return 0;
    memcpy(&half, &value, sizeof half);
    return size == sizeof half ? half : value;
}

void ag_cl_string(const struct ag_cl *cl, cl_device_id id, cl_uint what,
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
                             struct ag_cl_place out[AG_CL_MAX_DEVICES],
                             char reason[AG_CL_WORDS_BYTES])
{
    static const cl_bitfield kinds[] = {
        CL_DEVICE_TYPE_GPU | CL_DEVICE_TYPE_ACCELERATOR, CL_DEVICE_TYPE_CPU};
    cl_platform_id platforms[MAX_PLATFORMS];
    cl_device_id ids[AG_CL_MAX_DEVICES];
    cl_uint count = 0, n = 0;
    uint32_t found = 0;
    char text[32];
    cl_int error = cl->clGetPlatformIDs(MAX_PLATFORMS, platforms, &count);
    if (error != CL_SUCCESS || count == 0) {
        snprintf(reason, AG_CL_WORDS_BYTES,
                 "no OpenCL driver is installed (clGetPlatformIDs: %s)",
                 error != CL_SUCCESS ? error_name(error, text) : "none");
        return 0;
    }
    if (count > MAX_PLATFORMS)
        count = MAX_PLATFORMS;
    for (cl_uint i = 0; i < 2 * count; i++) {
        struct ag_cl_place f = {platforms[i % count], NULL};
        error = cl->clGetDeviceIDs(f.platform, kinds[i / count],
                                   AG_CL_MAX_DEVICES, ids, &n);
        for (cl_uint k = 0; error == CL_SUCCESS && k < n &&
                            k < AG_CL_MAX_DEVICES && found < AG_CL_MAX_DEVICES;
             k++) {
            f.id = ids[k];
            out[found++] = f;
        }
    }
    snprintf(reason, AG_CL_WORDS_BYTES,
             "the OpenCL drivers here found no device");
    return found;
}

uint32_t ag_cl_find(struct ag_cl *cl, struct ag_cl_place out[AG_CL_MAX_DEVICES],
                    char reason[AG_CL_WORDS_BYTES])
{
    return load(cl, reason) ? find_devices(cl, out, reason) : 0;
}

static int is_version_1_2(const char *version)
{
    unsigned major = 0, minor = 0;
    return sscanf(version, "OpenCL %u.%u", &major, &minor) == 2 &&
           (major > 1 || minor >= 2);
}

int ag_cl_is_usable(const struct ag_cl *cl, cl_device_id id,
                    char reason[AG_CL_WORDS_BYTES])
{
    char version[128], profile[32];
    uint64_t local = ag_cl_number(cl, id, CL_DEVICE_LOCAL_MEM_SIZE);
    uint64_t group = ag_cl_number(cl, id, CL_DEVICE_MAX_WORK_GROUP_SIZE);
    ag_cl_string(cl, id, CL_DEVICE_VERSION, version, sizeof version);
    ag_cl_string(cl, id, CL_DEVICE_PROFILE, profile, sizeof profile);
    reason[0] = '\0';
    if (ag_cl_number(cl, id, CL_DEVICE_AVAILABLE) == 0)
        snprintf(reason, AG_CL_WORDS_BYTES,
                 "its driver says it is not available");
    else if (!is_version_1_2(version) || strcmp(profile, "FULL_PROFILE") != 0)
        snprintf(reason, AG_CL_WORDS_BYTES,
                 "it has %s (%s), and 1.2 with the full profile is needed",
                 version, profile);
    else if (ag_cl_number(cl, id, CL_DEVICE_COMPILER_AVAILABLE) == 0)
        snprintf(reason, AG_CL_WORDS_BYTES, "its driver has no compiler");
    else if (ag_cl_number(cl, id, CL_DEVICE_ENDIAN_LITTLE) == 0)
        snprintf(reason, AG_CL_WORDS_BYTES, "it is big-endian");
    else if (local < AG_WARP * AG_GROUP_BYTES_PER_LANE || group < AG_WARP)
        snprintf(reason, AG_CL_WORDS_BYTES,
                 "its groups are too small: %" PRIu64 " bytes of local memory "
                 "and %" PRIu64 " work items, where %d and %d are needed",
                 local, group, AG_WARP * AG_GROUP_BYTES_PER_LANE, AG_WARP);
    return reason[0] == '\0';
}

static void describe_limits(const struct ag_cl *cl, cl_device_id id, char *out,
                            size_t size)
{
    uint64_t kind = ag_cl_number(cl, id, CL_DEVICE_TYPE);
    char version[64];
    ag_cl_string(cl, id, CL_DEVICE_VERSION, version, sizeof version);
    snprintf(out, size,
             "%s, %s, local memory %" PRIu64 " KiB, groups of %" PRIu64
             ", one buffer %.0f MiB, %s 64-bit atomics",
             kind & CL_DEVICE_TYPE_CPU   ? "CPU"
             : kind & CL_DEVICE_TYPE_GPU ? "GPU"
                                         : "accelerator",
             version, ag_cl_number(cl, id, CL_DEVICE_LOCAL_MEM_SIZE) / 1024,
             ag_cl_number(cl, id, CL_DEVICE_MAX_WORK_GROUP_SIZE),
             (double)ag_cl_number(cl, id, CL_DEVICE_MAX_MEM_ALLOC_SIZE) /
                 AG_CL_MIB,
             has_extension(cl, id, "cl_khr_int64_base_atomics") ? "with"
                                                                : "without");
}

static void describe(const struct ag_cl *cl, cl_device_id id, uint32_t index,
                     armgpu_device *out)
{
    char reason[AG_CL_WORDS_BYTES];
    out->index = index;
    out->is_gpu =
        ag_cl_number(cl, id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_GPU ? 1 : 0;
    out->memory_bytes = ag_cl_number(cl, id, CL_DEVICE_GLOBAL_MEM_SIZE);
    out->compute_units =
        (uint32_t)ag_cl_number(cl, id, CL_DEVICE_MAX_COMPUTE_UNITS);
    ag_cl_string(cl, id, CL_DEVICE_NAME, out->name, sizeof out->name);
    ag_cl_string(cl, id, CL_DRIVER_VERSION, out->driver, sizeof out->driver);
    out->usable = ag_cl_is_usable(cl, id, reason) ? 1 : 0;
    if (out->usable)
        describe_limits(cl, id, out->detail, sizeof out->detail);
    else
        snprintf(out->detail, sizeof out->detail, "%s", reason);
}

uint32_t ag_cl_list(armgpu_device *out, uint32_t n)
{
    struct ag_cl cl;
    struct ag_cl_place found[AG_CL_MAX_DEVICES];
    char reason[AG_CL_WORDS_BYTES] = "";
    uint32_t count = ag_cl_find(&cl, found, reason);
    uint32_t entries = count > 0 ? count : 1;
    for (uint32_t i = 0; i < entries && i < n; i++) {
        ag_list_entry(&out[i], "opencl");
        if (count > 0)
            describe(&cl, found[i].id, i, &out[i]);
        else
            snprintf(out[i].detail, sizeof out[i].detail, "%s", reason);
    }
    return entries;
}
