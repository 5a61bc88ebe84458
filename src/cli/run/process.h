/*
 * armgpu run of an ELF program: what the user asked for its processes, the
 * files that those begin with, and what they write. Part of run.h, which says
 * what functions return.
 */
#ifndef AG_CLI_PROCESS_H
#define AG_CLI_PROCESS_H

#include "cli/cli.h"
#include "cli/run/sweep.h"

struct ag_run_settings;

/* What --stdout says: where the standard output of lanes goes. */
enum ag_run_output {
    AG_RUN_OUTPUT_NONE,   /* not given */
    AG_RUN_OUTPUT_FILE,   /* one lane's after the other's; - is stdout */
    AG_RUN_OUTPUT_FOLDER, /* LANE.out and LANE.err in it */
    AG_RUN_OUTPUT_PREFIX  /* stdout, "3: " before each line */
};

typedef struct ag_run_process {
    bool is_elf;     /* PROG is an ELF program; else all the rest is unused */
    bool is_missing; /* PROG is not there, which is said later */
    armgpu_program_info info;
    int kind; /* --as: enum armgpu_program_kind - 1; -1: not given */
    int semihosting; /* --semihosting: enum armgpu_semihosting; -1 so too */
    bool is_flat;    /* the ELF program was made of a flat image */
    ag_cli_number base, heap, seed, output_bytes;
    const char *entry, *call; /* symbols */
    const char *argument_lines, *input, *input_folder, *input_lines; /* files */
    char **arguments; /* behind -- */
    size_t num_arguments;
    AG_RUN_LIST(const char *) environment;
    const char *root, *collect; /* directories */
    ag_cli_number file_bytes;
    AG_RUN_LIST(armgpu_file_name) names; /* guest's are ours to free() */
    enum ag_run_output output_kind;
    const char *output; /* a path, of files and folders */
    bool is_strict, propagates;
    bool says_faults; /* on stderr, since there is no table that does */
    ag_cli_bytes taken; /* PROG's, where it could be read only once */
} ag_run_process;

bool ag_run_apply_env(void *settings, const char *text);
bool ag_run_apply_file(void *settings, const char *text);
bool ag_run_apply_stdout(void *settings, const char *text);

/* -- flat.c: a flat image that is run as an ELF program of bare metal ------- */

/* PROG, no ELF file, is one: --semihosting on. */
bool ag_run_is_flat_program(const struct ag_run_settings *s);
/* *bytes, those of the image, become an ELF file's with one segment, at
   --load-addr, which may be read, written and executed. */
int ag_run_wrap_flat(const struct ag_run_settings *s, ag_cli_bytes *bytes);

/* -- elf.c: PROG as an ELF program ----------------------------------------- */

/* Opens it if it is one, and says what then are the defaults. Before anything
   else is checked. */
int ag_run_open_elf(struct ag_run *r);
/* With --verbose: kind, build id, memory of a lane. */
void ag_run_say_elf(const struct ag_run *r);
/* --stdout - or prefix: what lanes print takes the place of the table. */
bool ag_run_prints_output(const struct ag_run_settings *s);
/* What of the options is not for what PROG is; the lanes are not known yet. */
bool ag_run_check_kind(const struct ag_run_settings *s);
/* JSON's "elf". */
void ag_run_print_elf(const struct ag_run *r);

/* -- words.c: the words of a command --------------------------------------- */

/* Strings one behind the other. */
typedef struct ag_run_words {
    char *bytes; /* free() both */
    size_t *starts;
    size_t used, count;
} ag_run_words;

/* Adds a word in which {lane} becomes the lane's number. */
void ag_run_add_word(ag_run_words *w, const char *text, uint64_t lane);
/* Adds the words of a line as a shell has them, without expansions but {lane}.
   NULL, or what is wrong with the line. */
const char *ag_run_add_line(ag_run_words *w, const char *line, size_t length,
                            uint64_t lane);

/* -- process.c: what processes start with ---------------------------------- */

/* Reads the files of --args and the inputs; they say how many lanes there are.
   ELF programs only. */
int ag_run_find_process(struct ag_run *r);
/* Checks that there is something for every lane. */
int ag_run_check_process(struct ag_run *r);
/* All of a file, which may be empty, for an option. */
bool ag_run_read_all(const char *option, const char *path, ag_cli_bytes *out);
/* For armgpu_open(): r->process, which lasts as long as the handle. */
int ag_run_make_process(struct ag_run *r);
void ag_run_free_process(struct ag_run *r);

/* -- texts.c: what lanes write --------------------------------------------- */

/* Lanes' output goes to the standard output and error as it comes: of one lane,
   where nothing else is to be printed there. */
bool ag_run_is_direct(const struct ag_run_settings *s);
/* Before the run: opens what --stdout names. The columns are known. */
int ag_run_texts_begin(struct ag_run *r);
/* Some of it is needed when a lane has ended. */
bool ag_run_keeps_texts(const struct ag_run *r);
/* armgpu_output_fn: `user` is the run. */
int32_t ag_run_take_text(void *user, uint64_t lane, uint32_t descriptor,
                         const void *bytes, uint64_t n);
/* What the lane at a place has written, into lane->texts. */
void ag_run_find_texts(const struct ag_run *r, uint64_t place,
                       ag_run_lane *lane);
/* It has ended, and so have those before it: its output goes to --stdout if it
   matches, and is then forgotten. */
bool ag_run_put_texts(struct ag_run *r, uint64_t place, uint64_t lane,
                      bool matches);
/* How much of a text is needed once lanes are printed. */
size_t ag_run_shown_text(const struct ag_run *r, int which,
                         const ag_run_text *text);
int ag_run_texts_end(struct ag_run *r);

/* -- written.c: --collect --------------------------------------------------- */

/* Before the run: makes DIR. */
int ag_run_written_begin(struct ag_run *r);
/* armgpu_file_fn: `user` is the run. */
int32_t ag_run_take_written(void *user, uint64_t lane, const char *path,
                            uint32_t mode, const void *bytes, uint64_t n);
/* The lane has ended, and so have those before it: with --find its files are
   written now if it matches. */
bool ag_run_put_written(struct ag_run *r, uint64_t lane, bool matches);
int ag_run_written_end(struct ag_run *r);

/* -- places.c: where lanes stopped ----------------------------------------- */

#define AG_RUN_SYMBOL 160
/* "main+0x10", or "". */
const char *ag_run_symbol(const struct ag_run *r, uint64_t address,
                          char text[AG_RUN_SYMBOL]);
/* Asks addr2line, if there is one, for the source of all places; before they
   are explained. */
void ag_run_find_sources(struct ag_run *r);
/* "hello.c:12", or "". */
const char *ag_run_source(const struct ag_run *r, uint64_t address);
void ag_run_free_sources(struct ag_run *r);
/* "clone, execve": system calls that were asked for and are not there, with
   what is between them; false: none. Cut to the size. */
bool ag_run_list_calls(const struct ag_run *r, const char *between,
                       char *text, size_t size);

#endif
