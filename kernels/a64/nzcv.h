/*
 * Flag arithmetic, for every instantiation: macros over a value type, written
 * with the predicates of scalar.h or group.h. NZCV is a number from 0 to 15.
 */
#ifndef AG_A64_NZCV_H
#define AG_A64_NZCV_H

/* Flags of r = x + y and r = x - y without carry in; 32-bit operands hold
   nothing above bit 31. */
#define AG_ADD_CARRY(x, r) BIT(LT(r, x))
#define AG_SUB_CARRY(x, y) (BIT(LT(x, y)) ^ 1)
#define AG_ADD_OVERFLOW(x, y, r, top) ((((x) ^ (r)) & ((y) ^ (r))) >> (top)&1)
#define AG_SUB_OVERFLOW(x, y, r, top) ((((x) ^ (y)) & ((x) ^ (r))) >> (top)&1)
/* Carry out of bit `top` of r = x + y + carry. */
#define AG_CARRY_OUT(x, y, r, top)                                             \
    ((((x) & (y)) | (((x) | (y)) & ~(r))) >> (top)&1)

#define AG_NZCV_64(result, carry, overflow)                                    \
    ((result) >> 63 << 3 | BIT(EQ0(result)) << 2 | (carry) << 1 | (overflow))
#define AG_NZCV_32(result, carry, overflow)                                    \
    (((result) >> 31 & 1) << 3 | BIT(EQ0((result)&0xffffffffu)) << 2 |         \
     (carry) << 1 | (overflow))

#define AG_NZCV_ADD_64(x, y, r)                                                \
    AG_NZCV_64(r, AG_ADD_CARRY(x, r), AG_ADD_OVERFLOW(x, y, r, 63))
#define AG_NZCV_SUB_64(x, y, r)                                                \
    AG_NZCV_64(r, AG_SUB_CARRY(x, y), AG_SUB_OVERFLOW(x, y, r, 63))
#define AG_NZCV_ADD_32(x, y, r)                                                \
    AG_NZCV_32(r, AG_ADD_CARRY(x, r), AG_ADD_OVERFLOW(x, y, r, 31))
#define AG_NZCV_SUB_32(x, y, r)                                                \
    AG_NZCV_32(r, AG_SUB_CARRY(x, y), AG_SUB_OVERFLOW(x, y, r, 31))

#endif
