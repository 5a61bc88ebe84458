/*
 * --find: conditions on a lane's columns, joined by && or commas. Each side of
 * a comparison is a number, or a column with an optional factor and constant
 * (lane*2+1). Comparisons are unsigned. What cannot be read is refused with the
 * place in the expression where it is.
 */
#include "cli/run/run.h"

#include <string.h>

/* A part of the expression, for saying where it begins. */
typedef struct part {
    const char *whole;
    const char *at;
    size_t length;
} part;

/* False, so that callers can return it. */
static bool refuse(const part *p, const char *problem)
{
    char shown[96] = "";

    if (p->length != 0)
        snprintf(shown, sizeof shown, "'%.*s' ",
                 p->length > 80 ? 80 : (int)p->length, p->at);
    ag_cli_say("--find '%.200s', column %zu: %s%s", p->whole,
               (size_t)(p->at - p->whole) + 1, shown, problem);
    return false;
}

static part cut(const part *p, size_t first, size_t length)
{
    part inner = {p->whole, p->at + first, length};

    while (inner.length > 0 && *inner.at == ' ') {
        inner.at++;
        inner.length--;
    }
    while (inner.length > 0 && inner.at[inner.length - 1] == ' ')
        inner.length--;
    return inner;
}

static size_t find_any(const part *p, size_t from, const char *characters)
{
    while (from < p->length && strchr(characters, p->at[from]) == NULL)
        from++;
    return from;
}

static bool read_number(const part *p, unsigned forms, uint64_t *value)
{
    const char *problem;

    if (p->length == 0)
        return refuse(p, "a number is missing");
    problem = ag_cli_read_number(p->at, p->length, forms, value);
    return problem == NULL || refuse(p, problem);
}

/* What may follow a column: *K, then +C or -C. */
static bool read_linear(const part *p, ag_run_operand *o)
{
    size_t star = find_any(p, 0, "*");
    size_t from = star < p->length ? star + 1 : 0, sign;
    part number;

    if (from != 0 && from < p->length && p->at[from] == '-')
        sign = find_any(p, from + 1, "+-"); /* K may begin with - */
    else
        sign = find_any(p, from, "+-");
    if (from != 0) {
        number = cut(p, from, sign - from);
        if (!read_number(&number, AG_CLI_NEGATIVE, &o->factor))
            return false;
    }
    if (sign == p->length)
        return true;
    number = cut(p, sign + 1, p->length - sign - 1);
    if (!read_number(&number, 0, &o->constant))
        return false;
    if (p->at[sign] == '-')
        o->constant = 0 - o->constant;
    return true;
}

static bool read_column(const part *p, ag_run_operand *o)
{
    part name = cut(p, 0, find_any(p, 0, "*+-"));
    const char *problem = ag_run_find_column(name.at, name.length, &o->column);
    uint64_t length = o->column.length;

    if (problem != NULL)
        return refuse(&name, problem);
    if (o->column.field == AG_RUN_FIELD_MEMORY && length != 1 && length != 2 &&
        length != 4 && length != 8)
        return refuse(&name, "cannot be compared; LEN is 1, 2, 4 or 8 here");
    o->has_column = true;
    o->factor = 1;
    return read_linear(p, o);
}

/* A value that belongs to one column: stop=halt, nzcv=0110. */
static bool read_word(const part *p, const ag_run_column *c, ag_run_operand *o)
{
    if (c->field == AG_RUN_FIELD_REGISTER && c->name.number == AG_RUN_NZCV)
        return ag_run_read_value(p->at, p->length, c->name, &o->constant) ==
               NULL;
    for (uint32_t i = 0; i < ARMGPU_STOP_COUNT; i++) {
        const char *name = armgpu_stop_name(i);

        if (c->field == AG_RUN_FIELD_STOP_REASON && strlen(name) == p->length &&
            strncmp(name, p->at, p->length) == 0) {
            o->constant = i;
            return true;
        }
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* `beside` is the column on the other side, or NULL. */
static bool read_operand(const part *p, const ag_run_column *beside,
                         ag_run_operand *o)
{
    memset(o, 0, sizeof *o);
    if (p->length == 0)
        return refuse(p, "a column or a number is missing");
    if (beside != NULL && read_word(p, beside, o))
        return true;
    if (is_digit(p->at[0]) || p->at[0] == '-')
        return read_number(p, AG_CLI_NEGATIVE, &o->constant);
    if (beside != NULL && beside->field == AG_RUN_FIELD_STOP_REASON)
        return refuse(p, "is no stop reason; they are halt, syscall, "
                         "max-cycles, breakpoint, undefined, data-fault, "
                         "fetch-fault, alignment-fault, exit, device-fault and "
                         "interrupted");
    return read_column(p, o);
}

/* The operator at p->at[at]; its length, or 0 if there is none. */
static size_t read_comparison(const part *p, size_t at,
                              enum ag_run_comparison *comparison)
{
    static const struct {
        const char *text;
        enum ag_run_comparison comparison;
    } all[] = {{"==", AG_RUN_EQUAL},      {"!=", AG_RUN_NOT_EQUAL},
               {"<=", AG_RUN_LESS_EQUAL}, {">=", AG_RUN_GREATER_EQUAL},
               {"=", AG_RUN_EQUAL},       {"<", AG_RUN_LESS},
               {">", AG_RUN_GREATER}};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        size_t n = strlen(all[i].text);

        if (n <= p->length - at && strncmp(p->at + at, all[i].text, n) == 0) {
            *comparison = all[i].comparison;
            return n;
        }
    }
    return 0;
}

static bool read_condition(const part *p, ag_run_condition *c)
{
    size_t at = find_any(p, 0, "=!<>"), n;
    part left = cut(p, 0, at), right;

    if (p->length == 0)
        return refuse(p, "a condition is missing; write one such as x0!=0");
    n = at < p->length ? read_comparison(p, at, &c->comparison) : 0;
    if (n == 0)
        return refuse(p, "has no comparison; write =, !=, <, <=, > or >=");
    right = cut(p, at + n, p->length - at - n);
    if (!read_operand(&left, NULL, &c->left) ||
        !read_operand(&right, c->left.has_column ? &c->left.column : NULL,
                      &c->right))
        return false;
    if (!c->left.has_column && !c->right.has_column)
        return refuse(p, "compares numbers only; name a column such as x0");
    return true;
}

/* Up to && or a comma; *skip is how long that is, 0 at the end. */
static size_t condition_length(const char *text, size_t *skip)
{
    size_t n = 0;

    for (; text[n] != '\0'; n++) {
        *skip = text[n] == ',' ? 1 : 2;
        if (text[n] == ',' || strncmp(text + n, "&&", 2) == 0)
            return n;
    }
    *skip = 0;
    return n;
}

bool ag_run_apply_find(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    size_t at = 0, skip;

    do {
        part whole = {text, text + at, condition_length(text + at, &skip)};
        part condition = cut(&whole, 0, whole.length);
        ag_run_condition c;

        if (!read_condition(&condition, &c))
            return false;
        s->conditions.items =
            ag_cli_grow(s->conditions.items, s->conditions.count, sizeof c);
        s->conditions.items[s->conditions.count++] = c;
        at += whole.length + skip;
    } while (skip != 0);
    return true;
}

/* -- Judging lanes --------------------------------------------------------- */

static uint64_t operand_value(const ag_run *r, const ag_run_operand *o,
                              const ag_run_lane *lane)
{
    if (!o->has_column)
        return o->constant;
    return ag_run_column_value(r, &o->column, lane) * o->factor + o->constant;
}

static bool holds(const ag_run *r, const ag_run_condition *c,
                  const ag_run_lane *lane)
{
    uint64_t a = operand_value(r, &c->left, lane);
    uint64_t b = operand_value(r, &c->right, lane);

    switch (c->comparison) {
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
        break;
    }
    return a >= b;
}

bool ag_run_matches(const ag_run *r, const ag_run_lane *lane)
{
    for (size_t i = 0; i < r->settings.conditions.count; i++) {
        if (!holds(r, &r->settings.conditions.items[i], lane))
            return false;
    }
    return true;
}
