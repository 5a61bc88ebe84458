/*
 * V registers in the text of regions for lanes that execute together
 * (together.h): of each the lower and the upper halves of all lanes, two
 * vectors. Instructions are the bodies that lane groups have on vectors, and
 * loads and stores those of one lane with vectors as values. What there is no
 * such body for, or what that leaves, is executed lane by lane by the
 * interpreter's functions, which whoever loads the text gives it: operands are
 * put into rows (AG_GIVE_*), and taken from there (AG_TAKE_*).
 *
 * FPCR and FPSR stay where lanes have them: nothing in a region changes FPCR,
 * and what is raised is raised seldom.
 */
#ifndef AG_TOGETHER_V_H
#define AG_TOGETHER_V_H

#include "group/elements.h"

/* The interpreter's: class simd, class crypto. */
extern ag_simd_function *ag_together_simd;
extern ag_crypto_function *ag_together_crypto;
/* A text that is a library of its own has these. */
#define AG_TOGETHER_FUNCTIONS                                                  \
    ag_simd_function *ag_together_simd;                                        \
    ag_crypto_function *ag_together_crypto;

#define AG_SIMD_CTX ag_lanes *c AG_UNUSED
#define AG_SIMD(op)                                                            \
    AG_INLINE void agv_##op(AG_SIMD_CTX, u32 d AG_UNUSED, u32 n AG_UNUSED,     \
                            u32 m AG_UNUSED, u32 a AG_UNUSED,                  \
                            u64 imm AG_UNUSED)
#define X(row) R(row)
#define X_SET(row, value) W(row, value)
#define V_HALF(part, r) AG_V_HALF(part, r)
#define V_LO(r) V_HALF(0, r)
#define V_HI(r) V_HALF(1, r)
#define V_PUT(part, r, value) AG_V_PUT(part, r, value)
#define V_LATER(part, r, value) V_PUT(part, r, value)
#define AG_HOLDS_HALVES 0
#define V_SET(r, low, high) ag_set_v(c, (r), (low), (high))
#define HOLDS(mask) ag_holds(c, (mask))
#define RAISE_WHERE(value, flags) ag_raise_where(c, (value), (flags))

#define ag_v ag_vec
#define ag_v32 ag_vec
#undef AG_FN
#undef AG_NOINLINE
#define AG_FN AG_INLINE
#define AG_NOINLINE AG_INLINE

AG_INLINE ag_vec ag_holds(AG_SIMD_CTX, u64 mask)
{
    const ag_may_read may_read = {0};
    return ag_lanes_cond(c, may_read, mask);
}
AG_INLINE void ag_raise_where(AG_SIMD_CTX, ag_vec value, u32 flags)
{
    if (AG_UNLIKELY(ag_any(value)))
        AG_LANES_STATE(AG_STATE_FPCONTROL) |=
            (ag_vec)(value != 0) & (u64)flags << 32;
}
/* A body may name one register twice: halves were read before. */
AG_INLINE void ag_set_v(AG_SIMD_CTX, u32 r, ag_vec low, ag_vec high)
{
    V_PUT(0, r, low);
    V_PUT(1, r, high);
}

#include "a64/simd_elements.h" /* again */
#include "a64/simd_same.h" /* again */
#include "a64/simd_shift.h" /* again */
#include "a64/simd_multiply.h" /* again */
#include "a64/simd_misc.h" /* again */
#include "a64/simd_copy.h" /* again */
#include "a64/fp_copy.h" /* again */
#include "group/simd_values.h"

/* Bodies that there are for some operands, or processors: false, and nothing is
   done, where one is not. */
#define AG_TRY(op)                                                             \
    AG_INLINE u32 ag_try_##op(AG_SIMD_CTX, u32 d AG_UNUSED, u32 n AG_UNUSED,   \
                              u32 m AG_UNUSED, u32 a AG_UNUSED,                \
                              u64 imm AG_UNUSED)
AG_TRY(VTBL)
{
#if AG_HAS_BYTES
    agv_VTBL(c, d, n, m, a, imm);
#endif
    return AG_HAS_BYTES;
}

AG_INLINE void ag_lanes_pack(AG_SIMD_CTX, ag_vec nzcv)
{
    const ag_may_write may_write = {0};
    ag_lanes_keep(c, may_write, AG_LANES_PACKED, nzcv, nzcv);
}

#include "engine/together_real.h"

/* -- Memory ---------------------------------------------------------------- */

/* Where an access is: at one address, or each lane's at its own; which of the
   two is a constant wherever it is looked at. */
typedef struct ag_lanes_at {
    u64 one;
    ag_vec each;
} ag_lanes_at;

AG_INLINE ag_lanes_at ag_lanes_at_base(AG_CTX, u32 n)
{
    const ag_lanes_at at = {c->alike.x[n], R(n)};
    return at;
}
AG_INLINE ag_lanes_at ag_lanes_at_sum(AG_CTX, u32 n, u32 m, u64 more)
{
    const ag_lanes_at at = {c->alike.x[n] + c->alike.x[m] + more,
                            R(n) + R(m) + more};
    return at;
}
AG_INLINE void ag_lanes_at_becomes(AG_CTX, u32 n, ag_lanes_at at)
{
    if (c->is_at_one)
        c->alike.x[n] = at.one;
    else
        W(n, at.each);
}
AG_INLINE u32 ag_lanes_at_check(AG_CTX, ag_lanes_at at, u32 bytes, u32 unit,
                                u32 access)
{
    const u32 is_load = access == AG_ACCESS_READ;
    const u32 may = c->is_at_one
                        ? ag_region_may(AG_ALIKE_C, is_load, at.one, unit, bytes)
                        : ag_lanes_may(AG_C, is_load, at.each, unit, bytes);
    return may ? AG_NEXT : AG_STOP;
}
AG_INLINE ag_vec ag_lanes_at_load(AG_CTX, ag_lanes_at at, u64 offset, u32 bytes)
{
    return c->is_at_one ? ag_lanes_load_alike(AG_C, at.one + offset, bytes)
                        : ag_lanes_load_at(AG_C, at.each + offset, bytes);
}
AG_INLINE void ag_lanes_at_store(AG_CTX, ag_lanes_at at, u64 offset, u32 bytes,
                                 ag_vec v)
{
    if (c->is_at_one)
        ag_lanes_store_alike(AG_C, at.one + offset, bytes, v);
    else
        ag_lanes_store_at(AG_C, at.each + offset, bytes, v);
}

#if AG_HAS_TWO_WORDS
/* Where words lie by lanes it takes half as much to have two at once. */
#define AG_PLACE_OF_ONE(k)                                                     \
    ag_place_of_lane(AG_C, (k), at.one + offset, is_load)
#define AG_PLACE_OF_EACH(k)                                                    \
    ag_place_of_lane(AG_C, (k), at.each[k] + offset, is_load)
AG_INLINE ag_halves ag_lanes_at_load_two(AG_CTX, ag_lanes_at at, u64 offset)
{
    const u32 is_load = 1;
    ag_halves v;
    if (c->is_at_one)
        AG_LOAD_TWO_WORDS(AG_PLACE_OF_ONE, v.low, v.high);
    else
        AG_LOAD_TWO_WORDS(AG_PLACE_OF_EACH, v.low, v.high);
    return v;
}
AG_INLINE void ag_lanes_at_store_two(AG_CTX, ag_lanes_at at, u64 offset,
                                     ag_vec x, ag_vec y)
{
    const u32 is_load = 0;
    if (c->is_at_one) {
        AG_STORE_TWO_WORDS(AG_PLACE_OF_ONE, x, y);
        ag_lanes_mark_alike(AG_C, at.one + offset);
        ag_lanes_mark_alike(AG_C, at.one + offset + 8);
    } else {
        AG_STORE_TWO_WORDS(AG_PLACE_OF_EACH, x, y);
        ag_lanes_mark(AG_C, at.each + offset);
        ag_lanes_mark(AG_C, at.each + offset + 8);
    }
}
#endif

#define AG_AT ag_lanes_at
#define AT_ADDRESS(form, offset)                                               \
    ((ag_lanes_at){a64_address_##form(AG_ALIKE_C, d, n, m, a, (offset)),       \
                   agv_address_##form(AG_C, d, n, m, a, (offset))})
#define AT_BASE(n) ag_lanes_at_base(AG_C, n)
#define AT_SUM(n, m, more) ag_lanes_at_sum(AG_C, (n), (m), (more))
#define AT_BECOMES(n, at) ag_lanes_at_becomes(AG_C, (n), (at))
#define AT_CHECK(at, bytes, unit, access)                                      \
    ag_lanes_at_check(AG_C, (at), (bytes), (unit), (access))
#define AT_IS_IN_WORDS(at) 1
#define AT_LOAD(at, offset, bytes)                                             \
    ag_lanes_at_load(AG_C, (at), (offset), (bytes))
#define AT_LOAD_64(at, offset) AT_LOAD(at, offset, 8)
#define AT_STORE(at, offset, bytes, v)                                         \
    ag_lanes_at_store(AG_C, (at), (offset), (bytes), (v))
#define AT_STORE_64(at, offset, v) AT_STORE(at, offset, 8, v)
#if AG_HAS_TWO_WORDS
#define AT_LOAD_TWO(at, offset, x, y)                                          \
    do {                                                                       \
        if (AG_HAS_ROWS(layout)) {                                             \
            x = AT_LOAD_64(at, offset);                                        \
            y = AT_LOAD_64(at, (offset) + 8);                                  \
        } else {                                                               \
            const ag_halves two_ = ag_lanes_at_load_two(AG_C, (at), (offset)); \
            x = two_.low;                                                      \
            y = two_.high;                                                     \
        }                                                                      \
    } while (0)
#define AT_STORE_TWO(at, offset, x, y)                                         \
    do {                                                                       \
        if (AG_HAS_ROWS(layout)) {                                             \
            AT_STORE_64(at, offset, x);                                        \
            AT_STORE_64(at, (offset) + 8, y);                                  \
        } else {                                                               \
            ag_lanes_at_store_two(AG_C, (at), (offset), (x), (y));             \
        }                                                                      \
    } while (0)
#endif
#define AG_VMEMORY(op) AG_INLINE u32 agv_##op(AG_CTX, AG_FIELDS)

#include "a64/ldst_v.h" /* again */
#include "a64/ldst_v_struct.h" /* again */
#undef ag_v
#undef ag_v32

#undef AG_ACCESS_V_AT
#define AG_ACCESS_V_AT(loop, address, retired, op, d, n, m, a, imm)            \
    c->is_at_one = 0;                                                          \
    if (AG_UNLIKELY(agv_##op(AG_C, d, n, m, a, imm) != AG_NEXT))               \
    AG_LEAVE_FOR(loop, address, retired)
#define AG_ACCESS_V_ALIKE_AT(loop, address, retired, op, d, n, m, a, imm)      \
    c->is_at_one = 1;                                                          \
    if (AG_UNLIKELY(agv_##op(AG_C, d, n, m, a, imm) != AG_NEXT))               \
    AG_LEAVE_FOR(loop, address, retired)

/* -- Apart ----------------------------------------------------------------- */

static __attribute__((noinline)) void
ag_lanes_execute_apart(ag_lanes_rows *rows, u64 *state, u32 op, u32 fields,
                       u64 imm)
{
    static const ag_entry behind;
    const ag_packed_entry e = {op | (u64)fields << 32, imm};
    u64 *x = (u64 *)(void *)rows->x, *v = (u64 *)(void *)rows->v;
    u32 k;
    if (op >= AG_OP_FIRST_CRYPTO) {
        (*ag_together_crypto)(v, AG_VECTOR_LANES,
                              ((u64)1 << AG_VECTOR_LANES) - 1, op, fields, imm);
        return;
    }
    for (k = 0; k < AG_VECTOR_LANES; k++)
        rows->nzcv[k] = (*ag_together_simd)(x + k, AG_VECTOR_LANES, state + k,
                                            v + k, e, &behind, 1,
                                            (u32)rows->nzcv[k]) &
                        15;
}

/* One that reads what was given, and writes what is taken: that alone is in
   rows. */
#define AG_APART(op, d, n, m, a, imm)                                          \
    ag_lanes_execute_apart(c->rows, c->state, AG_OP_##op,                      \
                           (d) | (n) << 8 | (m) << 16 | (u32)(a) << 24, imm);  \
    c->doubted = ag_lanes_doubted(c)
#define AG_GIVE_X(row) c->rows->x[row] = c->x[row]
#define AG_TAKE_X(row) c->x[row] = c->rows->x[row]
#define AG_GIVE_V(r)                                                           \
    c->rows->v[AG_V_ROW(0, r)] = c->v[0][r];                                   \
    c->rows->v[AG_V_ROW(1, r)] = c->v[1][r]
#define AG_TAKE_V(r)                                                           \
    c->v[0][r] = c->rows->v[AG_V_ROW(0, r)];                                   \
    c->v[1][r] = c->rows->v[AG_V_ROW(1, r)]
#define AG_GIVE_FLAGS() c->rows->nzcv = ag_lanes_nzcv(c, may_read)
#define AG_TAKE_FLAGS() ag_lanes_pack(c, c->rows->nzcv)

/* -- In and out ------------------------------------------------------------ */

/* The registers in `named`, a constant, from the lanes' planes. */
AG_INLINE void ag_lanes_load_v(ag_lanes *c, u64 *plane, u32 named,
                               ag_lanes_rows *rows)
{
    c->plane = plane;
    c->rows = rows;
    c->is_at_one = 0;
    c->doubted = ag_lanes_doubted(c);
    rows->x[AG_ROW_ZERO] = ag_splat(0);
#define AG_LANES_V(part, r)                                                    \
    (*(ag_vec *)(void *)(c->plane + AG_V_ROW(part, r) * AG_V_STRIDE))
#define AG_LANES_LOAD_V(r)                                                     \
    if (named >> (r)&1) {                                                      \
        c->v[0][r] = AG_LANES_V(0, r);                                         \
        c->v[1][r] = AG_LANES_V(1, r);                                         \
    }
    AG_EACH_REGISTER(AG_LANES_LOAD_V)
}
/* Those in `changed` to them. */
AG_INLINE void ag_lanes_store_v(ag_lanes *c, u32 changed)
{
#define AG_LANES_STORE_V(r)                                                    \
    if (changed >> (r)&1) {                                                    \
        AG_LANES_V(0, r) = c->v[0][r];                                         \
        AG_LANES_V(1, r) = c->v[1][r];                                         \
    }
    AG_EACH_REGISTER(AG_LANES_STORE_V)
}

#endif
