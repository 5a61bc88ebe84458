/*
 * Conditions of vectors of lanes, by their masks (a64_condition_masks): what
 * the operands x and y of the subtraction, or of the addition, that gave the
 * flags say of them without the flags. X(mask, lanes where it holds); others
 * are computed from NZCV. 32-bit operands lie in the upper halves.
 */
#ifndef AG_GROUP_CONDITIONS_H
#define AG_GROUP_CONDITIONS_H

#define AG_SUB_CONDITIONS(X)                                                   \
    X(0xf0f0, (ag_vec)(x == y)) /* EQ */                                       \
    X(0x0f0f, (ag_vec)(x != y)) /* NE */                                       \
    X(0xcccc, ~LT(x, y))        /* CS */                                       \
    X(0x3333, LT(x, y))         /* CC */                                       \
    X(0xff00, ASR(x - y, 63))   /* MI */                                       \
    X(0x00ff, ~ASR(x - y, 63))  /* PL */                                       \
    X(0x0c0c, LT(y, x))         /* HI */                                       \
    X(0xf3f3, ~LT(y, x))        /* LS */                                       \
    X(0xaa55, ~LT_SIGNED(x, y)) /* GE */                                       \
    X(0x55aa, LT_SIGNED(x, y))  /* LT */                                       \
    X(0x0a05, LT_SIGNED(y, x))  /* GT */                                       \
    X(0xf5fa, ~LT_SIGNED(y, x)) /* LE */
#define AG_ADD_CONDITIONS(X)                                                   \
    X(0xf0f0, EQ0(x + y))                                                      \
    X(0x0f0f, ~EQ0(x + y))                                                     \
    X(0xcccc, LT(x + y, x))                                                    \
    X(0x3333, ~LT(x + y, x))                                                   \
    X(0xff00, ASR(x + y, 63))                                                  \
    X(0x00ff, ~ASR(x + y, 63))

#endif
