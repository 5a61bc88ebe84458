/*
 * The result for people: one row a lane, an explanation for every place where
 * lanes ended badly, and the totals.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Rows that decide the columns' widths; later ones may stick out. */
#define MEASURED 1024
#define NARROW_INDENT 6

typedef struct colors {
    const char *good, *limited, *bad, *dim, *off;
} colors;

typedef struct table {
    colors colors;
    int stop, code, pc, instruction, cycles; /* column widths */
    int lane;
    int registers; /* where the registers begin */
    int columns;   /* of the terminal */
    bool inline_registers;
    int longest_registers;
} table;

/* NO_COLOR and dumb terminals are honoured unless colour is demanded. */
static colors choose_colors(const ag_run_settings *s)
{
    static const colors plain = {"", "", "", "", ""};
    static const colors ansi = {"\033[32m", "\033[33m", "\033[31m", "\033[2m",
                                "\033[0m"};
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

    if (s->color == AG_CLI_ALWAYS)
        return ansi;
    if (s->color == AG_CLI_NEVER || !isatty(1) || term == NULL ||
        strcmp(term, "dumb") == 0 || (no_color != NULL && *no_color != '\0'))
        return plain;
    return ansi;
}

static const char *color_of(const colors *c, const armgpu_lane_result *l)
{
    uint32_t traits = armgpu_stop_traits(l->stop_reason);

    if ((traits & ARMGPU_STOP_IS_LIMIT) != 0)
        return c->limited;
    return (traits & ARMGPU_STOP_HAS_STATUS) != 0 && l->stop_code == 0
               ? c->good
               : c->bad;
}

/* -- Cells ----------------------------------------------------------------- */

typedef struct cells {
    char lane[24], stop[24], code[24], pc[24], instruction[96], cycles[24];
} cells;

/* "-" where the PC is no place in memory. */
static void instruction_at(const ag_run *r, const ag_run_lane *lane, char *text,
                           size_t size)
{
    uint64_t pc = lane->result->pc;
    uint32_t word = lane->word;
    bool has_word = lane->has_word;

    if (!lane->collected)
        has_word = ag_run_read_word(r, lane->number, pc, &word);
    if (has_word)
        ag_cli_disassemble(word, pc,
                           r->settings.no_aliases ? ARMGPU_NO_ALIASES : 0, text,
                           size);
    else
        snprintf(text, size, "-");
}

/* The texts of one row, the same for measuring and printing. */
static void fill_cells(const ag_run *r, const ag_run_lane *lane, cells *c)
{
    const armgpu_lane_result *l = lane->result;

    snprintf(c->lane, sizeof c->lane, "%" PRIu64, lane->number);
    snprintf(c->stop, sizeof c->stop, "%s", armgpu_stop_name(l->stop_reason));
    snprintf(c->code, sizeof c->code, "-");
    if (ag_run_has_code(l))
        snprintf(c->code, sizeof c->code,
                 l->stop_reason == ARMGPU_STOP_UNDEFINED ? "0x%08" PRIx64
                                                         : "0x%" PRIx64,
                 l->stop_code);
    snprintf(c->pc, sizeof c->pc, "0x%" PRIx64, l->pc);
    instruction_at(r, lane, c->instruction, sizeof c->instruction);
    snprintf(c->cycles, sizeof c->cycles, "%" PRIu64, l->cycles);
}

/* PC has a column, and TPIDR is the lane's number unless the user set it. */
static bool in_registers(enum ag_run_register number)
{
    return number != AG_RUN_PC && number != AG_RUN_TPIDR;
}

/* Register `number` as "x0=0x1", or "" if it is zero: with --fp only if it is
   no floating-point one. */
static void register_text(const ag_run *r, const ag_run_lane *lane,
                          enum ag_run_register number,
                          char text[AG_RUN_VECTOR_TEXT])
{
    bool is_vector = number >= AG_RUN_V0;
    const uint64_t *v =
        is_vector ? &lane->vectors[2 * (number - AG_RUN_V0)]
                  : &lane->registers[number];
    bool is_zero = v[0] == 0 && (!is_vector || v[1] == 0);
    bool is_forced = r->settings.fp && number >= AG_RUN_FPCR;
    char name[8], flags[5];

    if (!in_registers(number) || (is_zero && !is_forced))
        text[0] = '\0';
    else if (is_vector)
        ag_run_vector_text((unsigned)(number - AG_RUN_V0), v, text);
    else if (number == AG_RUN_NZCV)
        snprintf(text, AG_RUN_VECTOR_TEXT, "nzcv=%s",
                 ag_run_flags_text(v[0], flags));
    else
        snprintf(text, AG_RUN_VECTOR_TEXT, "%s=0x%" PRIx64,
                 ag_run_register_name(number, name), v[0]);
}

/* -- Widths ---------------------------------------------------------------- */

static void widen(int *width, const char *text)
{
    int n = (int)strlen(text);

    if (n > *width)
        *width = n;
}

/* First pass over the rows: the widest cell of each column. */
static bool measure(const ag_run *r, const ag_run_lane *lane, void *user)
{
    table *t = user;
    int registers = 0;
    char text[AG_RUN_VECTOR_TEXT];
    cells c = {.lane = ""};

    fill_cells(r, lane, &c);
    widen(&t->lane, c.lane);
    widen(&t->stop, c.stop);
    widen(&t->code, c.code);
    widen(&t->pc, c.pc);
    widen(&t->instruction, c.instruction);
    widen(&t->cycles, c.cycles);
    for (int i = 0; i < AG_RUN_NUMBERS; i++) {
        register_text(r, lane, (enum ag_run_register)i, text);
        registers += text[0] != '\0' ? (int)strlen(text) + 1 : 0;
    }
    if (registers > t->longest_registers)
        t->longest_registers = registers;
    return true;
}

static int make_table(const ag_run *r, uint64_t lanes, table *t)
{
    int status;

    *t = (table){.lane = 4,
                 .stop = 4,
                 .code = 4,
                 .pc = 2,
                 .instruction = 11,
                 .cycles = 6,
                 .columns = ag_cli_columns(stdout),
                 .colors = choose_colors(&r->settings)};
    status =
        ag_run_each_lane(r, lanes < MEASURED ? lanes : MEASURED, measure, t);
    t->registers = t->lane + t->stop + t->code + t->pc + t->instruction +
                   t->cycles + 6 * 2;
    t->inline_registers = t->registers + t->longest_registers <= t->columns + 1;
    if (!t->inline_registers)
        t->registers = NARROW_INDENT;
    return status;
}

/* -- Rows ------------------------------------------------------------------ */

static void print_header(const table *t)
{
    printf("%s%*s  %-*s  %-*s  %-*s  %-*s  %*s%s%s\n", t->colors.dim, t->lane,
           "lane", t->stop, "stop", t->code, "code", t->pc, "pc",
           t->instruction, "instruction", t->cycles, "cycles",
           t->inline_registers ? "  registers" : "", t->colors.off);
}

/* On the row's line where every lane's fit, else on lines of their own. */
static void print_registers(const ag_run *r, const table *t,
                            const ag_run_lane *lane)
{
    const char *before = t->inline_registers ? "  " : NULL; /* NULL: a line */
    int column = t->registers;
    char text[AG_RUN_VECTOR_TEXT];

    for (int i = 0; i < AG_RUN_NUMBERS; i++) {
        int n;

        register_text(r, lane, (enum ag_run_register)i, text);
        n = (int)strlen(text);
        if (n == 0)
            continue;
        if (before == NULL || column + 1 + n > t->columns) {
            printf("\n%*s", t->registers, "");
            column = t->registers;
            before = "";
        }
        printf("%s%s", before, text);
        column += n + (column != t->registers);
        before = " ";
    }
    printf("\n");
}

static bool print_row(const ag_run *r, const ag_run_lane *lane, void *user)
{
    const table *t = user;
    cells c = {.lane = ""};

    fill_cells(r, lane, &c);
    printf("%*s  %s%-*s%s  %-*s  %-*s  %-*s  %*s", t->lane, c.lane,
           color_of(&t->colors, lane->result), t->stop, c.stop, t->colors.off,
           t->code, c.code, t->pc, c.pc, t->instruction, c.instruction,
           t->cycles, c.cycles);
    print_registers(r, t, lane);
    return !ferror(stdout);
}

/* -- Explanations ---------------------------------------------------------- */

/* "lanes 0-3, 7, 9-10 and 12 more" */
static void print_lanes(const ag_run_place *p)
{
    uint64_t listed = 0;

    printf(p->lanes == 1 ? "lane" : "lanes");
    for (size_t i = 0; i < p->range_count; i++) {
        uint64_t first = p->ranges[i].first, last = p->ranges[i].last;

        printf("%s%" PRIu64, i == 0 ? " " : ", ", first);
        if (last != first)
            printf("-%" PRIu64, last);
        listed += last - first + 1;
    }
    if (listed != p->lanes)
        printf(" and %" PRIu64 " more", p->lanes - listed);
}

static void print_explanations(const ag_run *r)
{
    const ag_run_summary *s = &r->summary;

    if (s->place_count == 0)
        return;
    printf("\n");
    for (size_t i = 0; i < s->place_count; i++) {
        char text[AG_RUN_EXPLANATION];

        ag_run_explain(r, &s->places[i], text);
        print_lanes(&s->places[i]);
        printf(": %s\n", text);
    }
    if (s->other_lanes != 0)
        printf("%" PRIu64 " more lanes ended badly at other places\n",
               s->other_lanes);
}

/* The lanes that a table of any length would list. */
static uint64_t listed_lanes(const ag_run *r)
{
    const ag_run_collector *c = &r->collector;

    if (!c->wanted)
        return ag_run_count_lanes(&r->settings);
    return r->settings.conditions.count != 0 ? c->matches : c->ended;
}

/* -- Totals ---------------------------------------------------------------- */

static void print_stops(const armgpu_result *result)
{
    const char *between = "";

    printf("lanes       ");
    for (uint32_t i = 0; i < ARMGPU_STOP_COUNT; i++) {
        if (result->stops[i] == 0)
            continue;
        printf("%s%" PRIu64 " %s", between, result->stops[i],
               armgpu_stop_name(i));
        between = ", ";
    }
    printf("\n");
}

static const char *seconds_text(double seconds, char text[32])
{
    if (seconds < 1e-3)
        snprintf(text, 32, "%.2f us", seconds * 1e6);
    else if (seconds < 1)
        snprintf(text, 32, "%.2f ms", seconds * 1e3);
    else
        snprintf(text, 32, "%.3f s", seconds);
    return text;
}

/* What they did to other lanes' stacks nobody knows. */
static void print_stacks(const ag_run_summary *s)
{
    if (s->lost_lanes != 0)
        printf("stacks      %" PRIu64 " bytes each: SP ended outside in "
               "%" PRIu64 " lane%s, first in lane %" PRIu64 " (--stack)\n",
               s->stack_bytes, s->lost_lanes, s->lost_lanes == 1 ? "" : "s",
               s->first_lost);
}

/* Of processes: how often the device waited for the host. */
static void print_calls(const ag_run *r)
{
    armgpu_calls calls = {.size = sizeof calls};

    if (r->elf != NULL && armgpu_get_calls(r->g, &calls) == ARMGPU_OK)
        printf("calls       %" PRIu64 " on the host, %" PRIu64
               " bytes of output drained\n",
               calls.host, calls.drained_bytes);
}

/* Cycles and speed are of this run; efficiency is min over max cycles. */
static void print_totals(const ag_run *r)
{
    const armgpu_result *result = &r->result;
    char speed[AG_CLI_SCALED_SIZE], seconds[32];

    /* A blank line after rows or explanations, but not at the top. */
    if (!r->settings.summary &&
        (listed_lanes(r) != 0 || r->summary.place_count != 0))
        printf("\n");
    print_stops(result);
    if (r->settings.conditions.count != 0)
        printf("matches     %" PRIu64 "\n", r->collector.matches);
    print_stacks(&r->summary);
    print_calls(r);
    printf("cycles      %" PRIu64 " in %s: %s instr/s\n", result->total_cycles,
           seconds_text(result->elapsed_seconds, seconds),
           ag_cli_scaled(armgpu_avg_ips(result), speed));
    printf("efficiency  %.3f (%" PRIu64 " to %" PRIu64 " cycles a "
           "lane)\n",
           armgpu_lane_efficiency(result), armgpu_min_cycles(result),
           armgpu_max_cycles(result));
    printf("device      %s: %s\n", armgpu_get_backend(r->g),
           armgpu_get_device(r->g));
}

static int print_rows(const ag_run *r, uint64_t shown, uint64_t lanes)
{
    table t;
    int status = make_table(r, shown, &t);

    if (status != AG_CLI_EXIT_OK)
        return status;
    if (shown != 0 && lanes != 0)
        print_header(&t);
    return ag_run_each_lane(r, shown, print_row, &t);
}

int ag_run_print_table(const ag_run *r)
{
    uint64_t shown = ag_run_shown_lanes(r), lanes = listed_lanes(r);
    int status = r->table.columns.count != 0
                     ? ag_run_print_columns(r, shown, lanes)
                     : print_rows(r, shown, lanes);

    if (status != AG_CLI_EXIT_OK)
        return status;
    if (shown < lanes && !r->settings.summary)
        printf("... %" PRIu64 " more lane%s (--all shows them)\n",
               lanes - shown, lanes - shown == 1 ? "" : "s");
    print_explanations(r);
    print_totals(r);
    return AG_CLI_EXIT_OK;
}
