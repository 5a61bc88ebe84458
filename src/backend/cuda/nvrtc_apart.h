/*
 * NVRTC in a process of its own (nvrtc_apart.c): ptxas was seen to crash, and
 * may take minutes of some text. Only the CUDA backend and tests include this.
 */
#ifndef AG_NVRTC_APART_H
#define AG_NVRTC_APART_H

#include "backend/apart.h"
#include "backend/cuda/nvrtc.h"

/*
 * As ag_nvrtc_compile(), by a process of the program `helper`, which does
 * ag_nvrtc_helper_main(); the rest is as for ag_apart_compile().
 */
int32_t ag_nvrtc_compile_apart(const struct ag_nvrtc *nvrtc, const char *helper,
                               const struct ag_kernel_source *source,
                               const struct ag_nvrtc_target *target,
                               const char *options, const int *is_given_up,
                               struct ag_image *image,
                               char message[AG_MESSAGE_BYTES]);

/* What that process does (struct ag_backend). */
int ag_nvrtc_helper_main(int argc, char **argv);

#endif
