/* Random numbers, and states of them, with more edges than chance has. */
#include "cli/check/check.h"

#include <string.h>

/* splitmix64 */
uint64_t ag_check_next(ag_check_random *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t ag_check_below(ag_check_random *r, uint64_t n)
{
    return ag_check_next(r) % n;
}

uint64_t ag_check_value(ag_check_random *r)
{
    uint64_t choice = ag_check_next(r);
    uint64_t edge = UINT64_C(1) << (choice >> 8 & 63);

    switch (choice & 15) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return edge;
    case 3:
        return edge - 1;
    case 4:
        return ~edge;
    case 5: /* the edges of int32 and int64 */
        return UINT64_C(0x7fffffff) + (choice >> 8 & 1);
    case 6:
        return UINT64_C(0x7fffffffffffffff) + (choice >> 8 & 1);
    case 7:
        return choice >> 8 & 0xff;
    case 8:
        return 0 - (choice >> 8 & 0xff);
    case 9:
        return (uint32_t)ag_check_next(r);
    case 10: /* zeros at either end */
    case 11:
        return ag_check_next(r) << (choice >> 8 & 63);
    case 12:
        return ag_check_next(r) >> (choice >> 8 & 63);
    default:
        return ag_check_next(r);
    }
}

/* A number of that many bits of exponent and fraction, often a special one. */
static uint64_t random_real(ag_check_random *r, uint32_t exponent,
                            uint32_t fraction)
{
    uint64_t bits = ag_check_next(r), ones = (UINT64_C(1) << fraction) - 1;
    uint64_t most = (UINT64_C(1) << exponent) - 1, e = most / 2;

    switch (bits >> 60 & 7) {
    case 0:
        e = 0;
        break;
    case 1:
        e = most;
        break;
    case 2:
        e = bits >> 40 & most;
        break;
    case 3: /* where integers end */
        e = (e + (bits >> 40 & 63)) & most;
        break;
    default:
        e += (bits >> 40 & 7) - 4;
        break;
    }
    bits = bits & 1 ? ag_check_next(r) & ones
           : bits & 2 ? UINT64_C(1) << (bits >> 8) % fraction
           : bits & 4 ? ones : 0;
    return (ag_check_next(r) & 1) << (exponent + fraction) | e << fraction |
           bits;
}

void ag_check_random_vectors(armgpu_state *s, ag_check_random *r)
{
    for (int i = 0; i < 64; i++) {
        uint64_t *v = &s->v[i / 2][i % 2];
        uint64_t kind = ag_check_below(r, 6);

        *v = kind < 2   ? random_real(r, 11, 52)
             : kind < 4 ? random_real(r, 8, 23) | random_real(r, 8, 23) << 32
             : kind < 5 ? random_real(r, 5, 10) | random_real(r, 5, 10) << 16 |
                              random_real(r, 5, 10) << 32 |
                              random_real(r, 5, 10) << 48
                        : ag_check_value(r);
    }
}

void ag_check_random_state(armgpu_state *s, ag_check_random *r)
{
    uint64_t bits = ag_check_next(r);

    for (int i = 0; i < 31; i++)
        s->x[i] = ag_check_value(r);
    s->sp = ag_check_value(r);
    s->nzcv = (bits & 15) << 28;
    s->tpidr = ag_check_value(r);
    s->fpcr = bits >> 8 & ARMGPU_FPCR_BITS;
    s->fpsr = bits >> 32 & ARMGPU_FPSR_BITS;
    s->cycles = ag_check_next(r) >> (2 + (bits >> 4 & 63) % 60);
}
