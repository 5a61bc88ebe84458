/*
 * Lane groups against Unicorn: 64, 37 and 5 lanes of one program that start with
 * different registers run random rows and sequences together, in private memory
 * of both layouts and in shared memory (each lane in a region of its own), on
 * every copy of lane groups that this processor can run. Unicorn runs the lanes
 * one after the other, once for all of these. Branches on what differs between lanes and loops of
 * different lengths part them, so that instructions execute under all kinds of
 * masks; some lanes fault on the way, some runs are interrupted and go on.
 *
 * tests/diff/session.h says what is compared and what SEED, COUNT and CASE do.
 */
#include "guest.h"

#include <inttypes.h>

#include "diff/session.h"
#include "diff/unicorn.h"

/* Five pages, so that reading what 64 lanes have takes no longer than running
   them. */
enum { WINDOW = 0x5000, CODE = 0x2000 };
enum {
    ONE_BY_ONE = 1, /* devices of the cpu backend: groups come behind */
    MOST_DEVICES = 8,
    MOST_KINDS = 6 * MOST_DEVICES,
    RELEASE_COUNT = 5000000,
    OTHER_COUNT = 400000,
    MANY_CASES = 400 /* so many have each kind of fault */
};

static const struct diff_exclusion exclusions[] = {
    DIFF_UNICORN_EXCLUSIONS,
    {"IC_", "", "a lane that invalidates its code leaves groups for good",
     NULL},
    {NULL, NULL, NULL, NULL},
};

/* Interleaved memory is what lanes have if nothing else is said. */
enum { LINEAR = 1, INTERLEAVED = 2 };
static const struct diff_kind_of_subject private_kinds[] = {
    {"interleaved", DIFF_PRIVATE, 64, 0, INTERLEAVED, 1 | 2},
    {"interleaved", DIFF_PRIVATE, 37, 0, INTERLEAVED, 4},
    {"interleaved", DIFF_PRIVATE, 5, 0, INTERLEAVED, 8},
    {"interleaved, some lanes' own code,", DIFF_MIXED, 64, 0, INTERLEAVED, 4},
    {"linear", DIFF_PRIVATE, 64, 0, LINEAR, 8},
    {"linear", DIFF_PRIVATE, 37, 0, LINEAR, 2},
};
static const struct diff_kind_of_subject shared_kinds[] = {
    {"shared", DIFF_SHARED, 64, 0, 0, 1 | 2 | 4},
    {"shared", DIFF_SHARED, 37, 0, 0, 8},
};

/* -- Devices --------------------------------------------------------------- */

static uint32_t devices[MOST_DEVICES];
static unsigned num_devices;

static void find_devices(void)
{
    armgpu_options o;
    armgpu *g;
    armgpu_options_init(&o);
    o.backend = "cpu";
    for (o.device = ONE_BY_ONE + 1; o.device < MOST_DEVICES; o.device++) {
        if (armgpu_open(&g, &o) == ARMGPU_OK)
            devices[num_devices++] = o.device;
        armgpu_close(g);
    }
}

/* Every kind on every device. */
static unsigned multiply(const struct diff_kind_of_subject *kinds, unsigned n,
                         struct diff_kind_of_subject out[MOST_KINDS])
{
    static char names[2 * MOST_KINDS][64];
    static unsigned used;
    unsigned i, d, count = 0;
    for (i = 0; i < n; i++)
        for (d = 0; d < num_devices; d++) {
            out[count] = kinds[i];
            out[count].device = devices[d];
            snprintf(names[used], sizeof names[used], "%s memory, device %u",
                     kinds[i].name, devices[d]);
            out[count++].name = names[used++];
        }
    return count;
}

/* -- Lanes do run together ------------------------------------------------- */

/* Two tickets of a counter in shared memory for each lane: those that run one by
   one get neighbours, those that run together each get the first before any
   gets the second. Before that every other lane has an instruction for itself,
   so they also have to meet again. */
static void take_tickets(uint32_t device, uint64_t lanes)
{
    static const uint32_t words[] = {
        0x36000044, /* tbz w4, #0, 8 */
        0xd503201f, /* nop */
        0xf8210002, /* ldadd x1, x2, [x0] */
        0xf8210003, /* ldadd x1, x3, [x0] */
        HLT,
    };
    uint64_t lane;
    armgpu_options o;
    armgpu *g;
    armgpu_options_init(&o);
    o.backend = "cpu";
    o.device = device;
    o.lanes = lanes;
    o.threads = 1;
    if (armgpu_open(&g, &o) != ARMGPU_OK)
        fail_msg("%s", armgpu_error_message(g));
    load_words(g, 0, words, LENGTH(words));
    assert_ok(g, armgpu_set_register_all(g, 0, 0, 0x1000));
    assert_ok(g, armgpu_set_register_all(g, 1, 0, 1));
    assert_ok(g, armgpu_set_register_all(g, 4, 1, 0));
    assert_ok(g, armgpu_execute(g, 0, NULL));
    for (lane = 0; lane < lanes; lane++) {
        const armgpu_state s = state_of(g, lane);
        bool together = device != ONE_BY_ONE;
        assert_int_equal(s.x[2], together ? lane : 2 * lane);
        assert_int_equal(s.x[3], together ? lanes + lane : 2 * lane + 1);
    }
    armgpu_close(g);
}

static void test_lanes_run_together(void **state)
{
    static const uint64_t lanes[] = {64, 37, 5};
    unsigned i, d;
    (void)state;
    for (i = 0; i < LENGTH(lanes); i++) {
        take_tickets(ONE_BY_ONE, lanes[i]);
        for (d = 0; d < num_devices; d++)
            take_tickets(devices[d], lanes[i]);
    }
}

/* -- Comparisons ----------------------------------------------------------- */

struct side {
    struct diff_unicorn unicorn;
    struct diff_oracle oracle;
    struct diff_session session;
};
static struct side private_side, shared_side;

static void open_side(struct side *side, const char *name, uint64_t apart,
                      const struct diff_kind_of_subject *kinds, unsigned n)
{
    const bool is_release = strcmp(ARMGPU_MODE, "release") == 0;
    struct diff_kind_of_subject all[MOST_KINDS];
    n = multiply(kinds, n, all);
    side->oracle.name = name;
    side->oracle.scope = (struct diff_scope){
        .window = {.begin = 0, .end = WINDOW, .code = CODE, .apart = apart},
        .lanes = DIFF_MOST_LANES,
        .together = true,
        .faults = true,
        .num_registers = DIFF_SYSTEM_REGISTERS,
        .exclusions = exclusions};
    diff_unicorn_open(&side->unicorn, &side->oracle);
    diff_session_open_on(&side->session, &side->oracle,
                         is_release ? RELEASE_COUNT : OTHER_COUNT, all, n);
    side->session.count /= 2; /* there are two sides */
}

static void close_side(struct side *side)
{
    diff_print_summary(&side->session);
    diff_session_close(&side->session);
    diff_unicorn_close(&side->unicorn);
}

static void test_every_row(void **state)
{
    struct diff_session *s = &private_side.session;
    (void)state;
    diff_run_singles(s);
    assert_int_equal(s->differences, 0);
    assert_int_equal(diff_rows_missed(s), 0);
}

/* Lanes took different ways in most cases, and some ended in faults of either
   kind: else this would show nothing of masks. */
static void check_parted(const struct diff_session *s, uint64_t cases,
                         uint64_t paths)
{
    print_message("%s: %.1f ways through a sequence, %" PRIu64
                  " lanes' accesses unaligned\n",
                  s->oracle->name, (double)paths / (double)cases, s->unaligned);
    assert_true(paths > 4 * cases);
    if (cases >= MANY_CASES)
        assert_true(s->unaligned > 0 && s->unaligned < s->faults);
}

static void run_sequences(struct diff_session *s)
{
    const uint64_t cases = s->cases, paths = s->paths;
    const uint64_t differences = s->differences;
    s->count += s->executed; /* without single rows */
    diff_run_sequences(s);
    assert_int_equal(s->differences, differences);
    if (getenv("CASE") != NULL)
        return;
    assert_true(s->executed >= s->count);
    assert_true(s->vectors >= s->count / 8);
    check_parted(s, s->cases - cases, s->paths - paths);
}

static void test_private_sequences(void **state)
{
    (void)state;
    run_sequences(&private_side.session);
}

static void test_shared_sequences(void **state)
{
    (void)state;
    run_sequences(&shared_side.session);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lanes_run_together),
        cmocka_unit_test(test_every_row),
        cmocka_unit_test(test_private_sequences),
        cmocka_unit_test(test_shared_sequences),
    };
    int failed;
    find_devices();
    if (num_devices == 0) {
        printf("0 passed, 0 failed, 1 skipped: no lane groups here\n");
        return 0;
    }
    open_side(&private_side, "Unicorn, private", 0, private_kinds,
              LENGTH(private_kinds));
    open_side(&shared_side, "Unicorn, shared", WINDOW, shared_kinds,
              LENGTH(shared_kinds));
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    close_side(&private_side);
    close_side(&shared_side);
    return failed;
}
