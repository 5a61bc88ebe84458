/*
 * Litmus tests of memory ordering: store buffering, message passing, load
 * buffering and independent reads, over every kind of access and of barrier
 * between two. Which outcomes are forbidden is_ordered() says; all of them are
 * looked for, and none may be seen. ROUNDS=N is how often each is tried.
 *
 * Lanes of one thread execute one after the other, so a role of a shape is the
 * first of 8 lanes, which the CPU backend gives to one thread; the others wait
 * in their role's code (lists of lanes are sorted by PC) and keep it a lane
 * group. On GPUs every lane has a warp of its own.
 *
 * Roles meet at a barrier, then go through a window of rounds without another,
 * each round with variables of its own, and meet again; role 0 counts. A window
 * executes one program, the next one the next. Variables are not cleared: the
 * n-th window writes n, and what it finds was n - 1 or is n. Who has waited for
 * 1,000 loads lets all lanes of its role give up the slice, by an atomic that
 * executes alone: a thread that waits for one without a processor sleeps.
 */
#include "litmus.h"
#include "targets.h"

#define ROUNDS (4 * WINDOW)

struct place {
    const char *backend;
    uint32_t device; /* of the CPU backend: how it executes lanes */
    uint64_t rounds, window;
    uint32_t first_size, step; /* of log2 of the bytes accessed, up to 3 */
    uint32_t sample;           /* one program of so many */
};

static uint64_t round_count(uint64_t usual)
{
    const char *asked = getenv("ROUNDS");
    return asked == NULL ? usual : strtoull(asked, NULL, 10);
}

static armgpu *open_place(const struct place *p, uint32_t roles)
{
    armgpu_options o;
    armgpu *g;
    armgpu_options_init(&o);
    o.lanes = roles * ROLE_LANES;
    o.memory_size = MEMORY;
    o.backend = p->backend;
    o.device = p->device;
    o.threads = roles;
    o.spread = 1;
    if (armgpu_open(&g, &o) != ARMGPU_OK)
        fail_msg("%s: %s", p->backend, armgpu_error_message(g));
    return g;
}

static void start_role(armgpu *g, const struct place *p, const struct shape *s,
                       uint32_t role, uint64_t windows)
{
    uint64_t regs[32] = {0}, odd = role & 1;
    regs[13] = ALONE + role * WINDOW;
    regs[18] = DONE;
    regs[29] = GIVEN_UP + role * WINDOW;
    for (uint64_t i = role * ROLE_LANES; i < (role + 1) * ROLE_LANES; i++) {
        assert_ok(g, armgpu_set_registers_lane(g, i, regs));
        assert_ok(g, armgpu_set_pc_lane(g, i, role * ROLE_BYTES));
    }
    regs[0] = role;
    regs[9] = UNUSED + role * WINDOW;
    regs[11] = regs[12] = program_count;
    regs[14] = s->roles;
    regs[16] = role * 2 + 1;
    regs[17] = p->window;
    regs[20] = role * ROLE_BYTES + FIRST_PROGRAM;
    regs[21] = VARIABLES + odd * ONE_VARIABLE;
    regs[22] = VARIABLES + (odd ^ 1) * ONE_VARIABLE;
    regs[23] = MET;
    regs[24] = RESULTS + role * WINDOW;
    regs[25] = RESULTS;
    regs[26] = COUNTS;
    regs[27] = windows;
    regs[28] = POSITION + (role + 1) % s->roles * WINDOW;
    assert_ok(g, armgpu_set_registers_lane(g, role * ROLE_LANES, regs));
}

/* Roles that a shape has not say that all is as asked for. */
static void fill_results(armgpu *g, uint32_t roles)
{
    uint8_t ones[WINDOW];
    memset(ones, 1, sizeof ones);
    for (uint32_t role = roles; role < MOST_ROLES; role++)
        assert_ok(g, armgpu_write_memory(g, 0, RESULTS + role * WINDOW, ones,
                                         sizeof ones));
}

/* What was seen of each program, in all handles of a shape. */
static struct {
    uint64_t windows, seen[MOST_PROGRAMS];
} tally;

static void add_up(armgpu *g)
{
    tally.windows += memory_word(g, 0, DONE + 8);
    for (size_t i = 0; i < program_count; i++)
        tally.seen[i] += memory_word(g, 0, COUNTS + i * 8);
}

/* A lane that waits does it for so many cycles a window on average: where lanes
   had no processor at the same time there were fewer rounds. */
#define MOST_CYCLES (WINDOW * 400 + 20000)
static void run_windows(const struct place *p, const struct shape *s,
                        uint32_t log2_bytes, uint64_t windows)
{
    armgpu *g = open_place(p, s->roles);
    for (uint32_t role = 0; role < s->roles; role++)
        load_role(g, s, role, log2_bytes);
    for (uint32_t role = 0; role < s->roles; role++)
        start_role(g, p, s, role, windows);
    fill_results(g, s->roles);
    assert_ok(g, armgpu_execute(g, windows * MOST_CYCLES, NULL));
    add_up(g);
    armgpu_close(g);
}

/* Prints what must not be; gives how many programs it was seen of. */
static uint64_t report(const struct place *p, const struct shape *s,
                       uint32_t log2_bytes)
{
    uint64_t failed = 0, relaxed = 0, unordered = 0;
    uint64_t rounds = tally.windows * p->window / program_count;
    for (size_t i = 0; i < program_count; i++) {
        if (!programs[i].is_forbidden) {
            unordered += rounds;
            relaxed += tally.seen[i];
        } else if (tally.seen[i] != 0) {
            failed++;
            print_error("%s device %u, %s: %s, %s, %s of %u bytes: %llu of "
                        "%llu rounds have the forbidden outcome\n",
                        p->backend, p->device, s->name, programs[i].first->name,
                        links[programs[i].link].name, programs[i].second->name,
                        1u << log2_bytes, (unsigned long long)tally.seen[i],
                        (unsigned long long)rounds);
        }
    }
    print_message("%s device %u, %s, %u bytes: %zu programs, %llu rounds each; "
                  "without order seen %llu times in %llu\n",
                  p->backend, p->device, s->name, 1u << log2_bytes,
                  program_count, (unsigned long long)rounds,
                  (unsigned long long)relaxed, (unsigned long long)unordered);
    return failed;
}

/* Some 10 handles: whether a handle's threads have a core each or share one
   often stays as it was when they began. */
static uint64_t run_shape(const struct place *p, const struct shape *s,
                          uint32_t log2_bytes)
{
    uint64_t windows = (round_count(p->rounds) + p->window - 1) / p->window;
    uint64_t each = (windows + 9) / 10;
    memset(&tally, 0, sizeof tally);
    list_programs(s->does[s->varied == 1 ? 0 : s->roles - 1], p->sample);
    for (uint64_t done = 0; done < windows; done += each)
        run_windows(p, s, log2_bytes, each * program_count);
    return report(p, s, log2_bytes);
}

static void run_shapes(const struct place *p)
{
    uint64_t failed = 0;
    for (size_t i = 0; i < LENGTH(shapes); i++)
        for (uint32_t size = p->first_size; size <= 3; size += p->step)
            failed += run_shape(p, &shapes[i], size);
    if (failed != 0)
        fail_msg("%llu forbidden outcomes were seen",
                 (unsigned long long)failed);
}

static void test_one_by_one(void **state)
{
    static const struct place p = {"cpu", 1, ROUNDS, WINDOW, 0, 2, 1};
    (void)state;
    run_shapes(&p);
}

static void test_groups(void **state)
{
    static const struct place p = {"cpu", 0, ROUNDS, WINDOW, 1, 2, 1};
    (void)state;
    run_shapes(&p);
}

/* Where a launch takes the place of a fence rounds take long. */
static void test_gpus(void **state)
{
    static const struct place fences = {"", 0, ROUNDS, WINDOW, 0, 1, 1};
    static const struct place launches = {"", 0, 8, 8, 3, 1, 7};
    (void)state;
    for (size_t i = 0; i < LENGTH(gpus); i++) {
        struct place p = strcmp(gpus[i], "cuda") == 0 ? fences : launches;
        p.backend = gpus[i];
        if (is_tested(gpus[i]))
            run_shapes(&p);
    }
}

static void check_access(const struct access *a)
{
    for (size_t i = 0; i < LENGTH(a->words) && a->words[i].first.text; i++) {
        const struct word *w = &a->words[i].first;
        char second[32], small[16];
        size_t name = strcspn(w->text, " ");
        check_text(w->word, w->text);
        snprintf(second, sizeof second, "%s", w->text);
        for (char *c = second; *c != '\0'; c++)
            if (strncmp(c, "x7", 2) == 0 || strncmp(c, "x1]", 3) == 0)
                c[1]++;
        check_text(w->word + a->words[i].to_second, second);
        for (uint32_t size = 0; size <= 3 && strchr(w->text, '['); size++) {
            snprintf(small, sizeof small, "%.*s%s ", (int)name, w->text,
                     size == 0   ? "b"
                     : size == 1 ? "h"
                                 : "");
            check_text(of_size(w, size), small);
        }
    }
}

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(frame); i++)
        check_text(frame[i].word, frame[i].text);
    for (size_t i = 0; i < LENGTH(accesses); i++)
        check_access(&accesses[i]);
    for (size_t i = 0; i < LENGTH(links); i++)
        for (size_t k = 0; k < 2 && links[i].words[k].text != NULL; k++)
            check_text(links[i].words[k].word, links[i].words[k].text);
    check_text(0xf9400025, "ldr x5, [x1]");
    check_text(0xf9400045, "ldr x5, [x2]");
    check_text(0xd2800007, "mov x7, #0x0");
    check_text(0xca1300e7, "eor x7, x7, x19");
    check_text(0xca0a0108, "eor x8, x8, x10");
    check_text(0xd3401d08, "ubfx x8, x8, #0, #8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_one_by_one),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_gpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
