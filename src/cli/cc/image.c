/*
 * A linked program as a flat image: what its segments have in the file, each at
 * its address. flat.ld sees to it that this is all there is.
 */
#include "cli/cc/cc.h"
#include "base/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGEST (UINT64_C(1) << 30)
#define LOAD 1
#define HEADER_BYTES 64
#define SEGMENT_BYTES 56

static uint64_t get_64(const uint8_t *p)
{
    return ag_get_32(p) | (uint64_t)ag_get_32(p + 4) << 32;
}

typedef struct segment {
    uint64_t offset, address, size;
} segment;

/* Segment i of a file of `size` bytes; false: it is none to load. */
static bool read_segment(const ag_cli_bytes *elf, uint64_t i, segment *s)
{
    const uint8_t *p =
        elf->data + get_64(elf->data + 32) + i * SEGMENT_BYTES;

    s->offset = get_64(p + 8);
    s->address = get_64(p + 16);
    s->size = get_64(p + 32);
    return ag_get_32(p) == LOAD && s->size != 0;
}

/* The end of the image, or 0 if it cannot be one. */
static uint64_t image_end(const ag_cli_bytes *elf)
{
    uint64_t table, count, end = 0;

    if (elf->size < HEADER_BYTES)
        return 0;
    table = get_64(elf->data + 32);
    count = elf->data[56] | (uint64_t)elf->data[57] << 8;
    if (table > elf->size || count > (elf->size - table) / SEGMENT_BYTES)
        return 0;
    for (uint64_t i = 0; i < count; i++) {
        segment s;

        if (!read_segment(elf, i, &s))
            continue;
        if (s.offset > elf->size || s.size > elf->size - s.offset ||
            s.address > LARGEST || s.size > LARGEST - s.address)
            return 0;
        end = s.address + s.size > end ? s.address + s.size : end;
    }
    return end;
}

static void fill_image(const ag_cli_bytes *elf, uint8_t *image)
{
    uint64_t count = elf->data[56] | (uint64_t)elf->data[57] << 8;
    segment s;

    for (uint64_t i = 0; i < count; i++) {
        if (read_segment(elf, i, &s))
            memcpy(image + s.address, elf->data + s.offset, (size_t)s.size);
    }
}

static int write_image(const uint8_t *image, size_t size, const char *path)
{
    FILE *file = fopen(path, "wb");
    ag_cli_identity id;
    bool fine = file != NULL && fwrite(image, 1, size, file) == size;
    int error = errno;

    if (file != NULL && fclose(file) != 0) {
        error = fine ? errno : error;
        fine = false;
    }
    if (fine)
        return AG_CLI_EXIT_OK;
    ag_cli_say("cannot write '%s': %s", path, strerror(error));
    if (file != NULL && ag_cli_identify(path, &id))
        (void)unlink(path); /* a part of a program is none */
    return AG_CLI_EXIT_FAILED;
}

int ag_cc_write_image(const char *elf, const char *path)
{
    ag_cli_bytes bytes;
    uint8_t *image;
    uint64_t size;
    int status;

    if (ag_cli_read_file(elf, LARGEST, &bytes) != AG_CLI_FILE_OK)
        return AG_CLI_EXIT_FAILED;
    size = image_end(&bytes);
    if (size == 0) {
        ag_cli_say("what the compiler made is no program below 1 GiB; leave "
                   "out flags that place it");
        free(bytes.data);
        return AG_CLI_EXIT_NOT_A_PROGRAM;
    }
    image = ag_cli_alloc((size_t)size, 1);
    fill_image(&bytes, image);
    status = write_image(image, (size_t)size, path);
    free(image);
    free(bytes.data);
    return status;
}
