/*
 * The bytes that lanes begin with, kept for resets, for lanes of later waves and
 * for decoding; where more than one image covers a byte the last one counts.
 */
#include "core/engine.h"

#include <stdlib.h>
#include <string.h>

/* Images that the new one covers need not be kept: loading again and again
   takes no more memory than loading once. */
static void drop_covered(struct armgpu *g, const struct ag_image *by)
{
    size_t kept = 0;
    for (size_t i = 0; i < g->num_images; i++) {
        struct ag_image *image = &g->images[i];
        if ((by->program == AG_EVERY_PROGRAM || by->program == image->program) &&
            image->address >= by->address && image->size <= by->size &&
            image->address - by->address <= by->size - image->size)
            free(image->bytes);
        else
            g->images[kept++] = *image;
    }
    g->num_images = kept;
}

int32_t ag_image_keep(struct armgpu *g, const struct ag_image *from)
{
    drop_covered(g, from);
    struct ag_image *images =
        realloc(g->images, (g->num_images + 1) * sizeof *images);
    if (images == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    g->images = images;
    struct ag_image *image = &images[g->num_images];
    *image = *from;
    image->bytes = malloc(from->size == 0 ? 1 : from->size);
    if (image->bytes == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    memcpy(image->bytes, from->bytes, from->size);
    g->num_images++;
    return ARMGPU_OK;
}

void ag_images_close(struct armgpu *g)
{
    for (size_t i = 0; i < g->num_images; i++)
        free(g->images[i].bytes);
    free(g->images);
}

static bool is_of(const struct ag_image *image, uint32_t program)
{
    return image->program == program || image->program == AG_EVERY_PROGRAM;
}

void ag_image_range(const struct armgpu *g, uint32_t program, uint64_t *low,
                    uint64_t *high)
{
    *low = UINT64_MAX;
    *high = 0;
    for (size_t i = 0; i < g->num_images; i++) {
        const struct ag_image *image = &g->images[i];
        if (!is_of(image, program) || image->size == 0)
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
    for (size_t i = 0; i < g->num_images; i++) {
        const struct ag_image *image = &g->images[i];
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
