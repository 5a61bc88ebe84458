/*
 * What one call of the library leaves for the next: programs that are added
 * after lanes were dealt among others, states that were looked at before lanes
 * are traced, lists of lanes longer than what is resident, runs that are cut,
 * PCs that all lanes were given, lanes that nobody prepared.
 */
#define _POSIX_C_SOURCE 200809L
#include "targets.h"

#define MEMORY 4096

/* mov x0, #0x10; then its own address */
static const uint32_t first[] = {0xd2800200, HLT, 0xd503201f, 0xd503201f};
/* ldr x0, the eight bytes after the HLT */
static const uint32_t second[] = {0x58000040, HLT, 0x1111, 0};

struct ended {
    uint64_t x0[64], pc[64];
    uint64_t n;
};

static int32_t note_x0(void *user, armgpu *g, const uint64_t *lanes,
                       const armgpu_lane_result *results, uint64_t n)
{
    struct ended *e = user;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t regs[32];
        assert_ok(g, armgpu_get_lane_registers(g, lanes[i], regs));
        e->x0[lanes[i]] = regs[0];
        e->pc[lanes[i]] = results[i].pc;
    }
    e->n += n;
    return 0;
}

static void run_all(armgpu *g, struct ended *e)
{
    memset(e, 0, sizeof *e);
    armgpu_set_finish(g, note_x0, e);
    assert_ok(g, armgpu_execute(g, 100, NULL));
    assert_int_equal(e->n, armgpu_get_num_lanes(g));
}

/* -- Programs -------------------------------------------------------------- */

/* Dealt among one program, lanes stay with it until they are dealt again;
   whether all of them are resident makes no difference. */
static void check_added(const struct target *t, uint64_t resident, uint32_t how)
{
    armgpu *g = open_target(t, 40, resident, MEMORY);
    struct ended e;
    uint32_t id;
    load_words(g, 0, first, LENGTH(first));
    assert_ok(g, armgpu_assign_programs(g, how, NULL, 0));
    assert_ok(g, armgpu_add_program(g, second, sizeof second, 0, &id));
    run_all(g, &e);
    for (uint64_t lane = 0; lane < 40; lane++)
        assert_int_equal(e.x0[lane], 0x10);
    assert_ok(g, armgpu_reset(g));
    run_all(g, &e);
    assert_int_equal(e.x0[1], 0x10);
    assert_int_equal(e.x0[39], 0x10);
    assert_ok(g, armgpu_assign_programs(g, how, NULL, 0));
    run_all(g, &e);
    assert_int_equal(e.x0[0], 0x10);
    assert_int_equal(e.x0[39], 0x1111);
    armgpu_close(g);
}

static void test_program_added_later(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        for (uint64_t resident = 0; resident <= 8; resident += 8)
            for (uint32_t how = 0; how < 2; how++)
                check_added(&targets[i], resident, how);
}

/* Given to a lane at once. */
static void test_program_assigned_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_target(&targets[i], 40, 0, MEMORY);
        struct ended e;
        uint32_t id;
        load_words(g, 0, first, LENGTH(first));
        assert_ok(g, armgpu_add_program(g, second, sizeof second, 0x40, &id));
        assert_ok(g, armgpu_assign_program(g, 7, 1, id));
        run_all(g, &e);
        assert_int_equal(e.x0[6], 0x10);
        assert_int_equal(e.x0[7], 0x1111);
        armgpu_close(g);
    }
}

/* -- Traces ---------------------------------------------------------------- */

static int32_t count_steps(void *user, uint64_t lane, const armgpu_state *s,
                           uint32_t word)
{
    (void)lane, (void)s, (void)word;
    ++*(uint64_t *)user;
    return 0;
}

/* x0 := 10; subs, cbnz */
static const uint32_t loop[] = {0xd2800140, 0xf1000400, 0xb5ffffe0, HLT};

/* How many instructions of a lane a trace shows, whatever was looked at or set
   before. */
static uint64_t trace_lane(const struct target *t, uint64_t lane, bool peeks,
                           bool pokes)
{
    armgpu *g = open_target(t, 2048, 0, MEMORY);
    armgpu_result r = {.size = sizeof r};
    uint64_t steps = 0, regs[32];
    load_words(g, 0, loop, LENGTH(loop));
    if (peeks)
        assert_ok(g, armgpu_get_lane_registers(g, lane, regs));
    if (pokes)
        assert_ok(g, armgpu_set_registers_lane(g, lane, regs));
    assert_ok(g, armgpu_set_trace(g, lane, count_steps, &steps));
    assert_ok(g, armgpu_execute(g, 0, &r));
    assert_int_equal(r.total_cycles, 2048 * 22);
    armgpu_close(g);
    return steps;
}

static void test_trace_after_peek(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        assert_int_equal(trace_lane(&targets[i], 7, false, false), 22);
        assert_int_equal(trace_lane(&targets[i], 7, true, false), 22);
        assert_int_equal(trace_lane(&targets[i], 7, true, true), 22);
    }
}

/* -- Lists of lanes -------------------------------------------------------- */

/* mrs x0, tpidrro_el0; str x0, [x1] where x1 is 0x800 */
static const uint32_t number[] = {0xd53bd060, 0xd2810001, 0xf9000020, HLT};

static void test_long_list(void **state)
{
    static uint64_t lanes[40000], words[40000];
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_target(&targets[i], 64, 0, MEMORY);
        load_words(g, 0, number, LENGTH(number));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        for (size_t k = 0; k < LENGTH(lanes); k++)
            lanes[k] = k * 7 % 64;
        assert_ok(g, armgpu_read_memory_lanes(g, lanes, LENGTH(lanes), 0x800,
                                              words, 8));
        for (size_t k = 0; k < LENGTH(lanes); k++)
            assert_int_equal(words[k], lanes[k]);
        armgpu_close(g);
    }
}

/* -- Limits ---------------------------------------------------------------- */

/* Three times: X2 := [X1]; [X1] := X2 + 1 by an exclusive loop, acquire and
   release; a pair too, then a compare and swap. */
static const uint32_t exclusives[] = {
    0xd2810001, /* mov x1, #0x800 */
    0xd2800064, /* mov x4, #3 */
    0xc85ffc22, /* ldaxr x2, [x1] */
    0x91000442, /* add x2, x2, #1 */
    0xc803fc22, /* stlxr w3, x2, [x1] */
    0x35ffffa3, /* cbnz w3, back to the ldaxr */
    0xc87f1825, /* ldxp x5, x6, [x1] */
    0xc8271825, /* stxp w7, x5, x6, [x1] */
    0x35ffffc7, /* cbnz w7, back to the ldxp */
    0xf1000484, /* subs x4, x4, #1 */
    0x54ffff01, /* b.ne, back to the ldaxr */
    HLT};

/* A run cut after every `step` instructions ends as an uncut one. */
static void check_cut(const struct target *t, uint64_t step)
{
    armgpu *g = open_target(t, 40, 0, MEMORY);
    armgpu_result r = {.size = sizeof r};
    uint64_t calls = 0;
    load_words(g, 0, exclusives, LENGTH(exclusives));
    do {
        assert_ok(g, armgpu_execute(g, step, &r));
        assert_int_equal(r.stops[ARMGPU_STOP_HALT] +
                             r.stops[ARMGPU_STOP_MAX_CYCLES], 40);
        assert_true(++calls < 100);
    } while (r.stops[ARMGPU_STOP_HALT] == 0);
    for (uint64_t lane = 0; lane < 40; lane += 13) {
        check_stop(g, lane, ARMGPU_STOP_HALT, 0, 4 * (LENGTH(exclusives) - 1),
                   2 + 3 * 9 + 1);
        assert_int_equal(memory_word(g, lane, 0x800), 3);
    }
    armgpu_close(g);
}

static void test_cut_anywhere(void **state)
{
    static const uint64_t steps[] = {0, 1, 2, 3, 5};
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        for (size_t k = 0; k < LENGTH(steps); k++)
            check_cut(&targets[i], steps[k]);
}

/* -- PCs ------------------------------------------------------------------- */

/* Lanes stop where they start: two programs of HLTs, at 0 and at 0x40, dealt by
   turns. */
static armgpu *open_halts(const struct target *t, uint64_t resident,
                          uint32_t *halts)
{
    armgpu *g = open_target(t, 40, resident, MEMORY);
    uint32_t id;
    for (int i = 0; i < 64; i++)
        halts[i] = HLT;
    load_words(g, 0, halts, 64);
    assert_ok(g, armgpu_add_program(g, halts, 256, 0x40, &id));
    assert_ok(g, armgpu_assign_programs(g, ARMGPU_ASSIGN_ROUND_ROBIN, NULL, 0));
    return g;
}

/* Lanes of program 0 start at `even`, the others at lane * factor + odd. */
static void check_pcs(armgpu *g, uint64_t even, uint64_t factor, uint64_t odd)
{
    struct ended e;
    run_all(g, &e);
    for (uint64_t lane = 0; lane < 40; lane++)
        assert_int_equal(e.pc[lane],
                         lane % 2 == 0 ? even : lane * factor + odd);
}

/* All lanes were given a PC; then program 0 is loaded anew. */
static void check_loaded_again(const struct target *t, uint64_t resident,
                               bool is_start, bool is_touched)
{
    uint32_t halts[64];
    uint64_t regs[32] = {0};
    armgpu *g = open_halts(t, resident, halts);
    if (is_touched)
        assert_ok(g, armgpu_set_registers_lane(g, 0, regs));
    assert_ok(g, is_start ? armgpu_set_register_all(g, ARMGPU_REGISTER_PC, 4,
                                                    0x44)
                          : armgpu_set_pc_all(g, 0x44));
    load_words(g, 0x200, halts, 64);
    check_pcs(g, 0x200, is_start ? 4 : 0, 0x44);
    assert_ok(g, armgpu_reset(g));
    check_pcs(g, 0x200, 0, 0x40);
    armgpu_close(g);
}

static void check_pcs_of_all(const struct target *t, uint64_t resident)
{
    uint32_t halts[64];
    struct ended e;
    armgpu *g = open_halts(t, resident, halts);
    assert_ok(g, armgpu_set_pc_all(g, 0x44));
    assert_ok(g, armgpu_assign_program(g, 0, 1, 1));
    run_all(g, &e);
    assert_int_equal(e.pc[0], 0x40); /* as after a reset */
    assert_int_equal(e.pc[39], 0x44);
    assert_ok(g, armgpu_reset(g));
    assert_ok(g, armgpu_set_pc_all(g, 0x44));
    assert_ok(g, armgpu_set_register_all(g, ARMGPU_REGISTER_PC, 0, 0x48));
    check_pcs(g, 0x48, 0, 0x48);
    armgpu_close(g);
}

static void test_pcs_of_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        for (uint64_t resident = 0; resident <= 8; resident += 8) {
            check_pcs_of_all(&targets[i], resident);
            for (int how = 0; how < 4; how++)
                check_loaded_again(&targets[i], resident, how & 1, how & 2);
        }
}

/* -- Preparing ------------------------------------------------------------- */

static int32_t count_lanes(void *user, armgpu *g, uint64_t first_lane,
                           uint64_t n)
{
    (void)g, (void)first_lane;
    *(uint64_t *)user += n;
    return 0;
}

/* Lanes that have executed are not prepared any more. */
static void test_prepare_set_later(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        for (uint64_t resident = 0; resident <= 8; resident += 8) {
            armgpu *g = open_target(&targets[i], 40, resident, MEMORY);
            uint64_t prepared = 0;
            load_words(g, 0, first, LENGTH(first));
            assert_ok(g, armgpu_execute(g, 0, NULL));
            armgpu_set_prepare(g, count_lanes, &prepared);
            assert_ok(g, armgpu_execute(g, 0, NULL));
            assert_int_equal(prepared, 0);
            assert_ok(g, armgpu_reset(g));
            assert_ok(g, armgpu_execute(g, 0, NULL));
            assert_int_equal(prepared, 40);
            armgpu_close(g);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_program_added_later),
        cmocka_unit_test(test_program_assigned_at_once),
        cmocka_unit_test(test_trace_after_peek),
        cmocka_unit_test(test_long_list),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_pcs_of_all),
        cmocka_unit_test(test_prepare_set_later),
    };
    check_text(number[1], "mov x1, #0x800");
    check_text(loop[2], "cbnz x0, ");
    check_text(exclusives[6], "ldxp x5, x6, [x1]");
    check_text(exclusives[7], "stxp w7, x5, x6, [x1]");
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
