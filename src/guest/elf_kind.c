/* What starts a program: a dynamic linker (refused), Linux, or nobody. */
#include "guest/elf_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ET_DYN = 3 };
enum { DT_NULL, DT_NEEDED, DT_FLAGS_1 = 0x6ffffffb };
#define DF_1_PIE 0x08000000
enum { SHT_PROGBITS = 1, SHF_EXECINSTR = 4 };

/* Longer names of interpreters are cut: 255 is the longest that Linux has. */
#define NAME_SHOWN 128

static bool refuse_interpreter(const struct ag_elf_file *file,
                               const struct ag_elf_header *h)
{
    char name[NAME_SHOWN];
    size_t n = 0;
    const char *text;
    if (!ag_elf_has(file, h->offset, h->file_bytes))
        return ag_elf_refuse(file, "the name of its interpreter is not in the "
                                   "file");
    text = (const char *)file->bytes + h->offset;
    if (memchr(text, 0, (size_t)h->file_bytes) == NULL)
        return ag_elf_refuse(file, "the name of its interpreter has no end");
    for (; n < NAME_SHOWN - 1 && text[n] != '\0'; n++)
        name[n] = text[n] >= ' ' && text[n] <= '~' ? text[n] : '?';
    name[n] = '\0';
    return ag_elf_refuse(
        file, "it needs its interpreter %s: link it with -static", name);
}

/* What a dynamic section says. */
struct dynamic {
    bool is_there, needs_libraries, is_pie;
};

static bool read_dynamic(const struct ag_elf_file *file,
                         const struct ag_elf_header *h, struct dynamic *d)
{
    if (!ag_elf_has(file, h->offset, h->file_bytes))
        return ag_elf_refuse(file, "its dynamic section is not in the file");
    d->is_there = true;
    for (uint64_t i = 0; i < h->file_bytes / 16; i++) {
        const uint8_t *p = file->bytes + h->offset + i * 16;
        uint64_t tag = ag_get_64(p);
        if (tag == DT_NULL)
            break;
        if (tag == DT_NEEDED)
            d->needs_libraries = true;
        if (tag == DT_FLAGS_1)
            d->is_pie = (ag_get_64(p + 8) & DF_1_PIE) != 0;
    }
    return true;
}

/* Refuses what another program has to load. A shared library that has neither
   needs nor interpreter is told from static PIE by the linker's own word. */
static bool check_linkage(const struct ag_elf_file *file,
                          const struct ag_elf_tables *tables)
{
    struct dynamic d = {false, false, false};
    for (uint64_t i = 0; i < tables->header_count; i++) {
        struct ag_elf_header h = ag_elf_header_of(file, tables, i);
        if (h.file_bytes == 0)
            continue; /* a script has it and the program nothing for it */
        if (h.type == AG_PT_INTERP)
            return refuse_interpreter(file, &h);
        /* The first alone: there can be only one, and many could be one
           place. */
        if (h.type == AG_PT_DYNAMIC && !d.is_there &&
            !read_dynamic(file, &h, &d))
            return false;
    }
    if (tables->type == ET_DYN && d.is_there && !d.is_pie)
        return ag_elf_refuse(file, "it is a shared library, not a program");
    if (d.needs_libraries)
        return ag_elf_refuse(file, "it needs shared libraries: link it with "
                                   "-static");
    return true;
}

/* Instructions that no Linux program executes. Each word is searched for in all
   code, so that there are none but those that start-up code has. */
static bool is_privileged(uint32_t word)
{
    static const uint32_t of_any_register[] = {
        0xd518c000, 0xd51cc000, 0xd51ec000, /* MSR VBAR_EL1 to VBAR_EL3 */
        0xd5181000, 0xd51c1000, 0xd51e1000, /* MSR SCTLR_EL1 to SCTLR_EL3 */
        0xd5181040,                         /* MSR CPACR_EL1 */
        0xd51c1140, 0xd51e1140,             /* MSR CPTR_EL2, CPTR_EL3 */
        0xd51c1100, 0xd51e1100,             /* MSR HCR_EL2, SCR_EL3 */
        0xd5384240                          /* MRS CurrentEL */
    };
    if (word >> 24 != 0xd5)
        return word == AG_ELF_SEMIHOSTING || word == 0xd69f03e0; /* ERET */
    if ((word & 0xfffff0ff) == 0xd50340df || /* MSR DAIFSet */
        (word & 0xfffff0ff) == 0xd50040bf)   /* MSR SPSel */
        return true;
    for (size_t i = 0; i < sizeof of_any_register / sizeof *of_any_register;
         i++)
        if ((word & ~31u) == of_any_register[i])
            return true;
    return false;
}

/* `budget` bounds what all ranges have together, since many may be one place:
   bytes. The range is in the file. */
static bool has_privileged_in(const struct ag_elf_file *file, uint64_t address,
                              uint64_t offset, uint64_t bytes, uint64_t *budget)
{
    if (bytes > *budget)
        return false;
    *budget -= bytes;
    for (uint64_t at = -address & 3; at + 4 <= bytes; at += 4)
        if (is_privileged(ag_get_32(file->bytes + offset + at)))
            return true;
    return false;
}

/* Whether a section is code of a segment that may be executed. */
static bool is_code_section(const struct ag_elf *elf, const uint8_t *section)
{
    uint64_t address = ag_get_64(section + 16), bytes = ag_get_64(section + 32);
    const struct ag_elf_segment *s = ag_elf_segment_at(elf, address);
    return ag_get_32(section + 4) == SHT_PROGBITS &&
           (ag_get_64(section + 8) & SHF_EXECINSTR) != 0 && s != NULL &&
           (s->access & AG_ELF_EXECUTE) != 0 &&
           ag_get_64(section + 24) - s->offset == address - s->address &&
           address - s->address <= s->file_bytes &&
           s->file_bytes - (address - s->address) >= bytes;
}

/* By sections, where they say what is code: linkers put constants, which may
   be any words, into one segment with it. Else by segments. */
static bool has_privileged(const struct ag_elf_file *file,
                           const struct ag_elf_tables *tables,
                           const struct ag_elf *elf)
{
    uint64_t budget = file->size;
    bool has_code = false;
    for (uint64_t i = 0; i < tables->section_count; i++) {
        const uint8_t *b = file->bytes + tables->sections + i * AG_SHDR;
        if (!is_code_section(elf, b))
            continue;
        has_code = true;
        if (has_privileged_in(file, ag_get_64(b + 16), ag_get_64(b + 24),
                              ag_get_64(b + 32), &budget))
            return true;
    }
    for (size_t i = 0; !has_code && i < elf->segment_count; i++) {
        const struct ag_elf_segment *s = &elf->segments[i];
        if ((s->access & AG_ELF_EXECUTE) != 0 &&
            has_privileged_in(file, s->address, s->offset, s->file_bytes,
                              &budget))
            return true;
    }
    return false;
}

/* What holds whoever the file says that made it. */
static const char *why_never_linux(const struct ag_elf_tables *tables,
                                   const struct ag_elf *elf)
{
    if (tables->osabi == AG_OSABI_STANDALONE)
        return "its OS/ABI is standalone";
    return !elf->is_position_independent && elf->lowest < AG_GUEST_PAGE
               ? "a segment is on the first page"
               : NULL;
}

static const char *why_linux(const struct ag_elf_tables *tables,
                             const struct ag_elf_notes *notes)
{
    if (tables->osabi == AG_OSABI_LINUX)
        return "its OS/ABI is GNU/Linux";
    if (notes->is_go)
        return "it is made by Go";
    return notes->is_linux ? "it has glibc's note" : NULL;
}

static const char *why_not_mapped(const struct ag_elf *elf)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct ag_elf_segment *s = &elf->segments[i];
        if (s->load_address != s->address)
            return "a segment is loaded where it does not run";
        if (!s->is_congruent)
            return "a segment cannot be mapped from the file";
    }
    return NULL;
}

static const char *why_bare_metal(const struct ag_elf_file *file,
                                  const struct ag_elf_tables *tables,
                                  const struct ag_elf *elf)
{
    const char *why = elf->is_position_independent ? NULL : why_not_mapped(elf);
    if (why == NULL && has_privileged(file, tables, elf))
        why = "it has privileged instructions or calls semihosting";
    return why;
}

/* elf.h says the order. */
static void choose_kind(const struct ag_elf_file *file,
                        const struct ag_elf_tables *tables,
                        const struct ag_elf_notes *notes, struct ag_elf *elf)
{
    elf->kind = AG_ELF_BARE_METAL;
    elf->why = why_never_linux(tables, elf);
    if (elf->why != NULL)
        return;
    elf->kind = AG_ELF_LINUX;
    elf->why = why_linux(tables, notes);
    if (elf->why != NULL)
        return;
    elf->why = why_bare_metal(file, tables, elf);
    if (elf->why != NULL)
        elf->kind = AG_ELF_BARE_METAL;
    else
        elf->why = elf->is_position_independent ? "it is position-independent"
                                                : "nothing says otherwise";
}

bool ag_elf_read_kind(const struct ag_elf_file *file,
                      const struct ag_elf_tables *tables,
                      enum ag_elf_kind wanted, struct ag_elf *elf)
{
    struct ag_elf_notes notes;
    if (!check_linkage(file, tables))
        return false;
    ag_elf_read_notes(file, tables, &notes);
    elf->is_position_independent = tables->type == ET_DYN;
    choose_kind(file, tables, &notes, elf);
    if (wanted != AG_ELF_ANY) {
        elf->kind = wanted;
        elf->why = "it was asked for";
    }
    elf->build_id_bytes =
        (size_t)(notes.build_id_bytes < AG_BUILD_ID ? notes.build_id_bytes
                                                    : AG_BUILD_ID);
    if (elf->build_id_bytes != 0)
        memcpy(elf->build_id, file->bytes + notes.build_id,
               elf->build_id_bytes);
    return true;
}
