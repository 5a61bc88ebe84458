/* Filters of 8- and 16-bit pixels, for the vectoriser. */
#include "compiled.h"

enum { SIZE = 80 };

uint64_t test(uint64_t input)
{
    uint8_t in[SIZE + 2], out[SIZE], low = 255, high = 0;
    int16_t wide[SIZE];
    uint64_t state = input;
    uint64_t hash = input;
    int32_t sum = 0;

    for (int i = 0; i < SIZE + 2; i++)
        in[i] = (uint8_t)next_random(&state);
    for (int i = 0; i < SIZE; i++)
        out[i] = (uint8_t)((in[i] + 2 * in[i + 1] + in[i + 2] + 2) >> 2);
    for (int i = 0; i < SIZE; i++)
        wide[i] = (int16_t)(5 * in[i + 1] - 3 * in[i] - 2 * in[i + 2]);
    for (int i = 0; i < SIZE; i++) {
        int v = out[i] + wide[i] / 2;

        out[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
    for (int i = 0; i < SIZE; i++) {
        low = out[i] < low ? out[i] : low;
        high = out[i] > high ? out[i] : high;
        sum += wide[i] * (int16_t)(in[i] - 128);
    }
    for (int i = 0; i < SIZE; i++)
        sum += out[i] > in[i] ? out[i] - in[i] : in[i] - out[i];
    for (int i = 0; i < SIZE / 2; i++)
        out[i] = (uint8_t)((out[2 * i] + out[2 * i + 1] + 1) / 2);
    for (int i = 0; i < SIZE; i++)
        hash = hash_word(hash, out[i] * 65536u + (uint16_t)wide[i]);
    hash = hash_word(hash, (uint64_t)low << 8 | high);
    return hash_word(hash, (uint64_t)(int64_t)sum);
}
