/* Building a module, the same wherever a text is compiled: see build.h. */
#define _POSIX_C_SOURCE 200809L
#include "backend/build.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a compiler said is the device's message. */
static void keep_refused(const struct ag_module_head *m,
                         struct ag_module_info *info)
{
    (void)ag_cache_keep_refused(m->source->text, m->source->length, m->defines,
                                info->refused, sizeof info->refused);
}

ag_module *ag_new_module(ag_device *device,
                         const struct ag_module_options *options, size_t at,
                         size_t kernel_bytes, char message[AG_MESSAGE_BYTES])
{
    char *bytes = calloc(1, at + options->count * kernel_bytes);
    struct ag_module_head *m = (struct ag_module_head *)(void *)bytes;
    if (m == NULL) {
        snprintf(message, AG_MESSAGE_BYTES, "out of memory");
        return NULL;
    }
    m->device = device;
    m->source = options->source;
    m->defines = options->defines;
    m->count = options->count;
    m->keeps_refused = options->keeps_refused;
    m->is_region = options->is_region;
    for (uint32_t i = 0; i < m->count; i++) {
        void *kernel = bytes + at + i * kernel_bytes;
        *(struct ag_kernel_head *)kernel = (struct ag_kernel_head){
            options->kernels[i].name, options->kernels[i].lane_bytes};
    }
    return (ag_module *)(void *)bytes;
}

void ag_image_free(struct ag_image *image)
{
    free(image->bytes);
    free(image->log);
    memset(image, 0, sizeof *image);
}

int32_t ag_build(ag_module *module, const struct ag_cache_key *key,
                 ag_from_bytes_fn *from_bytes, ag_from_source_fn *from_source,
                 struct ag_module_info *info)
{
    double start = ag_now();
    size_t length = 0;
    void *bytes = key == NULL ? NULL : ag_cache_load(key, &length);
    int32_t error = ARMGPU_OK;
    memset(info, 0, sizeof *info);
    if (bytes != NULL && from_bytes(module, bytes, length) == ARMGPU_OK)
        info->was_cached = 1;
    else
        error = from_source(module);
    free(bytes);
    const struct ag_module_head *m = (const void *)module;
    if (error != ARMGPU_OK && m->keeps_refused)
        keep_refused(m, info);
    info->compile_seconds = ag_now() - start;
    return error;
}
