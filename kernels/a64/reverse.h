/*
 * Data-processing (1 source): reversals of bits and bytes. Counting leading bits
 * is in one_lane.h.
 */

/* Reversals swap ever larger halves. */
#define AG_SWAP(v, mask, s) (((v) >> (s) & (mask)) | ((v) & (mask)) << (s))
#define AG_REV16(v) AG_SWAP(v, (u64)0x00ff00ff00ff00ff, 8)

AG_ALU_N(REV16_64)
{
    ag_v x = R(n);
    W(d, AG_REV16(x));
}
AG_ALU_N(REV16_32)
{
    ag_v x = R(n);
    W32(d, AG_REV16(x));
}
AG_ALU_N(REV32_64)
{
    ag_v x = R(n);
    x = AG_REV16(x);
    W(d, AG_SWAP(x, (u64)0x0000ffff0000ffff, 16));
}
AG_ALU_N(REV_32)
{
    ag_v x = R(n);
    x = AG_REV16(x);
    W32(d, AG_SWAP(x, (u64)0x0000ffff0000ffff, 16));
}
AG_ALU_N(REV_64)
{
    ag_v x = R(n);
    x = AG_REV16(x);
    x = AG_SWAP(x, (u64)0x0000ffff0000ffff, 16);
    W(d, x >> 32 | x << 32);
}
/* Every bit of every byte, then the bytes. */
#define AG_RBIT_BYTES(x)                                                       \
    x = AG_SWAP(x, (u64)0x5555555555555555, 1);                                \
    x = AG_SWAP(x, (u64)0x3333333333333333, 2);                                \
    x = AG_SWAP(x, (u64)0x0f0f0f0f0f0f0f0f, 4);                                \
    x = AG_REV16(x);                                                           \
    x = AG_SWAP(x, (u64)0x0000ffff0000ffff, 16)
AG_ALU_N(RBIT_64)
{
    ag_v x = R(n);
    AG_RBIT_BYTES(x);
    W(d, x >> 32 | x << 32);
}
AG_ALU_N(RBIT_32)
{
    ag_v x = R(n);
    AG_RBIT_BYTES(x);
    W32(d, x);
}

#undef AG_RBIT_BYTES
