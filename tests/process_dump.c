/*
 * process_dump FILE ARGUMENT... -- NAME=VALUE...: the stack that src/guest lays
 * out for a program, as tests/process_guest.c says it of its own.
 */
#include "guest/guest.h"
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
    struct ag_guest_request request;
    struct ag_process process;
    struct ag_guest guest;
    char sentence[AG_SENTENCE];
    static _Alignas(16) uint8_t stack[AG_WINDOW_STACK];
    uint64_t sp, random, delta;
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
    ag_guest_request_init(&request);
    if (!ag_guest_open(&guest, file, read_file(argv[1]), &request, sentence) ||
        !ag_guest_stack(&guest, &process, stack, sizeof stack, &sp, &random,
                        sentence)) {
        fprintf(stderr, "%s\n", sentence);
        return 126;
    }
    delta =
        (uint64_t)(uintptr_t)(stack + sizeof stack) - guest.window.stack_top;
    walk_stack((const uint64_t *)(uintptr_t)(sp + delta), delta, stdout);
    ag_guest_close(&guest);
    return 0;
}
