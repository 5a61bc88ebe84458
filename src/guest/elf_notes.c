/*
 * Notes: who made a program, and its build id. They decide nothing that is not
 * checked again, so a note that leads out of its place ends the search instead
 * of refusing the file.
 */
#include "guest/elf_file.h"

#include <string.h>

enum { ABI_TAG = 1, BUILD_ID = 3, OS_LINUX = 0 };

static uint64_t round_up(uint64_t n, uint64_t alignment)
{
    return (n + alignment - 1) & ~(alignment - 1);
}

static void look_at(const struct ag_elf_file *file, uint64_t note,
                    uint64_t contents, struct ag_elf_notes *notes)
{
    const uint8_t *b = file->bytes;
    uint32_t name_bytes = ag_get_32(b + note), bytes = ag_get_32(b + note + 4);
    uint32_t type = ag_get_32(b + note + 8);
    const uint8_t *name = b + note + AG_NHDR;
    if (name_bytes >= 3 && memcmp(name, "Go", 3) == 0)
        notes->is_go = true;
    if (name_bytes != 4 || memcmp(name, "GNU", 4) != 0)
        return;
    if (type == ABI_TAG && bytes >= 4 && ag_get_32(b + contents) == OS_LINUX)
        notes->is_linux = true;
    if (type == BUILD_ID && notes->build_id_bytes == 0) {
        notes->build_id = contents;
        notes->build_id_bytes = bytes;
    }
}

/*
 * Notes one behind another in a range of the file. `budget` bounds what all
 * ranges have together, since many may be one place: bytes.
 */
static void look_through(const struct ag_elf_file *file, uint64_t at,
                         uint64_t bytes, uint64_t alignment, uint64_t *budget,
                         struct ag_elf_notes *notes)
{
    uint64_t step = alignment == 8 ? 8 : 4;
    if (!ag_elf_has(file, at, bytes) || bytes > *budget)
        return;
    *budget -= bytes;
    for (uint64_t end = at + bytes; at < end && end - at >= AG_NHDR;) {
        uint64_t name = ag_get_32(file->bytes + at);
        uint64_t size = ag_get_32(file->bytes + at + 4);
        uint64_t contents = round_up(AG_NHDR + name, step);
        if (contents > end - at || size > end - at - contents)
            return;
        look_at(file, at, at + contents, notes);
        at += round_up(contents + size, step);
    }
}

void ag_elf_read_notes(const struct ag_elf_file *file,
                       const struct ag_elf_tables *tables,
                       struct ag_elf_notes *notes)
{
    uint64_t budget = file->size;
    memset(notes, 0, sizeof *notes);
    for (uint64_t i = 0; i < tables->header_count; i++) {
        struct ag_elf_header h = ag_elf_header_of(file, tables, i);
        if (h.type == AG_PT_NOTE)
            look_through(file, h.offset, h.file_bytes, h.alignment, &budget,
                         notes);
    }
    /* A linker script may keep them without a program header. */
    budget = file->size;
    for (uint64_t i = 0; i < tables->section_count; i++) {
        const uint8_t *s = file->bytes + tables->sections + i * AG_SHDR;
        if (ag_get_32(s + 4) == AG_SHT_NOTE)
            look_through(file, ag_get_64(s + 24), ag_get_64(s + 32),
                         ag_get_64(s + 48), &budget, notes);
    }
}
