/*
 * Programs of ELF files in handles: what src/core and src/code know of them.
 * Only they include this.
 */
#ifndef AG_CORE_PROGRAM_H
#define AG_CORE_PROGRAM_H

#include "core/engine.h"
#include "guest/guest.h"

/* program.c */
const struct ag_guest *ag_program_guest(const armgpu_program *program);
/* Bytes of a lane's own memory; *view is where it is. */
uint64_t ag_program_memory(const armgpu_program *program, ag_view *view);
/* What all lanes read: view.readonly_bytes. */
const uint8_t *ag_program_readonly(const armgpu_program *program);

/* process_stack.c: what a process finds when it starts. */
struct ag_stack {
    uint8_t *bytes; /* from SP on; free() them */
    size_t bytes_count;
    uint64_t sp;     /* address */
    uint64_t random; /* where in lanes' memory AT_RANDOM's bytes are */
};
/* Of so many arguments; environment and name are the process's. */
int32_t ag_stack_lay(struct armgpu *g, const armgpu_process *p, uint64_t lane,
                     const char *const *arguments, size_t count,
                     struct ag_stack *stack);
/* The lane's arguments by process.arguments_of, which has room for so many. */
#define AG_MOST_ARGUMENTS 4096
int32_t ag_arguments_of(struct armgpu *g, uint64_t lane, const char **arguments,
                        uint64_t *count);
/* Stacks of these lanes, which begin, where they have arguments of their own
   (process.arguments_of). Calls the caller's function. */
int32_t ag_process_prepare(struct armgpu *g, uint64_t first, uint64_t n);

/* command_line.c: of all lanes, or one line that they have alike. */
struct ag_command_lines {
    armgpu_input *lines;
    uint64_t count;
    char *text; /* what they point into */
    uint64_t used, room;
};
/* Close it whatever comes of this. */
int32_t ag_command_lines_open(struct armgpu *g, struct ag_command_lines *l);
void ag_command_lines_close(struct ag_command_lines *l);

/* program_start.c */
/* The handle is opened for a program: its memory, what kernels are to know of
   it from the start, and what its processes begin with. */
int32_t ag_program_take(struct armgpu *g, const armgpu_options *o);
/* Lanes begin with it. */
int32_t ag_program_start(struct armgpu *g);

#endif
