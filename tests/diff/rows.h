/*
 * The rows of the instruction table as differential tests see them: what kind
 * of instruction a row is, how a load or store forms its address, and which
 * words the architecture leaves unpredictable.
 *
 * Everything beyond mask, value and should-be bits is worked out here from the
 * Arm ARM's encoding diagrams, not from the table's operands, so that an error
 * there is not repeated here.
 */
#ifndef DIFF_ROWS_H
#define DIFF_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "armgpu.h"
#include "random.h"

#ifdef __cplusplus
extern "C" {
#endif

enum diff_kind {
    DIFF_ALU,
    DIFF_SIMD, /* on V registers, without memory */
    DIFF_BRANCH,
    DIFF_MEMORY,  /* loads and stores of any alignment */
    DIFF_STRUCTURE, /* LD1 to ST4, of any alignment */
    DIFF_ORDERED, /* acquire and release: natural alignment only */
    DIFF_ATOMIC,  /* compare-and-swap, read-modify-write */
    DIFF_LOAD_EXCLUSIVE,
    DIFF_STORE_EXCLUSIVE,
    DIFF_ZERO_BLOCK,     /* DC ZVA */
    DIFF_REGISTER_READ,  /* MRS */
    DIFF_REGISTER_WRITE, /* MSR */
    DIFF_NOTHING,        /* hints, barriers, prefetch, cache maintenance */
    DIFF_STOP,           /* stops the lane by design: tested elsewhere */
    DIFF_KINDS
};

/* How an address is formed; ADDRESS_NONE: the instruction accesses nothing. */
enum diff_address {
    ADDRESS_NONE,
    ADDRESS_BASE,
    ADDRESS_SCALED, /* imm12 * size */
    ADDRESS_IMM9,
    ADDRESS_POST9,
    ADDRESS_PRE9,
    ADDRESS_INDEX,   /* register, extended and shifted */
    ADDRESS_LITERAL, /* PC-relative */
    ADDRESS_IMM7,    /* imm7 * size, pairs */
    ADDRESS_POST7,
    ADDRESS_PRE7,
    ADDRESS_BLOCK, /* of 64 bytes, DC ZVA */
    ADDRESS_POST_STRUCTURE /* by Rm, or by the bytes accessed where that is 31 */
};

struct diff_row {
    const char *name;
    const char *group;
    uint32_t mask, value;
    uint32_t should_be, should_value;
    int64_t index; /* in the table */
    enum diff_kind kind;
    enum diff_address address;
};

/* Bit fields of a word. */
uint32_t diff_bits(uint32_t word, unsigned low, unsigned width);
uint32_t diff_with_bits(uint32_t word, unsigned low, unsigned width,
                        uint32_t value);
#define DIFF_RD(w) diff_bits(w, 0, 5) /* also Rt */
#define DIFF_RN(w) diff_bits(w, 5, 5)
#define DIFF_RT2(w) diff_bits(w, 10, 5)
#define DIFF_RM(w) diff_bits(w, 16, 5) /* also Rs */

/* The implemented rows, in table order. */
const struct diff_row *diff_rows(size_t *count);
const struct diff_row *diff_find_row(uint32_t word);

/* The word is one of floating point, Advanced SIMD or cryptography, or loads or
   stores V registers. */
static inline bool diff_is_vector(uint32_t word)
{
    return (word >> 26 & 3) == 3;
}

/* A random word of the row that is not unpredictable; false if none found. */
bool diff_random_word(struct random_source *r, const struct diff_row *row,
                      uint32_t *word);

/* The word is CONSTRAINED UNPREDICTABLE (write-back to the register that is
   transferred, equal registers of a pair, ...). */
bool diff_is_unpredictable(const struct diff_row *row, uint32_t word);

/* A load or store's operands. */
struct diff_access {
    enum diff_address address;
    bool is_store;
    bool write_back;
    bool must_align;
    unsigned base;  /* register; 31 is SP; unused for a literal */
    unsigned bytes; /* of the whole access; a power of two, but of structures */
    int64_t offset; /* immediate, 0 for post-indexing */
    int64_t step;   /* what write-back adds */
};

/* false if the word accesses no memory. */
bool diff_decode_access(const struct diff_row *row, uint32_t word,
                        struct diff_access *access);

/* The register offset of an ADDRESS_INDEX word; x31 reads as zero. */
uint64_t diff_index_value(uint32_t word, const armgpu_state *s);

/* The lowest address that the word accesses in this state. */
uint64_t diff_access_address(uint32_t word, const struct diff_access *access,
                             const armgpu_state *s);

/* Registers that the word may write: bit n for Xn, bit 31 for SP. */
uint32_t diff_written(const struct diff_row *row, uint32_t word);

/* Register n as a base, where 31 is SP. */
uint64_t diff_read_base(const armgpu_state *s, unsigned n);
void diff_write_base(armgpu_state *s, unsigned n, uint64_t value);

#ifdef __cplusplus
}
#endif
#endif
