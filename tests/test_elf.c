/*
 * The ELF loader on files made by hand: what it finds in valid ones, the
 * sentence for each thing that can be wrong, names of addresses against a plain
 * search, and random changes of headers, after which what is accepted must be
 * consistent (elf_check.h). tests/test_elf.sh has files that linkers make.
 */
#include "elf_check.h"
#include "elf_image.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])

static void read_image(const uint8_t *bytes, enum ag_elf_kind wanted,
                       struct ag_elf *elf)
{
    char sentence[AG_SENTENCE];
    if (!ag_elf_read(bytes, IMAGE_SIZE, wanted, elf, sentence))
        fail_msg("refused: %s", sentence);
    assert_string_equal(sentence, "");
}

static void test_program(void **state)
{
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    const struct ag_elf_segment *s;
    (void)state;
    image_make(b);
    read_image(b, AG_ELF_ANY, &elf);
    assert_int_equal(elf.kind, AG_ELF_LINUX);
    assert_string_equal(elf.why, "nothing says otherwise");
    assert_false(elf.is_position_independent || elf.has_thread_data);
    assert_true(elf.has_stack_header && !elf.is_stack_executable);
    assert_int_equal(elf.entry, IMAGE_TEXT_AT);
    assert_int_equal(elf.segment_count, 2);
    s = &elf.segments[1];
    assert_int_equal(s->address, IMAGE_DATA_AT);
    assert_int_equal(s->load_address, IMAGE_DATA_AT);
    assert_int_equal(s->offset, IMAGE_DATA);
    assert_int_equal(s->file_bytes, 16);
    assert_int_equal(s->bytes, 48);
    assert_int_equal(s->alignment, 0x10000);
    assert_int_equal(s->access, AG_ELF_READ | AG_ELF_WRITE);
    assert_int_equal(elf.segments[0].access, AG_ELF_READ | AG_ELF_EXECUTE);
    assert_int_equal(elf.lowest, 0x400000);
    assert_int_equal(elf.first_writable, IMAGE_DATA_AT);
    assert_int_equal(elf.highest, IMAGE_DATA_AT + 48);
    assert_int_equal(elf.headers_address, 0x400000 + IMAGE_HEADERS);
    assert_int_equal(elf.header_count, IMAGE_HEADER_COUNT);
    assert_int_equal(elf.build_id_bytes, 4);
    assert_memory_equal(elf.build_id, "\x12\x34\xab\xcd", 4);
    assert_int_equal(elf.symbols.count, 4);
    ag_elf_release(&elf);
}

static void test_other_kinds(void **state)
{
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    image_make_pie(b);
    put(b, P_TYPE(HEADER_STACK), 4, 7); /* PT_TLS, no PT_GNU_STACK */
    read_image(b, AG_ELF_ANY, &elf);
    assert_true(elf.is_position_independent && elf.has_thread_data);
    assert_true(!elf.has_stack_header && elf.is_stack_executable);
    assert_int_equal(elf.kind, AG_ELF_LINUX);
    assert_int_equal(elf.lowest, 0);
    ag_elf_release(&elf);

    image_make_bare(b);
    read_image(b, AG_ELF_ANY, &elf);
    assert_int_equal(elf.kind, AG_ELF_BARE_METAL);
    assert_int_equal(elf.segments[1].load_address, 16);
    assert_int_equal(elf.segments[1].address, 0x40000000);
    assert_int_equal(elf.headers_address, 0);
    ag_elf_release(&elf);
    /* Without load addresses everything is loaded where it runs. */
    put(b, P_PADDR(HEADER_DATA), 8, 0);
    read_image(b, AG_ELF_ANY, &elf);
    assert_int_equal(elf.segments[1].load_address, 0x40000000);
    ag_elf_release(&elf);
    put(b, P_PADDR(HEADER_DATA), 8, 16);
    /* The same as if Linux had started it: at virtual addresses. */
    read_image(b, AG_ELF_LINUX, &elf);
    assert_int_equal(elf.kind, AG_ELF_LINUX);
    assert_string_equal(elf.why, "it was asked for");
    assert_int_equal(elf.segments[1].load_address, 0x40000000);
    ag_elf_release(&elf);
}

/* Fields written over, until width 0. */
struct change {
    size_t at;
    unsigned width;
    uint64_t value;
};

static void apply(uint8_t *b, const struct change *changes)
{
    for (size_t i = 0; i < 4 && changes[i].width != 0; i++)
        put(b, changes[i].at, changes[i].width, changes[i].value);
}

/* What tells bare metal from Linux, and what wins. */
static void test_which_kind(void **state)
{
    static const struct {
        struct change changes[4];
        enum ag_elf_kind kind;
        const char *why;
    } cases[] = {
        {{{7, 1, 3}}, AG_ELF_LINUX, "its OS/ABI is GNU/Linux"},
        {{{7, 1, 255}}, AG_ELF_BARE_METAL, "its OS/ABI is standalone"},
        {{{IMAGE_NOTES + 4, 4, 4},
          {IMAGE_NOTES + 8, 4, 1},
          {IMAGE_NOTES + 16, 4, 0}},
         AG_ELF_LINUX,
         "it has glibc's note"},
        {{{IMAGE_NOTES + 12, 3, 0x006f47}}, AG_ELF_LINUX, "it is made by Go"},
        {{{P_PADDR(HEADER_DATA), 8, 0x500000}},
         AG_ELF_BARE_METAL,
         "a segment is loaded where it does not run"},
        /* Who made it for Linux says so, whatever loads it elsewhere. */
        {{{P_PADDR(HEADER_DATA), 8, 0x500000}, {7, 1, 3}},
         AG_ELF_LINUX,
         "its OS/ABI is GNU/Linux"},
        {{{P_PADDR(HEADER_DATA), 8, 0x500000}, {IMAGE_NOTES + 12, 3, 0x006f47}},
         AG_ELF_LINUX,
         "it is made by Go"},
        {{{P_OFFSET(HEADER_DATA), 8, IMAGE_DATA + 4},
          {IMAGE_NOTES + 4, 4, 4},
          {IMAGE_NOTES + 8, 4, 1},
          {IMAGE_NOTES + 16, 4, 0}},
         AG_ELF_LINUX,
         "it has glibc's note"},
        {{{7, 1, 255}, {IMAGE_NOTES + 12, 3, 0x006f47}},
         AG_ELF_BARE_METAL,
         "its OS/ABI is standalone"},
        {{{P_VADDR(HEADER_TEXT), 8, 0}, {7, 1, 3}},
         AG_ELF_BARE_METAL,
         "a segment is on the first page"},
        /* Linkers that know no load addresses write 0. */
        {{{P_PADDR(HEADER_TEXT), 8, 0}, {P_PADDR(HEADER_DATA), 8, 0}},
         AG_ELF_LINUX,
         "nothing says otherwise"},
        {{{P_PADDR(HEADER_TEXT), 8, 0},
          {P_PADDR(HEADER_DATA), 8, 0},
          {IMAGE_TEXT + 8, 4, 0xd45e0000}},
         AG_ELF_BARE_METAL,
         "it has privileged instructions or calls semihosting"},
        {{{P_PADDR(HEADER_TEXT), 8, 0}},
         AG_ELF_BARE_METAL,
         "a segment is loaded where it does not run"},
        /* Zeros alone are mapped from no file. */
        {{{P_OFFSET(HEADER_DATA), 8, 0}, {P_FILESZ(HEADER_DATA), 8, 0}},
         AG_ELF_LINUX,
         "nothing says otherwise"},
        /* No bytes in the file: it is loaded nowhere. */
        {{{P_PADDR(HEADER_DATA), 8, 0x500000}, {P_FILESZ(HEADER_DATA), 8, 0}},
         AG_ELF_BARE_METAL,
         "a segment is loaded where it does not run"},
        {{{P_VADDR(HEADER_TEXT), 8, 0}, {P_PADDR(HEADER_TEXT), 8, 0}},
         AG_ELF_BARE_METAL,
         "a segment is on the first page"},
        {{{P_VADDR(HEADER_DATA), 8, 0x410340},
          {P_PADDR(HEADER_DATA), 8, 0x410340}},
         AG_ELF_BARE_METAL,
         "a segment cannot be mapped from the file"},
        {{{P_VADDR(HEADER_TEXT), 8, 4096}, {P_PADDR(HEADER_TEXT), 8, 4096}},
         AG_ELF_LINUX,
         "nothing says otherwise"},
        {{{IMAGE_TEXT + 8, 4, 0xd45e0000}},
         AG_ELF_BARE_METAL,
         "it has privileged instructions or calls semihosting"},
        {{{IMAGE_TEXT + 12, 4, 0xd518c001}},
         AG_ELF_BARE_METAL,
         "it has privileged instructions or calls semihosting"},
        {{{IMAGE_TEXT + 8, 4, 0xd45e0000}, {7, 1, 3}},
         AG_ELF_LINUX,
         "its OS/ABI is GNU/Linux"},
        {{{IMAGE_DATA, 4, 0xd45e0000}}, AG_ELF_LINUX, "nothing says otherwise"},
        {{{IMAGE_TEXT + 2, 4, 0xd45e0000}},
         AG_ELF_LINUX,
         "nothing says otherwise"},
        /* Constants beside the code are none; without sections they may be. */
        {{{IMAGE_TEXT - 4, 4, 0xd45e0000}},
         AG_ELF_LINUX,
         "nothing says otherwise"},
        {{{IMAGE_TEXT - 4, 4, 0xd45e0000}, {SH_FLAGS(SECTION_TEXT), 8, 2}},
         AG_ELF_BARE_METAL,
         "it has privileged instructions or calls semihosting"},
        {{{IMAGE_TEXT + 12, 4, 0xd69f03e0}, {SH_SIZE(SECTION_TEXT), 8, 13}},
         AG_ELF_LINUX,
         "nothing says otherwise"},
    };
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        image_make(b);
        apply(b, cases[i].changes);
        read_image(b, AG_ELF_ANY, &elf);
        assert_string_equal(elf.why, cases[i].why);
        assert_int_equal(elf.kind, cases[i].kind);
        ag_elf_release(&elf);
    }
}

/* What start-up code of any level executes, and its like that programs of
   Linux may: position-independent or not. */
static void test_privileged(void **state)
{
    static const struct {
        uint32_t word;
        bool is_privileged;
    } cases[] = {
        {0xd518c000, true},  /* msr vbar_el1, x0 */
        {0xd51cc01f, true},  /* msr vbar_el2, xzr */
        {0xd51ec001, true},  /* msr vbar_el3, x1 */
        {0xd5181002, true},  /* msr sctlr_el1, x2 */
        {0xd51c1000, true},  /* msr sctlr_el2, x0 */
        {0xd51e1000, true},  /* msr sctlr_el3, x0 */
        {0xd5181040, true},  /* msr cpacr_el1, x0 */
        {0xd51c115f, true},  /* msr cptr_el2, xzr */
        {0xd51e1140, true},  /* msr cptr_el3, x0 */
        {0xd51c1103, true},  /* msr hcr_el2, x3 */
        {0xd51e1100, true},  /* msr scr_el3, x0 */
        {0xd5384240, true},  /* mrs x0, currentel */
        {0xd5384255, true},  /* mrs x21, currentel */
        {0xd50340df, true},  /* msr daifset, #0 */
        {0xd5034fdf, true},  /* msr daifset, #15 */
        {0xd50040bf, true},  /* msr spsel, #0 */
        {0xd50041bf, true},  /* msr spsel, #1 */
        {0xd69f03e0, true},  /* eret */
        {0xd45e0000, true},  /* hlt #0xf000 */
        {0xd51bd040, false}, /* msr tpidr_el0, x0 */
        {0xd51b4400, false}, /* msr fpcr, x0 */
        {0xd5380000, false}, /* mrs x0, midr_el1, which Linux emulates */
        {0xd5380600, false}, /* mrs x0, id_aa64isar0_el1 */
        {0xd53be040, false}, /* mrs x0, cntvct_el0 */
        {0xd50b7520, false}, /* ic ivau, x0 */
        {0xd503201f, false}, /* nop */
        {0xd65f03c0, false}, /* ret */
        {0xd4400000, false}, /* hlt #0 */
    };
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    for (size_t i = 0; i < 2 * LENGTH(cases); i++) {
        bool is_privileged = cases[i / 2].is_privileged;
        (i % 2 != 0 ? image_make_pie : image_make)(b);
        put(b, IMAGE_TEXT + 4, 4, cases[i / 2].word);
        read_image(b, AG_ELF_ANY, &elf);
        assert_int_equal(elf.kind,
                         is_privileged ? AG_ELF_BARE_METAL : AG_ELF_LINUX);
        if (is_privileged)
            assert_string_equal(
                elf.why, "it has privileged instructions or calls semihosting");
        ag_elf_release(&elf);
    }
}

/* What says more of a position-independent program than that it is one. */
static void test_position_independent_kind(void **state)
{
    static const struct {
        struct change changes[4];
        enum ag_elf_kind kind;
        const char *why;
    } cases[] = {
        {{{0, 0, 0}}, AG_ELF_LINUX, "it is position-independent"},
        {{{7, 1, 255}}, AG_ELF_BARE_METAL, "its OS/ABI is standalone"},
        {{{7, 1, 3}}, AG_ELF_LINUX, "its OS/ABI is GNU/Linux"},
        {{{7, 1, 3}, {IMAGE_TEXT + 8, 4, 0xd69f03e0}},
         AG_ELF_LINUX,
         "its OS/ABI is GNU/Linux"},
        {{{P_PADDR(HEADER_DATA), 8, 0x500000}},
         AG_ELF_LINUX,
         "it is position-independent"},
    };
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        image_make_pie(b);
        apply(b, cases[i].changes);
        read_image(b, AG_ELF_ANY, &elf);
        assert_string_equal(elf.why, cases[i].why);
        assert_int_equal(elf.kind, cases[i].kind);
        ag_elf_release(&elf);
    }
}

/* A whole word of the file's, at a multiple of 4, in what may be executed. */
static void test_code(void **state)
{
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    image_make(b);
    put(b, P_MEMSZ(HEADER_TEXT), 8, IMAGE_TEXT + 32);
    read_image(b, AG_ELF_ANY, &elf);
    assert_true(ag_elf_is_code(&elf, IMAGE_TEXT_AT));
    assert_true(ag_elf_is_code(&elf, IMAGE_TEXT_AT + 12));
    assert_false(ag_elf_is_code(&elf, IMAGE_TEXT_AT + 2));
    assert_false(ag_elf_is_code(&elf, IMAGE_TEXT_AT + 16)); /* zeros */
    assert_false(ag_elf_is_code(&elf, IMAGE_TEXT_AT + 32));
    assert_false(ag_elf_is_code(&elf, IMAGE_DATA_AT));
    assert_false(ag_elf_is_code(&elf, 0));
    ag_elf_release(&elf);
    put(b, P_FILESZ(HEADER_TEXT), 8, IMAGE_TEXT + 15); /* cut short */
    read_image(b, AG_ELF_ANY, &elf);
    assert_true(ag_elf_is_code(&elf, IMAGE_TEXT_AT + 8));
    assert_false(ag_elf_is_code(&elf, IMAGE_TEXT_AT + 12));
    ag_elf_release(&elf);
    put(b, P_FILESZ(HEADER_TEXT), 8, 3); /* not even one */
    read_image(b, AG_ELF_ANY, &elf);
    assert_false(ag_elf_is_code(&elf, 0x400000));
    ag_elf_release(&elf);
}

/* Program headers are where a segment has all of them, or nowhere. */
static void test_headers(void **state)
{
    static const struct {
        uint64_t offset, bytes, address;
    } cases[] = {
        {0, IMAGE_TEXT + 16, 0x400000 + IMAGE_HEADERS},
        {IMAGE_HEADERS, IMAGE_HEADER_COUNT * 56, 0x400000},
        {IMAGE_HEADERS + 1, IMAGE_HEADER_COUNT * 56, 0},
        {IMAGE_HEADERS, IMAGE_HEADER_COUNT * 56 - 1, 0},
        {IMAGE_HEADERS - 8, IMAGE_HEADER_COUNT * 56 + 7, 0},
        {IMAGE_HEADERS - 8, IMAGE_HEADER_COUNT * 56 + 8, 0x400008},
    };
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        image_make(b);
        put(b, P_OFFSET(HEADER_TEXT), 8, cases[i].offset);
        put(b, P_FILESZ(HEADER_TEXT), 8, cases[i].bytes);
        read_image(b, AG_ELF_LINUX, &elf);
        assert_int_equal(elf.headers_address, cases[i].address);
        ag_elf_release(&elf);
    }
}

/* On bare metal, what has no bytes in the file is loaded nowhere. */
static void test_nothing_to_load(void **state)
{
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    image_make_bare(b);
    put(b, P_FILESZ(HEADER_DATA), 8, 0);
    put(b, P_PADDR(HEADER_DATA), 8, 4);
    read_image(b, AG_ELF_ANY, &elf);
    assert_int_equal(elf.segments[1].load_address, 0x40000000);
    ag_elf_release(&elf);
    /* It may be where another waits that is copied. */
    put_header(b, HEADER_NOTE, 1, 6, IMAGE_DATA, 0x50000000, 16, 16);
    put(b, P_PADDR(HEADER_NOTE), 8, 0x3ffffff8);
    read_image(b, AG_ELF_ANY, &elf);
    assert_int_equal(elf.segments[2].load_address, 0x3ffffff8);
    ag_elf_release(&elf);
}

/* What has no bytes in the file has no place in it, whatever its header says:
   linkers write where the bytes would be, beyond the end. */
static void test_nothing_in_the_file(void **state)
{
    static const uint64_t offsets[] = {IMAGE_DATA, 0, IMAGE_SIZE,
                                       IMAGE_SIZE + 1, UINT64_MAX};
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    for (size_t i = 0; i < LENGTH(offsets); i++) {
        image_make(b);
        put(b, P_OFFSET(HEADER_DATA), 8, offsets[i]);
        put(b, P_FILESZ(HEADER_DATA), 8, 0);
        put_header(b, HEADER_STACK, 7, 4, offsets[i], IMAGE_DATA_AT, 0, 400);
        read_image(b, AG_ELF_LINUX, &elf);
        assert_true(elf.has_thread_data);
        assert_int_equal(elf.segment_count, 2);
        assert_int_equal(elf.segments[1].offset, 0);
        assert_int_equal(elf.segments[1].bytes, 48);
        ag_elf_release(&elf);
    }
}

/* Valid, however unusual. */
static void test_accepted(void **state)
{
    static const struct change cases[][4] = {
        {{40, 8, 0}, {60, 2, 0}},                 /* no section headers */
        {{60, 2, 0}, {SH_SIZE(0), 8, 5}},         /* more than 16 bits count */
        {{62, 2, 0xffff}},                        /* section names: not read */
        {{24, 8, 0}},                             /* no entry */
        {{P_ALIGN(0), 8, 0}, {P_ALIGN(1), 8, 1}}, /* no alignment */
        {{P_MEMSZ(1), 8, UINT64_MAX - IMAGE_DATA_AT}},
        {{P_FILESZ(HEADER_NOTE), 8, 0xffffffff}}, /* no notes, then */
        {{IMAGE_NOTES, 4, 0xffffffff}},
        {{IMAGE_NOTES + 4, 4, 0xffffffff}},
        {{SH_TYPE(SECTION_SYMBOLS), 4, 11}}, /* .dynsym alone */
        {{SH_TYPE(SECTION_SYMBOLS), 4, 1}},  /* stripped */
        {{ST_SHNDX(3), 2, 0xffff}},          /* its section is elsewhere */
        {{52, 2, 128}},
        /* One segment behind another. */
        {{P_VADDR(1), 8, IMAGE_TEXT_AT + 16},
         {7, 1, 3},
         {P_PADDR(1), 8, IMAGE_TEXT_AT + 16},
         {P_OFFSET(1), 8, IMAGE_DATA + 0x10}},
    };
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        image_make(b);
        apply(b, cases[i]);
        read_image(b, AG_ELF_ANY, &elf);
        assert_int_equal(elf.segment_count, 2);
        assert_int_equal(elf.symbols.count, i == 0 || i == 10 ? 0 : 4);
        assert_int_equal(elf.build_id_bytes, i < 6 || i > 8 ? 4 : 0);
        ag_elf_release(&elf);
    }
}

/* Linked without a dynamic linker in mind, with what one would read. */
static void test_dynamic_sections(void **state)
{
    static const struct {
        void (*make)(uint8_t *);
        struct change changes[4];
    } cases[] = {
        /* What is behind DT_NULL is nothing. */
        {image_make_pie, {{IMAGE_DYNAMIC + 32, 8, 1}}},
        {image_make, {{P_TYPE(HEADER_DYNAMIC), 4, 2}, {IMAGE_DYNAMIC, 8, 5}}},
        {image_make, {{16, 2, 3}}}, /* position-independent without one */
        /* Without a byte, wherever it is said to be, it is not there. */
        {image_make_pie,
         {{P_FILESZ(HEADER_DYNAMIC), 8, 0},
          {P_OFFSET(HEADER_DYNAMIC), 8, UINT64_MAX}}},
        {image_make_pie,
         {{P_TYPE(HEADER_INTERPRETER), 4, 3},
          {P_FILESZ(HEADER_INTERPRETER), 8, 0},
          {P_OFFSET(HEADER_INTERPRETER), 8, IMAGE_SIZE + 1}}},
    };
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        cases[i].make(b);
        apply(b, cases[i].changes);
        read_image(b, AG_ELF_ANY, &elf);
        assert_int_equal(elf.is_position_independent, i != 1);
        ag_elf_release(&elf);
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

/* Puts a note of one word behind others; where the next one goes. */
static size_t put_note(uint8_t *b, size_t at, const char *name, uint32_t type,
                       uint32_t bytes, uint32_t value)
{
    put(b, at, 4, 4);
    put(b, at + 4, 4, bytes);
    put(b, at + 8, 4, type);
    memcpy(b + at + 12, name, 4);
    put(b, at + 16, 4, value);
    return at + 16 + (bytes + 3) / 4 * 4;
}

static void test_notes(void **state)
{
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    size_t at = IMAGE_NOTES;
    (void)state;
    image_make(b);
    at = put_note(b, at, "XYZ", 3, 4, 0x11111111); /* another's */
    at = put_note(b, at, "XYZ", 1, 4, 0);
    at = put_note(b, at, "GNU", 1, 4, 2); /* not for Linux */
    at = put_note(b, at, "GNU", 3, 3, 0xcafe);
    at = put_note(b, at, "GNU", 3, 4, 0x22222222); /* the second */
    put(b, P_FILESZ(HEADER_NOTE), 8, at - IMAGE_NOTES);
    read_image(b, AG_ELF_ANY, &elf);
    assert_string_equal(elf.why, "nothing says otherwise");
    assert_int_equal(elf.build_id_bytes, 3);
    assert_memory_equal(elf.build_id, "\xfe\xca\0", 3);
    ag_elf_release(&elf);

    /* Known by a section alone, and an ABI tag that has no words. */
    image_make(b);
    at = put_note(b, IMAGE_NOTES, "GNU", 1, 0, 0);
    at = put_note(b, at, "GNU", 3, 4, 0xcafe);
    put(b, P_TYPE(HEADER_NOTE), 4, 0);
    put_section(b, SECTION_TEXT, 7, IMAGE_NOTES, at - IMAGE_NOTES);
    read_image(b, AG_ELF_ANY, &elf);
    assert_string_equal(elf.why, "nothing says otherwise");
    assert_int_equal(elf.build_id_bytes, 4);
    ag_elf_release(&elf);

    /* Longer than any. */
    image_make(b);
    put_note(b, IMAGE_NOTES, "GNU", 3, 80, 0xcafe);
    put(b, P_FILESZ(HEADER_NOTE), 8, 96);
    read_image(b, AG_ELF_ANY, &elf);
    assert_int_equal(elf.build_id_bytes, AG_BUILD_ID);
    ag_elf_release(&elf);
}

/* Symbols that are no addresses, tables that are empty, and which one counts.
 */
static void test_symbol_tables(void **state)
{
    static const struct {
        size_t count;
        struct change changes[4];
    } cases[] = {
        {0,
         {{SH_SIZE(SECTION_NAMES), 8, 0}, {SH_SIZE(SECTION_SYMBOLS), 8, 24}}},
        {0, {{SH_SIZE(SECTION_SYMBOLS), 8, 0}}},
        {4, {{SH_TYPE(SECTION_TEXT), 4, 11}}}, /* .dynsym, which is not read */
        {4, {{ST_SHNDX(4), 2, 0xfff1}, {ST_VALUE(4), 8, UINT64_MAX}}},
        {3, {{ST_SHNDX(4), 2, 0}, {ST_VALUE(4), 8, UINT64_MAX}}},
        {4, {{ST_SHNDX(4), 2, 0xff00}}},
    };
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        image_make(b);
        apply(b, cases[i].changes);
        read_image(b, AG_ELF_ANY, &elf);
        assert_int_equal(elf.symbols.count, cases[i].count);
        ag_elf_release(&elf);
    }
}

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

static const char *name_at(const struct ag_elf *elf, uint64_t address)
{
    static char text[64];
    ag_symbols_text(&elf->symbols, address, text, sizeof text);
    return text;
}

static void test_names(void **state)
{
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    char text[16];
    const uint64_t t = IMAGE_TEXT_AT;
    (void)state;
    image_begin(b);
    put(b, P_FILESZ(HEADER_TEXT), 8, IMAGE_TEXT + 0x80);
    put(b, P_MEMSZ(HEADER_TEXT), 8, IMAGE_TEXT + 0x80);
    put_symbol(b, "$x", t, 0, 0x00, SECTION_TEXT);
    put_symbol(b, "$d.4", t, 0, 0x10, SECTION_TEXT);
    put_symbol(b, "$xylophone", t + 0x78, 0, 0x10, SECTION_TEXT);
    put_symbol(b, "local", t, 16, 0x02, SECTION_TEXT);
    put_symbol(b, "weak", t, 16, 0x22, SECTION_TEXT);
    put_symbol(b, "unsized", t, 0, 0x12, SECTION_TEXT);
    put_symbol(b, "object", t, 16, 0x11, SECTION_TEXT);
    put_symbol(b, "function", t, 16, 0x12, SECTION_TEXT);
    put_symbol(b, "second", t, 16, 0x12, SECTION_TEXT);
    put_symbol(b, "inside", t + 8, 0, 0x00, SECTION_TEXT);
    put_symbol(b, "label", t + 0x20, 0, 0x00, SECTION_TEXT);
    put_symbol(b, "ifunc", t + 0x30, 8, 0x1a, SECTION_TEXT);
    put_symbol(b, "thread", t + 0x40, 8, 0x16, SECTION_DATA);
    put_symbol(b, "undefined", 0, 0, 0x12, 0);
    put_symbol(b, "twice", t + 0x50, 4, 0x02, SECTION_TEXT);
    put_symbol(b, "twice", t + 0x60, 4, 0x12, SECTION_TEXT);
    put_symbol(b, "twice", t + 0x68, 4, 0x02, SECTION_TEXT);
    put_symbol(b, "begin", IMAGE_DATA_AT, 0, 0x10, SECTION_DATA);
    put_symbol(b, "e\033vil", t + 0x70, 8, 0x12, SECTION_TEXT);
    read_image(b, AG_ELF_ANY, &elf);
    assert_string_equal(name_at(&elf, t), "function");
    assert_string_equal(name_at(&elf, t + 12), "function+0xc");
    assert_string_equal(name_at(&elf, t + 16), "");
    assert_string_equal(name_at(&elf, t - 1), "");
    assert_string_equal(name_at(&elf, t + 0x24), "label+0x4");
    assert_string_equal(name_at(&elf, t + 0x30), "ifunc");
    assert_string_equal(name_at(&elf, t + 0x40), "");
    assert_string_equal(name_at(&elf, t + 0x68), "twice");
    assert_string_equal(name_at(&elf, t + 0x70), "e?vil");
    assert_string_equal(name_at(&elf, t + 0x7f), "$xylophone+0x7");
    assert_string_equal(name_at(&elf, t + 0x80), ""); /* the segment's end */
    assert_string_equal(name_at(&elf, IMAGE_DATA_AT - 1), "");
    assert_string_equal(name_at(&elf, IMAGE_DATA_AT + 47), "begin+0x2f");
    assert_string_equal(name_at(&elf, IMAGE_DATA_AT + 48), "");
    assert_int_equal(ag_symbols_named(&elf.symbols, "twice")->address,
                     t + 0x60);
    assert_int_equal(ag_symbols_named(&elf.symbols, "inside")->address, t + 8);
    assert_null(ag_symbols_named(&elf.symbols, "$x"));
    assert_null(ag_symbols_named(&elf.symbols, "thread"));
    assert_null(ag_symbols_named(&elf.symbols, "undefined"));
    assert_null(ag_symbols_named(&elf.symbols, ""));
    assert_int_equal(ag_symbols_text(&elf.symbols, t + 12, text, 8), 7);
    assert_string_equal(text, "fun+0xc");
    assert_int_equal(ag_symbols_text(&elf.symbols, t + 12, text, 1), 0);
    assert_string_equal(text, "");
    ag_elf_release(&elf);
}

/* What would not print is '?', a character of its own or a byte of none; others
   are whole, also where the name is cut. */
static void test_names_in_utf8(void **state)
{
    static const struct {
        const char *name, *text;
    } cases[] = {
        {"caf\303\251", "caf\303\251"}, /* e with an acute accent */
        {"\303\200", "\303\200"},       /* its second byte would be a C1 */
        {"\342\202\254\360\237\230\200", "\342\202\254\360\237\230\200"},
        {"a\200b\237c", "a?b?c"},
        {"a\302\205b\302\237", "a?b?"}, /* U+0085, U+009F */
        {"\302\240", "\302\240"},
        {"\177\t", "??"},
        {"\300\257", "??"},           /* an overlong '/' */
        {"\355\240\200", "???"},      /* a surrogate */
        {"\364\220\200\200", "????"}, /* beyond U+10FFFF */
        {"x\342\202", "x??"},         /* cut off */
        {"\303a\377", "?a?"},
    };
    char text[16];
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        uint8_t b[IMAGE_SIZE];
        struct ag_elf elf;
        size_t length = strlen(cases[i].text);
        image_begin(b);
        put_symbol(b, cases[i].name, IMAGE_TEXT_AT, 8, 0x12, SECTION_TEXT);
        read_image(b, AG_ELF_ANY, &elf);
        assert_string_equal(name_at(&elf, IMAGE_TEXT_AT), cases[i].text);
        /* The last character does not fit: none of it. */
        (void)ag_symbols_text(&elf.symbols, IMAGE_TEXT_AT, text, length);
        while (length-- > 0 && (cases[i].text[length] & 0xc0) == 0x80)
            continue;
        assert_memory_equal(text, cases[i].text, length);
        assert_int_equal(strlen(text), length);
        ag_elf_release(&elf);
    }
}

static bool is_before(const struct ag_symbol *a, const struct ag_symbol *b)
{
    if (a->binding != b->binding)
        return a->binding < b->binding;
    if ((a->size == 0) != (b->size == 0))
        return a->size != 0;
    if (a->kind != b->kind)
        return a->kind < b->kind;
    return a->index < b->index;
}

/* The size that counts: of the preferred one with a size at its address. */
static uint64_t size_that_counts(const struct ag_elf *elf,
                                 const struct ag_symbol *s)
{
    const struct ag_symbol *best = NULL;
    for (size_t i = 0; s->size == 0 && i < elf->symbols.count; i++) {
        const struct ag_symbol *o = &elf->symbols.symbols[i];
        if (o->kind != AG_SYMBOL_CONSTANT && o->address == s->address &&
            o->size != 0 && (best == NULL || is_before(o, best)))
            best = o;
    }
    return best != NULL ? best->size : s->size;
}

/* What symbols.h says of ag_symbols_at(), by looking at all. */
static const struct ag_symbol *search(const struct ag_elf *elf,
                                      uint64_t address)
{
    const struct ag_symbol *best = NULL, *nearest = NULL;
    for (size_t i = 0; i < elf->symbols.count; i++) {
        const struct ag_symbol *s = &elf->symbols.symbols[i];
        if (s->kind == AG_SYMBOL_CONSTANT || s->address > address)
            continue;
        if (address - s->address < size_that_counts(elf, s) &&
            (best == NULL || s->address > best->address ||
             (s->address == best->address && is_before(s, best))))
            best = s;
        if (nearest == NULL || s->address > nearest->address ||
            (s->address == nearest->address && is_before(s, nearest)))
            nearest = s;
    }
    if (best != NULL || nearest == NULL)
        return best;
    for (size_t i = 0; i < elf->symbols.count; i++) {
        const struct ag_symbol *s = &elf->symbols.symbols[i];
        if (s->kind != AG_SYMBOL_CONSTANT && s->address <= nearest->address &&
            nearest->address - s->address < s->size)
            return NULL; /* the nearest lies in another */
    }
    return size_that_counts(elf, nearest) == 0 &&
                   ag_elf_segment_at(elf, nearest->address) != NULL &&
                   ag_elf_segment_at(elf, nearest->address) ==
                       ag_elf_segment_at(elf, address)
               ? nearest
               : NULL;
}

static void test_random_names(void **state)
{
    static const uint8_t infos[] = {0x00, 0x02, 0x12, 0x22, 0x11, 0x10, 0x21};
    (void)state;
    for (uint64_t n = 0; n < 20000; n++) {
        struct random_source r = random_for(16, 1, n);
        uint8_t b[IMAGE_SIZE];
        struct ag_elf elf;
        uint32_t count = random_below(&r, 18);
        image_begin(b);
        put(b, P_MEMSZ(HEADER_TEXT), 8, IMAGE_TEXT + 24 + random_below(&r, 40));
        for (uint32_t i = 0; i < count; i++)
            put_symbol(b, "name", IMAGE_TEXT_AT - 8 + random_below(&r, 64),
                       random_one_in(&r, 2) ? 0 : 1 + random_below(&r, 32),
                       infos[random_below(&r, LENGTH(infos))],
                       random_one_in(&r, 9) ? 0xfff1 : SECTION_TEXT);
        read_image(b, AG_ELF_ANY, &elf);
        for (uint64_t a = IMAGE_TEXT_AT - 16; a < IMAGE_TEXT_AT + 128; a++) {
            uint64_t offset = 0;
            const struct ag_symbol *s = ag_symbols_at(&elf.symbols, a, &offset);
            const struct ag_symbol *wanted = search(&elf, a);
            if (s != wanted)
                fail_msg("case %llu, address %llx: %d, not %d",
                         (unsigned long long)n, (unsigned long long)a,
                         s != NULL ? (int)s->index : -1,
                         wanted != NULL ? (int)wanted->index : -1);
            assert_true(s == NULL || offset == a - s->address);
        }
        ag_elf_release(&elf);
    }
}

/* Where fields are that lead to others, and their widths. */
static void change_field(uint8_t *b, struct random_source *r)
{
    uint64_t value = random_one_in(r, 3) ? random_below(r, IMAGE_SIZE + 64)
                                         : random_value(r);
    uint32_t i = random_below(r, 8), field = random_below(r, 8);
    switch (random_below(r, 6)) {
    case 0:
        put(b, random_below(r, 64), 1, value);
        break;
    case 1:
    case 2:
        i %= IMAGE_HEADER_COUNT;
        put(b, P_TYPE(i) + field * 8, field == 0 ? 4 : 8,
            field == 0 ? random_below(r, 8) : value);
        break;
    case 3:
        i %= IMAGE_SECTION_COUNT;
        put(b, IMAGE_SECTIONS + i * 64 + field * 8, 8, value);
        break;
    case 4:
        put(b, ST_NAME(i) + field % 6 * 4, field % 2 != 0 ? 4 : 8, value);
        break;
    default:
        put(b, random_below(r, IMAGE_SIZE - 8), 1, value);
        break;
    }
}

static void test_random_changes(void **state)
{
    static void (*const makers[])(uint8_t *) = {image_make, image_make_pie,
                                                image_make_bare};
    unsigned accepted = 0;
    (void)state;
    for (uint64_t n = 0; n < 200000; n++) {
        struct random_source r = random_for(16, 2, n);
        uint8_t b[IMAGE_SIZE];
        bool is_read = false;
        const char *wrong;
        makers[n % 3](b);
        for (uint32_t i = 0, count = 1 + random_below(&r, 4); i < count; i++)
            change_field(b, &r);
        wrong =
            elf_check(b, IMAGE_SIZE, (enum ag_elf_kind)(n / 3 % 3), &is_read);
        if (wrong != NULL)
            fail_msg("change %llu: %s", (unsigned long long)n, wrong);
        accepted += is_read;
    }
    print_message("%u of 200000 are read\n", accepted);
    assert_true(accepted > 20000 && accepted < 180000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_program),
        cmocka_unit_test(test_other_kinds),
        cmocka_unit_test(test_which_kind),
        cmocka_unit_test(test_privileged),
        cmocka_unit_test(test_position_independent_kind),
        cmocka_unit_test(test_code),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_nothing_to_load),
        cmocka_unit_test(test_nothing_in_the_file),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_dynamic_sections),
        cmocka_unit_test(test_long_interpreter),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_symbol_tables),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_every_length),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_in_utf8),
        cmocka_unit_test(test_random_names),
        cmocka_unit_test(test_random_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
