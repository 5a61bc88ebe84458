/* The first 64 bytes of an ELF file and where its tables are. */
#include "guest/elf_file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { EM_AARCH64 = 183 };
enum { ET_REL = 1, ET_EXEC, ET_DYN, ET_CORE };

/* As many as fit the 64 KiB that Linux reads of them. */
#define MOST_HEADERS (65536 / AG_PHDR)
#define HEADERS_ELSEWHERE 0xffff /* PN_XNUM: the number is in section 0 */

bool ag_elf_refuse(const struct ag_elf_file *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(file->sentence, AG_SENTENCE, format, arguments);
    va_end(arguments);
    return false;
}

struct ag_elf_header ag_elf_header_of(const struct ag_elf_file *file,
                                      const struct ag_elf_tables *tables,
                                      uint64_t i)
{
    const uint8_t *p = file->bytes + tables->headers + i * AG_PHDR;
    struct ag_elf_header h = {ag_get_32(p),      ag_get_32(p + 4),
                              ag_get_64(p + 8),  ag_get_64(p + 16),
                              ag_get_64(p + 24), ag_get_64(p + 32),
                              ag_get_64(p + 40), ag_get_64(p + 48)};
    return h;
}

static const char *machine_name(unsigned machine)
{
    static const struct {
        unsigned number;
        const char *name;
    } names[] = {{2, "SPARC"},      {3, "x86"},
                 {4, "68000"},      {8, "MIPS"},
                 {20, "PowerPC"},   {21, "64-bit Power"},
                 {22, "s390"},      {40, "32-bit Arm"},
                 {42, "SuperH"},    {43, "64-bit SPARC"},
                 {50, "Itanium"},   {62, "x86-64"},
                 {83, "AVR"},       {94, "Xtensa"},
                 {164, "Hexagon"},  {EM_AARCH64, "AArch64"},
                 {190, "CUDA"},     {224, "AMD's GPUs"},
                 {243, "RISC-V"},   {247, "BPF"},
                 {258, "LoongArch"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == machine)
            return names[i].name;
    return "another processor";
}

static const char *system_name(unsigned osabi)
{
    static const struct {
        unsigned number;
        const char *name;
    } names[] = {{1, "HP-UX"}, {2, "NetBSD"},   {6, "Solaris"},
                 {7, "AIX"},   {9, "FreeBSD"},  {12, "OpenBSD"},
                 {64, "CUDA"}, {65, "AMD HSA"}, {97, "32-bit Arm"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == osabi)
            return names[i].name;
    return "another system";
}

static bool check_type(const struct ag_elf_file *file, unsigned type)
{
    switch (type) {
    case ET_EXEC:
    case ET_DYN:
        return true;
    case ET_REL:
        return ag_elf_refuse(file, "it is an object file: link it to a "
                                   "program first, with -static");
    case ET_CORE:
        return ag_elf_refuse(file, "it is a core dump, not a program");
    default:
        return ag_elf_refuse(file, "it is no program: its ELF type is %u",
                             type);
    }
}

/* What has to be true of the first bytes for the others to mean anything. */
static bool check_identification(const struct ag_elf_file *file)
{
    const uint8_t *b = file->bytes;
    bool is_big = file->size > 5 && b[5] == 2;
    unsigned machine = file->size < 20 ? 0
                       : is_big        ? (unsigned)b[18] << 8 | b[19]
                                       : ag_get_16(b + 18);
    if (file->size < 4 || memcmp(b, "\177ELF", 4) != 0)
        return ag_elf_refuse(file, "it is no ELF file");
    if (file->size < 20)
        return ag_elf_refuse(file, "it ends within its ELF header");
    if (machine != EM_AARCH64)
        return ag_elf_refuse(file, "it is for %s (ELF machine %u), not AArch64",
                             machine_name(machine), machine);
    if (b[4] == 1)
        return ag_elf_refuse(file, "it is a 32-bit ELF file: link a 64-bit "
                                   "program, without -mabi=ilp32");
    if (b[4] != 2)
        return ag_elf_refuse(file, "its ELF class is %u, not 2 (64-bit)", b[4]);
    if (is_big)
        return ag_elf_refuse(file, "it is big-endian: compile and link it "
                                   "without -mbig-endian");
    if (b[5] != 1)
        return ag_elf_refuse(
            file, "its byte order is %u, not 1 (little-endian)", b[5]);
    if (b[6] != 1)
        return ag_elf_refuse(file, "its ELF version is %u, not 1", b[6]);
    return true;
}

static bool check_header(const struct ag_elf_file *file)
{
    const uint8_t *b = file->bytes;
    if (!check_type(file, ag_get_16(b + 16)))
        return false;
    if (file->size < AG_EHDR)
        return ag_elf_refuse(file, "it ends within its ELF header");
    if (b[7] != AG_OSABI_SYSV && b[7] != AG_OSABI_LINUX &&
        b[7] != AG_OSABI_STANDALONE)
        return ag_elf_refuse(
            file, "it is for %s (OS/ABI %u), not for Linux or bare metal",
            system_name(b[7]), b[7]);
    if (ag_get_32(b + 20) != 1)
        return ag_elf_refuse(file, "its ELF version is %" PRIu32 ", not 1",
                             ag_get_32(b + 20));
    if (ag_get_16(b + 52) < AG_EHDR)
        return ag_elf_refuse(file,
                             "its ELF header says that it has %u bytes, "
                             "which are too few",
                             ag_get_16(b + 52));
    return true;
}

static bool find_headers(const struct ag_elf_file *file,
                         struct ag_elf_tables *tables)
{
    const uint8_t *b = file->bytes;
    unsigned count = ag_get_16(b + 56), size = ag_get_16(b + 54);
    uint64_t at = ag_get_64(b + 32);
    if (count == 0)
        return ag_elf_refuse(file, "it has no segments to load");
    if (count == HEADERS_ELSEWHERE)
        return ag_elf_refuse(file,
                             "it has 65535 or more program headers, more "
                             "than %d",
                             MOST_HEADERS);
    if (count > MOST_HEADERS)
        return ag_elf_refuse(file, "it has %u program headers, more than %d",
                             count, MOST_HEADERS);
    if (size != AG_PHDR)
        return ag_elf_refuse(file,
                             "its program headers have %u bytes each, "
                             "not %d",
                             size, AG_PHDR);
    if (!ag_elf_has(file, at, (uint64_t)count * AG_PHDR))
        return ag_elf_refuse(file, "its program headers are not in the file: "
                                   "is it cut off?");
    tables->headers = at;
    tables->header_count = count;
    return true;
}

/* More sections than 16 bits count are counted in the first one's size. */
static bool find_sections(const struct ag_elf_file *file,
                          struct ag_elf_tables *tables)
{
    const uint8_t *b = file->bytes;
    uint64_t at = ag_get_64(b + 40), count = ag_get_16(b + 60);
    if (at == 0 && count == 0)
        return true;
    if (ag_get_16(b + 58) != AG_SHDR)
        return ag_elf_refuse(file,
                             "its section headers have %u bytes each, "
                             "not %d",
                             ag_get_16(b + 58), AG_SHDR);
    if (!ag_elf_has(file, at, AG_SHDR))
        return ag_elf_refuse(file, "its section headers are not in the file: "
                                   "is it cut off?");
    if (count == 0)
        count = ag_get_64(b + at + 32);
    if (count > (file->size - at) / AG_SHDR)
        return ag_elf_refuse(file, "its section headers are not in the file: "
                                   "is it cut off?");
    tables->sections = at;
    tables->section_count = count;
    return true;
}

bool ag_elf_read_tables(const struct ag_elf_file *file,
                        struct ag_elf_tables *tables)
{
    memset(tables, 0, sizeof *tables);
    if (!check_identification(file) || !check_header(file))
        return false;
    tables->type = ag_get_16(file->bytes + 16);
    tables->osabi = file->bytes[7];
    return find_headers(file, tables) && find_sections(file, tables);
}
