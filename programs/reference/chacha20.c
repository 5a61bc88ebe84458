/* What chacha20.c computes, without vectors. */
#include "guest.h"

#define WORDS 64

static uint32_t rotate(uint32_t x, int by)
{
    return x << by | x >> (32 - by);
}

static void quarter(uint32_t *v, int a, int b, int c, int d)
{
    v[a] += v[b], v[d] = rotate(v[d] ^ v[a], 16);
    v[c] += v[d], v[b] = rotate(v[b] ^ v[c], 12);
    v[a] += v[b], v[d] = rotate(v[d] ^ v[a], 8);
    v[c] += v[d], v[b] = rotate(v[b] ^ v[c], 7);
}

static void encrypt_block(uint32_t *message, const uint32_t *state)
{
    uint32_t v[16];

    for (int i = 0; i < 16; i++)
        v[i] = state[i];
    for (int i = 0; i < 10; i++) {
        for (int k = 0; k < 4; k++)
            quarter(v, k, k + 4, k + 8, k + 12);
        for (int k = 0; k < 4; k++)
            quarter(v, k, 4 + (k + 1) % 4, 8 + (k + 2) % 4, 12 + (k + 3) % 4);
    }
    for (int i = 0; i < 16; i++)
        message[i] ^= v[i] + state[i];
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint32_t state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    uint32_t message[WORDS] = {0};
    uint64_t random = guest_seed(lane);
    uint64_t hash = 0xCBF29CE484222325u;

    for (int i = 4; i < 16; i++)
        state[i] = (uint32_t)(guest_random(&random) >> 32);
    for (uint64_t i = argument != 0 ? argument : 1; i != 0; i--) {
        for (int block = 0; block < WORDS; block += 16) {
            encrypt_block(message + block, state);
            state[12]++;
        }
    }
    for (int i = 0; i < WORDS; i += 2)
        hash = guest_hash(hash, message[i] | (uint64_t)message[i + 1] << 32);
    return hash;
}
