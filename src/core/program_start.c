/* How lanes begin with an ELF program, and as processes. */
#include "core/program.h"

#include "base/sized.h"

#include <inttypes.h>
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

static struct ag_process_setup describe(const struct armgpu *g)
{
    const armgpu_process *p = &g->process;
    const struct ag_window *w = &ag_program_guest(g->program)->window;
    return (struct ag_process_setup){.heap = w->heap,
                                     .heap_end = w->heap_end,
                                     .stack = w->stack,
                                     .stack_top = w->stack_top,
                                     .inputs = p->inputs,
                                     .num_inputs = p->num_inputs,
                                     .seed = p->seed,
                                     .output_bytes = p->output_bytes,
                                     .is_strict = p->strict != 0,
                                     .output = p->output,
                                     .user = p->user};
}

static int32_t serve_calls(struct armgpu *g, const armgpu_process *p)
{
    struct ag_process_setup setup = describe(g);
    setup.files = ag_files_kinds(p);
    int32_t error = ag_plane_need(g, AG_PLANE_V);
    if (error == ARMGPU_OK)
        error = ag_process_start(g, &setup);
    return error != ARMGPU_OK || setup.files == 0 ? error
                                                  : ag_files_start(g, p);
}

/* Once it is open nobody is asked for arguments any more. */
static int32_t serve_semihosting(struct armgpu *g)
{
    struct ag_process_setup setup = describe(g);
    struct ag_command_lines lines;
    int32_t error = ag_command_lines_open(g, &lines);
    setup.is_semihosting = true;
    setup.lines = lines.lines;
    setup.num_lines = lines.count;
    if (error == ARMGPU_OK)
        error = ag_process_start(g, &setup);
    ag_command_lines_close(&lines);
    g->process.arguments_of = NULL;
    return error;
}

static int32_t check_process(struct armgpu *g, const armgpu_process *p)
{
    int32_t error = ag_check_size(g, "armgpu_process", p->size);
    if (error == ARMGPU_OK)
        error = ag_check_known(g, "armgpu_process", p, p->size, sizeof *p);
    return error;
}

/* What lanes of the handle find is known before it has a device, so that
   kernels are compiled for it once. */
static int32_t take_machine(struct armgpu *g)
{
    const struct ag_guest *guest = ag_program_guest(g->program);
    const bool is_linux = guest->elf.kind == AG_ELF_LINUX;
    const uint32_t asked = g->process.semihosting;
    const bool is_semihosting =
        asked == ARMGPU_SEMIHOSTING_ON ||
        (asked == ARMGPU_SEMIHOSTING_AUTO && guest->calls_semihosting);
    if (asked > ARMGPU_SEMIHOSTING_OFF)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "semihosting %" PRIu32 " is not 0, 1 or 2", asked);
    if (is_linux && is_semihosting)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "a Linux program has system calls, not semihosting: "
                       "leave that out, or open it as bare metal");
    g->machine = is_linux ? 0 : AG_MACHINE_STARTS;
    if (!is_linux && !is_semihosting)
        return ARMGPU_OK;
    g->calls.output_bytes = ag_process_output_bytes(g->process.output_bytes);
    g->has_planes[AG_PLANE_V] = is_linux;
    g->has_planes[AG_PLANE_LINUX] = true;
    return ARMGPU_OK;
}

/* Addresses are looked at when memory is there. */
static int32_t take_function(struct armgpu *g, const armgpu_function *from)
{
    armgpu_function f = {.size = sizeof f};
    int32_t error = ARMGPU_OK;
    if (from == NULL)
        return ARMGPU_OK;
    error = ag_check_size(g, "armgpu_function", from->size);
    if (error == ARMGPU_OK)
        error = ag_check_known(g, "armgpu_function", from, from->size,
                               sizeof f);
    if (error != ARMGPU_OK)
        return error;
    ag_take_sized(&f, sizeof f, from, from->size);
    g->function = (struct ag_function){f.at, f.address, f.after};
    g->has_planes[AG_PLANE_FUNCTION] = true;
    return ARMGPU_OK;
}

int32_t ag_program_take(struct armgpu *g, const armgpu_options *o)
{
    int32_t error =
        o->process != NULL ? check_process(g, o->process) : ARMGPU_OK;
    if (error == ARMGPU_OK)
        error = take_function(g, o->function);
    if (error != ARMGPU_OK)
        return error;
    g->program = o->program;
    g->memory_size = ag_program_memory(o->program, &g->view);
    g->process = defaults(o->process);
    return take_machine(g);
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

/* What there is of calls, if there is any. */
static int32_t begin_calls(struct armgpu *g)
{
    if (ag_program_guest(g->program)->elf.kind == AG_ELF_LINUX)
        return begin_processes(g);
    if (g->has_planes[AG_PLANE_LINUX])
        return serve_semihosting(g);
    g->process.arguments_of = NULL;
    return ARMGPU_OK;
}

/* Lanes come to the probes where they begin and where the call does. */
static int32_t call_function(struct armgpu *g)
{
    struct ag_function *f = &g->function;
    const uint64_t entry = g->program_entry[0];
    if (f->at == 0)
        f->at = entry;
    int32_t error = ag_check_pc(g, f->address);
    if (error == ARMGPU_OK)
        error = ag_check_pc(g, f->at);
    if (error == ARMGPU_OK && f->after != 0)
        error = ag_check_pc(g, f->after);
    if (error == ARMGPU_OK)
        error = ag_plane_need(g, AG_PLANE_FUNCTION);
    if (error == ARMGPU_OK)
        error = ag_probe_set(g, entry, AG_PROBE_CALL);
    if (error == ARMGPU_OK)
        error = ag_probe_set(g, f->at, AG_PROBE_CALL);
    g->start_is_stale = true;
    return error;
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
    if (g->has_planes[AG_PLANE_FUNCTION])
        error = call_function(g);
    if (error != ARMGPU_OK)
        return error;
    g->start_constant[AG_ROW_SP] = guest->window.stack_top;
    error = begin_calls(g);
    return error != ARMGPU_OK ? error : ag_serve_begin_all(g, 0);
}
