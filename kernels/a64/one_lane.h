/*
 * Bodies that cannot be written on lane vectors (`scalar` in the table): every
 * instantiation runs them lane by lane, so they may branch on values.
 */
#ifndef AG_A64_ONE_LANE_H
#define AG_A64_ONE_LANE_H

/* Division by zero gives 0; the most negative number by -1 gives itself. */
AG_ALU_N(UDIV_64)
{
    u64 x = R(n), y = R(m);
    W(d, y == 0 ? 0 : x / y);
}
AG_ALU_N(UDIV_32)
{
    u32 x = (u32)R(n), y = (u32)R(m);
    W(d, y == 0 ? 0 : x / y);
}
AG_ALU_N(SDIV_64)
{
    i64 x = (i64)R(n), y = (i64)R(m);
    W(d, y == 0 ? 0 : y == -1 ? (u64)0 - (u64)x : (u64)(x / y));
}
AG_ALU_N(SDIV_32)
{
    i32 x = (i32)R(n), y = (i32)R(m);
    W(d, y == 0 ? 0u : y == -1 ? 0u - (u32)x : (u32)(x / y));
}

AG_ALU_N(CLZ_64)
{
    u64 x = R(n);
    W(d, x == 0 ? 64 : AG_CLZ64(x));
}
AG_ALU_N(CLZ_32)
{
    u64 x = (u32)R(n);
    W(d, x == 0 ? 32 : AG_CLZ64(x) - 32);
}
/* Leading bits equal to the sign: zeros of x EOR x shifted by one. */
AG_ALU_N(CLS_64)
{
    u64 x = R(n);
    W(d, AG_CLZ64((x ^ x << 1) | 1));
}
AG_ALU_N(CLS_32)
{
    u64 x = R(n) << 32;
    W(d, AG_CLZ64((x ^ x << 1) | (u64)1 << 32));
}

/* a bytes of X[m] into the checksum X[n]; imm is the reversed polynomial. */
AG_ALU_N(CRC32)
{
    u64 data = R(m);
    u32 sum = (u32)R(n), i;
    for (i = 0; i < a * 8; i++) {
        u32 low = (sum ^ (u32)(data >> i)) & 1;
        sum = sum >> 1 ^ ((u32)imm & (0u - low));
    }
    W(d, sum);
}

#endif
