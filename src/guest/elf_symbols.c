/*
 * Reads a symbol table: .symtab, or of a stripped program .dynsym, which has
 * nothing that a .symtab lacks.
 */
#include "guest/elf_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { STB_LOCAL, STB_GLOBAL, STB_WEAK };
enum { STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_GNU_IFUNC = 10 };

/* A symbol table and its names, all of which lie in the file. */
struct table {
    uint64_t at, count;
    uint64_t names, name_bytes;
};

static uint64_t section(const struct ag_elf_tables *tables, uint64_t i)
{
    return tables->sections + i * AG_SHDR;
}

static bool find_names(const struct ag_elf_file *file,
                       const struct ag_elf_tables *tables, uint32_t link,
                       struct table *t)
{
    const uint8_t *s;
    if (link >= tables->section_count)
        return ag_elf_refuse(file,
                             "the names of its symbols are in section %" PRIu32
                             ", and it has %" PRIu64,
                             link, tables->section_count);
    s = file->bytes + section(tables, link);
    if (ag_get_32(s + 4) != AG_SHT_STRTAB)
        return ag_elf_refuse(file,
                             "the names of its symbols are in section %" PRIu32
                             ", which is no string table",
                             link);
    t->names = ag_get_64(s + 24);
    t->name_bytes = ag_get_64(s + 32);
    if (!ag_elf_has(file, t->names, t->name_bytes))
        return ag_elf_refuse(file, "the names of its symbols are not in the "
                                   "file: is it cut off?");
    if (t->name_bytes != 0 && file->bytes[t->names + t->name_bytes - 1] != '\0')
        return ag_elf_refuse(file, "the last name of its symbols has no end");
    return true;
}

static bool find_table(const struct ag_elf_file *file,
                       const struct ag_elf_tables *tables, struct table *t)
{
    const uint8_t *found = NULL;
    memset(t, 0, sizeof *t);
    for (uint64_t i = 0; i < tables->section_count; i++) {
        const uint8_t *s = file->bytes + section(tables, i);
        uint32_t type = ag_get_32(s + 4);
        if (type == AG_SHT_SYMTAB || (type == AG_SHT_DYNSYM && found == NULL))
            found = s;
        if (type == AG_SHT_SYMTAB)
            break;
    }
    if (found == NULL)
        return true;
    if (ag_get_64(found + 56) != AG_SYM)
        return ag_elf_refuse(file,
                             "its symbols have %" PRIu64 " bytes each, not %d",
                             ag_get_64(found + 56), AG_SYM);
    t->at = ag_get_64(found + 24);
    t->count = ag_get_64(found + 32) / AG_SYM;
    if (!ag_elf_has(file, t->at, ag_get_64(found + 32)))
        return ag_elf_refuse(file, "its symbols are not in the file: is it cut "
                                   "off?");
    if (t->count >= AG_NO_SYMBOL)
        return ag_elf_refuse(file, "it has %" PRIu64 " symbols, too many",
                             t->count);
    return find_names(file, tables, ag_get_32(found + 40), t);
}

/* $x and $d say where code and data begin (ELF for the Arm 64-bit
   Architecture, "Mapping symbols"). */
static bool is_mapping(const char *name)
{
    return name[0] == '$' && (name[1] == 'x' || name[1] == 'd') &&
           (name[2] == '\0' || name[2] == '.');
}

/* Whether a symbol is of use, and its kind: not files, sections, data of
   threads, and what other files define. */
static bool has_kind(unsigned type, unsigned place, uint8_t *kind)
{
    if (place == 0)
        return false;
    if (type == STT_FUNC || type == STT_GNU_IFUNC)
        *kind = AG_SYMBOL_FUNCTION;
    else if (type == STT_OBJECT)
        *kind = AG_SYMBOL_OBJECT;
    else if (type == STT_NOTYPE)
        *kind = AG_SYMBOL_LABEL;
    else
        return false;
    if (place == AG_SHN_ABS)
        *kind = AG_SYMBOL_CONSTANT;
    return true;
}

static uint8_t binding_of(unsigned binding)
{
    return binding == STB_LOCAL  ? AG_SYMBOL_LOCAL
           : binding == STB_WEAK ? AG_SYMBOL_WEAK
                                 : AG_SYMBOL_GLOBAL;
}

static bool check_symbol(const struct ag_elf_file *file,
                         const struct ag_elf_tables *tables,
                         const struct table *t, uint64_t i)
{
    const uint8_t *p = file->bytes + t->at + i * AG_SYM;
    uint32_t name = ag_get_32(p), place = ag_get_16(p + 6);
    uint64_t end;
    if (name >= t->name_bytes && !(name == 0 && t->name_bytes == 0))
        return ag_elf_refuse(
            file, "the name of symbol %" PRIu64 " is outside the names", i);
    if (place < AG_SHN_LORESERVE && place >= tables->section_count)
        return ag_elf_refuse(file,
                             "symbol %" PRIu64 " is in section %" PRIu32
                             ", and it has %" PRIu64,
                             i, place, tables->section_count);
    if (place != 0 && place != AG_SHN_ABS &&
        !ag_elf_end(ag_get_64(p + 8), ag_get_64(p + 16), &end))
        return ag_elf_refuse(
            file, "symbol %" PRIu64 " ends beyond the last address", i);
    return true;
}

/* Appends a symbol that is of use. */
static void take_symbol(const struct ag_elf_file *file, const struct table *t,
                        uint64_t i, struct ag_symbols *symbols)
{
    const uint8_t *p = file->bytes + t->at + i * AG_SYM;
    struct ag_symbol *s = &symbols->symbols[symbols->count];
    uint8_t kind;
    if (t->name_bytes == 0 || !has_kind(p[4] & 15, ag_get_16(p + 6), &kind))
        return;
    s->name = symbols->names + ag_get_32(p);
    if (s->name[0] == '\0' || (kind == AG_SYMBOL_LABEL && is_mapping(s->name)))
        return;
    s->address = ag_get_64(p + 8);
    s->size = ag_get_64(p + 16);
    s->index = (uint32_t)i;
    s->kind = kind;
    s->binding = binding_of(p[4] >> 4);
    s->is_indirect = (p[4] & 15) == STT_GNU_IFUNC;
    symbols->count++;
}

bool ag_elf_read_symbols(const struct ag_elf_file *file,
                         const struct ag_elf_tables *tables, struct ag_elf *elf)
{
    struct ag_symbols *symbols = &elf->symbols;
    struct table t;
    if (!find_table(file, tables, &t))
        return false;
    for (uint64_t i = 0; i < t.count; i++)
        if (!check_symbol(file, tables, &t, i))
            return false;
    if (t.count == 0)
        return true;
    symbols->symbols = malloc((size_t)t.count * sizeof *symbols->symbols);
    symbols->names = malloc((size_t)t.name_bytes + 1);
    if (symbols->symbols == NULL || symbols->names == NULL)
        return ag_elf_refuse(file, "there is no memory for its symbols");
    memcpy(symbols->names, file->bytes + t.names, (size_t)t.name_bytes);
    for (uint64_t i = 0; i < t.count; i++)
        take_symbol(file, &t, i, symbols);
    if (!ag_symbols_arrange(symbols, elf->segments, elf->segment_count))
        return ag_elf_refuse(file, "there is no memory for its symbols");
    return true;
}
