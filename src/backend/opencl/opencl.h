/*
 * What the files of the OpenCL backend share. In this order each uses those
 * before it alone: opencl_driver.c (the loader, errors, what devices say, the
 * list), opencl_open.c, opencl_queue.c (launches and waiting for them),
 * opencl_apart.c (compiling in a process of its own), opencl_module.c,
 * opencl_helper.c (what that process does), opencl_device.c (buffers, the
 * table).
 */
#ifndef AG_OPENCL_H
#define AG_OPENCL_H

#include "backend/apart.h"
#include "backend/opencl/opencl_api.h"

#include <pthread.h>

#define AG_CL_MAX_DEVICES 64
#define AG_CL_WORDS_BYTES 256
#define AG_CL_MIB 1048576.0

struct ag_buffer {
    cl_mem mem;
    uint64_t bytes;
};

struct ag_kernel {
    struct ag_kernel_head head;
    cl_kernel object;
    uint32_t group; /* lanes, a multiple of AG_WARP */
};

struct ag_device {
    struct ag_cl cl;
    uint32_t index; /* in the list */
    cl_device_id id;
    cl_platform_id platform;
    cl_context context;
    cl_command_queue queue;
    uint64_t lanes;                      /* that there will be */
    uint64_t memory_bytes, buffer_bytes; /* altogether, and one at most */
    uint64_t used_bytes;
    cl_event event; /* of the launch in progress */
    double launched;
    int is_hung; /* a launch did not end, as the message says: the driver is
                    not called any more */
    char *helper;   /* a program that compiles regions; NULL: none */
    int is_given_up; /* atomic: it is a builder that nobody waits for */
    char name[128];
    char message[AG_MESSAGE_BYTES];
    pthread_mutex_t mutex;
    char words[AG_CL_WORDS_BYTES]; /* what the driver last said; guarded by
                                      mutex */
};

/* Where a device is; one that the list shows. */
struct ag_cl_place {
    cl_platform_id platform;
    cl_device_id id;
};

/* opencl_driver.c */
/* Called by the driver, from a thread of its own perhaps. */
void ag_cl_notice(const char *words, const void *data, size_t size, void *user);
/* Puts a failure of `what`, a function's name or the like, into the message. */
int32_t ag_cl_fail(ag_device *d, const char *what, cl_int error);
/* 0 if the device does not say. */
uint64_t ag_cl_number(const struct ag_cl *cl, cl_device_id id, cl_uint what);
/* "" if the device does not say; blanks at the ends are taken off. */
void ag_cl_string(const struct ag_cl *cl, cl_device_id id, cl_uint what,
                  char *out, size_t size);
/* Whether kernels can run at all; if not, `reason` says why. */
int ag_cl_is_usable(const struct ag_cl *cl, cl_device_id id,
                    char reason[AG_CL_WORDS_BYTES]);
/* Loads OpenCL and finds devices; 0: there are none, for this reason. */
uint32_t ag_cl_find(struct ag_cl *cl, struct ag_cl_place out[AG_CL_MAX_DEVICES],
                    char reason[AG_CL_WORDS_BYTES]);
uint32_t ag_cl_list(armgpu_device *out, uint32_t n);

/* opencl_open.c */
/* A device with a context and a queue; NULL: out of memory. Where *error is not
   ARMGPU_OK its message says why it cannot be used, and it is closed as well. */
ag_device *ag_cl_open(uint32_t index, uint64_t lanes, int32_t *error);
void ag_cl_close(ag_device *d);
int32_t ag_cl_open_builder(ag_device *d, ag_device **out);
/* What tells what is compiled for it from what is for others. */
struct ag_cl_identity {
    char device[300]; /* and platform */
    char driver[400]; /* versions of all that has a part in it */
};
void ag_cl_identify(ag_device *d, struct ag_cl_identity *out);
int ag_cl_is_cpu(const ag_device *d);

/* opencl_queue.c */
int32_t ag_cl_launch(ag_device *d, const ag_kernel *kernel,
                     ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                     const ag_slice_args *args);
int32_t ag_cl_wait(ag_device *d, double *seconds);
/* Launches without lanes. Drivers that put off compiling do it now. */
int32_t ag_cl_launch_nothing(ag_device *d, const ag_kernel *kernel);

/* opencl_driver.c: what a process beside this one has of the loader's own
   environment, "NAME=VALUE", or NULL. */
const char *ag_cl_icd_filenames(void);

/* opencl_apart.c */
/* The binary of a text with this one kernel, of d->helper's process. */
int32_t ag_cl_compile_apart(ag_device *d, const struct ag_module_head *module,
                            const struct ag_kernel_head *kernel,
                            struct ag_image *image);

/* opencl_module.c */
int32_t ag_cl_build(ag_device *d, ag_module **out,
                    const struct ag_module_options *options,
                    struct ag_module_info *info);
void ag_cl_unload(ag_device *d, ag_module *m);
/* What other processes load, once the module has been made of it in place of its
   text: to load it may be more compiling, and go wrong. */
int32_t ag_cl_give_binary(ag_module *m, struct ag_image *image);

/* opencl_helper.c */
int ag_cl_helper_main(int argc, char **argv);

#endif
