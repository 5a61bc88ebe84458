/* Modules of the CPU: the interpreter's kernels are functions of this
   executable, by name; a text is C, of which the system's compiler makes a
   library. Of a second one, for lanes that execute together, it makes another
   beside; the first is there without it, and a launch takes it when it is done.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/build.h"
#include "backend/cpu/cpu.h"
#include "backend/cpu/cpu_compiler.h"
#include "backend/cpu/cpu_trial.h"
#include "base/clock.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* One of a text's. */
struct cpu_kernel {
    struct ag_kernel_head head;
    ag_kernel kernel;
};

/* A text, and the library that is made of it. */
struct cpu_text {
    struct ag_kernel_source source;
    char flags[AG_CPU_FLAGS_BYTES];
    struct ag_cache_key key;
    void *library;
};

struct ag_module {
    struct ag_module_head head;
    struct ag_cpu_compiler compiler;
    char driver[AG_CPU_PATH_BYTES + AG_CPU_FLAGS_BYTES + 64];
    struct cpu_text one;
    /* Of lanes that execute together; its source's text is NULL where there is
       none. */
    struct cpu_text together;
    bool has_begun;              /* it is looked for, or compiled: */
    struct ag_child *job;        /* by this process, until that is over */
    struct ag_module_info *info; /* the caller's, as long as this lives */
    struct ag_cpu_trial trial; /* whether together is faster than one by one */
    struct cpu_kernel kernels[];
};

/* -- Functions ------------------------------------------------------------- */

static const ag_kernel functions[] = {
    {"ag_slice", ag_kernel_slice, {NULL, NULL, 0}, NULL, true},
    {"ag_serve", ag_kernel_serve, {NULL, NULL, 0}, NULL, false}};

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

/* A kernel of a library. ISO C has no conversion from void * to a function
   pointer. */
static ag_region_turn *find_turn(void *library, const char *name)
{
    ag_region_turn *turn = NULL;
    void *function = dlsym(library, name);
    if (function != NULL)
        memcpy(&turn, &function, sizeof function);
    return turn;
}

static void close_library(void *library)
{
    if (library != NULL)
        dlclose(library);
}

/* Whether that has all kernels. NULL: it has none, and that was said. */
static bool is_whole(const ag_module *m, void *library,
                     char message[AG_MESSAGE_BYTES])
{
    for (uint32_t i = 0; i < m->head.count && library != NULL; i++)
        if (find_turn(library, m->kernels[i].head.name) == NULL) {
            snprintf(message, AG_MESSAGE_BYTES,
                     "what was compiled has no '%.100s'",
                     m->kernels[i].head.name);
            return false;
        }
    return library != NULL;
}

/* A library's kernels become the module's; false: it is not what it should be,
   nothing is left of it, and the message says what is wrong. */
typedef bool take_fn(ag_module *m, void *library,
                     char message[AG_MESSAGE_BYTES]);

static bool take_one(ag_module *m, void *library,
                     char message[AG_MESSAGE_BYTES])
{
    if (!is_whole(m, library, message)) {
        close_library(library);
        return false;
    }
    m->one.library = library;
    for (uint32_t i = 0; i < m->head.count; i++) {
        struct cpu_kernel *k = &m->kernels[i];
        k->kernel.name = k->head.name;
        k->kernel.regions.one = find_turn(library, k->head.name);
        k->kernel.module = m;
        k->kernel.is_slice = true;
    }
    return true;
}

/* What goes lane by lane there is the device's copy of the interpreter's. */
static void give_functions(const ag_device *device, void *library)
{
    ag_simd_function **simd = dlsym(library, "ag_together_simd");
    ag_crypto_function **crypto = dlsym(library, "ag_together_crypto");
    if (simd != NULL)
        *simd = ag_simd_copies[device->engine.simd];
    if (crypto != NULL)
        *crypto = ag_crypto_copies[device->engine.crypto];
}

static bool take_together(ag_module *m, void *library,
                          char message[AG_MESSAGE_BYTES])
{
    const uint32_t lanes = m->head.device->engine.vectors->lanes;
    bool ok = is_whole(m, library, message);
    const uint32_t *found = ok ? dlsym(library, "ag_together_lanes") : NULL;
    if (ok && (found == NULL || *found != lanes)) {
        snprintf(message, AG_MESSAGE_BYTES,
                 "what was compiled is not for %" PRIu32 " lanes", lanes);
        ok = false;
    }
    if (!ok) {
        close_library(library);
        return false;
    }
    m->together.library = library;
    give_functions(m->head.device, library);
    for (uint32_t i = 0; i < m->head.count; i++) {
        ag_region_ways *ways = &m->kernels[i].kernel.regions;
        ways->together = find_turn(library, m->kernels[i].head.name);
        ways->lanes = lanes;
    }
    m->info->together = lanes;
    ag_cpu_trial_begin(&m->trial);
    return true;
}

/* Waits for a compiler, takes what it made, and keeps that in the cache. */
static bool finish(ag_module *m, struct ag_child *job, const int *is_given_up,
                   const struct cpu_text *t, take_fn *take, bool *is_refused,
                   char message[AG_MESSAGE_BYTES])
{
    struct ag_cpu_object object = {0};
    const bool ok = ag_cpu_compiled(job, is_given_up, &object, message) &&
                    take(m, object.library, message);
    if (ok && object.bytes != NULL)
        ag_cache_store(&t->key, object.bytes, object.length);
    free(object.bytes);
    *is_refused = object.is_refused;
    return ok;
}

/* -- Together -------------------------------------------------------------- */

/* Where a compiler's words are kept that has refused such a text. */
static struct ag_cache_key refusal_key(const struct cpu_text *t)
{
    struct ag_cache_key key = t->key;
    key.backend = "refused";
    return key;
}

/* Lanes go one by one, and that is why. */
static void go_apart(ag_module *m, const char *why, size_t length)
{
    snprintf(m->info->apart, sizeof m->info->apart, "%.*s", (int)length, why);
}

static bool was_refused(ag_module *m)
{
    const struct ag_cache_key key = refusal_key(&m->together);
    size_t length = 0;
    char *words = ag_cache_load(&key, &length);
    if (words != NULL)
        go_apart(m, words, length);
    free(words);
    return words != NULL;
}

/* A compiler that lacked memory, say, refuses nothing: it complains of the text
   or may be asked again. */
static void keep_refused(ag_module *m, const char *words)
{
    const struct cpu_text *t = &m->together;
    const struct ag_cache_key key = refusal_key(t);
    if (strstr(words, AG_CPU_SOURCE_NAME ":") != NULL)
        ag_cache_store(&key, words, strlen(words));
    if (m->head.keeps_refused)
        (void)ag_cache_keep_refused(t->source.text, t->source.length, t->flags,
                                    m->info->refused, sizeof m->info->refused);
}

static void end_together(ag_module *m, const int *is_given_up)
{
    char message[AG_MESSAGE_BYTES];
    bool is_refused;
    struct ag_child *job = m->job;
    m->job = NULL;
    if (finish(m, job, is_given_up, &m->together, take_together, &is_refused,
               message))
        return;
    go_apart(m, message, strlen(message));
    if (is_refused)
        keep_refused(m, message);
}

/* From the cache, or the compiler begins. */
static void begin_together(ag_module *m)
{
    char message[AG_MESSAGE_BYTES];
    size_t length = 0;
    struct cpu_text *t = &m->together;
    if (t->source.text == NULL || m->has_begun)
        return;
    m->has_begun = true;
    void *bytes = ag_cache_load(&t->key, &length);
    const bool is_there =
        bytes != NULL &&
        take_together(m, ag_cpu_load(bytes, length, message), message);
    free(bytes);
    if (is_there || was_refused(m))
        return;
    m->job = ag_cpu_compile(&m->compiler, &t->source, t->flags, message);
    if (m->job == NULL)
        go_apart(m, message, strlen(message));
}

/* Where lanes wait for the other one, which took so long, they wait as long
   again: a run that is over before this one is there would never have it. */
static void await_together(ag_module *m, double seconds)
{
    const int *is_given_up = &m->head.device->is_given_up;
    if (m->job != NULL &&
        ag_child_await(m->job, is_given_up, ag_now() + seconds))
        end_together(m, is_given_up);
}

ag_region_ways ag_cpu_look(const ag_kernel *kernel)
{
    static const int nobody = 0;
    ag_module *m = kernel->module;
    if (m != NULL && m->job != NULL && ag_child_is_over(m->job))
        end_together(m, &nobody);
    ag_region_ways ways = kernel->regions;
    if (ways.together != NULL && !ag_cpu_trial_way(&m->trial))
        ways.together = NULL;
    return ways;
}

void ag_cpu_tell(const ag_kernel *kernel, uint64_t retired, double seconds)
{
    ag_cpu_trial_ran(&kernel->module->trial, retired, seconds);
}

/* -- From the cache, from the text ----------------------------------------- */

static int32_t from_bytes(ag_module *m, const void *bytes, size_t length)
{
    char *message = m->head.device->message;
    return take_one(m, ag_cpu_load(bytes, length, message), message)
               ? ARMGPU_OK
               : ARMGPU_ERROR_BACKEND;
}

/* A text is kept for people to look at only if the compiler has refused it. */
static int32_t from_text(ag_module *m)
{
    ag_device *device = m->head.device;
    bool is_refused = false, ok = false;
    begin_together(m);
    struct ag_child *job = ag_cpu_compile(&m->compiler, &m->one.source,
                                          m->one.flags, device->message);
    if (job != NULL)
        ok = finish(m, job, &device->is_given_up, &m->one, take_one,
                    &is_refused, device->message);
    m->head.keeps_refused = m->head.keeps_refused && (ok || is_refused);
    return ok ? ARMGPU_OK : ARMGPU_ERROR_BACKEND;
}

/* -- Options --------------------------------------------------------------- */

/* What the processor has, and how floating point is computed, are as for the
   interpreter's copy that the device takes. */
static const char *flags_of(const ag_device *device)
{
    return device->engine.simd == AG_SIMD_FMA ? AG_REGION_FLAGS_FMA : "";
}

/* With -fgcse gcc 12 keeps registers of some hot loops in memory: 2.5 times the
   time. */
#define OPTIONS "-std=c11 -w -fPIC -shared -fno-gcse " AG_REGION_FLAGS

static bool prepare_text(ag_module *m, struct cpu_text *t,
                         const struct ag_kernel_source *source,
                         const char *flags)
{
    const int n = snprintf(t->flags, sizeof t->flags, OPTIONS " %s %s", flags,
                           m->head.defines);
    t->source = *source;
    t->key = (struct ag_cache_key){.source_hash = source->hash,
                                   .backend = "cpu",
                                   .device = AG_REGION_MACHINE,
                                   .driver = m->driver,
                                   .options = t->flags};
    return n < (int)sizeof t->flags;
}

static int32_t prepare(ag_module *m, const struct ag_kernel_source *together)
{
    ag_device *device = m->head.device;
    if (!ag_cpu_find_compiler(&m->compiler, device->message))
        return ARMGPU_ERROR_BACKEND;
    snprintf(m->driver, sizeof m->driver, "%s%s, %s", m->compiler.path,
             m->compiler.options, m->compiler.version);
    if (!prepare_text(m, &m->one, m->head.source, flags_of(device))) {
        snprintf(device->message, sizeof device->message,
                 "compiler options are too long");
        return ARMGPU_ERROR_ARGUMENT;
    }
    if (together != NULL && device->engine.vectors != NULL &&
        !prepare_text(m, &m->together, together, device->engine.vectors->flags))
        m->together.source.text = NULL;
    return ARMGPU_OK;
}

static int32_t build_texts(ag_module *m,
                           const struct ag_module_options *options,
                           struct ag_module_info *info)
{
    const double start = ag_now();
    int32_t error = prepare(m, options->together);
    m->info = info;
    if (error == ARMGPU_OK)
        error = ag_build(m, &m->one.key, from_bytes, from_text, info);
    if (error != ARMGPU_OK)
        return error;
    begin_together(m);
    const bool is_compiled = m->job != NULL;
    if (options->awaits_together && !info->was_cached)
        await_together(m, ag_now() - start);
    info->was_cached = info->was_cached && !is_compiled;
    info->compile_seconds = ag_now() - start;
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
    error = build_texts(m, options, info);
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
    static const int given_up = 1;
    (void)device;
    if (m == NULL)
        return;
    if (m->job != NULL)
        end_together(m, &given_up);
    close_library(m->one.library);
    close_library(m->together.library);
    free(m);
}
