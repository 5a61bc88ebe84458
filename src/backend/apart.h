/*
 * A driver's compiler in a process of the program `helper`
 * (armgpu_options.helper): what it does to itself there (it crashes, never
 * ends) it does not do to a run. What is the same for every driver, on both
 * sides of
 *
 *     HELPER ARMGPU_HELPER BACKEND FOLDER WORD...
 *
 * which reads the text from FOLDER and writes there what it has compiled, with
 * the compiler's log if there is one, or why it has not. Only src/backend and
 * tests include this.
 */
#ifndef AG_APART_H
#define AG_APART_H

#include "backend/build.h"

#include <stdbool.h>

/* Whether this is such a process, or one that was taken for it. Who is started
   as a helper has none: a program that is none, but a user of this library,
   would start itself for ever. */
bool ag_apart_is_helper(void);
/* A device's copy of the path, for free(); *out is NULL where there is no
   helper or none is to be had. On failure the words are `message`. */
int32_t ag_apart_take_helper(char **out, const char *helper,
                             char message[AG_MESSAGE_BYTES]);

/* -- The side that waits --------------------------------------------------- */

#define AG_APART_LIBRARY_BYTES 4160
/* "`variable`=FILE", for the other side's environment: the file of the library
   that has this function, whatever name it was found by. False: nobody knows,
   or it is too long. */
bool ag_apart_library(const char *variable, const void *function,
                      char out[AG_APART_LIBRARY_BYTES]);

struct ag_apart {
    const char *helper;
    const char *backend;            /* its name, whose helper_main it does */
    const char *who;                /* the compiler, for sentences */
    const char *const *words;       /* behind the folder; NULL ends them */
    const char *const *environment; /* "NAME=VALUE"; NULL ends them */
};

/* It is ended when *is_given_up (an atomic) is set, and after the time that
   compilers have (child.h). On failure *image is empty, and the message has the
   other side's words, or says what became of it. */
int32_t ag_apart_compile(const struct ag_apart *a,
                         const struct ag_kernel_source *source,
                         const int *is_given_up, struct ag_image *image,
                         char message[AG_MESSAGE_BYTES]);

/* -- The side that compiles ------------------------------------------------ */

/* Fills *image, which is empty; on failure it may be left as it is. */
typedef int32_t ag_apart_fn(const struct ag_kernel_source *source, void *user,
                            struct ag_image *image,
                            char message[AG_MESSAGE_BYTES]);
/* What that process does once its words are understood; its exit status. */
int ag_apart_serve(const char *folder, ag_apart_fn *compile, void *user);

#endif
