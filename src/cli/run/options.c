/*
 * The options of armgpu run: the list, the values that are more than a number,
 * and the checks that need no file.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(ag_run_settings, field)

#define LANES "Lanes and device"
#define LIMITS "Limits"
#define MEMORY "Memory and program"
#define START "Start values"
#define OUTPUT "Output"

#define WHEN "auto|always|never"

const ag_cli_option ag_run_options[] = {
    {LANES, "lanes", 'n', "N", AG_CLI_NUMBER, AT(lanes), NULL, NULL,
     "Run N lanes (default 32)."},
    {LANES, "backend", 'b', "NAME", AG_CLI_TEXT, AT(backend),
     "auto|" AG_CLI_BACKENDS, NULL,
     "Execute on this backend (default auto); 'armgpu devices' lists them."},
    {LANES, "device", 0, "K", AG_CLI_NUMBER, AT(device), NULL, NULL,
     "Take the backend's device K (default 0)."},
    {LANES, "threads", 0, "N", AG_CLI_NUMBER, AT(threads), NULL, NULL,
     "Use N threads of the CPU (default 0: one per core)."},
    {LANES, "spread", 0, "K", AG_CLI_NUMBER, AT(spread), NULL, NULL,
     "Give K threads of each GPU warp a lane (default 0: what is fast, 1 where "
     "lanes are few)."},
    {LANES, "resident", 0, "N", AG_CLI_NUMBER, AT(resident), NULL, NULL,
     "Private memory: have N lanes on the device at one time, and begin the "
     "next when one ends (default 0: as many as are fast)."},

    {LIMITS, "max-cycles", 'c', "N", AG_CLI_NUMBER, AT(max_cycles), NULL, NULL,
     "Stop a lane after N instructions (default 10000000; 0: no limit)."},
    {LIMITS, "timeout", 0, "S", AG_CLI_CALL, 0, NULL, ag_run_apply_timeout,
     "Stop all lanes after S seconds, such as 10 or 0.5 (default 0: never)."},

    {MEMORY, "memory", 'm', "SIZE", AG_CLI_SIZE, AT(memory), NULL, NULL,
     "Memory, or memory of each lane if private (default 4M; shared memory "
     "of more than 128 lanes grows, so that each has a stack of 16K or "
     "--stack)."},
    {MEMORY, "memory-mode", 0, "MODE", AG_CLI_CHOICE, AT(memory_mode),
     "shared|private", NULL,
     "shared: all lanes see one memory (default); private: each has its own, "
     "which suits many lanes better."},
    {MEMORY, "load-addr", 0, "A", AG_CLI_NUMBER, AT(load_addr), NULL, NULL,
     "Place the program at address A (default 0)."},
    {MEMORY, "data", 0, "FILE@ADDR", AG_CLI_CALL, 0, NULL, ag_run_apply_data,
     "Place a file's bytes at ADDR after the program. May be repeated."},
    {MEMORY, "lane-data", 0, "FILE@ADDR:STRIDE", AG_CLI_CALL, 0, NULL,
     ag_run_apply_lane_data,
     "Private memory: place bytes K*STRIDE to (K+1)*STRIDE-1 of a file at ADDR "
     "of lane K. May be repeated."},
    {MEMORY, "lane-files", 0, "DIR@ADDR[:xN]", AG_CLI_CALL, 0, NULL,
     ag_run_apply_lane_files,
     "Private memory: place the K-th file of a directory, by name, at ADDR of "
     "lane K, and its length in a register (default x1). Without --lanes there "
     "is a lane for every file. May be repeated."},
    {MEMORY, "program", 0, "FILE[@ADDR]", AG_CLI_CALL, 0, NULL,
     ag_run_apply_program,
     "One of several programs, in place of PROG; at ADDR, or at the load "
     "address. May be repeated."},
    {MEMORY, "assign", 0, "HOW", AG_CLI_TEXT, AT(assign), "roundrobin|block",
     NULL,
     "Which lane executes which program: in turn (default), in blocks, or as "
     "a file with the columns lane and program says."},
    {MEMORY, "stack", 0, "SIZE", AG_CLI_SIZE, AT(stack), NULL, NULL,
     "Shared memory: distance between the lanes' stacks (default: half the "
     "memory over all lanes, at most 64K)."},

    {START, "pc", 0, "A", AG_CLI_NUMBER, AT(pc), NULL, NULL,
     "Begin at address A (default: the load address)."},
    {START, "sp", 0, "A", AG_CLI_NUMBER, AT(sp), NULL, NULL,
     "Begin with SP = A in every lane."},
    {START, "reg", 0, "NAME=EXPR", AG_CLI_CALL, 0, NULL, ag_run_apply_reg,
     "Begin with EXPR in a register: a number, lane, lane+C, lane*K or "
     "lane*K+C. May be repeated."},
    {START, "lane-reg", 0, "L:NAME=V", AG_CLI_CALL, 0, NULL,
     ag_run_apply_lane_reg,
     "Begin with V in a register of lane L. May be repeated."},
    {START, "regs", 0, "FILE.csv", AG_CLI_CALL, 0, NULL, ag_run_apply_regs,
     "Begin with the values of a file whose first line names the columns: lane "
     "and registers. May be repeated."},

    {OUTPUT, "show", 0, "N", AG_CLI_NUMBER, AT(show), NULL, NULL,
     "Print the first N lanes (default 16; all with --json and --csv)."},
    {OUTPUT, "all", 0, NULL, AG_CLI_FLAG, AT(all), NULL, NULL,
     "Print all lanes."},
    {OUTPUT, "summary", 0, NULL, AG_CLI_FLAG, AT(summary), NULL, NULL,
     "Print no lanes, only totals."},
    {OUTPUT, "find", 0, "EXPR", AG_CLI_CALL, 0, NULL, ag_run_apply_find,
     "Print and write only lanes for which EXPR holds: comparisons such as "
     "x0!=0, stop=data-fault, cycles>1000 or x0=lane*2+1, joined by && or "
     "commas."},
    {OUTPUT, "first", 0, "K", AG_CLI_NUMBER, AT(first), NULL, NULL,
     "Stop when the K lowest lanes that match --find are known."},
    {OUTPUT, "out", 0, "FILE", AG_CLI_TEXT, AT(out), NULL, NULL,
     "Write a row a lane, in order, as lanes end; the format is that of the "
     "name: .csv, .jsonl or .bin. With - to the standard output, without the "
     "table."},
    {OUTPUT, "out-format", 0, "FORMAT", AG_CLI_CHOICE, AT(out_format),
     "csv|jsonl|bin", NULL, "The format of --out, whatever its name is."},
    {OUTPUT, "columns", 0, "LIST", AG_CLI_CALL, 0, NULL, ag_run_apply_columns,
     "The columns of --out and --csv, with commas: " AG_RUN_COLUMN_NAMES
     "; x0..x7 is a range."},
    {OUTPUT, "dump", 0, "ADDR:LEN[@LANE]", AG_CLI_CALL, 0, NULL,
     ag_run_apply_dump,
     "Print memory after the run; of every lane printed if memory is private "
     "and no LANE is given. May be repeated."},
    {OUTPUT, "json", 0, NULL, AG_CLI_FLAG, AT(json), NULL, NULL,
     "Print one JSON object."},
    {OUTPUT, "csv", 0, NULL, AG_CLI_FLAG, AT(csv), NULL, NULL,
     "Print a CSV table, one line a lane."},
    {OUTPUT, "map", 0, "FILE", AG_CLI_CALL, 0, NULL, ag_run_apply_map,
     "Also draw a picture, .png or .ppm, with one pixel a lane."},
    {OUTPUT, "map-by", 0, "WHAT", AG_CLI_CALL, 0, "stop|cycles|x0",
     ag_run_apply_map_by,
     "Colour the picture by stop (default), cycles or a register such as x0."},
    {OUTPUT, "map-size", 0, "WxH", AG_CLI_CALL, 0, NULL, ag_run_apply_map_size,
     "Lay the lanes out in rows of W (default: as square as they allow)."},
    {OUTPUT, "map-scale", 0, "SCALE", AG_CLI_CHOICE, AT(map_scale),
     "linear|log", NULL,
     "Spread colours evenly over numbers (linear, default) or over their "
     "logarithms."},
    {OUTPUT, "no-aliases", 0, NULL, AG_CLI_FLAG, AT(no_aliases), NULL, NULL,
     "Disassemble with the instructions' own names: orr, not mov."},
    {OUTPUT, "trace", 0, "LANE", AG_CLI_NUMBER, AT(trace), NULL, NULL,
     "Print every instruction that LANE executes to the standard error "
     "(slow)."},
    {OUTPUT, "quiet", 'q', NULL, AG_CLI_FLAG, AT(quiet), NULL, NULL,
     "Print no table and no remarks: only errors, and what --json, --csv or "
     "--dump ask for."},
    {OUTPUT, "progress", 0, "WHEN", AG_CLI_CHOICE, AT(progress), WHEN, NULL,
     "Draw a progress line: auto (on a terminal), always or never."},
    {OUTPUT, "color", 0, "WHEN", AG_CLI_CHOICE, AT(color), WHEN, NULL,
     "Colour the table: auto (on a terminal), always or never."},
    {NULL, NULL, 0, NULL, AG_CLI_FLAG, 0, NULL, NULL, NULL},
};

void ag_run_settings_init(ag_run_settings *s)
{
    armgpu_options defaults;

    armgpu_options_init(&defaults);
    memset(s, 0, sizeof *s);
    s->lanes.value = defaults.lanes;
    s->memory_mode = (int)defaults.memory_mode;
    s->max_cycles.value = 10000000;
    s->show.value = 16;
    s->backend = "auto";
    s->assign = "roundrobin";
    s->out_format = -1;
}

void ag_run_settings_free(ag_run_settings *s)
{
    for (size_t i = 0; i < s->csv_files.count; i++)
        free(s->csv_files.items[i].rows);
    for (size_t i = 0; i < s->data.count; i++)
        free(s->data.items[i].bytes.data);
    for (size_t i = 0; i < s->programs.count; i++)
        free(s->programs.items[i].bytes.data);
    for (size_t i = 0; i < s->dumps.count; i++)
        free(s->dumps.items[i].bytes);
    ag_run_free_inputs(s);
    free(s->assign_file.rows);
    free(s->programs.items);
    free(s->columns.items);
    free(s->conditions.items);
    free(s->csv_files.items);
    free(s->data.items);
    free(s->dumps.items);
    free(s->registers.items);
    free(s->lane_registers.items);
}

/* Digits with at most one point between them: no exponents, no infinity. */
bool ag_run_apply_timeout(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    size_t whole = strspn(text, "0123456789");
    size_t fraction = 0;

    if (text[whole] == '.')
        fraction = 1 + strspn(text + whole + 1, "0123456789");
    if (whole == 0 || fraction == 1 || whole + fraction > 15 ||
        text[whole + fraction] != '\0') {
        ag_cli_say("--timeout: '%.80s' is not a number of seconds; write 10 or "
                   "0.5",
                   text);
        return false;
    }
    s->timeout = strtod(text, NULL);
    return true;
}

/* Only noted here: the rows are checked against --lanes, which may follow. */
bool ag_run_apply_regs(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_csv csv = {.path = text};

    s->csv_files.items =
        ag_cli_grow(s->csv_files.items, s->csv_files.count, sizeof csv);
    s->csv_files.items[s->csv_files.count++] = csv;
    return true;
}

bool ag_run_split_at(const char *name, const char *form, const char *text,
                     uint64_t *address, const char **rest)
{
    char *at = strrchr(text, '@');
    const char *colon = at != NULL ? strchr(at, ':') : NULL;
    size_t length;
    char what[64];

    if (at == NULL || at == text) {
        ag_cli_say("%s: '%s' is not %s", name, text, form);
        return false;
    }
    *rest = colon != NULL ? colon + 1 : NULL;
    length = colon != NULL ? (size_t)(colon - at) - 1 : strlen(at + 1);
    snprintf(what, sizeof what, "%s: address", name);
    if (!ag_cli_number_of(what, at + 1, length, 0, address))
        return false;
    *at = '\0'; /* argv is ours: the path ends here */
    return true;
}

bool ag_run_apply_data(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_data data = {.path = text};
    const char *rest;

    if (!ag_run_split_at("--data",
                         "FILE@ADDR; write the file's name, @ and an address, "
                         "such as table.bin@0x1000",
                         text, &data.address, &rest))
        return false;
    if (rest != NULL) {
        ag_cli_say("--data: ':%.80s' follows the address; --lane-data has a "
                   "stride",
                   rest);
        return false;
    }
    s->data.items = ag_cli_grow(s->data.items, s->data.count, sizeof data);
    s->data.items[s->data.count++] = data;
    return true;
}

bool ag_run_apply_dump(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_dump dump = {.lane_given = false};
    const char *colon = strchr(text, ':');
    const char *at = strchr(text, '@');
    const char *end = at != NULL ? at : text + strlen(text);

    if (colon == NULL || colon > end) {
        ag_cli_say("--dump: '%s' is not ADDR:LEN[@LANE]; write an address and "
                   "a size, such as 0x1000:64 or 0x1000:64@3",
                   text);
        return false;
    }
    dump.lane_given = at != NULL;
    if (!ag_cli_number_of("--dump: address", text, (size_t)(colon - text), 0,
                          &dump.address) ||
        !ag_cli_number_of("--dump: length", colon + 1,
                          (size_t)(end - colon - 1), AG_CLI_SUFFIX,
                          &dump.length) ||
        (at != NULL && !ag_cli_number_of("--dump: lane", at + 1, strlen(at + 1),
                                         0, &dump.lane)))
        return false;
    s->dumps.items = ag_cli_grow(s->dumps.items, s->dumps.count, sizeof dump);
    s->dumps.items[s->dumps.count++] = dump;
    return true;
}

/* -- Checks ---------------------------------------------------------------- */

static bool check_numbers(const ag_run_settings *s)
{
    if (s->lanes.value == 0)
        ag_cli_say("--lanes must be 1 or more");
    else if (s->memory.value == 0)
        ag_cli_say("--memory must be more than 0; write a size such as 4M");
    else if (!ag_cli_machine_is_fine(s->device, s->threads, s->spread))
        return false;
    else if (s->load_addr.value % 4 != 0)
        ag_cli_say("--load-addr 0x%" PRIx64 " is not a multiple of 4, the size "
                   "of an instruction",
                   s->load_addr.value);
    else if (s->load_addr.value >= s->memory.value)
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
    if (dump->length == 0) {
        ag_cli_say("--dump: a length of 0 bytes shows nothing; write 1 or "
                   "more");
        return false;
    }
    if (dump->address >= s->memory.value ||
        dump->length > s->memory.value - dump->address) {
        ag_cli_say("--dump: %" PRIu64 " bytes at 0x%" PRIx64 " are not all in "
                   "memory, which ends at 0x%" PRIx64,
                   dump->length, dump->address, s->memory.value - 1);
        return false;
    }
    return !dump->lane_given || check_lane(s, "--dump", dump->lane);
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
    else if (s->first.given && s->first.value == 0)
        ag_cli_say("--first must be 1 or more");
    else if (s->summary && (s->show.given || s->all || s->csv))
        ag_cli_say("--summary and --%s exclude each other; give one",
                   s->csv   ? "csv"
                   : s->all ? "all"
                            : "show");
    else if (s->columns.count != 0 && s->out == NULL && !s->csv)
        ag_cli_say("--columns is for --out and --csv; give one of them");
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

bool ag_run_rows_to_stdout(const ag_run_settings *s)
{
    return s->out != NULL && strcmp(s->out, "-") == 0;
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
    if (c->field != AG_RUN_FIELD_MEMORY ||
        (c->address < s->memory.value &&
         c->length <= s->memory.value - c->address))
        return true;
    ag_cli_say("%s: %" PRIu64 " bytes at 0x%" PRIx64 " are not all in memory, "
               "which ends at 0x%" PRIx64,
               option, c->length, c->address, s->memory.value - 1);
    return false;
}

static bool check_columns(const ag_run_settings *s)
{
    bool fine = true;

    for (size_t i = 0; fine && i < s->columns.count; i++)
        fine = check_column(s, "--columns", &s->columns.items[i]);
    for (size_t i = 0; fine && i < s->conditions.count; i++)
        fine = check_column(s, "--find", &s->conditions.items[i].left.column) &&
               check_column(s, "--find", &s->conditions.items[i].right.column);
    return fine;
}

/* As the library will have it: addresses are checked before it is open. */
static void choose_memory(ag_run_settings *s)
{
    armgpu_options o;

    armgpu_options_init(&o);
    o.lanes = s->lanes.value;
    o.memory_mode = (uint32_t)s->memory_mode;
    o.stack_size = s->stack.value;
    if (!s->memory.given)
        s->memory.value = armgpu_options_memory(&o);
}

int ag_run_check_settings(ag_run_settings *s)
{
    bool fine;

    choose_memory(s);
    fine = check_programs(s) && check_numbers(s) && check_pairs(s) &&
           ag_run_check_map(s) && check_private(s) && check_find(s) &&
           choose_format(s) && check_columns(s);
    return fine ? AG_CLI_EXIT_OK : AG_CLI_EXIT_FAILED;
}

int ag_run_check_lanes(const ag_run_settings *s)
{
    bool fine = true;

    if (s->trace.given)
        fine = check_lane(s, "--trace", s->trace.value);
    for (size_t i = 0; fine && i < s->lane_registers.count; i++)
        fine = check_lane(s, "--lane-reg", s->lane_registers.items[i].lane);
    for (size_t i = 0; fine && i < s->dumps.count; i++)
        fine = check_dump(s, &s->dumps.items[i]);
    return fine ? AG_CLI_EXIT_OK : AG_CLI_EXIT_FAILED;
}
