/*
 * The names of a program's addresses: functions, objects, labels of assembly,
 * and what linker scripts define. Addresses are the file's (guest/elf.h).
 */
#ifndef AG_GUEST_SYMBOLS_H
#define AG_GUEST_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/* In the order in which they are preferred. */
enum ag_symbol_kind {
    AG_SYMBOL_FUNCTION,
    AG_SYMBOL_OBJECT,
    AG_SYMBOL_LABEL,   /* of no type: assembly, linker scripts */
    AG_SYMBOL_CONSTANT /* a number, not an address: has a name, no place */
};
enum ag_symbol_binding { AG_SYMBOL_GLOBAL, AG_SYMBOL_WEAK, AG_SYMBOL_LOCAL };

struct ag_symbol {
    const char *name;
    uint64_t address; /* or the constant */
    uint64_t size;    /* bytes; 0: not known */
    uint32_t index;   /* in the file's table */
    uint8_t kind, binding;
    uint8_t is_indirect; /* a function that chooses which one it is (IFUNC) */
};

/* From `begin` on, up to the next range, addresses are called by `symbol`, or
   by nothing. */
struct ag_symbol_range {
    uint64_t begin;
    uint32_t symbol; /* in `symbols`, or AG_NO_SYMBOL */
};
#define AG_NO_SYMBOL UINT32_MAX

/*
 * All symbols by address, constants behind them; those of one address by
 * preference: global before weak before local, of known size before others,
 * functions before objects before labels, then as in the file.
 */
struct ag_symbols {
    struct ag_symbol *symbols;
    size_t count;
    struct ag_symbol_range *ranges;
    size_t range_count;
    char *names; /* what `name` points into */
};

/*
 * The symbol that an address is said by, NULL if there is none, and how far
 * behind its beginning the address is. Of those of known size that contain the
 * address it is the one that begins last, of one address the preferred; one
 * without size takes that of the preferred one at its address. If none contains
 * it, it is the nearest one before it, if that has no size, lies in no other,
 * and both are in one segment.
 */
const struct ag_symbol *ag_symbols_at(const struct ag_symbols *symbols,
                                      uint64_t address, uint64_t *offset);

/* The symbol of this name, NULL if there is none; of several the preferred one,
   then that of the lowest address. Takes time in proportion to their number. */
const struct ag_symbol *ag_symbols_named(const struct ag_symbols *symbols,
                                         const char *name);

/* A name, to be shown: cut to whole characters that fit `size` > 0 bytes; '?'
   is for control characters and for bytes that are no UTF-8. */
void ag_symbol_text(const char *name, char *text, size_t size);

/*
 * "main", "main+0x10", or "" without a symbol. Cut to fit `size` > 0 bytes,
 * as ag_symbol_text() does. The length of it.
 */
size_t ag_symbols_text(const struct ag_symbols *symbols, uint64_t address,
                       char *text, size_t size);

#endif
