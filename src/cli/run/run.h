/*
 * armgpu run, shared by its parts (run/ and cmd_run.c): what the user asked
 * for, and the run that comes of it. Steps are functions that return an exit
 * status, 0 to go on, and have said why when they return another.
 */
#ifndef AG_CLI_RUN_H
#define AG_CLI_RUN_H

#include "cli/cli.h"
#include "cli/run/process.h"
#include "cli/run/sweep.h"

/* -- Registers ------------------------------------------------------------- */

/* For one register: the expression, or lane * factor + constant without. */
typedef struct ag_run_assignment {
    ag_run_name name;
    ag_run_expression expression; /* over lanes; free() its nodes */
    uint64_t factor;
    uint64_t constant, high; /* high: the upper half of V registers */
    uint64_t lane; /* --lane-reg only */
} ag_run_assignment;

/* False, without a message, if `text` is no register's name: of those that hold
   addresses and integers; */
bool ag_run_find_register(const char *text, size_t length, ag_run_name *name);
#define AG_RUN_REGISTER_NAMES                                                  \
    "x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv and tpidr"
/* or of any. */
bool ag_run_find_name(const char *text, size_t length, ag_run_name *name);
#define AG_RUN_ALL_NAMES                                                       \
    "x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv, tpidr, v0 to v31 (also q, "   \
    "d, s and h), fpcr and fpsr"

/*
 * Reads a value for a register; NULL, or the end of a sentence that begins with
 * the text. Flags may be four binary digits.
 */
const char *ag_run_read_value(const char *text, size_t length, ag_run_name name,
                              ag_run_value *value);

/* What it comes to for a lane. */
ag_run_value ag_run_assigned(const ag_run_assignment *a, uint64_t lane);
/* The bits of the registers that mean something; the others are 0. */
uint64_t ag_run_register_bits(enum ag_run_register number);

/* Of a register of at most 64 bits. */
uint64_t *ag_run_register_slot(armgpu_state *s, enum ag_run_register number);
/* A state's registers in the order of enum ag_run_register. */
void ag_run_copy_registers(uint64_t to[AG_RUN_REGISTERS],
                           const armgpu_state *s);
/* The register's usual name; `text` has room for 8. */
const char *ag_run_register_name(enum ag_run_register number, char text[8]);
/* "v0=0x3ff8000000000000 d0=1.5": as a D or S register too where the rest is 0
   and it is a number that somebody would write. */
#define AG_RUN_VECTOR_TEXT 96
void ag_run_vector_text(unsigned number, const uint64_t v[2],
                        char text[AG_RUN_VECTOR_TEXT]);
/* Whether lanes have V registers to print: --fp, or something has set them. */
bool ag_run_shows_vectors(const struct ag_run *r);
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
    size_t offset;  /* without a lane: in ag_run_lane.memory, if collected */
    uint8_t *bytes; /* with a lane: what it was when the lane ended */
} ag_run_dump;

/* --lane-data: the lanes' parts follow each other in the file. */
typedef struct ag_run_lane_data {
    const char *path;
    uint64_t address, stride;
    FILE *file;
    uint64_t size; /* of the file */
} ag_run_lane_data;

/* --lane-files: lane k has the k-th name; sizes are those of the start. */
typedef struct ag_run_lane_files {
    const char *path;
    uint64_t address;
    ag_run_name length_register;
    struct {
        char *name;
        uint64_t size;
    } * files;
    size_t count;
} ag_run_lane_files;

/* --mmio */
typedef struct ag_run_device {
    armgpu_mmio mmio;
    const char *path; /* file:, or NULL */
    ag_cli_bytes input;
} ag_run_device;

/* --stub */
typedef struct ag_run_stub {
    const char *name; /* NULL: by address */
    uint64_t address, value;
} ag_run_stub;

/* --program */
typedef struct ag_run_program {
    const char *path;
    ag_cli_number address;
    ag_cli_bytes bytes;
} ag_run_program;

/*
 * The rows of one --regs file, in order of lanes once it is read. Of an
 * --assign file: its one column is the program, a number below `programs`.
 */
typedef struct ag_run_csv {
    const char *path;
    uint64_t programs; /* 0: the columns are registers */
    ag_run_name columns[AG_RUN_NUMBERS];
    size_t column_count; /* without the lane's */
    size_t lane_column;
    size_t width;   /* words of a row */
    uint64_t *rows; /* each: lane, line, then a value a column: a word, or two
                       of V registers */
    size_t row_count;
} ag_run_csv;

/* What the pixels of --map show. */
enum ag_run_map_by { AG_RUN_MAP_STOP, AG_RUN_MAP_CYCLES, AG_RUN_MAP_REGISTER };
enum ag_run_scale { AG_RUN_SCALE_LINEAR, AG_RUN_SCALE_LOG };

typedef struct ag_run_settings {
    const char *program; /* PROG, or NULL */
    ag_run_process process;
    const char *backend;
    ag_cli_number lanes; /* of the sweep: numbers are smaller */
    ag_cli_number first_lane;
    AG_RUN_LIST(armgpu_lane_range) only; /* that run, in order; none: all */
    ag_cli_number resident, device, threads, spread;
    int engine; /* enum armgpu_engine */
    ag_cli_number translate_budget;
    int float_mode; /* auto, soft; -1: not given */
    ag_cli_number max_cycles;
    double timeout; /* seconds, 0: none */
    ag_cli_number memory, load_addr, stack;
    int memory_mode; /* enum armgpu_memory_mode; -1: not given */
    ag_cli_number pc, sp;
    AG_RUN_LIST(ag_run_assignment) registers;
    AG_RUN_LIST(ag_run_assignment) lane_registers;
    AG_RUN_LIST(ag_run_csv) csv_files;
    AG_RUN_LIST(ag_run_data) data;
    AG_RUN_LIST(ag_run_lane_data) lane_data;
    AG_RUN_LIST(ag_run_lane_files) lane_files;
    AG_RUN_LIST(ag_run_program) programs;
    AG_RUN_LIST(ag_run_device) devices;
    armgpu_mmio *mmio; /* the same for the library, once they are read */
    AG_RUN_LIST(ag_run_stub) stubs;
    const char *assign; /* roundrobin, block or a file's name */
    ag_run_csv assign_file;
    AG_RUN_LIST(ag_run_dump) dumps;
    ag_run_columns columns;
    AG_RUN_LIST(ag_run_condition) conditions;
    const char *out;
    int out_format; /* enum ag_run_format, or -1: not given */
    ag_cli_number first;
    ag_cli_number show, trace, strace;
    bool fp, all, summary, no_table, no_aliases, json, csv, quiet, verbose;
    bool require_match;
    bool has_found_lanes; /* inputs have said how many there are */
    int progress, color; /* enum ag_cli_when */
    const char *map;     /* NULL: no picture */
    enum ag_run_map_by map_by;
    bool map_by_given;
    ag_run_name map_register;
    uint32_t map_width, map_height; /* 0: as square as lanes allow */
    int map_scale;                  /* enum ag_run_scale */
} ag_run_settings;

extern const ag_cli_option ag_run_options[];

void ag_run_settings_init(ag_run_settings *s);
void ag_run_settings_free(ag_run_settings *s);

/* What can be judged before any file but PROG is opened. */
int ag_run_check_settings(ag_run_settings *s);
/* [address, address + length) is memory of a lane. */
bool ag_run_is_memory(const ag_run_settings *s, uint64_t address,
                      uint64_t length);
/* "memory, which ends at 0xfff", or where an ELF program's is. */
#define AG_RUN_MEMORY_TEXT 160
const char *ag_run_memory_text(const ag_run_settings *s,
                               char text[AG_RUN_MEMORY_TEXT]);
/* The rest, once the number of lanes is known. */
int ag_run_check_lanes(ag_run_settings *s);

/* only.c: how many lanes run; the number of the one at a place among them, with
   *n lowered to how many from there on have consecutive numbers; and back. */
uint64_t ag_run_count_lanes(const ag_run_settings *s);
uint64_t ag_run_lane_at(const ag_run_settings *s, uint64_t place, uint64_t *n);
uint64_t ag_run_place_of_lane(const ag_run_settings *s, uint64_t lane);
bool ag_run_has_lane(const ag_run_settings *s, uint64_t lane);

/* Lanes can write output: processes, or to devices. */
bool ag_run_has_output(const ag_run_settings *s);
/* --out - : rows take the place of the table. */
bool ag_run_rows_to_stdout(const ag_run_settings *s);
/* Whether the table, --json or --dump show any. */
bool ag_run_shows_lanes(const ag_run_settings *s);

/* Option values that are more than a number; apply functions of the list. */
bool ag_run_apply_reg(void *settings, const char *text);
bool ag_run_apply_lane_reg(void *settings, const char *text);
bool ag_run_apply_regs(void *settings, const char *text);
bool ag_run_apply_data(void *settings, const char *text);
bool ag_run_apply_dump(void *settings, const char *text);
bool ag_run_apply_lane_data(void *settings, const char *text);
bool ag_run_apply_lane_files(void *settings, const char *text);
bool ag_run_apply_program(void *settings, const char *text);
bool ag_run_apply_mmio(void *settings, const char *text);
bool ag_run_apply_stub(void *settings, const char *text);
bool ag_run_apply_columns(void *settings, const char *text);
bool ag_run_apply_find(void *settings, const char *text);
bool ag_run_apply_only(void *settings, const char *text);
void ag_run_free_conditions(ag_run_settings *s);
bool ag_run_apply_timeout(void *settings, const char *text);
/*
 * FILE@ADDR for the option `name`, such as "--data": the last @ separates,
 * because a file's name may have one. Ends the path in place. *rest is what
 * follows a colon after ADDR, or NULL if there is none.
 */
bool ag_run_split_at(const char *name, const char *form, const char *text,
                     uint64_t *address, const char **rest);
bool ag_run_apply_map(void *settings, const char *text);
bool ag_run_apply_map_by(void *settings, const char *text);
bool ag_run_apply_map_size(void *settings, const char *text);

/* Whether the options of --map fit each other and the lanes. */
bool ag_run_check_map(const ag_run_settings *s);

/* Reads and checks a --regs or --assign file for a run of `lanes` lanes. Says
   which columns set nothing, unless `quiet`. */
int ag_run_read_csv(ag_run_csv *csv, uint64_t lanes, bool quiet);
/* The first row of a lane from `lane` on; csv->row_count if there is none. */
size_t ag_run_csv_find(const ag_run_csv *csv, uint64_t lane);
/* Row i: its lane, its line in the file, then the columns' words. */
const uint64_t *ag_run_csv_row(const ag_run_csv *csv, size_t i);
/* Takes the value of column j, whose words *from leads to, and goes on. */
ag_run_value ag_run_csv_next(const ag_run_csv *csv, size_t j,
                             const uint64_t **from);

/* -- Programs and inputs of lanes ------------------------------------------ */

/* programs.c: with --program, the number of a lane's program; else 0. */
uint64_t ag_run_program_of(const struct ag_run *r, uint64_t lane);
int ag_run_read_programs(struct ag_run *r);
/* Loads and assigns them; every lane is then at its program's start. */
int ag_run_place_programs(struct ag_run *r);
/* What --assign's file says of lanes [first, first + n), which then are as
   after a reset. */
int ag_run_assign_rows(struct ag_run *r, uint64_t first, uint64_t n);

/* devices.c: functions of an ELF program that has been opened, or of images in
   the handle, return at once. */
int ag_run_stub_elf(struct ag_run *r);
int ag_run_stub_images(struct ag_run *r);
bool ag_run_check_stubs(const ag_run_settings *s);
/* Reads what --mmio names. */
int ag_run_read_devices(struct ag_run *r);
void ag_run_free_devices(ag_run_settings *s);

/* inputs.c: opens them; they say how many lanes there are. */
int ag_run_find_inputs(struct ag_run *r);
/* Checks that they have something for every lane. */
int ag_run_check_inputs(struct ag_run *r);
bool ag_run_has_inputs(const ag_run_settings *s);
/* Into lanes [first, first + n), which have not begun. */
int ag_run_place_inputs(struct ag_run *r, uint64_t first, uint64_t n);
void ag_run_free_inputs(ag_run_settings *s);
/* The name of a lane's file, of the first --lane-files. */
const char *ag_run_lane_file_name(const ag_run_settings *s, uint64_t lane);
/* The path of a lane's file; free() it. */
char *ag_run_lane_file_path(const ag_run_lane_files *f, uint64_t lane);
/* Lists the files of f->path by name, for an option that says so; free_files
   forgets them. */
bool ag_run_list_files(const char *option, ag_run_lane_files *f);
void ag_run_free_files(ag_run_lane_files *f);
/* Without --lanes there is a lane for every input, of which there may be
   several kinds. */
void ag_run_have_lanes(ag_run_settings *s, uint64_t inputs);

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
    uint64_t sp;    /* of an ELF program's lane there; 0: not known */
} ag_run_place;

/* The instruction at a place, read while a lane is there. */
typedef struct ag_run_word {
    armgpu_lane_result place;
    uint32_t word;
    uint64_t sp; /* of an ELF program's lane */
} ag_run_word;

#define AG_RUN_PLACES 8
#define AG_RUN_WORDS 32 /* lanes end in another order than they are counted */
typedef struct ag_run_summary {
    uint64_t bad_lanes;     /* ended otherwise than in halt 0, exit 0 */
    uint64_t limited_lanes; /* reached max-cycles, or interrupted */
    uint64_t device_lanes;  /* device faults */
    ag_run_place places[AG_RUN_PLACES];
    size_t place_count;
    ag_run_word words[AG_RUN_WORDS];
    size_t word_count;
    uint64_t other_lanes; /* bad lanes that no place has room for */
    uint64_t stack_bytes; /* of a lane; 0: where SP ends means nothing */
    uint64_t lost_lanes;  /* stopped with SP outside their stack */
    uint64_t first_lost;
} ag_run_summary;

/* The traced lane: the state before the instruction that is executing now. */
typedef struct ag_run_trace {
    armgpu_state before;
    uint32_t word;
    bool pending;
} ag_run_trace;

typedef struct ag_run {
    ag_run_settings settings;
    armgpu *g;
    armgpu_program *elf;    /* PROG, if it is one */
    armgpu_process process; /* of the ELF program's lanes */
    armgpu_function function; /* --call: what they call */
    struct ag_run_files *files; /* process.c's */
    struct ag_run_texts *texts; /* texts.c's */
    struct ag_run_written *written; /* written.c's */
    char **sources;             /* places.c's: of summary.places */
    armgpu_result result;
    ag_run_summary summary;
    ag_run_collector collector;
    struct ag_run_map *map; /* NULL without --map */
    ag_run_writer table, out; /* --csv, --out */
    bool sets_registers; /* of lanes that begin, beyond what the library does */
    bool sets_templates; /* some of --reg among them */
    int prepare_status;  /* of a failure while lanes were prepared */
    ag_cli_progress progress;
    ag_run_trace trace;
    bool timed_out;
    int ended_by; /* the signal that asked for the end, 0: none */
    bool has_failed; /* the device, or memory ran out: while lanes executed */
    char failure[512]; /* in the library's words */
} ag_run;

/* call.c: --call. Whether all registers that are set are arguments; */
bool ag_run_check_call(const ag_run_settings *s);
/* r->function, of the program that is open. */
int ag_run_find_function(ag_run *r);

/* load.c: files, handle, memory, registers: everything before executing. */
int ag_run_load(ag_run *r);
/* The status that a failed library call means, its message said. */
int ag_run_library_failed(const ag_run *r, const char *subject, int32_t error);
/* start.c: checks the start values of every lane, without a handle. */
int ag_run_check_registers(const ag_run_settings *s);
/* Some option gives each lane its SP, so that none has the library's stack. */
bool ag_run_sets_every_sp(const ag_run_settings *s);
/*
 * Sets the start values that follow from the lane's number, and leaves the
 * others to armgpu_prepare_fn.
 */
int ag_run_set_registers(ag_run *r);

/* execute.c */
int ag_run_execute(ag_run *r);
/* Of the instructions that lanes executed, those that were translated. */
double ag_run_translated_share(const ag_run *r, const armgpu_translation *t);

/* Asked by callbacks: a signal or the end of --timeout. */
bool ag_run_must_stop(ag_run *r);

/* progress.c, trace.c, strace.c */
void ag_run_progress_begin(ag_run *r);
void ag_run_progress_draw(ag_run *r, uint64_t cycles, uint64_t live,
                          double seconds);
void ag_run_progress_end(ag_run *r);
/* Once the output has begun. Returns the library's error. */
int32_t ag_run_trace_begin(ag_run *r);
/* These lanes have ended and are still there. */
void ag_run_trace_finished(ag_run *r, const uint64_t *lanes, uint64_t n);
/* The last line, unless it was printed. */
int32_t ag_run_trace_end(ag_run *r);
int32_t ag_run_strace_begin(ag_run *r);

/* summary.c: one look at every lane, unless they were collected; */
int ag_run_summarize(ag_run *r);
/* lane by lane in order, as the collector puts them out. */
void ag_run_summarize_lane(ag_run *r, uint64_t lane,
                           const armgpu_lane_result *l);
/* Where its SP was, if summary.stack_bytes is not 0. */
void ag_run_summarize_sp(ag_run *r, uint64_t lane, uint64_t sp);
/* A lane that ended, in any order, while its memory is there. */
void ag_run_notice_place(ag_run *r, uint64_t lane, const armgpu_lane_result *l);
/* Its instruction; false if it was not noticed or there is none. */
bool ag_run_place_word(const ag_run *r, const ag_run_place *place,
                       uint32_t *word);
/* Lanes of waves that never began. */
uint64_t ag_run_unbegun(const ag_run *r);
int ag_run_exit_status(const ag_run *r);
/* What a person should know who sees only the exit status. */
void ag_run_narrate(const ag_run *r);

/* -- Output ---------------------------------------------------------------- */

/*
 * The lanes to show, at most `count` of them, in order: from the collector if
 * lanes were collected, else fetched in ranges. Returns an exit status.
 */
int ag_run_each_lane(const ag_run *r, uint64_t count, ag_run_lane_fn fn,
                     void *user);

/* How many lanes the output has at most: of those that match, with --find. */
uint64_t ag_run_shown_lanes(const ag_run *r);
/* The address that a data or alignment fault stopped at; false: no fault. */
bool ag_run_is_fault(const armgpu_lane_result *result);
const char *ag_run_access_name(uint32_t access); /* "read" or "write" */
/* The address of the instruction that a lane stopped at. */
uint64_t ag_run_stopped_at(const armgpu_lane_result *l);

/* explain.c: whether the stop's code means something. */
bool ag_run_has_code(const armgpu_lane_result *l);
#define AG_RUN_EXPLANATION 768
void ag_run_explain(const ag_run *r, const ag_run_place *p,
                    char text[AG_RUN_EXPLANATION]);

/* columns_table.c: rows of --columns, `lanes` that there are if all are shown*/
int ag_run_print_columns(const ag_run *r, uint64_t shown, uint64_t lanes);
int ag_run_print_table(const ag_run *r);
int ag_run_print_json(const ag_run *r);
int ag_run_print_csv(ag_run *r);
/* outputs.c: no output is an input or another output. The inputs have been
   found, no output is open. */
int ag_run_check_outputs(const ag_run_settings *s);
/* The second half of it, also of a file that has just been made. */
bool ag_run_outputs_differ(const ag_run_settings *s);
/* Before the run: collector, files. Returns an exit status. */
int ag_run_begin_output(ag_run *r);

/* One block of memory that --dump asks for; `of_lane`: it belongs to a lane. */
typedef struct ag_run_block {
    uint64_t address, length, lane;
    bool of_lane;
    const uint8_t *bytes; /* NULL: the library has them */
} ag_run_block;
typedef bool (*ag_run_block_fn)(const ag_run *r, const ag_run_block *block,
                                void *user);
/* Every block in order; private memory without @LANE: one for each shown lane*/
int ag_run_each_block(const ag_run *r, ag_run_block_fn fn, void *user);
/* Reads a part of a block and says so if that fails. */
bool ag_run_read_block(const ag_run *r, const ag_run_block *block,
                       uint64_t offset, uint8_t *bytes, size_t size);
/* The instruction at `pc`; false if that is no place in memory. */
bool ag_run_read_word(const ag_run *r, uint64_t lane, uint64_t pc,
                      uint32_t *word);
int ag_run_print_dumps(const ag_run *r);

/* map.c: the picture of --map. Before the run; nothing without --map. */
int ag_run_map_begin(ag_run *r);
/* A lane that ended. */
void ag_run_map_take(const ag_run *r, const ag_run_lane *lane);
/* Writes it, all lanes taken, and says what it shows: behind the table or, if
   there is none, as a remark. Returns an exit status. */
int ag_run_draw_map(const ag_run *r, bool has_table);
void ag_run_map_legend(const ag_run_settings *s, const struct ag_run_map *m,
                       bool has_table);
void ag_run_map_free(ag_run *r);

#endif
