/*
 * What starts a program: bare metal told from Linux, and which of the signs of
 * either wins.
 */
#include "elf_tests.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_kind),
        cmocka_unit_test(test_privileged),
        cmocka_unit_test(test_position_independent_kind),
        cmocka_unit_test(test_dynamic_sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
