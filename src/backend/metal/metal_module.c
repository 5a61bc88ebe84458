/* Modules of the Metal backend: text, compiled by the system, which keeps what
   it compiled itself. */
#include "backend/metal/metal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ag_module {
    struct ag_module_head head;
    uint32_t group; /* lanes of a threadgroup, a constant of the text */
    ag_kernel kernels[];
};

/* -- Compiling ------------------------------------------------------------- */

static ag_id new_string(const char *text)
{
    return ag_mtl_string((ag_id)(void *)objc_getClass("NSString"), text);
}

/* The newest language that this system surely has, up to the newest that is of
   use; 64-bit integers in buffers came with 2.3. */
ag_ns_uint ag_metal_language(ag_ns_version system)
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

ag_id ag_metal_new_options(const ag_device *d)
{
    ag_class class = objc_getClass("MTLCompileOptions");
    ag_id options = ag_mtl_new_object((ag_id)(void *)class);
    /* The older of the two was replaced in macOS 15. */
    if (ag_mtl_responds(options, AG_SELECTOR(set_math_mode)))
        ag_mtl_set_math_mode(options, AG_MTL_MATH_SAFE);
    else
        ag_mtl_set_fast_math(options, 0);
    ag_mtl_set_language(options, ag_metal_language(d->system));
    return options;
}

/* "-DNAME=VALUE" as "#define NAME VALUE", for each; returns the length. */
static size_t write_defines(char *text, const char *defines)
{
    size_t n = 0;
    for (const char *at = defines; *at != '\0';) {
        int has_value = 0;
        while (*at == ' ')
            at++;
        if (at[0] != '-' || at[1] != 'D')
            break;
        n += (size_t)snprintf(text + n, 9, "#define ");
        for (at += 2; *at != '\0' && *at != ' '; at++) {
            text[n++] = *at == '=' && !has_value ? ' ' : *at;
            has_value = has_value || *at == '=';
        }
        n += (size_t)snprintf(text + n, 4, "%s", has_value ? "\n" : " 1\n");
    }
    return n;
}

/* The text after the constants that it is compiled for. */
static char *write_source(const ag_module *m, const char *defines)
{
    const struct ag_kernel_source *k = m->head.source;
    /* A definition becomes longer by less than 3 times. */
    size_t n, size = 4 * strlen(defines) + k->length + 64;
    char *text = malloc(size);
    if (text == NULL)
        return NULL;
    n = write_defines(text, defines);
    n += (size_t)snprintf(text + n, size - n,
                          "#define AG_GROUP_LANES %" PRIu32 "\n", m->group);
    memcpy(text + n, k->text, k->length);
    text[n + k->length] = '\0';
    return text;
}

static ag_id compile(const ag_module *m, const char *defines)
{
    ag_device *d = m->head.device;
    ag_id error = NULL, library = NULL, options = ag_metal_new_options(d);
    char *text = write_source(m, defines);
    if (text == NULL) {
        snprintf(d->message, sizeof d->message, "out of memory");
    } else {
        library =
            ag_mtl_new_library(d->device, new_string(text), options, &error);
        /* An error beside a library is a warning. */
        if (library == NULL)
            ag_metal_fail(d, "compiling the kernels failed", error);
    }
    free(text);
    ag_metal_release(options);
    return library;
}

static int32_t create_pipeline(ag_device *d, ag_id library, ag_kernel *kernel)
{
    ag_id error = NULL;
    ag_id function =
        ag_mtl_new_function(library, new_string(kernel->head.name));
    if (function == NULL)
        return ag_metal_fail(d, "the compiled kernels lack one", NULL);
    kernel->pipeline = ag_mtl_new_pipeline(d->device, function, &error);
    ag_metal_release(function);
    return kernel->pipeline != NULL
               ? ARMGPU_OK
               : ag_metal_fail(d, "making a pipeline failed", error);
}

/* The device must take groups as they were compiled. */
static int32_t check_pipeline(ag_device *d, const ag_kernel *kernel)
{
    if (ag_mtl_simd_width(kernel->pipeline) != AG_WARP)
        return ag_metal_fail(d, AG_METAL_OLD_DEVICE, NULL);
    if (ag_mtl_group_memory(kernel->pipeline) >
        ag_mtl_max_group_memory(d->device))
        return ag_metal_fail(
            d, "the lanes' registers do not fit threadgroup memory", NULL);
    return ARMGPU_OK;
}

static uint32_t most_threads(const ag_module *m)
{
    ag_ns_uint most = AG_METAL_MAX_GROUP;
    for (uint32_t i = 0; i < m->head.count; i++) {
        ag_ns_uint threads = ag_mtl_max_threads(m->kernels[i].pipeline);
        most = threads < most ? threads : most;
    }
    return (uint32_t)most / AG_WARP * AG_WARP;
}

static void release_pipelines(ag_module *m)
{
    for (uint32_t i = 0; i < m->head.count; i++) {
        ag_metal_release(m->kernels[i].pipeline);
        m->kernels[i].pipeline = NULL;
    }
}

static int32_t compile_all(ag_module *m)
{
    ag_id library = compile(m, m->head.defines);
    int32_t error = library == NULL ? ARMGPU_ERROR_DEVICE : ARMGPU_OK;
    for (uint32_t i = 0; i < m->head.count && error == ARMGPU_OK; i++) {
        m->kernels[i].group = m->group;
        error = create_pipeline(m->head.device, library, &m->kernels[i]);
        if (error == ARMGPU_OK)
            error = check_pipeline(m->head.device, &m->kernels[i]);
    }
    ag_metal_release(library);
    return error;
}

/* A group's size is in the kernel's text; where registers allow fewer threads,
   the text is compiled again for those. */
static int32_t from_source(ag_module *m)
{
    int32_t error = compile_all(m);
    if (error != ARMGPU_OK || most_threads(m) >= m->group)
        return error;
    m->group = most_threads(m);
    release_pipelines(m);
    if (m->group == 0)
        return ag_metal_fail(m->head.device,
                             "the kernels need too many registers", NULL);
    return compile_all(m);
}

/* -- Building -------------------------------------------------------------- */

/* Lanes whose registers all cores' threadgroup memory holds. */
static void fill_kernel(const ag_device *d, const ag_kernel *kernel,
                        struct ag_module_kernel *out)
{
    ag_ns_uint lanes = kernel->group;
    if (kernel->head.lane_bytes != 0)
        lanes = ag_mtl_max_group_memory(d->device) / kernel->head.lane_bytes /
                AG_WARP * AG_WARP;
    out->kernel = kernel;
    out->workers = (uint32_t)lanes * AG_METAL_FEWEST_CORES;
    out->warp_threads = AG_WARP;
}

void ag_metal_unload(ag_device *d, ag_module *m)
{
    (void)d;
    if (m == NULL)
        return;
    void *pool = objc_autoreleasePoolPush();
    release_pipelines(m);
    objc_autoreleasePoolPop(pool);
    free(m);
}

int32_t ag_metal_build(ag_device *d, ag_module **out,
                       const struct ag_module_options *options,
                       struct ag_module_info *info)
{
    ag_module *m = *out =
        ag_new_module(d, options, offsetof(struct ag_module, kernels),
                      sizeof(ag_kernel), d->message);
    if (m == NULL)
        return ARMGPU_ERROR_MEMORY;
    m->group = d->group;
    void *pool = objc_autoreleasePoolPush();
    int32_t error = ag_build(m, NULL, NULL, from_source, info);
    for (uint32_t i = 0; i < m->head.count && error == ARMGPU_OK; i++)
        fill_kernel(d, &m->kernels[i], &options->kernels[i]);
    objc_autoreleasePoolPop(pool);
    if (error == ARMGPU_OK)
        return ARMGPU_OK;
    ag_metal_unload(d, m);
    *out = NULL;
    return error;
}

/* -- For inspection -------------------------------------------------------- */

const ag_kernel *ag_metal_first_kernel(const ag_module *m)
{
    return &m->kernels[0];
}

ag_id ag_metal_new_library(const ag_module *m)
{
    return compile(m, "-DAG_LAYOUT=0");
}
