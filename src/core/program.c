/* Programs and guest memory: what is loaded, reading and writing, resets. */
#include "core/engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The executable format `bytes` begins with, NULL if none is known. */
static const char *format_name(const uint8_t *bytes, size_t size)
{
    static const uint8_t elf[] = {0x7f, 'E', 'L', 'F'};
    static const uint8_t mach[][4] = {{0xcf, 0xfa, 0xed, 0xfe},
                                      {0xce, 0xfa, 0xed, 0xfe},
                                      {0xca, 0xfe, 0xba, 0xbe}};
    if (size >= 4 && memcmp(bytes, elf, 4) == 0)
        return "ELF";
    for (int i = 0; i < 3; i++)
        if (size >= 4 && memcmp(bytes, mach[i], 4) == 0)
            return "Mach-O";
    /* "MZ" alone may be an instruction: Linux kernel images begin so. */
    if (size >= 0x40 && bytes[0] == 'M' && bytes[1] == 'Z') {
        uint32_t at = bytes[0x3c] | (uint32_t)bytes[0x3d] << 8 |
                      (uint32_t)bytes[0x3e] << 16 | (uint32_t)bytes[0x3f] << 24;
        if (at <= size - 4 && memcmp(bytes + at, "PE\0\0", 4) == 0)
            return "PE";
    }
    return NULL;
}

static int32_t check_range(struct armgpu *g, const char *what, uint64_t address,
                           uint64_t size)
{
    char text[32];
    if (address <= g->memory_size && size <= g->memory_size - address)
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_RANGE,
                   "%s of %" PRIu64 " bytes at 0x%" PRIx64
                   " does not fit memory, which ends at 0x%" PRIx64 " (%s)",
                   what, size, address, g->memory_size,
                   ag_format_bytes(g->memory_size, text));
}

static uint64_t memory_copies(const struct armgpu *g)
{
    return g->layout == AG_LAYOUT_SHARED ? 1 : g->num_lanes;
}

/* Writes an image into every copy of memory. */
static int32_t place_image(struct armgpu *g, const struct ag_image *image)
{
    if (g->backend->upload(g->device, g->memory, image->address, image->bytes,
                           image->size) ||
        g->backend->spread(g->device, g->memory, image->address,
                           g->memory_stride, memory_copies(g), image->size))
        return ag_device_failed(g);
    return ARMGPU_OK;
}

/* Images that the new one covers need not be kept: loading again and again
   takes no more memory than loading once. */
static void drop_covered(struct armgpu *g, uint64_t address, size_t size)
{
    size_t kept = 0;
    for (size_t i = 0; i < g->num_images; i++) {
        struct ag_image *image = &g->images[i];
        if (image->address >= address && image->size <= size &&
            image->address - address <= size - image->size)
            free(image->bytes);
        else
            g->images[kept++] = *image;
    }
    g->num_images = kept;
}

static int32_t keep_image(struct armgpu *g, const void *bytes, size_t size,
                          uint64_t address)
{
    drop_covered(g, address, size);
    struct ag_image *images =
        realloc(g->images, (g->num_images + 1) * sizeof *images);
    if (images == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    g->images = images;
    struct ag_image *image = &images[g->num_images];
    image->bytes = malloc(size == 0 ? 1 : size);
    if (image->bytes == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    memcpy(image->bytes, bytes, size);
    image->size = size;
    image->address = address;
    g->num_images++;
    return ARMGPU_OK;
}

void ag_images_close(struct armgpu *g)
{
    for (size_t i = 0; i < g->num_images; i++)
        free(g->images[i].bytes);
    free(g->images);
}

void ag_image_read(const struct armgpu *g, uint64_t address, uint8_t *out,
                   size_t bytes)
{
    memset(out, 0, bytes);
    for (size_t i = 0; i < g->num_images; i++) {
        const struct ag_image *image = &g->images[i];
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

int32_t armgpu_load_data(armgpu *g, const void *bytes, size_t size,
                         uint64_t address)
{
    int32_t error = check_range(g, "data", address, size);
    if (error == ARMGPU_OK)
        error = keep_image(g, bytes, size, address);
    if (error == ARMGPU_OK)
        error = place_image(g, &g->images[g->num_images - 1]);
    if (error == ARMGPU_OK)
        error = ag_code_forget(g, address, size);
    if (error == ARMGPU_OK)
        g->has_program = true;
    return error;
}

int32_t ag_check_program(struct armgpu *g, const void *bytes, size_t size,
                         uint64_t address)
{
    const char *format = format_name(bytes, size);
    if (size == 0)
        return ag_fail(g, ARMGPU_ERROR_FORMAT, "the program is empty");
    if (format != NULL)
        return ag_fail(g, ARMGPU_ERROR_FORMAT,
                       "the program is an %s file, not a flat image; make one "
                       "with: aarch64-linux-gnu-objcopy -O binary PROGRAM "
                       "PROGRAM.bin",
                       format);
    if (address % 4 != 0)
        return ag_fail(g, ARMGPU_ERROR_ALIGNMENT,
                       "load address 0x%" PRIx64 " is not a multiple of 4",
                       address);
    return check_range(g, "a program", address, size);
}

int32_t armgpu_load_program(armgpu *g, const void *bytes, size_t size,
                            uint64_t address)
{
    int32_t error = ag_check_program(g, bytes, size, address);
    if (error == ARMGPU_OK)
        error = armgpu_load_data(g, bytes, size, address);
    if (error != ARMGPU_OK)
        return error;
    g->entry = address;
    return armgpu_set_pc_all(g, address);
}

int32_t armgpu_reset(armgpu *g)
{
    uint64_t gaps = g->memory_stride * (memory_copies(g) - 1);
    if (g->backend->fill(g->device, g->memory, 0, 0, gaps + g->memory_size))
        return ag_device_failed(g);
    for (size_t i = 0; i < g->num_images; i++) {
        int32_t error = place_image(g, &g->images[i]);
        if (error != ARMGPU_OK)
            return error;
    }
    int32_t error = ag_code_forget_all(g);
    return error != ARMGPU_OK ? error : ag_lanes_reset(g);
}

/* Where an address of a lane lies in the memory buffer. */
static uint64_t place(const struct armgpu *g, uint64_t lane, uint64_t address)
{
    return g->layout == AG_LAYOUT_SHARED ? address
                                         : lane * g->memory_stride + address;
}

int32_t armgpu_read_memory(armgpu *g, uint64_t lane, uint64_t address,
                           void *bytes, size_t size)
{
    int32_t error = ag_check_lanes(g, lane, 1);
    if (error == ARMGPU_OK)
        error = check_range(g, "a read", address, size);
    if (error == ARMGPU_OK &&
        g->backend->download(g->device, bytes, g->memory,
                             place(g, lane, address), size))
        error = ag_device_failed(g);
    return error;
}

int32_t armgpu_write_memory(armgpu *g, uint64_t lane, uint64_t address,
                            const void *bytes, size_t size)
{
    int32_t error = ag_check_lanes(g, lane, 1);
    if (error == ARMGPU_OK)
        error = check_range(g, "a write", address, size);
    if (error != ARMGPU_OK)
        return error;
    if (g->backend->upload(g->device, g->memory, place(g, lane, address), bytes,
                           size))
        return ag_device_failed(g);
    g->has_program = true;
    return g->layout == AG_LAYOUT_SHARED ? ag_code_forget(g, address, size)
                                         : ag_code_own(g, lane, address, size);
}
