/*
 * The options of armgpu run: the list, and the values that are more than a
 * number.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(ag_run_settings, field)
#define PROCESS(field) AT(process.field)

#define LANES "Lanes and device"
#define LIMITS "Limits"
#define MEMORY "Memory and program"
#define PROGRAM "Programs of ELF files"
#define DEVICES "Devices and stubs"
#define START "Start values"
#define OUTPUT "Output"

const ag_cli_option ag_run_options[] = {
    {LANES, "lanes", 'n', "N", AG_CLI_NUMBER, AT(lanes), NULL, NULL,
     "Run N lanes (default 32; of an ELF program 1)."},
    {LANES, "only", 0, "A[:B],...", AG_CLI_CALL, 0, NULL, ag_run_apply_only,
     "Of the N lanes run just these, A to B, as they are in a run of all: with "
     "their own numbers, inputs, registers and programs."},
    {LANES, "first-lane", 0, "A", AG_CLI_NUMBER, AT(first_lane), NULL, NULL,
     "Run N lanes from lane A on: --lanes A+N with --only A:A+N-1."},
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
    {LANES, "float", 0, "MODE", AG_CLI_CHOICE, AT(float_mode), "auto|soft",
     NULL,
     "auto: compute floating point by the hardware where its result is proven "
     "(default, unless ARMGPU_FLOAT is soft); soft: in integers. Results are "
     "the same."},
    {LANES, "engine", 0, "ENGINE", AG_CLI_CHOICE, AT(engine), AG_CLI_ENGINES,
     NULL,
     "Private memory: interpret instructions, or translate the program and "
     "compile it (on a CPU by $ARMGPU_CC, cc, clang or gcc): before it begins "
     "if it is small, else while it runs, and of a large one what is hot; "
     "auto (default): interpret, and on a CPU, CUDA or a GPU of OpenCL translate "
     "beside a run that lasts, for as long as that is faster. interpreter: "
     "translate nothing and start no compiler. Results are the same."},
    {LANES, "translate-budget", 0, "N", AG_CLI_NUMBER, AT(translate_budget),
     NULL, NULL,
     "Translate programs of fewer than N instructions whole, before they begin, "
     "and of larger ones a quarter of that (default 4000, and from 500 on while "
     "they run; at most 65536)."},
    {LANES, "resident", 0, "N", AG_CLI_NUMBER, AT(resident), NULL, NULL,
     "Private memory: have N lanes on the device at one time, and begin the "
     "next when one ends (default 0: as many as are fast)."},

    {LIMITS, "max-cycles", 'c', "N", AG_CLI_NUMBER, AT(max_cycles), NULL, NULL,
     "Stop a lane after N instructions (default 10000000, of an ELF program 0; "
     "0: no limit)."},
    {LIMITS, "timeout", 0, "TIME", AG_CLI_CALL, 0, NULL, ag_run_apply_timeout,
     "Stop all lanes after TIME, in seconds or with ms, s, m or h: 0.5, 10s, "
     "2m (default 0: never)."},

    {MEMORY, "memory", 'm', "SIZE", AG_CLI_SIZE, AT(memory), NULL, NULL,
     "Memory, or memory of each lane if private (default 4M; shared memory "
     "of more than 128 lanes grows, so that each has a stack of 16K or "
     "--stack)."},
    {MEMORY, "memory-mode", 0, "MODE", AG_CLI_CHOICE, AT(memory_mode),
     "shared|private", NULL,
     "shared: all lanes see one memory (default); private: each has its own, "
     "which suits many lanes better, and which ELF programs always have."},
    {MEMORY, "load-addr", 0, "A", AG_CLI_NUMBER, AT(load_addr), NULL, NULL,
     "Place the program at address A (default 0)."},
    {MEMORY, "data", 0, "FILE@ADDR", AG_CLI_CALL, 0, NULL, ag_run_apply_data,
     "Place a file's bytes at ADDR after the program. May be repeated."},
    {MEMORY, "lane-data", 0, "FILE@ADDR:STRIDE", AG_CLI_CALL, 0, NULL,
     ag_run_apply_lane_data,
     "Private memory: place bytes K*STRIDE to (K+1)*STRIDE-1 of a file at ADDR "
     "of lane K. Without --lanes there is a lane for every STRIDE bytes. May "
     "be repeated."},
    {MEMORY, "lane-files", 0, "DIR@ADDR[:xN]", AG_CLI_CALL, 0, NULL,
     ag_run_apply_lane_files,
     "Private memory: place the K-th file of a directory, by name, at ADDR of "
     "lane K, and its length in a register (default x1). Without --lanes there "
     "is a lane for every file. May be repeated."},
    {MEMORY, "program", 0, "FILE[@ADDR]", AG_CLI_CALL, 0, NULL,
     ag_run_apply_program,
     "One of several programs, in place of PROG; at ADDR, or at the load "
     "address. May be repeated."},
    {MEMORY, "assign", 0, "HOW|FILE", AG_CLI_TEXT, AT(assign),
     "roundrobin|block", NULL,
     "Which lane executes which program: in turn (default), in blocks, or as "
     "a file with the columns lane and program says."},
    {MEMORY, "stack", 0, "SIZE", AG_CLI_SIZE, AT(stack), NULL, NULL,
     "Shared memory: distance between the lanes' stacks (default: half the "
     "memory over all lanes, at most 64K). ELF programs: a lane's stack "
     "(default 128K)."},

    {PROGRAM, "args", 0, "FILE", AG_CLI_TEXT, PROCESS(argument_lines), NULL,
     NULL,
     "Give lane K the words of line K as arguments, behind those that follow "
     "--. They are split as a shell does, with quotes and \\, but nothing is "
     "expanded except {lane}. Without --lanes there is a lane for every line."},
    {PROGRAM, "env", 0, "NAME=VALUE", AG_CLI_CALL, 0, NULL, ag_run_apply_env,
     "Set a variable of the program's environment, which is empty without. May "
     "be repeated."},
    {PROGRAM, "stdin", 0, "FILE", AG_CLI_TEXT, PROCESS(input), NULL, NULL,
     "The standard input of every lane (default: empty); - is armgpu's own."},
    {PROGRAM, "stdin-dir", 0, "DIR", AG_CLI_TEXT, PROCESS(input_folder), NULL,
     NULL,
     "Give lane K the K-th file of a directory, by name, as its standard "
     "input. Without --lanes there is a lane for every file."},
    {PROGRAM, "stdin-lines", 0, "FILE", AG_CLI_TEXT, PROCESS(input_lines), NULL,
     NULL,
     "Give lane K line K as its standard input. Without --lanes there is a "
     "lane for every line."},
    {PROGRAM, "root", 0, "DIR", AG_CLI_TEXT, PROCESS(root), NULL, NULL,
     "Let lanes see the files in a directory of this machine, which is their "
     "/; no path or link leads out of it, and what a lane writes is its own, "
     "in "
     "memory (default: / is empty but for /tmp)."},
    {PROGRAM, "file", 0, "GUEST=HOST", AG_CLI_CALL, 0, NULL, ag_run_apply_file,
     "Let lanes see file HOST of this machine as GUEST. May be repeated."},
    {PROGRAM, "collect", 0, "DIR", AG_CLI_TEXT, PROCESS(collect), NULL, NULL,
     "Write the files that a lane has made or opened for writing to "
     "DIR/LANE/path when it ends (default: they are dropped)."},
    {PROGRAM, "file-bytes", 0, "SIZE", AG_CLI_SIZE, PROCESS(file_bytes), NULL,
     NULL,
     "What these may have together in one lane (default 64M; 0: lanes write no "
     "files)."},
    {PROGRAM, "stdout", 0, "WHERE", AG_CLI_CALL, 0, NULL, ag_run_apply_stdout,
     "Write what lanes print to a file, one lane's after the other's (- is the "
     "standard output); with DIR/ to DIR/LANE.out and DIR/LANE.err; with "
     "prefix to the standard output, each line behind its lane's number."},
    {PROGRAM, "stdout-bytes", 0, "SIZE", AG_CLI_SIZE, PROCESS(output_bytes),
     NULL, NULL,
     "A lane's buffer on the device for what it prints (default 4K); when it "
     "is full the lane waits, and nothing is lost."},
    {PROGRAM, "propagate", 0, NULL, AG_CLI_FLAG, PROCESS(propagates), NULL,
     NULL, "One lane: exit with the program's own status."},
    {PROGRAM, "heap", 0, "SIZE", AG_CLI_SIZE, PROCESS(heap), NULL, NULL,
     "Memory of a lane for brk, mmap and malloc (default 1M)."},
    {PROGRAM, "memory-base", 0, "A", AG_CLI_NUMBER, PROCESS(base), NULL, NULL,
     "Let memory begin at address A, a multiple of 4K."},
    {PROGRAM, "entry", 0, "SYMBOL", AG_CLI_TEXT, PROCESS(entry), NULL, NULL,
     "Begin at a symbol in place of the program's entry."},
    {PROGRAM, "call", 0, "SYMBOL", AG_CLI_TEXT, PROCESS(call), NULL, NULL,
     "Call one function in place of main, with the arguments that --reg and "
     "the like put into x0 to x8 and v0 to v7, and stop when it returns."},
    {PROGRAM, "as", 0, "KIND", AG_CLI_CHOICE, PROCESS(kind), "linux|bare-metal",
     NULL, "What the program expects (default: as the file looks)."},
    {PROGRAM, "semihosting", 0, "WHEN", AG_CLI_CHOICE, PROCESS(semihosting),
     "auto|on|off", NULL,
     "What hlt #0xf000 of a bare-metal program does: auto: asks for input, "
     "output and the like, if the program has one (default); on: so too, also "
     "of a flat image, which then is as an ELF program; off: stops the lane."},
    {PROGRAM, "seed", 0, "N", AG_CLI_NUMBER, PROCESS(seed), NULL, NULL,
     "Of the random numbers that lanes get from the system (default 0)."},
    {PROGRAM, "strict-syscalls", 0, NULL, AG_CLI_FLAG, PROCESS(is_strict), NULL,
     NULL,
     "Stop a lane at a system call that there is not, as syscall (default: it "
     "gets ENOSYS)."},

    {DEVICES, "mmio", 0, "ADDR:LEN=WHAT", AG_CLI_CALL, 0, NULL,
     ag_run_apply_mmio,
     "Private memory: let lanes access LEN bytes at ADDR, outside their "
     "memory. "
     "With const:V a read gives V, and writes are dropped; with file:FILE a "
     "read gives the next byte of a file, 0 behind its end, to each lane from "
     "the beginning; with null it gives 0. Of what is written to file and null "
     "the lowest byte is the lane's output. Later ranges count before earlier "
     "ones. May be repeated."},
    {DEVICES, "stub", 0, "SYMBOL=VALUE", AG_CLI_CALL, 0, NULL,
     ag_run_apply_stub,
     "Let a function return VALUE in X0 at once: its first instructions are "
     "replaced. In place of SYMBOL an address, of flat images always. May be "
     "repeated."},

    {START, "pc", 0, "A", AG_CLI_NUMBER, AT(pc), NULL, NULL,
     "Begin at address A (default: the load address)."},
    {START, "sp", 0, "A", AG_CLI_NUMBER, AT(sp), NULL, NULL,
     "Begin with SP = A in every lane."},
    {START, "reg", 0, "NAME=EXPR", AG_CLI_CALL, 0, NULL, ag_run_apply_reg,
     "Begin with EXPR in a register: a number, or an expression of lane, such "
     "as 2*lane+1, lane/256 or lane%16; for d0, s0 or h0 such as 1.5, 1e-9, "
     "inf or lane*0.5. May be repeated."},
    {START, "lane-reg", 0, "L:NAME=V", AG_CLI_CALL, 0, NULL,
     ag_run_apply_lane_reg,
     "Begin with V in a register of lane L. May be repeated."},
    {START, "regs", 0, "FILE.csv", AG_CLI_CALL, 0, NULL, ag_run_apply_regs,
     "Begin with the values of a file whose first line names the columns: lane "
     "and registers. Other columns that --csv and --out write set nothing. May "
     "be repeated."},

    {OUTPUT, "show", 0, "N", AG_CLI_NUMBER, AT(show), NULL, NULL,
     "Print the first N lanes (default 16; all with --json and --csv)."},
    {OUTPUT, "fp", 0, NULL, AG_CLI_FLAG, AT(fp), NULL, NULL,
     "Print FPCR, FPSR and V registers even where they are 0: in the table, "
     "--json and --csv. Without, the table has those that are not 0, --json "
     "all of them once a lane has used V registers, and --csv none."},
    {OUTPUT, "all", 0, NULL, AG_CLI_FLAG, AT(all), NULL, NULL,
     "Print all lanes."},
    {OUTPUT, "summary", 0, NULL, AG_CLI_FLAG, AT(summary), NULL, NULL,
     "Print no lanes, only totals."},
    {OUTPUT, "no-table", 0, NULL, AG_CLI_FLAG, AT(no_table), NULL, NULL,
     "Print neither lanes nor totals: only what --json, --csv, --dump or --out "
     "ask for."},
    {OUTPUT, "find", 0, "EXPR", AG_CLI_CALL, 0, NULL, ag_run_apply_find,
     "Print and write only lanes for which EXPR holds: x0!=0, stop=data-fault, "
     "cycles>1000 or x0=lane*2+1, with C's operators and a comma for &&. "
     "Signed with s:x0<0 or a negative number: w0=-1. Floating-point: d0>1e-9, "
     "d0!=d0 for NaNs. Of programs exit==3, stdout~\"FAIL\" and "
     "stdout!~\"ok\". May be repeated."},
    {OUTPUT, "first", 0, "K", AG_CLI_NUMBER, AT(first), NULL, NULL,
     "Stop when the K lowest lanes that match --find are known."},
    {OUTPUT, "require-match", 0, NULL, AG_CLI_FLAG, AT(require_match), NULL,
     NULL, "Exit with 1 when no lane matches --find."},
    {OUTPUT, "out", 0, "FILE", AG_CLI_TEXT, AT(out), NULL, NULL,
     "Write a row a lane, in order, as lanes end; the format is that of the "
     "name: .csv, .jsonl or .bin. With - to the standard output, without the "
     "table."},
    {OUTPUT, "out-format", 0, "FORMAT", AG_CLI_CHOICE, AT(out_format),
     "csv|jsonl|bin", NULL, "The format of --out, whatever its name is."},
    {OUTPUT, "columns", 0, "LIST", AG_CLI_CALL, 0, NULL, ag_run_apply_columns,
     "The columns of --out if that is given, and of --csv, or else of the "
     "table or --json, with commas: " AG_RUN_COLUMN_NAMES
     "; x0..x7 is a range; x0:d is decimal, x0:i signed, x0:x hexadecimal."},
    {OUTPUT, "dump", 0, "ADDR:LEN[@LANE]", AG_CLI_CALL, 0, NULL,
     ag_run_apply_dump,
     "Print memory after the run; of every lane printed if memory is private "
     "and no LANE is given. May be repeated."},
    {OUTPUT, "json", 0, NULL, AG_CLI_FLAG, AT(json), NULL, NULL,
     "Print one JSON object."},
    {OUTPUT, "csv", 0, NULL, AG_CLI_FLAG, AT(csv), NULL, NULL,
     "Print a CSV table, one line a lane."},
    {OUTPUT, "map", 0, "FILE", AG_CLI_CALL, 0, NULL, ag_run_apply_map,
     "Also draw a picture, .png or .ppm, with a square a lane."},
    {OUTPUT, "map-by", 0, "WHAT", AG_CLI_CALL, 0, "stop|cycles|x0",
     ag_run_apply_map_by,
     "Colour the picture by stop (default), cycles or a register such as x0."},
    {OUTPUT, "map-size", 0, "WxH", AG_CLI_CALL, 0, NULL, ag_run_apply_map_size,
     "Lay the lanes out in H rows of W (default: as square as they allow)."},
    {OUTPUT, "map-scale", 0, "SCALE", AG_CLI_CHOICE, AT(map_scale),
     "linear|log", NULL,
     "Spread colours evenly over numbers (linear, default) or over their "
     "logarithms."},
    {OUTPUT, "no-aliases", 0, NULL, AG_CLI_FLAG, AT(no_aliases), NULL, NULL,
     "Disassemble with the instructions' own names: orr, not mov."},
    {OUTPUT, "trace", 0, "LANE", AG_CLI_NUMBER, AT(trace), NULL, NULL,
     "Print every instruction that LANE executes to the standard error; other "
     "lanes run as without."},
    {OUTPUT, "strace", 0, "LANE", AG_CLI_NUMBER, AT(strace), NULL, NULL,
     "Print every system call of LANE to the standard error, as strace does."},
    {OUTPUT, "quiet", 'q', NULL, AG_CLI_FLAG, AT(quiet), NULL, NULL,
     "Print no remarks: only results and errors."},
    {OUTPUT, "verbose", 0, NULL, AG_CLI_FLAG, AT(verbose), NULL, NULL,
     "Also say why the backend was chosen, what memory an ELF program has and "
     "what was translated."},
    {OUTPUT, "progress", 0, "WHEN", AG_CLI_CHOICE, AT(progress), AG_CLI_WHEN,
     NULL, "Draw a progress line: auto (on a terminal), always or never."},
    {OUTPUT, "color", 0, "WHEN", AG_CLI_CHOICE, AT(color), AG_CLI_WHEN, NULL,
     "Colour the table: auto (on a terminal), always or never."},
    {NULL, NULL, 0, NULL, AG_CLI_FLAG, 0, NULL, NULL, NULL},
};

void ag_run_settings_init(ag_run_settings *s)
{
    armgpu_options defaults;

    armgpu_options_init(&defaults);
    memset(s, 0, sizeof *s);
    s->lanes.value = defaults.lanes;
    s->memory_mode = s->process.kind = s->process.semihosting = -1;
    s->max_cycles.value = 10000000;
    s->show.value = 16;
    s->backend = "auto";
    s->assign = "roundrobin";
    s->out_format = s->float_mode = -1;
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
    for (size_t i = 0; i < s->registers.count; i++)
        free(s->registers.items[i].expression.nodes);
    ag_run_free_inputs(s);
    ag_run_free_devices(s);
    ag_run_free_conditions(s);
    free(s->assign_file.rows);
    free(s->only.items);
    free(s->programs.items);
    free(s->columns.items);
    free(s->csv_files.items);
    free(s->data.items);
    free(s->dumps.items);
    free(s->registers.items);
    free(s->lane_registers.items);
}

bool ag_run_apply_timeout(void *settings, const char *text)
{
    ag_run_settings *s = settings;

    if (ag_cli_read_time(text, 1, &s->timeout))
        return true;
    ag_cli_say("--timeout: '%.80s' is not a time; write seconds (10 or 0.5) "
               "or a unit too (500ms, 10s, 2m)",
               text);
    return false;
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
