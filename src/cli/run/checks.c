/*
 * What of the options contradicts itself, can be said before any file is read.
 */
#include "cli/run/run.h"

#include <string.h>

static bool check_numbers(const ag_run_settings *s)
{
    if (s->lanes.value == 0)
        ag_cli_say("--lanes must be 1 or more");
    else if (s->translate_budget.given &&
             (s->translate_budget.value == 0 ||
              s->translate_budget.value > ARMGPU_MAX_TRANSLATE_BUDGET))
        ag_cli_say("--translate-budget must be 1 to %d instructions",
                   ARMGPU_MAX_TRANSLATE_BUDGET);
    else if (s->memory.value == 0)
        ag_cli_say("--memory must be more than 0; write a size such as 4M");
    else if (!ag_cli_machine_is_fine(s->device, s->threads, s->spread))
        return false;
    else if (s->load_addr.value % 4 != 0)
        ag_cli_say("--load-addr 0x%" PRIx64 " is not a multiple of 4, the size "
                   "of an instruction",
                   s->load_addr.value);
    else if (s->load_addr.value >= s->memory.value && !s->process.is_flat)
        ag_cli_say("--load-addr 0x%" PRIx64 " is outside memory, which ends at "
                   "0x%" PRIx64 "; give more with --memory",
                   s->load_addr.value, s->memory.value - 1);
    else
        return true;
    return false;
}

/* Options that contradict each other are refused, not ranked. */
static bool check_pairs(const ag_run_settings *s)
{
    if (s->json && s->csv)
        ag_cli_say("--json and --csv exclude each other; give one");
    else if (s->show.given && s->all)
        ag_cli_say("--show and --all exclude each other; give one");
    else if (s->csv && s->dumps.count != 0)
        ag_cli_say("--dump does not fit into the table of --csv; use --json");
    else
        return true;
    return false;
}

/* Lanes count from --first-lane on; a directory of inputs counts all. */
static bool add_first_lane(ag_run_settings *s)
{
    uint64_t first = s->first_lane.value;

    if (!s->first_lane.given)
        return true;
    if (s->only.count != 0)
        ag_cli_say("--first-lane and --only exclude each other; give one");
    else if (first > (UINT64_C(1) << 48) || s->lanes.value > UINT64_MAX - first)
        ag_cli_say("--first-lane %" PRIu64 " is more than there can be lanes",
                   first);
    else {
        s->lanes.value += first;
        return true;
    }
    return false;
}

/* The number of lanes is known: which of them run. */
static bool choose_only(ag_run_settings *s)
{
    armgpu_lane_range range = {s->first_lane.value, s->lanes.value};
    const armgpu_lane_range *last;

    if (s->first_lane.given && range.first < s->lanes.value) {
        range.n -= range.first;
        s->only.items = ag_cli_grow(NULL, 0, sizeof range);
        s->only.items[s->only.count++] = range;
    } else if (s->first_lane.given) {
        ag_cli_say("--first-lane: lane %" PRIu64 " does not exist; there are "
                   "lanes 0 to %" PRIu64,
                   range.first, s->lanes.value - 1);
        return false;
    }
    last = s->only.count == 0 ? NULL : &s->only.items[s->only.count - 1];
    if (last == NULL || (last->first < s->lanes.value &&
                         last->n <= s->lanes.value - last->first))
        return true;
    ag_cli_say("--only: lane %" PRIu64 " does not exist; the run has lanes 0 "
               "to %" PRIu64 " (--lanes)",
               last->n == UINT64_MAX ? UINT64_MAX : last->first + last->n - 1,
               s->lanes.value - 1);
    return false;
}

/* Of lanes that do not run there is nothing to show. */
static bool check_runs(const ag_run_settings *s, const char *option,
                       uint64_t lane)
{
    if (ag_run_has_lane(s, lane))
        return true;
    ag_cli_say("%s: lane %" PRIu64 " is not one of those that run (--%s)",
               option, lane, s->first_lane.given ? "first-lane" : "only");
    return false;
}

static bool check_lane(const ag_run_settings *s, const char *option,
                       uint64_t lane)
{
    if (lane < s->lanes.value)
        return true;
    ag_cli_say("%s: lane %" PRIu64 " does not exist; the run has lanes 0 to "
               "%" PRIu64 " (--lanes)",
               option, lane, s->lanes.value - 1);
    return false;
}

static bool check_dump(const ag_run_settings *s, const ag_run_dump *dump)
{
    char memory[AG_RUN_MEMORY_TEXT];

    if (dump->length == 0) {
        ag_cli_say("--dump: a length of 0 bytes shows nothing; write 1 or "
                   "more");
        return false;
    }
    if (!ag_run_is_memory(s, dump->address, dump->length)) {
        ag_cli_say("--dump: %" PRIu64 " bytes at 0x%" PRIx64 " are not all in "
                   "%s",
                   dump->length, dump->address, ag_run_memory_text(s, memory));
        return false;
    }
    return !dump->lane_given || (check_lane(s, "--dump", dump->lane) &&
                                 check_runs(s, "--dump", dump->lane));
}

static bool check_programs(const ag_run_settings *s)
{
    if (s->program == NULL && s->programs.count == 0)
        ag_cli_say("run needs a program: armgpu run PROG. Try 'armgpu help "
                   "run'.");
    else if (s->program != NULL && s->programs.count != 0)
        ag_cli_say("'%s' and --program exclude each other; write --program %s",
                   s->program, s->program);
    else if (s->programs.count < 2 && strcmp(s->assign, "roundrobin") != 0)
        ag_cli_say("--assign needs programs to choose from; give two or more "
                   "with --program");
    else
        return true;
    return false;
}

/* Lanes that share memory would overwrite each other's. */
static bool check_private(const ag_run_settings *s)
{
    const char *option = s->lane_data.count != 0    ? "--lane-data"
                         : s->lane_files.count != 0 ? "--lane-files"
                         : s->resident.value != 0   ? "--resident"
                         : s->devices.count != 0    ? "--mmio"
                                                    : NULL;

    if (option == NULL || s->memory_mode == ARMGPU_MEMORY_PRIVATE)
        return true;
    ag_cli_say("%s needs memory of each lane's own; add --memory-mode private",
               option);
    return false;
}

static bool check_find(const ag_run_settings *s)
{
    if (s->first.given && s->conditions.count == 0)
        ag_cli_say("--first says how many lanes --find is to find; give --find "
                   "too");
    else if (s->require_match && s->conditions.count == 0)
        ag_cli_say("--require-match says what it means that --find finds "
                   "nothing; give --find too");
    else if (s->first.given && s->first.value == 0)
        ag_cli_say("--first must be 1 or more");
    else if (s->summary && (s->show.given || s->all || s->csv))
        ag_cli_say("--summary and --%s exclude each other; give one",
                   s->csv   ? "csv"
                   : s->all ? "all"
                            : "show");
    else if (s->columns.count != 0 && s->out == NULL && s->summary)
        ag_cli_say("--columns says what of lanes is shown, and --summary shows "
                   "none; give one, or --out too");
    else if (s->out_format >= 0 && s->out == NULL)
        ag_cli_say("--out-format needs --out");
    else if (ag_run_rows_to_stdout(s) &&
             (s->json || s->csv || s->summary || s->all || s->dumps.count != 0))
        ag_cli_say("--out - writes rows to the standard output, where --%s "
                   "cannot be too; give --out a file",
                   s->json      ? "json"
                   : s->csv     ? "csv"
                   : s->summary ? "summary"
                   : s->all     ? "all"
                                : "dump");
    else
        return true;
    return false;
}

/* The end of the name, unless --out-format was given. */
static bool choose_format(ag_run_settings *s)
{
    static const char *const suffixes[] = {".csv", ".jsonl", ".bin"};
    size_t length = s->out != NULL ? strlen(s->out) : 0;

    for (int i = 0; i < 3 && s->out_format < 0; i++) {
        size_t n = strlen(suffixes[i]);

        if (length > n && strcmp(s->out + length - n, suffixes[i]) == 0)
            s->out_format = i;
    }
    if (s->out == NULL || s->out_format >= 0)
        return true;
    ag_cli_say("--out: '%s' does not end in .csv, .jsonl or .bin; say which "
               "format it has with --out-format",
               s->out);
    return false;
}

static bool check_column(const ag_run_settings *s, const char *option,
                         const ag_run_column *c)
{
    char memory[AG_RUN_MEMORY_TEXT];

    if (c->field == AG_RUN_FIELD_FILE && s->lane_files.count == 0) {
        ag_cli_say("--columns: 'file' is the name of a lane's file; give "
                   "--lane-files too");
        return false;
    }
    if (ag_run_is_process_column(c) && !s->process.is_elf &&
        !(ag_run_is_text_column(c) && ag_run_has_output(s))) {
        ag_cli_say("%s: '%.*s' is for ELF programs", option,
                   c->text_length > 80 ? 80 : (int)c->text_length, c->text);
        return false;
    }
    if (ag_run_is_text_column(c) && s->out != NULL &&
        s->out_format == AG_RUN_BIN && strcmp(option, "--columns") == 0) {
        ag_cli_say("--columns: '%.*s' has no fixed width, which rows in bin "
                   "need; write .csv or .jsonl",
                   c->text_length > 80 ? 80 : (int)c->text_length, c->text);
        return false;
    }
    if (c->field != AG_RUN_FIELD_MEMORY ||
        ag_run_is_memory(s, c->address, c->length))
        return true;
    ag_cli_say("%s: %" PRIu64 " bytes at 0x%" PRIx64 " are not all in %s",
               option, c->length, c->address, ag_run_memory_text(s, memory));
    return false;
}

static bool check_columns(const ag_run_settings *s, const char *option,
                          const ag_run_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (!check_column(s, option, &columns->items[i]))
            return false;
    }
    return true;
}

static bool check_all_columns(const ag_run_settings *s)
{
    for (size_t i = 0; i < s->conditions.count; i++) {
        if (!check_columns(s, "--find", &s->conditions.items[i].columns))
            return false;
    }
    return check_columns(s, "--columns", &s->columns);
}

/* As the library will have it: addresses are checked before it is open. */
static void choose_memory(ag_run_settings *s)
{
    armgpu_options o;

    armgpu_options_init(&o);
    if (s->memory_mode < 0)
        s->memory_mode = s->process.is_elf ? ARMGPU_MEMORY_PRIVATE
                                           : (int)o.memory_mode;
    o.lanes = s->lanes.value;
    o.memory_mode = (uint32_t)s->memory_mode;
    o.stack_size = s->stack.value;
    if (!s->memory.given)
        s->memory.value = armgpu_options_memory(&o);
}

int ag_run_check_settings(ag_run_settings *s)
{
    bool fine = add_first_lane(s) && check_programs(s) && ag_run_check_kind(s);

    choose_memory(s);
    fine = fine && check_numbers(s) && check_pairs(s) &&
           ag_run_check_map(s) && check_private(s) && check_find(s) &&
           choose_format(s) && check_all_columns(s);
    return fine ? AG_CLI_EXIT_OK : AG_CLI_EXIT_FAILED;
}

/* Of one process its output is what is printed, unless lanes are asked for. */
static void choose_table(ag_run_settings *s)
{
    ag_run_process *p = &s->process;
    bool has_asked = s->all || s->show.given || s->summary ||
                     s->columns.count != 0 || s->conditions.count != 0 ||
                     s->json || s->csv || p->call != NULL;

    if ((p->is_elf && ag_run_count_lanes(s) == 1 && !has_asked) ||
        (ag_run_prints_output(s) && !s->summary))
        s->no_table = p->says_faults = true;
}

int ag_run_check_lanes(ag_run_settings *s)
{
    bool fine = choose_only(s);

    choose_table(s);
    if (fine && s->trace.given)
        fine = check_lane(s, "--trace", s->trace.value) &&
               check_runs(s, "--trace", s->trace.value);
    if (fine && s->strace.given)
        fine = check_lane(s, "--strace", s->strace.value) &&
               check_runs(s, "--strace", s->strace.value);
    for (size_t i = 0; fine && i < s->lane_registers.count; i++)
        fine = check_lane(s, "--lane-reg", s->lane_registers.items[i].lane);
    for (size_t i = 0; fine && i < s->dumps.count; i++)
        fine = check_dump(s, &s->dumps.items[i]);
    return fine ? AG_CLI_EXIT_OK : AG_CLI_EXIT_FAILED;
}
