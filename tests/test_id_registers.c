/*
 * The ID registers say what the instruction table executes: every field of
 * those that exist follows from the features whose rows are executed, all of
 * them, and no other bit is set. The exception is LO: FEAT_LOR has registers of
 * EL1 too, and as long as these are undefined the field promises nothing.
 */
#include "guest.h"

#include "code/insn.h"

#include <stdbool.h>

/* Whether the table has rows of the feature and executes every one. */
static uint64_t has(const char *feature)
{
    uint32_t rows = 0;
    for (uint32_t i = 0; i < ag_insn_count(); i++) {
        if (strcmp(ag_insn_row(i)->feature, feature) != 0)
            continue;
        if (i >= ag_insn_implemented())
            return 0;
        rows++;
    }
    return rows > 0;
}

/* Floating point: 15 if there is none, 1 with FP16. */
static uint64_t floating(const char *feature)
{
    return has(feature) ? has("FP16") : 15;
}

/* X0 after MRS X0, <register>. */
static uint64_t read_register(armgpu *g, uint32_t word, const char *text)
{
    const uint32_t words[] = {word, HLT};
    check_text(word, text);
    assert_ok(g, armgpu_reset(g));
    load_words(g, 0, words, LENGTH(words));
    assert_ok(g, armgpu_execute(g, 10, NULL));
    check_stop(g, 0, ARMGPU_STOP_HALT, 0, 4, 2);
    return state_of(g, 0).x[0];
}

struct id_field {
    const char *name;
    uint32_t low;
    uint64_t value;
};

static void check_fields(uint64_t got, const struct id_field *fields, size_t n)
{
    bool is_right = true;
    for (size_t i = 0; i < n; i++) {
        uint64_t v = got >> fields[i].low & 15;
        if (v != fields[i].value)
            printf("%s is %u, but the table says %u\n", fields[i].name,
                   (unsigned)v, (unsigned)fields[i].value);
        is_right &= v == fields[i].value;
        got &= ~(UINT64_C(15) << fields[i].low);
    }
    assert_true(is_right);
    assert_int_equal(got, 0); /* what no field names */
}

static void processor_features(void **state)
{
    const struct id_field fields[] = {
        {"EL0", 0, 1},
        {"EL1", 4, 1},
        {"FP", 16, floating("FP")},
        {"AdvSIMD", 20, floating("AdvSIMD")},
    };
    check_fields(read_register(*state, 0xd5380400, "mrs x0, id_aa64pfr0_el1"),
                 fields, LENGTH(fields));
}

static void instruction_set_0(void **state)
{
    const struct id_field fields[] = {
        {"AES", 4, 2 * has("AES")},
        {"SHA1", 8, has("SHA1")},
        {"SHA2", 12, has("SHA256") + has("SHA512")},
        {"CRC32", 16, has("CRC32")},
        {"Atomic", 20, 2 * has("LSE")},
        {"RDM", 28, has("RDM")},
        {"SHA3", 32, has("SHA3")},
        {"SM3", 36, has("SM3")},
        {"SM4", 40, has("SM4")},
        {"DP", 44, has("DotProd")},
        {"FHM", 48, has("FHM")},
        {"TS", 52, has("FlagM") + has("FlagM2")},
    };
    check_fields(read_register(*state, 0xd5380600, "mrs x0, id_aa64isar0_el1"),
                 fields, LENGTH(fields));
}

static void instruction_set_1(void **state)
{
    const struct id_field fields[] = {
        {"JSCVT", 12, has("JSCVT")},
        {"FCMA", 16, has("FCMA")},
        {"LRCPC", 20, has("LRCPC") + has("LRCPC2") + has("LRCPC3")},
        {"FRINTTS", 32, has("FRINTTS")},
        {"SB", 36, has("SB")},
        {"BF16", 44, has("BF16")},
        {"I8MM", 52, has("I8MM")},
    };
    check_fields(read_register(*state, 0xd5380620, "mrs x0, id_aa64isar1_el1"),
                 fields, LENGTH(fields));
}

/* No SVE; nor anything of the registers that are not there. */
static void sve_features(void **state)
{
    assert_int_equal(read_register(*state, 0xd5380480,
                                   "mrs x0, id_aa64zfr0_el1"), 0);
}

static bool is_undefined(armgpu *g, uint32_t word)
{
    const uint32_t words[] = {word, HLT};
    armgpu_lane_result result;
    assert_ok(g, armgpu_reset(g));
    load_words(g, 0, words, LENGTH(words));
    assert_ok(g, armgpu_execute(g, 10, NULL));
    assert_ok(g, armgpu_get_results(g, 0, 1, &result));
    return result.stop_reason == ARMGPU_STOP_UNDEFINED;
}

/* LO goes with LORID_EL1, not with LDLAR. */
static void memory_model_1(void **state)
{
    uint64_t lo = read_register(*state, 0xd5380720,
                                "mrs x0, id_aa64mmfr1_el1") >> 16 & 15;
    assert_int_equal(has("LOR"), 1);
    assert_int_equal(lo, !is_undefined(*state, 0xd538a4e0));
}

static int open_all(void **state)
{
    *state = open_guest(1, 4096, ARMGPU_MEMORY_SHARED, 1);
    return 0;
}

static int close_all(void **state)
{
    armgpu_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(processor_features),
        cmocka_unit_test(instruction_set_0),
        cmocka_unit_test(instruction_set_1),
        cmocka_unit_test(sve_features),
        cmocka_unit_test(memory_model_1),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
