/* A small mathematical library: exponential, logarithm, power, sine, root. */
#include "compiled.h"
#include <string.h>

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double of_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static double exponential(double x)
{
    double n = __builtin_floor(x * 1.4426950408889634 + 0.5);
    double r = x - n * 0.6931471803691238 - n * 1.9082149292705877e-10;
    double sum = 1;

    for (int i = 20; i > 0; i--)
        sum = 1 + sum * r / i;
    return sum * of_bits((uint64_t)(1023 + (int64_t)n) << 52);
}

static double logarithm(double x)
{
    int64_t exponent = (int64_t)(bits_of(x) >> 52) - 1023;
    double m = of_bits((bits_of(x) & 0xFFFFFFFFFFFFFu) | 0x3FFull << 52);
    double z = (m - 1) / (m + 1);
    double sum = 0;

    for (int i = 41; i > 0; i -= 2)
        sum = sum * z * z + 1.0 / i;
    return 2 * z * sum + (double)exponent * 0.6931471805599453;
}

static double sine(double x)
{
    double n = __builtin_rint(x * 0.3183098861837907);
    double r = __builtin_fma(n, -3.141592653589793, x);
    double sum = 0;

    for (int i = 21; i > 0; i -= 2)
        sum = 1 - sum * r * r / ((i + 1) * (i + 2));
    return ((int64_t)n & 1) != 0 ? -sum * r : sum * r;
}

uint64_t test(uint64_t input)
{
    uint64_t state = input;
    uint64_t hash = input;

    for (int i = 0; i < 12; i++) {
        double x = (double)(next_random(&state) >> 11) * 0x1p-50 + 1e-3;
        double y = (double)(int64_t)next_random(&state) * 0x1p-60;

        hash = hash_word(hash, bits_of(exponential(y)));
        hash = hash_word(hash, bits_of(logarithm(x)));
        hash = hash_word(hash, bits_of(exponential(y * logarithm(x))));
        hash = hash_word(hash, bits_of(sine(y * 7)));
        hash = hash_word(hash, bits_of(__builtin_sqrt(x)));
        hash = hash_word(hash, bits_of(of_bits(next_random(&state)) * x));
    }
    return hash;
}
