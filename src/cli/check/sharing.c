/*
 * Subjects on lanes that share memory: atomics, whose sums must be exact; locks
 * and a barrier, which need progress of all lanes.
 */
#include "cli/check/check.h"

#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])

/* -- Atomics between lanes ------------------------------------------------- */

/* X1: the address; X2: rounds; X3: the operand. */
#define SUBS 0xf1000442 /* subs x2, x2, #1 */
#define B_NE(words) (0x54000001u | ((uint32_t)(-(words)) & 0x7ffff) << 5)
#define CBNZ_W4(words) (0x35000004u | ((uint32_t)(-(words)) & 0x7ffff) << 5)
#define HLT 0xd4400000
#define LOOP SUBS, B_NE(2), HLT

/* What is known of the end, however the lanes took turns. */
enum outcome {
    SUM,  /* the counter is the sum of all operands */
    SAME, /* it depends on the operands alone: as on the reference */
    SWAP  /* old values and the counter are the operands, in some order */
};

typedef struct way {
    const char *name;
    uint32_t words[12];
    enum outcome outcome;
    uint32_t bytes; /* of the counter */
    uint64_t start; /* its value */
} way;

static const way ways[] = {
    {"ldadd", {0xf8230024, LOOP}, SUM, 8, 0},
    {"ldaddal w", {0xb8e30024, LOOP}, SUM, 4, 0},
    {"ldaddah", {0x78a30024, LOOP}, SUM, 2, 0},
    {"ldaddlb", {0x38630024, LOOP}, SUM, 1, 0},
    {"ldeoral", {0xf8e32024, LOOP}, SAME, 8, 0},
    {"ldset", {0xf8233024, LOOP}, SAME, 8, 0},
    {"ldclr w", {0xb8231024, LOOP}, SAME, 4, UINT64_MAX},
    {"ldsmax", {0xf8234024, LOOP}, SAME, 8, 0},
    {"ldsminh", {0x78235024, LOOP}, SAME, 2, 0x7fff},
    {"ldumaxb", {0x38236024, LOOP}, SAME, 1, 0},
    {"ldumin w", {0xb8237024, LOOP}, SAME, 4, UINT64_MAX},
    {"swpal", {0xf8e38024, HLT}, SWAP, 8, 0},
    {"cas",
     {0xf9400025, /* ldr x5, [x1] */
      0xaa0503e6, /* mov x6, x5 */
      0x8b0300a7, /* add x7, x5, x3 */
      0xc8a57c27, /* cas x5, x7, [x1] */
      0xeb0600bf, /* cmp x5, x6 */
      B_NE(5), SUBS, B_NE(7), HLT},
     SUM,
     8,
     0},
    {"caspal w",
     {0x29401424, /* ldp w4, w5, [x1] */
      0xaa0403e8, /* mov x8, x4 */
      0xaa0503e9, /* mov x9, x5 */
      0x0b03008a, /* add w10, w4, w3 */
      0x0b0300ab, /* add w11, w5, w3 */
      0x0864fc2a, /* caspal w4, w5, w10, w11, [x1] */
      0x6b08009f, /* cmp w4, w8 */
      0x7a4900a0, /* ccmp w5, w9, #0, eq */
      B_NE(8), SUBS, B_NE(10), HLT},
     SUM,
     4,
     0},
    {"ldxr, stxr",
     {0xc85f7c25, /* ldxr x5, [x1] */
      0x8b0300a5, /* add x5, x5, x3 */
      0xc8047c25, /* stxr w4, x5, [x1] */
      CBNZ_W4(3), SUBS, B_NE(5), HLT},
     SUM,
     8,
     0},
    {"ldaxr, stlxr w",
     {0x885ffc25, 0x8b0300a5, 0x8804fc25, CBNZ_W4(3), SUBS, B_NE(5), HLT},
     SUM,
     4,
     0},
    {"ldxrh, stxrh",
     {0x485f7c25, 0x8b0300a5, 0x48047c25, CBNZ_W4(3), SUBS, B_NE(5), HLT},
     SUM,
     2,
     0},
    {"ldaxrb, stxrb",
     {0x085ffc25, 0x8b0300a5, 0x08047c25, CBNZ_W4(3), SUBS, B_NE(5), HLT},
     SUM,
     1,
     0},
    {"ldaxp, stlxp w",
     {0x887f9825, /* ldaxp w5, w6, [x1] */
      0x8b0300a5, /* add x5, x5, x3 */
      0x8b0300c6, /* add x6, x6, x3 */
      0x88249825, /* stlxp w4, w5, w6, [x1] */
      CBNZ_W4(4), SUBS, B_NE(6), HLT},
     SUM,
     4,
     0},
    {"ldxp, stxp",
     {0xc87f1825,                         /* ldxp x5, x6, [x1] */
      0x8b0300a5, 0x8b0300c6, 0xc8241825, /* stxp w4, x5, x6, [x1] */
      CBNZ_W4(4), SUBS, B_NE(6), HLT},
     SUM,
     16,
     0},
    {"casp",
     {0xa9401424, /* ldp x4, x5, [x1] */
      0xaa0403e8, /* mov x8, x4 */
      0xaa0503e9, /* mov x9, x5 */
      0x8b03008a, /* add x10, x4, x3 */
      0x8b0300ab, /* add x11, x5, x3 */
      0x48247c2a, /* casp x4, x5, x10, x11, [x1] */
      0xeb08009f, /* cmp x4, x8 */
      0xfa4900a0, /* ccmp x5, x9, #0, eq */
      B_NE(8), SUBS, B_NE(10), HLT},
     SUM,
     16,
     0},
};

/* A lock that is never free again ends here. */
#define PATIENCE 20000000

/* Runs both sides to their end; false if some lane did not halt. */
static bool run_to_halt(ag_check_rig *rig, const char *what)
{
    uint64_t halted;

    if (!ag_check_start(rig) || !ag_check_execute(rig, PATIENCE))
        return false;
    rig->check->cases += rig->lanes;
    halted = rig->totals[AG_CHECK_TESTED].stops[ARMGPU_STOP_HALT];
    if (halted != rig->lanes) {
        /* Each further round would wait as long. */
        rig->check->is_broken = true;
        ag_check_fail(rig->check,
                      "%s: only %" PRIu64 " of %" PRIu64 " lanes came to "
                      "their end",
                      what, halted, rig->lanes);
    }
    return halted == rig->lanes && ag_check_read(rig, 0);
}

static uint64_t cut(uint64_t value, uint32_t bytes)
{
    return bytes >= 8 ? value : value & ((UINT64_C(1) << 8 * bytes) - 1);
}

/* The sum of what the lanes found there, of X4. */
static uint64_t sum_found(ag_check_rig *rig)
{
    uint64_t sum = 0;

    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        uint64_t registers[32];

        if (!ag_check_called(rig, AG_CHECK_TESTED,
                             armgpu_get_lane_registers(rig->g[AG_CHECK_TESTED],
                                                       lane, registers),
                             "armgpu_get_lane_registers"))
            return 0;
        sum += registers[4];
    }
    return sum;
}

static void check_way(ag_check_rig *rig, const way *w, uint64_t rounds,
                      uint64_t operands)
{
    const uint8_t *at = rig->memory[AG_CHECK_TESTED] + ag_check_low(rig, 0);
    uint32_t half = w->bytes == 16 ? 8 : w->bytes;
    uint64_t is = ag_check_get(at, half), want = cut(operands * rounds, half);

    if (w->outcome == SAME)
        want = ag_check_get(
            rig->memory[AG_CHECK_REFERENCE] + ag_check_low(rig, 0), half);
    if (w->outcome == SWAP) {
        is += sum_found(rig);
        want = operands;
    }
    if (is == want && (w->bytes != 16 || ag_check_get(at + 8, 8) == want))
        return;
    ag_check_fail(rig->check,
                  "%s by %" PRIu64 " lanes, %" PRIu64 " times each: 0x%" PRIx64
                  ", not 0x%" PRIx64,
                  w->name, rig->lanes, rounds, is, want);
}

/* Accesses of 16 bytes are executed one at a time, and where all lanes want
   one, one of them succeeds each time: few lanes, few rounds. */
void ag_check_round_atomics(ag_check *c, uint64_t round, ag_check_random *r)
{
    const way *w = &ways[round % LENGTH(ways)];
    bool is_wide = w->bytes == 16, is_second = round >= LENGTH(ways);
    uint64_t lanes = is_wide ? 33 : is_second ? 500 : 128;
    uint64_t rounds = w->outcome == SWAP ? 1 : is_wide ? 3 : is_second ? 7 : 31;
    uint64_t operands = 0;
    ag_check_rig *rig = ag_check_rig_take(c, ARMGPU_MEMORY_SHARED, lanes, 0);

    if (rig == NULL)
        return;
    memset(rig->image, 0, (size_t)rig->memory_size);
    ag_check_put_words(rig, 0, w->words, LENGTH(w->words));
    ag_check_put(rig->image + ag_check_low(rig, 0), w->start, 8);
    if (!ag_check_load(rig))
        return;
    for (uint64_t lane = 0; lane < lanes; lane++) {
        armgpu_state *s = &rig->start[lane];

        s->x[1] = ag_check_low(rig, 0);
        s->x[2] = rounds;
        s->x[3] = ag_check_value(r);
        operands += s->x[3];
    }
    if (run_to_halt(rig, w->name))
        check_way(rig, w, rounds, operands);
}

/* -- Locks ----------------------------------------------------------------- */

/* [x1]: tickets; [x1, #4]: who is served; [x1, #8]: counter; x4: rounds. */
static const uint32_t ticket[] = {
    0xb8230025, /* take: ldadd w3, w5, [x1] */
    0x91001022, /* add x2, x1, #4 */
    0x88dffc46, /* wait: ldar w6, [x2] */
    0x6b0500df, /* cmp w6, w5 */
    0x54000060, /* b.eq enter */
    0xd503203f, /* yield */
    0x17fffffc, /* b wait */
    0xf9400427, /* enter: ldr x7, [x1, #8] */
    0x910004e7, /* add x7, x7, #1 */
    0xf9000427, /* str x7, [x1, #8] */
    0x110004c6, /* add w6, w6, #1 */
    0x889ffc46, /* stlr w6, [x2] */
    0xf1000484, /* subs x4, x4, #1 */
    0x54fffe61, /* b.ne take */
    0xd4400000, /* hlt #0 */
};

/* The same by lanes that wait without giving up their turn. */
static const uint32_t spin[] = {
    0xb8230025, /* take: ldadd w3, w5, [x1] */
    0x91001022, /* add x2, x1, #4 */
    0x88dffc46, /* wait: ldar w6, [x2] */
    0x6b0500df, /* cmp w6, w5 */
    0x54ffffc1, /* b.ne wait */
    0xf9400427, /* ldr x7, [x1, #8] */
    0x910004e7, /* add x7, x7, #1 */
    0xf9000427, /* str x7, [x1, #8] */
    0x110004c6, /* add w6, w6, #1 */
    0x889ffc46, /* stlr w6, [x2] */
    0xf1000484, /* subs x4, x4, #1 */
    0x54fffea1, /* b.ne take */
    0xd4400000, /* hlt #0 */
};

static const uint32_t exclusive[] = {
    0x885ffc25, /* take: ldaxr w5, [x1] */
    0x35000145, /* cbnz w5, wait */
    0x88067c23, /* stxr w6, w3, [x1] */
    0x35ffffa6, /* cbnz w6, take */
    0xf9400427, /* ldr x7, [x1, #8] */
    0x910004e7, /* add x7, x7, #1 */
    0xf9000427, /* str x7, [x1, #8] */
    0x889ffc3f, /* stlr wzr, [x1] */
    0xf1000484, /* subs x4, x4, #1 */
    0x54fffee1, /* b.ne take */
    0xd4400000, /* hlt #0 */
    0xd503203f, /* wait: yield */
    0x17fffff4, /* b take */
};

/* x4 rounds: publish x0 in one of two tables, wait for all x2 lanes, take the
   sum. [x1]: arrived; [x1, #8]: sense. */
static const uint32_t barrier[] = {
    0x92400085, /* round: and x5, x4, #1 */
    0x8b053425, /* add x5, x1, x5, lsl #13 */
    0x910100a5, /* add x5, x5, #64 */
    0xd53bd067, /* mrs x7, tpidrro_el0 */
    0xf82778a0, /* str x0, [x5, x7, lsl #3] */
    0xd2400129, /* eor x9, x9, #1 */
    0x9100202a, /* add x10, x1, #8 */
    0xf8e30028, /* ldaddal x3, x8, [x1] */
    0x91000508, /* add x8, x8, #1 */
    0xeb02011f, /* cmp x8, x2 */
    0x54000061, /* b.ne all */
    0xf900003f, /* str xzr, [x1] */
    0xc89ffd49, /* stlr x9, [x10] */
    0xc8dffd48, /* all: ldar x8, [x10] */
    0xeb09011f, /* cmp x8, x9 */
    0x54000060, /* b.eq go */
    0xd503203f, /* yield */
    0x17fffffc, /* b all */
    0xd2800000, /* go: mov x0, #0 */
    0xd2800006, /* mov x6, #0 */
    0xf86678a8, /* sum: ldr x8, [x5, x6, lsl #3] */
    0x8b080000, /* add x0, x0, x8 */
    0x910004c6, /* add x6, x6, #1 */
    0xeb0200df, /* cmp x6, x2 */
    0x54ffff83, /* b.lo sum */
    0xf1000484, /* subs x4, x4, #1 */
    0x54fffcc1, /* b.ne round */
    0xd4400000, /* hlt #0 */
};

static const struct lock {
    const char *name;
    const uint32_t *words;
    size_t count;
    uint64_t lanes, rounds;
} locks[] = {
    {"a ticket lock", ticket, LENGTH(ticket), 128, 5},
    {"a ticket lock without yield", spin, LENGTH(spin), 33, 3},
    {"a lock by exclusives", exclusive, LENGTH(exclusive), 128, 5},
    {"a barrier", barrier, LENGTH(barrier), 128, 3},
    {"a barrier", barrier, LENGTH(barrier), 33, 3},
    {"a ticket lock", ticket, LENGTH(ticket), 1000, 2},
};

/* With n lanes that begin at lane + 1, each round gives every lane the sum. */
static void check_barrier(ag_check_rig *rig)
{
    uint64_t n = rig->lanes, want = n * n * n * (n + 1) / 2;

    for (uint64_t lane = 0; lane < n; lane++) {
        uint64_t registers[32];

        if (!ag_check_called(rig, AG_CHECK_TESTED,
                             armgpu_get_lane_registers(rig->g[AG_CHECK_TESTED],
                                                       lane, registers),
                             "armgpu_get_lane_registers"))
            return;
        if (registers[0] != want)
            ag_check_fail(rig->check,
                          "a barrier of %" PRIu64 " lanes: lane %" PRIu64
                          " got %" PRIu64 ", not %" PRIu64,
                          n, lane, registers[0], want);
    }
}

static void check_counter(ag_check_rig *rig, const struct lock *l)
{
    const uint8_t *at = rig->memory[AG_CHECK_TESTED] + ag_check_low(rig, 0);
    uint64_t is = ag_check_get(at + 8, 8), want = l->lanes * l->rounds;

    if (is != want)
        ag_check_fail(rig->check,
                      "%s among %" PRIu64 " lanes let %" PRIu64 " additions of "
                      "%" PRIu64 " through",
                      l->name, l->lanes, is, want);
}

void ag_check_round_locks(ag_check *c, uint64_t round, ag_check_random *r)
{
    const struct lock *l = &locks[round % LENGTH(locks)];
    ag_check_rig *rig = ag_check_rig_take(c, ARMGPU_MEMORY_SHARED, l->lanes, 0);

    (void)r;
    if (rig == NULL)
        return;
    memset(rig->image, 0, (size_t)rig->memory_size);
    ag_check_put_words(rig, 0, l->words, l->count);
    if (!ag_check_load(rig))
        return;
    for (uint64_t lane = 0; lane < l->lanes; lane++) {
        armgpu_state *s = &rig->start[lane];

        s->x[0] = lane + 1;
        s->x[1] = ag_check_low(rig, 0);
        s->x[2] = l->lanes;
        s->x[3] = 1;
        s->x[4] = l->rounds;
    }
    if (!run_to_halt(rig, l->name))
        return;
    if (l->words == barrier)
        check_barrier(rig);
    else
        check_counter(rig, l);
}
