/*
 * More pages of code than the table of decoded code may hold: results are the
 * same, no lane waits forever, and no more than the bound is held. Lanes call
 * functions that have a page each, of several programs and of their own, and
 * wait for each other in shared memory.
 */
#define _POSIX_C_SOURCE 200809L
#include "targets.h"

#include "caller.h"
#include "core/engine.h"
#include "random.h"

#define LANES 70
#define FUNCTIONS 40
#define PROGRAMS 3
#define CALLS 12
#define PAGE 0x1000
#define PAGE_WORDS (PAGE / 4)
#define PAGES (FUNCTIONS + 1)
#define MEMORY (PAGES * PAGE)
#define WAITERS 8

static const uint32_t bounds[] = {2, 3, 17};

/* What a function of a program adds; lane OWN's function OWN is its own. */
#define OWN 33
#define OWN_ADDS 4000
static uint32_t adds(uint64_t lane, uint32_t program, uint32_t f)
{
    return lane == OWN && f == OWN ? OWN_ADDS : f + 1 + 100 * program;
}

static uint32_t *make_program(uint32_t program)
{
    uint32_t *image = calloc(PAGES, PAGE);
    assert_non_null(image);
    memcpy(image, caller, sizeof caller);
    for (uint32_t f = 0; f < FUNCTIONS; f++) {
        image[(f + 1) * PAGE_WORDS + f] = add_to_x0(f + 1 + 100 * program);
        image[(f + 1) * PAGE_WORDS + f + 1] = UINT32_C(0xd65f03c0); /* ret */
        for (uint32_t i = 0; i < f; i++) /* nop */
            image[(f + 1) * PAGE_WORDS + i] = UINT32_C(0xd503201f);
    }
    return image;
}

static void load_programs(armgpu *g, uint32_t programs)
{
    uint32_t id;
    for (uint32_t p = 0; p < programs; p++) {
        uint32_t *image = make_program(p);
        assert_ok(g, p == 0 ? armgpu_load_program(g, image, MEMORY, 0)
                            : armgpu_add_program(g, image, MEMORY, 0, &id));
        free(image);
    }
    if (programs > 1)
        assert_ok(g, armgpu_assign_programs(g, ARMGPU_ASSIGN_ROUND_ROBIN,
                                            NULL, 0));
}

static armgpu *open_bounded(const armgpu_options *o, uint32_t bound)
{
    char text[16];
    snprintf(text, sizeof text, "%u", bound);
    setenv("ARMGPU_CODE_PAGES", text, 1);
    armgpu *g = open_with(o);
    unsetenv("ARMGPU_CODE_PAGES");
    return g;
}

/* Slot 0 is none of the pages, and kernels read two entries beyond. */
static void check_held(const armgpu *g, uint32_t bound)
{
    assert_in_range(g->num_slots, 1, bound + 1);
    assert_in_range(g->entries.bytes, 1,
                    (bound + 1) * (uint64_t)PAGE_WORDS * sizeof(ag_entry) + 64);
}

struct start {
    uint64_t first[LANES], step[LANES], sums[LANES], ended;
};

static uint64_t sum_of(const struct start *s, uint64_t lane, uint32_t programs,
                       bool has_own)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < CALLS; i++) {
        uint32_t f = (uint32_t)((s->first[lane] + i * s->step[lane]) %
                                FUNCTIONS);
        sum += adds(has_own ? lane : 0, (uint32_t)(lane % programs), f);
    }
    return sum;
}

static void start_lane(armgpu *g, const struct start *s, uint64_t lane)
{
    uint64_t x[32] = {0};
    x[1] = s->first[lane];
    x[2] = FUNCTIONS;
    x[3] = x[4] = PAGE;
    x[5] = CALLS;
    x[8] = s->step[lane];
    assert_ok(g, armgpu_set_registers_lane(g, lane, x));
}

static int32_t prepare(void *user, armgpu *g, uint64_t first, uint64_t n)
{
    for (uint64_t lane = first; lane < first + n; lane++)
        start_lane(g, user, lane);
    return 0;
}

static int32_t finish(void *user, armgpu *g, const uint64_t *lanes,
                      const armgpu_lane_result *results, uint64_t n)
{
    struct start *s = user;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t x[32];
        assert_int_equal(results[i].stop_reason, ARMGPU_STOP_HALT);
        assert_ok(g, armgpu_get_lane_registers(g, lanes[i], x));
        s->sums[lanes[i]] = x[0];
        s->ended++;
    }
    return 0;
}

static int32_t go_on(void *user, uint64_t lane, const armgpu_state *state,
                     uint32_t word)
{
    (void)user, (void)lane, (void)state, (void)word;
    return 0;
}

/* What a run is like: calls() takes every combination. */
struct kind {
    uint32_t programs, bound;
    uint64_t resident;
    bool is_shared, has_own, is_traced;
};

static void run_calls(const struct target *t, const struct kind *k,
                      struct random_source *r)
{
    struct start s = {.ended = 0};
    armgpu_options o = options_for(t, LANES, k->resident, MEMORY);
    if (k->is_shared) {
        o.memory_mode = ARMGPU_MEMORY_SHARED;
        o.private_layout = 0;
    }
    armgpu *g = open_bounded(&o, k->bound);
    load_programs(g, k->programs);
    for (uint64_t lane = 0; lane < LANES; lane++) {
        s.first[lane] = random_below(r, 1000);
        s.step[lane] = random_below(r, 50);
    }
    if (k->has_own) {
        const uint32_t word = add_to_x0(OWN_ADDS);
        uint64_t at = (OWN + 1) * PAGE + OWN * 4;
        assert_ok(g, armgpu_write_memory(g, OWN, at, &word, 4));
    }
    armgpu_set_prepare(g, prepare, &s);
    armgpu_set_finish(g, finish, &s);
    if (k->is_traced)
        assert_ok(g, armgpu_set_trace(g, 1, go_on, NULL));
    assert_ok(g, armgpu_execute(g, 0, NULL));
    assert_int_equal(s.ended, LANES);
    for (uint64_t lane = 0; lane < LANES; lane++)
        assert_int_equal(s.sums[lane], sum_of(&s, lane, k->programs,
                                              k->has_own));
    check_held(g, k->bound);
    armgpu_close(g);
}

static bool is_gpu(const struct target *t)
{
    return t->threads == 0;
}

static void test_calls(void **state)
{
    struct random_source r = random_for(1, 0x626f756e, 0);
    (void)state;
    for (size_t t = 0; t < target_count; t++)
        for (size_t b = 0; b < LENGTH(bounds); b++)
            for (uint32_t n = 0; n < 16; n += is_gpu(&targets[t]) ? 3 : 1) {
                struct kind k = {.programs = n & 1 ? PROGRAMS : 1,
                                 .bound = bounds[b],
                                 .resident = n & 2 ? LANES / 2 : 0,
                                 .is_shared = n == 8 || n == 12,
                                 .has_own = n >= 4 && n < 8 && !(n & 2),
                                 .is_traced = n >= 12};
                run_calls(&targets[t], &k, &r);
            }
}

/* Every lane but 0 waits in two pages of its own, with a 16-byte atomic in
   each, until lane 0 has been through as many pages as there are. */
static const uint32_t waiter[] = {
    0xf9400040, /* ldr x0, [x2] */
    0x48247c66, /* casp x4, x5, x6, x7, [x3] */
    0xd503203f, /* yield; or nop: a lane that does not let others go first */
    0xb4000040, /* cbz x0, . + 8 */
    0xd4400000, /* hlt #0 */
    0xca080021, /* eor x1, x1, x8, the other page */
    0xd61f0020, /* br x1 */
};
static const uint32_t walker[] = {
    0x91000400, /* add x0, x0, #1 */
    0xf9000040, /* str x0, [x2], if it is the last */
    0x14000000, /* b the next page */
};

static void load_waiters(armgpu *g, bool yields)
{
    uint32_t pages = 2 * WAITERS + 6, *image = calloc(pages, PAGE);
    assert_non_null(image);
    for (uint32_t i = 0; i < 2 * WAITERS; i++) {
        memcpy(image + i * PAGE_WORDS, waiter, sizeof waiter);
        if (!yields)
            image[i * PAGE_WORDS + 2] = UINT32_C(0xd503201f);
    }
    for (uint32_t i = 2 * WAITERS; i < pages; i++) {
        uint32_t *page = image + i * PAGE_WORDS;
        memcpy(page, walker, sizeof walker);
        if (i + 1 < pages)
            page[1] = UINT32_C(0xd503201f);
        page[2] = i + 1 < pages ? page[2] | (PAGE_WORDS - 2) : HLT;
    }
    assert_ok(g, armgpu_load_program(g, image, (size_t)pages * PAGE, 0));
    free(image);
}

static void run_waiters(const struct target *t, uint32_t bound, bool is_traced)
{
    armgpu_options o = options_for(t, WAITERS + 1, 0, 0x40000);
    o.memory_mode = ARMGPU_MEMORY_SHARED;
    o.private_layout = 0;
    armgpu *g = open_bounded(&o, bound);
    load_waiters(g, is_traced); /* or it would be the trace's turn alone */
    for (uint64_t lane = 0; lane <= WAITERS; lane++) {
        armgpu_state s = state_of(g, lane);
        s.pc = (lane == 0 ? WAITERS : lane - 1) * 2 * PAGE;
        s.x[1] = s.pc;
        s.x[8] = PAGE;
        s.x[2] = 0x3f000;
        s.x[3] = 0x3f100 + 16 * lane;
        assert_ok(g, armgpu_set_state(g, lane, 1, &s));
    }
    if (is_traced)
        assert_ok(g, armgpu_set_trace(g, 1, go_on, NULL));
    assert_ok(g, armgpu_execute(g, 10000000, NULL));
    for (uint64_t lane = 0; lane <= WAITERS; lane++)
        if (result_of(g, lane).stop_reason != ARMGPU_STOP_HALT)
            fail_msg("%s, %u pages%s: lane %u waits", t->backend, bound,
                     is_traced ? ", traced" : "", (unsigned)lane);
    check_held(g, bound);
    armgpu_close(g);
}

static void test_nobody_waits_forever(void **state)
{
    (void)state;
    check_text(waiter[1], "casp x4, x5, x6, x7, [x3]");
    for (size_t t = 0; t < target_count; t += 2) /* layouts are no matter */
        for (size_t b = 0; b < LENGTH(bounds); b++)
            for (int is_traced = 0; is_traced < 2; is_traced++)
                run_waiters(&targets[t], bounds[b], is_traced != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_nobody_waits_forever),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
