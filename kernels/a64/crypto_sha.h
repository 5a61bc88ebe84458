/*
 * SHA1 and SHA2. Vectors hold words, the first in the lowest bits; hashes move
 * by one word a round, as ROL(Y:X, 32) of the Arm ARM.
 */

AG_INLINE u32 ag_rol_32(u32 v, u32 by) /* 1 to 31 */
{
    return v << by | v >> (32 - by);
}
AG_INLINE u32 ag_ror_32(u32 v, u32 by) /* 1 to 31 */
{
    return v >> by | v << (32 - by);
}
AG_INLINE u64 ag_ror_64(u64 v, u32 by) /* 0 to 63 */
{
    return v >> by | v << 1 << (63 - by);
}
AG_INLINE u64 ag_words(u32 first, u32 second)
{
    return first | (u64)second << 32;
}
AG_INLINE u32 ag_word(u64 low, u64 high, u32 i)
{
    return (u32)((i & 2 ? high : low) >> 32 * (i & 1));
}

AG_INLINE u64 ag_sha_choose(u64 x, u64 y, u64 z)
{
    return ((y ^ z) & x) ^ z;
}
AG_INLINE u64 ag_sha_majority(u64 x, u64 y, u64 z)
{
    return (x & y) | ((x | y) & z);
}

/* SHA1C, SHA1P, SHA1M: a is which of them. */
AG_SIMD(SHA1_rounds)
{
    u32 x0 = (u32)V_LO(d), x1 = (u32)(V_LO(d) >> 32);
    u32 x2 = (u32)V_HI(d), x3 = (u32)(V_HI(d) >> 32);
    u32 y = (u32)V_LO(n), i;
    u64 low = V_LO(m), high = V_HI(m);
    for (i = 0; i < 4; i++) {
        u32 t = a == 0   ? (u32)ag_sha_choose(x1, x2, x3)
                : a == 1 ? x1 ^ x2 ^ x3
                         : (u32)ag_sha_majority(x1, x2, x3);
        t += y + ag_rol_32(x0, 5) + ag_word(low, high, i);
        y = x3;
        x3 = x2;
        x2 = ag_rol_32(x1, 30);
        x1 = x0;
        x0 = t;
    }
    V_SET(d, ag_words(x0, x1), ag_words(x2, x3));
}

AG_SIMD(SHA1H)
{
    V_SET(d, ag_rol_32((u32)V_LO(n), 30), 0);
}

AG_SIMD(SHA1SU0)
{
    u64 low = V_HI(d) ^ V_LO(d) ^ V_LO(m), high = V_LO(n) ^ V_HI(d) ^ V_HI(m);
    V_SET(d, low, high);
}

AG_SIMD(SHA1SU1)
{
    u64 low = V_LO(d) ^ (V_LO(n) >> 32 | V_HI(n) << 32);
    u64 high = V_HI(d) ^ V_HI(n) >> 32;
    u32 t0 = (u32)low, t3 = (u32)(high >> 32);
    V_SET(d, ag_words(ag_rol_32(t0, 1), ag_rol_32((u32)(low >> 32), 1)),
          ag_words(ag_rol_32((u32)high, 1),
                   ag_rol_32(t3, 1) ^ ag_rol_32(t0, 2)));
}

/* SHA256H; where a is 1, SHA256H2: the other half of the same hash. */
AG_SIMD(SHA256H)
{
    u64 x_low = V_LO(a ? n : d), x_high = V_HI(a ? n : d);
    u64 y_low = V_LO(a ? d : n), y_high = V_HI(a ? d : n);
    u64 low = V_LO(m), high = V_HI(m);
    u32 i;
    for (i = 0; i < 4; i++) {
        u32 x0 = (u32)x_low, y0 = (u32)y_low, x3, y3;
        u32 t = (u32)(y_high >> 32) + ag_word(low, high, i) +
                (ag_ror_32(y0, 6) ^ ag_ror_32(y0, 11) ^ ag_ror_32(y0, 25)) +
                (u32)ag_sha_choose(y0, y_low >> 32, y_high);
        x3 = t + (u32)(x_high >> 32);
        y3 = t + (ag_ror_32(x0, 2) ^ ag_ror_32(x0, 13) ^ ag_ror_32(x0, 22)) +
             (u32)ag_sha_majority(x0, x_low >> 32, x_high);
        x_high = x_high << 32 | x_low >> 32;
        x_low = x_low << 32 | y3;
        y_high = y_high << 32 | y_low >> 32;
        y_low = y_low << 32 | x3;
    }
    V_SET(d, a ? y_low : x_low, a ? y_high : x_high);
}

AG_INLINE u32 ag_sha256_sigma0(u64 v)
{
    u32 x = (u32)v;
    return ag_ror_32(x, 7) ^ ag_ror_32(x, 18) ^ x >> 3;
}
AG_INLINE u32 ag_sha256_sigma1(u64 v)
{
    u32 x = (u32)v;
    return ag_ror_32(x, 17) ^ ag_ror_32(x, 19) ^ x >> 10;
}

AG_SIMD(SHA256SU0)
{
    u64 low = V_LO(d), high = V_HI(d);
    V_SET(d,
          ag_words((u32)low + ag_sha256_sigma0(low >> 32),
                   (u32)(low >> 32) + ag_sha256_sigma0(high)),
          ag_words((u32)high + ag_sha256_sigma0(high >> 32),
                   (u32)(high >> 32) + ag_sha256_sigma0(V_LO(n))));
}

AG_SIMD(SHA256SU1)
{
    u64 low = V_LO(d), high = V_HI(d), n_low = V_LO(n), n_high = V_HI(n);
    u32 r0 = (u32)low + (u32)(n_low >> 32) + ag_sha256_sigma1(V_HI(m));
    u32 r1 = (u32)(low >> 32) + (u32)n_high + ag_sha256_sigma1(V_HI(m) >> 32);
    u32 r2 = (u32)high + (u32)(n_high >> 32) + ag_sha256_sigma1(r0);
    u32 r3 = (u32)(high >> 32) + (u32)V_LO(m) + ag_sha256_sigma1(r1);
    V_SET(d, ag_words(r0, r1), ag_words(r2, r3));
}

AG_SIMD(SHA512H)
{
    u64 x_low = V_LO(n), y_low = V_LO(m), y_high = V_HI(m);
    u64 high = V_HI(d) + ag_sha_choose(y_high, x_low, V_HI(n)) +
               (ag_ror_64(y_high, 14) ^ ag_ror_64(y_high, 18) ^
                ag_ror_64(y_high, 41));
    u64 t = high + y_low;
    u64 low = V_LO(d) + ag_sha_choose(t, y_high, x_low) +
              (ag_ror_64(t, 14) ^ ag_ror_64(t, 18) ^ ag_ror_64(t, 41));
    V_SET(d, low, high);
}

AG_SIMD(SHA512H2)
{
    u64 y_low = V_LO(m), y_high = V_HI(m);
    u64 high = V_HI(d) + ag_sha_majority(V_LO(n), y_high, y_low) +
               (ag_ror_64(y_low, 28) ^ ag_ror_64(y_low, 34) ^
                ag_ror_64(y_low, 39));
    u64 low = V_LO(d) + ag_sha_majority(high, y_low, y_high) +
              (ag_ror_64(high, 28) ^ ag_ror_64(high, 34) ^
               ag_ror_64(high, 39));
    V_SET(d, low, high);
}

AG_INLINE u64 ag_sha512_sigma0(u64 v)
{
    return ag_ror_64(v, 1) ^ ag_ror_64(v, 8) ^ v >> 7;
}
AG_INLINE u64 ag_sha512_sigma1(u64 v)
{
    return ag_ror_64(v, 19) ^ ag_ror_64(v, 61) ^ v >> 6;
}

AG_SIMD(SHA512SU0)
{
    u64 low = V_LO(d) + ag_sha512_sigma0(V_HI(d));
    u64 high = V_HI(d) + ag_sha512_sigma0(V_LO(n));
    V_SET(d, low, high);
}

AG_SIMD(SHA512SU1)
{
    u64 low = V_LO(d) + ag_sha512_sigma1(V_LO(n)) + V_LO(m);
    u64 high = V_HI(d) + ag_sha512_sigma1(V_HI(n)) + V_HI(m);
    V_SET(d, low, high);
}
