/*
 * Subjects on how lanes stop and go on: every stop reason with what it must
 * say, lanes that the host resumes or redirects, interruption.
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
    /* udf #7; hvc #1; fcvtas s0, d0 (FPRCVT); mrs x0, sctlr_el1 */
    {0x00000007, S(UNDEFINED), PLACE, NOTHING, 4, 0x00000007, 0, 0, 1},
    {0xd4000022, S(UNDEFINED), PLACE, NOTHING, 4, 0xd4000022, 0, 0, 1},
    {0x1e7a0000, S(UNDEFINED), PLACE, NOTHING, 4, 0x1e7a0000, 0, 0, 1},
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
    ag_check_count_retired(rig);
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
    /* A compiler that is interrupted, too, works beside the run: it has done so
       before that. */
    if (!ag_check_load(rig) || !ag_check_execute(rig, LIMIT) ||
        !ag_check_compare(rig) || !ag_check_load(rig))
        return;
    /* A request made before is one for the next call. */
    for (int s = 0; s < AG_CHECK_SIDES; s++)
        armgpu_request_stop(rig->g[s]);
    if (!ag_check_execute(rig, LIMIT) || !ag_check_compare(rig) ||
        !ag_check_load(rig))
        return;
    interrupt_from_progress(rig);
}
