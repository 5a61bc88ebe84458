/*
 * The processor's floating-point environment while the library computes: round
 * to nearest even, nothing is flushed, no exception is a signal. That is what
 * kernels/float/hardware.h counts on, compilers in drivers, and the arithmetic
 * on seconds. The caller's own may be another one, and a thread starts with its
 * creator's. What is raised meanwhile is none of the caller's either: leaving
 * puts everything back, flags included.
 *
 * Entered where core launches, builds, opens or lists devices, and for all of
 * armgpu_execute(), which puts the caller's back around each call of a function
 * of the caller's; by each thread of the CPU backend too. Enters nest.
 */
#ifndef AG_BASE_FLOAT_ENVIRONMENT_H
#define AG_BASE_FLOAT_ENVIRONMENT_H

#include <stdint.h>

#if defined(__x86_64__)

/* MXCSR alone: the x87 unit is not used. */
struct ag_host_float {
    uint32_t control;
};

static inline struct ag_host_float ag_host_float_enter(void)
{
    struct ag_host_float caller;
    uint32_t ours = 0x1f80; /* all exceptions masked, no flags */
    __asm__ volatile("stmxcsr %0\n\tldmxcsr %1"
                     : "=m"(caller.control)
                     : "m"(ours)
                     : "memory");
    return caller;
}

static inline void ag_host_float_leave(struct ag_host_float caller)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(caller.control) : "memory");
}

#elif defined(__aarch64__)

struct ag_host_float {
    uint64_t control, status;
};

static inline struct ag_host_float ag_host_float_enter(void)
{
    struct ag_host_float caller;
    __asm__ volatile("mrs %0, fpcr\n\tmrs %1, fpsr\n\tmsr fpcr, xzr"
                     : "=&r"(caller.control), "=&r"(caller.status)
                     :
                     : "memory");
    return caller;
}

static inline void ag_host_float_leave(struct ag_host_float caller)
{
    __asm__ volatile("msr fpcr, %0\n\tmsr fpsr, %1"
                     :
                     : "r"(caller.control), "r"(caller.status)
                     : "memory");
}

#else /* kernels use integers there */

struct ag_host_float {
    uint32_t unused;
};

static inline struct ag_host_float ag_host_float_enter(void)
{
    return (struct ag_host_float){0};
}

static inline void ag_host_float_leave(struct ag_host_float caller)
{
    (void)caller;
}

#endif
#endif
