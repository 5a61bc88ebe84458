/*
 * What a kind of device must offer: one table of functions. src/core and the
 * backends include this. A backend knows buffers and launches; it knows nothing
 * of instructions. One device is used by one thread at a time; a builder of it
 * (open_builder) may be used by another one.
 *
 * Functions that can fail return 0 or a negative armgpu_error and then have put
 * a sentence with the driver's own words into the device's message (open: into
 * `message`).
 */
#ifndef AG_BACKEND_H
#define AG_BACKEND_H

#include "armgpu.h"
#include "lane/buffers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ag_device ag_device; /* each backend defines its own */
typedef struct ag_module ag_module; /* kernels, compiled for a device */
typedef struct ag_kernel ag_kernel; /* one of a module's */
typedef struct ag_buffer ag_buffer;

#define AG_MESSAGE_BYTES 512

/* A launch has the buffers of kernels/lane/buffers.h, in the order of enum
   ag_argument (NULL: one that this launch does not touch); after them
   come the slice's arguments (ag_slice_args by value) and, on GPUs, group
   memory: as much for each lane of the group as was asked for when the module
   was built; groups are a multiple of AG_WARP lanes. */

/* What a device with a compiler beside the run says in translates_after. */
#define AG_TRANSLATES_AFTER 0.2

struct ag_device_options {
    uint32_t index;   /* within the backend's list */
    uint32_t threads; /* CPU: 0 = one per core */
    uint64_t lanes;   /* how many there will be, for sizing */
    uint32_t soft_float; /* CPU: floating point in integers; GPUs have that in
                            the defines of their modules */
    const char *helper;  /* a program that compiles for this one, see
                            helper_main; NULL: there is none. Copied */
};

struct ag_device_info {
    char name[128];
    uint32_t warps;        /* GPUs: that issue instructions at one time, about;
                              0: unknown, lanes are spread only when asked */
    uint64_t slice_fuel;   /* CPU: attempts of all lanes together in about
                              50 ms, and the host lists each slice's lanes;
                              0: slices are measured and adapted, and the device
                              lists the lanes that go on */
    uint32_t forms_groups; /* CPU: lanes execute in groups, which know no
                              batches of instructions */
    uint32_t joins_regions; /* CPU: a launch of regions' kernel executes what they
                               leave as well */
    uint32_t together;      /* CPU: lanes that go through regions together where
                               that was compiled too; 0: none */
    double translates_after; /* seconds of a run, where nobody says whether it is
                                to: it has lasted about as long as compiling
                                takes; 0: lanes are interpreted */
    uint32_t wants_forms;  /* of operations on V registers (a64/forms.h): they
                              are more to compile */
    uint64_t memory_bytes; /* what buffers may take altogether; 0: unknown */
    uint64_t buffer_bytes; /* what one may; 0: no other limit */
};

/* Kernels as text with everything it includes, and its length; `hash` is that
   of the text. src/gen/embed.c writes such. */
struct ag_kernel_source {
    const char *text;
    size_t length;
    uint64_t hash;
};

/* What regions' text stands behind in each language (kernels/entry/region.*): in
   every build, with the backend or without. */
extern const struct ag_kernel_source ag_region_source_c, ag_region_source_cu,
    ag_region_source_cl, ag_region_source_metal;

/* A kernel that a module is to have, and what build() says of it. Threads from
   args.count on must do nothing: build() may launch it on no lanes and without
   buffers. */
struct ag_module_kernel {
    const char *name;    /* in the text; outlives the module */
    uint32_t lane_bytes; /* of group memory that it takes for each lane of a
                            group; 0: none, where the backend leaves it out */

    const ag_kernel *kernel; /* for launch(), as long as the module lives */
    uint32_t workers;        /* lanes that it executes at one time, roughly */
    uint32_t warp_threads;   /* GPUs: that execute in step, a multiple of
                                AG_WARP; 0: lanes cannot be spread */
};

#define AG_REFUSED_BYTES 512

struct ag_module_options {
    const struct ag_kernel_source *source; /* in the backend's language */
    /* CPU: the same for lanes that execute together; they go one by one without
       it. It is compiled beside the other, and may be there when that is, or a
       launch takes it later: its text and *info then outlive the module. NULL:
       there is none. */
    const struct ag_kernel_source *together;
    uint32_t awaits_together; /* 1: it may take as long again until that is there */
    const char *defines; /* "-DNAME=VALUE", parted by blanks: GPUs */
    struct ag_module_kernel *kernels;
    uint32_t count;
    uint32_t keeps_refused; /* 1: a text that does not compile is kept */
    /* 1: regions (ag_backend.region_source), which a helper compiles if there is
       one. Threads know their lanes by their place in LANES, and nothing else by
       that: unless args.alone or args.spread is set a launch may be several, each
       of `count` lanes, with LANES (u32) moved on by as many. */
    uint32_t is_region;
};

struct ag_module_info {
    double compile_seconds; /* cache hits included */
    uint32_t was_cached;    /* 1: what was compiled came from the cache */
    uint32_t together;      /* CPU: lanes that go through regions together */
    char apart[256]; /* why they do not, where they were to: a compiler's words;
                        "" */
    char refused[AG_REFUSED_BYTES]; /* the file with a text that did not
                                       compile; "" */
};

/* Takes one line of a report, without its end. */
typedef void (*ag_line_fn)(void *user, const char *line);

struct ag_backend {
    const char *name;
    /* The interpreter's kernels, compiled with -DAG_LAYOUT=n: "ag_slice", in
       which lanes execute, and "ag_serve", what the host wants done to slots.
       NULL: build() knows them by name and takes no other. */
    const struct ag_kernel_source *source;
    /* What the text of regions stands behind (kernels/entry/region.*), whose
       kernel is "ag_translated"; NULL: there are none. */
    const struct ag_kernel_source *region_source;
    /* And of those for lanes that execute together; NULL: none do. */
    const struct ag_kernel_source *together_source;
    uint32_t private_layout; /* AG_LAYOUT_*: the one that is fast here */
    uint32_t interleaved_lanes; /* fewer are faster as AG_LAYOUT_LINEAR */
    uint32_t region_layout; /* AG_LAYOUT_*: the one that is fast for regions, if
                               it is another; else 0 */

    /* `auto` takes it from this many lanes on: below, the CPU backend measured
       faster. */
    uint64_t auto_lanes;

    /* Describes devices from index `first` into out; returns how many there
       are, at least 1: an unusable backend lists itself with the reason. */
    uint32_t (*list)(armgpu_device *out, uint32_t n);

    /* Opens a device and fills *info, which is all zeros. On failure *out is
       NULL. */
    int32_t (*open)(ag_device **out, const struct ag_device_options *options,
                    struct ag_device_info *info,
                    char message[AG_MESSAGE_BYTES]);
    void (*close)(ag_device *device); /* its modules and buffers are gone */

    /* A second ag_device for the same device, with a message of its own: another
       thread builds modules with it, one after the other, while the first one is
       used, which then launches and unloads them, after the builder was closed
       too. Closing either leaves the other as it was. On failure *out is NULL, and
       the first one's message says why. Needed where region_source is. */
    int32_t (*open_builder)(ag_device *device, ag_device **out);
    /* For good: what the builder builds, now or later, fails in a fraction of a
       second where a process of its own compiles it, and is not kept as refused;
       else nothing changes. By any thread. NULL: a build that began has to be
       waited for, and lanes that wait for one are built for by their thread. */
    void (*give_up)(ag_device *builder);

    /* Compiles a module, or finds it in the cache, fills its list of kernels
       and *info. A device may have several. On failure *out is NULL, and the
       message has the compiler's words. */
    int32_t (*build)(ag_device *device, ag_module **out,
                     const struct ag_module_options *options,
                     struct ag_module_info *info);
    void (*unload)(ag_device *device, ag_module *module); /* NULL is allowed */

    /* What the process of a helper does, which a build of a region started as
       "HELPER ARMGPU_HELPER NAME FOLDER WORD...": argv[0] is FOLDER, where the
       text is, and what is compiled or a sentence why not goes (apart.h); all
       other words are the backend's own. It has nothing open but its standard
       error, starts no helper, and ends when the process that started it does. It
       opens the device only where nothing else compiles for it, and has no
       buffers there. Returns the exit status. NULL:
       builds start none. (cuda/nvrtc_apart.c, opencl/opencl_helper.c.) */
    int (*helper_main)(int argc, char **argv);

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
    /* Memory of the host (8 MiB or more, on no boundary of pages) that transfers
       will be of again, in whole or in part: they are as before, but faster, until
       it is unpinned. Not during a launch. False: it is as it was, and no message
       says why. The caller does not free what unpin() returned false for. Both are
       there or none. */
    bool (*pin)(ag_device *device, void *memory, uint64_t bytes);
    bool (*unpin)(ag_device *device, void *memory);

    /* Starts a kernel on ag_launch_threads() threads; if args->alone is
       AG_ALONE_IN_TURN on one, which takes the listed lanes in order. Nothing else may be called until
       wait() has returned, writing to mapped memory excepted. */
    int32_t (*launch)(ag_device *device, const ag_kernel *kernel,
                      ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                      const ag_slice_args *args);

    /* Waits for the launch; *seconds is what the device spent on it. */
    int32_t (*wait)(ag_device *device, double *seconds);

    /* Describes the device's limits line by line and compares what the driver's
       interface looks like with what this file was written for; returns how
       many things differ. NULL where there is nothing to compare. */
    uint32_t (*inspect)(ag_device *device, const ag_module *module,
                        ag_line_fn line, void *user);
};

/* How many threads that is. */
static inline uint64_t ag_launch_threads(const ag_slice_args *args)
{
    if (args->alone == AG_ALONE_IN_TURN)
        return 1;
    if (args->spread == 0)
        return args->count;
    return ((uint64_t)args->count + args->spread - 1) / args->spread *
           args->warp;
}

/* All backends, in the order in which `auto` tries them, then NULL. The last
   one is the CPU's, which is always there. */
extern const struct ag_backend *const ag_backends[];

#endif
