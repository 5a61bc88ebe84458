/*
 * The conformance test of src/cli/check/check.h on every backend that can be used
 * here, and all guest programs of programs/manifest.tsv on them: programs
 * without races must end as on one thread of the CPU bit for bit, the others
 * as their row says.
 *
 * ARMGPU_TEST_BACKENDS names the backends: NAME[:DEVICE][/THREADS],... The
 * default is cpu/2, and every other device that says it is usable; cpu/8 and
 * each kind of lane group, and builds that are not for release, in the quick form.
 */
#include "guest.h"

#include "cli/check/check.h"

#define MAX_TARGETS 16
#define MAX_ROWS 64
#define MAX_TESTS (MAX_TARGETS * (MAX_ROWS + 24))
#define MAX_COLUMNS 14

/* -- What is tested -------------------------------------------------------- */

struct target {
    char backend[16];
    ag_check_device device;
    ag_check check;
};

struct row {
    char text[512]; /* holds the columns */
    const char *column[MAX_COLUMNS];
};

/* Columns of the manifest; its head explains them. */
enum {
    NAME,
    BIN,
    LANES,
    SHARED,
    PRIVATE,
    MAX_CYCLES,
    RACE_FREE,
    REGISTERS,
    STOP,
    CODE,
    CYCLES,
    X,
    MEMORY
};

struct test {
    struct target *target;
    const ag_check_subject *subject; /* or */
    const struct row *row;
    char name[96];
};

static struct target targets[MAX_TARGETS];
static struct row rows[MAX_ROWS];
static struct test tests[MAX_TESTS];
static struct CMUnitTest list[MAX_TESTS];
static size_t target_count, row_count, test_count;

static struct target *add_target(const char *backend, uint32_t device,
                                 uint32_t threads)
{
    struct target *t = &targets[target_count];

    if (target_count++ >= MAX_TARGETS)
        exit(2);
    snprintf(t->backend, sizeof t->backend, "%s", backend);
    t->device.backend = t->backend;
    t->device.device = device;
    t->device.threads = threads;
    ag_check_init(&t->check, t->device, 1);
    t->check.is_quick = strcmp(ARMGPU_MODE, "release") != 0;
    return t;
}

/* Less of it. */
static void add_quick(const char *backend, uint32_t device, uint32_t threads)
{
    add_target(backend, device, threads)->check.is_quick = true;
}

/* The same with an odd number of lanes a warp, and less of it. */
static void add_spread(const char *backend, uint32_t device)
{
    struct target *t = add_target(backend, device, 0);

    t->device.spread = 5;
    ag_check_init(&t->check, t->device, 1);
    t->check.is_quick = true;
}

/* With all that can be translated executed so. Guest programs are
   test_engine.sh's. */
static void add_translated(const char *backend, uint32_t device)
{
    struct target *t = add_target(backend, device, 0);

    t->device.engine = ARMGPU_ENGINE_TRANSLATED;
    ag_check_init(&t->check, t->device, 1);
    t->check.is_quick = true;
}

/* NAME[:DEVICE][/THREADS] */
static void add_named(const char *text)
{
    const char *device = strchr(text, ':'), *threads = strchr(text, '/');
    char name[16];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, ":/"), text);
    add_target(name,
               device != NULL ? (uint32_t)strtoul(device + 1, NULL, 10) : 0,
               threads != NULL ? (uint32_t)strtoul(threads + 1, NULL, 10) : 0);
}

/* Every copy of lane groups that this processor can run. */
static void add_groups(void)
{
    armgpu_options o;
    armgpu *g;

    armgpu_options_init(&o);
    o.backend = "cpu";
    for (o.device = AG_CHECK_ONE_BY_ONE + 1; o.device < 8; o.device++) {
        if (armgpu_open(&g, &o) == ARMGPU_OK)
            add_quick("cpu", o.device, 1);
        armgpu_close(g);
    }
}

static void add_usable(void)
{
    armgpu_device devices[MAX_TARGETS];
    uint64_t n;

    for (int i = 0; i < MAX_TARGETS; i++)
        devices[i].size = sizeof devices[i];
    n = armgpu_list_devices(devices, MAX_TARGETS);
    add_target("cpu", 0, 2);
    add_quick("cpu", 0, 8);
    add_groups();
    add_translated("cpu", AG_CHECK_ONE_BY_ONE);
    for (uint64_t i = 0; i < n && i < MAX_TARGETS; i++) {
        if (devices[i].usable != 0 && strcmp(devices[i].backend, "cpu") != 0) {
            add_target(devices[i].backend, devices[i].index, 0);
            add_spread(devices[i].backend, devices[i].index);
            add_translated(devices[i].backend, devices[i].index);
        } else if (devices[i].usable == 0)
            printf("skipped %s: %s\n", devices[i].backend, devices[i].detail);
    }
}

static void add_targets(void)
{
    const char *named = getenv("ARMGPU_TEST_BACKENDS");
    char text[256];

    if (named == NULL) {
        add_usable();
        return;
    }
    snprintf(text, sizeof text, "%s", named);
    for (char *name = strtok(text, ","); name != NULL; name = strtok(NULL, ","))
        add_named(name);
}

/* -- The manifest ---------------------------------------------------------- */

static void split(struct row *row)
{
    char *at = row->text;

    at[strcspn(at, "\n")] = '\0';
    for (int i = 0; i < MAX_COLUMNS; i++) {
        size_t length = strcspn(at, "\t");

        row->column[i] = *at == '\0' ? "-" : at;
        at += length;
        if (*at == '\t')
            *at++ = '\0';
    }
}

static void read_manifest(void)
{
    FILE *in = fopen("programs/manifest.tsv", "r");

    if (in == NULL) {
        printf("programs/manifest.tsv: run this from the project's root\n");
        exit(2);
    }
    while (row_count < MAX_ROWS &&
           fgets(rows[row_count].text, sizeof rows[0].text, in) != NULL) {
        if (rows[row_count].text[0] != '#')
            split(&rows[row_count++]);
    }
    fclose(in);
}

static bool is_given(const struct row *row, int column)
{
    return strcmp(row->column[column], "-") != 0;
}

static uint64_t number(const char *text)
{
    return strtoull(text, NULL, 0);
}

/* NUMBER, lane, lane*NUMBER or lane*NUMBER+NUMBER. */
static uint64_t evaluate(const char *text, uint64_t lane)
{
    const char *plus = strchr(text, '+');

    if (strncmp(text, "lane", 4) != 0)
        return number(text);
    return lane * (text[4] == '*' ? number(text + 5) : 1) +
           (plus != NULL ? number(plus + 1) : 0);
}

/* The next of "NAME=EXPR,...": its value for this lane and the number in its
   name; false at the end. */
static bool next_register(const char **list_at, uint64_t lane, uint64_t *which,
                          uint64_t *value)
{
    const char *at = *list_at, *equals = strchr(at, '=');

    if (equals == NULL)
        return false;
    *which = number(at + 1);
    *value = evaluate(equals + 1, lane);
    *list_at = at + strcspn(at, ",");
    if (**list_at == ',')
        ++*list_at;
    assert_true(at[0] == 'x' && *which < 31);
    return true;
}

static void load_image(ag_check_rig *rig, const char *bin)
{
    char path[128];
    FILE *in;

    snprintf(path, sizeof path, "programs/%s", bin);
    in = fopen(path, "rb");
    if (in == NULL)
        fail_msg("%s cannot be read", path);
    memset(rig->image, 0, (size_t)rig->memory_size);
    (void)fread(rig->image, 1, (size_t)rig->memory_size, in);
    fclose(in);
}

static void start_row(ag_check_rig *rig, const struct row *row)
{
    for (uint64_t lane = 0; lane < rig->lanes; lane++) {
        const char *at = row->column[REGISTERS];
        uint64_t which, value;

        while (next_register(&at, lane, &which, &value))
            rig->start[lane].x[which] = value;
    }
}

static void check_lane(ag_check_rig *rig, const struct row *row, uint64_t lane)
{
    const armgpu_lane_result *r = &rig->results[AG_CHECK_TESTED][lane];
    const armgpu_state *s = &rig->end[AG_CHECK_TESTED][lane];
    const char *at = row->column[X];
    uint64_t which, value;

    if ((is_given(row, STOP) &&
         strcmp(armgpu_stop_name(r->stop_reason), row->column[STOP]) != 0) ||
        (is_given(row, CODE) && r->stop_code != number(row->column[CODE])) ||
        (is_given(row, CYCLES) &&
         r->cycles != evaluate(row->column[CYCLES], lane)))
        ag_check_fail(
            rig->check,
            "lane %" PRIu64 ": %s, code 0x%" PRIx64 ", %" PRIu64 " cycles",
            lane, armgpu_stop_name(r->stop_reason), r->stop_code, r->cycles);
    while (next_register(&at, lane, &which, &value)) {
        if (s->x[which] != value)
            ag_check_fail(rig->check,
                          "lane %" PRIu64 ": x%" PRIu64 " is 0x%" PRIx64
                          ", not 0x%" PRIx64,
                          lane, which, s->x[which], value);
    }
}

/* ADDRESS:BYTES=VALUE,... of shared memory. */
static void check_memory(ag_check_rig *rig, const struct row *row)
{
    const char *at = row->column[MEMORY];

    if (!is_given(row, MEMORY) || !ag_check_read(rig, 0))
        return;
    for (; *at != '\0'; at += strcspn(at, ","), at += *at == ',') {
        uint64_t address = number(at), bytes = number(strchr(at, ':') + 1);
        uint64_t want = number(strchr(at, '=') + 1);
        uint64_t is =
            ag_check_get(rig->memory[AG_CHECK_TESTED] + address, (size_t)bytes);

        if (is != want)
            ag_check_fail(rig->check,
                          "memory at 0x%" PRIx64 " is %" PRIu64
                          ", not %" PRIu64,
                          address, is, want);
    }
}

static void run_row(ag_check *c, const struct row *row, uint32_t mode,
                    uint64_t lanes)
{
    int size = mode == ARMGPU_MEMORY_SHARED ? SHARED : PRIVATE;
    bool is_race_free = strcmp(row->column[RACE_FREE], "yes") == 0;
    ag_check_rig *rig;

    if (!is_given(row, size))
        return;
    rig = ag_check_rig_take(c, mode, lanes, number(row->column[size]));
    if (rig == NULL)
        return;
    load_image(rig, row->column[BIN]);
    if (!ag_check_load(rig))
        return;
    start_row(rig, row);
    if (!ag_check_start(rig) ||
        !ag_check_execute(rig, number(row->column[MAX_CYCLES])))
        return;
    if (is_race_free ? !ag_check_compare(rig)
                     : !ag_check_read_lanes(rig, AG_CHECK_TESTED))
        return;
    for (uint64_t lane = 0; lane < lanes; lane++)
        check_lane(rig, row, lane);
    if (lanes == number(row->column[LANES]))
        check_memory(rig, row);
}

/* Rows without races hold for any number of lanes; the long ones are long
   enough with their own. */
#define MORE_LANES 250

static void check_row(ag_check *c, const struct row *row)
{
    uint64_t lanes = number(row->column[LANES]);
    uint64_t cycles = number(row->column[CYCLES]);

    for (uint32_t mode = 0; mode < 2; mode++) {
        run_row(c, row, mode, lanes);
        if (strcmp(row->column[RACE_FREE], "yes") == 0 && lanes > 1 &&
            cycles < 100000)
            run_row(c, row, mode, MORE_LANES);
    }
}

/* -- Tests ----------------------------------------------------------------- */

static bool is_vector(const ag_check_row *row)
{
    return row->implemented && (row->value >> 26 & 3) == 3;
}

/* Every row that works on V registers has been executed and compared. */
static void check_vector_rows(const ag_check *c)
{
    uint64_t count = 0, missed = 0, instructions = 0;

    for (size_t i = 0; i < c->row_count; i++) {
        const ag_check_row *row = &c->rows[i];

        if (!is_vector(row))
            continue;
        count++;
        missed += c->retired[row->index] == 0;
        instructions += c->retired[row->index];
    }
    print_message("%" PRIu64 " single instructions of %" PRIu64
                  " rows on V registers\n",
                  instructions, count);
    if (!c->is_quick)
        assert_int_equal(missed, 0);
}

static void run_one(void **state)
{
    struct test *t = *state;
    ag_check *c = &t->target->check;

    if (t->subject != NULL) {
        (void)ag_check_run(c, t->subject, AG_CHECK_ALL_ROUNDS);
        if (strcmp(t->subject->name, "words") == 0)
            check_vector_rows(c);
    } else {
        ag_check_begin(c, t->row->column[NAME]);
        check_row(c, t->row);
    }
    if (c->differences != 0)
        fail_msg("%s%llu in all", c->report,
                 (unsigned long long)c->differences);
}

/* A rig whose lanes have executed three words; what a test changes after that
   on one side must be noticed. */
static ag_check_rig *executed_rig(ag_check *c, uint32_t mode)
{
    static const uint32_t code[] = {0x91000400, 0xf9000020, HLT};
    ag_check_rig *rig = ag_check_rig_take(c, mode, 33, 0);

    ag_check_begin(c, "comparison");
    assert_non_null(rig);
    memset(rig->image, 0, (size_t)rig->memory_size);
    ag_check_put_words(rig, 0, code, LENGTH(code));
    assert_true(ag_check_load(rig));
    for (uint64_t i = 0; i < rig->lanes; i++)
        rig->start[i].x[1] = ag_check_low(rig, i);
    assert_true(ag_check_start(rig) && ag_check_execute(rig, 0));
    assert_true(ag_check_compare(rig));
    return rig;
}

static void test_comparison(void **state)
{
    ag_check c;
    (void)state;

    ag_check_init(&c, (ag_check_device){"cpu", 0, 2, 0, 0, NULL}, 1);
    for (uint32_t mode = 0; mode < 2; mode++) {
        ag_check_rig *rig = executed_rig(&c, mode);
        armgpu *g = rig->g[AG_CHECK_TESTED];
        uint64_t registers[32] = {0};
        uint8_t byte = 1;

        assert_ok(g, armgpu_set_registers_lane(g, 32, registers));
        assert_false(ag_check_compare(rig));
        assert_int_equal(c.differences, 1);
        assert_non_null(strstr(c.report, "lane 32 of 33"));
        assert_non_null(strstr(c.report, "x0 is 0x0, not 0x1"));

        rig = executed_rig(&c, mode);
        assert_ok(g, armgpu_write_memory(g, 7, 0x4fff, &byte, 1));
        assert_false(ag_check_compare(rig));
        assert_non_null(strstr(c.report, "memory at 0x4fff is 0x01, not 0x00"));

        rig = executed_rig(&c, mode);
        assert_ok(g, armgpu_set_pc_lane(g, 3, 8));
        assert_ok(g, armgpu_execute(g, 0, NULL));
        assert_false(ag_check_compare(rig));
        assert_non_null(strstr(c.report, "cycles is 0x4, not 0x3"));
    }
    ag_check_free(&c);
}

static void add_test(struct target *target, const ag_check_subject *subject,
                     const struct row *row, const char *name)
{
    struct test *t = &tests[test_count];
    char device[64];

    if (test_count >= MAX_TESTS - 1)
        exit(2);
    t->target = target;
    t->subject = subject;
    t->row = row;
    snprintf(t->name, sizeof t->name, "%s: %s",
             ag_check_device_text(&target->device, device), name);
    list[test_count++] = (struct CMUnitTest){t->name, run_one, NULL, NULL, t};
}

/* Many bodies, which PoCL has minutes to compile translated: they are
   test_translate's, and `armgpu check --engine translated` has them. */
static bool is_dear(const struct target *t, const ag_check_subject *s)
{
    static const char *const dear[] = {"words", "edges", "sequences", "float"};
    bool is_one = false;

    for (size_t i = 0; i < sizeof dear / sizeof *dear; i++)
        is_one = is_one || strcmp(s->name, dear[i]) == 0;
    return is_one && ag_check_is_translated(&t->check) &&
           strcmp(t->backend, "cpu") != 0;
}

static void add_tests(struct target *target)
{
    bool is_translated = ag_check_is_translated(&target->check);

    for (const ag_check_subject *s = ag_check_subjects; s->name != NULL; s++) {
        if (ag_check_has(target->device.engine, s) &&
            !is_dear(target, s))
            add_test(target, s, NULL, s->name);
    }
    for (size_t i = 0; i < row_count && !is_translated; i++)
        add_test(target, NULL, &rows[i], rows[i].column[NAME]);
}

int main(void)
{
    int failed;

    add_targets();
    read_manifest();
    for (size_t i = 0; i < target_count; i++)
        add_tests(&targets[i]);
    list[test_count++] =
        (struct CMUnitTest){"comparison", test_comparison, NULL, NULL, NULL};
    failed = _cmocka_run_group_tests("backend", list, test_count, NULL, NULL);
    for (size_t i = 0; i < target_count; i++)
        ag_check_free(&targets[i].check);
    return failed;
}
