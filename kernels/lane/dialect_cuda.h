/* The names of dialect.h in CUDA C++. */
#ifndef AG_DIALECT_CUDA_H
#define AG_DIALECT_CUDA_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char i8;
typedef short i16;
typedef int i32;
typedef long long i64;

#define AG_GLOBAL
#define AG_CONSTANT const
#define AG_GROUP
#define AG_PRIVATE
#define AG_UNUSED __attribute__((unused))
#define AG_FN static __device__ __noinline__
#define AG_NOINLINE AG_FN
#define AG_INLINE static __device__ __forceinline__
#define AG_TABLE static __device__ const
#define AG_ROLLED _Pragma("unroll 1")
#define AG_LIKELY(x) __builtin_expect((x), 1)
#define AG_UNLIKELY(x) __builtin_expect((x), 0)
#define AG_ASSERT_SIZE(type, bytes)                                            \
    static_assert(sizeof(type) == (bytes), #type " has another size")
#define AG_REGISTERS_IN_GROUP (!AG_IS_REGION)
#define AG_IS_COMPILED_ONCE 0
#define AG_HAS_NAMESPACES 1

#define AG_HAS_FENCE 1
#define AG_ATOMIC_BYTES 8
#define AG_RELAXED 0
#define AG_ACQUIRE 1
#define AG_SC 3
typedef u8 ag_mem8;
typedef u16 __attribute__((may_alias)) ag_mem16;
typedef u32 __attribute__((may_alias)) ag_mem32;
typedef u64 __attribute__((may_alias)) ag_mem64;
#define AG_FENCE() __threadfence()
#define AG_CAS_FENCE() __threadfence()
#define AG_ADD_32(p, v) atomicAdd((p), (v))
#define AG_ADD_64(p, v) atomicAdd((p), (v)) /* where it is one instruction */
#define AG_ASSUME(condition) __builtin_assume(condition)
#define AG_FETCH_16(p, low, high)                                              \
    const ulonglong2 ag_pair = __ldg((const ulonglong2 *)(p));                 \
    const u64 low = ag_pair.x, high = ag_pair.y
#define AG_CLZ64(x) ((u32)__clzll((i64)(x)))
#define AG_END_THREAD()                                                        \
    do {                                                                       \
        asm volatile("exit;");                                                 \
        __builtin_unreachable();                                               \
    } while (0)
#define AG_HAS_PICK_BYTES 1
AG_INLINE u32 ag_pick_bytes(u64 x, u32 indices)
{
    u32 s = indices & 0x07070707u;
    s = (s | s >> 4) & 0x00ff00ffu;
    return __byte_perm((u32)x, (u32)(x >> 32), s | s >> 8);
}

/* Loads pass L1, whose lines may be older than what a lane has learnt from
   another (a pointer that it has just loaded, say); a fence makes what follows
   it see what other lanes' fences made visible. */
template <typename T>
AG_INLINE T ag_atomic_load(const T *p, int order)
{
    if (order == AG_RELAXED)
        return *(const volatile T *)p;
    if (order == AG_SC)
        __threadfence();
    T v = *(const volatile T *)p;
    __threadfence();
    return v;
}
template <typename T, typename V>
AG_INLINE void ag_atomic_store(T *p, V v, int order)
{
    if (order == AG_RELAXED) {
        *p = (T)v;
        return;
    }
    __threadfence();
    *(volatile T *)p = (T)v;
    if (order == AG_SC)
        __threadfence();
}
#define AG_ATOMIC_LOAD(p, order) ag_atomic_load((p), (order))
#define AG_ATOMIC_STORE(p, v, order) ag_atomic_store((p), (v), (order))

AG_INLINE u32 AG_CAS_32(u32 *p, u32 *expected, u32 v)
{
    u32 old = atomicCAS(p, *expected, v);
    u32 done = old == *expected;
    *expected = old;
    return done;
}
AG_INLINE u32 AG_CAS_64(u64 *p, u64 *expected, u64 v)
{
    u64 old = atomicCAS(p, *expected, v);
    u32 done = old == *expected;
    *expected = old;
    return done;
}

#endif
