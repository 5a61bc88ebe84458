/* What regions are made of: the code that lanes of a handle's one program begin
   with. */
#define _POSIX_C_SOURCE 200809L
#include "core/regions.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

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

/* -- The region of all of it ------------------------------------------------
 */

uint64_t ag_program_begin(const struct armgpu *g)
{
    return g->has_start_pc ? g->start_constant[AG_STATE_PC]
                           : g->program_entry[0];
}

int32_t ag_program_region(struct armgpu *g, struct ag_region *r, bool is_on_v)
{
    struct ag_program_code code;
    const size_t n = g->regions.num_begins;
    uint64_t *entries = malloc((n + 1) * sizeof *entries);
    bool ok = entries != NULL;
    if (ok) {
        entries[0] = ag_program_begin(g);
        if (n > 0)
            memcpy(entries + 1, g->regions.begins, n * sizeof *entries);
        ag_program_code_open(&code, g);
        code.source.is_on_v = code.source.is_on_v || is_on_v;
        ok = ag_region_open(r, &code.source, entries, n + 1, g->regions.budget,
                            NULL);
    }
    free(entries);
    return ok ? ARMGPU_OK : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
}

static void give_lines(char *text, armgpu_line_fn line, void *user)
{
    while (*text != '\0') {
        char *end = text + strcspn(text, "\n");
        const bool is_last = *end == '\0';
        *end = '\0';
        line(user, text);
        text = is_last ? end : end + 1;
    }
}

int32_t armgpu_translate(armgpu *g, armgpu_line_fn line, void *user)
{
    struct ag_region r = {0};
    size_t length = 0;
    char *text = NULL;
    if (!g->is_private || g->num_programs != 1 || !g->has_program)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "what is translated is one program of lanes with "
                       "private memory");
    FILE *out = open_memstream(&text, &length);
    int32_t error = out != NULL
                        ? ag_program_region(g, &r, true)
                        : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    if (error == ARMGPU_OK)
        ag_region_emit(&r, 0, out);
    if (out != NULL && fclose(out) != 0 && error == ARMGPU_OK)
        error = ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    if (error == ARMGPU_OK)
        give_lines(text, line, user);
    free(text);
    ag_region_close(&r);
    return error;
}
