/*
 * The C compiler of the system that this process runs on: which one it is, and
 * what it makes of a text (cpu_compiler.c). Only the CPU backend includes this.
 */
#ifndef AG_CPU_COMPILER_H
#define AG_CPU_COMPILER_H

#include "backend/child.h"

#include <stdbool.h>

#define AG_CPU_PATH_BYTES 1024
#define AG_CPU_FLAGS_BYTES 1024
#define AG_CPU_SOURCE_NAME "region.c" /* what it calls a text */

struct ag_cpu_compiler {
    char path[AG_CPU_PATH_BYTES];
    char options[AG_CPU_FLAGS_BYTES]; /* that go before all others but -O2; or
                                         "" */
    char version[64]; /* tells versions in the same place apart */
};

/* Finds it. False: there is none, and the message says so. */
bool ag_cpu_find_compiler(struct ag_cpu_compiler *c,
                          char message[AG_MESSAGE_BYTES]);

struct ag_cpu_object {
    void *library; /* of this process, for dlclose() */
    void *bytes;   /* what it was loaded from, for the cache and free();
                      or NULL */
    size_t length;
    bool is_refused; /* there is none, since the compiler does not take the
                        text: else it did not come to that */
};

/* Starts it on a C text with these flags, parted by blanks. NULL: it did not
   start, and the message says why. */
struct ag_child *ag_cpu_compile(const struct ag_cpu_compiler *c,
                                const struct ag_kernel_source *source,
                                const char *flags,
                                char message[AG_MESSAGE_BYTES]);
/* Waits for what it makes, and closes it. False: nothing, and the message says
   why. Setting *is_given_up ends it soon. */
bool ag_cpu_compiled(struct ag_child *child, const int *is_given_up,
                     struct ag_cpu_object *out, char message[AG_MESSAGE_BYTES]);

/* Such bytes as a library of this process, for dlclose(). NULL: the message
   says why. */
void *ag_cpu_load(const void *object, size_t length,
                  char message[AG_MESSAGE_BYTES]);

#endif
