/*
 * armgpu run's view of lanes as they end: the columns and conditions that users
 * name, rows written to files, and the collector that puts lanes which end in
 * any order back into lane order within bounded memory. Part of run.h, which
 * says what functions return.
 */
#ifndef AG_CLI_SWEEP_H
#define AG_CLI_SWEEP_H

#include "cli/cli.h"
#include "cli/run/expression.h"
#include "cli/run/real.h"

struct ag_run;

#define AG_RUN_LIST(type)                                                      \
    struct {                                                                   \
        type *items;                                                           \
        size_t count;                                                          \
    }

/* -- Registers ------------------------------------------------------------- */

/* X0 to X30 are 0 to 30. */
enum ag_run_register {
    AG_RUN_LR = 30,
    AG_RUN_SP = 31,
    AG_RUN_PC,
    AG_RUN_NZCV,
    AG_RUN_TPIDR,
    AG_RUN_FPCR,
    AG_RUN_FPSR,
    AG_RUN_REGISTERS, /* those of at most 64 bits */
    AG_RUN_V0 = AG_RUN_REGISTERS,
    AG_RUN_NUMBERS = AG_RUN_V0 + 32
};

typedef struct ag_run_name {
    enum ag_run_register number;
    bool narrow; /* a W name or FPCR, FPSR: 32 bits, zero-extended */
    bool is_bits; /* D, S, H: the bits as a number */
    enum ag_run_view view; /* of V registers */
} ag_run_name;

typedef struct ag_run_value {
    uint64_t low, high; /* high: of V registers alone */
} ag_run_value;

/* -- Lanes ----------------------------------------------------------------- */

#define AG_RUN_VECTORS 64

/* What a lane wrote to descriptor 1 or 2; a 0 is behind it. */
typedef struct ag_run_text {
    const char *bytes;
    size_t size;
} ag_run_text;
enum { AG_RUN_STDOUT, AG_RUN_STDERR, AG_RUN_TEXTS };

/* A lane to print or to judge. What it points to lasts for the call. */
typedef struct ag_run_lane {
    uint64_t number;
    const uint64_t *registers; /* [AG_RUN_REGISTERS] */
    const uint64_t *vectors;   /* [AG_RUN_VECTORS]: V0's low half, V0's high... */
    const armgpu_lane_result *result;
    const uint8_t *memory; /* the captured blocks one after the other */
    ag_run_text texts[AG_RUN_TEXTS]; /* as far as they are needed */
    bool collected;        /* the library may have forgotten this lane */
    bool has_word;         /* if collected: the PC is in memory, */
    uint32_t word;         /* where this is the instruction */
} ag_run_lane;

/* False stops the iteration. */
typedef bool (*ag_run_lane_fn)(const struct ag_run *r, const ag_run_lane *lane,
                               void *user);

/* -- Columns --------------------------------------------------------------- */

enum ag_run_field {
    AG_RUN_FIELD_LANE,
    AG_RUN_FIELD_STOP_REASON,
    AG_RUN_FIELD_STOP_CODE,
    AG_RUN_FIELD_CYCLES,
    AG_RUN_FIELD_PROGRAM,
    AG_RUN_FIELD_FAULT_ADDRESS,
    AG_RUN_FIELD_FAULT_ACCESS,
    AG_RUN_FIELD_EXIT,
    AG_RUN_FIELD_STDOUT, /* from here on text, */
    AG_RUN_FIELD_STDERR,
    AG_RUN_FIELD_SYMBOL,
    AG_RUN_FIELD_FILE, /* up to here */
    AG_RUN_FIELD_REGISTER,
    AG_RUN_FIELD_MEMORY
};

/* How a column's number is written: as usual, or as :d, :i or :x says. */
enum ag_run_number_format {
    AG_RUN_USUAL,
    AG_RUN_DECIMAL,
    AG_RUN_SIGNED,
    AG_RUN_HEX
};

typedef struct ag_run_column {
    enum ag_run_field field;
    ag_run_name name;         /* a register's */
    bool is_high;             /* the upper half of V, which conditions have */
    uint64_t address, length; /* of memory */
    size_t offset;            /* of memory: in ag_run_lane.memory */
    enum ag_run_number_format format;
    const char *text;         /* as the user wrote it; NULL: its usual name */
    size_t text_length;
    char *pattern; /* conditions: whether this is in the text; free() it */
    size_t pattern_bytes;
    bool is_inverted; /* whether it is not */
} ag_run_column;

typedef AG_RUN_LIST(ag_run_column) ag_run_columns;

#define AG_RUN_COLUMN_NAMES                                                    \
    "lane, stop_reason, stop_code, pc, cycles, x0 to x30, w0 to w30, sp, "     \
    "nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr, fpsr, program, "       \
    "fault_address, fault_access, file, exit, stdout, stderr, symbol and "     \
    "mem:ADDR:LEN"

/* NULL, or the end of a sentence that begins with the text. `column` keeps a
   pointer to the text. */
const char *ag_run_find_column(const char *text, size_t length,
                               ag_run_column *column);
/* Adds the columns that `text` lists, with commas; `text` must last. */
bool ag_run_read_columns(ag_run_columns *columns, const char *text);
/* 8 to 64; of V registers those of a half. */
unsigned ag_run_column_bits(const ag_run_column *c);
/* Its heading; `text` has room for 32, and is used only if need be. */
const char *ag_run_column_heading(const ag_run_column *c, char text[32],
                                  size_t *length);

/* It is text, not a number. */
bool ag_run_is_text_column(const ag_run_column *c);
/* It is of ELF programs alone. */
bool ag_run_is_process_column(const ag_run_column *c);
/* Its number is floating-point. */
bool ag_run_is_real_column(const ag_run_column *c);

/* cells.c: as a number, floating-point ones as the register's bits; memory is
   little-endian, of 1, 2, 4 or 8 bytes. */
uint64_t ag_run_column_value(const struct ag_run *r, const ag_run_column *c,
                             const ag_run_lane *lane);
/* The value as text, without an end. `to` has ag_run_row_size. */
char *ag_run_put_cell(char *to, const struct ag_run *r, const ag_run_column *c,
                      const ag_run_lane *lane);
/* A lane as a JSON object of its columns. */
char *ag_run_put_object(char *to, const struct ag_run *r,
                        const ag_run_columns *columns, const ag_run_lane *lane);
/* The text of a column that is one; `symbol` may be used. */
#define AG_RUN_COLUMN_TEXT 160
ag_run_text ag_run_column_text(const struct ag_run *r, const ag_run_column *c,
                               const ag_run_lane *lane,
                               char symbol[AG_RUN_COLUMN_TEXT]);
/* Bytes for the columns of a lane in any format but bin. */
size_t ag_run_row_size(const struct ag_run *r, const ag_run_columns *columns,
                       const ag_run_lane *lane);
/* For the headings of them. */
size_t ag_run_headings_size(const ag_run_columns *columns);
/* A number in JSON, if it is finite; to the right in a table. */
bool ag_run_is_decimal(const ag_run_column *c);
/* Fault columns have no value in lanes that did not fault. */
bool ag_run_is_absent(const ag_run_column *c, const ag_run_lane *lane);

/* -- Conditions ------------------------------------------------------------ */

/* One --find; leaves are numbers of its columns. */
typedef struct ag_run_condition {
    ag_run_expression expression;
    ag_run_columns columns;
} ag_run_condition;

/* match.c: stdout~"text", stdout!~'text'. Whether the text begins as one, and
   its length then, else 0; */
size_t ag_run_match_length(const char *text);
bool ag_run_is_match(const char *text, size_t length);
/* as a column with a pattern. NULL, or the end of a sentence. */
const char *ag_run_read_match(const char *text, size_t length,
                              ag_run_column *column);
bool ag_run_match_holds(const struct ag_run *r, const ag_run_column *c,
                        const ag_run_lane *lane);

/* Whether all conditions of --find hold; true if there are none. */
bool ag_run_matches(const struct ag_run *r, const ag_run_lane *lane);

/* -- Writers --------------------------------------------------------------- */

enum ag_run_format { AG_RUN_CSV, AG_RUN_JSONL, AG_RUN_BIN };

/* Rows of columns in one file. */
typedef struct ag_run_writer {
    FILE *file; /* NULL: not open */
    const char *path;
    enum ag_run_format format;
    ag_run_columns columns;
    char *line; /* one row's text */
    size_t line_bytes;
} ag_run_writer;

/* Chooses the columns of --out and of what is printed: r->table has none if
   that is not for --columns to say. */
void ag_run_plan_writers(struct ag_run *r);
/* Opens the files, writes headings. Returns a status. */
int ag_run_open_writers(struct ag_run *r);
/* Makes room for a row. */
void ag_run_fit_line(const struct ag_run *r, ag_run_writer *w,
                     const ag_run_lane *lane);
/* Says so and returns false if the row could not be written. */
bool ag_run_write_row(const struct ag_run *r, ag_run_writer *w,
                      const ag_run_lane *lane);
/* Closes the files and forgets the columns; stdout is main's. A status. */
int ag_run_close_writers(struct ag_run *r);

/* -- The collector --------------------------------------------------------- */

/* A block of memory that is fetched with every lane. */
typedef struct ag_run_capture {
    uint64_t address, length;
    size_t offset;
    bool shown_only; /* of lanes that may be shown: --dump */
} ag_run_capture;

typedef struct ag_run_collector {
    bool wanted;  /* lanes are taken as they end; else afterwards */
    bool is_done; /* --first has found what it was asked for */
    int status;   /* of a failure inside a callback */
    bool needs_registers, needs_state; /* by columns, conditions, stacks */
    bool has_registers;                /* there is room for them, */
    bool has_vectors;                  /* and for V registers */
    AG_RUN_LIST(ag_run_capture) captures;
    size_t capture_bytes;

    /* Records of lanes by their places among those that run: next to
       next + capacity - 1, by place % capacity. */
    uint8_t *ring;
    uint64_t capacity, next;
    size_t record_bytes;

    uint64_t ended;   /* lanes put out so far, */
    uint64_t matches; /* of them, those that match */
    uint64_t shown;   /* how many lanes are to be shown, at most */
    uint64_t kept;    /* how many are in the spool so far */
    FILE *spool;
    armgpu_state *states; /* of a range, while it is fetched */
    uint64_t *registers;
    uint8_t *bytes;
} ag_run_collector;

/* Decides whether lanes are collected; the handle is open. */
int ag_run_collect_begin(struct ag_run *r);
/* armgpu_finish_fn: `user` is the run. */
int32_t ag_run_collect_finished(void *user, armgpu *g, const uint64_t *lanes,
                                const armgpu_lane_result *results, uint64_t n);
/* After the run: what is left of it. Returns a status. */
int ag_run_collect_end(struct ag_run *r);
void ag_run_collect_free(struct ag_run *r);
/* The lanes to show, at most `count`, in order, from the spool. */
int ag_run_each_kept(const struct ag_run *r, uint64_t count, ag_run_lane_fn fn,
                     void *user);

#endif
