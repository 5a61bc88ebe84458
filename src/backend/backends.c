/* The list of backends. Each is in its own file; a new one is named here. */
#include "backend/backend.h"

const struct ag_backend *const ag_backends[] = {
#ifdef ARMGPU_METAL
    &ag_backend_metal,
#endif
    &ag_backend_cuda, &ag_backend_opencl, &ag_backend_cpu, NULL};
