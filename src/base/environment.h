/*
 * The environment of this process, as it was when a handle was opened. Another
 * thread of the caller's may change it while lanes execute, which no lock of
 * ours keeps it from: so whatever is read during armgpu_execute(), and by
 * threads that compile beside it, is read in the handle's copy.
 */
#ifndef AG_BASE_ENVIRONMENT_H
#define AG_BASE_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/* A copy of it, which ends with NULL, for one free(). NULL: out of memory. */
char **ag_environment_copy(void);

/* What ag_getenv() and ag_environ() of this thread read from now on: a copy, or
   NULL for the process's own. Returns what it was before: uses nest. */
char **ag_environment_use(char **copy);

/* As getenv(), and as environ. */
const char *ag_getenv(const char *name);
char **ag_environ(void);

/*
 * All that may be set to a number: X(name, least, most, otherwise), as decimal
 * digits, with a point between them where the least is no whole number. What is
 * empty is not set. Whoever opens what a number is for refuses others, before
 * anything executes.
 */
#define AG_NUMBERS(X)                                                          \
    X(ARMGPU_CC_SECONDS, 0.001, 86400, 60)                                     \
    X(ARMGPU_CODE_PAGES, 2, 16777216, 16384)                                   \
    X(ARMGPU_CUDA_BLOCK, 0, 1024, 0)                                           \
    X(ARMGPU_CUDA_CARVEOUT, 0, 100, -1)                                        \
    X(ARMGPU_CUDA_TIMEOUT, 0, 1000000, 120)                                    \
    X(ARMGPU_METAL_GROUP, 32, 96, 0)                                           \
    X(ARMGPU_METAL_TIMEOUT, 0.001, 86400, 60)

enum ag_number {
#define AG_X(name, least, most, otherwise) AG_##name,
    AG_NUMBERS(AG_X)
#undef AG_X
};

/* False: it is set to something else, and `why` (if it is not NULL) says so;
 *value is then what it is otherwise. */
bool ag_env_number(enum ag_number which, double *value, char *why, size_t size);

#endif
