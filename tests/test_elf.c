/*
 * The ELF loader on files made by hand: what it finds in valid ones, and random
 * changes of headers, after which what is accepted must be consistent
 * (elf_check.h). tests/test_elf_*.c have its parts, tests/test_elf.sh files
 * that linkers make.
 */
#include "elf_tests.h"
#include "random.h"

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
        cmocka_unit_test(test_code),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_nothing_to_load),
        cmocka_unit_test(test_nothing_in_the_file),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_random_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
