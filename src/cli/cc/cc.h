/*
 * armgpu cc, shared by its parts (cc/ and cmd_cc.c). Functions that return an
 * exit status, 0 to go on, have said why when they return another.
 */
#ifndef AG_CLI_CC_H
#define AG_CLI_CC_H

#include "cli/cli.h"

#define AG_CC_PATH_BYTES 4096

/* -- The recipe: the files of programs/lib, in the executable -------------- */

typedef struct ag_cc_file {
    const char *name; /* NULL: the last row */
    const uint8_t *bytes;
    size_t size;
} ag_cc_file;
extern const ag_cc_file ag_cc_recipe[];

/* -- Words of a command ---------------------------------------------------- */

typedef struct ag_cc_words {
    char **list; /* ends with NULL */
    size_t count;
} ag_cc_words;

/* Adds a copy of what printf would give. */
void ag_cc_add(ag_cc_words *words, const char *format, ...)
    AG_CLI_PRINTF(2, 3);
/* Adds what the recipe's flags give to `who`: "link", "c", "gcc", "clang". */
void ag_cc_add_flags(ag_cc_words *words, const char *who);
void ag_cc_free_words(ag_cc_words *words);

/* -- Compilers ------------------------------------------------------------- */

typedef struct ag_cc_compiler {
    char path[AG_CC_PATH_BYTES];
    char linker[AG_CC_PATH_BYTES + 16]; /* clang's option for it; "": none */
    bool is_clang;
} ag_cc_compiler;

/* `named` may be NULL: any that makes AArch64 programs. */
int ag_cc_find_compiler(ag_cc_compiler *c, const char *named);

/* -- A folder for the work, which does not outlive the command ------------- */

/* Makes one, with the recipe in it; from here on signals end the work. */
int ag_cc_open_folder(char folder[AG_CC_PATH_BYTES]);
/* Runs a command and waits; what it prints goes where ours does. 0, or 126 if
   it failed, which it has said. */
int ag_cc_execute(const char *folder, const ag_cc_words *words);
/* The signal that ended the work, 0: none. */
int ag_cc_caught_signal(void);

/* -- Images ---------------------------------------------------------------- */

/* Writes the flat image of a linked program to `path`, whole or not at all. */
int ag_cc_write_image(const char *elf, const char *path);

#endif
