/*
 * The source of a benchmark program as a kernel, for kernel.c and its
 * test. See there why these files alone include backend.h.
 */
#ifndef AG_CLI_BENCH_KERNEL_H
#define AG_CLI_BENCH_KERNEL_H

#include "cli/bench/bench.h"

#include "backend/backend.h"

/*
 * The kernel that returns program's result for each lane, in OpenCL C or CUDA
 * C++. False if the program cannot be one: it recurses, a compiler would remove
 * its loop, or a kernel's floating point need not be the host's to the bit. The
 * caller frees out->text.
 */
bool ag_bench_kernel_source(const ag_bench_program *program, bool is_opencl,
                            struct ag_kernel_source *out);

#endif
