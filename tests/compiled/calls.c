/*
 * Calls: deep and mutual recursion, function pointers in tables, arguments
 * that go on the stack, narrow arguments and results, callbacks with state.
 */
#include "compiled.h"

typedef uint64_t (*binary)(uint64_t, uint64_t);

static uint64_t add(uint64_t a, uint64_t b) { return a + b; }
static uint64_t subtract(uint64_t a, uint64_t b) { return a - b; }
static uint64_t scale(uint64_t a, uint64_t b) { return a * (b | 1); }
static uint64_t divide(uint64_t a, uint64_t b) { return b != 0 ? a / b : a; }
static uint64_t blend(uint64_t a, uint64_t b) { return (a & 0xF0F0) | (b & ~0xF0F0ull); }

static const binary table[] = {add, subtract, scale, divide, blend};

__attribute__((noinline)) static uint32_t ackermann(uint32_t m, uint32_t n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static int is_odd(unsigned n);
__attribute__((noinline)) static int is_even(unsigned n)
{
    return n == 0 ? 1 : is_odd(n - 1);
}
__attribute__((noinline)) static int is_odd(unsigned n)
{
    return n == 0 ? 0 : is_even(n - 1);
}

__attribute__((noinline)) static uint64_t
many(uint8_t a, int16_t b, uint32_t c, int64_t d, int8_t e, uint16_t f, int32_t g,
     uint64_t h, uint8_t i, int16_t j, uint32_t k, int64_t l, const uint64_t *m)
{
    return a + (uint64_t)b * 3 + c * 5ull + (uint64_t)d * 7 + (uint64_t)e * 11 +
           f * 13ull + (uint64_t)g * 17 + h * 19 + i * 23ull + (uint64_t)j * 29 +
           k * 31ull + (uint64_t)l * 37 + *m;
}

__attribute__((noinline)) static int8_t narrow(int32_t x) { return (int8_t)(x * 3); }

struct visitor {
    uint64_t (*visit)(struct visitor *self, unsigned from, unsigned to);
    uint64_t moves;
};

static uint64_t count_move(struct visitor *self, unsigned from, unsigned to)
{
    self->moves++;
    return from * 5 + to;
}

static uint64_t hanoi(unsigned n, unsigned from, unsigned to, struct visitor *v)
{
    unsigned other = 3 - from - to;
    uint64_t sum;

    if (n == 0)
        return 0;
    sum = hanoi(n - 1, from, other, v) * 3;
    sum += v->visit(v, from, to);
    return sum + hanoi(n - 1, other, to, v);
}

uint64_t test(uint64_t input)
{
    struct visitor v = {count_move, 0};
    uint64_t state = input;
    uint64_t hash = 5;

    for (int i = 0; i < 60; i++) {
        uint64_t r = next_random(&state);

        hash = hash_word(hash, table[r % 5](hash, r));
        hash = hash_word(hash, many((uint8_t)r, (int16_t)r, (uint32_t)r, (int64_t)r,
                                    (int8_t)(r >> 3), (uint16_t)(r >> 5),
                                    (int32_t)(r >> 7), r >> 9, (uint8_t)(r >> 11),
                                    (int16_t)(r >> 13), (uint32_t)(r >> 15),
                                    (int64_t)(r >> 17), &state));
        hash = hash_word(hash, (uint64_t)narrow((int32_t)(r & 0xFFFFF)));
    }
    hash = hash_word(hash, ackermann(2, (uint32_t)(input % 9)));
    hash = hash_word(hash, (uint64_t)is_even((unsigned)input * 3));
    hash = hash_word(hash, hanoi(4 + input % 4, 0, 2, &v));
    return hash_word(hash, v.moves);
}
