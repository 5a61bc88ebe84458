/* The list of backends. Each is in a folder of its own; a new one is named
   here. */
#include "backend/backend.h"

extern const struct ag_backend ag_backend_cpu, ag_backend_opencl,
    ag_backend_cuda, ag_backend_metal;

const struct ag_backend *const ag_backends[] = {
#ifdef ARMGPU_METAL
    &ag_backend_metal,
#endif
    &ag_backend_cuda, &ag_backend_opencl, &ag_backend_cpu, NULL};
