/* Operations on V registers for all of the CPU's kernels. */
#include "engine/simd.h"
#include "engine/simd_execute.h"
