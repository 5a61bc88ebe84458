/*
 * Expected values of arm.h's tests, computed from the Arm ARM. Each is tried in
 * private and in shared memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "diff/arm.h"
#include "diff/generate.h"

enum { MEMORY = 0x4000, CODE = 0x1000, DATA = 0x2000 };

static armgpu *handles[2];
static const struct diff_scope scope = {
    .window = {.begin = 0, .end = MEMORY, .code = CODE},
    .lanes = 1,
    .num_registers = DIFF_SYSTEM_REGISTERS};

void diff_arm_open(void)
{
    uint32_t mode;
    for (mode = 0; mode < 2; mode++) {
        armgpu_options o;
        armgpu_options_init(&o);
        o.lanes = 1;
        o.memory_size = MEMORY;
        o.memory_mode = mode;
        o.backend = "cpu";
        o.threads = 1;
        if (armgpu_open(&handles[mode], &o) != ARMGPU_OK)
            abort();
    }
}

void diff_arm_close(void)
{
    armgpu_close(handles[0]);
    armgpu_close(handles[1]);
}

/* One instruction: state before and after, how it ended. */
struct step {
    uint32_t word;
    armgpu_state before, after;
    armgpu_lane_result result;
};

/* Executes up to `limit` instructions from the word on; HLT follows it. */
static void execute(armgpu *g, struct step *s, uint64_t limit)
{
    uint32_t code[2] = {s->word, DIFF_HLT};
    s->after.size = sizeof s->after;
    assert_int_equal(armgpu_load_program(g, code, sizeof code, CODE), 0);
    assert_int_equal(armgpu_set_state(g, 0, 1, &s->before), 0);
    assert_int_equal(armgpu_execute(g, limit, NULL), 0);
    assert_int_equal(armgpu_get_state(g, 0, 1, &s->after), 0);
    assert_int_equal(armgpu_get_results(g, 0, 1, &s->result), 0);
}

/* Everything but PC and what `expected` says otherwise is unchanged. */
static void assert_state(const armgpu_state *expected, const armgpu_state *got)
{
    assert_memory_equal(expected->x, got->x, sizeof expected->x);
    assert_int_equal(expected->sp, got->sp);
    assert_int_equal(expected->pc, got->pc);
    assert_int_equal(expected->nzcv, got->nzcv);
    assert_int_equal(expected->fpcr, got->fpcr);
    assert_int_equal(expected->fpsr, got->fpsr);
    assert_int_equal(expected->tpidr, got->tpidr);
}

static uint64_t low_bytes(uint64_t v, unsigned bytes)
{
    return v & UINT64_MAX >> (64 - 8 * bytes);
}

static int64_t signed_bytes(uint64_t v, unsigned bytes)
{
    unsigned shift = 64 - 8 * bytes;
    return (int64_t)(v << shift) >> shift;
}

/* Calls f for `rounds` random words of every row that wanted() accepts, in
   both memories. */
typedef void (*word_test)(armgpu *g, struct random_source *r,
                          const struct diff_row *row, struct step *s);

static void for_words(bool (*wanted)(const struct diff_row *row), int rounds,
                      word_test f)
{
    struct random_source r = random_for(1, 4, 0);
    size_t count, i, tried = 0;
    const struct diff_row *rows = diff_rows(&count);
    int k;
    for (i = 0; i < count; i++)
        for (k = 0; wanted(&rows[i]) && k < rounds; k++) {
            struct step s;
            memset(&s, 0, sizeof s);
            assert_true(diff_random_word(&r, &rows[i], &s.word));
            diff_random_state(&r, &scope, &s.before);
            f(handles[k & 1], &r, &rows[i], &s);
            tried++;
        }
    assert_true(tried > 0);
}

/* -- LDSMAX, LDSMIN, LDUMAX, LDUMIN ---------------------------------------- */

static bool is_minimum_maximum(const struct diff_row *row)
{
    return strncmp(row->name, "LDSM", 4) == 0 ||
           strncmp(row->name, "LDUM", 4) == 0;
}

/* MemAtomic(): bit 13 of the word chooses unsigned, bit 12 the minimum. */
static uint64_t mem_atomic(uint32_t word, uint64_t old, uint64_t value,
                           unsigned bytes)
{
    bool is_unsigned = diff_bits(word, 13, 1), minimum = diff_bits(word, 12, 1);
    bool greater = is_unsigned
                       ? low_bytes(old, bytes) > low_bytes(value, bytes)
                       : signed_bytes(old, bytes) > signed_bytes(value, bytes);
    return low_bytes(greater != minimum ? old : value, bytes);
}

static void try_minimum_maximum(armgpu *g, struct random_source *r,
                                const struct diff_row *row, struct step *s)
{
    unsigned bytes = 1u << diff_bits(s->word, 30, 2);
    uint32_t rs = DIFF_RM(s->word), rt = DIFF_RD(s->word);
    uint64_t address = DATA + 16 * random_below(r, 8);
    uint64_t old = low_bytes(random_value(r), bytes), now = 0, value;
    armgpu_state expected;
    (void)row;
    diff_write_base(&s->before, DIFF_RN(s->word), address);
    value = rs == 31 ? 0 : s->before.x[rs];
    assert_int_equal(armgpu_write_memory(g, 0, address, &old, bytes), 0);
    execute(g, s, 1);
    assert_int_equal(armgpu_read_memory(g, 0, address, &now, bytes), 0);
    assert_int_equal(now, mem_atomic(s->word, old, value, bytes));
    expected = s->before;
    expected.pc += 4;
    if (rt != 31)
        expected.x[rt] = old;
    assert_state(&expected, &s->after);
}

void diff_test_minimum_maximum(void **state)
{
    (void)state;
    for_words(is_minimum_maximum, 200, try_minimum_maximum);
}

/* -- MOVK Wd --------------------------------------------------------------- */

static bool is_movk_w(const struct diff_row *row)
{
    return strcmp(row->name, "MOVK_32_movewide") == 0;
}

static void try_movk_w(armgpu *g, struct random_source *r,
                       const struct diff_row *row, struct step *s)
{
    armgpu_state expected = s->before;
    uint32_t rd = DIFF_RD(s->word), shift = 16 * diff_bits(s->word, 21, 2);
    (void)r;
    (void)row;
    expected.pc += 4;
    if (rd != 31)
        expected.x[rd] =
            (uint32_t)(expected.x[rd] & ~(UINT64_C(0xffff) << shift)) |
            (uint64_t)diff_bits(s->word, 5, 16) << shift;
    execute(g, s, 1);
    assert_state(&expected, &s->after);
}

void diff_test_movk_clears_upper_half(void **state)
{
    (void)state;
    for_words(is_movk_w, 2000, try_movk_w);
}

/* -- Hints ----------------------------------------------------------------- */

static bool is_hint(const struct diff_row *row)
{
    return strcmp(row->group, "control/hints") == 0;
}

static void try_hint(armgpu *g, struct random_source *r,
                     const struct diff_row *row, struct step *s)
{
    armgpu_state expected = s->before;
    (void)r;
    (void)row;
    expected.pc += 4;
    execute(g, s, 1);
    assert_int_equal(s->result.stop_reason, ARMGPU_STOP_MAX_CYCLES);
    assert_state(&expected, &s->after);
}

void diff_test_hints_do_nothing(void **state)
{
    (void)state;
    for_words(is_hint, 20, try_hint);
}

/* -- Alignment ------------------------------------------------------------- */

static bool must_align(const struct diff_row *row)
{
    struct diff_access a;
    return diff_decode_access(row, row->value, &a) && a.must_align &&
           a.bytes > 1;
}

/* Far addresses as well as near ones: alignment is checked first. */
static void try_unaligned(armgpu *g, struct random_source *r,
                          const struct diff_row *row, struct step *s)
{
    struct diff_access a;
    uint64_t address =
        random_one_in(r, 4) ? random_value(r) : random_below(r, MEMORY);
    diff_decode_access(row, s->word, &a);
    address = (address & ~(uint64_t)(a.bytes - 1)) +
              (uint64_t)random_between(r, 1, a.bytes - 1);
    diff_write_base(&s->before, a.base, address - (uint64_t)a.offset);
    execute(g, s, 1);
    assert_int_equal(s->result.stop_reason, ARMGPU_STOP_ALIGNMENT_FAULT);
    assert_int_equal(s->result.stop_code, address);
    assert_int_equal(s->result.access_size, a.bytes);
    assert_int_equal(s->result.cycles, 0);
    if (row->kind != DIFF_ATOMIC)
        assert_int_equal(s->result.access,
                         a.is_store ? ARMGPU_ACCESS_WRITE : ARMGPU_ACCESS_READ);
    assert_state(&s->before, &s->after);
}

void diff_test_unaligned_stops(void **state)
{
    (void)state;
    for_words(must_align, 64, try_unaligned);
}

/* -- Store-exclusive with the monitor closed ------------------------------- */

static bool is_store_exclusive(const struct diff_row *row)
{
    return row->kind == DIFF_STORE_EXCLUSIVE;
}

static void assert_bytes(armgpu *g, uint64_t address, const uint8_t *expected,
                         unsigned bytes)
{
    uint8_t found[16];
    assert_int_equal(armgpu_read_memory(g, 0, address, found, bytes), 0);
    assert_memory_equal(found, expected, bytes);
}

static void try_alone(armgpu *g, struct random_source *r,
                      const struct diff_row *row, struct step *s)
{
    struct diff_access a;
    bool inside = random_one_in(r, 2);
    uint64_t address = inside ? DATA + 16 * random_below(r, 16)
                              : MEMORY + 16 * (uint64_t)random_below(r, 16);
    uint32_t rs = DIFF_RM(s->word);
    uint8_t was[16];
    armgpu_state expected;
    diff_decode_access(row, s->word, &a);
    diff_write_base(&s->before, a.base, address);
    if (inside)
        armgpu_read_memory(g, 0, address, was, a.bytes);
    execute(g, s, 1);
    expected = s->before;
    if (inside) {
        assert_int_equal(s->result.stop_reason, ARMGPU_STOP_MAX_CYCLES);
        assert_bytes(g, address, was, a.bytes);
        expected.pc += 4;
        if (rs != 31)
            expected.x[rs] = 1;
    } else {
        assert_int_equal(s->result.stop_reason, ARMGPU_STOP_DATA_FAULT);
        assert_int_equal(s->result.stop_code, address);
        assert_int_equal(s->result.access, ARMGPU_ACCESS_WRITE);
    }
    assert_state(&expected, &s->after);
}

void diff_test_store_exclusive_alone(void **state)
{
    (void)state;
    for_words(is_store_exclusive, 64, try_alone);
}

/* -- Branches to addresses that are not multiples of 4 --------------------- */

static bool is_register_branch(const struct diff_row *row)
{
    return row->kind == DIFF_BRANCH &&
           strcmp(row->group, "control/branch_reg") == 0;
}

/* The branch itself executes; the fetch at its target stops. */
static void try_unaligned_branch(armgpu *g, struct random_source *r,
                                 const struct diff_row *row, struct step *s)
{
    uint32_t rn = DIFF_RN(s->word);
    uint64_t to = random_below(r, MEMORY);
    armgpu_state expected;
    to |= UINT64_C(1) << random_below(r, 2);
    if (rn == 31) /* XZR is aligned */
        return;
    s->before.x[rn] = to;
    execute(g, s, 2);
    assert_int_equal(s->result.stop_reason, ARMGPU_STOP_FETCH_FAULT);
    assert_int_equal(s->result.cycles, 1);
    expected = s->before;
    expected.pc = to;
    if (strncmp(row->name, "BLR", 3) == 0)
        expected.x[30] = CODE + 4;
    assert_state(&expected, &s->after);
}

void diff_test_branch_to_unaligned(void **state)
{
    (void)state;
    for_words(is_register_branch, 64, try_unaligned_branch);
}

/* -- Products of bytes of mixed signs -------------------------------------- */

static bool is_i8mm(const struct diff_row *row)
{
    return strncmp(row->name, "USDOT", 5) == 0 ||
           strncmp(row->name, "SUDOT", 5) == 0 ||
           strstr(row->name, "MMLA_asimdsame2_G") != NULL;
}

static int32_t byte_of(const uint64_t v[2], unsigned i, bool is_unsigned)
{
    uint64_t byte = v[i / 8] >> i % 8 * 8;
    return (int32_t)(is_unsigned ? (int64_t)low_bytes(byte, 1)
                                 : signed_bytes(byte, 1));
}

/* Elem[result, e, 32] += the `count` products of bytes from n0 and m0 on. */
static void add_products(const struct step *s, armgpu_state *expected,
                         unsigned e, unsigned n0, unsigned m0, unsigned count,
                         bool unsigned_n, bool unsigned_m)
{
    const uint64_t *n = s->before.v[DIFF_RN(s->word)];
    const uint64_t *m = s->before.v[DIFF_RM(s->word)];
    uint64_t *d = &expected->v[DIFF_RD(s->word)][e / 2];
    uint32_t sum = (uint32_t)(*d >> e % 2 * 32);
    unsigned i, shift = e % 2 * 32;
    for (i = 0; i < count; i++)
        sum += (uint32_t)(byte_of(n, n0 + i, unsigned_n) *
                          byte_of(m, m0 + i, unsigned_m));
    *d = (*d & ~((uint64_t)UINT32_MAX << shift)) | (uint64_t)sum << shift;
}

static void try_i8mm(armgpu *g, struct random_source *r,
                     const struct diff_row *row, struct step *s)
{
    bool unsigned_n = row->name[0] == 'U';
    bool unsigned_m = strncmp(row->name, "UMMLA", 5) == 0 ||
                      strncmp(row->name, "SUDOT", 5) == 0;
    bool by_element = strstr(row->name, "asimdelem") != NULL;
    bool is_dot = strstr(row->name, "DOT") != NULL;
    bool is_full = diff_bits(s->word, 30, 1);
    unsigned index = diff_bits(s->word, 11, 1) * 2 + diff_bits(s->word, 21, 1);
    armgpu_state expected;
    unsigned e;
    (void)r;
    s->before.pc = CODE;
    expected = s->before;
    for (e = 0; e < (is_full ? 4 : 2); e++)
        if (is_dot)
            add_products(s, &expected, e, e * 4, (by_element ? index : e) * 4,
                         4, unsigned_n, unsigned_m);
        else
            add_products(s, &expected, e, e / 2 * 8, e % 2 * 8, 8, unsigned_n,
                         unsigned_m);
    if (!is_full)
        expected.v[DIFF_RD(s->word)][1] = 0;
    execute(g, s, 1);
    assert_int_equal(s->result.cycles, 1);
    expected.pc = CODE + 4;
    assert_state(&expected, &s->after);
    assert_memory_equal(expected.v, s->after.v, sizeof expected.v);
}

void diff_test_products_of_mixed_signs(void **state)
{
    (void)state;
    for_words(is_i8mm, 2000, try_i8mm);
}
