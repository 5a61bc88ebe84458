/* Modules of the CUDA backend: text, compiled by NVRTC for the device. */
#include "backend/build.h"
#include "backend/cuda/cuda.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FREE_SHARED 49152 /* what a block may have without asking */

struct ag_module {
    struct ag_module_head head;
    ag_cu_module module; /* NULL: not loaded */
    struct ag_nvrtc_target target;
    struct ag_cache_key key;
    char key_device[192], key_driver[64], options[AG_NVRTC_OPTIONS_BYTES];
    ag_kernel kernels[];
};

/* -- Loading and compiling ------------------------------------------------- */

/* PTX that cannot be translated gives a log. */
static int32_t load_module(ag_module *m, const void *bytes)
{
    char log[96] = "", doing[128];
    uint32_t options[] = {AG_CU_JIT_ERROR_LOG, AG_CU_JIT_ERROR_LOG_BYTES};
    void *values[] = {log, (void *)(uintptr_t)(sizeof log - 1)};
    ag_cu_result code =
        m->head.device->cu.module_load(&m->module, bytes, 2, options, values);
    if (code != AG_CU_SUCCESS)
        m->module = NULL;
    log[strcspn(log, "\n")] = '\0';
    snprintf(doing, sizeof doing, "loading the kernel%s%s%s",
             log[0] == '\0' ? "" : " (", log, log[0] == '\0' ? "" : ")");
    return ag_cu_check(m->head.device, code, doing);
}

static int32_t find_kernels(ag_module *m)
{
    ag_cu_result code = AG_CU_SUCCESS;
    for (uint32_t i = 0; i < m->head.count && code == AG_CU_SUCCESS; i++)
        code = m->head.device->cu.module_function(
            &m->kernels[i].function, m->module, m->kernels[i].head.name);
    return ag_cu_check(m->head.device, code, "finding the kernel");
}

/* Compiled bytes, from the cache or just made; `length` is in them too. */
static int32_t from_bytes(ag_module *m, const void *bytes, size_t length)
{
    int32_t error = load_module(m, bytes);
    (void)length;
    if (error == ARMGPU_OK)
        error = find_kernels(m);
    if (error != ARMGPU_OK && m->module != NULL) {
        m->head.device->cu.module_unload(m->module);
        m->module = NULL;
    }
    return error;
}

static int32_t compile(ag_module *m, struct ag_image *image)
{
    ag_device *d = m->head.device;
    return m->head.is_region && d->helper != NULL
               ? ag_nvrtc_compile_apart(&d->nvrtc, d->helper, m->head.source,
                                        &m->target, m->options, &d->is_given_up,
                                        image, d->message)
               : ag_nvrtc_compile(&d->nvrtc, m->head.source, &m->target,
                                  m->options, image, d->message);
}

/* Keeps what could be loaded. */
static int32_t from_source(ag_module *m)
{
    struct ag_image image;
    ag_device *d = m->head.device;
    int32_t error = compile(m, &image);
    if (__atomic_load_n(&d->is_given_up, __ATOMIC_RELAXED))
        m->head.keeps_refused = 0; /* nobody has refused it */
    if (error != ARMGPU_OK)
        return error;
    if (d->settings.is_verbose && image.log != NULL)
        fputs(image.log, stderr);
    error = from_bytes(m, image.bytes, image.size);
    if (error == ARMGPU_OK)
        ag_cache_store(&m->key, image.bytes, image.size);
    ag_image_free(&image);
    return error;
}

/* Of a region, which is compiled for a number of lanes as it is. */
static uint32_t most_registers(const ag_module *m)
{
    const ag_device *d = m->head.device;
    const uint64_t few = (uint64_t)d->properties.multiprocessors * AG_NVRTC_FEW;
    return m->head.is_region && d->lanes <= few ? AG_NVRTC_REGISTERS_OF_FEW
                                                : AG_NVRTC_REGISTERS;
}

static int32_t make_key(ag_module *m, const char *defines)
{
    ag_device *d = m->head.device;
    char more[2 * AG_NVRTC_OPTIONS_BYTES];
    int32_t error = ag_nvrtc_choose(&d->nvrtc, d->properties.capability,
                                    &m->target, d->message);
    snprintf(more, sizeof more, "%s %s", defines, d->settings.options);
    if (error == ARMGPU_OK)
        error = ag_nvrtc_options(&m->target, most_registers(m), more,
                                 m->options, d->message);
    snprintf(m->key_device, sizeof m->key_device, "%s sm_%u",
             d->properties.name, d->properties.capability);
    snprintf(m->key_driver, sizeof m->key_driver, "CUDA %d, NVRTC %d.%d",
             d->driver_version, d->nvrtc.major, d->nvrtc.minor);
    m->key = (struct ag_cache_key){.source_hash = m->head.source->hash,
                                   .backend = "cuda",
                                   .device = m->key_device,
                                   .driver = m->key_driver,
                                   .options = m->options};
    return error;
}

/* -- What kernels may have ------------------------------------------------- */

/* Lanes that run at one time with this block size; 0 if it is impossible. */
static uint64_t resident_lanes(ag_device *d, const ag_kernel *kernel,
                               uint32_t block)
{
    size_t shared = (size_t)block * kernel->head.lane_bytes;
    int blocks = 0;
    if (d->cu.occupancy(&blocks, kernel->function, (int)block, shared) !=
            AG_CU_SUCCESS ||
        blocks < 0)
        return 0;
    return (uint64_t)blocks * block * d->properties.multiprocessors;
}

/* What ARMGPU_CUDA_CARVEOUT and _BLOCK ask for. More than FREE_SHARED has to be
   asked for. */
static int32_t set_shared(ag_device *d, const ag_kernel *kernel)
{
    uint32_t bytes = d->settings.block * kernel->head.lane_bytes;
    ag_cu_result code = AG_CU_SUCCESS;
    if (d->settings.carveout != AG_CU_AS_IT_IS)
        code =
            d->cu.function_set(kernel->function, AG_CU_FUNCTION_SHARED_CARVEOUT,
                               (int)d->settings.carveout);
    int32_t error = ag_cu_check(d, code, "setting the carveout");
    if (error != ARMGPU_OK || bytes <= FREE_SHARED)
        return error;
    code = d->cu.function_set(kernel->function,
                              AG_CU_FUNCTION_MAX_DYNAMIC_SHARED, (int)bytes);
    return ag_cu_check(d, code,
                       "asking for the shared memory of ARMGPU_CUDA_BLOCK");
}

/* How many lanes run at one time, by block size. */
static int32_t measure_blocks(ag_device *d, ag_kernel *kernel, bool is_region,
                              struct ag_module_kernel *out)
{
    uint64_t most = 0;
    out->kernel = kernel;
    out->workers = 0;
    out->warp_threads = AG_WARP;
    if (is_region)
        kernel->part = resident_lanes(d, kernel, AG_CU_BLOCK);
    if (kernel->head.lane_bytes == 0)
        return ARMGPU_OK;
    int32_t error = set_shared(d, kernel);
    if (error != ARMGPU_OK)
        return error;
    for (uint32_t i = 0; i < AG_CU_AUTO_BLOCKS; i++) {
        kernel->resident[i] = resident_lanes(d, kernel, (i + 1) * AG_WARP);
        most = kernel->resident[i] > most ? kernel->resident[i] : most;
    }
    if (d->settings.block != 0)
        most = resident_lanes(d, kernel, d->settings.block);
    out->workers = most > UINT32_MAX ? UINT32_MAX : (uint32_t)most;
    return ag_cu_check(d,
                       most > 0 ? AG_CU_SUCCESS : AG_CU_LAUNCH_OUT_OF_RESOURCES,
                       "finding room for the kernel");
}

static int kernel_attribute(const ag_device *d, const ag_kernel *kernel,
                            enum ag_cu_function_attribute which)
{
    int value = -1;
    d->cu.function_attribute(&value, which, kernel->function);
    return value;
}

static void print_kernel(const ag_device *d, const ag_kernel *kernel)
{
    fprintf(stderr,
            "armgpu: cuda: %s: %d registers, %d bytes of local memory, %d of "
            "static shared memory; lanes at one time:",
            kernel->head.name,
            kernel_attribute(d, kernel, AG_CU_FUNCTION_REGISTERS),
            kernel_attribute(d, kernel, AG_CU_FUNCTION_LOCAL_BYTES),
            kernel_attribute(d, kernel, AG_CU_FUNCTION_SHARED_BYTES));
    for (uint32_t i = 0; i < AG_CU_AUTO_BLOCKS; i++)
        fprintf(stderr, " %" PRIu64 " (blocks of %u)", kernel->resident[i],
                (i + 1) * AG_WARP);
    fputc('\n', stderr);
}

static void print_module(const ag_module *m, const struct ag_module_info *info)
{
    for (uint32_t i = 0; i < m->head.count; i++)
        if (m->kernels[i].head.lane_bytes != 0)
            print_kernel(m->head.device, &m->kernels[i]);
    fprintf(stderr, "armgpu: cuda: kernel %s in %.3f s\n",
            info->was_cached ? "from the cache" : "compiled",
            info->compile_seconds);
}

/* -- Building -------------------------------------------------------------- */

/* With the context current. */
static int32_t make_module(ag_module *m,
                           const struct ag_module_options *options,
                           struct ag_module_info *info)
{
    ag_device *d = m->head.device;
    int32_t error = make_key(m, options->defines);
    if (error == ARMGPU_OK)
        error = ag_build(m, &m->key, from_bytes, from_source, info);
    for (uint32_t i = 0; i < m->head.count && error == ARMGPU_OK; i++)
        error = measure_blocks(d, &m->kernels[i], m->head.is_region != 0,
                               &options->kernels[i]);
    if (error == ARMGPU_OK && d->settings.is_verbose)
        print_module(m, info);
    return error;
}

/* What is loaded into a device that hangs goes with its context. */
void ag_cu_unload(ag_device *d, ag_module *m)
{
    ag_cu_context popped;
    if (m != NULL && m->module != NULL && !d->is_hung &&
        d->cu.context_push(d->context) == AG_CU_SUCCESS) {
        d->cu.module_unload(m->module);
        d->cu.context_pop(&popped);
    }
    free(m);
}

int32_t ag_cu_build(ag_device *d, ag_module **out,
                    const struct ag_module_options *options,
                    struct ag_module_info *info)
{
    ag_cu_context popped;
    int32_t error = ag_cu_enter(d);
    *out = NULL;
    if (error != ARMGPU_OK)
        return error;
    ag_module *m =
        ag_new_module(d, options, offsetof(struct ag_module, kernels),
                      sizeof(ag_kernel), d->message);
    error = m == NULL ? ARMGPU_ERROR_MEMORY : make_module(m, options, info);
    d->cu.context_pop(&popped);
    if (error == ARMGPU_OK)
        *out = m;
    else
        ag_cu_unload(d, m);
    return error;
}
