/* How lanes begin with an ELF program, and as processes. */
#include "core/program.h"

#include "base/sized.h"

#include <stdlib.h>

/* What all lanes read, on the device. */
static int32_t open_readonly(struct armgpu *g)
{
    const uint64_t bytes = g->view.readonly_bytes;
    char text[32];
    if (bytes == 0)
        return ARMGPU_OK;
    g->readonly = g->backend->alloc(g->device, bytes);
    if (g->readonly == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY,
                       "%s has no %s for what the program may only read",
                       g->info.name, ag_format_bytes(bytes, text));
    return g->backend->upload(g->device, g->readonly, 0,
                              ag_program_readonly(g->program), bytes)
               ? ag_device_failed(g)
               : ARMGPU_OK;
}

/* What is missing in the caller's, or all of it, is as armgpu.h says. */
static armgpu_process defaults(const armgpu_process *from)
{
    armgpu_process p = {.size = sizeof p};
    if (from != NULL)
        ag_take_sized(&p, sizeof p, from, from->size);
    if (p.name == NULL)
        p.name = "program";
    return p;
}

/* Lanes begin with the arguments that all have in common. */
static int32_t place_stack(struct armgpu *g, const armgpu_process *p)
{
    const char *const name[] = {p->name};
    struct ag_stack stack;
    int32_t error =
        p->arguments == NULL
            ? ag_stack_lay(g, p, 0, name, 1, &stack)
            : ag_stack_lay(g, p, 0, p->arguments, (size_t)p->num_arguments,
                           &stack);
    if (error != ARMGPU_OK)
        return error;
    const struct ag_image image = {.program = 0,
                                   .address = stack.sp - g->view.base,
                                   .size = stack.bytes_count,
                                   .bytes = stack.bytes};
    g->start_constant[AG_ROW_SP] = stack.sp;
    g->random_offset = stack.random;
    g->start_is_stale = true;
    error = ag_image_place(g, &image);
    free(stack.bytes);
    return error;
}

static int32_t serve_calls(struct armgpu *g, const armgpu_process *p)
{
    const struct ag_window *w = &ag_program_guest(g->program)->window;
    const struct ag_process_setup setup = {.heap = w->heap,
                                           .heap_end = w->heap_end,
                                           .inputs = p->inputs,
                                           .num_inputs = p->num_inputs,
                                           .seed = p->seed,
                                           .output_bytes = p->output_bytes,
                                           .is_strict = p->strict != 0,
                                           .has_files = p->root != NULL ||
                                                        p->num_files != 0,
                                           .output = p->output,
                                           .user = p->user};
    int32_t error = ag_plane_need(g, AG_PLANE_V);
    if (error == ARMGPU_OK)
        error = ag_process_start(g, &setup);
    return error != ARMGPU_OK || !setup.has_files ? error
                                                  : ag_files_start(g, p);
}

int32_t ag_program_take(struct armgpu *g, const armgpu_options *o)
{
    const armgpu_process *p = o->process;
    const bool is_linux =
        ag_program_guest(o->program)->elf.kind == AG_ELF_LINUX;
    int32_t error = ARMGPU_OK;
    if (p != NULL)
        error = ag_check_size(g, "armgpu_process", p->size);
    if (error == ARMGPU_OK && p != NULL)
        error = ag_check_known(g, "armgpu_process", p, p->size, sizeof *p);
    if (error != ARMGPU_OK)
        return error;
    g->program = o->program;
    g->memory_size = ag_program_memory(o->program, &g->view);
    if (!is_linux)
        return ARMGPU_OK;
    g->process = defaults(p);
    g->calls.output_bytes = ag_process_output_bytes(g->process.output_bytes);
    g->has_planes[AG_PLANE_V] = g->has_planes[AG_PLANE_LINUX] = true;
    return ARMGPU_OK;
}

static int32_t begin_processes(struct armgpu *g)
{
    g->seed = g->process.seed;
    g->start_factor[AG_STATE_TPIDR] = 0;
    int32_t error = serve_calls(g, &g->process);
    /* Where each lane has its own arguments stacks are laid as lanes begin. */
    return error != ARMGPU_OK || g->process.arguments_of != NULL
               ? error
               : place_stack(g, &g->process);
}

int32_t ag_program_start(struct armgpu *g)
{
    const struct ag_guest *guest = ag_program_guest(g->program);
    const struct ag_image data = {.program = 0,
                                  .size = (size_t)guest->writable_image_bytes,
                                  .bytes = guest->writable_image};
    int32_t error = open_readonly(g);
    if (error == ARMGPU_OK && data.size > 0)
        error = ag_image_place(g, &data);
    if (error != ARMGPU_OK)
        return error;
    g->has_program = true;
    g->program_entry[0] = ag_guest_entry(guest);
    g->start_constant[AG_ROW_SP] = guest->window.stack_top;
    if (guest->elf.kind == AG_ELF_LINUX)
        error = begin_processes(g);
    return error != ARMGPU_OK ? error : ag_serve_begin_all(g, 0);
}
