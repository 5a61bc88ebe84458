/*
 * What bodies are written with where a value is a vector of lanes, after
 * engine/scalar.h: all that does not depend on where registers and flags are,
 * which whoever includes this defines: AG_CTX and AG_C, AG_BRANCH_N and _R, R,
 * W, COND, GET_NZCV, SET_NZCV, SET_FLAGS_ADD_64 and _SUB_64, BRANCH and its
 * like. Bodies are then agv_OP().
 */
#ifndef AG_GROUP_VALUES_H
#define AG_GROUP_VALUES_H

#include "group/isa.h"

#undef AG_CTX
#undef AG_C
#undef AG_ALU_N
#undef AG_ALU_R
#undef AG_ALU_W
#undef AG_ALU_RW
#undef AG_BRANCH_N
#undef AG_BRANCH_R
#undef AG_ADDRESS
#undef R
#undef W
#undef W32
#undef SPLAT
#undef LT
#undef LT_SIGNED
#undef EQ0
#undef SEL
#undef HERE
#undef ASR
#undef LSR_32
#undef ASR_32
#undef ROR_32
#undef COND
#undef GET_NZCV
#undef SET_NZCV
#undef SET_FLAGS_IF
#undef SET_FLAGS_ADD_64
#undef SET_FLAGS_SUB_64
#undef SET_FLAGS_ADD_32
#undef SET_FLAGS_SUB_32
#undef SET_FLAGS_LOGIC_64
#undef SET_FLAGS_LOGIC_32
#undef BRANCH
#undef BRANCH_IF
#undef BRANCH_UNLESS
#undef BRANCH_TO

#define AG_ALU_N(op) AG_INLINE void agv_##op(AG_CTX, AG_FIELDS)
#define AG_ALU_R(op)                                                           \
    AG_INLINE void agv_##op(AG_CTX, AG_FIELDS, ag_may_read may_read AG_UNUSED)
#define AG_ALU_W(op)                                                           \
    AG_INLINE void agv_##op(AG_CTX, AG_FIELDS, ag_may_write may_write AG_UNUSED)
#define AG_ALU_RW(op)                                                          \
    AG_INLINE void agv_##op(AG_CTX, AG_FIELDS, ag_may_read may_read AG_UNUSED, \
                            ag_may_write may_write AG_UNUSED)
#define AG_ADDRESS(form) AG_INLINE ag_vec agv_address_##form(AG_CTX, AG_FIELDS)

#define W32(row, v) W(row, (v)&0xffffffffu)
#define SPLAT(v) ag_splat(v)
#define LT(p, q) ((ag_vec)((p) < (q)))
#define LT_SIGNED(p, q) ((ag_vec)((ag_signed_vec)(p) < (ag_signed_vec)(q)))
#define EQ0(p) ((ag_vec)((p) == 0))
#define SEL(p, yes, no) ag_select((p), (yes), (no))
#define HERE(v) (v)
#define ASR(v, s) ((ag_vec)((ag_signed_vec)(v) >> (s)))
#define LSR_32(v, s) (((v)&0xffffffffu) >> (s))
#define ASR_32(v, s) ASR((v) << 32, 32 + (s))
#define ROR_32(v, s) (LSR_32(v, s) | (v) << (32 - (s)))
#define SET_FLAGS_IF(p, nzcv, otherwise)                                       \
    SET_NZCV(ag_select((p), (nzcv), (otherwise)))
/* In the upper halves the same carries and overflows come out. */
#define SET_FLAGS_ADD_32(x, y, r) SET_FLAGS_ADD_64((x) << 32, (y) << 32, r)
#define SET_FLAGS_SUB_32(x, y, r) SET_FLAGS_SUB_64((x) << 32, (y) << 32, r)
#define SET_FLAGS_LOGIC_64(r) SET_FLAGS_ADD_64((r), ag_splat(0), r)
#define SET_FLAGS_LOGIC_32(r) SET_FLAGS_ADD_64((r) << 32, ag_splat(0), r)

#endif
