/*
 * Checksums and ciphers: CRC-32 and CRC-64 by table, Adler-32, SHA-1, MD5's
 * rounds, SipHash, a ChaCha block, XTEA.
 */
#include "compiled.h"

static uint32_t rotate(uint32_t x, unsigned n) { return x << n | x >> (32 - n); }
static uint64_t rotate64(uint64_t x, unsigned n) { return x << n | x >> (64 - n); }

static uint64_t crcs(const uint8_t *p, size_t n)
{
    uint32_t table[256];
    uint32_t crc = ~0u;
    uint64_t crc64 = 0;

    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int k = 0; k < 8; k++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xEDB88320 : 0);
    }
    for (size_t i = 0; i < n; i++) {
        crc = crc >> 8 ^ table[(crc ^ p[i]) & 255];
        crc64 ^= (uint64_t)p[i] << 56;
        for (int k = 0; k < 8; k++)
            crc64 = crc64 << 1 ^ (crc64 >> 63 != 0 ? 0x42F0E1EBA9EA3693 : 0);
    }
    return ~crc ^ crc64;
}

static uint32_t adler(const uint8_t *p, size_t n)
{
    uint32_t a = 1, b = 0;

    for (size_t i = 0; i < n; i++) {
        a = (a + p[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static uint64_t sha1_block(const uint8_t *p)
{
    uint32_t w[80];
    uint32_t a = 0x67452301, b = 0xEFCDAB89, c = 0x98BADCFE, d = 0x10325476, e = 0xC3D2E1F0;

    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (int i = 16; i < 80; i++)
        w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        uint32_t f = i < 20 ? ((b & c) | (~b & d)) + 0x5A827999
                   : i < 40 ? (b ^ c ^ d) + 0x6ED9EBA1
                   : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC
                            : (b ^ c ^ d) + 0xCA62C1D6;
        uint32_t t = rotate(a, 5) + f + e + w[i];

        e = d, d = c, c = rotate(b, 30), b = a, a = t;
    }
    return ((uint64_t)a << 32 | b) ^ ((uint64_t)c << 16) ^ ((uint64_t)d << 8) ^ e;
}

static void quarter(uint32_t *x, int a, int b, int c, int d)
{
    x[a] += x[b], x[d] = rotate(x[d] ^ x[a], 16);
    x[c] += x[d], x[b] = rotate(x[b] ^ x[c], 12);
    x[a] += x[b], x[d] = rotate(x[d] ^ x[a], 8);
    x[c] += x[d], x[b] = rotate(x[b] ^ x[c], 7);
}

static uint64_t chacha(uint64_t key)
{
    uint32_t x[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, (uint32_t)key,
                      (uint32_t)(key >> 32)};

    for (int i = 0; i < 10; i++) {
        for (int k = 0; k < 4; k++)
            quarter(x, k, k + 4, k + 8, k + 12);
        for (int k = 0; k < 4; k++)
            quarter(x, k, (k + 1) % 4 + 4, (k + 2) % 4 + 8, (k + 3) % 4 + 12);
    }
    return (uint64_t)x[3] << 32 | x[12];
}

static uint64_t siphash_round(uint64_t v[4])
{
    v[0] += v[1], v[1] = rotate64(v[1], 13) ^ v[0], v[0] = rotate64(v[0], 32);
    v[2] += v[3], v[3] = rotate64(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = rotate64(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = rotate64(v[1], 17) ^ v[2], v[2] = rotate64(v[2], 32);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t xtea(uint64_t block, uint64_t key)
{
    uint32_t a = (uint32_t)block, b = (uint32_t)(block >> 32), sum = 0;
    uint32_t k[4] = {(uint32_t)key, (uint32_t)(key >> 32), ~(uint32_t)key, 7};

    for (int i = 0; i < 32; i++) {
        a += (((b << 4) ^ (b >> 5)) + b) ^ (sum + k[sum & 3]);
        sum += 0x9E3779B9;
        b += (((a << 4) ^ (a >> 5)) + a) ^ (sum + k[sum >> 11 & 3]);
    }
    return (uint64_t)b << 32 | a;
}

uint64_t test(uint64_t input)
{
    uint8_t bytes[64];
    uint64_t state = input;
    uint64_t hash = 19;
    uint64_t v[4] = {input, 1, 2, 3};

    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)next_random(&state);
    hash = hash_word(hash, crcs(bytes, sizeof bytes));
    hash = hash_word(hash, adler(bytes, sizeof bytes));
    hash = hash_word(hash, sha1_block(bytes));
    hash = hash_word(hash, chacha(state));
    for (int i = 0; i < 6; i++)
        hash = hash_word(hash, siphash_round(v));
    return hash_word(hash, xtea(state, input));
}
