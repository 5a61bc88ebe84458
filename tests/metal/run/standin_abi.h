/*
 * What a compiled kernel library and the executor (standin/execute.c) agree on:
 * plain C types, for MSL compiled as C++ and for C. A library exports
 * `standin_library`.
 */
#ifndef STANDIN_ABI_H
#define STANDIN_ABI_H

/* Positions of one thread, and what buffers its kernel was given. */
struct standin_call {
    void *const *buffers;
    unsigned group, local, group_size, groups;
};

/* Given by the executor; they may switch to another thread of the group. */
struct standin_host {
    void (*barrier)(int of_simdgroup);
    unsigned long (*ballot)(int vote);
    unsigned long (*broadcast)(unsigned long value, int from); /* -1: first */
    int (*fails_spuriously)(void);
};

/* Parameters are buffers [0, 31) or one of these. */
enum standin_parameter {
    standin_thread_position_in_grid = 32,
    standin_thread_position_in_threadgroup,
    standin_thread_index_in_threadgroup,
    standin_thread_index_in_simdgroup,
    standin_simdgroup_index_in_threadgroup,
    standin_threadgroup_position_in_grid,
    standin_threads_per_threadgroup,
    standin_threadgroups_per_grid,
    standin_threads_per_grid,
    standin_threads_per_simdgroup
};

struct standin_kernel {
    const char *name;
    void (*run)(const struct standin_call *call);
    unsigned num_parameters;
    const int *parameters; /* enum standin_parameter or a buffer's index */
    const unsigned *bytes; /* of what a buffer's parameter points to */
};

struct standin_library {
    const struct standin_host **host;
    char *group, *group_end;              /* threadgroup memory */
    const char *blocking, *blocking_end;  /* empty: no thread ever waits */
    const struct standin_kernel *kernels; /* ends with a NULL name */
};

#endif
