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

#define ROUNDS (10 * WINDOW)

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

/* -- Neighbours ------------------------------------------------------------ */

/*
 * Independent reads where each writer's lane is beside a reader's, in one
 * thread or warp: the reader must not see its neighbour's store before others
 * do. Lane 2p writes variable 0 of pair p and lane 2p + 1 reads variables 0 and
 * 1, the second through an address that depends on the first; 8 lanes further
 * on it is variable 1, and 1 and 0. A round is a row of variables, which both
 * sides begin together.
 */
#define SIDE 8
#define ROW (SIDE * 128)
#define NEAR_ROUNDS 1024
#define NOTHING 0x200000 /* what writers read and readers write */
#define NEAR_RESULTS 0x400000

/* X8 where I say my round, X9 where the other side says its; X2 what to write;
   X4, X6 what to read; X7 results; X17 bytes a row; X10 rounds; X1 1. */
static const uint32_t neighbour[] = {
    0xd280000b, /* mov x11, #0 */
    0x9100056c, /* loop: add x12, x11, #1 */
    0xf900010c, /* str x12, [x8] */
    0xf940012d, /* spin: ldr x13, [x9] */
    0xeb0c01bf, /* cmp x13, x12 */
    0x54000062, /* b.hs go */
    0xd503203f, /* yield */
    0x17fffffc, /* b spin */
    0xf9000041, /* go: str x1, [x2] */
    0xf9400083, /* ldr x3, [x4] */
    0xca03006f, /* eor x15, x3, x3 */
    0xf86f68c5, /* ldr x5, [x6, x15] */
    0x8a250070, /* bic x16, x3, x5: the first is new, the second is not */
    0x380014f0, /* strb w16, [x7], #1 */
    0x8b110042, /* add x2, x2, x17 */
    0x8b110084, /* add x4, x4, x17 */
    0x8b1100c6, /* add x6, x6, x17 */
    0x9100056b, /* add x11, x11, #1 */
    0xeb0a017f, /* cmp x11, x10 */
    0x54fffdc1, /* b.ne loop */
    0xd4400000, /* hlt #0 */
};
#define NEIGHBOUR_CODE 0x100
#define POSITIONS 0x800 /* 64 bytes a lane */
#define ROWS 0x10000

static void start_neighbour(armgpu *g, uint64_t lane, uint64_t rounds)
{
    uint64_t x[32] = {0}, side = lane / SIDE, pair = lane % SIDE / 2;
    uint64_t first = ROWS + pair * 256 + side * 128;
    uint64_t second = ROWS + pair * 256 + (1 - side) * 128;
    bool writes = lane % 2 == 0;
    x[1] = 1;
    x[2] = first + (writes ? 0 : NOTHING);
    x[4] = first + (writes ? NOTHING : 0);
    x[6] = second + (writes ? NOTHING : 0);
    x[7] = NEAR_RESULTS + lane * NEAR_ROUNDS;
    x[8] = POSITIONS + lane * 64;
    x[9] = POSITIONS + (lane + SIDE) % (2 * SIDE) * 64;
    x[10] = rounds;
    x[17] = ROW;
    assert_ok(g, armgpu_set_registers_lane(g, lane, x));
}

/* How often both readers saw their neighbour's store and not the other one. */
static uint64_t count_near(armgpu *g, uint64_t rounds)
{
    static uint8_t seen[2 * SIDE][NEAR_ROUNDS];
    uint64_t n = 0;
    assert_ok(g, armgpu_read_memory(g, 0, NEAR_RESULTS, seen, sizeof seen));
    for (uint64_t lane = 1; lane < SIDE; lane += 2)
        for (uint64_t i = 0; i < rounds; i++)
            n += seen[lane][i] && seen[lane + SIDE][i];
    return n;
}

/* A page that is used for the first time orders what it likes. */
static void touch_rows(armgpu *g)
{
    static const uint8_t zeros[NEAR_ROUNDS * ROW];
    assert_ok(g, armgpu_write_memory(g, 0, ROWS, zeros, sizeof zeros));
    assert_ok(g, armgpu_write_memory(g, 0, ROWS + NOTHING, zeros,
                                     sizeof zeros));
}

static uint64_t run_neighbours(const char *backend, uint32_t device,
                               uint32_t spread, uint64_t rounds)
{
    armgpu_options o;
    armgpu_result r = {.size = sizeof r};
    armgpu_options_init(&o);
    o.lanes = 2 * SIDE;
    o.memory_size = NEAR_RESULTS + 0x10000;
    o.backend = backend;
    o.device = device;
    o.threads = 2;
    o.spread = spread;
    armgpu *g = open_with(&o);
    touch_rows(g);
    load_words(g, NEIGHBOUR_CODE, neighbour, LENGTH(neighbour));
    for (uint64_t lane = 0; lane < 2 * SIDE; lane++)
        start_neighbour(g, lane, rounds);
    assert_ok(g, armgpu_execute(g, 0, &r));
    assert_int_equal(r.stops[ARMGPU_STOP_HALT], 2 * SIDE);
    uint64_t n = count_near(g, rounds);
    armgpu_close(g);
    return n;
}

static void test_neighbours(void **state)
{
    uint64_t handles = (round_count(ROUNDS) + 31) / 32, seen = 0;
    (void)state;
    for (uint32_t device = 0; device <= 1; device++)
        for (uint64_t i = 0; i < handles; i++)
            seen += run_neighbours("cpu", device, 0, NEAR_ROUNDS);
    for (size_t i = 0; i < LENGTH(gpus); i++)
        if (is_tested(gpus[i]))
            seen += run_neighbours(gpus[i], 0, SIDE, 32);
    print_message("%llu handles, forbidden outcomes: %llu\n",
                  (unsigned long long)handles, (unsigned long long)seen);
    assert_int_equal(seen, 0);
}

/* -------------------------------------------------------------------------- */

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
        cmocka_unit_test(test_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
