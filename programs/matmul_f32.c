/*
 * The product of two 16 x 16 matrices in single precision, by a loop that
 * compilers turn into vectors. One number of the first matrix changes with each
 * repetition. Returns a hash of the products.
 */
#include "guest.h"

#include "exact.h"

#define N 16

typedef float matrix[N][N];

/* From -1 up to 1, 24 bits. */
static float number(uint64_t *state)
{
    int32_t n = (int32_t)(guest_random(state) >> 40) - (1 << 23);

    return (float)n * 0x1p-23f;
}

static void fill(matrix m, uint64_t *state)
{
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            m[i][k] = number(state);
}

static void multiply(matrix c, const float (*a)[N], const float (*b)[N])
{
    for (int i = 0; i < N; i++) {
        float row[N] = {0};

        for (int j = 0; j < N; j++)
            for (int k = 0; k < N; k++)
                row[k] = FUSED_FLOAT(a[i][j], b[j][k], row[k]);
        for (int k = 0; k < N; k++)
            c[i][k] = row[k];
    }
}

/* Of all words: a vector's worth of sums, and then a hash of those. */
static uint64_t hash_matrix(uint64_t hash, const float (*m)[N])
{
    uint32_t sums[N] = {0};

    for (int i = 0; i < N; i++) {
        uint32_t words[N];

        __builtin_memcpy(words, m[i], sizeof words);
        for (int k = 0; k < N; k++)
            sums[k] = sums[k] * 31 + words[k];
    }
    for (int k = 0; k < N; k += 2)
        hash = guest_hash(hash, (uint64_t)sums[k] << 32 | sums[k + 1]);
    return hash;
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    matrix a;
    matrix b;
    matrix c;
    uint64_t state = guest_seed(lane);
    uint64_t hash = 0xCBF29CE484222325u;

    fill(a, &state);
    fill(b, &state);
    for (uint64_t i = argument != 0 ? argument : 1; i != 0; i--) {
        uint64_t place = i % (N * N);

        a[place / N][place % N] = number(&state);
        multiply(c, (const float(*)[N])a, (const float(*)[N])b);
        hash = hash_matrix(hash, (const float(*)[N])c);
    }
    return hash;
}
