/*
 * Where tests of the library run: the CPU, and GPU backends that are usable
 * here. ARMGPU_TEST_BACKENDS names the latter ("cpu" is none of them, "cuda" or
 * "opencl,cuda" those); without it OpenCL is taken where there is a device.
 */
#ifndef AG_TESTS_TARGETS_H
#define AG_TESTS_TARGETS_H

#include "guest.h"

#include <stdbool.h>

/* A backend, its threads (CPU), the layout of private memory, 1 or 2, and how
   many lanes a warp has (GPUs). */
struct target {
    const char *backend;
    uint32_t threads, layout, spread;
};
static struct target targets[16];
static size_t target_count;

static inline bool has_backend(const char *name)
{
    armgpu_device d[32] = {{.size = sizeof d[0]}};
    uint64_t n = armgpu_list_devices(d, 32);
    for (uint64_t i = 0; i < n && i < 32; i++)
        if (d[i].usable && strcmp(d[i].backend, name) == 0)
            return true;
    return false;
}

/* GPU backends, and whether one is to be tested here. */
static const char *const gpus[] = {"opencl", "cuda", "metal"};
static inline bool is_tested(const char *gpu)
{
    const char *named = getenv("ARMGPU_TEST_BACKENDS");
    return strstr(named == NULL ? "opencl" : named, gpu) != NULL &&
           has_backend(gpu);
}

static inline void add_target(const char *backend, uint32_t threads,
                              uint32_t spread)
{
    for (uint32_t layout = 1; layout <= 2; layout++)
        targets[target_count++] =
            (struct target){backend, threads, layout, spread};
}

/* PoCL compiles kernels for half a minute, once for each layout, for waves, and
   for code of lanes' own. Where a test would be the only one that needs them, waves
   are tried in layout 2 and all else in layout 1, unless KERNELS=all. */
static inline bool is_tried(const struct target *t, bool in_waves)
{
    const char *kernels = getenv("KERNELS");
    return strcmp(t->backend, "opencl") != 0 ||
           (kernels != NULL && strcmp(kernels, "all") == 0) ||
           in_waves == (t->layout == 2);
}

/* Fills `targets`: the CPU with 1 and 3 threads, then GPU backends with as many
   lanes a warp as they choose, and 3. */
static inline void find_targets(void)
{
    add_target("cpu", 1, 0);
    add_target("cpu", 3, 0);
    for (size_t i = 0; i < LENGTH(gpus); i++)
        if (is_tested(gpus[i])) {
            add_target(gpus[i], 0, 0);
            add_target(gpus[i], 0, 3);
        }
}

/* Private memory; resident: as in armgpu_options. */
static inline armgpu_options options_for(const struct target *t, uint64_t lanes,
                                         uint64_t resident, uint64_t memory)
{
    armgpu_options o;
    armgpu_options_init(&o);
    o.lanes = lanes;
    o.resident = resident;
    o.memory_size = memory;
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.backend = t->backend;
    o.threads = t->threads;
    o.private_layout = t->layout;
    o.spread = t->spread;
    return o;
}

static inline armgpu *open_target(const struct target *t, uint64_t lanes,
                                  uint64_t resident, uint64_t memory)
{
    armgpu_options o = options_for(t, lanes, resident, memory);
    return open_with(&o);
}

#endif
