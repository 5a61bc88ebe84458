/* The names of dialect.h in the Metal Shading Language. */
#ifndef AG_DIALECT_METAL_H
#define AG_DIALECT_METAL_H

#include <metal_stdlib>
using namespace metal;

typedef uchar u8;
typedef ushort u16;
typedef uint u32;
typedef ulong u64;
typedef char i8;
typedef short i16;
typedef int i32;
typedef long i64;

#define AG_GLOBAL device
#define AG_CONSTANT constant
#define AG_GROUP threadgroup
#define AG_PRIVATE thread
#define AG_UNUSED __attribute__((unused))
#define AG_FN static AG_UNUSED
#define AG_NOINLINE static __attribute__((noinline)) AG_UNUSED
#define AG_INLINE static inline __attribute__((always_inline)) AG_UNUSED
#define AG_TABLE constant
#define AG_ROLLED
#define AG_LIKELY(x) (x)
#define AG_UNLIKELY(x) (x)
#define AG_ASSERT_SIZE(type, bytes)                                            \
    static_assert(sizeof(type) == (bytes), #type " has another size")
#define AG_REGISTERS_IN_GROUP (!AG_IS_REGION)
#define AG_HAS_GOTO 0
#define AG_IS_COMPILED_ONCE 0

/* MSL before 3.2 has relaxed atomics of 32 bits, and no fence beyond the
   threadgroup: what needs more goes through launches. */
#define AG_HAS_FENCE 0
#define AG_ATOMIC_BYTES 4
#define AG_RELAXED 0
#define AG_ACQUIRE 1
#define AG_SC 3
typedef u8 ag_mem8;
typedef u16 __attribute__((may_alias)) ag_mem16;
typedef u32 __attribute__((may_alias)) ag_mem32;
typedef u64 __attribute__((may_alias)) ag_mem64;
#define AG_FENCE()
#define AG_CAS_FENCE()
#define AG_ADD_32(p, v)                                                        \
    atomic_fetch_add_explicit((device atomic_uint *)(p), (v),                  \
                              memory_order_relaxed)
#define AG_ASSUME(condition)
#define AG_FETCH_16(p, low, high)                                              \
    const ulong2 ag_pair = *(device const ulong2 *)(p);                        \
    const u64 low = ag_pair.x, high = ag_pair.y
#define AG_CLZ64(x) ((u32)clz((u64)(x)))

template <typename T>
AG_INLINE T ag_atomic_load(device const T *p)
{
    return *(device const volatile T *)p;
}
template <typename T, typename V>
AG_INLINE void ag_atomic_store(device T *p, V v)
{
    *(device volatile T *)p = (T)v;
}
#define AG_ATOMIC_LOAD(p, order) ag_atomic_load(p)
#define AG_ATOMIC_STORE(p, v, order) ag_atomic_store((p), (v))

/* The language's own may fail though the value is the expected one. */
AG_INLINE u32 AG_CAS_32(device u32 *p, thread u32 *expected, u32 v)
{
    u32 wanted = *expected, old = wanted;
    while (!atomic_compare_exchange_weak_explicit((device atomic_uint *)p, &old,
                                                  v, memory_order_relaxed,
                                                  memory_order_relaxed))
        if (old != wanted) {
            *expected = old;
            return 0;
        }
    return 1;
}

#endif
