/*
 * process_dump FILE ARGUMENT... -- NAME=VALUE...: the stack that src/guest lays
 * out for a program, as tests/process_guest.c says it of its own.
 */
#include "guest/process.h"
#include "process_walk.h"

#include <stdlib.h>

static uint8_t file[1 << 24];

static size_t read_file(const char *name)
{
    FILE *f = fopen(name, "rb");
    size_t size = f != NULL ? fread(file, 1, sizeof file, f) : 0;
    if (f == NULL || size == sizeof file) {
        perror(name);
        exit(127);
    }
    fclose(f);
    return size;
}

int main(int argc, char **argv)
{
    struct ag_window_request request;
    struct ag_process process;
    struct ag_window window;
    struct ag_elf elf;
    char sentence[AG_SENTENCE];
    static _Alignas(16) uint8_t stack[AG_WINDOW_STACK];
    uint64_t taken, *sp;
    int end = 2;
    if (argc < 3)
        return 2;
    while (end < argc && strcmp(argv[end], "--") != 0)
        end++;
    memset(&process, 0, sizeof process);
    process.file_name = argv[1];
    process.arguments = (const char *const *)&argv[1];
    process.argument_count = (size_t)end - 1;
    process.environment = (const char *const *)&argv[end + (end < argc)];
    process.environment_count = (size_t)(argc - end - (end < argc));
    ag_window_request_init(&request);
    if (!ag_elf_read(file, read_file(argv[1]), AG_ELF_ANY, &elf, sentence) ||
        !ag_window_plan(&elf, &request, &window, sentence) ||
        !ag_process_lay(&process, &elf, &window, stack, sizeof stack, &taken,
                        sentence)) {
        fprintf(stderr, "%s\n", sentence);
        return 126;
    }
    sp = (uint64_t *)(void *)(stack + sizeof stack - taken);
    walk_stack(sp,
               (uint64_t)(uintptr_t)(stack + sizeof stack) - window.stack_top,
               stdout);
    ag_elf_release(&elf);
    return 0;
}
