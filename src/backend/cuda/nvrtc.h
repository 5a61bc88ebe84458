/*
 * NVRTC, NVIDIA's run-time compiler, found with dlopen. It needs neither a GPU
 * nor its driver, so tests compile the kernels anywhere. Only src/backend and
 * tests include this.
 */
#ifndef AG_NVRTC_H
#define AG_NVRTC_H

#include "backend/build.h"

#include <stdbool.h>

typedef struct ag_nvrtc_object *ag_nvrtc_program;

/* X(member, symbol, parameters); each returns 0 or an error's number. */
#define AG_NVRTC_FUNCTIONS(X)                                                  \
    X(version, nvrtcVersion, (int *major, int *minor))                         \
    X(arch_count, nvrtcGetNumSupportedArchs, (int *count))                     \
    X(archs, nvrtcGetSupportedArchs, (int *archs))                             \
    X(create, nvrtcCreateProgram,                                              \
      (ag_nvrtc_program * program, const char *source, const char *name,       \
       int num_headers, const char *const *headers, const char *const *names)) \
    X(destroy, nvrtcDestroyProgram, (ag_nvrtc_program * program))              \
    X(compile, nvrtcCompileProgram,                                            \
      (ag_nvrtc_program program, int num_options, const char *const *options)) \
    X(log_size, nvrtcGetProgramLogSize,                                        \
      (ag_nvrtc_program program, size_t * size))                               \
    X(log, nvrtcGetProgramLog, (ag_nvrtc_program program, char *log))          \
    X(cubin_size, nvrtcGetCUBINSize,                                           \
      (ag_nvrtc_program program, size_t * size))                               \
    X(cubin, nvrtcGetCUBIN, (ag_nvrtc_program program, char *cubin))           \
    X(ptx_size, nvrtcGetPTXSize, (ag_nvrtc_program program, size_t * size))    \
    X(ptx, nvrtcGetPTX, (ag_nvrtc_program program, char *ptx))

struct ag_nvrtc {
#define X(member, symbol, parameters) uint32_t(*member) parameters;
    AG_NVRTC_FUNCTIONS(X)
#undef X
    const char *(*error_text)(uint32_t code);
    int major, minor;
    char path[256]; /* or the name under which the system found it */
};

/* What to compile for: binary code of one architecture, or PTX that newer ones
   can translate. `arch` is 90 for sm_90 or compute_90. */
struct ag_nvrtc_target {
    uint32_t arch;
    bool is_ptx;
    bool has_jump_tables; /* the compiler can be asked for them */
};

/* Space-separated compiler options, also part of the key of what is cached. */
#define AG_NVRTC_OPTIONS_BYTES 512

/*
 * Finds NVRTC: $ARMGPU_NVRTC alone if that is set, else the version
 * `prefer_major` (the driver's; 0: any) where the system looks for libraries,
 * in $CUDA_HOME, $CUDA_PATH and the usual places, else another version.
 */
int32_t ag_nvrtc_load(struct ag_nvrtc *nvrtc, int prefer_major,
                      char message[AG_MESSAGE_BYTES]);

/* What this NVRTC can make for a device of compute capability `arch`. */
int32_t ag_nvrtc_choose(const struct ag_nvrtc *nvrtc, uint32_t arch,
                        struct ag_nvrtc_target *target,
                        char message[AG_MESSAGE_BYTES]);

/* Registers of a thread, at most. 16 warps have room in 65,536 registers, a
   multiprocessor's: kernels with V registers spill a few bytes for it, and gain
   more. Others use half as many. Where lanes are so few that 8 warps are
   enough, kernels need not spill. */
#define AG_NVRTC_REGISTERS 128
#define AG_NVRTC_REGISTERS_OF_FEW 255
#define AG_NVRTC_FEW 256 /* lanes of a multiprocessor */

/* `more` (NULL allowed) follows the options that every kernel needs. */
int32_t ag_nvrtc_options(const struct ag_nvrtc_target *target,
                         uint32_t registers, const char *more,
                         char options[AG_NVRTC_OPTIONS_BYTES],
                         char message[AG_MESSAGE_BYTES]);

/* PTX ends with a zero byte. On failure the message has the log's first errors,
   with file and line. */
int32_t ag_nvrtc_compile(const struct ag_nvrtc *nvrtc,
                         const struct ag_kernel_source *source,
                         const struct ag_nvrtc_target *target,
                         const char *options, struct ag_image *image,
                         char message[AG_MESSAGE_BYTES]);

#endif
