/* ELF programs: what src/guest makes of a file, as the interface has it. */
#include "core/program.h"

#include "base/sized.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct armgpu_program {
    struct ag_guest guest;
};

_Static_assert(ARMGPU_SENTENCE == AG_SENTENCE, "sentences have one length");
_Static_assert(ARMGPU_STUB_BYTES == AG_STUB_BYTES, "stubs have one length");
_Static_assert((int)ARMGPU_PROGRAM_LINUX == (int)AG_ELF_LINUX &&
                   (int)ARMGPU_PROGRAM_BARE_METAL == (int)AG_ELF_BARE_METAL,
               "kinds have one number");

static armgpu_program_options default_options(void)
{
    armgpu_program_options o = {.size = sizeof o};
    o.heap_size = AG_WINDOW_HEAP;
    o.stack_size = AG_WINDOW_STACK;
    return o;
}

void armgpu_program_options_init_size(armgpu_program_options *options,
                                      uint64_t size)
{
    const armgpu_program_options o = default_options();
    ag_give_sized(options, size, &o, sizeof o);
}

/* Our own of the caller's, who may know others; false: `sentence` says why. */
static bool take_options(armgpu_program_options *o,
                         const armgpu_program_options *from,
                         char sentence[ARMGPU_SENTENCE])
{
    *o = default_options();
    if (from == NULL)
        return true;
    if (from->size < sizeof from->size ||
        !ag_is_known(from, from->size, sizeof *o)) {
        snprintf(sentence, ARMGPU_SENTENCE,
                 "cannot be opened with these options: their size is not set, "
                 "or they ask for what this version of armgpu does not know");
        return false;
    }
    ag_take_sized(o, sizeof *o, from, from->size);
    if (o->kind > ARMGPU_PROGRAM_BARE_METAL || o->has_base > 1) {
        snprintf(sentence, ARMGPU_SENTENCE,
                 "cannot be opened as kind %u: there are 0, 1 and 2",
                 (unsigned)o->kind);
        return false;
    }
    return true;
}

/* Nothing but what was asked for does not fit the program. */
static bool opens_by_itself(struct ag_guest *guest, const void *bytes,
                            size_t size)
{
    struct ag_guest_request request;
    char sentence[AG_SENTENCE];
    ag_guest_request_init(&request);
    if (!ag_guest_open(guest, bytes, size, &request, sentence))
        return false;
    ag_guest_close(guest);
    return true;
}

int32_t armgpu_program_open(armgpu_program **out, const void *bytes,
                            size_t size, const armgpu_program_options *options,
                            char sentence[ARMGPU_SENTENCE])
{
    armgpu_program_options o;
    struct ag_guest_request request;
    *out = NULL;
    sentence[0] = '\0';
    if (!take_options(&o, options, sentence))
        return ARMGPU_ERROR_ARGUMENT;
    ag_guest_request_init(&request);
    request.kind = (enum ag_elf_kind)o.kind;
    request.window.has_base = o.has_base != 0;
    request.window.base = o.base;
    request.window.heap_bytes = o.heap_size;
    request.window.stack_bytes = o.stack_size;
    request.entry = o.entry;
    armgpu_program *p = calloc(1, sizeof *p);
    if (p == NULL) {
        snprintf(sentence, ARMGPU_SENTENCE, "cannot be read: out of memory");
        return ARMGPU_ERROR_MEMORY;
    }
    if (!ag_guest_open(&p->guest, bytes, size, &request, sentence)) {
        int32_t error = opens_by_itself(&p->guest, bytes, size)
                            ? ARMGPU_ERROR_ARGUMENT
                            : ARMGPU_ERROR_FORMAT;
        free(p);
        return error;
    }
    *out = p;
    return ARMGPU_OK;
}

void armgpu_program_close(armgpu_program *program)
{
    if (program == NULL)
        return;
    ag_guest_close(&program->guest);
    free(program);
}

int32_t armgpu_program_get_info(const armgpu_program *program,
                                armgpu_program_info *info)
{
    const struct ag_guest *guest = &program->guest;
    const struct ag_window *w = &guest->window;
    armgpu_program_info all = {
        .kind = (uint32_t)guest->elf.kind,
        .is_position_independent = guest->elf.is_position_independent,
        .entry = ag_guest_entry(guest),
        .bias = w->bias,
        .readonly_address = w->readonly.base,
        .readonly_bytes = w->readonly.bytes,
        .writable_address = w->writable.base,
        .writable_bytes = w->writable.bytes,
        .heap = w->heap,
        .heap_bytes = w->heap_end - w->heap,
        .stack = w->stack,
        .stack_bytes = w->stack_top - w->stack,
        .num_symbols = guest->elf.symbols.count,
        .build_id_bytes = guest->elf.build_id_bytes,
        .calls_semihosting = guest->calls_semihosting};
    if (info->size < sizeof info->size)
        return ARMGPU_ERROR_ARGUMENT;
    memcpy(all.build_id, guest->elf.build_id, sizeof all.build_id);
    snprintf(all.why, sizeof all.why, "%s", guest->elf.why);
    ag_give_sized(info, info->size, &all, sizeof all);
    return ARMGPU_OK;
}

int32_t armgpu_program_find_symbol(const armgpu_program *program,
                                   const char *name, uint64_t *address,
                                   uint64_t *bytes)
{
    uint64_t at, size;
    if (!ag_guest_address_of(&program->guest, name, &at, &size))
        return ARMGPU_ERROR_ARGUMENT;
    if (address != NULL)
        *address = at;
    if (bytes != NULL)
        *bytes = size;
    return ARMGPU_OK;
}

size_t armgpu_program_describe(const armgpu_program *program, uint64_t address,
                               char *text, size_t size)
{
    return ag_guest_text(&program->guest, address, text, size);
}

int32_t armgpu_program_stub(armgpu_program *program, const char *name,
                            uint64_t address, uint64_t value,
                            char sentence[ARMGPU_SENTENCE])
{
    sentence[0] = '\0';
    return ag_guest_stub(&program->guest, name, address, value, sentence)
               ? ARMGPU_OK
               : ARMGPU_ERROR_ARGUMENT;
}

size_t armgpu_stub_code(uint64_t value, void *code)
{
    return ag_stub_code(value, code);
}

/* -- For handles ----------------------------------------------------------- */

uint64_t ag_program_memory(const armgpu_program *program, ag_view *view)
{
    const struct ag_window *w = &program->guest.window;
    view->base = w->writable.base;
    view->readonly = w->readonly.base;
    view->readonly_bytes = w->readonly.bytes;
    view->code_base = (w->readonly.bytes + AG_PAGE_BYTES - 1) /
                      AG_PAGE_BYTES * AG_PAGE_BYTES;
    return w->writable.bytes;
}

const uint8_t *ag_program_readonly(const armgpu_program *program)
{
    return program->guest.readonly;
}

const struct ag_guest *ag_program_guest(const armgpu_program *program)
{
    return &program->guest;
}
