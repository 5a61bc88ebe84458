/*
 * The one file that knows which language kernels/ is being compiled as. It
 * gives the fixed-width types, address spaces and function qualifiers that
 * everything else in kernels/ is written with, and nothing else tests a
 * compiler. C11 is here; a GPU language adds its own block of the same names.
 *
 * AG_FN        a function of this translation unit; AG_INLINE must be inlined
 * AG_TABLE     a constant table at file scope
 * AG_GLOBAL AG_CONSTANT AG_GROUP AG_PRIVATE   address spaces, always written
 */
#ifndef AG_DIALECT_H
#define AG_DIALECT_H

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
#define AG_FN static __attribute__((unused))
#define AG_INLINE static inline __attribute__((always_inline, unused))
#define AG_TABLE static AG_CONSTANT __attribute__((unused))
#define AG_UNUSED __attribute__((unused))
#define AG_LIKELY(x) __builtin_expect((x), 1)
#define AG_UNLIKELY(x) __builtin_expect((x), 0)

/* Checked at compile time: the host and the kernels must agree on layouts. */
#define AG_ASSERT_SIZE(type, bytes)                                            \
    _Static_assert(sizeof(type) == (bytes), #type " has another size")

/*
 * Relaxed, acquire/release and sequentially consistent accesses to memory that
 * other lanes may be accessing; p is naturally aligned. C has them as builtins
 * on plain objects (C11's generic functions want _Atomic types).
 */
#define AG_RELAXED __ATOMIC_RELAXED
#define AG_ACQUIRE __ATOMIC_ACQUIRE
#define AG_RELEASE __ATOMIC_RELEASE
#define AG_SC __ATOMIC_SEQ_CST
#define AG_ATOMIC_LOAD(p, order) __atomic_load_n((p), (order))
#define AG_ATOMIC_STORE(p, v, order) __atomic_store_n((p), (v), (order))
/* *expected is updated on failure; true if it swapped. Never fails spuriously. */
#define AG_ATOMIC_CAS(p, expected, v)                                          \
    __atomic_compare_exchange_n((p), (expected), (v), 0, AG_SC, AG_SC)
#define AG_FENCE() __atomic_thread_fence(AG_SC)

/* Guest memory is bytes, accessed in units of these. */
typedef u8 ag_mem8;
typedef u16 __attribute__((may_alias)) ag_mem16;
typedef u32 __attribute__((may_alias)) ag_mem32;
typedef u64 __attribute__((may_alias)) ag_mem64;

/* Leading zeros of a value that is not zero. */
#define AG_CLZ64(x) ((u32)__builtin_clzll(x))

#endif
