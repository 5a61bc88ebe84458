/*
 * The sentence for each thing that can be wrong with a file, and files that are
 * cut anywhere.
 */
#include "elf_tests.h"

static const struct refusal {
    const char *sentence;
    struct change changes[4];
    size_t size; /* of the file, 0: all of it */
    bool is_pie;
} refusals[] = {
    {"it is no ELF file", {{0, 1, 0x7e}}, 0, 0},
    {"it is no ELF file", {{0, 0, 0}}, 3, 0},
    {"it ends within its ELF header", {{0, 0, 0}}, 19, 0},
    {"it ends within its ELF header", {{0, 0, 0}}, 63, 0},
    {"it is for x86-64 (ELF machine 62), not AArch64", {{18, 2, 62}}, 0, 0},
    {"it is for 32-bit Arm (ELF machine 40), not AArch64",
     {{18, 2, 40}, {4, 1, 1}},
     52,
     0},
    {"it is for 64-bit Power (ELF machine 21), not AArch64",
     {{18, 2, 0x1500}, {5, 1, 2}},
     0,
     0},
    {"it is for another processor (ELF machine 9999), not AArch64",
     {{18, 2, 9999}},
     0,
     0},
    {"it is a 32-bit ELF file: link a 64-bit program, without -mabi=ilp32",
     {{4, 1, 1}},
     0,
     0},
    {"its ELF class is 7, not 2 (64-bit)", {{4, 1, 7}}, 0, 0},
    {"it is big-endian: compile and link it without -mbig-endian",
     {{5, 1, 2}, {18, 2, 0xb700}},
     0,
     0},
    {"its byte order is 0, not 1 (little-endian)", {{5, 1, 0}}, 0, 0},
    {"its ELF version is 2, not 1", {{6, 1, 2}}, 0, 0},
    {"its ELF version is 0, not 1", {{20, 4, 0}}, 0, 0},
    {"it is for FreeBSD (OS/ABI 9), not for Linux or bare metal",
     {{7, 1, 9}},
     0,
     0},
    {"it is an object file: link it to a program first, with -static",
     {{16, 2, 1}},
     0,
     0},
    {"it is a core dump, not a program", {{16, 2, 4}}, 0, 0},
    {"it is no program: its ELF type is 65024", {{16, 2, 0xfe00}}, 0, 0},
    {"its ELF header says that it has 63 bytes, which are too few",
     {{52, 2, 63}},
     0,
     0},
    {"it has no segments to load", {{56, 2, 0}}, 0, 0},
    {"it has no segments to load",
     {{P_TYPE(0), 4, 0}, {P_TYPE(1), 4, 0}},
     0,
     0},
    {"it has no segments to load",
     {{P_TYPE(0), 4, 0}, {P_FILESZ(1), 8, 0}, {P_MEMSZ(1), 8, 0}},
     0,
     0},
    {"it has 65535 or more program headers, more than 1170",
     {{56, 2, 0xffff}},
     0,
     0},
    {"it has 1171 program headers, more than 1170", {{56, 2, 1171}}, 0, 0},
    {"its program headers have 57 bytes each, not 56", {{54, 2, 57}}, 0, 0},
    {"its program headers are not in the file: is it cut off?",
     {{0, 0, 0}},
     399,
     0},
    {"its program headers are not in the file: is it cut off?",
     {{32, 8, UINT64_MAX - 100}},
     0,
     0},
    {"its section headers have 40 bytes each, not 64", {{58, 2, 40}}, 0, 0},
    {"its section headers are not in the file: is it cut off?",
     {{0, 0, 0}},
     IMAGE_SIZE - 1,
     0},
    {"its section headers are not in the file: is it cut off?",
     {{40, 8, UINT64_MAX - 10}},
     0,
     0},
    {"its section headers are not in the file: is it cut off?",
     {{40, 8, IMAGE_SIZE - 63}, {60, 2, 0}},
     0,
     0},
    {"its section headers are not in the file: is it cut off?",
     {{60, 2, 0}, {SH_SIZE(0), 8, UINT64_C(1) << 58}},
     0,
     0},
    {"segment 2 ends beyond the file: is it cut off?",
     {{P_TYPE(HEADER_STACK), 4, 7},
      {P_FILESZ(HEADER_STACK), 8, 1},
      {P_MEMSZ(HEADER_STACK), 8, 1},
      {P_OFFSET(HEADER_STACK), 8, IMAGE_SIZE}},
     0,
     0},
    {"segment 1 has 49 bytes in the file, more than its 48 in memory",
     {{P_FILESZ(1), 8, 49}},
     0,
     0},
    {"segment 1 ends beyond the file: is it cut off?",
     {{P_OFFSET(1), 8, IMAGE_SIZE - 15}},
     0,
     0},
    {"segment 1 ends beyond the file: is it cut off?",
     {{P_OFFSET(1), 8, UINT64_MAX - 3}},
     0,
     0},
    {"segment 1 ends beyond the file: is it cut off?",
     {{P_FILESZ(1), 8, UINT64_MAX}, {P_MEMSZ(1), 8, UINT64_MAX}},
     0,
     0},
    {"segment 1 ends beyond the last address",
     {{P_MEMSZ(1), 8, -IMAGE_DATA_AT}},
     0,
     0},
    {"segment 1 ends beyond the last address",
     {{P_PADDR(1), 8, UINT64_MAX - 14}},
     0,
     0},
    {"segment 1 is aligned to 0x3000, which is no power of two",
     {{P_ALIGN(1), 8, 0x3000}},
     0,
     0},
    {"segment 2 has 1 bytes in the file, more than its 0 in memory",
     {{P_TYPE(HEADER_STACK), 4, 7}, {P_FILESZ(HEADER_STACK), 8, 1}},
     0,
     0},
    {"two of its segments overlap at 0x40020f",
     {{P_VADDR(1), 8, 0x40020f}},
     0,
     0},
    {"two of its segments overlap at 0x400000",
     {{P_VADDR(1), 8, 0x400000}},
     0,
     0},
    {"two of its segments overlap at 0x400000",
     {{P_VADDR(1), 8, 0x3fffd1}},
     0,
     0},
    {"two of its segments overlap where they are loaded, at 0x40020f",
     {{P_PADDR(1), 8, 0x40020f}},
     0,
     0},
    {"it needs its interpreter /lib/ld-test.1: link it with -static",
     {{P_TYPE(HEADER_INTERPRETER), 4, 3},
      {P_FILESZ(HEADER_INTERPRETER), 8, 15}},
     0,
     0},
    {"it needs its interpreter /?ib/ld-test.1: link it with -static",
     {{P_TYPE(HEADER_INTERPRETER), 4, 3},
      {P_FILESZ(HEADER_INTERPRETER), 8, 15},
      {IMAGE_INTERPRETER + 1, 1, 27}},
     0,
     1},
    {"the name of its interpreter has no end",
     {{P_TYPE(HEADER_INTERPRETER), 4, 3}},
     0,
     0},
    {"the name of its interpreter is not in the file",
     {{P_TYPE(HEADER_INTERPRETER), 4, 3},
      {P_OFFSET(HEADER_INTERPRETER), 8, UINT64_MAX}},
     0,
     0},
    {"its dynamic section is not in the file",
     {{P_OFFSET(HEADER_DYNAMIC), 8, IMAGE_SIZE - 47}},
     0,
     1},
    {"it is a shared library, not a program",
     {{IMAGE_DYNAMIC + 8, 8, 0x1}},
     0,
     1},
    {"it is a shared library, not a program", {{IMAGE_DYNAMIC, 8, 0}}, 0, 1},
    {"it needs shared libraries: link it with -static",
     {{IMAGE_DYNAMIC + 16, 8, 1}},
     0,
     1},
    {"the names of its symbols are in section 5, and it has 5",
     {{SH_LINK(SECTION_SYMBOLS), 4, 5}},
     0,
     0},
    {"the names of its symbols are in section 1, which is no string table",
     {{SH_LINK(SECTION_SYMBOLS), 4, 1}},
     0,
     0},
    {"the names of its symbols are not in the file: is it cut off?",
     {{SH_SIZE(SECTION_NAMES), 8, IMAGE_SIZE}},
     0,
     0},
    {"the last name of its symbols has no end",
     {{SH_SIZE(SECTION_NAMES), 8, 10}},
     0,
     0},
    {"its symbols have 16 bytes each, not 24",
     {{SH_ENTSIZE(SECTION_SYMBOLS), 8, 16}},
     0,
     0},
    {"its symbols are not in the file: is it cut off?",
     {{SH_SIZE(SECTION_SYMBOLS), 8, IMAGE_SIZE}},
     0,
     0},
    {"its symbols are not in the file: is it cut off?",
     {{SH_OFFSET(SECTION_SYMBOLS), 8, UINT64_MAX - 23}},
     0,
     0},
    {"the name of symbol 3 is outside the names",
     {{ST_NAME(3), 4, 0x80}},
     0,
     0},
    {"the name of symbol 3 is outside the names", {{ST_NAME(3), 4, 35}}, 0, 0},
    {"symbol 3 is in section 5, and it has 5", {{ST_SHNDX(3), 2, 5}}, 0, 0},
    {"symbol 3 ends beyond the last address",
     {{ST_SIZE(3), 8, -IMAGE_TEXT_AT}},
     0,
     0},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(refusals); i++) {
        const struct refusal *r = &refusals[i];
        char sentence[AG_SENTENCE];
        uint8_t b[IMAGE_SIZE];
        struct ag_elf elf;
        uint8_t *file;
        size_t size = r->size != 0 ? r->size : IMAGE_SIZE;
        (r->is_pie ? image_make_pie : image_make)(b);
        apply(b, r->changes);
        file = malloc(size);
        assert_non_null(file);
        memcpy(file, b, size);
        if (ag_elf_read(file, size, AG_ELF_ANY, &elf, sentence))
            fail_msg("case %zu is read: %s", i, r->sentence);
        assert_string_equal(sentence, r->sentence);
        free(file);
    }
}

static void test_long_interpreter(void **state)
{
    char expected[AG_SENTENCE], sentence[AG_SENTENCE], name[128];
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    image_make(b);
    memset(b + IMAGE_SYMBOLS, 'x', 300);
    b[IMAGE_SYMBOLS + 300] = '\0';
    put(b, P_TYPE(HEADER_INTERPRETER), 4, 3);
    put(b, P_OFFSET(HEADER_INTERPRETER), 8, IMAGE_SYMBOLS);
    put(b, P_FILESZ(HEADER_INTERPRETER), 8, 301);
    memset(name, 'x', 127);
    name[127] = '\0';
    snprintf(expected, sizeof expected,
             "it needs its interpreter %s: link it with -static", name);
    assert_false(ag_elf_read(b, sizeof b, AG_ELF_ANY, &elf, sentence));
    assert_string_equal(sentence, expected);
}

/* A file cut anywhere is read or refused, never read beyond. */
static void test_every_length(void **state)
{
    static void (*const makers[])(uint8_t *) = {image_make, image_make_pie,
                                                image_make_bare};
    (void)state;
    for (size_t m = 0; m < LENGTH(makers); m++)
        for (size_t size = 1; size <= IMAGE_SIZE; size++) {
            uint8_t b[IMAGE_SIZE];
            bool is_read = false;
            const char *wrong;
            makers[m](b);
            wrong = elf_check(b, size, AG_ELF_ANY, &is_read);
            if (wrong != NULL)
                fail_msg("%zu bytes: %s", size, wrong);
            assert_int_equal(is_read, size == IMAGE_SIZE);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_long_interpreter),
        cmocka_unit_test(test_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
