/* The names of dialect.h in C11, with the builtins of gcc and clang. */
#ifndef AG_DIALECT_C_H
#define AG_DIALECT_C_H

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
#define AG_ADD_32(p, v) __atomic_fetch_add((p), (v), AG_RELAXED)
#define AG_ADD_64(p, v) __atomic_fetch_add((p), (v), AG_RELAXED)
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
#if AG_IS_REGION
#define AG_HAS_HERE 1
AG_INLINE u64 ag_here(u64 v)
{
    if (!__builtin_constant_p(v))
        __asm__("" : "+r"(v));
    return v;
}
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
