/*
 * Start values of registers: --pc, --sp and --reg for all lanes, then the
 * lengths of --lane-files, then --regs, then --lane-reg. What is a function of
 * the lane's number the library sets, for lanes of later waves too; the rest is
 * put into the lanes' states when they begin. All of it is checked before.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

#define RANGE 1024

/* The assignment for all lanes that counts: the last one. False: none. */
static bool find_template(const ag_run_settings *s, enum ag_run_register number,
                          ag_run_assignment *a)
{
    *a = (ag_run_assignment){.name = {.number = number}};
    for (size_t i = s->registers.count; i-- > 0;) {
        if (s->registers.items[i].name.number == number) {
            *a = s->registers.items[i];
            return true;
        }
    }
    if (number == AG_RUN_PC && s->pc.given)
        a->constant = s->pc.value;
    else if (number == AG_RUN_SP && s->sp.given)
        a->constant = s->sp.value;
    else
        return false;
    return true;
}

bool ag_run_sets_every_sp(const ag_run_settings *s)
{
    ag_run_assignment a;

    return find_template(s, AG_RUN_SP, &a);
}

/* Of lanes that some option gives another SP. */
static bool sets_some_sp(const ag_run_settings *s)
{
    for (size_t i = 0; i < s->csv_files.count; i++) {
        const ag_run_csv *csv = &s->csv_files.items[i];

        for (size_t j = 0; j < csv->column_count; j++) {
            if (csv->columns[j].number == AG_RUN_SP)
                return true;
        }
    }
    for (size_t i = 0; i < s->lane_registers.count; i++) {
        if (s->lane_registers.items[i].name.number == AG_RUN_SP)
            return true;
    }
    return ag_run_sets_every_sp(s);
}

/* -- Checks ---------------------------------------------------------------- */

/* Of NZCV, FPCR, FPSR: only bits that mean something. */
static bool check_bits(enum ag_run_register number, uint64_t lane,
                       uint64_t value, bool say)
{
    bool fine = (value & ~ag_run_register_bits(number)) == 0;

    if (say && !fine && number == AG_RUN_NZCV)
        ag_cli_say("lane %" PRIu64 ": 0x%" PRIx64 " is not NZCV, whose flags "
                   "are bits 31 to 28",
                   lane, value);
    else if (say && !fine)
        ag_cli_say("lane %" PRIu64 ": 0x%" PRIx64 " is not %s, whose bits are "
                   "those of 0x%" PRIx64,
                   lane, value, number == AG_RUN_FPCR ? "FPCR" : "FPSR",
                   ag_run_register_bits(number));
    return fine;
}

/* Says nothing and returns true if the value is a PC, or flags. */
static bool check_value(const ag_run_settings *s, enum ag_run_register number,
                        uint64_t lane, uint64_t value, bool say)
{
    char memory[AG_RUN_MEMORY_TEXT];

    if (number != AG_RUN_PC)
        return check_bits(number, lane, value, say);
    if (value % 4 != 0 && say)
        ag_cli_say("lane %" PRIu64 ": the start PC 0x%" PRIx64 " is not a "
                   "multiple of 4, the size of an instruction",
                   lane, value);
    else if (!ag_run_is_memory(s, value, 1) && say)
        ag_cli_say("lane %" PRIu64 ": the start PC 0x%" PRIx64 " is outside "
                   "%s; check --pc%s",
                   lane, value, ag_run_memory_text(s, memory),
                   s->process.is_elf ? "" : ", or give more with --memory");
    return value % 4 == 0 && ag_run_is_memory(s, value, 1);
}

/*
 * The first lane from `lane` on that the template gives a value which is no PC
 * (or no NZCV). Lanes may be 2^40, so a PC that grows by a multiple of 4 is
 * followed by arithmetic; other sums go wrong within a few lanes or never, and
 * of any other expression every lane is looked at, which is less than running.
 */
static uint64_t next_bad(const ag_run_settings *s, const ag_run_assignment *a,
                         uint64_t lane)
{
    uint64_t lanes = s->lanes.value, value, steps = 0;

    if (lane >= lanes)
        return lanes;
    value = ag_run_assigned(a, lane).low;
    if (!check_value(s, a->name.number, lane, value, false))
        return lane;
    if (a->expression.count == 0 && a->factor == 0)
        return lanes;
    if (a->expression.count == 0 && a->name.number == AG_RUN_PC &&
        a->factor % 4 == 0 && !s->process.is_elf) {
        steps = a->factor >> 63 == 0
                    ? (s->memory.value - 1 - value) / a->factor + 1
                    : value / (0 - a->factor) + 1;
        return steps < lanes - lane ? lane + steps : lanes;
    }
    do {
        lane++;
    } while (lane < lanes &&
             check_value(s, a->name.number, lane, ag_run_assigned(a, lane).low,
                         false));
    return lane;
}

/* What rows and --lane-reg give one lane's register. False: nothing. */
static bool find_override(const ag_run_settings *s, uint64_t lane,
                          enum ag_run_register number, uint64_t *value)
{
    bool found = false;

    for (size_t i = 0; i < s->csv_files.count; i++) {
        const ag_run_csv *csv = &s->csv_files.items[i];
        size_t row = ag_run_csv_find(csv, lane);
        const uint64_t *from;

        if (row == csv->row_count || ag_run_csv_row(csv, row)[0] != lane)
            continue;
        from = ag_run_csv_row(csv, row) + 2;
        for (size_t j = 0; j < csv->column_count; j++) {
            uint64_t word = ag_run_csv_next(csv, j, &from).low;

            if (csv->columns[j].number != number)
                continue;
            *value = word;
            found = true;
        }
    }
    for (size_t i = 0; i < s->lane_registers.count; i++) {
        const ag_run_assignment *a = &s->lane_registers.items[i];

        if (a->lane != lane || a->name.number != number)
            continue;
        *value = a->constant;
        found = true;
    }
    return found;
}

/* Lowers *bad to `lane` if its override is no good. */
static void check_override(const ag_run_settings *s, uint64_t lane,
                           enum ag_run_register number, uint64_t *bad)
{
    uint64_t value;

    if (lane < *bad && find_override(s, lane, number, &value) &&
        !check_value(s, number, lane, value, false))
        *bad = lane;
}

/* PCs or flags of all lanes: says what is wrong with the first bad one. */
static bool check_register(const ag_run_settings *s,
                           enum ag_run_register number)
{
    uint64_t bad = s->lanes.value, value;
    ag_run_assignment a;

    if (find_template(s, number, &a)) {
        bad = next_bad(s, &a, 0);
        while (bad < s->lanes.value && find_override(s, bad, number, &value))
            bad = next_bad(s, &a, bad + 1);
    }
    for (size_t i = 0; i < s->csv_files.count; i++) {
        const ag_run_csv *csv = &s->csv_files.items[i];

        for (size_t row = 0; row < csv->row_count; row++)
            check_override(s, ag_run_csv_row(csv, row)[0], number, &bad);
    }
    for (size_t i = 0; i < s->lane_registers.count; i++)
        check_override(s, s->lane_registers.items[i].lane, number, &bad);
    if (bad == s->lanes.value)
        return true;
    if (!find_override(s, bad, number, &value))
        value = ag_run_assigned(&a, bad).low;
    return check_value(s, number, bad, value, true);
}

/* -- What is set when lanes begin ------------------------------------------ */

/* The library takes what is right for every lane and does not wrap at 32 bits*/
static bool is_for_library(const ag_run_settings *s, const ag_run_assignment *a)
{
    uint64_t last = s->lanes.value - 1;

    if (a->expression.count != 0 || a->name.number > AG_RUN_TPIDR)
        return false;
    if (a->name.number == AG_RUN_NZCV && a->factor != 0)
        return false;
    if (a->name.number == AG_RUN_PC || a->name.number == AG_RUN_NZCV)
        return next_bad(s, a, 0) == s->lanes.value;
    if (!a->name.narrow || a->factor == 0)
        return true;
    return a->constant <= UINT32_MAX && a->factor <= UINT32_MAX &&
           last <= (UINT32_MAX - a->constant) / a->factor;
}

/* What a D, S or H name does not have of its V register is 0, as after an
   instruction that writes it. */
static void set(armgpu_state *s, ag_run_name name, ag_run_value value)
{
    if (name.number >= AG_RUN_V0) {
        s->v[name.number - AG_RUN_V0][0] = value.low;
        s->v[name.number - AG_RUN_V0][1] = value.high;
    } else {
        *ag_run_register_slot(s, name.number) =
            name.narrow ? value.low & UINT32_MAX : value.low;
    }
}

static void set_templates(const ag_run_settings *s, uint64_t lane,
                          armgpu_state *state)
{
    for (int i = 0; i < AG_RUN_NUMBERS; i++) {
        ag_run_assignment a;

        if (find_template(s, (enum ag_run_register)i, &a) &&
            !is_for_library(s, &a))
            set(state, a.name, ag_run_assigned(&a, lane));
    }
}

static void set_lengths(const ag_run_settings *s, uint64_t lane,
                        armgpu_state *state)
{
    for (size_t i = 0; i < s->lane_files.count; i++) {
        const ag_run_lane_files *f = &s->lane_files.items[i];

        set(state, f->length_register,
            (ag_run_value){f->files[lane].size, 0});
    }
}

/* The file's rows for lanes [first, first + n). */
static void set_rows(const ag_run_csv *csv, uint64_t first, uint64_t n,
                     armgpu_state *states)
{
    for (size_t i = ag_run_csv_find(csv, first); i < csv->row_count; i++) {
        const uint64_t *row = ag_run_csv_row(csv, i), *from = row + 2;

        if (row[0] >= first + n)
            return;
        for (size_t j = 0; j < csv->column_count; j++)
            set(&states[row[0] - first], csv->columns[j],
                ag_run_csv_next(csv, j, &from));
    }
}

/* States of lanes first to first + n - 1. --lane-reg lists are short. */
static void set_range(const ag_run *r, uint64_t first, uint64_t n,
                      armgpu_state *states)
{
    const ag_run_settings *s = &r->settings;

    for (uint64_t i = 0; i < n; i++) {
        if (r->sets_templates)
            set_templates(s, first + i, &states[i]);
        set_lengths(s, first + i, &states[i]);
    }
    for (size_t i = 0; i < s->csv_files.count; i++)
        set_rows(&s->csv_files.items[i], first, n, states);
    for (size_t i = 0; i < s->lane_registers.count; i++) {
        const ag_run_assignment *a = &s->lane_registers.items[i];

        if (a->lane >= first && a->lane - first < n)
            set(&states[a->lane - first], a->name,
                (ag_run_value){a->constant, a->high});
    }
}

/* Narrows [*first, *end) to the lanes that have something to set. */
static void narrow(const ag_run *r, uint64_t *first, uint64_t *end)
{
    const ag_run_settings *s = &r->settings;
    uint64_t low = *end, high = *first;

    if (r->sets_templates || s->lane_files.count != 0)
        return;
    for (size_t i = 0; i < s->csv_files.count; i++) {
        const ag_run_csv *csv = &s->csv_files.items[i];
        size_t from = ag_run_csv_find(csv, *first);
        size_t to = ag_run_csv_find(csv, *end);

        if (from == to)
            continue;
        if (ag_run_csv_row(csv, from)[0] < low)
            low = ag_run_csv_row(csv, from)[0];
        if (ag_run_csv_row(csv, to - 1)[0] >= high)
            high = ag_run_csv_row(csv, to - 1)[0] + 1;
    }
    for (size_t i = 0; i < s->lane_registers.count; i++) {
        uint64_t lane = s->lane_registers.items[i].lane;

        if (lane < *first || lane >= *end)
            continue;
        low = lane < low ? lane : low;
        high = lane >= high ? lane + 1 : high;
    }
    *first = low;
    *end = high;
}

static int set_lanes(ag_run *r, uint64_t first, uint64_t end,
                     armgpu_state *states)
{
    int32_t error;

    narrow(r, &first, &end);
    if (first >= end)
        return AG_CLI_EXIT_OK;
    error = armgpu_get_state(r->g, first, end - first, states);
    if (error == ARMGPU_OK) {
        set_range(r, first, end - first, states);
        error = armgpu_set_state(r->g, first, end - first, states);
    }
    return error == ARMGPU_OK ? AG_CLI_EXIT_OK
                              : ag_run_library_failed(r, NULL, error);
}

static int set_registers(ag_run *r, uint64_t first, uint64_t n)
{
    armgpu_state *states = ag_cli_alloc(RANGE, sizeof *states);
    uint64_t end = first + n;
    int status = AG_CLI_EXIT_OK;

    for (size_t i = 0; i < RANGE; i++)
        states[i].size = sizeof states[i];
    for (uint64_t i = first; status == 0 && i < end; i += RANGE)
        status = set_lanes(r, i, end - i < RANGE ? end : i + RANGE, states);
    free(states);
    return status;
}

/* armgpu_prepare_fn: lanes [first, first + n) are about to begin. */
static int32_t prepare(void *user, armgpu *g, uint64_t first, uint64_t n)
{
    ag_run *r = user;

    (void)g;
    r->prepare_status = ag_run_assign_rows(r, first, n);
    if (r->prepare_status == AG_CLI_EXIT_OK)
        r->prepare_status = ag_run_place_inputs(r, first, n);
    if (r->prepare_status == AG_CLI_EXIT_OK && r->sets_registers)
        r->prepare_status = set_registers(r, first, n);
    return r->prepare_status != AG_CLI_EXIT_OK;
}

/* -- Before the run -------------------------------------------------------- */

static int set_for_all(ag_run *r)
{
    for (int i = 0; i < AG_RUN_NUMBERS; i++) {
        ag_run_assignment a;
        int32_t error;

        if (!find_template(&r->settings, (enum ag_run_register)i, &a))
            continue;
        if (!is_for_library(&r->settings, &a)) {
            r->sets_templates = true;
            continue;
        }
        /* The numbers of registers are the library's. */
        error = armgpu_set_register_all(r->g, (uint32_t)i, a.factor,
                                        a.name.narrow && a.factor == 0
                                            ? a.constant & UINT32_MAX
                                            : a.constant);
        if (error != ARMGPU_OK)
            return ag_run_library_failed(r, "--reg", error);
    }
    return AG_CLI_EXIT_OK;
}

int ag_run_check_registers(const ag_run_settings *s)
{
    return check_register(s, AG_RUN_PC) && check_register(s, AG_RUN_NZCV) &&
                   check_register(s, AG_RUN_FPCR) &&
                   check_register(s, AG_RUN_FPSR)
               ? AG_CLI_EXIT_OK
               : AG_CLI_EXIT_FAILED;
}

int ag_run_set_registers(ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    int status = set_for_all(r);

    if (!sets_some_sp(s))
        r->summary.stack_bytes = armgpu_get_stack_size(r->g);
    r->sets_registers = r->sets_templates || s->csv_files.count != 0 ||
                        s->lane_registers.count != 0 ||
                        s->lane_files.count != 0;
    if (r->sets_registers || ag_run_has_inputs(s) ||
        s->assign_file.row_count != 0)
        armgpu_set_prepare(r->g, prepare, r);
    return status;
}
