/*
 * armgpu_identify() on headers that nobody wrote with care: formats by their
 * first bytes, every prefix, random fields; and flat images that begin like
 * something else. Sanitizer builds say whether it reads past the bytes.
 */
#include "armgpu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static armgpu_file look_at(const void *bytes, size_t size)
{
    armgpu_file f = {.size = sizeof f};
    void *copy = malloc(size == 0 ? 1 : size); /* its end is watched */

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    assert_int_equal(armgpu_identify(copy, size, &f), ARMGPU_OK);
    assert_int_equal(f.size, sizeof f);
    free(copy);
    return f;
}

static void put(uint8_t *at, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* ELF header, one program header, two sections with bytes and one without. */
static void make_elf(uint8_t elf[384], unsigned type, unsigned segment)
{
    memset(elf, 0, 384);
    memcpy(elf, "\177ELF\2\1\1", 7);
    put(elf + 16, type, 2);
    put(elf + 18, 183, 2);
    put(elf + 24, 0x400010, 8); /* entry */
    put(elf + 32, 64, 8);       /* program headers */
    put(elf + 40, 128, 8);      /* sections */
    put(elf + 54, 56, 2);
    put(elf + 56, 1, 2);
    put(elf + 58, 64, 2);
    put(elf + 60, 4, 2);
    put(elf + 64, segment, 4);
    for (unsigned i = 1; i < 4; i++) {
        uint8_t *section = elf + 128 + 64 * i;

        put(section + 4, i == 3 ? 8 : 1, 4);
        put(section + 8, 2, 8);
        put(section + 16, i == 3 ? 0x3ff000 : 0x400000 + 0x100 * i, 8);
        put(section + 32, i == 2 ? 0x2000 : 0x10, 8);
    }
}

static void test_elf(void **state)
{
    uint8_t elf[384];
    armgpu_file f;

    (void)state;
    make_elf(elf, 2, 1);
    f = look_at(elf, sizeof elf);
    assert_int_equal(f.format, ARMGPU_FILE_PROGRAM);
    assert_string_equal(f.text, "an ELF program");
    assert_int_equal(f.entry, 0x400010);
    assert_int_equal(f.address, 0x400100);
    assert_int_equal(f.end, 0x402200);
    f = look_at(elf, 128);
    assert_int_equal(f.format, ARMGPU_FILE_PROGRAM);
    assert_int_equal(f.end, 0);
    make_elf(elf, 2, 3);
    assert_int_equal(look_at(elf, sizeof elf).format, ARMGPU_FILE_DYNAMIC);
    make_elf(elf, 3, 1);
    assert_int_equal(look_at(elf, sizeof elf).format, ARMGPU_FILE_DYNAMIC);
    make_elf(elf, 1, 1);
    assert_int_equal(look_at(elf, sizeof elf).format, ARMGPU_FILE_OBJECT);
    put(elf + 18, 62, 2);
    f = look_at(elf, sizeof elf);
    assert_int_equal(f.format, ARMGPU_FILE_FOREIGN);
    assert_string_equal(f.text, "an ELF object for x86-64");
}

static void test_others(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        uint32_t format;
        const char *text;
    } files[] = {
        {"\xcf\xfa\xed\xfe\x0c\0\0\1\0\0\0\0\2\0\0\0", 16, ARMGPU_FILE_FOREIGN,
         "a Mach-O program for arm64"},
        {"\xca\xfe\xba\xbe\0\0\0\2", 8, ARMGPU_FILE_FOREIGN,
         "a universal Mach-O file"},
        {"\xca\xfe\xba\xbe\0\0\0\x34", 8, ARMGPU_FILE_FOREIGN, "a Java class"},
        {"#!/bin/sh\n", 10, ARMGPU_FILE_TEXT, "a script"},
        {"\x1f\x8b\x08\0\0\0\0\0\0\3........", 18, ARMGPU_FILE_COMPRESSED,
         "compressed (gzip)"},
        {"\xfd"
         "7zXZ\0\0\4",
         8, ARMGPU_FILE_COMPRESSED, "compressed (xz)"},
        {"!<arch>\n", 8, ARMGPU_FILE_FOREIGN, "a library of objects"},
        /* Instructions: ldr q31, ...; add x13, x18, #0x916 (MZ); a byte each */
        {"\x1f\x8b\x08\xf8\1\2\3\4\5\6\7\x20........", 20, ARMGPU_FILE_FLAT,
         ""},
        {"MZ\x40\x91\0\0\x40\xd4", 8, ARMGPU_FILE_FLAT, ""},
        {"#!", 2, ARMGPU_FILE_FLAT, ""},
        {"\177ELF\2\1\1", 8, ARMGPU_FILE_PROGRAM, "an ELF file"},
        {"\177EL", 3, ARMGPU_FILE_FLAT, ""},
        {"", 0, ARMGPU_FILE_FLAT, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        armgpu_file f = look_at(files[i].bytes, files[i].size);

        assert_string_equal(f.text, files[i].text);
        assert_int_equal(f.format, files[i].format);
    }
}

static void test_any_bytes(void **state)
{
    static const char *const magics[] = {"\177ELF\2\1", "\xcf\xfa\xed\xfe",
                                         "MZ", "\x1f\x8b\x08", ""};
    uint32_t random = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        const char *magic = magics[round % 5];
        uint8_t bytes[384];

        make_elf(bytes, 2, 1);
        for (int k = 0; k < 8 || (round % 2 == 0 && k < 384); k++) {
            random = random * 1664525 + 1013904223;
            bytes[random % 384] = (uint8_t)(random >> 24);
        }
        memcpy(bytes, magic, strlen(magic));
        (void)look_at(bytes, (random >> 8) % 385);
    }
}

static void test_sizes(void **state)
{
    uint8_t elf[384];
    armgpu_file f = {.size = 16};

    (void)state;
    make_elf(elf, 2, 1);
    f.address = 1;
    assert_int_equal(armgpu_identify(elf, sizeof elf, &f), ARMGPU_OK);
    assert_int_equal(f.size, 16);
    assert_int_equal(f.entry, 0x400010);
    assert_int_equal(f.address, 1);
    f.size = 0;
    assert_int_equal(armgpu_identify(elf, sizeof elf, &f),
                     ARMGPU_ERROR_ARGUMENT);
    assert_int_equal(armgpu_identify(elf, sizeof elf, NULL),
                     ARMGPU_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elf), cmocka_unit_test(test_others),
        cmocka_unit_test(test_any_bytes), cmocka_unit_test(test_sizes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
