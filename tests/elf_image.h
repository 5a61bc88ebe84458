/*
 * An ELF file made by hand, byte by byte, in a buffer: a static program with
 * two segments, notes, a dynamic section and a name of an interpreter whose
 * headers are there to be switched on, and symbols. Tests write over fields.
 */
#ifndef TEST_ELF_IMAGE_H
#define TEST_ELF_IMAGE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Where things are in the file. */
enum {
    IMAGE_HEADERS = 64, /* IMAGE_HEADER_COUNT program headers */
    IMAGE_TEXT = 0x200,
    IMAGE_DATA = 0x300,
    IMAGE_NOTES = 0x340,
    IMAGE_DYNAMIC = 0x3a0,
    IMAGE_INTERPRETER = 0x3e0,
    IMAGE_SYMBOLS = 0x400, /* IMAGE_SYMBOL_COUNT at most */
    IMAGE_NAMES = 0x600,
    IMAGE_SECTIONS = 0x700, /* none, text, data, symbols, names */
    IMAGE_SIZE = 0x840
};
enum { IMAGE_HEADER_COUNT = 6, IMAGE_SECTION_COUNT = 5 };
enum { IMAGE_SYMBOL_COUNT = 20, IMAGE_NAMES_SIZE = 0x100 };
#define IMAGE_TEXT_AT UINT64_C(0x400200)
#define IMAGE_DATA_AT UINT64_C(0x410300)

/* Offsets of the fields of program header i, section header i, symbol i. */
#define P_TYPE(i) (IMAGE_HEADERS + (i)*56)
#define P_FLAGS(i) (P_TYPE(i) + 4)
#define P_OFFSET(i) (P_TYPE(i) + 8)
#define P_VADDR(i) (P_TYPE(i) + 16)
#define P_PADDR(i) (P_TYPE(i) + 24)
#define P_FILESZ(i) (P_TYPE(i) + 32)
#define P_MEMSZ(i) (P_TYPE(i) + 40)
#define P_ALIGN(i) (P_TYPE(i) + 48)
#define SH_TYPE(i) (IMAGE_SECTIONS + (i)*64 + 4)
#define SH_FLAGS(i) (SH_TYPE(i) + 4)
#define SH_ADDR(i) (SH_TYPE(i) + 12)
#define SH_OFFSET(i) (SH_TYPE(i) + 20)
#define SH_SIZE(i) (SH_TYPE(i) + 28)
#define SH_LINK(i) (SH_TYPE(i) + 36)
#define SH_ENTSIZE(i) (SH_TYPE(i) + 52)
#define ST_NAME(i) (IMAGE_SYMBOLS + (i)*24)
#define ST_INFO(i) (ST_NAME(i) + 4)
#define ST_SHNDX(i) (ST_NAME(i) + 6)
#define ST_VALUE(i) (ST_NAME(i) + 8)
#define ST_SIZE(i) (ST_NAME(i) + 16)

/* Kinds of program header; the last three are PT_NULL until they are wanted. */
enum {
    HEADER_TEXT,
    HEADER_DATA,
    HEADER_STACK,
    HEADER_NOTE,
    HEADER_DYNAMIC,
    HEADER_INTERPRETER
};
enum { SECTION_TEXT = 1, SECTION_DATA, SECTION_SYMBOLS, SECTION_NAMES };

static inline void put(uint8_t *bytes, size_t at, unsigned width,
                       uint64_t value)
{
    for (unsigned i = 0; i < width; i++)
        bytes[at + i] = (uint8_t)(value >> 8 * i);
}

static inline uint64_t peek(const uint8_t *bytes, size_t at, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = width; i-- > 0;)
        value = value << 8 | bytes[at + i];
    return value;
}

static inline void put_header(uint8_t *b, size_t i, uint64_t type,
                              uint64_t flags, uint64_t offset, uint64_t address,
                              uint64_t file_bytes, uint64_t bytes)
{
    put(b, P_TYPE(i), 4, type);
    put(b, P_FLAGS(i), 4, flags);
    put(b, P_OFFSET(i), 8, offset);
    put(b, P_VADDR(i), 8, address);
    put(b, P_PADDR(i), 8, address);
    put(b, P_FILESZ(i), 8, file_bytes);
    put(b, P_MEMSZ(i), 8, bytes);
    put(b, P_ALIGN(i), 8, 0x10000);
}

static inline void put_section(uint8_t *b, size_t i, uint64_t type,
                               uint64_t offset, uint64_t size)
{
    put(b, SH_TYPE(i), 4, type);
    put(b, SH_OFFSET(i), 8, offset);
    put(b, SH_SIZE(i), 8, size);
}

/* Appends a symbol to the table; `info` is binding << 4 | type. */
static inline void put_symbol(uint8_t *b, const char *name, uint64_t value,
                              uint64_t size, unsigned info, unsigned section)
{
    size_t i = (size_t)peek(b, SH_SIZE(SECTION_SYMBOLS), 8) / 24;
    size_t at = (size_t)peek(b, SH_SIZE(SECTION_NAMES), 8);
    if (i >= IMAGE_SYMBOL_COUNT || at + strlen(name) >= IMAGE_NAMES_SIZE)
        return;
    memcpy(b + IMAGE_NAMES + at, name, strlen(name) + 1);
    put(b, ST_NAME(i), 4, at);
    put(b, ST_INFO(i), 1, info);
    put(b, ST_SHNDX(i), 2, section);
    put(b, ST_VALUE(i), 8, value);
    put(b, ST_SIZE(i), 8, size);
    put(b, SH_SIZE(SECTION_SYMBOLS), 8, (i + 1) * 24);
    put(b, SH_SIZE(SECTION_NAMES), 8, at + strlen(name) + 1);
}

/* The file's header. */
static inline void put_file_header(uint8_t *b)
{
    memcpy(b, "\177ELF\2\1\1", 7);
    put(b, 16, 2, 2);   /* ET_EXEC */
    put(b, 18, 2, 183); /* EM_AARCH64 */
    put(b, 20, 4, 1);
    put(b, 24, 8, IMAGE_TEXT_AT);
    put(b, 32, 8, IMAGE_HEADERS);
    put(b, 40, 8, IMAGE_SECTIONS);
    put(b, 52, 2, 64);
    put(b, 54, 2, 56);
    put(b, 56, 2, IMAGE_HEADER_COUNT);
    put(b, 58, 2, 64);
    put(b, 60, 2, IMAGE_SECTION_COUNT);
}

/* A static program; of symbols there is the empty one that begins a table. */
static inline void image_begin(uint8_t b[IMAGE_SIZE])
{
    static const char notes[] = "\4\0\0\0\4\0\0\0\3\0\0\0GNU\0\x12\x34\xab\xcd";
    memset(b, 0, IMAGE_SIZE);
    put_file_header(b);
    /* From the file's beginning on, so that the headers are in memory. */
    put_header(b, HEADER_TEXT, 1, 5, 0, IMAGE_TEXT_AT - IMAGE_TEXT,
               IMAGE_TEXT + 16, IMAGE_TEXT + 16);
    put_header(b, HEADER_DATA, 1, 6, IMAGE_DATA, IMAGE_DATA_AT, 16, 48);
    put_header(b, HEADER_STACK, 0x6474e551, 6, 0, 0, 0, 0);
    put_header(b, HEADER_NOTE, 4, 4, IMAGE_NOTES, 0, 20, 20);
    memcpy(b + IMAGE_NOTES, notes, 20);
    put_header(b, HEADER_DYNAMIC, 0, 6, IMAGE_DYNAMIC, 0, 48, 48);
    put(b, IMAGE_DYNAMIC, 8, 0x6ffffffb); /* DT_FLAGS_1 */
    put(b, IMAGE_DYNAMIC + 8, 8, 0x08000000);
    put_header(b, HEADER_INTERPRETER, 0, 4, IMAGE_INTERPRETER, 0, 14, 14);
    memcpy(b + IMAGE_INTERPRETER, "/lib/ld-test.1", 14);
    for (size_t i = 0; i < 16; i += 4)
        put(b, IMAGE_TEXT + i, 4, 0xd503201f); /* NOP */
    memcpy(b + IMAGE_DATA, "data data data !", 16);
    put_section(b, SECTION_TEXT, 1, IMAGE_TEXT, 16);
    put(b, SH_FLAGS(SECTION_TEXT), 8, 6); /* SHF_ALLOC, SHF_EXECINSTR */
    put(b, SH_ADDR(SECTION_TEXT), 8, IMAGE_TEXT_AT);
    put_section(b, SECTION_DATA, 1, IMAGE_DATA, 16);
    put_section(b, SECTION_SYMBOLS, 2, IMAGE_SYMBOLS, 24);
    put(b, SH_LINK(SECTION_SYMBOLS), 4, SECTION_NAMES);
    put(b, SH_ENTSIZE(SECTION_SYMBOLS), 8, 24);
    put_section(b, SECTION_NAMES, 3, IMAGE_NAMES, 1);
}

/* The same with functions and objects. */
static inline void image_make(uint8_t b[IMAGE_SIZE])
{
    image_begin(b);
    put_symbol(b, "$x", IMAGE_TEXT_AT, 0, 0x00, SECTION_TEXT);
    put_symbol(b, "file.c", 0, 0, 0x04, 0xfff1);
    put_symbol(b, "_start", IMAGE_TEXT_AT, 8, 0x12, SECTION_TEXT);
    put_symbol(b, "main", IMAGE_TEXT_AT + 8, 8, 0x12, SECTION_TEXT);
    put_symbol(b, "table", IMAGE_DATA_AT, 16, 0x11, SECTION_DATA);
    put_symbol(b, "limit", 0x1000, 0, 0x10, 0xfff1);
}

/* The same made position-independent: static PIE. */
static inline void image_make_pie(uint8_t b[IMAGE_SIZE])
{
    image_make(b);
    put(b, 16, 2, 3); /* ET_DYN */
    put(b, P_TYPE(HEADER_DYNAMIC), 4, 2);
    put(b, 24, 8, IMAGE_TEXT);
    put(b, SH_ADDR(SECTION_TEXT), 8, IMAGE_TEXT);
    put(b, P_VADDR(HEADER_TEXT), 8, 0);
    put(b, P_VADDR(HEADER_DATA), 8, 0x10000 + IMAGE_DATA);
}

/* The same for bare metal: code in flash at 0, data run at 0x40000000. */
static inline void image_make_bare(uint8_t b[IMAGE_SIZE])
{
    image_make(b);
    put_header(b, HEADER_TEXT, 1, 5, IMAGE_TEXT, 0, 16, 16);
    put_header(b, HEADER_DATA, 1, 6, IMAGE_DATA, 0x40000000, 16, 48);
    put(b, P_PADDR(HEADER_DATA), 8, 16);
    put(b, SH_ADDR(SECTION_TEXT), 8, 0);
    put(b, 24, 8, 0);
}

#endif
