/*
 * Random calls of the library on several handles that must agree (api/api.h
 * says which, and when). Each sequence of calls is made from the seed and its
 * number alone. One that shows a difference is made again without each of its
 * calls and handles, for as long as the difference stays.
 *
 * Environment: SEED (default 1, printed), COUNT (sequences), CASE=N (only that
 * one), CALLS=1 (print calls as they are made: for what ends the process),
 * ARMGPU_TEST_BACKENDS (targets.h).
 */
#define _POSIX_C_SOURCE 200809L
#include "api/api.h"

#include <inttypes.h>

enum { RELEASE_COUNT = 300, OTHER_COUNT = 60, CALLS = 100 };

enum kind { ALWAYS, SETS, OTHER };

static const struct {
    api_call_fn *fn;
    enum kind kind;
    uint32_t weight;
} calls[] = {
    {api_load_program, SETS, 8},     {api_load_data, SETS, 6},
    {api_add_program, OTHER, 6},     {api_assign_programs, OTHER, 5},
    {api_assign_program, SETS, 4},   {api_reset, ALWAYS, 10},
    {api_set_register_all, SETS, 6}, {api_set_pc_all, SETS, 4},
    {api_set_pc, SETS, 4},           {api_set_registers, SETS, 4},
    {api_set_state, SETS, 4},        {api_write_memory, SETS, 5},
    {api_write_range, SETS, 5},      {api_look_at_registers, OTHER, 4},
    {api_look_at_states, OTHER, 5},  {api_look_at_results, OTHER, 4},
    {api_look_at_memory, OTHER, 4},  {api_look_at_range, OTHER, 4},
    {api_look_at_list, OTHER, 4},    {api_set_prepare, OTHER, 4},
    {api_set_finish, OTHER, 5},      {api_set_trace, OTHER, 6},
    {api_request_stop, OTHER, 1},    {api_execute, ALWAYS, 14},
    {api_stop_and_go_on, OTHER, 2},
};

static struct api_sequence sequence;
static uint64_t seed;

/* What is left of a sequence. */
struct cut {
    uint32_t handles;
    bool calls[CALLS];
};

/* A sequence has about half of the calls, one in three hardly any that set
   something: what one call leaves behind is not always swept away by others. */
static uint32_t weight_of(const struct api_sequence *s, size_t i)
{
    struct random_source of_all = random_for(s->seed, 3, s->number);
    struct random_source of_call = random_for(s->seed, 4 + i, s->number);
    bool is_quiet = random_one_in(&of_all, 3);
    if (calls[i].kind == ALWAYS ||
        random_one_in(&of_call, calls[i].kind == SETS && is_quiet ? 12 : 2))
        return calls[i].weight;
    return 0;
}

static api_call_fn *choose_call(const struct api_sequence *s,
                                struct random_source *r)
{
    uint32_t all = 0;
    size_t i;
    for (i = 0; i < LENGTH(calls); i++)
        all += weight_of(s, i);
    uint32_t n = random_below(r, all);
    for (i = 0; n >= weight_of(s, i); i++)
        n -= weight_of(s, i);
    return calls[i].fn;
}

/* A program first. Where lanes are gone there is not much more to see. */
static void make_call(struct api_sequence *s, unsigned number)
{
    struct random_source r = random_for(s->seed, 0x100 + number, s->number);
    api_call_fn *fn = choose_call(s, &r);
    if (number == 0)
        fn = api_load_program;
    else if (s->phase == API_RUN && s->has_waves && random_one_in(&r, 4))
        fn = api_reset;
    fn(s, &r);
}

/* True if all handles agreed. */
static bool run(uint64_t number, const struct cut *cut)
{
    struct api_sequence *s = &sequence;
    struct random_source r = random_for(seed, 2, number);
    api_open(s, seed, number, cut->handles);
    /* handles of GPUs are not opened for nothing */
    unsigned n = 6 + random_below(&r, (s->with_gpus ? CALLS : CALLS / 2) - 5);
    for (unsigned i = 0; i < n && s->difference[0] == '\0'; i++)
        if (cut->calls[i])
            make_call(s, i);
    if (s->difference[0] == '\0')
        api_look_at_all(s);
    bool is_same = s->difference[0] == '\0';
    if (is_same)
        api_close(s);
    return is_same;
}

/* -- Differences ----------------------------------------------------------- */

/* As run(), and forgets the handles. */
static bool differs(uint64_t number, const struct cut *cut)
{
    bool is_same = run(number, cut);
    api_close(&sequence);
    return !is_same;
}

static void shorten(uint64_t number, struct cut *cut)
{
    for (unsigned i = CALLS; i-- > 0;) {
        cut->calls[i] = false;
        cut->calls[i] = !differs(number, cut);
    }
    for (unsigned i = 1; i < API_HANDLES; i++) {
        cut->handles &= ~(1u << i);
        if (!differs(number, cut))
            cut->handles |= 1u << i;
    }
}

static void report(uint64_t number, struct cut *cut)
{
    const struct api_sequence *s = &sequence;
    api_close(&sequence);
    print_error("rerun with SEED=%" PRIu64 " CASE=%" PRIu64 "; %s\n", seed,
                number, s->difference);
    shorten(number, cut);
    if (!differs(number, cut))
        print_error("the difference does not come every time\n");
    print_error("%s%s\n", s->calls, s->difference);
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && *text != '\0' ? strtoull(text, NULL, 0) : otherwise;
}

static void test_random_calls(void **state)
{
    const bool is_release = strcmp(ARMGPU_MODE, "release") == 0;
    uint64_t first = number_from("CASE", 0);
    uint64_t n = getenv("CASE") != NULL
                     ? 1
                     : number_from("COUNT", is_release ? RELEASE_COUNT
                                                       : OTHER_COUNT);
    (void)state;
    print_message("SEED=%" PRIu64 ", %" PRIu64 " sequences\n", seed, n);
    for (uint64_t number = first; number < first + n; number++) {
        struct cut cut = {.handles = UINT32_MAX};
        memset(cut.calls, 1, sizeof cut.calls);
        if (run(number, &cut))
            continue;
        report(number, &cut);
        fail_msg("handles do not agree");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_calls)};
    seed = number_from("SEED", 1);
    api_check_programs();
    api_find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
