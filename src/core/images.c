/*
 * The bytes that lanes begin with, kept for resets, for lanes of later waves
 * and for decoding; where more than one image covers a byte the last one counts.
 */
#include "core/engine.h"

#include <stdlib.h>
#include <string.h>

/* `by` covers the image, so that it need not be kept: loading again and again
   takes no more memory than loading once. */
static bool is_covered(const struct ag_image *image, const struct ag_image *by)
{
    return (by->program == AG_EVERY_PROGRAM || by->program == image->program) &&
           image->address >= by->address && image->size <= by->size &&
           image->address - by->address <= by->size - image->size;
}

int32_t ag_images_add(struct armgpu *g, const struct ag_image *image,
                      struct ag_images *before)
{
    const struct ag_images *old = &g->images;
    struct ag_images all = {
        malloc((old->count + 1) * sizeof *all.list), 0};
    uint8_t *bytes = malloc(image->size == 0 ? 1 : image->size);
    if (all.list == NULL || bytes == NULL) {
        free(all.list);
        free(bytes);
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < old->count; i++)
        if (!is_covered(&old->list[i], image))
            all.list[all.count++] = old->list[i];
    memcpy(bytes, image->bytes, image->size);
    all.list[all.count] = *image;
    all.list[all.count++].bytes = bytes;
    *before = *old;
    g->images = all;
    g->start_is_stale = true;
    return ARMGPU_OK;
}

void ag_images_settle(struct armgpu *g, struct ag_images *before, bool is_kept)
{
    const struct ag_image *added = &g->images.list[g->images.count - 1];
    if (!is_kept) {
        free(added->bytes);
        free(g->images.list);
        g->images = *before;
        g->start_is_stale = true;
        return;
    }
    for (size_t i = 0; i < before->count; i++)
        if (is_covered(&before->list[i], added))
            free(before->list[i].bytes);
    free(before->list);
}

void ag_images_close(struct armgpu *g)
{
    for (size_t i = 0; i < g->images.count; i++)
        free(g->images.list[i].bytes);
    free(g->images.list);
}

static bool is_of(const struct ag_image *image, uint32_t program)
{
    return image->program == program || image->program == AG_EVERY_PROGRAM;
}

void ag_image_range(const struct armgpu *g, uint32_t program, bool is_own,
                    uint64_t *low, uint64_t *high)
{
    *low = UINT64_MAX;
    *high = 0;
    for (size_t i = 0; i < g->images.count; i++) {
        const struct ag_image *image = &g->images.list[i];
        if (image->size == 0 || (is_own ? image->program != program
                                        : !is_of(image, program)))
            continue;
        *low = image->address < *low ? image->address : *low;
        if (image->address + image->size > *high)
            *high = image->address + image->size;
    }
    if (*high == 0)
        *low = 0;
}

void ag_image_read(const struct armgpu *g, uint32_t program, uint64_t address,
                   uint8_t *out, size_t bytes)
{
    memset(out, 0, bytes);
    for (size_t i = 0; i < g->images.count; i++) {
        const struct ag_image *image = &g->images.list[i];
        if (!is_of(image, program))
            continue;
        uint64_t low = image->address, high = low + image->size;
        if (low < address)
            low = address;
        if (high > address + bytes)
            high = address + bytes;
        if (low < high)
            memcpy(out + (low - address), image->bytes + (low - image->address),
                   (size_t)(high - low));
    }
}
