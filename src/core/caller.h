/*
 * What a thread of the caller's brings with it, and the library puts its own in
 * the place of: the processor's floating-point environment, and the process's
 * environment, of which a handle has a copy. Enters nest.
 */
#ifndef AG_CALLER_H
#define AG_CALLER_H

#include "base/environment.h"
#include "base/float_environment.h"
#include "core/engine.h"

struct ag_caller {
    struct ag_host_float floats;
    char **environment;
};

static inline struct ag_caller ag_caller_enter(const struct armgpu *g)
{
    return (struct ag_caller){ag_host_float_enter(),
                              ag_environment_use(g->environment)};
}

static inline void ag_caller_leave(struct ag_caller caller)
{
    ag_environment_use(caller.environment);
    ag_host_float_leave(caller.floats);
}

#endif
