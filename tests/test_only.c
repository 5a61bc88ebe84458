/*
 * armgpu_options.only: each lane that runs is as in a run of all lanes, wherever
 * it lies on the device: registers, memory, cycles, program, what callbacks see.
 */
#include "targets.h"

#define MEMORY 4096
#define LANES UINT64_C(1300)
#define OUT 0x800

static const armgpu_lane_range some[] = {
    {0, 1}, {3, 4}, {7, 1}, {64, 70}, {999, 1}, {1099, 2}, {1290, 10}};
#define NUM_SOME LENGTH(some)

/* Counts x1 down, then stores x0 = number * 3 + x2. */
static const uint32_t first_program[] = {
    0xd53bd060, /* mrs x0, tpidrro_el0 */
    0x92401001, /* and x1, x0, #0x1f */
    0x91000421, /* add x1, x1, #1 */
    0xf1000421, /* subs x1, x1, #1 */
    0x54ffffe1, /* b.ne -4 */
    0x8b000400, /* add x0, x0, x0, lsl #1 */
    0x8b020000, /* add x0, x0, x2 */
    0xd2810003, /* movz x3, #0x800 */
    0xf9000060, /* str x0, [x3] */
    HLT,
};
static const uint32_t second_program[] = {
    0xd53bd060, /* mrs x0, tpidrro_el0 */
    0xd2810003, /* movz x3, #0x800 */
    0xf9000460, /* str x0, [x3, #8] */
    0xd4400020, /* hlt #1 */
};

struct lane {
    uint64_t regs[32], tpidr, cycles, pc, code, memory[2];
    uint32_t reported, prepared;
};

struct sweep {
    armgpu *g;
    struct lane *lanes; /* [LANES] */
    uint64_t last_end;  /* of what was prepared */
};

static int32_t on_prepare(void *user, armgpu *g, uint64_t first, uint64_t n)
{
    struct sweep *s = user;
    uint64_t regs[32];
    assert_true(first >= s->last_end);
    s->last_end = first + n;
    for (uint64_t lane = first; lane < first + n; lane++) {
        s->lanes[lane].prepared++;
        if (lane % 7 != 0)
            continue;
        assert_ok(g, armgpu_get_lane_registers(g, lane, regs));
        regs[2] += 1000;
        assert_ok(g, armgpu_set_registers_lane(g, lane, regs));
    }
    return 0;
}

static void look(armgpu *g, struct lane *l, uint64_t lane,
                 const armgpu_lane_result *result)
{
    armgpu_state s = state_of(g, lane);
    assert_ok(g, armgpu_get_lane_registers(g, lane, l->regs));
    l->tpidr = s.tpidr;
    l->cycles = result->cycles;
    l->pc = result->pc;
    l->code = result->stop_code;
    l->memory[0] = memory_word(g, lane, OUT);
    l->memory[1] = memory_word(g, lane, OUT + 8);
}

static int32_t on_finish(void *user, armgpu *g, const uint64_t *lanes,
                         const armgpu_lane_result *results, uint64_t n)
{
    struct sweep *s = user;
    for (uint64_t i = 0; i < n; i++) {
        struct lane *l = &s->lanes[lanes[i]];
        l->reported++;
        look(g, l, lanes[i], &results[i]);
    }
    return 0;
}

static armgpu *open_some(const struct target *t, uint64_t resident,
                         const armgpu_lane_range *only, uint64_t num_only)
{
    armgpu_options o = options_for(t, LANES, resident, MEMORY);
    o.only = only;
    o.num_only = num_only;
    return open_with(&o);
}

static void set_up(armgpu *g, uint32_t how)
{
    uint32_t id;
    load_words(g, 0, first_program, LENGTH(first_program));
    assert_ok(g, armgpu_add_program(g, second_program, sizeof second_program,
                                    0x100, &id));
    if (how == ARMGPU_ASSIGN_TABLE) {
        const uint32_t table[] = {0, 1, 0};
        assert_ok(g, armgpu_assign_programs(g, how, table, 3));
    } else {
        assert_ok(g, armgpu_assign_programs(g, how, NULL, 0));
    }
    assert_ok(g, armgpu_set_register_all(g, 2, 5, 17));
}

/* One run; the caller frees what it returns. */
static struct lane *run(const struct target *t, uint64_t resident, uint32_t how,
                        const armgpu_lane_range *only, uint64_t num_only,
                        armgpu_result *total)
{
    struct sweep s = {.lanes = calloc(LANES, sizeof *s.lanes)};
    assert_non_null(s.lanes);
    armgpu *g = s.g = open_some(t, resident, only, num_only);
    set_up(g, how);
    armgpu_set_prepare(g, on_prepare, &s);
    armgpu_set_finish(g, on_finish, &s);
    total->size = sizeof *total;
    assert_ok(g, armgpu_execute(g, 0, total));
    armgpu_close(g);
    return s.lanes;
}

static bool is_one_of(uint64_t lane, const armgpu_lane_range *only,
                      uint64_t num_only)
{
    for (uint64_t i = 0; i < num_only; i++)
        if (lane >= only[i].first && lane - only[i].first < only[i].n)
            return true;
    return false;
}

static uint64_t count_of(const armgpu_lane_range *only, uint64_t num_only)
{
    uint64_t n = 0;
    for (uint64_t i = 0; i < num_only; i++)
        n += only[i].n;
    return n;
}

static void check_against(const struct lane *all, const struct target *t,
                          uint64_t resident, uint32_t how,
                          const armgpu_lane_range *only, uint64_t num_only)
{
    armgpu_result total;
    struct lane *lanes = run(t, resident, how, only, num_only, &total);
    uint64_t cycles = 0;
    for (uint64_t lane = 0; lane < LANES; lane++) {
        bool runs = is_one_of(lane, only, num_only);
        struct lane none = {.reported = 0};
        const struct lane *want = runs ? &all[lane] : &none;
        if (memcmp(&lanes[lane], want, sizeof none) != 0)
            fail_msg("%s: lane %llu of some is not as in all", t->backend,
                     (unsigned long long)lane);
        cycles += lanes[lane].cycles;
    }
    assert_int_equal(total.num_lanes, count_of(only, num_only));
    assert_int_equal(total.stops[ARMGPU_STOP_HALT], total.num_lanes);
    assert_int_equal(total.total_cycles, cycles);
    free(lanes);
}

static void test_same_as_all(void **state)
{
    const armgpu_lane_range one = {1299, 1}, late = {1150, 150};
    (void)state;
    for (uint32_t how = 0; how <= ARMGPU_ASSIGN_TABLE; how++) {
        armgpu_result total;
        struct lane *all = run(&targets[0], 512, how, NULL, 0, &total);
        for (uint64_t lane = 0; lane < LANES; lane++)
            assert_true(all[lane].reported == 1 && all[lane].prepared == 1);
        for (size_t i = 0; i < target_count; i++) {
            check_against(all, &targets[i], 0, how, some, NUM_SOME);
            check_against(all, &targets[i], 9, how, some, NUM_SOME);
            check_against(all, &targets[i], 0, how, &one, 1);
            check_against(all, &targets[i], 100, how, &late, 1);
        }
        free(all);
    }
}

/* Slots that the device fills again itself, nobody being told. */
static void test_untold(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu_result told = {.size = sizeof told}, untold = told;
        free(run(&targets[i], 0, 0, some, NUM_SOME, &told));
        armgpu *g = open_some(&targets[i], 9, some, NUM_SOME);
        set_up(g, 0);
        for (int round = 0; round < 2; round++) {
            assert_ok(g, armgpu_execute(g, 0, &untold));
            assert_int_equal(untold.num_lanes, told.num_lanes);
            assert_int_equal(untold.total_cycles, told.total_cycles);
            assert_int_equal(untold.min_cycles, told.min_cycles);
            assert_int_equal(untold.max_cycles, told.max_cycles);
            assert_int_equal(untold.nonzero_codes, told.nonzero_codes);
            assert_ok(g, armgpu_reset(g));
        }
        armgpu_close(g);
    }
}

/* Calls take numbers; ranges must not leave what runs. */
static void test_calls(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_some(&targets[i], 0, some, NUM_SOME);
        uint64_t regs[2][32], lanes[] = {1299, 0, 64}, words[3] = {0};
        uint32_t id;
        assert_int_equal(armgpu_get_num_lanes(g), count_of(some, NUM_SOME));
        load_words(g, 0, first_program, LENGTH(first_program));
        assert_int_equal(armgpu_get_registers(g, 1, 1, regs[0]),
                         ARMGPU_ERROR_LANE);
        assert_string_equal(armgpu_error_message(g),
                            "lane 1 is none of those that run");
        /* 3 to 6 and 7 are one range. */
        assert_ok(g, armgpu_get_registers(g, 6, 2, regs[0]));
        assert_int_equal(armgpu_get_registers(g, 7, 2, regs[0]),
                         ARMGPU_ERROR_LANE);
        assert_string_equal(armgpu_error_message(g),
                            "lane 8 is none of those that run");
        assert_int_equal(armgpu_set_trace(g, 1300, NULL, NULL),
                         ARMGPU_ERROR_LANE);
        assert_ok(g, armgpu_write_memory(g, 1299, OUT, "\x2a", 1));
        assert_ok(g, armgpu_write_memory(g, 64, OUT, "\x2b", 1));
        assert_ok(g, armgpu_read_memory_lanes(g, lanes, 3, OUT, words, 8));
        assert_int_equal(words[0], 0x2a);
        assert_int_equal(words[1], 0);
        assert_int_equal(words[2], 0x2b);
        assert_int_equal(state_of(g, 999).tpidr, 999);
        assert_ok(g, armgpu_set_register_all(g, 5, 2, 1));
        assert_int_equal(state_of(g, 1100).x[5], 2201);
        assert_ok(g, armgpu_add_program(g, second_program,
                                        sizeof second_program, 0x100, &id));
        assert_ok(g, armgpu_assign_program(g, 1099, 2, id));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 1100, ARMGPU_STOP_HALT, 1, 0x10c, 4);
        assert_int_equal(memory_word(g, 1100, OUT + 8), 1100);
        assert_int_equal(memory_word(g, 3, OUT), 9);
        armgpu_close(g);
    }
}

/* A PC must be one for every lane that runs. */
static void test_start_pcs(void **state)
{
    const armgpu_lane_range late[] = {{1000, 2}, {1010, 1}};
    armgpu *g = open_some(&targets[0], 0, late, 2);
    (void)state;
    assert_ok(g, armgpu_set_register_all(g, ARMGPU_REGISTER_PC, 4,
                                         0 - UINT64_C(4000)));
    assert_int_equal(state_of(g, 1010).pc, 40);
    assert_int_equal(armgpu_set_register_all(g, ARMGPU_REGISTER_PC, 4,
                                             MEMORY - 4008),
                     ARMGPU_ERROR_RANGE);
    assert_int_equal(armgpu_set_register_all(g, ARMGPU_REGISTER_PC, 4, 100),
                     ARMGPU_ERROR_RANGE);
    armgpu_close(g);
}

/* Stacks lie where they do in a run of all, in as much memory. */
static void test_shared(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i += 2) {
        armgpu_options o;
        armgpu_options_init(&o);
        o.lanes = 600;
        o.backend = targets[i].backend;
        o.threads = targets[i].threads;
        armgpu *all = open_with(&o);
        o.only = some;
        o.num_only = 4; /* up to lane 133 */
        armgpu *g = open_with(&o);
        assert_int_equal(armgpu_get_num_lanes(g), 76);
        assert_int_equal(armgpu_get_memory_size(g),
                         armgpu_get_memory_size(all));
        assert_int_equal(armgpu_get_stack_size(g), armgpu_get_stack_size(all));
        for (uint64_t lane = 64; lane < 134; lane++)
            assert_int_equal(state_of(g, lane).sp, state_of(all, lane).sp);
        load_words(g, 0, first_program, LENGTH(first_program));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        check_stop(g, 133, ARMGPU_STOP_HALT, 0, 36, 7 + 1 + 2 * 6);
        armgpu_close(g);
        armgpu_close(all);
    }
}

static void refuse(const armgpu_lane_range *only, uint64_t num_only,
                   int32_t error, const char *why)
{
    armgpu_options o;
    armgpu *g;
    armgpu_options_init(&o);
    o.backend = "cpu";
    o.only = only;
    o.num_only = num_only;
    assert_int_equal(armgpu_open(&g, &o), error);
    assert_string_equal(armgpu_error_message(g), why);
    armgpu_close(g);
}

static void test_refused(void **state)
{
    const armgpu_lane_range empty = {3, 0}, far = {32, 1}, longer = {30, 3},
                            descending[] = {{5, 1}, {4, 1}},
                            overlapping[] = {{5, 2}, {6, 1}},
                            wrapping = {3, UINT64_MAX};
    (void)state;
    refuse(NULL, 2, ARMGPU_ERROR_ARGUMENT,
           "there is no list of 2 ranges of lanes");
    refuse(&empty, 1, ARMGPU_ERROR_ARGUMENT,
           "a range of 0 lanes from lane 3 on would run nothing");
    refuse(&far, 1, ARMGPU_ERROR_LANE,
           "lane 32 does not exist: there are lanes 0 to 31");
    refuse(&longer, 1, ARMGPU_ERROR_LANE,
           "lane 32 does not exist: there are lanes 0 to 31");
    refuse(&wrapping, 1, ARMGPU_ERROR_LANE,
           "lane 32 does not exist: there are lanes 0 to 31");
    refuse(descending, 2, ARMGPU_ERROR_ARGUMENT,
           "the range of lanes from lane 4 on is not behind the one before it");
    refuse(overlapping, 2, ARMGPU_ERROR_ARGUMENT,
           "the range of lanes from lane 6 on is not behind the one before it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_all), cmocka_unit_test(test_untold),
        cmocka_unit_test(test_calls),       cmocka_unit_test(test_start_pcs),
        cmocka_unit_test(test_shared),      cmocka_unit_test(test_refused),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
