/*
 * What the files of the CUDA backend share. In this order each uses those
 * before it alone: nvrtc.c, nvrtc_apart.c, cuda_driver.c (the driver, errors,
 * contexts, the list), cuda_queue.c (launches and waiting for them),
 * cuda_module.c, cuda_device.c (opening, buffers, the table).
 */
#ifndef AG_CUDA_H
#define AG_CUDA_H

#include "backend/build.h"
#include "backend/cuda/cuda_api.h"
#include "backend/cuda/nvrtc_apart.h"

#define AG_CU_BLOCK 128     /* threads of a block without group memory */
#define AG_CU_AUTO_BLOCKS 4 /* choices of the block size: 1 to 4 warps */
#define AG_CU_AS_IT_IS UINT32_MAX
#define AG_CU_SCHEDULERS 4 /* of a multiprocessor, since capability 7.0 */

struct ag_buffer {
    ag_cu_address address;
    uint64_t bytes;
};

/* Without shared memory blocks have one fixed size. */
struct ag_kernel {
    struct ag_kernel_head head;
    ag_cu_function function;
    uint64_t resident[AG_CU_AUTO_BLOCKS]; /* lanes at one time, by warps a
                                             block */
    uint64_t part; /* of regions: lanes at one time; 0: launches are whole */
};

struct ag_cu_properties {
    char name[128];
    uint64_t memory;
    uint32_t capability; /* 90 is 9.0 */
    uint32_t multiprocessors;
    uint32_t clock_khz;    /* the highest; 0: not known */
    uint32_t shared_bytes; /* a block's, at most */
};

/* What the environment says, read when a device is opened. */
struct ag_cu_settings {
    bool is_verbose;
    uint32_t block;                       /* lanes; 0: by their number */
    uint32_t carveout;                    /* percent of L1; AG_CU_AS_IT_IS */
    double timeout;                       /* seconds; 0: any */
    char options[AG_NVRTC_OPTIONS_BYTES]; /* more, for the compiler */
};

struct ag_device {
    struct ag_cuda cu;
    struct ag_nvrtc nvrtc;
    int driver_version; /* 13000 is 13.0 */
    ag_cu_device ordinal;
    struct ag_cu_properties properties;
    struct ag_cu_settings settings;
    uint64_t lanes; /* that there will be */
    ag_cu_context context;
    ag_cu_event before, after;
    bool is_lost;    /* nothing can be done with it any more */
    bool is_hung;    /* and calling the driver may never return */
    char *helper;    /* a program that compiles regions; NULL: none */
    int is_given_up; /* atomic: it is a builder that nobody waits for */
    char message[AG_MESSAGE_BYTES];
};

/* cuda_driver.c */
/* Finds and starts the driver; *count devices, at least 1. */
int32_t ag_cu_start(struct ag_cuda *cu, int *version, int *count,
                    char message[AG_MESSAGE_BYTES]);
/* What the driver says of a device, and whether armgpu can use it. */
int32_t ag_cu_look_at(const struct ag_cuda *cu, int ordinal,
                      struct ag_cu_properties *p,
                      char message[AG_MESSAGE_BYTES]);
/* 0, or the code of a failure whose sentence is then the device's message. */
int32_t ag_cu_check(ag_device *d, ag_cu_result code, const char *doing);
/* Every use of the device is between these two, so that the caller's own CUDA
   context stays what it was. A lost device keeps its first message. */
int32_t ag_cu_enter(ag_device *d);
int32_t ag_cu_leave(ag_device *d, ag_cu_result code, const char *doing);
uint32_t ag_cu_list(armgpu_device *out, uint32_t n);

/* cuda_queue.c */
int32_t ag_cu_launch(ag_device *d, const ag_kernel *kernel,
                     ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                     const ag_slice_args *args);
int32_t ag_cu_wait(ag_device *d, double *seconds);

/* cuda_module.c */
int32_t ag_cu_build(ag_device *d, ag_module **out,
                    const struct ag_module_options *options,
                    struct ag_module_info *info);
void ag_cu_unload(ag_device *d, ag_module *m);

#endif
