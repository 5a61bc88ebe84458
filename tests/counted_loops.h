/*
 * Loops for tests of translated code (translated.h first) that go round as
 * often as can be told from their code (src/translate/counted.c), and such that
 * look alike and do not: what counts is a lane's own, or is changed by what a
 * lane has; another way leads to the loop; there is an access in it; they are
 * too long. Half of the lanes begin inside the loop.
 */
#ifndef COUNTED_LOOPS_H
#define COUNTED_LOOPS_H

#include "translated.h"

enum counted_kind {
    COUNTED_DOWN,
    COUNTED_TO_ZERO,
    COUNTED_UP,
    COUNTED_BITS,
    COUNTED_CARRY,
    COUNTED_ONCE,
    COUNTED_KINDS,
    NOT_BY_LANE = COUNTED_KINDS,
    NOT_CHANGED_BY_LANE,
    NOT_ALONE,
    NOT_WITH_ACCESS,
    NOT_SHORT,
    ALL_LOOP_KINDS
};

static void put_word(struct diff_case *c, uint32_t word)
{
    c->code[c->length++] = word;
}

/* A branch of 19 bits at the end to a word before it. */
static void put_back(struct diff_case *c, uint32_t word, unsigned head)
{
    put_word(c, diff_with_bits(word, 5, 19, head - c->length));
}

/* Of X2 to X4 and W2 to W4, and flags. */
static void put_random_alu(struct diff_case *c, unsigned n,
                           struct random_source *r)
{
    static const uint32_t words[] = {
        0x8b030042, /* add x2, x2, x3 */
        0x0b840463, /* add w3, w3, w4, asr #1 */
        0x4ac20c84, /* eor w4, w4, w2, ror #3 */
        0x53057c42, /* lsr w2, w2, #5 */
        0x13836844, /* extr w4, w2, w3, #26 */
        0x9b037c42, /* mul x2, x2, x3 */
        0x9a841063, /* csel x3, x3, x4, ne */
        0x1ac32c42, /* ror w2, w2, w3 */
        0x33047044, /* bfxil w4, w2, #4, #25 */
        0xba020063, /* adcs x3, x3, x2 */
        0x131f7c63, /* asr w3, w3, #31 */
    };
    for (unsigned i = 0; i < n; i++)
        put_word(c, words[random_below(r, LENGTH(words))]);
}

/* The end of a loop of X5. */
static void put_loop_end(struct diff_case *c, enum counted_kind kind,
                         unsigned head)
{
    switch (kind) {
    case COUNTED_TO_ZERO:
        put_word(c, 0xd10004a5);       /* sub x5, x5, #1 */
        put_back(c, 0xb5000005, head); /* cbnz x5 */
        return;
    case COUNTED_UP:
        put_word(c, 0x91000ca5);       /* add x5, x5, #3 */
        put_word(c, 0xf1007cbf);       /* cmp x5, #31 */
        put_back(c, 0x5400000b, head); /* b.lt */
        return;
    case COUNTED_BITS:
        put_word(c, 0xd341fca5); /* lsr x5, x5, #1 */
        put_word(c, diff_with_bits(0x37000005, 5, 14, head - c->length));
        return; /* tbnz x5, #0 */
    case COUNTED_CARRY:
        put_word(c, 0x2b0500a5);       /* adds w5, w5, w5 */
        put_back(c, 0x54000003, head); /* b.lo: no carry */
        return;
    case NOT_CHANGED_BY_LANE:
        put_word(c, 0xcb0600a5);       /* sub x5, x5, x6 */
        put_back(c, 0xb5000005, head); /* cbnz x5 */
        return;
    default:
        put_word(c, 0x710004a5);       /* subs w5, w5, #1 */
        put_back(c, 0x54000001, head); /* b.ne */
        return;
    }
}

/* X5 as the loop begins. */
static uint32_t first_count(enum counted_kind kind, struct random_source *r)
{
    const uint32_t some = 1 + (uint32_t)random_below(r, 9);
    const uint32_t count = kind == COUNTED_UP      ? some * 3
                           : kind == COUNTED_BITS  ? (2u << some) - 1
                           : kind == COUNTED_CARRY ? 0x8000u >> some
                           : kind == COUNTED_ONCE  ? 1
                           : kind == NOT_SHORT     ? 97
                                                   : some;
    return kind == NOT_BY_LANE
               ? 0x910004c5u /* add x5, x6, #1 */
               : diff_with_bits(kind == COUNTED_CARRY
                                    ? 0xd2a00005u  /* mov x5, #..., lsl #16 */
                                    : 0xd2800005u, /* mov x5, #... */
                                5, 16, count);
}

static void begin_lanes(struct diff_case *c, unsigned head,
                        struct random_source *r)
{
    for (uint64_t lane = 0; lane < LANES; lane++) {
        armgpu_state *s = &c->start[lane];
        for (unsigned i = 0; i < 31; i++)
            s->x[i] = random_next(r);
        s->size = sizeof *s;
        s->pc = CODE + 4 * (uint64_t)(lane % 2 == 0 ? 0 : head);
        s->sp = 0x1000;
        s->x[1] = 1 + lane % 3; /* turns of the loop around it */
        s->x[5] = 1 + lane;
        s->x[6] = 1;
        s->nzcv = (uint32_t)random_below(r, 16) << 28;
    }
}

/* A loop inside a loop of X1 turns. */
static void make_counted(struct diff_case *c, unsigned number,
                         struct random_source *r)
{
    const enum counted_kind kind =
        (enum counted_kind)(number % (unsigned)ALL_LOOP_KINDS);
    memset(c, 0, sizeof *c);
    put_random_alu(c, 1, r);
    const unsigned outer = c->length;
    put_random_alu(c, (unsigned)random_below(r, 3), r);
    const unsigned way = c->length;
    if (kind == NOT_ALONE)
        put_word(c, 0);
    put_word(c, first_count(kind, r));
    put_random_alu(c, (unsigned)random_below(r, 3), r);
    const unsigned head = c->length;
    if (kind == NOT_ALONE) /* tbz x1, #1, head */
        c->code[way] = diff_with_bits(0x36080001, 5, 14, head - way);
    put_random_alu(c, (unsigned)random_below(r, 6), r);
    if (kind == NOT_WITH_ACCESS)
        put_word(c, 0xf94003e4); /* ldr x4, [sp] */
    put_loop_end(c, kind, head);
    put_random_alu(c, (unsigned)random_below(r, 3), r);
    put_word(c, 0xf1000421); /* subs x1, x1, #1 */
    put_back(c, 0x54000001, outer);
    put_random_alu(c, (unsigned)random_below(r, 20), r);
    c->code[c->length] = HLT;
    begin_lanes(c, head, r);
}

/* Loops of which the number of turns was told. */
static uint64_t count_counted(const struct ag_region *r)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < r->num_blocks; i++)
        n += r->blocks[i].times > 1;
    return n;
}

#endif
