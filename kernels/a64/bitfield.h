/*
 * Bitfield moves and extract.
 */
#include "a64/value.h"

/* UBFM and SBFM: the decoder turned immr and imms into two shifts. */
AG_ALU_N(UBFM_64)
{
    W(d, R(n) << a >> imm);
}
AG_ALU_N(SBFM_64)
{
    W(d, ASR(R(n) << a, imm));
}
AG_ALU_N(UBFM_32)
{
    W(d, LSR_32(R(n) << a, imm));
}
AG_ALU_N(SBFM_32)
{
    W32(d, ASR_32(R(n) << a, imm));
}
/* X[d] := the bits of imm from ROR(X[n], a), the others stay; m reads X[d]. */
AG_ALU_N(BFM_64)
{
    ag_v x = R(n), old = R(m);
    W(d, (old & ~imm) | (AG_ROR_64(x, a) & imm));
}
AG_ALU_N(BFM_32)
{
    ag_v x = R(n), old = R(m);
    W32(d, (old & ~imm) | (ROR_32(x, a) & imm));
}

/* X[d] := (X[n]:X[m])<a+63:a>. Shifting by 64 - a in two steps makes a = 0
   right. */
AG_ALU_N(EXTR_64)
{
    ag_v x = R(n), y = R(m);
    W(d, y >> a | x << 1 << (63 - a));
}
AG_ALU_N(EXTR_32)
{
    ag_v x = AG_LOW32(R(n)), y = R(m);
    W32(d, LSR_32(y, a) | x << (32 - a));
}
