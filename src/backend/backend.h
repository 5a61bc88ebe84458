/*
 * What a kind of device must offer: one table of functions. src/core and the
 * backends include this. A backend knows buffers and launches; it knows nothing
 * of instructions. One device is used by one thread at a time.
 *
 * Functions that can fail return 0 or a negative armgpu_error and then have put
 * a sentence with the driver's own words into the device's message (open: into
 * `message`).
 */
#ifndef AG_BACKEND_H
#define AG_BACKEND_H

#include "armgpu.h"
#include "lane/buffers.h"

#include <stddef.h>
#include <stdint.h>

typedef struct ag_device ag_device; /* each backend defines its own */
typedef struct ag_buffer ag_buffer;

#define AG_MESSAGE_BYTES 512

enum ag_kernel {
    AG_KERNEL_SLICE, /* lanes execute */
    AG_KERNEL_SERVE, /* what the host wants done to slots */
    AG_KERNEL_COUNT
};
extern const char *const ag_kernel_names[AG_KERNEL_COUNT]; /* in the sources */

struct ag_kernel_source;
#define AG_OTHER_BYTES_PER_LANE 8

/* A launch has the buffers of kernels/lane/buffers.h, in the order of enum
   ag_argument (NULL: one that this launch does not touch); after them
   come the slice's arguments (ag_slice_args by value) and, on GPUs, group
   memory for the lanes' registers (AG_GROUP_BYTES_PER_LANE of state.h for each
   lane of the group; groups are a multiple of AG_WARP lanes). */

struct ag_device_options {
    uint32_t index;   /* within the backend's list */
    uint32_t threads; /* CPU: 0 = one per core */
    uint32_t layout;  /* AG_LAYOUT_*; GPU kernels are compiled for one
                         (-DAG_LAYOUT=n) */
    uint32_t marks;   /* slots are used again: stores mark what they change;
                         GPU kernels are compiled so (-DAG_MARKS=1), the CPU's
                         always do */
    uint64_t lanes;   /* how many there will be, for sizing */
    /* GPUs: kernels of these names and arguments instead of the interpreter's,
       with AG_OTHER_BYTES_PER_LANE of group memory; NULL: those. */
    const struct ag_kernel_source *source;
};

struct ag_device_info {
    char name[128];
    uint32_t workers;      /* lanes that execute at one time, roughly */
    uint32_t warp_threads; /* GPUs: that execute in step, a multiple of AG_WARP;
                              0: lanes cannot be spread */
    uint32_t warps;        /* GPUs: that issue instructions at one time, about;
                              0: unknown, lanes are spread only when asked */
    uint64_t slice_fuel;   /* CPU: attempts of all lanes together in about
                              50 ms, and the host lists each slice's lanes;
                              0: slices are measured and adapted, and the device
                              lists the lanes that go on */
    uint32_t forms_groups; /* CPU: lanes execute in groups, which know no
                              batches of instructions */
    uint64_t memory_bytes; /* what buffers may take altogether; 0: unknown */
    uint64_t buffer_bytes; /* what one may; 0: no other limit */
    double compile_seconds; /* spent on kernels at open, cache hits included */
    uint32_t was_cached;    /* 1: the compiled kernel came from the cache */
};

/* Takes one line of a report, without its end. */
typedef void (*ag_line_fn)(void *user, const char *line);

struct ag_backend {
    const char *name;
    uint32_t private_layout; /* AG_LAYOUT_*: the one that is fast here */
    uint32_t interleaved_lanes; /* fewer are faster as AG_LAYOUT_LINEAR */

    /* `auto` takes it from this many lanes on: below, the CPU backend measured
       faster. */
    uint64_t auto_lanes;

    /* Describes devices from index `first` into out; returns how many there
       are, at least 1: an unusable backend lists itself with the reason. */
    uint32_t (*list)(armgpu_device *out, uint32_t n);

    /* Opens a device and fills *info. On failure *out is NULL. */
    int32_t (*open)(ag_device **out, const struct ag_device_options *options,
                    struct ag_device_info *info,
                    char message[AG_MESSAGE_BYTES]);
    void (*close)(ag_device *device);

    /* The last failure's sentence. */
    const char *(*message)(const ag_device *device);

    /* `bytes` of zeroed device memory; NULL if there is not that much. */
    ag_buffer *(*alloc)(ag_device *device, uint64_t bytes);
    void (*release)(ag_device *device, ag_buffer *buffer); /* NULL is allowed */

    /* The buffer in the host's address space, valid between launches and to
       atomics during one; NULL if this device has no such thing. */
    void *(*map)(ag_device *device, ag_buffer *buffer);

    /* Transfers; ranges are inside the buffers. */
    int32_t (*upload)(ag_device *device, ag_buffer *to, uint64_t offset,
                      const void *from, uint64_t bytes);
    int32_t (*download)(ag_device *device, void *to, const ag_buffer *from,
                        uint64_t offset, uint64_t bytes);
    int32_t (*fill)(ag_device *device, ag_buffer *to, uint64_t offset,
                    uint8_t value, uint64_t bytes);

    /* Starts a kernel on ag_launch_threads() threads; if args->alone on one,
       which takes the listed lanes in order. Nothing else may be called until
       wait() has returned, writing to mapped memory excepted. */
    int32_t (*launch)(ag_device *device, enum ag_kernel kernel,
                      ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                      const ag_slice_args *args);

    /* Waits for the launch; *seconds is what the device spent on it. */
    int32_t (*wait)(ag_device *device, double *seconds);

    /* Describes the device's limits line by line and compares what the driver's
       interface looks like with what this file was written for; returns how
       many things differ. NULL where there is nothing to compare. */
    uint32_t (*inspect)(ag_device *device, ag_line_fn line, void *user);
};

/* How many threads that is. */
static inline uint64_t ag_launch_threads(const ag_slice_args *args)
{
    if (args->alone || args->spread == 0)
        return args->alone ? 1 : args->count;
    return ((uint64_t)args->count + args->spread - 1) / args->spread *
           args->warp;
}

extern const struct ag_backend ag_backend_cpu;
extern const struct ag_backend ag_backend_opencl;
extern const struct ag_backend ag_backend_cuda;
extern const struct ag_backend ag_backend_metal; /* if ARMGPU_METAL */

/* Kernel sources with everything they include, and their length; `hash` is
   that of the text. Written by src/gen/embed.c. */
struct ag_kernel_source {
    const char *text;
    size_t length;
    uint64_t hash;
};
extern const struct ag_kernel_source ag_kernel_source_cl; /* entry.cl */
extern const struct ag_kernel_source ag_kernel_source_cu; /* entry.cu */
extern const struct ag_kernel_source ag_kernel_source_metal;

/* All backends, in the order in which `auto` tries them; NULL at the end. */
extern const struct ag_backend *const ag_backends[];

#endif
