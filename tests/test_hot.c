/*
 * Which code of a large program becomes a region, by addresses that lanes were
 * seen at: functions, loops of functions that are too large, cases that only an
 * indirect branch leads to; and where functions begin.
 */
#include "guest.h"

#include "translate/translate.h"

enum { BASE = 0x1000, WORDS = 4096 };
#define NOP 0xd503201fu
#define RET 0xd65f03c0u
#define BR_X16 0xd61f0200u
#define CBNZ_X0 0xb5000000u
#define BL 0x94000000u
#define B 0x14000000u

static uint32_t code[WORDS];

static uint64_t at(uint32_t word)
{
    return BASE + 4 * (uint64_t)word;
}

static bool word_at(void *user, uint64_t pc, uint32_t *word)
{
    (void)user;
    if (pc < BASE || pc >= at(WORDS))
        return false;
    *word = code[(pc - BASE) / 4];
    return true;
}
static const struct ag_code_source source = {word_at, NULL, false};

/* NOPs that end in a RET. */
static void put_function(uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++)
        code[i] = NOP;
    code[end - 1] = RET;
}

/* At `from` a branch to `to`, over imm19 or imm26. */
static void put_branch(uint32_t from, uint32_t to, uint32_t word)
{
    const uint32_t distance = to - from;
    code[from] = word == CBNZ_X0 ? word | (distance & 0x7ffff) << 5
                                 : word | (distance & 0x3ffffff);
}

/* Functions at 0 (100 instructions, calls those at 100 and 2000), 100 (20) and
   2000 (2000); sorted. */
static struct ag_functions find_functions(void)
{
    struct ag_functions f = {0};
    put_function(0, 100);
    put_function(100, 120);
    put_function(120, 2000);
    put_function(2000, 4000);
    put_function(4000, WORDS);
    put_branch(10, 100, BL);
    put_branch(20, 2000, BL);
    put_branch(21, 2000, BL);
    put_branch(4000, 120, BL);
    put_branch(4001, 4000, BL);
    assert_true(ag_functions_add(&f, BASE));
    assert_true(ag_functions_add_called(&f, &source, BASE, at(WORDS)));
    ag_functions_sort(&f);
    return f;
}

static void functions(void **state)
{
    struct ag_functions f = find_functions();
    uint64_t start, end;
    (void)state;
    assert_int_equal(f.count, 5);
    ag_function_at(&f, at(119), &start, &end);
    assert_int_equal(start, at(100));
    assert_int_equal(end, at(120));
    ag_function_at(&f, at(2000), &start, &end);
    assert_int_equal(start, at(2000));
    ag_function_at(&f, at(WORDS - 1), &start, &end);
    assert_int_equal(start, at(4000));
    assert_true(end == UINT64_MAX);
    ag_function_at(&f, BASE - 4, &start, &end);
    assert_true(start == 0 && end == BASE);
    ag_functions_close(&f);
}

static bool is_entry(const struct ag_region *r, uint64_t pc)
{
    for (uint32_t i = 0; i < r->num_blocks; i++)
        if (r->blocks[i].pc == pc)
            return ag_region_is_entered(&r->blocks[i]);
    return false;
}

/* The region of one or two addresses. */
static struct ag_region region_of(uint32_t hot, uint32_t warm, uint32_t budget)
{
    const struct ag_hot_pc pcs[] = {{at(hot), 1000}, {at(warm), 100}};
    struct ag_functions f = find_functions();
    struct ag_region r;
    assert_true(ag_hot_region(&r, &source, &f, pcs, warm == 0 ? 1 : 2, budget));
    assert_true(r.num_instructions <= budget);
    ag_functions_close(&f);
    return r;
}

/* From a function's beginning on; what it calls comes last. */
static void whole_functions(void **state)
{
    struct ag_region r;
    (void)state;
    r = region_of(50, 0, 110);
    assert_true(is_entry(&r, at(0)));
    assert_true(ag_region_has(&r, at(99)));
    assert_true(ag_region_has(&r, at(100)));
    assert_false(ag_region_has(&r, at(115)));
    assert_int_equal(r.num_instructions, 110);
    ag_region_close(&r);
    r = region_of(110, 50, 400);
    assert_true(is_entry(&r, at(0)));
    assert_true(is_entry(&r, at(100)));
    ag_region_close(&r);
    r = region_of(110, 4090, 64); /* not for a few */
    assert_true(is_entry(&r, at(100)));
    ag_region_close(&r);
}

/* Of a large function the largest loop that fits, though it is far from where
   the function begins; where there is none, what is behind a branch. */
static void loops(void **state)
{
    struct ag_functions f = find_functions();
    const struct ag_hot_pc pc = {at(3010), 1};
    struct ag_region r;
    (void)state;
    put_branch(3015, 3005, CBNZ_X0);
    put_branch(3040, 3000, CBNZ_X0);
    put_branch(3900, 2100, CBNZ_X0);
    assert_true(ag_hot_region(&r, &source, &f, &pc, 1, 100));
    assert_true(is_entry(&r, at(3000)));
    assert_true(ag_region_has(&r, at(3040)));
    assert_false(is_entry(&r, at(3010)));
    assert_false(ag_region_has(&r, at(2000)));
    ag_region_close(&r);
    put_branch(3040, 3041, CBNZ_X0);
    put_branch(3015, 3016, CBNZ_X0);
    put_branch(3003, 3100, B);
    assert_true(ag_hot_region(&r, &source, &f, &pc, 1, 100));
    assert_true(is_entry(&r, at(3004)));
    ag_region_close(&r);
    ag_functions_close(&f);
}

/* Behind an indirect branch: nothing but what was seen says that it is code. */
static void cases_of_a_switch(void **state)
{
    struct ag_functions f = find_functions();
    const struct ag_hot_pc pcs[] = {{at(5), 10}, {at(60), 9}};
    struct ag_region r;
    (void)state;
    code[30] = BR_X16;
    put_branch(55, 31, B);
    assert_true(ag_hot_region(&r, &source, &f, pcs, 2, 400));
    assert_true(is_entry(&r, at(0)));
    assert_true(is_entry(&r, at(56)));
    assert_true(ag_region_has(&r, at(60)));
    ag_region_close(&r);
    ag_functions_close(&f);
}

/* A loop that only cold code leads to, which a branch behind it leads around:
   lanes come in at the loop. */
static void loop_behind_cold_code(void **state)
{
    struct ag_functions f = find_functions();
    const struct ag_hot_pc pc = {at(25), 1000};
    struct ag_region r;
    (void)state;
    put_branch(2, 90, B);
    put_branch(12, 95, B);
    put_branch(30, 20, CBNZ_X0);
    put_branch(35, 12, B);
    assert_true(ag_hot_region(&r, &source, &f, &pc, 1, 400));
    assert_true(is_entry(&r, at(20)));
    assert_true(ag_region_has(&r, at(30)));
    ag_region_close(&r);
    ag_functions_close(&f);
}

/* What was seen comes first, and of ways out of it few instructions, where
   nothing was seen: each branch behind leads to less. */
static void what_is_cold(void **state)
{
    struct ag_functions f = find_functions();
    const struct ag_hot_pc pc = {at(15), 1000};
    struct ag_region r;
    (void)state;
    code[20] = code[21] = code[22] = NOP;
    put_branch(10, 50, CBNZ_X0);
    assert_true(ag_hot_region(&r, &source, &f, &pc, 1, 40));
    assert_true(ag_region_has(&r, at(11)));
    assert_false(ag_region_has(&r, at(50)));
    ag_region_close(&r);
    for (uint32_t i = 50; i < 56; i++)
        put_branch(i, i + 30, CBNZ_X0);
    assert_true(ag_hot_region(&r, &source, &f, &pc, 1, 400));
    assert_true(ag_region_has(&r, at(49)));
    assert_true(ag_region_has(&r, at(50)));
    assert_false(ag_region_has(&r, at(55)));
    ag_region_close(&r);
    ag_functions_close(&f);
}

/* Nowhere, and where there is no code. */
static void nothing(void **state)
{
    const struct ag_hot_pc pc = {0x10, 5};
    struct ag_functions none = {0};
    struct ag_region r;
    (void)state;
    assert_true(ag_hot_region(&r, &source, &none, &pc, 0, 100));
    assert_int_equal(r.num_instructions, 0);
    ag_region_close(&r);
    assert_true(ag_hot_region(&r, &source, &none, &pc, 1, 100));
    assert_int_equal(r.num_instructions, 0);
    assert_false(ag_region_has(&r, 0x10));
    ag_region_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions),
        cmocka_unit_test(whole_functions),
        cmocka_unit_test(loops),
        cmocka_unit_test(cases_of_a_switch),
        cmocka_unit_test(loop_behind_cold_code),
        cmocka_unit_test(what_is_cold),
        cmocka_unit_test(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
