/*
 * Test cases for differential tests: code and a start state for every lane. A
 * case is made from (seed, number) alone, so any one can be made again without
 * those before it.
 *
 * A single case is one instruction of one row (with what it needs before it,
 * such as the load of a store-exclusive). A sequence is a few hundred with
 * forward branches and short loops, whose loads and stores stay inside the
 * window's data but for one in some sequences that is meant to fault in some
 * lanes.
 *
 * Sequences for lanes that run together (scope.together) part them more often
 * and in more ways, and have most accesses aligned, many at the same address in
 * all lanes: one odd lane has the whole group go lane by lane.
 */
#ifndef DIFF_GENERATE_H
#define DIFF_GENERATE_H

#include "rows.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    DIFF_LANES = 8, /* of cases, where nothing else is said */
    DIFF_MOST_LANES = 64,
    DIFF_CODE_WORDS = 384,
    DIFF_CODE_BYTES = 4096
};

/* Guest memory that an oracle has: [begin, end), code at `code`, a multiple of
   4 KiB with the page to itself and data on both sides. If lanes share memory
   each has such data for itself behind it, the first `apart` bytes further on,
   and only reads the window. */
struct diff_window {
    uint64_t begin, end, code;
    uint64_t apart; /* a multiple of 4 KiB, end - begin or more; 0: private */
};

/* How far lane `lane`'s data is from the window's. */
uint64_t diff_lane_shift(const struct diff_window *w, uint64_t lane);
/* Where the last lane's ends. */
uint64_t diff_memory_end(const struct diff_window *w);
uint64_t diff_memory_bytes(const struct diff_window *w);

/* Rows that an oracle cannot judge: their name begins with `prefix` and
   contains `part`. If `when` is not NULL, only words for which it holds. */
struct diff_exclusion {
    const char *prefix, *part;
    const char *why;
    bool (*when)(uint32_t word);
};

/* Rows of FEAT_I8MM, which no oracle has: tests/diff/arm.c has them. */
/* clang-format off */
#define DIFF_I8MM_EXCLUSIONS                                                   \
    {"SMMLA", "", "the oracle has no FEAT_I8MM", NULL},                        \
    {"UMMLA", "", "the oracle has no FEAT_I8MM", NULL},                        \
    {"USMMLA", "", "the oracle has no FEAT_I8MM", NULL},                       \
    {"USDOT", "", "the oracle has no FEAT_I8MM", NULL},                        \
    {"SUDOT", "", "the oracle has no FEAT_I8MM", NULL}
/* clang-format on */

/* For exclusions: vectors of 64 bits, and shifts of halves. */
static inline bool diff_is_half(uint32_t word)
{
    return diff_bits(word, 30, 1) == 0;
}
static inline bool diff_is_half_shift(uint32_t word)
{
    return diff_bits(word, 20, 3) == 1;
}

/* What cases may contain. */
struct diff_scope {
    struct diff_window window;
    unsigned lanes;         /* of a case */
    bool together;          /* sequences are for lanes that run together */
    bool faults;            /* accesses outside the window are allowed */
    bool no_fpsr;           /* the oracle does not know it */
    bool aligned_sp;        /* SP as a base must be a multiple of 16 */
    unsigned num_registers; /* system registers, see diff_system_registers */
    const struct diff_exclusion *exclusions; /* ends with prefix NULL */
};

struct diff_case {
    uint32_t code[DIFF_CODE_WORDS]; /* HLT after `length` */
    unsigned length;
    unsigned limit; /* instructions to execute; 0: up to the first HLT */
    unsigned pause; /* stop once after so many; 0: do not */
    const struct diff_row *row; /* that a single case is about, or NULL */
    /* Lanes of `trapped` end before word `trap`, an access of which oracles do
       not see that it is unaligned, or execute what of it is inside memory. */
    unsigned trap;
    uint64_t trapped;
    unsigned lanes;
    armgpu_state start[DIFF_MOST_LANES];
};

struct diff_generator {
    struct diff_scope scope;
    uint64_t seed;
    const uint8_t *image; /* the window's bytes before every case */
    const struct diff_row **rows[DIFF_KINDS]; /* usable rows by kind */
    size_t num_rows[DIFF_KINDS];
    const struct diff_row **singles; /* all of them */
    size_t num_singles;
};

void diff_generator_init(struct diff_generator *g,
                         const struct diff_scope *scope, uint64_t seed,
                         const uint8_t *image);
void diff_generator_free(struct diff_generator *g);

/* Why the row is never used, NULL if it is. */
const char *diff_excluded(const struct diff_scope *scope,
                          const struct diff_row *row);

/* Case `number` is about row number modulo num_singles. False if the row gave
   no word. */
bool diff_make_single(const struct diff_generator *g, uint64_t number,
                      struct diff_case *c);
void diff_make_sequence(const struct diff_generator *g, uint64_t number,
                        struct diff_case *c);

/* Shared by the two kinds of cases. */
#define DIFF_HLT UINT32_C(0xd4400000)
#define DIFF_CLREX UINT32_C(0xd5033f5f)

/* System registers that programs can rely on: bits 19:5 of MRS and MSR, and the
   bits that MSR may write (0: MRS only). The first is NZCV. */
struct diff_system_register {
    uint32_t number;
    uint64_t writable;
};
enum { DIFF_SYSTEM_REGISTERS = 6 };
extern const struct diff_system_register
    diff_system_registers[DIFF_SYSTEM_REGISTERS];

/* diff_random_word() of a word that is not excluded. */
bool diff_case_word(const struct diff_scope *scope, struct random_source *r,
                    const struct diff_row *row, uint32_t *word);
void diff_case_clear(struct diff_case *c, const struct diff_scope *scope);
/*
 * Floating point of most programs: to nearest, IXC set, numbers that are not
 * special. Random states have it so seldom that a group's lanes would never
 * execute together. DIFF_CALM_CLEAR: but for IXC; DIFF_CALM_MOSTLY: a lane in 24
 * differs in each of these.
 */
enum diff_calm { DIFF_WILD, DIFF_CALM, DIFF_CALM_CLEAR, DIFF_CALM_MOSTLY };
enum diff_calm diff_random_calm(struct random_source *r,
                                const struct diff_scope *scope);
void diff_calm_state(struct random_source *r, enum diff_calm calm,
                     armgpu_state *s);

void diff_random_state(struct random_source *r, const struct diff_scope *scope,
                       armgpu_state *s);

#ifdef __cplusplus
}
#endif
#endif
