/*
 * What has to be true of whatever bytes are read as a program: for the test of
 * random changes and for the fuzzer.
 */
#ifndef TEST_ELF_CHECK_H
#define TEST_ELF_CHECK_H

#include "guest/guest.h"

#include <stdlib.h>
#include <string.h>

#define ELF_HOLDS(condition)                                                   \
    do {                                                                       \
        if (!(condition))                                                      \
            return #condition;                                                 \
    } while (0)

static inline const char *elf_check_sentence(const char *sentence)
{
    ELF_HOLDS(sentence[0] != '\0' && strlen(sentence) < AG_SENTENCE - 1);
    for (size_t i = 0; sentence[i] != '\0'; i++)
        ELF_HOLDS(sentence[i] >= ' ' && sentence[i] <= '~');
    return NULL;
}

static inline const char *elf_check_segments(const struct ag_elf *elf,
                                             size_t size)
{
    ELF_HOLDS(elf->segment_count != 0);
    ELF_HOLDS(elf->kind != AG_ELF_ANY && elf->why[0] != '\0');
    ELF_HOLDS(elf->build_id_bytes <= AG_BUILD_ID);
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct ag_elf_segment *s = &elf->segments[i];
        ELF_HOLDS(s->bytes != 0 && s->file_bytes <= s->bytes);
        ELF_HOLDS(s->offset <= size && size - s->offset >= s->file_bytes);
        ELF_HOLDS(s->file_bytes != 0 || s->offset == 0);
        ELF_HOLDS(s->address + s->bytes > s->address);
        ELF_HOLDS(s->load_address + s->file_bytes >= s->load_address);
        ELF_HOLDS(i == 0 || s[-1].address + s[-1].bytes <= s->address);
        ELF_HOLDS(s->address >= elf->lowest &&
                  s->address + s->bytes <= elf->highest);
        ELF_HOLDS((s->access & AG_ELF_WRITE) == 0 ||
                  s->address >= elf->first_writable);
        ELF_HOLDS(elf->kind != AG_ELF_LINUX || s->load_address == s->address);
        ELF_HOLDS(ag_elf_segment_at(elf, s->address) == s);
        ELF_HOLDS(ag_elf_segment_at(elf, s->address + s->bytes - 1) == s);
    }
    ELF_HOLDS(elf->lowest == 0 ||
              ag_elf_segment_at(elf, elf->lowest - 1) == NULL);
    ELF_HOLDS(ag_elf_segment_at(elf, elf->highest) == NULL);
    return NULL;
}

static inline const char *elf_check_symbols(const struct ag_elf *elf)
{
    const struct ag_symbols *t = &elf->symbols;
    uint64_t offset;
    for (size_t i = 0; i < t->count; i++) {
        const struct ag_symbol *s = &t->symbols[i], *found;
        ELF_HOLDS(s->name[0] != '\0' && strlen(s->name) < SIZE_MAX);
        ELF_HOLDS(i < 1000 ? ag_symbols_named(t, s->name) != NULL : 1);
        if (s->kind == AG_SYMBOL_CONSTANT)
            continue;
        ELF_HOLDS(i == 0 || s[-1].address <= s->address);
        found = ag_symbols_at(t, s->address, &offset);
        ELF_HOLDS(s->size == 0 || (found != NULL && offset == 0));
        ELF_HOLDS(found == NULL || found->address == s->address - offset);
    }
    for (size_t i = 0; i < t->range_count; i++) {
        const struct ag_symbol_range *r = &t->ranges[i];
        ELF_HOLDS(i == 0 || r[-1].begin < r->begin);
        ELF_HOLDS(r->symbol == AG_NO_SYMBOL || r->symbol < t->count);
    }
    ELF_HOLDS(t->range_count == 0 ||
              t->ranges[t->range_count - 1].symbol == AG_NO_SYMBOL);
    return NULL;
}

static inline int elf_contains(const struct ag_extent *e, uint64_t address,
                               uint64_t bytes)
{
    return bytes == 0 || (address >= e->base && e->bytes >= bytes &&
                          address - e->base <= e->bytes - bytes);
}

static inline int elf_overlap(uint64_t low, uint64_t high, uint64_t other_low,
                              uint64_t other_high)
{
    return low != high && other_low != other_high && low < other_high &&
           other_low < high;
}

/* In one of the two, or in both where they are one behind the other. */
static inline int elf_has_place(const struct ag_window *w, uint64_t address,
                                uint64_t bytes)
{
    const struct ag_extent *ro = &w->readonly, *rw = &w->writable;
    struct ag_extent both = {ro->base, ro->bytes + rw->bytes};
    return elf_contains(ro, address, bytes) ||
           elf_contains(rw, address, bytes) ||
           (ro->base + ro->bytes == rw->base &&
            elf_contains(&both, address, bytes));
}

/* Every segment has its place, all that is written in the lanes' own part. */
static inline const char *elf_check_window(const struct ag_elf *elf,
                                           const struct ag_window_request *r,
                                           const struct ag_window *w)
{
    const struct ag_extent *ro = &w->readonly, *rw = &w->writable;
    ELF_HOLDS(ro->bytes + rw->bytes <=
              (r->most_bytes != 0 ? r->most_bytes : AG_WINDOW_MOST));
    ELF_HOLDS(ro->base + ro->bytes >= ro->base);
    ELF_HOLDS(rw->base + rw->bytes >= rw->base);
    ELF_HOLDS((ro->base | ro->bytes) % AG_WINDOW_LINE == 0);
    ELF_HOLDS((rw->base | rw->bytes) % AG_WINDOW_LINE == 0);
    ELF_HOLDS(ro->bytes == 0 || ro->base + ro->bytes <= rw->base ||
              rw->base + rw->bytes <= ro->base);
    ELF_HOLDS(w->heap <= w->heap_end && w->stack <= w->stack_top);
    ELF_HOLDS(w->stack_top % 16 == 0);
    ELF_HOLDS(elf->kind != AG_ELF_LINUX || w->heap_end == w->stack);
    ELF_HOLDS(!elf_overlap(w->heap, w->heap_end, w->stack, w->stack_top));
    ELF_HOLDS(elf_contains(rw, w->heap, w->heap_end - w->heap));
    ELF_HOLDS(elf_contains(rw, w->stack, w->stack_top - w->stack));
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct ag_elf_segment *s = &elf->segments[i];
        bool is_copied = s->load_address != s->address;
        uint64_t at = s->address + w->bias, from = s->load_address + w->bias;
        ELF_HOLDS(!elf_overlap(w->heap, w->heap_end, at, at + s->bytes));
        ELF_HOLDS(
            !elf_overlap(w->heap, w->heap_end, from, from + s->file_bytes));
        ELF_HOLDS(elf_has_place(w, s->address + w->bias, s->bytes));
        ELF_HOLDS(elf_has_place(w, s->load_address + w->bias, s->file_bytes));
        ELF_HOLDS(((s->access & AG_ELF_WRITE) == 0 && !is_copied) ||
                  elf_contains(rw, s->address + w->bias, s->bytes));
    }
    return NULL;
}

/* The byte that a program finds when it starts; NULL: 0, or none. */
static inline const uint8_t *elf_byte_at(const struct ag_guest *g,
                                         uint64_t address)
{
    uint64_t ro = address - g->window.readonly.base;
    uint64_t rw = address - g->window.writable.base;
    return ro < g->window.readonly.bytes  ? g->readonly + ro
           : rw < g->writable_image_bytes ? g->writable_image + rw
                                          : NULL;
}

static inline uint64_t elf_bytes_set(const uint8_t *bytes, uint64_t n)
{
    uint64_t set = 0;
    for (uint64_t i = 0; i < n; i++)
        set += bytes[i] != 0;
    return set;
}

/* All of the file's bytes are at their places, and nothing else is. */
static inline const char *elf_check_bytes(const struct ag_guest *g,
                                          const uint8_t *file)
{
    uint64_t set = 0;
    for (size_t i = 0; i < g->elf.segment_count; i++) {
        const struct ag_elf_segment *s = &g->elf.segments[i];
        uint64_t at = s->load_address + g->window.bias;
        for (uint64_t n = 0; n < s->file_bytes; n++) {
            const uint8_t *byte = elf_byte_at(g, at + n);
            ELF_HOLDS(byte != NULL && *byte == file[s->offset + n]);
        }
        set += elf_bytes_set(file + s->offset, s->file_bytes);
    }
    ELF_HOLDS(set ==
              elf_bytes_set(g->readonly, g->window.readonly.bytes) +
                  elf_bytes_set(g->writable_image, g->writable_image_bytes));
    return NULL;
}

static inline const char *elf_check_guest(const struct ag_guest *g,
                                          const uint8_t *file)
{
    const struct ag_window *w = &g->window;
    const uint64_t entry = ag_guest_entry(g);
    ELF_HOLDS((g->readonly == NULL) == (w->readonly.bytes == 0));
    ELF_HOLDS((g->writable_image == NULL) == (g->writable_image_bytes == 0));
    ELF_HOLDS(g->writable_image_bytes <= w->writable.bytes);
    ELF_HOLDS(g->writable_image_bytes % AG_WINDOW_LINE == 0);
    ELF_HOLDS(entry % 4 == 0 && ag_elf_is_code(&g->elf, entry - w->bias));
    ELF_HOLDS(elf_byte_at(g, entry) != NULL);
    return elf_check_bytes(g, file);
}

/* Programs of more memory are not put in place: bytes. */
#define ELF_CHECK_MOST (UINT64_C(4) << 20)

/* What follows from a program that is read: memory planned, then in use. */
static inline const char *elf_check_plan(const struct ag_elf *elf,
                                         const uint8_t *file, size_t size,
                                         enum ag_elf_kind wanted)
{
    struct ag_guest_request request;
    struct ag_window window;
    struct ag_guest g;
    char sentence[AG_SENTENCE];
    const char *wrong;
    ag_guest_request_init(&request);
    request.kind = wanted;
    wrong = ag_window_plan(elf, &request.window, &window, sentence)
                ? elf_check_window(elf, &request.window, &window)
                : elf_check_sentence(sentence);
    if (wrong != NULL)
        return wrong;
    request.window.most_bytes = ELF_CHECK_MOST;
    if (!ag_guest_open(&g, file, size, &request, sentence))
        return elf_check_sentence(sentence);
    wrong = elf_check_guest(&g, file);
    ag_guest_close(&g);
    return wrong;
}

/* NULL, or what is not as it has to be. `size` > 0. */
static inline const char *elf_check(const uint8_t *bytes, size_t size,
                                    enum ag_elf_kind wanted, bool *is_read)
{
    char sentence[AG_SENTENCE];
    struct ag_elf elf;
    const char *wrong;
    /* A copy by itself, so that a sanitizer sees what is read beyond it. */
    uint8_t *copy = malloc(size);
    if (copy == NULL)
        return "memory for the test";
    memcpy(copy, bytes, size);
    *is_read = ag_elf_read(copy, size, wanted, &elf, sentence);
    free(copy);
    if (!*is_read)
        return elf_check_sentence(sentence);
    wrong = elf_check_segments(&elf, size);
    if (wrong == NULL)
        wrong = elf_check_symbols(&elf);
    if (wrong == NULL)
        wrong = elf_check_plan(&elf, bytes, size, wanted);
    ag_elf_release(&elf);
    return wrong;
}

#endif
