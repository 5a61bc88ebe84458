/*
 * Random words of every load, store and atomic that there is, for programs that
 * a model (memory_model.h) executes as well: word i addresses by a register of
 * its own, which nothing else of the program has a part in, so that it can be
 * chosen when what is before it has executed.
 */
#ifndef AG_TESTS_MEMORY_WORDS_H
#define AG_TESTS_MEMORY_WORDS_H

#include "guest.h"
#include "memory_model.h"
#include "random.h"

#include "code/insn.h"

#define BASES 16 /* X16 on: word i of a program addresses by X(16 + i) or SP */

static struct random_source source;
static uint32_t rows[1024], row_count;

/* -- Words ----------------------------------------------------------------- */

static inline void find_rows(void)
{
    for (uint32_t i = 0; i < ag_insn_implemented(); i++) {
        const struct ag_insn_row *r = ag_insn_row(i);
        bool is = strcmp(r->insn_class, "memory") == 0 ||
                  strcmp(r->insn_class, "vmemory") == 0 ||
                  strcmp(r->insn_class, "atomic") == 0 ||
                  strcmp(r->name, "DC_ZVA") == 0;
        assert_true(row_count < LENGTH(rows));
        if (is)
            rows[row_count++] = i;
    }
    assert_true(row_count > 400);
}

static inline bool is_literal(uint32_t w)
{
    return field(w, 27, 3) == 3 && !field(w, 24, 1);
}

static inline bool is_zero_block(uint32_t w)
{
    return field(w, 24, 8) == 0xd5;
}

/* The word can be at `pc`: literals of V registers are where processors have
   addresses (kernels/a64/decode_ldst_v.h). */
static inline bool can_be_at(uint32_t w, uint64_t pc)
{
    return !is_literal(w) || !field(w, 26, 1) ||
           pc + (UINT64_C(1) << 54) < UINT64_C(1) << 55;
}

/* Where the base is: bits from here on. */
static inline int base_field(uint32_t w)
{
    return is_zero_block(w) ? 0 : 5;
}

/* A data register: not a base. */
static inline uint32_t data_register(void)
{
    static const uint8_t some[] = {0, 1,  2,  3,  4,  5,  8,
                                   9, 12, 14, 24, 27, 30, 31};
    return some[random_below(&source, LENGTH(some))];
}

/* Puts a data register where the row leaves the field open. */
static inline uint32_t with_data(uint32_t w, const struct ag_insn_row *r,
                                 int low)
{
    const uint32_t open = 31u << low & ~(r->mask | r->should_be);
    return (w & ~open) | (data_register() << low & open);
}

/* The fields beside the base that name general registers get others than bases,
   which are known only when their word comes. */
static inline uint32_t with_registers(uint32_t w, const struct ag_insn_row *r,
                               uint32_t base)
{
    const bool is_v = field(w, 26, 1), is_structure = field(w, 26, 4) == 3;
    const bool is_exclusive = field(w, 24, 6) == 8;
    const bool is_plain = field(w, 27, 3) == 7 && !field(w, 24, 1);
    if (is_zero_block(w))
        return w;
    if (!is_v)
        w = with_data(w, r, 0);
    if (!is_v && (is_exclusive || field(w, 27, 3) == 5))
        w = with_data(w, r, 10);
    if (is_structure || is_exclusive || (is_plain && field(w, 21, 1)))
        w = with_data(w, r, 16);
    if (!is_v && !is_exclusive && !is_literal(w) && base != 31 &&
        random_one_in(&source, 16))
        w = (w & ~31u) | base;
    return w;
}

/* A row's word, number i of a program. */
static inline uint32_t word_of(uint32_t row, uint32_t i)
{
    const struct ag_insn_row *r = ag_insn_row(row);
    for (;;) {
        uint32_t w = (uint32_t)random_next(&source), base = BASES + i;
        w = (w & ~r->mask) | r->value;
        w = (w & ~r->should_be) | r->should_value;
        if (i == 3 && !is_zero_block(w))
            base = 31;
        if (!is_literal(w))
            w = (w & ~(31u << base_field(w))) | base << base_field(w);
        w = with_registers(w, r, base);
        if (armgpu_find_instruction(w) == row)
            return w;
    }
}

#endif
