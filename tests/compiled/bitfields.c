/*
 * Bit-fields, signed and unsigned and of odd widths, packed structures with
 * unaligned members, structures passed and returned by value in registers, on
 * the stack and by reference.
 */
#include "compiled.h"

struct header {
    unsigned version : 3;
    unsigned kind : 5;
    signed int delta : 11;
    unsigned length : 13;
    uint64_t wide : 37;
    int64_t offset : 27;
};

struct __attribute__((packed)) record {
    uint8_t tag;
    uint32_t word;
    int16_t half;
    uint64_t value;
    uint8_t end;
};

struct pair { int64_t a, b; };
struct small { uint8_t a; uint16_t b; int8_t c; };
struct large { uint64_t v[6]; };

static struct header fill(uint64_t r)
{
    struct header h;

    h.version = r & 7;
    h.kind = r >> 3 & 31;
    h.delta = (int)(r >> 8 & 0x3FF) - 512;
    h.length = r >> 19 & 0x1FFF;
    h.wide = r >> 20 & 0x1FFFFFFFFF;
    h.offset = (int64_t)(r >> 40 & 0x3FFFFF) - 0x200000;
    return h;
}

static uint64_t read_header(struct header h)
{
    h.length = (h.length + h.version) & 0x1FFF;
    h.kind ^= 21;
    h.wide = (h.wide * 5) & 0x1FFFFFFFFF;
    return h.version + ((uint64_t)h.kind << 8) + (uint64_t)(h.delta * 3) +
           h.length + h.wide + (uint64_t)h.offset;
}

static struct pair swap(struct pair p, struct small s)
{
    struct pair q = {p.b + s.c, p.a - s.b};

    return q;
}

static struct large rotate(struct large l, int by)
{
    struct large m;

    for (int i = 0; i < 6; i++)
        m.v[i] = l.v[(i + by) % 6] + (uint64_t)i;
    return m;
}

static uint64_t packed(uint64_t hash, uint64_t r)
{
    struct record records[3] = {{0, 0, 0, 0, 0}};

    for (int i = 0; i < 3; i++) {
        records[i].tag = (uint8_t)(r + (uint64_t)i);
        records[i].word = (uint32_t)(r >> 9) * 3;
        records[i].half = (int16_t)(r >> i);
        records[i].value = r * (uint64_t)(i + 11);
        records[i].end = (uint8_t)~r;
    }
    records[1] = records[2];
    for (int i = 0; i < 3; i++)
        hash = hash_word(hash, records[i].tag + records[i].word +
                         (uint64_t)records[i].half + records[i].value + records[i].end);
    return hash_word(hash, sizeof records);
}

uint64_t test(uint64_t input)
{
    uint64_t state = input ^ 0xB17F1E1D;
    uint64_t hash = 1;

    for (int i = 0; i < 30; i++) {
        uint64_t r = next_random(&state);
        struct pair p = {(int64_t)(r >> 3), (int64_t)(r >> 5)};
        struct small s = {(uint8_t)r, (uint16_t)(r >> 4), (int8_t)(r >> 6)};
        struct large l = {{r, ~r, r >> 1, r >> 2, r * 3, input}};

        hash = hash_word(hash, read_header(fill(r)));
        p = swap(swap(p, s), s);
        hash = hash_word(hash, (uint64_t)p.a ^ (uint64_t)p.b << 1);
        l = rotate(rotate(l, i % 6), 2);
        hash = hash_word(hash, l.v[0] + 3 * l.v[3] + 5 * l.v[5]);
        hash = packed(hash, r);
    }
    return hash;
}
