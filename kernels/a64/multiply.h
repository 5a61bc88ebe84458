/*
 * Multiplication. The upper halves come from 32-bit parts, because no language
 * of kernels/ but C has a 128-bit type.
 */
#include "a64/value.h"

AG_ALU_N(MADD_64)
{
    W(d, R(a) + R(n) * R(m));
}
AG_ALU_N(MSUB_64)
{
    W(d, R(a) - R(n) * R(m));
}
AG_ALU_N(MADD_32)
{
    W32(d, R(a) + R(n) * R(m));
}
AG_ALU_N(MSUB_32)
{
    W32(d, R(a) - R(n) * R(m));
}
AG_ALU_N(UMADDL)
{
    W(d, R(a) + AG_LOW32(R(n)) * AG_LOW32(R(m)));
}
AG_ALU_N(UMSUBL)
{
    W(d, R(a) - AG_LOW32(R(n)) * AG_LOW32(R(m)));
}
AG_ALU_N(SMADDL)
{
    W(d, R(a) + AG_SX32(R(n)) * AG_SX32(R(m)));
}
AG_ALU_N(SMSUBL)
{
    W(d, R(a) - AG_SX32(R(n)) * AG_SX32(R(m)));
}

/* Bits 127:64 of the unsigned product. */
AG_INLINE ag_v ag_multiply_high(ag_v x, ag_v y)
{
    ag_v x0 = AG_LOW32(x), x1 = x >> 32, y0 = AG_LOW32(y), y1 = y >> 32;
    ag_v middle = x1 * y0 + (x0 * y0 >> 32);
    ag_v other = x0 * y1 + AG_LOW32(middle);
    return x1 * y1 + (middle >> 32) + (other >> 32);
}
AG_ALU_N(UMULH)
{
    W(d, ag_multiply_high(R(n), R(m)));
}
/* A negative factor counted as 2^64 too much of the other. */
AG_ALU_N(SMULH)
{
    ag_v x = R(n), y = R(m);
    W(d, ag_multiply_high(x, y) - (ASR(x, 63) & y) - (ASR(y, 63) & x));
}
