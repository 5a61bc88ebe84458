/*
 * The code table: pages of decoded instructions, found through a map from page
 * number to slot. Slot 0 is a page of nothing, so that a kernel which fetches
 * from an undecoded page finds `run` 0 and asks for it. Pages are decoded on
 * first use and dropped when their code may have changed.
 *
 * Where a batch of the instruction table begins, the entry's operation is the
 * batch; the entries after it stay as they are.
 *
 * In private memory the table holds what lanes began with, and each program has
 * a map of its own; what a lane has otherwise is own.c's.
 *
 * The table has a bound; beyond it pages are given up in the order in which they
 * were decoded, about. A lane whose page is gone asks again, so that all there
 * is to care for is that each gets to execute before its page is gone: the host
 * gives it a turn at once (slice_host.c), or decodes a round of pages that stay
 * until a launch (slice_device.c).
 */
#include "core/program.h"
#include "base/bytes.h"
#include "base/environment.h"
#include "code/decode.h"

#include "a64/forms.h"

#include <stdlib.h>
#include <string.h>

#define SLOT_BYTES ((uint64_t)AG_PAGE_ENTRIES * sizeof(ag_entry))
/* Kernels fetch one entry ahead, also after the last; a lane group that
   executes the last one lane by lane fetches one more. */
#define TABLE_BYTES(slots) ((slots)*SLOT_BYTES + 2 * sizeof(ag_entry))
#define FIRST_SLOTS 16

/* Pages: of 16384, what they are unless somebody asks for another number, 256 MiB
   of decoded code. With 2, the fewest, a lane always has one, and the traced lane
   another. */
static uint32_t slots_at_most(void)
{
    double pages;
    (void)ag_env_number(AG_ARMGPU_CODE_PAGES, &pages, NULL, 0);
    return (uint32_t)pages + 1;
}

int32_t ag_code_open(struct armgpu *g)
{
    uint32_t most = slots_at_most();
    uint32_t first = most < FIRST_SLOTS ? most : FIRST_SLOTS;
    int32_t error = ag_mirror_open(g, &g->pages, ag_page_count(g) * sizeof(u32),
                                   "the map of code pages");
    if (error == ARMGPU_OK)
        error = ag_mirror_open(g, &g->entries, TABLE_BYTES(first),
                               "decoded code");
    g->free_slots = malloc(first * sizeof *g->free_slots);
    g->code.held = malloc(first * sizeof *g->code.held);
    if (error == ARMGPU_OK && (g->free_slots == NULL || g->code.held == NULL))
        error = ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    g->slot_capacity = first;
    g->num_slots = 1;
    g->code.slots = most;
    g->code.round = 1;
    return error;
}

void ag_code_choose(struct armgpu *g)
{
    const char *batch = ag_getenv("ARMGPU_BATCH");
    const char *forms = ag_getenv("ARMGPU_FORMS");
    g->batches = !g->info.forms_groups &&
                 (batch == NULL || strcmp(batch, "0") != 0);
    g->forms = g->batches && g->backend->source != NULL &&
               (forms == NULL || forms[0] == '\0' ? g->info.wants_forms
                                                  : strcmp(forms, "0") != 0);
}

int32_t ag_code_add_program(struct armgpu *g)
{
    uint64_t bytes = ag_page_count(g) * sizeof(u32) * (g->num_programs + 1);
    if (!g->is_private || bytes <= g->pages.bytes)
        return ARMGPU_OK;
    return ag_mirror_grow(g, &g->pages, bytes, "the map of code pages");
}

void ag_code_close(struct armgpu *g)
{
    free(g->free_slots);
    free(g->code.held);
}

/* Room for that many pages, and to list all of them as free; false if there is
   no memory for it. */
static bool reserve(struct armgpu *g, uint32_t capacity)
{
    uint32_t *slots = realloc(g->free_slots, capacity * sizeof *slots);
    if (slots == NULL)
        return false;
    g->free_slots = slots;
    struct ag_code_page *held = realloc(g->code.held, capacity * sizeof *held);
    if (held == NULL)
        return false;
    g->code.held = held;
    if (ag_mirror_grow(g, &g->entries, TABLE_BYTES(capacity), "decoded code"))
        return false;
    g->slot_capacity = capacity;
    return true;
}

/* More slots, up to the bound; where there is no memory for more, those there
   are have to do. */
static void grow(struct armgpu *g)
{
    uint32_t capacity = g->slot_capacity * 2;
    if (capacity > g->code.slots)
        capacity = g->code.slots;
    if (g->slot_capacity == g->code.slots || reserve(g, capacity))
        return;
    g->code.slots = g->slot_capacity;
    g->message[0] = '\0';
}

/* The slot of a page that is given up, all being in use. It is none of this
   round's: those are fewer (ag_code_decode()). */
static uint32_t give_up(struct armgpu *g, u32 *pages)
{
    struct ag_code_bound *c = &g->code;
    do
        c->last = c->last + 1 < g->num_slots ? c->last + 1 : 1;
    while (c->held[c->last].round == c->round);
    pages[c->held[c->last].page] = 0;
    c->gives_up = true;
    return c->last;
}

/* A slot to decode into. */
static uint32_t take_slot(struct armgpu *g, u32 *pages)
{
    if (g->num_free > 0)
        return g->free_slots[--g->num_free];
    if (g->num_slots == g->slot_capacity)
        grow(g);
    return g->num_slots < g->slot_capacity ? g->num_slots++
                                           : give_up(g, pages);
}

/* The slot for a page; 0: not in this round, which leaves one to others. */
static uint32_t slot_for(struct armgpu *g, u32 *pages, uint64_t page)
{
    struct ag_code_bound *c = &g->code;
    c->has_refused = c->is_in_round && c->kept + 2 >= c->slots;
    if (c->has_refused)
        return 0;
    uint32_t slot = take_slot(g, pages);
    c->held[slot] = (struct ag_code_page){page, c->is_in_round ? c->round : 0};
    c->kept += c->is_in_round;
    return slot;
}

void ag_code_begin_round(struct armgpu *g)
{
    g->code.round++;
    g->code.kept = 0;
    g->code.is_in_round = true;
    g->code.has_refused = false;
}

void ag_code_end_round(struct armgpu *g)
{
    g->code.is_in_round = false;
}

static void give_slot(struct armgpu *g, uint32_t slot)
{
    g->free_slots[g->num_free++] = slot;
}

/* A straight run goes up to a branch, a probe or the end of the page. */
static void decode_words(const struct armgpu *g, const uint8_t *bytes,
                         size_t count, uint64_t address, ag_entry *out)
{
    u32 run = 0;
    for (size_t i = count; i-- > 0;) {
        u32 probe = ag_probe_at(g, address + i * 4);
        ag_decode(ag_get_32(bytes + i * 4), address + i * 4, &out[i]);
        run = probe || out[i].op >= AG_OP_FIRST_ENDING ? 1 : run + 1;
        out[i].run = (u16)(run | probe << AG_PROBE_SHIFT);
        if (probe != AG_PROBE_NONE)
            run = 0;
    }
}

/* Batches by their first operation: number + 1 of the first one in the table,
   and from each to the one after it; 0 ends. */
struct batch_index {
    u16 first[AG_OP_COUNT], after[AG_OP_END - AG_OP_COUNT + 1];
};

static void index_batches(struct batch_index *index)
{
    memset(index, 0, sizeof *index);
    for (u32 b = AG_OP_END - AG_OP_COUNT; b > 0; b--) {
        u16 *first = &index->first[a64_batch_ops[b - 1][0]];
        index->after[b] = *first;
        *first = (u16)b;
    }
}

/* How many instructions batch `b` executes if it can begin at ops, of which
   `run` are in straight line; 0 if it cannot. */
static u32 batch_length(u32 b, const u16 *ops, u32 run)
{
    u32 n = 0;
    while (n < AG_LONGEST_BATCH && a64_batch_ops[b][n] != 0) {
        if (n == run || a64_batch_ops[b][n] != ops[n])
            return 0;
        n++;
    }
    return n;
}

/*
 * Puts batches where their operations follow each other in one run. An entry
 * describes what begins there, so batches may overlap: a jump into one finds
 * its own. Each entry gets what leads to the fewest dispatches up to the end of
 * its run; d, n, m, a and imm stay those of its own instruction.
 */
static void form_batches(ag_entry *out, size_t count)
{
    struct batch_index index;
    u16 ops[AG_PAGE_ENTRIES], dispatches[AG_PAGE_ENTRIES + 1];
    index_batches(&index);
    for (size_t i = count; i-- > 0;) {
        u32 run = AG_RUN_LENGTH(out[i].run);
        u32 best = 1 + (run > 1 ? dispatches[i + 1] : 0u);
        ops[i] = out[i].op;
        for (u32 b = index.first[ops[i]]; b != 0; b = index.after[b]) {
            u32 n = batch_length(b - 1, &ops[i], run);
            if (n == 0) /* what follows is not known yet */
                continue;
            u32 all = 1 + (n < run ? dispatches[i + n] : 0u);
            if (all < best) {
                best = all;
                out[i].op = (u16)(AG_OP_COUNT + b - 1);
            }
        }
        dispatches[i] = (u16)best;
    }
}

/* The form of an operation on V registers (a64/forms.h), else itself. */
static u16 form_of(const ag_entry *e)
{
#define FORM(name, of, a_mask, a_value, imm_mask, imm_value)                   \
    if (e->op == AG_OP_##of && (e->a & (a_mask)) == (a_value) &&               \
        (e->imm & (imm_mask)) == (imm_value))                                  \
        return AG_OP_##name;
#define SHORT(name, of, kind, shape, imm_mask, imm_value)                      \
    FORM(name, of, 0, 0, imm_mask, imm_value)
    if (e->op >= AG_OP_FIRST_SIMD && e->op < AG_OP_FIRST_ENDING) {
        AG_V_FORMS(FORM, SHORT, FORM)
    }
#undef FORM
#undef SHORT
    return e->op;
}

int32_t ag_code_read_page(struct armgpu *g, uint32_t program, uint64_t at,
                          uint8_t bytes[AG_PAGE_BYTES], size_t *size)
{
    const uint64_t address = ag_code_address(g, at);
    const struct ag_piece piece = ag_piece_at(g, address);
    *size = piece.bytes < AG_PAGE_BYTES ? (size_t)piece.bytes : AG_PAGE_BYTES;
    if (piece.is_once)
        memcpy(bytes, ag_program_readonly(g->program) + piece.offset, *size);
    else if (g->is_private)
        ag_image_read(g, program, piece.offset, bytes, *size);
    else if (g->backend->download(g->device, bytes, g->memory, piece.offset,
                                  *size))
        return ag_device_failed(g);
    return ARMGPU_OK;
}

int32_t ag_code_decode(struct armgpu *g, uint32_t program, uint64_t at)
{
    uint8_t bytes[AG_PAGE_BYTES];
    uint64_t page = at >> AG_PAGE_SHIFT, start = page << AG_PAGE_SHIFT;
    size_t size;
    u32 *pages = ag_mirror_write(g, &g->pages);
    if (pages == NULL)
        return ARMGPU_ERROR_DEVICE;
    if (g->is_private)
        page += program * ag_page_count(g);
    if (pages[page] != 0)
        return ARMGPU_OK;
    uint32_t slot = slot_for(g, pages, page);
    if (slot == 0)
        return ARMGPU_OK;
    int32_t error = ag_code_read_page(g, program, start, bytes, &size);
    if (error != ARMGPU_OK)
        return error;
    ag_entry *entries = ag_mirror_write(g, &g->entries);
    if (entries == NULL)
        return ARMGPU_ERROR_DEVICE;
    entries += (size_t)slot * AG_PAGE_ENTRIES;
    memset(entries, 0, SLOT_BYTES);
    decode_words(g, bytes, size / 4, ag_code_address(g, start), entries);
    if (g->batches)
        form_batches(entries, size / 4);
    for (size_t i = 0; g->forms && i < size / 4; i++)
        entries[i].op = form_of(&entries[i]);
    pages[page] = slot;
    return ag_own_decoded(g, start >> AG_PAGE_SHIFT);
}

/* Pages first to last of one map. */
static void forget_pages(struct armgpu *g, u32 *pages, uint64_t first,
                         uint64_t last)
{
    for (uint64_t p = first; p <= last; p++) {
        if (pages[p] == 0)
            continue;
        give_slot(g, pages[p]);
        pages[p] = 0;
    }
}

/* All of them: faster than page by page. */
static void forget_maps(struct armgpu *g, u32 *pages)
{
    memset(pages, 0, (size_t)g->pages.bytes);
    g->num_slots = 1;
    g->num_free = 0;
    g->code.last = 0;
}

int32_t ag_code_forget(struct armgpu *g, uint64_t at, uint64_t bytes)
{
    const uint64_t all = ag_code_size(g);
    if (bytes == 0 || at >= all)
        return ARMGPU_OK;
    if (bytes > all - at)
        bytes = all - at;
    g->regions.is_stale = true;
    u32 *pages = ag_mirror_write(g, &g->pages);
    if (pages == NULL)
        return ARMGPU_ERROR_DEVICE;
    if (bytes == all) {
        forget_maps(g, pages);
        return ARMGPU_OK;
    }
    uint64_t last = (at + bytes - 1) >> AG_PAGE_SHIFT;
    uint64_t maps = g->pages.bytes / sizeof(u32) / ag_page_count(g);
    for (uint64_t i = 0; i < maps; i++)
        forget_pages(g, pages + i * ag_page_count(g), at >> AG_PAGE_SHIFT,
                     last);
    return ARMGPU_OK;
}

/* Shared memory is all lanes'; of private memory the table has what lanes began
   with, which stays. */
int32_t ag_code_changed(struct armgpu *g, const uint32_t *slots, uint64_t n,
                        uint64_t at, uint64_t bytes)
{
    int32_t error = ARMGPU_OK;
    if (!g->is_private)
        return ag_code_forget(g, at, bytes);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        error = ag_own_changed(g, slots[i], at, bytes);
    return error;
}
