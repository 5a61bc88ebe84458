/*
 * Addition, subtraction, multiplication, division and remainder in all widths,
 * signed and unsigned, on edge values; overflow checks; division by constants.
 */
#include "compiled.h"

#define WIDTHS(X) \
    X(8, int8_t, uint8_t) X(16, int16_t, uint16_t) \
    X(32, int32_t, uint32_t) X(64, int64_t, uint64_t)

/* Signed results come from unsigned arithmetic, which may wrap. */
#define DEFINE(bits, type, unsigned_type) \
    static uint64_t mix_##bits(uint64_t hash, uint64_t left, uint64_t right) \
    { \
        unsigned_type ua = (unsigned_type)left; \
        unsigned_type ub = (unsigned_type)right; \
        type a = (type)ua; \
        type b = (type)ub; \
        int would_trap = b == 0 || (a == INT##bits##_MIN && b == -1); \
        type sum; \
        hash = hash_word(hash, (unsigned_type)(ua + ub)); \
        hash = hash_word(hash, (unsigned_type)(ua - ub)); \
        hash = hash_word(hash, (unsigned_type)((uint64_t)ua * ub)); \
        hash = hash_word(hash, ub != 0 ? (uint64_t)(ua / ub) : ua); \
        hash = hash_word(hash, ub != 0 ? (uint64_t)(ua % ub) : ub); \
        hash = hash_word(hash, would_trap ? 7 : (uint64_t)(a / b)); \
        hash = hash_word(hash, would_trap ? 9 : (uint64_t)(a % b)); \
        hash = hash_word(hash, (uint64_t)(a / 7) + (uint64_t)(a % 10)); \
        hash = hash_word(hash, (uint64_t)(ua / 7u) + ua % 10u); \
        hash = hash_word(hash, (uint64_t)(a / 8) + (uint64_t)(a % 16)); \
        hash = hash_word(hash, (uint64_t)((a < b) * 8 + (a <= b) * 4 + \
                                          (ua < ub) * 2 + (ua == ub))); \
        hash = hash_word(hash, __builtin_add_overflow(a, b, &sum)); \
        hash = hash_word(hash, (uint64_t)sum); \
        hash = hash_word(hash, __builtin_sub_overflow(a, b, &sum)); \
        hash = hash_word(hash, __builtin_mul_overflow(a, b, &sum)); \
        return hash_word(hash, (uint64_t)sum); \
    }
WIDTHS(DEFINE)

uint64_t test(uint64_t input)
{
    uint64_t state = input;
    uint64_t hash = input;

    for (int i = 0; i < 40; i++) {
        uint64_t a = edge_value(&state);
        uint64_t b = edge_value(&state);

#define MIX(bits, type, unsigned_type) hash = mix_##bits(hash, a, b);
        WIDTHS(MIX)
    }
    return hash;
}
