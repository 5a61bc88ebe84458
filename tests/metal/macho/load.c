/*
 * Runs a macOS executable on Linux: maps its segments, applies the rebases and
 * binds of LC_DYLD_INFO and calls its main. Its imports become the stand-ins'
 * Metal and libsystem.c's C library. Not here: chained fixups, dylibs, thread
 * local variables, initialisers.
 *
 *   machorun EXECUTABLE ARGUMENT...
 */
#define _GNU_SOURCE 1
#include "macho.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__aarch64__)
#define CPU_TYPE 0x0100000cu
#else
#define CPU_TYPE 0x01000007u
#endif
#define MAGIC 0xfeedfacfu
enum { EXECUTABLE = 2, MAX_SEGMENTS = 16, PAGE_BYTES = 16384 };
enum { /* load commands, without the bit "required" */
       LC_SEGMENT_64 = 0x19,
       LC_DYLD_INFO = 0x22,
       LC_MAIN = 0x28,
       LC_DYLD_CHAINED_FIXUPS = 0x34
};

struct header {
    uint32_t magic, cpu, subtype, type, num_commands, commands_bytes, flags,
        reserved;
};
struct command {
    uint32_t what, bytes;
};
struct segment {
    struct command command;
    char name[16];
    uint64_t address, bytes, file_offset, file_bytes;
    uint32_t max_protection, protection, num_sections, flags;
};
struct range {
    uint32_t offset, bytes;
};
struct dyld_info {
    struct command command;
    struct range rebase, bind, weak_bind, lazy_bind, exports;
};
struct entry {
    struct command command;
    uint64_t offset, stack;
};

struct image {
    const uint8_t *file;
    const struct segment *segments[MAX_SEGMENTS];
    unsigned num_segments;
    const struct dyld_info *info;
    const struct entry *entry;
    uint64_t slide, base;
};

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "machorun: %s: %s\n", name, what);
    exit(98);
}

static const uint8_t *read_file(const char *path)
{
    struct stat s;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &s) != 0)
        fail("cannot be read", path);
    void *p = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        fail("cannot be mapped", path);
    close(fd);
    return p;
}

static void read_commands(struct image *m, const char *path)
{
    const struct header *h = (const void *)m->file;
    if (h->magic != MAGIC || h->cpu != CPU_TYPE || h->type != EXECUTABLE)
        fail("not a Mach-O executable for this CPU", path);
    const uint8_t *p = m->file + sizeof *h;
    for (uint32_t i = 0; i < h->num_commands; i++) {
        const struct command *c = (const void *)p;
        switch (c->what & 0x7fffffff) {
        case LC_SEGMENT_64:
            if (m->num_segments == MAX_SEGMENTS)
                fail("too many segments", path);
            m->segments[m->num_segments++] = (const void *)p;
            break;
        case LC_DYLD_INFO:
            m->info = (const void *)p;
            break;
        case LC_MAIN:
            m->entry = (const void *)p;
            break;
        case LC_DYLD_CHAINED_FIXUPS:
            fail("chained fixups are not handled", path);
        }
        p += c->bytes;
    }
    if (m->info == NULL || m->entry == NULL || m->num_segments < 2)
        fail("no entry or nothing to bind", path);
}

/* All segments in one mapping; the first, __PAGEZERO, stays away. */
static void map_segments(struct image *m)
{
    uint64_t end = 0;
    m->base = m->segments[1]->address;
    for (unsigned i = 1; i < m->num_segments; i++)
        end = m->segments[i]->address + m->segments[i]->bytes;
    size_t bytes = end - m->base;
    uint8_t *p =
        mmap(NULL, bytes + PAGE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        fail("no memory", "segments");
    p += -(uintptr_t)p % PAGE_BYTES;
    m->slide = (uint64_t)(uintptr_t)p - m->base;
    for (unsigned i = 1; i < m->num_segments; i++)
        memcpy(p + (m->segments[i]->address - m->base),
               m->file + m->segments[i]->file_offset,
               m->segments[i]->file_bytes);
}

static void *at(const struct image *m, uint64_t address)
{
    return (void *)(uintptr_t)(address + m->slide);
}

static uint64_t read_uleb(const uint8_t **p)
{
    uint64_t value = 0;
    unsigned shift = 0;
    do
        value |= (uint64_t)(**p & 0x7f) << shift, shift += 7;
    while (*(*p)++ & 0x80);
    return value;
}

static int64_t read_sleb(const uint8_t **p)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;
    do
        byte = *(*p)++, value |= (uint64_t)(byte & 0x7f) << shift, shift += 7;
    while (byte & 0x80);
    if ((byte & 0x40) && shift < 64)
        value |= ~UINT64_C(0) << shift;
    return (int64_t)value;
}

/* Adds the slide to `count` words, `skip` bytes apart. */
static uint64_t rebase_words(const struct image *m, uint64_t address,
                             uint64_t count, uint64_t skip)
{
    for (; count != 0; count--, address += 8 + skip)
        *(uint64_t *)at(m, address) += m->slide;
    return address;
}

static void rebase(const struct image *m)
{
    const uint8_t *p = m->file + m->info->rebase.offset;
    const uint8_t *end = p + m->info->rebase.bytes;
    uint64_t address = 0, count;
    while (p < end) {
        uint8_t low = *p & 15;
        switch (*p++ >> 4) {
        case 0: /* done */
            return;
        case 1: /* type: pointer */
            break;
        case 2: /* segment and offset */
            address = m->segments[low]->address + read_uleb(&p);
            break;
        case 3: /* add */
            address += read_uleb(&p);
            break;
        case 4:
            address += low * 8u;
            break;
        case 5: /* times */
            address = rebase_words(m, address, low, 0);
            break;
        case 6:
            address = rebase_words(m, address, read_uleb(&p), 0);
            break;
        case 7: /* once, then add */
            address = rebase_words(m, address, 1, read_uleb(&p));
            break;
        case 8: /* times, skipping */
            count = read_uleb(&p);
            address = rebase_words(m, address, count, read_uleb(&p));
            break;
        default:
            fail("unknown rebase", "machorun");
        }
    }
}

static uint64_t resolve(const char *name)
{
    char plain[128];
    size_t n = strcspn(name, "$");
    if (n == 0 || n >= sizeof plain)
        fail("strange name", name);
    memcpy(plain, name, n);
    plain[n] = 0;
    void *p = macho_symbol(plain[0] == '_' ? plain + 1 : plain);
    if (p == NULL)
        fail("an import that nothing stands in for", name);
    return (uint64_t)(uintptr_t)p;
}

static uint64_t bind_words(const struct image *m, uint64_t address,
                           uint64_t value, uint64_t count, uint64_t skip)
{
    for (; count != 0; count--, address += 8 + skip)
        *(uint64_t *)at(m, address) = value;
    return address;
}

static void bind_all(const struct image *m, struct range range, int lazy)
{
    const uint8_t *p = m->file + range.offset, *end = p + range.bytes;
    const char *name = "";
    uint64_t address = 0, count;
    int64_t addend = 0;
#define VALUE (resolve(name) + (uint64_t)addend)
    while (p < end) {
        uint8_t low = *p & 15;
        switch (*p++ >> 4) {
        case 0: /* done; of one symbol in the lazy list */
            if (!lazy)
                return;
            break;
        case 1: /* library */
        case 3:
        case 5: /* type: pointer */
            break;
        case 2:
            (void)read_uleb(&p);
            break;
        case 4:
            name = (const char *)p;
            p += strlen(name) + 1;
            break;
        case 6:
            addend = read_sleb(&p);
            break;
        case 7: /* segment and offset */
            address = m->segments[low]->address + read_uleb(&p);
            break;
        case 8: /* add */
            address += read_uleb(&p);
            break;
        case 9:
            address = bind_words(m, address, VALUE, 1, 0);
            break;
        case 10: /* then add */
            address = bind_words(m, address, VALUE, 1, read_uleb(&p));
            break;
        case 11:
            address = bind_words(m, address, VALUE, 1, low * 8u);
            break;
        case 12: /* times, skipping */
            count = read_uleb(&p);
            address = bind_words(m, address, VALUE, count, read_uleb(&p));
            break;
        default:
            fail("unknown bind", "machorun");
        }
    }
}

int main(int argc, char **argv)
{
    static struct image m;
    if (argc < 2)
        fail("usage: machorun EXECUTABLE ARGUMENT...", "machorun");
    m.file = read_file(argv[1]);
    read_commands(&m, argv[1]);
    map_segments(&m);
    rebase(&m);
    bind_all(&m, m.info->bind, 0);
    bind_all(&m, m.info->weak_bind, 0);
    bind_all(&m, m.info->lazy_bind, 1);
    const struct segment *last = m.segments[m.num_segments - 1];
    __builtin___clear_cache(at(&m, m.base), at(&m, last->address));
    int (*entry)(int, char **) =
        (int (*)(int, char **))(uintptr_t)(m.base + m.slide + m.entry->offset);
    exit(entry(argc - 1, argv + 1));
}
