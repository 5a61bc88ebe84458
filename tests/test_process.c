/*
 * The stack of a process that starts: each word of a small one, its alignment
 * and bounds for any lengths of strings, and what is too long. Its order
 * against another emulator's: tests/test_process.sh.
 */
#include "guest/process.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])
#define TOP UINT64_C(0x500000)
#define ROOM 4096

static uint64_t word_at(const uint8_t *bytes, uint64_t address)
{
    uint64_t value = 0;
    for (int i = 8; i-- > 0;)
        value = value << 8 | bytes[address - (TOP - ROOM) + (uint64_t)i];
    return value;
}

static const char *text_at(const uint8_t *bytes, uint64_t address)
{
    return (const char *)bytes + (address - (TOP - ROOM));
}

static struct ag_window window_of(uint64_t stack_bytes)
{
    struct ag_window w;
    memset(&w, 0, sizeof w);
    w.stack_top = TOP;
    w.stack = TOP - stack_bytes;
    return w;
}

static struct ag_elf program(void)
{
    struct ag_elf elf;
    memset(&elf, 0, sizeof elf);
    elf.entry = 0x230;
    elf.headers_address = 0x40;
    elf.header_count = 7;
    return elf;
}

static const char *const arguments[] = {"prog", "", "lane 5"};
static const char *const environment[] = {"A=1"};
static const struct ag_process process = {
    "prog.elf", arguments, 3, environment, 1, 0x103, 0x2, "0123456789abcdef"};

static void test_words(void **state)
{
    static const uint64_t vector[][2] = {
        {16, 0x103},    {6, 4096},      {17, 100},      {3, 0x400040},
        {4, 56},        {5, 7},         {7, 0},         {8, 0},
        {9, 0x400230},  {11, 1000},     {12, 1000},     {13, 1000},
        {14, 1000},     {23, 0},        {25, TOP - 72}, {26, 2},
        {31, TOP - 17}, {15, TOP - 56}, {0, 0}};
    static const char strings[] = "prog\0\0lane 5\0A=1\0prog.elf\0\0\0\0\0\0\0";
    uint8_t bytes[ROOM];
    struct ag_window w = window_of(65536);
    struct ag_elf elf = program();
    char sentence[AG_SENTENCE];
    uint64_t taken, sp;
    (void)state;
    memset(bytes, 0xa5, sizeof bytes);
    w.bias = 0x400000;
    assert_true(
        ag_process_lay(&process, &elf, &w, bytes, ROOM, &taken, sentence));
    assert_int_equal(taken, ag_process_bytes(&process));
    assert_int_equal(taken % 16, 0);
    sp = TOP - taken;
    assert_int_equal(word_at(bytes, sp), 3);
    assert_string_equal(text_at(bytes, word_at(bytes, sp + 8)), "prog");
    assert_string_equal(text_at(bytes, word_at(bytes, sp + 16)), "");
    assert_string_equal(text_at(bytes, word_at(bytes, sp + 24)), "lane 5");
    assert_int_equal(word_at(bytes, sp + 32), 0);
    assert_string_equal(text_at(bytes, word_at(bytes, sp + 40)), "A=1");
    assert_int_equal(word_at(bytes, sp + 48), 0);
    for (size_t i = 0; i < LENGTH(vector); i++) {
        assert_int_equal(word_at(bytes, sp + 56 + 16 * i), vector[i][0]);
        assert_int_equal(word_at(bytes, sp + 64 + 16 * i), vector[i][1]);
    }
    assert_int_equal(ag_process_random_at(&process, &w), TOP - 72);
    assert_memory_equal(text_at(bytes, TOP - 72), process.random, 16);
    assert_string_equal(text_at(bytes, TOP - 56), "aarch64");
    assert_string_equal(text_at(bytes, TOP - 17), "prog.elf");
    /* 34 bytes end at the top, those that align them are 0. */
    assert_memory_equal(text_at(bytes, TOP - 34), strings, 34);
    assert_int_equal(word_at(bytes, TOP - 48), 0);
    for (uint64_t i = 0; i < ROOM - taken; i++)
        assert_int_equal(bytes[i], 0xa5);

    elf.headers_address = 0; /* in no segment: not at the bias */
    assert_true(
        ag_process_lay(&process, &elf, &w, bytes, ROOM, &taken, sentence));
    assert_int_equal(word_at(bytes, TOP - taken + 56 + 16 * 3 + 8), 0);
}

/* Lists that end, strings one behind another, nothing outside. */
static void test_random_lengths(void **state)
{
    static char text[200];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    for (uint64_t n = 0; n < 20000; n++) {
        struct random_source r = random_for(16, 4, n);
        const char *texts[8];
        struct ag_process p = process;
        struct ag_window w = window_of(65536);
        struct ag_elf elf = program();
        uint8_t bytes[ROOM];
        char sentence[AG_SENTENCE];
        uint64_t taken, at, next;
        for (size_t i = 0; i < LENGTH(texts); i++)
            texts[i] = text + random_below(&r, sizeof text);
        p.arguments = texts;
        p.argument_count = random_below(&r, 5);
        p.environment = texts + 4;
        p.environment_count = random_below(&r, 5);
        assert_true(
            ag_process_lay(&p, &elf, &w, bytes, ROOM, &taken, sentence));
        at = TOP - taken;
        assert_int_equal(at % 16, 0);
        assert_int_equal(word_at(bytes, at), p.argument_count);
        next = 0;
        for (size_t i = 0; i < p.argument_count + p.environment_count; i++) {
            bool is_argument = i < p.argument_count;
            uint64_t address = word_at(bytes, at += 8);
            if (i == p.argument_count) {
                assert_int_equal(address, 0);
                address = word_at(bytes, at += 8);
            }
            assert_true(next == 0 || next == address);
            assert_string_equal(text_at(bytes, address),
                                is_argument ? texts[i]
                                            : texts[4 + i - p.argument_count]);
            next = address + strlen(text_at(bytes, address)) + 1;
        }
        if (p.environment_count == 0)
            assert_int_equal(word_at(bytes, at += 8), 0);
        assert_int_equal(word_at(bytes, at += 8), 0);
        assert_int_equal(word_at(bytes, at += 8), 16);
        assert_true(next == 0 || next == TOP - 8 - 9);
    }
}

static void test_too_long(void **state)
{
    struct ag_elf elf = program();
    uint64_t needed = ag_process_bytes(&process), taken;
    uint8_t bytes[ROOM];
    char sentence[AG_SENTENCE];
    struct ag_window w = window_of(needed * 2);
    (void)state;
    assert_int_equal(needed, 432);
    assert_true(ag_process_lay(&process, &elf, &w, bytes, (size_t)needed,
                               &taken, sentence));
    memset(bytes, 0xa5, sizeof bytes);
    w = window_of(needed * 2 - 16);
    taken = 0;
    assert_false(
        ag_process_lay(&process, &elf, &w, bytes, ROOM, &taken, sentence));
    assert_int_equal(taken, needed);
    assert_string_equal(sentence, "its arguments and environment take 432 "
                                  "bytes of a stack of 848, of which they may "
                                  "take half");
    w = window_of(65536);
    assert_false(ag_process_lay(&process, &elf, &w, bytes, (size_t)needed - 1,
                                &taken, sentence));
    for (size_t i = 0; i < ROOM; i++)
        assert_int_equal(bytes[i], 0xa5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_random_lengths),
        cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
