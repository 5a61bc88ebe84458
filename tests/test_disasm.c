/*
 * Disassembly against GNU objdump 2.40: random words of every row that executes
 * and every system register, with and without aliases, character for character.
 * Then the functions' contracts and explanations of undefined words.
 *
 *   SEED=N     seed of the random words (default 1, printed)
 *   WORDS=N    words a row (default 60)
 *   OBJDUMP=X  the objdump to ask (default aarch64-linux-gnu-objdump)
 *
 * Without an objdump of that version the comparison is skipped, and fails if
 * CI=true and there is none at all.
 */
#define _POSIX_C_SOURCE 200809L

#include "armgpu.h"
#include "code/insn.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Where words are said to lie: a label that forgets the address shows, and with
   the last one addresses wrap around. */
#define BASE_ALIASES UINT64_C(0x12340000)
#define BASE_NO_ALIASES UINT64_C(0xfffffffffff00000)

static struct random_source source;

static uint32_t random_word(void)
{
    return (uint32_t)random_next(&source);
}

static uint32_t number_from(const char *name, uint32_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? (uint32_t)strtoul(text, NULL, 0) : otherwise;
}

/* -- Words ----------------------------------------------------------------- */

struct words {
    uint32_t *list;
    size_t count, capacity;
};

static void add_word(struct words *w, uint32_t word)
{
    if (w->count == w->capacity) {
        w->capacity = w->capacity * 2 + 1024;
        w->list = realloc(w->list, w->capacity * sizeof *w->list);
        assert_non_null(w->list);
    }
    w->list[w->count++] = word;
}

static uint32_t as_row(const struct ag_insn_row *row, uint32_t w)
{
    w = (w & ~row->mask) | row->value;
    return (w & ~row->should_be) | row->should_value;
}

/* objdump calls the CONSTRAINED UNPREDICTABLE forms of LDPSW undefined, but not
   those of other loads: Rt == Rt2, and write-back to a register of the pair. */
static bool is_unpredictable_ldpsw(const struct ag_insn_row *row, uint32_t w)
{
    uint32_t rt = w & 31, rn = w >> 5 & 31, rt2 = w >> 10 & 31;
    bool has_write_back = w >> 23 & 1;
    return strncmp(row->name, "LDPSW_", 6) == 0 &&
           (rt == rt2 || (has_write_back && (rn == rt || rn == rt2)));
}

/* Decodes to row `index`, with should-be bits as they should be. */
static bool is_comparable(uint32_t w, int64_t index)
{
    if (index < 0 || index >= ag_insn_implemented())
        return false;
    const struct ag_insn_row *row = ag_insn_row((uint32_t)index);
    return armgpu_find_instruction(w) == index && as_row(row, w) == w &&
           !is_unpredictable_ldpsw(row, w);
}

static uint32_t word_of_row(uint32_t index)
{
    const struct ag_insn_row *row = ag_insn_row(index);
    for (int tries = 0; tries < 100000; tries++) {
        uint32_t w = as_row(row, random_word());
        if (is_comparable(w, index))
            return w;
    }
    fail_msg("no word decodes to %s", row->name);
    return 0;
}

/* Register fields are often 31 and immediates often 0, where aliases are. */
static uint32_t edge_word_of_row(uint32_t index)
{
    const struct ag_insn_row *row = ag_insn_row(index);
    for (int tries = 0; tries < 100; tries++) {
        uint32_t w = random_word(), how = random_word();
        w = how & 1 ? w | (how & how >> 16) : w & random_word() & random_word();
        w = how & 2 ? w | 31u << 5 : w;
        w = how & 4 ? w | 31u << 16 : w;
        w = how & 8 ? w | 31u : w;
        w = how & 16 ? (w & ~(31u << 16)) | (w & 31u << 5) << 11 : w;
        w = as_row(row, w);
        if (is_comparable(w, index))
            return w;
    }
    return word_of_row(index);
}

static void words_of_all_rows(struct words *w)
{
    uint32_t each = number_from("WORDS", 60);
    for (uint32_t i = 0; i < ag_insn_implemented(); i++)
        for (uint32_t k = 0; k < each; k++)
            add_word(w, k & 1 ? edge_word_of_row(i) : word_of_row(i));
}

static void random_words(struct words *w, uint32_t tries)
{
    for (uint32_t i = 0; i < tries; i++) {
        uint32_t word = random_word();
        if (is_comparable(word, armgpu_find_instruction(word)))
            add_word(w, word);
    }
}

/* MSR, MRS, SYS, SYSL, hints, barriers and processor state: every encoding,
   with a register and with XZR. */
static void words_of_the_system_space(struct words *w)
{
    for (uint32_t n = 0; n < 1u << 17; n++)
        for (uint32_t rt = 5; rt <= 31; rt += 26) {
            uint32_t word = 0xd5000000u | n << 5 | rt;
            if (is_comparable(word, armgpu_find_instruction(word)))
                add_word(w, word);
        }
}

/* -- objdump --------------------------------------------------------------- */

static const char *objdump(void)
{
    const char *name = getenv("OBJDUMP");
    return name != NULL ? name : "aarch64-linux-gnu-objdump";
}

static void need_objdump(void)
{
    char command[256], line[256] = "";
    (void)snprintf(command, sizeof command, "%s --version 2>/dev/null",
                   objdump());
    FILE *in = popen(command, "r");
    assert_non_null(in);
    bool is_there = fgets(line, sizeof line, in) != NULL;
    (void)pclose(in);
    if (is_there && strstr(line, " 2.40") != NULL)
        return;
    print_message("skipped: needs %s 2.40 (Debian 12: binutils-aarch64-linux-"
                  "gnu), found %s\n", objdump(), is_there ? line : "none");
    if (!is_there && getenv("CI") != NULL && strcmp(getenv("CI"), "true") == 0)
        fail_msg("%s is missing", objdump());
    skip();
}

static void write_words(const struct words *w, char *path)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *out = fdopen(fd, "wb");
    assert_non_null(out);
    for (size_t i = 0; i < w->count; i++)
        for (unsigned shift = 0; shift < 32; shift += 8)
            (void)putc((int)(w->list[i] >> shift & 0xff), out);
    assert_int_equal(fclose(out), 0);
}

/* The text after address and word of objdump's next line of code. */
static const char *next_line(FILE *in, char *line, int size)
{
    while (fgets(line, size, in) != NULL) {
        char *text = strchr(line, '\t');
        text = text != NULL ? strchr(text + 1, '\t') : NULL;
        if (text == NULL)
            continue;
        line[strcspn(line, "\n")] = '\0';
        return text + 1;
    }
    return NULL;
}

static void report(uint32_t word, const char *theirs, const char *ours)
{
    const struct ag_insn_row *row =
        ag_insn_row((uint32_t)armgpu_find_instruction(word));
    print_error("0x%08x %s\n    objdump: %s\n    armgpu:  %s\n", word,
                row->name, theirs != NULL ? theirs : "(nothing)", ours);
}

static size_t compare(const struct words *w, FILE *in, uint32_t flags,
                      uint64_t base)
{
    char line[512], ours[256];
    size_t wrong = 0;
    for (size_t i = 0; i < w->count; i++) {
        const char *theirs = next_line(in, line, sizeof line);
        size_t n = armgpu_disassemble(w->list[i], base + i * 4, flags, ours,
                                      sizeof ours);
        assert_int_equal(n, strlen(ours));
        if (theirs != NULL && strcmp(theirs, ours) == 0)
            continue;
        if (wrong++ < 20)
            report(w->list[i], theirs, ours);
    }
    return wrong;
}

static void compare_with_objdump(const struct words *w, uint32_t flags)
{
    char path[] = "/tmp/test_disasm.XXXXXX", command[512];
    uint64_t base = flags ? BASE_NO_ALIASES : BASE_ALIASES;
    write_words(w, path);
    (void)snprintf(command, sizeof command,
                   "%s -D -z -b binary -m aarch64 %s --adjust-vma=0x%llx %s",
                   objdump(), flags ? "-M no-aliases" : "",
                   (unsigned long long)base, path);
    FILE *in = popen(command, "r");
    assert_non_null(in);
    size_t wrong = compare(w, in, flags, base);
    assert_int_equal(pclose(in), 0);
    (void)unlink(path);
    print_message("%zu words compared, %zu differ\n", w->count, wrong);
    assert_int_equal(wrong, 0);
}

static void seed_words(void)
{
    uint32_t seed = number_from("SEED", 1);
    source = random_for(seed, 0, 0);
    print_message("SEED=%u\n", seed);
}

/* Words of a row's bits that are not the instruction: what the architecture
   reserves, objdump does not decode. */
static void test_reserved_words(void **state)
{
    struct words w = {0};
    char path[] = "/tmp/test_disasm.XXXXXX", command[512], line[512];
    size_t decoded = 0;
    (void)state;
    need_objdump();
    seed_words();
    for (uint32_t i = 0; i < ag_insn_implemented(); i++)
        for (int k = 0; k < 60; k++) {
            uint32_t word = as_row(ag_insn_row(i), random_word());
            if (armgpu_find_instruction(word) < 0)
                add_word(&w, word);
        }
    write_words(&w, path);
    (void)snprintf(command, sizeof command, "%s -D -z -b binary -m aarch64 %s",
                   objdump(), path);
    FILE *in = popen(command, "r");
    assert_non_null(in);
    for (size_t i = 0; i < w.count; i++) {
        const char *theirs = next_line(in, line, sizeof line);
        assert_non_null(theirs);
        if (strstr(theirs, "undefined") == NULL && decoded++ < 20)
            print_error("0x%08x is reserved; objdump: %s\n", w.list[i], theirs);
    }
    assert_int_equal(pclose(in), 0);
    (void)unlink(path);
    free(w.list);
    print_message("%zu reserved words\n", w.count);
    assert_int_equal(decoded, 0);
}

static void test_rows(void **state)
{
    struct words w = {0};
    (void)state;
    need_objdump();
    seed_words();
    words_of_all_rows(&w);
    compare_with_objdump(&w, 0);
    compare_with_objdump(&w, ARMGPU_NO_ALIASES);
    free(w.list);
}

static void test_random_words(void **state)
{
    struct words w = {0};
    (void)state;
    need_objdump();
    seed_words();
    random_words(&w, 200000);
    compare_with_objdump(&w, 0);
    compare_with_objdump(&w, ARMGPU_NO_ALIASES);
    free(w.list);
}

static void test_system_space(void **state)
{
    struct words w = {0};
    (void)state;
    need_objdump();
    words_of_the_system_space(&w);
    compare_with_objdump(&w, 0);
    compare_with_objdump(&w, ARMGPU_NO_ALIASES);
    free(w.list);
}

/* -- Without objdump ------------------------------------------------------- */

static void expect_text(uint32_t word, uint64_t address, uint32_t flags,
                        const char *expected)
{
    char text[256];
    size_t n = armgpu_disassemble(word, address, flags, text, sizeof text);
    assert_string_equal(text, expected);
    assert_int_equal(n, strlen(expected));
}

static void test_samples(void **state)
{
    (void)state;
    expect_text(0xd2800020, 0, 0, "mov\tx0, #0x1                   \t// #1");
    expect_text(0xd2800020, 0, ARMGPU_NO_ALIASES, "movz\tx0, #0x1");
    expect_text(0x54000041, 0x40, 0, "b.ne\t0x48  // b.any");
    expect_text(0x17ffffff, 0, 0, "b\t0xfffffffffffffffc");
    expect_text(0xd65f03c0, 0, 0, "ret");
    expect_text(0xa8c17bfd, 0, 0, "ldp\tx29, x30, [sp], #16");
    expect_text(0xd53bd041, 0, 0, "mrs\tx1, tpidr_el0");
    expect_text(0xd53bf041, 0, 0, "mrs\tx1, s3_3_c15_c0_2");
    expect_text(0xd50b7423, 0, 0, "dc\tzva, x3");
    expect_text(0x00010000, 0, 0, ".inst\t0x00010000 // unallocated");
    expect_text(0x1e622820, 0, 0, "fadd\td0, d1, d2");
    expect_text(0x1e7a0020, 0, 0,
                ".inst\t0x1e7a0020 // FCVTAS_sisd_32D (FPRCVT)");
}

/* What decodes to nothing prints as .inst, and nothing else does. */
static void test_inst(void **state)
{
    char text[256], start[32];
    size_t unallocated = 0;
    (void)state;
    seed_words();
    for (int i = 0; i < 200000; i++) {
        uint32_t w = random_word();
        int64_t index = armgpu_find_instruction(w);
        (void)armgpu_disassemble(w, 0, 0, text, sizeof text);
        (void)snprintf(start, sizeof start, ".inst\t0x%08x // ", w);
        bool is_inst = strncmp(text, start, strlen(start)) == 0;
        assert_int_equal(is_inst, index < 0 || index >= ag_insn_implemented());
        assert_int_equal(strstr(text, "// unallocated") != NULL, index < 0);
        unallocated += index < 0;
    }
    assert_true(unallocated > 10000);
}

/* Should-be bits are not checked, so they must not change the text either. */
static void test_should_be_bits(void **state)
{
    char text[256], canonical[256];
    (void)state;
    seed_words();
    for (uint32_t i = 0; i < ag_insn_implemented(); i++) {
        const struct ag_insn_row *row = ag_insn_row(i);
        uint32_t w = word_of_row(i);
        (void)armgpu_disassemble(w, 0, 0, canonical, sizeof canonical);
        w ^= random_word() & row->should_be;
        assert_int_equal(armgpu_find_instruction(w), i);
        (void)armgpu_disassemble(w, 0, 0, text, sizeof text);
        assert_string_equal(text, canonical);
    }
}

static void test_truncation(void **state)
{
    static const char whole[] = "add\tx0, x1, x2, lsl #3";
    char text[64];
    (void)state;
    assert_int_equal(armgpu_disassemble(0x8b020c20, 0, 0, NULL, 0),
                     strlen(whole));
    for (size_t size = 1; size < sizeof text; size++) {
        memset(text, '?', sizeof text);
        assert_int_equal(armgpu_disassemble(0x8b020c20, 0, 0, text, size),
                         strlen(whole));
        size_t kept = size - 1 < strlen(whole) ? size - 1 : strlen(whole);
        assert_int_equal(strlen(text), kept);
        assert_memory_equal(text, whole, kept);
        for (size_t i = size; i < sizeof text; i++)
            assert_int_equal(text[i], '?');
    }
    assert_true(armgpu_explain_undefined(0, NULL, 0) > 10);
    memset(text, '?', sizeof text);
    assert_true(armgpu_explain_undefined(0, text, 4) > 10);
    assert_string_equal(text, "UDF");
    assert_int_equal(text[4], '?');
}

static void test_get_instruction(void **state)
{
    armgpu_instruction i = {.size = sizeof i};
    uint64_t count = 0, implemented = 0;
    bool was_named = false;
    (void)state;
    for (; armgpu_get_instruction(count, &i) == ARMGPU_OK; count++) {
        assert_int_equal(i.size, sizeof i);
        assert_int_equal(i.value & ~i.mask, 0);
        assert_true(i.name[0] != '\0' && i.feature[0] != '\0');
        assert_int_equal(i.assembly[0] != '\0', i.implemented);
        assert_false(was_named && i.implemented);
        was_named = !i.implemented;
        implemented += i.implemented;
    }
    assert_int_equal(count, ag_insn_count());
    assert_int_equal(implemented, ag_insn_implemented());
    assert_null(ag_insn_row(ag_insn_count()));
    assert_int_equal(armgpu_get_instruction(count, &i), ARMGPU_ERROR_ARGUMENT);
    assert_int_equal(armgpu_get_instruction(UINT64_MAX, &i),
                     ARMGPU_ERROR_ARGUMENT);
    assert_int_equal(armgpu_get_instruction(0, NULL), ARMGPU_ERROR_ARGUMENT);
    i.size = 0;
    assert_int_equal(armgpu_get_instruction(0, &i), ARMGPU_ERROR_ARGUMENT);
}

/* A caller compiled with a shorter structure gets no more than it has. */
static void test_get_instruction_of_an_older_caller(void **state)
{
    armgpu_instruction i;
    (void)state;
    memset(&i, 0xee, sizeof i);
    i.size = offsetof(armgpu_instruction, name);
    const char *untouched = i.feature;
    assert_int_equal(armgpu_get_instruction(0, &i), ARMGPU_OK);
    assert_int_equal(i.size, offsetof(armgpu_instruction, name));
    assert_int_equal(i.value, ag_insn_row(0)->value);
    assert_ptr_equal(i.feature, untouched);
}

static void test_explanations(void **state)
{
    static const struct {
        uint32_t word;
        const char *expected;
    } samples[] = {
        {0xd503201f, ""}, /* nop */
        {0xd503233f, ""}, /* paciasp is in the hint space */
        {0xd53bd041, ""}, /* mrs x1, tpidr_el0 */
        {0xd53be040, ""}, /* mrs x0, cntvct_el0 */
        {0xd53803e0, ""}, /* mrs x0, mvfr... : the ID space reads as zero */
        {0xd5381000, "MRS SCTLR_EL1: the system register is not implemented"},
        {0xd5181000, "MSR SCTLR_EL1: the system register is not implemented"},
        {0xd51be040, "MSR CNTVCT_EL0: the system register is read-only"},
        {0xd5180000, "MSR MIDR_EL1: the system register is read-only"},
        {0xd53bf041,
         "MRS S3_3_C15_C0_2: the system register is not implemented"},
        {0xd50342df, "MSR DAIFSET: the field of the processor state is not "
                     "implemented"},
        {0xd508871f, "TLBI VMALLE1: the system instruction is not implemented"},
        {0xd508721f, "SYS #0, C7, C2, #0: the system instruction is not "
                     "implemented"},
        {0xd5287200, "SYSL #0, C7, C2, #0: the system instruction is not "
                     "implemented"},
        {0xd4000002,
         "HVC calls a hypervisor: lanes run at EL1 and there is no EL2"},
        {0xd4000003,
         "SMC calls a secure monitor: lanes run at EL1 and there is no EL3"},
        {0xd69f03e0, "ERET returns from an exception: lanes take none"},
        {0x00000000,
         "UDF is undefined for ever, by design of the architecture"},
        {0x1e7a0020, "FCVTAS (encoding FCVTAS_sisd_32D) needs FPRCVT, which is "
                     "not implemented"},
        {0xdac10020, "PACIA (encoding PACIA_64P_dp_1src) needs PAuth, which is "
                     "not implemented"},
        {0x04200000, "0x04200000 lies among the encodings of SVE, which is not "
                     "implemented"},
        {0x00010000, "0x00010000 is not an A64 instruction: the encoding is "
                     "unallocated"},
    };
    char text[256];
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        size_t n = armgpu_explain_undefined(samples[i].word, text, sizeof text);
        assert_string_equal(text, samples[i].expected);
        assert_int_equal(n, strlen(text));
    }
}

/* Everything that does not execute has an explanation. */
static void test_all_that_is_undefined_is_explained(void **state)
{
    char text[256];
    (void)state;
    seed_words();
    for (int i = 0; i < 200000; i++) {
        uint32_t w = random_word();
        int64_t index = armgpu_find_instruction(w);
        size_t n = armgpu_explain_undefined(w, text, sizeof text);
        assert_int_equal(n, strlen(text));
        if (index < 0 || index >= ag_insn_implemented())
            assert_true(n > 0);
    }
}

/* -- Explanations against execution ---------------------------------------- */

#define BATCH 1024u

/* Lane i executes word i, in memory of its own; X registers hold 64. */
static armgpu *lanes_with_words(const uint32_t *words)
{
    armgpu_options o;
    armgpu *g = NULL;
    uint64_t x[32], pc;
    armgpu_options_init(&o);
    o.lanes = BATCH;
    o.memory_size = BATCH * 4;
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.backend = "cpu";
    o.threads = 1;
    if (armgpu_open(&g, &o) != ARMGPU_OK)
        fail_msg("%s", armgpu_error_message(g));
    assert_int_equal(armgpu_load_program(g, words, BATCH * 4, 0), ARMGPU_OK);
    for (int i = 0; i < 32; i++)
        x[i] = 64;
    for (uint64_t lane = 0; lane < BATCH; lane++) {
        pc = lane * 4;
        assert_int_equal(armgpu_set_pc_lane(g, lane, pc), ARMGPU_OK);
        assert_int_equal(armgpu_set_registers_lane(g, lane, x), ARMGPU_OK);
    }
    return g;
}

static size_t check_batch(const uint32_t *words)
{
    armgpu *g = lanes_with_words(words);
    armgpu_lane_result results[BATCH];
    size_t undefined = 0;
    char why[256];
    assert_int_equal(armgpu_execute(g, 1, NULL), ARMGPU_OK);
    assert_int_equal(armgpu_get_results(g, 0, BATCH, results), ARMGPU_OK);
    for (uint32_t i = 0; i < BATCH; i++) {
        bool is_undefined = results[i].stop_reason == ARMGPU_STOP_UNDEFINED;
        size_t n = armgpu_explain_undefined(words[i], why, sizeof why);
        undefined += is_undefined;
        if (is_undefined != (n > 0))
            fail_msg("0x%08x stops as %s, but the explanation is '%s'",
                     words[i], armgpu_stop_name(results[i].stop_reason), why);
    }
    armgpu_close(g);
    return undefined;
}

/* There is an explanation if and only if the word stops as undefined: words of
   all rows, the whole system space, and any words. */
static void test_explanations_agree_with_execution(void **state)
{
    struct words w = {0};
    size_t undefined = 0;
    (void)state;
    seed_words();
    words_of_all_rows(&w);
    words_of_the_system_space(&w);
    for (uint32_t i = 0; i < 20000; i++)
        add_word(&w, random_word());
    while (w.count % BATCH != 0)
        add_word(&w, 0);
    for (size_t i = 0; i < w.count; i += BATCH)
        undefined += check_batch(w.list + i);
    print_message("%zu words executed, %zu undefined\n", w.count, undefined);
    assert_true(undefined > 1000 && undefined < w.count);
    free(w.list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_random_words),
        cmocka_unit_test(test_reserved_words),
        cmocka_unit_test(test_system_space),
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_inst),
        cmocka_unit_test(test_should_be_bits),
        cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_get_instruction),
        cmocka_unit_test(test_get_instruction_of_an_older_caller),
        cmocka_unit_test(test_explanations),
        cmocka_unit_test(test_all_that_is_undefined_is_explained),
        cmocka_unit_test(test_explanations_agree_with_execution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
