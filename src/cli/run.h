/*
 * armgpu run, shared by its parts (run_*.c and cmd_run.c): what the user asked
 * for, and the run that comes of it. Steps are functions that return an exit
 * status, 0 to go on, and have said why when they return another.
 */
#ifndef AG_CLI_RUN_H
#define AG_CLI_RUN_H

#include "cli.h"

#include <signal.h>

/* -- Registers ------------------------------------------------------------- */

/* X0 to X30 are 0 to 30. */
enum ag_run_register {
    AG_RUN_LR = 30,
    AG_RUN_SP = 31,
    AG_RUN_PC,
    AG_RUN_NZCV,
    AG_RUN_TPIDR,
    AG_RUN_REGISTERS
};

typedef struct ag_run_name {
    enum ag_run_register number;
    bool narrow; /* a W name: 32 bits, zero-extended */
} ag_run_name;

/* Value lane * factor + constant for one register. */
typedef struct ag_run_assignment {
    ag_run_name name;
    uint64_t factor;
    uint64_t constant;
    uint64_t lane; /* --lane-reg only */
} ag_run_assignment;

/* False, without a message, if `text` is no register's name. */
bool ag_run_find_register(const char *text, size_t length, ag_run_name *name);
#define AG_RUN_REGISTER_NAMES                                                  \
    "x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv and tpidr"

/*
 * Reads a value for a register; NULL, or the end of a sentence that begins with
 * the text. Flags may be four binary digits.
 */
const char *ag_run_read_value(const char *text, size_t length, ag_run_name name,
                              uint64_t *value);

uint64_t *ag_run_register_slot(armgpu_state *s, enum ag_run_register number);
/* The register's usual name; `text` has room for 8. */
const char *ag_run_register_name(enum ag_run_register number, char text[8]);
/* "0110": N, Z, C, V. */
const char *ag_run_flags_text(uint64_t nzcv, char text[5]);

/* -- What the user asked for ----------------------------------------------- */

typedef struct ag_run_data {
    const char *path;
    uint64_t address;
    ag_cli_bytes bytes;
} ag_run_data;

typedef struct ag_run_dump {
    uint64_t address;
    uint64_t length;
    uint64_t lane;
    bool lane_given;
} ag_run_dump;

/* The rows of one --regs file, in order of lanes once it is read. */
typedef struct ag_run_csv {
    const char *path;
    ag_run_name columns[AG_RUN_REGISTERS];
    size_t column_count; /* without the lane's */
    size_t lane_column;
    uint64_t *rows; /* each: lane, line, then a value a column */
    size_t row_count;
    size_t next; /* while the rows are applied */
} ag_run_csv;

#define AG_RUN_LIST(type)                                                      \
    struct {                                                                   \
        type *items;                                                           \
        size_t count;                                                          \
    }

enum ag_run_when { AG_RUN_AUTO, AG_RUN_ALWAYS, AG_RUN_NEVER };

typedef struct ag_run_settings {
    const char *program;
    const char *backend;
    ag_cli_number lanes, device, threads;
    ag_cli_number max_cycles;
    double timeout; /* seconds, 0: none */
    ag_cli_number memory, load_addr, stack;
    int memory_mode; /* enum armgpu_memory_mode */
    ag_cli_number pc, sp;
    AG_RUN_LIST(ag_run_assignment) registers;
    AG_RUN_LIST(ag_run_assignment) lane_registers;
    AG_RUN_LIST(ag_run_csv) csv_files;
    AG_RUN_LIST(ag_run_data) data;
    AG_RUN_LIST(ag_run_dump) dumps;
    ag_cli_number show, trace;
    bool all, no_aliases, json, csv, quiet;
    int progress, color; /* enum ag_run_when */
} ag_run_settings;

extern const ag_cli_option ag_run_options[];

void ag_run_settings_init(ag_run_settings *s);
void ag_run_settings_free(ag_run_settings *s);

/* What can be judged before any file is opened. */
int ag_run_check_settings(const ag_run_settings *s);

/* Option values that are more than a number; apply functions of the list. */
bool ag_run_apply_reg(void *settings, const char *text);
bool ag_run_apply_lane_reg(void *settings, const char *text);
bool ag_run_apply_regs(void *settings, const char *text);
bool ag_run_apply_data(void *settings, const char *text);
bool ag_run_apply_dump(void *settings, const char *text);
bool ag_run_apply_timeout(void *settings, const char *text);

/* Reads and checks a --regs file for a run of `lanes` lanes. */
int ag_run_read_csv(ag_run_csv *csv, uint64_t lanes);

/* -- The run --------------------------------------------------------------- */

/* Lanes that stopped at one place for one reason. */
#define AG_RUN_RANGES 4
typedef struct ag_run_place {
    armgpu_lane_result first; /* of the first lane */
    struct {
        uint64_t first, last;
    } ranges[AG_RUN_RANGES];
    size_t range_count;
    uint64_t lanes;
    bool same_code; /* every lane has first.stop_code */
} ag_run_place;

#define AG_RUN_PLACES 8
typedef struct ag_run_summary {
    uint64_t bad_lanes;     /* ended otherwise than in halt 0, exit 0 */
    uint64_t limited_lanes; /* reached max-cycles, or interrupted */
    uint64_t device_lanes;  /* device faults */
    ag_run_place places[AG_RUN_PLACES];
    size_t place_count;
    uint64_t other_lanes; /* bad lanes that no place has room for */
} ag_run_summary;

/* Redrawn between slices; nothing is on the screen while `drawn` is false. */
typedef struct ag_run_progress {
    bool wanted, drawn;
    double last_seconds;
} ag_run_progress;

/* The traced lane: the state before the instruction that is executing now. */
typedef struct ag_run_trace {
    armgpu_state before;
    uint32_t word;
    bool pending;
} ag_run_trace;

typedef struct ag_run {
    ag_run_settings settings;
    armgpu *g;
    armgpu_result result;
    ag_run_summary summary;
    ag_run_progress progress;
    ag_run_trace trace;
    double started; /* of execute, in seconds of the monotonic clock */
    bool timed_out;
    bool interrupted;
    bool device_failed;
} ag_run;

/* run_load.c: files, handle, memory, registers: everything before executing. */
int ag_run_load(ag_run *r);
/* The status that a failed library call means, its message said. */
int ag_run_library_failed(const ag_run *r, const char *subject, int32_t error);
/* The registers asked for, in every lane. */
int ag_run_set_registers(ag_run *r);
bool ag_run_sets_registers(const ag_run_settings *s);

/* run_execute.c */
int ag_run_execute(ag_run *r);
/* Asked by callbacks: Ctrl-C or the end of --timeout. */
bool ag_run_must_stop(ag_run *r);

/* run_progress.c, run_trace.c */
void ag_run_progress_begin(ag_run *r);
void ag_run_progress_draw(ag_run *r, uint64_t cycles, uint64_t live,
                          double seconds);
void ag_run_progress_end(ag_run *r);
int32_t ag_run_trace_step(void *user, uint64_t lane, const armgpu_state *s,
                          uint32_t word);
void ag_run_trace_end(ag_run *r);

/* run_summary.c: looks at every lane once; the exit status that follows. */
int ag_run_summarize(ag_run *r);
int ag_run_exit_status(const ag_run *r);
/* What a person should know who sees only the exit status. */
void ag_run_narrate(const ag_run *r);

/* -- Output ---------------------------------------------------------------- */

typedef struct ag_run_lane {
    uint64_t number;
    const armgpu_state *state;
    const armgpu_lane_result *result;
} ag_run_lane;

/* False stops the iteration. */
typedef bool (*ag_run_lane_fn)(const ag_run *r, const ag_run_lane *lane,
                               void *user);

/* Lanes 0 to count - 1, fetched in ranges. Returns an exit status. */
int ag_run_each_lane(const ag_run *r, uint64_t count, ag_run_lane_fn fn,
                     void *user);

/* How many lanes the output has. */
uint64_t ag_run_shown_lanes(const ag_run *r);

/* The address that a data or alignment fault stopped at; false: no fault. */
bool ag_run_is_fault(const armgpu_lane_result *result);
const char *ag_run_access_name(uint32_t access); /* "read" or "write" */

int ag_run_print_table(const ag_run *r);
int ag_run_print_json(const ag_run *r);
int ag_run_print_csv(const ag_run *r);

/* One block of memory that --dump asks for; `of_lane`: it belongs to a lane. */
typedef struct ag_run_block {
    uint64_t address, length, lane;
    bool of_lane;
} ag_run_block;
typedef bool (*ag_run_block_fn)(const ag_run *r, const ag_run_block *block,
                                void *user);
/* Every block in order; private memory without @LANE: one for each shown lane*/
int ag_run_each_block(const ag_run *r, ag_run_block_fn fn, void *user);
/* Reads a part of a block and says so if that fails. */
bool ag_run_read_block(const ag_run *r, const ag_run_block *block,
                       uint64_t offset, uint8_t *bytes, size_t size);
int ag_run_print_dumps(const ag_run *r);

#endif
