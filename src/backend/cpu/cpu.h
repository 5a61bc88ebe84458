/*
 * What the files of the CPU backend share. In this order each uses those before
 * it alone: cpu_name.c, cpu_engine.c (ways of executing lanes), cpu_compiler.c
 * (the system's), cpu_trial.c, cpu_module.c, cpu_queue.c (threads, launches),
 * cpu_device.c (opening, buffers, the table).
 */
#ifndef AG_CPU_H
#define AG_CPU_H

#include "backend/backend.h"
#include "backend/cpu/cpu_parts.h"
#include "entry/entry.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

struct ag_buffer {
    void *allocated;
    void *bytes; /* of it, aligned for any vector */
    uint64_t size;
};

struct ag_kernel {
    const char *name;
    ag_kernel_entry *entry; /* NULL: it is one of regions */
    ag_region_ways regions;
    ag_module *module; /* of these; NULL: it is a function of this executable */
    bool is_slice;     /* lanes execute: engines have their own for it, and in
                          shared memory every thread keeps to its part */
};

/* Vectors of lanes that go through regions together. */
struct ag_cpu_vectors {
    uint32_t lanes;
    const char *flags; /* by which the compiler makes them */
    int (*is_usable)(void);
};

/* A way of executing lanes. */
struct ag_cpu_engine {
    const char *name;
    ag_kernel_entry *slice; /* NULL: this build lacks it */
    int (*is_usable)(void); /* the processor has what it needs */
    bool forms_groups;      /* as ag_device_info says */
    uint32_t few;  /* lanes of a thread, or fewer, that run one by one anyway */
    uint32_t unit; /* lanes that a thread takes at a time */
    uint32_t fuel; /* of a thread in a slice */
    uint32_t simd; /* copy of operations on V registers, AG_SIMD_* */
    uint32_t crypto; /* and of cryptographic ones, AG_CRYPTO_*, or less where
                        the processor lacks it */
    const struct ag_cpu_vectors *vectors; /* NULL: lanes go one by one */
};

struct ag_cpu_worker {
    ag_device *device;
    pthread_t thread;
    uint32_t index;
};

struct ag_device {
    uint32_t threads; /* including the caller's */
    uint32_t started; /* workers that exist */
    struct ag_cpu_worker *workers;
    pthread_mutex_t mutex;
    pthread_cond_t work, done;
    uint64_t generation; /* counts launches; guarded by mutex, as the next */
    uint32_t busy;
    int is_closing;
    ag_buffers buffers; /* of the launch in progress */
    ag_slice_args args;
    const ag_kernel *kernel; /* NULL: what was launched is over */
    ag_region_ways ways;     /* of its regions */
    ag_kernel_entry *many; /* what runs more lanes than engine.few */
    struct ag_cpu_engine engine;
    uint32_t has_cas_128;      /* a compare and swap of 16 bytes */
    struct ag_cpu_part *parts; /* one a thread */
    uint32_t unit;             /* lanes taken from a part at a time */
    double seconds;
    clock_t work_began; /* of the launch: of the processor's time */
    int is_given_up; /* atomic: what a builder compiles is not wanted any more
                      */
    char message[AG_MESSAGE_BYTES];
};

/* cpu_name.c */
/* The processor's name as the system tells it, or its architecture's. */
void ag_cpu_name(char *out, size_t size);
/* The same from text like that of Linux's /proc/cpuinfo; false: it has none. */
bool ag_cpu_name_in(FILE *in, char *out, size_t size);

/* cpu_engine.c */
/* Is there such a device? */
int32_t ag_cpu_check_index(uint32_t index, char message[AG_MESSAGE_BYTES]);
/* How that device executes so many lanes. */
struct ag_cpu_engine ag_cpu_take_engine(uint32_t index, uint64_t lanes);
/* The best copy of cryptographic operations that the processor can run. */
uint32_t ag_cpu_best_crypto(void);
/* Whether the processor has what AG_CAS_128 is made of. */
bool ag_cpu_has_cas_128(void);

/* cpu_module.c */
int32_t ag_cpu_build(ag_device *device, ag_module **out,
                     const struct ag_module_options *options,
                     struct ag_module_info *info);
void ag_cpu_unload(ag_device *device, ag_module *module);
/* Before a launch: the ways that lanes are to go in it, also through what was
   compiled for the kernel's module meanwhile. */
ag_region_ways ag_cpu_look(const ag_kernel *kernel);
/* Behind it, of a kernel that has both ways: what they have retired there, in so
   many seconds of processors. */
void ag_cpu_tell(const ag_kernel *kernel, uint64_t retired, double seconds);
/* What the text of regions for lanes that execute together stands behind. */
extern const struct ag_kernel_source ag_region_source_together;

/* cpu_queue.c */
int32_t ag_cpu_launch(ag_device *device, const ag_kernel *kernel,
                      ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                      const ag_slice_args *args);
int32_t ag_cpu_wait(ag_device *device, double *seconds);
/* Ends the threads. */
void ag_cpu_stop_workers(ag_device *device);

#endif
