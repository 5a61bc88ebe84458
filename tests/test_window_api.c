/*
 * Calls on lanes with the memory of an ELF program: reads across the border of
 * what is there once, writes that are refused, data that lanes begin with, PCs,
 * and memory that is as it began after a reset and in lanes of later waves, but
 * for the random bytes of a process, which each lane has its own of.
 */
#include "targets.h"
#include "window_image.h"

#define LANES 70
#define SIZE 0x6000 /* of own memory, or more */

static const struct window_shape touching = {
    "touching", ARMGPU_PROGRAM_LINUX, 0x400000, 0x1040, 0x401040, 0x600, 0x4000,
    0};
static const struct window_shape above = {
    "flash above", ARMGPU_PROGRAM_BARE_METAL, 0x14000, 0x4000, 0x10000, 0x600,
    4096, 0x13000};

/* x1: where, x2: step, x3: how often, x0: what. */
static const uint32_t stores[] = {
    0xf9000020, /* str x0, [x1] */
    0x8b020021, /* add x1, x1, x2 */
    0xf1000463, /* subs x3, x3, #0x1 */
    0x54ffffa1, /* b.ne str */
    HLT,
};

static void open_shape(struct window_image *m, const struct window_shape *s)
{
    shape_image(m, s);
    for (size_t i = 0; i < s->text_bytes; i++)
        m->text[i] = (uint8_t)(i * 7 + i / 256);
    for (size_t i = 0; i < s->data_bytes; i++)
        m->data[i] = (uint8_t)(i * 5 + 1);
    for (size_t i = 0; i < LENGTH(stores); i++)
        put(m->text, 4 * i, 4, stores[i]);
    check_text(stores[2], "subs x3, x3, #0x1");
    open_image(m, s);
}

static armgpu *open_lanes(const struct window_image *m, const struct target *t,
                          uint64_t lanes, uint64_t resident, uint64_t seed)
{
    armgpu_process p = {.size = sizeof p, .seed = seed};
    armgpu_options o = options_for(t, lanes, resident, 0);
    o.program = m->program;
    o.process = &p;
    return open_with(&o);
}

/* -- Reads and writes ------------------------------------------------------ */

static void check_reads(armgpu *g, const struct window_image *m)
{
    static const uint64_t some[] = {69, 0, 33, 2};
    uint8_t bytes[LANES * 16], expected[16];
    const uint64_t border = m->info.writable_address, at = border - 7;
    for (uint64_t i = 0; i < LANES; i++)
        assert_ok(g, armgpu_write_memory(g, i, border + 2,
                                         &(uint8_t){(uint8_t)i}, 1));
    memcpy(expected, m->text + (at - touching.text_at), 7);
    memcpy(expected + 7, m->data, 9);
    assert_ok(g, armgpu_read_memory_range(g, 0, LANES, at, bytes, 16));
    for (uint64_t i = 0; i < LANES; i++) {
        expected[9] = (uint8_t)i;
        assert_memory_equal(bytes + 16 * i, expected, 16);
    }
    assert_ok(g, armgpu_read_memory_lanes(g, some, 4, at, bytes, 16));
    for (uint64_t i = 0; i < 4; i++) {
        expected[9] = (uint8_t)some[i];
        assert_memory_equal(bytes + 16 * i, expected, 16);
    }
    assert_ok(g, armgpu_read_memory_range(g, 3, 4, at, bytes, 3));
    for (uint64_t i = 0; i < 4; i++)
        assert_memory_equal(bytes + 3 * i, expected, 3);
}

static void check_refused(armgpu *g, const struct window_image *m)
{
    const armgpu_program_info *f = &m->info;
    const uint64_t end = f->writable_address + f->writable_bytes;
    uint8_t b[16] = {0};
    assert_int_equal(armgpu_read_memory(g, 0, f->readonly_address - 1, b, 2),
                     ARMGPU_ERROR_RANGE);
    assert_int_equal(armgpu_read_memory(g, 0, end - 1, b, 2),
                     ARMGPU_ERROR_RANGE);
    assert_int_equal(armgpu_read_memory(g, 0, UINT64_MAX, b, 2),
                     ARMGPU_ERROR_RANGE);
    assert_int_equal(armgpu_read_memory(g, 0, end + 1, b, 0),
                     ARMGPU_ERROR_RANGE);
    assert_ok(g, armgpu_read_memory(g, 0, end, b, 0));
    assert_int_equal(armgpu_write_memory(g, 0, f->readonly_address, b, 4),
                     ARMGPU_ERROR_RANGE);
    assert_non_null(strstr(armgpu_error_message(g), "one copy"));
    assert_int_equal(
        armgpu_write_memory_range(g, 0, LANES, f->writable_address - 1, b, 2),
        ARMGPU_ERROR_RANGE);
    assert_int_equal(armgpu_load_data(g, b, 4, f->writable_address - 4),
                     ARMGPU_ERROR_RANGE);
    assert_int_equal(armgpu_load_program(g, b, 4, f->writable_address),
                     ARMGPU_ERROR_ARGUMENT);
    assert_int_equal(
        armgpu_add_program(g, b, 4, f->writable_address, &(uint32_t){0}),
        ARMGPU_ERROR_ARGUMENT);
    assert_int_equal(armgpu_set_pc_lane(g, 0, end), ARMGPU_ERROR_RANGE);
    assert_int_equal(armgpu_set_pc_lane(g, 0, f->readonly_address - 4),
                     ARMGPU_ERROR_RANGE);
    assert_int_equal(armgpu_set_breakpoint(g, end), ARMGPU_ERROR_RANGE);
    assert_int_equal(armgpu_set_pc_lane(g, 0, f->writable_address + 2),
                     ARMGPU_ERROR_ALIGNMENT);
    assert_ok(g, armgpu_set_pc_lane(g, 0, end - 4));
}

static void reads_and_writes(void **state)
{
    static struct window_image m;
    (void)state;
    open_shape(&m, &touching);
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_lanes(&m, &targets[i], LANES, 0, 0);
        assert_int_equal(armgpu_get_memory_size(g), m.info.writable_bytes);
        assert_int_equal(state_of(g, 69).pc, m.info.entry);
        check_reads(g, &m);
        check_refused(g, &m);
        check_reads(g, &m);
        armgpu_close(g);
    }
    close_image(&m);
}

/* Data that all lanes begin with, code among it. */
static void data(void **state)
{
    static struct window_image m;
    const uint64_t at = 0x401040 + 0x304;
    (void)state;
    open_shape(&m, &touching);
    for (size_t i = 0; i < target_count; i++) {
        armgpu *g = open_lanes(&m, &targets[i], 5, 0, 0);
        const uint32_t word = HLT | 77 << 5;
        assert_ok(g, armgpu_load_data(g, &word, 4, at));
        for (int round = 0; round < 2; round++) {
            assert_ok(g, armgpu_set_pc_all(g, at));
            assert_ok(g, armgpu_execute(g, 10, NULL));
            check_stop(g, 4, ARMGPU_STOP_HALT, 77, at, 1);
            assert_int_equal((uint32_t)memory_word(g, 3, at), word);
            assert_int_equal(memory_word(g, 3, at - 8) >> 32 & 0xff,
                             m.data[0x300]);
            assert_ok(g, armgpu_reset(g));
        }
        armgpu_close(g);
    }
    close_image(&m);
}

static int32_t set_pcs(armgpu *g, uint64_t factor, uint64_t constant)
{
    return armgpu_set_register_all(g, ARMGPU_REGISTER_PC, factor, constant);
}

/* Each lane's PC is in memory, also between the first's and the last's. */
static void pcs(void **state)
{
    static struct window_image m;
    (void)state;
    open_shape(&m, &above);
    armgpu *g = open_lanes(&m, &targets[0], 4, 0, 0);
    assert_int_equal(m.info.writable_address + m.info.writable_bytes, 0x13000);
    assert_int_equal(set_pcs(g, 0xc00, 0x12000), ARMGPU_ERROR_RANGE);
    assert_non_null(strstr(armgpu_error_message(g), "PC 0x13800"));
    assert_int_equal(set_pcs(g, UINT64_C(0) - 0xc00, 0x14400),
                     ARMGPU_ERROR_RANGE);
    assert_ok(g, set_pcs(g, 0x400, 0x12000));
    assert_ok(g, set_pcs(g, 0x400, 0x14000));
    assert_ok(g, set_pcs(g, 0x1c00, 0x10c00)); /* over what is between */
    armgpu_close(g);
    close_image(&m);
    open_shape(&m, &touching);
    g = open_lanes(&m, &targets[0], 4, 0, 0);
    assert_ok(g, set_pcs(g, 0x20, 0x401000));
    armgpu_close(g);
    close_image(&m);
}

/* -- As it began ----------------------------------------------------------- */

static uint8_t began[LANES][SIZE * 2];
static uint64_t own_at, own_bytes;

static void check_began(armgpu *g, uint64_t lane)
{
    static uint8_t seen[SIZE * 2];
    assert_ok(g, armgpu_read_memory(g, lane, own_at, seen, (size_t)own_bytes));
    for (size_t i = 0; i < own_bytes; i++)
        if (seen[i] != began[lane][i])
            fail_msg("lane %d begins with 0x%x at 0x%llx, not 0x%x", (int)lane,
                     seen[i], (unsigned long long)(own_at + i), began[lane][i]);
}

static int32_t on_begin(void *user, armgpu *g, uint64_t first, uint64_t n)
{
    for (uint64_t i = first; i < first + n; i++)
        check_began(g, i);
    *(uint64_t *)user += n;
    return 0;
}

/* Memory of two lanes differs in up to 16 bytes, somewhere near the end. */
static void check_random(uint64_t a, uint64_t b)
{
    size_t first = SIZE * 2, last = 0;
    for (size_t i = 0; i < own_bytes; i++)
        if (began[a][i] != began[b][i]) {
            first = i < first ? i : first;
            last = i;
        }
    assert_true(first < last && last - first < 16);
    assert_true(first + 1024 > own_bytes);
}

static void set_stores(armgpu *g)
{
    assert_ok(g, armgpu_set_register_all(g, 0, 0x0101, 0x5a));
    assert_ok(g, armgpu_set_register_all(g, 1, 0x58, own_at));
    assert_ok(g, armgpu_set_register_all(g, 2, 0, own_bytes / 8 - 1024));
    assert_ok(g, armgpu_set_register_all(g, 3, 1, 1));
    assert_ok(g, armgpu_set_register_all(g, 31, 0, own_at + own_bytes - 256));
}

static void run_waves(const struct window_image *m, const struct target *t,
                      uint64_t resident)
{
    armgpu *g = open_lanes(m, t, LANES, resident, 9);
    uint64_t begun = 0;
    set_stores(g);
    armgpu_set_prepare(g, on_begin, &begun);
    for (int round = 0; round < 2; round++) {
        armgpu_result r = {.size = sizeof r};
        begun = 0;
        assert_ok(g, armgpu_execute(g, 0, &r));
        assert_int_equal(begun, LANES);
        assert_int_equal(r.stops[ARMGPU_STOP_HALT] +
                             r.stops[ARMGPU_STOP_DATA_FAULT],
                         LANES);
        assert_ok(g, armgpu_reset(g));
    }
    armgpu_close(g);
}

static void as_it_began(void **state)
{
    static struct window_image m;
    static uint8_t other[SIZE * 2];
    (void)state;
    open_shape(&m, &touching);
    own_at = m.info.writable_address;
    own_bytes = m.info.writable_bytes;
    assert_true(own_bytes <= SIZE * 2);
    armgpu *g = open_lanes(&m, &targets[0], LANES, 0, 9);
    for (uint64_t i = 0; i < LANES; i++)
        assert_ok(g, armgpu_read_memory(g, i, own_at, began[i],
                                        (size_t)own_bytes));
    armgpu_close(g);
    assert_memory_equal(began[5], m.data, touching.data_bytes);
    for (uint64_t i = 1; i < LANES; i++)
        check_random(i - 1, i);
    g = open_lanes(&m, &targets[0], 1, 0, 10);
    assert_ok(g, armgpu_read_memory(g, 0, own_at, other, (size_t)own_bytes));
    assert_memory_not_equal(other, began[0], (size_t)own_bytes);
    armgpu_close(g);
    for (size_t i = 0; i < target_count; i++) {
        run_waves(&m, &targets[i], 0);
        run_waves(&m, &targets[i], 3);
        run_waves(&m, &targets[i], 33);
    }
    close_image(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes),
        cmocka_unit_test(data),
        cmocka_unit_test(pcs),
        cmocka_unit_test(as_it_began),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
