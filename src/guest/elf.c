/* Segments of an ELF program; the order in which its parts are read. */
#include "guest/elf_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool check_segment(const struct ag_elf_file *file, uint64_t i,
                          const struct ag_elf_header *h)
{
    uint64_t end;
    if (h->file_bytes > h->bytes)
        return ag_elf_refuse(file,
                             "segment %" PRIu64 " has %" PRIu64
                             " bytes in the file, more than its %" PRIu64
                             " in memory",
                             i, h->file_bytes, h->bytes);
    if (h->file_bytes != 0 && !ag_elf_has(file, h->offset, h->file_bytes))
        return ag_elf_refuse(file,
                             "segment %" PRIu64 " ends beyond the file: is it "
                             "cut off?",
                             i);
    if (!ag_elf_end(h->address, h->bytes, &end) ||
        !ag_elf_end(h->load_address, h->file_bytes, &end))
        return ag_elf_refuse(
            file, "segment %" PRIu64 " ends beyond the last address", i);
    if ((h->alignment & (h->alignment - 1)) != 0)
        return ag_elf_refuse(file,
                             "segment %" PRIu64 " is aligned to 0x%" PRIx64
                             ", which is no power of two",
                             i, h->alignment);
    return true;
}

static struct ag_elf_segment segment_of(const struct ag_elf_header *h)
{
    struct ag_elf_segment s;
    s.address = h->address;
    s.bytes = h->bytes;
    s.load_address = h->load_address;
    /* Without bytes it may say any place, as GNU ld does for .bss. */
    s.offset = h->file_bytes == 0 ? 0 : h->offset;
    s.file_bytes = h->file_bytes;
    s.alignment = h->alignment == 0 ? 1 : h->alignment;
    s.access = h->flags & (AG_ELF_READ | AG_ELF_WRITE | AG_ELF_EXECUTE);
    s.is_congruent =
        h->file_bytes == 0 || (h->address - h->offset) % AG_GUEST_PAGE == 0;
    return s;
}

static int by_address(const void *a, const void *b)
{
    const struct ag_elf_segment *x = a, *y = b;
    return (x->address > y->address) - (x->address < y->address);
}

static int by_load_address(const void *a, const void *b)
{
    const struct ag_elf_segment *x = a, *y = b;
    if (x->load_address != y->load_address)
        return x->load_address < y->load_address ? -1 : 1;
    return (x->file_bytes > y->file_bytes) - (x->file_bytes < y->file_bytes);
}

/* Linkers that have no load addresses write 0, which is one place for all. */
static void fill_load_addresses(struct ag_elf *elf)
{
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf->segments[i].load_address != 0)
            return;
    for (size_t i = 0; i < elf->segment_count; i++)
        elf->segments[i].load_address = elf->segments[i].address;
}

/* Reads program headers into elf->segments, which has room for all. */
static bool read_headers(const struct ag_elf_file *file,
                         const struct ag_elf_tables *tables, struct ag_elf *elf)
{
    elf->is_stack_executable = true;
    for (uint64_t i = 0; i < tables->header_count; i++) {
        struct ag_elf_header h = ag_elf_header_of(file, tables, i);
        if (h.type == AG_PT_GNU_STACK) {
            elf->has_stack_header = true;
            elf->is_stack_executable = (h.flags & AG_ELF_EXECUTE) != 0;
        }
        if (h.type != AG_PT_LOAD && h.type != AG_PT_TLS)
            continue;
        if (!check_segment(file, i, &h))
            return false;
        if (h.type == AG_PT_TLS)
            elf->has_thread_data = true;
        else if (h.bytes != 0)
            elf->segments[elf->segment_count++] = segment_of(&h);
    }
    if (elf->segment_count == 0)
        return ag_elf_refuse(file, "it has no segments to load");
    fill_load_addresses(elf);
    return true;
}

static bool refuse_overlap(const struct ag_elf_file *file, const char *where,
                           uint64_t address)
{
    return ag_elf_refuse(file, "two of its segments overlap %s 0x%" PRIx64,
                         where, address);
}

/* Sorts segments and finds what they take up. */
static bool arrange_segments(const struct ag_elf_file *file, struct ag_elf *elf)
{
    struct ag_elf_segment *s = elf->segments;
    size_t n = elf->segment_count;
    qsort(s, n, sizeof *s, by_address);
    elf->lowest = s[0].address;
    elf->highest = s[n - 1].address + s[n - 1].bytes;
    elf->first_writable = elf->highest;
    for (size_t i = n; i-- > 0;) {
        if (i + 1 < n && s[i + 1].address - s[i].address < s[i].bytes)
            return refuse_overlap(file, "at", s[i + 1].address);
        if ((s[i].access & AG_ELF_WRITE) != 0)
            elf->first_writable = s[i].address;
    }
    return true;
}

/*
 * Linux looks at virtual addresses alone, and so does who loads nothing. On
 * bare metal what is loaded must have a place of its own too: checked in that
 * order, then put back.
 */
static bool settle_load_addresses(const struct ag_elf_file *file,
                                  struct ag_elf *elf)
{
    struct ag_elf_segment *s = elf->segments;
    size_t n = elf->segment_count, last = n;
    for (size_t i = 0; i < n; i++)
        if (elf->kind == AG_ELF_LINUX || s[i].file_bytes == 0)
            s[i].load_address = s[i].address;
    if (elf->kind == AG_ELF_LINUX)
        return true;
    qsort(s, n, sizeof *s, by_load_address);
    for (size_t i = 0; i < n; i++) {
        if (s[i].file_bytes == 0)
            continue;
        if (last != n &&
            s[i].load_address - s[last].load_address < s[last].file_bytes)
            return refuse_overlap(file, "where they are loaded, at",
                                  s[i].load_address);
        last = i;
    }
    qsort(s, n, sizeof *s, by_address);
    return true;
}

/* As Linux does: the headers are where a segment has their bytes. */
static void find_headers(const struct ag_elf_tables *tables, struct ag_elf *elf)
{
    uint64_t bytes = tables->header_count * AG_PHDR;
    elf->header_count = (uint16_t)tables->header_count;
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct ag_elf_segment *s = &elf->segments[i];
        if (s->offset <= tables->headers && s->file_bytes >= bytes &&
            tables->headers - s->offset <= s->file_bytes - bytes) {
            elf->headers_address = s->address + (tables->headers - s->offset);
            return;
        }
    }
}

static bool read_program(const struct ag_elf_file *file,
                         enum ag_elf_kind wanted, struct ag_elf *elf)
{
    struct ag_elf_tables tables;
    if (!ag_elf_read_tables(file, &tables))
        return false;
    elf->entry = ag_get_64(file->bytes + 24);
    elf->segments = malloc(tables.header_count * sizeof *elf->segments);
    if (elf->segments == NULL)
        return ag_elf_refuse(file, "there is no memory to read it");
    if (!read_headers(file, &tables, elf) || !arrange_segments(file, elf) ||
        !ag_elf_read_kind(file, &tables, wanted, elf) ||
        !settle_load_addresses(file, elf))
        return false;
    find_headers(&tables, elf);
    return ag_elf_read_symbols(file, &tables, elf);
}

bool ag_elf_read(const void *bytes, size_t size, enum ag_elf_kind wanted,
                 struct ag_elf *elf, char sentence[AG_SENTENCE])
{
    const struct ag_elf_file file = {bytes, size, sentence};
    memset(elf, 0, sizeof *elf);
    sentence[0] = '\0';
    if (read_program(&file, wanted, elf))
        return true;
    ag_elf_release(elf);
    return false;
}

void ag_elf_release(struct ag_elf *elf)
{
    free(elf->segments);
    ag_symbols_release(&elf->symbols);
    memset(elf, 0, sizeof *elf);
}
