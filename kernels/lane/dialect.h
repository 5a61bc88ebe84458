/*
 * The one file that knows which language kernels/ is being compiled as, and
 * takes that one's dialect_LANGUAGE.h. They give the fixed-width types, address
 * spaces and function qualifiers that everything else in kernels/ is written
 * with, and nothing else tests a compiler. Every language defines the same names:
 *
 * AG_FN        a function of this translation unit; AG_INLINE must be inlined,
 *              AG_NOINLINE must not: what many bodies call and is long
 * AG_ROLLED    before a loop: more of its body is only more to compile
 * AG_UNROLLED  before a loop that counts registers: in regions, where they are
 *              locals, their numbers become constants
 * AG_TABLE     a constant table at file scope
 * AG_GLOBAL AG_CONSTANT AG_GROUP AG_PRIVATE   address spaces, always written
 * AG_HAS_FENCE 1 if a lane can order its accesses for all lanes of the device;
 *              without, ordered accesses end the lane's turn
 * AG_ATOMIC_BYTES   the widest atomic between lanes
 * AG_REGISTERS_IN_GROUP   1 if lanes' registers lie in group memory
 * AG_IS_REGION 1 in the text of regions (engine/region.h): registers are locals
 * AG_HAS_GOTO   1 if the language has it
 * AG_END_THREAD()   ends the thread here, where the language has that; without,
 *              ways out of a region return
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
 * ag_here(v)   v, which is computed here and in no branch behind it: where only a
 *              choice between values follows, that is then no branch either
 * ag_pick_bytes(x, indices)   four bytes of x, by bits 2:0 of four bytes
 * AG_FETCH_16(p, low, high)   declares low and high, the two little-endian
 *              words at the 16-byte aligned p, which does not change
 */
#ifndef AG_DIALECT_H
#define AG_DIALECT_H

#ifndef AG_IS_TOGETHER
#define AG_IS_TOGETHER 0
#endif
#ifndef AG_IS_REGION
#define AG_IS_REGION 0
#endif

#if defined(__METAL_VERSION__)
#include "lane/dialect_metal.h"
#elif defined(__OPENCL_C_VERSION__)
#include "lane/dialect_opencl.h"
#elif defined(__CUDACC__)
#include "lane/dialect_cuda.h"
#else
#include "lane/dialect_c.h"
#endif

#if AG_IS_REGION && !AG_IS_COMPILED_ONCE
#define AG_UNROLLED _Pragma("unroll")
#else
#define AG_UNROLLED
#endif
#ifndef AG_HAS_HERE
#define ag_here(v) (v)
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
