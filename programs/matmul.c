/*
 * The product of two 12 x 12 matrices of random signed words, with 64-bit
 * sums. Returns a hash of the product.
 */
#include "guest.h"

#define N 12

typedef int32_t matrix[N][N];

static void fill(matrix m, uint64_t *state)
{
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            m[i][k] = (int32_t)(uint32_t)(guest_random(state) >> 32) / 16;
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    matrix a;
    matrix b;
    uint64_t state = guest_seed(lane);
    uint64_t hash = 0xCBF29CE484222325u;

    (void)argument;
    fill(a, &state);
    fill(b, &state);
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < N; k++) {
            int64_t sum = 0;

            for (int j = 0; j < N; j++)
                sum += (int64_t)a[i][j] * b[j][k];
            hash = guest_hash(hash, (uint64_t)sum);
        }
    }
    return hash;
}
