/*
 * Dense, sparse and nested switches: a byte-code machine run on random code,
 * a number scanner as a state machine, and chains of conditions.
 */
#include "compiled.h"

static uint64_t machine(const uint8_t *code, int length, uint64_t acc)
{
    uint64_t r[4] = {acc, 1, 2, 3};
    int fuel = 400;

    for (int pc = 0; pc < length && fuel > 0; pc++, fuel--) {
        uint64_t *d = &r[code[pc] >> 4 & 3];
        uint64_t s = r[code[pc] >> 6];

        switch (code[pc] & 15) {
        case 0: *d += s; break;
        case 1: *d -= s; break;
        case 2: *d *= s | 1; break;
        case 3: *d ^= s << 7; break;
        case 4: *d = s >> 3; break;
        case 5: *d = ~s; break;
        case 6: *d = *d << (s & 31); break;
        case 7: *d = s != 0 ? *d / s : 77; break;
        case 8: *d = s != 0 ? *d % s : *d; break;
        case 9: if (*d > s) pc += 2; break;
        case 10: if ((int64_t)*d < (int64_t)s) pc++; break;
        case 11: if ((s & 7) == 3 && pc > 5) pc -= 5; break;
        case 12: *d = (uint64_t)(int64_t)(int16_t)s; break;
        case 13: *d = s & *d; /* fall through */
        case 14: *d += 13; break;
        default: *d = (uint64_t)pc; break;
        }
    }
    return r[0] ^ r[1] << 1 ^ r[2] << 2 ^ r[3] << 3;
}

/* Accepts what strtol does and more: sign, 0x, 0b, digits, exponent. */
static int64_t scan(const char *s)
{
    enum { START, SIGN, ZERO, DECIMAL, HEX, BINARY, DONE } state = START;
    int64_t value = 0;
    int is_negative = 0;

    for (; state != DONE; s++) {
        switch (state) {
        case START:
            switch (*s) {
            case ' ': case '\t': break;
            case '-': is_negative = 1; state = SIGN; break;
            case '+': state = SIGN; break;
            default: s--; state = SIGN; break;
            }
            break;
        case SIGN:
            state = *s == '0' ? ZERO : *s >= '1' && *s <= '9' ? DECIMAL : DONE;
            s -= state == DECIMAL;
            break;
        case ZERO:
            state = *s == 'x' ? HEX : *s == 'b' ? BINARY : DONE;
            break;
        case DECIMAL:
            if (*s >= '0' && *s <= '9') value = value * 10 + (*s - '0');
            else state = DONE;
            break;
        case HEX:
            if (*s >= '0' && *s <= '9') value = value * 16 + (*s - '0');
            else if (*s >= 'a' && *s <= 'f') value = value * 16 + (*s - 'a') + 10;
            else state = DONE;
            break;
        case BINARY:
            if (*s == '0' || *s == '1') value = value * 2 + (*s - '0');
            else state = DONE;
            break;
        default:
            break;
        }
    }
    return is_negative ? -value : value;
}

static unsigned sparse(uint32_t x)
{
    switch (x % 1000) {
    case 3: return 1;
    case 17: case 18: case 19: return 2;
    case 250: return 3;
    case 251: return 4;
    case 500: case 600: case 700: return 5;
    case 999: return 6;
    default: return x % 1000 < 400 ? 7 : 8;
    }
}

uint64_t test(uint64_t input)
{
    static const char *const numbers[] = {
        "0", "-17", "+123456789", "0x1fff", "  -0b1011", "12a", "x", "-0xdeadbeef",
    };
    uint8_t code[96];
    uint64_t state = input;
    uint64_t hash = 3;

    for (int i = 0; i < 12; i++) {
        for (unsigned k = 0; k < sizeof code; k++)
            code[k] = (uint8_t)(next_random(&state) >> 17);
        hash = hash_word(hash, machine(code, sizeof code, hash));
        hash = hash_word(hash, (uint64_t)scan(numbers[(input + (uint64_t)i) % 8]));
        for (uint32_t k = 0; k < 40; k++)
            hash = hash_word(hash, sparse((uint32_t)(k * 25 + input)));
    }
    return hash;
}
