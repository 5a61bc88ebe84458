/*
 * What the files of the CPU backend share. In this order each uses those before
 * it alone: cpu_name.c, cpu_engine.c (ways of executing lanes), cpu_module.c,
 * cpu_queue.c (threads, launches), cpu_device.c (opening, buffers, the table).
 */
#ifndef AG_CPU_H
#define AG_CPU_H

#include "backend/backend.h"
#include "backend/cpu/cpu_parts.h"
#include "entry/entry.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

struct ag_buffer {
    void *allocated;
    void *bytes; /* of it, aligned for any vector */
    uint64_t size;
};

struct ag_kernel {
    const char *name;
    ag_kernel_entry *entry;
    bool is_slice; /* lane groups may take its place, and in shared memory every
                      thread keeps to its part */
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
    const ag_kernel *kernel;
    ag_kernel_entry *group;    /* NULL: lanes run one by one */
    uint32_t few;              /* that many lanes run one by one anyway */
    uint32_t has_cas_128;      /* a compare and swap of 16 bytes */
    uint32_t simd;             /* AG_SIMD_* */
    struct ag_cpu_part *parts; /* one a thread */
    uint32_t unit;             /* lanes taken from a part at a time */
    double seconds;
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
/* How a device executes lanes: "groups, AVX2". */
const char *ag_cpu_engine_name(uint32_t index);
/* Its lane groups; NULL: it executes lanes one by one. */
ag_kernel_entry *ag_cpu_engine_group(uint32_t index);
/* Its copy of operations on V registers: AG_SIMD_*. */
uint32_t ag_cpu_engine_simd(uint32_t index);
/* Whether the processor has what AG_CAS_128 is made of. */
bool ag_cpu_has_cas_128(void);

/* cpu_module.c */
int32_t ag_cpu_build(ag_device *device, ag_module **out,
                     const struct ag_module_options *options,
                     struct ag_module_info *info);
void ag_cpu_unload(ag_device *device, ag_module *module);

/* cpu_queue.c */
int32_t ag_cpu_launch(ag_device *device, const ag_kernel *kernel,
                      ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                      const ag_slice_args *args);
int32_t ag_cpu_wait(ag_device *device, double *seconds);
/* Ends the threads. */
void ag_cpu_stop_workers(ag_device *device);

#endif
