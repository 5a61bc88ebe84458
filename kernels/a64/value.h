/* What bodies of several classes compute with: macros, for either kind of
   value. */
#ifndef AG_A64_VALUE_H
#define AG_A64_VALUE_H

#define AG_LOW32(v) ((v)&0xffffffffu)
/* Sign of bit 31 in all upper bits. */
#define AG_SX32(v) ASR((v) << 32, 32)

/* Rotate right. */
#define AG_ROR_64(v, s) ((v) >> (s) | (v) << ((64 - (s)) & 63))

#endif
