/*
 * What the parts of the ELF loader share: the bytes, and how a field is read
 * and a file refused. Only src/guest may include it.
 *
 * Offsets of fields are the System V gABI's for ELFCLASS64. A caller checks
 * with ag_elf_has() before it reads.
 */
#ifndef AG_GUEST_ELF_FILE_H
#define AG_GUEST_ELF_FILE_H

#include "base/bytes.h"
#include "guest/elf.h"

struct ag_elf_file {
    const uint8_t *bytes;
    uint64_t size;
    char *sentence; /* of AG_SENTENCE bytes */
};

enum { /* sizes of the file's structures: bytes */
       AG_EHDR = 64,
       AG_PHDR = 56,
       AG_SHDR = 64,
       AG_SYM = 24,
       AG_NHDR = 12
};

enum { AG_PT_LOAD = 1, AG_PT_DYNAMIC, AG_PT_INTERP, AG_PT_NOTE };
enum { AG_PT_TLS = 7, AG_PT_GNU_STACK = 0x6474e551 };
enum { AG_SHT_SYMTAB = 2, AG_SHT_STRTAB, AG_SHT_NOTE = 7, AG_SHT_DYNSYM = 11 };
enum { AG_SHN_LORESERVE = 0xff00, AG_SHN_ABS = 0xfff1, AG_SHN_XINDEX = 0xffff };
enum { AG_OSABI_SYSV = 0, AG_OSABI_LINUX = 3, AG_OSABI_STANDALONE = 255 };

/* A program header. */
struct ag_elf_header {
    uint32_t type, flags;
    uint64_t offset, address, load_address, file_bytes, bytes, alignment;
};

/* What the file's header leads to: tables that lie in the file. */
struct ag_elf_tables {
    uint16_t type, osabi;
    uint64_t headers, header_count;   /* offset and number of program headers */
    uint64_t sections, section_count; /* 0, 0 without a section table */
};

/* Puts the sentence together; false, to be returned. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
bool ag_elf_refuse(const struct ag_elf_file *file, const char *format, ...);

static inline bool ag_elf_has(const struct ag_elf_file *file, uint64_t offset,
                              uint64_t bytes)
{
    return offset <= file->size && file->size - offset >= bytes;
}

/* The last address + 1; false if there are none so high. */
static inline bool ag_elf_end(uint64_t address, uint64_t bytes, uint64_t *end)
{
    *end = address + bytes;
    return *end >= address;
}

/* The header of this number, which is less than their number. */
struct ag_elf_header ag_elf_header_of(const struct ag_elf_file *file,
                                      const struct ag_elf_tables *tables,
                                      uint64_t i);

/* elf_header.c: the file's header; false if it is no program of ours. */
bool ag_elf_read_tables(const struct ag_elf_file *file,
                        struct ag_elf_tables *tables);

/* elf_kind.c: refuses what has to be linked by another program, or says which
   kind of program `elf` is, whose segments are read. */
bool ag_elf_read_kind(const struct ag_elf_file *file,
                      const struct ag_elf_tables *tables,
                      enum ag_elf_kind wanted, struct ag_elf *elf);

/* What the notes of a file say. */
struct ag_elf_notes {
    bool is_linux; /* glibc's ABI tag */
    bool is_go;
    uint64_t build_id, build_id_bytes; /* offset in the file */
};

/* elf_notes.c */
void ag_elf_read_notes(const struct ag_elf_file *file,
                       const struct ag_elf_tables *tables,
                       struct ag_elf_notes *notes);

/* elf_symbols.c: fills elf->symbols, by its segments. */
bool ag_elf_read_symbols(const struct ag_elf_file *file,
                         const struct ag_elf_tables *tables,
                         struct ag_elf *elf);

/* symbols.c: puts symbols in order and finds the ranges; false without memory.
   `segments` are sorted and do not overlap. */
bool ag_symbols_arrange(struct ag_symbols *symbols,
                        const struct ag_elf_segment *segments,
                        size_t segment_count);
void ag_symbols_release(struct ag_symbols *symbols);

#endif
