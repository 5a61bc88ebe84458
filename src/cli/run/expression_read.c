/*
 * The text of an expression into its tree, with C's operators and their
 * precedence; = is ==, and a comma is an && that binds weakest. What C takes
 * and nobody means is refused: x0&1=0, whose & would see true or false, and
 * 1<x0<9. What is wrong is said with the place in the text where it is.
 */
#include "cli/run/expression.h"
#include "cli/run/real.h"

#include <stdlib.h>
#include <string.h>

#define MOST_NODES 4096
#define MOST_DEPTH 64

typedef struct operator_row {
    const char *text;
    enum ag_run_operation operation;
    int level; /* the higher, the closer it binds */
    bool is_arithmetic;
} operator_row;

/* Long ones first: <= is not < and =. */
static const operator_row operators[] = {
    {"||", AG_RUN_OR, 1, false},
    {"&&", AG_RUN_AND, 2, false},
    {"==", AG_RUN_EQUAL, 6, false},
    {"!=", AG_RUN_NOT_EQUAL, 6, false},
    {"<=", AG_RUN_LESS_EQUAL, 7, false},
    {">=", AG_RUN_GREATER_EQUAL, 7, false},
    {"<<", AG_RUN_LEFT, 8, true},
    {">>", AG_RUN_RIGHT, 8, true},
    {",", AG_RUN_AND, 0, false},
    {"|", AG_RUN_BIT_OR, 3, true},
    {"^", AG_RUN_BIT_XOR, 4, true},
    {"&", AG_RUN_BIT_AND, 5, true},
    {"=", AG_RUN_EQUAL, 6, false},
    {"<", AG_RUN_LESS, 7, false},
    {">", AG_RUN_GREATER, 7, false},
    {"+", AG_RUN_ADD, 9, true},
    {"-", AG_RUN_SUBTRACT, 9, true},
    {"*", AG_RUN_MULTIPLY, 10, true},
    {"/", AG_RUN_DIVIDE, 10, true},
    {"%", AG_RUN_REMAINDER, 10, true}};

static bool read_binary(ag_run_reader *r, int level, uint32_t *node);

bool ag_run_refuse(const ag_run_reader *r, size_t at, size_t length,
                   const char *problem)
{
    char shown[96] = "";

    if (length != 0)
        snprintf(shown, sizeof shown, "'%.*s' ", length > 80 ? 80 : (int)length,
                 r->text + at);
    ag_cli_say("%s '%.200s', column %zu: %s%s", r->subject, r->text, at + 1,
               shown, problem);
    return false;
}

static bool refuse_node(const ag_run_reader *r, uint32_t node,
                        const char *problem)
{
    const ag_run_node *n = &r->e->nodes[node];

    return ag_run_refuse(r, n->at, n->length, problem);
}

static void skip_blanks(ag_run_reader *r)
{
    r->at += strspn(r->text + r->at, " ");
}

static bool add_node(ag_run_reader *r, const ag_run_node *n, uint32_t *node)
{
    ag_run_expression *e = r->e;

    if (e->count == MOST_NODES)
        return ag_run_refuse(r, n->at, 0, "the expression is too long");
    e->nodes = ag_cli_grow(e->nodes, e->count, sizeof *n);
    e->nodes[e->count] = *n;
    *node = (uint32_t)e->count++;
    return true;
}

/* -- Numbers and names ----------------------------------------------------- */

static bool is_word_character(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A name may have colons between its parts: mem:0x1000:4, s:w0. */
static size_t word_length(const ag_run_reader *r)
{
    const char *text = r->text + r->at;
    bool is_name = !is_digit(text[0]) && text[0] != '.';
    size_t n = is_name ? 0 : ag_run_real_length(text);

    if (is_name && r->grammar->word != NULL)
        n = r->grammar->word(text);
    if (is_name && n != 0)
        return n;
    while (is_word_character(text[n]) ||
           (n != 0 && text[n] == ':' && is_word_character(text[n + 1])))
        n++;
    return n;
}

static bool refuse_missing(const ag_run_reader *r)
{
    size_t rest = strlen(r->text + r->at);

    if (r->text[r->at] == ')' && r->depth == 0)
        return ag_run_refuse(r, r->at, 1, "has no ( before it");
    if (r->text[r->at] != '\0' &&
        strchr(")=!<>|&,+*/%^", r->text[r->at]) == NULL)
        return ag_run_refuse(r, r->at, rest, "cannot be read");
    return ag_run_refuse(r, r->at, 0,
                         r->wants_condition && r->grammar->has_conditions
                             ? "a condition is missing; write one such as x0!=0"
                             : r->grammar->missing);
}

/* 1.5, .5, inf, nan */
static bool is_real(const char *text, size_t length)
{
    if (is_digit(text[0]) || (text[0] == '.' && is_digit(text[1])))
        return ag_run_looks_real(text, length);
    return length == 3 &&
           (strncmp(text, "inf", 3) == 0 || strncmp(text, "nan", 3) == 0);
}

static bool read_word(ag_run_reader *r, uint32_t *node)
{
    ag_run_node n = {.operation = AG_RUN_NUMBER, .at = r->at};
    const char *text = r->text + r->at, *problem;

    n.length = word_length(r);
    if (n.length == 0)
        return refuse_missing(r);
    n.is_real = is_real(text, n.length);
    problem = n.is_real ? ag_run_read_real(text, n.length, AG_RUN_DOUBLE,
                                           &n.number)
                        : r->grammar->leaf(r, text, n.length, &n);
    if (problem != NULL && problem[0] == '\0')
        problem = ag_cli_read_number(text, n.length, 0, &n.number);
    if (problem != NULL)
        return ag_run_refuse(r, n.at, n.length, problem);
    r->at += n.length;
    return add_node(r, &n, node);
}

/* -- Operators ------------------------------------------------------------- */

/* Of && and ||: x0&1 is C's way of asking for a bit; x0 alone is a slip. */
static bool is_condition(const ag_run_reader *r, uint32_t node)
{
    enum ag_run_operation operation = r->e->nodes[node].operation;

    return ag_run_is_condition(operation) || operation == AG_RUN_BIT_AND ||
           r->e->nodes[node].is_truth ||
           refuse_node(r, node,
                       "has no comparison; write =, !=, <, <=, > or >=");
}

static bool is_number(const ag_run_reader *r, uint32_t node)
{
    const ag_run_node *n = &r->e->nodes[node];

    return !(ag_run_is_condition(n->operation) || n->is_truth) ||
           refuse_node(r, node,
                       "is true or false, not a number; parentheses say what "
                       "belongs together: (x0&1)=0");
}

/* Numbers alone become a number; *node is then the first of the two. */
static bool fold(ag_run_reader *r, const ag_run_node *n, uint32_t *node)
{
    ag_run_node *a = &r->e->nodes[n->left], *b = &r->e->nodes[n->right];
    bool is_signed = a->is_signed || b->is_signed;

    if (a->operation != AG_RUN_NUMBER || b->operation != AG_RUN_NUMBER)
        return add_node(r, n, node);
    a->number =
        n->is_real
            ? ag_run_compute_real(n->operation, a->number, b->number)
            : ag_run_compute(n->operation, a->number, b->number, is_signed);
    a->is_signed = is_signed && a->number >> 63 != 0;
    a->at = n->at;
    a->length = n->length;
    *node = n->left;
    return true;
}

/* Integers become doubles where they meet one. */
static bool to_real(ag_run_reader *r, uint32_t *node)
{
    ag_run_node *old = &r->e->nodes[*node];
    ag_run_node n = *old;

    if (n.is_real)
        return true;
    if (n.operation == AG_RUN_NUMBER) {
        old->number = ag_run_to_real(n.number, n.is_signed);
        old->is_real = true;
        old->is_signed = false;
        return true;
    }
    n.operation = AG_RUN_TO_REAL;
    n.left = n.right = *node;
    n.is_real = true;
    n.is_signed = r->grammar->is_signed;
    return add_node(r, &n, node);
}

static bool match_types(ag_run_reader *r, ag_run_node *n)
{
    n->is_real =
        r->e->nodes[n->left].is_real || r->e->nodes[n->right].is_real;
    return !n->is_real || (to_real(r, &n->left) && to_real(r, &n->right));
}

/* + - * / are of both kinds, the others only of integers. */
static bool is_operand(const ag_run_reader *r, const ag_run_node *n,
                       uint32_t node)
{
    const ag_run_node *a = &r->e->nodes[node];

    if (!is_number(r, node))
        return false;
    if (a->is_word)
        return refuse_node(r, node, "is a name, not a number to compute with");
    if (a->is_wide)
        return refuse_node(r, node,
                           "has 128 bits and can only be compared; the lower "
                           "half of v0 is d0:x");
    return !a->is_real || n->operation <= AG_RUN_DIVIDE ||
           refuse_node(r, node,
                       "is a floating-point number; %, <<, >>, &, ^, | and ~ "
                       "are for integers");
}

static bool add_arithmetic(ag_run_reader *r, ag_run_node *n, uint32_t *node)
{
    const ag_run_node *b = &r->e->nodes[n->right];
    bool divides = n->operation == AG_RUN_DIVIDE ||
                   n->operation == AG_RUN_REMAINDER;

    if (!is_operand(r, n, n->left) || !is_operand(r, n, n->right))
        return false;
    if (divides && b->operation == AG_RUN_NUMBER && !b->is_real &&
        b->number == 0 && !r->e->nodes[n->left].is_real)
        return ag_run_refuse(r, n->at, n->length, "divides by 0");
    return match_types(r, n) && fold(r, n, node);
}

/* The upper half of a number of 128 bits, 0 if it has no more than 64. */
static bool add_high(ag_run_reader *r, uint32_t low, uint32_t *node)
{
    ag_run_node *a = &r->e->nodes[low];
    ag_run_node n = {.operation = AG_RUN_NUMBER, .at = a->at};

    n.length = a->length;
    n.number = a->high;
    if (a->is_wide && a->operation == AG_RUN_LEAF) {
        n.operation = AG_RUN_LEAF;
        n.number = a->number + 1;
    }
    a->is_wide = false;
    return add_node(r, &n, node);
}

/* Combines two comparisons, of the nodes in pairs. */
static bool add_pair(ag_run_reader *r, const ag_run_node *all,
                     enum ag_run_operation how, const ag_run_node *a,
                     const ag_run_node *b, uint32_t *node)
{
    ag_run_node n = *all;

    n.operation = how;
    return add_node(r, a, &n.left) && add_node(r, b, &n.right) &&
           add_node(r, &n, node);
}

/* Equal: both halves are. Less: the upper halves say it or, where they are
   equal, the lower ones. */
static bool add_wide(ag_run_reader *r, const ag_run_node *n, uint32_t *node)
{
    ag_run_node low = *n, high = *n, same;
    bool is_not = n->operation == AG_RUN_NOT_EQUAL;

    for (int i = 0; i < 2; i++) {
        uint32_t at = i == 0 ? n->left : n->right;

        if (r->e->nodes[at].is_signed || r->e->nodes[at].is_real ||
            r->e->nodes[at].is_word)
            return refuse_node(r, at,
                               "is no unsigned integer, as the 128 bits that "
                               "it is compared with are");
    }
    if (!add_high(r, n->left, &high.left) ||
        !add_high(r, n->right, &high.right))
        return false;
    if (is_not || n->operation == AG_RUN_EQUAL)
        return add_pair(r, n, is_not ? AG_RUN_OR : AG_RUN_AND, &high, &low,
                        node);
    same = high;
    same.operation = AG_RUN_EQUAL;
    if (n->operation == AG_RUN_LESS_EQUAL)
        high.operation = AG_RUN_LESS;
    if (n->operation == AG_RUN_GREATER_EQUAL)
        high.operation = AG_RUN_GREATER;
    if (!add_pair(r, n, AG_RUN_AND, &same, &low, &low.left))
        return false;
    low = r->e->nodes[low.left];
    return add_pair(r, n, AG_RUN_OR, &high, &low, node);
}

static bool add_operation(ag_run_reader *r, enum ag_run_operation operation,
                          uint32_t left, uint32_t right, uint32_t *node)
{
    const ag_run_node *a = &r->e->nodes[left], *b = &r->e->nodes[right];
    ag_run_node n = {.operation = operation, .left = left, .right = right};

    n.at = a->at;
    n.length = b->at + b->length - a->at;
    if (operation < AG_RUN_EQUAL)
        return add_arithmetic(r, &n, node);
    if (!ag_run_is_comparison(operation))
        return is_condition(r, left) && is_condition(r, right) &&
               add_node(r, &n, node);
    if (!is_number(r, left) || !is_number(r, right))
        return false;
    if (a->operation == AG_RUN_NUMBER && b->operation == AG_RUN_NUMBER)
        return ag_run_refuse(r, n.at, n.length,
                             "compares numbers only; name a column such as x0");
    if (a->is_wide || b->is_wide)
        return add_wide(r, &n, node);
    return match_types(r, &n) && r->grammar->check(r, &n) &&
           add_node(r, &n, node);
}

/* -x is 0-x, and ~x is x^-1. */
static bool read_sign(ag_run_reader *r, uint32_t *node)
{
    ag_run_node zero = {.operation = AG_RUN_NUMBER, .at = r->at, .length = 1};
    char sign = r->text[r->at++];
    const ag_run_node *n;
    uint32_t left, inner;

    zero.is_signed = sign == '-';
    zero.number = sign == '-' ? 0 : UINT64_MAX;
    r->wants_condition = sign == '!';
    if (!read_binary(r, 100, &inner))
        return false;
    n = &r->e->nodes[inner];
    if (sign == '!') {
        zero.operation = AG_RUN_NOT;
        zero.left = zero.right = inner;
        zero.is_signed = false;
        zero.length = n->at + n->length - zero.at;
        return is_condition(r, inner) && add_node(r, &zero, node);
    }
    if (sign == '-' && n->is_real) { /* -0.0 - x is -x for zeros too */
        zero.is_real = true;
        zero.is_signed = false;
        zero.number = UINT64_C(1) << 63;
    }
    if (sign == '-' && n->operation == AG_RUN_NUMBER && !n->is_real &&
        !n->is_wide && n->number > UINT64_C(1) << 63)
        return refuse_node(r, inner, "does not fit into 64 bits");
    return add_node(r, &zero, &left) &&
           add_operation(r, sign == '-' ? AG_RUN_SUBTRACT : AG_RUN_BIT_XOR,
                         left, inner, node);
}

static bool read_parentheses(ag_run_reader *r, uint32_t *node)
{
    size_t open = r->at++;

    if (!read_binary(r, 0, node))
        return false;
    if (r->text[r->at] != ')')
        return ag_run_refuse(r, open, 1, "is not closed");
    r->at++;
    r->e->nodes[*node].at = open;
    r->e->nodes[*node].length = r->at - open;
    return true;
}

static bool read_operand(ag_run_reader *r, uint32_t *node)
{
    const char *begins = r->grammar->has_conditions ? "(-~!" : "(-~";
    bool fine;
    char c;

    skip_blanks(r);
    c = r->text[r->at];
    if (c == '\0' || strchr(begins, c) == NULL)
        return read_word(r, node);
    if (r->depth == MOST_DEPTH)
        return ag_run_refuse(r, r->at, 0, "parentheses are too deep");
    r->depth++;
    fine = c == '(' ? read_parentheses(r, node) : read_sign(r, node);
    r->depth--;
    return fine;
}

/* NULL if none comes, or none of this kind of expression. */
static const operator_row *next_operator(ag_run_reader *r)
{
    skip_blanks(r);
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        const operator_row *o = &operators[i];

        if (strncmp(r->text + r->at, o->text, strlen(o->text)) == 0)
            return o->is_arithmetic || r->grammar->has_conditions ? o : NULL;
    }
    return NULL;
}

/* What binds as closely as `level` or closer. */
static bool read_binary(ag_run_reader *r, int level, uint32_t *node)
{
    const operator_row *o;

    if (!read_operand(r, node))
        return false;
    while ((o = next_operator(r)) != NULL && o->level >= level) {
        uint32_t beside = r->beside, right;
        bool fine;

        r->at += strlen(o->text);
        r->wants_condition =
            o->operation == AG_RUN_AND || o->operation == AG_RUN_OR;
        r->beside =
            ag_run_is_comparison(o->operation) ? *node : AG_RUN_NO_NODE;
        fine = read_binary(r, o->level + 1, &right);
        r->beside = beside;
        if (!fine || !add_operation(r, o->operation, *node, right, node))
            return false;
    }
    return true;
}

static bool read_all(ag_run_reader *r)
{
    if (!read_binary(r, 0, &r->e->root))
        return false;
    skip_blanks(r);
    if (r->text[r->at] == ')')
        return ag_run_refuse(r, r->at, 1, "has no ( before it");
    if (r->text[r->at] != '\0')
        return ag_run_refuse(r, r->at, strlen(r->text + r->at),
                             "cannot be read");
    return r->grammar->has_conditions ? is_condition(r, r->e->root)
                                      : is_number(r, r->e->root);
}

bool ag_run_read_expression(const ag_run_grammar *grammar, const char *subject,
                            const char *text, void *user, ag_run_expression *e)
{
    ag_run_reader r = {.grammar = grammar,
                       .subject = subject,
                       .text = text,
                       .wants_condition = true,
                       .beside = AG_RUN_NO_NODE,
                       .e = e,
                       .user = user};

    *e = (ag_run_expression){.count = 0};
    if (read_all(&r))
        return true;
    free(e->nodes);
    *e = (ag_run_expression){.count = 0};
    return false;
}
