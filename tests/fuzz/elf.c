/*
 * libFuzzer over the ELF loader: whatever the bytes are, they are refused in a
 * sentence or read as a consistent program. `make fuzz-elf TIME=600` runs it.
 * With -DFUZZ_SEEDS it writes the files that it begins with to a directory.
 */
#include "elf_check.h"
#include "elf_image.h"

#include <stdio.h>

#ifdef FUZZ_SEEDS
int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*make)(uint8_t *);
    } seeds[] = {{"program", image_make},
                 {"pie", image_make_pie},
                 {"bare", image_make_bare}};
    for (size_t i = 0; argc > 1 && i < sizeof seeds / sizeof seeds[0]; i++) {
        uint8_t b[IMAGE_SIZE + 1] = {0};
        char name[4096];
        FILE *f;
        seeds[i].make(b);
        snprintf(name, sizeof name, "%s/%s", argv[1], seeds[i].name);
        f = fopen(name, "wb");
        if (f == NULL || fwrite(b, sizeof b, 1, f) != 1 || fclose(f) != 0) {
            perror(name);
            return 1;
        }
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
