/*
 * The product of two 16 x 16 matrices in single precision, by a loop that
 * compilers turn into vectors. One number of the first matrix changes with each
 * repetition. Returns a hash of the products.
 */
#include "guest.h"

#include "exact.h"

#define N 16

typedef union matrix {
    float at[N][N];
    uint32_t words[N][N];
} matrix;

/* From -1 up to 1, 24 bits. */
static float number(uint64_t *state)
{
    int32_t n = (int32_t)(guest_random(state) >> 40) - (1 << 23);

    return (float)n * 0x1p-23f;
}

static void fill(matrix *m, uint64_t *state)
{
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            m->at[i][k] = number(state);
}

static void multiply(matrix *restrict c, const matrix *a, const matrix *b)
{
    for (int i = 0; i < N; i++) {
        float row[N] = {0};

        for (int j = 0; j < N; j++)
            for (int k = 0; k < N; k++)
                row[k] = FUSED_FLOAT(a->at[i][j], b->at[j][k], row[k]);
        for (int k = 0; k < N; k++)
            c->at[i][k] = row[k];
    }
}

/* A hash of each column; vectors, if it is a function of its own. */
static __attribute__((noinline)) void add_to(uint32_t *restrict hashes,
                                             const matrix *restrict m)
{
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            hashes[k] = hashes[k] * 31 + m->words[i][k];
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    matrix a;
    matrix b;
    matrix c;
    uint32_t hashes[N] = {0};
    uint64_t hash = 0xCBF29CE484222325u;
    uint64_t state = guest_seed(lane);

    fill(&a, &state);
    fill(&b, &state);
    for (uint64_t i = argument != 0 ? argument : 1; i != 0; i--) {
        uint64_t place = i % (N * N);

        a.at[place / N][place % N] = number(&state);
        multiply(&c, &a, &b);
        add_to(hashes, &c);
    }
    for (int k = 0; k < N; k += 2)
        hash = guest_hash(hash, (uint64_t)hashes[k] << 32 | hashes[k + 1]);
    return hash;
}
