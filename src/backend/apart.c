/*
 * Drivers' compilers in processes of their own: see apart.h. OWNER is the
 * process that started this one: it ends with that, and starts no helper.
 */
#define _GNU_SOURCE 1
#include "backend/apart.h"
#include "backend/child.h"
#include "base/environment.h"
#include "base/hash.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define OWNER "ARMGPU_HELPER_OF"
/* Files of the folder. What a driver prints is beside them, where child.h has
   it. */
#define SOURCE "source"
#define IMAGE "image"
#define LOG "log"
#define WHY "why"

#define MOST_WORDS 16
#define MOST_VARIABLES 4

bool ag_apart_is_helper(void)
{
    return ag_getenv(OWNER) != NULL;
}

int32_t ag_apart_take_helper(char **out, const char *helper,
                             char message[AG_MESSAGE_BYTES])
{
    *out = NULL;
    if (helper == NULL || ag_apart_is_helper())
        return ARMGPU_OK;
    *out = malloc(strlen(helper) + 1);
    if (*out != NULL) {
        strcpy(*out, helper);
        return ARMGPU_OK;
    }
    snprintf(message, AG_MESSAGE_BYTES, "out of memory");
    return ARMGPU_ERROR_MEMORY;
}

/* -- The side that waits --------------------------------------------------- */

/* macOS has libraries without files. */
bool ag_apart_library(const char *variable, const void *function,
                      char out[AG_APART_LIBRARY_BYTES])
{
    Dl_info info;
    if (dladdr(function, &info) == 0 || info.dli_fname == NULL)
        return false;
    char *path = realpath(info.dli_fname, NULL);
    const char *file = path != NULL ? path : info.dli_fname;
    const int n =
        snprintf(out, AG_APART_LIBRARY_BYTES, "%s=%s", variable, file);
    const bool ok = file[0] == '/' && n < AG_APART_LIBRARY_BYTES;
    free(path);
    return ok;
}

/* Puts a list's words behind *n others; false: they are too many. */
static bool add(const char **all, size_t *n, size_t most,
                const char *const *list)
{
    for (; list != NULL && *list != NULL && *n < most; list++)
        all[(*n)++] = *list;
    return list == NULL || *list == NULL;
}

static bool start(struct ag_child *child, const struct ag_apart *a)
{
    char owner[64];
    const char *words[MOST_WORDS + 1] = {a->helper, ARMGPU_HELPER, a->backend,
                                         ag_child_folder(child)},
                                   *environment[MOST_VARIABLES + 1] = {owner};
    size_t n = 4, m = 1;
    snprintf(owner, sizeof owner, OWNER "=%ld", (long)getpid());
    return add(words, &n, MOST_WORDS, a->words) &&
           add(environment, &m, MOST_VARIABLES, a->environment) &&
           ag_child_start(child, (char **)(uintptr_t)words, environment);
}

/* Its own sentence where it has one. */
static void report(const struct ag_child *child, const char *who,
                   const char *how, char message[AG_MESSAGE_BYTES])
{
    size_t length = 0;
    char *why = how != ag_child_refused
                    ? NULL
                    : ag_child_read(ag_child_folder(child), WHY, &length);
    if (why != NULL)
        snprintf(message, AG_MESSAGE_BYTES, "%s", why);
    else
        ag_child_complain(child, who, how, message);
    free(why);
}

static int32_t finish(struct ag_child *child, const char *who,
                      const int *is_given_up, struct ag_image *image,
                      char message[AG_MESSAGE_BYTES])
{
    const char *folder = ag_child_folder(child),
               *how = ag_child_finish(child, is_given_up);
    size_t length = 0;
    if (how == NULL)
        image->bytes = ag_child_read(folder, IMAGE, &image->size);
    if (image->bytes != NULL) {
        image->log = ag_child_read(folder, LOG, &length);
        return ARMGPU_OK;
    }
    report(child, who, how != NULL ? how : "wrote no image", message);
    return ARMGPU_ERROR_BACKEND;
}

int32_t ag_apart_compile(const struct ag_apart *a,
                         const struct ag_kernel_source *source,
                         const int *is_given_up, struct ag_image *image,
                         char message[AG_MESSAGE_BYTES])
{
    char who[64];
    int32_t error = ARMGPU_ERROR_BACKEND;
    struct ag_child *child = ag_child_open(message);
    memset(image, 0, sizeof *image);
    snprintf(who, sizeof who, "%.32s, in a process of its own,", a->who);
    if (child != NULL &&
        ag_child_write(ag_child_folder(child), SOURCE, source->text,
                       source->length, message)) {
        if (start(child, a))
            error = finish(child, who, is_given_up, image, message);
        else
            ag_child_complain(child, who, "could not be started", message);
    }
    ag_child_close(child);
    return error;
}

/* -- The side that compiles ------------------------------------------------ */

/* Nobody is left who would end this process if the other one ends: or has
   ended. */
static void end_with_owner(void)
{
#ifdef __linux__
    const char *owner = getenv(OWNER);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (owner != NULL && strtol(owner, NULL, 10) != (long)getppid())
        _exit(1);
#endif
}

static bool write_image(const char *folder, const struct ag_image *image,
                        char message[AG_MESSAGE_BYTES])
{
    const bool has_log = image->log != NULL && image->log[0] != '\0';
    return (!has_log || ag_child_write(folder, LOG, image->log,
                                       strlen(image->log), message)) &&
           ag_child_write(folder, IMAGE, image->bytes, image->size, message);
}

int ag_apart_serve(const char *folder, ag_apart_fn *compile, void *user)
{
    char message[AG_MESSAGE_BYTES] = "", ignored[AG_MESSAGE_BYTES];
    struct ag_image image = {0};
    struct ag_kernel_source source = {0};
    bool ok = false;
    end_with_owner();
    char *text = ag_child_read(folder, SOURCE, &source.length);
    if (text == NULL) {
        snprintf(message, sizeof message, "%.300s has no text to compile",
                 folder);
    } else {
        source.text = text;
        source.hash = ag_hash(AG_HASH_START, text, source.length);
        ok = compile(&source, user, &image, message) == ARMGPU_OK &&
             write_image(folder, &image, message);
    }
    if (!ok)
        (void)ag_child_write(folder, WHY, message, strlen(message), ignored);
    free(text);
    ag_image_free(&image);
    return ok ? 0 : 1;
}
