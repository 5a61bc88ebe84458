/*
 * The subject on code that changes while or between it runs: written by the
 * lane that executes it, by another lane, by the host.
 */
#include "cli/check/check.h"

#include <string.h>

/* Writes a function into [x2] 16 times and calls it; x1 below 4,096. */
static const uint32_t writer[] = {
    0x52ba5003, /* movz w3, #0xd280, lsl #16: movz x0, #0 */
    0x10000284, /* adr x4, back */
    0xb9400084, /* ldr w4, [x4] */
    0xd2800205, /* mov x5, #16 */
    0xd2800006, /* mov x6, #0 */
    0xb9000444, /* str w4, [x2, #4] */
    0xd28000e7, /* next: mov x7, #7 */
    0x9b0504e7, /* madd x7, x7, x5, x1 */
    0x2a071467, /* orr w7, w3, w7, lsl #5 */
    0xb9000047, /* str w7, [x2] */
    0xd50b7b22, /* dc cvau, x2 */
    0xd5033b9f, /* dsb ish */
    0xd50b7522, /* ic ivau, x2 */
    0xd5033b9f, /* dsb ish */
    0xd5033fdf, /* isb */
    0xd63f0040, /* blr x2 */
    0x8b0000c6, /* add x6, x6, x0 */
    0xf10004a5, /* subs x5, x5, #1 */
    0x54fffe81, /* b.ne next */
    0xaa0603e0, /* mov x0, x6 */
    0xd4400000, /* hlt #0 */
    0xd65f03c0, /* back: ret */
};

#define IC_IALLU UINT32_C(0xd508751f)
#define LIMIT 1000 /* instructions, more than any of these executes */

/* What x0 must be at the end: the sum of 7 * i + x1 for i from 1 to 16. */
static void check_written(ag_check_rig *rig)
{
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        uint64_t x0 = rig->end[AG_CHECK_TESTED][lane].x[0];
        uint64_t want = 7 * 136 + 16 * rig->start[lane].x[1];

        if (x0 != want)
            ag_check_fail(rig->check,
                          "lane %" PRIu64 " of %" PRIu64 " wrote code and got "
                          "0x%" PRIx64 " from it, not 0x%" PRIx64,
                          lane, rig->lanes, x0, want);
    }
}

static void lanes_write_code(ag_check_rig *rig, uint64_t round,
                             ag_check_random *r)
{
    static const uint32_t all = IC_IALLU;

    ag_check_random_data(rig, r);
    ag_check_put_words(rig, 0, writer, sizeof writer / sizeof writer[0]);
    if (round / 4 % 2 == 1)
        ag_check_put_words(rig, 12 * 4, &all, 1);
    if (!ag_check_load(rig))
        return;
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        armgpu_state *s = &rig->start[lane];

        ag_check_random_state(s, r);
        s->x[1] = ag_check_below(r, 4096);
        s->x[2] = ag_check_low(rig, lane) + 64 * ag_check_below(r, 100);
        s->pc = 0;
    }
    if (ag_check_start(rig) && ag_check_execute(rig, LIMIT) &&
        ag_check_compare(rig))
        check_written(rig);
}

static const uint32_t patched[] = {
    0xd2800000, /* mov x0, #0 */
    0xd2800c81, /* mov x1, #100: the host changes it */
    0x8b010000, /* add x0, x0, x1 */
    0xd4400000, /* hlt #0 */
};

/* The changed word begins a line of code: those before it stay the image's. */
#define PATCHED_AT 60

static void encode_move(uint8_t bytes[4], uint64_t value)
{
    ag_check_put(bytes, UINT32_C(0xd2800001) | value << 5, 4);
}

static uint64_t patch_value(const ag_check_rig *rig, uint64_t lane)
{
    return rig->mode == ARMGPU_MEMORY_SHARED ? 77 : lane * 3 + 1;
}

/* Runs the program from its beginning again; every lane ends with `value`, or
   with its own value. */
static bool run_patched(ag_check_rig *rig, uint64_t value)
{
    if (!AG_CHECK_BOTH(rig, armgpu_set_pc_all, PATCHED_AT) ||
        !ag_check_execute(rig, LIMIT) || !ag_check_compare_lanes(rig))
        return false;
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        uint64_t x0 = rig->end[AG_CHECK_TESTED][lane].x[0];
        uint64_t want = value != 0 ? value : patch_value(rig, lane);

        if (x0 == want)
            continue;
        ag_check_fail(rig->check,
                      "lane %" PRIu64 " of %" PRIu64 " ran code that the host "
                      "had changed: x0 is %" PRIu64 ", not %" PRIu64,
                      lane, rig->lanes, x0, want);
        return false;
    }
    return true;
}

static bool patch(ag_check_rig *rig)
{
    bool is_shared = rig->mode == ARMGPU_MEMORY_SHARED;

    for (uint64_t lane = 0; lane < (is_shared ? 1 : rig->lanes); lane++) {
        uint8_t word[4];

        encode_move(word, patch_value(rig, lane));
        if (!AG_CHECK_BOTH(rig, armgpu_write_memory, lane, PATCHED_AT + 4, word,
                           4))
            return false;
    }
    return true;
}

static void host_writes_code(ag_check_rig *rig, ag_check_random *r)
{
    uint8_t word[4];

    ag_check_random_data(rig, r);
    ag_check_put_words(rig, PATCHED_AT, patched,
                       sizeof patched / sizeof patched[0]);
    if (!ag_check_load(rig) || !run_patched(rig, 100) || !patch(rig) ||
        !run_patched(rig, 0))
        return;
    encode_move(word, 200);
    (void)(AG_CHECK_BOTH(rig, armgpu_load_data, word, 4, PATCHED_AT + 4) &&
           run_patched(rig, 200) && ag_check_compare(rig));
}

/* One lane changes a function that all have called, says so, and all call it
   again: [x1] is told, [x9] counts calls, w10 lanes, x4 is 0 for the writer. */
static const uint32_t handed[] = {
    0xd63f0040, /* blr x2 */
    0xaa0003e8, /* mov x8, x0 */
    0x52800026, /* mov w6, #1 */
    0xb8e60127, /* ldaddal w6, w7, [x9] */
    0xb50001c4, /* cbnz x4, wait */
    0x88dffd27, /* all: ldar w7, [x9] */
    0x6b0a00ff, /* cmp w7, w10 */
    0x54000060, /* b.eq write */
    0xd503203f, /* yield */
    0x17fffffc, /* b all */
    0x52ba5005, /* write: movz w5, #0xd280, lsl #16 */
    0x2a0314a5, /* orr w5, w5, w3, lsl #5 */
    0xb9000045, /* str w5, [x2] */
    0xd50b7b22, /* dc cvau, x2 */
    0xd5033b9f, /* dsb ish */
    0xd50b7522, /* ic ivau, x2 */
    0xd5033b9f, /* dsb ish */
    0x889ffc26, /* stlr w6, [x1] */
    0x88dffc27, /* wait: ldar w7, [x1] */
    0x35000067, /* cbnz w7, go */
    0xd503203f, /* yield */
    0x17fffffd, /* b wait */
    0xd5033fdf, /* go: isb */
    0xd63f0040, /* blr x2 */
    0x8b084000, /* add x0, x0, x8, lsl #16 */
    0xd4400000, /* hlt #0 */
};

/* mov x0, #5; ret */
static const uint32_t called[] = {0xd28000a0, 0xd65f03c0};
#define CALLED_AT 0x1000
#define HANDED 999
/* A lane that waits for ever ends here. */
#define PATIENCE 10000000

static void start_handed(ag_check_rig *rig)
{
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        uint64_t *x = rig->start[lane].x;

        x[1] = ag_check_low(rig, 0);
        x[2] = CALLED_AT;
        x[3] = HANDED;
        x[4] = lane == rig->lanes / 2 ? 0 : 1;
        x[9] = x[1] + 64;
        x[10] = rig->lanes;
    }
}

static void lane_hands_code(ag_check_rig *rig)
{
    memset(rig->image, 0, (size_t)rig->memory_size);
    ag_check_put_words(rig, 0, handed, sizeof handed / sizeof handed[0]);
    ag_check_put_words(rig, CALLED_AT, called, 2);
    if (!ag_check_load(rig))
        return;
    start_handed(rig);
    if (!ag_check_start(rig) || !ag_check_execute(rig, PATIENCE) ||
        !ag_check_read_lanes(rig, AG_CHECK_TESTED))
        return;
    rig->check->cases += rig->lanes;
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        uint64_t x0 = rig->end[AG_CHECK_TESTED][lane].x[0];

        if (x0 == (HANDED | 5 << 16))
            continue;
        /* Each further round would wait as long. */
        rig->check->is_broken = true;
        ag_check_fail(rig->check,
                      "lane %" PRIu64 " of %" PRIu64 " called code that "
                      "another lane had changed: x0 is 0x%" PRIx64 ", not 0x%x",
                      lane, rig->lanes, x0, HANDED | 5 << 16);
    }
}

/* Few lanes: on a CPU those that change code wait for each other. */
void ag_check_round_code(ag_check *c, uint64_t round, ag_check_random *r)
{
    static const uint64_t lanes[] = {33, 1, 33, 128};
    ag_check_rig *rig = ag_check_rig_take(c, ag_check_mode_of(c, round),
                                          lanes[round / 2 % 4], 0);

    if (rig == NULL)
        return;
    lanes_write_code(rig, round, r);
    if (!c->is_broken)
        host_writes_code(rig, r);
    if (!c->is_broken && rig->mode == ARMGPU_MEMORY_SHARED)
        lane_hands_code(rig);
}
