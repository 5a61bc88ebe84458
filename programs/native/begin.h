/*
 * A guest program's C for the compilers of GPUs, as `armgpu bench --against
 * native` gives it to them: this file, the program, end.h, and then a kernel
 * that calls ag_native() for each lane (src/cli/bench/kernel.c).
 */
#define GUEST_HAS_TYPES
#ifdef __clang__ /* what guest.h has and a program leaves */
#pragma clang diagnostic ignored "-Wunused-function"
#endif
#ifdef __OPENCL_C_VERSION__
typedef uchar guest_u8;
typedef uint guest_u32;
typedef ulong guest_u64;
typedef int guest_i32;
#define GUEST_TABLE __constant
#undef rotate /* the language has one, which may be a macro */
#define rotate guest_rotate
#define program ag_native
#else
typedef unsigned char guest_u8;
typedef unsigned int guest_u32;
typedef unsigned long long guest_u64;
typedef int guest_i32;
#define GUEST_TABLE static const
#define static static __device__
#define program __device__ ag_native
#endif
/* Macros, since a compiler may have types of these names. */
#define uint8_t guest_u8
#define uint32_t guest_u32
#define uint64_t guest_u64
#define int32_t guest_i32
