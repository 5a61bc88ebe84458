/* What regions are made of: the code that lanes of a handle's one program begin
   with. */
#include "core/regions.h"

#include "base/bytes.h"

/* What is looked through for calls: 16 MiB. Beyond it symbols have to do. */
#define MOST_CODE (UINT64_C(16) << 20)

static bool read_word(void *user, uint64_t pc, uint32_t *word)
{
    struct ag_program_code *c = user;
    const uint64_t at = ag_code_of(c->g, pc);
    if (at == AG_NO_CODE)
        return false;
    if (at >> AG_PAGE_SHIFT != c->page) {
        c->page = at >> AG_PAGE_SHIFT;
        if (ag_code_read_page(c->g, 0, c->page << AG_PAGE_SHIFT, c->bytes,
                              &c->size) != ARMGPU_OK)
            c->size = 0;
    }
    const size_t offset = at & (AG_PAGE_BYTES - 1);
    if (offset + 4 > c->size)
        return false;
    *word = ag_get_32(c->bytes + offset);
    return true;
}

void ag_program_code_open(struct ag_program_code *code, struct armgpu *g)
{
    code->g = g;
    code->page = UINT64_MAX;
    code->size = 0;
    code->source =
        (struct ag_code_source){read_word, code, armgpu_has_vectors(g) != 0};
}

bool ag_program_has(struct armgpu *g, const struct ag_region *r)
{
    struct ag_program_code code;
    uint32_t word;
    ag_program_code_open(&code, g);
    for (uint32_t i = 0; i < r->num_instructions; i++)
        if (!read_word(&code, r->instructions[i].pc, &word) ||
            word != r->instructions[i].word)
            return false;
    return true;
}

/* -- Functions ------------------------------------------------------------- */

/* What is called in a range, of which *left bytes are looked through. */
static bool add_called(struct armgpu *g, struct ag_functions *f, uint64_t from,
                       uint64_t bytes, uint64_t *left)
{
    struct ag_program_code code;
    if (bytes > *left)
        bytes = *left;
    *left -= bytes;
    ag_program_code_open(&code, g);
    from &= ~UINT64_C(3);
    return ag_functions_add_called(f, &code.source, from, from + bytes);
}

static bool add_elf(struct armgpu *g, struct ag_functions *f, uint64_t *left)
{
    const struct ag_guest *guest = ag_program_guest(g->program);
    const struct ag_symbols *s = &guest->elf.symbols;
    const uint64_t bias = guest->window.bias;
    bool ok = true;
    for (size_t i = 0; i < s->count && ok; i++)
        if (s->symbols[i].kind == AG_SYMBOL_FUNCTION)
            ok = ag_functions_add(f, s->symbols[i].address + bias);
    for (size_t i = 0; i < guest->elf.segment_count && ok; i++) {
        const struct ag_elf_segment *e = &guest->elf.segments[i];
        if (e->access & AG_ELF_EXECUTE)
            ok = add_called(g, f, e->address + bias, e->file_bytes, left);
    }
    return ok;
}

bool ag_program_functions(struct armgpu *g, struct ag_functions *f)
{
    uint64_t left = MOST_CODE;
    bool ok = ag_functions_add(f, g->regions.first_pc);
    if (g->program != NULL)
        ok = ok && add_elf(g, f, &left);
    for (size_t i = 0; i < g->images.count && g->program == NULL && ok; i++)
        ok = add_called(g, f, g->images.list[i].address, g->images.list[i].size,
                        &left);
    ag_functions_sort(f);
    return ok;
}
