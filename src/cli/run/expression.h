/*
 * Expressions as --find and --reg have them: trees over numbers of 64 bits and
 * leaves, whose values differ between lanes. Only src/cli/run may include it.
 *
 * Arithmetic wraps. As on the processor, dividing by 0 gives 0 (and leaves the
 * dividend), and shifting by 64 or more leaves nothing but the sign.
 *
 * As in C an operation is floating-point, of doubles, if one of its operands
 * is: nodes say so, and values are then a double's bits. Numbers of 128 bits are
 * only compared; a comparison of them becomes several of their halves.
 */
#ifndef AG_CLI_EXPRESSION_H
#define AG_CLI_EXPRESSION_H

#include "cli/cli.h"

enum ag_run_operation {
    AG_RUN_NUMBER,
    AG_RUN_LEAF,
    AG_RUN_ADD,
    AG_RUN_SUBTRACT,
    AG_RUN_MULTIPLY,
    AG_RUN_DIVIDE,
    AG_RUN_REMAINDER,
    AG_RUN_LEFT,
    AG_RUN_RIGHT,
    AG_RUN_BIT_AND,
    AG_RUN_BIT_XOR,
    AG_RUN_BIT_OR,
    AG_RUN_TO_REAL, /* of an integer; `left` and `right` are both that */
    AG_RUN_EQUAL, /* from here on: true or false */
    AG_RUN_NOT_EQUAL,
    AG_RUN_LESS,
    AG_RUN_LESS_EQUAL,
    AG_RUN_GREATER,
    AG_RUN_GREATER_EQUAL,
    AG_RUN_NOT,
    AG_RUN_AND,
    AG_RUN_OR
};

/* `left` and `right` are indices; of NOT, both are the same. A leaf of 128 bits
   has one more for its upper half, whose `number` is the next one. */
typedef struct ag_run_node {
    enum ag_run_operation operation;
    bool is_signed; /* of a number: it was written with a sign */
    bool is_word;   /* a number by name, which only the leaf's owner knows */
    bool is_truth;  /* of a leaf: it is true or false, a condition */
    bool is_real; /* doubles, or a comparison of two */
    bool is_wide; /* 128 bits */
    uint32_t left, right;
    uint64_t number; /* of a leaf: its owner's */
    uint64_t high;   /* of a number of 128 bits: its upper half */
    size_t at, length; /* in the text */
} ag_run_node;

typedef struct ag_run_expression {
    ag_run_node *nodes; /* free() it */
    size_t count;       /* 0: no expression */
    uint32_t root;
} ag_run_expression;

static inline bool ag_run_is_condition(enum ag_run_operation operation)
{
    return operation >= AG_RUN_EQUAL;
}

static inline bool ag_run_is_comparison(enum ag_run_operation operation)
{
    return operation >= AG_RUN_EQUAL && operation <= AG_RUN_GREATER_EQUAL;
}

/* -- Reading --------------------------------------------------------------- */

typedef struct ag_run_grammar ag_run_grammar;

#define AG_RUN_NO_NODE UINT32_MAX

/* An expression while it is read. */
typedef struct ag_run_reader {
    const ag_run_grammar *grammar;
    const char *subject; /* how messages begin */
    const char *text;
    size_t at;
    unsigned depth;       /* of parentheses and signs */
    bool wants_condition; /* after &&, say, and not after + */
    uint32_t beside; /* reading what this is compared with, or AG_RUN_NO_NODE */
    ag_run_expression *e;
    void *user;
} ag_run_reader;

/* What a kind of expression has beyond numbers and arithmetic. */
struct ag_run_grammar {
    bool has_conditions; /* comparisons, &&, ||, ! and commas, at the top too */
    bool is_signed; /* integers become doubles with their sign */
    /* The length of what begins as a name and has other characters than x0:y,
       or 0. */
    size_t (*word)(const char *text);
    /* Makes a leaf or a number of a word or of digits. NULL, or the end of a
       sentence; "" for digits that mean no more than they do elsewhere. */
    const char *(*leaf)(ag_run_reader *r, const char *text, size_t length,
                        ag_run_node *n);
    /* A comparison that is complete; says what is wrong with it. */
    bool (*check)(ag_run_reader *r, ag_run_node *n);
    const char *missing; /* "a number is missing" */
};

/* False, with `e` empty, when what is wrong was said. */
bool ag_run_read_expression(const ag_run_grammar *grammar, const char *subject,
                            const char *text, void *user, ag_run_expression *e);
/* Says that part of the text is wrong, and returns false. */
bool ag_run_refuse(const ag_run_reader *r, size_t at, size_t length,
                   const char *problem);

/* -- Evaluating ------------------------------------------------------------ */

uint64_t ag_run_compute(enum ag_run_operation operation, uint64_t a, uint64_t b,
                        bool is_signed);

/* Of doubles' bits. */
uint64_t ag_run_compute_real(enum ag_run_operation operation, uint64_t a,
                             uint64_t b);
uint64_t ag_run_to_real(uint64_t value, bool is_signed);

/* The value of a leaf. */
typedef uint64_t (*ag_run_leaf_fn)(const void *user, const ag_run_node *n);
uint64_t ag_run_evaluate(const ag_run_expression *e, uint32_t node,
                         ag_run_leaf_fn leaf, const void *user);

/* Whether it is leaf * factor + constant, modulo 2^64, of one kind of leaf. */
bool ag_run_is_linear(const ag_run_expression *e, uint32_t node,
                      uint64_t *factor, uint64_t *constant);

#endif
