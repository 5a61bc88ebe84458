/*
 * The one file that knows which language kernels/ is being compiled as. It
 * gives the fixed-width types, address spaces and function qualifiers that
 * everything else in kernels/ is written with, and nothing else tests a
 * compiler. Every language defines the same names:
 *
 * AG_FN        a function of this translation unit; AG_INLINE must be inlined,
 *              AG_NOINLINE must not: what many bodies call and is long
 * AG_ROLLED    before a loop: more of its body is only more to compile
 * AG_TABLE     a constant table at file scope
 * AG_GLOBAL AG_CONSTANT AG_GROUP AG_PRIVATE   address spaces, always written
 * AG_HAS_FENCE 1 if a lane can order its accesses for all lanes of the device;
 *              without, ordered accesses end the lane's turn
 * AG_ATOMIC_BYTES   the widest atomic between lanes
 * AG_REGISTERS_IN_GROUP   1 if lanes' registers lie in group memory
 * AG_IS_REGION 1 in the text of regions (engine/region.h): registers are locals
 * AG_HAS_GOTO   1 if the language has it
 * AG_IS_COMPILED_ONCE   1 if there is one text of the kernels for all uses, 0 if
 *              options of the compiler say which planes of state it knows
 * AG_MARKS     1 if stores to private memory note what they change; on GPUs an
 *              option of the compiler, for handles that use slots again
 * AG_ATOMIC_LOAD(p, order) AG_ATOMIC_STORE(p, v, order) AG_FENCE()
 *              accesses to memory that other lanes may be accessing; naturally
 *              aligned; order is AG_RELAXED, AG_ACQUIRE (loads) or AG_SC
 * AG_CAS_8 .. AG_CAS_64(p, expected, v)   compare and swap; *expected is updated
 *              on failure; true if it swapped; never fails spuriously; orders
 *              nothing unless AG_CAS_FENCE() is called before and after
 * AG_MAY_CAS_128   1 if the same on 16 bytes exists, where the host says that
 *              the processor has it: AG_CAS_128(p, &lo, &hi, new_lo, new_hi)
 * AG_HAS_NAMESPACES   1 if bodies may be compiled again (engine/forms.h)
 * AG_ASSUME(condition)   it holds; the compiler may rely on it
 * AG_ADD_32(p, v)   atomic addition to a counter, gives the old value
 * ag_pick_bytes(x, indices)   four bytes of x, by bits 2:0 of four bytes
 * AG_FETCH_16(p, low, high)   declares low and high, the two little-endian
 *              words at the 16-byte aligned p, which does not change
 */
#ifndef AG_DIALECT_H
#define AG_DIALECT_H

#ifndef AG_IS_REGION
#define AG_IS_REGION 0
#endif
#if defined(__METAL_VERSION__)

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

#elif defined(__OPENCL_C_VERSION__)

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

#elif defined(__CUDACC__)

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
/* Ends the thread here: where there is none such, ways out of a region return. */
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

#else /* C11, with the builtins of gcc and clang */

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;

#define AG_GLOBAL
#define AG_CONSTANT const
#define AG_GROUP
#define AG_PRIVATE
#define AG_UNUSED __attribute__((unused))
#define AG_FN static AG_UNUSED
#define AG_NOINLINE static __attribute__((noinline)) AG_UNUSED
#define AG_INLINE static inline __attribute__((always_inline)) AG_UNUSED
#define AG_TABLE static AG_CONSTANT AG_UNUSED
#define AG_ROLLED
#define AG_LIKELY(x) __builtin_expect((x), 1)
#define AG_UNLIKELY(x) __builtin_expect((x), 0)
#define AG_ASSERT_SIZE(type, bytes)                                            \
    _Static_assert(sizeof(type) == (bytes), #type " has another size")
#ifndef AG_REGISTERS_IN_GROUP /* group.h: columns of a lane group */
#define AG_REGISTERS_IN_GROUP 0
#endif
#define AG_IS_COMPILED_ONCE 1
#define AG_MARKS 1

/* Builtins on plain objects: C11's generic functions want _Atomic types. */
#define AG_HAS_FENCE 1
#define AG_ATOMIC_BYTES 8
#define AG_RELAXED __ATOMIC_RELAXED
#define AG_ACQUIRE __ATOMIC_ACQUIRE
#define AG_SC __ATOMIC_SEQ_CST
/* Guest memory is bytes, accessed in units of these. */
typedef u8 ag_mem8;
typedef u16 __attribute__((may_alias)) ag_mem16;
typedef u32 __attribute__((may_alias)) ag_mem32;
typedef u64 __attribute__((may_alias)) ag_mem64;
#define AG_ATOMIC_LOAD(p, order) __atomic_load_n((p), (order))
#define AG_ATOMIC_STORE(p, v, order) __atomic_store_n((p), (v), (order))
#define AG_FENCE() __atomic_thread_fence(AG_SC)
#define AG_FETCH_16(p, low, high)                                              \
    const u64 low = ((const ag_mem64 *)(const void *)(p))[0],                  \
              high = ((const ag_mem64 *)(const void *)(p))[1]
#define AG_CAS(p, expected, v)                                                 \
    __atomic_compare_exchange_n((p), (expected), (v), 0, AG_SC, AG_SC)
#define AG_CAS_8 AG_CAS
#define AG_CAS_16 AG_CAS
#define AG_CAS_32 AG_CAS
#define AG_CAS_64 AG_CAS
#if defined(__aarch64__) && !defined(__ARM_FEATURE_ATOMICS)
/* The builtin may be a pair of exclusives, around which accesses pass. */
#define AG_CAS_FENCE() AG_FENCE()
#else
#define AG_CAS_FENCE() ((void)0) /* the builtin is a full barrier */
#endif
#define AG_ASSUME(condition) ((condition) ? (void)0 : __builtin_unreachable())

/*
 * The builtin on 16 bytes is a call into a library that may take a lock, which
 * narrower accesses do not: so this is the instruction itself. ThreadSanitizer
 * does not see it and has no report to give, all accesses to memory between
 * lanes being atomic ones.
 */
#if defined(__x86_64__)
#define AG_MAY_CAS_128 1
AG_INLINE u32 AG_CAS_128(u8 *p, u64 *lo, u64 *hi, u64 new_lo, u64 new_hi)
{
    u64 old_lo = *lo, old_hi = *hi;
    u8 done;
    __asm__ volatile("lock cmpxchg16b %1\n\tsetz %0"
                     : "=q"(done), "+m"(*(ag_mem64(*)[2])(void *)p),
                       "+a"(old_lo), "+d"(old_hi)
                     : "b"(new_lo), "c"(new_hi)
                     : "cc", "memory");
    *lo = old_lo;
    *hi = old_hi;
    return done;
}
#elif defined(__aarch64__) && defined(__ARM_FEATURE_ATOMICS)
#define AG_MAY_CAS_128 1
AG_INLINE u32 AG_CAS_128(u8 *p, u64 *lo, u64 *hi, u64 new_lo, u64 new_hi)
{
    const u64 wanted_lo = *lo, wanted_hi = *hi;
    register u64 x0 __asm__("x0") = wanted_lo; /* even and odd: pairs */
    register u64 x1 __asm__("x1") = wanted_hi;
    register u64 x2 __asm__("x2") = new_lo;
    register u64 x3 __asm__("x3") = new_hi;
    __asm__ volatile("caspal %0, %1, %3, %4, %2"
                     : "+r"(x0), "+r"(x1), "+Q"(*(ag_mem64(*)[2])(void *)p)
                     : "r"(x2), "r"(x3)
                     : "memory");
    *lo = x0;
    *hi = x1;
    return *lo == wanted_lo && *hi == wanted_hi;
}
#elif defined(__aarch64__)
#define AG_MAY_CAS_128 1
/* Both halves are of one time only if they could be stored: so they are, though
   they are not the expected ones. */
AG_INLINE u32 AG_CAS_128(u8 *p, u64 *lo, u64 *hi, u64 new_lo, u64 new_hi)
{
    const u64 wanted_lo = *lo, wanted_hi = *hi;
    u64 seen_lo, seen_hi, out_lo, out_hi;
    u32 failed;
    __asm__ volatile("1:\tldaxp %0, %1, %5\n\t"
                     "cmp %0, %6\n\t"
                     "ccmp %1, %7, #0, eq\n\t"
                     "csel %2, %8, %0, eq\n\t"
                     "csel %3, %9, %1, eq\n\t"
                     "stlxp %w4, %2, %3, %5\n\t"
                     "cbnz %w4, 1b"
                     : "=&r"(seen_lo), "=&r"(seen_hi), "=&r"(out_lo),
                       "=&r"(out_hi), "=&r"(failed),
                       "+Q"(*(ag_mem64(*)[2])(void *)p)
                     : "r"(wanted_lo), "r"(wanted_hi), "r"(new_lo), "r"(new_hi)
                     : "cc", "memory");
    *lo = seen_lo;
    *hi = seen_hi;
    return seen_lo == wanted_lo && seen_hi == wanted_hi;
}
#endif
#define AG_CLZ64(x) ((u32)__builtin_clzll(x)) /* x is not zero */

#endif

#ifndef AG_MARKS
#define AG_MARKS 0
#endif
#ifndef AG_MAY_CAS_128
#define AG_MAY_CAS_128 0
#endif

#if AG_ATOMIC_BYTES < 8
/* Only called while no other lane runs. */
AG_INLINE u32 AG_CAS_64(AG_GLOBAL u64 *p, AG_PRIVATE u64 *expected, u64 v)
{
    u64 old = *p;
    u32 done = old == *expected;
    if (done)
        *p = v;
    *expected = old;
    return done;
}
#endif

#ifndef AG_CAS_8 /* the language has none */
/* Narrow compare and swap through the aligned word that holds it. */
AG_INLINE u32 ag_cas_narrow(AG_GLOBAL u8 *p, AG_PRIVATE u32 *expected, u32 v,
                            u32 mask)
{
    u32 shift = (u32)((u64)p & 3) * 8;
    AG_GLOBAL u32 *word = (AG_GLOBAL u32 *)(p - ((u64)p & 3));
    u32 seen = AG_ATOMIC_LOAD(word, AG_RELAXED);
    for (;;) {
        u32 old = seen >> shift & mask;
        u32 changed = (seen & ~(mask << shift)) | (v & mask) << shift;
        if (old != *expected) {
            *expected = old;
            return 0;
        }
        if (AG_CAS_32(word, &seen, changed))
            return 1;
    }
}
AG_INLINE u32 AG_CAS_8(AG_GLOBAL u8 *p, AG_PRIVATE u8 *expected, u8 v)
{
    u32 old = *expected;
    u32 done = ag_cas_narrow(p, &old, v, 0xff);
    *expected = (u8)old;
    return done;
}
AG_INLINE u32 AG_CAS_16(AG_GLOBAL u16 *p, AG_PRIVATE u16 *expected, u16 v)
{
    u32 old = *expected;
    u32 done = ag_cas_narrow((AG_GLOBAL u8 *)p, &old, v, 0xffff);
    *expected = (u16)old;
    return done;
}
#endif

#ifndef AG_HAS_PICK_BYTES
AG_INLINE u32 ag_pick_bytes(u64 x, u32 indices)
{
    u32 at, r = 0;
    for (at = 0; at < 32; at += 8)
        r |= ((u32)(x >> (indices >> at & 7) * 8) & 0xff) << at;
    return r;
}
#endif

#ifndef AG_HAS_NAMESPACES
#define AG_HAS_NAMESPACES 0
#endif

#endif
