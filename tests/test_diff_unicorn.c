/*
 * The library against Unicorn (QEMU's translator): every implemented row with
 * random fields, registers and memory, then random sequences until at least
 * COUNT instructions have been compared. Where Unicorn 2.0.1 is wrong the Arm
 * ARM wins: those rows are excluded here by name and tested against its
 * pseudocode by tests/diff/arm.c.
 *
 * tests/diff/session.h says what is compared and which variables of the
 * environment choose seed, length and single cases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unicorn/unicorn.h>

#include "diff/arm.h"
#include "diff/session.h"

enum { MEMORY = 0x10000, CODE = 0x8000, DEFAULT_COUNT = 6000000 };

static const struct diff_exclusion exclusions[] = {
    {"LDSMAX", "_32_memop", "Unicorn compares unsigned"},
    {"LDSMIN", "_32_memop", "Unicorn compares unsigned"},
    {"LDUMAX", "_32_memop", "Unicorn compares all of Rs"},
    {"LDUMIN", "_32_memop", "Unicorn compares all of Rs"},
    {"XPACLRI", "", "Unicorn has FEAT_PAuth"},
    {"WFI", "", "Unicorn halts"},
    {NULL, NULL, NULL},
};

/* -- Unicorn --------------------------------------------------------------- */

/* Two engines on the same memory: one runs whole sequences at full speed and
   counts by blocks, one has a hook before every instruction and stops there. */
struct unicorn {
    uc_engine *whole, *stepped;
    uint8_t *memory;
    const struct diff_oracle *oracle;
    uint64_t executed;
    unsigned limit;
};

static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    struct unicorn *u = user;
    (void)uc;
    (void)address;
    u->executed += size / 4;
}

static void on_code(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    struct unicorn *u = user;
    (void)address;
    (void)size;
    if (u->executed == u->limit)
        uc_emu_stop(uc);
    else
        u->executed++;
}

/* Unicorn's hooks come through a pointer to void, which C leaves to the
   platform. */
static void *hook_pointer(void (*f)(uc_engine *, uint64_t, uint32_t, void *))
{
    void *p;
    memcpy(&p, &f, sizeof p);
    return p;
}

/* Data is not executable: Unicorn translates where a branch goes before it can
   be stopped, and aborts on some words that are not instructions. */
static bool map_memory(uc_engine *uc, uint8_t *memory)
{
    enum { AFTER = CODE + DIFF_CODE_BYTES };
    const uint32_t data = UC_PROT_READ | UC_PROT_WRITE;
    return uc_mem_map_ptr(uc, 0, CODE, data, memory) == UC_ERR_OK &&
           uc_mem_map_ptr(uc, CODE, DIFF_CODE_BYTES, UC_PROT_ALL,
                          memory + CODE) == UC_ERR_OK &&
           uc_mem_map_ptr(uc, AFTER, MEMORY - AFTER, data, memory + AFTER) ==
               UC_ERR_OK;
}

static uc_engine *open_engine(struct unicorn *u, int hook_type,
                              void (*hook)(uc_engine *, uint64_t, uint32_t,
                                           void *))
{
    uc_engine *uc;
    uc_hook handle;
    uint64_t fpen = UINT64_C(3) << 20;
    if (uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &uc) != UC_ERR_OK ||
        uc_ctl_set_cpu_model(uc, UC_CPU_ARM64_MAX) != UC_ERR_OK ||
        !map_memory(uc, u->memory) ||
        uc_reg_write(uc, UC_ARM64_REG_CPACR_EL1, &fpen) != UC_ERR_OK ||
        uc_hook_add(uc, &handle, hook_type, hook_pointer(hook), u, 1, 0) !=
            UC_ERR_OK)
        abort();
    return uc;
}

static void unicorn_open(struct unicorn *u)
{
    memset(u, 0, sizeof *u);
    u->memory = aligned_alloc(4096, MEMORY);
    if (u->memory == NULL)
        abort();
    u->whole = open_engine(u, UC_HOOK_BLOCK, on_block);
    u->stepped = open_engine(u, UC_HOOK_CODE, on_code);
}

static void unicorn_close(struct unicorn *u)
{
    uc_close(u->whole);
    uc_close(u->stepped);
    free(u->memory);
}

enum { NUM_REGISTERS = 31 + 6 };

/* Register numbers, and pointers to where a state keeps them. */
static void list_registers(armgpu_state *s, int ids[NUM_REGISTERS],
                           void *values[NUM_REGISTERS])
{
    static const int others[] = {UC_ARM64_REG_SP,   UC_ARM64_REG_PC,
                                 UC_ARM64_REG_NZCV, UC_ARM64_REG_TPIDR_EL0,
                                 UC_ARM64_REG_FPCR, UC_ARM64_REG_FPSR};
    uint64_t *places[] = {&s->sp,    &s->pc,   &s->nzcv,
                          &s->tpidr, &s->fpcr, &s->fpsr};
    int i;
    for (i = 0; i < 31; i++) {
        ids[i] = i < 29 ? UC_ARM64_REG_X0 + i : UC_ARM64_REG_X29 + i - 29;
        values[i] = &s->x[i];
    }
    for (; i < NUM_REGISTERS; i++) {
        ids[i] = others[i - 31];
        values[i] = places[i - 31];
    }
}

static enum diff_end end_of(uc_err error)
{
    switch (error) {
    case UC_ERR_OK:
        return DIFF_DONE;
    case UC_ERR_READ_UNMAPPED:
        return DIFF_READ_FAULT;
    case UC_ERR_WRITE_UNMAPPED:
        return DIFF_WRITE_FAULT;
    case UC_ERR_FETCH_UNMAPPED:
    case UC_ERR_FETCH_PROT:
        return DIFF_FETCH_FAULT;
    default:
        return DIFF_EXCEPTION;
    }
}

static void run_engine(struct unicorn *u, uc_engine *uc, uint64_t until,
                       armgpu_state *s, struct diff_outcome *out)
{
    int ids[NUM_REGISTERS];
    void *values[NUM_REGISTERS];
    uint64_t pc = s->pc;
    list_registers(s, ids, values);
    u->executed = 0;
    uc_reg_write_batch(uc, ids, values, NUM_REGISTERS);
    out->end = end_of(uc_emu_start(uc, pc, until, 0, 0));
    uc_reg_read_batch(uc, ids, values, NUM_REGISTERS);
    out->executed = u->executed;
}

static void run_stepped(struct unicorn *u, uint64_t until, unsigned limit,
                        armgpu_state *s, struct diff_outcome *out)
{
    u->limit = limit;
    run_engine(u, u->stepped, until, s, out);
    if (out->end == DIFF_FETCH_FAULT && out->executed == limit)
        out->end = DIFF_DONE; /* a branch out of the code, not yet fetched */
    if (out->end != DIFF_DONE && out->end != DIFF_FETCH_FAULT)
        out->executed--; /* counted before it was to execute */
}

/* At full speed Unicorn knows the PC of a fault only to a block, so a sequence
   that faults is run again in steps. */
static void unicorn_run(void *context, uint64_t until, unsigned limit,
                        armgpu_state *s, struct diff_outcome *out)
{
    struct unicorn *u = context;
    armgpu_state start = *s;
    if (limit != 0) {
        run_stepped(u, until, limit, s, out);
        return;
    }
    run_engine(u, u->whole, until, s, out);
    if (out->end == DIFF_DONE)
        return;
    memcpy(u->memory, u->oracle->image, MEMORY);
    *s = start;
    run_stepped(u, until, UINT32_MAX, s, out);
}

static void unicorn_code_changed(void *context)
{
    struct unicorn *u = context;
    uc_ctl_remove_cache(u->whole, CODE, CODE + DIFF_CODE_BYTES);
    uc_ctl_remove_cache(u->stepped, CODE, CODE + DIFF_CODE_BYTES);
}

/* -- Comparisons ----------------------------------------------------------- */

static struct diff_session session;

static void test_every_row(void **state)
{
    (void)state;
    diff_run_singles(&session);
    assert_int_equal(session.differences, 0);
    assert_int_equal(diff_rows_missed(&session), 0);
}

static void test_sequences(void **state)
{
    uint64_t before = session.differences;
    (void)state;
    diff_run_sequences(&session);
    assert_int_equal(session.differences, before);
    if (getenv("CASE") == NULL)
        assert_true(session.executed >= session.count);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row),
        cmocka_unit_test(test_sequences),
        cmocka_unit_test(diff_test_minimum_maximum),
        cmocka_unit_test(diff_test_movk_clears_upper_half),
        cmocka_unit_test(diff_test_hints_do_nothing),
        cmocka_unit_test(diff_test_unaligned_stops),
        cmocka_unit_test(diff_test_store_exclusive_alone),
        cmocka_unit_test(diff_test_branch_to_unaligned),
    };
    struct unicorn unicorn;
    struct diff_oracle oracle = {
        .name = "Unicorn",
        .scope =
            {{0, MEMORY, CODE}, true, false, DIFF_SYSTEM_REGISTERS, exclusions},
        .context = &unicorn,
        .code_changed = unicorn_code_changed,
        .run = unicorn_run,
    };
    int failed;
    unicorn_open(&unicorn);
    unicorn.oracle = &oracle;
    oracle.memory = unicorn.memory;
    diff_session_open(&session, &oracle, DEFAULT_COUNT);
    diff_arm_open();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    diff_print_summary(&session);
    diff_arm_close();
    diff_session_close(&session);
    unicorn_close(&unicorn);
    return failed;
}
