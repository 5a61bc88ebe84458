/*
 * The ELF loader when memory runs out: each allocation fails once, which the
 * sentence says, and nothing is left. The linker gives it the function below.
 */
#include "elf_check.h"
#include "elf_image.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static int until_failure = -1; /* allocations that succeed; -1: all */

void *__wrap_malloc(size_t size)
{
    if (until_failure >= 0 && until_failure-- == 0)
        return NULL;
    return __real_malloc(size);
}

static void test_no_memory(void **state)
{
    uint8_t b[IMAGE_SIZE];
    struct ag_elf elf;
    char sentence[AG_SENTENCE];
    int failures = 0;
    bool is_read;
    (void)state;
    image_make(b);
    for (;;) {
        until_failure = failures;
        is_read = ag_elf_read(b, sizeof b, AG_ELF_ANY, &elf, sentence);
        until_failure = -1;
        if (is_read)
            break;
        assert_string_equal(
            sentence, failures == 0 ? "there is no memory to read it"
                                    : "there is no memory for its symbols");
        assert_null(elf.segments);
        failures++;
    }
    /* Segments, symbols, names, what is open, ranges. */
    assert_int_equal(failures, 5);
    ag_elf_release(&elf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
