/*
 * Registers by name, and the values and expressions that set them: --reg,
 * --lane-reg and the cells of --regs.
 */
#include "cli/run/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The number after a name's letter: 7, not 07. */
static bool read_number(const char *text, uint64_t most, uint64_t *number)
{
    size_t length = strlen(text);

    return length != 0 && length <= 2 && (length == 1 || text[0] != '0') &&
           strspn(text, "0123456789") == length &&
           ag_cli_read_number(text, length, 0, number) == NULL &&
           *number <= most;
}

static bool find_numbered(const char *word, ag_run_name *name)
{
    static const struct {
        char letter;
        bool narrow;
        enum ag_run_view view;
    } kinds[] = {{'x', false, AG_RUN_INTEGER}, {'w', true, AG_RUN_INTEGER},
                 {'v', false, AG_RUN_WIDE},    {'q', false, AG_RUN_WIDE},
                 {'d', false, AG_RUN_DOUBLE},  {'s', false, AG_RUN_SINGLE},
                 {'h', false, AG_RUN_HALF}};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        bool is_x = kinds[i].view == AG_RUN_INTEGER;
        uint64_t number;

        if ((word[0] | 32) != kinds[i].letter ||
            !read_number(word + 1, is_x ? AG_RUN_LR : 31, &number))
            continue;
        *name = (ag_run_name){.narrow = kinds[i].narrow,
                              .view = kinds[i].view};
        name->number =
            (enum ag_run_register)(is_x ? number : AG_RUN_V0 + number);
        return true;
    }
    return false;
}

bool ag_run_find_name(const char *text, size_t length, ag_run_name *name)
{
    static const struct {
        const char *text;
        enum ag_run_register number;
    } words[] = {
        {"sp", AG_RUN_SP},       {"pc", AG_RUN_PC},     {"fp", 29},
        {"lr", AG_RUN_LR},       {"nzcv", AG_RUN_NZCV}, {"tpidr", AG_RUN_TPIDR},
        {"fpcr", AG_RUN_FPCR},   {"fpsr", AG_RUN_FPSR}};
    char word[8];

    if (length == 0 || length >= sizeof word)
        return false;
    memcpy(word, text, length);
    word[length] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!ag_cli_same_word(word, words[i].text))
            continue;
        *name = (ag_run_name){.number = words[i].number,
                              .narrow = words[i].number >= AG_RUN_FPCR};
        return true;
    }
    return find_numbered(word, name);
}

bool ag_run_find_register(const char *text, size_t length, ag_run_name *name)
{
    return ag_run_find_name(text, length, name) &&
           name->number <= AG_RUN_TPIDR;
}

uint64_t ag_run_register_bits(enum ag_run_register number)
{
    switch (number) {
    case AG_RUN_NZCV:
        return UINT64_C(0xf0000000);
    case AG_RUN_FPCR:
        return ARMGPU_FPCR_BITS;
    case AG_RUN_FPSR:
        return ARMGPU_FPSR_BITS;
    default:
        return UINT64_MAX;
    }
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
    case AG_RUN_FPCR:
        return &s->fpcr;
    case AG_RUN_FPSR:
        return &s->fpsr;
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
    to[AG_RUN_FPCR] = s->fpcr;
    to[AG_RUN_FPSR] = s->fpsr;
}

const char *ag_run_register_name(enum ag_run_register number, char text[8])
{
    static const char *const names[] = {"sp",    "pc",   "nzcv",
                                        "tpidr", "fpcr", "fpsr"};

    if (number >= AG_RUN_V0) {
        snprintf(text, 8, "v%u", (unsigned)(number - AG_RUN_V0) % 32);
        return text;
    }
    if (number >= AG_RUN_SP)
        return names[number - AG_RUN_SP];
    snprintf(text, 8, "x%u", (unsigned)number % 32);
    return text;
}

/* Neither small integers, which are tiny as numbers, nor text and masks. */
static bool is_plain(enum ag_run_view view, uint64_t bits)
{
    double value = ag_run_real_of(view, bits);
    double size = value < 0 ? -value : value;

    if (isnan(value))
        return bits == ag_run_round(view, value); /* the default one */
    return isinf(value) || (size > 1e-18 && size < 1e18);
}

void ag_run_vector_text(unsigned number, const uint64_t v[2],
                        char text[AG_RUN_VECTOR_TEXT])
{
    enum ag_run_view view =
        v[0] >> 32 == 0 ? AG_RUN_SINGLE : AG_RUN_DOUBLE;
    char real[AG_RUN_REAL_TEXT];
    int n;

    if (v[1] != 0)
        n = snprintf(text, AG_RUN_VECTOR_TEXT, "v%u=0x%" PRIx64 "%016" PRIx64,
                     number, v[1], v[0]);
    else
        n = snprintf(text, AG_RUN_VECTOR_TEXT, "v%u=0x%" PRIx64, number, v[0]);
    if (v[1] != 0 || v[0] == 0 || !is_plain(view, v[0]))
        return;
    ag_run_real_text(view, v[0], real);
    snprintf(text + n, AG_RUN_VECTOR_TEXT - (size_t)n, " %c%u=%s",
             view == AG_RUN_SINGLE ? 's' : 'd', number, real);
}

bool ag_run_shows_vectors(const ag_run *r)
{
    return r->settings.fp || armgpu_has_vectors(r->g) != 0;
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
    if (name.number == AG_RUN_FPCR &&
        (*value & ~ag_run_register_bits(AG_RUN_FPCR)) != 0)
        return "is not FPCR, whose bits are 26 to 22 and 19 (AHP, DN, FZ, "
               "RMode, FZ16)";
    if (name.number == AG_RUN_FPSR &&
        (*value & ~ag_run_register_bits(AG_RUN_FPSR)) != 0)
        return "is not FPSR, whose bits are 27, 7 and 4 to 0 (QC, IDC, IXC, "
               "UFC, OFC, DZC, IOC)";
    if (name.number == AG_RUN_NZCV && (*value & ~UINT64_C(0xf0000000)) != 0)
        return "is not NZCV; write four binary digits (0110) or bits 31 to 28 "
               "(0x60000000)";
    if (name.narrow && *value > UINT32_MAX && *value < UINT64_MAX - INT32_MAX)
        return "does not fit into a W register's 32 bits";
    if (name.narrow)
        *value &= UINT32_MAX;
    return NULL;
}

/* value * base + digit; false: it is no longer one of 128 bits. */
static bool add_digit(ag_run_value *value, uint64_t base, uint64_t digit)
{
    uint64_t limb = digit, limbs[4] = {value->low & UINT32_MAX,
                                       value->low >> 32,
                                       value->high & UINT32_MAX,
                                       value->high >> 32};

    for (int i = 0; i < 4; i++) {
        limb += limbs[i] * base;
        limbs[i] = limb & UINT32_MAX;
        limb >>= 32;
    }
    value->low = limbs[1] << 32 | limbs[0];
    value->high = limbs[3] << 32 | limbs[2];
    return limb == 0;
}

/* 128 bits: digits without a sign. */
static const char *read_wide(const char *text, size_t length,
                             ag_run_value *value)
{
    static const char digits[] = "0123456789abcdef";
    bool hex = length > 2 && text[0] == '0' && (text[1] | 32) == 'x';

    for (size_t i = hex ? 2 : 0; i < length; i++) {
        char c = (char)(text[i] >= 'A' ? text[i] | 32 : text[i]);
        const char *digit = memchr(digits, c, hex ? 16 : 10);

        if (digit == NULL)
            return "is not a number; write decimal digits or 0x and "
                   "hexadecimal ones";
        if (!add_digit(value, hex ? 16 : 10, (uint64_t)(digit - digits)))
            return "does not fit into the 128 bits of a V register";
    }
    return length == 0 ? "is not a number; a value is missing" : NULL;
}

/* The bits of a D, S or H register as a number. */
static const char *read_bits(const char *text, size_t length,
                             enum ag_run_view view, uint64_t *value)
{
    unsigned width = ag_run_real_width(view);
    uint64_t most = UINT64_MAX >> (64 - width);
    const char *problem =
        ag_cli_read_number(text, length, AG_CLI_NEGATIVE, value);

    if (problem == NULL && *value > most && *value < 0 - (most / 2 + 1))
        return "does not fit into the register's bits";
    *value &= most;
    return problem;
}

const char *ag_run_read_value(const char *text, size_t length, ag_run_name name,
                              ag_run_value *value)
{
    const char *problem;

    *value = (ag_run_value){0, 0};
    if (name.view == AG_RUN_WIDE)
        return read_wide(text, length, value);
    if (name.view != AG_RUN_INTEGER && name.is_bits)
        return read_bits(text, length, name.view, &value->low);
    if (name.view != AG_RUN_INTEGER)
        return ag_run_read_real(text, length, name.view, &value->low);
    if (name.number == AG_RUN_NZCV &&
        read_flag_digits(text, length, &value->low))
        return NULL;
    problem = ag_cli_read_number(text, length, AG_CLI_NEGATIVE, &value->low);
    return problem != NULL ? problem : fit_value(name, &value->low);
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
    .is_signed = true,
    .leaf = read_lane,
    .missing = "a number or lane is missing; write an expression such as "
               "2*lane+1"};

static uint64_t lane_number(const void *user, const ag_run_node *n)
{
    (void)n;
    return *(const uint64_t *)user;
}

ag_run_value ag_run_assigned(const ag_run_assignment *a, uint64_t lane)
{
    const ag_run_expression *e = &a->expression;
    ag_run_value value = {lane * a->factor + a->constant, a->high};

    if (e->count != 0)
        value.low = ag_run_evaluate(e, e->root, lane_number, &lane);
    if (e->count != 0 && ag_run_is_real(a->name.view)) {
        if (!e->nodes[e->root].is_real)
            value.low = ag_run_to_real(value.low, true);
        value.low = ag_run_round(a->name.view, ag_run_double_of(value.low));
    }
    if (a->name.narrow && a->name.number < AG_RUN_SP)
        value.low &= UINT32_MAX;
    return value;
}

/* lane * factor + constant where it is that: the library computes those. */
static bool read_lane_expression(const char *subject, const char *text,
                                 ag_run_assignment *a)
{
    const char *problem = NULL;

    if (!ag_run_read_expression(&lane_grammar, subject, text, NULL,
                                &a->expression))
        return false;
    if (a->expression.nodes[a->expression.root].is_real &&
        !ag_run_is_real(a->name.view)) {
        ag_cli_say("%s '%.80s' is a floating-point number; those are for "
                   "registers such as d0, s0 and h0",
                   subject, text);
        free(a->expression.nodes);
        return false;
    }
    if (ag_run_is_real(a->name.view))
        return true;
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
    if (!ag_run_find_name(text, (size_t)(equals - text), name)) {
        ag_cli_say(
            "%s: unknown register '%.*s'; the names are " AG_RUN_ALL_NAMES,
            option, equals - text > 80 ? 80 : (int)(equals - text), text);
        return NULL;
    }
    return equals + 1;
}

/* Too large a number is no expression either: what is wrong is said of it. */
static bool read_expression(const char *subject, const char *text,
                            ag_run_assignment *a)
{
    size_t length = strlen(text);
    ag_run_value unused;
    const char *problem = NULL;

    if (ag_run_is_real(a->name.view) && ag_run_real_length(text) == length)
        problem = ag_run_read_value(text, length, a->name, &unused);
    if (a->name.view == AG_RUN_WIDE && length > 16 &&
        strspn(text, "xX0123456789abcdefABCDEF") == length)
        problem = ag_run_read_value(text, length, a->name, &unused);
    if (problem != NULL)
        ag_cli_say("%s '%.80s' %s", subject, text, problem);
    return problem == NULL && read_lane_expression(subject, text, a);
}

/* Expressions are for all lanes, so only --reg has them. */
bool ag_run_apply_reg(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_assignment a = {.name = {.number = AG_RUN_LR}};
    const char *value = read_name("--reg", text, &a.name);
    ag_run_value number;
    char subject[32];

    if (value == NULL)
        return false;
    snprintf(subject, sizeof subject, "--reg %.*s:", (int)(value - text - 1),
             text);
    if (ag_run_read_value(value, strlen(value), a.name, &number) == NULL) {
        a.constant = number.low;
        a.high = number.high;
    } else if (!read_expression(subject, value, &a)) {
        return false;
    }
    s->registers.items =
        ag_cli_grow(s->registers.items, s->registers.count, sizeof a);
    s->registers.items[s->registers.count++] = a;
    return true;
}

bool ag_run_apply_lane_reg(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_assignment a = {.name = {.number = AG_RUN_LR}};
    ag_run_value number;
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
    problem = ag_run_read_value(value, strlen(value), a.name, &number);
    a.constant = number.low;
    a.high = number.high;
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
