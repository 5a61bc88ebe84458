/*
 * armgpu disasm: a flat image as objdump's body would show it, one line a word.
 */
#include "cli/cli.h"
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

/* Larger images are a mistake: that is 268 million instructions. */
#define LARGEST_IMAGE (UINT64_C(1) << 30)

typedef struct disasm_settings {
    ag_cli_number start;
    ag_cli_number count;
    ag_cli_number load_addr;
    bool no_aliases;
} disasm_settings;

#define AT(field) offsetof(disasm_settings, field)

static const ag_cli_option options[] = {
    {"Options", "start", 0, "A", AG_CLI_NUMBER, AT(start), NULL, NULL,
     "Begin at address A (default: the load address)."},
    {"Options", "count", 0, "N", AG_CLI_NUMBER, AT(count), NULL, NULL,
     "Stop after N words (default: at the end of the file)."},
    {"Options", "load-addr", 0, "A", AG_CLI_NUMBER, AT(load_addr), NULL, NULL,
     "The address of the file's first byte (default 0)."},
    {"Options", "no-aliases", 0, NULL, AG_CLI_FLAG, AT(no_aliases), NULL, NULL,
     "Print the instructions' own names: orr, not mov."},
    {NULL, NULL, 0, NULL, AG_CLI_FLAG, 0, NULL, NULL, NULL},
};

/* objdump's columns, so that the two outputs can be compared by diff. */
static void print_word(uint64_t address, uint32_t word, uint32_t flags)
{
    char text[256];

    (void)armgpu_disassemble(word, address, flags, text, sizeof text);
    printf("%4" PRIx64 ":\t%08" PRIx32 " \t%s\n", address, word, text);
}

/* What is left of a file whose size is not a multiple of four. */
static void print_bytes(uint64_t address, const uint8_t *p, size_t n)
{
    printf("%4" PRIx64 ":\t", address);
    for (size_t i = n; i-- > 0;)
        printf("%02x", p[i]);
    printf("%*s \t.byte\t", (int)(8 - 2 * n), "");
    for (size_t i = 0; i < n; i++)
        printf("%s0x%02x", i == 0 ? "" : ", ", p[i]);
    printf("\n");
}

/* Ends early when stdout is gone: images can be large. */
static void print_image(const disasm_settings *s, const ag_cli_bytes *image)
{
    uint64_t offset = s->start.value - s->load_addr.value;
    uint64_t left = s->count.given ? s->count.value : UINT64_MAX;
    uint32_t flags = s->no_aliases ? ARMGPU_NO_ALIASES : 0;

    for (; left > 0 && offset < image->size && !ferror(stdout); left--) {
        const uint8_t *p = image->data + offset;
        uint64_t address = s->load_addr.value + offset;

        if (image->size - offset < 4)
            print_bytes(address, p, image->size - (size_t)offset);
        else
            print_word(address, ag_get_32(p), flags);
        offset += 4;
    }
}

static bool check_settings(const disasm_settings *s)
{
    if (s->load_addr.value % 4 != 0 || s->start.value % 4 != 0) {
        ag_cli_say("--%s 0x%" PRIx64 " is not a multiple of 4, the size of an "
                   "instruction",
                   s->load_addr.value % 4 != 0 ? "load-addr" : "start",
                   s->load_addr.value % 4 != 0 ? s->load_addr.value
                                               : s->start.value);
        return false;
    }
    if (s->count.given && s->count.value == 0) {
        ag_cli_say("--count must be 1 or more");
        return false;
    }
    return true;
}

static bool check_range(const disasm_settings *s, const char *path, size_t size)
{
    uint64_t last = s->load_addr.value + (size - 1);

    if (last < s->load_addr.value) {
        ag_cli_say("'%s' at 0x%" PRIx64 " would pass the end of the 64-bit "
                   "address space; give a lower --load-addr",
                   path, s->load_addr.value);
        return false;
    }
    if (s->start.value < s->load_addr.value || s->start.value > last) {
        ag_cli_say("--start 0x%" PRIx64
                   " is outside '%s', which is at 0x%" PRIx64 " to 0x%" PRIx64,
                   s->start.value, path, s->load_addr.value, last);
        return false;
    }
    return true;
}

static int read_image(const char *path, ag_cli_bytes *image)
{
    enum ag_cli_file outcome = ag_cli_read_file(path, LARGEST_IMAGE, image);

    if (outcome == AG_CLI_FILE_NOT_FOUND)
        return AG_CLI_EXIT_NOT_FOUND;
    if (outcome == AG_CLI_FILE_UNUSABLE ||
        !ag_cli_is_image(path, image, outcome == AG_CLI_FILE_OK, "disasm"))
        return AG_CLI_EXIT_NOT_A_PROGRAM;
    if (outcome == AG_CLI_FILE_OK)
        return AG_CLI_EXIT_OK;
    ag_cli_say("'%s' is larger than 1 GiB; cut out the part to see", path);
    return AG_CLI_EXIT_NOT_A_PROGRAM;
}

static int disasm(int argc, char **argv)
{
    disasm_settings s = {{0, false}, {0, false}, {0, false}, false};
    int status = AG_CLI_EXIT_OK;
    const char *path = NULL;
    ag_cli_bytes image = {NULL, 0};

    if (!ag_cli_parse_one(&ag_cli_disasm, argc, argv, &s, &path, &status))
        return status;
    if (path == NULL) {
        ag_cli_say("disasm needs a file: armgpu disasm PROG. Try 'armgpu help "
                   "disasm'.");
        return AG_CLI_EXIT_FAILED;
    }
    if (!s.start.given)
        s.start.value = s.load_addr.value;
    if (!check_settings(&s))
        return AG_CLI_EXIT_FAILED;
    status = read_image(path, &image);
    if (status == AG_CLI_EXIT_OK && !check_range(&s, path, image.size))
        status = AG_CLI_EXIT_FAILED;
    if (status == AG_CLI_EXIT_OK)
        print_image(&s, &image);
    free(image.data);
    return status;
}

const ag_cli_command ag_cli_disasm = {
    "disasm",
    disasm,
    "disassemble a program",
    "PROG",
    "Prints a flat A64 image as instructions, one line a word: address, word, "
    "assembly. PROG may be - for the standard input.",
    options,
};
