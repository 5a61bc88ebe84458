/* Modules of the CPU: the interpreter's kernels are functions of this
   executable, by name; a text is C, of which the system's compiler makes a
   library. */
#define _POSIX_C_SOURCE 200809L
#include "backend/build.h"
#include "backend/cpu/cpu.h"
#include "backend/cpu/cpu_compiler.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* One of a text's. */
struct cpu_kernel {
    struct ag_kernel_head head;
    ag_kernel kernel;
};

struct ag_module {
    struct ag_module_head head;
    struct ag_cpu_compiler compiler;
    char flags[AG_CPU_FLAGS_BYTES];
    char driver[AG_CPU_PATH_BYTES + AG_CPU_FLAGS_BYTES + 64];
    struct ag_cache_key key;
    void *library;
    struct cpu_kernel kernels[];
};

/* -- Functions ------------------------------------------------------------- */

static const ag_kernel functions[] = {
    {"ag_slice", ag_kernel_slice, NULL, true},
    {"ag_serve", ag_kernel_serve, NULL, false}};

static const ag_kernel *find(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}

static void fill_kernel(const ag_device *device, const ag_kernel *kernel,
                        struct ag_module_kernel *out)
{
    out->kernel = kernel;
    out->workers = device->threads;
    out->warp_threads = 0;
}

/* There is nothing to keep: such a module is no memory. */
static int32_t take_functions(ag_device *device,
                              const struct ag_module_options *options)
{
    for (uint32_t i = 0; i < options->count; i++) {
        const char *name = options->kernels[i].name;
        if (find(name) == NULL) {
            snprintf(device->message, sizeof device->message,
                     "the cpu backend has no kernel '%.100s'", name);
            return ARMGPU_ERROR_BACKEND;
        }
        fill_kernel(device, find(name), &options->kernels[i]);
    }
    return ARMGPU_OK;
}

/* -- Texts ----------------------------------------------------------------- */

/* Its kernels; without them nothing is left of it. */
static int32_t take_library(ag_module *m, void *library)
{
    m->library = library;
    for (uint32_t i = 0; i < m->head.count && m->library != NULL; i++) {
        struct cpu_kernel *k = &m->kernels[i];
        void *function = dlsym(m->library, k->head.name);
        if (function == NULL) {
            snprintf(m->head.device->message, AG_MESSAGE_BYTES,
                     "what was compiled has no '%.100s'", k->head.name);
            dlclose(m->library);
            m->library = NULL;
        }
        /* ISO C has no conversion from void * to a function pointer. */
        memcpy(&k->kernel.region, &function, sizeof function);
        k->kernel.name = k->head.name;
        k->kernel.is_slice = true;
    }
    return m->library != NULL ? ARMGPU_OK : ARMGPU_ERROR_BACKEND;
}

static int32_t from_bytes(ag_module *m, const void *bytes, size_t length)
{
    return take_library(m, ag_cpu_load(bytes, length, m->head.device->message));
}

/* A text is kept for people to look at only if the compiler has refused it. */
static int32_t from_text(ag_module *m)
{
    ag_device *device = m->head.device;
    struct ag_cpu_object object;
    int32_t error = ARMGPU_ERROR_BACKEND;
    if (ag_cpu_compile(&m->compiler, m->head.source, m->flags,
                       &device->is_given_up, &object, device->message))
        error = take_library(m, object.library);
    m->head.keeps_refused = m->head.keeps_refused && object.is_refused;
    if (error == ARMGPU_OK && object.bytes != NULL)
        ag_cache_store(&m->key, object.bytes, object.length);
    free(object.bytes);
    return error;
}

/* What the processor has, and how floating point is computed, are as for the
   interpreter's copy that the device takes. */
static const char *flags_of(const ag_device *device)
{
    return device->engine.simd == AG_SIMD_FMA ? AG_REGION_FLAGS_FMA : "";
}

/* With -fgcse gcc 12 keeps registers of some hot loops in memory: 2.5 times the
   time. */
#define OPTIONS "-std=c11 -w -fPIC -shared -fno-gcse " AG_REGION_FLAGS

static int32_t prepare(ag_module *m)
{
    ag_device *device = m->head.device;
    if (!ag_cpu_find_compiler(&m->compiler, device->message))
        return ARMGPU_ERROR_BACKEND;
    const int n = snprintf(m->flags, sizeof m->flags, OPTIONS " %s %s",
                           flags_of(device), m->head.defines);
    if (n >= (int)sizeof m->flags) {
        snprintf(device->message, sizeof device->message,
                 "compiler options are too long");
        return ARMGPU_ERROR_ARGUMENT;
    }
    snprintf(m->driver, sizeof m->driver, "%s%s, %s", m->compiler.path,
             m->compiler.options, m->compiler.version);
    m->key = (struct ag_cache_key){.source_hash = m->head.source->hash,
                                   .backend = "cpu",
                                   .device = AG_REGION_MACHINE,
                                   .driver = m->driver,
                                   .options = m->flags};
    return ARMGPU_OK;
}

int32_t ag_cpu_build(ag_device *device, ag_module **out,
                     const struct ag_module_options *options,
                     struct ag_module_info *info)
{
    int32_t error;
    memset(info, 0, sizeof *info);
    *out = NULL;
    if (options->source == NULL)
        return take_functions(device, options);
    ag_module *m =
        ag_new_module(device, options, offsetof(struct ag_module, kernels),
                      sizeof *m->kernels, device->message);
    if (m == NULL)
        return ARMGPU_ERROR_MEMORY;
    error = prepare(m);
    if (error == ARMGPU_OK)
        error = ag_build(m, &m->key, from_bytes, from_text, info);
    if (error != ARMGPU_OK) {
        ag_cpu_unload(device, m);
        return error;
    }
    for (uint32_t i = 0; i < m->head.count; i++)
        fill_kernel(device, &m->kernels[i].kernel, &options->kernels[i]);
    *out = m;
    return ARMGPU_OK;
}

void ag_cpu_unload(ag_device *device, ag_module *m)
{
    (void)device;
    if (m != NULL && m->library != NULL)
        dlclose(m->library);
    free(m);
}
