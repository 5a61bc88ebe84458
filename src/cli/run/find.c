/*
 * --find: an expression over a lane's columns. Arithmetic is of 64 bits; a
 * number beside a column alone has the column's width. A comparison is signed
 * as a whole if s: is before a column in it, or one of its sides is a negative
 * number. One that no lane can ever fulfil is refused: it is a slip. Of
 * floating-point numbers those with NaNs alone are looked for.
 */
#include "cli/run/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- Columns --------------------------------------------------------------- */

static const ag_run_column *column_of(const ag_run_condition *c,
                                      const ag_run_node *n)
{
    return n->operation == AG_RUN_LEAF ? &c->columns.items[n->number] : NULL;
}

static uint64_t most_in(unsigned bits)
{
    return UINT64_MAX >> (64 - bits);
}

static uint64_t extend(uint64_t value, unsigned bits)
{
    uint64_t sign = UINT64_C(1) << (bits - 1);

    return bits == 64 ? value : ((value & most_in(bits)) ^ sign) - sign;
}

/* Stop reasons have dashes, which are no minus there. */
static size_t word_length(const char *text)
{
    size_t match = ag_run_match_length(text);

    if (match != 0)
        return match;
    for (uint32_t i = 0; i < ARMGPU_STOP_COUNT; i++) {
        const char *name = armgpu_stop_name(i);
        size_t n = strlen(name);

        if (strncmp(name, text, n) == 0 && strchr(name, '-') != NULL)
            return n;
    }
    return 0;
}

static bool read_stop(const char *text, size_t length, ag_run_node *n)
{
    for (uint32_t i = 0; i < ARMGPU_STOP_COUNT; i++) {
        const char *name = armgpu_stop_name(i);

        if (strlen(name) != length || strncmp(name, text, length) != 0)
            continue;
        n->number = i;
        n->is_word = true;
        return true;
    }
    return false;
}

static void keep_column(ag_run_condition *c, const ag_run_column *column)
{
    c->columns.items =
        ag_cli_grow(c->columns.items, c->columns.count, sizeof *column);
    c->columns.items[c->columns.count++] = *column;
}

static const char *add_column(ag_run_condition *c, const char *text,
                              size_t length, ag_run_node *n)
{
    const char *problem;
    ag_run_column column;

    n->is_signed = length > 2 && text[0] == 's' && text[1] == ':';
    if (n->is_signed) {
        text += 2;
        length -= 2;
    }
    problem = ag_run_find_column(text, length, &column);
    if (problem != NULL)
        return problem;
    if (column.field == AG_RUN_FIELD_MEMORY && column.length != 1 &&
        column.length != 2 && column.length != 4 && column.length != 8)
        return "cannot be compared; LEN is 1, 2, 4 or 8 here";
    if (column.field == AG_RUN_FIELD_FILE)
        return "is text, which cannot be compared";
    if (ag_run_is_text_column(&column))
        return "is text: write ~ and what it has, or !~ and what it has not, "
               "in quotes: stdout~\"FAIL\"";
    n->is_real = ag_run_is_real_column(&column);
    n->is_wide = column.name.view == AG_RUN_WIDE;
    if (n->is_signed && (n->is_real || n->is_wide))
        return "cannot have s: before it: floating-point numbers have their "
               "sign, and V registers none";
    n->operation = AG_RUN_LEAF;
    n->number = c->columns.count;
    for (int i = 0; i < (n->is_wide ? 2 : 1); i++) {
        column.is_high = i != 0;
        keep_column(c, &column);
    }
    return NULL;
}

/* A number beside a V register has as many bits, beside NZCV is four digits. */
static bool read_beside(const ag_run_column *column, const char *text,
                        size_t length, ag_run_node *n)
{
    ag_run_value value;

    if (column == NULL || column->field != AG_RUN_FIELD_REGISTER ||
        (column->name.number != AG_RUN_NZCV &&
         column->name.view != AG_RUN_WIDE) ||
        ag_run_read_value(text, length, column->name, &value) != NULL)
        return false;
    n->number = value.low;
    n->high = value.high;
    n->is_wide = value.high != 0;
    return true;
}

static bool is_stop(const ag_run_column *column)
{
    return column != NULL && column->field == AG_RUN_FIELD_STOP_REASON;
}

/* stdout~"FAIL": a leaf that is true or false. */
static const char *add_match(ag_run_condition *c, const char *text,
                             size_t length, ag_run_node *n)
{
    ag_run_column column;
    const char *problem = ag_run_read_match(text, length, &column);

    if (problem != NULL)
        return problem;
    n->operation = AG_RUN_LEAF;
    n->is_truth = true;
    n->number = c->columns.count;
    keep_column(c, &column);
    return NULL;
}

static const char *read_leaf(ag_run_reader *r, const char *text, size_t length,
                             ag_run_node *n)
{
    ag_run_condition *c = r->user;
    const ag_run_column *beside = NULL;

    if (r->beside != AG_RUN_NO_NODE)
        beside = column_of(c, &r->e->nodes[r->beside]);
    if (read_beside(beside, text, length, n))
        return NULL;
    if (beside != NULL && beside->name.view == AG_RUN_WIDE && length > 20)
        return "is no number of 128 bits";
    if (text[0] >= '0' && text[0] <= '9')
        return "";
    if (ag_run_is_match(text, length))
        return add_match(c, text, length, n);
    /* `exit` is a column too, unless it is compared with stop. */
    if ((length != 4 || strncmp(text, "exit", 4) != 0 || is_stop(beside)) &&
        read_stop(text, length, n))
        return NULL;
    if (is_stop(beside))
        return "is no stop reason; they are halt, syscall, max-cycles, "
               "breakpoint, undefined, data-fault, fetch-fault, "
               "alignment-fault, exit, device-fault, interrupted and deadlock";
    return add_column(c, text, length, n);
}

/* -- Comparisons ----------------------------------------------------------- */

static bool has_sign(const ag_run_expression *e, uint32_t node)
{
    const ag_run_node *n = &e->nodes[node];

    if (n->operation == AG_RUN_LEAF)
        return n->is_signed;
    return n->operation != AG_RUN_NUMBER &&
           (has_sign(e, n->left) || has_sign(e, n->right));
}

static void make_signed(ag_run_expression *e, uint32_t node)
{
    ag_run_node *n = &e->nodes[node];

    n->is_signed = true;
    if (n->operation == AG_RUN_NUMBER || n->operation == AG_RUN_LEAF)
        return;
    make_signed(e, n->left);
    make_signed(e, n->right);
}

static bool is_negative(const ag_run_node *n)
{
    return n->operation == AG_RUN_NUMBER && n->is_signed;
}

/* The most that an unsigned value can be; the least is 0 but of numbers. */
static uint64_t most_of(const ag_run_condition *c, const ag_run_expression *e,
                        const ag_run_node *n)
{
    const ag_run_node *b = &e->nodes[n->right];
    uint64_t left, right;

    if (n->operation == AG_RUN_NUMBER)
        return n->number;
    if (n->operation == AG_RUN_LEAF)
        return most_in(ag_run_column_bits(column_of(c, n)));
    left = most_of(c, e, &e->nodes[n->left]);
    right = most_of(c, e, b);
    if (n->operation == AG_RUN_BIT_AND)
        return left < right ? left : right;
    if (b->operation != AG_RUN_NUMBER)
        return UINT64_MAX;
    if (n->operation == AG_RUN_REMAINDER)
        return left < right ? left : right - 1;
    if (n->operation == AG_RUN_DIVIDE || n->operation == AG_RUN_RIGHT)
        return ag_run_compute(n->operation, left, right, false);
    return UINT64_MAX;
}

/* From least to most, in the order that the comparison has. */
typedef struct range {
    uint64_t least, most;
} range;

static range range_of(const ag_run_condition *c, const ag_run_expression *e,
                      const ag_run_node *n, bool is_signed)
{
    unsigned bits = 64;

    if (n->operation == AG_RUN_NUMBER)
        return (range){n->number, n->number};
    if (n->operation == AG_RUN_LEAF)
        bits = ag_run_column_bits(column_of(c, n));
    if (is_signed)
        return (range){0 - (UINT64_C(1) << (bits - 1)), most_in(bits) >> 1};
    return (range){0, most_of(c, e, n)};
}

static bool can_hold(enum ag_run_operation operation, range a, range b,
                     bool is_signed)
{
#define IS(operation, a, b) (ag_run_compute(operation, a, b, is_signed) != 0)
    switch (operation) {
    case AG_RUN_EQUAL:
        return IS(AG_RUN_LESS_EQUAL, a.least, b.most) &&
               IS(AG_RUN_LESS_EQUAL, b.least, a.most);
    case AG_RUN_NOT_EQUAL:
        return true;
    case AG_RUN_LESS:
    case AG_RUN_LESS_EQUAL:
        return IS(operation, a.least, b.most);
    default:
        return IS(operation, a.most, b.least);
    }
#undef IS
}

/* (x0&6)=1: no bit of the number may be outside the mask. */
static bool is_outside_mask(const ag_run_expression *e, const ag_run_node *n,
                            const ag_run_node *number)
{
    if (n->operation != AG_RUN_BIT_AND || number->operation != AG_RUN_NUMBER)
        return false;
    for (int i = 0; i < 2; i++) {
        const ag_run_node *mask = &e->nodes[i == 0 ? n->left : n->right];

        if (mask->operation == AG_RUN_NUMBER &&
            (number->number & ~mask->number) != 0)
            return true;
    }
    return false;
}

static bool refuse_never(const ag_run_reader *r, const ag_run_node *n,
                         bool is_signed)
{
    const ag_run_node *a = &r->e->nodes[n->left], *b = &r->e->nodes[n->right];
    const ag_run_node *column = a->operation == AG_RUN_LEAF ? a : b;
    char problem[160] = "can never hold";

    if (!is_signed && column->operation == AG_RUN_LEAF)
        snprintf(problem, sizeof problem,
                 "can never hold: without a sign no value is below 0 or above "
                 "the most; write s:%.*s for a signed comparison",
                 column->length > 40 ? 40 : (int)column->length,
                 r->text + column->at);
    return ag_run_refuse(r, n->at, n->length, problem);
}

/* Takes a number in the width of the column that it is compared with. */
static bool fit(const ag_run_reader *r, const ag_run_node *leaf,
                ag_run_node *number, bool is_signed)
{
    const ag_run_column *column = column_of(r->user, leaf);
    unsigned bits;
    char problem[96];

    if (column == NULL || number->operation != AG_RUN_NUMBER)
        return true;
    bits = ag_run_column_bits(column);
    if (number->number > most_in(bits) &&
        !(is_negative(number) &&
          extend(number->number, bits) == number->number)) {
        snprintf(problem, sizeof problem,
                 "does not fit into the %u bits of %.*s", bits,
                 leaf->length > 40 ? 40 : (int)leaf->length,
                 r->text + leaf->at);
        return ag_run_refuse(r, number->at, number->length, problem);
    }
    if (is_signed)
        number->number = extend(number->number, bits);
    return true;
}

/* Names of stop reasons are for stop_reason alone. */
static bool check_words(const ag_run_reader *r, const ag_run_node *a,
                        const ag_run_node *b)
{
    const ag_run_node *word = a->is_word ? a : b;
    const ag_run_column *column = column_of(r->user, a->is_word ? b : a);

    if (!word->is_word ||
        (column != NULL && column->field == AG_RUN_FIELD_STOP_REASON))
        return true;
    return ag_run_refuse(r, word->at, word->length,
                         "is a stop reason; compare it with stop");
}

/* A number in the precision of a column: rounded once where it is text, which
   may be nearer to the middle of two than any double; what was computed is a
   double. */
static double real_of(const ag_run_reader *r, const ag_run_node *number,
                      enum ag_run_view view)
{
    uint64_t bits;

    if (ag_run_read_real(r->text + number->at, number->length, view, &bits) !=
        NULL)
        bits = ag_run_round(view, ag_run_double_of(number->number));
    return ag_run_real_of(view, bits);
}

/* Takes a number in the precision of the column that it is compared with. */
static bool fit_real(const ag_run_reader *r, const ag_run_node *leaf,
                     ag_run_node *number)
{
    const ag_run_column *column = column_of(r->user, leaf);
    double value = ag_run_double_of(number->number);

    if (number->operation != AG_RUN_NUMBER)
        return true;
    if (isnan(value))
        return ag_run_refuse(r, number->at, number->length,
                             "is equal to nothing, not even itself; write "
                             "d0!=d0 to find NaNs");
    if (column == NULL || !leaf->is_real)
        return true;
    value = real_of(r, number, column->name.view);
    if (!isinf(value)) /* s0>1e300 holds of infinity */
        number->number = ag_run_bits_of(value);
    return true;
}

static bool check_real(ag_run_reader *r, ag_run_node *n)
{
    ag_run_node *a = &r->e->nodes[n->left], *b = &r->e->nodes[n->right];

    if (!check_words(r, a, b) || !fit_real(r, a, b) || !fit_real(r, b, a))
        return false;
    if (has_sign(r->e, n->left) || has_sign(r->e, n->right)) {
        make_signed(r->e, n->left);
        make_signed(r->e, n->right);
    }
    return true;
}

static bool check_integers(ag_run_reader *r, ag_run_node *n)
{
    ag_run_node *a = &r->e->nodes[n->left], *b = &r->e->nodes[n->right];
    bool is_signed = has_sign(r->e, n->left) || has_sign(r->e, n->right) ||
                     is_negative(a) || is_negative(b);

    if (!check_words(r, a, b) || !fit(r, a, b, is_signed) ||
        !fit(r, b, a, is_signed))
        return false;
    if (is_signed) {
        n->is_signed = true;
        make_signed(r->e, n->left);
        make_signed(r->e, n->right);
    }
    if (is_outside_mask(r->e, a, b) || is_outside_mask(r->e, b, a) ||
        !can_hold(n->operation, range_of(r->user, r->e, a, is_signed),
                  range_of(r->user, r->e, b, is_signed), is_signed))
        return refuse_never(r, n, is_signed);
    return true;
}

static bool check_comparison(ag_run_reader *r, ag_run_node *n)
{
    if (n->is_real)
        return check_real(r, n);
    return check_integers(r, n);
}

static const ag_run_grammar grammar = {
    .has_conditions = true,
    .word = word_length,
    .leaf = read_leaf,
    .check = check_comparison,
    .missing = "a column or a number is missing"};

bool ag_run_apply_find(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_condition c = {.columns = {NULL, 0}};
    bool fine = ag_run_read_expression(&grammar, "--find", text, &c,
                                       &c.expression);

    /* Kept if it is refused too, so that its columns are freed. */
    s->conditions.items =
        ag_cli_grow(s->conditions.items, s->conditions.count, sizeof c);
    s->conditions.items[s->conditions.count++] = c;
    return fine;
}

void ag_run_free_conditions(ag_run_settings *s)
{
    for (size_t i = 0; i < s->conditions.count; i++) {
        for (size_t j = 0; j < s->conditions.items[i].columns.count; j++)
            free(s->conditions.items[i].columns.items[j].pattern);
        free(s->conditions.items[i].columns.items);
        free(s->conditions.items[i].expression.nodes);
    }
    free(s->conditions.items);
}

/* -- Judging lanes --------------------------------------------------------- */

typedef struct judged {
    const ag_run *r;
    const ag_run_condition *condition;
    const ag_run_lane *lane;
} judged;

static uint64_t leaf_value(const void *user, const ag_run_node *n)
{
    const judged *j = user;
    const ag_run_column *c = column_of(j->condition, n);
    uint64_t value;

    if (n->is_truth)
        return ag_run_match_holds(j->r, c, j->lane);
    value = ag_run_column_value(j->r, c, j->lane);
    if (n->is_real)
        return ag_run_bits_of(ag_run_real_of(c->name.view, value));
    return n->is_signed ? extend(value, ag_run_column_bits(c)) : value;
}

bool ag_run_matches(const ag_run *r, const ag_run_lane *lane)
{
    for (size_t i = 0; i < r->settings.conditions.count; i++) {
        const ag_run_condition *c = &r->settings.conditions.items[i];
        judged j = {r, c, lane};

        if (ag_run_evaluate(&c->expression, c->expression.root, leaf_value,
                            &j) == 0)
            return false;
    }
    return true;
}
