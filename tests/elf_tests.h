/*
 * What tests of the ELF loader share: a file made by hand is read, or changed
 * field by field before.
 */
#ifndef TEST_ELF_TESTS_H
#define TEST_ELF_TESTS_H

#include "elf_check.h"
#include "elf_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])

static inline void read_image(const uint8_t *bytes, enum ag_elf_kind wanted,
                              struct ag_elf *elf)
{
    char sentence[AG_SENTENCE];
    if (!ag_elf_read(bytes, IMAGE_SIZE, wanted, elf, sentence))
        fail_msg("refused: %s", sentence);
    assert_string_equal(sentence, "");
}

/* Fields written over, until width 0. */
struct change {
    size_t at;
    unsigned width;
    uint64_t value;
};

static inline void apply(uint8_t *b, const struct change *changes)
{
    for (size_t i = 0; i < 4 && changes[i].width != 0; i++)
        put(b, changes[i].at, changes[i].width, changes[i].value);
}

#endif
