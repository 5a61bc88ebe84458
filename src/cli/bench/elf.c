/*
 * A flat image of armgpu bench as a static ELF that Linux, or qemu-aarch64,
 * can run: the image as it is but for its HLT, which becomes a branch to code
 * behind it that writes the result to the standard output and exits.
 */
#include "cli/bench/bench.h"
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BASE UINT64_C(0x10000000)
#define IMAGE_OFFSET 4096 /* in the file: images keep their place in a page */
#define MEMORY_BYTES 65536

#define HLT_0 0xd4400000u

/* ELF64, little-endian: numbers of one width after the other. */
typedef struct writer {
    uint8_t bytes[IMAGE_OFFSET + 8192];
    size_t at;
} writer;

static void put(writer *w, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        w->bytes[w->at++] = (uint8_t)(value >> 8 * i);
}

static void put_header(writer *w, uint64_t entry, uint64_t image_bytes)
{
    put(w, UINT32_C(0x464c457f), 4); /* magic */
    put(w, 0x010102, 4);             /* 64 bits, little-endian, version 1 */
    put(w, 0, 8);
    put(w, 2, 2);   /* an executable */
    put(w, 183, 2); /* AArch64 */
    put(w, 1, 4);
    put(w, entry, 8);
    put(w, 64, 8); /* program headers follow this one */
    put(w, 0, 8);  /* no sections */
    put(w, 0, 4);
    put(w, 64, 2);
    put(w, 56, 2);
    put(w, 1, 2); /* one program header */
    put(w, 0, 6);
    put(w, 1, 4); /* load, */
    put(w, 7, 4); /* to read, write and execute */
    put(w, IMAGE_OFFSET, 8);
    put(w, BASE, 8);
    put(w, BASE, 8);
    put(w, image_bytes, 8);
    put(w, MEMORY_BYTES, 8);
    put(w, 4096, 8);
}

static uint32_t branch(size_t from, size_t to)
{
    return 0x14000000u | ((uint32_t)(to / 4 - from / 4) & 0x03ffffffu);
}

static void put_move(writer *w, uint32_t rd, uint64_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        put(w,
            (i == 0 ? 0xd2800000u : 0xf2800000u) | i << 21 |
                (uint32_t)(value >> 16 * i & 0xffff) << 5 | rd,
            4);
}

static void put_start(writer *w, const ag_bench_program *p, uint64_t input,
                      uint64_t iterations)
{
    put_move(w, 0, input);
    put_move(w, 1, iterations);
    put(w, branch(w->at - IMAGE_OFFSET, (size_t)p->pc), 4);
}

static void put_exit(writer *w, const ag_bench_program *p)
{
    static const uint32_t words[] = {
        0xf81f0fe0, /* str x0, [sp, #-16]! */
        0xd2800020, /* mov x0, #1 */
        0x910003e1, /* mov x1, sp */
        0xd2800102, /* mov x2, #8 */
        0xd2800808, /* mov x8, #64: write */
        0xd4000001, /* svc #0 */
        0xd2800000, /* mov x0, #0 */
        0xd2800ba8, /* mov x8, #93: exit */
        0xd4000001, /* svc #0 */
    };

    put(w, 0xaa0003e0u | (uint32_t)p->result << 16, 4); /* mov x0, xN */
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        put(w, words[i], 4);
}

/* The image, its HLTs branching to `exit` (both from the image's start). */
static void put_image(writer *w, const ag_bench_image *image, size_t exit)
{
    for (size_t i = 0; i + 4 <= image->size; i += 4) {
        uint32_t word = ag_get_32(image->bytes + i);

        put(w, word == HLT_0 ? branch(i, exit) : word, 4);
    }
}

#define START_BYTES 36 /* of put_start */

bool ag_bench_write_elf(const ag_bench_program *program, uint64_t input,
                        uint64_t iterations, int file)
{
    const ag_bench_image *image = ag_bench_image_of(program);
    size_t start = image->size / 4 * 4;
    writer *w = ag_cli_alloc(1, sizeof *w);
    size_t size;
    bool written;

    w->at = IMAGE_OFFSET;
    put_image(w, image, start + START_BYTES);
    put_start(w, program, input, iterations);
    put_exit(w, program);
    size = w->at;
    w->at = 0;
    put_header(w, BASE + start, size - IMAGE_OFFSET);
    written = write(file, w->bytes, size) == (ssize_t)size;
    free(w);
    return written;
}
