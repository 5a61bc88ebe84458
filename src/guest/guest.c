/* Puts a program's parts together: its file, its memory, its names. */
#include "guest/guest.h"

#include "guest/elf_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer names are cut in sentences: bytes. */
#define NAME_SHOWN 100

void ag_guest_request_init(struct ag_guest_request *request)
{
    memset(request, 0, sizeof *request);
    ag_window_request_init(&request->window);
}

/* Why a program cannot begin at this address of the file's, to follow it; NULL
   if it can. */
static const char *why_no_entry(const struct ag_elf *elf, uint64_t address)
{
    const struct ag_elf_segment *s = ag_elf_segment_at(elf, address);
    if (!ag_elf_is_code(elf, address))
        return "is not code";
    if (s->load_address != s->address)
        return "is code that something would have to copy there first";
    /* What a linker that finds no entry says of a position-independent
       program, whose first byte may be at 0. */
    if (s->offset + (address - s->address) < AG_EHDR)
        return "is the file's header, not code";
    return NULL;
}

static bool find_named_entry(const struct ag_elf *elf, const char *name,
                             uint64_t *address, char *sentence)
{
    const struct ag_symbol *s = ag_symbols_named(&elf->symbols, name);
    char shown[NAME_SHOWN];
    const char *why;
    ag_symbol_text(name, shown, sizeof shown);
    if (s == NULL) {
        snprintf(sentence, AG_SENTENCE, "it has no symbol '%s' to begin at",
                 shown);
        return false;
    }
    *address = s->address;
    why = s->kind == AG_SYMBOL_CONSTANT ? "is a number, not an address"
                                        : why_no_entry(elf, s->address);
    if (why != NULL)
        snprintf(sentence, AG_SENTENCE,
                 "it cannot begin at '%s': 0x%" PRIx64 " %s", shown, s->address,
                 why);
    return why == NULL;
}

static bool check_entry(const struct ag_elf *elf, char *sentence)
{
    const char *why = why_no_entry(elf, elf->entry);
    if (why != NULL && elf->entry == 0)
        snprintf(sentence, AG_SENTENCE,
                 "its linker found no entry: say one with --entry SYMBOL");
    else if (why != NULL)
        snprintf(sentence, AG_SENTENCE,
                 "its entry 0x%" PRIx64 " %s: say one with --entry SYMBOL",
                 elf->entry, why);
    return why == NULL;
}

static bool find_entry(struct ag_guest *g, const char *name, char *sentence)
{
    uint64_t address = g->elf.entry;
    bool is_found = name != NULL
                        ? find_named_entry(&g->elf, name, &address, sentence)
                        : check_entry(&g->elf, sentence);
    g->entry = address + g->window.bias;
    return is_found;
}

/* The part of [address, address + bytes) that an extent has, as [begin,
   end); false if it has none. */
static bool part_in(const struct ag_extent *e, uint64_t address, uint64_t bytes,
                    uint64_t *begin, uint64_t *end)
{
    *begin = address > e->base ? address : e->base;
    *end = address + bytes < e->base + e->bytes ? address + bytes
                                                : e->base + e->bytes;
    return *begin < *end;
}

/* The bytes of an extent up to the last that comes from the file, in whole
   lines. */
static uint64_t bytes_from_file(const struct ag_guest *g,
                                const struct ag_extent *e)
{
    uint64_t most = 0, begin, end;
    for (size_t i = 0; i < g->elf.segment_count; i++) {
        const struct ag_elf_segment *s = &g->elf.segments[i];
        if (part_in(e, s->load_address + g->window.bias, s->file_bytes, &begin,
                    &end) &&
            end - e->base > most)
            most = end - e->base;
    }
    return (most + AG_WINDOW_LINE - 1) & ~(AG_WINDOW_LINE - 1);
}

/* Makes the first `bytes` of an extent, NULL if that is 0. */
static bool fill(const struct ag_guest *g, const struct ag_extent *e,
                 const uint8_t *file, uint64_t bytes, uint8_t **memory,
                 char *sentence)
{
    uint64_t begin, end;
    if (bytes == 0)
        return true;
    *memory = bytes <= SIZE_MAX ? calloc((size_t)bytes, 1) : NULL;
    if (*memory == NULL) {
        snprintf(sentence, AG_SENTENCE,
                 "there is no memory for its %" PRIu64 " bytes", bytes);
        return false;
    }
    for (size_t i = 0; i < g->elf.segment_count; i++) {
        const struct ag_elf_segment *s = &g->elf.segments[i];
        uint64_t address = s->load_address + g->window.bias;
        if (part_in(e, address, s->file_bytes, &begin, &end))
            memcpy(*memory + (begin - e->base),
                   file + s->offset + (begin - address), (size_t)(end - begin));
    }
    return true;
}

static bool fill_both(struct ag_guest *g, const uint8_t *file, char *sentence)
{
    const struct ag_window *w = &g->window;
    g->writable_image_bytes = bytes_from_file(g, &w->writable);
    return fill(g, &w->readonly, file, w->readonly.bytes, &g->readonly,
                sentence) &&
           fill(g, &w->writable, file, g->writable_image_bytes,
                &g->writable_image, sentence);
}

static bool has_word(const uint8_t *bytes, uint64_t n, uint32_t word)
{
    for (uint64_t at = 0; at + 4 <= n; at += 4)
        if (ag_get_32(bytes + at) == word)
            return true;
    return false;
}

/* Whatever may be code of it. */
static void find_semihosting(struct ag_guest *g)
{
    g->calls_semihosting =
        g->elf.kind == AG_ELF_BARE_METAL &&
        (has_word(g->readonly, g->window.readonly.bytes, AG_ELF_SEMIHOSTING) ||
         has_word(g->writable_image, g->writable_image_bytes,
                  AG_ELF_SEMIHOSTING));
}

bool ag_guest_open(struct ag_guest *g, const void *bytes, size_t size,
                   const struct ag_guest_request *r, char sentence[AG_SENTENCE])
{
    memset(g, 0, sizeof *g);
    if (ag_elf_read(bytes, size, r->kind, &g->elf, sentence) &&
        ag_window_plan(&g->elf, &r->window, &g->window, sentence) &&
        find_entry(g, r->entry, sentence) && fill_both(g, bytes, sentence)) {
        find_semihosting(g);
        return true;
    }
    ag_guest_close(g);
    return false;
}

void ag_guest_close(struct ag_guest *g)
{
    ag_elf_release(&g->elf);
    free(g->readonly);
    free(g->writable_image);
    memset(g, 0, sizeof *g);
}

uint64_t ag_guest_entry(const struct ag_guest *g)
{
    return g->entry;
}

const struct ag_symbol *ag_guest_symbol_at(const struct ag_guest *g,
                                           uint64_t address, uint64_t *offset)
{
    return address < g->window.bias
               ? NULL
               : ag_symbols_at(&g->elf.symbols, address - g->window.bias,
                               offset);
}

size_t ag_guest_text(const struct ag_guest *g, uint64_t address, char *text,
                     size_t size)
{
    if (address >= g->window.bias)
        return ag_symbols_text(&g->elf.symbols, address - g->window.bias, text,
                               size);
    text[0] = '\0';
    return 0;
}

bool ag_guest_address_of(const struct ag_guest *g, const char *name,
                         uint64_t *address, uint64_t *size)
{
    const struct ag_symbol *s = ag_symbols_named(&g->elf.symbols, name);
    if (s == NULL)
        return false;
    *address = s->kind == AG_SYMBOL_CONSTANT ? s->address
                                             : s->address + g->window.bias;
    *size = s->size;
    return true;
}

bool ag_guest_stack(const struct ag_guest *g, const struct ag_process *process,
                    uint8_t *bytes, size_t room, uint64_t *sp,
                    uint64_t *random_address, char sentence[AG_SENTENCE])
{
    uint64_t taken;
    if (!ag_process_lay(process, &g->elf, &g->window, bytes, room, &taken,
                        sentence))
        return false;
    *sp = g->window.stack_top - taken;
    *random_address = ag_process_random_at(process, &g->window);
    return true;
}
