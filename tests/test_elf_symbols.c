/*
 * Names of addresses: which symbols count, which one an address is said by,
 * against a plain search too, and names as text.
 */
#include "elf_tests.h"
#include "random.h"

static const char *name_at(const struct ag_elf *elf, uint64_t address)
{
    static char text[64];
    ag_symbols_text(&elf->symbols, address, text, sizeof text);
    return text;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symbol_tables),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_in_utf8),
        cmocka_unit_test(test_random_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
