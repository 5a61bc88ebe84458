/* Command lines of semihosting (SYS_GET_CMDLINE): arguments, with blanks
   between them. */
#include "core/program.h"

#include <stdlib.h>
#include <string.h>

/* Room for so many more bytes. */
static bool reserve(struct ag_command_lines *l, uint64_t bytes)
{
    if (bytes > SIZE_MAX / 4 - l->used)
        return false;
    if (l->used + bytes <= l->room)
        return true;
    const uint64_t room = (l->used + bytes) * 2;
    char *grown = realloc(l->text, (size_t)room);
    if (grown == NULL)
        return false;
    l->text = grown;
    l->room = room;
    return true;
}

/* The next line: its length is kept; where it begins is known at the end. */
static bool add_line(struct ag_command_lines *l, const char *const *arguments,
                     uint64_t count)
{
    const uint64_t start = l->used;
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t length = strlen(arguments[i]);
        if (!reserve(l, length + 1))
            return false;
        if (i != 0)
            l->text[l->used++] = ' ';
        memcpy(l->text + l->used, arguments[i], (size_t)length);
        l->used += length;
    }
    l->lines[l->count++].size = l->used - start;
    return true;
}

static int32_t add_lanes(struct armgpu *g, struct ag_command_lines *l,
                         const char **arguments)
{
    for (uint64_t lane = 0; lane < g->lanes_end; lane++) {
        uint64_t count = 0;
        int32_t error = ag_arguments_of(g, lane, arguments, &count);
        if (error != ARMGPU_OK)
            return error;
        if (!add_line(l, arguments, count))
            return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    }
    return ARMGPU_OK;
}

int32_t ag_command_lines_open(struct armgpu *g, struct ag_command_lines *l)
{
    const armgpu_process *p = &g->process;
    const bool differ = p->arguments_of != NULL;
    const char **some = malloc(AG_MOST_ARGUMENTS * sizeof *some);
    int32_t error = ARMGPU_OK;
    memset(l, 0, sizeof *l);
    l->lines = calloc(differ ? (size_t)g->lanes_end : 1, sizeof *l->lines);
    if (l->lines == NULL || some == NULL)
        error = ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    else if (differ)
        error = add_lanes(g, l, some);
    else if (!(p->arguments == NULL
                   ? add_line(l, (const char *const[]){p->name}, 1)
                   : add_line(l, p->arguments, p->num_arguments)))
        error = ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    for (uint64_t i = 0, at = 0; i < l->count; at += l->lines[i++].size)
        l->lines[i].bytes = l->text + at;
    free(some);
    return error;
}

void ag_command_lines_close(struct ag_command_lines *l)
{
    free(l->lines);
    free(l->text);
}
