/*
 * Operations on V registers for all of the CPU's kernels. Compiled several
 * times: for different instruction sets, and with floating point in integers;
 * AG_SIMD_ENTRY is what this copy is called.
 */
#include "entry/entry.h"

#include "engine/simd_execute.h"
