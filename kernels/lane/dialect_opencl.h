/* The names of dialect.h in OpenCL C. */
#ifndef AG_DIALECT_OPENCL_H
#define AG_DIALECT_OPENCL_H

#ifdef cl_khr_int64_base_atomics
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
#define AG_ATOMIC_BYTES 8
#else
#define AG_ATOMIC_BYTES 4
#endif

typedef uchar u8;
typedef ushort u16;
typedef uint u32;
typedef ulong u64;
typedef char i8;
typedef short i16;
typedef int i32;
typedef long i64;

#define AG_GLOBAL __global
#define AG_CONSTANT __constant
#define AG_GROUP __local
#define AG_PRIVATE __private
#define AG_UNUSED __attribute__((unused))
#define AG_FN static AG_UNUSED
#define AG_NOINLINE static __attribute__((noinline)) AG_UNUSED
#define AG_INLINE static inline __attribute__((always_inline)) AG_UNUSED
#define AG_TABLE __constant
#define AG_ROLLED
#define AG_LIKELY(x) (x)
#define AG_UNLIKELY(x) (x)
#define AG_ASSERT_SIZE(type, bytes)                                            \
    typedef char ag_size_of_##type[sizeof(type) == (bytes) ? 1 : -1]
#define AG_REGISTERS_IN_GROUP (!AG_IS_REGION)
#define AG_IS_COMPILED_ONCE 0

#define AG_HAS_FENCE 0
#define AG_RELAXED 0
#define AG_ACQUIRE 1
#define AG_SC 3
typedef u8 ag_mem8;
typedef u16 __attribute__((may_alias)) ag_mem16;
typedef u32 __attribute__((may_alias)) ag_mem32;
typedef u64 __attribute__((may_alias)) ag_mem64;
#define AG_ATOMIC_LOAD(p, order) (*(volatile __typeof__(*(p)) *)(p))
#define AG_ATOMIC_STORE(p, v, order)                                           \
    (*(volatile __typeof__(*(p)) *)(p) = (v))
#define AG_FENCE() mem_fence(CLK_GLOBAL_MEM_FENCE)
#define AG_CAS_FENCE()
#define AG_ADD_32(p, v) atomic_add((p), (v))
#define AG_ASSUME(condition)
#define AG_FETCH_16(p, low, high)                                              \
    const ulong2 ag_pair = *(AG_GLOBAL const ulong2 *)(p);                     \
    const u64 low = ag_pair.x, high = ag_pair.y
#define AG_CLZ64(x) ((u32)clz((u64)(x)))
#define AG_HAS_PICK_BYTES 1
#define ag_pick_bytes(x, indices)                                              \
    as_uint(shuffle(as_uchar8((u64)(x)), as_uchar4((u32)(indices))))

AG_INLINE u32 AG_CAS_32(AG_GLOBAL u32 *p, AG_PRIVATE u32 *expected, u32 v)
{
    u32 old = atomic_cmpxchg(p, *expected, v);
    u32 done = old == *expected;
    *expected = old;
    return done;
}
#if AG_ATOMIC_BYTES == 8
AG_INLINE u32 AG_CAS_64(AG_GLOBAL u64 *p, AG_PRIVATE u64 *expected, u64 v)
{
    u64 old = atom_cmpxchg(p, *expected, v);
    u32 done = old == *expected;
    *expected = old;
    return done;
}
#endif

#endif
