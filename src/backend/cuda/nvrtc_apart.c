/*
 * NVRTC in a process of its own: see nvrtc_apart.h. Both sides of it:
 *
 *     HELPER ARMGPU_HELPER cuda FOLDER sm_N|compute_N OPTIONS
 *
 * reads the text from FOLDER, writes the image there, and the compiler's log if
 * there is one; or says on its standard error why not, and exits with 1.
 * ARMGPU_NVRTC is the library that the other side has loaded, ARMGPU_HELPER_OF
 * that side's process: who is started with it starts no helper, so that a
 * program that is none, but a user of this library, does not start itself for
 * ever.
 */
#define _GNU_SOURCE 1
#include "backend/cuda/nvrtc_apart.h"
#include "backend/child.h"
#include "base/environment.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define SOURCE "region.cu"
#define IMAGE "image"
#define LOG "log"
#define BINARY "sm_"
#define PTX "compute_"
#define LIBRARY "ARMGPU_NVRTC"
#define OWNER "ARMGPU_HELPER_OF"
#define WHO "NVRTC, in a process of its own,"

bool ag_nvrtc_is_helper(void)
{
    return ag_getenv(OWNER) != NULL;
}

/* -- The side that waits --------------------------------------------------- */

/* The file of the library, whatever name it was found by. */
static bool find_library(const struct ag_nvrtc *nvrtc, char path[PATH_MAX])
{
    Dl_info info;
    return dladdr((void *)(uintptr_t)nvrtc->version, &info) != 0 &&
           info.dli_fname != NULL && realpath(info.dli_fname, path) != NULL;
}

static bool start(struct ag_child *child, const struct ag_nvrtc *nvrtc,
                  const char *helper, const struct ag_nvrtc_target *target,
                  const char *options)
{
    char path[PATH_MAX], library[PATH_MAX + 32], owner[64], arch[32];
    char *words[] = {(char *)(uintptr_t)helper,
                     (char *)(uintptr_t)ARMGPU_HELPER,
                     (char *)(uintptr_t) "cuda",
                     (char *)(uintptr_t)ag_child_folder(child),
                     arch,
                     (char *)(uintptr_t)options,
                     NULL};
    const char *const environment[] = {library, owner, NULL};
    if (!find_library(nvrtc, path))
        return false;
    snprintf(arch, sizeof arch, "%s%" PRIu32, target->is_ptx ? PTX : BINARY,
             target->arch);
    snprintf(library, sizeof library, LIBRARY "=%s", path);
    snprintf(owner, sizeof owner, OWNER "=%ld", (long)getpid());
    return ag_child_start(child, words, environment);
}

/* Its own sentence where it has one. */
static void report(const struct ag_child *child, const char *why,
                   char message[AG_MESSAGE_BYTES])
{
    size_t length = 0;
    char *said =
        ag_child_read(ag_child_folder(child), AG_CHILD_COMPLAINTS, &length);
    if (why == ag_child_refused && said != NULL) {
        said[strcspn(said, "\n")] = '\0';
        snprintf(message, AG_MESSAGE_BYTES, "%s", said);
    } else {
        ag_child_complain(child, WHO, why, message);
    }
    free(said);
}

static int32_t finish(struct ag_child *child, const int *is_given_up,
                      struct ag_nvrtc_image *image,
                      char message[AG_MESSAGE_BYTES])
{
    const char *folder = ag_child_folder(child),
               *why = ag_child_finish(child, is_given_up);
    size_t length = 0;
    if (why == NULL)
        image->bytes = ag_child_read(folder, IMAGE, &image->size);
    if (image->bytes != NULL) {
        image->log = ag_child_read(folder, LOG, &length);
        return ARMGPU_OK;
    }
    report(child, why != NULL ? why : "wrote no image", message);
    return ARMGPU_ERROR_BACKEND;
}

int32_t ag_nvrtc_compile_apart(const struct ag_nvrtc *nvrtc, const char *helper,
                               const struct ag_kernel_source *source,
                               const struct ag_nvrtc_target *target,
                               const char *options, const int *is_given_up,
                               struct ag_nvrtc_image *image,
                               char message[AG_MESSAGE_BYTES])
{
    int32_t error = ARMGPU_ERROR_BACKEND;
    struct ag_child *child = ag_child_open(message);
    memset(image, 0, sizeof *image);
    if (child != NULL &&
        ag_child_write(ag_child_folder(child), SOURCE, source->text,
                       source->length, message)) {
        if (start(child, nvrtc, helper, target, options))
            error = finish(child, is_given_up, image, message);
        else
            ag_child_complain(child, WHO, "could not be started", message);
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

/* What was asked for; false: that is nothing. */
static bool read_target(const char *word, struct ag_nvrtc_target *target)
{
    const bool is_ptx = strncmp(word, PTX, strlen(PTX)) == 0;
    const char *prefix = is_ptx ? PTX : BINARY;
    char *end = NULL;
    if (strncmp(word, prefix, strlen(prefix)) != 0)
        return false;
    const char *number = word + strlen(prefix);
    *target = (struct ag_nvrtc_target){
        .arch = (uint32_t)strtoul(number, &end, 10), .is_ptx = is_ptx};
    return end != number && *end == '\0';
}

static int32_t compile(const char *folder, const struct ag_nvrtc_target *target,
                       const char *options, char message[AG_MESSAGE_BYTES])
{
    struct ag_nvrtc nvrtc;
    struct ag_nvrtc_image image = {0};
    size_t length = 0;
    char *text = ag_child_read(folder, SOURCE, &length);
    const struct ag_kernel_source source = {text, length, 0};
    int32_t error = ARMGPU_ERROR_BACKEND;
    if (text == NULL)
        snprintf(message, AG_MESSAGE_BYTES, "%.300s has no " SOURCE, folder);
    else
        error = ag_nvrtc_load(&nvrtc, 0, message);
    if (error == ARMGPU_OK)
        error =
            ag_nvrtc_compile(&nvrtc, &source, target, options, &image, message);
    free(text);
    if (error == ARMGPU_OK &&
        ((image.log != NULL && image.log[0] != '\0' &&
          !ag_child_write(folder, LOG, image.log, strlen(image.log),
                          message)) ||
         !ag_child_write(folder, IMAGE, image.bytes, image.size, message)))
        error = ARMGPU_ERROR_BACKEND;
    ag_nvrtc_image_free(&image);
    return error;
}

int ag_nvrtc_helper_main(int argc, char **argv)
{
    char message[AG_MESSAGE_BYTES] = "";
    struct ag_nvrtc_target target;
    if (argc != 3 || !read_target(argv[1], &target)) {
        fputs("armgpu: what armgpu starts itself with to compile for a GPU is "
              "FOLDER sm_N OPTIONS\n",
              stderr);
        return 2;
    }
    end_with_owner();
    if (compile(argv[0], &target, argv[2], message) == ARMGPU_OK)
        return 0;
    fprintf(stderr, "%s\n", message);
    return 1;
}
