/*
 * Subjects on small programs: loops, recursion with a stack, division, lanes
 * that give up their turns; many lanes at once.
 */
#include "cli/check/check.h"

#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])

/* -- Programs without races ------------------------------------------------ */

static const uint32_t count[] = {
    0xf1000421, /* loop: subs x1, x1, #1 */
    0x54ffffe1, /* b.ne loop */
    0xd4400000, /* hlt #0 */
};

static const uint32_t collatz[] = {
    0xf100043f, /* step: cmp x1, #1 */
    0x54000100, /* b.eq done */
    0x91000400, /* add x0, x0, #1 */
    0x37000061, /* tbnz x1, #0, odd */
    0xd341fc21, /* lsr x1, x1, #1 */
    0x17fffffb, /* b step */
    0x8b010421, /* odd: add x1, x1, x1, lsl #1 */
    0x91000421, /* add x1, x1, #1 */
    0x17fffff8, /* b step */
    0xd4400000, /* done: hlt #0 */
};

static const uint32_t divide[] = {
    0x9ac20824, /* digit: udiv x4, x1, x2 */
    0x9b028485, /* msub x5, x4, x2, x1 */
    0x9ac54c00, /* crc32x w0, w0, x5 */
    0x9b437c26, /* smulh x6, x1, x3 */
    0xab060063, /* adds x3, x3, x6 */
    0x9a1f0000, /* adc x0, x0, xzr */
    0xda864063, /* csinv x3, x3, x6, mi */
    0xdac01066, /* clz x6, x3 */
    0x9ac62c63, /* ror x3, x3, x6 */
    0xaa0403e1, /* mov x1, x4 */
    0xb5fffec1, /* cbnz x1, digit */
    0xd4400000, /* hlt #0 */
};

static const uint32_t mixed[] = {
    0xd14007e2, /* sub x2, sp, #4096 */
    0xd2800000, /* mov x0, #0 */
    0xca033463, /* again: eor x3, x3, x3, lsl #13 */
    0xca431c63, /* eor x3, x3, x3, lsr #7 */
    0xca034463, /* eor x3, x3, x3, lsl #17 */
    0x927d2064, /* and x4, x3, #0xff8 */
    0xf8646845, /* ldr x5, [x2, x4] */
    0x8b0300a5, /* add x5, x5, x3 */
    0xf8246845, /* str x5, [x2, x4] */
    0x8b050000, /* add x0, x0, x5 */
    0xf1000421, /* subs x1, x1, #1 */
    0x54fffee1, /* b.ne again */
    0xd4400000, /* hlt #0 */
};

static const uint32_t fibonacci[] = {
    0xaa0103e0, /* mov x0, x1 */
    0x94000002, /* bl fib */
    0xd4400000, /* hlt #0 */
    0xf100081f, /* fib: cmp x0, #2 */
    0x540001c3, /* b.lo back */
    0xa9be7bfd, /* stp x29, x30, [sp, #-32]! */
    0x910003fd, /* mov x29, sp */
    0xf9000bf3, /* str x19, [sp, #16] */
    0xaa0003f3, /* mov x19, x0 */
    0xd1000660, /* sub x0, x19, #1 */
    0x97fffff9, /* bl fib */
    0xd1000a61, /* sub x1, x19, #2 */
    0xaa0003f3, /* mov x19, x0 */
    0xaa0103e0, /* mov x0, x1 */
    0x97fffff5, /* bl fib */
    0x8b130000, /* add x0, x0, x19 */
    0xf9400bf3, /* ldr x19, [sp, #16] */
    0xa8c27bfd, /* ldp x29, x30, [sp], #32 */
    0xd65f03c0, /* back: ret */
};

static const uint32_t turns[] = {
    0xd503203f, /* more: yield */
    0xd5033bbf, /* dmb ish */
    0x8b010000, /* add x0, x0, x1 */
    0xd503209f, /* sev */
    0xd503205f, /* wfe */
    0xcac01c00, /* eor x0, x0, x0, ror #7 */
    0xd5033f9f, /* dsb sy */
    0xd5033fdf, /* isb */
    0x36000061, /* tbz x1, #0, even */
    0xd503203f, /* yield */
    0xd503207f, /* wfi */
    0xf1000421, /* even: subs x1, x1, #1 */
    0x54fffe81, /* b.ne more */
    0xd44000e0, /* hlt #7 */
};

/* X1 starts at 1 + a random number below `x1`. */
static const struct program {
    const uint32_t *words;
    size_t count;
    uint64_t x1;
} programs[] = {
    {count, LENGTH(count), 3000},      {collatz, LENGTH(collatz), 1000},
    {divide, LENGTH(divide), 1 << 30}, {mixed, LENGTH(mixed), 300},
    {fibonacci, LENGTH(fibonacci), 9}, {turns, LENGTH(turns), 20},
};

/* The first of them use registers alone. */
#define WITHOUT_MEMORY 3
#define PLACE_BYTES 128

static void place_programs(ag_check_rig *rig)
{
    for (size_t i = 0; i < LENGTH(programs); i++)
        ag_check_put_words(rig, i * PLACE_BYTES, programs[i].words,
                           programs[i].count);
}

static void start_program(ag_check_rig *rig, uint64_t lane, uint64_t which,
                          ag_check_random *r)
{
    armgpu_state *s = &rig->start[lane];

    ag_check_random_state(s, r);
    s->x[1] = 1 + ag_check_below(r, programs[which].x1);
    s->x[2] = 3 + ag_check_below(r, 100);
    s->x[3] = ag_check_next(r) | 1;
    s->sp = ag_check_high(rig, lane);
    s->pc = which * PLACE_BYTES;
}

/* More than any of them executes: a backend that goes astray comes back. */
#define LIMIT 100000

/* Each program by itself, then neighbours with different ones. */
void ag_check_round_programs(ag_check *c, uint64_t round, ag_check_random *r)
{
    uint64_t kinds = LENGTH(programs) + 1;
    /* What is compiled first has all of them. */
    uint64_t which =
        ag_check_is_translated(c) ? kinds - 1 - round % kinds : round % kinds;
    ag_check_rig *rig = ag_check_rig_of(c, round / kinds);

    if (rig == NULL)
        return;
    ag_check_random_data(rig, r);
    place_programs(rig);
    if (!ag_check_load(rig))
        return;
    for (uint64_t lane = 0; lane < rig->lanes; lane++)
        start_program(
            rig, lane,
            which < LENGTH(programs) ? which : lane % LENGTH(programs), r);
    (void)(ag_check_start(rig) && ag_check_execute(rig, LIMIT) &&
           ag_check_compare(rig));
}

#define MANY 20000
#define FEWER 3000

void ag_check_round_many(ag_check *c, uint64_t round, ag_check_random *r)
{
    ag_check_rig *rig =
        ag_check_rig_take(c, ag_check_mode_of(c, 1), c->is_quick ? FEWER : MANY,
                          AG_CHECK_CODE + AG_CHECK_WINDOW);

    if (rig == NULL)
        return;
    ag_check_random_data(rig, r);
    place_programs(rig);
    if (!ag_check_load(rig))
        return;
    for (uint64_t lane = 0; lane < rig->lanes; lane++)
        start_program(rig, lane, (lane / 32 * round + lane) % WITHOUT_MEMORY,
                      r);
    /* The second call finds lanes at very different places. */
    (void)(ag_check_start(rig) && ag_check_execute(rig, 100) &&
           ag_check_compare_lanes(rig) && ag_check_execute(rig, LIMIT) &&
           ag_check_compare(rig));
}
