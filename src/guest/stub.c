/*
 * Functions of a program that return a number at once: what waits for a device,
 * say, or prints. Their first instructions are replaced before anything is
 * loaded, so that executing them costs nothing more than what they are.
 */
#include "guest/guest.h"

#include "base/bytes.h"
#include "guest/elf_file.h"

#include <inttypes.h>
#include <stdio.h>

#define MOVZ UINT32_C(0xd2800000) /* X0 in all three */
#define MOVN UINT32_C(0x92800000)
#define MOVK UINT32_C(0xf2800000)
#define RET UINT32_C(0xd65f03c0)

/* Longer names are cut in sentences: bytes. */
#define NAME_SHOWN 100

static uint32_t half_of(uint64_t value, unsigned i)
{
    return (uint32_t)(value >> 16 * i) & 0xffff;
}

/* MOVZ, or MOVN where more halves are all ones, then MOVK of the other halves
   that differ. */
size_t ag_stub_code(uint64_t value, uint8_t code[AG_STUB_BYTES])
{
    unsigned zeros = 0, ones = 0;
    size_t n = 0;
    for (unsigned i = 0; i < 4; i++) {
        zeros += half_of(value, i) == 0;
        ones += half_of(value, i) == 0xffff;
    }
    const uint32_t rest = ones > zeros ? 0xffff : 0;
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t half = half_of(value, i);
        uint32_t word = MOVK | half << 5;
        if (half == rest && !(i == 0 && (zeros == 4 || ones == 4)))
            continue;
        if (n == 0)
            word = rest == 0 ? MOVZ | half << 5 : MOVN | (half ^ 0xffff) << 5;
        ag_set_32(code + n, word | i << 21);
        n += 4;
    }
    ag_set_32(code + n, RET);
    return n + 4;
}

/* A function: where it is in the file, and its bytes, 0 if that is not known. */
struct function {
    uint64_t address, bytes;
    char text[NAME_SHOWN + 2]; /* "'main'", "0x4000" */
};

static bool find_named(const struct ag_guest *g, const char *name,
                       struct function *f, char *sentence)
{
    const struct ag_symbol *s = ag_symbols_named(&g->elf.symbols, name);
    char shown[NAME_SHOWN];
    ag_symbol_text(name, shown, sizeof shown);
    snprintf(f->text, sizeof f->text, "'%.*s'", NAME_SHOWN - 1, shown);
    if (s == NULL)
        snprintf(sentence, AG_SENTENCE, "it has no function %s to replace",
                 f->text);
    else if (s->kind != AG_SYMBOL_FUNCTION && s->kind != AG_SYMBOL_LABEL)
        snprintf(sentence, AG_SENTENCE, "%s is no function that could return",
                 f->text);
    else if (s->is_indirect)
        snprintf(sentence, AG_SENTENCE,
                 "%s only chooses a function when the program starts (IFUNC): "
                 "replace the one that it chooses",
                 f->text);
    else {
        f->address = s->address;
        f->bytes = s->size;
        return true;
    }
    return false;
}

static void find_placed(const struct ag_guest *g, uint64_t address,
                        struct function *f)
{
    uint64_t offset = 0;
    const struct ag_symbol *s = ag_guest_symbol_at(g, address, &offset);
    snprintf(f->text, sizeof f->text, "0x%" PRIx64, address);
    f->address = address - g->window.bias;
    f->bytes = s != NULL && s->size > offset ? s->size - offset : 0;
}

/* Where n bytes of what is loaded there are; NULL if they are nowhere. */
static uint8_t *bytes_at(const struct ag_guest *g, uint64_t address, uint64_t n)
{
    const struct ag_window *w = &g->window;
    uint64_t at = address - w->readonly.base;
    if (at < w->readonly.bytes && w->readonly.bytes - at >= n)
        return g->readonly + at;
    at = address - w->writable.base;
    return at < g->writable_image_bytes && g->writable_image_bytes - at >= n
               ? g->writable_image + at
               : NULL;
}

bool ag_guest_stub(struct ag_guest *g, const char *name, uint64_t address,
                   uint64_t value, char sentence[AG_SENTENCE])
{
    struct function f = {0, 0, ""};
    uint8_t code[AG_STUB_BYTES], *to = NULL;
    const size_t n = ag_stub_code(value, code);
    if (name == NULL)
        find_placed(g, address, &f);
    else if (!find_named(g, name, &f, sentence))
        return false;
    /* What is copied to where it runs is replaced where it is loaded. */
    if (f.address % 4 == 0 && ag_elf_is_code(&g->elf, f.address)) {
        const struct ag_elf_segment *s = ag_elf_segment_at(&g->elf, f.address);
        to = bytes_at(g, f.address - s->address + s->load_address +
                             g->window.bias, n);
    }
    if (to == NULL)
        snprintf(sentence, AG_SENTENCE,
                 "there is no code at %s that could be replaced", f.text);
    else if (f.bytes != 0 && f.bytes < n)
        snprintf(sentence, AG_SENTENCE,
                 "%s has %" PRIu64 " bytes, and to return 0x%" PRIx64
                 " takes %zu: replace what calls it",
                 f.text, f.bytes, value, n);
    else
        for (size_t i = 0; i < n; i++)
            to[i] = code[i];
    return sentence[0] == '\0';
}
