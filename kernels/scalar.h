/*
 * The scalar instantiation of the instruction bodies: one lane, values are u64,
 * registers an array. It defines what bodies are written with:
 *
 *   ag_v            a value (of one lane here, of several in a lane group)
 *   R(row) W(row, v) W32(row, v)    registers; W32 keeps the low 32 bits
 *   SPLAT(x)        a number as a value
 *   LT(a, b) EQ0(a) predicates: unsigned less than, equal to zero
 *   SEL(p, a, b)    p ? a : b          BIT(p)  1 or 0
 *   ASR(v, n)       arithmetic shift right
 *   SET_FLAGS_64/32(result, carry, overflow), SET_FLAGS_IF_64/32(predicate,
 *   result, carry, overflow, otherwise), GET_NZCV() SET_NZCV(v)
 *   COND(mask)      predicate: the condition with this mask holds
 *
 * A body names what it may touch by how it is declared: flag accessors need
 * may_read or may_write, which only AG_ALU_R, _W and _RW bring into scope.
 */
#ifndef AG_SCALAR_H
#define AG_SCALAR_H

#include "lane.h"

typedef u64 ag_v;
typedef struct ag_may_read {
    u32 unused;
} ag_may_read;
typedef struct ag_may_write {
    u32 unused;
} ag_may_write;

#define AG_CTX AG_PRIVATE ag_lane *c AG_UNUSED, const u32 layout AG_UNUSED
#define AG_C c, layout
#define AG_FIELDS                                                              \
    u32 d AG_UNUSED, u32 n AG_UNUSED, u32 m AG_UNUSED, u32 a AG_UNUSED,        \
        u64 imm AG_UNUSED
#define AG_F d, n, m, a, imm

#define AG_ALU_N(op) AG_INLINE void a64_##op(AG_CTX, AG_FIELDS)
#define AG_ALU_R(op)                                                           \
    AG_INLINE void a64_##op(AG_CTX, AG_FIELDS, ag_may_read may_read AG_UNUSED)
#define AG_ALU_W(op)                                                           \
    AG_INLINE void a64_##op(AG_CTX, AG_FIELDS, ag_may_write may_write AG_UNUSED)
#define AG_ALU_RW(op)                                                          \
    AG_INLINE void a64_##op(AG_CTX, AG_FIELDS, ag_may_read may_read AG_UNUSED, \
                            ag_may_write may_write AG_UNUSED)
/* Branches return the next PC; NEXT_PC is that of not branching. */
#define AG_BRANCH_N(op) AG_INLINE ag_v a64_##op(AG_CTX, AG_FIELDS, u64 pc AG_UNUSED)
#define AG_BRANCH_R(op)                                                        \
    AG_INLINE ag_v a64_##op(AG_CTX, AG_FIELDS, u64 pc AG_UNUSED,               \
                            ag_may_read may_read AG_UNUSED)
/* Addresses of memory rows. */
#define AG_ADDRESS(form) AG_INLINE ag_v a64_address_##form(AG_CTX, AG_FIELDS)
/* Atomics and system bodies return AG_NEXT, AG_END_TURN, ... of lane.h. */
#define AG_ATOMIC(op) AG_INLINE u32 a64_##op(AG_CTX, AG_FIELDS)
#define AG_SYSTEM_N(op) AG_INLINE u32 a64_##op(AG_CTX, AG_FIELDS, u64 pc AG_UNUSED)
#define AG_SYSTEM_R(op)                                                        \
    AG_INLINE u32 a64_##op(AG_CTX, AG_FIELDS, u64 pc AG_UNUSED,                \
                           ag_may_read may_read AG_UNUSED)
#define AG_SYSTEM_W(op)                                                        \
    AG_INLINE u32 a64_##op(AG_CTX, AG_FIELDS, u64 pc AG_UNUSED,                \
                           ag_may_write may_write AG_UNUSED)

#if AG_REGISTERS_IN_GROUP
#define AG_REGISTER(row) c->x[(row) * AG_WARP]
#else
#define AG_REGISTER(row) c->x[row]
#endif
#define R(row) (AG_REGISTER(row))
#define W(row, v) (AG_REGISTER(row) = (v))
#define W32(row, v) (AG_REGISTER(row) = (u32)(v))
#define SPLAT(v) ((ag_v)(v))
#define LT(p, q) ((ag_v)((p) < (q)))
#define EQ0(p) ((ag_v)((p) == 0))
#define SEL(p, yes, no) ((p) ? (yes) : (no))
#define BIT(p) ((p)&1)
#define ASR(v, s) ((u64)((i64)(v) >> (s)))
#define NEXT_PC (pc + 4)

#define COND(mask) ag_cond(c, may_read, (mask))
#define GET_NZCV() ag_get_nzcv(c, may_read)
#define SET_NZCV(v) ag_set_nzcv(c, may_write, (v))
#define SET_FLAGS_64(result, carry, overflow)                                  \
    SET_NZCV(ag_nzcv_64((result), (carry), (overflow)))
#define SET_FLAGS_32(result, carry, overflow)                                  \
    SET_NZCV(ag_nzcv_32((result), (carry), (overflow)))
#define SET_FLAGS_IF_64(p, result, carry, overflow, otherwise)                 \
    SET_NZCV(SEL((p), ag_nzcv_64((result), (carry), (overflow)), (otherwise)))
#define SET_FLAGS_IF_32(p, result, carry, overflow, otherwise)                 \
    SET_NZCV(SEL((p), ag_nzcv_32((result), (carry), (overflow)), (otherwise)))

AG_INLINE ag_v ag_cond(AG_PRIVATE ag_lane *c, ag_may_read r, u64 mask)
{
    (void)r;
    return mask >> c->nzcv & 1;
}
AG_INLINE ag_v ag_get_nzcv(AG_PRIVATE ag_lane *c, ag_may_read r)
{
    (void)r;
    return c->nzcv;
}
AG_INLINE void ag_set_nzcv(AG_PRIVATE ag_lane *c, ag_may_write w, ag_v v)
{
    (void)w;
    c->nzcv = (u32)v;
}
AG_INLINE ag_v ag_nzcv_64(ag_v result, ag_v carry, ag_v overflow)
{
    return result >> 63 << 3 | BIT(EQ0(result)) << 2 | carry << 1 | overflow;
}
AG_INLINE ag_v ag_nzcv_32(ag_v result, ag_v carry, ag_v overflow)
{
    return (result >> 31 & 1) << 3 | BIT(EQ0(result & 0xffffffffu)) << 2 |
           carry << 1 | overflow;
}

#endif
