/*
 * Forms of operations on V registers (kernels/a64/forms.h), which GPUs execute
 * in place of them: the host finds each one, where its constants are and
 * nowhere else, and lanes end as they do without forms, whatever their
 * registers, roundings and flags are, and wherever a limit cuts.
 */
#define _POSIX_C_SOURCE 200809L
#include "targets.h"
#include "decoded.h"
#include "random.h"

#include "a64/decode.h"
#include "code/decode.h"
#include "a64/forms.h"
#include "core/engine.h"
#include "code/insn.h"

struct form {
    const char *name;
    uint32_t op, a_mask, a;
    uint64_t imm_mask, imm;
    uint32_t kind, shape; /* of SHORT ones; shape 0: another */
};
enum { FORMS = AG_OP_FORMS_END - AG_OP_END, TRIES = 200000,
       MEMORY = 32768, DATA = 16384, DATA_BYTES = 4096,
       /* A case is instructions in straight line; several lanes execute it. */
       CASES = 256, LENGTH_OF_CASE = 6, CASE_WORDS = 8,
       VARIANTS = 4, LANES = CASES * VARIANTS };

static struct form forms[FORMS];
static int list_forms(void **state)
{
    (void)state;
    struct form *f = forms;
#define SIMD(name, op, a_mask, a, imm_mask, imm)                               \
    *f++ = (struct form){#name, AG_OP_##op, a_mask, a, imm_mask, imm, 0, 0};
#define SHORT(name, op, kind, shape, imm_mask, imm)                            \
    *f++ = (struct form){#name, AG_OP_##op, 0, 0, imm_mask, imm, kind, shape};
    AG_V_FORMS(SIMD, SHORT, SIMD)
#undef SIMD
#undef SHORT
    return f == forms + FORMS ? 0 : -1;
}

/* ---- Which form the host takes. */

static ag_entry decoded(uint32_t word)
{
    ag_entry e;
    memset(&e, 0, sizeof e);
    ag_decode(word, 0, &e);
    return e;
}

static bool has_constants(const struct form *f, const ag_entry *e)
{
    return e->op == f->op && (e->a & f->a_mask) == f->a &&
           (e->imm & f->imm_mask) == f->imm;
}

/* The operation that the word's entry is to have. */
static uint32_t expected_operation(uint32_t word)
{
    ag_entry e = decoded(word);
    for (uint32_t i = 0; i < FORMS; i++)
        if (has_constants(&forms[i], &e))
            return AG_OP_END + i;
    return e.op;
}

/* A random word of `op`, of any row; 0 if that word has another operation. */
static uint32_t try_word(struct random_source *r, uint32_t op)
{
    uint32_t row = 1 + random_below(r, A64_ROW_COUNT - 1);
    while (a64_row_ops[row] != op)
        row = row + 1 < A64_ROW_COUNT ? row + 1 : 1;
    const struct ag_insn_row *info = ag_insn_row(row - 1);
    uint32_t fixed = info->mask | info->should_be;
    uint32_t w = ((uint32_t)random_next(r) & ~fixed) | info->value |
                 info->should_value;
    return a64_row_ops[ag_decoded_row(w)] == op ? w : 0;
}

static uint32_t word_of_form(struct random_source *r, uint32_t number)
{
    for (uint32_t i = 0; i < TRIES; i++) {
        uint32_t w = try_word(r, forms[number].op);
        if (w != 0 && expected_operation(w) == AG_OP_END + number)
            return w;
    }
    fail_msg("no word is decoded to %s", forms[number].name);
    return 0;
}

/* Constants of bits that are asked for, which no other form asks for too; SHORT
   ones compute what the entry says. */
static void test_constants(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < FORMS; i++) {
        const struct form *f = &forms[i];
        const char *wrong = NULL;
        if ((f->a & ~f->a_mask) != 0 || (f->imm & ~f->imm_mask) != 0)
            wrong = "constants outside of their masks";
        if (f->shape != 0 && f->shape != AG_FP_SHAPE(f->imm))
            wrong = "another shape than its operation";
        if (f->shape != 0 &&
            f->kind != (f->op == AG_OP_FP3   ? AG_SHORT_FUSED
                        : f->op == AG_OP_FP2 ? AG_FP_WHAT(f->imm)
                        : AG_FP_WHAT(f->imm) == AG_FP_sqrt ? AG_SHORT_ROOT
                                                           : ~0u))
            wrong = "another kind than its operation";
        for (uint32_t k = 0; k < i; k++) {
            const struct form *o = &forms[k];
            if (o->op == f->op &&
                ((o->a ^ f->a) & o->a_mask & f->a_mask) == 0 &&
                ((o->imm ^ f->imm) & o->imm_mask & f->imm_mask) == 0)
                wrong = o->name; /* some entries are both */
        }
        if (wrong != NULL)
            fail_msg("%s: %s", f->name, wrong);
        assert_int_equal(ag_v_form_ops[i], f->op);
    }
}

/* A page of words as a handle with forms decodes it; nothing executes. */
static void check_page(armgpu *g, const uint32_t *words, uint32_t count)
{
    assert_ok(g, armgpu_reset(g));
    load_words(g, 0, words, count);
    assert_ok(g, ag_code_decode(g, 0, 0));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t expected = expected_operation(words[i]);
        uint32_t got = operation_at(g, (uint64_t)i * 4);
        if (got != expected && (got < AG_OP_COUNT || got >= AG_OP_END))
            fail_msg("0x%08x is operation %u of the table, not %u", words[i],
                     got, expected);
    }
}

/* Every form is taken, and nothing else is taken for one. */
static void test_each_is_taken(void **state)
{
    (void)state;
    struct random_source r = random_for(1, 1, 0);
    uint32_t words[AG_PAGE_ENTRIES], count = 0;
    armgpu *g = open_guest(1, MEMORY, ARMGPU_MEMORY_SHARED, 1);
    g->forms = true; /* as a GPU's handle has it */
    for (uint32_t i = 0; i < FORMS; i++)
        for (uint32_t k = 0; k < 4; k++)
            words[count++] = word_of_form(&r, i);
    assert_in_range(count, 1, AG_PAGE_ENTRIES);
    check_page(g, words, count);
    for (uint32_t page = 0; page < 200; page++) {
        for (count = 0; count < AG_PAGE_ENTRIES;) {
            uint32_t op = AG_OP_FIRST_SIMD +
                          random_below(&r, AG_OP_FIRST_ENDING -
                                               AG_OP_FIRST_SIMD);
            words[count] = try_word(&r, op);
            count += words[count] != 0;
        }
        check_page(g, words, count);
    }
    armgpu_close(g);
}

/* ---- What lanes come to. */

/* Offsets that are in memory, mostly. */
static bool is_far(uint32_t word)
{
    ag_entry e = decoded(word);
    uint64_t offset = a64_sx(e.imm, AG_V_OFFSET_BITS);
    return e.op >= AG_OP_FIRST_VMEMORY && e.op < AG_OP_FIRST_ENDING &&
           offset + DATA_BYTES > 2 * DATA_BYTES;
}

/* Puts `value` where register fields are, if the word stays of its form. */
static void put_field(uint32_t *word, uint32_t low, uint32_t value)
{
    uint32_t w = (*word & ~(31u << low)) | value << low;
    if (expected_operation(w) == expected_operation(*word))
        *word = w;
}

/* Few registers, so that results are read again and operands are the same. */
static uint32_t word_for_case(struct random_source *r, uint32_t number)
{
    uint32_t w = word_of_form(r, number);
    while (is_far(w) && !random_one_in(r, 8))
        w = word_of_form(r, number);
    uint32_t d = random_below(r, 6);
    put_field(&w, 0, d);
    put_field(&w, 5, random_one_in(r, 2) ? d : random_below(r, 6));
    put_field(&w, 16, random_one_in(r, 2) ? d : random_below(r, 6));
    if (random_one_in(r, 2))
        put_field(&w, 10, random_below(r, 6));
    return w;
}

static void make_cases(struct random_source *r, uint32_t *words)
{
    for (uint32_t i = 0; i < CASES; i++) {
        uint32_t *at = words + (size_t)i * CASE_WORDS;
        at[0] = word_for_case(r, i % FORMS);
        for (uint32_t k = 1; k < LENGTH_OF_CASE; k++)
            at[k] = random_one_in(r, 8)
                        ? 0x91000400 | random_below(r, 6) * 33 /* x += 1 */
                        : word_for_case(r, random_below(r, FORMS));
        for (uint32_t k = LENGTH_OF_CASE; k < CASE_WORDS; k++)
            at[k] = HLT;
    }
}

/* Within 2^-8 to 2^8, which products of a few stay near. */
static uint64_t ordinary_double(struct random_source *r)
{
    uint64_t v = random_next(r);
    return (v & UINT64_C(0x800fffffffffffff)) | (1015 + (v >> 52) % 16) << 52;
}
static uint64_t ordinary_single(struct random_source *r)
{
    uint32_t v = (uint32_t)random_next(r);
    return (v & 0x807fffffu) | (119 + (v >> 23) % 16) << 23;
}

static uint64_t special(struct random_source *r)
{
    static const uint64_t v[] = {
        0, UINT64_C(1) << 63, 1, UINT64_C(0x8000000080000001),
        UINT64_C(0x7ff0000000000000), UINT64_C(0xfff0000000000000),
        UINT64_C(0x7ff8000000000001), UINT64_C(0x7ff0000000000001),
        UINT64_C(0x7fefffffffffffff), UINT64_C(0x0010000000000000),
        UINT64_C(0x7f8000007f800001), UINT64_C(0xff8000007fc00000),
        UINT64_C(0x7f7fffff00800000), UINT64_C(0x0000000180000000),
        UINT64_C(0x3ff0000000000000), UINT64_C(0x3f8000003f800000)};
    return v[random_below(r, LENGTH(v))];
}

/* 0: doubles, 1: singles, FPCR as at the start and IXC set: the short way; 2:
   whatever there is; 3: integers, and addresses of any kind. */
static uint64_t random_half(struct random_source *r, uint32_t variant)
{
    if (random_one_in(r, variant == 2 ? 2 : 24))
        return special(r);
    if (variant == 1)
        return ordinary_single(r) << 32 | ordinary_single(r);
    if (variant == 3)
        return random_value(r);
    return ordinary_double(r);
}

static void random_state(struct random_source *r, uint32_t variant,
                         armgpu_state *s)
{
    for (int i = 0; i < 31; i++) {
        s->x[i] = DATA + random_below(r, DATA_BYTES / 8) * 8;
        if (variant == 3 && random_one_in(r, 3))
            s->x[i] = random_one_in(r, 3) ? random_value(r)
                                          : random_below(r, MEMORY + 8);
    }
    s->sp = DATA + random_below(r, DATA_BYTES / 16) * 16;
    s->nzcv = (uint64_t)random_below(r, 16) << 28;
    s->fpsr = AG_IXC;
    s->fpcr = 0;
    if (variant == 2 && random_one_in(r, 2))
        s->fpcr = random_next(r) & ARMGPU_FPCR_BITS;
    if (variant >= 2 && random_one_in(r, 2))
        s->fpsr = random_next(r) & ARMGPU_FPSR_BITS;
    for (int i = 0; i < 32; i++)
        for (int half = 0; half < 2; half++)
            s->v[i][half] = random_half(r, variant);
}

/* The same lanes with forms and without. */
struct both {
    armgpu *g[2];
    const uint32_t *words;
    armgpu_state *start, *end[2];
    armgpu_lane_result *result[2];
    uint8_t *memory[2];
};

static void *room(size_t count, size_t size)
{
    void *p = calloc(count, size);
    assert_non_null(p);
    return p;
}

static void open_both(struct both *b, const struct target *t)
{
    for (int i = 0; i < 2; i++) {
        setenv("ARMGPU_FORMS", i == 0 ? "1" : "0", 1);
        b->g[i] = open_target(t, LANES, 0, MEMORY);
        unsetenv("ARMGPU_FORMS");
        b->end[i] = room(LANES, sizeof *b->end[i]);
        b->result[i] = room(LANES, sizeof *b->result[i]);
        b->memory[i] = room(LANES, MEMORY);
        for (uint32_t k = 0; k < LANES; k++)
            b->end[i][k].size = sizeof *b->end[i];
    }
    b->start = room(LANES, sizeof *b->start);
}

static void close_both(struct both *b)
{
    for (int i = 0; i < 2; i++) {
        armgpu_close(b->g[i]);
        free(b->end[i]);
        free(b->result[i]);
        free(b->memory[i]);
    }
    free(b->start);
}

static void start_lanes(struct both *b)
{
    for (int i = 0; i < 2; i++) {
        armgpu *g = b->g[i];
        assert_ok(g, armgpu_reset(g));
        load_words(g, 0, b->words, (size_t)CASES * CASE_WORDS);
        assert_ok(g, armgpu_set_state(g, 0, LANES, b->start));
    }
}

static void execute(struct both *b, uint64_t limit)
{
    for (int i = 0; i < 2; i++) {
        armgpu *g = b->g[i];
        assert_ok(g, armgpu_execute(g, limit, NULL));
        assert_ok(g, armgpu_get_state(g, 0, LANES, b->end[i]));
        assert_ok(g, armgpu_get_results(g, 0, LANES, b->result[i]));
        assert_ok(g, armgpu_read_memory_range(g, 0, LANES, 0, b->memory[i],
                                              MEMORY));
    }
}

static void tell_lane(const struct both *b, uint32_t lane, uint64_t limit)
{
    const uint32_t *words = b->words + (size_t)(lane / VARIANTS) * CASE_WORDS;
    for (uint32_t i = 0; i < LENGTH_OF_CASE; i++) {
        char text[128];
        uint32_t op = expected_operation(words[i]);
        armgpu_disassemble(words[i], 0, 0, text, sizeof text);
        print_error("  %-20s %s\n",
                    op >= AG_OP_END ? forms[op - AG_OP_END].name : "", text);
    }
    for (uint32_t i = 0; i < 8; i++)
        print_error("  v%u %016llx %016llx becomes %016llx %016llx, without "
                    "forms %016llx %016llx\n", i,
                    (unsigned long long)b->start[lane].v[i][1],
                    (unsigned long long)b->start[lane].v[i][0],
                    (unsigned long long)b->end[0][lane].v[i][1],
                    (unsigned long long)b->end[0][lane].v[i][0],
                    (unsigned long long)b->end[1][lane].v[i][1],
                    (unsigned long long)b->end[1][lane].v[i][0]);
    fail_msg("lane %u, limit %llu: %s after %llu at 0x%llx, without forms %s "
             "after %llu at 0x%llx, or other registers or memory", lane,
             (unsigned long long)limit,
             armgpu_stop_name(b->result[0][lane].stop_reason),
             (unsigned long long)b->result[0][lane].cycles,
             (unsigned long long)b->result[0][lane].pc,
             armgpu_stop_name(b->result[1][lane].stop_reason),
             (unsigned long long)b->result[1][lane].cycles,
             (unsigned long long)b->result[1][lane].pc);
}

static void compare(const struct both *b, uint64_t limit)
{
    for (uint32_t i = 0; i < LANES; i++)
        if (memcmp(&b->end[0][i], &b->end[1][i], sizeof b->end[0][i]) != 0 ||
            memcmp(&b->result[0][i], &b->result[1][i],
                   sizeof b->result[0][i]) != 0 ||
            memcmp(b->memory[0] + (size_t)i * MEMORY,
                   b->memory[1] + (size_t)i * MEMORY, MEMORY) != 0)
            tell_lane(b, i, limit);
}

/* Lanes have executed cases' first instructions, each form among them. */
static void check_operations(const struct both *b)
{
    uint32_t halted = 0, faulted = 0;
    for (uint32_t i = 0; i < CASES; i++) {
        uint64_t pc = (uint64_t)i * CASE_WORDS * 4;
        assert_int_equal(operation_at(b->g[0], pc), AG_OP_END + i % FORMS);
        assert_int_equal(operation_at(b->g[1], pc), forms[i % FORMS].op);
    }
    for (uint32_t i = 0; i < LANES; i++) {
        halted += b->result[0][i].stop_reason == ARMGPU_STOP_HALT;
        faulted += b->result[0][i].stop_reason == ARMGPU_STOP_DATA_FAULT;
    }
    assert_in_range(halted, LANES / 2, LANES);
    assert_in_range(faulted, LANES / 64, LANES);
}

/* Runs that limits cut everywhere, and go on. */
static void try_cases(struct both *b, uint64_t seed)
{
    struct random_source r = random_for(seed, 2, 0);
    uint32_t words[CASES * CASE_WORDS];
    make_cases(&r, words);
    b->words = words;
    for (uint32_t i = 0; i < LANES; i++) {
        armgpu_state *s = &b->start[i];
        *s = (armgpu_state){.size = sizeof *s};
        s->pc = (uint64_t)(i / VARIANTS) * CASE_WORDS * 4;
        random_state(&r, i % VARIANTS, s);
    }
    for (uint64_t limit = 1; limit <= LENGTH_OF_CASE + 1; limit++) {
        start_lanes(b);
        execute(b, limit);
        compare(b, limit);
        execute(b, 2 * CASE_WORDS);
        compare(b, limit);
    }
    check_operations(b);
}

static void test_as_without_forms(void **state)
{
    (void)state;
    uint32_t tried = 0;
    find_targets();
    /* A layout is a kernel that takes a minute to compile, and nothing to
       forms: one for each backend. */
    for (size_t i = 0; i < target_count; i++) {
        const struct target *t = &targets[i];
        if (strcmp(t->backend, "cpu") == 0 || t->layout == 1 || t->spread != 0)
            continue;
        struct both b;
        open_both(&b, t);
        for (uint64_t seed = 0; seed < 4; seed++)
            try_cases(&b, seed);
        close_both(&b);
        tried++;
    }
    if (tried == 0) {
        print_message("skipping: no GPU backend\n");
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constants),
        cmocka_unit_test(test_each_is_taken),
        cmocka_unit_test(test_as_without_forms),
    };
    return cmocka_run_group_tests(tests, list_forms, NULL);
}
