/*
 * elf_dump FILE [any|linux|bare]: what src/guest says of a program, a line
 * each, for tests/test_elf.sh. Exit status 126 and the sentence if it is
 * refused.
 */
#include "elf_check.h"

#include <inttypes.h>
#include <stdio.h>

static void *read_file(const char *name, size_t *size)
{
    FILE *f = fopen(name, "rb");
    uint8_t *bytes = NULL;
    size_t room = 0, n = 1;
    *size = 0;
    while (f != NULL && n != 0) {
        if (*size == room) {
            room = room * 2 + 65536;
            bytes = realloc(bytes, room);
            if (bytes == NULL)
                exit(125);
        }
        n = fread(bytes + *size, 1, room - *size, f);
        *size += n;
    }
    if (f == NULL) {
        perror(name);
        exit(127);
    }
    fclose(f);
    return bytes;
}

static void print_segments(const struct ag_elf *elf)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct ag_elf_segment *s = &elf->segments[i];
        printf("segment 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64
               " 0x%" PRIx64 " %s%s%s 0x%" PRIx64 "\n",
               s->offset, s->address, s->load_address, s->file_bytes, s->bytes,
               s->access & AG_ELF_READ ? "R" : "",
               s->access & AG_ELF_WRITE ? "W" : "",
               s->access & AG_ELF_EXECUTE ? "E" : "", s->alignment);
    }
    printf("range 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 "\n", elf->lowest,
           elf->first_writable, elf->highest);
}

static void print_symbols(const struct ag_elf *elf)
{
    static const char *const kinds[] = {"function", "object", "label",
                                        "constant"};
    static const char *const bindings[] = {"global", "weak", "local"};
    for (size_t i = 0; i < elf->symbols.count; i++) {
        const struct ag_symbol *s = &elf->symbols.symbols[i];
        printf("symbol %016" PRIx64 " %" PRIu64 " %s %s %s\n", s->address,
               s->size, kinds[s->kind], bindings[s->binding], s->name);
    }
}

static void print_program(const struct ag_elf *elf)
{
    printf("kind %s, %s%s\n",
           elf->kind == AG_ELF_LINUX ? "linux" : "bare-metal", elf->why,
           elf->is_position_independent ? ", pie" : "");
    printf("entry 0x%" PRIx64 " %s\n", elf->entry,
           ag_elf_is_code(elf, elf->entry) ? "code" : "no-code");
    printf("headers 0x%" PRIx64 " %u\n", elf->headers_address,
           elf->header_count);
    printf("has%s%s%s\n", elf->has_thread_data ? " tls" : "",
           elf->has_stack_header ? " stack" : "",
           elf->is_stack_executable ? " executable-stack" : "");
    printf("build-id ");
    for (size_t i = 0; i < elf->build_id_bytes; i++)
        printf("%02x", elf->build_id[i]);
    printf("\n");
    print_segments(elf);
    print_symbols(elf);
}

static void print_window(struct ag_window w)
{
    printf("window bias 0x%" PRIx64 " readonly 0x%" PRIx64 "+0x%" PRIx64
           " writable 0x%" PRIx64 "+0x%" PRIx64 "\n",
           w.bias, w.readonly.base, w.readonly.bytes, w.writable.base,
           w.writable.bytes);
    printf("heap 0x%" PRIx64 " 0x%" PRIx64 " stack 0x%" PRIx64 " 0x%" PRIx64
           "\n",
           w.heap, w.heap_end, w.stack, w.stack_top);
}

/* Its memory, and whether each byte of the file is where it is to be. */
static void print_guest(const uint8_t *bytes, size_t size,
                        enum ag_elf_kind wanted)
{
    struct ag_guest_request request;
    struct ag_guest g;
    char sentence[AG_SENTENCE];
    const char *wrong;
    ag_guest_request_init(&request);
    request.kind = wanted;
    if (!ag_guest_open(&g, bytes, size, &request, sentence)) {
        printf("guest: %s\n", sentence);
        return;
    }
    print_window(g.window);
    wrong = elf_check_window(&g.elf, &request.window, &g.window);
    if (wrong == NULL)
        wrong = elf_check_guest(&g, bytes);
    printf("guest at 0x%" PRIx64 ": %s\n", ag_guest_entry(&g),
           wrong == NULL ? "every byte has its place" : wrong);
    ag_guest_close(&g);
}

int main(int argc, char **argv)
{
    enum ag_elf_kind wanted = AG_ELF_ANY;
    char sentence[AG_SENTENCE];
    struct ag_elf elf;
    size_t size;
    void *bytes;
    bool is_read;
    if (argc < 2)
        return 2;
    if (argc > 2 && strcmp(argv[2], "any") != 0)
        wanted =
            strcmp(argv[2], "bare") == 0 ? AG_ELF_BARE_METAL : AG_ELF_LINUX;
    bytes = read_file(argv[1], &size);
    is_read = ag_elf_read(bytes, size, wanted, &elf, sentence);
    if (!is_read) {
        fprintf(stderr, "%s\n", sentence);
        return 126;
    }
    print_program(&elf);
    print_guest(bytes, size, wanted);
    /* What the addresses that are left are called. */
    for (int i = 3; i < argc; i++) {
        char text[256];
        ag_symbols_text(&elf.symbols, strtoull(argv[i], NULL, 0), text,
                        sizeof text);
        printf("at %s %s\n", argv[i], text);
    }
    ag_elf_release(&elf);
    free(bytes);
    return 0;
}
