/*
 * What the files of the command line share: commands, option lists, numbers,
 * files, messages. Only src/cli may include it, and it comes first, because it
 * selects the POSIX interfaces. The command line knows the library through
 * armgpu.h alone.
 *
 * Messages go to stderr as one sentence that starts with "armgpu: "; results
 * go to stdout. Functions that return bool have said why when they return
 * false, unless their comment says otherwise.
 */
#ifndef AG_CLI_H
#define AG_CLI_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#if defined(__APPLE__) && !defined(_DARWIN_C_SOURCE)
#define _DARWIN_C_SOURCE
#endif

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "armgpu.h"

#if defined(__GNUC__)
#define AG_CLI_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define AG_CLI_PRINTF(text, first)
#endif

/* What --backend can name, for completions; a build may have fewer. */
#define AG_CLI_BACKENDS "cpu|cuda|metal|opencl"

/* X(name, value, text): the exit statuses, also printed by the manual. */
#define AG_CLI_EXITS(X)                                                        \
    X(OK, 0, "Every lane ended in halt or exit with code 0.")                  \
    X(NO_MATCH, 1, "No lane matched --find, with --require-match.")            \
    X(LANES, 123, "Some lane ended otherwise.")                                \
    X(LIMIT, 124,                                                              \
      "Some lane reached --max-cycles or --timeout, and none ended badly.")    \
    X(FAILED, 125,                                                             \
      "armgpu itself failed: wrong usage, device, memory, output.")            \
    X(NOT_A_PROGRAM, 126, "The file is not a program that can run.")           \
    X(NOT_FOUND, 127, "The program was not found.")                            \
    X(HANGUP, 129, "SIGHUP ended the run; the results so far are printed.")    \
    X(INTERRUPTED, 130,                                                        \
      "Interrupted from the keyboard; the results so far are printed.")        \
    X(TERMINATED, 143,                                                         \
      "SIGTERM ended the run, as timeout(1) does; the results so far are "     \
      "printed.")

enum ag_cli_exit {
#define AG_CLI_X(name, value, text) AG_CLI_EXIT_##name = value,
    AG_CLI_EXITS(AG_CLI_X)
#undef AG_CLI_X
};

/* Added to the signal's number, as shells do. */
#define AG_CLI_EXIT_SIGNAL 128

/* -- Options --------------------------------------------------------------- */

/* What an option's argument is and which field it sets. */
enum ag_cli_kind {
    AG_CLI_FLAG,   /* bool, set to true */
    AG_CLI_NUMBER, /* ag_cli_number */
    AG_CLI_SIZE,   /* ag_cli_number, in bytes */
    AG_CLI_CHOICE, /* int: the index in `values` */
    AG_CLI_TEXT,   /* const char * */
    AG_CLI_CALL    /* `apply` gets the text and the whole settings */
};

typedef struct ag_cli_number {
    uint64_t value; /* the default until given */
    bool given;
} ag_cli_number;

/*
 * One row of a command's option list, which is the single source of parsing,
 * --help, the manual's OPTIONS and the shell completions. A list ends with a
 * row whose name is NULL.
 */
typedef struct ag_cli_option {
    const char *group;    /* heading; "" hides the option */
    const char *name;     /* long name without dashes */
    char letter;          /* 0: no short form */
    const char *argument; /* its name in the help; NULL: takes none */
    enum ag_cli_kind kind;
    size_t offset;      /* of the field in the command's settings */
    const char *values; /* "a|b|c": what is offered or allowed, or NULL */
    bool (*apply)(void *settings, const char *text);
    const char *help; /* whole sentences */
} ag_cli_option;

/* X(name): the subcommands in the order of the help; cmd_name.c has each. */
#define AG_CLI_COMMANDS(X)                                                     \
    X(run)                                                                     \
    X(cc)                                                                      \
    X(disasm)                                                                  \
    X(translate)                                                               \
    X(insns)                                                                   \
    X(devices)                                                                 \
    X(check)                                                                   \
    X(bench)                                                                   \
    X(help)                                                                    \
    X(version)

/* A subcommand; cmd_name.c defines it as ag_cli_name. */
typedef struct ag_cli_command {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the subcommand's name */
    const char *summary;               /* for the list: a few words */
    const char *operands;              /* for the usage line: "PROG" */
    const char *description;           /* for its help: whole sentences */
    const ag_cli_option *options;
} ag_cli_command;

#define AG_CLI_X(name) extern const ag_cli_command ag_cli_##name;
AG_CLI_COMMANDS(AG_CLI_X)
#undef AG_CLI_X

/* Ends with NULL; main.c's table, set before anything looks at it. */
extern const ag_cli_command *const *ag_cli_commands;

/* NULL if there is none of that name, which has been said. */
const ag_cli_command *ag_cli_find_command(const char *name);

/*
 * Parses a command's options into `settings` and moves the operands to the end
 * of argv. Returns the index of the first operand, or -1 when the command is
 * over (--help, misuse) and *status is its exit status.
 */
int ag_cli_parse(const ag_cli_command *command, int argc, char **argv,
                 void *settings, int *status);

/*
 * Parses as ag_cli_parse for commands with at most one operand; *operand stays
 * as it was if there is none. Returns false when the command is over.
 */
bool ag_cli_parse_one(const ag_cli_command *command, int argc, char **argv,
                      void *settings, const char **operand, int *status);

/* Which value of such a list as ag_cli_choice() takes an option's text is; what it
   may be is said otherwise. */
bool ag_cli_choose(const char *option, const char *values, const char *text,
                   int *chosen);

/* -- Help, manual, completions (all from the option lists) ----------------- */

/* A page of `armgpu help`. */
typedef struct ag_cli_topic {
    const char *name;
    const char *summary;     /* for the list: a few words */
    const char *heading;     /* of the manual's section; NULL: it has its own */
    const char *text;        /* whole lines; topics.c says how they look */
    void (*list)(FILE *out); /* what comes after it from a table, or NULL */
} ag_cli_topic;

/* Ends with a row whose name is NULL. */
extern const ag_cli_topic ag_cli_topics[];

/* NULL, without a message, if there is none of that name. */
const ag_cli_topic *ag_cli_find_topic(const char *name);
/* What `armgpu help` is asked for: one of the two, the other NULL. False if
   there is neither. */
bool ag_cli_find_page(const char *name, const ag_cli_command **command,
                      const ag_cli_topic **topic);
void ag_cli_print_topic(FILE *out, const ag_cli_topic *topic);
void ag_cli_list_exits(FILE *out);

void ag_cli_print_overview(FILE *out);
void ag_cli_print_help(FILE *out, const ag_cli_command *command);
void ag_cli_print_manual(FILE *out);
/* False, without a message, for a shell it does not know. */
bool ag_cli_print_completions(FILE *out, const char *shell);

/* Prints words from column `column`, wrapped at 80 and indented by `indent`. */
void ag_cli_wrap(FILE *out, const char *text, int column, int indent);

/* -- Text ------------------------------------------------------------------ */

/* Prints "armgpu: ", the message, made one printable line, and a newline. */
void ag_cli_say(const char *format, ...) AG_CLI_PRINTF(1, 2);

/* The candidate closest to `word` (a near miss), or NULL if none is close. */
const char *ag_cli_nearest(const char *word, const char *const *candidates,
                           size_t count);

/* Equality without regard to ASCII case. */
bool ag_cli_same_word(const char *a, const char *b);
/* `needle` anywhere in `text` without regard to ASCII case. */
bool ag_cli_contains(const char *text, const char *needle);

/* The value of this index in a list such as "auto|always|never", so many bytes
   long; NULL behind the last. */
const char *ag_cli_choice(const char *values, int index, int *length);

/* "1.23 G" and the like: three digits and the unit's letter. */
#define AG_CLI_SCALED_SIZE 24
const char *ag_cli_scaled(double value, char text[AG_CLI_SCALED_SIZE]);

/* The disassembly of one word for tables: no tabs, no trailing comment. */
void ag_cli_disassemble(uint32_t word, uint64_t address, uint32_t flags,
                        char *text, size_t size);

/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void ag_cli_json_string(FILE *out, const char *text);
/* The same of `length` bytes, behind which is a 0, into memory: at most 6 bytes
   a byte and 2; returns the end, where no NUL is. */
char *ag_cli_json_quote(char *to, const char *text, size_t length);
/* Whether it needs none of U+FFFD. */
bool ag_cli_is_utf8(const char *text, size_t length);
/* At most 4 bytes for 3 and 4 more; returns the end, where no NUL is. */
char *ag_cli_base64(char *to, const char *text, size_t length);

/* Columns of the terminal behind `file`; 0 if it is none, or does not say. */
int ag_cli_terminal_columns(FILE *file);
/* For tables: at least 40, and 80 where there is no terminal. */
int ag_cli_columns(FILE *file);

/* -- Commands that take long ----------------------------------------------- */

/* What options such as --progress say; auto: on a terminal. */
enum ag_cli_when { AG_CLI_AUTO, AG_CLI_ALWAYS, AG_CLI_NEVER };
#define AG_CLI_WHEN "auto|always|never"
/* enum armgpu_engine. */
#define AG_CLI_ENGINES "auto|interpreter|translated"
/* enum armgpu_language. */
#define AG_CLI_LANGUAGES "c|cuda|metal|opencl"

/* Nothing is on the screen while `is_drawn` is false. */
typedef struct ag_cli_progress {
    bool is_wanted, is_drawn;
    double last_seconds;
} ag_cli_progress;

/* is_silent: only if it was asked for. */
void ag_cli_progress_begin(ag_cli_progress *p, int when, bool is_silent);
/* Whether to draw now; the text need not be made before. */
bool ag_cli_progress_is_due(const ag_cli_progress *p, double seconds);
/* `done` is the part of the work that took `seconds`, 0 to 1; the text's parts
   are separated by commas, the last ones go where there is no room. */
void ag_cli_progress_draw(ag_cli_progress *p, double done, double seconds,
                          const char *text);
void ag_cli_progress_end(ag_cli_progress *p);
/* The line that fits a terminal of so many columns. */
void ag_cli_progress_line(char *line, size_t size, int columns, double done,
                          double seconds, const char *text);

/* SIGINT, SIGTERM, SIGHUP; from here on these call the handler, unless they were
   ignored. */
#define AG_CLI_ENDING_SIGNALS 3
extern const int ag_cli_ending_signals[AG_CLI_ENDING_SIGNALS];
void ag_cli_handle_endings(void (*handler)(int));
/* From here on a signal stops `g`, if that is not NULL, and lets the command
   end. */
void ag_cli_catch_signals(armgpu *g);
/* As a signal would, but the command is not told, only ag_cli_time_is_over(). */
void ag_cli_stop_after(double seconds);
bool ag_cli_time_is_over(void);
/* The handle is not to be stopped any more; signals are still caught. */
void ag_cli_has_executed(void);
/* The first that was caught; 0: none. */
int ag_cli_caught_signal(void);

/* -- Memory ---------------------------------------------------------------- */

/* Never returns NULL: says so and exits when memory runs out. */
void *ag_cli_alloc(size_t count, size_t size);
/* Makes room for one more of `count` elements; doubles at powers of two. */
void *ag_cli_grow(void *array, size_t count, size_t size);
/* All that armgpu_list_devices() knows, *n of them, for free(). */
armgpu_device *ag_cli_list_devices(uint64_t *n);

/* -- Numbers --------------------------------------------------------------- */

#define AG_CLI_SUFFIX 1u   /* a size: the refusal says so */
#define AG_CLI_NEGATIVE 2u /* "-1" is 2^64 - 1 */

/*
 * K, M and G multiply by 1024 each, whatever the number is for. Reads all of text[0..length). Returns NULL, or what is wrong with it as the
 * end of a sentence that begins with the text: "is not a number; write ...".
 */
const char *ag_cli_read_number(const char *text, size_t length, unsigned forms,
                               uint64_t *value);

/* The same for a whole string, with the sentence said; `what` is its subject.*/
bool ag_cli_number_of(const char *what, const char *text, size_t length,
                      unsigned forms, uint64_t *value);

/* A time such as 0.5, 10s, 200ms, 2m or 1h; `unit` in seconds is that of a
   number alone. False, without a message, if it is none. */
bool ag_cli_read_time(const char *text, double unit, double *seconds);

#define AG_CLI_MOST_THREADS 1024 /* the cpu backend starts no more */

/* What --device, --threads and --spread say can be asked of the library. */
bool ag_cli_machine_is_fine(ag_cli_number device, ag_cli_number threads,
                            ag_cli_number spread);

/* -- Files ----------------------------------------------------------------- */

typedef struct ag_cli_bytes {
    uint8_t *data; /* free() it */
    size_t size;
} ag_cli_bytes;

enum ag_cli_file {
    AG_CLI_FILE_OK,
    AG_CLI_FILE_NOT_FOUND,
    AG_CLI_FILE_UNUSABLE, /* directory, no permission, empty, read error */
    AG_CLI_FILE_TOO_LARGE /* the one outcome that is left to the caller to say*/
};

/* Reads a file of 1 to `limit` bytes; "-" is standard input. Of one that is too
   large `out` has the first limit + 1. */
enum ag_cli_file ag_cli_read_file(const char *path, uint64_t limit,
                                  ag_cli_bytes *out);

/* formats.c: true if the bytes may be a flat image; else what they are has been
   said, and how to make an image of it for `command`, "run" or "disasm".
   `is_all`: the file has no more bytes. */
bool ag_cli_is_image(const char *path, const ag_cli_bytes *bytes, bool is_all,
                     const char *command);

/* The path, or what "-" stands for: for messages. */
const char *ag_cli_file_name(const char *path);
/* This program's own file, for armgpu_options.helper; NULL where the system does
   not say. */
const char *ag_cli_own_path(void);

/* Opens for reading ("-": stdin); NULL with *why set, everything said. */
FILE *ag_cli_open_file(const char *path, enum ag_cli_file *why);

/* TMPDIR, or /tmp. */
const char *ag_cli_temporary_folder(void);
/* A file there that is gone when it is closed; NULL: errno says why. */
FILE *ag_cli_temporary_file(void);

/* True if the file of an option can be written, which is asked before the work
   whose result goes there. One that was not there is made, empty. */
bool ag_cli_can_write(const char *option, const char *path);

/* Which regular file a path leads to, through links of any kind. */
typedef struct ag_cli_identity {
    uint64_t device, inode;
} ag_cli_identity;

/* False, without a message, if it leads to none; "-" is standard input. */
bool ag_cli_identify(const char *path, ag_cli_identity *id);
bool ag_cli_is_same_file(const ag_cli_identity *a, const ag_cli_identity *b);
/* True if the standard output does not go to the file of an option, where each
   would write over the other; for commands that print something. */
bool ag_cli_is_not_stdout(const char *option, const char *path);

/* Flushes stdout and says so if anything could not be written. */
bool ag_cli_finish_output(void);

#endif
