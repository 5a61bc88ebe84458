/*
 * The scalar instantiation of the instruction bodies: one lane, values are u64,
 * registers an array. It defines what bodies are written with:
 *
 *   ag_v            a value (of one lane here, of several in a lane group)
 *   R(row) W(row, v) W32(row, v)    registers; W32 keeps the low 32 bits
 *   SPLAT(x)        a number as a value
 *   LT(a, b) LT_SIGNED(a, b) EQ0(a)   predicates: less than, equal to zero
 *   SEL(p, a, b)    p ? a : b          BIT(p)  1 or 0
 *   HERE(v)         v, computed before the choice behind it is made
 *   ASR(v, n)       arithmetic shift right
 *   LSR_32(v, n)    the low 32 bits shifted right, by less than 32
 *   ASR_32(v, n) ROR_32(v, n)   the same for W32, which cuts off what may be above
 *   SET_FLAGS_ADD_64/32(x, y, r), _SUB, of r = x + y or x - y;
 *   SET_FLAGS_LOGIC_64/32(r); SET_FLAGS_64/32(result, carry, overflow);
 *   SET_FLAGS_IF(predicate, nzcv, otherwise), GET_NZCV() SET_NZCV(v)
 *   COND(mask)      predicate: the condition with this mask holds
 *   BRANCH(target), BRANCH_IF(predicate, target), BRANCH_UNLESS, to a number;
 *   BRANCH_TO(v), to a value: what a branch's body returns
 *
 * A body names what it may touch by how it is declared: flag accessors need
 * may_read or may_write, which only AG_ALU_R, _W and _RW bring into scope.
 */
#ifndef AG_SCALAR_H
#define AG_SCALAR_H

#include "lane/lane.h"
#include "a64/nzcv.h"

typedef u64 ag_v;
typedef u32 ag_v32; /* where 32 bits are enough */
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
#define AG_REGISTER(row) c->x[(row) * AG_REGISTER_STRIDE]
#else
#define AG_REGISTER(row) c->x[row]
#endif
#define R(row) (AG_REGISTER(row))
#define W(row, v) (AG_REGISTER(row) = (v))
#define W32(row, v) (AG_REGISTER(row) = (u32)(v))
#define SPLAT(v) ((ag_v)(v))
#define LT(p, q) ((ag_v)((p) < (q)))
#define LT_SIGNED(p, q) ((ag_v)((i64)(p) < (i64)(q)))
#define EQ0(p) ((ag_v)((p) == 0))
#define SEL(p, yes, no) ((p) ? (yes) : (no))
#define HERE(v) ag_here(v)
#define BIT(p) ((p)&1)
#define ASR(v, s) ((u64)((i64)(v) >> (s)))
/* Of 32 bits, so that compilers need not find out that no more are wanted: with 64
   those of GPUs take four instructions for a rotation. */
#define LSR_32(v, s) ((u64)((u32)(v) >> (s)))
#define ASR_32(v, s) ((u64)(u32)((i32)(u32)(v) >> (s)))
#define ROR_32(v, s) ((u64)((u32)(v) >> (s) | (u32)(v) << ((32 - (s)) & 31)))
#define NEXT_PC (pc + 4)

#define COND(mask) ag_cond(c, may_read, (mask))
#define GET_NZCV() ag_get_nzcv(c, may_read)
#define SET_NZCV(v) ag_set_nzcv(c, may_write, (v))
#define SET_FLAGS_64(result, carry, overflow)                                  \
    SET_NZCV(AG_NZCV_64(result, carry, overflow))
#define SET_FLAGS_32(result, carry, overflow)                                  \
    SET_NZCV(AG_NZCV_32(result, carry, overflow))
#define SET_FLAGS_IF(p, nzcv, otherwise) SET_NZCV(SEL((p), (nzcv), (otherwise)))
#define BRANCH(target) (target)
#define BRANCH_IF(p, target) SEL((p), (target), NEXT_PC)
#define BRANCH_UNLESS(p, target) SEL((p), NEXT_PC, (target))
#define BRANCH_TO(v) (v)

#if AG_IS_REGION
#include "engine/lazy_flags.h"
#else
#define SET_FLAGS_ADD_64(x, y, r) SET_NZCV(AG_NZCV_ADD_64(x, y, r))
#define SET_FLAGS_SUB_64(x, y, r) SET_NZCV(AG_NZCV_SUB_64(x, y, r))
#define SET_FLAGS_ADD_32(x, y, r) SET_NZCV(AG_NZCV_ADD_32(x, y, r))
#define SET_FLAGS_SUB_32(x, y, r) SET_NZCV(AG_NZCV_SUB_32(x, y, r))
#define SET_FLAGS_LOGIC_64(r) SET_FLAGS_64(r, (u64)0, (u64)0)
#define SET_FLAGS_LOGIC_32(r) SET_FLAGS_32(r, (u64)0, (u64)0)

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
#endif

#endif
