/*
 * Structures that grow: programs that were compiled with shorter ones or longer
 * ones than the library's. Shorter ones end in the middle of today's; longer
 * ones have more at their end.
 */
#define _POSIX_C_SOURCE 200809L
#include "guest.h"

#define POISON 0xaa

/* A structure of any size: bytes that begin with the size, and behind them some
   that must not be written. */
struct sized {
    uint64_t size;
    uint8_t rest[2048];
};

static struct sized *sized(uint64_t size)
{
    static struct sized s;
    memset(&s, POISON, sizeof s);
    s.size = size;
    return &s;
}

static void check_untouched(const struct sized *s)
{
    const uint8_t *bytes = (const uint8_t *)s;
    for (uint64_t i = s->size; i < sizeof *s; i++)
        if (bytes[i] != POISON)
            fail_msg("byte %llu was written, of a structure of %llu",
                     (unsigned long long)i, (unsigned long long)s->size);
}

/* What is beyond `known` bytes of a longer one is zero. */
static void check_given(const struct sized *s, const void *whole,
                        uint64_t known)
{
    const uint8_t *bytes = (const uint8_t *)s, *want = whole;
    for (uint64_t i = sizeof s->size; i < s->size; i++)
        if (bytes[i] != (i < known ? want[i] : 0))
            fail_msg("byte %llu is 0x%02x of a structure of %llu",
                     (unsigned long long)i, bytes[i],
                     (unsigned long long)s->size);
    check_untouched(s);
}

static const uint64_t more_or_less[] = {8, 24, 64, 0, 8000};
/* Sizes to try for a structure of `known` bytes. */
static uint64_t size_to_try(size_t i, uint64_t known)
{
    return more_or_less[i] == 0      ? known
           : more_or_less[i] == 8000 ? known + 40
                                     : more_or_less[i];
}

static const uint32_t code[] = {0xd28000e0, HLT + (3 << 5)}; /* mov x0, #7 */

static armgpu *loaded_guest(void)
{
    armgpu *g = open_guest(4, 4096, ARMGPU_MEMORY_PRIVATE, 1);
    load_words(g, 0, code, LENGTH(code));
    return g;
}

static void test_results(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(more_or_less); i++) {
        armgpu_result whole = {.size = sizeof whole};
        armgpu *g = loaded_guest();
        struct sized *s = sized(size_to_try(i, sizeof whole));
        assert_ok(g, armgpu_execute(g, 0, (armgpu_result *)s));
        assert_ok(g, armgpu_reset(g));
        assert_ok(g, armgpu_execute(g, 0, &whole));
        assert_int_equal(whole.stops[ARMGPU_STOP_HALT], 4);
        assert_int_equal(whole.nonzero_codes, 4);
        /* Times differ, so what is compared ends before them. */
        if (s->size <= offsetof(armgpu_result, elapsed_seconds))
            check_given(s, &whole, sizeof whole);
        else
            assert_int_equal(((armgpu_result *)s)->total_cycles, 8);
        check_untouched(s);
        armgpu_close(g);
    }
}

static void test_result_without_size(void **state)
{
    armgpu_result r = {.size = 0};
    armgpu *g = loaded_guest();
    (void)state;
    assert_int_equal(armgpu_execute(g, 0, &r), ARMGPU_ERROR_ARGUMENT);
    assert_non_null(strstr(armgpu_error_message(g), "armgpu_result.size"));
    armgpu_close(g);
}

static void test_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(more_or_less); i++) {
        armgpu *g = loaded_guest();
        armgpu_state whole, after;
        struct sized *s;
        assert_ok(g, armgpu_execute(g, 0, NULL));
        whole = state_of(g, 2);
        s = sized(size_to_try(i, sizeof whole));
        assert_ok(g, armgpu_get_state(g, 2, 1, (armgpu_state *)s));
        check_given(s, &whole, sizeof whole);
        /* What a shorter one lacks stays. */
        assert_ok(g, armgpu_set_pc_lane(g, 2, 4));
        assert_ok(g, armgpu_set_state(g, 2, 1, (armgpu_state *)s));
        after = state_of(g, 2);
        assert_int_equal(after.x[0], 7);
        assert_int_equal(after.sp, whole.sp);
        assert_int_equal(after.cycles, 2);
        armgpu_close(g);
    }
}

/* Two of them, 24 bytes each: X0 and X1. */
static void test_short_states(void **state)
{
    const uint64_t in[] = {24, 11, 12, 24, 21, 22};
    uint64_t out[] = {24, 0, 0, 0, 0, 0, POISON};
    armgpu *g = loaded_guest();
    (void)state;
    assert_ok(g, armgpu_set_state(g, 1, 2, (const armgpu_state *)in));
    assert_int_equal(state_of(g, 1).x[1], 12);
    assert_int_equal(state_of(g, 2).x[0], 21);
    assert_int_equal(state_of(g, 2).sp, 4096);
    assert_ok(g, armgpu_get_state(g, 1, 2, (armgpu_state *)out));
    assert_memory_equal(in, out, sizeof in);
    assert_int_equal(out[6], POISON);
    assert_ok(g, armgpu_get_state(g, 0, 0, NULL));
    assert_ok(g, armgpu_set_state(g, 0, 0, NULL));
    armgpu_close(g);
}

/* Longer structures may ask for what is not known here. */
static void test_unknown(void **state)
{
    struct {
        armgpu_options known;
        uint64_t more;
    } o;
    struct {
        armgpu_state known;
        uint64_t more;
    } s;
    armgpu *g;
    (void)state;
    for (uint64_t more = 0; more < 2; more++) {
        armgpu_options_init_size(&o.known, sizeof o);
        assert_int_equal(o.known.size, sizeof o);
        assert_int_equal(o.more, 0);
        o.known.backend = "cpu";
        o.more = more;
        assert_int_equal(armgpu_open(&g, &o.known),
                         more == 0 ? ARMGPU_OK : ARMGPU_ERROR_ARGUMENT);
        armgpu_close(g);
        g = loaded_guest();
        memset(&s, 0, sizeof s);
        s.known = state_of(g, 0);
        s.known.size = sizeof s;
        s.more = more;
        assert_int_equal(armgpu_set_state(g, 0, 1, &s.known),
                         more == 0 ? ARMGPU_OK : ARMGPU_ERROR_ARGUMENT);
        armgpu_close(g);
    }
}

/* Options that end with the number of lanes: all else has its default. */
static void test_short_options(void **state)
{
    uint64_t o[] = {16, 0, POISON};
    armgpu *g;
    (void)state;
    armgpu_options_init_size((armgpu_options *)o, 16);
    assert_int_equal(o[1], 32);
    assert_int_equal(o[2], POISON);
    o[1] = 5;
    assert_int_equal(armgpu_options_memory((armgpu_options *)o), 4 << 20);
    assert_int_equal(armgpu_open(&g, (armgpu_options *)o), ARMGPU_OK);
    assert_int_equal(armgpu_get_num_lanes(g), 5);
    assert_int_equal(armgpu_get_memory_size(g), 4 << 20);
    armgpu_close(g);
}

static void test_devices(void **state)
{
    armgpu_device whole[16] = {{.size = sizeof whole[0]}};
    uint64_t n = armgpu_list_devices(whole, 16);
    (void)state;
    assert_true(n >= 1 && n <= 16);
    for (uint64_t size = 16; size <= 400; size += 16) {
        static _Alignas(8) uint8_t bytes[16 * 400 + 1];
        memset(bytes, POISON, sizeof bytes);
        memcpy(bytes, &size, sizeof size);
        assert_int_equal(armgpu_list_devices((armgpu_device *)bytes, n), n);
        for (uint64_t i = 0; i < n; i++) {
            uint64_t known = size < sizeof whole[0] ? size : sizeof whole[0];
            assert_memory_equal(bytes + i * size, &size, 8);
            assert_memory_equal(bytes + i * size + 8, (uint8_t *)&whole[i] + 8,
                                known - 8);
        }
        assert_int_equal(bytes[n * size], POISON);
    }
}

static void test_instructions(void **state)
{
    armgpu_instruction whole = {.size = sizeof whole};
    (void)state;
    assert_int_equal(armgpu_get_instruction(3, &whole), ARMGPU_OK);
    for (size_t i = 0; i < LENGTH(more_or_less); i++) {
        struct sized *s = sized(size_to_try(i, sizeof whole));
        assert_int_equal(armgpu_get_instruction(3, (armgpu_instruction *)s),
                         ARMGPU_OK);
        check_given(s, &whole, sizeof whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_result_without_size),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_short_states),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_short_options),
        cmocka_unit_test(test_devices),
        cmocka_unit_test(test_instructions),
    };
    check_text(code[0], "mov x0, #0x7");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
