/*
 * Big numbers of 32-bit limbs: factorials, Fibonacci numbers, powers, long
 * division and decimal text.
 */
#include "compiled.h"

#define LIMBS 24

struct number { uint32_t limb[LIMBS]; };

static void set(struct number *n, uint32_t value)
{
    for (int i = 0; i < LIMBS; i++)
        n->limb[i] = 0;
    n->limb[0] = value;
}

static void add(struct number *n, const struct number *m)
{
    uint32_t carry = 0;

    for (int i = 0; i < LIMBS; i++) {
        uint32_t s = n->limb[i] + carry;

        carry = s < carry;
        s += m->limb[i];
        carry += s < m->limb[i];
        n->limb[i] = s;
    }
}

static void scale(struct number *n, uint32_t by)
{
    uint64_t carry = 0;

    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)n->limb[i] * by;
        n->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

/* Modulo 2^(32 * LIMBS). */
static struct number multiply(const struct number *a, const struct number *b)
{
    struct number p;

    set(&p, 0);
    for (int i = 0; i < LIMBS; i++) {
        uint64_t carry = 0;

        for (int k = 0; i + k < LIMBS; k++) {
            carry += (uint64_t)a->limb[i] * b->limb[k] + p.limb[i + k];
            p.limb[i + k] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    return p;
}

/* Returns the remainder. */
static uint32_t divide(struct number *n, uint32_t by)
{
    uint64_t rest = 0;

    for (int i = LIMBS; i-- > 0;) {
        rest = rest << 32 | n->limb[i];
        n->limb[i] = (uint32_t)(rest / by);
        rest %= by;
    }
    return (uint32_t)rest;
}

static uint64_t hash_number(uint64_t hash, const struct number *n)
{
    for (int i = 0; i < LIMBS; i++)
        hash = hash_word(hash, n->limb[i]);
    return hash;
}

static uint64_t hash_decimal(uint64_t hash, struct number n)
{
    for (int digits = 0; digits < 8; digits++)
        hash = hash_word(hash, divide(&n, 1000000007 - (uint32_t)digits));
    return hash;
}

uint64_t test(uint64_t input)
{
    struct number a, b, c;
    uint64_t hash = 23;

    set(&a, 1);
    for (uint32_t i = 2; i <= 20 + input; i++)
        scale(&a, i);
    hash = hash_number(hash_decimal(hash, a), &a);
    set(&b, 0);
    set(&c, 1);
    for (uint64_t i = 0; i < 100 + 10 * input; i++) {
        struct number next = b;

        add(&next, &c);
        b = c;
        c = next;
    }
    hash = hash_number(hash, &c);
    c = multiply(&a, &b);
    c = multiply(&c, &c);
    return hash_number(hash_decimal(hash, c), &c);
}
