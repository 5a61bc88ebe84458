/*
 * The programs of armgpu bench: images of programs/, the same C compiled for
 * this machine (their own, or of programs/reference for assembly and ARM64's
 * vectors), and how many instructions they retire where that has a closed form.
 */
#include "cli/bench/bench.h"

#include <string.h>

/* The Makefile compiles program() of each source under these names. */
#define NATIVE(name) uint64_t ag_bench_native_##name(uint64_t, uint64_t)
NATIVE(count_from);
NATIVE(alu);
NATIVE(mixed);
NATIVE(sha256);
NATIVE(crc32);
NATIVE(sort);
NATIVE(collatz);
NATIVE(stream);
NATIVE(fib);
NATIVE(nbody);
NATIVE(matmul_f32);
NATIVE(fir);
NATIVE(chacha20);
NATIVE(libm);
#undef NATIVE

/* Of assembly programs, which no compiler changes: from `pc` to HLT. */
static uint64_t count_cycles(uint64_t input, uint64_t n)
{
    (void)input;
    return 2 * n + 1;
}

static uint64_t alu_cycles(uint64_t input, uint64_t n)
{
    (void)input;
    return 8 * n + 4;
}

static uint64_t mixed_cycles(uint64_t input, uint64_t n)
{
    (void)input;
    return 10 * n + 5;
}

static uint64_t stream_cycles(uint64_t input, uint64_t n)
{
    (void)input;
    return 712 * n + 5;
}

/* fib(n) makes fib(n + 1) leaves of 3 instructions, and one call of 16 less. */
static uint64_t fib_cycles(uint64_t n)
{
    uint64_t a = 0, leaves = 1;

    while (n-- != 0) {
        uint64_t next = a + leaves;

        a = leaves;
        leaves = next;
    }
    return 3 * leaves + 16 * (leaves - 1);
}

static uint64_t calls_cycles(uint64_t input, uint64_t n)
{
    uint64_t all_eight = 0, rest = 0;

    for (uint64_t i = 0; i < 8; i++) {
        uint64_t cycles = 7 + fib_cycles(8 + (input + i) % 8);

        all_eight += cycles;
        rest += i < n % 8 ? cycles : 0;
    }
    return 6 + n / 8 * all_eight + rest;
}

/* Stacks are a cache line longer than they need to be: at multiples of 4 KiB
   the lanes' tables would share cache sets. */
#define FRAMES (1024 + 64)
#define TABLES (4096 + 64)

/* C programs begin as programs/lib/start.s does: MRS X0 at 0. */
const ag_bench_program ag_bench_programs[AG_BENCH_PROGRAMS] = {
    {"count", "count_from", 0, 1, FRAMES, 2, ag_bench_native_count_from,
     count_cycles},
    {"alu", "alu", 4, 0, FRAMES, 8, ag_bench_native_alu, alu_cycles},
    {"mixed", "mixed", 4, 0, TABLES, 10, ag_bench_native_mixed, mixed_cycles},
    {"sha256", "sha256", 4, 0, FRAMES, 4500, ag_bench_native_sha256, NULL},
    {"crc32", "crc32", 4, 0, FRAMES, 14000, ag_bench_native_crc32, NULL},
    {"sort", "sort", 4, 0, FRAMES, 22000, ag_bench_native_sort, NULL},
    {"collatz", "collatz", 4, 0, FRAMES, 8000, ag_bench_native_collatz, NULL},
    {"stream", "stream", 4, 0, TABLES, 712, ag_bench_native_stream,
     stream_cycles},
    {"calls", "fib", 4, 0, FRAMES, 4000, ag_bench_native_fib, calls_cycles},
    {"nbody", "nbody", 4, 0, FRAMES, 350, ag_bench_native_nbody, NULL},
    {"matmul", "matmul_f32", 4, 0, TABLES, 3000, ag_bench_native_matmul_f32,
     NULL},
    {"libm", "libm", 4, 0, FRAMES, 200, ag_bench_native_libm, NULL},
    {"fir", "fir", 4, 0, FRAMES, 900, ag_bench_native_fir, NULL},
    {"chacha20", "chacha20", 4, 0, FRAMES, 1300, ag_bench_native_chacha20,
     NULL},
    {"sha256_ce", "sha256_ce", 4, 0, FRAMES, 140, ag_bench_native_sha256, NULL},
};

const ag_bench_image *ag_bench_image_of(const ag_bench_program *program)
{
    const ag_bench_image *image = ag_bench_images;

    while (strcmp(image->name, program->image) != 0)
        image++;
    return image;
}

const ag_bench_program *ag_bench_find_program(const char *name)
{
    for (size_t i = 0; i < AG_BENCH_PROGRAMS; i++) {
        if (strcmp(ag_bench_programs[i].name, name) == 0)
            return &ag_bench_programs[i];
    }
    return NULL;
}
