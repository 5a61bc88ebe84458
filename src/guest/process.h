/*
 * What a Linux program finds on its stack when it starts: argc, argv, envp, the
 * auxiliary vector and the strings that those point to, where Linux puts them
 * (fs/binfmt_elf.c, create_elf_tables()). From SP upwards:
 *
 *     argc, argv[0..argc - 1], 0, envp..., 0, pairs of the vector, (AT_NULL, 0)
 *     16 random bytes, "aarch64"
 *     strings of argv, of envp, the file's name, 8 bytes of zero
 */
#ifndef AG_GUEST_PROCESS_H
#define AG_GUEST_PROCESS_H

#include "guest/window.h"

/* User and group of every process: getuid() and its like say the same. */
#define AG_PROCESS_USER 1000
#define AG_PROCESS_GROUP 1000
/* sysconf(_SC_CLK_TCK). */
#define AG_PROCESS_TICKS 100
/* Bytes of AT_RANDOM, which seed stack protectors and pointer guards. */
#define AG_PROCESS_RANDOM 16

struct ag_process {
    const char *file_name; /* AT_EXECFN */
    const char *const *arguments;
    size_t argument_count;          /* argv[0] among them */
    const char *const *environment; /* "NAME=VALUE" */
    size_t environment_count;
    uint64_t hwcap, hwcap2; /* what lanes execute */
    uint8_t random[AG_PROCESS_RANDOM];
};

/*
 * Writes the stack's upper end: bytes[room - 1] is the byte before
 * window->stack_top. `room` need not be the whole stack. Gives the bytes it
 * takes, a multiple of 16: SP is window->stack_top, a multiple of 16 too, less
 * those, and what is below SP in `bytes` is left as it was. On false nothing is
 * written to `bytes`: they are more than half of the stack, as `sentence` says,
 * or than `room`. `*taken` is always set.
 */
bool ag_process_lay(const struct ag_process *process, const struct ag_elf *elf,
                    const struct ag_window *window, uint8_t *bytes, size_t room,
                    uint64_t *taken, char sentence[AG_SENTENCE]);

/* The bytes that it takes. */
uint64_t ag_process_bytes(const struct ag_process *process);

/* Where it puts process->random, which AT_RANDOM points to. */
uint64_t ag_process_random_at(const struct ag_process *process,
                              const struct ag_window *window);

#endif
