/* The CPU's module: kernels that are functions of this executable, by name. */
#include "backend/cpu/cpu.h"

#include <string.h>

static const ag_kernel functions[] = {{"ag_slice", ag_kernel_slice, true},
                                      {"ag_serve", ag_kernel_serve, false}};

static const ag_kernel *find(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}

/* There is nothing to keep: a module is no memory. */
int32_t ag_cpu_build(ag_device *device, ag_module **out,
                     const struct ag_module_options *options,
                     struct ag_module_info *info)
{
    *out = NULL;
    memset(info, 0, sizeof *info);
    for (uint32_t i = 0; i < options->count; i++) {
        struct ag_module_kernel *k = &options->kernels[i];
        k->kernel = options->source == NULL ? find(k->name) : NULL;
        k->workers = device->threads;
        k->warp_threads = 0;
        if (k->kernel != NULL)
            continue;
        snprintf(device->message, sizeof device->message,
                 "the cpu backend has no kernel '%.100s' and compiles none",
                 k->name);
        return ARMGPU_ERROR_BACKEND;
    }
    return ARMGPU_OK;
}

void ag_cpu_unload(ag_device *device, ag_module *module)
{
    (void)device;
    (void)module;
}
