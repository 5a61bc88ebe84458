/*
 * Subjects on how lanes stop and go on: every stop reason with what it must
 * say, lanes that the host resumes or redirects, interruption, and code that
 * changes while or between it runs.
 */
#include "cli/check/check.h"

#include <string.h>

#define NOP UINT32_C(0xd503201f)

/* -- Stop reasons ---------------------------------------------------------- */

/* What an address is relative to. */
enum from { NOTHING, PLACE, END, WINDOW };

typedef struct stop {
    uint32_t word; /* after a NOP */
    uint32_t reason;
    enum from pc_from, code_from;
    uint64_t pc, code;
    uint32_t access, access_size;
    uint64_t cycles;
} stop;

#define LIMIT 1000
#define PLACE_BYTES 64
#define S(name) ARMGPU_STOP_##name
#define READ ARMGPU_ACCESS_READ
#define WRITE ARMGPU_ACCESS_WRITE

/* X1 is the end of memory, X2 two bytes into the lane's window. */
static const stop stops[] = {
    /* hlt #0x1234; svc #0x8001; brk #0xffff */
    {0xd4424680, S(HALT), PLACE, NOTHING, 4, 0x1234, 0, 0, 2},
    {0xd4100021, S(SYSCALL), PLACE, NOTHING, 8, 0x8001, 0, 0, 2},
    {0xd43fffe0, S(BREAKPOINT), PLACE, NOTHING, 4, 0xffff, 0, 0, 2},
    /* udf #7; hvc #1; fadd s0, s0, s0; mrs x0, sctlr_el1 */
    {0x00000007, S(UNDEFINED), PLACE, NOTHING, 4, 0x00000007, 0, 0, 1},
    {0xd4000022, S(UNDEFINED), PLACE, NOTHING, 4, 0xd4000022, 0, 0, 1},
    {0x1e202800, S(UNDEFINED), PLACE, NOTHING, 4, 0x1e202800, 0, 0, 1},
    {0xd5381000, S(UNDEFINED), PLACE, NOTHING, 4, 0xd5381000, 0, 0, 1},
    /* ldr x0, [x1, #8]; stp x0, x2, [x1, #-8]!; ldadd w0, w2, [x1] */
    {0xf9400420, S(DATA_FAULT), PLACE, END, 4, 8, READ, 8, 1},
    {0xa9bf8820, S(DATA_FAULT), PLACE, END, 4, 0 - UINT64_C(8), WRITE, 16, 1},
    {0xb8200022, S(DATA_FAULT), PLACE, END, 4, 0, READ, 4, 1},
    /* ldxr w0, [x2]; stlr x0, [x2] */
    {0x885f7c40, S(ALIGNMENT_FAULT), PLACE, WINDOW, 4, 2, READ, 4, 1},
    {0xc89ffc40, S(ALIGNMENT_FAULT), PLACE, WINDOW, 4, 2, WRITE, 8, 1},
    /* br x1; br x2 */
    {0xd61f0020, S(FETCH_FAULT), END, NOTHING, 0, 0, 0, 0, 2},
    {0xd61f0040, S(FETCH_FAULT), WINDOW, NOTHING, 2, 0, 0, 0, 2},
    /* b . */
    {0x14000000, S(MAX_CYCLES), PLACE, NOTHING, 4, 0, 0, 0, LIMIT},
};
#undef S
#undef READ
#undef WRITE

#define STOPS (sizeof stops / sizeof stops[0])

static uint64_t place(uint64_t which)
{
    return which * PLACE_BYTES;
}

static uint64_t absolute(const ag_check_rig *rig, uint64_t lane, uint64_t which,
                         enum from from, uint64_t offset)
{
    switch (from) {
    case PLACE:
        return place(which) + offset;
    case END:
        return rig->memory_size + offset;
    case WINDOW:
        return ag_check_low(rig, lane) + offset;
    case NOTHING:
        break;
    }
    return offset;
}

static uint64_t stop_of(uint64_t lane, uint64_t round)
{
    return (lane + round) % (STOPS + 1);
}

/* One more than the table: NOP at the end of memory, and no more. */
static armgpu_lane_result expected(const ag_check_rig *rig, uint64_t lane,
                                   uint64_t round)
{
    uint64_t which = stop_of(lane, round);
    armgpu_lane_result e = {.cycles = 1,
                            .pc = rig->memory_size,
                            .stop_reason = ARMGPU_STOP_FETCH_FAULT};

    if (which == STOPS)
        return e;
    e.cycles = stops[which].cycles;
    e.pc = absolute(rig, lane, which, stops[which].pc_from, stops[which].pc);
    e.stop_code =
        absolute(rig, lane, which, stops[which].code_from, stops[which].code);
    e.stop_reason = stops[which].reason;
    e.access = stops[which].access;
    e.access_size = stops[which].access_size;
    return e;
}

static void check_expected(ag_check_rig *rig, uint64_t round)
{
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        armgpu_lane_result e = expected(rig, lane, round);
        const armgpu_lane_result *is = &rig->results[AG_CHECK_TESTED][lane];

        if (memcmp(is, &e, sizeof e) != 0)
            ag_check_fail(rig->check,
                          "lane %" PRIu64 " stopped by %s, code 0x%" PRIx64
                          " at 0x%" PRIx64 " after %" PRIu64
                          " cycles; it must be %s, 0x%" PRIx64 " at 0x%" PRIx64
                          " after %" PRIu64,
                          lane, armgpu_stop_name(is->stop_reason),
                          is->stop_code, is->pc, is->cycles,
                          armgpu_stop_name(e.stop_reason), e.stop_code, e.pc,
                          e.cycles);
    }
}

static void place_stops(ag_check_rig *rig, ag_check_random *r)
{
    static const uint32_t nop = NOP;

    ag_check_random_data(rig, r);
    for (uint64_t i = 0; i < STOPS; i++) {
        uint32_t words[2] = {NOP, stops[i].word};

        ag_check_put_words(rig, place(i), words, 2);
    }
    ag_check_put_words(rig, rig->memory_size - 4, &nop, 1);
}

void ag_check_round_stops(ag_check *c, uint64_t round, ag_check_random *r)
{
    ag_check_rig *rig = ag_check_rig_of(c, round);

    if (rig == NULL)
        return;
    place_stops(rig, r);
    if (!ag_check_load(rig))
        return;
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        armgpu_state *s = &rig->start[lane];
        uint64_t which = stop_of(lane, round);

        ag_check_random_state(s, r);
        s->cycles = 0;
        s->pc = which == STOPS ? rig->memory_size - 4 : place(which);
        s->x[1] = rig->memory_size;
        s->x[2] = ag_check_low(rig, lane) + 2;
    }
    if (!ag_check_start(rig) || !ag_check_execute(rig, LIMIT) ||
        !ag_check_compare(rig))
        return;
    check_expected(rig, round);
    /* Those that can go on do, the others keep their result. */
    (void)(ag_check_execute(rig, LIMIT) && ag_check_compare(rig));
}

/* -- Going on -------------------------------------------------------------- */

static const uint32_t calls[] = {
    0x91000c00, /* call: add x0, x0, #3 */
    0xd4000021, /* svc #1 */
    0x9b020400, /* madd x0, x0, x2, x1 */
    0xd41fffe1, /* svc #0xffff */
    0xca030000, /* eor x0, x0, x3 */
    0xf1000421, /* subs x1, x1, #1 */
    0x54ffff41, /* b.ne call */
    0xd4400040, /* hlt #2 */
};

/* What a host does with lanes that wait: new registers, a new PC, or both. */
static bool redirect(ag_check_rig *rig, uint64_t lane, ag_check_random *r)
{
    uint64_t registers[32];
    uint64_t pc = 4 * ag_check_below(r, sizeof calls / sizeof calls[0]);
    uint64_t choice = ag_check_below(r, 4);

    for (int i = 0; i < 32; i++)
        registers[i] = ag_check_value(r);
    registers[1] = 1 + ag_check_below(r, 4);
    if (choice != 0 &&
        !AG_CHECK_BOTH(rig, armgpu_set_registers_lane, lane, registers))
        return false;
    return choice > 1 || AG_CHECK_BOTH(rig, armgpu_set_pc_lane, lane, pc);
}

void ag_check_round_resume(ag_check *c, uint64_t round, ag_check_random *r)
{
    ag_check_rig *rig = ag_check_rig_of(c, round);

    if (rig == NULL)
        return;
    ag_check_random_data(rig, r);
    ag_check_put_words(rig, 0, calls, sizeof calls / sizeof calls[0]);
    if (!ag_check_load(rig))
        return;
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        ag_check_random_state(&rig->start[lane], r);
        rig->start[lane].x[1] = 1 + ag_check_below(r, 4);
        rig->start[lane].pc = 0;
    }
    if (!ag_check_start(rig))
        return;
    for (int i = 0; i < 12; i++) {
        uint64_t lane = ag_check_below(r, rig->lanes);

        if (!ag_check_execute(rig, i % 3 == 2 ? 2 : LIMIT) ||
            !ag_check_compare_lanes(rig) || !redirect(rig, lane, r))
            return;
    }
    (void)ag_check_compare(rig);
}

/* -- Interruption ---------------------------------------------------------- */

static const uint32_t endless[] = {
    0x91000400, /* again: add x0, x0, #1 */
    0xd503203f, /* yield */
    0x17fffffe, /* b again */
};

/* What no lane gets to before it is interrupted. */
#define ENDLESS 1000000000

static int32_t interrupt(void *user, uint64_t cycles, uint64_t live,
                         double seconds)
{
    (void)user;
    (void)cycles;
    (void)live;
    return seconds > 0.01;
}

/* How far lanes get is the clock's business; their state must be one that the
   program passes through, and the counts must agree. */
static void check_interrupted(ag_check_rig *rig)
{
    uint64_t sum = 0;
    bool is_fine = true;

    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        const armgpu_lane_result *is = &rig->results[AG_CHECK_TESTED][lane];
        const armgpu_state *s = &rig->end[AG_CHECK_TESTED][lane];

        sum += is->cycles;
        is_fine = is_fine && is->stop_reason == ARMGPU_STOP_INTERRUPTED &&
                  s->pc == is->cycles % 3 * 4 &&
                  s->x[0] == (is->cycles + 2) / 3;
    }
    if (!is_fine || sum != rig->totals[AG_CHECK_TESTED].total_cycles)
        ag_check_fail(rig->check,
                      "%" PRIu64 " endless lanes that were interrupted are not "
                      "where their cycles say",
                      rig->lanes);
}

static void interrupt_from_progress(ag_check_rig *rig)
{
    armgpu *g = rig->g[AG_CHECK_TESTED];
    int32_t error;

    armgpu_set_progress(g, interrupt, NULL);
    error = armgpu_execute(g, ENDLESS, &rig->totals[AG_CHECK_TESTED]);
    armgpu_set_progress(g, NULL, NULL);
    if (!ag_check_called(rig, AG_CHECK_TESTED, error, "armgpu_execute") ||
        !ag_check_read_lanes(rig, AG_CHECK_TESTED))
        return;
    check_interrupted(rig);
    rig->check->cases += rig->lanes;
}

void ag_check_round_interrupt(ag_check *c, uint64_t round, ag_check_random *r)
{
    ag_check_rig *rig = ag_check_rig_of(c, round);

    if (rig == NULL)
        return;
    ag_check_random_data(rig, r);
    ag_check_put_words(rig, 0, endless, sizeof endless / sizeof endless[0]);
    if (!ag_check_load(rig))
        return;
    /* A request made before is one for the next call. */
    for (int s = 0; s < AG_CHECK_SIDES; s++)
        armgpu_request_stop(rig->g[s]);
    if (!ag_check_execute(rig, LIMIT) || !ag_check_compare(rig) ||
        !ag_check_load(rig))
        return;
    interrupt_from_progress(rig);
}

/* -- Code that changes ----------------------------------------------------- */

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
    ag_check_rig *rig = ag_check_rig_take(
        c, round % 2 == 0 ? ARMGPU_MEMORY_PRIVATE : ARMGPU_MEMORY_SHARED,
        lanes[round / 2 % 4], 0);

    if (rig == NULL)
        return;
    lanes_write_code(rig, round, r);
    if (!c->is_broken)
        host_writes_code(rig, r);
    if (!c->is_broken && rig->mode == ARMGPU_MEMORY_SHARED)
        lane_hands_code(rig);
}
