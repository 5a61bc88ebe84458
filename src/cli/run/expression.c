/*
 * What an expression's tree comes to. A tree is at most as deep as it has
 * nodes, which the reader limits, so these may call themselves.
 */
#include "cli/run/expression.h"
#include "cli/run/real.h"

static uint64_t divide(uint64_t a, uint64_t b, bool is_signed)
{
    if (b == 0)
        return 0;
    if (!is_signed)
        return a / b;
    if (b == UINT64_MAX)
        return 0 - a; /* -2^63 / -1 has no quotient in C */
    return (uint64_t)((int64_t)a / (int64_t)b);
}

static uint64_t shift_right(uint64_t a, uint64_t b, bool is_signed)
{
    uint64_t signs = is_signed && a >> 63 != 0 ? UINT64_MAX : 0;

    if (b >= 64)
        return signs;
    return b == 0 ? a : a >> b | signs << (64 - b);
}

static bool is_less(uint64_t a, uint64_t b, bool is_signed)
{
    uint64_t flip = is_signed ? UINT64_C(1) << 63 : 0;

    return (a ^ flip) < (b ^ flip);
}

uint64_t ag_run_compute(enum ag_run_operation operation, uint64_t a, uint64_t b,
                        bool is_signed)
{
    switch (operation) {
    case AG_RUN_ADD:
        return a + b;
    case AG_RUN_SUBTRACT:
        return a - b;
    case AG_RUN_MULTIPLY:
        return a * b;
    case AG_RUN_DIVIDE:
        return divide(a, b, is_signed);
    case AG_RUN_REMAINDER:
        return a - divide(a, b, is_signed) * b;
    case AG_RUN_LEFT:
        return b < 64 ? a << b : 0;
    case AG_RUN_RIGHT:
        return shift_right(a, b, is_signed);
    case AG_RUN_BIT_AND:
        return a & b;
    case AG_RUN_BIT_XOR:
        return a ^ b;
    case AG_RUN_BIT_OR:
        return a | b;
    case AG_RUN_EQUAL:
        return a == b;
    case AG_RUN_NOT_EQUAL:
        return a != b;
    case AG_RUN_LESS:
        return is_less(a, b, is_signed);
    case AG_RUN_LESS_EQUAL:
        return !is_less(b, a, is_signed);
    case AG_RUN_GREATER:
        return is_less(b, a, is_signed);
    case AG_RUN_GREATER_EQUAL:
        return !is_less(a, b, is_signed);
    default:
        return 0; /* the rest has no two values */
    }
}

static uint64_t compare_real(enum ag_run_operation operation, double a,
                             double b)
{
    switch (operation) {
    case AG_RUN_EQUAL:
        return a == b;
    case AG_RUN_NOT_EQUAL:
        return a != b;
    case AG_RUN_LESS:
        return a < b;
    case AG_RUN_LESS_EQUAL:
        return a <= b;
    case AG_RUN_GREATER:
        return a > b;
    case AG_RUN_GREATER_EQUAL:
        return a >= b;
    default:
        return 0; /* the rest has no two doubles */
    }
}

uint64_t ag_run_compute_real(enum ag_run_operation operation, uint64_t a,
                             uint64_t b)
{
    double x = ag_run_double_of(a), y = ag_run_double_of(b);

    switch (operation) {
    case AG_RUN_ADD:
        return ag_run_bits_of(x + y);
    case AG_RUN_SUBTRACT:
        return ag_run_bits_of(x - y);
    case AG_RUN_MULTIPLY:
        return ag_run_bits_of(x * y);
    case AG_RUN_DIVIDE:
        return ag_run_bits_of(x / y);
    default:
        return compare_real(operation, x, y);
    }
}

uint64_t ag_run_to_real(uint64_t value, bool is_signed)
{
    return ag_run_bits_of(is_signed ? (double)(int64_t)value : (double)value);
}

uint64_t ag_run_evaluate(const ag_run_expression *e, uint32_t node,
                         ag_run_leaf_fn leaf, const void *user)
{
    const ag_run_node *n = &e->nodes[node];
    uint64_t a, b;

    switch (n->operation) {
    case AG_RUN_NUMBER:
        return n->number;
    case AG_RUN_LEAF:
        return leaf(user, n);
    case AG_RUN_NOT:
        return ag_run_evaluate(e, n->left, leaf, user) == 0;
    case AG_RUN_AND:
        return ag_run_evaluate(e, n->left, leaf, user) != 0 &&
               ag_run_evaluate(e, n->right, leaf, user) != 0;
    case AG_RUN_OR:
        return ag_run_evaluate(e, n->left, leaf, user) != 0 ||
               ag_run_evaluate(e, n->right, leaf, user) != 0;
    case AG_RUN_TO_REAL:
        return ag_run_to_real(ag_run_evaluate(e, n->left, leaf, user),
                              n->is_signed);
    default:
        a = ag_run_evaluate(e, n->left, leaf, user);
        b = ag_run_evaluate(e, n->right, leaf, user);
        return n->is_real ? ag_run_compute_real(n->operation, a, b)
                          : ag_run_compute(n->operation, a, b, n->is_signed);
    }
}

bool ag_run_is_linear(const ag_run_expression *e, uint32_t node,
                      uint64_t *factor, uint64_t *constant)
{
    const ag_run_node *n = &e->nodes[node];
    uint64_t f[2], c[2];

    if (n->is_real || n->is_wide)
        return false;
    if (n->operation == AG_RUN_NUMBER || n->operation == AG_RUN_LEAF) {
        *factor = n->operation == AG_RUN_LEAF;
        *constant = n->operation == AG_RUN_LEAF ? 0 : n->number;
        return true;
    }
    if (ag_run_is_condition(n->operation) ||
        !ag_run_is_linear(e, n->left, &f[0], &c[0]) ||
        !ag_run_is_linear(e, n->right, &f[1], &c[1]))
        return false;
    if (n->operation == AG_RUN_ADD || n->operation == AG_RUN_SUBTRACT) {
        *factor = ag_run_compute(n->operation, f[0], f[1], false);
        *constant = ag_run_compute(n->operation, c[0], c[1], false);
        return true;
    }
    if (n->operation == AG_RUN_MULTIPLY && (f[0] == 0 || f[1] == 0)) {
        *factor = f[0] * c[1] + f[1] * c[0];
        *constant = c[0] * c[1];
        return true;
    }
    if (n->operation != AG_RUN_LEFT || f[1] != 0)
        return false;
    *factor = ag_run_compute(AG_RUN_LEFT, f[0], c[1], false);
    *constant = ag_run_compute(AG_RUN_LEFT, c[0], c[1], false);
    return true;
}
