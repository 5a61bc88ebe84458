/*
 * The instruction table in memory: what insngen's reader hands to its writers.
 * Only src/gen/ includes this. Strings live until the program ends.
 */
#ifndef AG_GEN_INSN_H
#define AG_GEN_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_FIELDS = 12, MAX_ALIASES = 6, MAX_CALL_WORDS = 8, MAX_BATCH = 4 };

/* In the order of operations' numbers: those from BRANCH on end a run. */
enum insn_class { CLASS_ALU, CLASS_MEMORY, CLASS_ATOMIC, CLASS_SIMD,
                  CLASS_CRYPTO, CLASS_VMEMORY, CLASS_BRANCH, CLASS_SYSTEM,
                  CLASS_NAMED, CLASS_COUNT };
enum insn_slot { SLOT_D, SLOT_N, SLOT_M, SLOT_A, SLOT_IMM, SLOT_COUNT };

struct field {
    char *name;
    unsigned low, width;
    bool used;
};

struct alias {
    char *condition;
    char *text;
};

struct insn {
    const char *file;
    int line;
    char *name;
    uint32_t mask, value;             /* fixed bits */
    uint32_t should_be, should_value; /* (0)/(1) bits: not checked */
    struct field fields[MAX_FIELDS];
    unsigned num_fields;
    const char *group;          /* the Arm ARM's class of encodings */
    const char *feature;
    enum insn_class insn_class;
    char *op;                   /* name of the operation */
    bool reads_flags, writes_flags, scalar;
    /* Of memory rows; NULL if not given. */
    char *address, *size, *ext, *pair, *wb, *order;
    bool is_load;
    char *slots[SLOT_COUNT];    /* C expressions, NULL where unused */
    char *assembly;
    char *where;
    struct alias aliases[MAX_ALIASES];
    unsigned num_aliases;
};

/* Operations that are executed with one dispatch where they follow each other. */
struct batch {
    const char *file;
    int line;
    char *ops[MAX_BATCH];
    const struct insn *rows[MAX_BATCH]; /* one row of each; by insn_check */
    unsigned length;
};

/* An operation that lane groups execute on vectors of lanes. */
struct vector_op {
    const char *file;
    int line;
    char *op;
};

struct table {
    struct insn *rows;
    unsigned count, capacity;
    struct batch *batches;
    unsigned num_batches;
    struct vector_op *vector_ops;
    unsigned num_vector_ops;
    unsigned errors;
};

extern const char *const slot_names[SLOT_COUNT];
extern const char *const class_names[CLASS_COUNT];

/* Prints `file:line: why` to stderr and counts it in the table. */
void insn_error(struct table *t, const char *file, int line, const char *format,
                ...) __attribute__((format(printf, 4, 5)));

/* Reads one file to the end of the table; false if it cannot be read. */
bool insn_read(struct table *t, const char *path);

/* Duplicate names, ambiguous overlaps, operations that rows disagree on,
   batches that cannot be executed as one. */
void insn_check(struct table *t);

/* True if every word of `a` is a word of `b` and not the other way round. */
bool insn_is_more_specific(const struct insn *a, const struct insn *b);

/*
 * Writes `expression` as C: fields become bit extracts of `w`, f( becomes
 * a64_f(. Marks fields used; reports unknown names. `out` may be NULL.
 */
struct buffer;
void insn_expression(struct table *t, struct insn *row, const char *expression,
                     struct buffer *out);

/* Walks a template: text between formatters, and each formatter's words. */
typedef void (*template_text_fn)(void *context, const char *text, int length);
typedef void (*template_call_fn)(void *context, char **words, unsigned count);
bool insn_walk_template(const char *text, template_text_fn on_text,
                        template_call_fn on_call, void *context);

/* A growing string. */
struct buffer {
    char *text;
    size_t length, capacity;
};
void buffer_print(struct buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void *must_alloc(void *old, size_t bytes);
char *copy_text(const char *text, size_t length);
bool is_identifier(const char *text);

static inline bool is_implemented(const struct insn *row)
{
    return row->insn_class != CLASS_NAMED;
}

/* Its words have bits 27 and 26 set, which no other row's have: insn_check. */
static inline bool is_on_v(const struct insn *row)
{
    return row->insn_class >= CLASS_SIMD && row->insn_class <= CLASS_VMEMORY;
}
#define V_SPACE (UINT32_C(3) << 26)

/* Rows that are stand before those that are not. */
static inline unsigned count_implemented(const struct table *t)
{
    unsigned n = 0;
    while (n < t->count && is_implemented(&t->rows[n]))
        n++;
    return n;
}

/* The writers: each returns the text of one generated file in `b`. */
void emit_ops(struct table *t, struct buffer *b);
void emit_decoder(struct table *t, struct buffer *b);
void emit_rows(struct table *t, struct buffer *b);
void emit_format(struct table *t, struct buffer *b);
void emit_page(struct table *t, struct buffer *b);

#endif
