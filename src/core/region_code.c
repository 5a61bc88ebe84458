/* What regions are made of: the code that lanes of a handle's one program begin
   with. */
#include "core/regions.h"

#include "base/bytes.h"
#include "base/hash.h"

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

/* -- All of it ----------------------------------------------------------- */

/* What is executed, as far as it is looked through: each piece of it. */
typedef void piece_fn(struct armgpu *g, uint64_t from, uint64_t bytes,
                      void *user);

static void each_piece(struct armgpu *g, piece_fn *fn, void *user)
{
    uint64_t left = MOST_CODE;
    const struct ag_guest *guest =
        g->program != NULL ? ag_program_guest(g->program) : NULL;
    const size_t n = guest != NULL ? guest->elf.segment_count : g->images.count;
    for (size_t i = 0; i < n && left > 0; i++) {
        const struct ag_elf_segment *e =
            guest != NULL ? &guest->elf.segments[i] : NULL;
        const uint64_t from = e != NULL ? e->address + guest->window.bias
                                        : g->images.list[i].address;
        uint64_t bytes = e != NULL ? e->file_bytes : g->images.list[i].size;
        if (e != NULL && !(e->access & AG_ELF_EXECUTE))
            continue;
        if (bytes > left)
            bytes = left;
        left -= bytes;
        fn(g, from & ~UINT64_C(3), bytes, user);
    }
}

static void hash_piece(struct armgpu *g, uint64_t from, uint64_t bytes,
                       void *user)
{
    struct ag_program_code code;
    uint64_t *hash = user;
    *hash = ag_hash(*hash, &from, sizeof from);
    ag_program_code_open(&code, g);
    for (uint64_t at = from; at < from + bytes; at += 4) {
        uint32_t word = 0;
        (void)read_word(&code, at, &word);
        *hash = ag_hash(*hash, &word, sizeof word);
    }
}

uint64_t ag_program_hash(struct armgpu *g)
{
    uint64_t hash = AG_HASH_START;
    each_piece(g, hash_piece, &hash);
    return hash;
}

/* -- Functions ------------------------------------------------------------- */

struct finding {
    struct ag_functions *functions;
    bool ok;
};

static void add_called(struct armgpu *g, uint64_t from, uint64_t bytes,
                       void *user)
{
    struct finding *f = user;
    struct ag_program_code code;
    ag_program_code_open(&code, g);
    f->ok = f->ok && ag_functions_add_called(f->functions, &code.source, from,
                                             from + bytes);
}

static bool add_symbols(struct armgpu *g, struct ag_functions *f)
{
    const struct ag_guest *guest = ag_program_guest(g->program);
    const struct ag_symbols *s = &guest->elf.symbols;
    bool ok = true;
    for (size_t i = 0; i < s->count && ok; i++)
        if (s->symbols[i].kind == AG_SYMBOL_FUNCTION)
            ok =
                ag_functions_add(f, s->symbols[i].address + guest->window.bias);
    return ok;
}

bool ag_program_functions(struct armgpu *g, struct ag_functions *f)
{
    struct finding finding = {f, ag_functions_add(f, g->regions.first_pc)};
    if (g->program != NULL)
        finding.ok = finding.ok && add_symbols(g, f);
    each_piece(g, add_called, &finding);
    ag_functions_sort(f);
    return finding.ok;
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
