/* What the kernels of the sources are called. */
#include "backend/backend.h"

const char *const ag_kernel_names[AG_KERNEL_COUNT] = {"ag_slice", "ag_serve"};
