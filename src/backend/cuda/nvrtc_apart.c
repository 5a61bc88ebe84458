/*
 * NVRTC in a process of its own: see nvrtc_apart.h. What its words are:
 *
 *     HELPER ARMGPU_HELPER cuda FOLDER sm_N|compute_N OPTIONS
 *
 * ARMGPU_NVRTC is the library that the other side has loaded.
 */
#include "backend/cuda/nvrtc_apart.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PTX "compute_"
#define BINARY "sm_"

/* -- The side that waits --------------------------------------------------- */

int32_t ag_nvrtc_compile_apart(const struct ag_nvrtc *nvrtc, const char *helper,
                               const struct ag_kernel_source *source,
                               const struct ag_nvrtc_target *target,
                               const char *options, const int *is_given_up,
                               struct ag_image *image,
                               char message[AG_MESSAGE_BYTES])
{
    char library[AG_APART_LIBRARY_BYTES], arch[32];
    const char *const words[] = {arch, options, NULL}, *const environment[] = {
                                                           library, NULL};
    const struct ag_apart a = {helper, "cuda", "NVRTC", words, environment};
    snprintf(arch, sizeof arch, "%s%" PRIu32, target->is_ptx ? PTX : BINARY,
             target->arch);
    if (ag_apart_library("ARMGPU_NVRTC",
                         (const void *)(uintptr_t)nvrtc->version, library))
        return ag_apart_compile(&a, source, is_given_up, image, message);
    memset(image, 0, sizeof *image);
    snprintf(message, AG_MESSAGE_BYTES, "NVRTC's file is not known");
    return ARMGPU_ERROR_BACKEND;
}

/* -- The side that compiles ------------------------------------------------ */

struct job {
    struct ag_nvrtc_target target;
    const char *options;
};

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

static int32_t compile(const struct ag_kernel_source *source, void *user,
                       struct ag_image *image, char message[AG_MESSAGE_BYTES])
{
    const struct job *job = user;
    struct ag_nvrtc nvrtc;
    const int32_t error = ag_nvrtc_load(&nvrtc, 0, message);
    return error != ARMGPU_OK ? error
                              : ag_nvrtc_compile(&nvrtc, source, &job->target,
                                                 job->options, image, message);
}

int ag_nvrtc_helper_main(int argc, char **argv)
{
    struct job job;
    if (argc != 3 || !read_target(argv[1], &job.target)) {
        fputs("armgpu: what armgpu starts itself with to compile for a GPU is "
              "FOLDER sm_N OPTIONS\n",
              stderr);
        return 2;
    }
    job.options = argv[2];
    return ag_apart_serve(argv[0], compile, &job);
}
