/* Decimal text of doubles, of 6 and 17 digits, and what it reads as. */
#include "compiled.h"
#include <string.h>

static double scale(double x, int exponent)
{
    for (; exponent > 0; exponent--)
        x *= 10;
    for (; exponent < 0; exponent++)
        x /= 10;
    return x;
}

/* As %.*e would: digits rounded to nearest, as far as double arithmetic goes. */
static size_t print(char *text, double x, int digits)
{
    size_t at = 0;
    int exponent = 0;
    uint64_t value;
    char reversed[20];

    if (x < 0)
        text[at++] = '-';
    x = __builtin_fabs(x);
    while (x >= 10) {
        x /= 10;
        exponent++;
    }
    while (x < 1) {
        x *= 10;
        exponent--;
    }
    value = (uint64_t)__builtin_rint(scale(x, digits - 1));
    for (int i = 0; i < digits; i++, value /= 10)
        reversed[i] = (char)('0' + value % 10);
    for (int i = digits; i-- > 0;)
        text[at++] = reversed[i];
    text[at++] = 'e';
    text[at++] = exponent < 0 ? '-' : '+';
    exponent = exponent < 0 ? -exponent : exponent;
    text[at++] = (char)('0' + exponent / 10);
    text[at++] = (char)('0' + exponent % 10);
    text[at] = 0;
    return at;
}

static double parse(const char *text, int digits)
{
    int negative = *text == '-';
    double x = 0;
    int exponent;

    text += negative;
    for (int i = 0; i < digits; i++)
        x = x * 10 + (*text++ - '0');
    exponent = (text[2] - '0') * 10 + text[3] - '0';
    x = scale(x, (text[1] == '-' ? -exponent : exponent) - digits + 1);
    return negative ? -x : x;
}

uint64_t test(uint64_t input)
{
    uint64_t state = input;
    uint64_t hash = input;
    char text[40];

    for (int i = 0; i < 12; i++) {
        int digits = i % 2 == 0 ? 6 : 17;
        int power = (int)(next_random(&state) % 80) - 40;
        double x = scale((double)(int64_t)next_random(&state), power);
        size_t size = print(text, x, digits);
        uint64_t bits;

        for (size_t j = 0; j < size; j++)
            hash = hash_word(hash, (unsigned char)text[j]);
        x = parse(text, digits);
        memcpy(&bits, &x, sizeof bits);
        hash = hash_word(hash, bits);
    }
    return hash;
}
