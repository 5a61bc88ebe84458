/* SHA3: logic and rotations of 64-bit elements. */

/* EOR3; BCAX where imm is 1. */
AG_SIMD(EOR3)
{
    u64 low = V_LO(n), high = V_HI(n), a_low = V_LO(a), a_high = V_HI(a);
    low ^= imm ? V_LO(m) & ~a_low : V_LO(m) ^ a_low;
    high ^= imm ? V_HI(m) & ~a_high : V_HI(m) ^ a_high;
    V_SET(d, low, high);
}

AG_SIMD(RAX1)
{
    u64 low = V_LO(n) ^ ag_ror_64(V_LO(m), 63);
    u64 high = V_HI(n) ^ ag_ror_64(V_HI(m), 63);
    V_SET(d, low, high);
}

/* a is the rotation. */
AG_SIMD(XAR)
{
    u64 low = ag_ror_64(V_LO(n) ^ V_LO(m), a);
    u64 high = ag_ror_64(V_HI(n) ^ V_HI(m), a);
    V_SET(d, low, high);
}
