/*
 * Registers by name, and the values and expressions that set them: --reg,
 * --lane-reg and the cells of --regs.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

bool ag_run_find_register(const char *text, size_t length, ag_run_name *name)
{
    static const struct {
        const char *text;
        enum ag_run_register number;
    } words[] = {
        {"sp", AG_RUN_SP}, {"pc", AG_RUN_PC},     {"fp", 29},
        {"lr", AG_RUN_LR}, {"nzcv", AG_RUN_NZCV}, {"tpidr", AG_RUN_TPIDR}};
    char word[8];
    uint64_t number;

    if (length == 0 || length >= sizeof word)
        return false;
    memcpy(word, text, length);
    word[length] = '\0';
    name->narrow = false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (ag_cli_same_word(word, words[i].text)) {
            name->number = words[i].number;
            return true;
        }
    }
    /* x07, x0x7 and x0K are not names. */
    if (strchr("xXwW", word[0]) == NULL || length > 3 ||
        (length == 3 && word[1] == '0') ||
        strspn(word + 1, "0123456789") != length - 1 ||
        ag_cli_read_number(word + 1, length - 1, 0, &number) != NULL ||
        number > AG_RUN_LR)
        return false;
    name->number = (enum ag_run_register)number;
    name->narrow = word[0] == 'w' || word[0] == 'W';
    return true;
}

uint64_t *ag_run_register_slot(armgpu_state *s, enum ag_run_register number)
{
    switch (number) {
    case AG_RUN_SP:
        return &s->sp;
    case AG_RUN_PC:
        return &s->pc;
    case AG_RUN_NZCV:
        return &s->nzcv;
    case AG_RUN_TPIDR:
        return &s->tpidr;
    default:
        return &s->x[number];
    }
}

void ag_run_copy_registers(uint64_t to[AG_RUN_REGISTERS], const armgpu_state *s)
{
    memcpy(to, s->x, sizeof s->x);
    to[AG_RUN_SP] = s->sp;
    to[AG_RUN_PC] = s->pc;
    to[AG_RUN_NZCV] = s->nzcv;
    to[AG_RUN_TPIDR] = s->tpidr;
}

const char *ag_run_register_name(enum ag_run_register number, char text[8])
{
    static const char *const names[] = {"sp", "pc", "nzcv", "tpidr"};

    if (number >= AG_RUN_SP)
        return names[number - AG_RUN_SP];
    snprintf(text, 8, "x%u", (unsigned)number % 32);
    return text;
}

const char *ag_run_flags_text(uint64_t nzcv, char text[5])
{
    for (unsigned i = 0; i < 4; i++)
        text[i] = (nzcv >> (31 - i) & 1) != 0 ? '1' : '0';
    text[4] = '\0';
    return text;
}

static bool read_flag_digits(const char *text, size_t length, uint64_t *value)
{
    uint64_t flags = 0;

    if (length != 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        if (text[i] != '0' && text[i] != '1')
            return false;
        flags = flags << 1 | (uint64_t)(text[i] - '0');
    }
    *value = flags << 28;
    return true;
}

/* NULL, or what is wrong with the value for that register. */
static const char *fit_value(ag_run_name name, uint64_t *value)
{
    if (name.number == AG_RUN_NZCV && (*value & ~UINT64_C(0xf0000000)) != 0)
        return "is not NZCV; write four binary digits (0110) or bits 31 to 28 "
               "(0x60000000)";
    if (name.narrow && *value > UINT32_MAX && *value < UINT64_MAX - INT32_MAX)
        return "does not fit into a W register's 32 bits";
    if (name.narrow)
        *value &= UINT32_MAX;
    return NULL;
}

const char *ag_run_read_value(const char *text, size_t length, ag_run_name name,
                              uint64_t *value)
{
    const char *problem;

    if (name.number == AG_RUN_NZCV && read_flag_digits(text, length, value))
        return NULL;
    problem = ag_cli_read_number(text, length, AG_CLI_NEGATIVE, value);
    return problem != NULL ? problem : fit_value(name, value);
}

/* -- Expressions of the lane's number -------------------------------------- */

static const char *read_lane(ag_run_reader *r, const char *text, size_t length,
                             ag_run_node *n)
{
    (void)r;
    if (text[0] >= '0' && text[0] <= '9')
        return "";
    if (length != 4 || strncmp(text, "lane", 4) != 0)
        return "is no number, and not lane";
    n->operation = AG_RUN_LEAF;
    return NULL;
}

static const ag_run_grammar lane_grammar = {
    .leaf = read_lane,
    .missing = "a number or lane is missing; write an expression such as "
               "2*lane+1"};

static uint64_t lane_number(const void *user, const ag_run_node *n)
{
    (void)n;
    return *(const uint64_t *)user;
}

uint64_t ag_run_assigned(const ag_run_assignment *a, uint64_t lane)
{
    uint64_t value = lane * a->factor + a->constant;

    if (a->expression.count != 0)
        value = ag_run_evaluate(&a->expression, a->expression.root, lane_number,
                                &lane);
    return a->name.narrow ? value & UINT32_MAX : value;
}

/* lane * factor + constant where it is that: the library computes those. */
static bool read_lane_expression(const char *subject, const char *text,
                                 ag_run_assignment *a)
{
    const char *problem = NULL;

    if (!ag_run_read_expression(&lane_grammar, subject, text, NULL,
                                &a->expression))
        return false;
    if (!ag_run_is_linear(&a->expression, a->expression.root, &a->factor,
                          &a->constant))
        return true;
    free(a->expression.nodes);
    a->expression = (ag_run_expression){.count = 0};
    if (a->factor == 0)
        problem = fit_value(a->name, &a->constant);
    if (problem != NULL)
        ag_cli_say("%s '%.80s' %s", subject, text, problem);
    return problem == NULL;
}

/* NAME=; returns what follows, or NULL. */
static const char *read_name(const char *option, const char *text,
                             ag_run_name *name)
{
    const char *equals = strchr(text, '=');

    if (equals == NULL) {
        ag_cli_say("%s: '%s' has no '='; write NAME=VALUE, such as x0=1",
                   option, text);
        return NULL;
    }
    if (!ag_run_find_register(text, (size_t)(equals - text), name)) {
        ag_cli_say(
            "%s: unknown register '%.*s'; the names are " AG_RUN_REGISTER_NAMES,
            option, equals - text > 80 ? 80 : (int)(equals - text), text);
        return NULL;
    }
    return equals + 1;
}

/* Expressions are for all lanes, so only --reg has them. */
bool ag_run_apply_reg(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_assignment a = {.name = {AG_RUN_LR, false}};
    const char *value = read_name("--reg", text, &a.name);
    char subject[32];

    if (value == NULL)
        return false;
    snprintf(subject, sizeof subject, "--reg %.*s:", (int)(value - text - 1),
             text);
    if (ag_run_read_value(value, strlen(value), a.name, &a.constant) != NULL &&
        !read_lane_expression(subject, value, &a))
        return false;
    s->registers.items =
        ag_cli_grow(s->registers.items, s->registers.count, sizeof a);
    s->registers.items[s->registers.count++] = a;
    return true;
}

bool ag_run_apply_lane_reg(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_assignment a = {.name = {AG_RUN_LR, false}};
    const char *colon = strchr(text, ':');
    const char *value, *problem;

    if (colon == NULL) {
        ag_cli_say("--lane-reg: '%s' has no ':'; write LANE:NAME=VALUE, such "
                   "as 3:x0=1",
                   text);
        return false;
    }
    if (!ag_cli_number_of("--lane-reg: lane", text, (size_t)(colon - text), 0,
                          &a.lane))
        return false;
    value = read_name("--lane-reg", colon + 1, &a.name);
    if (value == NULL)
        return false;
    problem = ag_run_read_value(value, strlen(value), a.name, &a.constant);
    if (problem != NULL) {
        ag_cli_say("--lane-reg %.*s: '%.80s' %s", (int)(value - text - 1), text,
                   value, problem);
        return false;
    }
    s->lane_registers.items =
        ag_cli_grow(s->lane_registers.items, s->lane_registers.count, sizeof a);
    s->lane_registers.items[s->lane_registers.count++] = a;
    return true;
}
