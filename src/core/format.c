/*
 * What the bytes of a file are if they are no flat image: executables, objects
 * and archives of others, scripts, compressed files. Nothing here is trusted:
 * a header that leads out of the bytes says nothing.
 */
#include "base/sized.h"
#include "core/engine.h"

#include <stdio.h>
#include <string.h>

/* Bytes at an offset that need not be inside; absent ones are zero. */
typedef struct view {
    const uint8_t *bytes;
    uint64_t size;
} view;

static uint64_t get(view v, uint64_t at, unsigned n)
{
    uint64_t value = 0;
    if (at > v.size || v.size - at < n)
        return 0;
    for (unsigned i = n; i-- > 0;)
        value = value << 8 | v.bytes[at + i];
    return value;
}

static bool starts(view v, const char *magic, size_t n)
{
    return v.size >= n && memcmp(v.bytes, magic, n) == 0;
}

static uint32_t swapped(uint64_t x)
{
    return (uint32_t)((x & 0xff) << 24 | (x & 0xff00) << 8 | (x >> 8 & 0xff00) |
                      (x >> 24 & 0xff));
}

static void say(armgpu_file *f, uint32_t format, const char *what,
                const char *machine)
{
    f->format = format;
    snprintf(f->text, sizeof f->text, "%s%s%s", what,
             machine[0] != '\0' ? " for " : "", machine);
}

typedef struct name {
    uint64_t number;
    const char *text;
} name;

static const char *name_of(const name *names, uint64_t number)
{
    while (names->text != NULL && names->number != number)
        names++;
    return names->text != NULL ? names->text : "another processor";
}

/* -- ELF (System V gABI, chapter 4 and 5) ---------------------------------- */

enum { ELF_REL = 1, ELF_EXEC = 2, ELF_DYN = 3, ELF_CORE = 4 };
enum { PT_LOAD_, PT_DYNAMIC_ = 2, PT_INTERP_ = 3 };
#define EM_AARCH64 183
#define SHT_NOBITS 8
#define SHF_ALLOC 2

static const char *elf_machine(view v, bool is_big, bool is_64)
{
    static const name names[] = {
        {3, "x86"},           {62, "x86-64"}, {40, "32-bit Arm"},
        {243, "RISC-V"},      {8, "MIPS"},    {20, "PowerPC"},
        {21, "64-bit Power"}, {22, "s390"},   {258, "LoongArch"},
        {EM_AARCH64, ""},     {0, NULL}};
    uint64_t machine = get(v, 18, 2);
    if (is_big)
        machine = (machine & 0xff) << 8 | machine >> 8;
    if (machine == EM_AARCH64 && is_big)
        return "big-endian AArch64";
    if (machine == EM_AARCH64 && !is_64)
        return "AArch64 with 32-bit pointers";
    return name_of(names, machine);
}

/* Whether something else has to load and link it. */
static bool needs_loader(view v)
{
    uint64_t at = get(v, 32, 8), entry = get(v, 54, 2), n = get(v, 56, 2);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t type = get(v, at + i * entry, 4);
        if (type == PT_DYNAMIC_ || type == PT_INTERP_)
            return true;
    }
    return false;
}

/* Where the image that objcopy -O binary makes lies: from the first section
   with bytes to the end of the last that takes memory. */
static void find_image(view v, armgpu_file *f)
{
    uint64_t at = get(v, 40, 8), entry = get(v, 58, 2), n = get(v, 60, 2);
    f->entry = get(v, 24, 8);
    f->address = UINT64_MAX;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t section = at + i * entry;
        uint64_t address = get(v, section + 16, 8);
        uint64_t end = address + get(v, section + 32, 8);
        if ((get(v, section + 8, 8) & SHF_ALLOC) == 0 || end <= address)
            continue;
        if (get(v, section + 4, 4) != SHT_NOBITS && address < f->address)
            f->address = address;
        f->end = end > f->end ? end : f->end;
    }
    if (f->address == UINT64_MAX)
        f->address = f->end = 0;
}

static void look_at_elf(view v, armgpu_file *f)
{
    bool is_64 = get(v, 4, 1) == 2, is_big = get(v, 5, 1) == 2;
    const char *machine = elf_machine(v, is_big, is_64);
    uint64_t type = get(v, 16, 2);
    bool is_ours = machine[0] == '\0';
    if (is_big)
        type >>= 8;
    if (v.size < 20) { /* the machine's number ends there */
        say(f, ARMGPU_FILE_PROGRAM, "an ELF file", "");
        return;
    }
    if (type == ELF_REL)
        say(f, ARMGPU_FILE_OBJECT, "an ELF object", machine);
    else if (type == ELF_CORE)
        say(f, ARMGPU_FILE_FOREIGN, "an ELF core dump", machine);
    else if (type == ELF_DYN || (is_ours && needs_loader(v)))
        say(f, ARMGPU_FILE_DYNAMIC, "a dynamic ELF program or library",
            machine);
    else
        say(f, ARMGPU_FILE_PROGRAM, "an ELF program", machine);
    if (!is_ours)
        f->format = ARMGPU_FILE_FOREIGN;
    if (f->format == ARMGPU_FILE_PROGRAM)
        find_image(v, f);
}

/* -- Others ---------------------------------------------------------------- */

static bool look_at_mach(view v, armgpu_file *f)
{
    static const name machines[] = {
        {0x0100000c, "arm64"},  {0x0200000c, "arm64"},
        {0x01000007, "x86-64"}, {7, "x86"},
        {12, "32-bit Arm"},     {0, NULL}};
    static const name types[] = {{1, "a Mach-O object"},
                                 {2, "a Mach-O program"},
                                 {6, "a Mach-O library"},
                                 {0, NULL}};
    uint32_t magic = (uint32_t)get(v, 0, 4);
    uint64_t type = get(v, 12, 4);
    if (v.size >= 8 && magic == 0xbebafeca) { /* big-endian, Java's too */
        bool is_java = swapped(get(v, 4, 4)) >= 45;
        say(f, ARMGPU_FILE_FOREIGN,
            is_java ? "a Java class" : "a universal Mach-O file", "");
        return true;
    }
    if (v.size < 4 || (magic & 0xfffffffe) != 0xfeedface)
        return false;
    say(f, ARMGPU_FILE_FOREIGN,
        type == 1 || type == 2 || type == 6 ? name_of(types, type)
                                            : "a Mach-O file",
        name_of(machines, get(v, 4, 4)));
    return true;
}

/* "MZ" alone may be an instruction: Linux kernel images begin so. */
static bool look_at_pe(view v, armgpu_file *f)
{
    static const name machines[] = {{0x8664, "x86-64"},
                                    {0xaa64, "arm64"},
                                    {0x14c, "x86"},
                                    {0x1c4, "32-bit Arm"},
                                    {0, NULL}};
    uint64_t at = get(v, 0x3c, 4);
    if (v.size < 0x40 || !starts(v, "MZ", 2) || get(v, at, 4) != 0x4550)
        return false;
    say(f, ARMGPU_FILE_FOREIGN, "a PE (Windows) file",
        name_of(machines, get(v, at + 4, 2)));
    return true;
}

/* RFC 1952: method, no reserved flags, a known system. A load or store could
   begin with the magic number alone. */
static bool is_gzip(view v)
{
    return starts(v, "\x1f\x8b\x08", 3) && v.size >= 18 &&
           (v.bytes[3] & 0xe0) == 0 && (v.bytes[8] & ~6) == 0 &&
           (v.bytes[9] < 14 || v.bytes[9] == 255);
}

static bool look_at_rest(view v, armgpu_file *f)
{
    if (starts(v, "#!/", 3) || starts(v, "#! /", 4))
        say(f, ARMGPU_FILE_TEXT, "a script", "");
    else if (is_gzip(v))
        say(f, ARMGPU_FILE_COMPRESSED, "compressed (gzip)", "");
    else if (starts(v, "\3757zXZ\0", 6))
        say(f, ARMGPU_FILE_COMPRESSED, "compressed (xz)", "");
    else if (starts(v, "PK\3\4", 4) && get(v, 4, 2) < 64)
        say(f, ARMGPU_FILE_COMPRESSED, "compressed (zip)", "");
    else if (starts(v, "!<arch>\n", 8))
        say(f, ARMGPU_FILE_FOREIGN, "a library of objects", "");
    else if (starts(v, "\0asm\1\0\0\0", 8))
        say(f, ARMGPU_FILE_FOREIGN, "a WebAssembly module", "");
    else if (starts(v, "BC\xc0\xde", 4))
        say(f, ARMGPU_FILE_FOREIGN, "LLVM bitcode", "");
    else
        return false;
    return true;
}

void ag_identify(const void *bytes, size_t size, armgpu_file *f)
{
    view v = {bytes, size};
    memset(f, 0, sizeof *f);
    if (starts(v, "\177ELF", 4))
        look_at_elf(v, f);
    else if (!look_at_mach(v, f) && !look_at_pe(v, f))
        (void)look_at_rest(v, f);
}

int32_t armgpu_identify(const void *bytes, size_t size, armgpu_file *file)
{
    armgpu_file f;
    if (file == NULL || file->size < sizeof file->size ||
        (bytes == NULL && size != 0))
        return ARMGPU_ERROR_ARGUMENT;
    ag_identify(bytes, size, &f);
    ag_give_sized(file, file->size, &f, sizeof f);
    return ARMGPU_OK;
}
