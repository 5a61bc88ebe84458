/* Matrices of float, a Fourier transform of complex double, and bodies. */
#include "compiled.h"
#include <complex.h>
#include <string.h>

static uint64_t hash_bytes(uint64_t hash, const void *from, size_t size)
{
    const unsigned char *bytes = from;

    for (size_t i = 0; i < size; i += 8) {
        uint64_t word;

        memcpy(&word, bytes + i, 8);
        hash = hash_word(hash, word);
    }
    return hash;
}

static double next_double(uint64_t *state)
{
    return (double)(int64_t)next_random(state) * 0x1p-60;
}

static uint64_t multiply(uint64_t hash, uint64_t *state)
{
    float a[12][12], b[12][12], c[12][12] = {{0}};

    for (int i = 0; i < 144; i++) {
        a[i / 12][i % 12] = (float)next_double(state);
        b[i / 12][i % 12] = (float)next_double(state);
    }
    for (int i = 0; i < 12; i++)
        for (int k = 0; k < 12; k++)
            for (int j = 0; j < 12; j++)
                c[i][j] += a[i][k] * b[k][j];
    return hash_bytes(hash, c, sizeof c);
}

static uint64_t transform(uint64_t hash, uint64_t *state)
{
    double complex x[16], y[16];

    for (int i = 0; i < 16; i++)
        x[i] = next_double(state) + next_double(state) * I;
    for (int half = 1; half < 16; half *= 2) {
        double complex root = half == 1 ? -1 : half == 2 ? -I :
            half == 4 ? 0.7071067811865476 - 0.7071067811865476 * I :
            0.9238795325112867 - 0.3826834323650898 * I;
        double complex w = 1;

        for (int k = 0; k < half; k++) {
            for (int i = k; i < 16; i += 2 * half) {
                y[i] = x[i] + x[i + half];
                y[i + half] = (x[i] - x[i + half]) * w;
            }
            w *= root;
        }
        memcpy(x, y, sizeof x);
    }
    return hash_bytes(hash, x, sizeof x);
}

static uint64_t move(uint64_t hash, uint64_t *state)
{
    double at[5][3], speed[5][3] = {{0}};

    for (int i = 0; i < 15; i++)
        at[i / 3][i % 3] = next_double(state);
    for (int step = 0; step < 4; step++) {
        for (int i = 0; i < 5; i++)
            for (int j = 0; j < 5; j++) {
                double d[3], square = 0.01;

                for (int k = 0; k < 3; k++) {
                    d[k] = at[j][k] - at[i][k];
                    square += d[k] * d[k];
                }
                for (int k = 0; k < 3; k++)
                    speed[i][k] += d[k] * 0.01 /
                        (square * __builtin_sqrt(square));
            }
        for (int i = 0; i < 15; i++)
            at[i / 3][i % 3] += speed[i / 3][i % 3] * 0.01;
    }
    return hash_bytes(hash_bytes(hash, at, sizeof at), speed, 120);
}

uint64_t test(uint64_t input)
{
    uint64_t state = input;
    uint64_t hash = multiply(input, &state);

    return move(transform(hash, &state), &state);
}
