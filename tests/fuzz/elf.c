/*
 * libFuzzer over the ELF loader: whatever the bytes are, they are refused in a
 * sentence or read as a consistent program. `make fuzz-elf TIME=600` runs it.
 * With -DFUZZ_SEEDS it writes the files that it begins with to a directory, with
 * -DFUZZ_MUTANTS many that differ from them in a few bytes (cli/fuzz_elf.sh).
 */
#include "elf_check.h"
#include "elf_image.h"

#include <stdio.h>

#if defined(FUZZ_SEEDS) || defined(FUZZ_MUTANTS)
static const struct {
    const char *name;
    void (*make)(uint8_t *);
} seeds[] = {{"program", image_make},
             {"pie", image_make_pie},
             {"bare", image_make_bare}};
#define SEEDS (sizeof seeds / sizeof seeds[0])

static int write_file(const char *name, const uint8_t *bytes, size_t size)
{
    FILE *f = fopen(name, "wb");
    if (f != NULL && fwrite(bytes, size, 1, f) == 1 && fclose(f) == 0)
        return 0;
    perror(name);
    return 1;
}
#endif

#if defined(FUZZ_SEEDS)
int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < SEEDS; i++) {
        uint8_t b[IMAGE_SIZE + 1] = {0};
        char name[4096];
        seeds[i].make(b);
        snprintf(name, sizeof name, "%s/%s", argv[1], seeds[i].name);
        if (write_file(name, b, sizeof b) != 0)
            return 1;
    }
    return 0;
}
#elif defined(FUZZ_MUTANTS)
#include <stdlib.h>

/* Numbers that headers are wrong with. */
static uint64_t number(uint32_t *random)
{
    static const uint64_t some[] = {0,      1,          2,
                                    0x1000, UINT32_MAX, UINT64_MAX,
                                    (uint64_t)1 << 63, 0x400000};
    *random = *random * 1664525 + 1013904223;
    return some[*random >> 29] + (*random >> 12 & 1);
}

static uint32_t below(uint32_t *random, uint32_t n)
{
    *random = *random * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)*random * n >> 32);
}

static void mutate(uint8_t *b, uint32_t *random)
{
    uint32_t at, bytes = 1u << below(random, 4);
    uint64_t v = number(random);
    /* Headers, sections, or anywhere, and code that does something. */
    switch (below(random, 4)) {
    case 0:
        at = below(random, IMAGE_TEXT / 8) * 8;
        break;
    case 1:
        at = IMAGE_SECTIONS + below(random, (IMAGE_SIZE - IMAGE_SECTIONS) / 8) *
                                  8;
        break;
    case 2:
        at = IMAGE_TEXT + below(random, 8) * 4;
        bytes = 4;
        v = (uint64_t)below(random, 0x10000) << 16 | below(random, 0x10000);
        break;
    default:
        at = below(random, IMAGE_SIZE);
        break;
    }
    for (uint32_t i = 0; i < bytes && at + i < IMAGE_SIZE; i++)
        b[at + i] = (uint8_t)(v >> 8 * i);
}

/* mutants DIRECTORY COUNT SEED */
int main(int argc, char **argv)
{
    const uint32_t count = argc > 3 ? (uint32_t)atoi(argv[2]) : 0;
    uint32_t random = argc > 3 ? (uint32_t)atoi(argv[3]) : 0;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t b[IMAGE_SIZE] = {0};
        size_t size = IMAGE_SIZE;
        char name[4096];
        seeds[i % SEEDS].make(b);
        for (uint32_t n = 1 + below(&random, 4); n > 0; n--)
            mutate(b, &random);
        if (below(&random, 16) == 0)
            size = 1 + below(&random, IMAGE_SIZE - 1);
        snprintf(name, sizeof name, "%s/%u.elf", argv[1], (unsigned)i);
        if (write_file(name, b, size) != 0)
            return 1;
    }
    return 0;
}
#else
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The last byte chooses what is asked for. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *wrong;
    bool is_read = false;
    if (size < 2)
        return 0;
    wrong = elf_check(bytes, size - 1, (enum ag_elf_kind)(bytes[size - 1] % 3),
                      &is_read);
    if (wrong != NULL) {
        fprintf(stderr, "%s\n", wrong);
        abort();
    }
    return 0;
}
#endif
