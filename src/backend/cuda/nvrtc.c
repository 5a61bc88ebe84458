/* Loading NVRTC and compiling with it: see nvrtc.h. */
#define _POSIX_C_SOURCE 200809L
#include "backend/cuda/nvrtc.h"
#include "backend/library.h"
#include "base/environment.h"

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OPTIONS 32
#define MAX_ARCHS 64
#define NEWEST_MAJOR 13 /* of CUDA, when this was written */

static const struct ag_symbol symbols[] = {
#define X(member, symbol, parameters)                                          \
    {#symbol, offsetof(struct ag_nvrtc, member)},
    AG_NVRTC_FUNCTIONS(X)
#undef X
        {"nvrtcGetErrorString", offsetof(struct ag_nvrtc, error_text)},
};

/* Loads one candidate; false leaves the reason, if the file was there. */
static bool try_library(struct ag_nvrtc *nvrtc, const char *path,
                        char message[AG_MESSAGE_BYTES])
{
    void *library = ag_library_open(path);
    if (library == NULL)
        return false;
    const char *missing = ag_library_symbols(
        library, symbols, sizeof symbols / sizeof *symbols, nvrtc);
    if (missing != NULL) {
        snprintf(message, AG_MESSAGE_BYTES,
                 "%.200s has no %s: NVRTC of CUDA 11.2 or later is needed",
                 path, missing);
        return false;
    }
    if (nvrtc->version(&nvrtc->major, &nvrtc->minor) != 0)
        return false;
    snprintf(nvrtc->path, sizeof nvrtc->path, "%s", path);
    return true;
}

/* The last match of a pattern is the newest of several versions. */
static bool try_pattern(struct ag_nvrtc *nvrtc, const char *pattern,
                        char message[AG_MESSAGE_BYTES])
{
    glob_t found;
    bool done = false;
    if (glob(pattern, 0, NULL, &found) != 0)
        return false;
    for (size_t i = found.gl_pathc; i-- > 0 && !done;)
        done = try_library(nvrtc, found.gl_pathv[i], message);
    globfree(&found);
    return done;
}

/* One file name, wherever it may be. */
static bool try_name(struct ag_nvrtc *nvrtc, const char *name,
                     char message[AG_MESSAGE_BYTES])
{
    static const char *const variables[] = {"CUDA_HOME", "CUDA_PATH"};
    static const char *const folders[] = {
        "/usr/local/cuda/lib64", "/opt/cuda/lib64", "/usr/local/cuda-*/lib64"};
    char path[1024];
    if (try_library(nvrtc, name, message))
        return true;
    for (int i = 0; i < 2; i++) {
        const char *home = ag_getenv(variables[i]);
        if (home == NULL || home[0] == '\0')
            continue;
        snprintf(path, sizeof path, "%s/lib64/%s", home, name);
        if (try_library(nvrtc, path, message))
            return true;
    }
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folders[i], name);
        if (try_pattern(nvrtc, path, message))
            return true;
    }
    return false;
}

/* From 11.2 on there is one name a major version; 0 is the one without. */
static bool try_major(struct ag_nvrtc *nvrtc, int major,
                      char message[AG_MESSAGE_BYTES])
{
    char name[64] = "libnvrtc.so";
    if (major == 11)
        snprintf(name, sizeof name, "libnvrtc.so.11.2");
    else if (major != 0)
        snprintf(name, sizeof name, "libnvrtc.so.%d", major);
    return try_name(nvrtc, name, message);
}

/* The driver's version first, then older ones, which it can use as well, and
   newer ones, which it may refuse, last. */
static bool try_all(struct ag_nvrtc *nvrtc, int prefer_major,
                    char message[AG_MESSAGE_BYTES])
{
    for (int major = prefer_major; major >= 11; major--)
        if (try_major(nvrtc, major, message))
            return true;
    if (try_major(nvrtc, 0, message))
        return true;
    for (int major = NEWEST_MAJOR; major >= 11 && major > prefer_major; major--)
        if (try_major(nvrtc, major, message))
            return true;
    return false;
}

int32_t ag_nvrtc_load(struct ag_nvrtc *nvrtc, int prefer_major,
                      char message[AG_MESSAGE_BYTES])
{
    const char *path = ag_getenv("ARMGPU_NVRTC");
    bool is_given = path != NULL && path[0] != '\0';
    message[0] = '\0';
    if (is_given ? try_library(nvrtc, path, message)
                 : try_all(nvrtc, prefer_major, message))
        return ARMGPU_OK;
    if (message[0] == '\0' && is_given)
        snprintf(message, AG_MESSAGE_BYTES,
                 "ARMGPU_NVRTC is %.200s, which is not a library that can be "
                 "loaded",
                 path);
    else if (message[0] == '\0')
        snprintf(message, AG_MESSAGE_BYTES,
                 "NVRTC, which compiles kernels, was not found: install the "
                 "CUDA toolkit's libnvrtc.so.%d, or set ARMGPU_NVRTC to its "
                 "file",
                 prefer_major > 11 ? prefer_major : NEWEST_MAJOR);
    return ARMGPU_ERROR_BACKEND;
}

int32_t ag_nvrtc_choose(const struct ag_nvrtc *nvrtc, uint32_t arch,
                        struct ag_nvrtc_target *target,
                        char message[AG_MESSAGE_BYTES])
{
    int archs[MAX_ARCHS], n = 0;
    target->arch = 0;
    if (nvrtc->arch_count(&n) != 0 || n > MAX_ARCHS || nvrtc->archs(archs) != 0)
        n = 0;
    for (int i = 0; i < n; i++) {
        uint32_t known = (uint32_t)archs[i];
        if (known <= arch && known > target->arch)
            target->arch = known;
    }
    target->is_ptx = target->arch != arch;
    target->has_jump_tables = nvrtc->major >= 13;
    if (target->arch != 0)
        return ARMGPU_OK;
    snprintf(message, AG_MESSAGE_BYTES,
             "NVRTC %d.%d (%.200s) cannot compile for compute capability "
             "%u.%u: install an older NVRTC and set ARMGPU_NVRTC to its file",
             nvrtc->major, nvrtc->minor, nvrtc->path, arch / 10, arch % 10);
    return ARMGPU_ERROR_BACKEND;
}

/* Without, the switch over operations becomes a tree of comparisons: on an H100
   a third slower. */
#define JUMP_TABLES " --jump-table-density=10"

int32_t ag_nvrtc_options(const struct ag_nvrtc_target *target,
                         uint32_t registers, const char *more,
                         char options[AG_NVRTC_OPTIONS_BYTES],
                         char message[AG_MESSAGE_BYTES])
{
    int length = snprintf(options, AG_NVRTC_OPTIONS_BYTES,
                          "--gpu-architecture=%s_%u --std=c++17 "
                          "--maxrregcount=%" PRIu32 " "
                          "--device-as-default-execution-space%s%s%s",
                          target->is_ptx ? "compute" : "sm", target->arch,
                          registers, target->has_jump_tables ? JUMP_TABLES : "",
                          more == NULL || more[0] == '\0' ? "" : " ",
                          more == NULL ? "" : more);
    if (length > 0 && length < AG_NVRTC_OPTIONS_BYTES)
        return ARMGPU_OK;
    snprintf(message, AG_MESSAGE_BYTES, "compiler options are too long");
    return ARMGPU_ERROR_ARGUMENT;
}

/* Compiles with the options cut apart at spaces. */
static uint32_t compile(const struct ag_nvrtc *nvrtc, ag_nvrtc_program program,
                        const char *options)
{
    char text[AG_NVRTC_OPTIONS_BYTES], *rest = NULL;
    const char *list[MAX_OPTIONS];
    int n = 0;
    snprintf(text, sizeof text, "%s", options);
    for (char *word = strtok_r(text, " ", &rest);
         word != NULL && n < MAX_OPTIONS; word = strtok_r(NULL, " ", &rest))
        list[n++] = word;
    return nvrtc->compile(program, n, list);
}

static char *read_log(const struct ag_nvrtc *nvrtc, ag_nvrtc_program program)
{
    size_t size = 0;
    char *log = NULL;
    if (nvrtc->log_size(program, &size) == 0)
        log = calloc(1, size + 1);
    if (log != NULL && size > 0 && nvrtc->log(program, log) != 0)
        log[0] = '\0';
    return log;
}

/* The log from its first error on, on one line. */
static void report(const struct ag_nvrtc *nvrtc, uint32_t code,
                   const struct ag_nvrtc_target *target, const char *log,
                   char message[AG_MESSAGE_BYTES])
{
    const char *from = log == NULL ? NULL : strstr(log, "error");
    while (from != NULL && from > log && from[-1] != '\n')
        from--;
    if (from == NULL)
        from = log == NULL || log[0] == '\0' ? nvrtc->error_text(code) : log;
    int length = snprintf(
        message, AG_MESSAGE_BYTES,
        "NVRTC %d.%d could not compile the kernel for %s_%u: ", nvrtc->major,
        nvrtc->minor, target->is_ptx ? "compute" : "sm", target->arch);
    size_t used = (size_t)length;
    bool is_space = true;
    for (; *from != '\0' && used < AG_MESSAGE_BYTES - 1; from++) {
        bool was_space = is_space;
        is_space = *from == '\n' || *from == ' ' || *from == '\t';
        if (!is_space || !was_space)
            message[used++] = is_space ? ' ' : *from;
    }
    message[used - (message[used - 1] == ' ')] = '\0';
}

static uint32_t read_image(const struct ag_nvrtc *nvrtc,
                           ag_nvrtc_program program, bool is_ptx,
                           struct ag_image *image)
{
    uint32_t code = is_ptx ? nvrtc->ptx_size(program, &image->size)
                           : nvrtc->cubin_size(program, &image->size);
    image->bytes = code == 0 ? malloc(image->size + 1) : NULL;
    if (image->bytes == NULL)
        return code == 0 ? 1 /* out of memory */ : code;
    return is_ptx ? nvrtc->ptx(program, image->bytes)
                  : nvrtc->cubin(program, image->bytes);
}

int32_t ag_nvrtc_compile(const struct ag_nvrtc *nvrtc,
                         const struct ag_kernel_source *source,
                         const struct ag_nvrtc_target *target,
                         const char *options, struct ag_image *image,
                         char message[AG_MESSAGE_BYTES])
{
    ag_nvrtc_program program = NULL;
    memset(image, 0, sizeof *image);
    uint32_t code =
        nvrtc->create(&program, source->text, "entry.cu", 0, NULL, NULL);
    if (code == 0) {
        code = compile(nvrtc, program, options);
        image->log = read_log(nvrtc, program);
    }
    if (code == 0)
        code = read_image(nvrtc, program, target->is_ptx, image);
    if (program != NULL)
        nvrtc->destroy(&program);
    if (code == 0)
        return ARMGPU_OK;
    report(nvrtc, code, target, image->log, message);
    ag_image_free(image);
    return ARMGPU_ERROR_BACKEND;
}
