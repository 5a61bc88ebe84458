/*
 * A program made ready for lanes: its bytes where they are loaded, addresses
 * and names as the program sees them, entries that cannot be begun at, and
 * stacks that differ in their random bytes alone. tests/test_elf.sh has
 * programs that linkers make, elf_check.h what holds for random ones.
 */
#include "elf_check.h"
#include "elf_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])

static struct ag_guest open_image(const uint8_t *b, const char *entry)
{
    struct ag_guest_request request;
    struct ag_guest g;
    char sentence[AG_SENTENCE];
    const char *wrong;
    ag_guest_request_init(&request);
    request.entry = entry;
    if (!ag_guest_open(&g, b, IMAGE_SIZE, &request, sentence))
        fail_msg("refused: %s", sentence);
    wrong = elf_check_guest(&g, b);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    return g;
}

static void is_refused(const uint8_t *b, const char *entry,
                       const char *expected)
{
    struct ag_guest_request request;
    struct ag_guest g;
    char sentence[AG_SENTENCE];
    ag_guest_request_init(&request);
    request.entry = entry;
    assert_false(ag_guest_open(&g, b, IMAGE_SIZE, &request, sentence));
    assert_string_equal(sentence, expected);
    assert_null(g.elf.segments);
    assert_true(g.readonly == NULL && g.writable_image == NULL);
}

static void test_linux(void **state)
{
    uint8_t b[IMAGE_SIZE];
    struct ag_guest g;
    (void)state;
    image_make(b);
    g = open_image(b, NULL);
    assert_int_equal(ag_guest_entry(&g), IMAGE_TEXT_AT);
    assert_int_equal(g.window.readonly.base, 0x400000);
    assert_memory_equal(g.readonly, b, IMAGE_TEXT + 16);
    assert_int_equal(g.window.writable.base, IMAGE_DATA_AT);
    assert_int_equal(g.writable_image_bytes,
                     64); /* a line; .bss is not in it */
    assert_memory_equal(g.writable_image, "data data data !\0\0", 18);
    ag_guest_close(&g);
    assert_null(g.readonly);

    /* Data that begin in the middle of a line, which is the lanes' own. */
    put(b, P_VADDR(HEADER_DATA), 8, IMAGE_TEXT_AT + 16);
    put(b, P_PADDR(HEADER_DATA), 8, IMAGE_TEXT_AT + 16);
    put(b, P_OFFSET(HEADER_DATA), 8, IMAGE_TEXT + 16);
    memcpy(b + IMAGE_TEXT + 16, "a line of both..", 16);
    g = open_image(b, NULL);
    assert_int_equal(g.window.writable.base, IMAGE_TEXT_AT);
    assert_memory_equal(g.writable_image, b + IMAGE_TEXT, 32);
    ag_guest_close(&g);

    /* Nothing of the lanes' own memory is in the file. */
    image_make(b);
    put(b, P_FILESZ(HEADER_DATA), 8, 0);
    g = open_image(b, NULL);
    assert_null(g.writable_image);
    assert_int_equal(g.writable_image_bytes, 0);
    ag_guest_close(&g);
}

static void test_bare_metal(void **state)
{
    uint8_t b[IMAGE_SIZE];
    struct ag_guest g;
    (void)state;
    image_make_bare(b);
    g = open_image(b, NULL);
    assert_int_equal(ag_guest_entry(&g), 0); /* where code is */
    assert_int_equal(g.window.readonly.base, 0);
    assert_int_equal(g.window.readonly.bytes, 64);
    assert_memory_equal(g.readonly, b + IMAGE_TEXT, 16);
    assert_memory_equal(g.readonly + 16, "data data data !", 16);
    assert_null(g.writable_image); /* it copies its data itself */
    ag_guest_close(&g);
    /* Flash above RAM, into which something is loaded. */
    put_header(b, HEADER_TEXT, 1, 5, IMAGE_TEXT, 0x80000000, 16, 16);
    put(b, P_PADDR(HEADER_DATA), 8, 0x40000000);
    put(b, 7, 1, 255);
    put(b, 24, 8, 0x80000004);
    g = open_image(b, NULL);
    assert_int_equal(ag_guest_entry(&g), 0x80000004);
    assert_memory_equal(g.readonly, b + IMAGE_TEXT, 16);
    assert_memory_equal(g.writable_image, "data data data !", 16);
    ag_guest_close(&g);
}

static const char *name_at(const struct ag_guest *g, uint64_t address)
{
    static char text[64] = "?";
    size_t length = ag_guest_text(g, address, text, sizeof text);
    assert_int_equal(length, strlen(text));
    return text;
}

/* Everything at the bias, but for constants. */
static void test_position_independent(void **state)
{
    uint8_t b[IMAGE_SIZE];
    struct ag_guest g;
    uint64_t offset = 9, address = 9, size = 9;
    const struct ag_symbol *s;
    (void)state;
    image_make_pie(b);
    put(b, ST_VALUE(3), 8, IMAGE_TEXT);
    put(b, ST_VALUE(4), 8, IMAGE_TEXT + 8);
    put(b, ST_VALUE(5), 8, 0x10000 + IMAGE_DATA);
    put_symbol(b, "high", UINT64_MAX - 15, 8, 0x11, SECTION_DATA);
    g = open_image(b, NULL);
    assert_int_equal(g.window.bias, 0x400000);
    assert_int_equal(ag_guest_entry(&g), IMAGE_TEXT_AT);
    assert_int_equal(g.readonly[IMAGE_TEXT], 0x1f);
    assert_memory_equal(g.writable_image, "data data data !", 16);
    s = ag_guest_symbol_at(&g, IMAGE_TEXT_AT + 12, &offset);
    assert_string_equal(s->name, "main");
    assert_int_equal(offset, 4);
    assert_null(ag_guest_symbol_at(&g, IMAGE_TEXT + 12, &offset));
    assert_string_equal(name_at(&g, IMAGE_TEXT_AT + 12), "main+0x4");
    /* An address below the bias is not one of the highest in the file. */
    assert_null(ag_guest_symbol_at(&g, 0x400000 - 16, &offset));
    assert_string_equal(name_at(&g, 0x400000 - 16), "");
    assert_true(ag_guest_address_of(&g, "table", &address, &size));
    assert_int_equal(address, IMAGE_DATA_AT);
    assert_int_equal(size, 16);
    assert_true(ag_guest_address_of(&g, "limit", &address, &size));
    assert_int_equal(address, 0x1000);
    assert_int_equal(size, 0);
    assert_false(ag_guest_address_of(&g, "nothing", &address, &size));
    ag_guest_close(&g);
    g = open_image(b, "main");
    assert_int_equal(ag_guest_entry(&g), IMAGE_TEXT_AT + 8);
    assert_int_equal(g.elf.entry, IMAGE_TEXT);
    ag_guest_close(&g);
}

/* What is no place to begin at, in the file and by name. */
static void test_entries(void **state)
{
    uint8_t b[IMAGE_SIZE];
    char name[200], expected[AG_SENTENCE];
    (void)state;
    image_make(b);
    put(b, 24, 8, 0);
    is_refused(b, NULL,
               "its linker found no entry: say one with --entry SYMBOL");
    put(b, 24, 8, IMAGE_DATA_AT);
    is_refused(b, NULL,
               "its entry 0x410300 is not code: say one with --entry SYMBOL");
    put(b, 24, 8, IMAGE_TEXT_AT + 2);
    is_refused(b, NULL,
               "its entry 0x400202 is not code: say one with --entry SYMBOL");
    put(b, 24, 8, 0x40003c);
    is_refused(b, NULL,
               "its entry 0x40003c is the file's header, not code: say one "
               "with --entry SYMBOL");
    is_refused(b, "table", "it cannot begin at 'table': 0x410300 is not code");
    is_refused(b, "limit",
               "it cannot begin at 'limit': 0x1000 is a number, not an "
               "address");
    is_refused(b, "ma\033n", "it has no symbol 'ma?n' to begin at");
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    snprintf(expected, sizeof expected, "it has no symbol '%.99s' to begin at",
             name);
    is_refused(b, name, expected);

    image_make_pie(b); /* 0 is where its header is */
    put(b, 24, 8, 0);
    is_refused(b, NULL,
               "its linker found no entry: say one with --entry SYMBOL");

    image_make_bare(b);
    put(b, P_FLAGS(HEADER_DATA), 4, 7);
    put(b, 24, 8, 0x40000000);
    is_refused(b, NULL,
               "its entry 0x40000000 is code that something would have to copy "
               "there first: say one with --entry SYMBOL");
    memset(b, 0, sizeof b);
    is_refused(b, NULL, "it is no ELF file");
}

static void test_stack(void **state)
{
    static const char *const arguments[] = {"prog", "x"};
    struct ag_process p = {"prog", arguments, 2, NULL,
                           0,      0,         0, "0123456789abcdef"};
    static uint8_t stacks[2][1024];
    uint8_t b[IMAGE_SIZE];
    struct ag_guest g;
    char sentence[AG_SENTENCE];
    uint64_t sp = 0, random = 0, base;
    (void)state;
    image_make(b);
    g = open_image(b, NULL);
    base = g.window.stack_top - sizeof stacks[0];
    assert_true(ag_guest_stack(&g, &p, stacks[0], sizeof stacks[0], &sp,
                               &random, sentence));
    assert_int_equal(sp, g.window.stack_top - ag_process_bytes(&p));
    assert_memory_equal(stacks[0] + (random - base), "0123456789abcdef", 16);
    memcpy(p.random, "lane 1's 16 byte", 16);
    assert_true(ag_guest_stack(&g, &p, stacks[1], sizeof stacks[1], &sp,
                               &random, sentence));
    memcpy(stacks[0] + (random - base), p.random, 16);
    assert_memory_equal(stacks[0], stacks[1], sizeof stacks[0]);
    sp = random = 7;
    assert_false(ag_guest_stack(&g, &p, stacks[0], 64, &sp, &random, sentence));
    assert_true(sp == 7 && random == 7 && sentence[0] != '\0');
    ag_guest_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linux),
        cmocka_unit_test(test_bare_metal),
        cmocka_unit_test(test_position_independent),
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
