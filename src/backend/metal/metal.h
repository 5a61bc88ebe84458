/*
 * What the files of the Metal backend share. In this order each uses those
 * before it alone: metal_api.c (messages), metal_driver.c (errors, devices, the
 * list), metal_queue.c (launches and waiting for them), metal_module.c,
 * metal_device.c (opening, buffers, inspection, the table).
 *
 * Every function that sends messages has an autorelease pool of its own around
 * it, so it does not matter which thread calls.
 */
#ifndef AG_METAL_H
#define AG_METAL_H

#include "backend/build.h"
#include "backend/metal/metal_api.h"

#define AG_METAL_MAX_DEVICES 16
#define AG_METAL_MIB 1048576.0
/* Lanes of a threadgroup: 96 leave room in 32 KiB. */
#define AG_METAL_MAX_GROUP 96
/* Metal does not say how many cores a GPU has: those of a first M1. */
#define AG_METAL_FEWEST_CORES 8

struct ag_buffer {
    ag_id object;
    uint8_t *contents;
};

struct ag_kernel {
    struct ag_kernel_head head; /* group memory is declared in the text */
    ag_id pipeline;
    uint32_t group; /* lanes of a threadgroup */
};

struct ag_device {
    ag_id device, queue;
    ag_id launched; /* the command buffer in flight; NULL if none is */
    ag_ns_version system;
    uint32_t group; /* lanes that a threadgroup should have */
    double timeout;
    int is_lost; /* nothing can be done with it any more */
    char name[128];
    char message[AG_MESSAGE_BYTES];
};

#define AG_METAL_NO_DEVICE                                                     \
    "Metal has no device here: this process may run without a login session "  \
    "or in a virtual machine"
#define AG_METAL_OLD_DEVICE                                                    \
    "an Apple GPU of family 7 (M1) or later is needed: this one has another "  \
    "width of its SIMD groups or less memory for them"

/* metal_driver.c */
void ag_metal_release(ag_id object); /* NULL is allowed */
/* "" where there is no error object: Metal may fail without one. */
const char *ag_metal_words(ag_id error);
int32_t ag_metal_fail(ag_device *d, const char *what, ag_id error);
/* The default device and then the others, each with a reference. */
uint32_t ag_metal_find(ag_id out[AG_METAL_MAX_DEVICES]);
int ag_metal_is_usable(ag_id device);
ag_ns_version ag_metal_system(void);
uint32_t ag_metal_list(armgpu_device *out, uint32_t n);

/* metal_queue.c */
int32_t ag_metal_launch(ag_device *d, const ag_kernel *kernel,
                        ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                        const ag_slice_args *args);
int32_t ag_metal_wait(ag_device *d, double *seconds);

/* metal_module.c */
int32_t ag_metal_build(ag_device *d, ag_module **out,
                       const struct ag_module_options *options,
                       struct ag_module_info *info);
void ag_metal_unload(ag_device *d, ag_module *m);
/* For inspection, inside the caller's pool: its first kernel, its library
   compiled once more, the options for that, and the language that they ask
   for. The last two are the caller's to release. */
const ag_kernel *ag_metal_first_kernel(const ag_module *m);
ag_id ag_metal_new_library(const ag_module *m);
ag_id ag_metal_new_options(const ag_device *d);
ag_ns_uint ag_metal_language(ag_ns_version system);

#endif
