/* Symbols in order, and which of them says an address. */
#include "guest/elf_file.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Preference among symbols of one address, or of one name: negative if a. */
static int by_preference(const struct ag_symbol *a, const struct ag_symbol *b)
{
    if (a->binding != b->binding)
        return a->binding < b->binding ? -1 : 1;
    if ((a->size != 0) != (b->size != 0))
        return a->size != 0 ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return 0;
}

static int by_address(const void *a, const void *b)
{
    const struct ag_symbol *x = a, *y = b;
    int preference = by_preference(x, y);
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    if (preference != 0)
        return preference;
    return (x->index > y->index) - (x->index < y->index);
}

/*
 * Ranges are found by going through the addresses upwards. `open` is a stack of
 * the symbols whose ends are still to come, those that begin last on top, of
 * one address the preferred. One that ended before those above it is taken off
 * when it comes to the top.
 */
struct open_symbol {
    uint64_t end;
    uint32_t symbol;
};

struct sweep {
    struct ag_symbols *symbols;
    struct open_symbol *open;
    size_t depth;
    const struct ag_elf_segment *segments;
    size_t segment_count, segment; /* those before `segment` are passed */
};

/* From here on the symbol on top says the address. */
static void begin_range(struct sweep *w, uint64_t address)
{
    struct ag_symbols *s = w->symbols;
    uint32_t symbol =
        w->depth != 0 ? w->open[w->depth - 1].symbol : AG_NO_SYMBOL;
    if (s->range_count != 0 && s->ranges[s->range_count - 1].begin == address)
        s->range_count--;
    s->ranges[s->range_count].begin = address;
    s->ranges[s->range_count++].symbol = symbol;
}

static void close_until(struct sweep *w, uint64_t address)
{
    while (w->depth != 0 && w->open[w->depth - 1].end <= address) {
        uint64_t end = w->open[w->depth - 1].end;
        while (w->depth != 0 && w->open[w->depth - 1].end <= end)
            w->depth--;
        begin_range(w, end);
    }
}

static void open_one(struct sweep *w, size_t symbol, uint64_t end)
{
    w->open[w->depth].end = end;
    w->open[w->depth++].symbol = (uint32_t)symbol;
}

/* Where the segment of an address ends; the address itself if it is in none.
   Addresses come in order. */
static uint64_t segment_end(struct sweep *w, uint64_t address)
{
    const struct ag_elf_segment *s;
    while (w->segment < w->segment_count &&
           w->segments[w->segment].address + w->segments[w->segment].bytes <=
               address)
        w->segment++;
    s = &w->segments[w->segment];
    return w->segment < w->segment_count && s->address <= address
               ? s->address + s->bytes
               : address;
}

/* The symbols [first, end) of one address; `next` is that of those behind. */
static void take_group(struct sweep *w, size_t first, size_t end, uint64_t next)
{
    const struct ag_symbol *s = w->symbols->symbols;
    uint64_t address = s[first].address, last;
    size_t sized = end;
    close_until(w, address);
    for (size_t i = end; i-- > first;)
        if (s[i].size != 0) {
            open_one(w, i, address + s[i].size);
            sized = i;
        }
    /* The preferred one has no size: that of the next that has. */
    if (sized != end && sized != first)
        open_one(w, first, address + s[sized].size);
    if (w->depth == 0) {
        last = segment_end(w, address);
        last = next < last ? next : last;
        if (last > address)
            open_one(w, first, last);
    }
    if (w->depth != 0)
        begin_range(w, address);
}

static size_t group_end(const struct ag_symbols *s, size_t first)
{
    size_t end = first + 1;
    while (end < s->count &&
           s->symbols[end].address == s->symbols[first].address)
        end++;
    return end;
}

/* Constants are no addresses: behind the others. */
static size_t addresses_first(struct ag_symbols *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        if (s->symbols[i].kind != AG_SYMBOL_CONSTANT) {
            struct ag_symbol address = s->symbols[i];
            s->symbols[i] = s->symbols[n];
            s->symbols[n++] = address;
        }
    return n;
}

static void find_ranges(struct sweep *w, size_t count)
{
    struct ag_symbols *s = w->symbols;
    for (size_t first = 0, end; first < count; first = end) {
        uint64_t next = UINT64_MAX;
        end = group_end(s, first);
        if (end > count)
            end = count;
        if (end < count)
            next = s->symbols[end].address;
        take_group(w, first, end, next);
    }
    close_until(w, UINT64_MAX);
}

bool ag_symbols_arrange(struct ag_symbols *s,
                        const struct ag_elf_segment *segments,
                        size_t segment_count)
{
    struct sweep w = {s, NULL, 0, segments, segment_count, 0};
    size_t count = addresses_first(s);
    if (s->count == 0)
        return true;
    qsort(s->symbols, count, sizeof *s->symbols, by_address);
    qsort(s->symbols + count, s->count - count, sizeof *s->symbols, by_address);
    /* An address begins one range, and an end at most one more; an address has
       at most one symbol on the stack besides those of known size. */
    w.open = malloc(2 * count * sizeof *w.open + 1);
    s->ranges = malloc((3 * count + 1) * sizeof *s->ranges);
    if (w.open != NULL && s->ranges != NULL)
        find_ranges(&w, count);
    free(w.open);
    return w.open != NULL && s->ranges != NULL;
}

void ag_symbols_release(struct ag_symbols *s)
{
    free(s->symbols);
    free(s->ranges);
    free(s->names);
    memset(s, 0, sizeof *s);
}

const struct ag_symbol *ag_symbols_at(const struct ag_symbols *s,
                                      uint64_t address, uint64_t *offset)
{
    size_t low = 0, high = s->range_count; /* the first that begins later */
    const struct ag_symbol *symbol;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->ranges[middle].begin <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || s->ranges[low - 1].symbol == AG_NO_SYMBOL)
        return NULL;
    symbol = &s->symbols[s->ranges[low - 1].symbol];
    *offset = address - symbol->address;
    return symbol;
}

const struct ag_symbol *ag_symbols_named(const struct ag_symbols *s,
                                         const char *name)
{
    const struct ag_symbol *best = NULL;
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->symbols[i].name, name) == 0 &&
            (best == NULL || by_preference(&s->symbols[i], best) < 0))
            best = &s->symbols[i];
    return best;
}

/* Not control characters, of ASCII or of U+0080 to U+009F, which steer
   terminals too. `bytes` is the character's length, 0 if it is none. */
static bool prints(const unsigned char *p, size_t bytes)
{
    return bytes != 0 && p[0] >= ' ' && p[0] != 0x7f &&
           !(p[0] == 0xc2 && p[1] < 0xa0);
}

/* As much of a name as fits in whole characters; its length. */
static size_t copy_name(char *text, size_t most, const char *name)
{
    const unsigned char *p = (const unsigned char *)name;
    size_t length = 0;
    while (*p != '\0') {
        size_t n = ag_utf8_length(p), shown = prints(p, n) ? n : 1;
        if (shown > most - length)
            break;
        if (prints(p, n))
            memcpy(text + length, p, n);
        else
            text[length] = '?';
        length += shown;
        p += n != 0 ? n : 1;
    }
    return length;
}

void ag_symbol_text(const char *name, char *text, size_t size)
{
    text[copy_name(text, size - 1, name)] = '\0';
}

size_t ag_symbols_text(const struct ag_symbols *s, uint64_t address, char *text,
                       size_t size)
{
    uint64_t offset = 0;
    const struct ag_symbol *symbol = ag_symbols_at(s, address, &offset);
    char tail[24] = "";
    size_t length, most;
    text[0] = '\0';
    if (symbol == NULL)
        return 0;
    if (offset != 0)
        snprintf(tail, sizeof tail, "+0x%" PRIx64, offset);
    most = size > strlen(tail) + 1 ? size - strlen(tail) - 1 : 0;
    if (most == 0)
        return 0;
    length = copy_name(text, most, symbol->name);
    memcpy(text + length, tail, strlen(tail) + 1);
    return length + strlen(tail);
}
