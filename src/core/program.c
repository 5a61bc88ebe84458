/* Programs and guest memory: what is loaded, reading and writing, resets. */
#include "core/engine.h"
#include "base/bytes.h"

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
        uint32_t at = ag_get_32(bytes + 0x3c);
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

/* Writes an image into the memory of its lanes; where more than one image
   covers a byte the last one counts. */
static int32_t place_image(struct armgpu *g, const struct ag_image *image)
{
    ag_slice_args args = {.serve = AG_SERVE_IMAGE,
                          .program = image->program,
                          .address = image->address,
                          .size = image->size};
    if (image->size == 0)
        return ARMGPU_OK;
    if (g->layout != AG_LAYOUT_SHARED)
        return ag_serve(g, &args, NULL, g->resident);
    if (g->backend->upload(g->device, g->memory, image->address, image->bytes,
                           image->size))
        return ag_device_failed(g);
    return ARMGPU_OK;
}

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

static int32_t keep_image(struct armgpu *g, const struct ag_image *from)
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

int32_t ag_image_add(struct armgpu *g, const struct ag_image *image)
{
    int32_t error = keep_image(g, image);
    g->start_is_stale = true;
    if (error == ARMGPU_OK)
        error = place_image(g, image);
    if (error == ARMGPU_OK)
        error = ag_code_forget(g, image->address, image->size);
    if (error == ARMGPU_OK)
        g->has_program = true;
    return error;
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

int32_t armgpu_load_data(armgpu *g, const void *bytes, size_t size,
                         uint64_t address)
{
    struct ag_image image = {AG_EVERY_PROGRAM, address, size,
                             (uint8_t *)(uintptr_t)bytes};
    int32_t error = check_range(g, "data", address, size);
    return error != ARMGPU_OK ? error : ag_image_add(g, &image);
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

/* Resident lanes of program 0 start at its address. */
static int32_t set_entry(struct armgpu *g, uint64_t address)
{
    g->start_is_stale = true;
    if (g->is_pristine)
        return ag_serve_begin_all(g, 0);
    if (g->num_programs == 1) {
        int32_t error = armgpu_set_pc_all(g, address);
        g->has_later_pc = false;
        return error;
    }
    for (uint64_t slot = 0; slot < g->resident; slot++) {
        uint64_t *state = ag_state_write(g, slot);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        if (ag_lane_of(g, slot) == AG_NO_LANE ||
            *ag_lane_row(state, slot, AG_STATE_PROGRAM) != 0)
            continue;
        *ag_lane_row(state, slot, AG_STATE_PC) = address;
        ag_lane_set_stop(state, slot, ARMGPU_STOP_RUNNING);
    }
    return ARMGPU_OK;
}

int32_t armgpu_load_program(armgpu *g, const void *bytes, size_t size,
                            uint64_t address)
{
    struct ag_image image = {0, address, size, (uint8_t *)(uintptr_t)bytes};
    int32_t error = ag_check_program(g, bytes, size, address);
    if (g->layout == AG_LAYOUT_SHARED)
        image.program = AG_EVERY_PROGRAM;
    if (error == ARMGPU_OK)
        error = ag_image_add(g, &image);
    if (error != ARMGPU_OK)
        return error;
    g->program_entry[0] = address;
    g->has_start_pc = false;
    return set_entry(g, address);
}

int32_t armgpu_reset(armgpu *g)
{
    bool is_shared = g->layout == AG_LAYOUT_SHARED;
    if (is_shared &&
        g->backend->fill(g->device, g->memory, 0, 0, g->memory_size))
        return ag_device_failed(g);
    for (size_t i = 0; is_shared && i < g->num_images; i++) {
        int32_t error = place_image(g, &g->images[i]);
        if (error != ARMGPU_OK)
            return error;
    }
    int32_t error = is_shared ? ag_code_forget_all(g) : ARMGPU_OK;
    return error != ARMGPU_OK
               ? error
               : ag_serve_begin_all(g, is_shared ? 0 : g->memory_size);
}

/* -- Memory of lanes ------------------------------------------------------- */

/* Shared and linear memory of one lane is one piece; -1 where it is not. */
static int64_t place(const struct armgpu *g, uint64_t slot, uint64_t address)
{
    if (g->layout == AG_LAYOUT_INTERLEAVED)
        return -1;
    return (int64_t)(ag_slot_offset(g->layout, g->memory_stride, slot) +
                     address);
}

/* Slots of lanes[i], or of first + i; NULL after a failure. */
static uint32_t *find_slots(struct armgpu *g, const uint64_t *lanes,
                            uint64_t first, uint64_t n, int32_t *error)
{
    uint32_t *slots = malloc((size_t)n * sizeof *slots);
    *error = slots != NULL
                 ? ARMGPU_OK
                 : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    for (uint64_t i = 0; i < n && *error == ARMGPU_OK; i++) {
        uint64_t slot = 0;
        *error = ag_slot_of(g, lanes != NULL ? lanes[i] : first + i, &slot);
        slots[i] = (uint32_t)slot;
    }
    return slots;
}

/* One piece of memory in the buffer. */
static int32_t transfer(struct armgpu *g, uint32_t what, int64_t at,
                        void *bytes, size_t size)
{
    int32_t failed =
        what == AG_SERVE_READ
            ? g->backend->download(g->device, bytes, g->memory, (uint64_t)at,
                                   size)
            : g->backend->upload(g->device, g->memory, (uint64_t)at, bytes,
                                 size);
    return failed ? ag_device_failed(g) : ARMGPU_OK;
}

/* In shared memory the lanes' blocks follow each other in the caller's. */
static int32_t move_pieces(struct armgpu *g, uint32_t what,
                           const uint32_t *slots, uint64_t n, uint64_t address,
                           uint8_t *bytes, size_t size)
{
    int32_t error = ARMGPU_OK;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        error = transfer(g, what, place(g, slots[i], address),
                         bytes + i * size, size);
    return error;
}

static int32_t move(struct armgpu *g, uint32_t what, const uint32_t *slots,
                    uint64_t n, uint64_t address, uint8_t *bytes, size_t size)
{
    bool is_in_pieces = g->layout == AG_LAYOUT_SHARED ||
                        (g->layout == AG_LAYOUT_LINEAR &&
                         (n == 1 || g->state.is_mapped));
    return is_in_pieces ? move_pieces(g, what, slots, n, address, bytes, size)
                        : ag_serve_memory(g, what, slots, n, address, bytes,
                                          size);
}

static int32_t read_lanes(struct armgpu *g, const uint64_t *lanes,
                          uint64_t first, uint64_t n, uint64_t address,
                          void *bytes, size_t size)
{
    int32_t error = check_range(g, "a read", address, size);
    if (error != ARMGPU_OK || n == 0)
        return error;
    uint32_t *slots = find_slots(g, lanes, first, n, &error);
    if (error == ARMGPU_OK)
        error = move(g, AG_SERVE_READ, slots, n, address, bytes, size);
    free(slots);
    return error;
}

int32_t armgpu_read_memory_lanes(armgpu *g, const uint64_t *lanes, uint64_t n,
                                 uint64_t address, void *bytes, size_t size)
{
    return read_lanes(g, lanes, 0, n, address, bytes, size);
}

int32_t armgpu_read_memory_range(armgpu *g, uint64_t first, uint64_t n,
                                 uint64_t address, void *bytes, size_t size)
{
    int32_t error = ag_check_lanes(g, first, n);
    return error != ARMGPU_OK
               ? error
               : read_lanes(g, NULL, first, n, address, bytes, size);
}

int32_t armgpu_read_memory(armgpu *g, uint64_t lane, uint64_t address,
                           void *bytes, size_t size)
{
    return armgpu_read_memory_range(g, lane, 1, address, bytes, size);
}

/* What was decoded from there is not what is there now. */
static int32_t forget_code(struct armgpu *g, const uint32_t *slots, uint64_t n,
                           uint64_t address, size_t size)
{
    int32_t error = ARMGPU_OK;
    if (g->layout == AG_LAYOUT_SHARED)
        return ag_code_forget(g, address, size);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        error = ag_code_own(g, slots[i], address, size);
    return error;
}

int32_t armgpu_write_memory_range(armgpu *g, uint64_t first, uint64_t n,
                                  uint64_t address, const void *bytes,
                                  size_t size)
{
    int32_t error = ag_check_lanes(g, first, n);
    if (error == ARMGPU_OK)
        error = check_range(g, "a write", address, size);
    if (error != ARMGPU_OK || n == 0)
        return error;
    uint32_t *slots = find_slots(g, NULL, first, n, &error);
    if (error == ARMGPU_OK)
        error = move(g, AG_SERVE_WRITE, slots, n, address,
                     (uint8_t *)(uintptr_t)bytes, size);
    if (error == ARMGPU_OK)
        error = forget_code(g, slots, n, address, size);
    g->has_program = g->has_program || error == ARMGPU_OK;
    free(slots);
    return error;
}

int32_t armgpu_write_memory(armgpu *g, uint64_t lane, uint64_t address,
                            const void *bytes, size_t size)
{
    return armgpu_write_memory_range(g, lane, 1, address, bytes, size);
}
