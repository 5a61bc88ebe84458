/*
 * Allocates, grows, shrinks and frees blocks at random, from a few bytes to
 * some hundred KiB, each filled with a pattern that is checked before it goes;
 * the seed is the first argument, how many steps the second. Exit status 1 if a
 * pattern was damaged, 2 if memory ran out.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCKS 64

struct block {
    unsigned char *bytes;
    size_t size;
    unsigned char first;
};

static struct block blocks[BLOCKS];
static uint32_t state;
static unsigned long damaged;

static uint32_t next(uint32_t below)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
}

/* Mostly small; one in 64 is what allocators take from the system directly. */
static size_t next_size(void)
{
    switch (next(64)) {
    case 0:
        return 131072 + next(65536);
    case 1:
    case 2:
    case 3:
        return 4096 + next(8192);
    default:
        return 1 + next(512);
    }
}

static void fill(struct block *b, size_t from)
{
    for (size_t i = from; i < b->size; i++)
        b->bytes[i] = (unsigned char)(b->first + i % 251);
}

static void check(const struct block *b, size_t size)
{
    for (size_t i = 0; i < size; i++)
        damaged += b->bytes[i] != (unsigned char)(b->first + i % 251);
}

static void drop(struct block *b)
{
    check(b, b->size);
    free(b->bytes);
    *b = (struct block){NULL, 0, 0};
}

static int resize(struct block *b, size_t size)
{
    unsigned char *bytes = realloc(b->bytes, size);
    size_t kept = size < b->size ? size : b->size;

    if (bytes == NULL)
        return 2;
    b->bytes = bytes;
    check(b, kept);
    b->size = size;
    fill(b, kept);
    return 0;
}

/* calloc()'s memory is zero, whatever was there before. */
static int take(struct block *b, size_t size)
{
    b->bytes = calloc(size, 1);
    if (b->bytes == NULL)
        return 2;
    for (size_t i = 0; i < size; i++)
        damaged += b->bytes[i] != 0;
    b->size = size;
    b->first = (unsigned char)next(256);
    fill(b, 0);
    return 0;
}

int main(int argc, char **argv)
{
    unsigned long seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
    unsigned long steps = argc > 2 ? strtoul(argv[2], NULL, 0) : 2000;
    unsigned long bytes = 0;
    int status = 0;

    state = (uint32_t)seed;
    for (unsigned long i = 0; i < steps && status == 0; i++) {
        struct block *b = &blocks[next(BLOCKS)];
        size_t size = next_size();

        bytes += size;
        if (b->bytes == NULL)
            status = take(b, size);
        else if (next(3) == 0)
            status = resize(b, size);
        else
            drop(b);
    }
    for (int i = 0; i < BLOCKS; i++)
        drop(&blocks[i]);
    printf("seed %lu: %lu steps, %lu bytes, %lu damaged\n", seed, steps, bytes,
           damaged);
    return damaged != 0 ? 1 : status;
}
