/*
 * The ELF loader when memory runs out: each allocation fails once, which the
 * sentence says, and nothing is left. The linker gives it the functions below.
 */
#include "elf_check.h"
#include "elf_image.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

static int until_failure = -1; /* allocations that succeed; -1: all */

void *__wrap_malloc(size_t size)
{
    if (until_failure >= 0 && until_failure-- == 0)
        return NULL;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    if (until_failure >= 0 && until_failure-- == 0)
        return NULL;
    return __real_calloc(count, size);
}

/* In the order in which there is no memory for them. */
static const char *const sentences[] = {
    "there is no memory to read it",
    "there is no memory for its symbols",
    "there is no memory for its symbols",
    "there is no memory for its symbols",
    "there is no memory for its symbols",
    "there is no memory for its 66304 bytes",
    "there is no memory for its 64 bytes",
};

static void test_no_memory(void **state)
{
    uint8_t b[IMAGE_SIZE];
    struct ag_guest_request request;
    struct ag_guest g;
    char sentence[AG_SENTENCE];
    size_t failures = 0;
    bool is_open;
    (void)state;
    image_make(b);
    ag_guest_request_init(&request);
    for (;; failures++) {
        until_failure = (int)failures;
        is_open = ag_guest_open(&g, b, sizeof b, &request, sentence);
        until_failure = -1;
        if (is_open)
            break;
        assert_true(failures < sizeof sentences / sizeof sentences[0]);
        assert_string_equal(sentence, sentences[failures]);
        assert_null(g.elf.segments);
        assert_true(g.readonly == NULL && g.writable_image == NULL);
    }
    /* Segments, symbols, names, what is open, ranges; both kinds of memory. */
    assert_int_equal(failures, 7);
    ag_guest_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
